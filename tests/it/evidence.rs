//! What is kept of a run: bundles and decisions; and `explain` and `selftest`.

use crate::cli::Cli;
use serde_json::Value;
use std::io::{Cursor, Read, Write};
use std::path::Path;

/// Gaza Now, listed 2024-03-28 (record 47635).
pub(crate) const LISTED: &str = "0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF";
/// BIP-173's first example: listed nowhere.
pub(crate) const UNLISTED: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
pub(crate) const AS_OF: &str = "2026-10-01";

pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn export(cli: &Cli) -> String {
    let rows = format!(
        "Date,To,Amount,Note\n2025-01-01,{LISTED},1.5,first\n2025-01-02,{UNLISTED},2,\"a \"\"quoted\"\" note\"\n"
    );
    cli.file("export.csv", rows)
}

pub(crate) fn bundle(cli: &Cli, name: &str, more: &[&str]) -> String {
    let path = cli.home.path().join(name).to_str().unwrap().to_owned();
    let export = export(cli);
    let mut args = vec![
        "screen", &export, "--as-of", AS_OF, "--bundle", &path, "--quiet",
    ];
    args.extend(more);
    assert_eq!(cli.run(&args).0, 1);
    path
}

pub(crate) fn members(path: &str) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(std::fs::read(path).unwrap())).unwrap();
    (0..zip.len())
        .map(|n| {
            let mut member = zip.by_index(n).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            (member.name().unwrap().to_string(), bytes)
        })
        .collect()
}

#[test]
fn the_same_run_makes_the_same_bundle() {
    let cli = Cli::new();
    for more in [&[][..], &["--with-lists"], &["--threads", "3"]] {
        let a = bundle(&cli, "a.zip", more);
        let b = bundle(&cli, "b.zip", more);
        assert_eq!(
            std::fs::read(&a).unwrap(),
            std::fs::read(&b).unwrap(),
            "{more:?}"
        );
    }
}

#[test]
fn a_bundle_is_whole_and_says_what_was_done() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &["--columns", "Note=memo"]);
    let (exit, text, _) = cli.run(&["verify", &path]);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("intact"));
    let members = members(&path);
    let of = |name: &str| {
        let found = members.iter().find(|(n, _)| n == name);
        &found.unwrap_or_else(|| panic!("no {name}")).1
    };
    let run: Value = serde_json::from_slice(of("run.json")).unwrap();
    assert_eq!(run["exit"], 1);
    assert_eq!(run["verdict"], "match");
    assert_eq!(run["options"]["columns"][0][1], "memo");
    let sha256 = interdict::source::sha256(&std::fs::read(export(&cli)).unwrap());
    assert_eq!(run["files"][0]["sha256"], *sha256);
    let roles = run["mapping"][0]["columns"].as_array().unwrap();
    assert_eq!(roles.len(), 4);
    let report: Value = serde_json::from_slice(of("report.json")).unwrap();
    // Its Ethereum account, and the Tron account of the same bytes.
    let records = std::str::from_utf8(of("lists/ofac-crypto/records.jsonl")).unwrap();
    let records: Vec<Value> = records.lines().map(json).collect();
    assert_eq!(records.len(), 2);
    assert!(records.iter().all(|r| r["entity"]["id"] == "47635"));
    let listing = &report["matches"][0]["listing"];
    assert!(
        records
            .iter()
            .any(|r| r["record_sha256"] == listing["record_sha256"])
    );
    // Anybody's sha256sum can check it.
    let sums = std::str::from_utf8(of("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), members.len() - 1);
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        assert_eq!(sum, interdict::source::sha256(of(name)), "{name}");
    }
}

#[test]
fn with_lists_the_documents_are_in_it() {
    let cli = Cli::new();
    let list = cli.file("house.txt", format!("{LISTED}\n"));
    let path = bundle(&cli, "a.zip", &["--with-lists", "--list", &list]);
    let members = members(&path);
    let found = members
        .iter()
        .find(|(n, _)| n == "lists/house/document/house.txt");
    assert_eq!(found.unwrap().1, format!("{LISTED}\n").as_bytes());
}

#[test]
fn a_flipped_byte_in_each_member_is_found_and_named() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &[]);
    let whole = std::fs::read(&path).unwrap();
    let flipped = cli.home.path().join("flipped.zip");
    let flipped = flipped.to_str().unwrap();
    for (name, bytes) in members(&path).into_iter().filter(|(_, b)| !b.is_empty()) {
        for within in [0, bytes.len() / 2, bytes.len() - 1] {
            let start = whole.windows(bytes.len()).position(|w| w == bytes).unwrap();
            let mut damaged = whole.clone();
            damaged[start + within] ^= 1;
            std::fs::write(flipped, damaged).unwrap();
            let (exit, text, _) = cli.run(&["verify", flipped]);
            assert_eq!(exit, 1, "{name} at {within}: {text}");
            assert!(text.contains(&name), "{name} at {within}: {text}");
            let replayed = cli.run(&["replay", flipped, "--input", &export(&cli)]).0;
            assert_eq!(replayed, 2, "what is damaged is not replayed");
        }
    }
}

#[test]
fn a_flipped_byte_anywhere_is_found() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &[]);
    let whole = std::fs::read(&path).unwrap();
    let flipped = cli.home.path().join("flipped.zip");
    let inside: usize = members(&path).iter().map(|(_, b)| b.len()).sum();
    // Every byte that is no content, and some that are.
    let mut checked = 0;
    let contents: Vec<_> = members(&path)
        .into_iter()
        .filter(|(_, b)| !b.is_empty())
        .map(|(_, b)| {
            let start = whole.windows(b.len()).position(|w| w == b).unwrap();
            start..start + b.len()
        })
        .collect();
    for at in 0..whole.len() {
        if contents.iter().any(|c| c.contains(&at)) && at % 997 != 0 {
            continue;
        }
        checked += 1;
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        std::fs::write(&flipped, damaged).unwrap();
        let bundle = interdict::evidence::bundle::Bundle::open(&flipped);
        let found = bundle.map_or(true, |mut b| {
            !b.check(interdict::app::bundle::TOOL)
                .unwrap()
                .problems
                .is_empty()
        });
        assert!(found, "byte {at} of {}", whole.len());
    }
    assert!(checked > whole.len() - inside);
}

/// Packs a bundle again with one member changed, as somebody would who knows how.
pub(crate) fn forge(path: &str, to: &Path, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(to).unwrap());
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members(path) {
        if let Some(bytes) = change(&name, bytes) {
            zip.start_file(name, options).unwrap();
            zip.write_all(&bytes).unwrap();
        }
    }
    zip.finish().unwrap();
}

#[test]
fn a_changed_removed_or_added_member_is_named() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &[]);
    let forged = cli.home.path().join("forged.zip");
    let verify = || cli.run(&["verify", forged.to_str().unwrap()]);
    forge(&path, &forged, |name, bytes| match name {
        "report.json" => {
            let text = String::from_utf8(bytes).unwrap();
            Some(
                text.replace("\"verdict\": \"match\"", "\"verdict\": \"no-match\"")
                    .into(),
            )
        }
        _ => Some(bytes),
    });
    let (exit, text, _) = verify();
    assert_eq!(exit, 1);
    assert!(text.contains("wrong: report.json"), "{text}");
    forge(&path, &forged, |name, bytes| {
        (name != "run.json").then_some(bytes)
    });
    let (exit, text, _) = verify();
    assert_eq!(exit, 1);
    assert!(text.contains("run.json: it is missing"), "{text}");
    forge(&path, &forged, |name, bytes| match name {
        "manifest.json" => Some(
            String::from_utf8(bytes)
                .unwrap()
                .replace("interdict", "other")
                .into(),
        ),
        _ => Some(bytes),
    });
    let (exit, text, _) = verify();
    assert_eq!(exit, 1);
    assert!(text.contains("wrong: manifest.json"), "{text}");
}

#[test]
fn a_member_that_would_swell_is_not_read() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &[]);
    let packed = cli.home.path().join("packed.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&packed).unwrap());
    for (name, bytes) in members(&path) {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(name, options).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
    let packed = packed.to_str().unwrap();
    let (exit, text, err) = cli.run(&["verify", packed]);
    assert_eq!(exit, 1, "{text}{err}");
    assert!(text.contains("is not stored as it is"), "{text}");
    let (exit, _, err) = cli.run(&["explain", "0123456789abcdef", "--report", packed]);
    assert_eq!(exit, 2, "{err}");
    assert!(err.contains("is not stored as it is"), "{err}");
}

#[test]
fn what_is_no_bundle_is_refused() {
    let cli = Cli::new();
    let text = cli.file("no.zip", "PK but not really");
    assert_eq!(cli.run(&["verify", &text]).0, 1);
    assert_eq!(cli.run(&["verify", "no-such-file.zip"]).0, 2);
    assert_eq!(cli.run(&["replay", &text, "--input", &export(&cli)]).0, 2);
}

#[test]
fn verdicts_are_derived_again() {
    let cli = Cli::new();
    for more in [&[][..], &["--with-lists"]] {
        let path = bundle(&cli, "a.zip", more);
        // Under another name.
        let copy = cli.file("copy.csv", std::fs::read(export(&cli)).unwrap());
        let (exit, text, err) = cli.run(&["replay", &path, "--input", &copy]);
        assert_eq!(exit, 0, "{text}{err}");
        assert!(text.contains("match then, match now"), "{text}");
        let other = cli.file("other.csv", "Date,To\n2025-01-01,x\n");
        let (exit, _, err) = cli.run(&["replay", &path, "--input", &other]);
        assert_eq!(exit, 2);
        assert!(err.contains("no --input has the bytes"), "{err}");
    }
}

#[test]
fn the_demo_is_derived_again() {
    let cli = Cli::new();
    let path = cli.home.path().join("demo.zip");
    let path = path.to_str().unwrap();
    let files = [
        "fixtures/demo/exchange-withdrawals.csv",
        "fixtures/demo/explorer-ethereum.csv",
    ];
    let [a, b] = files;
    cli.run(&[
        "screen",
        "-q",
        "--as-of",
        AS_OF,
        "--bundle",
        path,
        "--with-lists",
        a,
        b,
    ]);
    let (exit, text, _) = cli.run(&["replay", path, "--input", b, a]);
    assert_eq!(exit, 0, "{text}");
}

#[test]
fn a_bundle_of_list_a_says_a_where_b_is_installed() {
    let cli = Cli::new();
    let a = cli.file("house.txt", format!("{LISTED}\n"));
    let used = bundle(&cli, "used.zip", &["--list", &a]);
    let whole = bundle(&cli, "whole.zip", &["--list", &a, "--with-lists"]);
    let was = interdict::source::sha256(format!("{LISTED}\n").as_bytes());
    // B does not list it any more.
    cli.file("house.txt", format!("{UNLISTED}\n"));
    let export = export(&cli);
    let (exit, text, _) = cli.run(&["replay", &whole, "--input", &export]);
    assert_eq!(exit, 0, "{text}");
    assert!(
        text.contains(&format!("house of undated, sha256 {was}")),
        "{text}"
    );
    assert!(text.contains("match then, match now"), "{text}");
    // Without the whole list the matches stand, and what else there was cannot be told.
    let (exit, text, _) = cli.run(&["replay", &used, "--input", &export]);
    assert_eq!(exit, 4, "{text}");
    assert!(text.contains("as far as it can be told"), "{text}");
}

#[test]
fn a_report_that_was_forged_whole_does_not_survive_replay() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &["--with-lists"]);
    // The forger makes manifest and checksums anew as well.
    let forged = cli.home.path().join("forged.zip");
    let mut writer =
        interdict::evidence::bundle::Writer::new(std::fs::File::create(&forged).unwrap());
    for (name, bytes) in members(&path) {
        if name == "manifest.json" || name == "SHA256SUMS" {
            continue;
        }
        let bytes = match &*name {
            "report.json" => {
                let mut report: Value = serde_json::from_slice(&bytes).unwrap();
                report["matches"] = Value::Array(Vec::new());
                report["verdict"] = "no-match".into();
                serde_json::to_vec(&report).unwrap()
            }
            _ => bytes,
        };
        writer
            .member(&name, false, |w| w.write_all(&bytes))
            .unwrap();
    }
    writer.finish(interdict::app::bundle::TOOL).unwrap();
    let forged = forged.to_str().unwrap();
    assert_eq!(cli.run(&["verify", forged]).0, 0, "its checksums are right");
    let (exit, text, _) = cli.run(&["replay", forged, "--input", &export(&cli)]);
    assert_eq!(exit, 1);
    assert!(text.contains("was not found then"), "{text}");
    assert!(text.contains("verdict"), "{text}");
}

#[test]
fn hostile_cells_do_no_harm_in_bundles_and_explanations() {
    let cli = Cli::new();
    let rows = format!(
        "Date,To,Note\n2025-01-01,{LISTED},\"=cmd|' /C calc'!A0 \u{1b}[2J\u{202e}<script>\"\n"
    );
    let export = cli.file("hostile\u{1b}[31m.csv", rows);
    let bundle = cli.home.path().join("h.zip");
    let bundle = bundle.to_str().unwrap();
    cli.run(&["screen", &export, "--as-of", AS_OF, "--bundle", bundle]);
    let report = members(bundle)
        .into_iter()
        .find(|(n, _)| n == "report.json")
        .unwrap();
    let report: Value = serde_json::from_slice(&report.1).unwrap();
    let id = report["matches"][0]["id"].as_str().unwrap();
    for args in [
        &["explain", id, "--report", bundle][..],
        &["replay", bundle, "--input", &export],
        &["verify", bundle],
        &["log", "list"],
        &["log", "show", "1"],
        &["log", "export"],
    ] {
        let (exit, out, err) = cli.run(args);
        assert_eq!(exit, 0, "{args:?}: {out}{err}");
        for text in [out, err] {
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{args:?}: {text:?}");
        }
    }
}

fn first_match(cli: &Cli, more: &[&str]) -> Value {
    let export = export(cli);
    let mut args = vec![
        "screen", &export, "--as-of", AS_OF, "--format", "json", "-q",
    ];
    args.extend(more);
    json(&cli.run(&args).1)
}

fn decision(cli: &Cli, m: &Value, outcome: &str, expires: &str) -> String {
    let text = format!(
        "[[disposition]]\nmatch = {}\nrecord = {}\noutcome = \"{outcome}\"\nreason = \"our own test payment\"\n\
         author = \"A. Officer\"\ndate = 2026-09-01\nexpires = {expires}\n",
        m["id"], m["listing"]["record_sha256"]
    );
    cli.file("decisions.toml", text)
}

#[test]
fn a_cleared_match_is_shown_and_makes_no_verdict() {
    let cli = Cli::new();
    let report = first_match(&cli, &[]);
    let m = &report["matches"][0];
    assert_eq!(m["disposition"], Value::Null);
    let file = decision(&cli, m, "cleared", "2027-01-01");
    let export = export(&cli);
    let args = ["screen", &export, "--as-of", AS_OF, "--dispositions", &file];
    let (exit, text, _) = cli.run(&args);
    assert_eq!(exit, 0, "{text}");
    assert!(
        text.contains("NO MATCH") && text.contains("cleared by A. Officer"),
        "{text}"
    );
    let report = first_match(&cli, &["--dispositions", &file]);
    assert_eq!(report["verdict"], "no-match");
    assert_eq!(report["matches"].as_array().unwrap().len(), 1);
    assert_eq!(report["matches"][0]["disposition"]["state"], "holds");
    let run = |format: &str| {
        let args = [&args[..], &["--format", format, "-q"]].concat();
        cli.run(&args).1
    };
    let sarif = json(&run("sarif"));
    let justification = &sarif["runs"][0]["results"][0]["suppressions"][0]["justification"];
    assert!(
        justification
            .as_str()
            .unwrap()
            .contains("our own test payment")
    );
    assert!(run("junit").contains("<skipped") && run("junit").contains("failures=\"0\""));
    for format in ["csv", "jsonl", "markdown", "html"] {
        assert!(run(format).contains("our own test payment"), "{format}");
    }
}

#[test]
fn a_confirmed_match_stays_one() {
    let cli = Cli::new();
    let report = first_match(&cli, &[]);
    let file = decision(&cli, &report["matches"][0], "confirmed", "2027-01-01");
    let report = first_match(&cli, &["--dispositions", &file]);
    assert_eq!(report["verdict"], "match");
    assert_eq!(report["matches"][0]["disposition"]["outcome"], "confirmed");
}

pub(crate) fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|f| f["code"].as_str().unwrap()).collect()
}

#[test]
fn a_decision_ends_with_its_day_or_its_record() {
    let cli = Cli::new();
    let list = cli.file("house.txt", format!("{LISTED} # first\n"));
    let with = |file: &str| first_match(&cli, &["--list", &list, "--dispositions", file]);
    let m = first_match(&cli, &["--list", &list])["matches"][0].clone();
    let report = with(&decision(&cli, &m, "cleared", "2026-10-02"));
    assert_eq!(report["verdict"], "no-match");
    // Half-open, as everything here: on its last day it does not hold any more.
    let report = with(&decision(&cli, &m, "cleared", "2026-10-01"));
    assert_eq!(report["verdict"], "match");
    assert_eq!(report["matches"][0]["disposition"]["state"], "expired");
    assert!(codes(&report).contains(&"disposition-reopened"));
    // The same place in a longer document is no change; other words about it are.
    let file = decision(&cli, &m, "cleared", "2027-01-01");
    cli.file("house.txt", format!("{UNLISTED}\n{LISTED} # first\n"));
    assert_eq!(with(&file)["matches"].as_array().unwrap().len(), 2);
    let report = with(&file);
    let found = report["matches"].as_array().unwrap().iter();
    let states: Vec<_> = found.map(|m| &m["disposition"]["state"]).collect();
    assert!(states.contains(&&Value::from("holds")), "{states:?}");
    let changed = decision(
        &cli,
        &serde_json::json!({
            "id": m["id"], "listing": {"record_sha256": "0".repeat(64)}
        }),
        "cleared",
        "2027-01-01",
    );
    let report = with(&changed);
    assert_eq!(report["verdict"], "match");
    assert!(codes(&report).contains(&"disposition-reopened"));
}

#[test]
fn the_latest_decision_counts_and_doubt_keeps_the_match() {
    let cli = Cli::new();
    let m = first_match(&cli, &[])["matches"][0].clone();
    let text = |outcome: &str, until: &str| {
        std::fs::read_to_string(decision(&cli, &m, outcome, until)).unwrap()
    };
    let (cleared, confirmed) = (
        text("cleared", "2027-01-01"),
        text("confirmed", "2027-01-01"),
    );
    let verdict = |texts: [&str; 2]| {
        let file = cli.file("decisions.toml", texts.concat());
        first_match(&cli, &["--dispositions", &file])["verdict"].clone()
    };
    for texts in [[&*cleared, &*confirmed], [&confirmed, &cleared]] {
        assert_eq!(
            verdict(texts),
            "match",
            "of one day, the one that does not clear"
        );
    }
    // A clearing does not come back when the confirmation that followed it has ended.
    let earlier = cleared.replace("date = 2026-09-01", "date = 2026-01-01");
    let ended = text("confirmed", "2026-09-15");
    assert_eq!(verdict([&earlier, &ended]), "match");
    let older = confirmed.replace("date = 2026-09-01", "date = 2026-01-01");
    assert_eq!(verdict([&older, &cleared]), "no-match");
}

#[test]
fn unknown_and_unused_decisions_are_findings() {
    let cli = Cli::new();
    let m = first_match(&cli, &[])["matches"][0].clone();
    let one = std::fs::read_to_string(decision(&cli, &m, "cleared", "2027-01-01")).unwrap();
    let unknown = one.replace(m["id"].as_str().unwrap(), "00000000000000ff");
    let file = cli.file("decisions.toml", format!("{one}{one}{unknown}"));
    let report = first_match(&cli, &["--dispositions", &file]);
    assert!(codes(&report).contains(&"disposition-unknown"));
    assert!(codes(&report).contains(&"disposition-unused"));
    let bad = cli.file("decisions.toml", one.replace("reason", "raeson"));
    let (exit, _, err) = cli.run(&["screen", &export(&cli), "--dispositions", &bad]);
    assert_eq!(exit, 2);
    assert!(err.contains("raeson"), "{err}");
}

#[test]
fn decisions_are_in_the_bundle_and_replayed() {
    let cli = Cli::new();
    let m = first_match(&cli, &[])["matches"][0].clone();
    let file = decision(&cli, &m, "cleared", "2027-01-01");
    let path = cli.home.path().join("a.zip");
    let path = path.to_str().unwrap();
    let export = export(&cli);
    let args = [
        "screen",
        &export,
        "--as-of",
        AS_OF,
        "--bundle",
        path,
        "--dispositions",
        &file,
    ];
    assert_eq!(cli.run(&args).0, 0);
    std::fs::remove_file(&file).unwrap();
    let (exit, text, _) = cli.run(&["replay", path, "--input", &export]);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("no-match then, no-match now"), "{text}");
}

#[test]
fn a_match_is_explained_with_its_row() {
    let cli = Cli::new();
    let export = export(&cli);
    let report = cli.home.path().join("r.json");
    let report = report.to_str().unwrap();
    cli.run(&["screen", &export, "--as-of", AS_OF, "-q", "-o", report]);
    let id = json(&std::fs::read_to_string(report).unwrap())["matches"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let (exit, text, _) = cli.run(&["explain", id, "--report", report]);
    assert_eq!(exit, 0);
    for part in [
        "> To: 0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF",
        "Amount: 1.5",
        "Note: first",
        "evm20:e950dc316b836e4eefb8308bf32bf7c72a1358ff",
        "47635",
        "exact: ",
        "listed-then",
        "https://",
    ] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
    let (_, text, _) = cli.run(&["explain", id, "--report", report, "--disposition"]);
    assert!(text.contains(&format!("match = \"{id}\"")));
    std::fs::write(&export, "Date,To\n").unwrap();
    let (exit, text, _) = cli.run(&["explain", id, "--report", report]);
    assert_eq!(exit, 0);
    assert!(
        text.contains("has changed since") && !text.contains("Amount: 1.5"),
        "{text}"
    );
    assert_eq!(
        cli.run(&["explain", "00000000000000ff", "--report", report])
            .0,
        2
    );
    assert_eq!(cli.run(&["explain", id]).0, 2, "which report?");
}

/// The explanation of the only match of `file`.
fn explained(cli: &Cli, file: &str) -> String {
    let report = cli.home.path().join("r.json");
    let report = report.to_str().unwrap();
    cli.run(&["screen", file, "--as-of", AS_OF, "-q", "-o", report]);
    let read = json(&std::fs::read_to_string(report).unwrap());
    let id = read["matches"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{read}"));
    let (exit, text, _) = cli.run(&["explain", id, "--report", report]);
    assert_eq!(exit, 0);
    text
}

#[test]
fn a_row_is_shown_whatever_it_stands_in() {
    let cli = Cli::new();
    let lines = format!(
        "{{\"id\":1,\"note\":\"first\"}}\n{{\"id\":2,\"outputs\":[{{\"to\":\"{UNLISTED}\"}},{{\"to\":\"{LISTED}\"}}]}}\n"
    );
    let text = explained(&cli, &cli.file("rows.jsonl", lines));
    assert!(text.contains("id: 2"), "{text}");
    assert!(
        text.contains(&format!("  > outputs[].to: {LISTED}")),
        "{text}"
    );
    assert!(
        text.contains(&format!("    outputs[].to: {UNLISTED}")),
        "{text}"
    );
    assert!(!text.contains("note: first"), "{text}");

    let mut book = rust_xlsxwriter::Workbook::new();
    let mut sheet = |name: &str, rows: [[&str; 3]; 2]| {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (r, row) in (0..).zip(rows) {
            sheet.write_row(r, 0, row).unwrap();
        }
    };
    sheet("Cover", [["Month", "By", ""], ["March", "A. Officer", ""]]);
    sheet(
        "Rows",
        [["To", "Amount", "Memo"], [LISTED, "12 EUR", "rent"]],
    );
    let path = cli.file("book.xlsx", book.save_to_buffer().unwrap());
    let text = explained(&cli, &path);
    assert!(
        text.contains("Amount: 12 EUR") && text.contains("Memo: rent"),
        "{text}"
    );
    assert!(text.contains(&format!("  > To: {LISTED}")), "{text}");

    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("a.csv", "x,y\n1,2\n"),
        ("b.csv", &*format!("To,Memo\n{LISTED},rent\n")),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let path = cli.file("both.zip", zip.finish().unwrap().into_inner());
    let text = explained(&cli, &path);
    assert!(
        text.contains(&format!("  > To: {LISTED}")) && text.contains("Memo: rent"),
        "{text}"
    );
}

#[test]
fn a_secret_beside_a_match_is_not_shown() {
    let cli = Cli::new();
    // BIP-32's first test vector, private.
    let secret = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";
    let path = cli.file("a.csv", format!("To,Memo\n{LISTED},{secret}\n"));
    let text = explained(&cli, &path);
    assert!(
        !text.contains("xprv9") && text.contains("Memo: (withheld"),
        "{text}"
    );
}

#[test]
fn codes_and_addresses_are_explained() {
    let cli = Cli::new();
    let (exit, text, _) = cli.run(&["explain", "address-checksum"]);
    assert_eq!(exit, 0);
    assert!(text.contains("wrong checksum"));
    let (exit, text, _) = cli.run(&["explain", LISTED, "--as-of", AS_OF]);
    assert_eq!(exit, 0);
    // The Tron account of the same 20 bytes (both are listed).
    for part in [
        "TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW",
        "Gaza Now",
        "2024-03",
        "same-key",
        "sha256",
    ] {
        assert!(
            text.to_lowercase().contains(&part.to_lowercase()),
            "no `{part}` in {text}"
        );
    }
    let (exit, text, _) = cli.run(&["explain", UNLISTED]);
    assert_eq!(exit, 0);
    assert!(text.contains("no match on"));
    // BIP-32's first test vector, private: never shown.
    let secret = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";
    let (_, text, err) = cli.run(&["explain", secret]);
    assert!(
        !text.contains("xprv9") && !err.contains("xprv9"),
        "{text}{err}"
    );
    assert_eq!(cli.run(&["explain", "no such thing"]).0, 2);
}

#[test]
fn the_selftest_passes_on_the_built_in_lists() {
    let cli = Cli::new();
    let args = [
        "selftest", "--as-of", AS_OF, "--sample", "40", "--format", "json", "-q",
    ];
    let (exit, text, _) = cli.run(&args);
    let test = json(&text);
    let tallies = test["tallies"].as_array().unwrap();
    let failed: Vec<_> = tallies
        .iter()
        .filter(|t| t["texts"] != t["as_expected"])
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(exit, 0);
    assert_eq!(test["passed"], true);
    let kinds: std::collections::BTreeSet<_> = tallies
        .iter()
        .map(|t| t["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "as listed",
        "lower case",
        "chain twin",
        "re-encoded",
        "white space",
        "invisible",
        "URI",
        "truncated",
        "control",
    ] {
        assert!(kinds.contains(kind), "no `{kind}` in {kinds:?}");
    }
    assert_eq!(cli.run(&args).1, text, "the same seed, the same report");
    let other = cli.run(&[&args[..], &["--seed", "2"]].concat()).1;
    assert_ne!(other, text);
}
