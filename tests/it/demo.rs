//! The demo export gives what its README promises.

use super::cli::Cli;
use std::collections::BTreeSet;

/// Rows of the tables in the demo's README: file, row, column, expectation, basis, list.
fn promised() -> Vec<[String; 6]> {
    let page = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/demo/README.md"
    ))
    .unwrap();
    let mut file = String::new();
    let mut rows = Vec::new();
    for line in page.lines() {
        if let Some(name) = line.strip_prefix("## `") {
            file = name.trim_end_matches('`').to_owned();
        }
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        if cells.len() >= 8 && cells[1].parse::<u64>().is_ok() {
            let timing = cells[4].split(',').next().unwrap().to_owned();
            let list = cells[6].split(',').next().unwrap().to_owned();
            rows.push([
                file.clone(),
                cells[1].to_owned(),
                cells[2].to_owned(),
                timing,
                cells[5].to_owned(),
                list,
            ]);
        }
    }
    rows
}

#[test]
fn the_demo_matches_what_it_promises() {
    let cli = Cli::new();
    let args = [
        "screen",
        "fixtures/demo/exchange-withdrawals.csv",
        "fixtures/demo/explorer-ethereum.csv",
        "--format",
        "json",
        "--as-of",
        "2026-11-24",
    ];
    let (exit, out, err) = cli.run(&args);
    assert_eq!(exit, 1, "{err}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let text = |v: &serde_json::Value| match v {
        serde_json::Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    let found: BTreeSet<[String; 6]> = report["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| {
            [
                text(&m["input"]).replace("fixtures/demo/", ""),
                text(&m["row"]),
                text(&m["column"]),
                text(&m["timing"]),
                text(&m["basis"]),
                text(&m["listing"]["list"]),
            ]
        })
        .collect();
    let timings = [
        "listed-then",
        "listed-later",
        "delisted-since",
        "delisted-before",
        "date-unknown",
    ];
    let promised = promised();
    let matches: BTreeSet<_> = promised
        .iter()
        .filter(|r| timings.contains(&r[3].as_str()))
        .cloned()
        .collect();
    assert!(matches.len() > 25, "the README's tables were not read");
    assert_eq!(found, matches);
    let possible: BTreeSet<_> = report["possible"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            (
                text(&p["input"]).replace("fixtures/demo/", ""),
                text(&p["row"]),
            )
        })
        .collect();
    let wanted: BTreeSet<_> = promised
        .iter()
        .filter(|r| r[3] == "possible")
        .map(|r| (r[0].clone(), r[1].clone()))
        .collect();
    assert_eq!(possible, wanted);
}
