//! OFAC's published files, whole: the figures of an independent count.
#![allow(clippy::print_stdout, reason = "figures for whoever runs it")]

use interdict::address::formats::Check;
use interdict::finding::Code;
use interdict::list::{List, Snapshot};
use interdict::source::{parse, sources};
use interdict::store::{ImportOptions, ImportOutcome, Store};
use interdict::unpack::{Options, open};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

fn file(start: &str) -> PathBuf {
    let folder = super::shared("data/ofac/sdn_advanced");
    std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("readable folder").path())
        .find(|p| {
            p.file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with(start))
        })
        .unwrap_or_else(|| panic!("no {start}* in {}", folder.display()))
}

fn read(path: &std::path::Path) -> List {
    let source = sources()
        .into_iter()
        .find(|s| &*s.id == "ofac-sdn")
        .expect("built in");
    let mut document = open(path, &Options::default()).expect("opens");
    let snapshot = Snapshot::default();
    let start = Instant::now();
    let mut list = parse(source, snapshot, &mut document).expect("parses");
    let print = document.finish().expect("hashes");
    println!("{}: {:?}", path.display(), start.elapsed());
    (list.snapshot.sha256, list.snapshot.bytes) = (print.sha256, print.bytes);
    list
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn sdn_of_2025_11_19() {
    let list = read(&file("sdn_advanced.commit-2025-11-19"));
    assert_eq!(
        list.snapshot.published_on.map(|d| d.to_string()).as_deref(),
        Some("2025-11-19")
    );
    assert_eq!(list.entities().len(), 18_367);
    assert_eq!(list.len(), 761);
    let texts: BTreeSet<_> = list.listings().map(|l| l.text).collect();
    assert_eq!(texts.len(), 745);
    let parties: BTreeSet<_> = list.listings().map(|l| &l.entity.id).collect();
    assert_eq!(parties.len(), 79);
    let mut labels = BTreeMap::new();
    for listing in list.listings() {
        *labels.entry(listing.label).or_insert(0) += 1;
    }
    let expect = [
        ("ARB", 1),
        ("BCH", 7),
        ("BNB", 1),
        ("BSC", 1),
        ("BSV", 1),
        ("BTG", 1),
        ("DASH", 3),
        ("ETC", 1),
        ("ETH", 77),
        ("LTC", 11),
        ("SOL", 1),
        ("TRX", 29),
        ("USDC", 2),
        ("USDT", 93),
        ("XBT", 519),
        ("XMR", 8),
        ("XRP", 1),
        ("XVG", 1),
        ("ZEC", 3),
    ];
    assert_eq!(labels, expect.into());
    let notes = list
        .listings()
        .filter(|l| !l.note.is_empty() && !l.note.starts_with('['));
    assert_eq!(notes.count(), 18);
    let confirmed = list
        .listings()
        .filter(|l| l.note.contains("[reliability: Confirmed]"));
    assert_eq!(confirmed.count(), 71);
    // Every party has its entry: 18,367 on the SDN list, 88, 86 and 2 on others too.
    let mut lists = BTreeMap::new();
    for name in list.entities().iter().flat_map(|e| &e.lists) {
        *lists.entry(&**name).or_insert(0) += 1;
    }
    assert_eq!(lists["SDN List"], 18_367);
    assert_eq!(lists["Consolidated List"], 88);
    assert_eq!(lists["Sectoral Sanctions Identifications List"], 86);
    assert!(list.entities().iter().all(|e| e.listed_on.is_some()));
    assert!(list.entities().iter().all(|e| !e.name.is_empty()));
    // 4,104 + 83 + 1 weak aliases with one spelling, 133 with two.
    let weak = |n: &&interdict::list::Name| n.quality == interdict::list::NameQuality::Weak;
    let weak: usize = list
        .entities()
        .iter()
        .map(|e| e.aliases.iter().filter(weak).count())
        .sum();
    assert_eq!(weak, 4_188 + 2 * 133);
    // The bank was listed in 2017, most of its addresses came in 2025: its date is not theirs.
    let scripts: BTreeSet<_> = list
        .entities()
        .iter()
        .flat_map(|e| &e.aliases)
        .map(|n| &*n.script)
        .collect();
    assert!(scripts.iter().all(|s| s.len() == 4), "{scripts:?}");
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn the_addresses_of_2025_11_19() {
    let list = read(&file("sdn_advanced.commit-2025-11-19"));
    assert_eq!(list.addresses(), 760);
    let verbatim: Vec<_> = list.listings().filter(|l| l.format.is_none()).collect();
    let [hex] = &verbatim[..] else {
        panic!("{verbatim:?}");
    };
    let text = "5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320";
    assert_eq!(
        (hex.text, hex.label, &*hex.entity.id),
        (text, "XMR", "29585")
    );
    // 713 carry a checksum, and it holds; 46 EVM accounts in one case and 1 Solana key carry none.
    let single_case = |text: &str| !text.bytes().any(|b| b.is_ascii_uppercase());
    let (mut checked, mut unchecked) = (0, 0);
    for listing in list.listings().filter(|l| l.format.is_some()) {
        match listing.format.unwrap().check {
            Check::Checksum => checked += 1,
            Check::Casing if single_case(listing.text) => unchecked += 1,
            Check::Casing => checked += 1,
            Check::None => unchecked += 1,
        }
    }
    assert_eq!((checked, unchecked), (713, 47));
    // What the file is known for: nothing else is odd about its addresses.
    let mut codes = BTreeMap::new();
    for finding in &list.findings {
        *codes.entry(finding.code.id()).or_insert(0) += 1;
    }
    let of = |code: Code| -> Vec<_> {
        let found = list.findings.iter().filter(|f| f.code == code);
        found.map(|f| f.detail.to_string()).collect()
    };
    let expect = [
        (Code::ListedIdentifierUnrecognised.id(), 1),
        (Code::DuplicateListing.id(), 1),
        (Code::LabelFormatMismatch.id(), 1),
    ];
    assert_eq!(codes, expect.into(), "{:#?}", list.findings);
    assert!(of(Code::ListedIdentifierUnrecognised)[0].contains(text));
    assert!(of(Code::DuplicateListing)[0].contains("3F6bbvS1"));
    assert!(of(Code::LabelFormatMismatch)[0].contains("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq"));
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn the_parties_behind_known_addresses() {
    let list = read(&file("sdn_advanced.commit-2025-11-19"));
    let of = |text: &str| -> Vec<_> {
        let mut ids: Vec<_> = list
            .listings()
            .filter(|l| l.text == text)
            .map(|l| (&*l.entity.id, l.label))
            .collect();
        ids.sort_unstable();
        ids
    };
    let two = of("LeKvNdNEzgQkzVVnRdV3fAu2DSF1nLsNw6");
    assert_eq!(two, [("30518", "LTC"), ("30520", "LTC")]);
    let hex = "5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320";
    assert_eq!(of(hex), [("29585", "XMR")]);
    assert_eq!(of("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq").len(), 1);
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn tornado_cash_left_in_march_2025() {
    let count = |day: &str| read(&file(&format!("sdn_advanced.commit-{day}"))).len();
    let (before, after) = (count("2025-03-04"), count("2025-03-21"));
    assert!(before > after, "{before} then {after}");
    let (before, after) = (count("2025-10-30"), count("2025-11-04"));
    assert_eq!(after - before, 53);
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn a_year_of_editions_passes_the_gate_in_order() {
    let scratch = tempfile::tempdir().unwrap();
    let store = Store::open(scratch.path());
    let source = sources()
        .into_iter()
        .find(|s| &*s.id == "ofac-sdn")
        .unwrap();
    let import = |path: &std::path::Path| {
        let start = Instant::now();
        let outcome = store
            .import(&source, path, &ImportOptions::default())
            .unwrap();
        println!("import of {}: {:?}", path.display(), start.elapsed());
        outcome
    };
    for day in [
        "2025-03-04",
        "2025-03-21",
        "2025-10-30",
        "2025-11-04",
        "2025-11-19",
    ] {
        let outcome = import(&file(&format!("sdn_advanced.commit-{day}")));
        assert!(
            matches!(outcome, ImportOutcome::Updated { .. }),
            "{day}: {outcome:?}"
        );
        assert_eq!(
            store.load("ofac-sdn").unwrap().snapshot.published_on,
            Some(day.parse().unwrap())
        );
    }
    // Back by half a year, and other documents of the same publisher: refused.
    let cases = [
        (
            file("sdn_advanced.commit-2025-03-04"),
            "it is of 2025-03-04",
        ),
        (
            super::shared("data/ofac/CONS_ENHANCED-2025-02.ZIP"),
            "enhanced format",
        ),
        (
            super::shared("data/ofac/consolidated-legacy-2020-04.xml"),
            "legacy format",
        ),
        (
            super::shared("data/ofac/sdn_advanced_namespace-2020.xml"),
            "<schema>",
        ),
    ];
    for (path, why) in cases {
        match import(&path) {
            ImportOutcome::Refused(refusal) => {
                assert!(refusal.findings[0].detail.contains(why), "{refusal:?}");
            }
            other => panic!("{}: {other:?}", path.display()),
        }
    }
    assert_eq!(store.load("ofac-sdn").unwrap().len(), 761);
}
