//! Whole runs in every format: the same bytes whatever the machine is set to, harmless whatever
//! stands in the input, and the workbook as LibreOffice reads it, where that is installed.

use crate::cli::Cli;
use crate::evidence::{AS_OF, LISTED, json};
use interdict::report::{REPORT_FORMATS, escape};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const DEMO: [&str; 2] = [
    "fixtures/demo/exchange-withdrawals.csv",
    "fixtures/demo/explorer-ethereum.csv",
];

#[test]
fn every_format_is_the_same_whatever_the_machine_is_set_to() {
    let cli = Cli::new();
    let bundle = cli.home.path().join("b.zip");
    let bundle = bundle.to_str().unwrap();
    for format in REPORT_FORMATS {
        let mut outputs = Vec::new();
        for (threads, zone, locale) in [
            ("1", "UTC", "C"),
            ("4", "Pacific/Kiritimati", "ar_EG.UTF-8"),
        ] {
            let mut args = vec!["screen", "--as-of", AS_OF, "--format", format.id];
            args.extend(["--threads", threads, "--bundle", bundle]);
            args.extend(DEMO);
            let mut command = cli.command(&args);
            command
                .env("TZ", zone)
                .env("LC_ALL", locale)
                .env("LANG", locale);
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            outputs.push((output.stdout, output.stderr, std::fs::read(bundle).unwrap()));
        }
        assert!(!outputs[0].0.is_empty());
        assert!(outputs[0] == outputs[1], "{}", format.id);
    }
}

/// Texts that would do harm where they are not made harmless; none is longer than a line but the last.
fn hostile() -> Vec<String> {
    [
        "\u{1b}]0;owned\u{7}\u{1b}[2J",
        "=cmd|'/C calc'!A0",
        "+1+cmd()",
        "<script>alert(1)</script>",
        "\u{202e}gpj.exe\u{2066}",
        "nul\0bell\u{9b}31m",
        "@SUM(A1)",
        "\"><img src=x onerror=alert(1)>",
        "]]><!--<![CDATA[",
        "مؤسسة\u{200f} الأمثلة",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([format!("=X{}", "x".repeat(1 << 20))])
    .collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// An address each, made for this test: EVM accounts of one byte repeated.
fn account(n: usize) -> String {
    format!("0x{}", format!("{:02x}", n + 0x11).repeat(20))
}

/// An export and a list that are hostile wherever they can be.
fn hostile_files(cli: &Cli) -> (String, String) {
    let mut export = "Date,To,=cmd()\u{202e},Amount\n".to_owned();
    let mut list = "address,name,asset\n".to_owned();
    for (n, text) in hostile().iter().enumerate() {
        let text = quoted(text);
        let address = account(n);
        export += &format!("2025-01-01,{address},{text},{text}\n");
        export += &format!(
            "2025-01-01,{},a,1\n",
            quoted(&format!("{}{address}", text.trim_matches('"')))
        );
        list += &format!("{address},{text},{text}\n");
    }
    (
        cli.file("=cmd()<script>\u{1b}[2J.csv", export),
        cli.file("list.csv", list),
    )
}

fn harmless(what: &str, text: &str) {
    let acts = text.chars().find(|c| *c != '\n' && escape::acts(*c));
    assert_eq!(acts, None, "{what} lets a character act");
}

#[test]
fn hostile_exports_and_lists_do_no_harm_in_any_format() {
    let cli = Cli::new();
    let (export, list) = hostile_files(&cli);
    let with = |more: &[&str]| {
        let args = [
            &["screen", &export, "--list", &list, "--as-of", AS_OF][..],
            more,
        ]
        .concat();
        cli.command(&args).output().unwrap()
    };
    for format in REPORT_FORMATS {
        let output = with(&["--format", format.id, "--verbose"]);
        assert_eq!(output.status.code(), Some(1), "{}", format.id);
        harmless("standard error", &String::from_utf8(output.stderr).unwrap());
        if format.binary {
            continue;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        harmless(format.id, &text);
        match format.id {
            "json" | "sarif" => assert!(json(&text).is_object()),
            "junit" => {
                let mut reader = quick_xml::Reader::from_str(&text);
                while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
            }
            "csv" => {
                let mut reader = csv::Reader::from_reader(text.as_bytes());
                for record in reader.records() {
                    for cell in &record.unwrap() {
                        assert!(
                            !cell.starts_with(['=', '+', '@', '\t', '\r']),
                            "{:.80}",
                            cell
                        );
                    }
                }
            }
            "html" => {
                assert!(!text.contains("<script>alert") && !text.contains("<img src=x"));
                assert!(text.len() < 300_000, "a cell of a megabyte is cut short");
            }
            "markdown" | "table" => {
                assert!(text.len() < 300_000, "{} is {} long", format.id, text.len())
            }
            _ => {}
        }
    }
    let report = cli.home.path().join("r.json");
    let report = report.to_str().unwrap();
    with(&["-q", "-o", report]);
    let read = json(&std::fs::read_to_string(report).unwrap());
    let matches = read["matches"].as_array().unwrap();
    assert!(matches.len() >= hostile().len());
    for m in matches {
        let id = m["id"].as_str().unwrap();
        let (exit, text, err) = cli.run(&["explain", id, "--report", report]);
        assert_eq!(exit, 0, "{err}");
        harmless("explain", &text);
        assert!(text.len() < 60_000, "{} characters", text.len());
    }
    let out = cli.home.path().join("annotated.csv");
    with(&["-q", "--annotate", out.to_str().unwrap()]);
    let bytes = std::fs::read(out).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(&*bytes);
    for record in reader.byte_records() {
        let record = record.unwrap();
        for cell in record.iter().skip(record.len() - 5) {
            let cell = std::str::from_utf8(cell).unwrap();
            harmless("annotate", cell);
            assert!(!cell.starts_with(['=', '+', '@']), "{:.80}", cell);
        }
    }
    // A NUL would make it no text at all.
    let text = hostile()[..10]
        .join(&format!(" {LISTED}\n"))
        .replace('\0', "");
    let notice = cli.file("=notice\u{1b}[2J.txt", text);
    for format in ["table", "json", "markdown", "csv"] {
        let (_, text, err) = cli.run(&["extract", &notice, "--format", format]);
        harmless("extract", &text);
        harmless("extract, standard error", &err);
    }
}

fn soffice() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .flat_map(|folder| ["soffice", "libreoffice"].map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

#[test]
fn libreoffice_reads_the_workbook_as_it_was_written() {
    let Some(soffice) = soffice() else {
        return println!("not tested: no LibreOffice on this machine");
    };
    let cli = Cli::new();
    let (export, list) = hostile_files(&cli);
    let folder = cli.home.path();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    for (name, args) in [
        ("demo", DEMO.to_vec()),
        ("hostile", vec![&*export, "--list", &list]),
    ] {
        let (book, flat) = (
            path(&format!("{name}.xlsx")),
            path(&format!("{name}-flat.csv")),
        );
        for out in [&book, &flat] {
            let run = [&["screen", "-q", "--as-of", AS_OF, "-o", out][..], &args].concat();
            assert_eq!(cli.run(&run).0, 1);
        }
        // Every sheet as a file of its own, as shown, in UTF-8.
        let filter =
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
        let done = Command::new(&soffice)
            .args([
                "--headless",
                "--norestore",
                "--convert-to",
                filter,
                "--outdir",
            ])
            .arg(folder)
            .arg(format!("-env:UserInstallation=file://{}", path("office")))
            .arg(&book)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        let rows = |file: &str| -> Vec<Vec<String>> {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_path(file)
                .unwrap();
            reader
                .records()
                .map(|r| r.unwrap().iter().map(str::to_owned).collect())
                .collect()
        };
        for sheet in [
            "Summary",
            "Matches",
            "Possible",
            "Not screened",
            "Lists",
            "Findings",
        ] {
            assert!(
                !rows(&path(&format!("{name}-{sheet}.csv"))).is_empty(),
                "{sheet} is empty"
            );
        }
        let (sheet, flat) = (rows(&path(&format!("{name}-Matches.csv"))), rows(&flat));
        let heads = sheet
            .iter()
            .position(|r| r.iter().any(|c| c == "Match id"))
            .expect("headings");
        assert_eq!(sheet.len() - heads, flat.len(), "{name}: as many matches");
        let id =
            |rows: &[Vec<String>], title: &str| rows[0].iter().position(|c| c == title).unwrap();
        let (a, b) = (id(&sheet[heads..], "Match id"), id(&flat, "id"));
        let ids = |rows: &[Vec<String>], at: usize| -> Vec<String> {
            rows[1..].iter().map(|r| r[at].clone()).collect()
        };
        assert_eq!(ids(&sheet[heads..], a), ids(&flat, b));
        for cell in sheet.iter().flatten() {
            assert!(
                !cell.starts_with("Err:") && !cell.starts_with("#N"),
                "a formula ran: {:.80}",
                cell
            );
        }
    }
}
