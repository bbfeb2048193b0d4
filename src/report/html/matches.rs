//! The matches in the page: by entity at a glance, then each entity with its evidence and its cells;
//! and the near misses.
//!
//! Everything is escaped by the page's own helpers.

use super::words::{self, Group, number};
use super::{ROWS, TABLE_END, bdi, code, e, html, link, more, section, short, table};
use crate::address::Basis;
use crate::list::Timing;
use crate::report::json::{path, source_url};
use crate::screen::{Match, ScreeningReport};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// A text of a narrow column.
fn brief(text: &str) -> String {
    format!("<bdi>{}</bdi>", html(&short(text, 40)))
}

fn name<'g>(group: &'g Group<'_>) -> &'g str {
    match &*group.entity.name {
        "" => "(no name)",
        name => name,
    }
}

/// Who was matched, one a line, with the way to the evidence.
pub(super) fn entities(groups: &[Group<'_>], out: &mut dyn Write) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    section("entities", "Matches by entity", out)?;
    table(
        "Matches by entity",
        &[
            ("Entity", false),
            ("List", false),
            ("Kind of list", false),
            ("Cells", true),
            ("Listed when", false),
        ],
        out,
    )?;
    for (at, group) in groups.iter().enumerate().take(ROWS) {
        let cleared = if group.cleared { ", cleared" } else { "" };
        let timings = group.timings();
        let timings = timings.split(", ");
        let timings: Vec<String> = timings
            .map(|t| format!("<span class=\"nb\">{t}</span>"))
            .collect();
        writeln!(
            out,
            "<tr><td><a href=\"#e-{at}\">{}</a></td><td class=\"nb\"><code>{}</code></td><td>{}</td>\
             <td class=\"n\" data-n=\"{}\">{}</td><td>{}{cleared}</td></tr>",
            bdi(&short(name(group), 90)),
            e(&group.list.source.id),
            words::authority(group.list.source.authority),
            group.len(),
            number(group.len()),
            timings.join(", "),
        )?;
    }
    writeln!(out, "{TABLE_END}")?;
    more(groups.len(), ROWS, out)?;
    writeln!(out, "</section>")
}

pub(super) fn matches(
    report: &ScreeningReport<'_>,
    groups: &[Group<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    section("matches", "Matches", out)?;
    let timings: BTreeSet<Timing> = report.matches.iter().map(|m| m.timing).collect();
    write!(
        out,
        "<form class=\"filter\" hidden role=\"search\"><label>Filter by name, address, row, amount …\
         <input type=\"search\" autocomplete=\"off\"></label><label>Timing<select><option value=\"\">all</option>"
    )?;
    for timing in timings {
        write!(out, "<option>{}</option>", timing.id())?;
    }
    writeln!(
        out,
        "</select></label><output class=\"small\" aria-live=\"polite\"></output></form>"
    )?;
    let mut left = ROWS;
    for (at, group) in groups.iter().enumerate() {
        entity(report, at, group, &mut left, out)?;
    }
    more(report.matches.len(), report.matches.len().min(ROWS), out)?;
    writeln!(out, "</section>")
}

fn entity(
    report: &ScreeningReport<'_>,
    at: usize,
    group: &Group<'_>,
    left: &mut usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (entity, source) = (group.entity, &group.list.source);
    let name = name(group);
    write!(
        out,
        "<article id=\"e-{at}\"><header><h3>{}</h3><p class=\"small\">{} · {}, record {} of {} (<code>{}</code>) · {}",
        bdi(name),
        group.title(),
        entity.kind.id(),
        code(&entity.id),
        bdi(&source.title),
        e(&source.id),
        words::authority(source.authority)
    )?;
    if !entity.programs.is_empty() {
        write!(out, " · {}", bdi(&entity.programs.join(", ")))?;
    }
    if let Some(day) = entity.listed_on {
        write!(out, " · entity listed {day}")?;
    }
    writeln!(out, "</p></header>")?;
    // Where all stand in one document, it is named once.
    let first = group.listings[0][0];
    let same = |m: &Match<'_>| {
        let (a, b) = (m.listing.snapshot, first.listing.snapshot);
        a.sha256 == b.sha256 && source_url(m) == source_url(first)
    };
    let one = group.listings.iter().all(|l| same(l[0]));
    if one {
        facts(&document(first), out)?;
    }
    for listing in &group.listings {
        evidence(listing[0], !one, out)?;
        table(
            "Cells that match",
            &[
                ("Timing", false),
                ("Row", true),
                ("Time", false),
                ("Column", false),
                ("Amount", true),
                ("In the cell", false),
                ("Match", false),
            ],
            out,
        )?;
        for m in listing.iter().take(*left) {
            row(report, m, out)?;
        }
        *left = left.saturating_sub(listing.len());
        writeln!(out, "{TABLE_END}")?;
    }
    writeln!(out, "</article>")
}

type Facts = Vec<(&'static str, String)>;

fn facts(facts: &Facts, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<dl>")?;
    for (name, value) in facts {
        writeln!(out, "<dt>{name}</dt><dd>{value}</dd>")?;
    }
    writeln!(out, "</dl>")
}

/// Where the original is to be read, and what was read of it.
fn document(m: &Match<'_>) -> Facts {
    let snapshot = m.listing.snapshot;
    let mut document = format!(
        "{}, sha256 <code>{}</code>",
        words::of_date(m.list),
        e(&snapshot.sha256)
    );
    if let Some(at) = snapshot.retrieved_at {
        document += &format!(", retrieved {at}");
    }
    if snapshot.bundled {
        document += ", compiled into the build";
    }
    vec![("Original", link(source_url(m))), ("Document", document)]
}

/// The listing; `whole`: with its document.
fn evidence(m: &Match<'_>, whole: bool, out: &mut dyn Write) -> io::Result<()> {
    let label = match m.labels.is_empty() {
        true => String::new(),
        false => format!(
            " <span class=\"soft\">as {}</span>",
            bdi(&m.labels.join(", "))
        ),
    };
    writeln!(out, "<h4>{}{label}</h4>", code(m.listing.text))?;
    let mut said = vec![
        ("Listed", words::spans(&m.listing)),
        ("Place", code(m.listing.locator)),
    ];
    if m.listing.raw != m.listing.text {
        said.insert(1, ("Published as", bdi(m.listing.raw)));
    }
    if !m.listing.note.is_empty() {
        said.push(("Comment", bdi(m.listing.note)));
    }
    if whole {
        said.extend(document(m));
    }
    facts(&said, out)
}

/// Which input, where there are several.
fn input(report: &ScreeningReport<'_>, m: &Match<'_>) -> String {
    match report.inputs.len() {
        0 | 1 => String::new(),
        _ => format!(
            "<span class=\"small soft\">{}</span>",
            bdi(path(&report.inputs, m.input))
        ),
    }
}

fn row(report: &ScreeningReport<'_>, m: &Match<'_>, out: &mut dyn Write) -> io::Result<()> {
    let timing = m.timing.id();
    let input = input(report, m);
    let amount: f64 = m.amount.replace(',', "").trim().parse().unwrap_or(f64::NAN);
    let amount_key = match amount.is_finite() {
        true => format!(" data-n=\"{amount}\""),
        false => String::new(),
    };
    let mut basis = format!("<b>{}</b>", m.basis.id());
    if m.basis != Basis::Exact {
        basis += &format!(": {}", e(&m.basis_note));
    }
    if !m.reading.is_empty() {
        basis += &format!("; {}", e(&m.reading));
    }
    if let Some(disposed) = &m.disposition {
        basis += &format!("; {}", bdi(&words::disposition(disposed)));
    }
    writeln!(
        out,
        "<tr data-timing=\"{timing}\" id=\"m-{id}\"><td class=\"text\"><span class=\"tag t-{timing}\">{timing}</span>\
         <span class=\"small soft\">{}</span></td><td class=\"n\" data-n=\"{}\">{}<span class=\"small soft\">line {}\
         </span></td><td class=\"when\">{}</td><td>{}{input}</td><td class=\"n\"{amount_key}>{} {}</td>\
         <td class=\"text\">{}<span class=\"small soft\">{basis}</span></td><td class=\"id\"><code>{id}</code></td></tr>",
        e(&m.timing_note),
        m.row,
        m.row,
        m.line,
        brief(&m.row_time),
        brief(&words::column(&m.column)),
        brief(&m.amount),
        brief(&m.asset),
        code(&m.text),
        id = e(&m.id),
    )
}

pub(super) fn possible(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.possible.is_empty() {
        return Ok(());
    }
    section("possible", "Near misses", out)?;
    writeln!(
        out,
        "<p>No matches, and not counted as such: for a person to look at.</p>"
    )?;
    table(
        "Near misses",
        &[
            ("Kind", false),
            ("Row", true),
            ("Column", false),
            ("In the cell", false),
            ("Listed", false),
            ("Entity", false),
        ],
        out,
    )?;
    for p in report.possible.iter().take(ROWS) {
        let m = &p.found;
        writeln!(
            out,
            "<tr><td class=\"text\"><b>{}</b><span class=\"small soft\">{}</span></td><td class=\"n\" data-n=\"{}\">{}\
             <span class=\"small soft\">line {}</span></td><td>{}{}</td><td class=\"text\">{}</td>\
             <td class=\"text\">{}</td><td>{}<span class=\"small soft\">record {} of {}</span></td></tr>",
            e(p.kind),
            e(&m.basis_note),
            m.row,
            m.row,
            m.line,
            bdi(&words::column(&m.column)),
            input(report, m),
            code(&m.text),
            code(m.listing.text),
            bdi(&m.entity().name),
            bdi(&m.entity().id),
            e(&m.list.source.id),
        )?;
    }
    writeln!(out, "{TABLE_END}")?;
    more(report.possible.len(), ROWS, out)?;
    writeln!(out, "</section>")
}
