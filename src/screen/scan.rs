//! The hot path: cells to tokens to identities to listings.
//!
//! Every cell is looked at, whatever its column is called. A cell is bytes; nothing is allocated
//! for a cell that holds nothing listed and nothing odd. A [`Scan`] belongs to one worker; scans of
//! the parts of one input are merged, and the result does not depend on how it was cut.

use super::cache::Known;
use super::index::{Index, hash};
use super::party::{Unmet, unmet};
use super::possible::PossibleIndex;
use super::report::{Column, ColumnCoverage, Coverage, NotAddress, NotScreened, Role};
use super::token::{TOKEN_MAX, TOKEN_MIN};
use super::unique::Unique;
use super::{token, wild, word};
use crate::address::forms::{self, Status};
use crate::address::{self, Address, AddressError, Decoded, Identity, Reason};
use crate::finding::{Code, Finding, Place};
use crate::list::{ListSet, ListingRef};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Findings of one code that are kept one by one; the rest is counted.
const FINDINGS_MAX: usize = 1000;
/// Listed addresses named for one doubtful text.
const NEAR_MAX: usize = 10;
/// Near misses of one listing that are told one by one; the rest is counted.
const NEAR_KEPT: u64 = 1000;
/// Longest run that is held against listed addresses though it is none.
const DAMAGED_MAX: usize = 110;

/// Lists, made ready to be looked up. Immutable, shared by all workers.
#[derive(Debug)]
pub struct Screener<'l> {
    lists: &'l ListSet,
    index: Index<'l>,
    /// Built when the first doubtful text asks for it.
    near: OnceLock<PossibleIndex<'l>>,
}

impl<'l> Screener<'l> {
    /// Makes `lists` ready.
    pub fn new(lists: &'l ListSet) -> Self {
        Self {
            lists,
            index: Index::build(lists),
            near: OnceLock::new(),
        }
    }

    /// Listed addresses that `text`, which is none of them, may mean or be made to look like.
    /// `valid`: it is an address itself, so a shortened form is out of the question.
    pub fn near(&self, text: &str, valid: bool) -> Vec<(ListingRef, &'static str, u8)> {
        let index = self.near_index();
        let hits = if valid {
            index.find_like(text)
        } else {
            index.find(text)
        };
        hits.into_iter()
            .map(|hit| (self.lists.nth(hit.id), hit.kind.id(), hit.distance))
            .collect()
    }

    fn near_index(&self) -> &PossibleIndex<'l> {
        self.near
            .get_or_init(|| PossibleIndex::of_lists(self.lists))
    }

    /// Whether [`Self::near`] may say anything of this address. Never wrong when it says no.
    #[inline]
    pub(super) fn may_be_near(&self, address: &[u8]) -> bool {
        self.near_index().may_be_like(address)
    }

    /// Whether an address that is not listed is near one that is.
    #[inline]
    pub(super) fn is_near(&self, address: &[u8]) -> bool {
        self.may_be_near(address)
            && std::str::from_utf8(address)
                .is_ok_and(|address| !self.near(address, true).is_empty())
    }

    /// Whether a run, of whatever length, holds a listed account in a 32-byte word.
    #[inline]
    pub(super) fn holds_words(&self, run: &[u8]) -> bool {
        let mut holds = false;
        word::padded(run, |from, to| {
            holds |= address::decode(&run[from..to])
                .is_ok_and(|d| self.index.identity(&d.identity).is_some());
        });
        holds
    }

    /// Whether a run of letters and digits that is no address holds a listed one, or may have been
    /// meant as one.
    #[inline]
    pub(super) fn is_meant(&self, run: &[u8]) -> bool {
        self.glued(run).is_some() || self.is_damaged(run) || self.holds_words(run)
    }

    /// Whether a run that is no address may have been meant as a listed one.
    fn is_damaged(&self, run: &[u8]) -> bool {
        run.len() <= DAMAGED_MAX
            && run.iter().any(u8::is_ascii_digit)
            && self.may_be_near(run)
            && std::str::from_utf8(run).is_ok_and(|run| !self.near(run, false).is_empty())
    }

    /// The lists.
    pub fn lists(&self) -> &'l ListSet {
        self.lists
    }

    /// The index.
    pub fn index(&self) -> &Index<'l> {
        &self.index
    }
}

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
    const NONE: Self = Self {
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

#[derive(Clone, Debug, Default)]
struct Tally {
    count: u64,
    examples: Vec<(CellAt, Box<str>)>,
}

/// One worker's tally of one input.
#[derive(Clone, Debug)]
pub struct Scan<'s, 'l> {
    pub(super) screener: &'s Screener<'l>,
    pub(super) options: ScanOptions,
    pub(super) layout: &'s Layout,
    input: Box<str>,
    pub(super) rows: u64,
    pub(super) cells: u64,
    pub(super) tokens: u64,
    pub(super) recognised: u64,
    pub(super) unique: Unique,
    pub(super) columns: Vec<(u64, u64)>,
    not_screened: BTreeMap<&'static str, Tally>,
    pub(super) not_addresses: BTreeMap<&'static str, u64>,
    /// How often something could not be screened.
    reported: u64,
    /// Near misses by the listing they are nearest to.
    near_counts: BTreeMap<ListingRef, u64>,
    /// Listed identifiers found.
    pub hits: Vec<Hit>,
    /// Near misses found.
    pub near: Vec<Near>,
    /// The cells of the record that was to be kept: column and text.
    pub kept: Vec<(usize, String)>,
    findings: BTreeMap<Code, Vec<(CellAt, Finding)>>,
    finding_counts: BTreeMap<Code, u64>,
    /// Addresses of this input that are counted already and of which nothing is to be said; made when
    /// the first one is met, and shared by all its workers.
    pub(super) known: Arc<OnceLock<Known>>,
}

impl<'s, 'l> Scan<'s, 'l> {
    /// An empty tally of `input`.
    pub fn new(
        screener: &'s Screener<'l>,
        options: ScanOptions,
        input: &str,
        layout: &'s Layout,
    ) -> Self {
        Self {
            screener,
            options,
            layout,
            input: input.into(),
            rows: 0,
            cells: 0,
            tokens: 0,
            recognised: 0,
            unique: Unique::default(),
            columns: vec![(0, 0); layout.columns.len()],
            not_screened: BTreeMap::new(),
            not_addresses: BTreeMap::new(),
            reported: 0,
            near_counts: BTreeMap::new(),
            hits: Vec::new(),
            near: Vec::new(),
            kept: Vec::new(),
            findings: BTreeMap::new(),
            finding_counts: BTreeMap::new(),
            known: Arc::default(),
        }
    }

    /// Looks at every cell of one record.
    pub fn record(&mut self, record: &Record<'_>) {
        self.rows += 1;
        if self.options.keep == Some(record.row) {
            let cells = record.cells.iter().enumerate();
            self.kept = cells.map(|(n, cell)| (n, text(cell.1))).collect();
        }
        for (column, &(byte, bytes)) in record.cells.iter().enumerate() {
            let trimmed = bytes.trim_ascii();
            if trimmed.is_empty() {
                continue;
            }
            let lead = trimmed.as_ptr() as usize - bytes.as_ptr() as usize;
            let at = CellAt {
                row: record.row,
                column,
                byte: byte + lead as u64,
                line: record.line,
            };
            self.cell(at, trimmed, record);
        }
    }

    /// Looks at cells that are no row: titles, notes and headings above a table. They have no column:
    /// what stands there is not what the column's heading says.
    pub fn aside(&mut self, record: &Record<'_>) {
        static NONE: Layout = Layout::NONE;
        let (cells, columns) = (self.cells, self.columns.clone());
        let (hits, near) = (self.hits.len(), self.near.len());
        let layout = std::mem::replace(&mut self.layout, &NONE);
        self.record(record);
        self.layout = layout;
        self.rows -= 1;
        self.cells = cells;
        for (now, before) in self.columns.iter_mut().zip(columns) {
            now.0 = before.0;
        }
        let near = self.near[near..].iter_mut().map(|n| &mut n.hit);
        for hit in self.hits[hits..].iter_mut().chain(near) {
            hit.at.column |= ASIDE;
        }
    }

    /// Looks at a record that names the column of each cell: nested data has a column several times
    /// or not at all. A cell is its column, its offset in the decoded input, and its text.
    pub fn sparse(&mut self, row: u64, line: u64, cells: &[(usize, u64, &[u8])]) {
        self.rows += 1;
        if self.options.keep == Some(row) {
            self.kept = cells.iter().map(|c| (c.0, text(c.2))).collect();
        }
        // The first cell of a column speaks for the row.
        let Layout {
            time,
            amount,
            asset,
            instead,
            rivals,
            ..
        } = self.layout;
        let (other, of) = instead.unzip();
        let said = [*time, *amount, *asset, other, of.flatten()];
        let width = said
            .iter()
            .flatten()
            .chain(rivals)
            .max()
            .map_or(0, |last| last + 1);
        let mut dense: Vec<(u64, &[u8])> = vec![(0, &[]); width];
        for &(column, byte, text) in cells.iter().rev().filter(|c| c.0 < width) {
            dense[column] = (byte, text);
        }
        let record = Record {
            row,
            line,
            cells: &dense,
        };
        for &(column, byte, text) in cells {
            let trimmed = text.trim_ascii();
            if trimmed.is_empty() {
                continue;
            }
            let lead = trimmed.as_ptr() as usize - text.as_ptr() as usize;
            let at = CellAt {
                row,
                column,
                byte: byte + lead as u64,
                line,
            };
            self.cell(at, trimmed, &record);
        }
    }

    /// An empty tally of the same input, for another worker.
    pub fn fresh(&self) -> Self {
        Self {
            known: Arc::clone(&self.known),
            ..Self::new(self.screener, self.options, &self.input, self.layout)
        }
    }

    /// Counts a row that could not be read at all; the verdict cannot be `no-match` any more.
    pub fn unreadable(&mut self, row: u64, line: u64, why: &str, code: Code) {
        self.rows += 1;
        let at = CellAt {
            row,
            column: 0,
            byte: 0,
            line,
        };
        self.not_screened("unreadable-row", at, why);
        self.finding(
            code,
            at,
            Place::Line {
                of: self.input.clone(),
                line,
            },
            why.to_owned(),
        );
    }

    /// Notes an oddity of a row whose cells were looked at all the same.
    pub fn note(&mut self, code: Code, row: u64, line: u64, detail: String) {
        let at = CellAt {
            row,
            column: 0,
            byte: 0,
            line,
        };
        self.finding(
            code,
            at,
            Place::Line {
                of: self.input.clone(),
                line,
            },
            detail,
        );
    }

    /// Notes a number that a spreadsheet has rounded where an id or an address belongs. One that is
    /// long enough may have been an address, which cannot be screened any more.
    pub fn rounded(&mut self, row: u64, line: u64, column: usize, number: &str, digits: u32) {
        let at = CellAt {
            row,
            column,
            byte: 0,
            line,
        };
        if digits as usize >= TOKEN_MIN {
            self.not_screened("damaged-number", at, number);
        }
        let detail = format!("`{number}` stands for a number of {digits} digits that was rounded");
        let place = self.place(at);
        self.finding(Code::NumberDamaged, at, place, detail);
    }

    /// Counts a cell with a formula whose value the workbook does not state.
    pub fn without_value(&mut self, row: u64, line: u64, column: usize, formula: &str) {
        let at = CellAt {
            row,
            column,
            byte: 0,
            line,
        };
        self.not_screened("formula-without-value", at, formula);
        let place = self.place(at);
        let detail = format!("`{formula}` has no value here; a spreadsheet adds it when it saves");
        self.finding(Code::FormulaWithoutValue, at, place, detail);
    }

    /// Counts text from `line` on that was decoded wrongly, so that what stood there is not known.
    pub fn garbled(&mut self, row: u64, line: u64, why: &str) {
        let at = CellAt {
            row,
            column: 0,
            byte: 0,
            line,
        };
        self.not_screened("garbled-text", at, &format!("line {line}"));
        self.note(Code::InputUndecodable, row, line, why.to_owned());
    }

    /// How many records it has seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds what another worker found in another part of the same input.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.cells += other.cells;
        self.tokens += other.tokens;
        self.recognised += other.recognised;
        self.unique.merge(&other.unique);
        if self.columns.len() < other.columns.len() {
            self.columns.resize(other.columns.len(), (0, 0));
        }
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
        for (reason, theirs) in other.not_screened {
            let mine = self.not_screened.entry(reason).or_default();
            mine.count += theirs.count;
            mine.examples.extend(theirs.examples);
            mine.examples.sort();
            mine.examples.truncate(3);
        }
        for (kind, count) in other.not_addresses {
            *self.not_addresses.entry(kind).or_default() += count;
        }
        self.hits.extend(other.hits);
        self.hits.sort_by_key(|h| h.at);
        self.near.extend(other.near);
        self.kept.extend(other.kept);
        self.near.sort_by_key(|n| n.hit.at);
        for (listing, count) in other.near_counts {
            *self.near_counts.entry(listing).or_default() += count;
        }
        let mut kept: BTreeMap<ListingRef, u64> = BTreeMap::new();
        self.near.retain(|near| {
            let kept = kept.entry(near.found[0].0).or_default();
            *kept += 1;
            *kept <= NEAR_KEPT
        });
        for (code, theirs) in other.findings {
            let mine = self.findings.entry(code).or_default();
            mine.extend(theirs);
            mine.sort();
            mine.truncate(self.options.findings_max);
        }
        for (code, count) in other.finding_counts {
            *self.finding_counts.entry(code).or_default() += count;
        }
    }

    /// Adds this input's coverage to the run's, and returns its findings.
    pub fn finish(
        mut self,
        input: usize,
        coverage: &mut Coverage,
        unique: &mut Unique,
    ) -> Vec<Finding> {
        coverage.rows += self.rows;
        coverage.cells += self.cells;
        coverage.tokens += self.tokens;
        coverage.recognised += self.recognised;
        unique.merge(&self.unique);
        for (reason, tally) in std::mem::take(&mut self.not_screened) {
            let examples = tally.examples.into_iter().map(|(_, text)| text);
            match coverage
                .not_screened
                .iter_mut()
                .find(|n| n.reason == reason)
            {
                Some(n) => {
                    n.count += tally.count;
                    let room = 3 - n.examples.len();
                    n.examples.extend(examples.take(room));
                }
                None => coverage.not_screened.push(NotScreened {
                    reason,
                    count: tally.count,
                    examples: examples.collect(),
                }),
            }
        }
        coverage.not_screened.sort_by_key(|n| n.reason);
        for (kind, count) in &self.not_addresses {
            match coverage.not_addresses.iter_mut().find(|n| n.kind == *kind) {
                Some(n) => n.count += count,
                None => coverage.not_addresses.push(NotAddress {
                    kind,
                    count: *count,
                }),
            }
        }
        coverage.not_addresses.sort_by_key(|n| n.kind);
        for (index, &(cells, recognised)) in self.columns.iter().enumerate() {
            let column = self.layout.columns.get(index).cloned().unwrap_or(Column {
                index,
                ..Column::default()
            });
            coverage.columns.push(ColumnCoverage {
                input,
                column,
                cells,
                recognised,
            });
        }
        let mut findings = Vec::new();
        for (code, mut list) in self.findings {
            // As when the tallies of several workers are merged.
            list.sort();
            let (kept, count) = (list.len() as u64, self.finding_counts[&code]);
            findings.extend(list.into_iter().map(|(_, finding)| finding));
            if count > kept {
                findings.push(Finding::more(code, self.input.clone(), count - kept));
            }
        }
        let more = self.near_counts.values();
        let more: u64 = more.map(|count| count.saturating_sub(NEAR_KEPT)).sum();
        if more > 0 {
            findings.push(Finding::more(Code::PossibleMany, self.input, more));
        }
        findings
    }

    fn cell(&mut self, at: CellAt, bytes: &[u8], record: &Record<'_>) {
        let said = |scan: &Self| (scan.recognised, scan.hits.len(), scan.reported);
        let (before, hits) = (said(self), self.hits.len());
        self.look_at(at, bytes, record);
        if !self.options.validate {
            return;
        }
        let screener = self.screener;
        screener.broken(bytes, |range, text| {
            let place = CellAt {
                byte: at.byte + range.start as u64,
                ..at
            };
            // `0x 098b…`: the digits alone were found before.
            let within = |hit: &Hit| {
                let end = hit.at.byte + hit.text.len() as u64;
                hit.at.byte < at.byte + range.end as u64 && place.byte < end
            };
            if !self.hits[hits..].iter().any(within) {
                let reading = "put together from pieces with something between them";
                self.taken(place, &bytes[range], text, reading, record);
            }
        });
        if before == said(self) && self.is_party(at.column) {
            self.unmet(at, bytes);
        }
    }

    /// Takes in a listed address that was cut out of a text or put together.
    fn taken(
        &mut self,
        at: CellAt,
        shown: &[u8],
        meant: &[u8],
        reading: &str,
        record: &Record<'_>,
    ) {
        let decoded = address::decode(meant).or_else(|error| match (error.lead, error.near) {
            (Some(identity), Some(format)) => Ok(Decoded { format, identity }),
            _ => Err(error),
        });
        if let Ok(decoded) = decoded {
            let meant = text(meant);
            self.address(at, shown, decoded, Some(&meant), reading, record);
        }
    }

    /// Accounts for a cell of a counterparty column in which nothing was recognised.
    fn unmet(&mut self, at: CellAt, cell: &[u8]) {
        let (reason, code, why) = match unmet(cell, self.role(at.column)) {
            Unmet::Blank => return,
            Unmet::Other(kind) => return self.other(kind),
            Unmet::Name => (
                "name",
                Code::NotScreenable,
                "name: cannot be resolved offline, not screened",
            ),
            Unmet::Unread => (
                "not-an-address",
                Code::PartyUnread,
                "no known address format, in a column of counterparties",
            ),
        };
        let shown = text(cell);
        self.not_screened(reason, at, &shown);
        let place = self.place(at);
        self.finding(code, at, place, format!("`{shown}`: {why}"));
    }

    fn look_at(&mut self, at: CellAt, bytes: &[u8], record: &Record<'_>) {
        self.cells += 1;
        if self.columns.len() <= at.column {
            self.columns.resize(at.column + 1, (0, 0));
        }
        self.columns[at.column].0 += 1;
        if let Some(found) = self.screener.index.verbatim(bytes) {
            let listings = found.0.to_vec();
            self.hit(at, bytes, None, "", listings, record);
        }
        if wild::is_wild(bytes) {
            return self.wild(at, bytes, record);
        }
        if let Some(account) = wild::short_form(bytes)
            && let Ok(decoded) = address::decode(account)
        {
            self.tokens += 1;
            let at = CellAt {
                byte: at.byte + (bytes.len() - account.len()) as u64,
                ..at
            };
            return self.address(at, account, decoded, None, "", record);
        }
        word::long_runs(bytes, |start, end| {
            self.words(at, bytes, start, end, record)
        });
        let mut rest = 0;
        while let Some((start, end)) = next_token(bytes, rest) {
            rest = end;
            let at = CellAt {
                byte: at.byte + start as u64,
                ..at
            };
            self.tokens += 1;
            if let Err(error) = self.token(at, bytes, start, end, record) {
                self.refused(at, &bytes[start..end], error, record);
            }
        }
    }

    /// Looks up the accounts that a run holds in 32-byte words. Only listed ones count: most words
    /// are no accounts.
    fn words(&mut self, at: CellAt, cell: &[u8], start: usize, end: usize, record: &Record<'_>) {
        word::padded(&cell[start..end], |from, to| {
            let account = &cell[start + from..start + to];
            let at = CellAt {
                byte: at.byte + (start + from) as u64,
                ..at
            };
            if let Ok(decoded) = address::decode(account)
                && self.screener.index.identity(&decoded.identity).is_some()
            {
                let reading = "bytes that hold an account behind padding";
                self.address(at, account, decoded, None, reading, record);
            }
        });
    }

    /// Looks up one run of letters and digits; what is no address comes back.
    fn token(
        &mut self,
        at: CellAt,
        cell: &[u8],
        start: usize,
        end: usize,
        record: &Record<'_>,
    ) -> Result<(), AddressError> {
        let token = &cell[start..end];
        if !self.options.validate && !self.screener.index.may_hold(token) {
            if let Some((range, decoded)) = self.wider_address(cell, start, end) {
                let at = CellAt {
                    byte: at.byte + range.start as u64 - start as u64,
                    ..at
                };
                self.address(at, &cell[range], decoded, None, "", record);
            } else {
                self.verbatim_token(at, token, cell, record);
            }
            return Ok(());
        }
        let error = match address::decode(token) {
            Ok(decoded) => {
                self.address(at, token, decoded, None, "", record);
                return Ok(());
            }
            Err(error) => error,
        };
        if let AddressError {
            lead: Some(identity),
            near: Some(format),
            ..
        } = error
            && (self.options.validate || self.listed(&identity))
        {
            let place = self.place(at);
            let detail = format!(
                "`{}` fails its mixed-case checksum; looked up by its bytes",
                text(token)
            );
            self.finding(Code::AddressCasing, at, place, detail);
            let reading = "mixed-case checksum does not hold; compared by its bytes";
            let listed = self.screener.index.identity(&identity).is_some();
            self.address(
                at,
                token,
                Decoded { format, identity },
                None,
                reading,
                record,
            );
            if !listed {
                // One of its letters may be wrong, so what was looked up may not be what was meant.
                self.not_screened("bad-checksum", at, &text(token));
                self.look_near(at, token, &text(token), false, record);
            }
            return Ok(());
        }
        if let Some((range, decoded)) = self.wider_address(cell, start, end) {
            let at = CellAt {
                byte: at.byte + range.start as u64 - start as u64,
                ..at
            };
            self.address(at, &cell[range], decoded, None, "", record);
            return Ok(());
        }
        if self.verbatim_token(at, token, cell, record) {
            return Ok(());
        }
        Err(error)
    }

    fn listed(&self, identity: &Identity) -> bool {
        self.screener.index.identity(identity).is_some()
    }

    /// The address of which the token is a part (TON's base64, `nano_`). In the bare scan only if it
    /// is listed.
    pub(super) fn wider_address(
        &self,
        cell: &[u8],
        start: usize,
        end: usize,
    ) -> Option<(Range<usize>, Decoded)> {
        let (from, to) = wild::wider(cell, start, end)?;
        let decoded = address::decode(&cell[from..to]).ok()?;
        let wanted = self.options.validate || self.listed(&decoded.identity);
        wanted.then_some((from..to, decoded))
    }

    fn verbatim_token(
        &mut self,
        at: CellAt,
        token: &[u8],
        cell: &[u8],
        record: &Record<'_>,
    ) -> bool {
        if token.len() != cell.len()
            && let Some(found) = self.screener.index.verbatim(token)
        {
            let listings = found.0.to_vec();
            self.hit(at, token, None, "", listings, record);
            return true;
        }
        false
    }

    /// Reads a cell that holds more than plain words through the text forms. Plain tokens in it are
    /// looked up first, so that nothing a form leaves out is missed.
    fn wild(&mut self, at: CellAt, cell: &[u8], record: &Record<'_>) {
        let mut seen: Vec<(usize, usize)> = Vec::new();
        let mut refused = Vec::new();
        let mut rest = 0;
        while let Some((start, end)) = next_token(cell, rest) {
            rest = end;
            self.tokens += 1;
            let at = CellAt {
                byte: at.byte + start as u64,
                ..at
            };
            let before = (self.recognised, self.hits.len());
            match self.token(at, cell, start, end, record) {
                // Without validation most tokens are not even read.
                Ok(())
                    if !self.options.validate && before == (self.recognised, self.hits.len()) => {}
                Ok(()) => seen.push((start, end)),
                Err(error) => refused.push((start, end, error)),
            }
        }
        word::long_runs(cell, |start, end| self.words(at, cell, start, end, record));
        let raw = String::from_utf8_lossy(cell);
        let exact = matches!(raw, std::borrow::Cow::Borrowed(_));
        for form in forms::read_all(&raw) {
            let (start, end) = if exact {
                (form.range.start, form.range.end)
            } else {
                (0, cell.len())
            };
            let overlaps = |&(s, e): &(usize, usize)| s < end && start < e;
            if exact && seen.iter().any(overlaps) {
                continue;
            }
            let at = CellAt {
                byte: at.byte + start as u64,
                ..at
            };
            let shown = &cell[start..end];
            if let Some(contract) = &form.contract
                && let Ok(decoded) = address::decode(contract.as_bytes())
            {
                self.address(at, shown, decoded, Some(contract), "token contract", record);
            }
            let reason = match form.status {
                Status::Ok | Status::Flagged | Status::NotOnChain => {
                    let Ok(decoded) = address::decode(form.text.as_bytes()) else {
                        continue;
                    };
                    self.tokens += 1;
                    refused.retain(|&(s, e, _)| !overlaps(&(s, e)));
                    let reading = form.notes.join("; ");
                    self.address(at, shown, decoded, Some(&form.text), &reading, record);
                    continue;
                }
                Status::None => continue,
                // An e-mail address in a note is no payment target.
                Status::Name if !self.is_party(at.column) => continue,
                Status::Name => ("name", Code::NotScreenable),
                Status::Truncated => ("truncated", Code::AddressTruncated),
                Status::Suspicious => ("suspicious", Code::AddressSuspicious),
                Status::Secret => ("secret-material", Code::SecretMaterial),
            };
            if !self.options.validate {
                continue;
            }
            self.tokens += 1;
            refused.retain(|&(s, e, _)| !overlaps(&(s, e)));
            let secret = form.status == Status::Secret;
            let cell_part = shown;
            let shown = if secret {
                "(not shown)".to_owned()
            } else {
                text(shown)
            };
            self.not_screened(reason.0, at, &shown);
            let place = self.place(at);
            let notes = form.notes.join("; ");
            self.finding(reason.1, at, place, format!("`{shown}`: {notes}"));
            if !secret {
                let skeleton = form.skeleton.as_deref();
                self.look_near(at, cell_part, skeleton.unwrap_or(&form.text), false, record);
            }
        }
        for (start, end, error) in refused {
            let at = CellAt {
                byte: at.byte + start as u64,
                ..at
            };
            self.refused(at, &cell[start..end], error, record);
        }
    }

    /// Looks for listed addresses that a text may have been meant to be, or made to look like.
    fn look_near(
        &mut self,
        at: CellAt,
        shown: &[u8],
        meant: &str,
        valid: bool,
        record: &Record<'_>,
    ) {
        let mut found = self.screener.near(meant, valid);
        // A shortened form fits many; a person looks at a handful.
        found.truncate(NEAR_MAX);
        // Two ways of looking may come to the same.
        let again = |n: &Near| n.hit.at == at && *n.hit.text == *text(shown) && n.found == found;
        if !found.is_empty() && !self.near.last().is_some_and(again) {
            let count = self.near_counts.entry(found[0].0).or_default();
            *count += 1;
            if *count > NEAR_KEPT {
                return;
            }
            let hit = Hit {
                at,
                text: text(shown).into(),
                address: Address::parse(meant).ok(),
                reading: "".into(),
                context: self.context(record),
                listings: Vec::new(),
            };
            self.near.push(Near { hit, found });
        }
    }

    fn context(&self, record: &Record<'_>) -> RowContext {
        let cell = |column: Option<usize>| -> Box<str> {
            let bytes = column
                .and_then(|c| record.cells.get(c))
                .map_or(&[][..], |c| c.1);
            text(bytes.trim_ascii()).into()
        };
        let (mut amount, mut asset) = (cell(self.layout.amount), cell(self.layout.asset));
        if let Some((other, of)) = self.layout.instead
            && is_nothing(&amount)
        {
            let instead = cell(Some(other));
            if !is_nothing(&instead) || amount.is_empty() {
                (amount, asset) = (instead, cell(of));
            }
        }
        RowContext {
            time: cell(self.layout.time),
            rivals: self.layout.rivals.iter().map(|c| cell(Some(*c))).collect(),
            amount,
            asset,
        }
    }

    /// Takes in an address. `read_as`: its text, where the cell spells it otherwise.
    fn address(
        &mut self,
        at: CellAt,
        token: &[u8],
        decoded: Decoded,
        read_as: Option<&str>,
        reading: &str,
        record: &Record<'_>,
    ) {
        let spelling = read_as.map_or(token, str::as_bytes);
        let found = self.screener.index.reached(&decoded, spelling);
        if found.is_none() && !self.options.validate {
            return;
        }
        self.recognised += 1;
        self.columns[at.column].1 += 1;
        self.unique.add(hash(&decoded.identity));
        let spelt = || read_as.map_or_else(|| text(token), str::to_owned);
        if let Some(found) = found {
            let spelt = spelt();
            let address =
                Address::parse(&spelt).or_else(|_| Address::parse(&spelt.to_ascii_lowercase()));
            self.hit(at, token, address.ok(), reading, found, record);
        } else if self.screener.may_be_near(spelling) {
            self.look_near(at, token, &spelt(), true, record);
        }
    }

    fn refused(&mut self, at: CellAt, token: &[u8], error: AddressError, record: &Record<'_>) {
        if !self.options.validate || self.role(at.column) == Role::Txid {
            return;
        }
        if token::is_hash(token) {
            return;
        }
        if let Some(range) = self.screener.glued(token) {
            let at = CellAt {
                byte: at.byte + range.start as u64,
                ..at
            };
            let reading = "taken out of a longer run of letters and digits";
            let meant = &token[range];
            return self.taken(at, meant, meant, reading, record);
        }
        let (reason, code) = match refusal(error.reason) {
            Some(refusal) => refusal,
            None if self.screener.is_damaged(token) => ("damaged", Code::AddressChecksum),
            None => return,
        };
        let secret = error.reason == Reason::Secret;
        let shown = if secret {
            "(not shown)".into()
        } else {
            text(token)
        };
        self.not_screened(reason, at, &shown);
        let place = self.place(at);
        self.finding(code, at, place, format!("`{shown}`: {error}"));
        if !secret {
            self.look_near(at, token, &text(token), false, record);
        }
    }

    fn is_party(&self, column: usize) -> bool {
        matches!(
            self.role(column),
            Role::From | Role::To | Role::Party | Role::Own
        )
    }

    fn role(&self, column: usize) -> Role {
        self.layout
            .columns
            .get(column)
            .map_or(Role::Other, |c| c.role)
    }

    fn place(&self, at: CellAt) -> Place {
        let column = match self.layout.columns.get(at.column) {
            Some(c) if !c.name.is_empty() => c.name.clone(),
            _ => (at.column + 1).to_string().into(),
        };
        Place::Cell {
            of: self.input.clone(),
            row: at.row,
            line: at.line,
            column,
        }
    }

    fn not_screened(&mut self, reason: &'static str, at: CellAt, example: &str) {
        self.reported += 1;
        let tally = self.not_screened.entry(reason).or_default();
        tally.count += 1;
        // The first three by place, in whatever order and by whichever worker they are found.
        let last = tally.examples.get(2).map(|(place, _)| *place);
        if last.is_none_or(|last| at < last) {
            tally.examples.push((at, example.into()));
            tally.examples.sort();
            tally.examples.truncate(3);
        }
    }

    fn finding(&mut self, code: Code, at: CellAt, place: Place, detail: String) {
        *self.finding_counts.entry(code).or_default() += 1;
        let list = self.findings.entry(code).or_default();
        if list.len() < self.options.findings_max {
            list.push((at, Finding::new(code, place, detail)));
        }
    }

    fn hit(
        &mut self,
        at: CellAt,
        token: &[u8],
        address: Option<Address>,
        reading: &str,
        listings: Vec<ListingRef>,
        record: &Record<'_>,
    ) {
        let context = self.context(record);
        self.hits.push(Hit {
            at,
            text: text(token).into(),
            address,
            reading: reading.into(),
            context,
            listings,
        });
    }
}

/// As what a refused token is reported; `None`: it is no address at all.
pub(super) fn refusal(reason: Reason) -> Option<(&'static str, Code)> {
    match reason {
        Reason::Secret => Some(("secret-material", Code::SecretMaterial)),
        Reason::Checksum | Reason::Padding | Reason::MixedCase => {
            Some(("bad-checksum", Code::AddressChecksum))
        }
        _ => None,
    }
}

/// Whether an amount is empty or nought: `0.00`, `-`, `0E-18`.
fn is_nothing(amount: &str) -> bool {
    let number = amount.split(['e', 'E']).next().unwrap_or_default();
    !number.bytes().any(|b| matches!(b, b'1'..=b'9'))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The next run of ASCII letters and digits that is long enough to be an address.
pub(super) fn next_token(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut start = from;
    while start + TOKEN_MIN <= bytes.len() {
        let len = bytes[start..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        if (TOKEN_MIN..=TOKEN_MAX).contains(&len) {
            return Some((start, start + len));
        }
        start += len + 1;
    }
    None
}
