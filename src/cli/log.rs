//! `interdict log`: the run log of the store.

use super::evidence::differs;
use super::{Global, OutArgs, out};
use crate::error::{AppError, Exit};
use crate::evidence::log::{Entry, Log, Row};
use crate::report::escape::{JsonWriter, short, visible};
use crate::store;
use clap::{Args, Subcommand};
use serde_json::Value;
use std::io::{self, Write};

/// The run log: list, show, export, verify
#[derive(Debug, Args)]
#[command(after_help = "\
Every screening is entered in the store's run log, each row chained to the one before.

Example:
  interdict log list
  interdict log verify")]
pub(super) struct LogArgs {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    /// The runs, newest last
    #[command(after_help = "Example:\n  interdict log list --last 20")]
    List(ListArgs),
    /// One run in full
    #[command(after_help = "Example:\n  interdict log show 17")]
    Show {
        /// Its number
        seq: i64,
    },
    /// Every run as JSON lines, with the hashes of the chain
    #[command(after_help = "Example:\n  interdict log export -o runs.jsonl")]
    Export {
        #[command(flatten)]
        out: OutArgs,
    },
    /// Check the chain: changed and removed rows are named. Exit 0 intact, 1 broken
    #[command(after_help = "Example:\n  interdict log verify")]
    Verify {
        /// A hash that was kept elsewhere and must be in the chain
        #[arg(long, value_name = "SHA256")]
        head: Option<String>,
    },
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only the last N
    #[arg(long, value_name = "N", default_value_t = 100)]
    last: usize,
}

pub(super) fn run(args: &LogArgs, global: &Global) -> Result<Exit, AppError> {
    let log = Log::of(&store::home(global.home.as_deref())?);
    match &args.command {
        LogCommand::List(args) => list(&log, args.last),
        LogCommand::Show { seq } => show(&log, *seq),
        LogCommand::Export { out } => export(&log, out),
        LogCommand::Verify { head } => verify(&log, head.as_deref()),
    }
}

fn list(log: &Log, last: usize) -> Result<Exit, AppError> {
    let mut rows = std::collections::VecDeque::new();
    log.rows(|row| {
        rows.push_back(row);
        if rows.len() > last {
            rows.pop_front();
        }
    })?;
    out::write(None, |w| {
        if rows.is_empty() {
            writeln!(
                w,
                "no run is logged in {}",
                visible(&log.path().to_string_lossy())
            )?;
        }
        rows.iter().try_for_each(|row| line(row, w))
    })?;
    Ok(Exit::NoMatch)
}

fn line(row: &Row, w: &mut dyn Write) -> io::Result<()> {
    let Ok(entry) = serde_json::from_str::<Entry>(&row.entry) else {
        return writeln!(
            w,
            "{:>5}  (this row cannot be read: `interdict log verify`)",
            row.seq
        );
    };
    let paths: Vec<&str> = entry.inputs.iter().map(|i| &*i.path).collect();
    let at = entry.at.strftime("%Y-%m-%d %H:%M:%SZ");
    writeln!(
        w,
        "{:>5}  {at}  {:7}  {:10}  exit {}  {} rows, {} matches  {}",
        row.seq,
        visible(&entry.command),
        visible(&entry.verdict),
        entry.exit,
        entry.rows,
        entry.matches,
        short(&paths.join(", "), 80)
    )
}

fn show(log: &Log, seq: i64) -> Result<Exit, AppError> {
    let mut found = None;
    log.rows(|row| {
        if row.seq == seq {
            found = Some(row);
        }
    })?;
    let row = found.ok_or_else(|| AppError::Usage(format!("the run log has no row {seq}")))?;
    out::write(None, |w| {
        let entry = serde_json::from_str(&row.entry).unwrap_or(Value::String(row.entry.clone()));
        serde_json::to_writer_pretty(JsonWriter(&mut *w), &entry)?;
        writeln!(
            w,
            "\nrow {}\nprev {}\nhash {}",
            row.seq,
            visible(&row.prev),
            visible(&row.hash)
        )
    })?;
    Ok(Exit::NoMatch)
}

fn export(log: &Log, args: &OutArgs) -> Result<Exit, AppError> {
    let mut failed = None;
    out::write(args.output.as_deref(), |w| {
        let mut written = Ok(());
        let read = log.rows(|row| {
            if written.is_ok() {
                written = export_row(&row, w);
            }
        });
        failed = read.err();
        written
    })?;
    failed.map_or(Ok(Exit::NoMatch), |e| Err(e.into()))
}

/// The entry is written as the text that was hashed, so the chain can be checked without us.
fn export_row(row: &Row, w: &mut dyn Write) -> io::Result<()> {
    write!(w, "{{\"seq\":{},\"prev\":", row.seq)?;
    serde_json::to_writer(JsonWriter(&mut *w), &row.prev)?;
    write!(w, ",\"hash\":")?;
    serde_json::to_writer(JsonWriter(&mut *w), &row.hash)?;
    write!(w, ",\"entry\":")?;
    serde_json::to_writer(JsonWriter(&mut *w), &row.entry)?;
    writeln!(w, "}}")
}

fn verify(log: &Log, head: Option<&str>) -> Result<Exit, AppError> {
    let chain = log.verify(head)?;
    out::write(None, |w| {
        let word = if chain.problems.is_empty() {
            "intact"
        } else {
            "BROKEN"
        };
        let path = log.path().to_string_lossy();
        writeln!(w, "{}: {word}, {} rows", visible(&path), chain.rows)?;
        for problem in &chain.problems {
            writeln!(w, "  wrong: {problem}")?;
        }
        writeln!(w, "  head {}", visible(&chain.head))
    })?;
    Ok(differs(!chain.problems.is_empty()))
}
