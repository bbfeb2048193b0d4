//! ICAP: an EVM account in the shape of an IBAN. `XE`, two check digits, and the 20 bytes in base
//! 36. Specification: "ICAP: Inter exchange Client Address Protocol" (Ethereum wiki), ISO 13616 for
//! the check digits (mod 97).
//!
//! Direct form: 30 symbols, for accounts below 2^155. Basic form: 31 symbols, any account. The
//! indirect form (`XE81ETHXREGGAVOFYORK`) names an entry of a registry contract; what it stands for
//! is chain state, so it is no address and refused by its version. Spaces and the `iban:` scheme
//! are the text forms' business.

use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};

/// Decodes a direct or basic ICAP.
pub fn decode(text: &[u8]) -> Result<Decoding, Reason> {
    let rest = text.strip_prefix(b"XE").ok_or(Reason::UnknownFormat)?;
    if !matches!(text.len(), 20 | 34 | 35) {
        return Err(Reason::Length);
    }
    if !rest.iter().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'Z')) {
        let lower = rest.iter().all(u8::is_ascii_alphanumeric);
        return Err(if lower {
            Reason::MixedCase
        } else {
            Reason::Character
        });
    }
    let (check, body) = rest.split_at(2);
    if !check.iter().all(u8::is_ascii_digit) {
        return Err(Reason::Character);
    }
    // Country code and check digits go behind the body; letters count as two digits.
    let remainder = body
        .iter()
        .chain(b"XE")
        .chain(check)
        .fold(0u32, |r, &symbol| {
            let value = value(symbol);
            (r * if value < 10 { 10 } else { 100 } + value) % 97
        });
    if remainder != 1 {
        return Err(Reason::Checksum);
    }
    if body.len() == 16 {
        return Err(Reason::Version);
    }
    let mut account = [0u8; 20];
    for &symbol in body {
        let mut carry = value(symbol);
        for byte in account.iter_mut().rev() {
            carry += u32::from(*byte) * 36;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return Err(Reason::Length);
        }
    }
    Ok(Decoding::new(
        Identity::new(Namespace::Evm, &account),
        Canonical::AsGiven,
    ))
}

/// The value of a base-36 symbol.
fn value(symbol: u8) -> u32 {
    u32::from(match symbol {
        b'0'..=b'9' => symbol - b'0',
        _ => symbol - b'A' + 10,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specification_example() {
        // The ICAP specification's direct example and its account.
        let decoding = decode(b"XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS").unwrap();
        assert_eq!(
            data_encoding::HEXLOWER.encode(decoding.identity.payload()),
            "00c5496aee77c1ba1f0854206a26dda82a81d6d8"
        );
    }

    #[test]
    fn refusals() {
        let reason = |text: &[u8]| decode(text).unwrap_err();
        assert_eq!(
            reason(b"XE7438O073KYGTWWZN0F2WZ0R8PX5ZPPZS"),
            Reason::Checksum
        );
        assert_eq!(
            reason(b"XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZs"),
            Reason::MixedCase
        );
        assert_eq!(reason(b"XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZ"), Reason::Length);
        // The specification's indirect example.
        assert_eq!(reason(b"XE81ETHXREGGAVOFYORK"), Reason::Version);
        assert_eq!(
            reason(b"GB7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS"),
            Reason::UnknownFormat
        );
    }
}
