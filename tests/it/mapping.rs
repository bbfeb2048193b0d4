//! How columns are understood: explained, overridden, drafted; and the same rows in every format.

use interdict::input::{
    InputOptions, Run, Source, draft, expand, explain, parse_column, parse_profile,
};
use interdict::list::ListSet;
use interdict::screen::{Role, Screener};
use interdict::source::bundled_lists;
use std::io::{Cursor, Write};

const EVM: &str = "0xd882cfc20f52f2599d84b8e8d58c7fb62cfe344b";
const BTC: &str = "149w62rY42aZBox8fGcmqNsXUzSStKeq8C";
const FREE: &str = "0xd8da6bf26964af9d7eed9e03e53415d37aa96045";

fn options() -> InputOptions {
    InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap())
}

fn stream(text: &str) -> Source<'static> {
    Source::Stream("house", Box::new(Cursor::new(text.as_bytes().to_vec())))
}

fn house() -> String {
    format!(
        "Wann,Kunde,Gegenstelle,Wert,Sorte\n\
         05/01/2024 10:00,{FREE},{EVM},1.5,ETH\n\
         25/01/2024 10:00,{FREE},{FREE},2.5,ETH\n"
    )
}

#[test]
fn the_mapping_is_explained_and_can_be_overridden() {
    let mappings = explain(stream(&house()), &options()).unwrap();
    let [(name, mapping)] = &mappings[..] else {
        panic!("{mappings:?}");
    };
    assert_eq!(&**name, "house");
    let roles: Vec<Role> = mapping.explained.iter().map(|e| e.column.role).collect();
    assert_eq!(
        roles,
        [
            Role::Time,
            Role::Party,
            Role::Party,
            Role::Other,
            Role::Other
        ]
    );
    assert_eq!(mapping.explained[2].why, "its cells are addresses");
    let mut options = options();
    options.columns = ["kunde=own", "Wert=amount", "Sorte=asset", "Gegenstelle=to"]
        .map(|c| parse_column(c).unwrap())
        .to_vec();
    let mapping = &explain(stream(&house()), &options).unwrap()[0].1;
    let roles: Vec<&str> = mapping.layout.columns.iter().map(|c| c.role.id()).collect();
    assert_eq!(roles, ["time", "own", "to", "amount", "asset"]);
    assert_eq!(
        (mapping.layout.amount, mapping.layout.asset),
        (Some(3), Some(4))
    );
    assert!(parse_column("Kunde").is_err());
    assert!(parse_column("Kunde=spy").unwrap_err().contains("txid"));
}

#[test]
fn a_drafted_profile_reads_the_table_it_was_drafted_from() {
    let mut options = options();
    options.columns = vec![
        parse_column("Kunde=own").unwrap(),
        parse_column("Wert=amount").unwrap(),
    ];
    let mapping = explain(stream(&house()), &options).unwrap().remove(0).1;
    let text = draft("House export", &mapping);
    let profile = parse_profile("house", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let mut with = self::options();
    with.profile = Some(profile);
    let mut run = Run::new(&screener, with);
    run.input(stream(&house()), &mut |_, _| {}).unwrap();
    let report = run.finish();
    assert_eq!(&*report.inputs[0].profile, "house");
    assert_eq!(report.matches.len(), 1);
    let found = &report.matches[0];
    assert_eq!((&*found.amount, found.timing.id()), ("1.5", "listed-then"));
    let roles: Vec<&str> = report
        .coverage
        .columns
        .iter()
        .map(|c| c.column.role.id())
        .collect();
    assert_eq!(roles[..2], ["time", "own"]);
}

#[test]
fn folders_and_patterns_become_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(at("b/c")).unwrap();
    for name in ["z.csv", "a.csv", "b/c/d.csv", "b/e.txt", ".hidden"] {
        std::fs::write(at(name), "").unwrap();
    }
    let files = |paths: &[String]| expand(paths).unwrap().files;
    let all = [".hidden", "a.csv", "b/c/d.csv", "b/e.txt", "z.csv"].map(at);
    assert_eq!(files(&[folder.path().to_str().unwrap().to_owned()]), all);
    assert_eq!(files(&[at("*.csv")]), ["a.csv", "z.csv"].map(at));
    assert_eq!(files(&[at("b/*/?.csv")]), [at("b/c/d.csv")]);
    assert_eq!(
        files(&["-".into(), at("no.csv")]),
        ["-".to_owned(), at("no.csv")]
    );
    std::fs::create_dir(at("empty")).unwrap();
    for nothing in ["*.parquet", "empty"] {
        let error = expand(&[at(nothing)]).unwrap_err();
        assert!(error.to_string().contains("holds no file"), "{error}");
    }
}

#[test]
fn dealings_within_a_few_hops_of_a_listed_address() {
    let other = |n: u8| format!("0x{:040x}", 0xAA00_0000_0000_0000_0000_u128 + u128::from(n));
    let rows = [
        (other(1), EVM.to_owned()),
        (other(2), other(1)),
        (other(2), other(3)),
        (other(4), other(5)),
    ];
    let lines = rows
        .iter()
        .map(|(from, to)| format!("2024-01-02,{from},{to}\n"));
    let csv = format!("Date,From,To\n{}", lines.collect::<String>());
    let objects = rows
        .iter()
        .map(|(from, to)| format!("{{\"from\":\"{from}\",\"to\":\"{to}\"}}\n"));
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    for (text, threads) in [(&csv, 1), (&csv, 3), (&objects.collect::<String>(), 1)] {
        let found = |hops: usize| -> Vec<(String, String)> {
            let mut options = options();
            (options.hops, options.threads) = (hops, threads);
            let mut run = Run::new(&screener, options);
            run.input(stream(text), &mut |_, _| {}).unwrap();
            let Some(of) = run.finish().hops else {
                assert_eq!(hops, 0);
                return Vec::new();
            };
            let contacts = of.contacts;
            assert!(contacts.iter().all(|c| c.listed.eq_ignore_ascii_case(EVM)));
            let rows = |c: &interdict::screen::Contact| {
                let rows: Vec<String> = c.path.iter().map(|d| d.row.to_string()).collect();
                (c.address.to_lowercase(), rows.join(" "))
            };
            contacts.iter().map(rows).collect()
        };
        let one = (other(1), "1".to_owned());
        let two = (other(2), "2 1".to_owned());
        let three = (other(3), "3 2 1".to_owned());
        assert!(found(0).is_empty());
        assert_eq!(found(1), std::slice::from_ref(&one));
        assert_eq!(found(3), [one, two, three]);
    }
}

/// Row, column, text, timing and amount of every match, and the number of rows.
fn say(name: &str, bytes: Vec<u8>) -> (u64, Vec<(u64, usize, String, &'static str, String)>) {
    let lists = ListSet::new(bundled_lists());
    let screener = Screener::new(&lists);
    let mut run = Run::new(&screener, options());
    run.input(
        Source::Stream(name, Box::new(Cursor::new(bytes))),
        &mut |_, _| {},
    )
    .unwrap();
    let report = run.finish();
    assert!(report.findings.is_empty(), "{name}: {:?}", report.findings);
    let of = |m: &interdict::screen::Match<'_>| {
        let amount = m.amount.replace(',', ".");
        (
            m.row,
            m.column.index,
            m.text.to_string(),
            m.timing.id(),
            amount,
        )
    };
    (
        report.coverage.rows,
        report.matches.iter().map(of).collect(),
    )
}

#[test]
fn one_table_in_eight_formats_gives_the_same_matches() {
    let heading = ["Date", "From", "To", "Amount", "Note"];
    let note = format!("see \"{BTC}\", über");
    let rows = [
        ["2024-01-02", FREE, EVM, "1.5", ""],
        ["2024-01-03", FREE, FREE, "2.25", "two\nlines"],
        ["2017-01-04", EVM, FREE, "3.75", &note],
    ];
    let csv = |delimiter: &str, end: &str, comma: bool| {
        let line = |row: &[&str; 5]| {
            let cell = |c: &&str| format!("\"{}\"", c.replace('"', "\"\""));
            row.iter().map(cell).collect::<Vec<_>>().join(delimiter) + end
        };
        let mut text = line(&heading);
        for row in &rows {
            let amount = row[3].replace('.', if comma { "," } else { "." });
            let mut row = *row;
            row[3] = &amount;
            text.push_str(&line(&row));
        }
        text
    };
    let plain = csv(",", "\n", false);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(plain.as_bytes()).unwrap();
    let object = |row: &[&str; 5]| {
        let pairs = heading.iter().zip(row);
        let object: serde_json::Map<_, _> =
            pairs.map(|(k, v)| ((*k).to_owned(), (*v).into())).collect();
        serde_json::Value::Object(object).to_string()
    };
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in (0..).zip(std::iter::once(&heading).chain(&rows)) {
        for (column, cell) in (0..).zip(row) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(line, column, number).unwrap(),
                Err(_) => sheet.write(line, column, *cell).unwrap(),
            };
        }
    }
    #[allow(unused_mut, reason = "Parquet is a feature")]
    let mut formats = vec![
        ("csv", plain.clone().into_bytes()),
        (
            "csv with CRLF and BOM",
            format!("\u{feff}{}", csv(",", "\r\n", false)).into_bytes(),
        ),
        (
            "semicolons and decimal commas",
            csv(";", "\n", true).into_bytes(),
        ),
        ("gzip", gz.finish().unwrap()),
        ("zstd", zstd::encode_all(plain.as_bytes(), 1).unwrap()),
        (
            "json lines",
            rows.iter()
                .map(object)
                .collect::<Vec<_>>()
                .join("\n")
                .into_bytes(),
        ),
        ("xlsx", book.save_to_buffer().unwrap()),
    ];
    #[cfg(feature = "frames")]
    formats.push(("parquet", parquet(&heading, &rows)));
    let match_of = |row, column, text: &str, timing, amount: &str| {
        (row, column, text.to_owned(), timing, amount.to_owned())
    };
    let expect = (
        3,
        vec![
            match_of(1, 2, EVM, "listed-then", "1.5"),
            match_of(3, 1, EVM, "listed-later", "3.75"),
            match_of(3, 4, BTC, "listed-later", "3.75"),
        ],
    );
    for (name, bytes) in formats {
        assert_eq!(say(name, bytes), expect, "{name}");
    }
}

#[cfg(feature = "frames")]
fn parquet(heading: &[&str; 5], rows: &[[&str; 5]; 3]) -> Vec<u8> {
    use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, Series};
    let columns: Vec<Column> = (0..5)
        .map(|c| {
            let cells: Vec<&str> = rows.iter().map(|r| r[c]).collect();
            let name = heading[c].into();
            match cells
                .iter()
                .map(|c| c.parse().ok())
                .collect::<Option<Vec<f64>>>()
            {
                Some(numbers) => Series::new(name, numbers).into(),
                None => Series::new(name, cells).into(),
            }
        })
        .collect();
    let mut frame = DataFrame::new(rows.len(), columns).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes
}
