//! Official releases, court texts and tag packs with their truth: every address, and nothing else.

use super::{read, shared};
use interdict::document::{Extracted, Limits, cross_reference};
use interdict::list::ListSet;
use interdict::screen::Screener;
use interdict::source::bundled_lists;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

#[derive(serde::Deserialize)]
struct Row {
    doc: String,
    address: String,
    valid_checksum: bool,
    line: u64,
    raw: Option<String>,
}

fn truth() -> Vec<Row> {
    read("releases/truth.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every document, also those without a row.
fn documents() -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["", "synthetic/"] {
        for entry in std::fs::read_dir(shared(&format!("releases/{folder}"))).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let is_document = name != "README.md" && name != "truth.jsonl";
            if is_document && entry.file_type().unwrap().is_file() {
                names.push(format!("{folder}{name}"));
            }
        }
    }
    names.sort();
    names
}

fn extract(name: &str) -> Extracted {
    let mut extracted = Extracted::default();
    let bytes = std::fs::read(shared(&format!("releases/{name}"))).unwrap();
    extracted
        .document(name, bytes, Limits::default(), &mut |_, _| {})
        .unwrap();
    extracted
}

/// Spelt as the truth spells it, but for the casing of hex.
fn key(address: &str) -> String {
    match address.strip_prefix("0x") {
        Some(_) => address.to_ascii_lowercase(),
        None => address.to_owned(),
    }
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn every_address_and_nothing_else() {
    let rows = truth();
    for name in documents() {
        let found = extract(&name);
        let mut got: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for a in &found.addresses {
            got.entry(key(a.address.canonical()))
                .or_default()
                .push(a.line);
        }
        let mut want: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for row in rows.iter().filter(|r| r.doc == name && r.valid_checksum) {
            want.entry(key(&row.address)).or_default().push(row.line);
        }
        assert_eq!(got, want, "{name}");
        for row in rows.iter().filter(|r| r.doc == name && !r.valid_checksum) {
            let raw = row.raw.as_ref().unwrap_or(&row.address);
            assert!(
                found.damaged.iter().any(|d| *d.raw == **raw),
                "{name}: {raw} is not reported as damaged"
            );
        }
        if !rows.iter().any(|r| r.doc == name) {
            assert!(found.damaged.is_empty(), "{name}: {:?}", found.damaged);
        }
        assert!(found.unread.is_empty(), "{name}: {:?}", found.unread);
    }
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn the_155_properties() {
    let pack = extract("graphsense-tagpack-aft-alqaeda-forfeit_vc.yaml");
    let complaint = extract("synthetic/pdf-complaint-table.txt");
    let all: BTreeSet<&str> = pack
        .addresses
        .iter()
        .map(|a| a.address.canonical())
        .collect();
    assert_eq!(all.len(), 155);
    assert_eq!(complaint.addresses.len(), 40);
    assert!(
        complaint
            .addresses
            .iter()
            .all(|a| all.contains(a.address.canonical()))
    );
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let crossed = cross_reference(&pack, &screener, date(2026, 8, 20));
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    for matches in &crossed.matches {
        let ids: BTreeSet<&str> = matches.iter().map(|m| &*m.list.source.id).collect();
        for id in ids {
            *by.entry(id).or_default() += 1;
        }
    }
    assert_eq!(by.get("court-155"), Some(&155));
    // Forfeited is not sanctioned: OFAC's list has never held one of them.
    assert_eq!(by.get("ofac-crypto"), None);
}
