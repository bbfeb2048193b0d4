//! OpenSanctions' collections: FollowTheMoney entities, one JSON object a line, and the table
//! `targets.simple.csv`.
//!
//! A wallet is an entity of its own that names its holder, which can stand before or after it. The
//! data is CC BY-NC 4.0: whoever uses it commercially needs a licence.

use super::common::{iso_date, kind, push_id, push_name, push_new, script_of, trim};
use super::tabular::{self, Kind, Layout, Seen, json_lines};
use super::{ParseError, freetext};
use crate::address::decode;
use crate::finding::Code;
use crate::list::{Entity, EntityIx, EntityKind, ListBuilder, NameQuality, NewListing};
use serde_json::Value;
use std::collections::HashMap;
use std::io::BufRead;

/// Entities, one a line.
pub(super) const ENTITIES: &str = "ftm-json";
/// The table of targets.
pub(super) const TARGETS: &str = "ftm-targets";

/// Schemas of what is a party; others describe (addresses, sanctions, relations).
const PARTIES: &[&str] = &[
    "Person",
    "Organization",
    "Company",
    "LegalEntity",
    "PublicBody",
    "Vessel",
    "Airplane",
    "Vehicle",
    "Security",
    "CryptoWallet",
];
/// Properties that identify.
const IDS: &[&str] = &[
    "idNumber",
    "innCode",
    "kppCode",
    "okpoCode",
    "ogrnCode",
    "leiCode",
    "swiftBic",
    "imoNumber",
    "mmsi",
    "callSign",
    "passportNumber",
    "registrationNumber",
    "taxNumber",
    "vatCode",
    "dunsCode",
    "uniqueEntityId",
    "isin",
    "email",
    "website",
    "phone",
];

/// Reads entities, one a line.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    if document.fill_buf()?.is_empty() {
        return Err(tabular::empty(ENTITIES));
    }
    let mut known: HashMap<Box<str>, EntityIx> = HashMap::new();
    let mut wallets: Vec<(u64, Value)> = Vec::new();
    let (mut lines, mut odd) = (0, 0);
    json_lines(ENTITIES, document, &mut |line, value| {
        lines += 1;
        let value = match value {
            Ok(value) => value,
            Err(why) => {
                odd += 1;
                out.finding(Code::ListRecordUnreadable, &format!("line {line}"), why);
                return Ok(());
            }
        };
        let schema = value.get("schema").and_then(Value::as_str).unwrap_or("");
        let id = value.get("id").and_then(Value::as_str).unwrap_or("");
        if schema.is_empty() || id.is_empty() {
            odd += 1;
            let why = "the line has no `id` or no `schema`";
            out.finding(Code::ListRecordUnreadable, &format!("line {line}"), why);
        } else if schema == "CryptoWallet" {
            wallets.push((line, value));
        } else if PARTIES.contains(&schema) {
            let ix = party(out, id, schema, &value);
            known.insert(id.into(), ix);
        }
        Ok(())
    })?;
    if lines == odd {
        return Err(ParseError::Shape {
            shape: ENTITIES,
            why: "no line of it is an entity".into(),
            hint: Some("one JSON object a line is expected, each with `id` and `schema`".into()),
        });
    }
    for (line, wallet) in wallets {
        let id = wallet.get("id").and_then(Value::as_str).unwrap_or("");
        let holder = all(&wallet, "holder")
            .next()
            .or_else(|| all(&wallet, "managingExchange").next());
        let ix = match holder.and_then(|h| known.get(h)).copied() {
            Some(ix) => ix,
            None => {
                if let Some(holder) = holder {
                    let why =
                        format!("wallet `{id}` is held by `{holder}`, which is not in the file");
                    out.finding(Code::ListRecordIncomplete, &format!("line {line}"), why);
                }
                party(out, id, "CryptoWallet", &wallet)
            }
        };
        let place = format!("line {line} (id {id})");
        let label = all(&wallet, "currency").next().unwrap_or("");
        let url = all(&wallet, "sourceUrl").next().unwrap_or("");
        let keys: Vec<&str> = all(&wallet, "publicKey").collect();
        if keys.is_empty() {
            let why = format!("wallet `{id}` has no `publicKey`");
            out.finding(Code::ListRecordUnreadable, &place, why);
        }
        for key in keys {
            out.listing(
                ix,
                NewListing {
                    text: trim(key),
                    raw: key,
                    label,
                    locator: &place,
                    url,
                    ..NewListing::default()
                },
            );
        }
    }
    Ok(())
}

/// The texts of a property.
fn all<'v>(value: &'v Value, property: &str) -> impl Iterator<Item = &'v str> {
    let texts = value
        .get("properties")
        .and_then(|p| p.get(property))
        .and_then(Value::as_array);
    texts.into_iter().flatten().filter_map(Value::as_str)
}

fn schema_kind(schema: &str) -> EntityKind {
    match schema {
        "CryptoWallet" => EntityKind::Cluster,
        "Company" | "Organization" | "PublicBody" | "LegalEntity" => EntityKind::Organisation,
        other => kind(other),
    }
}

fn party(out: &mut ListBuilder, id: &str, schema: &str, value: &Value) -> EntityIx {
    let caption = value.get("caption").and_then(Value::as_str).unwrap_or("");
    let day = value
        .get("first_seen")
        .and_then(Value::as_str)
        .unwrap_or("");
    let seen = value
        .get("last_seen")
        .and_then(Value::as_str)
        .and_then(iso_date);
    let published = &mut out.snapshot_mut().published_on;
    *published = (*published).into_iter().chain(seen).max();
    let mut entity = Entity {
        id: id.into(),
        name: trim(caption).into(),
        kind: schema_kind(schema),
        listed_on: all(value, "createdAt")
            .filter_map(iso_date)
            .min()
            .or(iso_date(day)),
        ..Entity::default()
    };
    for (property, quality) in [
        ("name", NameQuality::Strong),
        ("alias", NameQuality::Strong),
        ("previousName", NameQuality::Strong),
        ("weakAlias", NameQuality::Weak),
    ] {
        all(value, property).for_each(|name| push_name(&mut entity, name, quality));
    }
    for property in ["birthDate", "incorporationDate"] {
        all(value, property).for_each(|text| push_new(&mut entity.births, text));
    }
    for property in [
        "nationality",
        "citizenship",
        "country",
        "jurisdiction",
        "flag",
    ] {
        all(value, property).for_each(|text| push_new(&mut entity.countries, text));
    }
    for property in ["program", "topics"] {
        all(value, property).for_each(|text| push_new(&mut entity.programs, text));
    }
    let datasets = value.get("datasets").and_then(Value::as_array);
    for set in datasets.into_iter().flatten().filter_map(Value::as_str) {
        push_new(&mut entity.lists, set);
    }
    for property in IDS {
        all(value, property).for_each(|text| push_id(&mut entity, property, text, ""));
    }
    for name in &mut entity.aliases {
        name.script = script_of(&name.text).into();
    }
    if entity.name.is_empty() {
        entity.name = id.into();
    }
    out.entity(entity)
}

/// Reads the table of targets.
pub(super) fn parse_targets(
    document: &mut dyn BufRead,
    out: &mut ListBuilder,
) -> Result<(), ParseError> {
    let layout = Layout {
        kind: Some(Kind::Csv),
        delimiter: Some(b','),
        header: Some("schema".into()),
        strict: true,
        whole: true,
        ..Layout::new(TARGETS)
    };
    tabular::rows(&layout, document, &mut |seen| {
        let Seen::Row(row) = seen else {
            return Ok(());
        };
        let place = row.locator();
        let (id, schema) = (row.get("id"), row.get("schema"));
        if id.is_empty() {
            out.finding(Code::ListRecordUnreadable, &place, "the row has no id");
            return Ok(());
        }
        let seen = iso_date(row.get("last_seen"));
        let published = &mut out.snapshot_mut().published_on;
        *published = (*published).into_iter().chain(seen).max();
        let mut entity = Entity {
            id: id.into(),
            name: row.get("name").into(),
            kind: schema_kind(schema),
            listed_on: iso_date(row.get("first_seen")),
            ..Entity::default()
        };
        let split = |column: &str| {
            row.get(column)
                .split(';')
                .map(trim)
                .filter(|t| !t.is_empty())
        };
        split("aliases").for_each(|name| push_name(&mut entity, name, NameQuality::Strong));
        split("birth_date").for_each(|text| push_new(&mut entity.births, text));
        split("countries").for_each(|text| push_new(&mut entity.countries, text));
        split("sanctions").for_each(|text| push_new(&mut entity.programs, text));
        split("program_ids").for_each(|text| push_new(&mut entity.programs, text));
        split("dataset").for_each(|text| push_new(&mut entity.lists, text));
        let wallet = schema == "CryptoWallet";
        let mut addresses: Vec<&str> = Vec::new();
        for text in split("identifiers") {
            if decode(text.as_bytes()).is_ok() && wallet {
                addresses.push(text);
            } else {
                push_id(&mut entity, "identifier", text, "");
            }
        }
        if wallet && addresses.is_empty() {
            // None that is known: they are listed as they stand.
            addresses.push(row.get("name"));
            addresses.extend(split("identifiers").filter(|text| *text != row.get("name")));
            addresses.retain(|text| !text.is_empty());
        }
        if wallet && addresses.is_empty() {
            let why = format!("wallet `{id}` has no address");
            out.finding(Code::ListRecordUnreadable, &place, why);
        }
        if entity.name.is_empty() {
            entity.name = id.into();
        }
        let ix = out.entity(entity);
        for text in addresses {
            out.listing(
                ix,
                NewListing {
                    text,
                    locator: &place,
                    ..NewListing::default()
                },
            );
        }
        if !wallet {
            freetext::list(out, ix, row.get("sanctions"), &place, "");
        }
        Ok(())
    })
}
