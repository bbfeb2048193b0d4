//! The fast way against the careful one, on texts made of odd pieces.

use super::*;
use crate::input::text::{self, Block, Blocks};
use crate::input::{dialect, dialect::Shape, encoding::Decoded};
use crate::list::{Authority, Entity, ListBuilder, ListSet, NewListing, Snapshot, Source};
use crate::screen::{Coverage, ScanOptions, Screener, Unique};
use proptest::prelude::*;

/// Addresses from EIP-55, BIP-173 and the first blocks, and texts that are none.
const LISTED: &[&str] = &[
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "ACME",
    "a b",
    "abcdefghijklmnopqrstuvwxyzabc (old)",
];

fn lists() -> ListSet {
    // A user's own list would not be asked for texts as short as these.
    let source = Source {
        authority: Authority::Government,
        ..Source::own("test", "Test", "lines")
    };
    let snapshot = Snapshot::default();
    let mut builder = ListBuilder::new(source, snapshot);
    let entity = builder.entity(Entity::default());
    for text in LISTED {
        builder.listing(
            entity,
            NewListing {
                text,
                ..NewListing::default()
            },
        );
    }
    ListSet::new(vec![builder.finish().unwrap()])
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => Just(","),
        4 => Just("\n"),
        1 => Just("\r\n"),
        1 => Just("\""),
        1 => Just("\"\""),
        2 => Just(",\""),
        2 => Just("\","),
        1 => Just("\r"),
        1 => Just(" "),
        1 => Just("\t"),
        1 => Just(","),
        1 => Just("-"),
        1 => Just("\u{feff}"),
        1 => Just("a,b,c\n"),
        1 => Just("\na,b,c\r\n"),
        1 => Just("x"),
        1 => Just("1,\"two, \"\"three\"\"\",4\n"),
        1 => Just("5,6,\"7\n8\"\n"),
        1 => Just("ACME"),
        1 => Just("a b"),
        1 => Just("abcdefghijklmnopqrstuvwxyzabc (old)"),
        1 => Just("abcdefghijklmnopqrstuvwxyzabc"),
        1 => Just("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        1 => Just("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
        1 => Just("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
        2 => Just("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
        1 => Just("0xfb6916095cA1df60bB79Ce92cE3Ea74c37c5d359"),
        2 => Just("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"),
        1 => Just("\u{e9}\u{2026}"),
        1 => Just("0x5aAe...eAed"),
        1 => Just("0.0.1234"),
        1 => Just("alice.near"),
        1 => Just("alice.eth"),
        1 => Just("Binance"),
        1 => Just("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN"),
        1 => Just("ETH0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        1 => Just("1A1zP1eP5QGefi2DMP TfTL5SLmv7DivfNa"),
        1 => Just("0x415aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        1 => Just("0x0000000000000000000000005aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        1 => Just("0x000000000000000000000000fb6916095ca1df60bb79ce92ce3ea74c37c5d359"),
        1 => Just("12ab"),
        1 => Just("bc1q w508 d6qe jxtd g4y5 r3za rvar y0c5 xw7k v8f3 t4"),
        1 => Just("EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N"),
        1 => Just("bitcoin%3A1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        1 => Just("-"),
        1 => Just("/"),
        1 => Just("."),
        1 => Just("123456789012345678901234567890"),
        1 => Just("OP_DUP OP_HASH160 fb6916095ca1df60bb79ce92ce3ea74c37c5d359 OP_CHECKSIG"),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

fn answer(scans: Vec<Scan<'_, '_>>) -> String {
    let mut scans = scans.into_iter();
    let mut scan = scans.next().expect("there is one");
    scans.for_each(|part| scan.merge(part));
    scan.hits.sort_by_key(|hit| hit.at);
    scan.near.sort_by_key(|near| near.hit.at);
    let hits = format!("{:#?} {:#?}", scan.hits, scan.near);
    let (mut coverage, mut unique) = (Coverage::default(), Unique::default());
    let findings = scan.finish(0, &mut coverage, &mut unique);
    format!("{:?} {coverage:#?} {hits} {findings:#?}", unique.count())
}

fn scan_all(
    block: &Block,
    before: &mut Counts,
    shape: &Shape,
    worker: &mut Worker,
    scan: &mut Scan<'_, '_>,
) {
    let counts = text::scan(block, shape, worker, scan);
    if text::has_rest(block, worker) {
        text::rest(block, *before, shape, worker, scan);
    }
    before.rows += counts.rows;
    before.lines += counts.lines;
}

/// Rows of three cells, nearly all of them.
fn rows() -> impl Strategy<Value = String> {
    let cell = prop_oneof![
        6 => Just("x"),
        4 => Just(""),
        1 => Just(" "),
        1 => Just("\"\""),
        1 => Just("\" \""),
        1 => Just("\"y, \"\"z\"\"\""),
        1 => Just("\"7\n8\""),
        2 => Just("Binance"),
        4 => Just("0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"),
        2 => Just("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        1 => Just("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"),
        1 => Just("eth:0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"),
        1 => Just("OP_DUP OP_HASH160 fb6916095ca1df60bb79ce92ce3ea74c37c5d359 OP_CHECKSIG"),
        2 => Just("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"),
    ];
    let rare = prop_oneof![
        40 => Just(""),
        1 => Just(","),
        1 => Just("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        1 => Just("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d358"),
        1 => Just("alice.eth"),
    ];
    let end = prop_oneof![
        30 => Just("\n"),
        4 => Just("\r\n"),
        1 => Just("\na,b,c\n"),
        1 => Just("\na,b,c\r\n"),
        1 => Just("\na,b,cd\n"),
        1 => Just("\n\n"),
    ];
    let row = (prop::collection::vec(cell, 3), rare, end);
    let row = row.prop_map(|(cells, rare, end)| format!("{}{rare}{end}", cells.join(",")));
    prop::collection::vec(row, 0..120).prop_map(|rows| rows.concat())
}

/// Holds the fast way against the careful one.
fn agree(
    text: &str,
    header: bool,
    validate: bool,
    size: usize,
    workers: usize,
) -> Result<(), TestCaseError> {
    let text = match header {
        true => format!("a,b,c\n{text}").into_bytes(),
        false => text.as_bytes().to_vec(),
    };
    let lists = lists();
    let screener = Screener::new(&lists);
    let given = dialect::Given {
        delimiter: Some(b','),
        header: None,
    };
    let shape = dialect::detect(&text, true, given);
    let mapping = crate::input::columns::map(&shape.headings, &shape.rows);
    let options = ScanOptions {
        validate,
        ..ScanOptions::default()
    };
    let new = || Scan::new(&screener, options, "test", &mapping.layout);

    let mut careful = Worker {
        careful: true,
        ..Worker::default()
    };
    let mut whole = new();
    let rest = text.get(shape.data..).unwrap_or_default();
    let lines = split::lines(&text[..text.len() - rest.len()], &shape.dialect);
    let block = Block {
        bytes: rest.to_vec(),
        byte: shape.data as u64,
        odd: true,
        ..Block::default()
    };
    let mut before = Counts { rows: 0, lines };
    if !rest.is_empty() {
        scan_all(&block, &mut before, &shape, &mut careful, &mut whole);
    }

    let decoded = Decoded::new(&*text, encoding_rs::UTF_8);
    let mut blocks = Blocks::with_size(decoded, size, size.max(shape.data));
    blocks.skip(shape.data, &shape.dialect);
    let mut parts: Vec<_> = (0..workers).map(|_| (Worker::default(), new())).collect();
    let mut n = 0;
    let mut before = Counts { rows: 0, lines };
    let mut block = Block::default();
    while blocks.next(&shape.dialect, &mut block) {
        let (worker, scan) = &mut parts[n % workers];
        scan_all(&block, &mut before, &shape, worker, scan);
        n += 1;
    }
    let parts = parts.into_iter().map(|(_, scan)| scan).collect();
    let (fast, careful) = (answer(parts), answer(vec![whole]));
    for (fast, careful) in fast.lines().zip(careful.lines()) {
        prop_assert_eq!(fast, careful);
    }
    prop_assert_eq!(fast.len(), careful.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn cuts_like_the_reference(
        text in pieces(), last in any::<bool>(), force in any::<bool>(), from in 0..8_usize
    ) {
        let dialect = Dialect { delimiter: b',', header: (*b"a,b,c").into(), ..Dialect::default() };
        let text = &text.as_bytes()[from.min(text.len())..];
        prop_assert_eq!(
            cut(text, &dialect, last, force).0,
            split::cut(text, &dialect, last, force)
        );
    }

    #[test]
    fn answers_like_the_reference(
        text in pieces(), header in any::<bool>(), validate in any::<bool>(),
        size in 1..300_usize, workers in 1..4_usize
    ) {
        agree(&text, header, validate, size, workers)?;
    }

    #[test]
    fn even_rows_are_answered_like_the_reference(
        text in rows(), header in any::<bool>(), validate in any::<bool>(),
        size in 1..2000_usize, workers in 1..4_usize
    ) {
        agree(&text, header, validate, size, workers)?;
    }
}
