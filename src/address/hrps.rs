//! Human-readable parts of the Cosmos SDK chains (SLIP-173 and each chain's own documentation), by
//! the hash that makes their accounts: hash160 as in Bitcoin, or Keccak as in Ethereum.
//!
//! It does not know which of them are still alive.

/// A human-readable part and its network.
pub type Hrp = (&'static str, [&'static str; 1]);

macro_rules! chains {
    ($accounts:ident $networks:ident $valoper:ident $valcons:ident: $($hrp:literal $net:literal),* $(,)?) => {
        /// Accounts.
        pub const $accounts: &[Hrp] = &[$(($hrp, [$net])),*];
        /// Their networks.
        pub const $networks: &[&str] = &[$($net),*];
        /// Validators' operator accounts.
        pub const $valoper: &[Hrp] = &[$((concat!($hrp, "valoper"), [$net])),*];
        const $valcons: &[Hrp] = &[$((concat!($hrp, "valcons"), [$net])),*];
    };
}

// The two hubs have account rows of their own.
const HUBS_VALOPER: &[Hrp] = &[("cosmosvaloper", ["cosmos"]), ("terravaloper", ["terra"])];
const HUBS_VALCONS: &[Hrp] = &[("cosmosvalcons", ["cosmos"]), ("terravalcons", ["terra"])];

chains! { COSMOS_SDK ON_COSMOS_SDK SDK_VALOPER SDK_VALCONS:
    "osmo" "osmosis",
    "agoric" "agoric",
    "akash" "akash",
    "allo" "allora",
    "andr" "andromeda",
    "archway" "archway",
    "atone" "atomone",
    "aura" "aura",
    "axelar" "axelar",
    "axone" "axone",
    "band" "band",
    "bbn" "babylon",
    "bcna" "bitcanna",
    "bitsong" "bitsong",
    "bostrom" "bostrom",
    "bze" "beezee",
    "celestia" "celestia",
    "centauri" "composable",
    "cheqd" "cheqd",
    "chihuahua" "chihuahua",
    "comdex" "comdex",
    "core" "coreum",
    "cre" "crescent",
    "cro" "cronos-pos",
    "cudos" "cudos",
    "decentr" "decentr",
    "desmos" "desmos",
    "dydx" "dydx",
    "elys" "elys",
    "emoney" "e-money",
    "fetch" "fetch-ai",
    "gravity" "gravity-bridge",
    "iaa" "irisnet",
    "ixo" "ixo",
    "jkl" "jackal",
    "juno" "juno",
    "kava" "kava",
    "ki" "ki",
    "kujira" "kujira",
    "kyve" "kyve",
    "like" "likecoin",
    "lum" "lum",
    "mantle" "asset-mantle",
    "maya" "maya",
    "migaloo" "migaloo",
    "neutron" "neutron",
    "nibi" "nibiru",
    "noble" "noble",
    "nolus" "nolus",
    "omniflix" "omniflix",
    "orai" "oraichain",
    "panacea" "medibloc",
    "pasg" "passage",
    "pb" "provenance",
    "persistence" "persistence",
    "quasar" "quasar",
    "quick" "quicksilver",
    "regen" "regen",
    "saga" "saga",
    "secret" "secret",
    "sei" "sei",
    "sent" "sentinel",
    "shentu" "shentu",
    "sif" "sifchain",
    "somm" "sommelier",
    "source" "source",
    "stars" "stargaze",
    "stride" "stride",
    "swth" "carbon",
    "thor" "thorchain",
    "umee" "umee",
    "xion" "xion",
}

chains! { ETHERMINT ON_ETHERMINT ETHERMINT_VALOPER ETHERMINT_VALCONS:
    "inj" "injective",
    "acre" "acre",
    "canto" "canto",
    "crc" "cronos",
    "dym" "dymension",
    "evmos" "evmos",
    "ex" "okx-chain",
    "haqq" "haqq",
    "io" "iotex",
    "zeta" "zetachain",
}

const SDK: usize = HUBS_VALOPER.len() + COSMOS_SDK.len();
const ALL: usize = SDK + ETHERMINT.len();

const fn join<const N: usize>(parts: [&[Hrp]; 3]) -> [Hrp; N] {
    let mut all = [parts[0][0]; N];
    let (mut part, mut at, mut i) = (0, 0, 0);
    while i < N {
        if at == parts[part].len() {
            part += 1;
            at = 0;
        } else {
            all[i] = parts[part][at];
            at += 1;
            i += 1;
        }
    }
    all
}

const fn networks<const N: usize>(hrps: &[Hrp]) -> [&'static str; N] {
    let mut all = [""; N];
    let mut i = 0;
    while i < N {
        all[i] = hrps[i].1[0];
        i += 1;
    }
    all
}

/// Validators' operator accounts: the account's bytes.
pub const VALOPER: &[Hrp] = &join::<SDK>([HUBS_VALOPER, SDK_VALOPER, &[]]);
/// Their networks.
pub const ON_VALOPER: &[&str] = &networks::<SDK>(VALOPER);
/// Validators' consensus keys: bytes of another key.
pub const VALCONS: &[Hrp] = &join::<ALL>([HUBS_VALCONS, SDK_VALCONS, ETHERMINT_VALCONS]);
/// Their networks.
pub const ON_VALCONS: &[&str] = &networks::<ALL>(VALCONS);
