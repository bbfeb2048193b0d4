//! Schemes that put a version symbol and two public keys into a bech32 text longer than 90
//! characters: BIP-352 silent payments and Litecoin's MWEB stealth addresses. Also Avalanche's
//! bech32 with a chain letter in front.
//!
//! A silent payment address never appears on a chain: every payment goes to a fresh taproot output.

use super::bech32::{Symbols, Variant, pack, start};
use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};
use sha2::{Digest, Sha256};

const KEYS: usize = 66;

fn keys(text: &[u8], hrp: &str, variant: Variant) -> Result<(u8, [u8; 32]), Reason> {
    let from = hrp.len() + 1;
    let resembles = text
        .get(..hrp.len())
        .is_some_and(|p| p.eq_ignore_ascii_case(hrp.as_bytes()))
        && text.get(hrp.len()) == Some(&b'1');
    if !resembles {
        return Err(Reason::UnknownFormat);
    }
    let symbols = Symbols::read(text, from)?;
    let data = symbols.checked(start(hrp.as_bytes()), variant)?;
    let (&version, program) = data.split_first().ok_or(Reason::Length)?;
    let bytes = pack(program)?;
    // Later silent payment versions may append data; both keys stay in front.
    if bytes.len() < KEYS || version == 0 && bytes.len() != KEYS {
        return Err(Reason::Length);
    }
    Ok((version, Sha256::digest(&bytes[..KEYS]).into()))
}

fn silent(text: &[u8], hrp: &str) -> Result<Decoding, Reason> {
    let (version, hash) = keys(text, hrp, Variant::Bech32m)?;
    if version == 31 {
        return Err(Reason::Version);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::SilentPayment, &hash),
        Canonical::Lower,
    ))
}

/// BIP-352, main network.
pub fn silent_main(text: &[u8]) -> Result<Decoding, Reason> {
    silent(text, "sp")
}

/// BIP-352, test networks.
pub fn silent_test(text: &[u8]) -> Result<Decoding, Reason> {
    silent(text, "tsp")
}

fn mweb(text: &[u8], hrp: &str) -> Result<Decoding, Reason> {
    let (version, hash) = keys(text, hrp, Variant::Bech32)?;
    if version != 0 {
        return Err(Reason::Version);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::Mweb, &hash),
        Canonical::Lower,
    ))
}

/// MWEB stealth address, main network.
pub fn mweb_main(text: &[u8]) -> Result<Decoding, Reason> {
    mweb(text, "ltcmweb")
}

/// MWEB stealth address, test networks.
pub fn mweb_test(text: &[u8]) -> Result<Decoding, Reason> {
    mweb(text, "tmweb")
}

fn avalanche(text: &[u8], hrp: &str) -> Result<Decoding, Reason> {
    let (chain, rest) = match text {
        [chain @ (b'X' | b'P' | b'C'), b'-', rest @ ..] => (Some(char::from(*chain)), rest),
        _ => (None, text),
    };
    let from = hrp.len() + 1;
    let resembles = rest
        .get(..hrp.len())
        .is_some_and(|p| p.eq_ignore_ascii_case(hrp.as_bytes()))
        && rest.get(hrp.len()) == Some(&b'1');
    if !resembles {
        return Err(Reason::UnknownFormat);
    }
    let symbols = Symbols::read(rest, from)?;
    let bytes = pack(symbols.checked(start(hrp.as_bytes()), Variant::Bech32)?)?;
    if bytes.len() != 20 {
        return Err(Reason::Length);
    }
    let lower = String::from_utf8_lossy(rest).to_ascii_lowercase();
    let canonical = chain.map_or(lower.clone(), |c| format!("{c}-{lower}"));
    Ok(Decoding::new(
        Identity::new(Namespace::H160Key, &bytes),
        Canonical::Text(canonical.into()),
    ))
}

/// Avalanche X-, P- and C-chain, main network.
pub fn avalanche_main(text: &[u8]) -> Result<Decoding, Reason> {
    avalanche(text, "avax")
}

/// Avalanche X-, P- and C-chain, Fuji test network.
pub fn avalanche_test(text: &[u8]) -> Result<Decoding, Reason> {
    avalanche(text, "fuji")
}
