//! EOS (Antelope) account names and public keys.
//! Specifications: Antelope documentation, "Accounts and names"; `fc::crypto::public_key` of the
//! reference implementation for the keys.
//!
//! A name has up to 12 of `.1-5a-z`, or 13 with a last one of `.1-5a-j`; it does not begin or end
//! with a dot. Any short word is one, so only under an asset hint. A key is the bytes and four
//! bytes of RIPEMD-160, over the bytes (`EOS…`) or the bytes and the curve's name (`PUB_K1_…`,
//! `PUB_R1_…`). `PVT_…` is a private key.
//!
//! # Deviation from spec
//! Points of the second curve (`R1`) are not checked for lying on it; those of `K1` are.

use super::{Canonical, Decoding, exact58, secp256k1};
use crate::address::{Identity, Namespace, Reason};
use ripemd::{Digest, Ripemd160};

/// An account name.
pub fn name(text: &[u8]) -> Result<Decoding, Reason> {
    if text.is_empty() || text.len() > 13 {
        return Err(Reason::Length);
    }
    let plain = |b: &u8| matches!(b, b'.' | b'1'..=b'5' | b'a'..=b'z');
    let thirteenth = text
        .get(12)
        .is_none_or(|b| matches!(b, b'1'..=b'5' | b'a'..=b'j'));
    if !text.iter().all(plain) || !thirteenth || text[0] == b'.' || text.ends_with(b".") {
        return Err(Reason::Character);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::EosName, text),
        Canonical::AsGiven,
    ))
}

/// `EOS…`: a secp256k1 key in the old notation.
pub fn legacy_key(text: &[u8]) -> Result<Decoding, Reason> {
    let symbols = text.strip_prefix(b"EOS").ok_or(Reason::UnknownFormat)?;
    if !(48..=51).contains(&symbols.len()) {
        return Err(Reason::UnknownFormat);
    }
    let key = key(symbols, b"")?;
    if !secp256k1::on_curve(&key) {
        return Err(Reason::Version);
    }
    Ok(Decoding::new(identity(0, &key), Canonical::AsGiven))
}

/// `PUB_K1_…` and `PUB_R1_…`: a secp256k1 or P-256 key.
pub fn key_of_curve(text: &[u8]) -> Result<Decoding, Reason> {
    if is_secret(text) {
        return Err(Reason::Secret);
    }
    let (curve, symbols) = match text {
        [b'P', b'U', b'B', b'_', b'K', b'1', b'_', symbols @ ..] => (0, symbols),
        [b'P', b'U', b'B', b'_', b'R', b'1', b'_', symbols @ ..] => (1, symbols),
        _ => return Err(Reason::UnknownFormat),
    };
    let key = key(symbols, if curve == 0 { b"K1" } else { b"R1" })?;
    let point = if curve == 0 {
        secp256k1::on_curve(&key)
    } else {
        matches!(key[0], 2 | 3)
    };
    if !point {
        return Err(Reason::Version);
    }
    Ok(Decoding::new(identity(curve, &key), Canonical::AsGiven))
}

/// Whether this is a private key (`PVT_K1_…`).
pub(super) fn is_secret(text: &[u8]) -> bool {
    text.starts_with(b"PVT_K1_") || text.starts_with(b"PVT_R1_") || text.starts_with(b"PVT_WA_")
}

fn key(symbols: &[u8], salt: &[u8]) -> Result<[u8; 33], Reason> {
    let bytes = exact58::decode::<37>(symbols)?;
    let mut key = [0; 33];
    key.copy_from_slice(&bytes[..33]);
    if checksum(&key, salt) != bytes[33..] {
        return Err(Reason::Checksum);
    }
    Ok(key)
}

fn checksum(key: &[u8; 33], salt: &[u8]) -> [u8; 4] {
    let hash = Ripemd160::new()
        .chain_update(key)
        .chain_update(salt)
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

fn identity(curve: u8, key: &[u8; 33]) -> Identity {
    let mut payload = [curve; 34];
    payload[1..].copy_from_slice(key);
    Identity::new(Namespace::EosKey, &payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The development key of the EOS documentation, in both notations.
    const LEGACY: &str = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";
    const K1: &str = "PUB_K1_6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5BoDq63";

    #[test]
    fn one_key_two_notations() {
        let legacy = legacy_key(LEGACY.as_bytes()).unwrap();
        let k1 = key_of_curve(K1.as_bytes()).unwrap();
        assert_eq!(legacy.identity, k1.identity);
    }

    #[test]
    fn names() {
        for text in [
            "eosio",
            "eosio.token",
            "binancecleos",
            "a",
            "zzzzzzzzzzzzj",
            "user.1",
        ] {
            assert!(name(text.as_bytes()).is_ok(), "{text}");
        }
        for text in ["Eosio", "user6", "zzzzzzzzzzzzk", ".eosio", "eosio.", "a b"] {
            assert_eq!(
                name(text.as_bytes()).unwrap_err(),
                Reason::Character,
                "{text}"
            );
        }
        assert_eq!(name(b"").unwrap_err(), Reason::Length);
        assert_eq!(name(b"aaaaaaaaaaaaaa").unwrap_err(), Reason::Length);
    }

    #[test]
    fn refusals() {
        let wrong = LEGACY.replace('A', "B");
        assert_eq!(legacy_key(wrong.as_bytes()).unwrap_err(), Reason::Checksum);
        let wrong = K1.replace("K1", "R1");
        assert_eq!(
            key_of_curve(wrong.as_bytes()).unwrap_err(),
            Reason::Checksum
        );
        // Well formed, but x = 5 is not on the curve (SEC 2: 5³ + 7 has no root).
        let mut off = [0; 37];
        (off[0], off[32]) = (2, 5);
        let head: [u8; 33] = off[..33].try_into().unwrap();
        off[33..].copy_from_slice(&checksum(&head, b""));
        let text = format!("EOS{}", bs58::encode(off).into_string());
        assert_eq!(legacy_key(text.as_bytes()).unwrap_err(), Reason::Version);
        let secret = b"PVT_K1_2bfGi9rYsXQSXXTvJbDAPhHLQUojjaNLomdm3cEJ1XTzMqUt3V";
        assert_eq!(key_of_curve(secret).unwrap_err(), Reason::Secret);
    }
}
