//! Who dealt with whom in the files given: the addresses within a few steps of a listed one.
//!
//! It shows what these files show and no more: no chain is asked. Memory is bounded: dealings with
//! a listed address are always kept, of the others [`PAIRS_MAX`] different pairs.

use super::dialect::Shape;
use super::split::{self, Kind};
use super::text::Block;
use crate::address::{Address, Identity};
use crate::screen::{Contact, Dealing, EntityKey, Hops, Layout, Role, Screener, accounts};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Pairs that are kept at most, beside those with a listed address: about 700 MB when every address
/// is met once. Only asked for two hops and more.
pub(super) const PAIRS_MAX: usize = if cfg!(test) { 8 } else { 2_000_000 };
/// Pairs of one row that are looked at, beside those with a listed address: a hostile row has as many
/// as the product of two long cells.
const ROW_MAX: usize = if cfg!(test) { 16 } else { 1_000_000 };
/// Contacts that are named; the rest is counted.
const CONTACTS_MAX: usize = 100_000;

#[derive(Clone, Debug)]
struct Node {
    text: Box<str>,
    listed: bool,
}

/// The first dealing of a pair.
#[derive(Clone, Copy, Debug)]
struct First {
    input: u32,
    row: u64,
    /// The one with the lower number gave.
    lower_gave: bool,
}

/// Pairs of addresses that dealt with each other.
#[derive(Clone, Debug)]
pub(super) struct Edges<'s, 'l> {
    screener: &'s Screener<'l>,
    hops: usize,
    numbers: HashMap<Identity, u32>,
    nodes: Vec<Node>,
    pairs: HashMap<(u32, u32), First>,
    dropped: u64,
}

/// The accounts of one side of a row, and where they are in it.
type Side<'c> = Vec<(Identity, &'c [u8])>;

/// Leaves each account once.
fn once(side: &mut Side<'_>) {
    let mut seen = HashSet::new();
    side.retain(|(account, _)| seen.insert(*account));
}

impl<'s, 'l> Edges<'s, 'l> {
    pub(super) fn new(screener: &'s Screener<'l>, hops: usize) -> Self {
        Self {
            screener,
            hops,
            numbers: HashMap::new(),
            nodes: Vec::new(),
            pairs: HashMap::new(),
            dropped: 0,
        }
    }

    fn listed(&self, identity: &Identity) -> bool {
        self.screener.index().identity(identity).is_some()
    }

    fn node(&mut self, identity: &Identity, text: &[u8], listed: bool) -> u32 {
        if let Some(number) = self.numbers.get(identity) {
            return *number;
        }
        let next = self.nodes.len() as u32;
        self.numbers.insert(*identity, next);
        self.nodes.push(Node {
            text: String::from_utf8_lossy(text).into(),
            listed,
        });
        next
    }

    /// Adds the dealings of one row: senders with recipients, else the owner with the others.
    pub(super) fn row<'c>(
        &mut self,
        layout: &Layout,
        place: (usize, u64),
        cells: impl Iterator<Item = (usize, &'c [u8])>,
    ) {
        let (mut gave, mut received): (Side<'_>, Side<'_>) = (Vec::new(), Vec::new());
        let (mut own, mut others): (Side<'_>, Side<'_>) = (Vec::new(), Vec::new());
        for (column, cell) in cells {
            let side = match layout.columns.get(column).map(|c| c.role) {
                Some(Role::From) => &mut gave,
                Some(Role::To) => &mut received,
                Some(Role::Own) => &mut own,
                Some(Role::Party | Role::Memo) => &mut others,
                _ => continue,
            };
            accounts(cell, |at, identity| side.push((identity, &cell[at])));
        }
        if gave.is_empty() {
            gave.clone_from(&own);
        }
        if received.is_empty() {
            received = if others.is_empty() { own } else { others };
        }
        let crowd = gave.len() * received.len() > ROW_MAX;
        if crowd {
            once(&mut gave);
            once(&mut received);
        }
        let all = (gave.len() * received.len()) as u64;
        let mut listed = Vec::new();
        if crowd {
            listed.clone_from(&received);
            listed.retain(|to| self.listed(&to.0));
        }
        let mut met = 0;
        for from in &gave {
            let to = match crowd && !self.listed(&from.0) {
                true => &listed,
                false => &received,
            };
            met += to.len() as u64;
            for to in to.iter().filter(|to| to.0 != from.0) {
                self.pair(from, to, place);
            }
        }
        if self.hops > 1 {
            self.dropped += all - met;
        }
    }

    fn pair(&mut self, from: &(Identity, &[u8]), to: &(Identity, &[u8]), place: (usize, u64)) {
        let listed = (self.listed(&from.0), self.listed(&to.0));
        let near = listed.0 || listed.1;
        if !near && self.hops < 2 {
            return;
        }
        if !near && self.pairs.len() >= PAIRS_MAX {
            let known = self.numbers.get(&from.0).zip(self.numbers.get(&to.0));
            let known = known.map(|(a, b)| (*a.min(b), *a.max(b)));
            self.dropped += u64::from(known.is_none_or(|pair| !self.pairs.contains_key(&pair)));
            return;
        }
        let from = self.node(&from.0, from.1, listed.0);
        let to = self.node(&to.0, to.1, listed.1);
        let first = First {
            input: place.0 as u32,
            row: place.1,
            lower_gave: from < to,
        };
        self.pairs
            .entry((from.min(to), from.max(to)))
            .or_insert(first);
    }

    /// Adds the rows of a block of text, with `row` rows before it.
    pub(super) fn block(
        &mut self,
        block: &Block,
        mut row: u64,
        shape: &Shape,
        layout: &Layout,
        input: usize,
    ) {
        split::records(&block.bytes, block.byte, &shape.dialect, |split| {
            if split.kind == Kind::Data {
                row += 1;
                let cells = split.cells.iter().enumerate().map(|(c, cell)| (c, cell.1));
                self.row(layout, (input, row), cells);
            }
        });
    }

    /// The addresses within reach of a listed one, nearest first; listed ones are left out.
    pub(super) fn hops(&self) -> Hops {
        // Every node's neighbours lie side by side, those met first first.
        let mut ends: Vec<(u32, u32)> = self
            .pairs
            .keys()
            .flat_map(|&(a, b)| [(a, b), (b, a)])
            .collect();
        ends.sort_unstable();
        let of = |node: u32| {
            let start = ends.partition_point(|e| e.0 < node);
            ends[start..].iter().take_while(move |e| e.0 == node)
        };
        // For each reached node: the node before it on the way to the listed one.
        let mut before: HashMap<u32, Option<u32>> = HashMap::new();
        let mut ring: Vec<u32> = (0..)
            .zip(&self.nodes)
            .filter(|(_, node)| node.listed)
            .map(|(number, _)| number)
            .collect();
        before.extend(ring.iter().map(|n| (*n, None)));
        let mut found = Hops {
            asked: self.hops,
            addresses: self.nodes.len() as u64,
            pairs: self.pairs.len() as u64,
            dropped: self.dropped,
            ..Hops::default()
        };
        for _ in 0..self.hops {
            let mut next = Vec::new();
            for &near in &ring {
                for &(_, far) in of(near) {
                    if let Entry::Vacant(unseen) = before.entry(far) {
                        unseen.insert(Some(near));
                        next.push(far);
                    }
                }
            }
            let room = CONTACTS_MAX - found.contacts.len();
            let named = next
                .iter()
                .take(room)
                .map(|far| self.contact(*far, &before));
            found.contacts.extend(named);
            found.more += next.len().saturating_sub(room) as u64;
            if next.is_empty() {
                break;
            }
            ring = next;
        }
        found
    }

    fn contact(&self, far: u32, before: &HashMap<u32, Option<u32>>) -> Contact {
        let mut path = Vec::new();
        let mut at = far;
        while let Some(Some(near)) = before.get(&at) {
            let (lower, upper) = (at.min(*near), at.max(*near));
            let first = self.pairs[&(lower, upper)];
            let (from, to) = match first.lower_gave {
                true => (lower, upper),
                false => (upper, lower),
            };
            path.push(Dealing {
                from: self.nodes[from as usize].text.clone(),
                to: self.nodes[to as usize].text.clone(),
                input: first.input as usize,
                row: first.row,
            });
            at = *near;
        }
        let listed = &self.nodes[at as usize].text;
        Contact {
            address: spelt(&self.nodes[far as usize].text),
            listed: spelt(listed),
            entities: self.entities(listed),
            path,
        }
    }

    /// Who is listed with an address.
    fn entities(&self, text: &str) -> Vec<EntityKey> {
        let mut entities = Vec::new();
        accounts(text.as_bytes(), |_, identity| {
            let lists = self.screener.lists();
            for at in self
                .screener
                .index()
                .identity(&identity)
                .into_iter()
                .flat_map(|f| f.0)
            {
                let (list, listing) = (lists.list(at), lists.listing(at));
                entities.push(EntityKey {
                    list: list.source.id.clone(),
                    id: listing.entity.id.clone(),
                    name: listing.entity.name.clone(),
                });
            }
        });
        entities.sort();
        entities.dedup();
        entities
    }
}

/// The canonical spelling.
fn spelt(text: &str) -> Box<str> {
    Address::parse(text).map_or_else(|_| text.into(), |a| a.canonical().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::ListSet;
    use crate::screen::Column;
    use crate::source::bundled_lists;

    #[test]
    fn a_crowd_in_one_row_keeps_the_dealings_with_listed_addresses() {
        // Listed by OFAC.
        const LISTED: &str = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
        let lists = ListSet::new(bundled_lists());
        let screener = Screener::new(&lists);
        let column = |role| Column {
            role,
            ..Column::default()
        };
        let layout = Layout {
            columns: vec![column(Role::From), column(Role::To)],
            ..Layout::default()
        };
        let cell = |from: u32| {
            let account = |n: u32| format!("0x{:040x} ", u128::MAX / u128::from(n));
            (from..from + 10).map(account).collect::<String>()
        };
        let gave = format!("{}{LISTED} {LISTED}", cell(3));
        let received = cell(100);
        let mut edges = Edges::new(&screener, 2);
        let cells = [(0, gave.as_bytes()), (1, received.as_bytes())];
        edges.row(&layout, (0, 1), cells.into_iter());
        let hops = edges.hops();
        assert_eq!(hops.contacts.len(), 10);
        assert_eq!((hops.pairs, hops.dropped), (10, 100));
    }
}
