//! Lists: who published which identifier of whom, when, and where it says so.
//!
//! Pure data. [`ListBuilder`] is the only way to make a [`List`], so a listing always has its
//! entity, an identifier that is no address is kept verbatim with a finding, and a list with fewer
//! listings than its source promises is refused.

mod build;
mod diff;
mod draft;
mod history;
mod interval;
mod key;
mod lint;
mod model;
pub mod near;
mod pack;
mod past;
mod reach;
mod set;

pub use build::{ListBuilder, ListError, NewListing};
pub use diff::{Changed, Diff, Listed, diff};
pub use draft::Draft;
pub use interval::{Interval, Timing, TimingAnswer};
pub use lint::lint;
pub use model::{
    Authority, Entity, EntityIx, EntityKind, ExternalId, List, Listing, Name, NameQuality,
    Snapshot, Source,
};
pub use near::NearTables;
pub use past::PastListing;
pub use reach::{Reach, hash, is_compared, key_of};
pub use set::{ListSet, ListingRef};
