//! An evidence bundle: a ZIP of stored members, in a fixed order and with fixed times, closed by a
//! manifest and a list of checksums. The same members make the same bytes.
//!
//! It does not know what the members say.

use super::{EvidenceError, layout};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Version of the layout: raised when a member is renamed, removed or changes its meaning.
pub const BUNDLE_SCHEMA: u32 = 1;
/// The member that lists all others but itself and [`SUMS`].
pub const MANIFEST: &str = "manifest.json";
/// The last member: the SHA-256 of every other one, as `sha256sum --check` reads it.
pub const SUMS: &str = "SHA256SUMS";
/// The framing of larger bundles is not compared: it is put together again in memory.
const FRAMING_MAX: u64 = 1 << 30;

/// How what is no member is named.
const RECORDS: &str = "the archive's own records";

/// What the manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`BUNDLE_SCHEMA`] of the program that wrote it.
    pub schema: u32,
    /// That program.
    pub tool: String,
    /// The members, in order.
    pub members: Vec<Member>,
}

/// One member of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
}

/// Writes a bundle, member by member.
pub struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
    members: Vec<Member>,
}

/// Counts and hashes what passes.
struct Hashing<'w, W> {
    out: &'w mut W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write + Seek> Writer<W> {
    /// An empty bundle.
    pub fn new(out: W) -> Self {
        Self {
            zip: ZipWriter::new(out),
            members: Vec::new(),
        }
    }

    /// Adds a member, whose bytes `write` writes.
    ///
    /// # Errors
    ///
    /// When writing fails, or there is such a member already.
    pub fn member(
        &mut self,
        name: &str,
        large: bool,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(large);
        self.zip.start_file(name, options)?;
        let mut out = Hashing {
            out: &mut self.zip,
            hash: Sha256::new(),
            bytes: 0,
        };
        write(&mut out)?;
        self.members.push(Member {
            name: name.to_owned(),
            bytes: out.bytes,
            sha256: hex(out.hash),
        });
        Ok(())
    }

    /// Adds manifest and checksums, and ends the archive.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn finish(mut self, tool: &str) -> io::Result<W> {
        let manifest = Manifest {
            schema: BUNDLE_SCHEMA,
            tool: tool.to_owned(),
            members: self.members.clone(),
        };
        let mut text = serde_json::to_vec_pretty(&manifest)?;
        text.push(b'\n');
        self.member(MANIFEST, false, |out| out.write_all(&text))?;
        let sums = sums(&self.members);
        self.member(SUMS, false, |out| out.write_all(sums.as_bytes()))?;
        Ok(self.zip.finish()?)
    }
}

fn hex(hash: Sha256) -> String {
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

fn sums(members: &[Member]) -> String {
    let lines = members
        .iter()
        .map(|m| format!("{}  {}\n", m.sha256, m.name));
    lines.collect()
}

/// A bundle that is read.
#[derive(Debug)]
pub struct Bundle {
    path: PathBuf,
    archive: ZipArchive<BufReader<File>>,
}

impl Bundle {
    /// Opens the bundle at `path`; nothing is checked yet.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is no ZIP archive.
    pub fn open(path: &Path) -> Result<Self, EvidenceError> {
        let file = File::open(path).map_err(EvidenceError::io("read", path))?;
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|e| EvidenceError::Bundle {
            path: path.to_owned(),
            what: format!("the archive's own records are damaged: {e}"),
        })?;
        Ok(Self {
            path: path.to_owned(),
            archive,
        })
    }

    fn broken(&self, what: impl Into<String>) -> EvidenceError {
        EvidenceError::Bundle {
            path: self.path.clone(),
            what: what.into(),
        }
    }

    /// The names of its members, in order.
    pub fn names(&self) -> Vec<String> {
        let name = |name: Result<std::borrow::Cow<'_, str>, _>| match name {
            Ok(name) => name.into_owned(),
            Err(_) => "(a name that cannot be read)".to_owned(),
        };
        self.archive.file_names().map(name).collect()
    }

    /// Whether there is a member `name`.
    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// A member, to be read. It is no longer than the bundle: one that would swell is refused.
    ///
    /// # Errors
    ///
    /// When there is none, or it is not stored as it is.
    pub fn reader(&mut self, name: &str) -> Result<impl Read, EvidenceError> {
        let path = self.path.clone();
        let failed = |what: String| EvidenceError::Bundle { path, what };
        match self.archive.by_name(name) {
            Ok(member) if member.compression() == CompressionMethod::Stored => Ok(member),
            Ok(_) => Err(failed(format!("member `{name}` is not stored as it is"))),
            Err(e) => Err(failed(format!("member `{name}`: {e}"))),
        }
    }

    /// A whole member.
    ///
    /// # Errors
    ///
    /// When there is none, or it is damaged.
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>, EvidenceError> {
        let path = self.path.clone();
        let mut bytes = Vec::new();
        let read = self.reader(name)?.read_to_end(&mut bytes);
        read.map_err(|e| EvidenceError::Bundle {
            path,
            what: format!("member `{name}`: {e}"),
        })?;
        Ok(bytes)
    }

    /// A member that is JSON.
    ///
    /// # Errors
    ///
    /// When there is none, or it is no such JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> Result<T, EvidenceError> {
        let bytes = self.bytes(name)?;
        serde_json::from_slice(&bytes).map_err(|e| self.broken(format!("member `{name}`: {e}")))
    }

    /// Checks every byte: what is wrong, member by member; empty: nothing.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn check(&mut self, tool: &str) -> Result<Checked, EvidenceError> {
        let mut checked = Checked::default();
        let mut found = BTreeMap::new();
        let names = self.names();
        for name in &names {
            match self.hash(name) {
                Ok(member) => {
                    found.insert(name.as_str(), member);
                }
                Err(e) => checked.wrong(name, e),
            }
        }
        checked.members = names.len();
        self.check_layout(&mut checked)?;
        let manifest: Option<Manifest> = match self.json(MANIFEST) {
            Ok(manifest) => Some(manifest),
            Err(e) => {
                if !checked.problems.iter().any(|(n, _)| n == MANIFEST) {
                    checked.wrong(MANIFEST, e);
                }
                None
            }
        };
        // The checksums say of the manifest what it cannot say of itself.
        match self.bytes(SUMS).map(String::from_utf8) {
            Ok(Ok(text)) => self.check_sums(&text, &found, &mut checked),
            Ok(Err(_)) => checked.wrong(SUMS, "it is no text"),
            Err(_) if checked.problems.iter().any(|(n, _)| n == SUMS) => {}
            Err(e) => checked.wrong(SUMS, e),
        }
        if let Some(manifest) = &manifest {
            checked.tool = manifest.tool.clone();
            check_manifest(manifest, &names, &found, &mut checked);
            if checked.problems.is_empty() {
                self.check_framing(manifest, tool, &mut checked)?;
            }
        }
        Ok(checked)
    }

    fn hash(&mut self, name: &str) -> Result<Member, String> {
        let mut reader = self.archive.by_name(name).map_err(|e| e.to_string())?;
        let mut sink = io::sink();
        let mut out = Hashing {
            out: &mut sink,
            hash: Sha256::new(),
            bytes: 0,
        };
        io::copy(&mut reader, &mut out).map_err(|e| e.to_string())?;
        Ok(Member {
            name: name.to_owned(),
            bytes: out.bytes,
            sha256: hex(out.hash),
        })
    }

    fn check_sums(&self, text: &str, found: &BTreeMap<&str, Member>, checked: &mut Checked) {
        let mut named = BTreeSet::new();
        for line in text.lines() {
            let Some((sum, name)) = line.split_once("  ") else {
                checked.wrong(SUMS, format!("`{}` is no line of it", line.escape_debug()));
                continue;
            };
            named.insert(name);
            match found.get(name) {
                Some(member) if member.sha256 == sum => {}
                Some(_) => checked.wrong(name, format!("its SHA-256 is not that of `{SUMS}`")),
                None if self.has(name) => {}
                None => checked.wrong(name, "it is missing"),
            }
        }
        for name in found.keys().filter(|n| **n != SUMS && !named.contains(*n)) {
            checked.wrong(name, format!("`{SUMS}` does not name it"));
        }
    }

    /// Whether every byte belongs to a member or to the archive's directory.
    fn check_layout(&self, checked: &mut Checked) -> Result<(), EvidenceError> {
        let failed = EvidenceError::io("read", &self.path);
        let odd = File::open(&self.path)
            .and_then(|file| layout::oddities(BufReader::new(file)))
            .map_err(failed)?;
        match odd {
            Some(odd) => odd.iter().for_each(|what| {
                checked.problems.push((RECORDS.to_owned(), what.to_owned()));
            }),
            None => checked.notes.push(format!(
                "{RECORDS} were not walked: it is larger than 4 GiB"
            )),
        }
        Ok(())
    }

    /// Puts the archive together again from its members and compares: what lies between them and
    /// in the archive's own records is covered by no checksum.
    fn check_framing(
        &mut self,
        manifest: &Manifest,
        tool: &str,
        checked: &mut Checked,
    ) -> Result<(), EvidenceError> {
        let path = self.path.clone();
        let bytes = std::fs::metadata(&path)
            .map_err(EvidenceError::io("read", &path))?
            .len();
        if bytes > FRAMING_MAX {
            let note = format!("{RECORDS} were not compared: it is larger than 1 GiB");
            checked.notes.push(note);
            return Ok(());
        }
        let mut writer = Writer::new(Cursor::new(Vec::new()));
        for member in &manifest.members {
            let content = self.bytes(&member.name)?;
            let large = is_large(member.bytes);
            writer
                .member(&member.name, large, |out| out.write_all(&content))
                .map_err(EvidenceError::io("read", &path))?;
        }
        let again = writer
            .finish(&manifest.tool)
            .map_err(EvidenceError::io("read", &path))?
            .into_inner();
        let whole = std::fs::read(&path).map_err(EvidenceError::io("read", &path))?;
        if again == whole {
            return Ok(());
        }
        let same = again.iter().zip(&whole).take_while(|(a, b)| a == b).count();
        let what =
            format!("byte {same} is not what was written there, though every member is whole");
        if manifest.tool == tool {
            checked.wrong(RECORDS, what);
        } else {
            checked.notes.push(format!(
                "{RECORDS}: {what}; it was packed again, or by another build ({})",
                manifest.tool
            ));
        }
        Ok(())
    }
}

/// Whether a member needs the fields for files over 4 GiB.
pub fn is_large(bytes: u64) -> bool {
    bytes >= u64::from(u32::MAX)
}

fn check_manifest(
    manifest: &Manifest,
    names: &[String],
    found: &BTreeMap<&str, Member>,
    checked: &mut Checked,
) {
    if manifest.schema != BUNDLE_SCHEMA {
        let what = format!(
            "it has schema {}, this build reads {BUNDLE_SCHEMA}",
            manifest.schema
        );
        checked.wrong(MANIFEST, what);
    }
    for member in &manifest.members {
        match found.get(member.name.as_str()) {
            Some(there) if there == member => {}
            Some(_) => checked.wrong(&member.name, "its SHA-256 is not that of the manifest"),
            None if names.contains(&member.name) => {}
            None => checked.wrong(&member.name, "it is missing"),
        }
    }
    let known: BTreeSet<&str> = manifest.members.iter().map(|m| &*m.name).collect();
    for name in names.iter().filter(|n| *n != MANIFEST && *n != SUMS) {
        if !known.contains(&**name) {
            checked.wrong(name, "the manifest does not name it");
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// How many members there are.
    pub members: usize,
    /// The program that wrote it.
    pub tool: String,
    /// What is wrong: the member and what.
    pub problems: Vec<(String, String)>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

impl Checked {
    /// Adds something wrong, once for each member.
    pub fn wrong(&mut self, member: &str, what: impl ToString) {
        if self.problems.iter().all(|(name, _)| name != member) {
            self.problems.push((member.to_owned(), what.to_string()));
        }
    }
}
