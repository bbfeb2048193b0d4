//! The first steps of reading address text: invisible characters, white space, full-width letters,
//! escapes, wrapping. Keeps the way back to the raw text.
//!
//! It does not know what an address is. Every pass is linear; unwrapping is a bounded number of
//! linear rounds.

use std::borrow::Cow;
use std::ops::Range;

/// Notes of this stage, in the order of the steps.
pub(super) const INVISIBLE: &str = "invisible or format characters removed";
pub(super) const TRIMMED: &str = "surrounding white space trimmed";
pub(super) const FULL_WIDTH: &str = "full-width characters folded";
pub(super) const UNWRAPPED: &str = "quotes, brackets or punctuation around it removed";
pub(super) const UNESCAPED: &str = "escapes decoded once";

/// Rounds of unwrapping: `"(<'0x…'>)"` takes four. The bound keeps hostile nesting linear.
const ROUNDS: usize = 32;

/// A text on its way from raw to clean, with each byte's place in the raw text.
pub(super) struct Text<'r> {
    raw: &'r str,
    pub(super) clean: Cow<'r, str>,
    /// Per clean byte, the raw range it came from; `None` when clean and raw are the same text.
    map: Option<Vec<(usize, usize)>>,
}

/// Clean text under construction.
struct Out {
    text: String,
    map: Vec<(usize, usize)>,
}

impl Out {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            map: Vec::with_capacity(bytes),
        }
    }

    fn push(&mut self, c: char, raw: (usize, usize)) {
        self.text.push(c);
        self.map.resize(self.text.len(), raw);
    }
}

impl<'r> Text<'r> {
    pub(super) fn new(raw: &'r str) -> Self {
        Self {
            raw,
            clean: Cow::Borrowed(raw),
            map: None,
        }
    }

    /// The raw range behind a range of the clean text.
    pub(super) fn raw_range(&self, clean: Range<usize>) -> Range<usize> {
        match &self.map {
            None => clean,
            Some(map) if clean.is_empty() => {
                let at = map.get(clean.start).map_or(self.raw.len(), |m| m.0);
                at..at
            }
            Some(map) => map[clean.start].0..map[clean.end - 1].1,
        }
    }

    fn raw_of(&self, at: usize, len: usize) -> (usize, usize) {
        let range = self.raw_range(at..at + len);
        (range.start, range.end)
    }

    /// Removes format characters, turns every kind of white space into a blank or a line feed, and
    /// folds full-width ASCII. No other compatibility folding: NFKC would make digits of circled
    /// and superscript ones.
    pub(super) fn fold(self, notes: &mut Vec<Cow<'static, str>>) -> Self {
        if self.clean.bytes().all(|b| (b' '..0x7f).contains(&b)) {
            return self;
        }
        let mut out = Out::with_capacity(self.clean.len());
        let (mut invisible, mut wide) = (false, false);
        for (at, c) in self.clean.char_indices() {
            let raw = self.raw_of(at, c.len_utf8());
            match c {
                _ if is_invisible(c) => invisible = true,
                '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n', raw),
                _ if c.is_whitespace() || c.is_control() => out.push(' ', raw),
                '\u{ff01}'..='\u{ff5e}' => {
                    wide = true;
                    let ascii = char::from_u32(c as u32 - 0xff01 + 0x21);
                    out.push(ascii.expect("in the ASCII range"), raw);
                }
                _ => out.push(c, raw),
            }
        }
        for (seen, note) in [(invisible, INVISIBLE), (wide, FULL_WIDTH)] {
            if seen && !notes.iter().any(|n| n == note) {
                notes.push(note.into());
            }
        }
        Self {
            raw: self.raw,
            clean: Cow::Owned(out.text),
            map: Some(out.map),
        }
    }

    /// Decodes one level of JSON, HTML and (when `percent`) percent escapes, all in one pass, so that
    /// nothing is decoded twice. `None` when there was none.
    pub(super) fn unescape(&self, percent: bool) -> Option<Self> {
        let text = &*self.clean;
        if !text.bytes().any(|b| matches!(b, b'\\' | b'&' | b'%')) {
            return None;
        }
        let mut out = Out::with_capacity(text.len());
        let mut changed = false;
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let found = match rest.as_bytes()[0] {
                b'\\' => json_escape(rest),
                b'&' => html_escape(rest),
                b'%' if percent => percent_escape(rest),
                _ => None,
            };
            let (c, len) = match found {
                Some(found) => {
                    changed = true;
                    found
                }
                None => {
                    let c = rest.chars().next().expect("not at the end");
                    (c, c.len_utf8())
                }
            };
            out.push(c, self.raw_of(at, len));
            at += len;
        }
        changed.then_some(Self {
            raw: self.raw,
            clean: Cow::Owned(out.text),
            map: Some(out.map),
        })
    }
}

/// Characters without a glyph that survive copy and paste, some of them used to evade screening.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

fn json_escape(text: &str) -> Option<(char, usize)> {
    let c = match *text.as_bytes().get(1)? {
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'/' => '/',
        b'n' | b'r' => '\n',
        b't' => ' ',
        b'u' => {
            let unit = |at: usize| u32::from_str_radix(hex(text.get(at..at + 4)?)?, 16).ok();
            let high = unit(2)?;
            if !(0xd800..0xdc00).contains(&high) {
                return Some((char::from_u32(high)?, 6));
            }
            let low = unit(8).filter(|_| text[6..].starts_with("\\u"))?;
            let low = low.checked_sub(0xdc00).filter(|l| *l < 0x400)?;
            return Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?, 12));
        }
        _ => return None,
    };
    Some((c, 2))
}

fn hex(text: &str) -> Option<&str> {
    text.bytes().all(|b| b.is_ascii_hexdigit()).then_some(text)
}

/// Named references that address text meets in mail and web exports.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("colon", ':'),
    ("sol", '/'),
    ("quest", '?'),
    ("equals", '='),
    ("num", '#'),
    ("period", '.'),
    ("hellip", '…'),
    ("shy", '\u{ad}'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
];

fn html_escape(text: &str) -> Option<(char, usize)> {
    // The longest reference read is `&#x10FFFF;`.
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let name = &text[1..end];
    let c = match name.strip_prefix('#') {
        None => ENTITIES.iter().find(|(n, _)| *n == name)?.1,
        Some(code) => {
            let code = match code.strip_prefix(['x', 'X']) {
                Some(code) => u32::from_str_radix(hex(code)?, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

/// One character from `%HH` escapes: as many as its UTF-8 form has bytes.
pub(super) fn percent_escape(text: &str) -> Option<(char, usize)> {
    let byte = |n: usize| -> Option<u8> {
        let digits = text.get(3 * n..3 * n + 3)?.strip_prefix('%')?;
        u8::from_str_radix(hex(digits)?, 16).ok()
    };
    let len = match byte(0)? {
        0..0x80 => 1,
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return None,
    };
    let mut bytes = [0; 4];
    for (n, slot) in bytes[..len].iter_mut().enumerate() {
        *slot = byte(n)?;
    }
    let c = std::str::from_utf8(&bytes[..len]).ok()?.chars().next()?;
    Some((c, 3 * len))
}

/// Decodes the percent escapes of one URI component.
pub(super) fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (c, len) = percent_escape(rest).unwrap_or((c, c.len_utf8()));
        out.push(c);
        rest = &rest[len..];
    }
    Cow::Owned(out)
}

const PAIRS: &[(char, char)] = &[
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('“', '”'),
    ('‘', '’'),
    ('„', '“'),
    ('«', '»'),
    ('‹', '›'),
    ('<', '>'),
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('「', '」'),
];

/// Trims, then takes away `="…"`, quotes, brackets and closing punctuation until nothing changes.
/// Half a pair goes too, unless its other half is inside: `rXYZ (memo 5)` stays whole.
pub(super) fn unwrap(text: &str) -> &str {
    let mut text = text.trim();
    for _ in 0..ROUNDS {
        let before = text.len();
        text = text
            .strip_prefix('=')
            .filter(|t| t.starts_with(['"', '\'']))
            .unwrap_or(text);
        for &(open, close) in PAIRS {
            if let Some(inner) = text.strip_prefix(open) {
                match inner.strip_suffix(close) {
                    Some(inner) if open == close || matched(inner, open, close) => text = inner,
                    None if open == close || !inner.contains(close) => text = inner,
                    _ => {}
                }
            } else if let Some(inner) = text.strip_suffix(close)
                && (open == close || !inner.contains(open))
            {
                text = inner;
            }
        }
        // Two stops or more are an ellipsis, which means that the text is cut.
        if !text.ends_with("..") {
            text = text
                .strip_suffix([',', ';', '.', '。', '、'])
                .unwrap_or(text);
        }
        text = text.trim();
        if text.len() == before {
            break;
        }
    }
    text
}

/// Whether the brackets inside belong to each other, so that the ones around do too.
fn matched(inner: &str, open: char, close: char) -> bool {
    let mut depth = 0_usize;
    inner.chars().all(|c| {
        if c == open {
            depth += 1;
        } else if c == close {
            let Some(less) = depth.checked_sub(1) else {
                return false;
            };
            depth = less;
        }
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwraps_only_what_wraps() {
        for (text, inner) in [
            ("=\"0xab\"", "0xab"),
            ("'0xab", "0xab"),
            ("(<0xab>),", "0xab"),
            ("“0xab”.", "0xab"),
            ("rabc (memo 5)", "rabc (memo 5)"),
            ("0xab)", "0xab"),
            ("0xab...", "0xab..."),
            ("[a] and [b]", "[a] and [b]"),
            ("\"", ""),
            ("", ""),
        ] {
            assert_eq!(unwrap(text), inner, "{text}");
        }
    }

    #[test]
    fn escapes_are_decoded_once_and_keep_their_place() {
        let raw = "a%253A&amp;lt;\\u0030";
        let text = Text::new(raw).unescape(true).unwrap();
        assert_eq!(text.clean, "a%3A&lt;0");
        assert_eq!(&raw[text.raw_range(8..9)], "\\u0030");
        assert_eq!(percent_decode("%C3%BC%ZZ%"), "ü%ZZ%");
    }
}
