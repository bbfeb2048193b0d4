//! What an input could hide from a screening: whatever is not looked at is counted and named, and
//! the exit code says so.

use crate::cli::Cli;
use std::io::{Cursor, Write};

/// Listed by OFAC (Lazarus Group) since 2022-04-14.
const LISTED: &str = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
/// Listed by OFAC (Tornado Cash) from 2022-08-08, and off the list by 2025-03-21.
const REMOVED: &str = "0x905b63Fff465B9fFBF41DeA908CEb12478ec7601";
/// The address of the first block, which no list has.
const FREE: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";

fn table(address: &str) -> String {
    format!("Date,To,Amount\n2024-01-02,{address},1\n")
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(*name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The exit code and the report.
fn screen(cli: &Cli, args: &[&str]) -> (i32, serde_json::Value, String) {
    let all = [&["screen", "--format", "json"], args].concat();
    let (code, out, err) = cli.run(&all);
    (code, serde_json::from_str(&out).unwrap_or_default(), err)
}

fn codes(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let codes = findings.iter().filter_map(|f| f["code"].as_str());
    let of_inputs = codes.filter(|code| !code.starts_with("list"));
    of_inputs.map(str::to_owned).collect()
}

fn reasons(report: &serde_json::Value) -> Vec<String> {
    let counted = report["coverage"]["not_screened"].as_array().cloned();
    let counted = counted.unwrap_or_default();
    let reasons = counted.iter().filter_map(|n| n["reason"].as_str());
    reasons.map(str::to_owned).collect()
}

#[test]
fn a_member_called_as_its_archive_hides_no_other() {
    let cli = Cli::new();
    let (free, listed) = (table(FREE), table(LISTED));
    let bytes = zip(&[
        ("export.csv", free.as_bytes()),
        ("withdrawals.csv", listed.as_bytes()),
    ]);
    let path = cli.file("export.zip", &bytes);
    let (code, report, _) = screen(&cli, &[&path]);
    assert_eq!(code, 1);
    assert_eq!(report["inputs"].as_array().unwrap().len(), 2);
    // Nor does it when it comes as a stream, which can be read once only.
    let args = ["screen", "--format", "json", "-"];
    let (code, out, err) = cli.feed(&args, &bytes);
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("-:withdrawals.csv"), "{out}");
    // A user's own list is not chosen so either.
    let list = cli.file("list.csv", format!("address\n{LISTED}\n"));
    let two = zip(&[("list.csv", b"address\n"), ("more.csv", b"address\n")]);
    let packed = cli.file("list.zip", two);
    let input = cli.file("in.csv", &free);
    assert_eq!(cli.run(&["screen", "--list", &list, &input]).0, 0);
    let (code, _, err) = cli.run(&["screen", "--list", &packed, &input]);
    assert_eq!(code, 5, "{err}");
    assert!(err.contains("more.csv"), "{err}");
}

#[test]
fn hidden_members_are_read_and_same_names_refused() {
    let cli = Cli::new();
    let (free, listed) = (table(FREE), table(LISTED));
    for hidden in [".withdrawals.csv", "__MACOSX/w.csv", "x/._w.csv", "w/"] {
        let bytes = zip(&[
            ("deposits.csv", free.as_bytes()),
            (hidden, listed.as_bytes()),
        ]);
        let path = cli.file("two.zip", &bytes);
        let (code, ..) = screen(&cli, &[&path]);
        assert_eq!(code, 1, "{hidden}");
    }
    // What macOS keeps about a file is named and no more.
    let double = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ";
    let bytes = zip(&[("a.csv", free.as_bytes()), ("__MACOSX/._a.csv", double)]);
    let path = cli.file("mac.zip", &bytes);
    let (code, report, _) = screen(&cli, &[&path]);
    assert_eq!(
        (code, codes(&report)),
        (0, vec!["input-passed-over".to_owned()])
    );
    // Of two files of one name a reader by name sees one.
    let mut same = zip(&[("a.csv", free.as_bytes()), ("b.csv", listed.as_bytes())]);
    for at in 0..same.len() - 4 {
        if &same[at..at + 5] == b"b.csv" {
            same[at] = b'a';
        }
    }
    let path = cli.file("same.zip", &same);
    let (code, _, err) = screen(&cli, &[&path]);
    assert_eq!(code, 2);
    assert!(err.contains("several files of one name"), "{err}");
    // Two archives in one file.
    let both = [
        zip(&[("a.csv", listed.as_bytes())]),
        zip(&[("a.csv", free.as_bytes())]),
    ]
    .concat();
    let path = cli.file("both.zip", &both);
    assert_eq!(screen(&cli, &[&path]).0, 2);
}

#[test]
fn hidden_files_of_a_folder_are_read() {
    let cli = Cli::new();
    let folder = cli.home.path().join("exports");
    std::fs::create_dir_all(folder.join(".old")).unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    put("a.csv", &table(FREE));
    put(".old/b.csv", &table(LISTED));
    let path = folder.to_str().unwrap();
    let (code, report, _) = screen(&cli, &[path]);
    assert_eq!(
        (code, reasons(&report)),
        (4, vec!["passed-over".to_owned()])
    );
    put(".b.csv", &table(LISTED));
    assert_eq!(screen(&cli, &[path]).0, 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_counted_and_not_waited_for() {
    let cli = Cli::new();
    let folder = cli.home.path().join("exports");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.csv"), table(FREE)).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.join("pipe"))
        .status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let (code, report, _) = screen(&cli, &[folder.to_str().unwrap()]);
    assert_eq!(
        (code, reasons(&report)),
        (4, vec!["passed-over".to_owned()])
    );
    assert!(report.to_string().contains("pipe, socket or device"));
}

#[test]
fn names_of_members_are_looked_up() {
    let cli = Cli::new();
    for (text, column) in [
        (
            format!(r#"{{"wallet":"{FREE}","token_balances":{{"{LISTED}":"12"}}}}"#),
            "token_balances",
        ),
        (format!(r#"{{"{LISTED}":{{"sum":"12"}}}}"#), "{}"),
        (format!(r#"[{{"a":"{FREE}","b":[{{"{LISTED}":1}}]}}]"#), "b"),
    ] {
        let path = cli.file("in.json", &text);
        let (code, report, _) = screen(&cli, &[&path]);
        assert_eq!(code, 1, "{text}");
        let found = &report["matches"][0];
        assert_eq!(found["column"], column, "{text}");
        assert_eq!(found["byte"], text.find(LISTED).unwrap(), "{text}");
    }
    // Names that are data make one column, not one each.
    let rows: String = (0..50)
        .map(|n| format!("{{\"balances\":{{\"0x{n:040x}\":\"1\"}}}}\n"))
        .collect();
    let path = cli.file("in.jsonl", rows);
    let (_, report, _) = screen(&cli, &[&path]);
    let columns = report["coverage"]["columns"].as_array().unwrap();
    assert_eq!(columns.len(), 2, "{columns:?}");
}

/// A workbook of one sheet, whose rows are given as XML.
fn workbook(rows: &str) -> Vec<u8> {
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let root = format!(
        r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(
        r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let rels = format!(
        r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
    );
    let sheet = format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#);
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[test]
fn formulas_without_a_value_are_counted_and_addresses_in_them_seen() {
    let cli = Cli::new();
    let text =
        |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let head = format!(
        r#"<row r="1">{}{}</row>"#,
        text("A1", "Date"),
        text("B1", "To")
    );
    let row = |cell: &str| {
        let rows = format!(
            r#"{head}<row r="2">{}{cell}</row>"#,
            text("A2", "2024-01-02")
        );
        let more = format!(
            r#"<row r="3">{}{}</row>"#,
            text("A3", "2024-01-03"),
            text("B3", FREE)
        );
        cli.file("book.xlsx", workbook(&format!("{rows}{more}")))
    };
    let path = row(r#"<c r="B2"><f>VLOOKUP(A2,Other!A:B,2)</f></c>"#);
    let (code, report, _) = screen(&cli, &[&path]);
    assert_eq!(
        (code, reasons(&report)),
        (
            4,
            vec![
                "formula-without-value".to_owned(),
                "not-an-address".to_owned()
            ]
        )
    );
    // The target of a link that is a formula.
    let path = row(&format!(
        r#"<c r="B2" t="str"><f>HYPERLINK("https://etherscan.io/address/{LISTED}","view")</f><v>view</v></c>"#
    ));
    let (code, report, _) = screen(&cli, &[&path]);
    assert_eq!((code, &report["matches"][0]["column"]), (1, &"To".into()));
    // A value that is an empty text is a value.
    let path = row(r#"<c r="B2" t="str"><f>IF(A2="","","")</f><v></v></c>"#);
    let (code, report, _) = screen(&cli, &[&path]);
    assert_eq!((code, reasons(&report)), (0, vec![]));
}

#[test]
fn rounded_numbers_count_wherever_they_stand() {
    let cli = Cli::new();
    let only = "Date,To\n2024-01-02,5.46E+46\n2024-01-03,5.46E+46\n";
    let late = format!(
        "Date,To\n{}2024-01-03,5.46E+46\n",
        format!("2024-01-02,{FREE}\n").repeat(500)
    );
    let json = format!(
        "{}{{\"to\":5.46e+46}}\n",
        format!("{{\"to\":\"{FREE}\"}}\n").repeat(500)
    );
    for (name, text) in [
        ("a.csv", only.to_owned()),
        ("b.csv", late),
        ("c.jsonl", json),
    ] {
        let path = cli.file(name, text);
        let (code, report, _) = screen(&cli, &[&path]);
        assert_eq!(code, 4, "{name}");
        assert!(
            reasons(&report).contains(&"damaged-number".to_owned()),
            "{name}"
        );
    }
}

#[test]
fn text_that_changes_its_encoding_is_not_complete() {
    let cli = Cli::new();
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let row = format!("2024-01-02,{LISTED},1\n");
    let plain = format!("2024-01-02,{FREE},1\n");
    for shift in ["", "x"] {
        let mut text = wide(&table(FREE));
        text.extend(format!("{shift}{row}{row}").bytes());
        let path = cli.file("wide.csv", &text);
        let (code, report, _) = screen(&cli, &[&path]);
        assert_eq!(
            (code, reasons(&report)),
            (4, vec!["garbled-text".to_owned()])
        );
    }
    let mut text = format!("Date,To,Amount\n{}", plain.repeat(40_000)).into_bytes();
    text.extend(wide(&row));
    let path = cli.file("narrow.csv", &text);
    let (code, report, _) = screen(&cli, &[&path]);
    assert_eq!(
        (code, reasons(&report)),
        (
            4,
            vec!["garbled-text".to_owned(), "not-an-address".to_owned()]
        )
    );
    // The line of the NUL itself.
    let found = report["findings"].as_array().unwrap();
    let found = found
        .iter()
        .find(|f| f["code"] == "input-undecodable")
        .unwrap();
    assert!(found.to_string().contains("40002"), "{found}");
    // Chinese is not taken for it.
    let notes = "转账给供应商的货款以及手续费用请核对后归档保存谢谢".repeat(40);
    let path = cli.file(
        "zh.csv",
        wide(&format!(
            "\u{feff}Date,To,Note\n2024-01-02,{FREE},{notes}\n"
        )),
    );
    assert_eq!(screen(&cli, &[&path]).0, 0);
}

#[test]
fn a_time_of_something_else_makes_no_match_old() {
    let cli = Cli::new();
    let screen = |text: &str| {
        let path = cli.file("in.csv", text);
        let (code, report, _) = screen(&cli, &["--as-of", "2026-11-24", &path]);
        let timing = report["matches"][0]["timing"].as_str().unwrap_or_default();
        (code, timing.to_owned())
    };
    let since = (1, "delisted-since".to_owned());
    let unknown = (1, "date-unknown".to_owned());
    for (heading, dates, expect) in [
        (
            "Statement printed,Value date",
            "2026-01-31,2022-09-01",
            &since,
        ),
        (
            "Customer since,Date of transfer",
            "2025-06-01,2022-09-01",
            &since,
        ),
        ("Gültig bis,Buchungstag", "2026-01-31,2022-09-01", &since),
        ("Expiry date", "2026-03-01", &unknown),
        ("Created on statement", "2026-03-01", &unknown),
        ("Executed", "2030-01-01", &unknown),
        // Neither heading says more than the other.
        ("Settled on,Sent on", "2026-01-31,2022-09-01", &since),
        ("Sent on,Settled on", "2022-09-01,2026-01-31", &since),
    ] {
        let text = format!("{heading},To\n{dates},{REMOVED}\n");
        assert_eq!(&screen(&text), expect, "{heading}");
    }
    // A plain heading is believed.
    let text = format!("Date,Settled on,To\n2026-01-31,2022-09-01,{REMOVED}\n");
    assert_eq!(screen(&text), (0, "delisted-before".to_owned()));
}

#[test]
fn a_stated_delimiter_and_notes_are_no_header() {
    let cli = Cli::new();
    let out = cli.home.path().join("out.csv");
    let out = out.to_str().unwrap();
    let rows = format!("2024-01-02;{LISTED};1\n2024-01-03;{FREE};2\n");
    let head = "Date;To;Amount\n";
    for (before, lines) in [
        ("sep=;\n", 1),
        ("\u{feff}sep=;\r\n", 1),
        ("Customer;Alice;\nPeriod;January;\n", 2),
        ("Customer;Alice\nCurrency;Euro\n", 2),
        ("Report;Transactions;All\n\n", 2),
    ] {
        let path = cli.file("in.csv", format!("{before}{head}{rows}"));
        let (code, report, _) = screen(&cli, &["--annotate", out, &path]);
        assert_eq!(code, 1, "{before}");
        let input = &report["inputs"][0];
        assert_eq!(input["header_line"], lines + 1, "{before}");
        assert_eq!(input["rows"], 2, "{before}");
        let found = &report["matches"][0];
        assert_eq!((&found["row"], &found["column"]), (&1.into(), &"To".into()));
        assert_eq!(found["line"], lines + 2);
        let text = std::fs::read_to_string(out).unwrap();
        let annotated = text.lines().position(|l| l.contains("interdict_match"));
        assert_eq!(annotated, Some(lines), "{text}");
    }
    // Two columns, set off by an empty line.
    let path = cli.file(
        "in.csv",
        format!("Report,Transactions\n\nDate,To\n2024-01-02,{LISTED}\n2024-01-03,{FREE}\n"),
    );
    let (_, report, _) = screen(&cli, &[&path]);
    assert_eq!(report["inputs"][0]["header_line"], 3);
}

#[test]
fn what_stands_above_a_table_has_no_column() {
    let cli = Cli::new();
    let text =
        format!("Wallet {LISTED}\n\nTxid,Date,To\nabc,2024-01-02,{FREE}\nabd,2024-01-03,{FREE}\n");
    let path = cli.file("in.csv", text);
    let (code, report, _) = screen(&cli, &[&path]);
    let found = &report["matches"][0];
    assert_eq!((code, &found["row"]), (1, &0.into()));
    assert_eq!(
        (&found["column"], &found["role"]),
        (&"".into(), &"other".into())
    );
}

#[test]
fn offsets_in_wrapped_lines_are_those_of_the_file() {
    let cli = Cli::new();
    let line = format!("\"2024-01-02,\"\"he said \"\"\"\"pay\"\"\"\" {LISTED}\"\",1\"\n");
    let text = format!("\"Date,Note,Amount\"\n{line}\"2024-01-03,x,2\"\n");
    let path = cli.file("in.csv", &text);
    let (code, report, _) = screen(&cli, &[&path]);
    assert_eq!(code, 1);
    assert_eq!(report["matches"][0]["byte"], text.find(LISTED).unwrap());
}

#[test]
fn a_heading_that_no_input_has_is_an_error() {
    let cli = Cli::new();
    let path = cli.file("in.csv", table(FREE));
    assert_eq!(screen(&cli, &["--columns", "to=to", &path]).0, 0);
    for more in [
        &["--columns", "Nope=to"][..],
        &["--explain-columns", "--columns", "Nope=to"],
    ] {
        let (code, _, err) = screen(&cli, &[more, &[&path]].concat());
        assert_eq!(code, 2);
        assert!(
            err.contains("`Nope`") && err.contains("Date, To, Amount"),
            "{err}"
        );
    }
}

#[test]
fn a_near_miss_names_its_file() {
    let cli = Cli::new();
    let a = cli.file("first.csv", "To\n1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n");
    // One letter off an address that OFAC lists.
    let near = "To\n0x098B716B8Aaf21512996dC57EB0615e2383E2f97\n";
    let b = cli.file("second.csv", near);
    for (format, begins, ends) in [
        ("markdown", "## Possible", "## Lists"),
        ("html", "id=\"possible\"", "</section>"),
        ("table", "POSSIBLE: ", "FINDINGS"),
    ] {
        let (_, out, err) = cli.run(&["screen", &a, &b, "--format", format]);
        let part = out
            .split(begins)
            .nth(1)
            .unwrap_or_else(|| panic!("{format}: {out}{err}"));
        let part = part.split(ends).next().unwrap_or_default();
        assert!(part.contains("second.csv"), "{format}: {part}");
    }
}
