//! What a snapshot listed, in lines of JSON: kept in its place when its document is let go, and
//! the form in which listings that left a list are carried along.

use super::{InstalledList, StoreError, disk};
use crate::list::{
    Entity, EntityIx, EntityKind, ExternalId, List, ListBuilder, Listing, Name, NameQuality,
    NewListing, Snapshot,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::Path;

pub(super) const FILE: &str = "listings.jsonl";
const SCHEMA: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Head<'a> {
    schema: u32,
    snapshot: SnapshotRow<'a>,
    entities: usize,
    listings: usize,
}

/// A snapshot, as written.
#[derive(Serialize, Deserialize)]
pub(super) struct SnapshotRow<'a> {
    sha256: Cow<'a, str>,
    bytes: u64,
    url: Cow<'a, str>,
    retrieved_at: Option<Timestamp>,
    published_on: Option<Date>,
}

impl<'a> SnapshotRow<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            sha256: Cow::Borrowed(&snapshot.sha256),
            bytes: snapshot.bytes,
            url: Cow::Borrowed(&snapshot.url),
            retrieved_at: snapshot.retrieved_at,
            published_on: snapshot.published_on,
        }
    }

    pub(super) fn into_snapshot(self) -> Snapshot {
        Snapshot {
            sha256: self.sha256.into(),
            bytes: self.bytes,
            url: self.url.into(),
            retrieved_at: self.retrieved_at,
            published_on: self.published_on,
            bundled: false,
        }
    }
}

/// An entity, as written.
#[derive(Serialize, Deserialize)]
pub(super) struct EntityRow {
    id: Box<str>,
    kind: Box<str>,
    name: Box<str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<(Box<str>, Box<str>, u8)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    programs: Vec<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lists: Vec<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listed_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    births: Vec<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    countries: Vec<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ids: Vec<(Box<str>, Box<str>, Box<str>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_url: Option<Box<str>>,
}

/// Every kind, by name.
pub(super) const KINDS: &[EntityKind] = &[
    EntityKind::Person,
    EntityKind::Organisation,
    EntityKind::Vessel,
    EntityKind::Aircraft,
    EntityKind::Cluster,
    EntityKind::Unknown,
];

/// Every quality, by number.
pub(super) const QUALITIES: &[NameQuality] =
    &[NameQuality::Primary, NameQuality::Strong, NameQuality::Weak];

impl EntityRow {
    pub(super) fn of(entity: &Entity) -> Self {
        let alias = |a: &Name| (a.text.clone(), a.script.clone(), a.quality as u8);
        let id = |i: &ExternalId| (i.kind.clone(), i.value.clone(), i.country.clone());
        Self {
            id: entity.id.clone(),
            kind: entity.kind.id().into(),
            name: entity.name.clone(),
            aliases: entity.aliases.iter().map(alias).collect(),
            programs: entity.programs.clone(),
            lists: entity.lists.clone(),
            listed_on: entity.listed_on,
            births: entity.births.clone(),
            countries: entity.countries.clone(),
            ids: entity.ids.iter().map(id).collect(),
            source_url: entity.source_url.clone(),
        }
    }

    pub(super) fn into_entity(self) -> Entity {
        let alias = |(text, script, quality): (Box<str>, Box<str>, u8)| Name {
            text,
            script,
            quality: QUALITIES
                .get(usize::from(quality))
                .copied()
                .unwrap_or_default(),
        };
        let id = |(kind, value, country)| ExternalId {
            kind,
            value,
            country,
        };
        let kind = KINDS.iter().find(|kind| *kind.id() == *self.kind);
        Entity {
            id: self.id,
            kind: kind.copied().unwrap_or_default(),
            name: self.name,
            aliases: self.aliases.into_iter().map(alias).collect(),
            programs: self.programs,
            lists: self.lists,
            listed_on: self.listed_on,
            births: self.births,
            countries: self.countries,
            ids: self.ids.into_iter().map(id).collect(),
            source_url: self.source_url,
        }
    }
}

/// The texts of a listing, as written; an empty `raw` means: the same as `text`.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Texts<'a> {
    pub(super) text: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) raw: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) label: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) locator: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) note: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) url: Cow<'a, str>,
}

impl<'a> Texts<'a> {
    pub(super) fn of(listing: &Listing<'a>) -> Self {
        let raw = if listing.raw == listing.text {
            ""
        } else {
            listing.raw
        };
        Self {
            text: listing.text.into(),
            raw: raw.into(),
            label: listing.label.into(),
            locator: listing.locator.into(),
            note: listing.note.into(),
            url: listing.url.into(),
        }
    }
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts, numbers and dates are JSON")
}

pub(super) fn exists(folder: &Path) -> bool {
    folder.join(FILE).exists()
}

/// Writes what `list`'s snapshot says.
pub(super) fn write(folder: &Path, list: &List) -> Result<(), StoreError> {
    let head = Head {
        schema: SCHEMA,
        snapshot: SnapshotRow::of(&list.snapshot),
        entities: list.entity_count(),
        listings: list.len(),
    };
    let mut text = json(&head);
    text.push('\n');
    // Each entity once, then its listings by its number.
    for entity in list.entities() {
        text += &json(&EntityRow::of(entity));
        text.push('\n');
    }
    for (ix, listing) in (0..).zip(list.listings()) {
        let row = (
            list.entity_ix(ix),
            Texts::of(&listing),
            intervals_text(listing.intervals),
        );
        text += &json(&row);
        text.push('\n');
    }
    disk::replace(&folder.join(FILE), &text)
}

/// Reads it back.
pub(super) fn read(installed: &InstalledList) -> Result<List, StoreError> {
    let path = installed.folder.join(FILE);
    let text = std::fs::read_to_string(&path).map_err(StoreError::io("read", &path))?;
    let broken = |line: usize, why: String| StoreError::Manifest {
        path: path.clone(),
        why: format!("line {}: {why}", line + 1),
    };
    let mut lines = text.lines().enumerate();
    let (_, first) = lines
        .next()
        .ok_or_else(|| broken(0, "it is empty".into()))?;
    let head: Head<'_> = serde_json::from_str(first).map_err(|e| broken(0, e.to_string()))?;
    if head.schema != SCHEMA || head.snapshot.sha256 != *installed.manifest.sha256 {
        return Err(broken(0, "it is of another layout or snapshot".into()));
    }
    let (entities, listings) = (head.entities, head.listings);
    let mut out = ListBuilder::new(installed.source.clone(), head.snapshot.into_snapshot());
    let mut known: Vec<EntityIx> = Vec::with_capacity(entities);
    for (n, line) in lines {
        if known.len() < entities {
            let row: EntityRow =
                serde_json::from_str(line).map_err(|e| broken(n, e.to_string()))?;
            known.push(out.entity(row.into_entity()));
            continue;
        }
        let (at, texts, intervals): (usize, Texts<'_>, String) =
            serde_json::from_str(line).map_err(|e| broken(n, e.to_string()))?;
        let entity = *known
            .get(at)
            .ok_or_else(|| broken(n, format!("there is no entity {at}")))?;
        let intervals = parse_intervals(&intervals)
            .ok_or_else(|| broken(n, format!("no intervals: `{intervals}`")))?;
        out.listing(
            entity,
            NewListing {
                text: &texts.text,
                raw: &texts.raw,
                label: &texts.label,
                locator: &texts.locator,
                note: &texts.note,
                url: &texts.url,
                intervals: &intervals,
            },
        );
    }
    if known.len() != entities || out.len() != listings {
        return Err(broken(0, "it is cut short".into()));
    }
    out.finish().map_err(|e| broken(0, e.to_string()))
}

/// Intervals in a word.
pub(super) fn intervals_text(intervals: &[crate::list::Interval]) -> String {
    let parts: Vec<_> = intervals.iter().map(|i| i.to_text()).collect();
    parts.join(",")
}

pub(super) fn parse_intervals(text: &str) -> Option<Vec<crate::list::Interval>> {
    text.split(',').map(crate::list::Interval::parse).collect()
}
