//! The lists, made ready: what is listed, and what may be meant as something that is.
//!
//! It answers for one text at a time and knows no cells.

use super::index::Index;
use super::possible::{Asked, PossibleIndex};
use super::word;
use crate::address;
use crate::list::{ListSet, ListingRef};
use crate::simd::Span;
use std::sync::OnceLock;

/// Longest run that is held against listed addresses though it is none.
const DAMAGED_MAX: usize = 110;

/// Lists, made ready to be looked up. Immutable, shared by all workers.
#[derive(Debug)]
pub struct Screener<'l> {
    lists: &'l ListSet,
    index: Index<'l>,
    /// Built when the first doubtful text asks for it.
    near: OnceLock<PossibleIndex<'l>>,
}

impl<'l> Screener<'l> {
    /// Makes `lists` ready.
    pub fn new(lists: &'l ListSet) -> Self {
        Self {
            lists,
            index: Index::build(lists),
            near: OnceLock::new(),
        }
    }

    /// Listed addresses that `text`, which is none of them, may mean or be made to look like.
    /// `valid`: it is an address itself, so a shortened form is out of the question.
    pub fn near(&self, text: &str, valid: bool) -> Vec<(ListingRef, &'static str, u8)> {
        let index = self.near_index();
        let hits = if valid {
            index.find_like(text)
        } else {
            index.find(text)
        };
        hits.into_iter()
            .map(|hit| (self.lists.nth(hit.id), hit.kind.id(), hit.distance))
            .collect()
    }

    fn near_index(&self) -> &PossibleIndex<'l> {
        self.near
            .get_or_init(|| PossibleIndex::of_lists(self.lists))
    }

    /// Whether [`Self::near`] may say anything of this address. Never wrong when it says no.
    #[inline]
    pub(super) fn may_be_near(&self, address: &[u8]) -> bool {
        self.near_index().may_be_like(address)
    }

    /// What [`Self::may_be_near`] says of each of the `runs` of letters and digits of `text`.
    pub(super) fn may_be_near_all(&self, text: &[u8], runs: &[Span], asked: &mut Asked) {
        self.near_index().may_be_like_all(text, runs, asked);
    }

    /// Whether an address that is not listed is near one that is.
    #[inline]
    pub(super) fn is_near(&self, address: &[u8]) -> bool {
        self.may_be_near(address)
            && std::str::from_utf8(address)
                .is_ok_and(|address| !self.near(address, true).is_empty())
    }

    /// Whether a run, of whatever length, holds a listed account in a 32-byte word.
    #[inline]
    pub(super) fn holds_words(&self, run: &[u8]) -> bool {
        let mut holds = false;
        word::padded(run, |from, to| {
            holds |= address::decode(&run[from..to])
                .is_ok_and(|d| self.index.identity(&d.identity).is_some());
        });
        holds
    }

    /// Whether a run of letters and digits that is no address holds a listed one, or may have been
    /// meant as one.
    #[inline]
    pub(super) fn is_meant(&self, run: &[u8]) -> bool {
        self.glued(run).is_some() || self.is_damaged(run) || self.holds_words(run)
    }

    /// Whether a run that is no address may have been meant as a listed one.
    pub(super) fn is_damaged(&self, run: &[u8]) -> bool {
        run.len() <= DAMAGED_MAX
            && run.iter().any(u8::is_ascii_digit)
            && self.may_be_near(run)
            && std::str::from_utf8(run).is_ok_and(|run| !self.near(run, false).is_empty())
    }

    /// The lists.
    pub fn lists(&self) -> &'l ListSet {
        self.lists
    }

    /// The index.
    pub fn index(&self) -> &Index<'l> {
        &self.index
    }
}
