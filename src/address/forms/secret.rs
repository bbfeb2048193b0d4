//! Private keys and seeds by their shape, so that they are refused and never echoed.
//!
//! It judges shape, not checksum: a mistyped key is still a key. It does not know mnemonic word
//! lists, and leaves 64 hex digits alone, which are a transaction hash far more often than a key.

use sha2::{Digest, Sha256};

/// Prefixes that only secrets have, with the least length of the whole text.
const PREFIXES: &[(&str, usize, &str)] = &[
    ("xprv", 100, "extended private key"),
    ("yprv", 100, "extended private key"),
    ("zprv", 100, "extended private key"),
    ("Yprv", 100, "extended private key"),
    ("Zprv", 100, "extended private key"),
    ("tprv", 100, "extended private key"),
    ("uprv", 100, "extended private key"),
    ("vprv", 100, "extended private key"),
    ("Uprv", 100, "extended private key"),
    ("Vprv", 100, "extended private key"),
    ("Ltpv", 100, "extended private key"),
    ("Mtpv", 100, "extended private key"),
    ("dgpv", 100, "extended private key"),
    ("drkp", 100, "extended private key"),
    ("xprv1", 50, "Cardano extended private key"),
    ("edsk", 54, "Tezos secret key"),
    ("spsk", 54, "Tezos secret key"),
    ("p2sk", 54, "Tezos secret key"),
    ("edesk", 80, "Tezos encrypted secret key"),
    ("spesk", 80, "Tezos encrypted secret key"),
    ("p2esk", 80, "Tezos encrypted secret key"),
    ("PVT_K1_", 40, "EOS private key"),
    ("PVT_R1_", 40, "EOS private key"),
    ("PrivateKey-", 40, "Avalanche private key"),
    ("suiprivkey1", 60, "Sui private key"),
    ("nsec1", 50, "Nostr secret key"),
    ("secret-extended-key-", 60, "Zcash spending key"),
    ("AGE-SECRET-KEY-1", 60, "age secret key"),
];

/// Version bytes of wallet import format keys: Bitcoin and its relatives, test networks, Litecoin,
/// Dogecoin and Verge, Dash, Dogecoin's test network.
const WIF_VERSIONS: &[u8] = &[0x80, 0xef, 0xb0, 0x9e, 0xcc, 0xf1];

/// What secret `text` is, if it has the shape of one.
pub(super) fn secret(text: &str) -> Option<&'static str> {
    if !(22..=400).contains(&text.len()) || !text.is_ascii() {
        return None;
    }
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':');
    if !text.bytes().all(word) {
        return None;
    }
    if let Some((_, _, kind)) = PREFIXES
        .iter()
        .find(|(p, len, _)| text.len() >= *len && text.starts_with(p))
    {
        return Some(kind);
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
        // BIP-38, encrypted but still nobody's business.
        58 if text.starts_with("6P") && base58(text).is_some_and(|b| b.len() == 43) => {
            Some("encrypted private key (BIP-38)")
        }
        50..=52 => wif(text),
        // SEP-23: version byte 18 << 3.
        56 if text.starts_with('S') => data_encoding::BASE32
            .decode(text.as_bytes())
            .is_ok_and(|b| b[0] == 18 << 3)
            .then_some("Stellar secret seed"),
        25..=31 if text.starts_with('s') => ripple_seed(text),
        22 | 26 | 30 if text.starts_with('S') => mini_key(text),
        _ => None,
    }
}

fn base58(text: &str) -> Option<Vec<u8>> {
    bs58::decode(text).into_vec().ok()
}

fn wif(text: &str) -> Option<&'static str> {
    let bytes = base58(text)?;
    let key = match bytes.len() {
        37 => true,
        38 => bytes[33] == 1,
        _ => false,
    };
    (key && WIF_VERSIONS.contains(&bytes[0])).then_some("private key (wallet import format)")
}

/// XRP Ledger seeds: version 0x21 (`s…`) or 0x01e14b (`sEd…`), then 16 bytes, then 4 of checksum.
fn ripple_seed(text: &str) -> Option<&'static str> {
    let bytes = bs58::decode(text)
        .with_alphabet(bs58::Alphabet::RIPPLE)
        .into_vec()
        .ok()?;
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
    base58(text)?;
    let digit = text.bytes().any(|b| b.is_ascii_digit());
    (digit && Sha256::digest(format!("{text}?"))[0] == 0).then_some("mini private key")
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
