//! An input's bytes: opened, unpacked, and counted as they are read.
//!
//! It knows nothing of text. The hash of an input is of the bytes as they lie in the file.

use crate::unpack::{self, Fingerprint, Packing, UnpackError, Unpacked};
use sha2::{Digest, Sha256};
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
    /// It is a folder without any file.
    #[error("folder `{path}` holds no file")]
    NoFile {
        /// The path as given.
        path: Box<str>,
    },
    /// It is a workbook or a columnar file that cannot be read.
    #[error("cannot read `{path}`: {what}")]
    Damaged {
        /// The path as given.
        path: Box<str>,
        /// What is wrong.
        what: Box<str>,
    },
    /// A folder or pattern that stands for no file.
    #[error("`{path}` holds no file")]
    Nothing {
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
            Self::Nothing { .. } => Some("hidden files are left out; name the files themselves"),
            Self::Damaged { .. } => Some("save it again, or export it as CSV"),
            Self::Directory { .. } => Some("name the files in it, for example `DIR/*.csv`"),
            Self::NoFile { .. } => Some("files whose names begin with a dot are left out"),
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

/// The bytes of an input as they are to be read.
#[derive(Debug)]
pub(crate) enum Content {
    /// A file that is not packed: read where it lies, without a thread between.
    Plain {
        /// The file.
        file: File,
        /// How many bytes were read.
        meter: Meter,
        /// Their hash, if it is wanted.
        hash: Option<Sha256>,
    },
    /// Anything else.
    Packed(Unpacked),
}

impl Content {
    /// How it is packed.
    pub(crate) fn packing(&self) -> Packing {
        match self {
            Self::Plain { .. } => Packing::Plain,
            Self::Packed(bytes) => bytes.packing(),
        }
    }

    /// The archive's member that is read.
    pub(crate) fn member(&self) -> Option<&str> {
        match self {
            Self::Plain { .. } => None,
            Self::Packed(bytes) => bytes.member(),
        }
    }

    /// Whoever takes the hash goes on with it: what is read from now on is not added to it here.
    pub(crate) fn take_hash(&mut self) -> Option<Sha256> {
        match self {
            Self::Plain { hash, .. } => hash.take(),
            Self::Packed(_) => None,
        }
    }

    /// Gives back what [`Self::take_hash`] took.
    pub(crate) fn give_hash(&mut self, taken: Option<Sha256>) {
        if let (Self::Plain { hash, .. }, Some(_)) = (&mut *self, &taken) {
            *hash = taken;
        }
    }

    /// The fingerprint of the raw bytes, all of them, whether they were read or not. Its hash is
    /// empty when none was wanted.
    pub(crate) fn finish(mut self) -> io::Result<Fingerprint> {
        if let Self::Plain { hash: Some(_), .. } = self {
            io::copy(&mut self, &mut io::sink())?;
        }
        match self {
            Self::Plain { meter, hash, .. } => Ok(Fingerprint {
                sha256: hash.map_or_else(String::new, hex).into(),
                bytes: meter.bytes(),
            }),
            Self::Packed(bytes) => bytes.finish(),
        }
    }
}

fn hex(hash: Sha256) -> String {
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain { file, meter, hash } => {
                let read = file.read(buffer)?;
                meter.0.fetch_add(read as u64, Ordering::Relaxed);
                if let Some(hash) = hash {
                    hash.update(&buffer[..read]);
                }
                Ok(read)
            }
            Self::Packed(bytes) => bytes.read(buffer),
        }
    }
}

/// An open input.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The unpacked bytes.
    pub(crate) bytes: Content,
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

/// Opens the file at `path`; `member` is wanted when it is an archive of several files. `hashed`:
/// its fingerprint is wanted (what is packed has one anyway).
pub(crate) fn file(path: &str, member: Option<&str>, hashed: bool) -> Result<Opened, InputError> {
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
    let mut head = Vec::new();
    (&mut file)
        .take(1024)
        .read_to_end(&mut head)
        .map_err(failed)?;
    io::Seek::rewind(&mut file).map_err(failed)?;
    let packing = Packing::sniff(&head);
    if matches!(packing, Ok(Packing::Plain)) && member.is_none() {
        let meter = Meter::default();
        return Ok(Opened {
            bytes: Content::Plain {
                file,
                meter: meter.clone(),
                hash: hashed.then(Sha256::new),
            },
            meter,
            total: Some(metadata.len()),
        });
    }
    let zip = matches!(packing, Ok(Packing::Zip));
    let (bytes, meter) = if zip {
        let bytes = unpack::open(Path::new(path), &options(member));
        (bytes, Meter::default())
    } else {
        let meter = Meter::default();
        let reader = Metered {
            reader: file,
            meter: meter.clone(),
        };
        (unpack::unpack(reader, &options(member)), meter)
    };
    Ok(Opened {
        bytes: Content::Packed(bytes.map_err(|source| unpacking(path, source))?),
        meter,
        total: (!zip).then_some(metadata.len()),
    })
}

/// The unpacked bytes of the file at `path`, from a thread that hashes the raw ones.
pub(crate) fn unpacked(path: &str) -> Result<Unpacked, InputError> {
    unpack::open(Path::new(path), &options(None)).map_err(|source| unpacking(path, source))
}

/// Reads an input from `reader`; `path` is its name.
pub(crate) fn stream(reader: impl Read + Send + 'static, path: &str) -> Result<Opened, InputError> {
    let meter = Meter::default();
    let reader = Metered {
        reader,
        meter: meter.clone(),
    };
    Ok(Opened {
        bytes: Content::Packed(
            unpack::unpack(reader, &options(None)).map_err(|e| unpacking(path, e))?,
        ),
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
