//! Tron accounts in hex: `41` and 20 bytes, as nodes and many exports write them. The `T…` spelling
//! is base58check, a row of the family.

use super::{Canonical, Decoding, evm};
use crate::address::{Identity, Namespace, Reason};

/// 42 hex digits that start with 41.
pub fn hex41(text: &[u8]) -> Result<Decoding, Reason> {
    let digits = text.strip_prefix(b"41").ok_or(Reason::UnknownFormat)?;
    if digits.len() != 40 {
        return Err(Reason::Length);
    }
    let bytes = evm::hex::<20>(digits).ok_or(Reason::Character)?;
    Ok(Decoding::new(
        Identity::new(Namespace::Evm, &bytes),
        Canonical::Lower,
    ))
}
