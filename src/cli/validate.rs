//! `interdict validate`: what is this address?

use super::{Global, OutArgs, check, out};
use crate::address::{self, Reason};
use crate::app::{self, Validated};
use crate::error::{AppError, Exit};
use crate::report::answers::{self, NOT_SHOWN};
use crate::report::escape;
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;

/// What is this address? Format, networks, identity, equivalents
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 4 when a text is not valid.

Example:
  interdict validate 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2
  interdict validate --as TRX --input addresses.txt --format jsonl")]
pub(super) struct ValidateArgs {
    /// Addresses; none or `-`: read them from standard input, one a line
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,
    /// Read texts from this file, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "texts")]
    input: Option<PathBuf>,
    /// How two texts relate: a file with two texts a line, tab-separated
    #[arg(long, value_name = "FILE", conflicts_with_all = ["texts", "input", "asset"])]
    pairs: Option<PathBuf>,
    /// Judge the texts as this asset's addresses only (BTC, ETH, TRX, XMR …)
    #[arg(long = "as", value_name = "ASSET")]
    asset: Option<String>,
    /// Admit addresses of test networks
    #[arg(long)]
    testnet: bool,
    #[command(flatten)]
    out: OutArgs,
    /// Output format [default: text, or by the extension of the output file]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    #[value(alias = "json", alias = "ndjson")]
    Jsonl,
}

pub(super) fn run(args: &ValidateArgs, _global: &Global) -> Result<Exit, AppError> {
    let by_extension = &[
        ("jsonl", Format::Jsonl),
        ("ndjson", Format::Jsonl),
        ("json", Format::Jsonl),
        ("txt", Format::Text),
    ];
    let format = args.out.format(args.format, by_extension, Format::Text)?;
    if let Some(path) = &args.pairs {
        return pairs(&read(path)?, format, args);
    }
    let texts = match &args.input {
        Some(path) => read(path)?,
        None => check::texts(&args.texts)?,
    };
    if let Some(asset) = &args.asset
        && !app::knows_asset(asset)
    {
        return Err(AppError::UnknownAsset {
            asset: asset.clone(),
        });
    }
    let mut exit = Exit::NoMatch;
    out::write(args.out.output.as_deref(), |w| {
        for text in &texts {
            let v = app::validate(text, args.asset.as_deref(), args.testnet);
            if v.outcome.is_err() {
                exit = Exit::Incomplete;
            }
            match format {
                Format::Jsonl => {
                    let answer = answers::Validation {
                        input: text,
                        outcome: &v.outcome,
                        reason: &v.reason,
                        note: &v.note,
                    };
                    answers::write_validation(answer, w)?;
                }
                Format::Text => person(text, &v, w)?,
            }
        }
        Ok(())
    })?;
    Ok(exit)
}

fn person(text: &str, v: &Validated, w: &mut dyn Write) -> io::Result<()> {
    match &v.outcome {
        Ok(a) => {
            writeln!(w, "{}: valid", escape::visible(text.trim()))?;
            writeln!(w, "  format     {}", a.format().title)?;
            writeln!(w, "  networks   {}", a.networks().join(", "))?;
            writeln!(w, "  canonical  {a}")?;
            writeln!(w, "  identity   {:?}", a.identity())?;
            if !v.note.is_empty() {
                writeln!(w, "  note       {}", escape::visible(&v.note))?;
            }
            for (format, other) in address::relation::equivalents(a) {
                writeln!(w, "  same as    {other}  ({})", format.title)?;
            }
        }
        Err(e) => {
            let shown = match e.reason {
                Reason::Secret => NOT_SHOWN.into(),
                _ => escape::visible(text.trim()),
            };
            writeln!(w, "{shown}: not valid")?;
            writeln!(w, "  {}", escape::visible(&v.reason))?;
        }
    }
    Ok(())
}

fn pairs(lines: &[String], format: Format, args: &ValidateArgs) -> Result<Exit, AppError> {
    out::write(args.out.output.as_deref(), |w| {
        for line in lines {
            let (a, b) = line.split_once('\t').unwrap_or((line, ""));
            let pair = app::relation(a, b);
            let shown = |text| {
                if app::is_withheld(text) {
                    NOT_SHOWN
                } else {
                    text
                }
            };
            let (a, b) = (shown(a), shown(b));
            match format {
                Format::Jsonl => answers::write_pair(a, b, pair.relation, pair.why, w)?,
                Format::Text => {
                    let (a, b) = (escape::visible(a), escape::visible(b));
                    writeln!(w, "{}\t{a}\t{b}\t{}", pair.relation, pair.why)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(Exit::NoMatch)
}

fn read(path: &PathBuf) -> Result<Vec<String>, AppError> {
    if path.as_os_str() == "-" {
        return check::texts(&[]);
    }
    let file = File::open(path).map_err(|e| AppError::File {
        verb: "read",
        path: path.clone(),
        source: e,
    })?;
    check::lines(&mut BufReader::new(file), path)
}
