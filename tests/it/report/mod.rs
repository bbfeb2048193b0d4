//! Reports: every format, on four samples.

mod samples;
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
            let text = text(format.id, sample).replace(&"x".repeat(1_000_000), "(1 MB of x)");
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
        let text = text(format.id, "matches");
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
