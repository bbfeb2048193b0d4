//! `interdict lists export` and `lint`: what is on the lists, and what is odd about it.

use crate::app::{self, ListOptions};
use crate::cli::{Global, OutArgs, TableOrJson, out};
use crate::error::{AppError, Exit};
use crate::finding::Severity;
use crate::list::{ListSet, lint as lint_lists};
use crate::report::escape::visible;
use crate::report::{listings, lists};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Jsonl,
    #[cfg(feature = "frames")]
    Parquet,
}

/// Every listing of the lists as one flat table, also those that left
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict lists export -o listings.csv
  interdict lists export --list ofac-sdn --format jsonl")]
pub(super) struct ExportArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: csv, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Debug, Args)]
struct Which {
    /// An installed or bundled list's id, a source TOML, or any table or text of addresses;
    /// repeatable [default: every installed list, and the bundled ones]
    #[arg(long = "list", value_name = "ID|PATH")]
    lists: Vec<String>,
}

impl Which {
    fn load(&self, global: &Global) -> Result<ListSet, AppError> {
        app::lists::load_for_questions(&ListOptions {
            lists: self.lists.clone(),
            home: global.home.clone(),
            as_of: Timestamp::now(),
            max_age: None,
            allow_stale: true,
            threads: global.threads(),
        })
    }
}

pub(super) fn export(args: &ExportArgs, global: &Global) -> Result<Exit, AppError> {
    let by_extension = &[
        ("csv", Format::Csv),
        ("jsonl", Format::Jsonl),
        ("ndjson", Format::Jsonl),
        ("json", Format::Jsonl),
        #[cfg(feature = "frames")]
        ("parquet", Format::Parquet),
    ];
    let format = args.out.format(args.format, by_extension, Format::Csv)?;
    let set = args.which.load(global)?;
    out::write(args.out.output.as_deref(), |w| match format {
        Format::Csv => listings::write_csv(&set, w),
        Format::Jsonl => listings::write_jsonl(&set, w),
        #[cfg(feature = "frames")]
        Format::Parquet => listings::write_parquet(&set, w),
    })?;
    Ok(Exit::NoMatch)
}

/// What is odd about the lists themselves
#[derive(Debug, Args)]
#[command(after_help = "\
Labels that do not fit the address, one address under two entities, duplicates, broken checksums,
lists that contradict each other. What each code means is in docs/findings.md.

Example:
  interdict lists lint
  interdict lists lint --list ofac-sdn --format json")]
pub(super) struct LintArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<TableOrJson>,
}

pub(super) fn lint(args: &LintArgs, global: &Global) -> Result<Exit, AppError> {
    let format = TableOrJson::of(args.format, &args.out)?;
    let set = args.which.load(global)?;
    let findings = lint_lists(&set);
    out::write(args.out.output.as_deref(), |w| {
        if format == TableOrJson::Json {
            return lists::write_findings(&findings, true, w);
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &findings {
            *counts.entry(finding.code.id()).or_default() += 1;
            let severity = match finding.code.severity() {
                Severity::Info => "note",
                other => other.id(),
            };
            let line = format!(
                "{}: {severity}[{}]: {}",
                finding.place, finding.code, finding.detail
            );
            writeln!(w, "{}", visible(&line))?;
        }
        let counts: Vec<_> = counts.iter().map(|(id, n)| format!("{n} {id}")).collect();
        let names: Vec<_> = set.lists().iter().map(|l| &*l.source.id).collect();
        let counts = match counts.is_empty() {
            true => "nothing odd".to_owned(),
            false => counts.join(", "),
        };
        writeln!(
            w,
            "{} listings of {}: {counts}",
            set.refs().count(),
            names.join(", ")
        )
    })?;
    Ok(Exit::NoMatch)
}
