//! OFAC's flat files: SDN.CSV with ADD.CSV, ALT.CSV and SDN_COMMENTS.CSV (and CONS_*.CSV).
//!
//! The files have no header. A remark is cut at exactly 1,000 characters, wherever that is, and goes
//! on in the comments file: in the midst of an address, of a word, or behind a blank, so nothing is
//! trimmed before the two are joined. A cut remark that does not go on is an error: addresses stand
//! at the end of remarks, and without them those who are listed would seem to be delisted.

use super::bundle::Bundle;
use super::common::{kind, push_id, push_name, push_new, trim};
use super::tabular::{self, Kind, Layout, Seen};
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, EntityIx, EntityKind, ListBuilder, NameQuality, NewListing};
use std::collections::HashMap;

pub(super) const ID: &str = "ofac-csv";

/// Where the publisher cuts a remark.
const CUT: usize = 1000;
/// The publisher's word for an empty cell.
const NULL: &str = "-0-";
const PARTIES: &[&str] = &["sdn.csv", "cons_prim.csv"];
const PLACES: &[&str] = &["add.csv", "cons_add.csv"];
const NAMES: &[&str] = &["alt.csv", "cons_alt.csv"];
const COMMENTS: &[&str] = &["sdn_comments.csv", "cons_comments.csv"];
/// Columns of the file of parties.
const COLUMNS: usize = 12;
const CRYPTO: &str = "Digital Currency Address";
/// Items of a remark that are no identifiers, by how they begin.
const DESCRIPTIONS: &[&str] = &[
    "additional sanctions",
    "aircraft model",
    "aircraft operator",
    "all offices",
    "caatsa",
    "effective date",
    "executive order",
    "for more information",
    "gender",
    "issuer name",
    "linked to",
    "listing date",
    "organization type",
    "pob",
    "secondary sanctions",
    "target type",
    "transactions prohibited",
    "purchase",
    "vessel year",
];

/// Reads the document.
pub(super) fn parse(
    document: &mut dyn std::io::BufRead,
    out: &mut ListBuilder,
) -> Result<(), ParseError> {
    let mut bundle = Bundle::open(ID, document)?;
    let parties = match bundle.find(PARTIES) {
        Some(ix) => ix,
        None if bundle.is_single() => 0,
        None => {
            let names: Vec<_> = bundle
                .names()
                .into_iter()
                .map(|(_, n)| format!("`{n}`"))
                .collect();
            return Err(ParseError::Shape {
                shape: ID,
                why: format!(
                    "there is no SDN.CSV or CONS_PRIM.CSV in it, but {}",
                    names.join(", ")
                ),
                hint: Some("pack SDN.CSV, ADD.CSV, ALT.CSV and SDN_COMMENTS.CSV together".into()),
            });
        }
    };
    let mut read = Parties {
        out,
        comments: HashMap::new(),
        has_comments: false,
        names: HashMap::new(),
        countries: HashMap::new(),
        seen: HashMap::new(),
    };
    for (files, what) in [
        (COMMENTS, "SDN_COMMENTS.CSV"),
        (NAMES, "ALT.CSV"),
        (PLACES, "ADD.CSV"),
    ] {
        match bundle.find(files) {
            Some(ix) => bundle.with(ix, |file| read.beside(file, files))?,
            None => {
                let why = format!("{what} is not with it: what stands there is missing");
                read.out.finding(Code::ListRecordIncomplete, what, why);
            }
        }
    }
    bundle.with(parties, |file| {
        each(file, &mut |line, cells| read.party(line, cells))
    })?;
    for (id, _) in std::mem::take(&mut read.comments) {
        if !read.seen.contains_key(&id) {
            let why = "a comment belongs to no party";
            read.out
                .finding(Code::ListRecordIncomplete, &format!("ent_num {id}"), why);
        }
    }
    Ok(())
}

type Each<'e> = &'e mut dyn FnMut(u64, &[String]) -> Result<(), ParseError>;

fn each(file: &mut dyn std::io::BufRead, each: Each<'_>) -> Result<(), ParseError> {
    let layout = Layout {
        kind: Some(Kind::Csv),
        delimiter: Some(b','),
        has_header: Some(false),
        strict: true,
        whole: true,
        ..Layout::new(ID)
    };
    tabular::rows(&layout, file, &mut |seen| match seen {
        Seen::Row(row) => each(row.line, &row.values),
        Seen::Above(_) | Seen::Odd(..) => Ok(()),
    })
}

/// A cell; empty when it says that it is.
fn cell(cells: &[String], ix: usize) -> &str {
    match cells.get(ix).map_or("", |c| trim(c)) {
        NULL => "",
        text => text,
    }
}

struct Parties<'b> {
    out: &'b mut ListBuilder,
    comments: HashMap<Box<str>, String>,
    has_comments: bool,
    names: HashMap<Box<str>, Vec<Box<str>>>,
    countries: HashMap<Box<str>, Vec<Box<str>>>,
    seen: HashMap<Box<str>, ()>,
}

impl Parties<'_> {
    /// One of the files beside that of the parties.
    fn beside(
        &mut self,
        file: &mut dyn std::io::BufRead,
        which: &[&str],
    ) -> Result<(), ParseError> {
        self.has_comments |= which == COMMENTS;
        let result = each(file, &mut |_, cells| {
            let id: Box<str> = cell(cells, 0).into();
            if which == COMMENTS {
                let rest = cells.get(1).map_or("", String::as_str);
                self.comments.entry(id).or_default().push_str(rest);
            } else if which == NAMES {
                self.names
                    .entry(id)
                    .or_default()
                    .push(cell(cells, 3).into());
            } else {
                push_new(self.countries.entry(id).or_default(), cell(cells, 4));
            }
            Ok(())
        });
        match result {
            // A file without a row is no loss: there may be no comments.
            Err(ParseError::Shape { .. }) if which == COMMENTS => Ok(()),
            result => result,
        }
    }

    fn party(&mut self, line: u64, cells: &[String]) -> Result<(), ParseError> {
        let id = cell(cells, 0);
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            if self.seen.is_empty() {
                return Err(ParseError::Shape {
                    shape: ID,
                    why: format!("its first cell is `{id}`, not a party's number"),
                    hint: Some("this is not SDN.CSV or CONS_PRIM.CSV".into()),
                });
            }
            let why = format!("its first cell is `{id}`, not a party's number");
            self.out
                .finding(Code::ListRecordUnreadable, &format!("line {line}"), why);
            return Ok(());
        }
        let place = format!("ent_num {id}");
        if cells.len() < COLUMNS {
            let why = format!("it has {} cells instead of {COLUMNS}", cells.len());
            self.out.finding(Code::ListRecordIncomplete, &place, why);
        }
        if self.seen.insert(id.into(), ()).is_some() {
            let why = "the party's number has stood before";
            self.out.finding(Code::ListRecordIncomplete, &place, why);
        }
        let mut entity = Entity {
            id: id.into(),
            name: cell(cells, 1).into(),
            kind: match kind(cell(cells, 2)) {
                EntityKind::Unknown => EntityKind::Organisation,
                kind => kind,
            },
            ..Entity::default()
        };
        // `SDGT] [NS-PLC`: the brackets around the whole are missing.
        for program in cell(cells, 3).split(['[', ']', ';']) {
            push_new(&mut entity.programs, program);
        }
        push_id(&mut entity, "Vessel Call Sign", cell(cells, 5), "");
        push_new(&mut entity.countries, cell(cells, 9));
        for name in self.names.get(id).into_iter().flatten() {
            push_name(&mut entity, name, NameQuality::Strong);
        }
        for country in self.countries.get(id).into_iter().flatten() {
            push_new(&mut entity.countries, country);
        }
        let entity = self.out.entity(entity);
        let mut remarks = match cells.get(11) {
            Some(text) if trim(text) != NULL => text.clone(),
            _ => String::new(),
        };
        let cut = remarks.chars().count() == CUT;
        match self.comments.get(id) {
            Some(rest) => remarks.push_str(rest),
            None if cut && !remarks.trim_end().ends_with('.') => {
                let end = remarks.rfind(';').map_or(0, |at| at + 1);
                let why = match self.has_comments {
                    true => "the comments file does not go on with it",
                    false => "the comments file is not there",
                };
                let lost = trim(&remarks[end..]);
                return Err(ParseError::Shape {
                    shape: ID,
                    why: format!(
                        "the remark of {place} is cut at `{lost}`, and {why}: what stood behind it, \
                         addresses too, is lost"
                    ),
                    hint: Some(
                        "pack SDN.CSV, ADD.CSV, ALT.CSV and SDN_COMMENTS.CSV of one day together"
                            .into(),
                    ),
                });
            }
            None => {}
        }
        self.remarks(entity, &remarks, &place);
        Ok(())
    }

    /// `DOB 1970; nationality Iran; Digital Currency Address - XBT 1abc; alt. …; a.k.a. 'X'.`
    fn remarks(&mut self, entity: EntityIx, remarks: &str, place: &str) {
        for item in remarks.split(';') {
            let item = trim(item);
            let item = item.strip_suffix('.').unwrap_or(item);
            let item = item.strip_prefix("alt. ").unwrap_or(item);
            if item.is_empty() {
                continue;
            }
            if let Some(rest) = item.strip_prefix(CRYPTO) {
                self.address(entity, rest, item, place);
                continue;
            }
            let e = self.out.entity_mut(entity);
            if let Some(birth) = item.strip_prefix("DOB ") {
                push_new(&mut e.births, birth);
            } else if let Some(country) = item
                .strip_prefix("nationality ")
                .or_else(|| item.strip_prefix("citizen "))
            {
                push_new(&mut e.countries, country);
            } else if let Some(name) = item
                .strip_prefix("a.k.a. ")
                .or_else(|| item.strip_prefix("f.k.a. "))
            {
                let name = name.trim_matches(['\'', '"', '‘', '’']);
                push_name(e, name, NameQuality::Weak);
            } else {
                identifier(e, item);
                // Other words can hold an address too.
                freetext::list(self.out, entity, item, place, "");
            }
        }
    }

    /// ` - XBT 1abc`.
    fn address(&mut self, entity: EntityIx, rest: &str, item: &str, place: &str) {
        let rest = rest.trim_start_matches([' ', '-', '–', ':']);
        let (label, text) = match rest.split_once(char::is_whitespace) {
            Some((label, text)) => (label, trim(text)),
            None => ("", rest),
        };
        if text.is_empty() {
            let why = format!("a `{item}` without an address");
            self.out.finding(Code::ListRecordUnreadable, place, why);
            return;
        }
        self.out.listing(
            entity,
            NewListing {
                text,
                raw: item,
                label,
                locator: place,
                ..NewListing::default()
            },
        );
    }
}

/// `Passport T14553558 (Iran) issued 28 Oct 2008`: words, then a word with a digit in it.
fn identifier(entity: &mut Entity, item: &str) {
    let lower = item.to_ascii_lowercase();
    if DESCRIPTIONS.iter().any(|d| lower.starts_with(d)) {
        return;
    }
    for (kind, rest) in [
        ("Website", "website "),
        ("Email Address", "email address "),
        ("SWIFT/BIC", "swift/bic "),
    ] {
        if lower.starts_with(rest) {
            push_id(entity, kind, &item[rest.len()..], "");
            return;
        }
    }
    let digit = |word: &str| word.bytes().any(|b| b.is_ascii_digit());
    let Some(word) = item.split(' ').find(|word| digit(word)) else {
        return;
    };
    let at = word.as_ptr() as usize - item.as_ptr() as usize;
    let kind = trim(&item[..at]);
    if kind.is_empty() || kind.len() > 60 || kind.starts_with('(') {
        return;
    }
    let rest = &item[at..];
    let (value, country) = match rest.split_once('(') {
        Some((value, country)) => (value, country.split(')').next().unwrap_or_default()),
        None => (rest.split(" issued ").next().unwrap_or(rest), ""),
    };
    let value = value.split(" expires ").next().unwrap_or(value);
    push_id(entity, kind, value, country);
}
