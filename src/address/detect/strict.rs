//! One format at a time: whether a text is an address of it, how it is spelt, on which networks.
//!
//! It knows what is asked for, and nothing of what else the text might be. Not on the hot path.

use super::{cash_payload, plain_bech32, program_of, witness_identity};
use crate::address::codec::base58::{self, Alphabet};
use crate::address::codec::{bech32, evm};
use crate::address::formats::{Check, Codec, Format};
use crate::address::hrps::Hrp;
use crate::address::{Identity, Namespace, Reason};

/// Decodes `token` strictly as `format`.
pub(in crate::address) fn decode_as(
    format: &Format,
    token: &[u8],
) -> Result<Identity, (Reason, Option<Identity>)> {
    let plain = |r: Result<Identity, Reason>| r.map_err(|reason| (reason, None));
    match format.codec {
        Codec::Base58Check { alphabet, version } => {
            plain(base58check(format, token, alphabet, version))
        }
        Codec::Base58 { payload } => plain(match base58::decode(token, Alphabet::Bitcoin) {
            None => Err(Reason::Character),
            Some(bytes) if bytes.len() == payload => Ok(Identity::new(format.namespace, &bytes)),
            Some(_) => Err(Reason::Length),
        }),
        Codec::Segwit { hrps, program } => plain(with_hrp(hrps, token).and_then(|(hrp, at)| {
            let witness = bech32::segwit(token, at + 1, bech32::start(hrp.as_bytes()))?;
            if program_of(&witness) == program {
                Ok(witness_identity(&witness))
            } else {
                Err(Reason::Version)
            }
        })),
        Codec::Bech32 {
            hrps,
            variant,
            payload,
        } => plain(with_hrp(hrps, token).and_then(|(hrp, at)| {
            plain_bech32(
                token,
                at + 1,
                bech32::start(hrp.as_bytes()),
                variant,
                payload,
            )
        })),
        Codec::CashAddr { prefixes, script } => plain(cash_prefix(prefixes, token).and_then(
            |(_, is_script, identity)| {
                if is_script == script {
                    Ok(identity)
                } else {
                    Err(Reason::Version)
                }
            },
        )),
        Codec::Evm { chain } => match evm::decode(token, chain) {
            Ok((bytes, true)) => Ok(Identity::new(Namespace::Evm, &bytes)),
            Ok((bytes, false)) => Err((
                Reason::Checksum,
                Some(Identity::new(Namespace::Evm, &bytes)),
            )),
            Err(reason) => plain(Err(reason)),
        },
        Codec::Custom(decode) => decode(token)
            .map(|d| d.identity)
            .map_err(|reason| (reason, caseless(format, token, reason))),
    }
}

/// The identity that a text with a wrong checksum in its casing has without regard to case.
pub(super) fn caseless(format: &Format, token: &[u8], reason: Reason) -> Option<Identity> {
    let (Check::Casing, Reason::Checksum, Codec::Custom(decode)) =
        (format.check, reason, format.codec)
    else {
        return None;
    };
    decode(&token.to_ascii_lowercase()).ok().map(|d| d.identity)
}

fn base58check(
    format: &Format,
    token: &[u8],
    alphabet: Alphabet,
    version: &[u8],
) -> Result<Identity, Reason> {
    if !(25..=36).contains(&token.len()) {
        return Err(Reason::Length);
    }
    let bytes = base58::decode(token, alphabet).ok_or(Reason::Character)?;
    if bytes.len() != version.len() + 24 {
        return Err(Reason::Length);
    }
    if !bytes.starts_with(version) {
        return Err(Reason::Version);
    }
    if !base58::checks(&bytes) {
        return Err(Reason::Checksum);
    }
    Ok(Identity::new(
        format.namespace,
        &bytes[version.len()..version.len() + 20],
    ))
}

fn with_hrp(hrps: &'static [Hrp], token: &[u8]) -> Result<(&'static str, usize), Reason> {
    let at = token
        .iter()
        .rposition(|&c| c == b'1')
        .ok_or(Reason::UnknownFormat)?;
    hrps.iter()
        .find(|(hrp, _)| token[..at].eq_ignore_ascii_case(hrp.as_bytes()))
        .map(|(hrp, _)| (*hrp, at))
        .ok_or(Reason::UnknownFormat)
}

fn cash_prefix(
    prefixes: &'static [Hrp],
    token: &[u8],
) -> Result<(&'static str, bool, Identity), Reason> {
    let colon = token.iter().position(|&c| c == b':');
    let mut closest = Reason::UnknownFormat;
    for (prefix, _) in prefixes {
        let from = match colon {
            Some(at) if token[..at].eq_ignore_ascii_case(prefix.as_bytes()) => at + 1,
            Some(_) => continue,
            None => 0,
        };
        match cash_payload(token, from, bech32::cash_start(prefix.as_bytes())) {
            Ok((script, identity)) => return Ok((prefix, script, identity)),
            Err(reason) => closest = closest.max(reason),
        }
    }
    Err(closest)
}

/// The canonical spelling of a text that `format` accepted as `identity`.
pub(in crate::address) fn canonical(format: &Format, identity: &Identity, text: &str) -> Box<str> {
    match format.codec {
        Codec::Base58Check { .. } | Codec::Base58 { .. } => text.into(),
        Codec::Segwit { .. } | Codec::Bech32 { .. } => text.to_ascii_lowercase().into(),
        Codec::CashAddr { prefixes, .. } => match cash_prefix(prefixes, text.as_bytes()) {
            Ok((prefix, ..)) if !text.contains(':') => {
                format!("{prefix}:{}", text.to_ascii_lowercase()).into()
            }
            _ => text.to_ascii_lowercase().into(),
        },
        Codec::Evm { chain } => match identity.payload().first_chunk::<20>() {
            Some(bytes) => evm::encode(bytes, chain).into(),
            None => text.into(),
        },
        Codec::Custom(decode) => match decode(text.as_bytes()).map(|d| d.canonical) {
            // A spelling that belongs to another row (a key's newer notation) is not this one's.
            Ok(canonical) => {
                let canonical = canonical.of(text);
                if decode(canonical.as_bytes()).is_ok() {
                    canonical
                } else {
                    text.into()
                }
            }
            Err(_) => text.into(),
        },
    }
}

/// The networks of a canonical text: the one its human-readable part names, or the format's.
pub(in crate::address) fn networks(
    format: &'static Format,
    canonical: &str,
) -> &'static [&'static str] {
    let named = match format.codec {
        Codec::Segwit { hrps, .. } | Codec::Bech32 { hrps, .. } => {
            canonical.rfind('1').map(|at| (hrps, at))
        }
        Codec::CashAddr { prefixes, .. } => canonical.find(':').map(|at| (prefixes, at)),
        _ => None,
    };
    named
        .and_then(|(hrps, at)| hrps.iter().find(|(hrp, _)| *hrp == &canonical[..at]))
        .map_or(format.networks, |(_, network)| network)
}
