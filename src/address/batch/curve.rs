//! Whether eight numbers are squares modulo 2^255 - 19, one in each lane, by 52-bit multiplications.
//!
//! It knows Euler's criterion and no curve. The scalar twin is
//! [`codec::curve`](crate::address::codec::curve).

use super::lanes::{longs_of, of_longs};
use crate::address::codec::curve::{Field, MASK, is_one};
use std::arch::x86_64::*;

/// Eight numbers, limb by limb; limbs stay below 2^52.
type Lanes = [__m512i; 5];

/// Which of `numbers`, none of them zero, are squares.
#[target_feature(enable = "avx512ifma")]
pub(super) fn squares(numbers: &[Field; 8]) -> [bool; 8] {
    let a = [0, 1, 2, 3, 4].map(|limb| of_longs(numbers.map(|n| n[limb])));
    let power = euler(a).map(longs_of);
    std::array::from_fn(|lane| is_one(&power.map(|limb| limb[lane])))
}

/// To the power of (p - 1) / 2 = 2^254 - 10, by the chain of the scalar twin.
#[target_feature(enable = "avx512ifma")]
fn euler(a: Lanes) -> Lanes {
    let two = more(a, 1, a);
    let four = more(two, 2, two);
    let five = more(four, 1, a);
    let ten = more(five, 5, five);
    let twenty = more(ten, 10, ten);
    let forty = more(twenty, 20, twenty);
    let fifty = more(forty, 10, ten);
    let hundred = more(fifty, 50, fifty);
    let two_hundred = more(hundred, 100, hundred);
    let all = more(two_hundred, 50, fifty);
    more(all, 4, square(two))
}

/// `a`, squared `n` times, times `b`.
#[target_feature(enable = "avx512ifma")]
fn more(mut a: Lanes, n: usize, b: Lanes) -> Lanes {
    for _ in 0..n {
        a = square(a);
    }
    mul(a, b)
}

/// Adds the low 52 bits of `a · b` to one limb of `low`, and the others to the next one of `high`.
macro_rules! products {
    ($low:ident $high:ident $a:ident $b:ident: $($i:literal $j:literal),+) => {$(
        $low[$i + $j] = _mm512_madd52lo_epu64($low[$i + $j], $a[$i], $b[$j]);
        $high[$i + $j + 1] = _mm512_madd52hi_epu64($high[$i + $j + 1], $a[$i], $b[$j]);
    )+};
}

#[inline]
#[target_feature(enable = "avx512ifma")]
fn mul(a: Lanes, b: Lanes) -> Lanes {
    // A limb has 51 bits: what is above 52 counts twice in the next one.
    let (mut once, mut twice) = ([_mm512_setzero_si512(); 10], [_mm512_setzero_si512(); 10]);
    products!(once twice a b:
        0 0, 0 1, 0 2, 0 3, 0 4, 1 0, 1 1, 1 2, 1 3, 1 4, 2 0, 2 1, 2 2, 2 3, 2 4,
        3 0, 3 1, 3 2, 3 3, 3 4, 4 0, 4 1, 4 2, 4 3, 4 4);
    let limb = |k: usize| _mm512_add_epi64(once[k], _mm512_add_epi64(twice[k], twice[k]));
    carried([
        folded(limb(0), limb(5)),
        folded(limb(1), limb(6)),
        folded(limb(2), limb(7)),
        folded(limb(3), limb(8)),
        folded(limb(4), limb(9)),
    ])
}

#[inline]
#[target_feature(enable = "avx512ifma")]
fn square(a: Lanes) -> Lanes {
    let zero = [_mm512_setzero_si512(); 10];
    let (mut once, mut twice, mut four) = (zero, zero, zero);
    products!(once twice a a: 0 0, 1 1, 2 2, 3 3, 4 4);
    products!(twice four a a: 0 1, 0 2, 0 3, 0 4, 1 2, 1 3, 1 4, 2 3, 2 4, 3 4);
    let limb = |k: usize| {
        let rest = _mm512_add_epi64(twice[k], _mm512_add_epi64(four[k], four[k]));
        _mm512_add_epi64(once[k], _mm512_add_epi64(rest, rest))
    };
    carried([
        folded(limb(0), limb(5)),
        folded(limb(1), limb(6)),
        folded(limb(2), limb(7)),
        folded(limb(3), limb(8)),
        folded(limb(4), limb(9)),
    ])
}

/// `low + 19 · high`: 2^255 is 19.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn folded(low: __m512i, high: __m512i) -> __m512i {
    let three = _mm512_add_epi64(high, _mm512_add_epi64(high, high));
    let sixteen = _mm512_slli_epi64::<4>(high);
    _mm512_add_epi64(low, _mm512_add_epi64(three, sixteen))
}

/// Limbs of up to 62 bits made small again.
#[inline]
#[target_feature(enable = "avx512ifma")]
fn carried(a: Lanes) -> Lanes {
    let low = |k: usize| _mm512_and_si512(a[k], _mm512_set1_epi64(MASK as i64));
    let high = |k: usize| _mm512_srli_epi64::<51>(a[k]);
    [
        folded(low(0), high(4)),
        _mm512_add_epi64(low(1), high(0)),
        _mm512_add_epi64(low(2), high(1)),
        _mm512_add_epi64(low(3), high(2)),
        _mm512_add_epi64(low(4), high(3)),
    ]
}
