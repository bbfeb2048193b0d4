//! What goes into a scan and what comes out of it, before it is judged.

use super::report::Column;
use crate::address::Address;
use crate::list::ListingRef;

/// Findings of one code that are kept one by one; the rest is counted.
const FINDINGS_MAX: usize = 1000;

/// The columns of an input, as its adapter found them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// In order.
    pub columns: Vec<Column>,
    /// The column with the row's time.
    pub time: Option<usize>,
    /// The column with the amount.
    pub amount: Option<usize>,
    /// The column with the asset.
    pub asset: Option<usize>,
    /// Where the amount and its asset stand when those columns are empty or nought: of `sent` and
    /// `received` only one is filled.
    pub instead: Option<(usize, Option<usize>)>,
    /// Further columns with times, where no heading says which of them is the row's.
    pub rivals: Vec<usize>,
}

impl Layout {
    /// No column.
    pub(super) const NONE: Self = Self {
        columns: Vec::new(),
        time: None,
        amount: None,
        asset: None,
        instead: None,
        rivals: Vec::new(),
    };
}

/// Set in the column of what stands in none: a note above a table.
pub(super) const ASIDE: usize = 1 << 31;

/// One data record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// 1-based, header excluded.
    pub row: u64,
    /// Physical line on which it starts, 1-based.
    pub line: u64,
    /// Its cells, without enclosing quotes, each with its offset in the decoded input.
    pub cells: &'a [(u64, &'a [u8])],
}

/// Where a cell is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellAt {
    /// Data record, 1-based.
    pub row: u64,
    /// Column, 0-based.
    pub column: usize,
    /// Offset of the cell in the decoded input.
    pub byte: u64,
    /// Physical line, 1-based.
    pub line: u64,
}

/// What a row says beside its addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowContext {
    /// Its time as written; empty when there is none.
    pub time: Box<str>,
    /// The cells of the further columns with times.
    pub rivals: Vec<Box<str>>,
    /// Its amount as written.
    pub amount: Box<str>,
    /// Its asset as written.
    pub asset: Box<str>,
}

/// A listed identifier in a cell.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Where.
    pub at: CellAt,
    /// The text as it stands there.
    pub text: Box<str>,
    /// The address; `None`: matched verbatim.
    pub address: Option<Address>,
    /// What was done to the text to read it; empty when nothing was.
    pub reading: Box<str>,
    /// What the row says.
    pub context: RowContext,
    /// The listings it answers to, not yet judged.
    pub listings: Vec<ListingRef>,
}

/// A near miss in a cell.
#[derive(Clone, Debug)]
pub struct Near {
    /// Where and what.
    pub hit: Hit,
    /// Listings it may mean, with kind and distance.
    pub found: Vec<(ListingRef, &'static str, u8)>,
}

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct ScanOptions {
    /// Decode every token and read every cell closely, so that damaged, hidden and imitated
    /// addresses are found too. Without it only what may be listed is decoded, and only listed
    /// addresses count as recognised.
    pub validate: bool,
    /// How many findings of a code are told one by one in an input; the others are counted.
    pub findings_max: usize,
    /// The record whose cells are kept, for whoever wants to show it.
    pub keep: Option<u64>,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            validate: true,
            findings_max: FINDINGS_MAX,
            keep: None,
        }
    }
}
