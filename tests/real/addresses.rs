//! Real addresses by the thousand: OFAC's history, ransomware wallets, seizure orders and tag packs,
//! each classified and counted.

use crate::{read, shared};
use interdict::address::network::{asset, label_fits};
use interdict::address::{Address, NotAddress, Reason, explain, not_address};
use std::collections::BTreeMap;

type Tally = BTreeMap<String, usize>;

/// Counts by format, or by why not.
fn classify(text: &str, tally: &mut Tally) -> bool {
    let (class, valid) = match Address::parse(text) {
        Ok(address) => (address.format().id.to_owned(), true),
        Err(error) if error.reason == Reason::UnknownFormat => (
            format!("- {}", not_address(text).map_or("unknown", NotAddress::id)),
            false,
        ),
        Err(error) => (format!("- {} {:?}", error.reason.id(), error.near), false),
    };
    *tally.entry(class).or_default() += 1;
    valid
}

fn show(title: &str, tally: &Tally) {
    println!("{title}: {}", tally.values().sum::<usize>());
    for (class, count) in tally {
        println!("  {count:6} {class}");
    }
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn ofac_history() {
    let path = shared("data/ofac-crypto/history.csv");
    let mut rows = csv::Reader::from_path(path).expect("readable");
    let (mut tally, mut all, mut unfit) = (Tally::new(), 0, Vec::new());
    let mut refused = Tally::new();
    for row in rows.records() {
        let row = row.expect("a record");
        all += 1;
        let (label, text, case, checksum) = (&row[0], &row[1], &row[10], &row[12]);
        assert!(asset(label).is_some(), "{label}");
        match Address::parse(text) {
            Ok(address) => {
                if label_fits(label, address.format()) != Some(true) {
                    unfit.push(format!("{label} {address:?}"));
                }
                *tally
                    .entry(format!("{label} {}", address.format().id))
                    .or_default() += 1;
            }
            Err(error) => {
                *refused
                    .entry(format!("{case} {checksum} {}", error.reason.id()))
                    .or_default() += 1;
                println!(
                    "{label} {text} ({case}, {checksum}): {}",
                    explain(text, &error)
                );
            }
        }
    }
    show("listed", &tally);
    show("refused", &refused);
    assert_eq!(all, 1067);
    assert_eq!(tally.values().sum::<usize>(), 1058);
    // Seven whose letter case a mirror lost; a truncated one and a view key as OFAC published them.
    assert_eq!(refused.get("lower none unknown-format"), Some(&7));
    assert_eq!(refused.get("orig BAD unknown-format"), Some(&2));
    assert_eq!(refused.len(), 2);
    // OFAC itself published a Tron address under the label of Bitcoin.
    assert_eq!(unfit, ["XBT tron:TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq"]);
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn ransomware_wallets() {
    let rows: serde_json::Value =
        serde_json::from_str(&read("data/ransomwhere/ransomwhere-2022-08-26.json")).expect("JSON");
    let mut tally = Tally::new();
    for row in rows.as_array().expect("an array") {
        let text = row["address"].as_str().expect("a text");
        assert!(classify(text, &mut tally), "{text}");
        assert!(Address::parse_as(text, "BTC", false).is_ok(), "{text}");
    }
    show("ransomware", &tally);
    assert_eq!(tally.values().sum::<usize>(), 7457);
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn seizure_orders() {
    let path = shared("data/il/wallets.csv");
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .expect("readable");
    let (mut tally, mut rows) = (Tally::new(), 0);
    for row in reader.records() {
        let row = row.expect("a record");
        // Headings of orders, such as `צ.ת 18/26`.
        if row[0].starts_with('צ') {
            continue;
        }
        rows += 1;
        let Some(text) = row.get(4).filter(|t| !t.trim().is_empty()) else {
            continue;
        };
        if !classify(text.trim(), &mut tally) && not_address(text.trim()).is_none() {
            println!("{text}");
        }
    }
    show("seizure orders", &tally);
    assert_eq!(rows, 908);
    assert_eq!(
        tally.values().sum::<usize>(),
        895,
        "the others name no wallet"
    );
    let of = |class: &str| tally.get(class).copied().unwrap_or_default();
    assert_eq!(
        (of("tron"), of("evm"), of("doge-p2pkh"), of("ltc-p2pkh")),
        (402, 14, 9, 4)
    );
    assert_eq!(
        (of("btc-p2pkh"), of("btc-p2sh"), of("btc-p2wpkh")),
        (39, 3, 10)
    );
    // `18yzhmcg…` and `3HQJ9ta7…` are published with a broken checksum.
    let broken = of("- checksum Some(btc-p2pkh)") + of("- checksum Some(btc-p2sh)");
    assert_eq!(broken, 2);
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn tag_packs() {
    let folder = shared("data/graphsense/packs");
    let (mut tally, mut refused) = (Tally::new(), BTreeMap::<String, Vec<String>>::new());
    for entry in std::fs::read_dir(folder).expect("readable") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("UTF-8");
        for line in text.lines() {
            let line = line.trim_start().trim_start_matches("- ");
            let Some(text) = line.strip_prefix("address:") else {
                continue;
            };
            let text = text
                .split(" #")
                .next()
                .unwrap_or(text)
                .trim()
                .trim_matches(['"', '\'']);
            if !classify(text, &mut tally) {
                let error = Address::parse(text).expect_err("refused");
                refused
                    .entry(format!("{error}"))
                    .or_default()
                    .push(text.to_owned());
            }
        }
    }
    show("tag packs", &tally);
    for (why, texts) in &refused {
        println!(
            "{why}: {} such as {:?}",
            texts.len(),
            &texts[..texts.len().min(4)]
        );
    }
}
