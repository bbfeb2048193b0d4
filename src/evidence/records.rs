//! A list as a bundle keeps it: who publishes it, which snapshot was used, and its records as they
//! were judged by, with their dates, one a line.
//!
//! Made back into a list, they give the same matches; what the publisher's document said beside that
//! is not kept here.

use crate::list::{
    Authority, Entity, EntityIx, EntityKind, Interval, List, ListBuilder, ListError, Listing,
    NewListing, PastListing, Snapshot, Source,
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
    /// The older snapshots, and compiled histories, that say when its addresses were listed.
    #[serde(default)]
    pub history: Vec<HistoryFile>,
}

/// A document that a list's dates come from, beside its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryFile {
    /// The source that it is of.
    pub source: Box<str>,
    /// SHA-256 of the document as retrieved.
    pub sha256: Box<str>,
    /// Its day: as it says itself, else when it was retrieved.
    pub day: Date,
    /// What the member is: `document`; `listings`, kept in the place of a document that was let go;
    /// `compiled` into the program; `gone`.
    pub kept: Box<str>,
    /// The member; empty: it is not in the bundle.
    pub member: Box<str>,
}

impl HistoryFile {
    /// What is said of the document `sha256` of `source`, which is not in the bundle yet.
    pub fn new(source: &str, sha256: &str, day: Date, kept: &str) -> Self {
        Self {
            source: source.into(),
            sha256: sha256.into(),
            day,
            kept: kept.into(),
            member: "".into(),
        }
    }
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
    /// The last snapshot that had it, where that is not the list's own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    snapshot: Option<SnapshotFile>,
}

#[derive(PartialEq, Eq, Hash, Serialize, Deserialize)]
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
            snapshot: SnapshotFile::new(snapshot),
            entities: list.entities().len(),
            listings: list.len(),
            addresses: list.addresses(),
            records: if all { "all" } else { "used" }.into(),
            document: document.into(),
            history: Vec::new(),
        }
    }

    fn source(&self) -> Source {
        let authority = Authority::ALL
            .iter()
            .find(|(_, id)| **id == *self.authority)
            .map_or(Authority::User, |(authority, _)| *authority);
        Source {
            publisher: self.publisher.clone(),
            authority,
            licence: self.licence.clone(),
            homepage: self.homepage.clone(),
            urls: self.urls.clone(),
            max_age: self.max_age_hours.map(SignedDuration::from_hours),
            ..Source::own(&self.id, &self.title, &self.shape)
        }
    }
}

impl SnapshotFile {
    fn new(snapshot: &Snapshot) -> Self {
        Self {
            sha256: snapshot.sha256.clone(),
            bytes: snapshot.bytes,
            url: snapshot.url.clone(),
            retrieved_at: snapshot.retrieved_at,
            published_on: snapshot.published_on,
            bundled: snapshot.bundled,
        }
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            sha256: self.sha256.clone(),
            bytes: self.bytes,
            url: self.url.clone(),
            retrieved_at: self.retrieved_at,
            published_on: self.published_on,
            bundled: self.bundled,
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
            snapshot: (listing.snapshot != &list.snapshot)
                .then(|| SnapshotFile::new(listing.snapshot)),
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
    let mut builder = ListBuilder::new(file.source(), file.snapshot.snapshot());
    let mut entities: HashMap<EntityFile, EntityIx> = HashMap::new();
    let (mut sums, mut past) = (Vec::new(), Vec::new());
    for (line, at) in records.lines().zip(1..) {
        let record: RecordFile =
            serde_json::from_str(&line?).map_err(|e| RecordsError::Line(at, e.to_string()))?;
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
        if let Some(snapshot) = &record.snapshot {
            past.push(PastListing {
                snapshot: snapshot.snapshot(),
                entity: entity(&record.entity),
                text: record.text,
                raw: record.raw,
                label: record.label,
                locator: record.locator,
                note: record.comment,
                url: record.url,
                intervals,
            });
        } else {
            if !past.is_empty() {
                let what = "a record of the list's own snapshot stands after those of older ones";
                return Err(RecordsError::Line(at, what.to_owned()));
            }
            let entity = match entities.get(&record.entity) {
                Some(entity) => *entity,
                None => builder.entity(entity(&record.entity)),
            };
            entities.insert(record.entity, entity);
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
        }
        sums.push(record.record_sha256);
    }
    match (past.first(), entities.is_empty()) {
        (None, true) => return Ok(None),
        // A list is made of something; this is listed no more.
        (Some(gone), true) => {
            builder.entity(gone.entity.clone());
        }
        (_, false) => {}
    }
    let mut list = builder.finish()?;
    if !past.is_empty() {
        list = list.add_past(&past);
    }
    let listings = list.listings().chain(list.past_listings());
    for ((listing, sum), at) in listings.zip(&sums).zip(1..) {
        if *record_sha256(&file.id, &listing) != **sum {
            let what = "it is not what its `record_sha256` says".to_owned();
            return Err(RecordsError::Line(at, what));
        }
    }
    Ok(Some(list))
}

fn entity(file: &EntityFile) -> Entity {
    const KINDS: &[EntityKind] = &[
        EntityKind::Person,
        EntityKind::Organisation,
        EntityKind::Vessel,
        EntityKind::Aircraft,
        EntityKind::Cluster,
    ];
    let kind = KINDS.iter().find(|k| k.id() == &*file.kind);
    Entity {
        id: file.id.clone(),
        kind: kind.copied().unwrap_or_default(),
        name: file.name.clone(),
        programs: file.programs.clone(),
        listed_on: file.listed_on,
        source_url: file.source_url.clone(),
        ..Entity::default()
    }
}
