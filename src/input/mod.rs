//! Transaction exports: files and streams in, screened rows out.
//!
//! [`Run`] takes inputs one after another and makes one report of them. Whatever cannot be read is
//! counted and named in it. The module does not know lists, stores or how a report is printed.

mod columns;
mod dialect;
mod encoding;
mod kind;
mod open;
mod split;
mod text;
mod time;

pub use columns::{Explained, Mapping};
pub use open::InputError;
pub use time::{Order, TimeReader};

use crate::finding::{Code, Finding, Place};
use crate::screen::{
    Coverage, Hit, InputSummary, Judge, Match, NotScreened, Possible, Record, Role, RowTime, Scan,
    ScanOptions, Screener, ScreeningReport, Unique, judge, judge_near,
};
use crate::unpack::{Fingerprint, Packing, UnpackError};
use dialect::{Given, Shape};
use encoding::{Decoded, Sniffed};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use open::Opened;
use std::io::Read;
use std::sync::Mutex;
use std::sync::mpsc;
use text::{Block, Blocks};

/// How much is read before an input's shape is judged.
const HEAD: u64 = 1 << 18;

/// How inputs are read and judged.
#[derive(Clone, Debug)]
pub struct InputOptions {
    /// The moment answered for.
    pub as_of: Timestamp,
    /// What to look for.
    pub scan: ScanOptions,
    /// Threads that scan; 0 and 1 mean the calling one only.
    pub threads: usize,
    /// The cell delimiter, when it is known better.
    pub delimiter: Option<u8>,
    /// Whether there is a header, when it is known better.
    pub header: Option<bool>,
}

impl InputOptions {
    /// The defaults, for the moment `as_of`.
    pub fn new(as_of: Timestamp) -> Self {
        Self {
            as_of,
            scan: ScanOptions::default(),
            threads: 1,
            delimiter: None,
            header: None,
        }
    }
}

/// What to read.
pub enum Source<'r> {
    /// The file at this path.
    File(&'r str),
    /// A stream and the name it goes by, `-` for standard input.
    Stream(&'r str, Box<dyn Read + Send>),
}

/// Told how far an input is: raw bytes read, and of how many, when that is known.
pub type Progress<'p> = dyn FnMut(u64, Option<u64>) + 'p;

/// One screening run over any number of inputs.
pub struct Run<'s, 'l> {
    screener: &'s Screener<'l>,
    options: InputOptions,
    inputs: Vec<InputSummary>,
    mappings: Vec<Mapping>,
    coverage: Coverage,
    unique: Unique,
    matches: Vec<Match<'l>>,
    possible: Vec<Possible<'l>>,
    findings: Vec<Finding>,
}

impl<'s, 'l> Run<'s, 'l> {
    /// An empty run.
    pub fn new(screener: &'s Screener<'l>, options: InputOptions) -> Self {
        Self {
            screener,
            options,
            inputs: Vec::new(),
            mappings: Vec::new(),
            coverage: Coverage::default(),
            unique: Unique::default(),
            matches: Vec::new(),
            possible: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Reads and screens one input.
    ///
    /// # Errors
    ///
    /// When nothing of it can be read. What was read before an error in its midst is kept, and the
    /// rest is reported as not screened.
    pub fn input(
        &mut self,
        source: Source<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<(), InputError> {
        let (path, opened) = match source {
            Source::Stream(path, reader) => (path, open::stream(reader, path)),
            Source::File(path) => (path, open::file(path, None)),
        };
        match opened {
            Ok(opened) => self.opened(path, opened, progress),
            Err(InputError::Unpack {
                source: UnpackError::SeveralMembers(members),
                ..
            }) => {
                for member in members {
                    let name = format!("{path}:{member}");
                    let opened = open::file(path, Some(&member));
                    let done = opened.and_then(|o| self.opened(&name, o, progress));
                    if let Err(error) = done {
                        self.failed(&name, &error);
                    }
                }
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Counts an input that could not be read, for a run that goes on without it.
    pub fn failed(&mut self, path: &str, error: &InputError) {
        let code = match error {
            InputError::Binary { .. } => Code::InputBinary,
            _ => Code::InputUnreadable,
        };
        let mut detail = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            detail.push_str(": ");
            detail.push_str(&cause.to_string());
            source = cause.source();
        }
        self.findings
            .push(Finding::new(code, Place::whole(path), detail));
        not_screened(&mut self.coverage, "unreadable-input", path);
    }

    /// How the inputs' columns were understood, in order.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// The report of everything read.
    pub fn finish(mut self) -> ScreeningReport<'l> {
        (self.coverage.unique, self.coverage.unique_exact) = self.unique.count();
        self.coverage.validated = self.options.scan.validate;
        ScreeningReport {
            as_of: self.options.as_of,
            inputs: self.inputs,
            lists: self.screener.lists(),
            coverage: self.coverage,
            matches: self.matches,
            possible: self.possible,
            findings: self.findings,
        }
    }

    fn opened(
        &mut self,
        path: &str,
        opened: Opened,
        progress: &mut Progress<'_>,
    ) -> Result<(), InputError> {
        let Opened {
            mut bytes,
            meter,
            total,
        } = opened;
        let mut head = Vec::new();
        let first = (&mut bytes).take(HEAD).read_to_end(&mut head);
        let encoding = match (encoding::sniff(&head, (head.len() as u64) < HEAD), first) {
            (_, Err(source)) if head.is_empty() => {
                return Err(InputError::Open {
                    path: path.into(),
                    source,
                });
            }
            (Sniffed::Binary(what), _) => {
                return Err(InputError::Binary {
                    path: path.into(),
                    what: what.into(),
                });
            }
            (Sniffed::Text(encoding), _) => encoding,
        };
        let chained = head.as_slice().chain(&mut bytes);
        let mut blocks = Blocks::new(Decoded::new(chained, encoding));
        let given = Given {
            delimiter: self.options.delimiter,
            header: self.options.header,
        };
        let (sample, last) = blocks.peek();
        let shape = dialect::detect(sample, last, given);
        let mut scan = Scan::new(
            self.screener,
            self.options.scan,
            path,
            &shape.mapping.layout,
        );
        preamble(sample, &shape, &mut scan);
        blocks.skip(shape.data, &shape.dialect);
        if shape.width > 0 && shape.usual != shape.width && shape.usual > 1 {
            let detail = format!(
                "the header has {} cells, most rows have {}",
                shape.width, shape.usual
            );
            scan.note(Code::RowRagged, 0, shape.header_line, detail);
        }
        if self.options.threads > 1 {
            parallel(&mut blocks, &shape, &mut scan, self.options.threads, || {
                progress(meter.bytes(), total);
            });
        } else {
            while let Some(block) = blocks.next(&shape.dialect) {
                text::scan(&block, &shape, &mut scan);
                progress(meter.bytes(), total);
            }
        }
        let mut failed = blocks.failed.take().map(|e| e.to_string());
        let packing = bytes.packing();
        let member = bytes.member().map(str::to_owned);
        let fingerprint = bytes.finish().unwrap_or_else(|error| {
            failed.get_or_insert(error.to_string());
            Fingerprint {
                sha256: "".into(),
                bytes: meter.bytes(),
            }
        });
        // Files in one archive share its hash.
        let whose = match member {
            Some(member) => format!("{}:{member}", fingerprint.sha256),
            None => fingerprint.sha256.to_string(),
        };
        let summary = InputSummary {
            path: path.into(),
            sha256: fingerprint.sha256,
            bytes: fingerprint.bytes,
            rows: scan.rows(),
            profile: "".into(),
            encoding: encoding.name().into(),
            delimiter: match shape.dialect.delimiter {
                0 => "".into(),
                delimiter => char::from(delimiter).to_string().into(),
            },
            header_line: shape.header_line,
            compression: match packing {
                Packing::Plain => "".into(),
                packing => packing.id().into(),
            },
        };
        self.close(scan, summary, shape.mapping.clone(), &whose, failed);
        Ok(())
    }

    /// Judges what a scan found and adds it to the run.
    fn close(
        &mut self,
        mut scan: Scan<'_, 'l>,
        summary: InputSummary,
        mapping: Mapping,
        whose: &str,
        failed: Option<String>,
    ) {
        let input = self.inputs.len();
        let (hits, near) = (
            std::mem::take(&mut scan.hits),
            std::mem::take(&mut scan.near),
        );
        let first = self.coverage.columns.len();
        self.findings
            .extend(scan.finish(input, &mut self.coverage, &mut self.unique));
        let whole = || Place::whole(summary.path.clone());
        if let Some(error) = failed {
            let detail = format!("reading stopped after row {}: {error}", summary.rows);
            self.findings
                .push(Finding::new(Code::InputUnreadable, whole(), detail));
            not_screened(&mut self.coverage, "unread-rest", &summary.path);
        }
        if summary.rows == 0 {
            let detail = match summary.bytes {
                0 => "the file is empty",
                _ if summary.header_line > 0 => "there is a header and no row",
                _ => "there is no row",
            };
            self.findings
                .push(Finding::new(Code::InputEmpty, whole(), detail));
            not_screened(&mut self.coverage, "empty-input", &summary.path);
        } else {
            let with: Vec<Role> = self.coverage.columns[first..]
                .iter()
                .filter(|c| c.recognised > 0)
                .map(|c| c.column.role)
                .collect();
            let party = |role: &Role| !matches!(role, Role::Own | Role::Contract | Role::Txid);
            if !with.iter().any(party) {
                let what = match with.iter().find(|r| **r != Role::Txid) {
                    None => "no cell holds an address",
                    Some(Role::Own) => "only the owner's own addresses are in it",
                    Some(_) => "only contract addresses are in it",
                };
                let detail = format!("{what}; {}", mapping.holds_instead());
                self.findings
                    .push(Finding::new(Code::NoAddressColumn, whole(), detail));
                not_screened(&mut self.coverage, "no-address", &summary.path);
            }
        }
        let as_of: Date = self.options.as_of.to_zoned(TimeZone::UTC).date();
        let judging = Judge {
            lists: self.screener.lists(),
            input,
            input_sha256: whose,
            columns: &mapping.layout.columns,
            as_of,
        };
        let mut clock = Clock {
            mapping: &mapping,
            of: &summary.path,
            findings: Vec::new(),
            unreadable: 0,
            ambiguous: 0,
        };
        for hit in &hits {
            let time = clock.time(hit);
            self.matches.extend(judge(judging, hit, time.as_ref()));
        }
        for near in &near {
            let time = clock.time(&near.hit);
            self.possible
                .extend(judge_near(judging, near, time.as_ref()));
        }
        let findings = clock.findings;
        self.findings.extend(findings);
        self.inputs.push(summary);
        self.mappings.push(mapping);
    }
}

/// Reads rows' times and notes what is odd about them.
struct Clock<'m> {
    mapping: &'m Mapping,
    of: &'m str,
    findings: Vec<Finding>,
    unreadable: u64,
    ambiguous: u64,
}

impl Clock<'_> {
    fn time(&mut self, hit: &Hit) -> Option<RowTime> {
        let text = &hit.context.time;
        if text.is_empty() {
            return None;
        }
        let read = self.mapping.time.read(text);
        let (code, count, detail) = match &read {
            None => (
                Code::TimeUnreadable,
                &mut self.unreadable,
                format!("`{text}` is no time that can be read"),
            ),
            Some(_) if self.mapping.time.ambiguous(text) => (
                Code::TimeAmbiguous,
                &mut self.ambiguous,
                format!("`{text}` can be read as day/month and as month/day"),
            ),
            Some(_) => return read,
        };
        *count += 1;
        if *count <= 20 {
            let place = Place::Line {
                of: self.of.into(),
                line: hit.at.line,
            };
            self.findings.push(Finding::new(code, place, detail));
        }
        read
    }
}

/// Looks at what stands before the first row: titles, notes, the header itself.
fn preamble(sample: &[u8], shape: &Shape, scan: &mut Scan<'_, '_>) {
    let mut line = 1;
    let mut counted = 0;
    split::records(&sample[..shape.data], 0, &shape.dialect, |split| {
        line += split::lines(&sample[counted..split.start], &shape.dialect);
        counted = split.start;
        scan.aside(&Record {
            row: 0,
            line,
            cells: split.cells,
        });
    });
}

/// Scans blocks with `threads` workers; the result does not depend on their number.
fn parallel<R: Read>(
    blocks: &mut Blocks<R>,
    shape: &Shape,
    scan: &mut Scan<'_, '_>,
    threads: usize,
    mut progress: impl FnMut(),
) {
    let empty = scan.fresh();
    let (send, receive) = mpsc::sync_channel::<Block>(threads * 2);
    let receive = Mutex::new(receive);
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let mut part = empty.clone();
                let receive = &receive;
                scope.spawn(move || {
                    loop {
                        let next = receive.lock().map(|r| r.recv());
                        let Ok(Ok(block)) = next else {
                            return part;
                        };
                        text::scan(&block, shape, &mut part);
                    }
                })
            })
            .collect();
        while let Some(block) = blocks.next(&shape.dialect) {
            if send.send(block).is_err() {
                break;
            }
            progress();
        }
        drop(send);
        workers
            .into_iter()
            .map(|w| w.join().expect("a scan never panics"))
            .collect::<Vec<_>>()
    });
    for part in parts {
        scan.merge(part);
    }
}

fn not_screened(coverage: &mut Coverage, reason: &'static str, example: &str) {
    let list = &mut coverage.not_screened;
    match list.iter_mut().find(|n| n.reason == reason) {
        Some(n) => {
            n.count += 1;
            if n.examples.len() < 3 {
                n.examples.push(example.into());
            }
        }
        None => {
            list.push(NotScreened {
                reason,
                count: 1,
                examples: vec![example.into()],
            });
            list.sort_by_key(|n| n.reason);
        }
    }
}
