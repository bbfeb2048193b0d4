//! An input's bytes: opened, hashed as they are read, unpacked.
//!
//! It knows nothing of text. The hash is of the bytes as they lie in the file, before unpacking.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex};

const BUFFER: usize = 1 << 18;

/// What has been read of the raw bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<Mutex<(Sha256, u64)>>);

impl Meter {
    /// Bytes read so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.lock().map_or(0, |m| m.1)
    }

    /// Their SHA-256 in lower-case hex.
    pub(crate) fn sha256(&self) -> String {
        let hash = self.0.lock().map(|m| m.0.clone()).unwrap_or_default();
        data_encoding::HEXLOWER.encode(&hash.finalize())
    }
}

/// Hashes and counts what passes through; a second handle reads on when the first is done with.
struct Metered<R> {
    reader: Arc<Mutex<R>>,
    meter: Meter,
}

impl<R> Clone for Metered<R> {
    fn clone(&self) -> Self {
        Self {
            reader: Arc::clone(&self.reader),
            meter: self.meter.clone(),
        }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self
            .reader
            .lock()
            .map_err(|_| io::Error::other("a reader panicked"))?
            .read(buffer)?;
        let mut meter = self
            .meter
            .0
            .lock()
            .map_err(|_| io::Error::other("a reader panicked"))?;
        meter.0.update(&buffer[..read]);
        meter.1 += read as u64;
        Ok(read)
    }
}

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
    /// It is a folder.
    #[error("`{path}` is a directory")]
    Directory {
        /// The path as given.
        path: Box<str>,
    },
    /// It is no text and no other format that is read.
    #[error("`{path}` is {what}, not a table of transactions")]
    Binary {
        /// The path as given.
        path: Box<str>,
        /// What it seems to be.
        what: Box<str>,
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
            Self::Directory { .. } => Some("name the files in it, for example `DIR/*.csv`"),
            Self::Binary { .. } => {
                Some("export the transactions as CSV; documents are read by `interdict extract`")
            }
        }
    }
}

/// An open input: unpacked bytes, and the meter of the raw ones.
pub(crate) struct Opened<'r> {
    pub(crate) reader: Box<dyn BufRead + Send + 'r>,
    pub(crate) compression: &'static str,
    /// Size of the raw bytes, when it is known.
    pub(crate) total: Option<u64>,
    pub(crate) meter: Meter,
    /// The raw bytes that unpacking left alone; they belong to the file's hash.
    pub(crate) tail: Box<dyn Read + Send + 'r>,
}

/// Opens the file at `path`.
pub(crate) fn file(path: &str) -> Result<Opened<'static>, InputError> {
    let failed = |source| InputError::Open {
        path: path.into(),
        source,
    };
    let file = File::open(Path::new(path)).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(InputError::Directory { path: path.into() });
    }
    let total = metadata.is_file().then_some(metadata.len());
    let mut opened = reader(file, path)?;
    opened.total = total;
    Ok(opened)
}

/// Reads an input from `reader`; `path` is its name.
pub(crate) fn reader<'r>(
    reader: impl Read + Send + 'r,
    path: &str,
) -> Result<Opened<'r>, InputError> {
    let meter = Meter::default();
    let metered = Metered {
        reader: Arc::new(Mutex::new(reader)),
        meter: meter.clone(),
    };
    let tail = Box::new(metered.clone());
    let mut raw = BufReader::with_capacity(BUFFER, metered);
    let head = raw.fill_buf().map_err(|source| InputError::Open {
        path: path.into(),
        source,
    })?;
    let (compression, reader): (_, Box<dyn BufRead + Send + 'r>) = if head.starts_with(b"\x1F\x8B")
    {
        let gz = flate2::bufread::MultiGzDecoder::new(raw);
        ("gzip", Box::new(BufReader::with_capacity(BUFFER, gz)))
    } else {
        ("", Box::new(raw))
    };
    Ok(Opened {
        reader,
        compression,
        total: None,
        meter,
        tail,
    })
}
