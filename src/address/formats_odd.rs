//! The rows of the odd schemes: formats with a codec of their own, one file each under `codec/`.
//! The families are in [`formats`](super::formats).
//!
//! Each codec's file cites its specification. Rows exclude each other: a text is accepted by at
//! most one row of a scheme. Texts without a checksum that look like hashes or words are judged
//! only under an asset hint.

use super::Namespace;
use super::codec::{
    algorand, aptos, byron, cardano, eos, evm_alias, filecoin, hedera, icap, icon, nano, near, neo,
    ss58, starknet, stellar, sui, tezos, ton, waves, zcash,
};
use super::formats::{Check, Codec, Detect, Format};

macro_rules! rows {
    ($($id:literal $title:literal [$($network:literal),+] $test:ident $namespace:ident $check:ident
        $detect:expr, $scheme:ident $decode:ident;)+) => {
        /// Formats with a codec of their own.
        pub(super) const ODD: &[Format] = &[$(Format {
            id: $id,
            title: $title,
            networks: &[$($network),+],
            test: $test,
            namespace: Namespace::$namespace,
            check: Check::$check,
            detect: $detect,
            codec: Codec::Custom($scheme::$decode),
        }),+];
    };
}

const MAIN: bool = false;
const TEST: bool = true;
/// Only under an asset hint.
const HINT: Detect = Detect::Hinted;
/// First characters of a NEAR name.
const NAME: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const DIGIT: &[u8] = b"0123456789";
/// base58 but for "1", which stands for a leading zero byte: Polkadot's prefix.
const NOT_ONE: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// First bytes, shortest and longest text.
const fn shape(first: &'static [u8], shortest: usize, longest: usize) -> Detect {
    Detect::Shape {
        first,
        len: (shortest, longest),
    }
}

rows! {
    "stellar-account" "Stellar account" ["stellar"]
        MAIN Ed25519 Checksum shape(b"GSTX", 56, 56), stellar account;
    "stellar-muxed" "Stellar muxed account" ["stellar"]
        MAIN Ed25519 Checksum shape(b"M", 69, 69), stellar muxed;
    "stellar-contract" "Stellar contract" ["stellar"]
        MAIN StellarContract Checksum shape(b"C", 56, 56), stellar contract;
    "stellar-pool" "Stellar liquidity pool" ["stellar"]
        MAIN StellarObject Checksum shape(b"L", 56, 56), stellar pool;
    "stellar-balance" "Stellar claimable balance" ["stellar"]
        MAIN StellarObject Checksum shape(b"B", 58, 58), stellar balance;
    "stellar-signed-payload" "Stellar signed payload (a signer, not an account)" ["stellar"]
        MAIN StellarObject Checksum shape(b"P", 69, 165), stellar signed_payload;
    "cardano-base" "Cardano base address" ["cardano"]
        MAIN CardanoPayment Checksum shape(b"aA", 103, 103), cardano base;
    "cardano-pointer" "Cardano pointer address" ["cardano"]
        MAIN CardanoPayment Checksum shape(b"aA", 62, 110), cardano pointer;
    "cardano-enterprise" "Cardano enterprise address" ["cardano"]
        MAIN CardanoPayment Checksum shape(b"aA", 58, 58), cardano enterprise;
    "cardano-stake" "Cardano stake address" ["cardano"]
        MAIN CardanoStake Checksum shape(b"sS", 59, 59), cardano stake;
    "cardano-byron" "Cardano Byron address" ["cardano"]
        MAIN CardanoByron Checksum shape(b"234ADFJKPS", 59, 148), byron main;
    "cardano-base-test" "Cardano base address (test network)" ["cardano-testnet"]
        TEST CardanoPayment Checksum shape(b"aA", 108, 108), cardano base_test;
    "cardano-pointer-test" "Cardano pointer address (test network)" ["cardano-testnet"]
        TEST CardanoPayment Checksum shape(b"aA", 67, 110), cardano pointer_test;
    "cardano-enterprise-test" "Cardano enterprise address (test network)" ["cardano-testnet"]
        TEST CardanoPayment Checksum shape(b"aA", 63, 63), cardano enterprise_test;
    "cardano-stake-test" "Cardano stake address (test network)" ["cardano-testnet"]
        TEST CardanoStake Checksum shape(b"sS", 64, 64), cardano stake_test;
    "cardano-byron-test" "Cardano Byron address (test network)" ["cardano-testnet"]
        TEST CardanoByron Checksum shape(b"234ADFJKPS", 59, 148), byron test;
    "polkadot" "Polkadot account" ["polkadot", "substrate"]
        MAIN Ss58 Checksum shape(b"1", 45, 48), ss58 polkadot;
    "kusama" "Kusama account" ["kusama", "substrate"]
        MAIN Ss58 Checksum shape(b"CDEFGHJ", 46, 48), ss58 kusama;
    "substrate" "Substrate account (SS58)" ["substrate"]
        MAIN Ss58 Checksum shape(NOT_ONE, 46, 51), ss58 other;
    "tezos-tz1" "Tezos account (ed25519)" ["tezos"]
        MAIN Tezos Checksum shape(b"t", 36, 36), tezos tz1;
    "tezos-tz2" "Tezos account (secp256k1)" ["tezos"]
        MAIN Tezos Checksum shape(b"t", 36, 36), tezos tz2;
    "tezos-tz3" "Tezos account (P-256)" ["tezos"]
        MAIN Tezos Checksum shape(b"t", 36, 36), tezos tz3;
    "tezos-tz4" "Tezos account (BLS)" ["tezos"]
        MAIN Tezos Checksum shape(b"t", 36, 36), tezos tz4;
    "tezos-contract" "Tezos contract" ["tezos"]
        MAIN Tezos Checksum shape(b"K", 36, 68), tezos contract;
    "tezos-rollup" "Tezos smart rollup" ["tezos"]
        MAIN Tezos Checksum shape(b"s", 36, 36), tezos rollup;
    "algorand" "Algorand account" ["algorand"]
        MAIN Ed25519 Checksum shape(b"", 58, 58), algorand decode;
    "neo-legacy" "NEO legacy account" ["neo-legacy"]
        MAIN NeoLegacy Checksum shape(b"A", 34, 34), neo legacy;
    "neo-n3" "NEO N3 account" ["neo"]
        MAIN NeoN3 Checksum shape(b"N", 34, 34), neo n3;
    "ton-raw" "TON address, raw" ["ton"]
        MAIN Ton None shape(b"0-", 66, 67), ton raw;
    "ton-bounceable" "TON address, bounceable" ["ton"]
        MAIN Ton Checksum shape(b"E", 48, 48), ton bounceable;
    "ton-non-bounceable" "TON address, not bounceable" ["ton"]
        MAIN Ton Checksum shape(b"U", 48, 48), ton non_bounceable;
    "ton-bounceable-test" "TON address, bounceable (test network)" ["ton-testnet"]
        TEST Ton Checksum shape(b"k", 48, 48), ton bounceable_test;
    "ton-non-bounceable-test" "TON address, not bounceable (test network)" ["ton-testnet"]
        TEST Ton Checksum shape(b"0", 48, 48), ton non_bounceable_test;
    "filecoin-id" "Filecoin actor number" ["filecoin"]
        MAIN Filecoin None HINT, filecoin id;
    "filecoin-secp256k1" "Filecoin account (secp256k1)" ["filecoin"]
        MAIN Filecoin Checksum shape(b"f", 41, 41), filecoin secp256k1;
    "filecoin-actor" "Filecoin actor" ["filecoin"]
        MAIN Filecoin Checksum shape(b"f", 41, 41), filecoin actor;
    "filecoin-bls" "Filecoin account (BLS)" ["filecoin"]
        MAIN Filecoin Checksum shape(b"f", 86, 86), filecoin bls;
    "filecoin-evm" "Filecoin EVM account" ["filecoin"]
        MAIN Evm Checksum shape(b"f", 44, 44), filecoin evm;
    "filecoin-managed" "Filecoin managed account" ["filecoin"]
        MAIN Filecoin Checksum shape(b"f", 11, 116), filecoin managed;
    "filecoin-id-test" "Filecoin actor number (test network)" ["filecoin-testnet"]
        TEST Filecoin None HINT, filecoin id_test;
    "filecoin-secp256k1-test" "Filecoin account (secp256k1) (test network)" ["filecoin-testnet"]
        TEST Filecoin Checksum shape(b"t", 41, 41), filecoin secp256k1_test;
    "filecoin-actor-test" "Filecoin actor (test network)" ["filecoin-testnet"]
        TEST Filecoin Checksum shape(b"t", 41, 41), filecoin actor_test;
    "filecoin-bls-test" "Filecoin account (BLS) (test network)" ["filecoin-testnet"]
        TEST Filecoin Checksum shape(b"t", 86, 86), filecoin bls_test;
    "filecoin-evm-test" "Filecoin EVM account (test network)" ["filecoin-testnet"]
        TEST Evm Checksum shape(b"t", 44, 44), filecoin evm_test;
    "filecoin-managed-test" "Filecoin managed account (test network)" ["filecoin-testnet"]
        TEST Filecoin Checksum shape(b"t", 11, 116), filecoin managed_test;
    "hedera" "Hedera entity id" ["hedera"]
        MAIN Hedera None HINT, hedera plain;
    "hedera-checksummed" "Hedera entity id with checksum" ["hedera"]
        MAIN Hedera Checksum shape(DIGIT, 11, 65), hedera checksummed;
    "hedera-checksummed-test" "Hedera entity id with checksum (test network)" ["hedera-testnet"]
        TEST Hedera Checksum shape(DIGIT, 11, 65), hedera testnet;
    "hedera-alias" "Hedera account alias" ["hedera"]
        MAIN Ed25519 None HINT, hedera alias;
    "near" "NEAR named account" ["near"]
        MAIN Near None shape(NAME, 4, 64), near top_level;
    "near-test" "NEAR named account (test network)" ["near-testnet"]
        TEST Near None shape(NAME, 9, 64), near testnet;
    "near-name" "NEAR named account, other top level" ["near"]
        MAIN Near None HINT, near name;
    "near-implicit" "NEAR implicit account" ["near"]
        MAIN Ed25519 None HINT, near implicit;
    "near-evm" "NEAR implicit EVM account" ["near"]
        MAIN Evm None HINT, near evm;
    "aptos" "Aptos account" ["aptos"]
        MAIN Aptos None HINT, aptos decode;
    "sui" "Sui account" ["sui"]
        MAIN Sui None HINT, sui decode;
    "starknet" "Starknet contract" ["starknet"]
        MAIN Starknet Casing HINT, starknet decode;
    "eos-name" "EOS account name" ["eos"]
        MAIN EosName None HINT, eos name;
    "eos-key-legacy" "EOS public key, old notation" ["eos"]
        MAIN EosKey Checksum shape(b"E", 51, 54), eos legacy_key;
    "eos-key" "EOS public key" ["eos"]
        MAIN EosKey Checksum shape(b"P", 55, 60), eos key_of_curve;
    "nano" "Nano account" ["nano"]
        MAIN Nano Checksum shape(b"nx", 64, 65), nano decode;
    "icon-account" "ICON account" ["icon"]
        MAIN Icon None shape(b"h", 42, 42), icon account;
    "icon-contract" "ICON contract" ["icon"]
        MAIN Icon None shape(b"c", 42, 42), icon contract;
    "waves" "Waves account" ["waves"]
        MAIN Waves Checksum shape(b"3", 35, 35), waves main;
    "waves-test" "Waves account (test network)" ["waves-testnet"]
        TEST Waves Checksum shape(b"3", 35, 35), waves test;
    "icap" "EVM account as ICAP" ["ethereum"]
        MAIN Evm Checksum shape(b"X", 34, 35), icap decode;
    "xdc" "XDC account" ["xdc"]
        MAIN Evm Casing shape(b"x", 43, 43), evm_alias xdc;
    "ronin" "Ronin account" ["ronin"]
        MAIN Evm Casing shape(b"r", 46, 48), evm_alias ronin;
    "zcash-sprout" "Zcash Sprout address" ["zcash"]
        MAIN ZcashSprout Checksum shape(b"z", 95, 95), zcash sprout;
    "zcash-sprout-test" "Zcash Sprout address (test network)" ["zcash-testnet"]
        TEST ZcashSprout Checksum shape(b"z", 95, 95), zcash sprout_test;
    "zcash-sapling" "Zcash Sapling address" ["zcash"]
        MAIN ZcashSapling Checksum shape(b"zZ", 78, 78), zcash sapling;
    "zcash-sapling-test" "Zcash Sapling address (test network)" ["zcash-testnet", "zcash-regtest"]
        TEST ZcashSapling Checksum shape(b"zZ", 88, 91), zcash sapling_test;
    "zcash-unified" "Zcash unified address" ["zcash"]
        MAIN ZcashUnified Checksum shape(b"uUzZtT", 64, 1023), zcash unified;
    "zcash-unified-test" "Zcash unified address (test network)" ["zcash-testnet", "zcash-regtest"]
        TEST ZcashUnified Checksum shape(b"uUzZtT", 64, 1023), zcash unified_test;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The valid texts of a row's fixture.
    fn ok(format: &Format) -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/address");
        let path = format!("{folder}/{}.txt", format.id);
        let fixture = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let texts = fixture.lines().filter_map(|line| line.strip_prefix("ok "));
        texts.map(str::to_owned).collect()
    }

    /// Under an asset hint every row of the network is tried, those without detection included.
    #[test]
    fn rows_of_a_network_exclude_each_other() {
        for format in ODD {
            for text in ok(format) {
                let takers: Vec<&str> = ODD
                    .iter()
                    .filter(|f| f.networks.iter().any(|n| format.networks.contains(n)))
                    .filter(|f| match f.codec {
                        Codec::Custom(decode) => decode(text.as_bytes()).is_ok(),
                        _ => false,
                    })
                    .map(|f| f.id)
                    .collect();
                assert_eq!(takers, [format.id], "{text}");
            }
        }
    }

    /// Cut, doubled and damaged texts end in a refusal or an address, never in a panic.
    #[test]
    fn every_row_survives_every_damaged_text() {
        let texts: Vec<Vec<u8>> = ODD
            .iter()
            .flat_map(|format| ok(format).into_iter().take(1))
            .flat_map(|text| {
                let bytes = text.into_bytes();
                let (third, half) = (bytes.len() / 3, bytes.len() / 2);
                let mut odd = bytes.clone();
                odd[half] = 0xff;
                [
                    bytes[..1].to_vec(),
                    bytes[..4.min(half)].to_vec(),
                    bytes[..third].to_vec(),
                    bytes[..bytes.len() - 1].to_vec(),
                    bytes[1..].to_vec(),
                    bytes[third..].to_vec(),
                    [&bytes[..third], "\u{e9}".as_bytes(), &bytes[third + 1..]].concat(),
                    bytes.repeat(2),
                    bytes.repeat(40),
                    odd,
                ]
            })
            .chain([Vec::new()])
            .collect();
        for format in ODD {
            let Codec::Custom(decode) = format.codec else {
                continue;
            };
            for text in &texts {
                let _ = decode(text);
            }
        }
    }
}
