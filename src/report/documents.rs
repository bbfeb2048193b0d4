//! What documents hold and who lists it: for a person, as JSON, as a table, as Markdown.
//!
//! As with the screening report, fields may be added and are never renamed, and domain types are
//! copied into the types here. Texts of documents are hostile; each format escapes them.

use super::escape::{self, cell, markdown, visible};
use super::json::{FindingJson, ListJson, MatchJson, PossibleJson, possible, write_value};
use super::{Options, SCHEMA};
use crate::document::{
    CrossReferenced, Damaged, DocumentSummary, Extracted, NearListed, Occurrence,
};
use crate::finding::Finding;
use crate::list::{Interval, ListSet};
use crate::screen::{InputSummary, Match, Verdict};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Everything that `extract` found.
#[derive(Debug)]
pub struct DocumentReport<'a> {
    /// The moment answered for.
    pub as_of: Timestamp,
    /// The answer in one word.
    pub verdict: Verdict,
    /// What the documents hold.
    pub extracted: &'a Extracted,
    /// What the lists say about it.
    pub crossed: &'a CrossReferenced<'a>,
    /// The lists.
    pub lists: &'a ListSet,
    /// Exports in which the addresses were looked for.
    pub exports: &'a [InputSummary],
    /// Where they stand there, by canonical address.
    pub rows: &'a BTreeMap<Box<str>, Vec<ExportRow>>,
    /// What was odd.
    pub findings: &'a [Finding],
}

/// A row of an export that holds an address of the documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRow {
    /// The export.
    pub input: Box<str>,
    /// Data record, 1-based.
    pub row: u64,
    /// Physical line, 1-based.
    pub line: u64,
    /// The column's name.
    pub column: Box<str>,
    /// The text in the cell.
    pub text: Box<str>,
    /// Why it is held to be the same.
    pub basis: &'static str,
}

/// Writes one format.
pub type WriteDocuments = fn(&DocumentReport<'_>, &Options, &mut dyn Write) -> io::Result<()>;

/// Every format: its name, its file extensions, its writer. The first is the default.
pub const DOCUMENT_FORMATS: &[(&str, &[&str], WriteDocuments)] = &[
    ("table", &["txt"], write_table),
    ("json", &["json"], write_json),
    ("csv", &["csv"], write_csv),
    ("markdown", &["md", "markdown"], write_markdown),
];

#[derive(Serialize)]
struct ReportJson<'r> {
    schema: u32,
    tool: ToolJson<'r>,
    as_of: Timestamp,
    verdict: &'static str,
    documents: Vec<DocumentJson<'r>>,
    lists: Vec<ListJson<'r>>,
    addresses: Vec<AddressJson<'r>>,
    damaged: Vec<DamagedJson<'r>>,
    not_addresses: Vec<KindJson>,
    shared: Vec<SharedJson<'r>>,
    unread: Vec<UnreadJson<'r>>,
    exports: Vec<ExportJson<'r>>,
    findings: Vec<FindingJson<'r>>,
}

#[derive(Serialize)]
struct ToolJson<'r> {
    name: &'static str,
    version: &'r str,
}

#[derive(Serialize)]
struct DocumentJson<'r> {
    path: &'r str,
    sha256: &'r str,
    kind: &'static str,
    pages: Option<u32>,
    bytes: u64,
    title: &'r str,
}

#[derive(Serialize)]
struct AddressJson<'r> {
    document: &'r str,
    page: Option<u32>,
    line: u64,
    offset: u64,
    raw: &'r str,
    address: &'r str,
    format: &'static str,
    networks: &'static [&'static str],
    valid: bool,
    checked: bool,
    repair: &'r str,
    label: &'r str,
    heading: &'r str,
    context: &'r str,
    notes: &'r [&'static str],
    hidden: bool,
    listings: Vec<MatchJson<'r>>,
    rows: Vec<RowJson<'r>>,
}

#[derive(Serialize)]
struct RowJson<'r> {
    input: &'r str,
    row: u64,
    line: u64,
    column: &'r str,
    text: &'r str,
    basis: &'static str,
}

#[derive(Serialize)]
struct DamagedJson<'r> {
    document: &'r str,
    page: Option<u32>,
    line: u64,
    offset: u64,
    raw: &'r str,
    reason: &'static str,
    why: &'r str,
    near: Vec<NearJson<'r>>,
    label: &'r str,
    heading: &'r str,
    context: &'r str,
    listings: Vec<MatchJson<'r>>,
    possible: Vec<PossibleJson<'r>>,
}

#[derive(Serialize)]
struct NearJson<'r> {
    address: &'r str,
    format: &'static str,
    how: &'r str,
}

#[derive(Serialize)]
struct KindJson {
    kind: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct SharedJson<'r> {
    address: &'r str,
    documents: Vec<&'r str>,
}

#[derive(Serialize)]
struct UnreadJson<'r> {
    document: &'r str,
    page: Option<u32>,
    why: &'r str,
}

#[derive(Serialize)]
struct ExportJson<'r> {
    path: &'r str,
    sha256: &'r str,
    bytes: u64,
    rows: u64,
}

fn path<'r>(report: &'r DocumentReport<'_>, document: usize) -> &'r str {
    report
        .extracted
        .documents
        .get(document)
        .map_or("", |d| &d.path)
}

fn page(page: u32) -> Option<u32> {
    (page > 0).then_some(page)
}

fn rows<'r>(report: &'r DocumentReport<'_>, a: &Occurrence) -> &'r [ExportRow] {
    report
        .rows
        .get(a.address.canonical())
        .map_or(&[], Vec::as_slice)
}

fn write_json(
    report: &DocumentReport<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let extracted = report.extracted;
    let addresses = extracted
        .addresses
        .iter()
        .enumerate()
        .map(|(ix, a)| AddressJson {
            document: path(report, a.document),
            page: page(a.page),
            line: a.line,
            offset: a.offset,
            raw: &a.raw,
            address: a.address.canonical(),
            format: a.address.format().id,
            networks: a.address.networks(),
            valid: true,
            checked: a.checked,
            repair: &a.repair,
            label: &a.label,
            heading: &a.heading,
            context: &a.context,
            notes: &a.notes,
            hidden: a.hidden,
            listings: listings(&report.crossed.matches[ix]),
            rows: rows(report, a)
                .iter()
                .map(|r| RowJson {
                    input: &r.input,
                    row: r.row,
                    line: r.line,
                    column: &r.column,
                    text: &r.text,
                    basis: r.basis,
                })
                .collect(),
        });
    let damaged = extracted
        .damaged
        .iter()
        .enumerate()
        .map(|(ix, d)| DamagedJson {
            document: path(report, d.document),
            page: page(d.page),
            line: d.line,
            offset: d.offset,
            raw: &d.raw,
            reason: d.reason,
            why: &d.why,
            near: d
                .near
                .iter()
                .map(|n| NearJson {
                    address: n.address.canonical(),
                    format: n.address.format().id,
                    how: &n.how,
                })
                .collect(),
            label: &d.label,
            heading: &d.heading,
            context: &d.context,
            listings: listings(&report.crossed.damaged[ix].matches),
            possible: possible(&report.crossed.damaged[ix].possible, &[]),
        });
    let json = ReportJson {
        schema: SCHEMA,
        tool: ToolJson {
            name: "interdict",
            version: &options.version,
        },
        as_of: report.as_of,
        verdict: report.verdict.id(),
        documents: extracted.documents.iter().map(DocumentJson::new).collect(),
        lists: report
            .lists
            .lists()
            .iter()
            .map(|l| ListJson::new(l, report.as_of))
            .collect(),
        addresses: addresses.collect(),
        damaged: damaged.collect(),
        not_addresses: extracted
            .not_addresses
            .iter()
            .map(|(kind, count)| KindJson {
                kind,
                count: *count,
            })
            .collect(),
        shared: report
            .crossed
            .shared
            .iter()
            .map(|s| SharedJson {
                address: &s.address,
                documents: s.documents.iter().map(|d| path(report, *d)).collect(),
            })
            .collect(),
        unread: extracted
            .unread
            .iter()
            .map(|u| UnreadJson {
                document: path(report, u.document),
                page: page(u.page),
                why: &u.why,
            })
            .collect(),
        exports: report
            .exports
            .iter()
            .map(|e| ExportJson {
                path: &e.path,
                sha256: &e.sha256,
                bytes: e.bytes,
                rows: e.rows,
            })
            .collect(),
        findings: report.findings.iter().map(FindingJson::new).collect(),
    };
    write_value(&json, options.pretty, out)
}

impl<'r> DocumentJson<'r> {
    fn new(d: &'r DocumentSummary) -> Self {
        Self {
            path: &d.path,
            sha256: &d.sha256,
            kind: d.kind.id(),
            pages: d.pages,
            bytes: d.bytes,
            title: &d.title,
        }
    }
}

fn listings<'r>(matches: &'r [Match<'_>]) -> Vec<MatchJson<'r>> {
    matches.iter().map(|m| MatchJson::new(m, &[])).collect()
}

/// Since when, in words.
fn since(interval: &Interval) -> String {
    let from = match (interval.from, interval.starts_known()) {
        (Some(day), true) => format!("since {day}"),
        (Some(day), false) => format!("since {day} or before"),
        (None, _) => "since an unknown day".to_owned(),
    };
    match interval.until {
        Some(day) => format!("{from} until {day}"),
        None => from,
    }
}

fn place(page: u32, line: u64, offset: u64) -> String {
    if page > 0 {
        format!("page {page}, line {line}, offset {offset}")
    } else {
        format!("line {line}, offset {offset}")
    }
}

/// On which list since when, one phrase for each list and entity.
fn listed(m: &Match<'_>) -> String {
    format!(
        "{}: {} ({}), {}{}",
        m.list.source.id,
        m.entity().name,
        m.entity().id,
        since(&m.interval),
        match m.basis.id() {
            "exact" => String::new(),
            basis => format!(", as `{}` ({basis})", m.listing.text),
        }
    )
}

fn headline(report: &DocumentReport<'_>) -> String {
    let extracted = report.extracted;
    let listed: BTreeSet<_> = extracted
        .addresses
        .iter()
        .zip(&report.crossed.matches)
        .filter(|(_, matches)| matches.iter().any(|m| m.stands()))
        .map(|(a, _)| a.address.canonical())
        .collect();
    let damaged = report.crossed.damaged.iter();
    let damaged = damaged.filter(|d| d.matches.iter().any(|m| m.stands()));
    let damaged = match damaged.count() {
        0 => String::new(),
        listed => format!(" ({listed} of them listed)"),
    };
    let all: BTreeSet<_> = extracted
        .addresses
        .iter()
        .map(|a| a.address.canonical())
        .collect();
    format!(
        "{} documents, {} addresses ({} different), {} of them listed, {} damaged{damaged}, {} parts unread",
        extracted.documents.len(),
        extracted.addresses.len(),
        all.len(),
        listed.len(),
        extracted.damaged.len(),
        extracted.unread.len(),
    )
}

/// By list and entity: how many of the different addresses and listed texts, the first and the last day.
fn by_entity(report: &DocumentReport<'_>) -> Vec<String> {
    let mut by: BTreeMap<(&str, &str), (BTreeSet<&str>, Vec<String>)> = BTreeMap::new();
    let (extracted, crossed) = (report.extracted, report.crossed);
    let addresses = extracted.addresses.iter().zip(&crossed.matches);
    let addresses = addresses.map(|(a, matches)| (a.address.canonical(), matches));
    let damaged = extracted.damaged.iter().zip(&crossed.damaged);
    let damaged = damaged.map(|(d, listed)| (&*d.raw, &listed.matches));
    for (text, matches) in addresses.chain(damaged) {
        for m in matches {
            let entry = by.entry((&m.list.source.id, &m.entity().name)).or_default();
            if entry.0.insert(text) {
                entry.1.push(since(&m.interval));
            }
        }
    }
    by.into_iter()
        .map(|((list, entity), (addresses, mut spans))| {
            spans.sort();
            spans.dedup();
            let spans = match &spans[..] {
                [one] => one.clone(),
                [first, .., last] => format!("{first} … {last}"),
                [] => String::new(),
            };
            format!("{list}: {} of them, {entity}, {spans}", addresses.len())
        })
        .collect()
}

fn list_names(report: &DocumentReport<'_>) -> String {
    let names: Vec<String> = report
        .lists
        .lists()
        .iter()
        .map(|l| match l.snapshot.published_on {
            Some(day) => format!("{} of {day}", l.source.id),
            None => l.source.id.to_string(),
        })
        .collect();
    names.join(", ")
}

fn write_table(report: &DocumentReport<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let extracted = report.extracted;
    writeln!(out, "{}", headline(report))?;
    if report.verdict == Verdict::Match {
        for line in by_entity(report) {
            writeln!(out, "  {}", visible(&line))?;
        }
    } else {
        let rest = match report.verdict {
            Verdict::Incomplete => "; not everything could be read or looked up",
            _ => "",
        };
        writeln!(out, "no match on {}{rest}", list_names(report))?;
    }
    for (document, summary) in extracted.documents.iter().enumerate() {
        let pages = summary
            .pages
            .map_or(String::new(), |n| format!(", {n} pages"));
        writeln!(
            out,
            "\n{} ({}{pages}, {} bytes, sha256 {})",
            visible(&summary.path),
            summary.kind.id(),
            summary.bytes,
            summary.sha256
        )?;
        let mut heading = "";
        for ix in extracted.addresses_of(document) {
            let a = &extracted.addresses[ix];
            if *a.heading != *heading {
                heading = &a.heading;
                writeln!(out, "  — {}", escape::short(heading, 90))?;
            }
            let label = match &*a.label {
                "" => String::new(),
                label => format!(" [{}]", visible(label)),
            };
            writeln!(
                out,
                "  {}{label}  {}",
                a.address,
                place(a.page, a.line, a.offset)
            )?;
            if !a.repair.is_empty() {
                writeln!(out, "    repaired: {}", visible(&a.repair))?;
            }
            if !a.checked {
                writeln!(
                    out,
                    "    no checksum: a mistyped address is still an address"
                )?;
            }
            for note in &a.notes {
                writeln!(out, "    note: {note}")?;
            }
            for m in &report.crossed.matches[ix] {
                writeln!(out, "    {}: {}", m.timing.id(), visible(&listed(m)))?;
            }
            let found = rows(report, a);
            for r in found.iter().take(5) {
                let (input, column) = (visible(&r.input), visible(&r.column));
                writeln!(
                    out,
                    "    in {input}, row {} (line {}), column {column}",
                    r.row, r.line
                )?;
            }
            if found.len() > 5 {
                writeln!(out, "    and in {} more rows", found.len() - 5)?;
            }
        }
        for ix in extracted.damaged_of(document) {
            write_damaged(report, ix, &extracted.damaged[ix], out)?;
        }
        for u in extracted.unread.iter().filter(|u| u.document == document) {
            let place = match u.page {
                0 => String::new(),
                page => format!("page {page}: "),
            };
            writeln!(out, "  unread: {place}{}", visible(&u.why))?;
        }
    }
    if !report.crossed.shared.is_empty() {
        writeln!(out, "\nin several documents:")?;
        for s in &report.crossed.shared {
            let names: Vec<_> = s.documents.iter().map(|d| path(report, *d)).collect();
            writeln!(out, "  {}  {}", s.address, visible(&names.join(", ")))?;
        }
    }
    if !extracted.not_addresses.is_empty() {
        let kinds: Vec<String> = extracted
            .not_addresses
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        writeln!(out, "\nno addresses: {}", kinds.join(", "))?;
    }
    Ok(())
}

fn write_damaged(
    report: &DocumentReport<'_>,
    ix: usize,
    d: &Damaged,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "  damaged: `{}`  {}\n    {}",
        visible(&d.raw),
        place(d.page, d.line, d.offset),
        visible(&d.why)
    )?;
    for n in &d.near {
        writeln!(out, "    near: {} ({})", n.address, visible(&n.how))?;
    }
    let listed_as = &report.crossed.damaged[ix];
    for m in &listed_as.matches {
        writeln!(out, "    {}: {}", m.timing.id(), visible(&listed(m)))?;
    }
    for p in &listed_as.possible {
        writeln!(
            out,
            "    possible ({}): {}",
            p.kind,
            visible(&listed(&p.found))
        )?;
    }
    Ok(())
}

/// The columns of the CSV: one row for each address and listing; at the end one for each damaged
/// text and what is listed, or may be meant, there.
const COLUMNS: &[&str] = &[
    "document",
    "page",
    "line",
    "offset",
    "status",
    "raw",
    "address",
    "format",
    "networks",
    "checked",
    "repair",
    "label",
    "heading",
    "context",
    "notes",
    "list",
    "entity_id",
    "entity",
    "basis",
    "timing",
    "listed_from",
    "listed_until",
    "source_url",
    "export_rows",
];

fn write_csv(report: &DocumentReport<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS)?;
    let empty: [Option<&Match<'_>>; 1] = [None];
    for (ix, a) in report.extracted.addresses.iter().enumerate() {
        let matches: Vec<Option<&Match<'_>>> =
            report.crossed.matches[ix].iter().map(Some).collect();
        let matches = if matches.is_empty() {
            &empty[..]
        } else {
            &matches[..]
        };
        let rows: Vec<String> = rows(report, a)
            .iter()
            .map(|r| format!("{}:{}", r.input, r.row))
            .collect();
        for m in matches {
            let mut record = vec![
                path(report, a.document).to_owned(),
                page(a.page).map_or(String::new(), |p| p.to_string()),
                a.line.to_string(),
                a.offset.to_string(),
                "address".into(),
                a.raw.to_string(),
                a.address.canonical().to_owned(),
                a.address.format().id.to_owned(),
                a.address.networks().join(" "),
                a.checked.to_string(),
                a.repair.to_string(),
                a.label.to_string(),
                a.heading.to_string(),
                a.context.to_string(),
                a.notes.join("; "),
            ];
            record.extend(listing_cells(*m));
            record.push(rows.join(" "));
            csv.write_record(record.iter().map(|v| cell(v).into_owned()))?;
        }
    }
    for (ix, d) in report.extracted.damaged.iter().enumerate() {
        let near: Vec<&str> = d.near.iter().map(|n| n.address.canonical()).collect();
        let record = vec![
            path(report, d.document).to_owned(),
            page(d.page).map_or(String::new(), |p| p.to_string()),
            d.line.to_string(),
            d.offset.to_string(),
            format!("damaged: {}", d.reason),
            d.raw.to_string(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            format!("{}; near: {}", d.why, near.join(" ")),
            d.label.to_string(),
            d.heading.to_string(),
            d.context.to_string(),
            String::new(),
        ];
        let NearListed { matches, possible } = &report.crossed.damaged[ix];
        let mut listings: Vec<_> = matches.iter().map(|m| listing_cells(Some(m))).collect();
        listings.extend(possible.iter().map(|p| {
            let mut cells = listing_cells(Some(&p.found));
            cells[BASIS] = format!("possible: {}", p.kind);
            cells
        }));
        if listings.is_empty() {
            listings.push(listing_cells(None));
        }
        for listing in listings {
            let rows = [String::new()];
            let cells = record.iter().chain(&listing).chain(&rows);
            csv.write_record(cells.map(|v| cell(v).into_owned()))?;
        }
    }
    csv.flush()
}

/// Which of [`listing_cells`] says why a listing is held to be the same.
const BASIS: usize = 3;

fn listing_cells(m: Option<&Match<'_>>) -> Vec<String> {
    let Some(m) = m else {
        return vec![String::new(); 8];
    };
    let day = |d: Option<jiff::civil::Date>| d.map_or(String::new(), |d| d.to_string());
    vec![
        m.list.source.id.to_string(),
        m.entity().id.to_string(),
        m.entity().name.to_string(),
        m.basis.id().to_owned(),
        m.timing.id().to_owned(),
        day(m.interval.from),
        day(m.interval.until),
        super::json::source_url(m).to_owned(),
    ]
}

fn write_markdown(report: &DocumentReport<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let extracted = report.extracted;
    let verdict = report.verdict.id();
    let headline = headline(report);
    writeln!(out, "# Addresses in documents: {verdict}\n\n{headline}.\n")?;
    writeln!(out, "Lists: {}.\n", markdown(&list_names(report)))?;
    for line in by_entity(report) {
        writeln!(out, "- {}", markdown(&line))?;
    }
    for (document, summary) in extracted.documents.iter().enumerate() {
        writeln!(
            out,
            "\n## {}\n\n{}, {} bytes, SHA-256 `{}`\n",
            markdown(&summary.path),
            summary.kind.id(),
            summary.bytes,
            summary.sha256
        )?;
        let mut head = false;
        for ix in extracted.addresses_of(document) {
            let a = &extracted.addresses[ix];
            if !head {
                writeln!(out, "| address | label | place | repair | listed |")?;
                writeln!(out, "|---|---|---|---|---|")?;
                head = true;
            }
            let listed: Vec<String> = report.crossed.matches[ix]
                .iter()
                .map(|m| format!("{}: {}", m.timing.id(), listed(m)))
                .collect();
            writeln!(
                out,
                "| `{}` | {} | {} | {} | {} |",
                a.address,
                markdown(&a.label),
                place(a.page, a.line, a.offset),
                markdown(&a.repair),
                markdown(&listed.join("; "))
            )?;
        }
        for ix in extracted.damaged_of(document) {
            let (d, found) = (&extracted.damaged[ix], &report.crossed.damaged[ix]);
            let near: Vec<String> = d.near.iter().map(|n| format!("`{}`", n.address)).collect();
            let near = if near.is_empty() {
                String::new()
            } else {
                format!("; near: {}", near.join(", "))
            };
            writeln!(
                out,
                "\n- damaged: {} ({}): {}{near}",
                markdown(&d.raw),
                place(d.page, d.line, d.offset),
                markdown(&d.why)
            )?;
            for m in &found.matches {
                let line = format!("{}: {}", m.timing.id(), listed(m));
                writeln!(out, "  - {}", markdown(&line))?;
            }
            for p in &found.possible {
                let line = format!("possible ({}): {}", p.kind, listed(&p.found));
                writeln!(out, "  - {}", markdown(&line))?;
            }
        }
        for u in extracted.unread.iter().filter(|u| u.document == document) {
            let place = page(u.page).map_or(String::new(), |p| format!("page {p}: "));
            writeln!(out, "\n- unread: {place}{}", markdown(&u.why))?;
        }
    }
    if !report.crossed.shared.is_empty() {
        writeln!(out, "\n## In several documents\n")?;
        for s in &report.crossed.shared {
            let names: Vec<_> = s.documents.iter().map(|d| path(report, *d)).collect();
            writeln!(out, "- `{}`: {}", s.address, markdown(&names.join(", ")))?;
        }
    }
    Ok(())
}
