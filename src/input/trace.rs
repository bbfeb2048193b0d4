//! Where the records of a delimited text end in its own bytes, for writing it back with more cells.
//!
//! The same cut as screening makes, so that rows keep their numbers. It does not know what the cells
//! will say.

use super::dialect::{self, Given, Shape};
use super::encoding::{self, Decoded, Sniffed};
use super::open::{self, InputError};
use super::run::{HEAD, is_json};
use super::split::{self, Dialect, Kind};
use super::text::{Block, Blocks};
use super::{InputOptions, open::Opened};
use crate::unpack::Unpacked;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, Read};

/// The end of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordEnd {
    /// The data record's number; `None`: the header, or the header again.
    pub row: Option<u64>,
    /// Offset in the unpacked bytes before which further cells belong.
    pub at: u64,
    /// How many cells it lacks to be as wide as the header.
    pub missing: usize,
    /// The whole record stands in one quoted cell, its own quotes doubled.
    pub wrapped: bool,
}

/// A delimited text, ready to be traced.
pub struct Trace {
    path: Box<str>,
    encoding: &'static Encoding,
    shape: Shape,
    blocks: Blocks<Bytes>,
}

type Bytes = io::Chain<io::Cursor<Vec<u8>>, open::Content>;

impl Trace {
    /// Opens the text at `path`, or that member of the archive there, and finds its shape.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no delimited text.
    pub fn open(
        path: &str,
        member: Option<&str>,
        options: &InputOptions,
    ) -> Result<Self, InputError> {
        let Opened { mut bytes, .. } = open::file(path, false)?.one(member)?;
        let mut head = Vec::new();
        (&mut bytes)
            .take(HEAD)
            .read_to_end(&mut head)
            .map_err(|source| InputError::Open {
                path: path.into(),
                source,
            })?;
        let encoding = match encoding::sniff(&head, (head.len() as u64) < HEAD) {
            Sniffed::Binary(what) => {
                return Err(InputError::Binary {
                    path: path.into(),
                    what: what.into(),
                });
            }
            Sniffed::Text(encoding) => encoding,
        };
        if is_json(&head, encoding) {
            return Err(InputError::NotAnnotated {
                path: path.into(),
                why: "it is JSON, which has no cells to add".into(),
            });
        }
        let blocks = Blocks::new(Decoded::new(io::Cursor::new(head).chain(bytes), encoding));
        let given = Given {
            delimiter: options.delimiter,
            header: options.header,
        };
        let (sample, last) = blocks.peek();
        let shape = dialect::detect(sample, last, given);
        Ok(Self {
            path: path.into(),
            encoding,
            shape,
            blocks,
        })
    }

    /// The delimiter; a comma where there is one column only.
    pub fn delimiter(&self) -> u8 {
        match self.shape.dialect.delimiter {
            0 => b',',
            delimiter => delimiter,
        }
    }

    /// The encoding.
    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// The headings and the cells of data record `row`, as texts; `None`: there is none.
    ///
    /// # Errors
    ///
    /// When reading fails.
    pub fn record(mut self, row: u64) -> Result<Option<(Vec<String>, Vec<String>)>, InputError> {
        let dialect = self.shape.dialect.clone();
        self.blocks.skip(self.shape.data, &dialect);
        let mut block = Block::default();
        let mut seen = 0;
        while self.blocks.next(&dialect, &mut block) {
            let text = &block.bytes;
            let mut start = 0;
            while start < text.len() {
                let end = dialect.record(text, start, true);
                let record = &text[start..end.end];
                start = end.next;
                if dialect.kind(record) != Kind::Data {
                    continue;
                }
                seen += 1;
                if seen == row {
                    return Ok(Some((self.shape.headings, cells(record, &dialect))));
                }
            }
        }
        match self.blocks.failed.take() {
            Some(source) => Err(InputError::Open {
                path: self.path,
                source,
            }),
            None => Ok(None),
        }
    }

    /// Hands over the end of each record, in order.
    ///
    /// # Errors
    ///
    /// When reading fails, `each` does, or a record is too long to be held as a whole.
    pub fn run(
        mut self,
        each: &mut dyn FnMut(RecordEnd) -> io::Result<()>,
    ) -> Result<(), InputError> {
        let failed = |path: &str, source| InputError::Open {
            path: path.into(),
            source,
        };
        let width = match self.shape.width {
            0 => self.shape.usual,
            width => width,
        };
        let dialect = self.shape.dialect.clone();
        let mut place = Place {
            encoding: self.encoding,
            raw: 0,
        };
        let mut row = 0;
        let path = self.path;
        let (sample, _) = self.blocks.peek();
        let before = sample[..self.shape.data].to_vec();
        ends(
            &before,
            &dialect,
            width,
            &mut place,
            |kind, end| match kind {
                Kind::Header => each(RecordEnd { row: None, ..end }),
                _ => Ok(()),
            },
        )
        .map_err(|e| failed(&path, e))?;
        self.blocks.skip(self.shape.data, &dialect);
        let mut block = Block::default();
        while self.blocks.next(&dialect, &mut block) {
            if block.torn {
                return Err(InputError::NotAnnotated {
                    path,
                    why: format!("row {} is too long to be held as a whole", row + 1).into(),
                });
            }
            ends(&block.bytes, &dialect, width, &mut place, |kind, end| {
                if kind == Kind::Data {
                    row += 1;
                }
                let row = (kind == Kind::Data).then_some(row);
                each(RecordEnd { row, ..end })
            })
            .map_err(|e| failed(&path, e))?;
        }
        match self.blocks.failed.take() {
            Some(source) => Err(failed(&path, source)),
            None => Ok(()),
        }
    }
}

/// The unpacked bytes of the file at `path`, to be copied.
pub fn unpacked(path: &str) -> Result<Unpacked, InputError> {
    open::unpacked(path)
}

/// A place in the unpacked bytes, found by walking over the decoded text.
struct Place {
    encoding: &'static Encoding,
    raw: u64,
}

impl Place {
    fn after(&self, text: &[u8]) -> u64 {
        let starts = |text: &[u8]| text.iter().filter(|b| (**b & 0xC0) != 0x80).count();
        let len = match self.encoding {
            e if e == UTF_8 => text.len(),
            // Characters of four bytes in UTF-8 are two units.
            e if e == UTF_16LE || e == UTF_16BE => {
                2 * (starts(text) + text.iter().filter(|b| **b >= 0xF0).count())
            }
            _ => starts(text),
        };
        self.raw + len as u64
    }
}

fn cells(record: &[u8], dialect: &Dialect) -> Vec<String> {
    let text = |cell: &[u8]| String::from_utf8_lossy(cell).replace("\"\"", "\"");
    let mut found = Vec::new();
    match split::wrapped(dialect, record) {
        Some((_, inner)) => split::unwrap(dialect, inner, 0, |cells| {
            // Quotes are doubled once for the line and once for the cell.
            let inner = |cell| text(text(cell).as_bytes());
            found = cells.iter().map(|(_, cell)| inner(cell)).collect();
        }),
        None => {
            let mut cells = Vec::new();
            dialect.cells(record, 0, &mut cells);
            found = cells.iter().map(|(_, cell)| text(cell)).collect();
        }
    }
    found
}

/// The end of every record of `text`, which is whole records.
fn ends(
    text: &[u8],
    dialect: &Dialect,
    width: usize,
    place: &mut Place,
    mut each: impl FnMut(Kind, RecordEnd) -> io::Result<()>,
) -> io::Result<()> {
    let mut cells = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = dialect.record(text, start, true);
        let record = &text[start..end.end];
        let kind = dialect.kind(record);
        if kind != Kind::Blank {
            cells.clear();
            let inner = split::wrapped(dialect, record);
            let (upto, wrapped) = match inner {
                Some((offset, inner)) => (offset as usize + inner.len(), true),
                None => (record.len(), false),
            };
            let count = match inner {
                Some((_, inner)) => {
                    let mut count = 0;
                    split::unwrap(dialect, inner, 0, |cells| count = cells.len());
                    count
                }
                None => {
                    dialect.cells(record, 0, &mut cells);
                    cells.len()
                }
            };
            let found = RecordEnd {
                row: None,
                at: place.after(&record[..upto]),
                missing: width.saturating_sub(count),
                wrapped,
            };
            each(kind, found)?;
        }
        place.raw = place.after(&text[start..end.next]);
        start = end.next;
    }
    Ok(())
}
