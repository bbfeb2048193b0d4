//! Whatever the token and the text around it, a batch answers as decoding does.

use super::*;
use crate::address::codec::base58::{Alphabet, encode_check};
use crate::address::codec::bech32::{self, Variant};
use crate::address::codec::evm;
use proptest::prelude::*;

/// What an answer says, comparable.
fn said(answer: &Answer) -> String {
    match answer {
        Answer::Address(d) => format!("{} {:?}", d.format.id, d.identity),
        Answer::Nothing => "nothing".into(),
        Answer::Ask => "ask".into(),
    }
}

/// Judges `tokens` in one text, `gap` bytes of another kind between them, and as texts of their own.
fn agree(tokens: &[Vec<u8>], gap: usize) {
    let mut text = Vec::new();
    let mut at = Vec::new();
    for token in tokens {
        text.resize(text.len() + gap, b'z');
        at.push([text.len() as u32, (text.len() + token.len()) as u32]);
        text.extend(token);
    }
    let mut batch = Batch::default();
    let answers: Vec<String> = batch.judge(&text, &at).iter().map(said).collect();
    for (token, answer) in tokens.iter().zip(answers) {
        let wanted = said(&Answer::of(token));
        if token.iter().all(u8::is_ascii_alphanumeric) && !crate::address::possible(token) {
            let error = decode(token).unwrap_err();
            assert!(error.lead.is_none(), "{error}");
        }
        let shown = String::from_utf8_lossy(token);
        assert_eq!(answer, wanted, "{shown}");
        let alone = batch.judge(token, &[[0, token.len() as u32]]);
        assert_eq!(said(&alone[0]), wanted, "alone: {shown}");
    }
}

/// Every text of the fixtures, good and bad.
fn fixtures() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/address");
    let mut texts = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let fixture = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let lines = fixture.lines().filter(|l| !l.starts_with('#'));
        texts.extend(
            lines
                .filter_map(|l| l.rsplit(' ').next())
                .map(|t| t.as_bytes().to_vec()),
        );
    }
    texts.sort();
    texts
}

#[test]
fn fixtures_are_answered_as_decoded() {
    let texts = fixtures();
    assert!(texts.len() > 1000);
    agree(&texts, 0);
    agree(&texts, 7);
    let upper: Vec<_> = texts.iter().map(|t| t.to_ascii_uppercase()).collect();
    let lower: Vec<_> = texts.iter().map(|t| t.to_ascii_lowercase()).collect();
    agree(&upper, 1);
    agree(&lower, 64);
}

/// Published addresses of Monero: the project's donation address, a subaddress and an integrated
/// address of its documentation.
const MONERO: [&str; 3] = [
    "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
    "4LL9oSLmtpccfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2bYXZKKQePHES9khPK",
];

/// A Monero address of any keys, most of them no points.
fn monero(keys: &[u8; 64]) -> String {
    let mut bytes = vec![18];
    bytes.extend(keys);
    let sum = crate::address::codec::keccak::keccak_short(&bytes);
    bytes.extend(&sum[..4]);
    let text = |block: &[u8]| {
        let digits = [0, 2, 3, 5, 6, 7, 9, 10, 11][block.len()];
        let mut n = block.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        let mut text = vec![b'1'; digits];
        for place in text.iter_mut().rev() {
            *place = Alphabet::Bitcoin.chars()[(n % 58) as usize];
            n /= 58;
        }
        String::from_utf8(text).unwrap()
    };
    bytes.chunks(8).map(text).collect()
}

/// The families that are read in lanes; what decoding makes of them.
fn made(kind: usize, payload: &[u8; 32]) -> String {
    let check =
        |version: &[u8], alphabet| encode_check(&[version, &payload[..20]].concat(), alphabet);
    let hrp = |hrp, version: Option<u8>, len: usize, variant| {
        let symbols: Vec<u8> = version
            .into_iter()
            .chain(bech32::unpack(&payload[..len]))
            .collect();
        bech32::encode(hrp, &symbols, variant)
    };
    let cash = |kind: u8| {
        let bytes = [&[kind << 3][..], &payload[..20]].concat();
        bech32::cash_encode("bitcoincash", &bytes)
    };
    match kind {
        0 => evm::encode(payload.first_chunk().unwrap(), None),
        1 => check(&[0], Alphabet::Bitcoin),
        2 => check(&[5], Alphabet::Bitcoin),
        3 => check(&[0x41], Alphabet::Bitcoin),
        4 => check(&[0x1c, 0xb8], Alphabet::Bitcoin),
        5 => check(&[payload[31]], Alphabet::Bitcoin),
        6 => check(&[0], Alphabet::Ripple),
        7 => check(&[payload[31]], Alphabet::Ripple),
        8 => hrp("bc", Some(0), 20, Variant::Bech32),
        9 => hrp("bc", Some(0), 32, Variant::Bech32),
        10 => hrp("ltc", Some(1), 32, Variant::Bech32m),
        11 => hrp("bc", Some(payload[31] % 18), 20, Variant::Bech32m),
        12 => hrp("tb", Some(0), 32, Variant::Bech32m),
        13 => hrp("cosmos", None, 20, Variant::Bech32),
        14 => hrp("cosmosvaloper", None, 32, Variant::Bech32),
        15 => hrp("tex", None, 20, Variant::Bech32m),
        16 => hrp("erd", None, 32, Variant::Bech32),
        17 => cash(payload[31] % 16),
        18 => cash(0).replace("bitcoincash:", ""),
        19 => cash(payload[31] % 6).replace("bitcoincash:", ""),
        20 => crate::address::codec::base58::encode(payload, Alphabet::Bitcoin),
        21 => evm::encode(payload.first_chunk().unwrap(), Some(30)),
        24 => MONERO[usize::from(payload[31] % 3)].into(),
        22 => payload.iter().map(|b| format!("{b:02x}")).collect(),
        _ => format!(
            "0x{}",
            payload
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>()
        ),
    }
}
const KINDS: usize = 25;

/// One change of a text, none in most cases.
fn changed(text: &str, change: u8, at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let at = at % bytes.len();
    match change {
        0 => bytes[at] = byte,
        1 => bytes.insert(at, byte),
        2 => drop(bytes.remove(at)),
        3 => bytes.make_ascii_lowercase(),
        4 => bytes.make_ascii_uppercase(),
        5 => bytes[at] ^= 0x20,
        6 => bytes.swap(at, at / 2),
        7 => bytes.truncate(at),
        8 => drop(bytes.drain(..2.min(at))),
        9 => bytes[at] = b"1qprzb0O"[usize::from(byte % 8)],
        _ => {}
    }
    bytes
}

fn token() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        4 => any::<[u8; 32]>(),
        // Leading zeros and ones.
        1 => (any::<[u8; 32]>(), 0..32_usize, any::<bool>()).prop_map(|(mut p, n, ones)| {
            p[..n].fill(if ones { 0xff } else { 0 });
            p
        }),
    ];
    (0..KINDS, payload, 0..20_u8, any::<usize>(), any::<u8>()).prop_map(
        |(kind, payload, change, at, byte)| changed(&made(kind, &payload), change, at, byte),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 2_000 } else { 50_000 }))]

    #[test]
    fn families_are_answered_as_decoded(
        tokens in prop::collection::vec(token(), 1..40),
        gap in 0..70_usize,
    ) {
        agree(&tokens, gap);
    }

    #[test]
    fn changed_fixtures_are_answered_as_decoded(
        nth in any::<prop::sample::Index>(), change in 0..10_u8, at in any::<usize>(), byte in any::<u8>(),
    ) {
        let texts = fixtures();
        let text = String::from_utf8_lossy(nth.get::<Vec<u8>>(&texts)).into_owned();
        prop_assume!(!text.is_empty());
        agree(&[changed(&text, change, at, byte)], 3);
    }

    #[test]
    fn strings_are_answered_as_decoded(
        tokens in prop::collection::vec("[0-9A-Za-z]{20,70}|[0-9a-f]{64}|f4[0-9a-f]{62}|bc1[0-9a-f]{61}|0x[0-9A-F]{64}|[1-9a-zA-HJ-NP-Z]{25,45}|\\PC{25,66}", 1..20),
    ) {
        let tokens: Vec<_> = tokens.into_iter().map(String::into_bytes).collect();
        agree(&tokens, 1);
    }
}

#[test]
fn keys_of_monero_are_looked_for_on_the_curve() {
    let keys = |seed: u8| -> [u8; 64] {
        use sha2::{Digest, Sha512};
        Sha512::digest([seed]).into()
    };
    let mut tokens: Vec<Vec<u8>> = (0..=255).map(|n| monero(&keys(n)).into_bytes()).collect();
    // RFC 8032, 7.1: points; y = 0 and y = 1, where x is 0 or needs no square; one beyond p.
    let point = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let point = evm::hex::<32>(point.as_bytes()).unwrap();
    for first in [
        point,
        [0; 32],
        [0xff; 32],
        std::array::from_fn(|i| u8::from(i == 0)),
    ] {
        for second in [point, keys(1)[..32].try_into().unwrap()] {
            let both = [first, second].concat();
            tokens.push(monero(both[..].try_into().unwrap()).into_bytes());
        }
    }
    let valid = tokens.iter().filter(|t| decode(t).is_ok()).count();
    assert!((30..120).contains(&valid), "{valid}");
    agree(&tokens, 2);
}

/// Every kind that is made is one that lanes accept, so that the tests above test them.
#[test]
fn made_texts_are_addresses() {
    let payload: [u8; 32] = std::array::from_fn(|i| (i * 7 + 1) as u8);
    for kind in [0, 1, 2, 3, 4, 6, 8, 9, 10, 13, 14, 15, 16, 18, 20, 21] {
        let text = made(kind, &payload);
        assert!(decode(text.as_bytes()).is_ok(), "{kind}: {text}");
    }
}

/// What the reading of hashes relies on.
#[test]
fn hex_human_readable_parts_are_those_that_are_known() {
    let hex = |hrp: &str| hrp.bytes().all(|b| b.is_ascii_hexdigit());
    let index = &*crate::address::detect::INDEX;
    let parts: Vec<_> = index.parts().filter(|hrp| hex(hrp)).collect();
    assert_eq!(parts, ["bc"]);
    assert_eq!(index.cash[0].0, "bitcoincash");
}
