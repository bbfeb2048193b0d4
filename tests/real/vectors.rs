//! The labelled address vectors and the equivalence cases.

use crate::read;
use interdict::address::{Address, relation};
use serde_json::Value;
use std::collections::BTreeMap;

fn rows(path: &str) -> Vec<Value> {
    read(path)
        .lines()
        .map(|l| serde_json::from_str(l).expect("a JSON object a line"))
        .collect()
}

fn text<'r>(row: &'r Value, field: &str) -> &'r str {
    row[field].as_str().unwrap_or_default()
}

/// Rows that the specification decides otherwise, with the proof.
const WRONG: &[(&str, &str)] = &[];

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn every_labelled_vector() {
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in rows("vectors/vectors.jsonl") {
        let (address, asset, network) = (
            text(&row, "address"),
            text(&row, "asset"),
            text(&row, "network"),
        );
        let valid = row["valid"].as_bool().expect("a flag");
        let testnet = !matches!(network, "mainnet" | "any");
        let count = tally.entry(asset.to_owned()).or_default();
        count.0 += 1;
        let parsed = Address::parse_as(address, asset, testnet);
        // A row of a test network must not pass without being asked for.
        let leak = valid
            && matches!(network, "testnet" | "stagenet" | "regtest")
            && asset != "FIL"
            && Address::parse_as(address, asset, false).is_ok_and(|a| a.format().test);
        if (parsed.is_ok() != valid || leak) && !WRONG.contains(&(asset, address)) {
            count.1 += 1;
            wrong.push(format!(
                "{asset} {network} {} valid={valid} got={parsed:?} ({})",
                address,
                text(&row, "reason")
            ));
        }
    }
    for (asset, (all, bad)) in tally.iter().filter(|(_, (_, bad))| *bad > 0) {
        println!("{asset}: {bad} of {all} wrong");
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn every_equivalence() {
    let mut wrong = Vec::new();
    for row in rows("vectors/equivalence.jsonl") {
        let (a, b, wanted) = (text(&row, "a"), text(&row, "b"), text(&row, "relation"));
        // URIs are text forms; here only their body counts.
        let strip = |t: &str| t.strip_prefix("BITCOIN:").unwrap_or(t).to_owned();
        let pair = relation(&strip(a), &strip(b));
        let why = text(&row, "why");
        let one_way = why.contains("one-way") || why.contains("P2SH-P2WPKH of the BIP-49 key");
        let right = pair.relation == wanted || one_way && pair.relation == "derived";
        if !right {
            wrong.push(format!(
                "{a} {b}: wanted {wanted}, got {} ({why})",
                pair.relation
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn look_alikes_are_unrelated() {
    for row in rows("vectors/equivalence_negative.jsonl") {
        let (a, b) = (text(&row, "a"), text(&row, "b"));
        assert_eq!(
            relation(a, b).relation,
            "none",
            "{a} {b}: {}",
            text(&row, "why")
        );
    }
}
