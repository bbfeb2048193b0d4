//! Rows of values that are found already, looked at in the fast way of delimited text.
//!
//! A row is written with its cells in the order of the columns, and nothing in it is quoted. What is
//! plain in it is counted; the others are named, and whoever wrote them looks at them in full. It
//! knows nothing of where values come from.

use super::fast;
use super::split::Dialect;
use crate::screen::{Layout, Role, Scan};
#[cfg(feature = "frames")]
use memchr::memchr_iter;
use memchr::{memchr, memchr3};
use std::ops::Range;

/// Between cells.
const DELIMITER: u8 = b'\t';
/// Bytes that are copied at once, needed or not.
const CHUNK: usize = 32;

/// Rows that are being written.
pub(super) struct Rows {
    text: Vec<u8>,
    /// Where the row that is being written starts, and where the next cell does.
    start: usize,
    at: usize,
    /// Which columns hold counterparties.
    parties: Box<[bool]>,
    dialect: Dialect,
    fast: fast::Worker,
}

impl Rows {
    /// None yet.
    pub(super) fn new(layout: &Layout) -> Self {
        let party = |role| matches!(role, Role::From | Role::To | Role::Party | Role::Own);
        Self {
            text: Vec::new(),
            start: 0,
            at: 0,
            parties: layout.columns.iter().map(|c| party(c.role)).collect(),
            dialect: Dialect {
                delimiter: DELIMITER,
                ..Dialect::default()
            },
            fast: fast::Worker::default(),
        }
    }

    /// Whether rows can be written for `layout`: a row of one cell may be blank, and then it is none.
    pub(super) fn fit(layout: &Layout) -> bool {
        layout.columns.len() > 1
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        (self.start, self.at) = (0, 0);
    }

    /// Begins a row, in the place of one that was not ended.
    pub(super) fn begin(&mut self) {
        self.at = self.start;
    }

    /// Ends the row; where it is.
    pub(super) fn end(&mut self) -> usize {
        // Behind the last cell stands the end of the row.
        self.text[self.at - 1] = b'\n';
        std::mem::replace(&mut self.start, self.at)
    }

    #[inline]
    fn room(&mut self, len: usize) {
        let room = self.at + len + CHUNK + 1;
        if self.text.len() < room {
            self.text.resize(room.next_power_of_two(), 0);
        }
    }

    /// Adds a cell that is `range` of `text`. It has no quotes and nothing that ends a cell or a row.
    #[inline]
    pub(super) fn plain(&mut self, text: &[u8], range: Range<usize>) {
        let len = range.len();
        self.room(len);
        let to = &mut self.text[self.at..];
        match text.get(range.start..range.start + CHUNK) {
            Some(chunk) if len <= CHUNK => to[..CHUNK].copy_from_slice(chunk),
            _ => to[..len].copy_from_slice(&text[range]),
        }
        to[len] = DELIMITER;
        self.at += len + 1;
    }

    /// Adds a cell for `column` that may have quotes and line ends; false: its row has to be looked at
    /// in full.
    pub(super) fn any(&mut self, column: usize, cell: &[u8], scan: &Scan<'_, '_>) -> bool {
        if !has_ends(cell) && memchr(b'"', cell).is_none() {
            self.plain(cell, 0..cell.len());
            return true;
        }
        if self.parties[column] || scan.is_odd_cell(cell.trim_ascii()) {
            return false;
        }
        // What it says is known to be plain; what is left are its runs, and whether it is blank.
        self.room(cell.len());
        let to = &mut self.text[self.at..];
        for (to, b) in to.iter_mut().zip(cell) {
            *to = match b {
                b'"' => b'\'',
                b if b.is_ascii_whitespace() => b' ',
                b => *b,
            };
        }
        to[cell.len()] = DELIMITER;
        self.at += cell.len() + 1;
        true
    }

    /// Whether the row that is being written, of plain cells alone, has quotes or whatever ends a cell
    /// or a row in none of them.
    #[cfg(feature = "frames")]
    pub(super) fn is_plain(&self) -> bool {
        let row = &self.text[self.start..self.at];
        let cells = memchr_iter(DELIMITER, row).count();
        cells == self.parties.len() && memchr3(b'"', b'\r', b'\n', row).is_none()
    }

    /// Looks at all rows that were ended.
    pub(super) fn scan(&mut self, scan: &mut Scan<'_, '_>) {
        let (rows, width) = (&self.text[..self.start], self.parties.len());
        self.fast.scan(rows, &self.dialect, [width; 2], scan);
    }

    /// Says of one row after another, by where it is, whether it has to be looked at in full.
    pub(super) fn odd(&self) -> impl FnMut(usize) -> bool + '_ {
        let mut odd = self.fast.odd().iter().map(|odd| &odd.at).peekable();
        move |row| {
            while odd.next_if(|at| at.end <= row).is_some() {}
            odd.peek().is_some_and(|at| at.start <= row)
        }
    }
}

/// Whether a cell has anything that ends a cell or a row.
fn has_ends(cell: &[u8]) -> bool {
    memchr3(DELIMITER, b'\r', b'\n', cell).is_some()
}
