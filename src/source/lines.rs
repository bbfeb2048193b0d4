//! Any text with one address a line; what follows a comma, semicolon, tab or blank is its label.
//!
//! Empty lines and lines that start with `#` are skipped. An address is never a label: a line that
//! holds several lists each of them. A line that holds none is kept verbatim, with a finding.

use super::{ParseError, inside, tabular};
use crate::finding::Code;
use crate::list::{Entity, EntityIx, ListBuilder, NewListing};
use std::collections::HashMap;
use std::fmt::Write;
use std::io::{BufRead, Cursor};

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
        // Zeros are what is left of another encoding, or of a record of fixed length.
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        locator.clear();
        write!(locator, "line {number}").expect("a String takes everything");
        out.line(text, &locator, number == 1);
    }
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

    fn listing(&mut self, label: &str, address: &str, raw: &str, locator: &str) {
        let known = match label {
            "" => self.itself,
            label => self.entities.get(label).copied(),
        };
        let entity = known.unwrap_or_else(|| {
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
        });
        let new = NewListing {
            text: address,
            raw,
            locator,
            ..NewListing::default()
        };
        self.list.listing(entity, new);
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
            url: "mine.txt".into(),
            ..crate::list::Snapshot::default()
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
