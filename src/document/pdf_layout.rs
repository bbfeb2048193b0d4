//! From characters with places to lines in reading order.
//!
//! Characters on one height are a row of words. A wide gap parts a row into cells, and so does a
//! narrow one that the rows around it have at the same place. A cell goes on in the one below it
//! when neither has another neighbour there: such chains are read from top to bottom, so that
//! neither the halves of a two-column page nor the cells of a table run into each other. A cell
//! knows what stands left of it. The module does not know PDF.

use super::around::tail;
use super::plain::chars;
use super::{Between, Line, Piece, Sink, Stop};
use std::cmp::Ordering;

/// A gap of so many character heights is a space.
const SPACE: f64 = 0.19;
/// A gap of so many character heights parts two cells.
const GAP: f64 = 1.15;
/// One of so many does when the rows around it leave the same strip free.
const STRIP: f64 = 0.42;
/// Rows above and below in which that is looked for, and how many must have it.
const AROUND: (usize, usize) = (4, 2);
/// Characters whose base lines are no further apart, in heights, are on one row.
const ROW: f64 = 0.45;

/// One character and where it stands, in the frame of its own writing direction.
#[derive(Clone, Debug)]
pub(super) struct Glyph {
    text: String,
    /// Quarter turns of the writing direction.
    turn: u8,
    x: f64,
    end: f64,
    /// Base line, raised characters included.
    y: f64,
    /// Base line without the rise.
    base: f64,
    size: f64,
    bold: bool,
}

impl Glyph {
    /// A character from the maps of its box, its base line and the place after it.
    pub(super) fn new(
        text: String,
        place: [f64; 6],
        base: [f64; 6],
        end: [f64; 6],
        bold: bool,
    ) -> Option<Self> {
        let [a, b, c, d, x, y] = place;
        let size = (c * c + d * d).sqrt();
        let turn = match (a.abs() >= b.abs(), a >= 0.0, b >= 0.0) {
            (true, true, _) => 0,
            (true, false, _) => 2,
            (false, _, true) => 1,
            (false, _, false) => 3,
        };
        let turned = |x: f64, y: f64| match turn {
            0 => (x, y),
            1 => (y, -x),
            2 => (-x, -y),
            _ => (-y, x),
        };
        let (x, y) = turned(x, y);
        let (_, base) = turned(base[4], base[5]);
        let (end, _) = turned(end[4], end[5]);
        let fine = [x, y, base, end, size].iter().all(|n| n.is_finite());
        // Nothing can be read that is smaller than a hundredth of a point.
        (fine && size > 0.01).then_some(Self {
            text,
            turn,
            x,
            end: if end > x { end } else { x + size / 2.0 },
            y,
            base,
            size,
            bold,
        })
    }

    fn is_space(&self) -> bool {
        self.text.chars().all(|c| c.is_whitespace() || c == '\0')
    }
}

/// A word, or the words of a cell.
#[derive(Clone)]
struct Cell {
    from: f64,
    to: f64,
    text: String,
    size: f64,
    bold: bool,
}

struct Row {
    y: f64,
    size: f64,
    cells: Vec<Cell>,
}

/// Bytes of the cells left of one that are kept with it.
const BESIDE_MAX: usize = 1024;

/// Hands over the lines of one page.
pub(super) fn lines(glyphs: Vec<Glyph>, page: u32, sink: &mut Sink) -> Result<(), Stop> {
    let usual = usual_size(&glyphs);
    let mut number = 0;
    let mut offset = 0;
    for turn in 0..4 {
        let of_turn: Vec<Glyph> = glyphs.iter().filter(|g| g.turn == turn).cloned().collect();
        let rows = rows(of_turn);
        let first = number;
        for (row, cell) in order(&rows) {
            let text = rows[row].cells[cell].text.clone();
            let (mut beside, mut room) = (Vec::new(), BESIDE_MAX);
            for left in rows[row].cells[..cell].iter().rev() {
                if room == 0 {
                    break;
                }
                beside.push(tail(&left.text, room));
                room = room.saturating_sub(left.text.len() + 1);
            }
            beside.reverse();
            let heading = heading(&rows[row], &rows[row].cells[cell], usual);
            let length = chars(&text);
            sink.line(Line {
                text,
                page,
                number: first + row as u64 + 1,
                pieces: vec![Piece {
                    at: 0,
                    source: offset,
                    after: Between::Nothing,
                }],
                heading,
                beside: beside.join(" ").into(),
                ..Line::default()
            })?;
            offset += length + 1;
        }
        number += rows.len() as u64;
    }
    Ok(())
}

/// The size that most characters have, in tenths of a point.
fn usual_size(glyphs: &[Glyph]) -> f64 {
    let mut sizes: Vec<u64> = glyphs.iter().map(|g| (g.size * 10.0) as u64).collect();
    sizes.sort_unstable();
    let mut best = (0, 0);
    for group in sizes.chunk_by(|a, b| a == b) {
        if group.len() > best.0 {
            best = (group.len(), group[0]);
        }
    }
    best.1 as f64 / 10.0
}

/// A row of its own that is larger than the text around it, or bold and short.
fn heading(row: &Row, cell: &Cell, usual: f64) -> u8 {
    let short = cell.text.len() <= 120 && row.cells.len() == 1;
    let digits = cell.text.bytes().filter(u8::is_ascii_digit).count();
    if !short || digits * 3 > cell.text.len() {
        0
    } else if cell.size > usual * 1.12 {
        1
    } else {
        u8::from(cell.bold) * 2
    }
}

fn by(a: f64, b: f64) -> Ordering {
    a.total_cmp(&b)
}

/// Rows from top to bottom.
fn rows(mut glyphs: Vec<Glyph>) -> Vec<Row> {
    glyphs.retain(|g| !g.is_space());
    // Stable: characters on one spot keep the order in which they were written.
    glyphs.sort_by(|a, b| by(b.base, a.base));
    let mut rows = Vec::new();
    let mut rest = glyphs.into_iter().peekable();
    while let Some(first) = rest.next() {
        let (y, mut size) = (first.base, first.size);
        let mut row = vec![first];
        while let Some(next) = rest.next_if(|g| y - g.base <= ROW * size.max(g.size)) {
            size = size.max(next.size);
            row.push(next);
        }
        rows.push(words(row));
    }
    let strips: Vec<Vec<bool>> = (0..rows.len()).map(|ix| parted(&rows, ix)).collect();
    rows.iter_mut()
        .zip(strips)
        .for_each(|(row, parted)| row.part(&parted));
    rows
}

/// The words of one row, each a cell for now.
fn words(mut glyphs: Vec<Glyph>) -> Row {
    glyphs.sort_by(|a, b| by(a.x, b.x));
    let mut sizes: Vec<f64> = glyphs.iter().map(|g| g.size).collect();
    sizes.sort_by(|a, b| by(*a, *b));
    let size = sizes[sizes.len() / 2];
    let mut lines: Vec<f64> = glyphs.iter().map(|g| g.base).collect();
    lines.sort_by(|a, b| by(*a, *b));
    let y = lines[lines.len() / 2];
    let mut row = Row {
        y,
        size,
        cells: Vec::new(),
    };
    let mut last: Option<Glyph> = None;
    for glyph in glyphs {
        let twice = last.as_ref().is_some_and(|l| {
            l.text == glyph.text && (glyph.x - l.x).abs() < 0.12 * glyph.size.max(l.size)
        });
        // The same character drawn twice for weight is one.
        if twice {
            continue;
        }
        let gap = last.as_ref().map_or(f64::INFINITY, |l| glyph.x - l.end);
        if gap > SPACE * size.max(0.1) {
            row.cells.push(Cell {
                from: glyph.x,
                to: glyph.end,
                text: String::new(),
                size: glyph.size,
                bold: glyph.bold,
            });
        }
        let cell = row.cells.last_mut().expect("the first gap is infinite");
        cell.to = cell.to.max(glyph.end);
        cell.size = cell.size.max(glyph.size);
        cell.bold &= glyph.bold;
        let smaller = glyph.size < 0.86 * size && glyph.y > y + 0.12 * size;
        let raised = smaller || glyph.y > glyph.base + 0.12 * size;
        match raised.then(|| raised_digits(&glyph.text)).flatten() {
            // A footnote's mark is not a digit of what it stands behind.
            Some(mark) => cell.text.push_str(&mark),
            None => cell.text.push_str(&glyph.text),
        }
        last = Some(glyph);
    }
    row
}

/// Before which of its words row `ix` is parted.
fn parted(rows: &[Row], ix: usize) -> Vec<bool> {
    let row = &rows[ix];
    let mut parted = vec![true];
    for pair in row.cells.windows(2) {
        let (from, to) = (pair[0].to, pair[1].from);
        let wide = to - from > GAP * row.size;
        parted.push(wide || to - from > STRIP * row.size && strip(rows, ix, from, to));
    }
    parted
}

/// Whether rows around row `ix` leave a part of this strip free between their words.
fn strip(rows: &[Row], ix: usize, from: f64, to: f64) -> bool {
    let mut found = 0;
    for down in [false, true] {
        let (mut low, mut high) = (from, to);
        let mut last = ix;
        for step in 1..=AROUND.0 {
            let next = if down {
                Some(ix + step)
            } else {
                ix.checked_sub(step)
            };
            let Some((at, row)) = next.and_then(|at| Some((at, rows.get(at)?))) else {
                break;
            };
            if (rows[last].y - row.y).abs() > 2.6 * row.size.max(rows[ix].size) {
                break;
            }
            last = at;
            let left = row.cells.iter().filter(|c| c.from < high).map(|c| c.to);
            let reach = left
                .filter(|to| *to < high - 0.01)
                .fold(f64::NEG_INFINITY, f64::max);
            let crossed = row
                .cells
                .iter()
                .any(|c| c.from < high - 0.01 && c.to > high - 0.01 && c.from < low);
            let right = row
                .cells
                .iter()
                .filter(|c| c.to > low.max(reach))
                .map(|c| c.from);
            let begin = right.fold(f64::INFINITY, f64::min);
            (low, high) = (low.max(reach), high.min(begin));
            if crossed || high - low < 0.3 * rows[ix].size {
                break;
            }
            // A row that ends before the strip says nothing.
            if reach.is_finite() && begin.is_finite() {
                found += 1;
            }
        }
    }
    found >= AROUND.1
}

impl Row {
    /// Joins its words to cells.
    fn part(&mut self, parted: &[bool]) {
        let words = std::mem::take(&mut self.cells);
        for (word, parted) in words.into_iter().zip(parted) {
            match self.cells.last_mut().filter(|_| !parted) {
                Some(cell) => {
                    cell.text.push(' ');
                    cell.text.push_str(&word.text);
                    cell.to = word.to;
                    cell.size = cell.size.max(word.size);
                    cell.bold &= word.bold;
                }
                None => self.cells.push(word),
            }
        }
        for cell in &mut self.cells {
            cell.text = logical(&cell.text);
        }
    }
}

fn raised_digits(text: &str) -> Option<String> {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    text.chars()
        .map(|c| c.to_digit(10).map(|d| RAISED[d as usize]))
        .collect()
}

/// The cells in reading order: chains of cells below each other, by where they begin.
fn order(rows: &[Row]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut linked: Vec<Vec<bool>> = rows.iter().map(|r| vec![false; r.cells.len()]).collect();
    for row in 0..rows.len() {
        for cell in 0..rows[row].cells.len() {
            if linked[row][cell] {
                continue;
            }
            let mut at = Some((row, cell));
            while let Some((row, cell)) = at {
                linked[row][cell] = true;
                out.push((row, cell));
                at = neighbour(rows, (row, cell), true)
                    .filter(|below| neighbour(rows, *below, false) == Some((row, cell)))
                    .filter(|(row, cell)| !linked[*row][*cell]);
            }
        }
    }
    out
}

/// The only cell that the nearest row below (or above) has within the reach of this one.
fn neighbour(rows: &[Row], (row, cell): (usize, usize), below: bool) -> Option<(usize, usize)> {
    let own = &rows[row].cells[cell];
    let mut next = row;
    loop {
        next = if below {
            next + 1
        } else {
            next.checked_sub(1)?
        };
        let other = rows.get(next)?;
        if (rows[row].y - other.y).abs() > 4.0 * rows[row].size.max(other.size) {
            return None;
        }
        let meets = |c: &Cell| c.from < own.to && own.from < c.to;
        let mut met = other.cells.iter().enumerate().filter(|(_, c)| meets(c));
        if let Some((found, _)) = met.next() {
            return met.next().is_none().then_some((next, found));
        }
    }
}

/// Arabic and Hebrew stand on the page from right to left; in a text they follow each other in
/// reading order. Runs of other scripts inside keep theirs.
fn logical(text: &str) -> String {
    let right = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    if !text.chars().any(right) {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split(' ').collect();
    let is_right = |word: &&str| word.chars().any(right);
    let rights = words.iter().filter(|w| is_right(w)).count();
    let mut out: Vec<String> = Vec::new();
    if rights * 2 >= words.len() {
        // The line runs from the right: so do its words, but not those of the other direction.
        for run in words.chunk_by(|a, b| is_right(a) == is_right(b)).rev() {
            if is_right(&run[0]) {
                out.extend(run.iter().rev().map(|w| turn(w, right)));
            } else {
                out.extend(run.iter().map(|w| (*w).to_owned()));
            }
        }
    } else {
        for run in words.chunk_by(|a, b| is_right(a) == is_right(b)) {
            if is_right(&run[0]) {
                out.extend(run.iter().rev().map(|w| turn(w, right)));
            } else {
                out.extend(run.iter().map(|w| (*w).to_owned()));
            }
        }
    }
    out.join(" ")
}

/// Turns a word around, but for the runs of letters and digits of the other direction in it.
fn turn(word: &str, right: impl Fn(char) -> bool) -> String {
    let chars: Vec<char> = word.chars().collect();
    let left = |c: &char| c.is_ascii_alphanumeric() && !right(*c);
    let mut out = String::with_capacity(word.len());
    for run in chars.chunk_by(|a, b| left(a) && left(b)).rev() {
        out.extend(run);
    }
    out
}
