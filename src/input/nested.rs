//! Nested records screened: every scalar is a cell of the column its path names.
//!
//! It knows nothing of how the records lie in their stream.

use super::damage;
use super::encoding::Decoded;
use super::json::{self, Columns, Kind, Leaf, Piece, Records};
use super::run::{Reading, Run};
use crate::finding::Code;
use crate::screen::{Record, Scan};
use std::collections::HashMap;
use std::io::Read;

/// A scalar of a record: its column, its range in the record, whether it has escapes.
type Scalar = (usize, usize, usize, bool);

fn scalars(text: &[u8], columns: &mut Columns, out: &mut Vec<Scalar>) -> Result<(), usize> {
    out.clear();
    json::walk(text, false, &mut |leaf: Leaf<'_>| {
        out.push((columns.of(leaf.path), leaf.start, leaf.end, leaf.escaped));
    })
}

/// Reads JSON for `run`.
pub(super) fn screen<R: Read>(
    run: &mut Run<'_, '_>,
    path: &str,
    text: Decoded<R>,
    tick: &mut dyn FnMut(),
) -> Reading {
    let mut records = Records::new(text);
    let mut columns = Columns::default();
    let mut found = Vec::new();
    let mut rows: Vec<Vec<Vec<u8>>> = Vec::new();
    for text in records.sample() {
        let _ = scalars(text, &mut columns, &mut found);
        let mut row = vec![Vec::new(); columns.paths.len()];
        for &(column, start, end, escaped) in &found {
            if row[column].is_empty() {
                let raw = &text[start..end];
                row[column] = if escaped {
                    json::unescape(raw)
                } else {
                    raw.to_vec()
                };
            }
        }
        rows.push(row);
    }
    let mut mapping = run.map(&columns.paths, &rows);
    drop(rows);
    let mut scan = run.scan(path, &mapping.layout);
    let mut exact = HashMap::new();
    let input = run.position();
    let (mut row, mut read) = (0, 0u64);
    let map_only = run.options().map_only;
    while let Some(piece) = records.next() {
        if map_only {
            break;
        }
        if read / (1 << 20) != piece.byte / (1 << 20) {
            read = piece.byte;
            tick();
        }
        record(
            &piece,
            &mut row,
            &mut columns,
            &mut found,
            &mut scan,
            &mut exact,
        );
        if let (Some(edges), Kind::Record) = (&mut run.edges, piece.kind) {
            let cells = found
                .iter()
                .map(|&(c, from, to, _)| (c, &piece.text[from..to]));
            edges.row(&mapping.layout, (input, row), cells);
        }
    }
    tick();
    let tally = run.tally(scan);
    mapping.met(&columns.paths);
    Reading {
        tally,
        mapping,
        delimiter: "".into(),
        header_line: 0,
        exact,
        failed: records.failed.take().map(|e| e.to_string()),
    }
}

fn record(
    piece: &Piece<'_>,
    row: &mut u64,
    columns: &mut Columns,
    found: &mut Vec<Scalar>,
    scan: &mut Scan<'_, '_>,
    exact: &mut HashMap<u64, Box<str>>,
) {
    let aside = [(piece.byte, piece.text)];
    let raw = |row: u64| Record {
        row,
        line: piece.line,
        cells: &aside,
    };
    if piece.kind == Kind::Aside {
        scan.aside(&raw(0));
        return;
    }
    *row += 1;
    let parsed = match piece.kind {
        Kind::Torn => Err("the value does not end".to_owned()),
        _ => scalars(piece.text, columns, found)
            .map_err(|at| format!("not JSON from its byte {} on", at + 1)),
    };
    if let Err(why) = parsed {
        scan.unreadable(*row, piece.line, &why, Code::RowUnreadable);
        scan.aside(&raw(*row));
        return;
    }
    let texts: Vec<Option<Vec<u8>>> = found
        .iter()
        .map(|&(_, start, end, escaped)| escaped.then(|| json::unescape(&piece.text[start..end])))
        .collect();
    let cells: Vec<(usize, u64, &[u8])> = found
        .iter()
        .zip(&texts)
        .map(|(&(column, start, end, _), text)| {
            let bytes = text.as_deref().unwrap_or(&piece.text[start..end]);
            (column, piece.byte + start as u64, bytes)
        })
        .collect();
    let plain = cells.iter().map(|c| (c.0, c.2));
    damage::row(scan.layout(), (*row, piece.line), plain, scan);
    let new = scan.sparse(*row, piece.line, &cells);
    if new.is_empty() {
        return;
    }
    let _ = json::walk(piece.text, true, &mut |leaf: Leaf<'_>| {
        let range = piece.byte + leaf.start as u64..piece.byte + leaf.end as u64;
        for at in new.iter().filter(|at| range.contains(at)) {
            exact.insert(*at, leaf.exact.into());
        }
    });
}
