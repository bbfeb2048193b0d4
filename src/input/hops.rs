//! Who dealt with whom in the files given: the addresses within a few steps of a listed one.
//!
//! It shows what these files show and no more: no chain is asked. Memory grows with the number of
//! different pairs, so it is kept only when asked for.

use super::split::{self, Kind};
use super::text::Block;
use super::{dialect::Shape, kind};
use crate::address::{self, Address, Identity};
use crate::screen::{Layout, Role, Screener};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// One dealing between two addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealing {
    /// Who gave, as written.
    pub from: Box<str>,
    /// Who received.
    pub to: Box<str>,
    /// Which input, by position.
    pub input: usize,
    /// Its row.
    pub row: u64,
}

/// An address that dealt with a listed one, directly or over others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The address, as written.
    pub address: Box<str>,
    /// The listed one.
    pub listed: Box<str>,
    /// Dealings from it to the listed one, the nearest to the listed one last.
    pub path: Vec<Dealing>,
}

#[derive(Clone, Debug)]
struct Node {
    text: Box<str>,
    /// By the other's number: the first row, and whether the other received.
    with: BTreeMap<u32, (usize, u64, bool)>,
}

/// Pairs of addresses that dealt with each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Edges {
    numbers: HashMap<Identity, u32>,
    nodes: Vec<Node>,
}

impl Edges {
    fn node(&mut self, identity: Identity, text: &[u8]) -> u32 {
        let next = self.nodes.len() as u32;
        *self.numbers.entry(identity).or_insert_with(|| {
            self.nodes.push(Node {
                text: String::from_utf8_lossy(text).into(),
                with: BTreeMap::new(),
            });
            next
        })
    }

    /// Adds the dealings of one row: senders with recipients, else the owner with the others.
    pub(super) fn row<'c>(
        &mut self,
        layout: &Layout,
        (input, row): (usize, u64),
        cells: impl Iterator<Item = (usize, &'c [u8])>,
    ) {
        let (mut gave, mut received) = (Vec::new(), Vec::new());
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for (column, cell) in cells {
            let side = match layout.columns.get(column).map(|c| c.role) {
                Some(Role::From) => &mut gave,
                Some(Role::To) => &mut received,
                Some(Role::Own) => &mut own,
                Some(Role::Party | Role::Memo) => &mut others,
                _ => continue,
            };
            for token in kind::tokens(cell) {
                let identity = match address::decode(token) {
                    Ok(decoded) => decoded.identity,
                    Err(error) => match error.lead {
                        Some(identity) => identity,
                        None => continue,
                    },
                };
                side.push(self.node(identity, token));
            }
        }
        if gave.is_empty() {
            gave.clone_from(&own);
        }
        if received.is_empty() {
            received = if others.is_empty() { own } else { others };
        }
        for &from in &gave {
            for &to in received.iter().filter(|to| **to != from) {
                let first = (input, row, true);
                self.nodes[from as usize].with.entry(to).or_insert(first);
                let first = (input, row, false);
                self.nodes[to as usize].with.entry(from).or_insert(first);
            }
        }
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

    /// The addresses within `hops` dealings of a listed one, nearest first; listed ones are left out.
    pub(super) fn contacts(&self, screener: &Screener<'_>, hops: usize) -> Vec<Contact> {
        // For each reached node: the node before it on the way to the listed one.
        let mut before: BTreeMap<u32, Option<u32>> = BTreeMap::new();
        let listed = |identity: &Identity| screener.index().identity(identity).is_some();
        let mut ring: Vec<u32> = self
            .numbers
            .iter()
            .filter(|(identity, _)| listed(identity))
            .map(|(_, number)| *number)
            .collect();
        ring.sort_unstable();
        before.extend(ring.iter().map(|n| (*n, None)));
        let mut contacts = Vec::new();
        for _ in 0..hops {
            let mut next = Vec::new();
            for &near in &ring {
                for &far in self.nodes[near as usize].with.keys() {
                    if let Entry::Vacant(unseen) = before.entry(far) {
                        unseen.insert(Some(near));
                        next.push(far);
                    }
                }
            }
            contacts.extend(next.iter().map(|far| self.contact(*far, &before)));
            ring = next;
        }
        contacts
    }

    fn contact(&self, far: u32, before: &BTreeMap<u32, Option<u32>>) -> Contact {
        let mut path = Vec::new();
        let mut at = far;
        while let Some(Some(near)) = before.get(&at) {
            let (input, row, gave) = self.nodes[at as usize].with[near];
            let (from, to) = if gave { (at, *near) } else { (*near, at) };
            path.push(Dealing {
                from: self.nodes[from as usize].text.clone(),
                to: self.nodes[to as usize].text.clone(),
                input,
                row,
            });
            at = *near;
        }
        Contact {
            address: spelt(&self.nodes[far as usize].text),
            listed: spelt(&self.nodes[at as usize].text),
            path,
        }
    }
}

/// The canonical spelling.
fn spelt(text: &str) -> Box<str> {
    Address::parse(text).map_or_else(|_| text.into(), |a| a.canonical().into())
}
