//! The report as JUnit XML, as pipelines read it: a match fails, what could not be screened is an
//! error, a near miss is skipped (a person has to look).
//!
//! One suite for each input, one for coverage, one for the lists. There is always at least one case,
//! so that an empty run cannot pass for a good one.

use super::Options;
use super::escape::{html, short};
use super::json::path;
use super::words::{self, count, number};
use crate::finding::{Code, Severity};
use crate::screen::{Match, ScreeningReport};
use std::io::{self, Write};

#[derive(Default)]
struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed(String),
    Skipped(String),
    /// Type, message, text.
    Failed(String, String, String),
    /// Type, message, text.
    Broken(String, String, String),
}

pub(super) fn write(
    report: &ScreeningReport<'_>,
    _: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut suites: Vec<Suite> = (0..report.inputs.len())
        .map(|input| of_input(report, input))
        .collect();
    suites.push(of_coverage(report));
    suites.push(of_lists(report));
    let total = |is: fn(&Outcome) -> bool| -> usize {
        let cases = suites.iter().flat_map(|s| &s.cases);
        cases.filter(|c| is(&c.outcome)).count()
    };
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"interdict\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        total(|_| true),
        total(failed),
        total(broken),
        total(skipped),
    )?;
    suites.iter().try_for_each(|s| suite(report, s, out))?;
    writeln!(out, "</testsuites>")
}

fn failed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(..))
}

fn broken(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Broken(..))
}

fn skipped(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Skipped(_))
}

fn suite(report: &ScreeningReport<'_>, suite: &Suite, out: &mut dyn Write) -> io::Result<()> {
    let total = |is: fn(&Outcome) -> bool| suite.cases.iter().filter(|c| is(&c.outcome)).count();
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" timestamp=\"{}\">",
        html(&suite.name),
        suite.cases.len(),
        total(failed),
        total(broken),
        total(skipped),
        report.as_of,
    )?;
    for case in &suite.cases {
        write!(
            out,
            "    <testcase classname=\"{}\" name=\"{}\"",
            html(&suite.name),
            html(&short(&case.name, 300))
        )?;
        match &case.outcome {
            Outcome::Passed(text) if text.is_empty() => writeln!(out, "/>")?,
            Outcome::Passed(text) => {
                writeln!(out, "><system-out>{}</system-out></testcase>", html(text))?;
            }
            Outcome::Skipped(why) => {
                writeln!(out, "><skipped message=\"{}\"/></testcase>", html(why))?;
            }
            Outcome::Failed(kind, message, text) | Outcome::Broken(kind, message, text) => {
                let tag = if failed(&case.outcome) {
                    "failure"
                } else {
                    "error"
                };
                writeln!(
                    out,
                    "><{tag} type=\"{}\" message=\"{}\">{}</{tag}></testcase>",
                    html(kind),
                    html(message),
                    html(text)
                )?;
            }
        }
    }
    writeln!(out, "  </testsuite>")
}

fn of_input(report: &ScreeningReport<'_>, input: usize) -> Suite {
    let name = |m: &Match<'_>| {
        let column = words::column(&m.column);
        format!(
            "row {} (line {}), {column}: {}",
            m.row,
            m.line,
            short(&m.text, 128)
        )
    };
    let mut cases = Vec::new();
    for m in report.matches.iter().filter(|m| m.input == input) {
        let message = format!(
            "{}: {} ({}), record {} of {}",
            m.timing.id(),
            m.entity().name,
            m.list.source.title,
            m.entity().id,
            m.list.source.id
        );
        let text = format!("{} Match id {}.", m.note(), m.id);
        cases.push(Case {
            name: name(m),
            outcome: match &m.disposition {
                Some(disposed) if disposed.clears() => {
                    Outcome::Skipped(format!("{message}; {}", words::disposition(disposed)))
                }
                _ if m.timing.counts() => Outcome::Failed(m.timing.id().to_owned(), message, text),
                _ => Outcome::Passed(format!("{message}. {text}")),
            },
        });
    }
    for p in report.possible.iter().filter(|p| p.found.input == input) {
        let m = &p.found;
        cases.push(Case {
            name: name(m),
            outcome: Outcome::Skipped(format!(
                "{}: may be {}, listed by {} for {} (record {}); to be looked at",
                p.kind,
                m.listing.text,
                m.list.source.id,
                m.entity().name,
                m.entity().id
            )),
        });
    }
    if !cases.iter().any(|c| failed(&c.outcome)) {
        let rows = count(report.inputs[input].rows, "row", "rows");
        cases.push(Case {
            name: format!("no match in {rows}"),
            outcome: Outcome::Passed(words::on_lists(report)),
        });
    }
    Suite {
        name: path(&report.inputs, input).to_owned(),
        cases,
    }
}

fn of_coverage(report: &ScreeningReport<'_>) -> Suite {
    let mut cases: Vec<Case> = report
        .coverage
        .not_screened
        .iter()
        .map(|n| Case {
            name: words::reason(n),
            outcome: Outcome::Broken(
                n.reason.to_owned(),
                format!("{} could not be screened", number(n.count)),
                n.examples
                    .iter()
                    .map(|e| short(e, 200).into_owned())
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
        })
        .collect();
    if cases.is_empty() {
        cases.push(Case {
            name: "everything was screened".to_owned(),
            outcome: Outcome::Passed(String::new()),
        });
    }
    Suite {
        name: "coverage".to_owned(),
        cases,
    }
}

fn of_lists(report: &ScreeningReport<'_>) -> Suite {
    let mut cases: Vec<Case> = report
        .lists
        .lists()
        .iter()
        .map(|list| {
            let name = format!("{} {}", list.source.id, words::of_date(list));
            let of = |f: &&crate::finding::Finding| {
                matches!(f.code, Code::ListStale | Code::ListRefused)
                    && f.code.severity() == Severity::Error
                    && f.place.to_string() == *list.source.id
            };
            let outcome = match report.findings.iter().find(of) {
                Some(f) => Outcome::Broken(
                    f.code.id().to_owned(),
                    f.detail.to_string(),
                    f.code.meaning().to_owned(),
                ),
                None => Outcome::Passed(format!(
                    "{}, {} old, sha256 {}",
                    count(list.len() as u64, "listing", "listings"),
                    words::age(report, list),
                    list.snapshot.sha256
                )),
            };
            Case { name, outcome }
        })
        .collect();
    if cases.is_empty() {
        cases.push(Case {
            name: "a list is loaded".to_owned(),
            outcome: Outcome::Broken(
                "no-list".to_owned(),
                "no list was used".to_owned(),
                String::new(),
            ),
        });
    }
    Suite {
        name: "lists".to_owned(),
        cases,
    }
}
