//! The only way to make a list.

use super::interval::Interval;
use super::model::{Entity, EntityIx, List, Snapshot, Source, Span, StoredListing};
use crate::address::{self, FORMATS, Reason};
use crate::finding::{Code, Finding, Place};
use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::hash::{Hash, Hasher};

/// One identifier, as a parser found it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewListing<'a> {
    /// The identifier, cut out of the published text.
    pub text: &'a str,
    /// The published text around it; empty: the same as `text`.
    pub raw: &'a str,
    /// The published asset label; empty when there is none.
    pub label: &'a str,
    /// Where in the document.
    pub locator: &'a str,
    /// The publisher's comment; empty when there is none.
    pub note: &'a str,
    /// Where to read the original; empty: the snapshot's own.
    pub url: &'a str,
    /// When it stood on the list; empty: as of the snapshot's own date, start unknown.
    pub intervals: &'a [Interval],
}

/// Why a document did not become a list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// Fewer listings and entities than the source promises.
    #[error(
        "`{id}` has {listings} listings of {entities} entities, fewer than {at_least}: not this list, or its format has changed"
    )]
    TooFew {
        /// The source.
        id: Box<str>,
        /// Listings found.
        listings: usize,
        /// Entities found.
        entities: usize,
        /// The least there must be.
        at_least: usize,
    },
}

/// Collects entities and listings.
#[derive(Debug)]
pub struct ListBuilder {
    list: List,
    label_ix: HashMap<Box<str>, u16>,
    /// Hash of entity, label and text, to the listing that has them: a few bytes for each.
    seen: HashMap<u64, u32>,
    /// What the last listing said beside its text: said again, it is not stored again.
    last: Option<StoredListing>,
}

impl ListBuilder {
    /// An empty list of `source`.
    pub fn new(source: Source, snapshot: Snapshot) -> Self {
        Self {
            list: List {
                source,
                snapshot,
                findings: Vec::new(),
                entities: Vec::new(),
                listings: Vec::new(),
                labels: Vec::new(),
                intervals: Vec::new(),
                arena: String::new(),
            },
            label_ix: HashMap::new(),
            seen: HashMap::new(),
            last: None,
        }
    }

    /// The source whose document is read.
    pub fn source(&self) -> &Source {
        &self.list.source
    }

    /// The snapshot; a parser sets `published_on` from the document.
    pub fn snapshot_mut(&mut self) -> &mut Snapshot {
        &mut self.list.snapshot
    }

    /// Adds an entity.
    pub fn entity(&mut self, entity: Entity) -> EntityIx {
        self.list.entities.push(entity);
        EntityIx(self.list.entities.len() as u32 - 1)
    }

    /// The entity just added, to complete it.
    pub fn entity_mut(&mut self, ix: EntityIx) -> &mut Entity {
        &mut self.list.entities[ix.0 as usize]
    }

    /// Adds a finding about record `id`.
    pub fn finding(&mut self, code: Code, id: &str, detail: impl Into<Box<str>>) {
        let place = Place::record(self.list.source.id.clone(), id);
        self.list.findings.push(Finding::new(code, place, detail));
    }

    /// Adds one identifier of `entity`. What is no address is kept verbatim, with a finding.
    pub fn listing(&mut self, entity: EntityIx, new: NewListing<'_>) {
        let label = self.label(new.label, new.locator);
        let format = match address::decode(new.text.as_bytes()) {
            Ok(decoded) => format_ix(decoded.format),
            // A listed EVM account with a wrong casing is still that account.
            Err(e) if e.lead.is_some() && e.near.is_some() => {
                let near = e.near.expect("checked");
                self.finding(
                    Code::ListedChecksum,
                    new.locator,
                    format!("`{}`: {e}; matched by its bytes", new.text),
                );
                format_ix(near)
            }
            Err(e) => {
                let code = match e.reason {
                    Reason::Checksum => Code::ListedChecksum,
                    _ => Code::ListedIdentifierUnrecognised,
                };
                self.finding(
                    code,
                    new.locator,
                    format!("`{}` ({}): {e}", new.text, new.label),
                );
                u16::MAX
            }
        };
        if let Some(format) = FORMATS.get(format as usize)
            && address::network::label_fits(new.label, format) == Some(false)
        {
            let detail = format!(
                "`{}` is labelled {}, but is an address of {} ({})",
                new.text,
                new.label,
                format.networks.join(", "),
                format.title
            );
            self.finding(Code::LabelFormatMismatch, new.locator, detail);
        }
        if self.is_duplicate(entity, label, new.text) {
            let who = self.list.entities[entity.0 as usize].id.clone();
            self.finding(
                Code::DuplicateListing,
                new.locator,
                format!(
                    "`{}` ({}) stands twice under entity {who}",
                    new.text, new.label
                ),
            );
        }
        // Without intervals of its own it gets the snapshot's in the end, when its day is known.
        let start = self.list.intervals.len() as u32;
        self.list.intervals.extend_from_slice(new.intervals);
        let count = self.list.intervals.len() as u32 - start;
        let text = self.span(new.text);
        let raw = if new.raw.is_empty() || new.raw == new.text {
            text
        } else {
            self.span(new.raw)
        };
        let stored = StoredListing {
            entity,
            text,
            raw,
            locator: self.span(new.locator),
            note: self.same_or_new(self.last.map(|l| l.note), new.note),
            url: self.same_or_new(self.last.map(|l| l.url), new.url),
            label,
            format,
            intervals: (start, count as u16),
        };
        self.last = Some(stored);
        self.list.listings.push(stored);
    }

    /// Whether the entity has this text under this label already. Remembers the next listing.
    fn is_duplicate(&mut self, entity: EntityIx, label: u16, text: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        (entity.0, label, text).hash(&mut hasher);
        let next = self.list.listings.len() as u32;
        match self.seen.entry(hasher.finish()) {
            Entry::Vacant(free) => {
                free.insert(next);
                false
            }
            Entry::Occupied(there) => {
                let there = &self.list.listings[*there.get() as usize];
                let Span { start, len } = there.text;
                let theirs = &self.list.arena[start as usize..(start + len) as usize];
                (there.entity, there.label, theirs) == (entity, label, text)
            }
        }
    }

    /// How many listings there are so far.
    pub fn len(&self) -> usize {
        self.list.listings.len()
    }

    /// Whether there is none yet.
    pub fn is_empty(&self) -> bool {
        self.list.listings.is_empty()
    }

    /// The list, unless it has fewer listings or entities than its source promises.
    pub fn finish(self) -> Result<List, ListError> {
        let mut list = self.list;
        let (listings, entities) = (list.listings.len(), list.entities.len());
        let at_least = list.source.at_least.max(1);
        if listings.max(entities) < at_least {
            let id = list.source.id.clone();
            return Err(ListError::TooFew {
                id,
                listings,
                entities,
                at_least,
            });
        }
        let default = list.intervals.len() as u32;
        let undated = |l: &StoredListing| l.intervals.1 == 0;
        if list.listings.iter().any(undated) {
            let day = list.snapshot.published_on;
            let interval = day.map_or(Interval::UNDATED, Interval::on_or_before);
            list.intervals.push(interval);
        }
        for listing in list.listings.iter_mut().filter(|l| undated(l)) {
            listing.intervals = (default, 1);
        }
        list.findings.sort();
        list.arena.shrink_to_fit();
        list.listings.shrink_to_fit();
        list.intervals.shrink_to_fit();
        Ok(list)
    }

    /// The label's index; one that the source does not know is a finding where it first stands.
    fn label(&mut self, label: &str, locator: &str) -> u16 {
        if let Some(ix) = self.label_ix.get(label) {
            return *ix;
        }
        let known = &self.list.source.labels;
        if !label.is_empty() && !known.is_empty() && known.iter().all(|known| **known != *label) {
            let detail = format!("label `{label}` has not been seen before");
            self.finding(Code::UnknownLabel, locator, detail);
        }
        let ix = self.list.labels.len() as u16;
        self.list.labels.push(label.into());
        self.label_ix.insert(label.into(), ix);
        ix
    }

    fn same_or_new(&mut self, last: Option<Span>, text: &str) -> Span {
        match last {
            Some(span)
                if &self.list.arena[span.start as usize..(span.start + span.len) as usize]
                    == text =>
            {
                span
            }
            _ => self.span(text),
        }
    }

    fn span(&mut self, text: &str) -> Span {
        let start = self.list.arena.len() as u32;
        self.list.arena.push_str(text);
        Span {
            start,
            len: text.len() as u32,
        }
    }
}

fn format_ix(format: &'static address::Format) -> u16 {
    FORMATS
        .iter()
        .position(|f| std::ptr::eq(f, format))
        .map_or(u16::MAX, |ix| ix as u16)
}
