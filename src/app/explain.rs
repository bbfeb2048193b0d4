//! Finding what `explain` is asked about: a match in a report or bundle, and the row it stands in.

use crate::address::Relation;
use crate::error::AppError;
use crate::evidence::bundle::Bundle;
use crate::input::{InputOptions, Run, Source, Trace};
use crate::list::ListSet;
use crate::report::explain::{Fact, Row};
use crate::screen::{
    Column, Layout, Record, Role, RowTime, Scan, ScanOptions, Screener, stands_for, timing,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Whether a text can be the id of a match.
pub fn is_match_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Reads a JSON report, or that of a bundle.
pub fn report(path: &Path) -> Result<Value, AppError> {
    let failed = |source| AppError::File {
        verb: "read",
        path: path.to_owned(),
        source,
    };
    let mut head = Vec::new();
    let file = File::open(path).map_err(failed)?;
    (&file).take(4).read_to_end(&mut head).map_err(failed)?;
    let report: Value = if head.starts_with(b"PK") {
        Bundle::open(path)?.json("report.json")?
    } else {
        let bytes = std::fs::read(path).map_err(failed)?;
        serde_json::from_slice(&bytes).map_err(|e| failed(io::Error::other(e)))?
    };
    if report["matches"].is_array() {
        Ok(report)
    } else {
        Err(AppError::Usage(format!(
            "`{}` is no JSON report of a screening",
            path.display()
        )))
    }
}

/// The match or near miss `id` of a report.
pub fn found<'r>(report: &'r Value, id: &str) -> Option<&'r Value> {
    ["matches", "possible"]
        .iter()
        .filter_map(|of| report[*of].as_array())
        .flatten()
        .find(|m| m["id"] == id)
}

/// The row that a match stands in, when its input is still there as it was; else why not.
pub fn row(report: &Value, m: &Value) -> Result<Row, String> {
    let (Some(path), Some(row)) = (m["input"].as_str(), m["row"].as_u64()) else {
        return Err("the report does not name it".to_owned());
    };
    let inputs = report["inputs"].as_array().into_iter().flatten();
    let sha256 = inputs
        .filter(|i| i["path"] == path)
        .filter_map(|i| i["sha256"].as_str())
        .next()
        .unwrap_or_default();
    let Some(file) = file(path) else {
        return Err(format!("`{path}` is not there any more"));
    };
    match hash(&file) {
        Err(_) => return Err(format!("`{path}` cannot be read any more")),
        Ok(now) if now != sha256 => return Err(format!("`{path}` has changed since")),
        Ok(_) => {}
    }
    let mut options = InputOptions::new(Timestamp::UNIX_EPOCH);
    let file = file.to_string_lossy();
    let member = path.strip_prefix(&*file).and_then(|m| m.strip_prefix(':'));
    let delimited = Trace::open(&file, member, &options).ok();
    let mut cells: Row = match delimited.map(|t| t.record(row)) {
        Some(Ok(Some((headings, cells)))) => {
            let heading = |n: usize| headings.get(n).cloned().unwrap_or_default();
            let cells = cells.into_iter().enumerate();
            cells.map(|(n, cell)| (n, heading(n), cell)).collect()
        }
        Some(Ok(None)) => Vec::new(),
        Some(Err(e)) => return Err(e.to_string()),
        // Sheets and nested records: by whatever reads them.
        None => {
            let lists = ListSet::new(Vec::new());
            let screener = Screener::new(&lists);
            options.scan.keep = Some(row);
            let mut run = Run::new(&screener, options);
            run.input(Source::File(&file), &mut |_, _| {})
                .map_err(|e| e.to_string())?;
            run.kept(path)
        }
    };
    for (.., cell) in &mut cells {
        if super::is_withheld(cell) {
            *cell = "(withheld: it holds what looks like a private key or a seed)".to_owned();
        }
    }
    match cells.is_empty() {
        true => Err(format!("`{path}` has no row {row}")),
        false => Ok(cells),
    }
}

/// The file that an input is of: itself, or what its name begins with, where it is a sheet or a member.
fn file(path: &str) -> Option<PathBuf> {
    let ends = path.match_indices(':').map(|(at, _)| at);
    let mut ends: Vec<usize> = ends.chain([path.len()]).collect();
    ends.reverse();
    let mut files = ends.into_iter().map(|end| PathBuf::from(&path[..end]));
    files.find(|file| file.is_file())
}

/// Every listing that `text` answers to, under each label, as of the day answered for.
pub fn listings<'l>(screener: &Screener<'l>, text: &str, as_of: Timestamp) -> Vec<Fact<'l>> {
    let layout = Layout {
        columns: vec![Column {
            role: Role::Party,
            ..Column::default()
        }],
        ..Layout::default()
    };
    let mut scan = Scan::new(screener, ScanOptions::default(), "arguments", &layout);
    scan.record(&Record {
        row: 1,
        line: 1,
        cells: &[(0, text.as_bytes())],
    });
    let day = as_of.to_zoned(TimeZone::UTC).date();
    let time = RowTime::on(day);
    let mut facts = Vec::new();
    for hit in &scan.hits {
        for &at in &hit.listings {
            let (list, listing) = (screener.lists().list(at), screener.lists().listing(at));
            let Some(Relation { basis, why }) =
                stands_for(listing.text, &hit.text, hit.address.as_ref())
            else {
                continue;
            };
            let entity_day = listing.entity.listed_on;
            facts.push(Fact {
                list,
                listing,
                basis,
                why,
                timing: timing(listing.intervals, entity_day, Some(&time), day),
            });
        }
    }
    facts.sort_by_key(|f| (f.basis, f.list.source.id.clone()));
    facts
}

/// SHA-256 of a file, lower-case hex.
pub(crate) fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 256 << 10]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(data_encoding::HEXLOWER.encode(&hash.finalize())),
            Ok(n) => hash.update(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}
