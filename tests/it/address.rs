//! The format table walked: every row has a fixture, every fixture a row; what holds for one
//! address holds for all of them.

use interdict::address::formats::{Check, Codec, Detect, by_id};
use interdict::address::{
    Address, Basis, FORMATS, Format, Identity, Namespace, Reason, decode, diagnose, explain, note,
    relate, relation,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/address")
}

enum Line {
    Ok(String),
    Bad(String, String),
}

fn fixture(id: &str) -> Vec<Line> {
    let path = folder().join(format!("{id}.txt"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert!(
        text.starts_with("# "),
        "{id}: the first line names the source"
    );
    text.lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
        .map(|line| {
            let mut words = line.splitn(3, ' ');
            match (words.next(), words.next(), words.next()) {
                (Some("ok"), Some(text), None) => Line::Ok(text.to_owned()),
                (Some("bad"), Some(reason), Some(text)) => Line::Bad(reason.into(), text.into()),
                _ => panic!("{id}: cannot read `{line}`"),
            }
        })
        .collect()
}

fn oks(format: &Format) -> Vec<String> {
    fixture(format.id)
        .into_iter()
        .filter_map(|l| match l {
            Line::Ok(text) => Some(text),
            Line::Bad(..) => None,
        })
        .collect()
}

fn hinted(format: &Format) -> bool {
    format.detect == Detect::Hinted
}

#[test]
fn every_row_has_a_fixture_and_every_fixture_a_row() {
    let rows: BTreeSet<String> = FORMATS.iter().map(|f| f.id.to_owned()).collect();
    assert_eq!(rows.len(), FORMATS.len(), "ids are unique");
    for id in &rows {
        assert!(
            id.bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
        );
    }
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the folder exists")
        .map(|e| {
            e.expect("readable")
                .path()
                .file_stem()
                .expect("a name")
                .display()
                .to_string()
        })
        .collect();
    assert_eq!(rows, files);
}

#[test]
fn every_fixture_is_judged_by_its_row_as_it_says() {
    for format in FORMATS {
        let lines = fixture(format.id);
        let count = |ok: bool| {
            lines
                .iter()
                .filter(|l| matches!(l, Line::Ok(_)) == ok)
                .count()
        };
        assert!(
            count(true) >= 3 && count(false) >= 3,
            "{}: three of each",
            format.id
        );
        for line in lines {
            match line {
                Line::Ok(text) => {
                    let address = format.parse(&text).unwrap_or_else(|e| {
                        panic!("{}: `{text}` refused: {e}", format.id);
                    });
                    assert_eq!(address.format(), format, "{text}");
                }
                Line::Bad(reason, text) => {
                    let error = format.parse(&text).expect_err(&text);
                    assert_eq!(error.reason.id(), reason, "{}: {text}", format.id);
                    if let Ok(other) = decode(text.as_bytes()) {
                        assert_ne!(other.format, format, "{text}");
                    }
                }
            }
        }
    }
}

/// Texts that more than one row takes under a hint, with the reason. Detection gives them to the
/// first.
fn shared(a: &str, b: &str) -> bool {
    let pair = [a, b];
    let has = |x: &str| pair.contains(&x);
    // A single-case 0x address has no checksum that could tell the chains apart.
    has("evm-rsk") || has("evm-test-rsk")
        // The CashAddr codec's vectors take any prefix.
        || has("cashaddr-codec")
        // Formats without a checksum, or with another reading of the same text (EQUIVALENCE of
        // the short and long hex ids, names that look like anything).
        || pair.iter().any(|id| by_id(id).is_some_and(hinted))
        // Version byte 0x17 is Bitcoin Gold's and NEO's.
        || has("btg-p2sh") && has("neo-legacy")
        // Any 32 bytes of base58 are a Solana account.
        || has("solana")
}

#[test]
fn a_valid_text_belongs_to_one_row() {
    for format in FORMATS.iter() {
        for text in oks(format) {
            for other in FORMATS.iter().filter(|f| *f != format) {
                if other.parse(&text).is_ok() {
                    assert!(
                        shared(format.id, other.id),
                        "{text}: {} and {}",
                        format.id,
                        other.id
                    );
                }
            }
            if !hinted(format) {
                let found = decode(text.as_bytes()).expect(&text);
                assert!(
                    found.format == format || shared(found.format.id, format.id),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn the_canonical_spelling_is_a_fixed_point() {
    for format in FORMATS {
        for text in oks(format) {
            let address = format.parse(&text).expect("a good one");
            let again = format.parse(address.canonical()).unwrap_or_else(|e| {
                panic!(
                    "{}: canonical `{}` refused: {e}",
                    format.id,
                    address.canonical()
                )
            });
            assert_eq!(again, address);
            assert_eq!(again.identity(), address.identity());
            assert_eq!(again.canonical(), address.canonical());
            assert!(!address.networks().is_empty());
            assert_eq!(
                address.reach()[0],
                (*address.identity(), Basis::SameAccount)
            );
        }
    }
}

/// Rows with a checksum over every spelling. The modulo 97 of ICAP does not see every change of a
/// digit into a letter, which it reads as two digits.
fn proof_against_substitution(format: &Format) -> bool {
    format.check == Check::Checksum && !hinted(format) && !format.id.starts_with("icap")
}

#[test]
fn any_single_substitution_of_a_checksummed_address_is_refused() {
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for format in FORMATS
        .iter()
        .filter(|f| f.check == Check::Checksum && !hinted(f))
    {
        if !proof_against_substitution(format) {
            continue;
        }
        for text in oks(format).iter().take(2) {
            let good = format.parse(text).expect("a good one");
            let bytes = text.as_bytes();
            for at in 0..bytes.len() {
                // A few of the alphabet at each place; the property test takes the rest.
                for step in 0..7 {
                    let c = alphabet[(at * 7 + step * 9 + bytes[at] as usize) % alphabet.len()];
                    let mut changed = bytes.to_vec();
                    changed[at] = c;
                    let changed = String::from_utf8(changed).expect("ASCII");
                    if let Ok(other) = format.parse(&changed) {
                        assert_eq!(other.identity(), good.identity(), "{text} {changed}");
                    }
                }
            }
        }
    }
}

fn any_ok() -> impl Strategy<Value = (&'static Format, String)> {
    let all: Vec<(&'static Format, String)> = FORMATS
        .iter()
        .flat_map(|f| oks(f).into_iter().map(move |t| (f, t)))
        .collect();
    proptest::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = Address::parse(&text);
        for format in FORMATS {
            let _ = format.parse(&text);
        }
    }

    #[test]
    fn texts_near_addresses_never_panic(
        (_, text) in any_ok(), at in any::<prop::sample::Index>(), insert in "\\PC{0,3}"
    ) {
        let cut = at.index(text.len() + 1);
        let changed = format!("{}{insert}{}", &text[..cut], &text[cut..]);
        for variant in [&text[..cut], &text[cut..], &changed] {
            let _ = decode(variant.as_bytes());
            for format in FORMATS {
                if let Ok(address) = format.parse(variant) {
                    let again = format.parse(address.canonical()).expect("a fixed point");
                    prop_assert_eq!(again, address);
                }
            }
        }
    }

    #[test]
    fn a_substitution_is_refused(
        (format, text) in any_ok(), at in any::<prop::sample::Index>(), c in "[0-9A-Za-z]"
    ) {
        prop_assume!(proof_against_substitution(format));
        let good = format.parse(&text).expect("a good one");
        let at = at.index(text.len());
        let mut changed = text.clone();
        changed.replace_range(at..=at, &c);
        if let Ok(other) = format.parse(&changed) {
            prop_assert_eq!(other.identity(), good.identity());
        }
    }
}

/// A text of one of the two oracles' formats with up to two characters changed.
fn nearly(ids: &'static [&'static str]) -> impl Strategy<Value = String> {
    let texts: Vec<String> = ids
        .iter()
        .flat_map(|id| oks(by_id(id).expect("a row")))
        .collect();
    let edit = (any::<prop::sample::Index>(), "[0-9a-zA-Z]", any::<bool>());
    let edits = proptest::collection::vec(edit, 0..3);
    (proptest::sample::select(texts), edits).prop_map(|(mut text, edits)| {
        for (at, c, replace) in edits {
            let at = at.index(text.len());
            text.replace_range(at..at + usize::from(replace), &c);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000, failure_persistence: None, ..ProptestConfig::default()
    })]

    /// Against the crate of the field, which checks length, version, variant and padding.
    #[test]
    fn segwit_agrees_with_the_bech32_crate(
        text in nearly(&["btc-p2wpkh", "btc-p2wsh", "btc-p2tr", "btc-witness", "btc-test-p2tr"])
    ) {
        let theirs = bech32::segwit::decode(&text)
            .ok()
            .filter(|(hrp, ..)| ["bc", "tb", "bcrt"].contains(&hrp.to_lowercase().as_str()));
        let ours = Address::parse_as(&text, "BTC", true).ok();
        prop_assert_eq!(theirs.is_some(), ours.is_some(), "{}", text);
        if let (Some((_, _, program)), Some(ours)) = (theirs, ours) {
            prop_assert!(ours.identity().payload().ends_with(&program));
        }
    }

    /// Against `bs58` and `sha2`, which know nothing of versions.
    #[test]
    fn base58check_agrees_with_the_bs58_crate(
        text in nearly(&["btc-p2pkh", "btc-p2sh", "doge-p2pkh", "zec-p2pkh", "tron"])
    ) {
        use sha2::{Digest, Sha256};
        let theirs = bs58::decode(&text).into_vec().ok().filter(|bytes| {
            bytes.split_last_chunk::<4>().is_some_and(|(body, sum)| {
                Sha256::digest(Sha256::digest(body))[..4] == *sum
            })
        });
        let ours = ["btc-p2pkh", "btc-p2sh", "doge-p2pkh", "zec-p2pkh", "tron"]
            .iter()
            .find_map(|id| by_id(id).expect("a row").parse(&text).ok());
        prop_assert_eq!(theirs.is_some(), ours.is_some(), "{}", text);
        if let (Some(theirs), Some(ours)) = (theirs, ours) {
            prop_assert!(theirs[..theirs.len() - 4].ends_with(ours.identity().payload()));
        }
    }
}

fn parse(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// One key of BIP-173 in the notations of ten chains.
#[test]
fn one_key_hash_is_one_identity() {
    let listed = parse("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH");
    assert_eq!(listed.identity().namespace(), Namespace::H160Key);
    for text in [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        "DFpN6QqFfUm3gKNaxN6tNcab1FArL9cZLE",
    ] {
        let found = relate(&parse(text), &listed).expect(text);
        assert_eq!(found.basis, Basis::SameKey, "{text}");
        assert!(found.why.len() > 20);
    }
    // BIP-49: the nested form is computed from the key hash, never the other way round.
    let nested = parse("3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN");
    assert_eq!(
        relate(&nested, &listed).expect("derived").basis,
        Basis::Derived
    );
    assert!(
        listed
            .reach()
            .contains(&(*nested.identity(), Basis::Derived))
    );
    assert!(!nested.reach().iter().any(|(i, _)| i == listed.identity()));
}

/// The CashAddr specification's translation table: key and script of equal bytes are unrelated.
#[test]
fn a_key_is_not_a_script() {
    let key = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
    let script = "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq";
    assert_eq!(
        parse(key).identity().payload(),
        parse(script).identity().payload()
    );
    assert_eq!(relation(key, script).relation, "none");
    assert_eq!(
        relation(key, "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu").relation,
        "same-key"
    );
    assert_eq!(relation(key, &key.to_uppercase()).relation, "same-account");
    assert_eq!(relation(key, key).relation, "exact");
}

/// An EVM account listed in the notation of another chain, and the specification's casing.
#[test]
fn evm_and_tron_are_one_identity() {
    let evm = parse("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
    for text in [
        "7e5f4552091a69125d5dfcb7b8c2659029395bdf",
        "0X7E5F4552091A69125D5DFCB7B8C2659029395BDF",
    ] {
        assert_eq!(relate(&parse(text), &evm).expect(text).basis, Basis::Exact);
    }
    let tron = parse("TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC");
    let found = relate(&tron, &evm).expect("the same 20 bytes");
    assert_eq!(found.basis, Basis::SameKey);
    assert!(found.why.contains("contracts"));
    let hex = parse("417e5f4552091a69125d5dfcb7b8c2659029395bdf");
    assert_eq!(
        relate(&hex, &tron).expect("two notations").basis,
        Basis::SameAccount
    );
    assert_eq!(
        evm.canonical(),
        "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
    );
}

#[test]
fn a_failed_casing_still_leads_to_its_bytes() {
    let error = Address::parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD").expect_err("a typo");
    assert_eq!(error.reason, Reason::Checksum);
    let lead = error.lead.expect("the bytes are known");
    assert_eq!(
        lead,
        *parse("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed").identity()
    );
}

#[test]
fn hashes_are_never_addresses() {
    let hash = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16";
    for text in [hash.to_owned(), format!("0x{hash}"), hash.to_uppercase()] {
        assert_eq!(
            Address::parse(&text).expect_err("a hash").reason,
            Reason::UnknownFormat
        );
    }
}

/// BIP-350, "Test vectors for v0-v16 native segregated witness addresses": each invalid one.
#[test]
fn bip_350_invalid_addresses() {
    for text in [
        "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
        "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
        "bc1pw5dgrnzv",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
        "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
        "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
        "bc1gmk9yu",
    ] {
        assert!(Address::parse(text).is_err(), "{text}");
        assert!(Address::parse_as(text, "BTC", true).is_err(), "{text}");
    }
}

#[test]
fn an_asset_takes_its_own_networks_only() {
    let refused = |text, asset, testnet| Address::parse_as(text, asset, testnet).expect_err(text);
    let btc = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH";
    for asset in ["BTC", "XBT", "btc", "BCH", "BSV", "XEC", "USDT-OMNI"] {
        assert!(Address::parse_as(btc, asset, false).is_ok(), "{asset}");
    }
    assert_eq!(refused(btc, "LTC", false).reason, Reason::Network);
    assert_eq!(refused(btc, "SOL", false).reason, Reason::Network);
    let test = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx";
    assert_eq!(refused(test, "BTC", false).reason, Reason::Network);
    assert!(Address::parse_as(test, "BTC", true).is_ok());
    // Terra's validators are not the Cosmos Hub's.
    assert!(
        Address::parse_as(
            "terra1w508d6qejxtdg4y5r3zarvary0c5xw7kued6dc",
            "ATOM",
            false
        )
        .is_err()
    );
    // ERC-1191's casing is Rootstock's alone, EIP-55's is everybody else's.
    let rsk = "0x27b1FdB04752BBc536007A920D24ACB045561c26";
    assert!(Address::parse_as(rsk, "RSK", false).is_ok());
    assert_eq!(refused(rsk, "ETH", false).reason, Reason::Checksum);
}

#[test]
fn one_edit_is_found_and_told() {
    // The genesis address with its seventh character changed.
    let text = "1A1zP1fP5QGefi2DMPTfTL5SLmv7DivfNa";
    let error = Address::parse(text).expect_err("a typo");
    assert_eq!(
        explain(text, &error),
        "looks like Bitcoin P2PKH, but the checksum is wrong: one character differs from a valid \
         address at position 7"
    );
    let cases = [
        ("bc1qw508d6qejxtdg4y5r3zarvayr0c5xw7kv8f3t4", "swapped"),
        (
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7v8f3t4",
            "one more character at position 36",
        ),
        (
            "1A1zPP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "lacks the character at position 5",
        ),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DlvfNa", "at position 30"),
        (
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
            "at position 42",
        ),
    ];
    for (text, says) in cases {
        let error = Address::parse(text).expect_err(text);
        let told = explain(text, &error);
        assert!(told.contains(says), "{text}: {told}");
    }
    assert_eq!(
        diagnose("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        None,
        "nothing is wrong with it"
    );
    assert_eq!(
        diagnose("1A1zP1fP5QGefi2DMPTfTL5SLmv7DivfNb"),
        None,
        "two edits"
    );
}

#[test]
fn ambiguity_is_noted() {
    let noted = |text| note(&parse(text), text).unwrap_or_default();
    assert!(noted("DFpN6QqFfUm3gKNaxN6tNcab1FArL9cZLE").contains("Verge"));
    assert!(noted("0x0000000000000000000000000000000000000000").contains("zero address"));
    assert!(noted("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed").contains("no checksum"));
    assert_eq!(noted("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), "");
}

/// The Bitcoin wiki's and BIP-32's published keys.
#[test]
fn secrets_are_refused_and_never_echoed() {
    for text in [
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK",
        "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617",
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        "SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKR",
    ] {
        for error in [
            Address::parse(text).expect_err("a secret"),
            Address::parse_as(text, "BTC", false).expect_err("a secret"),
        ] {
            assert_eq!(error.reason, Reason::Secret);
            for told in [
                error.to_string(),
                format!("{error:?}"),
                explain(text, &error),
            ] {
                assert!(!told.contains(&text[..8]), "{told}");
            }
        }
        assert_eq!(diagnose(text), None);
    }
}

#[test]
fn identities_keep_their_namespace() {
    let bytes = [7; 20];
    let a = Identity::new(Namespace::H160Key, &bytes);
    assert_ne!(a, Identity::new(Namespace::H160Script, &bytes));
    assert_ne!(a, Identity::new(Namespace::Evm, &bytes));
    assert!(matches!(
        by_id("evm").map(|f| f.codec),
        Some(Codec::Evm { chain: None })
    ));
}
