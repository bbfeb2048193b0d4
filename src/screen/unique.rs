//! Counting distinct identities in bounded memory: exact for small inputs, HyperLogLog above.

use std::collections::HashSet;

const EXACT_MAX: usize = 1 << 16;
const BITS: u32 = 14;

/// A count of distinct 64-bit hashes.
#[derive(Clone, Debug)]
pub struct Unique {
    exact: Option<HashSet<u64>>,
    registers: Vec<u8>,
}

impl Default for Unique {
    fn default() -> Self {
        Self {
            exact: Some(HashSet::new()),
            registers: vec![0; 1 << BITS],
        }
    }
}

impl Unique {
    /// Counts one hash; it must be well mixed.
    pub fn add(&mut self, hash: u64) {
        if let Some(exact) = &mut self.exact {
            exact.insert(hash);
            if exact.len() > EXACT_MAX {
                self.exact = None;
            }
        }
        let register = (hash >> (64 - BITS)) as usize;
        let rank = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() as u8 + 1;
        self.registers[register] = self.registers[register].max(rank);
    }

    /// Adds what another counted.
    pub fn merge(&mut self, other: &Self) {
        self.exact = match (self.exact.take(), &other.exact) {
            (Some(mut mine), Some(theirs)) => {
                mine.extend(theirs);
                (mine.len() <= EXACT_MAX).then_some(mine)
            }
            _ => None,
        };
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// The number, and whether it is exact (otherwise within about 1 %).
    pub fn count(&self) -> (u64, bool) {
        if let Some(exact) = &self.exact {
            return (exact.len() as u64, true);
        }
        let m = self.registers.len() as f64;
        let sum: f64 = self
            .registers
            .iter()
            .map(|&r| 2f64.powi(-i32::from(r)))
            .sum();
        let alpha = 0.7213 / (1.0 + 1.079 / m);
        ((alpha * m * m / sum).round() as u64, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mix(mut x: u64) -> u64 {
        x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    #[test]
    fn small_counts_are_exact_and_merge() {
        let (mut a, mut b) = (Unique::default(), Unique::default());
        (0..1000).for_each(|n| a.add(mix(n)));
        (500..1500).for_each(|n| b.add(mix(n)));
        a.merge(&b);
        assert_eq!(a.count(), (1500, true));
    }

    #[test]
    fn large_counts_are_close() {
        let mut a = Unique::default();
        (0..1_000_000).for_each(|n| a.add(mix(n)));
        let (count, exact) = a.count();
        assert!(!exact);
        assert!((970_000..1_030_000).contains(&count), "{count}");
    }
}
