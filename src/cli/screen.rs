//! `interdict screen`: exports against lists.

use super::evidence::EvidenceArgs;
use super::{Global, ListArgs, OutArgs, evidence, out, tell};
use crate::address::Basis;
use crate::app;
use crate::error::{AppError, Exit};
use crate::input::{self, Expanded, InputOptions, Mapping, Run, Source};
use crate::list::Timing;
use crate::report::{self, ReportFormat, escape};
use crate::screen::{Role, ScanOptions, Screener, ScreeningReport};
use clap::Args;
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Screen exports: CSV in any dialect, NDJSON, workbooks, also packed; folders; `-` for stdin
#[derive(Debug, Args)]
#[command(after_help = "\
Every cell is looked at, whatever its column is called. What could not be screened is counted,
named, and changes the exit code.

Example:
  interdict screen transactions.csv
  interdict screen --list ofac-sdn --as-of 2026-06-30 -o report.json exports/*.csv")]
pub(super) struct ScreenArgs {
    /// Exports to screen; a folder is every file in it
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    #[command(flatten)]
    lists: ListArgs,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<String>,
    /// Look for listed addresses only, as they are spelt; damaged ones, and those broken by white
    /// space or glued to letters, are not looked for, and the report says so
    #[arg(long)]
    no_validate: bool,
    /// Do not hash the exports: nothing then ties the report to their bytes, and it says so; faster
    #[arg(long, conflicts_with = "bundle")]
    no_digest: bool,
    /// The layout of the exports: a built-in profile's id, or a profile file
    #[arg(long, value_name = "ID|FILE")]
    profile: Option<String>,
    /// What a column holds, above whatever else says so; repeatable, or separated by commas
    #[arg(long, value_name = "HEADING=ROLE", value_delimiter = ',', value_parser = input::parse_column)]
    columns: Vec<(Box<str>, Role)>,
    /// Print what each column was taken for and why, instead of screening
    #[arg(long)]
    explain_columns: bool,
    /// Timings that make the exit code 1; all matches are shown [default: all but delisted-before]
    #[arg(long, value_name = "TIMING", value_delimiter = ',', value_parser = parse_timing)]
    timing: Vec<Timing>,
    /// The weakest basis that makes the exit code 1; all matches are shown [default: derived]
    #[arg(long, value_name = "BASIS", value_parser = parse_basis)]
    basis: Option<Basis>,
    /// Also show who dealt with a listed address in these files, up to so many dealings away; a
    /// contact is no match and changes no exit code
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=20))]
    hops: u8,
    /// Write the export back to OUT with further columns, every byte of it kept; takes one FILE
    #[arg(long, value_name = "OUT")]
    annotate: Option<PathBuf>,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

fn parse_timing(text: &str) -> Result<Timing, String> {
    let known = Timing::ALL.iter().map(|t| t.id());
    by_id(text, Timing::ALL, known)
}

fn parse_basis(text: &str) -> Result<Basis, String> {
    let known = Basis::ALL.iter().map(|b| b.id());
    by_id(text, Basis::ALL, known)
}

fn by_id<T: Copy>(
    text: &str,
    all: &[T],
    ids: impl Iterator<Item = &'static str> + Clone,
) -> Result<T, String> {
    let found = all.iter().zip(ids.clone()).find(|(_, id)| *id == text);
    found.map(|(t, _)| *t).ok_or_else(|| {
        format!(
            "no `{text}`; there are {}",
            ids.collect::<Vec<_>>().join(", ")
        )
    })
}

/// What each column was taken for, and why.
fn explain(files: &[String], args: &ScreenArgs, options: &InputOptions) -> Result<Exit, AppError> {
    let mut exit = Exit::NoMatch;
    let mut mappings = Vec::new();
    out::write(args.out.output.as_deref(), |w| {
        for file in files {
            let tables = match input::explain(source(file), options) {
                Ok(tables) => tables,
                Err(error) => {
                    super::complain(&AppError::Input(error));
                    exit = Exit::CannotRun;
                    continue;
                }
            };
            for (name, mapping) in &tables {
                let profile = match &*mapping.profile {
                    "" => "by content".to_owned(),
                    id => format!("profile {id}"),
                };
                writeln!(w, "{}: {profile}", escape::visible(name))?;
                for e in &mapping.explained {
                    let (number, role) = (e.column.index + 1, e.column.role.id());
                    let (heading, why) = (escape::visible(&e.column.name), escape::visible(&e.why));
                    writeln!(w, "  {number:3}  {role:9} {heading}: {why}")?;
                }
            }
            mappings.extend(tables.into_iter().map(|(_, mapping)| mapping));
        }
        Ok(())
    })?;
    if exit == Exit::NoMatch {
        check_columns(&args.columns, mappings.iter())?;
    }
    Ok(exit)
}

/// That every heading given with `--columns` is one of an input's, or a number of its columns
/// without a heading.
fn check_columns<'m>(
    given: &[(Box<str>, Role)],
    mappings: impl Iterator<Item = &'m Mapping> + Clone,
) -> Result<(), AppError> {
    let columns = || mappings.clone().flat_map(|m| &m.layout.columns);
    let none = |heading: &str| !columns().any(|column| column.is_called(heading));
    let Some((heading, _)) = given.iter().find(|(heading, _)| none(heading)) else {
        return Ok(());
    };
    let mut there: Vec<&str> = Vec::new();
    for column in columns().filter(|c| !c.name.is_empty()) {
        if !there.contains(&&*column.name) && there.len() < HEADINGS_SHOWN {
            there.push(&column.name);
        }
    }
    let there = match there.is_empty() {
        true => "none has headings; give a column's number".to_owned(),
        false => format!("there are {}", escape::visible(&there.join(", "))),
    };
    Err(AppError::Usage(format!(
        "no input has a column `{}`, which `--columns` names; {there}",
        escape::visible(heading)
    )))
}

/// Most headings that a message shows.
const HEADINGS_SHOWN: usize = 40;

fn source(file: &str) -> Source<'_> {
    match file {
        "-" => Source::Stream("-", Box::new(io::stdin())),
        path => Source::File(path),
    }
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(report::REPORT_FORMATS.iter().map(|f| f.id))
}

pub(super) fn run(args: &ScreenArgs, global: &Global) -> Result<Exit, AppError> {
    let format = format(args)?;
    if format.binary && args.out.output.is_none() && io::stdout().is_terminal() {
        let id = format.id;
        return Err(AppError::Usage(format!(
            "`{id}` is no text; write it to a file with -o"
        )));
    }
    let Expanded { files, passed } = input::expand(&args.files)?;
    if let Some(out) = &args.annotate {
        annotatable(&files, out)?;
    }
    let options = args.lists.options(global);
    let mut reading = InputOptions::new(options.as_of);
    reading.scan = ScanOptions {
        validate: !args.no_validate,
        ..ScanOptions::default()
    };
    reading.hash = !args.no_digest;
    reading.threads = global.threads();
    reading.columns = args.columns.clone();
    reading.hops = usize::from(args.hops);
    reading.profile = args.profile.as_deref().map(app::profile).transpose()?;
    if args.explain_columns {
        return explain(&files, args, &reading);
    }
    let mut asked = args.evidence.asked(args.profile.as_deref())?;
    let decisions = args.evidence.decisions(&asked)?;
    let lists = app::load_lists(&options)?;
    let screener = Screener::new(&lists.set);
    let mut run = Run::new(&screener, reading.clone());
    passed.iter().for_each(|passed| run.passed(passed));
    let mut exit = Exit::NoMatch;
    for file in &files {
        let bar = bar(file, global);
        let result = run.input(source(file), &mut |done, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
        });
        bar.finish_and_clear();
        if let Err(error) = result {
            run.failed(file, &error);
            exit = Exit::CannotRun;
            if !global.quiet {
                super::complain(&AppError::Input(error));
            }
        }
    }
    if exit == Exit::NoMatch {
        // An input that could not be read may be the one that is meant.
        check_columns(&args.columns, run.mappings().iter())?;
    }
    let mappings = match args.evidence.bundle {
        Some(_) => run.mappings().to_vec(),
        None => Vec::new(),
    };
    let mut report = run.finish();
    report.findings.extend(lists.findings.iter().cloned());
    report.coverage.not_screened.extend(lists.unread.clone());
    if !args.timing.is_empty() {
        report.counting.timings = args.timing.clone();
    }
    if let Some(weakest) = args.basis {
        report.counting.weakest = weakest;
    }
    if let Some((name, _)) = &asked.dispositions {
        report.dispose(&decisions, name);
    }
    let verdict = app::exit_of(report.verdict(), args.lists.allow_incomplete, lists.refused);
    let exit = exit.worse(verdict);
    asked.files = &files;
    asked.lists = &args.lists.lists;
    asked.allow_stale = args.lists.allow_stale;
    asked.allow_incomplete = args.lists.allow_incomplete;
    asked.exit = exit.code();
    // A folder or a pattern may hold what is about to be written.
    let read = || report.inputs.iter().map(|input| &*input.path);
    for out in [&args.out.output, &args.evidence.bundle, &args.annotate] {
        out::spares(out.as_deref(), read())?;
    }
    let bundle = match &args.evidence.bundle {
        Some(path) => args
            .evidence
            .write(path, &report, &mappings, &reading, &asked, global)?,
        None => String::new(),
    };
    let logged = evidence::log_screening(&report, exit, &bundle, global);
    report.findings.extend(logged.err());
    let style = report::Options {
        width: out::width(),
        colour: args.out.output.is_none() && global.colour(),
        ..report::Options::default()
    };
    out::write(args.out.output.as_deref(), |w| {
        (format.write)(&report, &style, w)
    })?;
    // An input that could not be read at all has been complained of.
    if let Some(path) = args
        .annotate
        .as_deref()
        .filter(|_| !report.inputs.is_empty())
    {
        annotate(path, &report, &reading)?;
    }
    // The report for a terminal has them: they are not said twice on one screen.
    let seen = format.id == "table" && args.out.output.is_none() && io::stdout().is_terminal();
    if !seen || global.verbose {
        tell(&report.findings, global);
    }
    Ok(exit)
}

/// One file, which can be read twice and is not written over.
fn annotatable(files: &[String], out: &Path) -> Result<(), AppError> {
    let usage = |text: &str| Err(AppError::Usage(text.to_owned()));
    match files {
        [file] if file == "-" => usage("`--annotate` reads its input twice; name a file"),
        [file] => match (Path::new(file).canonicalize(), out.canonicalize()) {
            (Ok(file), Ok(out)) if file == out => usage("`--annotate` would write over its input"),
            _ => Ok(()),
        },
        _ => usage("`--annotate` takes one file"),
    }
}

fn annotate(
    path: &Path,
    report: &ScreeningReport<'_>,
    options: &InputOptions,
) -> Result<(), AppError> {
    let mut failed = None;
    let written = out::write(Some(path), |w| {
        app::annotate(report, options, w).map_err(|e| {
            failed = Some(e);
            io::Error::other("not annotated")
        })
    });
    failed.map_or(written, Err)
}

fn format(args: &ScreenArgs) -> Result<&'static ReportFormat, AppError> {
    if let Some(id) = &args.format {
        return report::by_id(id).ok_or_else(|| AppError::Usage(format!("no format `{id}`")));
    }
    let Some(path) = &args.out.output else {
        return Ok(&report::REPORT_FORMATS[0]);
    };
    args.out
        .extension()
        .and_then(report::by_extension)
        .ok_or_else(|| {
            let known: Vec<_> = report::REPORT_FORMATS
                .iter()
                .flat_map(|f| f.extensions)
                .collect();
            AppError::Usage(format!(
                "cannot tell the format of `{}`; use --format, or one of the extensions {known:?}",
                path.display()
            ))
        })
}

pub(super) fn bar(file: &str, global: &Global) -> ProgressBar {
    if global.quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length().with_message(file.to_owned());
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template(
        "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
    );
    bar.set_style(style.expect("the template is a constant"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
