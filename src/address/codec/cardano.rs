//! Cardano addresses of the Shelley era: CIP-19. bech32 of a header byte and one or two parts.
//!
//! The header's upper half is the kind: 0 to 3 base (payment and stake part), 4 and 5 pointer, 6
//! and 7 enterprise (payment only), 14 and 15 stake. Its lower half is the network: 1 main, 0 test.
//! What is paid is the payment part; a stake part tells whose stake the money counts for. Anybody can make
//! an address with another's stake part, so it is reported beside, as equal bytes and no more.
//! Byron addresses are in [`byron`](super::byron).

use super::{Canonical, Decoding, hrp};
use crate::address::{Basis, Identity, Namespace, Reason};
use bech32::Bech32;

/// bech32's alphabet, for a look at the header without decoding.
const SYMBOLS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Length of a key's or script's hash.
const HASH: usize = 28;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Base,
    Pointer,
    Enterprise,
    Stake,
}

/// Payment and stake part, main network.
pub fn base(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, Kind::Base, false)
}

/// Payment and stake part, test networks.
pub fn base_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, Kind::Base, true)
}

/// Payment part and a place on the chain, main network.
pub fn pointer(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, Kind::Pointer, false)
}

/// Payment part and a place on the chain, test networks.
pub fn pointer_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, Kind::Pointer, true)
}

/// Payment part only, main network.
pub fn enterprise(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, Kind::Enterprise, false)
}

/// Payment part only, test networks.
pub fn enterprise_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, Kind::Enterprise, true)
}

/// Stake part only, main network.
pub fn stake(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, Kind::Stake, false)
}

/// Stake part only, test networks.
pub fn stake_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, Kind::Stake, true)
}

fn decode(text: &[u8], kind: Kind, test: bool) -> Result<Decoding, Reason> {
    let prefix = match (kind, test) {
        (Kind::Stake, false) => "stake",
        (Kind::Stake, true) => "stake_test",
        (_, false) => "addr",
        (_, true) => "addr_test",
    };
    if !hrp::has(text, prefix) {
        return Err(Reason::UnknownFormat);
    }
    // The first symbol holds the kind and one bit more. Kinds that the prefix cannot have are the
    // business of the base and of the stake row, so that one row refuses them.
    let first = text
        .get(prefix.len() + 1)
        .map_or(b'?', u8::to_ascii_lowercase);
    let first = SYMBOLS
        .iter()
        .position(|&s| s == first)
        .ok_or(Reason::Character)?;
    let stated = match first >> 1 {
        0..=3 => Some(Kind::Base),
        4 | 5 => Some(Kind::Pointer),
        6 | 7 => Some(Kind::Enterprise),
        14 | 15 => Some(Kind::Stake),
        _ => None,
    };
    let here = match stated {
        Some(Kind::Stake) if kind != Kind::Stake => kind == Kind::Base,
        Some(stated) if kind != Kind::Stake => stated == kind,
        None if kind != Kind::Stake => kind == Kind::Base,
        _ => true,
    };
    if !here {
        return Err(Reason::UnknownFormat);
    }
    let bytes = hrp::decode::<Bech32>(text, prefix)?;
    if stated != Some(kind) {
        return Err(Reason::Version);
    }
    let (&header, parts) = bytes.split_first().ok_or(Reason::Length)?;
    if header & 0xf != u8::from(!test) {
        return Err(Reason::Network);
    }
    let (first, rest) = parts.split_at_checked(HASH).ok_or(Reason::Length)?;
    let canonical = if text.iter().any(u8::is_ascii_uppercase) {
        Canonical::Lower
    } else {
        Canonical::AsGiven
    };
    let header = header >> 4;
    if kind == Kind::Stake {
        let stake = part(Namespace::CardanoStake, header & 1, first);
        return if rest.is_empty() {
            Ok(Decoding::new(stake, canonical))
        } else {
            Err(Reason::Length)
        };
    }
    let mut decoding = Decoding::new(
        part(Namespace::CardanoPayment, header & 1, first),
        canonical,
    );
    match kind {
        Kind::Base if rest.len() == HASH => {
            let stake = part(Namespace::CardanoStake, header >> 1 & 1, rest);
            decoding.also.push((stake, Basis::SameBytes));
        }
        Kind::Pointer => pointer_ok(rest)?,
        Kind::Enterprise if rest.is_empty() => {}
        _ => return Err(Reason::Length),
    }
    Ok(decoding)
}

/// One part: whether it is a script, then the hash.
fn part(namespace: Namespace, script: u8, hash: &[u8]) -> Identity {
    let mut payload = [script; HASH + 1];
    payload[1..].copy_from_slice(hash);
    Identity::new(namespace, &payload)
}

/// A pointer: slot, transaction and certificate, each in groups of seven bits, the last one's upper
/// bit unset, without leading zero groups.
fn pointer_ok(mut bytes: &[u8]) -> Result<(), Reason> {
    for _ in 0..3 {
        let end = bytes
            .iter()
            .position(|b| b & 0x80 == 0)
            .ok_or(Reason::Length)?;
        if bytes[0] == 0x80 {
            return Err(Reason::Padding);
        }
        if end > 9 {
            return Err(Reason::Length);
        }
        bytes = &bytes[end + 1..];
    }
    if bytes.is_empty() {
        Ok(())
    } else {
        Err(Reason::Length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // CIP-19, "Test vectors": the hashes of addr_vk, stake_vk and the script.
    const MAIN: [(&str, fn(&[u8]) -> Result<Decoding, Reason>, u8); 10] = [
        (
            "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
            base,
            0,
        ),
        (
            "addr1z8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gten0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgs9yc0hh",
            base,
            1,
        ),
        (
            "addr1yx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerkr0vd4msrxnuwnccdxlhdjar77j6lg0wypcc9uar5d2shs2z78ve",
            base,
            0,
        ),
        (
            "addr1x8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gt7r0vd4msrxnuwnccdxlhdjar77j6lg0wypcc9uar5d2shskhj42g",
            base,
            1,
        ),
        (
            "addr1gx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer5pnz75xxcrzqf96k",
            pointer,
            0,
        ),
        (
            "addr128phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtupnz75xxcrtw79hu",
            pointer,
            1,
        ),
        (
            "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8",
            enterprise,
            0,
        ),
        (
            "addr1w8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcyjy7wx",
            enterprise,
            1,
        ),
        (
            "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw",
            stake,
            0,
        ),
        (
            "stake178phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcccycj5",
            stake,
            1,
        ),
    ];

    #[test]
    fn cip_19() {
        let key = base(MAIN[0].0.as_bytes()).unwrap();
        let script = enterprise(MAIN[7].0.as_bytes()).unwrap();
        assert_ne!(key.identity, script.identity);
        for (text, decode, bit) in MAIN {
            let decoding = decode(text.as_bytes()).unwrap();
            assert_eq!(decoding.identity.payload()[0], bit, "{text}");
            if decoding.identity.namespace() == Namespace::CardanoPayment {
                let expected = if bit == 0 {
                    key.identity
                } else {
                    script.identity
                };
                assert_eq!(decoding.identity, expected, "{text}");
            }
            let upper = decode(text.to_uppercase().as_bytes()).unwrap();
            assert_eq!(upper.canonical, Canonical::Lower);
        }
        // The stake parts of the base addresses are the two stake addresses.
        for (address, expected) in [(0, 8), (1, 8), (2, 9), (3, 9)] {
            let stake = stake(MAIN[expected].0.as_bytes()).unwrap().identity;
            let decoding = base(MAIN[address].0.as_bytes()).unwrap();
            assert_eq!(decoding.also, [(stake, Basis::SameBytes)]);
        }
    }

    #[test]
    fn exactly_one_row_takes_a_text() {
        for (text, _, _) in MAIN {
            let taken = [base, pointer, enterprise, stake]
                .iter()
                .filter(|decode| decode(text.as_bytes()).is_ok())
                .count();
            assert_eq!(taken, 1, "{text}");
        }
    }

    #[test]
    fn refusals() {
        let encode = |prefix: &str, bytes: &[u8]| {
            bech32::encode::<Bech32>(bech32::Hrp::parse(prefix).unwrap(), bytes).unwrap()
        };
        let reason = |text: String| base(text.as_bytes()).unwrap_err();
        let mut bytes = [7; 57];
        bytes[0] = 0x01;
        assert!(base(encode("addr", &bytes).as_bytes()).is_ok());
        assert_eq!(reason(encode("addr", &bytes[..56])), Reason::Length);
        bytes[0] = 0x00;
        assert_eq!(reason(encode("addr", &bytes)), Reason::Network);
        bytes[0] = 0x81;
        assert_eq!(reason(encode("addr", &bytes)), Reason::Version);
        bytes[0] = 0xe1;
        assert_eq!(reason(encode("addr", &bytes)), Reason::Version);
        bytes[0] = 0x61;
        let text = encode("stake", &bytes[..29]);
        assert_eq!(stake(text.as_bytes()).unwrap_err(), Reason::Version);
        assert_eq!(reason(MAIN[0].0.replacen('x', "z", 1)), Reason::Checksum);
        assert_eq!(reason(MAIN[0].0.replacen("qx", "qX", 1)), Reason::MixedCase);
    }
}
