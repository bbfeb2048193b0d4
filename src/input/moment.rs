//! A text into a moment, as far as the text says: every reading of its date, its time of day, its
//! offset from UTC.
//!
//! It knows nothing of columns and zones of vendors; `time` puts them together.

use super::time::Order;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// A time as far as its text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Readings of the date; never empty. The order is `None` when there was nothing to choose.
    pub(super) dates: Vec<(Option<Order>, Date)>,
    /// Time of day.
    pub(super) time: Option<Time>,
    /// Offset from UTC in seconds.
    pub(super) offset: Option<i32>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// Value and number of digits.
    Number(u64, usize),
    Word(String),
    Sign(char),
}

const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "ene", "gen", "янв", "led", "sty", "oca", "ιαν", "urt", "tam",
    ],
    &[
        "feb", "fév", "fev", "фев", "úno", "lut", "şub", "φεβ", "helmi",
    ],
    &[
        "mar", "mär", "mrt", "maa", "мар", "bře", "μαρ", "mrz", "måa",
    ],
    &[
        "apr", "avr", "abr", "апр", "dub", "kwi", "nis", "απρ", "huhti",
    ],
    &[
        "may", "mai", "mei", "mag", "май", "мая", "kvě", "maj", "μαΐ", "touko",
    ],
    &[
        "jun", "juin", "giu", "июн", "čer", "cze", "haz", "ιουν", "kesä",
    ],
    &[
        "jul",
        "juil",
        "lug",
        "июл",
        "čvc",
        "červenec",
        "lip",
        "tem",
        "heinä",
        "července",
    ],
    &[
        "aug", "aoû", "aou", "ago", "авг", "srp", "sie", "ağu", "αυγ", "elo",
    ],
    &["sep", "set", "сен", "zář", "wrz", "eyl", "σεπ", "syys"],
    &[
        "oct", "okt", "ott", "out", "окт", "říj", "paź", "eki", "οκτ", "loka",
    ],
    &["nov", "ноя", "lis", "kas", "νοε", "marras"],
    &[
        "dec", "dez", "déc", "dic", "дек", "pro", "gru", "ara", "δεκ", "joulu",
    ],
];

const WEEKDAYS: &[&str] = &[
    "mo", "tu", "we", "th", "fr", "sa", "su", "di", "mi", "do", "so", "lu", "ma", "me", "je", "ve",
    "mié", "mer", "jue", "vie", "sá", "gio", "wo", "vr", "za", "zo", "seg", "ter", "qua", "qui",
    "sex", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "pon", "út", "stř", "čt", "pá", "ne",
];

const FILLERS: &[&str] = &[
    "t", "at", "um", "uhr", "à", "a", "de", "of", "del", "st", "nd", "rd", "th", "alle", "às",
    "klo", "kl", "om", "h", "г", "в",
];

/// Zones that mean one offset only; `cst` and `ist` do not.
const ZONES: &[(&str, i32)] = &[
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("est", -5),
    ("edt", -4),
    ("pst", -8),
    ("pdt", -7),
    ("cdt", -5),
    ("mdt", -6),
    ("cet", 1),
    ("cest", 2),
    ("mez", 1),
    ("mesz", 2),
    ("bst", 1),
    ("eet", 2),
    ("eest", 3),
    ("msk", 3),
    ("jst", 9),
    ("kst", 9),
    ("hkt", 8),
    ("sgt", 8),
    ("wib", 7),
    ("aest", 10),
    ("aedt", 11),
    ("nzst", 12),
    ("nzdt", 13),
    ("hst", -10),
];

fn lex(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_ascii_digit() {
            let (mut value, mut digits) = (0u64, 0);
            while let Some(d) = chars.peek().and_then(|c| c.to_digit(10)) {
                value = value.checked_mul(10)?.checked_add(u64::from(d))?;
                digits += 1;
                chars.next();
            }
            tokens.push(Token::Number(value, digits));
        } else if c.is_alphabetic() {
            let mut word = String::new();
            while let Some(&c) = chars.peek().filter(|c| c.is_alphabetic()) {
                word.extend(c.to_lowercase());
                chars.next();
            }
            tokens.push(Token::Word(word));
        } else {
            chars.next();
            match c {
                '年' | '月' => tokens.push(Token::Sign('-')),
                // A name in parentheses or brackets repeats the zone.
                '(' | '[' if !tokens.is_empty() => return Some(tokens),
                '-' | '/' | '.' | ':' | '+' => tokens.push(Token::Sign(c)),
                ',' | ' ' | '\'' => {}
                c if c.is_whitespace() => {}
                _ => return None,
            }
        }
    }
    Some(tokens)
}

/// Strips what editors and spreadsheets put around a time.
pub(super) fn clean(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || "\u{feff}\"'\u{200e}\u{200f}".contains(c))
        .replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ")
        .replace(['年', '月'], "-")
        .replace('日', " ")
        .replace("上午", " am ")
        .replace("下午", " pm ")
}

fn month(word: &str) -> Option<u64> {
    if word.chars().count() < 3 {
        return None;
    }
    // The longest prefix wins: `juin` is June and `juil` July.
    let (mut best, mut found) = (0, None);
    for (number, names) in (1..).zip(MONTHS) {
        for name in names {
            if word.starts_with(name) && name.len() > best {
                (best, found) = (name.len(), Some(number));
            }
        }
    }
    found
}

fn year(value: u64, digits: usize) -> Option<i16> {
    let year = match digits {
        4 => value,
        2 if value < 70 => 2000 + value,
        2 => 1900 + value,
        _ => return None,
    };
    i16::try_from(year)
        .ok()
        .filter(|y| (1900..2200).contains(y))
}

fn ymd(y: (u64, usize), m: u64, d: u64) -> Option<Date> {
    let month = i8::try_from(m).ok()?;
    let day = i8::try_from(d).ok()?;
    Date::new(year(y.0, y.1)?, month, day).ok()
}

/// The date at the start of `tokens`, and what follows it.
fn date(tokens: &[Token]) -> Option<(Vec<(Option<Order>, Date)>, &[Token])> {
    use Token::{Number, Sign, Word};
    let one = |date: Option<Date>, rest| Some((vec![(None, date?)], rest));
    match tokens {
        [
            Number(y, 4),
            Sign(a @ ('-' | '/' | '.')),
            Number(m, _),
            Sign(b),
            Number(d, 1 | 2),
            rest @ ..,
        ] if a == b => one(ymd((*y, 4), *m, *d), rest),
        [
            Number(y, 4),
            Sign('-'),
            Word(m),
            Sign('-'),
            Number(d, 1 | 2),
            rest @ ..,
        ] => one(ymd((*y, 4), month(m)?, *d), rest),
        [
            Number(a, 1 | 2),
            Sign(s @ ('-' | '/' | '.')),
            Number(b, 1 | 2),
            Sign(t),
            Number(c, w @ (2 | 4)),
            rest @ ..,
        ] if s == t => {
            let all = [
                (
                    Order::Ymd,
                    ymd((*a, 2), *b, *c).filter(|_| *w == 2 && *s == '-'),
                ),
                (Order::Dmy, ymd((*c, *w), *b, *a)),
                (Order::Mdy, ymd((*c, *w), *a, *b).filter(|_| *s != '.')),
            ];
            let dates: Vec<_> = all
                .into_iter()
                .filter_map(|(order, date)| Some((Some(order), date?)))
                .collect();
            (!dates.is_empty()).then_some((dates, rest))
        }
        [Number(d, 1 | 2), rest @ ..] => {
            // `5 March 2021`, `05-Mar-21`, `5. März 2021`, `5 de marzo de 2021`.
            let filler = |t: &&Token| match t {
                Sign('.' | '-' | '/') => true,
                Word(w) => FILLERS.contains(&w.as_str()),
                _ => false,
            };
            let mut rest = rest.iter().skip_while(filler);
            let Some(Word(m)) = rest.next() else {
                return None;
            };
            let m = month(m)?;
            let mut rest = rest.skip_while(filler);
            let Some(Number(y, w @ (2 | 4))) = rest.next() else {
                return None;
            };
            let used = tokens.len() - rest.count();
            one(ymd((*y, *w), m, *d), &tokens[used..])
        }
        [Word(m), rest @ ..] => {
            let after = |mut rest: &[Token]| -> Option<(Date, usize)> {
                let all = rest.len();
                while let [Sign('.' | '-' | '/'), tail @ ..] = rest {
                    rest = tail;
                }
                let [Number(d, 1 | 2), tail @ ..] = rest else {
                    return None;
                };
                rest = tail;
                loop {
                    match rest {
                        [Sign('-' | '/' | '.'), tail @ ..] => rest = tail,
                        [Word(w), tail @ ..] if FILLERS.contains(&w.as_str()) => rest = tail,
                        // `Mar 05 10:00:00 2021` and `Mar 05 10:00:00 UTC 2021`.
                        [Number(..), Sign(':'), ..] => return None,
                        [Number(y, w @ (2 | 4)), tail @ ..] => {
                            return Some((ymd((*y, *w), month(m)?, *d)?, all - tail.len()));
                        }
                        _ => return None,
                    }
                }
            };
            if let Some((date, used)) = after(rest) {
                return one(Some(date), &rest[used..]);
            }
            let weekday = WEEKDAYS.iter().any(|d| m.starts_with(d));
            let rest = match rest {
                [Sign('.'), tail @ ..] => tail,
                rest => rest,
            };
            if weekday { date(rest) } else { None }
        }
        _ => None,
    }
}

/// The time of day and the zone in `tokens`; `None` when something else is there too.
fn time_and_zone(tokens: &[Token]) -> Option<(Option<Time>, Option<i32>)> {
    use Token::{Number, Sign, Word};
    let (mut clock, mut offset, mut noon) = (None::<(u64, u64, u64)>, None, None);
    let mut rest = tokens;
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (
                Number(h, 1 | 2),
                [
                    Sign(':' | '.'),
                    Number(m, 2),
                    Sign(':' | '.'),
                    Number(s, 2),
                    tail @ ..,
                ],
            ) if clock.is_none() => {
                clock = Some((*h, *m, *s));
                match tail {
                    [Sign('.' | ':'), Number(..), tail @ ..] => tail,
                    tail => tail,
                }
            }
            (Number(h, 1 | 2), [Sign(':'), Number(m, 2), tail @ ..]) if clock.is_none() => {
                clock = Some((*h, *m, 0));
                tail
            }
            (Number(h, 1 | 2), [Word(w), Number(m, 2), tail @ ..])
                if clock.is_none() && w == "h" =>
            {
                clock = Some((*h, *m, 0));
                tail
            }
            (Number(h, 1 | 2), [Word(w), ..])
                if clock.is_none() && matches!(w.as_str(), "am" | "pm") =>
            {
                clock = Some((*h, 0, 0));
                tail
            }
            (Word(w), [Sign('.'), Word(m), Sign('.'), tail @ ..])
                if m == "m" && matches!(w.as_str(), "a" | "p") =>
            {
                noon = Some(w == "p");
                tail
            }
            (Word(w), tail) if matches!(w.as_str(), "am" | "pm") => {
                noon = Some(w == "pm");
                tail
            }
            (Word(w), tail) if matches!(w.as_str(), "utcnull") => {
                offset = Some(0);
                tail
            }
            (Word(w), tail) if let Some((_, hours)) = ZONES.iter().find(|z| z.0 == w) => {
                offset = Some(hours * 3600);
                tail
            }
            (Word(w), tail) if w == "cst" || w == "ist" || FILLERS.contains(&w.as_str()) => tail,
            (Sign(sign @ ('+' | '-')), [Number(n, w), tail @ ..])
                if clock.is_some() || offset.is_some() =>
            {
                let (hours, minutes, tail) = match (w, tail) {
                    (1 | 2, [Sign(':'), Number(m, 2), tail @ ..]) => (*n, *m, tail),
                    (1 | 2, tail) => (*n, 0, tail),
                    (4, tail) => (n / 100, n % 100, tail),
                    _ => return None,
                };
                if hours > 14 || minutes > 59 {
                    return None;
                }
                let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
                offset = Some(if *sign == '-' { -seconds } else { seconds });
                tail
            }
            (Sign('.' | '-'), tail) => tail,
            _ => return None,
        };
    }
    let time = match clock {
        None => None,
        Some((h, m, s)) => {
            let h = match noon {
                Some(true) if h < 12 => h + 12,
                Some(false) if h == 12 => 0,
                _ => h,
            };
            let (h, s) = (if h == 24 { 0 } else { h }, s.min(59));
            let part = |n| i8::try_from(n).ok();
            Some(Time::new(part(h)?, part(m)?, part(s)?, 0).ok()?)
        }
    };
    Some((time, offset))
}

/// The number in `text` as a moment since 1970, when it can be one: seconds (from 2001 on),
/// milliseconds, microseconds or nanoseconds, by its size.
fn unix(text: &str) -> Option<Timestamp> {
    let whole = text.split('.').next()?;
    let fraction = &text[whole.len()..];
    if fraction.len() > 1 && !fraction[1..].bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: i64 = whole.parse().ok()?;
    let seconds = match n {
        1_000_000_000..=4_099_999_999 => n,
        1_000_000_000_000..=4_099_999_999_999 => n / 1_000,
        1_000_000_000_000_000..=4_099_999_999_999_999 => n / 1_000_000,
        1_000_000_000_000_000_000..=4_099_999_999_999_999_999 => n / 1_000_000_000,
        _ => return None,
    };
    Timestamp::from_second(seconds).ok()
}

/// `20210305`, `20210305100000`: a date written as one number.
fn packed(text: &str) -> Option<(Date, Option<Time>)> {
    if !matches!(text.len(), 8 | 12 | 14) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i8>().ok();
    let year = text[..4]
        .parse()
        .ok()
        .filter(|y| (1970..2100).contains(y))?;
    let date = Date::new(year, part(4, 6)?, part(6, 8)?).ok()?;
    let time = match text.len() {
        8 => None,
        12 => Some(Time::new(part(8, 10)?, part(10, 12)?, 0, 0).ok()?),
        _ => Some(Time::new(part(8, 10)?, part(10, 12)?, part(12, 14)?, 0).ok()?),
    };
    Some((date, time))
}

/// Days since 1899-12-30, as spreadsheets count; only where a column is known to hold times.
pub(super) fn serial(text: &str) -> Option<DateTime> {
    let days: f64 = text.parse().ok()?;
    if !(36_526.0..73_051.0).contains(&days) {
        return None;
    }
    let start = Date::new(1899, 12, 30).ok()?.at(0, 0, 0, 0);
    start
        .checked_add(SignedDuration::from_secs((days * 86_400.0).round() as i64))
        .ok()
}

/// Whether `text` is a number that can be a unix time.
pub(crate) fn epoch(text: &str) -> bool {
    unix(&clean(text)).is_some()
}

/// Whether `text` is a spreadsheet's number for a day since 2000.
pub(crate) fn spreadsheet(text: &str) -> bool {
    serial(&clean(text)).is_some()
}

/// Reads `text` as far as it goes by itself.
pub(crate) fn parse(text: &str) -> Option<Moment> {
    if !(6..=90).contains(&text.len()) {
        return None;
    }
    let text = clean(text);
    let known = |date, time, offset| Moment {
        dates: vec![(None, date)],
        time,
        offset,
    };
    if let Some((date, time)) = packed(&text) {
        return Some(known(date, time, None));
    }
    if let Some(at) = unix(&text) {
        let at = at.to_zoned(TimeZone::UTC).datetime();
        return Some(known(at.date(), Some(at.time()), Some(0)));
    }
    let tokens = lex(&text)?;
    let (dates, rest) = date(&tokens)?;
    let (time, offset) = time_and_zone(rest)?;
    Some(Moment {
        dates,
        time,
        offset,
    })
}

/// Whether `text` is a time of day.
pub(crate) fn clock(text: &str) -> bool {
    let text = clean(text);
    text.len() >= 4
        && text.contains(':')
        && lex(&text).is_some_and(|tokens| {
            matches!(tokens.first(), Some(Token::Number(..)))
                && matches!(time_and_zone(&tokens), Some((Some(_), _)))
        })
}
