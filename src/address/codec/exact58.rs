//! Base58 to an exact number of bytes, for the schemes whose checksum is not Bitcoin's. It knows
//! no checksum and no version.

use super::base58::{self, Alphabet};
use crate::address::Reason;

/// The text as exactly `N` bytes. No allocation.
pub(super) fn decode<const N: usize>(text: &[u8]) -> Result<[u8; N], Reason> {
    let wrong = || {
        let alphabet = text.iter().all(|&c| Alphabet::Bitcoin.has(c));
        if alphabet {
            Reason::Length
        } else {
            Reason::Character
        }
    };
    if N <= 40 {
        let bytes = base58::decode(text, Alphabet::Bitcoin).ok_or_else(wrong)?;
        return <[u8; N]>::try_from(&*bytes).map_err(|_| Reason::Length);
    }
    let mut bytes = [0; N];
    match bs58::decode(text).onto(&mut bytes) {
        Ok(len) if len == N => Ok(bytes),
        _ => Err(wrong()),
    }
}
