//! `interdict screen`: exports against lists.

use super::{Global, ListArgs, OutArgs, out, tell};
use crate::app;
use crate::error::{AppError, Exit};
use crate::input::{InputOptions, Run, Source};
use crate::report::{self, ReportFormat};
use crate::screen::{ScanOptions, Screener};
use clap::Args;
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::time::Duration;

/// Screen exports: CSV in any dialect, also compressed; `-` for standard input
#[derive(Debug, Args)]
#[command(after_help = "\
Every cell is looked at, whatever its column is called. What could not be screened is counted,
named, and changes the exit code.

Example:
  interdict screen transactions.csv
  interdict screen --list ofac-sdn --as-of 2026-06-30 -o report.json exports/*.csv")]
pub(super) struct ScreenArgs {
    /// Exports to screen
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    #[command(flatten)]
    lists: ListArgs,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<String>,
    /// Look for listed addresses only; damaged ones are not looked for, and the report says so
    #[arg(long)]
    no_validate: bool,
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
    let options = args.lists.options(global);
    let lists = app::load_lists(&options)?;
    let screener = Screener::new(&lists.set);
    let mut input = InputOptions::new(options.as_of);
    input.scan = ScanOptions {
        validate: !args.no_validate,
    };
    input.threads = global.threads();
    let mut run = Run::new(&screener, input);
    let mut exit = Exit::NoMatch;
    for file in &args.files {
        let bar = bar(file, global);
        let source = match file.as_str() {
            "-" => Source::Stream("-", Box::new(io::stdin())),
            path => Source::File(path),
        };
        let result = run.input(source, &mut |done, total| {
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
    let mut report = run.finish();
    report.findings.extend(lists.findings.iter().cloned());
    let style = report::Options {
        width: out::width(),
        colour: args.out.output.is_none() && global.colour(),
        ..report::Options::default()
    };
    out::write(args.out.output.as_deref(), |w| {
        (format.write)(&report, &style, w)
    })?;
    tell(&report.findings, global);
    let verdict = app::exit_of(report.verdict(), args.lists.allow_incomplete, lists.refused);
    Ok(exit.worse(verdict))
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
