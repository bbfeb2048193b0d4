//! `interdict lists`: what is installed, how it came, and what it says.

mod export;
mod import;
mod revisions;
#[cfg(feature = "fetch")]
mod update;

use super::{Global, OutArgs, TableOrJson, out};
use crate::app::{self, ListOptions};
use crate::error::{AppError, Exit};
use crate::report::{answers, escape};
use crate::source;
use crate::store::Store;
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use std::io::{self, Write};
use tabled::builder::Builder;
use tabled::settings::peaker::Priority;
use tabled::settings::{Style, Width};

/// Status of the lists; update, import, diff, history
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict lists
  interdict lists update
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
    #[cfg(feature = "fetch")]
    Update(update::UpdateArgs),
    Import(import::ImportArgs),
    Diff(revisions::DiffArgs),
    History(revisions::HistoryArgs),
    Rollback(revisions::RollbackArgs),
    Verify(revisions::VerifyArgs),
    Lint(export::LintArgs),
    Export(export::ExportArgs),
}

#[derive(Debug, Args)]
struct StatusArgs {
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<TableOrJson>,
    /// Call lists older than this stale (72h, 30d) [default: each list's own limit]
    #[arg(long, value_name = "AGE", value_parser = source::parse_age)]
    max_age: Option<SignedDuration>,
}

pub(super) fn run(args: &ListsArgs, global: &Global) -> Result<Exit, AppError> {
    match &args.command {
        #[cfg(feature = "fetch")]
        Some(ListsCommand::Update(args)) => update::run(args, global),
        Some(ListsCommand::Import(args)) => import::run(args, global),
        Some(ListsCommand::Diff(args)) => revisions::diff(args, global),
        Some(ListsCommand::History(args)) => revisions::history(args, global),
        Some(ListsCommand::Rollback(args)) => revisions::rollback(args, global),
        Some(ListsCommand::Verify(args)) => revisions::verify(args, global),
        Some(ListsCommand::Lint(args)) => export::lint(args, global),
        Some(ListsCommand::Export(args)) => export::export(args, global),
        None => status(&args.status, global),
    }
}

fn status(args: &StatusArgs, global: &Global) -> Result<Exit, AppError> {
    let format = TableOrJson::of(args.format, &args.out)?;
    let options = ListOptions {
        lists: Vec::new(),
        home: global.home.clone(),
        as_of: Timestamp::now(),
        max_age: args.max_age,
        allow_stale: false,
        threads: global.threads(),
    };
    let status = app::status(&options)?;
    let rows: Vec<_> = status.iter().map(app::Status::answer).collect();
    out::write(args.out.output.as_deref(), |w| match format {
        TableOrJson::Json => answers::write_lists(&rows, options.as_of, true, w),
        TableOrJson::Table => table(&status, &options, w),
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
            text(list.map(|l| l.entity_count().to_string())),
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

/// The store that the flags mean.
fn store(global: &Global) -> Result<Store, AppError> {
    Ok(Store::open(crate::store::home(global.home.as_deref())?))
}
