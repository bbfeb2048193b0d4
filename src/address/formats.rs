//! The table of address formats. A row is an encoding rule, not a coin: version byte 0x1e is
//! Dogecoin, Verge and DigiByte, so a row lists its networks.

use super::codec;
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

/// One encoding rule.
#[derive(Debug)]
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
    /// How it is decoded.
    pub codec: Codec,
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// How a format is decoded.
#[derive(Debug)]
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
}

/// Every format.
pub const FORMATS: &[Format] = &[
    Format {
        id: "btc-p2pkh",
        title: "Bitcoin P2PKH",
        networks: &["bitcoin", "bitcoin-cash", "bitcoin-sv", "omni"],
        test: false,
        namespace: Namespace::H160Key,
        check: Check::Checksum,
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
    }
}

pub(super) fn canonical(format: &Format, identity: &Identity, text: &str) -> Box<str> {
    match format.codec {
        Codec::Base58Check { .. } => text.into(),
        Codec::Segwit { .. } => text.to_ascii_lowercase().into(),
        Codec::Evm => codec::evm::encode(identity.payload()).into(),
    }
}
