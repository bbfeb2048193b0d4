//! ICON addresses: `hx` (account) or `cx` (contract), then 40 lower-case hex digits.
//! Specification: ICON documentation, "Data types: T_ADDR_EOA and T_ADDR_SCORE".
//!
//! There is no checksum. The prefix is part of the identity: an account and a contract of equal
//! bytes are unrelated.

use super::{Canonical, Decoding, hex};
use crate::address::{Identity, Namespace, Reason};

/// `hx`: an account.
pub fn account(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, b"hx", 0)
}

/// `cx`: a contract.
pub fn contract(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, b"cx", 1)
}

fn decode(text: &[u8], prefix: &[u8; 2], tag: u8) -> Result<Decoding, Reason> {
    let digits = text.strip_prefix(prefix).ok_or(Reason::UnknownFormat)?;
    let bytes = hex::fixed::<20>(digits)?;
    if digits.iter().any(u8::is_ascii_uppercase) {
        return Err(Reason::MixedCase);
    }
    let mut payload = [tag; 21];
    payload[1..].copy_from_slice(&bytes);
    Ok(Decoding::new(
        Identity::new(Namespace::Icon, &payload),
        Canonical::AsGiven,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    // ICON JSON-RPC API v3, "Value types".
    const DIGITS: &str = "be258ceb872e08851f1f59694dac2558708ece11";

    #[test]
    fn account_and_contract_are_apart() {
        let hx = account(format!("hx{DIGITS}").as_bytes()).unwrap().identity;
        let cx = contract(format!("cx{DIGITS}").as_bytes()).unwrap().identity;
        assert_ne!(hx, cx);
        assert_eq!(hx.payload()[1..], cx.payload()[1..]);
    }

    #[test]
    fn refusals() {
        let reason = |text: &str| account(text.as_bytes()).unwrap_err();
        assert_eq!(reason(&format!("hx{}", &DIGITS[1..])), Reason::Length);
        assert_eq!(
            reason(&format!("hx{}", DIGITS.replace('b', "B"))),
            Reason::MixedCase
        );
        assert_eq!(
            reason(&format!("hx{}", DIGITS.replace('b', "g"))),
            Reason::Character
        );
        assert_eq!(reason(&format!("0x{DIGITS}")), Reason::UnknownFormat);
    }
}
