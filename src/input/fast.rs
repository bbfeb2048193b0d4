//! The fast way through plain text: whole blocks by bit masks, records only where it matters.
//!
//! It answers exactly as `split` and [`Scan::record`] would, and hands everything
//! that is not plain to them: records with odd quoting, with another number of cells, with anything
//! to report. Plain records are counted, not visited. It knows nothing of files and threads.

use super::simd::{self, LineMasks, Masks};
use super::split::{self, Cut, Dialect, Kind};
use crate::screen::{PlainRows, RUN, Run, Scan};

/// Bytes whose masks are made at once: they stay in the nearest cache.
const SEGMENT: usize = if cfg!(test) { 1 << 8 } else { 1 << 15 };
/// The same just after a record with odd quoting, where the next one is likely to be odd too.
const SEGMENT_MIN: usize = if cfg!(test) { 1 << 6 } else { 1 << 10 };
/// Buffers of one worker.
#[derive(Default)]
pub(crate) struct Worker {
    /// Take no record for plain: what the fast way is compared with.
    #[cfg(test)]
    pub(crate) careful: bool,
    masks: Vec<Masks>,
    words: Vec<Word>,
    rows: Vec<Row>,
    /// Columns of the current row's blank cells.
    blanks: Vec<u32>,
    plain: PlainRows,
}

/// Sixty-four bytes of text, as far as records are concerned.
#[derive(Clone, Copy, Default)]
struct Word {
    /// Delimiters between cells.
    delimiter: u64,
    /// Record ends.
    end: u64,
    /// How many of both there are before, in the segment.
    delimiters: u32,
    ends: u32,
}

#[derive(Clone, Copy)]
struct Row {
    start: u32,
    next: u32,
    /// Delimiters before it, in the segment.
    delimiters: u32,
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// Counted.
    Plain,
    /// To be looked at in full.
    Odd,
    /// No record at all.
    Blank,
}

/// Bits below `at`.
#[inline(always)]
const fn below(at: u32) -> u64 {
    (1 << at) - 1
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

/// How many cells a plain record of this dialect has; `None`: no record is plain.
fn plain_width(dialect: &Dialect, scan: &Scan<'_, '_>, widths: [usize; 2]) -> Option<usize> {
    let width = scan.layout().columns.len();
    let usual = width > 0 && widths.contains(&width);
    let one = dialect.delimiter != 0 || width == 1;
    (usual && simple(dialect) && one).then_some(width)
}

/// Whether masks can tell records of this dialect.
fn simple(dialect: &Dialect) -> bool {
    let delimiter = matches!(dialect.delimiter, 0 | b',' | b';' | b'\t' | b'|');
    let header = memchr::memchr2(b'\n', b'\r', &dialect.header).is_none();
    delimiter && header && !dialect.wrapped && !dialect.marked && !dialect.cr
}

impl Worker {
    /// Looks at every record of `block` (whole records). Those that are not plain are handed to
    /// `odd` in order, as texts of one record each, with their place in the block and the number of
    /// data records before them in it.
    ///
    /// `widths`: numbers of cells that need no remark.
    pub(crate) fn scan(
        &mut self,
        block: &[u8],
        dialect: &Dialect,
        widths: [usize; 2],
        scan: &mut Scan<'_, '_>,
        mut odd: impl FnMut(&mut Scan<'_, '_>, Odd<'_>),
    ) {
        let width = plain_width(dialect, scan, widths);
        #[cfg(test)]
        let width = width.filter(|_| !self.careful);
        let Some(width) = width else {
            return odd(
                scan,
                Odd {
                    text: block,
                    start: 0,
                    rows: 0,
                },
            );
        };
        self.plain = PlainRows {
            blank: vec![0; width],
            recognised: vec![0; width],
            ..PlainRows::default()
        };
        let (mut at, mut rows, mut segment) = (0, 0, SEGMENT);
        // A mark at the start of the text would be taken for a cell's content.
        if block.starts_with(b"\xEF\xBB\xBF") {
            rows += one_record(block, &mut at, rows, dialect, scan, &mut odd);
        }
        while at < block.len() {
            let text = &block[at..block.len().min(at + segment)];
            let last = at + text.len() == block.len();
            let (done, stuck) = simd::with_bits(|| self.rows(text, width, dialect, scan));
            simd::with_bits(|| self.runs(&text[..done], scan));
            for row in 0..self.rows.len() {
                let Row {
                    start, next, what, ..
                } = self.rows[row];
                match what {
                    What::Plain => rows += 1,
                    What::Blank => {}
                    What::Odd => {
                        let start = at + start as usize;
                        odd(
                            scan,
                            Odd {
                                text: &block[start..at + next as usize],
                                start,
                                rows,
                            },
                        );
                        let kind = dialect.kind(record_of(&block[start..at + next as usize]));
                        rows += u64::from(kind == Kind::Data);
                    }
                }
            }
            at += done;
            segment = (segment * 2).min(SEGMENT);
            if stuck || (done == 0 && last) {
                rows += one_record(block, &mut at, rows, dialect, scan, &mut odd);
                segment = SEGMENT_MIN;
            } else if done == 0 {
                segment = text.len() * 4;
            }
        }
        scan.plain_rows(&self.plain);
    }

    /// Finds the records of `text` and counts the blank cells of the plain ones. Returns how far it
    /// came, and whether there is a record with odd quoting there.
    #[inline(always)]
    fn rows(
        &mut self,
        text: &[u8],
        width: usize,
        dialect: &Dialect,
        scan: &Scan<'_, '_>,
    ) -> (usize, bool) {
        self.masks.clear();
        simd::masks(text, dialect.delimiter, &mut self.masks);
        self.masks.push(Masks::default());
        self.words.clear();
        self.rows.clear();
        self.blanks.clear();
        let (mut delimiters, mut ends) = (0_u32, 0_u32);
        // What is known of the last byte of the word before.
        let (mut inside, mut begins, mut returned, mut closed) = (0_u64, 1_u64, 0_u64, 0_u64);
        let mut row = Row {
            start: 0,
            next: 0,
            delimiters: 0,
            what: What::Plain,
        };
        let (validate, all_cells) = (scan.validates(), scan.compares_cells());
        let mut hints = Hints::default();
        // Whether a cell of the row needs a closer look.
        let mut closer = all_cells;
        for (ix, pair) in self.masks.windows(2).enumerate() {
            let (m, next) = (pair[0], pair[1]);
            let mut delimiter = m.delimiter;
            let mut lf = m.lf;
            let mut bad = 0;
            let mut opens = 0;
            let mut closes = 0;
            let mut outside = !0;
            if m.quote | inside != 0 {
                let within = parity(m.quote) ^ inside;
                inside = ((within as i64) >> 63) as u64;
                outside = !within;
                opens = m.quote & within;
                closes = m.quote & outside;
                delimiter &= outside;
                lf &= outside;
                let before = (delimiter | lf | closes) << 1 | begins | closed;
                let after = m.delimiter | m.lf | m.cr | m.quote;
                let first = next.delimiter | next.lf | next.cr | next.quote;
                bad = opens & !before | closes & !(after >> 1 | first << 63);
            }
            let mut end = lf;
            let mut cr = 0;
            if m.cr | returned != 0 {
                let feeds = m.lf >> 1 | next.lf << 63;
                cr = m.cr & outside & feeds;
                bad |= m.cr & outside & !feeds;
                end = lf & !(cr << 1 | returned) | cr;
            }
            let starts = (delimiter | lf) << 1 | begins;
            let stops = delimiter | end;
            let first = next.low | next.quote;
            let doubtful = starts & m.low & !stops & !(cr << 1 | returned)
                | opens & starts & ((m.low | m.quote) >> 1 | first << 63);
            let hint = hints.of(&m, &next, stops | lf, validate);
            begins = (delimiter | lf) >> 63;
            returned = cr >> 63;
            closed = closes >> 63;
            let here = (ix * 64) as u32;
            let mut events = stops & starts | doubtful | end | hint;
            let mut stuck = None;
            if bad != 0 {
                let at = bad.trailing_zeros();
                events &= below(at);
                stuck = Some(at);
            }
            while events != 0 {
                let bit = events.trailing_zeros();
                let is = events & events.wrapping_neg();
                events ^= is;
                closer |= hint & is != 0;
                let rank = delimiters + (delimiter & below(bit)).count_ones() - row.delimiters;
                let blank = stops & starts & is != 0
                    || doubtful & is != 0 && blank_cell(text, (here + bit) as usize, dialect);
                if blank && row.what == What::Plain {
                    match self.plain.blank.get_mut(rank as usize) {
                        Some(count) => {
                            *count += 1;
                            self.blanks.push(rank);
                        }
                        None => row.what = What::Odd,
                    }
                }
                if end & is != 0 {
                    let at = here + bit;
                    row.next = at + 1 + u32::from(cr & is != 0);
                    let record = &text[row.start as usize..at as usize];
                    if rank as usize + 1 != width {
                        row.what = What::Odd;
                    }
                    let lead = record.first().is_none_or(|&b| b <= b' ');
                    if lead || record.len() == dialect.header.len() {
                        match dialect.kind(record) {
                            Kind::Data => {}
                            Kind::Header => row.what = What::Odd,
                            Kind::Blank => row.what = What::Blank,
                        }
                    }
                    if closer && row.what == What::Plain && odd_cells(record, dialect, scan) {
                        row.what = What::Odd;
                    }
                    closer = all_cells;
                    match row.what {
                        What::Plain => self.plain.rows += 1,
                        _ => {
                            for &column in &self.blanks {
                                self.plain.blank[column as usize] -= 1;
                            }
                        }
                    }
                    self.blanks.clear();
                    self.rows.push(row);
                    row = Row {
                        start: row.next,
                        next: row.next,
                        delimiters: delimiters + (delimiter & below(bit)).count_ones(),
                        what: What::Plain,
                    };
                }
            }
            self.words.push(Word {
                delimiter,
                end,
                delimiters,
                ends,
            });
            delimiters += delimiter.count_ones();
            ends += end.count_ones();
            if stuck.is_some() {
                self.forget(&row);
                return (row.start as usize, true);
            }
        }
        self.forget(&row);
        (row.start as usize, false)
    }

    /// Takes back what was counted of a row that is not finished.
    fn forget(&mut self, row: &Row) {
        debug_assert!(row.what != What::Blank);
        for &column in &self.blanks {
            self.plain.blank[column as usize] -= 1;
        }
        self.blanks.clear();
    }

    /// Looks at every long run of `text`, whose rows are known.
    #[inline(always)]
    fn runs(&mut self, text: &[u8], scan: &mut Scan<'_, '_>) {
        let mut current = usize::MAX;
        let (mut runs, mut addresses) = (0, Vec::new());
        let mut long = Long::default();
        let words = text.len().div_ceil(64);
        for ix in 0..words {
            let mut last = long.ends(self.masks[ix].run(), self.masks[ix + 1].run());
            while last != 0 {
                let bit = last.trailing_zeros();
                last &= last - 1;
                let end = ix * 64 + bit as usize + 1;
                let start = self.run_start(ix, bit);
                if end > text.len() {
                    return;
                }
                let word = &self.words[start / 64];
                let low = below(start as u32 % 64);
                let row = (word.ends + (word.end & low).count_ones()) as usize;
                let Some(of) = self.rows.get_mut(row) else {
                    return;
                };
                if row != current {
                    current = row;
                    runs = 0;
                    addresses.clear();
                }
                if of.what != What::Plain {
                    continue;
                }
                let long = end - start > RUN.1;
                let run = match long {
                    false => scan.peek(text, start, end),
                    true if scan.holds_listed_words(&text[start..end]) => Run::Odd,
                    true => Run::Nothing,
                };
                match run {
                    Run::Nothing if long => continue,
                    Run::Nothing => {}
                    Run::Address => {
                        let rank = word.delimiters + (word.delimiter & low).count_ones();
                        let column = (rank - of.delimiters) as usize;
                        self.plain.recognised[column] += 1;
                        addresses.push(column);
                    }
                    Run::Odd => {
                        self.plain.runs -= runs;
                        for column in addresses.drain(..) {
                            self.plain.recognised[column] -= 1;
                        }
                        self.not_plain(row, text);
                        continue;
                    }
                }
                runs += 1;
                self.plain.runs += 1;
            }
        }
    }

    /// Takes back what was counted of a row of `text`, so that it can be looked at in full.
    #[cold]
    fn not_plain(&mut self, row: usize, text: &[u8]) {
        let Row { start, next, .. } = self.rows[row];
        self.rows[row].what = What::Odd;
        self.plain.rows -= 1;
        let mut column = 0;
        let (mut at, end) = (start as usize, next as usize);
        let mut fresh = true;
        while at < end {
            let word = &self.words[at / 64];
            let bit = 1 << (at % 64);
            let stops = word.delimiter & bit != 0 || word.end & bit != 0;
            if fresh && (stops || blank_at(text, &self.words, at)) {
                self.plain.blank[column] -= 1;
            }
            fresh = word.delimiter & bit != 0;
            column += usize::from(fresh);
            if word.end & bit != 0 {
                return;
            }
            at += 1;
        }
    }

    /// Where the run starts whose last byte is bit `bit` of word `ix`.
    #[inline(always)]
    fn run_start(&self, ix: usize, bit: u32) -> usize {
        let mut ix = ix;
        let mut gaps = !self.masks[ix].run() & below(bit);
        while gaps == 0 {
            if ix == 0 {
                return 0;
            }
            ix -= 1;
            gaps = !self.masks[ix].run();
        }
        ix * 64 + 64 - gaps.leading_zeros() as usize
    }
}

/// Whether a cell of a plain record needs more than its runs looked at.
#[cold]
fn odd_cells(record: &[u8], dialect: &Dialect, scan: &Scan<'_, '_>) -> bool {
    let mut cells = Vec::new();
    // A mark at the start of the input is nothing that a plain block has.
    dialect.cells(record, 1, &mut cells);
    cells
        .iter()
        .any(|(_, cell)| scan.is_odd_cell(cell.trim_ascii()))
}

impl Masks {
    /// ASCII letters and digits.
    #[inline(always)]
    const fn run(&self) -> u64 {
        self.digit | self.letter
    }
}

/// `word` moved up by `by`, with the top bits of the word `before` moving in.
#[inline(always)]
const fn moved(word: u64, before: u64, by: u32) -> u64 {
    word << by | before >> (64 - by)
}

/// Finds the ends of runs of at least [`RUN`] bytes, word after word.
#[derive(Default)]
struct Long([u64; 5]);

const _: () = assert!(RUN.0 == 25, "1 + 1 + 2 + 4 + 8 + 9");

impl Long {
    /// The last bytes of long runs in the word `run`, which is followed by `next`.
    #[inline(always)]
    fn ends(&mut self, run: u64, next: u64) -> u64 {
        // `x` has a bit where so many bytes in a row, up to this one, are of a run.
        let mut x = run;
        for (before, shift) in self.0.iter_mut().zip([1, 2, 4, 8, 9]) {
            let shifted = moved(x, *before, shift);
            *before = x;
            x &= shifted;
        }
        x & !(run >> 1 | next << 63)
    }
}

/// Finds, word after word, what a cell may be odd for: every odd cell has a hint, few others do.
#[derive(Default)]
struct Hints {
    run: u64,
    two: u64,
    four: u64,
    dot: u64,
    stop: u64,
    fragment: u64,
    /// Whether the word before ended inside the leading digits, or letters, of a run.
    digits: bool,
    letters: bool,
    /// Whether the cell at the end of the word before had a fragment.
    pending: bool,
}

impl Hints {
    /// `stops`: where cells and records end.
    #[inline(always)]
    fn of(&mut self, m: &Masks, next: &Masks, stops: u64, validate: bool) -> u64 {
        // `0.0.7`, `a.near`, `b.tg`.
        let letters = m.letter >> 1 | next.letter << 63;
        let mut hint = m.dot & (moved(m.dot, self.dot, 2) | letters);
        if validate {
            hint |= m.wild | m.dot & moved(m.dot, self.dot, 1) | self.fragments(m, stops);
        }
        self.dot = m.dot;
        hint
    }

    /// The second and later runs of at least four letters and digits, some of each, in a cell; one
    /// place behind their ends.
    #[inline(always)]
    fn fragments(&mut self, m: &Masks, stops: u64) -> u64 {
        let run = m.run();
        let before = moved(run, self.run, 1);
        let first = run & !before;
        let ended = before & !run;
        // An addition carries a bit from the start of a run through all its leading digits.
        let (sum, over) = m
            .digit
            .overflowing_add(first & m.digit | u64::from(self.digits));
        let after_digits = sum & !m.digit;
        self.digits = over;
        let (sum, over) = m
            .letter
            .overflowing_add(first & m.letter | u64::from(self.letters));
        let after_letters = sum & !m.letter;
        self.letters = over;
        let two = run & before;
        let four = two & moved(two, self.two, 2);
        let fragment = ended & !after_digits & !after_letters & moved(four, self.four, 1);
        // In the same way from a fragment through its cell to the next fragment.
        let stopped = moved(stops, self.stop, 1);
        let through = !(stopped | fragment);
        let from = moved(fragment, self.fragment, 1);
        let (sum, over) = through.overflowing_add(from | u64::from(self.pending));
        self.pending = over;
        self.run = run;
        self.two = two;
        self.four = four;
        self.stop = stops;
        self.fragment = fragment;
        sum & !through & fragment
    }
}

/// A text of one record, to be looked at in full.
pub(crate) struct Odd<'a> {
    /// The record with its line end.
    pub(crate) text: &'a [u8],
    /// Where it starts in the block.
    pub(crate) start: usize,
    /// Data records before it in the block.
    pub(crate) rows: u64,
}

/// Hands over the record at `at` and passes it; returns how many data records it was.
fn one_record(
    block: &[u8],
    at: &mut usize,
    rows: u64,
    dialect: &Dialect,
    scan: &mut Scan<'_, '_>,
    odd: &mut impl FnMut(&mut Scan<'_, '_>, Odd<'_>),
) -> u64 {
    let end = dialect.record(block, *at, true);
    let kind = dialect.kind(&block[*at..end.end]);
    odd(
        scan,
        Odd {
            text: &block[*at..end.next],
            start: *at,
            rows,
        },
    );
    *at = end.next;
    u64::from(kind == Kind::Data)
}

/// A record without its line end.
fn record_of(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Whether the cell that starts at `at` with white space or a quote is blank.
fn blank_cell(text: &[u8], at: usize, dialect: &Dialect) -> bool {
    let ends = |b: u8| b == dialect.delimiter && b != 0 || b == b'\n' || b == b'\r';
    if text[at] != b'"' {
        let cell = &text[at..];
        let end = cell.iter().position(|&b| ends(b)).unwrap_or(cell.len());
        return cell[..end].trim_ascii().is_empty();
    }
    let cell = &text[at + 1..];
    let first = cell.iter().position(|b| !b.is_ascii_whitespace());
    // A quote after nothing but white space closes the cell, unless it is doubled.
    first.is_some_and(|p| cell[p] == b'"' && cell.get(p + 1) != Some(&b'"'))
}

/// The same for a cell of rows already found.
fn blank_at(text: &[u8], words: &[Word], at: usize) -> bool {
    if !(text[at] == b'"' || text[at].is_ascii_whitespace()) {
        return false;
    }
    let stop = (at..text.len())
        .find(|&p| (words[p / 64].delimiter | words[p / 64].end) >> (p % 64) & 1 == 1)
        .unwrap_or(text.len());
    let cell = &text[at..stop];
    let inner = cell
        .strip_prefix(b"\"")
        .and_then(|c| c.strip_suffix(b"\""))
        .unwrap_or(cell);
    inner.trim_ascii().is_empty()
}

/// What was seen on the way through a buffer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Whether there may be NULs or bytes beyond ASCII.
    pub(crate) odd: bool,
    /// Line feeds up to the cut, if they were counted.
    pub(crate) feeds: Option<u64>,
}

impl Seen {
    /// Nothing is known.
    pub(crate) const UNKNOWN: Self = Self {
        odd: true,
        feeds: None,
    };
}

/// What [`split::cut`] answers, found by masks. `masks` is a buffer.
pub(crate) fn cut(
    buffer: &[u8],
    dialect: &Dialect,
    last: bool,
    force: bool,
    masks: &mut Vec<LineMasks>,
) -> (Cut, Seen) {
    let careful = || (split::cut(buffer, dialect, last, force), Seen::UNKNOWN);
    if !simple(dialect) {
        return careful();
    }
    let mut found = Cut::default();
    let mut seen = Seen {
        odd: false,
        feeds: Some(0),
    };
    let mut segment = SEGMENT;
    while found.end < buffer.len() {
        let text = &buffer[found.end..];
        let text = &text[..text.len().min(segment)];
        let all = found.end + text.len() == buffer.len();
        let lines = simd::with_bits(|| lines(text, dialect, masks));
        found.records += lines.records;
        found.end += lines.end;
        seen.odd |= lines.odd;
        seen.feeds = seen.feeds.map(|feeds| feeds + lines.feeds);
        if all && !lines.stuck {
            if last && found.end < buffer.len() {
                // The last record has no line end.
                let rest = split::cut(&buffer[found.end..], dialect, true, force);
                found.end += rest.end;
                found.records += rest.records;
                seen = Seen::UNKNOWN;
            } else if force && found.end == 0 {
                return careful();
            }
            return (found, seen);
        }
        if lines.stuck {
            let record = dialect.record(buffer, found.end, last);
            if !record.whole {
                if force && found.end == 0 {
                    return careful();
                }
                return (found, seen);
            }
            let kind = dialect.kind(&buffer[found.end..record.end]);
            found.records += u64::from(kind == Kind::Data);
            found.end = record.next;
            seen = Seen::UNKNOWN;
            if record.open {
                return (found, seen);
            }
            segment = SEGMENT_MIN;
        } else if lines.end == 0 {
            segment = segment.saturating_mul(2);
        } else {
            segment = SEGMENT;
        }
    }
    (found, seen)
}

/// What [`lines`] found.
#[derive(Default)]
struct Lines {
    /// End of the last whole plain record.
    end: usize,
    /// Data records up to there.
    records: u64,
    /// Line feeds up to there.
    feeds: u64,
    /// Whether there is a NUL or a byte beyond ASCII anywhere.
    odd: bool,
    /// Whether a record with odd quoting follows.
    stuck: bool,
}

#[inline(always)]
fn lines(text: &[u8], dialect: &Dialect, masks: &mut Vec<LineMasks>) -> Lines {
    masks.clear();
    let heading = dialect.header.first().copied().unwrap_or(b' ');
    simd::lines(text, heading, masks);
    masks.push(LineMasks::default());
    let mut found = Lines::default();
    let (mut odd, mut feeds) = (0, 0);
    let (mut inside, mut begins) = (0_u64, 1_u64);
    // Start of a record that may be blank or a heading.
    let mut doubt = None;
    for (ix, pair) in masks.windows(2).enumerate() {
        let (m, next) = (pair[0], pair[1]);
        let here = ix * 64;
        let mut lf = m.lf;
        odd |= m.odd;
        if m.quote | inside | m.cr != 0 {
            let within = parity(m.quote) ^ inside;
            inside = ((within as i64) >> 63) as u64;
            lf &= !within;
            let mut bad = m.cr & !within & !(m.lf >> 1 | next.lf << 63);
            let mut quotes = m.quote;
            while quotes != 0 {
                let bit = quotes.trailing_zeros();
                quotes &= quotes - 1;
                let at = here + bit as usize;
                let fine = if within >> bit & 1 == 1 {
                    let before = at.checked_sub(1).map_or(b'\n', |p| text[p]);
                    // A quote before it closed a cell or is the first of a pair.
                    before == b'\n' || before == b'"' || is_delimiter(before, dialect)
                } else {
                    let after = text.get(at + 1).copied().unwrap_or(b'\n');
                    matches!(after, b'\n' | b'\r' | b'"') || is_delimiter(after, dialect)
                };
                if !fine {
                    bad |= 1 << bit;
                    break;
                }
            }
            if bad != 0 {
                found.stuck = true;
                lf &= below(bad.trailing_zeros());
            }
        }
        if lf != 0 {
            let past = 64 - lf.leading_zeros();
            found.end = here + past as usize;
            found.records += u64::from(lf.count_ones());
            found.feeds = feeds + u64::from((m.lf << (64 - past)).count_ones());
        }
        feeds += u64::from(m.lf.count_ones());
        if begins & m.special != 0 {
            doubt = Some(here);
        }
        if doubt.is_some() || (lf << 1) & m.special != 0 {
            let mut ends = lf;
            while ends != 0 {
                let bit = ends.trailing_zeros();
                ends &= ends - 1;
                let at = here + bit as usize;
                if let Some(start) = doubt.take() {
                    let record = &text[start..at];
                    let record = record.strip_suffix(b"\r").unwrap_or(record);
                    found.records -= u64::from(dialect.kind(record) != Kind::Data);
                }
                if m.special.checked_shr(bit + 1).unwrap_or(0) & 1 == 1 {
                    doubt = Some(at + 1);
                }
            }
        }
        begins = lf >> 63;
        if found.stuck {
            break;
        }
    }
    found.odd = odd != 0;
    found
}

fn is_delimiter(byte: u8, dialect: &Dialect) -> bool {
    byte == dialect.delimiter && byte != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::text::{self, Block, Blocks};
    use crate::input::{dialect, encoding::Decoded};
    use crate::list::{Entity, ListBuilder, ListSet, NewListing, Snapshot, Source};
    use crate::screen::{Coverage, ScanOptions, Screener, Unique};
    use proptest::prelude::*;

    /// Addresses from EIP-55, BIP-173 and the first blocks, and texts that are none.
    const LISTED: &[&str] = &[
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "ACME",
        "a b",
        "abcdefghijklmnopqrstuvwxyzabc (old)",
    ];

    fn lists() -> ListSet {
        let source = Source::own("test", "Test", "lines");
        let snapshot = Snapshot {
            sha256: "".into(),
            bytes: 0,
            url: "".into(),
            retrieved_at: None,
            published_on: None,
            bundled: false,
        };
        let mut builder = ListBuilder::new(source, snapshot);
        let entity = builder.entity(Entity::default());
        for text in LISTED {
            builder.listing(
                entity,
                NewListing {
                    text,
                    ..NewListing::default()
                },
            );
        }
        ListSet::new(vec![builder.finish().unwrap()])
    }

    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            8 => Just(","),
            4 => Just("\n"),
            1 => Just("\r\n"),
            1 => Just("\""),
            1 => Just("\"\""),
            2 => Just(",\""),
            2 => Just("\","),
            1 => Just("\r"),
            1 => Just(" "),
            1 => Just("\t"),
            1 => Just(","),
            1 => Just("-"),
            1 => Just("\u{feff}"),
            1 => Just("a,b,c\n"),
            1 => Just("\na,b,c\r\n"),
            1 => Just("x"),
            1 => Just("1,\"two, \"\"three\"\"\",4\n"),
            1 => Just("5,6,\"7\n8\"\n"),
            1 => Just("ACME"),
            1 => Just("a b"),
            1 => Just("abcdefghijklmnopqrstuvwxyzabc (old)"),
            1 => Just("abcdefghijklmnopqrstuvwxyzabc"),
            1 => Just("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
            1 => Just("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
            1 => Just("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
            2 => Just("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
            1 => Just("0xfb6916095cA1df60bB79Ce92cE3Ea74c37c5d359"),
            2 => Just("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"),
            1 => Just("\u{e9}\u{2026}"),
            1 => Just("0x5aAe...eAed"),
            1 => Just("0.0.1234"),
            1 => Just("alice.near"),
            1 => Just("0x0000000000000000000000005aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
            1 => Just("0x000000000000000000000000fb6916095ca1df60bb79ce92ce3ea74c37c5d359"),
            1 => Just("12ab"),
            1 => Just("bc1q w508 d6qe jxtd g4y5 r3za rvar y0c5 xw7k v8f3 t4"),
            1 => Just("EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N"),
            1 => Just("bitcoin%3A1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
            1 => Just("-"),
            1 => Just("/"),
            1 => Just("."),
            1 => Just("123456789012345678901234567890"),
        ];
        prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
    }

    fn answer(scans: Vec<Scan<'_, '_>>) -> String {
        let mut scans = scans.into_iter();
        let mut scan = scans.next().expect("there is one");
        scans.for_each(|part| scan.merge(part));
        scan.hits.sort_by_key(|hit| hit.at);
        scan.near.sort_by_key(|near| near.hit.at);
        let hits = format!("{:#?} {:#?}", scan.hits, scan.near);
        let (mut coverage, mut unique) = (Coverage::default(), Unique::default());
        let findings = scan.finish(0, &mut coverage, &mut unique);
        format!("{:?} {coverage:#?} {hits} {findings:#?}", unique.count())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn cuts_like_the_reference(
            text in pieces(), last in any::<bool>(), force in any::<bool>(), from in 0..8_usize
        ) {
            let dialect = Dialect { delimiter: b',', header: (*b"a,b,c").into(), ..Dialect::default() };
            let text = &text.as_bytes()[from.min(text.len())..];
            prop_assert_eq!(
                cut(text, &dialect, last, force, &mut Vec::new()).0,
                split::cut(text, &dialect, last, force)
            );
        }

        #[test]
        fn answers_like_the_reference(
            text in pieces(), header in any::<bool>(), validate in any::<bool>(),
            size in 1..300_usize, workers in 1..4_usize
        ) {
            let text = match header {
                true => format!("a,b,c\n{text}").into_bytes(),
                false => text.into_bytes(),
            };
            let lists = lists();
            let screener = Screener::new(&lists);
            let given = dialect::Given { delimiter: Some(b','), header: None };
            let shape = dialect::detect(&text, true, given);
            let mapping = crate::input::columns::map(&shape.headings, &shape.rows);
            let options = ScanOptions {
                validate,
                ..ScanOptions::default()
            };
            let new = || Scan::new(&screener, options, "test", &mapping.layout);

            let mut careful = Worker { careful: true, ..Worker::default() };
            let mut whole = new();
            let rest = text.get(shape.data..).unwrap_or_default();
            let lines = split::lines(&text[..text.len() - rest.len()], &shape.dialect);
            let block = Block {
                bytes: rest.to_vec(),
                lines,
                byte: shape.data as u64,
                seen: Seen::UNKNOWN,
                ..Block::default()
            };
            if !rest.is_empty() {
                text::scan(&block, &shape, &mut careful, &mut whole);
            }

            let decoded = Decoded::new(&*text, encoding_rs::UTF_8);
            let mut blocks = Blocks::with_size(decoded, size, size.max(shape.data));
            blocks.skip(shape.data, &shape.dialect);
            let mut parts: Vec<_> = (0..workers).map(|_| (Worker::default(), new())).collect();
            let mut n = 0;
            let mut block = Block::default();
            while blocks.next(&shape.dialect, &mut block) {
                let (worker, scan) = &mut parts[n % workers];
                text::scan(&block, &shape, worker, scan);
                n += 1;
            }
            let parts = parts.into_iter().map(|(_, scan)| scan).collect();
            let (fast, careful) = (answer(parts), answer(vec![whole]));
            for (fast, careful) in fast.lines().zip(careful.lines()) {
                prop_assert_eq!(fast, careful);
            }
            prop_assert_eq!(fast.len(), careful.len());
        }
    }
}
