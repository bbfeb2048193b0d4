//! The publisher's words: what the names in the reference sets mean, and what else OFAC publishes.
//!
//! No number of a type is known here, and nothing of XML.

use std::fmt;

/// What the name of a crypto feature starts with; the asset's label follows.
pub(in crate::source) const CRYPTO: &str = "Digital Currency Address";

/// Features whose period is a date of birth or founding.
const BIRTHS: &[&str] = &["Birthdate", "Organization Established Date"];

/// Features whose text describes and does not identify. Any other text is an identifier, so that
/// a kind of number that OFAC adds is not lost.
const DESCRIPTIONS: &[&str] = &[
    "Aircraft Model",
    "Aircraft Operator",
    "Place of Birth",
    "Title",
    "Vessel Gross Registered Tonnage",
    "Vessel Owner",
    "Vessel Tonnage",
    "Vessel Year of Build",
];

/// The publisher's word for "no country known".
pub(in crate::source) const NO_COUNTRY: &str = "undetermined";

/// The publisher's script codes that are not ISO 15924.
const SCRIPTS: &[(&str, &str)] = &[
    ("Hebrew", "Hebr"),
    ("Japanese", "Jpan"),
    ("Korean", "Kore"),
    ("Latin", "Latn"),
];

/// One value of a reference set.
pub(super) struct Value {
    pub(super) text: Box<str>,
    /// A party subtype's type, a script's code; else empty.
    pub(super) extra: Box<str>,
}

/// What a feature type's name makes of a feature.
#[derive(Clone)]
pub(in crate::source) enum Role {
    Crypto(Box<str>),
    Birth,
    Flag,
    Identifier(Box<str>),
    Described,
    /// Its type id is not in the reference sets.
    Unknown,
}

pub(super) fn other_document(root: &str) -> (String, Option<&'static str>) {
    let (what, hint) = match root {
        "sdnList" => (
            "OFAC's legacy format (`sdnList`: SDN.XML, CONSOLIDATED.XML)",
            "import it under `ofac-sdn-legacy` or `ofac-cons-legacy`, or get SDN_ADVANCED.XML",
        ),
        "sanctionsData" => (
            "OFAC's enhanced format (`sanctionsData`: SDN_ENHANCED.XML, CONS_ENHANCED.XML)",
            "import it under `ofac-sdn-enhanced` or `ofac-cons-enhanced`, or get SDN_ADVANCED.XML",
        ),
        "CONSOLIDATED_LIST" => (
            "the UN Security Council's consolidated list",
            "import it under its own source",
        ),
        "export" => (
            "an EU financial sanctions file",
            "import it under its own source",
        ),
        "Error" => (
            "an error message of a file server (`Error`)",
            "the download link has expired or is wrong; download it again",
        ),
        _ => {
            return (format!("XML with the root element <{root}>"), None);
        }
    };
    (what.into(), Some(hint))
}

/// Where a feature stands, as an XPath.
#[derive(Clone, Copy)]
pub(super) struct Locator<'a> {
    pub(super) party: &'a str,
    pub(super) profile: &'a str,
    pub(super) feature: &'a str,
    /// Empty for the first, usually the only one.
    pub(super) version: &'a str,
}

impl fmt::Display for Locator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "DistinctParty[@FixedRef='{}']/Profile[@ID='{}']/Feature[@ID='{}']",
            self.party, self.profile, self.feature
        )?;
        match self.version {
            "" => Ok(()),
            version => write!(f, "/FeatureVersion[@ID='{version}']"),
        }
    }
}

pub(in crate::source) fn role(name: &str) -> Role {
    let starts = name
        .get(..CRYPTO.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(CRYPTO));
    if starts {
        let label = name[CRYPTO.len()..].trim_start_matches([' ', '-', ':', '–']);
        return Role::Crypto(label.into());
    }
    if BIRTHS.contains(&name) {
        Role::Birth
    } else if name.ends_with("Flag") {
        Role::Flag
    } else if DESCRIPTIONS.contains(&name) {
        Role::Described
    } else {
        Role::Identifier(name.into())
    }
}

pub(super) fn iso_script(script: &Value) -> Box<str> {
    SCRIPTS
        .iter()
        .find(|(code, _)| *code == &*script.extra)
        .map_or_else(|| script.extra.clone(), |(_, iso)| (*iso).into())
}
