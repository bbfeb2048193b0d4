//! The public tests: they need nothing but the clone.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod history;
mod house;
mod ofac;
mod unpack;
