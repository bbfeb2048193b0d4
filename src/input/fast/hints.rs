//! What a cell may be odd for, found by masks: every odd cell has a hint, few others do.
//!
//! A hint stands inside its cell or on the delimiter or line end that closes it. Whether the cell is
//! odd is for the scan to say. Here are the hints that depend on more than the word before.

use super::pass::moved;

/// Finds, word after word, the second and later runs of at least four letters and digits, some of
/// each, in a cell; one place behind their ends.
#[derive(Default)]
pub(super) struct Fragments {
    run: u64,
    two: u64,
    four: u64,
    stop: u64,
    fragment: u64,
    /// Whether the word before ended inside the leading digits, or letters, of a run.
    digits: bool,
    letters: bool,
    /// Whether the cell at the end of the word before had a fragment.
    pending: bool,
}

impl Fragments {
    /// Those of a word. `run`: letters and digits; `stops`: where cells and records end.
    #[inline(always)]
    pub(super) fn of(&mut self, run: u64, letter: u64, stops: u64) -> u64 {
        let digit = run & !letter;
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
