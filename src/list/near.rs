//! Listed texts by what a near miss leaves of them: both ends, and what they read like.
//!
//! Four tables from a hash to the listings that may be meant, so that no text is compared with a
//! whole list. They name candidates; whoever asks compares the texts.

use std::cmp::Ordering;
use std::iter;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::{self, ScopedJoinHandle};

/// Shortest text that can be near another: below it lie names and numbers (`0.0.123`), where one
/// edit is simply somebody else.
pub const TEXT_MIN: usize = 25;
/// Fewest characters after the fixed ones (prefix, leading zeros) that make a text one of its own.
pub const SIGNIFICANT_MIN: usize = 20;
/// Characters at each end that make a key.
const KEYED: usize = 8;

/// What two texts have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// The first characters after the fixed ones.
    Start,
    /// The last characters.
    End,
    /// A few of both.
    Both,
    /// What they read like.
    Likeness,
}

impl Shared {
    const ALL: [Self; 4] = [Self::Start, Self::End, Self::Both, Self::Likeness];
}

/// Fewer texts are dealt with by one thread.
const MANY: usize = if cfg!(test) { 4 } else { 1 << 14 };

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().expect("reading keys never panics")
}

/// Candidates for near misses among texts that are told by their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NearTables {
    pub(super) tables: [Table; 4],
}

/// Numbers in buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Table {
    /// Where each bucket begins; and the end.
    pub(super) starts: Vec<u32>,
    pub(super) numbers: Vec<u32>,
}

impl NearTables {
    /// Tables of those of some texts that can be near another, made by so many threads.
    pub fn of<'t>(
        numbers: Vec<u32>,
        text: &(dyn Fn(u32) -> &'t str + Sync),
        threads: usize,
    ) -> Self {
        let can_be = |number: &u32| {
            let text = text(*number);
            text.is_ascii() && distinct(text)
        };
        let chosen = |numbers: &[u32]| numbers.iter().copied().filter(can_be).collect::<Vec<_>>();
        let of = |shared: Shared, numbers: &[u32], hashes: &mut Vec<u32>| {
            let key = |text: &str| {
                let keys = || keys(text.as_bytes());
                match shared {
                    Shared::Start => keys()[0],
                    Shared::End => keys()[1],
                    Shared::Both => keys()[2],
                    Shared::Likeness => likeness(text),
                }
            };
            let hash = |number: &u32| upper(key(text(*number)));
            hashes.clear();
            hashes.extend(numbers.iter().map(hash));
            Table::of(hashes, numbers)
        };
        if threads < 2 || numbers.len() < MANY {
            let (numbers, mut hashes) = (chosen(&numbers), Vec::new());
            return Self {
                tables: Shared::ALL.map(|shared| of(shared, &numbers, &mut hashes)),
            };
        }
        let chosen = thread::scope(|scope| {
            let parts: Vec<_> = numbers
                .chunks(numbers.len().div_ceil(threads))
                .map(|part| scope.spawn(|| chosen(part)))
                .collect();
            parts.into_iter().map(joined).collect::<Vec<_>>()
        });
        drop(numbers);
        let numbers = chosen.concat();
        drop(chosen);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut hashes = Vec::new();
            let mine = iter::from_fn(|| Shared::ALL.get(next.fetch_add(1, Relaxed)));
            mine.map(|shared| (*shared, of(*shared, &numbers, &mut hashes)))
                .collect::<Vec<_>>()
        };
        let mut tables = Self::default();
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.min(4)).map(|_| scope.spawn(work)).collect();
            for (shared, table) in workers.into_iter().flat_map(joined) {
                tables.tables[shared as usize] = table;
            }
        });
        tables
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.tables[0].numbers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes it holds.
    pub fn memory(&self) -> usize {
        let of = |t: &Table| size_of_val(&*t.starts) + size_of_val(&*t.numbers);
        self.tables.iter().map(of).sum()
    }

    /// The texts that have `shared` in common with a text of this key, and some others.
    #[inline]
    pub fn candidates(&self, shared: Shared, key: u64) -> &[u32] {
        let table = &self.tables[shared as usize];
        let Some(buckets) = table.starts.len().checked_sub(1).filter(|n| *n > 0) else {
            return &[];
        };
        let at = bucket(upper(key), buckets);
        &table.numbers[table.starts[at] as usize..table.starts[at + 1] as usize]
    }

    /// The numbers of its texts.
    pub fn numbers(&self) -> &[u32] {
        &self.tables[0].numbers
    }
}

impl Table {
    /// Sorted by counting; within a bucket in the order given.
    fn of(hashes: &[u32], numbers: &[u32]) -> Self {
        let buckets = (hashes.len() / 2).max(1);
        let mut starts = vec![0_u32; buckets + 1];
        for &hash in hashes {
            starts[bucket(hash, buckets) + 1] += 1;
        }
        for at in 0..buckets {
            starts[at + 1] += starts[at];
        }
        let mut sorted = vec![0; hashes.len()];
        for (&hash, &number) in hashes.iter().zip(numbers) {
            let at = &mut starts[bucket(hash, buckets)];
            sorted[*at as usize] = number;
            *at += 1;
        }
        // Each has come to where the next one begins.
        starts.rotate_right(1);
        starts[0] = 0;
        Self {
            starts,
            numbers: sorted,
        }
    }

    /// Whether every place it names is there, and every number below `end`.
    pub(super) fn is_sound(&self, end: u32) -> bool {
        self.starts.is_sorted()
            && self.starts.last().map_or(0, |n| *n as usize) == self.numbers.len()
            && self.numbers.iter().all(|n| *n < end)
    }
}

#[inline]
fn bucket(hash: u32, buckets: usize) -> usize {
    ((u64::from(hash) * buckets as u64) >> 32) as usize
}

#[inline]
fn upper(key: u64) -> u32 {
    (key >> 32) as u32
}

/// The first characters of a text after the fixed ones, and its last ones, folded so that letter case
/// makes no difference. What else falls together only costs a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The first eight.
    pub first: u64,
    /// The last eight.
    pub last: u64,
}

impl Ends {
    /// Of no text.
    pub const NONE: Self = Self { first: 0, last: 0 };

    /// Of a text of at least [`TEXT_MIN`] - 1.
    #[inline]
    pub fn of(bytes: &[u8]) -> Self {
        Self::after(bytes, fixed(bytes))
    }

    /// The same of a text of ASCII letters and digits alone.
    #[inline(always)]
    pub fn of_run(bytes: &[u8]) -> Self {
        let (word, _) = bytes.split_first_chunk().expect("it is long enough");
        let word = u64::from_le_bytes(*word);
        // `0x`, and no zero behind it.
        if word & 0xdfff == 0x5830 && (word >> 16) as u8 != b'0' {
            return Self::after(bytes, 2);
        }
        // As below, where the first eight characters decide.
        let (one, upper) = (same(word, b'1'), upper_case(word));
        if word & 0xdfff == 0x5830 || (one | upper) & TOPS == 0 {
            return Self::after(bytes, fixed(bytes));
        }
        let place = |tops: u64| (tops & TOPS).trailing_zeros() / 8;
        let (one, upper) = (place(one), place(upper));
        let prefixed = (one > 0) & (one < upper);
        Self::after(bytes, if prefixed { one as usize + 2 } else { 1 })
    }

    #[inline(always)]
    fn after(bytes: &[u8], fixed: usize) -> Self {
        let end = bytes.len() - KEYED;
        let word = |at: usize| {
            let word = bytes[at..at + KEYED].try_into().expect("eight bytes");
            u64::from_le_bytes(word) | 0x2020_2020_2020_2020
        };
        Self {
            first: word(fixed.min(end)),
            last: word(end),
        }
    }
}

/// The keys of [`Shared::Start`], [`Shared::End`] and [`Shared::Both`]. An edit leaves the first or
/// the second as it was, a look-alike shares the third. Of a text of at least [`TEXT_MIN`] - 1.
#[inline]
pub fn keys(bytes: &[u8]) -> [u64; 3] {
    let Ends { first, last } = Ends::of(bytes);
    let both = first << 32 | last >> 32;
    [
        mix(first, 0x9e37_79b9_7f4a_7c15),
        mix(last, 0xc2b2_ae3d_27d4_eb4f),
        mix(both, 0xd6e8_feb8_6659_fd93),
    ]
}

/// The key of [`Shared::Likeness`].
pub fn likeness(text: &str) -> u64 {
    let words = text.as_bytes().chunks(8).map(|bytes| {
        let word = bytes.iter().map(|b| LIKE[usize::from(*b)]);
        word.fold(0, |word, byte| word << 8 | u64::from(byte))
    });
    let sum = words.fold(text.len() as u64, |sum, word| {
        mix(sum ^ word, 0x9e37_79b9_7f4a_7c15)
    });
    mix(sum, 0xbf58_476d_1ce4_e5b9)
}

#[inline]
fn mix(word: u64, by: u64) -> u64 {
    let word = (word ^ word >> 29).wrapping_mul(by);
    (word ^ word >> 32).wrapping_mul(by)
}

/// Long enough, and not mostly prefix or padding.
pub fn distinct(text: &str) -> bool {
    text.len() >= TEXT_MIN && text.len() >= fixed(text.as_bytes()) + SIGNIFICANT_MIN
}

/// How many leading characters say nothing about whose address it is: a prefix, the version, the
/// zeros in front of a short number.
#[inline]
pub fn fixed(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"0x") || bytes.starts_with(b"0X") {
        return 2 + bytes[2..].iter().take_while(|b| **b == b'0').count();
    }
    match bytes.first_chunk() {
        Some(first) if first.is_ascii() => prefix_by_words(first),
        _ => prefix(bytes),
    }
}

/// The same of a text without `0x`.
fn prefix(bytes: &[u8]) -> usize {
    if let Some(colon) = bytes.iter().take(20).position(|b| *b == b':' || *b == b'_') {
        return colon + 2;
    }
    // bech32: a human-readable part, `1`, and the version or header. Only the first characters
    // decide, so that an edit behind them changes nothing.
    let hrp = bytes
        .iter()
        .take(18)
        .take_while(|b| !b.is_ascii_uppercase())
        .position(|b| *b == b'1');
    match hrp {
        Some(at) if at > 0 => at + 2,
        _ => 1,
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = ONES << 7;

/// Sets the top bit of the first byte that is `byte`, and of none before it.
#[inline(always)]
fn same(word: u64, byte: u8) -> u64 {
    let x = word ^ (ONES * u64::from(byte));
    x.wrapping_sub(ONES) & !x
}

/// Sets the top bits of the upper-case letters of an ASCII text.
#[inline(always)]
fn upper_case(word: u64) -> u64 {
    let from = |byte: u8| word.wrapping_add(ONES * u64::from(0x80 - byte));
    from(b'A') & !from(b'Z' + 1)
}

/// The same by words, for every address is asked about: of an ASCII text that begins with `first`.
#[inline]
fn prefix_by_words(first: &[u8; 24]) -> usize {
    // The place of the first byte whose top bit `of` sets.
    let find = |of: &dyn Fn(u64) -> u64| {
        let (words, _) = first.as_chunks::<8>();
        let tops = words
            .iter()
            .map(|word| of(u64::from_le_bytes(*word)) & TOPS);
        let found = tops.enumerate().find(|(_, tops)| *tops != 0);
        found.map_or(24, |(n, tops)| n * 8 + tops.trailing_zeros() as usize / 8)
    };
    let colon = find(&|word| same(word, b':') | same(word, b'_'));
    if colon < 20 {
        return colon + 2;
    }
    let upper = find(&upper_case);
    match find(&|word| same(word, b'1')) {
        one @ 1..18 if one < upper => one + 2,
        _ => 1,
    }
}

/// A text without letter case.
pub fn lower(text: &str) -> impl DoubleEndedIterator<Item = u8> + '_ {
    text.bytes().map(|b| b.to_ascii_lowercase())
}

/// What a byte reads like.
const LIKE: [u8; 256] = {
    let mut like = [0; 256];
    let mut b = 0;
    while b < 256 {
        like[b] = match (b as u8).to_ascii_lowercase() {
            b'o' => b'0',
            b'l' | b'i' | b'|' => b'1',
            lower => lower,
        };
        b += 1;
    }
    like
};

/// What a text reads like when letter case and the usual confusions are lost.
pub fn read_like(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes().map(|b| LIKE[usize::from(b)])
}

/// Whether two texts read alike.
pub fn reads_like(a: &str, b: &str) -> bool {
    a.len() == b.len() && read_like(a).cmp(read_like(b)) == Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prefixes_are_found_alike(text in "[a-c1A-C:_~]{0,2}[a-z1]{0,12}[0-9A-Za-z:_]{24,30}") {
            let first = text.as_bytes().first_chunk().unwrap();
            prop_assert_eq!(prefix_by_words(first), prefix(text.as_bytes()));
        }

        #[test]
        fn ends_of_runs_are_the_same(
            text in "(0[xX])?0{0,3}[a-z13]{0,9}[A-C1]?[a-z1]{0,12}[0-9A-Za-z]{24,60}"
        ) {
            prop_assert_eq!(Ends::of_run(text.as_bytes()), Ends::of(text.as_bytes()));
        }

        #[test]
        fn many_threads_make_the_same_tables(
            texts in prop::collection::vec("[0-9a-b]{20,28}|0x0{0,30}[0-9a-f]{8,12}|é", 0..40)
        ) {
            let numbers: Vec<u32> = (0..texts.len() as u32).collect();
            let text = |n: u32| &*texts[n as usize];
            let one = NearTables::of(numbers.clone(), &text, 1);
            for threads in [2, 5] {
                prop_assert_eq!(&NearTables::of(numbers.clone(), &text, threads), &one);
            }
        }
    }
}
