//! Every source: its file, its fixture, and what every parser owes to whoever relies on it.

use interdict::app::check;
use interdict::finding::Code;
use interdict::list::{Interval, List, ListSet, Snapshot, Source};
use interdict::screen::Screener;
use interdict::source::{
    BUNDLED, SHAPES, find_source, guess_archive, guess_shape, pack_folder, parse, parse_source,
    sources, takes_several_files,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io::Cursor;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Source id to the path of its fixture.
fn fixtures() -> BTreeMap<String, PathBuf> {
    let folder = root().join("fixtures/lists");
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let named = entries.map(|path| {
        let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (id, path)
    });
    let mut all = BTreeMap::new();
    for (id, path) in named {
        let before = all.insert(id.clone(), path);
        assert!(before.is_none(), "`{id}` has two fixtures");
    }
    all
}

fn source(id: &str) -> Source {
    let mut source = find_source(id).unwrap_or_else(|| panic!("no source `{id}`"));
    source.at_least = 1;
    source
}

fn snapshot() -> Snapshot {
    Snapshot {
        url: "fixture".into(),
        ..Snapshot::default()
    }
}

/// The bytes of a fixture; a folder is packed as an import packs it.
fn document(path: &Path) -> Vec<u8> {
    if path.is_dir() {
        let mut packed = Cursor::new(Vec::new());
        pack_folder(path, &mut packed).unwrap();
        packed.into_inner()
    } else {
        std::fs::read(path).unwrap()
    }
}

fn read(id: &str) -> List {
    let fixtures = fixtures();
    let path = fixtures
        .get(id)
        .unwrap_or_else(|| panic!("`{id}` has no fixture"));
    let bytes = document(path);
    parse(source(id), snapshot(), &mut &*bytes).unwrap_or_else(|e| panic!("{id}: {e}"))
}

#[test]
fn every_source_has_a_fixture_and_every_fixture_a_source() {
    let registered: BTreeSet<String> = sources().iter().map(|s| s.id.to_string()).collect();
    // What is compiled in is its own fixture.
    let bundled = BUNDLED
        .iter()
        .map(|b| parse_source(b.source_toml).unwrap().id.to_string());
    let mut with_fixture: BTreeSet<String> = fixtures().into_keys().collect();
    with_fixture.extend(bundled);
    assert_eq!(
        with_fixture, registered,
        "fixtures/lists and SOURCES differ"
    );
}

#[test]
fn source_files_say_what_is_needed() {
    let all = sources();
    for s in &all {
        for (what, text) in [
            ("title", &s.title),
            ("publisher", &s.publisher),
            ("licence", &s.licence),
        ] {
            assert!(!text.trim().is_empty(), "{}: no {what}", s.id);
        }
        assert!(s.homepage.starts_with("https://"), "{}: homepage", s.id);
        for url in s.urls.iter().chain(s.parts.values().flatten()) {
            assert!(url.starts_with("https://"), "{}: {url}", s.id);
        }
        assert!(
            s.urls.is_empty() || s.parts.is_empty(),
            "{}: urls or parts",
            s.id
        );
        assert!(
            SHAPES.iter().any(|shape| *shape.id == *s.shape),
            "{}: {}",
            s.id,
            s.shape
        );
        assert!(
            s.parts.is_empty() || takes_several_files(&s.shape),
            "{}",
            s.id
        );
        if let Some(other) = s.alternative_to.as_ref().or(s.superseded_by.as_ref()) {
            assert!(
                all.iter().any(|s| s.id == *other),
                "{}: no source `{other}`",
                s.id
            );
        }
    }
    let shapes: BTreeSet<_> = SHAPES.iter().map(|s| s.id).collect();
    assert_eq!(shapes.len(), SHAPES.len(), "a shape's id is used twice");
}

/// A list in words, entry by entry.
fn in_words(list: &List) -> String {
    let mut out = String::new();
    let day = list
        .snapshot
        .published_on
        .map_or("no date".into(), |d| d.to_string());
    writeln!(out, "published {day}").unwrap();
    for e in list.entities() {
        let listed = e
            .listed_on
            .map_or(String::new(), |d| format!(", listed {d}"));
        writeln!(
            out,
            "entity {} | {} | {}{listed}",
            e.id,
            e.kind.id(),
            e.name
        )
        .unwrap();
        for n in &e.aliases {
            writeln!(out, "  name {} ({}, {:?})", n.text, n.script, n.quality).unwrap();
        }
        for (what, texts) in [
            ("programme", &e.programs),
            ("list", &e.lists),
            ("born", &e.births),
            ("country", &e.countries),
        ] {
            texts
                .iter()
                .for_each(|text| writeln!(out, "  {what} {text}").unwrap());
        }
        for id in &e.ids {
            let country = if id.country.is_empty() { "" } else { " of " };
            writeln!(out, "  {}: {}{country}{}", id.kind, id.value, id.country).unwrap();
        }
        if let Some(url) = &e.source_url {
            writeln!(out, "  see {url}").unwrap();
        }
    }
    for l in list.listings() {
        let format = l.format.map_or("verbatim", |f| f.id);
        writeln!(
            out,
            "listing {:?} {} ({format}) of {}",
            l.label, l.text, l.entity.id
        )
        .unwrap();
        writeln!(out, "  at {}", l.locator).unwrap();
        if l.raw != l.text {
            writeln!(out, "  raw {:?}", l.raw).unwrap();
        }
        for (what, text) in [("note", l.note), ("see", l.url)] {
            if !text.is_empty() {
                writeln!(out, "  {what} {text}").unwrap();
            }
        }
        for i in l.intervals {
            let day = |d: Option<jiff::civil::Date>| d.map_or("?".into(), |d| d.to_string());
            if *i
                != list
                    .snapshot
                    .published_on
                    .map_or(Interval::UNDATED, Interval::on_or_before)
            {
                writeln!(
                    out,
                    "  from {} (not before {}) until {}",
                    day(i.from),
                    day(i.not_before),
                    day(i.until)
                )
                .unwrap();
            }
        }
    }
    for f in &list.findings {
        writeln!(out, "{} at {}: {}", f.code, f.place, f.detail).unwrap();
    }
    out
}

#[test]
fn fixtures_are_read_as_written_down() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for id in fixtures().keys() {
            let name = format!("source-{id}");
            insta::assert_snapshot!(name, in_words(&read(id)));
        }
    });
}

#[test]
fn every_listing_has_a_place_and_an_entity() {
    for id in fixtures().keys() {
        let list = read(id);
        assert!(!list.is_empty(), "{id}: the fixture lists nothing");
        for listing in list.listings() {
            assert!(!listing.locator.is_empty(), "{id}: {}", listing.text);
            assert!(!listing.entity.id.is_empty(), "{id}: {}", listing.text);
            assert!(!listing.entity.name.is_empty(), "{id}: {}", listing.text);
            assert!(
                !listing.text.is_empty() && listing.text.trim() == listing.text,
                "{id}"
            );
        }
        let ids: BTreeSet<_> = list.entities().iter().map(|e| &e.id).collect();
        assert_eq!(
            ids.len(),
            list.entities().len(),
            "{id}: an entity's id is used twice"
        );
    }
}

#[test]
fn every_listed_identifier_is_found_again() {
    let as_of: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    for id in fixtures().keys() {
        let list = read(id);
        let texts: Vec<String> = list.listings().map(|l| l.text.to_owned()).collect();
        let set = ListSet::new(vec![list]);
        let screener = Screener::new(&set);
        for checked in check(&screener, texts, as_of) {
            let found = checked.matches.iter().any(|m| *m.list.source.id == *id);
            assert!(found, "{id}: `{}` is listed and not found", checked.input);
        }
    }
}

#[test]
fn nothing_is_no_list() {
    for s in sources() {
        for nothing in [&b""[..], b"\n", b"   \r\n  "] {
            let result = parse(source(&s.id), snapshot(), &mut &*nothing);
            assert!(result.is_err(), "{}: {nothing:?} is a list", s.id);
        }
    }
}

#[test]
fn cut_anywhere_nothing_panics_and_nothing_is_made_up() {
    for (id, path) in fixtures() {
        let whole = document(&path);
        let all = parse(source(&id), snapshot(), &mut &*whole).unwrap();
        let known: BTreeSet<&str> = all.listings().map(|l| l.text).collect();
        let source = source(&id);
        let step = (whole.len() / 1500).max(1);
        for cut in (0..whole.len()).step_by(step) {
            if let Ok(list) = parse(source.clone(), snapshot(), &mut &whole[..cut]) {
                for listing in list.listings().filter(|l| l.format.is_some()) {
                    // Prose has no end mark: half of 64 hex digits can be 40 of them.
                    assert!(
                        known.contains(listing.text) || &*source.shape == "notice",
                        "{id}: cut at {cut} it lists {}",
                        listing.text
                    );
                }
            }
        }
    }
}

#[test]
fn damaged_anywhere_nothing_panics() {
    for (id, path) in fixtures() {
        let mut bytes = document(&path);
        let source = source(&id);
        let step = (bytes.len() / 700).max(1);
        for at in (0..bytes.len()).step_by(step) {
            let old = bytes[at];
            for new in [b'"', b'<', b'\n', 0, 0xff, old ^ 0x20] {
                bytes[at] = new;
                let _ = parse(source.clone(), snapshot(), &mut &*bytes);
            }
            bytes[at] = old;
        }
    }
}

#[test]
fn another_publishers_document_is_refused() {
    let all: Vec<(String, Vec<u8>)> = fixtures()
        .into_iter()
        .map(|(id, path)| (id, document(&path)))
        .collect();
    // Shapes that take any text or table have nothing to refuse.
    let any = ["lines", "notice", "table"];
    for s in sources().iter().filter(|s| !any.contains(&&*s.shape)) {
        for (id, bytes) in &all {
            let theirs = find_source(id).unwrap();
            if theirs.shape == s.shape {
                continue;
            }
            let result = parse(source(&s.id), snapshot(), &mut &**bytes);
            assert!(result.is_err(), "{} takes a document of {id}", s.id);
        }
        let page = b"<!DOCTYPE html>\n<html><body>Access Denied</body></html>";
        let error = parse(source(&s.id), snapshot(), &mut &page[..]).unwrap_err();
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn a_publishers_document_is_known_by_its_first_bytes() {
    let known = [
        "ofac-sdn",
        "ofac-cons",
        "ofac-sdn-legacy",
        "ofac-sdn-enhanced",
        "us-csl",
        "us-csl-json",
        "un-sc",
        "eu-fsf",
        "uk-sl-xml",
        "ch-seco",
        "fbi-psa250226",
        "ransomwhere",
        "scamsniffer",
        "mew-darklist",
        "forta-phishing",
        "usdc-eth-freezes",
        "fbi-dprk-2023",
        "ofac-recent-actions",
    ];
    let fixtures = fixtures();
    for id in known {
        let bytes = document(&fixtures[id]);
        assert_eq!(guess_shape(&bytes), &*source(id).shape, "{id}");
    }
    let pack = std::fs::read(fixtures["graphsense-tagpacks"].join("one.yaml")).unwrap();
    assert_eq!(guess_shape(&pack), "tagpack");
    let names = |names: &[&str]| names.iter().map(|n| Box::from(*n)).collect::<Vec<_>>();
    assert_eq!(
        guess_archive(&names(&["SDN.CSV", "ALT.CSV"])),
        Some("ofac-csv")
    );
    assert_eq!(
        guess_archive(&names(&["repo/packs/a.yaml", "repo/README.md"])),
        Some("tagpack")
    );
    assert_eq!(guess_archive(&names(&["a.csv", "b.csv"])), None);
}

#[test]
fn flat_files_go_on_in_the_comments() {
    let whole = read("ofac-sdn-csv");
    let addresses: Vec<_> = whole.listings().map(|l| (l.label, l.text)).collect();
    assert_eq!(
        addresses,
        [
            ("XBT", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
            ("XBT", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
            ("NEWCOIN", "some-thing-new"),
            ("ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            ("TRX", "TLeUZDGLWnyiJVFcp3m3M1782uBsGWa8uf"),
            ("TRX", "TLeUZDGLWnyiJVFcp3m3M1782uBsGWa8uf"),
        ]
    );
    // Alone, its remarks are cut: those who are listed behind the cut would seem to be delisted.
    let alone = std::fs::read(root().join("fixtures/lists/ofac-sdn-csv/SDN.CSV")).unwrap();
    let error = parse(source("ofac-sdn-csv"), snapshot(), &mut &*alone).unwrap_err();
    assert!(error.to_string().contains("is cut at"), "{error}");
    assert!(error.hint().unwrap().contains("SDN_COMMENTS.CSV"));
}

#[test]
fn a_folder_is_always_packed_to_the_same_bytes() {
    let path = root().join("fixtures/lists/ofac-sdn-csv");
    assert_eq!(document(&path), document(&path));
}

#[test]
fn freezes_become_intervals() {
    let list = read("usdt-eth-freezes");
    let first = list.listing(0);
    let days: Vec<_> = first
        .intervals
        .iter()
        .map(|i| (i.from.unwrap().to_string(), i.until.map(|d| d.to_string())))
        .collect();
    assert_eq!(
        days,
        [
            ("2021-01-02".to_owned(), Some("2021-02-02".to_owned())),
            ("2022-03-04".to_owned(), None),
        ]
    );
    // An event on Tron names the account's 20 bytes; this is the account of the Tron documentation.
    let tron = read("usdt-tron-freezes");
    let texts: Vec<_> = tron.listings().map(|l| l.text).collect();
    assert_eq!(texts[1], "TA591GTEaDSG4jYW2heLrxr4xL1vyncBqn");
    assert_eq!(tron.listing(0).format.unwrap().id, "tron");
}

/// When the only account of these events is frozen.
fn frozen(events: &[(&str, &str, &str)]) -> Vec<(Option<String>, Option<String>)> {
    let mut text = String::from("block_time,event,user\n");
    for (day, event, user) in events {
        text += &format!("{day},{event},{user}\n");
    }
    let list = parse(source("usdt-eth-freezes"), snapshot(), &mut text.as_bytes()).unwrap();
    assert_eq!(list.listings().count(), 1, "{events:?}");
    let day = |day: Option<jiff::civil::Date>| day.map(|d| d.to_string());
    let intervals = list.listing(0).intervals.iter();
    intervals.map(|i| (day(i.from), day(i.until))).collect()
}

#[test]
fn an_account_is_one_however_it_is_written_and_whenever_it_was_frozen() {
    // EIP-55's example.
    let (mixed, lower) = (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    );
    let (on, off) = ("AddedBlackList", "RemovedBlackList");
    let some = |day: &str| Some(day.to_owned());
    let once = (some("2021-01-02"), some("2021-02-02"));
    assert_eq!(
        frozen(&[("2021-01-02", on, mixed), ("2021-02-02", off, lower)]),
        *std::slice::from_ref(&once)
    );
    // Frozen again on a day that is not known: it must not be taken for a free one.
    for events in [
        [
            ("2021-01-02", on, mixed),
            ("2021-02-02", off, mixed),
            ("", on, lower),
        ],
        [
            ("", on, lower),
            ("2021-02-02", off, mixed),
            ("2021-01-02", on, mixed),
        ],
    ] {
        assert_eq!(frozen(&events), [once.clone(), (None, None)]);
    }
    // What ended was begun before.
    assert_eq!(
        frozen(&[("2021-02-02", off, mixed), ("", on, mixed)]),
        [(None, some("2021-02-02"))]
    );
}

#[test]
fn hostile_names_of_a_source_are_refused() {
    let toml = |id: &str, part: &str| {
        format!(
            "id = {id:?}\ntitle = 'T'\npublisher = 'me'\nauthority = 'user'\nlicence = 'none'\n\
             shape = 'ofac-csv'\n[parts]\n{part:?} = ['https://list.example/a']\n"
        )
    };
    assert!(parse_source(&toml("my-list_2.a", "SDN.CSV")).is_ok());
    let long = "a".repeat(65);
    // Names of lists become names of files, and are written on terminals.
    for id in ["", "../x", "a/b", "a\u{1b}[2J", "a b", ".", "-x", &*long] {
        assert!(parse_source(&toml(id, "SDN.CSV")).is_err(), "{id:?}");
    }
    for part in ["", "../../.bashrc", "/etc/x", "a\\b", "..", ".hidden"] {
        let error = parse_source(&toml("mine", part)).unwrap_err().to_string();
        assert!(error.contains("is no file name"), "{part:?}: {error}");
    }
}

#[test]
fn a_script_that_is_none_does_no_harm() {
    let path = fixtures().remove("ch-seco").unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    // Four bytes, of which the first is no letter.
    let text = text.replace("script=\"CYRL\"", "script=\"ßab\"");
    let mut source = find_source("ch-seco").unwrap();
    source.at_least = 1;
    let list = parse(source, snapshot(), &mut text.as_bytes()).unwrap();
    let aliases = list.entities().iter().flat_map(|e| &e.aliases);
    let mut scripts = aliases.map(|n| &*n.script);
    assert!(scripts.any(|s| s == "Cyrl"));
}

/// Any table or text, without a word about its columns.
fn guessed(text: &[u8]) -> Result<List, String> {
    let shape = guess_shape(text);
    let toml = format!(
        "id = 'mine'\ntitle = 'My list'\npublisher = 'me'\nauthority = 'user'\nlicence = 'none'\n\
         at_least = 1\nshape = '{shape}'\n"
    );
    let source = parse_source(&toml).unwrap();
    parse(source, snapshot(), &mut &*text).map_err(|e| e.to_string())
}

// Addresses of the Bitcoin genesis block, BIP-173 and EIP-55.
const BTC: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
const SEGWIT: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

#[test]
fn any_table_or_text_of_addresses_is_a_list() {
    let tables = [
        format!("{BTC}\n{SEGWIT}\n{EVM}\n"),
        format!("# mine\n{BTC} one\n{SEGWIT};two\n{EVM}\tthree"),
        format!("name,wallet\nA,{BTC}\nB,{SEGWIT}\nC,{EVM}\n"),
        format!("id;risk;coin address\r\n1;9;{BTC}\r\n2;8;\"{SEGWIT}\"\r\n3;7;{EVM}\r\n"),
        format!("x\ty\n1\t{BTC}\n2\t{SEGWIT}\n3\t{EVM}\n"),
        format!("[\"{BTC}\",\"{SEGWIT}\",\"{EVM}\"]"),
        format!("[{{\"a\":\"{BTC}\"}},{{\"a\":\"{SEGWIT}\"}},{{\"a\":\"{EVM}\"}}]"),
        format!("{{\"result\":[{{\"a\":\"{BTC}\"}},{{\"a\":\"{SEGWIT}\"}},{{\"a\":\"{EVM}\"}}]}}"),
        format!("{{\"a\":\"{BTC}\"}}\n{{\"a\":\"{SEGWIT}\"}}\n{{\"a\":\"{EVM}\"}}\n"),
        format!("{{\"{BTC}\":{{\"n\":1}},\"{SEGWIT}\":{{\"n\":2}},\"{EVM}\":{{\"n\":3}}}}"),
        format!("- address: {BTC}\n- address: {SEGWIT}\n- address: {EVM}\n"),
        format!("---\nlist:\n  - {{w: {BTC}}}\n  - {{w: {SEGWIT}}}\n  - {{w: \"{EVM}\"}}\n"),
        format!("We saw the wallets {BTC},\nthen {SEGWIT}; and in the end\n(see {EVM}).\n"),
        format!("<html><body><p>Wallets: {BTC}</p><p>{SEGWIT}</p><i>{EVM}</i></body></html>"),
    ];
    for text in &tables {
        for text in [text.clone(), format!("\u{feff}{text}")] {
            let list = guessed(text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
            let found: Vec<_> = list.listings().map(|l| l.text).collect();
            assert_eq!(found, [BTC, SEGWIT, EVM], "{text}");
            assert!(list.findings.is_empty(), "{text}\n{:#?}", list.findings);
        }
    }
}

#[test]
fn a_row_without_an_address_is_counted() {
    let list = guessed(format!("name,wallet\nA,{BTC}\nB,\nC,-x-\n").as_bytes()).unwrap();
    let findings: Vec<_> = list
        .findings
        .iter()
        .map(|f| (f.code, f.place.to_string()))
        .collect();
    assert_eq!(
        findings,
        [
            (
                Code::ListedIdentifierUnrecognised,
                "mine: line 4".to_owned()
            ),
            (Code::ListRecordUnreadable, "mine: line 3".to_owned()),
        ]
    );
    assert_eq!(list.len(), 2);
    // Addresses in another column are listed too, and that is said.
    let two = format!("from,to\n{BTC},{SEGWIT}\n{SEGWIT},{EVM}\nx,{BTC}\n");
    let list = guessed(two.as_bytes()).unwrap();
    let pairs = [SEGWIT, BTC, EVM, SEGWIT, BTC];
    let texts: Vec<_> = list.listings().map(|l| l.text).collect();
    assert_eq!(texts, pairs);
    assert!(
        list.findings
            .iter()
            .any(|f| f.detail.contains("2 addresses beside"))
    );
    for nothing in [
        "",
        "\n",
        "[]",
        "{}",
        "[1,2]",
        "- x\n",
        "{",
        "[\"",
        "{\"a\":1}\n{",
    ] {
        assert!(guessed(nothing.as_bytes()).is_err(), "{nothing:?}");
    }
}

#[test]
fn columns_that_are_not_there_are_an_error() {
    let toml = "id = 'mine'\ntitle = 'x'\npublisher = 'me'\nauthority = 'user'\nlicence = 'none'\n\
                shape = 'table'\n[columns]\naddress = 'wallet'\n";
    let read = |toml: &str, text: &str| {
        parse(
            parse_source(toml).unwrap(),
            snapshot(),
            &mut text.as_bytes(),
        )
        .map_err(|e| e.to_string())
    };
    let error = read(toml, &format!("addr,b\n{BTC},x\n")).unwrap_err();
    assert!(
        error.contains("no column `wallet`") && error.contains("`addr`"),
        "{error}"
    );
    let error = read(&format!("{toml}adress = 'x'\n"), "wallet\n").unwrap_err();
    assert!(error.contains("unknown column `adress`"), "{error}");
    let error = read(&format!("{toml}[options]\nkindd = 'csv'\n"), "wallet\n").unwrap_err();
    assert!(error.contains("unknown option `kindd`"), "{error}");
}
