//! Evidence bundles: what goes in.
//!
//! It neither prints nor knows the container's layout; `replay` derives the verdicts again.

use super::originals::{self, Original};
use crate::address::Address;
use crate::evidence::bundle::{Writer, is_large};
use crate::evidence::records::{self, ListFile};
use crate::input::{InputOptions, Mapping};
use crate::list::{List, Listing};
use crate::report;
use crate::screen::ScreeningReport;
use crate::store::Store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use std::io::{self, Seek, Write};

/// The program and its version, as bundles and logs name it.
pub const TOOL: &str = concat!("interdict ", env!("CARGO_PKG_VERSION"));

const README: &str = "\
This is the evidence of one screening run by interdict (docs/evidence.md describes every member).

  run.json        what was asked: files with their SHA-256, options, how columns were understood
  report.json     what was answered, with the evidence of every match
  lists/          each list that was used: its snapshot, and records as they were judged by;
                  with whole lists also the documents, of older snapshots too
  manifest.json   the SHA-256 of every member above
  SHA256SUMS      the same and the manifest's own, for `sha256sum --check SHA256SUMS`

`interdict verify` checks the file, `interdict replay --input FILE` derives every verdict again.
Records of sanctions screening may have to be kept for ten years (31 CFR 501.601).
";

/// What was asked, beside what the report says.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    /// The inputs as given.
    pub files: &'a [String],
    /// The lists as given.
    pub lists: &'a [String],
    /// A profile file: its name and text.
    pub profile_file: Option<(String, String)>,
    /// The file of decisions: its name and text.
    pub dispositions: Option<(String, String)>,
    /// Stale lists were allowed.
    pub allow_stale: bool,
    /// What could not be screened was allowed.
    pub allow_incomplete: bool,
    /// The exit code.
    pub exit: u8,
}

#[derive(Serialize, Deserialize)]
pub(super) struct RunFile {
    pub(super) schema: u32,
    pub(super) tool: ToolFile,
    pub(super) as_of: Timestamp,
    pub(super) verdict: String,
    pub(super) exit: u8,
    pub(super) files: Vec<InputFile>,
    pub(super) options: OptionsFile,
    pub(super) mapping: Vec<MappingFile>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ToolFile {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) build: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct InputFile {
    pub(super) path: String,
    /// Empty: it could not be read.
    pub(super) sha256: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct OptionsFile {
    pub(super) lists: Vec<String>,
    pub(super) allow_stale: bool,
    pub(super) allow_incomplete: bool,
    pub(super) validate: bool,
    /// How many dealings were followed.
    #[serde(default)]
    pub(super) hops: usize,
    /// Id of a built-in profile, or the name of a file that is in the bundle.
    pub(super) profile: String,
    pub(super) profile_file: bool,
    pub(super) columns: Vec<(String, String)>,
    pub(super) timings: Vec<String>,
    pub(super) basis: String,
    /// Name of the file of decisions, which is in the bundle.
    pub(super) dispositions: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct MappingFile {
    pub(super) input: String,
    pub(super) profile: String,
    pub(super) columns: Vec<ColumnFile>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ColumnFile {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) why: String,
}

pub(super) const RUN: &str = "run.json";
pub(super) const REPORT: &str = "report.json";
pub(super) const PROFILE: &str = "profile.toml";
pub(super) const DISPOSITIONS: &str = "dispositions.toml";

/// Writes the evidence of a run on lists of `store`, of the build and of the user's own files.
/// `with_lists`: with every record and the publishers' documents, so that the absence of a match can
/// be proved too.
pub fn write<W: Write + Seek>(
    report: &ScreeningReport<'_>,
    mappings: &[Mapping],
    options: &InputOptions,
    asked: &Asked<'_>,
    store: &Store,
    with_lists: bool,
    out: W,
) -> io::Result<W> {
    let mut bundle = Writer::new(out);
    bundle.member("README.txt", false, |w| w.write_all(README.as_bytes()))?;
    let run = run_file(report, mappings, options, asked);
    json(&mut bundle, RUN, &run)?;
    let format = report::by_id("json").expect("there is a JSON report");
    bundle.member(REPORT, false, |w| {
        (format.write)(report, &report::Options::default(), w)
    })?;
    if let Some((_, text)) = &asked.profile_file {
        bundle.member(PROFILE, false, |w| w.write_all(text.as_bytes()))?;
    }
    if let Some((_, text)) = &asked.dispositions {
        bundle.member(DISPOSITIONS, false, |w| w.write_all(text.as_bytes()))?;
    }
    let mut folders = BTreeSet::new();
    for list in report.lists.lists() {
        let mut folder = format!("lists/{}", list.source.id);
        for n in 2.. {
            if folders.insert(folder.clone()) {
                break;
            }
            folder = format!("lists/{}-{n}", list.source.id);
        }
        let originals = originals::of(store, report.lists, list)?;
        let member = |o: &Original| format!("{folder}/{}", o.name);
        let name = match with_lists {
            true => member(originals.own(list)?),
            false => String::new(),
        };
        let mut file = ListFile::new(list, with_lists, &name);
        for (original, mut entry) in originals.history() {
            if with_lists && original.is_there() {
                entry.member = member(original).into();
            }
            file.history.push(entry);
        }
        json(&mut bundle, &format!("{folder}/list.json"), &file)?;
        let used = used(report, list);
        bundle.member(
            &format!("{folder}/records.jsonl"),
            false,
            |w| match with_lists {
                true => records::write(list, all(list), w),
                false => records::write(list, all(list).filter(|l| used.contains(&key(l))), w),
            },
        )?;
        for original in originals.all().filter(|o| with_lists && o.is_there()) {
            let large = is_large(original.bytes()?);
            bundle.member(&member(original), large, |w| original.copy(w))?;
        }
    }
    bundle.finish(TOOL)
}

fn json<W: Write + Seek>(
    bundle: &mut Writer<W>,
    name: &str,
    value: &impl Serialize,
) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    bundle.member(name, false, |w| w.write_all(&text))
}

/// Every listing, those of older snapshots last.
fn all(list: &List) -> impl Iterator<Item = Listing<'_>> {
    list.listings().chain(list.past_listings())
}

/// What tells one listing of a list from another.
fn key(listing: &Listing<'_>) -> (Box<str>, Box<str>) {
    (listing.entity.id.clone(), listing.text.into())
}

/// The listings that the report speaks of; all labels of each.
fn used(report: &ScreeningReport<'_>, list: &List) -> BTreeSet<(Box<str>, Box<str>)> {
    let found = report.possible.iter().map(|p| &p.found);
    let mut used = BTreeSet::new();
    let mut same = HashSet::new();
    let reach = |text: &str| {
        let address = Address::parse(text).or_else(|_| Address::parse(&text.to_ascii_lowercase()));
        address.map(|a| a.reach()).unwrap_or_default()
    };
    for m in report.matches.iter().chain(found) {
        if std::ptr::eq(m.list, list) {
            used.insert(key(&m.listing));
            let reach = reach(&m.address).into_iter();
            same.extend(reach.map(|(identity, _)| (&*m.entity().id, identity)));
        }
    }
    // A match names every label under which the entity lists what is the same to it.
    let entities: HashSet<&str> = same.iter().map(|(entity, _)| *entity).collect();
    for listing in all(list) {
        let entity = &*listing.entity.id;
        if entities.contains(entity)
            && reach(listing.text)
                .iter()
                .any(|(i, _)| same.contains(&(entity, *i)))
        {
            used.insert(key(&listing));
        }
    }
    used
}

fn run_file(
    report: &ScreeningReport<'_>,
    mappings: &[Mapping],
    options: &InputOptions,
    asked: &Asked<'_>,
) -> RunFile {
    let sha256 = |file: &String| {
        let of = |path: &str| belongs(path, file).is_some();
        let input = report.inputs.iter().find(|i| of(&i.path));
        input.map_or(String::new(), |i| i.sha256.to_string())
    };
    let profile = options.profile.as_ref().map_or("", |p| &*p.id);
    let columns = options.columns.iter();
    RunFile {
        schema: crate::evidence::bundle::BUNDLE_SCHEMA,
        tool: ToolFile {
            name: "interdict".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build: build(),
        },
        as_of: report.as_of,
        verdict: report.verdict().id().to_owned(),
        exit: asked.exit,
        files: asked
            .files
            .iter()
            .map(|file| InputFile {
                path: file.clone(),
                sha256: sha256(file),
            })
            .collect(),
        options: OptionsFile {
            lists: asked.lists.to_vec(),
            allow_stale: asked.allow_stale,
            allow_incomplete: asked.allow_incomplete,
            validate: options.scan.validate,
            hops: options.hops,
            profile: match &asked.profile_file {
                Some((name, _)) => name.clone(),
                None => profile.to_owned(),
            },
            profile_file: asked.profile_file.is_some(),
            columns: columns
                .map(|(heading, role)| (heading.to_string(), role.id().to_owned()))
                .collect(),
            timings: report
                .counting
                .timings
                .iter()
                .map(|t| t.id().to_owned())
                .collect(),
            basis: report.counting.weakest.id().to_owned(),
            dispositions: asked
                .dispositions
                .as_ref()
                .map_or(String::new(), |(name, _)| name.clone()),
        },
        mapping: report
            .inputs
            .iter()
            .zip(mappings)
            .map(|(input, mapping)| MappingFile {
                input: input.path.to_string(),
                profile: mapping.profile.to_string(),
                columns: mapping
                    .explained
                    .iter()
                    .map(|e| ColumnFile {
                        index: e.column.index,
                        name: e.column.name.to_string(),
                        role: e.column.role.id().to_owned(),
                        why: e.why.clone(),
                    })
                    .collect(),
            })
            .collect(),
    }
}

/// For which machine this program was built, and with what in it.
pub(super) fn build() -> String {
    let features = [
        ("cli", cfg!(feature = "cli")),
        ("fetch", cfg!(feature = "fetch")),
        ("frames", cfg!(feature = "frames")),
    ];
    let features: Vec<&str> = features.iter().filter(|f| f.1).map(|f| f.0).collect();
    format!(
        "{}-{}, features {}",
        std::env::consts::ARCH,
        std::env::consts::OS,
        features.join(" ")
    )
}

/// What follows the file's name in the name of an input of it: nothing, or a member or sheet.
pub(super) fn belongs<'p>(path: &'p str, file: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(file)?;
    (rest.is_empty() || rest.starts_with(':')).then_some(rest)
}
