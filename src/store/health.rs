//! The health gate: what a new snapshot must not be, compared with the one before it.
//!
//! That a document is of its shape, whole, and not too small is the parser's to say. A rule is one
//! function that returns a finding; each can be overruled by accepting the change.

use super::mentions::Unlisted;
use super::{InstalledList, Manifest};
use crate::address::{Address, network};
use crate::finding::{Code, Finding, Place};
use crate::list::{Authority, List, Source};
use crate::source::parse_age;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::collections::BTreeMap;

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
    findings.extend(not_parsed(list));
    findings.extend(future(list, new));
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
            older(new, before, source),
            date_lost(new, before, source),
            cut(new, before, source),
            shrunk(source, listings).or_else(|| lost_addresses(new, before, source)),
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

/// That a document holds addresses that did not become listings, of a list in use.
pub(super) fn missed(source: &Source, manifest: &Manifest) -> Option<Finding> {
    let count = manifest
        .unlisted
        .filter(|n| *n > 0 && is_official(source))?;
    let detail = format!("the document holds {count} addresses that did not become listings");
    Some(Finding::new(
        Code::ListMentionsMissed,
        place(source),
        detail,
    ))
}

/// That somebody says a document was retrieved at a time that is yet to come.
pub(super) fn yet_to_come(
    source: &Source,
    retrieved_at: Timestamp,
    now: Timestamp,
) -> Option<Finding> {
    // Clocks differ a little.
    let ahead = retrieved_at.duration_since(now);
    (ahead > SignedDuration::from_mins(5)).then(|| {
        let detail = format!("it is said to be retrieved at {retrieved_at}, which is yet to come");
        Finding::new(Code::ListDateFuture, place(source), detail)
    })
}

fn is_official(source: &Source) -> bool {
    matches!(
        source.authority,
        Authority::Government
            | Authority::Intergovernmental
            | Authority::Court
            | Authority::LawEnforcement
    )
}

/// Identifiers of a label that says of which asset they are must mostly be addresses.
fn not_parsed(list: &List) -> Option<Finding> {
    let mut assets: BTreeMap<&str, bool> = BTreeMap::new();
    let (mut labelled, mut failed, mut first) = (0_u64, 0_u64, "");
    for listing in list.listings().filter(|l| !l.label.is_empty()) {
        let label = listing.label;
        let known = || network::asset(label).is_some();
        if !*assets.entry(label).or_insert_with(known) {
            continue;
        }
        labelled += 1;
        // Some formats show only to whoever knows the asset.
        let parses = || Address::parse_as(listing.text, label, true).is_ok();
        if listing.format.is_none() && !parses() {
            failed += 1;
            first = if first.is_empty() {
                listing.text
            } else {
                first
            };
        }
    }
    (failed * 2 > labelled).then(|| {
        let detail = format!(
            "{failed} of {labelled} identifiers that are labelled as an asset are no addresses, such \
             as `{first}`"
        );
        Finding::new(Code::ListNotParsed, place(&list.source), detail)
    })
}

fn future(list: &List, new: &Manifest) -> Option<Finding> {
    let day = list.snapshot.published_on?;
    let retrieved = new.retrieved_at.to_zoned(TimeZone::UTC).date();
    (day > retrieved.tomorrow().ok()?).then(|| {
        let detail = format!("it is of {day}, and was retrieved on {retrieved}");
        Finding::new(Code::ListDateFuture, place(&list.source), detail)
    })
}

fn date_lost(new: &Manifest, before: &Manifest, source: &Source) -> Option<Finding> {
    let old = before.published_on.filter(|_| new.published_on.is_none())?;
    let detail = format!("it bears no date, and the installed one is of {old}");
    Some(Finding::new(Code::ListDateLost, place(source), detail))
}

/// A text of lines that has lost its last line's end was cut; people's own files may.
fn cut(new: &Manifest, before: &Manifest, source: &Source) -> Option<Finding> {
    let lacks = before.line_end == Some(true) && new.line_end == Some(false);
    (lacks && source.authority != Authority::User && *source.shape != *"notice").then(|| {
        let detail = "its last line does not end, as that of the installed copy does: it was cut";
        Finding::new(Code::ListResponseTruncated, place(source), detail)
    })
}

/// Addresses are what is screened against: what is kept verbatim instead is a loss of them. A text
/// of lines does not show that its end is missing, so half the bound holds for it.
fn lost_addresses(new: &Manifest, before: &Manifest, source: &Source) -> Option<Finding> {
    let bound = match (source.max_shrink, new.line_end) {
        (Some(bound), Some(_)) => bound / 2,
        (Some(bound), None) => bound,
        // Nobody set a bound: all of them is too many.
        (None, _) => 99,
    };
    let addresses = (before.counts.addresses, new.counts.addresses, "addresses");
    fell(source, addresses, bound)
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
    let official = is_official(&list.source);
    // Of an official list's first copy every address must become a listing.
    let known = match before {
        Some(before) => before.unlisted,
        None => Some(0).filter(|_| official),
    };
    let more = now.saturating_sub(known.unwrap_or(now));
    let detail = || {
        let known = known.filter(|_| before.is_some());
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

fn older(new: &Manifest, before: &Manifest, source: &Source) -> Option<Finding> {
    let retrieved = |m: &Manifest| m.retrieved_at.to_zoned(TimeZone::UTC).date();
    let (old, new, of) = match (before.published_on, new.published_on) {
        (Some(old), Some(new)) => (old, new, "is of"),
        (None, None) => (retrieved(before), retrieved(new), "was retrieved on"),
        _ => return None,
    };
    (new < old).then(|| {
        let detail = format!("it {of} {new}, the installed one {of} {old}");
        Finding::new(Code::ListOlder, place(source), detail)
    })
}

fn shrunk(source: &Source, (old, new, what): (u64, u64, &str)) -> Option<Finding> {
    fell(source, (old, new, what), source.max_shrink?)
}

fn fell(source: &Source, (old, new, what): (u64, u64, &str), bound: u8) -> Option<Finding> {
    let bound = u64::from(bound);
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
