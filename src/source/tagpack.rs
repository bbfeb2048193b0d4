//! GraphSense TagPacks: YAML, one pack or an archive of packs.
//!
//! What a pack's head says (label, currency, source, date …) each of its tags inherits, unless it
//! says it itself. Every label is one entity. The date is that of the pack's last change, not of a
//! listing. A pack is a collection of analysts: what it says of a tag is its `confidence`.

use super::bundle::Bundle;
use super::common::{any_date, trim};
use super::tabular::{YamlItem, yaml_documents};
use super::{ParseError, tabular};
use crate::finding::Code;
use crate::list::{Entity, EntityIx, EntityKind, ListBuilder, NewListing};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::io::BufRead;

pub(super) const ID: &str = "tagpack";

/// Whether a YAML text that begins so is a pack.
pub(super) fn is_pack(head: &[u8]) -> bool {
    let has = |key: &[u8]| {
        memchr::memmem::find_iter(head, key).any(|at| at == 0 || head[at - 1] == b'\n')
    };
    has(b"tags:") && (has(b"creator:") || has(b"title:"))
}

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    if document.fill_buf()?.is_empty() {
        return Err(tabular::empty(ID));
    }
    let mut bundle = Bundle::open(ID, document)?;
    let is_yaml = |name: &str| {
        let lower = name.to_ascii_lowercase();
        lower.ends_with(".yaml") || lower.ends_with(".yml")
    };
    let single = bundle.is_single();
    let files: Vec<(usize, String)> = bundle
        .names()
        .into_iter()
        .filter(|(_, name)| single || is_yaml(name))
        .map(|(ix, name)| (ix, name.to_owned()))
        .collect();
    let mut packs = Packs {
        out,
        entities: HashMap::new(),
        packs: 0,
    };
    for (ix, name) in files {
        let text = bundle.text(ix)?;
        packs.pack(&text, &name, single)?;
    }
    if packs.packs == 0 {
        return Err(ParseError::Shape {
            shape: ID,
            why: "there is no pack in it: no YAML file with `tags`".into(),
            hint: Some("the archive of a TagPack repository, or one pack, is expected".into()),
        });
    }
    Ok(())
}

struct Packs<'b> {
    out: &'b mut ListBuilder,
    entities: HashMap<Box<str>, EntityIx>,
    packs: usize,
}

impl Packs<'_> {
    fn pack(&mut self, text: &str, file: &str, single: bool) -> Result<(), ParseError> {
        let name = file.rsplit('/').next().unwrap_or(file);
        let mut head = Map::new();
        // A key below the tags is inherited as well: then the head is read first.
        let mut read = Ok(());
        if has_keys_below(text) {
            read = yaml_documents(ID, text, &["tags"], &mut |item| {
                if let YamlItem::Field(key, value) = item {
                    head.insert(key, value);
                }
                Ok(())
            });
        }
        let mut tags = 0_u64;
        if read.is_ok() {
            read = yaml_documents(ID, text, &["tags"], &mut |item| {
                match item {
                    YamlItem::Field(key, value) => {
                        head.insert(key, value);
                    }
                    YamlItem::Record { value, line } => {
                        tags += 1;
                        self.tag(&head, &value, name, line);
                    }
                }
                Ok(())
            });
        }
        match read {
            // Other YAML lies in such repositories (actors, schemas, settings).
            Ok(()) if tags == 0 && !single => return Ok(()),
            Err(ParseError::Broken { .. }) if !single && tags == 0 && !is_pack(text.as_bytes()) => {
                return Ok(());
            }
            Ok(()) if tags == 0 => {
                return Err(ParseError::Shape {
                    shape: ID,
                    why: "it has no `tags`".into(),
                    hint: None,
                });
            }
            read => read?,
        }
        self.packs += 1;
        let changed = string(head.get("lastmod"));
        match any_date(&changed) {
            Some(day) => {
                let published = &mut self.out.snapshot_mut().published_on;
                *published = Some(published.map_or(day, |p| p.max(day)));
            }
            None if changed.is_empty() => {}
            None => {
                let why = format!("`lastmod` is `{changed}`, no date");
                self.out.finding(Code::ListRecordIncomplete, name, why);
            }
        }
        Ok(())
    }

    fn tag(&mut self, head: &Map<String, Value>, tag: &Value, file: &str, line: u64) {
        let locator = match file {
            "" => format!("line {line}"),
            file => format!("{file}, line {line}"),
        };
        let get = |key: &str| match tag.get(key) {
            Some(value) if !value.is_null() => string(Some(value)),
            _ => string(head.get(key)),
        };
        let raw = string(tag.get("address"));
        let text = trim(&raw);
        if text.is_empty() {
            self.out.finding(
                Code::ListRecordUnreadable,
                &locator,
                "a tag without an address",
            );
            return;
        }
        let label = get("label");
        let date = string(tag.get("lastmod"));
        if !date.is_empty() && any_date(&date).is_none() {
            let why = format!("`lastmod` is `{date}`, no date");
            self.out.finding(Code::ListRecordIncomplete, &locator, why);
        }
        if label.is_empty() {
            let why = format!("the tag of `{text}` has no label");
            self.out.finding(Code::ListRecordIncomplete, &locator, why);
        }
        let entity = self.entity(&label, &get);
        let currency = match get("currency") {
            c if c.is_empty() => get("network"),
            c => c,
        };
        let mut note = String::new();
        for key in ["abuse", "category", "confidence"] {
            let value = get(key);
            if !value.is_empty() {
                let sep = if note.is_empty() { "" } else { "; " };
                note.push_str(&format!("{sep}{key}: {value}"));
            }
        }
        self.out.listing(
            entity,
            NewListing {
                text,
                raw: &raw,
                label: trim(&currency),
                locator: &locator,
                note: &note,
                url: &get("source"),
                ..NewListing::default()
            },
        );
    }

    fn entity(&mut self, label: &str, get: &dyn Fn(&str) -> String) -> EntityIx {
        if let Some(&ix) = self.entities.get(label) {
            return ix;
        }
        let source = self.out.source();
        let or = |text: &str, or: &Box<str>| {
            if text.is_empty() {
                or.clone()
            } else {
                text.into()
            }
        };
        let mut entity = Entity {
            id: or(label, &source.id),
            name: or(label, &source.title),
            kind: EntityKind::Cluster,
            ..Entity::default()
        };
        super::common::push_new(&mut entity.programs, &get("abuse"));
        super::common::push_id(&mut entity, "actor", &get("actor"), "");
        let ix = self.out.entity(entity);
        self.entities.insert(label.into(), ix);
        ix
    }
}

/// Whether a key of the pack stands below its tags, as far as the layout of its lines says.
fn has_keys_below(text: &str) -> bool {
    let Some(tags) = text.find("\ntags:") else {
        return true;
    };
    let below = &text.as_bytes()[tags + 1..];
    memchr::memchr_iter(b'\n', below).any(|at| {
        below
            .get(at + 1)
            .is_some_and(|b| b.is_ascii_alphabetic() || b"\"'{?&!".contains(b))
    })
}

fn string(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|v| string(Some(v)))
            .collect::<Vec<_>>()
            .join(", "),
        Some(other) => other.to_string(),
    }
}
