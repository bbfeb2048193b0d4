//! Anything that is a table: CSV and its kin, JSON, JSON lines, YAML, workbooks, as rows of named
//! cells.
//!
//! Rows stream: only a workbook's shared texts and a YAML document's text are held. It does not
//! know what a column means.

mod csv;
mod json;
mod sheet;
mod yaml;

pub(super) use json::{line_values as json_lines, values as json_values};
pub(super) use sheet::day as excel_day;
pub(super) use yaml::{Item as YamlItem, documents as yaml_documents};

use super::ParseError;
use encoding_rs::Encoding;
use std::io::{BufRead, Cursor, Read};

/// How a table is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Comma, semicolon, tab or bar between cells.
    Csv,
    /// One JSON value: an array of records, an object that holds one, or an object by key.
    Json,
    /// One JSON record a line.
    Ndjson,
    /// A YAML sequence of records, or a mapping that holds one.
    Yaml,
    /// An Excel workbook.
    Xlsx,
}

impl Kind {
    /// By name, as in a source's options.
    pub(super) const ALL: &[(&str, Self)] = &[
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("ndjson", Self::Ndjson),
        ("yaml", Self::Yaml),
        ("xlsx", Self::Xlsx),
    ];

    /// Of a document that begins with `head`; never fails, for any text is a table of one column.
    pub(super) fn sniff(head: &[u8]) -> Self {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let text = text.trim_ascii_start();
        match text {
            [b'P', b'K', ..] => Self::Xlsx,
            [b'{', ..] if is_lines(text) => Self::Ndjson,
            [b'{' | b'[', ..] => Self::Json,
            _ if is_yaml(text) => Self::Yaml,
            _ => Self::Csv,
        }
    }
}

/// Whether a text that begins with a brace has a whole record in its first line, and more after it.
fn is_lines(text: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'\n', text) else {
        return false;
    };
    let more = text[end..].trim_ascii_start().starts_with(b"{");
    more && serde_json::from_slice::<serde::de::IgnoredAny>(&text[..end]).is_ok()
}

/// Whether the first line with something on it is one of YAML's: `---`, `- a`, `key: value`.
fn is_yaml(text: &[u8]) -> bool {
    let lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let Some(line) = lines
        .into_iter()
        .find(|l| !l.is_empty() && !l.starts_with(b"#"))
    else {
        return false;
    };
    if line == b"---" || line.starts_with(b"- ") {
        return true;
    }
    let key = line
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    key > 0 && line[key..].starts_with(b":") && matches!(line.get(key + 1), None | Some(b' '))
}

/// What must be known to read one.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The shape in whose name errors speak.
    pub(super) shape: &'static str,
    /// As told; `None`: by its first bytes.
    pub(super) kind: Option<Kind>,
    /// Between cells; `None`: by the first line.
    pub(super) delimiter: Option<u8>,
    /// Where the records lie in JSON or YAML, keys separated by dots.
    pub(super) path: Vec<Box<str>>,
    /// The sheet; `None`: the first one.
    pub(super) sheet: Option<Box<str>>,
    /// A column of the header; rows above it are no records.
    pub(super) header: Option<Box<str>>,
    /// Whether there is a header at all; `None`: unless a cell of the first row is an address.
    pub(super) has_header: Option<bool>,
    /// Of bytes that are not UTF-8.
    pub(super) encoding: &'static Encoding,
    /// Whether a quote that is never closed is an error: the document was cut.
    pub(super) strict: bool,
    /// Whether a last row that lacks cells and its line's end is an error: programs write them.
    pub(super) whole: bool,
}

impl Layout {
    /// The plainest.
    pub(super) fn new(shape: &'static str) -> Self {
        Self {
            shape,
            kind: None,
            delimiter: None,
            path: Vec::new(),
            sheet: None,
            header: None,
            has_header: None,
            encoding: encoding_rs::WINDOWS_1252,
            strict: false,
            whole: false,
        }
    }
}

/// One record. Buffers are reused from row to row.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Names of the columns.
    pub(super) names: Vec<Box<str>>,
    /// The cells; there can be fewer or more than names.
    pub(super) values: Vec<String>,
    /// Number of the record, 1-based, header excluded.
    pub(super) number: u64,
    /// Physical line on which it starts; 0 where that means nothing.
    pub(super) line: u64,
}

impl Row {
    /// The cell of the column called so, without white space around it; empty when there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.names
            .iter()
            .position(|n| n.eq_ignore_ascii_case(name))
            .and_then(|ix| self.values.get(ix))
            .map_or("", |value| super::common::trim(value))
    }

    /// Whether there is a column called so.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|n| n.eq_ignore_ascii_case(name))
    }

    /// Where it is, for people.
    pub(super) fn locator(&self) -> String {
        match self.line {
            0 => format!("record {}", self.number),
            line => format!("line {line}"),
        }
    }

    /// Whether every cell says what its column is called.
    pub(super) fn repeats_header(&self) -> bool {
        self.values.len() > 1
            && self.names.len() == self.values.len()
            && self.names.iter().zip(&self.values).all(|(n, v)| **n == **v)
    }

    /// Whether no cell says anything.
    pub(super) fn is_blank(&self) -> bool {
        self.values
            .iter()
            .all(|v| super::common::trim(v).is_empty())
    }
}

/// What happens at a row.
pub(super) enum Seen<'a> {
    /// A record.
    Row(&'a Row),
    /// A row above the header, such as `Report Date: 08-Oct-2026`.
    Above(&'a Row),
    /// Something is wrong at a place, and work goes on.
    Odd(String, String),
}

/// Hands every row to `each`.
pub(super) fn rows(
    layout: &Layout,
    document: &mut dyn BufRead,
    each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    if let Some(text) = utf16(layout.shape, document)? {
        return rows(layout, &mut Cursor::new(text), each);
    }
    let head = document.fill_buf()?;
    if head.is_empty() {
        return Err(empty(layout.shape));
    }
    if let Some((what, hint)) = refused(head) {
        return Err(ParseError::Shape {
            shape: layout.shape,
            why: format!("it is {what}"),
            hint: Some(hint.into()),
        });
    }
    match layout.kind.unwrap_or_else(|| Kind::sniff(head)) {
        Kind::Csv => csv::rows(layout, document, each),
        Kind::Json => json::rows(layout.shape, &layout.path, document, &mut |row| {
            each(Seen::Row(row))
        }),
        Kind::Ndjson => json::lines(layout.shape, document, each),
        Kind::Yaml => yaml::rows(layout, document, each),
        Kind::Xlsx => sheet::rows(layout, document, each),
    }
}

/// UTF-16 is read whole: no publisher's list in it is large.
const UTF16_MAX: u64 = 256 << 20;

/// Which UTF-16 a document is that begins with `head`: by its mark, else by where its zeros stand.
pub(super) fn utf16_of(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding).filter(|e| *e != encoding_rs::UTF_8);
    }
    let head = match head {
        [b'P', b'K', ..] => return None,
        head => &head[..head.len().min(1 << 12)],
    };
    let zeros = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    match pairs > 3 {
        true if odd * 5 > pairs * 2 && even * 20 < pairs => Some(encoding_rs::UTF_16LE),
        true if even * 5 > pairs * 2 && odd * 20 < pairs => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// The text of a document in UTF-16; `None`: it is in no such encoding.
pub(super) fn utf16(
    shape: &'static str,
    document: &mut dyn BufRead,
) -> Result<Option<String>, ParseError> {
    let Some(encoding) = utf16_of(document.fill_buf()?) else {
        return Ok(None);
    };
    let bytes = read_all(shape, document, UTF16_MAX)?;
    Ok(Some(encoding.decode(&bytes).0.into_owned()))
}

/// The error for a document without a byte.
pub(super) fn empty(shape: &'static str) -> ParseError {
    ParseError::Shape {
        shape,
        why: "it is empty".into(),
        hint: Some("the download brought nothing; download it again".into()),
    }
}

/// What a publisher's server sends instead of a table.
fn refused(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let starts = |word: &[u8]| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    if starts(b"<!doctype html") || starts(b"<html") {
        return Some((
            "an HTML page",
            "the publisher answered with a page (an error, a login or a bot check) instead of the \
             list; download it again",
        ));
    }
    if starts(b"<?xml") || starts(b"<error") {
        return Some(("XML", "import it under the source that it belongs to"));
    }
    if starts(b"%PDF") {
        return Some(("a PDF", "a table is needed: CSV, JSON, YAML or a workbook"));
    }
    if starts(b"version https://git-lfs") {
        return Some((
            "a Git LFS pointer, not the file",
            "download the file itself",
        ));
    }
    None
}

/// The whole document, up to a bound.
pub(super) fn read_all(
    shape: &'static str,
    document: &mut dyn BufRead,
    most: u64,
) -> Result<Vec<u8>, ParseError> {
    let mut bytes = Vec::new();
    let read = document.take(most + 1).read_to_end(&mut bytes)?;
    if read as u64 > most {
        return Err(ParseError::Broken {
            shape,
            at: format!("byte {most}"),
            why: "it is longer than any list of this kind".into(),
        });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_first_bytes() {
        let cases: &[(&str, Kind)] = &[
            ("address,label\n1abc,x\n", Kind::Csv),
            ("\u{feff}address;label\n", Kind::Csv),
            ("[\n\"0x\"]", Kind::Json),
            ("{\"result\":[]}", Kind::Json),
            ("{\n\"a\":1}", Kind::Json),
            ("{\"a\":1}\n{\"a\":2}\n", Kind::Ndjson),
            ("---\n- a\n", Kind::Yaml),
            ("# note\ntitle: Example\ntags:\n", Kind::Yaml),
            ("title: A, b\ntags:\n", Kind::Yaml),
            ("- address: 1\n", Kind::Yaml),
            ("PK\u{3}\u{4}", Kind::Xlsx),
            ("1abc\n", Kind::Csv),
            ("", Kind::Csv),
        ];
        for (head, kind) in cases {
            assert_eq!(Kind::sniff(head.as_bytes()), *kind, "{head:?}");
        }
    }
}
