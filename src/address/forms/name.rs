//! Texts that stand for an address without being one: names that only a resolver knows, and
//! shortened display forms.
//!
//! It resolves nothing and completes nothing.

/// How sure it is that a text is a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// Not one.
    No,
    /// A domain or a handle: a name only where an address was asked for.
    Perhaps,
    /// A mail-like name: convincing as a whole cell, not inside a sentence.
    Cell,
    /// A name of a naming system for addresses.
    Yes,
}

/// Last labels of naming systems for addresses: ENS and its subdomains, Unstoppable Domains,
/// Solana, Space ID, TON, Tezos, Stacks, Starknet, Avvy, Sui and Aptos names, FIO.
const SUFFIXES: &[&str] = &[
    "888",
    "ada",
    "algo",
    "apt",
    "arb",
    "avax",
    "bch",
    "bitcoin",
    "bitget",
    "blockchain",
    "bnb",
    "btc",
    "coin",
    "crypto",
    "dao",
    "eth",
    "go",
    "hbar",
    "hi",
    "hns",
    "klever",
    "kresus",
    "lens",
    "manga",
    "nft",
    "polygon",
    "pudgy",
    "sol",
    "stark",
    "stx",
    "sui",
    "tez",
    "ton",
    "unstoppable",
    "wallet",
    "x",
    "xrp",
    "zil",
];

/// Whether `text` is a name.
pub(super) fn named(text: &str) -> Named {
    if !(3..=255).contains(&text.len()) || !text.is_ascii() {
        return Named::No;
    }
    // Stellar federation `name*domain` and PayString `name$domain`; FIO and mail-like `name@domain`.
    for (mark, sure) in [('*', Named::Yes), ('$', Named::Yes), ('@', Named::Cell)] {
        if let Some((name, host)) = text.split_once(mark) {
            let local = |b: u8| b.is_ascii_alphanumeric() || b"._-+@".contains(&b);
            return match () {
                _ if !host_like(host) || !name.bytes().all(local) => handle(mark, name, host),
                // `$wallet.example/alice` is a payment pointer; `*.example` a wild card.
                _ if name.is_empty() && mark != '$' => Named::No,
                _ => sure,
            };
        }
    }
    if !host_like(text) {
        return Named::No;
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    let suffix = SUFFIXES.iter().any(|s| s.eq_ignore_ascii_case(last));
    if suffix { Named::Yes } else { Named::Perhaps }
}

/// `$handle` (Cardano) and `name@domain` without a dot (FIO).
fn handle(mark: char, name: &str, host: &str) -> Named {
    let word = |t: &str| {
        !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && t.bytes().any(|b| b.is_ascii_alphabetic())
    };
    match mark {
        '$' if name.is_empty() && word(host) => Named::Perhaps,
        '@' if word(name) && word(host) && host.len() <= 64 => Named::Perhaps,
        _ => Named::No,
    }
}

/// Labels with dots between them, the last of them not a number (`0.0.123` is an account), and an
/// optional path.
fn host_like(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let Some((_, last)) = host.rsplit_once('.') else {
        return false;
    };
    let alphabetic = !last.is_empty() && last.bytes().all(|b| b.is_ascii_alphabetic());
    let word = last == "888" || last.starts_with("xn--") || alphabetic;
    word && host.split('.').all(label)
}

/// Whether `text` is a shortened display form: `0x1234…abcd`, `bc1q...t4`, `1A1z***vfNa`.
pub(super) fn truncated(text: &str) -> bool {
    ends(text).is_some()
}

/// The two ends of a shortened display form (`0x1234…abcd`); the second can be empty.
pub fn ends(text: &str) -> Option<(&str, &str)> {
    if text.len() > 200 {
        return None;
    }
    let filler = |c: char| matches!(c, '.' | '*' | '…' | '⋯' | '‥' | ' ' | '[' | ']');
    let from = text.find(filler)?;
    let (head, rest) = text.split_at(from);
    let len = rest.find(|c| !filler(c)).unwrap_or(rest.len());
    let (gap, tail) = rest.split_at(len);
    let gap = gap.trim_matches(|c| matches!(c, ' ' | '[' | ']'));
    let dots = |c: char| gap.len() >= 2 && gap.chars().all(|g| g == c);
    if !(matches!(gap, "…" | "⋯" | "‥") || dots('.') || dots('*')) {
        return None;
    }
    let word = |t: &str| t.bytes().all(|b| b.is_ascii_alphanumeric());
    let start = head.rsplit_once(':').map_or(head, |(_, h)| h);
    let hex = head.eq_ignore_ascii_case("0x");
    if !word(start) || !word(tail) || !(start.len() >= 3 || hex) || tail.len() == 1 {
        return None;
    }
    let enough = start.len() + tail.len() >= 6;
    // A digit, or letter case that no word has: `wait…what` is talk, `mvin…wfkN` is an address.
    let digit = start
        .bytes()
        .chain(tail.bytes())
        .any(|b| b.is_ascii_digit());
    let letter = start
        .bytes()
        .chain(tail.bytes())
        .any(|b| b.is_ascii_alphabetic());
    let jumps = |t: &str| {
        t.as_bytes()
            .windows(2)
            .any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase())
    };
    (enough && letter && (digit || jumps(start) || jumps(tail))).then_some((head, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_their_systems() {
        for (text, sure) in [
            ("vitalik.eth", Named::Yes),
            ("brad.crypto", Named::Yes),
            ("jesse.base.eth", Named::Yes),
            ("bob*stellar.org", Named::Yes),
            ("alice$wallet.example", Named::Yes),
            ("$wallet.example/alice", Named::Yes),
            ("satoshi@example.com", Named::Cell),
            ("alice@fiotestnet", Named::Perhaps),
            ("$handle", Named::Perhaps),
            ("example.com", Named::Perhaps),
            ("0.0.123", Named::No),
            ("0.0.123-vfmkw", Named::No),
            ("$100", Named::No),
            ("5*3", Named::No),
            ("word", Named::No),
            ("*.example.com", Named::No),
        ] {
            assert_eq!(named(text), sure, "{text}");
        }
    }

    #[test]
    fn display_forms_have_two_ends() {
        for text in [
            "0x1234…abcd",
            "0x5aAe...eAed",
            "bc1qw5..8f3t4",
            "1A1z***vfNa",
            "0x1234 … abcd",
            "0x12345678...",
            "0x1234[...]abcd",
            "bitcoin:1A1z…vfNa",
            "mvin…wfkN",
        ] {
            assert!(truncated(text), "{text}");
        }
        for text in [
            "wait...",
            "Hello...World",
            "wait…what",
            "1...5",
            "../foo",
            "2019...2020",
            "0x1234.abcd",
            "a b",
            "***",
            "…",
        ] {
            assert!(!truncated(text), "{text}");
        }
    }
}
