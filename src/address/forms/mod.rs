//! Address text in the wild: what an address is wrapped in, and how to take it out.
//!
//! [`read`] takes one text, [`read_all`] a cell that may hold several. Both answer [`Form`]s: the
//! text to parse, where it stood, and what was said beside it (asset, chain, tag, contract). A form
//! is no verdict: a `Status::Ok` text can still fail its checksum, which is for
//! [`Address::parse`] to say. Nothing is resolved, completed or corrected. The module knows no
//! lists and no files; the raw text stays with the caller.
//!
//! The order of operations is fixed: invisible characters, white space and full-width letters,
//! wrapping, escapes (one level), secrets, URIs and qualified ids, truncation, look-alike letters,
//! names, casing. Every step is linear in the text and only tokens shorter than [`TOKEN_MAX`] are
//! decoded, so reading is linear too.
//!
//! [`Address::parse`]: super::Address::parse

mod account;
mod chain;
mod clean;
mod lightning;
mod link;
mod name;
mod reader;
mod secret;
mod seed;
mod seed_words;
mod shape;
mod skeleton;
mod uri;

pub(crate) use clean::is_invisible;
pub use name::ends;
pub use skeleton::skeleton;

use clean::Text;
use reader::Reader;
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

/// Longest token that is tried as an address.
pub const TOKEN_MAX: usize = 512;

/// What a form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The text is what was meant; parse it.
    Ok,
    /// Taken out of something else (a sentence, a link, a broken line): parse it, and say so.
    Flagged,
    /// There is no address in it.
    None,
    /// A shortened display form. Its ends are a lead and never an identity.
    Truncated,
    /// Characters outside ASCII are left; [`Form::skeleton`] is what it looks like.
    Suspicious,
    /// A name that only a resolver could turn into an address.
    Name,
    /// An address that never appears on a chain (silent payments, shielded and sub-addresses): look
    /// it up, but its absence proves nothing.
    NotOnChain,
    /// A private key or seed; the text is withheld.
    Secret,
}

impl Status {
    /// Kebab-case name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Flagged => "flagged",
            Self::None => "none",
            Self::Truncated => "truncated",
            Self::Suspicious => "suspicious",
            Self::Name => "name",
            Self::NotOnChain => "not-on-chain",
            Self::Secret => "secret",
        }
    }
}

/// One address text found in a raw text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What to parse; the display form, the name or the rest of the text where there is nothing to
    /// parse; empty for a secret.
    pub text: Box<str>,
    /// Where it stands in the raw text. The whole text where it cannot be said more closely.
    pub range: Range<usize>,
    /// What it is.
    pub status: Status,
    /// By whose rules to judge it, where the text says so. Not evidence of what was paid.
    pub asset: Option<&'static str>,
    /// The chain that the text names, as CAIP-2 (`eip155:1`).
    pub chain: Option<Box<str>>,
    /// Memo or destination tag: a customer of whoever holds the account.
    pub tag: Option<Box<str>>,
    /// The token contract that the payment goes through (EIP-681, Solana Pay, TON); to be screened
    /// too.
    pub contract: Option<Box<str>>,
    /// The ASCII text that a text with look-alike letters looks like.
    pub skeleton: Option<Box<str>>,
    /// What was done, for a person.
    pub notes: Vec<Cow<'static, str>>,
}

impl Form {
    /// The text to parse or to report as a name; `None` where there is no address.
    pub fn address(&self) -> Option<&str> {
        match self.status {
            Status::Ok | Status::Flagged | Status::Name | Status::NotOnChain => Some(&self.text),
            Status::None | Status::Truncated | Status::Suspicious | Status::Secret => None,
        }
    }
}

/// Whether nothing in `bytes` needs reading: ASCII letters and digits only, or a CashAddr text with
/// its prefix. Such a token can be decoded as it stands.
pub fn is_plain(bytes: &[u8]) -> bool {
    let body = match bytes.iter().position(|b| *b == b':') {
        Some(at) if uri::is_cashaddr_prefix(&bytes[..at]) => &bytes[at + 1..],
        Some(_) => return false,
        None => bytes,
    };
    !body.is_empty() && body.iter().all(u8::is_ascii_alphanumeric)
}

/// What secret stands in `text`, if any: nothing of such a text may be shown.
pub fn holds_secret(text: &str) -> Option<&'static str> {
    let clean = Text::new(text).fold(&mut Vec::new());
    secret::anywhere(text).or_else(|| secret::anywhere(&clean.clean))
}

/// Reads one text as one form. Several addresses in it make one flagged form of the whole text,
/// which is no address; use [`read_all`] to split it.
pub fn read(raw: &str) -> Form {
    if let Some(kind) = holds_secret(raw) {
        return Form {
            text: "".into(),
            range: 0..raw.len(),
            status: Status::Secret,
            asset: None,
            chain: None,
            tag: None,
            contract: None,
            skeleton: None,
            notes: vec![format!("{kind}: withheld").into()],
        };
    }
    let mut reading = Reading::new(raw);
    match reading.forms.len() {
        0 => reading.rest,
        1 => reading.forms.remove(0),
        _ if !reading.split => reading.forms.remove(0),
        _ => {
            let mut form = reading.rest;
            form.status = Status::Flagged;
            form.notes = vec!["several addresses: split the text".into()];
            form
        }
    }
}

/// Reads a cell: every address text in it, in order. Empty when there is none. A single word that
/// is nothing known is one `Ok` form, whose parse says why not.
pub fn read_all(raw: &str) -> Vec<Form> {
    let reading = Reading::new(raw);
    let rest = reading.rest;
    match reading.forms {
        forms if !forms.is_empty() => forms,
        _ if rest.status == Status::Ok => vec![rest],
        _ => Vec::new(),
    }
}

/// How convincing a form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sure {
    /// It is only what the text says.
    No,
    /// Enough for a cell of its own, not inside a sentence.
    Cell,
    /// It decodes, or has a structure that nothing else has.
    Yes,
}

/// The forms of one raw text.
struct Reading {
    forms: Vec<Form>,
    /// The forms are parts of a longer text.
    split: bool,
    /// What to say of the whole when there is no form.
    rest: Form,
    /// Bytes looked at, each time counted: the bound that the tests assert.
    #[cfg_attr(not(test), expect(dead_code, reason = "asserted by a test only"))]
    work: usize,
}

impl Reading {
    fn new(raw: &str) -> Self {
        let mut notes = Vec::new();
        let mut text = Text::new(raw).fold(&mut notes);
        let trimmed = text.clean.trim().len() < text.clean.len();
        // `&quot;1abc…&quot;`: escapes first, for unwrapping would take the semicolon away.
        let percent = !uri::has_scheme(clean::unwrap(&text.clean));
        if let Some(unescaped) = text.unescape(percent) {
            notes.push(clean::UNESCAPED.into());
            text = unescaped.fold(&mut notes);
        }
        let range = unwrapped(&text.clean, &mut notes);
        if trimmed {
            notes.push(clean::TRIMMED.into());
        }
        let reader = Reader {
            text: &text,
            work: Cell::new(4 * raw.len()),
        };
        let mut reading = reader.read(&text.clean[range]);
        for form in reading.forms.iter_mut().chain([&mut reading.rest]) {
            form.notes.splice(0..0, notes.iter().cloned());
        }
        // Spreadsheets and databases cut cells at these lengths without a word.
        let chars = if raw.len() < 255 {
            0
        } else {
            raw.chars().count()
        };
        if matches!(chars, 255 | 32_767) {
            let last = reading.forms.last_mut().unwrap_or(&mut reading.rest);
            last.notes
                .push(format!("{chars} characters long: the cell may have been cut").into());
        }
        reading
    }
}

fn unwrapped(text: &str, notes: &mut Vec<Cow<'static, str>>) -> Range<usize> {
    let inner = clean::unwrap(text);
    if inner.len() < text.trim().len() && !notes.iter().any(|n| n == clean::UNWRAPPED) {
        notes.push(clean::UNWRAPPED.into());
    }
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    start..start + inner.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One megabyte of each: the bytes looked at must stay a small multiple of the bytes given.
    #[test]
    fn reading_is_linear() {
        const MEGABYTE: usize = 1 << 20;
        let address = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH";
        let units = [
            "a",
            "0",
            "A",
            " ",
            ",",
            ")",
            "(",
            "\"",
            "'",
            ".",
            "…",
            "*",
            ":",
            "%",
            "%41",
            "&",
            "&amp;",
            "\\",
            "\\u0041",
            "\u{200b}",
            "а",
            "Ａ",
            "/",
            "?",
            "=",
            "@",
            "a:",
            "a@b.c ",
            "a ",
            "a,",
            "([{",
            "bitcoin:",
            "eip155:1:",
            "bitcoincash:",
            "https://a.b/",
            "bitcoin:a?b=c&",
            "XE",
            "x1",
            "0x",
            "address - X ",
            "(memo 5)",
            "lnbc1",
            "bc1q",
            address,
            "1BgG ",
            "1BgG,1BgG ",
        ];
        let check = |raw: &str| {
            let work = Reading::new(raw).work;
            assert!(
                work <= 32 * raw.len() + 4096,
                "{work} for {} of {:.40}",
                raw.len(),
                raw
            );
        };
        for unit in units {
            let raw = unit.repeat((MEGABYTE >> 5) / unit.len());
            check(&raw);
            check(&format!("bitcoin:{raw}"));
            check(&format!("https://a.io/{address}/{raw}"));
            check(&format!("{address} {raw}"));
        }
        for unit in ["a", "a ", "&", address, "bitcoin:a?b=c&"] {
            check(&unit.repeat(MEGABYTE / unit.len()));
        }
    }
}
