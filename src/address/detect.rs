//! Which row of the table a text belongs to: dispatch on first byte, length and human-readable part,
//! so that a token that is no address is refused in little time and without the heap.
//!
//! Formats with a checksum are tried before those without. Texts that are transaction hashes at
//! least as often as addresses (64 hex digits) are never addresses here; see
//! [`network`](super::network) for texts whose asset is known.

use super::codec::base58::{self, Alphabet};
use super::codec::{bech32, evm, secret};
use super::formats::{Check, Codec, Detect, FORMATS, Format, Program};
use super::{AddressError, Decoded, Identity, Namespace, Reason};
use std::sync::LazyLock;

pub(super) const NONE: u16 = u16::MAX;

/// A human-readable part, ready to be checked.
pub(super) struct Part {
    /// Its last 16 bytes in lower case, big endian: what is searched for.
    key: u128,
    hrp: &'static str,
    state: u32,
    pub(super) use_: Use,
    /// The state after so many zero symbols as [`ENDS`] says.
    pub(super) ends: [u32; 4],
}

/// Symbols of a data part of 20 or 32 bytes, without and with a version.
const ENDS: [usize; 4] = [38, 39, 58, 59];

pub(super) enum Use {
    /// Rows by [`Program`].
    Segwit([u16; 4]),
    Plain(u16),
}

pub(super) struct Index {
    /// Rows by version byte, 25 bytes in the Bitcoin alphabet.
    pub(super) one: [u16; 256],
    /// Rows by two version bytes, 26 bytes.
    pub(super) two: Vec<([u8; 2], u16)>,
    /// The row of the Ripple alphabet.
    pub(super) ripple: u16,
    /// First characters that a row of either can have.
    pub(super) lead: [bool; 256],
    /// Sorted by key.
    parts: Vec<Part>,
    /// Places in `parts` by a hash of the key; where two meet, one of them.
    slots: [u16; 1024],
    /// CashAddr: prefix, its state, the rows for keys and for scripts.
    pub(super) cash: Vec<(&'static str, u64, [u16; 2])>,
    /// The state of the first of them after 42 zero symbols.
    pub(super) cash_end: u64,
    /// Rows that go by shape, by first byte.
    shapes: [Box<[u16]>; 256],
    /// First bytes of 64 characters without a dot that a row by shape looks at.
    pub(super) hashlike: [bool; 256],
    pub(super) evm: Vec<u16>,
    /// base58 without a checksum: payload length, row.
    pub(super) plain: Vec<(usize, u16)>,
}

pub(super) static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

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
    pub(super) fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.parts.iter().map(|part| part.hrp)
    }

    /// The human-readable part that `hrp` is, in whatever case.
    #[inline]
    pub(super) fn part(&self, hrp: &[u8]) -> Option<&Part> {
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
const HRP_MAX: usize = 18;
/// Longest text that is looked at: a unified address with unknown receivers.
const TEXT_MAX: usize = 1200;

/// The closest refusal so far.
struct Closest(AddressError);

impl Closest {
    fn note(&mut self, row: u16, reason: Reason) {
        self.note_with(row, reason, || None);
    }

    fn note_with(&mut self, row: u16, reason: Reason, lead: impl FnOnce() -> Option<Identity>) {
        if reason > self.0.reason {
            self.0 = AddressError {
                near: Some(&FORMATS[usize::from(row)]),
                reason,
                lead: lead(),
            };
        }
    }
}

#[inline]
pub(super) fn found(row: u16, identity: Identity) -> Decoded {
    Decoded {
        format: &FORMATS[usize::from(row)],
        identity,
    }
}

pub(super) fn decode(token: &[u8]) -> Result<Decoded, AddressError> {
    let len = token.len();
    let Some(&first) = token.first() else {
        return Err(AddressError::UNKNOWN);
    };
    if !(3..=TEXT_MAX).contains(&len) {
        return Err(AddressError::UNKNOWN);
    }
    let index = &*INDEX;
    let mut closest = Closest(AddressError::UNKNOWN);
    let prefixed = first == b'0' && matches!(token[1], b'x' | b'X');
    if len == 40 || len == 42 && prefixed {
        if let Some(done) = evm_token(index, token) {
            return done;
        }
        if prefixed {
            return Err(AddressError {
                near: Some(&FORMATS[usize::from(index.evm[0])]),
                reason: Reason::Character,
                lead: None,
            });
        }
    }
    if let Some(done) = bech32_token(index, token, &mut closest) {
        return Ok(done);
    }
    if let Some(done) = cash_token(index, token, &mut closest) {
        return Ok(done);
    }
    let mut plain = None;
    if (25..=44).contains(&len) {
        if first == b'r' && len <= 35 {
            if let Some(bytes) = base58::decode(token, Alphabet::Ripple)
                && bytes.len() == 25
                && bytes[0] == 0
            {
                if base58::checks(&bytes) {
                    let identity = Identity::new(Namespace::H160Key, &bytes[1..21]);
                    return Ok(found(index.ripple, identity));
                }
                closest.note(index.ripple, Reason::Checksum);
            }
        } else if index.lead[usize::from(first)] || len >= 32 {
            match base58::decode(token, Alphabet::Bitcoin) {
                Some(bytes) if len <= 36 => {
                    if let Some((row, version)) = version_of(index, &bytes) {
                        if base58::checks(&bytes) {
                            let namespace = FORMATS[usize::from(row)].namespace;
                            let payload = &bytes[version..version + 20];
                            return Ok(found(row, Identity::new(namespace, payload)));
                        }
                        closest.note(row, Reason::Checksum);
                    }
                    plain = Some(bytes);
                }
                bytes => plain = bytes,
            }
        }
    }
    let note = |row, format: &Format, reason| {
        closest.note_with(row, reason, || caseless(format, token, reason));
    };
    if let Some(done) = shaped(index, token, note) {
        return Ok(done);
    }
    if let Some(bytes) = plain {
        for &(payload, row) in &index.plain {
            if bytes.len() == payload {
                let namespace = FORMATS[usize::from(row)].namespace;
                return Ok(found(row, Identity::new(namespace, &bytes)));
            }
        }
    }
    if secret::is_secret(token) {
        return Err(AddressError {
            near: None,
            reason: Reason::Secret,
            lead: None,
        });
    }
    Err(closest.0)
}

/// The first row by shape that takes `token`. `note` hears how close the others are.
#[inline]
pub(super) fn shaped(
    index: &Index,
    token: &[u8],
    mut note: impl FnMut(u16, &Format, Reason),
) -> Option<Decoded> {
    for &row in &index.shapes[usize::from(*token.first()?)] {
        let format = &FORMATS[usize::from(row)];
        let (
            Detect::Shape {
                len: (from, to), ..
            },
            Codec::Custom(decode),
        ) = (format.detect, format.codec)
        else {
            continue;
        };
        if (from..=to).contains(&token.len()) {
            match decode(token) {
                Ok(decoding) => return Some(found(row, decoding.identity)),
                // A wrong character or length says little about a text that only starts alike.
                Err(reason) if reason >= Reason::Version => note(row, format, reason),
                Err(_) => {}
            }
        }
    }
    None
}

/// 40 hex digits. EIP-55 first; a casing that only ERC-1191 explains is of that chain.
fn evm_token(index: &Index, token: &[u8]) -> Option<Result<Decoded, AddressError>> {
    let digits = evm::digits(token);
    let bytes = evm::hex::<20>(digits)?;
    let identity = Identity::new(Namespace::Evm, &bytes);
    for &row in &index.evm {
        if let Codec::Evm { chain } = FORMATS[usize::from(row)].codec
            && evm::casing_holds(digits, chain)
        {
            return Some(Ok(found(row, identity)));
        }
    }
    Some(Err(AddressError {
        near: Some(&FORMATS[usize::from(index.evm[0])]),
        reason: Reason::Checksum,
        lead: Some(identity),
    }))
}

fn version_of(index: &Index, bytes: &[u8]) -> Option<(u16, usize)> {
    match bytes.len() {
        25 => Some((index.one[usize::from(bytes[0])], 1)).filter(|(row, _)| *row != NONE),
        26 => index
            .two
            .iter()
            .find(|(v, _)| *v == bytes[..2])
            .map(|&(_, row)| (row, 2)),
        _ => None,
    }
}

fn bech32_token(index: &Index, token: &[u8], closest: &mut Closest) -> Option<Decoded> {
    let reach = token.len().min(HRP_MAX + 1);
    let at = token[..reach].iter().rposition(|&c| c == b'1')?;
    if at == 0 || token.len() < at + 8 {
        return None;
    }
    let part = index.part(&token[..at])?;
    match part.use_ {
        Use::Segwit(rows) => match bech32::segwit(token, at + 1, part.state) {
            Ok(witness) => {
                let row = rows[program_of(&witness) as usize];
                (row != NONE).then(|| found(row, witness_identity(&witness)))
            }
            Err(reason) => {
                let guess = rows[segwit_guess(token, at)];
                closest.note(if guess == NONE { rows[0] } else { guess }, reason);
                None
            }
        },
        Use::Plain(row) => {
            let Codec::Bech32 {
                variant, payload, ..
            } = FORMATS[usize::from(row)].codec
            else {
                return None;
            };
            match plain_bech32(token, at + 1, part.state, variant, payload) {
                Ok(identity) => Some(found(row, identity)),
                Err(reason) => {
                    closest.note(row, reason);
                    None
                }
            }
        }
    }
}

/// The row that a broken segwit text was most likely meant for, from its version and length.
fn segwit_guess(token: &[u8], at: usize) -> usize {
    let program = match (token[at + 1].to_ascii_lowercase(), token.len() - at) {
        (b'q', ..=48) => Program::Key,
        (b'q', _) => Program::Script,
        (b'p', 50..) => Program::Taproot,
        _ => Program::Other,
    };
    program as usize
}

fn plain_bech32(
    token: &[u8],
    from: usize,
    state: u32,
    variant: bech32::Variant,
    payload: &[(usize, Namespace)],
) -> Result<Identity, Reason> {
    let symbols = bech32::Symbols::read(token, from)?;
    let bytes = bech32::pack(symbols.checked(state, variant)?)?;
    let (_, namespace) = payload
        .iter()
        .find(|(len, _)| *len == bytes.len())
        .ok_or(Reason::Length)?;
    Ok(Identity::new(*namespace, &bytes))
}

fn program_of(witness: &bech32::Witness) -> Program {
    match (witness.version, witness.program.len()) {
        (0, 20) => Program::Key,
        (0, _) => Program::Script,
        (1, 32) => Program::Taproot,
        _ => Program::Other,
    }
}

fn witness_identity(witness: &bech32::Witness) -> Identity {
    let namespace = match program_of(witness) {
        Program::Key => Namespace::H160Key,
        Program::Script => Namespace::WitnessV0,
        Program::Taproot => Namespace::WitnessV1,
        Program::Other => {
            let mut payload = [0; 41];
            let len = witness.program.len();
            payload[0] = witness.version;
            payload[1..=len].copy_from_slice(&witness.program);
            return Identity::new(Namespace::WitnessOther, &payload[..=len]);
        }
    };
    Identity::new(namespace, &witness.program)
}

fn cash_token(index: &Index, token: &[u8], closest: &mut Closest) -> Option<Decoded> {
    let len = token.len();
    let colon = token[..len.min(HRP_MAX)].iter().position(|&c| c == b':');
    if colon.is_none()
        && !(matches!(len, 42 | 61)
            && matches!(token[0].to_ascii_lowercase(), b'q' | b'p' | b'z' | b'r'))
    {
        return None;
    }
    for (prefix, state, rows) in &index.cash {
        let from = match colon {
            Some(at) if token[..at].eq_ignore_ascii_case(prefix.as_bytes()) => at + 1,
            Some(_) => continue,
            None => 0,
        };
        match cash_payload(token, from, *state) {
            Ok((script, identity)) => {
                let row = rows[usize::from(script)];
                return (row != NONE).then(|| found(row, identity));
            }
            // Any bech32 letters are as close to every other prefix.
            Err(reason) if colon.is_some() || *prefix == "bitcoincash" => {
                closest.note(rows[0], reason);
                if reason < Reason::Checksum {
                    return None;
                }
            }
            Err(_) => {}
        }
    }
    None
}

/// Whether it is a script, and the identity.
fn cash_payload(token: &[u8], from: usize, state: u64) -> Result<(bool, Identity), Reason> {
    let payload = bech32::cash(token, from, state)?;
    let (kind, hash) = (payload[0] >> 3, &payload[1..]);
    let namespace = match (kind, hash.len()) {
        (0 | 2, 20) => Namespace::H160Key,
        (1 | 3, 20) => Namespace::H160Script,
        (0 | 2, 32) => Namespace::CashKey32,
        (1 | 3, 32) => Namespace::CashScript32,
        (0..=3, _) => return Err(Reason::Length),
        _ => return Err(Reason::Version),
    };
    Ok((kind & 1 == 1, Identity::new(namespace, hash)))
}

/// Decodes `token` strictly as `format`. Not on the hot path.
pub(super) fn decode_as(
    format: &Format,
    token: &[u8],
) -> Result<Identity, (Reason, Option<Identity>)> {
    let plain = |r: Result<Identity, Reason>| r.map_err(|reason| (reason, None));
    match format.codec {
        Codec::Base58Check { alphabet, version } => {
            plain(base58check(format, token, alphabet, version))
        }
        Codec::Base58 { payload } => plain(match base58::decode(token, Alphabet::Bitcoin) {
            None => Err(Reason::Character),
            Some(bytes) if bytes.len() == payload => Ok(Identity::new(format.namespace, &bytes)),
            Some(_) => Err(Reason::Length),
        }),
        Codec::Segwit { hrps, program } => plain(with_hrp(hrps, token).and_then(|(hrp, at)| {
            let witness = bech32::segwit(token, at + 1, bech32::start(hrp.as_bytes()))?;
            if program_of(&witness) == program {
                Ok(witness_identity(&witness))
            } else {
                Err(Reason::Version)
            }
        })),
        Codec::Bech32 {
            hrps,
            variant,
            payload,
        } => plain(with_hrp(hrps, token).and_then(|(hrp, at)| {
            plain_bech32(
                token,
                at + 1,
                bech32::start(hrp.as_bytes()),
                variant,
                payload,
            )
        })),
        Codec::CashAddr { prefixes, script } => plain(cash_prefix(prefixes, token).and_then(
            |(_, is_script, identity)| {
                if is_script == script {
                    Ok(identity)
                } else {
                    Err(Reason::Version)
                }
            },
        )),
        Codec::Evm { chain } => match evm::decode(token, chain) {
            Ok((bytes, true)) => Ok(Identity::new(Namespace::Evm, &bytes)),
            Ok((bytes, false)) => Err((
                Reason::Checksum,
                Some(Identity::new(Namespace::Evm, &bytes)),
            )),
            Err(reason) => plain(Err(reason)),
        },
        Codec::Custom(decode) => decode(token)
            .map(|d| d.identity)
            .map_err(|reason| (reason, caseless(format, token, reason))),
    }
}

/// The identity that a text with a wrong checksum in its casing has without regard to case.
fn caseless(format: &Format, token: &[u8], reason: Reason) -> Option<Identity> {
    let (Check::Casing, Reason::Checksum, Codec::Custom(decode)) =
        (format.check, reason, format.codec)
    else {
        return None;
    };
    decode(&token.to_ascii_lowercase()).ok().map(|d| d.identity)
}

fn base58check(
    format: &Format,
    token: &[u8],
    alphabet: Alphabet,
    version: &[u8],
) -> Result<Identity, Reason> {
    if !(25..=36).contains(&token.len()) {
        return Err(Reason::Length);
    }
    let bytes = base58::decode(token, alphabet).ok_or(Reason::Character)?;
    if bytes.len() != version.len() + 24 {
        return Err(Reason::Length);
    }
    if !bytes.starts_with(version) {
        return Err(Reason::Version);
    }
    if !base58::checks(&bytes) {
        return Err(Reason::Checksum);
    }
    Ok(Identity::new(
        format.namespace,
        &bytes[version.len()..version.len() + 20],
    ))
}

fn with_hrp(
    hrps: &'static [super::hrps::Hrp],
    token: &[u8],
) -> Result<(&'static str, usize), Reason> {
    let at = token
        .iter()
        .rposition(|&c| c == b'1')
        .ok_or(Reason::UnknownFormat)?;
    hrps.iter()
        .find(|(hrp, _)| token[..at].eq_ignore_ascii_case(hrp.as_bytes()))
        .map(|(hrp, _)| (*hrp, at))
        .ok_or(Reason::UnknownFormat)
}

fn cash_prefix(
    prefixes: &'static [super::hrps::Hrp],
    token: &[u8],
) -> Result<(&'static str, bool, Identity), Reason> {
    let colon = token.iter().position(|&c| c == b':');
    let mut closest = Reason::UnknownFormat;
    for (prefix, _) in prefixes {
        let from = match colon {
            Some(at) if token[..at].eq_ignore_ascii_case(prefix.as_bytes()) => at + 1,
            Some(_) => continue,
            None => 0,
        };
        match cash_payload(token, from, bech32::cash_start(prefix.as_bytes())) {
            Ok((script, identity)) => return Ok((prefix, script, identity)),
            Err(reason) => closest = closest.max(reason),
        }
    }
    Err(closest)
}

/// The canonical spelling of a text that `format` accepted as `identity`.
pub(super) fn canonical(format: &Format, identity: &Identity, text: &str) -> Box<str> {
    match format.codec {
        Codec::Base58Check { .. } | Codec::Base58 { .. } => text.into(),
        Codec::Segwit { .. } | Codec::Bech32 { .. } => text.to_ascii_lowercase().into(),
        Codec::CashAddr { prefixes, .. } => match cash_prefix(prefixes, text.as_bytes()) {
            Ok((prefix, ..)) if !text.contains(':') => {
                format!("{prefix}:{}", text.to_ascii_lowercase()).into()
            }
            _ => text.to_ascii_lowercase().into(),
        },
        Codec::Evm { chain } => match identity.payload().first_chunk::<20>() {
            Some(bytes) => evm::encode(bytes, chain).into(),
            None => text.into(),
        },
        Codec::Custom(decode) => match decode(text.as_bytes()).map(|d| d.canonical) {
            // A spelling that belongs to another row (a key's newer notation) is not this one's.
            Ok(canonical) => {
                let canonical = canonical.of(text);
                if decode(canonical.as_bytes()).is_ok() {
                    canonical
                } else {
                    text.into()
                }
            }
            Err(_) => text.into(),
        },
    }
}

/// The networks of a canonical text: the one its human-readable part names, or the format's.
pub(super) fn networks(format: &'static Format, canonical: &str) -> &'static [&'static str] {
    let named = match format.codec {
        Codec::Segwit { hrps, .. } | Codec::Bech32 { hrps, .. } => {
            canonical.rfind('1').map(|at| (hrps, at))
        }
        Codec::CashAddr { prefixes, .. } => canonical.find(':').map(|at| (prefixes, at)),
        _ => None,
    };
    named
        .and_then(|(hrps, at)| hrps.iter().find(|(hrp, _)| *hrp == &canonical[..at]))
        .map_or(format.networks, |(_, network)| network)
}
