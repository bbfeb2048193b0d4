//! HTML: the visible text, with the place of every character in the source.
//!
//! The tokenizer is html5gum's; this only listens to it. Tags inside a word vanish and leave a mark,
//! block tags end a line, cells are parted by tabs. Scripts, styles and comments are passed over,
//! nothing is executed or fetched. Long attribute values become hidden lines: a shortened address is
//! often a link to the whole one.

use super::plain::{LINE_MAX, chars, decode};
use super::{Between, Event, Line, Piece, Sink, Stop};
use encoding_rs::Encoding;
use html5gum::emitters::{Emitter, naive_next_state};
use html5gum::{Error, State, Tokenizer};
use std::borrow::Cow;
use std::ops::Range;

/// Shortest attribute value that is looked at.
const VALUE_MIN: usize = 25;
/// Longest: beyond lie embedded images.
const VALUE_MAX: usize = 4096;
/// No character reference is longer.
const REFERENCE_MAX: usize = 64;
/// Most attributes of one tag: the tokenizer goes one call deeper for each.
const ATTRIBUTES_MAX: usize = 10_000;

/// Tags that do not break a line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "o:p", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// Reads a page.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, declared(bytes));
    let source = text.strip_prefix('\u{feff}').unwrap_or(&text);
    fragment(source, 0, false, sink)
}

/// Reads HTML that stands from character `first` on.
pub(super) fn fragment(
    source: &str,
    first: u64,
    hidden: bool,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let mut reader = Reader {
        source,
        sink,
        position: 0,
        place: Place {
            byte: 0,
            char: first,
            line: 1,
        },
        line: Line::default(),
        mark: Between::Nothing,
        tag: Vec::new(),
        last_start: Vec::new(),
        is_end: false,
        value: Vec::new(),
        silent: 0,
        hidden,
        heading: 0,
        title: String::new(),
        in_title: false,
        failed: None,
        cut: None,
    };
    let bounded = bounded(source);
    for token in Tokenizer::new_with_emitter(&*bounded, &mut reader) {
        let Ok(()) = token;
    }
    reader.end_line();
    let unclosed = reader.silent > 0;
    let cut = reader.cut;
    let title = reader.title.trim().to_owned();
    let failed = reader.failed.take();
    if let Some(stop) = failed {
        return Err(stop);
    }
    if matches!(bounded, Cow::Owned(_)) {
        let why = format!("a tag has more than {ATTRIBUTES_MAX} attributes: they were not read");
        sink.unread(0, why)?;
    }
    if let Some(what) = cut {
        let why = format!("{what} is never closed: what follows its start was not read");
        sink.unread(0, why)?;
    }
    if unclosed {
        sink.unread(
            0,
            "a script or style is never closed: what follows it was not read",
        )?;
    }
    if !title.is_empty() {
        sink.flush()?;
        sink.send(Event::Title(title))?;
    }
    Ok(())
}

/// The source with the attributes of tags that have too many blanked, byte for byte.
fn bounded(source: &str) -> Cow<'_, str> {
    let bytes = source.as_bytes();
    let mut blanks: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        at += found + 1;
        if !bytes
            .get(at)
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/')
        {
            continue;
        }
        let (start, mut quote, mut value, mut count) = (at, 0, false, 0);
        while let Some(&b) = bytes.get(at) {
            at += 1;
            let blank = matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c');
            match b {
                _ if quote != 0 => {
                    if b == quote {
                        quote = 0;
                        count += 1;
                    }
                }
                b'"' | b'\'' if value => quote = b,
                b'>' => break,
                b'=' | b'/' => count += 1,
                _ => count += usize::from(blank),
            }
            // Only behind an equals sign does a quotation mark quote.
            value = b == b'=' || blank && value;
        }
        if count > 2 * ATTRIBUTES_MAX {
            let name = bytes[start..at]
                .iter()
                .position(|b| b" \t\r\n\x0c".contains(b));
            blanks.push(start + name.unwrap_or(0)..at);
        }
    }
    if blanks.is_empty() {
        return Cow::Borrowed(source);
    }
    let mut out = source.to_owned().into_bytes();
    for range in blanks {
        for b in &mut out[range] {
            if *b != b'>' && *b != b'\n' {
                *b = b' ';
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned().into()
}

/// The encoding that a page declares for itself.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let at = head.find("charset=")? + "charset=".len();
    let label: String = head[at..]
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    Encoding::for_label(label.as_bytes())
}

/// A byte of the source with its character and its line.
#[derive(Clone, Copy)]
struct Place {
    byte: usize,
    char: u64,
    line: u64,
}

struct Reader<'s, 'k> {
    source: &'s str,
    sink: &'k mut Sink,
    /// Behind the last byte that the tokenizer took.
    position: usize,
    /// The last place that was asked for: places only go forward, so counting is linear.
    place: Place,
    line: Line,
    /// What stood before the next piece.
    mark: Between,
    tag: Vec<u8>,
    last_start: Vec<u8>,
    is_end: bool,
    value: Vec<u8>,
    /// In how many elements we are whose text is not visible.
    silent: usize,
    hidden: bool,
    heading: u8,
    title: String,
    in_title: bool,
    failed: Option<Stop>,
    /// What was still open at the end.
    cut: Option<&'static str>,
}

impl Reader<'_, '_> {
    fn place(&mut self, byte: usize) -> Place {
        let byte = byte.min(self.source.len());
        if byte < self.place.byte {
            return self.place;
        }
        let Some(passed) = self.source.get(self.place.byte..byte) else {
            return self.place;
        };
        self.place = Place {
            byte,
            char: self.place.char + chars(passed),
            line: self.place.line + memchr::memchr_iter(b'\n', passed.as_bytes()).count() as u64,
        };
        self.place
    }

    fn text(&mut self, text: &str, start: usize, after: Between) {
        if text.is_empty() {
            return;
        }
        let place = self.place(start);
        let mark = std::mem::replace(&mut self.mark, Between::Nothing);
        if self.line.text.is_empty() {
            self.line.number = place.line;
            self.line.heading = self.heading;
        }
        self.line.pieces.push(Piece {
            at: self.line.text.len() as u32,
            source: place.char,
            after: if after == Between::Nothing {
                mark
            } else {
                after
            },
        });
        // Behind a decoded reference the text stands somewhere else again.
        if after == Between::Entity {
            self.mark = Between::Entity;
        }
        self.line.text.push_str(text);
        if self.line.text.len() > LINE_MAX {
            let continues = self
                .line
                .text
                .ends_with(|c: char| c.is_ascii_alphanumeric());
            self.end_line();
            self.line.continues = continues;
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.mark = Between::Nothing;
        if line.text.trim().is_empty() {
            return;
        }
        self.emit(line);
    }

    fn emit(&mut self, mut line: Line) {
        line.hidden |= self.hidden;
        if self.failed.is_none() {
            self.sink.at(self.position);
            if let Err(stop) = self.sink.line(line) {
                self.failed = Some(stop);
            }
        }
    }

    /// An attribute's value that is long enough to hold an address.
    fn end_value(&mut self) {
        let value = std::mem::take(&mut self.value);
        if !(VALUE_MIN..=VALUE_MAX).contains(&value.len()) || self.is_end || self.silent > 0 {
            return;
        }
        let mut run = 0;
        let long = value.iter().any(|b| {
            run = if b.is_ascii_alphanumeric() {
                run + 1
            } else {
                0
            };
            run >= VALUE_MIN
        });
        let Ok(text) = String::from_utf8(value) else {
            return;
        };
        if !long || text.starts_with("data:") {
            return;
        }
        // Near its end, unless references in it were decoded.
        let end = self.position.min(self.source.len());
        let from = end.saturating_sub(2 * text.len() + 64);
        let window = &self.source.as_bytes()[from..end];
        let start = memchr::memmem::rfind(window, text.as_bytes()).map_or(from, |at| from + at);
        let place = self.place(start);
        self.emit(Line {
            text,
            number: place.line,
            pieces: vec![Piece {
                at: 0,
                source: place.char,
                after: Between::Nothing,
            }],
            hidden: true,
            ..Line::default()
        });
    }

    fn tag(&mut self) {
        let name = self.tag.to_ascii_lowercase();
        let name = std::str::from_utf8(&name).unwrap_or_default();
        if INLINE.contains(&name) {
            // A raised number is a footnote mark, never a part of the word before it.
            if name == "sup" && !self.line.text.is_empty() {
                self.line.text.push(if self.is_end { '⁾' } else { '⁽' });
            }
            self.mark = Between::Tag;
            return;
        }
        match name {
            "td" | "th" => {
                if !self.is_end && !self.line.text.trim().is_empty() {
                    self.line.text.push('\t');
                    self.mark = Between::Tag;
                }
                return;
            }
            "img" | "input" | "svg" | "path" | "source" | "link" | "meta" => {
                self.mark = Between::Tag;
                return;
            }
            _ => self.end_line(),
        }
        match name {
            "script" | "style" | "noscript" => {
                self.silent = if self.is_end {
                    self.silent.saturating_sub(1)
                } else {
                    self.silent + 1
                };
            }
            "title" => self.in_title = !self.is_end,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading = if self.is_end {
                    0
                } else {
                    name.as_bytes()[1] - b'0'
                };
            }
            "body" => (self.silent, self.heading) = (0, 0),
            _ => {}
        }
    }
}

impl Emitter for &mut Reader<'_, '_> {
    type Token = ();

    fn set_last_start_tag(&mut self, tag: Option<&[u8]>) {
        self.last_start = tag.unwrap_or_default().to_vec();
    }

    fn emit_eof(&mut self) {}

    fn emit_error(&mut self, error: Error) {
        self.cut = match error {
            Error::EofInComment => Some("a comment"),
            Error::EofInTag => Some("a tag"),
            Error::EofInCdata => Some("a CDATA section"),
            _ => return,
        };
    }

    fn should_emit_errors(&mut self) -> bool {
        true
    }

    fn pop_token(&mut self) -> Option<()> {
        None
    }

    fn emit_string(&mut self, bytes: &[u8]) {
        if self.silent > 0 {
            return;
        }
        let text = String::from_utf8_lossy(bytes);
        let end = self.position.min(self.source.len());
        let start = end.saturating_sub(bytes.len());
        let literal = self.source.as_bytes().get(start..end) == Some(bytes);
        if self.in_title {
            self.title.push_str(&text);
        }
        if !literal && bytes != b"\n" {
            // Other texts are changed too, a NUL for one: they have no `&` to go back to.
            let near = end.saturating_sub(REFERENCE_MAX);
            let reference = memchr::memrchr(b'&', &self.source.as_bytes()[near..end]);
            let start = reference.map_or(start, |at| near + at);
            self.text(&text, start, Between::Entity);
            return;
        }
        let mut at = 0;
        for part in text.split_inclusive('\n') {
            let line = part.trim_end_matches(['\n', '\r']);
            self.text(line, start + at, Between::Nothing);
            at += part.len();
            if part.ends_with('\n') {
                self.end_line();
            }
        }
    }

    fn init_start_tag(&mut self) {
        self.tag.clear();
        self.is_end = false;
    }

    fn init_end_tag(&mut self) {
        self.tag.clear();
        self.is_end = true;
    }

    fn init_comment(&mut self) {
        self.mark = Between::Tag;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.end_value();
        let tag = self.tag.clone();
        Reader::tag(self);
        if self.is_end {
            return None;
        }
        self.last_start.clone_from(&tag);
        naive_next_state(&tag)
    }

    fn emit_current_comment(&mut self) {}

    fn emit_current_doctype(&mut self) {}

    fn set_self_closing(&mut self) {}

    fn set_force_quirks(&mut self) {}

    fn push_tag_name(&mut self, name: &[u8]) {
        self.tag.extend_from_slice(name);
    }

    fn push_comment(&mut self, _: &[u8]) {}

    fn push_doctype_name(&mut self, _: &[u8]) {}

    fn init_doctype(&mut self) {}

    fn init_attribute(&mut self) {
        self.end_value();
    }

    fn push_attribute_name(&mut self, _: &[u8]) {}

    fn push_attribute_value(&mut self, value: &[u8]) {
        if self.value.len() <= VALUE_MAX {
            self.value.extend_from_slice(value);
        }
    }

    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.is_end && !self.tag.is_empty() && self.tag == self.last_start
    }

    fn move_position(&mut self, offset: isize) {
        self.position = self.position.saturating_add_signed(offset);
    }
}
