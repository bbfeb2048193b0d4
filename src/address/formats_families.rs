//! The rows of the families: base58check, segwit, bech32, CashAddr, EVM, and the schemes that come
//! with them. Each block cites where its version bytes and prefixes are specified. Odd schemes are
//! in [`formats_odd`](super::formats_odd).

use super::codec::base58::Alphabet;
use super::codec::bech32::{self, Variant};
use super::codec::{Decoding, bech32_long, monero, tron, xrp};
use super::formats::{Check, Codec, Detect, Format, Program};
use super::hrps::{self, Hrp};
use super::{Namespace, Reason};

const MAIN: bool = false;
const TEST: bool = true;

/// A base58check row.
const fn base58(
    id: &'static str,
    title: &'static str,
    networks: &'static [&'static str],
    test: bool,
    namespace: Namespace,
    version: &'static [u8],
) -> Format {
    Format {
        id,
        title,
        networks,
        test,
        namespace,
        check: Check::Checksum,
        detect: Detect::Family,
        codec: Codec::Base58Check {
            alphabet: Alphabet::Bitcoin,
            version,
        },
    }
}

const fn segwit(
    id: &'static str,
    title: &'static str,
    networks: &'static [&'static str],
    test: bool,
    hrps: &'static [Hrp],
    program: Program,
) -> Format {
    Format {
        id,
        title,
        networks,
        test,
        namespace: match program {
            Program::Key => Namespace::H160Key,
            Program::Script => Namespace::WitnessV0,
            Program::Taproot => Namespace::WitnessV1,
            Program::Other => Namespace::WitnessOther,
        },
        check: Check::Checksum,
        detect: Detect::Family,
        codec: Codec::Segwit { hrps, program },
    }
}

const fn bech32_row(
    id: &'static str,
    title: &'static str,
    networks: &'static [&'static str],
    test: bool,
    hrps: &'static [Hrp],
    payload: &'static [(usize, Namespace)],
) -> Format {
    Format {
        id,
        title,
        networks,
        test,
        namespace: payload[0].1,
        check: Check::Checksum,
        detect: Detect::Family,
        codec: Codec::Bech32 {
            hrps,
            variant: Variant::Bech32,
            payload,
        },
    }
}

const fn bech32m(format: Format) -> Format {
    match format.codec {
        Codec::Bech32 { hrps, payload, .. } => Format {
            codec: Codec::Bech32 {
                hrps,
                variant: Variant::Bech32m,
                payload,
            },
            ..format
        },
        _ => format,
    }
}

const fn cash(
    id: &'static str,
    title: &'static str,
    networks: &'static [&'static str],
    test: bool,
    prefixes: &'static [Hrp],
    script: bool,
) -> Format {
    Format {
        id,
        title,
        networks,
        test,
        namespace: if script {
            Namespace::H160Script
        } else {
            Namespace::H160Key
        },
        check: Check::Checksum,
        detect: Detect::Family,
        codec: Codec::CashAddr { prefixes, script },
    }
}

const fn evm(
    id: &'static str,
    title: &'static str,
    networks: &'static [&'static str],
    test: bool,
    chain: Option<u32>,
) -> Format {
    Format {
        id,
        title,
        networks,
        test,
        namespace: Namespace::Evm,
        check: Check::Casing,
        detect: Detect::Family,
        codec: Codec::Evm { chain },
    }
}

const fn custom(
    id: &'static str,
    title: &'static str,
    networks: &'static [&'static str],
    test: bool,
    namespace: Namespace,
    detect: Detect,
    decode: fn(&[u8]) -> Result<Decoding, Reason>,
) -> Format {
    Format {
        id,
        title,
        networks,
        test,
        namespace,
        check: Check::Checksum,
        detect,
        codec: Codec::Custom(decode),
    }
}

const fn shape(first: &'static [u8], from: usize, to: usize) -> Detect {
    Detect::Shape {
        first,
        len: (from, to),
    }
}

/// Networks on which a 0x address of 20 bytes may be an account.
const EVM_NETWORKS: &[&str] = &[
    "ethereum",
    "arbitrum",
    "avalanche-c",
    "base",
    "bnb-smart-chain",
    "celo",
    "ethereum-classic",
    "fantom",
    "gnosis",
    "optimism",
    "polygon",
    "ronin",
    "xdc",
    "evm",
];

const BTC: &[Hrp] = &[("bc", ["bitcoin"])];
const BTC_TEST: &[Hrp] = &[("tb", ["bitcoin-testnet"]), ("bcrt", ["bitcoin-regtest"])];
const LTC: &[Hrp] = &[("ltc", ["litecoin"])];
const LTC_TEST: &[Hrp] = &[
    ("tltc", ["litecoin-testnet"]),
    ("rltc", ["litecoin-regtest"]),
];
const BTG: &[Hrp] = &[("btg", ["bitcoin-gold"])];
const BTG_TEST: &[Hrp] = &[
    ("tbtg", ["bitcoin-gold-testnet"]),
    ("btgrt", ["bitcoin-gold-regtest"]),
];
const DGB: &[Hrp] = &[("dgb", ["digibyte"])];
const BCH: &[Hrp] = &[("bitcoincash", ["bitcoin-cash"])];
const BCH_TEST: &[Hrp] = &[
    ("bchtest", ["bitcoin-cash-testnet"]),
    ("bchreg", ["bitcoin-cash-regtest"]),
];
const XEC: &[Hrp] = &[("ecash", ["ecash"])];
const XEC_TEST: &[Hrp] = &[("ectest", ["ecash-testnet"]), ("ecreg", ["ecash-regtest"])];
const SLP: &[Hrp] = &[("simpleledger", ["bitcoin-cash-slp"])];
const ETOKEN: &[Hrp] = &[("etoken", ["ecash-etoken"])];

const ON_BTC: &[&str] = &["bitcoin"];
const ON_BTC_TEST: &[&str] = &["bitcoin-testnet", "bitcoin-regtest"];
const ON_LTC: &[&str] = &["litecoin"];
const ON_LTC_TEST: &[&str] = &["litecoin-testnet", "litecoin-regtest"];
const ON_BTG: &[&str] = &["bitcoin-gold"];
const ON_BTG_TEST: &[&str] = &["bitcoin-gold-testnet", "bitcoin-gold-regtest"];

const H160: &[(usize, Namespace)] = &[(20, Namespace::H160Key)];
const KECCAK: &[(usize, Namespace)] = &[(20, Namespace::Evm)];
const COSMOS: &[(usize, Namespace)] = &[(20, Namespace::H160Key), (32, Namespace::Cosmos32)];

use Namespace::{H160Key as Key, H160Script as Script};

/// Formats of the families, one to a line where it fits.
#[rustfmt::skip]
pub(super) const FAMILIES: &[Format] = &[
    // --- base58check. Versions: each project's chainparams; SLIP-132 and BIP-13 for Bitcoin.
    base58(
        "btc-p2pkh", "Bitcoin P2PKH", &["bitcoin", "bitcoin-cash", "bitcoin-sv", "ecash", "omni"],
        MAIN, Key, &[0x00]
    ),
    base58(
        "btc-p2sh", "Bitcoin P2SH",
        &["bitcoin", "bitcoin-cash", "bitcoin-sv", "ecash", "litecoin", "omni"], MAIN, Script,
        &[0x05]
    ),
    base58(
        "btc-test-p2pkh", "Bitcoin testnet P2PKH",
        &[
            "bitcoin-testnet", "bitcoin-regtest", "bitcoin-cash-testnet", "bitcoin-gold-testnet",
            "bitcoin-sv-testnet", "ecash-testnet", "litecoin-testnet"
        ],
        TEST, Key, &[0x6f]
    ),
    base58(
        "btc-test-p2sh", "Bitcoin testnet P2SH",
        &[
            "bitcoin-testnet", "bitcoin-regtest", "bitcoin-cash-testnet", "bitcoin-gold-testnet",
            "bitcoin-sv-testnet", "dogecoin-testnet", "ecash-testnet", "litecoin-testnet"
        ],
        TEST, Script, &[0xc4]
    ),
    base58("ltc-p2pkh", "Litecoin P2PKH", ON_LTC, MAIN, Key, &[0x30]),
    base58("ltc-p2sh", "Litecoin P2SH", ON_LTC, MAIN, Script, &[0x32]),
    base58("ltc-test-p2sh", "Litecoin testnet P2SH", &["litecoin-testnet"], TEST, Script, &[0x3a]),
    base58(
        "doge-p2pkh", "Dogecoin P2PKH", &["dogecoin", "verge", "digibyte", "pivx"], MAIN, Key,
        &[0x1e]
    ),
    base58("doge-p2sh", "Dogecoin P2SH", &["dogecoin"], MAIN, Script, &[0x16]),
    base58("doge-test-p2pkh", "Dogecoin testnet P2PKH", &["dogecoin-testnet"], TEST, Key, &[0x71]),
    base58("dash-p2pkh", "Dash P2PKH", &["dash"], MAIN, Key, &[0x4c]),
    base58("dash-p2sh", "Dash P2SH", &["dash"], MAIN, Script, &[0x10]),
    base58("dash-test-p2pkh", "Dash testnet P2PKH", &["dash-testnet"], TEST, Key, &[0x8c]),
    base58("dash-test-p2sh", "Dash testnet P2SH", &["dash-testnet"], TEST, Script, &[0x13]),
    base58("btg-p2pkh", "Bitcoin Gold P2PKH", ON_BTG, MAIN, Key, &[0x26]),
    base58("btg-p2sh", "Bitcoin Gold P2SH", ON_BTG, MAIN, Script, &[0x17]),
    base58("xvg-p2sh", "Verge P2SH", &["verge", "viacoin"], MAIN, Script, &[0x21]),
    base58("xvg-test-p2pkh", "Verge testnet P2PKH", &["verge-testnet"], TEST, Key, &[0x73]),
    base58("xvg-test-p2sh", "Verge testnet P2SH", &["verge-testnet"], TEST, Script, &[0xc6]),
    base58("zec-p2pkh", "Zcash t1", &["zcash", "flux"], MAIN, Key, &[0x1c, 0xb8]),
    base58("zec-p2sh", "Zcash t3", &["zcash", "flux"], MAIN, Script, &[0x1c, 0xbd]),
    base58("zec-test-p2pkh", "Zcash testnet tm", &["zcash-testnet"], TEST, Key, &[0x1d, 0x25]),
    base58("zec-test-p2sh", "Zcash testnet t2", &["zcash-testnet"], TEST, Script, &[0x1c, 0xba]),
    base58("dgb-p2sh", "DigiByte P2SH", &["digibyte"], MAIN, Script, &[0x3f]),
    base58("kmd-p2pkh", "Komodo P2PKH", &["komodo", "ravencoin"], MAIN, Key, &[0x3c]),
    base58("kmd-p2sh", "Komodo P2SH", &["komodo"], MAIN, Script, &[0x55]),
    base58("tron", "Tron account", &["tron"], MAIN, Namespace::Evm, &[0x41]),
    Format {
        codec: Codec::Base58Check {
            alphabet: Alphabet::Ripple,
            version: &[0x00],
        },
        ..base58("xrp", "XRP account", &["xrp"], MAIN, Key, &[])
    },
    // --- segwit: BIP-141, BIP-173, BIP-350; human-readable parts of SLIP-173.
    segwit("btc-p2wpkh", "Bitcoin P2WPKH", ON_BTC, MAIN, BTC, Program::Key),
    segwit("btc-p2wsh", "Bitcoin P2WSH", ON_BTC, MAIN, BTC, Program::Script),
    segwit("btc-p2tr", "Bitcoin P2TR", ON_BTC, MAIN, BTC, Program::Taproot),
    segwit("btc-witness", "Bitcoin witness", ON_BTC, MAIN, BTC, Program::Other),
    segwit("btc-test-p2wpkh", "Bitcoin testnet P2WPKH", ON_BTC_TEST, TEST, BTC_TEST, Program::Key),
    segwit("btc-test-p2wsh", "Bitcoin testnet P2WSH", ON_BTC_TEST, TEST, BTC_TEST, Program::Script),
    segwit("btc-test-p2tr", "Bitcoin testnet P2TR", ON_BTC_TEST, TEST, BTC_TEST, Program::Taproot),
    segwit(
        "btc-test-witness", "Bitcoin testnet witness", ON_BTC_TEST, TEST, BTC_TEST, Program::Other
    ),
    segwit("ltc-p2wpkh", "Litecoin P2WPKH", ON_LTC, MAIN, LTC, Program::Key),
    segwit("ltc-p2wsh", "Litecoin P2WSH", ON_LTC, MAIN, LTC, Program::Script),
    segwit("ltc-p2tr", "Litecoin P2TR", ON_LTC, MAIN, LTC, Program::Taproot),
    segwit("ltc-witness", "Litecoin witness", ON_LTC, MAIN, LTC, Program::Other),
    segwit("ltc-test-p2wpkh", "Litecoin testnet P2WPKH", ON_LTC_TEST, TEST, LTC_TEST, Program::Key),
    segwit(
        "ltc-test-p2wsh", "Litecoin testnet P2WSH", ON_LTC_TEST, TEST, LTC_TEST, Program::Script
    ),
    segwit("ltc-test-p2tr", "Litecoin testnet P2TR", ON_LTC_TEST, TEST, LTC_TEST, Program::Taproot),
    segwit(
        "ltc-test-witness", "Litecoin testnet witness", ON_LTC_TEST, TEST, LTC_TEST, Program::Other
    ),
    segwit("btg-p2wpkh", "Bitcoin Gold P2WPKH", ON_BTG, MAIN, BTG, Program::Key),
    segwit("btg-p2wsh", "Bitcoin Gold P2WSH", ON_BTG, MAIN, BTG, Program::Script),
    segwit("btg-p2tr", "Bitcoin Gold P2TR", ON_BTG, MAIN, BTG, Program::Taproot),
    segwit("btg-witness", "Bitcoin Gold witness", ON_BTG, MAIN, BTG, Program::Other),
    segwit(
        "btg-test-p2wpkh", "Bitcoin Gold testnet P2WPKH", ON_BTG_TEST, TEST, BTG_TEST, Program::Key
    ),
    segwit(
        "btg-test-p2wsh", "Bitcoin Gold testnet P2WSH", ON_BTG_TEST, TEST, BTG_TEST, Program::Script
    ),
    segwit(
        "btg-test-p2tr", "Bitcoin Gold testnet P2TR", ON_BTG_TEST, TEST, BTG_TEST, Program::Taproot
    ),
    segwit(
        "btg-test-witness", "Bitcoin Gold testnet witness", ON_BTG_TEST, TEST, BTG_TEST,
        Program::Other
    ),
    segwit("dgb-p2wpkh", "DigiByte P2WPKH", &["digibyte"], MAIN, DGB, Program::Key),
    // --- two keys in one bech32 text: BIP-352, LIP-0004.
    custom(
        "btc-silent-payment", "Bitcoin silent payment address", ON_BTC, MAIN,
        Namespace::SilentPayment, shape(b"sS", 100, 180), bech32_long::silent_main
    ),
    custom(
        "btc-test-silent-payment", "Bitcoin testnet silent payment address", ON_BTC_TEST, TEST,
        Namespace::SilentPayment, shape(b"tT", 100, 180), bech32_long::silent_test
    ),
    custom(
        "ltc-mweb", "Litecoin MWEB stealth address", ON_LTC, MAIN, Namespace::Mweb,
        shape(b"lL", 100, 180), bech32_long::mweb_main
    ),
    custom(
        "ltc-test-mweb", "Litecoin testnet MWEB stealth address", ON_LTC_TEST, TEST,
        Namespace::Mweb, shape(b"tT", 100, 180), bech32_long::mweb_test
    ),
    // --- CashAddr: bitcoincash.org spec/cashaddr.md, CHIP-2022-02 token-aware types.
    cash("bch-p2pkh", "Bitcoin Cash P2PKH", &["bitcoin-cash"], MAIN, BCH, false),
    cash("bch-p2sh", "Bitcoin Cash P2SH", &["bitcoin-cash"], MAIN, BCH, true),
    cash("xec-p2pkh", "eCash P2PKH", &["ecash"], MAIN, XEC, false),
    cash("xec-p2sh", "eCash P2SH", &["ecash"], MAIN, XEC, true),
    cash(
        "bch-test-p2pkh", "Bitcoin Cash testnet P2PKH",
        &["bitcoin-cash-testnet", "bitcoin-cash-regtest"], TEST, BCH_TEST, false
    ),
    cash(
        "bch-test-p2sh", "Bitcoin Cash testnet P2SH",
        &["bitcoin-cash-testnet", "bitcoin-cash-regtest"], TEST, BCH_TEST, true
    ),
    cash(
        "xec-test-p2pkh", "eCash testnet P2PKH", &["ecash-testnet", "ecash-regtest"], TEST,
        XEC_TEST, false
    ),
    cash(
        "xec-test-p2sh", "eCash testnet P2SH", &["ecash-testnet", "ecash-regtest"], TEST, XEC_TEST,
        true
    ),
    cash("slp-p2pkh", "SLP P2PKH", &["bitcoin-cash-slp"], MAIN, SLP, false),
    cash("slp-p2sh", "SLP P2SH", &["bitcoin-cash-slp"], MAIN, SLP, true),
    cash("etoken-p2pkh", "eToken P2PKH", &["ecash-etoken"], MAIN, ETOKEN, false),
    cash("etoken-p2sh", "eToken P2SH", &["ecash-etoken"], MAIN, ETOKEN, true),
    custom(
        "cashaddr-codec", "CashAddr of any prefix, type and size", &["cashaddr-codec"], MAIN,
        Namespace::Other(1), Detect::Hinted, bech32::cash_any
    ),
    // --- EVM: EIP-55, ERC-1191.
    evm("evm", "EVM account", EVM_NETWORKS, MAIN, None),
    evm("evm-rsk", "Rootstock account", &["rootstock"], MAIN, Some(30)),
    evm("evm-test-rsk", "Rootstock testnet account", &["rootstock-testnet"], TEST, Some(31)),
    Format {
        check: Check::None,
        ..custom(
            "tron-hex",
            "Tron account in hex",
            &["tron"],
            MAIN,
            Namespace::Evm,
            shape(b"4", 42, 42),
            tron::hex41,
        )
    },
    // --- bech32 of a plain payload.
    bech32_row(
        "cosmos", "Cosmos Hub account", &["cosmos"], MAIN, &[("cosmos", ["cosmos"])], COSMOS
    ),
    bech32_row("terra", "Terra account", &["terra"], MAIN, &[("terra", ["terra"])], COSMOS),
    bech32_row(
        "cosmos-sdk", "Cosmos SDK account", hrps::ON_COSMOS_SDK, MAIN, hrps::COSMOS_SDK, COSMOS
    ),
    bech32_row("cosmos-valoper", "Cosmos validator", hrps::ON_VALOPER, MAIN, hrps::VALOPER, COSMOS),
    bech32_row(
        "cosmos-valcons", "Cosmos validator consensus key", hrps::ON_VALCONS, MAIN, hrps::VALCONS,
        &[(20, Namespace::CosmosConsensus)]
    ),
    bech32_row("ethermint", "Ethermint account", hrps::ON_ETHERMINT, MAIN, hrps::ETHERMINT, KECCAK),
    bech32_row(
        "ethermint-valoper", "Ethermint validator", hrps::ON_ETHERMINT, MAIN,
        hrps::ETHERMINT_VALOPER, KECCAK
    ),
    bech32_row(
        "bnb-beacon", "BNB Beacon account", &["bnb-beacon"], MAIN, &[("bnb", ["bnb-beacon"])], H160
    ),
    bech32_row(
        "bnb-test-beacon", "BNB Beacon testnet account", &["bnb-beacon-testnet"], TEST,
        &[("tbnb", ["bnb-beacon-testnet"])], H160
    ),
    bech32_row("harmony", "Harmony account", &["harmony"], MAIN, &[("one", ["harmony"])], KECCAK),
    bech32_row(
        "harmony-test", "Harmony testnet account", &["harmony-testnet"], TEST,
        &[("tone", ["harmony-testnet"])], KECCAK
    ),
    bech32_row(
        "zilliqa", "Zilliqa account", &["zilliqa"], MAIN, &[("zil", ["zilliqa"])],
        &[(20, Namespace::Zilliqa)]
    ),
    bech32_row(
        "multiversx", "MultiversX account", &["multiversx"], MAIN, &[("erd", ["multiversx"])],
        &[(32, Namespace::MultiversX)]
    ),
    // ZIP-320
    bech32m(bech32_row("zec-tex", "Zcash tex", &["zcash"], MAIN, &[("tex", ["zcash"])], H160)),
    bech32m(
        bech32_row("zec-test-tex", "Zcash testnet tex", &["zcash-testnet"], TEST,
        &[("textest", ["zcash-testnet"])], H160)
    ),
    custom(
        "avalanche", "Avalanche X, P or C account", &["avalanche"], MAIN, Key,
        shape(b"XPCaA", 43, 49), bech32_long::avalanche_main
    ),
    custom(
        "avalanche-test", "Avalanche Fuji account", &["avalanche-testnet"], TEST, Key,
        shape(b"XPCfF", 43, 49), bech32_long::avalanche_test
    ),
    // --- XRP X-addresses: XLS-5.
    custom("xrp-x", "XRP X-address", &["xrp"], MAIN, Key, shape(b"X", 46, 48), xrp::x_main),
    custom(
        "xrp-test-x", "XRP testnet X-address", &["xrp-testnet"], TEST, Key, shape(b"T", 46, 48),
        xrp::x_test
    ),
    // --- Monero: cryptonote_config.h.
    custom(
        "xmr", "Monero standard address", &["monero"], MAIN, Namespace::Monero, shape(b"4", 95, 95),
        monero::decode::<18, false>
    ),
    custom(
        "xmr-subaddress", "Monero subaddress", &["monero"], MAIN, Namespace::Monero,
        shape(b"8", 95, 95), monero::decode::<42, false>
    ),
    custom(
        "xmr-integrated", "Monero integrated address", &["monero"], MAIN, Namespace::Monero,
        shape(b"4", 106, 106), monero::decode::<19, true>
    ),
    custom(
        "xmr-test", "Monero testnet standard address", &["monero-testnet"], TEST, Namespace::Monero,
        shape(b"9A", 95, 95), monero::decode::<53, false>
    ),
    custom(
        "xmr-test-subaddress", "Monero testnet subaddress", &["monero-testnet"], TEST,
        Namespace::Monero, shape(b"B", 95, 95), monero::decode::<63, false>
    ),
    custom(
        "xmr-test-integrated", "Monero testnet integrated address", &["monero-testnet"], TEST,
        Namespace::Monero, shape(b"A9", 106, 106), monero::decode::<54, true>
    ),
    custom(
        "xmr-stage", "Monero stagenet standard address", &["monero-stagenet"], TEST,
        Namespace::Monero, shape(b"5", 95, 95), monero::decode::<24, false>
    ),
    custom(
        "xmr-stage-subaddress", "Monero stagenet subaddress", &["monero-stagenet"], TEST,
        Namespace::Monero, shape(b"7", 95, 95), monero::decode::<36, false>
    ),
    custom(
        "xmr-stage-integrated", "Monero stagenet integrated address", &["monero-stagenet"], TEST,
        Namespace::Monero, shape(b"5", 106, 106), monero::decode::<25, true>
    ),
    // --- base58 without a checksum comes last of all.
    Format {
        id: "solana",
        title: "Solana account",
        networks: &["solana"],
        test: false,
        namespace: Namespace::Ed25519,
        check: Check::None,
        detect: Detect::Family,
        codec: Codec::Base58 { payload: 32 },
    },
];
