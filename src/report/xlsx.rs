//! The report as an XLSX workbook: summary, matches, totals, contacts, possible, not screened, lists, findings.
//!
//! Every cell is a text or a number, never a formula, and a text that looks like a formula gets a
//! leading `'`, so that editing or exporting the sheet does not make it one. Only web addresses are
//! links. The same report gives the same bytes: the file's date is the moment answered for.

use super::Options;
use super::escape::{cell, short};
use super::flat::{FLAT_COLUMNS, flat};
use super::hops;
use super::json::{is_web, list_url, path};
use super::words::{self, number};
use crate::screen::{Hops, ScreeningReport, Verdict};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use std::borrow::Cow;
use std::io::{self, Write};

/// Characters a cell can hold, less some for saying how many were cut off.
const TEXT_MAX: usize = 32_000;
/// Rows of a sheet below its header.
const ROWS_MAX: usize = 1_048_575;
/// Links of a sheet.
const LINKS_MAX: u32 = 65_000;

/// Columns of the sheet of matches: heading, column of the flat table, width.
const MATCH_COLUMNS: &[(&str, &str, f64)] = &[
    ("Timing", "timing", 15.0),
    ("Input", "input", 18.0),
    ("Row", "row", 8.0),
    ("Line", "line", 8.0),
    ("Column", "column", 14.0),
    ("Row time", "row_time", 20.0),
    ("Amount", "amount", 14.0),
    ("Asset", "asset", 9.0),
    ("Text in the cell", "text", 46.0),
    ("Entity", "entity", 32.0),
    ("Record", "entity_id", 12.0),
    ("Kind", "kind", 12.0),
    ("Programmes", "programs", 18.0),
    ("List", "list", 16.0),
    ("Authority", "authority", 14.0),
    ("Listed text", "listed_text", 46.0),
    ("Labels", "labels", 9.0),
    ("Listed from", "listed_from", 12.0),
    ("Listed on or before", "listed_on_or_before", 12.0),
    ("Listed until", "listed_until", 12.0),
    ("All intervals", "intervals", 24.0),
    ("Entity listed on", "entity_listed_on", 12.0),
    ("Timing in words", "timing_note", 48.0),
    ("Basis", "basis", 13.0),
    ("Basis in words", "basis_note", 40.0),
    ("Reading", "reading", 24.0),
    ("Address", "address", 46.0),
    ("Format", "format", 12.0),
    ("Networks", "networks", 18.0),
    ("Role", "role", 9.0),
    ("Published text", "raw", 48.0),
    ("Publisher's comment", "comment", 24.0),
    ("Place in the source", "locator", 40.0),
    ("Original", "source_url", 40.0),
    ("List of", "published_on", 12.0),
    ("Retrieved", "retrieved_at", 21.0),
    ("SHA-256 of the source", "snapshot_sha256", 24.0),
    ("Provenance", "note", 60.0),
    ("Match id", "id", 18.0),
];

const NUMBERS: &[&str] = &["row", "line"];

pub(super) fn write(
    report: &ScreeningReport<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let bytes = workbook(report, options).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn workbook(report: &ScreeningReport<'_>, options: &Options) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_timestamp(report.as_of.as_second())?;
    let properties = DocProperties::new()
        .set_title("interdict screening report")
        .set_comment(words::headline(report))
        .set_creation_datetime(&created);
    workbook.set_properties(&properties);
    let looks = Looks::new();
    summary(report, options, &looks, workbook.add_worksheet())?;
    matches(report, &looks, workbook.add_worksheet())?;
    totals(report, &looks, workbook.add_worksheet())?;
    if let Some(hops) = &report.hops {
        contacts(report, hops, &looks, workbook.add_worksheet())?;
    }
    possible(report, &looks, workbook.add_worksheet())?;
    not_screened(report, &looks, workbook.add_worksheet())?;
    lists(report, &looks, workbook.add_worksheet())?;
    findings(report, &looks, workbook.add_worksheet())?;
    workbook.save_to_buffer()
}

struct Looks {
    title: Format,
    heading: Format,
    header: Format,
    body: Format,
    link: Format,
}

impl Looks {
    fn new() -> Self {
        Self {
            title: Format::new().set_bold().set_font_size(16),
            heading: Format::new().set_bold().set_font_size(12),
            header: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x002F_3E4E))
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_border_bottom(FormatBorder::Thin),
            body: Format::new().set_align(FormatAlign::Top),
            link: Format::new()
                .set_align(FormatAlign::Top)
                .set_font_color(Color::RGB(0x0000_55AA))
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
        }
    }
}

/// A sheet with a header row; rows are added below.
struct Sheet<'s> {
    sheet: &'s mut Worksheet,
    looks: &'s Looks,
    row: u32,
    links: u32,
}

impl<'s> Sheet<'s> {
    /// A table: its name, headings and widths. The header is frozen, filtered and repeated in print.
    fn table(
        sheet: &'s mut Worksheet,
        looks: &'s Looks,
        name: &str,
        columns: &[(&str, f64)],
        rows: usize,
    ) -> Result<Self, XlsxError> {
        sheet.set_name(name)?;
        for (at, (heading, width)) in columns.iter().enumerate() {
            sheet.write_string_with_format(0, at as u16, *heading, &looks.header)?;
            sheet.set_column_width(at as u16, *width)?;
        }
        sheet.set_row_height(0, 30)?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
        sheet.set_header(format!("&Linterdict: {name}&RPage &P of &N"));
        let last = rows.clamp(1, ROWS_MAX) as u32;
        sheet.autofilter(0, 0, last, columns.len() as u16 - 1)?;
        let mut table = Self {
            sheet,
            looks,
            row: 1,
            links: 0,
        };
        if rows == 0 {
            table.text(0, "(none)")?;
        }
        Ok(table)
    }

    fn text(&mut self, column: u16, text: &str) -> Result<(), XlsxError> {
        if !text.is_empty() {
            let text = short(text, TEXT_MAX);
            let text = cell(&text);
            self.sheet
                .write_string_with_format(self.row, column, &*text, &self.looks.body)?;
        }
        Ok(())
    }

    fn number(&mut self, column: u16, n: u64) -> Result<(), XlsxError> {
        // A spreadsheet's number is a double.
        self.sheet
            .write_number_with_format(self.row, column, n as f64, &self.looks.body)?;
        Ok(())
    }

    fn link(&mut self, column: u16, url: &str) -> Result<(), XlsxError> {
        let plain = url.bytes().all(|b| b.is_ascii_graphic()) && url.len() < 2000;
        if !is_web(url) || !plain || self.links >= LINKS_MAX {
            return self.text(column, url);
        }
        self.links += 1;
        self.sheet
            .write_url_with_format(self.row, column, url, &self.looks.link)?;
        Ok(())
    }
}

fn summary(
    report: &ScreeningReport<'_>,
    options: &Options,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    sheet.set_name("Summary")?;
    sheet.set_column_width(0, 30)?;
    sheet.set_column_width(1, 60)?;
    for column in 2..8 {
        sheet.set_column_width(column, 18)?;
    }
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    let colour = match report.verdict() {
        Verdict::Match => Color::RGB(0x00B4_2318),
        Verdict::Incomplete | Verdict::Possible => Color::RGB(0x008A_5A00),
        Verdict::NoMatch => Color::RGB(0x001F_4E79),
    };
    let title = looks.title.clone().set_font_color(colour);
    sheet.write_string_with_format(0, 0, words::headline(report), &title)?;
    let mut page = Sheet {
        sheet,
        looks,
        row: 1,
        links: 0,
    };
    page.text(0, &words::on_lists(report))?;
    for part in words::beside(report) {
        page.row += 1;
        page.text(0, &format!("Also: {part}"))?;
    }
    page.row += 2;
    let coverage = &report.coverage;
    let exact = if coverage.unique_exact { "" } else { "about " };
    for (name, value) in [
        ("Verdict", report.verdict().id().to_owned()),
        ("As of", report.as_of.to_string()),
        ("Tool", format!("interdict {}", options.version)),
        ("Matches", number(report.matches.len() as u64)),
        ("Possible", number(report.possible.len() as u64)),
        ("Not screened", number(words::not_screened(report))),
        ("Rows", number(coverage.rows)),
        ("Cells", number(coverage.cells)),
        ("Address-like texts", number(coverage.tokens)),
        ("Addresses", number(coverage.recognised)),
        (
            "Distinct addresses",
            format!("{exact}{}", number(coverage.unique)),
        ),
        (
            "Damaged addresses looked for",
            if coverage.validated {
                "yes"
            } else {
                "no (--no-validate)"
            }
            .to_owned(),
        ),
    ] {
        page.text(0, name)?;
        page.text(1, &value)?;
        page.row += 1;
    }
    if report.matches.len() > ROWS_MAX {
        let more = number((report.matches.len() - ROWS_MAX) as u64);
        page.text(
            0,
            &format!("{more} matches do not fit into a sheet: see the CSV or JSON report"),
        )?;
        page.row += 1;
    }
    headings(
        &mut page,
        &[
            "Inputs",
            "SHA-256",
            "Rows",
            "Bytes",
            "Read as",
            "Header line",
        ],
    )?;
    for input in &report.inputs {
        page.text(0, &input.path)?;
        page.text(1, input.digest())?;
        page.number(2, input.rows)?;
        page.number(3, input.bytes)?;
        page.text(4, &words::read_as(input))?;
        page.number(5, input.header_line)?;
        page.row += 1;
    }
    headings(
        &mut page,
        &["Columns", "Input", "Role", "Cells", "Addresses"],
    )?;
    for c in &coverage.columns {
        page.text(0, &words::column(&c.column))?;
        page.text(1, path(&report.inputs, c.input))?;
        page.text(2, c.column.role.id())?;
        page.number(3, c.cells)?;
        page.number(4, c.recognised)?;
        page.row += 1;
    }
    headings(&mut page, &["Entities", "List", "Record", "Matches"])?;
    for group in words::groups(report) {
        page.text(0, &group.entity.name)?;
        page.text(1, &group.list.source.title)?;
        page.text(2, &group.entity.id)?;
        page.number(3, group.len())?;
        page.row += 1;
    }
    headings(&mut page, &["Timing", "Matches"])?;
    for (timing, n) in report.summary().by_timing {
        page.text(0, timing.id())?;
        page.text(1, &number(n))?;
        page.row += 1;
    }
    Ok(())
}

fn headings(page: &mut Sheet<'_>, names: &[&str]) -> Result<(), XlsxError> {
    page.row += 1;
    for (at, name) in names.iter().enumerate() {
        page.sheet
            .write_string_with_format(page.row, at as u16, *name, &page.looks.heading)?;
    }
    page.row += 1;
    Ok(())
}

fn flat_column(name: &str) -> usize {
    let column = FLAT_COLUMNS.iter().position(|c| *c == name);
    column.expect("a test compares the two tables")
}

fn match_row(values: &[Cow<'_, str>], first: u16, sheet: &mut Sheet<'_>) -> Result<(), XlsxError> {
    for (at, (_, name, _)) in MATCH_COLUMNS.iter().enumerate() {
        let column = first + at as u16;
        let value = &*values[flat_column(name)];
        match value.parse() {
            Ok(n) if NUMBERS.contains(name) => sheet.number(column, n)?,
            _ if *name == "source_url" => sheet.link(column, value)?,
            _ => sheet.text(column, value)?,
        }
    }
    Ok(())
}

fn matches(
    report: &ScreeningReport<'_>,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let columns: Vec<_> = MATCH_COLUMNS
        .iter()
        .map(|&(name, _, width)| (name, width))
        .collect();
    let mut sheet = Sheet::table(sheet, looks, "Matches", &columns, report.matches.len())?;
    for m in report.matches.iter().take(ROWS_MAX) {
        match_row(&flat(report, m), 0, &mut sheet)?;
        sheet.row += 1;
    }
    Ok(())
}

fn totals(
    report: &ScreeningReport<'_>,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    sheet.set_name("Totals")?;
    for (column, width) in [60.0, 40.0, 14.0, 14.0, 60.0, 60.0].into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    let mut page = Sheet {
        sheet,
        looks,
        row: 0,
        links: 0,
    };
    page.text(0, super::summary::ABOUT)?;
    page.row += 1;
    let tables = super::summary::tables(report);
    if tables.is_empty() {
        page.text(0, "(none)")?;
    }
    for table in tables {
        headings(&mut page, &[table.title])?;
        page.row -= 1;
        headings(&mut page, &[table.what, super::summary::HEADINGS].concat())?;
        for row in table.rows.iter().take(ROWS_MAX / 8) {
            for (column, text) in row.iter().enumerate() {
                page.text(column as u16, text)?;
            }
            page.row += 1;
        }
    }
    Ok(())
}

fn contacts(
    report: &ScreeningReport<'_>,
    of: &Hops,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let columns = [
        ("Hops", 10.0),
        ("Address", 46.0),
        ("Listed address", 46.0),
        ("Listed as", 40.0),
        ("Path", 90.0),
    ];
    let rows = of.contacts.len();
    let mut page = Sheet::table(sheet, looks, "Contacts", &columns, rows)?;
    for line in hops::lines(report, of, ROWS_MAX) {
        let path = line.path.join("; ");
        let cells = [line.hops, line.address, line.listed, line.names, path];
        for (column, text) in cells.iter().enumerate() {
            page.text(column as u16, text)?;
        }
        page.row += 1;
    }
    page.row += 1;
    page.text(0, &hops::about(of))
}

fn possible(
    report: &ScreeningReport<'_>,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let mut columns = vec![("Kind of near miss", 16.0), ("Edits", 8.0)];
    columns.extend(MATCH_COLUMNS.iter().map(|&(name, _, width)| (name, width)));
    let mut sheet = Sheet::table(sheet, looks, "Possible", &columns, report.possible.len())?;
    for p in report.possible.iter().take(ROWS_MAX) {
        sheet.text(0, p.kind)?;
        sheet.number(1, u64::from(p.distance))?;
        let mut values = flat(report, &p.found);
        values[flat_column("basis")] = "none".into();
        values[flat_column("note")] = p.note().into();
        match_row(&values, 2, &mut sheet)?;
        sheet.row += 1;
    }
    Ok(())
}

fn not_screened(
    report: &ScreeningReport<'_>,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let columns = [
        ("Reason", 22.0),
        ("Count", 10.0),
        ("Example", 60.0),
        ("Example", 60.0),
        ("Example", 60.0),
    ];
    let rows = &report.coverage.not_screened;
    let mut sheet = Sheet::table(sheet, looks, "Not screened", &columns, rows.len())?;
    for n in rows {
        sheet.text(0, &words::reason(n))?;
        sheet.number(1, n.count)?;
        for (at, example) in n.examples.iter().take(3).enumerate() {
            sheet.text(2 + at as u16, example)?;
        }
        sheet.row += 1;
    }
    Ok(())
}

fn lists(
    report: &ScreeningReport<'_>,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let columns = [
        ("List", 18.0),
        ("Title", 36.0),
        ("Publisher", 30.0),
        ("Whose word", 34.0),
        ("Published on", 13.0),
        ("Retrieved", 21.0),
        ("Age in days", 10.0),
        ("Entities", 10.0),
        ("Listings", 10.0),
        ("Addresses", 10.0),
        ("Compiled in", 12.0),
        ("Licence", 20.0),
        ("Document", 50.0),
        ("SHA-256", 66.0),
    ];
    let rows = report.lists.lists();
    let mut sheet = Sheet::table(sheet, looks, "Lists", &columns, rows.len())?;
    for list in rows {
        let (source, snapshot) = (&list.source, &list.snapshot);
        let day = snapshot.published_on.map(|d| d.to_string());
        let retrieved = snapshot.retrieved_at.map(|t| t.to_string());
        let texts = [
            &*source.id,
            &source.title,
            &source.publisher,
            words::authority(source.authority),
            &day.unwrap_or_default(),
            &retrieved.unwrap_or_default(),
        ];
        for (at, text) in texts.into_iter().enumerate() {
            sheet.text(at as u16, text)?;
        }
        if let Some(days) = report.age_days(list) {
            sheet.text(6, &days.to_string())?;
        }
        sheet.number(7, list.entity_count() as u64)?;
        sheet.number(8, list.len() as u64)?;
        sheet.number(9, list.addresses() as u64)?;
        sheet.text(10, if snapshot.bundled { "yes" } else { "no" })?;
        sheet.text(11, &source.licence)?;
        sheet.link(12, list_url(list))?;
        sheet.text(13, &snapshot.sha256)?;
        sheet.row += 1;
    }
    Ok(())
}

fn findings(
    report: &ScreeningReport<'_>,
    looks: &Looks,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let columns = [
        ("Severity", 10.0),
        ("Finding", 28.0),
        ("Place", 44.0),
        ("Detail", 80.0),
        ("Meaning", 80.0),
    ];
    let rows = &report.findings;
    let mut sheet = Sheet::table(sheet, looks, "Findings", &columns, rows.len())?;
    for f in rows.iter().take(ROWS_MAX) {
        sheet.text(0, f.code.severity().id())?;
        sheet.text(1, f.code.id())?;
        sheet.text(2, &f.place.to_string())?;
        sheet.text(3, &f.detail)?;
        sheet.text(4, f.code.meaning())?;
        sheet.row += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_of_the_flat_table() {
        for (_, name, _) in MATCH_COLUMNS {
            assert!(FLAT_COLUMNS.contains(name), "{name}");
        }
    }
}
