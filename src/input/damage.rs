//! Numbers that a spreadsheet has rounded where an id or an address belongs: `1,55444E+13`.
//!
//! Their last digits are lost, so they are reported, never guessed at. Whole files are looked
//! through: a block without a plus sign costs one search.

use super::dialect::Shape;
use super::fast::Counts;
use super::kind;
use super::split::{self, Kind};
use super::text::Block;
use crate::screen::{Layout, Role, Scan};

/// Fewer digits than this no spreadsheet rounds.
const DIGITS_MIN: u32 = 12;

/// The digits of the number in a cell of this role that was rounded.
fn rounded(role: Role, cell: &[u8]) -> Option<u32> {
    let speaks = matches!(
        role,
        Role::From | Role::To | Role::Party | Role::Own | Role::Contract | Role::Txid | Role::Id
    );
    let cell = cell.trim_ascii();
    if !speaks || cell.len() > 32 || !cell.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    kind::rounded(&String::from_utf8_lossy(cell)).filter(|digits| *digits >= DIGITS_MIN)
}

/// Looks at the cells of one row.
pub(super) fn row<'c>(
    layout: &Layout,
    (row, line): (u64, u64),
    cells: impl Iterator<Item = (usize, &'c [u8])>,
    scan: &mut Scan<'_, '_>,
) {
    for (column, cell) in cells {
        let role = layout.columns.get(column).map_or(Role::Other, |c| c.role);
        if let Some(digits) = rounded(role, cell) {
            let text = String::from_utf8_lossy(cell.trim_ascii());
            scan.rounded(row, line, column, &text, digits);
        }
    }
}

/// Whether `text` has anything that is written like such a number.
pub(super) fn may_be_in(text: &[u8]) -> bool {
    memchr::memchr_iter(b'+', text).any(|at| at > 0 && text[at - 1] | 0x20 == b'e')
}

/// Looks through a block of text, knowing what is `before` it.
pub(super) fn block(block: &Block, before: Counts, shape: &Shape, scan: &mut Scan<'_, '_>) {
    if !may_be_in(&block.bytes) {
        return;
    }
    let layout = scan.layout();
    let (mut row, mut line, mut counted) = (before.rows, before.lines + 1, 0);
    split::records(&block.bytes, block.byte, &shape.dialect, |split| {
        line += split::lines(&block.bytes[counted..split.start], &shape.dialect);
        counted = split.start;
        if split.kind == Kind::Data {
            row += 1;
            let cells = split.cells.iter().enumerate().map(|(c, cell)| (c, cell.1));
            self::row(layout, (row, line), cells, scan);
        }
    });
}
