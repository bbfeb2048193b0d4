//! The table of address formats. A row is an encoding rule, not a coin: version byte 0x1e is
//! Dogecoin, Verge and DigiByte, so a row lists its networks. The rows are in
//! `formats_families` and `formats_odd`; which row
//! a text belongs to is found in `detect`.

use super::codec::Decoding;
use super::codec::base58::Alphabet;
use super::codec::bech32::Variant;
use super::formats_families::FAMILIES;
use super::formats_odd::ODD;
use super::hrps::Hrp;
use super::{Namespace, Reason};
use std::fmt;

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
#[derive(Clone, Copy)]
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

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// Which witness programs a segwit row takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Version 0, 20 bytes: P2WPKH.
    Key,
    /// Version 0, 32 bytes: P2WSH.
    Script,
    /// Version 1, 32 bytes: P2TR.
    Taproot,
    /// The others, reserved for later (and P2A).
    Other,
}

/// How a format is decoded.
#[derive(Clone, Copy, Debug)]
pub enum Codec {
    /// base58(version ‖ 20 bytes ‖ first 4 bytes of double SHA-256).
    Base58Check {
        /// Order of digits.
        alphabet: Alphabet,
        /// Version bytes.
        version: &'static [u8],
    },
    /// base58 of so many bytes, without a checksum.
    Base58 {
        /// Bytes.
        payload: usize,
    },
    /// BIP-173 and BIP-350.
    Segwit {
        /// Human-readable parts.
        hrps: &'static [Hrp],
        /// Programs of this row.
        program: Program,
    },
    /// bech32 of a plain payload.
    Bech32 {
        /// Human-readable parts.
        hrps: &'static [Hrp],
        /// Checksum constant.
        variant: Variant,
        /// Payload lengths, and where a payload of that length has meaning.
        payload: &'static [(usize, Namespace)],
    },
    /// CashAddr.
    CashAddr {
        /// Prefixes.
        prefixes: &'static [Hrp],
        /// Types 1 and 3 (scripts); otherwise 0 and 2 (keys).
        script: bool,
    },
    /// 20 bytes of hex, with or without 0x, checksum in the casing when mixed: EIP-55, or ERC-1191
    /// for a chain.
    Evm {
        /// ERC-1191 chain id.
        chain: Option<u32>,
    },
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

/// The row called `id`.
pub fn by_id(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.id == id)
}
