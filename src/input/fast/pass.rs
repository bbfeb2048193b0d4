//! One pass over a piece of text, sixty-four bytes at a time: where records and long runs of letters
//! and digits end, and which cells are blank or need a closer look.
//!
//! It stops where quoting is odd. What it found behind the last record end has to be left aside.

use super::hints::Hints;
use crate::screen::RUN;
use crate::simd::{self, Masks, Span, Visit, WORD};

/// Bits below `at`.
#[inline(always)]
pub(super) const fn below(at: u32) -> u64 {
    (1 << at) - 1
}

/// `word` moved up by `by`, with the top bits of the word `before` moving in.
#[inline(always)]
pub(super) const fn moved(word: u64, before: u64, by: u32) -> u64 {
    word << by | before >> (64 - by)
}

/// Every bit becomes the parity of the bits up to it.
#[inline(always)]
pub(super) const fn parity(mut x: u64) -> u64 {
    let mut shift = 1;
    while shift < 64 {
        x ^= x << shift;
        shift *= 2;
    }
    x
}

/// Sixty-four bytes of text, as far as records are concerned.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    /// Delimiters between cells.
    delimiter: u64,
    /// Line feeds that end records.
    end: u64,
    /// How many of both there are before.
    delimiters: u32,
    ends: u32,
}

/// Where a record ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct End {
    /// Its line feed.
    pub(super) at: u32,
    /// Delimiters before.
    pub(super) delimiters: u32,
}

/// What a pass found.
#[derive(Debug, Default)]
pub(super) struct Found {
    words: Vec<Word>,
    ends: List<End>,
    runs: List<Span>,
    blanks: List<u32>,
    /// Starts of cells that may be blank.
    pub(super) doubts: Vec<u32>,
    /// See [`Hints`].
    pub(super) hints: Vec<u32>,
    /// Whether there is a line feed inside quotes.
    pub(super) inner: bool,
    /// Whether it stopped at a record with odd quoting.
    pub(super) stuck: bool,
}

/// A list that is written past its end, so that nothing has to be asked before writing.
#[derive(Debug, Default)]
struct List<T> {
    items: Vec<T>,
    len: usize,
}

impl<T: Copy + Default> List<T> {
    fn write(&mut self, room: usize) -> Pen<'_, T> {
        if self.items.len() < room {
            self.items.resize(room, T::default());
        }
        Pen {
            items: &mut self.items,
            len: 0,
        }
    }

    fn get(&self) -> &[T] {
        &self.items[..self.len]
    }
}

/// Where a list is being written.
struct Pen<'a, T> {
    items: &'a mut [T],
    len: usize,
}

impl<T: Copy> Pen<'_, T> {
    /// Writes `item`, and keeps it if told to.
    #[inline(always)]
    fn put(&mut self, item: T, keep: bool) {
        self.items[self.len] = item;
        self.len += usize::from(keep);
    }
}

impl Found {
    /// Looks at `text`.
    pub(super) fn pass<const VALIDATE: bool>(&mut self, text: &[u8], delimiter: u8) {
        let words = text.len().div_ceil(WORD);
        if self.words.len() < words {
            self.words.resize(words, Word::default());
        }
        self.doubts.clear();
        self.hints.clear();
        let pass = Pass::<'_, VALIDATE> {
            text,
            delimiter,
            words: &mut self.words,
            ends: self.ends.write(words * WORD + 1),
            runs: self.runs.write(words * 3 + 3),
            blanks: self.blanks.write(words * WORD + 1),
            doubts: &mut self.doubts,
            seen_hints: &mut self.hints,
            inner: false,
            stuck: false,
            hints: Hints::default(),
            quotes: Quotes {
                begins: 1,
                ..Quotes::default()
            },
            delimiters: 0,
            run: 0,
        };
        let pass = simd::visit(text, delimiter, pass);
        let lens = (pass.ends.len, pass.runs.len, pass.blanks.len);
        (self.inner, self.stuck) = (pass.inner, pass.stuck);
        (self.ends.len, self.runs.len, self.blanks.len) = lens;
        // What follows the last record end belongs to nothing yet.
        let done = self.done() as u32;
        let upto = |list: &[u32]| list.partition_point(|at| *at < done);
        self.blanks.len = upto(self.blanks.get());
        self.doubts.truncate(upto(&self.doubts));
        self.hints.truncate(upto(&self.hints));
        self.runs.len = self.runs.get().partition_point(|run| run.1 < done);
    }

    /// Where the last whole record ends.
    pub(super) fn done(&self) -> usize {
        self.ends().last().map_or(0, |end| end.at as usize + 1)
    }

    /// Record ends.
    pub(super) fn ends(&self) -> &[End] {
        self.ends.get()
    }

    /// Runs of letters and digits of at least [`RUN`]'s shortest length.
    pub(super) fn runs(&self) -> &[Span] {
        self.runs.get()
    }

    /// Starts of empty cells.
    pub(super) fn blanks(&self) -> &[u32] {
        self.blanks.get()
    }

    /// The record of the byte at `at`.
    #[inline(always)]
    pub(super) fn row(&self, at: u32) -> usize {
        let word = &self.words[at as usize / WORD];
        (word.ends + (word.end & below(at % 64)).count_ones()) as usize
    }

    /// The column of the byte at `at`, which is in record `row`.
    #[inline(always)]
    pub(super) fn column(&self, at: u32, row: usize) -> usize {
        let word = &self.words[at as usize / WORD];
        let rank = word.delimiters + (word.delimiter & below(at % 64)).count_ones();
        let before = row
            .checked_sub(1)
            .map_or(0, |row| self.ends()[row].delimiters);
        (rank - before) as usize
    }

    /// Where record `row` starts, and its line feed.
    pub(super) fn record(&self, row: usize) -> (usize, usize) {
        let ends = self.ends();
        let start = row
            .checked_sub(1)
            .map_or(0, |row| ends[row].at as usize + 1);
        (start, ends[row].at as usize)
    }

    /// The cell in which a hint at `at` stands.
    pub(super) fn cell(&self, at: u32) -> (usize, usize) {
        let stops = |ix: usize| self.words[ix].delimiter | self.words[ix].end;
        let (mut ix, bit) = (at as usize / WORD, at % 64);
        let mut before = stops(ix) & below(bit);
        let mut after = stops(ix) & !below(bit);
        let (mut first, mut last) = (ix, ix);
        while before == 0 && first > 0 {
            first -= 1;
            before = stops(first);
        }
        while after == 0 {
            last += 1;
            after = stops(last);
        }
        ix = first;
        let start = match before {
            0 => 0,
            _ => ix * WORD + WORD - before.leading_zeros() as usize,
        };
        (start, last * WORD + after.trailing_zeros() as usize)
    }
}

struct Pass<'a, const VALIDATE: bool> {
    text: &'a [u8],
    delimiter: u8,
    words: &'a mut [Word],
    ends: Pen<'a, End>,
    runs: Pen<'a, Span>,
    blanks: Pen<'a, u32>,
    doubts: &'a mut Vec<u32>,
    seen_hints: &'a mut Vec<u32>,
    inner: bool,
    stuck: bool,
    hints: Hints<VALIDATE>,
    quotes: Quotes,
    delimiters: u32,
    /// Where the run starts that the word before ended with, or that word's end.
    run: u32,
}

/// What is left of a word's masks where there are quotes or carriage returns.
struct Quoted {
    delimiter: u64,
    lf: u64,
    /// Carriage returns outside quotes.
    cr: u64,
    /// Where quoting is odd, or a carriage return alone.
    bad: u64,
    /// Quoted cells that may be blank.
    doubtful: u64,
}

/// What is known of the byte before a word.
#[derive(Clone, Copy, Debug, Default)]
struct Quotes {
    /// Whether it is inside quotes: all bits or none.
    inside: u64,
    /// Whether a cell begins behind it: the lowest bit, as in what follows.
    begins: u64,
    /// Whether it is a quote that closes a cell, or the first of a pair.
    closed: u64,
    /// Whether it is a carriage return outside quotes.
    returned: u64,
}

impl Quotes {
    /// Looks at a word that is followed by the byte `next`.
    #[inline(always)]
    fn word(&mut self, m: &Masks, next: Option<u8>, delimiter: u8) -> Quoted {
        let within = parity(m.quote) ^ self.inside;
        let outside = !within;
        let opens = m.quote & within;
        let closes = m.quote & outside;
        let (comma, lf, cr) = (m.delimiter & outside, m.lf & outside, m.cr & outside);
        let starts = (comma | lf) << 1 | self.begins;
        let before = starts | closes << 1 | self.closed;
        let after = (m.delimiter | m.lf | m.cr | m.quote) >> 1;
        // At the end of a text the record goes on, so it will be looked at again.
        let top = |is: bool| u64::from(is) << 63;
        let ends = |b: u8| matches!(b, b'\n' | b'\r' | b'"') || b == delimiter && b != 0;
        let fine = after | top(next.is_none_or(ends));
        let hollow = (m.low | m.quote) >> 1 | top(next.is_none_or(|b| b <= b' ' || b == b'"'));
        let quoted = Quoted {
            delimiter: comma,
            lf,
            cr,
            bad: opens & !before | closes & !fine | (cr << 1 | self.returned) & !m.lf,
            doubtful: opens & starts & hollow,
        };
        self.inside = ((within as i64) >> 63) as u64;
        self.begins = (comma | lf) >> 63;
        self.closed = closes >> 63;
        self.returned = cr >> 63;
        quoted
    }
}

impl<const VALIDATE: bool> Visit for Pass<'_, VALIDATE> {
    #[inline(always)]
    fn word(&mut self, ix: usize, m: &Masks) -> bool {
        let here = (ix * WORD) as u32;
        let (mut delimiter, mut lf, mut stops) = (m.delimiter, m.lf, m.delimiter | m.lf);
        let mut doubtful = 0;
        let mut events = !0;
        let begins = self.quotes.begins;
        if m.quote | m.cr | self.quotes.inside | self.quotes.returned != 0 {
            let next = self.text.get(ix * WORD + WORD).copied();
            let quoted = self.quotes.word(m, next, self.delimiter);
            (delimiter, lf, doubtful) = (quoted.delimiter, quoted.lf, quoted.doubtful);
            stops = delimiter | lf | quoted.cr;
            self.inner |= m.lf != lf;
            if quoted.bad != 0 {
                events = below(quoted.bad.trailing_zeros());
                self.stuck = true;
            }
        } else {
            self.quotes.begins = stops >> 63;
            self.quotes.closed = 0;
        }
        let starts = (delimiter | lf) << 1 | begins;
        doubtful |= starts & m.low & !stops;
        let hint = self.hints.of(m, delimiter | lf);
        if self.stuck {
            lf &= events;
        }
        self.words[ix] = Word {
            delimiter,
            end: lf,
            delimiters: self.delimiters,
            ends: self.ends.len as u32,
        };
        if doubtful | hint != 0 {
            each(doubtful, |bit| self.doubts.push(here + bit));
            each(hint, |bit| self.seen_hints.push(here + bit));
        }
        // Cells of no bytes; the first one is written whether there is one or not.
        let mut blank = starts & stops;
        loop {
            self.blanks
                .put(here + (blank.trailing_zeros() & 63), blank != 0);
            blank &= blank.wrapping_sub(1);
            if blank == 0 {
                break;
            }
        }
        let mut end = lf;
        loop {
            let upto = end ^ end.wrapping_sub(1);
            let item = End {
                at: here + (end.trailing_zeros() & 63),
                delimiters: self.delimiters + (delimiter & upto).count_ones(),
            };
            self.ends.put(item, end != 0);
            end &= end.wrapping_sub(1);
            if end == 0 {
                break;
            }
        }
        self.delimiters += delimiter.count_ones();
        self.long_runs(here, m.digit | m.letter);
        !self.stuck
    }
}

impl<const VALIDATE: bool> Pass<'_, VALIDATE> {
    /// Finds the long runs that end before a byte of the word `run`.
    #[inline(always)]
    fn long_runs(&mut self, here: u32, run: u64) {
        // A bit where 2, 4, 8, 16 and 25 bytes of the word up to this one are of a run.
        let mut x = run & run << 1;
        x &= x << 2;
        x &= x << 4;
        x &= x << 8;
        x &= x << (RUN.0 - 16);
        let lead = (!run).trailing_zeros();
        let crosses = lead < 64 && here + lead - self.run >= RUN.0 as u32;
        let mut ends = x << 1 & !run | u64::from(crosses) << (lead & 63);
        // Two are written whether there are so many or not.
        loop {
            for _ in 0..2 {
                let bit = ends.trailing_zeros() & 63;
                let gaps = !run & below(bit);
                let start = match gaps {
                    0 => self.run,
                    _ => here + 64 - gaps.leading_zeros(),
                };
                self.runs.put((start, here + bit), ends != 0);
                ends &= ends.wrapping_sub(1);
            }
            if ends == 0 {
                break;
            }
        }
        if run != !0 {
            self.run = here + 64 - (!run).leading_zeros();
        }
    }
}

const _: () = assert!(RUN.0 > 16 && RUN.0 <= 32);

#[inline(always)]
fn each(mut bits: u64, mut of: impl FnMut(u32)) {
    while bits != 0 {
        of(bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// How far a buffer is whole records with plain quoting.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Whole {
    /// End of the last one.
    pub(super) end: usize,
    /// Whether there is a NUL or a byte beyond ASCII anywhere.
    pub(super) odd: bool,
    /// Whether a record with odd quoting follows.
    pub(super) stuck: bool,
}

/// Finds the last whole record of `text`.
pub(super) fn whole(text: &[u8], delimiter: u8) -> Whole {
    let bound = Bound {
        text,
        delimiter,
        quotes: Quotes {
            begins: 1,
            ..Quotes::default()
        },
        odd: 0,
        whole: Whole::default(),
    };
    let bound = simd::visit(text, delimiter, bound);
    Whole {
        odd: bound.odd != 0,
        ..bound.whole
    }
}

struct Bound<'a> {
    text: &'a [u8],
    delimiter: u8,
    quotes: Quotes,
    odd: u64,
    whole: Whole,
}

impl Visit for Bound<'_> {
    #[inline(always)]
    fn word(&mut self, ix: usize, m: &Masks) -> bool {
        let mut lf = m.lf;
        self.odd |= m.odd;
        if m.quote | m.cr | self.quotes.inside | self.quotes.returned != 0 {
            let next = self.text.get(ix * WORD + WORD).copied();
            let quoted = self.quotes.word(m, next, self.delimiter);
            lf = quoted.lf;
            if quoted.bad != 0 {
                lf &= below(quoted.bad.trailing_zeros());
                self.whole.stuck = true;
            }
        } else {
            self.quotes.begins = (m.delimiter | m.lf) >> 63;
            self.quotes.closed = 0;
        }
        if lf != 0 {
            self.whole.end = ix * WORD + 64 - lf.leading_zeros() as usize;
        }
        !self.whole.stuck
    }
}
