//! Near misses: which listed addresses a text may have been meant for, or made to look like.
//!
//! An index over listed canonical texts, so that no text is compared with the whole list. It answers
//! leads for a person and never a match, and knows nothing of identities or entities. What it finds:
//!
//! * shortened display forms, by both ends;
//! * one edit (a character changed, left out, added, or two neighbours swapped);
//! * look-alike letters, inside ASCII too (`0`/`O`, `1`/`l`/`I`) and with the letter case lost;
//! * other addresses with the same ends as a listed one, which is how address poisoning works.
//!
//! It costs 24 bytes an address for its tables (see [`NearTables`]), eight for a filter once there are
//! many questions, and eight for two orders once a shortened form is asked for; texts are borrowed.

use super::ends::EndFilter;
use crate::address::forms;
use crate::list::near::{
    Ends, NearTables, SIGNIFICANT_MIN, Shared, TEXT_MIN, distinct, fixed, keys, likeness, lower,
    reads_like,
};
use crate::list::{List, ListSet};
use crate::simd::Span;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How a text is near a listed address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PossibleKind {
    /// A shortened form with the ends of a listed address.
    Truncated,
    /// One edit away from a listed address.
    OneEdit,
    /// Reads like a listed address: look-alike letters, or letter case lost.
    Homoglyph,
    /// Another text with the same first and last characters as a listed address.
    LookAlike,
}

impl PossibleKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Truncated,
        Self::OneEdit,
        Self::Homoglyph,
        Self::LookAlike,
    ];

    /// Kebab-case name, as in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::OneEdit => "one-edit",
            Self::Homoglyph => "homoglyph",
            Self::LookAlike => "look-alike",
        }
    }
}

/// A listed address that a text may mean. Ordered by kind, then distance, then id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PossibleHit {
    /// How it is near.
    pub kind: PossibleKind,
    /// Characters that are missing (truncated), changed (one edit, homoglyph) or not shared
    /// (look-alike).
    pub distance: u8,
    /// The listed address, as numbered by whoever built the index.
    pub id: u32,
}

/// Characters that a look-alike shares at each end, after the fixed ones.
const SHARED: usize = 4;
/// Characters of both ends that a shortened form must show.
const SHOWN_MIN: usize = 6;
/// Most listed texts looked at for one question: a bound against lists of look-alikes.
const CANDIDATES: usize = 4096;
/// Questions after which a filter is worth its building.
const FILTER_AFTER: u32 = 256;

/// What [`PossibleIndex::may_be_like_all`] was asked and says, and its buffers.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// One for each run.
    pub(crate) answers: Vec<bool>,
    ends: Vec<Ends>,
}

/// Listed texts, a part for each list.
#[derive(Debug, Default)]
pub struct PossibleIndex<'t> {
    parts: Vec<Part<'t>>,
    len: usize,
    /// Shared characters beyond twice [`SHARED`] that hex needs in a list of this size.
    hex_extra: usize,
    asked: AtomicU32,
    filter: OnceLock<EndFilter>,
    threads: usize,
    orders: OnceLock<Orders>,
}

/// Some texts, told by numbers.
#[derive(Debug)]
struct Part<'t> {
    texts: Texts<'t>,
    tables: Cow<'t, NearTables>,
}

#[derive(Debug)]
enum Texts<'t> {
    Given(Vec<(&'t str, u32)>),
    /// A list, the id of its first listing, and which of its listings these are.
    List(&'t List, u32, Range<u32>),
}

impl<'t> Texts<'t> {
    fn get(&self, number: u32) -> (&'t str, u32) {
        match self {
            Self::Given(texts) => texts[number as usize],
            Self::List(list, first, _) => (list.text(number), first + number),
        }
    }

    /// Calls with every text, in the order in which they lie in memory.
    fn each(&self, call: &mut dyn FnMut(&'t str)) {
        match self {
            Self::Given(texts) => texts.iter().for_each(|(text, _)| call(text)),
            Self::List(list, _, range) => {
                let addresses = list.addresses_in(range.clone());
                addresses.for_each(|number| call(list.text(number)));
            }
        }
    }
}

/// A text: its part, and its number there.
type Place = (u16, u32);

/// Texts by their beginnings and by their ends, for shortened forms.
#[derive(Debug)]
struct Orders {
    /// Sorted without letter case.
    forward: Vec<Place>,
    /// Sorted by the text read backwards.
    backward: Vec<Place>,
}

impl<'t> PossibleIndex<'t> {
    /// Indexes canonical texts. Texts too short to be near anything are left out.
    pub fn build(listed: impl IntoIterator<Item = (&'t str, u32)>) -> Self {
        let mut texts: Vec<(&str, u32)> = listed.into_iter().collect();
        texts.sort_unstable();
        texts.dedup();
        let numbers = (0..texts.len() as u32).collect();
        let tables = NearTables::of(numbers, &|number| texts[number as usize].0, 1);
        let part = Part {
            texts: Texts::Given(texts),
            tables: Cow::Owned(tables),
        };
        Self::of(vec![part], 1)
    }

    /// Indexes the addresses of lists; their ids are those of [`ListSet::nth`].
    pub fn of_lists(lists: &'t ListSet) -> Self {
        let mut parts = Vec::new();
        let mut first = 0;
        for list in lists.lists() {
            let (covers, tables) = list.near(lists.threads());
            let all = list.len_with_past() as u32;
            parts.push(Part {
                texts: Texts::List(list, first, 0..covers),
                tables: Cow::Borrowed(tables),
            });
            if covers < all {
                parts.push(Part {
                    texts: Texts::List(list, first, covers..all),
                    tables: Cow::Owned(list.near_of(covers..all, 1)),
                });
            }
            first += all;
        }
        Self::of(parts, lists.threads())
    }

    fn of(mut parts: Vec<Part<'t>>, threads: usize) -> Self {
        parts.retain(|part| !part.tables.is_empty());
        let len: usize = parts.iter().map(|part| part.tables.len()).sum();
        // 8 hex digits let one address in 2³² through for each listed one; keep the chance that a
        // chance address looks like any listed one at one in a million.
        let hex_extra = (len.max(1).ilog2() as usize).saturating_sub(12).div_ceil(4);
        Self {
            parts,
            len,
            hex_extra,
            threads,
            ..Self::default()
        }
    }

    /// How many listed texts it holds.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Bytes it holds, without the texts that it borrows.
    pub fn memory(&self) -> usize {
        let tables = self.parts.iter().map(|part| part.tables.memory());
        let orders = |o: &Orders| size_of_val(&*o.forward) + size_of_val(&*o.backward);
        tables.sum::<usize>()
            + self.filter.get().map_or(0, EndFilter::memory)
            + self.orders.get().map_or(0, orders)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn text(&self, (part, number): Place) -> &'t str {
        self.parts[part as usize].texts.get(number).0
    }

    /// Every text.
    fn places(&self) -> impl Iterator<Item = Place> {
        (0..)
            .zip(&self.parts)
            .flat_map(|(at, part)| part.tables.numbers().iter().map(move |n| (at, *n)))
    }

    /// Texts that have `shared` in common with a text of this key, and some others.
    fn candidates(&self, shared: Shared, key: u64) -> impl Iterator<Item = Place> {
        (0..)
            .zip(&self.parts)
            .flat_map(move |(at, part)| {
                let numbers = part.tables.candidates(shared, key);
                numbers.iter().map(move |n| (at, *n))
            })
            .take(CANDIDATES)
    }

    /// Both orders; made for the first shortened form.
    fn orders(&self) -> &Orders {
        self.orders.get_or_init(|| {
            // Most texts differ in their first sixteen characters, so few are looked at again.
            let sorted = |ends: &dyn Fn(&'t str) -> u128, last: &dyn Fn(&str, &str) -> Ordering| {
                let mut all: Vec<(u128, Place)> =
                    self.places().map(|at| (ends(self.text(at)), at)).collect();
                all.sort_unstable_by(|a, b| {
                    let same = || last(self.text(a.1), self.text(b.1));
                    a.0.cmp(&b.0).then_with(same).then(a.1.cmp(&b.1))
                });
                all.into_iter().map(|(_, at)| at).collect()
            };
            let word = |bytes: &mut dyn Iterator<Item = u8>| {
                let mut word = [0; 16];
                word.iter_mut().zip(bytes).for_each(|(to, b)| *to = b);
                u128::from_be_bytes(word)
            };
            Orders {
                forward: sorted(&|t| word(&mut lower(t)), &|a, b| lower(a).cmp(lower(b))),
                backward: sorted(&|t| word(&mut lower(t).rev()), &|a, b| {
                    lower(a).rev().cmp(lower(b).rev())
                }),
            }
        })
    }

    /// What a text that is no listed address may mean. Deterministic; at most one hit an id.
    pub fn find(&self, text: &str) -> Vec<PossibleHit> {
        let mut hits = Vec::new();
        if text.len() > 1024 || self.is_empty() {
            return hits;
        }
        if let Some((head, tail)) = forms::ends(text) {
            self.truncated(head, tail, &mut hits);
        } else if text.is_ascii() {
            self.near(text, &mut hits);
            self.homoglyph(text, 0, &mut hits);
        } else if let Some(ascii) = forms::skeleton(text) {
            let changed = text.chars().filter(|c| !c.is_ascii()).count();
            self.homoglyph(&ascii, changed, &mut hits);
        }
        one_each(hits)
    }

    /// What a valid address that is not listed may imitate: one edit and look-alikes. The question
    /// of the hot path: most texts are answered by the filter.
    pub fn find_like(&self, address: &str) -> Vec<PossibleHit> {
        let mut hits = Vec::new();
        self.near(address, &mut hits);
        one_each(hits)
    }

    /// Whether [`Self::find_like`] may find anything. Never wrong when it says no.
    #[inline]
    pub fn may_be_like(&self, address: &[u8]) -> bool {
        if self.is_empty() || !address.is_ascii() || address.len() < TEXT_MIN - 1 {
            return false;
        }
        match self.filter(1) {
            Some(filter) => filter.has(Ends::of(address)),
            None => true,
        }
    }

    /// What [`Self::may_be_like`] says of each of the `runs` of letters and digits of `text`, for
    /// much less.
    pub(crate) fn may_be_like_all(&self, text: &[u8], runs: &[Span], asked: &mut Asked) {
        asked.answers.clear();
        let filter = match self.is_empty() {
            true => None,
            false => self.filter(runs.len()),
        };
        let Some(filter) = filter else {
            let long = |&[start, end]: &Span| end - start >= TEXT_MIN as u32 - 1;
            let answers = runs.iter().map(|run| long(run) && !self.is_empty());
            return asked.answers.extend(answers);
        };
        asked.ends.clear();
        // What is too short asks for the ends of another one.
        let mut short = false;
        asked.ends.extend(runs.iter().map(|&[start, end]| {
            let run = &text[start as usize..end as usize];
            if run.len() < TEXT_MIN - 1 {
                short = true;
                return Ends::NONE;
            }
            Ends::of_run(run)
        }));
        filter.ask(&asked.ends, &mut asked.answers);
        if short {
            for (answer, &[start, end]) in asked.answers.iter_mut().zip(runs) {
                *answer &= end - start >= TEXT_MIN as u32 - 1;
            }
        }
    }

    /// The filter, once there are so many questions that it is worth its building; `more` come now.
    #[inline]
    fn filter(&self, more: usize) -> Option<&EndFilter> {
        let made = self.filter.get();
        if made.is_some() || self.asked.fetch_add(more as u32, Relaxed) < FILTER_AFTER {
            return made;
        }
        let make = || {
            EndFilter::of(self.len, self.threads > 1, |add| {
                for part in &self.parts {
                    part.texts.each(&mut |text| {
                        // The others are not in its tables.
                        if text.is_ascii() && distinct(text) {
                            add(Ends::of(text.as_bytes()));
                        }
                    });
                }
            })
        };
        Some(self.filter.get_or_init(make))
    }

    fn near(&self, text: &str, hits: &mut Vec<PossibleHit>) {
        if self.is_empty() || !text.is_ascii() || text.len() < TEXT_MIN - 1 {
            return;
        }
        let [start, end, both] = keys(text.as_bytes());
        self.one_edit(text, start, end, hits);
        self.look_alike(text, both, hits);
    }

    /// An edit leaves one end of the listed text as it was.
    fn one_edit(&self, text: &str, start: u64, end: u64, hits: &mut Vec<PossibleHit>) {
        let first = self.candidates(Shared::Start, start);
        for at in first.chain(self.candidates(Shared::End, end)) {
            let listed = self.text(at);
            if same_but_one(listed.as_bytes(), text.as_bytes(), is_hex(listed)) {
                hits.push(self.hit(at, PossibleKind::OneEdit, 1));
            }
        }
    }

    fn look_alike(&self, text: &str, both: u64, hits: &mut Vec<PossibleHit>) {
        let from = fixed(text.as_bytes());
        if text.len() < from + SIGNIFICANT_MIN {
            return;
        }
        for at in self.candidates(Shared::Both, both) {
            let listed = self.text(at);
            let hex = is_hex(listed);
            let pairs = listed.bytes().zip(text.bytes());
            let start = pairs.take_while(|(a, b)| same(*a, *b, hex)).count();
            let pairs = listed.bytes().rev().zip(text.bytes().rev());
            let end = pairs.take_while(|(a, b)| same(*a, *b, hex)).count();
            let shared = start.saturating_sub(from) + end;
            let enough = 2 * SHARED + if hex { self.hex_extra } else { 0 };
            let longer = listed.len().max(text.len());
            if fixed(listed.as_bytes()) == from
                && start >= from + SHARED
                && end >= SHARED
                && shared >= enough
                && start + end < longer
                && listed.len().abs_diff(text.len()) <= 2
            {
                hits.push(self.hit(at, PossibleKind::LookAlike, longer - start - end));
            }
        }
    }

    fn truncated(&self, head: &str, tail: &str, hits: &mut Vec<PossibleHit>) {
        // `bitcoin:1A1z…vfNa`: the scheme is no part of it, unless it is a CashAddr prefix.
        let bare = head.rsplit_once(':').map_or(head, |(_, h)| h);
        if bare.len().saturating_sub(fixed(bare.as_bytes())) + tail.len() < SHOWN_MIN {
            return;
        }
        let (first, last) = (self.forward(bare), self.backward(tail));
        // A prefix that the listed text has and the form has not hides it from the first order.
        let last_only = first.is_empty() && !tail.is_empty();
        let candidates = if last_only {
            self.fewer(0..usize::MAX, last)
        } else {
            self.fewer(first, last)
        };
        for &at in candidates {
            let listed = self.text(at);
            let body = listed.rsplit_once(':').map_or(listed, |(_, b)| b);
            let hex = is_hex(listed);
            let all_same =
                |a: &str, b: &str| a.bytes().zip(b.bytes()).all(|(a, b)| same(a, b, hex));
            if body.len() > bare.len() + tail.len()
                && all_same(body, bare)
                && all_same(&body[body.len() - tail.len()..], tail)
            {
                let hidden = body.len() - bare.len() - tail.len();
                hits.push(self.hit(at, PossibleKind::Truncated, hidden));
            }
        }
    }

    fn homoglyph(&self, ascii: &str, changed: usize, hits: &mut Vec<PossibleHit>) {
        for at in self.candidates(Shared::Likeness, likeness(ascii)) {
            let listed = self.text(at);
            if !reads_like(listed, ascii) {
                continue;
            }
            let hex = is_hex(listed);
            let differ = listed
                .bytes()
                .zip(ascii.bytes())
                .filter(|(a, b)| !same(*a, *b, hex));
            let distance = changed + differ.count();
            if distance > 0 {
                hits.push(self.hit(at, PossibleKind::Homoglyph, distance));
            }
        }
    }

    fn hit(&self, (part, number): Place, kind: PossibleKind, distance: usize) -> PossibleHit {
        let distance = u8::try_from(distance).unwrap_or(u8::MAX);
        PossibleHit {
            kind,
            distance,
            id: self.parts[part as usize].texts.get(number).1,
        }
    }

    /// Places in `forward` of the texts that begin with `prefix`.
    fn forward(&self, prefix: &str) -> Range<usize> {
        range(&self.orders().forward, |at| {
            starts(lower(self.text(*at)), lower(prefix))
        })
    }

    /// Places in `backward` of the texts that end with `suffix`.
    fn backward(&self, suffix: &str) -> Range<usize> {
        range(&self.orders().backward, |at| {
            starts(lower(self.text(*at)).rev(), lower(suffix).rev())
        })
    }

    /// The candidates of the shorter of two ranges, the first one in `forward`, the other in
    /// `backward`.
    fn fewer(&self, first: Range<usize>, last: Range<usize>) -> &[Place] {
        let orders = self.orders();
        let (order, range) = match first.len() <= last.len() {
            true => (&orders.forward, first),
            false => (&orders.backward, last),
        };
        let end = range.end.min(range.start + CANDIDATES);
        &order[range.start..end]
    }
}

/// Sorts, and leaves each id its nearest kind.
fn one_each(mut hits: Vec<PossibleHit>) -> Vec<PossibleHit> {
    hits.sort_unstable_by_key(|h| (h.id, h.kind, h.distance));
    hits.dedup_by_key(|h| h.id);
    hits.sort_unstable();
    hits
}

/// Hex ignores letter case; nothing else does.
fn is_hex(text: &str) -> bool {
    text.starts_with("0x")
}

fn same(a: u8, b: u8, hex: bool) -> bool {
    a == b || hex && a.eq_ignore_ascii_case(&b)
}

/// Where a text stands to those that begin with `prefix`.
fn starts(text: impl Iterator<Item = u8>, prefix: impl Iterator<Item = u8>) -> Ordering {
    let mut text = text;
    for p in prefix {
        match text.next().map_or(Ordering::Less, |t| t.cmp(&p)) {
            Ordering::Equal => {}
            other => return other,
        }
    }
    Ordering::Equal
}

fn range<T>(rows: &[T], order: impl Fn(&T) -> Ordering) -> Range<usize> {
    let from = rows.partition_point(|r| order(r) == Ordering::Less);
    from..from + rows[from..].partition_point(|r| order(r) == Ordering::Equal)
}

/// Whether exactly one character is changed, added or left out, or two neighbours are swapped.
fn same_but_one(a: &[u8], b: &[u8], hex: bool) -> bool {
    let start = a
        .iter()
        .zip(b)
        .take_while(|(a, b)| same(**a, **b, hex))
        .count();
    let end = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| same(**a, **b, hex))
        .count();
    let longer = a.len().max(b.len());
    match a.len().abs_diff(b.len()) {
        0 if start == longer => false,
        0 => match longer - start - end {
            1 => true,
            2 => same(a[start], b[start + 1], hex) && same(a[start + 1], b[start], hex),
            _ => false,
        },
        1 => start + end >= longer - 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of the Bitcoin genesis block, BIP-173, EIP-55 and Tron's documentation.
    const LISTED: &[&str] = &[
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0x0000000000000000000000000000000000000805",
        "TJCnKsPa7y5okkXvQAidZBzqx3QyQ6sxMW",
    ];

    proptest! {
        #[test]
        fn many_are_answered_as_one_is_and_none_is_missed(
            asked in prop::collection::vec(
                (0..LISTED.len(), 0..42_usize, 0..4_usize, "[0-9A-Za-z]{0,2}|[0-9a-f]{20}"), 1..40
            ),
            filter in any::<bool>(),
        ) {
            let index = PossibleIndex::build(LISTED.iter().zip(0..).map(|(t, id)| (*t, id)));
            if filter {
                index.filter(FILTER_AFTER as usize);
                prop_assert!(index.filter(1).is_some());
            }
            let (mut text, mut runs) = (String::from(" "), Vec::new());
            for (id, at, cut, with) in &asked {
                let listed = LISTED[*id];
                let at = *at.min(&listed.len());
                let rest = &listed[(at + cut).min(listed.len())..];
                let start = text.len() as u32;
                text += &format!("{}{with}{rest}", &listed[..at]);
                runs.push([start, text.len() as u32]);
                text.push(' ');
            }
            let mut all = Asked::default();
            index.may_be_like_all(text.as_bytes(), &runs, &mut all);
            prop_assert_eq!(all.answers.len(), runs.len());
            for (&[start, end], &answer) in runs.iter().zip(&all.answers) {
                let run = &text[start as usize..end as usize];
                prop_assert_eq!(index.may_be_like(run.as_bytes()), answer, "{}", run);
                prop_assert!(answer || index.find_like(run).is_empty(), "{}", run);
            }
        }
    }
}
