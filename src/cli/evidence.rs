//! Evidence at the command line: `screen --bundle`, `interdict verify`, `interdict replay`.

use super::{Global, out};
use crate::app::bundle::{self, Asked, TOOL};
use crate::app::{explain, replay};
use crate::error::{AppError, Exit};
use crate::evidence::bundle::Bundle;
use crate::evidence::log::{Entry, InputEntry, ListEntry, Log};
use crate::evidence::{EvidenceError, dispositions, sign};
use crate::finding::{Code, Finding, Place};
use crate::input::{InputOptions, Mapping};
use crate::list::ListSet;
use crate::report::escape::visible;
use crate::screen::{Disposition, ScreeningReport};
use crate::store::{self, Store};
use clap::Args;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// What is kept of a run.
#[derive(Debug, Args)]
pub(super) struct EvidenceArgs {
    /// Keep the evidence of this run in one file: `interdict verify` and `replay` read it
    #[arg(long, value_name = "OUT.zip")]
    pub(super) bundle: Option<PathBuf>,
    /// With every record of the lists and the publishers' documents, in the bundle
    #[arg(long, requires = "bundle")]
    with_lists: bool,
    /// Sign the bundle with this Ed25519 key (PEM): writes OUT.zip.sig beside it
    #[arg(long, value_name = "KEY", requires = "bundle")]
    sign: Option<PathBuf>,
    /// Matches that people cleared or confirmed: a TOML file (docs/evidence.md)
    #[arg(long, value_name = "FILE")]
    dispositions: Option<PathBuf>,
}

fn text(path: &Path) -> Result<(String, String), AppError> {
    let text = std::fs::read_to_string(path).map_err(|source| AppError::File {
        verb: "read",
        path: path.into(),
        source,
    })?;
    Ok((path.to_string_lossy().into_owned(), text))
}

impl EvidenceArgs {
    /// The files that belong to the run.
    pub(super) fn asked(&self, profile: Option<&str>) -> Result<Asked<'static>, AppError> {
        let built_in = |id: &&str| crate::input::profiles().iter().any(|p| *p.id == **id);
        let profile = profile.filter(|id| !built_in(id)).map(Path::new);
        Ok(Asked {
            profile_file: profile.map(text).transpose()?,
            dispositions: self.dispositions.as_deref().map(text).transpose()?,
            ..Asked::default()
        })
    }

    /// The decisions in the file of decisions.
    pub(super) fn decisions(&self, asked: &Asked<'_>) -> Result<Vec<Disposition>, AppError> {
        match &asked.dispositions {
            Some((name, text)) => Ok(dispositions::parse(Path::new(name), text)?),
            None => Ok(Vec::new()),
        }
    }

    /// Writes the bundle, and its signature; gives its SHA-256.
    pub(super) fn write(
        &self,
        path: &Path,
        report: &ScreeningReport<'_>,
        mappings: &[Mapping],
        options: &InputOptions,
        asked: &Asked<'_>,
        global: &Global,
    ) -> Result<String, AppError> {
        let key = self
            .sign
            .as_deref()
            .map(sign::SigningKey::read)
            .transpose()?;
        let store = Store::open(store::home(global.home.as_deref())?);
        out::whole(path, |out| {
            let whole = self.with_lists;
            bundle::write(report, mappings, options, asked, &store, whole, out)
        })?;
        let failed = |source| AppError::File {
            verb: "read",
            path: path.into(),
            source,
        };
        if let Some(key) = key {
            let bytes = std::fs::read(path).map_err(failed)?;
            let signature = key.sign(&bytes);
            out::write(Some(&sign::signature_path(path)), |w| {
                w.write_all(&signature)
            })?;
        }
        explain::hash(path).map_err(failed)
    }
}

/// Enters a screening in the run log; otherwise the finding that says why not.
pub(super) fn log_screening(
    report: &ScreeningReport<'_>,
    exit: Exit,
    bundle_sha256: &str,
    global: &Global,
) -> Result<(), Finding> {
    let entry = Entry {
        command: "screen".to_owned(),
        verdict: report.verdict().id().to_owned(),
        exit: exit.code(),
        as_of: report.as_of,
        inputs: report
            .inputs
            .iter()
            .map(|input| InputEntry {
                path: input.path.to_string(),
                sha256: input.sha256.to_string(),
            })
            .collect(),
        lists: lists(report.lists),
        rows: report.coverage.rows,
        matches: report.matches.len() as u64,
        cleared: report.matches.iter().filter(|m| m.cleared()).count() as u64,
        possible: report.possible.len() as u64,
        not_screened: report.coverage.not_screened.iter().map(|n| n.count).sum(),
        bundle_sha256: bundle_sha256.to_owned(),
        ..Entry::default()
    };
    log(entry, global)
}

/// The lists as the log names them.
pub(super) fn lists(set: &ListSet) -> Vec<ListEntry> {
    set.lists()
        .iter()
        .map(|list| ListEntry {
            id: list.source.id.to_string(),
            sha256: list.snapshot.sha256.to_string(),
            published_on: list.snapshot.published_on,
        })
        .collect()
}

/// Enters a run in the run log. That it could not be entered never changes a result.
pub(super) fn log(entry: Entry, global: &Global) -> Result<(), Finding> {
    if global.no_log {
        return Ok(());
    }
    let entry = Entry {
        at: Timestamp::now(),
        tool: TOOL.to_owned(),
        ..entry
    };
    let home = store::home(global.home.as_deref());
    let written = home
        .map_err(|e| ("run log".to_owned(), e.to_string()))
        .and_then(|home| {
            let log = Log::of(&home);
            let place = log.path().display().to_string();
            log.append(&entry).map(|_| ()).map_err(|e| {
                let cause =
                    std::error::Error::source(&e).map_or(String::new(), |c| format!(": {c}"));
                (place, format!("{e}{cause}"))
            })
        });
    written.map_err(|(place, why)| Finding::new(Code::LogNotWritten, Place::whole(place), why))
}

/// Check an evidence bundle: every byte of every part, offline
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 intact · 1 something differs, and is named · 2 it cannot be read

Example:
  interdict verify march.zip
  interdict verify march.zip --key officer.pub.pem")]
pub(super) struct VerifyArgs {
    /// The bundle
    bundle: PathBuf,
    /// The Ed25519 public key (PEM) that must have signed it
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,
    /// The signature [default: BUNDLE.sig]
    #[arg(long, value_name = "FILE", requires = "key")]
    signature: Option<PathBuf>,
}

pub(super) fn verify(args: &VerifyArgs) -> Result<Exit, AppError> {
    let path = &args.bundle;
    let read = |path: &Path| {
        std::fs::read(path).map_err(|source| AppError::File {
            verb: "read",
            path: path.into(),
            source,
        })
    };
    let failed = |source| AppError::File {
        verb: "read",
        path: path.clone(),
        source,
    };
    let sha256 = explain::hash(path).map_err(failed)?;
    let mut problems = Vec::new();
    let mut lines = vec![format!("sha256 {sha256}")];
    match Bundle::open(path).and_then(|mut bundle| bundle.check(TOOL)) {
        Err(EvidenceError::Bundle { what, .. }) => problems.push(what),
        Err(e) => return Err(e.into()),
        Ok(checked) => {
            lines.push(format!(
                "{} members, written by {}",
                checked.members, checked.tool
            ));
            lines.extend(checked.notes);
            let wrong = checked.problems.into_iter();
            problems.extend(wrong.map(|(member, what)| format!("{member}: {what}")));
        }
    }
    let signature = args
        .signature
        .clone()
        .unwrap_or_else(|| sign::signature_path(path));
    match &args.key {
        Some(key) => match sign::verify(key, &read(path)?, &read(&signature)?)? {
            true => lines.push(format!("signed by the key in {}", key.display())),
            false => problems.push(format!(
                "{}: it is no signature of this file by the key in {}",
                signature.display(),
                key.display()
            )),
        },
        None if signature.exists() => lines.push(format!(
            "{} was not checked: give the public key with --key",
            signature.display()
        )),
        None => {}
    }
    let word = if problems.is_empty() {
        "intact"
    } else {
        "NOT INTACT"
    };
    out::write(None, |w| {
        writeln!(w, "{}: {word}", visible(&path.to_string_lossy()))?;
        for problem in &problems {
            writeln!(w, "  wrong: {}", visible(problem))?;
        }
        lines
            .iter()
            .try_for_each(|line| writeln!(w, "  {}", visible(line)))
    })?;
    Ok(differs(!problems.is_empty()))
}

/// 0: as it should be; 1: it differs.
pub(super) const fn differs(differs: bool) -> Exit {
    if differs { Exit::Match } else { Exit::NoMatch }
}

/// Derive every verdict of an evidence bundle again, with the lists in it, and compare
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 every verdict is derived again as recorded · 1 something differs, and is named ·
2 it could not run · 4 as recorded, as far as it can be told: the bundle holds only the records
that were used and the lists are not installed

Example:
  interdict replay march.zip --input march.csv")]
pub(super) struct ReplayArgs {
    /// The bundle
    bundle: PathBuf,
    /// The files that were screened, under any name and in any order; repeatable
    #[arg(long = "input", value_name = "FILE", required = true, num_args = 1..)]
    inputs: Vec<String>,
}

pub(super) fn replay(args: &ReplayArgs, global: &Global) -> Result<Exit, AppError> {
    const SHOWN: usize = 50;
    let home = global.home.as_deref();
    let replayed = replay::replay(&args.bundle, &args.inputs, home, global.threads())?;
    let differences = &replayed.differences;
    out::write(None, |w| {
        let word = match (differences.is_empty(), replayed.open.is_empty()) {
            (false, _) => "DIFFERS",
            (true, true) => "as recorded",
            (true, false) => "as recorded, as far as it can be told",
        };
        writeln!(w, "{}: {word}", visible(&args.bundle.to_string_lossy()))?;
        writeln!(
            w,
            "  verdict {} then, {} now",
            replayed.recorded, replayed.now
        )?;
        for (id, day, sha256) in &replayed.lists {
            writeln!(w, "  on {} of {day}, sha256 {sha256}", visible(id))?;
        }
        writeln!(
            w,
            "  {} matches and near misses were recorded",
            replayed.derived
        )?;
        for difference in differences.iter().take(SHOWN) {
            writeln!(w, "  differs: {}", visible(difference))?;
        }
        if differences.len() > SHOWN {
            writeln!(w, "  … and {} more", differences.len() - SHOWN)?;
        }
        replayed
            .open
            .iter()
            .try_for_each(|o| writeln!(w, "  open: {o}"))?;
        replayed
            .notes
            .iter()
            .try_for_each(|n| writeln!(w, "  {}", visible(n)))
    })?;
    Ok(match (differences.is_empty(), replayed.open.is_empty()) {
        (false, _) => differs(true),
        (true, true) => Exit::NoMatch,
        (true, false) => Exit::Incomplete,
    })
}
