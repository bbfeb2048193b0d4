//! The command line: one file per subcommand. Printing and exit codes happen here and nowhere else.

mod check;
mod evidence;
mod explain;
mod extract;
mod lists;
mod log;
mod manual;
mod out;
mod profile;
mod screen;
mod selftest;
mod validate;

use crate::app::ListOptions;
use crate::error::{AppError, Exit};
use crate::finding::Finding;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Screen transaction exports against public sanctions lists and wallet-address datasets.
#[derive(Debug, Parser)]
#[command(
    name = "interdict",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(after_help = "\
Exit codes: 0 no match · 1 match · 2 could not run · 3 possible matches to look at ·
4 something could not be screened · 5 lists refused (missing, stale, empty, unhealthy)

Example:
  interdict screen transactions.csv
  interdict check 0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, Subcommand)]
enum Command {
    Screen(screen::ScreenArgs),
    Check(check::CheckArgs),
    Extract(extract::ExtractArgs),
    Explain(explain::ExplainArgs),
    Validate(validate::ValidateArgs),
    Lists(lists::ListsArgs),
    Log(log::LogArgs),
    Selftest(selftest::SelftestArgs),
    Verify(evidence::VerifyArgs),
    Replay(evidence::ReplayArgs),
    Profile(profile::ProfileArgs),
    Completions(manual::CompletionsArgs),
    Man(manual::ManArgs),
}

/// Flags of every subcommand.
#[derive(Debug, Args)]
struct Global {
    /// Folder of the installed lists [default: the platform's data folder]
    #[arg(long, global = true, value_name = "DIR", env = "INTERDICT_HOME")]
    home: Option<PathBuf>,
    /// No progress, no findings on standard error
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Every finding on standard error, not only the first of each kind
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    verbose: bool,
    /// Do not enter this run in the run log
    #[arg(long, global = true)]
    no_log: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// Worker threads [default: all cores]
    #[arg(long, global = true, value_name = "N")]
    threads: Option<usize>,
}

impl Global {
    fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(all).max(1)
    }

    fn colour(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                    && std::io::stdout().is_terminal()
            }
        }
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// Which lists, and for when.
#[derive(Debug, Args)]
struct ListArgs {
    /// An installed or bundled list's id, a source TOML, or any table or text of addresses;
    /// repeatable [default: every installed list, and the bundled ones]
    #[arg(long = "list", value_name = "ID|PATH")]
    lists: Vec<String>,
    /// Answer for this day or moment (2024-01-31, 2024-01-31T12:00:00Z) [default: now]
    #[arg(long, value_name = "DATE", value_parser = parse_as_of)]
    as_of: Option<Timestamp>,
    /// Refuse lists older than this (72h, 30d) [default: each list's own limit]
    #[arg(long, value_name = "AGE", value_parser = crate::source::parse_age)]
    max_age: Option<SignedDuration>,
    /// Use stale lists; the report still says so
    #[arg(long)]
    allow_stale: bool,
    /// Exit with 0 instead of 4 when something could not be screened
    #[arg(long)]
    allow_incomplete: bool,
}

impl ListArgs {
    fn options(&self, global: &Global) -> ListOptions {
        ListOptions {
            lists: self.lists.clone(),
            home: global.home.clone(),
            as_of: self.as_of.unwrap_or_else(Timestamp::now),
            max_age: self.max_age,
            allow_stale: self.allow_stale,
            threads: global.threads(),
        }
    }
}

/// Where the result goes.
#[derive(Debug, Args)]
struct OutArgs {
    /// Write to this file instead of standard output; its extension sets the format
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl OutArgs {
    /// The format asked for: as given, else by the file's extension, of those that the command can
    /// write.
    fn format<F: Copy>(
        &self,
        given: Option<F>,
        by_extension: &[(&str, F)],
        default: F,
    ) -> Result<F, AppError> {
        let (None, Some(path)) = (given, &self.output) else {
            return Ok(given.unwrap_or(default));
        };
        let Some(extension) = path.extension() else {
            return Ok(default);
        };
        let is = |(known, _): &&(&str, F)| extension.eq_ignore_ascii_case(known);
        by_extension
            .iter()
            .find(is)
            .map(|(_, f)| *f)
            .ok_or_else(|| {
                let known: Vec<_> = by_extension.iter().map(|(e, _)| format!(".{e}")).collect();
                AppError::Usage(format!(
                    "cannot write `{}`: this command writes {}; use one of them, or --format",
                    path.display(),
                    known.join(", ")
                ))
            })
    }

    fn extension(&self) -> Option<&str> {
        self.output.as_ref()?.extension()?.to_str()
    }
}

/// The formats of answers that are no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TableOrJson {
    Table,
    Json,
}

impl TableOrJson {
    fn of(given: Option<Self>, out: &OutArgs) -> Result<Self, AppError> {
        let by_extension = &[("json", Self::Json), ("txt", Self::Table)];
        out.format(given, by_extension, Self::Table)
    }
}

fn parse_as_of(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    text.parse::<jiff::civil::Date>()
        .and_then(|day| day.to_zoned(TimeZone::UTC))
        .map(|zoned| zoned.timestamp())
        .map_err(|_| format!("`{text}` is no date; write it as 2024-01-31"))
}

/// Runs the command line.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                Exit::CannotRun.code()
            } else {
                0
            });
        }
    };
    let result = out::distinct(&args).and_then(|()| match &cli.command {
        Command::Screen(args) => screen::run(args, &cli.global),
        Command::Check(args) => check::run(args, &cli.global),
        Command::Extract(args) => extract::run(args, &cli.global),
        Command::Explain(args) => explain::run(args, &cli.global),
        Command::Validate(args) => validate::run(args, &cli.global),
        Command::Lists(args) => lists::run(args, &cli.global),
        Command::Log(args) => log::run(args, &cli.global),
        Command::Selftest(args) => selftest::run(args, &cli.global),
        Command::Verify(args) => evidence::verify(args),
        Command::Replay(args) => evidence::replay(args, &cli.global),
        Command::Profile(args) => profile::run(args, &cli.global),
        Command::Completions(args) => manual::completions(args),
        Command::Man(_) => manual::man(),
    });
    let exit = result.unwrap_or_else(|error| {
        complain(&error);
        error.exit()
    });
    ExitCode::from(exit.code())
}

/// The command, for help snapshots, completions and the manual.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Prints an error with its causes and its hint; a name in it may be hostile.
fn complain(error: &AppError) {
    use crate::report::escape::visible;
    // Some errors go over several lines of their own.
    let lines = |text: String| -> String {
        let lines: Vec<_> = text.lines().map(|l| visible(l).into_owned()).collect();
        lines.join("\n")
    };
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "error: {}", lines(error.to_string()));
    let mut cause = std::error::Error::source(error);
    while let Some(why) = cause {
        let _ = writeln!(err, "  caused by: {}", lines(why.to_string()));
        cause = why.source();
    }
    if let Some(hint) = error.hint() {
        let _ = writeln!(err, "hint: {}", lines(hint.to_string()));
    }
}

/// Prints findings, the worst first: the first of each code and how many there are, or, when asked
/// to, every one.
fn tell(findings: &[Finding], global: &Global) {
    if global.quiet {
        return;
    }
    let mut err = std::io::stderr().lock();
    let mut line = |word: &str, finding: &Finding, more: &str| {
        let Finding {
            code,
            place,
            detail,
        } = finding;
        let line = format!("{place}: {word}[{code}]: {detail}{more}");
        let _ = writeln!(err, "{}", crate::report::escape::short(&line, 600));
    };
    let groups = crate::report::findings::groups(findings);
    for group in &groups {
        let word = group.word();
        if global.verbose {
            let of = findings.iter().filter(|f| f.code == group.code);
            of.for_each(|f| line(word, f, ""));
        } else if group.count > 1 {
            line(
                word,
                group.first,
                &format!(" (the first of {})", group.count),
            );
        } else {
            line(word, group.first, "");
        }
    }
    if !global.verbose && groups.iter().any(|g| g.count > 1) {
        let _ = writeln!(
            err,
            "hint: --verbose prints every finding; `interdict explain CODE` says what one means"
        );
    }
}
