//! The report as Markdown with tables (GitHub's dialect): for a ticket or a merge request.
//!
//! Every text from outside is escaped for Markdown and for HTML. Only web addresses become links.

use super::Options;
use super::escape::{markdown, short, uri};
use super::json::{is_web, path, source_url};
use super::words::{self, Group, count, number};
use super::{hops, summary};
use crate::address::Basis;
use crate::screen::{Match, ScreeningReport};
use std::io::{self, Write};

/// Characters of a cell's text that are shown before the rest is only counted.
const SHOWN: usize = 200;
/// Rows of a table before the rest is only counted; the other formats have every one.
const ROWS: usize = 200;

pub(super) fn write(
    report: &ScreeningReport<'_>,
    _: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "# {}\n", text(&words::headline(report)))?;
    writeln!(out, "{}.\n", text(&words::on_lists(report)))?;
    for part in words::beside(report) {
        writeln!(out, "- {}", text(&part))?;
    }
    checked(report, out)?;
    not_screened(report, out)?;
    let groups = words::groups(report);
    if !groups.is_empty() {
        writeln!(out, "\n## Matches")?;
    }
    for group in &groups {
        matches(report, group, out)?;
    }
    totals(report, out)?;
    contacts(report, out)?;
    possible(report, out)?;
    lists(report, out)?;
    findings(report, out)
}

fn text(text: &str) -> String {
    markdown(&short(text, SHOWN)).into_owned()
}

/// An address or digest as code; anything else is escaped.
fn code(of: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'.' | b'-');
    match !of.is_empty() && of.len() <= SHOWN && of.bytes().all(plain) {
        true => format!("`{of}`"),
        false => text(of),
    }
}

fn link(url: &str) -> String {
    if !is_web(url) || url.contains(|c: char| c.is_whitespace() || super::escape::acts(c)) {
        return text(url);
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    // What URIs reserve is kept; what could end the link is not.
    let target: String = rest
        .chars()
        .map(|c| match c {
            '?' | '=' | '&' | '#' | ':' | '%' | '+' | ',' | ';' | '@' => c.to_string(),
            c => uri(c.encode_utf8(&mut [0; 4])),
        })
        .collect();
    format!("[{}](<{scheme}://{target}>)", text(url))
}

fn checked(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let coverage = &report.coverage;
    let about = if coverage.unique_exact { "" } else { "about " };
    writeln!(
        out,
        "\n## Checked\n\n{}, {}: {}, {} of them addresses ({about}{} distinct).\n",
        count(coverage.rows, "row", "rows"),
        count(coverage.cells, "cell", "cells"),
        count(coverage.tokens, "address-like text", "address-like texts"),
        number(coverage.recognised),
        number(coverage.unique),
    )?;
    if !coverage.validated {
        writeln!(
            out,
            "Damaged, broken and glued addresses were not looked for (--no-validate).\n"
        )?;
    }
    writeln!(
        out,
        "| Input | Rows | Read as | Addresses in | None in |\n|---|--:|---|---|---|"
    )?;
    for (at, input) in report.inputs.iter().enumerate() {
        let columns = |with: bool| {
            let columns = coverage.columns.iter().filter(move |c| c.input == at);
            let columns = columns.filter(move |c| (c.recognised > 0) == with);
            let names: Vec<String> = columns
                .map(|c| match with {
                    true => format!("{} ({})", words::column(&c.column), number(c.recognised)),
                    false => words::column(&c.column),
                })
                .map(|name| text(&name))
                .collect();
            names.join(", ")
        };
        writeln!(
            out,
            "| {}<br>sha256 {} | {} | {} | {} | {} |",
            text(&input.path),
            code(input.digest()),
            number(input.rows),
            text(&words::read_as(input)),
            columns(true),
            columns(false),
        )?;
    }
    for n in &coverage.not_addresses {
        writeln!(
            out,
            "\nNo addresses, by their form: {} {}.",
            number(n.count),
            text(n.kind)
        )?;
    }
    Ok(())
}

fn not_screened(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.coverage.not_screened.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Not screened\n\n| Reason | Count | For example |\n|---|--:|---|"
    )?;
    for n in &report.coverage.not_screened {
        let examples: Vec<String> = n.examples.iter().map(|e| code(e)).collect();
        let count = number(n.count);
        writeln!(
            out,
            "| {} | {count} | {} |",
            words::reason(n),
            examples.join("<br>")
        )?;
    }
    Ok(())
}

fn matches(report: &ScreeningReport<'_>, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (entity, source) = (group.entity, &group.list.source);
    writeln!(
        out,
        "\n### {} ({})\n\n{}; record {} of {} ({}), {}{}.",
        text(&entity.name),
        group.title(),
        entity.kind.id(),
        text(&entity.id),
        text(&source.title),
        text(&source.id),
        words::authority(source.authority),
        match entity.programs.is_empty() {
            true => String::new(),
            false => format!("; programmes {}", text(&entity.programs.join(", "))),
        },
    )?;
    for listing in &group.listings {
        let m = listing[0];
        writeln!(
            out,
            "\n{}{}: {}.\\\nPublished at {} of {}, sha256 {}{}.\n",
            code(m.listing.text),
            match m.labels.is_empty() {
                true => String::new(),
                false => format!(" as {}", text(&m.labels.join(", "))),
            },
            words::spans(&m.listing),
            text(m.listing.locator),
            link(source_url(m)),
            code(&m.listing.snapshot.sha256),
            match m.listing.raw == m.listing.text {
                true => String::new(),
                false => format!(", as “{}”", text(m.listing.raw)),
            },
        )?;
        writeln!(
            out,
            "| Row | Column | Time | Amount | Timing | Basis | Id |\n|--:|---|---|--:|---|---|---|"
        )?;
        for m in listing.iter().take(ROWS) {
            row(report, m, out)?;
        }
        if listing.len() > ROWS {
            let more = count((listing.len() - ROWS) as u64, "more cell", "more cells");
            writeln!(out, "\nand {more}, which the JSON and CSV reports have.")?;
        }
    }
    Ok(())
}

fn row(report: &ScreeningReport<'_>, m: &Match<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut basis = m.basis.id().to_owned();
    if m.basis != Basis::Exact {
        basis += &format!(": {}", text(&m.basis_note));
    }
    if *m.text != *m.listing.text {
        basis += &format!("<br>written {}", code(&m.text));
    }
    if !m.reading.is_empty() {
        basis += &format!("<br>read: {}", text(&m.reading));
    }
    if let Some(disposed) = &m.disposition {
        basis += &format!("<br>{}", text(&words::disposition(disposed)));
    }
    let input = input(report, m);
    writeln!(
        out,
        "| {input}{} (line {}) | {} | {} | {} {} | **{}**: {} | {basis} | {} |",
        m.row,
        m.line,
        text(&words::column(&m.column)),
        text(&m.row_time),
        text(&m.amount),
        text(&m.asset),
        m.timing.id(),
        text(&m.timing_note),
        code(&m.id),
    )
}

/// Which input, where there are several.
fn input(report: &ScreeningReport<'_>, m: &Match<'_>) -> String {
    match report.inputs.len() {
        0 | 1 => String::new(),
        _ => format!("{}<br>", text(path(&report.inputs, m.input))),
    }
}

fn totals(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (at, table) in summary::tables(report).iter().enumerate() {
        if at == 0 {
            writeln!(out, "\n## Totals\n\n{}", summary::ABOUT)?;
        }
        let headings = [table.what, summary::HEADINGS].concat();
        writeln!(
            out,
            "\n### {}\n\n| {} |\n{}|",
            table.title,
            headings.join(" | "),
            "|---".repeat(headings.len())
        )?;
        for row in table.rows.iter().take(ROWS) {
            let cells: Vec<String> = row.iter().map(|c| code_or_text(c)).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        if table.rows.len() > ROWS {
            let more = number((table.rows.len() - ROWS) as u64);
            writeln!(out, "\nand {more} more, which the JSON report has.")?;
        }
    }
    Ok(())
}

fn contacts(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(hops) = &report.hops else {
        return Ok(());
    };
    writeln!(
        out,
        "\n## {}\n\n{}",
        hops::title(hops),
        text(&hops::about(hops))
    )?;
    if !hops.contacts.is_empty() {
        writeln!(
            out,
            "\n| Hops | Address | Listed address | Listed as | Path |\n|---|---|---|---|---|"
        )?;
    }
    for line in hops::lines(report, hops, ROWS) {
        let path: Vec<String> = line.path.iter().map(|d| text(d)).collect();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            line.hops,
            code(&line.address),
            code(&line.listed),
            text(&line.names),
            path.join("<br>"),
        )?;
    }
    match hops::rest(hops, ROWS) {
        Some(rest) => writeln!(out, "\n{rest}; the JSON report has them."),
        None => Ok(()),
    }
}

/// A long word as code.
fn code_or_text(of: &str) -> String {
    match of.len() > 24 {
        true => code(of),
        false => text(of),
    }
}

fn possible(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.possible.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Possible\n\nNo matches: near misses for a person to look at.\n\n\
         | Row | Column | Kind | Written | Listed | Entity |\n|--:|---|---|---|---|---|"
    )?;
    for p in report.possible.iter().take(ROWS) {
        let m = &p.found;
        writeln!(
            out,
            "| {}{} (line {}) | {} | {}: {} | {} | {} | {}, record {} of {} |",
            input(report, m),
            m.row,
            m.line,
            text(&words::column(&m.column)),
            p.kind,
            text(&m.basis_note),
            code(&m.text),
            code(m.listing.text),
            text(&m.entity().name),
            text(&m.entity().id),
            text(&m.list.source.id),
        )?;
    }
    if report.possible.len() > ROWS {
        let more = number((report.possible.len() - ROWS) as u64);
        writeln!(out, "\nand {more} more, which the JSON report has.")?;
    }
    Ok(())
}

fn lists(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\n## Lists\n\n| List | Publisher | Whose word | Date | Age | Entities | Addresses | SHA-256 |\n\
         |---|---|---|---|---|--:|--:|---|"
    )?;
    for list in report.lists.lists() {
        writeln!(
            out,
            "| {} ({}) | {} | {} | {} | {} | {} | {} | {} |",
            text(&list.source.title),
            text(&list.source.id),
            text(&list.source.publisher),
            words::authority(list.source.authority),
            words::of_date(list).trim_start_matches("of "),
            words::age(report, list),
            number(list.entity_count() as u64),
            number(list.addresses() as u64),
            code(&list.snapshot.sha256),
        )?;
    }
    Ok(())
}

fn findings(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Findings\n\n| Severity | Finding | Place | Detail |\n|---|---|---|---|"
    )?;
    for f in report.findings.iter().take(ROWS) {
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            f.code.severity().id(),
            f.code.id(),
            text(&f.place.to_string()),
            text(&f.detail),
        )?;
    }
    if report.findings.len() > ROWS {
        let more = number((report.findings.len() - ROWS) as u64);
        writeln!(out, "\nand {more} more, which the JSON report has.")?;
    }
    Ok(())
}
