//! `interdict lists update`.

use super::import::source_of;
use super::revisions::PATIENCE;
use crate::app::{self, ListOptions};
use crate::cli::{Global, OutArgs, TableOrJson, out, tell};
use crate::error::{AppError, Exit};
use crate::finding::Code;
use crate::list::{Authority, Snapshot, Source};
use crate::report::escape::visible;
use crate::report::lists::{self, DiffAnswer, UpdateAnswer};
use crate::source;
use crate::store::{FetchOptions, Manifest, Store, UpdateOptions, UpdateOutcome, Updated};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Refresh lists from their publishers
#[derive(Debug, Args)]
#[command(after_help = "\
Without an ID: every installed list that has a URL; where none is installed, those of states and of
the UN and the EU, each in one form. A new copy is parsed and checked before it replaces anything.
Exit code 5 when one of the lists could not be refreshed or is not healthy; the others are refreshed
all the same.

Proxies are taken from HTTPS_PROXY and NO_PROXY. A command given with --on-change runs once for every
list that changed, with the difference as JSON on its standard input.

Example:
  interdict lists update
  interdict lists update ofac-sdn --keep 30 --on-change ./notify.sh")]
pub(super) struct UpdateArgs {
    /// Ids of lists
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Every list that this build knows a URL of, in every form
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// The list's source file, for a list that is not built in
    #[arg(long, value_name = "TOML")]
    source: Option<PathBuf>,
    /// Download from here instead; repeatable, tried in turn
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<String>,
    /// Let a large true change pass the health gate, and record it
    #[arg(long)]
    accept_change: bool,
    /// Keep the documents of only so many snapshots; what was listed in the others is kept
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    keep: Option<u16>,
    /// Use no network: only say how the installed lists are
    #[arg(long)]
    offline: bool,
    /// Run this command when a list has changed
    #[arg(long, value_name = "CMD")]
    on_change: Option<String>,
    /// Longest time for one document (90m)
    #[arg(long, value_name = "AGE", value_parser = source::parse_age, default_value = "20m")]
    timeout: SignedDuration,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<TableOrJson>,
}

pub(super) fn run(args: &UpdateArgs, global: &Global) -> Result<Exit, AppError> {
    let store = super::store(global)?;
    let wanted = wanted(args, &store)?;
    let table = TableOrJson::of(args.format, &args.out)? == TableOrJson::Table;
    let mut all: Vec<Updated> = Vec::new();
    let mut hook_failed = false;
    for (source, toml) in &wanted {
        let updated = if args.offline {
            offline(&store, source, global)?
        } else {
            let options = UpdateOptions {
                urls: &args.urls,
                accept_change: args.accept_change,
                keep: args.keep.map(usize::from),
                source_toml: toml.as_deref(),
                patience: PATIENCE,
                fetch: FetchOptions {
                    timeout: Duration::try_from(args.timeout).unwrap_or_default(),
                    ..FetchOptions::default()
                },
            };
            let bar = bar(global, &source.id);
            let updated = store.update(source, &options, &|done, of| {
                if let Some(of) = of {
                    bar.set_length(of);
                }
                bar.set_position(done);
            });
            bar.finish_and_clear();
            updated
        };
        if table && args.out.output.is_none() {
            out::write(None, |w| line(&updated, w))?;
        }
        tell(&updated.findings, global);
        if let Some(command) = &args.on_change
            && updated.outcome == UpdateOutcome::Updated
            && let Err(why) = hook(command, &updated)
        {
            hook_failed = true;
            let mut err = std::io::stderr().lock();
            let _ = writeln!(err, "{}: error: --on-change: {why}", updated.id);
        }
        all.push(updated);
    }
    if !table || args.out.output.is_some() {
        let answers: Vec<_> = all.iter().map(answer).collect();
        out::write(args.out.output.as_deref(), |w| match table {
            true => all.iter().try_for_each(|updated| line(updated, w)),
            false => lists::write_updates(&answers, true, w),
        })?;
    }
    let sick = all.iter().any(|u| {
        matches!(u.outcome, UpdateOutcome::Refused | UpdateOutcome::Failed)
            || u.findings
                .iter()
                .any(|f| matches!(f.code, Code::ListFrozen | Code::ListStale))
    });
    Ok(match (sick, hook_failed) {
        (true, _) => Exit::ListsRefused,
        (false, true) => Exit::CannotRun,
        (false, false) => Exit::NoMatch,
    })
}

/// The sources that are meant, each with the text of its file when it is not built in.
fn wanted(args: &UpdateArgs, store: &Store) -> Result<Vec<(Source, Option<String>)>, AppError> {
    if let Some(path) = &args.source {
        let [id] = &args.ids[..] else {
            return Err(AppError::Usage("--source goes with one ID".into()));
        };
        return Ok(vec![source_of(id, Some(path))?]);
    }
    if !args.urls.is_empty() && args.ids.len() != 1 {
        return Err(AppError::Usage("--url goes with one ID".into()));
    }
    let installed = |id: &str| {
        let Ok(found) = store.find(id) else {
            // One that is damaged is refreshed too, where its source is known.
            return source::find_source(id).map(|source| (source, None));
        };
        let toml = found.source_toml();
        Some((found.source, toml))
    };
    if !args.ids.is_empty() {
        let of = |id: &String| installed(id).map_or_else(|| source_of(id, None), Ok);
        return args.ids.iter().map(of).collect();
    }
    let mut wanted: Vec<_> = store.ids()?.iter().filter_map(|id| installed(id)).collect();
    let has_url = |s: &Source| !(s.urls.is_empty() && s.parts.is_empty());
    wanted.retain(|(source, _)| has_url(source));
    if args.all || wanted.is_empty() {
        let official = |s: &Source| {
            matches!(
                s.authority,
                Authority::Government | Authority::Intergovernmental
            )
        };
        for source in source::sources() {
            let known = wanted.iter().any(|(s, _)| s.id == source.id);
            // One form of a list suffices.
            let usual = official(&source) && source.alternative_to.is_none();
            if !known && has_url(&source) && (args.all || usual) {
                wanted.push((source, None));
            }
        }
    }
    wanted.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    Ok(wanted)
}

/// How a list is, without asking anyone.
fn offline(store: &Store, source: &Source, global: &Global) -> Result<Updated, AppError> {
    let found = store.find(&source.id);
    let mut updated = Updated {
        id: source.id.clone(),
        outcome: UpdateOutcome::Unchanged,
        from: None,
        to: None,
        diff: Default::default(),
        findings: Vec::new(),
        error: Some("offline: the publisher was not asked".into()),
        hint: None,
    };
    match found {
        Ok(found) => {
            let options = ListOptions {
                lists: vec![source.id.to_string()],
                home: global.home.clone(),
                as_of: Timestamp::now(),
                max_age: None,
                allow_stale: false,
                threads: global.threads(),
            };
            match app::load_lists(&options) {
                Ok(lists) => updated.findings = lists.findings,
                Err(e) => {
                    updated.outcome = UpdateOutcome::Failed;
                    updated.error = Some(app::with_causes(&e));
                }
            }
            updated.from = Some(found.manifest.clone());
            updated.to = Some(found.manifest);
        }
        Err(e) => {
            updated.outcome = UpdateOutcome::Failed;
            updated.error = Some(app::with_causes(&e));
        }
    }
    Ok(updated)
}

fn bar(global: &Global, id: &str) -> ProgressBar {
    if global.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(
        "{prefix} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::no_length().with_style(style);
    bar.with_prefix(id.to_owned())
}

/// One line for one list.
fn line(u: &Updated, w: &mut dyn Write) -> std::io::Result<()> {
    let of = |m: &Manifest| {
        let day = m
            .published_on
            .map_or("no date".to_owned(), |d| d.to_string());
        format!("{day} ({})", &m.sha256[..12])
    };
    let from = u.from.as_ref().map(of);
    let to = u.to.as_ref().map(of);
    let error = u.error.as_deref().map(visible).unwrap_or_default();
    let kept = match &from {
        Some(from) => format!("; {from} stays in use"),
        None => String::new(),
    };
    match u.outcome {
        UpdateOutcome::Updated => {
            let to = to.unwrap_or_default();
            match from {
                Some(from) => {
                    let changes = lists::in_numbers(&u.diff);
                    writeln!(w, "{}: updated, {from} to {to}: {changes}", u.id)
                }
                None => {
                    let n = u.to.as_ref().map(|m| m.counts).unwrap_or_default();
                    writeln!(
                        w,
                        "{}: installed, {to}: {} entities, {} addresses, {} verbatim",
                        u.id, n.entities, n.addresses, n.verbatim
                    )
                }
            }
        }
        UpdateOutcome::Unchanged if error.is_empty() => {
            writeln!(w, "{}: unchanged, {}", u.id, to.unwrap_or_default())
        }
        UpdateOutcome::Unchanged => {
            writeln!(w, "{}: {}: {error}", u.id, to.unwrap_or_default())
        }
        UpdateOutcome::Refused => writeln!(w, "{}: refused: {error}{kept}", u.id),
        UpdateOutcome::Failed => writeln!(w, "{}: failed: {error}{kept}", u.id),
    }?;
    match &u.hint {
        Some(hint) => writeln!(w, "  hint: {hint}"),
        None => Ok(()),
    }
}

fn answer(u: &Updated) -> UpdateAnswer<'_> {
    let snapshot = |m: &Manifest| (m.sha256.to_string(), m.published_on);
    UpdateAnswer {
        id: &u.id,
        outcome: u.outcome.id(),
        from: u.from.as_ref().map(snapshot),
        to: u.to.as_ref().map(snapshot),
        diff: &u.diff,
        findings: &u.findings,
        error: u.error.as_deref(),
    }
}

/// Runs the user's command with the difference on its standard input.
fn hook(command: &str, updated: &Updated) -> Result<(), String> {
    let snapshot = |m: &Manifest| Snapshot {
        sha256: m.sha256.clone(),
        bytes: m.bytes,
        url: m.url.clone(),
        retrieved_at: Some(m.retrieved_at),
        published_on: m.published_on,
        bundled: false,
    };
    let from = updated.from.as_ref().map(snapshot);
    let Some(to) = updated.to.as_ref().map(snapshot) else {
        return Ok(());
    };
    let answer = DiffAnswer {
        id: &updated.id,
        from: from.as_ref(),
        to: &to,
        diff: &updated.diff,
    };
    let mut json = Vec::new();
    lists::write_diff(&answer, false, &mut json).map_err(|e| e.to_string())?;
    let (shell, flag) = match cfg!(windows) {
        true => ("cmd", "/C"),
        false => ("sh", "-c"),
    };
    let mut child = Command::new(shell)
        .args([flag, command])
        .env("INTERDICT_LIST", &*updated.id)
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot run `{command}`: {e}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command need not read what it is told.
        let _ = stdin.write_all(&json);
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("`{command}` ended with {status}")),
    }
}
