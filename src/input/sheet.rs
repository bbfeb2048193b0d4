//! Workbooks: XLSX, XLSB, XLS and ODS. Every sheet is read, hidden ones too, and every cell by its
//! cached value.
//!
//! XLSX is read cell by cell; the others are held in memory a sheet at a time. What stands beside
//! the cells is `margin`'s to read; pictures are not looked at.

use super::run::{Reading, Run};
use super::table::{self, Row};
use calamine::{
    Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Sheets, Xls, Xlsb, Xlsx,
};
use std::io::{Read, Seek, SeekFrom};

/// From this on a number has more digits than a spreadsheet keeps.
const EXACT_MAX: f64 = 1e15;

/// No workbook is wider.
const COLUMNS_MAX: u32 = 16_384;

/// Whether `head` is the start of a workbook. An archive that is no workbook has been unpacked
/// before it comes here.
pub(super) fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}

/// An open workbook.
pub(super) enum Book<R> {
    Xlsx(Box<Xlsx<R>>),
    Other(Box<Sheets<R>>),
}

/// Runs the workbook reader, which panics on some damaged files (cell references that overflow).
fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err("its parts contradict each other; the file was damaged".to_owned()))
}

/// Opens the workbook in `bytes`.
pub(super) fn open<R: Read + Seek>(bytes: R) -> Result<Book<R>, String> {
    guarded(|| open_any(bytes))
}

fn open_any<R: Read + Seek>(mut bytes: R) -> Result<Book<R>, String> {
    let mut head = [0; 8];
    let zip = bytes.read_exact(&mut head).is_ok() && head.starts_with(b"PK");
    bytes.seek(SeekFrom::Start(0)).map_err(|e| e.to_string())?;
    if !zip {
        let book = Xls::new(bytes).map_err(|e| e.to_string())?;
        return Ok(Book::Other(Box::new(Sheets::Xls(book))));
    }
    let archive = zip::ZipArchive::new(bytes).map_err(|e| e.to_string())?;
    let holds = |wanted: &str| {
        archive
            .file_names()
            .any(|name| name.is_ok_and(|n| n.eq_ignore_ascii_case(wanted)))
    };
    let (ods, binary) = (holds("content.xml"), holds("xl/workbook.bin"));
    let mut bytes = archive.into_inner();
    bytes.seek(SeekFrom::Start(0)).map_err(|e| e.to_string())?;
    Ok(if ods {
        let book = Ods::new(bytes).map_err(|e| e.to_string())?;
        Book::Other(Box::new(Sheets::Ods(book)))
    } else if binary {
        let book = Xlsb::new(bytes).map_err(|e| e.to_string())?;
        Book::Other(Box::new(Sheets::Xlsb(book)))
    } else {
        Book::Xlsx(Box::new(Xlsx::new(bytes).map_err(|e| e.to_string())?))
    })
}

impl<R: Read + Seek> Book<R> {
    /// Its sheets in order, and whether each is hidden.
    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Other(book) => book.sheets_metadata(),
        };
        let hidden = |visible: SheetVisible| visible != SheetVisible::Visible;
        sheets
            .iter()
            .filter(|s| s.typ != SheetType::ChartSheet)
            .map(|s| (s.name.clone(), hidden(s.visible)))
            .collect()
    }

    /// Reads the sheet called `name` for `run`; `None`: it is empty.
    pub(super) fn screen(
        &mut self,
        run: &mut Run<'_, '_>,
        path: &str,
        name: &str,
        tick: &mut dyn FnMut(),
    ) -> Result<Option<Reading>, String> {
        match self {
            Self::Xlsx(book) => {
                let mut cells =
                    guarded(|| book.worksheet_cells_reader(name).map_err(|e| e.to_string()))?;
                let mut ahead = None;
                let mut ended = false;
                let mut next = |row: &mut Row| {
                    let mut started = None;
                    loop {
                        let cell = match ahead.take() {
                            Some(cell) => Some(cell),
                            None if ended => None,
                            None => guarded(|| cells.next_cell().map_err(|e| e.to_string()))?,
                        };
                        let Some(cell) = cell else {
                            ended = true;
                            return Ok(started.is_some());
                        };
                        let (line, column) = cell.get_position();
                        if column >= COLUMNS_MAX {
                            return Err(format!("a cell in column {column}"));
                        }
                        if *started.get_or_insert(line) != line {
                            ahead = Some(cell);
                            return Ok(true);
                        }
                        if row.line != u64::from(line) + 1 {
                            row.clear(u64::from(line) + 1);
                        }
                        put(row, column as usize, cell.get_value());
                    }
                };
                Ok(table::screen(run, path, None, &mut next, tick))
            }
            Self::Other(book) => {
                let range = guarded(|| book.worksheet_range(name).map_err(|e| e.to_string()))?;
                let (first, left) = range.start().unwrap_or_default();
                let mut rows = (u64::from(first) + 1..).zip(range.rows());
                let mut next = |row: &mut Row| {
                    let Some((line, cells)) = rows.next() else {
                        return Ok(false);
                    };
                    row.clear(line);
                    for (column, cell) in (left as usize..).zip(cells) {
                        put(row, column, &of(cell));
                    }
                    Ok(true)
                };
                Ok(table::screen(run, path, None, &mut next, tick))
            }
        }
    }
}

fn of(cell: &Data) -> DataRef<'_> {
    match cell {
        Data::Int(n) => DataRef::Int(*n),
        Data::Float(n) => DataRef::Float(*n),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(b) => DataRef::Bool(*b),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Error(error) => DataRef::Error(error.clone()),
        _ => DataRef::Empty,
    }
}

/// Writes a cell as text into `row`.
fn put(row: &mut Row, column: usize, cell: &DataRef<'_>) {
    match cell {
        DataRef::Int(n) => row.set(column, n.to_string().as_bytes()),
        DataRef::Float(n) if n.abs() >= EXACT_MAX => {
            let text = format!("{n:e}");
            row.rounded = Some((column, text.clone(), n.abs().log10() as u32 + 1));
            row.set(column, text.as_bytes());
        }
        DataRef::Float(n) => row.set(column, n.to_string().as_bytes()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            row.set(column, text.as_bytes());
        }
        DataRef::SharedString(text) => row.set(column, text.as_bytes()),
        DataRef::Bool(b) => row.set(column, b.to_string().as_bytes()),
        DataRef::DateTime(at) => row.set(column, moment(*at).as_bytes()),
        DataRef::Error(error) => row.set(column, error.to_string().as_bytes()),
        DataRef::Empty => {}
    }
}

/// A date of a spreadsheet as text; it states no zone.
fn moment(at: ExcelDateTime) -> String {
    if !at.is_datetime() {
        return at.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    match at.as_f64().fract() {
        0.0 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}
