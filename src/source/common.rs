//! What parsers share: names, dates, kinds, and text as publishers pad it.
//!
//! It knows no publisher.

use crate::list::{Entity, EntityKind, ExternalId, Name, NameQuality};
use jiff::civil::Date;

/// Adds `text` to `list` unless it is empty or there.
pub(super) fn push_new(list: &mut Vec<Box<str>>, text: &str) {
    let text = trim(text);
    if !text.is_empty() && list.iter().all(|there| **there != *text) {
        list.push(text.into());
    }
}

/// Adds a name unless it is empty, the entity's main name, or there.
pub(super) fn push_name(entity: &mut Entity, text: &str, quality: NameQuality) {
    let text = collapse(text);
    if text.is_empty() {
        return;
    }
    if entity.name.is_empty() {
        entity.name = text.into();
        return;
    }
    if *entity.name == *text || entity.aliases.iter().any(|n| *n.text == *text) {
        return;
    }
    entity.aliases.push(Name {
        script: script_of(&text).into(),
        text: text.into(),
        quality,
    });
}

/// Makes `text` the main name; what was there becomes an alias of that quality.
pub(super) fn set_primary(entity: &mut Entity, text: &str, quality: NameQuality) {
    let text = collapse(text);
    if text.is_empty() || *entity.name == *text {
        return;
    }
    let before = std::mem::replace(&mut entity.name, text.as_str().into());
    entity.aliases.retain(|n| *n.text != *text);
    push_name(entity, &before, quality);
}

/// Adds an identifier unless it is empty or there.
pub(super) fn push_id(entity: &mut Entity, kind: &str, value: &str, country: &str) {
    let id = ExternalId {
        kind: trim(kind).into(),
        value: trim(value).into(),
        country: trim(country).into(),
    };
    if !id.value.is_empty() && !entity.ids.contains(&id) {
        entity.ids.push(id);
    }
}

/// Without white space around it, of any kind (publishers pad with no-break spaces).
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
}

/// White space of any kind and length becomes one space.
pub(super) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in trim(text).split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The parts that are not empty, joined by a space.
pub(super) fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for part in parts {
        for word in trim(part).split_whitespace() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// `27/04/2020`, and `27.04.2020`.
pub(super) fn day_month_year(text: &str) -> Option<Date> {
    let mut parts = trim(text).split(['/', '.']);
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let year: i16 = parts.next()?.parse().ok()?;
    if parts.next().is_some() || year < 1000 {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// `03/17/2020`, as the United States write it.
pub(super) fn month_day_year(text: &str) -> Option<Date> {
    let mut parts = trim(text).split('/');
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    let year: i16 = parts.next()?.parse().ok()?;
    if parts.next().is_some() || year < 1000 {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// The date that `2026-02-27T00:00:09.554Z` or `2015-04-07-04:00` starts with.
pub(super) fn iso_date(text: &str) -> Option<Date> {
    let text = trim(text);
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    if bytes.get(10).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let number = |range| text.get(range).and_then(|t: &str| t.parse::<i16>().ok());
    let small = |n: i16| i8::try_from(n).ok();
    Date::new(number(0..4)?, small(number(5..7)?)?, small(number(8..10)?)?).ok()
}

/// A date in any of the forms that exports use: ISO, a UNIX time in seconds or milliseconds,
/// `27/04/2020` (day first) or `08-Oct-2026`.
pub(super) fn any_date(text: &str) -> Option<Date> {
    iso_date(text)
        .or_else(|| unix_date(text))
        .or_else(|| day_month_year(text))
        .or_else(|| day_word_year(text))
}

fn unix_date(text: &str) -> Option<Date> {
    let number: i64 = trim(text).parse().ok()?;
    let seconds = match number {
        // 2001 to 2100; a bare year is none.
        1_000_000_000..4_102_444_800 => number,
        1_000_000_000_000..4_102_444_800_000 => number / 1000,
        _ => return None,
    };
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// `08-Oct-2026`, `21 Sep 1979`.
pub(super) fn day_word_year(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let mut parts = trim(text).split(['-', ' ']);
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?.get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|m| *m == month)? as i8 + 1;
    let year: i16 = parts.next()?.parse().ok()?;
    if year < 1000 {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// What a publisher's word for a kind of entity means.
pub(super) fn kind(word: &str) -> EntityKind {
    match &*trim(word).to_ascii_lowercase() {
        "individual" | "person" | "p" => EntityKind::Person,
        "entity" | "organisation" | "organization" | "company" | "legalentity" | "enterprise"
        | "publicbody" | "e" => EntityKind::Organisation,
        "vessel" | "ship" => EntityKind::Vessel,
        "aircraft" | "airplane" => EntityKind::Aircraft,
        _ => EntityKind::Unknown,
    }
}

/// The script of the first letter that tells one, as ISO 15924; empty when there is none.
pub(super) fn script_of(text: &str) -> &'static str {
    for c in text.chars() {
        let script = match c as u32 {
            0x41..=0x5a | 0x61..=0x7a | 0xc0..=0x24f | 0x1e00..=0x1eff => "Latn",
            0x370..=0x3ff | 0x1f00..=0x1fff => "Grek",
            0x400..=0x52f => "Cyrl",
            0x530..=0x58f => "Armn",
            0x590..=0x5ff => "Hebr",
            0x600..=0x6ff | 0x750..=0x77f | 0x8a0..=0x8ff | 0xfb50..=0xfdff | 0xfe70..=0xfeff => {
                "Arab"
            }
            0x900..=0x97f => "Deva",
            0x980..=0x9ff => "Beng",
            0xe00..=0xe7f => "Thai",
            0x1000..=0x109f => "Mymr",
            0x10a0..=0x10ff => "Geor",
            0x3040..=0x30ff => "Jpan",
            0x3400..=0x9fff => "Hani",
            0x1100..=0x11ff | 0xac00..=0xd7af => "Kore",
            _ => continue,
        };
        return script;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates() {
        assert_eq!(day_month_year("27/04/2020"), Some(date(2020, 4, 27)));
        assert_eq!(day_month_year("00/00/1980"), None);
        assert_eq!(day_month_year("dd/mm/1970"), None);
        assert_eq!(month_day_year("03/17/2020"), Some(date(2020, 3, 17)));
        assert_eq!(iso_date("2015-04-07-04:00"), Some(date(2015, 4, 7)));
        assert_eq!(
            iso_date("2026-02-27T00:00:09.554Z"),
            Some(date(2026, 2, 27))
        );
        assert_eq!(iso_date("2026-02-271"), None);
        assert_eq!(day_word_year("08-Oct-2026"), Some(date(2026, 10, 8)));
        assert_eq!(any_date("1587839053"), Some(date(2020, 4, 25)));
        assert_eq!(any_date("1970"), None);
    }

    #[test]
    fn padding_of_every_kind_goes() {
        assert_eq!(trim("Example\u{a0}"), "Example");
        assert_eq!(collapse(" A\u{a0} B\r\nC "), "A B C");
        assert_eq!(join(["", " Ann ", "B. "]), "Ann B.");
        assert_eq!(script_of("محمد"), "Arab");
        assert_eq!(script_of("12 Иван"), "Cyrl");
    }
}
