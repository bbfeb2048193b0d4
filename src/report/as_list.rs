//! What documents hold, as a list to screen against: a source file with its document of facts, and a
//! GraphSense TagPack.
//!
//! A document names an address; it does not say who sanctions it. The authority is the user's, and
//! each listing cites document, page, line and offset as its place.

use crate::document::{DocumentSummary, Extracted, Occurrence};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The files of a list.
#[derive(Debug)]
pub struct AsList {
    /// The source file, `ID.toml`.
    pub toml: String,
    /// Its document, `ID.tsv`.
    pub facts: String,
    /// The TagPack, `ID.tagpack.yaml`.
    pub tagpack: String,
    /// How many listings it has.
    pub listings: usize,
}

/// The list called `id` of everything extracted, as known on `day`.
pub fn as_list(id: &str, extracted: &Extracted, day: Date) -> AsList {
    let mut facts = String::new();
    let mut entities = 0;
    let mut listings = 0;
    let mut body = String::new();
    for (ix, document) in extracted.documents.iter().enumerate() {
        let mut once: BTreeMap<(&str, &str), (&Occurrence, usize)> = BTreeMap::new();
        let mut order = Vec::new();
        for a in &extracted.addresses[extracted.addresses_of(ix)] {
            let key = (a.address.canonical(), &*a.label);
            once.entry(key).and_modify(|e| e.1 += 1).or_insert_with(|| {
                order.push(key);
                (a, 1)
            });
        }
        if order.is_empty() {
            continue;
        }
        entities += 1;
        let name = match &*document.title {
            "" => base(&document.path),
            title => title,
        };
        let _ = writeln!(
            body,
            "E\t{}\tcluster\tnamed in {}\t\t\t-",
            field(&document_id(ix, document)),
            field(name)
        );
        for key in order {
            let (a, times) = once[&key];
            listings += 1;
            let _ = writeln!(
                body,
                "A\t{}\t{}\t{day}..\t\t{}",
                field(&a.label),
                field(a.address.canonical()),
                field(&cite(document, a, times))
            );
        }
    }
    let _ = write!(
        facts,
        "# interdict facts 1\n# source: {id}\n# published: {day}\n# entities: {entities}\n# listings: {listings}\n"
    );
    facts.push_str(&body);
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let paths: Vec<&str> = extracted.documents.iter().map(|d| base(&d.path)).collect();
    let title = format!("addresses named in {}", shorten(&paths.join(", ")));
    let toml = format!(
        "id        = {}\ntitle     = {}\npublisher = \"the user, from documents\"\n\
         authority = \"user\"\nlicence   = \"that of the documents\"\nat_least  = {}\n\
         shape     = \"interdict-facts\"\n\n[options]\ndocument  = {}\n",
        quoted(id),
        quoted(&field(&title)),
        listings.max(1),
        quoted(&format!("{id}.tsv")),
    );
    AsList {
        toml,
        facts,
        tagpack: tagpack(id, extracted, day),
        listings,
    }
}

/// Where an address stands, for a citation.
fn cite(document: &DocumentSummary, a: &Occurrence, times: usize) -> String {
    let page = match a.page {
        0 => String::new(),
        page => format!("page {page}, "),
    };
    let more = match times {
        1 => String::new(),
        times => format!(", and {} more times", times - 1),
    };
    format!(
        "{}, {page}line {}, offset {}{more}",
        base(&document.path),
        a.line,
        a.offset
    )
}

fn base(path: &str) -> &str {
    match path {
        "-" => "standard input",
        path => path.rsplit(['/', '\\']).next().unwrap_or(path),
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn document_id(ix: usize, document: &DocumentSummary) -> String {
    format!(
        "{}-{}",
        ix + 1,
        &document.sha256[..document.sha256.len().min(12)]
    )
}

/// A text without what ends a field or a line.
fn field(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| {
            if crate::report::escape::acts(c) {
                ' '
            } else {
                c
            }
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A TagPack as the GraphSense tools read it: header fields hold for every tag.
fn tagpack(id: &str, extracted: &Extracted, day: Date) -> String {
    let mut out = format!(
        "title: {}\ncreator: interdict\ndescription: Addresses named in documents\n\
         is_cluster_definer: false\nconfidence: web_crawl\nlastmod: {day}\ntags:\n",
        yaml(id)
    );
    let mut seen = BTreeMap::new();
    for a in extracted.addresses.iter() {
        let document = &extracted.documents[a.document];
        let currency = currency(a);
        if seen
            .insert((a.address.canonical(), currency, a.document), ())
            .is_some()
        {
            continue;
        }
        let _ = write!(
            out,
            "- address: {}\n  currency: {currency}\n  label: {}\n  source: {}\n  context: {}\n",
            yaml(a.address.canonical()),
            yaml(&format!("named in {}", base(&document.path))),
            yaml(base(&document.path)),
            // GraphSense keeps the context as a JSON text.
            yaml(
                &serde_json::json!({
                    "document": base(&document.path),
                    "sha256": &*document.sha256,
                    "page": a.page,
                    "line": a.line,
                    "offset": a.offset,
                    "label": &*a.label,
                })
                .to_string()
            ),
        );
    }
    if extracted.addresses.is_empty() {
        out = out.replace("tags:\n", "tags: []\n");
    }
    out
}

/// The currency code that GraphSense uses: that of the network.
fn currency(a: &Occurrence) -> &'static str {
    let networks = a.address.networks();
    let labelled = a
        .label
        .split(|c: char| !c.is_ascii_alphanumeric())
        .find_map(crate::address::network::asset)
        .filter(|asset| matches!(asset.networks, [one] if networks.contains(one)));
    let first = networks.first().copied().unwrap_or_default();
    let of_network = || {
        crate::address::network::ASSETS
            .iter()
            .find(|asset| asset.networks == [first] && asset.code != "XBT")
    };
    match labelled.or_else(of_network).map(|asset| asset.code) {
        Some("XBT") => "BTC",
        Some(code) => code,
        None => "UNKNOWN",
    }
}

/// A double-quoted YAML scalar, which JSON's texts are too.
fn yaml(text: &str) -> String {
    serde_json::Value::String(field(text)).to_string()
}
