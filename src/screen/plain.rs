//! The scan's view of plain rows: those that are counted and not visited.
//!
//! Whoever cuts a text into rows asks here whether a run of letters and digits, or a cell, needs a
//! closer look; a row in which nothing does is only counted. The answers agree with
//! [`Scan::record`]: what is plain here leaves nothing behind there but the same counts.

use super::index::hash;
use super::record::Layout;
use super::scan::{Scan, refusal};
use super::{token, wild};
use crate::address;

/// Shortest and longest run of ASCII letters and digits that [`Scan::peek`] wants to see.
pub(crate) const RUN: (usize, usize) = (token::TOKEN_MIN, token::TOKEN_MAX);

/// What a run of letters and digits is, at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// No address.
    Nothing,
    /// An address, and nothing to say of it.
    Address,
    /// Its row has to be looked at in full.
    Odd,
}

/// Tally of plain rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlainRows {
    /// How many.
    pub(crate) rows: u64,
    /// Runs in them.
    pub(crate) runs: u64,
    /// Blank cells by column.
    pub(crate) blank: Vec<u64>,
    /// Addresses by column.
    pub(crate) recognised: Vec<u64>,
}

impl PlainRows {
    /// Nothing yet, of rows with `width` cells.
    pub(crate) fn clear(&mut self, width: usize) {
        (self.rows, self.runs) = (0, 0);
        for counts in [&mut self.blank, &mut self.recognised] {
            counts.clear();
            counts.resize(width, 0);
        }
    }
}

impl<'s> Scan<'s, '_> {
    /// Looks at the run `start..end` of `text`. A row with any `Run::Odd` must go through
    /// [`Self::record`].
    pub(super) fn peek(&mut self, text: &[u8], start: usize, end: usize) -> Run {
        let run = &text[start..end];
        if self.holds_listed_words(run) {
            return Run::Odd;
        }
        let index = self.screener.index();
        if index.may_start_verbatim(run) {
            return Run::Odd;
        }
        if self.options.validate && token::is_hash(run) {
            // Most rows have one, and none is an address.
        } else if self.options.validate {
            match address::decode(run) {
                Ok(decoded) => {
                    if index.reached(&decoded, run).is_some() || self.screener.is_near(run) {
                        return Run::Odd;
                    }
                    self.unique.add(hash(&decoded.identity));
                    return Run::Address;
                }
                Err(error) if error.lead.is_some() || refusal(error.reason).is_some() => {
                    return Run::Odd;
                }
                Err(_) if self.screener.is_meant(run) => return Run::Odd,
                Err(_) => {}
            }
        } else if index.may_hold(run) && index.holds(run) {
            return Run::Odd;
        }
        let before = start.checked_sub(1).map_or(b' ', |at| text[at]);
        let after = text.get(end).copied().unwrap_or(b' ');
        let joined = matches!(before, b'-' | b'_' | b'+' | b'/' | b':')
            || matches!(after, b'-' | b'_' | b'+' | b'/');
        if joined && self.wider_address(text, start, end).is_some() {
            return Run::Odd;
        }
        Run::Nothing
    }

    /// Whether a run, of whatever length, holds a listed account in a 32-byte word.
    #[inline]
    pub(crate) fn holds_listed_words(&self, run: &[u8]) -> bool {
        self.screener.holds_words(run)
    }

    /// Whether a cell, without white space around it, needs more than its runs looked at.
    pub(crate) fn is_odd_cell(&self, cell: &[u8]) -> bool {
        wild::is_wild(cell)
            || wild::is_short_form(cell)
            || self.screener.index().verbatim(cell).is_some()
            || self.options.validate && self.is_broken(cell)
    }

    fn is_broken(&self, cell: &[u8]) -> bool {
        let mut is = false;
        self.screener.broken(cell, |_, _| is = true);
        is
    }

    /// Counts a cell of a counterparty column that is something else than an address.
    pub(crate) fn other(&mut self, kind: &'static str) {
        *self.not_addresses.entry(kind).or_default() += 1;
    }

    /// Whether any cell may be odd for what it says rather than for what it contains.
    pub(crate) fn compares_cells(&self) -> bool {
        self.screener.index().compares_cells()
    }

    /// Whether damaged addresses are looked for.
    pub(crate) fn validates(&self) -> bool {
        self.options.validate
    }

    /// Counts rows whose cells are as many as the layout's columns and hold nothing to report.
    pub(crate) fn plain_rows(&mut self, plain: &PlainRows) {
        self.rows += plain.rows;
        let columns = plain.blank.len();
        if self.columns.len() < columns {
            self.columns.resize(columns, (0, 0));
        }
        for (column, own) in self.columns[..columns].iter_mut().enumerate() {
            let cells = plain.rows - plain.blank[column];
            own.0 += cells;
            own.1 += plain.recognised[column];
            self.cells += cells;
            self.recognised += plain.recognised[column];
        }
        self.tokens += plain.runs;
    }

    /// The layout.
    pub(crate) fn layout(&self) -> &'s Layout {
        self.layout
    }
}
