//! Lines in blocks against `nested` alone, on texts made of odd pieces.

use super::*;
use crate::list::{Authority, Entity, ListBuilder, ListSet, NewListing, Snapshot, Source};
use crate::screen::{Coverage, ScanOptions, Screener, Unique};
use encoding_rs::UTF_8;
use proptest::prelude::*;

/// Addresses from EIP-55, BIP-173 and the first blocks, and texts that are none.
const LISTED: &[&str] = &[
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "ACME",
    "a \"b\"",
];

/// What strings are made of.
const PIECES: &[&str] = &[
    "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xfb6916095cA1df60bB79Ce92cE3Ea74c37c5d359",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN",
    "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
    "bc1q w508 d6qe jxtd g4y5 r3za rvar y0c5 xw7k v8f3 t4",
    "1A1zP1eP5QGefi2DMP TfTL5SLmv7DivfNa",
    "0x5aAe...eAed",
    "EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N",
    "alice.near",
    "alice.eth",
    "Binance",
    "ACME",
    "a \\\"b\\\"",
    "\\\"",
    "\\\\",
    "\\/",
    "\\n",
    "\\t",
    "\\u0041",
    "\\x",
    "\\",
    "\u{e9}",
    "\u{feff}",
    "\t",
    "\r",
    "\x0c",
    "\0",
    "|",
    ",",
    ":",
    "{",
    "]",
    " ",
    "-",
    "_",
    "1.5E+13",
    "12ab",
    "x",
];

const BARE: &[&str] = &[
    "null",
    "true",
    "false",
    "1",
    "-2.5e3",
    "1.55444E+13",
    "12345678901234567890123456",
    "NaN",
    "[]",
    "{}",
    "[1,\"2\"]",
    "{\"deep\":[\"x\",{\"y\":\"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\"}]}",
    "",
];

const BETWEEN: &[&str] = &[
    "\n", "\n", "\n", "\n", "\r\n", " \n", "\x0c\n", "\n\n", "\n \x1e", " ",
];

fn string() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..3);
    pieces.prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => string(),
        1 => prop::sample::select(BARE).prop_map(str::to_owned),
    ]
}

/// A record of the usual shape, most often.
fn record() -> impl Strategy<Value = String> {
    let usual = prop::collection::vec(value(), 4).prop_map(|v| {
        format!(
            "{{\"tx\": {}, \"from_address\": {}, \"to_address\":{}, \"memo\": {}}}",
            v[0], v[1], v[2], v[3]
        )
    });
    let few = (value(), value())
        .prop_map(|(to, memo)| format!("{{\"tx\": \"x\", \"to_address\":{to}, \"memo\": {memo}}}"));
    let names = prop::sample::select(vec![
        "tx",
        "to_address",
        "memo",
        "new",
        "a.b",
        "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359",
    ]);
    let free = prop::collection::vec((names, value()), 0..4).prop_map(|members| {
        let members = members
            .iter()
            .map(|(name, value)| format!("\"{name}\": {value}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
    });
    let torn = (
        value(),
        prop::sample::select(vec!["{", "{\"tx\":", "}", "", "x"]),
    )
        .prop_map(|(value, before)| format!("{before}{value}"));
    prop_oneof![12 => usual, 4 => few, 2 => free, 1 => torn]
}

fn text() -> impl Strategy<Value = String> {
    let line = (record(), prop::sample::select(BETWEEN));
    let lines = prop::collection::vec(line, 0..30);
    (any::<bool>(), lines).prop_map(|(mark, lines)| {
        let lines = lines.iter().map(|(record, end)| format!("{record}{end}"));
        let mark = if mark { "\u{feff}" } else { "" };
        let lines = lines.collect::<String>();
        format!(
            "{mark}{{\"tx\": \"0\", \"from_address\": \"\", \"to_address\":\"-\", \"memo\": 1}}\n\
             {{\"tx\": \"1\"}}\n{lines}"
        )
    })
}

fn lists() -> ListSet {
    // A user's own list would not be asked for texts as short as these.
    let source = Source {
        authority: Authority::Government,
        ..Source::own("test", "Test", "lines")
    };
    let mut builder = ListBuilder::new(source, Snapshot::default());
    let entity = builder.entity(Entity::default());
    for text in LISTED {
        let listing = NewListing {
            text,
            ..NewListing::default()
        };
        builder.listing(entity, listing);
    }
    ListSet::new(vec![builder.finish().unwrap()])
}

fn answer(done: Done<'_, '_>) -> String {
    let (mut scan, columns, exact) = done;
    scan.hits.sort_by_key(|hit| hit.at);
    scan.near.sort_by_key(|near| near.hit.at);
    let hits = format!("{:#?} {:#?}", scan.hits, scan.near);
    let (mut coverage, mut unique) = (Coverage::default(), Unique::default());
    let findings = scan.finish(0, &mut coverage, &mut unique);
    let exact: std::collections::BTreeMap<_, _> = exact.into_iter().collect();
    let columns = columns.paths;
    let unique = unique.count();
    format!("{unique:?} {coverage:#?} {hits} {findings:#?} {columns:#?} {exact:#?}")
}

fn decoded(text: &str) -> Decoded<&[u8]> {
    Decoded::new(text.as_bytes(), UTF_8)
}

fn blocks(text: &str, size: usize) -> Blocks<&[u8]> {
    Blocks {
        text: decoded(text),
        buffer: Vec::new(),
        more: true,
        index: 0,
        byte: 0,
        size,
        failed: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn answers_like_nested(
        text in text(), validate in any::<bool>(), known in any::<bool>(), size in 1..600_usize,
        threads in 1..4_usize
    ) {
        prop_assert!(json::is_lines(text.as_bytes()));
        let lists = lists();
        let screener = Screener::new(&lists);
        let mut records = Records::new(decoded(&text));
        let texts = records.sample();
        // As if what is not usual came behind the sample.
        let texts = if known { texts } else { texts[..2].to_vec() };
        let (columns, rows) = nested::sample(&texts);
        let mapping = crate::input::columns::map(&columns.paths, &rows);
        let layout = &mapping.layout;
        let options = ScanOptions { validate, ..ScanOptions::default() };
        let new = || Scan::new(&screener, options, "test", layout);
        let shapes = Shapes::of(&texts, &columns, layout);
        prop_assert!(!shapes.templates.is_empty());

        let (mut scan, mut met, mut exact) = (new(), columns.clone(), HashMap::new());
        let (mut found, mut row) = (Vec::new(), 0);
        while let Some(piece) = records.next() {
            nested::record(&piece, &mut row, &mut met, &mut found, &mut scan, &mut exact);
        }
        let careful = answer((scan, met, exact));

        let screen = |shapes: &Shapes| {
            let hash = InOrder::default();
            let mut blocks = blocks(&text, size);
            let columns = columns.clone();
            answer(screen(&mut blocks, shapes, columns, new(), threads, &hash, &mut || ()))
        };
        for shapes in [shapes, Shapes::default()] {
            let answer = screen(&shapes);
            for (answer, careful) in answer.lines().zip(careful.lines()) {
                prop_assert_eq!(answer, careful);
            }
            prop_assert_eq!(answer.len(), careful.len());
        }
    }
}

/// What is plain is not parsed, or the fast way would not be one.
#[test]
fn plain_lines_are_counted_only() {
    let plain = "{\"tx\": \"1\", \"from_address\": \"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359\", \
                 \"memo\": \"so-called \\\"rent\\\"\\n\"}\n";
    let listed = plain.replace("fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", &LISTED[0][2..]);
    let text = format!("{plain}{listed}{plain}");
    let lists = lists();
    let screener = Screener::new(&lists);
    let records = Records::new(decoded(&text));
    let texts = records.sample();
    let (columns, rows) = nested::sample(&texts);
    let mapping = crate::input::columns::map(&columns.paths, &rows);
    let shapes = Shapes::of(&texts, &columns, &mapping.layout);
    let all = Mutex::new(columns);
    let scan = Scan::new(&screener, ScanOptions::default(), "test", &mapping.layout);
    let mut worker = Worker::new(&shapes, &all, scan);
    let mut block = Block::default();
    assert!(blocks(&text, 1 << 12).next(&mut block));
    let (counts, rest) = workers::Worker::scan(&mut worker, &block);
    assert_eq!((counts.rows, counts.lines, rest), (3, 3, true));
    assert_eq!(
        worker.odd.iter().map(|odd| odd.rows).collect::<Vec<_>>(),
        [1]
    );
}
