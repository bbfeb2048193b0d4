//! Reports: every format, on four samples.

pub(crate) mod samples;
mod schema;

use interdict::report::{self, FLAT_COLUMNS, Options, REPORT_FORMATS, ReportFormat, escape};
use samples::{SAMPLES, with_sample};
use serde_json::Value;

fn options() -> Options {
    Options {
        version: "0.0.0".into(),
        ..Options::default()
    }
}

fn bytes(format: &ReportFormat, sample: &str, options: &Options) -> Vec<u8> {
    with_sample(sample, |report| {
        let mut out = Vec::new();
        (format.write)(report, options, &mut out).unwrap();
        out
    })
}

fn text(format: &str, sample: &str) -> String {
    let format = report::by_id(format).unwrap();
    String::from_utf8(bytes(format, sample, &options())).unwrap()
}

fn json(sample: &str) -> Value {
    serde_json::from_str(&text("json", sample)).unwrap()
}

#[test]
fn every_format_looks_as_it_did() {
    for format in REPORT_FORMATS.iter().filter(|f| !f.binary) {
        for sample in SAMPLES {
            // A long cell is there to be survived, not to be read.
            let mut text = text(format.id, sample).replace(&"x".repeat(1_000_000), "(1 MB of x)");
            for (start, end) in [("<style>", "</style>"), ("<script>", "</script>")] {
                if let (Some(start), Some(end)) = (text.rfind(start), text.rfind(end)) {
                    text.replace_range(start..end, "(the page's own)");
                }
            }
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(format!("report-{}-{sample}", format.id), text);
            });
        }
    }
}

#[test]
fn a_report_is_written_the_same_twice() {
    for format in REPORT_FORMATS {
        for sample in SAMPLES {
            let (one, two) = (
                bytes(format, sample, &options()),
                bytes(format, sample, &options()),
            );
            assert!(one == two, "{} of {sample} differs from itself", format.id);
        }
    }
}

#[test]
fn every_match_shows_its_evidence() {
    for format in REPORT_FORMATS.iter().filter(|f| !f.binary) {
        let mut text = text(format.id, "matches");
        if format.id == "markdown" {
            text = text.replace('\\', "");
        }
        with_sample("matches", |report| {
            for m in &report.matches {
                for evidence in [
                    &*m.list.source.id,
                    &*m.entity().id,
                    &*m.entity().name,
                    m.listing.locator,
                    &*m.list.snapshot.sha256,
                    &*m.id,
                    m.timing.id(),
                ] {
                    let escaped = escape::html(evidence);
                    assert!(
                        text.contains(evidence) || text.contains(&*escaped),
                        "{} does not show `{evidence}`",
                        format.id
                    );
                }
            }
        });
    }
}

#[test]
fn nothing_hostile_gets_through() {
    for format in REPORT_FORMATS.iter().filter(|f| !f.binary) {
        let text = text(format.id, "hostile");
        let acts = text.chars().find(|c| *c != '\n' && escape::acts(*c));
        assert_eq!(acts, None, "{} lets a character act", format.id);
    }
    let csv = text("csv", "hostile");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    for record in reader.records().map(Result::unwrap) {
        for cell in &record {
            assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{cell}");
            assert!(!cell.contains('\n'), "{cell}");
        }
    }
    assert_eq!(
        csv.lines().count(),
        5,
        "a header and four matches, each on one line"
    );
}

#[test]
fn nobody_is_ever_cleared() {
    for format in REPORT_FORMATS.iter().filter(|f| !f.binary) {
        for sample in SAMPLES {
            let text = text(format.id, sample).to_lowercase();
            let words = text.split(|c: char| !c.is_alphanumeric());
            let cleared: Vec<&str> = words
                .filter(|w| matches!(*w, "clear" | "cleared"))
                .collect();
            assert!(cleared.is_empty(), "{} of {sample}", format.id);
        }
    }
}

#[test]
fn the_terminal_is_never_overrun() {
    let table = report::by_id("table").unwrap();
    for width in [60, 80, 100, 140] {
        let options = Options { width, ..options() };
        for sample in ["no-match", "matches", "incomplete"] {
            let text = String::from_utf8(bytes(table, sample, &options)).unwrap();
            for line in text.lines().filter(|l| l.chars().count() > width) {
                // What is meant to be copied is not broken.
                let words = line.trim_start().split(' ');
                assert!(words.count() <= 2, "{width}: {line}");
            }
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let table = report::by_id("table").unwrap();
    for sample in SAMPLES {
        let coloured = Options {
            colour: true,
            ..options()
        };
        let coloured = String::from_utf8(bytes(table, sample, &coloured)).unwrap();
        let mut plain = String::new();
        let mut rest = &*coloured;
        while let Some(at) = rest.find('\u{1b}') {
            plain.push_str(&rest[..at]);
            let end = rest[at..].find('m').expect("only colours");
            rest = &rest[at + end + 1..];
        }
        plain.push_str(rest);
        assert_eq!(plain, text("table", sample));
    }
}

#[test]
fn json_keeps_every_text_exactly() {
    let json = json("hostile");
    with_sample("hostile", |report| {
        for (m, v) in report
            .matches
            .iter()
            .zip(json["matches"].as_array().unwrap())
        {
            assert_eq!(v["text"], *m.text);
            assert_eq!(v["row_time"], *m.row_time);
            assert_eq!(v["listing"]["entity"], *m.entity().name);
            assert_eq!(v["listing"]["raw"], m.listing.raw);
            assert_eq!(v["listing"]["locator"], m.listing.locator);
        }
    });
}

#[test]
fn json_never_claims_a_start_it_does_not_know() {
    let json = json("matches");
    let listing = |at: usize| &json["matches"][at]["listing"];
    // Listed, removed, listed again: the row of 2026 belongs to the second time.
    assert_eq!(listing(0)["listed_from"], "2026-08-07");
    assert_eq!(listing(0)["listed_until"], Value::Null);
    assert_eq!(listing(0)["intervals"].as_array().unwrap().len(), 2);
    assert_eq!(listing(1)["listed_from"], "2022-08-08");
    assert_eq!(listing(1)["listed_until"], "2025-03-21");
    // Only known to have been there by then.
    assert_eq!(listing(2)["listed_from"], Value::Null);
    assert_eq!(listing(2)["listed_on_or_before"], "2021-02-15");
    assert_eq!(json["verdict"], "match");
    assert_eq!(json["lists"][1]["age_days"], 96);
}

#[test]
fn lines_are_the_matches_of_the_report() {
    let json = json("matches");
    let lines = text("jsonl", "matches");
    let lines: Vec<Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(Value::Array(lines), json["matches"]);
}

#[test]
fn the_flat_table_agrees_with_the_report() {
    let json = json("matches");
    let csv = text("csv", "matches");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        reader.headers().unwrap().iter().collect::<Vec<_>>(),
        FLAT_COLUMNS
    );
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let matches = json["matches"].as_array().unwrap();
    assert_eq!(rows.len(), matches.len());
    for (row, m) in rows.iter().zip(matches) {
        for (name, value) in FLAT_COLUMNS.iter().zip(row) {
            let of_match = m.get(*name).or_else(|| m["listing"].get(*name));
            match of_match {
                Some(Value::String(s)) => assert_eq!(value, s, "{name}"),
                Some(Value::Number(n)) => assert_eq!(value, n.to_string(), "{name}"),
                Some(Value::Null) => assert_eq!(value, "", "{name}"),
                _ => {}
            }
        }
    }
    assert!(
        csv.contains("<=2021-02-15/.."),
        "an unknown start is marked"
    );
}

#[test]
fn reports_fit_the_published_schema() {
    let schema = schema::published();
    for sample in SAMPLES {
        let errors = schema::errors(&schema, &json(sample));
        assert!(errors.is_empty(), "{sample}: {errors:#?}");
    }
    // The check sees what it should.
    let mut broken = json("matches");
    broken["matches"][0]["listing"]["locator"] = Value::Null;
    broken["verdict"] = "fine".into();
    broken["matches"][1]["surprise"] = 1.into();
    broken.as_object_mut().unwrap().remove("as_of");
    assert_eq!(schema::errors(&schema, &broken).len(), 4);
}

/// What SARIF 2.1.0 requires of the objects used here (§§ 3.13, 3.14, 3.18, 3.19, 3.24, 3.27–3.30,
/// 3.49), by hand.
#[test]
fn sarif_has_what_the_standard_requires() {
    for sample in SAMPLES {
        let log: Value = serde_json::from_str(&text("sarif", sample)).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules: Vec<&str> = run["tool"]["driver"]["rules"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["id"].as_str().unwrap())
            .collect();
        let unique: std::collections::BTreeSet<_> = rules.iter().collect();
        assert_eq!(unique.len(), rules.len());
        assert!(run["tool"]["driver"]["name"].is_string());
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        for result in run["results"].as_array().unwrap() {
            assert!(rules.contains(&result["ruleId"].as_str().unwrap()));
            let level = result["level"].as_str().unwrap();
            assert!(["none", "note", "warning", "error"].contains(&level));
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            for location in result["locations"].as_array().unwrap() {
                assert!(
                    location.get("physicalLocation").is_some()
                        || location.get("logicalLocations").is_some()
                );
                if let Some(physical) = location.get("physicalLocation") {
                    let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
                    let legal = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
                    assert!(!uri.is_empty() && uri.chars().all(legal), "{uri}");
                    if let Some(index) = physical["artifactLocation"].get("index") {
                        let at = index.as_u64().unwrap() as usize;
                        assert_eq!(run["artifacts"][at]["location"]["uri"], uri);
                    }
                    if let Some(region) = physical.get("region") {
                        assert!(region["startLine"].as_u64().unwrap() >= 1);
                    }
                }
            }
        }
        with_sample(sample, |report| {
            let expect = report.matches.len() + report.possible.len() + report.findings.len();
            assert_eq!(run["results"].as_array().unwrap().len(), expect);
        });
    }
}

#[test]
fn junit_counts_what_it_says() {
    use quick_xml::events::Event;
    for (sample, failures, skipped, errors) in [
        ("no-match", 0, 0, 0),
        ("matches", 4, 1, 0),
        ("incomplete", 0, 0, 2),
        ("hostile", 4, 1, 4),
    ] {
        let xml = text("junit", sample);
        let mut reader = quick_xml::Reader::from_str(&xml);
        let (mut tests, mut found) = (0, [0; 3]);
        let mut claimed = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Start(e) | Event::Empty(e) => match e.name().as_ref() {
                    "testcase" => tests += 1,
                    "failure" => found[0] += 1,
                    "skipped" => found[1] += 1,
                    "error" => found[2] += 1,
                    "testsuites" => {
                        for name in ["tests", "failures", "skipped", "errors"] {
                            let value = e.try_get_attribute(name).unwrap().unwrap();
                            let value = value.value.to_string();
                            claimed.push(value.parse::<usize>().unwrap());
                        }
                    }
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(found, [failures, skipped, errors], "{sample}");
        assert_eq!(claimed, [tests, failures, skipped, errors], "{sample}");
    }
}

#[test]
fn markdown_has_no_markup_but_its_own() {
    let text = text("markdown", "hostile");
    assert!(
        !text.contains("<script") && !text.contains("<img"),
        "{text}"
    );
    assert!(!text.replace("\\]", "").contains("](javascript"));
    // A table stays a table: every row has as many bars as its header.
    let mut bars = None;
    for line in text.lines() {
        let n = line
            .replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count();
        match (line.starts_with('|'), bars) {
            (true, None) => bars = Some(n),
            (true, Some(expect)) => assert_eq!(n, expect, "{line}"),
            (false, _) => bars = None,
        }
    }
}

/// The parts of a workbook, by name.
fn parts(bytes: Vec<u8>) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut part = zip.by_index(at).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut text = String::new();
            std::io::Read::read_to_string(&mut part, &mut text).unwrap();
            (name, text)
        })
        .collect()
}

#[test]
fn a_workbook_holds_texts_and_numbers_only() {
    let format = report::by_id("xlsx").unwrap();
    for sample in SAMPLES {
        let parts = parts(bytes(format, sample, &options()));
        let part = |name: &str| &parts.iter().find(|(n, _)| n == name).unwrap().1;
        let mut at = 0;
        for sheet in [
            "Summary",
            "Matches",
            "Possible",
            "Not screened",
            "Lists",
            "Findings",
        ] {
            let of = part("xl/workbook.xml")[at..].find(&format!("name=\"{sheet}\""));
            at += of.unwrap_or_else(|| panic!("{sheet} is missing or out of order"));
        }
        let strings = part("xl/sharedStrings.xml");
        with_sample(sample, |report| {
            for m in &report.matches {
                for evidence in [
                    &*m.list.source.id,
                    &*m.list.snapshot.sha256,
                    &*m.id,
                    m.timing.id(),
                ] {
                    assert!(strings.contains(evidence), "{evidence}");
                }
            }
        });
        assert_eq!(
            strings.chars().find(|c| *c != '\n' && escape::acts(*c)),
            None
        );
        // A text that starts like a formula is a text, and not even a formula once exported.
        assert!(
            !strings.contains("<t>=") && !strings.contains("<t>@"),
            "{strings}"
        );
        for (name, text) in parts
            .iter()
            .filter(|(n, _)| n.starts_with("xl/worksheets/sheet"))
        {
            assert!(!text.contains("<f>"), "{name} holds a formula");
        }
        for (name, text) in parts.iter().filter(|(n, _)| n.ends_with(".rels")) {
            assert!(!text.contains("javascript"), "{name}");
        }
        let matches = part("xl/worksheets/sheet2.xml");
        assert!(matches.contains("autoFilter") && matches.contains("state=\"frozen\""));
    }
}

/// Parquet's own frame, and the columns: the rest is polars' to test.
#[cfg(feature = "frames")]
#[test]
fn parquet_holds_the_flat_table() {
    let format = report::by_id("parquet").unwrap();
    for sample in SAMPLES {
        let bytes = bytes(format, sample, &options());
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
        let has = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
        assert!(FLAT_COLUMNS.iter().all(|column| has(column)));
        assert!(has("interdict.verdict"));
    }
}

/// For looking at them, and for `tests/browser/run`: every format of every sample as a file.
#[test]
#[ignore = "writes files to look at"]
fn samples_to_look_at() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    std::fs::create_dir_all(&folder).unwrap();
    for format in REPORT_FORMATS {
        for sample in SAMPLES.iter().chain(&["busy"]) {
            let file = folder.join(format!("{sample}.{}", format.extensions[0]));
            std::fs::write(file, bytes(format, sample, &options())).unwrap();
        }
    }
    println!("{}", folder.display());
}

#[test]
fn formats_are_found_by_name_and_by_extension() {
    for format in REPORT_FORMATS {
        assert_eq!(report::by_id(format.id).unwrap().id, format.id);
        for extension in format.extensions {
            assert_eq!(report::by_extension(extension).unwrap().id, format.id);
            let upper = extension.to_uppercase();
            assert_eq!(report::by_extension(&upper).unwrap().id, format.id);
        }
    }
    assert!(report::by_extension("exe").is_none());
}
