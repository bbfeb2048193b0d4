//! The report for a person at a terminal: verdict, what was and was not checked, matches by entity
//! with their evidence, near misses, findings.
//!
//! Folded to the width it is told. Colour is optional and carries no meaning of its own. Every text
//! from outside goes through `escape`.

use super::Options;
use super::escape::{short, visible};
use super::json::{path, source_url};
use super::words::{self, Group, count, number};
use crate::address::Basis;
use crate::screen::{Match, Possible, ScreeningReport, Verdict};
use std::io::{self, Write};
use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::peaker::Priority;
use tabled::settings::{Alignment, Modify, Padding, Style, Width};
use unicode_width::UnicodeWidthStr;

/// Characters of a cell's text that are shown before the rest is only counted.
const SHOWN: usize = 200;
const BOLD: &str = "1";
const DIM: &str = "2";

pub(super) fn write(
    report: &ScreeningReport<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page {
        out,
        width: options.width.max(40),
        colour: options.colour,
    };
    let colour = match report.verdict() {
        Verdict::Match => "1;31",
        Verdict::Incomplete | Verdict::Possible => "1;33",
        Verdict::NoMatch => BOLD,
    };
    page.text(0, colour, &words::headline(report))?;
    page.text(0, "", &words::on_lists(report))?;
    for part in words::beside(report) {
        page.text(0, "33", &format!("Also: {part}"))?;
    }
    lists(report, &mut page)?;
    checked(report, &mut page)?;
    not_screened(report, &mut page)?;
    matches(report, options, &mut page)?;
    possible(report, options, &mut page)?;
    findings(report, &mut page)
}

fn lists(report: &ScreeningReport<'_>, page: &mut Page<'_>) -> io::Result<()> {
    if report.lists.lists().is_empty() {
        return Ok(());
    }
    page.heading("Lists")?;
    let mut table = vec![row([
        "List",
        "Date",
        "Age",
        "Entities",
        "Addresses",
        "Whose word",
    ])];
    for list in report.lists.lists() {
        let bundled = if list.snapshot.bundled {
            ", compiled in"
        } else {
            ""
        };
        table.push(vec![
            list.source.id.to_string(),
            words::of_date(list).trim_start_matches("of ").to_owned(),
            words::age(report, list) + bundled,
            number(list.entity_count() as u64),
            number(list.addresses() as u64),
            words::authority(list.source.authority).to_owned(),
        ]);
    }
    page.table(table, &[3, 4])
}

fn checked(report: &ScreeningReport<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let coverage = &report.coverage;
    page.heading("Checked")?;
    let about = if coverage.unique_exact { "" } else { "about " };
    page.text(
        2,
        "",
        &format!(
            "{}, {}: {}, {} of them addresses ({about}{} distinct)",
            count(coverage.rows, "row", "rows"),
            count(coverage.cells, "cell", "cells"),
            count(coverage.tokens, "address-like text", "address-like texts"),
            number(coverage.recognised),
            number(coverage.unique),
        ),
    )?;
    if !coverage.validated {
        page.text(
            2,
            "",
            "damaged addresses were not looked for (--no-validate)",
        )?;
    }
    let kinds: Vec<String> = coverage
        .not_addresses
        .iter()
        .map(|n| format!("{} {}", number(n.count), n.kind))
        .collect();
    if !kinds.is_empty() {
        page.text(
            2,
            "",
            &format!("no addresses, by their form: {}", kinds.join(", ")),
        )?;
    }
    for (at, input) in report.inputs.iter().enumerate() {
        page.text(
            2,
            "",
            &format!(
                "{}: {}, read {}",
                short(&input.path, SHOWN),
                count(input.rows, "row", "rows"),
                visible(&words::read_as(input))
            ),
        )?;
        let columns = || coverage.columns.iter().filter(|c| c.input == at);
        let with = columns().filter(|c| c.recognised > 0).map(|c| {
            let name = words::column(&c.column);
            format!("{} ({})", short(&name, 40), number(c.recognised))
        });
        let with: Vec<String> = with.collect();
        let without = columns().filter(|c| c.recognised == 0);
        let without: Vec<String> = without
            .map(|c| short(&words::column(&c.column), 40).into_owned())
            .collect();
        match with.is_empty() {
            true => page.text(4, "1;33", "no address in any column")?,
            false => page.text(4, "", &format!("addresses in: {}", with.join(", ")))?,
        }
        if !without.is_empty() {
            page.text(4, DIM, &format!("none in: {}", without.join(", ")))?;
        }
    }
    Ok(())
}

fn not_screened(report: &ScreeningReport<'_>, page: &mut Page<'_>) -> io::Result<()> {
    if report.coverage.not_screened.is_empty() {
        return Ok(());
    }
    page.heading("Not screened")?;
    for n in &report.coverage.not_screened {
        page.text(
            2,
            BOLD,
            &format!("{}: {}", words::reason(n), number(n.count)),
        )?;
        for example in &n.examples {
            page.text(4, "", &short(example, SHOWN))?;
        }
    }
    Ok(())
}

fn matches(report: &ScreeningReport<'_>, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    let groups = words::groups(report);
    if groups.is_empty() {
        return Ok(());
    }
    page.heading("Matches")?;
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            page.blank()?;
        }
        entity(at + 1, group, page)?;
        for listing in &group.listings {
            evidence(listing[0], page)?;
            for m in listing.iter().take(options.rows_shown) {
                cell(report, m, page)?;
            }
            if listing.len() > options.rows_shown {
                let more = (listing.len() - options.rows_shown) as u64;
                let more = count(more, "more cell", "more cells");
                page.text(4, DIM, &format!("and {more} (--format csv has every one)"))?;
            }
        }
    }
    Ok(())
}

fn entity(at: usize, group: &Group<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let (entity, source) = (group.entity, &group.list.source);
    let name = if entity.name.is_empty() {
        "(no name)"
    } else {
        &entity.name
    };
    page.text(
        0,
        BOLD,
        &format!("{at}. {} ({})", short(name, SHOWN), group.title()),
    )?;
    let mut what = vec![entity.kind.id().to_owned()];
    if !entity.programs.is_empty() {
        what.push(visible(&entity.programs.join(", ")).into_owned());
    }
    if let Some(day) = entity.listed_on {
        what.push(format!("entity listed {day}"));
    }
    page.text(
        3,
        "",
        &format!(
            "{}; record {} of {} ({}), {}",
            what.join("; "),
            visible(&entity.id),
            source.title,
            source.id,
            words::authority(source.authority)
        ),
    )
}

/// The listing and where it is published.
fn evidence(m: &Match<'_>, page: &mut Page<'_>) -> io::Result<()> {
    page.text(3, "1;36", &short(m.listing.text, SHOWN))?;
    let label = match m.labels.is_empty() {
        true => String::new(),
        false => format!("as {}; ", visible(&m.labels.join(", "))),
    };
    page.text(5, "", &format!("{label}{}", words::spans(&m.listing)))?;
    if m.listing.raw != m.listing.text {
        page.text(
            5,
            DIM,
            &format!("published as: {}", short(m.listing.raw, SHOWN)),
        )?;
    }
    page.text(5, DIM, &format!("at {}", short(m.listing.locator, SHOWN)))?;
    page.text(5, DIM, &format!("of {}", visible(source_url(m))))?;
    page.text(5, DIM, &format!("sha256 {}", m.listing.snapshot.sha256))
}

fn cell(report: &ScreeningReport<'_>, m: &Match<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let mut at = vec![format!("row {} (line {})", m.row, m.line)];
    at.push(short(&words::column(&m.column), 40).into_owned());
    if report.inputs.len() > 1 {
        at.insert(0, short(path(&report.inputs, m.input), SHOWN).into_owned());
    }
    let amount = format!("{} {}", m.amount, m.asset);
    for text in [&*m.row_time, amount.trim()] {
        if !text.is_empty() {
            at.push(short(text, 60).into_owned());
        }
    }
    let colour = if m.stands() { "31" } else { DIM };
    page.text(4, colour, &format!("{}: {}", m.timing.id(), at.join(", ")))?;
    page.text(6, "", &visible(&m.timing_note))?;
    if *m.text != *m.listing.text {
        page.text(6, "", &format!("written {}", short(&m.text, SHOWN)))?;
    }
    if m.basis != Basis::Exact {
        page.text(
            6,
            "",
            &format!("{}: {}", m.basis.id(), visible(&m.basis_note)),
        )?;
    }
    if !m.reading.is_empty() {
        page.text(6, "", &format!("read: {}", visible(&m.reading)))?;
    }
    if let Some(disposed) = &m.disposition {
        page.text(6, BOLD, &visible(&words::disposition(disposed)))?;
    }
    page.text(6, DIM, &format!("id {}", m.id))
}

fn possible(
    report: &ScreeningReport<'_>,
    options: &Options,
    page: &mut Page<'_>,
) -> io::Result<()> {
    if report.possible.is_empty() {
        return Ok(());
    }
    page.heading("Possible: no matches, for a person to look at")?;
    let shown = options.rows_shown.max(1);
    for Possible { found: m, kind, .. } in report.possible.iter().take(shown) {
        let input = match report.inputs.len() > 1 {
            true => format!("{}, ", short(path(&report.inputs, m.input), SHOWN)),
            false => String::new(),
        };
        let column = words::column(&m.column);
        page.text(
            2,
            "33",
            &format!(
                "{kind}: {input}row {} (line {}), {}",
                m.row,
                m.line,
                short(&column, 40)
            ),
        )?;
        page.text(4, "", &format!("written {}", short(&m.text, SHOWN)))?;
        page.text(4, "", &format!("listed  {}", short(m.listing.text, SHOWN)))?;
        page.text(4, "", &visible(&m.basis_note))?;
        page.text(
            4,
            DIM,
            &format!(
                "{}, record {} of {} at {}",
                short(&m.entity().name, SHOWN),
                visible(&m.entity().id),
                m.list.source.id,
                short(m.listing.locator, SHOWN)
            ),
        )?;
    }
    if report.possible.len() > shown {
        let more = count((report.possible.len() - shown) as u64, "more", "more");
        page.text(2, DIM, &format!("and {more} (--format json has every one)"))?;
    }
    Ok(())
}

fn findings(report: &ScreeningReport<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let rows = words::findings(report);
    if rows.is_empty() {
        return Ok(());
    }
    page.heading("Findings")?;
    let mut table = vec![row(["Count", "Finding", "Meaning"])];
    for (code, severity, meaning, n) in rows {
        table.push(vec![
            number(n),
            format!("{severity}: {code}"),
            meaning.to_owned(),
        ]);
    }
    page.table(table, &[0])
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

struct Page<'w> {
    out: &'w mut dyn Write,
    width: usize,
    colour: bool,
}

impl Page<'_> {
    fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.blank()?;
        self.text(0, BOLD, &text.to_uppercase())
    }

    /// One paragraph, folded between words, hanging. A word longer than the line (an address, a
    /// digest) stays whole, so that it can be copied.
    fn text(&mut self, indent: usize, style: &str, text: &str) -> io::Result<()> {
        let mut first = true;
        for line in fold(text, self.width.saturating_sub(indent + 2)) {
            let hang = if first { 0 } else { 2 };
            let line = match self.colour && !style.is_empty() {
                true => format!("\u{1b}[{style}m{line}\u{1b}[0m"),
                false => line,
            };
            writeln!(self.out, "{:1$}{line}", "", indent + hang)?;
            first = false;
        }
        Ok(())
    }

    fn table(&mut self, rows: Vec<Vec<String>>, numbers: &[usize]) -> io::Result<()> {
        let rows = rows.into_iter().map(|r| {
            r.iter()
                .map(|c| visible(c).into_owned())
                .collect::<Vec<_>>()
        });
        let mut table = Builder::from_iter(rows).build();
        table
            .with(Style::blank())
            .with(Padding::new(0, 1, 0, 0))
            .with(
                Width::wrap(self.width - 2)
                    .keep_words(true)
                    .priority(Priority::max(true)),
            );
        for &column in numbers {
            table.with(Modify::new(Columns::one(column)).with(Alignment::right()));
        }
        for line in table.to_string().lines() {
            writeln!(self.out, "  {}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Lines of at most `width`, broken at spaces.
fn fold(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let len = word.width();
        if used > 0 && used + 1 + len > width {
            lines.push(String::new());
            used = 0;
        }
        let line = lines.last_mut().expect("there is always one");
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += len;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folding_breaks_between_words_only() {
        assert_eq!(fold("one two three", 8), ["one two", "three"]);
        assert_eq!(fold("a 0123456789 b", 6), ["a", "0123456789", "b"]);
        assert_eq!(fold("東京 東京", 6), ["東京", "東京"]);
        assert_eq!(fold("", 6), [""]);
    }
}
