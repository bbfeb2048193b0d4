//! Reports: one file per format, all from the same [`ScreeningReport`].
//!
//! Domain types are never serialised: `json` owns the schema. Nothing here reads a clock or a
//! terminal; width, colour and the like come in as [`Options`]. The same report with the same
//! options is written byte for byte the same.

pub mod annotate;
pub mod answers;
pub mod as_list;
mod csv;
pub mod documents;
pub mod escape;
pub mod explain;
pub mod findings;
mod flat;
mod hops;
mod html;
mod json;
mod junit;
pub mod listings;
pub mod lists;
mod markdown;
#[cfg(feature = "frames")]
mod parquet;
mod sarif;
pub mod selftest;
mod summary;
mod table;
mod words;
#[cfg(feature = "cli")]
mod xlsx;

pub use flat::FLAT_COLUMNS;

use crate::screen::ScreeningReport;
use std::io::{self, Write};

/// Version of the JSON report: raised when a field is renamed, removed or changes its meaning.
pub const SCHEMA: u32 = 1;

/// What a report looks like, as far as that is a choice.
#[derive(Clone, Debug)]
pub struct Options {
    /// Columns of the terminal; the format for a terminal folds to it.
    pub width: usize,
    /// ANSI colours, in the format for a terminal.
    pub colour: bool,
    /// JSON over several lines.
    pub pretty: bool,
    /// Rows shown for each listed address before the rest is only counted, in the format for a
    /// terminal.
    pub rows_shown: usize,
    /// Listed addresses told in full before the rest is only counted, in the format for a terminal.
    pub listings_shown: usize,
    /// The tool's version, as the report names it.
    pub version: Box<str>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 80,
            colour: false,
            pretty: true,
            rows_shown: 20,
            listings_shown: 60,
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }
}

/// Writes one format.
pub type WriteReport = fn(&ScreeningReport<'_>, &Options, &mut dyn Write) -> io::Result<()>;

/// One way to write a report.
#[derive(Clone, Copy, Debug)]
pub struct ReportFormat {
    /// What `--format` calls it.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// File extensions that mean it, without the dot.
    pub extensions: &'static [&'static str],
    /// Not for a terminal: bytes, not text.
    pub binary: bool,
    /// The writer.
    pub write: WriteReport,
}

/// Every format; the first is the default on a terminal.
pub const REPORT_FORMATS: &[ReportFormat] = &[
    ReportFormat {
        id: "table",
        title: "for a person at a terminal",
        extensions: &["txt"],
        binary: false,
        write: table::write,
    },
    ReportFormat {
        id: "json",
        title: "the whole report, schema 1 (docs/report.schema.json)",
        extensions: &["json"],
        binary: false,
        write: json::write,
    },
    ReportFormat {
        id: "jsonl",
        title: "one match a line, as in the JSON report",
        extensions: &["jsonl", "ndjson"],
        binary: false,
        write: json::write_lines,
    },
    ReportFormat {
        id: "csv",
        title: "the matches as a flat table",
        extensions: &["csv"],
        binary: false,
        write: csv::write,
    },
    ReportFormat {
        id: "markdown",
        title: "for a ticket, a merge request or a wiki",
        extensions: &["md", "markdown"],
        binary: false,
        write: markdown::write,
    },
    ReportFormat {
        id: "sarif",
        title: "SARIF 2.1.0, for code scanning and pipelines",
        extensions: &["sarif"],
        binary: false,
        write: sarif::write,
    },
    ReportFormat {
        id: "junit",
        title: "JUnit XML, for pipelines: a match is a failure",
        extensions: &["xml"],
        binary: false,
        write: junit::write,
    },
    ReportFormat {
        id: "html",
        title: "one self-contained page, with charts",
        extensions: &["html", "htm"],
        binary: false,
        write: html::write,
    },
    #[cfg(feature = "frames")]
    ReportFormat {
        id: "parquet",
        title: "the matches as a flat table, for analysis",
        extensions: &["parquet"],
        binary: true,
        write: parquet::write,
    },
    #[cfg(feature = "cli")]
    ReportFormat {
        id: "xlsx",
        title: "a workbook, for an officer",
        extensions: &["xlsx"],
        binary: true,
        write: xlsx::write,
    },
];

/// The format called `id`.
pub fn by_id(id: &str) -> Option<&'static ReportFormat> {
    REPORT_FORMATS.iter().find(|f| f.id == id)
}

/// The format that a file of this extension (without the dot, any case) has.
pub fn by_extension(extension: &str) -> Option<&'static ReportFormat> {
    REPORT_FORMATS.iter().find(|f| {
        f.extensions
            .iter()
            .any(|e| e.eq_ignore_ascii_case(extension))
    })
}
