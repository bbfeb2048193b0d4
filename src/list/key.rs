//! What makes two listings of different snapshots the same one.

use super::model::Listing;
use crate::address;
use sha2::{Digest, Sha256};

/// A key of the identifier, by identity and not by spelling; what is no address, by its letters.
pub(super) fn identifier(text: &str) -> u128 {
    let mut hash = Sha256::new();
    let identity = match address::decode(text.as_bytes()) {
        Ok(decoded) => Some(decoded.identity),
        Err(error) => error.lead,
    };
    match identity {
        Some(identity) => {
            hash.update(identity.namespace().id());
            hash.update([0]);
            hash.update(identity.payload());
        }
        None => {
            hash.update([1]);
            hash.update(text);
        }
    }
    short(hash)
}

/// A key of the identifier under its entity and label.
pub(super) fn listing(listing: &Listing<'_>) -> u128 {
    let mut hash = Sha256::new();
    hash.update(identifier(listing.text).to_le_bytes());
    hash.update(&*listing.entity.id);
    hash.update([0]);
    hash.update(listing.label);
    short(hash)
}

fn short(hash: Sha256) -> u128 {
    let digest = hash.finalize();
    let half: [u8; 16] = digest[..16].try_into().expect("half of 32 bytes");
    u128::from_le_bytes(half)
}
