//! How two addresses relate: by identity, never by text alone. Every relation comes with the caveat
//! that a person needs before acting on it.
//!
//! It does not know who owns an address; "one key controls both" is the most that bytes can say.

use super::codec::bech32;
use super::formats::{Codec, Detect, FORMATS, Program};
use super::{Address, Basis, Format, Identity, Namespace};
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};

/// How two addresses relate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Why they are held to be the same.
    pub basis: Basis,
    /// One sentence with the caveat that goes with it.
    pub why: &'static str,
}

fn hash160(bytes: &[u8]) -> [u8; 20] {
    Ripemd160::digest(Sha256::digest(bytes)).into()
}

impl Address {
    /// Every identity under which a listing of this address must be found, with the basis that a
    /// match through it has at best. The first is its own.
    pub fn reach(&self) -> Vec<(Identity, Basis)> {
        reach(self.format, self.identity, &self.canonical)
    }
}

/// [`Address::reach`] of a text that decodes to `identity` in `format`.
pub fn reach(format: &Format, identity: Identity, text: &str) -> Vec<(Identity, Basis)> {
    // A list of a million addresses asks a million times: room for what most of them reach.
    let mut reach = Vec::with_capacity(2);
    reach.push((identity, Basis::SameAccount));
    let payload = identity.payload();
    match identity.namespace() {
        // BIP-49: P2SH-P2WPKH; BIP-141: P2SH-P2WSH.
        Namespace::H160Key => reach.push(nested(0, payload)),
        Namespace::WitnessV0 => reach.push(nested(0, payload)),
        Namespace::Evm => evm_aliases(payload, &mut reach),
        Namespace::Hedera => reach.extend(long_zero(payload)),
        Namespace::Filecoin => reach.extend(masked_id(payload)),
        _ => {}
    }
    if let Codec::Custom(decode) = format.codec
        && format.has_receivers()
        && let Ok(decoding) = decode(text.as_bytes())
    {
        for (identity, basis) in decoding.also {
            if identity.namespace() == Namespace::H160Key {
                reach.push(nested(0, identity.payload()));
            }
            reach.push((identity, basis));
        }
    }
    reach
}

fn nested(version: u8, program: &[u8]) -> (Identity, Basis) {
    let mut script = [0; 34];
    let len = 2 + program.len();
    script[..2].copy_from_slice(&[version, program.len() as u8]);
    script[2..len].copy_from_slice(program);
    (
        Identity::new(Namespace::H160Script, &hash160(&script[..len])),
        Basis::Derived,
    )
}

/// What 20 bytes of an EVM account are elsewhere: on Substrate chains with Frontier's hashed
/// mapping, a Hedera account number (HIP-583), a Filecoin id (FIP-0054).
fn evm_aliases(account: &[u8], aliases: &mut Vec<(Identity, Basis)>) {
    use blake2::Blake2b;
    use blake2::digest::consts::U32;

    let hash = Blake2b::<U32>::new()
        .chain_update(b"evm:")
        .chain_update(account)
        .finalize();
    aliases.push((Identity::new(Namespace::Ss58, &hash), Basis::SameAccount));
    if let [0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, id @ ..] = account {
        let number = id.iter().fold(0_u64, |n, &b| n << 8 | u64::from(b));
        let mut payload = vec![0];
        payload.extend(leb128(number));
        aliases.push((
            Identity::new(Namespace::Filecoin, &payload),
            Basis::SameAccount,
        ));
    }
    // shard (4), realm (8), number (8); only shard and realm zero exist.
    if account.len() == 20 && account[..12] == [0; 12] && account[12..] != [0; 8] {
        let mut payload = [0; 24];
        payload[16..].copy_from_slice(&account[12..]);
        aliases.push((
            Identity::new(Namespace::Hedera, &payload),
            Basis::SameAccount,
        ));
    }
}

fn long_zero(account: &[u8]) -> Option<(Identity, Basis)> {
    let (shard, rest) = account.split_first_chunk::<8>()?;
    let shard = u32::try_from(u64::from_be_bytes(*shard)).ok()?;
    let mut bytes = shard.to_be_bytes().to_vec();
    bytes.extend(rest);
    (bytes.len() == 20).then(|| (Identity::new(Namespace::Evm, &bytes), Basis::SameAccount))
}

fn masked_id(payload: &[u8]) -> Option<(Identity, Basis)> {
    let (&0, id) = payload.split_first()? else {
        return None;
    };
    let mut number = 0_u64;
    for (i, b) in id.iter().enumerate() {
        number |= u64::from(b & 0x7f).checked_shl(7 * i as u32)?;
    }
    let mut bytes = [0; 20];
    bytes[0] = 0xff;
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    Some((Identity::new(Namespace::Evm, &bytes), Basis::SameAccount))
}

fn leb128(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let low = (n & 0x7f) as u8;
        n >>= 7;
        if n == 0 {
            out.push(low);
            return out;
        }
        out.push(low | 0x80);
    }
}

/// How an input address relates to a listed one; `None` when they are unrelated.
pub fn relate(input: &Address, listed: &Address) -> Option<Relation> {
    if input == listed {
        return Some(Relation {
            basis: Basis::Exact,
            why: "the same address",
        });
    }
    if input.identity == listed.identity {
        return Some(same_identity(input, listed));
    }
    // Through an identity that only one of them has, or that both have beside their own.
    let (a, b) = (input.reach(), listed.reach());
    a.iter()
        .flat_map(|(identity, basis)| {
            b.iter()
                .filter(move |(i, _)| i == identity)
                .map(|(_, other)| (*basis).max(*other))
        })
        .min()
        .map(|basis| through(basis, input, listed))
}

fn same_identity(a: &Address, b: &Address) -> Relation {
    let shared = a.networks().iter().any(|n| b.networks().contains(n));
    let of = |basis, why| Relation { basis, why };
    match a.identity.namespace() {
        Namespace::H160Key if shared && is_ledger(a, b, "xrp") => of(Basis::SameAccount, XRP_TAG),
        Namespace::H160Key if is_ledger(a, b, "xrp") => of(Basis::SameAccount, XRP_TEST),
        Namespace::H160Key if same_family(a, b) => of(Basis::SameAccount, NOTATION),
        Namespace::H160Key if is_cosmos(a) || is_cosmos(b) => of(Basis::SameKey, COSMOS),
        Namespace::H160Key => of(Basis::SameKey, HASH160),
        Namespace::H160Script if same_family(a, b) => of(Basis::SameAccount, NOTATION),
        Namespace::H160Script | Namespace::WitnessV0 => of(Basis::SameScript, SCRIPT),
        Namespace::CashScript32 => of(Basis::SameScript, SCRIPT),
        Namespace::WitnessV1 => of(Basis::SameKey, TAPROOT),
        Namespace::WitnessOther | Namespace::Cosmos32 | Namespace::CashKey32 => {
            of(Basis::SameBytes, BYTES)
        }
        Namespace::Evm if a.networks()[0] == b.networks()[0] => of(Basis::SameAccount, NOTATION),
        Namespace::Evm if is(a, "tron") || is(b, "tron") => of(Basis::SameKey, TRON),
        Namespace::Evm => of(Basis::SameKey, EVM),
        Namespace::Ed25519 if shared && is(a, "stellar") => of(Basis::SameAccount, STELLAR_ID),
        Namespace::Ed25519 if shared => of(Basis::SameAccount, NOTATION),
        Namespace::Ed25519 => of(Basis::SameKey, ED25519),
        Namespace::Ss58 => of(Basis::SameKey, SS58),
        Namespace::CosmosConsensus => of(Basis::SameKey, COSMOS),
        Namespace::CardanoPayment => of(Basis::SameKey, CARDANO),
        Namespace::Monero => of(Basis::SameAccount, MONERO),
        Namespace::EosKey => of(Basis::SameKey, NOTATION_KEY),
        Namespace::Ton => of(Basis::SameAccount, TON),
        _ => of(Basis::SameAccount, NOTATION),
    }
}

fn through(basis: Basis, a: &Address, b: &Address) -> Relation {
    let has = |namespace| [a, b].iter().any(|x| x.identity.namespace() == namespace);
    let why = match basis {
        Basis::Derived if has(Namespace::WitnessV0) => NESTED_SCRIPT,
        Basis::Derived if has(Namespace::CardanoPayment) || has(Namespace::CardanoStake) => STAKE,
        Basis::Derived => NESTED,
        _ if has(Namespace::CardanoStake) || has(Namespace::CardanoPayment) => STAKE,
        _ if has(Namespace::Hedera) => HEDERA,
        _ if has(Namespace::Filecoin) => FILECOIN,
        _ if has(Namespace::Ss58) => FRONTIER,
        _ => UNIFIED,
    };
    Relation { basis, why }
}

fn is(address: &Address, network: &str) -> bool {
    address.networks().contains(&network)
}

fn is_ledger(a: &Address, b: &Address, network: &str) -> bool {
    [a, b]
        .iter()
        .all(|x| x.networks().iter().all(|n| n.starts_with(network)))
}

fn is_cosmos(address: &Address) -> bool {
    matches!(address.format.codec, Codec::Bech32 { .. }) && !address.format.id.starts_with("zec")
}

/// Two spellings of one row, such as CashAddr with and without token support.
fn same_family(a: &Address, b: &Address) -> bool {
    a.format == b.format
        && a.networks() == b.networks()
        && matches!(a.format.codec, Codec::CashAddr { .. })
}

const NOTATION: &str = "two notations of one account";
const NOTATION_KEY: &str = "two notations of one public key";
const HASH160: &str = "both carry the same public key hash: whoever holds the key controls both, \
    though the owner may use only one of them";
const COSMOS: &str = "both carry the same account bytes: one key controls both where the chains \
    hash keys alike, as most Cosmos chains do";
const SCRIPT: &str = "both carry the same script hash: the owner is the same for ordinary multisig, \
    but a segwit-nested script is spent by other rules on a chain without segwit";
const TAPROOT: &str = "both carry the same taproot output key";
const BYTES: &str = "the bytes agree, but what they mean on each chain is not known";
const EVM: &str = "the same 20 bytes on another chain: the owner is the same for a plain account, \
    while a contract there may be another party's or not exist";
const TRON: &str = "the same 20 bytes: one key controls both if both are plain accounts, while \
    contracts of Tron and of EVM chains with equal bytes are unrelated";
const ED25519: &str = "both are the same ed25519 public key: one key controls both if neither is a \
    program or contract";
const SS58: &str = "one public key under two network prefixes: the same owner unless it is a \
    pallet, parachain or proxy account";
const CARDANO: &str = "both carry the same payment credential: one key or script controls both";
const STAKE: &str = "they share the stake part: one wallet in practice, but anyone can build an \
    address with somebody else's stake part, so treat it as a lead";
const MONERO: &str = "an integrated address is the standard address with a payment id, which names \
    a customer of its owner";
const XRP_TAG: &str = "an X-address is the account with a destination tag, and the tag names a \
    customer of a custodian: the match is on the account, not on the person behind the tag";
const XRP_TEST: &str = "the same account on the main and on a test network";
const STELLAR_ID: &str = "a muxed address is the account with an id, and the id names a customer \
    of a custodian: the match is on the account, not on the person behind the id";
const TON: &str = "two notations of one account; its owner's other wallet versions cannot be \
    linked to it";
const NESTED: &str = "the script hash is computed from the key hash (P2WPKH nested in P2SH), which \
    works in this direction only";
const NESTED_SCRIPT: &str = "the script hash is computed from the witness program (P2WSH nested in \
    P2SH), which works in this direction only";
const HEDERA: &str = "the EVM form of a Hedera account number; the same 20 bytes on other chains \
    mean nothing";
const FILECOIN: &str = "the EVM form of a Filecoin actor id; the same 20 bytes on other chains mean \
    nothing";
const FRONTIER: &str = "the account that a Substrate chain with Frontier's hashed mapping gives to \
    this EVM address, computed in this direction only";
const UNIFIED: &str = "one of the receivers inside the unified address";

/// How two texts relate, for [`pairs`](relation): `relation` is a [`Basis`] id or "none".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Basis id, or "none".
    pub relation: &'static str,
    /// One sentence.
    pub why: &'static str,
}

/// How two texts relate. Each is read in every way that some format allows, hinted formats
/// included, and the strongest relation counts: the question says that both are addresses.
pub fn relation(a: &str, b: &str) -> Pair {
    let (left, right) = (readings(a), readings(b));
    if left.is_empty() || right.is_empty() {
        return Pair {
            relation: "none",
            why: "not both are addresses",
        };
    }
    if a == b {
        return Pair {
            relation: "exact",
            why: "the same text",
        };
    }
    let best = left
        .iter()
        .flat_map(|x| right.iter().filter_map(|y| relate(x, y)))
        .map(|r| match r.basis {
            Basis::Exact => Relation {
                basis: Basis::SameAccount,
                why: NOTATION,
            },
            _ => r,
        })
        .min_by_key(|r| r.basis);
    match best {
        Some(Relation { basis, why }) => Pair {
            relation: basis.id(),
            why,
        },
        None => Pair {
            relation: "none",
            why: "nothing in their bytes links them",
        },
    }
}

/// Formats that a text does not show and in which one account is spelt in several ways: with and
/// without leading zeros, in either case, with and without a checksum.
pub fn free_formats() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().filter(|f| {
        let free = matches!(
            f.namespace,
            Namespace::Aptos
                | Namespace::Sui
                | Namespace::Starknet
                | Namespace::Hedera
                | Namespace::Filecoin
        );
        free && f.detect == Detect::Hinted
    })
}

/// The addresses that `text` can be in [`free_formats`].
pub fn spelt_freely(text: &str) -> Vec<Address> {
    free_formats().filter_map(|f| f.parse(text).ok()).collect()
}

/// The address that `text` is with letters of other scripts read as the Latin ones they look like:
/// how an address stands in a list that was typed by hand. `None` for a text without such letters.
pub fn latin(text: &str) -> Option<Address> {
    match text.is_ascii() {
        true => None,
        false => Address::parse(super::forms::skeleton(text)?.trim()).ok(),
    }
}

/// Every address that `text` can be.
pub fn readings(text: &str) -> Vec<Address> {
    let hinted = FORMATS.iter().filter(|f| f.detect == Detect::Hinted);
    Address::parse(text)
        .into_iter()
        .chain(hinted.filter_map(|f| f.parse(text).ok()))
        .collect()
}

/// Other spellings of what `address` controls on the best-known networks, for people to search
/// with: format and text.
pub fn equivalents(address: &Address) -> Vec<(&'static Format, String)> {
    let payload = address.identity.payload();
    let namespace = address.identity.namespace();
    FORMATS
        .iter()
        .filter(|f| !f.test && f.namespace == namespace && *f != address.format)
        .filter_map(|f| {
            let address = encode(f, payload).filter(|a| a.identity.namespace() == namespace)?;
            (address.identity.payload() == payload)
                .then(|| (address.format, address.canonical.into()))
        })
        .collect()
}

/// The address of `format` with this payload, where the format can be written; on the first of its
/// networks.
pub fn encode(format: &Format, payload: &[u8]) -> Option<Address> {
    use super::codec::base58::{self, Alphabet};
    use super::codec::evm;

    let text = match format.codec {
        Codec::Base58Check { alphabet, version } => {
            base58::encode_check(&[version, payload].concat(), alphabet)
        }
        Codec::Segwit {
            hrps,
            program: Program::Key | Program::Script,
        } => witness(hrps[0].0, 0, payload),
        Codec::Segwit {
            hrps,
            program: Program::Taproot,
        } => witness(hrps[0].0, 1, payload),
        Codec::Bech32 { hrps, variant, .. } if hrps.len() == 1 => {
            bech32::encode(hrps[0].0, &bech32::unpack(payload), variant)
        }
        Codec::CashAddr { prefixes, script } => {
            bech32::cash_encode(prefixes[0].0, &[&[u8::from(script) << 3], payload].concat())
        }
        Codec::Base58 { .. } => base58::encode(payload, Alphabet::Bitcoin),
        Codec::Evm { chain } => evm::encode(payload.first_chunk::<20>()?, chain),
        _ => return None,
    };
    Address::parse(&text).ok()
}

fn witness(hrp: &str, version: u8, program: &[u8]) -> String {
    let variant = if version == 0 {
        bech32::Variant::Bech32
    } else {
        bech32::Variant::Bech32m
    };
    let mut symbols = vec![version];
    symbols.extend(bech32::unpack(program));
    bech32::encode(hrp, &symbols, variant)
}
