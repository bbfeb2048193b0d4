//! The table of address formats. A row is an encoding rule, not a coin: version byte 0x1e is
//! Dogecoin, Verge and DigiByte, so a row lists its networks.

use super::codec::{self, Decoding};
use super::formats_odd::ODD;
use super::{AddressError, Decoded, Identity, Namespace, Reason};

/// How strongly a text proves to be what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Every spelling carries a checksum.
    Checksum,
    /// Mixed-case spellings carry one (EIP-55), single-case spellings do not.
    Casing,
    /// None: any text of the right length and alphabet is valid.
    None,
}

/// When a text without an asset hint is tried as a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detect {
    /// The codec's family says (version bytes, human-readable part).
    Family,
    /// Texts that start with one of these bytes and have a length in this range, both ends
    /// included. No bytes at all means any first byte.
    Shape {
        /// First bytes.
        first: &'static [u8],
        /// Shortest and longest text.
        len: (usize, usize),
    },
    /// Never: it would take transaction hashes, words or other formats' texts for addresses. Only
    /// under an asset hint.
    Hinted,
}

/// One encoding rule.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Kebab-case id, unique.
    pub id: &'static str,
    /// For people: "Bitcoin P2PKH".
    pub title: &'static str,
    /// Networks that use it.
    pub networks: &'static [&'static str],
    /// Test networks only.
    pub test: bool,
    /// Where its payload has meaning.
    pub namespace: Namespace,
    /// How it is checked.
    pub check: Check,
    /// When it is tried.
    pub detect: Detect,
    /// How it is decoded.
    pub codec: Codec,
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// How a format is decoded.
#[derive(Clone, Copy, Debug)]
pub enum Codec {
    /// base58(version ‖ payload ‖ first 4 bytes of double SHA-256).
    Base58Check {
        /// Version bytes.
        version: &'static [u8],
        /// Payload length.
        payload: usize,
    },
    /// BIP-173 and BIP-350.
    Segwit {
        /// Human-readable part.
        hrp: &'static str,
        /// Witness version.
        version: u8,
        /// Program length.
        program: usize,
    },
    /// 20 bytes of hex, with or without 0x, EIP-55 when mixed case.
    Evm,
    /// An odd scheme.
    Custom(fn(&[u8]) -> Result<Decoding, Reason>),
}

/// Every format: the families, then the odd schemes.
pub static FORMATS: &[Format] = &ALL;

static ALL: [Format; FAMILIES.len() + ODD.len()] = {
    let mut all = [FAMILIES[0]; FAMILIES.len() + ODD.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = if i < FAMILIES.len() {
            FAMILIES[i]
        } else {
            ODD[i - FAMILIES.len()]
        };
        i += 1;
    }
    all
};

const FAMILIES: &[Format] = &[
    Format {
        id: "btc-p2pkh",
        title: "Bitcoin P2PKH",
        networks: &["bitcoin", "bitcoin-cash", "bitcoin-sv", "omni"],
        test: false,
        namespace: Namespace::H160Key,
        check: Check::Checksum,
        detect: Detect::Family,
        codec: Codec::Base58Check {
            version: &[0x00],
            payload: 20,
        },
    },
    Format {
        id: "btc-p2wpkh",
        title: "Bitcoin P2WPKH",
        networks: &["bitcoin"],
        test: false,
        namespace: Namespace::H160Key,
        check: Check::Checksum,
        detect: Detect::Family,
        codec: Codec::Segwit {
            hrp: "bc",
            version: 0,
            program: 20,
        },
    },
    Format {
        id: "evm",
        title: "EVM account",
        networks: &["ethereum", "evm"],
        test: false,
        namespace: Namespace::Evm,
        check: Check::Casing,
        detect: Detect::Family,
        codec: Codec::Evm,
    },
];

/// The row called `id`.
pub fn by_id(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.id == id)
}

pub(super) fn decode(token: &[u8]) -> Result<Decoded, AddressError> {
    let mut closest = AddressError::UNKNOWN;
    for format in FORMATS {
        if !may_be(format, token) {
            continue;
        }
        match decode_as(format, token) {
            Ok(identity) => return Ok(Decoded { format, identity }),
            Err((reason, lead)) if reason > closest.reason => {
                closest = AddressError {
                    near: Some(format),
                    reason,
                    lead,
                };
            }
            Err(_) => {}
        }
    }
    Err(closest)
}

/// Whether `token`, without a hint, is tried as `format`.
fn may_be(format: &Format, token: &[u8]) -> bool {
    match format.detect {
        Detect::Family => true,
        Detect::Shape { first, len } => {
            (len.0..=len.1).contains(&token.len())
                && (first.is_empty() || token.first().is_some_and(|b| first.contains(b)))
        }
        Detect::Hinted => false,
    }
}

fn decode_as(format: &Format, token: &[u8]) -> Result<Identity, (Reason, Option<Identity>)> {
    match format.codec {
        Codec::Base58Check { version, payload } => codec::base58::check(token, version, payload)
            .map(|p| Identity::new(format.namespace, &p))
            .map_err(|r| (r, None)),
        Codec::Segwit {
            hrp,
            version,
            program,
        } => codec::bech32::segwit(token, hrp, version, program)
            .map(|p| Identity::new(format.namespace, &p))
            .map_err(|r| (r, None)),
        Codec::Evm => match codec::evm::decode(token) {
            Ok((bytes, true)) => Ok(Identity::new(Namespace::Evm, &bytes)),
            Ok((bytes, false)) => Err((
                Reason::Checksum,
                Some(Identity::new(Namespace::Evm, &bytes)),
            )),
            Err(reason) => Err((reason, None)),
        },
        Codec::Custom(decode) => decode(token).map(|d| d.identity).map_err(|r| (r, None)),
    }
}

pub(super) fn canonical(format: &Format, identity: &Identity, text: &str) -> Box<str> {
    match format.codec {
        Codec::Base58Check { .. } => text.into(),
        Codec::Segwit { .. } => text.to_ascii_lowercase().into(),
        Codec::Evm => codec::evm::encode(identity.payload()).into(),
        Codec::Custom(decode) => match decode(text.as_bytes()) {
            Ok(decoding) => decoding.canonical.of(text),
            Err(_) => text.into(),
        },
    }
}
