//! Why the store could not do what was asked.

use crate::source::{ConfigError, ParseError};
use crate::unpack::UnpackError;
use std::io;
use std::path::{Path, PathBuf};

/// A failure of the store. What is wrong with a new document is no failure but a refusal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file or folder could not be used.
    #[error("cannot {verb} `{}`", path.display())]
    Io {
        /// `read`, `write`, …
        verb: &'static str,
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The platform names no folder for programs' data.
    #[error("there is no home folder to keep lists in")]
    NoHome,
    /// The list's id cannot be one.
    #[error("`{0}` is no list id: lower-case letters, digits and hyphens only")]
    Id(Box<str>),
    /// Another process has the store.
    #[error("the store is in use{holder}: `{}`", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// By whom, as far as the lock file says; begins with a space.
        holder: String,
    },
    /// A list that is not there.
    #[error("list `{id}` is not installed")]
    NotInstalled {
        /// The list.
        id: Box<str>,
        /// Those that are.
        installed: Vec<String>,
    },
    /// No kept snapshot is meant.
    #[error("list `{id}` has no snapshot `{text}`: {why}")]
    Revision {
        /// The list.
        id: Box<str>,
        /// As given.
        text: Box<str>,
        /// Why not.
        why: String,
        /// Day and hash of each kept one.
        known: Vec<String>,
    },
    /// A snapshot whose document is gone.
    #[error("the document of snapshot {sha256} of list `{id}` was let go")]
    LetGo {
        /// The list.
        id: Box<str>,
        /// The snapshot.
        sha256: Box<str>,
    },
    /// Its source is not built in and no source file is kept with it.
    #[error("this build does not know the source of list `{id}`")]
    UnknownSource {
        /// The list.
        id: Box<str>,
    },
    /// What describes a snapshot is damaged.
    #[error("`{}` is damaged: {why}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The source file beside a snapshot is damaged.
    #[error("cannot use source file `{}`", path.display())]
    SourceFile {
        /// The path.
        path: PathBuf,
        /// Why.
        source: Box<ConfigError>,
    },
    /// A document is not the one that was stored.
    #[error(
        "`{}` is not the document that was stored: its sha256 is {found}, not {expected}",
        path.display()
    )]
    Tampered {
        /// The document.
        path: PathBuf,
        /// As its manifest says.
        expected: Box<str>,
        /// As it is.
        found: Box<str>,
    },
    /// A document cannot be opened.
    #[error("`{}`: {source}", path.display())]
    Document {
        /// The document.
        path: PathBuf,
        /// Why.
        source: UnpackError,
    },
    /// A document cannot be read as a list.
    #[error("list `{id}` cannot be read from `{}`", path.display())]
    Parse {
        /// The list.
        id: Box<str>,
        /// The document.
        path: PathBuf,
        /// Why.
        source: Box<ParseError>,
    },
}

impl StoreError {
    /// For `map_err`: an I/O error at `path`.
    pub(super) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { verb, path, source }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoHome => Some("give a folder with `--home`, or set INTERDICT_HOME".into()),
            Self::Locked { .. } => {
                Some("wait until it is done; the lock ends with the process that holds it".into())
            }
            Self::NotInstalled { id, installed } => {
                let known = match installed.is_empty() {
                    true => "none is installed".to_owned(),
                    false => format!("installed: {}", installed.join(", ")),
                };
                Some(format!(
                    "{known}; `interdict lists import {id} FILE` installs it"
                ))
            }
            Self::Revision { known, .. } => Some(format!("there are: {}", known.join(", "))),
            Self::LetGo { .. } => Some("import the document again".into()),
            Self::UnknownSource { id } => Some(format!(
                "give its source file: `interdict lists import {id} FILE --source TOML`"
            )),
            Self::Manifest { .. } | Self::SourceFile { .. } | Self::Tampered { .. } => {
                Some("the store was changed by something else; import the list again".into())
            }
            Self::Document { source, .. } => source.hint().map(Into::into),
            Self::Parse { source, .. } => source.hint().map(Into::into),
            Self::Io { .. } | Self::Id(_) => None,
        }
    }
}
