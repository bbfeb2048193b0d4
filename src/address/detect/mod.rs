//! Which row of the table a text belongs to: dispatch on first byte, length and human-readable part,
//! so that a token that is no address is refused in little time and without the heap.
//!
//! Formats with a checksum are tried before those without. Texts that are transaction hashes at
//! least as often as addresses (64 hex digits) are never addresses here; see
//! [`network`](super::network) for texts whose asset is known.

mod index;
mod strict;

pub(super) use index::{INDEX, Index, NONE, Use};
use strict::caseless;
pub(super) use strict::{canonical, decode_as, networks};

use super::codec::base58::{self, Alphabet};
use super::codec::{bech32, evm, secret};
use super::formats::{Codec, Detect, FORMATS, Format, Program};
use super::{AddressError, Decoded, Identity, Namespace, Reason};
use index::HRP_MAX;

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

/// Whether [`decode`] may take `token`, of letters and digits, by its length, first byte and
/// human-readable part. Never wrong when it says no: such a token is no address.
pub(super) fn possible(token: &[u8]) -> bool {
    let (len, index) = (token.len(), &*INDEX);
    let mixed =
        || token.iter().any(u8::is_ascii_lowercase) && token.iter().any(u8::is_ascii_uppercase);
    matches!(len, 25..=44 | 61) || shaped_so(index, token) || !mixed() && may_have_part(token)
}

/// Whether `token` is no address by its length and first bytes, nor damaged or secret: what
/// [`decode`] says nothing about. Only of a token without a colon and longer than 44 characters.
pub(super) fn is_nothing(token: &[u8]) -> bool {
    debug_assert!(token.len() > 44 && !token.contains(&b':'));
    token.len() != 61
        && !shaped_so(&INDEX, token)
        && !may_have_part(token)
        && !secret::is_secret(token)
}

/// Whether there is a row by shape for the length and the first byte of `token`.
#[inline]
fn shaped_so(index: &Index, token: &[u8]) -> bool {
    let first = token
        .first()
        .map_or(0, |first| index.lengths[usize::from(*first)]);
    first >> token.len().min(127) & 1 == 1
}

/// Whether `token` has what separates a human-readable part from the rest.
#[inline]
fn may_have_part(token: &[u8]) -> bool {
    token[..token.len().min(HRP_MAX + 1)].contains(&b'1')
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
    if !shaped_so(index, token) {
        return None;
    }
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
