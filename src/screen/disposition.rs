//! What people decided about matches: cleared or confirmed, by whom, until when.
//!
//! A decision is bound to the match and to the listed record as it was. When the record has changed
//! or the day has come, it no longer holds and the match counts again. Pure: where decisions are
//! kept is not known here.

use super::report::{Match, ScreeningReport};
use crate::finding::{Code, Finding, Place};
use crate::list::{Entity, Interval, Listing};
use jiff::{civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Not the listed party, or lawful: it makes no verdict while the decision holds.
    Cleared,
    /// The listed party: it stays a match, and is known.
    Confirmed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: &[Self] = &[Self::Cleared, Self::Confirmed];

    /// Name in files and reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cleared => "cleared",
            Self::Confirmed => "confirmed",
        }
    }
}

/// Whether a decision still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It does.
    Holds,
    /// Its last day has passed.
    Expired,
    /// The listed record is not the one it was made on.
    RecordChanged,
}

impl State {
    /// Name in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Expired => "expired",
            Self::RecordChanged => "record-changed",
        }
    }
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// The match's id.
    pub match_id: Box<str>,
    /// [`record_sha256`] of the listed record it was made on.
    pub record: Box<str>,
    /// What was decided.
    pub outcome: Outcome,
    /// Why.
    pub reason: Box<str>,
    /// By whom.
    pub author: Box<str>,
    /// When.
    pub date: Date,
    /// The first day on which it no longer holds.
    pub expires: Date,
}

/// A decision beside the match it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposed {
    /// The decision.
    pub disposition: Disposition,
    /// Whether it holds.
    pub state: State,
}

impl Disposed {
    /// Whether the match makes no verdict because of it.
    pub fn clears(&self) -> bool {
        self.state == State::Holds && self.disposition.outcome == Outcome::Cleared
    }
}

/// SHA-256 of what a list says of one identifier, in lower-case hex: the list's id, the entity (id,
/// kind, name, programmes, day of listing), the identifier, its published text, label and comment,
/// and its intervals as far as they do not change with every new snapshot. Each text is preceded by
/// its length in bytes and a colon. Where in the document it stands is no part of it.
pub fn record_sha256(list: &str, listing: &Listing<'_>) -> String {
    let entity: &Entity = listing.entity;
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(format!("{}:", text.len()));
        hash.update(text);
    };
    add(list);
    add(&entity.id);
    add(entity.kind.id());
    add(&entity.name);
    add(&entity.programs.len().to_string());
    entity.programs.iter().for_each(|p| add(p));
    add(&entity.listed_on.map_or(String::new(), |d| d.to_string()));
    [listing.text, listing.raw, listing.label, listing.note]
        .into_iter()
        .for_each(&mut add);
    for interval in listing.intervals {
        add(&span(interval));
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

/// A start that is only bounded moves with every snapshot of a list without dates.
fn span(interval: &Interval) -> String {
    let from = interval.from.filter(|_| interval.starts_known());
    let text = |day: Option<Date>| day.map_or(String::new(), |d| d.to_string());
    format!("{}/{}", text(from), text(interval.until))
}

impl Match<'_> {
    /// SHA-256 of the listed record: see [`record_sha256`].
    pub fn record_sha256(&self) -> String {
        record_sha256(&self.list.source.id, &self.listing)
    }

    /// Whether it was cleared and the decision holds.
    pub fn cleared(&self) -> bool {
        self.disposition.as_deref().is_some_and(Disposed::clears)
    }

    /// Whether it stands by its timing and was not cleared.
    pub fn stands(&self) -> bool {
        self.timing.counts() && !self.cleared()
    }
}

impl ScreeningReport<'_> {
    /// Puts decisions beside their matches and near misses. `of` is where they come from, for
    /// findings: decisions that do not hold, have no effect, or are about nothing in this run.
    pub fn dispose(&mut self, dispositions: &[Disposition], of: &str) {
        let today = self.as_of.to_zoned(TimeZone::UTC).date();
        let mut by_id: BTreeMap<&str, Vec<&Disposition>> = BTreeMap::new();
        for d in dispositions {
            by_id.entry(&d.match_id).or_default().push(d);
        }
        let mut found: BTreeMap<&str, (Disposed, bool)> = BTreeMap::new();
        let possible = self.possible.iter_mut().map(|p| &mut p.found);
        for m in self.matches.iter_mut().chain(possible) {
            let Some((id, all)) = by_id.get_key_value(&*m.id) else {
                continue;
            };
            let record = m.record_sha256();
            let disposed = all.iter().map(|d| Disposed {
                disposition: (*d).clone(),
                state: if *d.record != *record {
                    State::RecordChanged
                } else if today >= d.expires {
                    State::Expired
                } else {
                    State::Holds
                },
            });
            // The latest; of one day the one that does not clear. An older decision does not come
            // back when the latest has ended.
            let best = disposed
                .max_by_key(|d| {
                    let clears = d.disposition.outcome == Outcome::Cleared;
                    (d.disposition.date, !clears, d.state == State::Holds)
                })
                .expect("there is one at least");
            let effect = m.timing.counts();
            found.insert(id, (best.clone(), effect));
            m.disposition = Some(Box::new(best));
        }
        for (id, all) in &by_id {
            let place = || Place::record(of, *id);
            let mut tell = |code, detail: String| {
                self.findings.push(Finding::new(code, place(), detail));
            };
            let Some((best, effect)) = found.get(id) else {
                let n = all.len();
                let what = if n == 1 {
                    "decision is"
                } else {
                    "decisions are"
                };
                tell(
                    Code::DispositionUnknown,
                    format!("{n} {what} about a match that this run does not have"),
                );
                continue;
            };
            let d = &best.disposition;
            match best.state {
                State::Holds if !effect && d.outcome == Outcome::Cleared => tell(
                    Code::DispositionUnused,
                    "the match makes no verdict by its timing anyway".to_owned(),
                ),
                State::Holds => {}
                State::Expired => tell(
                    Code::DispositionReopened,
                    format!("{} by {} until {}", d.outcome.id(), d.author, d.expires),
                ),
                State::RecordChanged => tell(
                    Code::DispositionReopened,
                    format!(
                        "{} by {} on {}; the listed record has changed since",
                        d.outcome.id(),
                        d.author,
                        d.date
                    ),
                ),
            }
            if all.len() > 1 {
                tell(
                    Code::DispositionUnused,
                    format!("{} decisions; that of {} is used", all.len(), d.date),
                );
            }
        }
    }
}
