//! The match table: one row a match, the columns of CSV, Parquet and spreadsheets.
//!
//! Values are raw: each format escapes them for itself.

use super::json::{Start, path, source_url};
use crate::list::Interval;
use crate::screen::{Match, ScreeningReport};
use std::borrow::Cow;

/// The columns, in order. New ones are added at the end.
pub const FLAT_COLUMNS: &[&str] = &[
    "id",
    "input",
    "row",
    "line",
    "byte",
    "column",
    "column_index",
    "role",
    "text",
    "address",
    "format",
    "networks",
    "basis",
    "basis_note",
    "timing",
    "timing_note",
    "row_time",
    "amount",
    "asset",
    "reading",
    "list",
    "list_title",
    "publisher",
    "authority",
    "entity_id",
    "entity",
    "kind",
    "programs",
    "labels",
    "listed_text",
    "listed_from",
    "listed_on_or_before",
    "listed_until",
    "intervals",
    "entity_listed_on",
    "locator",
    "raw",
    "comment",
    "source_url",
    "published_on",
    "retrieved_at",
    "snapshot_sha256",
    "note",
    "row_day",
    "record_sha256",
    "disposition",
];

/// The values of one match, in the order of [`FLAT_COLUMNS`]; several values in one are joined by
/// `; `.
pub(super) fn flat<'r>(report: &'r ScreeningReport<'_>, m: &'r Match<'_>) -> Vec<Cow<'r, str>> {
    let (source, snapshot, entity) = (&m.list.source, m.listing.snapshot, m.entity());
    let start = Start::of(&m.interval);
    let intervals: Vec<String> = m.listing.intervals.iter().map(interval).collect();
    let row: Vec<Cow<'r, str>> = vec![
        (&*m.id).into(),
        path(&report.inputs, m.input).into(),
        m.row.to_string().into(),
        m.line.to_string().into(),
        m.byte.to_string().into(),
        (&*m.column.name).into(),
        m.column.index.to_string().into(),
        m.column.role.id().into(),
        (&*m.text).into(),
        (&*m.address).into(),
        m.format.into(),
        m.networks.join("; ").into(),
        m.basis.id().into(),
        (&*m.basis_note).into(),
        m.timing.id().into(),
        (&*m.timing_note).into(),
        (&*m.row_time).into(),
        (&*m.amount).into(),
        (&*m.asset).into(),
        (&*m.reading).into(),
        (&*source.id).into(),
        (&*source.title).into(),
        (&*source.publisher).into(),
        source.authority.id().into(),
        (&*entity.id).into(),
        (&*entity.name).into(),
        entity.kind.id().into(),
        entity.programs.join("; ").into(),
        m.labels.join("; ").into(),
        m.listing.text.into(),
        optional(start.from),
        optional(start.on_or_before),
        optional(m.interval.until),
        intervals.join("; ").into(),
        optional(entity.listed_on),
        m.listing.locator.into(),
        m.listing.raw.into(),
        m.listing.note.into(),
        source_url(m).into(),
        optional(snapshot.published_on),
        optional(snapshot.retrieved_at),
        (&*snapshot.sha256).into(),
        m.note().into(),
        optional(m.row_day),
        m.record_sha256().into(),
        disposition(m).into(),
    ];
    debug_assert_eq!(row.len(), FLAT_COLUMNS.len());
    row
}

/// `cleared (holds until 2027-01-01) by AUTHOR: REASON`; empty when nobody decided anything.
fn disposition(m: &Match<'_>) -> String {
    m.disposition
        .as_deref()
        .map_or(String::new(), super::words::disposition)
}

fn optional<'r>(value: Option<impl ToString>) -> Cow<'r, str> {
    value.map_or(Cow::Borrowed(""), |v| Cow::Owned(v.to_string()))
}

/// ISO 8601's `start/end`, each end `..` when open or unknown; `<=` where only a bound is known.
pub(super) fn interval(interval: &Interval) -> String {
    let from = match interval.from {
        None => "..".to_owned(),
        Some(day) if interval.starts_known() => day.to_string(),
        Some(day) => format!("<={day}"),
    };
    let until = interval
        .until
        .map_or("..".to_owned(), |day| day.to_string());
    format!("{from}/{until}")
}
