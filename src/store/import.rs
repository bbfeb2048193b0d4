//! A document becomes the current snapshot, or is refused with its reasons.

use super::disk::{self, Lock};
use super::mentions::Mentions;
use super::{
    CURRENT, Counts, DOCUMENT, InstalledList, MANIFEST, Manifest, SOURCE, Store, StoreError,
    Validator, health, is_id, prepared, read_list, read_own,
};
use crate::finding::{Code, Finding, Place, Severity};
use crate::list::{Diff, Source, diff};
use crate::source::{self, ParseError};
use crate::unpack::UnpackError;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Folders that are being put together begin with this.
const INCOMING: &str = ".incoming-";

/// How to import.
#[derive(Clone, Debug)]
pub struct ImportOptions<'a> {
    /// Where the document was retrieved from; `None`: its file name.
    pub url: Option<&'a str>,
    /// When; `None`: now.
    pub retrieved_at: Option<Timestamp>,
    /// Let a change pass at which the health gate stops, and record it.
    pub accept_change: bool,
    /// The text of the source's file, when it is not built in; kept beside the snapshot.
    pub source_toml: Option<&'a str>,
    /// The archive's member that is meant.
    pub member: Option<&'a str>,
    /// Keep it for the history only: it does not become the current snapshot.
    pub past: bool,
    /// It was just downloaded from its publisher, who says this of it, by URL.
    pub downloaded: Option<&'a BTreeMap<Box<str>, Validator>>,
    /// How long to wait while another process changes the store.
    pub patience: Duration,
}

impl Default for ImportOptions<'_> {
    fn default() -> Self {
        Self {
            url: None,
            retrieved_at: None,
            accept_change: false,
            source_toml: None,
            member: None,
            past: false,
            downloaded: None,
            patience: Duration::from_secs(30),
        }
    }
}

/// What came of an import.
#[derive(Debug)]
pub enum ImportOutcome {
    /// The document is the list's current snapshot now.
    Updated {
        /// It.
        now: Box<InstalledList>,
        /// The one before it; still on disk.
        before: Option<Box<Manifest>>,
        /// What the health gate stopped at and was accepted, and what it only warns of.
        accepted: Vec<Finding>,
        /// What came, went and changed.
        diff: Box<Diff>,
    },
    /// It is kept for the history of the list; what was in use still is.
    Past(Box<InstalledList>),
    /// It was already.
    Unchanged(Box<InstalledList>),
    /// It was not used; what was installed still is.
    Refused(Refusal),
}

/// Why a document was not used.
#[derive(Debug)]
pub struct Refusal {
    /// The reasons; never empty.
    pub findings: Vec<Finding>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Store {
    /// Makes the document at `path` the current snapshot of `source`, if it is sound.
    pub fn import(
        &self,
        source: &Source,
        path: &Path,
        options: &ImportOptions<'_>,
    ) -> Result<ImportOutcome, StoreError> {
        let id = &*source.id;
        if !is_id(id) {
            return Err(StoreError::Id(id.into()));
        }
        let built_in = || source::find_source(id).is_some();
        if options.source_toml.is_none() && !built_in() {
            return Err(StoreError::UnknownSource { id: id.into() });
        }
        // Before anything is made: a wrong path leaves no trace.
        fs::metadata(path).map_err(StoreError::io("read", path))?;
        let folder = self.lists().join(id);
        fs::create_dir_all(&folder).map_err(StoreError::io("make", &folder))?;
        let now = Timestamp::now();
        let _lock = Lock::take(&self.home, options.patience, &now.to_string())?;
        sweep(&folder)?;
        let aside = folder.join(format!("{INCOMING}{}", std::process::id()));
        let outcome = self.import_aside(source, path, options, now, &aside);
        if aside.exists() {
            fs::remove_dir_all(&aside).map_err(StoreError::io("remove", &aside))?;
        }
        outcome
    }

    fn import_aside(
        &self,
        source: &Source,
        path: &Path,
        options: &ImportOptions<'_>,
        now: Timestamp,
        aside: &Path,
    ) -> Result<ImportOutcome, StoreError> {
        let id = &*source.id;
        let file = path
            .file_name()
            .map_or(DOCUMENT.into(), |name| name.to_string_lossy().into_owned());
        let documents = aside.join(DOCUMENT);
        fs::create_dir_all(&documents).map_err(StoreError::io("make", &documents))?;
        let mut file = file;
        let mut document = documents.join(&file);
        let (sha256, bytes) = if path.is_dir() && source::takes_several_files(&source.shape) {
            // A document of several files, as a folder.
            file.push_str(".zip");
            document = documents.join(&file);
            disk::pack(path, &document)?
        } else {
            disk::copy(path, &document)?
        };
        let retrieved_at = options.retrieved_at.unwrap_or(now);
        let mut manifest = Manifest {
            source: id.into(),
            sha256,
            bytes,
            url: options.url.unwrap_or(&file).into(),
            file: file.into(),
            member: options.member.map(Into::into),
            retrieved_at,
            checked_at: retrieved_at,
            confirmed_at: options.downloaded.map(|_| retrieved_at),
            validators: options.downloaded.cloned().unwrap_or_default(),
            published_on: None,
            fill: BTreeMap::new(),
            labels: Vec::new(),
            unlisted: None,
            line_end: None,
            counts: Counts::default(),
            findings: BTreeMap::new(),
            accepted: Vec::new(),
            tool: concat!("interdict ", env!("CARGO_PKG_VERSION")).into(),
        };

        // A snapshot before that is itself damaged is no reason to refuse a sound one.
        let before = match self.current(id) {
            Ok(Some(sha256)) => self.snapshot(id, &sha256).ok(),
            Ok(None) | Err(_) => None,
        };
        if let Some(before) = &before
            && self.is_same(before, &manifest, options)?
        {
            let mut same = before.clone();
            same.manifest.checked_at = same.manifest.checked_at.max(retrieved_at);
            same.manifest.confirmed_at = same.manifest.confirmed_at.max(manifest.confirmed_at);
            if let Some(validators) = options.downloaded {
                same.manifest.validators.clone_from(validators);
            }
            same.manifest.replace(&same.folder.join(MANIFEST))?;
            return Ok(ImportOutcome::Unchanged(Box::new(same)));
        }

        let mut mentions = Mentions::default();
        let list = match read_list(source.clone(), &manifest, &document, Some(&mut mentions)) {
            Ok(list) => list,
            Err(StoreError::Document {
                path,
                source: UnpackError::Io(source),
            }) => return Err(StoreError::io("read", &path)(source)),
            Err(e @ (StoreError::Document { .. } | StoreError::Parse { .. })) => {
                return Ok(ImportOutcome::Refused(refusal(source, path, &e)));
            }
            Err(e) => return Err(e),
        };
        manifest.count(&list);
        manifest.line_end = mentions.line_end();
        let unlisted = mentions.unlisted(&list);
        manifest.unlisted = Some(unlisted.count);
        let mut findings = Vec::new();
        if !options.past {
            findings = health::check(&list, &manifest, &unlisted, before.as_ref());
            findings.extend(self.withdrawn(id, &manifest)?);
            findings.extend(health::yet_to_come(source, retrieved_at, now));
        }
        let stops = |f: &Finding| f.code.severity() == Severity::Error;
        if findings.iter().any(stops) && !options.accept_change {
            let hint = "if the change is true, let it pass with `--accept-change`";
            return Ok(ImportOutcome::Refused(Refusal {
                findings,
                hint: Some(hint.into()),
            }));
        }
        let in_words = |f: &Finding| format!("{}: {}", f.code, f.detail).into();
        manifest.accepted = findings.iter().filter(|f| stops(f)).map(in_words).collect();

        let folder = self.lists().join(id);
        let place = folder.join(&*manifest.sha256);
        match self.snapshot(id, &manifest.sha256) {
            // An older snapshot comes back, or the same one is to be read in another way.
            Ok(there) if disk::hash(&there.document())? == Some(manifest.sha256.clone()) => {
                manifest.file = there.manifest.file;
                describe(&place, &manifest, options)?;
            }
            _ => {
                describe(aside, &manifest, options)?;
                disk::sync_folder(&documents)?;
                if place.exists() {
                    set_aside(&place)?;
                }
                disk::rename(aside, &place)?;
            }
        }
        let now = Box::new(self.snapshot(id, &manifest.sha256)?);
        prepared::keep(&now, &list);
        if options.past && before.is_some() {
            self.record(id, |_| {})?;
            return Ok(ImportOutcome::Past(now));
        }
        self.record(id, |all| {
            for generation in all.iter_mut().filter(|g| g.sha256 == manifest.sha256) {
                generation.withdrawn = false;
            }
        })?;
        disk::replace(&folder.join(CURRENT), &format!("{}\n", manifest.sha256))?;
        // The list is installed; that an older snapshot cannot be read does not undo it.
        let old = before.as_ref().and_then(|before| read_own(before).ok());
        let diff = old.map_or_else(Diff::default, |old| diff(&old, &list));
        let lineage = self.lineage(id, &manifest.sha256)?;
        if lineage.len() > 1 {
            self.derive(id, &lineage, list)?;
        }
        Ok(ImportOutcome::Updated {
            now,
            before: before.map(|b| Box::new(b.manifest)),
            accepted: findings,
            diff: Box::new(diff),
        })
    }

    /// That a document was rolled back: it is not to come back by itself.
    fn withdrawn(&self, id: &str, new: &Manifest) -> Result<Option<Finding>, StoreError> {
        let known = self.generations(id)?;
        let was = known.iter().any(|g| g.sha256 == new.sha256 && g.withdrawn);
        Ok(was.then(|| {
            let detail = format!("the document {} was rolled back", &new.sha256[..12]);
            Finding::new(Code::ListWithdrawn, Place::whole(id), detail)
        }))
    }

    /// Whether the snapshot in use is this document, whole, read in the same way.
    fn is_same(
        &self,
        before: &InstalledList,
        new: &Manifest,
        options: &ImportOptions<'_>,
    ) -> Result<bool, StoreError> {
        let toml = fs::read_to_string(before.folder.join(SOURCE)).ok();
        Ok(before.manifest.sha256 == new.sha256
            && before.manifest.member == new.member
            && toml.as_deref() == options.source_toml
            && disk::hash(&before.document())? == Some(new.sha256.clone()))
    }
}

/// Puts source file and manifest beside a document.
fn describe(
    folder: &Path,
    manifest: &Manifest,
    options: &ImportOptions<'_>,
) -> Result<(), StoreError> {
    let source = folder.join(SOURCE);
    match options.source_toml {
        Some(toml) => disk::replace(&source, toml)?,
        None if source.exists() => {
            fs::remove_file(&source).map_err(StoreError::io("remove", &source))?;
        }
        None => {}
    }
    manifest.replace(&folder.join(MANIFEST))
}

fn refusal(source: &Source, path: &Path, error: &StoreError) -> Refusal {
    // The store's own copy is nothing to name to people.
    let mut detail = format!("`{}`", path.display());
    let mut cause: Option<&dyn std::error::Error> = match error {
        StoreError::Document { source, .. } => Some(source),
        StoreError::Parse { source, .. } => Some(&**source),
        other => Some(other),
    };
    while let Some(error) = cause {
        detail = format!("{detail}: {error}");
        cause = error.source();
    }
    let code = match error {
        StoreError::Parse { source, .. } => match **source {
            ParseError::List(_) | ParseError::NoAddress { .. } => Code::ListTooFew,
            _ => Code::ListRefused,
        },
        _ => Code::ListRefused,
    };
    let place = Place::whole(source.id.clone());
    Refusal {
        findings: vec![Finding::new(code, place, detail)],
        hint: error.hint(),
    }
}

/// Removes what an import left that did not come to its end. Nobody else is at work: the lock is
/// held.
fn sweep(folder: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(StoreError::io("read", folder))? {
        let entry = entry.map_err(StoreError::io("read", folder))?;
        if entry.file_name().to_string_lossy().starts_with(INCOMING) {
            let path = entry.path();
            fs::remove_dir_all(&path).map_err(StoreError::io("remove", &path))?;
        } else if entry.path().is_dir() {
            prepared::sweep(&entry.path());
        }
    }
    Ok(())
}

/// Moves an older copy of the same snapshot out of the way: it may be damaged, and is not ours to
/// destroy.
fn set_aside(place: &Path) -> Result<(), StoreError> {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let free = (1..)
        .map(|n| place.with_file_name(format!(".replaced-{n}-{name}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| PathBuf::from(place));
    disk::rename(place, &free)
}
