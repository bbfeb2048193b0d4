//! Untrusted text made harmless: for a terminal, a spreadsheet, a page.
//!
//! Cells and published names are written by others and may hold anything: escape sequences, text
//! direction overrides, formulas, markup. Every report passes them through here. What acts is shown
//! instead, as `\n`, `\t`, `\r` or `\u{1b}`. The JSON report keeps texts exactly: there the same
//! characters are `\u001b`. The module does not know which format it serves.

use std::borrow::Cow;
use std::io::{self, Write};

/// Whether a character acts on what shows it instead of being shown: controls, direction marks and
/// overrides, zero-width and tag characters, line separators.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The text on one line, with every character that acts shown instead.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if acts(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// [`visible`], cut to `max` characters; how much was cut off is stated.
pub fn short(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        None => visible(text),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            Cow::Owned(format!(
                "{}… ({rest} more characters)",
                visible(&text[..end])
            ))
        }
    }
}

/// [`visible`], and a spreadsheet will not take it for a formula: such a text gets a leading `'`.
/// Plain numbers stay as they are.
pub fn cell(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_start_matches(|c: char| c.is_whitespace() || acts(c));
    let formula = trimmed.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    if formula && !is_number(text) {
        Cow::Owned(format!("'{}", visible(text)))
    } else {
        visible(text)
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
}

/// [`visible`], for HTML and XML: text and quoted attribute values.
pub fn html(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// [`visible`], for Markdown, also in a table's cell: no markup of either language is left.
pub fn markdown(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if !text.contains(|c: char| c.is_ascii_punctuation()) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` is
/// percent-encoded, so a colon cannot make a scheme.
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte as char);
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Passes JSON on with every character that [`acts`] as `\uXXXX`: the same document, harmless in a
/// terminal. Each write must hold whole characters, as those of `serde_json` do.
#[derive(Debug)]
pub struct JsonWriter<W>(pub W);

impl<W: Write> Write for JsonWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes
            .iter()
            .all(|b| (0x20..0x7F).contains(b) || *b == b'\n')
        {
            return self.0.write(bytes);
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))?;
        let mut units = [0; 2];
        let mut start = 0;
        for (at, c) in text.char_indices() {
            // Line feeds come from pretty-printing: those in texts are escaped already.
            if c != '\n' && acts(c) {
                self.0.write_all(&bytes[start..at])?;
                for unit in c.encode_utf16(&mut units) {
                    write!(self.0, "\\u{unit:04x}")?;
                }
                start = at + c.len_utf8();
            }
        }
        self.0.write_all(&bytes[start..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown() {
        assert_eq!(
            visible("a\u{1b}[31mb\n\u{202e}c\u{7f}\u{9b}\0"),
            "a\\u{1b}[31mb\\n\\u{202e}c\\u{7f}\\u{9b}\\u{0}"
        );
        assert!(matches!(visible("Хамас محمد 東京 🦀"), Cow::Borrowed(_)));
        assert_eq!(short("abcdef", 4), "abcd… (2 more characters)");
    }

    #[test]
    fn a_formula_is_a_text() {
        for hostile in [
            "=cmd()",
            "+1+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "＝1",
            "\u{feff}=1",
            "\nx",
            "-1e5x",
        ] {
            assert!(
                cell(hostile).starts_with('\''),
                "{hostile:?}: {}",
                cell(hostile)
            );
        }
        for harmless in ["-12.50", "+3", "1,204.5", "0x12", "a=b", ""] {
            assert_eq!(cell(harmless), harmless);
        }
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(
            html("<script>\"a\" & 'b'"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;"
        );
    }

    #[test]
    fn markdown_is_text() {
        assert_eq!(
            markdown("a|b `c` [d](e) <f> \\"),
            "a\\|b \\`c\\` \\[d\\](e) &lt;f&gt; \\\\"
        );
    }

    #[test]
    fn a_path_is_a_relative_reference() {
        assert_eq!(uri("march 1.csv"), "march%201.csv");
        assert_eq!(uri("javascript:x"), "javascript%3Ax");
        assert_eq!(uri("a/é"), "a/%C3%A9");
    }

    #[test]
    fn json_stays_the_same_document() {
        let text = "a\u{202e}b\u{7f}c\u{e0041}d\n\"é";
        let mut out = Vec::new();
        serde_json::to_writer(JsonWriter(&mut out), text).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert!(!json.chars().any(acts), "{json:?}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
