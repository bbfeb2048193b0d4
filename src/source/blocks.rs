//! Lines that are nothing but an address, many at a time and by several threads.
//!
//! A document is cut into blocks where a line ends. Of each block those lines are drafted that need
//! no closer look; the others are named, so that their reader takes them in their order. What comes
//! of it does not depend on the number of threads. It does not know what a line can hold beside an
//! address.

use crate::address::batch::{Answer, Batch};
use crate::address::decode;
use crate::list::Draft;
use std::io::{self, BufRead};
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::{mem, thread};

/// Bytes after which a block ends with its line.
const BLOCK: usize = if cfg!(test) { 256 } else { 256 << 10 };
/// Blocks in work for each thread.
const AHEAD: usize = 2;
/// More threads than this would wait for whoever puts their work together.
const THREADS_MAX: usize = 8;
/// Lines that are read at once.
const LINES: usize = 256;
/// Lengths of lines that are drafted. An address can be shorter or longer.
const LENGTHS: Range<usize> = 25..127;

/// Some lines of a document, and what is in them.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The lines.
    pub(super) text: Vec<u8>,
    /// Those that are an address and nothing else.
    pub(super) plain: Draft,
    /// The others, and how many plain ones are before each.
    pub(super) others: Vec<Other>,
    /// Lines before the block.
    before: u64,
}

/// A line that is to be read.
#[derive(Debug)]
pub(super) struct Other {
    /// How many plain ones are before it in its block.
    pub(super) plain: usize,
    /// Its number in the document.
    pub(super) number: u64,
    /// Where it is in its block, with its end.
    pub(super) at: Range<usize>,
}

/// Hands every block to `each`, in order.
pub(super) fn read(
    document: &mut dyn BufRead,
    threads: usize,
    each: &mut dyn FnMut(&Block),
) -> io::Result<()> {
    let mut blocks = Blocks {
        document,
        rest: Vec::new(),
        lines: 0,
    };
    let mut block = Block::default();
    if !blocks.next(&mut block)? {
        return Ok(());
    }
    let mut second = Block::default();
    let more = blocks.next(&mut second)?;
    if threads < 2 || !more {
        let mut lines = Lines::default();
        loop {
            lines.read(&mut block);
            each(&block);
            if more && !second.text.is_empty() {
                mem::swap(&mut block, &mut second);
                second.text.clear();
            } else if !blocks.next(&mut block)? {
                return Ok(());
            }
        }
    }
    let threads = threads.min(THREADS_MAX);
    thread::scope(|scope| {
        // Each thread has its turn, so that what it gives back comes in order.
        let workers: Vec<(Sender<Block>, Receiver<Block>)> = (0..threads)
            .map(|_| {
                let (give, take) = channel::<Block>();
                let (done, read) = channel();
                scope.spawn(move || {
                    let mut lines = Lines::default();
                    for mut block in take {
                        lines.read(&mut block);
                        if done.send(block).is_err() {
                            break;
                        }
                    }
                });
                (give, read)
            })
            .collect();
        let give = |n: usize, block| {
            // A thread ends before it is told to only by a panic, which the scope passes on.
            let _ = workers[n % threads].0.send(block);
        };
        give(0, block);
        give(1, second);
        let (mut given, mut taken) = (2, 0);
        let mut take = |given: usize| {
            let block = (taken < given).then(|| workers[taken % threads].1.recv().ok())??;
            taken += 1;
            each(&block);
            Some(block)
        };
        let mut spare = None;
        loop {
            let mut block = spare.take().unwrap_or_default();
            if !blocks.next(&mut block)? {
                break;
            }
            give(given, block);
            given += 1;
            if given >= threads * AHEAD {
                spare = take(given);
            }
        }
        while take(given).is_some() {}
        Ok(())
    })
}

/// Cuts a document into blocks.
struct Blocks<'d> {
    document: &'d mut dyn BufRead,
    /// What was read of the next block.
    rest: Vec<u8>,
    /// Lines before it.
    lines: u64,
}

impl Blocks<'_> {
    /// The next block; false: there is none.
    fn next(&mut self, block: &mut Block) -> io::Result<bool> {
        block.text.clear();
        mem::swap(&mut block.text, &mut self.rest);
        block.before = self.lines;
        loop {
            let chunk = match self.document.fill_buf() {
                Ok(chunk) => chunk,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            let len = chunk.len();
            if len == 0 {
                break;
            }
            let end = match block.text.len() + len < BLOCK {
                true => None,
                false => memchr::memrchr(b'\n', chunk),
            };
            let (head, rest) = chunk.split_at(end.map_or(len, |end| end + 1));
            block.text.extend_from_slice(head);
            self.rest.extend_from_slice(rest);
            self.document.consume(len);
            if end.is_some() {
                break;
            }
        }
        self.lines += memchr::memchr_iter(b'\n', &block.text).count() as u64;
        Ok(!block.text.is_empty())
    }
}

/// Which bytes may stand in a line that is nothing but an address, as its reader has it: see
/// [`fields`](super::lines).
const BARE: [bool; 256] = {
    let mut bare = [false; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        bare[b] = byte.is_ascii_graphic() && !matches!(byte, b',' | b';' | b'|' | b'"');
        b += 1;
    }
    bare
};

/// Reads the lines of blocks.
#[derive(Default)]
struct Lines {
    /// Where some lines are, and which may be plain.
    lines: Vec<(Range<usize>, bool)>,
    /// The text of those.
    spans: Vec<[u32; 2]>,
    locator: String,
    batch: Batch,
}

impl Lines {
    fn read(&mut self, block: &mut Block) {
        let Block {
            text,
            plain,
            others,
            before,
        } = block;
        plain.clear();
        others.clear();
        let mut number = *before;
        let mut start = 0;
        while start < text.len() {
            self.lines.clear();
            self.spans.clear();
            while start < text.len() && self.lines.len() < LINES {
                let end = memchr::memchr(b'\n', &text[start..]);
                let end = end.map_or(text.len(), |at| start + at + 1);
                let line = &text[start..end];
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let bare = line
                    .iter()
                    .fold(true, |bare, b| bare & BARE[usize::from(*b)]);
                let may = bare && LENGTHS.contains(&line.len()) && line[0] != b'#';
                if may {
                    self.spans.push([start as u32, (start + line.len()) as u32]);
                }
                self.lines.push((start..end, may));
                start = end;
            }
            let mut answers = self.batch.judge(text, &self.spans).iter().zip(&self.spans);
            for (at, may) in &self.lines {
                number += 1;
                let answer = match may {
                    true => answers.next(),
                    false => None,
                };
                let decoded = answer.and_then(|(answer, &[from, to])| {
                    let token = &text[from as usize..to as usize];
                    let decoded = match answer {
                        Answer::Address(decoded) => Some(*decoded),
                        Answer::Nothing => None,
                        Answer::Ask => decode(token).ok(),
                    };
                    Some((std::str::from_utf8(token).ok()?, decoded?))
                });
                match decoded {
                    Some((token, decoded)) => {
                        locate(&mut self.locator, number);
                        plain.push(token, &self.locator, &decoded);
                    }
                    None => others.push(Other {
                        plain: plain.len(),
                        number,
                        at: at.clone(),
                    }),
                }
            }
        }
    }
}

/// Says where line `number` is.
pub(super) fn locate(locator: &mut String, number: u64) {
    let mut digits = [0; 20];
    let (mut at, mut rest) = (digits.len(), number);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    locator.clear();
    locator.push_str("line ");
    locator.extend(digits[at..].iter().map(|b| char::from(*b)));
}
