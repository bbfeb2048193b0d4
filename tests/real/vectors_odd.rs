//! The labelled vectors of the assets with address schemes of their own: every row judged by the
//! asset's formats alone.

use interdict::address::Reason;
use interdict::address::formats::{Codec, by_id};

/// Asset codes and the ids of their formats; `*` stands for the test networks' sibling as well.
const ASSETS: &[(&str, &[&str])] = &[
    (
        "ADA",
        &[
            "cardano-base*",
            "cardano-pointer*",
            "cardano-enterprise*",
            "cardano-stake*",
            "cardano-byron*",
        ],
    ),
    ("ALGO", &["algorand"]),
    ("APT", &["aptos"]),
    ("DOT", &["polkadot"]),
    ("EOS", &["eos-name", "eos-key-legacy", "eos-key"]),
    (
        "FIL",
        &[
            "filecoin-id*",
            "filecoin-secp256k1*",
            "filecoin-actor*",
            "filecoin-bls*",
            "filecoin-evm*",
            "filecoin-managed*",
        ],
    ),
    ("HBAR", &["hedera", "hedera-checksummed*", "hedera-alias"]),
    ("ICX", &["icon-account", "icon-contract"]),
    ("KSM", &["kusama"]),
    ("NANO", &["nano"]),
    ("NEAR", &["near*", "near-name", "near-implicit", "near-evm"]),
    ("NEO", &["neo-legacy", "neo-n3"]),
    ("RON", &["ronin"]),
    ("STRK", &["starknet"]),
    ("SUBSTRATE", &["polkadot", "kusama", "substrate"]),
    ("SUI", &["sui"]),
    (
        "TON",
        &["ton-raw", "ton-bounceable*", "ton-non-bounceable*"],
    ),
    ("WAVES", &["waves*"]),
    ("XDC", &["xdc"]),
    (
        "XLM",
        &[
            "stellar-account",
            "stellar-muxed",
            "stellar-contract",
            "stellar-pool",
            "stellar-balance",
            "stellar-signed-payload",
        ],
    ),
    (
        "XTZ",
        &[
            "tezos-tz1",
            "tezos-tz2",
            "tezos-tz3",
            "tezos-tz4",
            "tezos-contract",
            "tezos-rollup",
        ],
    ),
    (
        "ZEC",
        &["zcash-sprout*", "zcash-sapling*", "zcash-unified*"],
    ),
    ("ETH", &["icap"]),
];

/// The format's id if exactly one format takes the text, else every refusal.
fn judge(text: &str, ids: &[&str]) -> Result<String, String> {
    let mut taken = Vec::new();
    let mut refused = Vec::new();
    let ids = ids.iter().flat_map(|id| match id.strip_suffix('*') {
        Some(id) => vec![id.to_owned(), format!("{id}-test")],
        None => vec![(*id).to_owned()],
    });
    for id in ids {
        let format = by_id(&id).unwrap_or_else(|| panic!("no format `{id}`"));
        let result = match format.codec {
            Codec::Custom(decode) => decode(text.as_bytes()).map(|_| ()),
            _ => panic!("`{id}` is no odd scheme"),
        };
        match result {
            Ok(()) => taken.push(id),
            Err(Reason::UnknownFormat) => {}
            Err(reason) => refused.push(format!("{id}: {}", reason.id())),
        }
    }
    match taken.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(refused.join(", ")),
        many => panic!("{text} is taken by {many:?}"),
    }
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn odd_schemes() {
    let text = crate::read("vectors/vectors.jsonl");
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let asset = row["asset"].as_str().unwrap();
        let address = row["address"].as_str().unwrap();
        let kind = row["kind"].as_str().unwrap_or_default();
        let Some((_, ids)) = ASSETS.iter().find(|(a, _)| *a == asset) else {
            continue;
        };
        // What the families take is not this test's business.
        let family = match asset {
            "ETH" => !address.starts_with("XE"),
            "RON" => address.starts_with("0x"),
            "ZEC" => matches!(kind, "p2pkh" | "p2sh" | "tex"),
            _ => false,
        };
        if family {
            continue;
        }
        rows += 1;
        let judged = judge(address, ids);
        if judged.is_ok() != row["valid"].as_bool().unwrap() {
            wrong.push(format!("{asset} {address}: {judged:?}, but {row}"));
        }
        if let Ok(id) = judged {
            let test = row["network"] == "testnet" || row["network"] == "regtest";
            if test != by_id(&id).unwrap().test {
                wrong.push(format!("{asset} {address}: {id}, but {row}"));
            }
        }
    }
    assert!(rows > 500, "only {rows} rows");
    assert!(
        wrong.is_empty(),
        "{} of {rows} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
