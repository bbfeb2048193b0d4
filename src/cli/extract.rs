//! `interdict extract`: which addresses stand in documents, and who lists them.

use super::{Global, ListArgs, OutArgs, evidence, out, tell};
use crate::app::{self, documents};
use crate::document::{self, DocumentError, Extracted, Limits};
use crate::error::{AppError, Exit};
use crate::evidence::log::{Entry, InputEntry};
use crate::finding::{Code, Finding, Place};
use crate::input;
use crate::report::as_list::as_list;
use crate::report::documents::{DOCUMENT_FORMATS, DocumentReport, WriteDocuments};
use crate::report::{self};
use crate::screen::{InputSummary, Screener, Verdict};
use clap::Args;
use clap::builder::PossibleValuesParser;
use indicatif::ProgressBar;
use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::path::PathBuf;

/// Addresses in press releases, complaints and notices, cross-referenced
#[derive(Debug, Args)]
#[command(after_help = "\
Reads text, Markdown, HTML, PDF, DOCX, ODT, e-mails and tag packs (YAML, JSON), also compressed;
folders; `-` for standard input. Broken addresses are put together only where a checksum confirms
it, and the report says what was done. What could not be read is named and changes the exit code.

Example:
  interdict extract complaint.pdf
  interdict extract releases/ --against transactions.csv -o addresses.json
  interdict extract notice.html --as-list fbi-notice
  interdict screen --list fbi-notice.toml transactions.csv")]
pub(super) struct ExtractArgs {
    /// Documents, folders of them, or patterns such as `a/*.pdf`
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Look for the documents' addresses in these exports too; repeatable
    #[arg(long, value_name = "EXPORT", num_args = 1..)]
    against: Vec<String>,
    /// Write what was found as a list for `--list`: ID.toml, ID.tsv, and a TagPack
    #[arg(long, value_name = "ID", value_parser = list_id)]
    as_list: Option<String>,
    /// Where `--as-list` writes its files [default: here]
    #[arg(long, value_name = "DIR", requires = "as_list")]
    list_dir: Option<PathBuf>,
    #[command(flatten)]
    lists: ListArgs,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: table, or by the extension of the output file]
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<String>,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(DOCUMENT_FORMATS.iter().map(|f| f.0))
}

fn list_id(text: &str) -> Result<String, String> {
    let letters = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if letters && (1..=64).contains(&text.len()) && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err("an id is made of small letters, digits and hyphens".into())
    }
}

pub(super) fn run(args: &ExtractArgs, global: &Global) -> Result<Exit, AppError> {
    let write = format(args)?;
    let options = args.lists.options(global);
    let lists = app::load_lists(&options)?;
    let screener = Screener::new(&lists.set);
    let mut exit = Exit::NoMatch;
    let mut findings = lists.findings.clone();
    let mut extracted = Extracted::new(|identity| screener.index().identity(identity).is_some());
    hush();
    let documents = input::expand(&args.files)?;
    let exports = input::expand(&args.against)?;
    let passed = documents.passed.iter().chain(&exports.passed);
    findings.extend(passed.clone().map(|p| {
        let place = Place::whole(&*p.path);
        Finding::new(Code::InputPassedOver, place, p.why)
    }));
    let passed = passed.filter(|p| p.counts).count() > 0;
    for file in documents.files {
        let bar = super::screen::bar(&file, global);
        let result = read(&file, &mut extracted, &bar);
        bar.finish_and_clear();
        if let Err(error) = result {
            exit = Exit::CannotRun;
            let mut detail = error.to_string();
            if let Some(cause) = std::error::Error::source(&error) {
                detail.push_str(&format!(": {cause}"));
            }
            findings.push(Finding::new(
                Code::DocumentUnreadable,
                Place::whole(&*file),
                detail,
            ));
            if !global.quiet {
                super::complain(&AppError::Document(error));
            }
        }
    }
    let parts = extracted.unread.iter().map(|u| {
        let path = extracted.documents.get(u.document).map_or("", |d| &d.path);
        let detail = match u.page {
            0 => u.why.to_string(),
            page => format!("page {page}: {}", u.why),
        };
        Finding::new(Code::DocumentPartUnread, Place::whole(path), detail)
    });
    findings.extend(parts);
    let as_of = options.as_of.to_zoned(TimeZone::UTC).date();
    let crossed = document::cross_reference(&extracted, &screener, as_of);
    let mut bar: Option<(String, ProgressBar)> = None;
    let against = documents::against(
        &extracted,
        &exports.files,
        options.as_of,
        global.threads(),
        &mut |export, done, total| {
            if bar.as_ref().is_none_or(|(name, _)| name != export) {
                bar = Some((export.to_owned(), super::screen::bar(export, global)));
            }
            if let Some((_, bar)) = &bar {
                total.into_iter().for_each(|t| bar.set_length(t));
                bar.set_position(done);
            }
        },
    );
    if let Some((_, bar)) = bar {
        bar.finish_and_clear();
    }
    for error in against.failed {
        exit = Exit::CannotRun;
        if !global.quiet {
            super::complain(&AppError::Input(error));
        }
    }
    findings.extend(against.findings);
    let unread = passed
        || !extracted.unread.is_empty()
        || exit != Exit::NoMatch
        || !lists.unread.is_empty()
        || !against.not_screened.is_empty();
    let verdict = crossed.verdict(unread);
    // Possible matches of damaged texts are told even where they do not set the exit code.
    let counting = match verdict {
        Verdict::Incomplete if args.lists.allow_incomplete && possible(&crossed) => {
            Verdict::Possible
        }
        verdict => verdict,
    };
    let counting = app::exit_of(counting, args.lists.allow_incomplete, lists.refused);
    let exit = exit.worse(counting);
    let entry = Entry {
        command: "extract".to_owned(),
        verdict: verdict.id().to_owned(),
        exit: exit.code(),
        as_of: options.as_of,
        inputs: inputs(&extracted, &against.inputs),
        lists: evidence::lists(&lists.set),
        rows: extracted.addresses.len() as u64,
        matches: crossed.found().count() as u64,
        possible: crossed
            .damaged
            .iter()
            .map(|d| d.possible.len() as u64)
            .sum(),
        not_screened: extracted.unread.len() as u64,
        ..Entry::default()
    };
    findings.extend(evidence::log(entry, global).err());
    let report = DocumentReport {
        as_of: options.as_of,
        verdict,
        extracted: &extracted,
        crossed: &crossed,
        lists: &lists.set,
        exports: &against.inputs,
        rows: &against.rows,
        findings: &findings,
    };
    let style = report::Options {
        width: out::width(),
        colour: args.out.output.is_none() && global.colour(),
        ..report::Options::default()
    };
    // A folder may hold what is about to be written.
    let documents = extracted.documents.iter().map(|d| &*d.path);
    let read: Vec<&str> = documents
        .chain(against.inputs.iter().map(|e| &*e.path))
        .chain(args.lists.lists.iter().map(|l| &**l))
        .collect();
    let written = args.as_list.iter().flat_map(|id| list_files(id, args));
    for path in args.out.output.iter().cloned().chain(written) {
        out::spares(Some(&path), read.iter().copied())?;
    }
    out::write(args.out.output.as_deref(), |w| write(&report, &style, w))?;
    if let Some(id) = &args.as_list {
        write_list(id, args, &extracted, as_of, global)?;
    }
    tell(&findings, global);
    Ok(exit)
}

/// The documents, and the exports they were looked for in, as the run log names them.
fn inputs(extracted: &Extracted, exports: &[InputSummary]) -> Vec<InputEntry> {
    let documents = extracted.documents.iter().map(|d| (&d.path, &d.sha256));
    let exports = exports.iter().map(|e| (&e.path, &e.sha256));
    let entry = |(path, sha256): (&Box<str>, &Box<str>)| InputEntry {
        path: path.to_string(),
        sha256: sha256.to_string(),
    };
    documents.chain(exports).map(entry).collect()
}

fn possible(crossed: &document::CrossReferenced<'_>) -> bool {
    crossed.damaged.iter().any(|d| !d.possible.is_empty())
}

/// A parser that fails on a document says so through its result; the panic's own words, which name
/// a line of its code, help nobody.
fn hush() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some(document::THREAD) {
            before(info);
        }
    }));
}

fn read(file: &str, extracted: &mut Extracted, bar: &ProgressBar) -> Result<(), DocumentError> {
    let bytes = if file == "-" {
        document::read_bytes(file, io::stdin().lock())?
    } else {
        let opened = std::fs::File::open(file).map_err(|source| DocumentError::Io {
            path: file.into(),
            source,
        })?;
        document::read_bytes(file, opened)?
    };
    extracted.document(file, bytes, Limits::default(), &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
}

fn format(args: &ExtractArgs) -> Result<WriteDocuments, AppError> {
    let found = match (&args.format, args.out.output.as_ref()) {
        (Some(id), _) => DOCUMENT_FORMATS.iter().find(|f| f.0 == id),
        (None, None) => DOCUMENT_FORMATS.first(),
        (None, Some(path)) => {
            let extension = args.out.extension().unwrap_or_default().to_lowercase();
            let known = DOCUMENT_FORMATS.iter().find(|f| f.1.contains(&&*extension));
            if known.is_none() {
                return Err(AppError::Usage(format!(
                    "cannot tell the format of `{}`; use --format",
                    path.display()
                )));
            }
            known
        }
    };
    found
        .map(|f| f.2)
        .ok_or_else(|| AppError::Usage("unknown format".into()))
}

/// The files that `--as-list` writes.
fn list_files(id: &str, args: &ExtractArgs) -> [PathBuf; 3] {
    let folder = args.list_dir.clone().unwrap_or_default();
    ["tsv", "tagpack.yaml", "toml"].map(|extension| folder.join(format!("{id}.{extension}")))
}

fn write_list(
    id: &str,
    args: &ExtractArgs,
    extracted: &Extracted,
    day: jiff::civil::Date,
    global: &Global,
) -> Result<(), AppError> {
    let list = as_list(id, extracted, day);
    if list.listings == 0 {
        return Err(AppError::Usage(
            "no address was found: a list of nothing is not written".into(),
        ));
    }
    let paths = list_files(id, args);
    for (path, text) in paths.iter().zip([&list.facts, &list.tagpack, &list.toml]) {
        out::write(Some(path), |w| w.write_all(text.as_bytes()))?;
    }
    if let ([.., path], false) = (&paths, global.quiet) {
        let _ = writeln!(
            io::stderr().lock(),
            "{} listings written; screen against them with `--list {}`",
            list.listings,
            path.display()
        );
    }
    Ok(())
}
