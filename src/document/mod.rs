//! Documents: press releases, complaints, notices, tag packs. Bytes become lines of text with their
//! places ([`Line`]), and lines become addresses ([`Extractor`]).
//!
//! A reader runs on a thread of its own with a bounded queue and a time limit, so that a hostile
//! file costs bounded time and memory and cannot take the run down with it. Nothing in a document
//! is executed, and nothing it points at is fetched. The room does not know how a result is shown,
//! and knows lists only through the screener.

mod around;
mod cross;
mod damage;
mod docx;
mod eml;
mod examples;
mod extract;
mod html;
mod join;
mod kind;
mod packs;
mod pdf;
mod pdf_layout;
mod plain;
mod proof;
mod tokens;
mod word;

pub use cross::{CrossReferenced, NearListed, Shared, cross_reference};
pub use damage::NearAddress;
pub use extract::{Damaged, Extractor, Occurrence};
pub use kind::Kind;

use crate::address::Identity;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Larger documents are refused.
const BYTES_MAX: u64 = 1 << 30;
/// How many lines a reader hands over at once.
const BATCH: usize = 256;
/// The stack of a reader: nested structures are walked by recursion of a bounded depth.
const STACK: usize = 64 << 20;

/// Where a piece of a line's text comes from: the character at byte `at` of the text stands at
/// character `source` of the source, and so on until the next piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Byte in the line's text.
    pub at: u32,
    /// Character in the document (in the page, for a document of pages).
    pub source: u64,
    /// What stood between this piece and the one before.
    pub after: Between,
}

/// What was taken out between two pieces of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// Nothing that matters.
    Nothing,
    /// A tag.
    Tag,
    /// The piece is a decoded character reference.
    Entity,
}

/// One line of a document: what a person reads from left to right without moving down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its text. A tab stands between the cells of a row.
    pub text: String,
    /// The page, 1-based; 0 in a document without pages.
    pub page: u32,
    /// The physical line, 1-based; on the page, for a document of pages.
    pub number: u64,
    /// Where its pieces come from; never empty.
    pub pieces: Vec<Piece>,
    /// A heading of this level; 0: it is not marked as one.
    pub heading: u8,
    /// What stands left of it in the same row, when that is a line of its own.
    pub beside: Box<str>,
    /// It goes on where the line before ended: a long line was cut.
    pub continues: bool,
    /// Not visible: an attribute of a tag.
    pub hidden: bool,
}

/// A part of a document that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Which document, by position.
    pub document: usize,
    /// The page; 0: not one page.
    pub page: u32,
    /// What and why, in words.
    pub why: Box<str>,
}

/// What one document was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSummary {
    /// Path as given; `-` for standard input.
    pub path: Box<str>,
    /// SHA-256 of its bytes.
    pub sha256: Box<str>,
    /// What it is.
    pub kind: Kind,
    /// How many pages; `None` where it has none.
    pub pages: Option<u32>,
    /// Their number.
    pub bytes: u64,
    /// Its title, where it has one.
    pub title: Box<str>,
}

/// Why a document could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It cannot be opened or read.
    #[error("cannot read `{path}`")]
    Io {
        /// The path.
        path: Box<str>,
        /// Why.
        source: io::Error,
    },
    /// It is of a kind that holds no readable text, or none that this build reads.
    #[error("cannot read `{path}`: {what}")]
    Unsupported {
        /// The path.
        path: Box<str>,
        /// What it is instead.
        what: Box<str>,
    },
    /// It is broken, encrypted, or built to exhaust whoever reads it.
    #[error("cannot read `{path}`: {why}")]
    Broken {
        /// The path.
        path: Box<str>,
        /// What is wrong.
        why: Box<str>,
    },
}

impl DocumentError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unsupported { what, .. } if what.contains("image") => {
                Some("read the image with a text recognition tool first and give its text")
            }
            Self::Unsupported { what, .. } if what.contains("workbook") => {
                Some("use `interdict screen` for tables")
            }
            Self::Broken { why, .. } if why.contains("password") => {
                Some("save it without a password and give that")
            }
            _ => None,
        }
    }
}

/// Limits of one document.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest that a reader may be silent.
    pub silence: Duration,
    /// The longest that it may take.
    pub total: Duration,
    /// The most bytes that may come out of one compressed part.
    pub inflated: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(60),
            total: Duration::from_secs(1200),
            inflated: 256 << 20,
        }
    }
}

/// What a reader hands over.
enum Event {
    Lines(Vec<Line>),
    Unread(u32, String),
    /// How many pages there are.
    Pages(u32),
    Title(String),
}

/// A reader's end of the queue.
struct Sink {
    lines: Vec<Line>,
    events: SyncSender<Event>,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
    limits: Limits,
}

/// Why a reader stopped.
#[derive(Debug)]
enum Stop {
    /// Nobody listens any more.
    Unwanted,
    /// The document cannot be read on.
    Broken(String),
}

impl Sink {
    fn line(&mut self, line: Line) -> Result<(), Stop> {
        if line.text.is_empty() && line.heading == 0 && line.beside.is_empty() && line.hidden {
            return Ok(());
        }
        self.lines.push(line);
        if self.lines.len() >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Stop> {
        let lines = std::mem::take(&mut self.lines);
        self.send(Event::Lines(lines))
    }

    fn unread(&mut self, page: u32, why: impl Into<String>) -> Result<(), Stop> {
        self.flush()?;
        self.send(Event::Unread(page, why.into()))
    }

    fn send(&mut self, event: Event) -> Result<(), Stop> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Stop::Unwanted);
        }
        self.events.send(event).map_err(|_| Stop::Unwanted)
    }

    /// Says how many bytes of the document are behind it.
    fn at(&self, byte: usize) {
        self.done.store(byte as u64, Ordering::Relaxed);
    }
}

/// Told how far a document is: bytes read, and of how many.
pub type Progress<'p> = dyn FnMut(u64, u64) + 'p;

/// Everything that documents held.
#[derive(Debug, Default)]
pub struct Extracted {
    /// The documents read, in order.
    pub documents: Vec<DocumentSummary>,
    /// The addresses in them, in order.
    pub addresses: Vec<Occurrence>,
    /// What was meant as an address and is none.
    pub damaged: Vec<Damaged>,
    /// What looks like an address and is something else, by kind.
    pub not_addresses: BTreeMap<&'static str, u64>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    listed_examples: BTreeSet<&'static str>,
}

impl Extracted {
    /// Nothing yet. Examples of specifications that are listed, says `is_listed`, are addresses
    /// like any other; the others are counted apart.
    pub fn new(is_listed: impl Fn(&Identity) -> bool) -> Self {
        Self {
            listed_examples: examples::listed(is_listed),
            ..Self::default()
        }
    }

    /// Which addresses, by position, are those of a document: they come document by document.
    pub fn addresses_of(&self, document: usize) -> Range<usize> {
        let from = self.addresses.partition_point(|a| a.document < document);
        let to = self.addresses.partition_point(|a| a.document <= document);
        from..to
    }

    /// Which damaged texts are those of a document.
    pub fn damaged_of(&self, document: usize) -> Range<usize> {
        let from = self.damaged.partition_point(|d| d.document < document);
        let to = self.damaged.partition_point(|d| d.document <= document);
        from..to
    }

    /// Reads one document and adds what it holds.
    pub fn document(
        &mut self,
        path: &str,
        bytes: Vec<u8>,
        limits: Limits,
        progress: &mut Progress<'_>,
    ) -> Result<(), DocumentError> {
        let (kind, bytes) = kind::open(path, bytes, limits)?;
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes.raw));
        let document = self.documents.len();
        let size = bytes.raw.len() as u64;
        let data = bytes.inner.unwrap_or(bytes.raw);
        let total = data.len() as u64;
        let mut summary = DocumentSummary {
            path: path.into(),
            sha256: sha256.into(),
            kind,
            pages: None,
            bytes: size,
            title: "".into(),
        };
        let mut extractor = Extractor::new(document, kind, self.listed_examples.clone());
        let mut unread = Vec::new();
        if total == 0 {
            unread.push(Unread {
                document,
                page: 0,
                why: "it is empty".into(),
            });
        }
        let result = run(path, kind, data, limits, |event, done| {
            match event {
                Event::Lines(lines) => lines.into_iter().for_each(|line| extractor.line(line)),
                Event::Unread(page, why) => unread.push(Unread {
                    document,
                    page,
                    why: why.into(),
                }),
                Event::Pages(pages) => summary.pages = Some(pages),
                Event::Title(title) => summary.title = title.into(),
            }
            progress(done.min(total), total);
        });
        if let Err(why) = result {
            // What was read before it broke is kept, and the rest is named.
            if extractor.is_empty() && unread.is_empty() {
                return Err(why);
            }
            unread.push(Unread {
                document,
                page: 0,
                why: format!("reading stopped: {}", words(&why)).into(),
            });
        }
        let parts = extractor.finish();
        self.addresses.extend(parts.addresses);
        self.damaged.extend(parts.damaged);
        for (kind, count) in parts.not_addresses {
            *self.not_addresses.entry(kind).or_default() += count;
        }
        self.unread.extend(unread);
        self.documents.push(summary);
        Ok(())
    }
}

fn words(error: &DocumentError) -> String {
    match error {
        DocumentError::Io { source, .. } => source.to_string(),
        DocumentError::Unsupported { what, .. } => what.to_string(),
        DocumentError::Broken { why, .. } => why.to_string(),
    }
}

/// Runs a reader on its own thread and passes on what it hands over.
fn run(
    path: &str,
    kind: Kind,
    bytes: Vec<u8>,
    limits: Limits,
    mut on: impl FnMut(Event, u64),
) -> Result<(), DocumentError> {
    let (events, received) = sync_channel(8);
    let (stop, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let mut sink = Sink {
        lines: Vec::new(),
        events,
        stop: stop.clone(),
        done: done.clone(),
        limits,
    };
    let broken = |why: &str| DocumentError::Broken {
        path: path.into(),
        why: why.into(),
    };
    let thread = std::thread::Builder::new()
        .name(THREAD.into())
        .stack_size(STACK)
        .spawn(move || {
            let result = kind.read(bytes, &mut sink);
            match result {
                Ok(()) => sink.flush(),
                Err(stop) => {
                    let _ = sink.flush();
                    Err(stop)
                }
            }
        })
        .map_err(|source| DocumentError::Io {
            path: path.into(),
            source,
        })?;
    let begun = Instant::now();
    loop {
        match received.recv_timeout(limits.silence) {
            Ok(event) => on(event, done.load(Ordering::Relaxed)),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                // The thread cannot be ended from outside; it ends with the process, and before
                // that as soon as it has something to say.
                stop.store(true, Ordering::Relaxed);
                let seconds = limits.silence.as_secs();
                return Err(broken(&format!(
                    "gave up after {seconds} seconds on one part"
                )));
            }
        }
        if begun.elapsed() > limits.total {
            stop.store(true, Ordering::Relaxed);
            let seconds = limits.total.as_secs();
            return Err(broken(&format!("gave up after {seconds} seconds")));
        }
    }
    match thread.join() {
        Ok(Ok(()) | Err(Stop::Unwanted)) => Ok(()),
        Ok(Err(Stop::Broken(why))) => Err(broken(&why)),
        Err(_) => Err(broken(
            "the parser failed on it: it is damaged in an unusual way",
        )),
    }
}

/// The name of the threads on which readers run: a panic there is an answer about the document and
/// is reported as one.
pub const THREAD: &str = "document";

/// The bytes of a document, bounded.
pub fn read_bytes(path: &str, reader: impl Read) -> Result<Vec<u8>, DocumentError> {
    let mut bytes = Vec::new();
    let read = reader.take(BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|source| DocumentError::Io {
        path: path.into(),
        source,
    })?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(DocumentError::Unsupported {
            path: path.into(),
            what: format!("it is larger than {BYTES_MAX} bytes; split it").into(),
        });
    }
    Ok(bytes)
}
