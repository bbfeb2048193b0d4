//! Why a broken address is broken, for people: the one edit that would make it valid, and what a
//! valid one does not say about itself.
//!
//! A repaired text is a suggestion. It is never looked up as if it had been given.

use super::codec::secret::is_secret;
use super::formats::Check;
use super::{Address, AddressError, Namespace, Reason, decode};
use std::fmt;

/// How a text differs from a valid address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// One character is another.
    Substituted,
    /// Two neighbours are swapped.
    Transposed,
    /// One character is missing.
    Missing,
    /// There is one character too many.
    Extra,
}

/// The single edit between a text and a valid address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Which.
    pub edit: Edit,
    /// Where in the text, in characters from 1: the wrong character, the first of two, the place
    /// where one is missing.
    pub position: usize,
    /// The valid address.
    pub address: Address,
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.position;
        match self.edit {
            Edit::Substituted => {
                write!(
                    f,
                    "one character differs from a valid address at position {at}"
                )
            }
            Edit::Transposed => write!(
                f,
                "the characters at positions {at} and {} are swapped in a valid address",
                at + 1
            ),
            Edit::Missing => {
                write!(f, "a valid address has one more character at position {at}")
            }
            Edit::Extra => write!(f, "a valid address lacks the character at position {at}"),
        }
    }
}

/// Shortest and longest text that is diagnosed.
const LENGTH: std::ops::RangeInclusive<usize> = 25..=120;
/// What an address can consist of.
const CANDIDATES: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_:";

/// The single edit that makes `text` a valid address with a checksum; `None` when there is none,
/// when several would do, when it is valid as it is, and for secrets. Substitutions and swaps are
/// tried before lengths. At most some ten thousand decodings: not for the hot path.
pub fn diagnose(text: &str) -> Option<Diagnosis> {
    let chars: Vec<char> = text.chars().collect();
    let strange = chars.iter().filter(|c| !CANDIDATES.contains(**c)).count();
    if !LENGTH.contains(&chars.len()) || strange > 1 || is_secret(text.as_bytes()) {
        return None;
    }
    if decode(text.as_bytes()).is_ok_and(|d| d.format.check != Check::None) {
        return None;
    }
    single(&chars, &[Edit::Substituted, Edit::Transposed])
        .or_else(|| single(&chars, &[Edit::Missing, Edit::Extra]))
}

/// The only result of these edits.
fn single(chars: &[char], edits: &[Edit]) -> Option<Diagnosis> {
    let mut only: Option<Diagnosis> = None;
    for &edit in edits {
        for at in 0..=chars.len() {
            let mut tried = Ok(());
            variants(chars, edit, at, |text| {
                let Some(address) = checked(text) else {
                    return;
                };
                match &only {
                    Some(found) if found.address != address => tried = Err(()),
                    Some(_) => {}
                    None => {
                        only = Some(Diagnosis {
                            edit,
                            position: at + 1,
                            address,
                        })
                    }
                }
            });
            if tried.is_err() {
                return None;
            }
        }
    }
    only
}

fn checked(text: &str) -> Option<Address> {
    let decoded = decode(text.as_bytes()).ok()?;
    // A spelling without a checksum proves nothing.
    let proven = match decoded.format.check {
        Check::Checksum => true,
        Check::Casing => {
            text.bytes().skip(2).any(|c| c.is_ascii_uppercase())
                && text.bytes().skip(2).any(|c| c.is_ascii_lowercase())
        }
        Check::None => false,
    };
    if proven {
        Address::parse(text).ok()
    } else {
        None
    }
}

fn variants(chars: &[char], edit: Edit, at: usize, mut each: impl FnMut(&str)) {
    let (before, rest) = chars.split_at(at);
    let mut text: String = before.iter().collect();
    let head = text.len();
    let mut with = |middle: &[char], tail: &[char]| {
        text.truncate(head);
        text.extend(middle);
        text.extend(tail);
        each(&text);
    };
    match (edit, rest) {
        (Edit::Substituted, [old, tail @ ..]) => {
            CANDIDATES
                .chars()
                .filter(|c| c != old)
                .for_each(|c| with(&[c], tail));
        }
        (Edit::Transposed, [a, b, tail @ ..]) if a != b => with(&[*b, *a], tail),
        (Edit::Missing, tail) => CANDIDATES.chars().for_each(|c| with(&[c], tail)),
        (Edit::Extra, [_, tail @ ..]) => with(&[], tail),
        _ => {}
    }
}

/// The whole refusal in one sentence, with the single edit where one explains it.
pub fn explain(text: &str, error: &AddressError) -> String {
    if matches!(error.reason, Reason::Secret | Reason::Network) {
        return error.to_string();
    }
    match diagnose(text) {
        Some(found) if error.near.is_none_or(|near| near != found.address.format) => {
            format!("looks like {}: {found}", found.address.format.title)
        }
        Some(found) => format!("{error}: {found}"),
        None => error.to_string(),
    }
}

/// What a person should know about a valid address that its text does not say. `text` is the
/// spelling that was given.
pub fn note(address: &Address, text: &str) -> Option<&'static str> {
    let payload = address.identity.payload();
    if address.identity.namespace() == Namespace::Evm
        && let Some(what) = special(payload)
    {
        return Some(what);
    }
    let of_case = |upper: bool| {
        text.bytes()
            .skip(2)
            .any(|c| c.is_ascii_alphabetic() && c.is_ascii_uppercase() == upper)
    };
    Some(match address.format.id {
        "btc-p2pkh" => {
            "the same text is an address on Bitcoin, Bitcoin Cash, Bitcoin SV, eCash and Omni"
        }
        "btc-p2sh" => {
            "the same text is an address on Bitcoin, Bitcoin Cash, Bitcoin SV, eCash and Omni, and \
             an old Litecoin one"
        }
        "btc-test-p2pkh" | "btc-test-p2sh" => {
            "the same text is an address on the test networks of Bitcoin and its relatives"
        }
        "doge-p2pkh" => {
            "the same text is an address on Dogecoin, Verge, DigiByte and PIVX: it does not say \
             which one is meant"
        }
        "btg-p2sh" => "a NEO legacy address looks the same: the text does not say which is meant",
        "ltc-p2sh" => "a Monacoin P2PKH address looks the same",
        "xvg-p2sh" => "a Viacoin P2SH address looks the same",
        "kmd-p2pkh" => "the same text is an address on Komodo and Ravencoin",
        "zec-p2pkh" | "zec-p2sh" => "a Flux address looks the same",
        "btc-silent-payment" | "btc-test-silent-payment" => {
            "never appears on a chain: every payment goes to a fresh output"
        }
        "ltc-mweb" | "ltc-test-mweb" => "never appears on the transparent chain",
        "xmr-integrated" => "names an account and, by a payment id, a customer of its owner",
        "xmr-subaddress" => "cannot be linked to its owner's other addresses",
        "xrp-x" => "names an account and, by a tag, a customer of its owner",
        "cosmos-valcons" => "a consensus key, not an account",
        "evm" if !(of_case(true) && of_case(false)) => {
            "without mixed case there is no checksum: a mistyped address is still an address"
        }
        _ if address.format.check == Check::None => {
            "there is no checksum: a mistyped address is still an address"
        }
        _ => return None,
    })
}

/// EVM addresses that are nobody's account.
fn special(payload: &[u8]) -> Option<&'static str> {
    let (last, rest) = payload.split_last()?;
    let zeros = |bytes: &[u8]| bytes.iter().all(|&b| b == 0);
    if zeros(rest) {
        match last {
            0 => return Some("the zero address: a burn or mint, nobody's account"),
            0x01..=0x11 => return Some("a precompiled contract, nobody's account"),
            _ => {}
        }
    }
    if payload.iter().all(|&b| b == 0xee) {
        return Some("a placeholder for a chain's own coin, nobody's account");
    }
    (payload.len() == 20 && zeros(&payload[..18]) && payload[18..] == [0xde, 0xad])
        .then_some("a burn address, nobody's account")
}
