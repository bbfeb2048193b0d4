//! Hedera entity ids: `shard.realm.number`, perhaps with a checksum.
//! Specification: HIP-15 for the form and the checksum, which depends on the ledger.
//!
//! Numbers have no leading zeros and fit 63 bits. An account may also be named by its alias, the
//! hex of a key or of an EVM account in the place of the number (HIP-32, HIP-583): the ed25519 and
//! EVM ones are decoded, a secp256k1 one is kept as it stands.

use super::{Canonical, Decoding, hex, secp256k1};
use crate::address::{Identity, Namespace, Reason};

/// Ledger ids of HIP-15.
const MAINNET: u64 = 0;
const TESTNETS: [u64; 2] = [1, 2];

/// DER heads of an ed25519 and of a compressed secp256k1 key, as the SDKs write aliases.
const DER_ED25519: &[u8] = b"302a300506032b6570032100";
const DER_SECP256K1: &[u8] = b"302d300706052b8104000a032200";

/// An id without a checksum.
pub fn plain(text: &[u8]) -> Result<Decoding, Reason> {
    if text.contains(&b'-') {
        return Err(Reason::UnknownFormat);
    }
    decode(text)
}

/// An id with the main network's checksum.
pub fn checksummed(text: &[u8]) -> Result<Decoding, Reason> {
    with_checksum(text, &[MAINNET])
}

/// An id with the test network's or the preview network's checksum.
pub fn testnet(text: &[u8]) -> Result<Decoding, Reason> {
    with_checksum(text, &TESTNETS)
}

/// An account by its alias.
pub fn alias(text: &[u8]) -> Result<Decoding, Reason> {
    let mut parts = text.splitn(3, |&b| b == b'.');
    let (shard, realm, alias) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
    if alias.len() < 40 {
        return Err(Reason::UnknownFormat);
    }
    for part in [shard, realm] {
        number(part.unwrap_or_default())?;
    }
    let identity = if let Some(key) = alias.strip_prefix(DER_ED25519) {
        Identity::new(Namespace::Ed25519, &hex::fixed::<32>(key)?)
    } else if let Some(key) = alias.strip_prefix(DER_SECP256K1) {
        let key = hex::fixed::<33>(key)?;
        let account = secp256k1::evm_account(&key).ok_or(Reason::Version)?;
        Identity::new(Namespace::Evm, &account)
    } else {
        Identity::new(Namespace::Evm, &hex::fixed::<20>(alias)?)
    };
    if alias.iter().any(u8::is_ascii_uppercase) {
        return Err(Reason::MixedCase);
    }
    Ok(Decoding::new(identity, Canonical::AsGiven))
}

fn with_checksum(text: &[u8], ledgers: &[u64]) -> Result<Decoding, Reason> {
    let at = text
        .iter()
        .position(|&b| b == b'-')
        .ok_or(Reason::UnknownFormat)?;
    let (id, sum) = (&text[..at], &text[at + 1..]);
    let decoding = decode(id)?;
    if sum.len() != 5 {
        return Err(Reason::Length);
    }
    if !sum.iter().all(u8::is_ascii_lowercase) {
        return Err(Reason::Character);
    }
    if ledgers.iter().any(|&ledger| checksum(id, ledger) == sum) {
        Ok(decoding)
    } else {
        Err(Reason::Checksum)
    }
}

fn decode(id: &[u8]) -> Result<Decoding, Reason> {
    let mut payload = [0; 24];
    let mut parts = id.split(|&b| b == b'.');
    for eight in payload.chunks_exact_mut(8) {
        let part = number(parts.next().ok_or(Reason::UnknownFormat)?)?;
        eight.copy_from_slice(&part.to_be_bytes());
    }
    if parts.next().is_some() {
        return Err(Reason::UnknownFormat);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::Hedera, &payload),
        Canonical::AsGiven,
    ))
}

/// A decimal of at most 63 bits without leading zeros.
fn number(digits: &[u8]) -> Result<u64, Reason> {
    if digits.is_empty() || digits.len() > 1 && digits[0] == b'0' {
        return Err(Reason::Character);
    }
    let mut n = 0u64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(Reason::Character);
        }
        n = n
            .checked_mul(10)
            .and_then(|n| n.checked_add(u64::from(digit - b'0')))
            .filter(|&n| n <= i64::MAX as u64)
            .ok_or(Reason::Length)?;
    }
    Ok(n)
}

/// HIP-15. The ledger id is one byte, followed by six zero bytes.
fn checksum(id: &[u8], ledger: u64) -> [u8; 5] {
    const P3: u64 = 26 * 26 * 26;
    const P5: u64 = P3 * 26 * 26;
    let (mut even, mut odd, mut weighted) = (0, 0, 0);
    for (i, &b) in id.iter().enumerate() {
        let digit = if b == b'.' { 10 } else { u64::from(b - b'0') };
        *if i % 2 == 0 { &mut even } else { &mut odd } += digit;
        weighted = (weighted * 31 + digit) % P3;
    }
    let mut hashed = ledger % P5;
    for _ in 0..6 {
        hashed = hashed * 31 % P5;
    }
    let length = id.len() as u64 % 5;
    let c = ((length * 11 + even % 11) * 11 + odd % 11) * P3 + weighted + hashed;
    let mut c = c % P5 * 1_000_003 % P5;
    let mut letters = [0; 5];
    for letter in letters.iter_mut().rev() {
        *letter = b'a' + (c % 26) as u8;
        c /= 26;
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hip_15_checksums() {
        for text in [
            "0.0.1-dfkxr",
            "0.0.4-cjcuq",
            "0.0.5-ktach",
            "0.0.6-tcxjy",
            "0.0.12-uuuup",
            "0.0.123-vfmkw",
            "0.0.1234567890-zbhlt",
            "12.345.6789-aoyyt",
            "1.23.456-adpbr",
        ] {
            assert!(checksummed(text.as_bytes()).is_ok(), "{text}");
            assert_eq!(
                testnet(text.as_bytes()).unwrap_err(),
                Reason::Checksum,
                "{text}"
            );
        }
        // Right for another ledger (0xa1ff01 in HIP-15), wrong for these.
        assert_eq!(checksummed(b"0.0.4-xdddp").unwrap_err(), Reason::Checksum);
    }

    #[test]
    fn hip_15_refusals() {
        let either = |text: &[u8]| checksummed(text).is_ok() || plain(text).is_ok();
        for text in [
            "0.0.123-abcde",
            "0.00.123",
            "0.0.0123-vfmkw",
            "0.0.123-VFMKW",
            "0.0.123-vFmKw",
            "0.0.123#vfmkw",
            "0.0.123vfmkw",
            "0.0.123 - vfmkw",
            "0.123",
            "0.0.123.",
            "0.0.123-vf",
            "0.0.123-vfm-kw",
            "0.0.123-vfmkwxxxx",
        ] {
            assert!(!either(text.as_bytes()), "{text}");
        }
        assert!(either(b"0.0.123"));
    }

    #[test]
    fn identity_and_range() {
        let decoding = checksummed(b"0.0.123-vfmkw").unwrap();
        assert_eq!(decoding.identity, plain(b"0.0.123").unwrap().identity);
        assert_eq!(
            plain(b"0.0.9223372036854775808").unwrap_err(),
            Reason::Length
        );
    }

    #[test]
    fn aliases() {
        // HIP-583: the account's EVM address in the place of the number.
        let evm = alias(b"0.0.b794f5ea0ba39494ce839613fffba74279579268").unwrap();
        assert_eq!(evm.identity.namespace(), Namespace::Evm);
        let key = format!("0.0.302a300506032b6570032100{}", "ab".repeat(32));
        let ed = alias(key.as_bytes()).unwrap();
        assert_eq!(ed.identity, Identity::new(Namespace::Ed25519, &[0xab; 32]));
        assert_eq!(alias(b"0.0.123").unwrap_err(), Reason::UnknownFormat);
    }
}
