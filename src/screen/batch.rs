//! Many runs of letters and digits at once: what [`Scan::peek`] says of each, for less.
//!
//! Runs are sorted into kinds without a branch for each, and each kind is dealt with in a row: hashes
//! of transactions are known by their digits, other runs by their cheap key (bare scan) or by having
//! been seen before and by `address::batch` (everything validated). Whatever is left is asked one by
//! one.

use super::cache::Known;
use super::filter::{Filter, NEAR_CACHE};
use super::index::{Index, hash};
use super::plain::{RUN, Run};
use super::possible::Asked;
use super::scan::Scan;
use super::token::{self, TOKEN_MIN};
use crate::address::batch::{Answer, Batch};
use crate::simd::{self, Span, Work};

/// Kinds of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    /// Asked one by one.
    Single,
    /// 64 characters, maybe with `0x`: a transaction's hash if they are hex digits.
    Hash,
    /// With `0x`.
    Hex,
    /// Of a length that base58 with a checksum has.
    Base58,
    /// The same, and it may be of the Ripple alphabet.
    Ripple,
    /// Of a length that base58 of 32 bytes has; some may be bech32.
    Plain,
    /// Bitcoin's segwit addresses of 20 bytes. No alphabet of base58 has a token of 42 characters,
    /// and no CashAddr or hex begins so.
    Segwit,
    /// Others whose cheap key tells.
    Keyed,
}

const KINDS: usize = 8;
/// Longer runs are asked one by one.
const LONG: usize = 107;

/// How a run begins, and what stands beside it.
const OTHERWISE: usize = 0;
const WITH_0X: usize = 1;
const WITH_R: usize = 2;
const WITH_BC1: usize = 3;
/// With something beside it that joins it with what is behind or before.
const JOINED: usize = 4;

/// Kinds of runs by beginning and length.
const BY_LENGTH: [[Kind; 128]; 5] = {
    let mut kinds = [[Kind::Single; 128]; 5];
    let mut len = TOKEN_MIN;
    while len <= LONG {
        let plain = match len {
            25..=36 => Kind::Base58,
            43 | 44 => Kind::Plain,
            64 => Kind::Hash,
            // From 64 on a run may hold words with an account; Monero's lengths are none of words.
            37..=63 | 95 | 106 => Kind::Keyed,
            _ => Kind::Single,
        };
        kinds[OTHERWISE][len] = plain;
        kinds[WITH_0X][len] = match len {
            ..66 => Kind::Hex,
            66 => Kind::Hash,
            _ => Kind::Single,
        };
        kinds[WITH_R][len] = match len {
            25..=36 => Kind::Ripple,
            _ => plain,
        };
        kinds[WITH_BC1][len] = match len {
            42 => Kind::Segwit,
            _ => plain,
        };
        len += 1;
    }
    kinds
};

/// What [`Scan::look`] found, and its buffers.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// Numbers of runs whose rows have to be looked at in full, in any order.
    pub(crate) odd: Vec<u32>,
    /// Numbers of runs that are addresses with nothing to say of them.
    pub(crate) addresses: Vec<u32>,
    /// Numbers of runs that are too long to be tokens.
    pub(crate) long: Vec<u32>,
    kinds: [List; KINDS],
    spans: Vec<Span>,
    probes: Vec<(u64, u32)>,
    passed: List,
    known: List,
    new: List,
    tags: Vec<u64>,
    /// Of the new ones.
    new_tags: Vec<u64>,
    batch: Batch,
    near: Asked,
}

/// Numbers of runs; written past its end, so that nothing has to be asked before writing.
#[derive(Debug, Default)]
struct List {
    items: Vec<u32>,
    len: usize,
}

impl List {
    fn clear(&mut self, room: usize) {
        if self.items.len() <= room {
            self.items.resize(room + 1, 0);
        }
        self.len = 0;
    }

    /// Writes `number`, and keeps it if told to.
    #[inline(always)]
    fn put(&mut self, number: u32, keep: bool) {
        self.items[self.len] = number;
        self.len += usize::from(keep);
    }

    fn get(&self) -> &[u32] {
        &self.items[..self.len]
    }
}

/// Sorts runs into kinds.
struct Sort<'a> {
    text: &'a [u8],
    runs: &'a [Span],
    /// A bit for each run.
    joined: &'a [u64],
    kinds: &'a mut [List; KINDS],
}

impl Work for Sort<'_> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        let mut lens = [0; KINDS];
        let kinds = self.kinds.each_mut().map(|kind| {
            kind.clear(self.runs.len());
            &mut kind.items[..=self.runs.len()]
        });
        for (number, &[start, end]) in self.runs.iter().enumerate() {
            let (start, end) = (start as usize, end as usize);
            let head = self.text[start..end]
                .first_chunk()
                .map_or(0, |head| u32::from_le_bytes(*head));
            let starts = |mask: u32, with: &[u8; 4]| head & mask == u32::from_le_bytes(*with);
            // At most one of them.
            let beginning = usize::from(starts(0xDFFF, b"0X\0\0")) * WITH_0X
                + usize::from(starts(0xFF, b"r\0\0\0")) * WITH_R
                + usize::from(starts(0xFF_DFDF, b"BC1\0")) * WITH_BC1;
            let joined = self.joined[number / 64] >> (number % 64) & 1 == 1;
            let beginning = if joined { JOINED } else { beginning };
            let kind = BY_LENGTH[beginning][(end - start).min(127)] as usize;
            kinds[kind][lens[kind]] = number as u32;
            lens[kind] += 1;
        }
        for (kind, len) in self.kinds.iter_mut().zip(lens) {
            kind.len = len;
        }
    }
}

/// Sorts out what is no transaction's hash after all.
struct Hashes<'a> {
    text: &'a [u8],
    runs: &'a [Span],
    hashes: &'a [u32],
    others: &'a mut List,
}

impl Work for Hashes<'_> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        for &number in self.hashes {
            let text = &self.text[..self.runs[number as usize][1] as usize];
            let digits = text.last_chunk::<64>().expect("it is as long");
            // A word that holds an account begins with zeros.
            let zeros = digits[..8] == [b'0'; 8];
            self.others.put(number, !token::are_hex(digits) | zeros);
        }
    }
}

/// Tells runs that were met before from new ones.
struct Remember<'a> {
    text: &'a [u8],
    runs: &'a [Span],
    memory: &'a Known,
    sought: &'a [u32],
    tags: &'a mut Vec<u64>,
    known: &'a mut List,
    new: &'a mut List,
    new_tags: &'a mut Vec<u64>,
}

impl Work for Remember<'_> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        self.tags.clear();
        self.tags.resize(self.sought.len(), 0);
        for (tag, &number) in self.tags.iter_mut().zip(self.sought) {
            let [start, end] = self.runs[number as usize];
            *tag = self.memory.tag(&self.text[start as usize..end as usize]);
            self.memory.fetch(*tag);
        }
        for (&number, &tag) in self.sought.iter().zip(&*self.tags) {
            let has = self.memory.has(tag);
            self.known.put(number, has);
            self.new_tags[self.new.len] = tag;
            self.new.put(number, !has);
        }
    }
}

/// Finds the keys that a filter knows.
struct Probe<'a> {
    filter: &'a Filter,
    probes: &'a [(u64, u32)],
    passed: &'a mut List,
}

impl Work for Probe<'_> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        self.passed.clear(self.probes.len());
        // A small one is in a near cache anyway.
        if self.filter.memory() > NEAR_CACHE {
            self.probes
                .iter()
                .for_each(|&(key, _)| self.filter.fetch(key));
        }
        for &(key, number) in self.probes {
            self.passed.put(number, self.filter.has(key));
        }
    }
}

impl Scan<'_, '_> {
    /// Looks at `runs` of letters and digits of `text`, each at least as long as a token. Beside those
    /// whose bit is in `joined` stands one of `-_+/:`.
    pub(crate) fn look(&mut self, text: &[u8], runs: &[Span], joined: &[u64], looked: &mut Looked) {
        looked.odd.clear();
        looked.addresses.clear();
        looked.long.clear();
        let index = self.screener.index();
        simd::best(Sort {
            text,
            runs,
            joined,
            kinds: &mut looked.kinds,
        });
        let [singles, hashes, ..] = &mut looked.kinds;
        simd::best(Hashes {
            text,
            runs,
            hashes: hashes.get(),
            others: singles,
        });
        if index.respells() {
            for (number, &[start, end]) in runs.iter().enumerate() {
                if index.respelt(&text[start as usize..end as usize]).is_some() {
                    looked.odd.push(number as u32);
                }
            }
        }
        if let Some(tokens) = index.verbatim_tokens() {
            for (number, &[start, end]) in runs.iter().enumerate() {
                if tokens.has(index.token_key(&text[start as usize..end as usize])) {
                    looked.odd.push(number as u32);
                }
            }
        }
        match self.options.validate {
            true => self.look_closely(text, runs, looked),
            false => look_listed(index, text, runs, looked),
        }
        let singles = std::mem::take(&mut looked.kinds[Kind::Single as usize]);
        for &number in singles.get() {
            self.single(text, runs, number, looked);
        }
        looked.kinds[Kind::Single as usize] = singles;
    }

    /// Asks about one run.
    fn single(&mut self, text: &[u8], runs: &[Span], number: u32, looked: &mut Looked) {
        let [start, end] = runs[number as usize];
        let (start, end) = (start as usize, end as usize);
        if end - start > RUN.1 {
            looked.long.push(number);
            if self.holds_listed_words(&text[start..end]) {
                looked.odd.push(number);
            }
            return;
        }
        match self.peek(text, start, end) {
            Run::Nothing => {}
            Run::Address => looked.addresses.push(number),
            Run::Odd => looked.odd.push(number),
        }
    }

    /// Every run is read, unless it was met before.
    fn look_closely(&mut self, text: &[u8], runs: &[Span], looked: &mut Looked) {
        let Looked {
            odd,
            addresses,
            kinds,
            spans,
            known,
            new,
            tags,
            new_tags,
            batch,
            near,
            ..
        } = looked;
        let memory = self.known.get_or_init(Known::default);
        let [singles, _, rest @ ..] = kinds;
        let sought = rest.iter().map(|kind| kind.len).sum::<usize>();
        known.clear(sought);
        new.clear(sought);
        if new_tags.len() <= sought {
            new_tags.resize(sought + 1, 0);
        }
        for kind in rest {
            simd::best(Remember {
                text,
                runs,
                memory,
                sought: kind.get(),
                tags,
                known,
                new,
                new_tags,
            });
        }
        addresses.extend(known.get());
        spans.clear();
        spans.extend(new.get().iter().map(|&number| runs[number as usize]));
        let answers = batch.judge(text, spans);
        let screener = self.screener;
        screener.may_be_near_all(text, spans, near);
        screener.index().fetch(answers);
        let answers = answers.iter().zip(&near.answers);
        let asked = new.get().iter().zip(&*new_tags);
        for ((&number, &tag), (answer, &near)) in asked.zip(answers) {
            let [start, end] = runs[number as usize];
            let run = &text[start as usize..end as usize];
            match answer {
                Answer::Address(decoded) => {
                    let listed = screener.index().reached(decoded, run).is_some();
                    if listed || near && screener.is_near(run) {
                        odd.push(number);
                    } else {
                        self.unique.add(hash(&decoded.identity));
                        memory.keep(tag);
                        addresses.push(number);
                    }
                }
                Answer::Nothing if screener.is_meant(run) => odd.push(number),
                Answer::Nothing => {}
                Answer::Ask => singles.put(number, true),
            }
        }
    }
}

/// Only what may be listed is read.
fn look_listed(index: &Index, text: &[u8], runs: &[Span], looked: &mut Looked) {
    let Looked {
        odd,
        kinds,
        probes,
        passed,
        ..
    } = looked;
    let [singles, _, hex, base58, ripple, plain, segwit, keyed] = kinds;
    let run = |number: u32| {
        let [start, end] = runs[number as usize];
        &text[start as usize..end as usize]
    };
    probes.clear();
    let hex = hex.get().iter();
    probes.extend(hex.map(|&number| (token::hex_key(run(number)), number)));
    let segwit = segwit.get().iter();
    probes.extend(segwit.map(|&number| (token::segwit_key(run(number)), number)));
    for &number in plain.get() {
        let keys = token::bech32_keys(run(number));
        probes.extend(keys.as_slice().iter().map(|&key| (key, number)));
    }
    for &number in keyed.get() {
        let keys = token::keys(run(number));
        if keys.as_slice().is_empty() {
            singles.put(number, true);
        }
        probes.extend(keys.as_slice().iter().map(|&key| (key, number)));
    }
    let at = |&number: &u32| runs[number as usize];
    for (of, table) in [
        (base58.get(), &token::BITCOIN),
        (ripple.get(), &token::BITCOIN),
        (ripple.get(), &token::RIPPLE),
    ] {
        simd::base58::<5>(text, of.iter().map(at), table, |nth, number| {
            probes.push((token::base58_key(number), of[nth]));
        });
    }
    let of = plain.get();
    simd::base58::<6>(text, of.iter().map(at), &token::BITCOIN, |nth, number| {
        probes.push((token::base58_plain_key(number), of[nth]));
    });
    simd::best(Probe {
        filter: index.filter(),
        probes,
        passed,
    });
    let passed = passed.get().iter();
    let listed = |run: &[u8]| {
        // `0x41…`: an account in Tron's notation.
        let tron = run.len() == 44 && run[2..4] == *b"41";
        index.holds(run) || tron && index.holds(&run[4..])
    };
    odd.extend(passed.filter(|&&number| listed(run(number))));
}
