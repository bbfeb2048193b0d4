//! Records of equally many cells, as bits: one for each cell, row after row.
//!
//! Where every record has as many cells as the header, the place of a cell in the whole says its row
//! and its column, and what is in a column is counted sixty-four cells at a time.

use super::pass::Found;
use crate::screen::Looked;
use crate::simd::{self, Work};

/// Records with more cells are looked at one by one.
const WIDTH_MAX: usize = 64;

/// Bits of cells.
#[derive(Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn set(&mut self, cell: usize) {
        self.0[cell / 64] |= 1 << (cell % 64);
    }
}

/// What is in the cells of a segment.
#[derive(Debug, Default)]
pub(super) struct Grid {
    width: usize,
    /// Of each column, one after the other: its bits in `width` words, after which they repeat.
    columns: Vec<u64>,
    /// Empty cells, and those with nothing but blanks.
    pub(super) blank: Bits,
    /// Cells with an address.
    pub(super) address: Bits,
    /// Cells with a further address, one for each.
    pub(super) again: Vec<usize>,
    cells: usize,
}

impl Grid {
    /// For records of `width` cells.
    pub(super) fn set(&mut self, width: usize) {
        if self.width == width || !(2..=WIDTH_MAX).contains(&width) {
            return;
        }
        self.width = width;
        self.columns.clear();
        self.columns.resize(width * width, 0);
        for cell in 0..64 * width {
            self.columns[cell % width * width + cell / 64] |= 1 << (cell % 64);
        }
    }

    /// Whether it is for records of `width` cells.
    pub(super) fn has(&self, width: usize) -> bool {
        self.width == width
    }

    /// The words of a column, again and again.
    fn column(&self, column: usize) -> impl Iterator<Item = u64> {
        let words = &self.columns[column * self.width..][..self.width];
        words.iter().copied().cycle()
    }

    /// Whether the last cell of every record, and no other, ends it. `cells`: how many there are.
    pub(super) fn is_even(&self, ends: &[u64], cells: usize) -> bool {
        let mut wanted = self.column(self.width - 1);
        let (words, rest) = (cells / 64, cells % 64);
        let whole = ends[..words].iter().zip(&mut wanted);
        let differ = whole.fold(0, |differ, (ends, wanted)| differ | ends ^ wanted);
        let last = ends.get(words).zip(wanted.next());
        let last = last.map_or(0, |(ends, wanted)| (ends ^ wanted) & ((1 << rest) - 1));
        differ | last == 0
    }

    /// Takes in what was found in the first `cells` cells.
    pub(super) fn fill(&mut self, found: &Found, looked: &Looked, cells: usize) {
        let words = cells.div_ceil(64);
        self.cells = cells;
        self.blank.0.clear();
        self.blank.0.extend_from_slice(&found.bits()[1][..words]);
        // What is behind the last cell means nothing.
        if let Some(last) = self.blank.0.last_mut() {
            *last &= !0 >> (words * 64 - cells);
        }
        self.address.0.clear();
        self.address.0.resize(words, 0);
        self.again.clear();
        simd::best(Fill(found, &looked.addresses, self));
    }

    /// Whether a cell of `column` is neither blank nor has an address.
    pub(super) fn lacks(&self, column: usize) -> bool {
        let has = self.blank.0.iter().zip(&self.address.0);
        let mut left = self.cells;
        let lacks = self
            .column(column)
            .zip(has)
            .fold(0, |lacks, (column, (blank, address))| {
                let all = if left < 64 { (1 << left) - 1 } else { !0 };
                left = left.saturating_sub(64);
                lacks | column & all & !(blank | address)
            });
        lacks != 0
    }

    /// How many of `bits` are of `column`.
    pub(super) fn count(&self, bits: &Bits, column: usize) -> u64 {
        simd::best(Count(self, bits, column))
    }
}

/// Sets the bits of cells with an address.
struct Fill<'a>(&'a Found, &'a [u32], &'a mut Grid);

impl Work for Fill<'_> {
    type Done = ();

    #[inline(always)]
    fn work(self) {
        let Self(found, addresses, grid) = self;
        let runs = found.runs();
        for &run in addresses {
            let cell = found.cell_of(runs[run as usize][0]);
            let word = &mut grid.address.0[cell / 64];
            if *word >> (cell % 64) & 1 == 1 {
                grid.again.push(cell);
            }
            *word |= 1 << (cell % 64);
        }
    }
}

/// Counts the bits of a column.
struct Count<'a>(&'a Grid, &'a Bits, usize);

impl Work for Count<'_> {
    type Done = u64;

    #[inline(always)]
    fn work(self) -> u64 {
        let Self(grid, bits, column) = self;
        let column = grid.column(column);
        bits.0.iter().zip(column).fold(0, |count, (bits, column)| {
            count + u64::from((bits & column).count_ones())
        })
    }
}
