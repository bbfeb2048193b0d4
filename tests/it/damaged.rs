//! Inputs of every kind, cut off and with bytes changed: nothing panics, and what was not read in
//! full is never `no-match`.

use interdict::input::{InputOptions, Run, Source};
use interdict::list::ListSet;
use interdict::screen::{Screener, Verdict};
use interdict::source::bundled_lists;
use std::io::{Cursor, Write};

/// Rows of the table.
const ROWS: u64 = 150;

fn table() -> String {
    let mut text = String::from("Date,From,To,Amount,Note\n");
    for n in 0..ROWS {
        // Not listed, and not near anything listed.
        let address = |side: u64| format!("0x{:040x}", u128::MAX / u128::from(3 + n * 2 + side));
        let note = if n % 7 == 0 { "\"two, or\nmore\"" } else { "" };
        text.push_str(&format!(
            "2024-01-{:02},{},{},{n}.5,{note}\n",
            n % 28 + 1,
            address(0),
            address(1)
        ));
    }
    text
}

fn kinds() -> Vec<(&'static str, Vec<u8>)> {
    let text = table();
    let plain = text.as_bytes();
    let mut reader = csv::Reader::from_reader(plain);
    let heads = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(plain).unwrap();
    let mut zst = zstd::Encoder::new(Vec::new(), 1).unwrap();
    zst.include_checksum(true).unwrap();
    zst.write_all(plain).unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("rows.csv", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(plain).unwrap();
    let objects = rows.iter().map(|row| {
        let pairs = heads.iter().zip(row).map(|(k, v)| (k.to_owned(), v.into()));
        serde_json::Value::Object(pairs.collect()).to_string() + "\n"
    });
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in (0..).zip(std::iter::once(&heads).chain(&rows)) {
        for (column, cell) in (0..).zip(row) {
            sheet.write(line, column, cell).unwrap();
        }
    }
    let utf16: Vec<u8> = [0xFEFF]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    vec![
        ("csv", plain.to_vec()),
        ("utf-16", utf16),
        ("gzip", gz.finish().unwrap()),
        ("zstd", zst.finish().unwrap()),
        ("zip", zip.finish().unwrap().into_inner()),
        ("json lines", objects.collect::<String>().into_bytes()),
        ("xlsx", book.save_to_buffer().unwrap()),
    ]
}

/// The verdict and the rows; `None`: refused as a whole.
fn screen(screener: &Screener<'_>, bytes: &[u8]) -> Option<(Verdict, u64)> {
    let mut options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
    options.threads = 1;
    let mut run = Run::new(screener, options);
    let source = Source::Stream("rows", Box::new(Cursor::new(bytes.to_vec())));
    let done = run.input(source, &mut |_, _| {});
    let report = run.finish();
    done.ok()?;
    Some((report.verdict(), report.coverage.rows))
}

#[test]
fn what_is_cut_off_or_changed_is_never_no_match_unread() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for (name, whole) in kinds() {
        assert_eq!(
            screen(&screener, &whole),
            Some((Verdict::NoMatch, ROWS)),
            "{name}"
        );
        let packed = ["gzip", "zstd", "zip", "xlsx"].contains(&name);
        for _ in 0..20 {
            let cut = random(whole.len());
            let found = screen(&screener, &whole[..cut]);
            // Of a text that ends early nothing says that it does; what is packed says so.
            if packed && let Some((verdict, _)) = found {
                assert_ne!(verdict, Verdict::NoMatch, "{name} cut at {cut}");
            }
        }
        for _ in 0..30 {
            let mut bytes = whole.clone();
            let mut at = Vec::new();
            for _ in 0..=random(3) {
                let place = random(bytes.len());
                bytes[place] ^= 1 << random(8);
                at.push(place);
            }
            if let Some((Verdict::NoMatch, rows)) = screen(&screener, &bytes)
                && packed
            {
                assert_eq!(rows, ROWS, "{name} changed at {at:?}");
            }
        }
    }
}

/// Found by the fuzz target: findings came in another order when two threads read.
#[test]
fn findings_are_in_order_whatever_the_number_of_threads() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let mut text = "Měna;Částka;Účet\n".repeat(20).into_bytes();
    text.extend(b"1;\x95;3\n4;\x00;6\n");
    let run = |threads| {
        let mut options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
        options.threads = threads;
        let mut run = Run::new(&screener, options);
        let source = Source::Stream("rows", Box::new(Cursor::new(text.clone())));
        run.input(source, &mut |_, _| {}).unwrap();
        run.finish().findings
    };
    let odd = |f: &interdict::finding::Finding| f.code.id() == "input-undecodable";
    assert_eq!(run(1).iter().filter(|f| odd(f)).count(), 2);
    assert_eq!(run(1), run(2));
}

#[test]
fn noise_is_no_table() {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    for head in [
        &b"PK\x03\x04"[..],
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"BZh9",
        b"PAR1",
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        b"{",
        b"[",
        b"\xff\xfe",
        b"\0",
    ] {
        let mut bytes = head.to_vec();
        bytes.extend((0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8));
        let found = screen(&screener, &bytes);
        assert!(
            found.is_none_or(|f| f.0 != Verdict::NoMatch),
            "{head:?}: {found:?}"
        );
        let found = screen(&screener, head);
        assert!(
            found.is_none_or(|f| f.0 != Verdict::NoMatch),
            "{head:?}: {found:?}"
        );
    }
}
