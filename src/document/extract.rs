//! Lines become addresses. Pure: no files, no lists.
//!
//! A window of lines moves over the document. In it, words that are addresses are taken first, so
//! that no part of one is used for another; then parts are put together where a checksum confirms
//! it; what is left and was clearly meant as an address is damaged. See `proof` for
//! when a guess counts.

use super::damage::{self, NearAddress};
use super::packs::Pack;
use super::proof::{self, LONGEST, Proof, SHORTEST};
use super::tokens::{Held, Token, is_hyphen, is_odd, tokens};
use super::word::{SECRET, What, wider};
use super::{Kind, Line, around};
use crate::address::{self, Address, Identity};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

/// How much text is looked at in one go.
const BLOCK: usize = 1 << 18;
/// Lines, and bytes of them, that stay in sight after and before what is looked at.
const SIGHT: (usize, usize) = (48, 1 << 14);
/// Damaged texts of one document for which the single wrong character is looked for.
const DIAGNOSED: usize = 300;

/// An address in a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// Which document, by position.
    pub document: usize,
    /// The page, 1-based; 0: the document has none.
    pub page: u32,
    /// The physical line (on the page, for a document of pages), 1-based.
    pub line: u64,
    /// The character in the document (in the page, for a document of pages), from 0.
    pub offset: u64,
    /// As it stands there; a line feed where it is broken.
    pub raw: Box<str>,
    /// The address.
    pub address: Address,
    /// Whether a checksum confirms it; some formats have none.
    pub checked: bool,
    /// What was done to read it; empty: nothing.
    pub repair: Box<str>,
    /// The asset named beside it, as printed; empty: none.
    pub label: Box<str>,
    /// The nearest heading above.
    pub heading: Box<str>,
    /// The words around it.
    pub context: Box<str>,
    /// Words near it that change what it means.
    pub notes: Vec<&'static str>,
    /// It is not visible in the document, only in a link or another attribute.
    pub hidden: bool,
}

/// What was meant as an address and is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Damaged {
    /// Which document, by position.
    pub document: usize,
    /// As for an address.
    pub page: u32,
    /// As for an address.
    pub line: u64,
    /// As for an address.
    pub offset: u64,
    /// As it stands there.
    pub raw: Box<str>,
    /// Kebab-case: `bad-checksum`, `bad-casing`, `misread`, `truncated`, `fragment` …
    pub reason: &'static str,
    /// In words.
    pub why: Box<str>,
    /// What it may have been meant to be.
    pub near: Vec<NearAddress>,
    /// The identity it has but for its casing: it is looked up all the same.
    pub lead: Option<Identity>,
    /// The asset named beside it.
    pub label: Box<str>,
    /// The nearest heading above.
    pub heading: Box<str>,
    /// The words around it.
    pub context: Box<str>,
}

/// What came of one document.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) addresses: Vec<Occurrence>,
    pub(super) damaged: Vec<Damaged>,
    pub(super) not_addresses: BTreeMap<&'static str, u64>,
}

/// Finds the addresses in the lines of one document.
#[derive(Debug)]
pub struct Extractor {
    document: usize,
    kind: Kind,
    pub(super) window: Vec<Held>,
    /// Lines of the window that were looked at.
    done: usize,
    /// Lines of the window whose section is known.
    sectioned: usize,
    bytes: usize,
    section: Rc<str>,
    pack: Pack,
    parts: Parts,
    diagnosed: usize,
    empty: bool,
    /// Examples of specifications that are addresses all the same.
    pub(super) listed_examples: BTreeSet<&'static str>,
}

impl Extractor {
    /// For document number `document`, of this kind; `listed_examples` are addresses.
    pub fn new(document: usize, kind: Kind, listed_examples: BTreeSet<&'static str>) -> Self {
        Self {
            document,
            kind,
            window: Vec::new(),
            done: 0,
            sectioned: 0,
            bytes: 0,
            section: "".into(),
            pack: Pack::default(),
            parts: Parts::default(),
            diagnosed: 0,
            empty: true,
            listed_examples,
        }
    }

    /// Whether there was no line yet.
    pub fn is_empty(&self) -> bool {
        self.empty
    }

    /// Takes the next line.
    pub fn line(&mut self, line: Line) {
        self.empty = false;
        self.bytes += line.text.len();
        self.window.push(Held::new(line));
        if self.bytes >= BLOCK {
            self.advance(false);
        }
    }

    /// What the document holds.
    pub(super) fn finish(mut self) -> Parts {
        self.advance(true);
        let mut parts = self.parts;
        // A link to what stands there anyway is nothing new.
        let visible: HashSet<String> = parts
            .addresses
            .iter()
            .filter(|a| !a.hidden)
            .map(|a| a.address.canonical().to_owned())
            .collect();
        let mut seen = HashSet::new();
        parts.addresses.retain(|a| {
            let canonical = a.address.canonical();
            !a.hidden || !visible.contains(canonical) && seen.insert(canonical.to_owned())
        });
        parts.addresses.sort_by_key(|a| (a.page, a.line, a.offset));
        parts.damaged.sort_by_key(|d| (d.page, d.line, d.offset));
        parts
    }

    fn advance(&mut self, last: bool) {
        let limit = if last {
            self.window.len()
        } else {
            sight(self.window.iter().rev()).map_or(0, |kept| self.window.len() - kept)
        };
        if limit > self.done {
            self.sections(limit);
            self.look(limit);
            self.done = limit;
        }
        let kept = sight(self.window[..self.done].iter().rev()).unwrap_or(self.done);
        let gone = self.done - kept;
        self.window.drain(..gone);
        self.done -= gone;
        self.sectioned = self.sectioned.saturating_sub(gone);
        self.bytes = self.window[self.done..]
            .iter()
            .map(|h| h.line.text.len())
            .sum();
        // Lines too long to leave any behind must not be counted again and again.
        self.bytes = self.bytes.min(BLOCK / 2);
    }

    /// Which heading each line stands under.
    fn sections(&mut self, limit: usize) {
        for ix in self.sectioned..limit {
            let above = ix.checked_sub(1).map(|i| &self.window[i]);
            let below = self.window.get(ix + 1);
            if let Some(heading) = around::heading(self.kind, above, &self.window[ix], below) {
                self.section = heading.into();
            }
            self.window[ix].section = self.section.clone();
        }
        self.sectioned = limit;
    }

    fn look(&mut self, limit: usize) {
        let all = tokens(&self.window);
        let (hidden, all): (Vec<Token>, Vec<Token>) = all
            .into_iter()
            .partition(|t| self.window[t.line as usize].line.hidden);
        let from = self.done as u32;
        let within = |t: &Token| from <= t.line && (t.line as usize) < limit;
        for &token in hidden.iter().filter(|t| within(t) && t.len() >= SHORTEST) {
            if let What::Address(address, start, end) = self.what(token) {
                self.found(*address, &[(token.line, start, end)], Vec::new());
            }
        }
        self.packs(limit);
        let mut whats: Vec<What> = Vec::with_capacity(all.len());
        let mut taken: Vec<bool> = Vec::with_capacity(all.len());
        for &token in &all {
            let held = &self.window[token.line as usize];
            let free = held.is_free(token.start, token.end);
            let what = if free && token.len() >= SHORTEST {
                self.what(token)
            } else {
                What::Word
            };
            taken.push(!free || matches!(what, What::Address(..) | What::Not(_)));
            if matches!(what, What::Not(SECRET)) {
                let secrets = &mut self.window[token.line as usize].secrets;
                let range = (token.start, token.end);
                if !secrets.contains(&range) {
                    secrets.push(range);
                }
            }
            whats.push(what);
        }
        for ix in 0..all.len() {
            let token = all[ix];
            if !within(&token) {
                continue;
            }
            match std::mem::replace(&mut whats[ix], What::Word) {
                What::Address(address, start, end) => {
                    self.found(*address, &[(token.line, start, end)], Vec::new());
                    continue;
                }
                What::Not(kind) => {
                    self.count(kind);
                    continue;
                }
                What::Mislabelled => {
                    self.mislabelled(token);
                    continue;
                }
                what @ (What::Word | What::Refused(_)) => {
                    if taken[ix] {
                        continue;
                    }
                    if let Some(joined) = self.join(&all, &taken, ix) {
                        let ranges: Vec<_> = joined
                            .pieces
                            .iter()
                            .map(|p| (all[*p].line, all[*p].start, all[*p].end))
                            .collect();
                        joined.pieces.iter().for_each(|p| taken[*p] = true);
                        self.found(joined.address, &ranges, joined.how);
                        continue;
                    }
                    if let Some(pieces) = self.broken_hash(&all, &taken, ix) {
                        for p in pieces {
                            taken[p] = true;
                            let Token { line, start, end } = all[p];
                            self.window[line as usize].taken.push((start, end));
                        }
                        self.count("transaction-hash");
                        continue;
                    }
                    if let Some(pieces) = self.unproven(&all, &taken, ix) {
                        pieces.iter().for_each(|p| taken[*p] = true);
                        let ranges: Vec<_> = pieces
                            .iter()
                            .map(|p| (all[*p].line, all[*p].start, all[*p].end))
                            .collect();
                        self.unconfirmed(&ranges);
                        continue;
                    }
                    self.leftover(token, what);
                }
            }
        }
        for ix in self.done..limit {
            let held = &self.window[ix];
            if !held.line.hidden {
                damage::others(held, &mut self.parts.not_addresses);
                self.shortened(ix);
            }
        }
    }

    fn count(&mut self, kind: &'static str) {
        *self.parts.not_addresses.entry(kind).or_default() += 1;
    }

    /// Lets the tag pack see its keys in order.
    fn packs(&mut self, limit: usize) {
        if matches!(self.kind, Kind::Yaml | Kind::Json) {
            for ix in self.done..limit {
                self.pack.line(self.window[ix].text());
            }
        }
    }

    pub(super) fn text(&self, token: Token) -> &str {
        &self.window[token.line as usize].text()[token.start as usize..token.end as usize]
    }

    fn unconfirmed(&mut self, ranges: &[(u32, u32, u32)]) {
        let text: String = ranges
            .iter()
            .map(|&(l, s, e)| &self.window[l as usize].text()[s as usize..e as usize])
            .collect();
        let decoded = address::decode(text.as_bytes());
        let lead = decoded.err().and_then(|e| e.lead);
        let address = Address::parse(&text).or_else(|_| Address::parse(&text.to_ascii_lowercase()));
        let near = address.into_iter().map(|address| NearAddress {
            address,
            how: "put together; it has no checksum that could confirm it".into(),
        });
        let (near, raw) = (near.collect(), self.raw(ranges));
        let why = match lead {
            Some(_) => "broken over lines, and its mixed-case checksum does not hold",
            None => "broken over lines, and nothing confirms that the parts belong together",
        };
        let last = ranges[ranges.len() - 1];
        let (line, start, end) = ranges[0];
        let token = Token { line, start, end };
        self.damaged(token, "unproven", why.to_owned(), near, None);
        let context = around::context(&self.window, (line, start), (last.0, last.2));
        if let Some(damaged) = self.parts.damaged.last_mut() {
            (damaged.raw, damaged.context) = (raw.into(), context.into());
        }
        for &(line, from, to) in &ranges[1..] {
            self.window[line as usize].taken.push((from, to));
        }
    }

    /// Keeps an address. `ranges`: line and range of each of its parts.
    fn found(
        &mut self,
        address: Address,
        ranges: &[(u32, u32, u32)],
        mut how: Vec<Cow<'static, str>>,
    ) {
        let put_together = !how.is_empty();
        for &(line, from, to) in ranges {
            self.window[line as usize].repairs(from, to, &mut how);
        }
        let (line, from, _) = ranges[0];
        let held = &self.window[line as usize];
        let text: String = ranges
            .iter()
            .map(|&(l, s, e)| &self.window[l as usize].text()[s as usize..e as usize])
            .collect();
        let canonical = address.canonical();
        let bare = canonical.rsplit(':').next().unwrap_or(canonical);
        if text != canonical && text != bare && text.to_ascii_lowercase() == bare {
            how.push("upper case read as lower case".into());
        } else if text.starts_with("0X") {
            how.push("`0X` read as `0x`".into());
        }
        let checked =
            address::decode(text.as_bytes()).is_ok_and(|d| proof::proof(&d, &text) > Proof::None);
        if put_together {
            how.push("the checksum confirms it".into());
        }
        let last = ranges[ranges.len() - 1];
        let hidden = held.line.hidden;
        let networks = address.networks();
        let label = self.label(line, from, last, networks);
        let context = around::context(&self.window, (line, from), (last.0, last.2));
        let mut notes = around::notes(&self.window, (line, from), (last.0, last.2));
        if let Some(note) = address::note(&address, &text)
            && note.contains("nobody's account")
        {
            notes.push(note);
        }
        let occurrence = Occurrence {
            document: self.document,
            page: held.line.page,
            line: held.line.number,
            offset: held.source(from),
            raw: self.raw(ranges).into(),
            address,
            checked,
            repair: how.join("; ").into(),
            label: (*label).into(),
            heading: (*held.section).into(),
            context: context.into(),
            notes,
            hidden,
        };
        for &(line, from, to) in ranges {
            let held = &mut self.window[line as usize];
            held.taken.push((from, to));
            held.label = label.clone();
            held.networks = networks;
        }
        self.parts.addresses.push(occurrence);
    }

    fn label(
        &self,
        line: u32,
        from: u32,
        last: (u32, u32, u32),
        networks: &[&'static str],
    ) -> Rc<str> {
        if matches!(self.kind, Kind::Yaml | Kind::Json) {
            let ahead = &self.window[line as usize..];
            let behind = &self.window[..line as usize];
            let label = self.pack.label(ahead, behind, from as usize);
            if !label.is_empty() {
                return label.into();
            }
        }
        around::label(&self.window, (line, from), (last.0, last.2), networks)
    }

    /// The parts as they stand in the document.
    fn raw(&self, ranges: &[(u32, u32, u32)]) -> String {
        let mut out = String::new();
        for on_line in ranges.chunk_by(|a, b| a.0 == b.0) {
            let held = &self.window[on_line[0].0 as usize];
            let (from, to) = (on_line[0].1, on_line[on_line.len() - 1].2);
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&held.line.text[held.raw(from)..held.raw_end(to)]);
            // The hyphen of a broken word stands there too.
            let after = &held.text()[to as usize..];
            let broken = on_line[on_line.len() - 1] != ranges[ranges.len() - 1];
            if broken && let Some(mark) = after.chars().next().filter(|c| is_hyphen(*c)) {
                out.push(mark);
            }
        }
        out
    }

    fn mislabelled(&mut self, token: Token) {
        let held = &self.window[token.line as usize];
        let label = around::label_before(held.text(), token.start as usize);
        let why = format!("called a {label} address, but it is none: 64 hex digits");
        self.damaged(token, "not-of-its-label", why, Vec::new(), None);
    }

    /// A long word that is no address and no part of one that could be proven.
    fn leftover(&mut self, token: Token, what: What) {
        if token.len() < 15 || !is_odd(self.text(token).as_bytes()) {
            return;
        }
        let word = self.text(token).to_owned();
        let error = match what {
            What::Refused(error) => Some(error),
            _ => None,
        };
        if token.len() >= SHORTEST
            && token.len() <= LONGEST
            && let Some((address, from, to)) = damage::glued(&word)
        {
            let (a, b) = (&word[..from], &word[to..]);
            let digits = a.is_empty() && b.len() <= 3 && b.bytes().all(|c| c.is_ascii_digit());
            let mut how: Vec<Cow<'static, str>> = Vec::new();
            if digits {
                how.push(format!("`{b}` behind it dropped, a footnote mark").into());
            } else {
                for part in [a, b].into_iter().filter(|p| !p.is_empty()) {
                    how.push(format!("`{part}` glued to it dropped").into());
                }
            }
            let (from, to) = (token.start + from as u32, token.start + to as u32);
            self.found(address, &[(token.line, from, to)], how);
            return;
        }
        let held = &self.window[token.line as usize];
        let at_end = held.text()[token.end as usize..]
            .chars()
            .all(|c| c.is_whitespace() || is_hyphen(c));
        let line = held.text();
        let prefixed = wider(line, token.start as usize, token.end as usize);
        let Some(verdict) =
            damage::verdict(&word, error, at_end, prefixed.map(|(f, t)| &line[f..t]))
        else {
            return;
        };
        let mut near = verdict.near;
        if near.is_empty() && self.diagnosed < DIAGNOSED && verdict.diagnose {
            self.diagnosed += 1;
            near.extend(damage::one_edit(&word));
        }
        self.damaged(token, verdict.reason, verdict.why, near, verdict.lead);
    }

    /// Shortened forms: `1A1z…vfNa`.
    fn shortened(&mut self, ix: usize) {
        for (start, end) in damage::shortened(self.window[ix].text()) {
            let token = Token {
                line: ix as u32,
                start: start as u32,
                end: end as u32,
            };
            if self.window[ix].is_free(token.start, token.end) {
                let why = "shortened: no address can be recovered from it".to_owned();
                self.damaged(token, "truncated", why, Vec::new(), None);
            }
        }
    }

    fn damaged(
        &mut self,
        token: Token,
        reason: &'static str,
        why: String,
        near: Vec<NearAddress>,
        lead: Option<Identity>,
    ) {
        let Token { line, start, end } = token;
        let held = &self.window[line as usize];
        let damaged = Damaged {
            document: self.document,
            page: held.line.page,
            line: held.line.number,
            offset: held.source(start),
            raw: self.raw(&[(line, start, end)]).into(),
            reason,
            why: why.into(),
            near,
            lead,
            label: (*self.label(line, start, (line, start, end), &[])).into(),
            heading: (*held.section).into(),
            context: around::context(&self.window, (line, start), (line, end)).into(),
        };
        self.window[line as usize].taken.push((start, end));
        self.parts.damaged.push(damaged);
    }
}

/// How many of these lines have to stay in sight; `None` when that is all of them.
fn sight<'h>(lines: impl Iterator<Item = &'h Held>) -> Option<usize> {
    let mut bytes = 0;
    for (count, held) in lines.enumerate() {
        if count >= SIGHT.0 || bytes >= SIGHT.1 && count >= 2 {
            return Some(count);
        }
        bytes += held.line.text.len();
    }
    None
}
