//! Starknet contract addresses (every account is a contract): `0x` and up to 64 hex digits of a
//! number below 2^251.
//! Specification: Starknet documentation, "Contract address", for the range; starknet.js,
//! "getChecksumAddress", for the casing, which has no other specification: the digits of the
//! 64-digit spelling are upper-case where the nibble of Keccak-256(the number's bytes, without
//! leading zeros) is 8 or more.
//!
//! Leading zeros are often left out. Only under an asset hint: the same text may be an Aptos or Sui
//! account or a transaction hash.

use super::{Canonical, Decoding, hex};
use crate::address::{Identity, Namespace, Reason};
use sha3::{Digest, Keccak256};

/// Decodes; the canonical spelling has 64 digits in the checksum's casing.
pub fn decode(text: &[u8]) -> Result<Decoding, Reason> {
    let digits = text.strip_prefix(b"0x").ok_or(Reason::UnknownFormat)?;
    let bytes = hex::padded(digits)?;
    if bytes[0] >= 0x08 {
        return Err(Reason::Version);
    }
    let cased = cased(&bytes);
    if hex::mixed_case(digits) && !cased.as_bytes().ends_with(digits) {
        return Err(Reason::Checksum);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::Starknet, &bytes),
        Canonical::Text(cased),
    ))
}

fn cased(bytes: &[u8; 32]) -> Box<str> {
    let significant = bytes.iter().position(|&b| b != 0).unwrap_or(31);
    let hash = Keccak256::digest(&bytes[significant..]);
    let mut text = String::from("0x");
    for (i, digit) in data_encoding::HEXLOWER.encode(bytes).chars().enumerate() {
        let nibble = hash[i / 2] >> (4 * (1 - i % 2)) & 0xf;
        text.push(if nibble >= 8 {
            digit.to_ascii_uppercase()
        } else {
            digit
        });
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // starknet.js, address tests.
    const CASED: &str = "0x02Fd23d9182193775423497fc0c472E156C57C69E4089A1967fb288A2d84e914";
    const SHORT: &str = "0x2fd23d9182193775423497fc0c472e156c57c69e4089a1967fb288a2d84e914";

    #[test]
    fn casing_and_padding() {
        let cased = decode(CASED.as_bytes()).unwrap();
        let short = decode(SHORT.as_bytes()).unwrap();
        assert_eq!(cased.identity, short.identity);
        assert_eq!(short.canonical, Canonical::Text(CASED.into()));
        assert_eq!(decode(b"0x1").unwrap().identity.payload()[31], 1);
    }

    #[test]
    fn refusals() {
        let wrong = CASED.replace('F', "f");
        assert_eq!(decode(wrong.as_bytes()).unwrap_err(), Reason::Checksum);
        let large = format!("0x08{}", "0".repeat(62));
        assert_eq!(decode(large.as_bytes()).unwrap_err(), Reason::Version);
        assert_eq!(decode(b"0x").unwrap_err(), Reason::Length);
        assert_eq!(
            decode(&SHORT.as_bytes()[2..]).unwrap_err(),
            Reason::UnknownFormat
        );
        assert_eq!(decode(b"0x00...1d71").unwrap_err(), Reason::Character);
    }
}
