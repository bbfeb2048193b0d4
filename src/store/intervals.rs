//! What the kept snapshots of a list say together: when each listing was on it, and what left it.
//!
//! `intervals.tsv` beside a snapshot's document holds what was derived of it and of those before it,
//! so that only one document is read. It is made for one sequence of snapshots and made anew when
//! it does not fit.

use super::extract::{EntityRow, SnapshotRow, Texts, intervals_text, json, parse_intervals};
use super::generations::{Generation, chain};
use super::{Store, StoreError, disk, read_own};
use crate::finding::{Code, Finding, Place};
use crate::list::{List, PastListing, Snapshot};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::path::Path;

const FILE: &str = "intervals.tsv";
const FIRST_LINE: &str = "# interdict intervals 1";

#[derive(Serialize, Deserialize)]
struct PastRow<'a> {
    entity: EntityRow,
    #[serde(flatten)]
    texts: Texts<'a>,
    intervals: String,
}

/// What was derived, ready to be put on the list of the snapshot itself.
struct Derived {
    listings: usize,
    seen_on: Vec<Date>,
    /// First listing, how many, their intervals.
    intervals: Vec<(u32, u32, Vec<crate::list::Interval>)>,
    past: Vec<PastListing>,
}

impl Store {
    /// The list of the last of `lineage` with what those before it say.
    pub(super) fn load_lineage(
        &self,
        id: &str,
        lineage: &[Generation],
    ) -> Result<List, StoreError> {
        let (last, before) = lineage.split_last().expect("a list has a snapshot");
        let installed = self.snapshot(id, &last.sha256)?;
        if before.is_empty() {
            return read_own(&installed);
        }
        if let Some(derived) = read(&installed.folder, lineage) {
            let list = read_own(&installed)?;
            if list.len() == derived.listings {
                return Ok(derived.apply(list));
            }
            return self.derive(id, lineage, list);
        }
        let list = read_own(&installed)?;
        self.derive(id, lineage, list)
    }

    /// Derives the state of `list`, the last of `lineage`, and keeps it where that can be done.
    pub(super) fn derive(
        &self,
        id: &str,
        lineage: &[Generation],
        list: List,
    ) -> Result<List, StoreError> {
        let n = lineage.len();
        let mut state: Option<List> = None;
        let mut unread = Vec::new();
        // From the last one whose state is known.
        let start = (1..n)
            .rev()
            .find(|&end| {
                let Ok(there) = self.snapshot(id, &lineage[end - 1].sha256) else {
                    return false;
                };
                let Some(derived) = read(&there.folder, &lineage[..end]) else {
                    return false;
                };
                match read_own(&there) {
                    Ok(own) if own.len() == derived.listings => {
                        state = Some(derived.apply(own));
                        true
                    }
                    _ => false,
                }
            })
            .unwrap_or(0);
        for end in start + 1..n {
            let generation = &lineage[end - 1];
            let there = self
                .snapshot(id, &generation.sha256)
                .and_then(|there| Ok((read_own(&there)?, there)));
            match there {
                Ok((own, there)) => {
                    state = Some(match &state {
                        Some(before) => own.on(generation.day).after(before),
                        None => own.on(generation.day),
                    });
                    if let Some(state) = &state
                        && end > 1
                        && unread.is_empty()
                    {
                        keep(&there.folder, &lineage[..end], state);
                    }
                }
                // An older snapshot that is damaged takes nothing from the one in use.
                Err(e) => unread.push(Finding::new(
                    Code::HistoryIncomplete,
                    Place::whole(id),
                    format!(
                        "the snapshot of {} ({}) cannot be used for the history: {e}",
                        generation.day,
                        &generation.sha256[..12]
                    ),
                )),
            }
        }
        let mut list = match &state {
            Some(before) => list.on(lineage[n - 1].day).after(before),
            None => list,
        };
        if unread.is_empty() {
            let folder = self.lists().join(id).join(&*lineage[n - 1].sha256);
            keep(&folder, lineage, &list);
        }
        list.findings.append(&mut unread);
        list.findings.sort();
        Ok(list)
    }
}

impl Derived {
    fn apply(self, mut list: List) -> List {
        for (first, count, intervals) in &self.intervals {
            for ix in *first..first + count {
                list.set_intervals(ix, intervals);
            }
        }
        list.seen_on = self.seen_on;
        list.add_past(&self.past)
    }
}

/// Writes the state beside the snapshot. A store that cannot be written to is still one to read.
fn keep(folder: &Path, lineage: &[Generation], list: &List) {
    let mut text = format!(
        "{FIRST_LINE}\n# chain: {}\n# listings: {}\n",
        chain(lineage),
        list.len()
    );
    for day in &list.seen_on {
        let _ = writeln!(text, "D\t{day}");
    }
    let mut ix = 0;
    let all: Vec<_> = list.listings().map(|l| l.intervals).collect();
    for run in all.chunk_by(|a, b| a == b) {
        let _ = writeln!(text, "I\t{ix}\t{}\t{}", run.len(), intervals_text(run[0]));
        ix += run.len();
    }
    let mut snapshot: Option<&Snapshot> = None;
    for gone in list.past_listings() {
        if snapshot != Some(gone.snapshot) {
            snapshot = Some(gone.snapshot);
            let _ = writeln!(text, "S\t{}", json(&SnapshotRow::of(gone.snapshot)));
        }
        let row = PastRow {
            entity: EntityRow::of(gone.entity),
            texts: Texts::of(&gone),
            intervals: intervals_text(gone.intervals),
        };
        let _ = writeln!(text, "P\t{}", json(&row));
    }
    let seal = crate::source::sha256(text.as_bytes());
    let _ = writeln!(text, "# sha256: {seal}");
    let _ = disk::replace(&folder.join(FILE), &text);
}

/// What was derived for just this sequence of snapshots.
fn read(folder: &Path, lineage: &[Generation]) -> Option<Derived> {
    let text = std::fs::read_to_string(folder.join(FILE)).ok()?;
    let body = text.strip_suffix('\n')?;
    let end = body.rfind('\n')? + 1;
    let seal = body[end..].strip_prefix("# sha256: ")?;
    if crate::source::sha256(&text.as_bytes()[..end]) != seal {
        return None;
    }
    let mut lines = text[..end].lines();
    (lines.next()? == FIRST_LINE).then_some(())?;
    (lines.next()?.strip_prefix("# chain: ")? == chain(lineage)).then_some(())?;
    let mut derived = Derived {
        listings: lines.next()?.strip_prefix("# listings: ")?.parse().ok()?,
        seen_on: Vec::new(),
        intervals: Vec::new(),
        past: Vec::new(),
    };
    let mut snapshot = None;
    let mut covered = 0_u32;
    for line in lines {
        let (kind, rest) = line.split_once('\t')?;
        match kind {
            "D" => derived.seen_on.push(rest.parse().ok()?),
            "I" => {
                let mut cells = rest.split('\t');
                let first: u32 = cells.next()?.parse().ok()?;
                let count: u32 = cells.next()?.parse().ok()?;
                let intervals = parse_intervals(cells.next()?)?;
                (first == covered).then_some(())?;
                covered = first.checked_add(count)?;
                derived.intervals.push((first, count, intervals));
            }
            "S" => {
                let row: SnapshotRow<'_> = serde_json::from_str(rest).ok()?;
                snapshot = Some(row.into_snapshot());
            }
            "P" => {
                let row: PastRow<'_> = serde_json::from_str(rest).ok()?;
                derived.past.push(PastListing {
                    snapshot: snapshot.clone()?,
                    entity: row.entity.into_entity(),
                    text: row.texts.text.into(),
                    raw: row.texts.raw.into(),
                    label: row.texts.label.into(),
                    locator: row.texts.locator.into(),
                    note: row.texts.note.into(),
                    url: row.texts.url.into(),
                    intervals: parse_intervals(&row.intervals)?,
                });
            }
            _ => return None,
        }
    }
    (covered as usize == derived.listings).then_some(derived)
}
