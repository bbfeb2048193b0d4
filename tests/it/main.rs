//! The public tests: they need nothing but the clone.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![allow(
    clippy::print_stdout,
    reason = "figures for whoever runs a long test by hand"
)]

mod address;
mod annotate;
mod answers;
mod browser;
mod bundle;
mod bundled;
mod cli;
mod damaged;
mod demo;
mod document;
mod document_lists;
mod evidence;
mod formats;
mod forms;
mod help;
mod history;
mod hostile_lists;
mod house;
mod input;
mod layouts;
mod mapping;
mod ofac;
mod own_lists;
mod possible;
mod prepared;
mod profiles;
mod readme;
mod report;
mod run_log;
mod silent;
mod sources;
mod store;
mod summary;
mod unpack;
mod unsaid;
mod update;
mod workbook;
