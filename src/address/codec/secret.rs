//! Private keys and seeds, so that they are refused as such and never echoed: WIF, extended private
//! keys and XRP seeds here; the secrets of the odd schemes are in [`secret_odd`].
//!
//! Secrets without a shape of their own (64 hex digits, seed words) are not known here.

use super::base58::{self, Alphabet};
use super::secret_odd;

/// Version bytes of WIF: 0x80 plus the P2PKH version of Bitcoin, Litecoin, Dogecoin and Verge, Dash,
/// Bitcoin Gold, Digibyte, Komodo; test networks.
const WIF: [u8; 9] = [0x80, 0xb0, 0x9e, 0xcc, 0xa6, 0xbc, 0xef, 0xf1, 0xf3];

/// Whether `text` is secret material. A wrong checksum does not make it less of one where the shape
/// is otherwise certain.
#[inline]
pub fn is_secret(text: &[u8]) -> bool {
    match (text.len(), text) {
        (
            51 | 52,
            [
                b'5' | b'K' | b'L' | b'9' | b'c' | b'6' | b'T' | b'Q' | b'7' | b'X' | b'U',
                ..,
            ],
        ) => wif(text),
        (107..=112, [_, b'p', b'r', b'v', ..]) => text.iter().all(|&c| Alphabet::Bitcoin.has(c)),
        (29 | 31, [b's', ..]) => {
            // Family seeds: version 0x21, or 01 e1 4b for ed25519.
            base58::decode(text, Alphabet::Ripple).is_some_and(|b| {
                (b.len() == 21 && b[0] == 0x21 || b.starts_with(&[0x01, 0xe1, 0x4b]))
                    && base58::checks(&b)
            })
        }
        _ => secret_odd::is_secret(text),
    }
}

fn wif(text: &[u8]) -> bool {
    base58::decode(text, Alphabet::Bitcoin)
        .is_some_and(|b| WIF.contains(&b[0]) && (b.len() == 37 || b.len() == 38 && b[33] == 1))
}

#[cfg(test)]
mod tests {
    use super::is_secret;

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
}
