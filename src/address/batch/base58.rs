//! Base58 of up to 44 digits in a vector: eight digits to a limb by three multiplications, and the
//! limbs to one number of 256 bits.
//!
//! It knows no checksum and no version. The scalar twin is
//! [`codec::base58`](crate::address::codec::base58).

use super::lanes::{longs_of, of_bytes};
use crate::address::codec::base58::Alphabet;
use std::arch::x86_64::*;

/// A table of 128 bytes, as two vectors.
pub(super) type Table = [__m512i; 2];

/// The table of `values` for ASCII characters.
pub(super) const fn table(values: &[u8; 256]) -> Table {
    let mut halves = [[0; 64]; 2];
    let mut i = 0;
    while i < 128 {
        halves[i / 64][i % 64] = values[i];
        i += 1;
    }
    [of_bytes(halves[0]), of_bytes(halves[1])]
}

pub(super) static BITCOIN: Table = table(Alphabet::Bitcoin.table());
pub(super) static RIPPLE: Table = table(Alphabet::Ripple.table());

/// 58^8, 58^16 and 58^32.
const P8: u64 = 58_u64.pow(8);
const P16: u128 = 58_u128.pow(16);
const P32: [u64; 3] = {
    let (low, high) = (P16 as u64 as u128, P16 >> 64);
    let middle = low * high * 2 + ((low * low) >> 64);
    [
        (low * low) as u64,
        middle as u64,
        (high * high + (middle >> 64)) as u64,
    ]
};

/// A number of 256 bits, the lowest word first.
pub(super) type Number = [u64; 4];

/// The number that `digits` are, right-aligned, in up to 44 digits; `None` when it is too great.
#[inline]
#[target_feature(enable = "avx512bw")]
pub(super) fn number(digits: __m512i) -> Option<Number> {
    let two = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x013a));
    let four = _mm512_madd_epi16(two, _mm512_set1_epi32(0x0001_0d24));
    let high = _mm512_mul_epu32(four, _mm512_set1_epi64(58_i64.pow(4)));
    let limbs = longs_of(_mm512_add_epi64(high, _mm512_srli_epi64::<32>(four)));
    let pair = |at: usize| u128::from(limbs[at]) * u128::from(P8) + u128::from(limbs[at + 1]);
    let (last, middle, first) = (pair(6), pair(4), pair(2));
    // middle · 58^16 + last: both factors have 94 bits.
    let [m, p] = [middle, P16].map(|x| [x as u64 as u128, x >> 64]);
    let low = m[0] * p[0] + u128::from(last as u64);
    let mid = m[0] * p[1] + m[1] * p[0] + (low >> 64) + (last >> 64);
    let mut n = [
        low as u64,
        mid as u64,
        (m[1] * p[1] + (mid >> 64)) as u64,
        0,
    ];
    // first · 58^32
    let mut carry = 0_u128;
    for (word, power) in n.iter_mut().zip(P32) {
        let t = u128::from(first as u64) * u128::from(power) + u128::from(*word) + carry;
        *word = t as u64;
        carry = t >> 64;
    }
    n[3] = carry as u64;
    let above = (first >> 64) as u64;
    if above != 0 {
        let mut carry = 0_u128;
        for (word, power) in n[1..].iter_mut().zip(P32) {
            let t = u128::from(above) * u128::from(power) + u128::from(*word) + carry;
            *word = t as u64;
            carry = t >> 64;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(n)
}

/// How many bytes `n` has without leading zeros.
#[inline]
pub(super) fn bytes(n: &Number) -> u32 {
    let zeros = match n {
        [.., 0] if n[2] == 0 => 128 + (u128::from(n[1]) << 64 | u128::from(n[0])).leading_zeros(),
        _ => (u128::from(n[3]) << 64 | u128::from(n[2])).leading_zeros(),
    };
    32 - zeros / 8
}

/// `n` moved up by `BITS`, which are fewer than 64, as bytes.
#[inline]
pub(super) fn moved<const BITS: u32>(n: &Number) -> [u8; 32] {
    let mut out = [0; 32];
    let (words, _) = out.as_chunks_mut::<8>();
    let mut below = 0;
    for (word, place) in n.iter().zip(words.iter_mut().rev()) {
        let both = u128::from(*word) << BITS | u128::from(below);
        *place = (both as u64).to_be_bytes();
        below = (both >> 64) as u64;
    }
    out
}
