//! What came, went and changed between two snapshots of a list, in listings.

use super::key;
use super::model::{List, Listing};
use jiff::civil::Date;
use std::collections::HashMap;

/// A listing, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The entity's main name.
    pub entity: Box<str>,
    /// The publisher's id of the entity.
    pub entity_id: Box<str>,
    /// The published label.
    pub label: Box<str>,
    /// The identifier.
    pub text: Box<str>,
    /// Whether it is an address.
    pub address: bool,
    /// First day it is known to be on the list.
    pub from: Option<Date>,
    /// Whether that is the day it came, not only a day it was there.
    pub from_known: bool,
}

/// A listing that both snapshots have, and not in the same words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// As it is now.
    pub now: Listed,
    /// What changed: its name, before, now.
    pub what: Vec<(&'static str, Box<str>, Box<str>)>,
}

/// The difference between two snapshots of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Listings that only the later one has.
    pub added: Vec<Listed>,
    /// Listings that only the earlier one has.
    pub removed: Vec<Listed>,
    /// Listings that both have.
    pub changed: Vec<Changed>,
}

impl Diff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

impl Listed {
    fn of(listing: &Listing<'_>) -> Self {
        let last = listing.intervals.last();
        Self {
            entity: listing.entity.name.clone(),
            entity_id: listing.entity.id.clone(),
            label: listing.label.into(),
            text: listing.text.into(),
            address: listing.format.is_some(),
            from: last.and_then(|i| i.from),
            from_known: last.is_some_and(super::Interval::starts_known),
        }
    }
}

/// What `to` has otherwise than `from`. What left either before is not looked at.
pub fn diff(from: &List, to: &List) -> Diff {
    let index = |list: &List| -> HashMap<u128, u32> {
        let key = |ix| (key::listing(&list.listing(ix)), ix);
        // The first of several.
        (0..list.len() as u32).rev().map(key).collect()
    };
    let (mut old, mut new) = (index(from), index(to));
    let mut diff = Diff::default();
    new.retain(|key, ix| match old.remove(key) {
        Some(before) => {
            diff.changed
                .extend(changed(&from.listing(before), &to.listing(*ix)));
            false
        }
        None => true,
    });
    // Another label or entity for an identifier that both have.
    let mut left: HashMap<u128, Vec<u32>> = HashMap::new();
    for ix in old.values() {
        let key = key::identifier(from.listing(*ix).text);
        left.entry(key).or_default().push(*ix);
    }
    for before in left.values_mut() {
        before.sort_unstable_by(|a, b| b.cmp(a));
    }
    let mut new: Vec<u32> = new.into_values().collect();
    new.sort_unstable();
    for ix in new {
        let listing = to.listing(ix);
        let same = left.get_mut(&key::identifier(listing.text));
        let pair = same.and_then(|before| {
            let near = |at: &u32| {
                let old = from.listing(*at);
                old.entity.id == listing.entity.id || old.label == listing.label
            };
            let at = before.iter().rposition(near)?;
            Some(before.remove(at))
        });
        match pair {
            Some(before) => diff
                .changed
                .extend(changed(&from.listing(before), &listing)),
            None => diff.added.push(Listed::of(&listing)),
        }
    }
    let gone = left.into_values().flatten();
    diff.removed = gone.map(|ix| Listed::of(&from.listing(ix))).collect();
    diff.added.sort();
    diff.removed.sort();
    diff.changed.sort();
    diff
}

fn changed(old: &Listing<'_>, new: &Listing<'_>) -> Option<Changed> {
    let programs = |l: &Listing<'_>| l.entity.programs.join(", ");
    let pairs: [(&str, Box<str>, Box<str>); 7] = [
        ("entity_id", old.entity.id.clone(), new.entity.id.clone()),
        ("entity", old.entity.name.clone(), new.entity.name.clone()),
        (
            "kind",
            old.entity.kind.id().into(),
            new.entity.kind.id().into(),
        ),
        ("programs", programs(old).into(), programs(new).into()),
        ("label", old.label.into(), new.label.into()),
        ("text", old.text.into(), new.text.into()),
        ("note", old.note.into(), new.note.into()),
    ];
    let what: Vec<_> = pairs.into_iter().filter(|(_, a, b)| a != b).collect();
    (!what.is_empty()).then(|| Changed {
        now: Listed::of(new),
        what,
    })
}
