//! Tables whose rows come one at a time: sheets of workbooks, columnar files.
//!
//! It knows nothing of where rows come from.

use super::columns::SAMPLE_ROWS;
use super::dialect::{self, Given};
use super::run::{Reading, Run};
use crate::finding::Code;
use crate::screen::{Record, Scan};
use std::cell::Cell;
use std::collections::HashMap;

/// One row: its cells as text, in one buffer that is used again and again.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Its number where it comes from, 1-based.
    pub(super) line: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// The column and text of a number in it that a spreadsheet has rounded, and how many digits it
    /// had.
    pub(super) rounded: Option<(usize, String, u32)>,
    /// The columns and formulas of its cells whose values are missing.
    pub(super) unknown: Vec<(usize, String)>,
}

impl Row {
    /// Empties it.
    pub(super) fn clear(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.rounded = None;
        self.unknown.clear();
    }

    /// Sets the cell of `column`, which is after those set before; columns between are empty.
    pub(super) fn set(&mut self, column: usize, text: &[u8]) {
        while self.ends.len() < column {
            self.ends.push(self.text.len());
        }
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len());
    }

    /// The text of a cell that was set.
    pub(super) fn cell(&self, column: usize) -> &[u8] {
        let start = match column {
            0 => 0,
            column => self.ends.get(column - 1).copied().unwrap_or_default(),
        };
        let end = self.ends.get(column).copied().unwrap_or(start);
        &self.text[start..end]
    }

    /// Adds to the text of the cell that was set last.
    pub(super) fn append(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
        if let Some(end) = self.ends.last_mut() {
            *end = self.text.len();
        }
    }

    fn cells<'r>(&'r self, out: &mut Vec<(u64, &'r [u8])>) {
        out.clear();
        let mut start = 0;
        for &end in &self.ends {
            out.push((0, &self.text[start..end]));
            start = end;
        }
    }

    fn is_blank(&self) -> bool {
        self.text.iter().all(u8::is_ascii_whitespace)
    }
}

/// Gives the next row; false at the end.
pub(super) type Next<'n> = dyn FnMut(&mut Row) -> Result<bool, String> + 'n;

/// Reads a table for `run`; `headings` when they do not stand in its first rows. `None`: it has no
/// row at all.
pub(super) fn screen(
    run: &mut Run<'_, '_>,
    path: &str,
    headings: Option<&[String]>,
    next: &mut Next<'_>,
    tick: &mut dyn FnMut(),
) -> Option<Reading> {
    let mut failed = None;
    let broken = Cell::new(false);
    let mut pull = |row: &mut Row| match next(row) {
        Ok(more) => more,
        Err(error) => {
            failed.get_or_insert(error);
            broken.set(true);
            false
        }
    };
    let mut sample: Vec<Row> = Vec::new();
    while sample.len() < SAMPLE_ROWS {
        let mut row = Row::default();
        if !pull(&mut row) {
            break;
        }
        if !row.is_blank() {
            sample.push(row);
        }
    }
    if sample.is_empty() && headings.is_none() && !broken.get() {
        return None;
    }
    let mut cells = Vec::new();
    let owned: Vec<Vec<Vec<u8>>> = sample
        .iter()
        .map(|row| {
            row.cells(&mut cells);
            cells.iter().map(|c| c.1.to_vec()).collect()
        })
        .collect();
    drop(cells);
    let (names, first, header_line) = match headings {
        Some(headings) => (headings.to_vec(), 0, 0),
        None => {
            let rows: Vec<&[Vec<u8>]> = owned.iter().map(|r| &**r).collect();
            let given = Given {
                header: run.options().header,
                ..Given::default()
            };
            let before = std::iter::once(0).chain(sample.iter().map(|r| r.line));
            let gaps = sample.iter().zip(before).map(|(r, last)| r.line > last + 1);
            let head = dialect::head(&rows, &gaps.collect::<Vec<_>>(), given);
            match head.header {
                true => {
                    let names = owned[head.first]
                        .iter()
                        .map(|c| dialect::heading(c))
                        .collect();
                    (names, head.first + 1, sample[head.first].line)
                }
                false => (Vec::new(), head.first, 0),
            }
        }
    };
    let header = header_line
        .checked_sub(1)
        .and(owned.get(first.wrapping_sub(1)))
        .cloned();
    let mapping = run.map(&names, &owned[first.min(owned.len())..]);
    let mut scan = run.scan(path, &mapping.layout);
    let mut number = 0;
    let input = run.position();
    let mut edges = run.edges.take();
    let mut look = |row: &Row, aside: bool, scan: &mut Scan<'_, '_>| {
        let mut cells = Vec::with_capacity(row.ends.len());
        row.cells(&mut cells);
        let record = |row: u64, line: u64| Record {
            row,
            line,
            cells: &cells,
        };
        if aside {
            scan.aside(&record(0, row.line));
            return;
        }
        let repeated = |h: &Vec<Vec<u8>>| {
            h.len() == cells.len() && h.iter().zip(&cells).all(|(h, c)| *h == c.1)
        };
        if header.as_ref().is_some_and(repeated) {
            let detail = "the header is repeated here; it is not counted as a row".to_owned();
            scan.note(Code::HeaderRepeated, number, row.line, detail);
            return;
        }
        number += 1;
        if let Some((column, text, digits)) = &row.rounded {
            scan.rounded(number, row.line, *column, text, *digits);
        }
        for (column, formula) in &row.unknown {
            scan.without_value(number, row.line, *column, formula);
        }
        scan.record(&record(number, row.line));
        if let Some(edges) = &mut edges {
            let cells = cells.iter().enumerate().map(|(c, cell)| (c, cell.1));
            edges.row(&mapping.layout, (input, number), cells);
        }
    };
    for (index, row) in sample.iter().enumerate() {
        look(row, index < first, &mut scan);
    }
    drop((sample, owned));
    let mut row = Row::default();
    let mut count = 0u64;
    let map_only = run.options().map_only;
    while !map_only && pull(&mut row) {
        if !row.is_blank() {
            look(&row, false, &mut scan);
        }
        count += 1;
        if count.is_multiple_of(4096) {
            tick();
        }
    }
    run.edges = edges;
    let tally = run.tally(scan);
    Some(Reading {
        tally,
        mapping,
        delimiter: "".into(),
        header_line,
        exact: HashMap::new(),
        failed,
    })
}
