//! Parquet: row group by row group, nested lists and structs too. The only file of the house that
//! names polars' readers.
//!
//! Every value becomes text, its path the column: a list of structs has its fields by name, as in
//! JSON. Offsets in the decoded input do not exist here and are 0.

use super::columns::SAMPLE_ROWS;
use super::json::Columns;
use super::run::{Reading, Run};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use polars::frame::DataFrame;
use polars::io::SerReader;
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{AnyValue, Column, ParquetReader, PolarsResult, Series, TimeUnit};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows read at once, at most.
const ROWS: usize = 1 << 18;

/// The values of a row: the column of each and its text.
type Row = Vec<(usize, String)>;

/// Reads Parquet for `run` from `bytes`.
///
/// # Errors
///
/// When it is not Parquet, or its first rows cannot be read.
pub(super) fn screen<R: MmapBytesReader>(
    run: &mut Run<'_, '_>,
    path: &str,
    bytes: &mut R,
    tick: &mut dyn FnMut(),
) -> Result<Reading, String> {
    let mut reader = ParquetReader::new(&mut *bytes);
    let metadata = guarded(|| reader.get_metadata().cloned())?;
    drop(reader);
    let mut slices = Vec::new();
    let mut start = 0;
    for group in &metadata.row_groups {
        let end = start + group.num_rows();
        while start < end {
            let rows = ROWS.min(end - start);
            slices.push((start, rows));
            start += rows;
        }
    }
    let mut read = |slice: (usize, usize)| {
        guarded(|| {
            ParquetReader::new(&mut *bytes)
                .set_low_memory(true)
                .with_slice(Some(slice))
                .finish()
        })
    };
    let mut slices = slices.into_iter();
    // No rows at all still have columns.
    let first = read(slices.next().unwrap_or((0, 0)))?;
    let mut columns = Columns::default();
    for column in first.columns() {
        if !column.dtype().is_nested() {
            columns.of(column.name());
        }
    }
    let mut sample = Vec::new();
    let mut row = Row::new();
    for index in 0..first.height().min(SAMPLE_ROWS) {
        values(&first, index, &mut columns, &mut row)?;
        let mut dense = vec![Vec::new(); columns.paths.len()];
        for (column, text) in row.iter().rev() {
            dense[*column] = text.clone().into_bytes();
        }
        sample.push(dense);
    }
    let mut mapping = run.map(&columns.paths, &sample);
    drop(sample);
    let mut scan = run.scan(path, &mapping.layout);
    let mut number = 0;
    let input = run.position();
    let mut frame = Some(first);
    let mut failed = None;
    while let Some(rows) = frame.take().filter(|_| !run.options().map_only) {
        for index in 0..rows.height() {
            number += 1;
            if let Err(error) = values(&rows, index, &mut columns, &mut row) {
                failed.get_or_insert(error);
                break;
            }
            let cells: Vec<(usize, u64, &[u8])> = row
                .iter()
                .map(|(c, text)| (*c, 0, text.as_bytes()))
                .collect();
            scan.sparse(number, number, &cells);
            if let Some(edges) = &mut run.edges {
                let cells = cells.iter().map(|c| (c.0, c.2));
                edges.row(&mapping.layout, (input, number), cells);
            }
        }
        tick();
        drop(rows);
        match slices.next().map(&mut read) {
            Some(Ok(next)) if failed.is_none() => frame = Some(next),
            Some(Err(error)) => failed = Some(error),
            _ => {}
        }
    }
    let tally = run.tally(scan);
    mapping.met(&columns.paths);
    Ok(Reading {
        tally,
        mapping,
        delimiter: "".into(),
        header_line: 0,
        exact: HashMap::new(),
        failed,
    })
}

/// Runs a part of polars that may panic on damaged files.
fn guarded<T>(work: impl FnOnce() -> PolarsResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|e| e.to_string()),
        Err(_) => Err("the file is damaged".to_owned()),
    }
}

fn values(
    frame: &DataFrame,
    index: usize,
    columns: &mut Columns,
    row: &mut Row,
) -> Result<(), String> {
    row.clear();
    for column in frame.columns() {
        let mut path = column.name().to_string();
        let value = guarded(|| Column::get(column, index))?;
        flatten(value, &mut path, columns, row);
    }
    Ok(())
}

fn flatten(value: AnyValue<'_>, path: &mut String, columns: &mut Columns, row: &mut Row) {
    let len = path.len();
    match value {
        AnyValue::Null => {}
        AnyValue::List(items) | AnyValue::Array(items, _) => {
            path.push_str("[]");
            list(&items, path, columns, row);
            path.truncate(len);
        }
        AnyValue::Struct(_, _, fields) => {
            let names: Vec<String> = fields.iter().map(|f| f.name().to_string()).collect();
            for (name, value) in names.iter().zip(value._iter_struct_av()) {
                path.push('.');
                path.push_str(name);
                flatten(value, path, columns, row);
                path.truncate(len);
            }
        }
        AnyValue::StructOwned(payload) => {
            let (values, fields) = *payload;
            for (value, field) in values.into_iter().zip(fields) {
                path.push('.');
                path.push_str(field.name());
                flatten(value, path, columns, row);
                path.truncate(len);
            }
        }
        value => {
            let column = columns.of(path.strip_suffix("[]").unwrap_or(path));
            row.push((column, text(&value)));
        }
    }
}

fn list(items: &Series, path: &mut String, columns: &mut Columns, row: &mut Row) {
    for item in items.iter() {
        flatten(item, path, columns, row);
    }
}

/// A scalar as text; bytes that are no text as hexadecimal digits, as explorers write them.
fn text(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Binary(bytes) => binary(bytes),
        AnyValue::BinaryOwned(bytes) => binary(bytes),
        AnyValue::Float64(n) => n.to_string(),
        AnyValue::Float32(n) => n.to_string(),
        AnyValue::Datetime(at, unit, zone) => moment(*at, *unit, zone.is_some()),
        AnyValue::DatetimeOwned(at, unit, zone) => moment(*at, *unit, zone.is_some()),
        value => value.to_string(),
    }
}

fn binary(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(|c: char| c.is_control()) => text.to_owned(),
        _ => format!("0x{}", data_encoding::HEXLOWER.encode(bytes)),
    }
}

fn moment(at: i64, unit: TimeUnit, utc: bool) -> String {
    let (per_second, nanos) = match unit {
        TimeUnit::Nanoseconds => (1_000_000_000, 1),
        TimeUnit::Microseconds => (1_000_000, 1_000),
        TimeUnit::Milliseconds => (1_000, 1_000_000),
    };
    let rest = i32::try_from(at.rem_euclid(per_second) * nanos).unwrap_or_default();
    match Timestamp::new(at.div_euclid(per_second), rest) {
        Ok(at) if utc => at.to_string(),
        Ok(at) => at.to_zoned(TimeZone::UTC).datetime().to_string(),
        Err(_) => at.to_string(),
    }
}
