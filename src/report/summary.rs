//! Matches added up, as every report shows them: the JSON report's `summary`, and the same numbers
//! as tables for people.
//!
//! It adds nothing up itself: [`ScreeningReport::summary`] does.

use super::words::{count, number};
use crate::screen::{ScreeningReport, Sum, Summary, Tally};
use jiff::civil::Date;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct SummaryJson {
    by_list: BTreeMap<Box<str>, u64>,
    by_entity: Vec<EntityJson>,
    by_asset: BTreeMap<Box<str>, u64>,
    by_timing: BTreeMap<&'static str, u64>,
    by_counterparty: Vec<CounterpartyJson>,
    by_month: Vec<MonthJson>,
    list_totals: Vec<ListTotalJson>,
    asset_totals: Vec<AssetTotalJson>,
}

#[derive(Serialize)]
struct EntityJson {
    list: Box<str>,
    entity_id: Box<str>,
    entity: Box<str>,
    #[serde(flatten)]
    tally: TallyJson,
}

#[derive(Serialize)]
struct CounterpartyJson {
    address: Box<str>,
    entities: Vec<Box<str>>,
    #[serde(flatten)]
    tally: TallyJson,
}

#[derive(Serialize)]
struct MonthJson {
    month: Box<str>,
    #[serde(flatten)]
    tally: TallyJson,
}

#[derive(Serialize)]
struct ListTotalJson {
    list: Box<str>,
    #[serde(flatten)]
    tally: TallyJson,
}

#[derive(Serialize)]
struct AssetTotalJson {
    asset: Box<str>,
    #[serde(flatten)]
    tally: TallyJson,
}

/// `count`: matches.
#[derive(Serialize)]
struct TallyJson {
    count: u64,
    rows: u64,
    first_contact: Option<Date>,
    last_contact: Option<Date>,
    undated: u64,
    amounts: Vec<SumJson>,
}

/// Decimals are texts: a JSON number would be read as a double.
#[derive(Serialize)]
struct SumJson {
    asset: Box<str>,
    column: Box<str>,
    total: String,
    to_listed: String,
    from_listed: String,
    rows: u64,
    unread: u64,
}

impl SummaryJson {
    pub(super) fn new(report: &ScreeningReport<'_>) -> Self {
        let Summary {
            by_list,
            by_entity,
            by_counterparty,
            by_asset,
            by_month,
            by_timing,
        } = report.summary();
        let counts = |of: &BTreeMap<Box<str>, Tally>| {
            let counts = of.iter().map(|(key, t)| (key.clone(), t.matches));
            counts.collect()
        };
        Self {
            by_list: counts(&by_list),
            by_asset: counts(&by_asset),
            by_timing: by_timing.into_iter().map(|(t, n)| (t.id(), n)).collect(),
            by_entity: by_entity
                .into_iter()
                .map(|(key, tally)| EntityJson {
                    list: key.list,
                    entity_id: key.id,
                    entity: key.name,
                    tally: TallyJson::new(tally),
                })
                .collect(),
            by_counterparty: by_counterparty
                .into_iter()
                .map(|(address, (entities, tally))| CounterpartyJson {
                    address,
                    entities,
                    tally: TallyJson::new(tally),
                })
                .collect(),
            by_month: by_month
                .into_iter()
                .map(|(month, tally)| MonthJson {
                    month,
                    tally: TallyJson::new(tally),
                })
                .collect(),
            list_totals: by_list
                .into_iter()
                .map(|(list, tally)| ListTotalJson {
                    list,
                    tally: TallyJson::new(tally),
                })
                .collect(),
            asset_totals: by_asset
                .into_iter()
                .map(|(asset, tally)| AssetTotalJson {
                    asset,
                    tally: TallyJson::new(tally),
                })
                .collect(),
        }
    }
}

impl TallyJson {
    fn new(tally: Tally) -> Self {
        let sum = |s: Sum| SumJson {
            asset: s.asset,
            column: s.column,
            total: s.total.to_string(),
            to_listed: s.to_listed.to_string(),
            from_listed: s.from_listed.to_string(),
            rows: s.rows,
            unread: s.unread,
        };
        Self {
            count: tally.matches,
            rows: tally.rows,
            first_contact: tally.first,
            last_contact: tally.last,
            undated: tally.undated,
            amounts: tally.sums.into_values().map(sum).collect(),
        }
    }
}

/// The same for people: what is added up, and a row for each group.
pub(super) struct Table {
    /// "By entity".
    pub(super) title: &'static str,
    /// Of the first columns; [`HEADINGS`] follow.
    pub(super) what: &'static [&'static str],
    /// Cells; the texts are raw.
    pub(super) rows: Vec<Vec<String>>,
}

/// Headings of the last columns of every table.
pub(super) const HEADINGS: &[&str] = &["Rows", "First contact", "Last contact", "Amounts"];

/// What the tables add up, in a sentence.
pub(super) const ABOUT: &str = "All matches, whatever their timing; a row counts once in a group. \
                                Amounts without their signs, as the files write them, each asset for itself.";

/// Every table; none without matches.
pub(super) fn tables(report: &ScreeningReport<'_>) -> Vec<Table> {
    if report.matches.is_empty() {
        return Vec::new();
    }
    let summary = report.summary();
    let table = |title, what, mut groups: Vec<(Vec<String>, Tally)>, by_size: bool| {
        if by_size {
            groups.sort_by_key(|(_, tally)| Reverse(tally.rows));
        }
        let rows = groups.into_iter().map(|(mut cells, tally)| {
            cells.extend(last(&tally));
            cells
        });
        Table {
            title,
            what,
            rows: rows.collect(),
        }
    };
    let one = |groups: BTreeMap<Box<str>, Tally>, none: &str| {
        let groups = groups.into_iter().map(|(key, tally)| {
            let key = if key.is_empty() { none } else { &*key };
            (vec![key.to_owned()], tally)
        });
        groups.collect()
    };
    vec![
        table(
            "By counterparty",
            &["Listed address", "Listed as"],
            summary
                .by_counterparty
                .into_iter()
                .map(|(address, (names, tally))| (vec![address.into(), names.join("; ")], tally))
                .collect(),
            true,
        ),
        table(
            "By entity",
            &["Entity", "List"],
            summary
                .by_entity
                .into_iter()
                .map(|(key, tally)| {
                    let name = match &*key.name {
                        "" => format!("record {}", key.id),
                        name => name.to_owned(),
                    };
                    (vec![name, key.list.into()], tally)
                })
                .collect(),
            true,
        ),
        table("By list", &["List"], one(summary.by_list, ""), true),
        table(
            "By asset",
            &["Asset"],
            one(summary.by_asset, "(not stated)"),
            true,
        ),
        table(
            "By month",
            &["Month"],
            one(summary.by_month, "(day unknown)"),
            false,
        ),
    ]
}

fn last(tally: &Tally) -> [String; 4] {
    let day = |day: Option<Date>| day.map_or_else(|| "unknown".to_owned(), |d| d.to_string());
    let sums: Vec<String> = tally.sums.values().map(amount).collect();
    [
        number(tally.rows),
        day(tally.first),
        day(tally.last),
        sums.join("; "),
    ]
}

/// "12.5 ETH (12 to listed, 0.5 from listed)".
fn amount(sum: &Sum) -> String {
    let asset = match (&*sum.asset, &*sum.column) {
        ("", "") => "of an unstated asset".to_owned(),
        ("", column) => format!("({column})"),
        (asset, _) => asset.to_owned(),
    };
    let mut text = format!("{} {asset}", sum.total);
    if sum.rows == 0 {
        text = format!("? {asset}");
    }
    let sides: Vec<String> = [
        (sum.to_listed, "to listed"),
        (sum.from_listed, "from listed"),
    ]
    .into_iter()
    .filter(|(n, _)| !n.is_zero())
    .map(|(n, side)| match n == sum.total {
        true => side.to_owned(),
        false => format!("{n} {side}"),
    })
    .collect();
    if !sides.is_empty() {
        text.push_str(&format!(" ({})", sides.join(", ")));
    }
    if sum.unread > 0 {
        let rows = count(sum.unread, "amount", "amounts");
        text.push_str(&format!(" and {rows} that could not be read for certain"));
    }
    text
}
