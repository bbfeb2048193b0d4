//! The lists of one run.

use super::model::{List, Listing};

/// A listing of one of the set's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListingRef {
    /// Which list.
    pub list: u32,
    /// Which of its listings.
    pub listing: u32,
}

/// Lists in a fixed order (by source id); immutable.
#[derive(Clone, Debug, Default)]
pub struct ListSet {
    lists: Vec<List>,
    /// How many threads may make them ready; 0: one.
    threads: usize,
}

impl ListSet {
    /// A set of these, sorted by source id.
    pub fn new(mut lists: Vec<List>) -> Self {
        lists.sort_by(|a, b| a.source.id.cmp(&b.source.id));
        Self { lists, threads: 1 }
    }

    /// So many threads may make the lists ready. What comes of it is the same.
    pub fn with_threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// How many threads may make the lists ready.
    pub fn threads(&self) -> usize {
        self.threads.max(1)
    }

    /// The lists.
    pub fn lists(&self) -> &[List] {
        &self.lists
    }

    /// The list of `at`.
    pub fn list(&self, at: ListingRef) -> &List {
        &self.lists[at.list as usize]
    }

    /// The listing `at`.
    pub fn listing(&self, at: ListingRef) -> Listing<'_> {
        self.list(at).listing(at.listing)
    }

    /// Listing number `n` of all, in the order of [`Self::refs`].
    ///
    /// # Panics
    /// When there are not that many.
    pub fn nth(&self, n: u32) -> ListingRef {
        let mut listing = n;
        for (list, l) in (0..).zip(&self.lists) {
            let len = l.len_with_past() as u32;
            if listing < len {
                return ListingRef { list, listing };
            }
            listing -= len;
        }
        panic!("there is no listing {n}");
    }

    /// Every listing of every list, also those that left it.
    pub fn refs(&self) -> impl Iterator<Item = ListingRef> {
        self.lists.iter().enumerate().flat_map(|(list, l)| {
            (0..l.len_with_past() as u32).map(move |listing| ListingRef {
                list: list as u32,
                listing,
            })
        })
    }
}
