//! `interdict explain`: one match, finding code or address, told in full.

use super::{Global, ListArgs, OutArgs, out, tell};
use crate::app::{self, explain};
use crate::error::{AppError, Exit};
use crate::evidence::dispositions;
use crate::finding::CODES;
use crate::report::explain as write;
use crate::screen::Screener;
use clap::Args;
use std::path::PathBuf;

/// Explain one match of a report, a finding code, or an address
#[derive(Debug, Args)]
#[command(after_help = "\
A match is looked up in a JSON report or an evidence bundle; its row is shown when the input is
still there, unchanged.

Exit codes: 0 explained · 2 there is no such match, code or address

Example:
  interdict explain 0f3c5a7e9b1d2468 --report report.json
  interdict explain address-checksum
  interdict explain 0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF")]
pub(super) struct ExplainArgs {
    /// A match's id, a finding code, or an address
    #[arg(value_name = "MATCH-ID|FINDING-CODE|ADDRESS")]
    what: String,
    /// The JSON report or the bundle that the match is in
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print a decision about the match for a file of decisions, to be completed
    #[arg(long, requires = "report")]
    disposition: bool,
    #[command(flatten)]
    lists: ListArgs,
    #[command(flatten)]
    out: OutArgs,
}

pub(super) fn run(args: &ExplainArgs, global: &Global) -> Result<Exit, AppError> {
    let what = args.what.trim();
    let path = args.out.output.as_deref();
    if let Some((code, ..)) = CODES.iter().find(|(_, id, ..)| *id == what) {
        out::write(path, |w| write::code(*code, w))?;
        return Ok(Exit::NoMatch);
    }
    if let Some(report) = &args.report {
        return found(what, report, args);
    }
    if explain::is_match_id(what) {
        return Err(AppError::Usage(format!(
            "`{what}` is the id of a match; add `--report REPORT.json` (or the bundle)"
        )));
    }
    let options = args.lists.options(global);
    let lists = app::load_lists(&options)?;
    let screener = Screener::new(&lists.set);
    let checked = app::check(&screener, [what.to_owned()], options.as_of);
    let checked = checked.first().expect("one text, one answer");
    let listings = explain::listings(&screener, what, options.as_of);
    let nothing = checked.matches.is_empty() && checked.possible.is_empty();
    if checked.validated.outcome.is_err() && nothing {
        let near = CODES.iter().any(|(_, id, ..)| id.contains(what));
        if near {
            let known: Vec<_> = CODES.iter().map(|(_, id, ..)| *id).collect();
            let known = known.join(", ");
            return Err(AppError::Usage(format!(
                "no finding code `{what}`; there are {known}"
            )));
        }
    }
    out::write(path, |w| {
        let facts = write::AddressFacts {
            input: &checked.input,
            outcome: &checked.validated.outcome,
            reading: &checked.validated.note,
            listings: &listings,
            possible: &checked.possible,
            lists: &lists.set,
        };
        write::address(facts, w)
    })?;
    tell(&lists.findings, global);
    Ok(match checked.validated.outcome.is_err() && nothing {
        true => Exit::CannotRun,
        false => Exit::NoMatch,
    })
}

fn found(id: &str, path: &std::path::Path, args: &ExplainArgs) -> Result<Exit, AppError> {
    let report = explain::report(path)?;
    let m = explain::found(&report, id).ok_or_else(|| {
        let path = path.display();
        AppError::Usage(format!("`{path}` has no match `{}`", id.escape_debug()))
    })?;
    if args.disposition {
        let record = m["listing"]["record_sha256"].as_str().unwrap_or_default();
        out::write(args.out.output.as_deref(), |w| {
            write!(w, "{}", dispositions::stanza(id, record))
        })?;
        return Ok(Exit::NoMatch);
    }
    let row = explain::row(&report, m);
    out::write(args.out.output.as_deref(), |w| {
        write::found(&report, m, row.as_ref().map_err(String::as_str), w)
    })?;
    Ok(Exit::NoMatch)
}
