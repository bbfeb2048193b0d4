//! Known layouts: which headings tell them, and what their columns hold. Data, one TOML each.
//!
//! A profile names columns and settles what a heading leaves open, such as the zone of a time. It
//! never hides a column.

use super::columns::Mapping;
use super::time::Order;
use crate::screen::Role;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A known layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its id: the name of its file.
    pub id: Box<str>,
    /// For people.
    pub title: Box<str>,
    header: Vec<Pattern>,
    columns: Vec<(Role, Pattern)>,
    time: Option<Pattern>,
    amount: Option<Pattern>,
    asset: Option<Pattern>,
    zone: Option<i32>,
    order: Option<Order>,
    without: Box<str>,
}

/// Why a text is no profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not TOML, or with unknown or missing fields.
    #[error("cannot read the profile: {0}")]
    Toml(#[from] toml::de::Error),
    /// A word with a fixed set of values.
    #[error("`{value}` is no {what}")]
    Value {
        /// What it should be.
        what: &'static str,
        /// What it is.
        value: Box<str>,
    },
    /// Nothing to tell the layout by.
    #[error("`header` names no heading")]
    NoHeader,
}

/// A heading: letter case aside, `*` for any text, `|` between alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern(Box<str>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Box<str>,
    #[serde(default)]
    #[allow(dead_code, reason = "for whoever reads the file")]
    source: Box<str>,
    header: Vec<Box<str>>,
    time: Option<Box<str>>,
    amount: Option<Box<str>>,
    asset: Option<Box<str>>,
    zone: Option<Box<str>>,
    order: Option<Box<str>>,
    #[serde(default)]
    without: Box<str>,
    #[serde(default)]
    columns: BTreeMap<Box<str>, Vec<Box<str>>>,
}

impl Pattern {
    fn fits(&self, heading: &str) -> bool {
        let heading = heading.trim().to_lowercase();
        self.0.split('|').any(|p| glob(p.trim(), &heading))
    }
}

/// Whether `text` fits `pattern`: `*` for any text, `?` for one character.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                // The last star takes one character more.
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Reads the profile called `id`.
pub fn parse_profile(id: &str, text: &str) -> Result<Profile, ProfileError> {
    let file: File = toml::from_str(text)?;
    let pattern = |text: Box<str>| Pattern(text.to_lowercase().into());
    if file.header.is_empty() {
        return Err(ProfileError::NoHeader);
    }
    let mut columns = Vec::new();
    for (role, patterns) in file.columns {
        let known = Role::by_id(&role).ok_or(ProfileError::Value {
            what: "role",
            value: role,
        })?;
        columns.extend(patterns.into_iter().map(|p| (known, pattern(p))));
    }
    let zone = match file.zone {
        None => None,
        Some(zone) => Some(offset(&zone).ok_or(ProfileError::Value {
            what: "zone (`UTC`, `+08:00`)",
            value: zone,
        })?),
    };
    let order = match file.order {
        None => None,
        Some(order) => Some(Order::by_id(&order).ok_or(ProfileError::Value {
            what: "order (`ymd`, `dmy`, `mdy`)",
            value: order,
        })?),
    };
    Ok(Profile {
        id: id.into(),
        title: file.title,
        header: file.header.into_iter().map(pattern).collect(),
        columns,
        time: file.time.map(pattern),
        amount: file.amount.map(pattern),
        asset: file.asset.map(pattern),
        zone,
        order,
        without: file.without,
    })
}

/// `UTC` or `+08:00` in seconds.
fn offset(zone: &str) -> Option<i32> {
    if zone.eq_ignore_ascii_case("utc") {
        return Some(0);
    }
    let (sign, rest) = match zone.as_bytes().first()? {
        b'+' => (1, &zone[1..]),
        b'-' => (-1, &zone[1..]),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

macro_rules! built_in {
    ($($id:literal),* $(,)?) => {
        /// The profiles of this build: id and TOML.
        const BUILT_IN: &[(&str, &str)] = &[
            $(($id, include_str!(concat!("profiles/", $id, ".toml"))),)*
        ];
    };
}

built_in!(
    "etherscan-transactions",
    "etherscan-internal",
    "etherscan-erc20",
    "etherscan-nft",
    "snowtrace-erc20",
    "blockscout-transactions",
    "blockscout-tokens",
    "bigquery-ethereum-transactions",
    "bigquery-ethereum-token-transfers",
    "bigquery-ethereum-traces",
    "bigquery-ethereum-logs",
    "bigquery-bitcoin-transactions",
    "tron-explorer",
    "subscan-transfers",
    "aptoscan",
    "helium",
    "helium-explorer",
    "fatstx",
    "neon-wallet",
    "walletexplorer",
    "blockchair-portfolio",
    "blockchair-portfolio-old",
    "adalite",
    "bitcoin-core",
    "electrum",
    "trezor-suite",
    "trezor-suite-old",
    "trezor-legacy",
    "ledger-live",
    "exodus",
    "exodus-old",
    "coinomi",
    "handcash",
    "volt",
    "zerion",
    "defi-taxes",
    "gatehub",
    "staketax",
    "binance-transfers",
    "binance-statement",
    "bitfinex-movements",
    "bitstamp",
    "bitstamp-2022",
    "bittrex-deposits",
    "bittrex-withdrawals",
    "bittrex-transfers",
    "bittylicious",
    "blockchaincom-wallet",
    "blofin-withdrawals",
    "coinbase",
    "coinbase-2014",
    "coinbase-prime",
    "coinbase-pro",
    "coincorner",
    "coinfloor-transfers",
    "coinmetro",
    "coinpayments",
    "cointracker",
    "cointracking",
    "cryptocom-app",
    "cryptopia-withdrawals",
    "deribit",
    "easy-crypto",
    "ftx-withdrawals",
    "gemini",
    "gravity",
    "huobi-deposits",
    "huobi-withdrawals",
    "koinly",
    "kraken-ledgers",
    "kraken-trades",
    "kucoin-deposits",
    "kucoin-withdrawals",
    "kucoin-withdrawals-old",
    "kucoin-transfers-old",
    "mercatox",
    "mexc-withdrawals",
    "paxful",
    "poloniex-transfers",
    "robinhood-transfers",
    "tradeogre-withdrawals",
    "tradesatoshi-withdrawals",
    "whitebit-transfers",
    "bitcointaxes",
    "bitcoin-de",
    "accointing",
    "everytrade",
    "general-bytes-atm",
    "btcpay",
    "coinbank-cz",
    "invity-orders",
    "bsdex",
    "safe",
    "changelly",
    "uphold",
    "bank-sparkasse",
    "bank-rabobank",
    "payments",
);

/// The profiles of this build.
pub fn profiles() -> &'static [Profile] {
    static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        let parse = |(id, text): &(&str, &str)| {
            parse_profile(id, text).expect("a test reads every built-in profile")
        };
        BUILT_IN.iter().map(parse).collect()
    });
    &PROFILES
}

/// The layout that `headings` are of: the one with most headings among those whose every heading
/// is there.
pub(crate) fn detect(headings: &[String]) -> Option<&'static Profile> {
    let fits = |p: &&Profile| {
        p.header
            .iter()
            .all(|pattern| headings.iter().any(|h| pattern.fits(h)))
    };
    profiles()
        .iter()
        .filter(fits)
        .max_by_key(|p| p.header.len())
}

/// A profile of the table whose columns were mapped so, to be edited: it states what was found.
pub fn draft(title: &str, mapping: &Mapping) -> String {
    let quote = |text: &str| toml::Value::from(text).to_string();
    let columns = &mapping.layout.columns;
    let names = || columns.iter().filter(|c| !c.name.is_empty());
    let list = |names: Vec<&str>| {
        let mut quoted: Vec<String> = names.into_iter().map(quote).collect();
        quoted.dedup();
        format!("[{}]", quoted.join(", "))
    };
    let mut out = String::from(
        "# Headings: letter case aside, `*` for any text, `|` between alternatives.\n",
    );
    out.push_str(&format!("title = {}\n", quote(title)));
    out.push_str("# The table is told by these headings; keep those that are always there.\n");
    out.push_str(&format!(
        "header = {}\n",
        list(names().map(|c| &*c.name).collect())
    ));
    let said = [
        ("time", mapping.layout.time),
        ("amount", mapping.layout.amount),
        ("asset", mapping.layout.asset),
    ];
    for (key, column) in said {
        if let Some(column) = column
            .and_then(|c| columns.get(c))
            .filter(|c| !c.name.is_empty())
        {
            out.push_str(&format!("{key} = {}\n", quote(&column.name)));
        }
    }
    match mapping.time.zone() {
        Some(0) => out.push_str("zone = \"UTC\"\n"),
        Some(seconds) => {
            let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
            let zone = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
            out.push_str(&format!("zone = {}\n", quote(&zone)));
        }
        None => out.push_str("# zone = \"UTC\"  # of times that state none\n"),
    }
    match mapping.time.order() {
        Some(order) => out.push_str(&format!("order = {}\n", quote(order.id()))),
        None => out.push_str("# order = \"dmy\"  # of the numbers in a date: ymd, dmy, mdy\n"),
    }
    out.push_str("\n[columns]\n");
    for (role, id) in Role::ALL {
        let of: Vec<&str> = names()
            .filter(|c| c.role == *role)
            .map(|c| &*c.name)
            .collect();
        let chosen = matches!(role, Role::Time | Role::Other);
        if !of.is_empty() && !chosen {
            out.push_str(&format!("{id} = {}\n", list(of)));
        }
    }
    out
}

impl Profile {
    /// Says what the profile says about the columns.
    pub(crate) fn apply(&self, mapping: &mut Mapping, headings: &[String], rows: &[Vec<Vec<u8>>]) {
        mapping.profile = self.id.clone();
        mapping.without = self.without.clone();
        let find = |pattern: &Pattern| headings.iter().position(|h| pattern.fits(h));
        let why = format!("the profile `{}` says so", self.id);
        for (index, heading) in headings.iter().enumerate() {
            let role = self.columns.iter().find(|(_, p)| p.fits(heading));
            if let (Some((role, _)), Some(column)) = (role, mapping.layout.columns.get_mut(index)) {
                column.role = *role;
                mapping.explained[index].column.role = *role;
                mapping.explained[index].why = why.clone();
            }
        }
        let mut chosen = [None; 3];
        let named = [
            (&self.time, Role::Time),
            (&self.amount, Role::Amount),
            (&self.asset, Role::Asset),
        ];
        for (slot, (pattern, role)) in chosen.iter_mut().zip(named) {
            *slot = pattern.as_ref().and_then(&find);
            if let Some(index) = *slot {
                mapping.layout.columns[index].role = role;
                mapping.explained[index].column.role = role;
                mapping.explained[index].why = why.clone();
            }
        }
        if chosen[0].is_some() {
            mapping.read_time(chosen[0], headings, rows);
        }
        mapping.layout.amount = chosen[1].or(mapping.layout.amount);
        mapping.layout.asset = chosen[2].or(mapping.layout.asset);
        mapping.time.state(self.zone, self.order);
    }
}
