//! The shape of a delimited text from its first part: delimiter, preamble, header, columns.
//!
//! It looks only at a sample; whatever it decides, every cell is looked at later.

use super::columns::SAMPLE_ROWS;
use super::kind::{self, Kind};
use super::split::{Dialect, Kind as RecordKind};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that are looked at.
const RECORDS: usize = 500;

/// What the start of a delimited text says about the rest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) dialect: Dialect,
    /// Physical line of the header, 1-based; 0: none.
    pub(crate) header_line: u64,
    /// Where the data starts in the text.
    pub(crate) data: usize,
    /// How many cells its header has; 0: no header.
    pub(crate) width: usize,
    /// How many cells most data records have.
    pub(crate) usual: usize,
    /// Its headings; empty when there is no header.
    pub(crate) headings: Vec<String>,
    /// A sample of its rows.
    pub(crate) rows: Vec<Vec<Vec<u8>>>,
}

/// A record's place and its cells.
struct Sampled<'a> {
    start: usize,
    end: usize,
    next: usize,
    cells: Vec<(u64, &'a [u8])>,
}

fn sample<'a>(text: &'a [u8], dialect: &Dialect, last: bool) -> Vec<Sampled<'a>> {
    let mut out: Vec<Sampled<'a>> = Vec::new();
    let mut start = 0;
    while start < text.len() && out.len() < RECORDS {
        let end = dialect.record(text, start, last);
        // A record torn by the end of the sample says nothing, unless it is all there is.
        if !end.whole && !out.is_empty() {
            break;
        }
        let record = &text[start..end.end];
        if dialect.kind(record) != RecordKind::Blank {
            let mut cells = Vec::new();
            dialect.cells(record, start as u64, &mut cells);
            out.push(Sampled {
                start,
                end: end.end,
                next: end.next,
                cells,
            });
        }
        start = end.next;
    }
    out
}

/// The number of cells that most separators agree on, and how many records have it.
fn usual(counts: &[usize]) -> (usize, usize) {
    let of = |n: usize| counts.iter().filter(|c| **c == n).count();
    counts
        .iter()
        .map(|&n| (n, of(n)))
        .max_by_key(|&(n, times)| ((n - 1) * times, n))
        .unwrap_or((1, 0))
}

/// Whether a cell reads like a heading rather than a value.
fn heading_like(cell: &[u8]) -> bool {
    match kind::of(cell) {
        None => true,
        Some(Kind::Text) => true,
        Some(Kind::Id) => !cell.iter().any(u8::is_ascii_digit) || cell.len() < 20,
        Some(_) => false,
    }
}

fn header_like(cells: &[(u64, &[u8])]) -> bool {
    let filled: Vec<&[u8]> = cells
        .iter()
        .map(|c| c.1.trim_ascii())
        .filter(|c| !c.is_empty())
        .collect();
    let letters = |c: &&&[u8]| c.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80);
    !filled.is_empty()
        && filled.len() * 2 >= cells.len()
        && filled.iter().all(|c| heading_like(c))
        && filled.iter().filter(letters).count() * 3 >= filled.len() * 2
        && filled.iter().all(|c| c.len() <= 200)
}

/// How well `delimiter` explains the sample.
fn score(text: &[u8], delimiter: u8, last: bool) -> f64 {
    let dialect = Dialect {
        delimiter,
        ..Dialect::default()
    };
    let records = sample(text, &dialect, last);
    let counts: Vec<usize> = records.iter().map(|r| r.cells.len()).collect();
    let (width, times) = usual(&counts);
    if width < 2 {
        return 0.0;
    }
    let share = times as f64 / counts.iter().filter(|c| **c > 1).count().max(1) as f64;
    let all = times as f64 / counts.len() as f64;
    let first = records.iter().find(|r| r.cells.len() + 1 >= width);
    let header = first.is_some_and(|r| header_like(&r.cells));
    share * (0.5 + all / 2.0) * (1.0 + (width as f64).ln() / 4.0) + if header { 0.5 } else { 0.0 }
}

/// A heading as people see it: no quotes, no byte order mark, no white space around it.
pub(crate) fn heading(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell)
        .replace("\"\"", "\"")
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '"')
        .to_owned()
}

/// Overrides of what the sample says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given {
    pub(crate) delimiter: Option<u8>,
    pub(crate) header: Option<bool>,
}

/// The line `sep=;` above a table, which tells spreadsheets the delimiter: how many bytes it takes,
/// its line end included, and what it says.
fn stated_delimiter(text: &[u8]) -> Option<(usize, u8)> {
    let line = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let [s, e, p, b'=', delimiter, rest @ ..] = line else {
        return None;
    };
    let ends = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => return None,
    };
    let plain = !delimiter.is_ascii_alphanumeric() && delimiter.is_ascii() && *delimiter != b'"';
    let said = [*s, *e, *p].eq_ignore_ascii_case(b"sep") && plain;
    said.then_some((text.len() - rest.len() + ends, *delimiter))
}

/// Finds the shape of `text`, the start of an input; `last`: it is all of it.
pub(crate) fn detect(text: &[u8], last: bool, given: Given) -> Shape {
    let Some((lead, delimiter)) = stated_delimiter(text) else {
        return detect_table(text, last, given);
    };
    let given = Given {
        delimiter: given.delimiter.or(Some(delimiter)),
        ..given
    };
    let mut shape = detect_table(&text[lead..], last, given);
    shape.data += lead;
    if shape.header_line > 0 {
        shape.header_line += 1;
    }
    shape
}

fn detect_table(text: &[u8], last: bool, given: Given) -> Shape {
    let mut dialect = Dialect {
        cr: memchr::memchr(b'\n', text).is_none() && memchr::memchr(b'\r', text).is_some(),
        ..Dialect::default()
    };
    let scored = DELIMITERS.map(|d| (score(text, d, last), d));
    let best = scored.iter().copied().fold(
        (0.0, 0),
        |best, new| if new.0 > best.0 { new } else { best },
    );
    // Lines wrapped into one quoted cell hide their delimiter.
    let unwrapped = unwrap_sample(text, last);
    if let Some(inner) = &unwrapped {
        let scored = DELIMITERS.map(|d| (score(inner, d, true), d));
        let inner = scored.iter().copied().fold(
            (0.0, 0),
            |best, new| if new.0 > best.0 { new } else { best },
        );
        if inner.0 > best.0 {
            dialect.wrapped = true;
            dialect.delimiter = inner.1;
        }
    }
    if !dialect.wrapped {
        dialect.delimiter = if best.0 >= 0.55 { best.1 } else { 0 };
    }
    if let Some(delimiter) = given.delimiter {
        dialect.delimiter = delimiter;
    }

    // The records as they will be split, each with its place.
    let mut records: Vec<(usize, usize, usize, Vec<Vec<u8>>)> = Vec::new();
    for at in sample(text, &dialect, last) {
        let mut cells: Vec<Vec<u8>> = at.cells.iter().map(|c| c.1.to_vec()).collect();
        if dialect.wrapped {
            super::split::records(&text[at.start..at.end], 0, &dialect, |split| {
                cells = split.cells.iter().map(|c| c.1.to_vec()).collect();
            });
        }
        records.push((at.start, at.end, at.next, cells));
    }
    let cells: Vec<&[Vec<u8>]> = records.iter().map(|r| &*r.3).collect();
    let before = std::iter::once(0).chain(records.iter().map(|r| r.2));
    let gaps: Vec<bool> = records
        .iter()
        .zip(before)
        .map(|(r, end)| r.0 > end)
        .collect();
    let head = head(&cells, &gaps, given);
    let mut shape = Shape {
        usual: head.usual,
        ..Shape::default()
    };
    if let Some((start, end, next, cells)) = records.get(head.first) {
        shape.data = *start;
        if head.header {
            shape.headings = cells.iter().map(|c| heading(c)).collect();
            dialect.marked =
                cells.len() > 1 && cells[1..].iter().any(|c| c.starts_with(b"\xEF\xBB\xBF"));
            dialect.header = text[*start..*end].into();
            shape.header_line = super::split::lines(&text[..*start], &dialect) + 1;
            shape.data = *next;
            shape.width = cells.len();
        }
    }
    let body = head.first + usize::from(head.header);
    let rows: Vec<Vec<Vec<u8>>> = records
        .drain(body.min(records.len())..)
        .take(SAMPLE_ROWS)
        .map(|r| r.3)
        .collect();
    shape.rows = rows;
    shape.dialect = dialect;
    shape
}

/// Where a table starts in its first records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// The first record that is no preamble.
    pub(crate) first: usize,
    /// Whether that is the header.
    pub(crate) header: bool,
    /// How many cells most rows have.
    pub(crate) usual: usize,
}

/// Most records of titles and notes above a table.
const PREAMBLE: usize = 30;

/// Tells preamble, header and rows apart. `gaps`: before which records there are empty lines.
pub(crate) fn head(records: &[&[Vec<u8>]], gaps: &[bool], given: Given) -> Head {
    let counts: Vec<usize> = records.iter().map(|r| r.len()).collect();
    let (width, _) = usual(&counts);
    let starts =
        |n: usize| n + usize::from(width > 2) >= width || (width > 4 && n * 4 >= width * 3);
    let Some(first) = counts.iter().position(|n| starts(*n)) else {
        return Head::default();
    };
    // Titles and notes above a table have as many cells when a spreadsheet has saved it.
    let filled = |at: usize| {
        records[at]
            .iter()
            .filter(|c| !c.trim_ascii().is_empty())
            .count()
    };
    let like = |at: usize| {
        let cells: Vec<(u64, &[u8])> = records[at].iter().map(|c| (0, c.as_slice())).collect();
        header_like(&cells)
    };
    let sparse = |at: usize| width > 2 && filled(at) * 2 <= width;
    let above = first..records.len().min(first + PREAMBLE);
    let below = above.clone().find(|at| !sparse(*at));
    // Notes of nearly as many cells as the table has columns end at the first row that has a cell
    // in each; that one is the header if it reads like one.
    let heads = |at: usize| like(at) && (at + 1 == records.len() || !like(at + 1));
    let whole = |at: &usize| counts[*at] >= width && filled(*at) >= width;
    let whole = above.clone().find(whole);
    // An empty line may set the table off.
    let set_off = above
        .clone()
        .skip(1)
        .filter(|at| gaps.get(*at) == Some(&true) && counts[*at] >= width && heads(*at))
        .rfind(|at| (at - first) * 2 < records.len());
    let first = match (set_off, whole, below) {
        (Some(at), ..) => at,
        (_, Some(whole), _) if width > 2 && whole > first && heads(whole) => whole,
        (.., Some(below)) if below > first && starts(counts[below]) && like(below) => below,
        _ => first,
    };
    let like = like(first) && (width > 1 || single_header(&records[first..]));
    let header = given.header.unwrap_or(like);
    let rows = &counts[(first + usize::from(header)).min(counts.len())..];
    let usual = if rows.is_empty() {
        width
    } else {
        usual(rows).0
    };
    Head {
        first,
        header,
        usual,
    }
}

/// One column: the first line is a heading when the others are of another kind.
fn single_header(records: &[&[Vec<u8>]]) -> bool {
    let mut rest = records.iter().skip(1).take(20).peekable();
    rest.peek().is_some()
        && rest.all(|r| kind::of(&r[0]).is_none_or(|k| k != Kind::Text))
        && records[0][0].len() < 60
}

/// The lines of a text whose every line is one quoted cell, without that quoting; `None` when it
/// is not such a text.
fn unwrap_sample(text: &[u8], last: bool) -> Option<Vec<u8>> {
    let whole = Dialect::default();
    let records = sample(text, &whole, last);
    let mut out = Vec::new();
    let mut wrapped = 0;
    for at in &records {
        let line = text[at.start..at.end].trim_ascii();
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        let inner = line.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\""));
        match inner {
            Some(inner) if at.cells.len() == 1 && doubled(inner) => {
                let text = String::from_utf8_lossy(inner).replace("\"\"", "\"");
                out.extend_from_slice(text.as_bytes());
                wrapped += 1;
            }
            _ => out.extend_from_slice(line),
        }
        out.push(b'\n');
    }
    (wrapped > 0 && wrapped * 2 > records.len()).then_some(out)
}

/// Whether every quote in `inner` is doubled.
fn doubled(inner: &[u8]) -> bool {
    let mut quotes = inner.split(|b| *b != b'"');
    quotes.all(|run| run.len() % 2 == 0)
}
