//! What masks say of a piece of text: where records and long runs of letters and digits end, and
//! which cells are blank or need a closer look.
//!
//! Step by step over the whole piece, each step in a loop of its own: classes of bytes, quoting,
//! what follows from neighbouring words, and lists of places. It stops where quoting is odd; what is
//! behind the last record end is left aside.

use super::hints::Fragments;
use crate::screen::RUN;
use crate::simd::{self, Classes, Masks, Span, Squeezed, Visit, WORD, Work};

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
    /// Where cells end: delimiters and line feeds.
    stops: Vec<u64>,
    /// By word: whether 25 bytes in a row up to each are of a run.
    long: Vec<u64>,
    /// Where long runs start and where they end.
    edges: Vec<u64>,
    /// Of those, which have something beside them that joins.
    joints: Vec<u64>,
    /// Where empty cells end.
    blank: Vec<u64>,
    doubt: Vec<u64>,
    hint: Vec<u64>,
    /// Of each stop: whether it ends a record, and whether its cell is empty.
    cells: Squeezed,
    edge: Vec<u32>,
    runs: usize,
    /// A bit for each run.
    joined: Vec<u64>,
    done: usize,
    /// From here on made by [`Self::list`] only.
    ranks: Vec<Rank>,
    ends: List<End>,
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
        simd::classify(text, delimiter, &mut self.classes);
        self.doubts.clear();
        self.hints.clear();
        self.inner.clear();
        self.stuck = false;
        let words = self.quoting(text, delimiter);
        for class in [
            &mut self.long,
            &mut self.edges,
            &mut self.joints,
            &mut self.stops,
            &mut self.blank,
            &mut self.doubt,
            &mut self.hint,
        ] {
            class.resize(words + 2, 0);
            class[0] = 0;
            class[words + 1] = 0;
        }
        simd::best(Derive::<'_, VALIDATE>(self, words));
        let (lf, blank) = (&self.classes.lf[1..=words], &self.blank[1..=words]);
        let last = lf.iter().rposition(|lf| *lf != 0);
        self.done = last.map_or(0, |ix| ix * WORD + 64 - lf[ix].leading_zeros() as usize);
        simd::squeeze(&self.stops[1..=words], [lf, blank], &mut self.cells);
        let done = self.done as u32;
        let edges = simd::places(&self.edges[1..=words], &mut self.edge);
        let (runs, _) = self.edge[..edges].as_chunks::<2>();
        let behind = runs.iter().rev().take_while(|run| run[1] >= done);
        self.runs = runs.len() - behind.count();
        let runs = &runs[..self.runs];
        self.joined.clear();
        self.joined.resize(runs.len().div_ceil(64), 0);
        for (ix, at) in (1..=words).enumerate() {
            let (doubt, hint, joint) = (self.doubt[at], self.hint[at], self.joints[at]);
            if doubt | hint | joint != 0 {
                let here = (ix * WORD) as u32;
                each(doubt, |bit| self.doubts.push(here + bit));
                each(hint, |bit| self.hints.push(here + bit));
                each(joint, |bit| {
                    let run = runs.partition_point(|run| run[1] < here + bit);
                    if let Some(word) = self.joined.get_mut(run / 64) {
                        *word |= 1 << (run % 64);
                    }
                });
            }
        }
        self.doubts.retain(|at| *at < done);
        self.hints.retain(|at| *at < done);
        self.inner.retain(|at| *at < done);
    }

    /// Lists record ends and blank cells, for whoever has to know which they are.
    pub(super) fn list(&mut self) {
        let words = self.done.div_ceil(WORD);
        simd::best(Flatten(self, words));
        let done = self.done as u32;
        self.blanks.len = self.blanks.get().partition_point(|at| *at < done);
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
        self.done
    }

    /// Record ends. Listed.
    pub(super) fn ends(&self) -> &[End] {
        self.ends.get()
    }

    /// Runs of letters and digits of at least [`RUN`]'s shortest length.
    pub(super) fn runs(&self) -> &[Span] {
        &self.edge.as_chunks::<2>().0[..self.runs]
    }

    /// A bit for each run: whether one of `-_+/:` stands beside it.
    pub(super) fn joined(&self) -> &[u64] {
        &self.joined
    }

    /// Ends of empty cells. Listed.
    pub(super) fn blanks(&self) -> &[u32] {
        self.blanks.get()
    }

    /// How many cells end before the byte at `at`: the number of the cell in which it is.
    #[inline(always)]
    pub(super) fn cell_of(&self, at: u32) -> usize {
        let word = at as usize / WORD;
        let before = self.stops[word + 1] & below(at % 64);
        (self.cells.ranks[word] + before.count_ones()) as usize
    }

    /// How many cells there are in whole records.
    pub(super) fn cells(&self) -> usize {
        match self.done {
            0 => 0,
            done => self.cell_of(done as u32 - 1) + 1,
        }
    }

    /// Of each cell: whether it ends its record, and whether it is empty. Behind the last one they
    /// mean nothing.
    pub(super) fn bits(&self) -> [&[u64]; 2] {
        self.cells.bits.each_ref().map(|bits| &bits[..])
    }

    /// Whether a record has the text `header`, or may have it.
    pub(super) fn repeats(&self, text: &[u8], header: &[u8]) -> bool {
        let found = Repeated {
            lf: &self.classes.lf,
            words: self.done.div_ceil(WORD),
            text,
            header,
        };
        !header.is_empty() && simd::best(found)
    }

    /// The record of the byte at `at`. Listed, as all that follows.
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

    /// The cell in which a hint at `at` stands. It need not be listed.
    pub(super) fn cell(&self, at: u32) -> (usize, usize) {
        let stops = |ix: usize| self.stops[ix + 1];
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
            stops,
            long,
            edges,
            joints,
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
            let long = &long[..words + 2];
            let joint = &classes.joint[..=words];
            let edges = edges[1..=words].iter_mut();
            for (ix, (edges, joints)) in edges.zip(&mut joints[1..=words]).enumerate() {
                let (before, now, next) = (long[ix], long[ix + 1], long[ix + 2]);
                let shifted = moved(now, before, 1);
                let first = now & !shifted;
                let next_first = next & !moved(next, now, 1);
                // From the byte that makes it a long run back to its start.
                let starts = first >> LEAD | next_first << (64 - LEAD);
                let ends = shifted & !now;
                *edges = starts | ends;
                *joints = starts & moved(joint[ix + 1], joint[ix], 1) | ends & joint[ix + 1];
            }
        }
        {
            let delimiter = &classes.delimiter[1..=words];
            let lf = &classes.lf[1..=words];
            let stops = &mut stops[1..=words];
            for ((stops, delimiter), lf) in stops.iter_mut().zip(delimiter).zip(lf) {
                *stops = delimiter | lf;
            }
        }
        {
            let stops = &stops[..=words];
            let lf = &classes.lf[1..=words];
            let cr = &classes.cr[..=words];
            let low = &classes.low[1..=words];
            let (blank, doubt) = (&mut blank[1..=words], &mut doubt[1..=words]);
            for (ix, (blank, doubt)) in blank.iter_mut().zip(doubt).enumerate() {
                let (now, before) = (stops[ix + 1], stops[ix]);
                let first = u64::from(ix == 0);
                let starts = moved(now, before, 1) | first;
                // Of `\r\n` the second ends the cell.
                let second = lf[ix] & moved(cr[ix + 1], cr[ix], 1);
                *blank = starts & now | second & (moved(now, before, 2) | first << 1);
                *doubt = starts & low[ix] & !(now | cr[ix + 1]);
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
            for (ix, hint) in hint[..=words].iter_mut().enumerate().skip(1) {
                let (run, letter) = (classes.run[ix], classes.letter[ix]);
                *hint |= fragments.of(run, letter, classes.low[ix], stops[ix]);
            }
        }
    }
}

const _: () = assert!(RUN.0 == 25, "16 + 9");

/// Bytes of a long run before the one that makes it long.
const LEAD: usize = RUN.0 - 1;

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

/// Finds records of a text's length, and compares them with it.
struct Repeated<'a> {
    lf: &'a [u64],
    words: usize,
    text: &'a [u8],
    header: &'a [u8],
}

impl Work for Repeated<'_> {
    type Done = bool;

    #[inline(always)]
    fn work(self) -> bool {
        let starts = |at: usize| self.text[at..].starts_with(self.header);
        if starts(0) {
            return true;
        }
        // From the line feed before a record to its own, without and with a carriage return.
        [self.header.len() + 1, self.header.len() + 2]
            .into_iter()
            .any(|far| {
                let (words, bits) = (far / WORD, far % WORD);
                if self.words <= words {
                    return false;
                }
                let lf = &self.lf[..=self.words];
                let behind = &lf[words + 1..];
                let pairs = behind.iter().zip(&lf[1..]).zip(lf);
                let both = pairs.map(|((behind, now), before)| {
                    behind & (now << bits | before >> 1 >> (63 - bits))
                });
                let long = |(ix, mut both): (usize, u64)| {
                    let mut any = false;
                    while both != 0 {
                        let end = (ix + words) * WORD + both.trailing_zeros() as usize;
                        any |= starts(end + 1 - far);
                        both &= both - 1;
                    }
                    any
                };
                both.clone().fold(0, |any, both| any | both) != 0 && both.enumerate().any(long)
            })
    }
}

/// Makes lists of places.
struct Flatten<'a>(&'a mut Found, usize);

impl Work for Flatten<'_> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        let Self(found, words) = self;
        let place = |ix: usize, bits: u64| (ix * WORD) as u32 | bits.trailing_zeros() & 63;
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
