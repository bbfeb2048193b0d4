//! The sanctions lists of OFAC in its advanced XML format (SDN_ADVANCED.XML, CONS_ADVANCED.XML).
//!
//! Streams: entities are made as their `DistinctParty` ends, and completed by the sections around
//! it (documents before, sanctions entries after). Every type id is looked up in the document's own
//! `ReferenceValueSets`; element names are local, since the namespace has changed before. It knows
//! the words of those sets ("Digital Currency Address - …", "Birthdate"), never their numbers.

pub(super) mod words;

use self::words::{CRYPTO, Locator, NO_COUNTRY, Role, Value, iso_script, other_document, role};
use super::ParseError;
use super::xml::Xml;
use crate::finding::Code;
use crate::list::{
    Entity, EntityIx, EntityKind, ExternalId, ListBuilder, Name, NameQuality, NewListing,
};
use jiff::civil::Date;
use std::collections::HashMap;
use std::fmt::Write;
use std::io::BufRead;

pub(super) const ID: &str = "ofac-advanced";

type Id = Box<str>;

/// Reads the document.
pub(super) fn parse(document: &mut dyn BufRead, out: &mut ListBuilder) -> Result<(), ParseError> {
    let mut xml = Xml::new(ID, document);
    let root = xml.root()?.name().to_owned();
    if root != "Sanctions" {
        let (what, hint) = other_document(&root);
        return Err(xml.not_this(&what, hint));
    }
    let mut doc = Document {
        main_list: out.source().options.get("main_list").cloned(),
        out,
        refs: HashMap::new(),
        features: HashMap::new(),
        locations: HashMap::new(),
        documents: Vec::new(),
        identities: HashMap::new(),
        profiles: HashMap::new(),
        entered: HashMap::new(),
        text: String::new(),
    };
    let (mut parties, mut entries) = (false, false);
    while let Some(section) = xml.child()? {
        match section.name() {
            "DateOfIssue" => doc.date_of_issue(&mut xml)?,
            "ReferenceValueSets" => doc.reference_sets(&mut xml)?,
            "Locations" => doc.each(&mut xml, "Location", Document::location)?,
            "IDRegDocuments" => doc.each(&mut xml, "IDRegDocument", Document::id_document)?,
            "DistinctParties" => {
                if doc.features.is_empty() {
                    return Err(xml.broken("no <ReferenceValueSets> before <DistinctParties>"));
                }
                parties = true;
                doc.each(&mut xml, "DistinctParty", Document::party)?;
            }
            "SanctionsEntries" => {
                entries = true;
                doc.each(&mut xml, "SanctionsEntry", Document::sanctions_entry)?;
            }
            _ => xml.skip()?,
        }
    }
    xml.end()?;
    for (there, name) in [(parties, "DistinctParties"), (entries, "SanctionsEntries")] {
        if !there {
            return Err(ParseError::Shape {
                shape: ID,
                why: format!("it has no <{name}> element"),
                hint: Some("the file is not whole, or OFAC has changed its format".into()),
            });
        }
    }
    doc.complete();
    Ok(())
}

struct Document<'b> {
    out: &'b mut ListBuilder,
    /// The list whose entry dates an entity that stands on several.
    main_list: Option<Box<str>>,
    /// Element name, then id.
    refs: HashMap<Box<str>, HashMap<Id, Value>>,
    features: HashMap<Id, Role>,
    /// Location to country.
    locations: HashMap<Id, Id>,
    /// Papers with the identity they belong to.
    documents: Vec<(Id, ExternalId)>,
    identities: HashMap<Id, EntityIx>,
    profiles: HashMap<Id, EntityIx>,
    /// Entry dates: the earliest, and that of the main list.
    entered: HashMap<EntityIx, (Option<Date>, Option<Date>)>,
    text: String,
}

impl<'b> Document<'b> {
    /// Reads every child called `name` of a section by `read`.
    fn each(
        &mut self,
        xml: &mut Xml<'_>,
        name: &str,
        read: fn(&mut Self, &mut Xml<'_>) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        while let Some(tag) = xml.child()? {
            if tag.name() == name {
                read(self, xml)?;
            } else {
                xml.skip()?;
            }
        }
        Ok(())
    }

    fn date_of_issue(&mut self, xml: &mut Xml<'_>) -> Result<(), ParseError> {
        let date = self.date(xml)?;
        if date.is_none() {
            return Err(xml.broken("its <DateOfIssue> is no date"));
        }
        self.out.snapshot_mut().published_on = date;
        Ok(())
    }

    fn reference_sets(&mut self, xml: &mut Xml<'_>) -> Result<(), ParseError> {
        while xml.child()?.is_some() {
            while let Some(value) = xml.child()? {
                let set: Box<str> = value.name().into();
                let id: Id = value.value("ID")?.into();
                let extra: Id = match &*set {
                    "PartySubType" => value.value("PartyTypeID")?.into(),
                    "Script" => value.value("ScriptCode")?.into(),
                    "AreaCode" => value.value("Description")?.into(),
                    _ => Id::default(),
                };
                self.text.clear();
                xml.text(&mut self.text)?;
                let text = self.text.trim().into();
                let values = self.refs.entry(set).or_default();
                values.insert(id, Value { text, extra });
            }
        }
        let Some(types) = self.refs.get("FeatureType") else {
            return Err(xml.broken("its reference sets name no feature type"));
        };
        self.features = types
            .iter()
            .map(|(id, value)| (id.clone(), role(&value.text)))
            .collect();
        Ok(())
    }

    fn word(&self, set: &str, id: &str) -> Option<&Value> {
        self.refs.get(set)?.get(id)
    }

    fn words(&self, set: &str, id: &str) -> Id {
        self.word(set, id)
            .map(|value| value.text.clone())
            .unwrap_or_default()
    }

    fn location(&mut self, xml: &mut Xml<'_>) -> Result<(), ParseError> {
        let id = xml.tag().value("ID")?.into();
        let (mut country, mut area) = (Id::default(), Id::default());
        while let Some(part) = xml.child()? {
            match part.name() {
                "LocationCountry" => {
                    country = self.words("Country", &part.value("CountryID")?);
                }
                "LocationAreaCode" => {
                    if let Some(code) = self.word("AreaCode", &part.value("AreaCodeID")?) {
                        area = code.extra.clone();
                    }
                }
                _ => {}
            }
            xml.skip()?;
        }
        let place = if country.is_empty() { area } else { country };
        if !place.is_empty() && &*place != NO_COUNTRY {
            self.locations.insert(id, place);
        }
        Ok(())
    }

    fn id_document(&mut self, xml: &mut Xml<'_>) -> Result<(), ParseError> {
        let tag = xml.tag();
        let owner = tag.value("IdentityID")?.into();
        let kind = tag.value("IDRegDocTypeID")?;
        let mut paper = ExternalId {
            kind: self.words("IDRegDocType", &kind),
            country: self.words("Country", &tag.value("IssuedBy-CountryID")?),
            ..ExternalId::default()
        };
        if paper.kind.is_empty() {
            let place = format!("IDRegDocument[@ID='{}']", tag.value("ID")?);
            self.unknown_id(&place, "IDRegDocType", &kind);
        }
        while let Some(part) = xml.child()? {
            if part.name() == "IDRegistrationNo" {
                self.text.clear();
                xml.text(&mut self.text)?;
                paper.value = self.text.trim().into();
            } else {
                xml.skip()?;
            }
        }
        if !paper.value.is_empty() {
            self.documents.push((owner, paper));
        }
        Ok(())
    }

    fn party(&mut self, xml: &mut Xml<'_>) -> Result<(), ParseError> {
        let fixed_ref: Id = xml.tag().value("FixedRef")?.into();
        if fixed_ref.is_empty() {
            return Err(xml.broken("a <DistinctParty> has no `FixedRef`"));
        }
        let entity = self.out.entity(Entity {
            id: fixed_ref.clone(),
            ..Entity::default()
        });
        let mut names = Vec::new();
        while let Some(part) = xml.child()? {
            if part.name() != "Profile" {
                xml.skip()?;
                continue;
            }
            let profile: Id = part.value("ID")?.into();
            let kind = self.kind(&part.value("PartySubTypeID")?);
            self.out.entity_mut(entity).kind = kind;
            self.profiles.insert(profile.clone(), entity);
            while let Some(part) = xml.child()? {
                match part.name() {
                    "Identity" => {
                        let identity = part.value("ID")?.into();
                        self.identities.insert(identity, entity);
                        self.names(xml, &mut names)?;
                    }
                    "Feature" => {
                        let feature: Id = part.value("ID")?.into();
                        let place = Locator {
                            party: &fixed_ref,
                            profile: &profile,
                            feature: &feature,
                            version: "",
                        };
                        self.feature(xml, entity, place)?;
                    }
                    _ => xml.skip()?,
                }
            }
        }
        self.set_names(entity, names);
        Ok(())
    }

    fn kind(&self, subtype: &str) -> EntityKind {
        let Some(sub) = self.word("PartySubType", subtype) else {
            return EntityKind::Unknown;
        };
        match &*sub.text {
            "Vessel" => EntityKind::Vessel,
            "Aircraft" => EntityKind::Aircraft,
            _ => match self.word("PartyType", &sub.extra).map(|v| &*v.text) {
                Some("Individual") => EntityKind::Person,
                Some("Entity" | "Other Entity") => EntityKind::Organisation,
                _ => EntityKind::Unknown,
            },
        }
    }

    /// The names of one `Identity`; each with whether it is the main spelling.
    fn names(&mut self, xml: &mut Xml<'_>, out: &mut Vec<(Name, bool)>) -> Result<(), ParseError> {
        while let Some(alias) = xml.child()? {
            if alias.name() != "Alias" {
                xml.skip()?;
                continue;
            }
            let quality = if alias.is_true("Primary")? {
                NameQuality::Primary
            } else if alias.is_true("LowQuality")? {
                NameQuality::Weak
            } else {
                NameQuality::Strong
            };
            while let Some(name) = xml.child()? {
                if name.name() != "DocumentedName" {
                    xml.skip()?;
                    continue;
                }
                let status = name.value("DocNameStatusID")?;
                let main = quality == NameQuality::Primary
                    && self
                        .word("DocNameStatus", &status)
                        .is_some_and(|status| status.text.starts_with("Primary"));
                let (text, script) = self.documented_name(xml)?;
                if !text.is_empty() {
                    let name = Name {
                        text,
                        script,
                        quality,
                    };
                    out.push((name, main));
                }
            }
        }
        Ok(())
    }

    fn documented_name(&mut self, xml: &mut Xml<'_>) -> Result<(Id, Id), ParseError> {
        self.text.clear();
        let mut script = Id::default();
        while xml.child()?.is_some() {
            while let Some(value) = xml.child()? {
                if value.name() != "NamePartValue" {
                    xml.skip()?;
                    continue;
                }
                if script.is_empty()
                    && let Some(value) = self.word("Script", &value.value("ScriptID")?)
                {
                    script = iso_script(value);
                }
                if !self.text.is_empty() {
                    self.text.push(' ');
                }
                xml.text(&mut self.text)?;
                self.text.truncate(self.text.trim_end().len());
            }
        }
        Ok((self.text.trim().into(), script))
    }

    fn set_names(&mut self, ix: EntityIx, mut names: Vec<(Name, bool)>) {
        let main = names
            .iter()
            .position(|(_, main)| *main)
            .or_else(|| {
                names
                    .iter()
                    .position(|(name, _)| name.quality == NameQuality::Primary)
            })
            .or((!names.is_empty()).then_some(0));
        let name = main.map(|at| names.remove(at).0.text);
        let entity = self.out.entity_mut(ix);
        entity.aliases = names.into_iter().map(|(name, _)| name).collect();
        match name {
            Some(name) => entity.name = name,
            None => {
                let id = entity.id.clone();
                self.out
                    .finding(Code::ListRecordIncomplete, &id, "the party has no name");
            }
        }
    }

    fn feature(
        &mut self,
        xml: &mut Xml<'_>,
        entity: EntityIx,
        place: Locator<'_>,
    ) -> Result<(), ParseError> {
        let kind = xml.tag().value("FeatureTypeID")?;
        let role = match self.features.get(&*kind) {
            Some(role) => role.clone(),
            None => {
                self.unknown_id(&place.to_string(), "FeatureType", &kind);
                Role::Unknown
            }
        };
        let mut first = true;
        while let Some(part) = xml.child()? {
            if part.name() != "FeatureVersion" {
                xml.skip()?;
                continue;
            }
            let version: Id = match first {
                true => Id::default(),
                false => part.value("ID")?.into(),
            };
            first = false;
            let place = Locator {
                version: &version,
                ..place
            };
            self.feature_version(xml, entity, &role, place)?;
        }
        Ok(())
    }

    fn feature_version(
        &mut self,
        xml: &mut Xml<'_>,
        entity: EntityIx,
        role: &Role,
        place: Locator<'_>,
    ) -> Result<(), ParseError> {
        let reliability = match role {
            Role::Crypto(_) => self.words("Reliability", &xml.tag().value("ReliabilityID")?),
            _ => Id::default(),
        };
        let (mut note, mut details) = (String::new(), Vec::new());
        while let Some(part) = xml.child()? {
            match (part.name(), role) {
                ("Comment", Role::Crypto(_)) => {
                    self.text.clear();
                    xml.text(&mut self.text)?;
                    note.push_str(self.text.trim());
                }
                ("DatePeriod", Role::Birth) => {
                    let birth = self.period(xml)?;
                    if !birth.is_empty() {
                        push_new(&mut self.out.entity_mut(entity).births, birth);
                    }
                }
                ("VersionLocation", _) => {
                    let place = part.value("LocationID")?;
                    if let Some(country) = self.locations.get(&*place) {
                        push_new(&mut self.out.entity_mut(entity).countries, country.clone());
                    }
                    xml.skip()?;
                }
                ("VersionDetail", Role::Birth | Role::Described) => xml.skip()?,
                ("VersionDetail", _) => {
                    let mut text = String::new();
                    xml.text(&mut text)?;
                    if !text.trim().is_empty() {
                        details.push(text);
                    }
                }
                _ => xml.skip()?,
            }
        }
        match role {
            Role::Crypto(label) => {
                if !matches!(&*reliability, "" | "Unknown") {
                    let stop = if note.is_empty() { "" } else { " " };
                    let _ = write!(note, "{stop}[reliability: {reliability}]");
                }
                let place = place.to_string();
                for raw in &details {
                    self.address(entity, label, raw, &note, &place);
                }
                if details.is_empty() {
                    self.out.finding(
                        Code::ListRecordUnreadable,
                        &place,
                        format!("a `{CRYPTO} - {label}` without an address"),
                    );
                }
            }
            // Its type is unknown: an address must not be lost for that.
            Role::Unknown => {
                let place = place.to_string();
                for raw in &details {
                    if crate::address::decode(raw.trim().as_bytes()).is_ok() {
                        self.address(entity, "", raw, "", &place);
                    }
                }
            }
            Role::Identifier(kind) => {
                let ids = &mut self.out.entity_mut(entity).ids;
                ids.extend(details.iter().map(|value| ExternalId {
                    kind: kind.clone(),
                    value: value.trim().into(),
                    country: Id::default(),
                }));
            }
            Role::Flag => {
                for value in &details {
                    push_new(
                        &mut self.out.entity_mut(entity).countries,
                        value.trim().into(),
                    );
                }
            }
            Role::Birth | Role::Described => {}
        }
        Ok(())
    }

    fn address(&mut self, entity: EntityIx, label: &str, raw: &str, note: &str, place: &str) {
        let listing = NewListing {
            text: raw.trim(),
            raw,
            label,
            locator: place,
            note,
            ..NewListing::default()
        };
        self.out.listing(entity, listing);
    }

    /// A `DatePeriod` in words: `1961-04-12`, `1961`, `1961-04`, `1955 to 1957`, `circa 1951`.
    fn period(&mut self, xml: &mut Xml<'_>) -> Result<Id, ParseError> {
        let (mut first, mut last, mut circa) = (None, None, false);
        while let Some(end) = xml.child()? {
            circa |= end.is_true("Approximate")?;
            while xml.child()?.is_some() {
                if let Some(date) = self.date(xml)? {
                    first = Some(first.map_or(date, |f: Date| f.min(date)));
                    last = Some(last.map_or(date, |l: Date| l.max(date)));
                }
            }
        }
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(Id::default());
        };
        let whole_years = first == first.first_of_year() && last == last.last_of_year();
        let whole_months = first == first.first_of_month() && last == last.last_of_month();
        let words = |date: Date| match (whole_years, whole_months) {
            (true, _) => date.strftime("%Y").to_string(),
            (_, true) => date.strftime("%Y-%m").to_string(),
            _ => date.to_string(),
        };
        let (from, to) = (words(first), words(last));
        let circa = if circa { "circa " } else { "" };
        Ok(if from == to {
            format!("{circa}{from}").into()
        } else {
            format!("{circa}{from} to {to}").into()
        })
    }

    /// `Year`, `Month` and `Day` of the element just entered.
    fn date(&mut self, xml: &mut Xml<'_>) -> Result<Option<Date>, ParseError> {
        let (mut year, mut month, mut day) = (None, None, None);
        while let Some(part) = xml.child()? {
            let slot = match part.name() {
                "Year" => &mut year,
                "Month" => &mut month,
                "Day" => &mut day,
                _ => {
                    xml.skip()?;
                    continue;
                }
            };
            self.text.clear();
            xml.text(&mut self.text)?;
            *slot = self.text.trim().parse::<i16>().ok();
        }
        let small = |n: i16| i8::try_from(n).ok();
        Ok(match (year, month.and_then(small), day.and_then(small)) {
            (Some(year), Some(month), Some(day)) => Date::new(year, month, day).ok(),
            _ => None,
        })
    }

    fn sanctions_entry(&mut self, xml: &mut Xml<'_>) -> Result<(), ParseError> {
        let tag = xml.tag();
        let (id, list_id): (Id, Id) = (tag.value("ID")?.into(), tag.value("ListID")?.into());
        let profile: Id = tag.value("ProfileID")?.into();
        let list = self.words("List", &list_id);
        let (mut entered, mut programs) = (None::<Date>, Vec::new());
        while let Some(part) = xml.child()? {
            match part.name() {
                "EntryEvent" => {
                    while let Some(part) = xml.child()? {
                        if part.name() != "Date" {
                            xml.skip()?;
                        } else if let Some(date) = self.date(xml)? {
                            entered = Some(entered.map_or(date, |e| e.min(date)));
                        }
                    }
                }
                "SanctionsMeasure" => {
                    // The measure of type "Program" carries the programme's name as its comment.
                    let kind = self.words("SanctionsType", &part.value("SanctionsTypeID")?);
                    let program = matches!(&*kind, "Program" | "");
                    while let Some(part) = xml.child()? {
                        if program && part.name() == "Comment" {
                            self.text.clear();
                            xml.text(&mut self.text)?;
                            programs.push(Id::from(self.text.trim()));
                        } else {
                            xml.skip()?;
                        }
                    }
                }
                _ => xml.skip()?,
            }
        }
        let Some(&ix) = self.profiles.get(&profile) else {
            self.out.finding(
                Code::ListRecordIncomplete,
                &format!("SanctionsEntry[@ID='{id}']"),
                format!("it belongs to no party (profile `{profile}`)"),
            );
            return Ok(());
        };
        let main = self.main_list.as_ref().is_some_and(|main| *main == list);
        let dates = self.entered.entry(ix).or_default();
        dates.0 = dates.0.into_iter().chain(entered).min();
        if main {
            dates.1 = dates.1.into_iter().chain(entered).min();
        }
        let entity = self.out.entity_mut(ix);
        if list.is_empty() {
            let id = entity.id.clone();
            self.unknown_id(&id, "List", &list_id);
        } else {
            push_new(&mut entity.lists, list);
        }
        let entity = self.out.entity_mut(ix);
        for program in programs {
            if !program.is_empty() {
                push_new(&mut entity.programs, program);
            }
        }
        Ok(())
    }

    /// Gives entities what stands elsewhere in the document.
    fn complete(&mut self) {
        for (identity, paper) in std::mem::take(&mut self.documents) {
            match self.identities.get(&identity) {
                Some(&ix) => self.out.entity_mut(ix).ids.push(paper),
                None => self.out.finding(
                    Code::ListRecordIncomplete,
                    &format!("Identity[@ID='{identity}']"),
                    format!("{} `{}` belongs to no party", paper.kind, paper.value),
                ),
            }
        }
        let profiles: Vec<_> = self.profiles.values().copied().collect();
        for ix in profiles {
            let (earliest, main) = self.entered.get(&ix).copied().unwrap_or_default();
            let entity = self.out.entity_mut(ix);
            entity.listed_on = main.or(earliest);
            if entity.lists.is_empty() {
                let id = entity.id.clone();
                self.out.finding(
                    Code::ListRecordIncomplete,
                    &id,
                    "the party has no sanctions entry: its list, programme and date are unknown",
                );
            }
        }
    }

    fn unknown_id(&mut self, at: &str, set: &str, id: &str) {
        self.out.finding(
            Code::ListRecordIncomplete,
            at,
            format!("{set} `{id}` is not among the document's reference values"),
        );
    }
}

fn push_new(list: &mut Vec<Box<str>>, text: Box<str>) {
    if !list.contains(&text) {
        list.push(text);
    }
}
