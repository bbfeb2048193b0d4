//! From identities and verbatim texts to listings.

use crate::address::{Address, Identity};
use crate::list::{ListSet, ListingRef};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Identities of listed addresses, everything they reach, and texts that are no address.
#[derive(Debug)]
pub struct Index {
    identities: HashMap<Identity, Vec<ListingRef>, BuildHasherDefault<Mix>>,
    verbatim: HashMap<Box<str>, Vec<ListingRef>>,
    /// Which lengths verbatim texts have, so that most cells are not even hashed.
    verbatim_lengths: Vec<bool>,
}

/// Listings found for one text.
#[derive(Clone, Copy, Debug)]
pub struct Found<'i>(pub &'i [ListingRef]);

impl Index {
    /// The index of a set.
    pub fn build(lists: &ListSet) -> Self {
        let mut identities: HashMap<Identity, Vec<ListingRef>, _> = HashMap::default();
        let mut verbatim: HashMap<Box<str>, Vec<ListingRef>> = HashMap::new();
        let mut verbatim_lengths = vec![false; 512];
        for at in lists.refs() {
            let listing = lists.listing(at);
            let parsed = listing.format.and_then(|_| {
                Address::parse(listing.text)
                    .or_else(|_| Address::parse(&listing.text.to_ascii_lowercase()))
                    .ok()
            });
            match parsed {
                Some(address) => {
                    for (identity, _) in address.reach() {
                        let refs = identities.entry(identity).or_default();
                        if refs.last() != Some(&at) {
                            refs.push(at);
                        }
                    }
                }
                None => {
                    let text = listing.text.trim();
                    verbatim_lengths[text.len().min(511)] = true;
                    verbatim.entry(text.into()).or_default().push(at);
                }
            }
        }
        Self {
            identities,
            verbatim,
            verbatim_lengths,
        }
    }

    /// Listings that an address with this identity answers to.
    pub fn identity(&self, identity: &Identity) -> Option<Found<'_>> {
        self.identities.get(identity).map(|refs| Found(refs))
    }

    /// Listings of this very text.
    pub fn verbatim(&self, text: &[u8]) -> Option<Found<'_>> {
        if !self.verbatim_lengths[text.len().min(511)] {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        self.verbatim.get(text).map(|refs| Found(refs))
    }

    /// How many identities it knows.
    pub fn len(&self) -> usize {
        self.identities.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty() && self.verbatim.is_empty()
    }
}

/// Payloads are hashes or keys already: mixing eight of their bytes is enough.
#[derive(Default)]
pub(super) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(23) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        self.0 ^= self.0 >> 29;
    }
}
