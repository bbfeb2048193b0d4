//! EVM accounts: 20 bytes of hex, EIP-55 when mixed case.

use crate::address::Reason;
use sha3::{Digest, Keccak256};

/// Decodes with or without `0x`. The flag is false when the casing is mixed and fails EIP-55.
pub fn decode(text: &[u8]) -> Result<([u8; 20], bool), Reason> {
    let digits = match text {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => text,
    };
    if digits.len() != 40 {
        return Err(Reason::UnknownFormat);
    }
    let mut bytes = [0; 20];
    data_encoding::HEXLOWER_PERMISSIVE
        .decode_mut(digits, &mut bytes)
        .map_err(|_| Reason::UnknownFormat)?;
    let upper = digits.iter().any(u8::is_ascii_uppercase);
    let lower = digits.iter().any(u8::is_ascii_lowercase);
    let ok = !(upper && lower) || encode(&bytes).as_bytes()[2..] == *digits;
    Ok((bytes, ok))
}

/// EIP-55 spelling.
pub fn encode(bytes: &[u8]) -> String {
    let hex = data_encoding::HEXLOWER.encode(bytes);
    let hash = Keccak256::digest(hex.as_bytes());
    let cased = hex.bytes().enumerate().map(|(i, c)| {
        let nibble = hash[i / 2] >> (4 * (1 - i % 2)) & 0xf;
        if nibble >= 8 {
            c.to_ascii_uppercase() as char
        } else {
            c as char
        }
    });
    "0x".chars().chain(cased).collect()
}
