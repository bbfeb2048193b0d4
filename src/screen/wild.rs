//! Which cells hold more than plain words: the slow, thorough reading is for them alone.
//!
//! A run of ASCII letters and digits is found by the scan itself, whatever stands around it. What
//! it cannot see is an address with something inside: invisible or look-alike characters, escapes,
//! white space, the dots of a shortened form.

/// Whether a cell is read again through the text forms.
pub(super) fn is_wild(cell: &[u8]) -> bool {
    // An XRP or EOS account is short, a shortened form shorter still (`0x12…ab`).
    if cell.len() < 8 {
        return false;
    }
    let mut run = 0;
    let mut digits = false;
    let mut letters = false;
    // White space inside an address leaves several mixed fragments behind.
    let mut fragments = 0;
    let mut fragment_bytes = 0;
    for (i, &byte) in cell.iter().enumerate() {
        match byte {
            b'0'..=b'9' => (run, digits) = (run + 1, true),
            b'a'..=b'z' | b'A'..=b'Z' => (run, letters) = (run + 1, true),
            _ => {
                if digits && letters && run >= 4 {
                    fragments += 1;
                    fragment_bytes += run;
                }
                (run, digits, letters) = (0, false, false);
                match byte {
                    0x80.. => return true,
                    b'.' | b'*'
                        if cell[i..].len() > 2 && cell[i + 1] == byte && cell[i + 2] == byte =>
                    {
                        return true;
                    }
                    b'%' if cell[i + 1..].first().is_some_and(u8::is_ascii_hexdigit) => {
                        return true;
                    }
                    b'&' if cell[i + 1..]
                        .first()
                        .is_some_and(|b| *b == b'#' || b.is_ascii_alphabetic()) =>
                    {
                        return true;
                    }
                    b'\\' if cell[i + 1..].first() == Some(&b'u') => return true,
                    _ => {}
                }
            }
        }
    }
    if digits && letters && run >= 4 {
        fragments += 1;
        fragment_bytes += run;
    }
    fragments >= 2 && fragment_bytes >= 25 && longest_is_short(cell) && !is_uuid(cell)
}

/// Whether a cell is a UUID: five groups of hex digits. Exports are full of them.
fn is_uuid(cell: &[u8]) -> bool {
    let dashed = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, b): (usize, &u8)| match dashed(at) {
        true => *b == b'-',
        false => b.is_ascii_hexdigit(),
    };
    cell.len() == 36 && cell.iter().enumerate().all(fits)
}

/// Whether no word is long enough to be an address by itself.
fn longest_is_short(cell: &[u8]) -> bool {
    cell.split(|b| !b.is_ascii_alphanumeric())
        .all(|word| word.len() < 62)
}

/// Short addresses with dots, dashes or underscores that no run of letters and digits shows, behind
/// their chain or not: `0.0.98`, `hedera:mainnet:0.0.98` (CAIP-10).
pub(super) fn short_form(cell: &[u8]) -> Option<&[u8]> {
    let from = memchr::memrchr(b':', cell).map_or(0, |at| at + 1);
    let (chain, account) = cell.split_at(from);
    let named = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_');
    let dotted = |b: &u8| named(b) || *b == b'.';
    let short =
        account.starts_with(b"0.0.") || account.ends_with(b".near") || account.ends_with(b".tg");
    let plain = account.iter().all(dotted) && chain.iter().all(named);
    (short && account.len() <= 64 && plain).then_some(account)
}

/// Whether a cell is such a one.
pub(super) fn is_short_form(cell: &[u8]) -> bool {
    short_form(cell).is_some()
}

/// Longest text that [`wider`] takes.
const WIDER_MAX: usize = 160;

/// The run around a token that also takes `-`, `_`, `+` and `/` (TON's base64, `nano_`), with an
/// optional leading `name:` (TON raw, `ronin:`), when it is longer than the token.
pub(super) fn wider(cell: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let inner = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/');
    // No longer than a little more than is taken: a cell may be one long base64 text.
    let before = cell[..start].iter().rev().take(WIDER_MAX + 1);
    let mut from = start - before.take_while(|b| inner(b)).count();
    let after = cell[end..].iter().take(WIDER_MAX + 1);
    let to = end + after.take_while(|b| inner(b)).count();
    if from == start && from > 0 && cell[from - 1] == b':' {
        let name = cell[..from - 1]
            .iter()
            .rev()
            .take(WIDER_MAX + 1)
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
            .count();
        from -= name + 1;
    }
    ((from, to) != (start, end) && to - from <= WIDER_MAX).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{self, forms};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn uuids_hide_nothing(
            text in "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
        ) {
            for text in [text.to_uppercase(), text] {
                let forms = forms::read_all(&text);
                let nothing = |f: &forms::Form| match f.status {
                    forms::Status::None => true,
                    forms::Status::Ok => address::decode(f.text.as_bytes()).is_err(),
                    _ => false,
                };
                prop_assert!(forms.iter().all(|f| nothing(f) && f.contract.is_none()), "{forms:?}");
            }
        }
    }

    #[test]
    fn plain_cells_are_not_wild() {
        for cell in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "paid to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa today",
            "2024-01-31 12:00:00",
            "invoice 2024-17, thanks",
            "12.50",
            "550e8400-e29b-41d4-a716-446655440000",
        ] {
            assert!(!is_wild(cell.as_bytes()), "{cell}");
        }
    }

    #[test]
    fn hidden_addresses_are_wild() {
        for cell in [
            "0x5aAe...eAed",
            "0x5aAe\u{2026}eAed",
            "1A1zP1eP5QGefi\u{200b}2DMPTfTL5SLmv7DivfNa",
            "bc1q w508 d6qe jxtd g4y5 r3za rvar y0c5 xw7k v8f3 t4",
            "bitcoin%3A1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        ] {
            assert!(is_wild(cell.as_bytes()), "{cell}");
        }
    }

    #[test]
    fn short_accounts_stand_behind_their_chain() {
        let account = |cell: &'static str| {
            short_form(cell.as_bytes()).map(|a| std::str::from_utf8(a).unwrap())
        };
        assert_eq!(account("0.0.98"), Some("0.0.98"));
        assert_eq!(account("hedera:mainnet:0.0.98"), Some("0.0.98"));
        assert_eq!(account("near:mainnet:alice.near"), Some("alice.near"));
        assert_eq!(account("see: 0.0.98"), None);
        assert_eq!(account("https://alice.near"), None);
        assert_eq!(account("12:30:10.25"), None);
    }

    #[test]
    fn a_wider_run_takes_base64_and_prefixes() {
        let cell = b"to nano_1abc, EQ-d_x+y/z and ronin:53";
        let at = |word: &str| {
            let text = std::str::from_utf8(cell).unwrap();
            let start = text.find(word).unwrap();
            wider(cell, start, start + word.len()).map(|(a, b)| &text[a..b])
        };
        assert_eq!(at("1abc"), Some("nano_1abc"));
        assert_eq!(at("EQ"), Some("EQ-d_x+y/z"));
        assert_eq!(at("53"), Some("ronin:53"));
        assert_eq!(at("to"), None);
    }
}
