//! A snapshot ready to be used: what its document says, in a form that is read in a moment.
//!
//! `prepared.bin` beside the document is made for one snapshot, by one build, of one document as it
//! lies on disk. It is derived, and made anew when it does not fit: the document is read and hashed
//! then, so that damage to it is still told.

use super::{InstalledList, SOURCE};
use crate::list::{List, Snapshot};
use crate::source::sha256;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

const FILE: &str = "prepared.bin";
const MAGIC: &str = "interdict prepared 1";

/// The build that runs: what it parses, another one may parse otherwise.
pub(super) fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        let version = env!("CARGO_PKG_VERSION");
        let program = std::env::current_exe().and_then(fs::metadata);
        format!("{version} {}", program.map_or(String::new(), |m| stamp(&m)))
    })
}

/// Size and times of a file: whoever changes it and puts its time back changes the last one.
fn stamp(meta: &fs::Metadata) -> String {
    let changed = meta.modified().ok();
    let since = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let modified = since.unwrap_or_default().as_nanos();
    #[cfg(unix)]
    let status = {
        use std::os::unix::fs::MetadataExt;
        format!(" {}.{} {}", meta.ctime(), meta.ctime_nsec(), meta.ino())
    };
    #[cfg(not(unix))]
    let status = "";
    format!("{} {modified}{status}", meta.len())
}

/// What the file must begin with to fit; `None`: the document is not there.
fn head(installed: &InstalledList) -> Option<String> {
    let document = fs::metadata(installed.document()).ok()?;
    let manifest = &installed.manifest;
    // How it is read, where that is not built in.
    let toml = fs::read(installed.folder.join(SOURCE)).unwrap_or_default();
    Some(format!(
        "{MAGIC}\n{}\n{}\n{}\n{}\n{}\n",
        manifest.sha256,
        build(),
        stamp(&document),
        manifest.member.as_deref().unwrap_or_default(),
        sha256(&toml),
    ))
}

/// What is kept, if it is of this build and this document; and how many bytes follow its head.
fn open(installed: &InstalledList) -> Option<(File, u64)> {
    let head = head(installed)?;
    let mut file = File::open(installed.folder.join(FILE)).ok()?;
    let bytes = file.metadata().ok()?.len();
    let mut found = vec![0; head.len()];
    file.read_exact(&mut found).ok()?;
    (found == head.as_bytes()).then_some((file, bytes - head.len() as u64))
}

/// Whether what is kept fits, as far as its head says.
#[cfg(feature = "fetch")]
pub(super) fn fits(installed: &InstalledList) -> bool {
    open(installed).is_some()
}

/// The list, if what is kept fits.
pub(super) fn read(installed: &InstalledList) -> Option<List> {
    let (mut file, bytes) = open(installed)?;
    let manifest = &installed.manifest;
    let snapshot = Snapshot {
        sha256: manifest.sha256.clone(),
        bytes: manifest.bytes,
        url: manifest.url.clone(),
        retrieved_at: Some(manifest.retrieved_at),
        published_on: None,
        bundled: false,
    };
    let source = installed.source.clone();
    List::read_packed(source, snapshot, &mut file, bytes)
}

/// Keeps the list. A store that cannot be written to is still one to read.
pub(super) fn keep(installed: &InstalledList, list: &List) {
    let Some(head) = head(installed) else {
        return;
    };
    // Not synced: one that a crash tears does not add up, and is made anew.
    let write = |aside: &Path| -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(aside)?);
        file.write_all(head.as_bytes())?;
        list.write_packed(&mut file)?;
        file.into_inner()?.flush()?;
        fs::rename(aside, installed.folder.join(FILE))
    };
    // Readers may do this at the same time.
    let aside: PathBuf = installed
        .folder
        .join(format!("{FILE}.new-{}", std::process::id()));
    if write(&aside).is_err() {
        let _ = fs::remove_file(&aside);
    }
}

/// Removes it.
pub(super) fn forget(folder: &Path) {
    let _ = fs::remove_file(folder.join(FILE));
}

/// Removes what was not written to its end: a process was killed.
pub(super) fn sweep(folder: &Path) {
    let aside = format!("{FILE}.new-");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&aside) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
