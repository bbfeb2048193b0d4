//! Addresses that stand in a document, counted beside its parser: those that did not become
//! listings show that a publisher's format has moved.
//!
//! Only what cannot be taken for anything else counts: a checksum that fits, or `0x` and forty hex
//! digits. It does not know the document's shape; what stands in a packed part of it is not seen.

use crate::address::{self, formats::Check};
use crate::list::List;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{self, BufRead, Read};

/// The shortest and longest address that is looked for.
const LENGTH: std::ops::RangeInclusive<usize> = 26..=128;
/// For so many the text is kept too, to name some of them.
const TEXTS: usize = 20_000;

/// Addresses seen so far, by hash.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// The run of letters and digits that is being read.
    token: Vec<u8>,
    seen: HashMap<u64, Option<Box<str>>>,
    /// The document's last byte.
    last: Option<u8>,
    /// The last one that is no white space.
    mark: Option<u8>,
}

/// Addresses in the document that are no listings.
#[derive(Debug, Default)]
pub(super) struct Unlisted {
    pub(super) count: u64,
    /// At most three, sorted.
    pub(super) examples: Vec<Box<str>>,
}

/// A document whose bytes are looked at while they are read.
pub(super) struct Watched<'m> {
    mentions: &'m mut Mentions,
    document: &'m mut dyn BufRead,
}

impl Mentions {
    pub(super) fn watch<'m>(&'m mut self, document: &'m mut dyn BufRead) -> Watched<'m> {
        Watched {
            mentions: self,
            document,
        }
    }

    fn look(&mut self, bytes: &[u8]) {
        self.last = bytes.last().copied().or(self.last);
        let marks = bytes.iter().rev().copied();
        self.mark = marks
            .into_iter()
            .find(|b| !b.is_ascii_whitespace())
            .or(self.mark);
        let mut rest = bytes;
        while !rest.is_empty() {
            let run = rest
                .iter()
                .position(|b| !b.is_ascii_alphanumeric())
                .unwrap_or(rest.len());
            if self.token.is_empty() && run < rest.len() {
                if LENGTH.contains(&run) {
                    let token = &rest[..run];
                    self.token(token);
                }
            } else {
                let room = (LENGTH.end() + 1).saturating_sub(self.token.len());
                self.token.extend_from_slice(&rest[..run.min(room)]);
                if run < rest.len() {
                    let token = std::mem::take(&mut self.token);
                    if LENGTH.contains(&token.len()) {
                        self.token(&token);
                    }
                    self.token = token;
                    self.token.clear();
                }
            }
            rest = rest.get(run + 1..).unwrap_or_default();
        }
    }

    fn token(&mut self, token: &[u8]) {
        let hash = hash(token);
        if self.seen.contains_key(&hash) || !is_address(token) {
            return;
        }
        let text = (self.seen.len() < TEXTS).then(|| String::from_utf8_lossy(token).into());
        self.seen.insert(hash, text);
    }

    /// Whether the last line of a document of lines ends; `None`: its last byte closes it otherwise.
    pub(super) fn line_end(&self) -> Option<bool> {
        match (self.mark?, self.last?) {
            (b'>' | b'}' | b']' | 0 | 0x1a, _) => None,
            (_, last) => Some(last == b'\n'),
        }
    }

    /// What of it is not among the listings.
    pub(super) fn unlisted(mut self, list: &List) -> Unlisted {
        let last = std::mem::take(&mut self.token);
        if LENGTH.contains(&last.len()) {
            self.token(&last);
        }
        for listing in list.listings() {
            for text in [listing.text, listing.raw] {
                self.seen.remove(&hash(text.as_bytes()));
                if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    for part in text.split(|c: char| !c.is_ascii_alphanumeric()) {
                        self.seen.remove(&hash(part.as_bytes()));
                    }
                }
            }
        }
        // Ids of entities can look like addresses: lists of labels are made of them.
        for entity in list.entities() {
            self.seen.remove(&hash(entity.id.as_bytes()));
        }
        let count = self.seen.len() as u64;
        let mut examples: Vec<_> = self.seen.into_values().flatten().collect();
        examples.sort();
        examples.truncate(3);
        Unlisted { count, examples }
    }
}

fn is_address(token: &[u8]) -> bool {
    if let Some(hex) = token.strip_prefix(b"0x") {
        return hex.len() == 40 && hex.iter().all(u8::is_ascii_hexdigit);
    }
    // A word, a hash in hex, a number: no checksum can make an address of it.
    let digits = token.iter().any(u8::is_ascii_digit);
    let letters = token
        .iter()
        .any(|b| matches!(b.to_ascii_lowercase(), b'g'..=b'z'));
    digits
        && letters
        && address::decode(token).is_ok_and(|found| !matches!(found.format.check, Check::None))
}

fn hash(bytes: &[u8]) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(bytes)
}

impl Read for Watched<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.document.read(out)?;
        self.mentions.look(&out[..n]);
        Ok(n)
    }
}

impl BufRead for Watched<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.document.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        // What is consumed is buffered already.
        if n > 0
            && let Ok(bytes) = self.document.fill_buf()
        {
            self.mentions.look(&bytes[..n.min(bytes.len())]);
        }
        self.document.consume(n);
    }
}
