//! Sources: a publisher's document becomes a [`List`]. One file per document shape, one TOML per
//! source; bytes come in as a reader, so nothing here knows files, networks or compression.

mod australia;
mod blocks;
mod bundle;
mod bundled;
mod canada;
mod common;
mod config;
mod csl;
mod eu;
mod freetext;
mod ftm;
mod guess;
mod html;
mod inside;
mod lines;
mod nbctf;
mod notice;
mod ofac_advanced;
mod ofac_csv;
mod ofac_enhanced;
mod ofac_legacy;
mod swiss;
mod table;
mod tabular;
mod tagpack;
mod uk;
mod uk_xml;
mod un;
mod xml;

pub use bundle::{pack, pack_folder};
pub use bundled::{BUNDLED, Bundled, bundled_lists};
pub use config::{ConfigError, parse_age, parse_source};
pub use guess::{guess_archive, guess_shape};

use crate::list::{Authority, List, ListBuilder, ListError, Listing, Snapshot, Source};
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
    /// Whether a document can be an archive of several files, which the shape takes whole.
    pub several_files: bool,
}

/// Whether documents of shape `id` can be archives of several files: they are not to be unpacked.
pub fn takes_several_files(id: &str) -> bool {
    SHAPES.iter().any(|s| *s.id == *id && s.several_files)
}

/// Every document shape.
pub const SHAPES: &[Shape] = &[
    Shape {
        id: lines::ID,
        title: "text of addresses, one a line",
        parse: lines::parse_lines,
        several_files: false,
    },
    Shape {
        id: table::ID,
        title: "any table with a column of addresses (CSV, JSON, YAML, workbook)",
        parse: table::parse,
        several_files: false,
    },
    Shape {
        id: notice::ID,
        title: "a notice in prose, as text or HTML",
        parse: notice::parse,
        several_files: false,
    },
    Shape {
        id: "interdict-facts",
        title: "our own format of dated facts, as compiled into this build",
        parse: bundled::parse_facts,
        several_files: false,
    },
    Shape {
        id: ofac_advanced::ID,
        title: "OFAC advanced XML",
        parse: ofac_advanced::parse,
        several_files: false,
    },
    Shape {
        id: ofac_enhanced::ID,
        title: "OFAC enhanced XML",
        parse: ofac_enhanced::parse,
        several_files: false,
    },
    Shape {
        id: ofac_legacy::ID,
        title: "OFAC legacy XML",
        parse: ofac_legacy::parse,
        several_files: false,
    },
    Shape {
        id: ofac_csv::ID,
        title: "OFAC flat files",
        parse: ofac_csv::parse,
        several_files: true,
    },
    Shape {
        id: csl::ID,
        title: "US Consolidated Screening List, CSV or JSON",
        parse: csl::parse,
        several_files: false,
    },
    Shape {
        id: un::ID,
        title: "UN Security Council consolidated list",
        parse: un::parse,
        several_files: false,
    },
    Shape {
        id: eu::ID,
        title: "EU financial sanctions, XML 1.1",
        parse: eu::parse,
        several_files: false,
    },
    Shape {
        id: eu::CSV,
        title: "EU financial sanctions, CSV",
        parse: eu::parse_csv,
        several_files: false,
    },
    Shape {
        id: uk::LIST,
        title: "UK Sanctions List, CSV",
        parse: uk::parse_list,
        several_files: false,
    },
    Shape {
        id: uk_xml::ID,
        title: "UK Sanctions List, XML",
        parse: uk_xml::parse,
        several_files: false,
    },
    Shape {
        id: uk::CONLIST,
        title: "OFSI consolidated list, CSV of 29 or 36 columns",
        parse: uk::parse_conlist,
        several_files: false,
    },
    Shape {
        id: swiss::ID,
        title: "Swiss sanctions list, XML of SESAM",
        parse: swiss::parse,
        several_files: false,
    },
    Shape {
        id: canada::ID,
        title: "Canadian autonomous sanctions, XML",
        parse: canada::parse,
        several_files: false,
    },
    Shape {
        id: australia::ID,
        title: "Australian consolidated list, workbook",
        parse: australia::parse,
        several_files: false,
    },
    Shape {
        id: nbctf::ID,
        title: "Israeli seizure orders, tables in Hebrew",
        parse: nbctf::parse,
        several_files: true,
    },
    Shape {
        id: tagpack::ID,
        title: "GraphSense TagPacks, YAML",
        parse: tagpack::parse,
        several_files: true,
    },
    Shape {
        id: ftm::ENTITIES,
        title: "FollowTheMoney entities, JSON lines",
        parse: ftm::parse,
        several_files: false,
    },
    Shape {
        id: ftm::TARGETS,
        title: "OpenSanctions targets, CSV",
        parse: ftm::parse_targets,
        several_files: false,
    },
];

macro_rules! sources {
    ($($id:literal)*) => {
        &[$(($id, include_str!(concat!("../../lists/", $id, ".toml"))),)*]
    };
}

/// The id and the TOML of every source that this build knows.
const SOURCES: &[(&str, &str)] = sources![
    "au-dfat"
    "ca-sema"
    "ch-seco"
    "court-155"
    "eu-fsf"
    "eu-fsf-csv"
    "fbi-bybit"
    "fbi-dprk-2023"
    "fbi-psa250226"
    "fbi-tradertraitor"
    "forta-malicious-contracts"
    "forta-malicious-labels"
    "forta-phishing"
    "graphsense-tagpacks"
    "il-nbctf"
    "mew-darklist"
    "ofac-cons"
    "ofac-cons-csv"
    "ofac-cons-enhanced"
    "ofac-cons-legacy"
    "ofac-crypto"
    "ofac-recent-actions"
    "ofac-sdn"
    "ofac-sdn-csv"
    "ofac-sdn-enhanced"
    "ofac-sdn-legacy"
    "opensanctions"
    "opensanctions-targets"
    "ransomwhere"
    "scamsniffer"
    "scamsniffer-domains"
    "uk-conlist"
    "uk-sl"
    "uk-sl-xml"
    "un-sc"
    "us-csl"
    "us-csl-json"
    "usdc-eth-freezes"
    "usdt-eth-freezes"
    "usdt-tron-freezes"
];

/// Every source that this build knows.
///
/// # Panics
/// Never on a released build: a test parses every source file.
pub fn sources() -> Vec<Source> {
    SOURCES
        .iter()
        .map(|(_, toml)| parse_source(toml).expect("built-in source files are tested"))
        .collect()
}

/// The source `id`, if this build knows it. Reads its file alone.
///
/// # Panics
/// Never on a released build: a test parses every source file.
pub fn find_source(id: &str) -> Option<Source> {
    let (_, toml) = SOURCES.iter().find(|(known, _)| *known == id)?;
    Some(parse_source(toml).expect("built-in source files are tested"))
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
    /// Nothing in it is an address.
    #[error("`{id}` holds no address: {texts} texts, and none is an address of a known format")]
    NoAddress {
        /// The source.
        id: Box<str>,
        /// How many texts were taken for identifiers.
        texts: usize,
    },
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
            Self::NoAddress { .. } => Some(
                "check the file, its encoding and which column is meant; a list of other identifiers \
                 says `identifiers = \"verbatim\"` under [options] of its source file",
            ),
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
    parse_with(source, snapshot, document, 1)
}

/// Parses a document of `source` with so many threads; what comes of it is the same.
pub fn parse_with(
    source: Source,
    snapshot: Snapshot,
    document: &mut dyn BufRead,
    threads: usize,
) -> Result<List, ParseError> {
    let shape = SHAPES
        .iter()
        .find(|s| *s.id == *source.shape)
        .ok_or_else(|| ParseError::UnknownShape(source.shape.clone()))?;
    let mut builder = ListBuilder::new(source, snapshot).with_threads(threads);
    (shape.parse)(document, &mut builder)?;
    let list = builder.finish()?;
    let is_address = |l: Listing<'_>| l.format.is_some() || inside::is_account(l.text);
    if must_hold_addresses(&list.source) && !list.is_empty() && !list.listings().any(is_address) {
        return Err(ParseError::NoAddress {
            id: list.source.id.clone(),
            texts: list.len(),
        });
    }
    Ok(list)
}

/// The option of a source that lists other identifiers than addresses: `identifiers = "verbatim"`.
const IDENTIFIERS: &str = "identifiers";

/// Whether a list without an address is none: a text or table of addresses, or somebody's own list,
/// unless its source says that its identifiers are no addresses.
fn must_hold_addresses(source: &Source) -> bool {
    let own = source.authority == Authority::User;
    let other = source
        .options
        .get(IDENTIFIERS)
        .is_some_and(|v| **v == *"verbatim");
    (own || [lines::ID, table::ID].contains(&&*source.shape)) && !other
}

/// SHA-256 of a document in lower-case hex: the name of its snapshot.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}
