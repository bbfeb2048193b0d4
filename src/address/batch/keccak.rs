//! EIP-55 of eight EVM accounts at once: Keccak-256 with one message in each lane.
//!
//! It knows messages of forty characters only, and of the digest the twenty bytes that EIP-55 asks
//! for. The scalar twin is [`codec::keccak`](crate::address::codec::keccak).

use super::lanes::{longs_of, of_longs};
use crate::address::codec::keccak::ROUND;
use std::arch::x86_64::*;

/// Eight messages of five words, word by word.
pub(super) type Messages = [[u64; 8]; 5];

/// The first three words of each digest.
#[target_feature(enable = "avx512f")]
pub(super) fn digests(messages: &Messages) -> [[u64; 8]; 3] {
    let mut a = [_mm512_setzero_si512(); 25];
    for (lane, words) in a.iter_mut().zip(messages) {
        *lane = of_longs(*words);
    }
    a[5] = _mm512_set1_epi64(1);
    a[16] = _mm512_set1_epi64(i64::MIN);
    for constant in ROUND {
        let sum = |x: usize| xor3(xor3(a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
        let c = [sum(0), sum(1), sum(2), sum(3), sum(4)];
        // Theta, rho and pi: where a lane comes from, and how far it is turned. Written out, so
        // that all lanes stay in registers.
        macro_rules! moved {
            ($($from:literal $turn:literal),+) => {
                [$({
                    let after = _mm512_rol_epi64::<1>(c[($from + 1) % 5]);
                    _mm512_rol_epi64::<$turn>(xor3(a[$from], c[($from + 4) % 5], after))
                }),+]
            };
        }
        let b: [__m512i; 25] = moved![
            0 0, 6 44, 12 43, 18 21, 24 14, 3 28, 9 20, 10 3, 16 45, 22 61, 1 1, 7 6, 13 25,
            19 8, 20 18, 4 27, 5 36, 11 10, 17 15, 23 56, 2 62, 8 55, 14 39, 15 41, 21 2
        ];
        // b ^ (!next & after)
        macro_rules! chi {
            ($($at:literal $next:literal $after:literal),+) => {
                [$(_mm512_ternarylogic_epi64::<0xd2>(b[$at], b[$next], b[$after])),+]
            };
        }
        a = chi![
            0 1 2, 1 2 3, 2 3 4, 3 4 0, 4 0 1, 5 6 7, 6 7 8, 7 8 9, 8 9 5, 9 5 6, 10 11 12,
            11 12 13, 12 13 14, 13 14 10, 14 10 11, 15 16 17, 16 17 18, 17 18 19, 18 19 15,
            19 15 16, 20 21 22, 21 22 23, 22 23 24, 23 24 20, 24 20 21
        ];
        a[0] = _mm512_xor_si512(a[0], _mm512_set1_epi64(constant as i64));
    }
    [longs_of(a[0]), longs_of(a[1]), longs_of(a[2])]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<0x96>(a, b, c)
}
