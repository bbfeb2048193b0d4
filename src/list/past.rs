//! What left a list: from snapshot to snapshot a list takes over the days it was seen on, and the
//! listings that are gone stay matchable, with the evidence of the last snapshot that had them.

use super::build::ListBuilder;
use super::interval::Interval;
use super::key;
use super::model::{Entity, List, Snapshot};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};

/// A listing that left its list.
#[derive(Clone, Debug, PartialEq)]
pub struct PastListing {
    /// The last snapshot that had it.
    pub snapshot: Snapshot,
    /// Whose it was, as that snapshot says.
    pub entity: Entity,
    /// The identifier.
    pub text: Box<str>,
    /// The published text it stood in.
    pub raw: Box<str>,
    /// The published label.
    pub label: Box<str>,
    /// Where in that snapshot's document.
    pub locator: Box<str>,
    /// The publisher's comment.
    pub note: Box<str>,
    /// Where to read the original.
    pub url: Box<str>,
    /// When it stood on the list; never empty, the last one closed.
    pub intervals: Vec<Interval>,
}

impl List {
    /// The day it was last seen on: that of its document, unless it came back since.
    pub fn day(&self) -> Option<Date> {
        self.seen_on.last().copied().or_else(|| self.snapshot.day())
    }

    /// As it was seen on `day`.
    #[must_use]
    pub fn on(mut self, day: Date) -> Self {
        self.seen_on = vec![day];
        self
    }

    /// Replaces the intervals of listing `ix`.
    ///
    /// # Panics
    /// When there is no such listing, or no interval.
    pub fn set_intervals(&mut self, ix: u32, intervals: &[Interval]) {
        assert!(!intervals.is_empty(), "a listing has an interval");
        // Listings that came together share their intervals.
        if let Some(last) = ix.checked_sub(1)
            && self.listing(last).intervals == intervals
        {
            self.listings[ix as usize].intervals = self.listings[last as usize].intervals;
            return;
        }
        let start = self.intervals.len() as u32;
        self.intervals.extend_from_slice(intervals);
        self.listings[ix as usize].intervals = (start, intervals.len() as u16);
    }

    /// Whether the document itself says when listing `ix` stood on the list.
    fn says_when(&self, ix: u32) -> bool {
        let day = self.snapshot.published_on;
        let unsaid = day.map_or(Interval::UNDATED, Interval::on_or_before);
        *self.listing(ix).intervals != [unsaid]
    }

    /// Adds listings that left the list, grouped by snapshot.
    #[must_use]
    pub fn add_past(self, past: &[PastListing]) -> Self {
        let own = self.len() as u32;
        let mut evidence = self.past.evidence.clone();
        let mut out = ListBuilder::resume(self);
        for gone in past {
            let at = out.len() as u32;
            if evidence
                .last()
                .is_none_or(|(_, last)| *last != gone.snapshot)
            {
                evidence.push((at, gone.snapshot.clone()));
            }
            out.past(gone);
        }
        let mut list = out.resumed();
        list.past.own = Some(own);
        list.past.evidence = evidence;
        list
    }

    /// Takes over from `before`, the list's state one kept snapshot earlier, what is known of the
    /// time before this snapshot.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        let (Some(day), Some(day_before)) = (self.day(), before.day()) else {
            return self;
        };
        let observed = |mut interval: Interval| {
            interval.from = interval.from.or(Some(day_before));
            interval
        };
        // The last of several in one snapshot; one that is there goes before one that is gone.
        let mut known: HashMap<u128, u32> = HashMap::with_capacity(before.len_with_past());
        for ix in 0..before.len_with_past() as u32 {
            let key = key::listing(&before.listing(ix));
            if (ix as usize) < before.len() {
                known.insert(key, ix);
            } else {
                known.entry(key).or_insert(ix);
            }
        }
        let not_before = Some(day_before.min(day.yesterday().unwrap_or(day)));
        let mut here = HashSet::with_capacity(self.len());
        for ix in 0..self.len() as u32 {
            let key = key::listing(&self.listing(ix));
            here.insert(key);
            if self.says_when(ix) {
                continue;
            }
            let since = Interval {
                from: Some(day),
                not_before,
                ..Interval::UNDATED
            };
            match known
                .get(&key)
                .map(|&at| (at, before.listing(at).intervals))
            {
                None => self.set_intervals(ix, &[since]),
                Some((_, said)) if said.last().is_some_and(|last| last.until.is_none()) => {
                    let said: Vec<_> = said.iter().copied().map(observed).collect();
                    self.set_intervals(ix, &said);
                }
                Some((_, said)) => {
                    let mut said = said.to_vec();
                    let end = said.last().and_then(|last| last.until);
                    // Gone and back on one day: it was never away for a whole day.
                    match said.last_mut() {
                        Some(last) if end.is_some_and(|end| end >= day) => {
                            (last.until, last.last_seen) = (None, None);
                        }
                        _ => said.push(since),
                    }
                    self.set_intervals(ix, &said);
                }
            }
        }
        let mut gone = Vec::new();
        let mut order: Vec<u32> = (0..before.len_with_past() as u32).collect();
        // Past ones first, so that the evidence is in the order of the snapshots.
        order.rotate_left(before.len());
        for ix in order {
            let listing = before.listing(ix);
            let key = key::listing(&listing);
            if here.contains(&key) || known.get(&key) != Some(&ix) {
                continue;
            }
            let mut intervals: Vec<_> = listing.intervals.iter().copied().map(observed).collect();
            if let Some(last) = intervals.last_mut()
                && last.until.is_none()
            {
                // Where both are of one day it was taken off on that day.
                last.until = Some(day);
                last.last_seen = last.from.max(Some(day_before));
            }
            gone.push(PastListing {
                snapshot: listing.snapshot.clone(),
                entity: listing.entity.clone(),
                text: listing.text.into(),
                raw: listing.raw.into(),
                label: listing.label.into(),
                locator: listing.locator.into(),
                note: listing.note.into(),
                url: listing.url.into(),
                intervals,
            });
        }
        self.seen_on.clone_from(&before.seen_on);
        if self.seen_on.is_empty() {
            self.seen_on.push(day_before);
        }
        self.seen_on.push(day);
        self.seen_on.dedup();
        self.add_past(&gone)
    }
}

impl Snapshot {
    /// The day of the document: as it says itself, else when it was retrieved, in UTC.
    pub fn day(&self) -> Option<Date> {
        let retrieved = || Some(self.retrieved_at?.to_zoned(jiff::tz::TimeZone::UTC).date());
        self.published_on.or_else(retrieved)
    }
}
