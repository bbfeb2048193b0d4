//! Which of several columns is the row's time, amount or asset; and where the amount stands in rows
//! that fill the other column of a pair.
//!
//! It does not know the roles.

use super::columns::Spread;
use super::headings::words;
use super::kind::Kind;
use super::moment;

/// Words of headings whose times are of the customer, the document or a deadline, and so not of the
/// dealing in the row. Phrases, each of whole words, of which the last may go on (`expir`: `expiry`).
const NOT_OF_THE_ROW: &[&str] = &[
    "print",
    "report",
    "statement",
    "export",
    "download",
    "generat",
    "retriev",
    "as of",
    "since",
    "birth",
    "dob",
    "born",
    "expir",
    "valid until",
    "valid to",
    "valid thru",
    "valid from",
    "good till",
    "due",
    "deadline",
    "listing",
    "listed",
    "delist",
    "join",
    "regist",
    "signup",
    "sign up",
    "signed up",
    "onboard",
    "opened",
    "opening date",
    "kyc",
    "verif",
    "last login",
    "last seen",
    "first seen",
    "next",
    "geburt",
    "geboren",
    "seit",
    "ablauf",
    "gueltig",
    "gültig",
    "faellig",
    "fällig",
    "druck",
    "gedruckt",
    "auszug",
    "naissance",
    "depuis",
    "valable",
    "echeance",
    "échéance",
    "nacimiento",
    "desde",
    "vencimiento",
    "caduc",
    "nascita",
    "scadenza",
    "nascimento",
    "vencimento",
    "validade",
    "geboorte",
    "verval",
    "geldig",
    "sinds",
    "urodz",
    "ważn",
    "termin",
    "doğum",
    "dogum",
    "son kullanma",
    "рожд",
    "дата рожд",
    "срок",
    "действ",
    "有効期限",
    "生年月日",
    "到期",
    "有效期",
    "出生",
];

/// Whether a heading says that its times are of something else than the row.
pub(super) fn is_of_something_else(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    let plain: String = lower
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let spaced = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let spaced = format!(" {spaced}");
    NOT_OF_THE_ROW.iter().any(|phrase| {
        let found = spaced.match_indices(phrase);
        found.into_iter().any(|(at, _)| at > 0 && spaced.as_bytes()[at - 1] == b' ')
    })
}

/// Headings that say that the column is the row's time and nothing more.
const PLAIN_TIMES: &[&str] = &[
    "timestamp",
    "date",
    "time",
    "datetime",
    "datum",
    "date time",
    "unixtimestamp",
    "unix timestamp",
];

/// Whether a heading says that its column is the row's time, whatever other columns say.
pub(super) fn is_plain_time(heading: &str) -> bool {
    PLAIN_TIMES.contains(&words(heading).as_str())
}

/// How good a time column is for judging: exact moments first, then stated zones, then order; 0: it
/// is none to judge by.
pub(super) fn time_rank(heading: &str, spread: &Spread, sample: &[String]) -> u32 {
    let serial = sample.iter().any(|s| moment::spreadsheet(s));
    if !spread.any(&[Kind::Time, Kind::Epoch]) && !serial || is_of_something_else(heading) {
        return 0;
    }
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
    if is_plain_time(heading) {
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
