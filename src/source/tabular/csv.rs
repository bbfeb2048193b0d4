//! CSV and its kin, record by record.
//!
//! Cells are decoded one by one: UTF-8 where they are, else the layout's code page. A ragged row is
//! a row.

use super::{Layout, Row, Seen};
use crate::address::decode;
use crate::source::ParseError;
use encoding_rs::Encoding;
use std::io::{self, BufRead, Read};

pub(super) fn rows(
    layout: &Layout,
    document: &mut dyn BufRead,
    each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let head = document.fill_buf()?;
    if head.starts_with(b"\xef\xbb\xbf") {
        document.consume(3);
    }
    read(layout, document, each)
}

fn read(
    layout: &Layout,
    document: &mut dyn BufRead,
    each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let delimiter = match layout.delimiter {
        Some(delimiter) => delimiter,
        None => sniff_delimiter(document.fill_buf()?),
    };
    // The reader takes a line for ended at `\r`, and has not counted the `\n` yet.
    let head = document.fill_buf()?;
    let crlf = memchr::memchr(b'\n', head).is_some_and(|at| at > 0 && head[at - 1] == b'\r');
    let mut quotes = Quotes {
        inner: document,
        odd: false,
        last: b'\n',
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(&mut quotes);
    let mut record = csv::ByteRecord::new();
    let (mut row, mut header) = (Row::default(), None::<bool>);
    let mut short = None;
    while reader
        .read_byte_record(&mut record)
        .map_err(|e| broken(layout, e))?
    {
        row.line = record
            .position()
            .map_or(0, |p| p.line() + u64::from(crlf && p.byte() > 0));
        fill(&mut row, &record, layout.encoding);
        // The mark with which DOS ended a file.
        if row.values.len() == 1 && row.values[0] == "\u{1a}" {
            short = None;
            continue;
        }
        if header.is_none() {
            match as_header(layout, &row) {
                Some(true) => {
                    row.names = row
                        .values
                        .iter()
                        .map(|v| super::super::common::trim(v).into())
                        .collect();
                    header = Some(true);
                    continue;
                }
                Some(false) => {
                    row.names = (1..=row.values.len())
                        .map(|n| n.to_string().into())
                        .collect();
                    header = Some(false);
                }
                None => {
                    each(Seen::Above(&row))?;
                    continue;
                }
            }
        }
        if row.is_blank() {
            continue;
        }
        row.number += 1;
        let cells = (row.values.len(), row.names.len());
        short = Some(cells).filter(|(cells, names)| cells < names);
        each(Seen::Row(&row))?;
    }
    let line = reader.position().line();
    drop(reader);
    if quotes.odd {
        let why = "a quoted cell is never closed: the document was cut, or a quote is not doubled";
        if layout.strict {
            return Err(ParseError::Broken {
                shape: layout.shape,
                at: format!("line {line}"),
                why: why.into(),
            });
        }
        each(Seen::Odd(format!("line {line}"), why.into()))?;
    }
    if let Some((cells, names)) = short
        && quotes.last != b'\n'
        && layout.whole
    {
        return Err(ParseError::Broken {
            shape: layout.shape,
            at: format!("line {line}"),
            why: format!(
                "its last line has {cells} cells instead of {names}, and no end: the document was cut"
            ),
        });
    }
    if let (None, Some(column)) = (header, &layout.header) {
        return Err(ParseError::Shape {
            shape: layout.shape,
            why: format!("no line of it has the heading `{column}`"),
            hint: Some("the publisher has changed the format, or this is another list".into()),
        });
    }
    Ok(())
}

/// Whether `row` is the header; `None`: it stands above the header.
fn as_header(layout: &Layout, row: &Row) -> Option<bool> {
    if let Some(column) = &layout.header {
        let there = |v: &String| super::super::common::trim(v).eq_ignore_ascii_case(column);
        return row.values.iter().any(there).then_some(true);
    }
    if let Some(told) = layout.has_header {
        return Some(told);
    }
    if row.is_blank() || row.values[0].starts_with('#') {
        return None;
    }
    let is_address = |v: &String| decode(super::super::common::trim(v).as_bytes()).is_ok();
    Some(!row.values.iter().any(is_address))
}

fn fill(row: &mut Row, record: &csv::ByteRecord, encoding: &'static Encoding) {
    row.values.truncate(record.len());
    for (ix, cell) in record.iter().enumerate() {
        if row.values.len() <= ix {
            row.values.push(String::new());
        }
        let value = &mut row.values[ix];
        value.clear();
        match str::from_utf8(cell) {
            Ok(text) => value.push_str(text),
            Err(_) => value.push_str(&encoding.decode_without_bom_handling(cell).0),
        }
    }
}

fn broken(layout: &Layout, e: csv::Error) -> ParseError {
    let at = e
        .position()
        .map_or("its end".into(), |p| format!("line {}", p.line()));
    match e.into_kind() {
        csv::ErrorKind::Io(e) => ParseError::Io(e),
        kind => ParseError::Broken {
            shape: layout.shape,
            at,
            why: format!("{kind:?}"),
        },
    }
}

/// The separator that the first line with something on it has most of; a comma when it has none.
fn sniff_delimiter(head: &[u8]) -> u8 {
    let lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let line = lines
        .into_iter()
        .find(|l| !l.is_empty() && !l.starts_with(b"#"))
        .unwrap_or(b"");
    let mut counts = [0_usize; 4];
    let mut quoted = false;
    for b in line {
        quoted ^= *b == b'"';
        if let Some(ix) = b",;\t|".iter().position(|d| d == b)
            && !quoted
        {
            counts[ix] += 1;
        }
    }
    let most = *counts.iter().max().unwrap_or(&0);
    let ix = counts.iter().position(|c| *c == most).unwrap_or(0);
    b",;\t|"[ix]
}

/// Counts quotes as they pass: an odd number in the end means that one is never closed.
struct Quotes<'r> {
    inner: &'r mut dyn BufRead,
    odd: bool,
    /// The last byte.
    last: u8,
}

impl Read for Quotes<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.last = out[..n].last().copied().unwrap_or(self.last);
        self.odd ^= memchr::memchr_iter(b'"', &out[..n]).count() % 2 == 1;
        Ok(n)
    }
}
