//! Private keys and seeds in text, named, so that they are refused and never echoed.
//!
//! The shapes of tokens are the codecs' list; here are those that only text brings: encrypted and mini
//! keys, mistyped seeds, keys that end in no checksum, seed phrases. It leaves 64 hex digits alone,
//! which are a transaction hash far more often than a key.

use super::seed;
use crate::address::codec::base58::{self, Alphabet};
use crate::address::codec::secret;
use sha2::{Digest, Sha256};

/// Prefixes that only secrets of no address's chain, or of no one scheme, have, with the least
/// length of the whole text.
const PREFIXES: &[(&str, usize, &str)] = &[
    ("Ltpv", 100, EXTENDED),
    ("Mtpv", 100, EXTENDED),
    ("dgpv", 100, EXTENDED),
    ("PrivateKey-", 40, "Avalanche private key"),
    ("AGE-SECRET-KEY-1", 60, "age secret key"),
];

const EXTENDED: &str = "extended private key";

/// What secret `text` is, if it has the shape of one.
pub(super) fn secret(text: &str) -> Option<&'static str> {
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':');
    if !(22..=400).contains(&text.len()) || !text.bytes().all(word) {
        return None;
    }
    if let Some(kind) = secret::kind(text.as_bytes()) {
        return Some(kind);
    }
    let prefix = PREFIXES
        .iter()
        .find(|(p, len, _)| text.len() >= *len && text.starts_with(p));
    if let Some((_, _, kind)) = prefix {
        return Some(kind);
    }
    // CIP-5: every bech32 prefix of a secret ends in `sk`.
    if let Some((hrp, data)) = text.rsplit_once('1')
        && (hrp.ends_with("_sk") || hrp.ends_with("_xsk"))
        && data.len() >= 50
    {
        return Some("Cardano signing key");
    }
    match text.len() {
        58 if text.starts_with("6P") && base58_like(text) => Some("encrypted private key (BIP-38)"),
        25..=31 if text.starts_with('s') => mistyped_seed(text),
        22 | 26 | 30 if text.starts_with('S') => mini_key(text),
        _ => None,
    }
}

/// What secret stands anywhere in `text`, between whatever marks.
pub(super) fn anywhere(text: &str) -> Option<&'static str> {
    let runs = |inside: fn(char) -> bool| text.split(move |c| !inside(c)).find_map(secret);
    runs(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':'))
        .or_else(|| runs(|c| c.is_ascii_alphanumeric()))
        .or_else(|| seed::is_phrase(text).then_some("seed phrase (BIP-39)"))
}

fn base58_like(text: &str) -> bool {
    text.bytes().all(|c| Alphabet::Bitcoin.digit(c).is_some())
}

/// XRP Ledger seeds (version 0x21, or 0x01e14b for ed25519, then 16 bytes and 4 of checksum) whose
/// checksum fails: a mistyped seed is still one.
fn mistyped_seed(text: &str) -> Option<&'static str> {
    let bytes = base58::decode(text.as_bytes(), Alphabet::Ripple)?;
    let shape = match bytes.len() {
        21 => bytes[0] == 0x21,
        23 => bytes.starts_with(&[0x01, 0xe1, 0x4b]),
        _ => false,
    };
    // An unlucky word of 29 letters is no seed; a mistyped seed still has digits and both cases.
    let mixed = text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_uppercase())
        && text.bytes().skip(1).any(|b| b.is_ascii_lowercase());
    (shape && mixed).then_some("XRP Ledger seed")
}

/// Casascius mini keys: SHA-256 of the text and `?` starts with a zero byte.
fn mini_key(text: &str) -> Option<&'static str> {
    let digit = text.bytes().any(|b| b.is_ascii_digit());
    (digit && base58_like(text) && Sha256::digest(format!("{text}?"))[0] == 0)
        .then_some("mini private key")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published examples: the Bitcoin wiki's WIF and mini key, BIP-38, BIP-32, the XRP Ledger's
    /// documentation, SEP-23's alphabet with version S.
    #[test]
    fn published_secrets_are_named() {
        for (text, kind) in [
            (
                "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
                "private key (wallet import format)",
            ),
            (
                "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617",
                "private key (wallet import format)",
            ),
            ("S6c56bnXQiBjk9mqSYE7ykVQ7NzrRy", "mini private key"),
            (
                "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",
                "encrypted private key (BIP-38)",
            ),
            ("sn3nxiW7v8KXzPzAqzyHXbSSKNuN9", "XRP Ledger seed"),
            ("sn3nxiW7v8KXzPzAqzyHXbSSKNuN8", "XRP Ledger seed"),
            ("sEdTM1uX8pu2do5XvTnutH6HsouMaM2", "XRP Ledger seed"),
            (
                "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
                "extended private key",
            ),
        ] {
            assert_eq!(secret(text), Some(kind), "{text}");
        }
    }

    #[test]
    fn secrets_stand_between_marks() {
        assert_eq!(
            anywhere("key=5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ!"),
            Some("private key (wallet import format)")
        );
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        assert_eq!(
            anywhere(&format!("my seed is: {phrase}.")),
            Some("seed phrase (BIP-39)")
        );
    }

    #[test]
    fn addresses_and_hashes_are_not_secrets() {
        for text in [
            "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "GCALNQQBXAPZ2WIRSDDBMSTAKCUH5SG6U76YBFLQLIXJTF7FE5AX7AOO",
            "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
            "supercalifragilisticexpialidoc",
        ] {
            assert_eq!(secret(text), None, "{text}");
        }
    }
}
