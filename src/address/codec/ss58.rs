//! SS58 addresses: base58(prefix ‖ account ‖ first 2 bytes of BLAKE2b-512("SS58PRE" ‖ …)).
//! Specification: Polkadot documentation, "Account address format (SS58)", and the SS58 registry,
//! kept as a table in `ss58.tsv` beside this module's parent.
//!
//! The account has 32 bytes and is the same under every prefix. 33 bytes are a secp256k1 key, whose
//! account is its BLAKE2b-256. Account indices (1, 2, 4 and 8 bytes) are not taken for addresses:
//! they mean nothing without the chain's state.
//!
//! # Deviation from spec
//! A prefix below 64 written in two bytes is accepted, as the reference implementations accept it;
//! the canonical spelling has one byte.

use super::base58::{self, Alphabet};
use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};
use blake2::{Blake2b256, Blake2b512, Digest};

const POLKADOT: u16 = 0;
const KUSAMA: u16 = 2;

/// Most bytes: a prefix in two, a 33-byte key and the checksum.
const MAX: usize = 37;

/// Polkadot: prefix 0.
pub fn polkadot(text: &[u8]) -> Result<Decoding, Reason> {
    under(text, |prefix| prefix == POLKADOT)
}

/// Kusama: prefix 2.
pub fn kusama(text: &[u8]) -> Result<Decoding, Reason> {
    under(text, |prefix| prefix == KUSAMA)
}

/// Every other prefix.
pub fn other(text: &[u8]) -> Result<Decoding, Reason> {
    under(text, |prefix| prefix != POLKADOT && prefix != KUSAMA)
}

/// The prefix of a valid address.
pub fn prefix(text: &[u8]) -> Option<u16> {
    unpack(text).ok().map(|u| u.prefix)
}

/// The network registered for `prefix`.
pub fn network(prefix: u16) -> Option<&'static str> {
    registry()
        .find(|(p, _)| *p == prefix)
        .map(|(_, network)| network)
}

/// The registry's rows: prefix and network.
pub fn registry() -> impl Iterator<Item = (u16, &'static str)> {
    include_str!("../ss58.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(prefix, network)| Some((prefix.parse().ok()?, network)))
}

fn under(text: &[u8], wanted: impl Fn(u16) -> bool) -> Result<Decoding, Reason> {
    let unpacked = unpack(text)?;
    if !wanted(unpacked.prefix) {
        return Err(Reason::UnknownFormat);
    }
    let account = unpacked.account();
    let identity = if account.len() == 32 {
        Identity::new(Namespace::Ss58, account)
    } else {
        Identity::new(Namespace::Ss58, &Blake2b256::digest(account))
    };
    let canonical = if unpacked.start == 2 && unpacked.prefix < 64 {
        Canonical::Text(encode(unpacked.prefix as u8, account))
    } else {
        Canonical::AsGiven
    };
    Ok(Decoding::new(identity, canonical))
}

/// A text's bytes, with the checksum checked.
struct Unpacked {
    prefix: u16,
    bytes: [u8; MAX],
    /// Where the account begins and ends.
    start: usize,
    end: usize,
}

impl Unpacked {
    fn account(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }
}

fn unpack(text: &[u8]) -> Result<Unpacked, Reason> {
    // 35 to 37 bytes, of which the first may be zero.
    if !(35..=51).contains(&text.len()) {
        return Err(Reason::UnknownFormat);
    }
    let decoded = base58::decode(text, Alphabet::Bitcoin).ok_or(Reason::UnknownFormat)?;
    let len = decoded.len();
    if !(35..=MAX).contains(&len) {
        return Err(Reason::UnknownFormat);
    }
    let mut bytes = [0; MAX];
    bytes[..len].copy_from_slice(&decoded);
    let (prefix, start) = match bytes {
        [one @ 0..64, ..] => (u16::from(one), 1),
        [one @ 64..128, two, ..] => {
            let low = one << 2 | two >> 6;
            (u16::from(low) | u16::from(two & 0b11_1111) << 8, 2)
        }
        _ => return Err(Reason::UnknownFormat),
    };
    let end = len - 2;
    if !matches!(end - start, 32 | 33) {
        return Err(Reason::UnknownFormat);
    }
    // The registry keeps 46 and 47 back.
    if matches!(prefix, 46 | 47) {
        return Err(Reason::Version);
    }
    if checksum(&bytes[..end]) != bytes[end..len] {
        return Err(Reason::Checksum);
    }
    Ok(Unpacked {
        prefix,
        bytes,
        start,
        end,
    })
}

fn checksum(body: &[u8]) -> [u8; 2] {
    let hash = Blake2b512::new()
        .chain_update(b"SS58PRE")
        .chain_update(body)
        .finalize();
    [hash[0], hash[1]]
}

fn encode(prefix: u8, account: &[u8]) -> Box<str> {
    let mut bytes = vec![prefix];
    bytes.extend(account);
    bytes.extend(checksum(&bytes));
    bs58::encode(bytes).into_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Subkey's well-known development account "Alice", as the Polkadot documentation shows it.
    const ALICE: &str = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

    fn alice() -> Identity {
        let key = data_encoding::HEXLOWER.decode(ALICE.as_bytes()).unwrap();
        Identity::new(Namespace::Ss58, &key)
    }

    #[test]
    fn one_key_under_three_prefixes() {
        let dot = polkadot(b"15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5").unwrap();
        let ksm = kusama(b"HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F").unwrap();
        let any = other(b"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY").unwrap();
        assert_eq!([dot.identity, ksm.identity, any.identity], [alice(); 3]);
        let generic = b"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        assert_eq!(polkadot(generic).unwrap_err(), Reason::UnknownFormat);
        assert_eq!(prefix(generic), Some(42));
    }

    #[test]
    fn two_byte_prefixes() {
        // Encoded by the rules of the specification: prefix 255 is 0x7f 0xc0.
        let mut bytes = vec![0x7f, 0xc0];
        bytes.extend(alice().payload());
        bytes.extend(checksum(&bytes));
        let text = bs58::encode(&bytes).into_string();
        assert_eq!(prefix(text.as_bytes()), Some(255));
        assert_eq!(
            other(text.as_bytes()).unwrap().canonical,
            Canonical::AsGiven
        );
        // 42 in two bytes: 0b0100_1010 0b1000_0000.
        bytes.truncate(34);
        bytes[..2].copy_from_slice(&[0b0100_1010, 0b1000_0000]);
        bytes.extend(checksum(&bytes));
        let text = bs58::encode(&bytes).into_string();
        assert_eq!(
            other(text.as_bytes()).unwrap().canonical,
            Canonical::Text("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY".into())
        );
    }

    #[test]
    fn secp256k1_keys() {
        // The generator of secp256k1 (SEC 2), encoded by the rules of the specification.
        let key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
        let key = data_encoding::HEXLOWER.decode(key.as_bytes()).unwrap();
        let text = encode(42, &key);
        let account = other(text.as_bytes()).unwrap().identity;
        assert_eq!(
            account,
            Identity::new(Namespace::Ss58, &Blake2b256::digest(&key))
        );
        assert_eq!(
            other(encode(42, account.payload()).as_bytes())
                .unwrap()
                .identity,
            account
        );
    }

    #[test]
    fn refusals() {
        let wrong = b"15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp6";
        assert_eq!(polkadot(wrong).unwrap_err(), Reason::Checksum);
        let mut bytes = vec![46];
        bytes.extend(alice().payload());
        bytes.extend(checksum(&bytes));
        let reserved = bs58::encode(&bytes).into_string();
        assert_eq!(other(reserved.as_bytes()).unwrap_err(), Reason::Version);
    }

    #[test]
    fn registry_is_sorted_and_unique() {
        let prefixes: Vec<u16> = registry().map(|(p, _)| p).collect();
        assert!(prefixes.is_sorted_by(|a, b| a < b));
        assert!(registry().all(|(_, n)| !n.is_empty() && n.trim() == n));
        let rows = include_str!("../ss58.tsv")
            .lines()
            .filter(|l| !l.starts_with('#'))
            .count();
        assert_eq!(rows, prefixes.len(), "a row that does not parse");
        assert_eq!((network(0), network(2)), (Some("polkadot"), Some("kusama")));
    }
}
