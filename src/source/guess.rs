//! What a file without a source file is: a publisher's document, a table, or a text of addresses.
//!
//! The first bytes decide, never the name. It does not know whether the file is sound.

use super::tabular::{self, Kind};
use super::{
    csl, eu, ofac_advanced, ofac_csv, ofac_enhanced, ofac_legacy, swiss, table, tagpack, uk_xml, un,
};
use super::{inside, lines};
use crate::address::decode;

/// Root elements that belong to one shape alone.
const ROOTS: &[(&str, &str)] = &[
    ("Sanctions", ofac_advanced::ID),
    ("sdnList", ofac_legacy::ID),
    ("sanctionsData", ofac_enhanced::ID),
    ("CONSOLIDATED_LIST", un::ID),
    ("export", eu::ID),
    ("Designations", uk_xml::ID),
    ("swiss-sanctions-list", swiss::ID),
];

/// The shape of a document that begins with `head`; some 64 KiB suffice.
pub fn guess_shape(head: &[u8]) -> &'static str {
    if let Some(encoding) = tabular::utf16_of(head) {
        let head = encoding.decode(head).0;
        return guess_shape(head.as_bytes());
    }
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    if let Some(root) = root(text) {
        if root.eq_ignore_ascii_case("html") {
            return super::notice::ID;
        }
        let found = ROOTS.iter().find(|(name, _)| *name == root);
        return found.map_or(super::notice::ID, |(_, shape)| shape);
    }
    match Kind::sniff(head) {
        Kind::Yaml if tagpack::is_pack(text) => tagpack::ID,
        Kind::Json if csl::is_csl(text) => csl::ID,
        Kind::Csv if csl::is_csl(text) => csl::ID,
        Kind::Csv => text_or_table(text),
        _ => table::ID,
    }
}

/// The shape of an archive of files with these names; `None`: of none that takes several files.
pub fn guess_archive(names: &[Box<str>]) -> Option<&'static str> {
    let any = |wanted: &dyn Fn(&str) -> bool| {
        let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        names.iter().any(|name| wanted(&base(name)))
    };
    if any(&|name| matches!(name, "sdn.csv" | "cons_prim.csv")) {
        Some(ofac_csv::ID)
    } else if any(&|name| name.ends_with(".yaml") || name.ends_with(".yml")) {
        Some(tagpack::ID)
    } else {
        None
    }
}

/// The root element of XML or HTML, without prefix.
fn root(mut text: &[u8]) -> Option<&str> {
    loop {
        text = text.trim_ascii_start().strip_prefix(b"<")?;
        match text.first()? {
            b'?' | b'!' => {
                if text
                    .get(..8)
                    .is_some_and(|t| t.eq_ignore_ascii_case(b"!doctype"))
                    && text[8..]
                        .trim_ascii_start()
                        .get(..4)?
                        .eq_ignore_ascii_case(b"html")
                {
                    return Some("html");
                }
                let end: &[u8] = if text.starts_with(b"!--") {
                    b"-->"
                } else {
                    b">"
                };
                let at = memchr::memmem::find(text, end)?;
                text = &text[at + end.len()..];
            }
            _ => {
                let end = text.iter().position(|b| b" \t\r\n/>".contains(b))?;
                let name = str::from_utf8(&text[..end]).ok()?;
                return Some(name.rsplit(':').next().unwrap_or(name));
            }
        }
    }
}

/// A table has the same separator in every line, and an address or a heading in a cell of its own;
/// prose has neither.
fn text_or_table(text: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(&text[..text.len().min(64 << 10)]);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .take(200)
        .collect();
    let Some(first) = lines.first() else {
        return lines::ID;
    };
    let separator = [',', ';', '\t', '|']
        .into_iter()
        .map(|c| (first.matches(c).count(), c))
        .max_by_key(|(count, _)| *count)
        .filter(|(count, _)| *count > 0)
        .map(|(_, c)| c);
    let is_address = |cell: &str| {
        let cell = cell.trim().trim_matches('"');
        decode(cell.as_bytes()).is_ok()
    };
    let holds_address = |cell: &str| is_address(cell) || !inside::addresses(cell).0.is_empty();
    if let Some(separator) = separator {
        let with = lines.iter().filter(|l| l.contains(separator)).count();
        let heading = !first.split(separator).any(is_address);
        let cells = lines.iter().skip(1).flat_map(|l| l.split(separator));
        if with * 10 >= lines.len() * 9 && heading && cells.into_iter().any(holds_address) {
            return table::ID;
        }
    }
    // A text of addresses has one, or something like one, at the beginning of most lines.
    let begins = |line: &&&str| {
        let end = line.find([' ', ',', ';', '\t', '|']).unwrap_or(line.len());
        let word = line[..end].trim_matches('"');
        is_address(word) || word.len() >= 25 && word.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let begin = lines.iter().filter(begins).count();
    let prose = |line: &&&str| !begins(line) && line.split_whitespace().count() > 3;
    let sentences = lines.iter().filter(prose).count();
    if begin * 2 >= lines.len() && sentences * 10 <= lines.len() {
        lines::ID
    } else if lines.iter().any(|l| !super::freetext::find(l).is_empty()) {
        super::notice::ID
    } else {
        lines::ID
    }
}
