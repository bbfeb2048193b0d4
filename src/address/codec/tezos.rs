//! Tezos accounts, contracts and smart rollups: base58check with three version bytes, 20 bytes.
//! Specification: Octez documentation, "Base58check prefixes" (`src/lib_crypto/base58.ml`).
//!
//! `tz1` ed25519, `tz2` secp256k1, `tz3` P-256, `tz4` BLS; `KT1` contracts, `sr1` smart rollups. A
//! hash under one prefix has nothing to do with the same bytes under another. `KT1…%entrypoint`
//! names a contract's entrypoint: the contract is the address.

use super::{Canonical, Decoding, base58, exact58};
use crate::address::{Identity, Namespace, Reason};

/// The prefixes: text, version bytes, tag of the identity.
const KINDS: [(&[u8; 3], [u8; 3], u8); 6] = [
    (b"tz1", [0x06, 0xa1, 0x9f], 1),
    (b"tz2", [0x06, 0xa1, 0xa1], 2),
    (b"tz3", [0x06, 0xa1, 0xa4], 3),
    (b"tz4", [0x06, 0xa1, 0xa6], 4),
    (b"KT1", [0x02, 0x5a, 0x79], 0x10),
    (b"sr1", [0x06, 0x7c, 0x75], 0x20),
];

/// Longest name of an entrypoint, by the Michelson reference.
const ENTRYPOINT_MAX: usize = 31;

/// `tz1`: a hash of an ed25519 key.
pub fn tz1(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, 0)
}

/// `tz2`: a hash of a secp256k1 key.
pub fn tz2(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, 1)
}

/// `tz3`: a hash of a P-256 key.
pub fn tz3(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, 2)
}

/// `tz4`: a hash of a BLS12-381 key.
pub fn tz4(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, 3)
}

/// `KT1`: a contract, perhaps with an entrypoint.
pub fn contract(text: &[u8]) -> Result<Decoding, Reason> {
    let Some(at) = text.iter().position(|&b| b == b'%') else {
        return decode(text, 4);
    };
    let (address, entrypoint) = (&text[..at], &text[at + 1..]);
    let mut decoding = decode(address, 4)?;
    if entrypoint.is_empty() || entrypoint.len() > ENTRYPOINT_MAX {
        return Err(Reason::Length);
    }
    let named = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'%' | b'@');
    if !entrypoint.iter().all(named) || matches!(entrypoint[0], b'.' | b'%' | b'@') {
        return Err(Reason::Character);
    }
    decoding.canonical = Canonical::Text(String::from_utf8_lossy(address).into());
    Ok(decoding)
}

/// `sr1`: a smart rollup.
pub fn rollup(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, 5)
}

/// Whether this is a secret key: plain or encrypted, of any curve.
pub(super) fn is_secret(text: &[u8]) -> bool {
    const SECRETS: [&[u8]; 8] = [
        b"edsk", b"spsk", b"p2sk", b"BLsk", b"edesk", b"spesk", b"p2esk", b"BLesk",
    ];
    text.len() >= 54
        && SECRETS.iter().any(|s| text.starts_with(s))
        && text.iter().all(u8::is_ascii_alphanumeric)
}

fn decode(text: &[u8], kind: usize) -> Result<Decoding, Reason> {
    let (prefix, version, tag) = KINDS[kind];
    if !text.starts_with(prefix) {
        return Err(Reason::UnknownFormat);
    }
    if text.len() != 36 {
        return Err(Reason::Length);
    }
    let bytes = exact58::decode::<27>(text)?;
    if bytes[..3] != version {
        return Err(Reason::Version);
    }
    if !base58::checks(&bytes) {
        return Err(Reason::Checksum);
    }
    let mut payload = [tag; 21];
    payload[1..].copy_from_slice(&bytes[3..23]);
    Ok(Decoding::new(
        Identity::new(Namespace::Tezos, &payload),
        Canonical::AsGiven,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_addresses() {
        // Tezos documentation, "Michelson: domain-specific types: address" and Taquito's guide.
        let kt1 = contract(b"KT1Fe71jyjrxFg9ZrYqtvaX7uQjcLo7svE4D").unwrap();
        let at = contract(b"KT1Fe71jyjrxFg9ZrYqtvaX7uQjcLo7svE4D%do_stuff").unwrap();
        assert_eq!(kt1.identity, at.identity);
        let canonical = Canonical::Text("KT1Fe71jyjrxFg9ZrYqtvaX7uQjcLo7svE4D".into());
        assert_eq!(at.canonical, canonical);
        // The bootstrap accounts of the sandbox, one per curve.
        assert!(tz1(b"tz1KqTpEZ7Yob7QbPE4Hy4Wo8fHG8LhKxZSx").is_ok());
        assert!(tz1(b"tz1gjaF81ZRRvdzjobyfVNsAeSC6PScjfQwN").is_ok());
    }

    #[test]
    fn equal_bytes_of_two_curves_are_unrelated() {
        let mut texts = Vec::new();
        for (prefix, version, _) in KINDS {
            let mut bytes = version.to_vec();
            bytes.extend([7; 20]);
            use sha2::{Digest, Sha256};
            let sum = Sha256::digest(Sha256::digest(&bytes));
            bytes.extend(&sum[..4]);
            let text = bs58::encode(bytes).into_string();
            assert!(text.as_bytes().starts_with(prefix), "{text}");
            texts.push(text);
        }
        let all: [fn(&[u8]) -> Result<Decoding, Reason>; 6] =
            [tz1, tz2, tz3, tz4, contract, rollup];
        let mut identities: Vec<_> = all
            .iter()
            .zip(&texts)
            .map(|(decode, text)| decode(text.as_bytes()).unwrap().identity)
            .collect();
        identities.sort();
        identities.dedup();
        assert_eq!(identities.len(), 6);
    }

    #[test]
    fn refusals() {
        let reason = |text: &[u8]| contract(text).unwrap_err();
        assert_eq!(
            reason(b"KT1Fe71jyjrxFg9ZrYqtvaX7uQjcLo7svE4E"),
            Reason::Checksum
        );
        assert_eq!(
            reason(b"KT1Fe71jyjrxFg9ZrYqtvaX7uQjcLo7svE4"),
            Reason::Length
        );
        assert_eq!(
            reason(b"KT1Fe71jyjrxFg9ZrYqtvaX7uQjcLo7svE4D%"),
            Reason::Length
        );
        assert_eq!(
            reason(b"KT1Fe71jyjrxFg9ZrYqtvaX7uQjcLo7svE4D%a b"),
            Reason::Character
        );
        assert_eq!(
            reason(b"tz1KqTpEZ7Yob7QbPE4Hy4Wo8fHG8LhKxZSx"),
            Reason::UnknownFormat
        );
        assert!(is_secret(
            b"edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh"
        ));
    }
}
