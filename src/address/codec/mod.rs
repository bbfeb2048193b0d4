//! Codecs: families first, then one file per odd scheme. Bytes in, payload or [`Reason`] out.
//!
//! [`Reason`]: super::Reason

pub mod base58;
pub mod bech32;
pub mod evm;
