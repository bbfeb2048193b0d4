//! The HTML report's totals and contacts.

use super::{ROWS, TABLE_END, bdi, code, e, more, section, table};
use crate::report::{hops, summary};
use crate::screen::ScreeningReport;
use std::io::{self, Write};

pub(super) fn totals(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (at, of) in summary::tables(report).iter().enumerate() {
        if at == 0 {
            section("totals", "Totals", out)?;
            writeln!(out, "<p>{}</p>", e(summary::ABOUT))?;
        }
        writeln!(out, "<h3>{}</h3>", e(of.title))?;
        let headings = [of.what, summary::HEADINGS].concat();
        let headings: Vec<(&str, bool)> = headings
            .into_iter()
            .map(|h| (h, summary::HEADINGS.first() == Some(&h)))
            .collect();
        table(&headings, out)?;
        for row in of.rows.iter().take(ROWS) {
            write!(out, "<tr>")?;
            for ((_, numeric), cell) in headings.iter().zip(row) {
                match numeric {
                    true => write!(out, "<td class=\"n\">{}</td>", e(cell))?,
                    false => write!(out, "<td class=\"text\">{}</td>", bdi(cell))?,
                }
            }
            writeln!(out, "</tr>")?;
        }
        writeln!(out, "{TABLE_END}")?;
        more(of.rows.len(), ROWS, out)?;
    }
    match report.matches.is_empty() {
        true => Ok(()),
        false => writeln!(out, "</section>"),
    }
}

pub(super) fn contacts(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(hops) = &report.hops else {
        return Ok(());
    };
    section("hops", &hops::title(hops), out)?;
    writeln!(out, "<p>{}</p>", e(&hops::about(hops)))?;
    if hops.contacts.is_empty() {
        return writeln!(out, "</section>");
    }
    table(
        &[
            ("Hops", false),
            ("Address", false),
            ("Listed address", false),
            ("Listed as", false),
            ("Path", false),
        ],
        out,
    )?;
    for line in hops::lines(report, hops, ROWS) {
        let path: Vec<String> = line.path.iter().map(|d| bdi(d)).collect();
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"text\">{}</td><td class=\"text\">{}</td></tr>",
            line.hops,
            code(&line.address),
            code(&line.listed),
            bdi(&line.names),
            path.join("<br>"),
        )?;
    }
    writeln!(out, "{TABLE_END}")?;
    match hops::rest(hops, ROWS) {
        Some(rest) => writeln!(
            out,
            "<p class=\"soft small\">{rest}; the JSON report has them.</p></section>"
        ),
        None => writeln!(out, "</section>"),
    }
}
