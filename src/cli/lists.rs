//! `interdict lists`: what is installed, and how to install it.

use super::{Global, OutArgs, out, tell};
use crate::app::{self, ListOptions};
use crate::error::{AppError, Exit};
use crate::finding::Severity;
use crate::report::{answers, escape};
use crate::source;
use crate::store::{ImportOptions, ImportOutcome, Store};
use clap::{Args, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use std::io::{self, Write};
use std::path::PathBuf;
use tabled::builder::Builder;
use tabled::settings::peaker::Priority;
use tabled::settings::{Style, Width};

/// Status of the lists; import
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict lists
  interdict lists import ofac-sdn SDN_ADVANCED.XML")]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ListsArgs {
    #[command(subcommand)]
    command: Option<ListsCommand>,
    #[command(flatten)]
    status: StatusArgs,
}

#[derive(Debug, Subcommand)]
enum ListsCommand {
    Import(ImportArgs),
}

#[derive(Debug, Args)]
struct StatusArgs {
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Call lists older than this stale (72h, 30d) [default: each list's own limit]
    #[arg(long, value_name = "AGE", value_parser = source::parse_age)]
    max_age: Option<SignedDuration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// Install a document that was downloaded by other means
#[derive(Debug, Args)]
#[command(after_help = "\
The document is parsed and checked before it replaces anything; the one before is kept.

Example:
  interdict lists import ofac-sdn SDN_ADVANCED.XML.gz
  interdict lists import ofac-sdn-csv FOLDER-WITH-SDN.CSV-AND-ITS-FELLOWS
  interdict lists import house-list blocked.csv --source house-list.toml")]
struct ImportArgs {
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
}

pub(super) fn run(args: &ListsArgs, global: &Global) -> Result<Exit, AppError> {
    match &args.command {
        Some(ListsCommand::Import(import)) => run_import(import, global),
        None => status(&args.status, global),
    }
}

fn status(args: &StatusArgs, global: &Global) -> Result<Exit, AppError> {
    let options = ListOptions {
        lists: Vec::new(),
        home: global.home.clone(),
        as_of: Timestamp::now(),
        max_age: args.max_age,
        allow_stale: false,
    };
    let status = app::status(&options)?;
    let rows: Vec<_> = status.iter().map(app::Status::answer).collect();
    let format = args.format.unwrap_or(match args.out.extension() {
        Some("json") => Format::Json,
        _ => Format::Table,
    });
    out::write(args.out.output.as_deref(), |w| match format {
        Format::Json => answers::write_lists(&rows, options.as_of, true, w),
        Format::Table => table(&status, &options, w),
    })?;
    let sick = status.iter().any(|s| !matches!(s.health, "ok" | "bundled"));
    Ok(if sick {
        Exit::ListsRefused
    } else {
        Exit::NoMatch
    })
}

fn table(status: &[app::Status], options: &ListOptions, w: &mut dyn Write) -> io::Result<()> {
    let mut table = Builder::default();
    table.push_record([
        "id",
        "published",
        "retrieved",
        "age",
        "entities",
        "addresses",
        "health",
    ]);
    for s in status {
        let list = s.list.as_ref();
        let text = |of: Option<String>| of.unwrap_or_else(|| "—".to_owned());
        let age = list.and_then(|l| crate::screen::list_age_days(l, options.as_of));
        table.push_record([
            s.source.id.to_string(),
            text(
                list.and_then(|l| l.snapshot.published_on)
                    .map(|d| d.to_string()),
            ),
            text(
                list.and_then(|l| l.snapshot.retrieved_at)
                    .map(|t| t.strftime("%F").to_string()),
            ),
            text(age.map(|d| format!("{d} d"))),
            text(list.map(|l| l.entities().len().to_string())),
            text(list.map(|l| match l.len() - l.addresses() {
                0 => l.addresses().to_string(),
                verbatim => format!("{} + {verbatim} verbatim", l.addresses()),
            })),
            s.health.to_owned(),
        ]);
    }
    let mut table = table.build();
    let fit = Width::wrap(out::width())
        .keep_words(true)
        .priority(Priority::max(true));
    table.with(Style::psql()).with(fit);
    writeln!(w, "{table}")?;
    for s in status {
        if let Some(error) = &s.error {
            writeln!(w, "{}: {}", s.source.id, escape::visible(error))?;
        }
    }
    Ok(())
}

fn run_import(args: &ImportArgs, global: &Global) -> Result<Exit, AppError> {
    let toml = match &args.source {
        None => None,
        Some(path) => Some(std::fs::read_to_string(path).map_err(|e| AppError::File {
            verb: "read",
            path: path.clone(),
            source: e,
        })?),
    };
    let source = match (&toml, &args.source) {
        (Some(text), Some(path)) => {
            source::parse_source(text).map_err(|source| AppError::SourceFile {
                path: path.clone(),
                source,
            })?
        }
        _ => {
            let sources = source::sources();
            let known = sources.iter().map(|s| s.id.to_string()).collect();
            sources
                .into_iter()
                .find(|s| *s.id == *args.id)
                .ok_or_else(|| AppError::UnknownList {
                    id: args.id.clone(),
                    known,
                })?
        }
    };
    if *source.id != *args.id {
        return Err(AppError::Usage(format!(
            "the source file is of list `{}`, not of `{}`",
            source.id, args.id
        )));
    }
    let store = Store::open(crate::store::home(global.home.as_deref())?);
    let options = ImportOptions {
        url: args.url.as_deref(),
        retrieved_at: args.retrieved_at,
        accept_change: args.accept_change,
        source_toml: toml.as_deref(),
        member: args.member.as_deref(),
        ..ImportOptions::default()
    };
    match store.import(&source, &args.file, &options)? {
        ImportOutcome::Updated {
            now,
            before,
            accepted,
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
