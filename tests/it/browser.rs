//! The page in a real browser, where there is one: `INTERDICT_BROWSER`, else Chromium by its usual
//! names. Without one these tests say that they did not look.

use crate::cli::Cli;
use crate::evidence::{AS_OF, json};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn browser() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("INTERDICT_BROWSER") {
        return Some(given.into());
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// What the browser gives on its standard output.
fn run(browser: &Path, args: &[&str], page: &Path) -> Vec<u8> {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(args)
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// The demo's report.
fn page(cli: &Cli) -> (PathBuf, String) {
    let path = cli.home.path().join("demo.html");
    let args = [
        "screen",
        "fixtures/demo/exchange-withdrawals.csv",
        "fixtures/demo/explorer-ethereum.csv",
        "--as-of",
        AS_OF,
        "-q",
        "-o",
        path.to_str().unwrap(),
    ];
    assert_eq!(cli.run(&args).0, 1);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// What is measured in the page; the page's own policy would not let this run.
const MEASURE: &str = r##"
addEventListener("load", () => {
  const all = (query) => [...document.querySelectorAll(query)];
  const press = (query) => document.querySelector(query).click();
  const first = () => document.querySelector("#entities tbody td").textContent;
  const before = first();
  press("#entities th button");
  const ascending = first();
  press("#entities th button");
  const descending = first();
  const input = document.querySelector(".filter input");
  input.value = "gaza";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const out = document.createElement("pre");
  out.id = "measured";
  out.textContent = JSON.stringify({
    width: innerWidth,
    page: document.documentElement.scrollWidth,
    levels: all("h1,h2,h3,h4").map((h) => Number(h.tagName[1])),
    landmarks: ["header", "nav", "main", "footer"].filter((name) => document.querySelector(name)),
    captions: all("table").every((t) => t.caption && t.caption.textContent.trim()),
    scopes: all("thead th").every((th) => th.scope === "col"),
    pictures: all("svg").every((svg) => svg.getAttribute("aria-hidden") === "true" ||
      (svg.getAttribute("role") === "img" && (svg.getAttribute("aria-label") ||
       svg.getAttribute("aria-labelledby") || svg.querySelector("title")))),
    labels: all("input,select").every((i) => i.labels.length > 0),
    loaded: performance.getEntriesByType("resource").length,
    dead: all("a[href^='#']").filter((a) => !document.getElementById(a.hash.slice(1))).length,
    before, ascending, descending,
    shown: all("article:not([hidden])").length,
    says: document.querySelector(".filter output").textContent,
  });
  document.body.append(out);
});
"##;

#[test]
fn the_page_holds_at_three_widths() {
    let Some(browser) = browser() else {
        return println!("not tested: no Chromium on this machine (INTERDICT_BROWSER names one)");
    };
    let cli = Cli::new();
    let (path, text) = page(&cli);
    let start = text.find("<meta http-equiv").unwrap();
    let end = start + text[start..].find('>').unwrap() + 1;
    let open = format!("{}{}", &text[..start], &text[end..]);
    let measured = path.with_file_name("measured.html");
    let script = format!("<script>{MEASURE}</script></body>");
    std::fs::write(&measured, open.replace("</body>", &script)).unwrap();
    for width in [500, 768, 1280] {
        let size = format!("--window-size={width},900");
        let dom = run(&browser, &["--dump-dom", &size], &measured);
        let dom = String::from_utf8(dom).unwrap();
        let at = dom.find("<pre id=\"measured\">").expect("the script ran");
        let found = &dom[at + "<pre id=\"measured\">".len()..];
        let found = found[..found.find("</pre>").unwrap()].replace("&amp;", "&");
        let found: Value = json(&found);
        let number = |name: &str| found[name].as_u64().unwrap();
        assert!(
            number("page") <= number("width"),
            "{width}: wider than the window: {found}"
        );
        let levels: Vec<u64> = found["levels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l.as_u64().unwrap())
            .collect();
        assert_eq!(levels[0], 1);
        assert!(levels.windows(2).all(|l| l[1] <= l[0] + 1), "{levels:?}");
        assert_eq!(levels.iter().filter(|l| **l == 1).count(), 1);
        assert_eq!(found["landmarks"].as_array().unwrap().len(), 4);
        for what in ["captions", "scopes", "pictures", "labels"] {
            assert_eq!(found[what], true, "{what}");
        }
        assert_eq!(number("loaded"), 0, "nothing is loaded from anywhere");
        assert_eq!(
            number("dead"),
            0,
            "every link within the page leads somewhere"
        );
        assert_ne!(found["ascending"], found["descending"]);
        assert_eq!(number("shown"), 1, "the filter leaves one entity");
        assert!(
            found["says"].as_str().unwrap().starts_with("8 of "),
            "{found}"
        );
    }
    // As it is, with its policy: the script runs, since the policy knows it.
    let dom = String::from_utf8(run(&browser, &["--dump-dom"], &path)).unwrap();
    assert!(
        dom.contains("<button type=\"button\">Entity"),
        "the page's own script ran"
    );
    assert!(!dom.contains("class=\"filter\" hidden"));
}

#[test]
fn the_page_prints() {
    let Some(browser) = browser() else {
        return println!("not tested: no Chromium on this machine (INTERDICT_BROWSER names one)");
    };
    let cli = Cli::new();
    let (path, _) = page(&cli);
    let pdf = path.with_file_name("demo.pdf");
    run(
        &browser,
        &[&format!("--print-to-pdf={}", pdf.display())],
        &path,
    );
    let out = path.with_file_name("extracted.json");
    let (_, _, err) = cli.run(&[
        "extract",
        pdf.to_str().unwrap(),
        "-q",
        "-o",
        out.to_str().unwrap(),
    ]);
    let read = json(&std::fs::read_to_string(out).expect(&err));
    let addresses = read["addresses"].as_array().unwrap();
    // What is on paper can be read again, an address and its row's.
    for listed in [
        "TA3941uFAvmVibSkQ6fMJXxmaSNovX86mz",
        "0x175d44451403Edf28469dF03A9280c1197ADb92c",
    ] {
        assert!(
            addresses.iter().any(|a| a["address"] == listed),
            "{listed} is not in print"
        );
    }
}

/// Colours by the page's style: text on what it stands on, in both schemes and on paper (WCAG 2.2,
/// success criterion 1.4.3: at least 4.5 to 1).
#[test]
fn colours_can_be_told_apart() {
    let css = include_str!("../../src/report/html/page.css");
    let schemes: Vec<&str> = css
        .split(":root {")
        .skip(1)
        .map(|s| s.split('}').next().unwrap())
        .collect();
    assert_eq!(schemes.len(), 3);
    for scheme in schemes {
        let colour = |name: &str| -> f64 {
            let at = scheme
                .find(&format!("--{name}: #"))
                .unwrap_or_else(|| panic!("--{name}"));
            let hex = scheme[at..].split('#').nth(1).unwrap();
            let hex: String = hex.chars().take_while(char::is_ascii_hexdigit).collect();
            let hex = match hex.len() {
                3 => hex.chars().flat_map(|c| [c, c]).collect(),
                _ => hex,
            };
            let part = |at: usize| {
                let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
                if c <= 0.04045 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
        };
        for text in [
            "ink", "soft", "link", "red", "amber", "blue", "violet", "grey",
        ] {
            for ground in ["bg", "card", "zebra"] {
                let (a, b) = (colour(text), colour(ground));
                let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(ratio >= 4.5, "{text} on {ground}: {ratio:.2} in {scheme}");
            }
        }
    }
}
