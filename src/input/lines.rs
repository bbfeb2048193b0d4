//! JSON records that are lines, in blocks, by several workers.
//!
//! Most lines of an export have the same text between their values (`template`). The values of such a
//! line are written out as a row (`rows`), and what is plain there is counted. Every other line, and every row in which anything is odd, goes the way of
//! `nested` with its own bytes, which alone writes findings and matches. A property test holds the
//! answer to that of `nested` alone.

#[cfg(test)]
mod tests;

use super::damage;
use super::encoding::Decoded;
use super::fast::Counts;
use super::json::{self, Columns, Kind, Piece, Records};
use super::nested::{self, Scalar};
use super::rows::Rows;
use super::template::{self, Template, Value};
use super::text::Block;
use super::workers::{self, InOrder};
use crate::screen::{Layout, Scan};
use memchr::{memchr, memchr2, memrchr};
use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Bytes of text in a block, about.
const BLOCK: usize = 1 << 18;
/// Shapes that are looked for.
const SHAPES: usize = 4;

/// Cuts a stream of lines into blocks.
pub(super) struct Blocks<R> {
    text: Decoded<R>,
    buffer: Vec<u8>,
    more: bool,
    index: usize,
    byte: u64,
    size: usize,
    /// An error that ended the stream early.
    pub(super) failed: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    /// Goes on with `records`, of which none was asked for.
    pub(super) fn new(mut records: Records<R>) -> Self {
        let failed = records.failed.take();
        let (text, buffer, more) = records.into_parts();
        Self {
            text,
            buffer,
            more,
            index: 0,
            byte: 0,
            size: BLOCK,
            failed,
        }
    }

    fn fill(&mut self, want: usize) {
        self.buffer.reserve(want);
        match self.text.fill(&mut self.buffer, want) {
            Ok(more) => self.more = more,
            Err(error) => {
                self.more = false;
                self.failed = Some(error);
            }
        }
    }

    /// The next block, in the place of one that is done with; false at the end.
    fn next(&mut self, block: &mut Block) -> bool {
        if self.more && self.buffer.len() < self.size {
            self.fill(self.size - self.buffer.len());
        }
        block.torn = false;
        let end = loop {
            if self.buffer.is_empty() {
                return false;
            }
            match memrchr(b'\n', &self.buffer) {
                _ if !self.more => break self.buffer.len(),
                Some(at) => break at + 1,
                None if self.buffer.len() >= json::RECORD_MAX => {
                    block.torn = true;
                    break self.buffer.len();
                }
                None => self.fill(self.buffer.len().max(self.size)),
            }
        };
        // The rest moves to the old block's buffer, and the buffers change places.
        block.bytes.clear();
        block.bytes.reserve(self.size + (self.size >> 2));
        block.bytes.extend_from_slice(&self.buffer[end..]);
        std::mem::swap(&mut block.bytes, &mut self.buffer);
        block.bytes.truncate(end);
        block.index = self.index;
        block.byte = self.byte;
        self.index += 1;
        self.byte += end as u64;
        true
    }
}

/// The shapes that lines are likely to have.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    templates: Vec<Template>,
}

impl Shapes {
    /// Those of `sample`, for columns that are all in `layout`.
    pub(super) fn of(sample: &[&[u8]], columns: &Columns, layout: &Layout) -> Self {
        let mut templates: Vec<Template> = Vec::new();
        if Rows::fit(layout) {
            let shape = |text: &&[u8]| Template::of(text, |path| columns.known(path));
            let mut all: Vec<_> = sample
                .iter()
                .filter_map(|text| Some((text.trim_ascii_end(), shape(text)?)))
                .collect();
            all.sort_by_key(|(_, template)| std::cmp::Reverse(template.len()));
            let mut values = vec![Value::default(); layout.columns.len()];
            for (text, template) in all {
                let known = templates.iter().any(|t| t.read(text, &mut values));
                if !known && templates.len() < SHAPES {
                    templates.push(template);
                }
            }
        }
        Self { templates }
    }
}

/// A line with a record.
#[derive(Clone, Debug)]
struct Line {
    at: Range<usize>,
    /// Lines before it in the block.
    lines: u64,
    /// Where its row is, if it has one.
    row: Option<usize>,
}

/// A record that is looked at in full.
#[derive(Debug)]
struct Odd {
    line: Line,
    /// Records before it in the block.
    rows: u64,
    /// Its scalars, or where it stops being JSON.
    found: Result<Range<usize>, Option<usize>>,
}

/// A worker and what it has seen.
struct Worker<'w, 's, 'l> {
    shapes: &'w Shapes,
    scan: Scan<'s, 'l>,
    /// The template that fitted last.
    usual: usize,
    values: Vec<Value>,
    text: Vec<u8>,
    /// Of those lines that have one.
    rows: Rows,
    lines: Vec<Line>,
    odd: Vec<Odd>,
    found: Vec<Scalar>,
    scalars: Vec<Scalar>,
    /// The columns of all workers, in the order of the input.
    all: &'w Mutex<Columns>,
    /// Those that this worker has met, and which of all they are.
    columns: Columns,
    numbers: Vec<usize>,
    exact: HashMap<u64, Box<str>>,
}

impl<'w, 's, 'l> Worker<'w, 's, 'l> {
    fn new(shapes: &'w Shapes, all: &'w Mutex<Columns>, scan: Scan<'s, 'l>) -> Self {
        let columns = all.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self {
            shapes,
            values: vec![Value::default(); scan.layout().columns.len()],
            rows: Rows::new(scan.layout()),
            scan,
            usual: 0,
            text: Vec::new(),
            lines: Vec::new(),
            odd: Vec::new(),
            found: Vec::new(),
            scalars: Vec::new(),
            all,
            numbers: (0..columns.paths.len()).collect(),
            columns,
            exact: HashMap::new(),
        }
    }

    /// Finds the lines of `block`, and writes the rows of those that have one. How many lines end.
    fn cut(&mut self, block: &Block) -> u64 {
        self.lines.clear();
        self.rows.clear();
        let bytes = &*block.bytes;
        let doubts = Doubts {
            breaks: memchr2(b'\t', b'\r', bytes).is_some(),
            rounded: damage::may_be_in(bytes),
        };
        let mark = block.byte == 0 && bytes.starts_with(b"\xEF\xBB\xBF");
        let (mut from, mut lines) = (if mark { 3 } else { 0 }, 0);
        while from < bytes.len() {
            let end = memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |at| from + at);
            let separator = |b: &&u8| b.is_ascii_whitespace() || **b == 0x1E;
            let lead = bytes[from..end].iter().take_while(separator).count();
            let at = from + lead..end;
            if !at.is_empty() {
                let torn = block.torn && end == bytes.len();
                let fits = !torn && self.write(bytes, at.clone(), &doubts);
                let row = fits.then(|| self.rows.end());
                self.lines.push(Line { at, lines, row });
            }
            lines += u64::from(end < bytes.len());
            from = end + 1;
        }
        lines
    }

    /// Writes the row of the line `at`, if it has one, and does not end it.
    fn write(&mut self, bytes: &[u8], at: Range<usize>, doubts: &Doubts) -> bool {
        let record = trimmed(&bytes[at.clone()]);
        if doubts.are_in(record) || !self.fits(record) {
            return false;
        }
        self.rows.begin();
        for (column, value) in self.values.iter().enumerate() {
            let Value {
                start,
                end,
                escaped,
            } = *value;
            if escaped {
                let common = template::plain(&record[start..end], &mut self.text).is_some();
                if !common || !self.rows.any(column, &self.text, &self.scan) {
                    return false;
                }
            } else {
                self.rows.plain(bytes, at.start + start..at.start + end);
            }
        }
        true
    }

    fn fits(&mut self, record: &[u8]) -> bool {
        let Self {
            shapes,
            usual,
            values,
            ..
        } = self;
        let Some(first) = shapes.templates.get(*usual) else {
            return false;
        };
        if first.read(record, values) {
            return true;
        }
        let mut others = 0..shapes.templates.len();
        let other = others.find(|&ix| ix != *usual && shapes.templates[ix].read(record, values));
        *usual = other.unwrap_or(*usual);
        other.is_some()
    }

    /// Finds the lines that are to be looked at in full: those without a row, and those whose row is
    /// odd; and their scalars.
    fn parse(&mut self, block: &Block) {
        self.odd.clear();
        self.scalars.clear();
        let mut is_odd = self.rows.odd();
        for (before, line) in self.lines.iter().enumerate() {
            if line.row.is_some_and(|row| !is_odd(row)) {
                continue;
            }
            let torn = block.torn && line.at.end == block.bytes.len();
            let text = &block.bytes[line.at.clone()];
            let start = self.scalars.len();
            let found = match torn {
                true => Err(None),
                false => nested::scalars(text, &mut self.columns, &mut self.found).map_err(Some),
            };
            let found = found.map(|()| {
                self.scalars.extend_from_slice(&self.found);
                start..self.scalars.len()
            });
            self.odd.push(Odd {
                line: line.clone(),
                rows: before as u64,
                found,
            });
        }
    }
}

/// A record without what is white space to JSON behind it.
fn trimmed(mut record: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\r'] = record {
        record = rest;
    }
    record
}

/// What may be in a block that does not go into a row.
struct Doubts {
    /// What would end a cell or a row.
    breaks: bool,
    /// Numbers that a spreadsheet has rounded.
    rounded: bool,
}

impl Doubts {
    fn are_in(&self, record: &[u8]) -> bool {
        self.breaks && memchr2(b'\t', b'\r', record).is_some()
            || self.rounded && damage::may_be_in(record)
    }
}

impl workers::Worker for Worker<'_, '_, '_> {
    fn scan(&mut self, block: &Block) -> (Counts, bool) {
        let lines = self.cut(block);
        self.rows.scan(&mut self.scan);
        self.parse(block);
        let counts = Counts {
            rows: self.lines.len() as u64,
            lines,
        };
        (counts, !self.odd.is_empty())
    }

    fn turn(&mut self) {
        let known = self.numbers.len();
        if known < self.columns.paths.len() {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            let new = self.columns.paths[known..].iter();
            self.numbers.extend(new.map(|path| all.of(path)));
        }
    }

    fn rest(&mut self, block: &Block, before: Counts) {
        for scalar in &mut self.scalars {
            scalar.0 = self.numbers[scalar.0];
        }
        for odd in &self.odd {
            let piece = Piece {
                kind: Kind::Record,
                text: &block.bytes[odd.line.at.clone()],
                byte: block.byte + odd.line.at.start as u64,
                line: before.lines + 1 + odd.line.lines,
            };
            let row = before.rows + 1 + odd.rows;
            let found = odd.found.clone().map(|range| &self.scalars[range]);
            nested::look(&piece, row, found, &mut self.scan, &mut self.exact);
        }
    }
}

/// What came of an input: what was counted, its columns, and the names of places by offset.
type Done<'s, 'l> = (Scan<'s, 'l>, Columns, HashMap<u64, Box<str>>);

/// Reads lines with `threads` workers. `columns`: those of the sample.
pub(super) fn screen<'s, 'l, R: Read + Send>(
    blocks: &mut Blocks<R>,
    shapes: &Shapes,
    columns: Columns,
    scan: Scan<'s, 'l>,
    threads: usize,
    hash: &InOrder,
    tick: &mut dyn FnMut(),
) -> Done<'s, 'l> {
    let all = Mutex::new(columns);
    let others = (1..threads).map(|_| scan.fresh()).collect::<Vec<_>>();
    let scans = std::iter::once(scan).chain(others);
    let mut workers: Vec<_> = scans.map(|s| Worker::new(shapes, &all, s)).collect();
    workers::scan(
        &mut |block| blocks.next(block),
        Counts::default(),
        hash,
        &mut workers,
        &mut |_, _| tick(),
    );
    let mut exact = HashMap::new();
    let scans: Vec<_> = workers
        .into_iter()
        .map(|worker| {
            exact.extend(worker.exact);
            worker.scan
        })
        .collect();
    let columns = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    (workers::merged(scans), columns, exact)
}
