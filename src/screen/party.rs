//! Cells of counterparty columns in which nothing was recognised: what they are instead.
//!
//! It decides only how such a cell is told, and whether the verdict can still be `no-match`: an
//! empty mark is nothing, the name of a person, bank or exchange is counted as a name, and whatever
//! else stands where an address belongs was not screened. It knows no profiles and no lists.

use super::report::Role;
use crate::address::forms::{self, Status};

/// What a cell without any address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unmet {
    /// A mark for "nothing".
    Blank,
    /// Something that is no address, and not meant as one.
    Other(&'static str),
    /// A name that only a resolver could turn into an address.
    Name,
    /// Something that may be meant as an address.
    Unread,
}

/// What is written where there is no counterparty.
const BLANKS: &[&str] = &[
    "n/a", "#n/a", "na", "none", "null", "nil", "nan", "\\n", "0x", "unknown", "empty",
];
/// Letters and digits together of a word that may be an identifier.
const ID_MIN: usize = 12;
/// The same when it has letters alone, or digits alone.
const PLAIN_MIN: usize = 25;

/// What `cell`, which has no white space around it, is. Whose export it is may be told by an id of
/// any kind, so in such a column only what is as long as an address may be meant as one.
pub(crate) fn unmet(cell: &[u8], role: Role) -> Unmet {
    match unmet_as(cell, role) {
        // Whose export it is makes nobody a counterparty.
        Unmet::Other(_) if role == Role::Own => Unmet::Blank,
        unmet => unmet,
    }
}

fn unmet_as(cell: &[u8], role: Role) -> Unmet {
    if !cell.iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80) {
        return Unmet::Blank;
    }
    let text = String::from_utf8_lossy(cell);
    let text = text.trim();
    if text.len() <= 8 && BLANKS.iter().any(|b| b.eq_ignore_ascii_case(text)) {
        return Unmet::Blank;
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Unmet::Blank;
    }
    if is_name(text) {
        return Unmet::Name;
    }
    if is_iban(text.trim_matches(|c: char| !c.is_ascii_alphanumeric())) {
        return Unmet::Other("iban");
    }
    if is_xpub(text) {
        return Unmet::Other("extended-key");
    }
    if is_uuid(text) {
        return Unmet::Other("uuid");
    }
    if is_record_id(text) {
        return Unmet::Other("id");
    }
    let least = if role == Role::Own { PLAIN_MIN } else { ID_MIN };
    if text.split_whitespace().any(|word| may_be_id(word, least)) {
        return Unmet::Unread;
    }
    if text.chars().any(char::is_alphabetic) {
        return Unmet::Other("name");
    }
    Unmet::Other("number")
}

/// A name of a naming system for addresses, or of the form `name@domain`. A bare domain is none:
/// exchanges are called so.
fn is_name(text: &str) -> bool {
    let one_word = !text.contains(char::is_whitespace);
    one_word
        && text.contains(['.', '@', '*', '$'])
        && match text.contains(['@', '*', '$']) {
            true => forms::read(text).status == Status::Name,
            false => forms::read_all(text)
                .iter()
                .any(|f| f.status == Status::Name),
        }
}

fn may_be_id(word: &str, mixed: usize) -> bool {
    let bytes = word.as_bytes();
    if bytes.len() > 2 && (bytes.starts_with(b"0x") || bytes.starts_with(b"0X")) {
        return true;
    }
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    // `1.23E+45`: a spreadsheet has made a number of it.
    let rounded = digits > 1 && letters == 1 && (word.contains("E+") || word.contains("e+"));
    let least = if digits > 0 && letters > 0 {
        mixed
    } else {
        PLAIN_MIN
    };
    rounded || digits + letters >= least
}

/// ISO 13616: country, check digits, and the whole modulo 97.
fn is_iban(text: &str) -> bool {
    let compact: Vec<u8> = text.bytes().filter(|b| *b != b' ').collect();
    if !(15..=34).contains(&compact.len())
        || !compact[..2].iter().all(u8::is_ascii_uppercase)
        || !compact[2..4].iter().all(u8::is_ascii_digit)
        || !compact.iter().all(u8::is_ascii_alphanumeric)
    {
        return false;
    }
    let turned = compact[4..].iter().chain(&compact[..4]);
    let rest = turned.fold(0_u32, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        b => (rest * 100 + u32::from(b.to_ascii_uppercase() - b'A') + 10) % 97,
    });
    rest == 1
}

fn is_xpub(text: &str) -> bool {
    let known = [
        "xpub", "ypub", "zpub", "Ypub", "Zpub", "tpub", "Ltub", "dgub",
    ];
    (107..=112).contains(&text.len())
        && known.iter().any(|k| text.starts_with(k))
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A record's key in a database: 24 or 32 hex digits. No address is that short.
fn is_record_id(text: &str) -> bool {
    matches!(text.len(), 24 | 32) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_counterparty_columns() {
        for (text, is) in [
            ("-", Unmet::Blank),
            ("\u{2014}", Unmet::Blank),
            ("N/A", Unmet::Blank),
            ("null", Unmet::Blank),
            ("Binance", Unmet::Other("name")),
            ("Crypto.com Exchange", Unmet::Other("name")),
            ("crypto.com", Unmet::Other("name")),
            ("Wallet 1", Unmet::Other("name")),
            ("External", Unmet::Other("name")),
            ("M\u{fc}ller GmbH", Unmet::Other("name")),
            ("12345678", Unmet::Other("number")),
            // ISO 13616's example.
            ("GB29 NWBK 6016 1331 9268 19", Unmet::Other("iban")),
            ("123e4567-e89b-12d3-a456-426614174000", Unmet::Other("uuid")),
            ("GB29NWBK60161331926819\"", Unmet::Other("iban")),
            ("64b1f0a2c3d4e5f60718293a", Unmet::Other("id")),
            ("tornadocash.eth", Unmet::Name),
            ("lazarus.crypto", Unmet::Name),
            ("alice*stellar.org", Unmet::Name),
            ("bob@coinbase.com", Unmet::Name),
            ("0x1234", Unmet::Unread),
            ("1A1zP1eP5QGefi2DMPTf", Unmet::Unread),
            ("1.23E+45", Unmet::Unread),
            (
                "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
                Unmet::Unread,
            ),
        ] {
            assert_eq!(unmet(text.as_bytes(), Role::To), is, "{text}");
        }
        let wallet = unmet(b"64b1f0a2c3d4e5f60718293a", Role::Own);
        assert_eq!(wallet, Unmet::Blank);
    }
}
