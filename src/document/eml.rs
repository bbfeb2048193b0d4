//! E-mails: subject and text parts; what is attached and is no text is named as unread.
//!
//! The structure is mailparse's. Of alternatives the later ones are read as hidden text: they say
//! the same, and count only where they say more. Offsets and lines are those of the source where a
//! part stands in it as it is; in an encoded part they go on counting from where it begins.

use super::plain::{chars, decode};
use super::{Between, Kind, Line, Piece, Sink, Stop, html, plain};
use encoding_rs::Encoding;
use mailparse::{DispositionType, ParsedMail, body::Body};

/// Deepest nesting of parts.
const DEPTH: usize = 32;
/// Parts that are looked at.
const PARTS: usize = 4096;

/// Whether a text begins as an e-mail does.
pub(super) fn is_mail(start: &str) -> bool {
    const HEADERS: &[&str] = &[
        "received",
        "return-path",
        "delivered-to",
        "message-id",
        "mime-version",
        "from",
        "to",
        "subject",
        "date",
        "dkim-signature",
        "x-mailer",
        "reply-to",
        "content-type",
        "cc",
        "authentication-results",
        "arc-seal",
        "x-received",
        "sender",
    ];
    let mut seen = 0;
    for line in start.lines().take(60) {
        if line.starts_with([' ', '\t']) || line.starts_with("From ") && seen == 0 {
            continue;
        }
        if line.is_empty() {
            break;
        }
        let Some((name, _)) = line.split_once(':') else {
            return false;
        };
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return false;
        }
        let name = name.to_ascii_lowercase();
        seen += usize::from(HEADERS.contains(&&*name));
    }
    seen >= 3
}

/// Reads an e-mail.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    // The line that begins a message in an mbox is no header.
    let skip = if bytes.starts_with(b"From ") {
        memchr::memchr(b'\n', bytes).map_or(0, |at| at + 1)
    } else {
        0
    };
    let mail = mailparse::parse_mail(&bytes[skip..])
        .map_err(|e| Stop::Broken(format!("not an e-mail: {e}")))?;
    let mut reader = Mail {
        source: bytes,
        parts: 0,
        text: false,
    };
    reader.headers(&mail, sink)?;
    reader.part(&mail, 0, false, sink)?;
    if !reader.text {
        sink.unread(0, "it holds no text part: nothing was read")?;
    }
    let messages = memchr::memmem::find_iter(bytes, b"\nFrom ").count();
    if skip > 0 && messages > 0 {
        let why = format!("a mailbox: {messages} further messages may be in it; split it");
        sink.unread(0, why)?;
    }
    Ok(())
}

struct Mail<'b> {
    source: &'b [u8],
    parts: usize,
    text: bool,
}

impl Mail<'_> {
    fn headers(&self, mail: &ParsedMail<'_>, sink: &mut Sink) -> Result<(), Stop> {
        for header in &mail.headers {
            let name = header.get_key();
            if !["subject", "from", "to", "cc", "date"].contains(&&*name.to_ascii_lowercase()) {
                continue;
            }
            let (source, number) = self.place(header.get_value_raw());
            sink.line(Line {
                text: format!("{name}: {}", header.get_value()),
                number,
                pieces: vec![Piece {
                    at: name.len() as u32 + 2,
                    source,
                    after: Between::Nothing,
                }],
                heading: u8::from(name.eq_ignore_ascii_case("subject")),
                ..Line::default()
            })?;
        }
        Ok(())
    }

    fn part(
        &mut self,
        part: &ParsedMail<'_>,
        depth: usize,
        hidden: bool,
        sink: &mut Sink,
    ) -> Result<(), Stop> {
        self.parts += 1;
        if depth > DEPTH || self.parts > PARTS {
            return sink.unread(0, "its parts are nested too deeply, or too many");
        }
        let kind = part.ctype.mimetype.to_ascii_lowercase();
        if kind.starts_with("multipart/") {
            let alternative = kind == "multipart/alternative";
            for (at, inner) in part.subparts.iter().enumerate() {
                self.part(inner, depth + 1, hidden || alternative && at > 0, sink)?;
            }
            return Ok(());
        }
        let disposition = part.get_content_disposition();
        let attached = disposition.disposition == DispositionType::Attachment;
        let name = disposition
            .params
            .get("filename")
            .or(part.ctype.params.get("name"));
        let name = name.map_or("without a name", String::as_str);
        let body = part.get_body_encoded();
        let (raw, plain) = match &body {
            Body::Base64(b) | Body::QuotedPrintable(b) => (b.get_raw(), false),
            Body::SevenBit(b) | Body::EightBit(b) => (b.get_raw(), true),
            Body::Binary(b) => (b.get_raw(), true),
        };
        if kind == "message/rfc822" {
            let decoded = part.get_body_raw().unwrap_or_default();
            if let Ok(inner) = mailparse::parse_mail(&decoded) {
                let mut reader = Mail {
                    source: &decoded,
                    parts: self.parts,
                    text: self.text,
                };
                reader.headers(&inner, sink)?;
                reader.part(&inner, depth + 1, hidden, sink)?;
                (self.parts, self.text) = (reader.parts, reader.text);
                return Ok(());
            }
        }
        let readable = matches!(
            &*kind,
            "text/plain"
                | "text/html"
                | "text/markdown"
                | "text/csv"
                | "text/yaml"
                | "text/x-yaml"
                | "application/json"
                | "application/yaml"
                | "application/x-yaml"
                | "text/x-markdown"
                | "text/tab-separated-values"
                | "application/xhtml+xml"
        );
        if !readable {
            let what = if attached { "attachment" } else { "part" };
            return sink.unread(0, format!("{what} `{name}` ({kind}) was not read"));
        }
        let Ok(decoded) = part.get_body_raw() else {
            return sink.unread(0, format!("part `{name}` ({kind}) cannot be decoded"));
        };
        let place = self.place(raw);
        let text = decode(&decoded, Encoding::for_label(part.ctype.charset.as_bytes()));
        self.text = true;
        if !plain {
            // Lines of an encoded part are not those of the source; its first one is.
            sink.flush()?;
        }
        match &*kind {
            "text/html" | "application/xhtml+xml" => html::fragment(&text, place.0, hidden, sink),
            _ => plain::part(Kind::Text, &text, place, hidden, sink),
        }
    }

    /// The character and the line at which a piece of the source stands.
    fn place(&self, piece: &[u8]) -> (u64, u64) {
        let base = self.source.as_ptr() as usize;
        let at = (piece.as_ptr() as usize).wrapping_sub(base);
        let before = self.source.get(..at).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', before).count() as u64;
        (chars(&String::from_utf8_lossy(before)), lines + 1)
    }
}
