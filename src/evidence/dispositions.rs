//! The file of decisions: TOML, one `[[disposition]]` each.
//!
//! It does not know which matches there are.

use super::EvidenceError;
use crate::screen::{Disposition, Outcome};
use jiff::civil::Date;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    disposition: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    r#match: String,
    record: String,
    outcome: String,
    reason: String,
    author: String,
    date: Day,
    expires: Day,
}

/// A TOML date, or the same in quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Day {
    Bare(toml::value::Datetime),
    Quoted(String),
}

/// Reads a file of decisions; `path` is for messages.
///
/// # Errors
///
/// When a decision lacks something, or something stands where it cannot. Nothing is left out: one
/// bad decision makes the file unusable.
pub fn parse(path: &Path, text: &str) -> Result<Vec<Disposition>, EvidenceError> {
    let bad = |what: String| EvidenceError::Dispositions {
        path: path.to_owned(),
        what,
    };
    let file: File = toml::from_str(text).map_err(|e| bad(e.to_string().trim_end().to_owned()))?;
    let one = |(written, at): (Written, usize)| {
        let bad = |what: String| bad(format!("decision {at}: {what}"));
        let hex = |text: &str, len: usize, what: &str| {
            let fits =
                text.len() == len && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            fits.then(|| text.into()).ok_or_else(|| {
                let text = text.escape_debug();
                bad(format!(
                    "`{what} = \"{text}\"` is not {len} lower-case hexadecimal digits"
                ))
            })
        };
        let said = |text: &str, what: &str| match text.trim() {
            "" => Err(bad(format!("`{what}` is empty"))),
            text => Ok(text.into()),
        };
        let day = |day: Day, what: &str| -> Result<Date, EvidenceError> {
            let text = match day {
                Day::Bare(day) => day.to_string(),
                Day::Quoted(text) => text,
            };
            text.parse().map_err(|_| {
                let text = text.escape_debug();
                bad(format!(
                    "`{what} = {text}` is no date; write it as 2026-01-31"
                ))
            })
        };
        let outcome = Outcome::ALL.iter().find(|o| o.id() == written.outcome);
        let outcome = outcome.copied().ok_or_else(|| {
            let outcome = written.outcome.escape_debug();
            bad(format!(
                "`outcome = \"{outcome}\"` is neither \"cleared\" nor \"confirmed\""
            ))
        })?;
        let decision = Disposition {
            match_id: hex(&written.r#match, 16, "match")?,
            record: hex(&written.record, 64, "record")?,
            outcome,
            reason: said(&written.reason, "reason")?,
            author: said(&written.author, "author")?,
            date: day(written.date, "date")?,
            expires: day(written.expires, "expires")?,
        };
        if decision.expires <= decision.date {
            return Err(bad("it expires before it was made".to_owned()));
        }
        Ok(decision)
    };
    file.disposition.into_iter().zip(1..).map(one).collect()
}

/// A decision about the match `id`, for a person to complete.
pub fn stanza(id: &str, record: &str) -> String {
    format!(
        "[[disposition]]\nmatch = \"{id}\"\nrecord = \"{record}\"\noutcome = \"cleared\" # or \"confirmed\"\n\
         reason = \"\"\nauthor = \"\"\ndate = \nexpires = \n"
    )
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::path::Path;

    fn file(change: impl Fn(&str) -> String) -> Result<usize, String> {
        let record = "0".repeat(64);
        let text = format!(
            "[[disposition]]\nmatch = \"00112233445566ff\"\nrecord = \"{record}\"\noutcome = \"cleared\"\n\
             reason = \"namesake\"\nauthor = \"A. Officer\"\ndate = 2026-01-01\nexpires = \"2026-07-01\"\n"
        );
        parse(Path::new("d.toml"), &change(&text))
            .map(|d| d.len())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn every_field_is_needed_and_checked() {
        assert_eq!(file(str::to_owned), Ok(1));
        assert_eq!(file(|_| String::new()), Ok(0));
        for (from, to, says) in [
            ("\"cleared\"", "\"clear\"", "neither"),
            ("\"namesake\"", "\" \"", "`reason` is empty"),
            ("00112233445566ff", "00112233445566FF", "hexadecimal"),
            ("2026-07-01", "2025-07-01", "expires before"),
            ("reason", "raeson", "raeson"),
        ] {
            let result = file(|t| t.replace(from, to));
            assert!(
                result.as_ref().is_err_and(|e| e.contains(says)),
                "{result:?}"
            );
        }
    }
}
