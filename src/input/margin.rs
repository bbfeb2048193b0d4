//! What stands beside the cells of a workbook: comments, text boxes, the targets of links.
//!
//! XLSX, XLSB and ODS; of the old XLS format nothing but cells is read. It knows nothing of sheets:
//! every text comes with the part of the archive that it is from.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::io::{BufReader, Read, Seek, SeekFrom};
use zip::ZipArchive;

/// Most bytes that are unpacked for it.
const BYTES_MAX: u64 = 1 << 28;
/// Most bytes of text that are kept.
const TEXT_MAX: usize = 1 << 26;

/// Most bytes of a part that is held in memory.
const PART_MAX: u64 = 1 << 30;
/// Most bytes of a sheet, which is read cell by cell.
const SHEET_MAX: u64 = 1 << 36;

/// What is wrong with a workbook.
#[derive(Debug)]
pub(super) enum Fault {
    /// A part is not as it was written; the others can be read.
    Damaged(String),
    /// More comes out of a part than can be held: nothing of it must be read.
    Swells(String),
}

/// Whether what the workbook in `bytes` is made of is as it was written: the archive has a checksum
/// of each part, which readers of cells do not ask for. They do not ask how large it is either.
pub(super) fn verify<R: Read + Seek>(bytes: &mut R) -> Result<(), Fault> {
    verify_within(bytes, PART_MAX)
}

fn verify_within<R: Read + Seek>(bytes: &mut R, part_max: u64) -> Result<(), Fault> {
    let zip = bytes.seek(SeekFrom::Start(0));
    let zip = zip.map_err(|e| Fault::Damaged(e.to_string()))? == 0;
    let Some(mut archive) = zip.then(|| ZipArchive::new(bytes).ok()).flatten() else {
        return Ok(());
    };
    for index in 0..archive.len() {
        let part = archive.by_index(index);
        let part = part.map_err(|e| Fault::Damaged(e.to_string()))?;
        let name = part
            .name()
            .map_or_else(|_| String::new(), |n| n.into_owned());
        if name.ends_with(".xml") || name.ends_with(".bin") {
            let most = match name.starts_with("xl/worksheets/") {
                true => SHEET_MAX,
                false => part_max,
            };
            let done = std::io::copy(&mut part.take(most + 1), &mut std::io::sink());
            match done {
                Ok(read) if read > most => {
                    let why = format!("more than {most} bytes come out of `{name}` in it");
                    return Err(Fault::Swells(why));
                }
                Ok(_) => {}
                Err(e) => return Err(Fault::Damaged(format!("`{name}` in it is damaged: {e}"))),
            }
        }
    }
    Ok(())
}

/// A part of the archive and a text of it.
pub(super) type Aside = (String, String);

/// The texts beside the cells of the workbook in `bytes`, which is read from its start; and why
/// some are missing, when they are.
pub(super) fn read<R: Read + Seek>(bytes: &mut R) -> (Vec<Aside>, Option<String>) {
    let mut found = Vec::new();
    let mut head = [0; 2];
    let zip = bytes.seek(SeekFrom::Start(0)).is_ok()
        && bytes.read_exact(&mut head).is_ok()
        && head == *b"PK";
    if !zip {
        return (found, None);
    }
    let mut archive = match ZipArchive::new(bytes) {
        Ok(archive) => archive,
        // Whoever reads the cells says so.
        Err(_) => return (found, None),
    };
    let mut names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .map(|name| name.into_owned())
        .filter(|name| kind(name).is_some())
        .collect();
    names.sort();
    let mut left = BYTES_MAX;
    for name in names {
        let done = archive
            .by_name(&name)
            .map_err(|e| e.to_string())
            .and_then(|member| part(member, &name, &mut left, &mut found));
        if let Err(why) = done {
            return (found, Some(format!("`{name}` in it: {why}")));
        }
    }
    (found, None)
}

/// What to take from a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Every text.
    Texts,
    /// The targets of its links.
    Links,
    /// The comments and links of a document that is mostly cells.
    Document,
}

fn kind(name: &str) -> Option<Kind> {
    let xml = name.strip_suffix(".xml");
    if name == "content.xml" {
        return Some(Kind::Document);
    }
    if name.starts_with("xl/worksheets/_rels/") && name.ends_with(".rels") {
        return Some(Kind::Links);
    }
    let rest = xml?.strip_prefix("xl/")?;
    let texts = ["comments", "threadedComments/", "drawings/drawing"];
    texts
        .iter()
        .any(|p| rest.starts_with(p))
        .then_some(Kind::Texts)
}

fn part(
    member: impl Read,
    name: &str,
    left: &mut u64,
    found: &mut Vec<Aside>,
) -> Result<(), String> {
    let kind = kind(name).unwrap_or(Kind::Texts);
    let mut xml = Reader::from_reader(BufReader::new(member.take(*left)));
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let mut text = String::new();
    let mut inside = 0_u32;
    let mut kept: usize = found.iter().map(|f| f.1.len()).sum();
    let mut keep = |text: &mut String, found: &mut Vec<Aside>| {
        let whole = std::mem::take(text);
        if !whole.trim().is_empty() {
            kept += whole.len();
            found.push((name.to_owned(), whole));
        }
        match kept > TEXT_MAX {
            true => Err(format!("more than {} MiB of text", TEXT_MAX >> 20)),
            false => Ok(()),
        }
    };
    loop {
        buffer.clear();
        let event = xml
            .read_event_into(&mut buffer)
            .map_err(|e| e.to_string())?;
        if xml.get_ref().get_ref().limit() == 0 {
            return Err(format!("more than {} MiB come out of it", BYTES_MAX >> 20));
        }
        match event {
            Event::Eof => break,
            Event::Start(tag) => {
                let holds = kind == Kind::Texts || tag.local_name().as_ref() == "annotation";
                inside += u32::from(inside > 0 || holds);
                for target in links(&tag) {
                    found.push((name.to_owned(), target));
                }
            }
            Event::Empty(tag) => {
                for target in links(&tag) {
                    found.push((name.to_owned(), target));
                }
            }
            Event::End(tag) => {
                inside = inside.saturating_sub(1);
                // Runs of one text follow each other; the text ends with its paragraph.
                if matches!(tag.local_name().as_ref(), "text" | "p" | "annotation") {
                    keep(&mut text, found)?;
                }
            }
            Event::Text(of) if inside > 0 => {
                text.push_str(&of.xml_content(XmlVersion::Implicit1_0));
            }
            Event::GeneralRef(reference) if inside > 0 => {
                let named = match &*reference {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                };
                text.extend(reference.resolve_char_ref().ok().flatten().or(named));
            }
            _ => {}
        }
    }
    *left = xml.get_ref().get_ref().limit();
    keep(&mut text, found)
}

/// Where a tag links to, outside of the workbook.
fn links(tag: &BytesStart<'_>) -> Vec<String> {
    let mut targets = Vec::new();
    let mut outside = false;
    for attribute in tag.attributes().flatten() {
        let value = attribute.value.to_string();
        match attribute.key.local_name().as_ref() {
            "Target" => targets.push(value),
            "href" if tag.local_name().as_ref() == "a" => return vec![value],
            "TargetMode" => outside = value == "External",
            _ => {}
        }
    }
    match outside {
        true => targets,
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    #[test]
    fn a_part_that_swells_is_told_from_a_damaged_one() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(&[b'a'; 5000]).unwrap();
        }
        let mut book = zip.finish().unwrap().into_inner();
        let verify = |book: &[u8], most| verify_within(&mut Cursor::new(book), most);
        assert!(verify(&book, 5000).is_ok());
        let fault = verify(&book, 4999).unwrap_err();
        assert!(
            matches!(&fault, Fault::Swells(why) if why.contains("sharedStrings")),
            "{fault:?}"
        );
        // The checksum of the second part, behind its local header's signature, version and time.
        let at = memchr::memmem::rfind(&book, b"PK\x03\x04").unwrap();
        book[at + 14] ^= 1;
        let directory = memchr::memmem::rfind(&book, b"PK\x01\x02").unwrap();
        book[directory + 16] ^= 1;
        assert!(matches!(verify(&book, 5000), Err(Fault::Damaged(_))));
    }
}
