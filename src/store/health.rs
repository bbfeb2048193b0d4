//! The health gate: what a new snapshot must not be, compared with the one before it.
//!
//! That a document is of its shape, whole, and not too small is the parser's to say. A rule is one
//! function that returns a finding; each can be overruled by accepting the change.

use super::Manifest;
use crate::finding::{Code, Finding, Place};
use crate::list::{List, Source};

/// What stands against replacing `before` by `list`.
pub(super) fn check(list: &List, before: Option<&Manifest>) -> Vec<Finding> {
    let Some(before) = before else {
        return Vec::new();
    };
    let source = &list.source;
    let listings = (before.counts.listings, list.len() as u64, "listings");
    let entities = (
        before.counts.entities,
        list.entities().len() as u64,
        "entities",
    );
    [
        older(list, before),
        shrunk(source, listings),
        shrunk(source, entities),
        grew(source, listings),
        grew(source, entities),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn older(list: &List, before: &Manifest) -> Option<Finding> {
    let (old, new) = (before.published_on?, list.snapshot.published_on?);
    (new < old).then(|| {
        let detail = format!("it is of {new}, the installed one is of {old}");
        Finding::new(Code::ListOlder, place(&list.source), detail)
    })
}

fn shrunk(source: &Source, (old, new, what): (u64, u64, &str)) -> Option<Finding> {
    let bound = u64::from(source.max_shrink?);
    let lost = old.saturating_sub(new);
    (lost * 100 > old * bound).then(|| {
        let percent = lost * 100 / old;
        let detail = format!(
            "{old} {what} before, {new} now: {percent} % fewer, and {bound} % may pass unasked"
        );
        Finding::new(Code::ListShrunk, place(source), detail)
    })
}

fn grew(source: &Source, (old, new, what): (u64, u64, &str)) -> Option<Finding> {
    let bound = u64::from(source.max_growth?);
    let gained = new.saturating_sub(old);
    (old > 0 && gained * 100 > old * bound).then(|| {
        let percent = gained * 100 / old;
        let detail = format!(
            "{old} {what} before, {new} now: {percent} % more, and {bound} % may pass unasked"
        );
        Finding::new(Code::ListGrew, place(source), detail)
    })
}

fn place(source: &Source) -> Place {
    Place::whole(source.id.clone())
}
