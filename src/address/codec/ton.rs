//! TON addresses: raw (`workchain:hex`) and user-friendly (48 symbols of base64).
//! Specification: TON documentation, "Smart contract addresses", and TEP-2.
//!
//! User-friendly: tag ‖ workchain ‖ 32 bytes ‖ CRC-16. The tag is 0x11 (bounceable) or 0x51 (not),
//! with 0x80 for test networks only. Either base64 alphabet. Workchains in use are 0 (base) and −1 (masterchain). All texts of one account have one identity; several
//! wallet contracts of one key are different accounts that texts cannot link.
//!
//! # Deviation from spec
//! Both alphabets in one text are accepted: the reference client does, and the documentation's own
//! base64 example is one.

use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};
use crc::{CRC_16_XMODEM, Crc};
use data_encoding::BASE64URL_NOPAD;

const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

const BOUNCEABLE: u8 = 0x11;
const NON_BOUNCEABLE: u8 = 0x51;
const TEST: u8 = 0x80;

/// `0:…` or `-1:…` with 64 hex digits in any case.
pub fn raw(text: &[u8]) -> Result<Decoding, Reason> {
    let (workchain, digits) = match text {
        [b'0', b':', digits @ ..] => (0, digits),
        [b'-', b'1', b':', digits @ ..] => (0xff, digits),
        _ => return Err(Reason::UnknownFormat),
    };
    let hash = super::hex::fixed::<32>(digits)?;
    let lower = digits.iter().all(|b| !b.is_ascii_uppercase());
    let canonical = if lower {
        Canonical::AsGiven
    } else {
        Canonical::Lower
    };
    Ok(Decoding::new(identity(workchain, &hash), canonical))
}

/// `EQ…`: money that the contract cannot take comes back.
pub fn bounceable(text: &[u8]) -> Result<Decoding, Reason> {
    friendly(text, BOUNCEABLE)
}

/// `UQ…`: for wallets that are not deployed yet.
pub fn non_bounceable(text: &[u8]) -> Result<Decoding, Reason> {
    friendly(text, NON_BOUNCEABLE)
}

/// `kQ…`: bounceable, for test networks only.
pub fn bounceable_test(text: &[u8]) -> Result<Decoding, Reason> {
    friendly(text, BOUNCEABLE | TEST)
}

/// `0Q…`: not bounceable, for test networks only.
pub fn non_bounceable_test(text: &[u8]) -> Result<Decoding, Reason> {
    friendly(text, NON_BOUNCEABLE | TEST)
}

fn friendly(text: &[u8], tag: u8) -> Result<Decoding, Reason> {
    // The tag is the first symbol and two bits of the second, which are "01".
    let first = match tag {
        BOUNCEABLE => b'E',
        NON_BOUNCEABLE => b'U',
        0x91 => b'k',
        _ => b'0',
    };
    if text.first() != Some(&first) || !matches!(text.get(1), Some(b'Q'..=b'Z' | b'a'..=b'f')) {
        return Err(Reason::UnknownFormat);
    }
    if text.len() != 48 {
        return Err(Reason::Length);
    }
    let mut url = [0; 48];
    for (to, from) in url.iter_mut().zip(text) {
        *to = match from {
            b'+' => b'-',
            b'/' => b'_',
            _ => *from,
        };
    }
    let mut bytes = [0; 36];
    BASE64URL_NOPAD
        .decode_mut(&url, &mut bytes)
        .map_err(|_| Reason::Character)?;
    let (body, sum) = bytes.split_at(34);
    if CRC.checksum(body).to_be_bytes() != *sum {
        return Err(Reason::Checksum);
    }
    if body[0] != tag || !matches!(body[1], 0 | 0xff) {
        return Err(Reason::Version);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(&body[2..]);
    let canonical = if url == text {
        Canonical::AsGiven
    } else {
        Canonical::Text(String::from_utf8_lossy(&url).into())
    };
    Ok(Decoding::new(identity(body[1], &hash), canonical))
}

fn identity(workchain: u8, hash: &[u8; 32]) -> Identity {
    let mut payload = [workchain; 33];
    payload[1..].copy_from_slice(hash);
    Identity::new(Namespace::Ton, &payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    // TON documentation, "Address formats": one masterchain contract in five notations.
    const RAW: &str = "-1:fcb91a3a3816d0f7b8c2c76108b8a9bc5a6b7a55bd79f8ab101c52db29232260";
    const BOUNCE: &str = "Ef_8uRo6OBbQ97jCx2EIuKm8Wmt6Vb15-KsQHFLbKSMiYDJ4";
    const NO_BOUNCE: &str = "Uf_8uRo6OBbQ97jCx2EIuKm8Wmt6Vb15-KsQHFLbKSMiYG-9";
    const BOUNCE_TEST: &str = "kf_8uRo6OBbQ97jCx2EIuKm8Wmt6Vb15-KsQHFLbKSMiYIny";
    const NO_BOUNCE_TEST: &str = "0f_8uRo6OBbQ97jCx2EIuKm8Wmt6Vb15-KsQHFLbKSMiYNQ3";

    #[test]
    fn five_notations_one_account() {
        let expected = raw(RAW.as_bytes()).unwrap().identity;
        for (text, decode) in [
            (BOUNCE, bounceable as fn(&[u8]) -> _),
            (NO_BOUNCE, non_bounceable),
            (BOUNCE_TEST, bounceable_test),
            (NO_BOUNCE_TEST, non_bounceable_test),
        ] {
            let decoding = decode(text.as_bytes()).unwrap();
            assert_eq!(decoding.identity, expected, "{text}");
            let standard = text.replace('-', "+").replace('_', "/");
            let other = decode(standard.as_bytes()).unwrap();
            assert_eq!(other.identity, expected, "{standard}");
            assert_eq!(other.canonical, Canonical::Text(text.into()));
        }
        let upper = RAW.to_uppercase();
        assert_eq!(raw(upper.as_bytes()).unwrap().identity, expected);
        let base = RAW.replacen("-1", "0", 1);
        assert_ne!(raw(base.as_bytes()).unwrap().identity, expected);
    }

    #[test]
    fn refusals() {
        let comma = BOUNCE.replacen('-', ",", 1);
        assert_eq!(bounceable(comma.as_bytes()).unwrap_err(), Reason::Character);
        let wrong = BOUNCE.replace("YDJ4", "YDJ5");
        assert_eq!(bounceable(wrong.as_bytes()).unwrap_err(), Reason::Checksum);
        assert_eq!(
            bounceable(&BOUNCE.as_bytes()[..47]).unwrap_err(),
            Reason::Length
        );
        assert_eq!(
            bounceable(NO_BOUNCE.as_bytes()).unwrap_err(),
            Reason::UnknownFormat
        );
        assert_eq!(raw(&RAW.as_bytes()[..66]).unwrap_err(), Reason::Length);
        assert_eq!(
            raw(RAW.replacen("-1", "1", 1).as_bytes()).unwrap_err(),
            Reason::UnknownFormat
        );
        // Another workchain, with its checksum made right.
        let mut bytes = BASE64URL_NOPAD.decode(BOUNCE.as_bytes()).unwrap();
        bytes[1] = 4;
        let sum = CRC.checksum(&bytes[..34]).to_be_bytes();
        bytes[34..].copy_from_slice(&sum);
        let text = BASE64URL_NOPAD.encode(&bytes);
        assert_eq!(bounceable(text.as_bytes()).unwrap_err(), Reason::Version);
    }
}
