//! Checksums of bech32 and CashAddr in a vector. A polymod is linear: each of its bits is the parity
//! of certain bits of the symbols, whose masks are computed here once, from the end of the text on.
//!
//! It knows no human-readable parts. The scalar twin is
//! [`codec::bech32`](crate::address::codec::bech32).

use super::base58::{Table, table};
use super::lanes::{bytes_of, of_bytes, of_longs};
use crate::address::codec::bech32::{SYMBOL, cash_step, step};
use std::arch::x86_64::*;

/// Values; bit 7 for a character outside the alphabet.
pub(super) static VALUE: Table = {
    let mut values = SYMBOL;
    let mut i = 0;
    while i < 256 {
        values[i] &= 0x9f;
        i += 1;
    }
    table(&values)
};

/// By bit of a symbol: which symbols count for each bit of a checksum, eight bits to a vector.
type Masks<const N: usize> = [[__m512i; N]; 5];

macro_rules! masks {
    ($name:ident $vectors:literal $state:ty, $step:ident) => {
        static $name: Masks<$vectors> = {
            let mut masks = [[[0_u64; 8]; $vectors]; 5];
            let mut bit = 0;
            while bit < 5 {
                let mut state: $state = 1 << bit;
                let mut place = 64;
                while place > 0 {
                    place -= 1;
                    let mut of = 0;
                    while of < 8 * $vectors {
                        masks[bit][of / 8][of % 8] |= ((state >> of & 1) as u64) << place;
                        of += 1;
                    }
                    state = $step(state, 0);
                }
                bit += 1;
            }
            let mut out = [[of_longs([0; 8]); $vectors]; 5];
            let mut bit = 0;
            while bit < 5 {
                let mut group = 0;
                while group < $vectors {
                    out[bit][group] = of_longs(masks[bit][group]);
                    group += 1;
                }
                bit += 1;
            }
            out
        };
    };
}

masks!(BECH32 4 u32, step);
masks!(CASH 5 u64, cash_step);

/// What the polymod of bech32 makes of `symbols`, right-aligned, from the state zero on.
#[inline]
#[target_feature(enable = "avx512bw,avx512vpopcntdq")]
pub(super) fn polymod(symbols: __m512i) -> u32 {
    parities(symbols, &BECH32) as u32
}

/// The same for CashAddr.
#[inline]
#[target_feature(enable = "avx512bw,avx512vpopcntdq")]
pub(super) fn cash_polymod(symbols: __m512i) -> u64 {
    parities(symbols, &CASH)
}

#[inline]
#[target_feature(enable = "avx512bw,avx512vpopcntdq")]
fn parities<const N: usize>(symbols: __m512i, masks: &Masks<N>) -> u64 {
    let mut sums = [_mm512_setzero_si512(); N];
    for (bit, masks) in masks.iter().enumerate() {
        let set = _mm512_test_epi8_mask(symbols, _mm512_set1_epi8(1 << bit));
        let set = _mm512_set1_epi64(set as i64);
        for (sum, mask) in sums.iter_mut().zip(masks) {
            // sum ^ (set & mask)
            *sum = _mm512_ternarylogic_epi64::<0x78>(*sum, set, *mask);
        }
    }
    let mut out = 0;
    for (at, sum) in sums.iter().enumerate() {
        let odd = _mm512_test_epi64_mask(_mm512_popcnt_epi64(*sum), _mm512_set1_epi64(1));
        out |= u64::from(odd) << (8 * at);
    }
    out
}

/// For each of eight groups of five bytes: its bytes in the 64-bit word that holds them.
static GROUPS: __m512i = {
    let mut places = [0x3f; 64];
    let mut i = 0;
    while i < 40 {
        places[i] = (i / 5 * 8 + 4 - i % 5) as u8;
        i += 1;
    }
    of_bytes(places)
};
static PLACES: __m512i = {
    let mut places = [0; 64];
    let mut i = 0;
    while i < 64 {
        places[i] = i as u8;
        i += 1;
    }
    of_bytes(places)
};

/// The bytes of `count` symbols, up to 56, that start at the byte `from`.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi")]
pub(super) fn packed(symbols: __m512i, from: usize, count: usize) -> [u8; 64] {
    let places = _mm512_add_epi8(PLACES, _mm512_set1_epi8(from as i8));
    let symbols = _mm512_maskz_permutexvar_epi8((1 << count) - 1, places, symbols);
    let two = _mm512_maddubs_epi16(symbols, _mm512_set1_epi16(0x0120));
    let four = _mm512_madd_epi16(two, _mm512_set1_epi32(0x0001_0400));
    let first = _mm512_slli_epi64::<32>(four);
    let eight = _mm512_or_si512(
        _mm512_srli_epi64::<12>(first),
        _mm512_srli_epi64::<32>(four),
    );
    bytes_of(_mm512_permutexvar_epi8(GROUPS, eight))
}
