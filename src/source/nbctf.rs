//! Israel's seizure orders over crypto wallets (NBCTF): the two tables of its page, as CSV, in an
//! archive, or as the page itself.
//!
//! The tables are in Hebrew and filled in by hand. A row of one cell names the order to which the
//! rows below it belong; the second table says until when an order is in force, so a listing can
//! lapse. A wallet cell can hold two addresses, a memo, letters of another alphabet, or the number
//! of an account at an exchange, which is no address: it is kept with the entity and not matched.

use super::bundle::Bundle;
use super::common::{collapse, day_month_year, push_id, push_new, trim};
use super::{ParseError, freetext, html, tabular};
use crate::address::decode;
use crate::finding::Code;
use crate::list::{Entity, EntityIx, EntityKind, Interval, ListBuilder, NewListing};
use std::collections::HashMap;
use std::io::BufRead;

pub(super) const ID: &str = "il-nbctf";

/// "Identification number of the electronic wallet": a heading of the table of wallets.
const WALLET: &str = "זיהוי הארנק";
/// "Validity of the order": a heading of the table of orders.
const VALIDITY: &str = "תוקף הצו";
/// "Anonymous": no name.
const ANONYMOUS: &str = "אנונימי";
/// The largest number of digits of an exchange's account.
const ACCOUNT_MAX: usize = 20;

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    if document.fill_buf()?.is_empty() {
        return Err(tabular::empty(ID));
    }
    let mut bundle = Bundle::open(ID, document)?;
    let files: Vec<(usize, String)> = bundle
        .names()
        .into_iter()
        .map(|(ix, name)| (ix, name.to_owned()))
        .collect();
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for (ix, name) in files {
        let text = bundle.text(ix)?;
        let of = |n: usize| match name.as_str() {
            "" => format!("line {n}"),
            name => format!("{name}, line {n}"),
        };
        if html::is_html(&text) {
            let table = html::tables(&text).into_iter().enumerate();
            rows.extend(table.map(|(n, row)| (format!("table row {}", n + 1), row)));
            continue;
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|e| ParseError::Broken {
                shape: ID,
                at: name.clone(),
                why: e.to_string(),
            })?;
            let line = record.position().map_or(0, |p| p.line() as usize);
            rows.push((of(line), record.iter().map(str::to_owned).collect()));
        }
    }
    read(out, &rows)
}

/// What is known of an order: since when, until when.
#[derive(Clone, Default)]
struct Order {
    interval: Option<Interval>,
    note: String,
}

fn read(out: &mut ListBuilder, rows: &[(String, Vec<String>)]) -> Result<(), ParseError> {
    let is_header = |row: &[String], word: &str| row.iter().any(|cell| cell.contains(word));
    let mut orders: HashMap<String, Order> = HashMap::new();
    let (mut in_orders, mut wallets) = (false, false);
    for (_, row) in rows {
        if is_header(row, VALIDITY) {
            in_orders = true;
        } else if is_header(row, WALLET) {
            in_orders = false;
            wallets = true;
        } else if in_orders && row.len() >= 3 {
            order(out, &mut orders, row);
        }
    }
    if !wallets {
        return Err(ParseError::Shape {
            shape: ID,
            why: format!("no table in it has a heading with `{WALLET}`"),
            hint: Some("the publisher has changed its page, or this is another one".into()),
        });
    }
    let mut table = Wallets {
        out,
        orders,
        columns: Columns::default(),
        order: String::new(),
        entities: HashMap::new(),
        last: None,
        accounts: 0,
    };
    let mut here = false;
    for (place, row) in rows {
        if is_header(row, VALIDITY) {
            here = false;
        } else if is_header(row, WALLET) {
            here = true;
            table.columns = Columns::of(row);
        } else if here {
            table.row(place, row);
        }
    }
    if table.accounts > 0 {
        let why = format!(
            "{} numbers of accounts at exchanges are kept with their entities; they are no \
             addresses and are not matched",
            table.accounts
        );
        let id = table.out.source().id.clone();
        table.out.finding(Code::ListLeftOut, &id, why);
    }
    Ok(())
}

/// `18/26` of `צ.ת 18/26 של שר הביטחון`.
fn number(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| {
        word.split_once('/').is_some_and(|(a, b)| {
            let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
            digits(a) && digits(b)
        })
    })
}

fn order(out: &mut ListBuilder, orders: &mut HashMap<String, Order>, row: &[String]) {
    let (title, since, until) = (trim(&row[0]), trim(&row[1]), trim(&row[2]));
    let since = day_month_year(since);
    let published = &mut out.snapshot_mut().published_on;
    *published = (*published).into_iter().chain(since).max();
    let Some(number) = number(title) else {
        return;
    };
    let end = day_month_year(until);
    let known = orders.entry(number.to_owned()).or_default();
    // An annex of an order stands in the table too, without an end of its own.
    if known.interval.is_some() && end.is_none() {
        return;
    }
    known.interval = since.map(|since| Interval {
        until: end.filter(|end| *end > since),
        ..Interval::on_or_before(since)
    });
    known.note = match (end, until) {
        (Some(end), _) => format!("order {number}, in force until {end}"),
        (None, "" | "-") => format!("order {number}"),
        (None, until) => format!("order {number}; {until}"),
    };
}

/// Which column is what, by words of its heading; the layout has six.
#[derive(Default)]
struct Columns {
    name: usize,
    id: usize,
    passport: usize,
    birth: usize,
    wallet: usize,
    currency: usize,
}

impl Columns {
    fn of(header: &[String]) -> Self {
        let at = |words: &[&str]| {
            let has = |cell: &String| words.iter().any(|w| cell.contains(w));
            header.iter().position(has).unwrap_or(usize::MAX)
        };
        Self {
            name: at(&["שם"]),
            id: at(&["תעודת זהות"]),
            passport: at(&["דרכון"]),
            birth: at(&["תאריך לידה"]),
            wallet: at(&[WALLET]),
            currency: at(&["מטבע"]),
        }
    }
}

struct Wallets<'b> {
    out: &'b mut ListBuilder,
    orders: HashMap<String, Order>,
    columns: Columns,
    order: String,
    entities: HashMap<String, EntityIx>,
    last: Option<EntityIx>,
    accounts: usize,
}

impl Wallets<'_> {
    fn row(&mut self, place: &str, row: &[String]) {
        let cell = |ix: usize| match row.get(ix).map_or("", |c| trim(c)) {
            "-" | "–" => "",
            text => text,
        };
        let filled: Vec<&str> = row
            .iter()
            .map(|c| trim(c))
            .filter(|c| !c.is_empty())
            .collect();
        match &filled[..] {
            [] => return,
            [only] if number(only).is_some() && decode(only.as_bytes()).is_err() => {
                self.order = collapse(only);
                self.last = None;
                return;
            }
            _ => {}
        }
        let name = match cell(self.columns.name) {
            ANONYMOUS => String::new(),
            name => collapse(name),
        };
        let wallet = cell(self.columns.wallet);
        // A paper below the row to which it belongs: the cells of that row are several lines high.
        let more = name.is_empty() && wallet.is_empty();
        let entity = match self.last.filter(|_| more) {
            Some(last) => last,
            None => self.entity(&name),
        };
        self.last = Some(entity);
        let e = self.out.entity_mut(entity);
        // `מס' דרכון (…): EX0000001` says itself what it is.
        match cell(self.columns.id).split_once(':') {
            Some((kind, value)) => push_id(e, kind, value, ""),
            None => push_id(
                e,
                "Israeli identity number",
                cell(self.columns.id),
                "Israel",
            ),
        }
        push_id(e, "passport", cell(self.columns.passport), "");
        push_new(&mut e.births, cell(self.columns.birth));
        if wallet.is_empty() && more {
            return;
        }
        if wallet.is_empty() {
            self.out
                .finding(Code::ListRecordUnreadable, place, "the row has no wallet");
            return;
        }
        let currency = cell(self.columns.currency);
        self.wallet(entity, wallet, currency, place);
    }

    fn entity(&mut self, name: &str) -> EntityIx {
        let key = format!("{}\n{name}", self.order);
        if let Some(&ix) = self.entities.get(&key) {
            return ix;
        }
        let source = self.out.source();
        let order = if self.order.is_empty() {
            source.title.to_string()
        } else {
            self.order.clone()
        };
        let (id, shown) = match name {
            "" => (order.clone(), format!("NBCTF order {order}")),
            name => (format!("{order}, {name}"), name.to_owned()),
        };
        let ix = self.out.entity(Entity {
            id: id.into(),
            name: shown.into(),
            kind: if name.is_empty() {
                EntityKind::Cluster
            } else {
                EntityKind::Unknown
            },
            programs: vec![order.into()],
            ..Entity::default()
        });
        self.entities.insert(key, ix);
        ix
    }

    fn wallet(&mut self, entity: EntityIx, cell: &str, currency: &str, place: &str) {
        let order = number(&self.order)
            .and_then(|n| self.orders.get(n))
            .cloned()
            .unwrap_or_default();
        let intervals: &[Interval] = order.interval.as_slice();
        // `(Address tag 1051035076) *` says which customer of an exchange is meant.
        let (mut texts, mut memo) = (String::new(), String::new());
        let mut depth = 0;
        for c in cell.chars() {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' if depth > 0 => depth -= 1,
                '*' => {}
                c if depth > 0 => memo.push(c),
                c => texts.push(c),
            }
        }
        let mut words: Vec<&str> = texts
            .split([' ', ',', ';', '\n', '\r', '\t', '\u{a0}'])
            .map(trim)
            .collect();
        words.retain(|w| !w.is_empty());
        let addresses = words
            .iter()
            .filter(|w| decode(w.as_bytes()).is_ok())
            .count();
        // Words around an address are its memo; without an address they are the identifier.
        if addresses > 0 && addresses < words.len() {
            let (good, rest): (Vec<&str>, Vec<&str>) =
                words.iter().partition(|w| decode(w.as_bytes()).is_ok());
            memo = format!("{memo} {}", rest.join(" "));
            words = good;
        } else if addresses == 0 && words.len() > 1 {
            words = vec![trim(&texts)];
        }
        let mut note = order.note.clone();
        for part in [collapse(&memo)] {
            if !part.is_empty() {
                let sep = if note.is_empty() { "" } else { "; " };
                note.push_str(&format!("{sep}beside it: {part}"));
            }
        }
        for word in words {
            if is_account(word) {
                self.accounts += 1;
                push_id(self.out.entity_mut(entity), "exchange account", word, "");
                continue;
            }
            let mut readings = vec![(word.to_owned(), note.clone())];
            for found in freetext::find(word)
                .into_iter()
                .filter(|f| *f.text != *word)
            {
                let sep = if note.is_empty() { "" } else { "; " };
                readings.push((
                    found.text.into_owned(),
                    format!("{note}{sep}{}", found.note),
                ));
            }
            for (text, note) in readings {
                self.out.listing(
                    entity,
                    NewListing {
                        text: &text,
                        raw: cell,
                        label: currency,
                        locator: place,
                        note: &note,
                        intervals,
                        ..NewListing::default()
                    },
                );
            }
        }
    }
}

/// A number is no address, but that of an account at an exchange.
fn is_account(text: &str) -> bool {
    text.len() <= ACCOUNT_MAX && text.bytes().all(|b| b.is_ascii_digit())
}
