//! What the user names into files: a folder is every file in it, a pattern every file it fits.
//!
//! It reads of files no more than their first bytes, to know those that a system keeps about others.

use super::InputError;
use super::profile::glob;
use crate::unpack;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What paths stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// Files to read, each folder and pattern in order of names.
    pub files: Vec<String>,
    /// What lies in a folder and is not read.
    pub passed: Vec<Passed>,
}

/// What lies in a folder or archive and is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Its path.
    pub path: String,
    /// Why, in words.
    pub why: &'static str,
    /// Whether rows may be in it, so that a screening is not complete.
    pub counts: bool,
}

/// What a system keeps about other files.
pub(super) const FURNITURE: &str = "a system keeps it about other files; no row can be in it";

const SPECIAL: &str = "it is no file but a pipe, socket or device";

/// The files that `paths` mean. A path that is neither folder nor pattern stands as it is, so that
/// what is missing is reported when it is opened.
///
/// # Errors
///
/// When a folder cannot be read, or a pattern or folder holds nothing.
pub fn expand(paths: &[String]) -> Result<Expanded, InputError> {
    let mut found = Expanded::default();
    for path in paths {
        let as_path = Path::new(path);
        let before = found.files.len();
        let passed = found.passed.iter().filter(|p| p.counts).count();
        let is_folder = path != "-" && as_path.is_dir();
        if is_folder {
            folder(as_path, &mut found)?;
        } else if path.contains(['*', '?']) && !as_path.exists() {
            pattern(path, &mut found)?;
        } else {
            found.files.push(path.clone());
        }
        if found.files.len() == before && found.passed.iter().filter(|p| p.counts).count() == passed {
            let path = path.as_str().into();
            return Err(match is_folder {
                true => InputError::NoFile { path },
                false => InputError::Nothing { path },
            });
        }
    }
    Ok(found)
}

fn unreadable(path: &Path, source: std::io::Error) -> InputError {
    InputError::Open {
        path: path.display().to_string().into(),
        source,
    }
}

/// The entries of a folder by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let failed = |e| unreadable(folder, e);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Whether the name begins with a dot.
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// Whether reading it would wait for somebody.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir())
}

/// Whether it is a file that a system keeps about others.
fn is_furniture(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy());
    let mut head = Vec::new();
    name.is_some_and(|name| unpack::is_apart(&name))
        && File::open(path).is_ok_and(|f| f.take(64).read_to_end(&mut head).is_ok())
        && unpack::is_furniture(&head)
}

fn folder(path: &Path, found: &mut Expanded) -> Result<(), InputError> {
    for entry in entries(path)? {
        let shown = entry.display().to_string();
        let mut pass = |why, counts| {
            found.passed.push(Passed {
                path: shown.clone(),
                why,
                counts,
            });
        };
        // A link to a folder may lead back here: it stands as it is, and is refused when opened.
        if entry.is_dir() && !entry.is_symlink() {
            match is_hidden(&entry) {
                true => pass("it is a hidden folder; name it to have it read", true),
                false => folder(&entry, found)?,
            }
        } else if is_special(&entry) {
            pass(SPECIAL, true);
        } else if is_furniture(&entry) {
            pass(FURNITURE, false);
        } else {
            found.files.push(shown);
        }
    }
    Ok(())
}

/// As in a shell, what begins with a dot is not meant by a pattern.
fn pattern(path: &str, into: &mut Expanded) -> Result<(), InputError> {
    let mut found = vec![PathBuf::from(if path.starts_with('/') { "/" } else { "" })];
    for part in path.split('/').filter(|p| !p.is_empty()) {
        let mut next = Vec::new();
        for base in found {
            if !part.contains(['*', '?']) {
                next.push(base.join(part));
                continue;
            }
            let here = if base.as_os_str().is_empty() {
                Path::new(".")
            } else {
                &base
            };
            let all = entries(here).unwrap_or_default();
            for entry in all.into_iter().filter(|entry| !is_hidden(entry)) {
                let name = entry.file_name().map(|n| n.to_string_lossy().into_owned());
                if let Some(name) = name.filter(|n| glob(part, n)) {
                    next.push(base.join(name));
                }
            }
        }
        found = next;
    }
    for path in found {
        if path.is_dir() {
            folder(&path, into)?;
        } else if is_special(&path) {
            into.passed.push(Passed {
                path: path.display().to_string(),
                why: SPECIAL,
                counts: true,
            });
        } else if path.exists() {
            into.files.push(path.display().to_string());
        }
    }
    Ok(())
}
