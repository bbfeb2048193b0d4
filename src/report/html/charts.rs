//! The charts of the HTML report, as inline SVG: matches by entity and month, rows against the days
//! of listing, coverage.
//!
//! Colours come from the page's style sheet by class, so light, dark and print agree. Each chart's
//! numbers also stand in a table of the page: nothing is told by colour alone.

use super::e;
use crate::list::Timing;
use crate::report::words::{self, Group, number};
use crate::screen::ScreeningReport;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Entities with a colour of their own; the rest is "others".
const COLOURS: usize = 6;
/// Lanes of the timeline; the rest is counted.
const LANES: usize = 24;
/// Width of a chart in its own units.
const WIDTH: f64 = 960.0;

/// Matches by period and entity: what the bars and their table show.
pub(super) struct Periods {
    /// First day of each period, in order, without gaps.
    pub(super) starts: Vec<Date>,
    /// How a period is called.
    pub(super) names: Vec<String>,
    /// "month", "quarter" or "year".
    pub(super) unit: &'static str,
    /// Matches by entity (as `groups`) and period.
    pub(super) counts: Vec<Vec<u64>>,
    /// Matches without a readable day, by entity.
    pub(super) undated: Vec<u64>,
}

impl Periods {
    /// `None` when no match has a day.
    pub(super) fn of(groups: &[Group<'_>]) -> Option<Self> {
        let days = || {
            groups
                .iter()
                .flat_map(Group::matches)
                .filter_map(|m| m.row_day)
        };
        let (first, last) = (days().min()?, days().max()?);
        let months =
            i32::from(last.year() - first.year()) * 12 + i32::from(last.month() - first.month());
        let (unit, step) = match months {
            ..=35 => ("month", 1),
            36..=107 => ("quarter", 3),
            _ => ("year", 12),
        };
        let start_of = |day: Date| {
            let month = (day.month() - 1) / step * step + 1;
            Date::new(day.year(), month, 1).expect("the first of a month is a day")
        };
        let mut starts = vec![start_of(first)];
        while let Some(next) = starts
            .last()
            .and_then(|day| day.checked_add(i32::from(step).months()).ok())
            .filter(|next| *next <= last)
        {
            starts.push(next);
        }
        let names = starts.iter().map(|day| match unit {
            "month" => format!("{}-{:02}", day.year(), day.month()),
            "quarter" => format!("{} Q{}", day.year(), (day.month() - 1) / 3 + 1),
            _ => day.year().to_string(),
        });
        let (mut counts, mut undated) = (Vec::new(), Vec::new());
        for group in groups {
            let mut row = vec![0; starts.len()];
            let mut without = 0;
            for m in group.matches() {
                match m.row_day {
                    Some(day) => {
                        let at = starts.partition_point(|start| *start <= day) - 1;
                        row[at] += 1;
                    }
                    None => without += 1,
                }
            }
            counts.push(row);
            undated.push(without);
        }
        Some(Self {
            names: names.collect(),
            starts,
            unit,
            counts,
            undated,
        })
    }
}

/// Stacked bars: one for each period, one colour for each of the entities with most matches.
pub(super) fn periods(
    groups: &[Group<'_>],
    periods: &Periods,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.retain(|&g| periods.counts[g].iter().any(|n| *n > 0));
    order.sort_by_key(|&g| std::cmp::Reverse(periods.counts[g].iter().sum::<u64>()));
    let series: Vec<(String, Vec<u64>)> = if order.len() <= COLOURS + 1 {
        order
            .iter()
            .map(|&g| (name(&groups[g]), periods.counts[g].clone()))
            .collect()
    } else {
        let (own, rest) = order.split_at(COLOURS);
        let others = (0..periods.starts.len())
            .map(|at| rest.iter().map(|&g| periods.counts[g][at]).sum())
            .collect();
        own.iter()
            .map(|&g| (name(&groups[g]), periods.counts[g].clone()))
            .chain([(format!("{} others", rest.len()), others)])
            .collect()
    };
    let totals: Vec<u64> = (0..periods.starts.len())
        .map(|at| series.iter().map(|(_, counts)| counts[at]).sum())
        .collect();
    let top = nice(totals.iter().copied().max().unwrap_or(1));
    let (left, bottom, height) = (44.0, 190.0, 170.0);
    let slot = (WIDTH - left - 10.0) / totals.len() as f64;
    let bar = (slot * 0.7).min(60.0);
    writeln!(
        out,
        "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Chart, scrolls sideways\">\
         <svg class=\"chart\" viewBox=\"0 0 {WIDTH} 215\" role=\"img\" aria-label=\"Matches by {} and entity; \
         the same numbers are in the table below\">",
        periods.unit
    )?;
    for part in 0..=top.min(4) {
        let value = top * part / top.min(4);
        let y = bottom - height * value as f64 / top as f64;
        writeln!(
            out,
            "<line class=\"axis\" x1=\"{left}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"dim\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 6.0,
            y + 4.0,
            number(value)
        )?;
    }
    let every = totals.len().div_ceil(14);
    for (at, label) in periods.names.iter().enumerate() {
        let x = left + slot * (at as f64 + 0.5);
        let mut y = bottom;
        for (colour, (who, counts)) in series.iter().enumerate() {
            if counts[at] == 0 {
                continue;
            }
            let h = height * counts[at] as f64 / top as f64;
            y -= h;
            writeln!(
                out,
                "<rect class=\"f{colour}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{bar:.1}\" height=\"{h:.1}\">\
                 <title>{}, {label}: {}</title></rect>",
                x - bar / 2.0,
                e(who),
                words::count(counts[at], "match", "matches"),
            )?;
        }
        if at % every == 0 {
            writeln!(
                out,
                "<text class=\"dim\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
                bottom + 17.0
            )?;
        }
    }
    writeln!(out, "</svg></div><ul class=\"legend\">")?;
    for (colour, (who, counts)) in series.iter().enumerate() {
        writeln!(
            out,
            "<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><rect class=\"f{colour}\" width=\"14\" \
             height=\"14\" rx=\"2\"/></svg><bdi>{}</bdi> ({})</li>",
            e(who),
            number(counts.iter().sum())
        )?;
    }
    writeln!(out, "</ul>")?;
    let undated: u64 = periods.undated.iter().sum();
    if undated > 0 {
        let undated = words::count(undated, "match", "matches");
        writeln!(
            out,
            "<p class=\"soft small\">{undated} in rows without a readable date: not drawn.</p>"
        )?;
    }
    Ok(())
}

fn name(group: &Group<'_>) -> String {
    match &*group.entity.name {
        "" => format!("record {}", group.entity.id),
        name => name.to_owned(),
    }
}

/// The end of an axis of four steps, or of as many as there are things: a round number.
fn nice(n: u64) -> u64 {
    if n <= 4 {
        return n.max(1);
    }
    let step = n.div_ceil(4);
    let mut power = 1;
    loop {
        for factor in [1, 2, 3, 4, 5, 6, 8] {
            if power * factor >= step {
                return power * factor * 4;
            }
        }
        power *= 10;
    }
}

/// Rows against the days on which what they hold was listed: a lane for each listed address.
pub(super) fn timeline(
    report: &ScreeningReport<'_>,
    groups: &[Group<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let as_of = words::day_of(report.as_of);
    let lanes: Vec<_> = groups
        .iter()
        .flat_map(|g| g.listings.iter().map(move |l| (g, l)))
        .collect();
    let hidden = lanes.len().saturating_sub(LANES);
    let lanes = &lanes[..lanes.len() - hidden];
    let days = || {
        lanes.iter().flat_map(|(_, listing)| {
            let intervals = listing[0].listing.intervals.iter();
            let ends = intervals.flat_map(|i| [i.from, i.until]).flatten();
            ends.chain(listing.iter().filter_map(|m| m.row_day))
        })
    };
    let first = days().min().unwrap_or(as_of);
    let last = days().max().unwrap_or(as_of).max(as_of);
    let first = first.checked_sub(30.days()).unwrap_or(first);
    let (left, right, lane) = (250.0, 920.0, 40.0);
    let total = (between(first, last) as f64).max(1.0);
    let x =
        |day: Date| left + (right - left) * (between(first, day) as f64 / total).clamp(0.0, 1.0);
    let bottom = lane * lanes.len() as f64 + 6.0;
    writeln!(
        out,
        "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Chart, scrolls sideways\">\
         <svg class=\"chart\" viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-label=\"Rows against the days of \
         listing, one lane for each listed address; the same dates are in the tables of matches\">",
        bottom + 34.0
    )?;
    for tick in ticks(first, last) {
        let at = x(tick);
        let label = match tick.month() {
            1 => tick.year().to_string(),
            month => format!("{}-{month:02}", tick.year()),
        };
        writeln!(
            out,
            "<line class=\"axis\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"0\" y2=\"{bottom}\"/>\
             <text class=\"dim\" x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{label}</text>",
            bottom + 16.0
        )?;
    }
    for (at, (group, listing)) in lanes.iter().enumerate() {
        let top = lane * at as f64;
        let middle = top + lane / 2.0;
        let of = &listing[0].listing;
        writeln!(
            out,
            "<text x=\"0\" y=\"{:.0}\">{}</text><text class=\"dim mono\" x=\"0\" y=\"{:.0}\">{}</text>",
            top + 17.0,
            e(&cut(&name(group), 34)),
            top + 32.0,
            e(&ends(of.text)),
        )?;
        for interval in of.intervals {
            let end = x(interval.until.unwrap_or(as_of).min(last));
            let title = words::span(interval);
            let (maybe, sure) = match interval.from {
                None => ((left, end), None),
                Some(from) if interval.starts_known() => ((0.0, 0.0), Some(x(from))),
                Some(from) => ((left, x(from)), Some(x(from))),
            };
            if maybe.1 - maybe.0 > 1.0 {
                writeln!(
                    out,
                    "<rect class=\"maybe\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\">\
                     <title>{title}</title></rect>",
                    maybe.0,
                    middle - 6.0,
                    maybe.1 - maybe.0
                )?;
            }
            if let Some(sure) = sure {
                writeln!(
                    out,
                    "<rect class=\"bar\" x=\"{sure:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\">\
                     <title>{title}</title></rect>",
                    middle - 6.0,
                    (end - sure).max(2.0)
                )?;
            }
        }
        let mut marks: BTreeMap<(Date, Timing), u64> = BTreeMap::new();
        let mut undated = 0;
        for m in *listing {
            match m.row_day {
                Some(day) => *marks.entry((day, m.timing)).or_default() += 1,
                None => undated += 1,
            }
        }
        for ((day, timing), n) in marks {
            let rows = words::count(n, "row", "rows");
            let title = format!("{}: {rows} of {day}", timing.id());
            mark(timing, x(day), middle, &title, out)?;
        }
        if undated > 0 {
            writeln!(
                out,
                "<text class=\"dim\" x=\"{WIDTH}\" y=\"{:.0}\" text-anchor=\"end\">+{} ?<title>rows without a \
                 readable date</title></text>",
                middle + 4.0,
                number(undated)
            )?;
        }
    }
    let now = x(as_of);
    writeln!(
        out,
        "<line class=\"now\" x1=\"{now:.1}\" x2=\"{now:.1}\" y1=\"0\" y2=\"{bottom}\"/>\
         <text class=\"dim\" x=\"{now:.1}\" y=\"{:.0}\" text-anchor=\"{}\">as of {as_of}</text></svg></div>",
        bottom + 31.0,
        if now > WIDTH - 60.0 { "end" } else { "middle" }
    )?;
    writeln!(out, "<ul class=\"legend\">")?;
    let used: std::collections::BTreeSet<Timing> = lanes
        .iter()
        .flat_map(|(_, l)| l.iter())
        .map(|m| m.timing)
        .collect();
    for timing in used {
        write!(out, "<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\">")?;
        mark(timing, 7.0, 7.0, "", out)?;
        writeln!(out, "</svg>{}</li>", timing.id())?;
    }
    writeln!(
        out,
        "{}<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><rect class=\"bar\" y=\"2\" width=\"14\" height=\"10\"/>\
         </svg>on the list</li><li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><rect class=\"maybe\" x=\"1\" \
         y=\"2\" width=\"12\" height=\"10\"/></svg>perhaps on the list already: start not known</li></ul>",
        match lanes
            .iter()
            .any(|(_, l)| l.iter().any(|m| m.row_day.is_none()))
        {
            true => "<li>+n ? rows without a readable date</li>",
            false => "",
        }
    )?;
    if hidden > 0 {
        let more = words::count(
            hidden as u64,
            "more listed address",
            "more listed addresses",
        );
        writeln!(
            out,
            "<p class=\"soft small\">{more} not drawn; the tables of matches have them.</p>"
        )?;
    }
    Ok(())
}

/// A mark for a row: each timing has its own shape, not only its own colour.
fn mark(timing: Timing, x: f64, y: f64, title: &str, out: &mut dyn Write) -> io::Result<()> {
    let class = timing.id();
    let title = match title {
        "" => String::new(),
        title => format!("<title>{title}</title>"),
    };
    match timing {
        Timing::ListedThen | Timing::DelistedBefore => {
            write!(
                out,
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\">{title}</circle>"
            )
        }
        Timing::DelistedSince => write!(
            out,
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"9\" height=\"9\">{title}</rect>",
            x - 4.5,
            y - 4.5
        ),
        Timing::ListedLater => {
            let points = [(x, y - 6.0), (x - 6.0, y + 5.0), (x + 6.0, y + 5.0)];
            polygon(class, &points, &title, out)
        }
        Timing::DateUnknown => {
            let points = [(x, y - 6.0), (x + 6.0, y), (x, y + 6.0), (x - 6.0, y)];
            polygon(class, &points, &title, out)
        }
    }
}

fn polygon(class: &str, points: &[(f64, f64)], title: &str, out: &mut dyn Write) -> io::Result<()> {
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    write!(
        out,
        "<polygon class=\"{class}\" points=\"{}\">{title}</polygon>",
        points.join(" ")
    )
}

fn between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// First days of months or years, at most nine.
fn ticks(first: Date, last: Date) -> Vec<Date> {
    let months = between(first, last) / 30;
    let step = [1, 3, 6, 12, 24, 60, 120]
        .into_iter()
        .find(|step| months / step <= 8)
        .unwrap_or(120);
    let mut day = Date::new(first.year(), 1, 1).unwrap_or(first);
    let mut ticks = Vec::new();
    while day <= last {
        if day >= first {
            ticks.push(day);
        }
        match day.checked_add(step.months()) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    ticks
}

fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The two ends of a long address.
fn ends(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= 26 {
        return text.to_owned();
    }
    let (head, tail) = (&chars[..12], &chars[chars.len() - 10..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

/// What became of address-like texts, as one bar.
pub(super) fn coverage(report: &ScreeningReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let seen = report.coverage.recognised;
    let unseen = words::not_screened(report);
    let other = report.coverage.tokens.saturating_sub(seen + unseen);
    let parts = [
        ("seen", "addresses, looked up", seen),
        ("unseen", "not screened", unseen),
        ("other", "no addresses: hashes, ids and the like", other),
    ];
    let total = (seen + unseen + other).max(1) as f64;
    let label: Vec<String> = parts
        .iter()
        .map(|(_, what, n)| format!("{} {what}", number(*n)))
        .collect();
    writeln!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} 26\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
        e(&label.join(", "))
    )?;
    let mut x = 0.0;
    for (class, what, n) in parts {
        if n == 0 {
            continue;
        }
        // What was not screened must be seen, however little it is.
        let width = (WIDTH * n as f64 / total).max(6.0).min(WIDTH - x);
        writeln!(
            out,
            "<rect class=\"{class}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"26\"><title>{} {what}</title></rect>",
            number(n)
        )?;
        x += width;
    }
    writeln!(out, "</svg><ul class=\"legend\">")?;
    for (class, what, n) in parts {
        writeln!(
            out,
            "<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"14\" height=\"14\" \
             rx=\"2\"/></svg><b>{}</b> {what}</li>",
            number(n)
        )?;
    }
    writeln!(out, "</ul>")
}

/// A small bar for a share, in a table.
pub(super) fn share(part: u64, whole: u64) -> String {
    let width = match whole {
        0 => 0.0,
        whole => (100.0 * part as f64 / whole as f64).clamp(0.0, 100.0),
    };
    format!(
        "<svg class=\"mini\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"track\" width=\"100\" height=\"10\"/><rect class=\"seen\" width=\"{width:.1}\" height=\"10\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn axes_end_on_round_numbers() {
        assert_eq!([1, 3, 5, 9, 21, 401].map(nice), [1, 3, 8, 12, 24, 800]);
    }

    #[test]
    fn ticks_are_few() {
        for (first, last) in [
            (date(2026, 1, 15), date(2026, 3, 1)),
            (date(2018, 6, 1), date(2026, 11, 24)),
            (date(1, 1, 1), date(2026, 1, 1)),
        ] {
            let ticks = ticks(first, last);
            assert!(
                (1..=210).contains(&ticks.len()),
                "{first} {last}: {}",
                ticks.len()
            );
        }
        assert_eq!(ticks(date(2018, 6, 1), date(2026, 11, 24)).len(), 8);
    }

    #[test]
    fn long_texts_keep_their_ends() {
        assert_eq!(
            ends("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            "0x5aAeb6053F…E7Ef1BeAed"
        );
        assert_eq!(cut("abcdef", 3), "abc…");
    }
}
