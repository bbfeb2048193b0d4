//! `interdict completions` and `interdict man`: what a package installs beside the program.

use super::out;
use crate::error::{AppError, Exit};
use clap::Args;
use clap_complete::Shell;

/// Write completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict completions bash > /etc/bash_completion.d/interdict")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit, AppError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "interdict", &mut text);
    out::write(None, |w| w.write_all(&text))?;
    Ok(Exit::NoMatch)
}

/// Write the manual page
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  interdict man > interdict.1")]
pub(super) struct ManArgs {}

pub(super) fn man() -> Result<Exit, AppError> {
    let command = super::command();
    out::write(None, |w| {
        clap_mangen::Man::new(command.clone()).render(w)?;
        for sub in command.get_subcommands() {
            writeln!(w)?;
            clap_mangen::Man::new(sub.clone()).render(w)?;
        }
        Ok(())
    })?;
    Ok(Exit::NoMatch)
}
