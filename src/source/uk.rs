//! The United Kingdom's lists as CSV: the UK Sanctions List, and OFSI's consolidated list that it
//! replaced on 28 January 2026 (29 columns until 2022, 36 after).
//!
//! There is a row for each name and address of a designation; rows with the same id are one entity.
//! Crypto addresses stand in free text, which every row of a designation repeats. The files of
//! before 2022 are in a Windows code page.

use super::common::{
    any_date, day_month_year, join, kind, push_id, push_name, push_new, script_of, set_primary,
    trim,
};
use super::tabular::{self, Kind, Layout, Row, Seen};
use super::{ParseError, freetext};
use crate::finding::Code;
use crate::list::{Entity, EntityIx, ListBuilder, Name, NameQuality};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};
use std::io::BufRead;

/// The UK Sanctions List.
pub(super) const LIST: &str = "uk-sanctions-list";
/// OFSI's consolidated list.
pub(super) const CONLIST: &str = "uk-conlist";

/// What the columns of one of the two layouts are called.
struct Columns {
    id: &'static [&'static str],
    name_type: &'static str,
    strength: &'static str,
    non_latin: &'static str,
    regime: &'static str,
    kind: &'static str,
    births: &'static str,
    countries: &'static [&'static str],
    /// Kind of identifier, column of its number.
    ids: &'static [(&'static str, &'static str)],
    listed: &'static [&'static str],
    texts: &'static [&'static str],
}

const LIST_COLUMNS: Columns = Columns {
    id: &["Unique ID"],
    name_type: "Name type",
    strength: "Alias strength",
    non_latin: "Name non-latin script",
    regime: "Regime Name",
    kind: "Designation Type",
    births: "D.O.B",
    countries: &[
        "Nationality(/ies)",
        "Address Country",
        "Current believed flag of ship",
    ],
    ids: &[
        ("OFSI Group ID", "OFSI Group ID"),
        ("UN Reference Number", "UN Reference Number"),
        ("National Identifier", "National Identifier number"),
        ("Passport", "Passport number"),
        (
            "Business registration number",
            "Business registration number (s)",
        ),
        ("IMO number", "IMO number"),
        (
            "Hull identification number",
            "Hull identification number (HIN)",
        ),
    ],
    listed: &["Date Designated"],
    texts: &[
        "Other Information",
        "UK Statement of Reasons",
        "National Identifier additional information",
        "Passport additional information",
        "Business registration number (s)",
        "Website",
        "Title",
    ],
};

const CONLIST_COLUMNS: Columns = Columns {
    id: &["Group ID"],
    name_type: "Alias Type",
    strength: "Alias Quality",
    non_latin: "Name Non-Latin Script",
    regime: "Regime",
    kind: "Group Type",
    births: "DOB",
    countries: &["Nationality", "Country"],
    ids: &[
        ("Passport", "Passport Number"),
        ("Passport", "Passport Details"),
        ("National Identification", "National Identification Number"),
        ("NI Number", "NI Number"),
    ],
    listed: &["UK Sanctions List Date Designated", "Listed On"],
    texts: &[
        "Other Information",
        "Passport Details",
        "NI Details",
        "Position",
    ],
};

/// Reads the UK Sanctions List.
pub(super) fn parse_list(
    document: &mut dyn BufRead,
    out: &mut ListBuilder,
) -> Result<(), ParseError> {
    parse(LIST, "Unique ID", &LIST_COLUMNS, document, out)
}

/// Reads OFSI's consolidated list.
pub(super) fn parse_conlist(
    document: &mut dyn BufRead,
    out: &mut ListBuilder,
) -> Result<(), ParseError> {
    parse(CONLIST, "Group ID", &CONLIST_COLUMNS, document, out)
}

fn parse(
    shape: &'static str,
    header: &str,
    columns: &Columns,
    document: &mut dyn BufRead,
    out: &mut ListBuilder,
) -> Result<(), ParseError> {
    let layout = Layout {
        kind: Some(Kind::Csv),
        delimiter: Some(b','),
        header: Some(header.into()),
        strict: true,
        whole: true,
        ..Layout::new(shape)
    };
    let mut entities: HashMap<Box<str>, Group> = HashMap::new();
    tabular::rows(&layout, document, &mut |seen| {
        match seen {
            // `Report Date: 08-Oct-2026`, or `Last Updated,27/04/2020`.
            Seen::Above(row) => {
                let cells = row.values.iter().flat_map(|v| v.split(": "));
                let day = cells.map(trim).find_map(any_date);
                let published = &mut out.snapshot_mut().published_on;
                *published = published.or(day);
            }
            Seen::Row(row) => read(columns, out, &mut entities, row),
            Seen::Odd(place, why) => out.finding(Code::ListRecordIncomplete, &place, why),
        }
        Ok(())
    })?;
    if out.snapshot_mut().published_on.is_none() {
        out.finding(
            Code::ListRecordIncomplete,
            "line 1",
            "the list does not say its own date",
        );
    }
    Ok(())
}

struct Group {
    ix: EntityIx,
    has_primary: bool,
    /// Of the name that stands for the main one until that comes.
    first: NameQuality,
    /// Texts that were read: every row of a designation repeats them.
    texts: HashSet<u64>,
}

fn read(
    columns: &Columns,
    out: &mut ListBuilder,
    entities: &mut HashMap<Box<str>, Group>,
    row: &Row,
) {
    let id = columns
        .id
        .iter()
        .map(|c| row.get(c))
        .find(|id| !id.is_empty())
        .unwrap_or("");
    if id.is_empty() {
        let why = format!("the row has no {}", columns.id[0]);
        out.finding(Code::ListRecordUnreadable, &row.locator(), why);
        return;
    }
    if row.values.len() != row.names.len() {
        let why = format!(
            "it has {} cells, the header {}",
            row.values.len(),
            row.names.len()
        );
        out.finding(Code::ListRecordIncomplete, &row.locator(), why);
    }
    let group = entities.entry(id.into()).or_insert_with(|| Group {
        ix: out.entity(Entity {
            id: id.into(),
            ..Entity::default()
        }),
        has_primary: false,
        first: NameQuality::Strong,
        texts: HashSet::new(),
    });
    let ix = group.ix;
    let e = out.entity_mut(ix);
    if e.kind == crate::list::EntityKind::Unknown {
        e.kind = kind(row.get(columns.kind));
    }
    let parts = ["Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6"];
    let name = join(parts.map(|p| row.get(p)));
    let name_type = row.get(columns.name_type).to_ascii_lowercase();
    let weak = row
        .get(columns.strength)
        .to_ascii_lowercase()
        .contains("low");
    if matches!(&*name_type, "primary name" | "prime alias") && !group.has_primary {
        set_primary(e, &name, group.first);
        group.has_primary = true;
    } else {
        let quality = if weak {
            NameQuality::Weak
        } else {
            NameQuality::Strong
        };
        if e.name.is_empty() {
            group.first = quality;
        }
        push_name(e, &name, quality);
    }
    let non_latin = join([row.get(columns.non_latin)]);
    if !non_latin.is_empty() && e.aliases.iter().all(|n| *n.text != *non_latin) {
        e.aliases.push(Name {
            script: script_of(&non_latin).into(),
            text: non_latin.into(),
            quality: NameQuality::Primary,
        });
    }
    push_new(&mut e.programs, row.get(columns.regime));
    push_new(&mut e.births, row.get(columns.births));
    for column in columns.countries {
        push_new(&mut e.countries, row.get(column));
    }
    for (kind, column) in columns.ids {
        push_id(e, kind, row.get(column), "");
    }
    let listed = columns
        .listed
        .iter()
        .filter_map(|c| day_month_year(row.get(c)));
    e.listed_on = e.listed_on.into_iter().chain(listed).min();
    for column in columns.texts {
        let text = row.get(column);
        if text.is_empty() || !group.texts.insert(hash(column, text)) {
            continue;
        }
        let place = format!("{id} (line {}), `{column}`", row.line);
        freetext::list(out, ix, text, &place, "");
    }
}

fn hash(column: &str, text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (column, text).hash(&mut hasher);
    hasher.finish()
}

/// A day as the UK writes it, with `dd/mm/` or `00/00/` where only the year is known.
pub(super) fn day(text: &str) -> Option<Date> {
    day_month_year(text)
}
