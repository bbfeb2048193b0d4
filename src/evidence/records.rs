//! A list as a bundle keeps it: who publishes it, which snapshot was used, and its records as they
//! were judged by, with their dates, one a line.
//!
//! Made back into a list, they give the same matches; what the publisher's document said beside that
//! is not kept here.

use crate::list::{
    Authority, Entity, EntityIx, EntityKind, Interval, List, ListBuilder, ListError, Listing,
    NewListing, Snapshot, Source,
};
use crate::screen::record_sha256;
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{self, BufRead, Write};

/// The source and the snapshot of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListFile {
    /// The source's id.
    pub id: Box<str>,
    title: Box<str>,
    publisher: Box<str>,
    authority: Box<str>,
    licence: Box<str>,
    homepage: Box<str>,
    urls: Vec<Box<str>>,
    max_age_hours: Option<i64>,
    shape: Box<str>,
    /// The snapshot.
    pub snapshot: SnapshotFile,
    entities: usize,
    listings: usize,
    addresses: usize,
    /// `used`: those of matches and near misses only; `all`.
    pub records: Box<str>,
    /// The member that is the publisher's document; empty: it is not in the bundle.
    pub document: Box<str>,
}

/// A snapshot of a list's document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SnapshotFile {
    /// SHA-256 of the document as retrieved.
    pub sha256: Box<str>,
    bytes: u64,
    url: Box<str>,
    retrieved_at: Option<Timestamp>,
    /// The date the document gives itself.
    pub published_on: Option<Date>,
    bundled: bool,
}

#[derive(Serialize, Deserialize)]
struct RecordFile {
    record_sha256: Box<str>,
    entity: EntityFile,
    text: Box<str>,
    raw: Box<str>,
    label: Box<str>,
    locator: Box<str>,
    comment: Box<str>,
    url: Box<str>,
    intervals: Vec<IntervalFile>,
}

#[derive(Serialize, Deserialize)]
struct EntityFile {
    id: Box<str>,
    kind: Box<str>,
    name: Box<str>,
    programs: Vec<Box<str>>,
    listed_on: Option<Date>,
    source_url: Option<Box<str>>,
}

#[derive(Serialize, Deserialize)]
struct IntervalFile {
    from: Option<Date>,
    not_before: Option<Date>,
    until: Option<Date>,
    last_seen: Option<Date>,
}

impl ListFile {
    /// What is kept of `list`; `all`: with all its records, not only those used.
    pub fn new(list: &List, all: bool, document: &str) -> Self {
        let (source, snapshot) = (&list.source, &list.snapshot);
        Self {
            id: source.id.clone(),
            title: source.title.clone(),
            publisher: source.publisher.clone(),
            authority: source.authority.id().into(),
            licence: source.licence.clone(),
            homepage: source.homepage.clone(),
            urls: source.urls.clone(),
            max_age_hours: source.max_age.map(|age| age.as_hours()),
            shape: source.shape.clone(),
            snapshot: SnapshotFile {
                sha256: snapshot.sha256.clone(),
                bytes: snapshot.bytes,
                url: snapshot.url.clone(),
                retrieved_at: snapshot.retrieved_at,
                published_on: snapshot.published_on,
                bundled: snapshot.bundled,
            },
            entities: list.entities().len(),
            listings: list.len(),
            addresses: list.addresses(),
            records: if all { "all" } else { "used" }.into(),
            document: document.into(),
        }
    }

    fn source(&self) -> Source {
        let authority = Authority::ALL
            .iter()
            .find(|(_, id)| **id == *self.authority)
            .map_or(Authority::User, |(authority, _)| *authority);
        Source {
            id: self.id.clone(),
            title: self.title.clone(),
            publisher: self.publisher.clone(),
            authority,
            licence: self.licence.clone(),
            homepage: self.homepage.clone(),
            urls: self.urls.clone(),
            max_age: self.max_age_hours.map(SignedDuration::from_hours),
            at_least: 1,
            max_shrink: None,
            max_growth: None,
            shape: self.shape.clone(),
            labels: Vec::new(),
            columns: Default::default(),
            options: Default::default(),
            superseded_by: None,
            alternative_to: None,
            parts: Default::default(),
        }
    }

    fn snapshot(&self) -> Snapshot {
        let s = &self.snapshot;
        Snapshot {
            sha256: s.sha256.clone(),
            bytes: s.bytes,
            url: s.url.clone(),
            retrieved_at: s.retrieved_at,
            published_on: s.published_on,
            bundled: s.bundled,
        }
    }
}

/// Writes one record a line.
///
/// # Errors
///
/// When writing fails.
pub fn write<'l>(
    list: &List,
    listings: impl Iterator<Item = Listing<'l>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for listing in listings {
        let entity = listing.entity;
        let record = RecordFile {
            record_sha256: record_sha256(&list.source.id, &listing).into(),
            entity: EntityFile {
                id: entity.id.clone(),
                kind: entity.kind.id().into(),
                name: entity.name.clone(),
                programs: entity.programs.clone(),
                listed_on: entity.listed_on,
                source_url: entity.source_url.clone(),
            },
            text: listing.text.into(),
            raw: listing.raw.into(),
            label: listing.label.into(),
            locator: listing.locator.into(),
            comment: listing.note.into(),
            url: listing.url.into(),
            intervals: listing.intervals.iter().map(interval_file).collect(),
        };
        serde_json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn interval_file(interval: &Interval) -> IntervalFile {
    IntervalFile {
        from: interval.from,
        not_before: interval.not_before,
        until: interval.until,
        last_seen: interval.last_seen,
    }
}

/// Why records are no list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// They cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A line is no record.
    #[error("line {0}: {1}")]
    Line(usize, String),
    /// They do not make a list.
    #[error(transparent)]
    List(#[from] ListError),
}

/// Makes a list of what was kept of it; `None`: no record was.
///
/// # Errors
///
/// When a record cannot be read, or is not what its own checksum says.
pub fn read(file: &ListFile, records: impl BufRead) -> Result<Option<List>, RecordsError> {
    const KINDS: &[EntityKind] = &[
        EntityKind::Person,
        EntityKind::Organisation,
        EntityKind::Vessel,
        EntityKind::Aircraft,
        EntityKind::Cluster,
    ];
    let mut builder = ListBuilder::new(file.source(), file.snapshot());
    let mut entities: HashMap<Box<str>, EntityIx> = HashMap::new();
    let mut sums = Vec::new();
    for (line, at) in records.lines().zip(1..) {
        let record: RecordFile = serde_json::from_str(&line?)
            .map_err(|e| RecordsError::Line(at, e.to_string()))?;
        let EntityFile {
            id,
            kind,
            name,
            programs,
            listed_on,
            source_url,
        } = record.entity;
        let entity = *entities.entry(id.clone()).or_insert_with(|| {
            let kind = KINDS.iter().find(|k| k.id() == &*kind);
            builder.entity(Entity {
                id,
                kind: kind.copied().unwrap_or_default(),
                name,
                programs,
                listed_on,
                source_url,
                ..Entity::default()
            })
        });
        let intervals: Vec<Interval> = record
            .intervals
            .iter()
            .map(|i| Interval {
                from: i.from,
                not_before: i.not_before,
                until: i.until,
                last_seen: i.last_seen,
            })
            .collect();
        builder.listing(
            entity,
            NewListing {
                text: &record.text,
                raw: &record.raw,
                label: &record.label,
                locator: &record.locator,
                note: &record.comment,
                url: &record.url,
                intervals: &intervals,
            },
        );
        sums.push(record.record_sha256);
    }
    if sums.is_empty() {
        return Ok(None);
    }
    let list = builder.finish()?;
    for ((listing, sum), at) in list.listings().zip(&sums).zip(1..) {
        if *record_sha256(&file.id, &listing) != **sum {
            let what = "it is not what its `record_sha256` says".to_owned();
            return Err(RecordsError::Line(at, what));
        }
    }
    Ok(Some(list))
}
