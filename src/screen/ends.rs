//! The first question about near misses, for many texts at once: does a text share its beginning, its
//! end, or a little of both with a listed one? Hardly any stranger does.
//!
//! Three Bloom filters that are fetched before they are asked. They answer "certainly not" or
//! "perhaps", never a wrong "not". They know keys, not addresses.

use super::filter::NEAR_CACHE;
use crate::list::near::Ends;
use crate::simd::{self, Work};

/// Texts that are fetched before they are asked about.
const GROUP: usize = 32;

/// Ends of listed texts; about one stranger in a thousand passes.
#[derive(Clone, Debug)]
pub(super) struct EndFilter {
    /// Of beginnings, of beginnings with ends, and of ends.
    keys: [Keys; 3],
}

/// A split block Bloom filter, as Parquet has them: a bit in each of the eight words of a block.
#[derive(Clone, Debug)]
struct Keys(Box<[Block]>);

#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))]
struct Block([u32; 8]);

/// Where a key is looked for: a block, and what chooses its bits.
type Place = (u32, u32);

/// Parquet's, each of which chooses a bit of a word.
const SALT: [u32; 8] = [
    0x47b6_137b,
    0x4497_4d91,
    0x8824_ad5b,
    0xa2b7_289d,
    0x7054_95c7,
    0x2df1_424b,
    0x9efc_4947,
    0x5c6b_fb31,
];

impl Keys {
    /// Room for so many keys, twenty bits for each.
    fn room(count: usize) -> Self {
        let blocks = (count * 20).div_ceil(256).max(1);
        Self(vec![Block::default(); blocks].into_boxed_slice())
    }

    #[inline(always)]
    fn place(&self, key: u64) -> Place {
        let product = u128::from(key ^ 0x9e37_79b9_7f4a_7c15) * 0xbf58_476d_1ce4_e5b9;
        let x = (product as u64) ^ (product >> 64) as u64;
        let block = ((x >> 32) * self.0.len() as u64) >> 32;
        (block as u32, x as u32)
    }

    fn add(&mut self, key: u64) {
        let (block, bits) = self.place(key);
        let words = &mut self.0[block as usize].0;
        for (word, bit) in words.iter_mut().zip(bits_of(bits)) {
            *word |= bit;
        }
    }

    #[inline(always)]
    fn has(&self, (block, bits): Place) -> bool {
        let words = &self.0[block as usize].0;
        let missing = words.iter().zip(bits_of(bits));
        missing.fold(0, |missing, (word, bit)| missing | bit & !word) == 0
    }
}

#[inline(always)]
fn bits_of(bits: u32) -> [u32; 8] {
    SALT.map(|salt| 1 << (bits.wrapping_mul(salt) >> 27))
}

#[inline(always)]
fn keys_of(ends: Ends) -> [u64; 3] {
    [ends.first, ends.first << 32 | ends.last >> 32, ends.last]
}

impl EndFilter {
    /// A filter of the ends of `count` texts. `each` calls with all of them, once for each of three
    /// threads if there may be so `many`.
    pub(super) fn of(count: usize, many: bool, each: impl Fn(&mut dyn FnMut(Ends)) + Sync) -> Self {
        let make = |which: usize| {
            let mut keys = Keys::room(count);
            each(&mut |ends| keys.add(keys_of(ends)[which]));
            keys
        };
        let keys = match many {
            false => [0, 1, 2].map(make),
            true => std::thread::scope(|scope| {
                let made = [0, 1, 2].map(|which| scope.spawn(move || make(which)));
                made.map(|keys| keys.join().expect("adding a key never panics"))
            }),
        };
        Self { keys }
    }

    /// Bytes it holds.
    pub(super) fn memory(&self) -> usize {
        self.keys.iter().map(|keys| size_of_val(&*keys.0)).sum()
    }

    #[inline(always)]
    fn places(&self, ends: Ends) -> [Place; 3] {
        let [start, both, end] = keys_of(ends);
        let [starts, boths, ends] = &self.keys;
        [starts.place(start), boths.place(both), ends.place(end)]
    }

    #[inline(always)]
    fn has_any(&self, places: &[Place; 3]) -> bool {
        let [starts, boths, ends] = &self.keys;
        starts.has(places[0]) | boths.has(places[1]) | ends.has(places[2])
    }

    /// Whether a listed text may have an end in common with a text of these.
    #[inline]
    pub(super) fn has(&self, ends: Ends) -> bool {
        self.has_any(&self.places(ends))
    }

    /// Adds to `answers` what [`Self::has`] says of each.
    pub(super) fn ask(&self, texts: &[Ends], answers: &mut Vec<bool>) {
        simd::best(Ask {
            filter: self,
            texts,
            answers,
        });
    }
}

struct Ask<'a> {
    filter: &'a EndFilter,
    texts: &'a [Ends],
    answers: &'a mut Vec<bool>,
}

impl Work for Ask<'_> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        let filter = self.filter;
        // A small one is in a near cache anyway.
        let far = filter.memory() > NEAR_CACHE;
        let mut places = [[(0, 0); 3]; GROUP];
        for texts in self.texts.chunks(GROUP) {
            for (places, ends) in places.iter_mut().zip(texts) {
                *places = filter.places(*ends);
                if far {
                    for (keys, (block, _)) in filter.keys.iter().zip(*places) {
                        simd::prefetch(&keys.0, block as usize);
                    }
                }
            }
            // A loop of its own, so that it is compiled for the processor.
            let start = self.answers.len();
            self.answers.resize(start + texts.len(), false);
            for (answer, places) in self.answers[start..].iter_mut().zip(&places) {
                *answer = filter.has_any(places);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_no_end_and_lets_few_strangers_pass() {
        // Words of hex digits, as most ends are.
        let word = |n: u64| {
            let digits = format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            u64::from_le_bytes(digits.as_bytes()[..8].try_into().unwrap())
        };
        let of = |n: u64| Ends {
            first: word(n),
            last: word(!n),
        };
        for count in [0_u64, 1, 1000, 100_000] {
            for many in [false, true] {
                let each = |add: &mut dyn FnMut(Ends)| (0..count).for_each(|n| add(of(n)));
                let filter = EndFilter::of(count as usize, many, each);
                let odd = |n: u64| word(n << 32);
                let texts: Vec<Ends> = (0..count)
                    .flat_map(|n| {
                        let Ends { first, last } = of(n);
                        let both = |of: u64, with: u64| of & 0xffff_ffff | with << 32;
                        let start = both(first, odd(n) >> 32);
                        let end = both(odd(n), last >> 32);
                        [
                            Ends {
                                first,
                                last: odd(n),
                            },
                            Ends {
                                first: odd(n),
                                last,
                            },
                            Ends {
                                first: start,
                                last: end,
                            },
                        ]
                    })
                    .collect();
                let mut answers = Vec::new();
                filter.ask(&texts, &mut answers);
                assert_eq!(answers.len(), texts.len());
                assert!(answers.iter().all(|has| *has), "{count}");
                assert!(texts.iter().all(|ends| filter.has(*ends)));
                let strangers: Vec<Ends> = (0..100_000).map(|n| of(n << 32 | 1)).collect();
                answers.clear();
                filter.ask(&strangers, &mut answers);
                let passed = answers.iter().filter(|has| **has).count();
                assert!(passed < 500, "{count}: {passed}");
                let alone = strangers.iter().map(|ends| filter.has(*ends));
                assert!(alone.eq(answers));
            }
        }
    }
}
