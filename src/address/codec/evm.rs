//! EVM accounts: 20 bytes of hex; mixed case carries a checksum (EIP-55, or ERC-1191 with a chain).
//!
//! It does not know which chain a text is meant for.

use super::keccak::keccak_short;
use crate::address::Reason;

const NIBBLE: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut i = 0;
    while i < 10 {
        table[b'0' as usize + i] = i as u8;
        i += 1;
    }
    while i < 16 {
        table[b'a' as usize + i - 10] = i as u8;
        table[b'A' as usize + i - 10] = i as u8;
        i += 1;
    }
    table
};

/// `N` bytes of hex in either case.
#[inline]
pub fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    let mut seen = 0;
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let (high, low) = (NIBBLE[pair[0] as usize], NIBBLE[pair[1] as usize]);
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (seen < 16).then_some(bytes)
}

/// The digits without `0x`.
#[inline]
pub fn digits(text: &[u8]) -> &[u8] {
    match text {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => text,
    }
}

/// Decodes with or without `0x`. The flag is false when the casing is mixed and fails the checksum
/// (EIP-55, or ERC-1191 for `chain`).
#[inline]
pub fn decode(text: &[u8], chain: Option<u32>) -> Result<([u8; 20], bool), Reason> {
    let digits = digits(text);
    if digits.len() != 40 {
        return Err(Reason::Length);
    }
    let bytes = hex(digits).ok_or(Reason::Character)?;
    Ok((bytes, casing_holds(digits, chain)))
}

/// Whether 40 hex digits are of one case, or cased as their checksum says.
#[inline]
pub fn casing_holds(digits: &[u8], chain: Option<u32>) -> bool {
    let (mut lower, mut upper) = (false, false);
    for &c in digits {
        lower |= c >= b'a';
        upper |= c.is_ascii_uppercase();
    }
    if !(lower && upper) {
        return true;
    }
    let Ok(digits) = <&[u8; 40]>::try_from(digits) else {
        return false;
    };
    let lowered = digits.map(|c| c | 0x20);
    let hash = hash(&lowered, chain);
    digits
        .iter()
        .zip(&lowered)
        .enumerate()
        .all(|(i, (&c, &l))| {
            let raised = hash[i / 2] >> (4 * (1 - i % 2)) & 8 != 0;
            l < b'a' || (c != l) == raised
        })
}

fn hash(lowered: &[u8; 40], chain: Option<u32>) -> [u8; 32] {
    match chain {
        None => keccak_short(lowered),
        Some(id) => keccak_short(format!("{id}0x{}", String::from_utf8_lossy(lowered)).as_bytes()),
    }
}

/// EIP-55 spelling, or ERC-1191 for `chain`.
pub fn encode(bytes: &[u8; 20], chain: Option<u32>) -> String {
    let mut lowered = [0; 40];
    for (pair, b) in lowered.chunks_exact_mut(2).zip(bytes) {
        pair[0] = b"0123456789abcdef"[usize::from(b >> 4)];
        pair[1] = b"0123456789abcdef"[usize::from(b & 15)];
    }
    let hash = hash(&lowered, chain);
    let cased = lowered.iter().enumerate().map(|(i, c)| {
        let raised = hash[i / 2] >> (4 * (1 - i % 2)) & 8 != 0;
        char::from(if raised { c.to_ascii_uppercase() } else { *c })
    });
    "0x".chars().chain(cased).collect()
}
