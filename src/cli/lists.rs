//! `interdict lists`: what is installed, and what to do with it.

use super::{Global, out};
use crate::error::{AppError, Exit};
use crate::source;
use clap::Args;

/// Status of the lists; import, refresh, compare
#[derive(Debug, Args)]
pub(super) struct ListsArgs {}

pub(super) fn run(_args: &ListsArgs, _global: &Global) -> Result<Exit, AppError> {
    out::write(None, |w| {
        for list in source::bundled_lists() {
            writeln!(w, "{}: {} addresses", list.source.id, list.addresses())?;
        }
        Ok(())
    })?;
    Ok(Exit::NoMatch)
}
