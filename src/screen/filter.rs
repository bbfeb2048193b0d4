//! A register-blocked Bloom filter: one 64-bit word a key, six bits in it. It answers "certainly
//! not" or "perhaps", never a wrong "not".

use crate::simd;

/// Bytes that a near cache holds, and more beside them: a smaller filter need not be fetched.
pub(super) const NEAR_CACHE: usize = 1 << 18;

/// Twenty-four bits a key; about one stranger in a thousand passes.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    words: Box<[u64]>,
}

impl Default for Filter {
    fn default() -> Self {
        Self::of(0, std::iter::empty())
    }
}

impl Filter {
    /// A filter of these keys. They need not be mixed.
    pub(super) fn new(keys: impl ExactSizeIterator<Item = u64>) -> Self {
        Self::of(keys.len(), keys)
    }

    /// A filter of about `count` keys.
    pub(super) fn of(count: usize, keys: impl Iterator<Item = u64>) -> Self {
        let mut words = vec![0; (count * 3).div_ceil(8).max(1)].into_boxed_slice();
        for key in keys {
            let (at, bits) = place(key, words.len());
            words[at] |= bits;
        }
        Self { words }
    }

    /// Bytes it holds.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.words)
    }

    /// Says that [`Self::has`] will be asked of this key.
    #[inline(always)]
    pub(super) fn fetch(&self, key: u64) {
        simd::prefetch(&self.words, place(key, self.words.len()).0);
    }

    /// Whether `key` may be one of its keys.
    #[inline]
    pub(super) fn has(&self, key: u64) -> bool {
        let (at, bits) = place(key, self.words.len());
        self.words[at] & bits == bits
    }
}

#[inline]
fn place(key: u64, len: usize) -> (usize, u64) {
    let product = u128::from(key ^ 0x9E37_79B9_7F4A_7C15) * 0xBF58_476D_1CE4_E5B9;
    let x = (product as u64) ^ (product >> 64) as u64;
    let bit = |n: u32| 1 << (x >> (6 * n) & 63);
    let bits = bit(0) | bit(1) | bit(2) | bit(3) | bit(4) | bit(5);
    let at = (((x >> 32) * len as u64) >> 32) as usize;
    (at, bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_no_key_and_lets_few_strangers_pass() {
        for n in [0_u64, 1, 1000, 100_000] {
            // Keys in a row are the worst that a list can do.
            let filter = Filter::new((0..n as usize).map(|k| k as u64));
            assert!((0..n).all(|k| filter.has(k)));
            let strangers = (n..n + 100_000).filter(|&k| filter.has(k)).count();
            assert!(strangers < 300, "{n}: {strangers}");
        }
    }
}
