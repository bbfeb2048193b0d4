//! Bytes as they were retrieved become the document inside: plain, .gz, .bz2, .zst or .zip.
//!
//! The packing is told by its first bytes, not by a file name. What comes out is bounded, the
//! SHA-256 is of what went in, and decompression runs on a thread of its own, a few buffers ahead of
//! whoever reads it and a few behind the thread that reads and hashes the file (`raw`).
//! It does not know what is in the document. A workbook (.xlsx, .ods) is a document, not a packing.

mod raw;

use raw::Raw;
use std::fs::File;
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use zip::ZipArchive;
use zip::result::ZipError;

/// How many bytes the thread hands over at once.
const CHUNK: usize = 256 << 10;
/// How many such pieces it may be ahead.
const AHEAD: usize = 12;
/// Below this much output no ratio is suspicious.
const RATIO_FROM: u64 = 64 << 20;
/// A zip archive that does not come from a file is held in memory, up to this size.
const ZIP_IN_MEMORY: u64 = 512 << 20;
/// The longest signature that is looked for, and some more.
const HEAD: usize = 64;

/// How a document is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, one or several members.
    Gzip,
    /// bzip2, one or several streams.
    Bzip2,
    /// Zstandard, one or several frames.
    Zstd,
    /// One member of a zip archive.
    Zip,
}

impl Packing {
    /// Its name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Zstd => "zstd",
            Self::Zip => "zip",
        }
    }

    /// The packing of bytes that begin with `head`.
    pub fn sniff(head: &[u8]) -> Result<Self, UnpackError> {
        const UNSUPPORTED: &[(&[u8], &str)] = &[
            (b"\xfd7zXZ\0", "xz"),
            (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
            (b"Rar!\x1a\x07", "RAR"),
            (b"\x04\x22\x4d\x18", "LZ4"),
            (b"\x1f\x9d", "compress (.Z)"),
        ];
        if let Some((_, name)) = UNSUPPORTED.iter().find(|(m, _)| head.starts_with(m)) {
            return Err(UnpackError::Unsupported(name));
        }
        Ok(match head {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            // The level, then the magic of a block or of the end.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, ..] => Self::Bzip2,
            // A frame, or a skippable one.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            _ => Self::Plain,
        })
    }
}

/// Bounds and choices.
#[derive(Clone, Debug)]
pub struct Options {
    /// The most bytes that may come out.
    pub max_bytes: u64,
    /// The most bytes that may come out for each one that went in, once much has come out.
    pub max_ratio: u64,
    /// The member of a zip archive that is wanted; needed when it has several.
    pub member: Option<Box<str>>,
    /// Whether, of several, the member called as the archive is the document: publishers pack a
    /// schema or a licence beside it. Never for what a user gives, whose every file counts.
    pub by_stem: bool,
    /// Whether a zip archive is itself the document, and is handed over as it is.
    pub whole_archive: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_bytes: 4 << 30,
            max_ratio: 400,
            member: None,
            by_stem: false,
            whole_archive: false,
        }
    }
}

/// Why a document cannot be unpacked. The path is the caller's to add. Once reading has begun it
/// comes as the inner error of an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// It cannot be read.
    #[error("cannot be read")]
    Io(#[from] io::Error),
    /// Packed in a way that this build does not read.
    #[error("packed as {0}, which is not supported")]
    Unsupported(&'static str),
    /// The archive cannot be used.
    #[error("the zip archive cannot be read: {0}")]
    Zip(String),
    /// It holds no file.
    #[error("the zip archive holds no file")]
    NoMember,
    /// Of files of one name only one can be reached.
    #[error("the zip archive holds several files of one name, and all but one are hidden")]
    SameNames,
    /// More than the archive is in the file.
    #[error("{0} bytes stand before the zip archive: another archive, perhaps")]
    Preceded(u64),
    /// The wanted member is not in it.
    #[error("the zip archive holds no `{wanted}`; it holds {}", quoted(.members))]
    WantedMember {
        /// The one asked for.
        wanted: Box<str>,
        /// Those there are.
        members: Vec<Box<str>>,
    },
    /// It holds several files and none is clearly the one.
    #[error("the zip archive holds {} files: {}", .0.len(), quoted(.0))]
    SeveralMembers(Vec<Box<str>>),
    /// More comes out than allowed.
    #[error("more than {0} bytes come out of it")]
    TooLarge(u64),
    /// It swells like nothing that was written for reading.
    #[error("{out} bytes come out of {raw}: a decompression bomb, or not a document")]
    Bomb {
        /// Bytes in.
        raw: u64,
        /// Bytes out.
        out: u64,
    },
}

impl UnpackError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unsupported(_) => Some("unpack it first"),
            Self::SeveralMembers(_) | Self::WantedMember { .. } => {
                Some("extract the file that is meant and give that")
            }
            Self::SameNames | Self::Preceded(_) => Some("extract its files and give those"),
            _ => None,
        }
    }
}

fn quoted(names: &[Box<str>]) -> String {
    let mut text: Vec<_> = names.iter().take(8).map(|n| format!("`{n}`")).collect();
    if names.len() > 8 {
        text.push(format!("and {} more", names.len() - 8));
    }
    text.join(", ")
}

/// What went in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Lower-case hex SHA-256 of the bytes as retrieved.
    pub sha256: Box<str>,
    /// Their number.
    pub bytes: u64,
}

/// The document inside, to be read once.
#[derive(Debug)]
pub struct Unpacked {
    packing: Packing,
    member: Option<Box<str>>,
    passed: Vec<Box<str>>,
    full: Option<Receiver<Piece>>,
    spare: SyncSender<Vec<u8>>,
    chunk: Vec<u8>,
    at: usize,
    /// Set at the end, or to the error that was met.
    over: Option<Option<(io::ErrorKind, String)>>,
    /// Whether the fingerprint is still wanted.
    wanted: Arc<AtomicBool>,
    thread: Option<JoinHandle<io::Result<Fingerprint>>>,
}

enum Piece {
    Data(Vec<u8>),
    End,
    Failed(io::Error),
}

/// Opens the file at `path`.
pub fn open(path: &Path, options: &Options) -> Result<Unpacked, UnpackError> {
    let mut file = File::open(path)?;
    let head = head(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    match Packing::sniff(&head)? {
        Packing::Zip => from_zip(Box::new(file), path.file_stem(), options),
        packing => from_stream(packing, Box::new(file), options),
    }
}

/// Unpacks a zip archive that can be read from anywhere.
pub(crate) fn archive(
    reader: impl Read + Seek + Send + 'static,
    options: &Options,
) -> Result<Unpacked, UnpackError> {
    from_zip(Box::new(reader), None, options)
}

/// Unpacks what `reader` gives.
pub fn unpack(
    mut reader: impl Read + Send + 'static,
    options: &Options,
) -> Result<Unpacked, UnpackError> {
    let head = head(&mut reader)?;
    let packing = Packing::sniff(&head)?;
    let mut whole = Cursor::new(head).chain(reader);
    if packing == Packing::Zip {
        return archive(Cursor::new(hold(&mut whole)?), options);
    }
    from_stream(packing, Box::new(whole), options)
}

/// All of an archive that can be read once only.
pub(crate) fn hold(reader: &mut impl Read) -> Result<Vec<u8>, UnpackError> {
    let mut bytes = Vec::new();
    let read = reader.take(ZIP_IN_MEMORY + 1).read_to_end(&mut bytes)?;
    if read as u64 > ZIP_IN_MEMORY {
        return Err(UnpackError::TooLarge(ZIP_IN_MEMORY));
    }
    Ok(bytes)
}

fn head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

fn from_stream(
    packing: Packing,
    reader: Box<dyn Read + Send>,
    options: &Options,
) -> Result<Unpacked, UnpackError> {
    let options = options.clone();
    spawn(packing, Chosen::default(), move |pump| {
        let mut raw = Raw::new(reader)?;
        let read = raw.count();
        let count = || read.get();
        match packing {
            Packing::Plain => pump.run(&mut raw, &options, None),
            Packing::Gzip => {
                let decoder = flate2::bufread::MultiGzDecoder::new(&mut raw);
                pump.run(decoder, &options, Some(&count));
            }
            Packing::Bzip2 => {
                let decoder = bzip2::bufread::MultiBzDecoder::new(&mut raw);
                pump.run(decoder, &options, Some(&count));
            }
            Packing::Zstd => match zstd::Decoder::with_buffer(&mut raw) {
                Ok(decoder) => pump.run(decoder, &options, Some(&count)),
                Err(e) => pump.fail(e),
            },
            Packing::Zip => unreachable!("archives are opened by `from_zip`"),
        }
        pump.fingerprint(raw)
    })
}

fn from_zip(
    reader: Box<dyn ReadSeek>,
    stem: Option<&std::ffi::OsStr>,
    options: &Options,
) -> Result<Unpacked, UnpackError> {
    let mut archive = ZipArchive::new(reader).map_err(zip_error)?;
    if archive.has_duplicate_names() {
        return Err(UnpackError::SameNames);
    }
    if archive.offset() > 0 {
        return Err(UnpackError::Preceded(archive.offset()));
    }
    let workbook = |name: &str| matches!(name, "[Content_Types].xml" | "mimetype");
    let whole = options.whole_archive && options.member.is_none();
    if whole || (0..archive.len()).any(|ix| workbook(&member_name(&archive, ix))) {
        let mut reader = archive.into_inner();
        reader.seek(SeekFrom::Start(0))?;
        return from_stream(Packing::Plain, Box::new(reader), options);
    }
    let stem = stem.filter(|_| options.by_stem);
    let stem = stem.map(|stem| stem.to_string_lossy());
    let chosen = choose(&mut archive, options.member.as_deref(), stem.as_deref())?;
    let index = chosen.index;
    let packed = {
        let file = archive.by_index(index).map_err(zip_error)?;
        file.compressed_size()
    };
    let options = options.clone();
    spawn(Packing::Zip, chosen, move |pump| {
        match archive.by_index(index) {
            Ok(file) => pump.run(file, &options, Some(&|| packed)),
            Err(e) => pump.fail(io::Error::new(io::ErrorKind::InvalidData, e)),
        }
        let mut reader = archive.into_inner();
        reader.seek(SeekFrom::Start(0))?;
        pump.fingerprint(Raw::new(reader)?)
    })
}

/// The member that is read, and those that are passed over with it.
#[derive(Debug, Default)]
struct Chosen {
    index: usize,
    name: Option<Box<str>>,
    passed: Vec<Box<str>>,
}

/// Which member is meant: the one asked for, the only one, or the one called as the archive.
fn choose<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    wanted: Option<&str>,
    stem: Option<&str>,
) -> Result<Chosen, UnpackError> {
    let (mut members, mut passed): (Vec<(usize, String)>, Vec<Box<str>>) = Default::default();
    for index in 0..archive.len() {
        let name = member_name(archive, index);
        // A folder, unless there is something in it all the same.
        let empty = |archive: &mut ZipArchive<R>| {
            let file = archive.by_index_raw(index);
            file.is_ok_and(|file| file.size() == 0)
        };
        if name.ends_with('/') && empty(archive) {
            continue;
        }
        let about = is_apart(&name)
            && archive.by_index(index).is_ok_and(|file| {
                let mut head = Vec::new();
                file.take(HEAD as u64).read_to_end(&mut head).is_ok() && is_furniture(&head)
            });
        match about {
            true => passed.push(name.into()),
            false => members.push((index, name)),
        }
    }
    let names = || {
        members
            .iter()
            .map(|(_, name)| Box::from(name.as_str()))
            .collect()
    };
    let only = |is_it: &dyn Fn(&str) -> bool| {
        let mut found = members.iter().filter(|(_, name)| is_it(name));
        found.next().filter(|_| found.next().is_none())
    };
    let base = |name: &str| Path::new(name).file_stem().map(|s| s.to_ascii_lowercase());
    let (index, name) = match (&members[..], wanted) {
        ([], _) => return Err(UnpackError::NoMember),
        (_, Some(wanted)) => only(&|name| name == wanted)
            .or_else(|| only(&|name| name.eq_ignore_ascii_case(wanted)))
            .ok_or_else(|| UnpackError::WantedMember {
                wanted: wanted.into(),
                members: names(),
            })?,
        ([one], None) => one,
        (_, None) => {
            let found = stem.and_then(|stem| {
                only(&|name| base(name) == Some(stem.to_ascii_lowercase().into()))
            });
            let (index, name) = found.ok_or_else(|| UnpackError::SeveralMembers(names()))?;
            let others = members.iter().filter(|(other, _)| other != index);
            passed.extend(others.map(|(_, name)| Box::from(name.as_str())));
            return Ok(Chosen {
                index: *index,
                name: Some(name.as_str().into()),
                passed,
            });
        }
    };
    Ok(Chosen {
        index: *index,
        name: Some(name.as_str().into()),
        passed,
    })
}

/// Whether a file of this name may be one that a system keeps about others.
pub(crate) fn is_apart(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    base.starts_with("._") || base == ".DS_Store" || name.starts_with("__MACOSX/")
}

/// Whether what begins with `head` is such a file: how a folder is shown, what is said of a file.
pub(crate) fn is_furniture(head: &[u8]) -> bool {
    head.is_empty() || head.starts_with(b"\0\x05\x16\x07") || head.starts_with(b"\0\0\0\x01Bud1")
}

/// The name of a member; a made-up one where its bytes are no text, so that none is passed over.
fn member_name<R: Read + Seek>(archive: &ZipArchive<R>, index: usize) -> String {
    match archive.name_for_index(index) {
        Some(Ok(name)) => name.into_owned(),
        _ => format!("member {}", index + 1),
    }
}

fn zip_error(e: ZipError) -> UnpackError {
    match e {
        ZipError::Io(e) => UnpackError::Io(e),
        e => UnpackError::Zip(e.to_string()),
    }
}

/// The thread's end of the pipe.
struct Pump {
    full: SyncSender<Piece>,
    spare: Receiver<Vec<u8>>,
    wanted: Arc<AtomicBool>,
}

impl Pump {
    /// Reads `document` to its end, or until nobody listens, or a bound is met. `raw` tells how
    /// many packed bytes that took so far.
    fn run(&self, mut document: impl Read, options: &Options, raw: Option<&dyn Fn() -> u64>) {
        let mut out = 0_u64;
        loop {
            let mut chunk = self.spare.try_recv().unwrap_or_default();
            chunk.resize(CHUNK, 0);
            let (mut n, mut end) = (0, None);
            while n < CHUNK && end.is_none() {
                match document.read(&mut chunk[n..]) {
                    Ok(0) => end = Some(Piece::End),
                    Ok(read) => n += read,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => end = Some(Piece::Failed(e)),
                }
            }
            out += n as u64;
            if out > options.max_bytes {
                return self.fail(invalid(UnpackError::TooLarge(options.max_bytes)));
            }
            if let Some(raw) = raw
                && out > RATIO_FROM
                && out / raw().max(1) > options.max_ratio
            {
                return self.fail(invalid(UnpackError::Bomb { raw: raw(), out }));
            }
            chunk.truncate(n);
            if n > 0 && self.full.send(Piece::Data(chunk)).is_err() {
                return;
            }
            if let Some(end) = end {
                let _ = self.full.send(end);
                return;
            }
        }
    }

    fn fail(&self, e: io::Error) {
        let _ = self.full.send(Piece::Failed(e));
    }

    /// Passes over what the decoder left unread (all of it, where there was none).
    fn fingerprint(self, raw: Raw) -> io::Result<Fingerprint> {
        drop(self.full);
        // Waits until the reader is at the end too, and then says whether it wants to know.
        while self.spare.recv().is_ok() {}
        raw.finish(self.wanted.load(Ordering::Acquire))
    }
}

fn invalid(e: UnpackError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, e)
}

fn spawn(
    packing: Packing,
    chosen: Chosen,
    work: impl FnOnce(Pump) -> io::Result<Fingerprint> + Send + 'static,
) -> Result<Unpacked, UnpackError> {
    let (full_in, full) = sync_channel(AHEAD);
    let (spare, spare_out) = sync_channel(AHEAD + 2);
    let wanted = Arc::new(AtomicBool::new(false));
    let pump = Pump {
        full: full_in,
        spare: spare_out,
        wanted: wanted.clone(),
    };
    let thread = std::thread::Builder::new()
        .name("unpack".into())
        .spawn(move || work(pump))?;
    Ok(Unpacked {
        packing,
        member: chosen.name,
        passed: chosen.passed,
        full: Some(full),
        spare,
        chunk: Vec::new(),
        at: 0,
        over: None,
        wanted,
        thread: Some(thread),
    })
}

impl Unpacked {
    /// How it was packed.
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// The archive's member that is read.
    pub fn member(&self) -> Option<&str> {
        self.member.as_deref()
    }

    /// The archive's members that are not read beside it: what a system keeps about files, and, where
    /// the name decides, the other files.
    pub fn passed_over(&self) -> &[Box<str>] {
        &self.passed
    }

    /// The fingerprint of the bytes that went in, all of them, whether the document was read to
    /// its end or not.
    pub fn finish(mut self) -> io::Result<Fingerprint> {
        self.wanted.store(true, Ordering::Release);
        let thread = self.thread.take().expect("taken only here");
        drop(self);
        match thread.join() {
            Ok(fingerprint) => fingerprint,
            Err(_) => Err(io::Error::other("the unpacking thread has panicked")),
        }
    }
}

impl BufRead for Unpacked {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.chunk.len() && self.over.is_none() {
            let used = std::mem::take(&mut self.chunk);
            if used.capacity() > 0 {
                let _ = self.spare.try_send(used);
            }
            self.at = 0;
            match self.full.as_ref().map(Receiver::recv) {
                Some(Ok(Piece::Data(chunk))) => self.chunk = chunk,
                Some(Ok(Piece::End)) => self.over = Some(None),
                Some(Ok(Piece::Failed(e))) => {
                    self.over = Some(Some((e.kind(), e.to_string())));
                    return Err(e);
                }
                Some(Err(_)) | None => {
                    let why = "the unpacking thread has stopped".to_owned();
                    self.over = Some(Some((io::ErrorKind::Other, why)));
                }
            }
        }
        match &self.over {
            // An error stays one: whoever asks again must not take it for the end.
            Some(Some((kind, why))) => Err(io::Error::new(*kind, why.clone())),
            _ => Ok(&self.chunk[self.at..]),
        }
    }

    fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.chunk.len());
    }
}

impl Read for Unpacked {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}
