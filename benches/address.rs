//! Nanoseconds per address against the crates of the field, in one run:
//! `cargo bench --no-default-features --bench address`.
//!
//! Every benchmark walks 64 texts, so a figure divided by 64 is one address; `items` says it.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use interdict::address::codec::base58::{self, Alphabet};
use interdict::address::codec::bech32::{self, Variant};
use interdict::address::codec::evm;
use interdict::address::{Address, decode};
use sha2::{Digest, Sha256};
use sha3::Keccak256;

fn main() {
    divan::main();
}

fn seeds() -> impl Iterator<Item = [u8; 32]> {
    (0..64_u8).map(|i| Sha256::digest([i]).into())
}

fn p2pkh() -> Vec<String> {
    seeds()
        .map(|s| base58::encode_check(&[&[0], &s[..20]].concat(), Alphabet::Bitcoin))
        .collect()
}

fn witness(version: u8, len: usize) -> Vec<String> {
    let variant = if version == 0 {
        Variant::Bech32
    } else {
        Variant::Bech32m
    };
    seeds()
        .map(|s| {
            let symbols = [vec![version], bech32::unpack(&s[..len])].concat();
            bech32::encode("bc", &symbols, variant)
        })
        .collect()
}

fn eip55() -> Vec<String> {
    seeds()
        .map(|s| evm::encode(s.first_chunk().expect("32 bytes"), None))
        .collect()
}

/// Tokens of 34 to 62 characters that are no address: words, hashes, numbers, base58 noise.
fn noise() -> Vec<String> {
    let alphabets: [&[u8]; 4] = [
        b"0123456789abcdef",
        b"abcdefghijklmnopqrstuvwxyz0123456789",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        Alphabet::Bitcoin.chars(),
    ];
    (0..64_usize)
        .map(|i| {
            let len = 34 + i * 29 % 29;
            let alphabet = alphabets[i % 4];
            let at = |n: usize| Sha256::digest([i as u8, n as u8])[0] as usize % alphabet.len();
            (0..len + i % 29)
                .map(|n| char::from(alphabet[at(n)]))
                .collect()
        })
        .filter(|t: &String| decode(t.as_bytes()).is_err())
        .collect()
}

fn run(bencher: Bencher, texts: Vec<String>, f: impl Fn(&str) -> bool + Sync) {
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench(|| texts.iter().filter(|t| f(black_box(t))).count());
}

fn detects(text: &str) -> bool {
    decode(text.as_bytes()).is_ok()
}

mod base58check {
    use super::*;

    #[divan::bench]
    fn interdict(bencher: Bencher) {
        run(bencher, p2pkh(), detects);
    }

    #[divan::bench]
    fn bs58_and_sha2(bencher: Bencher) {
        run(bencher, p2pkh(), |text| {
            let mut bytes = [0; 32];
            bs58::decode(text).onto(&mut bytes[..]).is_ok_and(|n| {
                let (body, sum) = bytes[..n].split_at(n - 4);
                Sha256::digest(Sha256::digest(body))[..4] == *sum
            })
        });
    }
}

mod bech32_p2wpkh {
    use super::*;

    #[divan::bench]
    fn interdict(bencher: Bencher) {
        run(bencher, witness(0, 20), detects);
    }

    #[divan::bench]
    fn bech32_segwit_decode(bencher: Bencher) {
        run(bencher, witness(0, 20), |text| {
            ::bech32::segwit::decode(text).is_ok()
        });
    }
}

mod bech32m_p2tr {
    use super::*;

    #[divan::bench]
    fn interdict(bencher: Bencher) {
        run(bencher, witness(1, 32), detects);
    }

    #[divan::bench]
    fn bech32_segwit_decode(bencher: Bencher) {
        run(bencher, witness(1, 32), |text| {
            ::bech32::segwit::decode(text).is_ok()
        });
    }
}

mod evm_mixed_case {
    use super::*;

    #[divan::bench]
    fn interdict(bencher: Bencher) {
        run(bencher, eip55(), detects);
    }

    #[divan::bench]
    fn sha3(bencher: Bencher) {
        run(bencher, eip55(), |text| {
            let lower = text[2..].to_ascii_lowercase();
            let hash = Keccak256::digest(lower.as_bytes());
            text.bytes().skip(2).enumerate().all(|(i, c)| {
                let raised = hash[i / 2] >> (4 * (1 - i % 2)) & 8 != 0;
                !c.is_ascii_alphabetic() || c.is_ascii_uppercase() == raised
            })
        });
    }
}

#[divan::bench]
fn evm_lower_case(bencher: Bencher) {
    run(
        bencher,
        eip55().iter().map(|t| t.to_ascii_lowercase()).collect(),
        detects,
    );
}

#[divan::bench]
fn no_address(bencher: Bencher) {
    run(bencher, noise(), detects);
}

/// The worst kind: base58 of an address's length and first letter with a wrong version.
#[divan::bench]
fn no_address_base58_34(bencher: Bencher) {
    let texts = p2pkh().iter().map(|t| t.replacen('1', "B", 1)).collect();
    run(bencher, texts, detects);
}

#[divan::bench]
fn no_address_hex_64(bencher: Bencher) {
    let hex = |s: [u8; 32]| s.iter().map(|b| format!("{b:02x}")).collect();
    run(bencher, seeds().map(hex).collect(), detects);
}

/// Noise in the alphabets and lengths of the odd schemes, checksum wrong or missing.
#[divan::bench(args = [
    "base58 36", "base58 48", "base58 59", "base64 48", "BASE32 56", "BASE32 58", "f1 41", "name 40",
])]
fn no_address_odd_shape(bencher: Bencher, kind: &str) {
    let (alphabet, len): (&[u8], usize) = match kind {
        "base58 36" => (Alphabet::Bitcoin.chars(), 36),
        "base58 48" => (Alphabet::Bitcoin.chars(), 48),
        "base58 59" => (Alphabet::Bitcoin.chars(), 59),
        "base64 48" => (
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
            48,
        ),
        "BASE32 56" => (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 56),
        "BASE32 58" => (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 58),
        "f1 41" => (b"abcdefghijklmnopqrstuvwxyz234567", 41),
        _ => (b"abcdefghijklmnopqrstuvwxyz", 40),
    };
    let at = |i: usize, n: usize| Sha256::digest([i as u8, n as u8])[1] as usize % alphabet.len();
    let texts = (0..64_usize)
        .map(|i| {
            (0..len)
                .map(|n| char::from(alphabet[at(i, n)]))
                .collect::<String>()
        })
        .map(|t| {
            if kind == "f1 41" {
                t.replacen(char::is_alphanumeric, "f1", 1)
            } else {
                t
            }
        })
        .collect();
    run(bencher, texts, detects);
}

#[divan::bench]
fn parse_whole_address(bencher: Bencher) {
    run(bencher, p2pkh(), |text| Address::parse(text).is_ok());
}
