//! Documents against lists: which of their addresses are listed, by whom, since when; and which
//! documents share an address.

use super::{Damaged, Extracted, Occurrence};
use crate::address::{Address, Basis, Identity};
use crate::screen::{
    CellAt, Hit, Judge, Match, Near, Possible, RowContext, RowTime, Screener, Verdict, judge,
    judge_near,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Listed addresses named for one damaged text.
const NEAR_MAX: usize = 10;

/// What the lists say about what documents hold.
#[derive(Debug, Default)]
pub struct CrossReferenced<'l> {
    /// For each address, in order.
    pub matches: Vec<Vec<Match<'l>>>,
    /// For each damaged text, in order.
    pub damaged: Vec<NearListed<'l>>,
    /// Addresses that stand in several documents.
    pub shared: Vec<Shared>,
}

/// What the lists say about a damaged text.
#[derive(Debug, Default)]
pub struct NearListed<'l> {
    /// The text is a listed address but for its letter case: a match.
    pub matches: Vec<Match<'l>>,
    /// What it may have been meant to be is listed.
    pub possible: Vec<Possible<'l>>,
}

/// An address that stands in several documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Its first spelling.
    pub address: Box<str>,
    /// The documents, by position.
    pub documents: Vec<usize>,
}

/// Looks up everything that was extracted, for the day `as_of`.
pub fn cross_reference<'l>(
    extracted: &Extracted,
    screener: &Screener<'l>,
    as_of: Date,
) -> CrossReferenced<'l> {
    let time = RowTime::on(as_of);
    let sha = |document: usize| &*extracted.documents[document].sha256;
    let of = |document: usize| Judge {
        lists: screener.lists(),
        input: document,
        input_sha256: sha(document),
        columns: &[],
        as_of,
    };
    let matches = extracted.addresses.iter().map(|a| {
        let hit = hit_of(a, &a.address, screener);
        let mut found = hit.map_or_else(Vec::new, |hit| judge(of(a.document), &hit, Some(&time)));
        found.extend(verbatim(a, screener, of(a.document), &time));
        found
    });
    let damaged = extracted.damaged.iter().map(|d| {
        let judging = of(d.document);
        let mut listed = NearListed::default();
        if let Some(lead) = &d.lead
            && let Some(address) = d.near.first().map(|n| &n.address)
            && address.identity() == lead
            && let Some(hit) = hit(place(d.line, d.offset), &d.raw, address, screener)
        {
            listed.matches = judge(judging, &hit, Some(&time));
        }
        if let Some(found) = screener.index().verbatim(d.raw.as_bytes()) {
            let hit = Hit {
                at: place(d.line, d.offset),
                text: d.raw.clone(),
                address: None,
                reading: "".into(),
                context: RowContext::default(),
                listings: found.0.to_vec(),
            };
            listed.matches.extend(judge(judging, &hit, Some(&time)));
        }
        if listed.matches.is_empty() {
            listed.possible = near(d, screener, judging, &time);
        }
        listed
    });
    CrossReferenced {
        matches: matches.collect(),
        damaged: damaged.collect(),
        shared: shared(&extracted.addresses),
    }
}

/// A list may hold the very text of a format that it does not read as an address.
fn verbatim<'l>(
    a: &Occurrence,
    screener: &Screener<'l>,
    judging: Judge<'l, '_>,
    time: &RowTime,
) -> Vec<Match<'l>> {
    let Some(found) = screener.index().verbatim(a.raw.as_bytes()) else {
        return Vec::new();
    };
    let hit = Hit {
        at: place(a.line, a.offset),
        text: a.raw.clone(),
        address: None,
        reading: "".into(),
        context: RowContext::default(),
        listings: found.0.to_vec(),
    };
    judge(judging, &hit, Some(time))
}

fn place(line: u64, offset: u64) -> CellAt {
    CellAt {
        row: line,
        column: 0,
        byte: offset,
        line,
    }
}

fn hit_of(a: &Occurrence, address: &Address, screener: &Screener<'_>) -> Option<Hit> {
    let mut hit = hit(place(a.line, a.offset), &a.raw, address, screener)?;
    hit.reading = a.repair.clone();
    Some(hit)
}

fn hit(at: CellAt, raw: &str, address: &Address, screener: &Screener<'_>) -> Option<Hit> {
    let found = screener.index().address(address)?;
    Some(Hit {
        at,
        text: raw.into(),
        address: Some(address.clone()),
        reading: "".into(),
        context: RowContext::default(),
        listings: found.0.to_vec(),
    })
}

/// Listed addresses that a damaged text may mean.
fn near<'l>(
    d: &Damaged,
    screener: &Screener<'l>,
    judging: Judge<'l, '_>,
    time: &RowTime,
) -> Vec<Possible<'l>> {
    let near = |address: Option<&Address>, found| Near {
        hit: Hit {
            at: place(d.line, d.offset),
            text: d.raw.clone(),
            address: address.cloned(),
            reading: d.why.clone(),
            context: RowContext::default(),
            listings: Vec::new(),
        },
        found,
    };
    let mut out = Vec::new();
    for candidate in &d.near {
        if let Some(found) = screener.index().address(&candidate.address) {
            let kind = if d.reason == "misread" {
                "homoglyph"
            } else {
                "one-edit"
            };
            let found = found.0.iter().map(|at| (*at, kind, 1)).collect();
            out.extend(judge_near(
                judging,
                &near(Some(&candidate.address), found),
                Some(time),
            ));
        }
    }
    if out.is_empty() {
        let mut found = screener.near(&d.raw, false);
        found.truncate(NEAR_MAX);
        out.extend(judge_near(judging, &near(None, found), Some(time)));
    }
    out.truncate(NEAR_MAX);
    out
}

fn shared(addresses: &[Occurrence]) -> Vec<Shared> {
    let mut by: BTreeMap<&Identity, (usize, Vec<usize>)> = BTreeMap::new();
    for (ix, a) in addresses.iter().enumerate() {
        let (_, documents) = by.entry(a.address.identity()).or_insert((ix, Vec::new()));
        if documents.last() != Some(&a.document) {
            documents.push(a.document);
        }
    }
    let mut shared: Vec<(usize, Shared)> = by
        .into_values()
        .filter(|(_, documents)| documents.len() > 1)
        .map(|(ix, documents)| {
            let address = addresses[ix].address.canonical().into();
            (ix, Shared { address, documents })
        })
        .collect();
    shared.sort_by_key(|(ix, _)| *ix);
    shared.into_iter().map(|(_, s)| s).collect()
}

impl CrossReferenced<'_> {
    /// The answer in one word. `unread`: something of the documents could not be read. It is never
    /// [`Verdict::Possible`]: what may be meant is a damaged text, and that was not screened.
    pub fn verdict(&self, unread: bool) -> Verdict {
        if self.found().any(|m| m.timing.counts()) {
            Verdict::Match
        } else if unread || !self.damaged.is_empty() {
            Verdict::Incomplete
        } else {
            Verdict::NoMatch
        }
    }

    /// Every match, those of damaged texts too.
    pub fn found(&self) -> impl Iterator<Item = &Match<'_>> {
        let damaged = self.damaged.iter().flat_map(|d| &d.matches);
        self.matches.iter().flatten().chain(damaged)
    }

    /// Whether an address is listed as itself, on any list.
    pub fn is_listed(&self, ix: usize) -> bool {
        self.matches[ix].iter().any(|m| m.basis <= Basis::Verbatim)
    }
}
