//! Workbooks: every sheet and every cell, dates and rounded numbers.

use interdict::finding::Code;
use interdict::input::{InputOptions, Run, Source};
use interdict::list::ListSet;
use interdict::screen::{Screener, ScreeningReport, Verdict};
use interdict::source::bundled_lists;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Write};

const EVM: &str = "0xd882cfc20f52f2599d84b8e8d58c7fb62cfe344b";
const FREE: &str = "0xd8da6bf26964af9d7eed9e03e53415d37aa96045";

fn screen<T>(bytes: &[u8], on_disk: bool, f: impl FnOnce(ScreeningReport<'_>) -> T) -> T {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
    let mut run = Run::new(&screener, options);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    std::fs::write(&path, bytes).unwrap();
    let source = match on_disk {
        true => Source::File(path.to_str().unwrap()),
        false => Source::Stream("book", Box::new(Cursor::new(bytes.to_vec()))),
    };
    run.input(source, &mut |_, _| {}).unwrap();
    f(run.finish())
}

#[test]
fn every_sheet_and_cell_of_a_workbook_is_looked_at() {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "Transactions of Example Ltd").unwrap();
    for (column, heading) in ["Date", "From", "To", "Amount"].iter().enumerate() {
        sheet.write(2, column as u16, *heading).unwrap();
    }
    let at = ExcelDateTime::from_ymd(2024, 1, 2)
        .unwrap()
        .and_hms(10, 0, 0)
        .unwrap();
    sheet.write_with_format(3, 0, &at, &day).unwrap();
    sheet.write(3, 1, FREE).unwrap();
    sheet.write(3, 2, EVM).unwrap();
    sheet.write(3, 3, 1.5).unwrap();
    sheet.write(5, 1, EVM).unwrap();
    sheet.set_column_hidden(1).unwrap();
    let totals = book.add_worksheet().set_name("Totals").unwrap();
    totals.write(0, 0, "Sum").unwrap();
    totals.write(1, 0, 1.5).unwrap();
    let hidden = book.add_worksheet().set_name("Old").unwrap();
    hidden.set_hidden(true);
    hidden.write(0, 0, "Address").unwrap();
    hidden.write(1, 0, EVM).unwrap();
    hidden.write(2, 0, 1.23e47).unwrap();
    book.add_worksheet().set_name("Empty").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    for on_disk in [true, false] {
        screen(&bytes, on_disk, |report| {
            let found: Vec<(usize, u64, u64, &str, &str, &str)> = report
                .matches
                .iter()
                .map(|m| {
                    (
                        m.input,
                        m.row,
                        m.line,
                        &*m.column.name,
                        &*m.row_time,
                        m.timing.id(),
                    )
                })
                .collect();
            let expect = [
                (0, 1, 4, "To", "2024-01-02 10:00:00", "listed-then"),
                (0, 2, 6, "From", "", "date-unknown"),
                (2, 1, 2, "Address", "", "date-unknown"),
            ];
            assert_eq!(found, expect);
            assert_eq!(&*report.matches[0].amount, "1.5");
            assert!(report.inputs[0].path.ends_with("book:Sheet1"));
            assert_eq!(report.inputs[0].header_line, 3);
            let codes: Vec<Code> = report.findings.iter().map(|f| f.code).collect();
            assert_eq!(codes, [Code::InputHidden, Code::NumberDamaged]);
            let reasons: Vec<_> = report
                .coverage
                .not_screened
                .iter()
                .map(|n| n.reason)
                .collect();
            assert_eq!(reasons, ["damaged-number"]);
        });
    }
}

#[test]
fn a_stream_is_not_the_file_of_its_name() {
    let book = |text: &str| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "To").unwrap();
        sheet.write(1, 0, text).unwrap();
        book.save_to_buffer().unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("-");
    std::fs::write(&path, book(FREE)).unwrap();
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
    let mut run = Run::new(&screener, options);
    let stream = Box::new(Cursor::new(book(EVM)));
    let source = Source::Stream(path.to_str().unwrap(), stream);
    run.input(source, &mut |_, _| {}).unwrap();
    assert_eq!(run.finish().matches.len(), 1);
}

#[test]
fn comments_and_links_of_a_workbook_are_looked_at() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["Date", "To"].iter().enumerate() {
        sheet.write(0, column as u16, *heading).unwrap();
        sheet
            .write(1, column as u16, ["2024-01-02", FREE][column])
            .unwrap();
    }
    let note = rust_xlsxwriter::Note::new(format!("paid on to {EVM} & others"));
    sheet.insert_note(1, 1, &note).unwrap();
    let url = format!("https://explorer.example/address/{EVM}");
    sheet
        .write_url_with_text(2, 1, url.as_str(), "the explorer")
        .unwrap();
    let bytes = book.save_to_buffer().unwrap();
    for on_disk in [true, false] {
        screen(&bytes, on_disk, |report| {
            assert_eq!(report.inputs.len(), 2);
            assert!(report.inputs[1].path.ends_with(":comments and links"));
            let found: Vec<_> = report
                .matches
                .iter()
                .map(|m| (m.input, &*m.column.name))
                .collect();
            assert_eq!(found, [(1, "Text"), (1, "Text")]);
            assert!(report.coverage.not_screened.is_empty());
        });
    }
}

#[test]
fn an_open_document_sheet_is_read() {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |cells: [&str; 2]| {
        format!(
            "<table:table-row>{}{}</table:table-row>",
            cell(cells[0]),
            cell(cells[1])
        )
    };
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body>\
         <office:spreadsheet><table:table table:name=\"T\">{}{}{}</table:table>\
         </office:spreadsheet></office:body></office:document-content>",
        row(["Date", "To"]),
        row(["2024-01-02", FREE]),
        row(["2024-01-03", EVM])
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let manifest = "<?xml version=\"1.0\"?><manifest:manifest \
        xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", &content),
    ] {
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, stored).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    screen(&bytes, true, |report| {
        let found: Vec<(u64, u64, &str)> = report
            .matches
            .iter()
            .map(|m| (m.row, m.line, &*m.column.name))
            .collect();
        assert_eq!(found, [(2, 3, "To")]);
        assert_eq!(report.verdict(), Verdict::Match);
    });
}

#[test]
fn a_workbook_cut_off_is_an_error_and_an_empty_one_says_so() {
    let mut book = Workbook::new();
    book.add_worksheet();
    let bytes = book.save_to_buffer().unwrap();
    screen(&bytes, true, |report| {
        assert_eq!(report.verdict(), Verdict::Incomplete);
        assert_eq!(report.findings[0].code, Code::InputEmpty);
    });
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
    let mut run = Run::new(&screener, options);
    for cut in [bytes.len() / 2, bytes.len() - 30] {
        let part = Cursor::new(bytes[..cut].to_vec());
        let done = run.input(Source::Stream("book", Box::new(part)), &mut |_, _| {});
        assert!(done.is_err());
    }
}
