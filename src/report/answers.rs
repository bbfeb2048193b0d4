//! The other machine-readable shapes: the status of lists, and the answers of `check`, `validate`
//! and `--pairs`.
//!
//! As with the report, fields may be added and are never renamed, and domain types are copied into
//! the types here.

use super::json::{FindingJson, ListJson, MatchJson, PossibleJson, possible, write_value};
use crate::address::{Address, AddressError, Reason};
use crate::finding::Finding;
use crate::list::{List, ListSet};
use crate::screen::{Match, Possible};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::io::{self, Write};

/// One line of `interdict lists`: a list, or a source none of whose snapshots could be used.
#[derive(Clone, Copy, Debug)]
pub struct ListStatus<'a> {
    /// The source's id.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its publisher.
    pub publisher: &'a str,
    /// Its authority's id.
    pub authority: &'a str,
    /// Where its document is.
    pub url: &'a str,
    /// The list, when it could be read.
    pub list: Option<&'a List>,
    /// `ok`, or what is wrong in a word: `missing`, `stale`, `empty`, `unhealthy` …
    pub health: &'a str,
    /// What was odd about it.
    pub findings: &'a [Finding],
}

impl<'a> ListStatus<'a> {
    /// The status of a list that was read.
    pub fn of(list: &'a List, health: &'a str) -> Self {
        Self {
            id: &list.source.id,
            title: &list.source.title,
            publisher: &list.source.publisher,
            authority: list.source.authority.id(),
            url: super::json::list_url(list),
            list: Some(list),
            health,
            findings: &list.findings,
        }
    }
}

#[derive(Serialize)]
struct ListStatusJson<'a> {
    id: &'a str,
    title: &'a str,
    publisher: &'a str,
    authority: &'a str,
    published_on: Option<Date>,
    retrieved_at: Option<Timestamp>,
    sha256: &'a str,
    url: &'a str,
    age_days: Option<i64>,
    entities: usize,
    listings: usize,
    addresses: usize,
    verbatim: usize,
    bundled: bool,
    health: &'a str,
    findings: Vec<FindingJson<'a>>,
}

/// Writes the status of lists: one array.
pub fn write_lists(
    lists: &[ListStatus<'_>],
    as_of: Timestamp,
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let json: Vec<ListStatusJson<'_>> = lists
        .iter()
        .map(|s| ListStatusJson {
            id: s.id,
            title: s.title,
            publisher: s.publisher,
            authority: s.authority,
            published_on: s.list.and_then(|l| l.snapshot.published_on),
            retrieved_at: s.list.and_then(|l| l.snapshot.retrieved_at),
            sha256: s.list.map_or("", |l| &l.snapshot.sha256),
            url: s.url,
            age_days: s.list.and_then(|l| crate::screen::list_age_days(l, as_of)),
            entities: s.list.map_or(0, |l| l.entities().len()),
            listings: s.list.map_or(0, List::len),
            addresses: s.list.map_or(0, List::addresses),
            verbatim: s.list.map_or(0, |l| l.len() - l.addresses()),
            bundled: s.list.is_some_and(|l| l.snapshot.bundled),
            health: s.health,
            findings: s.findings.iter().map(FindingJson::new).collect(),
        })
        .collect();
    write_value(&json, pretty, out)
}

/// What `check` found for one text.
#[derive(Clone, Copy, Debug)]
pub struct CheckAnswer<'a> {
    /// The text as given.
    pub input: &'a str,
    /// What it is.
    pub outcome: &'a Result<Address, AddressError>,
    /// What was done to the text to read it; empty when nothing was.
    pub reading: &'a str,
    /// Its matches.
    pub matches: &'a [Match<'a>],
    /// Its near misses.
    pub possible: &'a [Possible<'a>],
}

#[derive(Serialize)]
struct CheckJson<'a> {
    as_of: Timestamp,
    lists: Vec<ListJson<'a>>,
    results: Vec<CheckResultJson<'a>>,
}

#[derive(Serialize)]
struct CheckResultJson<'a> {
    #[serde(flatten)]
    validation: ValidationJson<'a>,
    matches: Vec<MatchJson<'a>>,
    possible: Vec<PossibleJson<'a>>,
}

/// Writes the answer of `check`.
pub fn write_check(
    as_of: Timestamp,
    lists: &ListSet,
    answers: &[CheckAnswer<'_>],
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let results = answers.iter().map(|a| CheckResultJson {
        validation: ValidationJson::new(a.input, a.outcome, a.reading),
        matches: a.matches.iter().map(|m| MatchJson::new(m, &[])).collect(),
        possible: possible(a.possible, &[]),
    });
    let json = CheckJson {
        as_of,
        lists: lists
            .lists()
            .iter()
            .map(|l| ListJson::new(l, as_of))
            .collect(),
        results: results.collect(),
    };
    write_value(&json, pretty, out)
}

#[derive(Serialize)]
struct ValidationJson<'a> {
    input: &'a str,
    valid: bool,
    format: &'static str,
    title: &'static str,
    networks: &'static [&'static str],
    canonical: &'a str,
    namespace: &'static str,
    payload: String,
    test: bool,
    reason: &'static str,
    note: String,
}

impl<'a> ValidationJson<'a> {
    fn new(input: &'a str, outcome: &'a Result<Address, AddressError>, note: &str) -> Self {
        match outcome {
            Ok(address) => Self {
                input,
                valid: true,
                format: address.format().id,
                title: address.format().title,
                networks: address.networks(),
                canonical: address.canonical(),
                namespace: address.identity().namespace().id(),
                payload: data_encoding::HEXLOWER.encode(address.identity().payload()),
                test: address.format().test,
                reason: "",
                note: note.to_owned(),
            },
            Err(error) => Self {
                // Secret material is never written anywhere.
                input: if error.reason == Reason::Secret {
                    "(not shown)"
                } else {
                    input
                },
                valid: false,
                format: error.near.map_or("", |f| f.id),
                title: error.near.map_or("", |f| f.title),
                networks: &[],
                canonical: "",
                namespace: "",
                payload: String::new(),
                test: false,
                reason: error.reason.id(),
                note: match note {
                    "" => error.to_string(),
                    note => format!("{error}: {note}"),
                },
            },
        }
    }
}

/// Writes the answer of `validate` for one text, on one line. `note`: what was done to the text to
/// read it, or what is odd about the address; may be empty.
pub fn write_validation(
    input: &str,
    outcome: &Result<Address, AddressError>,
    note: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_value(&ValidationJson::new(input, outcome, note), false, out)
}

#[derive(Serialize)]
struct PairJson<'a> {
    a: &'a str,
    b: &'a str,
    relation: &'a str,
    why: &'a str,
}

/// Writes how two texts relate, on one line; `relation` is a basis or "none".
pub fn write_pair(
    a: &str,
    b: &str,
    relation: &str,
    why: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_value(
        &PairJson {
            a,
            b,
            relation,
            why,
        },
        false,
        out,
    )
}
