//! Monero: block base58, Keccak checksum, two curve points (standard addresses, subaddresses and
//! integrated addresses; Cryptonote standard 006 and the Monero book, ch. 4).
//!
//! It cannot tell whose subaddress one is: that needs the private view key.

use super::curve::on_curve;
use super::keccak::keccak_short;
use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};

const FULL: usize = 11;
/// Bytes in a last block of so many digits.
const BYTES: [Option<usize>; 12] = [
    Some(0),
    None,
    Some(1),
    Some(2),
    None,
    Some(3),
    Some(4),
    Some(5),
    None,
    Some(6),
    Some(7),
    Some(8),
];

fn block(digits: &[u8]) -> Result<(u64, usize), Reason> {
    let bytes = BYTES[digits.len()].ok_or(Reason::Length)?;
    let mut value = 0_u128;
    for &c in digits {
        let digit = super::base58::Alphabet::Bitcoin
            .digit(c)
            .ok_or(Reason::Character)?;
        value = value * 58 + u128::from(digit);
    }
    if value >> (8 * bytes) != 0 {
        return Err(Reason::Character);
    }
    Ok((value as u64, bytes))
}

/// Decodes an address whose network and type tag is `TAG`; integrated ones have a payment id.
pub fn decode<const TAG: u8, const INTEGRATED: bool>(text: &[u8]) -> Result<Decoding, Reason> {
    let keys = keys::<TAG, INTEGRATED>(text)?;
    if !halves(&keys).into_iter().all(on_curve) {
        return Err(Reason::Character);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::Monero, &keys),
        Canonical::AsGiven,
    ))
}

/// Spend and view key.
pub(crate) fn halves(keys: &[u8; 64]) -> [&[u8; 32]; 2] {
    let (halves, _) = keys.as_chunks::<32>();
    [&halves[0], &halves[1]]
}

/// Both keys of an address whose checksum holds. They may be no points of the curve.
pub(crate) fn keys<const TAG: u8, const INTEGRATED: bool>(text: &[u8]) -> Result<[u8; 64], Reason> {
    let length = if INTEGRATED { 106 } else { 95 };
    let first = text.get(..FULL).ok_or(Reason::UnknownFormat)?;
    let (head, _) = block(first).map_err(|_| Reason::UnknownFormat)?;
    if head >> 56 != u64::from(TAG) {
        return Err(Reason::UnknownFormat);
    }
    if text.len() != length {
        return Err(Reason::Length);
    }
    let mut bytes = [0_u8; 77];
    let mut at = 0;
    for digits in text.chunks(FULL) {
        let (value, len) = block(digits)?;
        bytes[at..at + len].copy_from_slice(&value.to_be_bytes()[8 - len..]);
        at += len;
    }
    let (body, sum) = bytes[..at].split_last_chunk::<4>().ok_or(Reason::Length)?;
    if keccak_short(body)[..4] != *sum {
        return Err(Reason::Checksum);
    }
    Ok(*body[1..].first_chunk().expect("a tag, then both keys"))
}
