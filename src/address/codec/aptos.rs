//! Aptos accounts: `0x` and up to 64 hex digits.
//! Specification: AIP-40, "Address standard v1", whose relaxed parsing is followed: short texts are
//! addresses with their leading zeros left out. `0x` itself is required.
//!
//! There is no checksum, and the same text may be a Sui or Starknet account or a transaction hash:
//! only under an asset hint.

use super::{Canonical, Decoding, hex};
use crate::address::{Identity, Namespace, Reason};

/// Decodes; the canonical spelling has 64 digits.
pub fn decode(text: &[u8]) -> Result<Decoding, Reason> {
    let digits = text.strip_prefix(b"0x").ok_or(Reason::UnknownFormat)?;
    let bytes = hex::padded(digits)?;
    Ok(Decoding::new(
        Identity::new(Namespace::Aptos, &bytes),
        Canonical::Text(hex::long(&bytes)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aip_40() {
        // AIP-40: 0x1, 0x01 and the LONG form are one address in relaxed parsing.
        let long = format!("0x{}1", "0".repeat(63));
        for text in ["0x1", "0x01", &long] {
            let decoding = decode(text.as_bytes()).unwrap();
            assert_eq!(decoding.identity.payload()[31], 1);
            assert_eq!(decoding.canonical, Canonical::Text(long.as_str().into()));
        }
    }

    #[test]
    fn refusals() {
        assert_eq!(decode(b"0x").unwrap_err(), Reason::Length);
        assert_eq!(
            decode(format!("0x{}", "0".repeat(65)).as_bytes()).unwrap_err(),
            Reason::Length
        );
        assert_eq!(decode(b"0xg").unwrap_err(), Reason::Character);
        assert_eq!(decode(b"1").unwrap_err(), Reason::UnknownFormat);
    }
}
