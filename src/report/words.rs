//! What every report for people says in the same words: the headline, the lists by name and date,
//! spans, counts, and the matches in reading order.
//!
//! Texts are raw: each format escapes them for itself.

use crate::list::{Authority, Entity, Interval, List, Listing};
use crate::screen::{Disposed, InputSummary, Match, NotScreened, ScreeningReport, State, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// The verdict in one sentence, without the lists.
pub(super) fn headline(report: &ScreeningReport<'_>) -> String {
    match report.verdict() {
        Verdict::Match => {
            let counts = || report.matches.iter().filter(|m| m.stands());
            let cells: BTreeSet<_> = counts().map(cell_of).collect();
            let entities: BTreeSet<_> = counts()
                .map(|m| (&m.list.source.id, &m.listing.entity.id))
                .collect();
            let cells = count(cells.len() as u64, "cell matches", "cells match");
            let who = count(entities.len() as u64, "listed entity", "listed entities");
            format!("MATCH: {cells} {who}")
        }
        Verdict::Incomplete => "INCOMPLETE: no match, but not everything could be screened".into(),
        Verdict::Possible => "POSSIBLE: no match, but near misses to look at".into(),
        Verdict::NoMatch => "NO MATCH".into(),
    }
}

/// What the headline leaves open: not screened, near misses, matches of removed listings.
pub(super) fn beside(report: &ScreeningReport<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    let reasons: Vec<String> = report
        .coverage
        .not_screened
        .iter()
        .map(|n| format!("{} {}", number(n.count), reason(n)))
        .collect();
    if !reasons.is_empty() {
        parts.push(format!("not screened: {}", reasons.join(", ")));
    }
    let n = report.possible.len() as u64;
    if n > 0 {
        parts.push(format!(
            "{} to look at",
            count(n, "near miss", "near misses")
        ));
    }
    let cleared = report.matches.iter().filter(|m| m.cleared());
    let n = cleared.map(cell_of).collect::<BTreeSet<_>>().len() as u64;
    if n > 0 {
        parts.push(format!("{} cleared by a person", count(n, "cell", "cells")));
    }
    let removed = report.matches.iter().filter(|m| !m.timing.counts());
    let n = removed.map(cell_of).collect::<BTreeSet<_>>().len() as u64;
    if n > 0 {
        parts.push(format!(
            "{} of addresses removed from their list before the row's date",
            count(n, "cell", "cells")
        ));
    }
    parts
}

fn cell_of(m: &Match<'_>) -> (usize, u64, usize, u64) {
    (m.input, m.row, m.column.index, m.byte)
}

/// How many texts, rows and inputs could not be screened.
pub(super) fn not_screened(report: &ScreeningReport<'_>) -> u64 {
    report.coverage.not_screened.iter().map(|n| n.count).sum()
}

/// What was decided, by whom, why, and whether it holds.
pub(super) fn disposition(disposed: &Disposed) -> String {
    let d = &disposed.disposition;
    let state = match disposed.state {
        State::Holds => format!("until {}", d.expires),
        State::Expired => format!("only until {}, so it counts again", d.expires),
        State::RecordChanged => "but the listed record has changed, so it counts again".to_owned(),
    };
    format!(
        "{} by {} on {}, {state}: {}",
        d.outcome.id(),
        d.author,
        d.date,
        d.reason
    )
}

/// On which lists of which dates, as of when.
pub(super) fn on_lists(report: &ScreeningReport<'_>) -> String {
    let lists: Vec<String> = report
        .lists
        .lists()
        .iter()
        .map(|l| format!("{} {}", l.source.title, of_date(l)))
        .collect();
    match lists.is_empty() {
        true => format!("On no list at all, as of {}", report.as_of),
        false => format!("On {}, as of {}", lists.join("; "), report.as_of),
    }
}

/// "of 2026-08-20", "retrieved 2026-08-20", "undated".
pub(super) fn of_date(list: &List) -> String {
    match (list.snapshot.published_on, list.snapshot.retrieved_at) {
        (Some(day), _) => format!("of {day}"),
        (None, Some(at)) => format!("retrieved {}", day_of(at)),
        (None, None) => "undated".to_owned(),
    }
}

/// The day of a moment, in UTC.
pub(super) fn day_of(at: jiff::Timestamp) -> jiff::civil::Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// "96 days old", and whether it is the copy compiled into the build.
pub(super) fn age(report: &ScreeningReport<'_>, list: &List) -> String {
    match report.age_days(list) {
        None => "unknown".to_owned(),
        Some(days) if days < 0 => format!("{} after --as-of", count(-days as u64, "day", "days")),
        Some(days) => count(days as u64, "day", "days"),
    }
}

/// What an authority's word means: seized is not sanctioned.
pub(super) fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::Government => "sanctions authority",
        Authority::Intergovernmental => "intergovernmental sanctions",
        Authority::Court => "court seizure, not a sanction",
        Authority::LawEnforcement => "law-enforcement notice, not a sanction",
        Authority::Issuer => "issuer's freeze, not a sanction",
        Authority::Community => "community label, not a sanction",
        Authority::User => "the user's own list",
    }
}

/// An interval in words.
pub(super) fn span(interval: &Interval) -> String {
    let from = match interval.from {
        None => "listed, start unknown".to_owned(),
        Some(day) if interval.starts_known() => format!("listed from {day}"),
        Some(day) => format!("listed on or before {day}"),
    };
    match interval.until {
        None => from,
        Some(day) => format!("{from}, removed {day}"),
    }
}

/// All intervals in words.
pub(super) fn spans(listing: &Listing<'_>) -> String {
    let spans: Vec<String> = listing.intervals.iter().map(span).collect();
    spans.join("; ")
}

/// What a reason for not screening means.
pub(super) fn reason(not_screened: &NotScreened) -> String {
    not_screened.reason.replace('-', " ")
}

/// A number with thousands separated.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 row", "2 rows".
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A column by its name, else by its number.
pub(super) fn column(column: &crate::screen::Column) -> String {
    match &*column.name {
        "" => format!("column {}", column.index + 1),
        name => name.to_owned(),
    }
}

/// What an input is called where there is little room: the end of its path, when no other input
/// has the same.
pub(super) fn input_name<'r>(report: &'r ScreeningReport<'_>, input: usize) -> &'r str {
    let path = report.inputs.get(input).map_or("", |i| &*i.path);
    let same = |i: &&InputSummary| last(&i.path) == last(path);
    match report.inputs.iter().filter(same).count() {
        1 => last(path),
        _ => path,
    }
}

fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// "as etherscan, utf-8, gzip".
pub(super) fn read_as(input: &InputSummary) -> String {
    let how = match &*input.profile {
        "" => "by content".to_owned(),
        profile => format!("as {profile}"),
    };
    let parts = [&*how, &*input.encoding, &*input.compression];
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(", ")
}

/// The matches of one listed entity on one list.
pub(super) struct Group<'r> {
    pub(super) list: &'r List,
    pub(super) entity: &'r Entity,
    /// Its matches were cleared: they are shown apart.
    pub(super) cleared: bool,
    /// By listed text, in order of first appearance.
    pub(super) listings: Vec<Vec<&'r Match<'r>>>,
}

impl<'r> Group<'r> {
    /// "2 matches, cleared".
    pub(super) fn title(&self) -> String {
        let matches = count(self.len(), "match", "matches");
        match self.cleared {
            true => format!("{matches}, cleared"),
            false => matches,
        }
    }

    /// "2×listed-then, 1×delisted-since".
    pub(super) fn timings(&self) -> String {
        let mut counts = BTreeMap::new();
        for m in self.matches() {
            *counts.entry(m.timing).or_insert(0u64) += 1;
        }
        let counts = counts
            .iter()
            .map(|(t, n)| format!("{}×{}", number(*n), t.id()));
        counts.collect::<Vec<_>>().join(", ")
    }

    /// How many cells match.
    pub(super) fn len(&self) -> u64 {
        self.listings.iter().map(|l| l.len() as u64).sum()
    }

    /// All its matches.
    pub(super) fn matches(&self) -> impl Iterator<Item = &'r Match<'r>> {
        self.listings.iter().flatten().copied()
    }
}

/// Matches in reading order: those that count before those removed earlier, those cleared last,
/// sanctions before other
/// authorities, then by entity.
pub(super) fn groups<'r>(report: &'r ScreeningReport<'_>) -> Vec<Group<'r>> {
    let mut by_entity: BTreeMap<(bool, &str, &str), Group<'r>> = BTreeMap::new();
    for m in &report.matches {
        let group = by_entity
            .entry((m.cleared(), &m.list.source.id, &m.listing.entity.id))
            .or_insert_with(|| Group {
                list: m.list,
                entity: m.listing.entity,
                cleared: m.cleared(),
                listings: Vec::new(),
            });
        match group
            .listings
            .iter_mut()
            .find(|l| l[0].listing.text == m.listing.text)
        {
            Some(listing) => listing.push(m),
            None => group.listings.push(vec![m]),
        }
    }
    let mut groups: Vec<Group<'r>> = by_entity.into_values().collect();
    groups.sort_by_key(|g| {
        let counts = g.matches().any(|m| m.stands());
        (
            g.cleared,
            !counts,
            g.list.source.authority,
            g.list.source.id.clone(),
            // Those without a name of their own come after the named.
            !g.entity.name.starts_with(char::is_alphanumeric),
            g.entity.name.clone(),
        )
    });
    groups
}
