//! Our own format of dated facts, and the lists compiled into the binary in it.
//!
//! It does not know how the facts were compiled: `scripts/make_bundled.py` does, and
//! `lists/README.md` describes the format. We write these documents ourselves, so the reader is
//! strict: an odd line is an error, never a finding.

use super::{ParseError, parse, parse_source};
use crate::finding::Code;
use crate::list::{
    Entity, EntityIx, EntityKind, Interval, List, ListBuilder, NewListing, Snapshot,
};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{BufRead, Read};

/// A list compiled into the binary.
#[derive(Debug)]
pub struct Bundled {
    /// Its source file.
    pub source_toml: &'static str,
    /// Its document.
    pub document: &'static [u8],
}

macro_rules! bundled {
    ($($id:literal)*) => {
        &[$(Bundled {
            source_toml: include_str!(concat!("../../lists/", $id, ".toml")),
            document: include_bytes!(concat!("../../lists/bundled/", $id, ".tsv")),
        },)*]
    };
}

/// Every list compiled into the binary.
pub const BUNDLED: &[Bundled] = bundled!["court-155" "fbi-bybit" "fbi-tradertraitor" "ofac-crypto"];

/// Every list compiled into the binary, parsed.
///
/// # Panics
/// Never on a released build: a test parses every one of them.
pub fn bundled_lists() -> Vec<List> {
    BUNDLED.iter().map(Bundled::list).collect()
}

impl Bundled {
    /// Parses it.
    ///
    /// # Panics
    /// Never on a released build: a test parses every one of them.
    pub fn list(&self) -> List {
        let source = parse_source(self.source_toml).expect("built-in source files are tested");
        let snapshot = Snapshot {
            sha256: data_encoding::HEXLOWER
                .encode(&Sha256::digest(self.document))
                .into(),
            bytes: self.document.len() as u64,
            url: source.homepage.clone(),
            bundled: true,
            ..Snapshot::default()
        };
        let mut document = self.document;
        parse(source, snapshot, &mut document).expect("bundled documents are tested")
    }
}

const SHAPE: &str = "interdict-facts";
const FIRST_LINE: &str = "# interdict facts 1";
/// Longer than any true line.
const MAX_LINE: u64 = 1 << 16;
const KINDS: &[EntityKind] = &[
    EntityKind::Person,
    EntityKind::Organisation,
    EntityKind::Vessel,
    EntityKind::Aircraft,
    EntityKind::Cluster,
    EntityKind::Unknown,
];

/// Header, notes, entities and listings read so far.
#[derive(Default)]
struct Reader {
    notes: HashMap<String, String>,
    entity: Option<EntityIx>,
    url: String,
    record_url: Option<String>,
    source: bool,
    published: bool,
    entities: Option<usize>,
    listings: Option<usize>,
    counted: usize,
    intervals: Vec<Interval>,
    note: String,
}

/// Reads a document of facts.
pub(super) fn parse_facts(
    document: &mut dyn BufRead,
    out: &mut ListBuilder,
) -> Result<(), ParseError> {
    let mut reader = Reader::default();
    let mut buffer = Vec::new();
    let mut locator = String::from("line ");
    for number in 1_u64.. {
        let broken = |why: String| ParseError::Broken {
            shape: SHAPE,
            at: format!("line {number}"),
            why,
        };
        buffer.clear();
        (&mut *document)
            .take(MAX_LINE)
            .read_until(b'\n', &mut buffer)?;
        if buffer.is_empty() {
            break;
        }
        let Some(line) = buffer.strip_suffix(b"\n") else {
            if number == 1 {
                return Err(not_facts());
            }
            return Err(broken(
                "the line has no end: the document is cut off".into(),
            ));
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = str::from_utf8(line).map_err(|_| broken("not UTF-8".into()));
        if number == 1 {
            if line.is_ok_and(|l| l == FIRST_LINE) {
                continue;
            }
            return Err(not_facts());
        }
        locator.truncate("line ".len());
        locator.push_str(&number.to_string());
        reader.line(line?, &locator, out).map_err(broken)?;
    }
    reader.finish(out).map_err(|why| ParseError::Broken {
        shape: SHAPE,
        at: "its end".into(),
        why,
    })
}

fn not_facts() -> ParseError {
    ParseError::Shape {
        shape: SHAPE,
        why: format!("its first line is not `{FIRST_LINE}`"),
        hint: Some("a document of a publisher needs that publisher's source".into()),
    }
}

impl Reader {
    fn line(&mut self, line: &str, at: &str, out: &mut ListBuilder) -> Result<(), String> {
        if let Some(header) = line.strip_prefix("# ") {
            if self.counted > 0 || self.entity.is_some() {
                return Err("a header line below the records".into());
            }
            return self.header(header, at, out);
        }
        let mut fields = [""; 7];
        let mut count = 0;
        for field in line.split('\t') {
            *fields
                .get_mut(count)
                .ok_or("more fields than any record has")? = field;
            count += 1;
        }
        match (fields[0], count) {
            ("A", 5) => self.listing(fields[1], fields[2], fields[3], fields[4], at, out),
            ("A", 6) if !fields[5].is_empty() => {
                self.listing(fields[1], fields[2], fields[3], fields[4], fields[5], out)
            }
            ("E", 7) => self.entity(&fields[1..], out),
            ("N", 3) => match self.notes.insert(fields[1].into(), fields[2].into()) {
                None => Ok(()),
                Some(_) => Err(format!("note `{}` is given twice", fields[1])),
            },
            (kind @ ("A" | "E" | "N"), _) => {
                Err(format!("a record `{kind}` does not have {count} fields"))
            }
            (other, _) => Err(format!("unknown record `{}`", other.escape_debug())),
        }
    }

    fn header(&mut self, header: &str, at: &str, out: &mut ListBuilder) -> Result<(), String> {
        let (key, value) = header
            .split_once(": ")
            .ok_or("a header line without `: `")?;
        let number = || {
            let bad = |_| format!("`{key}` is no number: `{value}`");
            value.parse().map_err(bad)
        };
        match key {
            "source" if value == &*out.source().id => self.source = true,
            "source" => {
                let id = &out.source().id;
                return Err(format!("these are facts of `{value}`, not of `{id}`"));
            }
            "published" => {
                out.snapshot_mut().published_on = Some(date(value)?);
                self.published = true;
            }
            "record-url" => self.record_url = Some(value.into()),
            "entities" => self.entities = Some(number()?),
            "listings" => self.listings = Some(number()?),
            "left-out" => {
                let (count, what) = value.split_once(' ').unwrap_or((value, ""));
                let count: u32 = count
                    .parse()
                    .map_err(|_| format!("`left-out` without a number: `{value}`"))?;
                out.finding(Code::ListLeftOut, at, format!("{count} left out: {what}"));
            }
            // For people.
            "title" | "covers" | "compiled" | "limit" => {}
            _ => return Err(format!("unknown header `{}`", key.escape_debug())),
        }
        Ok(())
    }

    /// Id, kind, name, day of listing, programmes, URL.
    fn entity(&mut self, fields: &[&str], out: &mut ListBuilder) -> Result<(), String> {
        let &[id, kind, name, listed_on, programs, url] = fields else {
            return Err("an entity has six fields".into());
        };
        if id.is_empty() || name.is_empty() {
            return Err("an entity without id or name".into());
        }
        let kind = *KINDS
            .iter()
            .find(|k| k.id() == kind)
            .ok_or_else(|| format!("unknown kind of entity `{}`", kind.escape_debug()))?;
        self.url.clear();
        match (url, &self.record_url) {
            ("-", _) | ("", None) => {}
            ("", Some(template)) => self.url.push_str(&template.replace("{id}", id)),
            (url, _) => self.url.push_str(url),
        }
        self.counted += 1;
        self.entity = Some(out.entity(Entity {
            id: id.into(),
            kind,
            name: name.into(),
            listed_on: match listed_on {
                "" => None,
                day => Some(date(day)?),
            },
            programs: match programs {
                "" => Vec::new(),
                programs => programs.split(", ").map(Into::into).collect(),
            },
            source_url: (!self.url.is_empty()).then(|| self.url.as_str().into()),
            ..Entity::default()
        }));
        Ok(())
    }

    fn listing(
        &mut self,
        label: &str,
        text: &str,
        intervals: &str,
        notes: &str,
        at: &str,
        out: &mut ListBuilder,
    ) -> Result<(), String> {
        let entity = self.entity.ok_or("a listing before any entity")?;
        if text.is_empty() || text.trim() != text {
            return Err(format!("no address: `{}`", text.escape_debug()));
        }
        self.intervals.clear();
        for text in intervals.split(',') {
            let next = interval(text)?;
            if let Some(last) = self.intervals.last()
                && last.until.is_none_or(|end| Some(end) > next.from)
            {
                return Err(format!(
                    "interval `{text}` begins before the last one ended"
                ));
            }
            self.intervals.push(next);
        }
        self.note.clear();
        for key in notes.split(',').filter(|_| !notes.is_empty()) {
            if !self.note.is_empty() {
                self.note.push_str("; ");
            }
            let note = self.notes.get(key);
            self.note.push_str(
                note.ok_or_else(|| format!("there is no note `{}`", key.escape_debug()))?,
            );
        }
        out.listing(
            entity,
            NewListing {
                text,
                label,
                locator: at,
                note: &self.note,
                url: &self.url,
                intervals: &self.intervals,
                ..NewListing::default()
            },
        );
        Ok(())
    }

    fn finish(&self, out: &ListBuilder) -> Result<(), String> {
        if !self.source || !self.published {
            return Err("its header lacks `source` or `published`".into());
        }
        for (what, said, found) in [
            ("entities", self.entities, self.counted),
            ("listings", self.listings, out.len()),
        ] {
            let said = said.ok_or_else(|| format!("its header lacks `{what}`"))?;
            if said != found {
                return Err(format!("its header says {said} {what}, there are {found}"));
            }
        }
        Ok(())
    }
}

/// `not_before<from..last_seen<until`; only `from..` is always there.
fn interval(text: &str) -> Result<Interval, String> {
    let (start, end) = text
        .split_once("..")
        .ok_or_else(|| format!("no interval: `{}`", text.escape_debug()))?;
    let (not_before, from) = match start.split_once('<') {
        Some((before, from)) => (Some(date(before)?), date(from)?),
        None => (None, date(start)?),
    };
    let (last_seen, until) = match end.split_once('<') {
        Some((last, until)) => (Some(date(last)?), Some(date(until)?)),
        None if end.is_empty() => (None, None),
        None => (None, Some(date(end)?)),
    };
    let ordered = not_before.is_none_or(|d| d < from)
        && last_seen.is_none_or(|d| from <= d)
        && until.is_none_or(|d| last_seen.unwrap_or(from) < d);
    if !ordered {
        return Err(format!("dates out of order: `{text}`"));
    }
    Ok(Interval {
        from: Some(from),
        not_before,
        until,
        last_seen,
    })
}

/// `2025-03-21` and nothing else.
fn date(text: &str) -> Result<Date, String> {
    let digits = |range| text.get(range).filter(|t: &&str| is_digits(t));
    let parsed =
        (text.len() == 10 && &text.as_bytes()[4..5] == b"-" && &text.as_bytes()[7..8] == b"-")
            .then(|| {
                let year = digits(0..4)?.parse().ok()?;
                let month = digits(5..7)?.parse().ok()?;
                let day = digits(8..10)?.parse().ok()?;
                Date::new(year, month, day).ok()
            })
            .flatten();
    parsed.ok_or_else(|| format!("no date: `{}`", text.escape_debug()))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}
