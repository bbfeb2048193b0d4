//! Whether the processor has the vector instructions, and plain data as vectors: the only `unsafe`
//! of this module.
//!
//! # Safety
//!
//! The only unsafe operations are one call of a function compiled for processor features, made
//! after asking the processor for them, and transmutations between a vector and an array of its
//! size, both of which are plain bytes of which every pattern is valid.

#![allow(
    unsafe_code,
    reason = "a call for processor features that were asked for, and plain bytes as vectors"
)]

use super::Answer;
use std::arch::x86_64::__m512i;
use std::mem::transmute;
use std::sync::LazyLock;

static HAS: LazyLock<bool> = LazyLock::new(|| {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512ifma")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vpopcntdq")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
});

/// Judges the tokens, unless the processor lacks an instruction.
pub(super) fn judge(text: &[u8], tokens: &[[u32; 2]], answers: &mut Vec<Answer>) -> bool {
    if *HAS {
        // SAFETY: the processor was asked for every feature that the function is compiled for.
        unsafe { super::judge::judge(text, tokens, answers) };
    }
    *HAS
}

macro_rules! plain {
    ($($of:ident $to:ident $array:ty),*) => {$(
        #[inline(always)]
        pub(super) const fn $of(array: $array) -> __m512i {
            // SAFETY: 64 plain bytes either way.
            unsafe { transmute::<$array, __m512i>(array) }
        }

        #[inline(always)]
        #[allow(dead_code, reason = "not every direction is used")]
        pub(super) const fn $to(vector: __m512i) -> $array {
            // SAFETY: 64 plain bytes either way.
            unsafe { transmute::<__m512i, $array>(vector) }
        }
    )*};
}

plain! {
    of_bytes bytes_of [u8; 64],
    of_words words_of [u32; 16],
    of_longs longs_of [u64; 8]
}
