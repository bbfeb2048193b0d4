//! The general table: any CSV, JSON, YAML or workbook with an address in a column.
//!
//! `[columns]` in the source's file says which column is what; without it the address column is
//! found by what is in it, and an address in another one is listed all the same. A cell can hold
//! several addresses. A row without an address is counted and named. Events (frozen, unfrozen)
//! become intervals. It does not know any publisher.

use super::common::{any_date, day_month_year, kind, push_id, push_name, push_new, trim};
use super::tabular::{self, Kind, Layout, Row, Seen};
use super::{ParseError, freetext, inside};
use crate::address::{Address, decode};
use crate::finding::Code;
use crate::list::{
    Authority, Entity, EntityIx, EntityKind, Interval, ListBuilder, NameQuality, NewListing,
};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

pub(super) const ID: &str = "table";

/// What a column can be. Every key of `[columns]` is one of these.
const FIELDS: &[&str] = &[
    "address",
    "asset",
    "entity",
    "entity_id",
    "kind",
    "alias",
    "program",
    "listed_on",
    "birth",
    "country",
    "identifier",
    "note",
    "url",
    "from",
    "until",
    "event",
    "time",
];
/// Every key that `[options]` can have for this shape.
const OPTIONS: &[&str] = &[
    "kind",
    "delimiter",
    "path",
    "sheet",
    "header",
    "has_header",
    "encoding",
    "strict",
    "label",
    "entity",
    "entity_kind",
    "prefix",
    "added",
    "ignored",
    "removed",
    "free_text",
    "document",
    super::IDENTIFIERS,
];
/// Rows that are looked at to find the address column.
const LOOK: usize = 2000;
/// Rows without an address that are named one by one; the rest is counted.
const NAMED_MAX: u64 = 200;
/// What an address column is likely to be called, likeliest first.
const ADDRESS_NAMES: &[&str] = &[
    "address",
    "wallet",
    "account",
    "addr",
    "publickey",
    "value",
    "key",
];

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let layout = layout(ID, out)?;
    let mut table = Table::new(out)?;
    if table.columns.address.is_empty() {
        // The rows that decide which column it is are read again from memory.
        let mut held = Vec::new();
        let mut read_on = |seen: Seen<'_>| -> Result<(), ParseError> {
            match seen {
                Seen::Row(row) if table.columns.address.is_empty() => {
                    held.push(copy(row));
                    if held.len() == LOOK {
                        table.decide(&held)?;
                        held.drain(..).for_each(|row| table.row(&row));
                    }
                }
                Seen::Row(row) => table.row(row),
                other => table.beside(other),
            }
            Ok(())
        };
        tabular::rows(&layout, document, &mut read_on)?;
        if table.columns.address.is_empty() && !held.is_empty() {
            table.decide(&held)?;
            held.iter().for_each(|row| table.row(row));
        }
    } else {
        tabular::rows(&layout, document, &mut |seen| {
            match seen {
                Seen::Row(row) => table.first_row_has_columns(row)?,
                other => {
                    table.beside(other);
                    return Ok(());
                }
            }
            if let Seen::Row(row) = seen {
                table.row(row);
            }
            Ok(())
        })?;
    }
    table.finish();
    Ok(())
}

fn copy(row: &Row) -> Row {
    Row {
        names: row.names.clone(),
        values: row.values.clone(),
        number: row.number,
        line: row.line,
    }
}

/// How a source's options say that its table is written down.
pub(super) fn layout(shape: &'static str, out: &ListBuilder) -> Result<Layout, ParseError> {
    let mut layout = Layout::new(shape);
    let own = out.source().authority == Authority::User;
    layout.strict = own;
    layout.whole = !own;
    let options = &out.source().options;
    let bad = |why: String| ParseError::Shape {
        shape,
        why,
        hint: Some("correct the source's file".into()),
    };
    for (key, value) in options {
        match &**key {
            "kind" => match Kind::ALL.iter().find(|(id, _)| **id == **value) {
                Some((_, kind)) => layout.kind = Some(*kind),
                None => return Err(bad(format!("there is no kind of table `{value}`"))),
            },
            "delimiter" => match (value.as_bytes(), &**value) {
                ([one], _) => layout.delimiter = Some(*one),
                (_, "tab") => layout.delimiter = Some(b'\t'),
                _ => {
                    return Err(bad(format!(
                        "`{value}` separates nothing; write one character"
                    )));
                }
            },
            "path" => layout.path = value.split('.').map(Into::into).collect(),
            "sheet" => layout.sheet = Some(value.clone()),
            "header" => layout.header = Some(value.clone()),
            "has_header" => layout.has_header = Some(&**value == "true"),
            "strict" => layout.strict = &**value == "true",
            "encoding" => match encoding_rs::Encoding::for_label(value.as_bytes()) {
                Some(encoding) => layout.encoding = encoding,
                None => return Err(bad(format!("there is no encoding `{value}`"))),
            },
            _ => {}
        }
    }
    Ok(layout)
}

/// Which columns are what; each is a list of names of which the first that is there counts.
#[derive(Default)]
struct Columns {
    /// Several columns can hold addresses.
    address: Vec<Vec<Box<str>>>,
    others: BTreeMap<&'static str, Vec<Box<str>>>,
}

impl Columns {
    fn value<'r>(&self, row: &'r Row, field: &str) -> &'r str {
        let names = self.others.get(field).map_or(&[][..], Vec::as_slice);
        names
            .iter()
            .map(|name| row.get(name))
            .find(|value| !value.is_empty())
            .unwrap_or("")
    }
}

/// What happened to one identifier, in a table of events.
struct History {
    entity: EntityIx,
    text: String,
    raw: String,
    locator: String,
    label: Box<str>,
    events: Vec<(Option<Date>, bool)>,
}

struct Table<'b> {
    out: &'b mut ListBuilder,
    columns: Columns,
    entities: HashMap<Box<str>, EntityIx>,
    /// Of a table of events: by text, then in order.
    histories: Vec<History>,
    history_of: HashMap<String, usize>,
    label: Box<str>,
    entity_name: Box<str>,
    entity_kind: EntityKind,
    prefix: Box<str>,
    added: Vec<Box<str>>,
    removed: Vec<Box<str>>,
    ignored: Vec<Box<str>>,
    free_text: bool,
    /// Nobody said which column holds the addresses: one in any other is listed too.
    guessed: bool,
    /// Addresses in columns that are not the column of addresses: how many, and where first.
    elsewhere: BTreeMap<Box<str>, (u64, String)>,
    checked: bool,
    without: u64,
}

fn names(text: &str, separator: char) -> Vec<Box<str>> {
    text.split(separator)
        .map(|name| trim(name).into())
        .filter(|name: &Box<str>| !name.is_empty())
        .collect()
}

impl<'b> Table<'b> {
    fn new(out: &'b mut ListBuilder) -> Result<Self, ParseError> {
        let source = out.source();
        let mut columns = Columns::default();
        let unknown = |what: &str, key: &str, known: &[&str]| ParseError::Shape {
            shape: ID,
            why: format!("its source has an unknown {what} `{key}`"),
            hint: Some(format!("there are: {}", known.join(", "))),
        };
        for (field, value) in &source.columns {
            let Some(known) = FIELDS.iter().find(|f| ***f == **field) else {
                return Err(unknown("column", field, FIELDS));
            };
            if *known == "address" {
                columns.address = names(value, ',').iter().map(|n| names(n, '|')).collect();
            } else {
                columns.others.insert(known, names(value, '|'));
            }
        }
        for key in source.options.keys() {
            if !OPTIONS.contains(&&**key) {
                return Err(unknown("option", key, OPTIONS));
            }
        }
        let option = |key: &str| source.options.get(key).cloned().unwrap_or_default();
        let entity_kind = match &*option("entity_kind") {
            "cluster" => EntityKind::Cluster,
            word => kind(word),
        };
        Ok(Self {
            label: option("label"),
            entity_name: option("entity"),
            entity_kind,
            prefix: option("prefix"),
            added: names(&option("added"), ','),
            removed: names(&option("removed"), ','),
            ignored: names(&option("ignored"), ','),
            free_text: &*option("free_text") == "true",
            guessed: columns.address.is_empty(),
            elsewhere: BTreeMap::new(),
            columns,
            out,
            entities: HashMap::new(),
            histories: Vec::new(),
            history_of: HashMap::new(),
            checked: false,
            without: 0,
        })
    }

    /// What is no row.
    fn beside(&mut self, seen: Seen<'_>) {
        if let Seen::Odd(place, why) = seen {
            self.out.finding(Code::ListRecordUnreadable, &place, why);
        }
    }

    /// A source's columns must be there, else it is another table.
    fn first_row_has_columns(&mut self, row: &Row) -> Result<(), ParseError> {
        if std::mem::replace(&mut self.checked, true) {
            return Ok(());
        }
        let there = |names: &Vec<Box<str>>| names.iter().any(|name| row.has(name));
        if self.columns.address.iter().any(there) {
            return Ok(());
        }
        let wanted: Vec<_> = self
            .columns
            .address
            .iter()
            .flatten()
            .map(|n| format!("`{n}`"))
            .collect();
        let has: Vec<_> = row
            .names
            .iter()
            .take(20)
            .map(|n| match inside::secret(n) {
                Some(_) => "a private key or seed (not shown)".to_owned(),
                None => format!("`{n}`"),
            })
            .collect();
        Err(ParseError::Shape {
            shape: ID,
            why: format!(
                "it has no column {}; it has {}",
                wanted.join(" or "),
                has.join(", ")
            ),
            hint: Some("the publisher has changed the format, or this is another table".into()),
        })
    }

    /// Finds the address column, and names for what is beside it, by what is in the rows.
    fn decide(&mut self, rows: &[Row]) -> Result<(), ParseError> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows {
            for (name, value) in row.names.iter().zip(&row.values) {
                let addresses = match decode(bare(value).as_bytes()) {
                    Ok(decoded) => usize::from(!decoded.format.networks.is_empty()),
                    Err(_) => 0,
                };
                *counts.entry(name).or_default() += addresses;
            }
        }
        let likely = |name: &str| {
            let lower = name.to_ascii_lowercase();
            let place = ADDRESS_NAMES.iter().position(|n| lower.contains(n));
            place.unwrap_or(ADDRESS_NAMES.len())
        };
        let best = counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .max_by_key(|(name, count)| (**count, std::cmp::Reverse(likely(name))));
        let Some(best) = best.map(|(name, _)| Box::<str>::from(*name)) else {
            let texts = || rows.iter().flat_map(|row| &row.values);
            self.free_text = texts().any(|text| !freetext::find(text).is_empty());
            if self.free_text || texts().any(|text| !inside::addresses(text).0.is_empty()) {
                self.columns.address = rows[0].names.iter().map(|n| vec![n.clone()]).collect();
                return Ok(());
            }
            return Err(ParseError::Shape {
                shape: ID,
                why: format!(
                    "no column of it holds an address (looked at {} rows)",
                    rows.len()
                ),
                hint: Some("a list needs a column of addresses; name it under [columns]".into()),
            });
        };
        self.columns.address = vec![vec![best]];
        let guesses: &[(&'static str, &[&str])] = &[
            (
                "entity",
                &[
                    "entity",
                    "name",
                    "label",
                    "family",
                    "wallet_tag",
                    "tag",
                    "comment",
                ],
            ),
            (
                "asset",
                &[
                    "asset",
                    "currency",
                    "blockchain",
                    "chain",
                    "network",
                    "coin",
                    "symbol",
                ],
            ),
            ("note", &["note", "notes", "description", "reason"]),
        ];
        for (field, names) in guesses {
            let there = names.iter().find(|n| rows.iter().any(|row| row.has(n)));
            if let Some(name) = there {
                self.columns
                    .others
                    .entry(field)
                    .or_insert_with(|| vec![(*name).into()]);
            }
        }
        Ok(())
    }

    fn row(&mut self, row: &Row) {
        let locator = row.locator();
        if row.repeats_header() {
            self.out.finding(
                Code::HeaderRepeated,
                &locator,
                "the header stands here again",
            );
            return;
        }
        if let Some(kind) = row.values.iter().find_map(|value| inside::secret(value)) {
            let why =
                format!("it holds a private key or seed ({kind}); it is not listed nor shown");
            self.out.finding(Code::ListRecordUnreadable, &locator, why);
            return;
        }
        let mut found = 0;
        for ix in 0..self.columns.address.len() {
            let names = &self.columns.address[ix];
            let column = names.iter().find(|name| !row.get(name).is_empty()).cloned();
            if let Some(column) = column {
                found += self.cell(row, &column, ix, &locator);
            }
        }
        if self.guessed && !self.free_text {
            found += self.elsewhere(row, &locator);
        }
        if found == 0 {
            self.without += 1;
            if self.without <= NAMED_MAX {
                let why = "the row has no address";
                self.out.finding(Code::ListRecordUnreadable, &locator, why);
            }
        }
    }

    /// Lists what is in a cell of addresses. Returns how many identifiers that was.
    fn cell(&mut self, row: &Row, column: &str, ix: usize, locator: &str) -> usize {
        let raw = row.get(column);
        if self.free_text {
            let entity = self.entity(row);
            return freetext::list(self.out, entity, raw, locator, "");
        }
        let note = match ix {
            0 => "".into(),
            _ => format!("column `{column}`"),
        };
        // A bare 20-byte account, as an event names it, in the spelling of its network.
        let text = bare(raw);
        let text = with_version(&self.prefix, text).unwrap_or_else(|| text.to_owned());
        if !inside::is_address(&text) {
            let (several, _) = inside::addresses(raw);
            for text in &several {
                self.list(row, text.clone(), raw, &note, locator);
            }
            if !several.is_empty() {
                return several.len();
            }
            // Of a table whose columns were guessed every cell was tried.
            if self.guessed && self.columns.address.len() > 1 {
                return 0;
            }
        }
        self.list(row, text, raw, &note, locator);
        1
    }

    /// Lists the addresses in the other columns.
    fn elsewhere(&mut self, row: &Row, locator: &str) -> usize {
        let is_column = |name: &str| self.columns.address.iter().flatten().any(|a| **a == *name);
        let cells = || row.names.iter().zip(&row.values);
        let (columns, others): (Vec<_>, Vec<_>) = cells().partition(|(name, _)| is_column(name));
        let listed: Vec<String> = columns
            .iter()
            .map(|(_, value)| value.to_ascii_lowercase())
            .collect();
        let mut count = 0;
        for (name, value) in others {
            for text in inside::addresses(value).0 {
                let lower = text.to_ascii_lowercase();
                if listed.iter().any(|cell| cell.contains(&lower)) {
                    continue;
                }
                let first = || (0, locator.to_owned());
                self.elsewhere.entry(name.clone()).or_insert_with(first).0 += 1;
                self.list(row, text, value, &format!("column `{name}`"), locator);
                count += 1;
            }
        }
        count
    }

    /// Lists one identifier.
    fn list(&mut self, row: &Row, text: String, raw: &str, column: &str, locator: &str) {
        let entity = self.entity(row);
        let label = match self.columns.value(row, "asset") {
            "" => self.label.clone(),
            label => label.into(),
        };
        let mut note = self.columns.value(row, "note").to_owned();
        if !column.is_empty() {
            let sep = if note.is_empty() { "" } else { "; " };
            note = format!("{note}{sep}{column}");
        }
        if self.columns.others.contains_key("event") {
            self.event(row, entity, text, raw, &label, locator);
            return;
        }
        let (from, until) = ("from", "until");
        let (from, until) = (
            self.columns.value(row, from),
            self.columns.value(row, until),
        );
        let mut interval = interval(any_date(from), any_date(until));
        let dated = interval.from.is_some() || interval.until.is_some();
        if interval.until.is_some() && interval.until < interval.from {
            let why = format!("`{text}` ends on {until}, before it begins on {from}");
            self.out.finding(Code::ListDatesContradict, locator, why);
            interval = Interval::UNDATED;
        }
        let intervals = if dated { &[interval][..] } else { &[] };
        self.out.listing(
            entity,
            NewListing {
                text: &text,
                raw,
                label: &label,
                locator,
                note: &note,
                url: self.columns.value(row, "url"),
                intervals,
            },
        );
    }

    fn entity(&mut self, row: &Row) -> EntityIx {
        let named = match self.columns.value(row, "entity") {
            // An address is nobody's name, unless the source says so.
            named if self.guessed && !inside::addresses(named).0.is_empty() => "",
            named => named,
        };
        let name: Box<str> = match (named, &*self.entity_name) {
            ("", "") => "".into(),
            ("", default) => default.into(),
            (named, _) => named.into(),
        };
        let id: Box<str> = match self.columns.value(row, "entity_id") {
            "" => name.clone(),
            id => id.into(),
        };
        let entity = match self.entities.get(&id) {
            Some(&entity) => entity,
            None => {
                let source = self.out.source();
                let of_source =
                    |text: Box<str>, or: &str| if text.is_empty() { or.into() } else { text };
                let entity = Entity {
                    name: of_source(
                        name.clone(),
                        if id.is_empty() { &source.title } else { &id },
                    ),
                    id: of_source(id.clone(), &source.id),
                    kind: self.entity_kind,
                    ..Entity::default()
                };
                let entity = self.out.entity(entity);
                self.entities.insert(id, entity);
                entity
            }
        };
        let columns = &self.columns;
        let e = self.out.entity_mut(entity);
        if e.kind == EntityKind::Unknown {
            e.kind = kind(columns.value(row, "kind"));
        }
        push_name(e, &name, NameQuality::Strong);
        for alias in columns.value(row, "alias").split(';') {
            push_name(e, alias, NameQuality::Strong);
        }
        for (field, list) in [
            ("program", &mut e.programs),
            ("birth", &mut e.births),
            ("country", &mut e.countries),
        ] {
            for value in columns.value(row, field).split(';') {
                push_new(list, value);
            }
        }
        for value in columns.value(row, "identifier").split(';') {
            push_id(e, "identifier", value, "");
        }
        let date = columns.value(row, "listed_on");
        e.listed_on = e
            .listed_on
            .or_else(|| any_date(date).or_else(|| day_month_year(date)));
        entity
    }

    fn event(
        &mut self,
        row: &Row,
        entity: EntityIx,
        text: String,
        raw: &str,
        label: &str,
        locator: &str,
    ) {
        let event = self.columns.value(row, "event");
        let is = |words: &[Box<str>]| words.iter().any(|w| w.eq_ignore_ascii_case(event));
        let added = match (is(&self.added), is(&self.removed)) {
            (true, _) => true,
            (_, true) => false,
            _ if is(&self.ignored) => return,
            _ => {
                let why = format!("`{event}` neither adds nor removes `{text}`");
                self.out.finding(Code::ListRecordIncomplete, locator, why);
                return;
            }
        };
        let when = self.columns.value(row, "time");
        let day = any_date(when);
        if day.is_none() {
            let why = format!("`{when}` is no date");
            self.out.finding(Code::ListRecordIncomplete, locator, why);
        }
        // However its letters are cased, it is one account.
        let account = match Address::parse(&text) {
            Ok(address) => address.canonical().to_owned(),
            Err(_) => text.clone(),
        };
        let ix = match self.history_of.get(&account) {
            Some(&ix) => ix,
            None => {
                self.history_of.insert(account, self.histories.len());
                self.histories.push(History {
                    entity,
                    raw: raw.to_owned(),
                    locator: locator.to_owned(),
                    label: label.into(),
                    text,
                    events: Vec::new(),
                });
                self.histories.len() - 1
            }
        };
        self.histories[ix].events.push((day, added));
    }

    fn finish(&mut self) {
        for mut history in std::mem::take(&mut self.histories) {
            let mut intervals: Vec<Interval> = Vec::new();
            let mut open = false;
            for (day, added) in in_order(std::mem::take(&mut history.events)) {
                match (added, open) {
                    (true, false) => intervals.push(known(day)),
                    (false, true) => {
                        if let Some(last) = intervals.last_mut() {
                            last.until = day.or(last.from);
                        }
                    }
                    (true, true) | (false, false) => {}
                }
                open = added;
            }
            if intervals.is_empty() {
                let why = format!("`{}` is removed and was never added", history.text);
                self.out
                    .finding(Code::ListRecordIncomplete, &history.locator, why);
                continue;
            }
            self.out.listing(
                history.entity,
                NewListing {
                    text: &history.text,
                    raw: &history.raw,
                    label: &history.label,
                    locator: &history.locator,
                    intervals: &intervals,
                    ..NewListing::default()
                },
            );
        }
        for (column, (count, first)) in std::mem::take(&mut self.elsewhere) {
            let address = self.columns.address.iter().flatten().next();
            let why = format!(
                "column `{column}` holds {count} addresses beside those of column `{}`; they are listed \
                 too",
                address.map_or("", |name| name)
            );
            self.out.finding(Code::ListRecordIncomplete, &first, why);
        }
        if self.without > NAMED_MAX {
            let why = format!(
                "{} rows have no address; the first {NAMED_MAX} are named",
                self.without
            );
            let id = self.out.source().id.clone();
            self.out.finding(Code::ListRecordUnreadable, &id, why);
        }
    }
}

/// Events by day. One without a day may be of any: such a removal ends nothing, and such an addition
/// is the first only if the others begin with a removal. Otherwise it is the last, for an account that
/// may be frozen must not be taken for a free one.
fn in_order(events: Vec<(Option<Date>, bool)>) -> impl Iterator<Item = (Option<Date>, bool)> {
    let (mut dated, undated): (Vec<_>, Vec<_>) = events.into_iter().partition(|e| e.0.is_some());
    dated.sort_by_key(|(day, _)| *day);
    let (added, removed): (Vec<_>, Vec<_>) = undated.into_iter().partition(|(_, added)| *added);
    let (first, last) = match dated.first() {
        Some((_, false)) => (added, Vec::new()),
        _ => (Vec::new(), added),
    };
    removed.into_iter().chain(first).chain(dated).chain(last)
}

/// A start that the table itself records.
fn known(day: Option<Date>) -> Interval {
    Interval {
        from: day,
        not_before: day.and_then(|d| d.yesterday().ok()),
        ..Interval::UNDATED
    }
}

fn interval(from: Option<Date>, until: Option<Date>) -> Interval {
    Interval {
        until,
        ..known(from)
    }
}

/// The base58check text of a version byte and the 20 bytes that `hex` spells.
fn with_version(version: &str, hex: &str) -> Option<String> {
    let hex = hex.strip_prefix("0x").or_else(|| hex.strip_prefix("0X"))?;
    let hex = hex.to_ascii_lowercase();
    if version.is_empty() || hex.len() != 40 {
        return None;
    }
    let mut bytes = data_encoding::HEXLOWER_PERMISSIVE
        .decode(format!("{version}{hex}").as_bytes())
        .ok()?;
    let check = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend_from_slice(&check[..4]);
    Some(bs58::encode(bytes).into_string())
}

/// Without quotes and marks around it.
fn bare(text: &str) -> &str {
    trim(text).trim_matches(|c: char| matches!(c, '"' | '\'' | '`'))
}
