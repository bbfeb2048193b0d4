//! `interdict profile`: a draft of a layout, to be edited.

use super::{Global, OutArgs, out};
use crate::error::{AppError, Exit};
use crate::input::{self, InputOptions, Source};
use clap::Args;
use jiff::Timestamp;
use std::io;

/// Write a profile of an export's layout, to edit and to give to `screen --profile`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict profile export.csv -o ours.toml
  interdict screen --profile ours.toml export.csv")]
pub(super) struct ProfileArgs {
    /// The export; `-` for standard input
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    out: OutArgs,
}

pub(super) fn run(args: &ProfileArgs, _global: &Global) -> Result<Exit, AppError> {
    let source = match args.file.as_str() {
        "-" => Source::Stream("-", Box::new(io::stdin())),
        path => Source::File(path),
    };
    // No row is judged, so the moment does not matter.
    let tables = input::explain(source, &InputOptions::new(Timestamp::UNIX_EPOCH))?;
    out::write(args.out.output.as_deref(), |w| {
        for (name, mapping) in &tables {
            w.write_all(input::draft(name, mapping).as_bytes())?;
        }
        Ok(())
    })?;
    Ok(Exit::NoMatch)
}
