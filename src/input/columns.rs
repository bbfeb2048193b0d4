//! Which column holds what: by its heading, and by what its cells are.
//!
//! Roles explain a match and pick the row's time, amount and asset. They never decide that a cell
//! is not looked at.

use super::headings::HEADINGS;
use super::kind::{self, Kind};
use super::time::{self, TimeReader};
use crate::screen::{Column, Layout, Role};
use std::collections::BTreeMap;

/// A heading as lower-case words: `ParentTxFrom`, `from_address` and `Date(UTC)` come apart, what
/// stands in parentheses is left out, accents are folded.
pub(crate) fn words(heading: &str) -> String {
    let mut out = String::new();
    let (mut depth, mut last_lower) = (0u32, false);
    let plain: Vec<char> = heading.chars().collect();
    for (at, &c) in plain.iter().enumerate() {
        match c {
            '(' | '[' | '（' => depth += 1,
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            c if c.is_alphanumeric() => {
                // `TxHash` and `TXHash` both come apart before `Hash`.
                let next_lower = plain.get(at + 1).is_some_and(|n| n.is_lowercase());
                let caps_before = at > 0 && plain[at - 1].is_uppercase();
                if c.is_uppercase()
                    && (last_lower || (caps_before && next_lower && c.is_ascii()))
                    && !out.ends_with(' ')
                {
                    out.push(' ');
                }
                out.extend(c.to_lowercase().map(fold));
                last_lower = c.is_lowercase();
                continue;
            }
            _ if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
        last_lower = false;
    }
    out.truncate(out.trim_end().len());
    out
}

fn fold(c: char) -> char {
    match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ë' | 'ê' | 'ě' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' | 'ů' => 'u',
        'ç' | 'č' | 'ć' => 'c',
        'ñ' | 'ň' | 'ń' => 'n',
        'ř' => 'r',
        'š' | 'ś' => 's',
        'ť' => 't',
        'ý' => 'y',
        'ž' | 'ż' | 'ź' => 'z',
        'ď' => 'd',
        c => c,
    }
}

/// Whether a heading is known by itself.
pub(crate) fn is_known(heading: &str) -> bool {
    by_heading(heading).is_some()
}

/// The role a heading speaks for, and the pattern that says so.
fn by_heading(heading: &str) -> Option<(Role, &'static str)> {
    if let Some((parent, last)) = heading.rsplit_once('.') {
        // `from.hash` is the sender, `transfers[].to` the recipient.
        let holder = ["address", "addresses", "addr", "hash", "id", "account"];
        if holder.contains(&words(last).as_str())
            && let Some((role, pattern)) = by_heading(parent)
            && matches!(role, Role::From | Role::To | Role::Contract | Role::Own)
        {
            return Some((role, pattern));
        }
    }
    by_words(heading).or_else(|| by_words(heading.rsplit_once('.')?.1))
}

fn by_words(heading: &str) -> Option<(Role, &'static str)> {
    let words = words(heading);
    if words.is_empty() {
        return None;
    }
    let exact = HEADINGS
        .iter()
        .flat_map(|(role, patterns)| patterns.iter().map(|p| (*role, *p)))
        .find(|(_, p)| *p == words);
    exact.or_else(|| {
        HEADINGS
            .iter()
            .flat_map(|(role, patterns)| patterns.iter().map(|p| (*role, *p)))
            .find(|(_, p)| fits(p, &words))
    })
}

fn fits(pattern: &str, words: &str) -> bool {
    match (pattern.strip_prefix("* "), pattern.strip_suffix('*')) {
        (Some(rest), None) => match rest.strip_suffix(" *") {
            Some(middle) => words.contains(&format!(" {middle} ")),
            None => words.strip_suffix(rest).is_some_and(|w| w.ends_with(' ')),
        },
        (None, Some(rest)) => {
            let rest = rest.trim_end();
            words
                .strip_prefix(rest)
                .is_some_and(|w| w.is_empty() || w.starts_with(' '))
        }
        _ => false,
    }
}

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
    fn mostly(&self, kinds: &[Kind]) -> bool {
        self.total > 0 && self.of(kinds) * 2 >= self.total
    }

    fn any(&self, kinds: &[Kind]) -> bool {
        self.of(kinds) > 0
    }

    /// The commonest kind.
    pub(crate) fn main(&self) -> Option<Kind> {
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
    /// The profile that was used; empty: none.
    pub profile: Box<str>,
    /// What the profile says about counterparties that are not in such a file.
    pub(crate) without: Box<str>,
    pub(crate) kinds: Vec<Option<Kind>>,
}

/// The role of one column by heading and content.
fn role(heading: &str, spread: &Spread, sample: &[String]) -> (Role, String) {
    use Kind::{
        Address, Clock, Epoch, Hash, Holds, HoldsHash, Iban, Number, Text, Time, Uuid, Xpub,
    };
    let named = by_heading(heading);
    let seen = |role: Role, why: &str| (role, why.to_owned());
    let addresses = spread.mostly(&[Address]);
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
                    seen(Role::Party, "its cells are addresses")
                } else {
                    seen(Role::Id, "its cells are ids, not transaction hashes")
                }
            }
            Role::From | Role::To | Role::Party | Role::Contract | Role::Own if addresses => {
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
                seen(Role::Party, "its cells are addresses")
            }
            Role::Time if spread.total > 0 && !spread.any(&[Time, Clock, Epoch]) => {
                if sample.iter().all(|s| time::spreadsheet(s)) {
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
    if addresses {
        seen(Role::Party, "its cells are addresses")
    } else if spread.mostly(&[Hash]) {
        seen(Role::Txid, "its cells are transaction hashes")
    } else if spread.mostly(&[Iban]) {
        seen(Role::Iban, "its cells are IBANs")
    } else if spread.mostly(&[Time]) {
        seen(Role::Time, "its cells are times")
    } else if spread.mostly(&[Uuid]) {
        seen(Role::Id, "its cells are UUIDs")
    } else if spread.mostly(&[Xpub]) {
        seen(Role::Own, "its cells are extended keys")
    } else {
        seen(Role::Other, "neither its heading nor its cells say more")
    }
}

/// How good a time column is for judging: exact moments first, then stated zones, then order.
fn time_rank(heading: &str, spread: &Spread, sample: &[String]) -> u32 {
    let serial = sample.iter().any(|s| time::spreadsheet(s));
    if !spread.any(&[Kind::Time, Kind::Epoch]) && !serial {
        return 0;
    }
    let words = words(heading);
    let lower = heading.to_lowercase();
    let mut rank = 1;
    if spread.mostly(&[Kind::Time, Kind::Epoch]) || serial {
        rank += 20;
    }
    if sample.iter().any(|s| time::epoch(s)) {
        rank += 12;
    } else if lower.contains("utc")
        || sample
            .iter()
            .any(|s| s.contains(['Z']) || s.contains("UTC"))
    {
        rank += 10;
    }
    if [
        "timestamp",
        "date",
        "time",
        "datetime",
        "datum",
        "date time",
        "unixtimestamp",
        "unix timestamp",
    ]
    .contains(&words.as_str())
    {
        rank += 4;
    }
    let second = [
        "updated",
        "closed",
        "order",
        "expiry",
        "completed",
        "synced",
        "value date",
        "interest",
    ];
    if second.iter().any(|w| lower.contains(w)) {
        rank -= 1;
    }
    rank
}

fn amount_rank(heading: &str) -> u32 {
    let words = words(heading);
    let lead = [
        "amount",
        "quantity",
        "quantity transacted",
        "value",
        "qty",
        "betrag",
        "bedrag",
        "token value",
        "value out",
        "operation amount",
        "transaction value",
        "change",
        "from amount",
    ];
    if let Some(at) = lead.iter().position(|w| *w == words) {
        return 100 - at as u32;
    }
    let unlike = [
        "fee",
        "price",
        "total",
        "usd",
        "eur",
        "native",
        "balance",
        "worth",
        "gas",
        "rate",
        "historical",
        "txn",
    ];
    if unlike.iter().any(|w| heading.to_lowercase().contains(w)) {
        1
    } else {
        50
    }
}

fn asset_rank(heading: &str) -> u32 {
    let words = words(heading);
    let lead = [
        "asset",
        "coin",
        "currency",
        "symbol",
        "token symbol",
        "crypto",
        "cryptocurrency",
        "currency ticker",
        "ticker",
        "token",
        "from currency",
        "amount unit",
        "waehrung",
        "munt",
        "cur",
    ];
    if let Some(at) = lead.iter().position(|w| *w == words) {
        return 100 - at as u32;
    }
    let unlike = [
        "fee",
        "price",
        "native",
        "worth",
        "to ",
        "fiat",
        "countervalue",
        "quote",
        "spot",
    ];
    if unlike.iter().any(|w| format!("{words} ").contains(w)) {
        1
    } else {
        50
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
                better(&mut times, time_rank(heading, &spread, &sample));
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
    mapping
}

/// Texts of one column of a sample.
fn texts(rows: &[Vec<Vec<u8>>], index: usize) -> Vec<String> {
    let cells = rows.iter().filter_map(|r| r.get(index));
    let texts = cells.map(|c| String::from_utf8_lossy(c).into_owned());
    texts.filter(|t| !t.trim().is_empty()).collect()
}

impl Mapping {
    /// Makes `column` the row's time.
    pub(crate) fn read_time(
        &mut self,
        column: Option<usize>,
        headings: &[String],
        rows: &[Vec<Vec<u8>>],
    ) {
        self.layout.time = column;
        if let Some(at) = column {
            let heading = headings.get(at).map_or("", String::as_str);
            let texts = texts(rows, at);
            self.time = TimeReader::new(heading, texts.iter().map(String::as_str));
        }
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
            let number = heading.parse() == Ok(index + 1);
            if column.name.eq_ignore_ascii_case(heading) || (number && column.name.is_empty()) {
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
                matches!(kind, Some(Kind::Address | Kind::Holds))
                    && !matches!(column.role, Role::Own | Role::Contract | Role::Txid)
            })
    }
}

impl Mapping {
    /// What the columns hold, for a file without an address: `tx`: transaction hashes, …
    pub(crate) fn holds_instead(&self) -> String {
        let telling = |kind: Kind| {
            matches!(
                kind,
                Kind::Hash
                    | Kind::HoldsHash
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_come_apart() {
        for (heading, expect) in [
            ("ParentTxFrom", "parent tx from"),
            ("from_address", "from address"),
            ("Date(UTC)", "date"),
            ("TXHash", "tx hash"),
            ("Amount (BTC)", "amount"),
            ("Withdrawal Address/Account", "withdrawal address account"),
            ("Množství", "mnozstvi"),
            ("FROMADDRESS", "fromaddress"),
            ("Value_IN(ETH)", "value in"),
        ] {
            assert_eq!(words(heading), expect, "{heading}");
        }
    }

    #[test]
    fn headings_speak_for_roles() {
        for (heading, expect) in [
            ("From", Role::From),
            ("TxTo", Role::To),
            ("ParentTxFrom", Role::From),
            ("TxSrc", Role::From),
            ("TxDest", Role::To),
            ("Recipient Address", Role::To),
            ("Withdrawal Address/Account", Role::To),
            ("SourceAddress", Role::From),
            ("ContractAddress", Role::Contract),
            ("token_address", Role::Contract),
            ("Sell Currency Address", Role::Contract),
            ("Address", Role::Party),
            ("BTC-Address", Role::Party),
            ("Zieladresse", Role::To),
            ("Txhash", Role::Txid),
            ("Txn Hash", Role::Txid),
            ("TXID", Role::Txid),
            ("Transaction ID", Role::Txid),
            ("transaction_hash", Role::Txid),
            ("DateTime (UTC)", Role::Time),
            ("UnixTimestamp", Role::Time),
            ("Time(UTC+02:00)", Role::Time),
            ("Buchungstag", Role::Time),
            ("Notes", Role::Memo),
            ("Verwendungszweck", Role::Memo),
            ("Beneficiary Name", Role::Name),
            ("Beneficiary Account/IBAN", Role::Iban),
            ("Tegenrekening IBAN/BBAN", Role::Iban),
            ("BIC tegenpartij", Role::Bic),
            ("Naam tegenpartij", Role::Name),
            ("Beneficiary Country", Role::Country),
            ("Amount (BTC)", Role::Amount),
            ("Coin", Role::Asset),
            ("Transfer Network", Role::Network),
            ("Account xpub", Role::Own),
            ("Order ID", Role::Id),
        ] {
            assert_eq!(by_heading(heading).map(|r| r.0), Some(expect), "{heading}");
        }
    }
}
