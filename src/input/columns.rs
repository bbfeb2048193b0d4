//! Which column holds what: by its heading, and by what its cells are.
//!
//! Roles explain a match and pick the row's time, amount and asset. They never decide that a cell
//! is not looked at.

use super::amount::AmountReader;
use super::headings::{by_heading, by_side, of_orders, words};
use super::kind::{self, Kind};
use super::moment;
use super::rank::{amount_rank, asset_rank, counterpart, is_plain_time, time_rank};
use super::time::TimeReader;
use crate::screen::{Column, Layout, Role};
use std::collections::BTreeMap;

/// How the kinds of a column's sampled cells are spread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spread {
    counts: BTreeMap<Kind, u32>,
    total: u32,
}

impl Spread {
    pub(crate) fn add(&mut self, cell: &[u8]) {
        if let Some(kind) = kind::of(cell) {
            *self.counts.entry(kind).or_default() += 1;
            self.total += 1;
        }
    }

    fn of(&self, kinds: &[Kind]) -> u32 {
        kinds.iter().filter_map(|k| self.counts.get(k)).sum()
    }

    /// Whether at least half of the cells are one of `kinds`.
    pub(super) fn mostly(&self, kinds: &[Kind]) -> bool {
        self.total > 0 && self.of(kinds) * 2 >= self.total
    }

    pub(super) fn any(&self, kinds: &[Kind]) -> bool {
        self.of(kinds) > 0
    }

    /// The commonest kind.
    pub(crate) fn main(&self) -> Option<Kind> {
        if self.any(&[Kind::Bare, Kind::HoldsBare]) && self.any(&[Kind::Address, Kind::Holds]) {
            return Some(Kind::Holds);
        }
        self.counts
            .iter()
            .max_by_key(|(_, n)| **n)
            .map(|(kind, _)| *kind)
    }
}

/// A column, its role, and why it has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The column.
    pub column: Column,
    /// Why it has its role, in words.
    pub why: String,
}

/// The layout of a table, with the reasons, and how to read its times.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// The columns and which of them hold time, amount and asset.
    pub layout: Layout,
    /// The columns with the reasons for their roles.
    pub explained: Vec<Explained>,
    /// Reads the time column.
    pub time: TimeReader,
    /// Read the further columns with times, in the layout's order.
    pub(crate) rivals: Vec<TimeReader>,
    /// Reads the amount column.
    pub amounts: AmountReader,
    /// The profile that was used; empty: none.
    pub profile: Box<str>,
    /// What the profile says about counterparties that are not in such a file.
    pub(crate) without: Box<str>,
    pub(crate) kinds: Vec<Option<Kind>>,
}

/// The role of one column by heading and content.
fn role(heading: &str, spread: &Spread, sample: &[String]) -> (Role, String) {
    use Kind::{
        Address, Bare, Clock, Epoch, Hash, Holds, HoldsBare, HoldsHash, Iban, Lei, Number, Text,
        Time, Uuid, Xpub,
    };
    let named = by_heading(heading);
    let seen = |role: Role, why: &str| (role, why.to_owned());
    let sided = |why: &str| match by_side(heading) {
        Some(side) => (side, format!("{why}, and its heading says which")),
        None => (Role::Party, why.to_owned()),
    };
    let addresses = spread.mostly(&[Address]);
    // Without `0x` they are accounts only where the heading says that accounts stand there.
    let accounts = spread.mostly(&[Address, Bare]);
    if let Some((role, pattern)) = named {
        let because = (role, format!("its heading fits `{pattern}`"));
        return match role {
            // A hash column holds no counterparty, whatever it is called.
            Role::Party | Role::Memo | Role::Id | Role::Other if spread.mostly(&[Hash]) => {
                seen(Role::Txid, "its cells are transaction hashes")
            }
            Role::Party if spread.mostly(&[Xpub]) => seen(Role::Own, "its cells are extended keys"),
            Role::Txid if spread.total > 0 && !spread.any(&[Hash, HoldsHash]) => {
                if addresses {
                    sided("its cells are addresses")
                } else {
                    seen(Role::Id, "its cells are ids, not transaction hashes")
                }
            }
            Role::Party if accounts && by_side(heading).is_some() => {
                sided("its cells are addresses")
            }
            Role::From | Role::To | Role::Party | Role::Contract | Role::Own if accounts => because,
            // What a spreadsheet has rounded may have been addresses.
            Role::From | Role::To | Role::Party | Role::Contract
                if sample.iter().any(|s| kind::rounded(s.trim()).is_some()) =>
            {
                because
            }
            Role::From | Role::To | Role::Party | Role::Contract
                if spread.mostly(&[Number, Epoch]) && !spread.any(&[Address]) =>
            {
                seen(Role::Other, "its cells are numbers")
            }
            Role::From | Role::To | Role::Party if spread.mostly(&[Iban]) => {
                seen(Role::Iban, "its cells are IBANs")
            }
            Role::From | Role::To | Role::Party if spread.mostly(&[Time]) => {
                seen(Role::Time, "its cells are times")
            }
            Role::Asset if addresses => seen(Role::Contract, "its cells are addresses of assets"),
            Role::Party if spread.mostly(&[Text]) && !spread.any(&[Address, Holds]) => {
                seen(Role::Other, "its cells are no addresses")
            }
            Role::Memo | Role::Id | Role::Name | Role::Iban | Role::Other if addresses => {
                sided("its cells are addresses")
            }
            Role::Time if spread.total > 0 && !spread.any(&[Time, Clock, Epoch]) => {
                if sample.iter().all(|s| moment::spreadsheet(s)) {
                    because
                } else {
                    seen(Role::Other, "its cells are no times")
                }
            }
            Role::Amount if spread.total > 0 && spread.mostly(&[Text]) => {
                seen(Role::Other, "its cells are no amounts")
            }
            Role::Asset if spread.mostly(&[Number, Epoch]) => {
                seen(Role::Amount, "its cells are numbers")
            }
            _ => because,
        };
    }
    if addresses || accounts && by_side(heading).is_some() {
        sided("its cells are addresses")
    } else if spread.mostly(&[Hash]) {
        seen(Role::Txid, "its cells are transaction hashes")
    } else if spread.mostly(&[Iban]) {
        seen(Role::Iban, "its cells are IBANs")
    } else if spread.mostly(&[Time]) {
        seen(Role::Time, "its cells are times")
    } else if spread.mostly(&[Uuid]) {
        seen(Role::Id, "its cells are UUIDs")
    } else if spread.mostly(&[Lei]) {
        seen(Role::Id, "its cells are LEIs")
    } else if spread.mostly(&[Bare, HoldsBare]) {
        seen(
            Role::Other,
            "its cells are 40 hexadecimal digits, and nothing says that they are accounts",
        )
    } else if spread.mostly(&[Xpub]) {
        seen(Role::Own, "its cells are extended keys")
    } else {
        seen(Role::Other, "neither its heading nor its cells say more")
    }
}

/// Which rows of the sample a column's cells are read from, at most.
pub(crate) const SAMPLE_ROWS: usize = 400;

/// Maps `headings` (may be empty) over `rows` of sampled cells.
pub(crate) fn map(headings: &[String], rows: &[Vec<Vec<u8>>]) -> Mapping {
    let width = rows
        .iter()
        .map(Vec::len)
        .chain([headings.len()])
        .max()
        .unwrap_or(0);
    let mut mapping = Mapping::default();
    let (mut times, mut amount, mut asset) = ((0, None), (0, None), (0, None));
    let mut others = Vec::new();
    for index in 0..width {
        let heading = headings.get(index).map_or("", String::as_str);
        let mut spread = Spread::default();
        let sample = texts(rows, index);
        for cell in rows.iter().filter_map(|r| r.get(index)) {
            spread.add(cell);
        }
        let (role, why) = role(heading, &spread, &sample);
        let better = |best: &mut (u32, Option<usize>), rank: u32| {
            if rank > best.0 {
                *best = (rank, Some(index));
            }
        };
        match role {
            Role::Time => {
                let rank = time_rank(heading, &spread, &sample);
                others.extend((rank > 0).then_some(index));
                better(&mut times, rank);
            }
            Role::Amount => better(&mut amount, amount_rank(heading)),
            Role::Asset => better(&mut asset, asset_rank(heading)),
            _ => {}
        }
        let column = Column {
            index,
            name: heading.into(),
            role,
        };
        mapping.kinds.push(spread.main());
        mapping.explained.push(Explained {
            column: column.clone(),
            why,
        });
        mapping.layout.columns.push(column);
    }
    mapping.layout.amount = amount.1;
    mapping.layout.asset = asset.1;
    mapping.read_time(times.1, headings, rows);
    let says = |at: usize| is_plain_time(headings.get(at).map_or("", String::as_str));
    if times.1.is_some_and(|at| !says(at)) {
        others.retain(|at| Some(*at) != times.1);
        mapping.rivals = others
            .iter()
            .map(|at| reader(*at, headings, rows))
            .collect();
        mapping.layout.rivals = others;
    }
    mapping
}

/// Reads the times of one column.
fn reader(at: usize, headings: &[String], rows: &[Vec<Vec<u8>>]) -> TimeReader {
    let heading = headings.get(at).map_or("", String::as_str);
    TimeReader::new(heading, texts(rows, at).iter().map(String::as_str))
}

/// Texts of one column of a sample.
fn texts(rows: &[Vec<Vec<u8>>], index: usize) -> Vec<String> {
    let cells = rows.iter().filter_map(|r| r.get(index));
    let texts = cells.map(|c| String::from_utf8_lossy(c).into_owned());
    texts.filter(|t| !t.trim().is_empty()).collect()
}

impl Mapping {
    /// Makes `column` the row's time, and no other.
    pub(crate) fn read_time(
        &mut self,
        column: Option<usize>,
        headings: &[String],
        rows: &[Vec<Vec<u8>>],
    ) {
        self.layout.time = column;
        self.layout.rivals.clear();
        self.rivals.clear();
        if let Some(at) = column {
            self.time = reader(at, headings, rows);
        }
    }

    /// Settles which columns the amounts are read from, once all roles are known.
    pub(crate) fn read_amounts(&mut self, headings: &[String], rows: &[Vec<Vec<u8>>]) {
        let Layout { amount, asset, .. } = self.layout;
        let Some(at) = amount else {
            return;
        };
        let other = counterpart(headings, at);
        let of = asset.and_then(|at| counterpart(headings, at));
        self.layout.instead = other.map(|other| (other, of.or(asset)));
        // Both are written in the same way.
        let mut texts = texts(rows, at);
        texts.extend(other.into_iter().flat_map(|at| self::texts(rows, at)));
        let heading = headings.get(at).map_or("", String::as_str);
        self.amounts = AmountReader::new(heading, texts.iter().map(String::as_str));
    }

    /// Gives every column called `heading` a role, and makes it the row's time, amount or asset
    /// when that is the role.
    pub(crate) fn assign(
        &mut self,
        heading: &str,
        role: Role,
        why: &str,
        headings: &[String],
        rows: &[Vec<Vec<u8>>],
    ) {
        let mut first = None;
        for (index, column) in self.layout.columns.iter_mut().enumerate() {
            if column.is_called(heading) {
                column.role = role;
                self.explained[index] = Explained {
                    column: column.clone(),
                    why: why.to_owned(),
                };
                first.get_or_insert(index);
            }
        }
        match role {
            Role::Time if first.is_some() => self.read_time(first, headings, rows),
            Role::Amount if first.is_some() => self.layout.amount = first,
            Role::Asset if first.is_some() => self.layout.asset = first,
            _ => {}
        }
    }

    /// Names the columns that were met after the sample.
    pub(crate) fn met(&mut self, paths: &[String]) {
        let known = self.layout.columns.len();
        for (index, path) in paths.iter().enumerate().skip(known) {
            self.layout.columns.push(Column {
                index,
                name: path.as_str().into(),
                ..Column::default()
            });
        }
    }

    /// Whether the sample holds addresses that may be counterparties.
    pub(crate) fn holds_addresses(&self) -> bool {
        self.kinds
            .iter()
            .zip(&self.layout.columns)
            .any(|(kind, column)| {
                let party = !matches!(column.role, Role::Own | Role::Contract | Role::Txid);
                match kind {
                    Some(Kind::Address | Kind::Holds) => party,
                    Some(Kind::Bare | Kind::HoldsBare) => declared(column.role),
                    _ => false,
                }
            })
    }
}

/// Whether a heading, a profile or the user says that accounts stand in such a column.
fn declared(role: Role) -> bool {
    matches!(
        role,
        Role::From | Role::To | Role::Party | Role::Own | Role::Contract
    )
}

impl Mapping {
    /// What the cells of a column are that are no addresses; `None`: nothing that looks like one.
    pub(crate) fn not_addresses(&self, index: usize) -> Option<&'static str> {
        let kind = (*self.kinds.get(index)?)?;
        let column = self.layout.columns.get(index)?;
        let words = words(&column.name);
        let named = |of: &[&str]| of.iter().any(|w| words.split(' ').any(|have| have == *w));
        Some(match kind {
            Kind::Hash | Kind::HoldsHash => "transaction-hash",
            Kind::Bare | Kind::HoldsBare if declared(column.role) => return None,
            Kind::Bare | Kind::HoldsBare => "hex-40",
            Kind::Xpub => "extended-key",
            Kind::Uuid => "uuid",
            Kind::Iban => "iban",
            Kind::Lei => "lei",
            Kind::Email => "e-mail",
            Kind::Address | Kind::Holds | Kind::Time | Kind::Clock => return None,
            _ if column.role == Role::Iban => "bank-account",
            _ if column.role == Role::Bic => "bic",
            Kind::Id | Kind::Number | Kind::Epoch if of_orders(&column.name) => "order-id",
            Kind::Id | Kind::Number | Kind::Epoch
                if named(&["user", "uid", "account", "customer", "client", "member"])
                    && matches!(column.role, Role::Id | Role::Other | Role::Own) =>
            {
                "account-id"
            }
            Kind::Id | Kind::Number | Kind::Epoch if column.role == Role::Id => "id",
            Kind::Id if column.role == Role::Txid => "id",
            _ => return None,
        })
    }

    /// What the columns hold, for a file without an address: `tx`: transaction hashes, …
    pub(crate) fn holds_instead(&self) -> String {
        let telling = |kind: Kind| {
            matches!(
                kind,
                Kind::Hash
                    | Kind::HoldsHash
                    | Kind::Bare
                    | Kind::HoldsBare
                    | Kind::Lei
                    | Kind::Xpub
                    | Kind::Uuid
                    | Kind::Iban
                    | Kind::Email
                    | Kind::Id
            )
        };
        let columns: Vec<String> = self
            .kinds
            .iter()
            .zip(&self.layout.columns)
            .filter_map(|(kind, column)| {
                let kind = kind.filter(|k| telling(*k))?;
                let name = if column.name.is_empty() {
                    format!("{}", column.index + 1)
                } else {
                    column.name.to_string()
                };
                Some(format!("column `{name}` holds {}", kind.plural()))
            })
            .collect();
        if !self.without.is_empty() {
            return self.without.to_string();
        }
        let names = self.layout.columns.iter().any(|c| c.role == Role::Name);
        match (columns.is_empty(), names) {
            (false, _) => columns.join(", "),
            (true, true) => "it holds names, which are not screened by address".to_owned(),
            (true, false) => "it holds times, amounts and text".to_owned(),
        }
    }
}
