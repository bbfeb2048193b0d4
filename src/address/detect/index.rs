//! The table of formats, ready to be searched: by version byte, human-readable part, first byte.
//!
//! It knows rows, and decodes nothing.

use crate::address::Namespace;
use crate::address::codec::base58::{self, Alphabet};
use crate::address::codec::bech32;
use crate::address::formats::{Codec, Detect, FORMATS};
use std::sync::LazyLock;

pub(in crate::address) const NONE: u16 = u16::MAX;

/// A human-readable part, ready to be checked.
pub(in crate::address) struct Part {
    /// Its last 16 bytes in lower case, big endian: what is searched for.
    key: u128,
    hrp: &'static str,
    pub(super) state: u32,
    pub(in crate::address) use_: Use,
    /// The state after so many zero symbols as [`ENDS`] says.
    pub(in crate::address) ends: [u32; 4],
}

/// Symbols of a data part of 20 or 32 bytes, without and with a version.
const ENDS: [usize; 4] = [38, 39, 58, 59];

pub(in crate::address) enum Use {
    /// Rows by [`Program`](super::super::formats::Program).
    Segwit([u16; 4]),
    Plain(u16),
}

pub(in crate::address) struct Index {
    /// Rows by version byte, 25 bytes in the Bitcoin alphabet.
    pub(in crate::address) one: [u16; 256],
    /// Rows by two version bytes, 26 bytes.
    pub(in crate::address) two: Vec<([u8; 2], u16)>,
    /// The row of the Ripple alphabet.
    pub(in crate::address) ripple: u16,
    /// First characters that a row of either can have.
    pub(in crate::address) lead: [bool; 256],
    /// Sorted by key.
    parts: Vec<Part>,
    /// Places in `parts` by a hash of the key; where two meet, one of them.
    slots: [u16; 1024],
    /// CashAddr: prefix, its state, the rows for keys and for scripts.
    pub(in crate::address) cash: Vec<(&'static str, u64, [u16; 2])>,
    /// The state of the first of them after 42 zero symbols.
    pub(in crate::address) cash_end: u64,
    /// Rows that go by shape, by first byte.
    pub(super) shapes: [Box<[u16]>; 256],
    /// Lengths of which they are, a bit for each; the last one for all that are longer.
    pub(super) lengths: [u128; 256],
    /// First bytes of 64 characters without a dot that a row by shape looks at.
    pub(in crate::address) hashlike: [bool; 256],
    pub(in crate::address) evm: Vec<u16>,
    /// base58 without a checksum: payload length, row.
    pub(in crate::address) plain: Vec<(usize, u16)>,
}

pub(in crate::address) static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

const fn key(hrp: &[u8]) -> u128 {
    let mut key = 0;
    let mut i = 0;
    while i < hrp.len() {
        key = key << 8 | hrp[i].to_ascii_lowercase() as u128;
        i += 1;
    }
    key
}

const fn slot(key: u128) -> usize {
    let folded = key as u64 ^ (key >> 64) as u64;
    (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize
}

impl Index {
    fn new() -> Self {
        let mut index = Self {
            one: [NONE; 256],
            two: Vec::new(),
            ripple: NONE,
            lead: [false; 256],
            parts: Vec::new(),
            slots: [0; 1024],
            cash: Vec::new(),
            cash_end: 0,
            shapes: std::array::from_fn(|_| Box::default()),
            lengths: [0; 256],
            hashlike: [false; 256],
            evm: Vec::new(),
            plain: Vec::new(),
        };
        let mut shapes: Vec<Vec<u16>> = vec![Vec::new(); 256];
        for (row, format) in FORMATS.iter().enumerate() {
            let row = row as u16;
            match (format.detect, format.codec) {
                (Detect::Shape { first, len }, _) => {
                    let dotted = matches!(format.namespace, Namespace::Near | Namespace::Hedera);
                    for byte in 0..=255_u8 {
                        if first.is_empty() || first.contains(&byte) {
                            shapes[usize::from(byte)].push(row);
                            let lengths = &mut index.lengths[usize::from(byte)];
                            (len.0..=len.1).for_each(|len| *lengths |= 1 << len.min(127));
                            index.hashlike[usize::from(byte)] |=
                                !dotted && (len.0..=len.1).contains(&64);
                        }
                    }
                }
                (Detect::Family, codec) => index.family(row, codec),
                (Detect::Hinted, _) => {}
            }
        }
        index.shapes = std::array::from_fn(|i| shapes[i].clone().into());
        index.parts.sort_by_key(|p| p.key);
        for (at, part) in index.parts.iter().enumerate() {
            index.slots[slot(part.key)] = at as u16;
        }
        if let Some((_, state, _)) = index.cash.first() {
            index.cash_end = (0..42).fold(*state, |state, _| bech32::cash_step(state, 0));
        }
        index
    }

    /// The human-readable parts.
    #[cfg(test)]
    pub(in crate::address) fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.parts.iter().map(|part| part.hrp)
    }

    /// The human-readable part that `hrp` is, in whatever case.
    #[inline]
    pub(in crate::address) fn part(&self, hrp: &[u8]) -> Option<&Part> {
        let key = key(hrp);
        let mut part = &self.parts[usize::from(self.slots[slot(key)])];
        if part.key != key {
            part = &self.parts[self.parts.binary_search_by_key(&key, |p| p.key).ok()?];
        }
        hrp.eq_ignore_ascii_case(part.hrp.as_bytes())
            .then_some(part)
    }

    fn family(&mut self, row: u16, codec: Codec) {
        match codec {
            Codec::Base58Check {
                alphabet: Alphabet::Ripple,
                ..
            } => self.ripple = row,
            Codec::Base58Check {
                alphabet: Alphabet::Bitcoin,
                version,
            } => {
                match *version {
                    [v] => self.one[usize::from(v)] = row,
                    [a, b] => self.two.push(([a, b], row)),
                    _ => unreachable!("versions have one or two bytes"),
                }
                self.leads(version);
            }
            Codec::Segwit { hrps, program } => {
                for (hrp, _) in hrps {
                    let known = self.parts.iter_mut().find(|p| p.key == key(hrp.as_bytes()));
                    match known.map(|p| &mut p.use_) {
                        Some(Use::Segwit(rows)) => rows[program as usize] = row,
                        _ => {
                            let mut rows = [NONE; 4];
                            rows[program as usize] = row;
                            self.add_part(hrp, Use::Segwit(rows));
                        }
                    }
                }
            }
            Codec::Bech32 { hrps, .. } => {
                for (hrp, _) in hrps {
                    self.add_part(hrp, Use::Plain(row));
                }
            }
            Codec::CashAddr { prefixes, script } => {
                for &(prefix, _) in prefixes {
                    match self.cash.iter_mut().find(|c| c.0 == prefix) {
                        Some((_, _, rows)) => rows[usize::from(script)] = row,
                        None => {
                            let mut rows = [NONE; 2];
                            rows[usize::from(script)] = row;
                            let state = bech32::cash_start(prefix.as_bytes());
                            self.cash.push((prefix, state, rows));
                        }
                    }
                }
            }
            Codec::Evm { .. } => self.evm.push(row),
            Codec::Base58 { payload } => self.plain.push((payload, row)),
            Codec::Custom(_) => {}
        }
    }

    fn add_part(&mut self, hrp: &'static str, use_: Use) {
        debug_assert!(hrp.len() <= HRP_MAX);
        let state = bech32::start(hrp.as_bytes());
        self.parts.push(Part {
            key: key(hrp.as_bytes()),
            hrp,
            state,
            use_,
            ends: ENDS.map(|n| (0..n).fold(state, |state, _| bech32::step(state, 0))),
        });
    }

    /// Notes the first characters that texts of this version can have.
    fn leads(&mut self, version: &[u8]) {
        let edge = |fill: u8| {
            let mut bytes = version.to_vec();
            bytes.extend([fill; 24]);
            base58::encode(&bytes, Alphabet::Bitcoin)
        };
        let chars = Alphabet::Bitcoin.chars();
        let place = |text: &str| {
            chars
                .iter()
                .position(|c| *c == text.as_bytes()[0])
                .unwrap_or(0)
        };
        let (low, high) = (edge(0), edge(0xff));
        let (from, to) = (place(&low), place(&high));
        if low.len() == high.len() {
            chars[from..=to]
                .iter()
                .for_each(|&c| self.lead[usize::from(c)] = true);
        } else {
            chars[from..]
                .iter()
                .for_each(|&c| self.lead[usize::from(c)] = true);
            chars[..=to]
                .iter()
                .for_each(|&c| self.lead[usize::from(c)] = true);
        }
    }
}

/// Longest human-readable part that is looked up.
pub(super) const HRP_MAX: usize = 18;
