//! Any text with one address a line; what follows a comma, semicolon, tab or blank is its label.
//!
//! Empty lines and lines that start with `#` are skipped. It does not know what an address is: a
//! line that holds none is kept verbatim, with a finding.

use super::ParseError;
use crate::list::{Entity, EntityIx, ListBuilder, NewListing};
use std::collections::HashMap;
use std::fmt::Write;
use std::io::BufRead;

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
    let mut entities: HashMap<Box<str>, EntityIx> = HashMap::new();
    // The list itself, for what has no label.
    let mut itself = None;
    let mut line = Vec::new();
    let mut locator = String::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        if document.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        number += 1;
        let text = String::from_utf8_lossy(&line);
        let text = match number {
            1 => text.trim_start_matches('\u{feff}'),
            _ => &text,
        };
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (address, label) = fields(text);
        if number == 1 && HEADINGS.iter().any(|h| address.eq_ignore_ascii_case(h)) {
            continue;
        }
        let known = match label {
            "" => itself,
            label => entities.get(label).copied(),
        };
        let entity = match known {
            Some(entity) => entity,
            None => {
                let (id, name) = match label {
                    "" => (list.source().id.clone(), list.source().title.clone()),
                    label => (label.into(), label.into()),
                };
                let entity = list.entity(Entity {
                    id,
                    name,
                    ..Entity::default()
                });
                match label {
                    "" => itself = Some(entity),
                    label => drop(entities.insert(label.into(), entity)),
                }
                entity
            }
        };
        locator.clear();
        write!(locator, "line {number}").expect("a String takes everything");
        list.listing(
            entity,
            NewListing {
                text: address,
                raw: text,
                locator: &locator,
                ..NewListing::default()
            },
        );
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
    use crate::source::{parse, parse_source};

    #[test]
    fn reads_addresses_and_labels() {
        let source = parse_source(
            "id = 'mine'\ntitle = 'My list'\npublisher = 'me'\nauthority = 'user'\n\
             licence = 'none'\nshape = 'lines'\n",
        )
        .unwrap();
        let snapshot = crate::list::Snapshot {
            sha256: "".into(),
            bytes: 0,
            url: "mine.txt".into(),
            retrieved_at: None,
            published_on: None,
            bundled: false,
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
