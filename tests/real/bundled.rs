//! The bundled documents say what the collected public documents say.

use crate::shared;
use interdict::finding::Code;
use interdict::source::bundled_lists;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn the_script_writes_what_is_committed() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/make_bundled.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(shared(""))
        .arg("--check")
        .output()
        .expect("python3 runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// Read here a second time, without the script.
#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn every_row_of_the_history_is_listed_or_counted() {
    let lists = bundled_lists();
    let ofac = lists
        .iter()
        .find(|l| &*l.source.id == "ofac-crypto")
        .expect("bundled");
    let mut listed = BTreeMap::<_, BTreeSet<_>>::new();
    for l in ofac.listings() {
        let ids = listed
            .entry((l.label.to_owned(), l.text.to_owned()))
            .or_default();
        ids.insert((&*l.entity.id, l.intervals));
    }
    let path = shared("data/ofac-crypto/history.csv");
    let mut reader = csv::Reader::from_path(path).expect("the history");
    let headers = reader.headers().expect("a header").clone();
    let column = |name: &str| headers.iter().position(|h| h == name).expect("a column");
    let (asset, address, case) = (column("asset"), column("address"), column("case"));
    let (first, before) = (
        column("first_seen_date"),
        column("prev_snapshot_without_it"),
    );
    let (until, uid) = (column("next_snapshot_without_it"), column("sdn_uid"));
    let (mut now, mut gone, mut left_out) = (0, 0, 0);
    for row in reader.records().map(|r| r.expect("a row")) {
        let at = format!("{} {}", &row[asset], &row[address]);
        let key = (row[asset].to_owned(), row[address].to_owned());
        if &row[case] == "lower" {
            left_out += 1;
            assert!(!listed.contains_key(&key), "{at}");
            continue;
        }
        let found = listed
            .remove(&key)
            .unwrap_or_else(|| panic!("{at}: not listed"));
        assert!(
            row[uid].is_empty() || found.iter().any(|(id, _)| *id == &row[uid]),
            "{at}"
        );
        let intervals: Vec<_> = found.iter().flat_map(|(_, i)| i.iter()).collect();
        let start = intervals.iter().filter_map(|i| i.from).min();
        assert_eq!(start, Some(row[first].parse().expect("a date")), "{at}");
        if !row[before].is_empty() {
            let day = row[before].parse().expect("a date");
            assert!(intervals.iter().any(|i| i.not_before == Some(day)), "{at}");
        }
        let end = intervals
            .iter()
            .map(|i| i.until)
            .max_by_key(|u| (u.is_none(), *u));
        let expected = (!row[until].is_empty()).then(|| row[until].parse().expect("a date"));
        assert_eq!(end, Some(expected), "{at}");
        if expected.is_some() {
            gone += 1;
        } else {
            now += 1;
        }
    }
    assert!(
        listed.is_empty(),
        "listed, but not in the history: {listed:?}"
    );
    assert_eq!((now, gone, left_out), (966, 93, 8));
    let said: usize = ofac
        .findings
        .iter()
        .filter(|f| f.code == Code::ListLeftOut)
        .filter_map(|f| f.detail.split(' ').next()?.parse::<usize>().ok())
        .sum();
    assert_eq!(said, left_out);
}
