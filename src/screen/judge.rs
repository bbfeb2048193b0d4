//! From a hit to a match: basis, timing, and the sentence that proves it.

use super::record::{ASIDE, Hit, Near};
use super::report::{Column, Match, Possible};
use super::timing::{RowTime, relevant, timing};
use crate::address::relation::{latin, spelt_freely};
use crate::address::{Address, Basis, Relation, relate};
use crate::list::{ListSet, ListingRef, Timing};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What judging needs beside the hit.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'l, 'i> {
    /// The lists.
    pub lists: &'l ListSet,
    /// Which input, by position.
    pub input: usize,
    /// Its SHA-256; its name where there is none.
    pub input_sha256: &'i str,
    /// Its columns.
    pub columns: &'i [Column],
    /// The day answered for.
    pub as_of: Date,
}

/// The strongest listing of one entity.
struct Best<'l> {
    key: (Basis, Timing),
    at: ListingRef,
    why: &'static str,
    labels: Vec<&'l str>,
}

/// The matches of one hit: one for each list and entity that lists it.
pub fn judge<'l>(j: Judge<'l, '_>, hit: &Hit, time: Option<&RowTime>) -> Vec<Match<'l>> {
    let mut best: BTreeMap<(u32, &str), Best<'l>> = BTreeMap::new();
    for &at in &hit.listings {
        let listing = j.lists.listing(at);
        let Some(Relation { basis, why }) =
            stands_for(listing.text, &hit.text, hit.address.as_ref())
        else {
            // Found by the hash of another identity: it does not stand for this cell.
            continue;
        };
        // One that is gone does not stand for one that is still there.
        let when = timing(listing.intervals, listing.entity.listed_on, time, j.as_of).timing;
        let key = (basis, when);
        let entry = best
            .entry((at.list, &listing.entity.id))
            .or_insert_with(|| Best {
                key,
                at,
                why,
                labels: Vec::new(),
            });
        if key < entry.key {
            (entry.key, entry.at, entry.why) = (key, at, why);
        }
        if !listing.label.is_empty() && !entry.labels.contains(&listing.label) {
            entry.labels.push(listing.label);
        }
    }
    best.into_values()
        .map(|best| {
            let mut m = frame(j, hit, best.at, time);
            m.basis = best.key.0;
            m.basis_note = best.why.into();
            m.labels = best.labels;
            m
        })
        .collect()
}

/// Why a listing stands for a text and the address read from it.
///
/// `None`: it does not. Of what the index finds that is true only of two identities of one 64-bit
/// hash; whatever else it finds has a relation, and a test walks all formats for that.
pub fn stands_for(listed_text: &str, text: &str, address: Option<&Address>) -> Option<Relation> {
    match (address, listed_address(listed_text)) {
        (Some(address), Some(listed)) => relate(address, &listed),
        _ if text.trim() == listed_text.trim() => Some(Relation {
            basis: Basis::Verbatim,
            why: "the cell holds the listed text, letter for letter",
        }),
        // Formats that a text does not show: that it is an address, the list says.
        (address, listed) => {
            meant(address, listed_text).or_else(|| strongest(text, address, listed, listed_text))
        }
    }
}

/// The near misses of one suspect cell: one for each listed text of an entity, with all its labels.
pub fn judge_near<'l>(j: Judge<'l, '_>, near: &Near, time: Option<&RowTime>) -> Vec<Possible<'l>> {
    let mut all: Vec<Possible<'l>> = Vec::new();
    for &(at, kind, distance) in &near.found {
        let mut found = frame(j, &near.hit, at, time);
        let label = found.listing.label;
        let same = |p: &&mut Possible<'l>| {
            let (a, b) = (&p.found, &found);
            p.kind == kind
                && std::ptr::eq(a.list, b.list)
                && a.listing.entity.id == b.listing.entity.id
                && a.listing.text == b.listing.text
                && a.timing == b.timing
        };
        if let Some(same) = all.iter_mut().find(same) {
            if !label.is_empty() && !same.found.labels.contains(&label) {
                same.found.labels.push(label);
            }
            continue;
        }
        found.basis_note = match kind {
            "truncated" => "the shortened text fits this listed address; many others fit it too",
            "one-edit" => "the text is one character away from this listed address",
            "homoglyph" => "with look-alike letters replaced the text is this listed address",
            _ => "a valid other address that starts and ends like this listed one",
        }
        .into();
        if found.labels.is_empty() && !label.is_empty() {
            found.labels.push(label);
        }
        all.push(Possible {
            found,
            kind,
            distance,
        });
    }
    all
}

fn listed_address(text: &str) -> Option<Address> {
    Address::parse(text)
        .or_else(|_| Address::parse(&text.to_ascii_lowercase()))
        .ok()
}

/// How an address relates to a listed text that was typed with letters of another script.
fn meant(address: Option<&Address>, listed_text: &str) -> Option<Relation> {
    let relation = relate(address?, &latin(listed_text)?)?;
    Some(Relation {
        basis: relation.basis.max(Basis::SameAccount),
        why: "the listed text has letters of another script; with the Latin ones they look like it \
              is this account",
    })
}

/// How a text relates to a listed one where either is of a format that does not show.
fn strongest(
    text: &str,
    address: Option<&Address>,
    listed: Option<Address>,
    listed_text: &str,
) -> Option<Relation> {
    let readings = |known: Option<Address>, text: &str| {
        known.map_or_else(|| spelt_freely(text.trim()), |address| vec![address])
    };
    let listed = readings(listed, listed_text);
    let best = readings(address.cloned(), text)
        .iter()
        .flat_map(|x| listed.iter().filter_map(move |y| relate(x, y)))
        .min_by_key(|r| r.basis)?;
    Some(match best.basis {
        Basis::Exact => Relation {
            basis: Basis::SameAccount,
            why: "two spellings of one account",
        },
        _ => best,
    })
}

fn frame<'l>(j: Judge<'l, '_>, hit: &Hit, at: ListingRef, time: Option<&RowTime>) -> Match<'l> {
    let (list, listing) = (j.lists.list(at), j.lists.listing(at));
    let answer = timing(listing.intervals, listing.entity.listed_on, time, j.as_of);
    // An aside has the mark in its number, and so no column.
    let column = j.columns.get(hit.at.column).cloned();
    let column = column.unwrap_or_else(|| Column {
        index: hit.at.column & !ASIDE,
        ..Column::default()
    });
    let address: Box<str> = match &hit.address {
        Some(address) => address.canonical().into(),
        None => hit.text.clone(),
    };
    let identity = match &hit.address {
        Some(address) => format!("{:?}", address.identity()),
        None => hit.text.to_string(),
    };
    let mut hash = Sha256::new();
    for part in [
        j.input_sha256,
        &hit.at.row.to_string(),
        &hit.at.column.to_string(),
        &identity,
        &list.source.id,
        &listing.entity.id,
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let id = data_encoding::HEXLOWER.encode(&hash.finalize()[..8]);
    Match {
        id: id.into(),
        input: j.input,
        row: hit.at.row,
        line: hit.at.line,
        byte: hit.at.byte,
        column,
        text: hit.text.clone(),
        address,
        format: hit.address.as_ref().map_or("", |a| a.format().id),
        networks: hit.address.as_ref().map_or(&[], Address::networks),
        basis: Basis::Verbatim,
        basis_note: "".into(),
        timing: answer.timing,
        timing_note: answer.note.into(),
        interval: relevant(listing.intervals, time),
        row_time: hit.context.time.clone(),
        row_day: time.map(|t| t.first),
        row_date: time.and_then(|t| t.date),
        amount: hit.context.amount.clone(),
        asset: hit.context.asset.clone(),
        quantity: None,
        reading: hit.reading.clone(),
        list,
        listing,
        labels: Vec::new(),
        disposition: None,
    }
}

/// What a near miss is, in one English sentence. It never says that the text is listed.
pub(super) fn near_note(p: &Possible<'_>) -> String {
    let (source, entity) = (&p.found.list.source, p.found.entity());
    format!(
        "`{}` is not listed, but may be meant as `{}`, which {} lists on {} for {} (record {}) at {}: \
         {} ({}); for a person to look at, snapshot sha256 {}.",
        p.found.text,
        p.found.listing.text,
        source.publisher,
        source.title,
        entity.name,
        entity.id,
        p.found.listing.locator,
        p.kind,
        p.found.basis_note,
        p.found.listing.snapshot.sha256,
    )
}

/// The provenance of a match in one English sentence.
pub(super) fn note(m: &Match<'_>) -> String {
    let (source, snapshot, entity) = (&m.list.source, m.listing.snapshot, m.listing.entity);
    let label = match m.listing.label {
        "" => String::new(),
        label => format!(" under the label {label}"),
    };
    let same = match m.basis {
        Basis::Exact => String::new(),
        Basis::Verbatim => " (letter for letter)".to_owned(),
        basis => format!(
            " (as `{}`, {}: {})",
            m.listing.text,
            basis.id(),
            m.basis_note
        ),
    };
    let published = match snapshot.published_on {
        Some(day) => format!(" of {day}"),
        None => String::new(),
    };
    let retrieved = match (snapshot.bundled, snapshot.retrieved_at) {
        (true, _) => ", compiled into this build".to_owned(),
        (false, Some(at)) => format!(", retrieved {at}"),
        (false, None) => String::new(),
    };
    format!(
        "`{}` is listed{same} by {} on {}{published}{label} for {} (record {}) at {}; {} ({}); \
         snapshot sha256 {}{retrieved}.",
        m.address,
        source.publisher,
        source.title,
        entity.name,
        entity.id,
        m.listing.locator,
        m.timing.id(),
        m.timing_note,
        snapshot.sha256,
    )
}
