//! `interdict check`: look up addresses given on the line or on standard input.

use super::{Global, ListArgs, OutArgs, out, tell};
use crate::app;
use crate::error::{AppError, Exit};
use crate::screen::Screener;
use clap::{Args, ValueEnum};
use std::io::BufRead;

/// Look up addresses given on the line or standard input (one a line)
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict check 0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF
  interdict check --as-of 2024-01-01 --format json - < addresses.txt")]
pub(super) struct CheckArgs {
    /// Addresses; none or `-`: read them from standard input, one a line
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,
    #[command(flatten)]
    lists: ListArgs,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) fn run(args: &CheckArgs, global: &Global) -> Result<Exit, AppError> {
    let options = args.lists.options(global);
    let lists = app::load_lists(&options)?;
    let screener = Screener::new(&lists.set);
    let texts = texts(&args.texts)?;
    let checked = app::check(&screener, texts, options.as_of);
    out::write(args.out.output.as_deref(), |w| {
        for c in &checked {
            writeln!(w, "{}: {}", c.input, c.verdict().id())?;
            for m in &c.matches {
                writeln!(w, "  {}", m.note())?;
            }
        }
        Ok(())
    })?;
    tell(&lists.findings, global);
    let exit = checked
        .iter()
        .map(|c| app::exit_of(c.verdict(), args.lists.allow_incomplete, lists.refused))
        .fold(Exit::NoMatch, Exit::worse);
    Ok(exit)
}

/// The texts given, or those of standard input.
pub(super) fn texts(given: &[String]) -> Result<Vec<String>, AppError> {
    if !given.is_empty() && given != ["-"] {
        return Ok(given.to_vec());
    }
    let read = |e| AppError::File {
        verb: "read",
        path: "-".into(),
        source: e,
    };
    std::io::stdin()
        .lock()
        .lines()
        .filter(|line| line.as_ref().map_or(true, |l| !l.trim().is_empty()))
        .collect::<Result<_, _>>()
        .map_err(read)
}
