//! PDF: the characters of each page with their places, by the operators of its content stream.
//!
//! hayro-syntax reads the file (cross references, object streams, filters, encryption without a
//! password), hayro-font its fonts (codes to characters and widths); the text machine here is that
//! of ISO 32000-1, 9.4. Nothing is drawn, no script or form action is looked at, a link is a hidden
//! line, and images are not decoded. What order the characters are read in is for `pdf_layout`.

use super::pdf_layout::{self, Glyph};
use super::{Between, Event, Line, Piece, Sink, Stop};
use flate2::{Decompress, FlushDecompress, Status};
use hayro_font::hayro_cmap::BfString;
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn};
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream, String as PdfString};
use hayro_syntax::page::{Page, Resources};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;

/// Deepest nesting of forms.
const DEPTH: usize = 16;
/// Operators of one page, forms included.
const OPERATORS: usize = 5_000_000;
/// Characters of one page.
const GLYPHS: usize = 1_000_000;
/// Bytes of one node of the page tree.
const NODE: usize = 4 << 20;
/// Links of one page.
const LINKS: usize = 100_000;
/// Pages.
const PAGES: usize = 200_000;
/// Most graphics states that are kept.
const STATES: usize = 512;
/// What all streams together may come to.
const INFLATED_ALL: u64 = 8 << 30;
/// Fewer characters beside a large image are a stamp on a scan, not its text.
const STAMP: usize = 250;

/// Reads a document.
pub(super) fn read(bytes: Vec<u8>, sink: &mut Sink) -> Result<(), Stop> {
    let damaged = bounded(&bytes, sink.limits.inflated).map_err(Stop::Broken)?;
    let promised = page_count(&bytes);
    let cut = !tail(&bytes).windows(5).any(|w| w == b"%%EOF");
    let total = bytes.len();
    let pdf = Pdf::new(bytes).map_err(|e| {
        Stop::Broken(match e {
            LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
                "it is encrypted and needs a password".to_owned()
            }
            LoadPdfError::Decryption(e) => format!("it is encrypted: {e:?}"),
            LoadPdfError::Invalid if cut => "it is cut off: its pages cannot be found".to_owned(),
            LoadPdfError::Invalid => "it is no valid PDF: its pages cannot be found".to_owned(),
        })
    })?;
    if let Some(title) = pdf.metadata().title.as_deref() {
        let title = String::from_utf8_lossy(title);
        if !title.trim().is_empty() && !title.contains(['\0', '\u{fffd}']) {
            sink.send(Event::Title(title.trim().to_owned()))?;
        }
    }
    let pages = pdf.pages();
    sink.send(Event::Pages(pages.len() as u32))?;
    if pages.is_empty() {
        return Err(Stop::Broken("it has no page".into()));
    }
    if damaged > 0 {
        let why = format!("{damaged} of its compressed streams are damaged: text may be missing");
        sink.unread(0, why)?;
    }
    if promised > pages.len() as u64 {
        let why = format!(
            "it speaks of {promised} pages, and {} were found",
            pages.len()
        );
        sink.unread(0, why)?;
    }
    if cut {
        let why = "the file is cut off: pages at its end may be missing";
        sink.unread(0, why)?;
    }
    let fonts = Fonts {
        cache: FontCache::new(),
        fonts: Arc::new(|query| {
            Some(match query {
                FontQuery::Standard(font) => font.get_font_data(),
                FontQuery::Fallback(font) => font.pick_standard_font().get_font_data(),
            })
        }),
        cmaps: Arc::new(|_| None),
    };
    for (page, number) in pages.iter().take(PAGES).zip(1..) {
        sink.at(total * number / pages.len());
        read_page(page, number as u32, &fonts, sink)?;
        // Each page is seen at once, so that a slow one is told from a dead one.
        sink.flush()?;
    }
    if pages.len() > PAGES {
        sink.unread(
            0,
            format!("it has more than {PAGES} pages; the others were not read"),
        )?;
    }
    Ok(())
}

fn tail(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.len().saturating_sub(2048)..]
}

/// The most pages that a node of the page tree speaks of (ISO 32000-1, 7.7.3.2), as far as it is
/// not inside a compressed object.
fn page_count(bytes: &[u8]) -> u64 {
    let number = |dict: &[u8]| -> Option<u64> {
        let at = memchr::memmem::find(dict, b"/Count")? + "/Count".len();
        let digits = dict[at..].trim_ascii_start();
        let end = digits.iter().take_while(|b| b.is_ascii_digit()).count();
        std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
    };
    // A file that was changed by appending to it may have had more pages once.
    let linear = memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"/Linearized").is_some();
    if memchr::memmem::find_iter(bytes, b"%%EOF").count() > 1 + usize::from(linear) {
        return 0;
    }
    memchr::memmem::find_iter(bytes, b"/Pages")
        .take(256)
        .filter_map(|at| {
            let after = bytes.get(at + "/Pages".len());
            if after.is_some_and(u8::is_ascii_alphanumeric)
                || !bytes[..at].trim_ascii_end().ends_with(b"/Type")
            {
                return None;
            }
            let before = &bytes[at.saturating_sub(NODE)..at];
            let after = &bytes[at..bytes.len().min(at + NODE)];
            let from = memchr::memmem::rfind(before, b" obj")?;
            let to = memchr::memmem::find(after, b"endobj")?;
            number(&before[from..]).or_else(|| number(&after[..to]))
        })
        .filter(|pages| *pages <= PAGES as u64)
        .max()
        .unwrap_or(0)
}

/// Refuses a file in which a compressed stream comes to more than `most` bytes: the parser itself
/// knows no bound. Streams follow the word `stream`; what is no stream of zlib is passed over.
/// Says how many of those that are no images do not come to their end.
fn bounded(bytes: &[u8], most: u64) -> Result<usize, String> {
    let encrypted = memchr::memmem::find(bytes, b"/Encrypt").is_some();
    let mut scratch = vec![0; 1 << 16];
    let (mut all, mut damaged) = (0, 0);
    for at in memchr::memmem::find_iter(bytes, b"stream") {
        let Some(data) = bytes[at + 6..]
            .strip_prefix(b"\r\n")
            .or(bytes[at + 6..].strip_prefix(b"\n"))
            .or(bytes[at + 6..].strip_prefix(b"\r"))
        else {
            continue;
        };
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        let dict = &bytes[at.saturating_sub(1024)..at];
        let dict = memchr::memmem::rfind(dict, b" obj").map_or(dict, |from| &dict[from..]);
        let filters = |name: &[u8]| memchr::memmem::find_iter(dict, name).count();
        let stages = filters(b"/FlateDecode") + filters(b"/Fl ") + filters(b"/LZWDecode");
        if stages > 1 {
            return Err("a stream in it is compressed several times over".into());
        }
        let text;
        let data = match () {
            _ if filters(b"/LZWDecode") > 0 && filters(b"/Image") == 0 => {
                // A code of 9 bits or more stands for 4096 bytes at most.
                let end = memchr::memmem::find(data, b"endstream").unwrap_or(data.len());
                if end as u64 > most / 3600 {
                    return Err("a long stream in it is packed with LZW: not read".into());
                }
                continue;
            }
            _ if filters(b"85Decode") + filters(b"/A85") > 0 => {
                text = ascii85(data);
                &text[..]
            }
            _ => data,
        };
        // RFC 1950: method 8, and the header is a multiple of 31.
        let zlib = matches!(data, [a, b, ..]
            if a & 15 == 8 && (u32::from(*a) << 8 | u32::from(*b)) % 31 == 0);
        let matters = !encrypted && filters(b"/Image") == 0;
        if stages == 0 || !zlib {
            damaged += usize::from(stages > 0 && filters(b"/FlateDecode") > 0 && matters);
            continue;
        }
        let mut inflate = Decompress::new(true);
        loop {
            let rest = &data[(inflate.total_in() as usize).min(data.len())..];
            let before = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(rest, &mut scratch, FlushDecompress::None);
            if inflate.total_out() > most {
                return Err(format!("a stream in it comes to more than {most} bytes"));
            }
            let moved = before != (inflate.total_in(), inflate.total_out());
            if !matches!(status, Ok(Status::Ok)) || !moved {
                damaged += usize::from(matters && !matches!(status, Ok(Status::StreamEnd)));
                break;
            }
        }
        all += inflate.total_out();
        if all > INFLATED_ALL {
            return Err(format!(
                "its streams come to more than {INFLATED_ALL} bytes"
            ));
        }
    }
    Ok(damaged)
}

/// The bytes behind ASCII85 (ISO 32000-1, 7.4.3), up to its end mark or the first foreign character.
fn ascii85(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut group, mut count) = (0_u32, 0);
    for &c in text {
        match c {
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(c - b'!'));
                count += 1;
                if count == 5 {
                    out.extend(group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            _ if c.is_ascii_whitespace() || c == 0 => {}
            _ => break,
        }
    }
    if count > 1 {
        for _ in count..5 {
            group = group.wrapping_mul(85).wrapping_add(84);
        }
        out.extend(&group.to_be_bytes()[..count - 1]);
    }
    out
}

struct Fonts<'a> {
    cache: FontCache<'a>,
    fonts: FontResolverFn,
    cmaps: CMapResolverFn,
}

fn read_page<'a>(
    page: &Page<'a>,
    number: u32,
    fonts: &Fonts<'a>,
    sink: &mut Sink,
) -> Result<(), Stop> {
    links(page, number, sink)?;
    let (width, height) = page.base_dimensions();
    let mut machine = Machine {
        fonts,
        glyphs: Vec::new(),
        unmapped: 0,
        images: 0.0,
        paths: 0,
        operators: 0,
        state: State::default(),
        states: Vec::new(),
    };
    let Some(stream) = page.page_stream() else {
        return match page.raw().contains_key("Contents") {
            true => sink.unread(number, "its content cannot be decoded"),
            // A blank leaf between two parts.
            false => Ok(()),
        };
    };
    let whole = machine.run(stream, page.resources(), 0);
    let (glyphs, unmapped) = (machine.glyphs.len(), machine.unmapped);
    let covered = machine.images / f64::from(width * height).max(1.0);
    let paths = machine.paths;
    pdf_layout::lines(machine.glyphs, number, sink)?;
    if whole.is_break() {
        sink.unread(number, "too much is drawn on it; the rest was not read")?;
    }
    if unmapped * 4 > glyphs + unmapped {
        let why =
            format!("{unmapped} of its characters have no known meaning (a font without one)");
        return sink.unread(number, why);
    }
    match glyphs {
        0 if covered > 0.0 => sink.unread(number, "an image without text (a scan): not read"),
        0 if paths > 64 => sink.unread(number, "drawn shapes without text: not read"),
        1..STAMP if covered > 0.5 => sink.unread(
            number,
            "mostly an image (a scan): only the text beside it was read",
        ),
        _ => Ok(()),
    }
}

/// The targets of the links on a page (ISO 32000-1, 12.6.4.7): a shortened address is often a link
/// to the whole one.
fn links(page: &Page<'_>, number: u32, sink: &mut Sink) -> Result<(), Stop> {
    let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else {
        return Ok(());
    };
    for annotation in annotations.iter::<Dict<'_>>().take(LINKS) {
        let action = annotation.get::<Dict<'_>>("A");
        let Some(target) = action.and_then(|a| a.get::<PdfString<'_>>("URI")) else {
            continue;
        };
        sink.line(Line {
            text: String::from_utf8_lossy(target.as_bytes()).into_owned(),
            page: number,
            number: 1,
            pieces: vec![Piece {
                at: 0,
                source: 0,
                after: Between::Nothing,
            }],
            hidden: true,
            ..Line::default()
        })?;
    }
    Ok(())
}

/// An affine map as PDF writes it: `[a b c d e f]`.
#[derive(Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn of(n: [Number; 6]) -> Self {
        Self(n.map(|n| {
            let n = n.as_f64();
            if n.is_finite() {
                n.clamp(-1e9, 1e9)
            } else {
                0.0
            }
        }))
    }

    const fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First `self`, then `then`.
    fn then(self, then: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, then.0);
        Self([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    fn area(self) -> f64 {
        let [a, b, c, d, ..] = self.0;
        (a * d - b * c).abs()
    }
}

#[derive(Clone)]
struct State<'a> {
    ctm: Matrix,
    text: Matrix,
    line: Matrix,
    font: Option<Font<'a>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    bold: bool,
}

impl Default for State<'_> {
    fn default() -> Self {
        Self {
            ctm: Matrix::IDENTITY,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            bold: false,
        }
    }
}

/// The text machine of one page.
struct Machine<'f, 'a> {
    fonts: &'f Fonts<'a>,
    glyphs: Vec<Glyph>,
    unmapped: usize,
    /// Area covered by images.
    images: f64,
    paths: usize,
    operators: usize,
    state: State<'a>,
    states: Vec<State<'a>>,
}

impl<'a> Machine<'_, 'a> {
    /// Runs a content stream; a break means that a bound was met.
    fn run(&mut self, stream: &[u8], resources: &Resources<'a>, depth: usize) -> ControlFlow<()> {
        let mut operations = TypedIter::new(stream);
        let floor = self.states.len();
        while let Some(op) = operations.next() {
            self.operators += 1;
            if self.operators > OPERATORS || self.glyphs.len() > GLYPHS {
                return Break(());
            }
            let s = &mut self.state;
            match op {
                Op::SaveState(_) if self.states.len() < STATES => self.states.push(s.clone()),
                Op::RestoreState(_) if self.states.len() > floor => {
                    self.state = self.states.pop().unwrap_or_default();
                }
                Op::Transform(m) => {
                    s.ctm = Matrix::of([m.0, m.1, m.2, m.3, m.4, m.5]).then(s.ctm);
                }
                Op::BeginText(_) => (s.text, s.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
                Op::CharacterSpacing(n) => s.char_space = n.0.as_f64(),
                Op::WordSpacing(n) => s.word_space = n.0.as_f64(),
                Op::HorizontalScaling(n) => s.scale = n.0.as_f64() / 100.0,
                Op::TextLeading(n) => s.leading = n.0.as_f64(),
                Op::TextRise(n) => s.rise = n.0.as_f64(),
                Op::TextFont(f) => {
                    s.size = f.1.as_f64();
                    self.font(f.0, resources);
                }
                Op::NextLine(n) => self.next_line(n.0.as_f64(), n.1.as_f64()),
                Op::NextLineAndSetLeading(n) => {
                    s.leading = -n.1.as_f64();
                    self.next_line(n.0.as_f64(), n.1.as_f64());
                }
                Op::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
                Op::SetTextMatrix(m) => {
                    s.line = Matrix::of([m.0, m.1, m.2, m.3, m.4, m.5]);
                    s.text = s.line;
                }
                Op::ShowText(t) => self.show(t.0.as_bytes()),
                Op::NextLineAndShowText(t) => {
                    self.next_line(0.0, -self.state.leading);
                    self.show(t.0.as_bytes());
                }
                Op::ShowTextWithParameters(t) => {
                    (s.word_space, s.char_space) = (t.0.as_f64(), t.1.as_f64());
                    self.next_line(0.0, -self.state.leading);
                    self.show(t.2.as_bytes());
                }
                Op::ShowTexts(texts) => {
                    for item in texts.0.iter::<Object<'_>>() {
                        match item {
                            Object::String(text) => self.show(text.as_bytes()),
                            Object::Number(n) => self.adjust(n.as_f64()),
                            _ => {}
                        }
                    }
                }
                Op::XObject(x) => {
                    if let Some(object) = resources.get_x_object(x.0) {
                        self.object(&object, resources, depth)?;
                    }
                }
                Op::InlineImage(_) => self.images += s.ctm.area(),
                Op::FillPathNonZero(_) | Op::FillPathEvenOdd(_) | Op::StrokePath(_) => {
                    self.paths += 1;
                }
                _ => {}
            }
        }
        if let Some(first) = self.states.drain(floor..).next() {
            self.state = first;
        }
        Continue(())
    }

    fn object(
        &mut self,
        object: &Stream<'a>,
        resources: &Resources<'a>,
        depth: usize,
    ) -> ControlFlow<()> {
        let dict = object.dict();
        let kind = dict.get::<Name<'_>>("Subtype");
        match kind.as_ref().map(|k| k.as_str()) {
            Some("Image") => self.images += self.state.ctm.area(),
            Some("Form") if depth < DEPTH => {
                let Ok(stream) = object.decoded_data() else {
                    return Continue(());
                };
                let own = dict.get::<Dict<'a>>("Resources").map(Resources::new);
                let saved = self.state.clone();
                if let Some(matrix) = dict.get::<Array<'_>>("Matrix") {
                    let numbers: Vec<Number> = matrix.iter::<Number>().take(6).collect();
                    if let Ok(numbers) = <[Number; 6]>::try_from(numbers) {
                        self.state.ctm = Matrix::of(numbers).then(self.state.ctm);
                    }
                }
                let done = self.run(&stream, own.as_ref().unwrap_or(resources), depth + 1);
                self.state = saved;
                return done;
            }
            // A form that draws itself: deeper than anything that was made to be read.
            Some("Form") => return Break(()),
            _ => {}
        }
        Continue(())
    }

    fn font(&mut self, name: &Name<'_>, resources: &Resources<'a>) {
        let Some(dict) = resources.get_font(name) else {
            self.state.font = None;
            return;
        };
        let base = dict.get::<Name<'_>>("BaseFont");
        self.state.bold = base.is_some_and(|b| b.as_str().contains("Bold"));
        let Fonts {
            cache,
            fonts,
            cmaps,
        } = self.fonts;
        self.state.font = cache.font(&dict, fonts, cmaps);
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.state.line = Matrix::shift(x, y).then(self.state.line);
        self.state.text = self.state.line;
    }

    fn adjust(&mut self, thousandths: f64) {
        let s = &mut self.state;
        let by = -thousandths / 1000.0 * s.size;
        let horizontal = s.font.as_ref().is_none_or(Font::is_horizontal);
        let shift = if horizontal {
            Matrix::shift(by * s.scale, 0.0)
        } else {
            Matrix::shift(0.0, by)
        };
        s.text = shift.then(s.text);
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(font) = self.state.font.clone() else {
            self.unmapped += bytes.len();
            return;
        };
        let horizontal = font.is_horizontal();
        let mut at = 0;
        while at < bytes.len() && self.glyphs.len() <= GLYPHS {
            let (code, len) = font.read_code(bytes, at);
            at += len.max(1);
            let advance = font.code_advance(code);
            let s = &mut self.state;
            let space = s.char_space
                + if code == 32 && len == 1 {
                    s.word_space
                } else {
                    0.0
                };
            let (x, y) = if horizontal {
                ((advance.x / 1000.0 * s.size + space) * s.scale, 0.0)
            } else {
                (0.0, advance.y / 1000.0 * s.size + space)
            };
            let place = Matrix([s.size * s.scale, 0.0, 0.0, s.size, 0.0, s.rise])
                .then(s.text)
                .then(s.ctm);
            let base = s.text.then(s.ctm);
            s.text = Matrix::shift(x, y).then(s.text);
            let end = s.text.then(s.ctm);
            let unicode = match font.glyph(font.map_code(code), code) {
                FontGlyph::Outline(glyph) => glyph.as_unicode(),
                FontGlyph::Type3(glyph) => glyph.as_unicode(),
            };
            let text = match unicode {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(text)) => text,
                None => String::new(),
            };
            let text = if text.is_empty() || text.contains('\u{fffd}') {
                self.unmapped += 1;
                "\u{fffd}".to_owned()
            } else {
                text
            };
            let bold = self.state.bold;
            self.glyphs
                .extend(Glyph::new(text, place.0, base.0, end.0, bold));
        }
    }
}
