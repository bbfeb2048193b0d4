//! The report of a self-test: what was made of listed addresses, what should have come of it, and
//! what did.
//!
//! It does not know how the texts were made.

use super::escape::{short, visible};
use super::json::write_value;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::io::{self, Write};

/// What should come of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// A match of the listing it was made of.
    Match,
    /// No match, but it is named: as possible, or as not screened.
    Noticed,
    /// Nothing.
    Nothing,
}

impl Expected {
    const fn words(self) -> &'static str {
        match self {
            Self::Match => "a match",
            Self::Noticed => "to be noticed",
            Self::Nothing => "nothing",
        }
    }
}

/// Texts of one kind and one address format.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// Format id; `verbatim`: listed texts that are no address.
    pub format: String,
    /// What was done to the listed text; `control`: made so that it is not listed.
    pub kind: &'static str,
    /// What should come of each.
    pub expected: Expected,
    /// How many there are.
    pub texts: u64,
    /// Of how many the expected came.
    pub as_expected: u64,
    /// The first of the others, at most three.
    pub others: Vec<String>,
}

impl Tally {
    /// Whether all came as expected.
    pub fn holds(&self) -> bool {
        self.texts == self.as_expected
    }
}

/// A list that was tested.
#[derive(Clone, Debug, Serialize)]
pub struct TestedList {
    /// Its id.
    pub id: String,
    /// The date it gives itself.
    pub published_on: Option<Date>,
    /// SHA-256 of its snapshot.
    pub sha256: String,
    /// Its listings.
    pub listings: usize,
}

/// The whole test.
#[derive(Clone, Debug, Serialize)]
pub struct SelfTest {
    /// The layout's number.
    pub schema: u32,
    /// The program.
    pub tool: String,
    /// The moment answered for.
    pub as_of: Timestamp,
    /// What the choice of listings and the controls were drawn by.
    pub seed: u64,
    /// The most listings of one format that were taken.
    pub sample: usize,
    /// The lists.
    pub lists: Vec<TestedList>,
    /// Whether all came as expected.
    pub passed: bool,
    /// By format and kind.
    pub tallies: Vec<Tally>,
}

/// Writes it for machines.
///
/// # Errors
///
/// When writing fails.
pub fn json(test: &SelfTest, out: &mut dyn Write) -> io::Result<()> {
    write_value(test, true, out)
}

/// Writes it for people.
///
/// # Errors
///
/// When writing fails.
pub fn table(test: &SelfTest, out: &mut dyn Write) -> io::Result<()> {
    let word = if test.passed { "PASSED" } else { "FAILED" };
    writeln!(
        out,
        "{word}: {} as of {}, seed {}",
        test.tool, test.as_of, test.seed
    )?;
    for list in &test.lists {
        let day = list
            .published_on
            .map_or("undated".to_owned(), |d| d.to_string());
        writeln!(
            out,
            "  {} of {day}, {} listings, sha256 {}",
            visible(&list.id),
            list.listings,
            list.sha256
        )?;
    }
    writeln!(out, "  at most {} listings of each format\n", test.sample)?;
    writeln!(
        out,
        "{:24} {:14} {:14} {:>7} {:>7} {:>8}",
        "Format", "Text", "Should be", "Texts", "Were", "Rate"
    )?;
    for t in &test.tallies {
        writeln!(
            out,
            "{:24} {:14} {:14} {:>7} {:>7} {:>7.2}%",
            t.format,
            t.kind,
            t.expected.words(),
            t.texts,
            t.as_expected,
            100.0 * t.as_expected as f64 / t.texts.max(1) as f64
        )?;
        for other in &t.others {
            writeln!(out, "    not so: {}", short(other, 200))?;
        }
    }
    let sum = |kinds: &dyn Fn(&Tally) -> bool| {
        let tallies = test.tallies.iter().filter(|t| kinds(t));
        tallies.fold((0, 0), |(a, b), t| (a + t.as_expected, b + t.texts))
    };
    let (found, listed) = sum(&|t| t.expected == Expected::Match);
    let (noticed, damaged) = sum(&|t| t.expected == Expected::Noticed);
    let (silent, clean) = sum(&|t| t.expected == Expected::Nothing);
    writeln!(out, "\nListed, in some form: {found} of {listed} matched")?;
    writeln!(out, "Damaged:              {noticed} of {damaged} noticed")?;
    writeln!(
        out,
        "Not listed:           {} of {clean} raised something",
        clean - silent
    )
}
