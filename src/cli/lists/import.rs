//! `interdict lists import`.

use crate::cli::{Global, out, tell};
use crate::error::{AppError, Exit};
use crate::finding::Severity;
use crate::list::Source;
use crate::source;
use crate::store::{ImportOptions, ImportOutcome};
use clap::Args;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// Install a document that was downloaded by other means
#[derive(Debug, Args)]
#[command(after_help = "\
The document is parsed and checked before it replaces anything; the one before is kept.

Example:
  interdict lists import ofac-sdn SDN_ADVANCED.XML.gz
  interdict lists import ofac-sdn-csv FOLDER-WITH-SDN.CSV-AND-ITS-FELLOWS
  interdict lists import house-list blocked.csv --source house-list.toml")]
pub(super) struct ImportArgs {
    /// The list's id
    id: String,
    /// The document, also packed (.gz, .bz2, .zst, .zip); a folder where it is several files
    file: PathBuf,
    /// The list's source file, for a list that is not built in
    #[arg(long, value_name = "TOML")]
    source: Option<PathBuf>,
    /// Where it was retrieved from [default: the file's name]
    #[arg(long)]
    url: Option<String>,
    /// When it was retrieved [default: now]
    #[arg(long, value_name = "TIME")]
    retrieved_at: Option<Timestamp>,
    /// The member of the archive that is meant
    #[arg(long, value_name = "NAME")]
    member: Option<String>,
    /// Let a large true change pass the health gate, and record it
    #[arg(long)]
    accept_change: bool,
    /// Keep it for the list's history only: an older copy, to learn since when addresses are listed
    #[arg(long, conflicts_with = "accept_change")]
    past: bool,
}

pub(super) fn run(args: &ImportArgs, global: &Global) -> Result<Exit, AppError> {
    let (source, toml) = source_of(&args.id, args.source.as_deref())?;
    let store = super::store(global)?;
    let options = ImportOptions {
        url: args.url.as_deref(),
        retrieved_at: args.retrieved_at,
        accept_change: args.accept_change,
        source_toml: toml.as_deref(),
        member: args.member.as_deref(),
        past: args.past,
        ..ImportOptions::default()
    };
    match store.import(&source, &args.file, &options)? {
        ImportOutcome::Updated {
            now,
            before,
            accepted,
            diff,
        } => {
            let m = &now.manifest;
            let published = m
                .published_on
                .map_or("no date".to_owned(), |d| d.to_string());
            out::write(None, |w| {
                writeln!(
                    w,
                    "{}: installed, of {published}: {} entities, {} addresses, {} verbatim; \
                     sha256 {}",
                    args.id, m.counts.entities, m.counts.addresses, m.counts.verbatim, m.sha256
                )?;
                if let Some(before) = before {
                    let changes = crate::report::lists::in_numbers(&diff);
                    writeln!(w, "{}: {changes}", args.id)?;
                    writeln!(w, "{}: the copy before is kept: {}", args.id, before.sha256)?;
                }
                Ok(())
            })?;
            tell(&accepted, global);
            if !global.quiet {
                let list = store.load(&args.id)?;
                let worth: Vec<_> = list
                    .findings
                    .iter()
                    .filter(|f| f.code.severity() >= Severity::Warning)
                    .cloned()
                    .collect();
                tell(&worth, global);
            }
            Ok(Exit::NoMatch)
        }
        ImportOutcome::Past(list) => {
            let m = &list.manifest;
            out::write(None, |w| {
                let day = m
                    .published_on
                    .map_or("no date".to_owned(), |d| d.to_string());
                writeln!(
                    w,
                    "{}: kept for the history, of {day}; sha256 {}",
                    args.id, m.sha256
                )
            })?;
            Ok(Exit::NoMatch)
        }
        ImportOutcome::Unchanged(list) => {
            out::write(None, |w| {
                writeln!(w, "{}: unchanged, sha256 {}", args.id, list.manifest.sha256)
            })?;
            Ok(Exit::NoMatch)
        }
        ImportOutcome::Refused(refusal) => {
            tell(&refusal.findings, global);
            Err(AppError::ListRefused {
                id: args.id.clone(),
                why: refusal
                    .findings
                    .iter()
                    .map(|f| f.detail.to_string())
                    .collect(),
                hint: refusal.hint,
            })
        }
    }
}

/// The source of list `id`: of the file given, else built in; and the text of the file.
pub(super) fn source_of(
    id: &str,
    path: Option<&Path>,
) -> Result<(Source, Option<String>), AppError> {
    let Some(path) = path else {
        let sources = source::sources();
        let known = sources.iter().map(|s| s.id.to_string()).collect();
        let source = sources.into_iter().find(|s| *s.id == *id);
        let unknown = || AppError::UnknownList {
            id: id.to_owned(),
            known,
        };
        return Ok((source.ok_or_else(unknown)?, None));
    };
    let text = std::fs::read_to_string(path).map_err(|e| AppError::File {
        verb: "read",
        path: path.to_owned(),
        source: e,
    })?;
    let source = source::parse_source(&text).map_err(|source| AppError::SourceFile {
        path: path.to_owned(),
        source,
    })?;
    if *source.id != *id {
        return Err(AppError::Usage(format!(
            "the source file is of list `{}`, not of `{id}`",
            source.id
        )));
    }
    Ok((source, Some(text)))
}
