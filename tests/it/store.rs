//! The store: a sound document comes in, a bad one changes nothing, damage is told.

use interdict::finding::Code;
use interdict::list::Source;
use interdict::source::parse_source;
use interdict::store::{ImportOptions, ImportOutcome, Manifest, Refusal, Store, StoreError};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const FIXTURE: &str = include_str!("../../fixtures/lists/ofac-sdn.xml");

const TOML: &str = r#"
id = "test-list"
title = "A list for tests"
publisher = "Nobody"
authority = "user"
licence = "none"
at_least = 2
max_shrink = 20
max_growth = 50
shape = "ofac-advanced"
"#;

struct Bench {
    folder: tempfile::TempDir,
    store: Store,
    source: Source,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("scratch");
        Self {
            store: Store::open(folder.path().join("home")),
            folder,
            source: parse_source(TOML).expect("valid"),
        }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("scratch");
        path
    }

    fn import(&self, name: &str, bytes: impl AsRef<[u8]>) -> ImportOutcome {
        self.import_as(name, bytes, options()).expect("no failure")
    }

    fn import_as(
        &self,
        name: &str,
        bytes: impl AsRef<[u8]>,
        options: ImportOptions<'_>,
    ) -> Result<ImportOutcome, StoreError> {
        self.store
            .import(&self.source, &self.file(name, bytes), &options)
    }

    fn list_folder(&self) -> PathBuf {
        self.store.home().join("lists/test-list")
    }

    fn entries(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.list_folder())
            .expect("there")
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            // Derived of the others.
            .filter(|name| name != "history.tsv")
            .collect();
        names.sort();
        names
    }

    fn assert_loads(&self, listings: usize) {
        assert_eq!(self.store.load("test-list").expect("loads").len(), listings);
    }
}

fn options() -> ImportOptions<'static> {
    ImportOptions {
        source_toml: Some(TOML),
        ..ImportOptions::default()
    }
}

fn accepting() -> ImportOptions<'static> {
    ImportOptions {
        accept_change: true,
        ..options()
    }
}

fn updated(outcome: ImportOutcome) -> Manifest {
    match outcome {
        ImportOutcome::Updated { now, .. } => now.manifest,
        other => panic!("{other:?}"),
    }
}

fn refused(outcome: ImportOutcome) -> Refusal {
    match outcome {
        ImportOutcome::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// The fixture on another day, with some of its eight addresses left out.
pub(crate) fn edition(day: u8, without: &[&str]) -> String {
    let mut text = FIXTURE.replace("<Day>4</Day>", &format!("<Day>{day}</Day>"));
    for feature in without {
        let start = text
            .find(&format!("<Feature ID=\"{feature}\""))
            .expect("a feature of the fixture");
        let end = start + text[start..].find("</Feature>").expect("its end") + "</Feature>".len();
        text.replace_range(start..end, "");
    }
    text
}

#[test]
fn a_sound_document_is_installed_and_loads() {
    let bench = Bench::new();
    assert!(bench.store.installed().expect("nothing there").is_empty());
    assert!(!bench.store.home().exists(), "looking makes no folder");
    let manifest = updated(bench.import("list.xml", FIXTURE));
    assert_eq!(manifest.published_on.unwrap().to_string(), "2025-03-04");
    assert_eq!(&*manifest.file, "list.xml");
    assert_eq!(manifest.bytes, FIXTURE.len() as u64);
    assert_eq!((manifest.counts.entities, manifest.counts.listings), (3, 8));
    assert_eq!(manifest.counts.addresses + manifest.counts.verbatim, 8);
    assert_eq!(manifest.findings["duplicate-listing"], 1);
    // Kept as retrieved, under its name.
    let stored = bench
        .list_folder()
        .join(&*manifest.sha256)
        .join("document/list.xml");
    assert_eq!(fs::read_to_string(stored).unwrap(), FIXTURE);

    let list = bench.store.load("test-list").expect("loads");
    assert_eq!(list.snapshot.sha256, manifest.sha256);
    assert_eq!(list.snapshot.bytes, manifest.bytes);
    assert_eq!(&*list.snapshot.url, "list.xml");
    assert_eq!(list.snapshot.retrieved_at, Some(manifest.retrieved_at));
    assert_eq!(list.snapshot.published_on, manifest.published_on);
    assert_eq!(list.len(), 8);
    // The source file came along.
    assert_eq!(list.source, bench.source);
    let installed = bench.store.installed().expect("readable");
    let [(id, Ok(only))] = &installed[..] else {
        panic!("{installed:?}");
    };
    assert_eq!((id.as_str(), &only.manifest), ("test-list", &manifest));
}

#[test]
fn packed_documents_keep_their_bytes() {
    use std::io::Write;
    let bench = Bench::new();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(FIXTURE.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let manifest = updated(bench.import("list.xml.gz", &packed));
    assert_eq!(manifest.bytes, packed.len() as u64);
    bench.assert_loads(8);
    // Cut in its packing: refused, with the reason.
    let refusal = refused(bench.import("cut.xml.gz", &packed[..packed.len() / 2]));
    assert!(
        refusal.findings[0]
            .detail
            .contains("compressed data ends too early"),
        "{refusal:?}"
    );
    bench.assert_loads(8);
}

#[test]
fn the_same_document_changes_nothing_but_the_day_it_was_seen() {
    let bench = Bench::new();
    let first = updated(bench.import("list.xml", FIXTURE));
    let before = bench.entries();
    let later = first.retrieved_at + Duration::from_secs(3600);
    let again = ImportOptions {
        retrieved_at: Some(later),
        ..options()
    };
    match bench
        .import_as("other-name.xml", FIXTURE, again)
        .expect("no failure")
    {
        ImportOutcome::Unchanged(list) => {
            assert_eq!(list.manifest.retrieved_at, first.retrieved_at);
            assert_eq!(list.manifest.checked_at, later);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(bench.entries(), before);
    bench.assert_loads(8);
}

#[test]
fn what_is_no_list_is_refused_and_the_old_one_stays() {
    let bench = Bench::new();
    updated(bench.import("list.xml", FIXTURE));
    let before = bench.entries();
    let cases: &[(&str, &[u8], &str)] = &[
        (
            "page.xml",
            b"<!DOCTYPE html><html><body>Just a moment...</body></html>",
            "an HTML page",
        ),
        ("empty.xml", b"", "empty"),
        (
            "cut.xml",
            &FIXTURE.as_bytes()[..FIXTURE.len() / 2],
            "the file was cut",
        ),
        ("sdn.xml", b"<sdnList></sdnList>", "legacy format"),
        ("x.xz", b"\xfd7zXZ\0\0\0", "packed as xz"),
    ];
    for (name, bytes, why) in cases {
        let refusal = refused(bench.import(name, bytes));
        let [finding] = &refusal.findings[..] else {
            panic!("{refusal:?}");
        };
        assert_eq!(finding.code, Code::ListRefused);
        assert!(finding.detail.contains(why), "{name}: {}", finding.detail);
        assert!(finding.detail.contains(name), "{name}: {}", finding.detail);
        assert!(refusal.hint.is_some(), "{name}");
        assert_eq!(bench.entries(), before, "{name} left something behind");
        bench.assert_loads(8);
    }
    // Not even an accepted change lets too short a list in.
    let short = edition(5, &[]);
    let strict = parse_source(&TOML.replace("at_least = 2", "at_least = 9")).unwrap();
    let path = bench.file("short.xml", short);
    let refusal = refused(bench.store.import(&strict, &path, &accepting()).unwrap());
    assert!(
        refusal.findings[0].detail.contains("fewer than 9"),
        "{refusal:?}"
    );
    bench.assert_loads(8);
}

#[test]
fn a_first_import_that_is_refused_installs_nothing() {
    let bench = Bench::new();
    refused(bench.import("page.xml", "<html></html>"));
    assert!(bench.store.installed().expect("readable").is_empty());
    let error = bench.store.load("test-list").expect_err("not installed");
    assert!(
        matches!(error, StoreError::NotInstalled { .. }),
        "{error:?}"
    );
    assert!(
        error
            .hint()
            .unwrap()
            .contains("lists import test-list FILE")
    );
}

#[test]
fn large_changes_pass_only_when_accepted() {
    let bench = Bench::new();
    updated(bench.import("1.xml", FIXTURE));
    // 1 of 8 is 12 %: passes. 2 of 7 is 28 %: does not.
    updated(bench.import("2.xml", edition(5, &["5002"])));
    let small = edition(6, &["5002", "5004", "5005"]);
    let refusal = refused(bench.import("3.xml", &small));
    assert_eq!(refusal.findings[0].code, Code::ListShrunk);
    assert!(
        refusal.findings[0]
            .detail
            .contains("7 listings before, 4 now: 42 % fewer"),
        "{refusal:?}"
    );
    assert!(refusal.hint.unwrap().contains("--accept-change"));
    bench.assert_loads(7);
    let manifest = updated(
        bench
            .import_as("3.xml", &small, accepting())
            .expect("no failure"),
    );
    assert!(
        manifest.accepted[0].starts_with("list-shrunk: 7 listings before"),
        "{manifest:?}"
    );
    bench.assert_loads(4);
    // Doubling is as suspicious.
    let refusal = refused(bench.import("4.xml", edition(7, &[])));
    assert_eq!(refusal.findings[0].code, Code::ListGrew);
    bench.assert_loads(4);
}

#[test]
fn an_older_document_does_not_replace_a_newer_one() {
    let bench = Bench::new();
    updated(bench.import("new.xml", edition(5, &[])));
    let refusal = refused(bench.import("old.xml", FIXTURE));
    assert_eq!(refusal.findings[0].code, Code::ListOlder);
    assert!(
        refusal.findings[0].detail.contains("2025-03-04"),
        "{refusal:?}"
    );
    // Accepted, then back again: both stay on disk.
    let old = updated(
        bench
            .import_as("old.xml", FIXTURE, accepting())
            .expect("no failure"),
    );
    let new = updated(bench.import("new.xml", edition(5, &[])));
    assert_ne!(old.sha256, new.sha256);
    let mut expect = vec![
        new.sha256.to_string(),
        old.sha256.to_string(),
        "current".into(),
    ];
    expect.sort();
    assert_eq!(bench.entries(), expect);
    bench.assert_loads(8);
}

#[test]
fn a_crash_before_the_swap_leaves_the_old_list() {
    let bench = Bench::new();
    let old = updated(bench.import("list.xml", FIXTURE));
    // Killed while the document was copied, and while the pointer was written.
    let aside = bench.list_folder().join(".incoming-4711/document");
    fs::create_dir_all(&aside).unwrap();
    fs::write(aside.join("list.xml"), &FIXTURE[..100]).unwrap();
    fs::write(bench.list_folder().join("current.new"), "0123").unwrap();
    // Killed between the two renames: the new snapshot is there, and not in use.
    let other = Bench::new();
    let new = updated(other.import("list.xml", edition(5, &[])));
    let from = other.list_folder().join(&*new.sha256);
    copy_folder(&from, &bench.list_folder().join(&*new.sha256));
    assert_eq!(
        bench.store.find("test-list").unwrap().manifest.sha256,
        old.sha256
    );
    bench.assert_loads(8);
    // The next import cleans up and goes through.
    let now = updated(bench.import("list.xml", edition(5, &[])));
    assert_eq!(now.sha256, new.sha256);
    let mut expect = vec![
        old.sha256.to_string(),
        new.sha256.to_string(),
        "current".into(),
    ];
    expect.sort();
    assert_eq!(bench.entries(), expect);
    bench.assert_loads(8);
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_changed_document_is_not_used() {
    let bench = Bench::new();
    let manifest = updated(bench.import("list.xml", FIXTURE));
    let folder = bench.list_folder().join(&*manifest.sha256);
    let document = folder.join("document/list.xml");
    let swapped = FIXTURE.replace(
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "1111111111111111111114oLvT2xxxxxxx",
    );
    for bad in [swapped.as_str(), &FIXTURE[..5000], ""] {
        fs::write(&document, bad).unwrap();
        let error = bench.store.load("test-list").expect_err("changed");
        let StoreError::Tampered { path, expected, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!((path, expected), (&document, &manifest.sha256));
        assert!(error.hint().unwrap().contains("import the list again"));
    }
    // Importing the sound one again heals it, and keeps the evidence.
    updated(bench.import("list.xml", FIXTURE));
    bench.assert_loads(8);
    assert!(
        bench
            .entries()
            .iter()
            .any(|name| name.starts_with(".replaced-1-"))
    );

    let manifest_file = folder.join("manifest.toml");
    for bad in ["", "schema = 1", "schema = 99", "\u{0}"] {
        fs::write(&manifest_file, bad).unwrap();
        let error = bench.store.load("test-list").expect_err("damaged");
        assert!(matches!(error, StoreError::Manifest { .. }), "{error:?}");
        // And the status says so instead of leaving it out.
        assert!(bench.store.installed().unwrap()[0].1.is_err());
    }
    fs::write(bench.list_folder().join("current"), "../../etc\n").unwrap();
    assert!(matches!(
        bench.store.load("test-list"),
        Err(StoreError::Manifest { .. })
    ));
}

#[test]
fn a_manifest_cannot_lead_out_of_the_store() {
    let bench = Bench::new();
    let manifest = updated(bench.import("list.xml", FIXTURE));
    let path = bench
        .list_folder()
        .join(&*manifest.sha256)
        .join("manifest.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (text, _) = text.split_once("\n# sha256: ").expect("it is sealed");
    fs::write(&path, text.replace("\"list.xml\"", "\"../../x.xml\"")).unwrap();
    assert!(matches!(
        bench.store.load("test-list"),
        Err(StoreError::Manifest { .. })
    ));
    for id in ["../x", "", "A", "x/y", "-x"] {
        assert!(
            matches!(bench.store.load(id), Err(StoreError::Id(_))),
            "{id}"
        );
    }
}

#[test]
fn concurrent_imports_end_with_a_whole_list() {
    let bench = Bench::new();
    let files: Vec<_> = (4..12)
        .map(|day| bench.file(&format!("{day}.xml"), edition(day, &[])))
        .collect();
    std::thread::scope(|scope| {
        for path in &files {
            scope.spawn(|| {
                bench
                    .store
                    .import(&bench.source, path, &accepting())
                    .expect("no failure")
            });
        }
        // Readers meanwhile see none or a whole one.
        for _ in 0..50 {
            match bench.store.load("test-list") {
                Ok(list) => assert_eq!(list.len(), 8),
                Err(StoreError::NotInstalled { .. }) => {}
                Err(e) => panic!("{e:?}"),
            }
        }
    });
    bench.assert_loads(8);
    // Eight snapshots and the pointer; nothing half-made.
    assert_eq!(bench.entries().len(), 9, "{:?}", bench.entries());
}

#[test]
fn a_held_lock_is_waited_for_and_then_named() {
    let bench = Bench::new();
    updated(bench.import("list.xml", FIXTURE));
    let lock = fs::File::options()
        .read(true)
        .write(true)
        .open(bench.store.home().join("lock"))
        .unwrap();
    lock.lock().unwrap();
    let impatient = ImportOptions {
        patience: Duration::from_millis(60),
        ..options()
    };
    let error = bench
        .import_as("new.xml", edition(5, &[]), impatient)
        .expect_err("locked");
    let text = error.to_string();
    assert!(
        text.contains(&format!("by process {} since ", std::process::id())),
        "{text}"
    );
    // Reading needs no lock.
    bench.assert_loads(8);
    drop(lock);
    updated(bench.import("new.xml", edition(5, &[])));
}

#[test]
fn a_source_that_is_not_built_in_must_come_along() {
    let bench = Bench::new();
    let without = ImportOptions::default();
    let error = bench
        .import_as("list.xml", FIXTURE, without)
        .expect_err("unknown");
    assert!(
        matches!(error, StoreError::UnknownSource { .. }),
        "{error:?}"
    );
    // A new source file for the same document takes effect.
    updated(bench.import("list.xml", FIXTURE));
    let renamed = TOML.replace("A list for tests", "Another title");
    let source = parse_source(&renamed).unwrap();
    let with = ImportOptions {
        source_toml: Some(&renamed),
        ..ImportOptions::default()
    };
    updated(
        bench
            .store
            .import(&source, &bench.file("list.xml", FIXTURE), &with)
            .unwrap(),
    );
    let list = bench.store.load("test-list").unwrap();
    assert_eq!(&*list.source.title, "Another title");
    assert_eq!(bench.entries().len(), 2);
}

#[test]
fn a_wrong_path_is_an_error_and_makes_nothing() {
    let bench = Bench::new();
    let missing = bench.folder.path().join("missing.xml");
    let error = bench
        .store
        .import(&bench.source, &missing, &options())
        .expect_err("missing");
    assert!(error.to_string().contains("missing.xml"), "{error}");
    assert!(!bench.store.home().exists());
    let folder = bench.folder.path().to_owned();
    let error = bench.store.import(&bench.source, &folder, &options());
    assert!(matches!(error, Err(StoreError::Io { .. })), "{error:?}");
    assert!(bench.store.installed().unwrap().is_empty());
}

#[test]
fn home_is_as_given() {
    let given = Path::new("somewhere");
    assert_eq!(interdict::store::home(Some(given)).unwrap(), given);
}
