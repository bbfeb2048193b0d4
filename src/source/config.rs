//! Source files: TOML to [`Source`], strict about keys so that a typo is not silence.

use crate::list::{Authority, Source};
use jiff::SignedDuration;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Why a source file is not one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Not TOML, or with unknown or missing keys.
    #[error("source file is not valid: {0}")]
    Toml(#[from] toml::de::Error),
    /// A value is out of range.
    #[error("source file `{id}`: {why}")]
    Value {
        /// The source.
        id: Box<str>,
        /// What is wrong.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceToml {
    id: Box<str>,
    title: Box<str>,
    publisher: Box<str>,
    authority: Box<str>,
    licence: Box<str>,
    #[serde(default)]
    homepage: Box<str>,
    #[serde(default)]
    urls: Vec<Box<str>>,
    max_age: Option<Box<str>>,
    #[serde(default)]
    at_least: usize,
    max_shrink: Option<u8>,
    max_growth: Option<u16>,
    shape: Box<str>,
    #[serde(default)]
    labels: Vec<Box<str>>,
    #[serde(default)]
    columns: BTreeMap<Box<str>, Box<str>>,
    #[serde(default)]
    options: BTreeMap<Box<str>, Box<str>>,
    superseded_by: Option<Box<str>>,
    alternative_to: Option<Box<str>>,
    #[serde(default)]
    parts: BTreeMap<Box<str>, Vec<Box<str>>>,
}

/// Reads a source file.
pub fn parse_source(text: &str) -> Result<Source, ConfigError> {
    let t: SourceToml = toml::from_str(text)?;
    let bad = |why: String| ConfigError::Value {
        id: t.id.clone(),
        why,
    };
    if !is_name(&t.id) {
        let why = "its id is no name: letters, digits, `-`, `_` and `.`, at most 64, none of `.` and `-` first";
        return Err(ConfigError::Value {
            id: t.id.escape_debug().to_string().into(),
            why: why.to_owned(),
        });
    }
    // They are names of files in one folder.
    if let Some(name) = t.parts.keys().find(|name| !is_name(name)) {
        return Err(bad(format!(
            "part `{}` is no file name",
            name.escape_debug()
        )));
    }
    let (authority, _) = Authority::ALL
        .iter()
        .find(|(_, id)| **id == *t.authority)
        .ok_or_else(|| bad(format!("unknown authority `{}`", t.authority)))?;
    let max_age = t
        .max_age
        .as_deref()
        .map(parse_age)
        .transpose()
        .map_err(bad)?;
    Ok(Source {
        id: t.id.clone(),
        title: t.title.clone(),
        publisher: t.publisher.clone(),
        authority: *authority,
        licence: t.licence.clone(),
        homepage: t.homepage.clone(),
        urls: t.urls.clone(),
        max_age,
        at_least: t.at_least,
        max_shrink: t.max_shrink,
        max_growth: t.max_growth,
        shape: t.shape.clone(),
        labels: t.labels.clone(),
        columns: t.columns.clone(),
        options: t.options.clone(),
        superseded_by: t.superseded_by.clone(),
        alternative_to: t.alternative_to.clone(),
        parts: t.parts.clone(),
    })
}

/// Whether a text can name a list or a file in a folder of it, anywhere.
fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with(['.', '-'])
}

/// An age such as `72h`, `30d` or `90m`.
pub fn parse_age(text: &str) -> Result<SignedDuration, String> {
    let bad = || format!("`{text}` is no age; write it as `72h`, `30d` or `90m`");
    let unit = text.chars().last().ok_or_else(bad)?;
    let number: i64 = text[..text.len() - unit.len_utf8()]
        .parse()
        .map_err(|_| bad())?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(bad()),
    };
    number
        .checked_mul(seconds)
        .filter(|_| number >= 0)
        .map(SignedDuration::from_secs)
        .ok_or_else(bad)
}
