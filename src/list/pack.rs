//! A list as bytes, to be read back in a moment: flat tables, and entities that are only unpacked
//! when they are asked for.
//!
//! The layout is that of this build and of no other; whoever keeps the bytes must know which build
//! made them. Sections follow one another, each with its length, and a sum of all of them comes last.
//! Bytes that make no sense make no list, and never a panic.

use super::interval::Interval;
use super::model::{
    Entity, EntityIx, EntityKind, ExternalId, List, Name, NameQuality, Past, Snapshot, Source,
    StoredListing, texts_fit,
};
use super::near::{NearTables, Table};
use super::reach::{Keys, Reach};
use crate::address::FORMATS;
use crate::finding::{CODES, Finding, Place};
use jiff::civil::Date;
use std::io::{self, Read, Write};
use std::sync::OnceLock;

/// The entities of a snapshot.
#[derive(Clone, Debug)]
pub(super) enum Entities {
    Built(Vec<Entity>),
    Packed(Box<Packed>),
}

/// Entities that are unpacked one by one.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    bytes: Box<[u8]>,
    /// Where each begins; and the end.
    starts: Box<[u32]>,
    one: Box<[OnceLock<Box<Entity>>]>,
    all: OnceLock<Vec<Entity>>,
}

impl Entities {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Built(all) => all.len(),
            Self::Packed(packed) => packed.one.len(),
        }
    }

    pub(super) fn all(&self) -> &[Entity] {
        match self {
            Self::Built(all) => all,
            Self::Packed(packed) => packed
                .all
                .get_or_init(|| (0..packed.one.len()).map(|ix| packed.unpack(ix)).collect()),
        }
    }

    pub(super) fn get(&self, ix: usize) -> &Entity {
        match self {
            Self::Built(all) => &all[ix],
            Self::Packed(packed) => match packed.all.get() {
                Some(all) => &all[ix],
                None => packed.one[ix].get_or_init(|| Box::new(packed.unpack(ix))),
            },
        }
    }

    /// Those of a list that is being built.
    pub(super) fn built(&mut self) -> &mut Vec<Entity> {
        if let Self::Packed(_) = self {
            *self = Self::Built(self.all().to_vec());
        }
        match self {
            Self::Built(all) => all,
            Self::Packed(_) => unreachable!("they were just built"),
        }
    }
}

impl Packed {
    fn unpack(&self, ix: usize) -> Entity {
        let bytes = &self.bytes[self.starts[ix] as usize..self.starts[ix + 1] as usize];
        // The bytes were checked as a whole.
        read_entity(&mut Fields(bytes)).unwrap_or_default()
    }
}

/// Fields as bytes.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn u32(&mut self, n: u32) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }

    fn count(&mut self, n: usize) {
        self.u32(u32::try_from(n).unwrap_or(u32::MAX));
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.count(texts.len());
        texts.for_each(|text| self.text(text));
    }

    fn date(&mut self, date: Option<Date>) {
        self.u32(date.map_or(0, |d| {
            (i32::from(d.year()) + 10_000) as u32 * 512 + d.month() as u32 * 32 + d.day() as u32
        }));
    }

    fn u64(&mut self, n: u64) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }
}

/// Reads fields from bytes.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn bytes(&mut self, n: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(head)
    }

    fn u32(&mut self) -> Option<u32> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*head))
    }

    /// How many things of at least `size` bytes follow.
    fn count(&mut self, size: usize) -> Option<usize> {
        let n = self.u32()? as usize;
        (n.checked_mul(size)? <= self.0.len()).then_some(n)
    }

    fn text(&mut self) -> Option<&'b str> {
        let n = self.count(1)?;
        std::str::from_utf8(self.bytes(n)?).ok()
    }

    fn boxed(&mut self) -> Option<Box<str>> {
        self.text().map(Into::into)
    }

    fn texts(&mut self) -> Option<Vec<Box<str>>> {
        let n = self.count(4)?;
        (0..n).map(|_| self.boxed()).collect()
    }

    fn date(&mut self) -> Option<Option<Date>> {
        let n = self.u32()?;
        if n == 0 {
            return Some(None);
        }
        let year = i16::try_from((n / 512) as i32 - 10_000).ok()?;
        let (month, day) = ((n / 32 % 16) as i8, (n % 32) as i8);
        Date::new(year, month, day).ok().map(Some)
    }

    fn u64(&mut self) -> Option<u64> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*head))
    }
}

fn write_entity(out: &mut Bytes, entity: &Entity) {
    out.text(&entity.id);
    out.u32(entity.kind as u32);
    out.text(&entity.name);
    out.count(entity.aliases.len());
    for alias in &entity.aliases {
        out.text(&alias.text);
        out.text(&alias.script);
        out.u32(alias.quality as u32);
    }
    for texts in [
        &entity.programs,
        &entity.lists,
        &entity.births,
        &entity.countries,
    ] {
        out.texts(texts.iter().map(AsRef::as_ref));
    }
    out.date(entity.listed_on);
    out.count(entity.ids.len());
    for id in &entity.ids {
        out.text(&id.kind);
        out.text(&id.value);
        out.text(&id.country);
    }
    out.texts(entity.source_url.iter().map(AsRef::as_ref));
}

fn read_entity(from: &mut Fields<'_>) -> Option<Entity> {
    const KINDS: &[EntityKind] = &[
        EntityKind::Person,
        EntityKind::Organisation,
        EntityKind::Vessel,
        EntityKind::Aircraft,
        EntityKind::Cluster,
        EntityKind::Unknown,
    ];
    const QUALITIES: &[NameQuality] =
        &[NameQuality::Primary, NameQuality::Strong, NameQuality::Weak];
    let id = from.boxed()?;
    let kind = from.u32()?;
    let kind = *KINDS.iter().find(|k| **k as u32 == kind)?;
    let name = from.boxed()?;
    let aliases = from.count(12)?;
    let aliases = (0..aliases)
        .map(|_| {
            let (text, script) = (from.boxed()?, from.boxed()?);
            let quality = from.u32()?;
            Some(Name {
                text,
                script,
                quality: *QUALITIES.iter().find(|q| **q as u32 == quality)?,
            })
        })
        .collect::<Option<_>>()?;
    let (programs, lists) = (from.texts()?, from.texts()?);
    let (births, countries) = (from.texts()?, from.texts()?);
    let listed_on = from.date()?;
    let ids = from.count(12)?;
    let ids = (0..ids)
        .map(|_| {
            Some(ExternalId {
                kind: from.boxed()?,
                value: from.boxed()?,
                country: from.boxed()?,
            })
        })
        .collect::<Option<_>>()?;
    Some(Entity {
        id,
        kind,
        name,
        aliases,
        programs,
        lists,
        listed_on,
        births,
        countries,
        ids,
        source_url: from.texts()?.pop(),
    })
}

fn write_finding(out: &mut Bytes, finding: &Finding) {
    out.text(finding.code.id());
    let (kind, of, id, row, line) = match &finding.place {
        Place::Whole { of } => (0, of, "", 0, 0),
        Place::Record { of, id } => (1, of, &**id, 0, 0),
        Place::Line { of, line } => (2, of, "", 0, *line),
        Place::Cell {
            of,
            row,
            line,
            column,
        } => (3, of, &**column, *row, *line),
    };
    out.u32(kind);
    out.text(of);
    out.text(id);
    out.u64(row);
    out.u64(line);
    out.text(&finding.detail);
}

fn read_finding(from: &mut Fields<'_>) -> Option<Finding> {
    let code = from.text()?;
    let (code, ..) = *CODES.iter().find(|(_, id, ..)| *id == code)?;
    let kind = from.u32()?;
    let (of, id) = (from.boxed()?, from.boxed()?);
    let (row, line) = (from.u64()?, from.u64()?);
    let place = match kind {
        0 => Place::Whole { of },
        1 => Place::Record { of, id },
        2 => Place::Line { of, line },
        3 => Place::Cell {
            of,
            row,
            line,
            column: id,
        },
        _ => return None,
    };
    Some(Finding::new(code, place, from.boxed()?))
}

/// Bytes that are written or read, and summed, at a time.
const BLOCK: usize = 64 << 10;

/// A sum of blocks: against damage, not against intent. Who can change a prepared list can change
/// the list as well.
#[derive(Default)]
struct Sum(u64);

impl Sum {
    fn add(&mut self, block: &[u8]) {
        let mut lanes = [
            0x243f_6a88_85a3_08d3_u64,
            0x1319_8a2e_0370_7344,
            0xa409_3822_299f_31d0,
            0x082e_fa98_ec4e_6c89,
        ];
        let mix = |lane: u64, word: u64| {
            (lane ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
        };
        let (words, rest) = block.as_chunks::<32>();
        for block in words {
            let (words, _) = block.as_chunks::<8>();
            for (lane, word) in lanes.iter_mut().zip(words) {
                *lane = mix(*lane, u64::from_le_bytes(*word));
            }
        }
        let sum = mix(self.0, block.len() as u64);
        let sum = lanes.into_iter().fold(sum, mix);
        self.0 = rest.iter().fold(sum, |sum, b| mix(sum, u64::from(*b)));
    }
}

/// Writes sections.
struct Writer<W> {
    to: W,
    sum: Sum,
}

impl<W: Write> Writer<W> {
    fn block(&mut self, block: &[u8]) -> io::Result<()> {
        self.sum.add(block);
        self.to.write_all(block)
    }

    fn section(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.block(&(bytes.len() as u64).to_le_bytes())?;
        bytes.chunks(BLOCK).try_for_each(|block| self.block(block))
    }

    fn rows<const N: usize>(
        &mut self,
        rows: impl ExactSizeIterator<Item = [u8; N]>,
    ) -> io::Result<()> {
        self.block(&((rows.len() * N) as u64).to_le_bytes())?;
        let mut buffer = Vec::with_capacity(BLOCK + N);
        for row in rows {
            buffer.extend_from_slice(&row);
            if buffer.len() >= BLOCK {
                self.block(&buffer[..BLOCK])?;
                buffer.drain(..BLOCK);
            }
        }
        match buffer.is_empty() {
            true => Ok(()),
            false => self.block(&buffer),
        }
    }
}

/// Reads sections.
struct Reader<R> {
    from: R,
    /// No section is longer than what is left.
    left: u64,
    sum: Sum,
}

impl<R: Read> Reader<R> {
    fn block(&mut self, block: &mut [u8]) -> Option<()> {
        self.left = self.left.checked_sub(block.len() as u64)?;
        self.from.read_exact(block).ok()?;
        self.sum.add(block);
        Some(())
    }

    fn len(&mut self) -> Option<usize> {
        let mut len = [0; 8];
        self.block(&mut len)?;
        let len = u64::from_le_bytes(len);
        (len <= self.left).then_some(len as usize)
    }

    fn section(&mut self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; self.len()?];
        bytes
            .chunks_mut(BLOCK)
            .try_for_each(|block| self.block(block))?;
        Some(bytes)
    }

    fn rows<const N: usize, T>(&mut self, row: impl Fn(&[u8; N]) -> T) -> Option<Vec<T>> {
        let len = self.len()?;
        (len % N == 0).then_some(())?;
        let mut rows = Vec::with_capacity(len / N);
        let mut buffer = vec![0; BLOCK + N];
        let (mut done, mut over) = (0, 0);
        while done < len {
            let block = BLOCK.min(len - done);
            self.block(&mut buffer[over..over + block])?;
            done += block;
            let (whole, rest) = buffer[..over + block].as_chunks::<N>();
            rows.extend(whole.iter().map(&row));
            let whole = over + block - rest.len();
            over = rest.len();
            buffer.copy_within(whole..whole + over, 0);
        }
        Some(rows)
    }

    fn u32s(&mut self) -> Option<Vec<u32>> {
        self.rows(|n| u32::from_le_bytes(*n))
    }
}

/// Little-endian words side by side.
fn words<const N: usize, const B: usize>(words: [u32; N]) -> [u8; B] {
    let mut bytes = [0; B];
    for (to, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(words) {
        *to = word.to_le_bytes();
    }
    bytes
}

fn word(row: &[u8], at: usize) -> u32 {
    let bytes = &row[at * 4..at * 4 + 4];
    u32::from_le_bytes(bytes.try_into().expect("four bytes"))
}

impl List {
    /// Writes the snapshot's own content, with what its addresses answer to and what is near them.
    /// What left the list is not in it.
    pub fn write_packed(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut out = Writer {
            to,
            sum: Sum::default(),
        };
        let mut head = Bytes::default();
        head.date(self.snapshot.published_on);
        head.count(self.findings.len());
        self.findings
            .iter()
            .for_each(|f| write_finding(&mut head, f));
        head.texts(self.labels.iter().map(AsRef::as_ref));
        head.count(self.intervals.len());
        for i in &self.intervals {
            for day in [i.from, i.not_before, i.until, i.last_seen] {
                head.date(day);
            }
        }
        out.section(&head.0)?;
        let mut entities = Bytes::default();
        let mut starts = vec![0];
        for entity in self.entities() {
            write_entity(&mut entities, entity);
            starts.push(entities.0.len() as u32);
        }
        out.rows(starts.iter().map(|n| n.to_le_bytes()))?;
        out.section(&entities.0)?;
        drop((entities, starts));
        out.rows(self.listings[..self.len()].iter().map(|l| {
            let both = u32::from(l.intervals.1) << 16 | u32::from(l.label);
            words::<5, 20>([l.entity.0, l.texts, l.intervals.0, both, l.format.into()])
        }))?;
        out.section(self.arena.as_bytes())?;
        let made;
        let reach = match &self.reach {
            Some(reach)
                if reach.covers as usize == self.len()
                    && reach.is_empty() == reach.keys.lock().is_empty() =>
            {
                reach
            }
            _ => {
                made = Reach::of(self, 0..self.len() as u32);
                &made
            }
        };
        out.rows(reach.pairs.iter().map(|pair| words::<3, 12>(*pair)))?;
        out.rows(reach.keys.lock().iter().map(|key| key.to_le_bytes()))?;
        out.rows(reach.verbatim.iter().map(|n| n.to_le_bytes()))?;
        out.section(&reach.free.to_le_bytes())?;
        let made;
        let near = match self.near(1) {
            (covers, near) if covers as usize == self.len() => near,
            _ => {
                made = self.near_of(0..self.len() as u32, 1);
                &made
            }
        };
        for table in &near.tables {
            out.rows(table.starts.iter().map(|n| n.to_le_bytes()))?;
            out.rows(table.numbers.iter().map(|n| n.to_le_bytes()))?;
        }
        out.to.write_all(&out.sum.0.to_le_bytes())
    }

    /// Reads what [`Self::write_packed`] of the same build wrote: `bytes` bytes, to the end.
    pub fn read_packed(
        source: Source,
        snapshot: Snapshot,
        from: &mut dyn Read,
        bytes: u64,
    ) -> Option<Self> {
        let mut from = Reader {
            from,
            left: bytes,
            sum: Sum::default(),
        };
        let head = from.section()?;
        let mut head = Fields(&head);
        let snapshot = Snapshot {
            published_on: head.date()?,
            ..snapshot
        };
        let findings = head.count(20)?;
        let findings = (0..findings)
            .map(|_| read_finding(&mut head))
            .collect::<Option<_>>()?;
        let labels = head.texts()?;
        let intervals = head.count(16)?;
        let intervals = (0..intervals)
            .map(|_| {
                Some(Interval {
                    from: head.date()?,
                    not_before: head.date()?,
                    until: head.date()?,
                    last_seen: head.date()?,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let starts = from.u32s()?.into_boxed_slice();
        let entities = Packed {
            bytes: from.section()?.into(),
            one: (1..starts.len()).map(|_| OnceLock::new()).collect(),
            starts,
            all: OnceLock::new(),
        };
        let listings = from.rows(|row: &[u8; 20]| {
            let both = word(row, 3);
            StoredListing {
                entity: EntityIx(word(row, 0)),
                texts: word(row, 1),
                intervals: (word(row, 2), (both >> 16) as u16),
                label: both as u16,
                format: word(row, 4) as u16,
            }
        })?;
        let n = u32::try_from(listings.len()).ok()?;
        let arena = String::from_utf8(from.section()?).ok()?;
        let reach = Reach {
            covers: n,
            pairs: from.rows(|row: &[u8; 12]| [word(row, 0), word(row, 1), word(row, 2)])?,
            keys: Keys::new(from.rows(|key| u64::from_le_bytes(*key))?),
            verbatim: from.u32s()?,
            free: u32::from_le_bytes(from.section()?.try_into().ok()?),
            spaces: Vec::new(),
        };
        let mut near = NearTables::default();
        for table in &mut near.tables {
            *table = Table {
                starts: from.u32s()?,
                numbers: from.u32s()?,
            };
        }
        let mut seal = [0; 8];
        from.from.read_exact(&mut seal).ok()?;
        let whole = from.left == 8 && from.sum.0 == u64::from_le_bytes(seal);
        // What follows holds for everything that was written; it is looked at all the same, since
        // nothing may panic later.
        let is_sound = |l: &StoredListing| {
            let (start, count) = (l.intervals.0 as usize, usize::from(l.intervals.1));
            (l.entity.0 as usize) < entities.one.len()
                && (l.label as usize) < labels.len()
                && count > 0
                && start + count <= intervals.len()
                && (l.format == u16::MAX || (l.format as usize) < FORMATS.len())
                && texts_fit(&arena, l.texts as usize)
        };
        let sound = whole
            && entities.starts.is_sorted()
            && entities.starts.last().map(|end| *end as usize) == Some(entities.bytes.len())
            && listings.iter().all(is_sound)
            && reach.pairs.is_sorted()
            && reach.pairs.iter().all(|pair| pair[2] < n)
            && reach.verbatim.iter().all(|ix| *ix < n)
            && near.tables.iter().all(|table| table.is_sound(n));
        sound.then(|| Self {
            source,
            snapshot,
            findings,
            confirmed_at: None,
            seen_on: Vec::new(),
            past: Past::default(),
            reach: Some(reach),
            near: OnceLock::from((n, near)),
            entities: Entities::Packed(Box::new(entities)),
            listings,
            labels,
            intervals,
            arena,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ListBuilder, NewListing};
    use super::*;
    use jiff::civil::date;

    fn list() -> List {
        let source = Source::own("test", "Test", "test");
        let snapshot = Snapshot {
            sha256: "00".into(),
            bytes: 1,
            url: "test".into(),
            published_on: Some(date(2025, 3, 4)),
            ..Snapshot::default()
        };
        let mut out = ListBuilder::new(source, snapshot);
        for n in 0..3_u8 {
            let entity = out.entity(Entity {
                id: format!("{n}").into(),
                name: "Ёлка Ltd".into(),
                kind: EntityKind::Vessel,
                aliases: vec![Name {
                    text: "Yolka".into(),
                    script: "Latn".into(),
                    quality: NameQuality::Weak,
                }],
                programs: vec!["A".into(), "B".into()],
                listed_on: Some(date(-43, 3, 15)),
                ids: vec![ExternalId {
                    kind: "IMO".into(),
                    value: "9074729".into(),
                    country: "".into(),
                }],
                source_url: Some("https://example.org".into()),
                ..Entity::default()
            });
            for text in ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "no address", "Ünï"] {
                out.listing(
                    entity,
                    NewListing {
                        text,
                        label: ["XBT", "ETH", ""][n as usize],
                        locator: "line 1",
                        raw: "in: «text»",
                        ..NewListing::default()
                    },
                );
            }
        }
        out.finish().expect("large enough")
    }

    fn state(list: &List) -> String {
        let listings: Vec<_> = list.listings().collect();
        format!("{:?} {:?} {listings:?}", list.findings, list.entities())
    }

    fn packed(list: &List) -> Vec<u8> {
        let mut bytes = Vec::new();
        list.write_packed(&mut bytes)
            .expect("a Vec takes everything");
        bytes
    }

    fn read(list: &List, bytes: &[u8]) -> Option<List> {
        let (source, snapshot) = (list.source.clone(), list.snapshot.clone());
        List::read_packed(source, snapshot, &mut &bytes[..], bytes.len() as u64)
    }

    #[test]
    fn comes_back_as_it_was() {
        let list = list();
        let bytes = packed(&list);
        let back = read(&list, &bytes).expect("our own bytes");
        assert_eq!(back.entity_count(), 3);
        assert_eq!(&*back.listing(8).entity.name, "Ёлка Ltd");
        assert_eq!(state(&back), state(&list));
        assert_eq!(back.reach(), list.reach());
        assert_eq!(back.near(1), list.near(1));
        assert_eq!(packed(&back), bytes);
    }

    #[test]
    fn damaged_bytes_make_no_list() {
        let list = list();
        let bytes = packed(&list);
        for at in 0..bytes.len() {
            assert!(read(&list, &bytes[..at]).is_none(), "cut at {at}");
            for flip in [1, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] ^= flip;
                assert!(read(&list, &bytes).is_none(), "flipped at {at}");
            }
        }
        let longer = [&bytes[..], b"x"].concat();
        assert!(read(&list, &longer).is_none());
    }

    #[test]
    fn rows_that_do_not_divide_a_block_come_back() {
        let rows: Vec<[u8; 12]> = (0..20_000_u32).map(|n| words([n, !n, n / 7])).collect();
        let mut out = Writer {
            to: Vec::new(),
            sum: Sum::default(),
        };
        out.rows(rows.iter().copied())
            .expect("a Vec takes everything");
        let (bytes, sum) = (out.to, out.sum.0);
        let mut from = Reader {
            from: &bytes[..],
            left: bytes.len() as u64,
            sum: Sum::default(),
        };
        assert_eq!(from.rows(|row: &[u8; 12]| *row), Some(rows));
        assert_eq!((from.sum.0, from.left), (sum, 0));
    }
}
