//! The UN Security Council's consolidated list.
//!
//! A name is up to four parts, many leaves are empty or padded, a date of listing can carry a time
//! zone, a date of birth can be a day, a year, a span of years or only a remark. There is no element
//! for a crypto address: the comments are read for them.

use super::common::{collapse, iso_date, join, push_id, push_name, push_new, script_of};
use super::ofac_legacy::Fields;
use super::xml::Xml;
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, EntityKind, ListBuilder, Name, NameQuality};
use std::io::BufRead;

pub(super) const ID: &str = "un-consolidated";

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut xml = Xml::new(ID, document);
    let root = xml.root()?;
    if root.name() != "CONSOLIDATED_LIST" {
        let what = format!("XML with the root element <{}>", root.name());
        return Err(xml.not_this(&what, None));
    }
    let day = root.value("dateGenerated")?.into_owned();
    out.snapshot_mut().published_on = iso_date(&day);
    if iso_date(&day).is_none() {
        let why = format!("its `dateGenerated` is `{day}`, no date");
        out.finding(Code::ListRecordIncomplete, "CONSOLIDATED_LIST", why);
    }
    let (mut persons, mut entities) = (false, false);
    while let Some(section) = xml.child()? {
        let (kind, name) = match section.name() {
            "INDIVIDUALS" => {
                persons = true;
                (EntityKind::Person, "INDIVIDUAL")
            }
            "ENTITIES" => {
                entities = true;
                (EntityKind::Organisation, "ENTITY")
            }
            _ => {
                xml.skip()?;
                continue;
            }
        };
        while let Some(part) = xml.child()? {
            if part.name() == name {
                record(&mut xml, out, kind, name)?;
            } else {
                xml.skip()?;
            }
        }
    }
    xml.end()?;
    for (there, name) in [(persons, "INDIVIDUALS"), (entities, "ENTITIES")] {
        if !there {
            return Err(ParseError::Shape {
                shape: ID,
                why: format!("it has no <{name}> element"),
                hint: Some("the file is not whole, or the UN has changed its format".into()),
            });
        }
    }
    Ok(())
}

fn record(
    xml: &mut Xml<'_>,
    out: &mut ListBuilder,
    kind: EntityKind,
    element: &str,
) -> Result<(), ParseError> {
    let mut entity = Entity {
        kind,
        ..Entity::default()
    };
    let mut parts: [String; 4] = Default::default();
    let (mut data_id, mut original) = (String::new(), String::new());
    let mut texts: Vec<(&str, String)> = Vec::new();
    let mut aliases = Vec::new();
    while let Some(part) = xml.child()? {
        let name = part.name();
        let name = name
            .strip_prefix("INDIVIDUAL_")
            .or_else(|| name.strip_prefix("ENTITY_"))
            .unwrap_or(name);
        match name.to_owned().as_str() {
            "DATAID" => data_id = collapse(&xml.string()?),
            "FIRST_NAME" => parts[0] = xml.string()?,
            "SECOND_NAME" => parts[1] = xml.string()?,
            "THIRD_NAME" => parts[2] = xml.string()?,
            "FOURTH_NAME" => parts[3] = xml.string()?,
            "UN_LIST_TYPE" => push_new(&mut entity.programs, &xml.string()?),
            "REFERENCE_NUMBER" => entity.id = collapse(&xml.string()?).into(),
            "LISTED_ON" => entity.listed_on = iso_date(&xml.string()?),
            "NAME_ORIGINAL_SCRIPT" => original = xml.string()?,
            "COMMENTS1" => texts.push(("COMMENTS1", xml.string()?)),
            "NATIONALITY" => {
                while xml.child()?.is_some() {
                    push_new(&mut entity.countries, &collapse(&xml.string()?));
                }
            }
            "LIST_TYPE" => {
                while xml.child()?.is_some() {
                    push_new(&mut entity.lists, &xml.string()?);
                }
            }
            "ALIAS" => {
                let mut alias = Fields::read(xml, &["QUALITY", "ALIAS_NAME", "NOTE"])?;
                let quality = match collapse(&alias.take(0)).to_ascii_lowercase().as_str() {
                    "low" => NameQuality::Weak,
                    _ => NameQuality::Strong,
                };
                aliases.push((alias.take(1), quality));
                texts.push(("ALIAS/NOTE", alias.take(2)));
            }
            "ADDRESS" => {
                let mut address = Fields::read(xml, &["COUNTRY", "NOTE"])?;
                push_new(&mut entity.countries, &address.take(0));
                texts.push(("ADDRESS/NOTE", address.take(1)));
            }
            "DATE_OF_BIRTH" => {
                let fields = [
                    "TYPE_OF_DATE",
                    "DATE",
                    "YEAR",
                    "FROM_YEAR",
                    "TO_YEAR",
                    "NOTE",
                ];
                let mut b = Fields::read(xml, &fields)?;
                let approximate = collapse(&b.take(0)).eq_ignore_ascii_case("APPROXIMATELY");
                let (day, year, from, to) = (b.take(1), b.take(2), b.take(3), b.take(4));
                let what = match (day.trim(), year.trim(), from.trim(), to.trim()) {
                    ("", "", "", "") => collapse(&b.take(5)),
                    ("", "", from, to) => format!("{from} to {to}"),
                    ("", year, ..) => year.to_owned(),
                    (day, ..) => iso_date(day).map_or(day.to_owned(), |d| d.to_string()),
                };
                if !what.is_empty() {
                    let circa = if approximate { "circa " } else { "" };
                    push_new(&mut entity.births, &format!("{circa}{what}"));
                }
            }
            "DOCUMENT" => {
                let fields = [
                    "TYPE_OF_DOCUMENT",
                    "TYPE_OF_DOCUMENT2",
                    "NUMBER",
                    "ISSUING_COUNTRY",
                    "COUNTRY_OF_ISSUE",
                    "NOTE",
                ];
                let mut paper = Fields::read(xml, &fields)?;
                let kind = join([paper.take(0).as_str(), paper.take(1).as_str()]);
                let number = paper.take(2);
                let country = join([paper.take(3).as_str(), paper.take(4).as_str()]);
                push_id(&mut entity, &kind, &number, &country);
                texts.push(("DOCUMENT/NOTE", paper.take(5)));
            }
            _ => xml.skip()?,
        }
    }
    entity.name = join(parts.iter().map(String::as_str)).into();
    if !collapse(&original).is_empty() {
        entity.aliases.push(Name {
            script: script_of(&original).into(),
            text: collapse(&original).into(),
            quality: NameQuality::Primary,
        });
    }
    for (alias, quality) in aliases {
        push_name(&mut entity, &alias, quality);
    }
    if !data_id.is_empty() {
        push_id(&mut entity, "DATAID", &data_id, "");
    }
    if entity.id.is_empty() {
        if data_id.is_empty() {
            return Err(xml.broken(format!(
                "an <{element}> has no <REFERENCE_NUMBER> or <DATAID>"
            )));
        }
        out.finding(
            Code::ListRecordIncomplete,
            &data_id,
            "it has no reference number",
        );
        entity.id = data_id.as_str().into();
    }
    if entity.name.is_empty() {
        let id = entity.id.clone();
        out.finding(Code::ListRecordIncomplete, &id, "it has no name");
    }
    let place = format!("{element}[REFERENCE_NUMBER='{}']", entity.id);
    let ix = out.entity(entity);
    for (field, text) in texts {
        freetext::list(out, ix, &text, &format!("{place}/{field}"), "");
    }
    Ok(())
}
