//! Kept snapshots of OFAC's list: what came and went between them, and since when.

use interdict::app::{self, ListOptions};
use interdict::list::{List, ListSet};
use interdict::source::sources;
use interdict::store::{ImportOptions, ImportOutcome, Store};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn file(start: &str) -> PathBuf {
    let folder = super::shared("data/ofac/sdn_advanced");
    std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|p| p.file_name().unwrap().to_string_lossy().contains(start))
        .unwrap_or_else(|| panic!("no {start} in {}", folder.display()))
}

fn import(store: &Store, day: &str, past: bool) -> ImportOutcome {
    let source = sources()
        .into_iter()
        .find(|s| *s.id == *"ofac-sdn")
        .unwrap();
    let options = ImportOptions {
        past,
        ..ImportOptions::default()
    };
    let start = std::time::Instant::now();
    let outcome = store.import(&source, &file(day), &options).unwrap();
    println!("import of {day}: {:?}", start.elapsed());
    if let ImportOutcome::Updated { accepted, .. } = &outcome {
        assert!(accepted.is_empty(), "no false alarm: {accepted:?}");
    }
    outcome
}

fn options(store: &Store) -> ListOptions {
    ListOptions {
        lists: Vec::new(),
        home: Some(store.home().to_owned()),
        as_of: Timestamp::now(),
        max_age: None,
        allow_stale: true,
        threads: 1,
    }
}

fn texts(list: &List) -> BTreeSet<String> {
    list.listings().map(|l| l.text.to_owned()).collect()
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn what_ofac_removed_and_added() {
    let scratch = tempfile::tempdir().unwrap();
    let store = Store::open(scratch.path());
    for day in ["2025-03-04", "2025-03-21"] {
        assert!(matches!(
            import(&store, day, false),
            ImportOutcome::Updated { .. }
        ));
    }
    // Tornado Cash: 90 addresses, one entity, and nothing else of that label.
    let found = app::lists::diff_list(&store, "ofac-sdn", None, None).unwrap();
    assert_eq!(found.from.published_on.unwrap().to_string(), "2025-03-04");
    let eth: Vec<_> = found
        .diff
        .removed
        .iter()
        .filter(|l| &*l.label == "ETH")
        .collect();
    assert_eq!((found.diff.removed.len(), eth.len()), (90, 90));
    assert!(eth.iter().all(|l| &*l.entity == "TORNADO CASH"));

    // Still matchable, as delisted, with the evidence of the snapshot that had them.
    let list = store.load("ofac-sdn").unwrap();
    assert_eq!(list.past_listings().len(), 90);
    for gone in list.past_listings() {
        assert_eq!(gone.snapshot.sha256, found.from.sha256);
        assert_eq!(
            gone.intervals.last().unwrap().until.unwrap().to_string(),
            "2025-03-21"
        );
        assert_eq!(&*gone.entity.name, "TORNADO CASH");
    }

    for day in ["2025-10-30", "2025-11-04", "2025-11-19"] {
        assert!(matches!(
            import(&store, day, false),
            ImportOutcome::Updated { .. }
        ));
    }
    let found =
        app::lists::diff_list(&store, "ofac-sdn", Some("2025-10-30"), Some("2025-11-04")).unwrap();
    let banks: BTreeSet<_> = found.diff.added.iter().map(|l| &*l.entity).collect();
    assert_eq!((found.diff.added.len(), banks.len()), (53, 1), "{banks:?}");
    assert!(banks.iter().all(|name| name.contains("CHEIL CREDIT BANK")));
    let one = found.diff.added[0].text.to_string();

    // The day of the address, not of the bank: with and without the compiled history.
    for lists in [vec!["ofac-sdn".to_owned()], Vec::new()] {
        let options = ListOptions {
            lists,
            ..options(&store)
        };
        let set = app::lists::load_for_questions(&options).unwrap();
        let history = app::lists::histories(&set, &store, &options, std::slice::from_ref(&one));
        let [line] = &history[0].lines[..] else {
            panic!("{history:?}");
        };
        assert_eq!(&*line.list.source.id, "ofac-sdn");
        let [interval] = line.listing.intervals else {
            panic!("{:?}", line.listing.intervals);
        };
        assert_eq!(interval.from.unwrap().to_string(), "2025-11-04");
        assert!(interval.until.is_none());
        assert_eq!(
            line.listing.entity.listed_on.unwrap().to_string(),
            "2017-09-26"
        );
        assert_eq!(line.snapshots[0].0.as_deref(), Some(&*found.to.sha256));
    }

    // A second look derives nothing anew, and says the same.
    let once = store.load("ofac-sdn").unwrap();
    let start = std::time::Instant::now();
    let again = store.load("ofac-sdn").unwrap();
    println!("load with history: {:?}", start.elapsed());
    assert_eq!(texts(&once), texts(&again));
    let state = |l: &List| -> Vec<_> {
        l.listings()
            .chain(l.past_listings())
            .map(|l| (l.text.to_owned(), l.intervals.to_vec()))
            .collect()
    };
    assert_eq!(state(&once), state(&again));

    // One that is removed is told apart from one that is listed.
    let tornado = "0x722122dF12D4e14e13Ac3b6895a86e84145b6967".to_owned();
    let options = options(&store);
    let set = app::lists::load_for_questions(&options).unwrap();
    let history = app::lists::histories(&set, &store, &options, std::slice::from_ref(&tornado));
    let last = history[0].lines[0].listing.intervals.last().unwrap();
    assert_eq!(last.until.unwrap().to_string(), "2025-03-21");
    assert_eq!(
        last.from.unwrap().to_string(),
        "2022-08-08",
        "from the compiled history"
    );
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn the_order_of_import_does_not_matter() {
    let scratch = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [forward, backward] = [0, 1].map(|n| Store::open(scratch[n].path()));
    for day in ["2025-03-04", "2025-03-21", "2025-11-04"] {
        import(&forward, day, false);
    }
    import(&backward, "2025-11-04", false);
    for day in ["2025-03-04", "2025-03-21"] {
        assert!(matches!(
            import(&backward, day, true),
            ImportOutcome::Past(_)
        ));
    }
    let state = |store: &Store| -> BTreeSet<String> {
        let list = store.load("ofac-sdn").unwrap();
        assert_eq!(
            list.snapshot.published_on.unwrap().to_string(),
            "2025-11-04"
        );
        list.listings()
            .chain(list.past_listings())
            .map(|l| format!("{} {} {} {:?}", l.entity.id, l.label, l.text, l.intervals))
            .collect()
    };
    assert_eq!(state(&forward), state(&backward));
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn lint_finds_the_known_oddities_and_nothing_false() {
    let scratch = tempfile::tempdir().unwrap();
    let store = Store::open(scratch.path());
    import(&store, "2025-11-19", false);
    let set = ListSet::new(vec![store.load("ofac-sdn").unwrap()]);
    let findings = interdict::list::lint(&set);
    let of = |code: &str| -> Vec<_> {
        findings
            .iter()
            .filter(|f| f.code.id() == code)
            .map(|f| f.detail.to_string())
            .collect()
    };
    for f in &findings {
        println!("{}: {}: {}", f.place, f.code, f.detail);
    }
    let mismatch = of("label-format-mismatch");
    assert!(
        mismatch
            .iter()
            .any(|d| d.contains("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq"))
    );
    let verbatim = of("listed-identifier-unrecognised");
    assert_eq!(verbatim.len(), 1);
    assert!(
        verbatim[0].contains("5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320")
    );
    let two = of("address-two-entities");
    assert_eq!(two.len(), 2, "{two:?}");
    assert!(two.iter().any(|d| d.contains("LeKvNd")) && two.iter().any(|d| d.contains("1H939d")));
    assert!(
        of("duplicate-listing").len() == 1,
        "3F6bbvS1 twice under 37070"
    );
    assert!(of("lists-disagree").is_empty());
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn lint_finds_the_oddities_of_other_lists() {
    let read = super::sources::read;
    let set = ListSet::new(vec![
        read("il-nbctf", "data/il"),
        read("graphsense-tagpacks", "data/graphsense/packs/ofac.yaml"),
    ]);
    let findings = interdict::list::lint(&set);
    let of = |list: &str, code: &str| -> Vec<String> {
        let is = |f: &&interdict::finding::Finding| {
            f.code.id() == code && f.place.to_string().starts_with(list)
        };
        let found = findings.iter().filter(is);
        found.map(|f| f.detail.to_string()).collect()
    };
    let il = of("il-nbctf", "listed-identifier-unrecognised");
    // Two Cyrillic letters in an address of Tron; four of Siacoin, three of Lisk, one name of IOST.
    let cyrillic = |d: &&String| d.contains("ТН96") || d.contains("TН96");
    let found: Vec<_> = il.iter().filter(cyrillic).collect();
    assert_eq!(found.len(), 1, "{il:#?}");
    assert!(
        found[0].contains("TH96tFMn8KGiYSLiwcV3E2UiaJc8jmcbz3"),
        "{found:?}"
    );
    let broken = of("il-nbctf", "listed-checksum");
    assert_eq!(broken.len(), 2, "{broken:#?}");
    assert!(broken.iter().any(|d| d.contains("18yzhmcg")));
    assert!(broken.iter().any(|d| d.contains("3HQJ9ta7")));
    // The OFAC pack: the 64 hex digits, and two addresses of Monero cut to 67 characters.
    let mut odd = of("graphsense-tagpacks", "listed-identifier-unrecognised");
    odd.extend(of("graphsense-tagpacks", "listed-checksum"));
    assert_eq!(odd.len(), 3, "{odd:#?}");
    for start in ["5be5543f", "884Bz8", "49Hqit"] {
        assert!(odd.iter().any(|d| d.contains(start)), "{start}: {odd:#?}");
    }
}
