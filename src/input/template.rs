//! What JSON records of one shape have in common: the text between their values.
//!
//! A record that has the same text there, byte for byte, has its values in the same columns, so they
//! are found without being parsed. Nothing else is taken for such a record: whoever asks has the
//! parser for the rest. It knows nothing of lists and counts.

use super::json::{self, Leaf};
use memchr::{memchr, memchr2};

/// A value of a record, without its quotes; of no length when it is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it has escapes.
    pub(super) escaped: bool,
}

/// A shape of records.
#[derive(Clone, Debug)]
pub(super) struct Template {
    /// What stands before each value, and the value's column.
    gaps: Vec<(Box<[u8]>, usize)>,
    last: Box<[u8]>,
    /// Whether a member may be missing.
    skips: bool,
}

impl Template {
    /// The shape of `record`, which is JSON; `column` tells columns by path. `None`: it has a column
    /// twice, or none, or names of members that are data.
    pub(super) fn of(record: &[u8], column: impl Fn(&str) -> Option<usize>) -> Option<Self> {
        let mut values = Vec::new();
        let walked = json::walk(record, false, &mut |leaf: Leaf<'_>| {
            values.push((column(leaf.path), leaf.start, leaf.end));
        });
        walked.ok()?;
        let mut gaps: Vec<(Box<[u8]>, usize)> = Vec::new();
        let mut at = 0;
        for (column, start, end) in values {
            let column = column.filter(|column| gaps.iter().all(|(_, other)| other != column))?;
            let quoted = usize::from(start > 0 && record[start - 1] == b'"');
            let after = record[end + quoted..].trim_ascii_start();
            if after.first() == Some(&b':') {
                return None;
            }
            gaps.push((record[at..start - quoted].into(), column));
            at = end + quoted;
        }
        let (first, rest) = gaps.split_first()?;
        let last: Box<[u8]> = record[at..].trim_ascii_end().into();
        let brackets = |text: &[u8]| text.iter().filter(|b| b"{}[]".contains(b)).count();
        let flat = first.0.starts_with(b"{") && brackets(&first.0) == 1 && *last == *b"}";
        let apart = |text: &[u8]| text.starts_with(b",") && brackets(text) == 0;
        let skips = flat && rest.iter().all(|(text, _)| apart(text));
        Some(Self { gaps, last, skips })
    }

    /// How many values it has.
    pub(super) fn len(&self) -> usize {
        self.gaps.len()
    }

    /// Finds the values of `record`, which has no white space behind it, by column; false: it is not
    /// of this shape, and `values` are anything.
    pub(super) fn read(&self, record: &[u8], values: &mut [Value]) -> bool {
        values.fill(Value::default());
        let mut at = 0;
        for (gap, column) in &self.gaps {
            let Some(rest) = record[at..].strip_prefix(&**gap) else {
                if self.skips && at > 0 {
                    continue;
                }
                return false;
            };
            let start = at + gap.len();
            let value = match rest.first() {
                Some(b'"') => string(record, start + 1),
                _ => bare(record, start),
            };
            let Some((value, next)) = value else {
                return false;
            };
            values[*column] = value;
            at = next;
        }
        record[at..] == *self.last
    }
}

/// The string whose text starts at `start`, and what is behind it.
#[inline]
fn string(record: &[u8], start: usize) -> Option<(Value, usize)> {
    let mut end = start + memchr2(b'"', b'\\', &record[start..])?;
    let escaped = record[end] == b'\\';
    while record[end] == b'\\' {
        end += 2;
        end += memchr2(b'"', b'\\', record.get(end..)?)?;
    }
    let value = Value {
        start,
        end,
        escaped,
    };
    Some((value, end + 1))
}

/// The value at `start` that is no string, and what is behind it.
fn bare(record: &[u8], start: usize) -> Option<(Value, usize)> {
    let len = record[start..].iter().take_while(|b| json::is_bare(**b));
    let end = start + len.count();
    let value = Value {
        start,
        end,
        escaped: false,
    };
    match &record[start..end] {
        b"null" => Some((Value::default(), end)),
        b"true" | b"false" | [b'0'..=b'9' | b'-', ..] => Some((value, end)),
        _ => None,
    }
}

/// The text of a string with only the commonest escapes; `None`: it has others, or what no string
/// may hold.
pub(super) fn plain(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    if !raw.iter().all(|b| (b' '..0x7F).contains(b)) {
        return None;
    }
    let mut rest = raw;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        out.push(match rest.get(at + 1)? {
            b @ (b'"' | b'\\' | b'/') => *b,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            _ => return None,
        });
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(record: &str, paths: &[&str]) -> Option<Template> {
        Template::of(record.as_bytes(), |path| {
            paths.iter().position(|p| *p == path)
        })
    }

    fn read(template: &Template, record: &str, width: usize) -> Option<Vec<String>> {
        let mut values = vec![Value::default(); width];
        let fits = template.read(record.as_bytes(), &mut values);
        fits.then(|| {
            let text = values.iter().map(|v| record[v.start..v.end].to_owned());
            text.collect()
        })
    }

    #[test]
    fn records_of_one_shape_are_read() {
        let flat = template(
            r#"{"a": "x", "b": 1, "c": null, "d": ""}"#,
            &["a", "b", "d"],
        );
        let flat = flat.expect("it has a shape");
        assert_eq!(flat.len(), 3);
        for (record, values) in [
            (
                r#"{"a": "y\"z", "b": -2.5e3, "c": null, "d": "w"}"#,
                Some([r#"y\"z"#, "-2.5e3", "w"]),
            ),
            (r#"{"a": "y", "b": null}"#, Some(["y", "", ""])),
            (r#"{"a": "y"}"#, Some(["y", "", ""])),
            (r#"{"a": "y", "c": null, "d": "w"}"#, Some(["y", "", "w"])),
            (r#"{"a": "y", "c": null}"#, None),
            (r#"{"b": 1}"#, None),
            (r#"{"a":"y", "b": 1}"#, None),
            (r#"{"a": "y", "b": [1]}"#, None),
            (r#"{"a": "y", "b": NaN}"#, None),
            (r#"{"a": "y", "b": 1}}"#, None),
            (r#"{"a": "y", "b": 1"#, None),
            (r#"{"a": "y\"#, None),
            (r#"{"a": "y"#, None),
            ("", None),
        ] {
            let values = values.map(|v| v.map(str::to_owned).to_vec());
            assert_eq!(read(&flat, record, 3), values, "{record}");
        }
        let deep = template(r#"{"a":{"b":"x","c":[2]},"d":3}"#, &["d", "a.b", "a.c"]);
        let deep = deep.expect("it has a shape");
        let values = ["5", "y", "4"].map(str::to_owned).to_vec();
        assert_eq!(
            read(&deep, r#"{"a":{"b":"y","c":[4]},"d":5}"#, 3),
            Some(values)
        );
        assert_eq!(read(&deep, r#"{"a":{"b":"y","c":[4],"d":5}"#, 3), None);
        assert_eq!(read(&deep, r#"{"a":{"b":"y"},"d":5}"#, 3), None);
    }

    #[test]
    fn some_records_have_no_shape() {
        for record in [
            r#"{"a":["x","y"]}"#,
            r#"{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed":"1"}"#,
            r#"{"a":"x","unknown":1}"#,
            "{}",
            "[]",
            r#"{"a":"x"#,
        ] {
            let template = template(record, &["a", "{}"]);
            assert!(template.is_none(), "{record}");
        }
    }

    #[test]
    fn common_escapes_are_undone() {
        let mut out = Vec::new();
        for text in [
            r"a\n\t\r",
            r#"\"\\\/"#,
            "x",
            r"\u0041",
            r"\",
            "\u{e9}",
            "\t",
            r"\b",
        ] {
            let common = plain(text.as_bytes(), &mut out).is_some();
            assert_eq!(
                common,
                !["\\u0041", "\\", "\u{e9}", "\t", "\\b"].contains(&text)
            );
            if common {
                assert_eq!(out, json::unescape(text.as_bytes()), "{text}");
            }
        }
    }
}
