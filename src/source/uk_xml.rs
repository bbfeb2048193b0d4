//! The UK Sanctions List as XML.
//!
//! A designation stands in one element; crypto addresses are in its free text.

use super::common::{join, kind, push_id, push_name, push_new, script_of, set_primary};
use super::ofac_legacy::Fields;
use super::uk::day;
use super::xml::Xml;
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, ListBuilder, Name, NameQuality};
use std::io::BufRead;

pub(super) const ID: &str = "uk-sanctions-list-xml";

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut xml = Xml::new(ID, document);
    let root = xml.root()?.name().to_owned();
    if root != "Designations" {
        return Err(xml.not_this(&format!("XML with the root element <{root}>"), None));
    }
    while let Some(part) = xml.child()? {
        match part.name() {
            "DateGenerated" => {
                let text = xml.string()?;
                out.snapshot_mut().published_on = day(&text);
            }
            "Designation" => designation(&mut xml, out)?,
            _ => xml.skip()?,
        }
    }
    xml.end()?;
    if out.snapshot_mut().published_on.is_none() {
        let why = "the list does not say its own date";
        out.finding(Code::ListRecordIncomplete, "DateGenerated", why);
    }
    Ok(())
}

fn designation(xml: &mut Xml<'_>, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut entity = Entity::default();
    let (mut primary, mut first) = (String::new(), NameQuality::Strong);
    let mut texts: Vec<(&str, String)> = Vec::new();
    while let Some(part) = xml.child()? {
        match part.name().to_owned().as_str() {
            "UniqueID" => entity.id = xml.string()?.trim().into(),
            "OFSIGroupID" => push_id(&mut entity, "OFSI Group ID", &xml.string()?, ""),
            "UNReferenceNumber" => push_id(&mut entity, "UN Reference Number", &xml.string()?, ""),
            "DateDesignated" => entity.listed_on = day(&xml.string()?),
            "RegimeName" => push_new(&mut entity.programs, &xml.string()?),
            "IndividualEntityShip" => entity.kind = kind(&xml.string()?),
            "OtherInformation" => texts.push(("OtherInformation", xml.string()?)),
            "UKStatementofReasons" => texts.push(("UKStatementofReasons", xml.string()?)),
            "Names" => {
                while xml.child()?.is_some() {
                    let fields = [
                        "Name1",
                        "Name2",
                        "Name3",
                        "Name4",
                        "Name5",
                        "Name6",
                        "NameType",
                        "AliasStrength",
                    ];
                    let mut f = Fields::read(xml, &fields)?;
                    let parts: Vec<_> = (0..6).map(|ix| f.take(ix)).collect();
                    let name = join(parts.iter().map(String::as_str));
                    if primary.is_empty() && f.take(6).trim().eq_ignore_ascii_case("primary name") {
                        primary = name;
                        continue;
                    }
                    let weak = f.take(7).to_ascii_lowercase().contains("low");
                    let quality = if weak {
                        NameQuality::Weak
                    } else {
                        NameQuality::Strong
                    };
                    if entity.name.is_empty() {
                        first = quality;
                    }
                    push_name(&mut entity, &name, quality);
                }
            }
            "NonLatinNames" => {
                while xml.child()?.is_some() {
                    let mut f = Fields::read(xml, &["NameNonLatinScript"])?;
                    let text = join([f.take(0).as_str()]);
                    if !text.is_empty() {
                        entity.aliases.push(Name {
                            script: script_of(&text).into(),
                            text: text.into(),
                            quality: NameQuality::Primary,
                        });
                    }
                }
            }
            "Addresses" => {
                while xml.child()?.is_some() {
                    let mut f = Fields::read(xml, &["AddressCountry"])?;
                    push_new(&mut entity.countries, &f.take(0));
                }
            }
            "IndividualDetails" | "EntityDetails" | "ShipDetails" => {
                while xml.child()?.is_some() {
                    details(xml, &mut entity, &mut texts)?;
                }
            }
            _ => xml.skip()?,
        }
    }
    if entity.id.is_empty() {
        return Err(xml.broken("a <Designation> has no <UniqueID>"));
    }
    set_primary(&mut entity, &primary, first);
    let place = format!("Designation[UniqueID='{}']", entity.id);
    if entity.name.is_empty() {
        out.finding(Code::ListRecordIncomplete, &place, "it has no name");
    }
    let ix = out.entity(entity);
    for (field, text) in texts {
        freetext::list(out, ix, &text, &format!("{place}/{field}"), "");
    }
    Ok(())
}

/// What is said of a person, an organisation or a ship.
fn details(
    xml: &mut Xml<'_>,
    entity: &mut Entity,
    texts: &mut Vec<(&'static str, String)>,
) -> Result<(), ParseError> {
    while let Some(part) = xml.child()? {
        match part.name().to_owned().as_str() {
            "DOBs" => each(xml, |text| push_new(&mut entity.births, text))?,
            "Nationalities" | "CurrentBelievedFlagOfShips" => {
                each(xml, |text| push_new(&mut entity.countries, text))?;
            }
            "IMONumbers" => each(xml, |text| push_id(entity, "IMO number", text, ""))?,
            "BusinessRegistrationNumbers" => each(xml, |text| {
                push_id(entity, "Business registration number", text, "");
                texts.push(("BusinessRegistrationNumber", text.to_owned()));
            })?,
            "PassportDetails" => papers(xml, entity, "Passport", "PassportNumber")?,
            "NationalIdentifierDetails" => {
                papers(
                    xml,
                    entity,
                    "National Identifier",
                    "NationalIdentifierNumber",
                )?;
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn each(xml: &mut Xml<'_>, mut take: impl FnMut(&str)) -> Result<(), ParseError> {
    while xml.child()?.is_some() {
        let text = xml.string()?;
        take(&text);
    }
    Ok(())
}

fn papers(
    xml: &mut Xml<'_>,
    entity: &mut Entity,
    kind: &str,
    number: &str,
) -> Result<(), ParseError> {
    while xml.child()?.is_some() {
        let mut paper = Fields::read(xml, &[number])?;
        push_id(entity, kind, &paper.take(0), "");
    }
    Ok(())
}
