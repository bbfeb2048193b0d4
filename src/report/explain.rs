//! One thing told in full, for a person: a finding code, an address, or one match of a report.
//!
//! A match is told from the JSON report, so that one of years ago can be explained too. Every text
//! from outside goes through `escape`.

use super::escape::{short, visible};
use super::json::listing_url;
use super::words;
use crate::address::{Address, AddressError, Basis, Reason, relation};
use crate::finding::Code;
use crate::list::{List, ListSet, Listing, TimingAnswer};
use crate::screen::{Possible, record_sha256};
use serde_json::Value;
use std::io::{self, Write};

/// Characters of a text that are shown before the rest is only counted.
const SHOWN: usize = 400;

/// What a finding code means.
///
/// # Errors
///
/// When writing fails.
pub fn code(code: Code, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} ({})", code.id(), code.severity().id())?;
    writeln!(out, "  {}", code.meaning())?;
    writeln!(out, "  See docs/findings.md.")
}

/// An address, and everything that the lists say of it.
#[derive(Clone, Copy, Debug)]
pub struct AddressFacts<'a> {
    /// As given.
    pub input: &'a str,
    /// What it is.
    pub outcome: &'a Result<Address, AddressError>,
    /// What was done to the text to read it; empty when nothing was.
    pub reading: &'a str,
    /// Everything that lists it, under each label.
    pub listings: &'a [Fact<'a>],
    /// What it may have been meant to be.
    pub possible: &'a [Possible<'a>],
    /// The lists.
    pub lists: &'a ListSet,
}

/// One listing that an address answers to.
#[derive(Clone, Debug)]
pub struct Fact<'l> {
    /// The list.
    pub list: &'l List,
    /// The listing.
    pub listing: Listing<'l>,
    /// Why the two are held to be the same.
    pub basis: Basis,
    /// The caveat that goes with it.
    pub why: &'l str,
    /// Listed when, on the day answered for.
    pub timing: TimingAnswer,
}

/// Tells what an address is and where it is listed.
///
/// # Errors
///
/// When writing fails.
pub fn address(facts: AddressFacts<'_>, out: &mut dyn Write) -> io::Result<()> {
    match facts.outcome {
        Err(e) if e.reason == Reason::Secret => {
            return writeln!(out, "(not shown)\n  {e}");
        }
        Err(e) => writeln!(out, "{}\n  {e}", short(facts.input.trim(), SHOWN))?,
        Ok(a) => {
            writeln!(out, "{}", short(facts.input.trim(), SHOWN))?;
            identity(a, out)?;
            let others = relation::equivalents(a);
            if !others.is_empty() {
                writeln!(
                    out,
                    "\nThe same bytes elsewhere (the caveat is in each match)"
                )?;
            }
            for (format, text) in others {
                let networks = format.networks.join(", ");
                writeln!(out, "  {text}\n    {} ({networks})", format.title)?;
            }
        }
    }
    if !facts.reading.is_empty() {
        writeln!(out, "  read as    {}", visible(facts.reading))?;
    }
    writeln!(out, "\nListed")?;
    for fact in facts.listings {
        listing(fact, out)?;
    }
    if facts.listings.is_empty() {
        let lists: Vec<String> = facts.lists.lists().iter().map(of).collect();
        writeln!(out, "  no match on {}", visible(&lists.join(", ")))?;
    }
    if !facts.possible.is_empty() {
        writeln!(out, "\nPossible: no matches, for a person to look at")?;
    }
    for p in facts.possible {
        let m = &p.found;
        writeln!(out, "  {}: {}", p.kind, visible(&m.basis_note))?;
        let fact = Fact {
            list: m.list,
            listing: m.listing,
            basis: m.basis,
            why: &m.basis_note,
            timing: TimingAnswer {
                timing: m.timing,
                note: m.timing_note.to_string(),
            },
        };
        listing(&fact, out)?;
    }
    Ok(())
}

fn of(list: &List) -> String {
    format!("{} {}", list.source.id, words::of_date(list))
}

fn identity(a: &Address, out: &mut dyn Write) -> io::Result<()> {
    let identity = a.identity();
    let payload = data_encoding::HEXLOWER.encode(identity.payload());
    writeln!(out, "  format     {}", a.format().title)?;
    writeln!(out, "  networks   {}", a.networks().join(", "))?;
    writeln!(out, "  canonical  {a}")?;
    writeln!(out, "  identity   {}:{payload}", identity.namespace().id())
}

fn listing(fact: &Fact<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (source, listing) = (&fact.list.source, &fact.listing);
    let (entity, snapshot) = (listing.entity, listing.snapshot);
    let label = match listing.label {
        "" => String::new(),
        label => format!(" as {label}"),
    };
    writeln!(
        out,
        "  {} ({}, record {}) on {}{}",
        short(&entity.name, SHOWN),
        entity.kind.id(),
        visible(&entity.id),
        visible(&source.title),
        visible(&label)
    )?;
    let day = snapshot.published_on;
    let mut rows = vec![
        ("whose word", words::authority(source.authority).to_owned()),
        ("listed text", listing.text.to_owned()),
        ("basis", format!("{}: {}", fact.basis.id(), fact.why)),
        ("listed", words::spans(listing)),
        (
            "timing",
            format!("{} ({})", fact.timing.timing.id(), fact.timing.note),
        ),
        ("published", listing.raw.to_owned()),
        ("place", listing.locator.to_owned()),
        ("comment", listing.note.to_owned()),
        ("original", listing_url(fact.list, listing).to_owned()),
        (
            "list",
            format!(
                "{} {}, sha256 {}",
                source.id,
                day.map_or("undated".to_owned(), |d| format!("of {d}")),
                snapshot.sha256
            ),
        ),
        (
            "record",
            format!("sha256 {}", record_sha256(&source.id, listing)),
        ),
    ];
    if !entity.programs.is_empty() {
        rows.insert(1, ("programmes", entity.programs.join(", ")));
    }
    table(&rows, 4, out)
}

fn table(rows: &[(&str, String)], indent: usize, out: &mut dyn Write) -> io::Result<()> {
    for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "{:indent$}{name:11}  {}", "", short(text, SHOWN))?;
    }
    Ok(())
}

/// The row that a match stands in: column, heading and text of each cell. Nested data has a column
/// several times or not at all.
pub type Row = Vec<(usize, String, String)>;

/// Tells one match of a JSON report in full. `row`: the row it stands in, or why it is not shown.
///
/// # Errors
///
/// When writing fails.
pub fn found(
    report: &Value,
    m: &Value,
    row: Result<&Row, &str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let of = |at: &str| text(m.pointer(at).unwrap_or(&Value::Null));
    let near = m.get("kind").is_some();
    let what = if near { "near miss" } else { "match" };
    writeln!(out, "{} {}", what, visible(&of("/id")))?;
    writeln!(out, "  {}", short(&of("/note"), 4 * SHOWN))?;
    writeln!(out, "\nIn the input")?;
    let column = match &*of("/column") {
        "" => format!("column {}", m["column_index"].as_u64().map_or(0, |n| n + 1)),
        name => format!("`{name}`"),
    };
    let input = report["inputs"].as_array().into_iter().flatten();
    let sha256 = input
        .filter(|i| i["path"] == m["input"])
        .map(|i| text(&i["sha256"]))
        .next();
    let mut rows = vec![
        ("input", of("/input")),
        ("sha256", sha256.unwrap_or_default()),
        (
            "place",
            format!(
                "row {} (line {}), {column}, role {}, byte {}",
                of("/row"),
                of("/line"),
                of("/role"),
                of("/byte")
            ),
        ),
        ("cell", of("/text")),
        ("read", of("/reading")),
        ("time", of("/row_time")),
        ("amount", format!("{} {}", of("/amount"), of("/asset"))),
    ];
    rows.retain(|(_, text)| !text.trim().is_empty());
    table(&rows, 2, out)?;
    match row {
        Err(why) => writeln!(out, "  (its row is not shown: {why})")?,
        Ok(cells) => {
            writeln!(out, "  its row")?;
            let at = m["column_index"].as_u64().unwrap_or(u64::MAX);
            let sought = m["text"].as_str().unwrap_or_default();
            for (n, heading, cell) in cells {
                let number = format!("column {}", n + 1);
                let name = if heading.is_empty() { &number } else { heading };
                let of = cells.iter().filter(|c| c.0 == *n).count();
                let here = *n as u64 == at && (of == 1 || cell.contains(sought));
                let mark = if here { '>' } else { ' ' };
                writeln!(out, "  {mark} {}: {}", short(name, 60), short(cell, SHOWN))?;
            }
        }
    }
    for (title, address) in [
        ("The cell's address", of("/address")),
        ("The listed text", of("/listing/text")),
    ] {
        writeln!(out, "\n{title}\n  {}", short(&address, SHOWN))?;
        match Address::parse(&address) {
            Ok(address) => identity(&address, out)?,
            Err(e) => writeln!(out, "  {e}")?,
        }
    }
    if near {
        writeln!(out, "\nWhy it is shown: a near miss is no match")?;
        writeln!(out, "  {}: {}", of("/kind"), visible(&of("/basis_note")))?;
    } else {
        writeln!(out, "\nWhy they are held to be the same")?;
        writeln!(out, "  {}: {}", of("/basis"), visible(&of("/basis_note")))?;
    }
    writeln!(out, "\nThe published record")?;
    table(
        &[
            ("entity", of("/listing/entity")),
            ("kind", of("/listing/kind")),
            ("record", of("/listing/entity_id")),
            ("programmes", joined(&m["listing"]["programs"])),
            ("labels", joined(&m["listing"]["labels"])),
            ("published", of("/listing/raw")),
            ("place", of("/listing/locator")),
            ("comment", of("/listing/comment")),
            ("original", of("/listing/source_url")),
            ("sha256", of("/listing/record_sha256")),
        ],
        2,
        out,
    )?;
    writeln!(out, "\nWhen")?;
    let intervals = m["listing"]["intervals"].as_array().into_iter().flatten();
    let intervals: Vec<String> = intervals
        .map(|i| {
            let day = |name: &str| i[name].as_str().map(str::to_owned);
            let from = match (day("from"), day("not_before")) {
                (None, _) => "start unknown".to_owned(),
                (Some(from), None) => format!("on or before {from}"),
                (Some(from), Some(_)) => format!("from {from}"),
            };
            let until = day("until").map_or(String::new(), |day| format!(", removed {day}"));
            format!("{from}{until}")
        })
        .collect();
    table(
        &[
            ("listed", intervals.join("; ")),
            (
                "timing",
                format!("{}: {}", of("/timing"), of("/timing_note")),
            ),
            ("entity", of("/listing/entity_listed_on")),
        ],
        2,
        out,
    )?;
    writeln!(out, "\nThe list")?;
    table(
        &[
            (
                "list",
                format!("{} ({})", of("/listing/title"), of("/listing/list")),
            ),
            ("publisher", of("/listing/publisher")),
            ("whose word", of("/listing/authority")),
            ("published", of("/listing/published_on")),
            ("retrieved", of("/listing/retrieved_at")),
            ("sha256", of("/listing/snapshot_sha256")),
        ],
        2,
        out,
    )?;
    if m["disposition"].is_object() {
        writeln!(out, "\nWhat was decided")?;
        let names = ["outcome", "state", "reason", "author", "date", "expires"];
        let rows = names.map(|name| (name, of(&format!("/disposition/{name}"))));
        table(&rows, 2, out)?;
    }
    Ok(())
}

fn joined(value: &Value) -> String {
    let texts = value.as_array().into_iter().flatten();
    let texts: Vec<&str> = texts.filter_map(Value::as_str).collect();
    texts.join(", ")
}
