//! What a text is that is no address but looks like an identifier: a transaction hash, an extended
//! public key, an invoice, an IBAN. Screening says what it left out, and why.
//!
//! It does not decide whether a text is an address; ask [`decode`](super::decode) first.

use super::codec::base58::{Alphabet, checksum};
use super::codec::bech32::{Symbols, start};

/// A kind of identifier that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NotAddress {
    /// 32 bytes of hex, or a Solana signature: most often a transaction.
    TransactionHash,
    /// 32 bytes of hex that begin with four zero bytes: a proof-of-work block.
    BlockHash,
    /// xpub, ypub, zpub and their relatives: stands for every address of a wallet.
    ExtendedPublicKey,
    /// A public key in hex.
    PublicKey,
    /// BOLT-11, BOLT-12 or LNURL.
    LightningInvoice,
    /// A bank account, ISO 13616.
    Iban,
    /// RFC 9562.
    Uuid,
    /// An e-mail address.
    Email,
    /// Another address of the web.
    Url,
    /// A date or a time.
    Date,
    /// A number.
    Number,
    /// Letters, a hyphen and digits, as orders and trades are numbered.
    OrderId,
}

impl NotAddress {
    /// Kebab-case name, as in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::TransactionHash => "transaction-hash",
            Self::BlockHash => "block-hash",
            Self::ExtendedPublicKey => "extended-public-key",
            Self::PublicKey => "public-key",
            Self::LightningInvoice => "lightning-invoice",
            Self::Iban => "iban",
            Self::Uuid => "uuid",
            Self::Email => "email",
            Self::Url => "url",
            Self::Date => "date",
            Self::Number => "number",
            Self::OrderId => "order-id",
        }
    }
}

/// What `text` is, when it is one of the kinds that are no addresses.
pub fn not_address(text: &str) -> Option<NotAddress> {
    let b = text.as_bytes();
    let kinds: [(NotAddress, fn(&[u8]) -> bool); 12] = [
        (NotAddress::Number, is_number),
        (NotAddress::Date, is_date),
        (NotAddress::BlockHash, is_block_hash),
        (NotAddress::TransactionHash, is_transaction_hash),
        (NotAddress::PublicKey, is_public_key),
        (NotAddress::Uuid, is_uuid),
        (NotAddress::ExtendedPublicKey, is_extended_public_key),
        (NotAddress::LightningInvoice, is_lightning),
        (NotAddress::Iban, is_iban),
        (NotAddress::Url, is_url),
        (NotAddress::Email, is_email),
        (NotAddress::OrderId, is_order_id),
    ];
    kinds
        .into_iter()
        .find(|(_, is)| is(b))
        .map(|(kind, _)| kind)
}

fn hex(text: &[u8]) -> Option<&[u8]> {
    let digits = super::codec::evm::digits(text);
    digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)
}

fn is_block_hash(text: &[u8]) -> bool {
    hex(text).is_some_and(|d| d.len() == 64 && d.starts_with(b"00000000"))
}

fn is_transaction_hash(text: &[u8]) -> bool {
    hex(text).is_some_and(|d| d.len() == 64)
        || matches!(text.len(), 86..=88)
            && bs58::decode(text)
                .into_vec()
                .is_ok_and(|bytes| bytes.len() == 64)
}

fn is_public_key(text: &[u8]) -> bool {
    hex(text).is_some_and(|d| {
        d.len() == 66 && (d.starts_with(b"02") || d.starts_with(b"03"))
            || d.len() == 130 && d.starts_with(b"04")
    })
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(i, c)| match i {
            8 | 13 | 18 | 23 => *c == b'-',
            _ => c.is_ascii_hexdigit(),
        })
}

/// BIP-32 serialisation: 78 bytes. SLIP-132 has the versions; the letters say enough.
fn is_extended_public_key(text: &[u8]) -> bool {
    let named = text
        .get(1..4)
        .is_some_and(|p| matches!(p, b"pub" | b"tub" | b"gub" | b"rkp"));
    named
        && (100..=115).contains(&text.len())
        && text.iter().all(|&c| Alphabet::Bitcoin.has(c))
        && bs58::decode(text).into_vec().is_ok_and(|bytes| {
            bytes
                .split_last_chunk::<4>()
                .is_some_and(|(body, sum)| body.len() == 78 && checksum(body) == *sum)
        })
}

fn is_lightning(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with(b"lno1") || lower.starts_with(b"lnurl1") {
        return lower.len() > 30;
    }
    let named = lower.starts_with(b"lnbc") || lower.starts_with(b"lntb");
    let Some(at) = lower.iter().rposition(|&c| c == b'1') else {
        return false;
    };
    // Invoices are long; beyond what the polymod buffer holds, the shape decides.
    named
        && lower.len() > 90
        && match Symbols::read(&lower, at + 1) {
            Ok(symbols) => symbols.either(start(&lower[..at])).is_ok(),
            Err(reason) => reason == super::Reason::Length,
        }
}

/// Two letters, two check digits, up to 30 more: modulo 97 is 1. `XE` is Ethereum's.
fn is_iban(text: &[u8]) -> bool {
    let compact: Vec<u8> = text.iter().copied().filter(|c| *c != b' ').collect();
    let shaped = (15..=34).contains(&compact.len())
        && compact[..2].iter().all(u8::is_ascii_uppercase)
        && compact[2..4].iter().all(u8::is_ascii_digit)
        && compact
            .iter()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
        && &compact[..2] != b"XE";
    shaped
        && compact[4..]
            .iter()
            .chain(&compact[..4])
            .fold(0_u32, |rest, &c| match c {
                b'0'..=b'9' => (rest * 10 + u32::from(c - b'0')) % 97,
                _ => (rest * 100 + u32::from(c - b'A') + 10) % 97,
            })
            == 1
}

fn is_email(text: &[u8]) -> bool {
    let mut parts = text.split(|&c| c == b'@');
    let (Some(name), Some(host), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let plain = |part: &[u8]| {
        !part.is_empty()
            && part
                .iter()
                .all(|c| c.is_ascii_alphanumeric() || b".-_+".contains(c))
    };
    plain(name) && plain(host) && host.contains(&b'.')
}

fn is_url(text: &[u8]) -> bool {
    text.starts_with(b"https://") || text.starts_with(b"http://") || text.starts_with(b"www.")
}

fn is_number(text: &[u8]) -> bool {
    let digits = text
        .strip_prefix(b"-")
        .or(text.strip_prefix(b"+"))
        .unwrap_or(text);
    digits.iter().any(u8::is_ascii_digit)
        && digits.iter().all(|c| c.is_ascii_digit() || b".,_'".contains(c))
        // 0.0.123 is a Hedera account
        && digits.iter().filter(|c| **c == b'.').count() <= 1
}

fn is_date(text: &[u8]) -> bool {
    let separators = |c: &u8| b"-/.:TZ+ ".contains(c);
    (8..=35).contains(&text.len())
        && text.iter().all(|c| c.is_ascii_digit() || separators(c))
        && text.iter().filter(|c| c.is_ascii_digit()).count() >= 6
        && text.iter().filter(|c| b"-/:".contains(c)).count() >= 2
}

fn is_order_id(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|c| b"-_#".contains(c)) else {
        return false;
    };
    text.len() <= 32
        && (1..=12).contains(&at)
        && text[..at].iter().all(u8::is_ascii_alphabetic)
        && text[at..].iter().any(u8::is_ascii_digit)
        && text[at..]
            .iter()
            .all(|c| c.is_ascii_digit() || b"-_#".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let cases = [
            // The first transaction between people, and the block before it.
            (
                "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16",
                Some("transaction-hash"),
            ),
            (
                "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
                Some("block-hash"),
            ),
            // BIP-32, test vector 1.
            (
                "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
                Some("extended-public-key"),
            ),
            // ISO 13616's and the ECBS's examples.
            ("GB82WEST12345698765432", Some("iban")),
            ("GB82 WEST 1234 5698 7654 32", Some("iban")),
            ("GB82WEST12345698765433", None),
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", Some("uuid")),
            (
                "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
                Some("public-key"),
            ),
            ("2024-03-01T12:30:00Z", Some("date")),
            ("1234.56", Some("number")),
            ("someone@example.org", Some("email")),
            ("ORD-20240301-17", Some("order-id")),
            ("0.0.123", None),
            ("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", None),
            ("", None),
        ];
        for (text, kind) in cases {
            assert_eq!(not_address(text).map(NotAddress::id), kind, "{text}");
        }
    }
}
