//! The health gate: what a new snapshot must not be, compared with the one before it.
//!
//! That a document is of its shape, whole, and not too small is the parser's to say. A rule is one
//! function that returns a finding; each can be overruled by accepting the change.

use super::mentions::Unlisted;
use super::{InstalledList, Manifest};
use crate::finding::{Code, Finding, Place};
use crate::list::{Authority, List, Source};
use crate::source::parse_age;
use jiff::tz::TimeZone;

/// What is to be said of replacing `before` by `list`. An error stands against it, a warning does
/// not.
pub(super) fn check(
    list: &List,
    new: &Manifest,
    unlisted: &Unlisted,
    before: Option<&InstalledList>,
) -> Vec<Finding> {
    let before = before.map(|before| &before.manifest);
    let mut findings = mentions(list, unlisted, before);
    let Some(before) = before else {
        return findings;
    };
    let source = &list.source;
    let listings = (before.counts.listings, list.len() as u64, "listings");
    let entities = (
        before.counts.entities,
        list.entity_count() as u64,
        "entities",
    );
    findings.extend(
        [
            older(list, before),
            shrunk(source, listings),
            shrunk(source, entities),
            grew(source, listings),
            grew(source, entities),
            labels(source, new, before),
        ]
        .into_iter()
        .flatten(),
    );
    findings.extend(fill(source, new, before));
    findings
}

/// That a publisher, when it was last asked, still offered a document that it had not changed for
/// longer than its rhythm.
pub(super) fn frozen(source: &Source, manifest: &Manifest) -> Option<Finding> {
    let rhythm = source.options.get("rhythm")?;
    let allowed = parse_age(rhythm).ok()?;
    let asked = manifest.confirmed_at?;
    let since = match manifest.published_on {
        Some(day) => day.to_zoned(TimeZone::UTC).ok()?.timestamp(),
        None => manifest.retrieved_at,
    };
    let age = asked.duration_since(since);
    (age > allowed).then(|| {
        let detail = format!(
            "the publisher still offers it, but it was {} days old then, and should change every {rhythm}",
            age.as_hours() / 24
        );
        Finding::new(Code::ListFrozen, place(source), detail)
    })
}

/// Below this many entities a share says little.
const FEW: u64 = 20;

fn fill(source: &Source, new: &Manifest, before: &Manifest) -> Vec<Finding> {
    if before.counts.entities.min(new.counts.entities) < FEW {
        return Vec::new();
    }
    let fell = before.fill.iter().filter_map(|(field, &old)| {
        let now = new.fill.get(field).copied().unwrap_or_default();
        (old >= 100 && now * 2 < old).then(|| {
            let percent = |mille: u64| format!("{}.{} %", mille / 10, mille % 10);
            let detail = format!(
                "`{field}` was filled in {} of the entries before, and is in {} now",
                percent(old),
                percent(now)
            );
            Finding::new(Code::ListFillFell, place(source), detail)
        })
    });
    fell.collect()
}

fn labels(source: &Source, new: &Manifest, before: &Manifest) -> Option<Finding> {
    if before.labels.is_empty() {
        return None;
    }
    let fresh: Vec<_> = new
        .labels
        .iter()
        .filter(|label| !before.labels.contains(label) && !source.labels.contains(label))
        .collect();
    (!fresh.is_empty()).then(|| {
        let names: Vec<_> = fresh.iter().map(|label| format!("`{label}`")).collect();
        let detail = format!("not in the copy before: {}", names.join(", "));
        Finding::new(Code::ListNewLabel, place(source), detail)
    })
}

/// So many new mentions that are no listings pass, and so many of a hundred listings.
const MENTIONS_PASS: u64 = 5;

fn mentions(list: &List, unlisted: &Unlisted, before: Option<&Manifest>) -> Vec<Finding> {
    let now = unlisted.count;
    let official = matches!(
        list.source.authority,
        Authority::Government
            | Authority::Intergovernmental
            | Authority::Court
            | Authority::LawEnforcement
    );
    let known = before.and_then(|before| before.unlisted);
    let more = now.saturating_sub(known.unwrap_or(now));
    let detail = || {
        let before = known.map_or(String::new(), |known| {
            format!(" ({known} in the copy before)")
        });
        format!(
            "the document holds {now} addresses that did not become listings{before}: {}",
            unlisted.examples.join(", ")
        )
    };
    let code = if more > MENTIONS_PASS && more * 100 > list.len() as u64 * MENTIONS_PASS {
        Code::ListMentionsGrew
    } else if now > 0 && official && known != Some(now) {
        Code::ListMentionsMissed
    } else {
        return Vec::new();
    };
    vec![Finding::new(code, place(&list.source), detail())]
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
