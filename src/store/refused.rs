//! The document that was refused last, so that a publisher who offers it still is not made to send it
//! again at every run.
//!
//! `lists/<id>/refused.toml` holds what the publisher says of it and why it was refused. It counts
//! only while the program and the source are those that refused it; `--accept-change` passes it by.

use super::import::Refusal;
use super::{Validator, disk, prepared};
use crate::finding::{CODES, Finding, Place};
use crate::source::sha256;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FILE: &str = "refused.toml";

/// What was refused, and why.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Refused {
    /// Program and source that refused it.
    judge: String,
    /// The snapshot that it was compared with; empty: none.
    before: String,
    pub(super) url: String,
    pub(super) sha256: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    pub(super) validator: Validator,
    /// Code and detail of each finding.
    findings: Vec<(String, String)>,
}

fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

fn judge(source: &str) -> String {
    format!("{} {}", prepared::build(), sha256(source.as_bytes()))
}

impl Refused {
    /// What was refused of the list in `folder` by this program, with a source of this text and
    /// after this snapshot.
    pub(super) fn read(folder: &Path, source: &str, before: &str) -> Option<Self> {
        let text = std::fs::read_to_string(path(folder)).ok()?;
        let refused: Self = toml::from_str(&text).ok()?;
        let same = refused.judge == judge(source) && refused.before == before;
        (same && refused.validator != Validator::default()).then_some(refused)
    }

    /// Keeps that `document` of `url` was refused. Where it cannot be kept, it is only asked for
    /// again.
    pub(super) fn keep(
        folder: &Path,
        (source, before): (&str, &str),
        (url, validator): (&str, &Validator),
        document: &Path,
        refusal: &Refusal,
    ) {
        let Ok(Some(sha256)) = disk::hash(document) else {
            return;
        };
        let of = |f: &Finding| (f.code.id().to_owned(), f.detail.to_string());
        let refused = Self {
            judge: judge(source),
            before: before.to_owned(),
            url: url.to_owned(),
            sha256: sha256.into(),
            at: Timestamp::now().strftime("%F").to_string(),
            hint: refusal.hint.clone(),
            validator: validator.clone(),
            findings: refusal.findings.iter().map(of).collect(),
        };
        let text = toml::to_string(&refused).expect("strings and tables are TOML");
        let _ = std::fs::create_dir_all(folder);
        let _ = disk::replace(&path(folder), &text);
    }

    /// Forgets it: another document is in use since.
    pub(super) fn forget(folder: &Path) {
        let _ = std::fs::remove_file(path(folder));
    }

    /// Why it is refused still.
    pub(super) fn again(&self, id: &str) -> Refusal {
        let still = format!(
            "{}: still the document {} that was refused on {}",
            self.url,
            self.sha256.get(..12).unwrap_or_default(),
            self.at
        );
        let findings = self.findings.iter().filter_map(|(code, detail)| {
            let (code, ..) = *CODES.iter().find(|(_, id, ..)| id == code)?;
            let detail = format!("{still}: {detail}");
            Some(Finding::new(code, Place::whole(id), detail))
        });
        Refusal {
            findings: findings.collect(),
            hint: self.hint.clone(),
        }
    }
}
