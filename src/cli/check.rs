//! `interdict check`: look up addresses given on the line or on standard input.

use super::{Global, ListArgs, OutArgs, TableOrJson, evidence, out, tell};
use crate::address::Reason;
use crate::app::{self, Checked};
use crate::error::{AppError, Exit};
use crate::evidence::log::{Entry, InputEntry};
use crate::finding::Finding;
use crate::list::ListSet;
use crate::report::answers::{self, NOT_SHOWN};
use crate::report::escape;
use crate::screen::{Screener, Verdict};
use crate::source;
use clap::Args;
use jiff::Timestamp;
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
    format: Option<TableOrJson>,
}

pub(super) fn run(args: &CheckArgs, global: &Global) -> Result<Exit, AppError> {
    let options = args.lists.options(global);
    let format = TableOrJson::of(args.format, &args.out)?;
    let texts = texts(&args.texts)?;
    let lists = app::load_lists(&options)?;
    let screener = Screener::new(&lists.set);
    let mut checked = app::check(&screener, texts, options.as_of);
    // A record of a list that cannot be read may be of any of them.
    let unread: u64 = lists.unread.iter().map(|n| n.count).sum();
    checked.iter_mut().for_each(|c| c.looked_up.1 += unread);
    let exit = checked
        .iter()
        .map(|c| app::exit_of(c.verdict(), args.lists.allow_incomplete, false))
        .fold(Exit::NoMatch, Exit::worse);
    let exit = match lists.refused {
        true => exit.worse(Exit::ListsRefused),
        false => exit,
    };
    let mut findings = lists.findings.clone();
    findings.extend(log(&checked, &lists.set, options.as_of, exit, global).err());
    out::write(args.out.output.as_deref(), |w| match format {
        TableOrJson::Table => table(&checked, &lists.set, w),
        TableOrJson::Json => {
            let answers: Vec<_> = checked
                .iter()
                .map(|c| answers::CheckAnswer {
                    validation: answers::Validation {
                        input: &c.input,
                        outcome: &c.validated.outcome,
                        reason: &c.validated.reason,
                        note: &c.validated.note,
                    },
                    matches: &c.matches,
                    possible: &c.possible,
                })
                .collect();
            answers::write_check(options.as_of, &lists.set, &answers, &findings, true, w)
        }
    })?;
    tell(&findings, global);
    Ok(exit)
}

/// Enters the run in the run log; the texts by their hash only.
fn log(
    checked: &[Checked<'_>],
    lists: &ListSet,
    as_of: Timestamp,
    exit: Exit,
    global: &Global,
) -> Result<(), Finding> {
    let verdicts = checked.iter().map(Checked::verdict);
    let texts: Vec<&str> = checked.iter().map(|c| &*c.input).collect();
    let entry = Entry {
        command: "check".to_owned(),
        verdict: verdicts.min().unwrap_or(Verdict::NoMatch).id().to_owned(),
        exit: exit.code(),
        as_of,
        inputs: vec![InputEntry {
            path: "arguments".to_owned(),
            sha256: source::sha256(texts.join("\n").as_bytes()),
        }],
        lists: evidence::lists(lists),
        rows: checked.len() as u64,
        matches: checked.iter().map(|c| c.matches.len() as u64).sum(),
        possible: checked.iter().map(|c| c.possible.len() as u64).sum(),
        not_screened: checked.iter().map(|c| c.looked_up.1).sum(),
        ..Entry::default()
    };
    evidence::log(entry, global)
}

fn table(checked: &[Checked<'_>], lists: &ListSet, w: &mut dyn Write) -> io::Result<()> {
    for c in checked {
        let v = &c.validated;
        let shown = match &v.outcome {
            Err(e) if e.reason == Reason::Secret => NOT_SHOWN.into(),
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
        match &v.outcome {
            Ok(a) => {
                let networks = a.networks().join(", ");
                writeln!(w, "  {} ({networks}), canonical {a}", a.format().title)?;
                if !v.note.is_empty() {
                    writeln!(w, "  note: {}", escape::visible(&v.note))?;
                }
            }
            Err(_) => writeln!(w, "  {}", escape::visible(&v.reason))?,
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
    if lines.is_empty() {
        // Nothing asked is not "no match".
        return Err(AppError::Usage(
            "no text was given, and standard input holds none".to_owned(),
        ));
    }
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
