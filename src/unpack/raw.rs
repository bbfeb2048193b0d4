//! The bytes of a packed file as they lie in it: read and hashed on a thread of their own, a few pieces
//! ahead of whoever unpacks them.
//!
//! It does not know what is in them.

use super::Fingerprint;
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

/// How many bytes are read at once.
const CHUNK: usize = 256 << 10;
/// How many such pieces the thread may be ahead.
const AHEAD: usize = 4;

/// The bytes, to be read once.
pub(super) struct Raw {
    full: Receiver<io::Result<Arc<Vec<u8>>>>,
    chunk: Arc<Vec<u8>>,
    at: usize,
    count: Rc<Cell<u64>>,
    /// Whether what was not read is wanted for the fingerprint.
    wanted: Sender<bool>,
    thread: JoinHandle<io::Result<Fingerprint>>,
}

impl Raw {
    /// Reads `reader`.
    pub(super) fn new(reader: impl Read + Send + 'static) -> io::Result<Self> {
        let (full_in, full) = sync_channel(AHEAD);
        let (wanted, wanted_out) = channel();
        let thread = std::thread::Builder::new()
            .name("read".into())
            .spawn(move || pass(reader, full_in, &wanted_out))?;
        Ok(Self {
            full,
            chunk: Arc::default(),
            at: 0,
            count: Rc::default(),
            wanted,
            thread,
        })
    }

    /// How many bytes were handed over so far.
    pub(super) fn count(&self) -> Rc<Cell<u64>> {
        self.count.clone()
    }

    /// The fingerprint of all bytes, if it is `wanted`, whether they were read or not.
    pub(super) fn finish(self, wanted: bool) -> io::Result<Fingerprint> {
        let _ = self.wanted.send(wanted);
        drop((self.full, self.chunk));
        match wanted {
            true => self.thread.join().unwrap_or_else(|_| Err(stopped())),
            // Nobody waits for a reader that may not come to an end.
            false => Ok(Fingerprint {
                sha256: "".into(),
                bytes: 0,
            }),
        }
    }
}

fn stopped() -> io::Error {
    io::Error::other("the reading thread has stopped")
}

impl BufRead for Raw {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.chunk.len() {
            self.chunk = Arc::default();
            self.at = 0;
            // A thread that is done has closed its end.
            if let Ok(chunk) = self.full.recv() {
                self.chunk = chunk?;
                self.count.set(self.count.get() + self.chunk.len() as u64);
            }
        }
        Ok(&self.chunk[self.at..])
    }

    fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.chunk.len());
    }
}

impl Read for Raw {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

/// Reads `reader` to its end, or until nobody wants more.
fn pass(
    mut reader: impl Read,
    full: SyncSender<io::Result<Arc<Vec<u8>>>>,
    wanted: &Receiver<bool>,
) -> io::Result<Fingerprint> {
    let (mut hash, mut bytes, mut listens) = (Sha256::new(), 0, true);
    let mut given: Vec<Arc<Vec<u8>>> = Vec::new();
    loop {
        let free = given.iter().position(|chunk| Arc::strong_count(chunk) == 1);
        let mut chunk = free.map_or_else(Arc::default, |ix| given.swap_remove(ix));
        let buffer = Arc::make_mut(&mut chunk);
        buffer.resize(CHUNK, 0);
        let n = match reader.read(buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {
                given.push(chunk);
                continue;
            }
            Err(e) => {
                let same = io::Error::new(e.kind(), e.to_string());
                let _ = full.send(Err(e));
                return Err(same);
            }
        };
        buffer.truncate(n);
        if listens && full.send(Ok(chunk.clone())).is_err() {
            listens = false;
            if !wanted.recv().is_ok_and(|wanted| wanted) {
                break;
            }
        }
        hash.update(&*chunk);
        bytes += n as u64;
        given.push(chunk);
    }
    Ok(Fingerprint {
        sha256: data_encoding::HEXLOWER.encode(&hash.finalize()).into(),
        bytes,
    })
}
