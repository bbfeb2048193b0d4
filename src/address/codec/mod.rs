//! Codecs: families first, then one file per odd scheme. Bytes in, payload or [`Reason`](super::Reason)
//! out.
//!
//! A codec knows its own encoding rule. It knows nothing of the table of formats, nor of what other
//! scheme the text might be.

use super::{Basis, Identity};

pub mod base58;
pub mod bech32;
pub mod bech32_long;
pub mod curve;
pub mod evm;
pub mod keccak;
pub mod monero;
pub mod secret;
pub mod tron;
pub mod xrp;

mod exact58;
mod hex;
mod hrp;
mod secp256k1;

pub mod algorand;
pub mod aptos;
pub mod byron;
pub mod cardano;
pub mod eos;
pub mod evm_alias;
pub mod filecoin;
pub mod hedera;
pub mod icap;
pub mod icon;
pub mod nano;
pub mod near;
pub mod neo;
pub mod ss58;
pub mod starknet;
pub mod stellar;
pub mod sui;
pub mod tezos;
pub mod ton;
pub mod waves;
pub mod zcash;

/// What an odd scheme makes of a text that it accepts.
#[derive(Clone, Debug)]
pub struct Decoding {
    /// What the address controls.
    pub identity: Identity,
    /// How its canonical spelling comes from the text.
    pub canonical: Canonical,
    /// Further identities under which a listing of it must be found: the receivers of a Zcash
    /// unified address, the stake part of a Cardano base address. Mostly empty.
    pub also: Vec<(Identity, Basis)>,
}

impl Decoding {
    /// A decoding with one identity.
    pub const fn new(identity: Identity, canonical: Canonical) -> Self {
        Self {
            identity,
            canonical,
            also: Vec::new(),
        }
    }
}

/// The canonical spelling of an accepted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Canonical {
    /// The text itself.
    AsGiven,
    /// The text in lower case.
    Lower,
    /// Another spelling.
    Text(Box<str>),
}

impl Canonical {
    /// Applied to the text that it was made from.
    pub fn of(self, text: &str) -> Box<str> {
        match self {
            Self::AsGiven => text.into(),
            Self::Lower => text.to_ascii_lowercase().into(),
            Self::Text(canonical) => canonical,
        }
    }
}
