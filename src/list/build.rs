//! The only way to make a list.

use super::draft::{Draft, format_ix};
use super::interval::Interval;
use super::model::{Entity, EntityIx, List, Past, Snapshot, Source, StoredListing, push_texts};
use super::pack::Entities;
use super::past::PastListing;
use super::reach::{Reach, is_compared};
use crate::address::relation::latin;
use crate::address::{self, AddressError, Decoded, FORMATS, Reason};
use crate::finding::{Code, Finding, Place};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

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
    /// More text than one list can hold.
    #[error("`{id}` holds more than 4 GiB of text; split it into several lists")]
    TooLarge {
        /// The source.
        id: Box<str>,
    },
}

/// The most labels that can be told apart by their 16-bit numbers, one of them the empty one.
const LABELS_MAX: usize = u16::MAX as usize - 1;
/// The most intervals of one listing.
const INTERVALS_MAX: usize = u16::MAX as usize;

/// Collects entities and listings.
#[derive(Debug)]
pub struct ListBuilder {
    list: List,
    label_ix: HashMap<Box<str>, u16>,
    /// The label of the listing before: most listings have its.
    label_before: u16,
    reach: Reach,
    threads: usize,
}

impl ListBuilder {
    /// An empty list of `source`.
    pub fn new(source: Source, snapshot: Snapshot) -> Self {
        Self {
            list: List {
                source,
                snapshot,
                findings: Vec::new(),
                confirmed_at: None,
                seen_on: Vec::new(),
                past: Past::default(),
                reach: None,
                near: OnceLock::new(),
                entities: Entities::Built(Vec::new()),
                listings: Vec::new(),
                labels: Vec::new(),
                intervals: Vec::new(),
                arena: String::new(),
            },
            label_ix: HashMap::new(),
            label_before: 0,
            reach: Reach::default(),
            threads: 1,
        }
    }

    /// So many threads may work on the list. It is the same whatever their number.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// How many threads may work on the list.
    pub fn threads(&self) -> usize {
        self.threads
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
        self.list.entities.built().push(entity);
        EntityIx(self.list.entities.len() as u32 - 1)
    }

    /// The entity just added, to complete it.
    pub fn entity_mut(&mut self, ix: EntityIx) -> &mut Entity {
        &mut self.list.entities.built()[ix.0 as usize]
    }

    /// Adds a finding about record `id`.
    pub fn finding(&mut self, code: Code, id: &str, detail: impl Into<Box<str>>) {
        let place = Place::record(self.list.source.id.clone(), id);
        self.list.findings.push(Finding::new(code, place, detail));
    }

    /// Adds one identifier of `entity`. What is no address is kept verbatim, with a finding.
    pub fn listing(&mut self, entity: EntityIx, new: NewListing<'_>) {
        let (label, note) = match self.has_room_for(new.label) {
            true => (self.label(new.label, new.locator), Cow::Borrowed(new.note)),
            false => {
                let apart = if new.note.is_empty() { "" } else { "; " };
                let note = format!("label: {}{apart}{}", new.label, new.note);
                (self.label("", new.locator), Cow::Owned(note))
            }
        };
        if new.intervals.len() > INTERVALS_MAX {
            let count = new.intervals.len();
            let why = format!("`{}` has {count} intervals; the newest are kept", new.text);
            self.finding(Code::ListRecordIncomplete, new.locator, why);
        }
        let mut decoded = None;
        let format = match address::decode(new.text.as_bytes()) {
            Ok(address) => format_ix(decoded.insert(address).format),
            // A listed EVM account with a wrong casing is still that account.
            Err(
                e @ AddressError {
                    lead: Some(identity),
                    near: Some(format),
                    ..
                },
            ) => {
                decoded = Some(Decoded { format, identity });
                self.finding(
                    Code::ListedChecksum,
                    new.locator,
                    format!("`{}`: {e}; matched by its bytes", new.text),
                );
                format_ix(format)
            }
            Err(e) => {
                let code = match e.reason {
                    Reason::Checksum => Code::ListedChecksum,
                    _ => Code::ListedIdentifierUnrecognised,
                };
                let mut detail = format!("`{}` ({}): {e}", new.text, new.label);
                // Typed with letters of another script that look like the right ones.
                if let Some(meant) = latin(new.text) {
                    let (text, title) = (meant.canonical(), meant.format().title);
                    detail += &format!(
                        "; with Latin letters in it, `{text}` is one ({title}), and is matched"
                    );
                } else if !is_compared(&self.list.source, new.text) {
                    detail += "; too short or too plain to be compared with cells: not matched";
                }
                self.finding(code, new.locator, detail);
                u16::MAX
            }
        };
        if !new.label.is_empty()
            && let Some(format) = FORMATS.get(format as usize)
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
        let intervals = self.intervals(new.intervals);
        let start = self.list.arena.len();
        let same = std::ptr::eq(new.raw, new.text) || new.raw == new.text;
        let raw = if same { "" } else { new.raw };
        push_texts(
            &mut self.list.arena,
            [new.text, raw, new.locator, &note, new.url],
        );
        let stored = StoredListing {
            entity,
            // A larger arena is refused in the end.
            texts: start as u32,
            intervals,
            label,
            format,
        };
        let ix = self.list.listings.len() as u32;
        self.list.listings.push(stored);
        self.reach.add(ix, new.text, decoded.as_ref());
    }

    /// Adds some of the addresses of `draft` as listings of `entity`: what [`Self::listing`] makes of
    /// each.
    ///
    /// # Panics
    /// When the draft has not that many.
    pub fn add(&mut self, entity: EntityIx, draft: &Draft, range: Range<usize>) {
        let Some(first) = draft.listings[range.clone()].first() else {
            return;
        };
        let label = self.label("", "");
        let list = &mut self.list;
        let (from, to) = (first.texts, draft.listings.get(range.end).map(|l| l.texts));
        // A larger arena is refused in the end.
        let moved = (list.arena.len() as u32).wrapping_sub(from);
        let to = to.map_or(draft.arena.len(), |to| to as usize);
        list.arena.push_str(&draft.arena[from as usize..to]);
        let at = list.listings.len() as u32;
        let stored = draft.listings[range.clone()].iter().map(|l| StoredListing {
            entity,
            texts: l.texts.wrapping_add(moved),
            intervals: (0, 0),
            label,
            format: l.format,
        });
        list.listings.extend(stored);
        self.reach.append(&draft.reach, range, at);
    }

    /// Goes on with a finished list.
    pub(super) fn resume(list: List) -> Self {
        let mut builder = Self::new(list.source.clone(), list.snapshot.clone());
        builder.label_ix = list.labels.iter().cloned().zip(0..).collect();
        builder.list = list;
        builder
    }

    /// Adds a listing that left the list. What is odd about it was said when it was new.
    pub(super) fn past(&mut self, gone: &PastListing) {
        let findings = self.list.findings.len();
        let past = &mut self.list.past.entities;
        past.push(gone.entity.clone());
        let entity =
            EntityIx((self.list.entities.len() + self.list.past.entities.len() - 1) as u32);
        let new = NewListing {
            text: &gone.text,
            raw: &gone.raw,
            label: &gone.label,
            locator: &gone.locator,
            note: &gone.note,
            url: &gone.url,
            intervals: &gone.intervals,
        };
        self.listing(entity, new);
        self.list.findings.truncate(findings);
    }

    /// The list that was gone on with.
    pub(super) fn resumed(self) -> List {
        self.list
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
    pub fn finish(mut self) -> Result<List, ListError> {
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
        if u32::try_from(list.arena.len()).is_err() {
            return Err(ListError::TooLarge {
                id: list.source.id.clone(),
            });
        }
        let undated = |l: &StoredListing| l.intervals.1 == 0;
        if list.listings.iter().any(undated) {
            let default = list.intervals.len() as u32;
            let day = list.snapshot.published_on;
            let interval = day.map_or(Interval::UNDATED, Interval::on_or_before);
            list.intervals.push(interval);
            for listing in list.listings.iter_mut().filter(|l| undated(l)) {
                listing.intervals = (default, 1);
            }
        }
        self.reach.finish(self.threads);
        duplicates(&mut list, &self.reach);
        list.reach = Some(self.reach);
        list.findings.sort();
        list.arena.shrink_to_fit();
        list.listings.shrink_to_fit();
        list.intervals.shrink_to_fit();
        Ok(list)
    }

    /// Whether a label has a number, or gets one. One that does not is kept as a note.
    fn has_room_for(&self, label: &str) -> bool {
        self.list.labels.len() < LABELS_MAX || label.is_empty() || self.label_ix.contains_key(label)
    }

    /// The label's index; one that the source does not know is a finding where it first stands.
    fn label(&mut self, label: &str, locator: &str) -> u16 {
        let before = self.list.labels.get(usize::from(self.label_before));
        if before.is_some_and(|before| {
            before.len() == label.len() && (label.is_empty() || **before == *label)
        }) {
            return self.label_before;
        }
        if let Some(ix) = self.label_ix.get(label) {
            self.label_before = *ix;
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
        self.label_before = ix;
        ix
    }

    /// Stores intervals, those of the listing before only once.
    fn intervals(&mut self, new: &[Interval]) -> (u32, u16) {
        let all = &mut self.list.intervals;
        let start = all.len() as u32;
        if new.is_empty() {
            // The snapshot's own, in the end: many documents say their day last.
            return (0, 0);
        }
        if let Some(last) = self.list.listings.last() {
            let (at, count) = (last.intervals.0 as usize, last.intervals.1 as usize);
            if all[at..at + count] == *new {
                return last.intervals;
            }
        }
        let new = &new[new.len().saturating_sub(INTERVALS_MAX)..];
        all.extend_from_slice(new);
        (start, new.len() as u16)
    }
}

/// Notes identifiers that stand twice under one entity and label.
fn duplicates(list: &mut List, reach: &Reach) {
    let mut twice = Vec::new();
    let mut look = |run: &mut dyn Iterator<Item = u32>| {
        let mut seen = HashSet::new();
        for ix in run {
            let stored = &list.listings[ix as usize];
            if !seen.insert((stored.entity, stored.label, list.text(ix))) {
                twice.push(ix);
            }
        }
    };
    for run in reach.runs() {
        look(&mut run.iter().map(|pair| pair[2]));
    }
    look(&mut reach.verbatim.iter().copied());
    // An address can have several identities in common with another.
    twice.sort_unstable();
    twice.dedup();
    let finding = |ix: &u32| {
        let listing = list.listing(*ix);
        Finding::new(
            Code::DuplicateListing,
            Place::record(list.source.id.clone(), listing.locator),
            format!(
                "`{}` ({}) stands twice under entity {}",
                listing.text, listing.label, listing.entity.id
            ),
        )
    };
    let mut findings: Vec<_> = twice.iter().map(finding).collect();
    list.findings.append(&mut findings);
}
