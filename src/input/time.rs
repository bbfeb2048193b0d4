//! A row's time text into the days between which its moment lies.
//!
//! Nothing is invented: a time without a zone widens to every zone's day, a date that can be read
//! two ways keeps both readings. It does not know lists; [`RowTime`] is compared elsewhere.

use super::moment::{Moment, clean, parse, serial};
use crate::screen::RowTime;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

/// The order of the numbers in a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// Year, month, day.
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

impl Order {
    /// Every order, with its name in profiles.
    pub const ALL: [(Self, &str); 3] = [(Self::Ymd, "ymd"), (Self::Dmy, "dmy"), (Self::Mdy, "mdy")];

    /// Its name in profiles.
    pub fn id(self) -> &'static str {
        let found = Self::ALL.iter().find(|(order, _)| *order == self);
        found.expect("every order is in ALL").1
    }

    /// The order called `id`.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == id).map(|o| o.0)
    }
}

/// Reads the times of one column.
#[derive(Clone, Debug, Default)]
pub struct TimeReader {
    /// Offset from UTC in seconds for times that state none; `None`: not known.
    zone: Option<i32>,
    /// Order of the numbers in its dates; `None`: any that is possible.
    order: Option<Order>,
    /// How the order was found out, for the reader of the report.
    order_note: &'static str,
}

/// The offset from UTC that a heading states: `Date(UTC)`, `Time(UTC+02:00)`, `Date (+01:00)`.
fn stated(heading: &str) -> Option<i32> {
    let lower = heading.to_lowercase();
    let after = match lower.find("utc").or_else(|| lower.find("gmt")) {
        Some(at) => &lower[at + 3..],
        None => {
            let at = lower.find(['+', '-'])?;
            let digits = &lower.as_bytes()[at + 1..];
            if !(digits.len() >= 5 && digits[0].is_ascii_digit() && digits[2] == b':') {
                return None;
            }
            &lower[at..]
        }
    };
    let sign = match after.chars().next() {
        Some('+') => 1,
        Some('-' | '−') => -1,
        _ => return Some(0),
    };
    let mut parts = after[after.chars().next().map_or(0, char::len_utf8)..]
        .split(|c: char| !c.is_ascii_digit());
    let hours: i32 = parts.next()?.parse().ok()?;
    let minutes: i32 = match after.contains(':') {
        true => parts.next().and_then(|m| m.parse().ok()).unwrap_or(0),
        false => 0,
    };
    let (hours, minutes) = if hours > 99 {
        (hours / 100, hours % 100)
    } else {
        (hours, minutes)
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

impl TimeReader {
    /// A reader for the column called `heading`, from a sample of its cells in order.
    pub(crate) fn new<'a>(heading: &str, sample: impl Iterator<Item = &'a str>) -> Self {
        let mut reader = Self {
            zone: stated(heading),
            ..Self::default()
        };
        let moments: Vec<Moment> = sample.filter_map(parse).collect();
        let numeric = |m: &&Moment| m.dates.iter().any(|d| d.0.is_some());
        let numeric: Vec<&Moment> = moments.iter().filter(numeric).collect();
        let fits = |order: Order| {
            let of = |m: &&&Moment| m.dates.iter().any(|d| d.0 == Some(order));
            numeric.iter().filter(of).count()
        };
        let best = Order::ALL.iter().map(|(o, _)| fits(*o)).max().unwrap_or(0);
        let possible: Vec<Order> = Order::ALL
            .iter()
            .map(|(o, _)| *o)
            .filter(|o| best > 0 && fits(*o) == best)
            .collect();
        reader.order = match possible[..] {
            [order] => Some(order),
            [] => None,
            _ => {
                let sorted: Vec<Order> = possible
                    .iter()
                    .copied()
                    .filter(|o| monotone(&numeric, *o))
                    .collect();
                match sorted[..] {
                    [order] => {
                        reader.order_note = "day and month told apart by the order of the rows";
                        Some(order)
                    }
                    _ => None,
                }
            }
        };
        reader
    }

    /// Sets what a profile or the user states.
    pub(crate) fn state(&mut self, zone: Option<i32>, order: Option<Order>) {
        self.zone = zone.or(self.zone);
        if order.is_some() {
            (self.order, self.order_note) = (order, "");
        }
    }

    pub(crate) fn zone(&self) -> Option<i32> {
        self.zone
    }

    pub(crate) fn order(&self) -> Option<Order> {
        self.order
    }

    /// The days between which the moment lies.
    pub fn read(&self, text: &str) -> Option<RowTime> {
        let moment = parse(text).or_else(|| {
            let at = serial(&clean(text))?;
            Some(Moment {
                dates: vec![(None, at.date())],
                time: Some(at.time()),
                offset: None,
            })
        })?;
        let chosen: Vec<Date> = match self.order {
            Some(order) if moment.dates.iter().any(|d| d.0 == Some(order)) => moment
                .dates
                .iter()
                .filter(|d| d.0 == Some(order))
                .map(|d| d.1)
                .collect(),
            _ => moment.dates.iter().map(|d| d.1).collect(),
        };
        let mut notes = Vec::new();
        let mut days = Vec::new();
        for &date in &chosen {
            match (moment.time, moment.offset.or(self.zone)) {
                (None, _) => days.extend([date, date]),
                (Some(time), Some(offset)) => {
                    let at = shift(date.to_datetime(time), -i64::from(offset))?;
                    days.extend([at, at]);
                }
                (Some(time), None) => {
                    let at = date.to_datetime(time);
                    days.extend([shift(at, -14 * 3600)?, shift(at, 12 * 3600)?]);
                }
            }
        }
        let (first, last) = (*days.iter().min()?, *days.iter().max()?);
        let one = chosen.iter().all(|d| *d == chosen[0]);
        let date = match first == last {
            true => first,
            false => chosen[0],
        };
        if !one {
            let readings: Vec<String> = chosen.iter().map(Date::to_string).collect();
            notes.push(format!(
                "the date can be read as {}",
                readings.join(" or as ")
            ));
        } else if moment.dates.len() > 1 && !self.order_note.is_empty() {
            notes.push(self.order_note.to_owned());
        }
        if moment.time.is_some() && moment.offset.or(self.zone).is_none() && first != last {
            notes.push("the row's time states no zone".to_owned());
        }
        Some(RowTime {
            text: text.into(),
            first,
            last,
            date: one.then_some(date),
            note: notes.join("; ").into(),
        })
    }

    /// Whether dates of this column may have two readings.
    pub(crate) fn ambiguous(&self, text: &str) -> bool {
        self.order.is_none()
            && parse(text).is_some_and(|m| m.dates.iter().any(|d| d.1 != m.dates[0].1))
    }
}

fn shift(at: DateTime, seconds: i64) -> Option<Date> {
    Some(
        at.checked_add(SignedDuration::from_secs(seconds))
            .ok()?
            .date(),
    )
}

/// Whether rows are in order of time when their dates are read in `order`.
fn monotone(moments: &[&Moment], order: Order) -> bool {
    let dates: Vec<Date> = moments
        .iter()
        .filter_map(|m| m.dates.iter().find(|d| d.0 == Some(order)).map(|d| d.1))
        .collect();
    let mut distinct = dates.clone();
    distinct.dedup();
    distinct.len() >= 4 && (dates.is_sorted() || dates.iter().rev().is_sorted())
}

#[cfg(test)]
mod tests {
    use super::super::moment::clock;
    use super::*;
    use jiff::civil::date;

    fn days(heading: &str, text: &str) -> Option<(Date, Date)> {
        let reader = TimeReader::new(heading, [text].into_iter());
        reader.read(text).map(|t| (t.first, t.last))
    }

    #[test]
    fn one_day_where_the_text_is_certain() {
        let day = date(2021, 3, 5);
        for (heading, text) in [
            ("", "2021-03-05T10:00:00Z"),
            ("", "2021-03-05T10:00:00.000+02:00"),
            ("", "2021-03-05 10:00:00 UTC"),
            ("Date(UTC)", "2021-03-05 10:00:00"),
            ("UTC_Time", "2021-03-05 23:59:59"),
            ("Time(UTC+02:00)", "2021-03-06 01:30:00"),
            ("Date (+01:00)", "2021-03-06 00:30:00"),
            ("UnixTimestamp", "1614938400"),
            ("timestamp", "1614938400000"),
            ("", "1614938400000000"),
            ("", "1614938400000000000"),
            ("", "1614938400.123"),
            (
                "",
                "Fri Mar 05 2021 10:00:00 GMT+0100 (Central European Standard Time)",
            ),
            ("", "05.03.2021"),
            ("", "5. 3. 2021"),
            ("", "5. März 2021"),
            ("", "5 mars 2021"),
            ("", "5 de marzo de 2021"),
            ("", "Mar. 05, 2021"),
            ("", "5-Mar-21"),
            ("", "20210305"),
            ("", "2021/3/5"),
            ("", "2021年3月5日"),
            ("", "5 марта 2021 г."),
            ("Date(UTC)", "05.03.21 9:00"),
        ] {
            assert_eq!(days(heading, text), Some((day, day)), "{heading}: {text}");
        }
    }

    #[test]
    fn a_time_without_a_zone_widens_to_every_zones_day() {
        for text in [
            "2021-03-05 10:00:00",
            "Mar. 05, 2021, 10:00 AM",
            "44260.4166666667",
        ] {
            assert_eq!(
                days("Date", text),
                Some((date(2021, 3, 4), date(2021, 3, 5))),
                "{text}"
            );
        }
        assert_eq!(
            days("", "Jan. 27, 2017, 03:28 PM"),
            Some((date(2017, 1, 27), date(2017, 1, 28)))
        );
    }

    #[test]
    fn both_readings_stay_unless_the_column_tells_them_apart() {
        assert_eq!(
            days("", "06/10/2025"),
            Some((date(2025, 6, 10), date(2025, 10, 6)))
        );
        let american = TimeReader::new("", ["06/10/2025", "06/13/2025"].into_iter());
        let row = american.read("06/10/2025").expect("a date");
        assert_eq!(
            (row.first, row.last),
            (date(2025, 6, 10), date(2025, 6, 10))
        );
        // Binance since 2023 writes year first, Bitfinex day first, both with two digits.
        let binance = TimeReader::new("", ["24-10-20", "24-10-31"].into_iter());
        assert!(binance.read("24-10-20").is_some_and(|t| t.first < t.last));
        let rows = ["24-10-20", "24-10-29", "24-11-02", "24-11-05", "24-12-01"];
        let sorted = TimeReader::new("", rows.into_iter());
        let row = sorted.read("24-10-20").expect("a date");
        assert_eq!(
            (row.first, row.last),
            (date(2024, 10, 20), date(2024, 10, 20))
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "1,234.56",
            "0.00012345",
            "12345678",
            "Payment of 2021-03-05",
            "2021-13-45",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "99.99.9999",
            "spot / main",
            "128.0.0.1",
            "3,067.671",
            "0x60806040",
            "UTC",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(clock("12:00:00 GMT +0") && clock("8:11:42 GMT+1") && clock("19:41:00.164"));
        assert!(!clock("2021-03-05 10:00") && !clock("a:b"));
    }
}
