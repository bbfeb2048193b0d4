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
//! It costs 28 bytes an address for the orders and at most 8 for the filter; texts are borrowed.

use super::filter::Filter;
use crate::address::forms;
use std::cmp::Ordering;
use std::ops::Range;

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

/// Shortest text that can be near another: below it lie names and numbers (`0.0.123`), where one
/// edit is simply somebody else.
const TEXT_MIN: usize = 25;
/// Fewest characters after the fixed ones (prefix, leading zeros) that make a text one of its own.
const SIGNIFICANT_MIN: usize = 20;
/// Characters that a look-alike shares at each end, after the fixed ones.
const SHARED: usize = 4;
/// Characters of both ends that a shortened form must show.
const SHOWN_MIN: usize = 6;
/// Most listed texts looked at for one question: a bound against lists of look-alikes.
const CANDIDATES: usize = 4096;
/// Characters at each end that are hashed into the filter for one edit.
const FILTERED: usize = 8;

/// Listed texts in three orders, and a filter before them.
#[derive(Debug, Default)]
pub struct PossibleIndex<'t> {
    /// Sorted without letter case.
    texts: Vec<&'t str>,
    ids: Vec<u32>,
    /// Places in `texts`, sorted by the text read backwards.
    backward: Vec<u32>,
    /// Places in `texts`, sorted by what the text reads like.
    likeness: Vec<u32>,
    filter: Filter,
    /// Shared characters beyond twice [`SHARED`] that hex needs in a list of this size.
    hex_extra: usize,
}

impl<'t> PossibleIndex<'t> {
    /// Indexes canonical texts. Texts too short to be near anything are left out.
    pub fn build(listed: impl IntoIterator<Item = (&'t str, u32)>) -> Self {
        let mut rows: Vec<(&str, u32)> = listed
            .into_iter()
            .filter(|(t, _)| t.is_ascii() && distinct(t))
            .collect();
        rows.sort_unstable_by(|a, b| order(lower(a.0), lower(b.0)).then_with(|| a.cmp(b)));
        rows.dedup();
        let (texts, ids): (Vec<&str>, Vec<u32>) = rows.into_iter().unzip();
        let places = || (0..texts.len() as u32).collect::<Vec<u32>>();
        let text = |place: &u32| texts[*place as usize];
        let (mut backward, mut likeness) = (places(), places());
        backward.sort_by(|a, b| order(lower(text(a)).rev(), lower(text(b)).rev()));
        likeness.sort_by(|a, b| order(read_like(text(a)), read_like(text(b))));
        // 8 hex digits let one address in 2³² through for each listed one; keep the chance that a
        // chance address looks like any listed one at one in a million.
        let hex_extra = (texts.len().max(1).ilog2() as usize)
            .saturating_sub(12)
            .div_ceil(4);
        let filter = Filter::of(
            texts.len() * 3,
            texts.iter().flat_map(|t| keys(t.as_bytes())),
        );
        Self {
            texts,
            ids,
            backward,
            likeness,
            filter,
            hex_extra,
        }
    }

    /// How many listed texts it holds.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Bytes it holds, without the texts that it borrows.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.texts)
            + size_of_val(&*self.ids)
            + size_of_val(&*self.backward)
            + size_of_val(&*self.likeness)
            + self.filter.memory()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
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
        !self.is_empty()
            && address.is_ascii()
            && address.len() >= TEXT_MIN - 1
            && keys(address).into_iter().any(|key| self.filter.has(key))
    }

    fn near(&self, text: &str, hits: &mut Vec<PossibleHit>) {
        if self.is_empty() || !text.is_ascii() || text.len() < TEXT_MIN - 1 {
            return;
        }
        let [start, end, both] = keys(text.as_bytes()).map(|key| self.filter.has(key));
        if start || end {
            self.one_edit(text, hits);
        }
        if both {
            self.look_alike(text, hits);
        }
    }

    /// An edit leaves one half of the listed text as it was: the first or the last `half`
    /// characters of both agree.
    fn one_edit(&self, text: &str, hits: &mut Vec<PossibleHit>) {
        let half = (text.len() - 1) / 2 - 1;
        let first = self
            .forward(&text[..half])
            .map(|at| at as u32)
            .take(CANDIDATES);
        let last = self.backward(&text[text.len() - half..]);
        for at in first.chain(self.backward[last].iter().copied().take(CANDIDATES)) {
            let listed = self.texts[at as usize];
            if same_but_one(listed.as_bytes(), text.as_bytes(), is_hex(listed)) {
                hits.push(self.hit(at, PossibleKind::OneEdit, 1));
            }
        }
    }

    fn look_alike(&self, text: &str, hits: &mut Vec<PossibleHit>) {
        let from = fixed(text.as_bytes());
        if text.len() < from + SIGNIFICANT_MIN {
            return;
        }
        let first = self.forward(&text[..from + SHARED]);
        let last = self.backward(&text[text.len() - SHARED..]);
        for at in self.fewer(first, last) {
            let listed = self.texts[at as usize];
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
        for at in candidates {
            let listed = self.texts[at as usize];
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
        let from = self.likeness.partition_point(|at| {
            order(read_like(self.texts[*at as usize]), read_like(ascii)) == Ordering::Less
        });
        for &at in self.likeness[from..].iter().take(CANDIDATES) {
            let listed = self.texts[at as usize];
            if order(read_like(listed), read_like(ascii)) != Ordering::Equal {
                break;
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

    fn hit(&self, at: u32, kind: PossibleKind, distance: usize) -> PossibleHit {
        let distance = u8::try_from(distance).unwrap_or(u8::MAX);
        PossibleHit {
            kind,
            distance,
            id: self.ids[at as usize],
        }
    }

    /// Places of the texts that begin with `prefix`.
    fn forward(&self, prefix: &str) -> Range<usize> {
        range(&self.texts, |t| starts(lower(t), lower(prefix)))
    }

    /// Places in `backward` of the texts that end with `suffix`.
    fn backward(&self, suffix: &str) -> Range<usize> {
        range(&self.backward, |at| {
            starts(lower(self.texts[*at as usize]).rev(), lower(suffix).rev())
        })
    }

    /// The candidates of the shorter of two ranges, the second one in `backward`.
    fn fewer(&self, first: Range<usize>, last: Range<usize>) -> Vec<u32> {
        if first.len() <= last.len() {
            first.map(|at| at as u32).take(CANDIDATES).collect()
        } else {
            self.backward[last]
                .iter()
                .copied()
                .take(CANDIDATES)
                .collect()
        }
    }
}

/// Sorts, and leaves each id its nearest kind.
fn one_each(mut hits: Vec<PossibleHit>) -> Vec<PossibleHit> {
    hits.sort_unstable_by_key(|h| (h.id, h.kind, h.distance));
    hits.dedup_by_key(|h| h.id);
    hits.sort_unstable();
    hits
}

/// Long enough, and not mostly prefix or padding.
fn distinct(text: &str) -> bool {
    text.len() >= TEXT_MIN && text.len() >= fixed(text.as_bytes()) + SIGNIFICANT_MIN
}

/// How many leading characters say nothing about whose address it is: a prefix, the version, the
/// zeros in front of a short number.
#[inline]
fn fixed(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"0x") || bytes.starts_with(b"0X") {
        return 2 + bytes[2..].iter().take_while(|b| **b == b'0').count();
    }
    if let Some(colon) = bytes.iter().take(20).position(|b| *b == b':' || *b == b'_') {
        return colon + 2;
    }
    // bech32: a human-readable part, `1`, and the version or header. Only the first characters
    // decide, so that an edit behind them changes nothing.
    let hrp = bytes
        .iter()
        .take(18)
        .take_while(|b| !b.is_ascii_uppercase())
        .position(|b| *b == b'1');
    match hrp {
        Some(at) if at > 0 => at + 2,
        _ => 1,
    }
}

/// Hex ignores letter case; nothing else does.
fn is_hex(text: &str) -> bool {
    text.starts_with("0x")
}

fn same(a: u8, b: u8, hex: bool) -> bool {
    a == b || hex && a.eq_ignore_ascii_case(&b)
}

/// The keys of the filter: the first characters after the fixed ones, the last characters, and a
/// few of both. An edit leaves the first or the second as it was, a look-alike shares the third.
#[inline]
fn keys(bytes: &[u8]) -> [u64; 3] {
    let end = bytes.len();
    let from = fixed(bytes).min(end - FILTERED);
    // Folded so that letter case makes no difference; what else falls together only costs a look-up.
    let word = |at: usize| {
        let word = bytes[at..at + FILTERED].try_into().expect("eight bytes");
        u64::from_le_bytes(word) | 0x2020_2020_2020_2020
    };
    let (first, last) = (word(from), word(end - FILTERED));
    let both = first << 32 | last >> 32;
    [
        first.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        last.wrapping_mul(0xc2b2_ae3d_27d4_eb4f).rotate_left(17),
        both.wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(41),
    ]
}

fn lower(text: &str) -> impl DoubleEndedIterator<Item = u8> + '_ {
    text.bytes().map(|b| b.to_ascii_lowercase())
}

/// What a text reads like when letter case and the usual confusions are lost.
fn read_like(text: &str) -> impl Iterator<Item = u8> + '_ {
    lower(text).map(|b| match b {
        b'o' => b'0',
        b'l' | b'i' | b'|' => b'1',
        b => b,
    })
}

fn order(a: impl Iterator<Item = u8>, b: impl Iterator<Item = u8>) -> Ordering {
    a.cmp(b)
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
