//! The program as people and schedulers run it: exit codes, streams, files.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Runs the program with a store of its own and nothing from the caller's environment.
pub(crate) struct Cli {
    pub(crate) home: TempDir,
}

impl Cli {
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_interdict"));
        command
            .args(args)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_clear()
            .env("INTERDICT_HOME", self.home.path())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        texts(self.command(args).output().unwrap())
    }

    pub(crate) fn feed(&self, args: &[&str], input: &[u8]) -> (i32, String, String) {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        texts(child.wait_with_output().unwrap())
    }

    /// A scratch file in the store's folder.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn texts(output: Output) -> (i32, String, String) {
    (
        output.status.code().expect("no signal"),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// Gaza Now, listed 2024-03-28 (record 47635), and the Tron account of the same 20 bytes.
const LISTED: &str = "0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF";
const LISTED_TRON: &str = "TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW";
/// Tornado Cash router: listed 2022-08-08, removed 2025-03-21.
const DELISTED: &str = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b";
/// BIP-173's first example: listed nowhere.
const UNLISTED: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn exit_codes_are_kept_apart() {
    let cli = Cli::new();
    let rows = |cell: &str| cli.file("rows.csv", format!("Date,To\n2025-01-01,{cell}\n"));
    let screen = |cell: &str| cli.run(&["screen", &rows(cell)]).0;
    assert_eq!(screen(UNLISTED), 0, "no match");
    assert_eq!(screen(LISTED), 1, "match");
    assert_eq!(cli.run(&["screen", "no-such-file.csv"]).0, 2, "unreadable");
    assert_eq!(cli.run(&["screen", "--no-such-flag"]).0, 2, "usage");
    // A valid address that starts and ends like a listed one: nothing damaged, only to look at.
    let look_alike = format!("0xe950dc316b{:0>24}1358ff", 7);
    assert_eq!(screen(&look_alike), 3, "possible");
    assert_eq!(
        screen("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
        4,
        "damaged"
    );
    assert_eq!(
        cli.run(&["screen", &rows(UNLISTED), "--list", "no-such-list"])
            .0,
        5,
        "missing"
    );
    assert_eq!(
        cli.run(&["screen", &rows(UNLISTED), "--max-age", "1h"]).0,
        5,
        "stale"
    );
    assert_eq!(
        cli.run(&[
            "screen",
            &rows(UNLISTED),
            "--max-age",
            "1h",
            "--allow-stale"
        ])
        .0,
        0
    );
}

#[test]
fn the_worst_exit_code_wins() {
    let cli = Cli::new();
    let both = cli.file(
        "both.csv",
        format!("To\n{LISTED}\nbc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5\n"),
    );
    assert_eq!(cli.run(&["screen", &both]).0, 1, "match over incomplete");
    assert_eq!(
        cli.run(&["screen", &both, "no-such-file.csv"]).0,
        2,
        "cannot run over match"
    );
    assert_eq!(
        cli.run(&["screen", &both, "--max-age", "1h"]).0,
        5,
        "refused over match"
    );
    let damaged = cli.file(
        "damaged.csv",
        "To\nbc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5\n",
    );
    assert_eq!(cli.run(&["screen", &damaged, "--allow-incomplete"]).0, 0);
}

#[test]
fn check_answers_for_the_day_asked_for() {
    let cli = Cli::new();
    let ask = |args: &[&str]| {
        let (exit, out, _) = cli.run(&[&["check", "--format", "json"], args].concat());
        let timing = json(&out)["results"][0]["matches"][0]["timing"].clone();
        (exit, timing.as_str().unwrap_or("none").to_owned())
    };
    let answer = |exit, timing: &str| (exit, timing.to_owned());
    assert_eq!(ask(&[DELISTED]), answer(0, "delisted-before"));
    assert_eq!(
        ask(&["--as-of", "2024-01-01", DELISTED]),
        answer(1, "listed-then")
    );
    assert_eq!(
        ask(&["--as-of", "2022-01-01", DELISTED]),
        answer(1, "listed-later")
    );
    assert_eq!(ask(&[LISTED]), answer(1, "listed-then"));
    assert_eq!(ask(&[UNLISTED]), answer(0, "none"));
}

#[test]
fn a_row_is_judged_by_its_own_date() {
    let cli = Cli::new();
    let file = cli.file(
        "rows.csv",
        format!("Date,To\n2023-05-01,{DELISTED}\n2025-06-01,{DELISTED}\n"),
    );
    let (exit, out, _) = cli.run(&["screen", &file, "--format", "json"]);
    assert_eq!(exit, 1);
    let report = json(&out);
    let timings: Vec<_> = report["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["timing"].clone())
        .collect();
    assert_eq!(timings, ["delisted-since", "delisted-before"]);
    let only_after = cli.file("after.csv", format!("Date,To\n2025-06-01,{DELISTED}\n"));
    assert_eq!(
        cli.run(&["screen", &only_after]).0,
        0,
        "shown, but by itself no exit 1"
    );
}

#[test]
fn notations_of_one_account_give_the_same_listing() {
    let cli = Cli::new();
    let records = |text: &str| {
        let (_, out, _) = cli.run(&["check", "--format", "json", text]);
        let matches = json(&out)["results"][0]["matches"].clone();
        let records: Vec<_> = matches
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["listing"]["entity_id"].as_str().unwrap().to_owned())
            .collect();
        records
    };
    for text in [
        LISTED,
        &LISTED.to_lowercase(),
        &LISTED[2..],
        LISTED_TRON,
        "41e950dc316b836e4eefb8308bf32bf7c72a1358ff",
        "eip155:1:0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF",
        " 0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF\u{200b}",
    ] {
        assert_eq!(records(text), ["47635"], "{text}");
    }
}

#[test]
fn one_text_gets_the_exit_code_that_its_file_gets() {
    let cli = Cli::new();
    let typo = format!("{}0", &LISTED[..41]);
    let cut = format!("{}…{}", &LISTED[..8], &LISTED[36..]);
    let poison = format!("{}{}{}", &LISTED[..9], "0".repeat(27), &LISTED[36..]).to_lowercase();
    let cases = [
        (LISTED, 1),
        (UNLISTED, 0),
        // Near misses that are damaged were not screened, those that are addresses were.
        (&*typo, 4),
        (&*cut, 4),
        (&*poison, 3),
    ];
    for (text, code) in cases {
        assert_eq!(cli.run(&["check", text]).0, code, "{text}");
        let rows = cli.file("rows.csv", format!("To\n{text}\n"));
        assert_eq!(cli.run(&["screen", &rows]).0, code, "{text}");
    }
}

#[test]
fn the_same_question_gets_the_same_bytes() {
    let cli = Cli::new();
    let args = [
        "screen",
        "fixtures/demo/exchange-withdrawals.csv",
        "--as-of",
        "2026-11-01",
    ];
    for format in ["json", "csv", "table", "jsonl"] {
        let run = |threads: &str| {
            cli.run(&[&args[..], &["--format", format, "--threads", threads]].concat())
                .1
        };
        assert_eq!(run("1"), run("2"), "{format}");
    }
}

#[test]
fn odd_inputs_are_named_and_never_pass_silently() {
    let cli = Cli::new();
    let screen = |path: &str| cli.run(&["screen", path]);
    let (exit, _, err) = screen(&cli.file("empty.csv", ""));
    assert_eq!(exit, 4, "{err}");
    assert!(err.contains("input-empty"), "{err}");
    let (exit, _, err) = screen(&cli.file("header.csv", "Date,To\n"));
    assert_eq!(exit, 4, "{err}");
    let (exit, _, err) = screen("no/such/file.csv");
    assert_eq!(exit, 2, "{err}");
    let folder = cli.home.path().join("folder");
    std::fs::create_dir(&folder).unwrap();
    let path = folder.to_str().unwrap();
    let (exit, out, err) = screen(path);
    assert_eq!((exit, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("holds no file"), "{err}");
    assert!(err.contains("hint:"), "{err}");
    std::fs::write(folder.join("a.csv"), format!("To\n{LISTED}\n")).unwrap();
    let (exit, out, err) = screen(path);
    assert_eq!(exit, 1, "{err}");
    assert!(out.contains("47635"), "{out}");
    let (exit, _, err) = screen(&cli.file("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01"));
    assert_eq!(exit, 2, "{err}");
    let (exit, out, _) = screen(&cli.file("ids.csv", "Id,Amount\n17,2.50\n18,3.00\n"));
    assert_eq!(exit, 4);
    assert!(!out.to_lowercase().contains("clear"));
}

#[test]
fn a_very_long_line_is_read_to_its_end() {
    let cli = Cli::new();
    let mut line = "x,".repeat(5 << 20).into_bytes();
    line.extend_from_slice(LISTED.as_bytes());
    let file = cli.file("long.csv", &line);
    let (exit, out, err) = cli.run(&["screen", &file, "--format", "jsonl"]);
    assert_eq!(exit, 1, "{err}");
    assert_eq!(out.lines().count(), 1);
}

#[test]
fn standard_input_and_output_files() {
    let cli = Cli::new();
    let (exit, out, _) = cli.feed(
        &["screen", "-", "--format", "csv"],
        format!("To\n{LISTED}\n").as_bytes(),
    );
    assert_eq!(exit, 1);
    assert!(out.contains("47635"));
    let (exit, ..) = cli.feed(&["check"], format!("{UNLISTED}\n\n{LISTED}\n").as_bytes());
    assert_eq!(exit, 1);
    let target = cli.home.path().join("report.json");
    let target = target.to_str().unwrap();
    let (exit, out, _) = cli.run(&[
        "screen",
        "fixtures/demo/explorer-ethereum.csv",
        "-o",
        target,
    ]);
    assert_eq!((exit, out.as_str()), (1, ""));
    assert_eq!(json(&std::fs::read_to_string(target).unwrap())["schema"], 1);
    let (exit, _, err) = cli.run(&[
        "screen",
        "fixtures/demo/explorer-ethereum.csv",
        "-o",
        "/nowhere/x.json",
    ]);
    assert_eq!(exit, 2);
    assert!(err.contains("/nowhere"), "{err}");
}

#[test]
fn nothing_asked_is_no_answer() {
    let cli = Cli::new();
    for command in ["check", "validate"] {
        let (exit, _, err) = cli.feed(&[command], b"\n \n");
        assert_eq!(exit, 2, "{err}");
    }
}

/// An address that a list spells with Cyrillic letters is listed, whoever spells it rightly.
#[test]
fn letters_of_another_script_in_a_list_hide_nothing() {
    let cli = Cli::new();
    // The genesis address, its capital P and its small a of the wrong script.
    cli.file(
        "odd.txt",
        format!("1A1zР1eP5QGefi2DMPTfTL5SLmv7DivfNа\n{UNLISTED}\n"),
    );
    let toml = "id = 'odd'\ntitle = 'Odd'\npublisher = 'nobody'\nauthority = 'user'\n\
                licence = 'none'\nshape = 'lines'\n[options]\ndocument = 'odd.txt'\n";
    let list = cli.file("odd.toml", toml);
    let (exit, out, err) = cli.run(&[
        "check",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "--list",
        &list,
        "--format",
        "json",
    ]);
    assert_eq!(exit, 1, "{out}{err}");
    let found = &json(&out)["results"][0]["matches"][0];
    assert_eq!(found["basis"], "same-account");
    let note = found["basis_note"].as_str().unwrap();
    assert!(note.contains("letters of another script"), "{note}");
    let (exit, ..) = cli.run(&[
        "check",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "--list",
        &list,
    ]);
    assert_eq!(exit, 0);
}

/// The flat table of a list is an export like any other: each of its rows is found on the list.
#[test]
fn exported_listings_can_be_screened() {
    let cli = Cli::new();
    let mut endings = vec!["csv", "jsonl"];
    if cfg!(feature = "frames") {
        endings.push("parquet");
    }
    for ending in endings {
        let path = cli.home.path().join(format!("listings.{ending}"));
        let path = path.to_str().unwrap();
        let export = ["lists", "export", "--list", "fbi-bybit", "-o", path];
        assert_eq!(cli.run(&export).0, 0, "{ending}");
        let screen = ["screen", path, "--list", "fbi-bybit", "--format", "json"];
        let (exit, out, err) = cli.run(&screen);
        assert_eq!(exit, 1, "{ending}: {err}");
        let report = json(&out);
        assert_eq!(report["inputs"][0]["rows"], 51, "{ending}");
        let matches = report["matches"].as_array().unwrap();
        let rows: BTreeSet<_> = matches.iter().map(|m| m["row"].as_u64()).collect();
        assert_eq!(rows.len(), 51, "{ending}");
    }
}

#[test]
fn a_result_is_never_written_over_what_it_was_made_of() {
    let cli = Cli::new();
    let text = format!("Date,To\n2026-08-30,{UNLISTED}\n");
    let (table, list) = (cli.file("t.csv", &text), cli.file("l.txt", LISTED));
    let folder = cli.home.path().to_str().unwrap().to_owned();
    for args in [
        &["screen", &table, "-o", &table][..],
        &["screen", &table, &format!("--output={table}")],
        &["screen", &table, "--bundle", &table],
        &["screen", &table, "--annotate", &table],
        &["screen", &table, "--list", &list, "-o", &list],
        &["screen", &folder, "-o", &table],
        &["screen", &table, "-o", &list, "--annotate", &list],
        &["check", LISTED, "--list", &list, "-o", &list],
        &["validate", "--input", &table, "-o", &table],
        &["extract", &table, &format!("-o{table}")],
    ] {
        let (exit, _, err) = cli.run(args);
        assert_eq!(exit, 2, "{args:?}: {err}");
        assert!(
            err.contains("written over") || err.contains("write over"),
            "{args:?}: {err}"
        );
        assert_eq!(std::fs::read_to_string(&table).unwrap(), text, "{args:?}");
        assert_eq!(std::fs::read_to_string(&list).unwrap(), LISTED, "{args:?}");
    }
}

/// A link stays a link, and what is no file is written to: as root a device would be replaced.
#[cfg(unix)]
#[test]
fn a_result_does_not_replace_links_and_pipes() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let cli = Cli::new();
    let (target, link) = (
        cli.file("target.json", "old"),
        cli.home.path().join("link.json"),
    );
    symlink(&target, &link).unwrap();
    let (exit, ..) = cli.run(&[
        "check",
        UNLISTED,
        "--format",
        "json",
        "-o",
        link.to_str().unwrap(),
    ]);
    assert_eq!(exit, 0);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    json(&std::fs::read_to_string(&target).unwrap());

    let pipe = cli.home.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    let (exit, ..) = cli.run(&[
        "check",
        UNLISTED,
        "--format",
        "json",
        "-o",
        pipe.to_str().unwrap(),
    ]);
    assert_eq!(exit, 0);
    json(&reader.join().unwrap());
    assert!(pipe.symlink_metadata().unwrap().file_type().is_fifo());
}

#[test]
fn a_closed_pipe_is_no_error() {
    let cli = Cli::new();
    let screen = "screen fixtures/demo/explorer-ethereum.csv --format";
    // The verdict stands.
    for (command, expected) in [
        (format!("{screen} json"), 1),
        (format!("{screen} csv"), 1),
        ("lists export --format csv".to_owned(), 0),
        ("lists export --format jsonl".to_owned(), 0),
        ("lists lint".to_owned(), 0),
    ] {
        let args: Vec<&str> = command.split(' ').collect();
        let mut child = cli
            .command(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let (exit, _, err) = texts(child.wait_with_output().unwrap());
        assert_eq!(exit, expected, "{command}: {err}");
        assert!(!err.contains("error:"), "{command}: {err}");
    }
}

#[test]
fn validate_keeps_order_and_names_reasons() {
    let cli = Cli::new();
    let file = cli.file(
        "texts.txt",
        format!("{UNLISTED}\n\n{LISTED}\nbc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5\n"),
    );
    let (exit, out, _) = cli.run(&["validate", "--input", &file, "--format", "jsonl"]);
    assert_eq!(exit, 4);
    let lines: Vec<_> = out.lines().map(json).collect();
    assert_eq!(lines.len(), 4, "one answer a line, the blank one too");
    assert_eq!(lines[0]["valid"], true);
    assert_eq!(lines[0]["namespace"], "h160-key");
    assert_eq!(lines[1]["valid"], false);
    assert_eq!(lines[2]["canonical"], LISTED);
    assert_eq!(lines[3]["code"], "checksum");
    let (exit, out, _) = cli.run(&[
        "validate",
        "--as",
        "TRX",
        "--format",
        "jsonl",
        LISTED_TRON,
        UNLISTED,
    ]);
    assert_eq!(exit, 4);
    let valid: Vec<_> = out.lines().map(|l| json(l)["valid"].clone()).collect();
    assert_eq!(valid, [true, false]);
    assert_eq!(cli.run(&["validate", "--as", "NOSUCH", LISTED]).0, 2);
}

#[test]
fn pairs_name_their_relation() {
    let cli = Cli::new();
    let file = cli.file(
        "pairs.tsv",
        format!("{LISTED}\t{LISTED_TRON}\n{LISTED}\t{UNLISTED}\n"),
    );
    let (exit, out, _) = cli.run(&["validate", "--pairs", &file, "--format", "jsonl"]);
    assert_eq!(exit, 0);
    let relations: Vec<_> = out.lines().map(|l| json(l)["relation"].clone()).collect();
    assert_eq!(relations, ["same-key", "none"]);
}

#[test]
fn secrets_are_never_echoed() {
    let cli = Cli::new();
    // The private key of BIP-178's and the Bitcoin wiki's example, in wallet import format.
    let secret = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
    let file = cli.file("keys.csv", format!("To\n{secret}\n"));
    for args in [
        &["check", secret][..],
        &["validate", secret],
        &["screen", &file, "--format", "json"],
    ] {
        let (exit, out, err) = cli.run(args);
        assert_eq!(exit, 4, "{args:?}");
        assert!(
            !out.contains(secret) && !err.contains(secret),
            "{args:?}: {out}{err}"
        );
    }
}

#[test]
fn lists_say_what_is_there() {
    let cli = Cli::new();
    let (exit, out, err) = cli.run(&["lists", "--format", "json"]);
    assert_eq!(exit, 0, "{err}");
    let lists = json(&out);
    let ids: Vec<_> = lists
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        ["court-155", "fbi-bybit", "fbi-tradertraitor", "ofac-crypto"]
    );
    for list in lists.as_array().unwrap() {
        assert_eq!(list["health"], "bundled");
        assert!(list["addresses"].as_u64().unwrap() > 0);
        assert!(list["published_on"].is_string());
    }
}

#[test]
fn no_list_is_replaced_by_a_worse_one() {
    let cli = Cli::new();
    let toml = cli.file(
        "house.toml",
        "id = \"house\"\ntitle = \"House list\"\npublisher = \"us\"\nauthority = \"user\"\n\
         licence = \"none\"\nat_least = 2\nshape = \"lines\"\n",
    );
    let good = cli.file(
        "good.txt",
        format!("{UNLISTED}\n1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n"),
    );
    let import = |file: &str| cli.run(&["lists", "import", "house", file, "--source", &toml]);
    let (exit, out, err) = import(&good);
    assert_eq!(exit, 0, "{err}");
    assert!(out.contains("2 addresses"), "{out}");
    for (name, bytes) in [
        ("empty.txt", String::new()),
        ("few.txt", format!("{UNLISTED}\n")),
        (
            "page.html",
            "<!DOCTYPE html><html><body>Request blocked</body></html>".to_owned(),
        ),
    ] {
        let (exit, _, err) = import(&cli.file(name, bytes));
        assert_eq!(exit, 5, "{name}: {err}");
        assert!(err.contains("nothing was replaced"), "{name}: {err}");
    }
    let (exit, out, _) = cli.run(&["check", "--list", "house", "--format", "json", UNLISTED]);
    assert_eq!(exit, 1);
    assert_eq!(
        json(&out)["results"][0]["matches"][0]["listing"]["list"],
        "house"
    );
}

#[test]
fn a_truncated_xml_is_refused_and_the_good_one_stays() {
    let cli = Cli::new();
    let fixture =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lists/ofac-sdn.xml"))
            .unwrap();
    let cut = cli.file("cut.xml", &fixture[..fixture.len() / 2]);
    let (exit, _, err) = cli.run(&["lists", "import", "ofac-sdn", &cut]);
    assert_eq!(exit, 5, "{err}");
    let (exit, _, err) = cli.run(&["lists", "import", "no-such-list", &cut]);
    assert_eq!(exit, 2, "{err}");
    assert!(err.contains("built in"), "{err}");
}

#[test]
fn own_lists_need_no_installation() {
    let cli = Cli::new();
    let list = cli.file("blocked.txt", format!("{UNLISTED}\n"));
    let (exit, out, err) = cli.run(&["check", "--list", &list, "--format", "json", UNLISTED]);
    assert_eq!(exit, 1, "{err}");
    let listing = json(&out)["results"][0]["matches"][0]["listing"].clone();
    assert_eq!(listing["list"], "blocked");
    assert!(
        listing["locator"].as_str().unwrap().contains('1'),
        "{listing}"
    );
}
