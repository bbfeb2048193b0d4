//! Who does what: several workers read, scan, number and hash the blocks of one text.
//!
//! Reading is done under a lock, in order. Scanning a block needs to know nothing of the blocks
//! before it; only its odd records wait for their numbers. Hashing is done in order by whoever comes
//! by and finds it undone, while others go on scanning. What is in a block it does not know.

use super::fast::Counts;
use super::open::Content;
use super::text::Block;
use crate::screen::Scan;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
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

    /// Says what is in block `index`. If it `asks`, what is before it is worth waiting for, and then
    /// is its `turn`.
    fn add(&self, index: usize, counts: Counts, asks: bool, turn: impl FnOnce()) -> Counts {
        let mut state = lock(&self.state);
        while asks && state.blocks != index {
            state = self
                .turn
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let before = state.before;
        if asks {
            turn();
        }
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

/// What a worker does with a block.
pub(super) trait Worker: Send {
    /// Looks at whatever needs no numbers. What is in the block, and whether there is more to be said
    /// of it, and so [`Self::rest`] to be called.
    fn scan(&mut self, block: &Block) -> (Counts, bool);

    /// If there is more to be said: comes before it, for one block after another in their order.
    fn turn(&mut self) {}

    /// Looks at what is left of the block, knowing what is `before` it.
    fn rest(&mut self, block: &Block, before: Counts);
}

/// Scans the blocks that `next` gives with all `workers`; the result does not depend on their number.
/// The first is the calling thread; it shows `seen` the blocks it scanned and what is before them.
pub(super) fn scan<W: Worker>(
    next: &mut (dyn FnMut(&mut Block) -> bool + Send),
    before: Counts,
    hash: &InOrder,
    workers: &mut [W],
    seen: &mut dyn FnMut(&Block, Counts),
) {
    let numbers = Numbers::new(before);
    let threads = workers.len();
    let most = threads + AHEAD * threads.min(4);
    let next = Mutex::new(next);
    let work = |worker: &mut W, seen: &mut dyn FnMut(&Block, Counts)| {
        let mut block = Block::default();
        loop {
            if hash.wanted {
                while hash.work() {}
                block.bytes = hash.buffer(most);
            }
            if !lock(&next)(&mut block) {
                break;
            }
            let (counts, rest) = worker.scan(&block);
            let asks = threads == 1 || rest;
            let before = numbers.add(block.index, counts, asks, || worker.turn());
            if rest {
                worker.rest(&block, before);
            }
            seen(&block, before);
            if hash.wanted {
                hash.give(block.byte, std::mem::take(&mut block.bytes));
            }
        }
        while hash.work() {}
    };
    std::thread::scope(|scope| {
        let Some((first, others)) = workers.split_first_mut() else {
            return;
        };
        for other in others {
            let work = &work;
            scope.spawn(move || work(other, &mut |_, _| ()));
        }
        work(first, seen);
    });
}

/// What all workers saw.
pub(super) fn merged<'s, 'l>(scans: impl IntoIterator<Item = Scan<'s, 'l>>) -> Scan<'s, 'l> {
    let mut scans = scans.into_iter();
    let mut scan = scans.next().expect("there is always one worker");
    scans.for_each(|part| scan.merge(part));
    scan
}
