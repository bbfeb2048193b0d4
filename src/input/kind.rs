//! What one cell is: an address, a hash, an id, a number, a time, text.
//!
//! It explains columns and names what a file without addresses holds instead. It never decides
//! whether a cell is looked at.

use super::moment;
use crate::address;

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// An address and nothing else.
    Address,
    /// Text with an address in it.
    Holds,
    /// 64 hexadecimal digits: a transaction or block hash.
    Hash,
    /// A hash in a text.
    HoldsHash,
    /// 40 hexadecimal digits without `0x`: an account where the heading says so, else a key hash, a
    /// digest, an id.
    Bare,
    /// The same in a text.
    HoldsBare,
    /// An extended public key.
    Xpub,
    /// A UUID.
    Uuid,
    /// An IBAN whose check digits hold.
    Iban,
    /// A legal entity identifier whose check digits hold.
    Lei,
    /// An e-mail address.
    Email,
    /// A time or date.
    Time,
    /// A number that can be a time.
    Epoch,
    /// A time of day without a date.
    Clock,
    /// A number, perhaps with a currency.
    Number,
    /// A code of letters and digits: an order, ledger or wallet id.
    Id,
    /// Anything else.
    Text,
}

impl Kind {
    /// In words, plural.
    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Address | Self::Holds => "addresses",
            Self::Hash | Self::HoldsHash => "transaction hashes",
            Self::Bare | Self::HoldsBare => "40 hexadecimal digits without 0x",
            Self::Xpub => "extended public keys",
            Self::Uuid => "UUIDs",
            Self::Iban => "IBANs",
            Self::Lei => "LEIs",
            Self::Email => "e-mail addresses",
            Self::Time | Self::Clock => "times",
            Self::Epoch | Self::Number => "numbers",
            Self::Id => "ids",
            Self::Text => "text",
        }
    }
}

/// Whether `token` (letters and digits) is a hash of 32 bytes in hexadecimal.
pub(crate) fn hash(token: &[u8]) -> bool {
    let digits = token.strip_prefix(b"0x").unwrap_or(token);
    digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit)
}

/// Whether `token` is a Solana transaction's signature: 64 bytes in base58.
fn signature(token: &[u8]) -> bool {
    (86..=88).contains(&token.len())
        && token
            .iter()
            .all(|b| b.is_ascii_alphanumeric() && !matches!(b, b'0' | b'O' | b'I' | b'l'))
        && token.iter().any(u8::is_ascii_uppercase)
        && token.iter().any(u8::is_ascii_lowercase)
}

fn xpub(token: &[u8]) -> bool {
    const PREFIXES: [&[u8]; 8] = [
        b"xpub", b"ypub", b"zpub", b"Ypub", b"Zpub", b"tpub", b"Ltub", b"dgub",
    ];
    (107..=112).contains(&token.len()) && PREFIXES.iter().any(|p| token.starts_with(p))
}

/// Whether `text` is an IBAN (ISO 13616): country, check digits, modulo 97.
pub(crate) fn iban(text: &str) -> bool {
    let compact: Vec<u8> = text.bytes().filter(|b| *b != b' ').collect();
    if !(15..=34).contains(&compact.len())
        || !compact[..2].iter().all(u8::is_ascii_uppercase)
        || !compact[2..4].iter().all(u8::is_ascii_digit)
        || !compact.iter().all(u8::is_ascii_alphanumeric)
    {
        return false;
    }
    modulo_97(compact[4..].iter().chain(&compact[..4])) == Some(1)
}

/// The remainder by 97 of letters and digits, letters counting from 10 (ISO 7064).
fn modulo_97<'b>(mut text: impl Iterator<Item = &'b u8>) -> Option<u32> {
    text.try_fold(0u32, |rest, b| {
        let digit = char::from(*b).to_digit(36)?;
        Some((rest * if digit < 10 { 10 } else { 100 } + digit) % 97)
    })
}

/// Whether `text` is a legal entity identifier (ISO 17442): 18 letters and digits, check digits.
fn lei(text: &str) -> bool {
    let bytes = text.as_bytes();
    let plain = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    bytes.len() == 20
        && bytes.iter().all(plain)
        && bytes.iter().any(u8::is_ascii_uppercase)
        && bytes[18..].iter().all(u8::is_ascii_digit)
        && modulo_97(bytes.iter()) == Some(1)
}

/// Whether `token` is 40 hexadecimal digits and no more.
pub(crate) fn bare(token: &[u8]) -> bool {
    token.len() == 40 && token.iter().all(u8::is_ascii_hexdigit)
}

fn uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Whether `text` is a number, with a sign, separators, parentheses, or a currency around it.
pub(crate) fn number(text: &str) -> bool {
    let core = text
        .trim_matches(|c: char| c.is_whitespace() || "+-()'$€£¥₿%".contains(c))
        .trim_end_matches(|c: char| c.is_ascii_uppercase())
        .trim_matches(|c: char| c.is_whitespace() || "+-()$€£¥₿%".contains(c));
    let core = match core.split_once(['e', 'E']) {
        Some((mantissa, exponent))
            if exponent
                .trim_start_matches(['+', '-'])
                .parse::<u32>()
                .is_ok() =>
        {
            mantissa
        }
        _ => core,
    };
    core.bytes().any(|b| b.is_ascii_digit())
        && core
            .chars()
            .all(|c| c.is_ascii_digit() || ".,' \u{a0}\u{202f}_-".contains(c))
        && core.matches('-').count() == 0
}

/// How many digits a number in scientific notation stands for: `1,55444E+13` for 14. A spreadsheet
/// writes long digit strings so, and their last digits are lost.
pub(crate) fn rounded(text: &str) -> Option<u32> {
    let (mantissa, exponent) = text.trim().split_once(['e', 'E'])?;
    let digits = exponent.strip_prefix('+')?.parse::<u32>().ok()?;
    let plain = |c: char| c.is_ascii_digit() || c == '.' || c == ',' || c == '-';
    let dotted = mantissa.contains(['.', ',']) || mantissa.len() == 1;
    (dotted && digits < 400 && mantissa.chars().all(plain)).then_some(digits + 1)
}

/// Runs of letters and digits in `cell` that are long enough to be an address.
pub(crate) fn tokens(cell: &[u8]) -> impl Iterator<Item = &[u8]> {
    cell.split(|b| !b.is_ascii_alphanumeric())
        .filter(|t| t.len() >= 25)
}

/// Whether `token` is an address, its letter case aside.
pub(crate) fn is_address(token: &[u8]) -> bool {
    match address::decode(token) {
        Ok(_) => true,
        Err(error) => error.lead.is_some(),
    }
}

/// What `cell` is; `None` when it is empty.
pub(crate) fn of(cell: &[u8]) -> Option<Kind> {
    let cell = cell
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(cell)
        .trim_ascii();
    let cell = cell.strip_prefix(b"'").unwrap_or(cell);
    if cell.is_empty() || matches!(cell, b"-" | b"--" | b"N/A" | b"n/a" | b"null" | b"NULL") {
        return None;
    }
    let whole = cell.iter().all(u8::is_ascii_alphanumeric);
    let mut held = None;
    for token in tokens(cell) {
        if hash(token) || signature(token) {
            if whole || held.is_none() {
                held = Some(if whole { Kind::Hash } else { Kind::HoldsHash });
            }
        } else if xpub(token) {
            held = Some(Kind::Xpub);
        } else if bare(token) {
            held = held.or(Some(if whole { Kind::Bare } else { Kind::HoldsBare }));
        } else if is_address(token) {
            // `bitcoincash:q…`, `a, b`, and `a;b` are addresses and nothing else.
            let covered: usize = tokens(cell).map(<[u8]>::len).sum();
            held = Some(
                if covered + 16 >= cell.len() && !cell.contains(&b' ')
                    || whole
                    || covered * 10 >= cell.len() * 8
                {
                    Kind::Address
                } else {
                    Kind::Holds
                },
            );
            break;
        }
    }
    if held.is_some() {
        return held;
    }
    let text = String::from_utf8_lossy(cell);
    let text = text.as_ref();
    let digits =
        text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.matches('.').count() < 2;
    let time = moment::parse(text).is_some();
    Some(if time && !digits {
        Kind::Time
    } else if time {
        Kind::Epoch
    } else if number(text) {
        Kind::Number
    } else if uuid(text) {
        Kind::Uuid
    } else if iban(text) {
        Kind::Iban
    } else if lei(text) {
        Kind::Lei
    } else if moment::clock(text) {
        Kind::Clock
    } else if text.contains('@') && !text.contains(' ') && text.contains('.') {
        Kind::Email
    } else if id(text) {
        Kind::Id
    } else {
        Kind::Text
    })
}

/// A code: no spaces, and digits among its letters.
fn id(text: &str) -> bool {
    text.len() >= 8
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_*".contains(&b))
        && text.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An IBAN of the registry (SWIFT), LEIs of GLEIF, the UUID of RFC 9562, Bitcoin's genesis block.
    #[test]
    fn look_alikes_are_told_by_their_rules() {
        for (text, expect) in [
            ("GB82 WEST 1234 5698 7654 32", Kind::Iban),
            ("GB82 WEST 1234 5698 7654 33", Kind::Text),
            ("506700GE1G29325QX363", Kind::Lei),
            ("506700GE1G29325QX364", Kind::Id),
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", Kind::Uuid),
            (
                "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
                Kind::Hash,
            ),
            ("62e907b15cbf27d5425399ebf6f0fb50ebb88f18", Kind::Bare),
            (
                "OP_DUP OP_HASH160 62e907b15cbf27d5425399ebf6f0fb50ebb88f18 OP_EQUALVERIFY OP_CHECKSIG",
                Kind::HoldsBare,
            ),
            ("0x62e907b15cbf27d5425399ebf6f0fb50ebb88f18", Kind::Address),
            ("LBSRGM-3UKWS-RW3RBY", Kind::Id),
            ("a@example.org", Kind::Email),
        ] {
            assert_eq!(of(text.as_bytes()), Some(expect), "{text}");
        }
    }
}
