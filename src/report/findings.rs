//! Findings by code, gravest first: how many, and the first of each by place.
//!
//! It does not know who shows them; texts are raw.

use crate::finding::{Code, Finding, Severity};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The findings of one code.
#[derive(Clone, Copy, Debug)]
pub struct Group<'f> {
    /// What they are about.
    pub code: Code,
    /// How many there are.
    pub count: u64,
    /// The first that was made.
    pub first: &'f Finding,
}

impl Group<'_> {
    /// How much they matter, as a message begins.
    pub const fn word(&self) -> &'static str {
        match self.code.severity() {
            Severity::Info => "note",
            severity => severity.id(),
        }
    }
}

/// Findings by code.
pub fn groups<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<Group<'f>> {
    let mut by_code: BTreeMap<Code, Group<'f>> = BTreeMap::new();
    for finding in findings {
        by_code
            .entry(finding.code)
            .and_modify(|group| group.count += finding.stands_for())
            .or_insert(Group {
                code: finding.code,
                count: finding.stands_for(),
                first: finding,
            });
    }
    let mut groups: Vec<_> = by_code.into_values().collect();
    groups.sort_by_key(|g| (Reverse(g.code.severity()), g.code));
    groups
}
