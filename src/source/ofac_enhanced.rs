//! OFAC's enhanced XML (`sanctionsData`: SDN_ENHANCED.XML, CONS_ENHANCED.XML).
//!
//! Everything stands with its entity, and the words are in place, so no reference set is needed.
//! An entity's list has a date of publication; an address has none.

use super::ParseError;
use super::common::{iso_date, join, kind, push_id, push_new};
use super::ofac_advanced::words::{CRYPTO, NO_COUNTRY, Role, role};
use super::ofac_legacy::Fields;
use super::xml::Xml;
use crate::address::decode;
use crate::finding::Code;
use crate::list::{Entity, EntityIx, ListBuilder, Name, NameQuality, NewListing};
use std::io::BufRead;

pub(super) const ID: &str = "ofac-enhanced";

/// The publisher's names of scripts, as ISO 15924.
const SCRIPTS: &[(&str, &str)] = &[
    ("Latin", "Latn"),
    ("Cyrillic", "Cyrl"),
    ("Arabic", "Arab"),
    ("Hebrew", "Hebr"),
    ("Greek", "Grek"),
    ("Japanese", "Jpan"),
    ("Korean", "Kore"),
    ("Hangul", "Hang"),
    ("Georgian", "Geor"),
    ("Armenian", "Armn"),
    ("Chinese Simplified", "Hans"),
    ("Chinese Traditional", "Hant"),
    ("Burmese", "Mymr"),
    ("Thai", "Thai"),
];

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut xml = Xml::new(ID, document);
    let root = xml.root()?.name().to_owned();
    if root != "sanctionsData" {
        return Err(xml.not_this(&format!("XML with the root element <{root}>"), None));
    }
    let mut entities = false;
    while let Some(part) = xml.child()? {
        match part.name() {
            "publicationInfo" => {
                let mut info = Fields::read(&mut xml, &["dataAsOf"])?;
                let day = info.take(0);
                out.snapshot_mut().published_on = iso_date(&day);
                if iso_date(&day).is_none() {
                    return Err(xml.broken(format!("its <dataAsOf> is `{day}`, no date")));
                }
            }
            "entities" => {
                entities = true;
                while let Some(part) = xml.child()? {
                    if part.name() == "entity" {
                        let id = part.value("id")?.into_owned();
                        entity(&mut xml, out, &id)?;
                    } else {
                        xml.skip()?;
                    }
                }
            }
            _ => xml.skip()?,
        }
    }
    xml.end()?;
    if entities {
        return Ok(());
    }
    Err(ParseError::Shape {
        shape: ID,
        why: "it has no <entities> element".into(),
        hint: Some("the file is not whole, or OFAC has changed its format".into()),
    })
}

fn entity(xml: &mut Xml<'_>, out: &mut ListBuilder, id: &str) -> Result<(), ParseError> {
    if id.is_empty() {
        return Err(xml.broken("an <entity> has no `id`"));
    }
    let main_list = out.source().options.get("main_list").cloned();
    let ix = out.entity(Entity {
        id: id.into(),
        ..Entity::default()
    });
    let (mut entered, mut entered_main) = (None, None);
    while let Some(part) = xml.child()? {
        match part.name() {
            "generalInfo" => {
                let mut info = Fields::read(xml, &["entityType"])?;
                out.entity_mut(ix).kind = kind(&info.take(0));
            }
            "sanctionsLists" => {
                while let Some(part) = xml.child()? {
                    let day = iso_date(&part.value("datePublished")?);
                    let list = xml.string()?;
                    entered = entered.into_iter().chain(day).min();
                    if main_list.as_deref() == Some(list.trim()) {
                        entered_main = entered_main.into_iter().chain(day).min();
                    }
                    push_new(&mut out.entity_mut(ix).lists, &list);
                }
            }
            "sanctionsPrograms" => {
                while xml.child()?.is_some() {
                    let program = xml.string()?;
                    push_new(&mut out.entity_mut(ix).programs, &program);
                }
            }
            "names" => names(xml, out.entity_mut(ix))?,
            "addresses" => {
                while xml.child()?.is_some() {
                    let mut place = Fields::read(xml, &["country"])?;
                    country(out.entity_mut(ix), &place.take(0));
                }
            }
            "features" => {
                while let Some(part) = xml.child()? {
                    let id = part.value("id")?.into_owned();
                    let mut f = Fields::read(xml, &["type", "value", "comments"])?;
                    feature(out, ix, &id, &f.take(0), &f.take(1), &f.take(2));
                }
            }
            "identityDocuments" => {
                while xml.child()?.is_some() {
                    let fields = ["type", "documentNumber", "issuingCountry"];
                    let mut paper = Fields::read(xml, &fields)?;
                    push_id(
                        out.entity_mut(ix),
                        &paper.take(0),
                        &paper.take(1),
                        &paper.take(2),
                    );
                }
            }
            _ => xml.skip()?,
        }
    }
    out.entity_mut(ix).listed_on = entered_main.or(entered);
    Ok(())
}

fn country(entity: &mut Entity, text: &str) {
    if text.trim() != NO_COUNTRY {
        push_new(&mut entity.countries, text);
    }
}

fn names(xml: &mut Xml<'_>, entity: &mut Entity) -> Result<(), ParseError> {
    while xml.child()?.is_some() {
        let (mut primary, mut weak) = (false, false);
        while let Some(part) = xml.child()? {
            match part.name() {
                "isPrimary" => primary = xml.string()?.trim() == "true",
                "isLowQuality" => weak = xml.string()?.trim() == "true",
                "translations" => {
                    while xml.child()?.is_some() {
                        let fields = ["isPrimary", "script", "formattedFullName"];
                        let mut name = Fields::read(xml, &fields)?;
                        let main = primary && name.take(0).trim() == "true";
                        let script = name.take(1);
                        let text = join([name.take(2).as_str()]);
                        let quality = match (primary, weak) {
                            (true, _) => NameQuality::Primary,
                            (_, true) => NameQuality::Weak,
                            _ => NameQuality::Strong,
                        };
                        if main && entity.name.is_empty() {
                            entity.name = text.into();
                        } else if !text.is_empty() {
                            let known = SCRIPTS.iter().find(|(n, _)| *n == script.trim());
                            entity.aliases.push(Name {
                                text: text.into(),
                                script: known.map_or(script.trim(), |(_, iso)| iso).into(),
                                quality,
                            });
                        }
                    }
                }
                _ => xml.skip()?,
            }
        }
    }
    Ok(())
}

fn feature(
    out: &mut ListBuilder,
    ix: EntityIx,
    feature: &str,
    kind: &str,
    value: &str,
    comment: &str,
) {
    let id = out.entity_mut(ix).id.clone();
    let place = format!("entity[@id='{id}']/features/feature[@id='{feature}']");
    let value = value.trim();
    let label = match role(kind.trim()) {
        Role::Crypto(label) => label,
        // Its kind is not stated: an address must not be lost for that.
        Role::Unknown | Role::Identifier(_)
            if kind.trim().is_empty() && decode(value.as_bytes()).is_ok() =>
        {
            "".into()
        }
        Role::Identifier(kind) if kind.contains("Country") || kind.starts_with("Nationality") => {
            return country(out.entity_mut(ix), value);
        }
        Role::Identifier(kind) => return push_id(out.entity_mut(ix), &kind, value, ""),
        Role::Birth => return push_new(&mut out.entity_mut(ix).births, value),
        Role::Flag => return country(out.entity_mut(ix), value),
        Role::Described | Role::Unknown => return,
    };
    if value.is_empty() {
        let why = format!("a `{CRYPTO} - {label}` without an address");
        out.finding(Code::ListRecordUnreadable, &place, why);
        return;
    }
    out.listing(
        ix,
        NewListing {
            text: value,
            label: &label,
            locator: &place,
            note: comment.trim(),
            ..NewListing::default()
        },
    );
}
