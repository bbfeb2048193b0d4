//! What the user names into files: a folder is every file in it, a pattern every file it fits.
//!
//! It does not open files.

use super::InputError;
use super::profile::glob;
use std::path::{Path, PathBuf};

/// The files that `paths` mean, each folder and pattern in order of names. A path that is neither
/// stands as it is, so that what is missing is reported when it is opened.
///
/// # Errors
///
/// When a folder cannot be read, or a pattern fits nothing.
pub fn expand(paths: &[String]) -> Result<Vec<String>, InputError> {
    let mut files = Vec::new();
    for path in paths {
        let as_path = Path::new(path);
        let before = files.len();
        if path != "-" && as_path.is_dir() {
            let before = files.len();
            folder(as_path, &mut files)?;
            if files.len() == before {
                return Err(InputError::NoFile {
                    path: path.as_str().into(),
                });
            }
        } else if path.contains(['*', '?']) && !as_path.exists() {
            pattern(path, &mut files)?;
        } else {
            files.push(path.clone());
        }
        if files.len() == before {
            return Err(InputError::Nothing {
                path: (**path).into(),
            });
        }
    }
    Ok(files)
}

fn unreadable(path: &Path, source: std::io::Error) -> InputError {
    InputError::Open {
        path: path.display().to_string().into(),
        source,
    }
}

/// The entries of a folder by name; what begins with a dot is left out, as in a shell.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let failed = |e| unreadable(folder, e);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn folder(path: &Path, files: &mut Vec<String>) -> Result<(), InputError> {
    for entry in entries(path)? {
        // A link to a folder may lead back here: it stands as it is, and is refused when opened.
        if entry.is_dir() && !entry.is_symlink() {
            folder(&entry, files)?;
        } else {
            files.push(entry.display().to_string());
        }
    }
    Ok(())
}

fn pattern(path: &str, files: &mut Vec<String>) -> Result<(), InputError> {
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
            for entry in entries(here).unwrap_or_default() {
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
            folder(&path, files)?;
        } else if path.exists() {
            files.push(path.display().to_string());
        }
    }
    Ok(())
}
