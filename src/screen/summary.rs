//! Matches added up: by list, entity, counterparty, asset, month and timing.
//!
//! Everything found is in it, whatever its timing. A row counts once in a group however many of its
//! cells match, so nothing is added twice; amounts are added within one asset and exactly.

use super::amount::Decimal;
use super::report::{Match, Role, ScreeningReport};
use crate::list::Timing;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What was moved of one asset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// The asset as the rows write it; empty: they state none.
    pub asset: Box<str>,
    /// The heading of the amounts, where the asset is not stated.
    pub column: Box<str>,
    /// All amounts without their signs.
    pub total: Decimal,
    /// Of these, what went to a listed address.
    pub to_listed: Decimal,
    /// Of these, what came from one.
    pub from_listed: Decimal,
    /// Rows whose amount is in the total.
    pub rows: u64,
    /// Rows whose amount is not: it could not be read for certain, or the total would be too long.
    pub unread: u64,
}

/// The matches of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Matches.
    pub matches: u64,
    /// Different rows.
    pub rows: u64,
    /// The first day of a row.
    pub first: Option<Date>,
    /// The last one.
    pub last: Option<Date>,
    /// Rows without a readable day.
    pub undated: u64,
    /// By asset.
    pub sums: BTreeMap<(Box<str>, Box<str>), Sum>,
    /// The row added last, and whether it was on either side.
    row: Option<(usize, u64)>,
    sides: (bool, bool),
}

/// A listed entity on its list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityKey {
    /// Source id.
    pub list: Box<str>,
    /// The publisher's id of it.
    pub id: Box<str>,
    /// Its name.
    pub name: Box<str>,
}

/// Matches added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// By source id.
    pub by_list: BTreeMap<Box<str>, Tally>,
    /// By entity.
    pub by_entity: BTreeMap<EntityKey, Tally>,
    /// By listed address, as it stands in the files (canonical), with the names it is listed under.
    pub by_counterparty: BTreeMap<Box<str>, (Vec<Box<str>>, Tally)>,
    /// By the row's asset as written, else the listing's label.
    pub by_asset: BTreeMap<Box<str>, Tally>,
    /// By month, `2026-08`; empty: the row's day is unknown or can be read two ways.
    pub by_month: BTreeMap<Box<str>, Tally>,
    /// By timing.
    pub by_timing: BTreeMap<Timing, u64>,
}

impl Tally {
    fn add(&mut self, m: &Match<'_>) {
        self.matches += 1;
        let fresh = self.row != Some((m.input, m.row));
        if fresh {
            self.row = Some((m.input, m.row));
            self.sides = (false, false);
            self.rows += 1;
            let day = m.row_date.or(m.row_day);
            self.undated += u64::from(day.is_none());
            self.first = [self.first, day].into_iter().flatten().min();
            self.last = [self.last, day].into_iter().flatten().max();
        }
        let Some(quantity) = &m.quantity else {
            return;
        };
        let column = match &*quantity.asset {
            "" => quantity.column.clone(),
            _ => "".into(),
        };
        let key = (quantity.asset.clone(), column);
        let sum = self.sums.entry(key).or_insert_with_key(|key| Sum {
            asset: key.0.clone(),
            column: key.1.clone(),
            ..Sum::default()
        });
        let value = quantity.value.map(Decimal::abs);
        if fresh {
            match value.and_then(|v| sum.total.checked_add(v)) {
                Some(total) => {
                    sum.total = total;
                    sum.rows += 1;
                }
                None => sum.unread += 1,
            }
        }
        let (side, done) = match m.column.role {
            Role::To => (&mut sum.to_listed, &mut self.sides.0),
            Role::From => (&mut sum.from_listed, &mut self.sides.1),
            _ => return,
        };
        if !std::mem::replace(done, true)
            && let Some(more) = value.and_then(|v| side.checked_add(v))
        {
            *side = more;
        }
    }
}

impl ScreeningReport<'_> {
    /// The matches added up.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for m in &self.matches {
            let entity = m.entity();
            let list = m.list.source.id.clone();
            let asset = match &*m.asset {
                "" => m.listing.label.into(),
                _ => m.asset.clone(),
            };
            let month = m.row_date.map_or_else(String::new, |day| {
                format!("{:04}-{:02}", day.year(), day.month())
            });
            let key = EntityKey {
                list: list.clone(),
                id: entity.id.clone(),
                name: entity.name.clone(),
            };
            summary.by_list.entry(list).or_default().add(m);
            summary.by_entity.entry(key).or_default().add(m);
            summary.by_asset.entry(asset).or_default().add(m);
            summary.by_month.entry(month.into()).or_default().add(m);
            let (names, tally) = summary
                .by_counterparty
                .entry(m.address.clone())
                .or_default();
            if !entity.name.is_empty() && !names.contains(&entity.name) {
                names.push(entity.name.clone());
            }
            tally.add(m);
            *summary.by_timing.entry(m.timing).or_default() += 1;
        }
        summary
    }
}
