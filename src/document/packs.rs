//! Tag packs in YAML or JSON: which asset the keys beside an address name.
//!
//! The addresses themselves are found as in any text, so a pack that is not quite valid loses none.
//! This only reads `currency: BTC` and its like: in the same item, or for the whole pack.

use super::tokens::Held;

/// Keys whose value says of which asset or chain an address is.
const KEYS: &[&str] = &[
    "currency",
    "asset",
    "network",
    "chain",
    "blockchain",
    "symbol",
    "coin",
    "ticker",
    "token",
];
/// Lines of one item that are looked at in each direction.
const ITEM: usize = 16;

/// What holds for a whole pack.
#[derive(Debug, Default)]
pub(super) struct Pack {
    currency: String,
    depth: u32,
}

impl Pack {
    /// Takes the next line: a key of the outermost level holds for all that follows.
    pub(super) fn line(&mut self, line: &str) {
        let inner = self.depth > 1 || line.starts_with([' ', '-']) && self.depth == 0;
        if !inner && let Some(value) = value(line) {
            self.currency = value.to_owned();
        }
        for byte in line.bytes() {
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// The asset of the address at byte `from` of the first line of `ahead`.
    pub(super) fn label(&self, ahead: &[Held], behind: &[Held], from: usize) -> String {
        let Some(held) = ahead.first() else {
            return String::new();
        };
        let line = held.text();
        let open = line[..from].rfind('{').map_or(0, |at| at + 1);
        let close = line[from..].find('}').map_or(line.len(), |at| from + at);
        let mut own = line[open..close].split(',');
        if let Some(value) = own.find_map(value) {
            return value.to_owned();
        }
        let whole_item = open > 0 && close < line.len();
        if !whole_item {
            let starts = |text: &str| {
                let text = text.trim_start();
                text.starts_with("- ") || text.starts_with(['{', '}'])
            };
            for held in ahead.iter().skip(1).take(ITEM) {
                if starts(held.text()) {
                    break;
                }
                if let Some(value) = value(held.text()) {
                    return value.to_owned();
                }
            }
            let mut begun = starts(line);
            for held in behind.iter().rev().take(ITEM) {
                if begun {
                    break;
                }
                begun = starts(held.text());
                if let Some(value) = value(held.text()) {
                    return value.to_owned();
                }
            }
        }
        self.currency.clone()
    }
}

/// The value of a line or pair whose key names an asset.
fn value(pair: &str) -> Option<&str> {
    let pair = pair.trim().trim_start_matches("- ").trim_start_matches('{');
    let (key, value) = pair.split_once(':')?;
    let bare = |text: &str| -> bool { !text.is_empty() && text.len() <= 24 };
    let key = key.trim().trim_matches(['"', '\'']);
    let value = value.trim().trim_end_matches(',').trim_matches(['"', '\'']);
    (KEYS.iter().any(|k| key.eq_ignore_ascii_case(k)) && bare(value)).then_some(value)
}
