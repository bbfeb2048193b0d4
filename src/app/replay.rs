//! Deriving every verdict of an evidence bundle again, from its own lists, and comparing.
//!
//! It neither prints nor knows the container's layout.

use super::bundle::{DISPOSITIONS, PROFILE, REPORT, RUN, RunFile, TOOL, belongs, build};
use super::{LIST_UNREAD, explain::hash, join_histories, profile};
use crate::address::Basis;
use crate::error::AppError;
use crate::evidence::bundle::Bundle;
use crate::evidence::records::{self, ListFile};
use crate::evidence::{EvidenceError, dispositions};
use crate::finding::{Code, Place};
use crate::input::{self, InputOptions, Run, Source};
use crate::list::{List, ListSet, Timing};
use crate::report;
use crate::screen::{Disposition, NotScreened, Role, Screener, ScreeningReport};
use crate::source;
use crate::store::{self, Store};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::Path;

/// What came of deriving a run's verdicts again.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    /// The verdict in the bundle.
    pub recorded: String,
    /// The verdict now.
    pub now: String,
    /// The lists that were used, from the bundle: id, date, SHA-256.
    pub lists: Vec<(String, String, String)>,
    /// Matches and near misses that were derived again.
    pub derived: usize,
    /// What is not as recorded.
    pub differences: Vec<String>,
    /// What keeps the answer from being complete.
    pub open: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// Derives every verdict of a bundle again, from its own lists, and compares. `inputs` are files
/// with the bytes of the bundle's inputs, in any order and under any name.
pub fn replay(
    path: &Path,
    inputs: &[String],
    home: Option<&Path>,
    threads: usize,
) -> Result<Replayed, AppError> {
    let mut bundle = Bundle::open(path)?;
    let checked = bundle.check(TOOL)?;
    if let Some((member, what)) = checked.problems.first() {
        return Err(EvidenceError::Bundle {
            path: path.to_owned(),
            what: format!("{member}: {what}"),
        }
        .into());
    }
    let run: RunFile = bundle.json(RUN)?;
    let recorded: Value = bundle.json(REPORT)?;
    let (lists, files, whole) = bundled_lists(&mut bundle, path)?;
    let mut replayed = Replayed {
        recorded: run.verdict.clone(),
        lists: files,
        ..Replayed::default()
    };
    let then = format!("{} {}, {}", run.tool.name, run.tool.version, run.tool.build);
    let this = format!("{TOOL}, {}", build());
    replayed.notes.push(match then == this {
        true => format!("the same build then and now: {this}"),
        false => format!("by another build: {then} then, {this} now"),
    });
    let texts = Texts {
        profile: optional(&mut bundle, PROFILE)?,
        dispositions: optional(&mut bundle, DISPOSITIONS)?,
    };
    let given = given(&run, inputs, &mut replayed)?;
    let options = reading(&run, &texts, threads)?;
    let decisions = match &texts.dispositions {
        Some(text) => dispositions::parse(Path::new(&run.options.dispositions), text)?,
        None => Vec::new(),
    };
    let again = Again {
        run: &run,
        given: &given,
        options: &options,
        decisions: &decisions,
        unread: unread(&recorded),
    };
    let set = ListSet::new(lists);
    let now = again.screen(&set);
    replayed.now = now["verdict"].as_str().unwrap_or_default().to_owned();
    compare(&recorded, &now, &mut replayed);
    let told = recorded["verdict"].as_str().unwrap_or_default();
    if told != run.verdict {
        replayed.differences.push(format!(
            "verdict: `{RUN}` says {}, `{REPORT}` says {told}",
            run.verdict
        ));
    }
    if !whole {
        match at_hand(&recorded, home)? {
            Some(full) => {
                let ids = |v: &Value| found_ids(v);
                if ids(&again.screen(&full)) == ids(&recorded) {
                    replayed.notes.push(
                        "the bundle holds only the records that were used; the same snapshots are \
                         installed or built in, and nothing else on them matches"
                            .to_owned(),
                    );
                } else {
                    replayed.differences.push(
                        "on the whole snapshots, which are installed or built in, other matches \
                         are found"
                            .to_owned(),
                    );
                }
            }
            None => replayed.open.push(
                "the bundle holds only the records that were used, and the snapshots are not \
                 installed: that nothing else matches cannot be derived again (see --with-lists)"
                    .to_owned(),
            ),
        }
    }
    Ok(replayed)
}

struct Texts {
    profile: Option<String>,
    dispositions: Option<String>,
}

fn optional(bundle: &mut Bundle, name: &str) -> Result<Option<String>, AppError> {
    if !bundle.has(name) {
        return Ok(None);
    }
    let bytes = bundle.bytes(name)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

type Listed = Vec<(String, String, String)>;

/// The bundle's lists, made of their records; whether they are whole.
fn bundled_lists(bundle: &mut Bundle, path: &Path) -> Result<(Vec<List>, Listed, bool), AppError> {
    let (mut lists, mut named, mut whole) = (Vec::new(), Vec::new(), true);
    let files: Vec<String> = bundle
        .names()
        .into_iter()
        .filter(|n| n.starts_with("lists/") && n.ends_with("/list.json"))
        .collect();
    for name in files {
        let file: ListFile = bundle.json(&name)?;
        whole &= &*file.records == "all";
        let folder = name.replace("list.json", "document/");
        for document in bundle
            .names()
            .into_iter()
            .filter(|n| n.starts_with(&folder))
        {
            let digest = Sha256::digest(bundle.bytes(&document)?);
            if data_encoding::HEXLOWER.encode(&digest) != *file.snapshot.sha256 {
                return Err(EvidenceError::Bundle {
                    path: path.to_owned(),
                    what: format!("member `{document}` is not the snapshot that `{name}` names"),
                }
                .into());
            }
        }
        let records = name.replace("list.json", "records.jsonl");
        let reader = BufReader::new(bundle.reader(&records)?);
        let list = records::read(&file, reader).map_err(|e| EvidenceError::Bundle {
            path: path.to_owned(),
            what: format!("member `{records}`: {e}"),
        })?;
        lists.extend(list);
        let day = file.snapshot.published_on;
        named.push((
            file.id.to_string(),
            day.map_or("undated".to_owned(), |d| d.to_string()),
            file.snapshot.sha256.to_string(),
        ));
    }
    Ok((lists, named, whole))
}

/// For each file of the run the one that has its bytes.
fn given(
    run: &RunFile,
    inputs: &[String],
    replayed: &mut Replayed,
) -> Result<Vec<Option<String>>, AppError> {
    let mut by_hash = BTreeMap::new();
    for input in inputs {
        let sha256 = hash(Path::new(input)).map_err(|source| AppError::File {
            verb: "read",
            path: input.into(),
            source,
        })?;
        by_hash.insert(sha256, input.clone());
    }
    let mut used = BTreeSet::new();
    let mut files = Vec::new();
    for file in &run.files {
        if file.sha256.is_empty() {
            let note = format!(
                "`{}` could not be read then, so it is not read now",
                file.path
            );
            replayed.notes.push(note);
            files.push(None);
            continue;
        }
        let Some(input) = by_hash.get(&file.sha256) else {
            return Err(AppError::Usage(format!(
                "no --input has the bytes of `{}` (sha256 {})",
                file.path, file.sha256
            )));
        };
        used.insert(input);
        files.push(Some(input.clone()));
    }
    for input in by_hash.values().filter(|i| !used.contains(i)) {
        replayed
            .notes
            .push(format!("`{input}` was no input of this run"));
    }
    Ok(files)
}

/// How the inputs were read.
fn reading(run: &RunFile, texts: &Texts, threads: usize) -> Result<InputOptions, AppError> {
    let mut options = InputOptions::new(run.as_of);
    options.threads = threads;
    options.scan.validate = run.options.validate;
    options.hops = run.options.hops;
    options.columns = run
        .options
        .columns
        .iter()
        .filter_map(|(heading, role)| Some((heading.as_str().into(), Role::by_id(role)?)))
        .collect();
    let name = &run.options.profile;
    options.profile = match &texts.profile {
        Some(text) => {
            let id = Path::new(name)
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy();
            let parsed = input::parse_profile(&id, text);
            Some(parsed.map_err(|source| AppError::Profile {
                path: name.into(),
                source,
            })?)
        }
        None if name.is_empty() => None,
        None => Some(profile(name)?),
    };
    Ok(options)
}

/// Records of lists that could not be read then: a matter of the lists, which are those of then.
fn unread(recorded: &Value) -> Vec<NotScreened> {
    let all = recorded["coverage"]["not_screened"].as_array();
    let unread = |n: &&Value| n["reason"] == LIST_UNREAD;
    let of = |n: &Value| NotScreened {
        reason: LIST_UNREAD,
        count: n["count"].as_u64().unwrap_or_default(),
        examples: n["examples"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|text| Some(text.as_str()?.into()))
            .collect(),
    };
    all.into_iter().flatten().filter(unread).map(of).collect()
}

struct Again<'a> {
    run: &'a RunFile,
    given: &'a [Option<String>],
    options: &'a InputOptions,
    decisions: &'a [Disposition],
    unread: Vec<NotScreened>,
}

impl Again<'_> {
    /// Screens the inputs again; the report is as JSON, under the names of then.
    fn screen(&self, set: &ListSet) -> Value {
        let screener = Screener::new(set);
        let mut run = Run::new(&screener, self.options.clone());
        let files = self.run.files.iter().zip(self.given);
        for (file, given) in files {
            let Some(given) = given else { continue };
            if let Err(error) = run.input(Source::File(given), &mut |_, _| {}) {
                run.failed(&file.path, &error);
            }
        }
        let mut report = run.finish();
        report.coverage.not_screened.extend(self.unread.clone());
        for (file, given) in self.run.files.iter().zip(self.given) {
            if let Some(given) = given {
                rename(&mut report, given, &file.path);
            }
        }
        let options = &self.run.options;
        let timings = Timing::ALL
            .iter()
            .filter(|t| options.timings.iter().any(|o| o == t.id()));
        report.counting.timings = timings.copied().collect();
        if let Some(basis) = Basis::ALL.iter().find(|b| b.id() == options.basis) {
            report.counting.weakest = *basis;
        }
        report.dispose(self.decisions, &options.dispositions);
        let mut json = Vec::new();
        let format = report::by_id("json").expect("there is a JSON report");
        (format.write)(&report, &report::Options::default(), &mut json)
            .expect("memory can be written");
        serde_json::from_slice(&json).expect("a report is JSON")
    }
}

/// Calls an input by the name it had.
fn rename(report: &mut ScreeningReport<'_>, from: &str, to: &str) {
    let rename = |text: &mut Box<str>| {
        if let Some(rest) = belongs(text, from) {
            *text = format!("{to}{rest}").into();
        }
    };
    report.inputs.iter_mut().for_each(|i| rename(&mut i.path));
    for n in &mut report.coverage.not_screened {
        n.examples.iter_mut().for_each(rename);
    }
    for finding in &mut report.findings {
        match &mut finding.place {
            Place::Whole { of }
            | Place::Record { of, .. }
            | Place::Line { of, .. }
            | Place::Cell { of, .. } => rename(of),
        }
    }
}

/// The snapshots that the report names, when all of them are installed or built in.
fn at_hand(recorded: &Value, home: Option<&Path>) -> Result<Option<ListSet>, AppError> {
    let store = Store::open(store::home(home)?);
    let mut lists = Vec::new();
    for list in recorded["lists"].as_array().into_iter().flatten() {
        let (Some(id), Some(sha256)) = (list["id"].as_str(), list["sha256"].as_str()) else {
            return Ok(None);
        };
        let same = |l: &List| *l.source.id == *id && *l.snapshot.sha256 == *sha256;
        let built_in = || source::bundled_lists().into_iter().find(same);
        let installed = match store.find(id) {
            Ok(installed) if *installed.manifest.sha256 == *sha256 => store.load(id).ok(),
            _ => None,
        };
        match installed.or_else(built_in) {
            Some(list) => lists.push(list),
            None => return Ok(None),
        }
    }
    join_histories(&mut lists);
    Ok(Some(ListSet::new(lists)))
}

/// The ids of all matches and near misses.
fn found_ids(report: &Value) -> BTreeMap<(String, String), usize> {
    let mut ids = BTreeMap::new();
    for of in ["matches", "possible"] {
        for m in report[of].as_array().into_iter().flatten() {
            let id = m["id"].as_str().unwrap_or_default().to_owned();
            *ids.entry((of.to_owned(), id)).or_default() += 1;
        }
    }
    ids
}

/// Sentences for people: another build may put them otherwise.
const WORDING: &[&str] = &["note", "basis_note", "timing_note", "detail"];

fn compare(recorded: &Value, now: &Value, replayed: &mut Replayed) {
    let mut wording = 0;
    for part in ["verdict", "inputs", "coverage", "summary", "hops"] {
        differ(
            &recorded[part],
            &now[part],
            part,
            &mut wording,
            &mut replayed.differences,
        );
    }
    for part in ["matches", "possible"] {
        let by_id = |report: &Value| {
            let mut by_id: BTreeMap<(String, usize), Value> = BTreeMap::new();
            for m in report[part].as_array().into_iter().flatten() {
                let id = m["id"].as_str().unwrap_or_default().to_owned();
                let n = by_id
                    .range((id.clone(), 0)..=(id.clone(), usize::MAX))
                    .count();
                by_id.insert((id, n), m.clone());
            }
            by_id
        };
        let (then, now) = (by_id(recorded), by_id(now));
        let name = |m: &Value| {
            format!(
                "{part} {} ({} row {}, {})",
                m["id"].as_str().unwrap_or_default(),
                m["input"].as_str().unwrap_or_default(),
                m["row"],
                m["address"].as_str().unwrap_or_default()
            )
        };
        for (id, m) in &then {
            replayed.derived += 1;
            match now.get(id) {
                None => replayed
                    .differences
                    .push(format!("{}: not found any more", name(m))),
                Some(other) => {
                    differ(m, other, &name(m), &mut wording, &mut replayed.differences);
                }
            }
        }
        for (_, m) in now.iter().filter(|(id, _)| !then.contains_key(*id)) {
            replayed
                .differences
                .push(format!("{}: was not found then", name(m)));
        }
    }
    let (then, now) = (codes(recorded), codes(now));
    for code in then.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        let (a, b) = (then.get(code).unwrap_or(&0), now.get(code).unwrap_or(&0));
        if a != b {
            replayed
                .differences
                .push(format!("findings `{code}`: {a} then, {b} now"));
        }
    }
    if wording > 0 {
        let note = format!("{wording} sentences are worded otherwise by this build");
        replayed.notes.push(note);
    }
}

/// How often each finding about inputs was made; those about lists and the log are of their day.
fn codes(report: &Value) -> BTreeMap<String, usize> {
    let lists: BTreeSet<&str> = report["lists"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|l| l["id"].as_str())
        .collect();
    let of_day = |f: &Value| {
        f["of"].as_str().is_some_and(|of| lists.contains(of))
            || [
                Code::ListStale,
                Code::ListBundledAge,
                Code::ListLeftOut,
                Code::LogNotWritten,
            ]
            .iter()
            .any(|c| f["code"] == c.id())
    };
    let mut codes = BTreeMap::new();
    for finding in report["findings"].as_array().into_iter().flatten() {
        if !of_day(finding) {
            let code = finding["code"].as_str().unwrap_or_default().to_owned();
            *codes.entry(code).or_default() += 1;
        }
    }
    codes
}

/// Where two values differ. Fields that only the newer build has are no difference.
fn differ(then: &Value, now: &Value, at: &str, wording: &mut usize, out: &mut Vec<String>) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (key, value) in then {
                let other = now.get(key).unwrap_or(&Value::Null);
                if WORDING.contains(&&**key) {
                    *wording += usize::from(value != other);
                } else {
                    differ(value, other, &format!("{at}, {key}"), wording, out);
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (n, (a, b)) in a.iter().zip(b).enumerate() {
                differ(a, b, &format!("{at}[{n}]"), wording, out);
            }
        }
        _ if then == now => {}
        _ => out.push(format!("{at}: {then} then, {now} now")),
    }
}
