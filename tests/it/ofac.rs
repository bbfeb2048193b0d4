//! OFAC's advanced XML, on a hand-written document in the publisher's layout.

use interdict::finding::Code;
use interdict::list::{EntityKind, Interval, List, NameQuality, Snapshot, Source};
use interdict::source::{ParseError, parse, sources};
use jiff::civil::date;

const FIXTURE: &str = include_str!("../../fixtures/lists/ofac-sdn.xml");

fn source() -> Source {
    let mut source = sources()
        .into_iter()
        .find(|s| &*s.id == "ofac-sdn")
        .expect("built in");
    source.at_least = 1;
    source
}

fn try_read(document: &[u8]) -> Result<List, ParseError> {
    let snapshot = Snapshot {
        bytes: document.len() as u64,
        ..Snapshot::default()
    };
    parse(source(), snapshot, &mut &*document)
}

fn read(document: &str) -> List {
    try_read(document.as_bytes()).expect("the document is sound")
}

fn codes(list: &List) -> Vec<(Code, String, String)> {
    let of = |f: &interdict::finding::Finding| (f.code, f.place.to_string(), f.detail.to_string());
    list.findings.iter().map(of).collect()
}

fn has(list: &List, code: Code, place: &str, detail: &str) {
    let all = codes(list);
    assert!(
        all.iter()
            .any(|(c, p, d)| *c == code && p.contains(place) && d.contains(detail)),
        "no {code} at {place} with `{detail}` in {all:#?}"
    );
}

#[test]
fn document_date_is_not_zero_padded() {
    assert_eq!(read(FIXTURE).snapshot.published_on, Some(date(2025, 3, 4)));
}

#[test]
fn entities_are_whole() {
    let list = read(FIXTURE);
    let [house, paul, ship] = list.entities() else {
        panic!("{:#?}", list.entities());
    };
    assert_eq!(&*house.id, "1001");
    assert_eq!(house.kind, EntityKind::Organisation);
    assert_eq!(&*house.name, "EXAMPLE TRADING HOUSE");
    let aliases: Vec<_> = house
        .aliases
        .iter()
        .map(|n| (&*n.text, &*n.script, n.quality))
        .collect();
    assert_eq!(
        aliases,
        [
            ("ТОРГОВЫЙ ДОМ ПРИМЕР", "Cyrl", NameQuality::Primary),
            ("E & T", "Latn", NameQuality::Weak),
        ]
    );
    assert_eq!(house.programs, ["EXAMPLE-EO1".into(), "EXAMPLE-EO2".into()]);
    assert_eq!(
        house.lists,
        [
            "SDN List".into(),
            "Sectoral Sanctions Identifications List".into()
        ]
    );
    // It was on another list since 2014; the SDN list is this source's own.
    assert_eq!(house.listed_on, Some(date(2019, 8, 1)));
    assert_eq!(house.countries, ["Region: Northern Sylvania".into()]);

    assert_eq!(paul.kind, EntityKind::Person);
    assert_eq!(&*paul.name, "PLACEHOLDER Paul");
    assert_eq!(paul.listed_on, Some(date(2020, 12, 3)));
    assert_eq!(paul.births, ["circa 1961 to 1962".into()]);
    assert_eq!(paul.countries, ["Freedonia".into()]);
    let ids: Vec<_> = paul
        .ids
        .iter()
        .map(|i| (&*i.kind, &*i.value, &*i.country))
        .collect();
    assert_eq!(ids, [("Passport", "EX0000001", "Freedonia")]);

    assert_eq!(ship.kind, EntityKind::Vessel);
    assert_eq!(ship.countries, ["Sylvania".into()]);
    assert_eq!(&*ship.ids[0].kind, "Vessel Call Sign");
    assert_eq!(&*ship.ids[0].value, "EXMP1");
    assert_eq!(ship.listed_on, None);
}

#[test]
fn every_crypto_feature_is_a_listing() {
    let list = read(FIXTURE);
    let got: Vec<_> = list
        .listings()
        .map(|l| (&*l.entity.id, l.label, l.text, l.note))
        .collect();
    assert_eq!(
        got,
        [
            (
                "1001",
                "XBT",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                "No forks."
            ),
            ("1001", "XBT", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ""),
            (
                "1001",
                "XBT",
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                "[reliability: Confirmed]"
            ),
            (
                "1001",
                "XMR",
                "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                ""
            ),
            (
                "1001",
                "NEWCOIN",
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                "Seen on several chains. [reliability: Confirmed]"
            ),
            (
                "1001",
                "NEWCOIN",
                "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
                ""
            ),
            ("1001", "", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", ""),
            ("1002", "XBT", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ""),
        ]
    );
    let padded = list.listing(2);
    assert_eq!(padded.raw, " bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 ");
    assert_eq!(
        padded.locator,
        "DistinctParty[@FixedRef='1001']/Profile[@ID='1001']/Feature[@ID='5003']"
    );
    assert_eq!(
        list.listing(5).locator,
        "DistinctParty[@FixedRef='1001']/Profile[@ID='1001']/Feature[@ID='5005']/FeatureVersion[@ID='6006']"
    );
    // The document has no date for an address: only its own.
    let expect = Interval::on_or_before(date(2025, 3, 4));
    assert!(list.listings().all(|l| *l.intervals == [expect]));
    assert_eq!(list.addresses(), 7);
}

#[test]
fn oddities_are_findings() {
    let list = read(FIXTURE);
    let verbatim = list.listing(3);
    assert!(verbatim.format.is_none());
    has(
        &list,
        Code::ListedIdentifierUnrecognised,
        "Feature[@ID='5004']",
        "(XMR)",
    );
    has(&list, Code::DuplicateListing, "Feature[@ID='5002']", "1001");
    has(&list, Code::UnknownLabel, "Feature[@ID='5005']", "NEWCOIN");
    has(
        &list,
        Code::ListRecordUnreadable,
        "Feature[@ID='5006']",
        "Digital Currency Address - ETH",
    );
    has(
        &list,
        Code::ListRecordIncomplete,
        "Feature[@ID='5007']",
        "FeatureType `899`",
    );
    has(
        &list,
        Code::ListRecordIncomplete,
        "Identity[@ID='2999']",
        "EX0000002",
    );
    has(
        &list,
        Code::ListRecordIncomplete,
        "1003",
        "no sanctions entry",
    );
    let unknown = |(code, ..): &(Code, String, String)| *code == Code::UnknownLabel;
    assert_eq!(codes(&list).iter().filter(|f| unknown(f)).count(), 1);
}

#[test]
fn namespace_and_prefix_do_not_matter() {
    let old = FIXTURE.replace(
        "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML",
        "http://www.un.org/sanctions/1.0",
    );
    assert_eq!(read(&old).len(), 8);
    let prefixed = FIXTURE
        .replace("</", "\u{1}")
        .replace("<!--", "\u{2}")
        .replace("<?", "\u{3}")
        .replace('<', "<s:")
        .replace('\u{1}', "</s:")
        .replace('\u{2}', "<!--")
        .replace('\u{3}', "<?")
        .replace("xmlns=", "xmlns:s=");
    let list = read(&prefixed);
    assert_eq!((list.len(), list.entities().len()), (8, 3));
    // With a byte order mark, as some servers send it.
    assert_eq!(read(&format!("\u{feff}{FIXTURE}")).len(), 8);
}

#[test]
fn cut_anywhere_it_is_an_error() {
    let end = FIXTURE.trim_end().len();
    // Every place is cut in the head; beyond it a prime step lands everywhere in a tag.
    for cut in (0..1000).chain((1000..end).step_by(13)) {
        match try_read(&FIXTURE.as_bytes()[..cut]) {
            Err(ParseError::Broken { at, .. }) => assert!(at.starts_with("byte "), "{at}"),
            Err(ParseError::Shape { .. }) => assert!(cut < 600, "at {cut}"),
            other => panic!("cut at {cut}: {other:?}"),
        }
    }
}

#[test]
fn flipped_bytes_never_panic() {
    let mut bytes = FIXTURE.as_bytes().to_vec();
    for at in (0..bytes.len()).step_by(7) {
        let old = bytes[at];
        for new in [b'<', b'"', 0, 0xff] {
            bytes[at] = new;
            let _ = try_read(&bytes);
        }
        bytes[at] = old;
    }
}

#[test]
fn other_documents_are_named() {
    let cases: &[(&str, &str)] = &[
        ("", "empty"),
        (
            "<!DOCTYPE html>\n<html><body>Access Denied</body></html>",
            "an HTML page",
        ),
        ("<HTML><HEAD></HEAD></HTML>", "an HTML page"),
        (
            r#"<?xml version="1.0"?><sdnList xmlns="x"><publshInformation/></sdnList>"#,
            "legacy",
        ),
        (
            r#"<sanctionsData xmlns="x"><publicationInfo/></sanctionsData>"#,
            "enhanced",
        ),
        ("<Error><Code>NoSuchKey</Code></Error>", "file server"),
        (r#"{"error":"not found"}"#, "JSON"),
        ("12345,\"SOMEBODY\",-0- ,\r\n", "text without tags"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "LFS pointer",
        ),
        ("   \n", "no element"),
        ("<unheard-of/>", "<unheard-of>"),
        ("\u{0}\u{1}\u{2}binary", "binary"),
    ];
    for (document, what) in cases {
        let error = try_read(document.as_bytes()).expect_err(document);
        assert!(matches!(error, ParseError::Shape { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(what), "{document:?} gave `{text}`");
    }
    let html = try_read(b"<html></html>").expect_err("a page");
    assert!(html.hint().expect("a hint").contains("download it again"));
}

#[test]
fn missing_sections_are_errors() {
    let without = |name: &str| {
        let (from, to) = (format!("  <{name}>"), format!("</{name}>\n"));
        let start = FIXTURE.find(&from).expect(name);
        let end = FIXTURE.find(&to).expect(name) + to.len();
        let document = format!("{}{}", &FIXTURE[..start], &FIXTURE[end..]);
        try_read(document.as_bytes()).expect_err(name).to_string()
    };
    assert!(without("DistinctParties").contains("no <DistinctParties>"));
    assert!(without("SanctionsEntries").contains("no <SanctionsEntries>"));
    assert!(without("ReferenceValueSets").contains("<ReferenceValueSets>"));
    let more = format!("{FIXTURE}<html></html>");
    let error = try_read(more.as_bytes()).expect_err("more follows");
    assert!(error.to_string().contains("more follows"), "{error}");
}

#[test]
fn no_event_is_read_without_bound() {
    let huge = format!("<Sanctions><a>{}", "x".repeat(20 << 20));
    let error = try_read(huge.as_bytes()).expect_err("too long");
    let text = format!("{error:?}");
    assert!(text.contains("longer than"), "{text}");
}

#[test]
fn too_short_a_list_is_refused() {
    let mut source = source();
    source.at_least = 10_000;
    let snapshot = read(FIXTURE).snapshot;
    let error = parse(source, snapshot, &mut FIXTURE.as_bytes()).expect_err("too few");
    assert!(error.to_string().contains("fewer than 10000"), "{error}");
}
