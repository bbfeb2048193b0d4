//! Stellar strkeys: SEP-23. base32(version ‖ payload ‖ CRC-16 little endian), no padding.
//!
//! `G` and `M` are accounts (a muxed `M` is its `G` key and a 64-bit id). `C` is a contract, `L` a
//! liquidity pool, `B` a claimable balance: objects of their own, never the account of equal bytes.
//! `P`, a signed payload, is a signer that contains a key. `T` and `X` are signers that are hashes
//! of something else: no address of anybody, refused by their version. `S` is a seed, refused as
//! secret whether or not its checksum is right. Points are not checked for lying on the curve, as
//! SEP-23 does not ask for it.

use super::{Canonical, Decoding};
use crate::address::{Basis, Identity, Namespace, Reason};
use crc::{CRC_16_XMODEM, Crc};
use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

const ACCOUNT: u8 = 6 << 3;
const MUXED: u8 = 12 << 3;
const CONTRACT: u8 = 2 << 3;
const POOL: u8 = 11 << 3;
const BALANCE: u8 = 1 << 3;
const SIGNED_PAYLOAD: u8 = 15 << 3;

/// Longest: a signed payload of 64 bytes (1 + 32 + 4 + 64 + 2).
const MAX: usize = 103;

/// `G…`: an ed25519 public key. Also the place where seeds and hash signers are refused.
pub fn account(text: &[u8]) -> Result<Decoding, Reason> {
    match text.first() {
        Some(b'G') => {}
        Some(b'S') if is_seed(text) => return Err(Reason::Secret),
        Some(b'T' | b'X') if text.len() == 56 => {
            let mut buffer = [0; MAX];
            let signer = unpack(text, &mut buffer, 35).is_ok();
            return Err(if signer {
                Reason::Version
            } else {
                Reason::UnknownFormat
            });
        }
        _ => return Err(Reason::UnknownFormat),
    }
    let mut buffer = [0; MAX];
    let key = payload(text, b'G', ACCOUNT, 32, &mut buffer)?;
    Ok(Decoding::new(
        Identity::new(Namespace::Ed25519, key),
        Canonical::AsGiven,
    ))
}

/// `M…`: an account's key and a 64-bit id, which tells a custodian's customers apart.
pub fn muxed(text: &[u8]) -> Result<Decoding, Reason> {
    let mut buffer = [0; MAX];
    let payload = payload(text, b'M', MUXED, 40, &mut buffer)?;
    Ok(Decoding::new(
        Identity::new(Namespace::Ed25519, &payload[..32]),
        Canonical::AsGiven,
    ))
}

/// `C…`: a contract.
pub fn contract(text: &[u8]) -> Result<Decoding, Reason> {
    let mut buffer = [0; MAX];
    let hash = payload(text, b'C', CONTRACT, 32, &mut buffer)?;
    Ok(Decoding::new(
        Identity::new(Namespace::StellarContract, hash),
        Canonical::AsGiven,
    ))
}

/// `L…`: a liquidity pool.
pub fn pool(text: &[u8]) -> Result<Decoding, Reason> {
    let mut buffer = [0; MAX];
    let hash = payload(text, b'L', POOL, 32, &mut buffer)?;
    Ok(Decoding::new(object(POOL, hash), Canonical::AsGiven))
}

/// `B…`: a claimable balance of type 0.
pub fn balance(text: &[u8]) -> Result<Decoding, Reason> {
    let mut buffer = [0; MAX];
    let payload = payload(text, b'B', BALANCE, 33, &mut buffer)?;
    if payload[0] != 0 {
        return Err(Reason::Version);
    }
    Ok(Decoding::new(
        object(BALANCE, &payload[1..]),
        Canonical::AsGiven,
    ))
}

/// `P…`: a key that signs one given payload of 1 to 64 bytes. A signer, not an account; the key in
/// it is reported beside.
pub fn signed_payload(text: &[u8]) -> Result<Decoding, Reason> {
    if text.first() != Some(&b'P') || !(69..=165).contains(&text.len()) {
        return Err(Reason::UnknownFormat);
    }
    let mut buffer = [0; MAX];
    let len = BASE32_NOPAD
        .decode_len(text.len())
        .map_err(|_| Reason::Length)?;
    let bytes = unpack(text, &mut buffer, len)?;
    if bytes[0] != SIGNED_PAYLOAD {
        return Err(Reason::Version);
    }
    let (key, rest) = bytes[1..].split_at(32);
    let (stated, padded) = rest.split_at_checked(4).ok_or(Reason::Length)?;
    let stated = u32::from_be_bytes([stated[0], stated[1], stated[2], stated[3]]) as usize;
    if !(1..=64).contains(&stated) || padded.len() != stated.next_multiple_of(4) {
        return Err(Reason::Length);
    }
    if padded[stated..].iter().any(|&b| b != 0) {
        return Err(Reason::Padding);
    }
    let mut decoding = Decoding::new(
        object(SIGNED_PAYLOAD, &Sha256::digest(&bytes[1..])),
        Canonical::AsGiven,
    );
    decoding
        .also
        .push((Identity::new(Namespace::Ed25519, key), Basis::SameKey));
    Ok(decoding)
}

/// Whether this is an `S…` seed, or was meant to be one.
pub(super) fn is_seed(text: &[u8]) -> bool {
    // The version is the first symbol and three zero bits of the second.
    text.len() == 56
        && text[0] == b'S'
        && (b'A'..=b'D').contains(&text[1])
        && text.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
}

fn object(version: u8, payload: &[u8]) -> Identity {
    let mut bytes = [version; 33];
    bytes[1..].copy_from_slice(payload);
    Identity::new(Namespace::StellarObject, &bytes)
}

/// The payload of a strkey that starts with `first`, whose version and payload length are given.
fn payload<'b>(
    text: &[u8],
    first: u8,
    version: u8,
    len: usize,
    buffer: &'b mut [u8; MAX],
) -> Result<&'b [u8], Reason> {
    if text.first() != Some(&first) {
        return Err(Reason::UnknownFormat);
    }
    let bytes = unpack(text, buffer, len + 3)?;
    if bytes[0] != version {
        return Err(Reason::Version);
    }
    Ok(&bytes[1..])
}

/// Version and payload: `len` bytes and the checksum, with the checksum checked.
fn unpack<'b>(text: &[u8], buffer: &'b mut [u8; MAX], len: usize) -> Result<&'b [u8], Reason> {
    if text.len() != (len * 8).div_ceil(5) {
        return Err(Reason::Length);
    }
    let bytes = buffer.get_mut(..len).ok_or(Reason::Length)?;
    decode32(text, bytes)?;
    let (body, sum) = bytes.split_last_chunk::<2>().ok_or(Reason::Length)?;
    if CRC.checksum(body).to_le_bytes() != *sum {
        return Err(Reason::Checksum);
    }
    Ok(body)
}

fn decode32(text: &[u8], bytes: &mut [u8]) -> Result<(), Reason> {
    match BASE32_NOPAD.decode_mut(text, bytes) {
        Ok(_) => Ok(()),
        Err(e) => Err(match e.error.kind {
            data_encoding::DecodeKind::Trailing => Reason::Padding,
            data_encoding::DecodeKind::Length => Reason::Length,
            _ => Reason::Character,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Key and texts of SEP-23, "Tests".
    const KEY: &str = "3f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a";

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn sep23_valid() {
        let g = account(b"GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ").unwrap();
        assert_eq!(g.identity, Identity::new(Namespace::Ed25519, &hex(KEY)));
        for m in [
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK",
        ] {
            assert_eq!(muxed(m.as_bytes()).unwrap().identity, g.identity, "{m}");
        }
        for p in [
            "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAQACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB6IBZGM",
            "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUAAAAFGBU",
        ] {
            let p = signed_payload(p.as_bytes()).unwrap();
            assert_eq!(p.also, [(g.identity, Basis::SameKey)]);
            assert_ne!(p.identity, g.identity);
        }
        let c = contract(b"CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA").unwrap();
        assert_eq!(
            c.identity,
            Identity::new(Namespace::StellarContract, &hex(KEY))
        );
        let l = pool(b"LA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUPJN").unwrap();
        let b = balance(b"BAAD6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGR4TU").unwrap();
        assert_eq!(l.identity.payload()[1..], hex(KEY));
        assert_eq!(b.identity.payload()[1..], hex(KEY));
        assert_ne!(l.identity, b.identity);
    }

    #[test]
    fn sep23_invalid() {
        use Reason::*;
        for (text, decode, reason) in [
            ("GAAAAAAAACGC6", account as fn(&[u8]) -> _, Length),
            (
                "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUR",
                muxed,
                Padding,
            ),
            (
                "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZA",
                account,
                Length,
            ),
            (
                "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUACUSI",
                account,
                Length,
            ),
            (
                "G47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVP2I",
                account,
                Version,
            ),
            (
                "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLKA",
                muxed,
                Length,
            ),
            (
                "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAAV75I",
                muxed,
                Length,
            ),
            (
                "M47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
                muxed,
                Checksum,
            ),
            (
                "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUK===",
                muxed,
                Length,
            ),
            (
                "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUO",
                muxed,
                Checksum,
            ),
            (
                "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAQACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB6IAAAAAAAAPM",
                signed_payload,
                Length,
            ),
            (
                "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4Z2PQ",
                signed_payload,
                Length,
            ),
            (
                "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DXFH6",
                signed_payload,
                Length,
            ),
            (
                "BAAD6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGR4TV",
                balance,
                Padding,
            ),
            (
                "BAAT6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGXACA",
                balance,
                Version,
            ),
        ] {
            assert_eq!(decode(text.as_bytes()).unwrap_err(), reason, "{text}");
        }
    }

    #[test]
    fn seeds_are_secret_even_when_mistyped() {
        // Encoded here from thirty-two zero bytes, so it is nobody's.
        let mut bytes = vec![18 << 3];
        bytes.extend([0; 32]);
        bytes.extend(CRC.checksum(&bytes).to_le_bytes());
        let seed = BASE32_NOPAD.encode(&bytes);
        assert!(seed.starts_with('S'));
        assert_eq!(account(seed.as_bytes()).unwrap_err(), Reason::Secret);
        let typo = seed.replacen('A', "B", 2);
        assert_eq!(account(typo.as_bytes()).unwrap_err(), Reason::Secret);
        // The other signers of SEP-23: pre-authorised transaction and hash of a preimage.
        for (version, first) in [(19 << 3, 'T'), (23 << 3, 'X')] {
            bytes[0] = version;
            bytes.truncate(33);
            bytes.extend(CRC.checksum(&bytes).to_le_bytes());
            let text = BASE32_NOPAD.encode(&bytes);
            assert!(text.starts_with(first));
            assert_eq!(account(text.as_bytes()).unwrap_err(), Reason::Version);
        }
    }
}
