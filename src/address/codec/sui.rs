//! Sui accounts and objects: `0x` and 64 hex digits.
//! Specification: Sui documentation, "Address format": 32 bytes in hex with a `0x` prefix.
//!
//! The reserved packages and objects (`0x2`, `0x6`, `0x403`, `0xdee9`) are written short, without
//! leading zeros; four digits are the most that a reserved id has. Everything in between is a cut
//! or damaged text and refused.
//!
//! There is no checksum, and the same text may be an Aptos or Starknet account or a transaction
//! hash: only under an asset hint.

use super::{Canonical, Decoding, hex};
use crate::address::{Identity, Namespace, Reason};

/// Most digits of a reserved id.
const RESERVED: usize = 4;

/// Decodes; the canonical spelling has 64 digits.
pub fn decode(text: &[u8]) -> Result<Decoding, Reason> {
    let digits = text.strip_prefix(b"0x").ok_or(Reason::UnknownFormat)?;
    let reserved = digits == b"0" || digits.len() <= RESERVED && digits.first() != Some(&b'0');
    if digits.len() != 64 && !reserved {
        return Err(Reason::Length);
    }
    let bytes = hex::padded(digits)?;
    Ok(Decoding::new(
        Identity::new(Namespace::Sui, &bytes),
        Canonical::Text(hex::long(&bytes)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_and_long() {
        // Sui documentation: 0x2 is the Sui framework.
        let long = format!("0x{}2", "0".repeat(63));
        assert_eq!(
            decode(b"0x2").unwrap().identity,
            decode(long.as_bytes()).unwrap().identity
        );
        assert_eq!(
            decode(b"0x2").unwrap().canonical,
            Canonical::Text(long.into())
        );
    }

    #[test]
    fn refusals() {
        assert_eq!(
            decode(format!("0x{}", "a".repeat(63)).as_bytes()).unwrap_err(),
            Reason::Length
        );
        assert_eq!(
            decode(format!("0x{}", "a".repeat(40)).as_bytes()).unwrap_err(),
            Reason::Length
        );
        assert_eq!(decode(b"0x02").unwrap_err(), Reason::Length);
        assert_eq!(decode(b"0x").unwrap_err(), Reason::Length);
        assert_eq!(
            decode(format!("0x{}", "g".repeat(64)).as_bytes()).unwrap_err(),
            Reason::Character
        );
        assert_eq!(
            decode("a".repeat(64).as_bytes()).unwrap_err(),
            Reason::UnknownFormat
        );
    }
}
