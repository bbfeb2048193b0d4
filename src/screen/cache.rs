//! Texts that were looked at before and are plain addresses, so that checksums are not computed again.
//!
//! Bounded, one place for each text: a newer text takes an older one's place. Of a text 64 bits are
//! kept, mixed with numbers drawn for this run, so nobody can prepare a text that is taken for
//! another, and chance does it once in 10¹⁹ questions.

use crate::simd;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

/// Places: 4 MiB.
const PLACES: usize = 1 << 19;

/// A memory of plain addresses that all workers share.
#[derive(Debug)]
pub(super) struct Known {
    tags: Box<[AtomicU64]>,
    secrets: [u64; 8],
}

impl Default for Known {
    fn default() -> Self {
        let random = RandomState::new();
        Self {
            tags: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            secrets: std::array::from_fn(|n| random.hash_one(n)),
        }
    }
}

impl Known {
    /// What is kept of `text`, which has at least 16 bytes.
    #[inline(always)]
    pub(super) fn tag(&self, text: &[u8]) -> u64 {
        let half = |at: usize| {
            let bytes = text[at..at + 8].try_into().expect("eight bytes");
            u64::from_le_bytes(bytes)
        };
        let pair = |at: usize, n: usize| {
            fold(
                half(at) ^ self.secrets[n],
                half(at + 8) ^ self.secrets[n + 1],
            )
        };
        // Sixteen bytes each; for up to 64 bytes these overlap and leave nothing out.
        let last = text.len() - 16;
        let mut tag = pair(0, 0)
            ^ pair(last.min(16), 2).rotate_left(17)
            ^ pair(last.saturating_sub(16), 4).rotate_left(31)
            ^ pair(last, 6).rotate_left(47);
        let mut at = 32;
        while at + 32 < text.len() {
            tag = fold(tag ^ self.secrets[1], pair(at, 2));
            at += 16;
        }
        fold(tag ^ self.secrets[0], text.len() as u64 ^ self.secrets[3]) | 1
    }

    /// Says that [`Self::has`] will be asked of this tag.
    #[inline(always)]
    pub(super) fn fetch(&self, tag: u64) {
        simd::prefetch(&self.tags, place(tag));
    }

    /// Whether a text with this tag was kept.
    #[inline(always)]
    pub(super) fn has(&self, tag: u64) -> bool {
        self.tags[place(tag)].load(Ordering::Relaxed) == tag
    }

    /// Keeps a text's tag.
    #[inline(always)]
    pub(super) fn keep(&self, tag: u64) {
        self.tags[place(tag)].store(tag, Ordering::Relaxed);
    }
}

#[inline(always)]
fn place(tag: u64) -> usize {
    (tag >> 40) as usize % PLACES
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_text_counts() {
        let known = Known::default();
        for len in [25, 34, 42, 62, 63, 64, 65, 95, 106, 107] {
            let text = vec![b'a'; len];
            let tag = known.tag(&text);
            assert!(!known.has(tag));
            known.keep(tag);
            assert!(known.has(tag));
            for at in 0..len {
                let mut other = text.clone();
                other[at] = b'b';
                assert!(!known.has(known.tag(&other)), "{len} {at}");
            }
        }
    }
}
