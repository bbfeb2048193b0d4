//! Addresses in prose: remarks, statements of reasons, press releases.
//!
//! Publishers write `Digital Currency Address - XBT 1abc; alt. …`, `(1) ETH: 0x… (2) BNB: 0x…`,
//! a label once above several lines, or no label at all, and break an address at a line's end. The
//! label is what stands before the address; nothing but small words may lie between. It does not
//! know who is meant, and takes no text for an address that does not prove to be one, unless the
//! publisher says that it is.

use crate::address::formats::Check;
use crate::address::network::label_fits;
use crate::address::{Format, Reason, decode, forms};
use crate::list::{EntityIx, ListBuilder, NewListing};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// Shortest text that is tried as an address.
const SHORTEST: usize = 25;
/// Most pieces of a broken address.
const PIECES: usize = 4;
/// Longest text put together from pieces.
const JOINED: usize = 120;
/// The words that OFAC puts before a label.
const PHRASE: &[&str] = &["digital", "currency", "address"];
/// Words that can stand between a label and its address, or between two addresses of one label.
const SMALL: &[&str] = &[
    "-",
    "–",
    "—",
    "address",
    "addresses",
    "alt",
    "and",
    "is",
    "or",
    "the",
    "wallet",
    "wallets",
];

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found<'t> {
    /// The address; put together where the text breaks it.
    pub(super) text: Cow<'t, str>,
    /// The label before it; empty when there is none.
    pub(super) label: &'t str,
    /// From the label to the end of the address.
    pub(super) raw: &'t str,
    /// Where the address starts, in bytes.
    pub(super) at: usize,
    /// What was done to read it; empty when nothing was.
    pub(super) note: &'static str,
}

const BROKEN: &str = "the address is broken by white space in the published text";
const HOMOGLYPHS: &str =
    "published with look-alike letters; this is the address that they look like";

/// Lists every address of `text` under `entity`. Returns how many there were.
pub(super) fn list(
    out: &mut ListBuilder,
    entity: EntityIx,
    text: &str,
    locator: &str,
    url: &str,
) -> usize {
    let found = find(text);
    for f in &found {
        out.listing(
            entity,
            NewListing {
                text: &f.text,
                raw: f.raw,
                label: f.label,
                locator,
                note: f.note,
                url,
                ..NewListing::default()
            },
        );
    }
    found.len()
}

/// Every address of `text`, in order; one that stands in it twice comes once for each label.
pub(super) fn find(text: &str) -> Vec<Found<'_>> {
    let words = pieces(text);
    let speaks_of_wallets = speaks_of_wallets(text);
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut once: HashSet<(&str, String)> = HashSet::new();
    let mut label: Option<&Piece<'_>> = None;
    // How far the phrase before a label has been read; beyond its end what follows is listed.
    let mut phrase = 0;
    let mut ix = 0;
    while let Some(piece) = words.get(ix) {
        ix += 1;
        let lower = piece.text.to_ascii_lowercase();
        if phrase < PHRASE.len() {
            phrase = if lower == PHRASE[phrase] {
                phrase + 1
            } else {
                usize::from(lower == PHRASE[0])
            };
            if phrase > 0 {
                label = None;
                continue;
            }
        }
        let said = phrase == PHRASE.len();
        if said && SMALL.contains(&&*lower) {
            continue;
        }
        let mut push = |read: Cow<'_, str>, note, from: &Piece<'_>, to: &Piece<'_>| {
            let start = label.map_or(from.at, |l| l.at);
            let end = to.at + to.text.len();
            let raw = text.get(start..end).unwrap_or(piece.text);
            let label = label.map_or("", |l| l.text);
            if once.insert((label, read.clone().into_owned())) {
                let text = match read {
                    Cow::Borrowed(_) => Cow::Borrowed(&text[from.at..from.at + from.text.len()]),
                    Cow::Owned(read) => Cow::Owned(read),
                };
                found.push(Found {
                    text,
                    label,
                    raw,
                    at: from.at,
                    note,
                });
            }
        };
        match read(piece.text, label.map(|l| l.text), speaks_of_wallets) {
            Reading::Address => {
                push(piece.text.into(), "", piece, piece);
                phrase = 0;
                continue;
            }
            Reading::Looks(like) => {
                push(piece.text.into(), "", piece, piece);
                push(like.into(), HOMOGLYPHS, piece, piece);
                phrase = 0;
                continue;
            }
            Reading::Damaged | Reading::No => {}
        }
        if let Some((count, joined)) = broken(&words[ix - 1..]) {
            let last = &words[ix - 1 + count - 1];
            push(joined.into(), BROKEN, piece, last);
            ix += count - 1;
            phrase = 0;
            continue;
        }
        // The publisher says that an address comes: it is listed, whatever it is.
        let named = said && label.is_some();
        if named
            || matches!(
                read(piece.text, label.map(|l| l.text), false),
                Reading::Damaged
            )
        {
            push(piece.text.into(), "", piece, piece);
            phrase = 0;
            continue;
        }
        if is_label(piece.text) {
            label = Some(piece);
        } else if !SMALL.contains(&&*lower) && !is_number(piece.text) {
            label = None;
            if said {
                phrase = 0;
            }
        }
    }
    found
}

enum Reading {
    Address,
    /// It has letters of another alphabet, and looks like this address.
    Looks(String),
    /// An address with a wrong checksum, or what a label calls one.
    Damaged,
    No,
}

fn read(text: &str, label: Option<&str>, speaks_of_wallets: bool) -> Reading {
    if text.len() < SHORTEST && !(text.is_ascii() && label.is_some() && text.len() >= 9) {
        return Reading::No;
    }
    if !text.is_ascii() {
        let Some(like) = forms::skeleton(text).filter(|like| like.len() >= SHORTEST) else {
            return Reading::No;
        };
        return match decode(like.as_bytes()) {
            Ok(decoded) if decoded.format.check == Check::Checksum => Reading::Looks(like),
            Ok(decoded) if decoded.format.check == Check::Casing && like.starts_with("0x") => {
                Reading::Looks(like)
            }
            _ => Reading::No,
        };
    }
    let alphanumeric = text.bytes().all(|b| b.is_ascii_alphanumeric());
    let mixed =
        text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic());
    match decode(text.as_bytes()) {
        Ok(decoded) => {
            let labelled = label.is_some_and(|l| fits(l, decoded.format));
            let sure = match decoded.format.check {
                Check::Checksum => mixed && text.len() >= SHORTEST || labelled,
                Check::Casing => text.starts_with("0x") || labelled || speaks_of_wallets,
                Check::None => labelled || speaks_of_wallets && mixed && text.len() >= 32,
            };
            if sure { Reading::Address } else { Reading::No }
        }
        Err(_) if text.len() < SHORTEST || !alphanumeric || !mixed => Reading::No,
        Err(e) if e.lead.is_some() => Reading::Address,
        Err(e) => {
            let close = e.reason == Reason::Checksum && e.near.is_some() && speaks_of_wallets;
            let labelled = label.is_some_and(|l| crate::address::network::asset(l).is_some());
            if close || labelled {
                Reading::Damaged
            } else {
                Reading::No
            }
        }
    }
}

fn fits(label: &str, format: &Format) -> bool {
    label_fits(label, format) == Some(true)
}

/// A word, or what lies between marks inside one.
#[derive(Clone, Copy, Debug)]
struct Piece<'t> {
    text: &'t str,
    at: usize,
    /// Nothing but white space before it.
    after_space: bool,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut after_space = true;
    for word in split_ranges(text, char::is_whitespace) {
        for part in split_ranges(&text[word.clone()], is_mark) {
            let start = word.start + part.start;
            let raw = &text[start..word.start + part.end];
            let bare = raw.trim_end_matches(['.', ':', ';', '*', '’', '!']);
            let cut = bare.len() < raw.len();
            // `ETH:0x…`, but not `bitcoincash:q…`.
            let inner = match bare.split_once(':') {
                Some((label, rest)) if is_label(label) && decode(bare.as_bytes()).is_err() => {
                    out.push(Piece {
                        text: label,
                        at: start,
                        after_space,
                    });
                    Piece {
                        text: rest,
                        at: start + label.len() + 1,
                        after_space: false,
                    }
                }
                _ => Piece {
                    text: bare,
                    at: start,
                    after_space,
                },
            };
            if !inner.text.is_empty() {
                out.push(inner);
            }
            after_space = !cut && part.end == word.len();
        }
        if text[word].ends_with(is_mark) {
            after_space = false;
        }
    }
    out
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
            | '>'
            | '"'
            | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | '|'
            | '='
            | '/'
            | '\\'
            | '`'
            | '‘'
    )
}

fn split_ranges(text: &str, separates: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (separates(c), start) {
            (true, Some(from)) => {
                out.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    out.extend(start.map(|from| from..text.len()));
    out
}

/// The address that the first pieces make together, and of how many.
fn broken(words: &[Piece<'_>]) -> Option<(usize, String)> {
    let first = words.first()?.text;
    let fragment = |t: &str| t.len() >= 4 && t.bytes().all(|b| b.is_ascii_alphanumeric());
    let begins = first.len() >= 10 && fragment(first) && first.bytes().any(|b| b.is_ascii_digit());
    if !begins {
        return None;
    }
    let mut joined = first.to_owned();
    for (count, piece) in words.iter().enumerate().take(PIECES).skip(1) {
        if !piece.after_space || !fragment(piece.text) || joined.len() + piece.text.len() > JOINED {
            return None;
        }
        joined.push_str(piece.text);
        if joined.len() < SHORTEST {
            continue;
        }
        if let Ok(decoded) = decode(joined.as_bytes())
            && (decoded.format.check == Check::Checksum
                || decoded.format.check == Check::Casing && joined.starts_with("0x"))
        {
            return Some((count + 1, joined));
        }
    }
    None
}

/// `XBT`, `USDT`, `BNB`: short and in capitals.
fn is_label(text: &str) -> bool {
    (2..=8).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_number(text: &str) -> bool {
    text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text that carries no checksum may be taken for an address here.
fn speaks_of_wallets(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "wallet",
        "crypto",
        "digital currency",
        "virtual currency",
        "blockchain",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Addresses of BIP-173, the Bitcoin genesis block, EIP-55 and the Tron documentation.
    const BTC: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    const SEGWIT: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    const TRON: &str = "TLeUZDGLWnyiJVFcp3m3M1782uBsGWa8uf";

    fn seen(text: &str) -> Vec<(String, &str)> {
        find(text)
            .into_iter()
            .map(|f| (f.text.into_owned(), f.label))
            .collect()
    }

    fn want<'a>(of: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
        of.iter()
            .map(|(text, label)| ((*text).to_owned(), *label))
            .collect()
    }

    #[test]
    fn remarks_of_ofac() {
        let text = format!(
            "DOB 1 Jan 1970; Digital Currency Address - XBT {BTC}; alt. Digital Currency Address - \
             XBT {SEGWIT}; Digital Currency Address - NEWCOIN some-thing; Passport A1234567890."
        );
        assert_eq!(
            seen(&text),
            want(&[(BTC, "XBT"), (SEGWIT, "XBT"), ("some-thing", "NEWCOIN")])
        );
        let raw: Vec<_> = find(&text).iter().map(|f| f.raw).collect();
        assert_eq!(raw[0], format!("XBT {BTC}"));
    }

    #[test]
    fn labels_of_the_united_kingdom() {
        let text = format!(
            "the following crypto wallets: (1) ETH: {EVM} (2) BNB:  {EVM} (3) USDT:  {TRON} The \
             sanction was imposed on 09/04/2025."
        );
        assert_eq!(
            seen(&text),
            want(&[(EVM, "ETH"), (EVM, "BNB"), (TRON, "USDT")])
        );
        let text = format!(
            "Digital Currency Address: XBT {BTC}\t \t\nDigital Currency Address: ETH {EVM}"
        );
        assert_eq!(seen(&text), want(&[(BTC, "XBT"), (EVM, "ETH")]));
        let text = format!("associated with the crypto wallet addresses: {TRON} {BTC}.");
        assert_eq!(seen(&text), want(&[(TRON, ""), (BTC, "")]));
    }

    #[test]
    fn a_label_above_several_lines() {
        let text =
            format!("Known wallet addresses:\nETH: {EVM}\nBTC: {SEGWIT}\n{BTC}\nTRX:{TRON};");
        assert_eq!(
            seen(&text),
            want(&[(EVM, "ETH"), (SEGWIT, "BTC"), (BTC, "BTC"), (TRON, "TRX")])
        );
    }

    #[test]
    fn an_address_broken_by_white_space() {
        let (start, end) = TRON.split_at(24);
        let text = format!("Known wallet addresses\n{start} {end}");
        let found = find(&text);
        assert_eq!((&*found[0].text, found[0].note), (TRON, BROKEN));
        assert_eq!(found[0].raw, format!("{start} {end}"));
        // A sentence's mark is no white space.
        assert!(find(&format!("{start}. {end}")).is_empty());
    }

    #[test]
    fn look_alike_letters_give_both_readings() {
        let cyrillic = TRON.replace('c', "с");
        let found = find(&cyrillic);
        assert_eq!(found.len(), 2);
        assert_eq!((&*found[0].text, &*found[1].text), (&*cyrillic, TRON));
        assert_eq!(found[1].note, HOMOGLYPHS);
    }

    #[test]
    fn prose_is_no_address() {
        let texts = [
            "Review pursuant to Security Council resolution 1822 (2008) was concluded.",
            "INTERPOL-UN Special Notice web link:https://www.interpol.int/en/How-we-work/Notices/View-UN-Notices",
            "Passport A5250088, tax number 02312202410120, IMO 9187629, SWIFT EXMPRUMM",
            "0123456789012345678901234567890123456789",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ];
        for text in texts {
            assert_eq!(seen(text), [], "{text}");
        }
    }

    #[test]
    fn a_wrong_checksum_beside_a_label_is_kept() {
        let wrong = BTC.replace("fNa", "fNb");
        assert_eq!(seen(&format!("BTC: {wrong}")), want(&[(&wrong, "BTC")]));
    }
}
