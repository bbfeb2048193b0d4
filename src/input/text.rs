//! Delimited text, streamed: blocks of whole records, each split and scanned on its own.
//!
//! Steps that know little of each other: the shape is found in the first part (`dialect`),
//! [`Blocks`] cuts the stream where records end, [`scan`] looks at one block and counts its records,
//! and [`rest`] looks at its odd ones once it is known how many records are before them. `workers`
//! has who does what.

use super::damage;
use super::dialect::{self, Given, Shape};
use super::encoding::Decoded;
use super::fast::{self, Counts};
use super::run::{Reading, Run};
use super::split::{self, Dialect, Kind};
use super::workers::{self, InOrder, Worker};
use crate::finding::Code;
use crate::screen::{Record, Scan};
use std::collections::HashMap;
use std::io::{self, Read};

/// Bytes of text in a block, about.
const BLOCK: usize = 1 << 18;
/// What is read at first, to see the shape.
const HEAD: usize = 1 << 20;
/// The longest record that is held as a whole.
const RECORD_MAX: usize = 64 << 20;
/// The same, once a quote was never closed.
const RECORD_MAX_BROKEN: usize = 1 << 20;

/// Whole records, and where they start.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) bytes: Vec<u8>,
    /// How many blocks there are before it.
    pub(crate) index: usize,
    /// Decoded bytes before it.
    pub(crate) byte: u64,
    /// It ends inside a record that was too long to be held.
    pub(crate) torn: bool,
    /// Some bytes before or in it were not valid in the encoding and no block said so yet.
    pub(crate) malformed: bool,
    /// There may be NULs or bytes beyond ASCII in it.
    pub(crate) odd: bool,
    /// The input has two bytes for a letter.
    pub(crate) wide: bool,
}

/// Cuts a stream into blocks.
pub(crate) struct Blocks<R> {
    text: Decoded<R>,
    buffer: Vec<u8>,
    more: bool,
    broken: bool,
    said_malformed: bool,
    index: usize,
    /// Physical lines passed over before the first block.
    pub(crate) skipped: u64,
    byte: u64,
    /// Bytes of text in a block, about.
    size: usize,
    /// An error that ended the stream early.
    pub(crate) failed: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    /// Reads the first part of `text`.
    pub(crate) fn new(text: Decoded<R>) -> Self {
        Self::with_size(text, BLOCK, HEAD)
    }

    /// The same with blocks of about `size` bytes and a first part of `head`.
    pub(crate) fn with_size(text: Decoded<R>, size: usize, head: usize) -> Self {
        let mut blocks = Self {
            text,
            buffer: Vec::new(),
            more: true,
            broken: false,
            said_malformed: false,
            index: 0,
            skipped: 0,
            byte: 0,
            size,
            failed: None,
        };
        blocks.fill(head);
        blocks
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

    /// What has been read and not been handed out; and whether it is all that is left.
    pub(crate) fn peek(&self) -> (&[u8], bool) {
        (&self.buffer, !self.more)
    }

    /// Passes over the first `bytes`, before the first block.
    pub(crate) fn skip(&mut self, bytes: usize, dialect: &Dialect) {
        self.skipped += split::lines(&self.buffer[..bytes], dialect);
        self.byte += bytes as u64;
        self.buffer.drain(..bytes);
    }

    /// The next block, in the place of one that is done with; false at the end.
    pub(crate) fn next(&mut self, dialect: &Dialect, block: &mut Block) -> bool {
        if self.more && self.buffer.len() < self.size {
            self.fill(self.size - self.buffer.len());
        }
        block.torn = false;
        let (end, odd) = loop {
            if self.buffer.is_empty() {
                return false;
            }
            let max = if self.broken {
                RECORD_MAX_BROKEN
            } else {
                RECORD_MAX
            };
            let force = self.more && self.buffer.len() >= max;
            let (end, odd) = fast::cut(&self.buffer, dialect, !self.more, force);
            if end > 0 {
                if force && split::count(&self.buffer[..end], dialect) <= 1 {
                    self.broken = true;
                    let tail = self.buffer[..end].last();
                    block.torn = tail.is_some_and(|b| !matches!(b, b'\n' | b'\r'));
                }
                break (end, odd);
            }
            if !self.more {
                // The rest cannot be cut: it is one record.
                break (self.buffer.len(), true);
            }
            let want = self.buffer.len().max(self.size);
            self.fill(want);
        };
        // The rest moves to the old block's buffer, and the buffers change places.
        block.bytes.clear();
        if block.bytes.capacity() < self.size + (self.size >> 2) {
            block.bytes.reserve_exact(self.size + (self.size >> 2));
        }
        block.bytes.extend_from_slice(&self.buffer[end..]);
        std::mem::swap(&mut block.bytes, &mut self.buffer);
        block.bytes.truncate(end);
        block.malformed = self.text.malformed && !self.said_malformed;
        self.said_malformed |= block.malformed;
        block.index = self.index;
        block.byte = self.byte;
        block.odd = odd;
        block.wide = self.text.wide;
        self.index += 1;
        self.byte += block.bytes.len() as u64;
        true
    }
}

/// A worker and what it has seen.
struct Eyes<'w, 's, 'l> {
    shape: &'w Shape,
    worker: fast::Worker,
    scan: Scan<'s, 'l>,
}

impl<'w, 's, 'l> Eyes<'w, 's, 'l> {
    fn new(shape: &'w Shape, scan: Scan<'s, 'l>) -> Self {
        Self {
            shape,
            worker: fast::Worker::default(),
            scan,
        }
    }
}

impl Worker for Eyes<'_, '_, '_> {
    fn scan(&mut self, block: &Block) -> (Counts, bool) {
        let counts = scan(block, self.shape, &mut self.worker, &mut self.scan);
        (counts, has_rest(block, &self.worker))
    }

    fn rest(&mut self, block: &Block, before: Counts) {
        rest(block, before, self.shape, &self.worker, &mut self.scan);
    }
}

/// Looks at the plain records of `block`, and counts all.
pub(crate) fn scan(
    block: &Block,
    shape: &Shape,
    worker: &mut fast::Worker,
    scan: &mut Scan<'_, '_>,
) -> Counts {
    worker.scan(&block.bytes, &shape.dialect, widths(shape), scan)
}

/// Whether there is more to be said of a scanned block, and so [`rest`] to be called.
pub(crate) fn has_rest(block: &Block, worker: &fast::Worker) -> bool {
    block.torn
        || block.malformed
        || block.odd
        || !worker.odd().is_empty()
        || damage::may_be_in(&block.bytes)
}

/// How many cells the header has, or most records where there is none; and most records.
fn widths(shape: &Shape) -> [usize; 2] {
    let width = match shape.width {
        0 => shape.usual,
        width => width,
    };
    [width, shape.usual]
}

/// Looks at what [`scan`] left of `block`, knowing what is `before` it.
pub(crate) fn rest(
    block: &Block,
    before: Counts,
    shape: &Shape,
    worker: &fast::Worker,
    scan: &mut Scan<'_, '_>,
) {
    let dialect = &shape.dialect;
    let widths = widths(shape);
    let (mut row, mut line, mut counted) = (before.rows, before.lines + 1, 0);
    for odd in worker.odd() {
        row = before.rows + odd.rows;
        let byte = block.byte + odd.at.start as u64;
        split::records(&block.bytes[odd.at.clone()], byte, dialect, |split| {
            let start = odd.at.start + split.start;
            line += split::lines(&block.bytes[counted..start], dialect);
            counted = start;
            if split.kind == Kind::Header {
                let detail = "the header is repeated here; it is not counted as a row".to_owned();
                scan.note(Code::HeaderRepeated, row, line, detail);
                return;
            }
            row += 1;
            if !widths.contains(&split.cells.len()) {
                let (cells, usual) = (split.cells.len(), widths[0]);
                let detail = format!("{cells} cells where {usual} are usual");
                scan.note(Code::RowRagged, row, line, detail);
            }
            if split.stray {
                let detail = "a quote opens a cell here and is never closed".to_owned();
                scan.note(Code::InputUnfinishedQuote, row, line, detail);
            }
            scan.record(&Record {
                row,
                line,
                cells: split.cells,
            });
        });
    }
    damage::block(block, before, shape, scan);
    if block.torn {
        let detail = format!("longer than {} MiB: read in pieces", RECORD_MAX >> 20);
        scan.note(Code::RowRagged, row, line, detail);
    }
    let valid = match block.odd {
        true => std::str::from_utf8(&block.bytes),
        false => Ok(""),
    };
    let mut note = |line: u64, detail: &str| {
        scan.note(
            Code::InputUndecodable,
            before.rows + 1,
            line,
            detail.to_owned(),
        );
    };
    if block.malformed || valid.is_err() {
        let at = valid.err().map_or(0, |e| e.valid_up_to());
        let line = before.lines + 1 + split::lines(&block.bytes[..at], dialect);
        note(line, "bytes that are not valid in the file's encoding");
    }
    let line_of = |at: usize| before.lines + 1 + split::lines(&block.bytes[..at], dialect);
    // What is written two bytes a letter in a text of one, or the other way round, is no text.
    let nul = memchr::memchr(0, &block.bytes).filter(|_| block.odd);
    if let Some(at) = nul {
        let why = "NUL bytes in the text: from here on it may be in another encoding";
        scan.garbled(before.rows + 1, line_of(at), why);
    }
    if let Some(at) = block.wide.then(|| pairs(&block.bytes)).flatten() {
        let why = "letters of one byte stand among those of two: from here on it was read wrongly";
        scan.garbled(before.rows + 1, line_of(at), why);
    }
}

/// Fewer letters than this may be a word of a language that has them.
const PAIRS_MIN: usize = 20;

/// Where letters of one byte each were read as letters of two: a run in which every character is
/// made of two bytes of ASCII, or of one such byte and a NUL the wrong way round.
fn pairs(text: &[u8]) -> Option<usize> {
    let (mut start, mut run) = (0, 0);
    for (at, c) in String::from_utf8_lossy(text).char_indices() {
        let (high, low) = (u32::from(c) >> 8, u32::from(c) & 0xFF);
        let plain = |byte: u32| (0x20..0x7F).contains(&byte) || matches!(byte, 0x0A | 0x0D);
        if plain(high) && (plain(low) || low == 0) {
            if run == 0 {
                start = at;
            }
            run += 1;
            if run == PAIRS_MIN {
                return Some(start.min(text.len()));
            }
        } else {
            run = 0;
        }
    }
    None
}

/// Reads a delimited text for `run`.
pub(super) fn screen<R: Read + Send>(
    run: &mut Run<'_, '_>,
    path: &str,
    text: Decoded<R>,
    hash: &InOrder,
    tick: &mut dyn FnMut(),
) -> Reading {
    let mut blocks = Blocks::new(text);
    let given = Given {
        delimiter: run.options().delimiter,
        header: run.options().header,
    };
    let (sample, last) = blocks.peek();
    let shape = dialect::detect(sample, last, given);
    let mapping = run.map(&shape.headings, &shape.rows);
    let mut scan = run.scan(path, &mapping.layout);
    preamble(sample, &shape, &mut scan);
    hash.start(&sample[..shape.data]);
    blocks.skip(shape.data, &shape.dialect);
    if shape.width > 0 && shape.usual != shape.width && shape.usual > 1 {
        let (width, usual) = (shape.width, shape.usual);
        let detail = format!("the header has {width} cells, most rows have {usual}");
        scan.note(Code::RowRagged, 0, shape.header_line, detail);
    }
    let input = run.position();
    let mut edges = run.edges.take();
    let keeps = edges.is_some();
    let mut seen = |block: &Block, before: Counts| {
        if let Some(edges) = &mut edges {
            edges.block(block, before.rows, &shape, &mapping.layout, input);
        }
        tick();
    };
    // Dealings are kept in the order of the rows, so only the calling thread reads then.
    let threads = if keeps {
        1
    } else {
        run.options().threads.max(1)
    };
    if run.options().map_only {
        seen(&Block::default(), Counts::default());
    } else {
        let before = Counts {
            rows: 0,
            lines: blocks.skipped,
        };
        let scans = (1..threads).map(|_| scan.fresh()).collect::<Vec<_>>();
        let scans = std::iter::once(scan).chain(scans);
        let mut all: Vec<_> = scans.map(|scan| Eyes::new(&shape, scan)).collect();
        let mut next = |block: &mut Block| blocks.next(&shape.dialect, block);
        workers::scan(&mut next, before, hash, &mut all, &mut seen);
        scan = workers::merged(all.into_iter().map(|eyes| eyes.scan));
    }
    run.edges = edges;
    let tally = run.tally(scan);
    Reading {
        tally,
        mapping,
        delimiter: match shape.dialect.delimiter {
            0 => "".into(),
            delimiter => char::from(delimiter).to_string().into(),
        },
        header_line: shape.header_line,
        exact: HashMap::new(),
        failed: blocks.failed.take().map(|e| e.to_string()),
    }
}

/// Looks at what stands before the first row: titles, notes, the header itself.
fn preamble(sample: &[u8], shape: &Shape, scan: &mut Scan<'_, '_>) {
    let mut line = 1;
    let mut counted = 0;
    split::records(&sample[..shape.data], 0, &shape.dialect, |split| {
        line += split::lines(&sample[counted..split.start], &shape.dialect);
        counted = split.start;
        scan.aside(&Record {
            row: 0,
            line,
            cells: split.cells,
        });
    });
}
