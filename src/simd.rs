//! Bytes sixty-four at a time: with `address::batch`, the only `unsafe` of the crate.
//!
//! Three versions of each function: AVX-512, AVX2 and a portable one, chosen once by what the
//! processor can do. Property tests hold them equal. It knows bytes, not records or addresses.
//!
//! # Safety
//!
//! The only unsafe operations are calls of functions compiled for a processor feature, made after
//! asking the processor for it, and loads and stores of vectors from and to arrays of exactly their
//! size.

#![allow(
    unsafe_code,
    reason = "vector loads, and calls of functions for processor features that were asked for"
)]

use std::sync::LazyLock;

/// Bytes of one word of masks.
pub(crate) const WORD: usize = 64;

/// Where a run of bytes starts and ends in its text.
pub(crate) type Span = [u32; 2];

/// One bit for each of sixty-four bytes, the lowest for the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// ASCII digits.
    pub(crate) digit: u64,
    /// ASCII letters.
    pub(crate) letter: u64,
    /// `"`.
    pub(crate) quote: u64,
    /// The delimiter; never NUL.
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
    /// NUL, and everything beyond ASCII.
    pub(crate) odd: u64,
    /// `-`, `_`, `+`, `/` and `:`.
    pub(crate) joint: u64,
}

/// Is shown the masks of a text, word after word. Masks that are not looked at cost nothing, and
/// `word` is compiled for the processor: it has to be `#[inline(always)]`, and what it calls.
pub(crate) trait Visit {
    /// Looks at word `ix`; false: no more.
    fn word(&mut self, ix: usize, masks: &Masks) -> bool;
}

/// Something to be done by code compiled for the processor. `work` has to be `#[inline(always)]`,
/// and what it calls.
pub(crate) trait Work {
    /// What comes of it.
    type Done;
    /// Does it.
    fn work(self) -> Self::Done;
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
        if bits
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("avx512vbmi2")
        {
            return Level::Avx512;
        }
        if bits && is_x86_feature_detected!("avx2") {
            return Level::Avx2;
        }
    }
    Level::Portable
});

/// Has the cache fetch item `ix` of `items`, which will be asked for soon. Nothing if there is none.
#[inline(always)]
pub(crate) fn prefetch<T>(items: &[T], ix: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(item) = items.get(ix) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the place is one of a living item, and fetching it changes nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(item).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (items, ix);
}

/// Does `work`, compiled for what the processor can do.
#[inline]
pub(crate) fn best<W: Work>(work: W) -> W::Done {
    match *LEVEL {
        Level::Portable => work.work(),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx2 => unsafe { x86::best_avx2(work) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx512 => unsafe { x86::best_avx512(work) },
    }
}

/// Shows `visit` the masks of `text`, and gives it back; behind its end there are zeros. It is moved
/// so that it can live in registers.
///
/// `delimiter` 0 is no delimiter.
pub(crate) fn visit<V: Visit>(text: &[u8], delimiter: u8, visit: V) -> V {
    visit_at(*LEVEL, text, delimiter, visit)
}

fn visit_at<V: Visit>(level: Level, text: &[u8], delimiter: u8, visit: V) -> V {
    let mut last = [0; WORD];
    let parts = parts(text, &mut last);
    match level {
        Level::Portable => visit_portable(parts, delimiter, visit),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx2 => unsafe { x86::visit_avx2(parts, delimiter, visit) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx512 => unsafe { x86::visit_avx512(parts, delimiter, visit) },
    }
}

/// The masks of a text by class. In front of each there is a word of nothing, so that every word has
/// one before it.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    /// ASCII letters and digits.
    pub(crate) run: Vec<u64>,
    /// As in [`Masks`], like all that follow.
    pub(crate) letter: Vec<u64>,
    pub(crate) quote: Vec<u64>,
    pub(crate) delimiter: Vec<u64>,
    pub(crate) lf: Vec<u64>,
    pub(crate) cr: Vec<u64>,
    pub(crate) low: Vec<u64>,
    pub(crate) dot: Vec<u64>,
    pub(crate) wild: Vec<u64>,
    pub(crate) joint: Vec<u64>,
}

/// Some words of every class, as many of each.
struct Part<'a> {
    run: &'a mut [u64],
    letter: &'a mut [u64],
    quote: &'a mut [u64],
    delimiter: &'a mut [u64],
    lf: &'a mut [u64],
    cr: &'a mut [u64],
    low: &'a mut [u64],
    dot: &'a mut [u64],
    wild: &'a mut [u64],
    joint: &'a mut [u64],
}

impl Classes {
    fn part(&mut self, from: usize, len: usize) -> Part<'_> {
        let words = 1 + from..1 + from + len;
        Part {
            run: &mut self.run[words.clone()],
            letter: &mut self.letter[words.clone()],
            quote: &mut self.quote[words.clone()],
            delimiter: &mut self.delimiter[words.clone()],
            lf: &mut self.lf[words.clone()],
            cr: &mut self.cr[words.clone()],
            low: &mut self.low[words.clone()],
            dot: &mut self.dot[words.clone()],
            wild: &mut self.wild[words.clone()],
            joint: &mut self.joint[words],
        }
    }
}

impl Part<'_> {
    #[inline(always)]
    fn set(&mut self, ix: usize, masks: &Masks) {
        self.run[ix] = masks.digit | masks.letter;
        self.letter[ix] = masks.letter;
        self.quote[ix] = masks.quote;
        self.delimiter[ix] = masks.delimiter;
        self.lf[ix] = masks.lf;
        self.cr[ix] = masks.cr;
        self.low[ix] = masks.low;
        self.dot[ix] = masks.dot;
        self.wild[ix] = masks.wild;
        self.joint[ix] = masks.joint;
    }
}

/// Finds the masks of `text` by class; behind its end there are zeros.
///
/// `delimiter` 0 is no delimiter.
pub(crate) fn classify(text: &[u8], delimiter: u8, classes: &mut Classes) {
    let words = text.len().div_ceil(WORD);
    for class in [
        &mut classes.run,
        &mut classes.letter,
        &mut classes.quote,
        &mut classes.delimiter,
        &mut classes.lf,
        &mut classes.cr,
        &mut classes.low,
        &mut classes.dot,
        &mut classes.wild,
        &mut classes.joint,
    ] {
        class.resize(words + 1, 0);
        class[0] = 0;
    }
    classify_at(*LEVEL, text, delimiter, classes);
}

fn classify_at(level: Level, text: &[u8], delimiter: u8, classes: &mut Classes) {
    let mut last = [0; WORD];
    let parts = parts(text, &mut last);
    match level {
        Level::Portable => {
            for (blocks, from, keep) in parts {
                let mut part = classes.part(from, blocks.len());
                for (ix, block) in blocks.iter().enumerate() {
                    let masks = trimmed(portable(block, delimiter), keep, delimiter);
                    part.set(ix, &masks);
                }
            }
        }
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx2 => unsafe { x86::classify_avx2(parts, delimiter, classes) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx512 => unsafe { x86::classify_avx512(parts, delimiter, classes) },
    }
}

/// Blocks, the number of the first, and which bytes of each are part of the text.
type Parts<'a> = [(&'a [[u8; WORD]], usize, u64); 2];

/// The blocks of `text`; what is left is filled up with zeros in `last`.
fn parts<'a>(text: &'a [u8], last: &'a mut [u8; WORD]) -> Parts<'a> {
    let (blocks, rest) = text.as_chunks::<WORD>();
    last[..rest.len()].copy_from_slice(rest);
    let (keep, last) = match rest.len() {
        0 => (0, &[][..]),
        len => ((1 << len) - 1, std::slice::from_ref(&*last)),
    };
    [(blocks, 0, !0), (last, blocks.len(), keep)]
}

/// What was filled up is not part of the text; and no delimiter is no byte.
#[inline(always)]
fn trimmed(mut masks: Masks, keep: u64, delimiter: u8) -> Masks {
    masks.low &= keep;
    masks.odd &= keep;
    if delimiter == 0 {
        masks.delimiter = 0;
    }
    masks
}

fn visit_portable<V: Visit>(parts: Parts<'_>, delimiter: u8, mut visit: V) -> V {
    for (blocks, from, keep) in parts {
        for (ix, block) in blocks.iter().enumerate() {
            let masks = trimmed(portable(block, delimiter), keep, delimiter);
            if !visit.word(from + ix, &masks) {
                return visit;
            }
        }
    }
    visit
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
        odd: mask(block, |b| b == 0 || !b.is_ascii()),
        joint: mask(block, |b| matches!(b, b'-' | b'_' | b'+' | b'/' | b':')),
    }
}

/// Writes the places of the bits of `words`, the lowest of the first word being 0, and says how many
/// there are. What is behind them in `out` means nothing.
pub(crate) fn places(words: &[u64], out: &mut Vec<u32>) -> usize {
    let room = words.len() * WORD + 16;
    if out.len() < room {
        out.resize(room, 0);
    }
    places_at(*LEVEL, words, out)
}

fn places_at(level: Level, words: &[u64], out: &mut [u32]) -> usize {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx512 => unsafe { x86::places_avx512(words, out) },
        _ => {
            let mut len = 0;
            for (ix, &word) in words.iter().enumerate() {
                places_of(ix, word, &mut out[len..]);
                len += word.count_ones() as usize;
            }
            len
        }
    }
}

#[inline(always)]
fn places_of(ix: usize, mut bits: u64, out: &mut [u32]) {
    for slot in out {
        if bits == 0 {
            break;
        }
        *slot = (ix * WORD) as u32 + bits.trailing_zeros();
        bits &= bits - 1;
    }
}

/// Bits of masks that stand at the bits of another one, side by side.
#[derive(Debug, Default)]
pub(crate) struct Squeezed {
    /// How many there are before each word, and in all.
    pub(crate) ranks: Vec<u32>,
    /// Of each mask.
    pub(crate) bits: [Vec<u64>; 2],
}

/// Squeezes the bits of `masks` that stand at those of `keep`, all of the same length.
pub(crate) fn squeeze(keep: &[u64], masks: [&[u64]; 2], out: &mut Squeezed) {
    squeeze_at(*LEVEL, keep, masks, out);
}

fn squeeze_at(level: Level, keep: &[u64], masks: [&[u64]; 2], out: &mut Squeezed) {
    out.ranks.resize(keep.len() + 1, 0);
    for bits in &mut out.bits {
        bits.resize(keep.len() + 1, 0);
    }
    match level {
        Level::Portable => squeeze_with(keep, masks, out, squeezed),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx2 | Level::Avx512 => unsafe { x86::squeeze_bmi2(keep, masks, out) },
    }
}

#[inline(always)]
fn squeeze_with(
    keep: &[u64],
    [a, b]: [&[u64]; 2],
    out: &mut Squeezed,
    of: impl Fn(u64, u64) -> u64,
) {
    let [to_a, to_b] = out.bits.each_mut().map(|bits| &mut bits[..=keep.len()]);
    let ranks = &mut out.ranks[..=keep.len()];
    // How many bits there are, and those of the last word that is not full.
    let (mut len, mut last_a, mut last_b) = (0_usize, 0, 0);
    let masks = a.iter().zip(b);
    for ((&keep, (&a, &b)), rank) in keep.iter().zip(masks).zip(&mut *ranks) {
        *rank = len as u32;
        let (a, b) = (of(a, keep), of(b, keep));
        let (word, fill) = (len / WORD, len % WORD);
        last_a |= a << fill;
        last_b |= b << fill;
        len += keep.count_ones() as usize;
        to_a[word] = last_a;
        to_b[word] = last_b;
        if len / WORD > word {
            // What did not fit.
            let fitted = (WORD - fill) as u32;
            last_a = a.checked_shr(fitted).unwrap_or(0);
            last_b = b.checked_shr(fitted).unwrap_or(0);
        }
    }
    to_a[len / WORD] = last_a;
    to_b[len / WORD] = last_b;
    ranks[keep.len()] = len as u32;
}

/// The bits of `word` that stand at those of `keep`, side by side.
fn squeezed(word: u64, mut keep: u64) -> u64 {
    let (mut bits, mut at) = (0, 0);
    while keep != 0 {
        bits |= (word >> keep.trailing_zeros() & 1) << at;
        at += 1;
        keep &= keep - 1;
    }
    bits
}

/// Hands over the number that each run of `text` is in base 58, modulo 2^128, with its digits' values
/// from `table` (ASCII), and which run it is. Runs have at most 8 × `LIMBS` bytes.
pub(crate) fn base58<const LIMBS: usize>(
    text: &[u8],
    runs: impl Iterator<Item = Span>,
    table: &[u8; 128],
    each: impl FnMut(usize, u128),
) {
    base58_at::<LIMBS>(*LEVEL, text, runs, table, each);
}

fn base58_at<const LIMBS: usize>(
    level: Level,
    text: &[u8],
    runs: impl Iterator<Item = Span>,
    table: &[u8; 128],
    mut each: impl FnMut(usize, u128),
) {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `LEVEL` asked the processor.
        Level::Avx512 => unsafe { x86::base58_avx512::<LIMBS>(text, runs, table, each) },
        _ => {
            for (nth, run) in runs.enumerate() {
                each(nth, base58_of(text, run, table));
            }
        }
    }
}

/// 58 to the power of 8 times `n`, modulo 2^128.
const fn power(n: u32) -> u128 {
    let (mut power, mut i) = (1_u128, 0);
    while i < n {
        power = power.wrapping_mul(128_063_081_718_016);
        i += 1;
    }
    power
}

const _: () = assert!(power(1) == 58_u128.pow(8));

const POWERS: [u128; 6] = [power(0), power(1), power(2), power(3), power(4), power(5)];

fn base58_of(text: &[u8], [start, end]: Span, table: &[u8; 128]) -> u128 {
    // Groups of eight from the end do not wait for each other.
    let groups = text[start as usize..end as usize].rchunks(8).zip(POWERS);
    groups.fold(0, |value: u128, (group, power)| {
        let digits = group.iter().map(|&c| u64::from(table[c as usize & 127]));
        let limb = digits.fold(0, |n, digit| n * 58 + digit);
        value.wrapping_add(power.wrapping_mul(u128::from(limb)))
    })
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{
        Classes, Masks, POWERS, Parts, Span, Squeezed, Visit, WORD, Work, base58_of, places_of,
        squeeze_with, trimmed,
    };
    use std::arch::x86_64::*;

    /// Bits of classes in [`CLASS`].
    const DIGIT: u8 = 1;
    const LETTER: u8 = 1 << 1;
    const QUOTE: u8 = 1 << 2;
    const LF: u8 = 1 << 3;
    const CR: u8 = 1 << 4;
    const DOT: u8 = 1 << 5;
    const WILD: u8 = 1 << 6;
    const JOINT: u8 = 1 << 7;

    /// Classes of ASCII.
    static CLASS: [[u8; WORD]; 2] = {
        let mut class = [[0; WORD]; 2];
        let mut byte = 0;
        while byte < 2 * WORD {
            class[byte / WORD][byte % WORD] = match byte as u8 {
                b'0'..=b'9' => DIGIT,
                b'a'..=b'z' | b'A'..=b'Z' => LETTER,
                b'"' => QUOTE,
                b'\n' => LF,
                b'\r' => CR,
                b'.' => DOT,
                b'%' | b'&' | b'*' | b'\\' => WILD,
                b'-' | b'_' | b'+' | b'/' | b':' => JOINT,
                _ => 0,
            };
            byte += 1;
        }
        class
    };

    #[target_feature(enable = "avx2,popcnt,lzcnt,bmi1,bmi2")]
    pub(super) fn best_avx2<W: Work>(work: W) -> W::Done {
        work.work()
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,lzcnt,bmi1,bmi2"
    )]
    pub(super) fn best_avx512<W: Work>(work: W) -> W::Done {
        work.work()
    }

    #[inline]
    #[target_feature(enable = "avx2,popcnt,lzcnt,bmi1,bmi2")]
    fn masks_avx2(block: &[u8; WORD], delimiter: u8) -> Masks {
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
        let odd = |v: __m256i| _mm256_or_si256(same(v, 0), v);
        let joint = |v: __m256i| {
            let two = _mm256_or_si256(same(v, b'-'), same(v, b'_'));
            let four = _mm256_or_si256(two, _mm256_or_si256(same(v, b'+'), same(v, b'/')));
            _mm256_or_si256(four, same(v, b':'))
        };
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
            odd: bits(odd(a), odd(b)),
            joint: bits(joint(a), joint(b)),
        }
    }

    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,lzcnt,bmi1,bmi2"
    )]
    fn masks_avx512(block: &[u8; WORD], delimiter: u8) -> Masks {
        let all = |byte: u8| _mm512_set1_epi8(byte as i8);
        // SAFETY: a block has 64 bytes, as has half a table.
        let [v, first, second] = unsafe {
            [
                _mm512_loadu_si512(block.as_ptr().cast()),
                _mm512_loadu_si512(CLASS[0].as_ptr().cast()),
                _mm512_loadu_si512(CLASS[1].as_ptr().cast()),
            ]
        };
        let beyond = _mm512_movepi8_mask(v);
        // The bytes of ASCII by their classes, a bit for each.
        let class = _mm512_maskz_permutex2var_epi8(!beyond, first, v, second);
        let of = |bit: u8| _mm512_test_epi8_mask(class, all(bit));
        Masks {
            digit: of(DIGIT),
            letter: of(LETTER),
            quote: of(QUOTE),
            delimiter: _mm512_cmpeq_epi8_mask(v, all(delimiter)),
            lf: of(LF),
            cr: of(CR),
            low: _mm512_cmple_epu8_mask(v, all(b' ')),
            dot: of(DOT),
            wild: of(WILD) | beyond,
            odd: _mm512_testn_epi8_mask(v, v) | beyond,
            joint: of(JOINT),
        }
    }

    #[target_feature(enable = "avx2,popcnt,lzcnt,bmi1,bmi2")]
    pub(super) fn visit_avx2<V: Visit>(parts: Parts<'_>, delimiter: u8, mut visit: V) -> V {
        for (blocks, from, keep) in parts {
            for (ix, block) in blocks.iter().enumerate() {
                let masks = trimmed(masks_avx2(block, delimiter), keep, delimiter);
                if !visit.word(from + ix, &masks) {
                    return visit;
                }
            }
        }
        visit
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,lzcnt,bmi1,bmi2"
    )]
    pub(super) fn visit_avx512<V: Visit>(parts: Parts<'_>, delimiter: u8, mut visit: V) -> V {
        for (blocks, from, keep) in parts {
            for (ix, block) in blocks.iter().enumerate() {
                let masks = trimmed(masks_avx512(block, delimiter), keep, delimiter);
                if !visit.word(from + ix, &masks) {
                    return visit;
                }
            }
        }
        visit
    }

    #[target_feature(enable = "avx2,popcnt,lzcnt,bmi1,bmi2")]
    pub(super) fn classify_avx2(parts: Parts<'_>, delimiter: u8, classes: &mut Classes) {
        for (blocks, from, keep) in parts {
            let mut part = classes.part(from, blocks.len());
            for (ix, block) in blocks.iter().enumerate() {
                let masks = trimmed(masks_avx2(block, delimiter), keep, delimiter);
                part.set(ix, &masks);
            }
        }
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,lzcnt,bmi1,bmi2"
    )]
    pub(super) fn classify_avx512(parts: Parts<'_>, delimiter: u8, classes: &mut Classes) {
        for (blocks, from, keep) in parts {
            let mut part = classes.part(from, blocks.len());
            for (ix, block) in blocks.iter().enumerate() {
                let masks = trimmed(masks_avx512(block, delimiter), keep, delimiter);
                part.set(ix, &masks);
            }
        }
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,lzcnt,bmi1,bmi2"
    )]
    pub(super) fn places_avx512(words: &[u64], out: &mut [u32]) -> usize {
        const NUMBERS: [u8; WORD] = {
            let mut numbers = [0; WORD];
            let mut at = 0;
            while at < WORD {
                numbers[at] = at as u8;
                at += 1;
            }
            numbers
        };
        // SAFETY: there are 64 bytes.
        let numbers = unsafe { _mm512_loadu_si512(NUMBERS.as_ptr().cast()) };
        let mut len = 0;
        for (ix, &word) in words.iter().enumerate() {
            let found = _mm512_maskz_compress_epi8(word, numbers);
            let found = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(found));
            let found = _mm256_add_epi32(found, _mm256_set1_epi32((ix * WORD) as i32));
            let room = &mut out[len..];
            let slots = room.first_chunk_mut::<8>().expect("there is room for more");
            // SAFETY: eight numbers are 32 bytes.
            unsafe { _mm256_storeu_si256(slots.as_mut_ptr().cast(), found) };
            let count = word.count_ones() as usize;
            if count > 8 {
                places_of(ix, word, room);
            }
            len += count;
        }
        len
    }

    #[target_feature(enable = "avx2,popcnt,lzcnt,bmi1,bmi2")]
    pub(super) fn squeeze_bmi2(keep: &[u64], masks: [&[u64]; 2], out: &mut Squeezed) {
        squeeze_with(keep, masks, out, |word, keep| _pext_u64(word, keep));
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,lzcnt,bmi1,bmi2"
    )]
    pub(super) fn base58_avx512<const LIMBS: usize>(
        text: &[u8],
        runs: impl Iterator<Item = Span>,
        table: &[u8; 128],
        mut each: impl FnMut(usize, u128),
    ) {
        let (halves, _) = table.as_chunks::<WORD>();
        // SAFETY: each half has 64 bytes.
        let [low, high] = unsafe {
            [
                _mm512_loadu_si512(halves[0].as_ptr().cast()),
                _mm512_loadu_si512(halves[1].as_ptr().cast()),
            ]
        };
        let ones = _mm512_set1_epi16(1 << 8 | 58);
        let pairs = _mm512_set1_epi32((1 << 16) | (58 * 58));
        let fours = _mm512_set1_epi64(58 * 58 * 58 * 58);
        for (nth, [start, end]) in runs.enumerate() {
            let Some(block) = text[..end as usize].last_chunk::<WORD>() else {
                each(nth, base58_of(text, [start, end], table));
                continue;
            };
            // SAFETY: a block has 64 bytes.
            let v = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
            let digits = (!0_u64)
                .checked_shl(WORD as u32 - (end - start))
                .unwrap_or(0);
            let v = _mm512_maskz_permutex2var_epi8(digits, low, v, high);
            // Two digits each, four, then eight: the last ones in the last place.
            let v = _mm512_maddubs_epi16(v, ones);
            let v = _mm512_madd_epi16(v, pairs);
            let v = _mm512_add_epi64(_mm512_mul_epu32(v, fours), _mm512_srli_epi64::<32>(v));
            let mut limbs = [0_u64; 8];
            // SAFETY: eight words are 64 bytes.
            unsafe { _mm512_storeu_si512(limbs.as_mut_ptr().cast(), v) };
            let limbs = limbs.iter().rev().zip(POWERS).take(LIMBS);
            let number = limbs.fold(0, |value: u128, (&limb, power)| {
                value.wrapping_add(power.wrapping_mul(u128::from(limb)))
            });
            each(nth, number);
        }
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
            if *LEVEL == Level::Avx512 {
                levels.push(Level::Avx512);
            }
            levels
        }
        #[cfg(not(target_arch = "x86_64"))]
        Vec::new()
    }

    #[derive(Default)]
    struct Seen(Vec<Masks>);

    impl Visit for Seen {
        #[inline(always)]
        fn word(&mut self, ix: usize, masks: &Masks) -> bool {
            assert_eq!(ix, self.0.len());
            self.0.push(*masks);
            true
        }
    }

    fn masks(level: Level, text: &[u8], byte: u8) -> Vec<Masks> {
        visit_at(level, text, byte, Seen::default()).0
    }

    fn equal(text: &[u8], byte: u8) {
        let portable = masks(Level::Portable, text, byte);
        assert_eq!(portable.len(), text.len().div_ceil(64));
        for level in levels() {
            assert_eq!(portable, masks(level, text, byte), "{level:?}");
        }
        for level in [Level::Portable].into_iter().chain(levels()) {
            let mut classes = Classes::default();
            classify(text, byte, &mut classes);
            classify_at(level, text, byte, &mut classes);
            let of = |mask: fn(&Masks) -> u64| -> Vec<u64> {
                [0].into_iter().chain(portable.iter().map(mask)).collect()
            };
            assert_eq!(classes.run, of(|m| m.digit | m.letter), "{level:?}");
            assert_eq!(classes.letter, of(|m| m.letter), "{level:?}");
            assert_eq!(classes.quote, of(|m| m.quote), "{level:?}");
            assert_eq!(classes.delimiter, of(|m| m.delimiter), "{level:?}");
            assert_eq!(classes.lf, of(|m| m.lf), "{level:?}");
            assert_eq!(classes.cr, of(|m| m.cr), "{level:?}");
            assert_eq!(classes.low, of(|m| m.low), "{level:?}");
            assert_eq!(classes.dot, of(|m| m.dot), "{level:?}");
            assert_eq!(classes.wild, of(|m| m.wild), "{level:?}");
            assert_eq!(classes.joint, of(|m| m.joint), "{level:?}");
        }
    }

    #[test]
    fn every_byte_is_told_alike() {
        let all: Vec<u8> = (0..=255).collect();
        for byte in [b',', b';', b'\t', b'|', 0, b't'] {
            equal(&all, byte);
        }
        assert_eq!(
            masks(Level::Portable, b"aZ09.,\"\n\r %\xff~\0", b','),
            [Masks {
                letter: 0b0011,
                digit: 0b1100,
                dot: 1 << 4,
                delimiter: 1 << 5,
                quote: 1 << 6,
                lf: 1 << 7,
                cr: 1 << 8,
                low: 0b111 << 7 | 1 << 13,
                wild: 0b11 << 10,
                odd: 1 << 11 | 1 << 13,
                joint: 0,
            }]
        );
    }

    proptest! {
        #[test]
        fn versions_agree(text in prop::collection::vec(any::<u8>(), 0..300), byte in any::<u8>()) {
            equal(&text, byte);
        }

        #[test]
        fn lists_of_places_agree(
            words in prop::collection::vec(prop_oneof![Just(0), Just(!0), any::<u64>()], 0..9)
        ) {
            let bits = (0..words.len() * 64).filter(|at| words[at / 64] >> (at % 64) & 1 == 1);
            let wanted: Vec<u32> = bits.map(|at| at as u32).collect();
            for level in [Level::Portable].into_iter().chain(levels()) {
                let mut found = vec![7; words.len() * 64 + 16];
                let len = places_at(level, &words, &mut found);
                prop_assert_eq!(&found[..len], &wanted, "{:?}", level);
            }
        }

        #[test]
        fn squeezed_bits_agree(
            words in prop::collection::vec(
                (prop_oneof![Just(0), Just(!0), any::<u64>()], any::<u64>(), any::<u64>()), 0..9
            )
        ) {
            let of = |n: usize| -> Vec<u64> {
                words.iter().map(|w| [w.0, w.1, w.2][n]).collect()
            };
            let (keep, a, b) = (of(0), of(1), of(2));
            let bit = |words: &[u64], at: usize| words[at / 64] >> (at % 64) & 1 == 1;
            let kept: Vec<usize> = (0..keep.len() * 64).filter(|at| bit(&keep, *at)).collect();
            for level in [Level::Portable].into_iter().chain(levels()) {
                let mut out = Squeezed::default();
                squeeze_at(level, &[!0; 9], [&[!0; 9], &[!0; 9]], &mut out);
                squeeze_at(level, &keep, [&a, &b], &mut out);
                for (nth, &at) in kept.iter().enumerate() {
                    prop_assert_eq!(bit(&out.bits[0], nth), bit(&a, at), "{:?}", level);
                    prop_assert_eq!(bit(&out.bits[1], nth), bit(&b, at), "{:?}", level);
                }
                for (ix, &rank) in out.ranks.iter().enumerate() {
                    let before = kept.iter().filter(|at| **at < ix * 64).count();
                    prop_assert_eq!(rank as usize, before, "{:?}", level);
                }
            }
        }

        #[test]
        fn numbers_agree(
            text in "[0-9A-Za-z]{0,200}", at in 0..200_u32, len in 0..=48_u32
        ) {
            let mut table = [0; 128];
            for (value, &c) in
                b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".iter().enumerate()
            {
                table[c as usize] = value as u8;
            }
            let end = at.min(text.len() as u32);
            let run = [end.saturating_sub(len), end];
            let digits = &text.as_bytes()[run[0] as usize..run[1] as usize];
            let number = digits.iter().fold(0_u128, |n, &c| {
                n.wrapping_mul(58).wrapping_add(u128::from(table[c as usize]))
            });
            for level in [Level::Portable].into_iter().chain(levels()) {
                let mut found = Vec::new();
                let runs = [run, run].into_iter();
                base58_at::<6>(level, text.as_bytes(), runs, &table, |nth, number| {
                    found.push((nth, number));
                });
                prop_assert_eq!(&found, &[(0, number), (1, number)], "{:?}", level);
                if len <= 40 {
                    base58_at::<5>(level, text.as_bytes(), [run].into_iter(), &table, |_, found| {
                        assert_eq!(found, number, "{level:?}");
                    });
                }
            }
        }
    }
}
