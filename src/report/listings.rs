//! The flat listing table: one row a listing, for use in any warehouse.

use super::escape::cell;
use super::flat::interval;
use super::json::write_value;
use crate::list::{ListSet, ListingRef};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::io::{self, Write};

/// The columns, in order. New ones are added at the end.
pub const LISTING_COLUMNS: &[&str] = &[
    "list",
    "list_title",
    "publisher",
    "authority",
    "licence",
    "entity_id",
    "entity",
    "kind",
    "programs",
    "entity_listed_on",
    "label",
    "text",
    "address",
    "format",
    "networks",
    "listed",
    "listed_from",
    "listed_on_or_before",
    "listed_until",
    "intervals",
    "locator",
    "raw",
    "comment",
    "source_url",
    "published_on",
    "retrieved_at",
    "snapshot_sha256",
];

/// The values of one listing, in the order of [`LISTING_COLUMNS`].
fn row(lists: &ListSet, at: ListingRef) -> Vec<Cow<'_, str>> {
    let (list, l) = (lists.list(at), lists.listing(at));
    let (source, snapshot, entity) = (&list.source, l.snapshot, l.entity);
    let last = l.intervals.last().copied().unwrap_or_default();
    let known = last.starts_known();
    let address = l.format.and_then(|_| {
        crate::address::Address::parse(l.text)
            .or_else(|_| crate::address::Address::parse(&l.text.to_ascii_lowercase()))
            .ok()
    });
    let day = |day: Option<jiff::civil::Date>| -> Cow<'static, str> {
        day.map_or("".into(), |day| day.to_string().into())
    };
    let intervals: Vec<String> = l.intervals.iter().map(interval).collect();
    let url = [
        l.url,
        entity.source_url.as_deref().unwrap_or_default(),
        &snapshot.url,
        source.urls.first().map_or("", |url| url),
        &source.homepage,
    ];
    let url = url.into_iter().find(|url| super::json::is_web(url));
    let row: Vec<Cow<'_, str>> = vec![
        (&*source.id).into(),
        (&*source.title).into(),
        (&*source.publisher).into(),
        source.authority.id().into(),
        (&*source.licence).into(),
        (&*entity.id).into(),
        (&*entity.name).into(),
        entity.kind.id().into(),
        entity.programs.join("; ").into(),
        day(entity.listed_on),
        l.label.into(),
        l.text.into(),
        address
            .as_ref()
            .map_or("".into(), |a| a.canonical().to_owned().into()),
        l.format.map_or("", |f| f.id).into(),
        l.format.map_or("".into(), |f| f.networks.join("; ").into()),
        if last.until.is_none() { "yes" } else { "no" }.into(),
        day(last.from.filter(|_| known)),
        day(last.from.filter(|_| !known)),
        day(last.until),
        intervals.join("; ").into(),
        l.locator.into(),
        l.raw.into(),
        l.note.into(),
        url.unwrap_or_default().into(),
        day(snapshot.published_on),
        snapshot
            .retrieved_at
            .map_or("".into(), |at| at.to_string().into()),
        (&*snapshot.sha256).into(),
    ];
    debug_assert_eq!(row.len(), LISTING_COLUMNS.len());
    row
}

/// Writes the table as CSV (RFC 4180, UTF-8, LF); no cell starts a formula.
pub fn write_csv(lists: &ListSet, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(LISTING_COLUMNS)?;
    for at in lists.refs() {
        csv.write_record(row(lists, at).iter().map(|v| cell(v).into_owned()))?;
    }
    csv.flush()
}

/// Writes the table as one JSON object a line; what is unknown is null.
pub fn write_jsonl(lists: &ListSet, out: &mut dyn Write) -> io::Result<()> {
    for at in lists.refs() {
        let value = |v: Cow<'_, str>| match v.is_empty() {
            true => Value::Null,
            false => Value::String(v.into_owned()),
        };
        let pairs = LISTING_COLUMNS.iter().zip(row(lists, at));
        let object: Map<_, _> = pairs.map(|(c, v)| ((*c).to_owned(), value(v))).collect();
        write_value(&object, false, out)?;
    }
    Ok(())
}

/// Writes the table as Parquet; what is unknown is null.
#[cfg(feature = "frames")]
pub fn write_parquet(lists: &ListSet, out: &mut dyn Write) -> io::Result<()> {
    let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); LISTING_COLUMNS.len()];
    for at in lists.refs() {
        for (column, value) in columns.iter_mut().zip(row(lists, at)) {
            column.push((!value.is_empty()).then(|| value.into_owned()));
        }
    }
    let names: Vec<_> = lists
        .lists()
        .iter()
        .map(|l| format!("{} {}", l.source.id, l.snapshot.sha256))
        .collect();
    let metadata = vec![("interdict.lists".to_owned(), names.join(", "))];
    super::parquet::texts(LISTING_COLUMNS, columns, &[], metadata, out)
}
