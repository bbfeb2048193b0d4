//! Evidence bundles: what whole lists are, signatures, archives made to deceive, other builds.

use crate::cli::Cli;
use crate::evidence::{AS_OF, LISTED, UNLISTED, bundle, export, forge, json, members};
use interdict::source::{parse_source, sha256};
use interdict::store::{ImportOptions, ImportOutcome, Store};
use serde_json::Value;

#[test]
fn a_signature_is_checked() {
    let cli = Cli::new();
    // RFC 8032, section 7.1, test 2, wrapped as RFC 8410 says.
    let hex = |t: &str| data_encoding::HEXLOWER.decode(t.as_bytes()).unwrap();
    let pem = |label: &str, der: Vec<u8>| {
        let body = data_encoding::BASE64.encode(&der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    };
    let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let key = hex(&format!("302e020100300506032b657004220420{seed}"));
    let key = cli.file("key.pem", pem("PRIVATE KEY", key));
    let open = hex(&format!("302a300506032b6570032100{public}"));
    let open = cli.file("pub.pem", pem("PUBLIC KEY", open));
    let path = bundle(&cli, "a.zip", &["--sign", &key]);
    let (exit, text, _) = cli.run(&["verify", &path, "--key", &open]);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("signed by"));
    let other = bundle(&cli, "b.zip", &["--columns", "Note=memo"]);
    let signature = format!("{path}.sig");
    let (exit, text, _) = cli.run(&["verify", &other, "--key", &open, "--signature", &signature]);
    assert_eq!(exit, 1);
    assert!(text.contains("no signature of this file"), "{text}");
    // Another key: RFC 8032, section 7.1, test 1.
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let stranger = hex(&format!("302a300506032b6570032100{public}"));
    let stranger = cli.file("stranger.pem", pem("PUBLIC KEY", stranger));
    let (exit, text, _) = cli.run(&["verify", &path, "--key", &stranger]);
    assert_eq!(exit, 1, "{text}");
    assert!(text.contains("no signature of this file"), "{text}");
    // Without a key it is said that nothing was checked.
    let (exit, text, _) = cli.run(&["verify", &path]);
    assert_eq!(exit, 0);
    assert!(
        text.contains("was not checked: give the public key"),
        "{text}"
    );
    // What was put together anew with sums that fit has no signature that does.
    let forged = cli.home.path().join("forged.zip");
    forge(&path, &forged, |name, bytes| match name {
        "README.txt" => None,
        "manifest.json" => {
            let mut manifest: Value = serde_json::from_slice(&bytes).unwrap();
            manifest["members"].as_array_mut().unwrap().remove(0);
            Some(manifest.to_string().into_bytes())
        }
        _ => Some(bytes),
    });
    let forged = forged.to_str().unwrap();
    let (exit, text, _) = cli.run(&["verify", forged, "--key", &open, "--signature", &signature]);
    assert_eq!(exit, 1);
    assert!(text.contains("no signature of this file"), "{text}");
    assert_eq!(
        cli.run(&["verify", &path, "--key", &path]).0,
        2,
        "no key at all"
    );
    assert_eq!(
        cli.run(&["verify", &other, "--key", &open]).0,
        2,
        "there is no signature"
    );
}

const SOURCE: &str = r#"
id = "house"
title = "The house list"
publisher = "Nobody"
authority = "user"
licence = "none"
at_least = 1
shape = "lines"
"#;

/// Installs an edition of the list, retrieved on that day.
fn install(cli: &Cli, day: &str, text: &str) -> String {
    let path = cli.file("house.txt", text);
    let options = ImportOptions {
        source_toml: Some(SOURCE),
        retrieved_at: Some(format!("{day}T00:00:00Z").parse().unwrap()),
        accept_change: true,
        ..ImportOptions::default()
    };
    let store = Store::open(cli.home.path());
    let source = parse_source(SOURCE).unwrap();
    let done = store.import(&source, std::path::Path::new(&path), &options);
    assert!(
        matches!(done, Ok(ImportOutcome::Updated { .. })),
        "{done:?}"
    );
    sha256(text.as_bytes()).to_string()
}

#[test]
fn whole_lists_are_every_snapshot_that_was_used() {
    let cli = Cli::new();
    let editions = [
        ("2024-12-01", format!("{UNLISTED}\n")),
        ("2025-01-01", format!("{UNLISTED}\n{LISTED}\n")),
        ("2025-06-01", format!("{LISTED}\n")),
    ];
    let hashes: Vec<String> = editions
        .iter()
        .map(|(day, text)| install(&cli, day, text))
        .collect();
    let used = ["--list", "house", "--allow-stale"];
    let whole = bundle(&cli, "whole.zip", &[&used[..], &["--with-lists"]].concat());
    let found = members(&whole);
    let of = |name: &str| {
        &found
            .iter()
            .find(|(n, _)| n == name)
            .unwrap_or_else(|| panic!("no {name}"))
            .1
    };
    assert_eq!(
        of("lists/house/document/house.txt"),
        editions[2].1.as_bytes()
    );
    let list: Value = serde_json::from_slice(of("lists/house/list.json")).unwrap();
    let history = list["history"].as_array().unwrap();
    assert_eq!(history.len(), 2);
    for (said, ((day, text), hash)) in history.iter().zip(editions.iter().zip(&hashes)) {
        assert_eq!(said["day"], *day);
        assert_eq!(said["sha256"], **hash);
        assert_eq!(said["kept"], "document");
        assert_eq!(of(said["member"].as_str().unwrap()), text.as_bytes());
    }
    // Without whole lists they are named all the same.
    let small = bundle(&cli, "small.zip", &used);
    let (_, list) = members(&small)
        .into_iter()
        .find(|(n, _)| n == "lists/house/list.json")
        .unwrap();
    let list: Value = serde_json::from_slice(&list).unwrap();
    assert_eq!(list["history"][1]["sha256"], *hashes[1]);
    assert_eq!(list["history"][1]["member"], "");
    // Where the store is gone, the verdicts are derived again from the bundle alone.
    let other = Cli::new();
    let (exit, text, _) = other.run(&["replay", &whole, "--input", &export(&cli)]);
    assert_eq!(exit, 0, "{text}");
    for (name, bytes) in members(&whole) {
        let whole = std::fs::read(&whole).unwrap();
        let at = whole.windows(bytes.len()).position(|w| w == bytes).unwrap();
        let mut damaged = whole;
        damaged[at + bytes.len() / 2] ^= 1;
        let path = cli.file("damaged.zip", damaged);
        let (exit, text, _) = other.run(&["verify", &path]);
        assert_eq!(exit, 1);
        assert!(text.contains(&name), "{name}: {text}");
    }
}

/// The bundle, made by a build that is not this one: the sums fit.
fn of_another_build(cli: &Cli, path: &str) -> Vec<u8> {
    let to = cli.home.path().join("other.zip");
    let mut sums = String::new();
    let mut changed: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, bytes) in members(path) {
        let text = String::from_utf8(bytes).unwrap();
        let text = match &*name {
            "manifest.json" => {
                let mut manifest = json(&text);
                manifest["tool"] = "interdict 9.9.9".into();
                for member in manifest["members"].as_array_mut().unwrap() {
                    let bytes = &changed
                        .iter()
                        .find(|(n, _)| member["name"] == **n)
                        .unwrap()
                        .1;
                    member["bytes"] = bytes.len().into();
                    member["sha256"] = sha256(bytes).to_string().into();
                }
                manifest.to_string()
            }
            "run.json" => text.replace("\"version\": \"0.1.0\"", "\"version\": \"9.9.9\""),
            "SHA256SUMS" => sums.clone(),
            _ => text,
        };
        sums += &format!("{}  {name}\n", sha256(text.as_bytes()));
        changed.push((name, text.into_bytes()));
    }
    forge(path, &to, |name, _| {
        changed
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, b)| b.clone())
    });
    std::fs::read(to).unwrap()
}

#[test]
fn a_bundle_of_another_build_is_read_and_what_hides_in_it_is_found() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &["--with-lists"]);
    let other = of_another_build(&cli, &path);
    let verify = |bytes: &[u8]| {
        let path = cli.file("v.zip", bytes);
        let (exit, text, _) = cli.run(&["verify", &path]);
        (exit, text)
    };
    let (exit, text) = verify(&other);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("interdict 9.9.9"), "{text}");
    let replayed = cli.file("v.zip", &other);
    let (exit, text, _) = cli.run(&["replay", &replayed, "--input", &export(&cli)]);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("by another build: interdict 9.9.9"), "{text}");
    let (_, text, _) = cli.run(&["replay", &path, "--input", &export(&cli)]);
    assert!(text.contains("the same build then and now"), "{text}");

    let mut longer = other.clone();
    longer.extend(b"something behind it");
    let (exit, text) = verify(&longer);
    assert_eq!(exit, 1, "{text}");
    assert!(text.contains("19 bytes follow its end"), "{text}");
    let rename = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let mut bytes = other.clone();
        for at in 0..bytes.len() - from.len() {
            if bytes[at..].starts_with(from.as_bytes()) {
                bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
            }
        }
        bytes
    };
    let (exit, text) = verify(&rename(
        "lists/fbi-bybit/list.json",
        "lists/court-155/list.json",
    ));
    assert_eq!(exit, 1, "{text}");
    let (exit, text) = verify(&rename(
        "lists/fbi-bybit/list.json",
        "../../..//fbi/list.json01",
    ));
    assert_eq!(exit, 1, "{text}");
    assert!(text.contains("leads elsewhere"), "{text}");
}

#[test]
fn the_day_of_the_bundle_is_that_of_the_run() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &[]);
    let (_, run) = members(&path)
        .into_iter()
        .find(|(n, _)| n == "run.json")
        .unwrap();
    let run: Value = serde_json::from_slice(&run).unwrap();
    assert!(run["as_of"].as_str().unwrap().starts_with(AS_OF));
}
