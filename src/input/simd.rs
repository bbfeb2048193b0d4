//! Which bytes of a text are what, sixty-four at a time: the only file of the crate with `unsafe`.
//!
//! Three versions of one function: AVX-512, AVX2 and a portable one, chosen once by what the
//! processor can do. A property test holds them equal. It knows bytes, not records or addresses.
//!
//! # Safety
//!
//! The only unsafe operations are calls of functions compiled for a processor feature, made after
//! asking the processor for it, and loads of vectors from arrays of exactly their size.

#![allow(
    unsafe_code,
    reason = "vector loads, and calls of functions for processor features that were asked for"
)]

use std::sync::LazyLock;

/// One bit for each of sixty-four bytes, the lowest for the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// ASCII digits.
    pub(crate) digit: u64,
    /// ASCII letters.
    pub(crate) letter: u64,
    /// `"`.
    pub(crate) quote: u64,
    /// The delimiter.
    pub(crate) delimiter: u64,
    /// Line feed.
    pub(crate) lf: u64,
    /// Carriage return.
    pub(crate) cr: u64,
    /// Blank and everything below it.
    pub(crate) low: u64,
    /// `.`.
    pub(crate) dot: u64,
    /// `%`, `&`, `*`, `\` and everything beyond ASCII.
    pub(crate) wild: u64,
}

/// What [`lines`] tells of sixty-four bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineMasks {
    /// `"`.
    pub(crate) quote: u64,
    /// Line feed.
    pub(crate) lf: u64,
    /// Carriage return.
    pub(crate) cr: u64,
    /// Blank and everything below it, and the byte that was asked for.
    pub(crate) special: u64,
    /// NUL, and everything beyond ASCII.
    pub(crate) odd: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

static LEVEL: LazyLock<Level> = LazyLock::new(|| {
    #[cfg(target_arch = "x86_64")]
    {
        let bits = is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2");
        if bits && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
            return Level::Avx512;
        }
        if bits && is_x86_feature_detected!("avx2") {
            return Level::Avx2;
        }
    }
    Level::Portable
});

/// Does `work`, compiled for the processor's bit-counting instructions where it has them. What
/// `work` calls has to be inlined for that.
#[inline]
pub(crate) fn with_bits<T>(work: impl FnOnce() -> T) -> T {
    match *LEVEL {
        Level::Portable => work(),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: both levels ask the processor for these features.
        Level::Avx2 | Level::Avx512 => unsafe { x86::with_bits(work) },
    }
}

/// Appends the masks of `text`; the last one is filled up with zeros.
///
/// `delimiter` 0 is no delimiter.
pub(crate) fn masks(text: &[u8], delimiter: u8, out: &mut Vec<Masks>) {
    masks_at(*LEVEL, text, delimiter, out);
}

/// Appends what [`LineMasks`] has of `text`; the last one is filled up with zeros.
pub(crate) fn lines(text: &[u8], special: u8, out: &mut Vec<LineMasks>) {
    lines_at(*LEVEL, text, special, out);
}

fn masks_at(level: Level, text: &[u8], delimiter: u8, out: &mut Vec<Masks>) {
    let (blocks, rest) = text.as_chunks::<64>();
    let mut last = [0; 64];
    last[..rest.len()].copy_from_slice(rest);
    let last = if rest.is_empty() { &[][..] } else { &[last] };
    let from = out.len();
    for blocks in [blocks, last] {
        match level {
            Level::Portable => out.extend(blocks.iter().map(|b| portable(b, delimiter))),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `LEVEL` asked the processor.
            Level::Avx2 => unsafe { x86::masks_avx2(blocks, delimiter, out) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `LEVEL` asked the processor.
            Level::Avx512 => unsafe { x86::masks_avx512(blocks, delimiter, out) },
        }
    }
    // What was filled up is not part of the text.
    if let (Some(last), false) = (out.last_mut(), rest.is_empty()) {
        last.low &= (1 << rest.len()) - 1;
    }
    if delimiter == 0 {
        out[from..].iter_mut().for_each(|m| m.delimiter = 0);
    }
}

fn lines_at(level: Level, text: &[u8], special: u8, out: &mut Vec<LineMasks>) {
    let (blocks, rest) = text.as_chunks::<64>();
    let mut last = [0; 64];
    last[..rest.len()].copy_from_slice(rest);
    let last = if rest.is_empty() { &[][..] } else { &[last] };
    for blocks in [blocks, last] {
        match level {
            Level::Portable => out.extend(blocks.iter().map(|b| portable_lines(b, special))),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `LEVEL` asked the processor.
            Level::Avx2 => unsafe { x86::lines_avx2(blocks, special, out) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `LEVEL` asked the processor.
            Level::Avx512 => unsafe { x86::lines_avx512(blocks, special, out) },
        }
    }
    if let (Some(last), false) = (out.last_mut(), rest.is_empty()) {
        last.special &= (1 << rest.len()) - 1;
        last.odd &= (1 << rest.len()) - 1;
    }
}

fn mask(block: &[u8; 64], is: impl Fn(u8) -> bool) -> u64 {
    block
        .iter()
        .enumerate()
        .fold(0, |mask, (at, &byte)| mask | u64::from(is(byte)) << at)
}

fn portable(block: &[u8; 64], delimiter: u8) -> Masks {
    Masks {
        digit: mask(block, |b| b.is_ascii_digit()),
        letter: mask(block, |b| b.is_ascii_alphabetic()),
        quote: mask(block, |b| b == b'"'),
        delimiter: mask(block, |b| b == delimiter),
        lf: mask(block, |b| b == b'\n'),
        cr: mask(block, |b| b == b'\r'),
        low: mask(block, |b| b <= b' '),
        dot: mask(block, |b| b == b'.'),
        wild: mask(block, |b| {
            !b.is_ascii() || matches!(b, b'%' | b'&' | b'*' | b'\\')
        }),
    }
}

fn portable_lines(block: &[u8; 64], special: u8) -> LineMasks {
    LineMasks {
        quote: mask(block, |b| b == b'"'),
        lf: mask(block, |b| b == b'\n'),
        cr: mask(block, |b| b == b'\r'),
        special: mask(block, |b| b <= b' ' || b == special),
        odd: mask(block, |b| b == 0 || !b.is_ascii()),
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{LineMasks, Masks};
    use std::arch::x86_64::*;

    #[target_feature(enable = "popcnt,lzcnt,bmi1,bmi2")]
    pub(super) fn with_bits<T>(work: impl FnOnce() -> T) -> T {
        work()
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn masks_avx2(blocks: &[[u8; 64]], delimiter: u8, out: &mut Vec<Masks>) {
        let same = |v: __m256i, byte: u8| _mm256_cmpeq_epi8(v, _mm256_set1_epi8(byte as i8));
        // Unsigned "at most": the minimum of both is the value itself.
        let at_most =
            |v: __m256i, n: u8| _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(n as i8)), v);
        let within = |v: __m256i, from: u8, n: u8| {
            at_most(_mm256_sub_epi8(v, _mm256_set1_epi8(from as i8)), n - 1)
        };
        let bits = |low: __m256i, high: __m256i| {
            u64::from(_mm256_movemask_epi8(low) as u32)
                | u64::from(_mm256_movemask_epi8(high) as u32) << 32
        };
        let letter = |v: __m256i| within(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), b'a', 26);
        let wild = |v: __m256i| {
            let two = _mm256_or_si256(same(v, b'%'), same(v, b'&'));
            let four = _mm256_or_si256(two, _mm256_or_si256(same(v, b'*'), same(v, b'\\')));
            _mm256_or_si256(four, v)
        };
        out.extend(blocks.iter().map(|block| {
            let (halves, _) = block.as_chunks::<32>();
            // SAFETY: each half has 32 bytes.
            let [a, b] = unsafe {
                [
                    _mm256_loadu_si256(halves[0].as_ptr().cast()),
                    _mm256_loadu_si256(halves[1].as_ptr().cast()),
                ]
            };
            Masks {
                digit: bits(within(a, b'0', 10), within(b, b'0', 10)),
                letter: bits(letter(a), letter(b)),
                quote: bits(same(a, b'"'), same(b, b'"')),
                delimiter: bits(same(a, delimiter), same(b, delimiter)),
                lf: bits(same(a, b'\n'), same(b, b'\n')),
                cr: bits(same(a, b'\r'), same(b, b'\r')),
                low: bits(at_most(a, b' '), at_most(b, b' ')),
                dot: bits(same(a, b'.'), same(b, b'.')),
                wild: bits(wild(a), wild(b)),
            }
        }));
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn lines_avx2(blocks: &[[u8; 64]], special: u8, out: &mut Vec<LineMasks>) {
        let same = |v: __m256i, byte: u8| _mm256_cmpeq_epi8(v, _mm256_set1_epi8(byte as i8));
        let blank = |v: __m256i| {
            let low = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x20)), v);
            _mm256_or_si256(low, same(v, special))
        };
        let bits = |low: __m256i, high: __m256i| {
            u64::from(_mm256_movemask_epi8(low) as u32)
                | u64::from(_mm256_movemask_epi8(high) as u32) << 32
        };
        out.extend(blocks.iter().map(|block| {
            let (halves, _) = block.as_chunks::<32>();
            // SAFETY: each half has 32 bytes.
            let [a, b] = unsafe {
                [
                    _mm256_loadu_si256(halves[0].as_ptr().cast()),
                    _mm256_loadu_si256(halves[1].as_ptr().cast()),
                ]
            };
            LineMasks {
                quote: bits(same(a, b'"'), same(b, b'"')),
                lf: bits(same(a, b'\n'), same(b, b'\n')),
                cr: bits(same(a, b'\r'), same(b, b'\r')),
                special: bits(blank(a), blank(b)),
                odd: bits(
                    _mm256_or_si256(same(a, 0), a),
                    _mm256_or_si256(same(b, 0), b),
                ),
            }
        }));
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn masks_avx512(blocks: &[[u8; 64]], delimiter: u8, out: &mut Vec<Masks>) {
        let all = |byte: u8| _mm512_set1_epi8(byte as i8);
        let same = |v: __m512i, byte: u8| _mm512_cmpeq_epi8_mask(v, all(byte));
        let within = |v: __m512i, from: u8, n: u8| {
            _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, all(from)), all(n))
        };
        out.extend(blocks.iter().map(|block| {
            // SAFETY: a block has 64 bytes.
            let v = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
            let lower = _mm512_or_si512(v, all(0x20));
            Masks {
                digit: within(v, b'0', 10),
                letter: within(lower, b'a', 26),
                quote: same(v, b'"'),
                delimiter: same(v, delimiter),
                lf: same(v, b'\n'),
                cr: same(v, b'\r'),
                low: _mm512_cmple_epu8_mask(v, all(b' ')),
                dot: same(v, b'.'),
                wild: same(v, b'%')
                    | same(v, b'&')
                    | same(v, b'*')
                    | same(v, b'\\')
                    | _mm512_movepi8_mask(v),
            }
        }));
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn lines_avx512(blocks: &[[u8; 64]], special: u8, out: &mut Vec<LineMasks>) {
        let all = |byte: u8| _mm512_set1_epi8(byte as i8);
        let same = |v: __m512i, byte: u8| _mm512_cmpeq_epi8_mask(v, all(byte));
        out.extend(blocks.iter().map(|block| {
            // SAFETY: a block has 64 bytes.
            let v = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
            LineMasks {
                quote: same(v, b'"'),
                lf: same(v, b'\n'),
                cr: same(v, b'\r'),
                special: _mm512_cmple_epu8_mask(v, all(b' ')) | same(v, special),
                odd: same(v, 0) | _mm512_movepi8_mask(v),
            }
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn levels() -> Vec<Level> {
        #[cfg(target_arch = "x86_64")]
        {
            let mut levels = Vec::new();
            if is_x86_feature_detected!("avx2") {
                levels.push(Level::Avx2);
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
                levels.push(Level::Avx512);
            }
            levels
        }
        #[cfg(not(target_arch = "x86_64"))]
        Vec::new()
    }

    fn equal(text: &[u8], byte: u8) {
        let (mut masks, mut lines) = (Vec::new(), Vec::new());
        masks_at(Level::Portable, text, byte, &mut masks);
        lines_at(Level::Portable, text, byte, &mut lines);
        assert_eq!(masks.len(), text.len().div_ceil(64));
        for level in levels() {
            let (mut own, mut own_lines) = (Vec::new(), Vec::new());
            masks_at(level, text, byte, &mut own);
            lines_at(level, text, byte, &mut own_lines);
            assert_eq!(masks, own, "{level:?}");
            assert_eq!(lines, own_lines, "{level:?}");
        }
    }

    #[test]
    fn every_byte_is_told_alike() {
        let all: Vec<u8> = (0..=255).collect();
        for byte in [b',', b';', b'\t', b'|', 0, b't'] {
            equal(&all, byte);
        }
        let mut masks = Vec::new();
        masks_at(Level::Portable, b"aZ09.,\"\n\r %\xff~", b',', &mut masks);
        assert_eq!(
            masks,
            [Masks {
                letter: 0b0011,
                digit: 0b1100,
                dot: 1 << 4,
                delimiter: 1 << 5,
                quote: 1 << 6,
                lf: 1 << 7,
                cr: 1 << 8,
                low: 0b111 << 7,
                wild: 0b11 << 10,
            }]
        );
    }

    proptest! {
        #[test]
        fn versions_agree(text in prop::collection::vec(any::<u8>(), 0..300), byte in any::<u8>()) {
            equal(&text, byte);
        }
    }
}
