//! Word and OpenDocument texts: paragraphs of the main part, then notes, headers and footers.
//!
//! Offsets count the characters of the text as it comes, paragraph by paragraph; the page is the
//! one that the last program to save the file had broken it into, where it says so. What comes out
//! of the archive is bounded. Text that was deleted under change tracking is left out.

use super::around::tail;
use super::plain::{LINE_MAX, chars, cut};
use super::{Between, Event, Kind, Line, Piece, Sink, Stop};
use quick_xml::events::{BytesStart, Event as Xml};
use quick_xml::{Reader, XmlVersion};
use std::io::{BufReader, Cursor, Read, Take};
use zip::ZipArchive;

/// Longest paragraph that is kept together.
const PARAGRAPH_MAX: usize = 1 << 20;

/// Reads an archive with an office text in it.
pub(super) fn read(kind: Kind, bytes: Vec<u8>, sink: &mut Sink) -> Result<(), Stop> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|e| Stop::Broken(e.to_string()))?;
    let mut names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .map(|name| name.into_owned())
        .collect();
    names.sort();
    let wanted = |name: &str| match kind {
        Kind::Odt => name == "content.xml" || name == "styles.xml",
        _ => name.strip_prefix("word/").is_some_and(|part| {
            part == "document.xml"
                || ["header", "footer", "footnotes", "endnotes", "comments"]
                    .iter()
                    .any(|p| part.starts_with(p) && part.ends_with(".xml"))
        }),
    };
    let mut parts: Vec<String> = names.iter().filter(|n| wanted(n)).cloned().collect();
    // The main part first.
    parts.sort_by_key(|n| n != "word/document.xml" && n != "content.xml");
    let mut text = Paragraphs::default();
    for part in &parts {
        let member = archive
            .by_name(part)
            .map_err(|e| Stop::Broken(format!("`{part}` in it: {e}")))?;
        let bound = sink.limits.inflated;
        text.part(BufReader::new(member.take(bound + 1)), part, bound, sink)?;
    }
    if text.page > 0 {
        sink.flush()?;
        sink.send(Event::Pages(text.page + 1))?;
    }
    let images = names
        .iter()
        .filter(|n| n.contains("media/") || n.starts_with("Pictures/"));
    let images = images.filter(|n| !n.ends_with('/')).count();
    if text.number == 0 && images > 0 {
        sink.unread(
            0,
            format!("it holds {images} images and no text: nothing was read"),
        )?;
    }
    Ok(())
}

/// Bytes of the cells left of one that are kept with it.
const BESIDE_MAX: usize = 1024;

fn keep_end(text: &mut String) {
    if text.len() > BESIDE_MAX {
        *text = tail(text, BESIDE_MAX).to_owned();
    }
}

/// The text of the parts.
#[derive(Default)]
struct Paragraphs {
    /// Pages broken so far.
    page: u32,
    number: u64,
    offset: u64,
    text: String,
    heading: u8,
    /// The cells before this one in its row.
    row: String,
    cell: String,
    tables: u32,
    inside_text: bool,
    /// Paragraphs of an OpenDocument text that are open: a note or a text box stands within one.
    open: u32,
    deleted: u32,
}

impl Paragraphs {
    fn part(
        &mut self,
        reader: BufReader<Take<impl Read>>,
        name: &str,
        bound: u64,
        sink: &mut Sink,
    ) -> Result<(), Stop> {
        let mut xml = Reader::from_reader(reader);
        xml.config_mut().check_end_names = false;
        let mut buffer = Vec::new();
        let mut open = 0_u64;
        (self.open, self.inside_text) = (0, false);
        loop {
            buffer.clear();
            let event = xml.read_event_into(&mut buffer);
            if xml.get_ref().get_ref().limit() == 0 {
                let why = format!("more than {bound} bytes come out of `{name}` in it");
                return Err(Stop::Broken(why));
            }
            let event =
                event.map_err(|e| Stop::Broken(format!("`{name}` in it is broken: {e}")))?;
            match event {
                Xml::Eof => break,
                Xml::Start(tag) => {
                    open += 1;
                    self.start(&tag, false, sink)?;
                }
                Xml::Empty(tag) => self.start(&tag, true, sink)?,
                Xml::End(tag) => {
                    open = open.saturating_sub(1);
                    self.end(tag.local_name().as_ref(), sink)?;
                }
                Xml::Text(text) if self.inside_text && self.deleted == 0 => {
                    self.text
                        .push_str(&text.xml_content(XmlVersion::Implicit1_0));
                }
                Xml::GeneralRef(reference) if self.inside_text && self.deleted == 0 => {
                    let named = match &*reference {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => None,
                    };
                    let decoded = reference.resolve_char_ref().ok().flatten().or(named);
                    self.text.extend(decoded);
                }
                _ => {}
            }
            if self.text.len() > PARAGRAPH_MAX {
                self.paragraph(sink)?;
            }
        }
        self.paragraph(sink)?;
        if open > 0 {
            sink.unread(
                0,
                format!("`{name}` in it is cut off: its end was not read"),
            )?;
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>, empty: bool, sink: &mut Sink) -> Result<(), Stop> {
        let value = |name: &str| {
            let attribute = tag.attributes().flatten();
            let mut attribute = attribute.filter(|a| a.key.local_name().as_ref() == name);
            attribute.next().map(|a| a.value.to_string())
        };
        let odt =
            tag.name().as_ref().starts_with("text:") || tag.name().as_ref().starts_with("table:");
        match tag.local_name().as_ref() {
            "p" | "h" if odt => {
                self.paragraph(sink)?;
                if !empty {
                    self.open += 1;
                    self.inside_text = true;
                }
                if tag.local_name().as_ref() == "h" {
                    let level = value("outline-level").and_then(|v| v.parse().ok());
                    self.heading = level.unwrap_or(1);
                }
            }
            "p" => self.paragraph(sink)?,
            "t" => self.inside_text = !empty,
            "del" | "moveFrom" | "tracked-changes" if !empty => self.deleted += 1,
            "pStyle" => {
                let style = value("val").unwrap_or_default().to_ascii_lowercase();
                if style.starts_with("heading") || style == "title" {
                    let level = style.chars().last().and_then(|c| c.to_digit(10));
                    self.heading = level.unwrap_or(1) as u8;
                }
            }
            "tab" => self.text.push('\t'),
            "s" if odt => {
                let count = value("c").and_then(|c| c.parse().ok()).unwrap_or(1_usize);
                self.text.extend(std::iter::repeat_n(' ', count.min(64)));
            }
            "noBreakHyphen" => self.text.push('-'),
            "softHyphen" => self.text.push('\u{ad}'),
            "lastRenderedPageBreak" | "soft-page-break" => {
                self.line(sink)?;
                self.page += 1;
            }
            // The number of a note is no part of the word before it.
            "br" | "cr" | "line-break" | "note" | "annotation" => self.line(sink)?,
            "tbl" | "table" if !empty => {
                self.paragraph(sink)?;
                self.tables += 1;
            }
            "tr" | "table-row" => {
                self.row.clear();
                self.cell.clear();
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, sink: &mut Sink) -> Result<(), Stop> {
        match name {
            "t" => self.inside_text = false,
            "p" | "h" => {
                self.paragraph(sink)?;
                self.open = self.open.saturating_sub(1);
                self.inside_text = self.open > 0;
            }
            "del" | "moveFrom" | "tracked-changes" => {
                self.deleted = self.deleted.saturating_sub(1);
            }
            "tc" | "table-cell" => {
                self.paragraph(sink)?;
                if !self.row.is_empty() {
                    self.row.push(' ');
                }
                self.row.push_str(self.cell.trim());
                keep_end(&mut self.row);
                self.cell.clear();
            }
            "tbl" | "table" => {
                self.tables = self.tables.saturating_sub(1);
                self.row.clear();
            }
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self, sink: &mut Sink) -> Result<(), Stop> {
        self.line(sink)?;
        self.heading = 0;
        Ok(())
    }

    /// Hands over what has come together.
    fn line(&mut self, sink: &mut Sink) -> Result<(), Stop> {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return Ok(());
        }
        self.number += 1;
        if self.tables > 0 {
            self.cell.push(' ');
            self.cell.push_str(tail(&text, BESIDE_MAX));
            keep_end(&mut self.cell);
        }
        let (mut rest, mut continues) = (&*text, false);
        while !rest.is_empty() {
            let (part, after) = rest.split_at(cut(rest, LINE_MAX));
            sink.line(Line {
                text: part.to_owned(),
                page: self.page + 1,
                number: self.number,
                pieces: vec![Piece {
                    at: 0,
                    source: self.offset,
                    after: Between::Nothing,
                }],
                heading: self.heading,
                beside: self.row.as_str().into(),
                continues,
                hidden: false,
            })?;
            self.offset += chars(part);
            (rest, continues) = (after, true);
        }
        self.offset += 1;
        Ok(())
    }
}
