//! NEAR accounts: names, keys and EVM accounts.
//! Specification: NEAR protocol specification, "Account ID rules"; implicit EVM accounts are
//! NEP-518.
//!
//! A name is 2 to 64 characters: words of `a-z0-9`, joined by single `-`, `_` or `.`. 64 hex digits
//! are the ed25519 key that controls the account at first; `0x` and 40 hex digits are an EVM
//! account. Nearly every lower-case text is a name, so names without a known top-level account are
//! judged only under an asset hint; an implicit account looks like any hash.

use super::{Canonical, Decoding, hex};
use crate::address::{Identity, Namespace, Reason};

/// A name under `.near` or `.tg`.
pub fn top_level(text: &[u8]) -> Result<Decoding, Reason> {
    let known = text.ends_with(b".near") || text.ends_with(b".tg");
    if known {
        named(text)
    } else {
        Err(Reason::UnknownFormat)
    }
}

/// A name under `.testnet`.
pub fn testnet(text: &[u8]) -> Result<Decoding, Reason> {
    if text.ends_with(b".testnet") {
        named(text)
    } else {
        Err(Reason::UnknownFormat)
    }
}

/// Any other name.
pub fn name(text: &[u8]) -> Result<Decoding, Reason> {
    let elsewhere = [&b".near"[..], b".tg", b".testnet"]
        .iter()
        .any(|s| text.ends_with(s))
        || is_implicit(text)
        || is_evm(text);
    if elsewhere {
        Err(Reason::UnknownFormat)
    } else {
        named(text)
    }
}

/// 64 lower-case hex digits: an ed25519 public key.
pub fn implicit(text: &[u8]) -> Result<Decoding, Reason> {
    if !is_implicit(text) {
        return Err(Reason::UnknownFormat);
    }
    let key = hex::fixed::<32>(text)?;
    Ok(Decoding::new(
        Identity::new(Namespace::Ed25519, &key),
        Canonical::AsGiven,
    ))
}

/// `0x` and 40 lower-case hex digits: an EVM account.
pub fn evm(text: &[u8]) -> Result<Decoding, Reason> {
    if !is_evm(text) {
        return Err(Reason::UnknownFormat);
    }
    let account = hex::fixed::<20>(&text[2..])?;
    Ok(Decoding::new(
        Identity::new(Namespace::Evm, &account),
        Canonical::AsGiven,
    ))
}

fn named(text: &[u8]) -> Result<Decoding, Reason> {
    if !(2..=64).contains(&text.len()) {
        return Err(Reason::Length);
    }
    let mut separated = true;
    for byte in text {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => separated = false,
            b'-' | b'_' | b'.' if !separated => separated = true,
            _ => return Err(Reason::Character),
        }
    }
    if separated {
        return Err(Reason::Character);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::Near, text),
        Canonical::AsGiven,
    ))
}

fn is_implicit(text: &[u8]) -> bool {
    text.len() == 64 && lower_hex(text)
}

fn is_evm(text: &[u8]) -> bool {
    text.len() == 42 && text.starts_with(b"0x") && lower_hex(&text[2..])
}

fn lower_hex(digits: &[u8]) -> bool {
    digits
        .iter()
        .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specification_examples() {
        // "Account ID rules": the valid and the invalid examples.
        for text in [
            "ok",
            "bowen",
            "ek-2",
            "ek.near",
            "com",
            "google.com",
            "bowen.google.com",
        ] {
            assert!(named(text.as_bytes()).is_ok(), "{text}");
        }
        for text in [
            "illia.cheap-accounts.near",
            "max_99.near",
            "100",
            "near2019",
            "over.9000",
        ] {
            assert!(named(text.as_bytes()).is_ok(), "{text}");
        }
        for text in [
            "not ok", "100-", "bo__wen", "_illia", ".near", "near.", "a..near",
        ] {
            assert_eq!(
                named(text.as_bytes()).unwrap_err(),
                Reason::Character,
                "{text}"
            );
        }
        for text in ["$$$", "WAT", "me@google.com", "hello world"] {
            assert_eq!(
                named(text.as_bytes()).unwrap_err(),
                Reason::Character,
                "{text}"
            );
        }
        assert_eq!(named(b"a").unwrap_err(), Reason::Length);
        assert_eq!(
            named("a".repeat(65).as_bytes()).unwrap_err(),
            Reason::Length
        );
    }

    #[test]
    fn implicit_accounts() {
        // Near documentation, "Implicit accounts".
        let text = b"98793cd91a3f870fb126f66285808c7e094afcfc4eda8a970f6648cdf0dbd6de";
        assert_eq!(
            implicit(text).unwrap().identity.namespace(),
            Namespace::Ed25519
        );
        assert_eq!(name(text).unwrap_err(), Reason::UnknownFormat);
        // NEP-518.
        let text = b"0xb794f5ea0ba39494ce839613fffba74279579268";
        assert_eq!(evm(text).unwrap().identity.namespace(), Namespace::Evm);
        assert_eq!(evm(&text[..41]).unwrap_err(), Reason::UnknownFormat);
    }

    #[test]
    fn rows_do_not_overlap() {
        assert!(top_level(b"ek.near").is_ok() && name(b"ek.near").is_err());
        assert!(testnet(b"ek.testnet").is_ok() && name(b"ek.testnet").is_err());
        assert!(name(b"over.9000").is_ok() && top_level(b"over.9000").is_err());
    }
}
