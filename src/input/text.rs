//! Delimited text, streamed: blocks of whole records, each split and scanned on its own.
//!
//! Three steps that know little of each other: the shape is found in the first part (`dialect`),
//! [`Blocks`] cuts the stream where records end, and [`scan`] splits one block. A block carries its
//! first row, line and offset, so blocks can be scanned in any order by any thread.

use super::dialect::{self, Given, Shape};
use super::encoding::Decoded;
use super::run::{Reading, Run};
use super::split::{self, Dialect, Kind};
use super::table;
use crate::finding::Code;
use crate::screen::{Record, Scan};
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Mutex, mpsc};

/// Bytes of text in a block, about.
const BLOCK: usize = 1 << 20;
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
    /// An error that ended the stream early.
    pub(crate) failed: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    /// Reads the first part of `text`.
    pub(crate) fn new(text: Decoded<R>) -> Self {
        let mut blocks = Self {
            text,
            buffer: Vec::new(),
            more: true,
            broken: false,
            said_malformed: false,
            rows: 0,
            lines: 0,
            byte: 0,
            failed: None,
        };
        blocks.fill(BLOCK);
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

    /// The next block; `None` at the end.
    pub(crate) fn next(&mut self, dialect: &Dialect) -> Option<Block> {
        if self.more && self.buffer.len() < BLOCK {
            self.fill(BLOCK - self.buffer.len());
        }
        let mut torn = false;
        let cut = loop {
            if self.buffer.is_empty() {
                return None;
            }
            let max = if self.broken {
                RECORD_MAX_BROKEN
            } else {
                RECORD_MAX
            };
            let force = self.more && self.buffer.len() >= max;
            let cut = split::cut(&self.buffer, dialect, !self.more, force);
            if cut.end > 0 {
                if force && cut.records <= 1 {
                    self.broken = true;
                    let tail = self.buffer[..cut.end].last();
                    torn = tail.is_some_and(|b| !matches!(b, b'\n' | b'\r'));
                }
                break cut;
            }
            if !self.more {
                // The rest cannot be cut: it is one record.
                break split::Cut {
                    end: self.buffer.len(),
                    records: 1,
                };
            }
            let want = self.buffer.len().max(BLOCK);
            self.fill(want);
        };
        let mut rest = Vec::with_capacity(BLOCK + (BLOCK >> 2));
        rest.extend_from_slice(&self.buffer[cut.end..]);
        let mut bytes = std::mem::replace(&mut self.buffer, rest);
        bytes.truncate(cut.end);
        let malformed = self.text.malformed && !self.said_malformed;
        self.said_malformed |= malformed;
        let block = Block {
            rows: self.rows,
            lines: self.lines,
            byte: self.byte,
            torn,
            malformed,
            bytes,
        };
        self.rows += cut.records;
        self.lines += split::lines(&block.bytes, dialect);
        self.byte += block.bytes.len() as u64;
        Some(block)
    }
}

/// Splits `block` and looks at every cell of it.
pub(crate) fn scan(block: &Block, shape: &Shape, scan: &mut Scan<'_, '_>) {
    let dialect = &shape.dialect;
    let (mut row, mut line, mut counted) = (block.rows, block.lines + 1, 0);
    let width = if shape.width > 0 {
        shape.width
    } else {
        shape.usual
    };
    split::records(&block.bytes, block.byte, dialect, |split| {
        line += split::lines(&block.bytes[counted..split.start], dialect);
        counted = split.start;
        if split.kind == Kind::Header {
            let detail = "the header is repeated here; it is not counted as a row".to_owned();
            scan.note(Code::HeaderRepeated, row, line, detail);
            return;
        }
        row += 1;
        if split.cells.len() != width && split.cells.len() != shape.usual {
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
    if block.torn {
        let detail = format!("longer than {} MiB: read in pieces", RECORD_MAX >> 20);
        scan.note(Code::RowRagged, row, line, detail);
    }
    let valid = std::str::from_utf8(&block.bytes);
    if block.malformed || valid.is_err() {
        let at = valid.err().map_or(0, |e| e.valid_up_to());
        let line = block.lines + 1 + split::lines(&block.bytes[..at], dialect);
        let detail = "bytes that are not valid in the file's encoding".to_owned();
        scan.note(Code::InputUndecodable, block.rows + 1, line, detail);
    }
    if memchr::memchr(0, &block.bytes).is_some() {
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
pub(super) fn screen<R: Read>(
    run: &mut Run<'_, '_>,
    path: &str,
    text: Decoded<R>,
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
    let damaged = table::damaged(&shape.rows, &mapping, &mut scan);
    blocks.skip(shape.data, &shape.dialect);
    if shape.width > 0 && shape.usual != shape.width && shape.usual > 1 {
        let (width, usual) = (shape.width, shape.usual);
        let detail = format!("the header has {width} cells, most rows have {usual}");
        scan.note(Code::RowRagged, 0, shape.header_line, detail);
    }
    let threads = run.options().threads;
    if run.options().map_only {
        tick();
    } else if threads > 1 {
        parallel(&mut blocks, &shape, &mut scan, threads, tick);
    } else {
        while let Some(block) = blocks.next(&shape.dialect) {
            self::scan(&block, &shape, &mut scan);
            tick();
        }
    }
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
fn parallel<R: Read>(
    blocks: &mut Blocks<R>,
    shape: &Shape,
    scan: &mut Scan<'_, '_>,
    threads: usize,
    tick: &mut dyn FnMut(),
) {
    let empty = scan.fresh();
    let (send, receive) = mpsc::sync_channel::<Block>(threads * 2);
    let receive = Mutex::new(receive);
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let mut part = empty.clone();
                let receive = &receive;
                scope.spawn(move || {
                    loop {
                        let next = receive.lock().map(|r| r.recv());
                        let Ok(Ok(block)) = next else {
                            return part;
                        };
                        self::scan(&block, shape, &mut part);
                    }
                })
            })
            .collect();
        while let Some(block) = blocks.next(&shape.dialect) {
            if send.send(block).is_err() {
                break;
            }
            tick();
        }
        drop(send);
        workers
            .into_iter()
            .map(|w| w.join().expect("a scan never panics"))
            .collect::<Vec<_>>()
    });
    for part in parts {
        scan.merge(part);
    }
}
