//! Switzerland's list (SECO), the whole-list XML of SESAM.
//!
//! The file keeps its history: de-listed targets stay in it, and a modification repeats the target
//! as it was before and after. Only targets on the outermost level count, and only those whose
//! newest modification (by its day, not its place) is not a de-listing.

use super::common::{iso_date, join, push_id, push_name, push_new, script_of};
use super::ofac_legacy::Fields;
use super::xml::Xml;
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, EntityKind, ListBuilder, Name, NameQuality};
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

pub(super) const ID: &str = "ch-seco";

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut xml = Xml::new(ID, document);
    let root = xml.root()?;
    if root.name() != "swiss-sanctions-list" {
        let what = format!("XML with the root element <{}>", root.name());
        return Err(xml.not_this(&what, None));
    }
    let (day, whole) = (
        root.value("date")?.into_owned(),
        root.value("list-type")?.into_owned(),
    );
    out.snapshot_mut().published_on = iso_date(&day);
    if iso_date(&day).is_none() {
        return Err(xml.broken(format!("its `date` is `{day}`, no date")));
    }
    if !whole.is_empty() && whole != "whole-list" {
        let why = format!("its `list-type` is `{whole}`: it is not the whole list");
        out.finding(Code::ListRecordIncomplete, "swiss-sanctions-list", why);
    }
    let mut list = Swiss {
        out,
        programs: HashMap::new(),
        places: HashMap::new(),
        delisted: 0,
    };
    while let Some(part) = xml.child()? {
        match part.name() {
            "sanctions-program" => list.program(&mut xml)?,
            "place" => {
                let id = part.value("ssid")?.into_owned();
                let mut place = Fields::read(&mut xml, &["country"])?;
                list.places.insert(id, place.take(0));
            }
            "target" => list.target(&mut xml)?,
            _ => xml.skip()?,
        }
    }
    xml.end()?;
    if list.delisted > 0 {
        let why = format!("{} targets are de-listed and were left out", list.delisted);
        let id = list.out.source().id.clone();
        list.out.finding(Code::ListLeftOut, &id, why);
    }
    Ok(())
}

struct Swiss<'b> {
    out: &'b mut ListBuilder,
    /// Sanctions set to programme.
    programs: HashMap<String, Box<str>>,
    /// Place to country.
    places: HashMap<String, String>,
    delisted: usize,
}

impl Swiss<'_> {
    fn program(&mut self, xml: &mut Xml<'_>) -> Result<(), ParseError> {
        let (mut sets, mut key, mut name) = (Vec::new(), String::new(), String::new());
        while let Some(part) = xml.child()? {
            let english = matches!(&*part.value("lang")?, "eng" | "en" | "");
            match part.name() {
                "sanctions-set" => {
                    sets.push(part.value("ssid")?.into_owned());
                    xml.skip()?;
                }
                "program-key" if english => key = xml.string()?,
                "program-name" if english => name = xml.string()?,
                _ => xml.skip()?,
            }
        }
        let program = if key.trim().is_empty() { name } else { key };
        for set in sets {
            self.programs.insert(set, program.trim().into());
        }
        Ok(())
    }

    fn target(&mut self, xml: &mut Xml<'_>) -> Result<(), ParseError> {
        let tag = xml.tag();
        let mut entity = Entity {
            id: tag.value("ssid")?.into(),
            ..Entity::default()
        };
        if entity.id.is_empty() {
            return Err(xml.broken("a <target> has no `ssid`"));
        }
        let mut sets = vec![tag.value("sanctions-set-id")?.into_owned()];
        let mut newest: Option<(Option<Date>, bool)> = None;
        let mut first: Option<Date> = None;
        let mut texts = Vec::new();
        while let Some(part) = xml.child()? {
            match part.name() {
                "sanctions-set-id" => sets.push(xml.string()?),
                "foreign-identifier" => {
                    let text = xml.string()?;
                    push_id(&mut entity, "foreign identifier", &text, "");
                }
                "modification" => {
                    let gone = &*part.value("modification-type")? == "de-listed";
                    let day = iso_date(&part.value("effective-date")?)
                        .or(iso_date(&part.value("enactment-date")?))
                        .or(iso_date(&part.value("publication-date")?));
                    if !gone {
                        first = first.into_iter().chain(day).min();
                    }
                    // Of the same day, the one that leaves the target on the list counts.
                    if newest.is_none_or(|(d, g)| day > d || day == d && g) {
                        newest = Some((day, gone));
                    }
                    xml.skip()?;
                }
                kind @ ("individual" | "entity" | "object") => {
                    entity.kind = match kind {
                        "individual" => EntityKind::Person,
                        "entity" => EntityKind::Organisation,
                        _ => match &*part.value("object-type")? {
                            "vessel" => EntityKind::Vessel,
                            "aircraft" => EntityKind::Aircraft,
                            _ => EntityKind::Unknown,
                        },
                    };
                    self.described(xml, &mut entity, &mut texts)?;
                }
                _ => xml.skip()?,
            }
        }
        if newest.is_some_and(|(_, gone)| gone) {
            self.delisted += 1;
            return Ok(());
        }
        entity.listed_on = first;
        for set in sets {
            if let Some(program) = self.programs.get(set.trim()) {
                push_new(&mut entity.programs, program);
            }
        }
        let place = format!("target[@ssid='{}']", entity.id);
        if entity.name.is_empty() {
            self.out
                .finding(Code::ListRecordIncomplete, &place, "it has no name");
        }
        let ix = self.out.entity(entity);
        for (field, text) in texts {
            freetext::list(self.out, ix, &text, &format!("{place}/{field}"), "");
        }
        Ok(())
    }

    fn described(
        &self,
        xml: &mut Xml<'_>,
        entity: &mut Entity,
        texts: &mut Vec<(&'static str, String)>,
    ) -> Result<(), ParseError> {
        while let Some(part) = xml.child()? {
            match part.name() {
                "identity" => {
                    let main = part.is_true("main")?;
                    self.identity(xml, entity, main, texts)?;
                }
                "justification" => texts.push(("justification", xml.string()?)),
                "other-information" => {
                    let text = xml.string()?;
                    // `IMO number: 1234567`, `SWIFT/BIC: …`: a word for the kind, and the number.
                    if let Some((kind, value)) = text.split_once(':')
                        && kind.trim().len() <= 40
                        && value.bytes().any(|b| b.is_ascii_digit())
                        && value.trim().len() <= 30
                        && !value.contains(':')
                        && !kind.to_ascii_lowercase().contains("wallet")
                    {
                        push_id(entity, kind, value.trim_end_matches('.'), "");
                    }
                    texts.push(("other-information", text));
                }
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    fn identity(
        &self,
        xml: &mut Xml<'_>,
        entity: &mut Entity,
        main: bool,
        texts: &mut Vec<(&'static str, String)>,
    ) -> Result<(), ParseError> {
        while let Some(part) = xml.child()? {
            match part.name() {
                "name" => {
                    let primary = main && &*part.value("name-type")? == "primary-name";
                    let weak = &*part.value("quality")? == "low";
                    name(xml, entity, primary, weak)?;
                }
                "day-month-year" => {
                    let (y, m, d) = (
                        part.value("year")?,
                        part.value("month")?,
                        part.value("day")?,
                    );
                    let number = |t: &str| t.trim().parse::<u8>().ok();
                    let birth = match (y.trim(), number(&m), number(&d)) {
                        ("", ..) => String::new(),
                        (year, Some(month), Some(day)) => format!("{year}-{month:02}-{day:02}"),
                        (year, Some(month), None) => format!("{year}-{month:02}"),
                        (year, ..) => year.to_owned(),
                    };
                    push_new(&mut entity.births, &birth);
                    xml.skip()?;
                }
                "nationality" => {
                    let mut f = Fields::read(xml, &["country"])?;
                    push_new(&mut entity.countries, &f.take(0));
                }
                "address" => {
                    let place = part.value("place-id")?.into_owned();
                    if let Some(country) = self.places.get(&place) {
                        push_new(&mut entity.countries, country);
                    }
                    let mut f = Fields::read(xml, &["remarks"])?;
                    texts.push(("identity/address/remarks", f.take(0)));
                }
                "identification-document" => {
                    let kind = part.value("document-type")?.into_owned();
                    let mut f = Fields::read(xml, &["number", "issuer"])?;
                    push_id(entity, &kind, &f.take(0), &f.take(1));
                }
                _ => xml.skip()?,
            }
        }
        Ok(())
    }
}

/// A name's parts in their order, as written and in each other script.
fn name(
    xml: &mut Xml<'_>,
    entity: &mut Entity,
    primary: bool,
    weak: bool,
) -> Result<(), ParseError> {
    let mut parts: BTreeMap<u32, (String, Vec<(String, String)>)> = BTreeMap::new();
    while let Some(part) = xml.child()? {
        if part.name() != "name-part" {
            xml.skip()?;
            continue;
        }
        let order = part.value("order")?.parse().unwrap_or(u32::MAX);
        let slot = parts.entry(order).or_default();
        while let Some(part) = xml.child()? {
            match part.name() {
                "value" => {
                    let text = xml.string()?;
                    slot.0 = join([slot.0.as_str(), text.as_str()]);
                }
                "spelling-variant" => {
                    let script = part.value("script")?.into_owned();
                    slot.1.push((script, xml.string()?));
                }
                _ => xml.skip()?,
            }
        }
    }
    let quality = if weak {
        NameQuality::Weak
    } else {
        NameQuality::Strong
    };
    let written = join(parts.values().map(|(value, _)| value.as_str()));
    if primary {
        super::common::set_primary(entity, &written, NameQuality::Strong);
    } else {
        push_name(entity, &written, quality);
    }
    let mut scripts: Vec<&str> = parts
        .values()
        .flat_map(|(_, v)| v)
        .map(|(s, _)| s.as_str())
        .collect();
    scripts.sort_unstable();
    scripts.dedup();
    for script in scripts {
        let of = |(value, variants): &(String, Vec<(String, String)>)| {
            let variant = variants.iter().find(|(s, _)| s == script);
            variant.map_or_else(|| value.clone(), |(_, text)| text.clone())
        };
        let texts: Vec<String> = parts.values().map(of).collect();
        let text = join(texts.iter().map(String::as_str));
        if text.is_empty()
            || *entity.name == *text
            || entity.aliases.iter().any(|n| *n.text == *text)
        {
            continue;
        }
        // ISO 15924: four letters, the first of them a capital.
        let iso = match script.len() == 4 && script.bytes().all(|b| b.is_ascii_alphabetic()) {
            true => format!(
                "{}{}",
                script[..1].to_ascii_uppercase(),
                script[1..].to_ascii_lowercase()
            ),
            false => script_of(&text).to_owned(),
        };
        entity.aliases.push(Name {
            text: text.into(),
            script: iso.into(),
            quality: if primary {
                NameQuality::Primary
            } else {
                quality
            },
        });
    }
    Ok(())
}
