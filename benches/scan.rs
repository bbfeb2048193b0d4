//! What scanning costs: rows and bytes of plain exports, one thread, in memory.
//!
//! `cargo bench --no-default-features --bench scan`. Whole processes against other tools are
//! measured by `scripts/bench`; `docs/performance.md` has the figures.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use interdict::address::codec::base58::{self, Alphabet};
use interdict::address::codec::evm;
use interdict::input::{InputOptions, Run, Source};
use interdict::list::{Entity, ListBuilder, ListSet, NewListing, Snapshot};
use interdict::screen::Screener;
use sha2::{Digest, Sha256};
use std::io::Cursor;

fn main() {
    divan::main();
}

fn seed(n: u32) -> [u8; 32] {
    Sha256::digest(n.to_le_bytes()).into()
}

fn address(n: u32) -> String {
    let bytes = seed(n);
    let payload: [u8; 20] = bytes[..20].try_into().expect("twenty bytes");
    match n % 3 {
        0 => evm::encode(&payload, None),
        1 => evm::encode(&payload, None).to_lowercase(),
        _ => base58::encode_check(&[&[0], &payload[..]].concat(), Alphabet::Bitcoin),
    }
}

/// A list of `n` addresses, none of which is in the rows.
fn lists(n: u32) -> ListSet {
    let source = interdict::source::parse_source(
        "id = 'bench'\ntitle = 'Bench'\npublisher = 'nobody'\nauthority = 'user'\n\
         licence = 'none'\nshape = 'lines'\n",
    )
    .expect("a source");
    let snapshot = Snapshot::default();
    let mut list = ListBuilder::new(source, snapshot);
    let entity = list.entity(Entity::default());
    for n in 0..n {
        let text = address(1_000_000 + n);
        list.listing(
            entity,
            NewListing {
                text: &text,
                ..NewListing::default()
            },
        );
    }
    ListSet::new(vec![list.finish().expect("a list")])
}

/// Ten thousand rows; `quoted`: with every cell in quotes.
fn rows(quoted: bool) -> Vec<u8> {
    let mut text = String::from("tx_id,timestamp,asset,from_address,to_address,amount,memo\n");
    for n in 0..10_000 {
        let tx = data_encoding::HEXLOWER.encode(&seed(n + 500_000));
        let cells = [
            &*format!("0x{tx}"),
            "2024-01-31T12:00:00Z",
            "USDT",
            // Three in ten are new.
            &address(n * 3 / 10),
            &address(n * 7 % 3000),
            "12.50",
            "invoice 17",
        ];
        let quote = if quoted { "\"" } else { "" };
        let cells = cells.map(|cell| format!("{quote}{cell}{quote}"));
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text.into_bytes()
}

#[divan::bench(args = [
    (true, false, 20_000), (true, true, 20_000), (false, false, 20_000), (false, true, 20_000),
    (true, false, 1000), (false, false, 1000),
])]
fn ten_thousand_rows(bencher: Bencher, (validate, quoted, listed): (bool, bool, u32)) {
    let lists = lists(listed);
    let screener = Screener::new(&lists);
    let text = rows(quoted);
    bencher
        .counter(BytesCount::of_slice(&text))
        .with_inputs(|| Box::new(Cursor::new(text.clone())))
        .bench_local_values(|text| {
            let as_of = "2026-01-01T00:00:00Z".parse().expect("a time");
            let mut options = InputOptions::new(as_of);
            options.scan.validate = validate;
            let mut run = Run::new(&screener, options);
            run.input(Source::Stream("bench", text), &mut |_, _| {})
                .expect("a text");
            run.finish().coverage.tokens
        });
}

#[divan::bench(args = [1000, 20_000, 200_000])]
fn make_ready(bencher: Bencher, listed: u32) {
    let lists = lists(listed);
    bencher.bench_local(|| Screener::new(black_box(&lists)).index().len());
}
