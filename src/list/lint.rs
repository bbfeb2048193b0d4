//! What is odd about lists taken together.

use super::key;
use super::set::{ListSet, ListingRef};
use super::{Authority, Listing};
use crate::finding::{Code, Finding, Place};
use std::collections::HashMap;

/// What each list's own reading found odd about its entries, and what shows only when entries are
/// compared: one address under two entities, and lists that contradict each other.
pub fn lint(lists: &ListSet) -> Vec<Finding> {
    let mut findings: Vec<Finding> = lists
        .lists()
        .iter()
        .flat_map(|list| list.findings.iter().cloned())
        .collect();
    let mut by_identifier: HashMap<u128, Vec<ListingRef>> = HashMap::new();
    for at in lists.refs() {
        let key = key::identifier(lists.listing(at).text);
        by_identifier.entry(key).or_default().push(at);
    }
    for same in by_identifier.values().filter(|same| same.len() > 1) {
        two_entities(lists, same, &mut findings);
        disagree(lists, same, &mut findings);
    }
    findings.sort();
    findings.dedup();
    findings
}

fn is_listed(listing: &Listing<'_>) -> bool {
    listing.intervals.last().is_none_or(|i| i.until.is_none())
}

/// Analysts' labels overlap by their nature; authorities name who an address belongs to.
fn names_owners(authority: Authority) -> bool {
    !matches!(
        authority,
        Authority::Community | Authority::Issuer | Authority::User
    )
}

fn two_entities(lists: &ListSet, same: &[ListingRef], findings: &mut Vec<Finding>) {
    for here in same.chunk_by(|a, b| a.list == b.list) {
        let list = lists.list(here[0]);
        if !names_owners(list.source.authority) {
            continue;
        }
        let mut who: Vec<(&str, &str)> = Vec::new();
        for at in here {
            let listing = lists.listing(*at);
            let entity = (&*listing.entity.id, &*listing.entity.name);
            if is_listed(&listing) && !who.contains(&entity) {
                who.push(entity);
            }
        }
        if who.len() > 1 {
            let names: Vec<_> = who
                .iter()
                .map(|(id, name)| format!("{name} ({id})"))
                .collect();
            let listing = lists.listing(here[0]);
            findings.push(Finding::new(
                Code::AddressTwoEntities,
                Place::record(list.source.id.clone(), listing.locator),
                format!("`{}` is listed under {}", listing.text, names.join(" and ")),
            ));
        }
    }
}

fn disagree(lists: &ListSet, same: &[ListingRef], findings: &mut Vec<Finding>) {
    let per_list: Vec<&[ListingRef]> = same.chunk_by(|a, b| a.list == b.list).collect();
    let off: Vec<_> = per_list
        .iter()
        .filter(|here| here.iter().all(|at| !is_listed(&lists.listing(*at))))
        .collect();
    for here in &per_list {
        let Some(at) = here.iter().find(|at| is_listed(&lists.listing(**at))) else {
            continue;
        };
        let (list, listing) = (lists.list(*at), lists.listing(*at));
        for gone in &off {
            let (theirs, last) = (lists.list(gone[0]), lists.listing(gone[0]));
            let until = last
                .intervals
                .last()
                .and_then(|i| i.until)
                .map_or(String::new(), |day| format!(" on {day}"));
            findings.push(Finding::new(
                Code::ListsDisagree,
                Place::record(list.source.id.clone(), listing.locator),
                format!(
                    "`{}` ({}) is listed here; {} took it off its list{until}",
                    listing.text, listing.entity.name, theirs.source.id
                ),
            ));
        }
    }
}
