//! The other machine-readable shapes: the status of lists, and the answers of `check`, `validate`
//! and `--pairs`.
//!
//! As with the report, fields may be added and are never renamed, and domain types are copied into
//! the types here.

use super::json::{FindingJson, ListJson, MatchJson, PossibleJson, possible, write_value};
use crate::address::{self, Address, AddressError, Reason};
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
            entities: s.list.map_or(0, |l| l.entity_count()),
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
    /// What the text is.
    pub validation: Validation<'a>,
    /// Its matches.
    pub matches: &'a [Match<'a>],
    /// Its near misses.
    pub possible: &'a [Possible<'a>],
}

#[derive(Serialize)]
struct CheckJson<'a> {
    as_of: Timestamp,
    lists: Vec<ListJson<'a>>,
    findings: Vec<FindingJson<'a>>,
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
    findings: &[Finding],
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let results = answers.iter().map(|a| CheckResultJson {
        validation: ValidationJson::new(a.validation),
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
        findings: findings.iter().map(FindingJson::new).collect(),
        results: results.collect(),
    };
    write_value(&json, pretty, out)
}

#[derive(Serialize)]
struct ValidationJson<'a> {
    input: &'a str,
    valid: bool,
    format: &'static str,
    networks: &'static [&'static str],
    canonical: &'a str,
    namespace: &'static str,
    reason: &'a str,
    note: &'a str,
    code: &'static str,
    title: &'static str,
    payload: String,
    test: bool,
    equivalents: Vec<EquivalentJson>,
}

#[derive(Serialize)]
struct EquivalentJson {
    format: &'static str,
    text: String,
}

/// What stands for a text with secret material, which is never written anywhere.
pub const NOT_SHOWN: &str = "(not shown)";

/// What `validate` says of one text.
#[derive(Clone, Copy, Debug)]
pub struct Validation<'a> {
    /// The text as given.
    pub input: &'a str,
    /// The address, or why it is none.
    pub outcome: &'a Result<Address, AddressError>,
    /// Why it is none, for a person; empty when it is one.
    pub reason: &'a str,
    /// What was done to the text to read it, or what is odd about the address; may be empty.
    pub note: &'a str,
}

impl<'a> ValidationJson<'a> {
    fn new(v: Validation<'a>) -> Self {
        let Validation {
            input,
            outcome,
            reason,
            note,
        } = v;
        match outcome {
            Ok(address) => Self {
                input,
                valid: true,
                format: address.format().id,
                networks: address.networks(),
                canonical: address.canonical(),
                namespace: address.identity().namespace().id(),
                reason: "",
                note,
                code: "",
                title: address.format().title,
                payload: data_encoding::HEXLOWER.encode(address.identity().payload()),
                test: address.format().test,
                equivalents: address::relation::equivalents(address)
                    .into_iter()
                    .map(|(format, text)| EquivalentJson {
                        format: format.id,
                        text,
                    })
                    .collect(),
            },
            Err(error) => Self {
                input: if error.reason == Reason::Secret {
                    NOT_SHOWN
                } else {
                    input
                },
                valid: false,
                format: error.near.map_or("", |f| f.id),
                networks: &[],
                canonical: "",
                namespace: "",
                reason,
                note,
                code: error.reason.id(),
                title: error.near.map_or("", |f| f.title),
                payload: String::new(),
                test: false,
                equivalents: Vec::new(),
            },
        }
    }
}

/// Writes the answer of `validate` for one text, on one line.
pub fn write_validation(v: Validation<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_value(&ValidationJson::new(v), false, out)
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
