//! What a cell may be odd for, found by masks: every odd cell has a hint, few others do.
//!
//! A hint stands inside its cell or on the delimiter or line end that closes it. Whether the cell is
//! odd is for the scan to say.

use super::pass::moved;
use crate::simd::Masks;

/// Finds hints, word after word. `VALIDATE`: also for damaged and hidden addresses.
#[derive(Default)]
pub(super) struct Hints<const VALIDATE: bool> {
    run: u64,
    two: u64,
    four: u64,
    dot: u64,
    stop: u64,
    fragment: u64,
    /// Whether the word before ended inside the leading digits, or letters, of a run.
    digits: bool,
    letters: bool,
    /// Whether the cell at the end of the word before had a fragment.
    pending: bool,
}

impl<const VALIDATE: bool> Hints<VALIDATE> {
    /// `stops`: where cells and records end.
    #[inline(always)]
    pub(super) fn of(&mut self, m: &Masks, stops: u64) -> u64 {
        // `0.0.7`, `a.near`, `b.tg`.
        let after = moved(m.dot, self.dot, 1);
        let mut hint = m.dot & moved(m.dot, self.dot, 2) | m.letter & after;
        if VALIDATE {
            hint |= m.wild | m.dot & after | self.fragments(m, stops);
        }
        self.dot = m.dot;
        hint
    }

    /// The second and later runs of at least four letters and digits, some of each, in a cell; one
    /// place behind their ends.
    #[inline(always)]
    fn fragments(&mut self, m: &Masks, stops: u64) -> u64 {
        let run = m.digit | m.letter;
        let before = moved(run, self.run, 1);
        let first = run & !before;
        let ended = before & !run;
        // An addition carries a bit from the start of a run through all its leading digits.
        let (sum, over) = m
            .digit
            .overflowing_add(first & m.digit | u64::from(self.digits));
        let after_digits = sum & !m.digit;
        self.digits = over;
        let (sum, over) = m
            .letter
            .overflowing_add(first & m.letter | u64::from(self.letters));
        let after_letters = sum & !m.letter;
        self.letters = over;
        let two = run & before;
        let four = two & moved(two, self.two, 2);
        let fragment = ended & !after_digits & !after_letters & moved(four, self.four, 1);
        // In the same way from a fragment through its cell to the next fragment.
        let stopped = moved(stops, self.stop, 1);
        let through = !(stopped | fragment);
        let from = moved(fragment, self.fragment, 1);
        let (sum, over) = through.overflowing_add(from | u64::from(self.pending));
        self.pending = over;
        self.run = run;
        self.two = two;
        self.four = four;
        self.stop = stops;
        self.fragment = fragment;
        sum & !through & fragment
    }
}
