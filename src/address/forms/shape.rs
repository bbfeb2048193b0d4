//! What a text is by its shape alone: tags behind an address, accounts that take tags, addresses
//! that never reach a chain, letter case that carries nothing, numbers that once were ids.
//!
//! It decodes nothing.

use super::uri::is_cashaddr_prefix;
use std::borrow::Cow;

/// `(memo 5)`, ` tag: 5`, `, destination tag 5`: what a person writes behind an address.
pub(super) fn spoken_tag(text: &str) -> Option<&str> {
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

pub(super) fn word_like(text: &str) -> Option<&str> {
    let fits = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    fits.then_some(text)
}

/// Accounts that are used with tags, by shape: XRP Ledger and Stellar.
pub(super) fn account_shape(text: &str) -> Option<&'static str> {
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
pub(super) fn not_on_chain(text: &str) -> bool {
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

/// A human-readable part, `1`, and at least 20 characters of the bech32 alphabet, in any case.
pub(super) fn bech32_like(text: &str) -> bool {
    text.rsplit_once('1').is_some_and(|(hrp, data)| {
        hrp.starts_with(|c: char| c.is_ascii_alphabetic())
            && hrp.bytes().all(|b| b.is_ascii_alphanumeric())
            && data.len() >= 20
            && data.bytes().all(|b| bech32_char(b.to_ascii_lowercase()))
    })
}

fn bech32_char(b: u8) -> bool {
    b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".contains(&b)
}

/// The spelling that formats expect, where letter case carries nothing: `0X`, upper-case bech32
/// and CashAddr. Base58 and TON texts are never re-cased.
pub(super) fn spell(text: &str) -> (Cow<'_, str>, Option<&'static str>) {
    if let Some(digits) = text.strip_prefix("0X") {
        return (format!("0x{digits}").into(), Some("`0X` read as `0x`"));
    }
    if text.len() > 1024 || text.bytes().any(|b| b.is_ascii_lowercase()) {
        return (Cow::Borrowed(text), None);
    }
    let charset = |t: &str| t.bytes().all(|b| bech32_char(b.to_ascii_lowercase()));
    let bech32 = bech32_like(text);
    let (prefixed, body) = match text.split_once(':') {
        Some((prefix, body)) => (is_cashaddr_prefix(prefix.as_bytes()), body),
        None => (text.len() == 42, text),
    };
    let cashaddr = prefixed && body.starts_with(['Q', 'P', 'Z', 'R']) && charset(body);
    if bech32 || cashaddr {
        return (
            text.to_ascii_lowercase().into(),
            Some("upper case read as lower case"),
        );
    }
    (Cow::Borrowed(text), None)
}

/// `1.23E+45`: a number made of an all-digit id by a spreadsheet.
pub(super) fn damaged(text: &str) -> bool {
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
pub(super) fn mod97(text: &str) -> u32 {
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

    #[test]
    fn icap_check_digits() {
        // The example of the ICAP specification, spaced as an IBAN is.
        assert_eq!(mod97("XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS"), 1);
        assert_ne!(mod97("XE7438O073KYGTWWZN0F2WZ0R8PX5ZPPZS"), 1);
    }
}
