//! A row's amount text into an exact number.
//!
//! Nothing is guessed: where a comma can be a decimal mark and can separate thousands, the column's
//! other cells decide, and when they do not, the amount counts as not read.

use crate::screen::{Decimal, Quantity};

/// Reads the amounts of one column.
#[derive(Clone, Debug, Default)]
pub struct AmountReader {
    /// The decimal mark, when every cell that shows one shows the same.
    mark: Option<char>,
    /// The heading.
    heading: Box<str>,
    /// The asset that the heading states: `Amount (BTC)`.
    asset: Box<str>,
}

/// Signs that stand for a currency.
const SIGNS: &[(char, &str)] = &[
    ('$', "USD"),
    ('€', "EUR"),
    ('£', "GBP"),
    ('¥', "JPY"),
    ('₿', "BTC"),
];

/// What a spreadsheet no longer knows every digit of is written with this power of ten at least.
const ROUNDED: i32 = 11;

/// An amount taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    negative: bool,
    /// Digits and marks.
    number: String,
    power: i32,
    unit: String,
}

/// Takes `text` apart; `None`: it is no amount.
fn parts(text: &str) -> Option<Parts> {
    let mut out = Parts::default();
    let mut rest = text.trim();
    if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        out.negative = true;
        rest = inner.trim();
    }
    let space = |c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}';
    // Signs, currencies and words before and after the number.
    loop {
        rest = rest.trim_matches(|c: char| space(c) || c == '+');
        let Some(first) = rest.chars().next() else {
            return None;
        };
        if matches!(first, '-' | '−') && !out.negative {
            out.negative = true;
            rest = &rest[first.len_utf8()..];
        } else if let Some((_, unit)) = SIGNS.iter().find(|s| s.0 == first) {
            if !out.unit.is_empty() {
                return None;
            }
            out.unit = (*unit).to_owned();
            rest = &rest[first.len_utf8()..];
        } else if first.is_ascii_uppercase() && out.unit.is_empty() {
            let (word, after) = rest.split_once(space)?;
            if !unit(word) {
                return None;
            }
            out.unit = word.to_owned();
            rest = after;
        } else {
            break;
        }
    }
    let numeric = |c: char| c.is_ascii_digit() || ".,'’".contains(c) || space(c);
    let end = rest.find(|c| !numeric(c)).unwrap_or(rest.len());
    let (number, mut after) = rest.split_at(end);
    out.number = number.trim_matches(space).to_owned();
    if let Some(power) = after.strip_prefix(['e', 'E']) {
        let end = power
            .char_indices()
            .find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && matches!(c, '+' | '-')))
            .map_or(power.len(), |(at, _)| at);
        if let Ok(n) = power[..end].parse::<i32>() {
            out.power = n;
            after = &power[end..];
        }
    }
    let after = after.trim_matches(space);
    if !after.is_empty() {
        let sign = SIGNS.iter().find(|s| after == s.0.to_string());
        let word = sign.map_or(after, |s| s.1);
        if !unit(word) || !out.unit.is_empty() && out.unit != word {
            return None;
        }
        out.unit = word.to_owned();
    }
    out.number
        .bytes()
        .any(|b| b.is_ascii_digit())
        .then_some(out)
}

/// Whether `word` is written like the name of an asset. `ID 5` is a number of a token, no amount.
fn unit(word: &str) -> bool {
    let first = word.chars().next().is_some_and(|c| c.is_alphabetic());
    first
        && (2..=20).contains(&word.len())
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || "._-".contains(c))
        && !matches!(word, "ID" | "No" | "NO" | "Nr" | "AM" | "PM")
}

/// How the marks of a number can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marks {
    /// There is none.
    None,
    /// This one is the decimal mark.
    Decimal(char),
    /// These separate thousands, and there is no decimal mark.
    Thousands(char),
    /// This one can be either.
    Either(char),
    /// It makes no sense as a number.
    Wrong,
}

fn marks(number: &str) -> Marks {
    let of = |mark: char| number.matches(mark).count();
    let grouped = |whole: &str, mark: char| {
        let mut groups = whole.split(mark);
        let first = groups.next().map_or(0, str::len);
        (1..=3).contains(&first) && groups.all(|g| g.len() == 3)
    };
    match (of('.'), of(',')) {
        (0, 0) => Marks::None,
        (0, n) | (n, 0) => {
            let mark = if of(',') > 0 { ',' } else { '.' };
            let (whole, part) = number.rsplit_once(mark).unwrap_or((number, ""));
            match n {
                1 if part.len() == 3 && grouped(number, mark) && !whole.starts_with('0') => {
                    Marks::Either(mark)
                }
                1 => Marks::Decimal(mark),
                _ if grouped(number, mark) => Marks::Thousands(mark),
                _ => Marks::Wrong,
            }
        }
        (dots, commas) => {
            let last = if number.rfind('.') > number.rfind(',') {
                '.'
            } else {
                ','
            };
            let (decimals, other) = match last {
                '.' => (dots, ','),
                _ => (commas, '.'),
            };
            let (whole, _) = number.rsplit_once(last).unwrap_or((number, ""));
            match decimals == 1 && grouped(whole, other) {
                true => Marks::Decimal(last),
                false => Marks::Wrong,
            }
        }
    }
}

/// The other mark.
const fn other(mark: char) -> char {
    match mark {
        '.' => ',',
        _ => '.',
    }
}

impl AmountReader {
    /// A reader for the column called `heading`, from a sample of its cells.
    pub(crate) fn new<'a>(heading: &str, sample: impl Iterator<Item = &'a str>) -> Self {
        let mut seen = (false, false);
        for parts in sample.filter_map(parts) {
            let plain: String = plain(&parts.number);
            match marks(&plain) {
                Marks::Decimal('.') | Marks::Thousands(',') => seen.0 = true,
                Marks::Decimal(',') | Marks::Thousands('.') => seen.1 = true,
                _ => {}
            }
        }
        Self {
            mark: match seen {
                (true, false) => Some('.'),
                (false, true) => Some(','),
                _ => None,
            },
            heading: heading.into(),
            asset: in_heading(heading).into(),
        }
    }

    /// What `text` says, in a row whose asset is `asset`; `None`: it states no amount.
    pub fn read(&self, text: &str, asset: &str) -> Option<Quantity> {
        let text = text.trim();
        if text.is_empty() || matches!(text, "-" | "--" | "N/A" | "n/a" | "null" | "NULL") {
            return None;
        }
        let parts = parts(text);
        let stated = parts.as_ref().map_or("", |p| &*p.unit);
        let named = [stated, asset.trim(), &*self.asset];
        let asset = named.into_iter().find(|a| !a.is_empty());
        Some(Quantity {
            asset: asset.unwrap_or_default().into(),
            value: parts.as_ref().and_then(|p| self.value(p)),
            column: self.heading.clone(),
        })
    }

    fn value(&self, parts: &Parts) -> Option<Decimal> {
        if parts.power >= ROUNDED {
            return None;
        }
        let number = plain(&parts.number);
        let mark = match marks(&number) {
            Marks::None => '.',
            Marks::Decimal(mark) => mark,
            Marks::Thousands(mark) => other(mark),
            // A single point is a decimal mark unless the column shows otherwise.
            Marks::Either('.') => self.mark.unwrap_or('.'),
            Marks::Either(_) => self.mark?,
            Marks::Wrong => return None,
        };
        let digits: String = number.chars().filter(|c| *c != other(mark)).collect();
        let (whole, part) = digits.split_once(mark).unwrap_or((&digits, ""));
        let scale = u32::try_from(part.len()).ok()?;
        let value = Decimal::new(&format!("{whole}{part}"), scale)?.shifted(parts.power)?;
        Some(match parts.negative {
            true => value.negated(),
            false => value,
        })
    }
}

/// Without the spaces and apostrophes that separate thousands.
fn plain(number: &str) -> String {
    let kept = |c: &char| c.is_ascii_digit() || matches!(c, '.' | ',');
    number.chars().filter(kept).collect()
}

/// The asset in a heading's parentheses: `Amount (BTC)`, `Value_OUT(ETH)`.
fn in_heading(heading: &str) -> &str {
    let inner = heading
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'))
        .map_or("", |(inner, _)| inner.trim());
    let asset = (2..=10).contains(&inner.len())
        && inner
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && inner.bytes().any(|b| b.is_ascii_uppercase())
        && inner != "UTC";
    if asset { inner } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sample: &[&str], text: &str) -> (Option<String>, String) {
        let reader = AmountReader::new("", sample.iter().copied());
        let quantity = reader.read(text, "").expect("an amount is stated");
        (
            quantity.value.map(|v| v.to_string()),
            quantity.asset.to_string(),
        )
    }

    /// Spellings that exchanges, wallets and banks write.
    #[test]
    fn amounts_as_exports_write_them() {
        for (text, value, asset) in [
            ("12.5", "12.5", ""),
            ("-337,49", "-337.49", ""),
            ("3,067.671", "3067.671", ""),
            ("1.234.567,8", "1234567.8", ""),
            ("1,234,567", "1234567", ""),
            ("0,012901", "0.012901", ""),
            ("0,123", "0.123", ""),
            ("€40562.44", "40562.44", "EUR"),
            ("$0.00 ", "0", "USD"),
            ("($500.00)", "-500", "USD"),
            ("(0.07 BTC)", "-0.07", "BTC"),
            ("2.00000000 ETH", "2", "ETH"),
            ("71000.00 CZK", "71000", "CZK"),
            ("1'204.50", "1204.5", ""),
            ("1 204,50 €", "1204.5", "EUR"),
            ("1.", "1", ""),
            ("0.", "0", ""),
            (".5", "0.5", ""),
            ("6.0E-7", "0.0000006", ""),
            ("1E-12", "0.000000000001", ""),
            ("0E-18", "0", ""),
            ("+1.5", "1.5", ""),
            ("BTC 0.25", "0.25", "BTC"),
            ("- 0.5", "-0.5", ""),
            ("1234.567", "1234.567", ""),
            (
                "120000000000000000000000001",
                "120000000000000000000000001",
                "",
            ),
        ] {
            let expect = (Some(value.to_owned()), asset.to_owned());
            assert_eq!(read(&[], text), expect, "{text}");
        }
    }

    #[test]
    fn the_column_decides_what_a_cell_leaves_open() {
        let value = |sample: &[&str], text| read(sample, text).0;
        assert_eq!(value(&[], "1,234"), None);
        assert_eq!(value(&["0.5", "12.25"], "1,234").as_deref(), Some("1234"));
        assert_eq!(value(&["0,5"], "1,234").as_deref(), Some("1.234"));
        assert_eq!(value(&["0,5"], "1.234").as_deref(), Some("1234"));
        assert_eq!(value(&[], "1.234").as_deref(), Some("1.234"));
        assert_eq!(value(&["0,5", "0.5"], "1,234"), None);
    }

    #[test]
    fn what_is_no_certain_number_is_not_read() {
        for text in [
            "ID 5",
            "1,55444E+13",
            "1.23E+45",
            "abc",
            "1.2.3",
            "12,34,567",
            "5 USDT on TRON",
            "--5",
            "€5 USD",
        ] {
            assert_eq!(read(&[], text).0, None, "{text}");
        }
        let reader = AmountReader::new("Amount (BTC)", [].into_iter());
        assert_eq!(reader.read(" - ", ""), None);
        assert_eq!(&*reader.read("5", "").unwrap().asset, "BTC");
        assert_eq!(&*reader.read("5", "LTC").unwrap().asset, "LTC");
        assert_eq!(in_heading("Date(UTC)"), "");
        assert_eq!(in_heading("Price @ $2264.03/Eth"), "");
    }
}
