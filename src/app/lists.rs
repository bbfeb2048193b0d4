//! Lists wired up: what differs between their snapshots, when a text was on them, what is odd.

use super::{ListOptions, check, load_lists};
use crate::address::Address;
use crate::error::AppError;
use crate::list::{Diff, ListSet, ListingRef, Snapshot, diff};
use crate::report::lists::HistoryLine;
use crate::screen::{Screener, stands_for};
use crate::source;
use crate::store::{Generation, Store};

/// Two snapshots of a list and what differs.
#[derive(Debug)]
pub struct ListDiff {
    /// The earlier one.
    pub from: Snapshot,
    /// The later one.
    pub to: Snapshot,
    /// What differs.
    pub diff: Diff,
}

/// What differs between two kept snapshots of `id`; by default between the current one and the one
/// before it.
pub fn diff_list(
    store: &Store,
    id: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<ListDiff, AppError> {
    let to = store.revision(id, to.unwrap_or("0"))?;
    let from = match from {
        Some(from) => store.revision(id, from)?,
        None => {
            let all = store.generations(id)?;
            let at = all.iter().position(|g| g.sha256 == to.sha256);
            let before = all[..at.unwrap_or(0)].iter().rfind(|g| !g.withdrawn);
            let only = || {
                AppError::Usage(format!(
                    "list `{id}` has no kept snapshot before {} ({})",
                    to.day,
                    &to.sha256[..12]
                ))
            };
            before.cloned().ok_or_else(only)?
        }
    };
    let (old, new) = (store.load_at(id, &from)?, store.load_at(id, &to)?);
    Ok(ListDiff {
        diff: diff(&old, &new),
        from: old.snapshot,
        to: new.snapshot,
    })
}

/// When one text stood on which list.
#[derive(Debug)]
pub struct History<'l> {
    /// As given.
    pub text: String,
    /// The address's canonical text; empty when it is none.
    pub canonical: String,
    /// Where it is or was listed.
    pub lines: Vec<HistoryLine<'l>>,
}

/// When texts stood on which lists.
pub fn histories<'l>(
    set: &'l ListSet,
    store: &Store,
    options: &ListOptions,
    texts: &[String],
) -> Vec<History<'l>> {
    let screener = Screener::new(set);
    let checked = check(&screener, texts.iter().cloned(), options.as_of);
    checked
        .into_iter()
        .map(|checked| {
            let mut lines = Vec::new();
            let mut seen: Vec<(&str, &str)> = Vec::new();
            for m in &checked.matches {
                let who = (&*m.list.source.id, &*m.listing.entity.id);
                if seen.contains(&who) {
                    continue;
                }
                seen.push(who);
                let address = Address::parse(&m.address).ok();
                for at in set.refs() {
                    let (list, listing) = (set.list(at), set.listing(at));
                    if (&*list.source.id, &*listing.entity.id) != who {
                        continue;
                    }
                    let found = stands_for(listing.text, &checked.input, address.as_ref());
                    if let Some(relation) = found {
                        lines.push(line(set, store, at, relation.basis.id()));
                    }
                }
            }
            History {
                canonical: checked
                    .validated
                    .outcome
                    .as_ref()
                    .map_or(String::new(), |a| a.canonical().to_owned()),
                text: checked.input,
                lines,
            }
        })
        .collect()
}

/// A listing with the snapshots by which its dates are known: kept ones, or a bundled history.
fn line<'l>(
    set: &'l ListSet,
    store: &Store,
    at: ListingRef,
    basis: &'static str,
) -> HistoryLine<'l> {
    let (list, listing) = (set.list(at), set.listing(at));
    let generations: Vec<Generation> = match list.snapshot.bundled {
        true => Vec::new(),
        false => store.generations(&list.source.id).unwrap_or_default(),
    };
    let history = source::bundled_lists().into_iter().find(|history| {
        history.source.superseded_by.as_deref() == Some(&*list.source.id)
            || history.source.id == list.source.id
    });
    let by = |day: Option<jiff::civil::Date>, end: bool| -> Option<Box<str>> {
        let day = day?;
        let mut of_day = generations.iter().filter(|g| g.day == day && !g.withdrawn);
        // Of several on one day the last took it off.
        let kept = match end {
            true => of_day.next_back(),
            false => of_day.next(),
        };
        let reaches = |snapshot: &Snapshot| snapshot.published_on.is_some_and(|to| day <= to);
        match (kept, &history) {
            (Some(kept), _) => Some(kept.sha256.clone()),
            (None, Some(history)) if reaches(&history.snapshot) => {
                Some(history.snapshot.sha256.clone())
            }
            _ => None,
        }
    };
    HistoryLine {
        list,
        listing,
        basis,
        snapshots: listing
            .intervals
            .iter()
            .map(|i| (by(i.from, false), by(i.until, true)))
            .collect(),
    }
}

/// Loads every wanted list for a question about lists: nothing is too old for it.
pub fn load_for_questions(options: &ListOptions) -> Result<ListSet, AppError> {
    let options = ListOptions {
        allow_stale: true,
        ..options.clone()
    };
    Ok(load_lists(&options)?.set)
}
