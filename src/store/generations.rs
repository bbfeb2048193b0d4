//! The kept snapshots of a list in their order, and which of them is meant.
//!
//! `lists/<id>/history.tsv` records them: the day of the document, when it was retrieved, its hash,
//! and whether it was rolled back. It is made anew from the manifests whenever one is missing.

use super::disk::{self, Lock};
use super::{CURRENT, InstalledList, MANIFEST, Manifest, Store, StoreError, is_sha256};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::Duration;

const HISTORY: &str = "history.tsv";
const FIRST_LINE: &str = "# interdict generations 1";

/// One kept snapshot of a list. The order is that of the documents' days.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation {
    /// The day of the document: as it says itself, else when it was retrieved, in UTC.
    pub day: Date,
    /// When it was retrieved.
    pub retrieved_at: Timestamp,
    /// The hash of its document.
    pub sha256: Box<str>,
    /// Whether the list was rolled back behind it.
    pub withdrawn: bool,
}

impl Generation {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let retrieved = manifest.retrieved_at.to_zoned(TimeZone::UTC).date();
        Self {
            day: manifest.published_on.unwrap_or(retrieved),
            retrieved_at: manifest.retrieved_at,
            sha256: manifest.sha256.clone(),
            withdrawn: false,
        }
    }
}

/// The hash of a sequence of snapshots: what was derived of it is good for no other.
pub(super) fn chain(generations: &[Generation]) -> String {
    let mut hash = Sha256::new();
    for generation in generations {
        hash.update(format!("{} {}\n", generation.day, generation.sha256));
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

/// A kept snapshot, or why it cannot be used.
pub type Kept = (Generation, Result<InstalledList, StoreError>);

/// What became of one snapshot since it was stored.
#[derive(Debug)]
pub struct Verified {
    /// The list.
    pub id: String,
    /// The snapshot's hash, or the name of its folder.
    pub sha256: Box<str>,
    /// Its day, when it can be told.
    pub day: Option<Date>,
    /// Whether it is the current one.
    pub current: bool,
    /// `Ok(false)`: its document was let go by `--keep`, its listings are kept.
    pub outcome: Result<bool, StoreError>,
}

impl Store {
    /// The kept snapshots of `id`, oldest first.
    pub fn generations(&self, id: &str) -> Result<Vec<Generation>, StoreError> {
        let folder = self.lists().join(id);
        match std::fs::read_to_string(folder.join(HISTORY)) {
            Ok(text) => match parse(&text) {
                Some(generations) => Ok(generations),
                None => self.survey(id),
            },
            Err(_) => self.survey(id),
        }
    }

    /// The kept snapshots by the record and their manifests. The record is only added to: a document
    /// that comes back after another one stands in it twice, for it was away.
    fn survey(&self, id: &str) -> Result<Vec<Generation>, StoreError> {
        let folder = self.lists().join(id);
        let recorded = std::fs::read_to_string(folder.join(HISTORY))
            .ok()
            .and_then(|text| parse(&text))
            .unwrap_or_default();
        let mut generations = Vec::new();
        for name in folders(&folder)? {
            // A snapshot whose manifest is damaged has no place in the order; `verify` names it.
            if let Ok(manifest) = Manifest::read(&folder.join(&name).join(MANIFEST)) {
                let mut now = Generation::of(&manifest);
                let mut earlier = false;
                for mut known in recorded.iter().filter(|g| g.sha256 == now.sha256).cloned() {
                    now.withdrawn = known.withdrawn;
                    if known.retrieved_at == now.retrieved_at {
                        // It may be read in another way since.
                        known.day = if earlier { known.day } else { now.day };
                    }
                    earlier = true;
                    generations.push(known);
                }
                let at = now.retrieved_at;
                if generations
                    .iter()
                    .all(|g| g.sha256 != now.sha256 || g.retrieved_at != at)
                {
                    if earlier {
                        // Whatever day it bears, it is on offer again since now.
                        now.day = now.day.max(at.to_zoned(TimeZone::UTC).date());
                    }
                    generations.push(now);
                }
            }
        }
        generations.sort();
        // The same document twice in a row was never away.
        generations.dedup_by(|later, first| {
            let same = later.sha256 == first.sha256;
            first.withdrawn &= later.withdrawn || !same;
            same
        });
        Ok(generations)
    }

    /// Writes the record of the kept snapshots anew, after `change`. The lock is held.
    pub(super) fn record(
        &self,
        id: &str,
        change: impl FnOnce(&mut [Generation]),
    ) -> Result<Vec<Generation>, StoreError> {
        let mut generations = self.survey(id)?;
        change(&mut generations);
        let mut text = format!("{FIRST_LINE}\n");
        for g in &generations {
            let state = if g.withdrawn { "withdrawn" } else { "kept" };
            text += &format!("{}\t{}\t{}\t{state}\n", g.day, g.retrieved_at, g.sha256);
        }
        disk::replace(&self.lists().join(id).join(HISTORY), &text)?;
        Ok(generations)
    }

    /// The snapshots that the state of `sha256` is made of: it, and those before it.
    pub(super) fn lineage(&self, id: &str, sha256: &str) -> Result<Vec<Generation>, StoreError> {
        let mut generations = self.generations(id)?;
        if !generations.iter().any(|g| *g.sha256 == *sha256) {
            generations = self.survey(id)?;
        }
        if let Some(at) = generations.iter().rposition(|g| *g.sha256 == *sha256) {
            generations.truncate(at + 1);
            generations.retain(|g| !g.withdrawn || *g.sha256 == *sha256);
            return Ok(generations);
        }
        Ok(vec![Generation::of(&self.snapshot(id, sha256)?.manifest)])
    }

    /// The snapshots that the state of `sha256` is made of, oldest first and itself last; one that is
    /// damaged has its error in its place.
    pub fn kept(&self, id: &str, sha256: &str) -> Result<Vec<Kept>, StoreError> {
        let lineage = self.lineage(id, sha256)?.into_iter();
        let kept = lineage.map(|generation| {
            let snapshot = self.snapshot(id, &generation.sha256);
            (generation, snapshot)
        });
        Ok(kept.collect())
    }

    /// The snapshot of `id` that a text means: the beginning of its hash, a day (the last one on or
    /// before it), or how many generations back.
    pub fn revision(&self, id: &str, text: &str) -> Result<Generation, StoreError> {
        let current = self.find(id)?.manifest.sha256;
        let generations = self.generations(id)?;
        let unknown = |why: String| StoreError::Revision {
            id: id.into(),
            text: text.into(),
            why,
            known: generations
                .iter()
                .map(|g| format!("{} {}", g.day, &g.sha256[..12]))
                .collect(),
        };
        if let Ok(day) = text.parse::<Date>() {
            let found = generations.iter().rfind(|g| g.day <= day && !g.withdrawn);
            return found
                .cloned()
                .ok_or_else(|| unknown(format!("no snapshot is of {day} or before")));
        }
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        if digits && (1..=4).contains(&text.len()) {
            let back: usize = text.parse().map_err(|_| unknown("no number".into()))?;
            let at = generations.iter().rposition(|g| g.sha256 == current);
            let mut before = generations[..at.map_or(0, |at| at + 1)]
                .iter()
                .rev()
                .filter(|g| !g.withdrawn || g.sha256 == current);
            return before
                .nth(back)
                .cloned()
                .ok_or_else(|| unknown(format!("there are not {back} snapshots before it")));
        }
        let text_lower = text.to_ascii_lowercase();
        if text.len() < 4 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(unknown(
                "give the beginning of a sha256, a day, or a number of generations back".into(),
            ));
        }
        let found = || {
            generations
                .iter()
                .filter(|g| g.sha256.starts_with(&text_lower))
        };
        match found().next_back() {
            Some(last) if found().all(|g| g.sha256 == last.sha256) => Ok(last.clone()),
            None => Err(unknown("no snapshot's sha256 begins with it".into())),
            Some(_) => Err(unknown("several snapshots begin with it".into())),
        }
    }

    /// Makes the kept snapshot `to` the current one again. Those between are withdrawn, or, on the
    /// way forward, are so no more: a withdrawn snapshot is not installed again unasked.
    pub fn rollback(
        &self,
        id: &str,
        to: &Generation,
        patience: Duration,
    ) -> Result<(Manifest, InstalledList), StoreError> {
        let _lock = Lock::take(&self.home, patience, &Timestamp::now().to_string())?;
        let before = self.find(id)?.manifest;
        let there = self.snapshot(id, &to.sha256)?;
        let document = there.document();
        match disk::hash(&document)? {
            Some(found) if found == to.sha256 => {}
            Some(found) => {
                return Err(StoreError::Tampered {
                    path: document,
                    expected: to.sha256.clone(),
                    found,
                });
            }
            None => {
                return Err(StoreError::LetGo {
                    id: id.into(),
                    sha256: to.sha256.clone(),
                });
            }
        }
        self.record(id, |all| {
            let at = |sha256: &str| all.iter().rposition(|g| *g.sha256 == *sha256);
            let (Some(from), Some(to)) = (at(&before.sha256), at(&to.sha256)) else {
                return;
            };
            for (ix, generation) in all.iter_mut().enumerate() {
                if from < ix && ix <= to {
                    generation.withdrawn = false;
                } else if to < ix && ix <= from {
                    generation.withdrawn = true;
                }
            }
            all[to].withdrawn = false;
        })?;
        let current = self.lists().join(id).join(CURRENT);
        disk::replace(&current, &format!("{}\n", to.sha256))?;
        Ok((before, there))
    }

    /// Hashes every document of every snapshot anew.
    pub fn verify(&self) -> Result<Vec<Verified>, StoreError> {
        let mut all = Vec::new();
        for id in self.ids()? {
            let folder = self.lists().join(&id);
            let current = self.current(&id);
            for name in folders(&folder)? {
                let is_current = matches!(&current, Ok(Some(sha256)) if *sha256 == name);
                let found = self.snapshot(&id, &name);
                let day = found.as_ref().ok().map(|f| Generation::of(&f.manifest).day);
                let outcome = found.and_then(|found| {
                    let path = found.document();
                    match disk::hash(&path)? {
                        Some(hash) if *hash == *name => Ok(true),
                        Some(found) => Err(StoreError::Tampered {
                            path,
                            expected: name.as_str().into(),
                            found,
                        }),
                        None if super::extract::exists(&found.folder) => {
                            super::extract::read(&found).map(|_| false)
                        }
                        None => Err(StoreError::io("read", &path)(
                            std::io::ErrorKind::NotFound.into(),
                        )),
                    }
                });
                all.push(Verified {
                    id: id.clone(),
                    sha256: name.into(),
                    day,
                    current: is_current,
                    outcome,
                });
            }
            // A list whose current snapshot is not there, or cannot be told.
            let damage = match current {
                Err(e) => Some(e),
                Ok(Some(sha256)) if !folder.join(&sha256).exists() => {
                    let gone = std::io::ErrorKind::NotFound.into();
                    Some(StoreError::io("read", &folder.join(sha256))(gone))
                }
                Ok(None) => Some(lost_current(&folder)),
                Ok(_) => None,
            };
            if let Some(damage) = damage {
                all.push(Verified {
                    id: id.clone(),
                    sha256: CURRENT.into(),
                    day: None,
                    current: true,
                    outcome: Err(damage),
                });
            }
        }
        Ok(all)
    }

    /// Lets go of the documents of all but the newest `keep` snapshots; what was listed in them is
    /// kept. Returns how many were let go.
    pub fn prune(&self, id: &str, keep: usize, patience: Duration) -> Result<usize, StoreError> {
        let _lock = Lock::take(&self.home, patience, &Timestamp::now().to_string())?;
        let Some(current) = self.current(id)? else {
            return Ok(0);
        };
        let mut rest = self.generations(id)?;
        rest.retain(|g| *g.sha256 != *current);
        let old = rest.len().saturating_sub(keep.max(1) - 1);
        let mut let_go = 0;
        for generation in &rest[..old] {
            // What cannot be read any more is not ours to destroy.
            let Ok(there) = self.snapshot(id, &generation.sha256) else {
                continue;
            };
            let document = there.document();
            if !document.exists() {
                continue;
            }
            let Ok(list) = super::read_own(&there) else {
                continue;
            };
            super::extract::write(&there.folder, &list)?;
            std::fs::remove_file(&document).map_err(StoreError::io("remove", &document))?;
            super::prepared::forget(&there.folder);
            let_go += 1;
        }
        Ok(let_go)
    }
}

/// Whether a folder is that of a list: it has a snapshot, or says which one is in use.
pub(super) fn is_list(folder: &Path) -> bool {
    let snapshots = || folders(folder).is_ok_and(|all| !all.is_empty());
    folder.join(CURRENT).exists() || folder.join(HISTORY).exists() || snapshots()
}

/// The error of a list of which nothing says which snapshot is in use.
pub(super) fn lost_current(folder: &Path) -> StoreError {
    StoreError::Manifest {
        path: folder.join(CURRENT),
        why: "it is gone, and only it says which of the kept snapshots is in use".into(),
    }
}

/// The snapshots' folders, by name.
fn folders(folder: &Path) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(StoreError::io("read", folder))? {
        let entry = entry.map_err(StoreError::io("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_sha256(&name) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn parse(text: &str) -> Option<Vec<Generation>> {
    let mut lines = text.lines();
    (lines.next()? == FIRST_LINE).then_some(())?;
    let mut generations = Vec::new();
    for line in lines {
        let mut cells = line.split('\t');
        let day = cells.next()?.parse().ok()?;
        let retrieved_at = cells.next()?.parse().ok()?;
        let sha256 = cells.next().filter(|text| is_sha256(text))?.into();
        let withdrawn = match cells.next()? {
            "kept" => false,
            "withdrawn" => true,
            _ => return None,
        };
        generations.push(Generation {
            day,
            retrieved_at,
            sha256,
            withdrawn,
        });
    }
    generations.is_sorted().then_some(generations)
}
