//! Base58 to an exact number of bytes, for the schemes whose checksum is not Bitcoin's. It knows
//! no checksum and no version.

use crate::address::Reason;
use sha2::{Digest, Sha256};

/// The text as exactly `N` bytes. No allocation.
pub(super) fn decode<const N: usize>(text: &[u8]) -> Result<[u8; N], Reason> {
    let mut bytes = [0; N];
    match bs58::decode(text).onto(&mut bytes) {
        Ok(len) if len == N => Ok(bytes),
        Ok(_) | Err(bs58::decode::Error::BufferTooSmall) => Err(Reason::Length),
        Err(_) => Err(Reason::Character),
    }
}

/// Whether the last four bytes are the double SHA-256 of those before.
pub(super) fn double_sha_ok(bytes: &[u8]) -> bool {
    bytes
        .split_last_chunk::<4>()
        .is_some_and(|(body, sum)| Sha256::digest(Sha256::digest(body))[..4] == *sum)
}
