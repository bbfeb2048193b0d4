//! A notice in prose: a press release, an announcement, OFAC's "recent actions", as text or HTML.
//!
//! A paragraph with `Digital Currency Address` in it is an entry as OFAC writes them and names its
//! party; every other address belongs to the notice, whose name the source's options say. It does
//! not know who else is spoken of.

use super::common::{any_date, collapse, kind, push_name, push_new, trim};
use super::{ParseError, freetext, html, tabular};
use crate::finding::Code;
use crate::list::{Entity, EntityIx, EntityKind, ListBuilder, NameQuality};
use std::io::BufRead;

pub(super) const ID: &str = "notice";

/// No notice is longer.
const TEXT_MAX: u64 = 64 << 20;
const CRYPTO: &str = "Digital Currency Address";

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let bytes = tabular::read_all(ID, document, TEXT_MAX)?;
    if bytes.trim_ascii().is_empty() {
        return Err(tabular::empty(ID));
    }
    let text = match str::from_utf8(&bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(&bytes).0,
    };
    if text.contains('\0') {
        return Err(ParseError::Shape {
            shape: ID,
            why: "it is binary data".into(),
            hint: Some("a notice is text or HTML; take the text out of a PDF first".into()),
        });
    }
    let text = if html::is_html(&text) {
        html::text(&text).into()
    } else {
        text
    };
    out.snapshot_mut().published_on = out
        .source()
        .options
        .get("published_on")
        .and_then(|day| any_date(day));
    // A notice has one subject, which is an entity even if it has no address of its own.
    let mut subject: Option<EntityIx> = None;
    let option = |out: &ListBuilder, key: &str| out.source().options.get(key).cloned();
    let mut line = 1;
    for (start, paragraph) in paragraphs(&text) {
        line += text[start.0..start.1].matches('\n').count();
        let here = line;
        line += paragraph.matches('\n').count();
        if paragraph.contains(CRYPTO) && party(paragraph).is_some() {
            sdn_entry(out, paragraph, here);
            continue;
        }
        let found = freetext::find(paragraph);
        if found.is_empty() {
            continue;
        }
        let ix = match subject {
            Some(ix) => ix,
            None => {
                let name = option(out, "entity").unwrap_or_else(|| out.source().title.clone());
                let id = option(out, "entity_id").unwrap_or_else(|| out.source().id.clone());
                let kind = match option(out, "entity_kind").as_deref() {
                    Some(word) => kind(word),
                    None => EntityKind::Cluster,
                };
                *subject.insert(out.entity(Entity {
                    id,
                    name,
                    kind,
                    ..Entity::default()
                }))
            }
        };
        let (mut at, mut counted) = (here, 0);
        for one in found {
            // They come in the order of the text.
            let more = paragraph.get(counted..one.at).unwrap_or_default();
            at += more.matches('\n').count();
            counted = one.at.max(counted);
            out.listing(
                ix,
                crate::list::NewListing {
                    text: &one.text,
                    raw: one.raw,
                    label: one.label,
                    locator: &format!("line {at}"),
                    note: one.note,
                    ..crate::list::NewListing::default()
                },
            );
        }
    }
    Ok(())
}

/// Texts between empty lines, each with the range of what lies before it since the last one.
fn paragraphs(text: &str) -> Vec<((usize, usize), &str)> {
    let mut out = Vec::new();
    let (mut from, mut start, mut at) = (0, None::<usize>, 0);
    for line in text.split_inclusive('\n') {
        match (trim(line).is_empty(), start) {
            (true, Some(begin)) => {
                out.push(((from, begin), &text[begin..at]));
                from = at;
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
        at += line.len();
    }
    if let Some(begin) = start {
        out.push(((from, begin), &text[begin..]));
    }
    out
}

/// The name with which an entry begins: up to a bracket, a semicolon, or a place. Names are written
/// in capitals, but for a person's given name, and a place follows behind a comma.
fn party(entry: &str) -> Option<String> {
    let end = entry.find(['(', ';', '['])?;
    let head = trim(&entry[..end]).trim_end_matches(',');
    let person = entry.contains("(individual)");
    let mut name = String::new();
    for (ix, part) in head.split(", ").enumerate() {
        let capitals = !part.chars().any(char::is_lowercase);
        if ix > 0 && !(capitals || person && ix == 1) {
            break;
        }
        if ix > 0 {
            name.push_str(", ");
        }
        name.push_str(part);
    }
    let begins = name.chars().next().is_some_and(char::is_uppercase);
    let sound = begins && (2..=200).contains(&name.len());
    (sound && !name.contains(CRYPTO) && !name.contains('\n')).then_some(name)
}

/// `NAME (a.k.a. "X"), place; DOB 1 Jan 1970; Digital Currency Address - XBT …; (individual) [CYBER2].`
fn sdn_entry(out: &mut ListBuilder, entry: &str, line: usize) {
    let name = party(entry).unwrap_or_default();
    let mut entity = Entity {
        id: name.as_str().into(),
        name: name.clone().into(),
        kind: if entry.contains("(individual)") {
            EntityKind::Person
        } else {
            EntityKind::Organisation
        },
        ..Entity::default()
    };
    let head = entry.split(';').next().unwrap_or_default();
    for (word, quality) in [
        ("a.k.a. ", NameQuality::Strong),
        ("f.k.a. ", NameQuality::Strong),
        ("Cyrillic: ", NameQuality::Primary),
    ] {
        for part in head.split(word).skip(1) {
            let alias = part.split([';', ')', '(']).next().unwrap_or_default();
            push_name(
                &mut entity,
                alias.trim_matches(['"', '“', '”', '\'', ' ', ',']),
                quality,
            );
        }
    }
    for item in entry.split(';').map(trim) {
        let item = item.strip_prefix("alt. ").unwrap_or(item);
        if let Some(birth) = item.strip_prefix("DOB ") {
            push_new(&mut entity.births, birth);
        } else if let Some(country) = item
            .strip_prefix("nationality ")
            .or(item.strip_prefix("citizen "))
        {
            push_new(&mut entity.countries, country);
        }
    }
    // The programmes stand in brackets at the end.
    for program in entry
        .split('[')
        .skip(1)
        .filter_map(|p| p.split_once(']'))
        .map(|(p, _)| p)
    {
        push_new(&mut entity.programs, &collapse(program));
    }
    let ix = out.entity(entity);
    let count = freetext::list(out, ix, entry, &format!("line {line}"), "");
    let said = entry.matches(CRYPTO).count();
    if count != said {
        let why = format!("{said} addresses are announced under `{name}`, {count} were read");
        out.finding(Code::ListRecordIncomplete, &format!("line {line}"), why);
    }
}
