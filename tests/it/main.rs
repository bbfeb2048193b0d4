//! The public tests: they need nothing but the clone.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod address;
mod annotate;
mod bundled;
mod cli;
mod demo;
mod document;
mod evidence;
mod forms;
mod history;
mod house;
mod input;
mod mapping;
mod ofac;
mod possible;
mod profiles;
mod report;
mod store;
mod unpack;
mod workbook;
