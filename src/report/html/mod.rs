//! The report as one HTML file: nothing is loaded from anywhere, and it is complete without
//! JavaScript, on paper and in a screen reader. JavaScript only sorts and filters.
//!
//! Every text from outside is escaped; the content security policy allows the page's own style and
//! script by their digests and nothing else, so that even a mistake here runs nothing.

mod charts;
mod matches;
mod totals;

use super::Options;
use super::escape::{html, short};
use super::json::{is_web, list_url, path};
use super::words::{self, Group, count, number};
use crate::screen::ScreeningReport;
use charts::Periods;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

const CSS: &str = include_str!("page.css");
const JS: &str = include_str!("page.js");
/// Characters of a cell's text that are shown before the rest is only counted.
const SHOWN: usize = 300;
/// Rows of the tables of matches, all together, and of each other table; the rest is counted.
const ROWS: usize = 5_000;

/// Text, escaped and of bounded length.
fn e(text: &str) -> String {
    html(&short(text, SHOWN)).into_owned()
}

/// A text from outside, in its own direction.
fn bdi(text: &str) -> String {
    format!("<bdi>{}</bdi>", e(text))
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", bdi(text))
}

fn link(url: &str) -> String {
    match is_web(url) {
        true => format!(
            "<a href=\"{0}\" rel=\"noopener noreferrer\">{1}</a>",
            html(url),
            e(url)
        ),
        false => e(url),
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    format!("'sha256-{}'", data_encoding::BASE64.encode(&digest))
}

pub(super) fn write(
    report: &ScreeningReport<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let groups = words::groups(report);
    let headline = words::headline(report);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {}; \
         base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} – interdict</title>\n\
         <style>{CSS}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the report</a>",
        digest(CSS),
        digest(JS),
        e(&headline)
    )?;
    banner(report, &groups, &headline, out)?;
    writeln!(out, "<main id=\"main\">")?;
    not_screened(report, out)?;
    matches::entities(&groups, out)?;
    figures(report, &groups, out)?;
    matches::matches(report, &groups, out)?;
    totals::totals(report, out)?;
    totals::contacts(report, out)?;
    matches::possible(report, out)?;
    checked(report, out)?;
    lists(report, out)?;
    findings(report, out)?;
    writeln!(
        out,
        "</main>\n<footer>interdict {}, report of {}. A match is a reason to look, not a judgement; that there is none \
         says only that none was found on the lists named above. Nothing in this file was loaded from elsewhere.\
         </footer>\n<script>{JS}</script>\n</body>\n</html>",
        e(&options.version),
        report.as_of
    )
}

fn banner(
    report: &ScreeningReport<'_>,
    groups: &[Group<'_>],
    headline: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "<header class=\"banner {}\">\n<h1>{}</h1>\n<p>{}.</p>",
        report.verdict().id(),
        e(headline),
        html(&words::on_lists(report))
    )?;
    for part in words::beside(report) {
        writeln!(out, "<p>Also: {}.</p>", e(&part))?;
    }
    writeln!(out, "</header>\n<ul class=\"tiles\">")?;
    let unseen = words::not_screened(report);
    let possible = report.possible.len() as u64;
    for (class, n, what) in [
        ("hot", report.matches.len() as u64, "matches"),
        ("hot", groups.len() as u64, "listed entities"),
        ("warm", possible, "near misses"),
        ("warm", unseen, "not screened"),
        ("", report.coverage.recognised, "addresses looked up"),
        ("", report.coverage.rows, "rows"),
    ] {
        let class = if n > 0 { class } else { "" };
        writeln!(
            out,
            "<li class=\"{class}\"><b>{}</b> {what}</li>",
            number(n)
        )?;
    }
    write!(out, "</ul>\n<nav aria-label=\"Sections\">")?;
    for (id, title, there) in [
        ("not-screened", "Not screened", unseen > 0),
        ("entities", "Entities", !groups.is_empty()),
        ("figures", "Charts", true),
        ("matches", "Matches", !groups.is_empty()),
        ("totals", "Totals", !groups.is_empty()),
        ("hops", "Contacts", report.hops.is_some()),
        ("possible", "Near misses", possible > 0),
        ("checked", "Checked", true),
        ("lists", "Lists", true),
        ("findings", "Findings", !report.findings.is_empty()),
    ] {
        if there {
            write!(out, "<a href=\"#{id}\">{title}</a>")?;
        }
    }
    writeln!(out, "</nav>")
}

fn figures(
    report: &ScreeningReport<'_>,
    groups: &[Group<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "<section id=\"figures\" aria-labelledby=\"h-figures\"><h2 id=\"h-figures\">Charts</h2>\n<figure><figcaption>\
         What was looked at<span class=\"soft small\">{} in {}</span></figcaption>",
        count(
            report.coverage.tokens,
            "address-like text",
            "address-like texts"
        ),
        count(report.coverage.rows, "row", "rows")
    )?;
    charts::coverage(report, out)?;
    writeln!(out, "</figure>")?;
    if !groups.is_empty() {
        writeln!(
            out,
            "<figure><figcaption>When it was listed, and when the rows are of<span class=\"soft small\">Bars: \
             the days on which an address stood on its list. Marks: rows that hold it.</span></figcaption>"
        )?;
        charts::timeline(report, groups, out)?;
        writeln!(out, "</figure>")?;
    }
    if let Some(periods) = Periods::of(groups) {
        writeln!(
            out,
            "<figure><figcaption>Matches by {} and entity</figcaption>",
            periods.unit
        )?;
        charts::periods(groups, &periods, out)?;
        period_table(groups, &periods, out)?;
        writeln!(out, "</figure>")?;
    }
    writeln!(out, "</section>")
}

fn period_table(groups: &[Group<'_>], periods: &Periods, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<details><summary class=\"small\">The same as a table</summary>"
    )?;
    table(
        "Matches by time and entity",
        &[
            ("Entity", false),
            ("Matches", true),
            ("Undated", true),
            ("When", false),
        ],
        out,
    )?;
    for (g, group) in groups.iter().enumerate().take(ROWS) {
        let counts = periods.names.iter().zip(&periods.counts[g]);
        let when: Vec<String> = counts
            .filter(|(_, n)| **n > 0)
            .map(|(name, n)| format!("{name}: {}", number(*n)))
            .collect();
        let (all, undated) = (group.len(), periods.undated[g]);
        writeln!(
            out,
            "<tr><td>{}</td><td class=\"n\" data-n=\"{all}\">{}</td>\
             <td class=\"n\" data-n=\"{undated}\">{}</td><td>{}</td></tr>",
            bdi(&group.entity.name),
            number(all),
            number(undated),
            when.join(", ")
        )?;
    }
    writeln!(out, "{TABLE_END}</details>")
}

/// A wide table scrolls by itself, also with the keyboard.
const WIDE: &str =
    "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table, scrolls sideways\">";

fn section(id: &str, title: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<section id=\"{id}\" aria-labelledby=\"h-{id}\"><h2 id=\"h-{id}\">{title}</h2>"
    )
}

/// The beginning of a table; its caption is for those who do not see where it stands.
fn table(caption: &str, heads: &[(&str, bool)], out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "{WIDE}<table data-sort><caption class=\"reader\">{caption}</caption><thead><tr>"
    )?;
    for (head, is_number) in heads {
        let class = if *is_number { " class=\"n\"" } else { "" };
        write!(out, "<th scope=\"col\"{class}>{head}</th>")?;
    }
    writeln!(out, "</tr></thead><tbody>")
}

const TABLE_END: &str = "</tbody></table></div>";

fn more(total: usize, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    if total > shown {
        let more = number((total - shown) as u64);
        writeln!(
            out,
            "<p class=\"soft\">and {more} more, which the JSON and CSV reports have.</p>"
        )?;
    }
    Ok(())
}

fn not_screened(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.coverage.not_screened.is_empty() {
        return Ok(());
    }
    section("not-screened", "Not screened", out)?;
    writeln!(
        out,
        "<p>These could not be compared with any list. No statement is made about them.</p>"
    )?;
    table(
        "What was not screened",
        &[("Reason", false), ("Count", true), ("For example", false)],
        out,
    )?;
    for n in &report.coverage.not_screened {
        let examples: Vec<String> = n.examples.iter().map(|x| code(x)).collect();
        writeln!(
            out,
            "<tr><td>{}</td><td class=\"n\" data-n=\"{}\">{}</td><td>{}</td></tr>",
            e(&words::reason(n)),
            n.count,
            number(n.count),
            examples.join("<br>")
        )?;
    }
    writeln!(out, "{TABLE_END}</section>")
}

fn checked(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let coverage = &report.coverage;
    section("checked", "Checked", out)?;
    let about = if coverage.unique_exact { "" } else { "about " };
    writeln!(
        out,
        "<p>{}, {}: {}, {} of them addresses ({about}{} distinct).</p>",
        count(coverage.rows, "row", "rows"),
        count(coverage.cells, "cell", "cells"),
        count(coverage.tokens, "address-like text", "address-like texts"),
        number(coverage.recognised),
        number(coverage.unique)
    )?;
    if !coverage.validated {
        writeln!(
            out,
            "<p>Damaged, broken and glued addresses were not looked for (<code>--no-validate</code>).</p>"
        )?;
    }
    if !coverage.not_addresses.is_empty() {
        let kinds = coverage.not_addresses.iter();
        let kinds: Vec<String> = kinds
            .map(|n| format!("{} {}", number(n.count), n.kind))
            .collect();
        writeln!(
            out,
            "<p>No addresses, by their form: {}.</p>",
            e(&kinds.join(", "))
        )?;
    }
    table(
        "Inputs",
        &[
            ("Input", false),
            ("Rows", true),
            ("Bytes", true),
            ("Read", false),
            ("SHA-256", false),
        ],
        out,
    )?;
    for input in report.inputs.iter().take(ROWS) {
        writeln!(
            out,
            "<tr><td>{}</td><td class=\"n\" data-n=\"{}\">{}</td><td class=\"n\" data-n=\"{}\">{}</td><td>{}</td>\
             <td class=\"text\">{}</td></tr>",
            bdi(&input.path),
            input.rows,
            number(input.rows),
            input.bytes,
            number(input.bytes),
            e(&words::read_as(input)),
            code(input.digest())
        )?;
    }
    writeln!(out, "{TABLE_END}")?;
    table(
        "Columns",
        &[
            ("Column", false),
            ("Input", false),
            ("Role", false),
            ("Cells", true),
            ("Addresses", true),
            ("Share", false),
        ],
        out,
    )?;
    for c in coverage.columns.iter().take(ROWS) {
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\" data-n=\"{}\">{}</td><td class=\"n\" data-n=\"{}\">{}\
             </td><td data-n=\"{}\">{}</td></tr>",
            bdi(&words::column(&c.column)),
            bdi(path(&report.inputs, c.input)),
            c.column.role.id(),
            c.cells,
            number(c.cells),
            c.recognised,
            number(c.recognised),
            (c.recognised * 1000).checked_div(c.cells).unwrap_or(0),
            charts::share(c.recognised, c.cells),
        )?;
    }
    writeln!(out, "{TABLE_END}")?;
    more(coverage.columns.len(), ROWS, out)?;
    writeln!(out, "</section>")
}

fn lists(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    section("lists", "Lists", out)?;
    table(
        "Lists",
        &[
            ("List", false),
            ("Whose word", false),
            ("Date", false),
            ("Age", true),
            ("Entities", true),
            ("Addresses", true),
            ("Document", false),
        ],
        out,
    )?;
    for list in report.lists.lists() {
        let (source, snapshot) = (&list.source, &list.snapshot);
        let days = report.age_days(list);
        let (entities, addresses) = (list.entity_count() as u64, list.addresses() as u64);
        writeln!(
            out,
            "<tr><td>{}<span class=\"small soft\">{} · {} · {}</span></td><td>{}</td><td class=\"when\">{}</td>\
             <td class=\"n\"{}>{}</td><td class=\"n\" data-n=\"{entities}\">{}</td><td class=\"n\" data-n=\"{addresses}\">{}\
             </td><td class=\"text\">{}<span class=\"small soft\">sha256 <code>{}</code>{}</span></td></tr>",
            bdi(&source.title),
            bdi(&source.publisher),
            code(&source.id),
            bdi(&source.licence),
            words::authority(source.authority),
            words::of_date(list).trim_start_matches("of "),
            days.map_or(String::new(), |d| format!(" data-n=\"{d}\"")),
            words::age(report, list),
            number(entities),
            number(addresses),
            link(list_url(list)),
            e(&snapshot.sha256),
            if snapshot.bundled {
                ", compiled into the build"
            } else {
                ""
            },
        )?;
    }
    writeln!(out, "{TABLE_END}</section>")
}

fn findings(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    section("findings", "Findings", out)?;
    table(
        "Findings",
        &[
            ("Severity", false),
            ("Finding", false),
            ("Place", false),
            ("Detail", false),
        ],
        out,
    )?;
    for f in report.findings.iter().take(ROWS) {
        writeln!(
            out,
            "<tr><td>{}</td><td>{}<span class=\"small soft\">{}</span></td><td>{}</td><td class=\"text\">{}</td></tr>",
            f.code.severity().id(),
            f.code.id(),
            e(f.code.meaning()),
            bdi(&f.place.to_string()),
            bdi(&f.detail)
        )?;
    }
    writeln!(out, "{TABLE_END}")?;
    more(report.findings.len(), ROWS, out)?;
    writeln!(out, "</section>")
}
