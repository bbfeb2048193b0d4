//! The EU's consolidated financial sanctions list: FSF XML 1.1, and the CSV of the same columns.
//!
//! Wallet addresses stand in remarks, as text: labelled, under a common label, or broken by white
//! space. Aliases come in no order; the first strong one without a language is the main name. The
//! date of an address is not stated.

use super::common::{collapse, iso_date, kind, push_id, push_new, script_of, trim};
use super::tabular::{self, Layout, Row, Seen};
use super::xml::{Tag, Xml};
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, EntityIx, EntityKind, ListBuilder, Name, NameQuality};
use std::collections::HashMap;
use std::io::BufRead;

pub(super) const ID: &str = "eu-fsf";
pub(super) const CSV: &str = "eu-fsf-csv";

/// The code for "no country known".
const NO_COUNTRY: &str = "00";

/// Reads the XML document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut xml = Xml::new(ID, document);
    let root = xml.root()?;
    if root.name() != "export" {
        let what = format!("XML with the root element <{}>", root.name());
        return Err(xml.not_this(&what, None));
    }
    let day = root.value("generationDate")?.into_owned();
    out.snapshot_mut().published_on = iso_date(&day);
    if iso_date(&day).is_none() {
        return Err(xml.broken(format!("its `generationDate` is `{day}`, no date")));
    }
    while let Some(part) = xml.child()? {
        if part.name() == "sanctionEntity" {
            entity(&mut xml, out)?;
        } else {
            xml.skip()?;
        }
    }
    xml.end()
}

/// A name, as collected: the main one is chosen when all are known.
struct Alias {
    text: String,
    language: String,
    strong: bool,
}

fn entity(xml: &mut Xml<'_>, out: &mut ListBuilder) -> Result<(), ParseError> {
    let tag = xml.tag();
    let (reference, logical) = (
        tag.value("euReferenceNumber")?.into_owned(),
        tag.value("logicalId")?.into_owned(),
    );
    let mut entity = Entity {
        id: if reference.trim().is_empty() {
            logical.trim().into()
        } else {
            reference.trim().into()
        },
        listed_on: iso_date(&tag.value("designationDate")?),
        ..Entity::default()
    };
    if entity.id.is_empty() {
        return Err(
            xml.broken("a <sanctionEntity> has neither `euReferenceNumber` nor `logicalId`")
        );
    }
    push_id(
        &mut entity,
        "UN reference",
        &tag.value("unitedNationId")?,
        "",
    );
    push_id(&mut entity, "logicalId", &logical, "");
    let place = format!("sanctionEntity[@euReferenceNumber='{}']", entity.id);
    // Remarks with what they stand in; listed when the entity is known.
    let mut remarks = vec![(
        "@designationDetails".to_owned(),
        tag.value("designationDetails")?.into_owned(),
    )];
    let mut aliases = Vec::new();
    while let Some(part) = xml.child()? {
        let name = part.name().to_owned();
        let at = match &*part.value("logicalId")? {
            "" => name.clone(),
            id => format!("{name}[@logicalId='{id}']"),
        };
        match name.as_str() {
            "remark" => {
                remarks.push((name, xml.string()?));
                continue;
            }
            "regulation" => {
                push_new(&mut entity.programs, &part.value("programme")?);
                if entity.source_url.is_none() {
                    let url = child_text(xml, "publicationUrl", &at, &mut remarks)?;
                    let url = url.trim();
                    entity.source_url = (!url.is_empty()).then(|| url.into());
                    continue;
                }
            }
            "subjectType" => {
                let word = part.value("code")?;
                entity.kind = match kind(&word) {
                    EntityKind::Unknown => kind(&part.value("classificationCode")?),
                    kind => kind,
                };
            }
            "nameAlias" => {
                aliases.push(Alias {
                    text: collapse(&part.value("wholeName")?),
                    language: part.value("nameLanguage")?.trim().to_owned(),
                    strong: part.is_true("strong")?,
                });
                remarks.push((
                    format!("{at}/@function"),
                    part.value("function")?.into_owned(),
                ));
            }
            "birthdate" => birth(&mut entity, part)?,
            "citizenship" | "address" if &*part.value("countryIso2Code")? != NO_COUNTRY => {
                push_new(&mut entity.countries, &part.value("countryDescription")?);
            }
            "identification" => {
                let number = match part.value("number")? {
                    n if n.trim().is_empty() => part.value("latinNumber")?,
                    n => n,
                };
                let described = part.value("identificationTypeDescription")?;
                let kind = match described.trim() {
                    "" => part.value("identificationTypeCode")?,
                    _ => described,
                };
                let country = part.value("countryIso2Code")?;
                let country = if &*country == NO_COUNTRY {
                    ""
                } else {
                    &country
                };
                push_id(&mut entity, &kind, &number, country);
            }
            _ => {}
        }
        child_text(xml, "", &at, &mut remarks)?;
    }
    choose_names(&mut entity, aliases);
    finish(out, entity, &place, &remarks);
    Ok(())
}

/// The text of the child called `name`; every `remark` is kept with its place.
fn child_text(
    xml: &mut Xml<'_>,
    name: &str,
    at: &str,
    remarks: &mut Vec<(String, String)>,
) -> Result<String, ParseError> {
    let mut text = String::new();
    while let Some(part) = xml.child()? {
        if part.name() == "remark" {
            remarks.push((format!("{at}/remark"), xml.string()?));
        } else if part.name() == name {
            xml.text(&mut text)?;
        } else {
            xml.skip()?;
        }
    }
    Ok(text)
}

fn birth(entity: &mut Entity, tag: Tag<'_>) -> Result<(), ParseError> {
    let (day, year) = (tag.value("birthdate")?, tag.value("year")?);
    let what = match (day.trim(), year.trim()) {
        ("", "") => {
            let (from, to) = (tag.value("yearRangeFrom")?, tag.value("yearRangeTo")?);
            match (from.trim(), to.trim()) {
                ("", "") => return Ok(()),
                (from, to) => format!("{from} to {to}"),
            }
        }
        ("", year) => year.to_owned(),
        (day, _) => day.to_owned(),
    };
    let circa = if tag.is_true("circa")? { "circa " } else { "" };
    push_new(&mut entity.births, &format!("{circa}{what}"));
    Ok(())
}

fn choose_names(entity: &mut Entity, aliases: Vec<Alias>) {
    let named = |a: &&Alias| !a.text.is_empty();
    let plain = |a: &&Alias| a.strong && (a.language.is_empty() || a.language == "EN");
    let main = aliases
        .iter()
        .filter(named)
        .find(|a| plain(a) && script_of(&a.text) == "Latn")
        .or_else(|| aliases.iter().filter(named).find(plain))
        .or_else(|| aliases.iter().find(named));
    entity.name = main.map_or("", |a| &a.text).into();
    for alias in &aliases {
        let known = |n: &Name| *n.text == *alias.text;
        if alias.text.is_empty() || *alias.text == *entity.name || entity.aliases.iter().any(known)
        {
            continue;
        }
        entity.aliases.push(Name {
            script: script_of(&alias.text).into(),
            text: alias.text.as_str().into(),
            quality: if alias.strong {
                NameQuality::Strong
            } else {
                NameQuality::Weak
            },
        });
    }
}

fn finish(out: &mut ListBuilder, entity: Entity, place: &str, remarks: &[(String, String)]) {
    if entity.name.is_empty() {
        out.finding(Code::ListRecordIncomplete, place, "it has no name");
    }
    let url = entity.source_url.clone().unwrap_or_default();
    let ix = out.entity(entity);
    for (at, text) in remarks {
        freetext::list(out, ix, text, &format!("{place}/{at}"), &url);
    }
}

/// One entity of the CSV: it has a row for each of its names, births, papers and addresses.
struct Rows {
    ix: EntityIx,
    aliases: Vec<Alias>,
}

/// Reads the CSV document.
pub(super) fn parse_csv(
    document: &mut dyn BufRead,
    out: &mut ListBuilder,
) -> Result<(), ParseError> {
    let layout = Layout {
        kind: Some(tabular::Kind::Csv),
        delimiter: Some(b';'),
        header: Some("Entity_LogicalId".into()),
        ..Layout::new(CSV)
    };
    let mut known: HashMap<Box<str>, Rows> = HashMap::new();
    let mut order = Vec::new();
    tabular::rows(&layout, document, &mut |seen| {
        match seen {
            Seen::Row(row) => csv_row(out, &mut known, &mut order, row),
            Seen::Odd(place, why) => out.finding(Code::ListRecordIncomplete, &place, why),
            Seen::Above(_) => {}
        }
        Ok(())
    })?;
    for id in order {
        if let Some(Rows { ix, aliases }) = known.remove(&id) {
            choose_names(out.entity_mut(ix), aliases);
        }
    }
    Ok(())
}

fn csv_row(
    out: &mut ListBuilder,
    known: &mut HashMap<Box<str>, Rows>,
    order: &mut Vec<Box<str>>,
    row: &Row,
) {
    let logical = row.get("Entity_LogicalId");
    if logical.is_empty() {
        let why = "the row has no Entity_LogicalId";
        out.finding(Code::ListRecordUnreadable, &row.locator(), why);
        return;
    }
    if out.snapshot_mut().published_on.is_none() {
        let day = row.get("fileGenerationDate");
        out.snapshot_mut().published_on =
            iso_date(day).or_else(|| super::common::day_month_year(day));
    }
    let rows = match known.get_mut(logical) {
        Some(rows) => rows,
        None => {
            let reference = row.get("Entity_EU_ReferenceNumber");
            let mut entity = Entity {
                id: if reference.is_empty() {
                    logical
                } else {
                    reference
                }
                .into(),
                kind: kind(row.get("Entity_SubjectType")),
                listed_on: iso_date(row.get("Entity_DesignationDate")),
                ..Entity::default()
            };
            push_id(
                &mut entity,
                "UN reference",
                row.get("Entity_UnitedNationId"),
                "",
            );
            push_id(&mut entity, "logicalId", logical, "");
            push_new(&mut entity.programs, row.get("Entity_Regulation_Programme"));
            let url = row.get("Entity_Regulation_PublicationUrl");
            entity.source_url = (!url.is_empty()).then(|| url.into());
            let ix = out.entity(entity);
            order.push(logical.into());
            known.entry(logical.into()).or_insert(Rows {
                ix,
                aliases: Vec::new(),
            })
        }
    };
    let name = collapse(row.get("NameAlias_WholeName"));
    if !name.is_empty() {
        rows.aliases.push(Alias {
            text: name,
            language: row.get("NameAlias_NameLanguage").to_owned(),
            strong: row.get("NameAlias_Strong") != "false",
        });
    }
    let ix = rows.ix;
    let e = out.entity_mut(ix);
    for column in [
        "Address_CountryDescription",
        "Citizenship_CountryDescription",
    ] {
        if row.get(column) != "UNKNOWN" {
            push_new(&mut e.countries, row.get(column));
        }
    }
    let births = [row.get("BirthDate_BirthDate"), row.get("BirthDate_Year")];
    if let Some(birth) = births.into_iter().find(|b| !b.is_empty()) {
        push_new(&mut e.births, birth);
    }
    push_id(
        e,
        row.get("Identification_TypeDescription"),
        row.get("Identification_Number"),
        row.get("Identification_CountryIso2Code"),
    );
    let place = format!(
        "sanctionEntity[@euReferenceNumber='{}'] ({})",
        e.id,
        row.locator()
    );
    for (column, text) in row.names.iter().zip(&row.values) {
        if column.to_ascii_lowercase().contains("remark") && !trim(text).is_empty() {
            freetext::list(out, ix, text, &format!("{place}, `{column}`"), "");
        }
    }
}
