//! Delimited text, streamed: blocks of whole records, each split and scanned on its own.
//!
//! Three steps that know little of each other: the shape is found in the first part (`dialect`),
//! [`Blocks`] cuts the stream where records end, and [`scan`] splits one block. A block carries its
//! first row, line and offset, so blocks can be scanned in any order by any thread.

use super::dialect::{self, Given, Shape};
use super::encoding::Decoded;
use super::fast::{self, Seen};
use super::open::InOrder;
use super::run::{Reading, Run};
use super::simd::LineMasks;
use super::split::{self, Dialect, Kind};
use super::table;
use crate::finding::Code;
use crate::screen::{Record, Scan};
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Mutex;

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
    /// Data records before it.
    pub(crate) rows: u64,
    /// Physical lines before it.
    pub(crate) lines: u64,
    /// Decoded bytes before it.
    pub(crate) byte: u64,
    /// It ends inside a record that was too long to be held.
    pub(crate) torn: bool,
    /// Some bytes before or in it were not valid in the encoding and no block said so yet.
    pub(crate) malformed: bool,
    /// What bytes may be in it.
    pub(crate) seen: Seen,
}

/// Cuts a stream into blocks.
pub(crate) struct Blocks<R> {
    text: Decoded<R>,
    buffer: Vec<u8>,
    more: bool,
    broken: bool,
    said_malformed: bool,
    rows: u64,
    lines: u64,
    byte: u64,
    masks: Vec<LineMasks>,
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
            rows: 0,
            lines: 0,
            byte: 0,
            masks: Vec::new(),
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

    /// Passes over the first `bytes`.
    pub(crate) fn skip(&mut self, bytes: usize, dialect: &Dialect) {
        self.lines += split::lines(&self.buffer[..bytes], dialect);
        self.byte += bytes as u64;
        self.buffer.drain(..bytes);
    }

    /// The next block, in the place of one that is done with; false at the end.
    pub(crate) fn next(&mut self, dialect: &Dialect, block: &mut Block) -> bool {
        if self.more && self.buffer.len() < self.size {
            self.fill(self.size - self.buffer.len());
        }
        block.torn = false;
        let (cut, seen) = loop {
            if self.buffer.is_empty() {
                return false;
            }
            let max = if self.broken {
                RECORD_MAX_BROKEN
            } else {
                RECORD_MAX
            };
            let force = self.more && self.buffer.len() >= max;
            let masks = &mut self.masks;
            let (cut, seen) = fast::cut(&self.buffer, dialect, !self.more, force, masks);
            if cut.end > 0 {
                if force && cut.records <= 1 {
                    self.broken = true;
                    let tail = self.buffer[..cut.end].last();
                    block.torn = tail.is_some_and(|b| !matches!(b, b'\n' | b'\r'));
                }
                break (cut, seen);
            }
            if !self.more {
                // The rest cannot be cut: it is one record.
                let end = self.buffer.len();
                break (split::Cut { end, records: 1 }, Seen::UNKNOWN);
            }
            let want = self.buffer.len().max(self.size);
            self.fill(want);
        };
        // The rest moves to the old block's buffer, and the buffers change places.
        block.bytes.clear();
        if block.bytes.capacity() < self.size + (self.size >> 2) {
            block.bytes.reserve_exact(self.size + (self.size >> 2));
        }
        block.bytes.extend_from_slice(&self.buffer[cut.end..]);
        std::mem::swap(&mut block.bytes, &mut self.buffer);
        block.bytes.truncate(cut.end);
        block.malformed = self.text.malformed && !self.said_malformed;
        self.said_malformed |= block.malformed;
        block.rows = self.rows;
        block.lines = self.lines;
        block.byte = self.byte;
        block.seen = seen;
        self.rows += cut.records;
        self.lines += match seen.feeds {
            Some(feeds) if !dialect.cr => feeds,
            _ => split::lines(&block.bytes, dialect),
        };
        self.byte += block.bytes.len() as u64;
        true
    }
}

/// Splits `block` and looks at every cell of it.
pub(crate) fn scan(
    block: &Block,
    shape: &Shape,
    worker: &mut fast::Worker,
    scan: &mut Scan<'_, '_>,
) {
    let dialect = &shape.dialect;
    let width = if shape.width > 0 {
        shape.width
    } else {
        shape.usual
    };
    let (mut row, mut line, mut counted) = (block.rows, block.lines + 1, 0);
    let widths = [width, shape.usual];
    worker.scan(&block.bytes, dialect, widths, scan, |scan, odd| {
        row = block.rows + odd.rows;
        let byte = block.byte + odd.start as u64;
        split::records(odd.text, byte, dialect, |split| {
            let start = odd.start + split.start;
            line += split::lines(&block.bytes[counted..start], dialect);
            counted = start;
            if split.kind == Kind::Header {
                let detail = "the header is repeated here; it is not counted as a row".to_owned();
                scan.note(Code::HeaderRepeated, row, line, detail);
                return;
            }
            row += 1;
            if !widths.contains(&split.cells.len()) {
                let detail = format!("{} cells where {width} are usual", split.cells.len());
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
    });
    if block.torn {
        let detail = format!("longer than {} MiB: read in pieces", RECORD_MAX >> 20);
        scan.note(Code::RowRagged, row, line, detail);
    }
    let valid = match block.seen.odd {
        true => std::str::from_utf8(&block.bytes),
        false => Ok(""),
    };
    if block.malformed || valid.is_err() {
        let at = valid.err().map_or(0, |e| e.valid_up_to());
        let line = block.lines + 1 + split::lines(&block.bytes[..at], dialect);
        let detail = "bytes that are not valid in the file's encoding".to_owned();
        scan.note(Code::InputUndecodable, block.rows + 1, line, detail);
    }
    if block.seen.odd && memchr::memchr(0, &block.bytes).is_some() {
        let detail = "NUL bytes in the text".to_owned();
        scan.note(
            Code::InputUndecodable,
            block.rows + 1,
            block.lines + 1,
            detail,
        );
    }
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
    hash.add(0, &sample[..shape.data]);
    let damaged = table::damaged(&shape.rows, &mapping, &mut scan);
    blocks.skip(shape.data, &shape.dialect);
    if shape.width > 0 && shape.usual != shape.width && shape.usual > 1 {
        let (width, usual) = (shape.width, shape.usual);
        let detail = format!("the header has {width} cells, most rows have {usual}");
        scan.note(Code::RowRagged, 0, shape.header_line, detail);
    }
    let keeps = run.keeps_edges();
    let mut edges = std::mem::take(&mut run.edges);
    let mut seen = |block: &Block| {
        if let Some(input) = keeps {
            edges.block(block, &shape, &mapping.layout, input);
        }
        tick();
    };
    // Dealings are kept in the order of the rows, so only the calling thread reads then.
    let threads = if keeps.is_some() {
        1
    } else {
        run.options().threads.max(1)
    };
    if run.options().map_only {
        seen(&Block::default());
    } else {
        parallel(&mut blocks, &shape, hash, &mut scan, threads, &mut seen);
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
        damaged,
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

/// Scans blocks with `threads` workers; the result does not depend on their number.
///
/// Whoever is free takes the next block: reading and cutting are done under a lock, in order, and a
/// worker's buffers go round. The calling thread is one of the workers.
fn parallel<R: Read + Send>(
    blocks: &mut Blocks<R>,
    shape: &Shape,
    hash: &InOrder,
    scan: &mut Scan<'_, '_>,
    threads: usize,
    seen: &mut dyn FnMut(&Block),
) {
    let empty = scan.fresh();
    let blocks = Mutex::new(blocks);
    let work = |scan: &mut Scan<'_, '_>, seen: &mut dyn FnMut(&Block)| {
        let mut worker = fast::Worker::default();
        let mut block = Block::default();
        while blocks
            .lock()
            .is_ok_and(|mut blocks| blocks.next(&shape.dialect, &mut block))
        {
            hash.add(block.byte, &block.bytes);
            self::scan(&block, shape, &mut worker, scan);
            seen(&block);
        }
    };
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads)
            .map(|_| {
                let (work, mut part) = (&work, empty.clone());
                scope.spawn(move || {
                    work(&mut part, &mut |_| ());
                    part
                })
            })
            .collect();
        work(scan, seen);
        workers
            .into_iter()
            .map(|w| w.join().expect("a scan never panics"))
            .collect::<Vec<_>>()
    });
    for part in parts {
        scan.merge(part);
    }
}
