//! Layouts that no profile knows: told by their headings and by what is in them.
//!
//! For each file of `fixtures/layouts`: every column with addresses, its role, and how many there
//! are. Nothing else in it is an address.

use interdict::input::{InputOptions, Run, Source};
use interdict::list::ListSet;
use interdict::screen::{Screener, ScreeningReport};
use interdict::source::bundled_lists;
use std::path::Path;

/// Column (1-based; by name in nested data), role, addresses.
type Expect = &'static [(&'static str, &'static str, u64)];

#[rustfmt::skip]
const LAYOUTS: &[(&str, Expect, &[&str])] = &[
    ("borsa-tr.csv", &[("2", "from", 2), ("3", "to", 2)], &["transaction-hash"]),
    ("cosmos-msgs.csv", &[("3", "from", 2), ("4", "to", 2), ("5", "party", 2)], &["transaction-hash"]),
    ("counterparties.csv", &[("3", "party", 3)], &["id", "transaction-hash"]),
    ("custody-utxo.csv", &[("8", "from", 4), ("9", "to", 4)], &["id", "transaction-hash"]),
    ("deployments.csv", &[], &["account-id", "hex-40", "lei", "order-id"]),
    ("details-json.csv", &[("4", "memo", 4)], &["id"]),
    ("explorador-es.csv", &[("4", "from", 3), ("5", "to", 3), ("6", "contract", 3)], &["token-contract", "transaction-hash"]),
    ("gielda-pl.csv", &[("2", "from", 2), ("3", "to", 2)], &["order-id", "transaction-hash"]),
    ("imposto-pt.csv", &[("7", "from", 3), ("8", "to", 3)], &["transaction-hash"]),
    ("koshelek-ru.csv", &[("5", "from", 2), ("6", "to", 2)], &["transaction-hash"]),
    ("liulanqi-zh.csv", &[("4", "from", 2), ("5", "to", 2), ("8", "contract", 2)], &["token-contract", "transaction-hash"]),
    ("outputs.jsonl", &[("outputs[].addresses", "to", 3)], &["hex-40", "transaction-hash"]),
    ("releve-fr.csv", &[("6", "to", 3)], &["iban"]),
    ("route.csv", &[("2", "party", 6)], &["transaction-hash"]),
    ("solana-transfers.csv", &[("4", "from", 2), ("5", "to", 2), ("6", "contract", 2)], &["token-contract", "transaction-hash"]),
    ("torihiki-ja.tsv", &[("5", "to", 3)], &["order-id", "transaction-hash"]),
    ("two-headers.csv", &[("3", "party", 2), ("6", "party", 2)], &[]),
    ("verwahrstelle-de.csv", &[("5", "party", 4)], &["order-id", "transaction-hash"]),
    ("wallet-labels.csv", &[("2", "memo", 2)], &["transaction-hash"]),
];

fn screen<T>(name: &str, look: impl FnOnce(&ScreeningReport<'_>) -> T) -> T {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let options = InputOptions::new("2026-11-24T12:00:00Z".parse().unwrap());
    let mut run = Run::new(&screener, options);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/layouts")
        .join(name);
    run.input(Source::File(path.to_str().unwrap()), &mut |_, _| {})
        .unwrap();
    look(&run.finish())
}

#[test]
fn every_file_is_in_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/layouts");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let named: Vec<&str> = LAYOUTS.iter().map(|l| l.0).collect();
    assert_eq!(files, named);
}

#[test]
fn addresses_are_found_in_their_roles_and_nothing_else_is() {
    let mut wrong = Vec::new();
    for (name, expect, kinds) in LAYOUTS {
        screen(name, |report| {
            let found: Vec<(String, &str, u64)> = report
                .coverage
                .columns
                .iter()
                .filter(|c| c.recognised > 0)
                .map(|c| {
                    let column = match name.ends_with(".jsonl") {
                        true => c.column.name.to_string(),
                        false => (c.column.index + 1).to_string(),
                    };
                    (column, c.column.role.id(), c.recognised)
                })
                .collect();
            let expect: Vec<(String, &str, u64)> =
                expect.iter().map(|e| (e.0.to_owned(), e.1, e.2)).collect();
            if found != expect {
                wrong.push(format!("{name}: {found:?} instead of {expect:?}"));
            }
            let said = report.coverage.not_addresses.iter();
            let said: Vec<&str> = said.map(|n| n.kind).collect();
            if said != *kinds {
                wrong.push(format!(
                    "{name}: no addresses: {said:?} instead of {kinds:?}"
                ));
            }
            let reasons: Vec<_> = report
                .coverage
                .not_screened
                .iter()
                .map(|n| n.reason)
                .collect();
            let none: &[&str] = if expect.is_empty() {
                &["no-address"]
            } else {
                &[]
            };
            if reasons != none {
                wrong.push(format!("{name}: not screened: {reasons:?}"));
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rows_time_amount_and_asset_are_read() {
    for (name, time, amount, asset) in [
        (
            "explorador-es.csv",
            "01/03/2024 10:20:00",
            "0.234,50",
            "USDT",
        ),
        ("verwahrstelle-de.csv", "11.03.2024 09:00", "1,5", "ETH"),
        ("torihiki-ja.tsv", "2024/03/02 12:00:00", "1.25", "ETH"),
        ("route.csv", "2024-03-01 08:00:00", "0.5", "ETH"),
        ("imposto-pt.csv", "01-03-2024 18:00", "0,75", "ETH"),
        ("gielda-pl.csv", "2024-03-01 10:00", "0,25", "ETH"),
        ("counterparties.csv", "2024-03-01", "0.75", "ETH"),
    ] {
        screen(name, |report| {
            let m = report
                .matches
                .first()
                .unwrap_or_else(|| panic!("{name} has a listed one"));
            let said = (&*m.row_time, &*m.amount, &*m.asset);
            assert_eq!(said, (time, amount, asset), "{name}");
        });
    }
}

#[test]
fn a_file_without_addresses_says_what_it_holds() {
    screen("deployments.csv", |report| {
        let found = report
            .findings
            .iter()
            .find(|f| f.code.id() == "no-address-column");
        let detail = &found.unwrap().detail;
        for part in ["`Commit` holds 40 hexadecimal digits", "`LEI` holds LEIs"] {
            assert!(detail.contains(part), "{detail}");
        }
    });
}
