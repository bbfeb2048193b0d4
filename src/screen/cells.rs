//! The accounts in a cell, for those who want them without a scan.

use super::scan::next_token;
use super::wild;
use crate::address::{self, Identity};
use std::ops::Range;

/// Hands over each account in `cell` and where it stands. A wrong letter case is no obstacle; what
/// only the text forms can read is left out.
pub(crate) fn accounts(cell: &[u8], mut each: impl FnMut(Range<usize>, Identity)) {
    let start = cell.len() - cell.trim_ascii_start().len();
    let trimmed = cell.trim_ascii();
    if let Some(account) = wild::short_form(trimmed)
        && let Ok(decoded) = address::decode(account)
    {
        let end = start + trimmed.len();
        return each(end - account.len()..end, decoded.identity);
    }
    let mut rest = 0;
    while let Some((start, end)) = next_token(cell, rest) {
        rest = end;
        let lead = match address::decode(&cell[start..end]) {
            Ok(decoded) => Some(decoded.identity),
            Err(error) => error.lead,
        };
        if let Some(identity) = lead {
            each(start..end, identity);
        } else if let Some((from, to)) = wild::wider(cell, start, end)
            && let Ok(decoded) = address::decode(&cell[from..to])
        {
            each(from..to, decoded.identity);
            rest = rest.max(to);
        }
    }
}
