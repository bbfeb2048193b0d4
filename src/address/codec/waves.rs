//! Waves addresses: base58(1 ‖ chain ‖ 20-byte hash ‖ 4 bytes of Keccak-256(BLAKE2b-256)).
//! Specification: Waves documentation, "Address: Binary format of the address".
//!
//! The chain byte is `W` on the main network, `T` on the test network, `S` on the stage network.

use super::{Canonical, Decoding, exact58};
use crate::address::{Identity, Namespace, Reason};
use blake2::Blake2b256;
use sha3::{Digest, Keccak256};

/// An address of the main network.
pub fn main(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, b"W")
}

/// An address of the test or the stage network.
pub fn test(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, b"TS")
}

fn decode(text: &[u8], chains: &[u8]) -> Result<Decoding, Reason> {
    // 26 bytes that start with 1 are 35 symbols that start with "3".
    if text.len() != 35 || text[0] != b'3' {
        return Err(Reason::UnknownFormat);
    }
    let bytes = exact58::decode::<26>(text)?;
    let (body, sum) = bytes.split_at(22);
    if body[0] != 1 || !chains.contains(&body[1]) {
        return Err(Reason::UnknownFormat);
    }
    if Keccak256::digest(Blake2b256::digest(body))[..4] != *sum {
        return Err(Reason::Checksum);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::Waves, &body[1..]),
        Canonical::AsGiven,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_address() {
        // Waves documentation, "Cryptographic practical details".
        let text = b"3PPbMwqLtwBGcJrTA5whqJfY95GqnNnFMDX";
        let decoding = main(text).unwrap();
        assert_eq!(decoding.identity.payload()[0], b'W');
        assert_eq!(decoding.identity.payload().len(), 21);
        assert_eq!(test(text).unwrap_err(), Reason::UnknownFormat);
        assert_eq!(
            main(b"3PPbMwqLtwBGcJrTA5whqJfY95GqnNnFMDY").unwrap_err(),
            Reason::Checksum
        );
        assert_eq!(main(&text[1..]).unwrap_err(), Reason::UnknownFormat);
    }
}
