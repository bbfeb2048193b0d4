//! The report as SARIF 2.1.0 (OASIS standard): matches, near misses and findings as results with
//! their line, for code scanning and pipelines.
//!
//! A match is an error, a near miss a warning, a finding what its severity says. Evidence is in
//! each result's properties, as in the JSON report.

use super::Options;
use super::escape::uri;
use super::json::{MatchJson, path, write_value};
use super::words;
use crate::finding::{Finding, Place, Severity};
use crate::screen::{Match, ScreeningReport};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{self, Write};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const MATCH: &str = "listed-address";
const REMOVED: &str = "removed-address";
const NEAR: &str = "near-miss";

pub(super) fn write(
    report: &ScreeningReport<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let artifacts = report.inputs.iter().map(|input| {
        let mut artifact = json!({
            "location": {"uri": uri(&input.path)},
            "length": input.bytes,
        });
        if !input.sha256.is_empty() {
            artifact["hashes"] = json!({"sha-256": input.sha256});
        }
        artifact["properties"] = json!({"rows": input.rows, "profile": input.profile});
        artifact
    });
    let matches = report.matches.iter().map(|m| {
        let (rule, level) = match m.timing.counts() {
            true => (MATCH, "error"),
            false => (REMOVED, "note"),
        };
        let mut result = result(report, m, rule, level, m.note(), "interdictMatchId/v1");
        if let Some(disposed) = m.disposition.as_deref().filter(|d| d.clears()) {
            let justification = words::disposition(disposed);
            let suppression = json!({"kind": "external", "justification": justification});
            result["suppressions"] = json!([suppression]);
        }
        result
    });
    let near = report.possible.iter().map(|p| {
        let m = &p.found;
        let message = format!(
            "{}: `{}` may be `{}`, listed by {} for {} (record {}); {}.",
            p.kind,
            m.text,
            m.listing.text,
            m.list.source.title,
            m.entity().name,
            m.entity().id,
            m.basis_note
        );
        result(
            report,
            m,
            NEAR,
            "warning",
            message,
            "interdictPossibleId/v1",
        )
    });
    let findings = report.findings.iter().map(|f| finding(report, f));
    let results: Vec<Value> = matches.chain(near).chain(findings).collect();
    let sarif = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "interdict",
                "version": options.version,
                "rules": rules(report),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "properties": {
                    "asOf": report.as_of.to_string(),
                    "verdict": report.verdict().id(),
                    "headline": words::headline(report),
                    "lists": words::on_lists(report),
                },
            }],
            "artifacts": artifacts.collect::<Vec<_>>(),
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    write_value(&sarif, options.pretty, out)
}

fn rules(report: &ScreeningReport<'_>) -> Vec<Value> {
    let own = [
        (MATCH, "error", "A cell holds an identifier that is listed."),
        (
            REMOVED,
            "note",
            "A cell holds an identifier that was removed from its list before the row's date.",
        ),
        (
            NEAR,
            "warning",
            "A cell holds what may be a listed identifier: for a person to look at, not a match.",
        ),
    ];
    let codes: BTreeSet<_> = report.findings.iter().map(|f| f.code).collect();
    let codes = codes
        .iter()
        .map(|c| (c.id(), level(c.severity()), c.meaning()));
    own.into_iter()
        .chain(codes)
        .map(|(id, level, meaning)| {
            json!({
                "id": id,
                "shortDescription": {"text": meaning},
                "defaultConfiguration": {"level": level},
            })
        })
        .collect()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn result(
    report: &ScreeningReport<'_>,
    m: &Match<'_>,
    rule: &str,
    level: &str,
    message: String,
    fingerprint: &str,
) -> Value {
    let evidence = MatchJson::new(m, &report.inputs);
    json!({
        "ruleId": rule,
        "level": level,
        "message": {"text": message},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": artifact(report, path(&report.inputs, m.input)),
                "region": {"startLine": m.line.max(1), "snippet": {"text": m.text}},
            },
            "logicalLocations": [logical(&format!("row {}, {}", m.row, words::column(&m.column)))],
        }],
        "partialFingerprints": {fingerprint: m.id},
        "properties": serde_json::to_value(evidence).unwrap_or(Value::Null),
    })
}

/// The input's location, with its index when it is one of the inputs.
fn artifact(report: &ScreeningReport<'_>, path: &str) -> Value {
    match report.inputs.iter().position(|input| &*input.path == path) {
        Some(index) => json!({"uri": uri(path), "index": index}),
        None => json!({"uri": uri(path)}),
    }
}

fn logical(name: &str) -> Value {
    json!({"fullyQualifiedName": name})
}

fn finding(report: &ScreeningReport<'_>, finding: &Finding) -> Value {
    let is_input = |of: &str| report.inputs.iter().any(|input| &*input.path == of);
    let location = match &finding.place {
        Place::Whole { of } if is_input(of) => {
            json!({"physicalLocation": {"artifactLocation": artifact(report, of)}})
        }
        Place::Whole { of } => json!({"logicalLocations": [logical(of)]}),
        Place::Record { of, id } => json!({"logicalLocations": [logical(&format!("{of}: {id}"))]}),
        Place::Line { of, line } => json!({"physicalLocation": {
            "artifactLocation": artifact(report, of),
            "region": {"startLine": line.max(&1)},
        }}),
        Place::Cell {
            of,
            row,
            line,
            column,
        } => json!({
            "physicalLocation": {
                "artifactLocation": artifact(report, of),
                "region": {"startLine": line.max(&1)},
            },
            "logicalLocations": [logical(&format!("row {row}, {column}"))],
        }),
    };
    json!({
        "ruleId": finding.code.id(),
        "level": level(finding.code.severity()),
        "message": {"text": format!("{}: {}", finding.place, finding.detail)},
        "locations": [location],
    })
}
