//! EIP-55 of eight EVM accounts at once: Keccak-256 with one message in each lane.
//!
//! It knows messages of forty characters only, and of the digest the twenty bytes that EIP-55 asks
//! for. The scalar twin is [`codec::keccak`](crate::address::codec::keccak).

use super::lanes::{longs_of, of_longs};
use crate::address::codec::keccak::ROUND;
use std::arch::x86_64::*;

/// Eight messages of five words, word by word.
pub(super) type Messages = [[u64; 8]; 5];

/// Where each lane of the state after rho and pi comes from, and how far it is turned.
const MOVES: [(usize, i64); 25] = [
    (0, 0),
    (6, 44),
    (12, 43),
    (18, 21),
    (24, 14),
    (3, 28),
    (9, 20),
    (10, 3),
    (16, 45),
    (22, 61),
    (1, 1),
    (7, 6),
    (13, 25),
    (19, 8),
    (20, 18),
    (4, 27),
    (5, 36),
    (11, 10),
    (17, 15),
    (23, 56),
    (2, 62),
    (8, 55),
    (14, 39),
    (15, 41),
    (21, 2),
];

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
        let mut c = [_mm512_setzero_si512(); 5];
        for x in 0..5 {
            c[x] = xor3(xor3(a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
        }
        let mut b = [_mm512_setzero_si512(); 25];
        for (to, (from, turn)) in b.iter_mut().zip(MOVES) {
            let (before, after) = (c[(from + 4) % 5], c[(from + 1) % 5]);
            let mixed = xor3(a[from], before, _mm512_rol_epi64::<1>(after));
            *to = _mm512_rolv_epi64(mixed, _mm512_set1_epi64(turn));
        }
        for y in [0, 5, 10, 15, 20] {
            for x in 0..5 {
                // b ^ (!b' & b'')
                a[y + x] = _mm512_ternarylogic_epi64::<0xd2>(
                    b[y + x],
                    b[y + (x + 1) % 5],
                    b[y + (x + 2) % 5],
                );
            }
        }
        a[0] = _mm512_xor_si512(a[0], _mm512_set1_epi64(constant as i64));
    }
    [longs_of(a[0]), longs_of(a[1]), longs_of(a[2])]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<0x96>(a, b, c)
}
