//! The only wiring: lists from store and bundle, inputs to the screener, results to a report.
//!
//! It reads the clock once, and neither prints nor exits.

pub mod bundle;
pub mod documents;
pub mod explain;
pub mod lists;
mod originals;
pub mod replay;
pub mod selftest;

use crate::address::relation::Pair;
use crate::address::{self, Address, AddressError, Basis, Reason, forms, network};
use crate::error::{AppError, Exit};
use crate::finding::{Code, Finding, Place, Severity};
use crate::input::{self, InputError, InputOptions, Profile, Run, Trace};
use crate::list::{List, ListSet, Snapshot, Source};
use crate::report::annotate::Annotation;
use crate::report::answers::ListStatus;
use crate::screen::{
    Column, Coverage, Judge, Layout, Match, NotScreened, Possible, Record, Role, RowTime, Scan,
    ScanOptions, Screener, ScreeningReport, Unique, Verdict, judge, judge_near, list_age_days,
};
use crate::source;
use crate::store::{self, Store};
use crate::unpack::{self, UnpackError};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;
use std::io::{self, Read, Write};
use std::mem;
use std::path::{Path, PathBuf};

/// Which lists, for which moment, how strictly.
#[derive(Clone, Debug)]
pub struct ListOptions {
    /// Ids or paths; empty: every installed list, and the bundled ones.
    pub lists: Vec<String>,
    /// Where the store lies.
    pub home: Option<PathBuf>,
    /// The moment answered for.
    pub as_of: Timestamp,
    /// Refuse older lists; `None`: by each source's own limit.
    pub max_age: Option<SignedDuration>,
    /// Use stale lists all the same; the finding stays.
    pub allow_stale: bool,
    /// So many threads may read a list.
    pub threads: usize,
}

/// Lists ready to be used.
#[derive(Debug)]
pub struct Lists {
    /// The lists.
    pub set: ListSet,
    /// What is odd about them as a whole: stale, bundled.
    pub findings: Vec<Finding>,
    /// Whether one of them is too old and that was not allowed.
    pub refused: bool,
    /// Records of them that could not be read, so that nothing was screened against them; by list.
    pub unread: Vec<NotScreened>,
}

/// The reason for which a record of a list is among what was not screened.
pub const LIST_UNREAD: &str = "unreadable-list-record";

/// Loads the wanted lists.
pub fn load_lists(options: &ListOptions) -> Result<Lists, AppError> {
    let store = Store::open(store::home(options.home.as_deref())?);
    let mut lists = Vec::new();
    if options.lists.is_empty() {
        for id in store.ids()? {
            lists.push(store.load(&id)?);
        }
        let installed: Vec<_> = lists.iter().map(|l: &List| l.source.id.clone()).collect();
        lists.extend(
            source::bundled_lists()
                .into_iter()
                .filter(|l| !installed.contains(&l.source.id)),
        );
    }
    let mut seen = HashSet::new();
    for wanted in options.lists.iter().filter(|wanted| seen.insert(*wanted)) {
        lists.push(load_list(&store, wanted, options.threads)?);
    }
    join_histories(&mut lists);
    let mut findings = Vec::new();
    let mut refused = false;
    for list in &lists {
        let id = &list.source.id;
        let age = list_age_days(list, options.as_of);
        if let Some((days, limit)) = is_stale(list, options) {
            refused |= !options.allow_stale;
            findings.push(Finding::new(
                Code::ListStale,
                Place::whole(id.clone()),
                format!("{days} days old, the limit is {limit} hours"),
            ));
        } else if list.snapshot.bundled {
            let day = list
                .snapshot
                .published_on
                .map_or("unknown".into(), |d| d.to_string());
            findings.push(Finding::new(
                Code::ListBundledAge,
                Place::whole(id.clone()),
                match age {
                    Some(days) if days >= 0 => format!(
                        "compiled into this build, facts as of {day}, {days} days before the day answered for"
                    ),
                    _ => format!("compiled into this build, facts as of {day}"),
                },
            ));
        }
        findings.extend(in_short(list));
    }
    let unread = unread(&lists);
    Ok(Lists {
        set: ListSet::new(lists).with_threads(options.threads),
        findings,
        refused,
        unread,
    })
}

/// What is odd about a list, for whoever uses it: what speaks of the whole as it is, what speaks of
/// records counted, with the first of them. All of them are told by `lists lint`.
fn in_short(list: &List) -> Vec<Finding> {
    const FIRST: usize = 3;
    let whole = |f: &&Finding| {
        matches!(
            f.code,
            Code::ListLeftOut
                | Code::ListFrozen
                | Code::HistoryIncomplete
                | Code::ListMentionsMissed
        )
    };
    let mut short: Vec<Finding> = list.findings.iter().filter(whole).cloned().collect();
    let mut records: BTreeMap<Code, Vec<&Finding>> = BTreeMap::new();
    for finding in list.findings.iter().filter(|f| !whole(f)) {
        if finding.code.severity() >= Severity::Warning {
            records.entry(finding.code).or_default().push(finding);
        }
    }
    for (code, mut of_code) in records {
        of_code.sort_by_key(|f| in_document(f));
        if let [only] = &of_code[..] {
            short.push((*only).clone());
            continue;
        }
        let first: Vec<String> = of_code
            .iter()
            .take(FIRST)
            .map(|f| match &f.place {
                Place::Record { id, .. } => format!("{id}: {}", f.detail),
                _ => f.detail.to_string(),
            })
            .collect();
        let more = if of_code.len() > FIRST { "; …" } else { "" };
        let detail = format!("{} records: {}{more}", of_code.len(), first.join("; "));
        short.push(Finding::new(
            code,
            Place::whole(list.source.id.clone()),
            detail,
        ));
    }
    short
}

/// Where a finding stands among those of its list: `line 9` before `line 10`.
fn in_document(finding: &Finding) -> (u64, &Place) {
    let number = match &finding.place {
        Place::Record { id, .. } => id
            .split(|c: char| !c.is_ascii_digit())
            .find(|digits| !digits.is_empty())
            .and_then(|digits| digits.parse().ok()),
        _ => None,
    };
    (number.unwrap_or(0), &finding.place)
}

/// The records that could not be read: whom they name was not screened against.
fn unread(lists: &[List]) -> Vec<NotScreened> {
    let of = |list: &List| {
        let unread = |f: &&Finding| f.code == Code::ListRecordUnreadable;
        let mut records: Vec<_> = list.findings.iter().filter(unread).collect();
        records.sort_by_key(|f| in_document(f));
        let examples = records.iter().take(3).map(|f| f.place.to_string().into());
        NotScreened {
            reason: LIST_UNREAD,
            count: records.len() as u64,
            examples: examples.collect(),
        }
    };
    lists.iter().map(of).filter(|n| n.count > 0).collect()
}

/// The state of one list.
#[derive(Debug)]
pub struct Status {
    /// Its source.
    pub source: Source,
    /// The list, when it could be read.
    pub list: Option<List>,
    /// `ok`, `bundled`, `stale`, `unhealthy`.
    pub health: &'static str,
    /// Why it could not be read.
    pub error: Option<String>,
}

impl Status {
    /// As the machine-readable answer has it.
    pub fn answer(&self) -> ListStatus<'_> {
        match &self.list {
            Some(list) => ListStatus::of(list, self.health),
            None => ListStatus {
                id: &self.source.id,
                title: &self.source.title,
                publisher: &self.source.publisher,
                authority: self.source.authority.id(),
                url: self.source.urls.first().map_or("", |url| url),
                list: None,
                health: self.health,
                findings: &[],
            },
        }
    }
}

/// The state of every installed list and of the bundled ones.
pub fn status(options: &ListOptions) -> Result<Vec<Status>, AppError> {
    let store = Store::open(store::home(options.home.as_deref())?);
    let mut all = Vec::new();
    for (id, found) in store.installed()? {
        let known = || source::find_source(&id);
        let source = match &found {
            Ok(installed) => Some(installed.source.clone()),
            Err(_) => known(),
        };
        let loaded = found.and_then(|_| store.load(&id));
        let (list, error) = match loaded {
            Ok(list) => (Some(list), None),
            Err(e) => (None, Some(with_causes(&e))),
        };
        let health = match &list {
            None => "unhealthy",
            Some(list) if list.findings.iter().any(|f| f.code == Code::ListFrozen) => "frozen",
            Some(list) if is_stale(list, options).is_some() => "stale",
            Some(_) => "ok",
        };
        let source = source.unwrap_or_else(|| own_source(Path::new(&id)));
        all.push(Status {
            source,
            list,
            health,
            error,
        });
    }
    for list in source::bundled_lists() {
        if all.iter().all(|s| s.source.id != list.source.id) {
            let source = list.source.clone();
            all.push(Status {
                source,
                list: Some(list),
                health: "bundled",
                error: None,
            });
        }
    }
    all.sort_by(|a, b| a.source.id.cmp(&b.source.id));
    Ok(all)
}

/// An error with its causes, in one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        text.push_str(": ");
        text.push_str(&why.to_string());
        cause = why.source();
    }
    text
}

/// Age in days and limit in hours of a list that is older than it may be.
fn is_stale(list: &List, options: &ListOptions) -> Option<(i64, i64)> {
    let limit = options.max_age.or(list.source.max_age)?.as_hours();
    // A document that its publisher offers still is as fresh as that answer; any other one is as old
    // as its own date.
    let hours = match list.confirmed_at {
        Some(at) => options.as_of.duration_since(at).as_hours(),
        None => list_age_days(list, options.as_of)? * 24,
    };
    (hours > limit).then_some((hours / 24, limit))
}

/// An installed list, a bundled one, or the user's own file.
fn load_list(store: &Store, wanted: &str, threads: usize) -> Result<List, AppError> {
    let installed = store.ids()?;
    if installed.iter().any(|id| id == wanted) {
        return Ok(store.load(wanted)?);
    }
    let bundled = source::bundled_lists();
    let mut known: Vec<String> = bundled.iter().map(|l| l.source.id.to_string()).collect();
    if let Some(list) = bundled.into_iter().find(|l| *l.source.id == *wanted) {
        return Ok(list);
    }
    let path = Path::new(wanted);
    if !path.exists() {
        known.extend(installed);
        known.sort();
        known.dedup();
        return Err(AppError::ListMissing {
            id: wanted.into(),
            known,
        });
    }
    own_list(path, threads)
}

/// A list from the user's own file: a source TOML with its document beside it, or any table or text
/// of addresses, or a publisher's document, also packed.
fn own_list(path: &Path, threads: usize) -> Result<List, AppError> {
    if path.extension().is_none_or(|e| e != "toml") {
        return own_document(own_source(path), path, true, threads);
    }
    let text = std::fs::read(path).map_err(|source| AppError::File {
        verb: "read",
        path: path.to_owned(),
        source,
    })?;
    let text = String::from_utf8_lossy(&text);
    let source = source::parse_source(&text).map_err(|source| AppError::SourceFile {
        path: path.to_owned(),
        source,
    })?;
    let name = source.options.get("document").ok_or_else(|| {
        AppError::Usage(format!(
            "`{}` names no document; add `document = \"FILE\"` under [options]",
            path.display()
        ))
    })?;
    let document = path.with_file_name(&**name);
    own_document(source, &document, false, threads)
}

/// Parses the user's own document. `guess`: by what is in it, not by what its source says.
fn own_document(
    mut source: Source,
    path: &Path,
    guess: bool,
    threads: usize,
) -> Result<List, AppError> {
    let failed = |source| {
        AppError::from(store::StoreError::Document {
            path: path.to_owned(),
            source,
        })
    };
    let mut options = unpack::Options {
        whole_archive: source::takes_several_files(&source.shape),
        ..unpack::Options::default()
    };
    let mut document = match unpack::open(path, &options) {
        Err(UnpackError::SeveralMembers(names)) if guess => {
            let Some(shape) = source::guess_archive(&names) else {
                return Err(failed(UnpackError::SeveralMembers(names)));
            };
            source.shape = shape.into();
            options.whole_archive = true;
            unpack::open(path, &options).map_err(failed)?
        }
        document => document.map_err(failed)?,
    };
    if guess && !options.whole_archive {
        let head = document.fill_buf().map_err(|e| failed(e.into()))?;
        source.shape = source::guess_shape(head).into();
    }
    let id = source.id.to_string();
    let snapshot = Snapshot {
        url: path.to_string_lossy().into(),
        ..Snapshot::default()
    };
    let list = source::parse_with(source, snapshot, &mut document, threads);
    let print = document.finish().map_err(|e| failed(e.into()))?;
    let mut list = list.map_err(|source| AppError::List { id, source })?;
    list.snapshot.sha256 = print.sha256;
    list.snapshot.bytes = print.bytes;
    Ok(list)
}

fn own_source(path: &Path) -> Source {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let id: String = stem
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    // A name without a Latin letter leaves nothing.
    let id = match id.trim_matches('-') {
        "" => "own",
        id => id,
    };
    Source::own(id, &format!("own list `{}`", path.display()), "lines")
}

/// Dates from the histories among the lists, and from the bundled ones beside them.
fn join_histories(lists: &mut Vec<List>) {
    for mut history in source::bundled_lists() {
        let newer = history.source.superseded_by.clone();
        let wanted = lists.iter().any(|l| l.source.id == history.source.id);
        let of = |l: &&mut List| Some(&l.source.id) == newer.as_ref();
        if let Some(list) = lists.iter_mut().find(of).filter(|_| !wanted) {
            list.join_history(&mut history);
        }
    }
    for ix in 0..lists.len() {
        let Some(newer) = lists[ix].source.superseded_by.clone() else {
            continue;
        };
        if let Some(at) = lists.iter().position(|l| l.source.id == newer) {
            let mut history = lists.remove(ix);
            let at = if at > ix { at - 1 } else { at };
            lists[at].join_history(&mut history);
            lists.insert(ix, history);
        }
    }
}

/// A layout of exports: a built-in profile, or the user's own file.
pub fn profile(wanted: &str) -> Result<Profile, AppError> {
    let built_in = input::profiles();
    if let Some(profile) = built_in.iter().find(|p| *p.id == *wanted) {
        return Ok(profile.clone());
    }
    let path = Path::new(wanted);
    if !path.exists() {
        let known: Vec<_> = built_in.iter().map(|p| &*p.id).collect();
        return Err(AppError::Usage(format!(
            "no profile `{wanted}`, and no such file; built in: {}",
            known.join(", ")
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|source| AppError::File {
        verb: "read",
        path: path.to_owned(),
        source,
    })?;
    let id = path.file_stem().unwrap_or_default().to_string_lossy();
    input::parse_profile(&id, &text).map_err(|source| AppError::Profile {
        path: path.to_owned(),
        source,
    })
}

/// One text looked up.
#[derive(Debug)]
pub struct Checked<'l> {
    /// As given.
    pub input: String,
    /// What it is.
    pub validated: Validated,
    /// How many addresses in it were looked up, and how many parts of it could not be.
    pub looked_up: (u64, u64),
    /// Where it is listed.
    pub matches: Vec<Match<'l>>,
    /// What it may have been meant to be.
    pub possible: Vec<Possible<'l>>,
}

impl Checked<'_> {
    /// The answer in one word: that of a report of one cell.
    pub fn verdict(&self) -> Verdict {
        let (addresses, not_screened) = self.looked_up;
        if self.matches.iter().any(|m| m.timing.counts()) {
            Verdict::Match
        } else if not_screened > 0 || addresses == 0 && self.matches.is_empty() {
            Verdict::Incomplete
        } else if !self.possible.is_empty() {
            Verdict::Possible
        } else {
            Verdict::NoMatch
        }
    }
}

/// Looks up texts, each as if it were a cell of a row of the day answered for.
pub fn check<'l>(
    screener: &Screener<'l>,
    texts: impl IntoIterator<Item = String>,
    as_of: Timestamp,
) -> Vec<Checked<'l>> {
    let day = as_of.to_zoned(TimeZone::UTC).date();
    let time = RowTime::on(day);
    let layout = Layout {
        columns: vec![Column {
            index: 0,
            name: "text".into(),
            role: Role::Party,
        }],
        ..Layout::default()
    };
    texts
        .into_iter()
        .zip(1..)
        .map(|(input, row)| {
            let validated = validate(&input, None, true);
            let look = |text: &str| {
                let mut scan = Scan::new(screener, ScanOptions::default(), "arguments", &layout);
                scan.record(&Record {
                    row,
                    line: row,
                    cells: &[(0, text.as_bytes())],
                });
                let (hits, near) = (mem::take(&mut scan.hits), mem::take(&mut scan.near));
                let mut coverage = Coverage::default();
                scan.finish(0, &mut coverage, &mut Unique::default());
                (hits, near, coverage)
            };
            let (mut hits, near, mut coverage) = look(&input);
            // An address that only its surroundings tell (`aptos:0x…`).
            if let Ok(address) = &validated.outcome
                && coverage.recognised == 0
                && hits.is_empty()
            {
                (hits, ..) = look(address.canonical());
                coverage.recognised = 1;
            }
            let j = Judge {
                lists: screener.lists(),
                input: 0,
                input_sha256: "arguments",
                columns: &layout.columns,
                as_of: day,
            };
            let not_screened = coverage.not_screened.iter().map(|n| n.count).sum();
            Checked {
                validated,
                looked_up: (coverage.recognised, not_screened),
                input,
                matches: hits
                    .iter()
                    .flat_map(|hit| judge(j, hit, Some(&time)))
                    .collect(),
                possible: near
                    .iter()
                    .flat_map(|near| judge_near(j, near, Some(&time)))
                    .collect(),
            }
        })
        .collect()
}

/// The exit code of a verdict.
pub fn exit_of(verdict: Verdict, allow_incomplete: bool, refused: bool) -> Exit {
    let exit = match verdict {
        Verdict::Match => Exit::Match,
        Verdict::Incomplete if allow_incomplete => Exit::NoMatch,
        Verdict::Incomplete => Exit::Incomplete,
        Verdict::Possible => Exit::Possible,
        Verdict::NoMatch => Exit::NoMatch,
    };
    if refused {
        exit.worse(Exit::ListsRefused)
    } else {
        exit
    }
}

/// What a text is.
#[derive(Debug)]
pub struct Validated {
    /// The address, or why it is none.
    pub outcome: Result<Address, AddressError>,
    /// Why it is none, in words; empty when it is one.
    pub reason: String,
    /// What was done to the text to read it, and what is odd about it; empty when nothing is.
    pub note: String,
}

/// Whether `--as` knows this asset code.
pub fn knows_asset(asset: &str) -> bool {
    network::asset(asset).is_some()
}

/// What a text is: on its own, whatever it is wrapped in; or, strictly as it stands, as an address
/// of `asset`.
pub fn validate(text: &str, asset: Option<&str>, testnet: bool) -> Validated {
    if let Some(asset) = asset {
        let outcome = match forms::holds_secret(text) {
            Some(_) => Err(SECRET),
            None => Address::parse_as(text, asset, testnet),
        };
        let remark = remark(text, &outcome, Some(asset));
        return validated(outcome, remark, Vec::new());
    }
    let form = forms::read(text);
    let mut notes: Vec<String> = form.notes.iter().map(ToString::to_string).collect();
    let outcome = match form.status {
        forms::Status::Secret => Err(SECRET),
        _ => match (form.address(), form.asset) {
            (Some(inner), Some(asset)) => Address::parse(inner)
                .or_else(|e| Address::parse_as(inner, asset, true).map_err(|_| e)),
            (Some(inner), None) => Address::parse(inner),
            (None, _) => Err(AddressError::UNKNOWN),
        },
    };
    let remark = form
        .address()
        .and_then(|inner| remark(inner, &outcome, None));
    if outcome.is_err() && remark.is_none() && !notes.is_empty() {
        // What was read says more than that nothing was recognised.
        let said = notes.join("; ");
        let reason = match form.status {
            forms::Status::Secret => format!("{SECRET}: {said}"),
            forms::Status::Ok | forms::Status::Flagged | forms::Status::None => {
                format!("{}: {said}", AddressError::UNKNOWN)
            }
            forms::Status::Name | forms::Status::NotOnChain => said.clone(),
            status => format!("{} {said}", status.id()),
        };
        return Validated {
            outcome,
            reason,
            note: said,
        };
    }
    if form.status == forms::Status::Flagged {
        notes.insert(0, form.status.id().to_owned());
    }
    validated(outcome, remark, notes)
}

const SECRET: AddressError = AddressError {
    reason: Reason::Secret,
    ..AddressError::UNKNOWN
};

fn validated(
    outcome: Result<Address, AddressError>,
    remark: Option<String>,
    mut notes: Vec<String>,
) -> Validated {
    let reason = match (&outcome, &remark) {
        (Ok(_), _) => String::new(),
        (Err(error), Some(remark)) => format!("{error}: {remark}"),
        (Err(error), None) => error.to_string(),
    };
    notes.extend(remark);
    Validated {
        outcome,
        reason,
        note: notes.join("; "),
    }
}

/// What an address does not say of itself; of a broken one the single edit that mends it, or what
/// the text is instead.
fn remark(
    text: &str,
    outcome: &Result<Address, AddressError>,
    asset: Option<&str>,
) -> Option<String> {
    let error = match outcome {
        Ok(address) => return address::note(address, text).map(str::to_owned),
        Err(error) => error,
    };
    if matches!(error.reason, Reason::Secret | Reason::Network) {
        return None;
    }
    let mended = address::diagnose(text)
        .filter(|d| asset.is_none_or(|a| network::label_fits(a, d.address.format()) == Some(true)));
    mended.map(|d| d.to_string()).or_else(|| {
        address::not_address(text).map(|kind| format!("it is of the kind {}", kind.id()))
    })
}

/// How two texts relate, whatever they are wrapped in, and why. Of secret material nothing is said.
pub fn relation(a: &str, b: &str) -> Pair {
    let plain = address::relation(a.trim(), b.trim());
    if plain.relation != "none" {
        return plain;
    }
    let bare = |text: &str| forms::read(text).address().map(str::to_owned);
    match (bare(a), bare(b)) {
        (Some(a), Some(b)) => match address::relation(&a, &b) {
            // Two texts of one address, as they stand, are not one text.
            Pair {
                relation: "exact", ..
            } => Pair {
                relation: Basis::SameAccount.id(),
                why: "two texts of one address",
            },
            pair => pair,
        },
        _ => plain,
    }
}

/// Whether nothing of `text` may be shown: it holds a private key or a seed.
pub fn is_withheld(text: &str) -> bool {
    forms::holds_secret(text).is_some()
}

/// Writes the only input of `report`, the file at its path, back with further cells: every byte of
/// it (unpacked) is kept.
pub fn annotate(
    report: &ScreeningReport<'_>,
    options: &InputOptions,
    out: &mut dyn Write,
) -> Result<(), AppError> {
    let [summary] = &*report.inputs else {
        return Err(AppError::Usage(format!(
            "`--annotate` takes one table; there are {}: {}",
            report.inputs.len(),
            report
                .inputs
                .iter()
                .map(|i| &*i.path)
                .collect::<Vec<_>>()
                .join(", ")
        )));
    };
    let path = &*summary.path;
    let trace = Trace::open(path, None, options)?;
    let mut annotation = Annotation::new(report, 0, trace.delimiter(), trace.encoding());
    if report.findings.iter().any(|f| f.stands_for() > 1) {
        // The report names only so many rows one by one, the copy every one.
        let screener = Screener::new(report.lists);
        let mut options = options.clone();
        options.scan.findings_max = usize::MAX;
        let mut run = Run::new(&screener, options);
        run.input(input::Source::File(path), &mut |_, _| {})?;
        annotation.not_screened(&run.finish().findings);
    }
    let mut original = input::unpacked(path)?;
    let mut done = 0;
    trace.run(&mut |end| {
        let want = end.at - done;
        done += io::copy(&mut (&mut original).take(want), out)?;
        let cells = match end.row {
            Some(row) => annotation.row(row, end.missing, end.wrapped),
            None => annotation.header(end.missing, end.wrapped),
        };
        out.write_all(&cells)
    })?;
    io::copy(&mut original, out)?;
    let now = original.finish()?;
    if now.sha256 != summary.sha256 {
        return Err(AppError::Input(InputError::NotAnnotated {
            path: path.into(),
            why: "it has changed since it was screened".into(),
        }));
    }
    Ok(())
}
