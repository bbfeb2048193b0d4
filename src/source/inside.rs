//! Every address in a line or cell of somebody's own list, however it is wrapped: two in a cell,
//! `(1abc)`, `* 1abc`, `ethereum:0x…`. And what is left beside them: a label.
//!
//! It does not know lists. Private keys are no identifiers: where one stands nothing is given back.

use crate::address::formats::Check;
use crate::address::{Decoded, decode, forms};

/// Shorter texts are addresses only where they stand alone.
const SHORTEST: usize = 25;
/// The shortest key.
const SECRET: usize = 20;

/// The format and identity of `text`; an account with wrong casing is that account.
fn known(text: &str) -> Option<Decoded> {
    match decode(text.as_bytes()) {
        Ok(decoded) => Some(decoded),
        Err(e) => Some(Decoded {
            format: e.near?,
            identity: e.lead?,
        }),
    }
}

/// Whether `text`, alone in its cell, is an address.
pub(super) fn is_address(text: &str) -> bool {
    known(text).is_some()
}

/// Whether `text` could be what is left of a listed address: long, and of letters and digits.
pub(super) fn is_damaged(text: &str) -> bool {
    text.len() >= SHORTEST && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether `text` can be an account of a network whose addresses are bare hex, or numbers with dots
/// (HIP-15): it is looked up in every spelling, and does not show whose it is.
pub(super) fn is_account(text: &str) -> bool {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let hex = hex.is_some_and(|hex| {
        (40..=64).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit())
    });
    let number = text.strip_prefix("0.0.");
    hex || number.is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
}

/// What an unlisted private key or seed in `text` is, if there is one.
pub(super) fn secret(text: &str) -> Option<&'static str> {
    // A key is one long word, a seed phrase many.
    let words = || text.bytes().filter(|b| *b == b' ').count() > 10;
    if !(has_run(text, SECRET) || words()) || is_address(text) {
        return None;
    }
    forms::holds_secret(text)
}

/// Whether there is a run of so many letters and digits.
fn has_run(text: &str, least: usize) -> bool {
    let mut run = 0;
    text.bytes().any(|b| {
        run = if b.is_ascii_alphanumeric() {
            run + 1
        } else {
            0
        };
        run >= least
    })
}

/// The addresses inside `text`, each once, in order; and the text without them.
pub(super) fn addresses(text: &str) -> (Vec<String>, String) {
    let mut found: Vec<String> = Vec::new();
    if !has_run(text, SHORTEST) {
        return (found, text.to_owned());
    }
    let mut rest = String::new();
    let mut end = 0;
    for form in forms::read_all(text) {
        let Some(address) = form.address() else {
            continue;
        };
        let sure = |d: Decoded| match d.format.check {
            Check::Checksum => true,
            Check::Casing => address.starts_with("0x") || address.starts_with("0X"),
            // 64 hex digits beside other words are a transaction far more often.
            Check::None => !address.bytes().skip(2).all(|b| b.is_ascii_hexdigit()),
        };
        if address.len() < SHORTEST || !known(address).is_some_and(sure) {
            continue;
        }
        if !found.iter().any(|f| f == address) {
            found.push(address.to_owned());
        }
        if let Some(before) = text.get(end..form.range.start) {
            rest.push_str(before);
            rest.push(' ');
        }
        end = end.max(form.range.end);
    }
    rest.push_str(text.get(end..).unwrap_or_default());
    (found, rest)
}

/// What is left of a line beside its addresses, as a label: without the marks that held them.
pub(super) fn label(rest: &str) -> String {
    let mark =
        |c: char| c.is_whitespace() || c.is_control() || ",;|\"'`()[]{}<>*-–—•=:".contains(c);
    let parts: Vec<_> = rest
        .split([',', ';', '\t', '|'])
        .map(|part| part.trim_matches(mark))
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Addresses of the Bitcoin genesis block, BIP-173 and EIP-55.
    const A: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    const B: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    const C: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    #[test]
    fn wrapped_and_crowded() {
        let one = [
            format!("({A})"),
            format!("* {A}"),
            format!("- {A}"),
            format!("bitcoin:{A}"),
            format!("[{A}]"),
            format!("<{A}>."),
        ];
        for text in &one {
            let (found, rest) = addresses(text);
            assert_eq!(found, [A], "{text}");
            assert!(label(&rest).len() <= "bitcoin".len(), "{text}: {rest}");
        }
        for between in [" ", ";", ",", "\t", " / ", "\n", " and ", " | ", " Bob, "] {
            for (a, b) in [(A, B), (B, A), (C, A), (A, C)] {
                let (found, _) = addresses(&format!("{a}{between}{b}"));
                assert_eq!(found, [a, b], "{between:?}");
            }
        }
        let (found, _) = addresses(&format!("ethereum:{C}"));
        assert_eq!(found, [C]);
        let (found, rest) = addresses(&format!("Bob's wallet, {A}"));
        assert_eq!(
            (found, &*label(&rest)),
            (vec![A.to_owned()], "Bob's wallet")
        );
    }

    #[test]
    fn labels_are_no_addresses() {
        let hash = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060";
        for text in [
            "Bob",
            "alice",
            "a.near",
            "0.0.123",
            hash,
            "seen in block 123456789",
        ] {
            assert_eq!(addresses(text).0, [""; 0], "{text}");
        }
    }
}
