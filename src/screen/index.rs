//! From identities and verbatim texts to listings.

use super::filter::Filter;
use super::token;
use crate::address::relation::{free_formats, spelt_freely};
use crate::address::{self, Address, Decoded, Format, Identity, Namespace};
use crate::list::{ListSet, Listing, ListingRef};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::num::NonZero;

/// Identities of listed addresses, everything they reach, and texts that are no address.
///
/// A million addresses must fit in little memory: an identity is kept as its 64-bit hash beside the
/// listing it comes from, sorted. Whoever reports a match compares the addresses themselves, so two
/// identities of one hash cannot be taken for each other.
#[derive(Debug)]
pub struct Index {
    hashes: Box<[u64]>,
    refs: Box<[ListingRef]>,
    /// Keys of all payloads, see [`token`].
    filter: Filter,
    verbatim: HashMap<Box<str>, Vec<ListingRef>>,
    /// Which lengths verbatim texts have, so that most cells are not even hashed.
    verbatim_lengths: Vec<bool>,
    /// A verbatim text without a token: cells must be compared one by one.
    verbatim_cells: bool,
    /// Hashes of the first tokens of verbatim texts.
    verbatim_tokens: Option<Filter>,
    /// Formats of listed accounts that a text does not show (hex accounts of Aptos and Sui, Hedera's
    /// numbers): cells are read as these, too, so that every spelling of such an account is found.
    hinted: Vec<&'static Format>,
}

/// Listings found for one text.
#[derive(Clone, Copy, Debug)]
pub struct Found<'i>(pub &'i [ListingRef]);

/// The address that a listing means, if it is one.
pub(super) fn listed_address(listing: &Listing<'_>) -> Option<Address> {
    listing.format?;
    Address::parse(listing.text)
        .or_else(|_| Address::parse(&listing.text.to_ascii_lowercase()))
        .ok()
}

/// One worker's share of the listings.
#[derive(Default)]
struct Part {
    identities: Vec<(u64, ListingRef)>,
    keys: Vec<u64>,
    verbatim: Vec<ListingRef>,
    namespaces: Vec<Namespace>,
}

fn part(lists: &ListSet, refs: &[ListingRef]) -> Part {
    let mut part = Part::default();
    part.identities.reserve(refs.len());
    part.keys.reserve(refs.len());
    for &at in refs {
        match listed_address(&lists.listing(at)) {
            Some(address) => {
                for (identity, _) in address.reach() {
                    part.identities.push((hash(&identity), at));
                    part.keys.push(token::key_of(identity.payload()));
                }
                part.namespaces.push(address.identity().namespace());
            }
            None => {
                part.verbatim.push(at);
                for address in spelt_freely(lists.listing(at).text.trim()) {
                    let identity = address.identity();
                    part.identities.push((hash(identity), at));
                    part.keys.push(token::key_of(identity.payload()));
                    part.namespaces.push(identity.namespace());
                }
            }
        }
    }
    part.keys.sort_unstable();
    part.keys.dedup();
    part.namespaces.sort_unstable();
    part.namespaces.dedup();
    part
}

impl Index {
    /// The index of a set.
    pub fn build(lists: &ListSet) -> Self {
        let refs: Vec<ListingRef> = lists.refs().collect();
        let workers = match refs.len() {
            ..20_000 => 1,
            _ => std::thread::available_parallelism().map_or(1, NonZero::get),
        };
        let share = refs.len().div_ceil(workers).max(1);
        let parts: Vec<Part> = std::thread::scope(|scope| {
            let others: Vec<_> = refs
                .chunks(share)
                .skip(1)
                .map(|refs| scope.spawn(move || part(lists, refs)))
                .collect();
            let mut parts = vec![part(lists, &refs[..share.min(refs.len())])];
            parts.extend(
                others
                    .into_iter()
                    .map(|worker| worker.join().expect("a worker does not panic")),
            );
            parts
        });
        drop(refs);
        let mut identities = Vec::new();
        let mut keys = Vec::new();
        let mut rest = Vec::new();
        let mut namespaces = Vec::new();
        for part in parts {
            namespaces.extend(part.namespaces);
            identities.extend(part.identities);
            keys.extend(part.keys);
            rest.extend(part.verbatim);
        }
        let hinted = free_formats()
            .filter(|format| namespaces.contains(&format.namespace))
            .collect();
        let filter = Filter::new(keys.into_iter());
        identities.sort_unstable();
        identities.dedup();
        let mut index = Self {
            hashes: identities.iter().map(|(hash, _)| *hash).collect(),
            refs: identities.iter().map(|(_, at)| *at).collect(),
            filter,
            verbatim: HashMap::new(),
            verbatim_lengths: vec![false; 512],
            verbatim_cells: false,
            verbatim_tokens: None,
            hinted,
        };
        let mut tokens = Vec::new();
        for at in rest {
            let text = lists.listing(at).text.trim();
            index.verbatim_lengths[text.len().min(511)] = true;
            match super::scan::next_token(text.as_bytes(), 0) {
                Some((from, to)) => tokens.push(text_hash(&text.as_bytes()[from..to])),
                None => index.verbatim_cells = true,
            }
            index.verbatim.entry(text.into()).or_default().push(at);
        }
        if !tokens.is_empty() {
            index.verbatim_tokens = Some(Filter::new(tokens.into_iter()));
        }
        index
    }

    /// Listings that an address with this identity answers to.
    #[inline]
    pub fn identity(&self, identity: &Identity) -> Option<Found<'_>> {
        if !self.filter.has(token::key_of(identity.payload())) {
            return None;
        }
        let wanted = hash(identity);
        let from = self.hashes.partition_point(|&hash| hash < wanted);
        let count = self.hashes[from..]
            .iter()
            .take_while(|&&hash| hash == wanted)
            .count();
        (count > 0).then(|| Found(&self.refs[from..from + count]))
    }

    /// The filter of the keys of all payloads.
    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether texts are read as formats that they do not show, so that nothing short of that tells.
    pub(super) fn asks_each(&self) -> bool {
        !self.hinted.is_empty()
    }

    /// The filter of the first tokens of verbatim texts, if there are any.
    pub(super) fn verbatim_tokens(&self) -> Option<&Filter> {
        self.verbatim_tokens.as_ref()
    }

    /// What [`Self::verbatim_tokens`] has of a token.
    #[inline]
    pub(super) fn token_key(&self, token: &[u8]) -> u64 {
        text_hash(token)
    }

    /// Whether `token` may be an address of a listed identity. Never wrong when it says no.
    #[inline]
    pub(super) fn may_hold(&self, token: &[u8]) -> bool {
        let keys = token::keys(token);
        match keys.as_slice() {
            [] => self.holds(token),
            keys => keys.iter().any(|&key| self.filter.has(key)),
        }
    }

    /// Whether `token` is an address of a listed identity, however its letters are cased.
    pub(super) fn holds(&self, token: &[u8]) -> bool {
        match address::decode(token) {
            Ok(decoded) => self.reached(&decoded, token).is_some(),
            Err(error) => error.lead.is_some_and(|i| self.identity(&i).is_some()),
        }
    }

    /// Listings that `decoded`, read from `text`, answers to: by its own identity, and by those of
    /// the receivers that some formats pack into one address.
    pub(super) fn reached(&self, decoded: &Decoded, text: &[u8]) -> Option<Vec<ListingRef>> {
        let mut found = match self.identity(&decoded.identity) {
            Some(found) => found.0.to_vec(),
            None => Vec::new(),
        };
        if decoded.format.has_receivers()
            && let Ok(text) = std::str::from_utf8(text)
            && let Ok(address) = Address::parse(text)
        {
            for (receiver, _) in &address.reach()[1..] {
                let listings = self.identity(receiver).map_or(&[][..], |found| found.0);
                found.extend(listings);
            }
            found.sort_unstable();
            found.dedup();
        }
        (!found.is_empty()).then_some(found)
    }

    /// Listings of this very text, or of another spelling of it.
    pub fn verbatim(&self, text: &[u8]) -> Option<Found<'_>> {
        if self.verbatim_lengths[text.len().min(511)]
            && let Ok(text) = std::str::from_utf8(text)
            && let Some(refs) = self.verbatim.get(text)
        {
            return Some(Found(refs));
        }
        self.respelt(text)
    }

    /// Listings of another spelling of a text whose format does not show.
    fn respelt(&self, text: &[u8]) -> Option<Found<'_>> {
        if self.hinted.is_empty() || !text.first()?.is_ascii_alphanumeric() {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        self.hinted
            .iter()
            .filter_map(|format| format.parse(text).ok())
            .find_map(|address| self.identity(address.identity()))
    }

    /// Whether cells without any token may be listed.
    pub(super) fn compares_cells(&self) -> bool {
        self.verbatim_cells
    }

    /// Whether a verbatim text may have `token` as its first token.
    #[inline]
    pub(super) fn may_start_verbatim(&self, token: &[u8]) -> bool {
        self.verbatim_tokens
            .as_ref()
            .is_some_and(|tokens| tokens.has(text_hash(token)))
            || self.respelt(token).is_some()
    }

    /// How many pairs of identity and listing it knows.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty() && self.verbatim.is_empty()
    }
}

/// A well-mixed hash of an identity.
#[inline]
pub(super) fn hash(identity: &Identity) -> u64 {
    let mut hasher = Mix(0);
    identity.hash(&mut hasher);
    let x = hasher.finish();
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Both ends of a token of a verbatim text; what falls together only costs a look-up.
#[inline]
fn text_hash(text: &[u8]) -> u64 {
    let (first, last) = (text.first_chunk::<8>(), text.last_chunk::<8>());
    let word = |chunk: Option<&[u8; 8]>| chunk.map_or(0, |c| u64::from_le_bytes(*c));
    word(first).rotate_left(23) ^ word(last) ^ text.len() as u64
}

/// Payloads are hashes or keys already: little mixing is enough.
struct Mix(u64);

impl Mix {
    #[inline]
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 ^= self.0 >> 29;
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words
            .iter()
            .for_each(|word| self.word(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.word(u64::from_le_bytes(word));
        }
    }

    #[inline]
    fn write_isize(&mut self, n: isize) {
        self.word(n as u64);
    }

    #[inline]
    fn write_usize(&mut self, n: usize) {
        self.word(n as u64);
    }

    #[inline]
    fn write_u16(&mut self, n: u16) {
        self.word(n.into());
    }
}
