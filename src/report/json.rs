//! The JSON report, schema 1, and its lines.
//!
//! These types are the contract with whoever reads reports by machine: fields may be added, never
//! renamed. Domain types are copied into them and may change freely. `docs/report.schema.json` says
//! the same for machines; a test compares the two. Unknown dates are `null`, other unknown texts "".

use super::escape::JsonWriter;
use super::hops::HopsJson;
use super::summary::SummaryJson;
use super::{Options, SCHEMA};
use crate::finding::{Finding, Place};
use crate::list::{Interval, List, Listing};
use crate::screen::{
    ColumnCoverage, Coverage, Disposed, InputSummary, Match, Possible, ScreeningReport,
    list_age_days,
};
use jiff::{Timestamp, civil::Date};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// Writes the whole report.
pub(super) fn write(
    report: &ScreeningReport<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_value(&ReportJson::new(report, options), options.pretty, out)
}

/// Writes one match a line.
pub(super) fn write_lines(
    report: &ScreeningReport<'_>,
    _: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    report
        .matches
        .iter()
        .try_for_each(|m| write_value(&MatchJson::new(m, &report.inputs), false, out))
}

/// Writes one value and a line feed.
pub(super) fn write_value(
    value: &impl Serialize,
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if pretty {
        serde_json::to_writer_pretty(JsonWriter(&mut *out), value)?;
    } else {
        serde_json::to_writer(JsonWriter(&mut *out), value)?;
    }
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct ReportJson<'r> {
    schema: u32,
    tool: ToolJson<'r>,
    as_of: Timestamp,
    verdict: &'static str,
    inputs: Vec<InputJson<'r>>,
    lists: Vec<ListJson<'r>>,
    coverage: CoverageJson<'r>,
    matches: MatchesJson<'r>,
    possible: Vec<PossibleJson<'r>>,
    findings: Vec<FindingJson<'r>>,
    summary: SummaryJson,
    hops: Option<HopsJson<'r>>,
}

impl<'r> ReportJson<'r> {
    fn new(report: &'r ScreeningReport<'_>, options: &'r Options) -> Self {
        let lists = report.lists.lists().iter();
        Self {
            schema: SCHEMA,
            tool: ToolJson {
                name: "interdict",
                version: &options.version,
            },
            as_of: report.as_of,
            verdict: report.verdict().id(),
            inputs: report.inputs.iter().map(InputJson::new).collect(),
            lists: lists.map(|l| ListJson::new(l, report.as_of)).collect(),
            coverage: CoverageJson::new(&report.coverage, &report.inputs),
            matches: MatchesJson {
                matches: &report.matches,
                inputs: &report.inputs,
            },
            possible: possible(&report.possible, &report.inputs),
            findings: report.findings.iter().map(FindingJson::new).collect(),
            summary: SummaryJson::new(report),
            hops: report
                .hops
                .as_ref()
                .map(|h| HopsJson::new(h, &report.inputs)),
        }
    }
}

#[derive(Serialize)]
struct ToolJson<'r> {
    name: &'static str,
    version: &'r str,
}

#[derive(Serialize)]
struct InputJson<'r> {
    path: &'r str,
    sha256: Option<&'r str>,
    bytes: u64,
    rows: u64,
    profile: &'r str,
    encoding: &'r str,
    delimiter: &'r str,
    header_line: u64,
    compression: &'r str,
}

impl<'r> InputJson<'r> {
    fn new(input: &'r InputSummary) -> Self {
        Self {
            path: &input.path,
            sha256: Some(&*input.sha256).filter(|sha256| !sha256.is_empty()),
            bytes: input.bytes,
            rows: input.rows,
            profile: &input.profile,
            encoding: &input.encoding,
            delimiter: &input.delimiter,
            header_line: input.header_line,
            compression: &input.compression,
        }
    }
}

/// A list as a report names it.
#[derive(Serialize)]
pub(super) struct ListJson<'r> {
    id: &'r str,
    title: &'r str,
    publisher: &'r str,
    authority: &'static str,
    licence: &'r str,
    url: &'r str,
    homepage: &'r str,
    published_on: Option<Date>,
    retrieved_at: Option<Timestamp>,
    sha256: &'r str,
    entities: usize,
    listings: usize,
    addresses: usize,
    verbatim: usize,
    age_days: Option<i64>,
    bundled: bool,
}

impl<'r> ListJson<'r> {
    pub(super) fn new(list: &'r List, as_of: Timestamp) -> Self {
        let (source, snapshot) = (&list.source, &list.snapshot);
        Self {
            id: &source.id,
            title: &source.title,
            publisher: &source.publisher,
            authority: source.authority.id(),
            licence: &source.licence,
            url: list_url(list),
            homepage: &source.homepage,
            published_on: snapshot.published_on,
            retrieved_at: snapshot.retrieved_at,
            sha256: &snapshot.sha256,
            entities: list.entity_count(),
            listings: list.len(),
            addresses: list.addresses(),
            verbatim: list.len() - list.addresses(),
            age_days: list_age_days(list, as_of),
            bundled: snapshot.bundled,
        }
    }
}

/// Where the list's document came from, else where its source says it is.
pub(super) fn list_url(list: &List) -> &str {
    match &*list.snapshot.url {
        "" => list.source.urls.first().unwrap_or(&list.source.homepage),
        url => url,
    }
}

#[derive(Serialize)]
struct CoverageJson<'r> {
    rows: u64,
    cells: u64,
    tokens: u64,
    recognised: u64,
    unique: u64,
    unique_exact: bool,
    validated: bool,
    not_screened: Vec<NotScreenedJson<'r>>,
    not_addresses: Vec<NotAddressJson>,
    columns: Vec<ColumnJson<'r>>,
}

#[derive(Serialize)]
struct NotScreenedJson<'r> {
    reason: &'static str,
    count: u64,
    examples: &'r [Box<str>],
}

#[derive(Serialize)]
struct NotAddressJson {
    kind: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct ColumnJson<'r> {
    input: &'r str,
    index: usize,
    name: &'r str,
    role: &'static str,
    cells: u64,
    recognised: u64,
}

impl<'r> CoverageJson<'r> {
    fn new(coverage: &'r Coverage, inputs: &'r [InputSummary]) -> Self {
        let column = |c: &'r ColumnCoverage| ColumnJson {
            input: path(inputs, c.input),
            index: c.column.index,
            name: &c.column.name,
            role: c.column.role.id(),
            cells: c.cells,
            recognised: c.recognised,
        };
        let not_screened = coverage.not_screened.iter().map(|n| NotScreenedJson {
            reason: n.reason,
            count: n.count,
            examples: &n.examples,
        });
        let not_addresses = coverage.not_addresses.iter().map(|n| NotAddressJson {
            kind: n.kind,
            count: n.count,
        });
        Self {
            rows: coverage.rows,
            cells: coverage.cells,
            tokens: coverage.tokens,
            recognised: coverage.recognised,
            unique: coverage.unique,
            unique_exact: coverage.unique_exact,
            validated: coverage.validated,
            not_screened: not_screened.collect(),
            not_addresses: not_addresses.collect(),
            columns: coverage.columns.iter().map(column).collect(),
        }
    }
}

/// The matches, made one by one while they are written: memory does not grow with their number.
struct MatchesJson<'r> {
    matches: &'r [Match<'r>],
    inputs: &'r [InputSummary],
}

impl Serialize for MatchesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.matches.iter().map(|m| MatchJson::new(m, self.inputs)))
    }
}

/// A match with its evidence.
#[derive(Serialize)]
pub(super) struct MatchJson<'r> {
    id: &'r str,
    input: &'r str,
    row: u64,
    line: u64,
    byte: u64,
    column: &'r str,
    column_index: usize,
    role: &'static str,
    text: &'r str,
    address: &'r str,
    format: &'static str,
    networks: &'static [&'static str],
    basis: &'static str,
    basis_note: &'r str,
    timing: &'static str,
    timing_note: &'r str,
    row_time: &'r str,
    row_day: Option<Date>,
    amount: &'r str,
    asset: &'r str,
    reading: &'r str,
    note: String,
    listing: ListingJson<'r>,
    disposition: Option<DispositionJson<'r>>,
}

/// What people decided about a match.
#[derive(Serialize)]
struct DispositionJson<'r> {
    outcome: &'static str,
    state: &'static str,
    reason: &'r str,
    author: &'r str,
    date: Date,
    expires: Date,
}

impl<'r> DispositionJson<'r> {
    fn new(disposed: &'r Disposed) -> Self {
        let d = &disposed.disposition;
        Self {
            outcome: d.outcome.id(),
            state: disposed.state.id(),
            reason: &d.reason,
            author: &d.author,
            date: d.date,
            expires: d.expires,
        }
    }
}

#[derive(Serialize)]
struct ListingJson<'r> {
    list: &'r str,
    title: &'r str,
    publisher: &'r str,
    authority: &'static str,
    entity_id: &'r str,
    entity: &'r str,
    kind: &'static str,
    programs: &'r [Box<str>],
    label: &'r str,
    labels: &'r [&'r str],
    text: &'r str,
    listed_from: Option<Date>,
    listed_on_or_before: Option<Date>,
    listed_until: Option<Date>,
    intervals: Vec<IntervalJson>,
    entity_listed_on: Option<Date>,
    locator: &'r str,
    raw: &'r str,
    comment: &'r str,
    source_url: &'r str,
    published_on: Option<Date>,
    retrieved_at: Option<Timestamp>,
    snapshot_sha256: &'r str,
    record_sha256: String,
}

/// A span on a list; see [`Interval`] for what the ends mean.
#[derive(Serialize)]
pub(super) struct IntervalJson {
    from: Option<Date>,
    not_before: Option<Date>,
    until: Option<Date>,
    last_seen: Option<Date>,
}

impl IntervalJson {
    pub(super) fn new(interval: &Interval) -> Self {
        Self {
            from: interval.from,
            not_before: interval.not_before,
            until: interval.until,
            last_seen: interval.last_seen,
        }
    }
}

impl<'r> MatchJson<'r> {
    pub(super) fn new(m: &'r Match<'_>, inputs: &'r [InputSummary]) -> Self {
        let (source, snapshot, entity) = (&m.list.source, m.listing.snapshot, m.entity());
        let start = Start::of(&m.interval);
        Self {
            id: &m.id,
            input: path(inputs, m.input),
            row: m.row,
            line: m.line,
            byte: m.byte,
            column: &m.column.name,
            column_index: m.column.index,
            role: m.column.role.id(),
            text: &m.text,
            address: &m.address,
            format: m.format,
            networks: m.networks,
            basis: m.basis.id(),
            basis_note: &m.basis_note,
            timing: m.timing.id(),
            timing_note: &m.timing_note,
            row_time: &m.row_time,
            row_day: m.row_day,
            amount: &m.amount,
            asset: &m.asset,
            reading: &m.reading,
            note: m.note(),
            listing: ListingJson {
                list: &source.id,
                title: &source.title,
                publisher: &source.publisher,
                authority: source.authority.id(),
                entity_id: &entity.id,
                entity: &entity.name,
                kind: entity.kind.id(),
                programs: &entity.programs,
                label: m.listing.label,
                labels: &m.labels,
                text: m.listing.text,
                listed_from: start.from,
                listed_on_or_before: start.on_or_before,
                listed_until: m.interval.until,
                intervals: m.listing.intervals.iter().map(IntervalJson::new).collect(),
                entity_listed_on: entity.listed_on,
                locator: m.listing.locator,
                raw: m.listing.raw,
                comment: m.listing.note,
                source_url: source_url(m),
                published_on: snapshot.published_on,
                retrieved_at: snapshot.retrieved_at,
                snapshot_sha256: &snapshot.sha256,
                record_sha256: m.record_sha256(),
            },
            disposition: m.disposition.as_deref().map(DispositionJson::new),
        }
    }
}

/// When a listing began: a known day, or a day by which it had.
pub(super) struct Start {
    pub(super) from: Option<Date>,
    pub(super) on_or_before: Option<Date>,
}

impl Start {
    pub(super) fn of(interval: &Interval) -> Self {
        let known = interval.starts_known();
        Self {
            from: interval.from.filter(|_| known),
            on_or_before: interval.from.filter(|_| !known),
        }
    }
}

/// Where to read the original: the listing's own page, the entity's, the document, the publisher.
pub(super) fn source_url<'r>(m: &'r Match<'_>) -> &'r str {
    listing_url(m.list, &m.listing)
}

/// The same of a listing.
pub(super) fn listing_url<'r>(list: &'r List, listing: &Listing<'r>) -> &'r str {
    let (source, snapshot) = (&list.source, listing.snapshot);
    let entity = listing.entity.source_url.as_deref().unwrap_or_default();
    let first = source.urls.first().map(AsRef::as_ref).unwrap_or_default();
    [listing.url, entity, &snapshot.url, first, &source.homepage]
        .into_iter()
        .find(|url| is_web(url))
        .unwrap_or(&snapshot.url)
}

/// Whether a text is a web address, and nothing else that a viewer would follow.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A near miss: a match's fields and what kind of near miss it is.
#[derive(Serialize)]
pub(super) struct PossibleJson<'r> {
    kind: &'static str,
    distance: u8,
    #[serde(flatten)]
    found: MatchJson<'r>,
}

/// Near misses as a report has them.
pub(super) fn possible<'r>(
    possible: &'r [Possible<'_>],
    inputs: &'r [InputSummary],
) -> Vec<PossibleJson<'r>> {
    let one = |p: &'r Possible<'_>| PossibleJson {
        kind: p.kind,
        distance: p.distance,
        found: MatchJson {
            // Nothing makes the two the same.
            basis: "none",
            note: p.note(),
            ..MatchJson::new(&p.found, inputs)
        },
    };
    possible.iter().map(one).collect()
}

/// A finding: its place in words, and its parts.
#[derive(Serialize)]
pub(super) struct FindingJson<'r> {
    code: &'static str,
    severity: &'static str,
    place: String,
    detail: &'r str,
    of: &'r str,
    record: &'r str,
    row: Option<u64>,
    line: Option<u64>,
    column: &'r str,
}

impl<'r> FindingJson<'r> {
    pub(super) fn new(finding: &'r Finding) -> Self {
        let (of, record, row, line, column): (&str, &str, _, _, &str) = match &finding.place {
            Place::Whole { of } => (of, "", None, None, ""),
            Place::Record { of, id } => (of, id, None, None, ""),
            Place::Line { of, line } => (of, "", None, Some(*line), ""),
            Place::Cell {
                of,
                row,
                line,
                column,
            } => (of, "", Some(*row), Some(*line), column),
        };
        Self {
            code: finding.code.id(),
            severity: finding.code.severity().id(),
            place: finding.place.to_string(),
            detail: &finding.detail,
            of,
            record,
            row,
            line,
            column,
        }
    }
}

/// The path of an input, "" for one that is not in the report.
pub(super) fn path(inputs: &[InputSummary], index: usize) -> &str {
    inputs.get(index).map_or("", |input| &input.path)
}
