//! The text of an HTML page: enough to read a notice's words, and the rows of its tables.
//!
//! It knows no style and runs nothing: hidden text is text.

/// Elements whose content is no text.
const SILENT: &[&str] = &["script", "style", "template", "noscript"];
/// Elements that end a line.
const BLOCKS: &[&str] = &[
    "address", "article", "br", "dd", "div", "dl", "dt", "fieldset", "footer", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table",
    "tbody", "thead", "tr", "ul",
];
/// Entities that notices use.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("apos", '\''),
    ("gt", '>'),
    ("ldquo", '“'),
    ("lsquo", '‘'),
    ("lt", '<'),
    ("mdash", '—'),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("quot", '"'),
    ("rdquo", '”'),
    ("rsquo", '’'),
    ("shy", '\u{ad}'),
    ("zwnj", '\u{200c}'),
];

/// Whether a document is HTML.
pub(super) fn is_html(text: &str) -> bool {
    let head = text.trim_start_matches('\u{feff}').trim_start();
    let starts = |word: &str| {
        head.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    starts("<!doctype")
        || starts("<html")
        || starts("<head")
        || starts("<body")
        || starts("<div")
        || starts("<table")
        || starts("<p>")
        || starts("<p ")
}

/// One event of a page.
enum Part<'t> {
    Text(&'t str),
    /// Name in lower case, whether it closes, and the whole tag.
    Tag(String, bool),
}

fn parts<'t>(text: &'t str, each: &mut dyn FnMut(Part<'t>)) {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        if at > 0 {
            each(Part::Text(&rest[..at]));
        }
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
            continue;
        }
        let inner = &rest[1..];
        let closes = inner.starts_with('/');
        let name = inner.trim_start_matches('/');
        // A name begins with a letter: `<5 BTC` is text.
        let named = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let name: String = name
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if !named && !inner.starts_with(['!', '?']) {
            // A bare `<` in the text.
            each(Part::Text(&rest[..1]));
            rest = inner;
            continue;
        }
        rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
        if !closes && SILENT.contains(&name.as_str()) {
            let end = find_close(rest, &name);
            rest = &rest[end..];
            continue;
        }
        each(Part::Tag(name, closes));
    }
    if !rest.is_empty() {
        each(Part::Text(rest));
    }
}

/// Where `</name` begins in `text`, in any case; its end when it does not.
fn find_close(text: &str, name: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let here = from + at;
        let after = &text[here + 2..];
        if after
            .get(..name.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(name))
        {
            return here;
        }
        from = here + 2;
    }
    text.len()
}

/// The text of a page, a line for each block.
pub(super) fn text(page: &str) -> String {
    let mut out = String::with_capacity(page.len() / 2);
    parts(page, &mut |part| match part {
        Part::Text(text) => {
            for (ix, word) in text.split(['\n', '\r', '\t', ' ']).enumerate() {
                if ix > 0 && !out.ends_with([' ', '\n']) && !out.is_empty() {
                    out.push(' ');
                }
                unescape(word, &mut out);
            }
        }
        Part::Tag(name, _) if name == "td" || name == "th" => out.push('\t'),
        Part::Tag(name, _) if BLOCKS.contains(&name.as_str()) => {
            while out.ends_with(' ') {
                out.pop();
            }
            if !out.ends_with("\n\n") && !out.is_empty() {
                out.push('\n');
            }
        }
        Part::Tag(..) => {}
    });
    out
}

/// The rows of every table of a page, cell by cell.
pub(super) fn tables(page: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut cell = false;
    parts(page, &mut |part| match part {
        Part::Tag(name, closes) => match (name.as_str(), closes) {
            ("tr", false) => {
                rows.push(Vec::new());
                cell = false;
            }
            ("td" | "th", false) => {
                if let Some(row) = rows.last_mut() {
                    row.push(String::new());
                    cell = true;
                }
            }
            ("td" | "th" | "tr" | "table", true) => cell = false,
            (name, _) if cell && BLOCKS.contains(&name) => {
                if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                    cell.push(' ');
                }
            }
            _ => {}
        },
        Part::Text(text) if cell => {
            if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                unescape(text, cell);
            }
        }
        Part::Text(_) => {}
    });
    rows.retain(|row| !row.is_empty());
    rows
}

fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        let char = end.and_then(|end| entity(&rest[1..end]).map(|c| (c, end)));
        match char {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    ENTITIES.iter().find(|(n, _)| *n == name).map(|(_, c)| *c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_page() {
        let page = "<!DOCTYPE html><html><head><style>p{}</style><script>if (a<b) {}</SCRIPT></head>\
            <body><p>A &amp; B,<br>0x12&nbsp;c</p><!-- no --><ul><li>1 < 2</li><li>&#65;</li></ul>";
        assert!(is_html(page));
        assert_eq!(text(page), "A & B,\n0x12\u{a0}c\n\n1 < 2\n\nA\n\n");
    }

    #[test]
    fn a_number_behind_a_smaller_sign_is_no_tag() {
        let page = "<p>a fee <5 BTC was paid to</p><p>0x12</p></5> end";
        assert_eq!(text(page), "a fee <5 BTC was paid to\n\n0x12\n</5> end");
    }

    #[test]
    fn rows_of_tables() {
        let page = "<table><tr><th>a<th>b</tr><tr><td>1</td><td><p>2</p> 3</td></tr></table> x";
        assert_eq!(tables(page), [vec!["a", "b"], vec!["1", " 2  3"]]);
    }

    #[test]
    fn broken_pages_end() {
        for page in [
            "<",
            "<a",
            "<!--",
            "<script>",
            "&",
            "&#",
            "&#xffffffff;",
            "<script></",
            "</",
        ] {
            let _ = (text(page), tables(page));
        }
    }
}
