//! What `validate` and `check` answer, through the program: shapes, wrapped texts, several receivers
//! in one address, spellings of one account, and nothing of a secret anywhere.

use crate::cli::Cli;
use serde_json::Value;

/// BIP-173's example, and the same key hash as P2PKH.
const SEGWIT: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
const P2PKH: &str = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH";
/// The Bitcoin wiki's P2PKH example.
const OTHER: &str = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2";

fn validate(cli: &Cli, text: &str) -> Value {
    let (_, out, err) = cli.run(&["validate", "--format", "jsonl", "--", text]);
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{text}: {e}: {out}{err}"))
}

/// `check` of `text` on a list that holds `listed`: exit code and the bases of the matches.
fn check(cli: &Cli, listed: &str, text: &str) -> (i32, Vec<String>) {
    let list = cli.file("own.txt", format!("{listed}\n"));
    let args = ["check", "--quiet", "--list", &list, "--format", "json"];
    let (exit, out, err) = cli.run(&[&args[..], &["--", text]].concat());
    let json: Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{text}: {e}: {err}"));
    let matches = json["results"][0]["matches"].as_array().unwrap();
    let basis = |m: &Value| m["basis"].as_str().unwrap().to_owned();
    (exit, matches.iter().map(basis).collect())
}

#[test]
fn validate_answers_in_the_agreed_shape() {
    let cli = Cli::new();
    let text = format!("{SEGWIT}\r\n\n{P2PKH}x\n");
    let file = cli.file("texts.txt", format!("\u{feff}{text}"));
    let (exit, out, _) = cli.run(&["validate", "--input", &file, "--format", "jsonl"]);
    assert_eq!(exit, 4);
    let lines: Vec<Value> = out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(lines.len(), 3, "one answer a line, blank ones too: {out}");
    for line in &lines {
        let fields: Vec<_> = line.as_object().unwrap().keys().collect();
        assert_eq!(
            fields[..8],
            [
                "input",
                "valid",
                "format",
                "networks",
                "canonical",
                "namespace",
                "reason",
                "note"
            ]
        );
        let reason = line["reason"].as_str().unwrap();
        assert_eq!(line["valid"] == true, reason.is_empty(), "{line}");
    }
    assert_eq!(lines[0]["input"], SEGWIT);
    assert_eq!(lines[0]["namespace"], "h160-key");
    assert_eq!(lines[2]["input"], format!("{P2PKH}x"));
    let equivalents = lines[0]["equivalents"].to_string();
    assert!(equivalents.contains(P2PKH), "{equivalents}");
}

#[test]
fn validate_takes_any_bytes() {
    let cli = Cli::new();
    let mut bytes = vec![b'x'; 1 << 20];
    bytes.extend(b"\n\xff\xfe\0\n");
    bytes.extend(SEGWIT.as_bytes());
    let (exit, out, _) = cli.feed(&["validate", "--input", "-", "--format", "jsonl"], &bytes);
    assert_eq!(exit, 4);
    let valid: Vec<bool> = out
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap()["valid"] == true)
        .collect();
    assert_eq!(valid, [false, false, true]);
    let file = cli.file("none.txt", "");
    let (exit, out, _) = cli.run(&["validate", "--input", &file, "--format", "jsonl"]);
    assert_eq!((exit, out.as_str()), (0, ""));
    assert_eq!(cli.run(&["validate", "--input", "no-such-file"]).0, 2);
}

#[test]
fn test_networks_only_when_asked_for() {
    let cli = Cli::new();
    // BIP-173's testnet example.
    let text = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx";
    let base = ["validate", "--as", "BTC", "--format", "jsonl"];
    let (exit, out, _) = cli.run(&[&base[..], &[text]].concat());
    assert_eq!(exit, 4, "{out}");
    assert!(out.contains("another network"), "{out}");
    let (exit, out, _) = cli.run(&[&base[..], &["--testnet", text]].concat());
    assert_eq!(exit, 0, "{out}");
}

#[test]
fn broken_addresses_say_what_mends_them() {
    let cli = Cli::new();
    let answer = validate(&cli, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3");
    let reason = answer["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("looks like Bitcoin P2PKH, but the checksum is wrong"),
        "{reason}"
    );
    assert!(reason.contains("position 34"), "{reason}");
    let doge = validate(&cli, "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L");
    let note = doge["note"].as_str().unwrap();
    for chain in ["Dogecoin", "Verge", "DigiByte"] {
        assert!(note.contains(chain), "{note}");
    }
    for (text, word) in [
        ("0x5aAe...eAed", "truncated"),
        ("vitalik.eth", "name"),
        (
            "0x5\u{430}Aeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "suspicious",
        ),
    ] {
        let answer = validate(&cli, text);
        assert_eq!(answer["valid"], false);
        assert!(
            answer["reason"].as_str().unwrap().contains(word),
            "{answer}"
        );
    }
}

#[test]
fn relations_come_from_the_texts_whatever_they_are_wrapped_in() {
    let cli = Cli::new();
    let secret = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
    let upper = SEGWIT.to_uppercase();
    let file = cli.file(
        "pairs.tsv",
        format!(
            "BITCOIN:{upper}?amount=1\t{SEGWIT}\n{SEGWIT}\tbitcoin:{P2PKH}\n\
             {SEGWIT}\t{SEGWIT}\n{SEGWIT}\t{OTHER}\n{secret}\t{SEGWIT}\nalone\n"
        ),
    );
    let (exit, out, err) = cli.run(&["validate", "--pairs", &file, "--format", "jsonl"]);
    assert_eq!(exit, 0, "{err}");
    let relations: Vec<Value> = out
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap()["relation"].take())
        .collect();
    assert_eq!(
        relations,
        ["same-account", "same-key", "exact", "none", "none", "none"]
    );
    assert!(!out.contains(secret), "{out}");
    let (_, out, _) = cli.run(&["validate", "--pairs", &file]);
    assert!(!out.contains(secret), "{out}");
}

#[test]
fn every_address_in_a_text_is_looked_up() {
    let cli = Cli::new();
    let both = format!("{P2PKH} {OTHER}");
    // Addresses of EIP-55.
    let contract = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";
    assert_eq!(check(&cli, SEGWIT, &both), (1, vec!["same-key".into()]));
    assert_eq!(check(&cli, contract, &both), (0, vec![]));
    let broken = format!("{P2PKH} 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3");
    assert_eq!(check(&cli, contract, &broken), (4, vec![]));
    // EIP-681: the contract and the payee of a token transfer.
    let payee = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB";
    let uri = format!("ethereum:{contract}/transfer?address={payee}&uint256=1");
    assert_eq!(check(&cli, contract, &uri).0, 1);
    assert_eq!(check(&cli, payee, &uri).0, 1);
}

#[test]
fn receivers_inside_an_address_are_looked_up() {
    let cli = Cli::new();
    // CIP-19's test vectors: base, enterprise and reward address of the same keys.
    let base = "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x";
    let enterprise = "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8";
    let stake = "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw";
    let basis = |listed, text| check(&cli, listed, text).1;
    assert_eq!(basis(stake, base), ["same-bytes"]);
    assert_eq!(basis(base, stake), ["same-bytes"]);
    assert_eq!(basis(enterprise, base), ["same-key"]);
    // XLS-5: an X-address and its account; SEP-23: a muxed account and its account.
    let classic = "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59";
    let x = "X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ";
    assert_eq!(basis(classic, x), ["same-account"]);
    let account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ";
    let muxed = "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ";
    assert_eq!(basis(account, muxed), ["same-account"]);
}

/// Also in an export, with and without the search for damaged addresses.
#[test]
fn spellings_of_an_account_that_does_not_show_are_one() {
    let cli = Cli::new();
    // AIP-40: leading zeros may be left out; hex has no case.
    let long = "0x085a47343e2c562cc1e0793661c47b2de7305d255c05e3dbd09c3670e0e0d733";
    let upper = format!("0x{}", long[2..].to_uppercase());
    let short = format!("0x{}", &long[3..]);
    for (listed, text) in [
        (long, upper.as_str()),
        (long, short.as_str()),
        (short.as_str(), long),
        // HIP-15's example: a number with its checksum.
        ("0.0.123", "0.0.123-vfmkw"),
        ("0.0.123-vfmkw", "0.0.123"),
    ] {
        assert_eq!(check(&cli, listed, text), (1, vec!["same-account".into()]));
        let list = cli.file("own.txt", format!("{listed}\n"));
        let rows = format!("Id,To\n1,{text}\n").repeat(50);
        let file = cli.file("rows.csv", rows);
        for more in [&[][..], &["--no-validate"]] {
            let args = ["screen", "--list", &list, "--format", "jsonl", &file];
            let (exit, out, err) = cli.run(&[&args[..], more].concat());
            assert_eq!(
                (exit, out.lines().count()),
                (1, 50),
                "{text} {more:?} {err}"
            );
        }
    }
    assert_eq!(check(&cli, long, long), (1, vec!["verbatim".into()]));
    assert_eq!(check(&cli, long, &long.replace("733", "734")).1, [""; 0]);
}

/// What is left out for speed is said: no hash, a finding, and nothing that claims to be evidence.
#[test]
fn an_export_that_was_not_hashed_is_no_evidence() {
    let cli = Cli::new();
    let list = cli.file("own.txt", format!("{P2PKH}\n"));
    let file = cli.file("rows.csv", format!("Id,To\n1,{P2PKH}\n2,{OTHER}\n"));
    let args = ["screen", "--list", &list, "--format", "json", &file];
    let report = |more: &[&str]| -> Value {
        let (exit, out, err) = cli.run(&[&args[..], more].concat());
        assert_eq!(exit, 1, "{err}");
        serde_json::from_str(&out).unwrap()
    };
    let said = |report: &Value| {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().any(|f| f["code"] == "input-not-hashed")
    };
    let (whole, quick) = (report(&[]), report(&["--no-digest"]));
    assert_eq!(whole["inputs"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(quick["inputs"][0]["sha256"], Value::Null);
    assert_eq!(quick["inputs"][0]["bytes"], whole["inputs"][0]["bytes"]);
    assert_eq!(quick["coverage"], whole["coverage"]);
    assert_eq!((said(&whole), said(&quick)), (false, true));
    let bundle = cli.file("out.zip", "");
    let (exit, _, err) = cli.run(&[&args[..], &["--no-digest", "--bundle", &bundle]].concat());
    assert_eq!(exit, 2);
    assert!(err.contains("--bundle"), "{err}");
}

/// DESIGN: an address with a broken checksum changes the exit code. EIP-55's example, two letters
/// of it in the wrong case.
#[test]
fn a_wrong_casing_is_no_clean_result() {
    let cli = Cli::new();
    let file = cli.file(
        "rows.csv",
        "To\n0x5aAEB6053F3E94C9b9A09f33669435E7Ef1BeAed\n",
    );
    let (exit, _, err) = cli.run(&["screen", &file]);
    assert_eq!(exit, 4, "{err}");
}

#[test]
fn secrets_are_shown_nowhere() {
    let cli = Cli::new();
    // Published examples, all empty: the wiki's WIF, BIP-32's first vector, SEP-23, the XRPL
    // documentation, BIP-39's second vector.
    let seed = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    for secret in [
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        "SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKR",
        "sEdTM1uX8pu2do5XvTnutH6HsouMaM2",
        seed,
    ] {
        for text in [
            secret.to_owned(),
            format!("my key: {secret}!"),
            format!("{P2PKH} key={secret};"),
            format!("bitcoin:{secret}?amount=1"),
        ] {
            let file = cli.file("rows.csv", format!("To,Note\n{P2PKH},\"{text}\"\n"));
            for args in [
                &["validate", &text][..],
                &["validate", "--format", "jsonl", &text],
                &["validate", "--as", "BTC", "--format", "jsonl", &text],
                &["check", &text],
                &["check", "--format", "json", &text],
                &["screen", &file],
                &["screen", "--format", "json", &file],
            ] {
                let (_, out, err) = cli.run(args);
                let all = out + &err;
                assert!(!all.contains(secret), "{args:?}: {all}");
            }
            let answer = validate(&cli, &text);
            assert_eq!(answer["code"], "secret", "{text}");
        }
    }
}
