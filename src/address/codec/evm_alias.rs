//! EVM accounts under another prefix: XDC's `xdc` and Ronin's `ronin:` in the place of `0x`. The
//! digits follow EIP-55 (mixed case is a checksum, one case is none).
//!
//! Specifications: EIP-55; XDC documentation, "XDC address prefix"; Ronin documentation, "Ronin
//! address". `0x` texts on those networks are the EVM format's.
//!
//! # Deviation from spec
//! `ronin:0x…` is accepted, because wallets accept it and exports have it.

use super::{Canonical, Decoding, evm, hex};
use crate::address::{Identity, Namespace, Reason};

/// `xdc` and 40 digits.
pub fn xdc(text: &[u8]) -> Result<Decoding, Reason> {
    decode(
        text.strip_prefix(b"xdc").ok_or(Reason::UnknownFormat)?,
        "xdc",
    )
}

/// `ronin:` and 40 digits, perhaps with `0x` between.
pub fn ronin(text: &[u8]) -> Result<Decoding, Reason> {
    let digits = text.strip_prefix(b"ronin:").ok_or(Reason::UnknownFormat)?;
    decode(digits.strip_prefix(b"0x").unwrap_or(digits), "ronin:")
}

fn decode(digits: &[u8], prefix: &str) -> Result<Decoding, Reason> {
    let account = hex::fixed::<20>(digits)?;
    if !evm::casing_holds(digits, None) {
        return Err(Reason::Checksum);
    }
    let cased = evm::encode(&account, None);
    let cased = &cased[2..];
    Ok(Decoding::new(
        Identity::new(Namespace::Evm, &account),
        Canonical::Text(format!("{prefix}{cased}").into()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    // EIP-55, "Test cases".
    const DIGITS: &str = "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    #[test]
    fn prefixes_replace_0x() {
        let account = data_encoding::HEXLOWER_PERMISSIVE
            .decode(DIGITS.as_bytes())
            .unwrap();
        let identity = Identity::new(Namespace::Evm, &account);
        for digits in [
            DIGITS.to_owned(),
            DIGITS.to_lowercase(),
            DIGITS.to_uppercase(),
        ] {
            let x = xdc(format!("xdc{digits}").as_bytes()).unwrap();
            let r = ronin(format!("ronin:{digits}").as_bytes()).unwrap();
            assert_eq!([x.identity, r.identity], [identity; 2]);
            assert_eq!(x.canonical, Canonical::Text(format!("xdc{DIGITS}").into()));
            assert_eq!(
                r.canonical,
                Canonical::Text(format!("ronin:{DIGITS}").into())
            );
        }
        assert!(ronin(format!("ronin:0x{DIGITS}").as_bytes()).is_ok());
    }

    #[test]
    fn refusals() {
        let wrong = DIGITS.replacen('a', "A", 1);
        assert_eq!(
            xdc(format!("xdc{wrong}").as_bytes()).unwrap_err(),
            Reason::Checksum
        );
        assert_eq!(
            ronin(format!("ronin:{wrong}").as_bytes()).unwrap_err(),
            Reason::Checksum
        );
        assert_eq!(xdc(b"xdc12").unwrap_err(), Reason::Length);
        assert_eq!(
            ronin(format!("ronin={DIGITS}").as_bytes()).unwrap_err(),
            Reason::UnknownFormat
        );
        assert_eq!(
            xdc(format!("0x{DIGITS}").as_bytes()).unwrap_err(),
            Reason::UnknownFormat
        );
    }
}
