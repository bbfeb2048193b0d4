//! Private keys and seeds by their shape, named, so that they are refused and never echoed.
//!
//! What the address codecs know of secrets, and the shapes that only text brings: encrypted and mini
//! keys, mistyped seeds, keys of further chains, and seed phrases of the English list of BIP-39. It
//! does not know other lists of words, and leaves 64 hex digits alone, which are a transaction hash
//! far more often than a key.

use crate::address::codec::base58::{self, Alphabet};
use crate::address::codec::secret::is_secret;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Prefixes that only secrets have, with the least length of the whole text.
const PREFIXES: &[(&str, usize, &str)] = &[
    ("xprv1", 50, "Cardano extended private key"),
    ("Ltpv", 100, EXTENDED),
    ("Mtpv", 100, EXTENDED),
    ("dgpv", 100, EXTENDED),
    ("edesk", 80, "Tezos encrypted secret key"),
    ("spesk", 80, "Tezos encrypted secret key"),
    ("p2esk", 80, "Tezos encrypted secret key"),
    ("PrivateKey-", 40, "Avalanche private key"),
    ("suiprivkey1", 60, "Sui private key"),
    ("secret-extended-key-", 60, "Zcash spending key"),
    ("AGE-SECRET-KEY-1", 60, "age secret key"),
];

const EXTENDED: &str = "extended private key";

/// What secret `text` is, if it has the shape of one.
pub(super) fn secret(text: &str) -> Option<&'static str> {
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':');
    if !(22..=400).contains(&text.len()) || !text.bytes().all(word) {
        return None;
    }
    let prefix = PREFIXES
        .iter()
        .find(|(p, len, _)| text.len() >= *len && text.starts_with(p));
    if let Some((_, _, kind)) = prefix {
        return Some(kind);
    }
    if is_secret(text.as_bytes()) {
        return Some(kind(text));
    }
    // CIP-5: every bech32 prefix of a secret ends in `sk`.
    if let Some((hrp, data)) = text.rsplit_once('1')
        && (hrp.ends_with("_sk") || hrp.ends_with("_xsk"))
        && data.len() >= 50
    {
        return Some("Cardano signing key");
    }
    if let Some(key) = text.strip_prefix("ed25519:")
        && (85..=88).contains(&key.len())
    {
        return Some("NEAR secret key");
    }
    match text.len() {
        58 if text.starts_with("6P") && base58_like(text) => Some("encrypted private key (BIP-38)"),
        25..=31 if text.starts_with('s') => mistyped_seed(text),
        22 | 26 | 30 if text.starts_with('S') => mini_key(text),
        _ => None,
    }
}

/// Names what the codecs hold to be secret.
fn kind(text: &str) -> &'static str {
    match text.as_bytes() {
        [_, b'p', b'r', b'v', ..] => EXTENDED,
        [b'P', b'V', b'T', b'_', ..] => "EOS private key",
        [b'n', b's', b'e', b'c', ..] => "Nostr secret key",
        [b'S', ..] if text.len() == 56 => "Stellar secret seed",
        [b's', ..] if text.len() <= 31 => "XRP Ledger seed",
        [_, _, b's', b'k', ..] => "Tezos secret key",
        _ if text.len() <= 52 => "private key (wallet import format)",
        _ => "private key or seed",
    }
}

/// What secret stands anywhere in `text`, between whatever marks.
pub(super) fn anywhere(text: &str) -> Option<&'static str> {
    let runs = |inside: fn(char) -> bool| text.split(move |c| !inside(c)).find_map(secret);
    runs(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':'))
        .or_else(|| runs(|c| c.is_ascii_alphanumeric()))
        .or_else(|| phrase(text).then_some("seed phrase (BIP-39)"))
}

/// BIP-39's English list: 2048 words in order, no two alike in their first four letters.
const WORDS: &str = include_str!("bip39-english.txt");

/// Whether at least twelve words of the list follow each other. The checksum is not looked at: a
/// mistyped phrase is still one, and prose has no twelve such words in a row.
fn phrase(text: &str) -> bool {
    static LIST: OnceLock<Vec<&str>> = OnceLock::new();
    let mut row = 0;
    text.split(|c: char| !c.is_alphanumeric())
        // `1. abandon 2. ability`
        .filter(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()))
        .any(|word| {
            let list = LIST.get_or_init(|| WORDS.lines().collect());
            let known = (3..=8).contains(&word.len())
                && list.binary_search(&&*word.to_ascii_lowercase()).is_ok();
            row = if known { row + 1 } else { 0 };
            row == 12
        })
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

    /// BIP-39's first test vector, its last word mistyped, as people number and wrap it.
    #[test]
    fn seed_phrases_are_secrets() {
        // The digest that implementations of BIP-39 pin.
        assert_eq!(
            data_encoding::HEXLOWER.encode(&Sha256::digest(WORDS)),
            "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
        );
        let phrase = format!("{}about", "abandon ".repeat(11));
        for text in [
            phrase.clone(),
            phrase.to_uppercase(),
            phrase.replace(' ', ", "),
            format!("my seed is: {phrase}."),
            phrase.replace("about", "zoo"),
            (1..=12).map(|n| format!("{n}. legal ")).collect(),
        ] {
            assert_eq!(anywhere(&text), Some("seed phrase (BIP-39)"), "{text}");
        }
        for text in [
            "abandon ".repeat(11),
            "payment for the second half of the order, please confirm when it has arrived".into(),
        ] {
            assert_eq!(anywhere(&text), None, "{text}");
        }
        assert_eq!(
            anywhere("key=5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ!"),
            Some("private key (wallet import format)")
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
