//! Sources: a publisher's document becomes a [`List`]. One file per document shape, one TOML per
//! source; bytes come in as a reader, so nothing here knows files, networks or compression.

mod bundled;
mod config;
mod lines;
mod ofac_advanced;
mod xml;

pub use bundled::{BUNDLED, Bundled, bundled_lists};
pub use config::{ConfigError, parse_age, parse_source};

use crate::list::{List, ListBuilder, ListError, Snapshot, Source};
use std::io::BufRead;

/// A document shape: how its bytes are read.
#[derive(Debug)]
pub struct Shape {
    /// Kebab-case id, as in a source's TOML.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// Reads the document into the builder. Oddities are findings; an error means that the
    /// document as a whole is not of this shape, or ends too early.
    pub parse: fn(&mut dyn BufRead, &mut ListBuilder) -> Result<(), ParseError>,
}

/// Every document shape.
pub const SHAPES: &[Shape] = &[
    Shape {
        id: "lines",
        title: "text of addresses, one a line",
        parse: lines::parse_lines,
    },
    Shape {
        id: "interdict-facts",
        title: "our own format of dated facts, as compiled into this build",
        parse: bundled::parse_facts,
    },
    Shape {
        id: ofac_advanced::ID,
        title: "OFAC advanced XML",
        parse: ofac_advanced::parse,
    },
];

/// The TOML of every source that this build knows.
const SOURCES: &[&str] = &[
    include_str!("../../lists/court-155.toml"),
    include_str!("../../lists/fbi-bybit.toml"),
    include_str!("../../lists/fbi-tradertraitor.toml"),
    include_str!("../../lists/ofac-crypto.toml"),
    include_str!("../../lists/ofac-cons.toml"),
    include_str!("../../lists/ofac-sdn.toml"),
];

/// Every source that this build knows.
///
/// # Panics
/// Never on a released build: a test parses every source file.
pub fn sources() -> Vec<Source> {
    SOURCES
        .iter()
        .map(|toml| parse_source(toml).expect("built-in source files are tested"))
        .collect()
}

/// Why a document could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The document is something else.
    #[error("not a {shape} document: {why}")]
    Shape {
        /// The shape it should have.
        shape: &'static str,
        /// What was found instead.
        why: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The document is cut or broken.
    #[error("{shape} document is broken at {at}: {why}")]
    Broken {
        /// The shape.
        shape: &'static str,
        /// Where.
        at: String,
        /// What is wrong.
        why: String,
    },
    /// Its source names a shape that this build does not have.
    #[error("unknown document shape `{0}`")]
    UnknownShape(Box<str>),
    /// It could not be read to the end.
    #[error("cannot read the document")]
    Io(#[from] std::io::Error),
    /// Too little came of it.
    #[error(transparent)]
    List(#[from] ListError),
}

impl ParseError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Shape { hint, .. } => hint.as_deref(),
            Self::Broken { .. } => {
                Some("the file was cut or damaged on its way; download it again")
            }
            _ => None,
        }
    }
}

/// Parses a document of `source`.
pub fn parse(
    source: Source,
    snapshot: Snapshot,
    document: &mut dyn BufRead,
) -> Result<List, ParseError> {
    let shape = SHAPES
        .iter()
        .find(|s| *s.id == *source.shape)
        .ok_or_else(|| ParseError::UnknownShape(source.shape.clone()))?;
    let mut builder = ListBuilder::new(source, snapshot);
    (shape.parse)(document, &mut builder)?;
    Ok(builder.finish()?)
}

/// SHA-256 of a document in lower-case hex: the name of its snapshot.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}
