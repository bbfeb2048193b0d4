//! JSON, streamed: one object a line, a stream of values, or arrays of objects in a document.
//!
//! Every scalar is a cell, its path the column: `outputs[].addresses`. So is a member's name that is
//! long enough to be an address, in the column of the object it is in: `balances`, or `{}` for the
//! record itself; in the paths below it stands as `{}`. What does not parse is reported, and its
//! bytes are looked at all the same. It knows nothing of roles or lists.

use super::encoding::Decoded;
use super::kind::{self, Kind as Content};
use memchr::{memchr, memchr2};
use std::collections::HashMap;
use std::io::{self, Read};

/// Bytes of text read at once.
const BLOCK: usize = 1 << 20;
/// The longest record that is held as a whole.
pub(super) const RECORD_MAX: usize = 64 << 20;
/// How deep values may be nested.
const DEPTH_MAX: usize = 200;

/// Shorter than this no name of a member is an address.
const NAME_MIN: usize = 25;

/// Whether a byte may be part of a value that is no string.
pub(super) fn is_bare(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"+-.".contains(&b)
}

/// One scalar of a record, or the name of one of its members.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf<'p> {
    /// Its path, indices of arrays left out: `outputs[].addresses`.
    pub(crate) path: &'p str,
    /// Its path with indices, when they were asked for.
    pub(crate) exact: &'p str,
    /// Where its text starts in the record, without the quotes.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// Whether it is a string with escapes in it.
    pub(crate) escaped: bool,
}

struct Walker<'t, 'f> {
    text: &'t [u8],
    at: usize,
    path: String,
    exact: String,
    indices: bool,
    each: &'f mut dyn FnMut(Leaf<'_>),
}

/// Hands over each scalar of the value `text`. The error is where it stops being JSON.
pub(crate) fn walk(
    text: &[u8],
    indices: bool,
    each: &mut dyn FnMut(Leaf<'_>),
) -> Result<(), usize> {
    let mut walker = Walker {
        text,
        at: 0,
        path: String::new(),
        exact: String::new(),
        indices,
        each,
    };
    walker.value(0)?;
    walker.space();
    if walker.at == text.len() {
        Ok(())
    } else {
        Err(walker.at)
    }
}

impl Walker<'_, '_> {
    fn space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), usize> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.at)
    }

    /// Passes over a string; gives the range inside the quotes and whether it has escapes.
    fn string(&mut self) -> Result<(usize, usize, bool), usize> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            let Some(found) = memchr2(b'"', b'\\', &self.text[self.at..]) else {
                return Err(start - 1);
            };
            self.at += found;
            if self.text[self.at] == b'"' {
                self.at += 1;
                return Ok((start, self.at - 1, escaped));
            }
            escaped = true;
            self.at = (self.at + 2).min(self.text.len());
        }
    }

    fn leaf(&mut self, start: usize, end: usize, escaped: bool) {
        let path = match self.path.strip_suffix("[]").unwrap_or(&self.path) {
            "" => "{}",
            path => path,
        };
        let exact = match self.exact.rfind('[') {
            Some(at) if self.exact.ends_with(']') && at > 0 => &self.exact[..at],
            _ if self.exact.is_empty() => "{}",
            _ => &self.exact,
        };
        (self.each)(Leaf {
            path,
            exact,
            start,
            end,
            escaped,
        });
    }

    fn value(&mut self, depth: usize) -> Result<(), usize> {
        self.space();
        match self.peek() {
            _ if depth > DEPTH_MAX => Err(self.at),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => {
                let (start, end, escaped) = self.string()?;
                self.leaf(start, end, escaped);
                Ok(())
            }
            Some(_) => {
                let start = self.at;
                let len = self.text[start..]
                    .iter()
                    .take_while(|b| is_bare(**b))
                    .count();
                self.at += len;
                let word = &self.text[start..self.at];
                let number = word
                    .first()
                    .is_some_and(|b| b.is_ascii_digit() || *b == b'-');
                match word {
                    b"null" | b"NaN" | b"Infinity" => Ok(()),
                    b"true" | b"false" => {
                        self.leaf(start, self.at, false);
                        Ok(())
                    }
                    _ if number => {
                        self.leaf(start, self.at, false);
                        Ok(())
                    }
                    _ => Err(start),
                }
            }
            None => Err(self.at),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), usize> {
        self.expect(b'{')?;
        let (path, exact) = (self.path.len(), self.exact.len());
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            let (start, end, escaped) = self.string()?;
            self.space();
            self.expect(b':')?;
            let raw = &self.text[start..end];
            let key = if escaped { unescape(raw) } else { raw.to_vec() };
            if may_be_address(&key) {
                self.leaf(start, end, escaped);
            }
            let said = is_data(&key);
            let key = String::from_utf8_lossy(&key);
            if path > 0 {
                self.path.push('.');
            }
            self.path.push_str(if said { "{}" } else { &key });
            if self.indices {
                if exact > 0 {
                    self.exact.push('.');
                }
                self.exact.push_str(&key);
            }
            self.value(depth + 1)?;
            self.path.truncate(path);
            self.exact.truncate(exact);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.at),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), usize> {
        self.expect(b'[')?;
        let (path, exact) = (self.path.len(), self.exact.len());
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        for index in 0usize.. {
            // The columns of a record that is an array are its places.
            if path == 0 {
                self.path.push_str(&(index + 1).to_string());
            } else {
                self.path.push_str("[]");
            }
            if self.indices {
                self.exact.push_str(&format!("[{index}]"));
            }
            self.value(depth + 1)?;
            self.path.truncate(path);
            self.exact.truncate(exact);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.at),
            }
        }
        self.at += 1;
        Ok(())
    }
}

/// Whether the name of a member may be an address rather than words.
fn may_be_address(name: &[u8]) -> bool {
    let mut words = name.split(|b| !b.is_ascii_alphanumeric());
    name.len() >= NAME_MIN
        && (name.iter().any(u8::is_ascii_digit) || words.any(|w| w.len() >= NAME_MIN))
}

/// Whether the name of a member is data, so that it tells records apart and not columns.
fn is_data(name: &[u8]) -> bool {
    may_be_address(name)
        && matches!(
            kind::of(name),
            Some(
                Content::Address
                    | Content::Holds
                    | Content::Bare
                    | Content::HoldsBare
                    | Content::Hash
                    | Content::HoldsHash
                    | Content::Xpub
                    | Content::Uuid
                    | Content::Iban
            )
        )
}

/// The text of a string with escapes; what is no escape is kept as it stands.
pub(crate) fn unescape(raw: &[u8]) -> Vec<u8> {
    let quoted = [b"\"", raw, b"\""].concat();
    match serde_json::from_slice::<String>(&quoted) {
        Ok(text) => text.into_bytes(),
        Err(_) => raw.to_vec(),
    }
}

/// How records lie in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// One a line.
    Lines,
    /// Values one after another.
    Values,
    /// Elements of the arrays of a document.
    Elements,
    /// Between such arrays.
    Between,
}

/// What a piece of the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A record.
    Record,
    /// What stands around records: not counted, but looked at.
    Aside,
    /// A record that does not end, or is too long.
    Torn,
}

/// A piece of the stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'b> {
    pub(crate) kind: Kind,
    pub(crate) text: &'b [u8],
    /// Decoded bytes before it.
    pub(crate) byte: u64,
    /// Physical line on which it starts.
    pub(crate) line: u64,
}

/// Cuts a stream into records.
pub(crate) struct Records<R> {
    text: Decoded<R>,
    buffer: Vec<u8>,
    at: usize,
    more: bool,
    mode: Mode,
    byte: u64,
    line: u64,
    pub(crate) failed: Option<io::Error>,
}

/// Whether `text`, the start of an input, is JSON.
pub(crate) fn is_json(text: &[u8]) -> bool {
    let text = text
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(text)
        .trim_ascii_start();
    let mut bytes = text.iter().copied().filter(|b| !b.is_ascii_whitespace());
    match (bytes.next(), bytes.next()) {
        (Some(b'{'), Some(b'"' | b'}')) => match balanced(text, 0) {
            Some(end) => walk(&text[..end], false, &mut |_| {}).is_ok(),
            None => true,
        },
        (Some(b'['), Some(b'{' | b'[')) => true,
        (Some(b'['), Some(b']')) => text.trim_ascii().len() < 8,
        (Some(b'['), Some(b'"')) => {
            balanced(text, 0).is_some_and(|end| walk(&text[..end], false, &mut |_| {}).is_ok())
        }
        _ => false,
    }
}

/// Whether `head`, the start of an input that is JSON, shows that its records are lines: the first
/// line is a whole value, and something follows it.
pub(crate) fn is_lines(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let text = text.trim_ascii_start();
    let Some(end) = memchr(b'\n', text) else {
        return false;
    };
    let (first, rest) = text.split_at(end);
    matches!(first.first(), Some(b'{' | b'['))
        && balanced(first, 0).is_some_and(|end| first[end..].trim_ascii().is_empty())
        && !rest.trim_ascii().is_empty()
}

/// The end of the value that starts at `from`, strings respected; `None`: not in this text.
fn balanced(text: &[u8], from: usize) -> Option<usize> {
    let (mut depth, mut at) = (0usize, from);
    while at < text.len() {
        match text[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' => {
                at = string_end(text, at)?;
                if depth == 0 {
                    return Some(at);
                }
                continue;
            }
            b',' | b'\n' | b'\r' if depth == 0 && at > from => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The end of the string whose opening quote is at `at`.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// After the next `[` that holds objects or arrays.
fn next_array(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => {
                at = string_end(text, at)?;
                continue;
            }
            b'[' => {
                let next = text[at + 1..].iter().find(|b| !b.is_ascii_whitespace());
                if matches!(next, Some(b'{' | b'[')) {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

impl<R: Read> Records<R> {
    /// Reads the first part of `text`.
    pub(crate) fn new(text: Decoded<R>) -> Self {
        let mut records = Self {
            text,
            buffer: Vec::new(),
            at: 0,
            more: true,
            mode: Mode::Lines,
            byte: 0,
            line: 1,
            failed: None,
        };
        records.fill();
        let text = records.buffer.strip_prefix(b"\xEF\xBB\xBF".as_slice());
        let start = text.unwrap_or(&records.buffer).trim_ascii_start();
        let first_line = &start[..memchr(b'\n', start).unwrap_or(start.len())];
        let lines = matches!(start.first(), Some(b'{' | b'['))
            && balanced(first_line, 0).is_some_and(|e| first_line[e..].trim_ascii().is_empty());
        let wrapped = |text: &[u8]| {
            // One document with an array of objects in it, and nothing after.
            let end = balanced(text, 0);
            let alone = end.is_none_or(|e| text[e..].trim_ascii().is_empty());
            alone && next_array(text).is_some()
        };
        records.mode = match start.first() {
            Some(b'[') if !lines || wrapped(start) => Mode::Between,
            Some(b'{') if wrapped(start) && (!lines || !records.more) && is_wrapper(start) => {
                Mode::Between
            }
            _ if lines => Mode::Lines,
            _ => Mode::Values,
        };
        records
    }

    fn fill(&mut self) {
        self.buffer.drain(..self.at);
        self.at = 0;
        let want = self.buffer.len().max(BLOCK);
        match self.text.fill(&mut self.buffer, want) {
            Ok(more) => self.more = more,
            Err(error) => {
                self.more = false;
                self.failed = Some(error);
            }
        }
    }

    fn pass(&mut self, to: usize) {
        let passed = &self.buffer[self.at..to];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.byte += passed.len() as u64;
        self.at = to;
    }

    /// The next piece; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Piece<'_>> {
        loop {
            // White space and separators between records.
            let rest = &self.buffer[self.at..];
            let mark = if self.byte == 0 && rest.starts_with(b"\xEF\xBB\xBF") {
                3
            } else {
                0
            };
            let separator = |b: &u8| {
                b.is_ascii_whitespace()
                    || (*b == b',' && matches!(self.mode, Mode::Elements))
                    || *b == 0x1E
            };
            let skip = rest[mark..].iter().take_while(|b| separator(b)).count() + mark;
            let to = self.at + skip;
            self.pass(to);
            if self.at == self.buffer.len() {
                if !self.more {
                    return None;
                }
                self.fill();
                continue;
            }
            let rest = &self.buffer[self.at..];
            let (kind, end) = match self.mode {
                Mode::Lines => match memchr(b'\n', rest) {
                    Some(end) => (Kind::Record, end),
                    None if !self.more => (Kind::Record, rest.len()),
                    None => (Kind::Torn, 0),
                },
                Mode::Elements if rest[0] == b']' => {
                    self.mode = Mode::Between;
                    (Kind::Aside, 1)
                }
                Mode::Between => match next_array(rest) {
                    Some(end) => {
                        self.mode = Mode::Elements;
                        (Kind::Aside, end)
                    }
                    None if !self.more => (Kind::Aside, rest.len()),
                    None => (Kind::Torn, 0),
                },
                Mode::Values | Mode::Elements => match balanced(rest, 0) {
                    Some(end) => (Kind::Record, end),
                    None => (Kind::Torn, 0),
                },
            };
            if kind == Kind::Torn && self.more && self.buffer.len() - self.at < RECORD_MAX {
                self.fill();
                continue;
            }
            let (kind, end) = match kind {
                Kind::Torn if self.mode == Mode::Between => (Kind::Aside, rest.len()),
                Kind::Torn => (Kind::Torn, rest.len()),
                kind => (kind, end),
            };
            let (from, byte, line) = (self.at, self.byte, self.line);
            self.pass(from + end);
            return Some(Piece {
                kind,
                text: &self.buffer[from..from + end],
                byte,
                line,
            });
        }
    }

    /// The stream, and what of it has been read and not been handed out; false: that is all that is
    /// left.
    pub(super) fn into_parts(self) -> (Decoded<R>, Vec<u8>, bool) {
        (self.text, self.buffer, self.more)
    }

    /// What has been read and not been handed out.
    pub(crate) fn sample(&self) -> Vec<&[u8]> {
        let mut probe = Records {
            text: Decoded::new(io::empty(), encoding_rs::UTF_8),
            buffer: self.buffer.clone(),
            at: 0,
            more: false,
            mode: self.mode,
            byte: 0,
            line: 1,
            failed: None,
        };
        let mut places = Vec::new();
        while let Some(piece) = probe.next() {
            let (kind, from, len) = (piece.kind, piece.byte as usize, piece.text.len());
            if kind == Kind::Record {
                places.push((from, from + len));
            }
            if places.len() >= super::columns::SAMPLE_ROWS {
                break;
            }
        }
        places
            .iter()
            .map(|&(from, to)| &self.buffer[from..to])
            .collect()
    }
}

/// Whether the one object of a document is a wrapper around rows rather than a row with nested
/// values: most of it lies in one array of objects, and that has a heading such as `result`.
fn is_wrapper(text: &[u8]) -> bool {
    const NAMES: [&str; 12] = [
        "result",
        "results",
        "data",
        "items",
        "transactions",
        "txs",
        "rows",
        "records",
        "transfers",
        "token_transfers",
        "operations",
        "entries",
    ];
    let Some(start) = next_array(text) else {
        return false;
    };
    let before = String::from_utf8_lossy(&text[..start - 1]).to_lowercase();
    let key = before.trim_end().trim_end_matches(':').trim_end();
    let named = NAMES.iter().any(|n| key.ends_with(&format!("\"{n}\"")));
    // The array is the object's own member, and not one of a nested object.
    let own = before.bytes().filter(|b| *b == b'{').count()
        == 1 + before.bytes().filter(|b| *b == b'}').count();
    let rest = balanced(text, start - 1).unwrap_or(text.len()) - start;
    named || (own && rest * 2 > text.len())
}

/// Columns by path, in the order in which they were met.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    by_path: HashMap<Box<str>, usize>,
    pub(crate) paths: Vec<String>,
}

impl Columns {
    /// The column of `path`, if it was met.
    pub(crate) fn known(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The column of `path`.
    pub(crate) fn of(&mut self, path: &str) -> usize {
        if let Some(&index) = self.by_path.get(path) {
            return index;
        }
        let index = self.paths.len();
        self.by_path.insert(path.into(), index);
        self.paths.push(path.to_owned());
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn records(text: &str) -> Vec<(Kind, u64, String)> {
        let text = Decoded::new(Cursor::new(text.as_bytes()), encoding_rs::UTF_8);
        let mut records = Records::new(text);
        let mut out = Vec::new();
        while let Some(p) = records.next() {
            out.push((p.kind, p.line, String::from_utf8_lossy(p.text).into_owned()));
        }
        out
    }

    fn only(text: &str) -> Vec<String> {
        records(text)
            .into_iter()
            .filter(|r| r.0 == Kind::Record)
            .map(|r| r.2)
            .collect()
    }

    #[test]
    fn records_lie_in_lines_streams_arrays_and_documents() {
        let two = ["{\"a\":1}", "{\"a\":\"]}\"}"];
        for text in [
            "{\"a\":1}\n{\"a\":\"]}\"}\n",
            "[{\"a\":1},{\"a\":\"]}\"}]",
            "[\n  {\"a\":1},\n  {\"a\":\"]}\"}\n]\n",
            "{\"status\":\"1\",\"result\":[{\"a\":1},{\"a\":\"]}\"}]}",
            "{\"data\": {\"items\": [\n{\"a\":1},\n{\"a\":\"]}\"}\n]}, \"n\": 2}",
        ] {
            assert_eq!(only(text), two, "{text}");
        }
        assert_eq!(
            only("{\n\"a\":1}\n{\n\"b\":2}"),
            ["{\n\"a\":1}", "{\n\"b\":2}"]
        );
        // A row with nested rows is one row.
        let nested =
            "{\"hash\":\"x\",\"outputs\":[{\"a\":1}],\"value\":\"a longer text than that\"}\n";
        assert_eq!(only(nested), [nested.trim_end()]);
        assert_eq!(records("{\"a\":1}\n{\"a\":")[1].2, "{\"a\":");
        assert_eq!(records("[{\"a\":1},{\"a\":")[2].0, Kind::Torn);
    }

    #[test]
    fn scalars_have_paths() {
        let mut found = Vec::new();
        let text =
            br#"{"h":"x","o":[{"a":["p","q"],"n":null},{"a":["r"]}],"t":{"z":1.5e3},"e":"\u0041"}"#;
        let mut each = |l: Leaf<'_>| {
            let value = String::from_utf8_lossy(&text[l.start..l.end]).into_owned();
            found.push((l.path.to_owned(), l.exact.to_owned(), value));
        };
        walk(text, true, &mut each).unwrap();
        let expect = [
            ("h", "h", "x"),
            ("o[].a", "o[0].a", "p"),
            ("o[].a", "o[0].a", "q"),
            ("o[].a", "o[1].a", "r"),
            ("t.z", "t.z", "1.5e3"),
            ("e", "e", "\\u0041"),
        ];
        let expect = expect.map(|(p, e, v)| (p.to_owned(), e.to_owned(), v.to_owned()));
        assert_eq!(found, expect);
        assert_eq!(unescape(b"\\u0041\\n"), b"A\n");
        for broken in ["{", "{\"a\"}", "[1,", "{\"a\":1}}", "\"x", "{\"a\":x}", ""] {
            assert!(
                walk(broken.as_bytes(), false, &mut |_| {}).is_err(),
                "{broken}"
            );
        }
        let deep = "[".repeat(100_000);
        assert!(walk(deep.as_bytes(), false, &mut |_| {}).is_err());
    }
}
