//! Lists refreshed from their publishers: downloaded aside, checked, and only then installed.

use super::disk::{self, Lock};
use super::fetch::{FetchError, FetchOptions, Fetched, Fetcher};
use super::refused::Refused;
use super::{
    ImportOptions, ImportOutcome, InstalledList, MANIFEST, Manifest, Refusal, Store, StoreError,
    Validator, health, prepared, read_own,
};
use crate::finding::{Code, Finding, Place};
use crate::list::{Diff, Source};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Folders of downloads begin with this; the file in it is locked while its process lives.
const DOWNLOAD: &str = ".download-";
const IN_USE: &str = "in-use";

/// How to update.
#[derive(Clone, Debug)]
pub struct UpdateOptions<'a> {
    /// Where to download from; empty: where the source says.
    pub urls: &'a [String],
    /// Let a change pass at which the health gate stops, and record it.
    pub accept_change: bool,
    /// How many snapshots keep their documents; `None`: all.
    pub keep: Option<usize>,
    /// The text of the source's file, when it is not built in.
    pub source_toml: Option<&'a str>,
    /// How long to wait while another process changes the store.
    pub patience: Duration,
    /// Bounds of the download.
    pub fetch: FetchOptions,
}

impl Default for UpdateOptions<'_> {
    fn default() -> Self {
        Self {
            urls: &[],
            accept_change: false,
            keep: None,
            source_toml: None,
            patience: Duration::from_secs(30),
            fetch: FetchOptions::default(),
        }
    }
}

/// What came of an update, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// There was a new document, and it is installed.
    Updated,
    /// There was none.
    Unchanged,
    /// There was one, and it is not fit to be used.
    Refused,
    /// The publisher could not be asked, or the store not be written.
    Failed,
}

impl UpdateOutcome {
    /// The word.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What came of an update. What was installed before is so still unless it says otherwise.
#[derive(Debug)]
pub struct Updated {
    /// The list.
    pub id: Box<str>,
    /// In a word.
    pub outcome: UpdateOutcome,
    /// What was installed before.
    pub from: Option<Manifest>,
    /// What is installed now.
    pub to: Option<Manifest>,
    /// What came and went.
    pub diff: Diff,
    /// What was odd, and why it was refused.
    pub findings: Vec<Finding>,
    /// Why it failed or was refused, in words.
    pub error: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Store {
    /// Asks the publisher of `source` for a newer document and installs it, if it is sound.
    pub fn update(
        &self,
        source: &Source,
        options: &UpdateOptions<'_>,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Updated {
        let before = self.find(&source.id).ok();
        let from = before.as_ref().map(|before| before.manifest.clone());
        let mut updated = Updated {
            id: source.id.clone(),
            outcome: UpdateOutcome::Failed,
            to: from.clone(),
            from,
            diff: Diff::default(),
            findings: Vec::new(),
            error: None,
            hint: None,
        };
        if let Err(error) = self.ask(source, before.as_ref(), options, progress, &mut updated) {
            updated.outcome = UpdateOutcome::Failed;
            updated.hint = error.hint();
            updated.error = Some(in_words(&error));
        }
        if matches!(
            updated.outcome,
            UpdateOutcome::Updated | UpdateOutcome::Unchanged
        ) && let Some(now) = &updated.to
        {
            updated.findings.extend(health::frozen(source, now));
            self.prepare(&source.id);
        }
        updated
    }

    /// Prepares the list again after the program has changed: those who only read the store cannot.
    fn prepare(&self, id: &str) {
        if let Ok(installed) = self.find(id)
            && !prepared::fits(&installed)
        {
            // What is wrong with it is told to whoever uses it.
            let _ = read_own(&installed);
        }
    }

    fn ask(
        &self,
        source: &Source,
        before: Option<&InstalledList>,
        options: &UpdateOptions<'_>,
        progress: &dyn Fn(u64, Option<u64>),
        updated: &mut Updated,
    ) -> Result<(), StoreError> {
        let id = &*source.id;
        if options.urls.is_empty() && !source.parts.is_empty() {
            return self.ask_parts(source, before, options, progress, updated);
        }
        let urls: Vec<&str> = match options.urls {
            [] => source.urls.iter().map(AsRef::as_ref).collect(),
            urls => urls.iter().map(AsRef::as_ref).collect(),
        };
        if urls.is_empty() {
            updated.error = Some("its source names no URL".into());
            updated.hint = Some(format!(
                "download it and use `interdict lists import {id} FILE`"
            ));
            return Ok(());
        }
        let agent = user_agent(source);
        let whole = is_whole(before)?;
        let folder = self.lists().join(id);
        let rules = options.source_toml.unwrap_or_default();
        let before_sha256 = before.map_or("", |b| &b.manifest.sha256);
        let refused = match options.accept_change {
            true => None,
            false => Refused::read(&folder, rules, before_sha256),
        };
        let aside = Aside::make(&self.home, id)?;
        let fetcher = Fetcher::new(bounds(source, options));
        let mut failures: Vec<(Code, String)> = Vec::new();
        let mut refusals: Vec<Refusal> = Vec::new();
        for url in urls {
            let name = file_name(url);
            let document = aside.folder.join(&name);
            let refused = refused.as_ref().filter(|refused| refused.url == url);
            let installed = before
                .filter(|_| whole)
                .and_then(|b| b.manifest.validators.get(url))
                .filter(|v| **v != Validator::default());
            let known = refused.map(|refused| &refused.validator).or(installed);
            let fetched = match &fetcher {
                Ok(fetcher) => fetcher
                    .get(url, &agent, known, &document, progress)
                    .and_then(|fetched| {
                        if let (Fetched::Document(_), Some(checksum)) =
                            (&fetched, source.options.get("checksum_url"))
                        {
                            fetcher.compare(checksum, &agent, &name, &document)?;
                        }
                        Ok(fetched)
                    }),
                Err(e) => Err(FetchError::Network(e.to_string())),
            };
            let validator = match fetched {
                Ok(Fetched::NotModified) if refused.is_some() => {
                    let refusal = refused
                        .map(|refused| refused.again(id))
                        .expect("it is some");
                    let unread = is_unread(&refusal);
                    refusals.push(refusal);
                    match unread {
                        true => continue,
                        false => break,
                    }
                }
                Ok(Fetched::NotModified) => {
                    updated.to = Some(self.confirm(id, options.patience)?);
                    updated.outcome = UpdateOutcome::Unchanged;
                    return Ok(());
                }
                Ok(Fetched::Document(validator)) => validator,
                Err(error) => {
                    failures.push((error.code(), format!("{url}: {error}")));
                    // Another address would fill the disk no less.
                    if matches!(error, FetchError::Disk(_)) {
                        break;
                    }
                    continue;
                }
            };
            let validators: BTreeMap<Box<str>, Validator> = [(url.into(), validator)].into();
            let import = ImportOptions {
                url: Some(url),
                accept_change: options.accept_change,
                source_toml: options.source_toml,
                member: source.options.get("member").map(AsRef::as_ref),
                patience: options.patience,
                downloaded: Some(&validators),
                ..ImportOptions::default()
            };
            let outcome = self.import(source, &document, &import)?;
            let Some(mut refusal) = self.settle(id, outcome, options, updated)? else {
                return Ok(());
            };
            let unread = is_unread(&refusal);
            if unread && is_web_page(&document) {
                refusal = Refusal {
                    findings: vec![Finding::new(
                        Code::ListResponseHtml,
                        Place::whole(id),
                        format!("{url}: the publisher answered with a web page"),
                    )],
                    hint: None,
                };
            }
            let asked = (url, &validators[url]);
            Refused::keep(&folder, (rules, before_sha256), asked, &document, &refusal);
            refusals.push(refusal);
            // What the gate stops at is the list itself, wherever it comes from.
            if !unread {
                break;
            }
        }
        report(id, failures, refusals, updated);
        Ok(())
    }

    /// Takes up what came of an import; a refusal comes back.
    pub(super) fn settle(
        &self,
        id: &str,
        outcome: ImportOutcome,
        options: &UpdateOptions<'_>,
        updated: &mut Updated,
    ) -> Result<Option<Refusal>, StoreError> {
        match outcome {
            ImportOutcome::Updated {
                now,
                accepted,
                diff,
                ..
            } => {
                updated.outcome = UpdateOutcome::Updated;
                updated.to = Some(now.manifest);
                updated.findings = accepted;
                updated.diff = *diff;
                if let Some(keep) = options.keep {
                    self.prune(id, keep, options.patience)?;
                }
            }
            ImportOutcome::Unchanged(now) | ImportOutcome::Past(now) => {
                updated.outcome = UpdateOutcome::Unchanged;
                updated.to = Some(now.manifest);
            }
            ImportOutcome::Refused(refusal) => return Ok(Some(refusal)),
        }
        Refused::forget(&self.lists().join(id));
        Ok(None)
    }

    /// Notes that the publisher offers the current document still.
    pub(super) fn confirm(&self, id: &str, patience: Duration) -> Result<Manifest, StoreError> {
        let now = Timestamp::now();
        let _lock = Lock::take(&self.home, patience, &now.to_string())?;
        let mut installed = self.find(id)?;
        let manifest = &mut installed.manifest;
        manifest.checked_at = manifest.checked_at.max(now);
        manifest.confirmed_at = manifest.confirmed_at.max(Some(now));
        manifest.replace(&installed.folder.join(MANIFEST))?;
        Ok(installed.manifest)
    }
}

/// Says what failed and what was refused.
pub(super) fn report(
    id: &str,
    failures: Vec<(Code, String)>,
    refusals: Vec<Refusal>,
    updated: &mut Updated,
) {
    let mut why: Vec<String> = Vec::new();
    for (code, detail) in failures {
        updated
            .findings
            .push(Finding::new(code, Place::whole(id), detail.as_str()));
        why.push(detail);
    }
    for refusal in refusals {
        updated.outcome = UpdateOutcome::Refused;
        updated.hint = updated.hint.take().or(refusal.hint);
        why.extend(refusal.findings.iter().map(|f| f.detail.to_string()));
        updated.findings.extend(refusal.findings);
    }
    updated.error = Some(why.join("; "));
}

/// Whether the document is no list, rather than one at which the gate stops.
fn is_unread(refusal: &Refusal) -> bool {
    let unread = |f: &Finding| {
        matches!(
            f.code,
            Code::ListRefused | Code::ListTooFew | Code::ListResponseHtml
        )
    };
    refusal.findings.iter().any(unread)
}

/// Whether the snapshot's document is still here: only of such a one can be said that it has not
/// changed.
pub(super) fn is_whole(installed: Option<&InstalledList>) -> Result<bool, StoreError> {
    match installed {
        Some(b) => Ok(disk::hash(&b.document())?.as_ref() == Some(&b.manifest.sha256)),
        None => Ok(false),
    }
}

/// The bounds of a download, with what the source says.
pub(super) fn bounds(source: &Source, options: &UpdateOptions<'_>) -> FetchOptions {
    let mut bounds = options.fetch.clone();
    if let Some(max) = source.options.get("max_bytes").and_then(|n| n.parse().ok()) {
        bounds.max_bytes = max;
    }
    bounds
}

/// As which program to ask: always by its name, and like a browser where the publisher wants one.
pub(super) fn user_agent(source: &Source) -> String {
    const NAME: &str = concat!("interdict/", env!("CARGO_PKG_VERSION"));
    match source.options.get("user_agent").map(AsRef::as_ref) {
        None => format!("{NAME} (sanctions list update)"),
        Some("browser") => format!("Mozilla/5.0 (compatible; {NAME})"),
        Some(text) => text.to_owned(),
    }
}

/// A name to keep a document of `url` under.
fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let name: String = last
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .take(80)
        .collect();
    match name.trim_start_matches('.') {
        "" => "document".to_owned(),
        name => name.to_owned(),
    }
}

/// Whether a document begins like a web page.
fn is_web_page(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(1024).read_to_end(&mut head));
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    read.is_ok()
        && ["<!doctype html", "<html", "<head", "<body"]
            .iter()
            .any(|t| text.starts_with(t))
}

fn in_words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        text = format!("{text}: {why}");
        cause = why.source();
    }
    text
}

/// A folder for one download; gone when it is done. One whose process has ended is removed by the
/// next that comes by.
pub(super) struct Aside {
    pub(super) folder: PathBuf,
    _in_use: File,
}

impl Aside {
    pub(super) fn make(home: &Path, id: &str) -> Result<Self, StoreError> {
        if !super::is_id(id) {
            return Err(StoreError::Id(id.into()));
        }
        fs::create_dir_all(home).map_err(StoreError::io("make", home))?;
        sweep(home);
        let folder = (0..)
            .map(|n| home.join(format!("{DOWNLOAD}{id}-{}-{n}", std::process::id())))
            .find(|folder| !folder.exists())
            .unwrap_or_else(|| home.join(DOWNLOAD));
        fs::create_dir(&folder).map_err(StoreError::io("make", &folder))?;
        let path = folder.join(IN_USE);
        let in_use = File::create(&path).map_err(StoreError::io("write", &path))?;
        in_use.lock().map_err(StoreError::io("lock", &path))?;
        Ok(Self {
            folder,
            _in_use: in_use,
        })
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes what downloads left that did not come to their end.
fn sweep(home: &Path) {
    let Ok(entries) = fs::read_dir(home) else {
        return;
    };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(DOWNLOAD) {
            continue;
        }
        let folder = entry.path();
        let in_use = File::open(folder.join(IN_USE)).is_ok_and(|file| file.try_lock().is_err());
        // Between making the folder and its lock lies a moment.
        let fresh = entry
            .metadata()
            .and_then(|m| m.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age < Duration::from_secs(60)));
        let locked = folder.join(IN_USE).exists();
        if !in_use && (locked || !fresh) {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}
