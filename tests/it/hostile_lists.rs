//! Documents of lists that are built to hide something, or to exhaust whoever reads them.

use interdict::finding::Code;
use interdict::list::{List, ListBuilder, NewListing, Snapshot};
use interdict::source::{ParseError, pack, parse, parse_source};
use std::fmt::Write as _;
use std::io::{Cursor, Read};

// Addresses of the Bitcoin genesis block, BIP-173 and EIP-55.
const BTC: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
const SEGWIT: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn read(shape: &str, document: &[u8]) -> Result<List, ParseError> {
    let toml = format!(
        "id = 'mine'\ntitle = 'My list'\npublisher = 'me'\nauthority = 'user'\nlicence = 'none'\n\
         at_least = 1\nshape = '{shape}'\n"
    );
    let source = parse_source(&toml).unwrap();
    parse(source, Snapshot::default(), &mut &*document)
}

fn texts(list: &List) -> Vec<&str> {
    list.listings().map(|l| l.text).collect()
}

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut files: Vec<(String, Box<dyn Read>)> = files
        .iter()
        .map(|(name, text)| {
            let text: Box<dyn Read> = Box::new(Cursor::new(text.to_string()));
            ((*name).to_owned(), text)
        })
        .collect();
    let mut out = Cursor::new(Vec::new());
    pack(&mut files, &mut out).unwrap();
    out.into_inner()
}

fn tags(address: &str) -> String {
    format!("title: T\ncreator: me\ncurrency: BTC\nlabel: x\ntags:\n- address: {address}\n")
}

#[test]
fn a_broken_pack_among_others_is_not_passed_over() {
    let good = archive(&[("a.yaml", &tags(BTC)), ("actors.yaml", "a: [b")]);
    assert_eq!(texts(&read("tagpack", &good).unwrap()), [BTC]);
    let broken = tags(SEGWIT).replace("label: x", "label: [x");
    let both = archive(&[("a.yaml", &tags(BTC)), ("b.yaml", &broken)]);
    let error = read("tagpack", &both).unwrap_err().to_string();
    assert!(error.contains("line"), "{error}");
}

#[test]
fn a_file_does_not_hide_behind_one_of_its_name() {
    let mut bytes = archive(&[("a.yaml", &tags(BTC)), ("b.yaml", &tags(SEGWIT))]);
    for at in 0..bytes.len() - 6 {
        if &bytes[at..at + 6] == b"b.yaml" {
            bytes[at] = b'a';
        }
    }
    let error = read("tagpack", &bytes).unwrap_err().to_string();
    assert!(error.contains("one name"), "{error}");
}

#[test]
fn aliases_do_not_swell_without_end() {
    let list = |head: &str, tag: &str, times: usize| {
        let text = format!("title: T\ncreator: me\n{head}tags:\n{}", tag.repeat(times));
        read("tagpack", text.as_bytes())
    };
    // What people write.
    let plain = format!("- address: {BTC}\n  label: *l\n  abuse: *a\n");
    let ok = list("label: &l A label\nabuse: &a [x, y]\n", &plain, 1000).unwrap();
    assert_eq!(ok.len(), 1000);
    // A large value, again and again.
    let head = format!("x: &x [{}]\n", "1,".repeat(100_000));
    let error = list(&head, "- {address: a, x: *x}\n", 1000).unwrap_err();
    assert!(error.to_string().contains("aliases"), "{error}");
    let head = format!("x: &x {}\n", "x".repeat(10_000_000));
    let error = list(&head, "- {address: a, x: [*x,*x,*x]}\n", 10).unwrap_err();
    assert!(error.to_string().contains("aliases"), "{error}");
    // Large values that could be pointed at, and are not.
    let mut head = String::new();
    for n in 0..20 {
        writeln!(head, "x{n}: &x{n} [{}]", "1,".repeat(100_000)).unwrap();
    }
    let error = list(&head, &plain, 1).unwrap_err();
    assert!(error.to_string().contains("pointed at"), "{error}");
}

#[test]
fn a_record_may_have_many_columns() {
    let mut record = String::from("[{\"address\":[");
    write!(record, "\"{BTC}\",\"{SEGWIT}\"],").unwrap();
    for n in 0..1000 {
        write!(record, "\"c{n}\":\"{n}\",").unwrap();
    }
    // A column that has come already, behind the others.
    write!(record, "\"a\":1,\"x\":[{{\"y\":2}},{{\"y\":\"{EVM}\"}}]}}]").unwrap();
    let list = read("table", record.as_bytes()).unwrap();
    assert_eq!(texts(&list), [BTC, SEGWIT, EVM]);
}

#[test]
fn addresses_on_other_sheets_are_named() {
    let book = |second: &str| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let first = book.add_worksheet();
        first.write(0, 0, "address").unwrap();
        first.write(1, 0, BTC).unwrap();
        book.add_worksheet().write(3, 2, second).unwrap();
        read("table", &book.save_to_buffer().unwrap()).unwrap()
    };
    assert!(book("no address").findings.is_empty());
    let list = book(&format!("{SEGWIT} {EVM}"));
    let unread = |code: Code| code == Code::ListRecordUnreadable;
    let told: Vec<_> = list.findings.iter().filter(|f| unread(f.code)).collect();
    assert_eq!(told.len(), 1, "{:?}", list.findings);
    assert!(told[0].detail.contains("2 addresses"), "{}", told[0].detail);
}

#[test]
fn a_wallet_of_an_unknown_chain_is_listed_as_it_stands() {
    let table = format!(
        "id,schema,name,aliases,identifiers,dataset,first_seen,last_seen\n\
         w1,CryptoWallet,Wallet of X,,{BTC};new-chain-1-abcdefghij,d,2024-01-01,2024-02-01\n\
         w2,CryptoWallet,Wallet of Y,,new-chain-2-abcdefghij,d,2024-01-01,2024-02-01\n\
         w3,CryptoWallet,,,,d,2024-01-01,2024-02-01\n"
    );
    let list = read("ftm-targets", table.as_bytes()).unwrap();
    assert_eq!(texts(&list), [BTC, "Wallet of Y", "new-chain-2-abcdefghij"]);
    let unread = |f: &&interdict::finding::Finding| f.code == Code::ListRecordUnreadable;
    assert_eq!(list.findings.iter().filter(unread).count(), 1);
}

#[test]
fn more_labels_than_numbers_are_kept_apart() {
    let mut builder = ListBuilder::new(crate::history::source("own"), Snapshot::default());
    let entity = builder.entity(interdict::list::Entity::default());
    let label = |n: u32| format!("label {n}");
    for n in 0..70_000_u32 {
        let text = format!("0x{:040x}", u128::MAX / u128::from(n + 3));
        let new = NewListing {
            text: &text,
            label: &label(n),
            locator: "line 1",
            ..NewListing::default()
        };
        builder.listing(entity, new);
    }
    let list = builder.finish().unwrap();
    for (listing, n) in list.listings().zip(0..) {
        let said = if listing.label.is_empty() {
            listing.note
        } else {
            listing.label
        };
        assert!(said.ends_with(&label(n)), "{n}: {said}");
    }
    // It can be gone on with.
    let list = list.add_past(&[]);
    assert_eq!(list.len(), 70_000);
}
