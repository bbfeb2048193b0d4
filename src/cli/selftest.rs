//! `interdict selftest`: whether this installation finds what its lists hold, as a report to file.

use super::evidence::differs;
use super::{Global, ListArgs, OutArgs, TableOrJson, out, tell};
use crate::app;
use crate::error::{AppError, Exit};
use crate::report::selftest as write;
use clap::Args;

/// Test this installation: variants of listed addresses, and a clean control set
#[derive(Debug, Args)]
#[command(after_help = "\
Listed addresses are written otherwise (case, prefix, encoding, chain twin, white space, invisible
characters, URI), cut short, and mixed with addresses that nobody lists; the report says what was
found, by format. The same seed and lists give the same report.

Exit codes: 0 all as expected · 1 something was not · 2 it could not run · 5 lists refused

Example:
  interdict selftest
  interdict selftest --list ofac-sdn --seed 7 -o selftest.json")]
pub(super) struct SelftestArgs {
    /// What the choice of listings and the controls are drawn by
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The most listings of each format
    #[arg(long, value_name = "N", default_value_t = 200)]
    sample: usize,
    #[command(flatten)]
    lists: ListArgs,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<TableOrJson>,
}

pub(super) fn run(args: &SelftestArgs, global: &Global) -> Result<Exit, AppError> {
    let format = TableOrJson::of(args.format, &args.out)?;
    let options = args.lists.options(global);
    let lists = app::load_lists(&options)?;
    let test = app::selftest::selftest(&lists.set, args.seed, args.sample, options.as_of);
    out::write(args.out.output.as_deref(), |w| match format {
        TableOrJson::Table => write::table(&test, w),
        TableOrJson::Json => write::json(&test, w),
    })?;
    tell(&lists.findings, global);
    let exit = differs(!test.passed);
    Ok(match lists.refused {
        true => exit.worse(Exit::ListsRefused),
        false => exit,
    })
}
