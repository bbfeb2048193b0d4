//! From characters with places to lines in reading order.
//!
//! Characters on one height are a row; wide gaps part a row into cells; rows whose gaps lie above
//! each other are a band of columns, and each column is read from top to bottom, so that neither
//! the halves of a two-column page nor the cells of a table run into each other. A cell knows what
//! stands left of it. The module does not know PDF.

use super::plain::chars;
use super::{Between, Line, Piece, Sink, Stop};
use std::cmp::Ordering;

/// A gap of so many character heights is a space.
const SPACE: f64 = 0.19;
/// A gap of so many character heights parts two cells.
const GAP: f64 = 1.15;
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

/// A part of a row.
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

/// Hands over the lines of one page.
pub(super) fn lines(glyphs: Vec<Glyph>, page: u32, sink: &mut Sink) -> Result<(), Stop> {
    let usual = usual_size(&glyphs);
    let mut number = 0;
    let mut offset = 0;
    for turn in 0..4 {
        let of_turn: Vec<Glyph> = glyphs.iter().filter(|g| g.turn == turn).cloned().collect();
        let rows = rows(of_turn);
        let first = number;
        for band in bands(&rows) {
            for (row, cell) in columns(&rows, band) {
                let text = rows[row].cells[cell].text.clone();
                let beside: Vec<&str> = rows[row].cells[..cell]
                    .iter()
                    .map(|c| c.text.as_str())
                    .collect();
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
        rows.push(cells(row));
    }
    rows
}

/// The cells of one row.
fn cells(mut glyphs: Vec<Glyph>) -> Row {
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
        let bold_again = last.as_ref().is_some_and(|l| {
            l.text == glyph.text && (glyph.x - l.x).abs() < 0.12 * glyph.size.max(l.size)
        });
        // The same character drawn twice for weight is one.
        if bold_again {
            continue;
        }
        let gap = last.as_ref().map_or(f64::INFINITY, |l| glyph.x - l.end);
        let height = size.max(0.1);
        if gap > GAP * height {
            row.cells.push(Cell {
                from: glyph.x,
                to: glyph.end,
                text: String::new(),
                size: glyph.size,
                bold: glyph.bold,
            });
        }
        let cell = row.cells.last_mut().expect("the first gap is infinite");
        if gap > SPACE * height && !cell.text.is_empty() {
            cell.text.push(' ');
        }
        cell.to = cell.to.max(glyph.end);
        cell.size = cell.size.max(glyph.size);
        cell.bold &= glyph.bold;
        let raised = glyph.size < 0.86 * size && glyph.y > y + 0.12 * size
            || glyph.y > glyph.base + 0.12 * size;
        match raised.then(|| raised_digits(&glyph.text)).flatten() {
            // A footnote's mark is not a digit of what it stands behind.
            Some(mark) => cell.text.push_str(&mark),
            None => cell.text.push_str(&glyph.text),
        }
        last = Some(glyph);
    }
    for cell in &mut row.cells {
        cell.text = logical(&cell.text);
    }
    row
}

fn raised_digits(text: &str) -> Option<String> {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    text.chars()
        .map(|c| c.to_digit(10).map(|d| RAISED[d as usize]))
        .collect()
}

/// Rows that share columns: ranges of rows.
fn bands(rows: &[Row]) -> Vec<std::ops::Range<usize>> {
    let mut bands = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let mut free = gutters(&rows[start..=start]);
        let mut end = start + 1;
        while end < rows.len() {
            let far = rows[end - 1].y - rows[end].y > 6.0 * rows[end].size.max(1.0);
            let next = gutters(&rows[start..=end]);
            let crossed = !free.is_empty() && next.is_empty();
            // Below running text columns begin, or something that stands aside.
            let begins = free.is_empty() && (!next.is_empty() || rows[end].cells.len() > 1);
            if far || crossed || begins {
                break;
            }
            free = next;
            end += 1;
        }
        bands.push(start..end);
        start = end;
    }
    bands
}

/// The upright strips that no cell of these rows touches, between the outermost cells.
fn gutters(rows: &[Row]) -> Vec<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = rows
        .iter()
        .flat_map(|r| r.cells.iter().map(|c| (c.from, c.to)))
        .collect();
    spans.sort_by(|a, b| by(a.0, b.0));
    let narrow = rows.iter().map(|r| r.size).fold(f64::INFINITY, f64::min) * 0.6;
    let mut free = Vec::new();
    let mut reach = f64::NEG_INFINITY;
    for (from, to) in spans {
        if reach.is_finite() && from - reach > narrow {
            free.push((reach, from));
        }
        reach = reach.max(to);
    }
    free
}

/// The cells of a band, column by column.
fn columns(rows: &[Row], band: std::ops::Range<usize>) -> Vec<(usize, usize)> {
    let free = gutters(&rows[band.clone()]);
    let mut order: Vec<(usize, usize, usize)> = Vec::new();
    for row in band {
        for (at, cell) in rows[row].cells.iter().enumerate() {
            let column = free
                .iter()
                .filter(|(_, to)| cell.from >= *to - 0.01)
                .count();
            order.push((column, row, at));
        }
    }
    order.sort_unstable();
    order.into_iter().map(|(_, row, at)| (row, at)).collect()
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
