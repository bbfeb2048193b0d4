//! OFAC's legacy XML (`sdnList`: SDN.XML, CONSOLIDATED.XML).
//!
//! Element names are local: the namespace was <http://tempuri.org/sdnList.xsd> and is another since
//! 2024. Names come without a script, and addresses without a date.

use super::ParseError;
use super::common::{join, kind, month_day_year, push_id, push_name, push_new};
use super::xml::Xml;
use crate::finding::Code;
use crate::list::{Entity, EntityIx, ListBuilder, NameQuality, NewListing};
use std::io::BufRead;

pub(super) const ID: &str = "ofac-legacy";
const CRYPTO: &str = "Digital Currency Address";

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut xml = Xml::new(ID, document);
    let root = xml.root()?.name().to_owned();
    if root != "sdnList" {
        return Err(xml.not_this(&format!("XML with the root element <{root}>"), None));
    }
    let (mut stated, mut read) = (None, 0_usize);
    while let Some(part) = xml.child()? {
        match part.name() {
            "publshInformation" => {
                let mut date = String::new();
                while let Some(part) = xml.child()? {
                    match part.name() {
                        "Publish_Date" => {
                            date = xml.string()?;
                            out.snapshot_mut().published_on = month_day_year(&date);
                        }
                        "Record_Count" => stated = xml.string()?.trim().parse::<usize>().ok(),
                        _ => xml.skip()?,
                    }
                }
                if out.snapshot_mut().published_on.is_none() {
                    return Err(xml.broken(format!("its publication date is `{date}`")));
                }
            }
            "sdnEntry" => {
                read += 1;
                entry(&mut xml, out)?;
            }
            _ => xml.skip()?,
        }
    }
    xml.end()?;
    if let Some(stated) = stated
        && stated != read
    {
        let why = format!("it says that it has {stated} records, and has {read}");
        out.finding(Code::ListRecordIncomplete, "Record_Count", why);
    }
    Ok(())
}

fn entry(xml: &mut Xml<'_>, out: &mut ListBuilder) -> Result<(), ParseError> {
    let ix = out.entity(Entity::default());
    let (mut first, mut last) = (String::new(), String::new());
    let mut aliases = Vec::new();
    let mut addresses = Vec::new();
    while let Some(part) = xml.child()? {
        match part.name().to_owned().as_str() {
            "uid" => out.entity_mut(ix).id = xml.string()?.trim().into(),
            "firstName" => first = xml.string()?,
            "lastName" => last = xml.string()?,
            "sdnType" => out.entity_mut(ix).kind = kind(&xml.string()?),
            "programList" => {
                while xml.child()?.is_some() {
                    let text = xml.string()?;
                    push_new(&mut out.entity_mut(ix).programs, &text);
                }
            }
            "akaList" => {
                while xml.child()?.is_some() {
                    let mut alias = Fields::read(xml, &["category", "lastName", "firstName"])?;
                    let weak = alias.take(0).eq_ignore_ascii_case("weak");
                    aliases.push((name(&alias.take(1), &alias.take(2)), weak));
                }
            }
            "idList" => {
                while xml.child()?.is_some() {
                    let fields = ["uid", "idType", "idNumber", "idCountry"];
                    let mut id = Fields::read(xml, &fields)?;
                    let kind = id.take(1);
                    match kind.strip_prefix(CRYPTO) {
                        Some(label) => addresses.push((label.to_owned(), id.take(0), id.take(2))),
                        None => push_id(out.entity_mut(ix), &kind, &id.take(2), &id.take(3)),
                    }
                }
            }
            "addressList" | "nationalityList" | "citizenshipList" => {
                while xml.child()?.is_some() {
                    let mut place = Fields::read(xml, &["country"])?;
                    push_new(&mut out.entity_mut(ix).countries, &place.take(0));
                }
            }
            "dateOfBirthList" => {
                while xml.child()?.is_some() {
                    let mut birth = Fields::read(xml, &["dateOfBirth"])?;
                    push_new(&mut out.entity_mut(ix).births, &birth.take(0));
                }
            }
            "vesselInfo" => {
                let mut vessel = Fields::read(xml, &["callSign", "vesselFlag"])?;
                push_id(out.entity_mut(ix), "Vessel Call Sign", &vessel.take(0), "");
                push_new(&mut out.entity_mut(ix).countries, &vessel.take(1));
            }
            _ => xml.skip()?,
        }
    }
    let entity = out.entity_mut(ix);
    if entity.id.is_empty() {
        return Err(xml.broken("a <sdnEntry> has no <uid>"));
    }
    entity.name = name(&last, &first).into();
    for (alias, weak) in aliases {
        let quality = if weak {
            NameQuality::Weak
        } else {
            NameQuality::Strong
        };
        push_name(entity, &alias, quality);
    }
    for (label, uid, text) in addresses {
        list(out, ix, &label, &uid, &text);
    }
    Ok(())
}

fn list(out: &mut ListBuilder, ix: EntityIx, label: &str, uid: &str, text: &str) {
    let label = label.trim_start_matches([' ', '-', '–', ':']).trim();
    let id = out.entity_mut(ix).id.clone();
    let place = format!("sdnEntry[uid='{id}']/idList/id[uid='{}']", uid.trim());
    if text.trim().is_empty() {
        let why = format!("a `{CRYPTO} - {label}` without an address");
        out.finding(Code::ListRecordUnreadable, &place, why);
        return;
    }
    out.listing(
        ix,
        NewListing {
            text: text.trim(),
            raw: text,
            label,
            locator: &place,
            ..NewListing::default()
        },
    );
}

/// `HANIYA, Ismail`, as the publisher's other files have it.
fn name(last: &str, first: &str) -> String {
    let (last, first) = (join([last]), join([first]));
    if last.is_empty() || first.is_empty() {
        format!("{last}{first}")
    } else {
        format!("{last}, {first}")
    }
}

/// The texts of the children of one element, by name.
pub(super) struct Fields(Vec<String>);

impl Fields {
    /// Reads the element just entered to its end. A second child of a name is added to the first.
    pub(super) fn read(xml: &mut Xml<'_>, names: &[&str]) -> Result<Self, ParseError> {
        let mut fields = vec![String::new(); names.len()];
        while let Some(part) = xml.child()? {
            match names.iter().position(|n| *n == part.name()) {
                Some(ix) => {
                    if !fields[ix].is_empty() {
                        fields[ix].push_str("; ");
                    }
                    let text = xml.string()?;
                    fields[ix].push_str(&text);
                }
                None => xml.skip()?,
            }
        }
        Ok(Self(fields))
    }

    /// The text of the child number `ix` of the names asked for.
    pub(super) fn take(&mut self, ix: usize) -> String {
        self.0.get_mut(ix).map(std::mem::take).unwrap_or_default()
    }
}
