//! JSON records: arrays, objects that hold an array, objects by key, and one record a line.
//!
//! The document streams; one record at a time is in memory. Nested values are named by their path
//! (`a.b`), and lists of texts are joined by `; `.

use super::{Row, Seen};
use crate::source::ParseError;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, Read};

/// A line longer than this is no record.
const LINE_MAX: u64 = 32 << 20;
/// The name of the column that holds the key of an object by key, or of the array's place.
pub(super) const KEY: &str = "key";
/// The name of the column of a list of bare values.
pub(super) const VALUE: &str = "value";

/// What is done with a record and the key under which it lies.
type Each<'e> = &'e mut dyn FnMut(Option<&str>, &Value) -> Result<(), ParseError>;

/// Hands every record of the one JSON value in `document` to `each`, as a row.
pub(super) fn rows(
    shape: &'static str,
    path: &[Box<str>],
    document: &mut dyn BufRead,
    each: &mut dyn FnMut(&Row) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let mut row = Row::default();
    values(shape, path, document, &mut |key, value| {
        row.number += 1;
        flatten(value, &mut row);
        if let Some(key) = key
            && !row.has(KEY)
        {
            row.names.push(KEY.into());
            row.values.push(key.into());
        }
        each(&row)
    })
}

/// Hands every record of the one JSON value in `document` to `each`.
pub(in crate::source) fn values(
    shape: &'static str,
    path: &[Box<str>],
    document: &mut dyn BufRead,
    each: Each<'_>,
) -> Result<(), ParseError> {
    if document.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        document.consume(3);
    }
    let state = State {
        each: RefCell::new(each),
        failed: RefCell::default(),
    };
    let mut json = serde_json::Deserializer::from_reader(document);
    let walk = Walk {
        state: &state,
        path,
        key: None,
        top: true,
    };
    let read = walk.deserialize(&mut json).and_then(|_| json.end());
    if let Some(e) = state.failed.into_inner() {
        return Err(e);
    }
    read.map_err(|e| error(shape, e))
}

/// Hands every line's record to `each`, as a row; a line that is none is odd.
pub(super) fn lines(
    shape: &'static str,
    document: &mut dyn BufRead,
    each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let mut row = Row::default();
    line_values(shape, document, &mut |line, value| match value {
        Ok(value) => {
            row.number += 1;
            row.line = line;
            flatten(&value, &mut row);
            each(Seen::Row(&row))
        }
        Err(why) => each(Seen::Odd(format!("line {line}"), why)),
    })
}

/// Hands every line's record to `each`, or why a line is none.
pub(in crate::source) fn line_values(
    shape: &'static str,
    document: &mut dyn BufRead,
    each: &mut dyn FnMut(u64, Result<Value, String>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        number += 1;
        if (&mut *document)
            .take(LINE_MAX)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(());
        }
        if line.len() as u64 == LINE_MAX {
            return Err(ParseError::Broken {
                shape,
                at: format!("line {number}"),
                why: "a single line is longer than any record".into(),
            });
        }
        let text = line
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&line)
            .trim_ascii();
        if !text.is_empty() {
            let value = serde_json::from_slice::<Value>(text);
            each(number, value.map_err(|e| format!("no JSON record: {e}")))?;
        }
    }
}

fn error(shape: &'static str, e: serde_json::Error) -> ParseError {
    if e.is_io() {
        return ParseError::Io(e.into());
    }
    ParseError::Broken {
        shape,
        at: format!("line {}, column {}", e.line(), e.column()),
        why: if e.is_eof() {
            "it ends inside a value; the file was cut".into()
        } else {
            e.to_string()
        },
    }
}

/// Fills `row` with the cells of a record.
pub(super) fn flatten(value: &Value, row: &mut Row) {
    row.names.clear();
    row.values.clear();
    let mut seen = None;
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                cells(name, value, row, &mut seen);
            }
        }
        other => cells(VALUE, other, row, &mut seen),
    }
}

/// Records of fewer columns are searched, larger ones have their names in a map.
const FEW: usize = 32;
/// Where the columns of a large record are.
type Names = Option<HashMap<Box<str>, usize>>;

fn cells(name: &str, value: &Value, row: &mut Row, seen: &mut Names) {
    match value {
        Value::Object(fields) => {
            for (inner, value) in fields {
                cells(&format!("{name}.{inner}"), value, row, seen);
            }
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(_) | Value::Array(_) => cells(name, item, row, seen),
                    scalar => push(name, scalar, row, seen),
                }
            }
        }
        scalar => push(name, scalar, row, seen),
    }
}

/// One value; a second one of the same name is joined to the first.
fn push(name: &str, value: &Value, row: &mut Row, seen: &mut Names) {
    let text = match value {
        Value::Null => return,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let same = match seen {
        _ if row.names.len() < FEW => row.names.iter().position(|n| **n == *name),
        None => {
            let names = row.names.iter().cloned().zip(0..);
            seen.insert(names.collect()).get(name).copied()
        }
        Some(seen) => seen.get(name).copied(),
    };
    match same {
        Some(ix) => {
            row.values[ix].push_str("; ");
            row.values[ix].push_str(&text);
        }
        None => {
            if let Some(seen) = seen {
                seen.insert(name.into(), row.names.len());
            }
            row.names.push(name.into());
            row.values.push(text);
        }
    }
}

struct State<'e> {
    each: RefCell<Each<'e>>,
    /// What `each` did not want to go on with.
    failed: RefCell<Option<ParseError>>,
}

impl State<'_> {
    fn record<E: serde::de::Error>(&self, key: Option<&str>, value: &Value) -> Result<(), E> {
        (self.each.borrow_mut())(key, value).map_err(|e| {
            *self.failed.borrow_mut() = Some(e);
            E::custom("refused")
        })
    }
}

/// A place in the document: records below it are handed over. Answers whether it had any.
struct Walk<'w, 'e> {
    state: &'w State<'e>,
    /// What is left of the way to the records.
    path: &'w [Box<str>],
    /// The key under which this place lies.
    key: Option<&'w str>,
    top: bool,
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        if !self.path.is_empty() {
            return Err(A::Error::custom(format!(
                "there is no `{}` in an array",
                self.path.join(".")
            )));
        }
        while let Some(value) = items.next_element::<Value>()? {
            self.state.record(self.key, &value)?;
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<bool, A::Error> {
        let mut scalars = serde_json::Map::new();
        let mut found = false;
        if !self.top && self.path.is_empty() {
            // An object by key: the whole of it is one record.
            while let Some((name, value)) = fields.next_entry::<String, Value>()? {
                scalars.insert(name, value);
            }
            self.state.record(self.key, &Value::Object(scalars))?;
            return Ok(true);
        }
        while let Some(name) = fields.next_key::<String>()? {
            match self.path.split_first() {
                Some((first, rest)) if **first == *name => {
                    found = true;
                    fields.next_value_seed(Walk {
                        state: self.state,
                        path: rest,
                        key: None,
                        top: !rest.is_empty(),
                    })?;
                }
                Some(_) => {
                    fields.next_value::<IgnoredAny>()?;
                }
                None => match fields.next_value_seed(Below {
                    state: self.state,
                    key: &name,
                })? {
                    Some(scalar) => {
                        scalars.insert(name, scalar);
                    }
                    None => found = true,
                },
            }
        }
        if let Some(first) = self.path.first()
            && !found
        {
            return Err(A::Error::custom(format!("there is no `{first}`")));
        }
        if !found && !scalars.is_empty() {
            self.state.record(None, &Value::Object(scalars))?;
        }
        Ok(true)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<bool, E> {
        Err(E::custom("a bare value, no records"))
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<bool, E> {
        Err(E::custom("a bare value, no records"))
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<bool, E> {
        Err(E::custom("a bare value, no records"))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<bool, E> {
        Err(E::custom("a bare value, no records"))
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<bool, E> {
        Err(E::custom("a bare value, no records"))
    }
}

/// The value of a key of the outermost object: an array of records, a record, or a bare value,
/// which is handed back.
struct Below<'w, 'e> {
    state: &'w State<'e>,
    key: &'w str,
}

impl<'de> DeserializeSeed<'de> for Below<'_, '_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<Value>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Below<'_, '_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records or a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Option<Value>, A::Error> {
        let walk = Walk {
            state: self.state,
            path: &[],
            key: Some(self.key),
            top: false,
        };
        walk.visit_seq(items).map(|_| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Option<Value>, A::Error> {
        let walk = Walk {
            state: self.state,
            path: &[],
            key: Some(self.key),
            top: false,
        };
        walk.visit_map(fields).map(|_| None)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Option<Value>, E> {
        Ok(Some(Value::Null))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }
}
