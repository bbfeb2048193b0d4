//! Everything that can stop a run, with its exit code and a hint.

use crate::document::DocumentError;
use crate::evidence::EvidenceError;
use crate::input::{InputError, ProfileError};
use crate::source::{ConfigError, ParseError};
use crate::store::StoreError;
use std::io;
use std::path::PathBuf;

/// The exit codes of the command line; never shared between causes. Where several apply the order
/// is refused > cannot run > match > incomplete > possible > no match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Everything was screened, no match.
    NoMatch = 0,
    /// At least one match.
    Match = 1,
    /// Could not run: usage, unreadable input, internal error.
    CannotRun = 2,
    /// No match, but possible ones to look at.
    Possible = 3,
    /// No match, but something could not be screened.
    Incomplete = 4,
    /// Lists refused: missing, stale, empty, unhealthy.
    ListsRefused = 5,
}

impl Exit {
    /// The process exit code.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The one that is reported when both apply.
    pub fn worse(self, other: Self) -> Self {
        let rank = |e: Self| match e {
            Self::ListsRefused => 5,
            Self::CannotRun => 4,
            Self::Match => 3,
            Self::Incomplete => 2,
            Self::Possible => 1,
            Self::NoMatch => 0,
        };
        if rank(self) >= rank(other) {
            self
        } else {
            other
        }
    }
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The command line asks for something impossible.
    #[error("{0}")]
    Usage(String),
    /// A file could not be read or written.
    #[error("cannot {verb} `{}`", path.display())]
    File {
        /// `read`, `write`.
        verb: &'static str,
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard input or output failed.
    #[error("cannot write the result")]
    Output(#[from] io::Error),
    /// A wanted list is not there.
    #[error("no list `{id}`: neither installed, nor bundled, nor a file")]
    ListMissing {
        /// As given.
        id: String,
        /// What there is.
        known: Vec<String>,
    },
    /// An export could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A document could not be read.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// `--as` names an asset that this build does not know.
    #[error("unknown asset `{asset}`")]
    UnknownAsset {
        /// As given.
        asset: String,
    },
    /// A list's document could not be used.
    #[error("list `{id}` cannot be used")]
    List {
        /// The list.
        id: String,
        /// Why.
        source: ParseError,
    },
    /// An import names a list that this build does not know.
    #[error("no source `{id}` is built in")]
    UnknownList {
        /// As given.
        id: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// A document was refused; what was installed still is.
    #[error("`{id}` was not installed: {}", why.join("; "))]
    ListRefused {
        /// The list.
        id: String,
        /// The reasons.
        why: Vec<String>,
        /// What to do about it.
        hint: Option<String>,
    },
    /// Evidence could not be kept or read.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The store could not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A profile is not valid.
    #[error("cannot use profile `{}`", path.display())]
    Profile {
        /// The path.
        path: PathBuf,
        /// Why.
        source: ProfileError,
    },
    /// A source file is not valid.
    #[error("cannot use source file `{}`", path.display())]
    SourceFile {
        /// The path.
        path: PathBuf,
        /// Why.
        source: ConfigError,
    },
}

impl AppError {
    /// What to do about it, on a line of its own.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Document(error) => error.hint().map(str::to_owned),
            Self::ListMissing { known, .. } => Some(format!(
                "known lists: {}; install one with `interdict lists import ID FILE`",
                known.join(", ")
            )),
            Self::List { source, .. } => source.hint().map(Into::into),
            Self::ListRefused { hint, .. } => {
                let kept = "nothing was replaced";
                Some(
                    hint.as_ref()
                        .map_or(kept.to_owned(), |hint| format!("{hint}; {kept}")),
                )
            }
            Self::UnknownList { known, .. } => Some(format!(
                "built in: {}; for a list of your own give its source file with --source",
                known.join(", ")
            )),
            Self::UnknownAsset { .. } => {
                Some("use a ticker such as BTC, ETH, TRX, XMR, SOL or ADA".to_owned())
            }
            Self::Store(error) => error.hint(),
            Self::Evidence(error) => error.hint().map(str::to_owned),
            Self::Input(error) => error.hint().map(str::to_owned),
            Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("check the path".to_owned())
            }
            Self::File { .. }
            | Self::Usage(_)
            | Self::Output(_)
            | Self::SourceFile { .. }
            | Self::Profile { .. } => None,
        }
    }

    /// The exit code.
    pub const fn exit(&self) -> Exit {
        match self {
            Self::ListMissing { .. }
            | Self::List { .. }
            | Self::ListRefused { .. }
            | Self::Store(_) => Exit::ListsRefused,
            _ => Exit::CannotRun,
        }
    }
}
