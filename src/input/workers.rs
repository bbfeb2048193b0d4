//! Who does what: several workers read, scan, number and hash the blocks of one text.
//!
//! Reading is done under a lock, in order. Scanning a block needs to know nothing of the blocks
//! before it; only its odd records wait for their numbers. Hashing is done in order by whoever comes
//! by and finds it undone, while others go on scanning.

use super::fast::{Counts, Worker};
use super::text::{self, Block, Blocks};
use super::{dialect::Shape, open::Content};
use crate::screen::Scan;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Blocks a worker may be ahead of the hash.
const AHEAD: usize = 4;

/// A hash of blocks that are scanned in any order.
#[derive(Debug, Default)]
pub(super) struct InOrder {
    wanted: bool,
    /// Bytes at the start that are hashed already.
    done: u64,
    state: Mutex<Hashing>,
    turn: Condvar,
}

#[derive(Debug, Default)]
struct Hashing {
    /// `None`: nobody wants it, or somebody is at it.
    hash: Option<Sha256>,
    /// Where the next block starts.
    next: u64,
    /// Scanned blocks by where they start.
    waiting: BTreeMap<u64, Vec<u8>>,
    free: Vec<Vec<u8>>,
    /// Buffers that there are.
    made: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl InOrder {
    /// Takes the hash of `bytes`, of which the first `done` were read, and goes on with it.
    pub(super) fn new(bytes: &mut Content, done: u64) -> Self {
        let hash = bytes.take_hash();
        Self {
            wanted: hash.is_some(),
            done,
            state: Mutex::new(Hashing {
                hash,
                ..Hashing::default()
            }),
            turn: Condvar::new(),
        }
    }

    /// Adds what is before the first block.
    pub(super) fn start(&self, text: &[u8]) {
        self.give(0, text.to_vec());
        self.work();
    }

    /// Adds `block`, which starts at `byte`.
    fn give(&self, byte: u64, block: Vec<u8>) {
        if self.wanted {
            lock(&self.state).waiting.insert(byte, block);
        }
    }

    /// Hashes what is ready, unless somebody else does; false: there was nothing to do.
    fn work(&self) -> bool {
        let mut state = lock(&self.state);
        let Some(mut hash) = state.hash.take() else {
            return false;
        };
        let mut any = false;
        loop {
            let next = state.next;
            let Some(block) = state.waiting.remove(&next) else {
                break;
            };
            drop(state);
            let done = self.done.saturating_sub(next).min(block.len() as u64);
            hash.update(&block[done as usize..]);
            any = true;
            state = lock(&self.state);
            state.next += block.len() as u64;
            state.free.push(block);
            self.turn.notify_all();
        }
        state.hash = Some(hash);
        any
    }

    /// A buffer, as soon as there is one of `most`.
    fn buffer(&self, most: usize) -> Vec<u8> {
        loop {
            let mut state = lock(&self.state);
            if let Some(buffer) = state.free.pop() {
                return buffer;
            }
            if state.made < most {
                state.made += 1;
                return Vec::new();
            }
            if state.hash.is_some() && state.waiting.contains_key(&state.next) {
                drop(state);
                self.work();
            } else {
                drop(self.turn.wait(state));
            }
        }
    }

    /// The hash of all.
    pub(super) fn finish(self) -> Option<Sha256> {
        self.state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .hash
    }
}

/// What is before each block, as soon as that is known.
struct Numbers {
    state: Mutex<Numbered>,
    turn: Condvar,
}

struct Numbered {
    /// Blocks that are numbered, and what is in them.
    blocks: usize,
    before: Counts,
    /// What is in blocks behind them.
    waiting: BTreeMap<usize, Counts>,
}

impl Numbers {
    fn new(before: Counts) -> Self {
        Self {
            state: Mutex::new(Numbered {
                blocks: 0,
                before,
                waiting: BTreeMap::new(),
            }),
            turn: Condvar::new(),
        }
    }

    /// Says what is in block `index`. If it `asks`, what is before it is worth waiting for.
    fn add(&self, index: usize, counts: Counts, asks: bool) -> Counts {
        let mut state = lock(&self.state);
        while asks && state.blocks != index {
            state = self
                .turn
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let before = state.before;
        state.waiting.insert(index, counts);
        loop {
            let next = state.blocks;
            let Some(counts) = state.waiting.remove(&next) else {
                break;
            };
            state.before.rows += counts.rows;
            state.before.lines += counts.lines;
            state.blocks += 1;
        }
        self.turn.notify_all();
        before
    }
}

/// Scans blocks with `threads` workers; the result does not depend on their number. The calling
/// thread is one of them; it shows `seen` the blocks it scanned and what is before them.
pub(super) fn scan<R: Read + Send>(
    blocks: &mut Blocks<R>,
    shape: &Shape,
    hash: &InOrder,
    scan: &mut Scan<'_, '_>,
    threads: usize,
    seen: &mut dyn FnMut(&Block, Counts),
) {
    let empty = scan.fresh();
    let numbers = Numbers::new(Counts {
        rows: 0,
        lines: blocks.skipped,
    });
    let blocks = Mutex::new(blocks);
    let most = threads + AHEAD * threads.min(4);
    let work = |scan: &mut Scan<'_, '_>, seen: &mut dyn FnMut(&Block, Counts)| {
        let mut worker = Worker::default();
        let mut block = Block::default();
        loop {
            if hash.wanted {
                while hash.work() {}
                block.bytes = hash.buffer(most);
            }
            if !lock(&blocks).next(&shape.dialect, &mut block) {
                break;
            }
            let counts = text::scan(&block, shape, &mut worker, scan);
            let asks = threads == 1 || text::has_rest(&block, &worker);
            let before = numbers.add(block.index, counts, asks);
            if asks {
                text::rest(&block, before, shape, &worker, scan);
            }
            seen(&block, before);
            if hash.wanted {
                hash.give(block.byte, std::mem::take(&mut block.bytes));
            }
        }
        while hash.work() {}
    };
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads)
            .map(|_| {
                let (work, mut part) = (&work, empty.clone());
                scope.spawn(move || {
                    work(&mut part, &mut |_, _| ());
                    part
                })
            })
            .collect();
        work(scan, seen);
        workers
            .into_iter()
            .map(|w| w.join().expect("a scan never panics"))
            .collect::<Vec<_>>()
    });
    for part in parts {
        scan.merge(part);
    }
}
