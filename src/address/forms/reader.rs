//! One clean text, as one thing or as the parts of a cell.
//!
//! The whole is tried first, then its words, then the bits between the marks inside each word; each
//! byte is looked at a fixed number of times.

use super::clean::{self, Text};
use super::name::{self, Named};
use super::shape::{
    account_shape, bech32_like, damaged, mod97, not_on_chain, spell, spoken_tag, word_like,
};
use super::skeleton::skeleton;
use super::{Form, Reading, Status, Sure, TOKEN_MAX, chain, lightning, secret, uri};
use crate::address::formats::Check;
use crate::address::{Reason, decode};
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

/// Most fragments that are joined to one address (`bc1q w508 d6qe …`).
const JOIN_MAX: usize = 64;

/// Reads the parts of one clean text.
pub(super) struct Reader<'t> {
    pub(super) text: &'t Text<'t>,
    pub(super) work: Cell<usize>,
}

/// Forms, and how convincing they are.
pub(super) type Found = (Vec<Form>, Sure);

const SEVERAL: &str = "one of several parts of the text";
const EXTRACTED: &str = "taken out of a longer text";

impl Reader<'_> {
    pub(super) fn form(&self, piece: &str, status: Status, text: &str) -> Form {
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
    pub(super) fn range(&self, piece: &str) -> Range<usize> {
        let base = &*self.text.clean;
        let start = (piece.as_ptr() as usize).wrapping_sub(base.as_ptr() as usize);
        let inside = start <= base.len() && start + piece.len() <= base.len();
        self.text.raw_range(if inside {
            start..start + piece.len()
        } else {
            0..base.len()
        })
    }

    pub(super) fn decodes(&self, text: &str) -> Option<Check> {
        if text.len() > TOKEN_MAX {
            return None;
        }
        self.work.set(self.work.get() + text.len());
        decode(text.as_bytes()).ok().map(|d| d.format.check)
    }

    pub(super) fn read(&self, text: &str) -> Reading {
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
    pub(super) fn payee(&self, piece: &str) -> (Form, Sure) {
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
            let lower = spelled.to_ascii_lowercase();
            if *lower != *spelled && bech32_like(&lower) && self.decodes(&lower).is_some() {
                form.notes
                    .push("mixed case, which is invalid; in one case it decodes".into());
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
    pub(super) fn tagged(&self, text: &str) -> Option<Form> {
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
pub(super) fn separates(c: char) -> bool {
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
