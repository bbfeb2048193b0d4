//! Bytes of unknown encoding into UTF-8, in pieces.
//!
//! UTF-8 is passed on untouched, so its offsets are the file's. A byte order mark stays in the text
//! as the character it is. It knows nothing of records.

use super::headings;
use encoding_rs::{
    Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
};
use std::io::{self, Read};

const CHUNK: usize = 1 << 18;

/// What the first bytes of an input are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// Text in this encoding.
    Text(&'static Encoding),
    /// Not text, and what it seems to be.
    Binary(&'static str),
}

const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x7FELF", "an ELF program"),
    (b"MZ\x90", "a Windows program"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"Rar!\x1A", "a RAR archive"),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an old Office file (.xls, .doc)",
    ),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\xFD7zXZ\0", "an xz file"),
    (b"\xFF\xFE\0\0", "UTF-32 text"),
    (b"\0\0\xFE\xFF", "UTF-32 text"),
];

/// Tells text from other files, and its encoding, from its first bytes.
pub(crate) fn sniff(sample: &[u8], whole: bool) -> Sniffed {
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| sample.starts_with(magic)) {
        return Sniffed::Binary(what);
    }
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return Sniffed::Text(encoding);
    }
    let head = &sample[..sample.len().min(1 << 16)];
    let nuls = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd, pairs) = (nuls(0), nuls(1), head.len() / 2);
    if pairs > 1 && odd * 5 > pairs * 2 && even * 20 < pairs {
        return Sniffed::Text(UTF_16LE);
    }
    if pairs > 1 && even * 5 > pairs * 2 && odd * 20 < pairs {
        return Sniffed::Text(UTF_16BE);
    }
    let control = |b: &&u8| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127);
    let controls = head.iter().filter(control).count();
    if controls > 8 && controls * 20 > head.len() {
        return Sniffed::Binary("binary data");
    }
    match std::str::from_utf8(sample) {
        Ok(_) => Sniffed::Text(UTF_8),
        Err(e) if e.error_len().is_none() && !whole => Sniffed::Text(UTF_8),
        Err(_) if mostly_utf8(sample) => Sniffed::Text(UTF_8),
        Err(_) => Sniffed::Text(code_page(sample)),
    }
}

/// The Windows code page of a text that is not UTF-8: Cyrillic by its long runs of high letters,
/// Central European where that makes more headings known, else Western European. Addresses are
/// ASCII, so a wrong guess spoils names and notes only.
fn code_page(sample: &[u8]) -> &'static Encoding {
    let high = sample.iter().filter(|b| **b >= 0x80).count();
    let words = sample.split(|b| *b < 0xC0);
    let letters: usize = words.map(<[u8]>::len).filter(|n| *n >= 4).sum();
    if letters * 2 > high {
        return WINDOWS_1251;
    }
    let head = &sample[..sample.len().min(1 << 12)];
    let known = |encoding: &'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(head);
        let cells = text.split([',', ';', '\t', '|', '"', '\n', '\r']);
        cells
            .filter(|c| !c.is_ascii() && headings::is_known(c))
            .count()
    };
    match known(WINDOWS_1250) > known(WINDOWS_1252) {
        true => WINDOWS_1250,
        false => WINDOWS_1252,
    }
}

/// Whether well-formed multi-byte characters outnumber the bytes that are none.
fn mostly_utf8(sample: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > bad * 2
}

/// A reader of UTF-8 over a reader of any encoding.
pub(crate) struct Decoded<R> {
    reader: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    /// Whether bytes were replaced because they are not valid in the encoding.
    pub(crate) malformed: bool,
    /// Whether a letter has two bytes.
    pub(crate) wide: bool,
}

impl<R: Read> Decoded<R> {
    /// Reads `reader` as `encoding`.
    pub(crate) fn new(reader: R, encoding: &'static Encoding) -> Self {
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        Self {
            reader,
            decoder,
            raw: Vec::new(),
            malformed: false,
            wide: encoding == UTF_16LE || encoding == UTF_16BE,
        }
    }

    /// Appends about `want` bytes to `out`; false at the end of the input.
    pub(crate) fn fill(&mut self, out: &mut Vec<u8>, want: usize) -> io::Result<bool> {
        let Some(decoder) = &mut self.decoder else {
            let start = out.len();
            out.resize(start + want, 0);
            let mut end = start;
            let failed = loop {
                match self.reader.read(&mut out[end..]) {
                    Ok(0) => break None,
                    Ok(read) => end += read,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => break Some(e),
                }
            };
            out.truncate(end);
            return failed.map_or(Ok(end == start + want), Err);
        };
        let enough = out.len() + want;
        while out.len() < enough {
            self.raw.clear();
            let read = (&mut self.reader)
                .take(CHUNK as u64)
                .read_to_end(&mut self.raw)?;
            let last = read < CHUNK;
            let room = decoder
                .max_utf8_buffer_length(read)
                .expect("three bytes for each of a quarter million");
            let old = out.len();
            out.resize(old + room, 0);
            let (_, _, written, malformed) =
                decoder.decode_to_utf8(&self.raw, &mut out[old..], last);
            out.truncate(old + written);
            self.malformed |= malformed;
            if last {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
