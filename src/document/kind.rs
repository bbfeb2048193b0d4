//! What a document is: by its first bytes, and by its name where those do not say.
//!
//! It does not read documents; it picks who does.

use super::{DocumentError, Limits, Sink, Stop, docx, eml, html, pdf, plain};
use crate::unpack::{self, Packing, Unpacked};
use std::io::{Cursor, Read};

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// YAML: most often a tag pack.
    Yaml,
    /// JSON.
    Json,
    /// HTML.
    Html,
    /// PDF.
    Pdf,
    /// Word, Office Open XML.
    Docx,
    /// OpenDocument text.
    Odt,
    /// An e-mail.
    Eml,
}

/// A row of [`KINDS`]: kind, name, extensions.
type Row = (Kind, &'static str, &'static [&'static str]);

/// Every kind with its name in reports and its file extensions.
pub(super) const KINDS: &[Row] = &[
    (Kind::Text, "text", &["txt", "text", "log", "csv", "tsv"]),
    (Kind::Markdown, "markdown", &["md", "markdown"]),
    (Kind::Yaml, "yaml", &["yaml", "yml"]),
    (Kind::Json, "json", &["json", "jsonl", "ndjson"]),
    (Kind::Html, "html", &["html", "htm", "xhtml"]),
    (Kind::Pdf, "pdf", &["pdf"]),
    (Kind::Docx, "docx", &["docx", "docm"]),
    (Kind::Odt, "odt", &["odt"]),
    (Kind::Eml, "eml", &["eml", "mbox", "mht", "mhtml"]),
];

impl Kind {
    /// Name in reports.
    pub fn id(self) -> &'static str {
        KINDS.iter().find(|k| k.0 == self).map_or("text", |k| k.1)
    }

    /// Reads a document of this kind.
    pub(super) fn read(self, bytes: Vec<u8>, sink: &mut Sink) -> Result<(), Stop> {
        match self {
            Self::Text | Self::Markdown | Self::Yaml | Self::Json => {
                plain::read(self, &bytes, sink)
            }
            Self::Html => html::read(&bytes, sink),
            Self::Pdf => pdf::read(bytes, sink),
            Self::Docx | Self::Odt => docx::read(self, bytes, sink),
            Self::Eml => eml::read(&bytes, sink),
        }
    }
}

/// The bytes as given, and what was packed in them.
pub(super) struct Opened {
    pub(super) raw: Vec<u8>,
    pub(super) inner: Option<Vec<u8>>,
}

/// Unpacks a document and says what it is.
pub(super) fn open(
    path: &str,
    raw: Vec<u8>,
    limits: Limits,
) -> Result<(Kind, Opened), DocumentError> {
    let unsupported = |what: &str| DocumentError::Unsupported {
        path: path.into(),
        what: what.into(),
    };
    if let Some(kind) = office(&raw) {
        return match kind {
            Ok(kind) => Ok((kind, Opened { raw, inner: None })),
            Err(what) => Err(unsupported(what)),
        };
    }
    match Packing::sniff(&raw[..raw.len().min(64)]) {
        Ok(Packing::Plain) => {}
        Ok(_) => {
            let options = unpack::Options {
                max_bytes: limits.inflated,
                ..unpack::Options::default()
            };
            let inner = inflate(&raw, &options).map_err(|why| DocumentError::Broken {
                path: path.into(),
                why: why.into(),
            })?;
            let name = path.rsplit_once('.').map_or(path, |(name, _)| name);
            if let Some(Ok(kind)) = office(&inner) {
                let inner = Some(inner);
                return Ok((kind, Opened { raw, inner }));
            }
            let kind = detect(name, &inner).map_err(unsupported)?;
            let inner = Some(inner);
            return Ok((kind, Opened { raw, inner }));
        }
        Err(e) => return Err(unsupported(&e.to_string())),
    }
    let kind = detect(path, &raw).map_err(unsupported)?;
    Ok((kind, Opened { raw, inner: None }))
}

fn inflate(raw: &[u8], options: &unpack::Options) -> Result<Vec<u8>, String> {
    let mut unpacked: Unpacked =
        unpack::unpack(Cursor::new(raw.to_vec()), options).map_err(|e| e.to_string())?;
    let mut inner = Vec::new();
    unpacked
        .read_to_end(&mut inner)
        .map_err(|e| e.to_string())?;
    Ok(inner)
}

/// The office formats, which are archives; `None` for another archive and for anything else.
fn office(bytes: &[u8]) -> Option<Result<Kind, &'static str>> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    match () {
        _ if has("word/document.xml") => Some(Ok(Kind::Docx)),
        _ if has("xl/workbook.xml") => Some(Err("it is a workbook")),
        _ if has("ppt/presentation.xml") => Some(Err("presentations are not read")),
        _ if has("content.xml") && has("META-INF/manifest.xml") => Some(Ok(Kind::Odt)),
        _ => None,
    }
}

/// The kind of unpacked bytes.
fn detect(path: &str, bytes: &[u8]) -> Result<Kind, &'static str> {
    const NOT_READ: &[(&[u8], &str)] = &[
        (b"\x89PNG", "it is an image"),
        (b"\xff\xd8\xff", "it is an image"),
        (b"GIF8", "it is an image"),
        (b"II*\0", "it is an image"),
        (b"MM\0*", "it is an image"),
        (b"BM", "it is an image"),
        (
            b"\xd0\xcf\x11\xe0",
            "old Office files (.doc, .xls, .msg) are not read",
        ),
        (b"{\\rtf", "rich text (.rtf) is not read"),
        (b"\x7fELF", "it is a program"),
        (b"MZ", "it is a program"),
        (b"%!PS", "PostScript is not read"),
        (b"PAR1", "it is a Parquet table"),
        (b"SQLite format 3", "it is a database"),
    ];
    let head = &bytes[..bytes.len().min(4096)];
    if head[..head.len().min(1024)]
        .windows(5)
        .any(|w| w == b"%PDF-")
    {
        return Ok(Kind::Pdf);
    }
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if !wide && head.contains(&0) || head.starts_with(b"{\\rtf") || head.starts_with(b"%!PS") {
        let what = NOT_READ.iter().find(|(magic, _)| head.starts_with(magic));
        return Err(what.map_or("it is binary", |w| w.1));
    }
    // These begin with letters, so a text may too: the whole head has to look binary.
    let odd = head
        .iter()
        .filter(|b| **b < 9 || (14..32).contains(*b) && **b != 27)
        .count();
    if !wide && odd * 20 > head.len() {
        let what = NOT_READ.iter().find(|(magic, _)| head.starts_with(magic));
        return Err(what.map_or("it is binary", |w| w.1));
    }
    if !wide
        && let Some((_, what)) = NOT_READ[..6]
            .iter()
            .find(|(m, _)| m.len() > 2 && head.starts_with(m))
    {
        return Err(what);
    }
    let by_name = path.rsplit_once('.').and_then(|(_, extension)| {
        let extension = extension.to_ascii_lowercase();
        KINDS
            .iter()
            .find(|k| k.2.contains(&&*extension))
            .map(|k| k.0)
    });
    match by_name {
        // A file that calls itself an office document and is no archive is read as what it is.
        Some(Kind::Pdf) => return Err("it is called a PDF, but has no PDF header"),
        Some(Kind::Docx | Kind::Odt) => return Err("it is called an office document, but is none"),
        // Pages are often saved under another name.
        Some(Kind::Text) | None => {}
        Some(kind) => return Ok(kind),
    }
    let text = String::from_utf8_lossy(head);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let lower = start.to_ascii_lowercase();
    let unnamed = by_name.is_none();
    let page = lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || unnamed && (lower.contains("<html") || lower.starts_with('<') && lower.contains("</"));
    let mail = eml::is_mail(start);
    let json = unnamed && start.starts_with(['{', '[']) && start.contains("\":");
    Ok(match (page, mail, json) {
        (true, ..) => Kind::Html,
        (_, true, _) => Kind::Eml,
        (.., true) => Kind::Json,
        _ => Kind::Text,
    })
}
