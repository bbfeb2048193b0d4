//! The cells that `--annotate` adds to a copy of the input: one row's matches, in its own dialect.
//!
//! Where the cells go, and the bytes around them, are the input's affair; the copy keeps every one
//! of them.

use super::escape::cell;
use crate::finding::{Code, Finding, Place};
use crate::screen::{Match, Possible, ScreeningReport};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::collections::{BTreeSet, HashMap};

/// The appended columns.
pub const ANNOTATED_COLUMNS: [&str; 5] = [
    "interdict_match",
    "interdict_list",
    "interdict_entity",
    "interdict_timing",
    "interdict_note",
];

/// Findings about a cell that could not be screened.
const NOT_SCREENED: &[Code] = &[
    Code::AddressChecksum,
    Code::AddressTruncated,
    Code::AddressSuspicious,
    Code::NotScreenable,
    Code::SecretMaterial,
    Code::RowUnreadable,
];

/// What is said of the rows of one input.
#[derive(Debug)]
pub struct Annotation<'r> {
    matches: HashMap<u64, Vec<&'r Match<'r>>>,
    possible: HashMap<u64, Vec<&'r Possible<'r>>>,
    not_screened: BTreeSet<u64>,
    delimiter: u8,
    encoding: &'static Encoding,
}

impl<'r> Annotation<'r> {
    /// The annotation of input number `input`, whose cells are delimited and encoded so.
    pub fn new(
        report: &'r ScreeningReport<'r>,
        input: usize,
        delimiter: u8,
        encoding: &'static Encoding,
    ) -> Self {
        let (mut matches, mut possible) = (HashMap::new(), HashMap::new());
        for m in report.matches.iter().filter(|m| m.input == input) {
            matches.entry(m.row).or_insert_with(Vec::new).push(m);
        }
        for p in report.possible.iter().filter(|p| p.found.input == input) {
            possible.entry(p.found.row).or_insert_with(Vec::new).push(p);
        }
        let mut annotation = Self {
            matches,
            possible,
            not_screened: BTreeSet::new(),
            delimiter,
            encoding,
        };
        annotation.not_screened(&report.findings);
        annotation
    }

    /// Marks the rows that these findings about the input say were not screened. A report names only
    /// so many of them one by one.
    pub fn not_screened(&mut self, findings: &[Finding]) {
        let rows = findings.iter().filter_map(|f| match &f.place {
            Place::Cell { row, .. } if NOT_SCREENED.contains(&f.code) => Some(*row),
            _ => None,
        });
        self.not_screened.extend(rows);
    }

    /// The bytes to add to the header, which lacks `missing` cells.
    pub fn header(&self, missing: usize, wrapped: bool) -> Vec<u8> {
        self.cells(ANNOTATED_COLUMNS.map(str::to_owned), missing, wrapped)
    }

    /// The bytes to add to a row.
    ///
    /// A row without a word was looked at and nothing was found in it; why a row was not screened is
    /// told by the report.
    pub fn row(&self, row: u64, missing: usize, wrapped: bool) -> Vec<u8> {
        let entity = |m: &Match<'_>| format!("{} ({})", m.entity().name, m.entity().id);
        let join = |texts: Vec<String>| texts.join("; ");
        let cells = match (self.matches.get(&row), self.possible.get(&row)) {
            (Some(matches), _) => {
                let counts = matches.iter().any(|m| m.stands());
                let of =
                    |f: &dyn Fn(&Match<'_>) -> String| join(matches.iter().map(|m| f(m)).collect());
                [
                    match counts {
                        true => "match",
                        false if matches.iter().any(|m| m.cleared()) => "cleared",
                        false => "delisted-before",
                    }
                    .to_owned(),
                    of(&|m| m.list.source.id.to_string()),
                    of(&entity),
                    of(&|m| m.timing.id().to_owned()),
                    matches
                        .iter()
                        .map(|m| m.note())
                        .collect::<Vec<_>>()
                        .join(" "),
                ]
            }
            (None, Some(possible)) => {
                let of = |f: &dyn Fn(&Possible<'_>) -> String| {
                    join(possible.iter().map(|p| f(p)).collect())
                };
                [
                    "possible".to_owned(),
                    of(&|p| p.found.list.source.id.to_string()),
                    of(&|p| entity(&p.found)),
                    String::new(),
                    of(&|p| {
                        let (text, listed) = (&p.found.text, p.found.listing.text);
                        format!(
                            "{}: `{text}` may be `{listed}`, {}",
                            p.kind, p.found.basis_note
                        )
                    }),
                ]
            }
            (None, None) if self.not_screened.contains(&row) => {
                let mut cells = [const { String::new() }; 5];
                cells[0] = "not-screened".to_owned();
                cells
            }
            (None, None) => [const { String::new() }; 5],
        };
        self.cells(cells, missing, wrapped)
    }

    fn cells(&self, cells: [String; 5], missing: usize, wrapped: bool) -> Vec<u8> {
        let delimiter = char::from(self.delimiter);
        let mut out: String = std::iter::repeat_n(delimiter, missing).collect();
        for text in &cells {
            let text = cell(text);
            out.push(delimiter);
            if text.contains([delimiter, '"', '\n', '\r']) {
                out.push('"');
                out.push_str(&text.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&text);
            }
        }
        if wrapped {
            out = out.replace('"', "\"\"");
        }
        encode(&out, self.encoding)
    }
}

/// The text in `encoding`; `?` for what that cannot write.
fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    if encoding == UTF_8 {
        return text.as_bytes().to_vec();
    }
    if encoding == UTF_16LE || encoding == UTF_16BE {
        let big = encoding == UTF_16BE;
        let unit = |u: u16| {
            if big {
                u.to_be_bytes()
            } else {
                u.to_le_bytes()
            }
        };
        return text.encode_utf16().flat_map(unit).collect();
    }
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        let mut buffer = [0; 4];
        match encoding.encode(c.encode_utf8(&mut buffer)) {
            (_, _, true) => out.push(b'?'),
            (bytes, _, false) => out.extend_from_slice(&bytes),
        }
    }
    out
}
