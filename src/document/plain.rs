//! Plain text, Markdown, YAML and JSON: lines as they stand.
//!
//! A form feed begins a page, as text made of PDFs has it. It knows the encodings of texts and what
//! marks a heading in Markdown, and no more about what the lines say.

use super::{Between, Kind, Line, Piece, Sink, Stop};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// A longer line is handed over in parts.
pub(super) const LINE_MAX: usize = 1 << 15;

/// Reads a text.
pub(super) fn read(kind: Kind, bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, None);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    part(kind, text, (0, 1), false, sink)
}

/// Reads a text that begins at this character and line of its document.
pub(super) fn part(
    kind: Kind,
    text: &str,
    (mut source, mut number): (u64, u64),
    hidden: bool,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let paged = text.contains('\u{c}');
    let mut page = u32::from(paged);
    let mut fenced = false;
    for (at, whole) in lines(text) {
        let mut rest = whole;
        while let Some((before, after)) = rest.split_once('\u{c}') {
            emit(before, (page, number, 0, hidden), &mut source, sink)?;
            source += 1;
            page += 1;
            number = 1;
            rest = after;
        }
        let line = rest.trim_end_matches(['\r', '\n']);
        let heading = match kind {
            Kind::Markdown if line.trim_start().starts_with("```") => {
                fenced = !fenced;
                0
            }
            Kind::Markdown if !fenced => markdown_heading(line),
            _ => 0,
        };
        emit(line, (page, number, heading, hidden), &mut source, sink)?;
        source += (rest.len() - line.len()) as u64;
        number += 1;
        sink.at(at + whole.len());
    }
    if paged {
        // A last form feed ends a page and begins none.
        let ended = text.trim_end().len() < text.rfind('\u{c}').map_or(0, |at| at + 1);
        sink.flush()?;
        sink.send(super::Event::Pages(page - u32::from(ended)))?;
    }
    Ok(())
}

/// Lines with their ends and where they begin: LF, CR LF or a lone CR.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let start = at;
        let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
        at = end;
        if bytes[end - 1] == b'\r' && bytes.get(end) == Some(&b'\n') {
            at += 1;
        }
        Some((start, &text[start..at]))
    })
}

/// Hands over a line, in parts when it is long. `source` is moved to its end.
fn emit(
    text: &str,
    (page, number, heading, hidden): (u32, u64, u8, bool),
    source: &mut u64,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let (mut rest, mut continues) = (text, false);
    loop {
        let end = cut(rest, LINE_MAX);
        let (part, after) = rest.split_at(end);
        sink.line(Line {
            text: part.to_owned(),
            page,
            number,
            pieces: vec![Piece {
                at: 0,
                source: *source,
                after: Between::Nothing,
            }],
            heading,
            continues,
            hidden,
            ..Line::default()
        })?;
        *source += chars(part);
        if after.is_empty() {
            return Ok(());
        }
        (rest, continues) = (after, true);
    }
}

/// Where to cut a text that is longer than `most`: between words where there are any.
pub(super) fn cut(text: &str, most: usize) -> usize {
    if text.len() <= most {
        return text.len();
    }
    let window = &text.as_bytes()[..most];
    let word = window
        .iter()
        .rposition(|b| !b.is_ascii_alphanumeric() && b.is_ascii());
    let mut at = word.filter(|at| *at > most / 2).map_or(most, |at| at + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The number of characters; most texts are ASCII.
pub(super) fn chars(text: &str) -> u64 {
    if text.is_ascii() {
        text.len() as u64
    } else {
        text.chars().count() as u64
    }
}

fn markdown_heading(line: &str) -> u8 {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let spaced = line[level..].starts_with([' ', '\t']);
    if (1..=6).contains(&level) && spaced {
        level as u8
    } else {
        0
    }
}

/// The text of bytes: by a byte order mark, as UTF-8, as the declared encoding, as Windows-1252.
/// Bytes that fit none are replaced; an address has none of them.
pub(super) fn decode<'b>(bytes: &'b [u8], declared: Option<&'static Encoding>) -> Cow<'b, str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    match declared {
        Some(encoding) => encoding.decode(bytes).0,
        // A text that is UTF-8 but for a cut or damaged character stays UTF-8.
        None => {
            let text = UTF_8.decode(bytes).0;
            let damaged = text.matches('\u{fffd}').count();
            let other = text.chars().filter(|c| !c.is_ascii()).count();
            if damaged * 4 <= other {
                text
            } else {
                WINDOWS_1252.decode(bytes).0
            }
        }
    }
}
