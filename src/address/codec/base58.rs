//! base58check: base58(version ‖ payload ‖ checksum), checksum = first 4 bytes of double SHA-256.

use crate::address::Reason;
use sha2::{Digest, Sha256};

/// Decodes `text`, which must have `version` and `payload` bytes of payload.
pub fn check(text: &[u8], version: &[u8], payload: usize) -> Result<Vec<u8>, Reason> {
    if text.len() < 25 || text.len() > 112 {
        return Err(Reason::UnknownFormat);
    }
    let bytes = bs58::decode(text)
        .into_vec()
        .map_err(|_| Reason::UnknownFormat)?;
    if bytes.len() != version.len() + payload + 4 || !bytes.starts_with(version) {
        return Err(Reason::UnknownFormat);
    }
    let (body, sum) = bytes.split_at(bytes.len() - 4);
    if Sha256::digest(Sha256::digest(body))[..4] != *sum {
        return Err(Reason::Checksum);
    }
    Ok(body[version.len()..].to_vec())
}
