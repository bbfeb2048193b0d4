//! URIs: BIP-21 and BIP-321, EIP-681, SEP-7, Solana Pay, TON links, CashAddr prefixes, polkadot-js QR
//! texts. Ids that name their chain are in `account`, links to pages in `link`.
//!
//! It takes the payee out and keeps what the URI says beside it. It does not check amounts.

use super::account::{account_id, short_name};
use super::clean::percent_decode;
use super::link::{bare_link, link};
use super::reader::{Found, Reader, separates};
use super::{Form, Status, Sure, name};
use std::borrow::Cow;

/// What follows a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `scheme:[//]ADDRESS[?params]`.
    Plain,
    /// BIP-21 with the parameters of BIP-321.
    Bitcoin,
    /// The prefix is part of the address.
    CashAddr,
    /// EIP-681.
    Ethereum,
    /// SEP-7: an operation, the address is a parameter.
    Stellar,
    /// `ton://transfer/ADDRESS`.
    Ton,
    /// Solana Pay.
    Solana,
    /// `substrate:ADDRESS:0xKEY:GENESIS`.
    Substrate,
    /// ICAP.
    Iban,
    /// BOLT 11, BOLT 12, LNURL.
    Lightning,
    /// A web address.
    Link,
}

/// Schemes, and tickers written like schemes.
const SCHEMES: &[(&str, Option<&str>, Kind)] = &[
    ("ada", Some("ADA"), Kind::Plain),
    ("algo", Some("ALGO"), Kind::Plain),
    ("algorand", Some("ALGO"), Kind::Plain),
    ("aptos", Some("APT"), Kind::Plain),
    ("avalanche", Some("AVAX"), Kind::Plain),
    ("bch", Some("BCH"), Kind::Plain),
    ("bchreg", Some("BCH"), Kind::CashAddr),
    ("bchtest", Some("BCH"), Kind::CashAddr),
    ("bitcoin", Some("BTC"), Kind::Bitcoin),
    ("bitcoin-cash", Some("BCH"), Kind::Plain),
    ("bitcoin-sv", Some("BSV"), Kind::Plain),
    ("bitcoincash", Some("BCH"), Kind::CashAddr),
    ("bitcoingold", Some("BTG"), Kind::Plain),
    ("bitcoinsv", Some("BSV"), Kind::Plain),
    ("bsv", Some("BSV"), Kind::Plain),
    ("btc", Some("BTC"), Kind::Bitcoin),
    ("btg", Some("BTG"), Kind::Plain),
    ("cardano", Some("ADA"), Kind::Plain),
    ("cosmos", Some("ATOM"), Kind::Plain),
    ("dash", Some("DASH"), Kind::Plain),
    ("doge", Some("DOGE"), Kind::Plain),
    ("dogecoin", Some("DOGE"), Kind::Plain),
    ("dot", Some("DOT"), Kind::Plain),
    ("ecash", Some("XEC"), Kind::CashAddr),
    ("ectest", Some("XEC"), Kind::CashAddr),
    ("egld", Some("EGLD"), Kind::Plain),
    ("eos", Some("EOS"), Kind::Plain),
    ("ethereum", Some("ETH"), Kind::Ethereum),
    ("filecoin", Some("FIL"), Kind::Plain),
    ("hedera", Some("HBAR"), Kind::Plain),
    ("http", None, Kind::Link),
    ("https", None, Kind::Link),
    ("iban", Some("ETH"), Kind::Iban),
    ("icon", Some("ICX"), Kind::Plain),
    ("kusama", Some("KSM"), Kind::Plain),
    ("lightning", Some("BTC"), Kind::Lightning),
    ("litecoin", Some("LTC"), Kind::Plain),
    ("ltc", Some("LTC"), Kind::Plain),
    ("monero", Some("XMR"), Kind::Plain),
    ("nano", Some("NANO"), Kind::Plain),
    ("near", Some("NEAR"), Kind::Plain),
    ("neo", Some("NEO"), Kind::Plain),
    ("polkadot", Some("DOT"), Kind::Plain),
    ("ripple", Some("XRP"), Kind::Plain),
    ("sol", Some("SOL"), Kind::Plain),
    ("solana", Some("SOL"), Kind::Solana),
    ("starknet", Some("STRK"), Kind::Plain),
    ("stellar", Some("XLM"), Kind::Plain),
    ("substrate", Some("SUBSTRATE"), Kind::Substrate),
    ("sui", Some("SUI"), Kind::Plain),
    ("tezos", Some("XTZ"), Kind::Plain),
    ("ton", Some("TON"), Kind::Ton),
    ("tron", Some("TRX"), Kind::Plain),
    ("trx", Some("TRX"), Kind::Plain),
    ("verge", Some("XVG"), Kind::Plain),
    ("waves", Some("WAVES"), Kind::Plain),
    ("web+cardano", Some("ADA"), Kind::Plain),
    ("web+stellar", Some("XLM"), Kind::Stellar),
    ("xbt", Some("BTC"), Kind::Bitcoin),
    ("xlm", Some("XLM"), Kind::Plain),
    ("xmr", Some("XMR"), Kind::Plain),
    ("xrb", Some("NANO"), Kind::Plain),
    ("xrp", Some("XRP"), Kind::Plain),
    ("xrpl", Some("XRP"), Kind::Plain),
    ("xtz", Some("XTZ"), Kind::Plain),
    ("zcash", Some("ZEC"), Kind::Plain),
    ("zec", Some("ZEC"), Kind::Plain),
];

/// Longest scheme looked for.
const SCHEME_MAX: usize = 16;

fn scheme(text: &str) -> Option<(&'static (&'static str, Option<&'static str>, Kind), &str)> {
    let end = text.bytes().take(SCHEME_MAX).position(|b| b == b':')?;
    let row = SCHEMES
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(&text[..end]))?;
    Some((row, &text[end + 1..]))
}

/// Whether the text begins with a scheme of the table: then its percent escapes belong to its
/// components and are decoded there.
pub(super) fn has_scheme(text: &str) -> bool {
    scheme(text).is_some()
}

/// Whether the bytes before a colon are a CashAddr prefix, in one letter case.
pub(super) fn is_cashaddr_prefix(prefix: &[u8]) -> bool {
    let one_case = |f: fn(&u8) -> bool| !prefix.iter().any(f);
    SCHEMES.iter().any(|(name, _, kind)| {
        *kind == Kind::CashAddr && name.as_bytes().eq_ignore_ascii_case(prefix)
    }) && (one_case(u8::is_ascii_uppercase) || one_case(u8::is_ascii_lowercase))
}

/// A text behind its scheme.
struct Parts<'t> {
    /// Without leading slashes and trailing slash.
    body: &'t str,
    params: Vec<(Cow<'t, str>, &'t str)>,
}

fn parts(text: &str) -> Parts<'_> {
    let text = text.split('#').next().unwrap_or_default();
    let (body, query) = text.split_once('?').unwrap_or((text, ""));
    Parts {
        body: body.trim_start_matches('/').trim_end_matches('/'),
        params: params(query),
    }
}

fn params(query: &str) -> Vec<(Cow<'_, str>, &str)> {
    query
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|p| {
            let (key, value) = p.split_once('=').unwrap_or((p, ""));
            (percent_decode(key), value)
        })
        .collect()
}

impl<'t> Parts<'t> {
    /// The values of a parameter, keys compared without case; empty values left out.
    fn all<'s>(&'s self, keys: &'s [&'s str]) -> impl Iterator<Item = &'t str> + 's {
        self.params
            .iter()
            .filter(|(k, v)| !v.is_empty() && keys.iter().any(|key| k.eq_ignore_ascii_case(key)))
            .map(|(_, v)| *v)
    }

    fn one(&self, keys: &[&str]) -> Option<&'t str> {
        self.all(keys).next()
    }

    fn tag(&self) -> Option<String> {
        self.one(TAGS).map(|t| percent_decode(t).into_owned())
    }
}

const TAGS: &[&str] = &[
    "dt",
    "memo",
    "memoid",
    "memo_id",
    "tag",
    "destinationtag",
    "destination_tag",
    "tx_payment_id",
    "payment_id",
    "text",
];

/// The tag among the parameters of a query.
pub(super) fn tag(query: &str) -> Option<String> {
    Parts {
        body: "",
        params: params(query),
    }
    .tag()
}

/// Parameters in which links that name an operation keep the payee.
const PAYEES: &[&str] = &["address", "destination", "recipient", "to", "addr"];

/// Reads a URI that is no link to a page.
pub(super) fn read_unlinked(reader: &Reader<'_>, text: &str) -> Option<Found> {
    let (row, _) = scheme(text)?;
    (row.2 != Kind::Link).then(|| read(reader, text))?
}

/// Reads a URI or qualified id. `None` when the text is neither.
pub(super) fn read(reader: &Reader<'_>, text: &str) -> Option<Found> {
    if let Some(found) = account_id(reader, text) {
        return Some(found);
    }
    let Some((&(scheme, asset, kind), rest)) = scheme(text) else {
        return short_name(reader, text).or_else(|| bare_link(reader, text));
    };
    if kind == Kind::Link {
        return Some(link(reader, text, rest));
    }
    // ERC-3770 names and tickers overlap (`eth:`); an EVM account decides for the chain.
    let parts = parts(rest);
    if parts.body.contains(separates) && kind != Kind::Iban {
        return None;
    }
    let mut found = match kind {
        Kind::Plain => plain(reader, text, &parts),
        Kind::Bitcoin => bitcoin(reader, text, &parts),
        Kind::CashAddr => vec![cashaddr(reader, text, scheme, &parts)],
        Kind::Ethereum => ethereum(reader, text, &parts),
        Kind::Stellar => vec![stellar(reader, text, &parts)],
        Kind::Ton => vec![ton(reader, &parts)],
        Kind::Solana => vec![solana(reader, text, &parts)],
        Kind::Substrate => vec![substrate(reader, &parts)],
        Kind::Iban | Kind::Lightning => vec![reader.payee(parts.body).0],
        Kind::Link => unreachable!("handled above"),
    };
    let tag = parts.tag();
    for (n, form) in found.iter_mut().enumerate() {
        form.asset = asset.or(form.asset);
        form.notes
            .insert(0, format!("URI scheme `{scheme}`").into());
        if n == 0 && form.tag.is_none() && form.status != Status::Secret {
            form.tag = tag.as_deref().map(Into::into);
        }
    }
    Some((found, Sure::Yes))
}

pub(super) fn nothing(reader: &Reader<'_>, text: &str, note: &'static str) -> Form {
    let mut form = reader.form(text, Status::None, text);
    form.notes.push(note.into());
    form
}

fn plain(reader: &Reader<'_>, text: &str, parts: &Parts<'_>) -> Vec<Form> {
    // `web+cardano://stake?POOL` names a pool; `rADDR:tag` can stand behind a scheme too.
    let body = parts.body.strip_prefix("addr/").unwrap_or(parts.body);
    match parts.one(PAYEES) {
        Some(payee) if body.len() < 20 => vec![reader.payee(payee).0],
        _ if body.is_empty() || body == "stake" => vec![nothing(reader, text, "no address in it")],
        _ => vec![reader.tagged(body).unwrap_or_else(|| reader.payee(body).0)],
    }
}

/// BIP-321: the body may be empty, and further addresses stand in parameters that can repeat.
fn bitcoin(reader: &Reader<'_>, text: &str, parts: &Parts<'_>) -> Vec<Form> {
    const KEYS: &[&str] = &["bc", "tb", "bcrt", "address"];
    let payee = |piece: &str, note: &str| {
        let mut form = reader.payee(piece).0;
        form.notes
            .extend((!note.is_empty()).then(|| note.to_owned().into()));
        form
    };
    let mut forms: Vec<Form> = Vec::new();
    if !parts.body.is_empty() {
        forms.push(payee(parts.body, ""));
    }
    forms.extend(parts.all(KEYS).map(|p| payee(p, "BIP-321 parameter")));
    forms.extend(parts.all(&["sp"]).map(|p| {
        let mut form = payee(p, "BIP-321 silent payment");
        if form.status == Status::Ok {
            form.status = Status::NotOnChain;
        }
        form
    }));
    let offers = parts
        .all(&["lightning", "lno"])
        .map(|p| payee(p, "BIP-321 Lightning"));
    forms.extend(offers.filter(|f| f.status == Status::Flagged));
    if forms.is_empty() {
        let lightning = parts.one(&["lightning", "lno"]).is_some();
        forms.push(nothing(
            reader,
            text,
            if lightning {
                "Lightning only: cannot be screened"
            } else {
                "no address in it"
            },
        ));
    }
    forms
}

fn cashaddr(reader: &Reader<'_>, text: &str, prefix: &str, parts: &Parts<'_>) -> Form {
    let mut body = parts.body;
    let mut doubled = false;
    while let Some((before, inner)) = body.split_once(':')
        && before.eq_ignore_ascii_case(prefix)
    {
        (body, doubled) = (inner, true);
    }
    // Wallets wrote legacy addresses behind the new prefix for years.
    if !body.starts_with(['q', 'p', 'z', 'r', 'Q', 'P', 'Z', 'R']) {
        return reader.payee(body).0;
    }
    let written = &text[..prefix.len()];
    let mut full = format!("{written}:{body}");
    if !full.bytes().any(|b| b.is_ascii_lowercase()) {
        full.make_ascii_lowercase();
    }
    let mut form = reader.form(if doubled { body } else { text }, Status::Ok, &full);
    if name::truncated(body) || !body.is_ascii() {
        form = reader.payee(body).0;
    }
    form.notes
        .extend(doubled.then_some("doubled prefix".into()));
    form.notes.push("the prefix is part of the address".into());
    form
}

/// EIP-681: `ethereum:[pay-]TARGET[@CHAIN][/FUNCTION][?PARAMS]`. For a call, the payee is the last
/// `address` parameter and the target is the token contract.
fn ethereum(reader: &Reader<'_>, text: &str, parts: &Parts<'_>) -> Vec<Form> {
    let body = parts.body.strip_prefix("pay-").unwrap_or(parts.body);
    let (head, function) = body.split_once('/').unwrap_or((body, ""));
    let (target, chain) = head.split_once('@').unwrap_or((head, ""));
    // polkadot-js: `ethereum:0xADDRESS:0xGENESIS`.
    let target = target.split(':').next().unwrap_or_default();
    if target.is_empty() {
        return match parts.one(PAYEES) {
            Some(payee) => vec![reader.payee(payee).0],
            None => vec![nothing(reader, text, "no address in it")],
        };
    }
    let contract = reader.payee(target).0;
    let mut payees: Vec<&str> = parts.all(&["address"]).collect();
    let mut forms: Vec<Form> = Vec::new();
    if !function.is_empty() && !payees.is_empty() {
        payees.rotate_right(1);
        for payee in payees {
            let mut form = reader.payee(payee).0;
            form.contract = contract.address().map(Into::into);
            form.notes
                .push(format!("EIP-681 call of `{}`", &*percent_decode(function)).into());
            forms.push(form);
        }
    } else {
        forms.push(contract);
    }
    if !chain.is_empty() && chain.len() <= 32 && chain.bytes().all(|b| b.is_ascii_digit()) {
        for form in &mut forms {
            form.chain = Some(format!("eip155:{chain}").into());
        }
    }
    forms
}

fn stellar(reader: &Reader<'_>, text: &str, parts: &Parts<'_>) -> Form {
    match parts.one(&["destination"]) {
        Some(payee) if parts.body == "pay" => reader.payee(payee).0,
        _ => nothing(
            reader,
            text,
            "a transaction to sign; its accounts are in the envelope",
        ),
    }
}

fn ton(reader: &Reader<'_>, parts: &Parts<'_>) -> Form {
    let body = parts.body.strip_prefix("transfer/").unwrap_or(parts.body);
    let mut form = reader.payee(body).0;
    form.contract = parts.one(&["jetton"]).map(|c| percent_decode(c).into());
    form
}

fn solana(reader: &Reader<'_>, text: &str, parts: &Parts<'_>) -> Form {
    if percent_decode(parts.body).starts_with("https:") {
        return nothing(
            reader,
            text,
            "a transaction request: the payee is only known to its server",
        );
    }
    let mut form = reader.payee(parts.body).0;
    form.contract = parts.one(&["spl-token"]).map(|c| percent_decode(c).into());
    form
}

fn substrate(reader: &Reader<'_>, parts: &Parts<'_>) -> Form {
    let mut fields = parts.body.split(':');
    let mut form = reader.payee(fields.next().unwrap_or_default()).0;
    let genesis = fields.nth(1).and_then(|g| g.strip_prefix("0x")?.get(..32));
    form.chain = genesis.map(|g| format!("polkadot:{g}").into());
    form
}
