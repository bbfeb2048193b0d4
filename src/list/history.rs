//! Joining a compiled history with a publisher's own snapshot.
//!
//! A snapshot says who is listed now, not since when; a history says when, but is a compilation.
//! Where both speak of the same listing, the snapshot is the evidence and the history its dates.

use super::model::{List, StoredListing};
use crate::address::{self, Identity};
use std::collections::HashMap;

#[derive(PartialEq, Eq, Hash)]
enum Who {
    Address(Identity),
    Verbatim(Box<str>),
}

fn key(list: &List, ix: u32) -> (Who, Box<str>, Box<str>) {
    let listing = list.listing(ix);
    let who = match address::decode(listing.text.as_bytes()) {
        Ok(decoded) => Who::Address(decoded.identity),
        Err(error) => match error.lead {
            Some(identity) => Who::Address(identity),
            None => Who::Verbatim(listing.text.into()),
        },
    };
    (who, listing.entity.id.clone(), listing.label.into())
}

impl List {
    /// Takes over the dates that `history` knows for this list's listings, and removes those
    /// listings from `history`, so that no listing is reported twice. What only the history knows
    /// (removed since, or added after this snapshot) stays there. Returns how many were joined.
    pub fn join_history(&mut self, history: &mut Self) -> usize {
        let mut known: HashMap<_, u32> = HashMap::new();
        for ix in 0..history.len() as u32 {
            known.insert(key(history, ix), ix);
        }
        let mut joined = vec![false; history.len()];
        for ix in 0..self.len() as u32 {
            let Some(&theirs) = known.get(&key(self, ix)) else {
                continue;
            };
            joined[theirs as usize] = true;
            let intervals = history.listing(theirs).intervals;
            let start = self.intervals.len() as u32;
            self.intervals.extend_from_slice(intervals);
            self.listings[ix as usize].intervals = (start, intervals.len() as u16);
        }
        let mut keep = joined.iter().map(|joined| !joined);
        history
            .listings
            .retain(|_: &StoredListing| keep.next().unwrap_or(true));
        joined.iter().filter(|joined| **joined).count()
    }
}
