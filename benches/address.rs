//! Nanoseconds per address against the crates of the field, in one run:
//! `cargo bench --no-default-features --bench address`.
//!
//! Every benchmark walks 64 texts, so a figure divided by 64 is one address; `items` says it.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use interdict::address::batch::{Answer, Batch};
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

/// `texts` as the scanner meets them: in one text, judged together.
fn judged(bencher: Bencher, texts: Vec<String>) {
    let mut text = String::new();
    let mut tokens = Vec::new();
    for token in &texts {
        let start = text.len() as u32;
        text.push_str(token);
        tokens.push([start, text.len() as u32]);
        text.push(',');
    }
    let mut batch = Batch::default();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| {
            let answers = batch.judge(black_box(text.as_bytes()), black_box(&tokens));
            let valid = answers.iter().filter(|a| matches!(a, Answer::Address(_)));
            valid.count()
        });
}

/// 20 pseudo-random bytes for each number.
fn payload(n: usize) -> [u8; 32] {
    Sha256::digest(n.to_le_bytes()).into()
}

/// The kinds of a transaction export, in the proportions of `scripts/txgen`.
const KINDS: &[(&str, usize)] = &[
    ("evm lower", 288),
    ("evm mixed", 162),
    ("btc p2pkh", 75),
    ("btc p2sh", 60),
    ("btc p2wpkh", 120),
    ("btc p2wsh", 9),
    ("btc p2tr", 36),
    ("tron", 150),
    ("solana", 40),
    ("ltc", 20),
    ("xrp", 20),
    ("doge", 10),
    ("bch", 5),
    ("monero", 5),
];

fn of_kind(kind: &str, n: usize) -> String {
    let bytes = payload(n);
    let check = |version: u8, alphabet| {
        base58::encode_check(&[&[version], &bytes[..20]].concat(), alphabet)
    };
    let segwit = |version: u8, len: usize, variant| {
        let symbols = [vec![version], bech32::unpack(&bytes[..len])].concat();
        bech32::encode("bc", &symbols, variant)
    };
    let account = evm::encode(bytes.first_chunk().expect("32 bytes"), None);
    match kind {
        "evm lower" => account.to_ascii_lowercase(),
        "evm mixed" => account,
        "btc p2pkh" => check(0, Alphabet::Bitcoin),
        "btc p2sh" => check(5, Alphabet::Bitcoin),
        "btc p2wpkh" => segwit(0, 20, Variant::Bech32),
        "btc p2wsh" => segwit(0, 32, Variant::Bech32),
        "btc p2tr" => segwit(1, 32, Variant::Bech32m),
        "tron" => check(0x41, Alphabet::Bitcoin),
        "solana" => base58::encode(&bytes, Alphabet::Bitcoin),
        "ltc" => check(0x30, Alphabet::Bitcoin),
        "xrp" => check(0, Alphabet::Ripple),
        "doge" => check(0x1e, Alphabet::Bitcoin),
        "bch" => bech32::cash_encode("bitcoincash", &[&[0], &bytes[..20]].concat())[12..].into(),
        // The Monero project's donation address and one of the documentation.
        "monero" => [
            "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
            "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
        ][n % 2]
            .into(),
        _ => unreachable!("a kind of the table"),
    }
}

mod batch {
    use super::*;

    #[divan::bench(args = KINDS.iter().map(|(kind, _)| *kind))]
    fn kind(bencher: Bencher, kind: &str) {
        judged(bencher, (0..512).map(|n| of_kind(kind, n)).collect());
    }

    fn mix() -> Vec<String> {
        let total = KINDS.iter().map(|(_, share)| share).sum::<usize>();
        (0..1024)
            .map(|n| {
                let mut at = n * 617 % total;
                let (kind, _) = KINDS
                    .iter()
                    .find(|(_, share)| {
                        let here = at < *share;
                        at = at.wrapping_sub(*share);
                        here
                    })
                    .expect("within the total");
                of_kind(kind, n)
            })
            .collect()
    }

    #[divan::bench]
    fn mix_judged(bencher: Bencher) {
        judged(bencher, mix());
    }

    #[divan::bench]
    fn mix_decoded(bencher: Bencher) {
        run(bencher, mix(), detects);
    }

    #[divan::bench]
    fn hashes(bencher: Bencher) {
        let hex = |n: usize| payload(n).iter().map(|b| format!("{b:02x}")).collect();
        judged(bencher, (0..512).map(hex).collect());
    }

    #[divan::bench]
    fn signatures(bencher: Bencher) {
        let text = |n: usize| {
            let (a, b) = (of_kind("solana", 2 * n), of_kind("solana", 2 * n + 1));
            format!("{a}{b}")
        };
        judged(bencher, (0..512).map(text).collect());
    }
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
