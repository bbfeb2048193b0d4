//! A row's time against the days on which an identifier was listed.
//!
//! Days are compared, never hours: publishers date their lists by their local day, so a row of the
//! very day is said to be of that day and no order is invented.

use crate::list::{Interval, Timing, TimingAnswer};
use jiff::civil::Date;

/// When a row happened: the days, in UTC, between which its moment lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowTime {
    /// As written in the row.
    pub text: Box<str>,
    /// The first day it can have been.
    pub first: Date,
    /// The last day it can have been.
    pub last: Date,
    /// The day as written, in UTC where the zone is known; `None`: it can be read two ways.
    pub date: Option<Date>,
    /// What is uncertain about it; empty when nothing is.
    pub note: Box<str>,
}

impl RowTime {
    /// A moment on a certain day.
    pub fn on(day: Date) -> Self {
        Self {
            text: day.to_string().into(),
            first: day,
            last: day,
            date: Some(day),
            note: "".into(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// On the list; `true` when an end of the interval is uncertain on that day.
    In { unsure: bool },
    /// Before the interval that starts on that day; `exact` unless only a bound is known.
    Before { from: Date, exact: bool },
    /// May have been on it already.
    Unknown,
    /// After the last interval's end.
    After { until: Date },
}

fn state(intervals: &[Interval], entity_listed_on: Option<Date>, day: Date) -> State {
    let mut after = None;
    for interval in intervals {
        let Some(from) = interval.from else {
            return match entity_listed_on {
                Some(listed) if day < listed => State::Before {
                    from: listed,
                    exact: false,
                },
                _ => State::Unknown,
            };
        };
        if day < from {
            return match interval.not_before {
                Some(not_before) if day <= not_before => State::Before { from, exact: true },
                Some(_) => State::In { unsure: true },
                None if after.is_some() => State::Unknown,
                None => match entity_listed_on {
                    Some(listed) if day < listed => State::Before {
                        from: listed,
                        exact: false,
                    },
                    _ => State::Unknown,
                },
            };
        }
        match interval.until {
            None => return State::In { unsure: false },
            Some(until) if day < until => {
                return State::In {
                    unsure: interval.last_seen.is_none_or(|seen| day > seen),
                };
            }
            Some(until) => after = Some(until),
        }
    }
    after.map_or(State::Unknown, |until| State::After { until })
}

/// The more serious first: what cannot be told counts, what is over does not.
fn rank(state: State) -> u8 {
    match state {
        State::In { .. } => 0,
        State::Unknown => 1,
        State::Before { .. } => 2,
        State::After { .. } => 3,
    }
}

/// Whether some day of `interval` may be the row's.
fn meets(interval: &Interval, row: &RowTime) -> bool {
    interval.from.is_some_and(|from| from <= row.last)
        && interval.until.is_none_or(|until| row.first < until)
}

fn days(from: Date, to: Date) -> i64 {
    let span = to.since(from).map(|s| i64::from(s.get_days()));
    span.unwrap_or_default()
}

/// The timing of a row (`None`: no readable time) against a listing, as of a day.
pub fn timing(
    intervals: &[Interval],
    entity_listed_on: Option<Date>,
    row: Option<&RowTime>,
    as_of: Date,
) -> TimingAnswer {
    let now = state(intervals, entity_listed_on, as_of);
    let Some(row) = row else {
        let note = match now {
            State::After { until } => {
                format!("the row has no readable time; off the list since {until}")
            }
            _ => format!(
                "the row has no readable time; {}",
                span(intervals, entity_listed_on)
            ),
        };
        return TimingAnswer {
            timing: Timing::DateUnknown,
            note,
        };
    };
    // A moment that may fall on either side is held to have been listed.
    let mut then = state(intervals, entity_listed_on, row.first);
    let last = state(intervals, entity_listed_on, row.last);
    let mut spans = std::mem::discriminant(&then) != std::mem::discriminant(&last);
    let outside = |s| matches!(s, State::Before { .. } | State::After { .. });
    if outside(then) && outside(last) && intervals.iter().any(|i| meets(i, row)) {
        // A whole interval lies between.
        (then, spans) = (State::In { unsure: false }, true);
    } else if matches!(last, State::In { .. }) || spans && rank(last) < rank(then) {
        then = last;
    }
    let (timing, mut note) = match then {
        State::In { unsure } => {
            let timing = match now {
                State::After { .. } => Timing::DelistedSince,
                _ => Timing::ListedThen,
            };
            let mut note = format!(
                "row of {}; {}",
                when(row),
                span(intervals, entity_listed_on)
            );
            if unsure {
                note.push_str("; the row falls between two snapshots, so it may just lie outside");
            }
            (timing, note)
        }
        State::Before { from, exact } => {
            let n = days(row.last, from);
            let least = if exact { "" } else { "at least " };
            let note = format!(
                "row of {}, {least}{n} day{} before the listing; {}",
                when(row),
                if n == 1 { "" } else { "s" },
                span(intervals, entity_listed_on)
            );
            (Timing::ListedLater, note)
        }
        State::Unknown => {
            let note = format!(
                "row of {}; {}: whether it was listed then cannot be told",
                when(row),
                span(intervals, entity_listed_on)
            );
            (Timing::DateUnknown, note)
        }
        State::After { until } => (
            Timing::DelistedBefore,
            format!("row of {}, off the list since {until}", when(row)),
        ),
    };
    let one_day = row.first == row.last;
    let boundary = |d: Option<Date>| one_day && d == Some(row.first);
    if intervals
        .iter()
        .any(|i| boundary(i.from) || boundary(i.until))
    {
        note.push_str("; the row is of the very day of the change, order unknown");
    }
    if spans {
        note.push_str("; the row's time is not certain enough to tell for sure");
    }
    if !row.note.is_empty() {
        note.push_str("; ");
        note.push_str(&row.note);
    }
    TimingAnswer { timing, note }
}

/// The interval a timing speaks of: the first that the row may fall into, else the next one to start, else the
/// last.
pub fn relevant(intervals: &[Interval], row: Option<&RowTime>) -> Interval {
    let next = row.and_then(|row| {
        let next = |i: &&Interval| i.until.is_none_or(|until| row.last < until);
        let met = intervals.iter().find(|i| meets(i, row));
        met.or_else(|| intervals.iter().find(next))
    });
    next.or(intervals.last())
        .copied()
        .unwrap_or(Interval::UNDATED)
}

fn when(row: &RowTime) -> String {
    if row.first == row.last {
        row.first.to_string()
    } else {
        format!("{} to {}", row.first, row.last)
    }
}

/// The intervals in words.
fn span(intervals: &[Interval], entity_listed_on: Option<Date>) -> String {
    let parts: Vec<String> = intervals
        .iter()
        .map(|i| {
            let from = match (i.from, i.not_before) {
                (Some(from), Some(_)) => format!("listed from {from}"),
                (Some(from), None) => match entity_listed_on {
                    Some(entity) => {
                        format!("listed on or before {from} (the entity since {entity})")
                    }
                    None => format!("listed on or before {from}"),
                },
                (None, _) => match entity_listed_on {
                    Some(entity) => format!("listed, undated (the entity since {entity})"),
                    None => "listed, undated".to_owned(),
                },
            };
            i.until
                .map_or(from.clone(), |until| format!("{from}, removed {until}"))
        })
        .collect();
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TORNADO: Interval = Interval {
        from: Some(date(2022, 8, 8)),
        not_before: Some(date(2022, 8, 5)),
        until: Some(date(2025, 3, 21)),
        last_seen: Some(date(2025, 3, 20)),
    };

    fn ask(intervals: &[Interval], row: Date, as_of: Date) -> Timing {
        timing(intervals, None, Some(&RowTime::on(row)), as_of).timing
    }

    #[test]
    fn a_removed_listing_is_judged_by_both_dates() {
        let today = date(2026, 11, 24);
        assert_eq!(
            ask(&[TORNADO], date(2023, 5, 1), today),
            Timing::DelistedSince
        );
        assert_eq!(ask(&[TORNADO], today, today), Timing::DelistedBefore);
        assert_eq!(
            ask(&[TORNADO], date(2024, 1, 1), date(2024, 1, 1)),
            Timing::ListedThen
        );
        assert_eq!(
            ask(&[TORNADO], date(2021, 1, 1), today),
            Timing::ListedLater
        );
        assert_eq!(
            ask(&[TORNADO], date(2025, 3, 21), today),
            Timing::DelistedBefore
        );
        assert_eq!(
            ask(&[TORNADO], date(2025, 3, 20), today),
            Timing::DelistedSince
        );
    }

    /// A two-digit year has several readings, and they lie on both sides of the listing.
    #[test]
    fn a_range_around_the_whole_listing_counts() {
        let today = date(2026, 11, 24);
        let row = |first, last| RowTime {
            first,
            last,
            ..RowTime::on(first)
        };
        let ask = |intervals: &[Interval], row: &RowTime| timing(intervals, None, Some(row), today);
        let around = row(date(2021, 3, 25), date(2025, 3, 21));
        let answer = ask(&[TORNADO], &around);
        assert_eq!(answer.timing, Timing::DelistedSince);
        assert!(
            answer.note.contains("not certain enough"),
            "{}",
            answer.note
        );
        assert!(!answer.note.contains("very day"), "{}", answer.note);
        assert_eq!(relevant(&[TORNADO], Some(&around)), TORNADO);
        // Between two listings: the later one is the more serious.
        let second = Interval {
            from: Some(date(2026, 8, 7)),
            not_before: Some(date(2026, 8, 6)),
            until: None,
            last_seen: None,
        };
        let between = row(date(2025, 4, 1), date(2026, 1, 1));
        assert_eq!(
            ask(&[TORNADO, second], &between).timing,
            Timing::ListedLater
        );
        let day = ask(&[TORNADO], &row(date(2025, 3, 21), date(2025, 3, 21)));
        assert_eq!(day.timing, Timing::DelistedBefore);
        assert!(day.note.contains("very day"), "{}", day.note);
    }

    #[test]
    fn on_or_before_claims_no_start() {
        let open = Interval::on_or_before(date(2021, 2, 15));
        assert_eq!(
            ask(&[open], date(2020, 1, 1), date(2026, 1, 1)),
            Timing::DateUnknown
        );
        assert_eq!(
            ask(&[open], date(2022, 1, 1), date(2026, 1, 1)),
            Timing::ListedThen
        );
        // An address cannot be listed before its entity is.
        let row = RowTime::on(date(2018, 1, 1));
        let answer = timing(
            &[open],
            Some(date(2020, 9, 16)),
            Some(&row),
            date(2026, 1, 1),
        );
        assert_eq!(answer.timing, Timing::ListedLater);
        assert!(
            answer.note.contains("at least 989 days before the listing"),
            "{}",
            answer.note
        );
    }

    #[test]
    fn a_second_interval_counts() {
        let first = Interval {
            from: Some(date(2025, 11, 19)),
            not_before: Some(date(2025, 11, 18)),
            until: Some(date(2025, 11, 24)),
            last_seen: Some(date(2025, 11, 23)),
        };
        let second = Interval {
            from: Some(date(2026, 8, 7)),
            not_before: Some(date(2026, 8, 6)),
            until: None,
            last_seen: None,
        };
        let today = date(2026, 11, 24);
        assert_eq!(
            ask(&[first, second], date(2025, 11, 20), today),
            Timing::ListedThen
        );
        assert_eq!(
            ask(&[first, second], date(2026, 1, 1), today),
            Timing::ListedLater
        );
        assert_eq!(
            ask(&[first, second], date(2026, 9, 1), today),
            Timing::ListedThen
        );
    }

    #[test]
    fn a_row_is_told_by_the_interval_it_belongs_to() {
        let [first, second] = [(2020, 2021), (2023, 2024)].map(|(from, until)| Interval {
            from: Some(date(from, 1, 1)),
            not_before: None,
            until: Some(date(until, 1, 1)),
            last_seen: None,
        });
        let of = |y| relevant(&[first, second], Some(&RowTime::on(date(y, 6, 1))));
        assert_eq!((of(2019), of(2020)), (first, first));
        assert_eq!((of(2022), of(2023), of(2025)), (second, second, second));
        assert_eq!(relevant(&[first, second], None), second);
    }

    #[test]
    fn undated_lists_and_rows_stay_unknown() {
        assert_eq!(
            ask(&[Interval::UNDATED], date(2024, 1, 1), date(2026, 1, 1)),
            Timing::DateUnknown
        );
        assert_eq!(
            timing(&[TORNADO], None, None, date(2024, 1, 1)).timing,
            Timing::DateUnknown
        );
    }
}
