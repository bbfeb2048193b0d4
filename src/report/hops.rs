//! Who dealt with listed addresses, as reports show it: JSON's `hops`, and lines for people.
//!
//! Every place says that it is what the files show and no more.

use super::json::path;
use super::words::{count, number};
use crate::screen::{Contact, Hops, InputSummary, ScreeningReport};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct HopsJson<'r> {
    asked: usize,
    meaning: &'static str,
    addresses: u64,
    pairs: u64,
    dropped: u64,
    contacts: Vec<ContactJson<'r>>,
    more: u64,
}

#[derive(Serialize)]
struct ContactJson<'r> {
    address: &'r str,
    hops: usize,
    listed: &'r str,
    entities: Vec<EntityJson<'r>>,
    path: Vec<DealingJson<'r>>,
}

#[derive(Serialize)]
struct EntityJson<'r> {
    list: &'r str,
    entity_id: &'r str,
    entity: &'r str,
}

#[derive(Serialize)]
struct DealingJson<'r> {
    from: &'r str,
    to: &'r str,
    input: &'r str,
    row: u64,
}

impl<'r> HopsJson<'r> {
    pub(super) fn new(hops: &'r Hops, inputs: &'r [InputSummary]) -> Self {
        let contact = |c: &'r Contact| ContactJson {
            address: &c.address,
            hops: c.path.len(),
            listed: &c.listed,
            entities: c
                .entities
                .iter()
                .map(|e| EntityJson {
                    list: &e.list,
                    entity_id: &e.id,
                    entity: &e.name,
                })
                .collect(),
            path: c
                .path
                .iter()
                .map(|d| DealingJson {
                    from: &d.from,
                    to: &d.to,
                    input: path(inputs, d.input),
                    row: d.row,
                })
                .collect(),
        };
        Self {
            asked: hops.asked,
            meaning: Hops::MEANING,
            addresses: hops.addresses,
            pairs: hops.pairs,
            dropped: hops.dropped,
            contacts: hops.contacts.iter().map(contact).collect(),
            more: hops.more,
        }
    }
}

/// A contact for people; the texts are raw.
pub(super) struct Line {
    /// "2 hops".
    pub(super) hops: String,
    pub(super) address: String,
    pub(super) listed: String,
    /// Who is listed with it.
    pub(super) names: String,
    /// "row 3: A → B", from the contact to the listed address.
    pub(super) path: Vec<String>,
}

/// The section's title.
pub(super) fn title(hops: &Hops) -> String {
    let within = count(hops.asked as u64, "hop", "hops");
    format!("Within {within} of a listed address")
}

/// What was looked at, and what it means.
pub(super) fn about(hops: &Hops) -> String {
    let mut text = format!(
        "{} among {} kept: {}.",
        count(
            hops.contacts.len() as u64 + hops.more,
            "address",
            "addresses"
        ),
        count(hops.pairs, "pair", "pairs"),
        Hops::MEANING,
    );
    if hops.dropped > 0 {
        text.push_str(&format!(
            " {} not kept, so addresses farther than one hop may be missing.",
            count(hops.dropped, "dealing was", "dealings were")
        ));
    }
    text
}

/// "and 12 more", when not all contacts are shown.
pub(super) fn rest(hops: &Hops, shown: usize) -> Option<String> {
    let hidden = (hops.contacts.len().saturating_sub(shown)) as u64 + hops.more;
    (hidden > 0).then(|| format!("and {} more, which are farther", number(hidden)))
}

/// The first contacts, the nearest first.
pub(super) fn lines<'r>(
    report: &'r ScreeningReport<'_>,
    hops: &'r Hops,
    shown: usize,
) -> impl Iterator<Item = Line> + 'r {
    let one = report.inputs.len() < 2;
    hops.contacts.iter().take(shown).map(move |c| {
        let names: Vec<String> = c
            .entities
            .iter()
            .map(|e| match &*e.name {
                "" => format!("record {} ({})", e.id, e.list),
                name => format!("{name} ({})", e.list),
            })
            .collect();
        let dealing = |d: &crate::screen::Dealing| {
            let file = match one {
                true => String::new(),
                false => format!("{}, ", path(&report.inputs, d.input)),
            };
            format!("{file}row {}: {} → {}", d.row, d.from, d.to)
        };
        Line {
            hops: count(c.path.len() as u64, "hop", "hops"),
            address: c.address.to_string(),
            listed: c.listed.to_string(),
            names: names.join("; "),
            path: c.path.iter().map(dealing).collect(),
        }
    })
}
