//! Whatever shape a table of transactions comes in, the same rows give the same matches.

use interdict::finding::Code;
use interdict::input::{InputError, InputOptions, Run, Source};
use interdict::list::ListSet;
use interdict::screen::{Screener, ScreeningReport, Verdict};
use interdict::source::bundled_lists;
use std::io::{Cursor, Write};

/// Listed by OFAC, in several shapes of address.
const EVM: &str = "0xd882cfc20f52f2599d84b8e8d58c7fb62cfe344b";
const BTC: &str = "149w62rY42aZBox8fGcmqNsXUzSStKeq8C";
/// Not listed.
const FREE: &str = "0xd8da6bf26964af9d7eed9e03e53415d37aa96045";

fn run<'l>(screener: &Screener<'l>, bytes: &[u8], threads: usize) -> ScreeningReport<'l> {
    let mut options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
    options.threads = threads;
    let mut run = Run::new(screener, options);
    run.input(
        Source::Stream("table", Box::new(Cursor::new(bytes.to_vec()))),
        &mut |_, _| {},
    )
    .unwrap();
    run.finish()
}

fn with<T>(f: impl FnOnce(&Screener<'_>) -> T) -> T {
    let lists = ListSet::new(bundled_lists());
    f(&Screener::new(&lists))
}

/// Row, line, column, text of each match.
fn places(report: &ScreeningReport<'_>) -> Vec<(u64, u64, usize, String)> {
    report
        .matches
        .iter()
        .map(|m| (m.row, m.line, m.column.index, m.text.to_string()))
        .collect()
}

fn codes(report: &ScreeningReport<'_>) -> Vec<Code> {
    report.findings.iter().map(|f| f.code).collect()
}

fn reasons(report: &ScreeningReport<'_>) -> Vec<&'static str> {
    report
        .coverage
        .not_screened
        .iter()
        .map(|n| n.reason)
        .collect()
}

fn table(delimiter: &str, end: &str) -> String {
    [
        ["Date", "From", "To", "Amount", "Note"],
        ["2024-01-02 10:00:00", FREE, EVM, "1", "first"],
        ["2024-01-03 10:00:00", FREE, FREE, "2", ""],
        ["2024-01-04 10:00:00", EVM, FREE, "3", "über café"],
    ]
    .map(|row| row.join(delimiter) + end)
    .concat()
}

#[test]
fn quotes_that_nothing_closes_hide_no_cell() {
    let rows = [
        format!("\"\" x,{EVM}\n"),
        format!("\"\"\"\"x,{EVM}\n"),
        format!("\"\"x,{EVM}\n"),
        format!("\"\",{EVM}\n"),
        format!("\"\" ,{EVM}\n"),
        format!("\"a\" ,{EVM}\n"),
        format!("a,{EVM}\n"),
        // What follows a quote that stays open is cut at every comma.
        format!("\"a,{EVM},\"b,\"\",\"\"\"\",\"c\n"),
    ];
    let table = "Note,To\n".to_owned() + &rows.concat().repeat(3);
    with(|screener| {
        for table in [
            table.clone(),
            table.replace(',', "\t"),
            table.replace('\n', "\r\n"),
        ] {
            for threads in [1, 3] {
                let report = run(screener, table.as_bytes(), threads);
                let found = report.matches.iter().map(|m| (m.row, m.column.index));
                let every: Vec<_> = (1..=24).map(|row| (row, 1)).collect();
                assert_eq!(found.collect::<Vec<_>>(), every, "{table}");
            }
        }
    });
}

#[test]
fn odd_times_are_counted_to_the_last() {
    // A day after the one that is answered for, thirty times.
    let table = "Date,To\n".to_owned() + &format!("2099-01-02,{EVM}\n").repeat(30);
    with(|screener| {
        let report = run(screener, table.as_bytes(), 1);
        assert_eq!(report.matches.len(), 30);
        let later = report.findings.iter().filter(|f| f.code == Code::TimeLater);
        assert_eq!(later.map(|f| f.stands_for()).sum::<u64>(), 30);
    });
}

#[test]
fn one_table_in_every_delimiter_line_end_and_encoding() {
    let expect = vec![(1, 2, 2, EVM.to_owned()), (3, 4, 1, EVM.to_owned())];
    let utf16 = |text: &str, big: bool, mark: bool| -> Vec<u8> {
        let mark = mark.then_some(0xFEFF);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    };
    let mut variants: Vec<(String, Vec<u8>)> = Vec::new();
    for delimiter in [",", ";", "\t", "|"] {
        for end in ["\n", "\r\n"] {
            let text = table(delimiter, end);
            variants.push((format!("{delimiter:?} {end:?}"), text.clone().into_bytes()));
            variants.push((
                format!("{delimiter:?} BOM"),
                format!("\u{feff}{text}").into(),
            ));
        }
    }
    let text = table(",", "\r\n");
    variants.push(("UTF-16LE BOM".into(), utf16(&text, false, true)));
    variants.push(("UTF-16BE BOM".into(), utf16(&text, true, true)));
    variants.push(("UTF-16LE".into(), utf16(&text, false, false)));
    variants.push(("UTF-16BE".into(), utf16(&text, true, false)));
    variants.push(("Latin-1".into(), text.chars().map(|c| c as u8).collect()));
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    variants.push(("gzip".into(), gz.finish().unwrap()));
    let zst = zstd::encode_all(text.as_bytes(), 1).unwrap();
    variants.push(("zstd".into(), zst));
    let mut bz2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz2.write_all(text.as_bytes()).unwrap();
    variants.push(("bzip2".into(), bz2.finish().unwrap()));
    variants.push(("zip".into(), zip(&[("table.csv", text.as_bytes())])));
    let quoted = table("\",\"", "\"\n\"");
    variants.push((
        "quoted".into(),
        format!("\"{}", quoted.trim_end_matches('"')).into(),
    ));
    with(|screener| {
        for (name, bytes) in variants {
            for threads in [1, 3] {
                let report = run(screener, &bytes, threads);
                assert_eq!(places(&report), expect, "{name}");
                assert_eq!(report.coverage.rows, 3, "{name}");
                assert_eq!(report.verdict(), Verdict::Match, "{name}");
                assert_eq!(report.inputs[0].header_line, 1, "{name}");
                assert!(report.findings.is_empty(), "{name}: {:?}", report.findings);
            }
        }
    });
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn every_file_of_an_archive_is_screened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exports.zip");
    let one = table(",", "\n");
    let members: [(&str, &[u8]); 3] = [
        ("a.csv", one.as_bytes()),
        ("b/b.csv", one.as_bytes()),
        ("c.pdf", b"%PDF-1.7 not a table"),
    ];
    std::fs::write(&path, zip(&members)).unwrap();
    with(|screener| {
        let mut run = Run::new(
            screener,
            InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap()),
        );
        run.input(Source::File(path.to_str().unwrap()), &mut |_, _| {})
            .unwrap();
        let report = run.finish();
        let inputs: Vec<usize> = report.matches.iter().map(|m| m.input).collect();
        assert_eq!(inputs, [0, 0, 1, 1]);
        let mut ids: Vec<_> = report.matches.iter().map(|m| &m.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 4);
        assert_eq!(codes(&report), [Code::InputBinary]);
        assert_eq!(reasons(&report), ["unreadable-input"]);
    });
}

#[test]
fn offsets_are_those_of_the_cell_in_the_decoded_file() {
    with(|screener| {
        for text in [table(",", "\n"), format!("\u{feff}{}", table(";", "\r\n"))] {
            let report = run(screener, text.as_bytes(), 1);
            for m in &report.matches {
                let at = usize::try_from(m.byte).unwrap();
                assert_eq!(&text[at..at + m.text.len()], &*m.text);
            }
        }
        let wrapped = format!(
            "\"Date,\"\"From\"\",\"\"To\"\"\"\n\"2024-01-02,\"\"{FREE}\"\",\"\"{EVM}\"\"\"\n"
        );
        let report = run(screener, wrapped.as_bytes(), 1);
        assert_eq!(places(&report), [(1, 2, 2, EVM.to_owned())]);
        let at = usize::try_from(report.matches[0].byte).unwrap();
        assert_eq!(&wrapped[at..at + EVM.len()], EVM);
    });
}

#[test]
fn rows_keep_their_numbers_with_quoted_line_ends() {
    let text = format!(
        "Date,To,Note\n2024-01-02,{FREE},\"two\nlines, and a \"\"quote\"\"\"\n\n2024-01-03,{EVM},\"x\ny\nz\"\r\n2024-01-04,{FREE},sent to {BTC}\n"
    );
    with(|screener| {
        let report = run(screener, text.as_bytes(), 1);
        assert_eq!(
            places(&report),
            [(2, 5, 1, EVM.to_owned()), (3, 8, 2, BTC.to_owned())]
        );
        assert_eq!(report.coverage.rows, 3);
    });
}

#[test]
fn preambles_repeated_headers_and_ragged_rows() {
    let text = format!(
        "\"A disclaimer, with a comma.\"\n\n\nTransactions\nUser,someone@example.org,0123\n\n\
         Timestamp,Type,Asset,Quantity,Notes\n\
         2024-01-02T00:00:00Z,Send,ETH,1,to {EVM}\n\
         Timestamp,Type,Asset,Quantity,Notes\n\
         2024-01-03T00:00:00Z,Send,ETH\n\
         2024-01-04T00:00:00Z,Send,BTC,1,a,b,{BTC}\n"
    );
    with(|screener| {
        let report = run(screener, text.as_bytes(), 1);
        assert_eq!(
            places(&report),
            [(1, 8, 4, EVM.to_owned()), (3, 11, 6, BTC.to_owned())]
        );
        assert_eq!(report.inputs[0].header_line, 7);
        assert_eq!(
            codes(&report),
            [Code::RowRagged, Code::RowRagged, Code::HeaderRepeated]
        );
        assert_eq!(report.matches[0].timing.id(), "listed-then");
    });
}

#[test]
fn an_address_above_the_table_or_in_the_header_is_seen() {
    let text = format!("# export of {EVM}\nDate,To\n2024-01-02,{FREE}\n");
    with(|screener| {
        let report = run(screener, text.as_bytes(), 1);
        assert_eq!(places(&report), [(0, 1, 0, EVM.to_owned())]);
        assert_eq!(report.coverage.rows, 1);
    });
}

#[test]
fn broken_quoting_loses_no_row() {
    let text = format!(
        "Date,To,Note\n2024-01-01,\"\"{BTC},\"Completed\"\n2024-01-02,{FREE},\"never closed\n\
         2024-01-03,{EVM},\"\"\n2024-01-04,\"{FREE}\",5\" pipe\n2024-01-05,{EVM},\"open to the end\n\
         2024-01-06,{BTC},last\n"
    );
    with(|screener| {
        let report = run(screener, text.as_bytes(), 1);
        assert_eq!(
            places(&report),
            [
                (1, 2, 1, BTC.to_owned()),
                (3, 4, 1, EVM.to_owned()),
                (5, 6, 1, EVM.to_owned()),
                (6, 7, 1, BTC.to_owned())
            ]
        );
        assert_eq!(report.coverage.rows, 6);
        assert_eq!(
            codes(&report),
            [Code::InputUnfinishedQuote, Code::InputUnfinishedQuote]
        );
    });
}

#[test]
fn no_header_one_column_and_marks_before_every_cell() {
    with(|screener| {
        let report = run(
            screener,
            format!("2024-01-02,{FREE},1\n2024-01-03,{EVM},2\n").as_bytes(),
            1,
        );
        assert_eq!(places(&report), [(2, 2, 1, EVM.to_owned())]);
        assert_eq!(report.inputs[0].header_line, 0);
        let report = run(screener, format!("{FREE}\n{EVM}").as_bytes(), 1);
        assert_eq!(places(&report), [(2, 2, 0, EVM.to_owned())]);
        let report = run(screener, EVM.as_bytes(), 1);
        assert_eq!(places(&report), [(1, 1, 0, EVM.to_owned())]);
        let marked = format!("\u{feff}Date,\u{feff}To\n\u{feff}2024-01-02,\u{feff}\"{EVM}\"\n");
        let report = run(screener, marked.as_bytes(), 1);
        assert_eq!(places(&report), [(1, 2, 1, EVM.to_owned())]);
        assert_eq!(&*report.matches[0].column.name, "To");
        assert_eq!(report.matches[0].timing.id(), "listed-then");
    });
}

#[test]
fn what_holds_nothing_to_screen_says_so() {
    let hash = "ab".repeat(32);
    with(|screener| {
        for empty in ["", "\n\n", "Date,From,To\n"] {
            let report = run(screener, empty.as_bytes(), 1);
            assert_eq!(report.verdict(), Verdict::Incomplete);
            assert_eq!(codes(&report), [Code::InputEmpty]);
            assert_eq!(reasons(&report), ["empty-input"]);
        }
        let report = run(
            screener,
            format!("Date,txid,Note\n2024-01-02,{hash},x\n").as_bytes(),
            1,
        );
        assert_eq!(report.verdict(), Verdict::Incomplete);
        assert_eq!(codes(&report), [Code::NoAddressColumn]);
        assert!(
            report.findings[0]
                .detail
                .contains("column `txid` holds transaction hashes"),
            "{}",
            report.findings[0].detail
        );
    });
}

#[test]
fn what_is_no_text_is_an_error() {
    with(|screener| {
        let mut run = Run::new(
            screener,
            InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap()),
        );
        for bytes in [
            &b"%PDF-1.7\n"[..],
            b"\x89PNG\r\n\x1a\n",
            b"\x7FELF\x02\x01\x01\0\0\0",
        ] {
            let error = run
                .input(
                    Source::Stream("x", Box::new(Cursor::new(bytes.to_vec()))),
                    &mut |_, _| {},
                )
                .unwrap_err();
            assert!(matches!(error, InputError::Binary { .. }), "{error}");
            run.failed("x", &error);
        }
        let noise: Vec<u8> = (0..4096u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let error = run
            .input(
                Source::Stream("x", Box::new(Cursor::new(noise))),
                &mut |_, _| {},
            )
            .unwrap_err();
        assert!(matches!(error, InputError::Binary { .. }), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let error = run.input(Source::File(path), &mut |_, _| {}).unwrap_err();
        assert!(matches!(error, InputError::Directory { .. }));
        assert!(error.hint().is_some());
        let error = run
            .input(Source::File("/no/such/file"), &mut |_, _| {})
            .unwrap_err();
        assert!(matches!(error, InputError::Open { .. }));
        run.failed("/no/such/file", &error);
        assert_eq!(run.finish().verdict(), Verdict::Incomplete);
    });
}

#[test]
fn a_truncated_archive_is_screened_as_far_as_it_goes_and_never_clean() {
    let text = format!(
        "Date,To\n2024-01-02,{EVM}\n{}",
        format!("2024-01-02,{FREE}\n").repeat(5000)
    );
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    let gz = gz.finish().unwrap();
    with(|screener| {
        let report = run(screener, &gz[..gz.len() - 20], 1);
        assert_eq!(places(&report).len(), 1);
        assert!(codes(&report).contains(&Code::InputUnreadable));
        // Its last cell is half an address.
        assert_eq!(reasons(&report), ["not-an-address", "unread-rest"]);
        assert_eq!(report.inputs[0].bytes, gz.len() as u64 - 20);
    });
}

#[test]
fn long_lines_and_many_blocks() {
    let long = "x ".repeat(5 << 20);
    let text = format!("Date,To,Note\n2024-01-02,{FREE},\"{long}{BTC}\"\n2024-01-03,{EVM},\n");
    let mut rows = String::from("Date,To,Note\n");
    for i in 0..60_000 {
        let to = if i % 20_000 == 7 { EVM } else { FREE };
        rows.push_str(&format!("2024-01-02,{to},\"row\n{i}\"\n"));
    }
    with(|screener| {
        let report = run(screener, text.as_bytes(), 1);
        assert_eq!(
            places(&report),
            [(1, 2, 2, BTC.to_owned()), (2, 3, 1, EVM.to_owned())]
        );
        let mut all = Vec::new();
        for threads in [1, 2, 5] {
            let report = run(screener, rows.as_bytes(), threads);
            assert_eq!(report.coverage.rows, 60_000);
            all.push(places(&report));
        }
        assert_eq!(
            all[0],
            [8u64, 20_008, 40_008].map(|row| (row, row * 2, 1, EVM.to_owned()))
        );
        assert!(all[0] == all[1] && all[1] == all[2]);
    });
}

#[test]
fn nested_records_are_cells_by_path() {
    let hash = "ab".repeat(32);
    let row = |day: &str, to: &str| {
        format!(
            "{{\"hash\":\"{hash}\",\"time\":\"{day}T00:00:00Z\",\"outputs\":[{{\"addresses\":[\"{FREE}\"]}},\
             {{\"addresses\":[\"{FREE}\",\"{to}\"]}}],\"value\":5}}"
        )
    };
    let rows = [
        row("2024-01-02", FREE),
        row("2024-01-03", EVM),
        row("2017-01-04", BTC),
    ];
    with(|screener| {
        for text in [
            rows.join("\n"),
            format!("[{}]", rows.join(",\n")),
            format!("{{\"status\":\"1\",\"result\":[{}]}}", rows.join(",\n")),
        ] {
            let report = run(screener, text.as_bytes(), 1);
            let found: Vec<(u64, &str, &str, &str)> = report
                .matches
                .iter()
                .map(|m| (m.row, &*m.column.name, &*m.text, m.timing.id()))
                .collect();
            let expect = [
                (2, "outputs[1].addresses", EVM, "listed-then"),
                (3, "outputs[1].addresses", BTC, "listed-later"),
            ];
            assert_eq!(found, expect, "{text}");
            for m in &report.matches {
                let at = usize::try_from(m.byte).unwrap();
                assert_eq!(&text[at..at + m.text.len()], &*m.text);
                assert_eq!(m.column.role.id(), "to");
            }
            assert_eq!(report.coverage.rows, 3);
            assert!(report.findings.is_empty(), "{:?}", report.findings);
        }
        // A line that is no JSON is counted, and looked at all the same.
        let broken = format!("{}\n{{\"to\":\"{EVM}\"\n{}\n", rows[0], rows[0]);
        let report = run(screener, broken.as_bytes(), 1);
        assert_eq!(places(&report), [(2, 2, 0, EVM.to_owned())]);
        assert_eq!(report.coverage.rows, 3);
        assert_eq!(codes(&report), [Code::RowUnreadable]);
        assert_eq!(reasons(&report), ["unreadable-row"]);
        // A document cut off in its midst is not taken for a whole one.
        let all = format!("[{}]", rows.join(",\n"));
        let report = run(screener, &all.as_bytes()[..all.len() - 30], 1);
        assert_eq!(reasons(&report), ["unreadable-row"]);
    });
}

#[test]
fn accounts_in_log_topics_and_call_data_are_looked_up() {
    let word = format!("{}{}", "0".repeat(24), &EVM[2..]);
    let hash = "ab".repeat(32);
    let data = format!("0xa9059cbb{word}{:0>64}", "de0b6b3a7640000");
    let long = format!("0x{}{word}", hash.repeat(40));
    let text = format!(
        "transaction_hash,from_address,topics,data\n0x{hash},{FREE},\"0x{hash},0x{word}\",0x\n\
         0x{hash},{FREE},0x{hash},{data}\n0x{hash},{FREE},0x{hash},{long}\n0x{hash},{FREE},,0x{hash}\n"
    );
    with(|screener| {
        for threads in [1, 2] {
            let report = run(screener, text.as_bytes(), threads);
            let found: Vec<(u64, usize)> = report
                .matches
                .iter()
                .map(|m| (m.row, m.column.index))
                .collect();
            assert_eq!(found, [(1, 2), (2, 3), (3, 3)]);
            for m in &report.matches {
                let at = usize::try_from(m.byte).unwrap();
                assert_eq!(&text[at..at + m.text.len()], &*m.text);
            }
        }
    });
}

#[test]
fn windows_code_pages_are_told_by_their_headings() {
    use encoding_rs::{Encoding, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
    let cases: [(&'static Encoding, &str); 3] = [
        (WINDOWS_1250, "Datum;Částka;Měna;Adresa;Poznámka"),
        (WINDOWS_1251, "Дата;Сумма;Валюта;Адрес;Примечание"),
        (WINDOWS_1252, "Datum;Betrag;Währung;Adresse;Empfänger"),
    ];
    with(|screener| {
        for (encoding, header) in cases {
            let text = format!("{header}\n2024-01-02;1,5;ETH;{EVM};x\n");
            let (bytes, _, _) = encoding.encode(&text);
            let report = run(screener, &bytes, 1);
            assert_eq!(&*report.inputs[0].encoding, encoding.name());
            assert_eq!(places(&report), [(1, 2, 3, EVM.to_owned())]);
            assert_eq!(&*report.matches[0].amount, "1,5", "{header}");
            assert_eq!(&*report.matches[0].asset, "ETH", "{header}");
            assert_eq!(report.matches[0].timing.id(), "listed-then", "{header}");
        }
    });
}
