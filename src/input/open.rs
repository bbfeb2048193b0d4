//! An input's bytes: opened, unpacked, and counted as they are read.
//!
//! It knows nothing of text. The hash of an input is of the bytes as they lie in the file.

use crate::unpack::{self, Packing, UnpackError, Unpacked};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why an input cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// It is not there or may not be read.
    #[error("cannot read `{path}`")]
    Open {
        /// The path as given.
        path: Box<str>,
        /// Why.
        source: io::Error,
    },
    /// It cannot be unpacked.
    #[error("cannot unpack `{path}`")]
    Unpack {
        /// The path as given.
        path: Box<str>,
        /// Why.
        source: UnpackError,
    },
    /// It is a folder.
    #[error("`{path}` is a directory")]
    Directory {
        /// The path as given.
        path: Box<str>,
    },
    /// It is a workbook that cannot be read.
    #[error("cannot read the workbook `{path}`: {what}")]
    Workbook {
        /// The path as given.
        path: Box<str>,
        /// What is wrong.
        what: Box<str>,
    },
    /// It is no text and no other format that is read.
    #[error("`{path}` is {what}, not a table of transactions")]
    Binary {
        /// The path as given.
        path: Box<str>,
        /// What it seems to be.
        what: Box<str>,
    },
    /// No cells can be added to a copy of it.
    #[error("cannot annotate `{path}`: {why}")]
    NotAnnotated {
        /// The path as given.
        path: Box<str>,
        /// Why.
        why: Box<str>,
    },
}

impl InputError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Open { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("check the path; `-` reads standard input")
            }
            Self::Open { .. } => None,
            Self::Unpack { source, .. } => source.hint(),
            Self::Workbook { .. } => Some("save it again, or export the sheet as CSV"),
            Self::Directory { .. } => Some("name the files in it, for example `DIR/*.csv`"),
            Self::NotAnnotated { .. } => {
                Some("`--annotate` adds cells to one delimited text; other formats have `-o FILE`")
            }
            Self::Binary { .. } => {
                Some("export the transactions as CSV; documents are read by `interdict extract`")
            }
        }
    }
}

/// How many raw bytes have been read so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<AtomicU64>);

impl Meter {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Metered<R> {
    reader: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.meter.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// An open input.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The unpacked bytes.
    pub(crate) bytes: Unpacked,
    /// What has been read of the raw ones.
    pub(crate) meter: Meter,
    /// Their number, when it is known.
    pub(crate) total: Option<u64>,
}

/// No bounds: what comes out is streamed, so a large output costs time and no memory.
fn options(member: Option<&str>) -> unpack::Options {
    unpack::Options {
        max_bytes: u64::MAX,
        max_ratio: u64::MAX,
        member: member.map(Into::into),
        whole_archive: false,
    }
}

/// Opens the file at `path`; `member` is wanted when it is an archive of several files.
pub(crate) fn file(path: &str, member: Option<&str>) -> Result<Opened, InputError> {
    let failed = |source| InputError::Open {
        path: path.into(),
        source,
    };
    let mut file = File::open(Path::new(path)).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(InputError::Directory { path: path.into() });
    }
    if !metadata.is_file() {
        // A pipe or device can be read once only.
        return stream(file, path);
    }
    let mut head = [0; 4];
    let zip =
        file.read_exact(&mut head).is_ok() && matches!(Packing::sniff(&head), Ok(Packing::Zip));
    let (bytes, meter) = if zip {
        let bytes = unpack::open(Path::new(path), &options(member));
        (bytes, Meter::default())
    } else {
        io::Seek::rewind(&mut file).map_err(failed)?;
        let meter = Meter::default();
        let reader = Metered {
            reader: file,
            meter: meter.clone(),
        };
        (unpack::unpack(reader, &options(member)), meter)
    };
    Ok(Opened {
        bytes: bytes.map_err(|source| unpacking(path, source))?,
        meter,
        total: (!zip).then_some(metadata.len()),
    })
}

/// Reads an input from `reader`; `path` is its name.
pub(crate) fn stream(reader: impl Read + Send + 'static, path: &str) -> Result<Opened, InputError> {
    let meter = Meter::default();
    let reader = Metered {
        reader,
        meter: meter.clone(),
    };
    Ok(Opened {
        bytes: unpack::unpack(reader, &options(None)).map_err(|e| unpacking(path, e))?,
        meter,
        total: None,
    })
}

fn unpacking(path: &str, source: UnpackError) -> InputError {
    let path = path.into();
    match source {
        UnpackError::Io(source) => InputError::Open { path, source },
        source => InputError::Unpack { path, source },
    }
}
