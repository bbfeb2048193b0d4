//! No bytes panic the readers of exports, rows are never lost, and the answer does not depend on
//! how the text was cut among threads.
#![no_main]

use interdict::input::{InputOptions, Run, Source};
use interdict::list::ListSet;
use interdict::screen::{Screener, Verdict};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    let lists = ListSet::new(Vec::new());
    let screener = Screener::new(&lists);
    let run = |threads: usize| {
        let mut options = InputOptions::new("2026-01-01T00:00:00Z".parse().expect("a moment"));
        options.threads = threads;
        let mut run = Run::new(&screener, options);
        let source = Source::Stream("fuzz", Box::new(Cursor::new(bytes.to_vec())));
        if let Err(error) = run.input(source, &mut |_, _| {}) {
            run.failed("fuzz", &error);
        }
        run.finish()
    };
    let (one, two) = (run(1), run(2));
    assert_eq!(one.coverage, two.coverage);
    assert_eq!(one.findings, two.findings);
    if one.coverage.rows == 0 {
        assert_ne!(one.verdict(), Verdict::NoMatch);
    }
});
