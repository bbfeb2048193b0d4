//! The public tests: they need nothing but the clone.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod address;
mod bundled;
mod forms;
mod history;
mod house;
mod ofac;
mod possible;
mod report;
mod store;
mod unpack;
