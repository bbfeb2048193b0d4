//! Lists that must not be believed: without an address, with half of them, of the wrong day, edited;
//! and what is said of them to whoever screens.

use crate::cli::Cli;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

// Addresses of the Bitcoin genesis block, BIP-173 and EIP-55.
const A: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
const B: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
const C: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
/// The example of the Bitcoin wiki on the wallet import format.
const KEY: &str = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// Which of the three addresses a list has, by checking each.
fn listed(cli: &Cli, list: &str) -> String {
    let of = |(name, address): (&'static str, &str)| {
        let (exit, _, err) = cli.run(&["check", "--list", list, address]);
        assert!(matches!(exit, 0 | 1 | 4), "{list}: {exit}: {err}");
        if exit == 1 { name } else { "" }
    };
    [("A", A), ("B", B), ("C", C)].map(of).concat()
}

#[test]
fn a_list_without_an_address_is_none() {
    let cli = Cli::new();
    let broken = A.replace("fNa", "fNb");
    let empty = [
        ("heading.csv", b"addr,x\nfoo,1\n".to_vec()),
        ("null.json", b"null\n".to_vec()),
        ("null", b"null".to_vec()),
        ("broken.txt", format!("{broken}\n").into_bytes()),
        ("no-cell.csv", b"id;address\n1;\n".to_vec()),
        ("words.txt", b"nothing here\n".to_vec()),
        ("utf16.txt", utf16("nothing here\n", true)),
        ("zeros.txt", vec![0; 64]),
    ];
    for (name, bytes) in empty {
        let list = cli.file(name, bytes);
        let (exit, out, err) = cli.run(&["check", "--list", &list, C]);
        assert_eq!(exit, 5, "{name}: {out}{err}");
        let said = err.contains("no address") || err.contains("0 listings");
        assert!(said, "{name}: {err}");
    }
    let toml = |more: &str| {
        format!(
            "id = 'mine'\ntitle = 'Mine'\npublisher = 'me'\nauthority = 'government'\n\
             licence = 'none'\nshape = 'table'\n[columns]\naddress = 'addr'\n[options]\n\
             document = 'heading.csv'\n{more}"
        )
    };
    let source = cli.file("mine.toml", toml(""));
    let (exit, _, err) = cli.run(&["check", "--list", &source, C]);
    assert_eq!(exit, 5, "{err}");
    assert!(err.contains("holds no address"), "{err}");
    assert!(err.contains("identifiers = \"verbatim\""), "{err}");
    // A list of other identifiers says that it is one.
    let source = cli.file("other.toml", toml("identifiers = 'verbatim'\n"));
    let (exit, _, err) = cli.run(&["check", "--list", &source, "foo"]);
    assert_eq!(exit, 1, "{err}");
}

#[test]
fn other_encodings_are_read() {
    let cli = Cli::new();
    let texts = [
        ("a.txt", format!("{A}\r\n{B}\r\n{C}\r\n")),
        (
            "a.csv",
            format!("name,wallet\r\nx,{A}\r\ny,{B}\r\nz,{C}\r\n"),
        ),
        ("a.json", format!("[\"{A}\",\"{B}\",\"{C}\"]")),
    ];
    for (name, text) in texts {
        for mark in [true, false] {
            let list = cli.file(name, utf16(&text, mark));
            assert_eq!(listed(&cli, &list), "ABC", "{name} {mark}");
        }
    }
}

#[test]
fn no_address_of_a_line_or_cell_is_lost() {
    let cli = Cli::new();
    let cases = [
        ("1.txt", format!("{B},{A}\n")),
        ("2.txt", format!("{B} {A}\n")),
        ("3.txt", format!("({A})\n* {B}\n")),
        ("4.txt", format!("ethereum:{C}\n")),
        ("5.csv", format!("name,wallet\nx,\"{B} {A}\"\n")),
        ("6.csv", format!("name,wallet\nx,\"{B};{A}\"\ny,{C}\n")),
        ("7.txt", format!("{B}\0\n")),
        ("8.csv", format!("wallet,name\n{B},{A}\n")),
        ("9.csv", format!("{B},{A}\n{C},x\n")),
        ("10.txt", format!("{A} Bob, see {C}\n")),
        ("11.csv", format!("wallet,note\n{A},\"funded by {B}\"\n")),
    ];
    let found = cases.map(|(name, text)| {
        let list = cli.file(name, text);
        format!("{name} {}", listed(&cli, &list))
    });
    let want = [
        "1.txt AB",
        "2.txt AB",
        "3.txt AB",
        "4.txt C",
        "5.csv AB",
        "6.csv ABC",
        "7.txt B",
        "8.csv AB",
        "9.csv ABC",
        "10.txt AC",
        "11.csv AB",
    ];
    assert_eq!(found, want);
    // An address is nobody's name.
    let list = cli.file("1.txt", format!("{B},{A}\n"));
    let (_, out, _) = cli.run(&["check", "--list", &list, "--format", "json", A, B]);
    for result in json(&out)["results"].as_array().unwrap() {
        for m in result["matches"].as_array().unwrap() {
            let entity = m["listing"]["entity"].as_str().unwrap();
            assert!(entity.starts_with("own list"), "{entity}");
        }
    }
    // The rest of a table behind a quote that nobody closes.
    let list = cli.file("q.csv", format!("name,wallet\nx,{A}\ny,\"{B}\nz,{C}\n"));
    let (exit, _, err) = cli.run(&["check", "--list", &list, C]);
    assert_eq!(exit, 5, "{err}");
    assert!(err.contains("never closed"), "{err}");
}

#[test]
fn an_end_before_the_beginning_clears_nobody() {
    let cli = Cli::new();
    cli.file(
        "t.csv",
        format!("w,f,u\n{A},2024-05-01,2023-01-01\n{B},2024-05-01,\n"),
    );
    let source = cli.file(
        "t.toml",
        "id = 'mine'\ntitle = 'Mine'\npublisher = 'me'\nauthority = 'user'\nlicence = 'none'\n\
         shape = 'table'\n[columns]\naddress = 'w'\nfrom = 'f'\nuntil = 'u'\n[options]\n\
         document = 't.csv'\n",
    );
    let (exit, out, err) = cli.run(&["check", "--list", &source, "--format", "json", A]);
    assert_eq!(exit, 1, "{err}");
    assert_eq!(json(&out)["findings"][0]["code"], "list-dates-contradict");
    assert!(err.contains("list-dates-contradict"), "{err}");
}

#[test]
fn what_is_odd_about_a_list_is_told_with_the_answer() {
    let cli = Cli::new();
    let broken = A.replace("fNa", "fNb");
    let rows: String = (0..50).map(|n| format!("n{n},word-{n}\n")).collect();
    let list = cli.file(
        "t.csv",
        format!("name,wallet\nx,{C}\nb,{broken}\ne,\nf,\n{rows}"),
    );
    let input = cli.file("in.csv", format!("to\n{B}\n"));
    let (exit, out, err) = cli.run(&["screen", "--list", &list, "--format", "json", &input]);
    // Whom the unreadable rows name was not screened against.
    assert_eq!(exit, 4, "{err}");
    let report = json(&out);
    let codes: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    for code in [
        "listed-identifier-unrecognised",
        "listed-checksum",
        "list-record-unreadable",
    ] {
        let count = codes.iter().filter(|c| **c == code).count();
        assert_eq!(count, 1, "{code}: {codes:?}");
    }
    let unread = &report["coverage"]["not_screened"][0];
    assert_eq!(unread["reason"], "unreadable-list-record");
    assert_eq!(unread["count"], 2);
    assert_eq!(unread["examples"][0], "t: line 4");
    let text = |code| {
        let of = |f: &&Value| f["code"] == code;
        let found = report["findings"].as_array().unwrap().iter().find(of);
        found.unwrap()["detail"].as_str().unwrap().to_owned()
    };
    let words = text("listed-identifier-unrecognised");
    assert!(words.starts_with("50 records: line 6: `word-0`"), "{words}");
    let (exit, _, _) = cli.run(&["screen", "--list", &list, "--allow-incomplete", &input]);
    assert_eq!(exit, 0);
    let (exit, out, _) = cli.run(&["check", "--list", &list, "--format", "json", B]);
    assert_eq!(exit, 4);
    assert_eq!(json(&out)["findings"].as_array().unwrap().len(), 3);
    let (exit, ..) = cli.run(&["check", "--list", &list, C]);
    assert_eq!(exit, 1);
}

/// A publisher's list in a store.
struct House {
    cli: Cli,
    toml: String,
}

impl House {
    fn new(more: &str) -> Self {
        let cli = Cli::new();
        let toml = format!(
            "id = 'house'\ntitle = 'House'\npublisher = 'us'\nauthority = 'government'\n\
             licence = 'none'\nmax_shrink = 20\nshape = 'table'\n[columns]\naddress = 'w'\n\
             asset = 'asset'\n{more}"
        );
        let toml = cli.file("house.toml", toml);
        Self { cli, toml }
    }

    fn import(&self, text: &str, more: &[&str]) -> (i32, String) {
        let file = self.cli.file("house.csv", text);
        let args = ["lists", "import", "house", &file, "--source", &self.toml];
        let (exit, out, err) = self.cli.run(&[&args[..], more].concat());
        (exit, out + &err)
    }

    fn folder(&self) -> PathBuf {
        self.cli.home.path().join("lists/house")
    }
}

#[test]
fn the_gate_looks_at_addresses() {
    let house = House::new("");
    let good = format!("w,asset\n{A},XBT\n{B},XBT\n{C},ETH\n");
    assert_eq!(house.import(&good, &[]).0, 0);
    let (exit, said) = house.import(&good.replace(B, "some-word").replace(A, "other"), &[]);
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("3 addresses before, 1 now"), "{said}");
    assert!(said.contains("list-not-parsed"), "{said}");
    // Cut in the midst of a line, of which half a row is left; and behind a whole cell.
    let (exit, said) = house.import(&good[..good.len() - 4], &[]);
    assert_eq!(exit, 5, "{said}");
    let (exit, said) = house.import(&good[..good.len() - 5], &[]);
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("cells instead of"), "{said}");
    let (exit, said) = house.import(&good[..good.len() - 1], &[]);
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("last line does not end"), "{said}");
    let (exit, said) = house.import(good.trim_end(), &["--accept-change"]);
    assert_eq!(exit, 0, "{said}");
}

#[test]
fn days_are_not_believed_blindly() {
    let house = House::new("");
    let good = format!("w,asset\n{A},XBT\n{B},XBT\n");
    let at = |day: &'static str| ["--retrieved-at", day];
    let (exit, said) = house.import(&good, &at("2999-01-01T00:00:00Z"));
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("list-date-future"), "{said}");
    assert_eq!(house.import(&good, &at("2026-03-01T00:00:00Z")).0, 0);
    let other = format!("w,asset\n{A},XBT\n{C},ETH\n");
    let (exit, said) = house.import(&other, &at("2026-02-01T00:00:00Z"));
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("list-older"), "{said}");
    // Somebody edits the day on which it was retrieved.
    let current = fs::read_to_string(house.folder().join("current")).unwrap();
    let manifest = house.folder().join(current.trim()).join("manifest.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("2026-03-01", "2026-11-01")).unwrap();
    let (exit, out, _) = house.cli.run(&["lists", "verify"]);
    assert_eq!(exit, 5, "{out}");
    assert!(out.contains("not as it was written"), "{out}");
    let (exit, _, err) = house.cli.run(&["check", "--list", "house", C]);
    assert_eq!(exit, 5, "{err}");
}

#[test]
fn a_list_does_not_vanish() {
    let house = House::new("");
    let good = format!("w,asset\n{A},XBT\n{B},XBT\n");
    assert_eq!(house.import(&good, &[]).0, 0);
    fs::remove_file(house.folder().join("current")).unwrap();
    let (exit, _, err) = house.cli.run(&["check", A]);
    assert_eq!(exit, 5, "{err}");
    assert!(err.contains("current"), "{err}");
    let (exit, out, _) = house.cli.run(&["lists"]);
    assert_eq!(exit, 5, "{out}");
    assert!(out.contains("unhealthy"), "{out}");
    let (exit, out, _) = house.cli.run(&["lists", "verify"]);
    assert_eq!(exit, 5, "{out}");
    assert!(out.contains("DAMAGED"), "{out}");
    // Importing it again heals it.
    assert_eq!(house.import(&good, &[]).0, 0);
    assert_eq!(house.cli.run(&["check", "--list", "house", A]).0, 1);
}

#[test]
fn a_list_that_comes_back_was_away() {
    let house = House::new("");
    let one = format!("w,asset\n{A},XBT\n{C},ETH\n");
    let two = format!("w,asset\n{A},XBT\n{B},XBT\n");
    for (text, day) in [(&one, "01"), (&two, "05"), (&one, "09")] {
        let at = format!("2026-03-{day}T12:00:00Z");
        let (exit, said) = house.import(text, &["--retrieved-at", &at]);
        assert_eq!(exit, 0, "{said}");
    }
    let days = |address: &str| {
        let args = [
            "lists", "history", address, "--list", "house", "--format", "json",
        ];
        let (_, out, _) = house.cli.run(&args);
        let intervals = json(&out)["listings"][0]["intervals"].clone();
        let of = |i: &Value| {
            let day = |key| i[key].as_str().unwrap_or("").to_owned();
            let snapshot = |key: &str| !i[key].is_null();
            let from = match day("from") {
                from if from.is_empty() => day("on_or_before"),
                from => from,
            };
            let known = (snapshot("from_snapshot"), snapshot("until_snapshot"));
            (from, day("until"), known)
        };
        intervals
            .as_array()
            .unwrap()
            .iter()
            .map(of)
            .collect::<Vec<_>>()
    };
    let d = |day: &str| format!("2026-03-{day}");
    let c = days(C);
    assert_eq!(c.len(), 2, "{c:?}");
    assert_eq!((&c[0].1, c[0].2), (&d("05"), (true, true)), "{c:?}");
    assert_eq!((&c[1].1, c[1].2), (&String::new(), (true, false)), "{c:?}");
    let b = days(B);
    assert_eq!(b.len(), 1, "{b:?}");
    assert_eq!((&b[0].1, b[0].2), (&d("09"), (true, true)), "{b:?}");
    // The same copy once more changes nothing; another one of the same day takes it off that day.
    assert_eq!(
        house
            .import(&one, &["--retrieved-at", "2026-03-09T13:00:00Z"])
            .0,
        0
    );
    assert_eq!(days(C), c);
    let (exit, said) = house.import(&two, &["--retrieved-at", "2026-03-09T18:00:00Z"]);
    assert_eq!(exit, 0, "{said}");
    let c = days(C);
    assert_eq!((&c[1].1, c[1].2), (&d("09"), (true, true)), "{c:?}");
}

#[test]
fn a_command_writes_only_what_it_can() {
    let cli = Cli::new();
    let path = |name: &str| cli.home.path().join(name).to_str().unwrap().to_owned();
    let cases: &[(&[&str], &[&str])] = &[
        (&["lists", "export"], &["x.xlsx", "x.html", "x.pdf"]),
        (&["check", A], &["x.csv", "x.html", "x.parquet"]),
        (&["validate", A], &["x.csv", "x.html", "x.parquet"]),
        (&["lists"], &["x.csv", "x.html"]),
        (&["lists", "lint"], &["x.csv"]),
        (&["lists", "history", A], &["x.csv"]),
    ];
    for (args, names) in cases {
        for name in *names {
            let path = path(name);
            let (exit, _, err) = cli.run(&[args, &["-o", &path][..]].concat());
            assert_eq!(exit, 2, "{args:?} {name}: {err}");
            assert!(err.contains("this command writes"), "{err}");
            assert!(!PathBuf::from(&path).exists());
        }
    }
    #[cfg(not(feature = "frames"))]
    assert_eq!(cli.run(&["lists", "export", "-o", &path("x.parquet")]).0, 2);
    let (exit, _, err) = cli.run(&["check", A, "-o", &path("x.txt")]);
    assert_eq!(exit, 0, "{err}");
}

#[test]
fn keys_on_lists_are_not_shown() {
    let cli = Cli::new();
    let files = [
        cli.file("k.txt", format!("{A}\n{KEY}\n{B},{KEY}\n")),
        cli.file("k.csv", format!("name,wallet\nx,{A}\ny,{KEY}\n{KEY},{B}\n")),
    ];
    for list in &files {
        for args in [
            &["lists", "export", "--list", list][..],
            &["lists", "lint", "--list", list],
            &["check", "--list", list, B],
            &["check", "--list", list, KEY],
            &["lists", "history", "--list", list, KEY],
            &["lists", "history", "--list", list, "--format", "json", KEY],
        ] {
            let (_, out, err) = cli.run(args);
            assert!(
                !out.contains(KEY) && !err.contains(KEY),
                "{args:?}: {out}{err}"
            );
        }
        // Its record is not lost without a word.
        let (exit, _, err) = cli.run(&["check", "--list", list, C]);
        assert_eq!(exit, 4, "{err}");
        assert!(err.contains("private key"), "{err}");
    }
    let toml = cli.file(
        "mine.toml",
        "id = 'mine'\ntitle = 'x'\npublisher = 'me'\nauthority = 'user'\nlicence = 'none'\n\
         shape = 'table'\n[columns]\naddress = 'wallet'\n[options]\nhas_header = 'true'\n",
    );
    let file = cli.file("keys.csv", format!("{KEY},x\n{A},y\n"));
    let (exit, out, err) = cli.run(&["lists", "import", "mine", &file, "--source", &toml]);
    assert_eq!(exit, 5, "{err}");
    assert!(!out.contains(KEY) && !err.contains(KEY), "{out}{err}");
}

#[test]
fn a_list_has_a_name_whatever_its_file_is_called() {
    let cli = Cli::new();
    let list = cli.file("名单.txt", A);
    let (exit, out, err) = cli.run(&["check", "--list", &list, "--format", "json", A]);
    assert_eq!(exit, 1, "{err}");
    assert_eq!(json(&out)["lists"][0]["id"], "own");
}

#[test]
fn a_list_that_is_named_twice_is_one() {
    let cli = Cli::new();
    let (one, two) = (cli.file("one.txt", A), cli.file("two.txt", B));
    let lists = ["--list", &one, "--list", &two, "--list", &one];
    let rows = cli.file("rows.csv", format!("to\n{A}\n"));
    let args = [&["screen", "--format", "json"], &lists[..], &[&rows]].concat();
    let (exit, out, err) = cli.run(&args);
    assert_eq!(exit, 1, "{err}");
    let report = json(&out);
    assert_eq!(report["lists"].as_array().unwrap().len(), 2);
    assert_eq!(report["matches"].as_array().unwrap().len(), 1);
}
