//! Workbooks: XLSX, XLSB, XLS and ODS. Every sheet is read, hidden ones too, and every cell by its
//! cached value.
//!
//! XLSX is read cell by cell; the others are held in memory a sheet at a time. What stands beside
//! the cells is `margin`'s to read; pictures are not looked at.

use super::run::{Reading, Run};
use super::table::{self, Row};
use calamine::{
    Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Sheets, Xls, Xlsb, Xlsx,
    XlsxFormulaMetadata,
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
                            None => guarded(|| {
                                let next = cells.next_cell_with_formula_metadata();
                                next.map_err(|e| e.to_string())
                            })?,
                        };
                        let Some(cell) = cell else {
                            ended = true;
                            return Ok(started.is_some());
                        };
                        let (line, column) = cell.pos;
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
                        let formula = cell.formula.as_ref().map(|formula| match formula {
                            XlsxFormulaMetadata::Normal { formula }
                            | XlsxFormulaMetadata::Shared { formula, .. } => &**formula,
                            // That of another cell, carried on.
                            _ => "",
                        });
                        put(row, column as usize, &cell.value, formula);
                    }
                };
                Ok(table::screen(run, path, None, &mut next, tick))
            }
            Self::Other(book) => {
                let range = guarded(|| book.worksheet_range(name).map_err(|e| e.to_string()))?;
                let formulas = guarded(|| book.worksheet_formula(name).map_err(|e| e.to_string()))
                    .unwrap_or_default();
                let starts = range.start().into_iter().chain(formulas.start());
                let ends = range.end().into_iter().chain(formulas.end());
                let (first, left) = starts
                    .reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))
                    .unwrap_or_default();
                let past = ends
                    .reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))
                    .map_or((0, 0), |(line, column)| (line + 1, column + 1));
                let mut lines = first..past.0;
                let mut next = |row: &mut Row| {
                    let Some(line) = lines.next() else {
                        return Ok(false);
                    };
                    row.clear(u64::from(line) + 1);
                    for column in left..past.1 {
                        let at = (line, column);
                        let value = range.get_value(at).map_or(DataRef::Empty, of);
                        let formula = formulas.get_value(at).filter(|text| !text.is_empty());
                        put(row, column as usize, &value, formula.map(String::as_str));
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

/// Writes a cell as text into `row`; of a cell with a formula also what addresses the formula names,
/// such as the target of a link, or the formula itself where its value is missing.
fn put(row: &mut Row, column: usize, cell: &DataRef<'_>, formula: Option<&str>) {
    let Some(formula) = formula else {
        return put_value(row, column, cell);
    };
    if matches!(cell, DataRef::Empty) {
        let text = format!("={formula}");
        row.set(column, text.as_bytes());
        row.unknown.push((column, text));
        return;
    }
    put_value(row, column, cell);
    let value = row.cell(column);
    let named =
        |run: &str| run.len() >= NAMED_MIN && memchr::memmem::find(value, run.as_bytes()).is_none();
    let mut runs = formula.split(|c: char| !c.is_ascii_alphanumeric());
    if formula.contains('"') && runs.any(named) {
        row.append(format!(" ={formula}").as_bytes());
    }
}

/// Shorter than this no word in a formula is an address.
const NAMED_MIN: usize = 25;

fn put_value(row: &mut Row, column: usize, cell: &DataRef<'_>) {
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
