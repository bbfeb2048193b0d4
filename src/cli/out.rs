//! Where results go: standard output or a file that appears whole or not at all.

use crate::error::AppError;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

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

/// Writes a file that appears whole or not at all; `write` gives back what it was given. A link
/// stays one, and a pipe or a device is written to, never replaced.
pub(super) fn whole(
    path: &Path,
    write: impl FnOnce(BufWriter<File>) -> io::Result<BufWriter<File>>,
) -> Result<(), AppError> {
    let fail = |source| AppError::File {
        verb: "write",
        path: path.into(),
        source,
    };
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if target.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        let out = File::options().write(true).open(&target).map_err(fail)?;
        let mut out = write(BufWriter::new(out)).map_err(fail)?;
        return out.flush().map_err(fail);
    }
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    let part = target.with_file_name(name);
    let out = BufWriter::new(File::create_new(&part).map_err(fail)?);
    let written = write(out)
        .and_then(|mut out| {
            out.flush()?;
            out.get_ref().sync_all()
        })
        .and_then(|()| std::fs::rename(&part, &target));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&part);
        fail(error)
    })
}

/// Options that name a file to write.
const OUTPUTS: [&str; 4] = ["-o", "--output", "--bundle", "--annotate"];

/// Refuses a command line that would write over a file which it also names otherwise.
pub(super) fn distinct(args: &[OsString]) -> Result<(), AppError> {
    let mut written: Vec<(PathBuf, &OsStr)> = Vec::new();
    let mut others: Vec<&OsStr> = Vec::new();
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        let text = arg.to_str().unwrap_or_default();
        let (option, value) = match text.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(OsStr::new(value))),
            _ if text.len() > 2 && text.starts_with("-o") => ("-o", Some(OsStr::new(&text[2..]))),
            _ => (text, None),
        };
        if OUTPUTS.contains(&option) {
            if let Some(value) = value.or_else(|| args.next().map(OsString::as_os_str)) {
                match file(value) {
                    Some(path) if written.iter().any(|w| w.0 == path) => return Err(over(value)),
                    Some(path) => written.push((path, value)),
                    None => {}
                }
            }
        } else {
            others.push(value.unwrap_or(arg));
        }
    }
    let read: Vec<PathBuf> = match written.is_empty() {
        true => Vec::new(),
        false => others.into_iter().filter_map(file).collect(),
    };
    match written.iter().find(|(path, _)| read.contains(path)) {
        Some((_, value)) => Err(over(value)),
        None => Ok(()),
    }
}

/// Refuses to write a result over one of the files that it was made of.
pub(super) fn spares<'p>(
    out: Option<&Path>,
    read: impl IntoIterator<Item = &'p str>,
) -> Result<(), AppError> {
    match out.and_then(|out| file(out.as_os_str())) {
        Some(path)
            if read
                .into_iter()
                .any(|r| file(OsStr::new(r)).as_ref() == Some(&path)) =>
        {
            Err(over(path.as_os_str()))
        }
        _ => Ok(()),
    }
}

/// The one path of a regular file that is there.
fn file(path: &OsStr) -> Option<PathBuf> {
    let path = Path::new(path).canonicalize().ok()?;
    path.is_file().then_some(path)
}

fn over(path: &OsStr) -> AppError {
    AppError::Usage(format!(
        "the result would be written over `{}`, which this command also reads or writes",
        Path::new(path).display()
    ))
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
