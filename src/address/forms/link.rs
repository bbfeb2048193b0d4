//! Links to pages of explorers and wallets: the segment that is an account.
//!
//! It knows words of paths, not hosts, and follows no link.

use super::account::{account_id, short_name};
use super::clean::{percent_decode, unwrap};
use super::reader::{Found, Reader, separates};
use super::uri::{self, nothing, tag};
use super::{Form, Status, Sure};

/// `etherscan.io/address/0x…` without a scheme.
pub(super) fn bare_link(reader: &Reader<'_>, text: &str) -> Option<Found> {
    let (host, _) = text.split_once('/')?;
    let (_, last) = host.rsplit_once('.')?;
    let hostlike = (2..=24).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_alphabetic())
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    (hostlike && !text.contains(separates)).then(|| link(reader, text, text))
}

/// Path segments before an address, and before something that only looks like one.
const ACCOUNTS: &[&str] = &[
    "address",
    "addresses",
    "account",
    "accounts",
    "addr",
    "wallet",
    "token",
    "contract",
    "object",
    "profile",
    "transfer",
    "holder",
    "to",
    "recipient",
    "destination",
    "a",
    "safe",
    "coin",
];
const HASHES: &[&str] = &[
    "tx",
    "txs",
    "txn",
    "transaction",
    "transactions",
    "txid",
    "txhash",
    "tx_hash",
    "block",
    "blocks",
    "hash",
    "extrinsic",
    "op",
    "message",
    "signature",
    "txnhash",
    "proposal",
    "blob",
];
const CONTRACTS: &[&str] = &["token", "contract", "coin", "jetton"];

/// The segments of a link that decode, the last first; else the last that stands where an account
/// would. A token's page with a holder on it is the holder, with the token as its contract.
pub(super) fn link(reader: &Reader<'_>, text: &str, rest: &str) -> Found {
    let query = rest
        .split_once('?')
        .map_or("", |(_, q)| q.split('#').next().unwrap_or_default());
    let mut segments = rest
        .trim_start_matches('/')
        .split(['/', '?', '&', '=', '#']);
    // The host is no address, though it may read like a name.
    let mut before = segments.next().unwrap_or_default();
    let (mut forms, mut meant, mut contract) = (Vec::<Form>::new(), None, None);
    for segment in segments {
        let piece = unwrap(segment);
        let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(before));
        if piece.len() >= 3 && !is(HASHES) {
            let (form, sure) = qualified(reader, piece);
            if sure == Sure::Yes && form.status != Status::Name {
                if is(CONTRACTS) && contract.is_none() {
                    contract = Some(form);
                } else {
                    forms.push(form);
                }
            } else if is(ACCOUNTS) && (sure >= Sure::Cell || piece.len() >= 20) {
                meant = Some(form);
            }
        }
        before = piece;
    }
    forms.reverse();
    let sure = if forms.is_empty() && contract.is_none() {
        Sure::Cell
    } else {
        Sure::Yes
    };
    match (forms.first_mut(), contract) {
        (Some(holder), Some(contract)) => holder.contract = contract.address().map(Into::into),
        (None, Some(contract)) => forms.push(contract),
        (_, None) => {}
    }
    if forms.is_empty() {
        forms.push(meant.unwrap_or_else(|| nothing(reader, text, "a link without an address")));
    }
    for form in forms.iter_mut().filter(|f| f.status == Status::Ok) {
        form.status = Status::Flagged;
        form.notes.push("taken out of a link".into());
    }
    if forms[0].address().is_some() {
        forms[0].tag = tag(query).map(Into::into);
    }
    (forms, sure)
}

/// A segment of a link: qualified or bare.
fn qualified(reader: &Reader<'_>, piece: &str) -> (Form, Sure) {
    let decoded = percent_decode(piece);
    let found = account_id(reader, &decoded)
        .or_else(|| short_name(reader, &decoded))
        .or_else(|| uri::read_unlinked(reader, &decoded));
    match found {
        Some((mut forms, sure)) if !forms.is_empty() => (forms.remove(0).at(reader, piece), sure),
        _ => reader.payee(piece),
    }
}

impl Form {
    /// Places a form that was read from a decoded copy of `piece`.
    fn at(mut self, reader: &Reader<'_>, piece: &str) -> Self {
        self.range = reader.range(piece);
        self
    }
}
