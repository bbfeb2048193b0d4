//! The first question about near misses, for many texts at once: does a text share its beginning, its
//! end, or a little of both with a listed one? Hardly any stranger does.
//!
//! Two Bloom filters that are fetched before they are asked, two lines of the cache for a text: a
//! beginning and what it shares with an end lie in one line. They answer "certainly not" or
//! "perhaps", never a wrong "not". They know keys, not addresses.

use super::filter::{Filter, NEAR_CACHE, spread};
use crate::list::near::Ends;
use crate::simd::{self, Work};

/// Texts that are fetched before they are asked about.
const GROUP: usize = 32;

/// Ends of listed texts; about one stranger in five hundred passes.
#[derive(Clone, Debug)]
pub(super) struct EndFilter {
    /// By the first characters of a beginning: beginnings, and beginnings with ends.
    starts: Box<[Line]>,
    ends: Filter,
}

/// A line of the cache.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line([u64; 8]);

/// Where a beginning is looked for.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    line: u32,
    /// Of the beginning and of both ends: a word of the line, and its bits.
    words: [(u8, u64); 2],
}

impl EndFilter {
    /// A filter of the ends of `count` texts. `each` calls with all of them, twice, by two threads
    /// if they are `many`.
    pub(super) fn of(count: usize, many: bool, each: impl Fn(&mut dyn FnMut(Ends)) + Sync) -> Self {
        let starts = || {
            // 24 bits for each of two keys.
            let mut lines = vec![Line::default(); (count * 6).div_ceil(64).max(1)];
            each(&mut |ends| {
                let place = place(ends, lines.len());
                for (word, bits) in place.words {
                    lines[place.line as usize].0[usize::from(word)] |= bits;
                }
            });
            lines.into_boxed_slice()
        };
        let ends = || {
            let mut filter = Filter::room(count);
            each(&mut |ends| filter.add(ends.last));
            filter
        };
        if !many {
            let (starts, ends) = (starts(), ends());
            return Self { starts, ends };
        }
        std::thread::scope(|scope| {
            let ends = scope.spawn(ends);
            Self {
                starts: starts(),
                ends: ends.join().expect("adding a key never panics"),
            }
        })
    }

    /// Bytes it holds.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.starts) + self.ends.memory()
    }

    /// Whether a listed text may have an end in common with a text of these.
    #[inline]
    pub(super) fn has(&self, ends: Ends) -> bool {
        self.starts_alike(&place(ends, self.starts.len())) || self.ends.has(ends.last)
    }

    #[inline(always)]
    fn starts_alike(&self, place: &Place) -> bool {
        let line = &self.starts[place.line as usize].0;
        let has = |(word, bits): (u8, u64)| line[usize::from(word & 7)] & bits == bits;
        has(place.words[0]) | has(place.words[1])
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
        let mut places = [Place::default(); GROUP];
        for texts in self.texts.chunks(GROUP) {
            for (place_of, ends) in places.iter_mut().zip(texts) {
                *place_of = place(*ends, filter.starts.len());
                if far {
                    simd::prefetch(&filter.starts, place_of.line as usize);
                    filter.ends.fetch(ends.last);
                }
            }
            let asked = places.iter().zip(texts);
            self.answers.extend(
                asked.map(|(place, ends)| filter.starts_alike(place) | filter.ends.has(ends.last)),
            );
        }
    }
}

#[inline(always)]
fn place(ends: Ends, lines: usize) -> Place {
    let of = |key: u64, by: u64| {
        let (x, bits) = spread(key, by);
        ((x >> 61) as u8, bits)
    };
    let both = ends.first << 32 | ends.last >> 32;
    let head = u64::from(ends.first as u32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    Place {
        line: ((head * lines as u64) >> 32) as u32,
        words: [
            of(ends.first, 0xd6e8_feb8_6659_fd93),
            of(both, 0xc2b2_ae3d_27d4_eb4f),
        ],
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
