//! Joining a compiled history with a publisher's own snapshots.
//!
//! A snapshot says who is listed now, not since when; a history says when, but is a compilation.
//! Where both speak of the same listing, the snapshot is the evidence and the history its dates, up
//! to the day to which the history reaches.

use super::interval::Interval;
use super::key;
use super::model::{List, StoredListing};
use jiff::civil::Date;
use std::collections::HashMap;

impl List {
    /// Takes over the dates that `history` knows for this list's listings, and removes those
    /// listings from `history`, so that no listing is reported twice. What only the history knows
    /// (removed since, or added after this snapshot) stays there; what it holds for listed still and
    /// a later snapshot has no more is closed. Returns how many were joined.
    pub fn join_history(&mut self, history: &mut Self) -> usize {
        let reaches = history.snapshot.published_on;
        let days: Vec<Date> = match &self.seen_on[..] {
            [] => self.day().into_iter().collect(),
            days => days.to_vec(),
        };
        let mut known: HashMap<_, u32> = HashMap::new();
        for ix in 0..history.listings.len() as u32 {
            known.insert(key::listing(&history.listing(ix)), ix);
        }
        let mut joined = vec![false; history.listings.len()];
        for ix in 0..self.listings.len() as u32 {
            let ours = self.listing(ix);
            let Some(&theirs) = known.get(&key::listing(&ours)) else {
                continue;
            };
            joined[theirs as usize] = true;
            let merged = merge(
                history.listing(theirs).intervals,
                reaches,
                ours.intervals,
                &days,
            );
            self.set_intervals(ix, &merged);
        }
        for ix in 0..history.listings.len() as u32 {
            if !joined[ix as usize] {
                let closed = merge(history.listing(ix).intervals, reaches, &[], &days);
                history.set_intervals(ix, &closed);
            }
        }
        // Counted by listings that are gone now.
        history.reach = None;
        history.near.take();
        // Those of its snapshot come first, then those that left it, snapshot by snapshot.
        let kept = |before: u32| {
            let joined = joined[..before as usize].iter();
            joined.filter(|joined| !**joined).count() as u32
        };
        history.past.own = history.past.own.map(kept);
        for (from, _) in &mut history.past.evidence {
            *from = kept(*from);
        }
        let mut keep = joined.iter().map(|joined| !joined);
        history
            .listings
            .retain(|_: &StoredListing| keep.next().unwrap_or(true));
        joined.iter().filter(|joined| **joined).count()
    }
}

/// One sequence of intervals from a history that reaches to a day, and from what was seen in
/// snapshots of `days` (oldest first; empty `seen`: in none of them).
pub(super) fn merge(
    history: &[Interval],
    reaches: Option<Date>,
    seen: &[Interval],
    days: &[Date],
) -> Vec<Interval> {
    let mut merged = history.to_vec();
    let (Some(reaches), Some(&newest)) = (reaches, days.last()) else {
        return merged;
    };
    let open = |i: &Interval| i.until.is_none();
    if newest <= reaches {
        // The history knows more; only that a snapshot has it now is not to be lost.
        if let Some(now) = seen.last().filter(|last| open(last))
            && !history
                .iter()
                .any(|i| i.covers(newest) || i.from > Some(newest))
        {
            merged.push(Interval {
                from: now.from.max(Some(newest)),
                ..*now
            });
        }
        return merged;
    }
    let mut later: Vec<Interval> = seen
        .iter()
        .filter(|i| i.until.is_none_or(|until| until > reaches))
        .copied()
        .collect();
    let first_after = days.iter().copied().find(|day| *day > reaches);
    if let Some(last) = merged.last_mut().filter(|last| open(last)) {
        let goes_on = later
            .first()
            .is_some_and(|first| first.not_before.is_none_or(|day| day <= reaches));
        if goes_on {
            let first = later.remove(0);
            last.until = first.until;
            last.last_seen = first.last_seen.map(|day| day.max(reaches));
        } else if let Some(day) = first_after {
            last.until = Some(day);
            last.last_seen = Some(reaches);
        }
    }
    for mut next in later {
        let end = merged.last().and_then(|last| last.until);
        if let Some(end) = end {
            // The history knows that it was away; it can have come back since its end.
            next.from = next.from.max(Some(end));
            next.not_before = next.not_before.or_else(|| {
                let away = reaches.max(end);
                Some(away).filter(|away| Some(*away) < next.from)
            });
        }
        merged.push(next);
    }
    merged
}
