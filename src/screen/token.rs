//! Cheap keys of address-like tokens: the low 60 bits of the payload they would have, read without
//! checking anything.
//!
//! All spellings of one payload have this key in common (hex with and without `0x`, every base58
//! version, every bech32 prefix, CashAddr), so a list needs one key an identity and not one for
//! each spelling. The key proves nothing: who passes the filter is decoded in full.

/// Shortest token that is looked at as an address on its own: an XRP address has 25 characters.
pub(crate) const TOKEN_MIN: usize = 25;
/// Longest: a Zcash unified address with every receiver has a few hundred.
pub(crate) const TOKEN_MAX: usize = 1023;

const LOW: u64 = (1 << 60) - 1;

/// The keys that `token` can have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keys {
    keys: [u64; 3],
    len: usize,
}

impl Keys {
    #[inline]
    fn push(&mut self, key: u64) {
        self.keys[self.len] = key & LOW;
        self.len += 1;
    }

    /// Those of bech32 of 20 or 32 bytes, with or without a version symbol.
    #[inline]
    fn bech32(&mut self, token: &[u8]) {
        let len = token.len();
        let separated = |data: usize| len > data + 7 && token[len - data - 7] == b'1';
        if separated(33) || separated(32) {
            self.push(bech32(token, 6, 12, 0));
        }
        if separated(53) || separated(52) {
            self.push(bech32(token, 6, 13, 4));
        }
    }

    pub(super) fn as_slice(&self) -> &[u64] {
        &self.keys[..self.len]
    }
}

/// The keys of `token`; none when only decoding can tell.
#[inline]
pub(super) fn keys(token: &[u8]) -> Keys {
    let mut keys = Keys::default();
    let len = token.len();
    if len < TOKEN_MIN {
        return keys;
    }
    if token[0] == b'0' && token[1] | 0x20 == b'x' {
        keys.push(hex(token));
        return keys;
    }
    match len {
        // Both alphabets: base58 of 25 or 26 bytes, the last four a checksum.
        25..=36 => {
            keys.push((base58(token, &BITCOIN) >> 32) as u64);
            if token[0] == b'r' {
                keys.push((base58(token, &RIPPLE) >> 32) as u64);
            }
        }
        40 | 64 if is_hex(token) => keys.push(hex(token)),
        42 if token[0] == b'4' && is_hex(token) => keys.push(hex(token)),
        42 if matches!(token[0] | 0x20, b'q' | b'p' | b'z' | b'r') => {
            keys.push(bech32(token, 8, 13, 2));
        }
        // Monero: blocks of eight bytes in eleven characters; the view key ends in byte 65.
        95 | 106 if token[0] != b'z' => {
            let word = base58(&token[77..88], &BITCOIN) as u64;
            let last = match len {
                95 => base58(&token[88..95], &BITCOIN) >> 32,
                _ => base58(&token[88..99], &BITCOIN) >> 56,
            };
            keys.push(word << 8 | (last as u64 & 0xff));
        }
        // base58 of 32 bytes, without a checksum.
        43 | 44 => keys.push(base58(token, &BITCOIN) as u64),
        _ => {}
    }
    keys.bech32(token);
    keys
}

/// The keys of a token that may be bech32.
#[inline]
pub(super) fn bech32_keys(token: &[u8]) -> Keys {
    let mut keys = Keys::default();
    keys.bech32(token);
    keys
}

/// The last sixteen characters as hex digits.
#[inline]
fn hex(token: &[u8]) -> u64 {
    let (_, tail) = token
        .split_last_chunk::<16>()
        .expect("tokens are longer than that");
    let half = |at: usize| {
        let x = u64::from_be_bytes(tail[at..at + 8].try_into().expect("eight bytes"));
        let x = (x & 0x0F0F_0F0F_0F0F_0F0F) + (x >> 6 & 0x0101_0101_0101_0101) * 9;
        let x = (x | x >> 4) & 0x00FF_00FF_00FF_00FF;
        let x = (x | x >> 8) & 0x0000_FFFF_0000_FFFF;
        (x | x >> 16) & 0xFFFF_FFFF
    };
    half(0) << 32 | half(8)
}

fn is_hex(token: &[u8]) -> bool {
    token.iter().all(u8::is_ascii_hexdigit)
}

/// Whether all are hex digits, without a branch for each.
#[inline(always)]
pub(super) fn are_hex(digits: &[u8; 64]) -> bool {
    digits.iter().fold(0, |bad, &b| {
        let digit = b.wrapping_sub(b'0') < 10;
        let letter = (b | 0x20).wrapping_sub(b'a') < 6;
        bad | u8::from(!(digit | letter))
    }) == 0
}

/// The key of a token of hex digits.
#[inline]
pub(super) fn hex_key(token: &[u8]) -> u64 {
    hex(token) & LOW
}

/// The key of a token that is this number in base 58, the last four bytes a checksum.
#[inline]
pub(super) fn base58_key(number: u128) -> u64 {
    (number >> 32) as u64 & LOW
}

/// The key of a token that is bech32 of 20 bytes.
#[inline]
pub(super) fn segwit_key(token: &[u8]) -> u64 {
    bech32(token, 6, 12, 0) & LOW
}

/// The key of a token that is this number in base 58, all of it payload.
#[inline]
pub(super) fn base58_plain_key(number: u128) -> u64 {
    number as u64 & LOW
}

/// Whether `token` is written like a transaction hash: 64 hex digits, with or without `0x`. No
/// address is written so (a test holds the decoder to it).
#[inline]
pub(super) fn is_hash(token: &[u8]) -> bool {
    match token {
        [b'0', b'x' | b'X', rest @ ..] if rest.len() == 64 => is_hex(rest),
        rest => rest.len() == 64 && is_hex(rest),
    }
}

pub(super) const BITCOIN: [u8; 128] = digits(
    b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    false,
);
pub(super) const RIPPLE: [u8; 128] = digits(
    b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz",
    false,
);
const BECH32: [u8; 128] = digits(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", true);

const fn digits(alphabet: &[u8], any_case: bool) -> [u8; 128] {
    let mut table = [0; 128];
    let mut i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = i as u8;
        if any_case {
            table[alphabet[i].to_ascii_uppercase() as usize] = i as u8;
        }
        i += 1;
    }
    table
}

/// The number that `token` is in base 58, modulo 2^128.
#[inline]
fn base58(token: &[u8], table: &[u8; 128]) -> u128 {
    const TEN: u128 = 58_u128.pow(10);
    let limb = |digits: &[u8]| {
        digits
            .iter()
            .fold(0_u64, |n, &c| n * 58 + u64::from(table[c as usize & 127]))
    };
    // Groups of ten from the end do not wait for each other.
    let (mut value, mut power) = (0_u128, 1_u128);
    for group in token.rchunks(10) {
        value = value.wrapping_add(power.wrapping_mul(u128::from(limb(group))));
        power = power.wrapping_mul(TEN);
    }
    value
}

/// The number of the `symbols` bech32 symbols before a checksum of `sum` symbols, without its lowest
/// `padding` bits, modulo 2^60.
#[inline]
fn bech32(token: &[u8], sum: usize, symbols: usize, padding: u32) -> u64 {
    let end = token.len() - sum;
    let symbol = |&c: &u8| u64::from(BECH32[c as usize & 127]);
    let part = |symbols: &[u8]| symbols.iter().fold(0, |n, c| n << 5 | symbol(c));
    let (twelve, rest) = token[end - symbols..end].split_at(12);
    // Two halves do not wait for each other.
    let number = part(&twelve[..6]) << 30 | part(&twelve[6..]);
    match rest {
        [] => number,
        [last, ..] => number << (5 - padding) | symbol(last) >> padding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address;
    use crate::list::key_of;
    use proptest::prelude::*;

    /// The identity of `text`, whose key must be among the cheap ones unless there are none.
    fn agree(text: &str) {
        let Ok(decoded) = address::decode(text.as_bytes()) else {
            panic!("`{text}` is no address");
        };
        let keys = keys(text.as_bytes());
        let key = key_of(decoded.identity.payload());
        assert!(
            keys.as_slice().is_empty() || keys.as_slice().contains(&key),
            "{text} {} {:?}",
            decoded.format.id,
            decoded.identity
        );
    }

    /// Addresses from BIP-173, BIP-350, EIP-55, the CashAddr specification, TRON's, Monero's, the
    /// XRPL's and Solana's documentation.
    #[test]
    fn families_agree_with_decoding() {
        for text in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "1111111111111111111114oLvT2",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            "ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq",
            "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL",
            "41884BA47FD8EA90FB24C4A9B86DB9ABB4F8AB0CE8"
                .to_ascii_lowercase()
                .as_str(),
            "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
            "4zvwRjXUKGfvwnParsHAS3HuSVzV5cA4McphgmoCtajS",
            "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
        ] {
            if address::decode(text.as_bytes()).is_ok() {
                agree(text);
            } else {
                assert!(text.starts_with("41"), "{text}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn hashes_are_no_addresses(text in "(0x|0X|)([0-9a-f]{64}|[0-9A-F]{64}|[1-9a-f]{64})") {
            prop_assert!(is_hash(text.as_bytes()));
            let error = address::decode(text.as_bytes()).unwrap_err();
            prop_assert!(error.lead.is_none());
            prop_assert!(super::super::scan::refusal(error.reason).is_none());
        }

        #[test]
        fn payloads_agree_with_decoding(payload in any::<[u8; 20]>(), version in any::<u8>()) {
            let mut bytes = vec![version];
            bytes.extend(payload);
            for alphabet in [Alphabet::Bitcoin, Alphabet::Ripple] {
                let text = encode_check(&bytes, alphabet);
                if address::decode(text.as_bytes()).is_ok() {
                    agree(&text);
                }
            }
            let hrp = bech32::Hrp::parse_unchecked("bc");
            agree(&bech32::segwit::encode_v0(hrp, &payload).unwrap());
            let long = [payload, payload].concat();
            agree(&bech32::segwit::encode_v1(hrp, &long[..32]).unwrap());
            agree(&bech32::segwit::encode_v0(hrp, &long[..32]).unwrap());
            let cosmos = bech32::Hrp::parse_unchecked("cosmos");
            agree(&bech32::encode::<bech32::Bech32>(cosmos, &payload).unwrap());
            agree(&data_encoding::HEXLOWER.encode(&payload));
        }
    }

    use address::codec::base58::{Alphabet, encode_check};
}
