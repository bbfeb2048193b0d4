//! The Consolidated Screening List of the United States (trade.gov), as CSV and as JSON.
//!
//! It gathers the lists of several agencies, so an entity can stand in it twice. In the CSV the
//! identifiers are one cell of `value, type` pairs (older copies: `type, value`), and a second
//! header can stand among the rows.

use super::common::{collapse, iso_date, kind, push_id, push_name, push_new, trim};
use super::tabular::{self, Kind, Layout, Row, Seen, json_values};
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, EntityIx, EntityKind, ListBuilder, NameQuality, NewListing};
use serde_json::Value;
use std::collections::HashMap;
use std::io::BufRead;

pub(super) const ID: &str = "us-csl";
const CRYPTO: &str = "Digital Currency Address";

/// Whether a CSV or JSON text that begins so is this list.
pub(super) fn is_csl(head: &[u8]) -> bool {
    let head = &head[..head.len().min(4096)];
    let has = |word: &[u8]| memchr::memmem::find(head, word).is_some();
    has(b"source_list_url") && has(b"entity_number") && has(b"federal_register_notice")
}

/// Reads the document, in either form.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut list = Csl {
        out,
        entities: HashMap::new(),
    };
    let head = document.fill_buf()?;
    if matches!(Kind::sniff(head), Kind::Json | Kind::Ndjson) {
        let mut number = 0;
        return json_values(ID, &["results".into()], document, &mut |_, value| {
            number += 1;
            list.json(number, value);
            Ok(())
        });
    }
    let layout = Layout {
        kind: Some(Kind::Csv),
        delimiter: Some(b','),
        header: Some("_id".into()),
        strict: true,
        whole: true,
        ..Layout::new(ID)
    };
    tabular::rows(&layout, document, &mut |seen| {
        if let Seen::Row(row) = seen {
            list.csv(row);
        }
        Ok(())
    })
}

/// One record in either form.
struct Record<'r> {
    id: &'r str,
    name: &'r str,
    source: &'r str,
    kind: &'r str,
    url: &'r str,
    programs: Vec<&'r str>,
    aliases: Vec<&'r str>,
    births: Vec<&'r str>,
    countries: Vec<&'r str>,
    start: &'r str,
}

struct Csl<'b> {
    out: &'b mut ListBuilder,
    entities: HashMap<Box<str>, EntityIx>,
}

impl Csl<'_> {
    fn entity(&mut self, record: &Record<'_>, place: &str) -> Option<EntityIx> {
        let name = collapse(record.name);
        if name.is_empty() {
            let why = "the record has no name";
            self.out.finding(Code::ListRecordUnreadable, place, why);
            return None;
        }
        let id = if record.id.is_empty() {
            &name
        } else {
            record.id
        };
        let ix = match self.entities.get(id) {
            Some(&ix) => ix,
            None => {
                let url = record.url;
                let ix = self.out.entity(Entity {
                    id: id.into(),
                    name: name.as_str().into(),
                    kind: kind(record.kind),
                    listed_on: iso_date(record.start),
                    source_url: (!url.is_empty()).then(|| url.into()),
                    ..Entity::default()
                });
                self.entities.insert(id.into(), ix);
                ix
            }
        };
        let e = self.out.entity_mut(ix);
        if e.kind == EntityKind::Unknown {
            e.kind = kind(record.kind);
        }
        push_new(&mut e.lists, record.source);
        push_name(e, &name, NameQuality::Strong);
        record
            .aliases
            .iter()
            .for_each(|a| push_name(e, a, NameQuality::Strong));
        for (texts, list) in [
            (&record.programs, &mut e.programs),
            (&record.births, &mut e.births),
            (&record.countries, &mut e.countries),
        ] {
            texts.iter().for_each(|text| push_new(list, text));
        }
        Some(ix)
    }

    fn csv(&mut self, row: &Row) {
        let place = row.locator();
        if row.repeats_header() {
            self.out
                .finding(Code::HeaderRepeated, &place, "the header stands here again");
            return;
        }
        let split = |column: &str| -> Vec<&str> { row.get(column).split(';').map(trim).collect() };
        let mut countries = split("nationalities");
        countries.extend(split("citizenships"));
        countries.push(row.get("vessel_flag"));
        let record = Record {
            id: row.get("_id"),
            name: row.get("name"),
            source: row.get("source"),
            kind: row.get("type"),
            url: row.get("source_information_url"),
            programs: split("programs"),
            aliases: split("alt_names"),
            births: split("dates_of_birth"),
            countries,
            start: row.get("start_date"),
        };
        let Some(ix) = self.entity(&record, &place) else {
            return;
        };
        push_id(
            self.out.entity_mut(ix),
            "Vessel Call Sign",
            row.get("call_sign"),
            "",
        );
        for item in row.get("ids").split("; ") {
            self.pair(ix, item, &place);
        }
        self.text(ix, row.get("remarks"), &place);
    }

    /// `1Fz29…, Digital Currency Address - XBT`, `RU, 4005504207, Passport`, or the other way round.
    fn pair(&mut self, ix: EntityIx, item: &str, place: &str) {
        let item = trim(item);
        if item.is_empty() {
            return;
        }
        let parts: Vec<&str> = item.split(", ").map(trim).collect();
        if let Some(at) = parts.iter().position(|p| p.starts_with(CRYPTO)) {
            let label = parts[at][CRYPTO.len()..].trim_start_matches([' ', '-', '–', ':']);
            let text = if at > 0 {
                parts[at - 1]
            } else {
                parts.get(1).copied().unwrap_or("")
            };
            self.address(ix, label, text, item, place);
            return;
        }
        let digits = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
        let e = self.out.entity_mut(ix);
        match &parts[..] {
            [_, "Gender"] | ["Gender", _] => {}
            [country, value, kind] if country.len() == 2 && digits(value) => {
                push_id(e, kind, value, country);
            }
            [kind, value, country] if country.len() == 2 => push_id(e, kind, value, country),
            [value, kind] if digits(value) || value.contains('@') => push_id(e, kind, value, ""),
            [kind, value] => push_id(e, kind, value, ""),
            _ => push_id(e, "identifier", item, ""),
        }
    }

    fn json(&mut self, number: u64, value: &Value) {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or("");
        let all = |key: &str| -> Vec<&str> {
            let items = value.get(key).and_then(Value::as_array);
            items
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect()
        };
        let place = match text("id") {
            "" => format!("results[{}]", number - 1),
            id => format!("results[id='{id}']"),
        };
        let mut countries = all("nationalities");
        countries.extend(all("citizenships"));
        let record = Record {
            id: text("id"),
            name: text("name"),
            source: text("source"),
            kind: text("type"),
            url: text("source_information_url"),
            programs: all("programs"),
            aliases: all("alt_names"),
            births: all("dates_of_birth"),
            countries,
            start: text("start_date"),
        };
        let Some(ix) = self.entity(&record, &place) else {
            return;
        };
        let ids = value.get("ids").and_then(Value::as_array);
        for id in ids.into_iter().flatten() {
            let part = |key: &str| id.get(key).and_then(Value::as_str).unwrap_or("");
            let (kind, number) = (part("type"), part("number"));
            match kind.strip_prefix(CRYPTO) {
                Some(label) => {
                    let label = label.trim_start_matches([' ', '-', '–', ':']);
                    self.address(ix, label, number, number, &place);
                }
                None => push_id(self.out.entity_mut(ix), kind, number, part("country")),
            }
        }
        self.text(ix, text("remarks"), &place);
    }

    fn text(&mut self, ix: EntityIx, text: &str, place: &str) {
        freetext::list(self.out, ix, text, &format!("{place}, `remarks`"), "");
    }

    fn address(&mut self, ix: EntityIx, label: &str, text: &str, raw: &str, place: &str) {
        if text.is_empty() {
            let why = format!("a `{CRYPTO} - {label}` without an address");
            self.out.finding(Code::ListRecordUnreadable, place, why);
            return;
        }
        let locator = format!("{place}, `ids`");
        self.out.listing(
            ix,
            NewListing {
                text,
                raw,
                label: trim(label),
                locator: &locator,
                ..NewListing::default()
            },
        );
    }
}
