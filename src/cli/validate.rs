//! `interdict validate`: what is this address?

use super::{Global, OutArgs, check, out};
use crate::address::Address;
use crate::error::{AppError, Exit};
use clap::Args;

/// What is this address? Format, networks, identity, equivalents
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict validate 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")]
pub(super) struct ValidateArgs {
    /// Addresses; none or `-`: read them from standard input, one a line
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,
    #[command(flatten)]
    out: OutArgs,
}

pub(super) fn run(args: &ValidateArgs, _global: &Global) -> Result<Exit, AppError> {
    let texts = check::texts(&args.texts)?;
    let mut exit = Exit::NoMatch;
    out::write(args.out.output.as_deref(), |w| {
        for text in &texts {
            match Address::parse(text.trim()) {
                Ok(a) => writeln!(
                    w,
                    "{a}: {}, on {}",
                    a.format().title,
                    a.networks().join(", ")
                )?,
                Err(error) => {
                    exit = Exit::Incomplete;
                    writeln!(w, "{text}: not valid: {error}")?;
                }
            }
        }
        Ok(())
    })?;
    Ok(exit)
}
