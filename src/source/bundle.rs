//! A document of several files: a zip archive, or one file that stands for itself.
//!
//! Some publishers spread one list over several files (OFAC's flat files), or keep it as a folder
//! (tag packs). Such a list is one document here: an archive of its files, hashed as a whole. It
//! does not know what the files mean.

use super::ParseError;
use std::fs::File;
use std::io::{self, BufRead, Cursor, Read, Seek, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The largest archive that is held in memory.
const ARCHIVE_MAX: u64 = 256 << 20;
/// The most that comes out of one file of it.
const FILE_MAX: u64 = 512 << 20;
/// The most files.
const FILES_MAX: usize = 20_000;

/// The files of a document.
pub(super) struct Bundle<'d> {
    shape: &'static str,
    files: Files<'d>,
    names: Vec<String>,
}

enum Files<'d> {
    Archive(Box<ZipArchive<Cursor<Vec<u8>>>>),
    One(Option<&'d mut dyn BufRead>),
}

impl<'d> Bundle<'d> {
    /// The files of `document`. One that is no archive is called by an empty name.
    pub(super) fn open(
        shape: &'static str,
        document: &'d mut dyn BufRead,
    ) -> Result<Self, ParseError> {
        if !document.fill_buf()?.starts_with(b"PK") {
            return Ok(Self {
                shape,
                files: Files::One(Some(document)),
                names: vec![String::new()],
            });
        }
        let mut bytes = Vec::new();
        let read = document.take(ARCHIVE_MAX + 1).read_to_end(&mut bytes)?;
        let broken = |why: String| ParseError::Broken {
            shape,
            at: "the archive".into(),
            why,
        };
        if read as u64 > ARCHIVE_MAX {
            return Err(broken(format!("it is larger than {ARCHIVE_MAX} bytes")));
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(e.to_string()))?;
        if archive.has_duplicate_names() {
            let why = "two files of it have one name, and only one of them can be read";
            return Err(broken(why.into()));
        }
        if archive.len() > FILES_MAX {
            return Err(broken(format!("it has more than {FILES_MAX} files")));
        }
        let mut names: Vec<String> = (0..archive.len())
            .map(|ix| match archive.name_for_index(ix) {
                Some(Ok(name)) => name.into_owned(),
                _ => format!("member {}", ix + 1),
            })
            .collect();
        for name in &mut names {
            if name.ends_with('/') || name.starts_with("__MACOSX/") {
                name.clear();
            }
        }
        Ok(Self {
            shape,
            files: Files::Archive(Box::new(archive)),
            names,
        })
    }

    /// The names of the files, with their numbers, sorted by name.
    pub(super) fn names(&self) -> Vec<(usize, &str)> {
        let single = matches!(self.files, Files::One(_));
        let mut names: Vec<_> = self
            .names
            .iter()
            .enumerate()
            .map(|(ix, name)| (ix, name.as_str()))
            .filter(|(_, name)| single || !name.is_empty())
            .collect();
        names.sort_by_key(|(_, name)| *name);
        names
    }

    /// Whether it is one file that stands for itself.
    pub(super) fn is_single(&self) -> bool {
        matches!(self.files, Files::One(_))
    }

    /// The number of the file whose name without folders is one of `wanted`, in any case.
    pub(super) fn find(&self, wanted: &[&str]) -> Option<usize> {
        self.names.iter().position(|name| {
            let base = name.rsplit('/').next().unwrap_or(name);
            wanted.iter().any(|w| base.eq_ignore_ascii_case(w))
        })
    }

    /// Hands file number `ix` to `read`.
    pub(super) fn with<T>(
        &mut self,
        ix: usize,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        let shape = self.shape;
        match &mut self.files {
            Files::One(document) => match document.take() {
                Some(document) => read(document),
                None => read(&mut &b""[..]),
            },
            Files::Archive(archive) => {
                let name = self.names[ix].clone();
                let broken = |e: zip::result::ZipError| ParseError::Broken {
                    shape,
                    at: format!("`{name}` in the archive"),
                    why: e.to_string(),
                };
                let file = AtMost {
                    reader: archive.by_index(ix).map_err(broken)?,
                    left: FILE_MAX,
                };
                read(&mut io::BufReader::with_capacity(64 << 10, file))
            }
        }
    }

    /// File number `ix` as text; what is not UTF-8 in it is replaced.
    pub(super) fn text(&mut self, ix: usize) -> Result<String, ParseError> {
        self.with(ix, |file| {
            let mut bytes = Vec::new();
            let mut file = AtMost {
                reader: file,
                left: FILE_MAX,
            };
            file.read_to_end(&mut bytes)?;
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            Ok(match str::from_utf8(text) {
                Ok(text) if text.len() == bytes.len() => {
                    String::from_utf8(bytes).expect("just looked at")
                }
                Ok(text) => text.to_owned(),
                Err(_) => String::from_utf8_lossy(text).into_owned(),
            })
        })
    }
}

/// A reader of which there must not be more than so many bytes: what is longer is an error, and not
/// cut off.
struct AtMost<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for AtMost<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // One byte more than there may be, to see whether there is one.
        let room = usize::try_from(self.left + 1).map_or(buffer.len(), |n| n.min(buffer.len()));
        let read = self.reader.read(&mut buffer[..room])?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other("it is larger than any file of a list")),
        }
        Ok(read)
    }
}

/// Packs files to one document, always to the same bytes for the same files.
pub fn pack<W: Write + Seek>(files: &mut [(String, Box<dyn Read>)], out: W) -> io::Result<()> {
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let mut zip = ZipWriter::new(out);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, file) in files {
        zip.start_file(name.as_str(), options)?;
        io::copy(file, &mut zip)?;
    }
    zip.finish()?;
    Ok(())
}

/// How deep a folder of a list goes.
const DEPTH_MAX: usize = 16;

/// Packs the files of a folder and its folders to one document; hidden ones (`.git`) are no part of
/// the list.
pub fn pack_folder<W: Write + Seek>(folder: &Path, out: W) -> io::Result<()> {
    let mut files: Vec<(String, Box<dyn Read>)> = Vec::new();
    let mut folders = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((folder, before, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let name = format!("{before}{name}");
            if path.is_file() {
                files.push((name, Box::new(File::open(path)?)));
            } else if entry.file_type()?.is_dir() && depth < DEPTH_MAX {
                folders.push((path, format!("{name}/"), depth + 1));
            } else {
                // A link to a folder may lead back to one above it.
                let why = format!("`{name}` in it is no file, and no folder that can be followed");
                return Err(io::Error::other(why));
            }
        }
    }
    pack(&mut files, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_not_cut() {
        let read = |left| {
            let mut text = String::new();
            let reader = &b"12345"[..];
            AtMost { reader, left }
                .read_to_string(&mut text)
                .map(|_| text)
        };
        assert_eq!(read(6).unwrap(), "12345");
        assert_eq!(read(5).unwrap(), "12345");
        assert!(read(4).is_err());
        assert!(read(0).is_err());
    }
}
