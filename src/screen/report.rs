//! What a screening found, what it looked at, and what it could not.

use super::amount::Quantity;
use super::contact::Hops;
use super::disposition::Disposed;
use crate::address::Basis;
use crate::finding::Finding;
use crate::list::{Entity, Interval, List, ListSet, Listing, Timing};
use jiff::{Timestamp, civil::Date};

/// The answer in one word. "Clear" is not one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// At least one match that is not `delisted-before`.
    Match,
    /// No match, but something could not be screened.
    Incomplete,
    /// No match, but near misses for a person to look at.
    Possible,
    /// No match on the lists used.
    NoMatch,
}

impl Verdict {
    /// Name in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Incomplete => "incomplete",
            Self::Possible => "possible",
            Self::NoMatch => "no-match",
        }
    }
}

/// What a column holds. Roles explain a match; they never decide that a cell is not looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The sender.
    From,
    /// The recipient.
    To,
    /// A counterparty whose direction is not stated.
    Party,
    /// A token or called contract.
    Contract,
    /// The file's owner.
    Own,
    /// Free text.
    Memo,
    /// A transaction hash.
    Txid,
    /// An amount.
    Amount,
    /// The asset.
    Asset,
    /// The network.
    Network,
    /// The row's time.
    Time,
    /// A name of a person or company.
    Name,
    /// A bank account.
    Iban,
    /// A bank.
    Bic,
    /// A country.
    Country,
    /// An order, ledger or user id.
    Id,
    /// Anything else.
    #[default]
    Other,
}

impl Role {
    /// Every role with its name in reports and profiles.
    pub const ALL: &[(Self, &str)] = &[
        (Self::From, "from"),
        (Self::To, "to"),
        (Self::Party, "party"),
        (Self::Contract, "contract"),
        (Self::Own, "own"),
        (Self::Memo, "memo"),
        (Self::Txid, "txid"),
        (Self::Amount, "amount"),
        (Self::Asset, "asset"),
        (Self::Network, "network"),
        (Self::Time, "time"),
        (Self::Name, "name"),
        (Self::Iban, "iban"),
        (Self::Bic, "bic"),
        (Self::Country, "country"),
        (Self::Id, "id"),
        (Self::Other, "other"),
    ];

    /// Name in reports and profiles.
    pub fn id(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(r, _)| *r == self)
            .expect("every role is in ALL")
            .1
    }

    /// The role called `id`.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, name)| *name == id)
            .map(|(r, _)| *r)
    }
}

/// A column of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// 0-based position.
    pub index: usize,
    /// Its heading; empty when the input has none.
    pub name: Box<str>,
    /// What it holds.
    pub role: Role,
}

impl Column {
    /// Whether `heading`, as a user gives it, means this column: by its heading, letter case aside,
    /// or, where it has none, by its number.
    pub fn is_called(&self, heading: &str) -> bool {
        match self.name.is_empty() {
            true => heading.parse() == Ok(self.index + 1),
            false => self.name.to_lowercase() == heading.to_lowercase(),
        }
    }
}

/// What one input was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputSummary {
    /// Path as given; `-` for standard input.
    pub path: Box<str>,
    /// SHA-256 of its bytes as read, lower-case hex; empty: not computed.
    pub sha256: Box<str>,
    /// Their number.
    pub bytes: u64,
    /// Data records.
    pub rows: u64,
    /// The layout it was recognised as; empty: none, by content.
    pub profile: Box<str>,
    /// Character encoding.
    pub encoding: Box<str>,
    /// Cell delimiter; empty where the format has none.
    pub delimiter: Box<str>,
    /// Physical line of the header, 1-based; 0: none.
    pub header_line: u64,
    /// What compression it came in; empty: none.
    pub compression: Box<str>,
}

impl InputSummary {
    /// Its SHA-256, or that there is none.
    pub fn digest(&self) -> &str {
        match &*self.sha256 {
            "" => "not computed",
            sha256 => sha256,
        }
    }
}

/// How one column fared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnCoverage {
    /// Which input, by position.
    pub input: usize,
    /// The column.
    pub column: Column,
    /// Non-empty cells.
    pub cells: u64,
    /// Addresses recognised in them.
    pub recognised: u64,
}

/// Something that looked like an address and could not be screened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotScreened {
    /// Kebab-case reason: `bad-checksum`, `truncated`, `suspicious`, `name`, `unreadable-row` …
    pub reason: &'static str,
    /// How often.
    pub count: u64,
    /// The first of them, at most three.
    pub examples: Vec<Box<str>>,
}

/// What long tokens were that are no address: transaction hashes, extended keys, ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAddress {
    /// Kebab-case kind.
    pub kind: &'static str,
    /// How many.
    pub count: u64,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Data records.
    pub rows: u64,
    /// Non-empty cells.
    pub cells: u64,
    /// Address-like tokens.
    pub tokens: u64,
    /// Tokens that are addresses.
    pub recognised: u64,
    /// Distinct identities among them.
    pub unique: u64,
    /// Whether `unique` is exact; above 65,536 it is within about 1 %.
    pub unique_exact: bool,
    /// What could not be screened, by reason.
    pub not_screened: Vec<NotScreened>,
    /// Long tokens known to be something else.
    pub not_addresses: Vec<NotAddress>,
    /// By column.
    pub columns: Vec<ColumnCoverage>,
    /// False when addresses that are damaged, broken by white space or glued to letters were not
    /// looked for (`--no-validate`).
    pub validated: bool,
}

/// One listed identifier found in one cell; it borrows its evidence.
#[derive(Clone, Debug)]
pub struct Match<'l> {
    /// Stable id: a hash of input, row, column, identity, list and entity.
    pub id: Box<str>,
    /// Which input, by position.
    pub input: usize,
    /// Data record, 1-based.
    pub row: u64,
    /// Physical line, 1-based.
    pub line: u64,
    /// Offset of the cell in the decoded input.
    pub byte: u64,
    /// The column.
    pub column: Column,
    /// The text as it stands in the cell.
    pub text: Box<str>,
    /// Its canonical address; the text itself when matched verbatim.
    pub address: Box<str>,
    /// Format id; empty when matched verbatim.
    pub format: &'static str,
    /// Networks of that format.
    pub networks: &'static [&'static str],
    /// Why input and listing are held to be the same.
    pub basis: Basis,
    /// The caveat that goes with it.
    pub basis_note: Box<str>,
    /// Listed when?
    pub timing: Timing,
    /// In words.
    pub timing_note: Box<str>,
    /// Which of the listing's intervals the timing speaks of.
    pub interval: Interval,
    /// The row's time as written; empty when there is none.
    pub row_time: Box<str>,
    /// The first day it can mean; `None`: there is none, or it could not be read.
    pub row_day: Option<Date>,
    /// The day to count it under: in UTC where the zone is known, else as written; `None`: there is
    /// none, or it can be read two ways.
    pub row_date: Option<Date>,
    /// The row's amount as written.
    pub amount: Box<str>,
    /// The row's asset as written.
    pub asset: Box<str>,
    /// What the amount says; `None`: the row states none.
    pub quantity: Option<Quantity>,
    /// What was done to the cell's text to read it; empty when nothing was.
    pub reading: Box<str>,
    /// The list.
    pub list: &'l List,
    /// The listing.
    pub listing: Listing<'l>,
    /// All labels under which the entity lists this identifier.
    pub labels: Vec<&'l str>,
    /// What people decided about it.
    pub disposition: Option<Box<Disposed>>,
}

impl<'l> Match<'l> {
    /// The listed entity.
    pub fn entity(&self) -> &'l Entity {
        self.listing.entity
    }

    /// The provenance in one sentence, for a regulator or a court.
    pub fn note(&self) -> String {
        super::judge::note(self)
    }
}

/// A near miss for a person to look at; never counted as a match.
#[derive(Clone, Debug)]
pub struct Possible<'l> {
    /// The place, listing and texts, as of a match.
    pub found: Match<'l>,
    /// `truncated`, `one-edit`, `homoglyph`, `look-alike`.
    pub kind: &'static str,
    /// Edits between the two; 0 where the kind has none.
    pub distance: u8,
}

impl Possible<'_> {
    /// What it is, in one sentence.
    pub fn note(&self) -> String {
        super::judge::near_note(self)
    }
}

/// Which matches make the verdict; all are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counting {
    /// Timings that count.
    pub timings: Vec<Timing>,
    /// The weakest basis that counts, and all stronger ones; `Verbatim` counts always.
    pub weakest: Basis,
}

impl Default for Counting {
    /// All but matches whose row came after the delisting.
    fn default() -> Self {
        let all = [
            Timing::ListedThen,
            Timing::DelistedSince,
            Timing::ListedLater,
            Timing::DateUnknown,
        ];
        Self {
            timings: all.to_vec(),
            weakest: Basis::Derived,
        }
    }
}

impl Counting {
    /// Whether a match counts.
    pub fn counts(&self, timing: Timing, basis: Basis) -> bool {
        self.timings.contains(&timing) && (basis <= self.weakest || basis == Basis::Verbatim)
    }
}

/// The whole result of one run.
#[derive(Clone, Debug)]
pub struct ScreeningReport<'l> {
    /// For which moment it answers.
    pub as_of: Timestamp,
    /// The inputs.
    pub inputs: Vec<InputSummary>,
    /// The lists used.
    pub lists: &'l ListSet,
    /// What was looked at.
    pub coverage: Coverage,
    /// Matches by input, row, column, list, entity.
    pub matches: Vec<Match<'l>>,
    /// Near misses, in the same order.
    pub possible: Vec<Possible<'l>>,
    /// What was odd.
    pub findings: Vec<Finding>,
    /// Who dealt with listed addresses; `None`: not asked.
    pub hops: Option<Hops>,
    /// Which matches make the verdict.
    pub counting: Counting,
}

impl ScreeningReport<'_> {
    /// The answer in one word.
    pub fn verdict(&self) -> Verdict {
        let counts = |m: &Match<'_>| self.counting.counts(m.timing, m.basis) && !m.cleared();
        if self.matches.iter().any(counts) {
            Verdict::Match
        } else if !self.coverage.not_screened.is_empty() {
            Verdict::Incomplete
        } else if self.possible.iter().any(|p| !p.found.cleared()) {
            Verdict::Possible
        } else {
            Verdict::NoMatch
        }
    }

    /// Age of a list in whole days at `as_of`, by its own date, else by its retrieval.
    pub fn age_days(&self, list: &List) -> Option<i64> {
        list_age_days(list, self.as_of)
    }
}

/// Age of a list in whole days at `as_of`, by its own date, else by its retrieval.
pub fn list_age_days(list: &List, as_of: Timestamp) -> Option<i64> {
    let then = match list.snapshot.published_on {
        Some(day) => day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp(),
        None => list.snapshot.retrieved_at?,
    };
    Some(as_of.duration_since(then).as_hours() / 24)
}
