//! Listed addresses that are not a word of their own: glued to letters, or broken into pieces.
//!
//! Only listed ones are found: a text that was cut out or put together proves nothing by itself,
//! but that it is listed does, for chance does not make twenty bytes alike. What is glued or broken
//! and not listed stays what it is, no address.

use super::screener::Screener;
use super::token::TOKEN_MIN;
use crate::address;
use std::ops::Range;

/// Characters that may be glued to either end of an address.
const GLUED: usize = 5;
/// Longest address that is cut out or put together.
const LONGEST: usize = 110;
/// Longer texts of letters and digits than this, but for Monero's, have no cheap key.
const KEYED_MAX: usize = 66;
/// Pieces that one address may be broken into.
const PIECES: usize = 16;
/// Bytes between two pieces: a line break with the marks of a message format around it.
const GAP: usize = 4;

impl Screener<'_> {
    /// The listed address in `run`, letters and digits that are no address.
    pub(super) fn glued(&self, run: &[u8]) -> Option<Range<usize>> {
        let hexadecimal = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
        // What would go on with hex digits is longer than an account.
        let apart = |bytes: &[u8]| bytes.is_empty() || !hexadecimal(bytes);
        // `ETH0x…`, `0x0x…`, `\x…` as databases write bytes.
        for (at, _) in run.iter().enumerate().filter(|(_, b)| **b | 0x20 == b'x') {
            let (from, to) = (at + 1, at + 41);
            if to > run.len() {
                break;
            }
            let digits = &run[from..to];
            if hexadecimal(digits) && apart(&run[to..]) && self.has(digits) {
                let marked = at > 0 && run[at - 1] == b'0' && run[at] == b'x';
                return Some(if marked { at - 1..to } else { from..to });
            }
        }
        if run.len() > LONGEST + GLUED || hexadecimal(run) {
            return None;
        }
        let front = (1..=GLUED).map(|n| (n, 0));
        let back = (1..=GLUED).map(|n| (0, n));
        for (before, after) in front.chain(back) {
            let to = run.len().checked_sub(after)?;
            if to < before + TOKEN_MIN {
                continue;
            }
            let text = &run[before..to];
            // Such as a transaction's hash in base58.
            if text.len() > KEYED_MAX && !address::possible(text) {
                continue;
            }
            let hex = hexadecimal(text.strip_prefix(b"0x").unwrap_or(text));
            let fits = !hex || apart(&run[..before]) && apart(&run[to..]);
            if fits && self.has(text) {
                return Some(before..to);
            }
        }
        None
    }

    /// Hands over the listed addresses that white space or other marks in `cell` break into pieces:
    /// where they stand, and their text.
    pub(super) fn broken(&self, cell: &[u8], mut each: impl FnMut(Range<usize>, &[u8])) {
        if cell.len() <= TOKEN_MIN || cell.iter().all(u8::is_ascii_alphanumeric) {
            return;
        }
        let pieces = pieces(cell);
        let mixed = |&(from, to): &(usize, usize)| {
            let piece = &cell[from..to];
            piece.iter().any(u8::is_ascii_digit) && piece.iter().any(u8::is_ascii_alphabetic)
        };
        if pieces.len() < 2 || !pieces.iter().any(mixed) {
            return;
        }
        let mut room = [0; LONGEST];
        let mut first = 0;
        while first + 1 < pieces.len() {
            let mut len = 0;
            let mut next = first + 1;
            for (n, &(from, to)) in pieces[first..].iter().take(PIECES).enumerate() {
                let apart = n > 0 && from - pieces[first + n - 1].1 > GAP;
                let Some(room) = room.get_mut(..len + to - from).filter(|_| !apart) else {
                    break;
                };
                room[len..].copy_from_slice(&cell[from..to]);
                len = room.len();
                let joined = &*room;
                if n > 0 && joined.len() >= TOKEN_MIN && self.has(joined) {
                    each(pieces[first].0..to, joined);
                    next = first + n + 1;
                    break;
                }
            }
            first = next;
        }
    }

    /// Whether `text` is a listed address.
    fn has(&self, text: &[u8]) -> bool {
        self.index().may_hold(text) && self.index().holds(text)
    }
}

/// Runs of letters and digits. The letter of an escape that is written out (`\n`) is no part of one.
fn pieces(cell: &[u8]) -> Vec<(usize, usize)> {
    let mut pieces = Vec::with_capacity(PIECES);
    let mut at = 0;
    while at < cell.len() {
        let escaped = at > 0 && cell[at - 1] == b'\\' && matches!(cell[at], b'n' | b'r' | b't');
        let from = at + usize::from(escaped);
        let run = cell[from..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric());
        let to = from + run.count();
        if to > from {
            pieces.push((from, to));
        }
        at = to.max(at) + 1;
    }
    pieces
}
