//! What a scan counts: what could not be screened, what was odd, and how the counts of several
//! workers become one.
//!
//! Of many alike the first by place are told one by one and the others counted, so that the answer
//! does not depend on who found them.

use super::record::CellAt;
use super::report::{Column, ColumnCoverage, Coverage, NotAddress, NotScreened};
use super::scan::Scan;
use super::token::TOKEN_MIN;
use super::unique::Unique;
use crate::finding::{Code, Finding, Place};
use crate::list::ListingRef;
use std::collections::BTreeMap;

/// Near misses of one listing that are told one by one; the rest is counted.
const NEAR_KEPT: u64 = 1000;

#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    count: u64,
    examples: Vec<(CellAt, Box<str>)>,
}

impl Scan<'_, '_> {
    /// Counts a row that could not be read at all; the verdict cannot be `no-match` any more.
    pub fn unreadable(&mut self, row: u64, line: u64, why: &str, code: Code) {
        self.rows += 1;
        let at = CellAt {
            row,
            column: 0,
            byte: 0,
            line,
        };
        self.not_screened("unreadable-row", at, why);
        self.note(code, row, line, why.to_owned());
    }

    /// Notes an oddity of a row whose cells were looked at all the same.
    pub fn note(&mut self, code: Code, row: u64, line: u64, detail: String) {
        let at = CellAt {
            row,
            column: 0,
            byte: 0,
            line,
        };
        self.finding(
            code,
            at,
            Place::Line {
                of: self.input.clone(),
                line,
            },
            detail,
        );
    }

    /// Notes a number that a spreadsheet has rounded where an id or an address belongs. One that is
    /// long enough may have been an address, which cannot be screened any more.
    pub fn rounded(&mut self, row: u64, line: u64, column: usize, number: &str, digits: u32) {
        let at = CellAt {
            row,
            column,
            byte: 0,
            line,
        };
        if digits as usize >= TOKEN_MIN {
            self.not_screened("damaged-number", at, number);
        }
        let detail = format!("`{number}` stands for a number of {digits} digits that was rounded");
        let place = self.place(at);
        self.finding(Code::NumberDamaged, at, place, detail);
    }

    /// Counts a cell with a formula whose value the workbook does not state.
    pub fn without_value(&mut self, row: u64, line: u64, column: usize, formula: &str) {
        let at = CellAt {
            row,
            column,
            byte: 0,
            line,
        };
        self.not_screened("formula-without-value", at, formula);
        let place = self.place(at);
        let detail = format!("`{formula}` has no value here; a spreadsheet adds it when it saves");
        self.finding(Code::FormulaWithoutValue, at, place, detail);
    }

    /// Counts text from `line` on that was decoded wrongly, so that what stood there is not known.
    pub fn garbled(&mut self, row: u64, line: u64, why: &str) {
        let at = CellAt {
            row,
            column: 0,
            byte: 0,
            line,
        };
        self.not_screened("garbled-text", at, &format!("line {line}"));
        self.note(Code::InputUndecodable, row, line, why.to_owned());
    }

    /// How many records it has seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Lets go of near misses that will not be told. Called between records only: which of them are
    /// kept depends on their places, not on the order in which they were found.
    pub(super) fn settle(&mut self) {
        if self.near.len() >= self.near_due {
            self.keep_near();
            self.near_due = 2 * self.near.len().max(NEAR_KEPT as usize);
        }
    }

    /// Keeps the first near misses of each listing, in order.
    pub(crate) fn keep_near(&mut self) {
        self.near.sort_by_key(|n| n.hit.at);
        let mut kept: BTreeMap<ListingRef, u64> = BTreeMap::new();
        self.near.retain(|near| {
            let kept = kept.entry(near.found[0].0).or_default();
            *kept += 1;
            *kept <= NEAR_KEPT
        });
    }

    /// Adds what another worker found in another part of the same input.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.cells += other.cells;
        self.tokens += other.tokens;
        self.recognised += other.recognised;
        self.unique.merge(&other.unique);
        if self.columns.len() < other.columns.len() {
            self.columns.resize(other.columns.len(), (0, 0));
        }
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
        for (reason, theirs) in other.not_screened {
            let mine = self.not_screened.entry(reason).or_default();
            mine.count += theirs.count;
            mine.examples.extend(theirs.examples);
            mine.examples.sort();
            mine.examples.truncate(3);
        }
        for (kind, count) in other.not_addresses {
            *self.not_addresses.entry(kind).or_default() += count;
        }
        self.hits.extend(other.hits);
        self.hits.sort_by_key(|h| h.at);
        self.near.extend(other.near);
        self.kept.extend(other.kept);
        for (listing, count) in other.near_counts {
            *self.near_counts.entry(listing).or_default() += count;
        }
        self.keep_near();
        for (code, theirs) in other.findings {
            let mine = self.findings.entry(code).or_default();
            mine.extend(theirs);
            mine.sort();
            mine.truncate(self.options.findings_max);
        }
        for (code, count) in other.finding_counts {
            *self.finding_counts.entry(code).or_default() += count;
        }
    }

    /// Adds this input's coverage to the run's, and returns its findings.
    pub fn finish(
        mut self,
        input: usize,
        coverage: &mut Coverage,
        unique: &mut Unique,
    ) -> Vec<Finding> {
        coverage.rows += self.rows;
        coverage.cells += self.cells;
        coverage.tokens += self.tokens;
        coverage.recognised += self.recognised;
        unique.merge(&self.unique);
        for (reason, tally) in std::mem::take(&mut self.not_screened) {
            let examples = tally.examples.into_iter().map(|(_, text)| text);
            match coverage
                .not_screened
                .iter_mut()
                .find(|n| n.reason == reason)
            {
                Some(n) => {
                    n.count += tally.count;
                    let room = 3 - n.examples.len();
                    n.examples.extend(examples.take(room));
                }
                None => coverage.not_screened.push(NotScreened {
                    reason,
                    count: tally.count,
                    examples: examples.collect(),
                }),
            }
        }
        coverage.not_screened.sort_by_key(|n| n.reason);
        for (kind, count) in &self.not_addresses {
            match coverage.not_addresses.iter_mut().find(|n| n.kind == *kind) {
                Some(n) => n.count += count,
                None => coverage.not_addresses.push(NotAddress {
                    kind,
                    count: *count,
                }),
            }
        }
        coverage.not_addresses.sort_by_key(|n| n.kind);
        for (index, &(cells, recognised)) in self.columns.iter().enumerate() {
            let column = self.layout.columns.get(index).cloned().unwrap_or(Column {
                index,
                ..Column::default()
            });
            coverage.columns.push(ColumnCoverage {
                input,
                column,
                cells,
                recognised,
            });
        }
        let mut findings = Vec::new();
        for (code, mut list) in self.findings {
            // As when the tallies of several workers are merged.
            list.sort();
            list.truncate(self.options.findings_max);
            let (kept, count) = (list.len() as u64, self.finding_counts[&code]);
            findings.extend(list.into_iter().map(|(_, finding)| finding));
            if count > kept {
                findings.push(Finding::more(code, self.input.clone(), count - kept));
            }
        }
        let more = self.near_counts.values();
        let more: u64 = more.map(|count| count.saturating_sub(NEAR_KEPT)).sum();
        if more > 0 {
            findings.push(Finding::more(Code::PossibleMany, self.input, more));
        }
        findings
    }

    pub(super) fn place(&self, at: CellAt) -> Place {
        let column = match self.layout.columns.get(at.column) {
            Some(c) if !c.name.is_empty() => c.name.clone(),
            _ => (at.column + 1).to_string().into(),
        };
        Place::Cell {
            of: self.input.clone(),
            row: at.row,
            line: at.line,
            column,
        }
    }

    pub(super) fn not_screened(&mut self, reason: &'static str, at: CellAt, example: &str) {
        self.reported += 1;
        let tally = self.not_screened.entry(reason).or_default();
        tally.count += 1;
        // The first three by place, in whatever order and by whichever worker they are found.
        let last = tally.examples.get(2).map(|(place, _)| *place);
        if last.is_none_or(|last| at < last) {
            tally.examples.push((at, example.into()));
            tally.examples.sort();
            tally.examples.truncate(3);
        }
    }

    pub(super) fn finding(&mut self, code: Code, at: CellAt, place: Place, detail: String) {
        *self.finding_counts.entry(code).or_default() += 1;
        let list = self.findings.entry(code).or_default();
        list.push((at, Finding::new(code, place, detail)));
        // The first by place, in whatever order and by whichever worker they are found.
        let most = self.options.findings_max;
        if list.len() >= most.saturating_mul(2) {
            list.sort();
            list.truncate(most);
        }
    }
}
