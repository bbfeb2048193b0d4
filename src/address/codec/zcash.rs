//! Zcash shielded and unified addresses.
//! Specifications: Zcash protocol specification § 5.6.2 (Sprout) and § 5.6.3 (Sapling); ZIP-316
//! (unified, revisions 0 and 2). Transparent addresses and `tex` are the families' business.
//!
//! A unified address bundles receivers: typed items, then the human-readable part as padding, all
//! of it mixed by F4Jumble so that no part of the text can be kept while another changes. Each
//! receiver is also an identity of its own. The address as a whole is one by the SHA-256 of its
//! canonical text.
//!
//! Revision 0 (`u`) has at least one shielded receiver and no item that a reader must understand.
//! Revision 2 has `zu` (shielded receivers only) and `tu` (a transparent one allowed), and the
//! expiry items.
//!
//! # Deviation from spec
//! Revision 2's test-network prefixes are not published yet; `zutest`, `tutest` and their regtest
//! forms are taken in analogy to revision 0. Points are not checked for lying on their curves.

use super::{Canonical, Decoding, base58, exact58, hrp};
use crate::address::{Basis, Identity, Namespace, Reason};
use bech32::{Bech32, Bech32m};
use blake2::Blake2bVarCore;
use blake2::digest::Output;
use blake2::digest::block_api::{Buffer, UpdateCore, VariableOutputCore};
use sha2::{Digest, Sha256};

const P2PKH: u64 = 0;
const P2SH: u64 = 1;
const SAPLING: u64 = 2;
const ORCHARD: u64 = 3;
/// Items about the address rather than receivers.
const METADATA: std::ops::RangeInclusive<u64> = 0xc0..=0xfc;
/// Metadata that a reader who does not know it must not ignore.
const MUST_UNDERSTAND: std::ops::RangeInclusive<u64> = 0xe0..=0xfc;
const EXPIRY_HEIGHT: u64 = 0xe0;
const EXPIRY_TIME: u64 = 0xe1;
/// Largest type code and length.
const ITEM_MAX: u64 = 0x200_0000;
/// Bytes of a Sapling or Orchard receiver.
const SHIELDED: usize = 43;

/// A Sprout address, main network.
pub fn sprout(text: &[u8]) -> Result<Decoding, Reason> {
    decode_sprout(text, [0x16, 0x9a])
}

/// A Sprout address, test networks.
pub fn sprout_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode_sprout(text, [0x16, 0xb6])
}

/// A Sapling address, main network.
pub fn sapling(text: &[u8]) -> Result<Decoding, Reason> {
    decode_sapling(text, &["zs"])
}

/// A Sapling address, test networks.
pub fn sapling_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode_sapling(text, &["ztestsapling", "zregtestsapling"])
}

/// A unified address of revision 0 or 2, main network.
pub fn unified(text: &[u8]) -> Result<Decoding, Reason> {
    decode_unified(text, &["u", "zu", "tu"])
}

/// A unified address of revision 0 or 2, test networks.
pub fn unified_test(text: &[u8]) -> Result<Decoding, Reason> {
    decode_unified(
        text,
        &[
            "utest",
            "uregtest",
            "zutest",
            "zuregtest",
            "tutest",
            "turegtest",
        ],
    )
}

fn decode_sprout(text: &[u8], version: [u8; 2]) -> Result<Decoding, Reason> {
    // 70 bytes that start with 0x16 are 95 symbols that start with "z".
    if text.len() != 95 || text[0] != b'z' {
        return Err(Reason::UnknownFormat);
    }
    let bytes = exact58::decode::<70>(text)?;
    if bytes[..2] != version {
        return Err(Reason::UnknownFormat);
    }
    if !base58::checks(&bytes) {
        return Err(Reason::Checksum);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::ZcashSprout, &bytes[2..66]),
        Canonical::AsGiven,
    ))
}

fn decode_sapling(text: &[u8], prefixes: &[&str]) -> Result<Decoding, Reason> {
    let prefix = prefixes
        .iter()
        .find(|p| hrp::has(text, p))
        .ok_or(Reason::UnknownFormat)?;
    let bytes = hrp::decode::<Bech32>(text, prefix)?;
    if bytes.len() != SHIELDED {
        return Err(Reason::Length);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::ZcashSapling, &bytes),
        canonical(text),
    ))
}

fn decode_unified(text: &[u8], prefixes: &[&str]) -> Result<Decoding, Reason> {
    let prefix = prefixes
        .iter()
        .find(|p| hrp::has(text, p))
        .ok_or(Reason::UnknownFormat)?;
    let mut bytes = hrp::decode::<Bech32m>(text, prefix)?;
    if bytes.len() < 38 {
        return Err(Reason::Length);
    }
    f4jumble_inverse(&mut bytes);
    let (items, padding) = bytes.split_last_chunk::<16>().ok_or(Reason::Length)?;
    let mut expected = [0; 16];
    expected[..prefix.len()].copy_from_slice(prefix.as_bytes());
    if *padding != expected {
        return Err(Reason::Padding);
    }
    let mut also = Vec::new();
    receivers(items, prefix.as_bytes()[0], &mut also)?;
    let whole = Sha256::digest(text.to_ascii_lowercase());
    let identity = Identity::new(Namespace::ZcashUnified, &whole);
    Ok(Decoding {
        identity,
        canonical: canonical(text),
        also,
    })
}

fn canonical(text: &[u8]) -> Canonical {
    let upper = text.iter().any(u8::is_ascii_uppercase);
    if upper {
        Canonical::Lower
    } else {
        Canonical::AsGiven
    }
}

/// The receivers among the items, by ZIP-316's "Requirements for both Unified Addresses and Unified
/// Viewing Keys". `revision` is the prefix's first letter.
fn receivers(
    mut items: &[u8],
    revision: u8,
    found: &mut Vec<(Identity, Basis)>,
) -> Result<(), Reason> {
    let (mut previous, mut receivers, mut shielded, mut transparent) = (None, 0, 0, 0);
    while !items.is_empty() {
        let (kind, rest) = compact_size(items)?;
        let (len, rest) = compact_size(rest)?;
        let (item, rest) = rest.split_at_checked(len as usize).ok_or(Reason::Length)?;
        items = rest;
        // Ascending, so none twice.
        if previous.is_some_and(|p| p >= kind) {
            return Err(Reason::Version);
        }
        previous = Some(kind);
        let (namespace, basis, length) = match kind {
            P2PKH => (Some(Namespace::H160Key), Basis::SameKey, Some(20)),
            P2SH => (Some(Namespace::H160Script), Basis::SameScript, Some(20)),
            SAPLING => (
                Some(Namespace::ZcashSapling),
                Basis::SameKey,
                Some(SHIELDED),
            ),
            ORCHARD => (
                Some(Namespace::ZcashOrchard),
                Basis::SameKey,
                Some(SHIELDED),
            ),
            EXPIRY_HEIGHT => (None, Basis::SameBytes, Some(4)),
            EXPIRY_TIME => (None, Basis::SameBytes, Some(8)),
            _ => (None, Basis::SameBytes, None),
        };
        if length.is_some_and(|l| l != item.len()) {
            return Err(Reason::Length);
        }
        if let Some(namespace) = namespace {
            found.push((Identity::new(namespace, item), basis));
        }
        receivers += u32::from(!METADATA.contains(&kind));
        transparent += u32::from(matches!(kind, P2PKH | P2SH));
        shielded += u32::from(matches!(kind, SAPLING | ORCHARD));
        let known = matches!(kind, EXPIRY_HEIGHT | EXPIRY_TIME);
        if MUST_UNDERSTAND.contains(&kind) && (revision == b'u' || !known) {
            return Err(Reason::Version);
        }
    }
    let allowed = match revision {
        b'u' => shielded > 0 && transparent <= 1,
        b'z' => receivers > 0 && transparent == 0,
        _ => receivers > 0 && transparent <= 1,
    };
    if allowed {
        Ok(())
    } else {
        Err(Reason::Version)
    }
}

/// Bitcoin's CompactSize in its shortest form.
fn compact_size(bytes: &[u8]) -> Result<(u64, &[u8]), Reason> {
    let (&first, rest) = bytes.split_first().ok_or(Reason::Length)?;
    let (width, least) = match first {
        0xfd => (2, 0xfd),
        0xfe => (4, 0x1_0000),
        0xff => return Err(Reason::Length),
        small => return Ok((u64::from(small), rest)),
    };
    let (number, rest) = rest.split_at_checked(width).ok_or(Reason::Length)?;
    let number = number.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
    if (least..=ITEM_MAX).contains(&number) {
        Ok((number, rest))
    } else {
        Err(Reason::Length)
    }
}

/// The inverse of F4Jumble, a four-round Feistel network over BLAKE2b (ZIP-316, "Jumbling").
fn f4jumble_inverse(message: &mut [u8]) {
    let left = (message.len() / 2).min(64);
    let (c, d) = message.split_at_mut(left);
    round_h(1, d, c);
    round_g(1, c, d);
    round_h(0, d, c);
    round_g(0, c, d);
}

/// `to` ⊕ H_i(from).
fn round_h(i: u8, from: &[u8], to: &mut [u8]) {
    let hash = blake2b(b"UA_F4Jumble_H", [i, 0, 0], to.len(), from);
    to.iter_mut().zip(hash).for_each(|(t, h)| *t ^= h);
}

/// `to` ⊕ G_i(from), in blocks of 64 bytes.
fn round_g(i: u8, from: &[u8], to: &mut [u8]) {
    for (block, j) in to.chunks_mut(64).zip(0u16..) {
        let [low, high] = j.to_le_bytes();
        let hash = blake2b(b"UA_F4Jumble_G", [i, low, high], 64, from);
        block.iter_mut().zip(hash).for_each(|(t, h)| *t ^= h);
    }
}

/// BLAKE2b with a personalisation of 13 + 3 bytes and an output of `len` bytes, the rest of the 64
/// being meaningless.
fn blake2b(person: &[u8; 13], index: [u8; 3], len: usize, input: &[u8]) -> [u8; 64] {
    let mut full = [0; 16];
    full[..13].copy_from_slice(person);
    full[13..].copy_from_slice(&index);
    let mut core = Blake2bVarCore::new_with_params(&[], &full, 0, len);
    let mut buffer = Buffer::<Blake2bVarCore>::default();
    buffer.digest_blocks(input, |blocks| core.update_blocks(blocks));
    let mut output = Output::<Blake2bVarCore>::default();
    core.finalize_variable_core(&mut buffer, &mut output);
    output.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    fn f4jumble(message: &mut [u8]) {
        let left = (message.len() / 2).min(64);
        let (a, b) = message.split_at_mut(left);
        round_g(0, a, b);
        round_h(0, b, a);
        round_g(1, a, b);
        round_h(1, b, a);
    }

    fn encode(prefix: &str, items: &[u8]) -> String {
        let mut bytes = items.to_vec();
        bytes.extend(prefix.as_bytes());
        bytes.extend(vec![0; 16 - prefix.len()]);
        f4jumble(&mut bytes);
        bech32::encode::<Bech32m>(bech32::Hrp::parse(prefix).unwrap(), &bytes).unwrap()
    }

    fn item(kind: u8, len: usize) -> Vec<u8> {
        let mut item = vec![kind, len as u8];
        item.extend(vec![kind + 1; len]);
        item
    }

    #[test]
    fn f4jumble_vector() {
        // zcash-test-vectors, f4jumble, first vector.
        let normal = "5d7a8f739a2d9e945b0ce152a8049e294c4d6e66b164939daffa2ef6ee6921481cdd86b3cc4318d9614fc820905d042b";
        let jumbled = "0304d029141b995da5387c125970673504d6c764d91ea6c082123770c7139ccd88ee27368cd0c0921a0444c8e5858d22";
        let mut bytes = hex(jumbled);
        f4jumble_inverse(&mut bytes);
        assert_eq!(bytes, hex(normal));
    }

    #[test]
    fn sprout_addresses() {
        // librustzcash, zcash_address: the all-zero address on two networks.
        let main = b"zc8E5gYid86n4bo2Usdq1cpr7PpfoJGzttwBHEEgGhGkLUg7SPPVFNB2AkRFXZ7usfphup5426dt1buMmY3fkYeRrQGLa8y";
        let test = b"ztJ1EWLKcGwF2S4NA17pAJVdco8Sdkz4AQPxt1cLTEfNuyNswJJc2BbBqYrsRZsp31xbVZwhF7c7a2L9jsF3p3ZwRWpqqyS";
        let zero = Identity::new(Namespace::ZcashSprout, &[0; 64]);
        assert_eq!(sprout(main).unwrap().identity, zero);
        assert_eq!(sprout_test(test).unwrap().identity, zero);
        assert_eq!(sprout(test).unwrap_err(), Reason::UnknownFormat);
        let mut wrong = *main;
        wrong[94] = b'z';
        assert_eq!(sprout(&wrong).unwrap_err(), Reason::Checksum);
    }

    #[test]
    fn receivers_are_reported() {
        // zcash-test-vectors, unified_address, with a transparent receiver (t1V9mny…).
        let text = b"u1l8xunezsvhq8fgzfl7404m450nwnd76zshscn6nfys7vyz2ywyh4cc5daaq0c7q2su5lqfh23sp7fkf3kt27ve5948mzpfdvckzaect2jtte308mkwlycj2u0eac077wu70vqcetkxf";
        let decoding = unified(text).unwrap();
        let spaces: Vec<_> = decoding.also.iter().map(|(i, _)| i.namespace()).collect();
        assert_eq!(spaces, [Namespace::H160Key, Namespace::ZcashSapling]);
        assert_eq!(unified_test(text).unwrap_err(), Reason::UnknownFormat);
    }

    #[test]
    fn item_rules() {
        let (p2pkh, p2sh) = (item(0, 20), item(1, 20));
        let (sapling, orchard) = (item(2, 43), item(3, 43));
        let (height, secret) = (item(0xe0, 4), item(0xe2, 4));
        let judge = |prefix: &str, items: &[&Vec<u8>]| {
            let items: Vec<u8> = items.iter().flat_map(|i| i.iter().copied()).collect();
            unified(encode(prefix, &items).as_bytes()).map(|d| d.also.len())
        };
        assert_eq!(judge("u", &[&p2pkh, &sapling, &orchard]), Ok(3));
        assert_eq!(judge("u", &[&sapling, &item(9, 50)]), Ok(1));
        assert_eq!(
            judge("u", &[&p2pkh]),
            Err(Reason::Version),
            "no shielded receiver"
        );
        assert_eq!(
            judge("u", &[&p2pkh, &p2sh, &orchard]),
            Err(Reason::Version),
            "two transparent"
        );
        assert_eq!(
            judge("u", &[&orchard, &sapling]),
            Err(Reason::Version),
            "order"
        );
        assert_eq!(
            judge("u", &[&orchard, &orchard]),
            Err(Reason::Version),
            "twice"
        );
        assert_eq!(
            judge("u", &[&orchard, &height]),
            Err(Reason::Version),
            "must understand"
        );
        assert_eq!(judge("zu", &[&orchard, &height]), Ok(1));
        assert_eq!(
            judge("zu", &[&orchard, &secret]),
            Err(Reason::Version),
            "unknown metadata"
        );
        assert_eq!(
            judge("zu", &[&p2pkh, &orchard]),
            Err(Reason::Version),
            "transparent in zu"
        );
        assert_eq!(judge("tu", &[&p2pkh]), Ok(1));
        assert_eq!(
            judge("tu", &[&item(0xc0, 20), &height]),
            Err(Reason::Version),
            "metadata only"
        );
        assert_eq!(judge("u", &[&item(2, 42)]), Err(Reason::Length));
        assert_eq!(judge("u", &[&orchard, &vec![9]]), Err(Reason::Length));
    }

    #[test]
    fn refusals() {
        let text = encode("u", &item(3, 43));
        let other = text.replacen("u1", "zu1", 1);
        assert_eq!(unified(other.as_bytes()).unwrap_err(), Reason::Checksum);
        // Right checksum, but the padding names another prefix.
        let bytes = bech32::decode(&text).unwrap().1;
        let moved = bech32::encode::<Bech32m>(bech32::Hrp::parse("zu").unwrap(), &bytes).unwrap();
        assert_eq!(unified(moved.as_bytes()).unwrap_err(), Reason::Padding);
        // librustzcash, zcash_address: the all-zero Sapling address on three networks.
        let zero =
            b"zs1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpq6d8g";
        assert_eq!(sapling(zero).unwrap().identity.payload(), [0; 43]);
        assert_eq!(sapling(&zero[..77]).unwrap_err(), Reason::Checksum);
        assert_eq!(sapling_test(zero).unwrap_err(), Reason::UnknownFormat);
    }
}
