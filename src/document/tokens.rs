//! The words of lines, as far as they can be addresses or parts of one: runs of ASCII letters and
//! digits in the text without its invisible characters, and what stands between them.

use super::{Between, Line};
use crate::address::forms::{self, is_invisible};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

/// A line in the extractor's window.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) line: Line,
    /// Its text without invisible characters, when there were any.
    clean: Option<Clean>,
    /// The heading it stands under.
    pub(super) section: Rc<str>,
    /// Ranges of the clean text that belong to an address already.
    pub(super) taken: Vec<(u32, u32)>,
    /// Ranges of the clean text that are keys: they are not shown.
    pub(super) secrets: Vec<(u32, u32)>,
    /// Whether it holds a seed phrase, or another secret that is not one word.
    phrase: OnceCell<bool>,
    /// The label of its last address, for lists of them.
    pub(super) label: Rc<str>,
    /// The networks of that address.
    pub(super) networks: &'static [&'static str],
}

#[derive(Debug)]
struct Clean {
    text: String,
    /// Per byte of `text`, its byte in the line's text; one more for the end.
    back: Vec<u32>,
    /// Bytes of `text` before which a soft hyphen was taken out, or another invisible character.
    soft: Vec<u32>,
    invisible: Vec<u32>,
    wide: Vec<u32>,
    ligatures: Vec<u32>,
}

impl Held {
    pub(super) fn new(line: Line) -> Self {
        let clean = clean(&line.text);
        Self {
            line,
            clean,
            section: "".into(),
            taken: Vec::new(),
            secrets: Vec::new(),
            phrase: OnceCell::new(),
            label: "".into(),
            networks: &[],
        }
    }

    /// The text without invisible characters.
    pub(super) fn text(&self) -> &str {
        self.clean.as_ref().map_or(&self.line.text, |c| &c.text)
    }

    /// The text as it may be shown: byte for byte as long, with stars for secrets.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        let mut text = Cow::Borrowed(self.text());
        for &(start, end) in &self.secrets {
            let range = start as usize..end as usize;
            let stars = "*".repeat(range.len());
            text.to_mut().replace_range(range, &stars);
        }
        let holds = || forms::holds_secret(&text).is_some();
        if *self.phrase.get_or_init(holds) {
            text = starred(&text).into();
        }
        text
    }

    /// What stands left of it, as it may be shown.
    pub(super) fn shown_beside(&self) -> Cow<'_, str> {
        let beside = &*self.line.beside;
        match forms::holds_secret(beside) {
            Some(_) => starred(beside).into(),
            None => beside.into(),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// The byte in the line's own text.
    pub(super) fn raw(&self, at: u32) -> usize {
        match &self.clean {
            Some(clean) => clean.back[at as usize] as usize,
            None => at as usize,
        }
    }

    /// The end in the line's own text of a range that ends at `at`: invisible characters behind it
    /// are not a part of it.
    pub(super) fn raw_end(&self, at: u32) -> usize {
        if at == 0 {
            return 0;
        }
        let last = self.raw(at - 1);
        let char = self.line.text[last..].chars().next();
        last + char.map_or(1, char::len_utf8)
    }

    /// The character of the source at which a byte of the clean text stands.
    pub(super) fn source(&self, at: u32) -> u64 {
        let raw = self.raw(at);
        let pieces = &self.line.pieces;
        let ix = pieces
            .partition_point(|p| p.at as usize <= raw)
            .saturating_sub(1);
        let Some(piece) = pieces.get(ix) else {
            return 0;
        };
        let from = (piece.at as usize).min(raw);
        piece.source + super::plain::chars(&self.line.text[from..raw])
    }

    /// What was taken out inside a range of the clean text, in words.
    pub(super) fn repairs(&self, from: u32, to: u32, out: &mut Vec<Cow<'static, str>>) {
        let mut say = |what: &'static str| {
            if !out.iter().any(|o| o == what) {
                out.push(what.into());
            }
        };
        let inside = |list: &[u32]| list.iter().any(|at| from < *at && *at < to);
        if let Some(clean) = &self.clean {
            if inside(&clean.soft) {
                say("soft hyphens removed");
            }
            if inside(&clean.invisible) {
                say("zero-width characters removed");
            }
            if clean.wide.iter().any(|at| (from..to).contains(at)) {
                say("full-width characters read as plain ones");
            }
            if clean.ligatures.iter().any(|at| (from..to).contains(at)) {
                say("joined letters read as two");
            }
        }
        let (raw_from, raw_to) = (self.raw(from), self.raw_end(to));
        for piece in &self.line.pieces {
            if raw_from < piece.at as usize && (piece.at as usize) < raw_to {
                match piece.after {
                    Between::Nothing => {}
                    Between::Tag => say("tags removed"),
                    Between::Entity => say("character references decoded"),
                }
            }
        }
        // The first character itself may have been a reference.
        let first = self.line.pieces.iter().find(|p| p.at as usize == raw_from);
        if first.is_some_and(|p| p.after == Between::Entity) {
            say("character references decoded");
        }
    }

    /// Whether a byte range of the clean text is free.
    pub(super) fn is_free(&self, from: u32, to: u32) -> bool {
        self.taken.iter().all(|(s, e)| to <= *s || *e <= from)
    }
}

/// Stars for all letters and digits.
fn starred(text: &str) -> String {
    text.replace(|c: char| c.is_ascii_alphanumeric(), "*")
}

fn clean(text: &str) -> Option<Clean> {
    if text.is_ascii() {
        return None;
    }
    let odd = |c: char| {
        is_invisible(c) || matches!(c, '\u{ff01}'..='\u{ff5e}' | '\u{a0}' | '\u{fb00}'..='\u{fb04}')
    };
    if !text.chars().any(odd) {
        return None;
    }
    let mut clean = Clean {
        text: String::with_capacity(text.len()),
        back: Vec::with_capacity(text.len() + 1),
        soft: Vec::new(),
        invisible: Vec::new(),
        wide: Vec::new(),
        ligatures: Vec::new(),
    };
    for (at, c) in text.char_indices() {
        let here = clean.text.len() as u32;
        let c = match c {
            '\u{ad}' => {
                clean.soft.push(here);
                continue;
            }
            _ if is_invisible(c) => {
                clean.invisible.push(here);
                continue;
            }
            '\u{ff01}'..='\u{ff5e}' => {
                clean.wide.push(here);
                char::from_u32(c as u32 - 0xff01 + 0x21).unwrap_or(c)
            }
            '\u{a0}' => ' ',
            // Fonts draw two letters as one, and addresses have such letters too.
            '\u{fb00}'..='\u{fb04}' => {
                const JOINED: [&str; 5] = ["ff", "fi", "fl", "ffi", "ffl"];
                clean.ligatures.push(here);
                clean.text.push_str(JOINED[c as usize - 0xfb00]);
                clean.back.resize(clean.text.len(), at as u32);
                continue;
            }
            c => c,
        };
        clean.text.push(c);
        clean.back.resize(clean.text.len(), at as u32);
    }
    clean.back.push(text.len() as u32);
    Some(clean)
}

/// A run of letters and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Which line of the window.
    pub(super) line: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Token {
    pub(super) fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// The tokens of some lines.
pub(super) fn tokens(lines: &[Held]) -> Vec<Token> {
    let mut out = Vec::new();
    for (ix, held) in lines.iter().enumerate() {
        let bytes = held.text().as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if !bytes[at].is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let start = at;
            while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
                at += 1;
            }
            out.push(Token {
                line: ix as u32,
                start: start as u32,
                end: at as u32,
            });
        }
    }
    out
}

/// What stands between two tokens that follow each other in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// A single blank, or a hyphen: within one address typed in groups.
    Blank,
    /// Two blanks or more, a tab, a bar: the end of a cell.
    Cell,
    /// Something that ends an address.
    Other,
}

pub(super) fn gap(between: &str) -> Gap {
    match between {
        " " | "-" | "\u{2009}" | "\u{202f}" => Gap::Blank,
        _ if between.contains('\t') || between.contains("  ") || between.contains('|') => {
            let rest =
                between.trim_matches(|c: char| c.is_whitespace() || c == '|' || is_hyphen(c));
            if rest.is_empty() {
                Gap::Cell
            } else {
                Gap::Other
            }
        }
        _ => Gap::Other,
    }
}

/// Marks with which a word is broken at the end of a line.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}' | '\u{2011}' | '\u{ad}' | '\u{ac}' | '\\' | '\u{21b5}' | '\u{23ce}'
    )
}

/// Unlike a word: with a digit, or with a capital in its midst.
pub(super) fn is_odd(token: &[u8]) -> bool {
    token.iter().any(u8::is_ascii_digit)
        || token[1..].iter().any(u8::is_ascii_uppercase) && token.iter().any(u8::is_ascii_lowercase)
}
