//! What an address is: a text that decodes and passes its own format's checksum rules.
//!
//! [`Address::parse`] is the only way to get one, and `parse(canonical)` gives the same address
//! back. The module knows nothing of lists, files or dates. Formats are rows of
//! [`formats::FORMATS`]; each row cites its specification.

pub mod batch;
pub mod codec;
mod detect;
pub mod diagnose;
pub mod formats;
mod formats_families;
mod formats_odd;
pub mod forms;
pub mod hrps;
pub mod identity;
pub mod network;
pub mod other;
pub mod relation;

pub use diagnose::{Diagnosis, diagnose, explain, note};
pub use formats::{FORMATS, Format};
pub use identity::{Basis, Identity, Namespace};
pub use other::{NotAddress, not_address};
pub use relation::{Relation, relate, relation};

use std::fmt;

/// A valid address. Equal when the canonical text and the format are.
#[derive(Clone)]
pub struct Address {
    canonical: Box<str>,
    format: &'static Format,
    identity: Identity,
}

/// Why a text is no address. Ordered: of several formats' refusals the greatest is the closest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It resembles no format.
    UnknownFormat,
    /// It is secret material (a private key or a seed); never echoed.
    Secret,
    /// A character outside the format's alphabet.
    Character,
    /// The wrong number of characters or bytes.
    Length,
    /// A version, prefix or type byte that the format does not have.
    Version,
    /// Upper and lower case mixed where the format forbids it.
    MixedCase,
    /// Padding or unused bits that must be zero are not.
    Padding,
    /// Well formed, but of another network than asked for.
    Network,
    /// The checksum is wrong.
    Checksum,
}

impl Reason {
    /// Kebab-case name, as in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::UnknownFormat => "unknown-format",
            Self::Secret => "secret",
            Self::Character => "character",
            Self::Length => "length",
            Self::Version => "version",
            Self::MixedCase => "mixed-case",
            Self::Padding => "padding",
            Self::Network => "network",
            Self::Checksum => "checksum",
        }
    }
}

/// A refusal: the closest format and what is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AddressError {
    /// The format the text comes closest to.
    pub near: Option<&'static Format>,
    /// What is wrong.
    pub reason: Reason,
    /// The identity the text would have if letter case were ignored: a failed EIP-55 casing is
    /// refused as an address, but must still be looked up.
    pub lead: Option<Identity>,
}

impl AddressError {
    /// Nothing resembles it.
    pub const UNKNOWN: Self = Self {
        near: None,
        reason: Reason::UnknownFormat,
        lead: None,
    };
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.reason {
            Reason::UnknownFormat => return f.write_str("no known address format"),
            Reason::Secret => return f.write_str("private key or seed, not an address"),
            Reason::Character => "it has a character outside the alphabet",
            Reason::Length => "its length is wrong",
            Reason::Version => "its version or prefix is wrong",
            Reason::MixedCase => "upper and lower case are mixed",
            Reason::Padding => "bits that must be zero are not",
            Reason::Network => "it belongs to another network",
            Reason::Checksum => "the checksum is wrong",
        };
        match self.near {
            Some(format) => write!(f, "looks like {}, but {what}", format.title),
            None => f.write_str(what),
        }
    }
}

impl std::error::Error for AddressError {}

/// What a text decodes to, without its canonical spelling: the hot path's result, no heap.
#[derive(Clone, Copy, Debug)]
pub struct Decoded {
    /// The format.
    pub format: &'static Format,
    /// What it controls.
    pub identity: Identity,
}

/// Whether [`decode`] may take `token`, of letters and digits; never wrong when it says no, and much
/// cheaper.
pub(crate) fn possible(token: &[u8]) -> bool {
    detect::possible(token)
}

/// Decodes one token. No allocation on the way to a refusal.
pub fn decode(token: &[u8]) -> Result<Decoded, AddressError> {
    detect::decode(token)
}

impl Address {
    /// Parses a text that is exactly an address: no white space, scheme or wrapping (see the text
    /// forms for those). Test-network addresses are addresses too; see [`Format::test`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let Decoded { format, identity } = decode(text.as_bytes())?;
        Ok(Self {
            canonical: detect::canonical(format, &identity, text),
            format,
            identity,
        })
    }

    /// Parses `text` strictly as `format`, hinted ones included.
    fn of(format: &'static Format, text: &str) -> Result<Self, AddressError> {
        match detect::decode_as(format, text.as_bytes()) {
            Ok(identity) => Ok(Self {
                canonical: detect::canonical(format, &identity, text),
                format,
                identity,
            }),
            Err((reason, lead)) => Err(AddressError {
                near: Some(format),
                reason,
                lead,
            }),
        }
    }

    /// The one spelling of this address in this format.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Its format.
    pub fn format(&self) -> &'static Format {
        self.format
    }

    /// The networks on which this spelling is used: those of the format, or the one that its
    /// human-readable part names.
    pub fn networks(&self) -> &'static [&'static str] {
        detect::networks(self.format, &self.canonical)
    }

    /// What it controls.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

impl Format {
    /// Whether an address of it may hold identities beside its own: the receivers of a unified
    /// address, the stake part of a base address.
    #[inline]
    pub fn has_receivers(&self) -> bool {
        matches!(
            self.namespace,
            Namespace::ZcashUnified
                | Namespace::CardanoPayment
                | Namespace::NeoLegacy
                | Namespace::StellarObject
        )
    }

    /// Parses `text` strictly as this format.
    pub fn parse(&'static self, text: &str) -> Result<Address, AddressError> {
        Address::of(self, text)
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.format, other.format) && self.canonical == other.canonical
    }
}

impl Eq for Address {}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.format.id, self.canonical)
    }
}
