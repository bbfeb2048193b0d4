//! Hexadecimal digits to bytes, for the schemes that write addresses in hex. It knows no prefix and
//! no length of its own, and does not look at letter case.

use crate::address::Reason;

/// Exactly `2 * N` digits.
pub(super) fn fixed<const N: usize>(digits: &[u8]) -> Result<[u8; N], Reason> {
    if digits.len() != 2 * N {
        return Err(Reason::Length);
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Ok(bytes)
}

/// 1 to 64 digits, the missing ones being leading zeros.
pub(super) fn padded(digits: &[u8]) -> Result<[u8; 32], Reason> {
    if digits.is_empty() || digits.len() > 64 {
        return Err(Reason::Length);
    }
    let mut bytes = [0; 32];
    for (i, &digit) in digits.iter().rev().enumerate() {
        bytes[31 - i / 2] |= nibble(digit)? << (4 * (i % 2));
    }
    Ok(bytes)
}

/// Whether both cases occur among the letters.
pub(super) fn mixed_case(digits: &[u8]) -> bool {
    digits.iter().any(u8::is_ascii_uppercase) && digits.iter().any(u8::is_ascii_lowercase)
}

/// `0x` and 64 lower-case digits.
pub(super) fn long(bytes: &[u8; 32]) -> Box<str> {
    format!("0x{}", data_encoding::HEXLOWER.encode(bytes)).into()
}

fn nibble(digit: u8) -> Result<u8, Reason> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(Reason::Character),
    }
}
