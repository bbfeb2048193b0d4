//! Screens one export against one list of lines and prints what it took.
//!
//! `scanbench FILE LIST [--threads N] [--no-validate] [--no-hash] [--truth FILE] [--repeat N]`
//!
//! With `--truth` (as [`txgen`](../txgen.rs) writes it) every planted hit must be found in its row
//! and column, and nothing else.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::exit,
    reason = "a tool for benches, not the library"
)]

use interdict::input::{InputOptions, Run, Source};
use interdict::list::{ListSet, Snapshot};
use interdict::screen::Screener;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

fn main() {
    let (mut paths, mut threads, mut validate, mut hash, mut truth, mut repeat) =
        (Vec::new(), 1, true, true, None, 1);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--threads" => threads = args.next().unwrap().parse().unwrap(),
            "--repeat" => repeat = args.next().unwrap().parse().unwrap(),
            "--no-validate" => validate = false,
            "--no-hash" => hash = false,
            "--truth" => truth = args.next(),
            _ => paths.push(arg),
        }
    }
    let [file, list] = &paths[..] else {
        panic!(
            "scanbench FILE LIST [--threads N] [--no-validate] [--no-hash] [--truth FILE] [--repeat N]"
        );
    };
    let started = Instant::now();
    let source = interdict::source::parse_source(
        "id = 'bench'\ntitle = 'Bench'\npublisher = 'txgen'\nauthority = 'user'\n\
         licence = 'none'\nshape = 'lines'\n",
    )
    .unwrap();
    let snapshot = Snapshot {
        url: list.as_str().into(),
        ..Snapshot::default()
    };
    let mut document = BufReader::with_capacity(1 << 16, File::open(list).unwrap());
    let list = interdict::source::parse(source, snapshot, &mut document).unwrap();
    let lists = ListSet::new(vec![list]);
    let parsed = started.elapsed();
    let screener = Screener::new(&lists);
    let ready = started.elapsed();
    for _ in 0..repeat {
        let started = Instant::now();
        let mut options = InputOptions::new("2026-01-01T00:00:00Z".parse().unwrap());
        options.threads = threads;
        options.scan.validate = validate;
        options.hash = hash;
        let mut run = Run::new(&screener, options);
        run.input(Source::File(file), &mut |_, _| {}).unwrap();
        let report = run.finish();
        let c = &report.coverage;
        println!(
            "list {:.3} s + index {:.3} s, scan {:.3} s: {} rows, {} cells, {} tokens, {} recognised, \
             {} unique, {} matches, not screened {:?}",
            parsed.as_secs_f64(),
            (ready - parsed).as_secs_f64(),
            started.elapsed().as_secs_f64(),
            c.rows,
            c.cells,
            c.tokens,
            c.recognised,
            c.unique,
            report.matches.len(),
            c.not_screened
                .iter()
                .map(|n| (n.reason, n.count, &n.examples))
                .collect::<Vec<_>>(),
        );
        if let Some(truth) = &truth {
            let found: BTreeSet<_> = report
                .matches
                .iter()
                .map(|m| {
                    let listed = m.listing.text.to_owned();
                    (m.row - 1, m.column.name.to_string(), listed)
                })
                .collect();
            let wanted: BTreeSet<_> = std::fs::read_to_string(truth)
                .unwrap()
                .lines()
                .skip(1)
                .map(|line| {
                    let f: Vec<_> = line.split(',').collect();
                    (f[0].parse().unwrap(), f[1].to_owned(), f[4].to_owned())
                })
                .collect();
            let missed = wanted.difference(&found).take(5).collect::<Vec<_>>();
            let extra = found.difference(&wanted).take(5).collect::<Vec<_>>();
            println!(
                "truth: {} of {} found, missed {missed:?}, extra {extra:?}",
                wanted.intersection(&found).count(),
                wanted.len()
            );
            let bases =
                report
                    .matches
                    .iter()
                    .fold(std::collections::BTreeMap::new(), |mut bases, m| {
                        *bases.entry(m.basis.id()).or_insert(0) += 1;
                        bases
                    });
            println!("bases: {bases:?}");
        }
    }
}
