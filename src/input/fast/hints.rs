//! What a cell may be odd for, found by masks: every odd cell has a hint, few others do.
//!
//! A hint stands inside its cell or on the delimiter or line end that closes it. Whether the cell is
//! odd is for the scan to say. Here are the hints that depend on more than the word before.

use super::pass::moved;

/// Finds, word after word, the second and later runs of at least four letters and digits, some of
/// each, in a cell, and such runs of at least eight before or behind a blank; one place behind their
/// ends.
#[derive(Default)]
pub(super) struct Fragments {
    run: u64,
    two: u64,
    four: u64,
    eight: u64,
    low: u64,
    stop: u64,
    fragment: u64,
    /// Whether the word before ended inside the leading digits, or letters, of a run.
    digits: bool,
    letters: bool,
    /// The same of a run behind a blank.
    behind: bool,
    /// Whether the cell at the end of the word before had a fragment.
    pending: bool,
}

impl Fragments {
    /// Those of a word. `run`: letters and digits; `stops`: where cells and records end.
    #[inline(always)]
    pub(super) fn of(&mut self, run: u64, letter: u64, low: u64, stops: u64) -> u64 {
        let digit = run & !letter;
        // Blanks inside cells.
        let low = low & !stops;
        let before = moved(run, self.run, 1);
        let first = run & !before;
        let ended = before & !run;
        // An addition carries a bit from the start of a run through all its leading digits.
        let (sum, over) = digit.overflowing_add(first & digit | u64::from(self.digits));
        let after_digits = sum & !digit;
        self.digits = over;
        let (sum, over) = letter.overflowing_add(first & letter | u64::from(self.letters));
        let after_letters = sum & !letter;
        self.letters = over;
        let two = run & before;
        let four = two & moved(two, self.two, 2);
        let eight = four & moved(four, self.four, 4);
        let mixed = ended & !after_digits & !after_letters;
        let fragment = mixed & moved(four, self.four, 1);
        // From the first byte behind a blank through the run.
        let behind = first & moved(low, self.low, 1);
        let (sum, over) = run.overflowing_add(behind | u64::from(self.behind));
        let after_blank = sum & !run;
        self.behind = over;
        let alone = mixed & moved(eight, self.eight, 1) & (low | after_blank);
        // In the same way from a fragment through its cell to the next fragment.
        let stopped = moved(stops, self.stop, 1);
        let through = !(stopped | fragment);
        let from = moved(fragment, self.fragment, 1);
        let (sum, over) = through.overflowing_add(from | u64::from(self.pending));
        self.pending = over;
        self.run = run;
        self.two = two;
        self.four = four;
        self.eight = eight;
        self.low = low;
        self.stop = stops;
        self.fragment = fragment;
        sum & !through & fragment | alone
    }
}
