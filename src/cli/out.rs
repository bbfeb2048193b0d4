//! Where results go: standard output or a file that appears whole or not at all.

use crate::error::AppError;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes a result with `write` to `path`, or to standard output.
pub(super) fn write(
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), AppError> {
    let Some(path) = path else {
        let mut out = BufWriter::new(io::stdout().lock());
        return match write(&mut out).and_then(|()| out.flush()) {
            // Whoever read our output has seen enough; the exit code still says what was found.
            Err(e) if is_closed(&e) => Ok(()),
            result => Ok(result?),
        };
    };
    whole(path, |mut out| {
        write(&mut out)?;
        Ok(out)
    })
}

/// Whether the reader has gone; the writer of tables wraps that.
fn is_closed(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|e| e.downcast_ref::<csv::Error>());
    match inner.map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(error)) => error.kind() == io::ErrorKind::BrokenPipe,
        _ => error.kind() == io::ErrorKind::BrokenPipe,
    }
}

/// Writes a file that appears whole or not at all; `write` gives back what it was given.
pub(super) fn whole(
    path: &Path,
    write: impl FnOnce(BufWriter<File>) -> io::Result<BufWriter<File>>,
) -> Result<(), AppError> {
    let fail = |source| AppError::File {
        verb: "write",
        path: path.into(),
        source,
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let out = BufWriter::new(File::create(&part).map_err(fail)?);
    let written = write(out).and_then(|mut out| {
        out.flush()?;
        out.get_ref().sync_all()
    });
    if let Err(error) = written {
        let _ = std::fs::remove_file(&part);
        return Err(fail(error));
    }
    std::fs::rename(&part, path).map_err(fail)
}

/// Columns of the terminal; 100 where there is none.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns
        .or_else(terminal)
        .filter(|c| *c >= 40)
        .unwrap_or(100)
}
