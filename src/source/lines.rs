//! Any text with one address a line; what follows a comma, semicolon, tab or blank is its label.
//!
//! Empty lines and lines that start with `#` are skipped. An address is never a label: a line that
//! holds several lists each of them. A line that holds none is kept verbatim, with a finding.

use super::{ParseError, blocks, inside, tabular};
use crate::finding::Code;
use crate::list::{Draft, Entity, EntityIx, ListBuilder, NewListing};
use std::collections::HashMap;
use std::io::{BufRead, Cursor};
use std::ops::Range;

pub(super) const ID: &str = "lines";

/// A first line that starts with one of these is a heading.
const HEADINGS: &[&str] = &[
    "address",
    "addresses",
    "wallet",
    "wallet_address",
    "account",
];

/// Reads the document. One label is one entity; without a label the list itself is.
pub(super) fn parse_lines(
    document: &mut dyn BufRead,
    list: &mut ListBuilder,
) -> Result<(), ParseError> {
    match tabular::utf16(ID, document)? {
        Some(text) => read(&mut Cursor::new(text), list),
        None => read(document, list),
    }
}

fn read(document: &mut dyn BufRead, list: &mut ListBuilder) -> Result<(), ParseError> {
    let mut out = Lines {
        list,
        entities: HashMap::new(),
        itself: None,
    };
    let threads = out.list.threads();
    let mut locator = String::new();
    blocks::read(document, threads, &mut |block| {
        let mut done = 0;
        for other in &block.others {
            out.plain(&block.plain, done..other.plain);
            done = other.plain;
            let text = String::from_utf8_lossy(&block.text[other.at.clone()]);
            // Zeros are what is left of another encoding, or of a record of fixed length.
            let text =
                text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            blocks::locate(&mut locator, other.number);
            out.line(text, &locator, other.number == 1);
        }
        out.plain(&block.plain, done..block.plain.len());
    })?;
    Ok(())
}

struct Lines<'b> {
    list: &'b mut ListBuilder,
    entities: HashMap<Box<str>, EntityIx>,
    /// The list itself, for what has no label.
    itself: Option<EntityIx>,
}

impl Lines<'_> {
    fn line(&mut self, text: &str, locator: &str, first: bool) {
        let (address, label) = fields(text);
        if label.is_empty() && address.len() == text.len() && inside::is_address(address) {
            return self.listing("", address, text, locator);
        }
        if first && HEADINGS.iter().any(|h| address.eq_ignore_ascii_case(h)) {
            return;
        }
        if let Some(kind) = inside::secret(text) {
            let why =
                format!("it holds a private key or seed ({kind}); it is not listed nor shown");
            self.list.finding(Code::ListRecordUnreadable, locator, why);
            return;
        }
        let (mut found, rest) = inside::addresses(text);
        if found.is_empty() {
            return self.listing(label, address, text, locator);
        }
        // What stands first is what is listed, be it of a format that only a whole cell can be, or
        // damaged.
        let alone = inside::is_address(address) || inside::is_damaged(address);
        let rest = if alone && !found.iter().any(|f| f.contains(address)) {
            found.insert(0, address.to_owned());
            rest.replacen(address, " ", 1)
        } else {
            rest
        };
        // A label keeps its own marks.
        let label = match &found[..] {
            [one] if one == address => label.to_owned(),
            _ => inside::label(&rest),
        };
        for address in &found {
            self.listing(&label, address, text, locator);
        }
    }

    /// Lines that are nothing but an address.
    fn plain(&mut self, draft: &Draft, range: Range<usize>) {
        if !range.is_empty() {
            let entity = self.entity("");
            self.list.add(entity, draft, range);
        }
    }

    fn listing(&mut self, label: &str, address: &str, raw: &str, locator: &str) {
        let entity = self.entity(label);
        let new = NewListing {
            text: address,
            raw,
            locator,
            ..NewListing::default()
        };
        self.list.listing(entity, new);
    }

    fn entity(&mut self, label: &str) -> EntityIx {
        let known = match label {
            "" => self.itself,
            label => self.entities.get(label).copied(),
        };
        known.unwrap_or_else(|| {
            let source = self.list.source();
            let (id, name) = match label {
                "" => (source.id.clone(), source.title.clone()),
                label => (label.into(), label.into()),
            };
            let entity = self.list.entity(Entity {
                id,
                name,
                ..Entity::default()
            });
            match label {
                "" => self.itself = Some(entity),
                label => drop(self.entities.insert(label.into(), entity)),
            }
            entity
        })
    }
}

/// The address and its label, each without white space and quotes around it.
fn fields(line: &str) -> (&str, &str) {
    // Most lines are nothing but an address.
    let bare = |b: u8| b.is_ascii_graphic() && !matches!(b, b',' | b';' | b'|' | b'"');
    if line.bytes().all(bare) {
        return (line, "");
    }
    let separator = |c: char| matches!(c, ',' | ';' | '\t' | ' ' | '|');
    let bare = |s: &'_ str| -> usize { s.len() - s.trim_start_matches(['"', ' ']).len() };
    let line = &line[bare(line)..];
    let (address, label) = line.split_once(separator).unwrap_or((line, ""));
    let trim = |c: char| separator(c) || c == '"' || c.is_whitespace();
    (address.trim_matches(trim), label.trim_matches(trim))
}

#[cfg(test)]
mod tests {
    use crate::list::{List, Snapshot, Source};
    use crate::source::{parse, parse_source, parse_with};
    use proptest::prelude::*;
    use std::io::BufReader;

    // Addresses from EIP-55, BIP-173, the Bitcoin genesis block and Monero's donation page; a key of
    // BIP-32's first vector; headings, labels, several in a line, and what is no text.
    const LINES: &[&[u8]] = &[
        b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        b"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4\r",
        b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa,Bob",
        b"  1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\t\r",
        b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        b"888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
        b"xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        b"address",
        b"# 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        b"#1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        b"",
        b"\r",
        b"not an address",
        b"0.0.123",
        b"alice.near",
        b"\xef\xbb\xbf1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        b"1A1zP1eP5QGefi2DMPTfTL5SLmv7Div\xd1\x84Na",
        b"\xff\xfe",
        b"0000000000000000000000000000000000000000000000000000000000000000",
    ];

    fn read(text: &[u8], threads: usize) -> Option<List> {
        // Read in small pieces, and in blocks of a few lines.
        let mut document = BufReader::with_capacity(100, text);
        let source = Source::own("mine", "My list", "lines");
        parse_with(source, Snapshot::default(), &mut document, threads).ok()
    }

    /// Everything that a list says.
    fn state(list: &List) -> String {
        let listings: Vec<_> = list.listings().collect();
        format!("{listings:#?} {:?} {:?}", list.entities(), list.findings)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn threads_make_no_difference(
            lines in prop::collection::vec(0..LINES.len() + 20, 0..200), end in any::<bool>()
        ) {
            // Most lines are addresses.
            let lines: Vec<_> = lines.iter().map(|n| LINES[n % LINES.len()]).collect();
            let mut text = lines.join(&b"\n"[..]);
            if end {
                text.push(b'\n');
            }
            let one = read(&text, 1);
            for threads in [2, 5] {
                let many = read(&text, threads);
                prop_assert_eq!(one.as_ref().map(state), many.as_ref().map(state));
                let reach = |list: &Option<List>| list.as_ref().and_then(|l| l.reach().cloned());
                prop_assert_eq!(reach(&one), reach(&many));
            }
            // One at a time, each line as the listing that it is alone.
            if let Some(one) = one {
                let texts: Vec<_> = one.listings().map(|l| (l.text, l.locator)).collect();
                let mut alone = Vec::new();
                for (line, number) in lines.iter().zip(1..) {
                    // Not on the first line: there a word may be a heading.
                    let padded = [&b"\n"[..], line, b"\n1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"].concat();
                    let list = read(&padded, 1).expect("it has an address");
                    let own = list.listings().filter(|l| l.locator == "line 2");
                    let locator = format!("line {number}");
                    alone.extend(own.map(|l| (l.text.to_owned(), locator.clone())));
                }
                let heading = lines.first().is_some_and(|l| *l == b"address");
                let alone = alone.iter().map(|(t, l)| (&**t, &**l)).skip(usize::from(heading));
                prop_assert_eq!(texts, alone.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn reads_addresses_and_labels() {
        let source = parse_source(
            "id = 'mine'\ntitle = 'My list'\npublisher = 'me'\nauthority = 'user'\n\
             licence = 'none'\nshape = 'lines'\n",
        )
        .unwrap();
        let snapshot = Snapshot {
            url: "mine.txt".into(),
            ..Snapshot::default()
        };
        // Addresses from EIP-55, BIP-173 and the Bitcoin genesis block.
        let text = "\u{feff}address,name\r\n\
            # a comment\n\n\
            0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\tAlice, Inc.\r\n\
            \"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\";\"Bob\"\n\
            1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n\
            not an address\n\
            1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
        let list = parse(source, snapshot, &mut text.as_bytes()).unwrap();
        let seen: Vec<_> = list
            .listings()
            .map(|l| (l.text, &*l.entity.name, l.locator, l.format.is_some()))
            .collect();
        assert_eq!(
            seen,
            [
                (
                    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                    "Alice, Inc.",
                    "line 4",
                    true
                ),
                (
                    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                    "Bob",
                    "line 5",
                    true
                ),
                (
                    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                    "My list",
                    "line 6",
                    true
                ),
                ("not", "an address", "line 7", false),
                (
                    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                    "My list",
                    "line 8",
                    true
                ),
            ]
        );
        assert_eq!(list.listing(3).raw, "not an address");
        let codes: Vec<_> = list.findings.iter().map(|f| f.code.id()).collect();
        assert_eq!(
            codes,
            ["listed-identifier-unrecognised", "duplicate-listing"]
        );
    }
}
