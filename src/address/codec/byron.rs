//! Cardano addresses of the Byron era: base58 of CBOR of CBOR. Specification: CIP-19, "Byron
//! addresses", with `byron.cddl` of the ledger's formal specification.
//!
//! `[#6.24(bytes), crc32]`, where the bytes are `[root, attributes, type]`: root a 28-byte hash,
//! type 0 key, 1 script or 2 redemption. Attribute 1 is the wallet's encrypted derivation path, 2
//! the network's magic number, which main-network addresses do not have. The root is the identity:
//! it hashes everything else in. Only the shortest CBOR is accepted, because the text must be the
//! only one of its address.

use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};
use crc::{CRC_32_ISO_HDLC, Crc};
use std::sync::LazyLock;

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Most bytes: well over any address that was ever made.
const MAX: usize = 200;

const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

/// Main network.
pub fn main(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, false)
}

/// Test networks.
pub fn test(text: &[u8]) -> Result<Decoding, Reason> {
    decode(text, true)
}

/// Whether a text of this length can begin with the bytes of every Byron address: an array of two,
/// tag 24, a byte string with its length in one byte. Transaction ids of Solana and Monero's
/// addresses come this far in great numbers, and decoding is slow.
fn plausible(text: &[u8]) -> bool {
    static FIRST: LazyLock<Vec<Vec<[[u8; 3]; 2]>>> = LazyLock::new(|| {
        let mut first = vec![Vec::new(); 2 * MAX];
        for len in 43..=MAX {
            let text = |fill: u8| {
                let mut bytes = vec![fill; len];
                bytes[..4].copy_from_slice(&[0x82, 0xd8, 0x18, 0x58]);
                bs58::encode(bytes).into_vec()
            };
            let (low, high) = (text(0), text(0xff));
            if low.len() < first.len() {
                first[low.len()].push([&low, &high].map(|t| [t[0], t[1], t[2]]));
            }
        }
        first
    });
    let Some(ranges) = FIRST.get(text.len()) else {
        return true;
    };
    // The alphabet is in ASCII order, and so are texts of one length.
    ranges
        .iter()
        .any(|[low, high]| (low.as_slice()..=high.as_slice()).contains(&&text[..3]))
}

fn decode(text: &[u8], test: bool) -> Result<Decoding, Reason> {
    // The shortest address has 43 bytes, of which the first seven are always the same.
    let shortest = text.len() < 63 && !text.starts_with(b"Ae2");
    if shortest || !(59..=2 * MAX).contains(&text.len()) {
        return Err(Reason::UnknownFormat);
    }
    if !plausible(text) {
        return Err(Reason::UnknownFormat);
    }
    let mut buffer = [0; MAX];
    let len = bs58::decode(text)
        .onto(&mut buffer)
        .map_err(|_| Reason::UnknownFormat)?;
    let mut outer = Cbor(&buffer[..len]);
    // From here on the text says that it is a Byron address: array of two, tag 24, bytes.
    if outer.head() != Some((ARRAY, 2)) || outer.head() != Some((TAG, 24)) {
        return Err(Reason::UnknownFormat);
    }
    let payload = outer.bytes().ok_or(Reason::Length)?;
    let sum = outer.unsigned().ok_or(Reason::Checksum)?;
    if !outer.0.is_empty() {
        return Err(Reason::Length);
    }
    if u64::from(CRC.checksum(payload)) != sum {
        return Err(Reason::Checksum);
    }
    let (root, magic) = inner(payload).ok_or(Reason::Version)?;
    if magic != test {
        // The other network's row takes it.
        return Err(Reason::UnknownFormat);
    }
    Ok(Decoding::new(
        Identity::new(Namespace::CardanoByron, root),
        Canonical::AsGiven,
    ))
}

/// The root, and whether there is a network magic.
fn inner(payload: &[u8]) -> Option<(&[u8], bool)> {
    let mut cbor = Cbor(payload);
    if cbor.head()? != (ARRAY, 3) {
        return None;
    }
    let root = cbor.bytes().filter(|root| root.len() == 28)?;
    let (MAP, attributes) = cbor.head()? else {
        return None;
    };
    let (mut magic, mut previous) = (false, None);
    for _ in 0..attributes {
        let key = cbor.unsigned()?;
        if previous.is_some_and(|p| p >= key) {
            return None;
        }
        previous = Some(key);
        let mut value = Cbor(cbor.bytes()?);
        if key == 2 {
            let network = value.unsigned()?;
            if !value.0.is_empty() || network > u64::from(u32::MAX) {
                return None;
            }
            magic = true;
        }
    }
    let kind = cbor.unsigned()?;
    (kind <= 2 && cbor.0.is_empty()).then_some((root, magic))
}

/// The shortest-form CBOR that is left to read.
struct Cbor<'a>(&'a [u8]);

impl<'a> Cbor<'a> {
    /// Major type and argument.
    fn head(&mut self) -> Option<(u8, u64)> {
        let (&first, rest) = self.0.split_first()?;
        let (major, info) = (first >> 5, first & 0x1f);
        let width = match info {
            0..24 => 0,
            24..28 => 1 << (info - 24),
            _ => return None,
        };
        let (argument, rest) = rest.split_at_checked(width)?;
        let argument = match width {
            0 => u64::from(info),
            _ => argument.iter().fold(0, |n, &b| n << 8 | u64::from(b)),
        };
        let least = [0, 24, 1 << 8, 0, 1 << 16, 0, 0, 0, 1 << 32][width];
        self.0 = rest;
        (argument >= least).then_some((major, argument))
    }

    fn unsigned(&mut self) -> Option<u64> {
        self.head()
            .filter(|(major, _)| *major == UNSIGNED)
            .map(|(_, n)| n)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let (BYTES, len) = self.head()? else {
            return None;
        };
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The first is of the main network, without attributes, from the documentation of
    // cardano-addresses; the second is CIP-19's example, with a path and a magic number.
    const ICARUS: &str = "Ae2tdPwUPEZFRbyhz3cpfC2CumGzNkFBN2L42rcUc2yjQpEkxDbkPodpMAi";
    const TEST: &str = "37btjrVyb4KDXBNC4haBVPCrro8AQPHwvCMp3RFhhSVWwfFmZ6wwzSK6JK1hY6wHNmtrpTf1kdbva8TCneM2YsiXT7mrzT21EacHnPpz5YyUdj64na";

    #[test]
    fn two_styles() {
        assert_eq!(
            main(ICARUS.as_bytes()).unwrap().identity.payload().len(),
            28
        );
        let root = test(TEST.as_bytes()).unwrap().identity;
        assert_eq!(
            data_encoding::HEXLOWER.encode(root.payload()),
            "7e9ee4a9527dea9091e2d580edd6716888c42f75d96276290f98fe0b"
        );
        assert_eq!(main(TEST.as_bytes()).unwrap_err(), Reason::UnknownFormat);
        assert_eq!(test(ICARUS.as_bytes()).unwrap_err(), Reason::UnknownFormat);
    }

    /// The address of a payload, by `byron.cddl`.
    fn wrap(payload: &[u8]) -> String {
        let mut bytes = vec![0x82, 0xd8, 0x18, 0x58, payload.len() as u8];
        bytes.extend(payload);
        bytes.push(0x1a);
        bytes.extend(CRC.checksum(payload).to_be_bytes());
        bs58::encode(bytes).into_string()
    }

    #[test]
    fn attributes() {
        let build = |root: usize, attributes: &[u8], kind: u8| {
            let mut payload = vec![0x83, 0x58, root as u8];
            payload.extend(vec![7; root]);
            payload.extend(attributes);
            payload.push(kind);
            wrap(&payload)
        };
        let path = [&[0xa1, 0x01, 0x58, 0x1e, 0x58, 0x1c][..], &[9; 28]].concat();
        assert!(main(build(28, &path, 0).as_bytes()).is_ok());
        assert!(main(build(28, &[0xa0], 2).as_bytes()).is_ok());
        // Magic 1097911063.
        let magic = [0xa1, 0x02, 0x45, 0x1a, 0x41, 0x70, 0xcb, 0x17];
        assert!(test(build(28, &magic, 0).as_bytes()).is_ok());
        for wrong in [
            build(27, &path, 0),
            build(28, &[0xa0], 3),
            // An attribute twice; a head in two bytes that fits one.
            build(28, &[0xa2, 0x02, 0x41, 0x01, 0x02, 0x41, 0x01], 0),
            build(28, &[&[0xb8, 0x01][..], &path[1..]].concat(), 0),
        ] {
            assert_eq!(
                main(wrong.as_bytes()).unwrap_err(),
                Reason::Version,
                "{wrong}"
            );
        }
    }

    #[test]
    fn refusals() {
        let bytes = bs58::decode(ICARUS).into_vec().unwrap();
        let reason = |bytes: &[u8]| main(bs58::encode(bytes).into_string().as_bytes()).unwrap_err();
        let mut wrong = bytes.clone();
        wrong[10] ^= 1;
        assert_eq!(reason(&wrong), Reason::Checksum);
        let mut long = bytes.clone();
        long.extend([0; 8]);
        assert_eq!(reason(&long), Reason::Length);
        assert_eq!(reason(&bytes[1..]), Reason::UnknownFormat);
    }
}
