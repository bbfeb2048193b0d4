//! Matches added up: exact sums for each asset, contacts, months; the same through polars.

use crate::cli::Cli;
use crate::report::samples::{EVM, P2PKH, SEGWIT, lists};
use interdict::input::{InputOptions, Run, Source};
use interdict::report;
use interdict::screen::{Screener, ScreeningReport};
use serde_json::{Value, json};
use std::io::Cursor;

/// Of EIP-55, on no list of these tests.
const FREE: &str = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";

fn table() -> String {
    format!(
        "Date (UTC),From,To,Amount,Asset\n\
         2026-08-01 10:00,{FREE},{EVM},0.1,ETH\n\
         2026-08-31 23:59,{FREE},{EVM},-0.2,ETH\n\
         2026-09-05 10:00,{EVM},{FREE},\"1,000.5\",ETH\n\
         2026-09-06 10:00,{P2PKH},{SEGWIT},0.00000001,BTC\n\
         2026-09-07 10:00,{FREE},{P2PKH},\"1,234\",USDT\n\
         ,{FREE},{EVM},1.23E+21,ETH\n\
         2026-09-08 10:00,{EVM},{EVM},5,USDT\n"
    )
}

fn screen<T>(inputs: &[&str], look: impl FnOnce(&ScreeningReport<'_>) -> T) -> T {
    let lists = lists(false);
    let screener = Screener::new(&lists);
    let options = InputOptions::new("2026-11-24T12:00:00Z".parse().unwrap());
    let mut run = Run::new(&screener, options);
    for text in inputs {
        let bytes = text.as_bytes().to_vec();
        let source = Source::Stream("rows.csv", Box::new(Cursor::new(bytes)));
        run.input(source, &mut |_, _| {}).unwrap();
    }
    look(&run.finish())
}

fn written(format: &str, inputs: &[&str]) -> Vec<u8> {
    screen(inputs, |of| {
        let mut out = Vec::new();
        let format = report::by_id(format).unwrap();
        (format.write)(of, &report::Options::default(), &mut out).unwrap();
        out
    })
}

fn summary(inputs: &[&str]) -> Value {
    let report: Value = serde_json::from_slice(&written("json", inputs)).unwrap();
    report["summary"].clone()
}

fn sum(asset: &str, total: &str, to: &str, from: &str, rows: u64, unread: u64) -> Value {
    json!({"asset": asset, "column": "", "total": total, "to_listed": to, "from_listed": from,
           "rows": rows, "unread": unread})
}

#[test]
fn amounts_are_added_for_each_asset_and_exactly() {
    let summary = summary(&[&table()]);
    let by = |key: &str, field: &str, value: &str| {
        let groups = summary[key].as_array().unwrap().iter();
        let mut found = groups.filter(|g| g[field] == value);
        let group = found.next().unwrap_or_else(|| panic!("{key} {value}"));
        assert!(found.next().is_none());
        group.clone()
    };
    // 0.1 + 0.2 + 1000.5; the amount that a spreadsheet rounded is in no sum, and said.
    let eth = sum("ETH", "1000.8", "0.3", "1000.5", 3, 1);
    // A row that moves between two cells of one entity moves its amount once.
    let usdt = sum("USDT", "5", "5", "5", 1, 0);
    let company = by("by_entity", "entity", "EXAMPLE TRADING GMBH");
    assert_eq!(company["amounts"], json!([eth, usdt]));
    assert_eq!(company["count"], 6);
    assert_eq!(company["rows"], 5);
    assert_eq!(company["undated"], 1);
    assert_eq!(company["first_contact"], "2026-08-01");
    assert_eq!(company["last_contact"], "2026-09-08");
    let counterparty = by("by_counterparty", "address", EVM);
    assert_eq!(counterparty["amounts"], company["amounts"]);
    assert_eq!(counterparty["entities"], json!(["EXAMPLE TRADING GMBH"]));
    let person = by("by_counterparty", "address", P2PKH);
    assert_eq!(
        person["amounts"],
        json!([
            sum("BTC", "0.00000001", "0", "0.00000001", 1, 0),
            sum("USDT", "1234", "1234", "0", 1, 0),
        ])
    );
    let month = |month| by("by_month", "month", month);
    assert_eq!(
        month("2026-08")["amounts"],
        json!([sum("ETH", "0.3", "0.3", "0", 2, 0)])
    );
    assert_eq!(month("2026-09")["rows"], 4);
    assert_eq!(month("")["rows"], 1);
    // Both sides of a row are listed, by two lists: once in each, once for the asset.
    let btc = sum("BTC", "0.00000001", "0.00000001", "0.00000001", 1, 0);
    assert_eq!(by("asset_totals", "asset", "BTC")["amounts"], json!([btc]));
    assert_eq!(by("asset_totals", "asset", "BTC")["count"], 2);
    assert_eq!(by("asset_totals", "asset", "BTC")["rows"], 1);
    assert_eq!(by("list_totals", "list", "court-test")["count"], 1);
    assert_eq!(summary["by_list"]["state-test"], 8);
}

#[test]
fn what_is_filled_in_one_of_two_columns_is_read_there() {
    let explorer = format!(
        "Txhash,DateTime (UTC),From,To,Value_IN(ETH),Value_OUT(ETH)\n\
         0x{:064x},2026-08-01 10:00:00,{EVM},{FREE},2.5,0\n\
         0x{:064x},2026-08-02 10:00:00,{FREE},{EVM},0,0.75\n",
        7, 8
    );
    let chain = format!("from_address,to_address,value\n{FREE},{EVM},2500000000000000000\n");
    let summary = summary(&[&explorer, &chain]);
    // What states no asset is not added to what does: these are wei.
    let wei = json!({"asset": "", "column": "value", "total": "2500000000000000000",
                     "to_listed": "2500000000000000000", "from_listed": "0", "rows": 1, "unread": 0});
    let eth = sum("ETH", "3.25", "0.75", "2.5", 2, 0);
    assert_eq!(summary["by_counterparty"][0]["amounts"], json!([wei, eth]));
}

#[test]
fn every_report_for_people_has_the_totals() {
    let text = |format| String::from_utf8(written(format, &[&table()])).unwrap();
    for format in ["table", "markdown", "html"] {
        let text = text(format).replace('\\', "");
        for part in ["By counterparty", "By month", "2026-08-01", "2026-09-08"] {
            assert!(text.contains(part), "{format}: {part}");
        }
        assert!(text.contains("1000.8 ETH"), "{format}");
    }
    let none = String::from_utf8(written("table", &["a,b\n1,2\n"])).unwrap();
    assert!(!none.contains("TOTALS"));
}

/// The flat table, read back and added up by polars, gives the numbers of the report.
#[cfg(feature = "frames")]
#[test]
#[expect(
    deprecated,
    reason = "the lazy engine would be one more feature, for this test alone"
)]
fn polars_counts_the_same() {
    use polars::prelude::{ParquetReader, SerReader};
    let rows: String = (0..200)
        .map(|n| {
            let (day, asset) = (n % 28 + 1, ["ETH", "USDT", "XMR"][n % 3]);
            let to = [EVM, P2PKH, SEGWIT, FREE][n % 4];
            format!("2026-{:02}-{day:02},{FREE},{to},{n},{asset}\n", n % 12 + 1)
        })
        .collect();
    let text = format!("Date (UTC),From,To,Amount,Asset\n{rows}");
    let summary = summary(&[&text]);
    let bytes = written("parquet", &[&text]);
    let frame = ParquetReader::new(Cursor::new(bytes)).finish().unwrap();
    let column = |name: &str| -> Vec<String> {
        let of = frame.column(name).unwrap().as_materialized_series().clone();
        of.iter()
            .map(|v| v.to_string().trim_matches('"').to_owned())
            .collect()
    };
    let amounts: Vec<u64> = column("amount")
        .iter()
        .map(|a| a.parse().unwrap())
        .collect();
    let mut with = frame.clone();
    with.with_column(polars::prelude::Column::new("n".into(), amounts))
        .unwrap();
    for (by, key, field) in [
        ("address", "by_counterparty", "address"),
        ("asset", "asset_totals", "asset"),
        ("list", "list_totals", "list"),
        ("entity", "by_entity", "entity"),
    ] {
        let sums = with.group_by([by]).unwrap().select(["n"]).sum().unwrap();
        let groups = summary[key].as_array().unwrap();
        assert_eq!(sums.height(), groups.len(), "{by}");
        for at in 0..sums.height() {
            let value = |c: usize| {
                let value = sums.columns()[c].get(at).unwrap().to_string();
                value.trim_matches('"').to_owned()
            };
            let group = groups.iter().find(|g| g[field] == value(0)).unwrap();
            let totals = group["amounts"].as_array().unwrap().iter();
            let total: u64 = totals
                .map(|a| a["total"].as_str().unwrap().parse::<u64>().unwrap())
                .sum();
            assert_eq!(total.to_string(), value(1), "{by} {}", value(0));
        }
    }
}

#[test]
fn hops_are_shown_and_change_no_verdict() {
    let cli = Cli::new();
    let listed = cli.file("listed.txt", format!("{EVM}\n"));
    let one = format!("0xaaaa{:036}", 1);
    let two = format!("0xbbbb{:036}", 2);
    let rows = cli.file(
        "rows.csv",
        format!("From,To\n{one},{EVM}\n{two},{one}\n{FREE},{two}\n{one},{two}\n"),
    );
    let args = |hops, format| {
        let (code, out, _) = cli.run(&[
            "screen", "--list", &listed, "--hops", hops, "--format", format, &rows,
        ]);
        assert_eq!(code, 1);
        out
    };
    let report: Value = serde_json::from_str(&args("0", "json")).unwrap();
    assert_eq!(report["hops"], Value::Null);
    let report: Value = serde_json::from_str(&args("2", "json")).unwrap();
    let contacts = report["hops"]["contacts"].as_array().unwrap();
    let said: Vec<_> = contacts
        .iter()
        .map(|c| {
            (
                c["hops"].as_u64().unwrap(),
                c["address"].as_str().unwrap().to_lowercase(),
            )
        })
        .collect();
    assert_eq!(said, [(1, one.clone()), (2, two.clone())]);
    assert_eq!(contacts[1]["path"][0]["row"], 2);
    assert_eq!(contacts[1]["path"][1]["row"], 1);
    assert_eq!(contacts[1]["path"][1]["input"], rows);
    for format in ["table", "markdown", "html"] {
        let text = args("2", format).replace('\\', "");
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat.contains("what these files show and no more"),
            "{format}"
        );
        assert!(flat.to_lowercase().contains(&two), "{format}");
    }
    // Contacts alone are no match.
    let rows = cli.file("free.csv", format!("From,To\n{one},{two}\n"));
    let (code, ..) = cli.run(&["screen", "--list", &listed, "--hops", "3", &rows]);
    assert_eq!(code, 0);
}
