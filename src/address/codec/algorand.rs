//! Algorand addresses: base32(public key ‖ last four bytes of its SHA-512/256), no padding.
//! Specification: Algorand developer documentation, "Keys and addresses: Transformation — public
//! key to Algorand address".
//!
//! An application's account is a hash in the same place as a key; the text does not tell. The
//! scheme does not ask for points on the curve.

use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};
use data_encoding::{BASE32_NOPAD, DecodeKind};
use sha2::{Digest, Sha512_256};

/// Decodes an address.
pub fn decode(text: &[u8]) -> Result<Decoding, Reason> {
    if text.len() != 58 {
        return Err(Reason::UnknownFormat);
    }
    let mut bytes = [0; 36];
    BASE32_NOPAD
        .decode_mut(text, &mut bytes)
        .map_err(|e| match e.error.kind {
            DecodeKind::Trailing => Reason::Padding,
            _ => Reason::UnknownFormat,
        })?;
    let (key, sum) = bytes.split_at(32);
    if Sha512_256::digest(key)[28..] != *sum {
        return Err(Reason::Checksum);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::Ed25519, key),
        Canonical::AsGiven,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_address() {
        // The zero address of the Algorand specification.
        let zero = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAY5HFKQ";
        assert_eq!(
            decode(zero).unwrap().identity,
            Identity::new(Namespace::Ed25519, &[0; 32])
        );
    }

    #[test]
    fn refusals() {
        let wrong = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAY5HFKA";
        assert_eq!(decode(wrong).unwrap_err(), Reason::Checksum);
        // Two unused bits of the last symbol are set: "R" for "Q".
        let loose = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAY5HFKR";
        assert_eq!(decode(loose).unwrap_err(), Reason::Padding);
        assert_eq!(decode(&wrong[1..]).unwrap_err(), Reason::UnknownFormat);
    }
}
