//! Chain names in address text: CAIP-2 namespaces and references, ERC-3770 short names.
//!
//! Tables only. An asset here says whose rules to judge the text by, not what was paid: every EVM
//! chain is `ETH` (and Rootstock `RSK`, for its own letter-case checksum), because the account is
//! the same text everywhere; the chain itself is kept beside it.

/// CAIP-2 namespaces and the rules their accounts follow. `None`: known, several rules.
const NAMESPACES: &[(&str, Option<&str>)] = &[
    ("algorand", Some("ALGO")),
    ("antelope", Some("EOS")),
    ("aptos", Some("APT")),
    ("bip122", None),
    ("cardano", Some("ADA")),
    ("cip34", Some("ADA")),
    ("cosmos", None),
    ("eip155", Some("ETH")),
    ("eosio", Some("EOS")),
    ("fil", Some("FIL")),
    ("hedera", Some("HBAR")),
    ("mvx", Some("EGLD")),
    ("near", Some("NEAR")),
    ("neo3", Some("NEO")),
    ("polkadot", Some("SUBSTRATE")),
    ("solana", Some("SOL")),
    ("starknet", Some("STRK")),
    ("stellar", Some("XLM")),
    ("sui", Some("SUI")),
    ("tezos", Some("XTZ")),
    ("ton", Some("TON")),
    ("tron", Some("TRX")),
    ("tvm", Some("TON")),
    ("waves", Some("WAVES")),
    ("xrpl", Some("XRP")),
    ("zil", Some("ZIL")),
];

/// References that decide the rules inside a namespace, by their beginning: genesis hashes of
/// `bip122` (the fork block for Bitcoin Cash), chain ids of `cosmos`, genesis of `polkadot`.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("bip122", "000000000019d6689c085ae165831e93", "BTC"),
    ("bip122", "000000000933ea01ad0ee984209779ba", "BTC"),
    ("bip122", "00000000da84f2bafbbc53dee25a72ae", "BTC"),
    ("bip122", "00000008819873e925422c1ff0f99f7c", "BTC"),
    ("bip122", "0f9188f13cb7b2c71f2a335e3a4fc328", "BTC"),
    ("bip122", "12a765e31ffd4059bada1e25190f6e98", "LTC"),
    ("bip122", "4966625a4b2851d9fdee139e56211a0d", "LTC"),
    ("bip122", "1a91e3dace36e2be3bf030a65679fe82", "DOGE"),
    ("bip122", "00000ffd590b1485b3caadc19b22e637", "DASH"),
    ("bip122", "00040fe8ec8471911baa1db1266ea15d", "ZEC"),
    ("bip122", "000000000000000000651ef99cb9fcbe", "BCH"),
    ("cosmos", "cosmoshub", "ATOM"),
    ("cosmos", "phoenix", "LUNA"),
    ("cosmos", "columbus", "LUNA"),
    ("cosmos", "Binance-Chain", "BNB-BEACON"),
    ("eip155", "30", "RSK"),
    ("eip155", "31", "RSK"),
    ("polkadot", "91b171bb158e2d3848fa23a9f1c25182", "DOT"),
    ("polkadot", "b0a8d493285c2df73290dfb7e61f870f", "KSM"),
];

/// Whether the namespace is one whose accounts this project knows.
pub(super) fn known_namespace(namespace: &str) -> bool {
    NAMESPACES.iter().any(|(n, _)| *n == namespace)
}

/// Whose rules an account on `namespace:reference` follows.
pub(super) fn asset(namespace: &str, reference: &str) -> Option<&'static str> {
    let exact = matches!(namespace, "eip155");
    REFERENCES
        .iter()
        .find(|(n, r, _)| {
            *n == namespace
                && if exact {
                    *r == reference
                } else {
                    reference.starts_with(r)
                }
        })
        .map(|(_, _, asset)| *asset)
        .or_else(|| NAMESPACES.iter().find(|(n, _)| *n == namespace)?.1)
}

/// ERC-3770 short names (the `ethereum-lists/chains` registry) and names that wallets and
/// explorers use for the same chains, with their EIP-155 chain id.
const SHORT_NAMES: &[(&str, u64)] = &[
    ("eth", 1),
    ("ethereum", 1),
    ("mainnet", 1),
    ("rop", 3),
    ("rin", 4),
    ("gor", 5),
    ("kot", 6),
    ("oeth", 10),
    ("op", 10),
    ("optimism", 10),
    ("flr", 14),
    ("sgb", 19),
    ("cro", 25),
    ("rsk", 30),
    ("trsk", 31),
    ("kov", 42),
    ("xdc", 50),
    ("bnb", 56),
    ("bsc", 56),
    ("etc", 61),
    ("okt", 66),
    ("bnbt", 97),
    ("gno", 100),
    ("xdai", 100),
    ("vlx", 106),
    ("fuse", 122),
    ("heco", 128),
    ("unichain", 130),
    ("matic", 137),
    ("pol", 137),
    ("polygon", 137),
    ("sonic", 146),
    ("manta", 169),
    ("obnb", 204),
    ("ewt", 246),
    ("ftm", 250),
    ("boba", 288),
    ("zksync", 324),
    ("pls", 369),
    ("wc", 480),
    ("astr", 592),
    ("metis-andromeda", 1088),
    ("zkevm", 1101),
    ("mbeam", 1284),
    ("mriver", 1285),
    ("ron", 2020),
    ("kava", 2222),
    ("mantle", 5000),
    ("base", 8453),
    ("evmos", 9001),
    ("chi", 10200),
    ("mode", 34443),
    ("arb1", 42161),
    ("arbitrum", 42161),
    ("arb-nova", 42170),
    ("celo", 42220),
    ("fuji", 43113),
    ("avax", 43114),
    ("ink", 57073),
    ("linea", 59144),
    ("berachain", 80094),
    ("maticmum", 80001),
    ("polygonamoy", 80002),
    ("blast", 81457),
    ("basesep", 84532),
    ("arb-sep", 421614),
    ("scr", 534352),
    ("zora", 7777777),
    ("sep", 11155111),
    ("aurora", 1313161554),
    ("hmy-s0", 1666600000),
];

/// The chain id behind a short name. Explorers write some in upper case.
pub(super) fn chain_id(short: &str) -> Option<u64> {
    SHORT_NAMES
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(short))
        .map(|(_, id)| *id)
}

/// Asset labels of published lists, where one label stands for one set of rules. USDT, USDC and
/// tokens in general live on several chains: there the address decides.
const LABELS: &[(&str, &str)] = &[
    ("ADA", "ADA"),
    ("ARB", "ARB"),
    ("BCH", "BCH"),
    ("BSC", "BSC"),
    ("BSV", "BSV"),
    ("BTC", "BTC"),
    ("BTG", "BTG"),
    ("DASH", "DASH"),
    ("DOGE", "DOGE"),
    ("ETC", "ETC"),
    ("ETH", "ETH"),
    ("LTC", "LTC"),
    ("SOL", "SOL"),
    ("TRX", "TRX"),
    ("XBT", "BTC"),
    ("XMR", "XMR"),
    ("XRP", "XRP"),
    ("XVG", "XVG"),
    ("ZEC", "ZEC"),
];

/// Whose rules a published asset label names.
pub(super) fn label(label: &str) -> Option<&'static str> {
    LABELS
        .iter()
        .find(|(l, _)| *l == label)
        .map(|(_, asset)| *asset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_refine_namespaces() {
        assert_eq!(asset("eip155", "1"), Some("ETH"));
        assert_eq!(asset("eip155", "30"), Some("RSK"));
        assert_eq!(asset("eip155", "300"), Some("ETH"));
        assert_eq!(asset("cosmos", "cosmoshub-3"), Some("ATOM"));
        assert_eq!(asset("bip122", "ffffffff"), None);
        assert_eq!(asset("chainstd", "8c34"), None);
        assert!(REFERENCES.iter().all(|(n, _, _)| known_namespace(n)));
        assert_eq!(chain_id("arb1"), Some(42161));
    }
}
