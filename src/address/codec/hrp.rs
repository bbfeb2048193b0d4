//! bech32 (BIP-173) and bech32m (BIP-350) texts of any length under a human-readable part, as
//! Cardano and Zcash use them. It knows nothing of witness versions; those are in
//! [`bech32`](super::bech32).
//!
//! # Deviation from spec
//! The limit of 90 characters is BIP-173's own; CIP-19 and ZIP-316 lift it. The checksum still
//! catches every error, with weaker guarantees. 1,023 characters are the most.

use crate::address::Reason;
use bech32::Checksum;
use bech32::primitives::decode::{
    CharError, CheckedHrpstring, CheckedHrpstringError, UncheckedHrpstringError,
};

/// Whether `text` has this human-readable part, in either case.
pub(super) fn has(text: &[u8], hrp: &str) -> bool {
    let n = hrp.len();
    text.len() > n && text[n] == b'1' && text[..n].eq_ignore_ascii_case(hrp.as_bytes())
}

/// The payload of `text`, which must have this human-readable part and this checksum, and no
/// padding but fewer than five zero bits.
pub(super) fn decode<C: Checksum>(text: &[u8], hrp: &str) -> Result<Vec<u8>, Reason> {
    if !has(text, hrp) {
        return Err(Reason::UnknownFormat);
    }
    let text = std::str::from_utf8(text).map_err(|_| Reason::Character)?;
    let checked = CheckedHrpstring::new::<C>(text).map_err(|e| match e {
        CheckedHrpstringError::Checksum(_) => Reason::Checksum,
        CheckedHrpstringError::Parse(UncheckedHrpstringError::Char(CharError::MixedCase)) => {
            Reason::MixedCase
        }
        _ => Reason::Character,
    })?;
    // A "1" within the data would move the end of the human-readable part.
    if checked.hrp().len() != hrp.len() {
        return Err(Reason::Character);
    }
    let bits = checked.data_part_ascii_no_checksum().len() * 5 % 8;
    let last = checked.fe32_iter().last().map_or(0, |fe| fe.to_u8());
    if bits >= 5 || u32::from(last).trailing_zeros() < bits as u32 {
        return Err(Reason::Padding);
    }
    Ok(checked.byte_iter().collect())
}
