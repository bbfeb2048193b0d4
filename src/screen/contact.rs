//! Who dealt with a listed address in the files screened: what they show, and no more.
//!
//! No chain is asked: an address that is not here may still have dealt with a listed one.

use super::summary::EntityKey;

/// One dealing between two addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealing {
    /// Who gave, as written.
    pub from: Box<str>,
    /// Who received.
    pub to: Box<str>,
    /// Which input, by position.
    pub input: usize,
    /// Its first row that says so.
    pub row: u64,
}

/// An address that dealt with a listed one, directly or over others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The address.
    pub address: Box<str>,
    /// The listed one.
    pub listed: Box<str>,
    /// Who is listed with it.
    pub entities: Vec<EntityKey>,
    /// A shortest way from it to the listed one, the dealing with the listed one last.
    pub path: Vec<Dealing>,
}

/// The contacts of a run, and how far they go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hops {
    /// How many dealings were followed.
    pub asked: usize,
    /// Different addresses that were kept.
    pub addresses: u64,
    /// Different pairs that dealt with each other and were kept.
    pub pairs: u64,
    /// Dealings that were not kept: pairs beyond the bound, none of them with a listed address.
    pub dropped: u64,
    /// The nearest first; listed addresses are left out.
    pub contacts: Vec<Contact>,
    /// Contacts beyond those.
    pub more: u64,
}

impl Hops {
    /// What they are, for the reader of a report.
    pub const MEANING: &str =
        "what these files show and no more: no chain was asked, and a contact is no match";
}
