//! From identities and verbatim texts to listings.

use super::filter::{Filter, NEAR_CACHE};
use super::token;
use crate::address::batch::Answer;
use crate::address::{self, Address, Decoded, Format, Identity, Namespace};
pub(super) use crate::list::hash;
use crate::list::{ListSet, ListingRef, Reach, is_compared, key_of};
use std::collections::HashMap;

/// A list that answers to more identities than this is asked by itself, and not copied.
const LARGE: usize = 100_000;

/// Identities of listed addresses, everything they reach, and texts that are no address.
///
/// A million addresses must fit in little memory: an identity is kept as its 64-bit hash beside the
/// listing it comes from, sorted. Whoever reports a match compares the addresses themselves, so two
/// identities of one hash cannot be taken for each other.
#[derive(Debug)]
pub struct Index<'l> {
    /// Of most lists, sorted.
    hashes: Box<[u64]>,
    refs: Box<[ListingRef]>,
    /// Large lists.
    large: Vec<(u32, &'l Reach)>,
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

/// Listings found for one text; there is at least one.
#[derive(Clone, Debug)]
pub struct Found(pub Vec<ListingRef>);

impl<'l> Index<'l> {
    /// The index of a set.
    pub fn build(lists: &'l ListSet) -> Self {
        // What was decoded when the list was made, and what was not: listings that left it.
        let rest: Vec<Reach> = lists
            .lists()
            .iter()
            .map(|list| {
                let from = list.reach().map_or(0, Reach::covers);
                Reach::of(list, from..list.len_with_past() as u32)
            })
            .collect();
        let mut large: Vec<(u32, &'l Reach)> = Vec::new();
        let mut small: Vec<(u32, &Reach)> = Vec::new();
        for (at, list) in (0..).zip(lists.lists()) {
            match list.reach() {
                Some(reach) if reach.len() > LARGE => large.push((at, reach)),
                Some(reach) => small.push((at, reach)),
                None => {}
            }
        }
        small.extend((0..).zip(&rest));
        let mut pairs: Vec<(u64, ListingRef)> = Vec::new();
        for (list, reach) in &small {
            let at = |listing| ListingRef {
                list: *list,
                listing,
            };
            pairs.extend(reach.pairs().map(|(hash, listing)| (hash, at(listing))));
        }
        // Of runs that are in order already.
        pairs.sort();
        let all: Vec<(u32, &Reach)> = large.iter().chain(&small).copied().collect();
        let mut keys: Vec<Vec<u64>> = Vec::new();
        for (at, reach) in (0..).zip(&rest) {
            let list = &lists.lists()[at];
            keys.push(reach.take_keys(list));
            keys.extend(list.reach().map(|reach| reach.take_keys(list)));
        }
        let filter = Filter::of(keys.iter().map(Vec::len).sum(), keys.into_iter().flatten());
        let mut hinted: Vec<&Format> = Vec::new();
        for format in all.iter().flat_map(|(_, reach)| reach.free()) {
            if !hinted.contains(&format) {
                hinted.push(format);
            }
        }
        let mut index = Self {
            hashes: pairs.iter().map(|(hash, _)| *hash).collect(),
            refs: pairs.iter().map(|(_, at)| *at).collect(),
            filter,
            verbatim: HashMap::new(),
            verbatim_lengths: vec![false; 512],
            verbatim_cells: false,
            verbatim_tokens: None,
            hinted,
            large: Vec::new(),
        };
        let mut verbatim: Vec<ListingRef> = all
            .iter()
            .flat_map(|(list, reach)| {
                let at = |listing: &u32| ListingRef {
                    list: *list,
                    listing: *listing,
                };
                reach.verbatim().iter().map(at)
            })
            .collect();
        verbatim.sort_unstable();
        let mut tokens = Vec::new();
        for at in verbatim {
            let text = lists.listing(at).text.trim();
            if !is_compared(&lists.list(at).source, text) {
                continue;
            }
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
        index.large = large;
        index
    }

    /// Listings that an address with this identity answers to.
    #[inline]
    pub fn identity(&self, identity: &Identity) -> Option<Found> {
        if !self.filter.has(key_of(identity.payload())) {
            return None;
        }
        self.look_up(hash(identity))
    }

    fn look_up(&self, wanted: u64) -> Option<Found> {
        let from = self.hashes.partition_point(|&hash| hash < wanted);
        let count = self.hashes[from..]
            .iter()
            .take_while(|&&hash| hash == wanted)
            .count();
        let mut found = Vec::new();
        found.extend_from_slice(&self.refs[from..from + count]);
        for &(list, reach) in &self.large {
            found.extend(
                reach
                    .find(wanted)
                    .map(|listing| ListingRef { list, listing }),
            );
        }
        found.sort_unstable();
        (!found.is_empty()).then_some(Found(found))
    }

    /// The filter of the keys of all payloads.
    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Says that [`Self::identity`] will be asked of these addresses.
    pub(super) fn fetch(&self, answers: &[Answer]) {
        // A small filter is in a near cache anyway.
        if self.filter.memory() > NEAR_CACHE {
            for answer in answers {
                if let Answer::Address(decoded) = answer {
                    self.filter.fetch(key_of(decoded.identity.payload()));
                }
            }
        }
    }

    /// Whether texts may be listed that are read as formats that they do not show.
    pub(super) fn respells(&self) -> bool {
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
            [] => address::possible(token) && self.holds(token),
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

    /// Listings that an address answers to: by its own identity, and by those of its receivers.
    pub fn address(&self, address: &Address) -> Option<Found> {
        let decoded = Decoded {
            format: address.format(),
            identity: *address.identity(),
        };
        self.reached(&decoded, address.canonical().as_bytes())
            .map(Found)
    }

    /// Listings that `decoded`, read from `text`, answers to: by its own identity, and by those of
    /// the receivers that some formats pack into one address.
    pub(super) fn reached(&self, decoded: &Decoded, text: &[u8]) -> Option<Vec<ListingRef>> {
        let found = self.identity(&decoded.identity);
        let mut found = found.map_or_else(Vec::new, |found| found.0);
        if decoded.format.has_receivers()
            && let Ok(text) = std::str::from_utf8(text)
            && let Ok(address) = Address::parse(text)
        {
            for (receiver, _) in &address.reach()[1..] {
                found.extend(
                    self.identity(receiver)
                        .into_iter()
                        .flat_map(|found| found.0),
                );
            }
            found.sort_unstable();
            found.dedup();
        }
        (!found.is_empty()).then_some(found)
    }

    /// Listings of this very text, or of another spelling of it.
    pub fn verbatim(&self, text: &[u8]) -> Option<Found> {
        if self.verbatim_lengths[text.len().min(511)]
            && let Ok(text) = std::str::from_utf8(text)
            && let Some(refs) = self.verbatim.get(text)
        {
            return Some(Found(refs.clone()));
        }
        self.respelt(text)
    }

    /// Listings of another spelling of a text whose format does not show.
    pub(super) fn respelt(&self, text: &[u8]) -> Option<Found> {
        if self.hinted.is_empty() || !text.first()?.is_ascii_alphanumeric() {
            return None;
        }
        // An account in hex ends in the digits of its key; reading it in full may take a Keccak.
        let hex = text.len() < 18 || self.filter.has(token::hex_key(text));
        let text = std::str::from_utf8(text).ok()?;
        let in_hex = |namespace| {
            matches!(
                namespace,
                Namespace::Aptos | Namespace::Starknet | Namespace::Sui
            )
        };
        self.hinted
            .iter()
            .filter(|format| hex || !in_hex(format.namespace))
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
        let large = self.large.iter().map(|(_, reach)| reach.len());
        self.hashes.len() + large.sum::<usize>()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.verbatim.is_empty()
    }
}

/// Both ends of a token of a verbatim text; what falls together only costs a look-up.
#[inline]
fn text_hash(text: &[u8]) -> u64 {
    let (first, last) = (text.first_chunk::<8>(), text.last_chunk::<8>());
    let word = |chunk: Option<&[u8; 8]>| chunk.map_or(0, |c| u64::from_le_bytes(*c));
    word(first).rotate_left(23) ^ word(last) ^ text.len() as u64
}
