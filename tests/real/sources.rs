//! Every other published list at hand, whole: the figures of an independent count, and how long
//! and in how much memory each is read.
#![allow(clippy::print_stdout, reason = "figures for whoever runs it")]

use interdict::finding::Code;
use interdict::list::{List, Snapshot, Source};
use interdict::source::{find_source, pack, pack_folder, parse, takes_several_files};
use interdict::unpack::{Options, open};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn source(id: &str) -> Source {
    let mut source = find_source(id).unwrap_or_else(|| panic!("no source `{id}`"));
    // Files at hand can be older, smaller or excerpts.
    source.at_least = 1;
    source
}

fn snapshot() -> Snapshot {
    Snapshot::default()
}

fn read_path(id: &str, path: &Path) -> List {
    let source = source(id);
    if path.is_dir() {
        let mut packed = Cursor::new(Vec::new());
        pack_folder(path, &mut packed).unwrap();
        let bytes = packed.into_inner();
        return parse(source, snapshot(), &mut &*bytes).unwrap();
    }
    let options = Options {
        whole_archive: takes_several_files(&source.shape),
        ..Options::default()
    };
    let mut document = open(path, &options).unwrap();
    parse(source, snapshot(), &mut document).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub(super) fn read(id: &str, file: &str) -> List {
    read_path(id, &super::shared(file))
}

fn distinct(list: &List) -> BTreeSet<&str> {
    list.listings().map(|l| l.text).collect()
}

fn codes(list: &List) -> BTreeMap<&'static str, usize> {
    let mut codes = BTreeMap::new();
    for f in &list.findings {
        *codes.entry(f.code.id()).or_insert(0) += 1;
    }
    codes
}

fn labels(list: &List) -> BTreeMap<&str, usize> {
    let mut labels = BTreeMap::new();
    for l in list.listings() {
        *labels.entry(l.label).or_insert(0) += 1;
    }
    labels
}

fn details(list: &List, code: Code) -> Vec<String> {
    let found = list.findings.iter().filter(|f| f.code == code);
    found
        .map(|f| format!("{}: {}", f.place, f.detail))
        .collect()
}

fn show(name: &str, list: &List) {
    println!(
        "{name}: {:?}, {} entities, {} listings ({} addresses, {} distinct), {:?}",
        list.snapshot.published_on,
        list.entities().len(),
        list.len(),
        list.addresses(),
        distinct(list).len(),
        codes(list)
    );
    for f in list.findings.iter().take(12) {
        println!("    {} {}: {}", f.code, f.place, f.detail);
    }
}

/// What a process has in memory, in KiB.
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix(field));
    let number = line.and_then(|l| l.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Reads the one file that the environment names, and says what that took. It is run in a process
/// of its own, so that the peak of memory is its own.
#[test]
#[ignore = "run by the test below"]
fn one_file() {
    let Ok(one) = std::env::var("INTERDICT_ONE") else {
        return;
    };
    let (id, path) = one.split_once('|').unwrap();
    let before = memory("VmHWM:");
    let start = Instant::now();
    let list = read_path(id, Path::new(path));
    let took = start.elapsed();
    println!(
        "took {} ms, peak {} KiB over {before}",
        took.as_millis(),
        memory("VmHWM:")
    );
    show(path, &list);
}

/// A TagPack repository of the size that the real one had in May 2026.
fn tag_packs(folder: &Path) -> PathBuf {
    use sha2::{Digest, Sha256};
    use std::fmt::Write;
    let path = folder.join("packs.zip");
    let mut files: Vec<(String, Box<dyn std::io::Read>)> = Vec::new();
    for pack in 0..86_u32 {
        let mut text = String::from("title: Example\ncreator: Example\ncurrency: BTC\ntags:\n");
        for tag in 0..6_095_u32 {
            let mut bytes = vec![0; 21];
            bytes[1..5].copy_from_slice(&pack.to_be_bytes());
            bytes[5..9].copy_from_slice(&tag.to_be_bytes());
            let check = Sha256::digest(Sha256::digest(&bytes));
            bytes.extend_from_slice(&check[..4]);
            let address = bs58::encode(bytes).into_string();
            write!(
                text,
                "- address: {address}\n  label: Example {}\n  category: exchange\n  source: \
                 https://www.example.com/wallet/{address}\n",
                tag % 400
            )
            .unwrap();
        }
        files.push((
            format!("packs/{pack}.yaml"),
            Box::new(Cursor::new(text.into_bytes())),
        ));
    }
    pack(&mut files, std::fs::File::create(&path).unwrap()).unwrap();
    path
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn speed_and_memory() {
    let scratch = tempfile::tempdir().unwrap();
    let mut files: Vec<(&str, PathBuf)> = FILES
        .iter()
        .map(|(id, file)| (*id, super::shared(file)))
        .collect();
    let advanced = super::shared("data/ofac/sdn_advanced");
    let newest = std::fs::read_dir(&advanced)
        .unwrap()
        .map(|e| e.unwrap().path());
    files.push(("ofac-sdn", newest.max().unwrap()));
    files.push(("graphsense-tagpacks", tag_packs(scratch.path())));
    for (id, path) in files {
        let out = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "sources::one_file"])
            .env("INTERDICT_ONE", format!("{id}|{}", path.display()))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&out.stdout);
        let line = text
            .lines()
            .find(|l| l.contains("took "))
            .unwrap_or_else(|| panic!("{text}"));
        println!(
            "{id:28} {:60} {line}",
            path.file_name().unwrap().to_string_lossy()
        );
        let peak = line.split("peak ").nth(1).and_then(|p| p.split(' ').next());
        let peak: u64 = peak.and_then(|p| p.parse().ok()).unwrap();
        assert!(peak < 150 * 1024, "{}: {peak} KiB", path.display());
    }
}

/// Every file at hand, with the source that it belongs to.
const FILES: &[(&str, &str)] = &[
    ("ofac-sdn-csv", "data/ofac/watchman-2021-07-07"),
    ("ofac-cons-csv", "data/ofac/cons-2025-12-19"),
    ("ofac-cons-enhanced", "data/ofac/CONS_ENHANCED-2025-02.ZIP"),
    (
        "ofac-cons-legacy",
        "data/ofac/consolidated-legacy-2020-04.xml",
    ),
    (
        "ofac-sdn-legacy",
        "data/other/deriv-fixtures-2026-03/sample_ofac_sdn.zip",
    ),
    ("us-csl", "data/csl/consolidated-2025-02-27.csv.gz"),
    ("un-sc", "data/un/consolidated-2026-02-27.xml"),
    ("un-sc", "data/un/consolidated-2024-12.xml"),
    ("eu-fsf", "data/eu/sample_eu-2020-excerpt.xml"),
    ("eu-fsf", "data/eu/sample_eu_sanctions-2020-04-excerpt.xml"),
    ("uk-conlist", "data/uk/ConList-2020-04.csv"),
    (
        "uk-conlist",
        "data/other/deriv-fixtures-2026-03/sample_hmt.csv",
    ),
    ("ca-sema", "data/ca/sema-lmes-2020-04.xml"),
    (
        "au-dfat",
        "data/au/Australian_Sanctions_Consolidated_List-2026-04.xlsx",
    ),
    ("au-dfat", "data/au/regulation8_consolidated-2024-12.xlsx"),
    ("il-nbctf", "data/il"),
    ("fbi-psa250226", "data/fbi/PSA250226-bybit-51.txt"),
    ("fbi-psa250226", "releases/fbi-ic3-psa250226-bybit.html"),
    (
        "fbi-dprk-2023",
        "data/fbi/2023-08-22-traderTraitor-6btc.txt",
    ),
    (
        "ofac-recent-actions",
        "releases/ofac-karasavidi-2020-09-16.sdn.txt",
    ),
    (
        "ransomwhere",
        "data/ransomwhere/ransomwhere-2022-08-26.json",
    ),
    ("graphsense-tagpacks", "data/graphsense/packs"),
    (
        "graphsense-tagpacks",
        "data/stablecoin/usdt_blacklist-graphsense-2023-02-22.yaml",
    ),
    ("scamsniffer", "data/darklists/scamsniffer-address.json"),
    (
        "scamsniffer-domains",
        "data/darklists/scamsniffer-combined.json",
    ),
    (
        "mew-darklist",
        "data/darklists/mew-addresses-darklist-2017-08-08.json",
    ),
    (
        "forta-malicious-labels",
        "data/labels/forta/labels_1_etherscan_malicious_labels.csv",
    ),
    (
        "forta-malicious-contracts",
        "data/labels/forta/labels_1_malicious_smart_contracts.csv",
    ),
    (
        "forta-malicious-contracts",
        "data/labels/forta/labels_10_malicious_smart_contracts.csv",
    ),
    (
        "forta-phishing",
        "data/labels/forta/labels_1_phishing_scams.csv",
    ),
    (
        "opensanctions",
        "data/opensanctions/yente-t1-entities.ftm.json",
    ),
];

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn flat_files_of_2021() {
    let list = read("ofac-sdn-csv", "data/ofac/watchman-2021-07-07");
    assert_eq!(list.entities().len(), 8_976);
    assert_eq!((list.len(), distinct(&list).len()), (97, 95));
    // The cut remark of party 30518 goes on in the comments file, in the midst of this address.
    assert!(distinct(&list).contains("1GqChmWqGtsaLrGbHfgdrV5Nkvahtjjuxr"));
    assert!(list.listings().all(|l| l.text != "1Gq"));
    // 64 hex digits under XMR, and the Ethereum address that was a digit short until September.
    let verbatim: Vec<_> = list
        .listings()
        .filter(|l| l.format.is_none())
        .map(|l| l.text)
        .collect();
    assert_eq!(
        verbatim,
        [
            "5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320",
            "0xa7e5d5a720f06526557c513402f2e6b5fa20b00",
        ]
    );
    assert_eq!(codes(&list), [("listed-identifier-unrecognised", 2)].into());
    let party = |id: &str| list.entities().iter().find(|e| &*e.id == id).unwrap();
    let yan = party("25308");
    assert_eq!((&*yan.name, yan.kind.id()), ("YAN, Xiaobing", "person"));
    assert_eq!(yan.births, ["25 Mar 1977".into()]);
    assert!(
        yan.ids
            .iter()
            .any(|i| &*i.value == "421002197703250019" && &*i.country == "China")
    );
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn flat_files_of_2021_without_their_comments() {
    let path = super::shared("data/ofac/watchman-2021-07-07/sdn.csv");
    let bytes = std::fs::read(&path).unwrap();
    // 80 addresses stand before the cuts and 17 behind them: they would seem to be delisted.
    let error = parse(source("ofac-sdn-csv"), snapshot(), &mut &*bytes).expect_err("it is cut");
    assert!(error.to_string().contains("is cut at"), "{error}");
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn lists_without_addresses_keep_their_entities() {
    let cases: &[(&str, &str, usize, &str)] = &[
        ("ofac-cons-csv", "data/ofac/cons-2025-12-19", 442, ""),
        (
            "ofac-cons-enhanced",
            "data/ofac/CONS_ENHANCED-2025-02.ZIP",
            443,
            "2025-01-10",
        ),
        (
            "ofac-cons-legacy",
            "data/ofac/consolidated-legacy-2020-04.xml",
            375,
            "2020-03-17",
        ),
        (
            "un-sc",
            "data/un/consolidated-2026-02-27.xml",
            730 + 273,
            "2026-02-27",
        ),
        (
            "un-sc",
            "data/un/consolidated-2024-12.xml",
            686 + 193,
            "2024-11-30",
        ),
        (
            "eu-fsf",
            "data/eu/sample_eu-2020-excerpt.xml",
            7,
            "2020-04-15",
        ),
        (
            "eu-fsf",
            "data/eu/sample_eu_sanctions-2020-04-excerpt.xml",
            7,
            "2020-04-15",
        ),
        (
            "uk-conlist",
            "data/uk/ConList-2020-04.csv",
            2_114,
            "2020-04-27",
        ),
        ("ca-sema", "data/ca/sema-lmes-2020-04.xml", 1_369, ""),
        (
            "au-dfat",
            "data/au/Australian_Sanctions_Consolidated_List-2026-04.xlsx",
            3_811,
            "2026-02-24",
        ),
        (
            "au-dfat",
            "data/au/regulation8_consolidated-2024-12.xlsx",
            3_062,
            "2024-11-11",
        ),
    ];
    for (id, file, entities, published) in cases {
        let list = read(id, file);
        let day = list
            .snapshot
            .published_on
            .map_or(String::new(), |d| d.to_string());
        assert_eq!(
            (list.entities().len(), list.len(), day.as_str()),
            (*entities, 0, *published),
            "{file}"
        );
        assert!(list.findings.is_empty(), "{file}: {:#?}", list.findings);
        assert!(list.entities().iter().all(|e| !e.name.is_empty()), "{file}");
    }
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn what_name_screening_will_need() {
    // 82 persons and 293 organisations; 219 registration ids, 34 BICs.
    let legacy = read(
        "ofac-cons-legacy",
        "data/ofac/consolidated-legacy-2020-04.xml",
    );
    let kinds = |list: &List, kind: &str| {
        list.entities()
            .iter()
            .filter(|e| e.kind.id() == kind)
            .count()
    };
    assert_eq!(
        (kinds(&legacy, "person"), kinds(&legacy, "organisation")),
        (82, 293)
    );
    let ids = |list: &List, kind: &str| {
        list.entities()
            .iter()
            .flat_map(|e| &e.ids)
            .filter(|i| &*i.kind == kind)
            .count()
    };
    assert_eq!(
        (ids(&legacy, "Registration ID"), ids(&legacy, "SWIFT/BIC")),
        (219, 34)
    );
    // 34 and 166, of which one and three stand twice under their party.
    let enhanced = read("ofac-cons-enhanced", "data/ofac/CONS_ENHANCED-2025-02.ZIP");
    assert_eq!(
        (kinds(&enhanced, "person"), kinds(&enhanced, "organisation")),
        (80, 363)
    );
    assert_eq!(
        (ids(&enhanced, "SWIFT/BIC"), ids(&enhanced, "ISIN")),
        (33, 163)
    );
    // 166 of 2,308 alias elements of the UN are empty placeholders.
    let un = read("un-sc", "data/un/consolidated-2026-02-27.xml");
    let aliases: usize = un.entities().iter().map(|e| e.aliases.len()).sum();
    assert!(aliases > 2_500, "{aliases}");
    assert!(un.entities().iter().all(|e| e.listed_on.is_some()));
    let original = un
        .entities()
        .iter()
        .flat_map(|e| &e.aliases)
        .filter(|n| &*n.script == "Arab");
    assert!(original.count() > 300);
    // Padding of every kind is gone.
    for list in [&un, &read("ca-sema", "data/ca/sema-lmes-2020-04.xml")] {
        for entity in list.entities() {
            assert_eq!(entity.name.trim(), &*entity.name);
            assert!(!entity.name.contains(['\u{a0}', '\n']), "{:?}", entity.name);
        }
    }
    // In the older layout a day is a number.
    let au = read("au-dfat", "data/au/regulation8_consolidated-2024-12.xlsx");
    let ihab = au.entities().iter().find(|e| &*e.id == "2248").unwrap();
    assert_eq!(
        (&*ihab.name, &*ihab.births),
        ("Ihab MAKHLOUF", &["1973-01-21".into()][..])
    );
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn consolidated_screening_list() {
    let list = read("us-csl", "data/csl/consolidated-2025-02-27.csv.gz");
    // 14,160 records; an entity that stands on two agencies' lists is one.
    assert_eq!(list.entities().len(), 14_160 - 71 - 41);
    // Counted again: 345 pairs of value and type, 336 values.
    assert_eq!((list.len(), distinct(&list).len()), (345, 336));
    assert_eq!(
        codes(&list),
        [
            ("duplicate-listing", 1),
            ("listed-identifier-unrecognised", 1)
        ]
        .into()
    );
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn a_cut_screening_list_is_refused() {
    let path = super::shared("data/csl/csl-2023-11-30.csv");
    let bytes = std::fs::read(&path).unwrap();
    let error = parse(source("us-csl"), snapshot(), &mut &*bytes).expect_err("it is cut");
    assert!(error.to_string().contains("never closed"), "{error}");
    // Without its last, half record: a second header stands in line 2.
    let end = bytes[..bytes.len() - 1]
        .iter()
        .rposition(|b| *b == b'\n')
        .unwrap();
    let list = parse(source("us-csl"), snapshot(), &mut &bytes[..=end]).unwrap();
    assert_eq!(codes(&list), [("header-repeated", 1)].into());
    assert_eq!(list.len(), 0);
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn seizure_orders_of_israel() {
    let list = read("il-nbctf", "data/il");
    assert_eq!(
        list.snapshot.published_on.map(|d| d.to_string()).as_deref(),
        Some("2026-07-01")
    );
    let accounts = list
        .entities()
        .iter()
        .flat_map(|e| &e.ids)
        .filter(|i| &*i.kind == "exchange account")
        .count();
    println!(
        "{} listings, {accounts} accounts, {:?}",
        list.len(),
        codes(&list)
    );
    let tron = list
        .listings()
        .filter(|l| l.format.is_some_and(|f| f.id == "tron"))
        .count();
    assert_eq!(tron, 403 + 1);
    // The one with Cyrillic letters is kept as it is, and read as it looks.
    let odd: Vec<_> = list.listings().filter(|l| !l.text.is_ascii()).collect();
    assert_eq!(odd.len(), 1);
    assert!(distinct(&list).contains("TH96tFMn8KGiYSLiwcV3E2UiaJc8jmcbz3"));
    let unrecognised = details(&list, Code::ListedIdentifierUnrecognised).join("\n");
    assert!(unrecognised.contains('\u{41d}') && unrecognised.contains("(LSK)"));
    let checksums = details(&list, Code::ListedChecksum).join("\n");
    assert!(checksums.contains("18yzhmcg") && checksums.contains("3HQJ9ta7"));
    // Order 18/26 is in force from 2026-07-01 until 2028-07-01.
    let first = list.listing(0);
    let interval = first.intervals[0];
    assert_eq!(
        interval.from.map(|d| d.to_string()).as_deref(),
        Some("2026-07-01")
    );
    assert_eq!(
        interval.until.map(|d| d.to_string()).as_deref(),
        Some("2028-07-01")
    );
    assert!(first.note.contains("18/26"));
    // Two addresses in one cell.
    let both = distinct(&list);
    assert!(both.contains("0xc8fe1c81e927540fcc99ebb3c880a840082293da"));
    assert!(both.contains("TR2nTb64cQMx6tqFwisoC6o7barFWHhPiw"));
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn notices() {
    for file in [
        "data/fbi/PSA250226-bybit-51.txt",
        "releases/fbi-ic3-psa250226-bybit.html",
    ] {
        let list = read("fbi-psa250226", file);
        assert_eq!(
            (list.len(), list.addresses(), list.findings.len()),
            (51, 51, 0),
            "{file}"
        );
    }
    let list = read(
        "fbi-dprk-2023",
        "data/fbi/2023-08-22-traderTraitor-6btc.txt",
    );
    assert_eq!((list.len(), list.addresses()), (6, 6));
    let list = read(
        "ofac-recent-actions",
        "releases/ofac-karasavidi-2020-09-16.sdn.txt",
    );
    let sdn: Vec<_> = list
        .listings()
        .filter(|l| l.entity.id.starts_with("KARASAVIDI"))
        .collect();
    assert_eq!(sdn.len(), 9);
    assert_eq!(sdn[0].entity.programs, ["CYBER2".into()]);
    let labels: Vec<_> = sdn.iter().map(|l| l.label).collect();
    assert_eq!(
        labels,
        [
            "XBT", "XBT", "ETH", "XMR", "LTC", "ZEC", "DASH", "BTG", "ETC"
        ]
    );
    // The free text of the EU and of the United Kingdom, as their lists have it.
    let free = |file: &str| {
        let list = read("ofac-recent-actions", file);
        let mut all: Vec<(String, String)> = list
            .listings()
            .map(|l| (l.label.to_owned(), l.text.to_owned()))
            .collect();
        all.sort();
        all
    };
    let eu = free("releases/eu-fsf-garantex-grinex.txt");
    assert_eq!(eu.len(), 9, "{eu:#?}");
    assert!(eu.contains(&("BTC".into(), "3My1ffQr5qQzmq4aBFgRqwRYqfB5zPAt8t".into())));
    assert!(eu.contains(&(String::new(), "TNZxGWCwvsHr6JxQxzoeDXV597Yf7Zb7nV".into())));
    let uk = free("releases/uk-fcdo-CTD0004-ayash-gazanow.txt");
    assert_eq!(uk.len(), 10, "{uk:#?}");
    assert!(uk.contains(&(
        "BNB".into(),
        "0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF".into()
    )));
    let uk = free("releases/uk-fcdo-RUS1421-garantex.txt");
    assert_eq!(uk.len(), 3, "{uk:#?}");
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn community_lists() {
    let list = read(
        "ransomwhere",
        "data/ransomwhere/ransomwhere-2022-08-26.json",
    );
    assert_eq!((list.len(), list.addresses()), (7_457, 7_457));
    let locky = list
        .listings()
        .filter(|l| &*l.entity.name == "Locky")
        .count();
    assert_eq!(locky, 7_037);

    let list = read("graphsense-tagpacks", "data/graphsense/packs");
    let of = |file: &str| {
        list.listings()
            .filter(|l| l.locator.starts_with(file))
            .count()
    };
    assert_eq!((of("ofac.yaml"), of("usdt_blacklist.yaml")), (572, 774));
    assert_eq!(of("aft-alqaeda-forfeit_vc.yaml"), 155);
    // A pack's head is inherited.
    let seized = list
        .listings()
        .find(|l| l.locator.starts_with("aft-"))
        .unwrap();
    assert_eq!(
        (seized.label, &*seized.entity.name),
        ("BTC", "Al-Qaeda Campaign")
    );
    assert!(seized.url.starts_with("https://www.justice.gov/"));
    assert!(seized.note.contains("confidence: authority_data"));
    let unrecognised = details(&list, Code::ListedIdentifierUnrecognised).join("\n");
    for odd in ["5be5543f", "884Bz8", "49Hqit"] {
        assert!(unrecognised.contains(odd), "{unrecognised}");
    }
    assert!(
        details(&list, Code::LabelFormatMismatch)[0].contains("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq")
    );

    let list = read("scamsniffer", "data/darklists/scamsniffer-address.json");
    assert_eq!((list.len(), distinct(&list).len()), (2_530, 2_530));
    let list = read(
        "scamsniffer-domains",
        "data/darklists/scamsniffer-combined.json",
    );
    assert_eq!(list.entities().len(), 2_577);

    let list = read(
        "mew-darklist",
        "data/darklists/mew-addresses-darklist-2017-08-08.json",
    );
    assert_eq!(
        (list.len(), list.addresses(), distinct(&list).len()),
        (56, 55, 54)
    );
    assert!(
        details(&list, Code::ListedIdentifierUnrecognised)[0].contains("FAKE_DaoCasinoCrowdsale")
    );

    let forta: &[(&str, &str, usize)] = &[
        (
            "forta-malicious-labels",
            "labels_1_etherscan_malicious_labels.csv",
            7_780,
        ),
        (
            "forta-malicious-contracts",
            "labels_1_malicious_smart_contracts.csv",
            2 * 753,
        ),
        (
            "forta-malicious-contracts",
            "labels_10_malicious_smart_contracts.csv",
            2,
        ),
        ("forta-phishing", "labels_1_phishing_scams.csv", 6_726),
    ];
    for (id, file, count) in forta {
        let list = read(id, &format!("data/labels/forta/{file}"));
        assert_eq!((list.len(), list.addresses()), (*count, *count), "{file}");
        // Two with a wrong EIP-55 casing, both matched by their bytes.
        for detail in details(&list, Code::ListedChecksum) {
            assert!(
                detail.contains("0xA0DF9CA5") || detail.contains("0xf299f6B0"),
                "{detail}"
            );
        }
    }
    let list = read(
        "opensanctions",
        "data/opensanctions/yente-t1-entities.ftm.json",
    );
    assert_eq!(list.entities().len(), 6);
}
