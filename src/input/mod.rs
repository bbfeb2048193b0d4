//! Transaction exports: files and streams in, screened rows out.
//!
//! [`Run`] takes inputs one after another and makes one report of them. Whatever cannot be read is
//! counted and named in it. The module does not know lists, stores or how a report is printed.

mod amount;
#[cfg(feature = "frames")]
mod columnar;
mod columns;
mod damage;
mod dialect;
mod encoding;
mod fast;
mod headings;
mod hops;
mod json;
mod kind;
mod lines;
mod margin;
mod moment;
mod nested;
mod open;
mod paths;
mod profile;
mod rank;
mod rows;
mod run;
mod sheet;
mod split;
mod table;
mod template;
mod text;
mod time;
mod trace;
mod workers;

pub use amount::AmountReader;
pub use columns::{Explained, Mapping};
pub use open::InputError;
pub use paths::{Expanded, Passed, expand};
pub use profile::{Profile, ProfileError, draft, parse_profile, profiles};
pub use run::Run;
pub use time::{Order, TimeReader};
pub use trace::{RecordEnd, Trace, unpacked};

use crate::list::ListSet;
use crate::screen::{Role, ScanOptions, Screener};
use jiff::Timestamp;
use std::io::Read;

/// How inputs are read and judged.
#[derive(Clone, Debug)]
pub struct InputOptions {
    /// The moment answered for.
    pub as_of: Timestamp,
    /// What to look for.
    pub scan: ScanOptions,
    /// Whether the SHA-256 of plain files is wanted. It is part of the evidence; without it a very
    /// fast scan is not held up.
    pub hash: bool,
    /// Threads that scan; 0 and 1 mean the calling one only.
    pub threads: usize,
    /// The cell delimiter, when it is known better.
    pub delimiter: Option<u8>,
    /// Whether there is a header, when it is known better.
    pub header: Option<bool>,
    /// The layout, when it is known better; otherwise it is looked for among the built-in ones.
    pub profile: Option<Profile>,
    /// Roles of columns by heading, above whatever else says so.
    pub columns: Vec<(Box<str>, Role)>,
    /// Map the columns and read no further.
    pub map_only: bool,
    /// Keep who dealt with whom, up to so many dealings from a listed address.
    pub hops: usize,
}

impl InputOptions {
    /// The defaults, for the moment `as_of`.
    pub fn new(as_of: Timestamp) -> Self {
        Self {
            as_of,
            scan: ScanOptions::default(),
            hash: true,
            threads: 1,
            delimiter: None,
            header: None,
            profile: None,
            columns: Vec::new(),
            map_only: false,
            hops: 0,
        }
    }
}

/// What to read.
pub enum Source<'r> {
    /// The file at this path.
    File(&'r str),
    /// A stream and the name it goes by, `-` for standard input.
    Stream(&'r str, Box<dyn Read + Send>),
}

/// Told how far an input is: raw bytes read, and of how many, when that is known.
pub type Progress<'p> = dyn FnMut(u64, Option<u64>) + 'p;

/// How the columns of an input are understood, table by table, without screening it: the name of
/// each table and its mapping.
///
/// # Errors
///
/// When nothing of it can be read.
pub fn explain(
    source: Source<'_>,
    options: &InputOptions,
) -> Result<Vec<(Box<str>, Mapping)>, InputError> {
    let lists = ListSet::new(Vec::new());
    let screener = Screener::new(&lists);
    let options = InputOptions {
        map_only: true,
        ..options.clone()
    };
    let mut run = Run::new(&screener, options);
    run.input(source, &mut |_, _| {})?;
    Ok(run.into_mappings())
}

/// Reads `HEADING=ROLE`, as it is given on a command line; the heading may be a column's number.
///
/// # Errors
///
/// The sentence to show.
pub fn parse_column(text: &str) -> Result<(Box<str>, Role), String> {
    let (heading, role) = text
        .rsplit_once('=')
        .ok_or_else(|| format!("`{text}` is not HEADING=ROLE"))?;
    let known = || {
        let ids: Vec<&str> = Role::ALL.iter().map(|(_, id)| *id).collect();
        ids.join(", ")
    };
    let role = Role::by_id(role.trim())
        .ok_or_else(|| format!("`{role}` is no role; there are {}", known()))?;
    Ok((heading.trim().into(), role))
}
