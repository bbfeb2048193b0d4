//! What the addresses of a list answer to, in the form in which it is looked up.
//!
//! Made while the list is built, so that an address is decoded once; kept beside a snapshot, so that
//! it need not be made again. It knows hashes and never decides: whoever reports a match compares
//! the addresses themselves.

use super::model::{Authority, List, Source};
use crate::address::relation::{free_formats, latin, reach, spelt_freely};
use crate::address::{self, Decoded, Format, Identity, Namespace, forms};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Hashes of the identities that listings answer to, and what else an index needs of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// So many of the list's listings are in it, from the first.
    pub(super) covers: u32,
    /// Hash and listing, ascending: see [`pair`].
    pub(super) pairs: Vec<[u32; 3]>,
    /// Keys of the identities' payloads: see [`key_of`].
    pub(super) keys: Keys,
    /// Listings that are no address.
    pub(super) verbatim: Vec<u32>,
    /// Which of [`free_formats`] it has accounts of, a bit each.
    pub(super) free: u32,
    /// Namespaces met so far.
    pub(super) spaces: Vec<Namespace>,
}

/// Keys that are handed out once: a filter is made of them, and then they are only in the way.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<Vec<u64>>);

impl Keys {
    pub(super) fn new(keys: Vec<u64>) -> Self {
        Self(Mutex::new(keys))
    }

    /// A look at them.
    pub(super) fn lock(&self) -> MutexGuard<'_, Vec<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn own(&mut self) -> &mut Vec<u64> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for Keys {
    fn clone(&self) -> Self {
        Self::new(self.lock().clone())
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || *self.lock() == *other.lock()
    }
}

/// Whether a text that is no address is compared letter for letter with every cell. A heading or an
/// asset code in a user's own list is not, unless the source says that it lists such texts.
pub fn is_compared(source: &Source, text: &str) -> bool {
    let text = text.trim();
    let stated = source.options.get("identifiers");
    source.authority != Authority::User
        || stated.is_some_and(|stated| **stated == *"verbatim")
        || text.len() >= 12 && text.bytes().any(|b| b.is_ascii_digit())
        || !text.contains(char::is_whitespace) && forms::read(text).status == forms::Status::Name
}

/// A hash with its listing, in the order in which it is looked up.
const fn pair(hash: u64, listing: u32) -> [u32; 3] {
    [(hash >> 32) as u32, hash as u32, listing]
}

impl Reach {
    /// That of some listings of a list.
    pub fn of(list: &List, range: Range<u32>) -> Self {
        let mut reach = Self::default();
        for ix in range {
            let listing = list.listing(ix);
            let read = |text: &str| address::decode(text.as_bytes());
            let decoded = listing.format.and_then(|_| {
                read(listing.text)
                    .or_else(|_| read(&listing.text.to_ascii_lowercase()))
                    .ok()
            });
            reach.add(ix, listing.text, decoded.as_ref());
        }
        reach.finish(1);
        reach
    }

    /// Adds a listing: the address that it is, if it is one.
    pub(super) fn add(&mut self, ix: u32, text: &str, decoded: Option<&Decoded>) {
        self.covers = ix + 1;
        if let Some(decoded) = decoded {
            for (identity, _) in reach(decoded.format, decoded.identity, text) {
                self.identity(ix, &identity);
            }
            self.space(&decoded.identity);
        } else {
            self.verbatim.push(ix);
            for address in spelt_freely(text.trim()).into_iter().chain(latin(text)) {
                self.identity(ix, address.identity());
                self.space(address.identity());
            }
        }
    }

    fn identity(&mut self, ix: u32, identity: &Identity) {
        self.pairs.push(pair(hash(identity), ix));
        self.keys.own().push(key_of(identity.payload()));
    }

    fn space(&mut self, identity: &Identity) {
        if !self.spaces.contains(&identity.namespace()) {
            self.spaces.push(identity.namespace());
        }
    }

    /// Adds what the listings `range` of another one answer to, whose pairs are in the order of its
    /// listings still. The first of them is listing `at` here.
    pub(super) fn append(&mut self, other: &Self, range: Range<usize>, at: u32) {
        let (from, to) = (range.start as u32, range.end as u32);
        let before = |listing: u32| other.pairs.partition_point(|pair| pair[2] < listing);
        // An identity is one pair and one key.
        let pairs = before(from)..before(to);
        let moved = at.wrapping_sub(from);
        let pair = |pair: &[u32; 3]| [pair[0], pair[1], pair[2].wrapping_add(moved)];
        self.pairs
            .extend(other.pairs[pairs.clone()].iter().map(pair));
        self.keys.own().extend_from_slice(&other.keys.lock()[pairs]);
        for space in &other.spaces {
            if !self.spaces.contains(space) {
                self.spaces.push(*space);
            }
        }
        self.covers = at + (to - from);
    }

    /// Empties it; its buffers stay.
    pub(super) fn clear(&mut self) {
        self.covers = 0;
        self.pairs.clear();
        self.keys.own().clear();
        self.verbatim.clear();
        self.free = 0;
        self.spaces.clear();
    }

    /// Puts it in order: nothing is looked up before.
    pub(super) fn finish(&mut self, threads: usize) {
        let spaces = std::mem::take(&mut self.spaces);
        for (bit, format) in free_formats().enumerate() {
            self.free |= u32::from(spaces.contains(&format.namespace)) << bit;
        }
        sort(&mut self.pairs, 31, threads);
        self.pairs.dedup();
        self.pairs.shrink_to_fit();
        self.keys.own().shrink_to_fit();
    }

    /// So many of the list's listings are in it, from the first.
    pub fn covers(&self) -> u32 {
        self.covers
    }

    /// How many pairs of identity and listing there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Every hash with its listing, ascending.
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = (u64, u32)> {
        let hash = |p: &[u32; 3]| (u64::from(p[0]) << 32 | u64::from(p[1]), p[2]);
        self.pairs.iter().map(hash)
    }

    /// Listings of the identities that have this hash.
    pub fn find(&self, hash: u64) -> impl Iterator<Item = u32> {
        let wanted = pair(hash, 0);
        let from = self.pairs.partition_point(|pair| *pair < wanted);
        let same = move |p: &&[u32; 3]| p[..2] == wanted[..2];
        self.pairs[from..].iter().take_while(same).map(|p| p[2])
    }

    /// Keys of the payloads of `list`, whose reach this is. They are kept until they are asked for,
    /// and made anew after that.
    pub fn take_keys(&self, list: &List) -> Vec<u64> {
        let keys = std::mem::take(&mut *self.keys.lock());
        if keys.is_empty() && !self.pairs.is_empty() {
            let made = Self::of(list, 0..self.covers);
            return std::mem::take(&mut *made.keys.lock());
        }
        keys
    }

    /// Listings that are no address.
    pub fn verbatim(&self) -> &[u32] {
        &self.verbatim
    }

    /// Formats of its accounts that a text does not show (see [`free_formats`]).
    pub fn free(&self) -> impl Iterator<Item = &'static Format> {
        let bits = self.free;
        let has = move |(bit, _): &(usize, &Format)| bits >> bit & 1 == 1;
        free_formats().enumerate().filter(has).map(|(_, f)| f)
    }

    /// Runs of listings that answer to one identity, or seem to.
    pub(super) fn runs(&self) -> impl Iterator<Item = &[[u32; 3]]> {
        self.pairs
            .chunk_by(|a, b| a[..2] == b[..2])
            .filter(|run| run.len() > 1)
    }
}

/// Fewer pairs are sorted by one thread.
const MANY: usize = if cfg!(test) { 8 } else { 1 << 16 };

/// Sorts pairs that are alike above `bit` of their first word: those without it and those with it by
/// different threads. Hashes are well mixed, so half of them have it.
fn sort(pairs: &mut [[u32; 3]], bit: u32, threads: usize) {
    if threads < 2 || pairs.len() < MANY || bit == 0 {
        return pairs.sort_unstable();
    }
    let has = |pair: &[u32; 3]| pair[0] >> bit & 1 == 1;
    let (mut from, mut to) = (0, pairs.len());
    while from < to {
        match (has(&pairs[from]), has(&pairs[to - 1])) {
            (true, false) => {
                pairs.swap(from, to - 1);
                (from, to) = (from + 1, to - 1);
            }
            (with, other) => {
                from += usize::from(!with);
                to -= usize::from(other);
            }
        }
    }
    let (without, with) = pairs.split_at_mut(from);
    std::thread::scope(|scope| {
        scope.spawn(|| sort(without, bit - 1, threads / 2));
        sort(with, bit - 1, threads.div_ceil(2));
    });
}

const LOW: u64 = (1 << 60) - 1;

/// The key of a payload: its last eight bytes, without the uppermost four bits.
#[inline]
pub fn key_of(payload: &[u8]) -> u64 {
    let number = match payload.last_chunk() {
        Some(tail) => u64::from_be_bytes(*tail),
        None => payload.iter().fold(0, |n, &b| n << 8 | u64::from(b)),
    };
    number & LOW
}

/// A well-mixed hash of an identity.
#[inline]
pub fn hash(identity: &Identity) -> u64 {
    let mut hasher = Mix(identity.payload().len() as u64);
    identity.namespace().hash(&mut hasher);
    let bytes = identity.padded();
    // Pairs of words do not wait for each other.
    let pair = |at: usize, by: u64| {
        let word = |at: usize| {
            let bytes = bytes[at..at + 8].try_into().expect("eight bytes");
            u64::from_le_bytes(bytes)
        };
        let product = u128::from(word(at) ^ by) * u128::from(word(at + 8) ^ by.rotate_left(29));
        product as u64 ^ (product >> 64) as u64
    };
    let mut x = hasher.finish()
        ^ pair(0, 0x9E37_79B9_7F4A_7C15)
        ^ pair(16, 0xC2B2_AE3D_27D4_EB4F).rotate_left(23);
    if identity.payload().len() > 32 {
        x ^= pair(32, 0xD6E8_FEB8_6659_FD93).rotate_left(11)
            ^ pair(48, 0xA076_1D64_78BD_642F).rotate_left(41);
    }
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn many_threads_sort_alike(
            pairs in prop::collection::vec((any::<u32>(), 0..3_u32, 0..3_u32), 0..200)
        ) {
            let pairs: Vec<_> = pairs.iter().map(|&(a, b, c)| [a, b, c]).collect();
            let mut sorted = pairs.clone();
            sorted.sort_unstable();
            for threads in [1, 2, 3, 5, 64] {
                let mut pairs = pairs.clone();
                sort(&mut pairs, 31, threads);
                prop_assert_eq!(&pairs, &sorted);
            }
            let alike = vec![[u32::MAX; 3]; 50];
            let mut same = alike.clone();
            sort(&mut same, 31, 64);
            prop_assert_eq!(same, alike);
        }
    }
}
