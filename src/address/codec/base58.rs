//! base58 with and without the four-byte double SHA-256 checksum, in the Bitcoin and the Ripple
//! alphabet. Ten digits at a time into 64-bit limbs, no heap: this is on the path of every token.
//!
//! It does not know versions or coins; Monero's block coding is in [`monero`](super::monero).

use sha2::{Digest, Sha256};
use std::ops::Deref;

/// The order of the 58 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Bitcoin's, used nearly everywhere.
    Bitcoin,
    /// The XRP Ledger's.
    Ripple,
}

const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
const BITCOIN_DIGIT: [u8; 256] = digits(BITCOIN);
const RIPPLE_DIGIT: [u8; 256] = digits(RIPPLE);

const fn digits(alphabet: &[u8; 58]) -> [u8; 256] {
    let mut table = [0xff; 256];
    let mut i = 0;
    while i < 58 {
        table[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    table
}

impl Alphabet {
    /// Its digits in order.
    pub const fn chars(self) -> &'static [u8; 58] {
        match self {
            Self::Bitcoin => BITCOIN,
            Self::Ripple => RIPPLE,
        }
    }

    pub(crate) const fn table(self) -> &'static [u8; 256] {
        match self {
            Self::Bitcoin => &BITCOIN_DIGIT,
            Self::Ripple => &RIPPLE_DIGIT,
        }
    }

    /// The value of `c`, if it is one of its digits.
    pub fn digit(self, c: u8) -> Option<u8> {
        Some(self.table()[c as usize]).filter(|&d| d != 0xff)
    }

    /// Whether `c` is one of its digits.
    pub const fn has(self, c: u8) -> bool {
        self.table()[c as usize] != 0xff
    }
}

/// Longest decoded text.
pub const MAX: usize = 64;
const LIMBS: usize = 5;
/// 58 to the power of the index.
const POWER: [u64; 11] = {
    let mut power = [1; 11];
    let mut i = 1;
    while i < 11 {
        power[i] = power[i - 1] * 58;
        i += 1;
    }
    power
};

/// Decoded bytes.
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    buffer: [u8; MAX],
    from: usize,
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.buffer[self.from..]
    }
}

/// Decodes a text of up to 40 significant bytes; `None` when it is longer or has another character.
#[inline]
pub fn decode(text: &[u8], alphabet: Alphabet) -> Option<Bytes> {
    let table = alphabet.table();
    let zero = alphabet.chars()[0];
    let zeros = text.iter().take_while(|&&c| c == zero).count();
    let mut limbs = [0_u64; LIMBS];
    let mut used = 0;
    for chunk in text[zeros..].chunks(10) {
        let (mut value, mut seen) = (0_u64, 0_u8);
        for &c in chunk {
            let digit = table[c as usize];
            seen |= digit;
            value = value.wrapping_mul(58).wrapping_add(u64::from(digit));
        }
        if seen & 0x80 != 0 {
            return None;
        }
        let mut carry = u128::from(value);
        for limb in &mut limbs[..used] {
            let t = u128::from(*limb) * u128::from(POWER[chunk.len()]) + carry;
            *limb = t as u64;
            carry = t >> 64;
        }
        if carry != 0 {
            *limbs.get_mut(used)? = carry as u64;
            used += 1;
        }
    }
    let significant = match used {
        0 => 0,
        n => 8 * n - limbs[n - 1].leading_zeros() as usize / 8,
    };
    let from = MAX.checked_sub(zeros + significant)?;
    let mut buffer = [0; MAX];
    for (limb, place) in limbs[..used].iter().zip(buffer.rchunks_exact_mut(8)) {
        place.copy_from_slice(&limb.to_be_bytes());
    }
    Some(Bytes { buffer, from })
}

/// The checksum of a body.
#[inline]
pub fn checksum(body: &[u8]) -> [u8; 4] {
    let digest = Sha256::digest(Sha256::digest(body));
    [digest[0], digest[1], digest[2], digest[3]]
}

/// Whether the last four bytes are the checksum of the others.
#[inline]
pub fn checks(bytes: &[u8]) -> bool {
    bytes
        .split_last_chunk::<4>()
        .is_some_and(|(body, sum)| checksum(body) == *sum)
}

/// The text of `bytes`, without adding a checksum.
pub fn encode(bytes: &[u8], alphabet: Alphabet) -> String {
    let zeros = bytes.iter().take_while(|&&b| b == 0).count();
    let mut digits: Vec<u8> = Vec::with_capacity(bytes.len() * 138 / 100 + 1);
    for &byte in &bytes[zeros..] {
        let mut carry = u32::from(byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let chars = alphabet.chars();
    std::iter::repeat_n(0, zeros)
        .chain(digits.into_iter().rev())
        .map(|d| chars[d as usize] as char)
        .collect()
}

/// The text of `bytes` with its checksum.
pub fn encode_check(bytes: &[u8], alphabet: Alphabet) -> String {
    let mut all = bytes.to_vec();
    all.extend(checksum(bytes));
    encode(&all, alphabet)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// draft-msporny-base58, test vectors.
    #[test]
    fn draft_vectors() {
        let cases: [(&[u8], &str); 3] = [
            (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
            (
                b"The quick brown fox jumps over the lazy dog.",
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            ),
            (&[0, 0, 0x28, 0x7f, 0xb4, 0xcd], "11233QC4"),
        ];
        for (bytes, text) in cases {
            assert_eq!(encode(bytes, Alphabet::Bitcoin), text);
            let decoded = decode(text.as_bytes(), Alphabet::Bitcoin);
            if bytes.len() <= 40 {
                assert_eq!(&*decoded.expect("within forty bytes"), bytes);
            } else {
                assert!(decoded.is_none(), "longer than the limbs");
            }
        }
    }

    #[test]
    fn agrees_with_bs58() {
        let mut bytes = [0_u8; 40];
        for n in 0..=40 {
            for seed in 0..50_u32 {
                for (i, b) in bytes[..n].iter_mut().enumerate() {
                    *b = Sha256::digest([seed as u8, n as u8, i as u8])[0]
                        & ((seed as u8).wrapping_mul(7));
                }
                let text = bs58::encode(&bytes[..n]).into_string();
                assert_eq!(encode(&bytes[..n], Alphabet::Bitcoin), text);
                let decoded = decode(text.as_bytes(), Alphabet::Bitcoin).expect("fits");
                assert_eq!(*decoded, bytes[..n]);
            }
        }
    }

    #[test]
    fn refuses_strangers() {
        for text in ["0", "O", "I", "l", "1 1", "é"] {
            assert!(
                decode(text.as_bytes(), Alphabet::Bitcoin).is_none(),
                "{text}"
            );
        }
        assert!(decode(&[b'1'; 65], Alphabet::Bitcoin).is_none());
        assert_eq!(
            decode(&[b'1'; 64], Alphabet::Bitcoin).expect("zeros").len(),
            64
        );
    }
}
