//! Nested records screened: every scalar is a cell of the column its path names.
//!
//! One after another here; those that are lines go through `lines`, which answers the same. It knows
//! nothing of how the records lie in their stream.

use super::damage;
use super::encoding::Decoded;
use super::json::{self, Columns, Kind, Leaf, Piece, Records};
use super::lines::{self, Blocks, Shapes};
use super::run::{Reading, Run};
use super::workers::InOrder;
use crate::finding::Code;
use crate::screen::{Record, Scan};
use std::collections::HashMap;
use std::io::Read;

/// A scalar of a record: its column, its range in the record, whether it has escapes.
pub(super) type Scalar = (usize, usize, usize, bool);

/// The scalars of the value `text`; the error is where it stops being JSON.
pub(super) fn scalars(
    text: &[u8],
    columns: &mut Columns,
    out: &mut Vec<Scalar>,
) -> Result<(), usize> {
    out.clear();
    json::walk(text, false, &mut |leaf: Leaf<'_>| {
        out.push((columns.of(leaf.path), leaf.start, leaf.end, leaf.escaped));
    })
}

/// The columns that the sample of an input has, and its rows.
pub(super) fn sample(texts: &[&[u8]]) -> (Columns, Vec<Vec<Vec<u8>>>) {
    let (mut columns, mut found) = (Columns::default(), Vec::new());
    let mut rows = Vec::new();
    for text in texts {
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
    (columns, rows)
}

/// Reads JSON for `run`. `lines`: [`json::is_lines`] said so, and no record is asked for by its place.
pub(super) fn screen<R: Read + Send>(
    run: &mut Run<'_, '_>,
    path: &str,
    text: Decoded<R>,
    lines: bool,
    hash: &InOrder,
    tick: &mut dyn FnMut(),
) -> Reading {
    let mut records = Records::new(text);
    let texts = records.sample();
    let (mut columns, rows) = sample(&texts);
    let mut mapping = run.map(&columns.paths, &rows);
    drop(rows);
    let mut scan = run.scan(path, &mapping.layout);
    let mut exact = HashMap::new();
    let map_only = run.options().map_only;
    let failed = if lines && !map_only {
        let shapes = Shapes::of(&texts, &columns, &mapping.layout);
        drop(texts);
        let mut blocks = Blocks::new(records);
        let threads = run.options().threads;
        let done = lines::screen(&mut blocks, &shapes, columns, scan, threads, hash, tick);
        (scan, columns, exact) = done;
        blocks.failed
    } else {
        drop(texts);
        let mut found = Vec::new();
        let input = run.position();
        let (mut row, mut read) = (0, 0u64);
        while let Some(piece) = records.next().filter(|_| !map_only) {
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
        records.failed
    };
    tick();
    let tally = run.tally(scan);
    mapping.met(&columns.paths);
    Reading {
        tally,
        mapping,
        delimiter: "".into(),
        header_line: 0,
        exact,
        failed: failed.map(|e| e.to_string()),
    }
}

/// Looks at the next piece; `row` counts records.
pub(super) fn record(
    piece: &Piece<'_>,
    row: &mut u64,
    columns: &mut Columns,
    found: &mut Vec<Scalar>,
    scan: &mut Scan<'_, '_>,
    exact: &mut HashMap<u64, Box<str>>,
) {
    if piece.kind == Kind::Aside {
        scan.aside(&Record {
            row: 0,
            line: piece.line,
            cells: &[(piece.byte, piece.text)],
        });
        return;
    }
    *row += 1;
    let parsed = match piece.kind {
        Kind::Torn => Err(None),
        _ => scalars(piece.text, columns, found).map_err(Some),
    };
    look(piece, *row, parsed.map(|()| &**found), scan, exact);
}

/// Looks at a record. `found`: its scalars, or where it stops being JSON.
pub(super) fn look(
    piece: &Piece<'_>,
    row: u64,
    found: Result<&[Scalar], Option<usize>>,
    scan: &mut Scan<'_, '_>,
    exact: &mut HashMap<u64, Box<str>>,
) {
    let found = match found {
        Ok(found) => found,
        Err(at) => {
            let why = match at {
                None => "the value does not end".to_owned(),
                Some(at) => format!("not JSON from its byte {} on", at + 1),
            };
            scan.unreadable(row, piece.line, &why, Code::RowUnreadable);
            scan.aside(&Record {
                row,
                line: piece.line,
                cells: &[(piece.byte, piece.text)],
            });
            return;
        }
    };
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
    damage::row(scan.layout(), (row, piece.line), plain, scan);
    let new = scan.sparse(row, piece.line, &cells);
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
