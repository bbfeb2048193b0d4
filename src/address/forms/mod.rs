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

mod chain;
mod clean;
mod lightning;
mod name;
mod secret;
mod skeleton;
mod uri;

pub use name::ends;
pub use skeleton::skeleton;

use super::formats::Check;
use super::{Reason, decode};
use clean::Text;
use name::Named;
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

/// Longest token that is tried as an address.
pub const TOKEN_MAX: usize = 512;

/// Most fragments that are joined to one address (`bc1q w508 d6qe …`).
const JOIN_MAX: usize = 64;

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

/// Reads one text as one form. Several addresses in it make one flagged form of the whole text,
/// which is no address; use [`read_all`] to split it.
pub fn read(raw: &str) -> Form {
    let mut reading = Reading::new(raw);
    match reading.forms.len() {
        0 => reading.rest,
        1 => reading.forms.remove(0),
        _ if !reading.split => reading.forms.remove(0),
        _ => {
            // A secret beside an address must not be echoed with the whole text.
            let secret = |f: &Form| f.status == Status::Secret;
            if let Some(at) = reading.forms.iter().position(secret) {
                return reading.forms.swap_remove(at);
            }
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

/// Reads the parts of one clean text.
struct Reader<'t> {
    text: &'t Text<'t>,
    work: Cell<usize>,
}

type Found = (Vec<Form>, Sure);

const SEVERAL: &str = "one of several parts of the text";
const EXTRACTED: &str = "taken out of a longer text";

impl Reader<'_> {
    fn form(&self, piece: &str, status: Status, text: &str) -> Form {
        Form {
            text: text.into(),
            range: self.range(piece),
            status,
            asset: None,
            chain: None,
            tag: None,
            contract: None,
            skeleton: None,
            notes: Vec::new(),
        }
    }

    /// The raw range of a piece of the clean text; the whole for text made up on the way.
    fn range(&self, piece: &str) -> Range<usize> {
        let base = &*self.text.clean;
        let start = (piece.as_ptr() as usize).wrapping_sub(base.as_ptr() as usize);
        let inside = start <= base.len() && start + piece.len() <= base.len();
        self.text.raw_range(if inside {
            start..start + piece.len()
        } else {
            0..base.len()
        })
    }

    fn decodes(&self, text: &str) -> Option<Check> {
        if text.len() > TOKEN_MAX {
            return None;
        }
        self.work.set(self.work.get() + text.len());
        decode(text.as_bytes()).ok().map(|d| d.format.check)
    }

    fn read(&self, text: &str) -> Reading {
        let reading = |forms, split, rest| Reading {
            forms,
            split,
            rest,
            work: self.work.get(),
        };
        let (whole, sure) = self.single(text);
        let several = text.contains(separates);
        let nothing = || self.form(text, Status::None, text);
        let mut rest = whole.first().cloned().unwrap_or_else(nothing);
        let mut parts = Vec::new();
        if sure == Sure::No || several {
            parts = self.split(text);
        }
        if sure >= Sure::Cell && parts.len() <= whole.len().max(1) {
            return reading(whole, false, rest);
        }
        if several
            && !parts.iter().any(|f| self.decodes(&f.text).is_some())
            && let Some(joined) = self.join(text)
        {
            return reading(vec![joined], false, rest);
        }
        if several {
            rest = nothing();
            rest.notes
                .extend(parts.is_empty().then_some("no address in the text".into()));
        } else if damaged(text) {
            rest = nothing();
            rest.notes
                .push("a number in scientific notation: the digits are lost".into());
        }
        // A link with a blank in its label is still that link.
        if uri::has_scheme(text) && parts == self.single(first_word(text)).0 {
            return reading(parts, false, rest);
        }
        let note = if parts.len() > 1 { SEVERAL } else { EXTRACTED };
        for part in &mut parts {
            if part.status == Status::Ok {
                part.status = Status::Flagged;
            }
            part.notes.push(note.into());
        }
        reading(parts, true, rest)
    }

    /// Every convincing form among the words of a text, and between the marks inside each word.
    fn split(&self, text: &str) -> Vec<Form> {
        self.work.set(self.work.get() + text.len());
        let mut forms = Vec::new();
        // OFAC's remarks: `Digital Currency Address - XBT 1abc…; alt. …`.
        let (mut words, mut label) = (["", ""], None);
        for word in text.split_whitespace() {
            let from = forms.len();
            self.word(clean::unwrap(word), &mut forms);
            if let Some(label) = label.take_if(|_| forms.len() > from) {
                for form in &mut forms[from..] {
                    form.asset = form.asset.or(chain::label(label));
                    form.notes.push(format!("labelled `{label}`").into());
                }
            }
            if words[0].eq_ignore_ascii_case("address") && words[1] == "-" {
                label = Some(word);
            }
            words = [words[1], word];
        }
        forms
    }

    fn word(&self, word: &str, forms: &mut Vec<Form>) {
        let (found, sure) = self.single(word);
        let parts: Vec<&str> = word.split(separates).map(clean::unwrap).collect();
        if sure == Sure::Yes && parts.len() == 1 {
            forms.extend(found);
            return;
        }
        let from = forms.len();
        for part in parts.into_iter().filter(|p| !p.is_empty()) {
            let (found, sure) = if part == word {
                (Vec::new(), Sure::No)
            } else {
                self.single(part)
            };
            if sure == Sure::Yes {
                forms.extend(found);
                continue;
            }
            for bit in part.split([':', '=', '/', '?', '&', '#', '@', '*']) {
                let (form, sure) = self.payee(bit);
                if bit.len() < part.len() && sure == Sure::Yes && form.status != Status::Truncated {
                    forms.push(form);
                }
            }
        }
        // A link with a comma in it is one link, unless there was more to find.
        if sure == Sure::Yes && forms.len() - from <= found.len() {
            forms.truncate(from);
            forms.extend(found);
        }
    }

    /// Inner blanks and line breaks, when what is left passes a checksum.
    fn join(&self, text: &str) -> Option<Form> {
        let words = text.split_whitespace().take(JOIN_MAX + 1);
        if text.len() > TOKEN_MAX || words.count() > JOIN_MAX {
            return None;
        }
        let joined: String = text.split_whitespace().collect();
        let (spelled, _) = spell(&joined);
        let cased = |c: fn(&u8) -> bool| spelled.bytes().skip(2).any(|b| c(&b));
        let checked = match self.decodes(&spelled)? {
            Check::Checksum => true,
            Check::Casing => cased(u8::is_ascii_uppercase) && cased(u8::is_ascii_lowercase),
            Check::None => false,
        };
        checked.then(|| {
            let mut form = self.form(text, Status::Flagged, &spelled);
            form.notes
                .push("inner white space removed, which the checksum confirms".into());
            form
        })
    }

    /// A text that is meant as one thing.
    fn single(&self, text: &str) -> Found {
        self.work.set(self.work.get() + text.len());
        if let Some(found) = uri::read(self, text) {
            return found;
        }
        if let Some(form) = self.tagged(text) {
            return (vec![form], Sure::Yes);
        }
        let (form, sure) = self.payee(text);
        (vec![form], sure)
    }

    /// An address text without scheme, tag or other company.
    fn payee(&self, piece: &str) -> (Form, Sure) {
        self.work.set(self.work.get() + piece.len());
        let text = clean::percent_decode(piece.trim());
        let text = &*text;
        let with = |status, sure, note: &'static str| {
            let mut form = self.form(piece, status, text);
            form.notes.extend((!note.is_empty()).then_some(note.into()));
            (form, sure)
        };
        if text.is_empty() {
            return with(Status::None, Sure::No, "");
        }
        if let Some(kind) = secret::secret(text) {
            let mut form = self.form(piece, Status::Secret, "");
            form.notes.push(format!("{kind}: withheld").into());
            return (form, Sure::Yes);
        }
        if name::truncated(text) {
            return with(
                Status::Truncated,
                Sure::Yes,
                "display form: its ends are a lead only",
            );
        }
        if !text.is_ascii() {
            return self.suspicious(piece, text);
        }
        if lightning::lightning(text) {
            return self.lightning(piece, text);
        }
        if let Some(found) = self.icap(piece, text) {
            return found;
        }
        let (spelled, note) = spell(text);
        let mut form = self.form(piece, Status::Ok, &spelled);
        form.notes.extend(note.map(Cow::Borrowed));
        let mut sure = match self.decodes(&spelled) {
            Some(Check::None) if spelled.len() < 32 => Sure::Cell,
            Some(_) => Sure::Yes,
            None => Sure::No,
        };
        if not_on_chain(&spelled) {
            form.status = Status::NotOnChain;
            form.notes
                .push("never appears on chain: cannot be screened by looking it up".into());
            sure = sure.max(Sure::Cell);
        } else if sure == Sure::No {
            let named = name::named(text);
            if named > Named::No {
                form.status = Status::Name;
                form.notes
                    .push("name: cannot be resolved offline, not screened".into());
            }
            sure = match named {
                Named::Yes => Sure::Yes,
                Named::Cell => Sure::Cell,
                Named::Perhaps | Named::No if self.misspelled(&spelled) => Sure::Yes,
                Named::Perhaps | Named::No => Sure::No,
            };
        }
        (form, sure)
    }

    /// Clearly meant as an address: only its checksum or its letter case is wrong.
    fn misspelled(&self, text: &str) -> bool {
        (25..=TOKEN_MAX).contains(&text.len())
            && !text.contains(separates)
            && decode(text.as_bytes())
                .is_err_and(|e| matches!(e.reason, Reason::Checksum | Reason::MixedCase))
    }

    fn suspicious(&self, piece: &str, text: &str) -> (Form, Sure) {
        let mut form = self.form(piece, Status::Suspicious, text);
        if text.contains(char::is_whitespace) {
            form.status = Status::None;
            return (form, Sure::No);
        }
        form.notes
            .push("look-alike characters outside ASCII".into());
        let Some(ascii) = skeleton(text) else {
            return (form, Sure::No);
        };
        let (found, sure) = self.single(&ascii);
        let inner = found.first().and_then(Form::address).unwrap_or(&ascii);
        form.skeleton = Some(inner.into());
        let long = inner.len() >= 20 && inner.bytes().all(|b| b.is_ascii_alphanumeric());
        (form, if long { sure.max(Sure::Cell) } else { sure })
    }

    fn lightning(&self, piece: &str, text: &str) -> (Form, Sure) {
        let fallback = lightning::fallback(text);
        let status = if fallback.is_some() {
            Status::Flagged
        } else {
            Status::None
        };
        let mut form = self.form(piece, status, fallback.as_deref().unwrap_or(text));
        form.asset = Some("BTC");
        form.notes.push(match status {
            Status::Flagged => "fallback address of a Lightning invoice".into(),
            _ => "Lightning: not an address, cannot be screened".into(),
        });
        (form, Sure::Yes)
    }

    /// ICAP: an EVM account as an IBAN of the pseudo-country XE.
    fn icap(&self, piece: &str, text: &str) -> Option<(Form, Sure)> {
        if text.len() > 64 || !text.get(..2)?.eq_ignore_ascii_case("XE") {
            return None;
        }
        let text: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let alphanumeric = text.bytes().all(|b| b.is_ascii_alphanumeric());
        let digits = text.bytes().skip(2).take(2).all(|b| b.is_ascii_digit());
        if !alphanumeric || !digits {
            return None;
        }
        let status = match text.len() {
            34 | 35 => Status::Ok,
            20 => Status::Name,
            _ => return None,
        };
        let valid = mod97(&text) == 1;
        if status == Status::Name && !valid {
            return None;
        }
        let mut form = self.form(piece, status, &text);
        form.asset = Some("ETH");
        if status == Status::Name {
            form.notes
                .push("indirect ICAP: a registry name, cannot be resolved offline".into());
        } else if !valid {
            form.notes.push("the ICAP check digits are wrong".into());
        }
        Some((form, if valid { Sure::Yes } else { Sure::Cell }))
    }

    /// `rADDR:tag`, `rADDR?dt=1`, `GADDR:memo`, `addr (memo 5)`.
    fn tagged(&self, text: &str) -> Option<Form> {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')?;
        let (address, rest) = text.split_at(end);
        if !(20..=TOKEN_MAX).contains(&address.len()) {
            return None;
        }
        let tag = match rest.as_bytes()[0] {
            b'?' => uri::tag(&rest[1..])?,
            b':' => word_like(&rest[1..])?.to_owned(),
            _ => spoken_tag(rest)?.to_owned(),
        };
        let asset = account_shape(address);
        if asset.is_none() && self.decodes(address).is_none() {
            return None;
        }
        let mut form = self.payee(address).0;
        form.asset = form.asset.or(asset);
        if form.status != Status::Secret {
            form.tag = Some(tag.into());
            form.notes
                .push("tag split off: it names a customer of the account's holder".into());
        }
        Some(form)
    }
}

fn first_word(text: &str) -> &str {
    clean::unwrap(text.split_whitespace().next().unwrap_or_default())
}

/// What stands between two addresses in one cell.
fn separates(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            ',' | ';' | '|' | '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '[' | ']'
        )
        || matches!(
            c,
            '{' | '}' | '“' | '”' | '‘' | '’' | '«' | '»' | '、' | '。'
        )
}

/// `(memo 5)`, ` tag: 5`, `, destination tag 5`: what a person writes behind an address.
fn spoken_tag(text: &str) -> Option<&str> {
    const WORDS: &[&str] = &[
        "destination tag",
        "destinationtag",
        "dest tag",
        "dest. tag",
        "payment id",
        "memo id",
        "memoid",
        "memo",
        "tag",
        "dt",
        "msg",
        "message",
    ];
    let text = text.trim_matches(|c: char| c.is_whitespace() || "()[]{},;/-|\"'".contains(c));
    let word = WORDS.iter().find(|w| {
        text.get(..w.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(w))
    })?;
    let rest = &text[word.len()..];
    let value = rest.trim_start_matches(|c: char| c.is_whitespace() || "=:#.".contains(c));
    // `memo5` is a word of its own; `memo 5` and `memo=5` are not.
    if value.len() == rest.len() {
        None
    } else {
        word_like(value)
    }
}

fn word_like(text: &str) -> Option<&str> {
    let fits = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    fits.then_some(text)
}

/// Accounts that are used with tags, by shape: XRP Ledger and Stellar.
fn account_shape(text: &str) -> Option<&'static str> {
    const RIPPLE: &[u8] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
    match text.as_bytes() {
        [b'r', rest @ ..] if (24..35).contains(&rest.len()) => {
            rest.iter().all(|b| RIPPLE.contains(b)).then_some("XRP")
        }
        [b'G', rest @ ..] if rest.len() == 55 => rest
            .iter()
            .all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
            .then_some("XLM"),
        _ => None,
    }
}

/// Valid, and on no chain: silent payments (BIP-352), MWEB, shielded and unified Zcash addresses,
/// Monero sub-addresses.
fn not_on_chain(text: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "sp1",
        "tsp1",
        "ltcmweb1",
        "tmweb1",
        "zs1",
        "ztestsapling1",
        "u1",
        "utest1",
    ];
    let bech32 = PREFIXES.iter().any(|p| {
        text.strip_prefix(p)
            .is_some_and(|d| d.len() >= 40 && d.bytes().all(bech32_char))
    });
    let base58 = |len| text.len() == len && text.bytes().all(|b| b.is_ascii_alphanumeric());
    bech32 || text.starts_with("zc") && base58(95) || text.starts_with('8') && base58(95)
}

fn bech32_char(b: u8) -> bool {
    b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".contains(&b)
}

/// The spelling that formats expect, where letter case carries nothing: `0X`, upper-case bech32
/// and CashAddr. Base58 and TON texts are never re-cased.
fn spell(text: &str) -> (Cow<'_, str>, Option<&'static str>) {
    if let Some(digits) = text.strip_prefix("0X") {
        return (format!("0x{digits}").into(), Some("`0X` read as `0x`"));
    }
    if text.len() > 1024 || text.bytes().any(|b| b.is_ascii_lowercase()) {
        return (Cow::Borrowed(text), None);
    }
    let charset = |t: &str| t.bytes().all(|b| bech32_char(b.to_ascii_lowercase()));
    let bech32 = text.rsplit_once('1').is_some_and(|(hrp, data)| {
        hrp.starts_with(|c: char| c.is_ascii_alphabetic())
            && hrp.bytes().all(|b| b.is_ascii_alphanumeric())
            && data.len() >= 20
            && charset(data)
    });
    let cashaddr = text.len() == 42 && text.starts_with(['Q', 'P', 'Z', 'R']) && charset(text);
    if bech32 || cashaddr {
        return (
            text.to_ascii_lowercase().into(),
            Some("upper case read as lower case"),
        );
    }
    (Cow::Borrowed(text), None)
}

/// `1.23E+45`: a number made of an all-digit id by a spreadsheet.
fn damaged(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    digits.len() <= 20
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        && exponent
            .strip_prefix('+')
            .is_some_and(|e| e.parse::<u8>().is_ok_and(|e| e >= 15))
}

/// ISO 7064 mod 97-10, as IBAN uses it: the first four characters go last, letters are 10 to 35.
fn mod97(text: &str) -> u32 {
    text.bytes()
        .cycle()
        .skip(4)
        .take(text.len())
        .fold(0, |sum, b| match b {
            b'0'..=b'9' => (sum * 10 + u32::from(b - b'0')) % 97,
            _ => (sum * 100 + u32::from(b.to_ascii_uppercase() - b'A') + 10) % 97,
        })
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

    #[test]
    fn icap_check_digits() {
        // The example of the ICAP specification, spaced as an IBAN is.
        assert_eq!(mod97("XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS"), 1);
        assert_ne!(mod97("XE7438O073KYGTWWZN0F2WZ0R8PX5ZPPZS"), 1);
    }
}
