//! Coded observations about data: what was odd, where, in which words.
//!
//! A finding never stops work and never vanishes; it does not know who prints it. A new code is one
//! line in [`CODES`] and one heading in `docs/findings.md` (a test compares the two).

use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Info,
    /// Something could not be used as published or given; it is counted and named.
    Warning,
    /// The result cannot be relied on without looking at this.
    Error,
}

impl Severity {
    /// Lower-case name, as in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where a finding was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A whole document or input.
    Whole {
        /// Its path, source id, or other name.
        of: Box<str>,
    },
    /// One record of a published list, by the publisher's id or a path inside the document.
    Record {
        /// The list.
        of: Box<str>,
        /// The record.
        id: Box<str>,
    },
    /// One physical line of an input (1-based).
    Line {
        /// The input.
        of: Box<str>,
        /// The line.
        line: u64,
    },
    /// One cell of an input.
    Cell {
        /// The input.
        of: Box<str>,
        /// The data record, 1-based, header excluded.
        row: u64,
        /// The physical line, 1-based.
        line: u64,
        /// The column's name, or its 1-based number when it has none.
        column: Box<str>,
    },
}

impl Place {
    /// The whole of `of`.
    pub fn whole(of: impl Into<Box<str>>) -> Self {
        Self::Whole { of: of.into() }
    }

    /// Record `id` of list `of`.
    pub fn record(of: impl Into<Box<str>>, id: impl Into<Box<str>>) -> Self {
        Self::Record {
            of: of.into(),
            id: id.into(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { of } => f.write_str(of),
            Self::Record { of, id } => write!(f, "{of}: {id}"),
            Self::Line { of, line } => write!(f, "{of}: line {line}"),
            Self::Cell {
                of,
                row,
                line,
                column,
            } => {
                write!(f, "{of}: row {row} (line {line}), column `{column}`")
            }
        }
    }
}

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// In words, with the offending text; one sentence, lower case, no final stop.
    pub detail: Box<str>,
}

impl Finding {
    /// A finding of `code` at `place`.
    pub fn new(code: Code, place: Place, detail: impl Into<Box<str>>) -> Self {
        Self {
            code,
            place,
            detail: detail.into(),
        }
    }

    /// What stands for `count` further findings of `code` about `of`, which are not told one by one.
    pub fn more(code: Code, of: impl Into<Box<str>>, count: u64) -> Self {
        Self::new(code, Place::whole(of), format!("{MORE}{count}{LIKE_THESE}"))
    }

    /// How many findings it stands for: one, unless [`Self::more`] made it.
    pub fn stands_for(&self) -> u64 {
        let count = self.detail.strip_prefix(MORE);
        let count = count.and_then(|rest| rest.strip_suffix(LIKE_THESE));
        count.and_then(|n| n.parse().ok()).unwrap_or(1)
    }
}

const MORE: &str = "and ";
const LIKE_THESE: &str = " more like these";

macro_rules! codes {
    ($($variant:ident = $id:literal, $severity:ident, $meaning:literal;)*) => {
        /// What a finding is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        /// Every code: variant, id, severity, meaning.
        pub const CODES: &[(Code, &str, Severity, &str)] = &[
            $((Code::$variant, $id, Severity::$severity, $meaning),)*
        ];

        impl Code {
            /// Kebab-case id, stable across versions.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// How much it matters.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// What it means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    // lists
    ListedIdentifierUnrecognised = "listed-identifier-unrecognised", Warning, "A listed identifier is no address of any known format; it is kept and matched verbatim.";
    ListedChecksum = "listed-checksum", Warning, "A listed identifier looks like an address, but its checksum is wrong; it is kept and matched verbatim.";
    LabelFormatMismatch = "label-format-mismatch", Info, "The published asset label and the format of the address disagree; the address decides.";
    UnknownLabel = "unknown-label", Warning, "The publisher uses an asset label this build has never seen; its addresses are used all the same.";
    DuplicateListing = "duplicate-listing", Info, "The same identifier stands twice under one entity.";
    ListRecordUnreadable = "list-record-unreadable", Error, "A record of a list could not be read; it was counted and left out.";
    ListRecordIncomplete = "list-record-incomplete", Warning, "A record of a list lacks something that its kind always has, or points at nothing; what there is was used.";
    ListDatesContradict = "list-dates-contradict", Error, "A record of a list ends before it begins; it is treated as listed, since an unknown day.";
    ListStale = "list-stale", Error, "A list is older than its source's limit or than --max-age.";
    ListBundledAge = "list-bundled-age", Info, "A list compiled into this build was used; its date is stated.";
    ListRefused = "list-refused", Error, "A list failed its health gate and was not used.";
    ListShrunk = "list-shrunk", Error, "A new copy of a list holds much less than the one before; it was not used unless the change was accepted.";
    ListGrew = "list-grew", Error, "A new copy of a list holds much more than the one before; it was not used unless the change was accepted.";
    ListOlder = "list-older", Error, "A new copy of a list is older than the one installed; it was not used unless the change was accepted.";
    ListNotParsed = "list-not-parsed", Error, "Most identifiers that a new copy of a list labels as an asset are no addresses of a known format; it was not used unless the change was accepted.";
    ListDateFuture = "list-date-future", Error, "A new copy of a list bears a day that is yet to come; it was not used unless the change was accepted.";
    ListDateLost = "list-date-lost", Error, "A new copy of a list bears no date, and the copy before had one; it was not used unless the change was accepted.";
    ListTooFew = "list-too-few", Error, "A new copy of a list holds nothing, or less than its source promises; it was not used.";
    ListFillFell = "list-fill-fell", Error, "A field that a list used to fill is mostly empty in a new copy; it was not used unless the change was accepted.";
    ListMentionsMissed = "list-mentions-missed", Warning, "A list's document holds addresses that did not become listings.";
    ListMentionsGrew = "list-mentions-grew", Error, "A new copy of a list holds many addresses that did not become listings, more than the one before; it was not used unless the change was accepted.";
    ListNewLabel = "list-new-label", Warning, "A new copy of a list uses an asset label that the copy before did not have; its addresses are used all the same.";
    ListFrozen = "list-frozen", Error, "A publisher still offers a list, but has not changed it for longer than its rhythm; its age counts from the list's own date.";
    ListWithdrawn = "list-withdrawn", Error, "A new copy of a list is one that was rolled back; it was not used unless the change was accepted.";
    ListResponseEmpty = "list-response-empty", Error, "A publisher answered without a document; nothing was replaced.";
    ListResponseHtml = "list-response-html", Error, "A publisher answered with a web page instead of a document; nothing was replaced.";
    ListResponseTruncated = "list-response-truncated", Error, "A download ended before the document did; nothing was replaced.";
    ListChecksumMismatch = "list-checksum-mismatch", Error, "A download does not have the checksum that its publisher states; nothing was replaced.";
    ListDownloadFailed = "list-download-failed", Error, "A list could not be downloaded from any of its addresses; what is installed stays in use.";
    HistoryIncomplete = "history-incomplete", Warning, "A kept snapshot of a list cannot be read; what it says about when addresses were listed is missing.";
    AddressTwoEntities = "address-two-entities", Info, "A list has one address under two entities.";
    ListsDisagree = "lists-disagree", Info, "A list has an address that another list has taken off.";
    ListLeftOut = "list-left-out", Info, "Records of a list were left out, and why: as its own header says, or because the publisher marks them.";
    // inputs
    RowRagged = "row-ragged", Warning, "A row has more or fewer cells than the header; every cell was looked at all the same.";
    RowUnreadable = "row-unreadable", Error, "A row could not be read; it was counted and not screened.";
    HopsCut = "hops-cut", Warning, "More dealings than are kept were met; addresses farther than one hop may be missing.";
    HeaderRepeated = "header-repeated", Info, "The header stands again among the rows; it is not counted as a row.";
    InputUndecodable = "input-undecodable", Warning, "Bytes that are not valid in the input's encoding were replaced.";
    InputEmpty = "input-empty", Error, "An input holds no data record.";
    InputBinary = "input-binary", Error, "An input is not text; it was not screened.";
    InputUnreadable = "input-unreadable", Error, "An input, or the rest of it, could not be read; it was not screened.";
    InputNotHashed = "input-not-hashed", Warning, "An input was not hashed, as asked; nothing ties the report to its bytes.";
    InputPassedOver = "input-passed-over", Info, "Something that lies beside the inputs was not read, and why; where rows may be in it the result is not complete.";
    InputHidden = "input-hidden", Info, "A sheet of a workbook is hidden; it was looked at like the others.";
    NumberDamaged = "number-damaged", Warning, "A spreadsheet has rounded a long number; an id or address that stood there cannot be told any more.";
    FormulaWithoutValue = "formula-without-value", Warning, "A cell of a workbook has a formula and no value; what it shows was not screened.";
    InputUnfinishedQuote = "input-unfinished-quote", Warning, "A quoted cell is never closed; the quote was taken literally and every line was read.";
    NoAddressColumn = "no-address-column", Warning, "No cell of an input holds an address; what it holds instead is stated.";
    // documents
    DocumentUnreadable = "document-unreadable", Error, "A document could not be read; nothing in it was looked at.";
    DocumentPartUnread = "document-part-unread", Error, "A page, attachment or other part of a document could not be read, a scan for one; what stands there is not known.";
    // cells
    AddressChecksum = "address-checksum", Warning, "A cell holds an address with a wrong checksum; it could not be screened.";
    AddressTruncated = "address-truncated", Warning, "A cell holds a shortened address; it could not be screened.";
    AddressSuspicious = "address-suspicious", Warning, "A cell holds an address with look-alike characters; it could not be screened as it stands.";
    AddressCasing = "address-casing", Info, "An address fails its mixed-case checksum; it was matched all the same.";
    SecretMaterial = "secret-material", Error, "A cell holds what looks like a private key or seed; it was not stored or shown.";
    NotScreenable = "not-screenable", Warning, "A cell names a payment target that cannot be looked up offline.";
    PartyUnread = "party-unread", Warning, "A cell of a column of counterparties holds something that is no known address; it could not be screened.";
    PossibleMany = "possible-many", Warning, "There are more near misses of one listing than are told one by one; the rest is counted.";
    TimeUnreadable = "time-unreadable", Info, "A row's time could not be read; timing is `date-unknown` for it.";
    TimeAmbiguous = "time-ambiguous", Info, "A row's time can be read in two ways, or two columns have one; the more serious answer stands.";
    TimeLater = "time-later", Info, "A row's time is later than the day answered for, so it is no time of the dealing; timing is `date-unknown` for it.";
    // evidence
    DispositionUnknown = "disposition-unknown", Warning, "A decision is about a match that this run does not have; it may belong to another input or list.";
    DispositionUnused = "disposition-unused", Info, "A decision has no effect: another about the same match is used, or the match makes no verdict anyway.";
    DispositionReopened = "disposition-reopened", Warning, "A decision no longer holds, because its day has passed or the listed record has changed; the match counts again.";
    LogNotWritten = "log-not-written", Warning, "This run could not be entered in the run log; its result is not touched by that.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
