//! The manifest of a snapshot: where it came from, when, and what was found in it.

use super::{StoreError, disk};
use crate::list::{Entity, EntityKind, List};
use crate::source;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The layout that this build writes and reads.
const SCHEMA: u32 = 1;
/// Before the hash of what stands above it: a date that somebody edits is not believed.
const SEAL: &str = "\n# sha256: ";

/// How much is in a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Entities.
    pub entities: u64,
    /// Identifiers, addresses or not.
    pub listings: u64,
    /// Identifiers that are addresses.
    pub addresses: u64,
    /// Identifiers kept verbatim.
    pub verbatim: u64,
}

/// With more labels than this a label is a remark, not a kind of asset.
const LABELS_MAX: usize = 200;

/// In how many of a thousand entities and listings each field is filled.
fn fill(list: &List) -> BTreeMap<Box<str>, u64> {
    let entity: [(&str, fn(&Entity) -> bool); 8] = [
        ("name", |e| !e.name.is_empty()),
        ("kind", |e| e.kind != EntityKind::Unknown),
        ("aliases", |e| !e.aliases.is_empty()),
        ("programs", |e| !e.programs.is_empty()),
        ("listed_on", |e| e.listed_on.is_some()),
        ("births", |e| !e.births.is_empty()),
        ("countries", |e| !e.countries.is_empty()),
        ("ids", |e| !e.ids.is_empty()),
    ];
    let share = |filled: usize, all: usize| (filled * 1000).checked_div(all).unwrap_or(0) as u64;
    let entities = list.entities();
    let mut fill: BTreeMap<Box<str>, u64> = entity
        .into_iter()
        .map(|(name, is_filled)| {
            let filled = entities.iter().filter(|e| is_filled(e)).count();
            (name.into(), share(filled, entities.len()))
        })
        .collect();
    let labelled = list.listings().filter(|l| !l.label.is_empty()).count();
    fill.insert("label".into(), share(labelled, list.len()));
    fill
}

/// What a publisher says of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validator {
    /// Its entity tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<Box<str>>,
    /// When it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<Box<str>>,
}

/// What is known of a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The source's id.
    pub source: Box<str>,
    /// Lower-case hex SHA-256 of the document as retrieved.
    pub sha256: Box<str>,
    /// Its length.
    pub bytes: u64,
    /// Its file name.
    pub file: Box<str>,
    /// The archive's member that was read, when it had to be named.
    pub member: Option<Box<str>>,
    /// Where it came from: a URL, or the file name it was imported from.
    pub url: Box<str>,
    /// When it was retrieved.
    pub retrieved_at: Timestamp,
    /// When the publisher was last seen to offer the same document.
    pub checked_at: Timestamp,
    /// When the publisher last offered just this document, or said that it has not changed;
    /// `None`: it came by other means.
    pub confirmed_at: Option<Timestamp>,
    /// What the publisher said of the document, by URL, to ask whether it has changed.
    pub validators: BTreeMap<Box<str>, Validator>,
    /// The date the document gives itself.
    pub published_on: Option<Date>,
    /// In how many of a thousand entities and listings a field is filled.
    pub fill: BTreeMap<Box<str>, u64>,
    /// Addresses in the document that are no listings; `None`: not counted.
    pub unlisted: Option<u64>,
    /// Whether its last line ends; `None`: it is no text of lines.
    pub line_end: Option<bool>,
    /// Its labels, unless there are very many.
    pub labels: Vec<Box<str>>,
    /// How much is in it.
    pub counts: Counts,
    /// Findings by code.
    pub findings: BTreeMap<Box<str>, u64>,
    /// Changes that the health gate stops at and that were accepted, in words.
    pub accepted: Vec<Box<str>>,
    /// The program that stored it.
    pub tool: Box<str>,
}

/// As written: dates as text.
#[derive(Serialize, Deserialize)]
struct Written {
    schema: u32,
    source: Box<str>,
    sha256: Box<str>,
    bytes: u64,
    file: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Box<str>>,
    url: Box<str>,
    retrieved_at: String,
    checked_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unlisted: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line_end: Option<bool>,
    tool: Box<str>,
    #[serde(default)]
    accepted: Vec<Box<str>>,
    #[serde(default)]
    labels: Vec<Box<str>>,
    counts: Counts,
    #[serde(default)]
    findings: BTreeMap<Box<str>, u64>,
    #[serde(default)]
    fill: BTreeMap<Box<str>, u64>,
    #[serde(default)]
    validators: BTreeMap<Box<str>, Validator>,
}

impl Manifest {
    /// Adds what was found in the document.
    pub(super) fn count(&mut self, list: &List) {
        let (listings, addresses) = (list.len() as u64, list.addresses() as u64);
        self.published_on = list.snapshot.published_on;
        self.counts = Counts {
            entities: list.entity_count() as u64,
            listings,
            addresses,
            verbatim: listings - addresses,
        };
        self.fill = fill(list);
        self.labels = list.labels().map(Into::into).collect();
        if self.labels.len() > LABELS_MAX {
            self.labels.clear();
        }
        self.findings.clear();
        for finding in &list.findings {
            *self.findings.entry(finding.code.id().into()).or_default() += 1;
        }
    }

    pub(super) fn to_text(&self) -> String {
        let written = Written {
            schema: SCHEMA,
            source: self.source.clone(),
            sha256: self.sha256.clone(),
            bytes: self.bytes,
            file: self.file.clone(),
            member: self.member.clone(),
            url: self.url.clone(),
            retrieved_at: self.retrieved_at.to_string(),
            checked_at: self.checked_at.to_string(),
            confirmed_at: self.confirmed_at.map(|at| at.to_string()),
            published_on: self.published_on.map(|day| day.to_string()),
            unlisted: self.unlisted,
            line_end: self.line_end,
            fill: self.fill.clone(),
            validators: self.validators.clone(),
            tool: self.tool.clone(),
            accepted: self.accepted.clone(),
            labels: self.labels.clone(),
            counts: self.counts,
            findings: self.findings.clone(),
        };
        let text = toml::to_string(&written).expect("strings, numbers and tables are TOML");
        let seal = source::sha256(text.as_bytes());
        format!("{text}{SEAL}{seal}\n")
    }

    pub(super) fn read(path: &Path) -> Result<Self, StoreError> {
        let text = std::fs::read_to_string(path).map_err(StoreError::io("read", path))?;
        let broken = |why: String| StoreError::Manifest {
            path: path.to_owned(),
            why,
        };
        // One that an earlier build wrote has no seal.
        if let Some(at) = text.rfind(SEAL)
            && text[at + SEAL.len()..].trim_end() != source::sha256(&text.as_bytes()[..at])
        {
            return Err(broken("it is not as it was written".into()));
        }
        let written: Written = toml::from_str(&text).map_err(|e| broken(e.message().into()))?;
        if written.schema != SCHEMA {
            return Err(broken(format!(
                "it has schema {}, this build reads {SCHEMA}",
                written.schema
            )));
        }
        // A file name leads nowhere else.
        if Path::new(&*written.file).file_name() != Some(written.file.as_ref().as_ref()) {
            return Err(broken(format!("`{}` is no file name", written.file)));
        }
        let time = |text: &str| -> Result<Timestamp, StoreError> {
            text.parse()
                .map_err(|_| broken(format!("`{text}` is no time")))
        };
        let published_on = written.published_on.as_deref().map(|text| {
            text.parse::<Date>()
                .map_err(|_| broken(format!("`{text}` is no date")))
        });
        Ok(Self {
            retrieved_at: time(&written.retrieved_at)?,
            checked_at: time(&written.checked_at)?,
            confirmed_at: written.confirmed_at.as_deref().map(time).transpose()?,
            published_on: published_on.transpose()?,
            fill: written.fill,
            unlisted: written.unlisted,
            line_end: written.line_end,
            validators: written.validators,
            source: written.source,
            sha256: written.sha256,
            bytes: written.bytes,
            file: written.file,
            member: written.member,
            url: written.url,
            counts: written.counts,
            findings: written.findings,
            accepted: written.accepted,
            labels: written.labels,
            tool: written.tool,
        })
    }

    /// Writes it over the one at `path`, in one step.
    pub(super) fn replace(&self, path: &Path) -> Result<(), StoreError> {
        disk::replace(path, &self.to_text())
    }
}
