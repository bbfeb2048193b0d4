//! The only wiring: lists from store and bundle, inputs to the screener, results to a report.
//!
//! It reads the clock once, and neither prints nor exits.

use crate::address::relation::Pair;
use crate::address::{self, Address, AddressError, Reason, forms, network};
use crate::error::{AppError, Exit};
use crate::finding::{Code, Finding, Place};
use crate::list::{List, ListSet};
use crate::screen::{
    Column, Judge, Layout, Match, Possible, Record, Role, RowTime, Scan, ScanOptions, Screener,
    Verdict, judge, judge_near, list_age_days,
};
use crate::source;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::path::PathBuf;

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
}

/// Loads the wanted lists.
pub fn load_lists(options: &ListOptions) -> Result<Lists, AppError> {
    let mut lists = Vec::new();
    if options.lists.is_empty() {
        lists.extend(source::bundled_lists());
    }
    for wanted in &options.lists {
        lists.push(load_list(wanted, options)?);
    }
    join_histories(&mut lists);
    let mut findings = Vec::new();
    let mut refused = false;
    for list in &lists {
        let id = &list.source.id;
        let age = list_age_days(list, options.as_of);
        let limit = options.max_age.or(list.source.max_age);
        let hours = age.map(|days| days * 24);
        if let (Some(limit), Some(hours), Some(days)) = (limit, hours, age)
            && hours > limit.as_hours()
        {
            refused |= !options.allow_stale;
            findings.push(Finding::new(
                Code::ListStale,
                Place::whole(id.clone()),
                format!("{days} days old, the limit is {} hours", limit.as_hours()),
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
        findings.extend(
            list.findings
                .iter()
                .filter(|f| f.code == Code::ListLeftOut)
                .cloned(),
        );
    }
    Ok(Lists {
        set: ListSet::new(lists),
        findings,
        refused,
    })
}

fn load_list(wanted: &str, _options: &ListOptions) -> Result<List, AppError> {
    let bundled = source::bundled_lists();
    let known = bundled.iter().map(|l| l.source.id.to_string()).collect();
    if let Some(list) = bundled.into_iter().find(|l| *l.source.id == *wanted) {
        return Ok(list);
    }
    Err(AppError::ListMissing {
        id: wanted.into(),
        known,
    })
}

fn join_histories(lists: &mut Vec<List>) {
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

/// One text looked up.
#[derive(Debug)]
pub struct Checked<'l> {
    /// As given.
    pub input: String,
    /// What it is.
    pub address: Result<Address, AddressError>,
    /// What was done to the text to read it; empty when nothing was.
    pub reading: String,
    /// Where it is listed.
    pub matches: Vec<Match<'l>>,
    /// What it may have been meant to be.
    pub possible: Vec<Possible<'l>>,
}

impl Checked<'_> {
    /// The answer in one word.
    pub fn verdict(&self) -> Verdict {
        if self.matches.iter().any(|m| m.timing.counts()) {
            Verdict::Match
        } else if !self.possible.is_empty() {
            Verdict::Possible
        } else if self.address.is_err() && self.matches.is_empty() {
            Verdict::Incomplete
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
            let mut scan = Scan::new(screener, ScanOptions::default(), "arguments", &layout);
            scan.record(&Record {
                row,
                line: row,
                cells: &[(0, input.as_bytes())],
            });
            let j = Judge {
                lists: screener.lists(),
                input: 0,
                input_sha256: "arguments",
                columns: &layout.columns,
                as_of: day,
            };
            let matches = scan
                .hits
                .iter()
                .flat_map(|hit| judge(j, hit, Some(&time)))
                .collect();
            let possible = scan
                .near
                .iter()
                .flat_map(|near| judge_near(j, near, Some(&time)))
                .collect();
            let Validated {
                outcome: address,
                note: reading,
            } = validate(&input, None, true);
            Checked {
                address,
                reading,
                input,
                matches,
                possible,
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
        let outcome = Address::parse_as(text, asset, testnet);
        return Validated {
            outcome,
            note: String::new(),
        };
    }
    let form = forms::read(text);
    let mut notes: Vec<String> = form.notes.iter().map(ToString::to_string).collect();
    let outcome = match form.status {
        forms::Status::Secret => Err(AddressError {
            reason: Reason::Secret,
            ..AddressError::UNKNOWN
        }),
        _ => match (form.address(), form.asset) {
            (Some(inner), Some(asset)) => Address::parse(inner)
                .or_else(|e| Address::parse_as(inner, asset, true).map_err(|_| e)),
            (Some(inner), None) => Address::parse(inner),
            (None, _) => Err(AddressError::UNKNOWN),
        },
    };
    if !matches!(form.status, forms::Status::Ok | forms::Status::Secret) {
        notes.insert(0, form.status.id().to_owned());
    }
    Validated {
        outcome,
        note: notes.join("; "),
    }
}

/// How two texts relate, and why.
pub fn relation(a: &str, b: &str) -> Pair {
    address::relation(a.trim(), b.trim())
}
