//! What is done with an input once it has been read: its hits are judged, its times read, what is
//! no address counted, and what it holds instead of addresses said.
//!
//! It does not know how it was read.

use super::{Counterparties, Reading, Run, Whole, not_screened};
use crate::finding::{Code, Finding, Place};
use crate::input::columns::Mapping;
use crate::screen::{
    Coverage, Hit, InputSummary, Judge, Match, NotAddress, Role, RowTime, judge, judge_near,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

impl Run<'_, '_> {
    /// Judges what a reader found and adds it to the run.
    pub(super) fn close(
        &mut self,
        path: &str,
        reading: Reading,
        whole: &Whole,
        encoding: &str,
    ) -> Counterparties {
        let Reading {
            tally,
            mapping,
            exact,
            ..
        } = reading;
        let summary = InputSummary {
            rows: tally.rows,
            profile: mapping.profile.clone(),
            encoding: encoding.into(),
            delimiter: reading.delimiter,
            header_line: reading.header_line,
            ..whole.summary(path)
        };
        let input = self.inputs.len();
        let columns = &mut self.coverage.columns[tally.columns..];
        for coverage in columns.iter_mut() {
            // A column that was met late has its name by now.
            if let Some(column) = mapping.layout.columns.get(coverage.column.index) {
                coverage.column = column.clone();
            }
        }
        count_not_addresses(&mut self.coverage, tally.columns, &mapping);
        let columns = &self.coverage.columns[tally.columns..];
        // Without validation only listed addresses are counted: the sample has to do.
        let mut any = !self.options.scan.validate && mapping.holds_addresses();
        let party = |role: Role| !matches!(role, Role::Own | Role::Contract | Role::Txid);
        any |= columns
            .iter()
            .any(|c| c.recognised > 0 && party(c.column.role));
        let place = || Place::whole(path);
        let hashed = !whole.fingerprint.sha256.is_empty();
        if !hashed && whole.failed.is_none() {
            let detail = "its SHA-256 was not computed; this report cannot be tied to its bytes";
            self.findings
                .push(Finding::new(Code::InputNotHashed, place(), detail));
        }
        if let Some(error) = reading.failed.as_ref().or(whole.failed.as_ref()) {
            let detail = format!("reading stopped after row {}: {error}", summary.rows);
            self.findings
                .push(Finding::new(Code::InputUnreadable, place(), detail));
            not_screened(&mut self.coverage, "unread-rest", path);
        }
        let counterparties = if summary.rows == 0 {
            let detail = match summary.bytes {
                0 => "the file is empty",
                _ if summary.header_line > 0 => "there is a header and no row",
                _ => "there is no row",
            };
            self.findings
                .push(Finding::new(Code::InputEmpty, place(), detail));
            not_screened(&mut self.coverage, "empty-input", path);
            Counterparties::NoRow
        } else if any {
            Counterparties::Some
        } else {
            Counterparties::None
        };
        let as_of: Date = self.options.as_of.to_zoned(TimeZone::UTC).date();
        let judging = Judge {
            lists: self.screener.lists(),
            input,
            // Without a hash its name has to tell its matches from those of others.
            input_sha256: match hashed {
                true => &whole.whose,
                false => path,
            },
            columns: &mapping.layout.columns,
            as_of,
        };
        let mut clock = Clock {
            mapping: &mapping,
            of: path,
            as_of,
            findings: Vec::new(),
            counts: BTreeMap::new(),
        };
        let complete = |m: &mut Match<'_>, at: u64| {
            m.quantity = mapping.amounts.read(&m.amount, &m.asset);
            if let Some(exact) = exact.get(&at) {
                m.column.name = exact.clone();
            }
        };
        for hit in &tally.hits {
            let time = clock.time(hit);
            let mut found = judge(judging, hit, time.as_ref());
            for (text, rival) in clock.rivals(hit) {
                // The same listings, in the same order.
                for (m, other) in found.iter_mut().zip(judge(judging, hit, Some(&rival))) {
                    if (other.basis, other.timing) < (m.basis, m.timing) {
                        clock.disagree(hit, &m.row_time, &text);
                        *m = other;
                        m.row_time = text.clone();
                    }
                }
            }
            for mut m in found {
                complete(&mut m, hit.at.byte);
                self.matches.push(m);
            }
        }
        for near in &tally.near {
            let time = clock.time(&near.hit);
            for mut possible in judge_near(judging, near, time.as_ref()) {
                complete(&mut possible.found, near.hit.at.byte);
                self.possible.push(possible);
            }
        }
        let findings = clock.findings();
        self.findings.extend(findings);
        self.inputs.push(summary);
        self.mappings.push(mapping);
        self.kept.push(tally.kept);
        counterparties
    }

    /// Says what an input without counterparties holds instead.
    pub(super) fn without(&mut self, path: &str, mapping: usize) {
        let mapping = &self.mappings[mapping];
        let own = |role: Role| mapping.layout.columns.iter().any(|c| c.role == role);
        let recognised = |role: Role| {
            let columns = self.coverage.columns.iter();
            own(role)
                && columns
                    .filter(|c| c.column.role == role)
                    .any(|c| c.recognised > 0)
        };
        let what = if recognised(Role::Own) {
            "only the owner's own addresses are in it"
        } else if recognised(Role::Contract) {
            "only contract addresses are in it"
        } else {
            "no cell holds an address"
        };
        let detail = format!("{what}; {}", mapping.holds_instead());
        let place = Place::whole(path);
        self.findings
            .push(Finding::new(Code::NoAddressColumn, place, detail));
        not_screened(&mut self.coverage, "no-address", path);
    }
}

/// How many findings of one kind about the times of an input are told one by one.
const NOTED: u64 = 20;

/// Reads rows' times and notes what is odd about them.
struct Clock<'m> {
    mapping: &'m Mapping,
    of: &'m str,
    as_of: Date,
    findings: Vec<Finding>,
    counts: BTreeMap<Code, u64>,
}

impl Clock<'_> {
    /// What was noted, and how many more there were.
    fn findings(self) -> Vec<Finding> {
        let mut findings = self.findings;
        for (code, count) in self.counts {
            if count > NOTED {
                findings.push(Finding::more(code, self.of, count - NOTED));
            }
        }
        findings
    }

    fn note(&mut self, code: Code, hit: &Hit, detail: String) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count <= NOTED {
            let place = Place::Line {
                of: self.of.into(),
                line: hit.at.line,
            };
            self.findings.push(Finding::new(code, place, detail));
        }
    }

    /// The row's time; `None` where there is none, or none to judge by.
    fn time(&mut self, hit: &Hit) -> Option<RowTime> {
        let text = &hit.context.time;
        if text.is_empty() {
            return None;
        }
        let Some(read) = self.mapping.time.read(text) else {
            let detail = format!("`{text}` is no time that can be read");
            self.note(Code::TimeUnreadable, hit, detail);
            return None;
        };
        if read.first > self.as_of {
            let as_of = self.as_of;
            let detail = format!("`{text}` is later than {as_of}, the day answered for");
            self.note(Code::TimeLater, hit, detail);
            return None;
        }
        if self.mapping.time.ambiguous(text) {
            let detail = format!("`{text}` can be read as day/month and as month/day");
            self.note(Code::TimeAmbiguous, hit, detail);
        }
        Some(read)
    }

    /// What the row's further times say.
    fn rivals(&self, hit: &Hit) -> Vec<(Box<str>, RowTime)> {
        let texts = hit.context.rivals.iter().zip(&self.mapping.rivals);
        texts
            .filter_map(|(text, reader)| Some((text.clone(), reader.read(text)?)))
            .filter(|(_, time)| time.first <= self.as_of)
            .collect()
    }

    fn disagree(&mut self, hit: &Hit, one: &str, other: &str) {
        let detail = format!(
            "the row's times `{one}` and `{other}` give different answers, and no heading says \
             which is the dealing's: judged by `{other}`"
        );
        self.note(Code::TimeAmbiguous, hit, detail);
    }
}

/// Counts, column by column, what is known to be no address; tokens, contracts included, though
/// they are looked up all the same.
///
/// 40 bare hexadecimal digits decode as an account. Where nothing says that accounts stand there
/// they are counted here and not as recognised; a listed one is a match in any column.
fn count_not_addresses(coverage: &mut Coverage, from: usize, mapping: &Mapping) {
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    let mut taken = 0;
    for column in &mut coverage.columns[from..] {
        if column.column.role == Role::Contract {
            counts.push(("token-contract", column.recognised));
        }
        let Some(kind) = mapping.not_addresses(column.column.index) else {
            continue;
        };
        if kind == "hex-40" {
            taken += column.recognised;
            column.recognised = 0;
        }
        counts.push((kind, column.cells.saturating_sub(column.recognised)));
    }
    if taken > 0 {
        coverage.recognised -= taken;
    }
    for (kind, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        match coverage.not_addresses.iter_mut().find(|n| n.kind == kind) {
            Some(n) => n.count += count,
            None => coverage.not_addresses.push(NotAddress { kind, count }),
        }
    }
    coverage.not_addresses.sort_by_key(|n| n.kind);
}
