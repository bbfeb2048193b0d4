//! The manifest of a snapshot: where it came from, when, and what was found in it.

use super::{StoreError, disk};
use crate::list::List;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The layout that this build writes and reads.
const SCHEMA: u32 = 1;

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
    /// The date the document gives itself.
    pub published_on: Option<Date>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    published_on: Option<String>,
    tool: Box<str>,
    #[serde(default)]
    accepted: Vec<Box<str>>,
    counts: Counts,
    #[serde(default)]
    findings: BTreeMap<Box<str>, u64>,
}

impl Manifest {
    /// Adds what was found in the document.
    pub(super) fn count(&mut self, list: &List) {
        let (listings, addresses) = (list.len() as u64, list.addresses() as u64);
        self.published_on = list.snapshot.published_on;
        self.counts = Counts {
            entities: list.entities().len() as u64,
            listings,
            addresses,
            verbatim: listings - addresses,
        };
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
            published_on: self.published_on.map(|day| day.to_string()),
            tool: self.tool.clone(),
            accepted: self.accepted.clone(),
            counts: self.counts,
            findings: self.findings.clone(),
        };
        toml::to_string(&written).expect("strings, numbers and tables are TOML")
    }

    pub(super) fn read(path: &Path) -> Result<Self, StoreError> {
        let text = std::fs::read_to_string(path).map_err(StoreError::io("read", path))?;
        let broken = |why: String| StoreError::Manifest {
            path: path.to_owned(),
            why,
        };
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
            published_on: published_on.transpose()?,
            source: written.source,
            sha256: written.sha256,
            bytes: written.bytes,
            file: written.file,
            member: written.member,
            url: written.url,
            counts: written.counts,
            findings: written.findings,
            accepted: written.accepted,
            tool: written.tool,
        })
    }

    /// Writes it over the one at `path`, in one step.
    pub(super) fn replace(&self, path: &Path) -> Result<(), StoreError> {
        disk::replace(path, &self.to_text())
    }
}
