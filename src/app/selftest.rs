//! The self-test: variants of listed addresses and a clean control set, through the same scan as any
//! cell, on the lists of this installation.
//!
//! Nothing is random: what is chosen and made depends on the seed and the lists only.

use super::bundle::TOOL;
use crate::address::formats::{Check, Codec};
use crate::address::{Address, Format, relation};
use crate::list::{ListSet, Listing, ListingRef};
use crate::report::selftest::{Expected, SelfTest, Tally, TestedList};
use crate::screen::{
    Column, Coverage, Judge, Layout, Record, Role, Scan, ScanOptions, Screener, Unique, judge,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};

/// Controls that are no address at all.
const NO_ADDRESS: &[&str] = &[
    "",
    "0",
    "1,234.56",
    "Invoice 2026-0815",
    "ops@example.org",
    "9b2c1d7e-52b4-4f0a-8a51-3c6f0d2f7a11",
    "2026-03-31T12:00:00Z",
    "DE75512108001245126199",
    "the quick brown fox jumps over the lazy dog",
];

/// Runs the test on `set`: at most `sample` listings of each format.
pub fn selftest(set: &ListSet, seed: u64, sample: usize, as_of: Timestamp) -> SelfTest {
    let screener = Screener::new(set);
    let layout = Layout {
        columns: vec![Column {
            index: 0,
            name: "text".into(),
            role: Role::Memo,
        }],
        ..Layout::default()
    };
    let mut test = Tester {
        set,
        screener: &screener,
        layout: &layout,
        day: as_of.to_zoned(TimeZone::UTC).date(),
        seed,
        tallies: BTreeMap::new(),
    };
    for (format, chosen) in choose(set, seed, sample) {
        for at in &chosen {
            test.listing(format, *at);
        }
        test.controls(format, &chosen);
    }
    for text in NO_ADDRESS {
        test.expect("no address", "control", Expected::Nothing, text, None);
    }
    let tallies: Vec<Tally> = test.tallies.into_values().collect();
    SelfTest {
        schema: 1,
        tool: TOOL.to_owned(),
        as_of,
        seed,
        sample,
        lists: set
            .lists()
            .iter()
            .map(|l| TestedList {
                id: l.source.id.to_string(),
                published_on: l.snapshot.published_on,
                sha256: l.snapshot.sha256.to_string(),
                listings: l.len(),
            })
            .collect(),
        passed: tallies.iter().all(Tally::holds),
        tallies,
    }
}

fn digest(seed: u64, what: &str, text: &str) -> [u8; 32] {
    Sha256::digest(format!("{seed}\n{what}\n{text}")).into()
}

/// The listings of each format that are tested: each identifier once, in the seed's order.
fn choose(set: &ListSet, seed: u64, sample: usize) -> BTreeMap<&'static str, Vec<ListingRef>> {
    let mut by_format: BTreeMap<&str, Vec<([u8; 32], ListingRef)>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for at in set.refs() {
        let listing = set.listing(at);
        if seen.insert((at.list, listing.text)) {
            let format = listing.format.map_or("verbatim", |f| f.id);
            let order = digest(seed, "choice", listing.text);
            by_format.entry(format).or_default().push((order, at));
        }
    }
    by_format
        .into_iter()
        .map(|(format, mut all)| {
            all.sort_unstable();
            all.truncate(sample);
            (format, all.into_iter().map(|(_, at)| at).collect())
        })
        .collect()
}

struct Tester<'s, 'l> {
    set: &'l ListSet,
    screener: &'s Screener<'l>,
    layout: &'s Layout,
    day: Date,
    seed: u64,
    tallies: BTreeMap<(String, &'static str), Tally>,
}

impl Tester<'_, '_> {
    /// Every variant of one listing.
    fn listing(&mut self, format: &str, at: ListingRef) {
        let listing = self.set.listing(at);
        let text = listing.text;
        let mut variants = vec![
            ("as listed", text.to_owned()),
            ("white space", format!(" \t\u{a0}{text}\u{a0} ")),
        ];
        if let Some(format) = listing.format {
            variants.extend(rewritten(&listing, format));
        }
        for (kind, variant) in variants {
            self.expect(format, kind, Expected::Match, &variant, Some(at));
        }
        if listing.format.is_some() && text.is_ascii() && text.len() > 20 {
            let shortened = format!("{}…{}", &text[..8], &text[text.len() - 6..]);
            self.expect(format, "truncated", Expected::Noticed, &shortened, Some(at));
        }
    }

    /// As many addresses of the format that nobody lists, where the format can be written.
    fn controls(&mut self, id: &str, chosen: &[ListingRef]) {
        for at in chosen {
            let listing = self.set.listing(*at);
            let (Some(format), Ok(address)) = (listing.format, Address::parse(listing.text)) else {
                continue;
            };
            let len = address.identity().payload().len();
            let mut payload = Vec::new();
            for n in 0..=len / 32 {
                payload.extend(digest(self.seed, &format!("control {n}"), listing.text));
            }
            if let Some(control) = relation::encode(format, &payload[..len]) {
                self.expect(id, "control", Expected::Nothing, control.canonical(), None);
            }
        }
    }

    /// Scans one text and counts what came of it.
    fn expect(
        &mut self,
        format: &str,
        kind: &'static str,
        expected: Expected,
        text: &str,
        of: Option<ListingRef>,
    ) {
        let mut scan = Scan::new(
            self.screener,
            ScanOptions::default(),
            "selftest",
            self.layout,
        );
        scan.record(&Record {
            row: 1,
            line: 1,
            cells: &[(0, text.as_bytes())],
        });
        let judging = Judge {
            lists: self.set,
            input: 0,
            input_sha256: "selftest",
            columns: &self.layout.columns,
            as_of: self.day,
        };
        let matches: Vec<_> = scan
            .hits
            .iter()
            .flat_map(|h| judge(judging, h, None))
            .collect();
        let possible = !scan.near.is_empty();
        let mut coverage = Coverage::default();
        scan.finish(0, &mut coverage, &mut Unique::default());
        let held = match expected {
            Expected::Match => of.is_some_and(|at| {
                let (list, entity) = (self.set.list(at), self.set.listing(at).entity);
                let same = |m: &crate::screen::Match<'_>| {
                    m.list.source.id == list.source.id && m.entity().id == entity.id
                };
                matches.iter().any(same)
            }),
            Expected::Noticed => {
                matches.is_empty() && (possible || !coverage.not_screened.is_empty())
            }
            Expected::Nothing => matches.is_empty() && !possible,
        };
        let tally = self
            .tallies
            .entry((format.to_owned(), kind))
            .or_insert_with(|| Tally {
                format: format.to_owned(),
                kind,
                expected,
                texts: 0,
                as_expected: 0,
                others: Vec::new(),
            });
        tally.texts += 1;
        tally.as_expected += u64::from(held);
        if !held && tally.others.len() < 3 {
            tally.others.push(text.to_owned());
        }
    }
}

/// Other ways to write a listed address that mean the same.
fn rewritten(listing: &Listing<'_>, format: &Format) -> Vec<(&'static str, String)> {
    let text = listing.text;
    let mut variants = vec![
        ("in a sentence", format!("paid to {text}, thank you")),
        (
            "in a URL",
            format!("https://explorer.example/address/{text}?a=1"),
        ),
    ];
    if text.is_ascii() && text.len() > 8 {
        let (head, tail) = text.split_at(text.len() / 2);
        variants.push(("invisible", format!("\u{feff}{head}\u{200b}{tail}\u{200e}")));
    }
    match format.codec {
        Codec::Evm { .. } => {
            let digits = text.trim_start_matches("0x");
            variants.push(("lower case", text.to_ascii_lowercase()));
            variants.push(("upper case", format!("0x{}", digits.to_ascii_uppercase())));
            variants.push(("no prefix", digits.to_ascii_lowercase()));
            variants.push(("URI", format!("ethereum:{text}@1?value=1")));
        }
        Codec::Segwit { .. } => {
            variants.push(("upper case", text.to_ascii_uppercase()));
            variants.push(("URI", format!("bitcoin:{text}?amount=0.1")));
        }
        Codec::Bech32 { .. } => variants.push(("upper case", text.to_ascii_uppercase())),
        Codec::Base58Check { .. } if format.networks.contains(&"bitcoin") => {
            variants.push(("URI", format!("bitcoin:{text}?amount=0.1&label=x")));
        }
        Codec::CashAddr { .. } => {
            let bare = text.rsplit(':').next().unwrap_or(text);
            variants.push(("no prefix", bare.to_owned()));
            variants.push(("upper case", bare.to_ascii_uppercase()));
        }
        _ => {}
    }
    // What has no checksum is not linked across chains by its bytes alone.
    if let Ok(address) = Address::parse(text)
        && format.check != Check::None
    {
        for (other, text) in relation::equivalents(&address) {
            let kind = match other.codec {
                Codec::CashAddr { .. } => "re-encoded",
                _ => "chain twin",
            };
            variants.push((kind, text));
        }
    }
    variants
}
