//! Private keys and seeds, so that they are refused as such, named, and never echoed: the one list of
//! shapes that a token can have. A mistyped secret is still one.
//!
//! Secrets without a shape of their own (64 hex digits) are not known here; those that only text
//! brings (seed words, mini keys) are the text forms' business.

use super::base58::{self, Alphabet};
use super::{eos, hrp, stellar, tezos};

/// Version bytes of WIF: 0x80 plus the P2PKH version of Bitcoin, Litecoin, Dogecoin and Verge, Dash,
/// Bitcoin Gold, Digibyte, Komodo; test networks.
const WIF: [u8; 9] = [0x80, 0xb0, 0x9e, 0xcc, 0xa6, 0xbc, 0xef, 0xf1, 0xf3];

const CARDANO: &str = "Cardano signing key";
const ZCASH: &str = "Zcash spending key";

/// Human-readable parts of secrets in bech32 (CIP-5 for Cardano's).
const HRPS: [(&str, &str); 16] = [
    ("suiprivkey", "Sui private key"),
    ("nsec", "Nostr secret key"),
    ("xprv", "Cardano extended private key"),
    ("ed25519_sk", CARDANO),
    ("ed25519e_sk", CARDANO),
    ("root_sk", CARDANO),
    ("root_xsk", CARDANO),
    ("acct_sk", CARDANO),
    ("acct_xsk", CARDANO),
    ("addr_sk", CARDANO),
    ("addr_xsk", CARDANO),
    ("stake_sk", CARDANO),
    ("stake_xsk", CARDANO),
    ("drep_sk", CARDANO),
    ("pool_sk", CARDANO),
    ("policy_sk", CARDANO),
];

/// Literal prefixes of secrets, in either case, with the least length of what follows.
const PREFIXES: [(&[u8], usize, &str); 5] = [
    (b"secret-extended-key-", 40, ZCASH),
    (b"secret-spending-key-", 40, ZCASH),
    (b"ed25519-priv-0x", 64, "Aptos private key"),
    (b"secp256k1-priv-0x", 64, "Aptos private key"),
    (b"ed25519:", 64, "NEAR secret key"),
];

/// Whether `text` is secret material.
#[inline]
pub fn is_secret(text: &[u8]) -> bool {
    kind(text).is_some()
}

/// What secret `text` is. A wrong checksum does not make it less of one where the shape is otherwise
/// certain.
#[inline]
pub fn kind(text: &[u8]) -> Option<&'static str> {
    match (text.len(), text) {
        (
            51 | 52,
            [
                b'5' | b'K' | b'L' | b'9' | b'c' | b'6' | b'T' | b'Q' | b'7' | b'X' | b'U',
                ..,
            ],
        ) => wif(text).then_some("private key (wallet import format)"),
        (107..=112, [_, b'p', b'r', b'v', ..]) => text
            .iter()
            .all(|&c| Alphabet::Bitcoin.has(c))
            .then_some("extended private key"),
        // Family seeds: version 0x21, or 01 e1 4b for ed25519.
        (29 | 31, [b's', ..]) => base58::decode(text, Alphabet::Ripple)
            .is_some_and(|b| {
                (b.len() == 21 && b[0] == 0x21 || b.starts_with(&[0x01, 0xe1, 0x4b]))
                    && base58::checks(&b)
            })
            .then_some("XRP Ledger seed"),
        (
            50..,
            [
                b's' | b'S' | b'n' | b'e' | b'r' | b'd' | b'a' | b'p' | b'x' | b'P' | b'B',
                ..,
            ],
        ) => marked(text),
        _ => None,
    }
}

/// The secrets of schemes that mark them.
fn marked(text: &[u8]) -> Option<&'static str> {
    if stellar::is_seed(text) {
        return Some("Stellar secret seed");
    }
    if tezos::is_secret(text) {
        return Some("Tezos secret key");
    }
    if eos::is_secret(text) {
        return Some("EOS private key");
    }
    let hrp = HRPS.iter().find(|(hrp, _)| hrp::has(text, hrp));
    let literal = || {
        PREFIXES.iter().find(|(prefix, rest, _)| {
            let head = text.get(..prefix.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
                && text.len() - prefix.len() >= *rest
        })
    };
    hrp.map(|(_, kind)| *kind)
        .or_else(|| literal().map(|(_, _, kind)| *kind))
}

fn wif(text: &[u8]) -> bool {
    base58::decode(text, Alphabet::Bitcoin)
        .is_some_and(|b| WIF.contains(&b[0]) && (b.len() == 37 || b.len() == 38 && b[33] == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BIP-178's and the Bitcoin wiki's example keys, BIP-32 test vector 1, SEP-23's seed, the
    /// XRPL documentation's master seed; each is public and empty.
    #[test]
    fn published_secrets_are_known() {
        for text in [
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
            "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617",
            "cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA",
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
            "SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKR",
            "snoPBrXtMeMyMHUVTgbuqAfg1SUTb",
        ] {
            assert!(is_secret(text.as_bytes()), "{text}");
        }
        for text in ["1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "", "s", "SAAAA"] {
            assert!(!is_secret(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn shapes_are_named() {
        let body = "q".repeat(60);
        for (secret, name) in [
            (format!("suiprivkey1{body}"), "Sui private key"),
            (format!("addr_xsk1{body}"), CARDANO),
            (format!("secret-extended-key-main1{body}"), ZCASH),
            (
                format!("SECRET-SPENDING-KEY-TEST1{}", body.to_uppercase()),
                ZCASH,
            ),
            (
                format!("ed25519-priv-0x{}", "0".repeat(64)),
                "Aptos private key",
            ),
            (format!("ed25519:{}", "2".repeat(88)), "NEAR secret key"),
            (format!("SA{}", "A".repeat(54)), "Stellar secret seed"),
            (format!("PVT_K1_{}", "2".repeat(50)), "EOS private key"),
            (format!("edsk{}", "2".repeat(50)), "Tezos secret key"),
            (format!("edesk{}", "2".repeat(83)), "Tezos secret key"),
        ] {
            assert_eq!(kind(secret.as_bytes()), Some(name), "{secret}");
        }
        // A NEAR public key has 32 bytes, 44 symbols; the others are addresses.
        for public in [
            "ed25519:6E8sCci9badyRkXb3JoRpBj5p8C6Tw41ELDZoiihKEtp",
            "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
            "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw",
        ] {
            assert!(!is_secret(public.as_bytes()), "{public}");
        }
    }
}
