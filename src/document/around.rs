//! What stands around an address: the asset named beside it, the heading above, the words next to
//! it, and those among them that change what it means.
//!
//! Labels and notes explain; they never decide whether a text is an address of a checked format.

use super::Kind;
use super::tokens::Held;
use crate::address::network;
use std::rc::Rc;

/// Bytes before an address in which its label is looked for.
const LABEL: usize = 56;
/// Words between an address and its label.
const WORDS: usize = 6;
/// Characters of context on each side.
const CONTEXT: (usize, usize) = (90, 70);

/// Names of assets and chains, in lower case.
const NAMES: &[&str] = &[
    "bitcoin",
    "ethereum",
    "ether",
    "tron",
    "tether",
    "litecoin",
    "monero",
    "zcash",
    "dogecoin",
    "solana",
    "bnb",
    "trc20",
    "trc-20",
    "erc20",
    "erc-20",
    "bep20",
    "bep-20",
    "omni",
    "usdterc20",
    "usdttrc20",
    "xbt",
    "usd coin",
    "arbitrum",
    "cardano",
    "polkadot",
    "биткоин",
    "эфириум",
    "بيتكوين",
    "البيتكوين",
    "إيثيريوم",
    "ביטקוין",
];
/// Names that are words too: only with a capital.
const CAPITAL: &[&str] = &[
    "Dash",
    "Ripple",
    "Stellar",
    "Polygon",
    "Optimism",
    "Avalanche",
    "Binance",
    "Base",
    "Tezos",
    "Verge",
    "Cosmos",
    "Polygon",
];
/// Codes that are words when a heading is in capitals.
const WORDY: &[&str] = &["ONE", "OP", "NEAR", "TON", "BASE", "DASH"];

/// Words near an address that change its meaning, and how.
const NOTES: &[(&[&str], &str)] = &[
    (
        &["victim"],
        "`victim` stands near it: it may belong to a victim",
    ),
    (
        &["returned", "refunded", "restitution", "remission"],
        "funds returned: it may be where they went back to",
    ),
    (
        &[
            "held by the fbi",
            "controlled by the fbi",
            "fbi wallet",
            "fbi-controlled",
            "law enforcement controlled",
            "law enforcement-controlled",
            "government-controlled",
            "government controlled",
            "controlled by law enforcement",
            "controlled by the government",
            "controlled by the united states",
            "united states marshals",
            "u.s. marshals",
            "government wallet",
            "held by the government",
            "custody of the united states",
            "law enforcement wallet",
            "law-enforcement wallet",
            "seizure wallet",
        ],
        "a wallet of the authorities: seized funds may be held there",
    ),
    (
        &["undercover"],
        "`undercover` stands near it: it may be an investigator's",
    ),
    (
        &["hot wallet", "deposit address", "omnibus"],
        "a service's wallet: others use it too",
    ),
    (
        &["delisted", "removed from the list", "deleted from the list"],
        "removed: the text says that it was taken off a list",
    ),
    (
        &["for example", "sample address", "example address"],
        "named as an example",
    ),
];

/// The last `most` bytes of a text, from a character on.
pub(super) fn tail(text: &str, most: usize) -> &str {
    let mut from = text.len().saturating_sub(most);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

/// The first `most` bytes of a text, up to a character.
fn head(text: &str, most: usize) -> &str {
    let mut to = text.len().min(most);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[..to]
}

fn is_asset(word: &str) -> bool {
    let code = word.len() >= 3
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !WORDY.contains(&word)
        && network::asset(word).is_some();
    code || CAPITAL.contains(&word) || {
        let lower = word.to_lowercase();
        NAMES.contains(&&*lower)
    }
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .map(|w| w.trim_matches('-'))
        .filter(|w| !w.is_empty())
}

/// The asset named last before byte `from` of a line; empty when there is none.
pub(super) fn label_before(line: &str, from: usize) -> &str {
    let before = tail(&line[..from], LABEL);
    let mut named: Option<(usize, usize)> = None;
    let mut since = 0;
    for (nth, word) in words(before).rev().take(WORDS + 4).enumerate() {
        // Another address: what stands before it is about that one.
        if word.len() >= 20 && word.is_ascii() {
            break;
        }
        let at = word.as_ptr() as usize - before.as_ptr() as usize;
        // Directly before an address it is no mere word.
        let asset = is_asset(word) || nth == 0 && WORDY.contains(&word);
        match (&mut named, asset) {
            (None, true) => named = Some((at, at + word.len())),
            (Some(found), true) if since <= 2 => found.0 = at,
            (Some(_), true) => break,
            _ => {}
        }
        since = if asset { 0 } else { since + 1 };
        if named.is_none() && since >= WORDS || named.is_some() && since > 2 {
            break;
        }
    }
    let Some((from, to)) = named else {
        return "";
    };
    // `ETH: 0x… BNB` names two; only the nearer one is meant, unless they belong together.
    let text = &before[from..to];
    match text.rfind([';', ',', ':', '\t']) {
        Some(at) => text[at + 1..].trim_start(),
        None => text,
    }
}

/// The asset named in a text that stands behind an address: `(BTC)`, `on Tron`.
fn label_after(after: &str) -> &str {
    let after = head(after, 40).trim_start();
    let inner = match after.strip_prefix('(') {
        Some(inner) => inner.split(')').next().unwrap_or_default(),
        None => match after.strip_prefix("on ").or(after.strip_prefix("[")) {
            Some(rest) => rest
                .split([' ', ',', '.', ';', ']'])
                .next()
                .unwrap_or_default(),
            None => return "",
        },
    };
    if words(inner).take(3).any(is_asset) {
        inner.trim()
    } else {
        ""
    }
}

/// The asset named beside the address that begins at `first` and ends at `last`.
pub(super) fn label(
    window: &[Held],
    first: (u32, u32),
    last: (u32, u32),
    networks: &[&'static str],
) -> Rc<str> {
    let held = &window[first.0 as usize];
    let line = held.text();
    let before = label_before(line, first.1 as usize);
    if !before.is_empty() {
        return before.into();
    }
    let beside = label_before(&held.line.beside, held.line.beside.len());
    if !beside.is_empty() {
        return beside.into();
    }
    let after = label_after(&window[last.0 as usize].text()[last.1 as usize..]);
    if !after.is_empty() {
        return after.into();
    }
    // In a list, what was said above the first holds for the others.
    let bullet = line[..first.1 as usize]
        .chars()
        .all(|c| !c.is_alphanumeric() || c.is_ascii_digit());
    if !bullet {
        return "".into();
    }
    let above = window[..first.0 as usize]
        .iter()
        .rev()
        .filter(|h| !h.is_blank() && !h.line.hidden);
    for above in above.take(2) {
        if !above.label.is_empty() && above.networks.iter().any(|n| networks.contains(n)) {
            return above.label.clone();
        }
        let text = above.text().trim_end();
        if above.taken.is_empty() && (text.ends_with(':') || text.len() <= 32) {
            return label_before(text, text.len()).into();
        }
        if above.taken.is_empty() {
            break;
        }
    }
    "".into()
}

/// Whether the words before an address, or its heading, speak of one of these networks.
pub(super) fn speaks_of(held: &Held, from: usize, networks: &[&str]) -> bool {
    let text = format!(
        "{} {} {}",
        held.section,
        held.line.beside,
        tail(&held.text()[..from], 160)
    )
    .to_lowercase();
    networks.iter().any(|network| {
        let codes = network::ASSETS
            .iter()
            .filter(|a| a.networks == [*network])
            .map(|a| a.code.to_lowercase());
        let named = words(&text).any(|w| w == *network || codes.clone().any(|c| c == w));
        named || *network == "solana" && text.contains("solscan")
    })
}

/// The heading that a line is, if it is one.
pub(super) fn heading(
    kind: Kind,
    above: Option<&Held>,
    held: &Held,
    below: Option<&Held>,
) -> Option<String> {
    let text = held.text().trim();
    if held.line.hidden || text.is_empty() {
        return None;
    }
    if held.line.heading > 0 {
        let text = held.shown();
        return Some(text.trim().trim_start_matches('#').trim().to_owned());
    }
    if !matches!(
        kind,
        Kind::Text | Kind::Eml | Kind::Pdf | Kind::Docx | Kind::Odt
    ) {
        return None;
    }
    let blank = |held: Option<&Held>| held.is_none_or(|h| h.is_blank() || h.line.hidden);
    if !(4..=110).contains(&text.len()) {
        return None;
    }
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let capitals = letters.clone().filter(|c| c.is_uppercase()).count();
    let letters = letters.count();
    let shouted = capitals == letters && letters >= 4 && text.split_whitespace().count() >= 2;
    let short = text.split_whitespace().count() <= 16;
    let opens = text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || !c.is_ascii());
    let ends = text.ends_with(['.', ',', ';']) && !text.ends_with("Inc.");
    let long_word = text.split_whitespace().any(|w| w.len() >= 24);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    // A page's running header stands alone too.
    let running = text.starts_with("Case ") && text.contains("Document");
    let fits = short && opens && !ends && !long_word && digits * 3 < text.len() && !running;
    let alone = blank(above) && (blank(below) || kind == Kind::Text && above.is_none());
    let standing = alone && kind != Kind::Pdf;
    (fits && letters >= 3 && (shouted || standing)).then(|| held.shown().trim().to_owned())
}

/// The words around an address, on one line; secrets among them are not shown.
pub(super) fn context(window: &[Held], first: (u32, u32), last: (u32, u32)) -> String {
    let seen = |ix: &usize| !window[*ix].line.hidden && !window[*ix].is_blank();
    let (from, to) = (first.0 as usize, last.0 as usize);
    let held = &window[from];
    let mut before = tail(&held.shown()[..first.1 as usize], CONTEXT.0).to_owned();
    if !held.line.beside.is_empty() {
        before = format!("{} {before}", tail(&held.shown_beside(), CONTEXT.0));
    }
    let mut above = from;
    for _ in 0..4 {
        if before.chars().count() >= CONTEXT.0 / 2 || window[from].line.hidden {
            break;
        }
        let Some(ix) = (0..above).rev().take(8).find(seen) else {
            break;
        };
        before = format!(
            "{} {before}",
            tail(&window[ix].shown(), CONTEXT.0 - before.len().min(60))
        );
        above = ix;
    }
    let mut middle = String::new();
    for (ix, held) in window.iter().enumerate().take(to + 1).skip(from) {
        let text = held.shown();
        let start = if ix == from { first.1 as usize } else { 0 };
        let end = if ix == to {
            last.1 as usize
        } else {
            text.len()
        };
        middle.push_str(text.get(start..end).unwrap_or_default());
        middle.push(' ');
    }
    if middle.len() > 400 {
        middle = format!("{} … {}", head(&middle, 160), tail(&middle, 160));
    }
    let held = window[to].shown();
    let rest = &held[last.1 as usize..];
    let mut after = head(rest, CONTEXT.1).to_owned();
    if after.trim().chars().count() < CONTEXT.1 / 3
        && !window[to].line.hidden
        && let Some(ix) = (to + 1..window.len()).take(8).find(seen)
    {
        after = format!(
            "{after} {}",
            head(&window[ix].shown(), CONTEXT.1 - after.len().min(40))
        );
    }
    let glued = !rest.starts_with(char::is_whitespace);
    let middle = if glued { middle.trim_end() } else { &middle };
    let whole = format!("{before}{middle}{after}");
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the words of its own sentence, and those left of it, say about an address's meaning.
pub(super) fn notes(window: &[Held], first: (u32, u32), last: (u32, u32)) -> Vec<&'static str> {
    const REACH: usize = 160;
    let held = &window[first.0 as usize];
    let seen = |h: &&Held| !h.line.hidden && !h.is_blank();
    let mut before = since_stop(tail(&held.text()[..first.1 as usize], REACH)).to_owned();
    let begins = before.len() == first.1 as usize && before.len() < REACH;
    // A sentence that runs on from the line above, unless that ends with another address.
    if begins
        && let Some(above) = window[..first.0 as usize].last().filter(seen)
        && above.taken.is_empty()
    {
        let above = above.text().trim_end();
        if !above.ends_with(['.', ';']) {
            before = format!("{} {before}", since_stop(tail(above, REACH)));
        }
    }
    let held_last = &window[last.0 as usize];
    let rest = head(&held_last.text()[last.1 as usize..], REACH);
    let mut after = until_stop(rest).to_owned();
    let ends = after.len() == held_last.text().len() - last.1 as usize;
    if ends
        && let Some(below) = window.get(last.0 as usize + 1).filter(seen)
        && below.text().trim_start().starts_with(char::is_lowercase)
    {
        after = format!("{after} {}", until_stop(head(below.text(), REACH)));
    }
    let text = format!("{} {before} {after}", held.line.beside).to_lowercase();
    NOTES
        .iter()
        .filter(|(needles, _)| needles.iter().any(|n| text.contains(n)))
        .map(|(_, note)| *note)
        .collect()
}

/// What follows the last end of a sentence.
fn since_stop(text: &str) -> &str {
    let stop = text
        .rmatch_indices(['.', ';', '•'])
        .find(|(at, mark)| ends_sentence(text, *at, mark));
    stop.map_or(text, |(at, mark)| &text[at + mark.len()..])
}

/// What stands before the first end of a sentence.
fn until_stop(text: &str) -> &str {
    let stop = text
        .match_indices(['.', ';', '•'])
        .find(|(at, mark)| ends_sentence(text, *at, mark));
    stop.map_or(text, |(at, _)| &text[..at])
}

fn ends_sentence(text: &str, at: usize, mark: &str) -> bool {
    let after = text[at + mark.len()..].chars().next();
    mark != "." || after.is_none_or(char::is_whitespace)
}
