//! Filecoin addresses: `f` (main network) or `t` (test networks), the protocol's digit, the payload.
//! Specifications: Filecoin specification, "Address"; FIP-48 for protocol 4, FIP-55 for its EVM
//! accounts.
//!
//! Protocol 0 is an actor's number (64 bits) in decimal. 1 is a hash of a secp256k1 key, 2 of an actor, 3 a BLS
//! key, all base32 (lower case, no padding) of the payload and four bytes of BLAKE2b over protocol
//! and payload. 4 is the managing actor's number, `f`, and base32 of its own name for the account:
//! under number 10, an EVM account. The letter says which network the text is meant for, not who
//! the account is.
//!
//! An EVM account whose bytes are 0xff and zeros, then eight bytes, stands for the actor of that
//! number (FIP-54); that is a relation of identities and not of this file.

use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};
use blake2::digest::consts::U4;
use blake2::{Blake2b, Digest};
use data_encoding::{BASE32_NOPAD, DecodeKind};

/// Actor number of the Ethereum address manager.
const EVM_MANAGER: u64 = 10;
/// Longest name under protocol 4.
const NAME_MAX: usize = 54;

/// An actor's number, main network.
pub fn id(text: &[u8]) -> Result<Decoding, Reason> {
    decode_id(text, b'f')
}

/// An actor's number, test networks.
pub fn id_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode_id(text, b't')
}

/// A hash of a secp256k1 key, main network.
pub fn secp256k1(text: &[u8]) -> Result<Decoding, Reason> {
    hashed(text, b'f', 1, 20)
}

/// A hash of a secp256k1 key, test networks.
pub fn secp256k1_test(text: &[u8]) -> Result<Decoding, Reason> {
    hashed(text, b't', 1, 20)
}

/// An actor, main network.
pub fn actor(text: &[u8]) -> Result<Decoding, Reason> {
    hashed(text, b'f', 2, 20)
}

/// An actor, test networks.
pub fn actor_test(text: &[u8]) -> Result<Decoding, Reason> {
    hashed(text, b't', 2, 20)
}

/// A BLS key, main network.
pub fn bls(text: &[u8]) -> Result<Decoding, Reason> {
    hashed(text, b'f', 3, 48)
}

/// A BLS key, test networks.
pub fn bls_test(text: &[u8]) -> Result<Decoding, Reason> {
    hashed(text, b't', 3, 48)
}

/// An EVM account, main network.
pub fn evm(text: &[u8]) -> Result<Decoding, Reason> {
    delegated(text, b'f', true)
}

/// An EVM account, test networks.
pub fn evm_test(text: &[u8]) -> Result<Decoding, Reason> {
    delegated(text, b't', true)
}

/// An account of another managing actor, main network.
pub fn managed(text: &[u8]) -> Result<Decoding, Reason> {
    delegated(text, b'f', false)
}

/// An account of another managing actor, test networks.
pub fn managed_test(text: &[u8]) -> Result<Decoding, Reason> {
    delegated(text, b't', false)
}

fn decode_id(text: &[u8], network: u8) -> Result<Decoding, Reason> {
    let digits = after(text, network, 0)?;
    Ok(Decoding::new(
        actor_number(number(digits)?),
        Canonical::AsGiven,
    ))
}

fn hashed(text: &[u8], network: u8, protocol: u8, len: usize) -> Result<Decoding, Reason> {
    let symbols = after(text, network, protocol)?;
    let mut buffer = [0; 52];
    let payload = unpack(symbols, &[protocol], len, &mut buffer)?;
    let mut tagged = [protocol; 49];
    tagged[1..=len].copy_from_slice(payload);
    let identity = Identity::new(Namespace::Filecoin, &tagged[..=len]);
    Ok(Decoding::new(identity, Canonical::AsGiven))
}

fn delegated(text: &[u8], network: u8, evm: bool) -> Result<Decoding, Reason> {
    let rest = after(text, network, 4)?;
    let at = rest
        .iter()
        .position(|&b| b == b'f')
        .ok_or(Reason::UnknownFormat)?;
    let (manager, symbols) = (number(&rest[..at])?, &rest[at + 1..]);
    if (manager == EVM_MANAGER) != evm {
        return Err(Reason::UnknownFormat);
    }
    let len = (symbols.len() * 5 / 8)
        .checked_sub(4)
        .ok_or(Reason::Length)?;
    if len > NAME_MAX || evm && len != 20 {
        return Err(Reason::Length);
    }
    let mut head = vec![4];
    leb128(manager, &mut head);
    let mut buffer = [0; NAME_MAX + 4];
    let name = unpack(symbols, &head, len, &mut buffer)?;
    if evm {
        return Ok(Decoding::new(
            Identity::new(Namespace::Evm, name),
            Canonical::AsGiven,
        ));
    }
    head.extend(name);
    let identity = if head.len() <= crate::address::identity::PAYLOAD_MAX {
        Identity::new(Namespace::Filecoin, &head)
    } else {
        use sha2::{Digest, Sha256};
        Identity::new(Namespace::Filecoin, &Sha256::digest(&head))
    };
    Ok(Decoding::new(identity, Canonical::AsGiven))
}

fn actor_number(number: u64) -> Identity {
    let mut payload = vec![0];
    leb128(number, &mut payload);
    Identity::new(Namespace::Filecoin, &payload)
}

/// Seven bits a byte, the lowest first, the upper bit set on all but the last.
fn leb128(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// What follows network letter and protocol digit.
fn after(text: &[u8], network: u8, protocol: u8) -> Result<&[u8], Reason> {
    match text {
        [letter, digit, rest @ ..] if *letter == network && *digit == b'0' + protocol => Ok(rest),
        _ => Err(Reason::UnknownFormat),
    }
}

/// A decimal of at most 64 bits without leading zeros.
fn number(digits: &[u8]) -> Result<u64, Reason> {
    if digits.is_empty() {
        return Err(Reason::Length);
    }
    if digits.len() > 1 && digits[0] == b'0' {
        return Err(Reason::Character);
    }
    let mut number = 0u64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(Reason::Character);
        }
        number = number
            .checked_mul(10)
            .and_then(|n| n.checked_add(u64::from(digit - b'0')))
            .ok_or(Reason::Length)?;
    }
    Ok(number)
}

/// The `len` bytes of payload, with the checksum over `head` and payload checked.
fn unpack<'b>(
    symbols: &[u8],
    head: &[u8],
    len: usize,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], Reason> {
    if symbols.len() != ((len + 4) * 8).div_ceil(5) {
        return Err(Reason::Length);
    }
    let mut upper = [0; 96];
    let upper = &mut upper[..symbols.len()];
    for (to, from) in upper.iter_mut().zip(symbols) {
        *to = match from {
            b'a'..=b'z' => from.to_ascii_uppercase(),
            b'2'..=b'7' => *from,
            _ => return Err(Reason::Character),
        };
    }
    let bytes = &mut buffer[..len + 4];
    BASE32_NOPAD
        .decode_mut(upper, bytes)
        .map_err(|e| match e.error.kind {
            DecodeKind::Trailing => Reason::Padding,
            _ => Reason::Character,
        })?;
    let (payload, sum) = bytes.split_at(len);
    let expected = Blake2b::<U4>::new()
        .chain_update(head)
        .chain_update(payload)
        .finalize();
    if expected[..] != *sum {
        return Err(Reason::Checksum);
    }
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn specification_vectors() {
        // Filecoin specification, "Address: Test vectors".
        for number in [0u64, 1, 10, 150, 499, 1024, 1729, 999_999, u64::MAX] {
            let text = format!("f0{number}");
            assert_eq!(id(text.as_bytes()).unwrap().identity, actor_number(number));
        }
        for (text, payload) in [
            (
                "17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy",
                "fd1d0f4dfcd7e99afcb99a8326b7dc459d32c628",
            ),
            (
                "1xcbgdhkgkwht3hrrnui3jdopeejsoatkzmoltqy",
                "b882619d46558f3d9e316d11b48dcf211327026a",
            ),
            (
                "1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa",
                "bcec07c05e69f92468e2b3e3bf77c874f2c5da8c",
            ),
            (
                "1wbxhu3ypkuo6eyp6hjx6davuelxaxrvwb2kuwva",
                "b06e7a6f0f551de261fe3a6fe182b422ee0bc6b6",
            ),
            (
                "12fiakbhe2gwd5cnmrenekasyn6v5tnaxaqizq6a",
                "d1500504e4d1ac3e89ac891a4502586fabd9b417",
            ),
        ] {
            for (letter, decode) in [('f', secp256k1 as fn(&[u8]) -> _), ('t', secp256k1_test)] {
                let decoding = decode(format!("{letter}{text}").as_bytes()).unwrap();
                assert_eq!(decoding.identity.payload()[0], 1);
                assert_eq!(decoding.identity.payload()[1..], hex(payload), "{text}");
            }
        }
        let text = b"f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i";
        let payload = hex("e54dea4f9bc5b47d261819826d5e1fbf8bc5503b");
        assert_eq!(actor(text).unwrap().identity.payload()[1..], payload);
        let text = b"f3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a";
        let payload = hex(
            "ad58df696e2d4e91ea86c881e938ba4ea81b395e12797b84b9cf314b9546705e839c7a99d606b247ddb4f9ac7a3414dd",
        );
        assert_eq!(bls(text).unwrap().identity.payload()[1..], payload);
    }

    #[test]
    fn evm_accounts() {
        // FIP-55: the account and the text of it.
        let decoding = evm(b"f410f2oekwcmo2pueydmaq53eic2i62crtbeyuzx2gmy").unwrap();
        let account = hex("d388ab098ed3e84c0d808776440b48f685198498");
        assert_eq!(decoding.identity, Identity::new(Namespace::Evm, &account));
    }

    #[test]
    fn refusals() {
        use Reason::*;
        for (text, decode, reason) in [
            ("f0", id as fn(&[u8]) -> _, Length),
            ("f001", id, Character),
            ("f01u0", id, Character),
            ("f018446744073709551616", id, Length),
            ("t01024", id, UnknownFormat),
            (
                "f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryz",
                secp256k1,
                Padding,
            ),
            (
                "f17uoq6tp427uzv7fztkbsnn64iwotfrristwprya",
                secp256k1,
                Checksum,
            ),
            (
                "f17uoq6tp427uzv7fztkbsnn64iwotfrristwpry",
                secp256k1,
                Length,
            ),
            (
                "f17UOQ6TP427UZV7FZTKBSNN64IWOTFRRISTWPRYY",
                secp256k1,
                Character,
            ),
            // The checksum covers the protocol.
            ("f27uoq6tp427uzv7fztkbsnn64iwotfrristwpryy", actor, Checksum),
            (
                "f410f2oekwcmo2pueydmaq53eic2i62crtbeyuzx2gma",
                evm,
                Checksum,
            ),
            (
                "f411f2oekwcmo2pueydmaq53eic2i62crtbeyuzx2gmy",
                evm,
                UnknownFormat,
            ),
            (
                "f411f2oekwcmo2pueydmaq53eic2i62crtbeyuzx2gmy",
                managed,
                Checksum,
            ),
            ("f5abc", managed, UnknownFormat),
        ] {
            assert_eq!(decode(text.as_bytes()).unwrap_err(), reason, "{text}");
        }
    }
}
