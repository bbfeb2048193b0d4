//! The fast way through plain text: whole blocks by bit masks, records only where it matters.
//!
//! It answers exactly as `split` and [`Scan::record`] would, and hands back everything that is not
//! plain: records with odd quoting, with another number of cells, with anything to report. Plain
//! records are counted, not visited. It knows nothing of files and threads.

mod grid;
mod hints;
mod pass;
#[cfg(test)]
mod tests;

use super::split::{self, Dialect, Kind};
use crate::screen::{Looked, PlainRows, Role, Scan, Unmet, unmet};
use crate::simd::{self, Work};
use grid::Grid;
use pass::Found;
use std::ops::Range;

/// Bytes that are looked at in one go: what is noted of them stays in the nearest cache.
const SEGMENT: usize = if cfg!(test) { 1 << 8 } else { 1 << 15 };
/// The same just after a record with odd quoting, where the next one is likely to be odd too.
const SEGMENT_MIN: usize = if cfg!(test) { 1 << 6 } else { 1 << 10 };

/// Buffers of one worker.
#[derive(Default)]
pub(crate) struct Worker {
    /// Take no record for plain: what the fast way is compared with.
    #[cfg(test)]
    pub(crate) careful: bool,
    found: Found,
    looked: Looked,
    marks: Marks,
    plain: PlainRows,
    parties: Parties,
    grid: Grid,
    /// Places of a segment at which something odd stands.
    odd_places: Vec<u32>,
    /// Records to be looked at in full.
    odd: Vec<Odd>,
}

/// Records to be looked at in full.
#[derive(Clone, Debug)]
pub(crate) struct Odd {
    /// Where they are in the block, with their line ends.
    pub(crate) at: Range<usize>,
    /// Data records before them in the block.
    pub(crate) rows: u64,
}

/// How much is in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Data records.
    pub(crate) rows: u64,
    /// Line ends.
    pub(crate) lines: u64,
}

/// One bit for each record of a segment.
#[derive(Default)]
struct Marks(Vec<u64>);

impl Marks {
    fn clear(&mut self, rows: usize) {
        self.0.clear();
        self.0.resize(rows.div_ceil(64), 0);
    }

    #[inline]
    fn set(&mut self, row: usize) {
        self.0[row / 64] |= 1 << (row % 64);
    }

    #[inline]
    fn has(&self, row: usize) -> bool {
        self.0[row / 64] >> (row % 64) & 1 == 1
    }

    /// The records below `rows` without a mark.
    fn missing(&self, rows: usize) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate();
        words
            .filter(|(_, word)| **word != !0)
            .flat_map(move |(ix, &word)| {
                let all = ix * 64..(ix * 64 + 64).min(rows);
                all.filter(move |row| word >> (row % 64) & 1 == 0)
            })
    }

    fn any(&self) -> bool {
        self.0.iter().any(|word| *word != 0)
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(ix, &word)| {
            let next = |word: &u64| (word & (word - 1) != 0).then_some(word & (word - 1));
            std::iter::successors((word != 0).then_some(word), next)
                .map(move |word| ix * 64 + word.trailing_zeros() as usize)
        })
    }
}

/// Columns of counterparties, and in which records of a segment their cells are addresses or blank.
#[derive(Default)]
struct Parties {
    /// Of each column of the layout: its place in `met`.
    places: Vec<Option<u32>>,
    columns: Vec<(usize, Role)>,
    met: Vec<Marks>,
    /// Records that hold something else there, so that they have to be looked at in full.
    late: Marks,
}

impl Parties {
    fn set(&mut self, scan: &Scan<'_, '_>) {
        let party = |role| matches!(role, Role::From | Role::To | Role::Party | Role::Own);
        let columns = scan.layout().columns.iter();
        let roles = columns.map(|c| (scan.validates() && party(c.role)).then_some(c.role));
        self.places.clear();
        self.columns.clear();
        for (column, role) in roles.enumerate() {
            self.places.push(role.map(|_| self.columns.len() as u32));
            self.columns.extend(role.map(|role| (column, role)));
        }
        self.met.resize_with(self.columns.len(), Marks::default);
    }

    fn clear(&mut self, rows: usize) {
        self.met.iter_mut().for_each(|met| met.clear(rows));
    }

    /// A cell of `column` is an address or blank.
    #[inline(always)]
    fn met(&mut self, column: usize, row: usize) {
        if let Some(place) = self.places[column] {
            self.met[place as usize].set(row);
        }
    }

    /// Finds the records, other than `marks`, that have to be looked at in full; the others with
    /// something else than an address are counted. Whether there is one.
    fn unmet<'t>(
        &mut self,
        rows: usize,
        marks: &Marks,
        dialect: &Dialect,
        record: impl Fn(usize) -> &'t [u8],
        scan: &mut Scan<'_, '_>,
    ) -> bool {
        self.late.clear(rows);
        let mut others = Vec::new();
        let mut cells = Vec::new();
        for (&(column, role), met) in self.columns.iter().zip(&self.met) {
            for row in met.missing(rows).filter(|row| !marks.has(*row)) {
                cells.clear();
                dialect.cells(record(row), 1, &mut cells);
                match cells
                    .get(column)
                    .map(|(_, cell)| unmet(cell.trim_ascii(), role))
                {
                    None | Some(Unmet::Blank) => {}
                    Some(Unmet::Other(kind)) => others.push((row, kind)),
                    Some(Unmet::Name | Unmet::Unread) => self.late.set(row),
                }
            }
        }
        for (row, kind) in others {
            if !self.late.has(row) {
                scan.other(kind);
            }
        }
        self.late.any()
    }
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
    /// Looks at every plain record of `block` (whole records), and counts all.
    ///
    /// `widths`: numbers of cells that need no remark.
    pub(crate) fn scan(
        &mut self,
        block: &[u8],
        dialect: &Dialect,
        widths: [usize; 2],
        scan: &mut Scan<'_, '_>,
    ) -> Counts {
        self.odd.clear();
        let width = plain_width(dialect, scan, widths);
        #[cfg(test)]
        let width = width.filter(|_| !self.careful);
        let mut counts = Counts::default();
        let Some(width) = width else {
            self.odd.push(Odd {
                at: 0..block.len(),
                rows: 0,
            });
            return Counts {
                rows: split::count(block, dialect),
                lines: split::lines(block, dialect),
            };
        };
        self.plain.clear(width);
        self.parties.set(scan);
        self.grid.set(width);
        let (mut at, mut segment) = (0, SEGMENT);
        // A mark at the start of the text would be taken for a cell's content.
        if block.starts_with(b"\xEF\xBB\xBF") {
            self.one_record(block, &mut at, &mut counts, dialect);
        }
        while at < block.len() {
            let text = &block[at..block.len().min(at + segment)];
            let last = at + text.len() == block.len();
            match scan.validates() {
                true => self.found.pass::<true>(text, dialect.delimiter),
                false => self.found.pass::<false>(text, dialect.delimiter),
            }
            let done = self.found.done();
            self.records(&text[..done], at, width, dialect, scan, &mut counts);
            at += done;
            segment = (segment * 2).min(SEGMENT);
            if self.found.stuck || (done == 0 && last) {
                self.one_record(block, &mut at, &mut counts, dialect);
                segment = SEGMENT_MIN;
            } else if done == 0 {
                segment = text.len() * 4;
            }
        }
        scan.plain_rows(&self.plain);
        counts
    }

    /// What is left to be looked at in full, in order.
    pub(crate) fn odd(&self) -> &[Odd] {
        &self.odd
    }

    /// Leaves the record at `at` to be looked at in full, and passes it.
    fn one_record(&mut self, block: &[u8], at: &mut usize, counts: &mut Counts, dialect: &Dialect) {
        let end = dialect.record(block, *at, true);
        self.odd.push(Odd {
            at: *at..end.next,
            rows: counts.rows,
        });
        counts.rows += u64::from(dialect.kind(&block[*at..end.end]) == Kind::Data);
        counts.lines += split::lines(&block[*at..end.next], dialect);
        *at = end.next;
    }

    /// Looks at the records of `text`, all of it, in which a pass found what it found.
    fn records(
        &mut self,
        text: &[u8],
        at: usize,
        width: usize,
        dialect: &Dialect,
        scan: &mut Scan<'_, '_>,
        counts: &mut Counts,
    ) {
        let Self { found, looked, .. } = self;
        let mut odd = std::mem::take(&mut self.odd_places);
        odd.clear();
        // Where the cell that was looked at last ends: a long one may have many hints.
        let mut seen = None;
        for &hint in &found.hints {
            if seen.is_some_and(|end| hint as usize <= end) {
                continue;
            }
            let (start, end) = found.cell(hint);
            if scan.is_odd_cell(inner(&text[start..end])) {
                odd.push(hint);
            }
            seen = Some(end);
        }
        scan.look(text, found.runs(), found.joined(), looked);
        let runs = looked.odd.iter();
        odd.extend(runs.map(|&run| found.runs()[run as usize][0]));
        if !odd.is_empty() || !self.all_plain(text, width, dialect, scan, counts) {
            self.each_record(text, at, width, dialect, &odd, scan, counts);
        }
        self.odd_places = odd;
    }

    /// Counts the records of `text` if all of them are plain, cell by cell; false: there is one that
    /// is not.
    fn all_plain(
        &mut self,
        text: &[u8],
        width: usize,
        dialect: &Dialect,
        scan: &Scan<'_, '_>,
        counts: &mut Counts,
    ) -> bool {
        let Self {
            found,
            looked,
            plain,
            parties,
            grid,
            ..
        } = self;
        let cells = found.cells();
        if !grid.has(width)
            || scan.compares_cells()
            || !cells.is_multiple_of(width)
            || !grid.is_even(found.bits()[0], cells)
            || found.repeats(text, &dialect.header)
        {
            return false;
        }
        grid.fill(found, looked, cells);
        for &at in &found.doubts {
            if blank_cell(text, at as usize, dialect) {
                grid.blank.set(found.cell_of(at));
            }
        }
        if parties
            .columns
            .iter()
            .any(|&(column, _)| grid.lacks(column))
        {
            return false;
        }
        let rows = cells / width;
        plain.rows += rows as u64;
        plain.runs += (found.runs().len() - looked.long.len()) as u64;
        for column in 0..width {
            plain.blank[column] += grid.count(&grid.blank, column);
            plain.recognised[column] += grid.count(&grid.address, column);
        }
        for cell in &grid.again {
            plain.recognised[cell % width] += 1;
        }
        counts.rows += rows as u64;
        counts.lines += (rows + found.inner.len()) as u64;
        true
    }

    /// Looks at the records of `text` one by one; something odd stands at the places `odd`.
    #[expect(
        clippy::too_many_arguments,
        reason = "what `records` was given, and what it found"
    )]
    fn each_record(
        &mut self,
        text: &[u8],
        at: usize,
        width: usize,
        dialect: &Dialect,
        odd: &[u32],
        scan: &mut Scan<'_, '_>,
        counts: &mut Counts,
    ) {
        let Self {
            found,
            looked,
            marks,
            plain,
            parties,
            ..
        } = self;
        found.list();
        let rows = found.ends().len();
        marks.clear(rows);
        let header = dialect.header.len();
        let (mut start, mut before) = (0, 0);
        for (row, end) in found.ends().iter().enumerate() {
            let cells = (end.delimiters - before) as usize + 1;
            let len = end.at as usize - start;
            // It may be blank or the header.
            let doubt = text[start] <= b' ' || len == header || len == header + 1;
            if (cells != width) | doubt {
                let plain = cells == width
                    && dialect.kind(line(&text[start..=end.at as usize])) == Kind::Data;
                if !plain {
                    marks.set(row);
                }
            }
            (start, before) = (end.at as usize + 1, end.delimiters);
        }
        if scan.compares_cells() {
            for row in 0..rows {
                let (start, end) = found.record(row);
                if !marks.has(row) && odd_cells(line(&text[start..=end]), dialect, scan) {
                    marks.set(row);
                }
            }
        }
        odd.iter().for_each(|&at| marks.set(found.row(at)));
        let any = marks.any();
        parties.clear(rows);
        plain.runs += found.runs().len() as u64 - looked.long.len() as u64;
        let starts = looked.addresses.iter();
        let starts = starts.map(|&run| found.runs()[run as usize][0]);
        let blank = |&&at: &&u32| blank_cell(text, at as usize, dialect);
        let blanks = found.blanks().iter();
        let blanks = blanks.chain(found.doubts.iter().filter(blank)).copied();
        let known = any.then_some(&*marks);
        let (recognised, blank) = (&mut plain.recognised, &mut plain.blank);
        simd::best(Count(found, known, starts.clone(), recognised, parties));
        simd::best(Count(found, known, blanks.clone(), blank, parties));
        let record = |row| {
            let (start, end) = found.record(row);
            line(&text[start..=end])
        };
        let late = parties.unmet(rows, marks, dialect, record, scan);
        if late {
            let late = &parties.late;
            for (places, columns) in [
                (starts.collect::<Vec<u32>>(), recognised),
                (blanks.collect(), blank),
            ] {
                for at in places {
                    let row = found.row(at);
                    columns[found.column(at, row)] -= u64::from(late.has(row));
                }
            }
            late.iter().for_each(|row| marks.set(row));
        }
        let any = any || late;
        counts.lines += (rows + found.inner.len()) as u64;
        plain.rows += rows as u64;
        if !any {
            counts.rows += rows as u64;
            return;
        }
        // Records that are no data.
        let mut others = 0;
        for row in marks.iter() {
            let (start, end) = found.record(row);
            let runs = |at: usize| found.runs().partition_point(|run| (run[0] as usize) < at);
            let of_row = runs(start)..runs(end);
            let long = |run: &u32| of_row.contains(&(*run as usize));
            let long = looked.long.iter().filter(|run| long(run)).count();
            plain.runs -= (of_row.len() - long) as u64;
            plain.rows -= 1;
            let kind = dialect.kind(line(&text[start..=end]));
            if kind != Kind::Blank {
                self.odd.push(Odd {
                    at: at + start..at + end + 1,
                    rows: counts.rows + (row - others) as u64,
                });
            }
            others += usize::from(kind != Kind::Data);
        }
        counts.rows += (rows - others) as u64;
    }
}

/// Counts places by column, but for those in marked records, and notes them.
struct Count<'a, I>(
    &'a Found,
    Option<&'a Marks>,
    I,
    &'a mut [u64],
    &'a mut Parties,
);

impl<I: Iterator<Item = u32>> Work for Count<'_, I> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        let Self(found, marks, places, columns, parties) = self;
        for at in places {
            let row = found.row(at);
            if marks.is_none_or(|marks| !marks.has(row)) {
                let column = found.column(at, row);
                columns[column] += 1;
                parties.met(column, row);
            }
        }
    }
}

/// A record without its line end.
fn line(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// The inside of a cell of a plain record.
fn inner(cell: &[u8]) -> &[u8] {
    let cell = cell.strip_suffix(b"\r").unwrap_or(cell);
    let quoted = cell.strip_prefix(b"\"").and_then(|c| c.strip_suffix(b"\""));
    quoted.unwrap_or(cell).trim_ascii()
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

/// The end of the whole records of `buffer` as [`split::cut`] finds it, by masks; and whether there
/// may be NULs or bytes beyond ASCII up to there.
pub(crate) fn cut(buffer: &[u8], dialect: &Dialect, last: bool, force: bool) -> (usize, bool) {
    let careful = || (split::cut(buffer, dialect, last, force), true);
    if !simple(dialect) {
        return careful();
    }
    let whole = pass::whole(buffer, dialect.delimiter);
    // Where one record ends decides what a stray quote behind it means: from the start, then.
    if whole.stuck || force && whole.end == 0 {
        return careful();
    }
    let (mut end, mut odd) = (whole.end, whole.odd);
    if last && end < buffer.len() {
        // The last record has no line end.
        end += split::cut(&buffer[end..], dialect, true, force);
        odd = true;
    }
    (end, odd)
}
