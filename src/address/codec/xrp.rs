//! XRP X-addresses (XLS-5): account and destination tag in one text. Classic addresses are
//! base58check in the Ripple alphabet, a row of the family.

use super::base58::{self, Alphabet};
use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};

const MAIN: [u8; 2] = [0x05, 0x44];
const TEST: [u8; 2] = [0x04, 0x93];

/// Main network, `X…`.
pub fn x_main(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, MAIN)
}

/// Test network, `T…`.
pub fn x_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, TEST)
}

fn decode(text: &[u8], prefix: [u8; 2]) -> Result<Decoding, Reason> {
    let lead = if prefix == MAIN { b'X' } else { b'T' };
    if text.first() != Some(&lead) || !(46..=48).contains(&text.len()) {
        return Err(Reason::UnknownFormat);
    }
    let bytes = base58::decode(text, Alphabet::Ripple).ok_or(Reason::Character)?;
    if bytes.len() != 35 {
        return Err(Reason::Length);
    }
    if !bytes.starts_with(&prefix) {
        return Err(Reason::UnknownFormat);
    }
    if !base58::checks(&bytes) {
        return Err(Reason::Checksum);
    }
    let (account, rest) = bytes[2..31].split_at(20);
    let (flag, tag) = rest.split_first().expect("nine bytes");
    // Only 32-bit tags exist; without a tag its bytes are zero.
    match flag {
        0 if tag.iter().all(|&b| b == 0) => {}
        1 if tag[4..].iter().all(|&b| b == 0) => {}
        _ => return Err(Reason::Version),
    }
    Ok(Decoding::new(
        Identity::new(Namespace::H160Key, account),
        Canonical::AsGiven,
    ))
}
