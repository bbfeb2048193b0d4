//! What is said about lists themselves: what came and went, since when, and what is odd.

use super::escape::visible;
use super::json::{FindingJson, IntervalJson, write_value};
use crate::finding::Finding;
use crate::list::{Diff, Interval, List, Listed, Listing, Snapshot};
use jiff::civil::Date;
use serde::Serialize;
use std::io::{self, Write};

/// Two snapshots of a list and what differs.
#[derive(Clone, Copy, Debug)]
pub struct DiffAnswer<'a> {
    /// The list.
    pub id: &'a str,
    /// The earlier snapshot; `None`: there is none.
    pub from: Option<&'a Snapshot>,
    /// The later one.
    pub to: &'a Snapshot,
    /// What differs.
    pub diff: &'a Diff,
}

/// The numbers of a difference, in words.
pub fn in_numbers(diff: &Diff) -> String {
    format!(
        "{} added, {} removed, {} changed",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len()
    )
}

/// A snapshot in one word: its day and the beginning of its hash.
pub fn in_short(snapshot: &Snapshot) -> String {
    let sha256 = &snapshot.sha256[..snapshot.sha256.len().min(12)];
    match snapshot.day() {
        Some(day) => format!("{day} ({sha256})"),
        None => sha256.to_owned(),
    }
}

/// Writes a difference for people: by entity.
pub fn write_diff_table(answer: &DiffAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let from = answer.from.map_or("nothing".to_owned(), in_short);
    let to = in_short(answer.to);
    let numbers = in_numbers(answer.diff);
    writeln!(out, "{}: {from} to {to}: {numbers}", answer.id)?;
    let mut section = |title: &str, listed: &mut dyn Iterator<Item = (&Listed, String)>| {
        let mut last: Option<&Listed> = None;
        for (l, more) in listed {
            if last.is_none() {
                writeln!(out, "\n{title}")?;
            }
            if last.is_none_or(|last| last.entity_id != l.entity_id) {
                let (name, id) = (visible(&l.entity), visible(&l.entity_id));
                writeln!(out, "  {name} (record {id})")?;
            }
            last = Some(l);
            let label = match &*l.label {
                "" => String::new(),
                label => format!("{}  ", visible(label)),
            };
            writeln!(out, "    {label}{}{more}", visible(&l.text))?;
        }
        io::Result::Ok(())
    };
    let plain = |l| (l, String::new());
    section("Added", &mut answer.diff.added.iter().map(plain))?;
    section("Removed", &mut answer.diff.removed.iter().map(plain))?;
    section(
        "Changed",
        &mut answer.diff.changed.iter().map(|c| {
            let what: Vec<_> = c
                .what
                .iter()
                .map(|(field, a, b)| format!("{field}: `{}` → `{}`", visible(a), visible(b)))
                .collect();
            (&c.now, format!("  {}", what.join("; ")))
        }),
    )
}

#[derive(Serialize)]
struct SnapshotJson<'a> {
    sha256: &'a str,
    published_on: Option<Date>,
    retrieved_at: Option<jiff::Timestamp>,
}

impl<'a> SnapshotJson<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            sha256: &snapshot.sha256,
            published_on: snapshot.published_on,
            retrieved_at: snapshot.retrieved_at,
        }
    }
}

#[derive(Serialize)]
struct ListedJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbatim: Option<&'a str>,
    label: &'a str,
    entity_id: &'a str,
    entity: &'a str,
    listed_from: Option<Date>,
    listed_on_or_before: Option<Date>,
}

impl<'a> ListedJson<'a> {
    fn new(l: &'a Listed) -> Self {
        Self {
            address: l.address.then_some(&*l.text),
            verbatim: (!l.address).then_some(&*l.text),
            label: &l.label,
            entity_id: &l.entity_id,
            entity: &l.entity,
            listed_from: l.from.filter(|_| l.from_known),
            listed_on_or_before: l.from.filter(|_| !l.from_known),
        }
    }
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    field: &'a str,
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
struct ChangedJson<'a> {
    #[serde(flatten)]
    now: ListedJson<'a>,
    changes: Vec<ChangeJson<'a>>,
}

#[derive(Serialize)]
struct DiffJson<'a> {
    id: &'a str,
    from: Option<SnapshotJson<'a>>,
    to: SnapshotJson<'a>,
    added: Vec<ListedJson<'a>>,
    removed: Vec<ListedJson<'a>>,
    changed: Vec<ChangedJson<'a>>,
}

/// Writes a difference as JSON.
pub fn write_diff(answer: &DiffAnswer<'_>, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    let changed = answer.diff.changed.iter().map(|c| ChangedJson {
        now: ListedJson::new(&c.now),
        changes: c
            .what
            .iter()
            .map(|(field, from, to)| ChangeJson { field, from, to })
            .collect(),
    });
    let json = DiffJson {
        id: answer.id,
        from: answer.from.map(SnapshotJson::new),
        to: SnapshotJson::new(answer.to),
        added: answer.diff.added.iter().map(ListedJson::new).collect(),
        removed: answer.diff.removed.iter().map(ListedJson::new).collect(),
        changed: changed.collect(),
    };
    write_value(&json, pretty, out)
}

/// A listing of the text asked for, with the snapshots that say when it stood on its list.
#[derive(Clone, Debug)]
pub struct HistoryLine<'l> {
    /// The list.
    pub list: &'l List,
    /// The listing.
    pub listing: Listing<'l>,
    /// How the text asked for is the listed one.
    pub basis: &'static str,
    /// For each interval: the snapshot that first has it, and the first that has it no more.
    pub snapshots: Vec<(Option<Box<str>>, Option<Box<str>>)>,
}

#[derive(Serialize)]
struct HistoryJson<'a> {
    text: &'a str,
    canonical: &'a str,
    listings: Vec<HistoryLineJson<'a>>,
}

#[derive(Serialize)]
struct HistoryLineJson<'a> {
    list: &'a str,
    entity_id: &'a str,
    entity: &'a str,
    entity_listed_on: Option<Date>,
    label: &'a str,
    listed_text: &'a str,
    basis: &'a str,
    intervals: Vec<HistoryIntervalJson<'a>>,
}

#[derive(Serialize)]
struct HistoryIntervalJson<'a> {
    #[serde(flatten)]
    interval: IntervalJson,
    from_snapshot: Option<&'a str>,
    until_snapshot: Option<&'a str>,
}

/// Writes when a text stood on which list. `canonical`: empty when it is no address.
pub fn write_history(
    text: &str,
    canonical: &str,
    lines: &[HistoryLine<'_>],
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let listings = lines.iter().map(|line| HistoryLineJson {
        list: &line.list.source.id,
        entity_id: &line.listing.entity.id,
        entity: &line.listing.entity.name,
        entity_listed_on: line.listing.entity.listed_on,
        label: line.listing.label,
        listed_text: line.listing.text,
        basis: line.basis,
        intervals: line
            .listing
            .intervals
            .iter()
            .zip(&line.snapshots)
            .map(|(interval, (from, until))| HistoryIntervalJson {
                interval: IntervalJson::new(interval),
                from_snapshot: from.as_deref(),
                until_snapshot: until.as_deref(),
            })
            .collect(),
    });
    let json = HistoryJson {
        text,
        canonical,
        listings: listings.collect(),
    };
    write_value(&json, pretty, out)
}

/// An interval in words.
pub fn interval_in_words(interval: &Interval) -> String {
    let from = match (interval.from, interval.not_before) {
        (Some(from), Some(before)) if before.tomorrow().ok() == Some(from) => {
            format!("listed on {from}")
        }
        (Some(from), Some(before)) => format!("listed on {from} (not yet on {before})"),
        (Some(from), None) => format!("listed on or before {from}"),
        (None, _) => "listed, day unknown".to_owned(),
    };
    match (interval.until, interval.last_seen) {
        (None, _) => format!("{from}, still"),
        (Some(until), Some(seen)) if seen.tomorrow().ok() == Some(until) => {
            format!("{from}, removed {until}")
        }
        (Some(until), Some(seen)) => format!("{from}, removed {until} (still there on {seen})"),
        (Some(until), None) => format!("{from}, removed on or before {until}"),
    }
}

/// Writes when a text stood on which list, for people.
pub fn write_history_text(
    text: &str,
    canonical: &str,
    lines: &[HistoryLine<'_>],
    on: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    match canonical {
        "" => writeln!(out, "{}", visible(text))?,
        canonical if canonical == text => writeln!(out, "{canonical}")?,
        canonical => writeln!(out, "{} ({canonical})", visible(text))?,
    }
    if lines.is_empty() {
        writeln!(out, "  never seen on {on}")?;
    }
    for line in lines {
        let entity = line.listing.entity;
        let label = match line.listing.label {
            "" => String::new(),
            label => format!(", label {}", visible(label)),
        };
        writeln!(
            out,
            "  {}: {} (record {}){label}",
            line.list.source.id,
            visible(&entity.name),
            visible(&entity.id)
        )?;
        if line.basis != "exact" {
            writeln!(
                out,
                "    as {} ({})",
                visible(line.listing.text),
                line.basis
            )?;
        }
        for (interval, (from, until)) in line.listing.intervals.iter().zip(&line.snapshots) {
            writeln!(out, "    {}", interval_in_words(interval))?;
            let short =
                |s: &Option<Box<str>>| s.as_deref().map(|s| s[..s.len().min(12)].to_owned());
            match (short(from), short(until)) {
                (Some(a), Some(b)) => writeln!(out, "      by snapshots {a} and {b}")?,
                (Some(a), None) => writeln!(out, "      by snapshot {a}")?,
                (None, Some(b)) => writeln!(out, "      removed by snapshot {b}")?,
                (None, None) => {}
            }
        }
        if let Some(day) = entity.listed_on {
            writeln!(out, "    the entity itself is listed since {day}")?;
        }
    }
    Ok(())
}

/// Writes findings as JSON: one array.
pub fn write_findings(findings: &[Finding], pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    let json: Vec<_> = findings.iter().map(FindingJson::new).collect();
    write_value(&json, pretty, out)
}

/// What came of one list's update.
#[derive(Clone, Debug)]
pub struct UpdateAnswer<'a> {
    /// The list.
    pub id: &'a str,
    /// In a word.
    pub outcome: &'a str,
    /// Hash and day of what was installed before.
    pub from: Option<(String, Option<Date>)>,
    /// Hash and day of what is installed now.
    pub to: Option<(String, Option<Date>)>,
    /// What came and went.
    pub diff: &'a Diff,
    /// What was odd.
    pub findings: &'a [Finding],
    /// Why it was not updated.
    pub error: Option<&'a str>,
}

#[derive(Serialize)]
struct UpdateJson<'a> {
    id: &'a str,
    outcome: &'a str,
    from: Option<VersionJson<'a>>,
    to: Option<VersionJson<'a>>,
    added: usize,
    removed: usize,
    changed: usize,
    findings: Vec<FindingJson<'a>>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct VersionJson<'a> {
    sha256: &'a str,
    published_on: Option<Date>,
}

/// Writes what came of an update: one array.
pub fn write_updates(
    answers: &[UpdateAnswer<'_>],
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    fn version(of: &Option<(String, Option<Date>)>) -> Option<VersionJson<'_>> {
        of.as_ref().map(|(sha256, published_on)| VersionJson {
            sha256,
            published_on: *published_on,
        })
    }
    let json: Vec<_> = answers
        .iter()
        .map(|a| UpdateJson {
            id: a.id,
            outcome: a.outcome,
            from: version(&a.from),
            to: version(&a.to),
            added: a.diff.added.len(),
            removed: a.diff.removed.len(),
            changed: a.diff.changed.len(),
            findings: a.findings.iter().map(FindingJson::new).collect(),
            error: a.error,
        })
        .collect();
    write_value(&json, pretty, out)
}
