//! What masks say of a piece of text: where records and long runs of letters and digits end, and
//! which cells are blank or need a closer look.
//!
//! Step by step over the whole piece, each step in a loop of its own: classes of bytes, quoting,
//! what follows from neighbouring words, and lists of places. It stops where quoting is odd; what is
//! behind the last record end is left aside.

use super::hints::Fragments;
use crate::screen::RUN;
use crate::simd::{self, Classes, Masks, Span, Visit, WORD, Work};

/// Bits below `at`.
#[inline(always)]
const fn below(at: u32) -> u64 {
    (1 << at) - 1
}

/// `word` moved up by `by`, with the top bits of the word `before` moving in.
#[inline(always)]
pub(super) const fn moved(word: u64, before: u64, by: u32) -> u64 {
    word << by | before >> (64 - by)
}

/// Every bit becomes the parity of the bits up to it.
#[inline(always)]
const fn parity(mut x: u64) -> u64 {
    let mut shift = 1;
    while shift < 64 {
        x ^= x << shift;
        shift *= 2;
    }
    x
}

/// Where a record ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct End {
    /// Its line feed.
    pub(super) at: u32,
    /// Delimiters before.
    pub(super) delimiters: u32,
}

/// Delimiters and record ends before a word.
#[derive(Clone, Copy, Debug, Default)]
struct Rank {
    delimiters: u32,
    ends: u32,
}

/// What a pass found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Classes of bytes; delimiters and line feeds only outside quotes.
    classes: Classes,
    /// By word: whether 25 bytes in a row up to each are of a run.
    long: Vec<u64>,
    /// Where that begins and where it ends.
    edges: Vec<u64>,
    blank: Vec<u64>,
    doubt: Vec<u64>,
    hint: Vec<u64>,
    ranks: Vec<Rank>,
    ends: List<End>,
    places: List<u32>,
    runs: Vec<Span>,
    blanks: List<u32>,
    /// Starts of cells that may be blank.
    pub(super) doubts: Vec<u32>,
    /// See [`super::hints`].
    pub(super) hints: Vec<u32>,
    /// Line feeds inside quotes.
    pub(super) inner: Vec<u32>,
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
    fn write(&mut self, room: usize) -> &mut [T] {
        if self.items.len() < room {
            self.items.resize(room, T::default());
        }
        &mut self.items
    }

    fn get(&self) -> &[T] {
        &self.items[..self.len]
    }
}

impl Found {
    /// Looks at `text`.
    pub(super) fn pass<const VALIDATE: bool>(&mut self, text: &[u8], delimiter: u8) {
        simd::classify::<true>(text, delimiter, &mut self.classes);
        self.doubts.clear();
        self.hints.clear();
        self.inner.clear();
        self.stuck = false;
        let words = self.quoting(text, delimiter);
        for class in [
            &mut self.long,
            &mut self.edges,
            &mut self.blank,
            &mut self.doubt,
            &mut self.hint,
        ] {
            class.resize(words + 1, 0);
        }
        self.long[0] = 0;
        simd::best(Derive::<'_, VALIDATE>(self, words));
        simd::best(Flatten(self, words));
        let done = self.done() as u32;
        self.blanks.len = self.blanks.get().partition_point(|at| *at < done);
        self.doubts.retain(|at| *at < done);
        self.hints.retain(|at| *at < done);
        self.inner.retain(|at| *at < done);
        let (pairs, _) = self.places.get().as_chunks::<2>();
        let pairs = pairs.iter().take_while(|[_, end]| *end < done);
        self.runs.clear();
        // The first edge is behind the byte that makes it a long run.
        let span = |&[long, end]: &[u32; 2]| (long + 1 - RUN.0 as u32, end);
        self.runs.extend(pairs.map(span));
    }

    /// Takes delimiters and line feeds inside quotes out of their classes, and says in how many
    /// words quoting is as it should be.
    fn quoting(&mut self, text: &[u8], delimiter: u8) -> usize {
        let Self {
            classes,
            doubts,
            inner,
            stuck,
            ..
        } = self;
        let words = classes.run.len() - 1;
        let mut quotes = Quotes::new();
        for ix in 0..words {
            let at = ix + 1;
            let masks = Masks {
                quote: classes.quote[at],
                delimiter: classes.delimiter[at],
                lf: classes.lf[at],
                cr: classes.cr[at],
                low: classes.low[at],
                ..Masks::default()
            };
            if !quotes.matter(&masks) {
                quotes.closed = 0;
                continue;
            }
            // Words in which nothing matters are not looked at.
            let before = classes.delimiter[ix] | classes.lf[ix];
            quotes.begins = if ix == 0 { 1 } else { before >> 63 };
            let next = text.get(at * WORD).copied();
            let mut quoted = quotes.word(&masks, next, delimiter);
            let here = (ix * WORD) as u32;
            each(masks.lf & !quoted.lf, |bit| inner.push(here + bit));
            if quoted.bad != 0 {
                quoted.lf &= below(quoted.bad.trailing_zeros());
                *stuck = true;
            }
            classes.delimiter[at] = quoted.delimiter;
            classes.lf[at] = quoted.lf;
            classes.cr[at] = quoted.cr;
            each(quoted.doubtful, |bit| doubts.push(here + bit));
            if *stuck {
                return at;
            }
        }
        words
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
        &self.runs
    }

    /// Starts of empty cells.
    pub(super) fn blanks(&self) -> &[u32] {
        self.blanks.get()
    }

    /// The record of the byte at `at`.
    #[inline(always)]
    pub(super) fn row(&self, at: u32) -> usize {
        let word = at as usize / WORD;
        let end = self.classes.lf[word + 1] & below(at % 64);
        (self.ranks[word].ends + end.count_ones()) as usize
    }

    /// The column of the byte at `at`, which is in record `row`.
    #[inline(always)]
    pub(super) fn column(&self, at: u32, row: usize) -> usize {
        let word = at as usize / WORD;
        let delimiter = self.classes.delimiter[word + 1] & below(at % 64);
        let rank = self.ranks[word].delimiters + delimiter.count_ones();
        let ends = self.ends();
        let before = row.checked_sub(1).map_or(0, |row| ends[row].delimiters);
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
        let stops = |ix: usize| self.classes.delimiter[ix + 1] | self.classes.lf[ix + 1];
        let (word, bit) = (at as usize / WORD, at % 64);
        let mut before = stops(word) & below(bit);
        let mut after = stops(word) & !below(bit);
        let (mut first, mut last) = (word, word);
        while before == 0 && first > 0 {
            first -= 1;
            before = stops(first);
        }
        while after == 0 {
            last += 1;
            after = stops(last);
        }
        let start = match before {
            0 => 0,
            _ => first * WORD + WORD - before.leading_zeros() as usize,
        };
        (start, last * WORD + after.trailing_zeros() as usize)
    }
}

/// Derives what follows from each word and the one before it.
struct Derive<'a, const VALIDATE: bool>(&'a mut Found, usize);

impl<const VALIDATE: bool> Work for Derive<'_, VALIDATE> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        let Self(found, words) = self;
        let Found {
            classes,
            long,
            edges,
            blank,
            doubt,
            hint,
            ..
        } = found;
        {
            let run = &classes.run[..=words];
            let long = &mut long[1..=words];
            for (ix, long) in long.iter_mut().enumerate() {
                *long = ends_long(run[ix + 1], run[ix]);
            }
        }
        {
            let long = &long[..=words];
            let edges = &mut edges[1..=words];
            for (ix, edges) in edges.iter_mut().enumerate() {
                *edges = long[ix + 1] ^ moved(long[ix + 1], long[ix], 1);
            }
        }
        {
            let delimiter = &classes.delimiter[..=words];
            let lf = &classes.lf[..=words];
            let cr = &classes.cr[1..=words];
            let low = &classes.low[1..=words];
            let (blank, doubt) = (&mut blank[1..=words], &mut doubt[1..=words]);
            for (ix, (blank, doubt)) in blank.iter_mut().zip(doubt).enumerate() {
                let stops = delimiter[ix + 1] | lf[ix + 1];
                let first = u64::from(ix == 0);
                let starts = moved(stops, delimiter[ix] | lf[ix], 1) | first;
                let stops = stops | cr[ix];
                *blank = starts & stops;
                *doubt = starts & low[ix] & !stops;
            }
        }
        {
            let letter = &classes.letter[1..=words];
            let dot = &classes.dot[..=words];
            let wild = &classes.wild[1..=words];
            for (ix, (hint, letter)) in hint[1..=words].iter_mut().zip(letter).enumerate() {
                // `0.0.7`, `a.near`, `b.tg`.
                let (now, before) = (dot[ix + 1], dot[ix]);
                let after = moved(now, before, 1);
                *hint = now & moved(now, before, 2) | letter & after | wild[ix];
                if VALIDATE {
                    *hint |= now & after;
                }
            }
        }
        if VALIDATE {
            let mut fragments = Fragments::default();
            for (ix, hint) in hint.iter_mut().enumerate().skip(1) {
                let (run, letter) = (classes.run[ix], classes.letter[ix]);
                let stops = classes.delimiter[ix] | classes.lf[ix];
                *hint |= fragments.of(run, letter, classes.low[ix], stops);
            }
        }
    }
}

const _: () = assert!(RUN.0 == 25, "16 + 9");

/// A bit where 25 bytes in a row, up to this one, are of a run.
#[inline(always)]
const fn ends_long(run: u64, before: u64) -> u64 {
    // Two, four, eight and sixteen in a row; of the word before only the top bits matter.
    let (mut x, mut b) = (run, before);
    let mut step = 1;
    while step < 16 {
        x &= moved(x, b, step);
        b &= b << step;
        step *= 2;
    }
    x & moved(x, b, 9)
}

/// Makes lists of places.
struct Flatten<'a>(&'a mut Found, usize);

impl Work for Flatten<'_> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        let Self(found, words) = self;
        let place = |ix: usize, bits: u64| (ix * WORD) as u32 | bits.trailing_zeros() & 63;
        let places = found.places.write(words * 8 + 8);
        let mut len = 0;
        for (ix, &edges) in found.edges[1..=words].iter().enumerate() {
            let (mut at, mut bits) = (len, edges);
            // Four are written whether there are so many or not.
            loop {
                for slot in &mut places[at..at + 4] {
                    *slot = place(ix, bits);
                    bits &= bits.wrapping_sub(1);
                }
                if bits == 0 {
                    break;
                }
                at += 4;
            }
            len += edges.count_ones() as usize;
        }
        found.places.len = len;

        if found.ranks.len() < words {
            found.ranks.resize(words, Rank::default());
        }
        let ranks = &mut found.ranks[..words];
        let delimiter = &found.classes.delimiter[1..=words];
        let lf = &found.classes.lf[1..=words];
        let ends = found.ends.write(words * WORD + 1);
        let (mut delimiters, mut len) = (0, 0);
        for (ix, rank) in ranks.iter_mut().enumerate() {
            *rank = Rank {
                delimiters,
                ends: len as u32,
            };
            let (mut at, mut bits) = (len, lf[ix]);
            loop {
                let upto = bits ^ bits.wrapping_sub(1);
                ends[at] = End {
                    at: place(ix, bits),
                    delimiters: delimiters + (delimiter[ix] & upto).count_ones(),
                };
                bits &= bits.wrapping_sub(1);
                if bits == 0 {
                    break;
                }
                at += 1;
            }
            len += lf[ix].count_ones() as usize;
            delimiters += delimiter[ix].count_ones();
        }
        found.ends.len = len;

        let blanks = found.blanks.write(words * WORD + 1);
        let (doubt, hint) = (&found.doubt[1..=words], &found.hint[1..=words]);
        let mut len = 0;
        for (ix, &blank) in found.blank[1..=words].iter().enumerate() {
            let (mut at, mut bits) = (len, blank);
            loop {
                blanks[at] = place(ix, bits);
                bits &= bits.wrapping_sub(1);
                if bits == 0 {
                    break;
                }
                at += 1;
            }
            len += blank.count_ones() as usize;
            if doubt[ix] | hint[ix] != 0 {
                let here = (ix * WORD) as u32;
                each(doubt[ix], |bit| found.doubts.push(here + bit));
                each(hint[ix], |bit| found.hints.push(here + bit));
            }
        }
        found.blanks.len = len;
    }
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
#[derive(Clone, Copy, Debug)]
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
    /// At the start of a record.
    const fn new() -> Self {
        Self {
            inside: 0,
            begins: 1,
            closed: 0,
            returned: 0,
        }
    }

    /// Whether the next word has to be looked at.
    #[inline(always)]
    const fn matter(&self, m: &Masks) -> bool {
        m.quote | m.cr | self.inside | self.returned != 0
    }

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
        quotes: Quotes::new(),
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
        if self.quotes.matter(m) {
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
