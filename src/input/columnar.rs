//! Parquet: row group by row group, nested lists and structs too. The only file of the house that
//! names polars' readers.
//!
//! Every value becomes text, its path the column: a list of structs has its fields by name, as in
//! JSON. Offsets in the decoded input do not exist here and are 0.
//!
//! Where no column is nested, rows are written out and looked at in the fast way (`rows`), by several
//! workers, while the next row group is read; rows in which anything is odd are looked at value by
//! value, as all rows are otherwise. A test holds both to one answer.

use super::columns::SAMPLE_ROWS;
use super::json::Columns;
use super::rows::Rows;
use super::run::{Reading, Run};
use super::workers;
use crate::screen::Scan;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use polars::frame::DataFrame;
use polars::io::SerReader;
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{
    AnyValue, Column, ParquetReader, PolarsResult, Series, StringChunked, TimeUnit,
};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows read at once, at most.
const ROWS: usize = 1 << 18;
/// Rows that a worker looks at in one go.
const BLOCK: usize = if cfg!(test) { 3 } else { 1 << 10 };

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
    let scan = run.scan(path, &mapping.layout);
    let options = run.options();
    // Dealings are kept in the order of the rows, and the record that is to be shown is found by its
    // number.
    let in_turn = run.edges.is_some() || options.scan.keep.is_some();
    let threads = if in_turn { 1 } else { options.threads.max(1) };
    let fast = !in_turn && is_flat(&first) && Rows::fit(&mapping.layout);
    let map_only = options.map_only;
    let input = run.position();
    let mut edges = run.edges.take();
    let scans = (1..threads).map(|_| scan.fresh()).collect::<Vec<_>>();
    let scans = std::iter::once(scan).chain(scans);
    let mut all: Vec<_> = scans.map(|scan| Worker::new(scan, &columns)).collect();
    let (mut before, mut failed) = (0, None);
    let mut frame = Some(first);
    while let Some(rows) = frame.take().filter(|_| !map_only) {
        let next = if fast {
            let (tick, read) = (&mut *tick, &mut read);
            let next = || slices.next().map(read);
            look(&rows, before, &mut all, next, tick)
        } else {
            for index in 0..rows.height() {
                let number = (before + index) as u64 + 1;
                let worker = &mut all[0];
                if !worker.row(&rows, index, number, &mut columns) {
                    break;
                }
                if let Some(edges) = &mut edges {
                    let cells = worker.row.iter().map(|(c, text)| (*c, text.as_bytes()));
                    edges.row(&mapping.layout, (input, number), cells);
                }
            }
            tick();
            None
        };
        before += rows.height();
        drop(rows);
        let first = |worker: &mut Worker<'_, '_>| worker.failed.take();
        let found = all.iter_mut().filter_map(first).min();
        failed = failed.or(found.map(|(_, error)| error));
        match next.or_else(|| slices.next().map(&mut read)) {
            Some(Ok(next)) if failed.is_none() => frame = Some(next),
            Some(Err(error)) => failed = failed.or(Some(error)),
            _ => {}
        }
    }
    run.edges = edges;
    let scan = workers::merged(all.into_iter().map(|worker| worker.scan));
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

fn is_flat(frame: &DataFrame) -> bool {
    let mut columns = frame.columns().iter();
    columns.all(|column| !column.dtype().is_nested())
}

/// Looks at all rows of `frame`, of which no column is nested, with all workers, and calls `next`
/// meanwhile.
fn look<T: Send>(
    frame: &DataFrame,
    before: usize,
    workers: &mut [Worker<'_, '_>],
    next: impl FnOnce() -> T + Send,
    tick: &mut dyn FnMut(),
) -> T {
    let mut frame = frame.clone();
    frame.rechunk_mut();
    let cells: Vec<Cells<'_>> = frame.columns().iter().map(Cells::of).collect();
    let at = AtomicUsize::new(0);
    let work = |worker: &mut Worker<'_, '_>, tick: &mut dyn FnMut()| {
        loop {
            let start = at.fetch_add(BLOCK, Ordering::Relaxed);
            let rows = start..frame.height().min(start.saturating_add(BLOCK));
            if rows.is_empty() {
                return;
            }
            worker.block(&frame, &cells, rows, before);
            tick();
        }
    };
    std::thread::scope(|scope| {
        let next = scope.spawn(next);
        if let Some((first, others)) = workers.split_first_mut() {
            for other in others {
                let work = &work;
                scope.spawn(move || work(other, &mut || ()));
            }
            work(first, tick);
        }
        next.join().expect("what panics in it is caught there")
    })
}

/// The values of a column that is not nested.
enum Cells<'f> {
    Text(&'f StringChunked),
    Other(&'f Column),
}

impl<'f> Cells<'f> {
    fn of(column: &'f Column) -> Self {
        match column.as_materialized_series().str() {
            Ok(text) => Self::Text(text),
            Err(_) => Self::Other(column),
        }
    }

    /// The text of a value, of which nothing is left where there is none; `None`: it cannot be read.
    fn text(&self, index: usize) -> Option<Cow<'f, str>> {
        Some(match self {
            Self::Text(values) => Cow::Borrowed(values.get(index).unwrap_or_default()),
            Self::Other(values) => match guarded(|| values.get(index)).ok()? {
                AnyValue::Null => Cow::default(),
                value => Cow::Owned(text(&value)),
            },
        })
    }
}

/// A worker and what it has seen.
struct Worker<'s, 'l> {
    scan: Scan<'s, 'l>,
    rows: Rows,
    columns: Columns,
    row: Row,
    /// Where the rows of a block are written, as far as they could be.
    starts: Vec<Option<usize>>,
    /// The first row that could not be read, and why.
    failed: Option<(u64, String)>,
}

impl<'s, 'l> Worker<'s, 'l> {
    fn new(scan: Scan<'s, 'l>, columns: &Columns) -> Self {
        Self {
            rows: Rows::new(scan.layout()),
            scan,
            columns: columns.clone(),
            row: Row::new(),
            starts: Vec::new(),
            failed: None,
        }
    }

    /// Looks at row `index` of `frame`, value by value; false: it cannot be read.
    fn row(&mut self, frame: &DataFrame, index: usize, number: u64, columns: &mut Columns) -> bool {
        if let Err(error) = values(frame, index, columns, &mut self.row) {
            self.failed.get_or_insert((number, error));
            return false;
        }
        let cells: Vec<(usize, u64, &[u8])> = self
            .row
            .iter()
            .map(|(c, text)| (*c, 0, text.as_bytes()))
            .collect();
        self.scan.sparse(number, number, &cells);
        true
    }

    /// Looks at `rows` of `frame`, which has `before` rows before it.
    fn block(&mut self, frame: &DataFrame, cells: &[Cells<'_>], rows: Range<usize>, before: usize) {
        self.rows.clear();
        self.starts.clear();
        for index in rows.clone() {
            let fits = self.write(cells, index);
            self.starts.push(fits.then(|| self.rows.end()));
        }
        self.rows.scan(&mut self.scan);
        let mut is_odd = self.rows.odd();
        let starts = self.starts.iter();
        let odd = starts.map(|start| start.is_none_or(&mut is_odd));
        let odd: Vec<usize> = rows.zip(odd).filter(|r| r.1).map(|r| r.0).collect();
        drop(is_odd);
        let mut columns = std::mem::take(&mut self.columns);
        for index in odd {
            self.row(frame, index, (before + index) as u64 + 1, &mut columns);
        }
        self.columns = columns;
    }

    /// Writes a row, if it has nothing that cannot be written, and does not end it.
    fn write(&mut self, cells: &[Cells<'_>], index: usize) -> bool {
        self.rows.begin();
        for cells in cells {
            match cells.text(index) {
                Some(cell) => self.rows.plain(cell.as_bytes(), 0..cell.len()),
                None => return false,
            }
        }
        if self.rows.is_plain() {
            return true;
        }
        self.rows.begin();
        let mut cells = cells.iter().enumerate();
        cells.all(|(column, cells)| {
            let cell = cells.text(index);
            cell.is_some_and(|cell| self.rows.any(column, cell.as_bytes(), &self.scan))
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{ListBuilder, ListSet, NewListing, Snapshot, Source};
    use crate::screen::{Coverage, Layout, ScanOptions, Screener, Unique};
    use proptest::prelude::*;

    /// Addresses from EIP-55, BIP-173 and the first blocks, whole and damaged, and texts that are none.
    const TEXTS: &[&str] = &[
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xfb6916095cA1df60bB79Ce92cE3Ea74c37c5d359",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "paid \"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\"\nin full",
        "so-called \"rent\", in two\nlines",
        "1A1zP1eP5QGefi2DMP\tTfTL5SLmv7DivfNa",
        "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
        "0x5aAe...eAed",
        "alice.eth",
        "Binance \u{e9}",
        "\"",
        "\r",
        " ",
        "",
        "\u{feff}x",
        "12345678901234567890",
    ];

    fn lists() -> ListSet {
        let source = Source::own("test", "Test", "lines");
        let mut builder = ListBuilder::new(source, Snapshot::default());
        let entity = builder.entity(crate::list::Entity::default());
        let text = TEXTS[0];
        builder.listing(
            entity,
            NewListing {
                text,
                ..NewListing::default()
            },
        );
        ListSet::new(vec![builder.finish().unwrap()])
    }

    fn answer(workers: Vec<Worker<'_, '_>>) -> String {
        let mut scan = workers::merged(workers.into_iter().map(|worker| worker.scan));
        scan.hits.sort_by_key(|hit| hit.at);
        scan.near.sort_by_key(|near| near.hit.at);
        let hits = format!("{:#?} {:#?}", scan.hits, scan.near);
        let (mut coverage, mut unique) = (Coverage::default(), Unique::default());
        let findings = scan.finish(0, &mut coverage, &mut unique);
        format!("{:?} {coverage:#?} {hits} {findings:#?}", unique.count())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn rows_are_looked_at_alike(
            cells in prop::collection::vec(
                prop::option::weighted(0.9, prop::sample::select(TEXTS)), 0..60),
            validate in any::<bool>(), threads in 1..4_usize
        ) {
            let rows = cells.as_chunks::<3>().0;
            let text = |name: &str, at: usize| {
                let cells: Vec<_> = rows.iter().map(|row| row[at]).collect();
                Column::new(name.into(), cells)
            };
            let numbers: Vec<_> = (0..rows.len() as i64).map(|n| (n % 5 > 0).then_some(n)).collect();
            let frame = DataFrame::new(rows.len(), vec![
                text("from_address", 0),
                text("to_address", 1),
                Column::new("amount".into(), numbers),
                text("memo", 2),
            ]).unwrap();
            let mut columns = Columns::default();
            let names = frame.columns().iter().map(|c| c.name().to_string());
            let names: Vec<String> = names.collect();
            names.iter().for_each(|name| { columns.of(name); });
            let layout: Layout = crate::input::columns::map(&names, &[]).layout;
            let lists = lists();
            let screener = Screener::new(&lists);
            let options = ScanOptions { validate, ..ScanOptions::default() };
            let scan = || Scan::new(&screener, options, "test", &layout);

            let mut careful = Worker::new(scan(), &columns);
            for index in 0..frame.height() {
                prop_assert!(careful.row(&frame, index, index as u64 + 8, &mut columns));
            }
            let mut all: Vec<_> = (0..threads).map(|_| Worker::new(scan(), &columns)).collect();
            look(&frame, 7, &mut all, || (), &mut || ());
            let (fast, careful) = (answer(all), answer(vec![careful]));
            for (fast, careful) in fast.lines().zip(careful.lines()) {
                prop_assert_eq!(fast, careful);
            }
            prop_assert_eq!(fast.len(), careful.len());
        }
    }
}
