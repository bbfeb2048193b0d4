//! `--annotate`: the input comes back with more columns and not a byte less.

use interdict::app;
use interdict::input::{InputOptions, Run, Source};
use interdict::list::ListSet;
use interdict::report::annotate::ANNOTATED_COLUMNS;
use interdict::screen::Screener;
use interdict::source;

/// Removed by OFAC on 2025-03-21 (Tornado Cash), and listed on 2022-04-14 (Lazarus Group).
const REMOVED: &str = "0x905b63Fff465B9fFBF41DeA908CEb12478ec7601";
const LISTED: &str = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
/// The bitcoin address of BIP-173's examples, which no list has.
const OTHER: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";

fn annotated(bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("input.csv");
    std::fs::write(&path, bytes).unwrap();
    let lists = ListSet::new(source::bundled_lists());
    let screener = Screener::new(&lists);
    let options = InputOptions::new("2026-11-24T00:00:00Z".parse().unwrap());
    let mut run = Run::new(&screener, options.clone());
    let path = path.to_str().unwrap();
    run.input(Source::File(path), &mut |_, _| {}).unwrap();
    let report = run.finish();
    let mut out = Vec::new();
    app::annotate(&report, &options, &mut out).unwrap();
    assert!(
        is_subsequence(bytes, &out),
        "a byte of the input is missing"
    );
    out
}

fn is_subsequence(small: &[u8], large: &[u8]) -> bool {
    let mut rest = large.iter();
    small.iter().all(|b| rest.any(|r| r == b))
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn from_utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes
        .chunks(2)
        .map(|c| u16::from_le_bytes([c[0], c[1]]))
        .collect();
    String::from_utf16(&units).unwrap()
}

fn example() -> String {
    format!(
        "Date,To,Note\n2023-05-01,{LISTED},\"two\nlines\"\n2026-05-01,{REMOVED},x\n2026-05-02,{OTHER},\n"
    )
}

/// Every record of `out` has the cells it had and five more.
fn check(before: &str, after: &str, delimiter: u8) -> Vec<Vec<String>> {
    let read = |text: &str| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let records = reader.records().map(Result::unwrap);
        records
            .map(|r| r.iter().map(str::to_owned).collect())
            .collect()
    };
    let (before, after) = (read(before), read(after));
    assert_eq!(before.len(), after.len());
    for (b, a) in before.iter().zip(&after) {
        assert_eq!(a[..b.len()], b[..]);
    }
    assert_eq!(after[0][after[0].len() - 5..], ANNOTATED_COLUMNS);
    after
        .into_iter()
        .map(|mut r| r.split_off(r.len() - 5))
        .collect()
}

#[test]
fn rows_say_what_was_found_in_them() {
    let before = example();
    let after = String::from_utf8(annotated(before.as_bytes())).unwrap();
    let rows = check(&before, &after, b',');
    assert_eq!(rows[1][0], "match");
    assert_eq!(rows[1][1], "ofac-crypto");
    assert!(rows[1][2].contains("Lazarus"), "{:?}", rows[1]);
    assert_eq!(rows[1][3], "listed-then");
    assert!(rows[1][4].contains("snapshot sha256"), "{:?}", rows[1]);
    assert_eq!(rows[2][0], "delisted-before");
    assert_eq!(rows[3], [""; 5]);
}

#[test]
fn every_row_that_was_not_screened_says_so() {
    // One letter of OTHER's checksum changed; a report names only a thousand of these.
    let broken = OTHER.replace("f3t4", "f3t5");
    let rows = 2_500;
    let mut before = "To,Note\n".to_owned();
    before.extend((0..rows).map(|n| format!("{broken},{n}\n")));
    before.push_str(&format!("{OTHER},last\n"));
    let after = String::from_utf8(annotated(before.as_bytes())).unwrap();
    let marked = after.lines().filter(|l| l.contains(",not-screened,"));
    assert_eq!(marked.count(), rows);
    assert!(after.trim_end().ends_with("last,,,,,"));
}

#[test]
fn every_dialect_is_kept() {
    let plain = example();
    let crlf = plain
        .replace("\nlines", "§")
        .replace('\n', "\r\n")
        .replace('§', "\nlines");
    for before in [
        crlf.clone(),
        format!("\u{feff}{crlf}"),
        plain.trim_end().to_owned(),
        plain.replace(',', ";"),
        plain.replace(',', "\t"),
        plain.replace(',', "|"),
    ] {
        let after = String::from_utf8(annotated(before.as_bytes())).unwrap();
        let delimiter = [b';', b'\t', b'|']
            .into_iter()
            .find(|d| before.contains(char::from(*d)));
        let rows = check(
            before.trim_start_matches('\u{feff}'),
            after.trim_start_matches('\u{feff}'),
            delimiter.unwrap_or(b','),
        );
        assert_eq!(rows[1][0], "match");
        let ends = |text: &str| (text.matches("\r\n").count(), text.ends_with('\n'));
        assert_eq!(ends(&before), ends(&after));
    }
}

#[test]
fn encodings_are_kept() {
    let before = format!("Date,To,Notiz\r\n2023-05-01,{LISTED},Grüße 🦀\r\n");
    let wide = [&[0xFF, 0xFE][..], &utf16(&before)].concat();
    let after = annotated(&wide);
    assert_eq!(after[..2], [0xFF, 0xFE]);
    assert_eq!(
        check(&before, &from_utf16(&after[2..]), b',')[1][0],
        "match"
    );
    let before = format!("Date,To,Notiz\r\n2023-05-01,{LISTED},Gr§§e\r\n");
    let latin: Vec<u8> = before
        .replace('§', "\u{1}")
        .bytes()
        .map(|b| if b == 1 { 0xFC } else { b })
        .collect();
    let after = annotated(&latin);
    let text: String = after.iter().map(|&b| char::from(b)).collect();
    assert_eq!(check(&before.replace('§', "ü"), &text, b',')[1][0], "match");
}

#[test]
fn what_is_no_row_stays_as_it_is() {
    let before = format!(
        "Account statement\n\nDate,To,Note,Amount,Fee\n2023-05-01,{LISTED},a,1,2\n\n2023-05-02,{OTHER},b,1,2\n"
    );
    let after = String::from_utf8(annotated(before.as_bytes())).unwrap();
    let lines: Vec<&str> = after.lines().collect();
    assert_eq!(lines[0], "Account statement");
    assert_eq!((lines[1], lines[4]), ("", ""));
    assert!(lines[2].ends_with(
        "Fee,interdict_match,interdict_list,interdict_entity,interdict_timing,interdict_note"
    ));
    assert!(lines[3].starts_with(&format!("2023-05-01,{LISTED},a,1,2,match,ofac-crypto,")));
    assert_eq!(lines[5], format!("2023-05-02,{OTHER},b,1,2,,,,,"));
}

#[test]
fn a_short_row_is_filled_up() {
    let before =
        format!("Date,To,Note\n2023-05-01,{LISTED}\n2023-05-02,{OTHER},b\n2023-05-03,{OTHER},c\n");
    let after = String::from_utf8(annotated(before.as_bytes())).unwrap();
    let line = after.lines().nth(1).unwrap();
    assert!(
        line.starts_with(&format!("2023-05-01,{LISTED},,match,ofac-crypto,")),
        "{line}"
    );
}

#[test]
fn a_list_of_addresses_gets_columns() {
    let before = format!("{LISTED}\n{OTHER}\n{REMOVED}\n");
    let after = String::from_utf8(annotated(before.as_bytes())).unwrap();
    let lines: Vec<&str> = after.lines().collect();
    assert!(
        lines[0].starts_with(&format!("{LISTED},match,ofac-crypto,")),
        "{after}"
    );
    assert_eq!(lines[1], format!("{OTHER},,,,,"));
}

#[test]
fn lines_wrapped_in_one_cell_stay_so() {
    let before = format!(
        "\"Date,To,Note\"\n\"2023-05-01,{LISTED},\"\"a \"\"\"\"b\"\"\"\"\"\"\"\n\"2023-05-02,{OTHER},c\"\n"
    );
    let after = String::from_utf8(annotated(before.as_bytes())).unwrap();
    for (before, line) in before.lines().zip(after.lines()) {
        assert!(
            line.starts_with(before.strip_suffix('"').unwrap()) && line.ends_with('"'),
            "{line}"
        );
    }
    // Unwrapped once more it is the same table with five more columns.
    let unwrap = |text: &str| -> String {
        let lines = text
            .lines()
            .map(|l| l[1..l.len() - 1].replace("\"\"", "\"") + "\n");
        lines.collect()
    };
    assert_eq!(
        check(&unwrap(&before), &unwrap(&after), b',')[1][0],
        "match"
    );
}

#[test]
fn one_file_and_never_over_itself() {
    let cli = crate::cli::Cli::new();
    let export = cli.file("export.csv", example());
    let out = cli.file("out.csv", "old");
    let json = cli.file("export.json", format!("[{{\"to\": \"{LISTED}\"}}]"));
    for (args, why) in [
        (
            vec!["screen", &export, &export, "--annotate", &out],
            "takes one file",
        ),
        (
            vec!["screen", "-", "--annotate", &out],
            "reads its input twice",
        ),
        (
            vec!["screen", &export, "--annotate", &export],
            "written over",
        ),
        (vec!["screen", &json, "--annotate", &out], "no cells to add"),
    ] {
        let (code, _, stderr) = cli.run(&args);
        assert_eq!(code, 2, "{args:?}: {stderr}");
        assert!(stderr.contains(why), "{args:?}: {stderr}");
    }
    assert_eq!(
        std::fs::read(&out).unwrap(),
        b"old",
        "a refusal leaves the old file"
    );
    assert_eq!(std::fs::read(&export).unwrap(), example().as_bytes());
    let (code, stdout, _) = cli.run(&["screen", &export, "--annotate", &out]);
    assert_eq!(code, 1, "{stdout}");
    let after = std::fs::read_to_string(&out).unwrap();
    assert_eq!(check(&example(), &after, b',')[1][0], "match");
}
