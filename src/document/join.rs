//! Words that are parts of one address: over line breaks, hyphens, page breaks with a footer and a
//! header between, in groups, in columns.
//!
//! Every way is tried within bounds, and a checksum decides; two different answers are none.

use super::extract::Extractor;
use super::proof::{self, LONGEST, SHORTEST};
use super::tokens::{Gap, Token, gap, is_hyphen, is_odd};
use crate::address::Address;
use std::borrow::Cow;

/// Parts of one address.
const PARTS: usize = 48;
/// Lines over which an address may be interrupted: a footer, a header, a footnote.
const REACH: usize = 14;

/// An address put together of several words.
pub(super) struct Joined {
    pub(super) address: Address,
    pub(super) pieces: Vec<usize>,
    pub(super) how: Vec<Cow<'static, str>>,
}

impl Extractor {
    /// The address that begins with this word and goes on in others, when there is exactly one.
    pub(super) fn join(&self, all: &[Token], taken: &[bool], ix: usize) -> Option<Joined> {
        let token = all[ix];
        let word = self.text(token).as_bytes();
        let digits = word.iter().all(u8::is_ascii_digit);
        let hex = word.iter().all(u8::is_ascii_hexdigit);
        // Numbers and hashes are no beginnings, but for a first group of four.
        if token.len() > LONGEST
            || !is_odd(word)
            || digits && word.len() > 4
            || hex && word.len() >= 12
        {
            return None;
        }
        let mut found: Vec<Joined> = Vec::new();
        self.contiguous(all, taken, ix, &mut found);
        if token.len() >= 4 && !digits && self.ends_cell(all, ix) {
            self.interrupted(all, taken, ix, &mut found);
        }
        let first = found.first()?;
        let same = found.iter().all(|f| f.address == first.address);
        if same { found.into_iter().next() } else { None }
    }

    /// Words that follow each other with nothing but white space, line breaks or hyphens between.
    fn contiguous(&self, all: &[Token], taken: &[bool], ix: usize, found: &mut Vec<Joined>) {
        let mut text = self.text(all[ix]).to_owned();
        let mut pieces = vec![ix];
        let (mut blanks, mut breaks, mut hyphens, mut pages) = (0, 0, 0, 0);
        let mut odd = 1;
        while pieces.len() < PARTS && text.len() < LONGEST {
            let last = pieces[pieces.len() - 1];
            let next = last + 1;
            if next >= all.len() || taken[next] {
                return;
            }
            match self.between(all[last], all[next]) {
                Some(Seam::Blank) => blanks += 1,
                Some(Seam::Break) => breaks += 1,
                Some(Seam::Hyphen) => hyphens += 1,
                Some(Seam::Page) => pages += 1,
                None => return,
            }
            let piece = self.text(all[next]);
            odd += usize::from(is_odd(piece.as_bytes()));
            text.push_str(piece);
            pieces.push(next);
            // A sentence that begins with a number: its words are no groups of an address.
            if blanks > 0 && odd * 3 < pieces.len() {
                return;
            }
            // One break is how lines are wrapped; words of a sentence are many guesses.
            let guesses = blanks > 0 || pieces.len() > 4;
            if let Some(address) = proof::joined(&text, guesses) {
                let mut how = Vec::new();
                for (count, what) in [
                    (blanks, "spaces inside removed"),
                    (breaks, "line break removed"),
                    (hyphens, "hyphen at the line break removed"),
                    (pages, "page break removed"),
                ] {
                    if count > 0 {
                        how.push(what.into());
                    }
                }
                found.push(Joined {
                    address,
                    pieces,
                    how,
                });
                return;
            }
        }
    }

    /// Words that go on where a cell further down begins: across a page break with its footer and
    /// header, or in a table whose columns run into each other.
    fn interrupted(&self, all: &[Token], taken: &[bool], ix: usize, found: &mut Vec<Joined>) {
        let token = all[ix];
        let first = self.text(token);
        let second = self.continuations(all, taken, ix);
        for &next in &second {
            if token.len() + all[next].len() > LONGEST {
                continue;
            }
            let mut text = format!("{first}{}", self.text(all[next]));
            let mut pieces = vec![ix, next];
            let mut address = proof::joined(&text, true);
            // What was found already needs no third line; a second one could contradict it.
            if address.is_none()
                && found.is_empty()
                && token.len() >= 10
                && all[next].len() >= 10
                && self.ends_cell(all, next)
            {
                // Long addresses in narrow columns take three lines.
                for &third in self.continuations(all, taken, next).iter().take(24) {
                    if !(SHORTEST..=LONGEST).contains(&(text.len() + all[third].len())) {
                        continue;
                    }
                    let longer = format!("{text}{}", self.text(all[third]));
                    if let Some(a) = proof::joined(&longer, true) {
                        (address, text) = (Some(a), longer);
                        pieces.push(third);
                        break;
                    }
                }
            }
            let Some(address) = address else {
                continue;
            };
            if found.iter().any(|f| f.address == address) {
                continue;
            }
            let other_page = |p: &usize| {
                self.window[all[*p].line as usize].line.page
                    != self.window[token.line as usize].line.page
            };
            let how = if pieces.iter().any(other_page) {
                "page break, footer and header passed over"
            } else {
                "line break and other lines between passed over"
            };
            found.push(Joined {
                address,
                pieces,
                how: vec![how.into()],
            });
        }
    }

    /// Words further down that begin a cell.
    fn continuations(&self, all: &[Token], taken: &[bool], ix: usize) -> Vec<usize> {
        let from = all[ix].line;
        let mut lines = 0;
        let mut line = from;
        let mut out = Vec::new();
        for next in ix + 1..all.len() {
            let token = all[next];
            if token.line == from {
                continue;
            }
            if token.line != line {
                (line, lines) = (token.line, lines + 1);
            }
            if lines > REACH || out.len() > 160 {
                break;
            }
            if !taken[next] && self.begins_cell(all, next) {
                out.push(next);
            }
        }
        out
    }

    fn ends_cell(&self, all: &[Token], ix: usize) -> bool {
        let token = all[ix];
        let line = self.window[token.line as usize].text();
        let after = &line[token.end as usize..];
        match all.get(ix + 1).filter(|n| n.line == token.line) {
            Some(next) => gap(&line[token.end as usize..next.start as usize]) == Gap::Cell,
            None => after
                .chars()
                .all(|c| c.is_whitespace() || is_hyphen(c) || c == '|'),
        }
    }

    fn begins_cell(&self, all: &[Token], ix: usize) -> bool {
        let token = all[ix];
        let line = self.window[token.line as usize].text();
        let before = &line[..token.start as usize];
        match ix
            .checked_sub(1)
            .map(|i| all[i])
            .filter(|b| b.line == token.line)
        {
            Some(last) => gap(&line[last.end as usize..token.start as usize]) == Gap::Cell,
            None => before
                .chars()
                .all(|c| c.is_whitespace() || c == '|' || c == '>'),
        }
    }

    /// How two words that follow each other hang together.
    fn between(&self, a: Token, b: Token) -> Option<Seam> {
        let (first, second) = (&self.window[a.line as usize], &self.window[b.line as usize]);
        if a.line == b.line {
            let between = &first.text()[a.end as usize..b.start as usize];
            return (gap(between) == Gap::Blank).then_some(Seam::Blank);
        }
        let tail = first.text()[a.end as usize..].trim();
        let head = &second.text()[..b.start as usize];
        let quoted = head
            .chars()
            .all(|c| c.is_whitespace() || c == '>' || c == '|');
        let between = &self.window[a.line as usize + 1..b.line as usize];
        let empty = between.iter().all(|h| h.line.hidden || h.is_blank());
        if !quoted || !empty || between.len() > 3 {
            return None;
        }
        let mut marks = tail.chars();
        match (marks.next(), marks.next()) {
            (None, _) if first.line.page != second.line.page => Some(Seam::Page),
            (None, _) => Some(Seam::Break),
            (Some(mark), None) if is_hyphen(mark) => Some(Seam::Hyphen),
            _ => None,
        }
    }

    /// A transaction hash that is broken over two or three lines.
    pub(super) fn broken_hash(
        &self,
        all: &[Token],
        taken: &[bool],
        ix: usize,
    ) -> Option<Vec<usize>> {
        let first = self.text(all[ix]);
        let digits = first.strip_prefix("0x").unwrap_or(first);
        (digits.len() >= 16).then(|| self.hex_run(all, taken, ix, digits, 64, 4))?
    }

    /// An address of a format without a checksum that is broken over lines: likely, and not proven.
    pub(super) fn unproven(&self, all: &[Token], taken: &[bool], ix: usize) -> Option<Vec<usize>> {
        let digits = self.text(all[ix]).strip_prefix("0x")?;
        (digits.len() >= 4).then(|| self.hex_run(all, taken, ix, digits, 40, 12))?
    }

    /// Words of hex digits that follow one another and are `length` digits in all; the first is
    /// `digits` long, there are `most` at the most.
    fn hex_run(
        &self,
        all: &[Token],
        taken: &[bool],
        ix: usize,
        digits: &str,
        length: usize,
        most: usize,
    ) -> Option<Vec<usize>> {
        let hex = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_hexdigit());
        if !hex(digits) || digits.len() >= length {
            return None;
        }
        let (mut found, mut pieces) = (digits.len(), vec![ix]);
        while found < length && pieces.len() < most {
            let last = pieces[pieces.len() - 1];
            let next = last + 1;
            if next >= all.len() || taken[next] || !hex(self.text(all[next])) {
                return None;
            }
            self.between(all[last], all[next])?;
            found += all[next].len();
            pieces.push(next);
        }
        (found == length).then_some(pieces)
    }
}

/// How two words of one address hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seam {
    Blank,
    Break,
    Hyphen,
    Page,
}
