//! `interdict check`: look up addresses given on the line or on standard input.

use super::{Global, ListArgs, OutArgs, out, tell};
use crate::app::{self, Checked};
use crate::error::{AppError, Exit};
use crate::list::ListSet;
use crate::report::{answers, escape};
use crate::screen::{Screener, Verdict};
use clap::{Args, ValueEnum};
use std::io::{self, BufRead, Write};

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
    let texts = texts(&args.texts)?;
    let lists = app::load_lists(&options)?;
    let screener = Screener::new(&lists.set);
    let checked = app::check(&screener, texts, options.as_of);
    let format = args.format.unwrap_or(match args.out.extension() {
        Some("json") => Format::Json,
        _ => Format::Table,
    });
    out::write(args.out.output.as_deref(), |w| match format {
        Format::Table => table(&checked, &lists.set, w),
        Format::Json => {
            let answers: Vec<_> = checked
                .iter()
                .map(|c| answers::CheckAnswer {
                    input: &c.input,
                    outcome: &c.address,
                    reading: &c.reading,
                    matches: &c.matches,
                    possible: &c.possible,
                })
                .collect();
            answers::write_check(options.as_of, &lists.set, &answers, true, w)
        }
    })?;
    tell(&lists.findings, global);
    let exit = checked
        .iter()
        .map(|c| app::exit_of(c.verdict(), args.lists.allow_incomplete, false))
        .fold(Exit::NoMatch, Exit::worse);
    Ok(if lists.refused {
        exit.worse(Exit::ListsRefused)
    } else {
        exit
    })
}

fn table(checked: &[Checked<'_>], lists: &ListSet, w: &mut dyn Write) -> io::Result<()> {
    for c in checked {
        let shown = match &c.address {
            Err(e) if e.reason == crate::address::Reason::Secret => "(not shown)".into(),
            _ => escape::visible(c.input.trim()),
        };
        match c.verdict() {
            Verdict::NoMatch => {
                let names: Vec<_> = lists
                    .lists()
                    .iter()
                    .map(|l| match l.snapshot.published_on {
                        Some(day) => format!("{} of {day}", l.source.id),
                        None => l.source.id.to_string(),
                    })
                    .collect();
                writeln!(w, "{shown}: no match on {}", names.join(", "))?;
            }
            verdict => writeln!(w, "{shown}: {}", verdict.id())?,
        }
        match &c.address {
            Ok(a) => {
                let networks = a.networks().join(", ");
                writeln!(w, "  {} ({networks}), canonical {a}", a.format().title)?;
            }
            Err(e) => writeln!(w, "  {e}")?,
        }
        if !c.reading.is_empty() {
            writeln!(w, "  read as: {}", escape::visible(&c.reading))?;
        }
        for m in &c.matches {
            writeln!(w, "  {}: {}", m.timing.id(), escape::visible(&m.note()))?;
        }
        for p in &c.possible {
            let entity = p.found.entity();
            writeln!(
                w,
                "  possible ({}): {} of {} on {}; {}",
                p.kind,
                escape::visible(p.found.listing.text),
                escape::visible(&entity.name),
                p.found.list.source.id,
                p.found.basis_note
            )?;
        }
    }
    Ok(())
}

/// The texts given, or those of standard input.
pub(super) fn texts(given: &[String]) -> Result<Vec<String>, AppError> {
    if !given.is_empty() && given != ["-"] {
        return Ok(given.to_vec());
    }
    let mut lines = lines(&mut io::stdin().lock(), "-".as_ref())?;
    lines.retain(|line| !line.trim().is_empty());
    Ok(lines)
}

/// The lines of a text; bytes that are not UTF-8 are replaced, no line is lost.
pub(super) fn lines(
    reader: &mut dyn BufRead,
    path: &std::path::Path,
) -> Result<Vec<String>, AppError> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line);
        let read = read.map_err(|e| AppError::File {
            verb: "read",
            path: path.into(),
            source: e,
        })?;
        if read == 0 {
            return Ok(lines);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        let text = if lines.is_empty() {
            text.trim_start_matches('\u{feff}')
        } else {
            text
        };
        lines.push(text.to_owned());
    }
}
