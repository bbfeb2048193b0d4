//! The report for a person at a terminal: verdict, what was and was not checked, matches by entity
//! with their evidence, near misses, findings.
//!
//! Folded to the width it is told. Colour is optional and carries no meaning of its own. Every text
//! from outside goes through `escape`.

use super::escape::{short, visible};
use super::json::source_url;
use super::words::{self, Group, count, number};
use super::{Options, findings, hops, summary};
use crate::address::Basis;
use crate::finding::{Finding, Severity};
use crate::list::Entity;
use crate::screen::{Match, Possible, ScreeningReport, Verdict};
use std::io::{self, Write};
use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Modify, Padding, Style};
use unicode_width::UnicodeWidthStr;

/// Characters of a cell's text that are shown before the rest is only counted.
const SHOWN: usize = 200;
/// What has all of what is only counted here.
const EVERY: &str = "--format xlsx, html, csv or json has every one";
/// The widest that a column of a table is, but for the last; and what the last one needs at least.
const COLUMN: usize = 32;
const ROOM: usize = 16;
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
    totals(report, options, &mut page)?;
    contacts(report, options, &mut page)?;
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
        "Kind",
    ])];
    for list in report.lists.lists() {
        let bundled = match list.snapshot.bundled {
            true => "; compiled in",
            false => "",
        };
        table.push(vec![
            list.source.id.to_string(),
            words::of_date(list).trim_start_matches("of ").to_owned(),
            words::age(report, list),
            number(list.entity_count() as u64),
            number(list.addresses() as u64),
            words::authority(list.source.authority).to_owned() + bundled,
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
            "damaged, broken and glued addresses were not looked for (--no-validate)",
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
    page.heading("Matches by entity")?;
    let most = options.listings_shown.max(1);
    let mut table = vec![row(["", "Entity", "List", "Cells", "Listed when"])];
    for (at, group) in groups.iter().enumerate().take(most) {
        let cleared = if group.cleared { ", cleared" } else { "" };
        table.push(vec![
            number(at as u64 + 1),
            short(name(group.entity), 60).into_owned(),
            group.list.source.id.to_string(),
            number(group.len()),
            group.timings() + cleared,
        ]);
    }
    page.table(table, &[0, 3])?;
    if let Some(rest) = groups.get(most..).filter(|rest| !rest.is_empty()) {
        let cells = rest.iter().map(Group::len).sum();
        let more = count(rest.len() as u64, "more entity", "more entities");
        let cells = count(cells, "cell", "cells");
        page.text(2, DIM, &format!("and {more} with {cells} ({EVERY})"))?;
    }
    page.heading("Matches in full")?;
    let mut left = most;
    let mut untold = (0, 0);
    for (at, group) in groups.iter().enumerate() {
        let told = group.listings.len().min(left);
        left -= told;
        if told > 0 {
            if at > 0 {
                page.blank()?;
            }
            listed(report, options, at + 1, group, told, page)?;
        }
        let rest = &group.listings[told..];
        untold.0 += rest.len() as u64;
        untold.1 += rest.iter().map(|l| l.len() as u64).sum::<u64>();
    }
    if untold.0 > 0 {
        let more = count(untold.0, "more listed address", "more listed addresses");
        let cells = count(untold.1, "cell", "cells");
        page.blank()?;
        page.text(0, DIM, &format!("and {more} in {cells} ({EVERY})"))?;
    }
    Ok(())
}

/// The first listings of an entity, each with its cells.
fn listed(
    report: &ScreeningReport<'_>,
    options: &Options,
    at: usize,
    group: &Group<'_>,
    told: usize,
    page: &mut Page<'_>,
) -> io::Result<()> {
    entity(at, group, page)?;
    let told = &group.listings[..told];
    // Where all stand in one document, it is named once.
    let document = |m: &Match<'_>| (source_url(m).to_owned(), m.listing.snapshot.sha256.clone());
    let first = document(told[0][0]);
    let one = told.iter().all(|l| document(l[0]) == first);
    if one {
        published(told[0][0], 3, page)?;
    }
    for listing in told {
        evidence(listing[0], page)?;
        if !one {
            published(listing[0], 5, page)?;
        }
        for m in listing.iter().take(options.rows_shown) {
            cell(report, m, page)?;
        }
        if listing.len() > options.rows_shown {
            let more = (listing.len() - options.rows_shown) as u64;
            let more = count(more, "more cell", "more cells");
            page.text(4, DIM, &format!("and {more} ({EVERY})"))?;
        }
    }
    Ok(())
}

fn name(entity: &Entity) -> &str {
    match &*entity.name {
        "" => "(no name)",
        name => name,
    }
}

fn entity(at: usize, group: &Group<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let (entity, source) = (group.entity, &group.list.source);
    let name = short(name(entity), SHOWN);
    page.text(0, BOLD, &format!("{at}. {name} ({})", group.title()))?;
    let mut what = vec![entity.kind.id().to_owned()];
    if !entity.programs.is_empty() {
        what.push(short(&entity.programs.join(", "), SHOWN).into_owned());
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
            short(&entity.id, SHOWN),
            short(&source.title, SHOWN),
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
        false => format!("as {}; ", short(&m.labels.join(", "), SHOWN)),
    };
    let (spans, locator) = (words::spans(&m.listing), short(m.listing.locator, SHOWN));
    page.text(5, "", &format!("{label}{spans}; at {locator}"))?;
    if m.listing.raw != m.listing.text {
        page.text(
            5,
            DIM,
            &format!("published as: {}", short(m.listing.raw, SHOWN)),
        )?;
    }
    Ok(())
}

/// The document that a listing stands in.
fn published(m: &Match<'_>, indent: usize, page: &mut Page<'_>) -> io::Result<()> {
    page.text(
        indent,
        DIM,
        &format!("of {}", short(source_url(m), 2 * SHOWN)),
    )?;
    let sha256 = &m.listing.snapshot.sha256;
    page.text(indent, DIM, &format!("sha256 {sha256}"))
}

fn cell(report: &ScreeningReport<'_>, m: &Match<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let mut at = vec![format!("row {} (line {})", m.row, m.line)];
    at.push(short(&words::column(&m.column), 40).into_owned());
    if report.inputs.len() > 1 {
        let name = words::input_name(report, m.input);
        at.insert(0, short(name, SHOWN).into_owned());
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

fn totals(report: &ScreeningReport<'_>, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    let shown = options.rows_shown.max(1);
    for (at, of) in summary::tables(report).into_iter().enumerate() {
        if at == 0 {
            page.heading("Totals")?;
            page.text(2, DIM, summary::ABOUT)?;
        } else if of.rows.len() == 1 {
            // It would say again what the first table does.
            continue;
        }
        page.blank()?;
        page.text(2, BOLD, of.title)?;
        let mut table = vec![[of.what, summary::HEADINGS].concat()];
        let rows = of.rows.len();
        for row in of.rows.iter().take(shown) {
            table.push(row.iter().map(String::as_str).collect());
        }
        let width = of.what.len();
        let table = table.into_iter().map(|row| {
            let cells = row.into_iter().enumerate();
            // The matches above have every address in full.
            let cells = cells.map(|(c, text)| match c < width {
                true => ends(text),
                false => short(text, SHOWN).into_owned(),
            });
            cells.collect()
        });
        page.table(table.collect(), &[width])?;
        if rows > shown {
            let more = number((rows - shown) as u64);
            page.text(
                4,
                DIM,
                &format!("and {more} more (--format json has every one)"),
            )?;
        }
    }
    Ok(())
}

fn contacts(
    report: &ScreeningReport<'_>,
    options: &Options,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let Some(hops) = &report.hops else {
        return Ok(());
    };
    let shown = options.rows_shown.max(1);
    page.heading(&hops::title(hops))?;
    page.text(2, "", &hops::about(hops))?;
    for line in hops::lines(report, hops, shown) {
        page.text(
            2,
            BOLD,
            &format!("{}: {}", line.hops, short(&line.address, SHOWN)),
        )?;
        let listed = short(&line.listed, SHOWN);
        page.text(
            4,
            "",
            &format!("listed {listed}: {}", short(&line.names, SHOWN)),
        )?;
        for dealing in line.path {
            page.text(4, DIM, &visible(&dealing))?;
        }
    }
    match hops::rest(hops, shown) {
        Some(rest) => page.text(2, DIM, &format!("{rest} (--format json has them)")),
        None => Ok(()),
    }
}

/// A long word by its two ends; anything else bounded.
fn ends(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    match text.contains(' ') || chars.len() <= 24 {
        true => short(text, 60).into_owned(),
        false => {
            let (head, tail) = (&chars[..12], &chars[chars.len() - 8..]);
            head.iter().chain(&['…']).chain(tail).collect()
        }
    }
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
            true => format!("{}, ", short(words::input_name(report, m.input), SHOWN)),
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
                short(&m.entity().id, SHOWN),
                m.list.source.id,
                short(m.listing.locator, SHOWN)
            ),
        )?;
    }
    if report.possible.len() > shown {
        let more = count((report.possible.len() - shown) as u64, "more", "more");
        page.text(2, DIM, &format!("and {more} ({EVERY})"))?;
    }
    Ok(())
}

fn findings(report: &ScreeningReport<'_>, page: &mut Page<'_>) -> io::Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    page.heading("Findings")?;
    for group in findings::groups(&report.findings) {
        let style = match group.code.severity() {
            Severity::Error => "1;33",
            Severity::Warning => "33",
            Severity::Info => "",
        };
        let (word, n) = (group.word(), number(group.count));
        page.text(2, style, &format!("{n} × {word}[{}]", group.code))?;
        page.text(4, "", group.code.meaning())?;
        let first = if group.count > 1 { "first: " } else { "" };
        let Finding { place, detail, .. } = group.first;
        let told = format!(
            "{first}{}: {}",
            short(&place.to_string(), SHOWN),
            short(detail, SHOWN)
        );
        page.text(4, DIM, &told)?;
    }
    Ok(())
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

    /// A table under its headings, its last column folded to what room there is; where there is too
    /// little, a paragraph for each row.
    fn table(&mut self, rows: Vec<Vec<String>>, numbers: &[usize]) -> io::Result<()> {
        let rows: Vec<Vec<Vec<String>>> = rows
            .iter()
            .map(|row| row.iter().map(|c| fold(&visible(c), COLUMN)).collect())
            .collect();
        let widest = |column: usize| {
            let cells = rows.iter().flat_map(|row| &row[column]);
            cells.map(|line| line.width()).max().unwrap_or(0)
        };
        let last = rows[0].len() - 1;
        let fixed: usize = (0..last).map(|column| widest(column) + 2).sum();
        let room = self.width.saturating_sub(fixed + 2);
        if room < widest(last).min(ROOM) {
            return self.paragraphs(&rows);
        }
        let mut table = Builder::from_iter(rows.iter().map(|row| {
            row.iter()
                .enumerate()
                .map(|(column, lines)| match column == last {
                    true => fold(&lines.join(" "), room).join("\n"),
                    false => lines.join("\n"),
                })
        }))
        .build();
        table.with(Style::blank()).with(Padding::new(0, 1, 0, 0));
        for &column in numbers {
            table.with(Modify::new(Columns::one(column)).with(Alignment::right()));
        }
        for line in table.to_string().lines() {
            writeln!(self.out, "  {}", line.trim_end())?;
        }
        Ok(())
    }

    fn paragraphs(&mut self, rows: &[Vec<Vec<String>>]) -> io::Result<()> {
        let (heads, rows) = rows.split_first().expect("a table has headings");
        for row in rows {
            let mut line = String::new();
            for (at, (head, cell)) in heads.iter().zip(row).enumerate() {
                let (head, cell) = (head.join(" ").to_lowercase(), cell.join(" "));
                // The first, or what follows its number, needs no heading.
                line += &match (at, &*head) {
                    (_, "") => format!("{cell}. "),
                    (0, _) => format!("{cell}: "),
                    (1, _) if line.ends_with(". ") => format!("{cell}: "),
                    _ => format!("{head} {cell}, "),
                };
            }
            self.text(2, "", line.trim_end_matches([',', ' ']))?;
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
