//! Sources, snapshots, entities and listings.
//!
//! Listings are compact (a list of a million addresses must fit in little memory): their texts lie
//! in one arena of the list, and [`Listing`] is a borrowed view.

use super::interval::Interval;
use super::near::NearTables;
use super::pack::Entities;
use super::reach::Reach;
use crate::address::Format;
use crate::finding::Finding;
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Who publishes a list, where, under what licence, how often and in which shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Kebab-case id: the name of its TOML.
    pub id: Box<str>,
    /// For people.
    pub title: Box<str>,
    /// The publisher.
    pub publisher: Box<str>,
    /// On whose authority.
    pub authority: Authority,
    /// Under which licence.
    pub licence: Box<str>,
    /// A page for people.
    pub homepage: Box<str>,
    /// Where the document is, first choice first.
    pub urls: Vec<Box<str>>,
    /// How old a copy may be before it is refused; `None`: never refused, age is stated.
    pub max_age: Option<SignedDuration>,
    /// A copy with fewer listings or entities than this is refused.
    pub at_least: usize,
    /// The largest loss of listings, in percent of the copy before, that passes unasked.
    pub max_shrink: Option<u8>,
    /// The largest gain, in percent.
    pub max_growth: Option<u16>,
    /// The document's shape: a row of [`crate::source::SHAPES`].
    pub shape: Box<str>,
    /// Labels known to the source, beyond which a label is a finding. Empty: any.
    pub labels: Vec<Box<str>>,
    /// For tables: field name to column name.
    pub columns: BTreeMap<Box<str>, Box<str>>,
    /// Further keys that the shape reads.
    pub options: BTreeMap<Box<str>, Box<str>>,
    /// The id of the source that, when installed, speaks for the listings both have.
    pub superseded_by: Option<Box<str>>,
    /// The id of the source that publishes the same list in another form: one of them suffices.
    pub alternative_to: Option<Box<str>>,
    /// Of a document of several files: each file's name, and where it is, first choice first.
    pub parts: BTreeMap<Box<str>, Vec<Box<str>>>,
}

impl Source {
    /// A source that nobody publishes: the user's own.
    pub fn own(id: &str, title: &str, shape: &str) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            publisher: "the user".into(),
            authority: Authority::User,
            licence: "not stated".into(),
            homepage: "".into(),
            urls: Vec::new(),
            max_age: None,
            at_least: 1,
            max_shrink: None,
            max_growth: None,
            shape: shape.into(),
            labels: Vec::new(),
            columns: BTreeMap::new(),
            options: BTreeMap::new(),
            superseded_by: None,
            alternative_to: None,
            parts: BTreeMap::new(),
        }
    }
}

/// On whose authority a list says what it says. "Seized" is not "sanctioned".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    /// A state's sanctions authority.
    Government,
    /// The UN or the EU.
    Intergovernmental,
    /// A court: seizure or forfeiture.
    Court,
    /// A police or investigating authority's notice.
    LawEnforcement,
    /// A token issuer's freeze.
    Issuer,
    /// Volunteers or companies.
    Community,
    /// The user's own list.
    User,
}

impl Authority {
    /// Every one, by name.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Government, "government"),
        (Self::Intergovernmental, "intergovernmental"),
        (Self::Court, "court"),
        (Self::LawEnforcement, "law-enforcement"),
        (Self::Issuer, "issuer"),
        (Self::Community, "community"),
        (Self::User, "user"),
    ];

    /// Kebab-case name, as in source files and reports.
    pub fn id(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(a, _)| *a == self)
            .expect("every variant is in ALL")
            .1
    }
}

/// One version of a source's document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Lower-case hex SHA-256 of the document's bytes as retrieved.
    pub sha256: Box<str>,
    /// Their number.
    pub bytes: u64,
    /// Where it came from: a URL or a file name.
    pub url: Box<str>,
    /// When it was retrieved.
    pub retrieved_at: Option<Timestamp>,
    /// The date the document gives itself.
    pub published_on: Option<Date>,
    /// Whether it is compiled into this build.
    pub bundled: bool,
}

/// What an entity is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// A human being.
    Person,
    /// A company, organisation or group.
    Organisation,
    /// A ship.
    Vessel,
    /// An aircraft.
    Aircraft,
    /// A set of addresses held together by an analyst or a label.
    Cluster,
    /// The source does not say.
    #[default]
    Unknown,
}

impl EntityKind {
    /// Lower-case name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::Vessel => "vessel",
            Self::Aircraft => "aircraft",
            Self::Cluster => "cluster",
            Self::Unknown => "unknown",
        }
    }
}

/// How good a name is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameQuality {
    /// The entity's main name.
    Primary,
    /// A good alias.
    #[default]
    Strong,
    /// A weak alias: alone it proves little.
    Weak,
}

/// One name of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Name {
    /// As published, parts joined by a space.
    pub text: Box<str>,
    /// ISO 15924 code or the publisher's word for the script; empty when not stated.
    pub script: Box<str>,
    /// How good it is.
    pub quality: NameQuality,
}

/// An identifier of an entity that is no address: a passport, an IMO number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExternalId {
    /// The publisher's word for its kind.
    pub kind: Box<str>,
    /// As published.
    pub value: Box<str>,
    /// Issuing country, as published; empty when not stated.
    pub country: Box<str>,
}

/// A person, organisation, vessel, cluster or label that a source names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entity {
    /// The publisher's own id; never empty.
    pub id: Box<str>,
    /// What it is.
    pub kind: EntityKind,
    /// Its main name.
    pub name: Box<str>,
    /// Its other names.
    pub aliases: Vec<Name>,
    /// Programmes under which it is listed.
    pub programs: Vec<Box<str>>,
    /// Lists of the publisher on which it stands ("SDN List").
    pub lists: Vec<Box<str>>,
    /// When the entity was listed: not the date of any one address.
    pub listed_on: Option<Date>,
    /// Dates of birth or founding, as published.
    pub births: Vec<Box<str>>,
    /// Nationalities, countries, flags, as published.
    pub countries: Vec<Box<str>>,
    /// Identifiers other than addresses.
    pub ids: Vec<ExternalId>,
    /// The page or paper that says so, when the source gives one per entity.
    pub source_url: Option<Box<str>>,
}

/// Index of an entity in its list; handed out by the builder alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityIx(pub(super) u32);

/// A listing as stored: twenty bytes, and its texts in the list's arena.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredListing {
    pub(super) entity: EntityIx,
    /// Where its texts start: five lengths, then `text`, `raw`, `locator`, `note`, `url`.
    pub(super) texts: u32,
    /// Range in `intervals`.
    pub(super) intervals: (u32, u16),
    /// Index into `labels`.
    pub(super) label: u16,
    /// Index into `FORMATS`, or `u16::MAX`: verbatim.
    pub(super) format: u16,
}

/// Appends the texts of one listing. An empty `raw` means: the same as `text`.
pub(super) fn push_texts(arena: &mut String, texts: [&str; 5]) {
    for text in texts {
        // Six bits a character, so that the arena stays text.
        let mut n = text.len();
        while n >= 64 {
            arena.push(char::from(64 | (n & 63) as u8));
            n >>= 6;
        }
        arena.push(char::from(n as u8));
    }
    texts.iter().for_each(|text| arena.push_str(text));
}

/// The lengths of five texts, and where the first begins.
#[inline]
fn lengths(arena: &str, at: usize) -> ([usize; 5], usize) {
    let bytes = arena.as_bytes();
    let mut at = at;
    let lengths = std::array::from_fn(|_| {
        let (mut n, mut shift) = (0, 0);
        loop {
            let byte = bytes[at];
            at += 1;
            n |= usize::from(byte & 63) << shift;
            shift += 6;
            if byte < 64 {
                return n;
            }
        }
    });
    (lengths, at)
}

fn texts(arena: &str, at: usize) -> [&str; 5] {
    let (lengths, mut at) = lengths(arena, at);
    lengths.map(|len| {
        let start = at;
        at += len;
        &arena[start..at]
    })
}

/// Whether the texts of a listing stand at `at`, whole.
pub(super) fn texts_fit(arena: &str, at: usize) -> bool {
    let bytes = arena.as_bytes();
    let (mut at, mut ends, mut sum) = (at, [0_usize; 5], 0_usize);
    for end in &mut ends {
        let (mut n, mut shift) = (0_usize, 0);
        loop {
            let Some(&byte) = bytes.get(at) else {
                return false;
            };
            at += 1;
            n |= usize::from(byte & 63) << shift;
            shift += 6;
            if byte < 64 {
                break;
            }
            if shift > 30 {
                return false;
            }
        }
        sum += n;
        *end = sum;
    }
    arena.is_char_boundary(at) && ends.iter().all(|end| arena.is_char_boundary(at + end))
}

/// One parsed snapshot of one source.
#[derive(Clone, Debug)]
pub struct List {
    /// Its source.
    pub source: Source,
    /// Its snapshot.
    pub snapshot: Snapshot,
    /// What was odd about it.
    pub findings: Vec<Finding>,
    /// When its publisher was last seen to offer just this document; `None`: it was not asked.
    pub confirmed_at: Option<Timestamp>,
    /// The days of the kept snapshots that its intervals were made of, oldest first; empty: of
    /// this one alone.
    pub seen_on: Vec<Date>,
    /// What left it: see [`List::add_past`].
    pub(super) past: Past,
    /// What its first listings answer to; `None`: not known.
    pub(super) reach: Option<Reach>,
    /// Near misses of its first listings, once they were asked for.
    pub(super) near: OnceLock<(u32, NearTables)>,
    pub(super) entities: Entities,
    pub(super) listings: Vec<StoredListing>,
    pub(super) labels: Vec<Box<str>>,
    pub(super) intervals: Vec<Interval>,
    pub(super) arena: String,
}

/// Where the listings begin that a list had before and has no more.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// How many listings the snapshot itself has; `None`: all of them.
    pub(super) own: Option<u32>,
    /// Their entities; in a listing they are counted after those of the snapshot.
    pub(super) entities: Vec<Entity>,
    /// From which listing on an older snapshot is the evidence.
    pub(super) evidence: Vec<(u32, Snapshot)>,
}

/// One identifier of an entity, and where the publisher says so.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'l> {
    /// Whose it is.
    pub entity: &'l Entity,
    /// The identifier: an address's text, or what could not be read as one.
    pub text: &'l str,
    /// The published text it stands in; often the same.
    pub raw: &'l str,
    /// Where in the document: a path, an element id, a line.
    pub locator: &'l str,
    /// The publisher's comment on this identifier; empty when there is none.
    pub note: &'l str,
    /// Where to read the original; empty: the snapshot's own.
    pub url: &'l str,
    /// The published asset label ("XBT"); empty when there is none.
    pub label: &'l str,
    /// The address format; `None`: kept and matched verbatim.
    pub format: Option<&'static Format>,
    /// When it stood on the list, oldest first; never empty.
    pub intervals: &'l [Interval],
    /// The snapshot that says so: the list's own, or the last one that had it.
    pub snapshot: &'l Snapshot,
}

impl List {
    /// The entities of its snapshot.
    pub fn entities(&self) -> &[Entity] {
        self.entities.all()
    }

    /// How many entities its snapshot has.
    pub fn entity_count(&self) -> usize {
        self.entities.len()
    }

    /// How many listings its snapshot has.
    pub fn len(&self) -> usize {
        self.past.own.map_or(self.listings.len(), |n| n as usize)
    }

    /// How many listings it has with those that left it.
    pub fn len_with_past(&self) -> usize {
        self.listings.len()
    }

    /// Whether its snapshot lists nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many listings of its snapshot are addresses.
    pub fn addresses(&self) -> usize {
        self.listings[..self.len()]
            .iter()
            .filter(|l| l.format != u16::MAX)
            .count()
    }

    /// The published labels, in order of first use.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels
            .iter()
            .map(AsRef::as_ref)
            .filter(|l| !l.is_empty())
    }

    /// Listing number `ix`; after those of the snapshot come those that left the list.
    ///
    /// # Panics
    /// When there are not that many.
    pub fn listing(&self, ix: u32) -> Listing<'_> {
        let stored = &self.listings[ix as usize];
        let [text, raw, locator, note, url] = texts(&self.arena, stored.texts as usize);
        let (start, count) = (stored.intervals.0 as usize, stored.intervals.1 as usize);
        let at = stored.entity.0 as usize;
        let entity = match at.checked_sub(self.entities.len()) {
            None => self.entities.get(at),
            Some(past) => &self.past.entities[past],
        };
        Listing {
            entity,
            text,
            raw: if raw.is_empty() { text } else { raw },
            locator,
            note,
            url,
            label: &self.labels[stored.label as usize],
            format: crate::address::FORMATS.get(stored.format as usize),
            intervals: &self.intervals[start..start + count],
            snapshot: self.evidence(ix),
        }
    }

    /// The identifier of listing `ix` alone.
    ///
    /// # Panics
    /// When there are not that many.
    #[inline]
    pub fn text(&self, ix: u32) -> &str {
        let at = self.listings[ix as usize].texts as usize;
        let ([text, ..], at) = lengths(&self.arena, at);
        &self.arena[at..at + text]
    }

    /// Every listing of its snapshot, in document order.
    pub fn listings(&self) -> impl ExactSizeIterator<Item = Listing<'_>> {
        (0..self.len() as u32).map(|ix| self.listing(ix))
    }

    /// Every listing that left the list.
    pub fn past_listings(&self) -> impl ExactSizeIterator<Item = Listing<'_>> {
        (self.len() as u32..self.listings.len() as u32).map(|ix| self.listing(ix))
    }

    /// The place of listing `ix`'s entity among [`Self::entities`], and after them.
    ///
    /// # Panics
    /// When there are not that many listings.
    pub fn entity_ix(&self, ix: u32) -> usize {
        self.listings[ix as usize].entity.0 as usize
    }

    /// What its first listings answer to, where that is known.
    pub fn reach(&self) -> Option<&Reach> {
        self.reach.as_ref()
    }

    /// Near misses of its first listings, and how many listings that are. So many threads may look
    /// for them, if nobody has yet.
    pub fn near(&self, threads: usize) -> (u32, &NearTables) {
        let (covers, tables) = self.near.get_or_init(|| {
            let covers = self.len() as u32;
            (covers, self.near_of(0..covers, threads))
        });
        (*covers, tables)
    }

    /// Near misses of some listings.
    pub fn near_of(&self, range: Range<u32>, threads: usize) -> NearTables {
        let addresses: Vec<u32> = self.addresses_in(range).collect();
        NearTables::of(addresses, &|ix| self.text(ix), threads)
    }

    /// Those of some listings that are addresses, in their order.
    pub fn addresses_in(&self, range: Range<u32>) -> impl Iterator<Item = u32> {
        let is_address = |ix: &u32| self.listings[*ix as usize].format != u16::MAX;
        range.filter(is_address)
    }

    fn evidence(&self, ix: u32) -> &Snapshot {
        let after = self.past.evidence.partition_point(|(from, _)| *from <= ix);
        match after.checked_sub(1) {
            Some(at) => &self.past.evidence[at].1,
            None => &self.snapshot,
        }
    }
}
