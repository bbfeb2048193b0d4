//! An input's bytes: opened, unpacked, and counted as they are read.
//!
//! It knows nothing of text. The hash of an input is of the bytes as they lie in the file.

use crate::unpack::{self, Fingerprint, Packing, UnpackError, Unpacked};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Cursor, Read};
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
            Self::Nothing { .. } => Some("a pattern leaves out hidden files; name them"),
            Self::Damaged { .. } => Some("save it again, or export it as CSV"),
            Self::Directory { .. } => Some("name the files in it, for example `DIR/*.csv`"),
            Self::NoFile { .. } => Some("name the folder that the exports are in"),
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

    /// The archive's members that are not read beside it.
    pub(crate) fn passed_over(&self) -> &[Box<str>] {
        match self {
            Self::Plain { .. } => &[],
            Self::Packed(bytes) => bytes.passed_over(),
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
        ..unpack::Options::default()
    }
}

/// An archive of several files, which are opened one after another.
#[derive(Debug)]
pub(crate) struct Archive {
    path: Box<str>,
    /// The archive itself, where it came as a stream.
    held: Option<Held>,
    /// The names of its files.
    pub(crate) members: Vec<Box<str>>,
}

/// Bytes that several readers share.
#[derive(Clone, Debug)]
struct Held(Arc<Vec<u8>>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Archive {
    /// Opens one of its files.
    pub(crate) fn open(&self, member: &str) -> Result<Opened, InputError> {
        match &self.held {
            Some(held) => archive(held.clone(), Some(member)),
            None => unpack::open(Path::new(&*self.path), &options(Some(member))),
        }
        .map(Opened::packed)
        .map_err(|source| unpacking(&self.path, source))
    }
}

fn archive(held: Held, member: Option<&str>) -> Result<Unpacked, UnpackError> {
    unpack::archive(Cursor::new(held), &options(member))
}

/// What an input turns out to be.
#[derive(Debug)]
pub(crate) enum Opening {
    /// One file.
    One(Opened),
    /// Several in an archive.
    Several(Archive),
}

impl Opening {
    fn of(
        path: &str,
        held: Option<Held>,
        opened: Result<Unpacked, UnpackError>,
    ) -> Result<Self, InputError> {
        match opened {
            Ok(opened) => Ok(Self::One(Opened::packed(opened))),
            Err(UnpackError::SeveralMembers(members)) => Ok(Self::Several(Archive {
                path: path.into(),
                held,
                members,
            })),
            Err(source) => Err(unpacking(path, source)),
        }
    }

    /// The one file; of several the one called `member`.
    pub(crate) fn one(self, member: Option<&str>) -> Result<Opened, InputError> {
        match (self, member) {
            (Self::One(opened), _) => Ok(opened),
            (Self::Several(archive), Some(member)) => archive.open(member),
            (Self::Several(archive), None) => Err(unpacking(
                &archive.path,
                UnpackError::SeveralMembers(archive.members),
            )),
        }
    }
}

impl Opened {
    /// An archive's file, of whose reading nothing can be said beforehand.
    fn packed(bytes: Unpacked) -> Self {
        Self {
            bytes: Content::Packed(bytes),
            meter: Meter::default(),
            total: None,
        }
    }
}

/// Opens the file at `path`. `hashed`: its fingerprint is wanted (what is packed has one anyway).
pub(crate) fn file(path: &str, hashed: bool) -> Result<Opening, InputError> {
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
    match Packing::sniff(&head) {
        Ok(Packing::Plain) => {
            let meter = Meter::default();
            Ok(Opening::One(Opened {
                bytes: Content::Plain {
                    file,
                    meter: meter.clone(),
                    hash: hashed.then(Sha256::new),
                },
                meter,
                total: Some(metadata.len()),
            }))
        }
        Ok(Packing::Zip) => Opening::of(path, None, unpack::open(Path::new(path), &options(None))),
        _ => metered(file, path, Some(metadata.len())).map(Opening::One),
    }
}

/// The unpacked bytes of what is read front to back, with a count of those that went in.
fn metered(
    reader: impl Read + Send + 'static,
    path: &str,
    total: Option<u64>,
) -> Result<Opened, InputError> {
    let meter = Meter::default();
    let reader = Metered {
        reader,
        meter: meter.clone(),
    };
    let bytes = unpack::unpack(reader, &options(None)).map_err(|e| unpacking(path, e))?;
    Ok(Opened {
        bytes: Content::Packed(bytes),
        meter,
        total,
    })
}

/// The unpacked bytes of the file at `path`, from a thread that hashes the raw ones.
pub(crate) fn unpacked(path: &str) -> Result<Unpacked, InputError> {
    unpack::open(Path::new(path), &options(None)).map_err(|source| unpacking(path, source))
}

/// Reads an input from `reader`; `path` is its name. An archive is held in memory, because its table
/// of contents is at its end.
pub(crate) fn stream(
    mut reader: impl Read + Send + 'static,
    path: &str,
) -> Result<Opening, InputError> {
    let mut head = Vec::new();
    let read = (&mut reader).take(64).read_to_end(&mut head);
    read.map_err(|e| unpacking(path, e.into()))?;
    let zip = matches!(Packing::sniff(&head), Ok(Packing::Zip));
    let mut reader = Cursor::new(head).chain(reader);
    if zip {
        let held = unpack::hold(&mut reader).map_err(|e| unpacking(path, e))?;
        let held = Held(Arc::new(held));
        let opened = archive(held.clone(), None);
        return Opening::of(path, Some(held), opened);
    }
    metered(reader, path, None).map(Opening::One)
}

fn unpacking(path: &str, source: UnpackError) -> InputError {
    let path = path.into();
    match source {
        UnpackError::Io(source) => InputError::Open { path, source },
        source => InputError::Unpack { path, source },
    }
}
