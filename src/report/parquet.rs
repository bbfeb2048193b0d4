//! The match table as Parquet, through polars: one row a match, the columns of the CSV report.
//!
//! Texts are exact (nothing here is shown or evaluated by itself), numbers are numbers, and what is
//! unknown is null. Verdict, lists and moment stand in the file's metadata, so that an empty table
//! still says what it is.

use super::flat::{FLAT_COLUMNS, flat};
use super::{Options, SCHEMA, words};
use crate::screen::ScreeningReport;
use polars::prelude::{Column, DataFrame, KeyValueMetadata, NamedFrom, ParquetWriter, Series};
use std::io::{self, Write};

const NUMBERS: &[&str] = &["row", "line", "byte", "column_index"];

pub(super) fn write(
    report: &ScreeningReport<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut texts: Vec<Vec<Option<String>>> = FLAT_COLUMNS
        .iter()
        .map(|_| Vec::with_capacity(report.matches.len()))
        .collect();
    for m in &report.matches {
        for (column, value) in texts.iter_mut().zip(flat(report, m)) {
            column.push((!value.is_empty()).then(|| value.into_owned()));
        }
    }
    let metadata = [
        ("interdict.schema", SCHEMA.to_string()),
        ("interdict.version", options.version.to_string()),
        ("interdict.as_of", report.as_of.to_string()),
        ("interdict.verdict", report.verdict().id().to_owned()),
        ("interdict.headline", words::headline(report)),
        ("interdict.lists", words::on_lists(report)),
    ];
    let metadata = metadata
        .map(|(key, value)| (key.to_owned(), value))
        .to_vec();
    self::texts(FLAT_COLUMNS, texts, NUMBERS, metadata, out)
}

/// Writes columns of texts, some of them numbers.
pub(super) fn texts(
    names: &[&'static str],
    texts: Vec<Vec<Option<String>>>,
    numbers: &[&str],
    metadata: Vec<(String, String)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = texts.first().map_or(0, Vec::len);
    let columns: Vec<Column> = names
        .iter()
        .zip(texts)
        .map(|(name, texts)| {
            let series = if numbers.contains(name) {
                let numbers: Vec<Option<u64>> = texts
                    .iter()
                    .map(|t| t.as_ref().and_then(|t| t.parse().ok()))
                    .collect();
                Series::new((*name).into(), numbers)
            } else {
                Series::new((*name).into(), texts)
            };
            series.into()
        })
        .collect();
    let mut frame = DataFrame::new(rows, columns).map_err(io::Error::other)?;
    // A writer that can be seeked is not needed, one that knows its type is.
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .finish(&mut frame)
        .map_err(io::Error::other)?;
    out.write_all(&bytes)
}
