//! When a text that was put together is an address beyond doubt.
//!
//! A repair is a guess, and only a checksum makes it more: how strong a format's checksum is decides
//! how many guesses it may confirm.

use crate::address::formats::Check;
use crate::address::{self, Address, Decoded, Namespace};

/// How much a valid checksum proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Proof {
    /// The text has none: any text of this shape is valid.
    None,
    /// Some sixteen bits or fewer: enough for one guess, not for many.
    Weak,
    /// Thirty bits or more.
    Strong,
}

/// Shortest text that is put together to an address.
pub(super) const SHORTEST: usize = 25;
/// Longest.
pub(super) const LONGEST: usize = 140;

/// What the text itself proves.
pub(super) fn proof(decoded: &Decoded, text: &str) -> Proof {
    match decoded.format.check {
        Check::None => Proof::None,
        Check::Casing => {
            let letters = text.bytes().skip(2).filter(u8::is_ascii_alphabetic);
            let (mut upper, mut lower) = (0, 0);
            for letter in letters {
                if letter.is_ascii_uppercase() {
                    upper += 1;
                } else {
                    lower += 1;
                }
            }
            // One bit for each letter; single-case texts carry none.
            if upper == 0 || lower == 0 {
                Proof::None
            } else {
                Proof::Weak
            }
        }
        Check::Checksum => match (decoded.identity.namespace(), decoded.format.id) {
            (Namespace::Ss58 | Namespace::Ton | Namespace::Hedera | Namespace::Icon, _) => {
                Proof::Weak
            }
            // CRC-16, and ICAP's two digits.
            (_, id) if id.starts_with("xlm") || id.contains("icap") || id.contains("stellar") => {
                Proof::Weak
            }
            // ICAP decodes as an EVM account.
            (Namespace::Evm, _) if text.starts_with("XE") || text.starts_with("xe") => Proof::Weak,
            _ if text.len() < SHORTEST => Proof::Weak,
            _ => Proof::Strong,
        },
    }
}

/// The address that `text` is, when its checksum proves at least so much.
pub(super) fn proven(text: &str, least: Proof) -> Option<Address> {
    if !(SHORTEST..=LONGEST).contains(&text.len()) {
        return None;
    }
    let decoded = address::decode(text.as_bytes()).ok()?;
    if proof(&decoded, text) < least {
        return None;
    }
    Address::parse(text).ok()
}

/// [`proven`] for texts that were put together of parts: forty hex digits without their `0x` could
/// be anything, and for `0x` the casing must hold over many letters.
pub(super) fn joined(text: &str, guesses: bool) -> Option<Address> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let hex = text.strip_prefix("0x");
    if hex.is_none() && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    if let Some(hex) = hex {
        let cased = |f: fn(&u8) -> bool| hex.bytes().filter(f).count();
        // About two bits for each letter of the rarer case.
        let enough = cased(u8::is_ascii_uppercase) >= 3 && cased(u8::is_ascii_lowercase) >= 3;
        return proven(text, Proof::Weak).filter(|_| enough);
    }
    proven(text, if guesses { Proof::Strong } else { Proof::Weak })
}
