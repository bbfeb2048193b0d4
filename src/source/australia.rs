//! Australia's consolidated list (DFAT), a workbook of 12 columns until 2025 and of 19 since.
//!
//! Rows `2`, `2a`, `2b` are names of one entity. A day is an Excel serial number, in the older file
//! also where the cell is a text; a year is a year. The newest control date is the list's own date:
//! it has no other. Placeholders (`NA`) are nothing.

use super::common::{collapse, kind, push_id, push_name, push_new, script_of, set_primary};
use super::tabular::{self, Kind, Layout, Row, Seen, excel_day};
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, EntityIx, EntityKind, ListBuilder, Name, NameQuality};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};
use std::io::BufRead;

pub(super) const ID: &str = "au-dfat";

/// Free text that every row of an entity repeats.
const TEXTS: &[&str] = &["Additional Information", "Address", "Listing Information"];

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let layout = Layout {
        kind: (document.fill_buf()?.starts_with(b"PK")).then_some(Kind::Xlsx),
        header: Some("Reference".into()),
        ..Layout::new(ID)
    };
    let mut entities: HashMap<String, Group> = HashMap::new();
    tabular::rows(&layout, document, &mut |seen| {
        match seen {
            Seen::Row(row) => read(out, &mut entities, row),
            Seen::Odd(place, why) => out.finding(Code::ListRecordIncomplete, &place, why),
            Seen::Above(_) => {}
        }
        Ok(())
    })
}

struct Group {
    ix: EntityIx,
    /// Of the name that stands for the main one until that comes.
    first: NameQuality,
    texts: HashSet<String>,
}

/// A cell; empty where a placeholder stands in it.
fn cell<'r>(row: &'r Row, name: &str) -> &'r str {
    match row.get(name) {
        "NA" | "N/A" | "na" | "-" => "",
        text => text,
    }
}

fn read(out: &mut ListBuilder, entities: &mut HashMap<String, Group>, row: &Row) {
    let reference = cell(row, "Reference");
    // `34c1` is the spelling of an alias.
    let digits = reference.bytes().take_while(u8::is_ascii_digit).count();
    let group = &reference[..digits];
    let name = collapse(cell(row, "Name of Individual or Entity"));
    if group.is_empty() || name.is_empty() {
        let why = format!("the row has no reference or no name (`{reference}`, `{name}`)");
        out.finding(Code::ListRecordUnreadable, &row.locator(), why);
        return;
    }
    let group = entities.entry(group.to_owned()).or_insert_with(|| Group {
        ix: out.entity(Entity {
            id: group.into(),
            ..Entity::default()
        }),
        first: NameQuality::Strong,
        texts: HashSet::new(),
    });
    let ix = group.ix;
    let controlled = day(cell(row, "Control Date"));
    let published = &mut out.snapshot_mut().published_on;
    *published = (*published).into_iter().chain(controlled).max();
    let e = out.entity_mut(ix);
    if e.kind == EntityKind::Unknown {
        e.kind = kind(cell(row, "Type"));
    }
    let weak = cell(row, "Alias Strength").eq_ignore_ascii_case("weak");
    match cell(row, "Name Type").to_ascii_lowercase().as_str() {
        "primary name" => set_primary(e, &name, group.first),
        "original script" => {
            if e.aliases.iter().all(|n| *n.text != *name) {
                e.aliases.push(Name {
                    script: script_of(&name).into(),
                    text: name.into(),
                    quality: NameQuality::Primary,
                });
            }
        }
        _ => {
            let quality = if weak {
                NameQuality::Weak
            } else {
                NameQuality::Strong
            };
            if e.name.is_empty() {
                group.first = quality;
            }
            push_name(e, &name, quality);
        }
    }
    for birth in births(cell(row, "Date of Birth")) {
        push_new(&mut e.births, &birth);
    }
    push_new(&mut e.countries, cell(row, "Citizenship"));
    push_new(&mut e.programs, cell(row, "Committees"));
    push_id(e, "IMO number", cell(row, "IMO Number"), "");
    for column in TEXTS {
        let text = cell(row, column);
        if text.is_empty() || !group.texts.insert(format!("{column}\n{text}")) {
            continue;
        }
        let place = format!("row {} (reference {reference}), `{column}`", row.line);
        freetext::list(out, ix, text, &place, "");
    }
}

/// The day of a cell that is a date, or a serial number.
fn day(text: &str) -> Option<Date> {
    super::common::iso_date(text).or_else(|| match text.len() {
        5 => excel_day(text.parse().ok()?),
        _ => super::common::day_month_year(text),
    })
}

/// `26685` is a day, `1963` a year; several are separated by commas, other words stay as they are.
fn births(text: &str) -> Vec<String> {
    let is_plain = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_digit() || b"/-. ".contains(&b))
    };
    let parts: Vec<&str> = text.split(',').map(super::common::trim).collect();
    if parts.iter().all(|part| is_plain(part)) {
        let whole = |part: &&str| !part.is_empty();
        let in_words = |part: &str| day(part).map_or(part.to_owned(), |d| d.to_string());
        parts.into_iter().filter(whole).map(in_words).collect()
    } else {
        vec![collapse(text)]
    }
}

#[cfg(test)]
mod tests {
    use super::births;

    #[test]
    fn serial_numbers_are_days() {
        assert_eq!(births("26685"), ["1973-01-21"]);
        assert_eq!(births("1945, 1946\u{a0}"), ["1945", "1946"]);
        assert_eq!(births("01/02/1960, 1961"), ["1960-02-01", "1961"]);
        assert_eq!(
            births("Approximately 1963, or later"),
            ["Approximately 1963, or later"]
        );
        assert!(births("").is_empty());
    }
}
