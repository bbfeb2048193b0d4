//! Reads a Parquet file with polars as the library does, and does nothing with it but add up the
//! lengths of its texts: what screening it is measured against.
//!
//! `cargo run --example parquetread -- FILE`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for benches, not the library"
)]

use polars::io::SerReader;
use polars::prelude::ParquetReader;
use std::fs::File;
use std::time::Instant;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let started = Instant::now();
    let mut file = File::open(path).unwrap();
    let metadata = ParquetReader::new(&mut file)
        .get_metadata()
        .unwrap()
        .clone();
    let (mut start, mut bytes) = (0, 0);
    for group in &metadata.row_groups {
        let frame = ParquetReader::new(&mut file)
            .set_low_memory(true)
            .with_slice(Some((start, group.num_rows())))
            .finish()
            .unwrap();
        for column in frame.columns() {
            let texts = column.as_materialized_series().str().unwrap();
            bytes += texts.iter().flatten().map(str::len).sum::<usize>();
        }
        start += group.num_rows();
    }
    println!(
        "{start} rows, {bytes} bytes, {:.3} s",
        started.elapsed().as_secs_f64()
    );
}
