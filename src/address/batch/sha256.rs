//! Double SHA-256 of sixteen short messages at once, one in each lane.
//!
//! It knows messages of up to 23 bytes, padded by the caller, and of the digest the four bytes that
//! base58check asks for. The scalar twin is the `sha2` crate.

use super::lanes::{of_words, words_of};
use std::arch::x86_64::*;

/// Sixteen messages of six words, word by word, the closing bit set behind the last byte.
pub(super) type Messages = [[u32; 16]; 6];

const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

const ROUND: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

/// The first word of each double digest; `bits` are the lengths of the messages.
#[target_feature(enable = "avx512f")]
pub(super) fn double(messages: &Messages, bits: &[u32; 16]) -> [u32; 16] {
    let mut block = [_mm512_setzero_si512(); 16];
    for (word, lanes) in block.iter_mut().zip(messages) {
        *word = of_words(*lanes);
    }
    block[15] = of_words(*bits);
    let digest = compress(block);
    let mut block = [_mm512_setzero_si512(); 16];
    block[..8].copy_from_slice(&digest);
    block[8] = _mm512_set1_epi32(i32::MIN);
    block[15] = _mm512_set1_epi32(256);
    words_of(compress(block)[0])
}

macro_rules! add {
    ($a:expr) => { $a };
    ($a:expr, $($b:expr),+) => { _mm512_add_epi32($a, add!($($b),+)) };
}

/// The digest of one block from the start.
#[inline]
#[target_feature(enable = "avx512f")]
fn compress(mut w: [__m512i; 16]) -> [__m512i; 8] {
    let mut s = [_mm512_setzero_si512(); 8];
    for (word, start) in s.iter_mut().zip(START) {
        *word = _mm512_set1_epi32(start as i32);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = s;
    macro_rules! round {
        ($from:ident $($i:literal)+) => {$(
            let k = _mm512_set1_epi32(ROUND[$from + $i] as i32);
            let choice = _mm512_ternarylogic_epi32::<0xca>(e, f, g);
            let t = add!(add!(choice, turned::<6, 11, 25>(e)), add!(h, add!(k, w[$i])));
            let majority = _mm512_ternarylogic_epi32::<0xe8>(a, b, c);
            (h, g, f, e) = (g, f, e, add!(d, t));
            (d, c, b, a) = (c, b, a, add!(t, add!(turned::<2, 13, 22>(a), majority)));
        )+};
    }
    macro_rules! schedule {
        ($($i:literal)+) => {$(
            w[$i] = add!(
                add!(w[$i], shifted::<7, 18, 3>(w[($i + 1) % 16])),
                add!(w[($i + 9) % 16], shifted::<17, 19, 10>(w[($i + 14) % 16]))
            );
        )+};
    }
    for from in [0, 16, 32] {
        round!(from 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        schedule!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    }
    let from = 48;
    round!(from 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    let end = [a, b, c, d, e, f, g, h];
    for (word, end) in s.iter_mut().zip(end) {
        *word = add!(*word, end);
    }
    s
}

#[inline]
#[target_feature(enable = "avx512f")]
fn turned<const A: i32, const B: i32, const C: i32>(x: __m512i) -> __m512i {
    let (a, b) = (_mm512_ror_epi32::<A>(x), _mm512_ror_epi32::<B>(x));
    _mm512_ternarylogic_epi32::<0x96>(a, b, _mm512_ror_epi32::<C>(x))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn shifted<const A: i32, const B: i32, const C: u32>(x: __m512i) -> __m512i {
    let (a, b) = (_mm512_ror_epi32::<A>(x), _mm512_ror_epi32::<B>(x));
    _mm512_ternarylogic_epi32::<0x96>(a, b, _mm512_srli_epi32::<C>(x))
}
