//! Source files, and the lists compiled into the binary. Spot facts are from the publishers' own
//! papers; the comparison with the collected documents is in `tests/real/bundled.rs`.

use interdict::address::Address;
use interdict::finding::Code;
use interdict::list::{Authority, EntityKind, Interval, List, ListError, Snapshot};
use interdict::source::{BUNDLED, ParseError, bundled_lists, parse, parse_source, sources};
use jiff::civil::{Date, date};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lists")
}

fn stems(folder: &Path, extension: &str) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .expect("the folder exists")
        .map(|e| e.expect("readable").path())
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .map(|p| {
            p.file_stem()
                .expect("a name")
                .to_str()
                .expect("UTF-8")
                .to_owned()
        })
        .collect()
}

fn list(id: &str) -> List {
    let found = bundled_lists().into_iter().find(|l| &*l.source.id == id);
    found.unwrap_or_else(|| panic!("no bundled list `{id}`"))
}

/// Entity id, label and intervals of every listing of `address`.
fn of<'l>(list: &'l List, address: &str) -> Vec<(&'l str, &'l str, &'l [Interval])> {
    list.listings()
        .filter(|l| l.text == address)
        .map(|l| (&*l.entity.id, l.label, l.intervals))
        .collect()
}

fn span(
    not_before: Option<Date>,
    from: Date,
    last_seen: Option<Date>,
    until: Option<Date>,
) -> Interval {
    Interval {
        from: Some(from),
        not_before,
        until,
        last_seen,
    }
}

#[test]
fn every_source_file_is_valid_and_registered() {
    let files = stems(&folder(), "toml");
    let registered: Vec<_> = sources().iter().map(|s| s.id.to_string()).collect();
    assert_eq!(
        registered.iter().cloned().collect::<BTreeSet<_>>(),
        files,
        "lists/*.toml and SOURCES"
    );
    assert_eq!(
        registered.len(),
        files.len(),
        "a source is registered twice"
    );
    for id in &files {
        let text = std::fs::read_to_string(folder().join(format!("{id}.toml"))).expect("readable");
        let source = parse_source(&text).unwrap_or_else(|e| panic!("lists/{id}.toml: {e}"));
        assert_eq!(*source.id, **id, "the id is the file's name");
        assert!(
            !source.title.is_empty() && !source.publisher.is_empty(),
            "{id}"
        );
        assert!(!source.licence.is_empty(), "{id}: no licence");
        assert!(
            source.homepage.starts_with("https://"),
            "{id}: {}",
            source.homepage
        );
        assert!(
            source.urls.iter().all(|u| u.starts_with("https://")),
            "{id}: {:?}",
            source.urls
        );
        assert!(source.at_least > 0, "{id}: an empty list must be refused");
    }
}

#[test]
fn every_bundled_document_is_compiled_in() {
    let lists = bundled_lists();
    let ids: BTreeSet<_> = lists.iter().map(|l| l.source.id.to_string()).collect();
    assert_eq!(ids, stems(&folder().join("bundled"), "tsv"));
    assert_eq!(lists.len(), BUNDLED.len());
    for (list, bundled) in lists.iter().zip(BUNDLED) {
        let id = &list.source.id;
        assert!(
            list.snapshot.bundled && list.snapshot.url.starts_with("https://"),
            "{id}"
        );
        assert_eq!(list.snapshot.sha256.len(), 64, "{id}");
        assert_eq!(list.snapshot.bytes, bundled.document.len() as u64, "{id}");
        assert!(
            list.snapshot.published_on.is_some(),
            "{id}: its age could not be stated"
        );
        assert!(
            list.source.max_age.is_none(),
            "{id}: dated facts do not go stale"
        );
    }
}

#[test]
fn every_listing_is_dated_and_can_be_traced() {
    for (list, bundled) in bundled_lists().iter().zip(BUNDLED) {
        let lines: Vec<_> = str::from_utf8(bundled.document)
            .expect("UTF-8")
            .lines()
            .collect();
        let published = list.snapshot.published_on.expect("dated");
        for listing in list.listings() {
            let at = format!("{}: {}", list.source.id, listing.text);
            let line = listing
                .locator
                .strip_prefix("line ")
                .expect("a line")
                .parse::<usize>();
            assert!(
                lines[line.expect("a number") - 1].contains(listing.text),
                "{at}"
            );
            assert_eq!(listing.raw, listing.text, "{at}");
            assert!(
                !listing.label.is_empty() && !listing.intervals.is_empty(),
                "{at}"
            );
            let unrecorded = &*listing.entity.id == "not-recorded";
            assert!(
                unrecorded || listing.url.starts_with("https://"),
                "{at}: no source"
            );
            for interval in listing.intervals {
                assert!(interval.from.is_some_and(|d| d <= published), "{at}");
                assert!(interval.until.is_none_or(|d| d <= published), "{at}");
            }
        }
    }
}

/// Everything parses and comes back the same, except what the publisher itself got wrong.
#[test]
fn every_address_is_an_address() {
    let wrong = [
        "5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320",
        "0xa7e5d5a720f06526557c513402f2e6b5fa20b00",
    ];
    for list in bundled_lists() {
        for listing in list.listings() {
            let at = format!("{}: {}", list.source.id, listing.text);
            match (Address::parse(listing.text), listing.format) {
                (Ok(address), Some(format)) => {
                    assert_eq!(address.format(), format, "{at}");
                    assert!(!format.test, "{at}: a test network");
                    let again = Address::parse(address.canonical()).expect("canonical parses");
                    assert_eq!(again, address, "{at}");
                    assert!(!wrong.contains(&listing.text), "{at}");
                }
                (Err(why), None) => assert!(wrong.contains(&listing.text), "{at}: {why}"),
                (parsed, format) => panic!("{at}: {parsed:?}, but listed as {format:?}"),
            }
        }
        let mut odd: Vec<_> = list
            .findings
            .iter()
            .filter(|f| f.code != Code::ListLeftOut)
            .collect();
        odd.retain(|f| !wrong.iter().any(|w| f.detail.contains(w)));
        // Published under XBT, and a Tron account all the same.
        let tron = "`TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq` is labelled XBT";
        odd.retain(|f| f.code != Code::LabelFormatMismatch || !f.detail.starts_with(tron));
        assert!(odd.is_empty(), "{}: {odd:?}", list.source.id);
    }
}

#[test]
fn counts() {
    let count = |id: &str| (list(id).len(), list(id).entities().len());
    assert_eq!(count("fbi-bybit"), (51, 1));
    assert_eq!(count("fbi-tradertraitor"), (6, 1));
    assert_eq!(count("court-155"), (155, 1));
    let ofac = list("ofac-crypto");
    assert_eq!(ofac.snapshot.published_on, Some(date(2026, 8, 20)));
    let left_out: Vec<_> = ofac
        .findings
        .iter()
        .filter(|f| f.code == Code::ListLeftOut)
        .map(|f| f.detail.split(" letter").next().expect("a part"))
        .collect();
    assert_eq!(
        left_out,
        ["3 left out: SOL", "2 left out: TRX", "3 left out: XMR"]
    );
}

#[test]
fn tornado_cash_was_delisted_on_2025_03_21() {
    let ofac = list("ofac-crypto");
    // Its router, listed with the first entry of 2022-08-08.
    assert_eq!(
        of(&ofac, "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"),
        [(
            "39796",
            "ETH",
            &[span(
                Some(date(2022, 8, 7)),
                date(2022, 8, 8),
                Some(date(2025, 3, 20)),
                Some(date(2025, 3, 21)),
            )][..]
        )]
    );
    let entity = ofac
        .entities()
        .iter()
        .find(|e| &*e.id == "39796")
        .expect("Tornado Cash");
    assert_eq!(
        (&*entity.name, entity.kind),
        ("TORNADO CASH", EntityKind::Organisation)
    );
    assert_eq!(entity.listed_on, Some(date(2022, 11, 8)));
    let gone = ofac.listings().filter(|l| {
        l.intervals
            .last()
            .is_some_and(|i| i.until == Some(date(2025, 3, 21)))
    });
    assert_eq!(gone.count(), 90);
}

#[test]
fn one_entity_has_the_same_account_on_two_chains() {
    let ofac = list("ofac-crypto");
    let tron = ofac
        .listings()
        .filter(|l| l.text.starts_with("TXEsK1sE") && l.text.ends_with("RNW"))
        .map(|l| &*l.entity.id);
    assert_eq!(tron.collect::<Vec<_>>(), ["47635"]);
    let evm = of(&ofac, "0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF");
    assert_eq!((evm.len(), evm[0].0), (1, "47635"));
    let entity = ofac
        .entities()
        .iter()
        .find(|e| &*e.id == "47635")
        .expect("Gaza Now");
    assert_eq!(&*entity.name, "Gaza Now");
    assert_eq!(
        entity.source_url.as_deref(),
        Some("https://sanctionssearch.ofac.treas.gov/Details.aspx?id=47635")
    );
}

/// The bank was designated in 2017; its addresses came in 2025.
#[test]
fn an_address_can_be_listed_years_after_its_entity() {
    let ofac = list("ofac-crypto");
    let addresses: Vec<_> = ofac
        .listings()
        .filter(|l| &*l.entity.id == "22985")
        .collect();
    assert_eq!(addresses.len(), 53);
    for l in addresses {
        assert_eq!(l.entity.listed_on, Some(date(2017, 9, 26)));
        assert_eq!(
            l.intervals,
            [span(
                Some(date(2025, 10, 30)),
                date(2025, 11, 4),
                None,
                None
            )]
        );
    }
}

/// On the list for five days under one person, and nine months later under a company.
#[test]
fn an_address_can_be_listed_twice() {
    let ofac = list("ofac-crypto");
    assert_eq!(
        of(&ofac, "bnb136ns6lfw4zs5hg4n85vdthaad7hq5m4gtkgf23"),
        [
            (
                "56360",
                "BNB",
                &[span(
                    Some(date(2025, 11, 4)),
                    date(2025, 11, 19),
                    Some(date(2025, 11, 19)),
                    Some(date(2025, 11, 24)),
                )][..]
            ),
            (
                "58258",
                "BNB",
                &[span(Some(date(2026, 8, 6)), date(2026, 8, 7), None, None)][..]
            ),
        ]
    );
}

#[test]
fn seized_is_not_sanctioned() {
    let court = list("court-155");
    assert_eq!(court.source.authority, Authority::Court);
    assert!(court.source.title.contains("seized, not sanctioned"));
    for listing in court.listings() {
        assert!(listing.note.contains("not sanctioned"));
        assert_eq!(listing.label, "BTC");
    }
}

#[test]
fn only_ofac_lists_speak_for_ofac() {
    for list in bundled_lists() {
        let superseded = list.source.superseded_by.as_deref();
        let government = list.source.authority == Authority::Government;
        assert_eq!(
            superseded,
            government.then_some("ofac-sdn"),
            "{}",
            list.source.id
        );
    }
}

// The reader ---------------------------------------------------------------------------------

const GOOD: &str = "\
# interdict facts 1
# source: mine
# published: 2024-03-01
# record-url: https://example.org/{id}
# left-out: 2 XYZ for a reason
# entities: 2
# listings: 3
N\tn\ta note
N\tm\tanother
E\t7\tperson\tFirst\t2020-01-02\tP1, P2\t
A\tETH\t0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045\t2024-01-01..\t
A\tABC\tno address\t2023-01-01<2023-01-02..2023-02-01<2023-02-03,2024-01-01..\tn,m
E\t8\tunknown\tSecond\t\t\t-
A\tXBT\t1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\t2023-05-01..2023-06-01\tm
";

fn read(document: &str) -> Result<List, ParseError> {
    let source = parse_source(
        "id = \"mine\"\ntitle = \"t\"\npublisher = \"p\"\nauthority = \"user\"\nlicence = \"l\"\n\
         shape = \"interdict-facts\"\n",
    )
    .expect("a source");
    let snapshot = Snapshot::default();
    parse(source, snapshot, &mut document.as_bytes())
}

#[test]
fn a_document_is_read_as_the_format_says() {
    let list = read(GOOD).expect("good");
    assert_eq!(list.snapshot.published_on, Some(date(2024, 3, 1)));
    assert_eq!((list.len(), list.entities().len()), (3, 2));
    let [first, second] = list.entities() else {
        panic!("two")
    };
    assert_eq!((first.kind, &*first.name), (EntityKind::Person, "First"));
    assert_eq!(first.listed_on, Some(date(2020, 1, 2)));
    assert_eq!(first.programs, ["P1".into(), "P2".into()]);
    assert_eq!(first.source_url.as_deref(), Some("https://example.org/7"));
    assert_eq!(
        (second.source_url.as_deref(), second.listed_on),
        (None, None)
    );
    let odd = list.listing(1);
    assert_eq!(
        (odd.text, odd.label, odd.note),
        ("no address", "ABC", "a note; another")
    );
    assert_eq!((odd.locator, odd.url), ("line 12", "https://example.org/7"));
    assert!(odd.format.is_none(), "kept verbatim");
    assert_eq!(
        odd.intervals,
        [
            span(
                Some(date(2023, 1, 1)),
                date(2023, 1, 2),
                Some(date(2023, 2, 1)),
                Some(date(2023, 2, 3))
            ),
            span(None, date(2024, 1, 1), None, None),
        ]
    );
    assert_eq!(
        list.listing(2).intervals,
        [span(None, date(2023, 5, 1), None, Some(date(2023, 6, 1)))]
    );
    let codes: Vec<_> = list.findings.iter().map(|f| f.code).collect();
    assert_eq!(
        codes,
        [Code::ListedIdentifierUnrecognised, Code::ListLeftOut]
    );
    // A copy with other line ends is the same list.
    assert_eq!(read(&GOOD.replace('\n', "\r\n")).expect("good").len(), 3);
}

#[test]
fn an_odd_line_is_an_error_that_names_it() {
    for (from, to, expected) in [
        (
            "# source: mine",
            "# source: yours",
            "line 2: these are facts of `yours`, not of `mine`",
        ),
        (
            "# published: 2024-03-01\n",
            "",
            "its end: its header lacks `source` or `published`",
        ),
        ("2024-03-01", "2024-02-30", "line 3: no date: `2024-02-30`"),
        ("2024-03-01", "20240301", "line 3: no date: `20240301`"),
        (
            "# listings: 3",
            "# listings: many",
            "line 7: `listings` is no number: `many`",
        ),
        (
            "# listings: 3",
            "# listings: 4",
            "its end: its header says 4 listings, there are 3",
        ),
        (
            "# entities: 2\n",
            "",
            "its end: its header lacks `entities`",
        ),
        (
            "# record-url",
            "# recrod-url",
            "line 4: unknown header `recrod-url`",
        ),
        (
            "2 XYZ",
            "two XYZ",
            "line 5: `left-out` without a number: `two XYZ for a reason`",
        ),
        ("N\tm\t", "N\tn\t", "line 9: note `n` is given twice"),
        ("\tn,m", "\tn,k", "line 12: there is no note `k`"),
        (
            "\tperson\t",
            "\thuman\t",
            "line 10: unknown kind of entity `human`",
        ),
        (
            "E\t7\tperson\tFirst",
            "E\t7\tperson\t",
            "line 10: an entity without id or name",
        ),
        (
            "2024-01-01..\t\n",
            "2024-01-01\t\n",
            "line 11: no interval: `2024-01-01`",
        ),
        (
            "2024-01-01..\t\n",
            "2024-01-01..\n",
            "line 11: a record `A` does not have 4 fields",
        ),
        ("\tno address\t", "\t\t", "line 12: no address: ``"),
        ("<2023-01-02", "<2023-01-01", "line 12: dates out of order"),
        (
            "<2023-02-03",
            "<2025-02-03",
            "line 12: interval `2024-01-01..` begins before",
        ),
        ("E\t8", "X\t8", "line 13: unknown record `X`"),
        (
            "E\t8",
            "# title: late\nE\t8",
            "line 13: a header line below the records",
        ),
        ("N\tn\ta note\n", "\n", "line 8: unknown record ``"),
        (
            "\tm\n",
            "\tm",
            "line 14: the line has no end: the document is cut off",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let at = GOOD.rfind(from).expect("there");
        let document = format!("{}{to}{}", &GOOD[..at], &GOOD[at + from.len()..]);
        let error = read(&document).expect_err(expected);
        let expected = format!("interdict-facts document is broken at {expected}");
        assert!(
            error.to_string().starts_with(&expected),
            "{error}\n{expected}"
        );
    }
}

#[test]
fn another_document_is_refused() {
    for text in [
        "<!DOCTYPE html>\n",
        "address,label\n",
        "# interdict facts 2\n",
        "x",
    ] {
        assert!(
            matches!(read(text), Err(ParseError::Shape { .. })),
            "{text}"
        );
    }
    assert!(matches!(read(""), Err(ParseError::Broken { .. })));
    let empty = "# interdict facts 1\n# source: mine\n# published: 2024-03-01\n\
                 # entities: 0\n# listings: 0\n";
    let refused = read(empty);
    assert!(
        matches!(refused, Err(ParseError::List(ListError::TooFew { .. }))),
        "{refused:?}"
    );
}

#[test]
fn no_cut_or_flip_panics_and_no_cut_is_silent() {
    for at in 0..GOOD.len() {
        assert!(read(&GOOD[..at]).is_err(), "cut at {at}");
        let mut bytes = GOOD.as_bytes().to_vec();
        bytes[at] ^= 0x01;
        if let Ok(text) = str::from_utf8(&bytes) {
            let _ = read(text);
        }
    }
}
