//! When an identifier stood on a list, and what that means for a moment in time.
//!
//! Days are the publisher's local days; nothing here reads a clock.

use jiff::civil::Date;

/// Half-open `[from, until)`, with what is known about both ends.
///
/// Histories are made of snapshots, so an end can lie anywhere between two of them:
/// `not_before < start <= from` and `last_seen < end <= until`. Where a list changed twice on one day
/// `last_seen` and `until` can be that same day: it was taken off in the course of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// First day it is known to be on the list. `None`: never observed (a list without dates).
    pub from: Option<Date>,
    /// Last day it is known not yet to be on it. `None`: it may have been on it long before
    /// `from`, which then means "on or before".
    pub not_before: Option<Date>,
    /// First day it is known to be off the list again. `None`: still on it.
    pub until: Option<Date>,
    /// Last day it is known to be on it, where `until` is set.
    pub last_seen: Option<Date>,
}

/// How a moment lies to the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timing {
    /// Listed at the row's time, and still.
    ListedThen,
    /// Listed at the row's time, not any more.
    DelistedSince,
    /// Listed after the row's time.
    ListedLater,
    /// The row, or the listing, has no date to compare.
    DateUnknown,
    /// The row is later than the delisting.
    DelistedBefore,
}

impl Timing {
    /// Every timing.
    pub const ALL: &[Self] = &[
        Self::ListedThen,
        Self::DelistedSince,
        Self::ListedLater,
        Self::DateUnknown,
        Self::DelistedBefore,
    ];

    /// Name in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ListedThen => "listed-then",
            Self::DelistedSince => "delisted-since",
            Self::ListedLater => "listed-later",
            Self::DateUnknown => "date-unknown",
            Self::DelistedBefore => "delisted-before",
        }
    }

    /// Whether a match with this timing alone makes the verdict `match`.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::DelistedBefore)
    }
}

/// A timing with its explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimingAnswer {
    /// The word.
    pub timing: Timing,
    /// One sentence: which dates were compared, and what is uncertain.
    pub note: String,
}

impl Interval {
    /// On the list since an unknown day.
    pub const UNDATED: Self = Self {
        from: None,
        not_before: None,
        until: None,
        last_seen: None,
    };

    /// On the list on or before `day`, still listed.
    pub const fn on_or_before(day: Date) -> Self {
        Self {
            from: Some(day),
            not_before: None,
            until: None,
            last_seen: None,
        }
    }

    /// Whether the start is known (to the precision of the snapshots), not only bounded.
    pub const fn starts_known(&self) -> bool {
        self.from.is_some() && self.not_before.is_some()
    }

    /// As [`Self::parse`] reads it: `not_before<from..last_seen<until`, unknown ends left out.
    pub fn to_text(&self) -> String {
        let bound = |a: Option<Date>, b: Option<Date>| {
            let text = |d: Option<Date>| d.map_or(String::new(), |d| d.to_string());
            match a {
                Some(_) => format!("{}<{}", text(a), text(b)),
                None => text(b),
            }
        };
        format!(
            "{}..{}",
            bound(self.not_before, self.from),
            bound(self.last_seen, self.until)
        )
    }

    /// Reads what [`Self::to_text`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let bound = |text: &str| -> Option<(Option<Date>, Option<Date>)> {
            let date = |text: &str| match text {
                "" => Some(None),
                text => text.parse().ok().map(Some),
            };
            match text.split_once('<') {
                Some((a, b)) => Some((date(a)?, date(b)?)),
                None => Some((None, date(text)?)),
            }
        };
        let (start, end) = text.split_once("..")?;
        let ((not_before, from), (last_seen, until)) = (bound(start)?, bound(end)?);
        Some(Self {
            from,
            not_before,
            until,
            last_seen,
        })
    }

    /// Whether it covers `day` for certain.
    pub fn covers(&self, day: Date) -> bool {
        self.from.is_some_and(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}
