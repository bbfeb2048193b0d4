//! Words that were meant as addresses and are none: what is wrong, and what they may have meant.
//!
//! A candidate is a lead for a person, also when its checksum holds: the document does not say it.

use super::proof::{self, Proof};
use super::tokens::{Held, is_odd};
use crate::address::{self, Address, AddressError, Identity, NotAddress, Reason, diagnose};
use std::collections::BTreeMap;

/// Characters that may be glued to the front of an address, and to its end.
const GLUED: (usize, usize) = (14, 8);
/// Characters of one text that can be misread.
const SLIPS: usize = 5;
/// Readings of one misread text that are tried.
const READINGS: usize = 4096;

/// An address that a damaged text may have meant.
#[derive(Clone, Debug, PartialEq)]
pub struct NearAddress {
    /// The address.
    pub address: Address,
    /// How it differs from the text.
    pub how: Box<str>,
}

/// The only address inside a word that has something glued to it.
pub(super) fn glued(word: &str) -> Option<(Address, usize, usize)> {
    let mut only: Option<(Address, usize, usize)> = None;
    let bytes = word.as_bytes();
    if bytes.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut tried = |from: usize, to: usize| -> bool {
        let text = &word[from..to];
        // What is left of hex without its mark proves nothing.
        let hex = text.strip_prefix("0x");
        if hex.is_none() && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return true;
        }
        let least = if hex.is_some() {
            Proof::Weak
        } else {
            Proof::Strong
        };
        match (proof::proven(text, least), &only) {
            (None, _) => true,
            (Some(address), Some(found)) => found.0 == address,
            (Some(address), None) => {
                only = Some((address, from, to));
                true
            }
        }
    };
    let front = GLUED.0.min(word.len().saturating_sub(proof::SHORTEST));
    for from in 0..=front {
        // 0x and 40 digits, bech32's mark: where they begin is where the address begins.
        let marked = bytes[from..].starts_with(b"0x");
        if from > 0 && bytes[from] == b'x' && bytes[from - 1] == b'0' {
            continue;
        }
        let back = GLUED
            .1
            .min(word.len() - from - proof::SHORTEST.min(word.len() - from));
        for dropped in 0..=back {
            let to = word.len() - dropped;
            if from == 0 && dropped == 0 || to - from < proof::SHORTEST {
                continue;
            }
            if marked && to - from != 42 {
                continue;
            }
            // base58check is short; only what begins with a mark of its own is longer.
            let hrp = ["bc1", "BC1", "tb1", "ltc1", "addr1"];
            if to - from > 36 && !marked && !hrp.iter().any(|p| word[from..].starts_with(p)) {
                continue;
            }
            // Behind hex only what is no hex digit is clearly not a part of it.
            if marked && dropped > 0 && bytes[to].is_ascii_hexdigit() && !bytes[to].is_ascii_digit()
            {
                continue;
            }
            if !tried(from, to) {
                return None;
            }
        }
    }
    only
}

/// What is wrong with a word.
pub(super) struct Verdict {
    pub(super) reason: &'static str,
    pub(super) why: String,
    pub(super) near: Vec<NearAddress>,
    pub(super) lead: Option<Identity>,
    /// Whether it is worth looking for one wrong character.
    pub(super) diagnose: bool,
}

/// What is wrong with a word that is no address; `None`: it was not meant as one. `at_end`: the line
/// ends behind it. `prefixed`: the word with its prefix (`bitcoincash:`, `nano_`), where it has one.
pub(super) fn verdict(
    word: &str,
    error: Option<AddressError>,
    at_end: bool,
    prefixed: Option<&str>,
) -> Option<Verdict> {
    let plain = |reason, why: String, near| Verdict {
        reason,
        why,
        near,
        lead: None,
        diagnose: false,
    };
    if let Some(error) = error
        && let Some(lead) = error.lead
    {
        let near = recased(word).map(|address| NearAddress {
            address,
            how: "the same digits in the casing that its checksum asks for".into(),
        });
        return Some(Verdict {
            reason: "bad-casing",
            why: format!("{error}: the letter case is wrong"),
            near: near.into_iter().collect(),
            lead: Some(lead),
            diagnose: false,
        });
    }
    // `Ox…`, the commonest slip of text recognition.
    if let Some(text) = hex_misread(word) {
        let near = Address::parse(&text).ok().map(|address| NearAddress {
            address,
            how: "with `O`, `o` and `l` read as the digits 0 and 1".into(),
        });
        let why = "misread: letters stand where hex digits belong".to_owned();
        return Some(plain("misread", why, near.into_iter().collect()));
    }
    if let Some(digits) = word.strip_prefix("0x")
        && digits.bytes().all(|b| b.is_ascii_hexdigit())
        && (32..=50).contains(&digits.len())
        && digits.len() != 40
    {
        let why = format!("{} hex digits instead of 40", digits.len());
        let longer = (41..=42).contains(&digits.len());
        let near = longer.then(|| Address::parse(&word[..42]).ok()).flatten();
        let near = near.map(|address| NearAddress {
            address,
            how: "without what may be a footnote mark; nothing confirms it".into(),
        });
        return Some(Verdict {
            diagnose: (39..=41).contains(&digits.len()),
            ..plain("wrong-length", why, near.into_iter().collect())
        });
    }
    if let Some(text) = prefixed
        && let Err(error) = address::decode(text.as_bytes())
        && let Some(format) = error.near
    {
        let why = format!("looks like {}, but {}", format.title, said(&error));
        return Some(plain("bad-checksum", why, Vec::new()));
    }
    let readings = misread(word);
    if !readings.is_empty() {
        let why = "misread: it has characters that no such address has";
        return Some(plain("misread", why.to_owned(), readings));
    }
    if let Some(error) = error
        && let Some(format) = error.near
        && matches!(
            error.reason,
            Reason::Checksum
                | Reason::MixedCase
                | Reason::Padding
                | Reason::Length
                | Reason::Character
        )
        && meant(word, &error)
    {
        return Some(Verdict {
            reason: match error.reason {
                Reason::Checksum => "bad-checksum",
                reason => reason.id(),
            },
            why: format!("looks like {}, but {}", format.title, said(&error)),
            near: Vec::new(),
            lead: None,
            diagnose: true,
        });
    }
    let lead =
        word.as_bytes().first().is_some_and(|b| b"13T".contains(b)) || word.starts_with("bc1");
    if at_end && lead && (15..25).contains(&word.len()) && mixed(word, 2) {
        let why = "part of an address, whose other part was not found".to_owned();
        return Some(plain("fragment", why, Vec::new()));
    }
    None
}

fn said(error: &AddressError) -> String {
    let text = error.to_string();
    match text.split_once(", but ") {
        Some((_, what)) => what.to_owned(),
        None => text,
    }
}

/// Whether a refused word was meant as an address: its format has a mark of its own, or the word is
/// as random as only an address is.
fn meant(word: &str, error: &AddressError) -> bool {
    let marked = word.starts_with("0x") && word.len() >= 40
        || ["bc1", "tb1", "ltc1", "BC1", "addr1", "cosmos1"]
            .iter()
            .any(|p| word.starts_with(p));
    let base58 = word.len() <= 36 && mixed(word, 3);
    marked || error.reason == Reason::Checksum && (base58 || word.len() > 36 && mixed(word, 6))
}

/// At least `least` digits, capitals and small letters each.
fn mixed(word: &str, least: usize) -> bool {
    let count = |f: fn(&u8) -> bool| word.bytes().filter(f).count() >= least;
    count(u8::is_ascii_digit) && count(u8::is_ascii_uppercase) && count(u8::is_ascii_lowercase)
}

fn recased(word: &str) -> Option<Address> {
    Address::parse(&word.to_ascii_lowercase()).ok()
}

/// The hex text behind `Ox51E9…` or `0x5lE9…`.
fn hex_misread(word: &str) -> Option<String> {
    let mut chars = word.chars();
    let zero = matches!(chars.next()?, '0' | 'O' | 'o' | 'Q' | 'D');
    let mark = matches!(chars.next()?, 'x' | 'X');
    let digits: String = chars
        .map(|c| match c {
            'O' | 'o' | 'Q' => '0',
            'l' | 'I' | 'i' => '1',
            'S' | 's' => '5',
            'Z' | 'z' => '2',
            'g' => '9',
            c => c,
        })
        .collect();
    let fits = zero && mark && digits.len() == 40 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let text = format!("0x{digits}");
    (fits && text != word).then_some(text)
}

/// The proven addresses that a text stands for when the letters that base58 and bech32 lack are
/// read as those they look like.
fn misread(word: &str) -> Vec<NearAddress> {
    let mut found: Vec<NearAddress> = Vec::new();
    if !(26..=90).contains(&word.len()) || !is_odd(word.as_bytes()) {
        return found;
    }
    if word.bytes().all(|b| b.is_ascii_hexdigit()) {
        return found;
    }
    let lower = word.to_ascii_lowercase();
    let bech32 = ["bc1", "bcl", "bci", "ltc1", "ltcl", "tb1"]
        .iter()
        .any(|p| lower.starts_with(p));
    let foreign: &dyn Fn(char) -> &'static str = if bech32 {
        &|c| match c {
            'o' | 'O' => "0",
            'b' => "68",
            'i' | 'I' | '1' => "l",
            'B' => "8",
            _ => "",
        }
    } else {
        &|c| match c {
            '0' | 'O' => "oQD",
            'l' => "1i",
            'I' => "1ij",
            _ => "",
        }
    };
    // A slip or two, not every fifth character; and base58check is short.
    let slips = word.chars().filter(|c| !foreign(*c).is_empty()).count();
    let few = if bech32 { 0..=SLIPS } else { 1..=SLIPS };
    if !few.contains(&slips) || !bech32 && word.len() > 36 {
        return found;
    }
    // The human-readable part and the separator stand as they are.
    let fixed = if bech32 {
        lower.find(['q', 'p', 'z']).unwrap_or(3)
    } else {
        0
    };
    let chars: Vec<char> = word.chars().collect();
    let mut readings: Vec<String> = vec![String::with_capacity(word.len())];
    for (at, &c) in chars.iter().enumerate() {
        if bech32 && at < fixed {
            let c = if at + 1 == fixed && matches!(c, 'l' | 'i' | 'I') {
                '1'
            } else {
                c
            };
            readings.iter_mut().for_each(|r| r.push(c));
            continue;
        }
        let others = foreign(c);
        if others.is_empty() {
            readings.iter_mut().for_each(|r| r.push(c));
            continue;
        }
        if readings.len() * others.len() > READINGS {
            return found;
        }
        readings = readings
            .iter()
            .flat_map(|r| others.chars().map(move |o| format!("{r}{o}")))
            .collect();
    }
    for reading in readings {
        if reading != word
            && let Some(address) = proof::proven(&reading, Proof::Strong)
            && !found.iter().any(|f| f.address == address)
        {
            let changed = reading
                .chars()
                .zip(word.chars())
                .filter(|(a, b)| a != b)
                .count();
            found.push(NearAddress {
                address,
                how: format!(
                    "{changed} characters read as those they look like; the checksum holds"
                )
                .into(),
            });
        }
    }
    found
}

/// The address that differs from a word by one edit, when there is exactly one.
pub(super) fn one_edit(word: &str) -> Option<NearAddress> {
    let found = diagnose(word)?;
    Some(NearAddress {
        how: found.to_string().into(),
        address: found.address,
    })
}

/// Ranges of shortened forms in a line: two ends of an address with dots between.
pub(super) fn shortened(line: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let bytes = line.as_bytes();
    let mut from = 0;
    while from < line.len() {
        let rest = &line[from..];
        let dots = ["…", "..."]
            .iter()
            .filter_map(|d| rest.find(d).map(|at| (at, d.len())))
            .min();
        let Some((at, len)) = dots else {
            break;
        };
        let at = from + at;
        let mut end = at + len;
        while bytes.get(end) == Some(&b'.') {
            end += 1;
        }
        let head = bytes[..at]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        let tail = bytes[end..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        let (left, right) = (&bytes[at - head..at], &bytes[end..end + tail]);
        let fits = |part: &[u8]| (3..=20).contains(&part.len()) && is_odd(part);
        let numbers = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        if fits(left) && fits(right) && !(numbers(left) && numbers(right)) {
            out.push((at - head, end + tail));
        } else if head == 0 && (4..=8).contains(&tail) && fits(right) && !numbers(right) {
            out.push((at, end + tail));
        }
        from = end;
    }
    out
}

/// Counts what looks like an identifier and is no address.
pub(super) fn others(held: &Held, counts: &mut BTreeMap<&'static str, u64>) {
    let line = held.text();
    let mut digits = false;
    for byte in line.bytes() {
        digits |= byte.is_ascii_digit();
    }
    if !digits {
        return;
    }
    let mut groups = String::new();
    for word in line.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if word.len() == 4 && groups.is_empty() && is_iban_start(word) {
            groups.push_str(word);
        } else if !groups.is_empty()
            && word.len() <= 4
            && word.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            groups.push_str(word);
            if word.len() < 4 || groups.len() >= 34 {
                count_iban(&groups, counts);
                groups.clear();
            }
        } else if !groups.is_empty() {
            count_iban(&groups, counts);
            groups.clear();
        }
        if word.len() < 8 || !word.bytes().any(|b| b.is_ascii_digit()) {
            continue;
        }
        if let Some(kind) = other(word) {
            *counts.entry(kind).or_default() += 1;
        }
    }
    if !groups.is_empty() {
        count_iban(&groups, counts);
    }
}

fn is_iban_start(word: &str) -> bool {
    let b = word.as_bytes();
    b[..2].iter().all(u8::is_ascii_uppercase) && b[2..].iter().all(u8::is_ascii_digit)
}

fn count_iban(text: &str, counts: &mut BTreeMap<&'static str, u64>) {
    if address::not_address(text) == Some(NotAddress::Iban) {
        *counts.entry("iban").or_default() += 1;
    }
}

fn other(word: &str) -> Option<&'static str> {
    let alphanumeric = word.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_case_number(word) {
        return Some("case-number");
    }
    if alphanumeric && word.len() == 20 && is_lei(word) {
        return Some("lei");
    }
    if word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some("hex-32");
    }
    // Longer words are looked at one by one.
    if alphanumeric && word.len() >= proof::SHORTEST {
        return None;
    }
    match address::not_address(word)? {
        kind @ (NotAddress::Uuid | NotAddress::Iban | NotAddress::OrderId) => Some(kind.id()),
        _ => None,
    }
}

/// ISO 17442: eighteen characters and two check digits, modulo 97 is 1.
fn is_lei(word: &str) -> bool {
    let b = word.as_bytes();
    b[18..].iter().all(u8::is_ascii_digit)
        && b.iter()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
        && b.iter().fold(0_u32, |rest, c| match c {
            b'0'..=b'9' => (rest * 10 + u32::from(c - b'0')) % 97,
            _ => (rest * 100 + u32::from(c - b'A') + 10) % 97,
        }) == 1
}

/// `1:20-cv-02227`, `20-cv-02227-TJK`, `22-mj-00022`: dockets of US courts.
fn is_case_number(word: &str) -> bool {
    let word = word.split_once(':').map_or(word, |(division, rest)| {
        if division.len() <= 2 && division.bytes().all(|b| b.is_ascii_digit()) {
            rest
        } else {
            ""
        }
    });
    let mut parts = word.split('-');
    let digits = |p: Option<&str>, n: std::ops::RangeInclusive<usize>| {
        p.is_some_and(|p| n.contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let year = digits(parts.next(), 2..=4);
    let kind = parts.next().is_some_and(|k| {
        [
            "cv", "cr", "mj", "mc", "sw", "sz", "br", "bk", "ap", "md", "sc", "gj", "po",
        ]
        .contains(&&*k.to_ascii_lowercase())
    });
    year && kind && digits(parts.next(), 2..=6)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address of Bitcoin's first block, spoilt.
    #[test]
    fn slips_have_one_reading() {
        let near = misread("lA1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
        assert_eq!(near.len(), 1);
        assert_eq!(
            near[0].address.canonical(),
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
        );
        // EIP-55's first example.
        assert_eq!(
            hex_misread("Ox5aAeb6O53F3E94C9b9A09f33669435E7Ef1BeAed").as_deref(),
            Some("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
        );
        assert_eq!(
            hex_misread("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            None
        );
    }

    #[test]
    fn glue_comes_off_where_a_checksum_says_so() {
        let of = |word: &str| glued(word).map(|(a, from, to)| (a.to_string(), from, to));
        let address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
        assert_eq!(
            of(&format!("{address}12")),
            Some((address.to_owned(), 0, 34))
        );
        assert_eq!(
            of(&format!("XBT{address}")),
            Some((address.to_owned(), 3, 37))
        );
        let evm = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        assert_eq!(of(&format!("{evm}7")), Some((evm.to_owned(), 0, 42)));
        assert_eq!(of(&format!("{}7", evm.to_lowercase())), None);
    }

    #[test]
    fn dockets_and_leis() {
        assert!(is_case_number("1:20-cv-02227"));
        assert!(is_case_number("20-cv-2396-TJK"));
        assert!(!is_case_number("2020-08-13"));
        // The LEI of the Global LEI Foundation itself.
        assert!(is_lei("506700GE1G29325QX363"));
    }

    #[test]
    fn shortened_forms() {
        let found: Vec<_> = shortened("from 185i3g...KHxu, wait… and 0xAF620E…2e6CE9, 1...2")
            .into_iter()
            .collect();
        assert_eq!(found, [(5, 18), (32, 49)]);
    }
}
