//! Real export layouts, with the truth about every address cell.

use super::{read, shared};
use interdict::input::{InputOptions, Run, Source};
use interdict::list::ListSet;
use interdict::screen::{Role, Screener, ScreeningReport};
use interdict::source::bundled_lists;
use std::collections::{BTreeMap, BTreeSet};

#[derive(serde::Deserialize)]
struct Truth {
    file: String,
    line: u64,
    column: String,
    raw: String,
    role: String,
    listed: Vec<String>,
}

fn truth() -> Vec<Truth> {
    let lines = read("exports/TRUTH.jsonl");
    lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn files() -> Vec<String> {
    let mut files: Vec<String> = std::fs::read_dir(shared("exports"))
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .filter(|f| f.ends_with(".csv") || f.ends_with(".jsonl"))
        .filter(|f| f != "TRUTH.jsonl")
        .collect();
    files.sort();
    files
}

fn screen<'l>(screener: &Screener<'l>, file: &str, threads: usize) -> ScreeningReport<'l> {
    let mut options = InputOptions::new("2026-11-24T00:00:00Z".parse().unwrap());
    options.threads = threads;
    let mut run = Run::new(screener, options);
    let path = shared(&format!("exports/{file}"));
    run.input(Source::File(path.to_str().unwrap()), &mut |_, _| {})
        .unwrap();
    run.finish()
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn every_address_cell_is_recognised_and_nothing_else() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let mut expected: BTreeMap<(String, String), u64> = BTreeMap::new();
    for t in truth() {
        // Coverage counts nested data by path without indices.
        let column = t.column.replace("[0]", "[]");
        *expected.entry((t.file, column)).or_default() += 1;
    }
    let mut wrong = Vec::new();
    for file in files() {
        let report = screen(&screener, &file, 1);
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        for c in &report.coverage.columns {
            // A bare 20-byte hash in a script reads like an EVM account without `0x`.
            if c.recognised > 0 && &*c.column.name != "outputs[].script_asm" {
                *found.entry(c.column.name.to_string()).or_default() += c.recognised;
            }
        }
        let columns: BTreeSet<&String> = expected
            .keys()
            .filter(|k| k.0 == file)
            .map(|k| &k.1)
            .chain(found.keys())
            .collect();
        for column in columns {
            let should = expected.get(&(file.clone(), column.clone())).copied();
            let is = found.get(column).copied();
            if should != is {
                wrong.push(format!("{file} `{column}`: {is:?} instead of {should:?}"));
            }
        }
        for n in &report.coverage.not_screened {
            println!("{file}: {} {} {:?}", n.reason, n.count, n.examples);
        }
        for f in &report.findings {
            println!("{file}: {} {}: {}", f.code, f.place, f.detail);
        }
        let has = expected.keys().any(|k| k.0 == file);
        let says = report
            .coverage
            .not_screened
            .iter()
            .any(|n| n.reason == "no-address");
        if has == says && file != "ledger-live-operations.csv" {
            wrong.push(format!("{file}: says it has no address: {says}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn planted_hits_are_matched_in_row_and_column() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let truth = truth();
    let planted: Vec<&Truth> = truth.iter().filter(|t| !t.listed.is_empty()).collect();
    assert_eq!(planted.len(), 19);
    let mut seen = 0;
    for file in files() {
        let report = screen(&screener, &file, 2);
        for m in &report.matches {
            println!(
                "{file} line {} row {} {} {} {} {} {} {} {}",
                m.line,
                m.row,
                m.column.name,
                m.column.role.id(),
                m.text,
                m.list.source.id,
                m.timing.id(),
                m.row_time,
                m.amount
            );
            let planted = planted
                .iter()
                .find(|t| t.file == file && t.line == m.line && t.raw == *m.text);
            let t = planted.unwrap_or_else(|| panic!("{file}: {m:?} is not planted"));
            assert_eq!(*t.column, *m.column.name);
            let role = m.column.role;
            match t.role.as_str() {
                "party" => assert!(
                    matches!(role, Role::From | Role::To | Role::Party | Role::Memo),
                    "{file}: {role:?}"
                ),
                other => panic!("{other}"),
            }
        }
        let places: BTreeSet<(u64, usize)> = report
            .matches
            .iter()
            .map(|m| (m.line, m.column.index))
            .collect();
        seen += places.len();
    }
    println!("{seen} of 19 planted hits are on the bundled lists");
    assert!(seen >= 10, "{seen}");
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn roles_and_times_of_every_export() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    for file in files() {
        let mut run = Run::new(
            &screener,
            InputOptions::new("2026-11-24T00:00:00Z".parse().unwrap()),
        );
        let path = shared(&format!("exports/{file}"));
        run.input(Source::File(path.to_str().unwrap()), &mut |_, _| {})
            .unwrap();
        let mapping = &run.mappings()[0];
        let name = |c: Option<usize>| c.map(|c| mapping.layout.columns[c].name.to_string());
        println!(
            "== {file}: time {:?} amount {:?} asset {:?}",
            name(mapping.layout.time),
            name(mapping.layout.amount),
            name(mapping.layout.asset)
        );
        for e in &mapping.explained {
            println!("   {:30} {:9} {}", e.column.name, e.column.role.id(), e.why);
        }
        let report = run.finish();
        println!("   {:?}", report.inputs[0]);
    }
}
