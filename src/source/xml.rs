//! A pull reader for published XML: elements by local name, attributes, text, position.
//!
//! Buffers are reused and an event is bounded, so memory does not grow with the document. It does
//! not know what any element means. A document that ends early is an error at every place.

use super::ParseError;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use std::borrow::Cow;
use std::io::{self, BufRead, Read};

/// No tag, text or comment of a published list comes near this; a longer one is no list.
const EVENT_MAX: u64 = 16 << 20;

/// The document, with a budget of bytes for each event.
struct Meter<'r> {
    inner: &'r mut dyn BufRead,
    budget: u64,
}

impl Read for Meter<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Meter<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.budget == 0 {
            let why = format!("a single tag or text is longer than {EVENT_MAX} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.budget = self.budget.saturating_sub(n as u64);
        self.inner.consume(n);
    }
}

/// The reader.
pub(super) struct Xml<'r> {
    shape: &'static str,
    reader: Reader<Meter<'r>>,
    buf: Vec<u8>,
    /// The tag last returned, copied out of `buf`: name and attributes.
    tag: String,
    name_len: usize,
}

/// A start tag.
#[derive(Clone, Copy)]
pub(super) struct Tag<'x> {
    shape: &'static str,
    at: u64,
    tag: &'x str,
    name_len: usize,
}

impl<'x> Tag<'x> {
    /// Its name without a prefix.
    pub(super) fn name(self) -> &'x str {
        local(&self.tag[..self.name_len])
    }

    /// The value of attribute `name` (whatever its prefix); `None` when it is absent.
    pub(super) fn attr(self, name: &str) -> Result<Option<Cow<'x, str>>, ParseError> {
        let broken = |why: String| ParseError::Broken {
            shape: self.shape,
            at: format!("byte {}", self.at),
            why,
        };
        for attr in Attributes::new(self.tag, self.name_len).with_checks(false) {
            let attr = attr.map_err(|e| broken(e.to_string()))?;
            if local(attr.key.0) == name {
                return match attr.normalized_value(XmlVersion::Implicit1_0) {
                    Ok(value) => Ok(Some(value)),
                    Err(e) => Err(broken(e.to_string())),
                };
            }
        }
        Ok(None)
    }

    /// The value of attribute `name`, empty when it is absent.
    pub(super) fn value(self, name: &str) -> Result<Cow<'x, str>, ParseError> {
        Ok(self.attr(name)?.unwrap_or_default())
    }

    /// Whether attribute `name` says so.
    pub(super) fn is_true(self, name: &str) -> Result<bool, ParseError> {
        Ok(matches!(&*self.value(name)?, "true" | "1"))
    }
}

impl<'r> Xml<'r> {
    /// A reader at the start of `document`.
    pub(super) fn new(shape: &'static str, document: &'r mut dyn BufRead) -> Self {
        let meter = Meter {
            inner: document,
            budget: EVENT_MAX,
        };
        let mut reader = Reader::from_reader(meter);
        reader.config_mut().expand_empty_elements = true;
        Self {
            shape,
            reader,
            buf: Vec::new(),
            tag: String::new(),
            name_len: 0,
        }
    }

    /// The document's root. Refuses what is no XML at all, in words.
    pub(super) fn root(&mut self) -> Result<Tag<'_>, ParseError> {
        let head = self.reader.get_mut().fill_buf()?;
        if let Some(what) = not_xml(head) {
            return Err(self.not_this(what, None));
        }
        loop {
            self.buf.clear();
            self.reader.get_mut().budget = EVENT_MAX;
            match self.reader.read_event_into(&mut self.buf) {
                Ok(Event::Start(e)) => {
                    self.name_len = e.name().0.len();
                    self.tag.clear();
                    self.tag.push_str(&e);
                    break;
                }
                Ok(Event::DocType(d)) if is_html(&d) => {
                    return Err(self.not_this("an HTML page", None));
                }
                Ok(Event::Text(t)) if !t.trim_ascii().is_empty() => {
                    return Err(self.not_this("text before the first tag", None));
                }
                Ok(Event::Eof) => return Err(self.not_this("no element in it", None)),
                Ok(_) => {}
                Err(e) => return Err(self.error(e)),
            }
        }
        if is_html(self.tag().name()) {
            return Err(self.not_this("an HTML page", None));
        }
        Ok(self.tag())
    }

    /// The next child of the element just entered; `None` at its end tag. A child must be read to
    /// its end (by [`Self::child`], [`Self::text`] or [`Self::skip`]) before the next one.
    pub(super) fn child(&mut self) -> Result<Option<Tag<'_>>, ParseError> {
        loop {
            self.buf.clear();
            self.reader.get_mut().budget = EVENT_MAX;
            match self.reader.read_event_into(&mut self.buf) {
                Ok(Event::Start(e)) => {
                    self.name_len = e.name().0.len();
                    self.tag.clear();
                    self.tag.push_str(&e);
                    break;
                }
                Ok(Event::End(_)) => return Ok(None),
                Ok(Event::Eof) => return Err(self.cut()),
                Ok(_) => {}
                Err(e) => return Err(self.error(e)),
            }
        }
        Ok(Some(self.tag()))
    }

    /// Appends the element's own text to `out`, to its end tag; text of children is left out.
    pub(super) fn text(&mut self, out: &mut String) -> Result<(), ParseError> {
        let mut depth = 0_u32;
        loop {
            self.buf.clear();
            self.reader.get_mut().budget = EVENT_MAX;
            match self.reader.read_event_into(&mut self.buf) {
                Ok(Event::Text(t)) if depth == 0 => out.push_str(&t.xml10_content()),
                Ok(Event::CData(t)) if depth == 0 => out.push_str(&t.xml10_content()),
                Ok(Event::GeneralRef(r)) if depth == 0 => {
                    let char = r.resolve_char_ref().map_err(|e| e.to_string());
                    match char {
                        Ok(Some(c)) => out.push(c),
                        Ok(None) => match resolve_predefined_entity(&r) {
                            Some(text) => out.push_str(text),
                            None => {
                                let why = format!("unknown entity `&{};`", &*r);
                                return Err(self.broken(why));
                            }
                        },
                        Err(why) => return Err(self.broken(why)),
                    }
                }
                Ok(Event::Start(_)) => depth += 1,
                Ok(Event::End(_)) if depth == 0 => return Ok(()),
                Ok(Event::End(_)) => depth -= 1,
                Ok(Event::Eof) => return Err(self.cut()),
                Ok(_) => {}
                Err(e) => return Err(self.error(e)),
            }
        }
    }

    /// The element's own text, to its end tag.
    pub(super) fn string(&mut self) -> Result<String, ParseError> {
        let mut text = String::new();
        self.text(&mut text)?;
        Ok(text)
    }

    /// Passes over the element just entered.
    pub(super) fn skip(&mut self) -> Result<(), ParseError> {
        let mut depth = 0_u32;
        loop {
            self.buf.clear();
            self.reader.get_mut().budget = EVENT_MAX;
            match self.reader.read_event_into(&mut self.buf) {
                Ok(Event::Start(_)) => depth += 1,
                Ok(Event::End(_)) if depth == 0 => return Ok(()),
                Ok(Event::End(_)) => depth -= 1,
                Ok(Event::Eof) => return Err(self.cut()),
                Ok(_) => {}
                Err(e) => return Err(self.error(e)),
            }
        }
    }

    /// After the root's end tag: nothing may follow.
    pub(super) fn end(&mut self) -> Result<(), ParseError> {
        loop {
            self.buf.clear();
            self.reader.get_mut().budget = EVENT_MAX;
            match self.reader.read_event_into(&mut self.buf) {
                Ok(Event::Eof) => return Ok(()),
                Ok(Event::Start(_) | Event::CData(_) | Event::GeneralRef(_)) => {
                    return Err(self.broken("more follows after the document's end"));
                }
                Ok(Event::Text(t)) if !t.trim_ascii().is_empty() => {
                    return Err(self.broken("more follows after the document's end"));
                }
                Ok(_) => {}
                Err(e) => return Err(self.error(e)),
            }
        }
    }

    /// An error here.
    pub(super) fn broken(&self, why: impl Into<String>) -> ParseError {
        ParseError::Broken {
            shape: self.shape,
            at: format!("byte {}", self.reader.buffer_position()),
            why: why.into(),
        }
    }

    /// The refusal of a document that is something else.
    pub(super) fn not_this(&self, what: &str, hint: Option<&str>) -> ParseError {
        ParseError::Shape {
            shape: self.shape,
            why: format!("it is {what}"),
            hint: hint.map(Into::into).or_else(|| hint_for(what)),
        }
    }

    /// The start tag last read.
    pub(super) fn tag(&self) -> Tag<'_> {
        Tag {
            shape: self.shape,
            at: self.reader.buffer_position(),
            tag: &self.tag,
            name_len: self.name_len,
        }
    }

    fn cut(&self) -> ParseError {
        self.broken("it ends inside an element; the file was cut")
    }

    fn error(&self, e: quick_xml::Error) -> ParseError {
        let why = match e {
            quick_xml::Error::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                format!("its compressed data ends too early ({e})")
            }
            quick_xml::Error::Io(e) => {
                return ParseError::Io(io::Error::new(e.kind(), e));
            }
            quick_xml::Error::Syntax(e) => format!("{e}; the file was cut or damaged"),
            e => e.to_string(),
        };
        ParseError::Broken {
            shape: self.shape,
            at: format!("byte {}", self.reader.error_position()),
            why,
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rfind(':').map_or(name, |colon| &name[colon + 1..])
}

fn is_html(text: &str) -> bool {
    text.trim_ascii_start()
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("html"))
}

/// What a document is that does not start as XML does.
fn not_xml(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    Some(match text {
        [] if head.is_empty() => "empty",
        [] | [b'<', ..] => return None,
        [b'{' | b'[', ..] => "JSON",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16 text",
        _ if text.starts_with(b"%PDF") => "a PDF",
        _ if text.starts_with(b"PK") => "a zip archive",
        _ if text.starts_with(b"version https://git-lfs") => "a Git LFS pointer, not the file",
        _ if text.iter().take(256).any(|b| *b < 9) => "binary data",
        _ => "text without tags",
    })
}

fn hint_for(what: &str) -> Option<String> {
    Some(match what {
        "an HTML page" => "the publisher answered with a page (an error, a login or a bot check) \
             instead of the list; download it again"
            .into(),
        "empty" => "the download brought nothing; download it again".into(),
        _ => return None,
    })
}
