//! Segwit addresses: BIP-173 and BIP-350.

use crate::address::Reason;

/// Decodes a segwit address with this prefix, witness version and program length.
pub fn segwit(text: &[u8], hrp: &str, version: u8, program: usize) -> Result<Vec<u8>, Reason> {
    let text = std::str::from_utf8(text).map_err(|_| Reason::UnknownFormat)?;
    if !text
        .get(..hrp.len())
        .is_some_and(|p| p.eq_ignore_ascii_case(hrp))
        || text.as_bytes().get(hrp.len()) != Some(&b'1')
    {
        return Err(Reason::UnknownFormat);
    }
    let (_, v, bytes) = bech32::segwit::decode(text).map_err(|_| Reason::Checksum)?;
    if v.to_u8() != version || bytes.len() != program {
        return Err(Reason::Version);
    }
    Ok(bytes)
}
