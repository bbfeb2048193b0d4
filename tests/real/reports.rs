//! One run over all real export layouts, in every format.

use super::shared;
use interdict::input::{InputOptions, Run, Source};
use interdict::list::ListSet;
use interdict::report::{Options, REPORT_FORMATS, escape};
use interdict::screen::Screener;
use interdict::source::bundled_lists;
use quick_xml::events::Event;
use serde_json::Value;

#[path = "../it/report/schema.rs"]
mod schema;

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn one_run_over_the_exports_in_every_format() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let mut run = Run::new(
        &screener,
        InputOptions::new("2026-11-24T00:00:00Z".parse().unwrap()),
    );
    let mut files: Vec<_> = std::fs::read_dir(shared("exports"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|f| f.extension().is_some_and(|e| e == "csv" || e == "jsonl"))
        .filter(|f| f.file_name().is_some_and(|n| n != "TRUTH.jsonl"))
        .collect();
    files.sort();
    for file in &files {
        run.input(Source::File(file.to_str().unwrap()), &mut |_, _| {})
            .unwrap();
    }
    let report = run.finish();
    assert_eq!(report.inputs.len(), files.len());
    assert!(!report.matches.is_empty());
    for format in REPORT_FORMATS {
        let write = || {
            let mut out = Vec::new();
            (format.write)(&report, &Options::default(), &mut out).unwrap();
            out
        };
        let bytes = write();
        assert!(bytes == write(), "{} differs from itself", format.id);
        println!("{:8} {:>9} bytes", format.id, bytes.len());
        if format.binary {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let acts = text.chars().find(|c| *c != '\n' && escape::acts(*c));
        assert_eq!(acts, None, "{}", format.id);
        let json = || -> Value { serde_json::from_str(&text).unwrap() };
        match format.id {
            "json" => {
                let errors = schema::errors(&schema::published(), &json());
                assert!(errors.is_empty(), "{errors:#?}");
            }
            "jsonl" => assert_eq!(text.lines().count(), report.matches.len()),
            "csv" => assert_eq!(text.lines().count(), report.matches.len() + 1),
            "sarif" => {
                let results = json()["runs"][0]["results"].as_array().unwrap().len();
                let told = report.matches.len() + report.possible.len() + report.findings.len();
                assert_eq!(results, told);
            }
            "junit" => {
                let mut reader = quick_xml::Reader::from_str(&text);
                let mut failures = 0;
                loop {
                    match reader.read_event().unwrap() {
                        Event::Start(e) if e.name().as_ref() == "failure" => failures += 1,
                        Event::Eof => break,
                        _ => {}
                    }
                }
                let counted = report.matches.iter().filter(|m| m.timing.counts()).count();
                assert!(failures > 0 && failures <= counted + report.inputs.len());
            }
            _ => {}
        }
    }
}
