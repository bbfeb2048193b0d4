//! What an address controls: `(namespace, payload)`, and how two addresses relate.
//!
//! Payloads are never compared without their namespace: a key hash and a script hash of equal bytes
//! are unrelated.

use std::fmt;
use std::hash::{Hash, Hasher};

/// The space in which a payload has its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Namespace {
    /// hash160 of a public key: P2PKH and P2WPKH of every chain, XRP, Cosmos accounts.
    H160Key,
    /// hash160 of a script: P2SH of every chain, CashAddr type 1.
    H160Script,
    /// 32-byte witness program, version 0 (P2WSH).
    WitnessV0,
    /// 32-byte witness program, version 1 (P2TR).
    WitnessV1,
    /// Other witness programs: version byte, then the program.
    WitnessOther,
    /// 20-byte account of the EVM chains and of Tron.
    Evm,
    /// Raw ed25519 public key.
    Ed25519,
    /// 32 bytes under any SS58 prefix.
    Ss58,
    /// TON: workchain byte, then 32 bytes.
    Ton,
    /// Monero: public spend key, then public view key.
    Monero,
    /// Cardano payment part: key/script bit, then 28 bytes.
    CardanoPayment,
    /// Cardano stake part: key/script bit, then 28 bytes.
    CardanoStake,
    /// A Cardano Byron address: its 28-byte root.
    CardanoByron,
    /// Zcash Sprout: the 64-byte payload.
    ZcashSprout,
    /// Zcash Sapling: diversifier and key, 43 bytes.
    ZcashSapling,
    /// Zcash Orchard receiver, 43 bytes.
    ZcashOrchard,
    /// Tezos: curve or contract tag byte, then 20 bytes.
    Tezos,
    /// Filecoin: protocol byte, then the payload.
    Filecoin,
    /// Hedera: shard, realm and number, 8 bytes each, big endian.
    Hedera,
    /// Nano: raw public key (Blake2b signatures: not the ed25519 of other chains).
    Nano,
    /// Waves: chain byte, then 20 bytes.
    Waves,
    /// NEO legacy script hash.
    NeoLegacy,
    /// NEO N3 script hash.
    NeoN3,
    /// ICON: 0 for an account, 1 for a contract, then 20 bytes.
    Icon,
    /// Aptos account, 32 bytes.
    Aptos,
    /// Sui account, 32 bytes.
    Sui,
    /// Starknet felt, 32 bytes.
    Starknet,
    /// EOS account name.
    EosName,
    /// EOS public key: curve byte, then 33 bytes.
    EosKey,
    /// NEAR named account.
    Near,
    /// Stellar contract.
    StellarContract,
    /// Other Stellar objects (pools, claimable balances): type byte, then the payload.
    StellarObject,
    /// Zilliqa account, 20 bytes.
    Zilliqa,
    /// MultiversX account, 32 bytes.
    MultiversX,
    /// Cosmos module, contract or group account, 32 bytes.
    Cosmos32,
    /// Cosmos validator's consensus key hash, 20 bytes.
    CosmosConsensus,
    /// Litecoin MWEB: scan key, then spend key, by SHA-256.
    Mweb,
    /// BIP-352 silent payment: scan key, then spend key, by SHA-256.
    SilentPayment,
    /// Zcash unified address as a whole, by SHA-256 of its canonical text.
    ZcashUnified,
    /// CashAddr type 0 or 2 with a 32-byte hash, which no chain uses.
    CashKey32,
    /// CashAddr type 1 or 3 with a 32-byte hash: P2SH32 of Bitcoin Cash.
    CashScript32,
    /// A payload that only its own format can have; a number of the format's choice keeps them
    /// apart.
    Other(u16),
}

impl Namespace {
    /// Name in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::H160Key => "h160-key",
            Self::H160Script => "h160-script",
            Self::WitnessV0 => "wprog-v0-32",
            Self::WitnessV1 => "wprog-v1-32",
            Self::WitnessOther => "wprog",
            Self::Evm => "evm20",
            Self::Ed25519 => "ed25519-32",
            Self::Ss58 => "ss58-32",
            Self::Ton => "ton",
            Self::Monero => "xmr",
            Self::CardanoPayment => "ada-pay",
            Self::CardanoStake => "ada-stake",
            Self::CardanoByron => "ada-byron",
            Self::ZcashSprout => "zec-sprout",
            Self::ZcashSapling => "zec-sapling",
            Self::ZcashOrchard => "zec-orchard",
            Self::Tezos => "tezos",
            Self::Filecoin => "filecoin",
            Self::Hedera => "hedera",
            Self::Nano => "nano",
            Self::Waves => "waves",
            Self::NeoLegacy => "neo-legacy",
            Self::NeoN3 => "neo-n3",
            Self::Icon => "icon",
            Self::Aptos => "aptos",
            Self::Sui => "sui",
            Self::Starknet => "starknet",
            Self::EosName => "eos-name",
            Self::EosKey => "eos-key",
            Self::Near => "near",
            Self::StellarContract => "stellar-contract",
            Self::StellarObject => "stellar-object",
            Self::Zilliqa => "zilliqa",
            Self::MultiversX => "multiversx",
            Self::Cosmos32 => "cosmos-32",
            Self::CosmosConsensus => "cosmos-valcons",
            Self::Mweb => "ltc-mweb",
            Self::SilentPayment => "silent-payment",
            Self::ZcashUnified => "zec-unified",
            Self::CashKey32 => "cashaddr-key-32",
            Self::CashScript32 => "cashaddr-script-32",
            Self::Other(_) => "other",
        }
    }
}

/// Longest payload kept inline: Monero's two keys. Longer ones are kept by their SHA-256.
pub const PAYLOAD_MAX: usize = 64;

/// What an address controls. Copy, hashable, no heap.
#[derive(Clone, Copy)]
pub struct Identity {
    namespace: Namespace,
    len: u8,
    bytes: [u8; PAYLOAD_MAX],
}

impl Identity {
    /// An identity from its parts.
    ///
    /// # Panics
    /// When `payload` is longer than [`PAYLOAD_MAX`]; codecs hash longer ones first.
    #[inline]
    pub fn new(namespace: Namespace, payload: &[u8]) -> Self {
        assert!(payload.len() <= PAYLOAD_MAX, "codecs hash longer payloads");
        let mut bytes = [0; PAYLOAD_MAX];
        bytes[..payload.len()].copy_from_slice(payload);
        Self {
            namespace,
            len: payload.len() as u8,
            bytes,
        }
    }

    /// The namespace.
    pub const fn namespace(&self) -> Namespace {
        self.namespace
    }

    /// The payload and zeros behind it.
    pub(crate) const fn padded(&self) -> &[u8; PAYLOAD_MAX] {
        &self.bytes
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.namespace == other.namespace && self.payload() == other.payload()
    }
}

impl Eq for Identity {}

impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.namespace.hash(state);
        self.payload().hash(state);
    }
}

impl PartialOrd for Identity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Identity {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.namespace, self.payload()).cmp(&(other.namespace, other.payload()))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.namespace.id())?;
        self.payload().iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// Why two texts are held to be the same, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// The same canonical text.
    Exact,
    /// Two texts of one ledger account.
    SameAccount,
    /// One private key controls both.
    SameKey,
    /// The same script bytes; who can spend depends on the chain.
    SameScript,
    /// The bytes agree; the owner is not known to.
    SameBytes,
    /// Computed one way from the listed address (nested segwit from a key hash).
    Derived,
    /// Not an address of a known format: the texts are equal byte for byte.
    Verbatim,
}

impl Basis {
    /// Every basis, strongest first.
    pub const ALL: &[Self] = &[
        Self::Exact,
        Self::SameAccount,
        Self::SameKey,
        Self::SameScript,
        Self::SameBytes,
        Self::Derived,
        Self::Verbatim,
    ];

    /// Name in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::SameAccount => "same-account",
            Self::SameKey => "same-key",
            Self::SameScript => "same-script",
            Self::SameBytes => "same-bytes",
            Self::Derived => "derived",
            Self::Verbatim => "verbatim",
        }
    }
}
