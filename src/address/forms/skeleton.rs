//! Look-alike letters: what ASCII text a person would read.
//!
//! A small table of the letters seen in forged addresses (Cyrillic, Greek, Armenian, a few Latin
//! letters of other shapes), and the mathematical alphabets by arithmetic. A skeleton is a lead for
//! a person and never an identity.

use super::clean::is_invisible;

/// Look-alikes, sorted by code point.
const LOOK_ALIKES: &[(char, u8)] = &[
    ('K', b'K'),
    ('ı', b'i'),
    ('ƽ', b's'),
    ('ɑ', b'a'),
    ('ɡ', b'g'),
    ('ɩ', b'i'),
    ('Ͷ', b'N'),
    ('Α', b'A'),
    ('Β', b'B'),
    ('Ε', b'E'),
    ('Ζ', b'Z'),
    ('Η', b'H'),
    ('Ι', b'I'),
    ('Κ', b'K'),
    ('Μ', b'M'),
    ('Ν', b'N'),
    ('Ο', b'O'),
    ('Ρ', b'P'),
    ('Τ', b'T'),
    ('Υ', b'Y'),
    ('Χ', b'X'),
    ('α', b'a'),
    ('γ', b'y'),
    ('ι', b'i'),
    ('κ', b'k'),
    ('ν', b'v'),
    ('ο', b'o'),
    ('ρ', b'p'),
    ('σ', b'o'),
    ('υ', b'u'),
    ('χ', b'x'),
    ('ω', b'w'),
    ('ϳ', b'j'),
    ('Ѕ', b'S'),
    ('І', b'I'),
    ('Ј', b'J'),
    ('А', b'A'),
    ('В', b'B'),
    ('Е', b'E'),
    ('З', b'3'),
    ('К', b'K'),
    ('М', b'M'),
    ('Н', b'H'),
    ('О', b'O'),
    ('Р', b'P'),
    ('С', b'C'),
    ('Т', b'T'),
    ('У', b'Y'),
    ('Х', b'X'),
    ('а', b'a'),
    ('б', b'6'),
    ('в', b'B'),
    ('г', b'r'),
    ('е', b'e'),
    ('з', b'3'),
    ('к', b'k'),
    ('м', b'm'),
    ('н', b'H'),
    ('о', b'o'),
    ('п', b'n'),
    ('р', b'p'),
    ('с', b'c'),
    ('т', b't'),
    ('у', b'y'),
    ('х', b'x'),
    ('ѕ', b's'),
    ('і', b'i'),
    ('ј', b'j'),
    ('ћ', b'h'),
    ('ѡ', b'w'),
    ('Ү', b'Y'),
    ('ү', b'y'),
    ('һ', b'h'),
    ('Ӏ', b'I'),
    ('ӏ', b'l'),
    ('ԁ', b'd'),
    ('Ԍ', b'G'),
    ('ԛ', b'q'),
    ('Ԝ', b'W'),
    ('ԝ', b'w'),
    ('Տ', b'S'),
    ('Օ', b'O'),
    ('հ', b'h'),
    ('ո', b'n'),
    ('ս', b'u'),
    ('օ', b'o'),
    ('ℓ', b'l'),
    ('∕', b'/'),
    ('∶', b':'),
    ('ꓐ', b'B'),
];

/// The ASCII text that `text` looks like; `None` when a character of it looks like no ASCII one.
pub fn skeleton(text: &str) -> Option<String> {
    text.chars()
        .filter(|&c| !is_invisible(c))
        .map(ascii)
        .collect()
}

fn ascii(c: char) -> Option<char> {
    match c {
        _ if c.is_ascii() => Some(c),
        '\u{1d7ce}'..='\u{1d7ff}' => nth(b'0', (c as u32 - 0x1d7ce) % 10),
        '\u{1d400}'..='\u{1d6a3}' => match (c as u32 - 0x1d400) % 52 {
            n @ 0..26 => nth(b'A', n),
            n => nth(b'a', n - 26),
        },
        '\u{1fbf0}'..='\u{1fbf9}' => nth(b'0', c as u32 - 0x1fbf0),
        _ => {
            let at = LOOK_ALIKES.binary_search_by_key(&c, |l| l.0).ok()?;
            Some(LOOK_ALIKES[at].1 as char)
        }
    }
}

fn nth(first: u8, n: u32) -> Option<char> {
    char::from_u32(u32::from(first) + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_reads_as_letters() {
        assert!(LOOK_ALIKES.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(skeleton("bс1qАВ𝟏𝖟").as_deref(), Some("bc1qAB1z"));
        assert_eq!(
            skeleton("①"),
            None,
            "circled digits are not letters in disguise"
        );
    }
}
