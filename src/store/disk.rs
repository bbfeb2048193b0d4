//! Files that are whole or not there: write aside, sync, rename; and the lock of the store.

use super::StoreError;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Held while the store is changed. The operating system frees it when its process ends, however
/// it ends, so a lock is never stale; what the file says is only for people.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock in `home`, waiting for at most `patience`.
    pub(super) fn take(home: &Path, patience: Duration, now: &str) -> Result<Self, StoreError> {
        let path = home.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(StoreError::io("open", &path))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if start.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(25));
                }
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = file.take(200).read_to_string(&mut holder);
                    let holder = match holder.trim() {
                        "" => String::new(),
                        holder => format!(" by {holder}"),
                    };
                    return Err(StoreError::Locked { path, holder });
                }
                Err(TryLockError::Error(e)) => return Err(StoreError::io("lock", &path)(e)),
            }
        }
        // Not being able to say who holds it is no reason not to go on.
        let _ = file
            .set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| writeln!(file, "process {} since {now}", std::process::id()));
        Ok(Self { _file: file })
    }
}

/// Copies `from` to `to`, synced; gives the hash and number of its bytes.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(Box<str>, u64), StoreError> {
    let mut input = File::open(from).map_err(StoreError::io("read", from))?;
    let mut output = File::create(to).map_err(StoreError::io("write", to))?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 256 << 10]);
    loop {
        let n = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(StoreError::io("read", from)(e)),
        };
        hash.update(&buffer[..n]);
        bytes += n as u64;
        output
            .write_all(&buffer[..n])
            .map_err(StoreError::io("write", to))?;
    }
    output.sync_all().map_err(StoreError::io("write", to))?;
    Ok((hex(hash), bytes))
}

/// Packs the files of a folder to one document, synced; gives its hash and number of bytes.
pub(super) fn pack(folder: &Path, to: &Path) -> Result<(Box<str>, u64), StoreError> {
    let output = File::create(to).map_err(StoreError::io("write", to))?;
    crate::source::pack_folder(folder, &output).map_err(StoreError::io("pack", folder))?;
    output.sync_all().map_err(StoreError::io("write", to))?;
    let bytes = output.metadata().map_err(StoreError::io("read", to))?.len();
    let gone = || io::Error::from(io::ErrorKind::NotFound);
    let hash = hash(to)?.ok_or_else(|| StoreError::io("read", to)(gone()))?;
    Ok((hash, bytes))
}

/// The hash of a file; `None` when it is not there.
pub(super) fn hash(path: &Path) -> Result<Option<Box<str>>, StoreError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(StoreError::io("read", path)(e)),
    };
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 256 << 10]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Some(hex(hash))),
            Ok(n) => hash.update(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(StoreError::io("read", path)(e)),
        }
    }
}

fn hex(hash: Sha256) -> Box<str> {
    data_encoding::HEXLOWER.encode(&hash.finalize()).into()
}

/// Writes a new file, synced.
pub(super) fn write(path: &Path, text: &str) -> Result<(), StoreError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(StoreError::io("write", path))
}

/// Replaces a file in one step: whoever reads it sees the old text or the new.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), StoreError> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".new");
    let aside = PathBuf::from(aside);
    write(&aside, text)?;
    rename(&aside, path)
}

/// Renames, and syncs the folder that both are in.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::rename(from, to).map_err(StoreError::io("write", to))?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// Syncs a folder's entries, where the platform can.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(StoreError::io("write", folder))?;
    }
    Ok(())
}
