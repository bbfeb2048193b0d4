//! One run over any number of inputs: each is opened, told by its first bytes, read by its reader,
//! judged, and added to the report.
//!
//! It does not know how a format is read.

mod close;

#[cfg(feature = "frames")]
use super::columnar;
use super::columns::{self, Mapping};
use super::encoding::{self, Decoded, Sniffed};
use super::hops::{Edges, PAIRS_MAX};
use super::open::{self, Content, Meter, Opened, Opening};
use super::paths::{self, Passed};
use super::workers::InOrder;
use super::{
    InputError, InputOptions, Progress, Source, json, margin, nested, profile, sheet, table, text,
};
use crate::finding::{Code, Finding, Place};
use crate::screen::{
    Counting, Coverage, Hit, InputSummary, Layout, Match, Near, NotScreened, Possible, Scan,
    Screener, ScreeningReport, Unique,
};
use crate::unpack::{Fingerprint, Packing};
use encoding_rs::{Encoding, UTF_8};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};

/// How much is read before an input's shape is judged.
pub(super) const HEAD: u64 = 1 << 18;
/// The largest workbook that is read from a stream or an archive, where it must be held in memory.
const WORKBOOK_MAX: u64 = 1 << 30;

/// What the rows are called that come from beside a workbook's cells.
const BESIDE: &str = "comments and links";

/// What a reader found in an input.
pub(super) struct Reading {
    pub(super) tally: Tally,
    pub(super) mapping: Mapping,
    pub(super) delimiter: Box<str>,
    /// Physical line of the header; 0: none.
    pub(super) header_line: u64,
    /// Names of places in nested data, by offset of the hit.
    pub(super) exact: HashMap<u64, Box<str>>,
    /// An error that ended the reading early.
    pub(super) failed: Option<String>,
}

/// What is left of a scan once its coverage is taken.
pub(super) struct Tally {
    hits: Vec<Hit>,
    near: Vec<Near>,
    kept: Vec<(usize, String)>,
    rows: u64,
    /// Where its columns start in the coverage.
    columns: usize,
}

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
    pub(super) edges: Option<Edges<'s, 'l>>,
    /// Of each input the record that was to be kept.
    kept: Vec<Vec<(usize, String)>>,
    /// Whether the input being read comes from a stream: its name is that of no file.
    streamed: bool,
}

/// The file that an input comes from.
#[derive(Clone)]
struct Whole {
    fingerprint: Fingerprint,
    packing: Packing,
    /// Whose rows these are: files of one archive and sheets of one workbook share its hash.
    whose: String,
    failed: Option<String>,
}

impl Whole {
    fn of(bytes: Content, meter: &Meter) -> Self {
        let packing = bytes.packing();
        let member = bytes.member().map(str::to_owned);
        let (fingerprint, failed) = match bytes.finish() {
            Ok(fingerprint) => (fingerprint, None),
            Err(error) => {
                let (sha256, bytes) = ("".into(), meter.bytes());
                (Fingerprint { sha256, bytes }, Some(error.to_string()))
            }
        };
        let whole = Self {
            whose: fingerprint.sha256.to_string(),
            fingerprint,
            packing,
            failed,
        };
        match member {
            Some(member) => whole.member(&member),
            None => whole,
        }
    }

    fn member(&self, name: &str) -> Self {
        let whose = format!("{}:{name}", self.whose);
        Self {
            whose,
            ..self.clone()
        }
    }

    fn summary(&self, path: &str) -> InputSummary {
        InputSummary {
            path: path.into(),
            sha256: self.fingerprint.sha256.clone(),
            bytes: self.fingerprint.bytes,
            compression: match self.packing {
                Packing::Plain => "".into(),
                packing => packing.id().into(),
            },
            ..InputSummary::default()
        }
    }
}

/// Bytes that can be read from anywhere.
trait Bytes: Read + Seek {}
impl<T: Read + Seek> Bytes for T {}

/// Whether an input names any counterparty by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counterparties {
    Some,
    None,
    NoRow,
}

impl<'s, 'l> Run<'s, 'l> {
    /// An empty run.
    pub fn new(screener: &'s Screener<'l>, options: InputOptions) -> Self {
        let hops = options.hops;
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
            edges: (hops > 0).then(|| Edges::new(screener, hops)),
            kept: Vec::new(),
            streamed: false,
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
        self.streamed = matches!(source, Source::Stream(..));
        let (path, opening) = match source {
            Source::Stream(path, reader) => (path, open::stream(reader, path)),
            Source::File(path) => (path, open::file(path, self.options.hash)),
        };
        let archive = match opening? {
            Opening::One(opened) => {
                self.furniture(path, opened.bytes.passed_over());
                return self.opened(path, opened, progress);
            }
            Opening::Several(archive) => archive,
        };
        for (nth, member) in archive.members.iter().enumerate() {
            let name = format!("{path}:{member}");
            let done = archive.open(member).and_then(|opened| {
                if nth == 0 {
                    self.furniture(path, opened.bytes.passed_over());
                }
                self.opened(&name, opened, progress)
            });
            if let Err(error) = done {
                self.failed(&name, &error);
            }
        }
        Ok(())
    }

    /// Names what a system keeps in an archive about its files.
    fn furniture(&mut self, archive: &str, members: &[Box<str>]) {
        for member in members {
            self.passed(&Passed {
                path: format!("{archive}:{member}"),
                why: paths::FURNITURE,
                counts: false,
            });
        }
    }

    /// Counts and names what was given with the inputs and is not read.
    pub fn passed(&mut self, passed: &Passed) {
        let place = Place::whole(&*passed.path);
        self.findings
            .push(Finding::new(Code::InputPassedOver, place, passed.why));
        if passed.counts {
            not_screened(&mut self.coverage, "passed-over", &passed.path);
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

    /// The record that was to be kept ([`crate::screen::ScanOptions::keep`]) of the input called
    /// `path`: column, heading and text of each cell.
    pub fn kept(&self, path: &str) -> Vec<(usize, String, String)> {
        let Some(at) = self.inputs.iter().position(|i| *i.path == *path) else {
            return Vec::new();
        };
        let columns = &self.mappings[at].layout.columns;
        let heading = |n: usize| columns.get(n).map_or(String::new(), |c| c.name.to_string());
        let cells = self.kept.get(at).into_iter().flatten();
        cells
            .map(|(n, text)| (*n, heading(*n), text.clone()))
            .collect()
    }

    /// How the inputs' columns were understood, in order.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// Each table's name and how its columns were understood.
    pub(super) fn into_mappings(self) -> Vec<(Box<str>, Mapping)> {
        let names = self.inputs.into_iter().map(|i| i.path);
        names.zip(self.mappings).collect()
    }

    /// The position of the input that is being read: what its dealings are kept under.
    pub(super) fn position(&self) -> usize {
        self.inputs.len()
    }

    /// The report of everything read.
    pub fn finish(mut self) -> ScreeningReport<'l> {
        (self.coverage.unique, self.coverage.unique_exact) = self.unique.count();
        if self.coverage.unique > self.coverage.recognised {
            // Some were counted as something else later on.
            self.coverage.unique = self.coverage.recognised;
            self.coverage.unique_exact = false;
        }
        self.coverage.validated = self.options.scan.validate;
        let hops = self.edges.take().map(|edges| edges.hops());
        if let Some(hops) = hops.as_ref().filter(|h| h.dropped > 0) {
            let detail = format!(
                "{} dealings beyond {PAIRS_MAX} different pairs, or in rows of crowds, were not followed; \
                 those with a listed address all were",
                hops.dropped
            );
            self.findings
                .push(Finding::new(Code::HopsCut, Place::whole("--hops"), detail));
        }
        ScreeningReport {
            as_of: self.options.as_of,
            inputs: self.inputs,
            lists: self.screener.lists(),
            coverage: self.coverage,
            matches: self.matches,
            possible: self.possible,
            findings: self.findings,
            hops,
            counting: Counting::default(),
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
        if let (Err(source), true) = (first, head.is_empty()) {
            return Err(InputError::Open {
                path: path.into(),
                source,
            });
        }
        if sheet::is_workbook(&head) {
            return self.workbook(path, head, bytes, &meter, &mut || {
                progress(meter.bytes(), total)
            });
        }
        #[cfg(feature = "frames")]
        if head.starts_with(b"PAR1") {
            return self.parquet(path, head, bytes, &meter, &mut || {
                progress(meter.bytes(), total)
            });
        }
        let encoding = match encoding::sniff(&head, (head.len() as u64) < HEAD) {
            Sniffed::Binary(what) => {
                return Err(InputError::Binary {
                    path: path.into(),
                    what: what.into(),
                });
            }
            Sniffed::Text(encoding) => encoding,
        };
        let json = is_json(&head, encoding);
        // Who deals with whom is kept in the order of the rows, and the record that is to be shown is
        // found by its number.
        let in_turn = self.edges.is_some() || self.options.scan.keep.is_some();
        let lines = json && encoding == UTF_8 && !in_turn && json::is_lines(&head);
        // Text that is read as it lies is hashed block by block, beside the scanning.
        let mut hash = InOrder::default();
        if encoding == UTF_8 && (!json || lines) && !self.options.map_only {
            hash = InOrder::new(&mut bytes, head.len() as u64);
        }
        let decoded = Decoded::new(head.as_slice().chain(&mut bytes), encoding);
        let mut tick = || progress(meter.bytes(), total);
        let reading = if json {
            nested::screen(self, path, decoded, lines, &hash, &mut tick)
        } else {
            text::screen(self, path, decoded, &hash, &mut tick)
        };
        bytes.give_hash(hash.finish());
        let whole = Whole::of(bytes, &meter);
        if self.close(path, reading, &whole, encoding.name()) == Counterparties::None {
            self.without(path, self.mappings.len() - 1);
        }
        Ok(())
    }

    /// Reads every sheet of a workbook.
    fn workbook(
        &mut self,
        path: &str,
        head: Vec<u8>,
        mut bytes: Content,
        meter: &Meter,
        tick: &mut dyn FnMut(),
    ) -> Result<(), InputError> {
        let file = (!self.streamed && bytes.packing() == Packing::Plain)
            .then(|| File::open(path).ok())
            .flatten();
        let mut all = head;
        if file.is_none() {
            let read = (&mut bytes).take(WORKBOOK_MAX).read_to_end(&mut all);
            read.map_err(|source| InputError::Open {
                path: path.into(),
                source,
            })?;
        }
        let whole = Whole::of(bytes, meter);
        let failed = |what: String| InputError::Damaged {
            path: path.into(),
            what: what.into(),
        };
        let mut bytes: Box<dyn Bytes> = match file {
            Some(file) => Box::new(BufReader::new(file)),
            None => Box::new(Cursor::new(all)),
        };
        match margin::verify(&mut bytes) {
            Ok(()) => {}
            Err(margin::Fault::Damaged(why)) => self.failed(path, &failed(why)),
            Err(margin::Fault::Swells(why)) => return Err(failed(why)),
        }
        let (asides, unread) = margin::read(&mut bytes);
        bytes
            .seek(SeekFrom::Start(0))
            .map_err(|e| failed(e.to_string()))?;
        let mut book = sheet::open(bytes).map_err(failed)?;
        let before = self.mappings.len();
        let mut any = false;
        let sheets = book.sheets();
        for (name, hidden) in &sheets {
            let of = match sheets.len() {
                1 => path.to_owned(),
                _ => format!("{path}:{name}"),
            };
            if *hidden {
                let detail = "the sheet is hidden";
                self.findings
                    .push(Finding::new(Code::InputHidden, Place::whole(&*of), detail));
            }
            match book.screen(self, &of, name, tick) {
                Ok(Some(reading)) => {
                    let whole = whole.member(name);
                    any |= self.close(&of, reading, &whole, "") != Counterparties::None;
                }
                Ok(None) => {}
                Err(error) => self.failed(&of, &failed(error)),
            }
        }
        if let Some(why) = unread {
            self.failed(&format!("{path}:{BESIDE}"), &failed(why));
        }
        if !asides.is_empty() {
            let of = format!("{path}:{BESIDE}");
            let headings = ["Part", "Text"].map(str::to_owned);
            let mut rows = (1..).zip(&asides);
            let mut next = |row: &mut table::Row| {
                let Some((line, (part, text))) = rows.next() else {
                    return Ok(false);
                };
                row.clear(line);
                row.set(0, part.as_bytes());
                row.set(1, text.as_bytes());
                Ok(true)
            };
            if let Some(reading) = table::screen(self, &of, Some(&headings), &mut next, tick) {
                let whole = whole.member(BESIDE);
                any |= self.close(&of, reading, &whole, "") != Counterparties::None;
            }
        }
        if self.mappings.len() == before {
            let place = Place::whole(path);
            self.findings.push(Finding::new(
                Code::InputEmpty,
                place,
                "no sheet holds a row",
            ));
            not_screened(&mut self.coverage, "empty-input", path);
            self.inputs.push(whole.summary(path));
            self.mappings.push(Mapping::default());
            self.kept.push(Vec::new());
        } else if !any {
            // One sheet with addresses is enough; the others may be totals and explanations.
            self.without(path, before);
        }
        Ok(())
    }

    /// Reads a Parquet file.
    #[cfg(feature = "frames")]
    fn parquet(
        &mut self,
        path: &str,
        mut head: Vec<u8>,
        mut bytes: Content,
        meter: &Meter,
        tick: &mut dyn FnMut(),
    ) -> Result<(), InputError> {
        let file = (!self.streamed && bytes.packing() == Packing::Plain)
            .then(|| File::open(path).ok())
            .flatten();
        let failed = |what: String| InputError::Damaged {
            path: path.into(),
            what: what.into(),
        };
        let (reading, whole) = match file {
            // It is read twice: as it lies, for its hash, and where polars wants to look.
            Some(mut file) => std::thread::scope(|scope| {
                let whole = scope.spawn(|| Whole::of(bytes, meter));
                let reading = columnar::screen(self, path, &mut file, tick);
                (reading, whole.join().expect("reading a file never panics"))
            }),
            None => {
                let read = (&mut bytes).take(WORKBOOK_MAX).read_to_end(&mut head);
                read.map_err(|e| failed(e.to_string()))?;
                let whole = Whole::of(bytes, meter);
                (
                    columnar::screen(self, path, &mut Cursor::new(head), tick),
                    whole,
                )
            }
        };
        let reading = reading.map_err(failed)?;
        if self.close(path, reading, &whole, "") == Counterparties::None {
            self.without(path, self.mappings.len() - 1);
        }
        Ok(())
    }

    /// Maps the columns of a table from its headings and a sample of its rows.
    pub(super) fn map(&self, headings: &[String], rows: &[Vec<Vec<u8>>]) -> Mapping {
        let mut mapping = columns::map(headings, rows);
        let profile = match &self.options.profile {
            Some(profile) => Some(profile),
            None => profile::detect(headings),
        };
        if let Some(profile) = profile {
            profile.apply(&mut mapping, headings, rows);
        }
        for (heading, role) in &self.options.columns {
            mapping.assign(heading, *role, "as told", headings, rows);
        }
        mapping.read_amounts(headings, rows);
        mapping
    }

    /// An empty tally of an input with this layout.
    pub(super) fn scan<'a>(&self, path: &str, layout: &'a Layout) -> Scan<'a, 'l>
    where
        's: 'a,
    {
        Scan::new(self.screener, self.options.scan, path, layout)
    }

    /// Takes a finished scan's coverage, and keeps what is still to be judged.
    pub(super) fn tally(&mut self, mut scan: Scan<'_, 'l>) -> Tally {
        let columns = self.coverage.columns.len();
        scan.keep_near();
        let (mut hits, near) = (
            std::mem::take(&mut scan.hits),
            std::mem::take(&mut scan.near),
        );
        // As when the tallies of several workers are merged.
        hits.sort_by_key(|h| h.at);
        let kept = std::mem::take(&mut scan.kept);
        let rows = scan.rows();
        let findings = scan.finish(self.inputs.len(), &mut self.coverage, &mut self.unique);
        self.findings.extend(findings);
        Tally {
            hits,
            near,
            kept,
            rows,
            columns,
        }
    }

    pub(super) fn options(&self) -> &InputOptions {
        &self.options
    }
}

/// Whether `head` is JSON.
pub(super) fn is_json(head: &[u8], encoding: &'static Encoding) -> bool {
    if encoding == UTF_8 {
        return json::is_json(head);
    }
    let (text, _) = encoding.decode_without_bom_handling(head);
    json::is_json(head) || json::is_json(text.as_bytes())
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
