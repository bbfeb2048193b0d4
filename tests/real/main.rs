//! Tests on real published files, in the folder that `INTERDICT_SHARED` names:
//!
//! `INTERDICT_SHARED=../shared cargo test --test real -- --ignored`
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![allow(dead_code, reason = "each topic uses what it needs")]
#![allow(
    clippy::print_stdout,
    reason = "figures for whoever runs the suite by hand"
)]

mod addresses;
mod bundled;
mod exports;
mod history;
mod releases;
mod reports;
mod sources;
mod text_forms;
mod update;
mod vectors;
mod vectors_odd;

use std::path::PathBuf;

/// A path in the folder with real files; says clearly what is missing.
fn shared(path: &str) -> PathBuf {
    let folder = std::env::var_os("INTERDICT_SHARED").unwrap_or_else(|| {
        panic!("set INTERDICT_SHARED to the folder with real files, such as ../shared")
    });
    let full = PathBuf::from(&folder).join(path);
    assert!(
        full.exists(),
        "INTERDICT_SHARED: {} does not exist",
        full.display()
    );
    full
}

fn read(path: &str) -> String {
    let full = shared(path);
    std::fs::read_to_string(&full).unwrap_or_else(|e| panic!("{}: {e}", full.display()))
}

mod ofac;
