//! The rules of the house: layers, confinement, and prose that must stay true.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Code without comments.
fn code(path: &Path) -> String {
    read(path)
        .lines()
        .map(|line| match line.trim_start() {
            comment if comment.starts_with("//") => "",
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The top-level module a file of `src` belongs to.
fn module(path: &Path) -> String {
    let inner = path.strip_prefix("src").unwrap();
    let first = inner
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// Which modules each module may name: an arrow points only to the left or up (DESIGN § 3).
const LAYERS: &[(&str, &[&str])] = &[
    ("finding", &[]),
    ("address", &["finding"]),
    ("list", &["finding", "address"]),
    ("simd", &[]),
    ("screen", &["finding", "address", "list", "simd"]),
    ("unpack", &[]),
    ("source", &["finding", "address", "list", "unpack"]),
    ("store", &["finding", "address", "list", "unpack", "source"]),
    (
        "input",
        &["finding", "address", "list", "simd", "screen", "unpack"],
    ),
    (
        "document",
        &["finding", "address", "list", "screen", "unpack"],
    ),
    (
        "report",
        &["finding", "address", "list", "screen", "document"],
    ),
    ("evidence", &["finding", "address", "list", "screen"]),
    (
        "error",
        &[
            "finding", "list", "source", "store", "input", "document", "report", "evidence",
        ],
    ),
    (
        "app",
        &[
            "finding", "address", "list", "screen", "unpack", "source", "store", "input",
            "document", "report", "evidence", "error",
        ],
    ),
    (
        "cli",
        &[
            "finding", "address", "list", "screen", "unpack", "source", "store", "input",
            "document", "report", "evidence", "error", "app",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

/// Every `crate::a` and every `a` of `crate::{a, b}` in the text.
fn crate_uses(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let word = |s: &str| {
        s.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (i, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && c.is_alphabetic() => {
                        let name: String = word(&group[i..]);
                        found.insert(name);
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            let name: String = word(rest);
            if !name.is_empty() {
                found.insert(name);
            }
        }
    }
    found
}

#[test]
fn layers_point_left_or_up() {
    let layers: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for path in files("src", "rs") {
        let own = module(&path);
        let allowed = layers
            .get(own.as_str())
            .unwrap_or_else(|| panic!("{} belongs to no layer of this test", path.display()));
        let text = code(&path);
        // Tests beside the code may use what they like.
        let text = text
            .split("#[cfg(test)]")
            .next()
            .expect("a split has a first part");
        for used in crate_uses(text) {
            let known = layers.contains_key(used.as_str());
            if known && used != own && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} names crate::{used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_layer_test_sees_what_it_should() {
    let uses = crate_uses("use crate::{list::{List, Set}, store};\nlet x = crate::cli::run();");
    assert_eq!(
        uses.into_iter().collect::<Vec<_>>(),
        ["cli", "list", "store"]
    );
}

#[test]
fn heavy_names_are_confined() {
    let confined: &[(&str, &[&str])] = &[
        (
            "polars",
            &["src/input/columnar.rs", "src/report/parquet.rs"],
        ),
        ("reqwest", &["src/store/fetch.rs"]),
        ("rusqlite", &["src/evidence/log.rs"]),
        ("use ring", &["src/evidence/sign.rs"]),
        ("unsafe {", &["src/simd.rs", "src/address/batch/lanes.rs"]),
        ("println!", &[]),
        ("eprintln!", &[]),
        ("std::process::exit", &[]),
        ("Timestamp::now", &["src/cli/", "src/store/", "src/app.rs"]),
    ];
    let mut wrong = Vec::new();
    for path in files("src", "rs") {
        let text = code(&path);
        for (name, allowed) in confined {
            let path = path.to_str().unwrap();
            if text.contains(name) && !allowed.iter().any(|a| path.starts_with(a)) {
                wrong.push(format!("{path} names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_what_it_is() {
    for path in files("src", "rs") {
        let text = read(&path);
        assert!(
            text.starts_with("//!"),
            "{} does not open with `//!`",
            path.display()
        );
    }
}

/// Paths in backticks, as in `src/list/model.rs`.
fn paths_in(text: &str) -> Vec<&str> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|s| {
            let first = s.split('/').next().unwrap_or_default();
            s.contains('/')
                && !s.contains([' ', '<', '*', '$', '{', ':'])
                && [
                    "src", "lists", "tests", "fixtures", "docs", "scripts", "benches", "fuzz",
                    ".ci", "examples",
                ]
                .contains(&first)
        })
        .collect()
}

#[test]
fn paths_in_prose_exist() {
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = read(page);
        for path in paths_in(&text) {
            assert!(
                root().join(path).exists(),
                "{page} names `{path}`, which does not exist"
            );
        }
    }
}

#[test]
fn every_module_is_on_the_map() {
    let map = read("ARCHITECTURE.md");
    let modules: BTreeSet<_> = files("src", "rs").iter().map(|p| module(p)).collect();
    for name in modules {
        assert!(
            map.contains(&format!("`src/{name}")),
            "ARCHITECTURE.md does not name src/{name}"
        );
    }
}

#[test]
fn finding_codes_are_documented() {
    let page = read("docs/findings.md");
    let headings: BTreeSet<_> = page
        .lines()
        .filter_map(|l| l.strip_prefix("## `")?.strip_suffix('`'))
        .collect();
    let codes: BTreeSet<_> = interdict::finding::CODES
        .iter()
        .map(|(_, id, ..)| *id)
        .collect();
    assert_eq!(
        codes.len(),
        interdict::finding::CODES.len(),
        "a code's id is used twice"
    );
    assert_eq!(headings, codes, "docs/findings.md and the codes differ");
    for (_, id, severity, meaning) in interdict::finding::CODES {
        assert!(
            page.contains(meaning),
            "docs/findings.md: `{id}` says something else"
        );
        let line = format!("*{}*", severity.id());
        let section = page.split(&format!("## `{id}`")).nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        assert!(
            section.contains(&line),
            "docs/findings.md: `{id}` is {line}"
        );
    }
}
