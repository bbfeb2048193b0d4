//! Nothing is passed over in silence: what stands in a cell is matched, or a near miss, or told as
//! not screened. Every address here is on a public list or in the first Bitcoin block.

use crate::cli::Cli;
use crate::history::source;
use interdict::address::Address;
use interdict::address::relation::equivalents;
use interdict::finding::Code;
use interdict::input::{InputOptions, Run, Source};
use interdict::list::{Entity, ListBuilder, ListSet, NewListing, Snapshot};
use interdict::screen::{
    Column, Coverage, Layout, Record, Role, Scan, ScanOptions, Screener, ScreeningReport, Unique,
    Verdict, stands_for,
};
use interdict::source::bundled_lists;
use std::io::Cursor;

/// Listed by OFAC.
const E: &str = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
const B: &str = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h";
const T: &str = "TNiq9AXBp9EjUqhDhrwrfvAA8U3GUQZH81";
/// The first block's.
const OK: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";

fn screen<'l>(screener: &Screener<'l>, text: &str, validate: bool) -> ScreeningReport<'l> {
    let mut options = InputOptions::new("2026-11-24T00:00:00Z".parse().unwrap());
    options.threads = 1;
    options.scan.validate = validate;
    let mut run = Run::new(screener, options);
    let bytes = Cursor::new(text.as_bytes().to_vec());
    run.input(Source::Stream("table", Box::new(bytes)), &mut |_, _| {})
        .unwrap();
    run.finish()
}

fn table(column: &str, cell: &str) -> String {
    let quoted = cell.replace('"', "\"\"");
    format!("Date,To,{column}\n2026-08-30,{OK},\n2026-08-30,{OK},\"{quoted}\"\n2026-08-30,{OK},\n")
}

/// In a column of counterparties, and in a note.
fn verdicts(cells: &[String], validate: bool, is: impl Fn(&ScreeningReport<'_>) -> bool) {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let mut wrong = Vec::new();
    for cell in cells {
        for column in ["Note", "From"] {
            let report = screen(&screener, &table(column, cell), validate);
            if !is(&report) {
                wrong.push(format!("{column}: {cell}: {:?}", report.verdict()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn reasons(report: &ScreeningReport<'_>) -> Vec<&'static str> {
    let all = report.coverage.not_screened.iter();
    all.map(|n| n.reason).collect()
}

#[test]
fn every_listing_that_is_found_stands_for_its_cell() {
    // Every address of every format listed, and looked for in every other spelling.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/address");
    let mut texts = std::collections::BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let ok = text.lines().filter_map(|line| line.strip_prefix("ok "));
        texts.extend(ok.map(str::to_owned));
    }
    let mut builder = ListBuilder::new(source("all"), Snapshot::default());
    let mut spellings = Vec::new();
    for text in &texts {
        let entity = builder.entity(Entity {
            id: text.as_str().into(),
            ..Entity::default()
        });
        builder.listing(
            entity,
            NewListing {
                text,
                locator: "line 1",
                ..NewListing::default()
            },
        );
        let address = Address::parse(text).ok();
        let others = address.iter().flat_map(equivalents);
        spellings.extend(others.map(|(_, other)| other));
        spellings.push(text.clone());
    }
    assert!(texts.len() > 300, "{}", texts.len());
    let lists = ListSet::new(vec![builder.finish().unwrap()]);
    let screener = Screener::new(&lists);
    for text in spellings {
        let Ok(address) = Address::parse(&text) else {
            continue;
        };
        let found = screener.index().address(&address);
        for at in found.into_iter().flat_map(|found| found.0) {
            let listed = lists.listing(at).text;
            let relation = stands_for(listed, &text, Some(&address));
            assert!(relation.is_some(), "{text} finds {listed}, and is not it");
        }
    }
}

#[test]
fn a_stray_byte_in_a_cell_hides_nothing() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let layout = Layout {
        columns: vec![Column {
            role: Role::Party,
            ..Column::default()
        }],
        ..Layout::default()
    };
    // A listed address, a damaged one, and one with an invisible character in it.
    let cut = format!("{}\u{200b}{}", &OK[..9], &OK[9..]);
    let cell = |stray: &[u8]| {
        let damaged = B.replace("H9h", "H9j");
        let before = [B.as_bytes(), b" ", stray, b","].concat();
        let cell = [
            &*before,
            damaged.as_bytes(),
            b" ",
            cut.as_bytes(),
            b" ",
            stray,
        ];
        cell.concat()
    };
    for stray in [
        &b"y"[..],
        b"\xff",
        b"\xe2\x80",
        b"\xf0\x9f\x98\xff",
        b"\xc3\xc3\xa9",
    ] {
        let cell = cell(stray);
        let mut scan = Scan::new(&screener, ScanOptions::default(), "cell", &layout);
        scan.record(&Record {
            row: 1,
            line: 1,
            cells: &[(0, &cell)],
        });
        let hits: Vec<_> = scan.hits.iter().map(|h| (&*h.text, h.at.byte)).collect();
        assert_eq!(hits, [(B, 0)], "{stray:?}");
        let mut coverage = Coverage::default();
        scan.finish(0, &mut coverage, &mut Unique::default());
        let told: Vec<_> = coverage
            .not_screened
            .iter()
            .map(|n| (n.reason, n.count))
            .collect();
        assert_eq!(told, [("bad-checksum", 1)], "{stray:?}");
        assert_eq!(coverage.recognised, 2, "{stray:?}");
    }
}

#[test]
fn damaged_addresses_are_near_misses() {
    let cut = |text: &str| text[..text.len() - 1].to_owned();
    let cells = [
        cut(E),
        cut(B),
        cut(T),
        B.replacen('1', "l", 1),
        T.to_ascii_lowercase(),
        B.to_ascii_uppercase(),
        E.replacen("0x0", "0xO", 1),
        format!("{E}6"),
        B.replacen("BF", "BBF", 1),
        T.replacen("EjUq", "EUq", 1),
    ];
    verdicts(&cells, true, |report| {
        report.verdict() == Verdict::Incomplete && !report.possible.is_empty()
    });
}

#[test]
fn glued_addresses_are_matched() {
    let (digits, zeros) = (&E[2..].to_ascii_lowercase(), "0".repeat(24));
    let cells = [
        format!("\\x{digits}"),
        format!("\\x{zeros}{digits}"),
        format!("\\n{E}"),
        format!("\\t{T}"),
        format!("\\r{B}"),
        format!("ETH{E}"),
        format!("P{E}"),
        format!("TRX{T}"),
        format!("0x{E}"),
        format!("=3D{T}"),
        format!("&nbsp{T}"),
        format!("{E}USDT"),
        format!("{B}BTC"),
    ];
    verdicts(&cells, true, |report| report.verdict() == Verdict::Match);
}

#[test]
fn broken_addresses_are_put_together() {
    let (first, last) = B.split_at(16);
    let cells = [
        format!("ROC/WITHDRAWAL TO {first} {last} INVOICE 77"),
        format!("ROC/WITHDRAWAL TO {first}\n{last} INVOICE 77"),
        format!("ROC/WITHDRAWAL TO {first}\n//{last} INVOICE 77"),
        format!("to {first}\\n{last}"),
        format!("{} {}", &B[..31], &B[31..]),
        format!("paid {} {} today", &B[..3], &B[3..]),
        format!("{} {}", &E[..2], &E[2..]),
        B.as_bytes()
            .chunks(4)
            .map(|c| std::str::from_utf8(c).unwrap())
            .collect::<Vec<_>>()
            .join(" "),
        format!("{} {first} {last}", "ab".repeat(32)),
        // The second part has no digit.
        format!("{} {}", &T[..24], &T[24..]),
    ];
    verdicts(&cells, true, |report| report.verdict() == Verdict::Match);
}

#[test]
fn padded_accounts_are_matched() {
    let (digits, zeros) = (&E[2..].to_ascii_lowercase(), "0".repeat(24));
    let cells = [
        format!("0X{zeros}{digits}"),
        format!("{}41{digits}", &zeros[2..]),
        format!("0x41{digits}"),
        format!("0xa9059cbb0102{zeros}{digits}{}", "0".repeat(30)),
    ];
    verdicts(&cells, true, |report| report.verdict() == Verdict::Match);
    verdicts(&cells, false, |report| report.verdict() == Verdict::Match);
}

#[test]
fn hidden_addresses_are_matched_without_validation_too() {
    let (first, last) = B.split_at(16);
    let wide = |c: char| char::from_u32(c as u32 - 0x21 + 0xff01).unwrap();
    let cells = [
        format!("{first}\u{ad}{last}"),
        format!("{first}\u{200b}{last}"),
        B.chars().map(wide).collect::<String>(),
        format!("bitcoin%3A{B}"),
        format!("&#49;{}", &B[1..]),
    ];
    for validate in [true, false] {
        verdicts(&cells, validate, |report| {
            report.verdict() == Verdict::Match
        });
    }
}

#[test]
fn what_stands_in_a_column_of_counterparties_is_accounted_for() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    for (cell, reason, code) in [
        ("tornadocash.eth", "name", Code::NotScreenable),
        ("lazarus.crypto", "name", Code::NotScreenable),
        ("alice*stellar.org", "name", Code::NotScreenable),
        ("bob@coinbase.com", "name", Code::NotScreenable),
        ("1A1zP1eP5QGefi2DMPTf", "not-an-address", Code::PartyUnread),
        ("0x1234", "not-an-address", Code::PartyUnread),
    ] {
        let report = screen(&screener, &table("From", cell), true);
        assert_eq!(report.verdict(), Verdict::Incomplete, "{cell}");
        assert_eq!(reasons(&report), [reason], "{cell}");
        let findings: Vec<Code> = report.findings.iter().map(|f| f.code).collect();
        assert!(findings.contains(&code), "{cell}: {findings:?}");
    }
    for (cell, kind) in [
        ("Binance", Some("name")),
        ("Wallet 1", Some("name")),
        ("-", None),
        ("n/a", None),
        ("null", None),
    ] {
        let report = screen(&screener, &table("From", cell), true);
        assert_eq!(report.verdict(), Verdict::NoMatch, "{cell}");
        let kinds: Vec<_> = report.coverage.not_addresses.iter().collect();
        assert_eq!(kinds.first().map(|n| n.kind), kind, "{cell}");
    }
}

/// Which of many near misses and findings are told one by one depends on their places alone, not
/// on who found them or in what order.
#[test]
fn what_is_told_one_by_one_does_not_depend_on_the_workers() {
    let cli = Cli::new();
    let listed = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
    let near = [
        "0x098b716b8aaf21512996dc57eb0615e2383e2f97".to_owned(),
        "0x098B716B8Aaf21512996dC57EB0615e2383E2f97".to_owned(),
        "098b716b8aaf21512996dc57eb0615e2383e2f9".to_owned(),
        listed.to_ascii_lowercase().replace("0x098b", "0X098c"),
        "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9i".to_owned(),
        "0x098B716B8Aaf21512996dC57EB0615e2383E2F96".to_owned(),
    ];
    let mut text = String::from("Date,From,To\n");
    for n in 0..24_000 {
        let (a, b) = (&near[n % 6], &near[n * 7 / 3 % 6]);
        text.push_str(&format!("2026-08-30,{a},{b}\n"));
    }
    let file = cli.file("near.csv", text);
    let run = |threads: &str| {
        let args = [
            "screen",
            &file,
            "--format",
            "json",
            "--as-of",
            "2026-09-01",
            "-q",
        ];
        cli.run(&[&args[..], &["--threads", threads]].concat()).1
    };
    let one = run("1");
    assert!(one.contains("possible-many"));
    for threads in ["2", "3", "5"] {
        assert!(run(threads) == one, "{threads} threads tell others");
    }
}
