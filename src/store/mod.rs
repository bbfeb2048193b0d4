//! Snapshots of lists on disk, each named by the SHA-256 of its document as retrieved.
//!
//! `lists/<id>/<sha256>/` holds the document under its own name, its manifest and, for a source that
//! is not built in, its source file. `lists/<id>/current` names the one in use and is the only file
//! that is ever replaced. A snapshot is put together aside, checked, and moved in whole; what was
//! there before stays. It does not know where documents come from or who asks.

mod disk;
mod error;
mod extract;
#[cfg(feature = "fetch")]
mod fetch;
mod generations;
mod health;
mod import;
mod intervals;
mod manifest;
mod mentions;
#[cfg(feature = "fetch")]
mod parts;
mod prepared;
#[cfg(feature = "fetch")]
mod refused;
#[cfg(feature = "fetch")]
mod update;

pub use error::StoreError;
#[cfg(feature = "fetch")]
pub use fetch::{FetchError, FetchOptions};
pub use generations::{Generation, Kept, Verified};
pub use import::{ImportOptions, ImportOutcome, Refusal};
pub use manifest::{Counts, Manifest, Validator};
#[cfg(feature = "fetch")]
pub use update::{UpdateOptions, UpdateOutcome, Updated};

use crate::finding::{Code, Finding, Place};
use crate::list::{List, Snapshot, Source};
use crate::source::{self, parse_source};
use crate::unpack;
use mentions::Mentions;
use std::path::{Path, PathBuf};

/// The environment variable that names the store's folder.
pub const HOME_VARIABLE: &str = "INTERDICT_HOME";

const CURRENT: &str = "current";
const MANIFEST: &str = "manifest.toml";
const SOURCE: &str = "source.toml";
const DOCUMENT: &str = "document";

/// Where the store lies: as given, else as `INTERDICT_HOME` says, else where the platform keeps
/// programs' data.
pub fn home(given: Option<&Path>) -> Result<PathBuf, StoreError> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    match std::env::var_os(HOME_VARIABLE) {
        Some(home) if !home.is_empty() => Ok(home.into()),
        _ => directories::ProjectDirs::from("", "", "interdict")
            .map(|dirs| dirs.data_dir().to_owned())
            .ok_or(StoreError::NoHome),
    }
}

/// The store in one folder. Opening makes nothing; the first import does.
#[derive(Clone, Debug)]
pub struct Store {
    home: PathBuf,
}

/// A list that is installed: its current snapshot.
#[derive(Clone, Debug)]
pub struct InstalledList {
    /// Its source: the file kept beside the snapshot, else the built-in one.
    pub source: Source,
    /// What is known of the snapshot.
    pub manifest: Manifest,
    /// The snapshot's folder.
    pub folder: PathBuf,
}

impl InstalledList {
    /// The text of the source file that is kept beside the snapshot, if it is not a built-in one.
    pub fn source_toml(&self) -> Option<String> {
        std::fs::read_to_string(self.folder.join(SOURCE)).ok()
    }

    /// The document as retrieved.
    pub fn document(&self) -> PathBuf {
        self.folder.join(DOCUMENT).join(&*self.manifest.file)
    }

    /// Its listings, kept in the place of a document that was let go.
    pub fn listings(&self) -> PathBuf {
        self.folder.join(extract::FILE)
    }
}

impl Store {
    /// The store in `home`.
    pub fn open(home: impl Into<PathBuf>) -> Self {
        Self { home: home.into() }
    }

    /// Its folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    fn lists(&self) -> PathBuf {
        self.home.join("lists")
    }

    /// The ids of the installed lists, sorted; also of one that has snapshots, and no file that says
    /// which is in use: it is damaged, not gone.
    pub fn ids(&self) -> Result<Vec<String>, StoreError> {
        let folder = self.lists();
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(StoreError::io("read", &folder)(e)),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let entry = entry.map_err(StoreError::io("read", &folder))?;
            let id = entry.file_name().to_string_lossy().into_owned();
            if is_id(&id) && generations::is_list(&entry.path()) {
                ids.push(id);
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// Every installed list, by id. One that cannot be read is an error in its place, so that it
    /// is not taken for one that was never installed.
    pub fn installed(
        &self,
    ) -> Result<Vec<(String, Result<InstalledList, StoreError>)>, StoreError> {
        let of = |id: String| {
            let list = self.find(&id);
            (id, list)
        };
        Ok(self.ids()?.into_iter().map(of).collect())
    }

    /// The installed list `id`.
    pub fn find(&self, id: &str) -> Result<InstalledList, StoreError> {
        let Some(sha256) = self.current(id)? else {
            let folder = self.lists().join(id);
            if generations::is_list(&folder) {
                return Err(generations::lost_current(&folder));
            }
            return Err(StoreError::NotInstalled {
                id: id.into(),
                installed: self.ids()?,
            });
        };
        self.snapshot(id, &sha256)
    }

    /// The snapshot `sha256` of the list `id`.
    fn snapshot(&self, id: &str, sha256: &str) -> Result<InstalledList, StoreError> {
        let folder = self.lists().join(id).join(sha256);
        let manifest = Manifest::read(&folder.join(MANIFEST))?;
        if *manifest.source != *id || *manifest.sha256 != *sha256 {
            return Err(StoreError::Manifest {
                path: folder.join(MANIFEST),
                why: format!(
                    "it describes `{}` {}, not this folder",
                    manifest.source, manifest.sha256
                ),
            });
        }
        let path = folder.join(SOURCE);
        let source = match std::fs::read_to_string(&path) {
            Ok(text) => parse_source(&text).map_err(|source| StoreError::SourceFile {
                path,
                source: Box::new(source),
            })?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => source::find_source(id)
                .ok_or_else(|| StoreError::UnknownSource { id: id.into() })?,
            Err(e) => return Err(StoreError::io("read", &path)(e)),
        };
        Ok(InstalledList {
            source,
            manifest,
            folder,
        })
    }

    /// The hash of the current snapshot; `None`: the list is not installed.
    fn current(&self, id: &str) -> Result<Option<String>, StoreError> {
        if !is_id(id) {
            return Err(StoreError::Id(id.into()));
        }
        let path = self.lists().join(id).join(CURRENT);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(StoreError::io("read", &path)(e)),
        };
        let sha256 = text.trim();
        if is_sha256(sha256) {
            Ok(Some(sha256.to_owned()))
        } else {
            let why = format!("`{}` is no SHA-256", sha256.escape_debug());
            Err(StoreError::Manifest { path, why })
        }
    }

    /// The list `id`: its current snapshot, with what the kept ones before it say.
    pub fn load(&self, id: &str) -> Result<List, StoreError> {
        let installed = self.find(id)?;
        let lineage = self.lineage(id, &installed.manifest.sha256)?;
        let mut list = self.load_lineage(id, &lineage)?;
        let missed = health::missed(&installed.source, &installed.manifest);
        list.findings.extend(missed);
        match health::frozen(&installed.source, &installed.manifest) {
            // That it is offered still does not make it fresh.
            Some(frozen) => list.findings.push(frozen),
            None => list.confirmed_at = installed.manifest.confirmed_at,
        }
        Ok(list)
    }

    /// The list `id` as it was at one of its kept snapshots.
    pub fn load_at(&self, id: &str, generation: &Generation) -> Result<List, StoreError> {
        let lineage = self.lineage(id, &generation.sha256)?;
        self.load_lineage(id, &lineage)
    }
}

/// What a snapshot itself says: by what was prepared of it, its document, or what was kept of it.
fn read_own(installed: &InstalledList) -> Result<List, StoreError> {
    let document = installed.document();
    if !document.exists() && extract::exists(&installed.folder) {
        return extract::read(installed);
    }
    if let Some(list) = prepared::read(installed) {
        return Ok(list);
    }
    let list = read_list(
        installed.source.clone(),
        &installed.manifest,
        &document,
        None,
    )?;
    prepared::keep(installed, &list);
    Ok(list)
}

/// Parses a document that must be what its manifest says; the hash comes first, so damage on disk
/// is told apart from a bad document. Of a new document the manifest has the hash already.
fn read_list(
    source: Source,
    manifest: &Manifest,
    path: &Path,
    mentions: Option<&mut Mentions>,
) -> Result<List, StoreError> {
    let options = unpack::Options {
        member: manifest.member.clone(),
        by_stem: true,
        whole_archive: source::takes_several_files(&source.shape),
        ..unpack::Options::default()
    };
    let mut document = unpack::open(path, &options).map_err(|source| StoreError::Document {
        path: path.to_owned(),
        source,
    })?;
    let passed = document.passed_over().to_vec();
    let id = source.id.clone();
    let snapshot = Snapshot {
        sha256: manifest.sha256.clone(),
        bytes: manifest.bytes,
        url: manifest.url.clone(),
        retrieved_at: Some(manifest.retrieved_at),
        published_on: None,
        bundled: false,
    };
    let list = match mentions {
        Some(mentions) => source::parse(source, snapshot, &mut mentions.watch(&mut document)),
        None => source::parse(source, snapshot, &mut document),
    };
    let found = document.finish().map_err(StoreError::io("read", path))?;
    if found.sha256 != manifest.sha256 || found.bytes != manifest.bytes {
        return Err(StoreError::Tampered {
            path: path.to_owned(),
            expected: manifest.sha256.clone(),
            found: found.sha256,
        });
    }
    let mut list = list.map_err(|source| StoreError::Parse {
        id,
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    for member in &passed {
        let place = Place::record(&*list.source.id, &**member);
        let detail = "the archive holds this beside its document, and it was not read";
        list.findings
            .push(Finding::new(Code::ListLeftOut, place, detail));
    }
    Ok(list)
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether `id` is one: kebab-case, so it is a safe folder name everywhere.
fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 64
        && !id.starts_with('-')
        && id
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}
