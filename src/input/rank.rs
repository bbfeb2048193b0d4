//! Which of several columns is the row's time, amount or asset; and where the amount stands in rows
//! that fill the other column of a pair.
//!
//! It does not know the roles.

use super::columns::Spread;
use super::headings::words;
use super::kind::Kind;
use super::moment;

/// How good a time column is for judging: exact moments first, then stated zones, then order.
pub(super) fn time_rank(heading: &str, spread: &Spread, sample: &[String]) -> u32 {
    let serial = sample.iter().any(|s| moment::spreadsheet(s));
    if !spread.any(&[Kind::Time, Kind::Epoch]) && !serial {
        return 0;
    }
    let words = words(heading);
    let lower = heading.to_lowercase();
    let mut rank = 1;
    if spread.mostly(&[Kind::Time, Kind::Epoch]) || serial {
        rank += 20;
    }
    if sample.iter().any(|s| moment::epoch(s)) {
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

pub(super) fn amount_rank(heading: &str) -> u32 {
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

pub(super) fn asset_rank(heading: &str) -> u32 {
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

/// Words of headings of which a row fills one or the other.
const PAIRS: &[(&str, &str)] = &[
    ("in", "out"),
    ("received", "sent"),
    ("receive", "send"),
    ("incoming", "outgoing"),
    ("to", "from"),
    ("deposit", "withdrawal"),
    ("credit", "debit"),
    ("buy", "sell"),
    ("recebida", "enviada"),
    ("recebido", "enviado"),
    ("recibida", "enviada"),
    ("recibido", "enviado"),
    ("recu", "envoye"),
    ("recue", "envoyee"),
    ("eingang", "ausgang"),
    ("erhalten", "gesendet"),
    ("haben", "soll"),
];

/// The column whose heading is the other of a pair: `Value_IN(ETH)` for `Value_OUT(ETH)`.
pub(super) fn counterpart(headings: &[String], at: usize) -> Option<usize> {
    let own = words(headings.get(at)?);
    let wanted = own.split(' ').enumerate().find_map(|(index, word)| {
        let pair = PAIRS.iter().find(|(a, b)| *a == word || *b == word)?;
        let other = if pair.0 == word { pair.1 } else { pair.0 };
        let mut all: Vec<&str> = own.split(' ').collect();
        all[index] = other;
        Some(all.join(" "))
    })?;
    headings.iter().position(|h| words(h) == wanted)
}
