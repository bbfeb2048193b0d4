//! Prepared snapshots: they answer what the document answers, and are never trusted when they do not
//! fit.

use interdict::list::{List, ListSet};
use interdict::screen::Screener;
use interdict::source::parse_source;
use interdict::store::{ImportOptions, Store, StoreError};
use std::fs;
use std::path::PathBuf;

const FIXTURE: &str = include_str!("../../fixtures/lists/ofac-sdn.xml");

const TOML: &str = r#"
id = "test-list"
title = "A list for tests"
publisher = "Nobody"
authority = "user"
licence = "none"
shape = "ofac-advanced"
"#;

struct Bench {
    folder: tempfile::TempDir,
    store: Store,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("home"));
        let document = folder.path().join("list.xml");
        fs::write(&document, FIXTURE).unwrap();
        let options = ImportOptions {
            source_toml: Some(TOML),
            ..ImportOptions::default()
        };
        let source = parse_source(TOML).unwrap();
        store.import(&source, &document, &options).unwrap();
        Self { folder, store }
    }

    fn load(&self) -> List {
        self.store.load("test-list").unwrap()
    }

    fn prepared(&self) -> PathBuf {
        let list = self.store.home().join("lists/test-list");
        let sha256 = fs::read_to_string(list.join("current")).unwrap();
        list.join(sha256.trim()).join("prepared.bin")
    }

    fn document(&self) -> PathBuf {
        self.prepared().with_file_name("document/list.xml")
    }
}

fn state(list: &List) -> String {
    let listings: Vec<_> = list.listings().collect();
    format!("{:?} {:?} {listings:#?}", list.findings, list.entities())
}

#[test]
fn it_answers_what_the_document_answers() {
    let bench = Bench::new();
    let prepared = bench.load();
    // A folder in its place: it can be neither read nor written.
    fs::remove_file(bench.prepared()).unwrap();
    fs::create_dir(bench.prepared()).unwrap();
    let parsed = bench.load();
    assert_eq!(state(&prepared), state(&parsed));
    assert_eq!(prepared.entity_count(), parsed.entities().len());

    let texts: Vec<String> = parsed.listings().map(|l| l.text.to_owned()).collect();
    let answers = |list: List| -> Vec<String> {
        let set = ListSet::new(vec![list]);
        let screener = Screener::new(&set);
        let mut answers = Vec::new();
        for text in &texts {
            let mut wrong = text.clone();
            wrong.pop();
            let short = format!("{}...{}", &text[..6], &text[text.len() - 6..]);
            for text in [&wrong, &short, &text.to_lowercase()] {
                answers.push(format!("{text}: {:?}", screener.near(text, false)));
            }
            let address = interdict::address::Address::parse(text);
            let identity = address.ok().map(|a| *a.identity());
            let found = identity.and_then(|i| screener.index().identity(&i));
            let verbatim = screener.index().verbatim(text.as_bytes());
            answers.push(format!("{text}: {found:?} {verbatim:?}"));
        }
        answers
    };
    assert_eq!(answers(prepared), answers(parsed));
}

#[test]
fn damaged_or_foreign_it_is_made_anew() {
    let bench = Bench::new();
    let expected = state(&bench.load());
    let whole = fs::read(bench.prepared()).unwrap();
    let text = String::from_utf8_lossy(&whole);
    assert!(text.starts_with("interdict prepared "), "{text}");
    let mut wrong = vec![
        Vec::new(),
        whole[..whole.len() / 2].to_vec(),
        [&whole[..], b"more"].concat(),
        // Of another layout, of another build, of another snapshot.
        [b"interdict prepared 0", &whole[20..]].concat(),
    ];
    for at in (0..whole.len()).step_by(97) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x20;
        wrong.push(flipped);
    }
    for bytes in wrong {
        fs::write(bench.prepared(), bytes).unwrap();
        assert_eq!(state(&bench.load()), expected);
        assert_eq!(fs::read(bench.prepared()).unwrap(), whole);
    }
    let names = fs::read_dir(bench.prepared().parent().unwrap()).unwrap();
    let names: Vec<_> = names.map(|e| e.unwrap().file_name()).collect();
    assert!(names.len() == 4, "nothing is left over: {names:?}");
}

#[test]
fn damage_to_the_document_is_told_all_the_same() {
    let bench = Bench::new();
    bench.load();
    let mut document = fs::read(bench.document()).unwrap();
    let at = document.len() - 10;
    document[at] ^= 1;
    fs::write(bench.document(), document).unwrap();
    let error = bench.store.load("test-list").unwrap_err();
    assert!(matches!(error, StoreError::Tampered { .. }), "{error:?}");
    drop(bench.folder);
}
