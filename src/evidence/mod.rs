//! What is kept of a run: the bundle that proves it, the decisions made on it, the log of all runs.
//!
//! Formats are described in `docs/evidence.md`, so that they can be read without this program.
//! Nothing here screens anything or knows how a report is printed.

pub mod bundle;
pub mod dispositions;
mod layout;
#[cfg(feature = "cli")]
pub mod log;
pub mod records;
#[cfg(feature = "cli")]
pub mod sign;

use std::io;
use std::path::{Path, PathBuf};

/// Why evidence could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// A file could not be read or written.
    #[error("cannot {verb} `{}`", path.display())]
    Io {
        /// `read`, `write`.
        verb: &'static str,
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A bundle is no bundle, or a part of it that is needed is damaged.
    #[error("`{}` cannot be used: {what}", path.display())]
    Bundle {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A file of decisions is not valid.
    #[error("`{}` is no file of decisions: {what}", path.display())]
    Dispositions {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The run log cannot be used.
    #[error("the run log `{}` cannot be used: {what}", path.display())]
    Log {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A key or signature cannot be used.
    #[error("`{}` is no {what}", path.display())]
    Key {
        /// Its path.
        path: PathBuf,
        /// What it should be.
        what: &'static str,
    },
}

impl EvidenceError {
    fn io<'p>(verb: &'static str, path: &'p Path) -> impl FnOnce(io::Error) -> Self + 'p {
        move |source| Self::Io {
            verb,
            path: path.to_owned(),
            source,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Bundle { .. } => Some("`interdict verify BUNDLE` names every damaged part"),
            Self::Dispositions { .. } => Some("docs/evidence.md describes the file"),
            Self::Key { .. } => {
                Some("make one with `openssl genpkey -algorithm ed25519 -out key.pem`")
            }
            Self::Io { .. } | Self::Log { .. } => None,
        }
    }
}
