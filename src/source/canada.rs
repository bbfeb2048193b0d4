//! Canada's consolidated list of autonomous sanctions (SEMA and Magnitsky regulations), XML.
//!
//! A record has no id of its own: it is known by country, schedule and item. Names are padded with
//! no-break spaces. The document has no date.

use super::common::{collapse, iso_date, join, push_id, push_name, push_new};
use super::ofac_legacy::Fields;
use super::xml::Xml;
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, EntityKind, ListBuilder, NameQuality};
use std::collections::HashMap;
use std::io::BufRead;

pub(super) const ID: &str = "ca-sema";

/// A record's elements, in the spelling of the older and of the newer files.
const FIELDS: &[&str] = &[
    "Country",
    "LastName",
    "GivenName",
    "Entity",
    "EntityOrShip",
    "Schedule",
    "Item",
    "DateOfBirth",
    "DateOfBirthOrShipBuildDate",
    "Aliases",
    "Title",
    "TitleOrShip",
    "ShipIMONumber",
    "DateOfListing",
    "Regulation",
];
/// What follows a comma and belongs to the name before it.
const SUFFIXES: &[&str] = &[
    "co", "corp", "inc", "limited", "llc", "ltd", "plc", "s.a", "gmbh", "jr",
];

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut xml = Xml::new(ID, document);
    let root = xml.root()?.name().to_owned();
    if root != "data-set" {
        return Err(xml.not_this(&format!("XML with the root element <{root}>"), None));
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut number = 0;
    while let Some(part) = xml.child()? {
        if part.name() == "record" {
            number += 1;
            record(&mut xml, out, &mut seen, number)?;
        } else {
            xml.skip()?;
        }
    }
    xml.end()
}

fn record(
    xml: &mut Xml<'_>,
    out: &mut ListBuilder,
    seen: &mut HashMap<String, usize>,
    number: usize,
) -> Result<(), ParseError> {
    let mut fields = Fields::read(xml, FIELDS)?;
    let mut take = |name: &str| {
        let ix = FIELDS
            .iter()
            .position(|f| *f == name)
            .expect("asked for above");
        collapse(&fields.take(ix))
    };
    let (country, regulation) = (take("Country"), take("Regulation"));
    let (last, given) = (take("LastName"), take("GivenName"));
    let organisation = join([take("Entity").as_str(), take("EntityOrShip").as_str()]);
    let (schedule, item) = (take("Schedule"), take("Item"));
    let regime = if regulation.is_empty() {
        &country
    } else {
        &regulation
    };
    let key = join([regime.as_str(), schedule.as_str(), item.as_str()]);
    let person = organisation.is_empty();
    let imo = take("ShipIMONumber");
    let place = format!("record[{number}]");
    let mut entity = Entity {
        name: if person {
            join([given.as_str(), last.as_str()])
        } else {
            organisation
        }
        .into(),
        kind: match (person, imo.is_empty()) {
            (true, _) => EntityKind::Person,
            (_, true) => EntityKind::Organisation,
            (_, false) => EntityKind::Vessel,
        },
        listed_on: iso_date(&take("DateOfListing")),
        ..Entity::default()
    };
    let count = seen.entry(key.clone()).or_default();
    *count += 1;
    // The numbering of some schedules begins anew within them.
    entity.id = match (key.is_empty(), *count) {
        (true, _) => place.as_str().into(),
        (_, 1) => key.into(),
        (_, n) => format!("{key} ({n})").into(),
    };
    if entity.name.is_empty() {
        out.finding(Code::ListRecordUnreadable, &place, "the record has no name");
        return Ok(());
    }
    push_new(&mut entity.programs, regime);
    push_new(&mut entity.countries, &country);
    push_new(&mut entity.births, &take("DateOfBirth"));
    push_new(&mut entity.births, &take("DateOfBirthOrShipBuildDate"));
    push_id(&mut entity, "IMO number", &imo, "");
    let aliases = take("Aliases");
    for alias in split_aliases(&aliases) {
        push_name(&mut entity, &alias, NameQuality::Strong);
    }
    let texts = [
        ("Title", take("Title")),
        ("Title", take("TitleOrShip")),
        ("Aliases", aliases),
    ];
    let ix = out.entity(entity);
    for (field, text) in texts {
        freetext::list(out, ix, &text, &format!("{place}/{field}"), "");
    }
    Ok(())
}

/// `A Ltd., B Co., Ltd.; C`: commas separate, but not before `Ltd.`.
fn split_aliases(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in text.split([';', ',']) {
        let part = part.trim();
        let suffix = part.trim_end_matches('.').to_ascii_lowercase();
        match out.last_mut() {
            Some(last) if SUFFIXES.contains(&suffix.as_str()) => {
                last.push_str(", ");
                last.push_str(part);
            }
            _ if part.is_empty() => {}
            _ => out.push(part.to_owned()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::split_aliases;

    #[test]
    fn commas_before_a_legal_form_do_not_separate() {
        assert_eq!(
            split_aliases("A Ltd., B Co., Ltd.; C"),
            ["A Ltd.", "B Co., Ltd.", "C"]
        );
        assert!(split_aliases("").is_empty());
    }
}
