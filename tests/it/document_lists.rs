//! Documents against lists and exports: no way of naming a listed address in a document goes
//! unsaid, in whatever form the answer is given.

use crate::cli::Cli;
use serde_json::Value;
use std::fs;

/// Bitcoin's genesis address; the same with its last letter wrong is no address at all.
const GENESIS: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
/// EIP-55's first example.
const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
/// From zcash-test-vectors: a unified address, and its transparent receiver.
const UNIFIED: &str = "u1l8xunezsvhq8fgzfl7404m450nwnd76zshscn6nfys7vyz2ywyh4cc5daaq0c7q2su5lqfh23sp7fkf3kt27ve5948mzpfdvckzaect2jtte308mkwlycj2u0eac077wu70vqcetkxf";
const RECEIVER: &str = "t1V9mnyk5Z5cTNMCkLbaDwSskgJZucTLdgW";

#[test]
fn a_receiver_in_a_unified_address_is_found() {
    let cli = Cli::new();
    let list = cli.file("own.txt", RECEIVER);
    let notice = cli.file("notice.txt", format!("Send it to {UNIFIED} at once.\n"));
    let (exit, out, err) = cli.run(&["extract", "--list", &list, &notice]);
    assert_eq!(exit, 1, "{out}{err}");
    assert!(
        out.contains(&format!("as `{RECEIVER}` (same-key)")),
        "{out}"
    );
    let rows = cli.file("rows.csv", format!("To\n{UNIFIED}\n"));
    assert_eq!(cli.run(&["screen", "--list", &list, &rows]).0, 1);
}

#[test]
fn a_damaged_text_that_is_listed_is_said_in_every_form() {
    let cli = Cli::new();
    // A typo in the letter case: its bytes are listed.
    let cased = EVM.replace("0x5aA", "0x5AA");
    // One letter off a listed address.
    let typo = GENESIS.replace("fNa", "fNb");
    let list = cli.file("own.csv", format!("address,label\n{EVM},x\n{GENESIS},y\n"));
    let notice = cli.file("notice.txt", format!("Wallet {cased}.\n\nWallet {typo}.\n"));
    for format in ["table", "json", "csv", "markdown"] {
        let args = ["extract", "--list", &list, "--format", format, &notice];
        let (exit, out, err) = cli.run(&args);
        assert_eq!(exit, 1, "{format}: {out}{err}");
        assert!(out.contains(EVM), "{format}: {out}");
        assert!(out.contains("own"), "{format}: {out}");
        let lines: Vec<&str> = out.lines().filter(|l| l.contains("one-edit")).collect();
        assert!(!lines.is_empty(), "{format}: {out}");
    }
    let (_, out, _) = cli.run(&["extract", "--list", &list, &notice]);
    assert!(out.contains("2 damaged (1 of them listed)"), "{out}");
    assert!(out.contains("own: 1 of them"), "{out}");
    let (_, log, _) = cli.run(&["log", "export"]);
    let last: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    let entry: Value = serde_json::from_str(last["entry"].as_str().unwrap()).unwrap();
    assert_eq!(entry["verdict"], "match");
    assert_eq!(entry["matches"], 1, "{entry}");
}

#[test]
fn addresses_of_one_key_are_told_the_same_rows() {
    let cli = Cli::new();
    // The public key of the genesis block: P2PKH and P2WPKH of its hash.
    let segwit = "bc1qvt5s0v2uhuna2sjnn84ldu8m2r4m3rcc4048ry";
    let rows = cli.file("rows.csv", format!("To\n{GENESIS}\n"));
    let notice = cli.file("notice.txt", format!("{GENESIS} and {segwit}\n"));
    let (_, out, err) = cli.run(&["extract", "--format", "json", &notice, "--against", &rows]);
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {err}"));
    let addresses = report["addresses"].as_array().unwrap();
    assert_eq!(addresses.len(), 2, "{out}");
    for address in addresses {
        assert_eq!(address["rows"].as_array().unwrap().len(), 1, "{address}");
        assert_eq!(address["rows"][0]["row"], 1);
    }
    // The export is one of the files that the answer was made of.
    let (_, log, _) = cli.run(&["log", "export"]);
    assert!(log.contains("rows.csv"), "{log}");
}

#[test]
fn a_list_is_not_written_over_what_was_read() {
    let cli = Cli::new();
    let document = cli.file("notice.tsv", format!("{GENESIS}\n"));
    let dir = cli.home.path().to_str().unwrap();
    let args = [
        "extract",
        &document,
        "--as-list",
        "notice",
        "--list-dir",
        dir,
    ];
    let (exit, _, err) = cli.run(&args);
    assert_eq!(exit, 2, "{err}");
    assert!(err.contains("would be written over"), "{err}");
    assert_eq!(
        fs::read_to_string(&document).unwrap(),
        format!("{GENESIS}\n")
    );
    let (exit, _, err) = cli.run(&["extract", dir, "-o", &document, "--format", "csv"]);
    assert_eq!(exit, 2, "{err}");
    assert_eq!(
        fs::read_to_string(&document).unwrap(),
        format!("{GENESIS}\n")
    );
}

#[test]
fn nothing_in_a_folder_of_documents_is_passed_over_in_silence() {
    let cli = Cli::new();
    let folder = cli.home.path().join("notices");
    fs::create_dir_all(folder.join("inner")).unwrap();
    fs::write(folder.join("inner/a.txt"), format!("{GENESIS}\n")).unwrap();
    // Written by a program that thinks nothing of it.
    fs::write(folder.join(".b.txt"), format!("{EVM}\n")).unwrap();
    let path = folder.to_str().unwrap();
    let list = cli.file("own.txt", EVM);
    let (exit, out, err) = cli.run(&["extract", "--list", &list, path]);
    assert_eq!(exit, 1, "{out}{err}");
    assert!(
        out.contains("inner/a.txt") && out.contains(".b.txt"),
        "{out}"
    );
    let list = cli.file("own.txt", RECEIVER);
    assert_eq!(cli.run(&["extract", "--list", &list, path]).0, 0);
    fs::create_dir(folder.join(".git")).unwrap();
    let (exit, out, err) = cli.run(&["extract", "--list", &list, path]);
    assert_eq!(exit, 4, "{out}{err}");
    assert!(err.contains("input-passed-over"), "{err}");
    #[cfg(unix)]
    {
        fs::remove_dir(folder.join(".git")).unwrap();
        std::os::unix::fs::symlink("inner", folder.join("link")).unwrap();
        let (exit, _, err) = cli.run(&["extract", "--list", &list, path]);
        assert_eq!(exit, 2, "{err}");
        assert!(err.contains("link"), "{err}");
    }
    let (exit, _, err) = cli.run(&["extract", &format!("{path}/none")]);
    assert_eq!(exit, 2, "{err}");
}
