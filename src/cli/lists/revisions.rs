//! `interdict lists diff`, `history`, `rollback`, `verify`: the kept snapshots.

use crate::app::{self, ListOptions};
use crate::cli::{Global, OutArgs, TableOrJson, out};
use crate::error::{AppError, Exit};
use crate::report::answers::NOT_SHOWN;
use crate::report::escape::visible;
use crate::report::lists::{self, DiffAnswer};
use clap::Args;
use jiff::Timestamp;
use std::time::Duration;

/// How long to wait while another process changes the store.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// What came, went and changed between two kept snapshots of a list
#[derive(Debug, Args)]
#[command(after_help = "\
REV is the beginning of a snapshot's sha256, a day (the last snapshot on or before it), or how many
snapshots back (0: the current one, 1: the one before).

Example:
  interdict lists diff ofac-sdn
  interdict lists diff ofac-sdn --from 2025-03-04 --to 2025-03-21")]
pub(super) struct DiffArgs {
    /// The list's id
    id: String,
    /// The earlier snapshot [default: the one before the later]
    #[arg(long, value_name = "REV")]
    from: Option<String>,
    /// The later snapshot [default: the current one]
    #[arg(long, value_name = "REV")]
    to: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<TableOrJson>,
}

pub(super) fn diff(args: &DiffArgs, global: &Global) -> Result<Exit, AppError> {
    let format = TableOrJson::of(args.format, &args.out)?;
    let store = super::store(global)?;
    let found = app::lists::diff_list(&store, &args.id, args.from.as_deref(), args.to.as_deref())?;
    let answer = DiffAnswer {
        id: &args.id,
        from: Some(&found.from),
        to: &found.to,
        diff: &found.diff,
    };
    out::write(args.out.output.as_deref(), |w| match format {
        TableOrJson::Table => lists::write_diff_table(&answer, w),
        TableOrJson::Json => lists::write_diff(&answer, true, w),
    })?;
    Ok(Exit::NoMatch)
}

/// When an address stood on which list
#[derive(Debug, Args)]
#[command(after_help = "\
Any notation of the address will do. Dates come from the kept snapshots of each list and from the
history compiled into this build; an entity's own date is not that of its addresses.

Example:
  interdict lists history 0x722122dF12D4e14e13Ac3b6895a86e84145b6967")]
pub(super) struct HistoryArgs {
    /// Addresses, or other listed texts
    #[arg(required = true, value_name = "ADDRESS")]
    texts: Vec<String>,
    /// An installed or bundled list's id, a source TOML, or any table or text of addresses;
    /// repeatable [default: every installed list, and the bundled ones]
    #[arg(long = "list", value_name = "ID|PATH")]
    lists: Vec<String>,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<TableOrJson>,
}

pub(super) fn history(args: &HistoryArgs, global: &Global) -> Result<Exit, AppError> {
    let format = TableOrJson::of(args.format, &args.out)?;
    let options = ListOptions {
        lists: args.lists.clone(),
        home: global.home.clone(),
        as_of: Timestamp::now(),
        max_age: None,
        allow_stale: true,
        threads: global.threads(),
    };
    let set = app::lists::load_for_questions(&options)?;
    let store = super::store(global)?;
    let found = app::lists::histories(&set, &store, &options, &args.texts);
    let on: Vec<_> = set
        .lists()
        .iter()
        .map(|l| format!("{} of {}", l.source.id, lists::in_short(&l.snapshot)))
        .collect();
    let on = on.join(", ");
    out::write(args.out.output.as_deref(), |w| {
        for h in &found {
            let text = match app::is_withheld(&h.text) {
                true => NOT_SHOWN,
                false => &h.text,
            };
            match format {
                TableOrJson::Table => {
                    lists::write_history_text(text, &h.canonical, &h.lines, &on, w)?;
                }
                // One object a text: an array would not fit the shape of one.
                TableOrJson::Json => {
                    let pretty = found.len() == 1;
                    lists::write_history(text, &h.canonical, &h.lines, pretty, w)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(Exit::NoMatch)
}

/// Make a kept snapshot the current one again
#[derive(Debug, Args)]
#[command(after_help = "\
The snapshots behind it are withdrawn: they are kept, tell nothing about dates, and are not installed
again by an update. Going forward to one of them takes that back.

Example:
  interdict lists rollback ofac-sdn
  interdict lists rollback ofac-sdn 2025-03-04")]
pub(super) struct RollbackArgs {
    /// The list's id
    id: String,
    /// The snapshot: the beginning of its sha256, a day, or how many snapshots back
    #[arg(default_value = "1", value_name = "REV")]
    rev: String,
}

pub(super) fn rollback(args: &RollbackArgs, global: &Global) -> Result<Exit, AppError> {
    let store = super::store(global)?;
    let to = store.revision(&args.id, &args.rev)?;
    let (before, now) = store.rollback(&args.id, &to, PATIENCE)?;
    out::write(None, |w| {
        writeln!(
            w,
            "{}: now of {} (sha256 {}); it was {}",
            args.id, to.day, now.manifest.sha256, before.sha256
        )
    })?;
    Ok(Exit::NoMatch)
}

/// Hash every kept document anew
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict lists verify")]
pub(super) struct VerifyArgs {
    /// Only this list; repeatable
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

pub(super) fn verify(args: &VerifyArgs, global: &Global) -> Result<Exit, AppError> {
    let store = super::store(global)?;
    let mut all = store.verify()?;
    if let Some(unknown) = args.ids.iter().find(|id| all.iter().all(|v| v.id != **id)) {
        store.find(unknown)?;
    }
    all.retain(|v| args.ids.is_empty() || args.ids.contains(&v.id));
    let damaged = all.iter().filter(|v| v.outcome.is_err()).count();
    out::write(None, |w| {
        for v in &all {
            let day = v.day.map_or(String::new(), |day| format!("{day} "));
            let current = if v.current { ", current" } else { "" };
            let state = match &v.outcome {
                Ok(true) => "whole".to_owned(),
                Ok(false) => "document let go, listings kept".to_owned(),
                Err(e) => format!("DAMAGED: {}", visible(&app::with_causes(e))),
            };
            writeln!(w, "{}: {day}{}{current}: {state}", v.id, v.sha256)?;
        }
        writeln!(w, "{} snapshots, {damaged} damaged", all.len())
    })?;
    Ok(if damaged > 0 {
        Exit::ListsRefused
    } else {
        Exit::NoMatch
    })
}
