//! bech32, bech32m (BIP-173, BIP-350) and CashAddr: the two polymods over five-bit symbols.
//!
//! It knows checksums and padding, not which human-readable part belongs to whom. Own code beside
//! the `bech32` crate because that one accepts bad padding and either variant in `decode`, and
//! takes three times as long.

use super::{Canonical, Decoding};
use crate::address::{Identity, Namespace, Reason};
use sha2::{Digest, Sha256};

/// Which constant closes the checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// BIP-173.
    Bech32,
    /// BIP-350.
    Bech32m,
}

impl Variant {
    pub(crate) const fn residue(self) -> u32 {
        match self {
            Self::Bech32 => 1,
            Self::Bech32m => 0x2bc8_30a3,
        }
    }
}

/// The alphabet.
pub const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const LOWER: u8 = 0x20;
const UPPER: u8 = 0x40;
const BAD: u8 = 0x80;
/// Value in the low five bits, case above, [`BAD`] for a character outside the alphabet.
pub(crate) const SYMBOL: [u8; 256] = {
    let mut table = [BAD; 256];
    let mut i = 0;
    while i < 32 {
        let c = CHARSET[i];
        if c.is_ascii_digit() {
            table[c as usize] = i as u8;
        } else {
            table[c as usize] = i as u8 | LOWER;
            table[c.to_ascii_uppercase() as usize] = i as u8 | UPPER;
        }
        i += 1;
    }
    table
};

/// What the five bits that leave the state add to it.
const fn steps(generator: [u64; 5]) -> [u64; 32] {
    let mut table = [0; 32];
    let mut top = 0;
    while top < 32 {
        let mut bit = 0;
        while bit < 5 {
            if top >> bit & 1 == 1 {
                table[top] ^= generator[bit];
            }
            bit += 1;
        }
        top += 1;
    }
    table
}

const STEP: [u32; 32] = {
    let wide = steps([
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ]);
    let mut table = [0; 32];
    let mut top = 0;
    while top < 32 {
        table[top] = wide[top] as u32;
        top += 1;
    }
    table
};

const CASH_STEP: [u64; 32] = steps([
    0x98_f2bc_8e61,
    0x79_b76d_99e2,
    0xf3_3e5f_b3c4,
    0xae_2eab_e2a8,
    0x1e_4f43_e470,
]);

#[inline]
pub(crate) const fn step(state: u32, symbol: u8) -> u32 {
    (state & 0x1ff_ffff) << 5 ^ symbol as u32 ^ STEP[(state >> 25) as usize]
}

#[inline]
pub(crate) const fn cash_step(state: u64, symbol: u8) -> u64 {
    (state & 0x7_ffff_ffff) << 5 ^ symbol as u64 ^ CASH_STEP[(state >> 35) as usize]
}

/// The polymod state after a lower-case human-readable part.
pub const fn start(hrp: &[u8]) -> u32 {
    let mut state = 1;
    let mut i = 0;
    while i < hrp.len() {
        state = step(state, hrp[i] >> 5);
        i += 1;
    }
    state = step(state, 0);
    i = 0;
    while i < hrp.len() {
        state = step(state, hrp[i] & 31);
        i += 1;
    }
    state
}

/// The polymod state after a lower-case CashAddr prefix.
pub const fn cash_start(prefix: &[u8]) -> u64 {
    let mut state = 1;
    let mut i = 0;
    while i < prefix.len() {
        state = cash_step(state, prefix[i] & 31);
        i += 1;
    }
    cash_step(state, 0)
}

/// Most symbols that are held: addresses of 103 bytes and a checksum.
pub const MAX_SYMBOLS: usize = 173;

/// The symbols of a data part, checksum included.
#[derive(Clone, Copy)]
pub struct Symbols {
    symbols: [u8; MAX_SYMBOLS],
    len: usize,
}

impl Symbols {
    /// Reads the data part of `text` from `from` on. The case of the part before counts too.
    #[inline]
    pub fn read(text: &[u8], from: usize) -> Result<Self, Reason> {
        let data = &text[from..];
        if data.len() > MAX_SYMBOLS {
            return Err(Reason::Length);
        }
        let mut symbols = [0; MAX_SYMBOLS];
        let mut seen = 0;
        for (place, &c) in symbols.iter_mut().zip(data) {
            let symbol = SYMBOL[c as usize];
            seen |= symbol;
            *place = symbol & 31;
        }
        if seen & BAD != 0 {
            return Err(Reason::Character);
        }
        for c in &text[..from] {
            if c.is_ascii_lowercase() {
                seen |= LOWER;
            } else if c.is_ascii_uppercase() {
                seen |= UPPER;
            }
        }
        if seen & (LOWER | UPPER) == LOWER | UPPER {
            return Err(Reason::MixedCase);
        }
        Ok(Self {
            symbols,
            len: data.len(),
        })
    }

    /// The data symbols without the six of the checksum, which is verified; `state` is that of the
    /// human-readable part.
    #[inline]
    pub fn checked(&self, state: u32, variant: Variant) -> Result<&[u8], Reason> {
        let (data, residue) = self.residue(state)?;
        if residue == variant.residue() {
            Ok(data)
        } else {
            Err(Reason::Checksum)
        }
    }

    /// The data symbols, and the variant for which the checksum holds.
    #[inline]
    pub fn either(&self, state: u32) -> Result<(&[u8], Variant), Reason> {
        let (data, residue) = self.residue(state)?;
        match residue {
            r if r == Variant::Bech32.residue() => Ok((data, Variant::Bech32)),
            r if r == Variant::Bech32m.residue() => Ok((data, Variant::Bech32m)),
            _ => Err(Reason::Checksum),
        }
    }

    #[inline]
    fn residue(&self, state: u32) -> Result<(&[u8], u32), Reason> {
        let symbols = &self.symbols[..self.len];
        let data = symbols.len().checked_sub(6).ok_or(Reason::Length)?;
        Ok((
            &symbols[..data],
            symbols.iter().fold(state, |s, &v| step(s, v)),
        ))
    }

    /// The data symbols of a CashAddr without the eight of its checksum.
    #[inline]
    pub fn cash_checked(&self, state: u64) -> Result<&[u8], Reason> {
        let symbols = &self.symbols[..self.len];
        let data = symbols.len().checked_sub(8).ok_or(Reason::Length)?;
        match symbols.iter().fold(state, |s, &v| cash_step(s, v)) {
            1 => Ok(&symbols[..data]),
            _ => Err(Reason::Checksum),
        }
    }
}

/// Bytes from symbols.
#[derive(Clone, Copy, Debug)]
pub struct Packed {
    bytes: [u8; 108],
    len: usize,
}

impl std::ops::Deref for Packed {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Five-bit symbols to bytes; the padding must be shorter than five bits and zero.
#[inline]
pub fn pack(symbols: &[u8]) -> Result<Packed, Reason> {
    let len = symbols.len() * 5 / 8;
    let mut bytes = [0; 108];
    let mut chunks = symbols.chunks_exact(8);
    let mut at = 0;
    for c in &mut chunks {
        let word = c.iter().fold(0_u64, |w, &s| w << 5 | u64::from(s));
        bytes[at..at + 5].copy_from_slice(&word.to_be_bytes()[3..]);
        at += 5;
    }
    let (mut word, mut bits) = (0_u64, 0);
    for &s in chunks.remainder() {
        word = word << 5 | u64::from(s);
        bits += 5;
    }
    while bits >= 8 {
        bits -= 8;
        bytes[at] = (word >> bits) as u8;
        at += 1;
    }
    if bits >= 5 || word & ((1 << bits) - 1) != 0 {
        return Err(Reason::Padding);
    }
    Ok(Packed { bytes, len })
}

/// A witness program.
#[derive(Clone, Copy, Debug)]
pub struct Witness {
    /// Witness version, 0 to 16.
    pub version: u8,
    /// The program.
    pub program: Packed,
}

/// Decodes the data part of a segwit address (BIP-173, BIP-350) from `from` on.
#[inline]
pub fn segwit(text: &[u8], from: usize, state: u32) -> Result<Witness, Reason> {
    if text.len() > 90 {
        return Err(Reason::Length);
    }
    let symbols = Symbols::read(text, from)?;
    let (data, variant) = symbols.either(state)?;
    let (&version, program) = data.split_first().ok_or(Reason::Length)?;
    if version > 16 {
        return Err(Reason::Version);
    }
    if variant
        != if version == 0 {
            Variant::Bech32
        } else {
            Variant::Bech32m
        }
    {
        return Err(Reason::Checksum);
    }
    let program = pack(program)?;
    match (version, program.len()) {
        (0, 20 | 32) | (1..=16, 2..=40) => Ok(Witness { version, program }),
        _ => Err(Reason::Length),
    }
}

/// Bytes to symbols, the last one padded with zero bits.
pub fn unpack(bytes: &[u8]) -> Vec<u8> {
    let mut symbols = Vec::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut word, mut bits) = (0_u32, 0);
    for &b in bytes {
        word = word << 8 | u32::from(b);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            symbols.push((word >> bits) as u8 & 31);
        }
    }
    if bits > 0 {
        symbols.push((word << (5 - bits)) as u8 & 31);
    }
    symbols
}

fn text_of(symbols: impl IntoIterator<Item = u8>, out: &mut String) {
    out.extend(
        symbols
            .into_iter()
            .map(|s| CHARSET[s as usize & 31] as char),
    );
}

/// The text of `hrp` and data symbols.
pub fn encode(hrp: &str, symbols: &[u8], variant: Variant) -> String {
    let zeros = [0; 6];
    let state = symbols
        .iter()
        .chain(&zeros)
        .fold(start(hrp.as_bytes()), |s, &v| step(s, v));
    let sum = state ^ variant.residue();
    let mut out = format!("{hrp}1");
    text_of(symbols.iter().copied(), &mut out);
    text_of((0..6).map(|i| (sum >> (25 - 5 * i)) as u8 & 31), &mut out);
    out
}

/// The CashAddr text of `prefix` and payload bytes.
pub fn cash_encode(prefix: &str, bytes: &[u8]) -> String {
    let symbols = unpack(bytes);
    let zeros = [0; 8];
    let state = symbols
        .iter()
        .chain(&zeros)
        .fold(cash_start(prefix.as_bytes()), |s, &v| cash_step(s, v));
    let sum = state ^ 1;
    let mut out = format!("{prefix}:");
    text_of(symbols, &mut out);
    text_of((0..8).map(|i| (sum >> (35 - 5 * i)) as u8 & 31), &mut out);
    out
}

/// The payload of a CashAddr: its version byte and hash, sizes as in the specification.
#[inline]
pub fn cash(text: &[u8], from: usize, state: u64) -> Result<Packed, Reason> {
    let symbols = Symbols::read(text, from)?;
    let packed = pack(symbols.cash_checked(state)?)?;
    let (&version, hash) = packed.split_first().ok_or(Reason::Length)?;
    let size = 20 + 4 * usize::from(version & 3);
    if version & 0x80 != 0 {
        return Err(Reason::Version);
    }
    if hash.len() != if version & 4 == 0 { size } else { 2 * size } {
        return Err(Reason::Length);
    }
    Ok(packed)
}

/// A CashAddr of any prefix, type and size, as the specification's codec vectors are; it need not be
/// an address of any chain.
pub fn cash_any(text: &[u8]) -> Result<Decoding, Reason> {
    let colon = text
        .iter()
        .position(|&c| c == b':')
        .ok_or(Reason::UnknownFormat)?;
    let prefix = &text[..colon];
    if prefix.is_empty() || !prefix.iter().all(u8::is_ascii_alphabetic) {
        return Err(Reason::UnknownFormat);
    }
    let state = cash_start(&prefix.to_ascii_lowercase());
    let payload = cash(text, colon + 1, state)?;
    let identity = Identity::new(Namespace::Other(1), &Sha256::digest(&*payload));
    Ok(Decoding::new(identity, Canonical::Lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Result<(usize, Variant), Reason> {
        let at = text.rfind('1').ok_or(Reason::UnknownFormat)?;
        let hrp = text[..at].to_ascii_lowercase();
        let symbols = Symbols::read(text.as_bytes(), at + 1)?;
        let (data, variant) = symbols.either(start(hrp.as_bytes()))?;
        Ok((data.len(), variant))
    }

    #[test]
    fn bip_173_valid_checksums() {
        for text in [
            "A12UEL5L",
            "a12uel5l",
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
            "?1ezyfcl",
        ] {
            assert_eq!(decode(text).map(|d| d.1), Ok(Variant::Bech32), "{text}");
        }
    }

    #[test]
    fn bip_350_valid_checksums() {
        for text in [
            "A1LQFN3A",
            "a1lqfn3a",
            "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
            "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
            "?1v759aa",
        ] {
            assert_eq!(decode(text).map(|d| d.1), Ok(Variant::Bech32m), "{text}");
        }
    }

    #[test]
    fn packing_goes_both_ways() {
        for n in 0..60 {
            let bytes: Vec<u8> = (0..n).map(|i| (i * 37 + n) as u8).collect();
            assert_eq!(*pack(&unpack(&bytes)).expect("own padding"), bytes[..]);
        }
        assert_eq!(pack(&[0, 1]).err(), Some(Reason::Padding));
        assert_eq!(pack(&[0, 0, 0]).err(), Some(Reason::Padding));
    }
}
