//! Nano accounts: `nano_` or the older `xrb_`, 52 symbols of the public key, 8 of its checksum.
//! Specification: Nano documentation, "Account, Key, Seed, and Wallet IDs: Account identifier".
//!
//! The 256-bit key is led by four zero bits, so the first symbol is `1` or `3`. The checksum is the
//! 5-byte BLAKE2b of the key, in reverse. Nano signs with ed25519 over BLAKE2b: its keys are not
//! those of other ed25519 chains.

use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};
use blake2::digest::consts::U5;
use blake2::{Blake2b, Digest};

const ALPHABET: &[u8; 32] = b"13456789abcdefghijkmnopqrstuwxyz";

/// Decodes under either prefix; `nano_` is canonical.
pub fn decode(text: &[u8]) -> Result<Decoding, Reason> {
    let (symbols, canonical) = match text {
        [b'n', b'a', b'n', b'o', b'_', rest @ ..] => (rest, Canonical::AsGiven),
        [b'x', b'r', b'b', b'_', rest @ ..] => (rest, Canonical::Text("".into())),
        _ => return Err(Reason::UnknownFormat),
    };
    if symbols.len() != 60 {
        return Err(Reason::Length);
    }
    let (key, sum) = symbols.split_at(52);
    let key = number::<33>(key)?;
    if key[0] != 0 {
        return Err(Reason::Padding);
    }
    let key = &key[1..];
    let mut expected: [u8; 5] = Blake2b::<U5>::digest(key).into();
    expected.reverse();
    if number::<5>(sum)? != expected {
        return Err(Reason::Checksum);
    }
    let canonical = match canonical {
        Canonical::AsGiven => Canonical::AsGiven,
        _ => Canonical::Text(format!("nano_{}", String::from_utf8_lossy(symbols)).into()),
    };
    Ok(Decoding::new(
        Identity::new(Namespace::Nano, key),
        canonical,
    ))
}

/// The symbols as a big-endian number of `N` bytes.
fn number<const N: usize>(symbols: &[u8]) -> Result<[u8; N], Reason> {
    let mut bytes = [0; N];
    for (i, symbol) in symbols.iter().rev().enumerate() {
        let value = ALPHABET
            .iter()
            .position(|a| a == symbol)
            .ok_or(Reason::Character)? as u16;
        let shifted = value << (i * 5 % 8);
        let at = N - 1 - i * 5 / 8;
        bytes[at] |= shifted as u8;
        if at > 0 {
            bytes[at - 1] |= (shifted >> 8) as u8;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The burn account and the genesis account of the Nano documentation.
    const BURN: &str = "1111111111111111111111111111111111111111111111111111hifc8npp";
    const GENESIS: &str = "3t6k35gi95xu6tergt6p69ck76ogmitsa8mnijtpxm9fkcm736xtoncuohr3";

    #[test]
    fn documented_accounts() {
        let burn = decode(format!("xrb_{BURN}").as_bytes()).unwrap();
        assert_eq!(burn.identity, Identity::new(Namespace::Nano, &[0; 32]));
        assert_eq!(
            burn.canonical,
            Canonical::Text(format!("nano_{BURN}").into())
        );
        let genesis = decode(format!("nano_{GENESIS}").as_bytes()).unwrap();
        let key = "e89208dd038fbb269987689621d52292ae9c35941a7484756ecced92a65093ba";
        assert_eq!(
            genesis.identity.payload(),
            data_encoding::HEXLOWER.decode(key.as_bytes()).unwrap()
        );
    }

    #[test]
    fn refusals() {
        let reason = |text: String| decode(text.as_bytes()).unwrap_err();
        assert_eq!(reason(format!("nano_7{}", &BURN[1..])), Reason::Padding);
        assert_eq!(reason(format!("nano_{}0", &BURN[1..])), Reason::Character);
        assert_eq!(reason(format!("nano_{}", &BURN[1..])), Reason::Length);
        assert_eq!(reason(format!("nano_3{}", &BURN[1..])), Reason::Checksum);
        assert_eq!(reason(format!("nan_{BURN}")), Reason::UnknownFormat);
    }
}
