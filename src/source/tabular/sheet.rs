//! Excel workbooks, cell by cell. Dates come out as ISO dates, whole numbers without a point.
//!
//! A number that only looks like a day (`26685`) stays a number: what it means is for the source
//! to know.

use super::{Layout, Row, Seen};
use crate::address::decode;
use crate::source::ParseError;
use crate::source::common::trim;
use calamine::{Data, DataRef, Reader, Xlsx};
use jiff::civil::Date;
use std::io::{BufRead, Cursor};

/// No list in a workbook is larger.
const FILE_MAX: u64 = 128 << 20;
/// A cell further out than this is no cell of a list.
const COLUMNS_MAX: u32 = 4096;

pub(super) fn rows(
    layout: &Layout,
    document: &mut dyn BufRead,
    each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let bytes = super::read_all(layout.shape, document, FILE_MAX)?;
    // The workbook reader panics on some damaged files (cell references that overflow).
    let read = std::panic::AssertUnwindSafe(|| read(layout, bytes, each));
    std::panic::catch_unwind(read).unwrap_or_else(|_| {
        Err(ParseError::Broken {
            shape: layout.shape,
            at: "the workbook".into(),
            why: "its parts contradict each other; the file was damaged".into(),
        })
    })
}

fn read(
    layout: &Layout,
    bytes: Vec<u8>,
    each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let broken = |why: String| ParseError::Broken {
        shape: layout.shape,
        at: "the workbook".into(),
        why,
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| broken(e.to_string()))?;
    let names = book.sheet_names();
    let sheet = match &layout.sheet {
        Some(wanted) => names.iter().find(|n| n.eq_ignore_ascii_case(wanted)),
        None => names.first(),
    };
    let Some(sheet) = sheet.cloned() else {
        return Err(broken(format!("it has no such sheet; it has {names:?}")));
    };
    let mut cells = book
        .worksheet_cells_reader(&sheet)
        .map_err(|e| broken(e.to_string()))?;
    let mut table = Table {
        row: Row::default(),
        at: None,
        headed: false,
    };
    while let Some(cell) = cells.next_cell().map_err(|e| broken(e.to_string()))? {
        let (line, column) = cell.get_position();
        if table.at != Some(line) {
            table.finish(layout, each)?;
            table.at = Some(line);
            table.row.values.clear();
        }
        if column >= COLUMNS_MAX {
            return Err(broken(format!("a cell in column {column}")));
        }
        let column = column as usize;
        if table.row.values.len() <= column {
            table.row.values.resize(column + 1, String::new());
        }
        table.row.values[column] = text(cell.get_value());
    }
    table.finish(layout, each)?;
    drop(cells);
    if layout.sheet.is_none() {
        others(&mut book, &names[1..], each)?;
    }
    if !table.headed
        && let Some(column) = &layout.header
    {
        return Err(ParseError::Shape {
            shape: layout.shape,
            why: format!("no row of sheet `{sheet}` has the heading `{column}`"),
            hint: Some("the publisher has changed the format, or this is another list".into()),
        });
    }
    Ok(())
}

/// Says of sheets that are not read that they hold addresses.
fn others(
    book: &mut Xlsx<Cursor<Vec<u8>>>,
    names: &[String],
    each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    for name in names {
        // Charts are sheets, too, and have no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(name) else {
            continue;
        };
        let mut addresses = 0_u64;
        let why = loop {
            match cells.next_cell() {
                Ok(Some(cell)) => {
                    let text = text(cell.get_value());
                    let words = text.split(|c: char| c.is_whitespace() || ",;".contains(c));
                    let is_address = |w: &str| w.len() > 12 && decode(w.as_bytes()).is_ok();
                    addresses += words.filter(|w| is_address(w)).count() as u64;
                }
                Ok(None) if addresses == 0 => break None,
                Ok(None) => break Some(format!("it holds {addresses} addresses")),
                Err(e) => break Some(format!("it is broken: {e}")),
            }
        };
        if let Some(why) = why {
            let why = format!("{why}, and only the first sheet is read; make it a list of its own");
            each(Seen::Odd(format!("sheet `{name}`"), why))?;
        }
    }
    Ok(())
}

struct Table {
    row: Row,
    at: Option<u32>,
    headed: bool,
}

impl Table {
    /// The row that has been filled is whole.
    fn finish(
        &mut self,
        layout: &Layout,
        each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        let Some(at) = self.at else {
            return Ok(());
        };
        self.row.line = u64::from(at) + 1;
        if self.row.is_blank() {
            return Ok(());
        }
        if !self.headed {
            let is = |column: &str| {
                self.row
                    .values
                    .iter()
                    .any(|v| trim(v).eq_ignore_ascii_case(column))
            };
            match &layout.header {
                Some(column) if !is(column) => return each(Seen::Above(&self.row)),
                _ => {}
            }
            self.headed = true;
            let is_address = |v: &String| decode(trim(v).as_bytes()).is_ok();
            if layout.has_header != Some(false)
                && (layout.header.is_some() || !self.row.values.iter().any(is_address))
            {
                self.row.names = self.row.values.iter().map(|v| trim(v).into()).collect();
                return Ok(());
            }
            self.row.names = (1..=self.row.values.len())
                .map(|n| n.to_string().into())
                .collect();
        }
        self.row.number += 1;
        each(Seen::Row(&self.row))
    }
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Float(number) => plain(*number),
        DataRef::DateTime(time) => match day(time.as_f64()) {
            Some(day) => day.to_string(),
            None => plain(time.as_f64()),
        },
        DataRef::Empty => String::new(),
        other => Data::from(other.clone()).to_string(),
    }
}

/// Without `.0`.
fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        format!("{}", number as i64)
    } else {
        number.to_string()
    }
}

/// The day of an Excel serial number: days since 1899-12-30, which is right from 1900-03-01 on.
pub(in crate::source) fn day(serial: f64) -> Option<Date> {
    if !(61.0..100_000.0).contains(&serial) {
        return None;
    }
    let epoch = jiff::civil::date(1899, 12, 30);
    epoch
        .checked_add(jiff::Span::new().days(serial as i64))
        .ok()
}
