//! The matches as CSV (RFC 4180, UTF-8, LF): one row a match, every column of evidence.
//!
//! No cell starts a formula and none breaks a line; what acts is shown, see `escape`. Exact texts
//! are in the JSON report. Near misses are no matches and are not here.

use super::Options;
use super::escape::cell;
use super::flat::{FLAT_COLUMNS, flat};
use crate::screen::ScreeningReport;
use std::io::{self, Write};

pub(super) fn write(
    report: &ScreeningReport<'_>,
    _: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(FLAT_COLUMNS)?;
    for m in &report.matches {
        let row = flat(report, m);
        csv.write_record(row.iter().map(|value| cell(value).into_owned()))?;
    }
    csv.flush()
}
