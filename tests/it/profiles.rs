//! Every known layout: told from every other, its columns understood, its rows screened.

use interdict::input::{InputOptions, Run, Source, parse_profile, profiles};
use interdict::list::ListSet;
use interdict::screen::{Role, Screener, ScreeningReport, Verdict};
use interdict::source::bundled_lists;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

/// Listed; a fixture that holds one of them holds it once, in its second row.
const LISTED: [&str; 3] = [
    "d882cfc20f52f2599d84b8e8d58c7fb62cfe344b",
    "149w62rY42aZBox8fGcmqNsXUzSStKeq8C",
    "TVacWx7F5wgMgn49L5frDf9KLgdYy8nPHL",
];

fn run<'l>(screener: &Screener<'l>, bytes: &[u8]) -> ScreeningReport<'l> {
    let options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
    let mut run = Run::new(screener, options);
    let bytes = Cursor::new(bytes.to_vec());
    run.input(Source::Stream("export", Box::new(bytes)), &mut |_, _| {})
        .unwrap();
    run.finish()
}

fn names(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    std::fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .map(|f| f.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn fixture(id: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports");
    let found = ["csv", "jsonl"]
        .iter()
        .find_map(|e| std::fs::read_to_string(folder.join(format!("{id}.{e}"))).ok());
    found.unwrap_or_else(|| panic!("no fixture for `{id}`"))
}

fn all(check: impl Fn(&str, &str, &Screener<'_>)) {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let fails = |id: &&str| {
        let check = || check(id, &fixture(id), &screener);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err()
    };
    let failed: Vec<&str> = profiles().iter().map(|p| &*p.id).filter(fails).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn folder_registry_and_fixtures_are_one() {
    let registered: BTreeSet<String> = profiles().iter().map(|p| p.id.to_string()).collect();
    assert_eq!(
        registered.len(),
        profiles().len(),
        "an id is registered twice"
    );
    assert_eq!(registered, names("src/input/profiles"));
    assert_eq!(registered, names("fixtures/exports"));
}

#[test]
fn each_fixture_is_told_and_screened() {
    all(|id, text, screener| {
        let report = run(screener, text.as_bytes());
        assert_eq!(&*report.inputs[0].profile, id);
        assert_eq!(report.coverage.rows, 2, "{id}");
        let planted = LISTED.iter().any(|l| text.contains(l));
        let reasons: Vec<_> = report
            .coverage
            .not_screened
            .iter()
            .map(|n| n.reason)
            .collect();
        if planted {
            let [found] = &report.matches[..] else {
                panic!("{id}: {:?}", report.matches);
            };
            assert_eq!(found.row, 2, "{id}");
            let role = found.column.role;
            let party = [Role::From, Role::To, Role::Party, Role::Memo];
            assert!(party.contains(&role), "{id}: {role:?}");
            // Some tables of a chain name the block only.
            let timeless = ["token-transfers", "traces", "logs"];
            let timeless = timeless
                .iter()
                .any(|t| id.ends_with(&format!("ethereum-{t}")));
            assert_eq!(found.row_time.is_empty(), timeless, "{id}");
            assert_eq!(report.verdict(), Verdict::Match, "{id}");
            assert!(
                reasons.is_empty(),
                "{id}: {reasons:?} {:?}",
                report.findings
            );
        } else {
            assert!(report.matches.is_empty(), "{id}");
            assert_eq!(reasons, ["no-address"], "{id}");
        }
        let odd: Vec<String> = report
            .findings
            .iter()
            .filter(|f| f.code.id() != "no-address-column" && f.code.id() != "time-ambiguous")
            .map(|f| format!("{}: {}", f.code, f.detail))
            .collect();
        assert!(odd.is_empty(), "{id}: {odd:?}");
    });
}

#[test]
fn marks_line_ends_and_quotes_change_nothing() {
    all(|id, text, screener| {
        let say = |report: &ScreeningReport<'_>| {
            let of = |m: &interdict::screen::Match<'_>| (m.row, m.column.name.clone(), m.timing);
            let matches: Vec<_> = report.matches.iter().map(of).collect();
            (
                report.inputs[0].profile.clone(),
                report.coverage.rows,
                matches,
            )
        };
        let expect = say(&run(screener, text.as_bytes()));
        for other in [format!("\u{feff}{text}"), text.replace('\n', "\r\n")] {
            assert_eq!(say(&run(screener, other.as_bytes())), expect, "{id}");
        }
    });
}

#[test]
fn a_truncated_export_never_panics_and_never_passes_unread() {
    all(|id, text, screener| {
        for cut in (0..text.len()).step_by(37) {
            let Some(part) = text.get(..cut) else {
                continue;
            };
            let report = run(screener, part.as_bytes());
            // What is left of a row is looked at; a file without a row is no pass.
            if report.coverage.rows == 0 {
                assert_ne!(report.verdict(), Verdict::NoMatch, "{id} cut at {cut}");
            }
        }
    });
}

#[test]
fn damaged_exports_never_panic_and_lose_no_row_to_threads() {
    all(|id, text, screener| {
        // A fixed sequence (Knuth, MMIX), so that a failure comes again.
        let mut seed = id.bytes().fold(1u64, |seed, b| {
            seed.wrapping_mul(31).wrapping_add(u64::from(b))
        });
        let mut random = |below: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for _ in 0..8 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..1 + random(6) {
                let at = random(bytes.len());
                bytes[at] = b"\",;\n\r\t|\0\xFF{["[random(11)];
            }
            let answer = |threads: usize| {
                let mut options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
                options.threads = threads;
                let mut run = Run::new(screener, options);
                let source = Source::Stream("export", Box::new(Cursor::new(bytes.clone())));
                if let Err(error) = run.input(source, &mut |_, _| {}) {
                    run.failed("export", &error);
                }
                let report = run.finish();
                if report.coverage.rows == 0 {
                    assert_ne!(report.verdict(), Verdict::NoMatch);
                }
                (
                    report.coverage.clone(),
                    report.findings.clone(),
                    report.matches.len(),
                )
            };
            assert_eq!(answer(1), answer(3), "{id}");
        }
    });
}

#[test]
fn what_is_no_profile_is_refused_in_words() {
    for (text, word) in [
        ("title = 'x'", "header"),
        ("title = 'x'\nheader = []", "names no heading"),
        ("title = 'x'\nheader = ['A']\nzone = 'Mars'", "Mars"),
        ("title = 'x'\nheader = ['A']\norder = 'ydm'", "ydm"),
        ("title = 'x'\nheader = ['A']\nnonsense = 1", "nonsense"),
        ("title = 'x'\nheader = ['A']\n[columns]\nspy = ['A']", "spy"),
    ] {
        let error = parse_profile("x", text).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}
