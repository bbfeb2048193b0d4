//! Ids that name the chain of an account: CAIP-10 and CAIP-19, did:pkh, ERC-3770 and ERC-7828.
//!
//! It knows chains by `chain` alone, and takes a namespace that no table has only where the account
//! is long enough to be one.

use super::reader::{Found, Reader, separates};
use super::shape::account_shape;
use super::uri::is_cashaddr_prefix;
use super::{Sure, chain, name};

/// CAIP-10 `namespace:reference:account`, with `did:pkh:` before it, in the old order
/// `account@namespace:reference`, or as the asset id of CAIP-19.
pub(super) fn account_id(reader: &Reader<'_>, text: &str) -> Option<Found> {
    if text.len() > 300 || !text.contains(':') {
        return None;
    }
    let did = text.strip_prefix("did:pkh:");
    let body = did.map_or(text, |t| t.split(['#', '?']).next().unwrap_or_default());
    let mut fields = body.splitn(3, ':');
    let (namespace, reference, account) = (fields.next()?, fields.next()?, fields.next());
    let (namespace, reference, account, note) = match account {
        Some(account) => {
            let asset = reference.split_once('/');
            let reference = asset.map_or(reference, |(r, _)| r);
            let note = match (asset, did) {
                (Some(_), _) => "CAIP-19 asset id",
                (None, Some(_)) => "did:pkh",
                (None, None) => "CAIP-10",
            };
            (namespace, reference, account, note)
        }
        None => {
            let (account, namespace) = namespace.rsplit_once('@')?;
            (namespace, reference, account, "CAIP-10 in its old order")
        }
    };
    let of = |t: &str, len: std::ops::RangeInclusive<usize>, extra: &[u8]| {
        len.contains(&t.len())
            && t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || extra.contains(&b))
    };
    let known = chain::known_namespace(namespace) || did.is_some();
    let shape = of(namespace, 3..=8, b"-")
        && !namespace.bytes().any(|b| b.is_ascii_uppercase())
        && of(reference, 1..=32, b"-_")
        && of(account, if known { 1..=128 } else { 20..=128 }, b"-.%_/");
    // A namespace that is also a scheme: `ton:0:HEX`, `xrpl:rADDR:tag`, `near:…`.
    let scheme = account_shape(reference).is_some()
        || namespace == "ton" && matches!(reference, "0" | "-1") && account.len() == 64;
    if !shape || scheme && did.is_none() || is_cashaddr_prefix(namespace.as_bytes()) {
        // The account can be shortened or disguised: the qualifier is no less clear for it.
        let unclear = name::truncated(account) || !account.is_ascii();
        if !(known && unclear && of(namespace, 3..=8, b"-") && of(reference, 1..=32, b"-_")) {
            return None;
        }
    }
    let (mut form, sure) = reader.payee(account);
    if let Some(asset) = chain::asset(namespace, reference) {
        form.asset = Some(asset);
    }
    form.chain = Some(format!("{namespace}:{reference}").into());
    form.notes.push(note.into());
    Some((
        vec![form],
        if known {
            Sure::Yes
        } else {
            sure.max(Sure::Cell)
        },
    ))
}

/// ERC-3770 `short:0x…`, and the order of ERC-7828, `0x…@short`.
pub(super) fn short_name(reader: &Reader<'_>, text: &str) -> Option<Found> {
    if text.len() > 300 {
        return None;
    }
    let (short, account, note) = match text.split_once(':') {
        Some((short, account)) => (short, account, "ERC-3770"),
        None => {
            let (account, short) = text.split_once('@')?;
            (short, account, "account at a chain (ERC-7828)")
        }
    };
    let hex = account
        .get(..2)
        .is_some_and(|p| p.eq_ignore_ascii_case("0x"));
    let word = (1..=32).contains(&short.len())
        && short
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !hex || !word || account.contains(separates) || account.contains([':', '/', '=']) {
        return None;
    }
    let id = chain::chain_id(short).or_else(|| short.parse().ok().filter(|_| note != "ERC-3770"));
    let (mut form, sure) = reader.payee(account);
    match id {
        Some(id) => {
            form.asset = chain::asset("eip155", &id.to_string());
            form.chain = Some(format!("eip155:{id}").into());
            form.notes.push(note.into());
        }
        // `from:0x…`: a label, not a chain.
        None if sure >= Sure::Cell => form.notes.push(format!("`{short}` left out").into()),
        None => return None,
    }
    Some((vec![form], Sure::Yes))
}
