//! The hot path: cells to tokens to identities to listings.
//!
//! Every cell is looked at, whatever its column is called. A cell is bytes; nothing is allocated
//! for a cell that holds nothing listed and nothing odd. A [`Scan`] belongs to one worker; scans of
//! the parts of one input are merged, and the result does not depend on how it was cut.

use super::cache::Known;
use super::index::hash;
use super::party::{Unmet, unmet};
use super::record::{ASIDE, CellAt, Hit, Layout, Near, Record, RowContext, ScanOptions};
use super::report::Role;
use super::screener::Screener;
use super::tally::Counted;
use super::token::{TOKEN_MAX, TOKEN_MIN};
use super::unique::Unique;
use super::{token, wild, word};
use crate::address::forms::{self, Status};
use crate::address::{self, Address, AddressError, Decoded, Identity, Reason};
use crate::finding::{Code, Finding};
use crate::list::ListingRef;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Listed addresses named for one doubtful text.
const NEAR_MAX: usize = 10;

/// One worker's tally of one input.
#[derive(Clone, Debug)]
pub struct Scan<'s, 'l> {
    pub(super) screener: &'s Screener<'l>,
    pub(super) options: ScanOptions,
    pub(super) layout: &'s Layout,
    pub(super) input: Box<str>,
    pub(super) rows: u64,
    pub(super) cells: u64,
    pub(super) tokens: u64,
    pub(super) recognised: u64,
    pub(super) unique: Unique,
    pub(super) columns: Vec<(u64, u64)>,
    pub(super) not_screened: BTreeMap<&'static str, Counted>,
    pub(super) not_addresses: BTreeMap<&'static str, u64>,
    /// How often something could not be screened.
    pub(super) reported: u64,
    /// Near misses by the listing they are nearest to.
    pub(super) near_counts: BTreeMap<ListingRef, u64>,
    /// How many near misses are held before those that will not be told are let go.
    pub(super) near_due: usize,
    /// Listed identifiers found.
    pub hits: Vec<Hit>,
    /// Near misses found.
    pub near: Vec<Near>,
    /// The cells of the record that was to be kept: column and text.
    pub kept: Vec<(usize, String)>,
    pub(super) findings: BTreeMap<Code, Vec<(CellAt, Finding)>>,
    pub(super) finding_counts: BTreeMap<Code, u64>,
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
            near_due: 0,
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
        self.settle();
        self.visit(record);
    }

    fn visit(&mut self, record: &Record<'_>) {
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
        self.settle();
        let (cells, columns) = (self.cells, self.columns.clone());
        let (hits, near) = (self.hits.len(), self.near.len());
        let layout = std::mem::replace(&mut self.layout, &NONE);
        self.visit(record);
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
    /// or not at all. A cell is its column, its offset in the decoded input, and its text. Gives back
    /// the offsets of what was found.
    pub fn sparse(&mut self, row: u64, line: u64, cells: &[(usize, u64, &[u8])]) -> Vec<u64> {
        self.settle();
        let (hits, near) = (self.hits.len(), self.near.len());
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
        let hits = self.hits[hits..].iter();
        let near = self.near[near..].iter().map(|n| &n.hit);
        hits.chain(near).map(|hit| hit.at.byte).collect()
    }

    /// An empty tally of the same input, for another worker.
    pub fn fresh(&self) -> Self {
        Self {
            known: Arc::clone(&self.known),
            ..Self::new(self.screener, self.options, &self.input, self.layout)
        }
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
        if let Some(found) = self.screener.index().verbatim(bytes) {
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
                && self.screener.index().identity(&decoded.identity).is_some()
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
        if !self.options.validate && !self.screener.index().may_hold(token) {
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
            let listed = self.screener.index().identity(&identity).is_some();
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
        self.screener.index().identity(identity).is_some()
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
            && let Some(found) = self.screener.index().verbatim(token)
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
        let mut refused: Vec<Refused> = Vec::new();
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
                Err(error) => refused.push((start, end, Some(error))),
            }
        }
        word::long_runs(cell, |start, end| self.words(at, cell, start, end, record));
        let raw = String::from_utf8_lossy(cell);
        let places = lossy_places(cell);
        for form in forms::read_all(&raw) {
            let start = place_of(&places, form.range.start, cell.len());
            let end = place_of(&places, form.range.end, cell.len());
            // Both are in the order of the cell.
            let next = seen.partition_point(|&(_, e)| e <= start);
            if seen.get(next).is_some_and(|&(s, _)| s < end) {
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
                    read(&mut refused, start, end);
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
            read(&mut refused, start, end);
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
            let Some(error) = error else {
                continue;
            };
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
            *self.near_counts.entry(found[0].0).or_default() += 1;
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
        let found = self.screener.index().reached(&decoded, spelling);
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

/// A run that was no address, and why; `None`: it is a part of something that has been read.
type Refused = (usize, usize, Option<AddressError>);

/// Takes what lies between `start` and `end` as read. The runs are in order.
fn read(refused: &mut [Refused], start: usize, end: usize) {
    let from = refused.partition_point(|r| r.1 <= start);
    for refused in refused[from..].iter_mut().take_while(|r| r.0 < end) {
        refused.2 = None;
    }
}

/// Where in a cell the pieces of its text begin, in the text and in the cell: what is not UTF-8 is
/// one character of the text, however many bytes it is. Empty: text and cell are the same.
fn lossy_places(cell: &[u8]) -> Vec<(usize, usize)> {
    if str::from_utf8(cell).is_ok() {
        return Vec::new();
    }
    let (mut places, mut text, mut raw) = (Vec::new(), 0, 0);
    for chunk in cell.utf8_chunks() {
        places.push((text, raw));
        (text, raw) = (text + chunk.valid().len(), raw + chunk.valid().len());
        if !chunk.invalid().is_empty() {
            places.push((text, raw));
            text += char::REPLACEMENT_CHARACTER.len_utf8();
            raw += chunk.invalid().len();
        }
    }
    places
}

/// The byte of a cell of `length` bytes at which byte `at` of its text stands.
fn place_of(places: &[(usize, usize)], at: usize, length: usize) -> usize {
    let next = places.partition_point(|(text, _)| *text <= at);
    let Some(&(text, raw)) = next.checked_sub(1).and_then(|before| places.get(before)) else {
        return at;
    };
    let most = places.get(next).map_or(length, |(_, raw)| *raw);
    (raw + at - text).min(most)
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
