//! YAML records, event by event: every scalar stays the text that it is (`0x…` is no number).
//!
//! The document's text is held, its tree is not. An alias is the value that it points at, within a
//! bound, so that a document cannot swell without end.

use super::{Layout, Row, Seen, json};
use crate::source::ParseError;
use saphyr_parser::{Event, Parser, Span, StrInput};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::io::BufRead;

/// No list in YAML is longer.
const TEXT_MAX: u64 = 256 << 20;
/// How deep a value may lie in others.
const DEPTH_MAX: usize = 64;
/// How many values one record may have.
const NODES_MAX: usize = 1 << 20;
/// How large everything is, as [`weight`] has it, that can be pointed at.
const ANCHORS_MAX: usize = 1 << 20;
/// How often a document's length may come out of its aliases.
const SWELL: usize = 16;

pub(super) fn rows(
    layout: &Layout,
    document: &mut dyn BufRead,
    each: &mut dyn FnMut(Seen<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let bytes = super::read_all(layout.shape, document, TEXT_MAX)?;
    let text = String::from_utf8_lossy(&bytes);
    let path: Vec<&str> = layout.path.iter().map(|p| &**p).collect();
    let mut row = Row::default();
    documents(layout.shape, &text, &path, &mut |item| {
        let Item::Record { value, line } = item else {
            return Ok(());
        };
        row.number += 1;
        row.line = line;
        json::flatten(&value, &mut row);
        each(Seen::Row(&row))
    })
}

/// What a document holds, in order.
pub(in crate::source) enum Item {
    /// A bare value, or one that holds no records, of the outermost mapping.
    Field(String, Value),
    /// A record of the sequence.
    Record {
        /// It.
        value: Value,
        /// Where it starts.
        line: u64,
    },
}

/// Hands every record of `text` to `each`, and what the outermost mapping says beside them. The
/// records are the items of the outermost sequence, of the sequence at `path`, or (without a path)
/// of every sequence of mappings that the outermost mapping holds.
pub(in crate::source) fn documents(
    shape: &'static str,
    text: &str,
    path: &[&str],
    each: &mut dyn FnMut(Item) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        shape,
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        anchored: 0,
        nodes: 0,
        swell: text.len().saturating_mul(SWELL).saturating_add(NODES_MAX),
        line: 1,
    };
    loop {
        match reader.next()? {
            Event::StreamEnd => return Ok(()),
            Event::SequenceStart(..) if path.is_empty() => reader.records(each)?,
            Event::MappingStart(..) => reader.outermost(path, each)?,
            Event::SequenceStart(..) | Event::Scalar(..) | Event::Alias(_) => {
                return Err(reader.broken("neither a mapping nor a sequence of records"));
            }
            _ => {}
        }
    }
}

struct Reader<'t> {
    shape: &'static str,
    parser: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, Value>,
    /// What they weigh.
    anchored: usize,
    nodes: usize,
    /// What may still come out of aliases.
    swell: usize,
    line: u64,
}

impl<'t> Reader<'t> {
    fn broken(&self, why: impl Into<String>) -> ParseError {
        ParseError::Broken {
            shape: self.shape,
            at: format!("line {}", self.line),
            why: why.into(),
        }
    }

    fn next(&mut self) -> Result<Event<'t>, ParseError> {
        match self.parser.next() {
            Some(Ok((event, span))) => {
                self.line = line(&span);
                Ok(event)
            }
            Some(Err(e)) => {
                self.line = e.marker().line() as u64;
                Err(self.broken(e.info().to_owned()))
            }
            None => Ok(Event::StreamEnd),
        }
    }

    /// The items of a sequence just entered.
    fn records(
        &mut self,
        each: &mut dyn FnMut(Item) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        loop {
            self.nodes = 0;
            let event = self.next()?;
            let line = self.line;
            match event {
                Event::SequenceEnd => return Ok(()),
                Event::StreamEnd => return Err(self.broken("it ends inside a sequence")),
                event => {
                    let value = self.value(event, 0)?;
                    each(Item::Record { value, line })?;
                }
            }
        }
    }

    fn outermost(
        &mut self,
        path: &[&str],
        each: &mut dyn FnMut(Item) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        loop {
            self.nodes = 0;
            let key = match self.next()? {
                Event::MappingEnd => return Ok(()),
                Event::StreamEnd => return Err(self.broken("it ends inside a mapping")),
                event => text(&self.value(event, 0)?),
            };
            let wanted = path.first().is_none_or(|first| *first == key);
            match self.next()? {
                Event::SequenceStart(0, _) if wanted && path.len() <= 1 => self.records(each)?,
                Event::MappingStart(0, _) if wanted && path.len() > 1 => {
                    self.outermost(&path[1..], each)?;
                }
                event => {
                    let value = self.value(event, 0)?;
                    each(Item::Field(key, value))?;
                }
            }
        }
    }

    fn value(&mut self, event: Event<'t>, depth: usize) -> Result<Value, ParseError> {
        self.nodes += 1;
        if self.nodes > NODES_MAX || depth > DEPTH_MAX {
            return Err(self.broken("a value has more parts, or deeper ones, than any record"));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, _, anchor, _) => (Value::String(text.into_owned()), anchor),
            Event::Alias(anchor) => {
                let Some(value) = self.anchors.get(&anchor) else {
                    return Err(self.broken("an alias of what is not there"));
                };
                let weight = weight(value);
                self.nodes += weight;
                if self.nodes > NODES_MAX || weight > self.swell {
                    return Err(self.broken("more comes out of its aliases than any list holds"));
                }
                self.swell -= weight;
                (value.clone(), 0)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break,
                        Event::StreamEnd => return Err(self.broken("it ends inside a sequence")),
                        event => items.push(self.value(event, depth + 1)?),
                    }
                }
                (Value::Array(items), anchor)
            }
            Event::MappingStart(anchor, _) => {
                let mut fields = Map::new();
                loop {
                    let key = match self.next()? {
                        Event::MappingEnd => break,
                        Event::StreamEnd => return Err(self.broken("it ends inside a mapping")),
                        event => text(&self.value(event, depth + 1)?),
                    };
                    let event = self.next()?;
                    let value = self.value(event, depth + 1)?;
                    fields.insert(key, value);
                }
                (Value::Object(fields), anchor)
            }
            _ => return Err(self.broken("no value where one should be")),
        };
        if anchor != 0 {
            self.anchored += weight(&value);
            if self.anchored > ANCHORS_MAX {
                return Err(self.broken("more can be pointed at than any list needs"));
            }
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// How much a value takes: one for each part, and its texts.
fn weight(value: &Value) -> usize {
    let text = |text: &str| text.len() / 16;
    1 + match value {
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields.iter().map(|(k, v)| text(k) + weight(v)).sum(),
        Value::String(value) => text(value),
        _ => 0,
    }
}

fn line(span: &Span) -> u64 {
    span.start.line() as u64
}
