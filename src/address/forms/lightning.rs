//! Lightning payment texts (BOLT 11 invoices, BOLT 12 offers, LNURL) and the on-chain fallback
//! address that an invoice can carry.
//!
//! Of an invoice it reads the fallback field and nothing else; it does not check the signature.

use crate::address::codec::base58::{self, Alphabet};
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Fe32, Fe32IterExt, Hrp};

/// Prefixes of Lightning texts. An invoice's amount stands between prefix and separator.
const PREFIXES: &[&str] = &["lnbc", "lntb", "lnsb", "lno1", "lni1", "lnr1", "lnurl1"];

/// Whether `text` is a Lightning text, in one letter case.
pub(super) fn lightning(text: &str) -> bool {
    let Some((hrp, data)) = text.rsplit_once('1') else {
        return false;
    };
    let Some(start) = text.get(..4) else {
        return false;
    };
    data.len() >= 6
        && PREFIXES
            .iter()
            .any(|p| text.len() >= p.len() && p.starts_with(&start.to_ascii_lowercase()))
        && hrp.bytes().all(|b| b.is_ascii_alphanumeric())
        && data.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Networks of BOLT 11, longest prefix first: P2PKH version, P2SH version, segwit prefix.
const NETWORKS: &[(&str, u8, u8, &str)] = &[
    ("lnbcrt", 0x6f, 0xc4, "bcrt"),
    ("lntbs", 0x6f, 0xc4, "tb"),
    ("lntb", 0x6f, 0xc4, "tb"),
    ("lnbc", 0x00, 0x05, "bc"),
];

/// Timestamp and signature of an invoice, in 5-bit groups.
const TIMESTAMP: usize = 7;
const SIGNATURE: usize = 104;

/// The fallback address of an invoice: the first `f` field of a version that this build knows.
pub(super) fn fallback(invoice: &str) -> Option<String> {
    let checked = CheckedHrpstring::new::<Bech32>(invoice).ok()?;
    let hrp = checked.hrp().to_lowercase();
    let network = NETWORKS
        .iter()
        .find(|(prefix, ..)| hrp.starts_with(prefix))?;
    let groups: Vec<Fe32> = checked.fe32_iter().collect();
    let mut fields = groups.get(TIMESTAMP..groups.len().checked_sub(SIGNATURE)?)?;
    while let [kind, high, low, rest @ ..] = fields {
        let len = usize::from(high.to_u8()) * 32 + usize::from(low.to_u8());
        let field = rest.get(..len)?;
        if kind.to_u8() == 9
            && let Some(address) = address(field, network)
        {
            return Some(address);
        }
        fields = &rest[len..];
    }
    None
}

fn address(field: &[Fe32], network: &(&str, u8, u8, &str)) -> Option<String> {
    let (version, groups) = field.split_first()?;
    let bytes: Vec<u8> = groups.iter().copied().fes_to_bytes().collect();
    let legacy = |version: u8| {
        let body: Vec<u8> = [version].into_iter().chain(bytes.iter().copied()).collect();
        let text = base58::encode_check(&body, Alphabet::Bitcoin);
        (bytes.len() == 20).then_some(text)
    };
    match version.to_u8() {
        17 => legacy(network.1),
        18 => legacy(network.2),
        0..=16 => bech32::segwit::encode(Hrp::parse(network.3).ok()?, *version, &bytes).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightning_texts_by_prefix() {
        for text in [
            "lno1bogusoffer",
            "LNBC420BOGUSINVOICE1QQQQQQ",
            "lnurl1dp68gurn8ghj7um9",
        ] {
            assert!(lightning(text), "{text}");
        }
        for text in ["ln1qqqqqq", "lnbc", "", "bc1qqqqqqq", "lñbc1qqqqqq"] {
            assert!(!lightning(text), "{text}");
        }
    }
}
