//! A block of delimited text into records, and a record into cells.
//!
//! Lenient on purpose: whatever the quoting, every byte ends up in some cell. It knows nothing of
//! headers, encodings or files; a block handed to [`records`] must end where a record ends.

use memchr::{memchr, memchr2, memchr3};

/// How a text is cut into records and cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between cells; `0` when there is one column only.
    pub(crate) delimiter: u8,
    /// Whole lines stand in one quoted cell, their own quotes doubled (re-saved by a spreadsheet).
    pub(crate) wrapped: bool,
    /// A byte order mark stands before cells, not only at the start.
    pub(crate) marked: bool,
    /// Lines end in a lone carriage return.
    pub(crate) cr: bool,
    /// The header as it stands, to know it again when it is repeated.
    pub(crate) header: Box<[u8]>,
}

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing but white space; not counted.
    Blank,
    /// The header once more; not counted, but looked at.
    Header,
    /// A data record.
    Data,
}

/// Where a record ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// End of its text.
    pub(crate) end: usize,
    /// Start of the next record.
    pub(crate) next: usize,
    /// A quote in it is never closed; it was taken literally.
    pub(crate) stray: bool,
    /// That quote stayed open to the end of the text.
    pub(crate) open: bool,
    /// Whether a line end or a closed record was seen before the text stopped.
    pub(crate) whole: bool,
}

enum Close {
    /// The closing quote.
    At(usize),
    /// A later opening quote shows that this one was never closed.
    Never,
    /// The text stops first.
    Open,
}

impl Dialect {
    pub(crate) fn kind(&self, record: &[u8]) -> Kind {
        let blank = |b: &u8| *b == b' ' || (*b == b'\t' && self.delimiter != b'\t');
        if record.iter().all(blank) {
            Kind::Blank
        } else if !self.header.is_empty() && *record == *self.header {
            Kind::Header
        } else {
            Kind::Data
        }
    }

    /// Whether the quote at `at` opens a cell of the record that starts at `start`.
    fn opens(&self, text: &[u8], start: usize, at: usize) -> bool {
        let mut before = &text[start..at];
        while let [rest @ .., b' ' | b'\t'] = before
            && before.last() != Some(&self.delimiter)
        {
            before = rest;
        }
        // A byte order mark may stand before a cell.
        before = before.strip_suffix(b"\xEF\xBB\xBF").unwrap_or(before);
        if before.last().is_some_and(|&b| b != self.delimiter) {
            return false;
        }
        // `""x` is a cell whose quotes were doubled by mistake, `"""x` starts with an escaped one.
        let run = quotes(&text[at..]);
        run % 2 == 1 || self.is_end(&text[at + run..])
    }

    /// Whether a cell ends here, or behind blanks.
    fn is_end(&self, rest: &[u8]) -> bool {
        let blank = |b: &u8| matches!(b, b' ' | b'\t') && *b != self.delimiter;
        let after = rest.iter().find(|b| !blank(b));
        after.is_none_or(|&b| self.ends(b))
    }

    fn next_delimiter(&self, record: &[u8], from: usize) -> Option<usize> {
        if self.delimiter == 0 {
            return None;
        }
        memchr(self.delimiter, &record[from..]).map(|found| found + from)
    }

    fn ends(&self, b: u8) -> bool {
        b == self.delimiter || b == b'\n' || b == b'\r'
    }

    /// The quote that closes the one before `from`.
    fn close(&self, text: &[u8], from: usize) -> Close {
        let mut at = from;
        // How far no line has ended.
        let mut looked = from;
        while let Some(found) = memchr(b'"', &text[at..]) {
            let quote = at + found;
            let rest = &text[quote + 1..];
            if rest.first() == Some(&b'"') {
                at = quote + 2;
                continue;
            }
            if self.is_end(rest) {
                return Close::At(quote);
            }
            // A lone quote inside a cell. After a line end it opens the next record's cell.
            if memchr2(b'\n', b'\r', &text[looked..quote]).is_some() {
                return Close::Never;
            }
            (at, looked) = (quote + 1, quote);
        }
        Close::Open
    }

    /// [`Self::close`] of an opening quote at `at` behind one that stays open to the end of `text`:
    /// no quote that follows this one's own run closes anything.
    fn close_own(&self, text: &[u8], at: usize) -> Close {
        match quotes(&text[at..]) {
            run if run % 2 == 0 => Close::At(at + run - 1),
            _ => Close::Open,
        }
    }

    /// The record that starts at `start`. `last`: no more text follows `text`.
    pub(crate) fn record(&self, text: &[u8], start: usize, last: bool) -> End {
        let mut at = start;
        loop {
            let Some(found) = memchr3(b'\n', b'\r', b'"', &text[at..]) else {
                return End {
                    end: text.len(),
                    next: text.len(),
                    stray: false,
                    open: false,
                    whole: last,
                };
            };
            let here = at + found;
            if text[here] != b'"' {
                return line_end(text, here, false);
            }
            at = here + 1;
            if !self.opens(text, start, here) {
                continue;
            }
            match self.close(text, at) {
                Close::At(quote) => at = quote + 1,
                closed => {
                    let open = matches!(closed, Close::Open);
                    let found = memchr2(b'\n', b'\r', &text[at..]);
                    let end = match found.filter(|_| last || !open) {
                        Some(found) => line_end(text, at + found, true),
                        None => End {
                            end: text.len(),
                            next: text.len(),
                            stray: true,
                            open,
                            whole: last,
                        },
                    };
                    return End { open, ..end };
                }
            }
        }
    }

    /// Appends the cells of `record`, each with its offset in the decoded input.
    pub(crate) fn cells<'a>(&self, record: &'a [u8], base: u64, out: &mut Vec<(u64, &'a [u8])>) {
        let mut start = 0;
        let mut open = false;
        loop {
            let mut lead = start;
            while matches!(record.get(lead), Some(b' ' | b'\t')) && record[lead] != self.delimiter {
                lead += 1;
            }
            if record[lead..].starts_with(b"\xEF\xBB\xBF")
                && (self.marked || base + lead as u64 == 0)
            {
                lead += 3;
                start = lead;
            }
            let quoted = record.get(lead) == Some(&b'"') && self.opens(record, start, lead);
            let close = quoted.then(|| match open {
                true => self.close_own(record, lead),
                false => self.close(record, lead + 1),
            });
            open |= matches!(close, Some(Close::Open));
            let (cell, after) = match close {
                Some(Close::At(quote)) => ((lead + 1, quote), self.next_delimiter(record, quote)),
                _ => {
                    let after = self.next_delimiter(record, start);
                    ((start, after.unwrap_or(record.len())), after)
                }
            };
            out.push((base + cell.0 as u64, &record[cell.0..cell.1]));
            match after {
                Some(delimiter) => start = delimiter + 1,
                None => return,
            }
        }
    }
}

/// How many quotes a text begins with.
fn quotes(text: &[u8]) -> usize {
    text.iter().take_while(|b| **b == b'"').count()
}

fn line_end(text: &[u8], here: usize, stray: bool) -> End {
    let crlf = text[here] == b'\r' && text.get(here + 1) == Some(&b'\n');
    End {
        end: here,
        next: here + 1 + usize::from(crlf),
        stray,
        open: false,
        whole: true,
    }
}

/// Finds the end of the whole records at the start of `buffer`; `last`: the input ends with it.
///
/// When `force` is set, a first record that does not end in `buffer` is cut off at a place where no
/// token is torn (its unclosed quote, if that is the trouble, is taken literally first).
pub(crate) fn cut(buffer: &[u8], dialect: &Dialect, last: bool, force: bool) -> usize {
    let mut cut = 0;
    while cut < buffer.len() {
        let mut end = dialect.record(buffer, cut, last);
        if !end.whole {
            if !force || cut > 0 {
                break;
            }
            end = dialect.record(buffer, 0, true);
            if end.next == buffer.len() {
                let tail = buffer.len().saturating_sub(1 << 16);
                let torn = buffer[tail..]
                    .iter()
                    .rposition(|b| !b.is_ascii_alphanumeric());
                end.next = torn.map_or(buffer.len(), |p| tail + p + 1);
            }
        }
        cut = end.next;
        if end.open {
            // The block ends here, so that whoever splits it sees the same unclosed quote.
            break;
        }
    }
    cut
}

/// Data records in `block`, which is whole records.
pub(crate) fn count(block: &[u8], dialect: &Dialect) -> u64 {
    let (mut start, mut count) = (0, 0);
    while start < block.len() {
        let end = dialect.record(block, start, true);
        count += u64::from(dialect.kind(&block[start..end.end]) == Kind::Data);
        start = end.next;
    }
    count
}

/// One record of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split<'a, 'c> {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it starts in the block.
    pub(crate) start: usize,
    /// A quote in it is never closed.
    pub(crate) stray: bool,
    /// Its cells.
    pub(crate) cells: &'c [(u64, &'a [u8])],
}

/// Splits `block` (whole records, `byte` bytes into the decoded input) and hands over each record.
pub(crate) fn records(
    block: &[u8],
    byte: u64,
    dialect: &Dialect,
    mut each: impl FnMut(Split<'_, '_>),
) {
    let mut cells = Vec::new();
    let mut start = 0;
    while start < block.len() {
        let end = dialect.record(block, start, true);
        let record = &block[start..end.end];
        let kind = dialect.kind(record);
        if kind != Kind::Blank {
            cells.clear();
            let base = byte + start as u64;
            if let Some((offset, inner)) = wrapped(dialect, record) {
                unwrap(dialect, inner, base + offset, |cells| {
                    each(Split {
                        kind,
                        start,
                        stray: end.stray,
                        cells,
                    });
                });
            } else {
                dialect.cells(record, base, &mut cells);
                each(Split {
                    kind,
                    start,
                    stray: end.stray,
                    cells: &cells,
                });
            }
        }
        start = end.next;
    }
}

/// The inside of a record that is one quoted cell holding a whole line.
pub(crate) fn wrapped<'a>(dialect: &Dialect, record: &'a [u8]) -> Option<(u64, &'a [u8])> {
    if !dialect.wrapped {
        return None;
    }
    let record = record.trim_ascii_end();
    let mark = if record.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    let inner = record[mark..].strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let whole =
        matches!(dialect.close(&record[mark..], 1), Close::At(q) if q + mark + 1 == record.len());
    (whole && inner.contains(&dialect.delimiter)).then_some((mark as u64 + 1, inner))
}

/// Splits the inside of a wrapped line; cells keep their places in the input.
pub(crate) fn unwrap(
    dialect: &Dialect,
    inner: &[u8],
    base: u64,
    mut each: impl FnMut(&[(u64, &[u8])]),
) {
    let mut line = Vec::with_capacity(inner.len());
    let mut halved = Vec::new();
    let mut at = 0;
    while at < inner.len() {
        line.push(inner[at]);
        if inner[at] == b'"' && inner.get(at + 1) == Some(&b'"') {
            halved.push(line.len() as u64);
            at += 1;
        }
        at += 1;
    }
    let mut cells = Vec::new();
    dialect.cells(&line, 0, &mut cells);
    // Cells are handed over as they lie in the input, so that offsets in them are the input's.
    let place = |at: usize| at + halved.partition_point(|&h| h <= at as u64);
    let cells: Vec<(u64, &[u8])> = cells
        .iter()
        .map(|&(start, cell)| {
            let start = start as usize;
            let (from, to) = (place(start), place(start + cell.len()));
            (base + from as u64, &inner[from..to])
        })
        .collect();
    each(&cells);
}

/// Physical lines that end in `text`.
pub(crate) fn lines(text: &[u8], dialect: &Dialect) -> u64 {
    let end = if dialect.cr { b'\r' } else { b'\n' };
    memchr::memchr_iter(end, text).count() as u64
}
