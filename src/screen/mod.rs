//! Screening: cells in, matches with their evidence out.
//!
//! Pure: adapters hand over records as bytes, the clock comes in as `as_of`. [`Screener`] is
//! immutable and shared by threads; a [`Scan`] is one worker's tally of one input and is merged.

mod amount;
mod batch;
mod cache;
mod cells;
mod contact;
mod disposition;
mod ends;
mod filter;
mod glued;
mod index;
mod judge;
mod party;
mod plain;
mod possible;
mod record;
mod report;
mod scan;
mod screener;
mod summary;
mod tally;
mod timing;
mod token;
mod unique;
mod wild;
mod word;

pub use amount::{Decimal, Quantity};
pub(crate) use batch::Looked;
pub(crate) use cells::accounts;
pub use contact::{Contact, Dealing, Hops};
pub use disposition::{Disposed, Disposition, Outcome, State, record_sha256};
pub use index::{Found, Index};
pub use judge::{Judge, judge, judge_near, stands_for};
pub(crate) use party::{Unmet, unmet};
pub(crate) use plain::{PlainRows, RUN};
pub use possible::{PossibleHit, PossibleIndex, PossibleKind};
pub use record::{CellAt, Hit, Layout, Near, Record, RowContext, ScanOptions};
pub use report::{
    Column, ColumnCoverage, Counting, Coverage, InputSummary, Match, NotAddress, NotScreened,
    Possible, Role, ScreeningReport, Verdict, list_age_days,
};
pub use scan::Scan;
pub use screener::Screener;
pub use summary::{EntityKey, Sum, Summary, Tally};
pub use timing::{RowTime, relevant, timing};
pub use unique::Unique;
