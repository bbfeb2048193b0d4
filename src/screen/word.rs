//! Addresses in 32-byte words: log topics and call data pad an account with zeros on the left.
//!
//! It says where such words are; whether one is listed is the scan's to say. Most of them are no
//! addresses at all, so they count as nothing else.

/// Hexadecimal digits of a word.
const WORD: usize = 64;
/// Of these, zeros before an account.
const PAD: usize = 24;
/// An account that begins with so many zeros is a number.
const SMALL: usize = 8;

/// Hands over the padded accounts in `run`, a run of letters and digits: where the account starts
/// and ends. Words are counted from the start, or from after a function's four-byte selector.
#[inline]
pub(crate) fn padded(run: &[u8], mut each: impl FnMut(usize, usize)) {
    let lead = if run.starts_with(b"0x") { 2 } else { 0 };
    let digits = run.len() - lead;
    if digits < WORD {
        return;
    }
    let first = match digits % WORD {
        0 => lead,
        8 => lead + 8,
        _ => return,
    };
    for start in (first..run.len()).step_by(WORD) {
        let word = &run[start..start + WORD];
        if word[..PAD].iter().all(|b| *b == b'0')
            && word[PAD..PAD + SMALL].iter().any(|b| *b != b'0')
            && word[PAD..].iter().all(u8::is_ascii_hexdigit)
        {
            each(start + PAD, start + WORD);
        }
    }
}

/// Hands over every run of letters and digits in `cell` that is long enough to hold a word.
pub(crate) fn long_runs(cell: &[u8], mut each: impl FnMut(usize, usize)) {
    let mut start = 0;
    while start + WORD <= cell.len() {
        let rest = &cell[start..];
        let len = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        if len >= WORD {
            each(start, start + len);
        }
        start += len + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        padded(text.as_bytes(), |start, end| found.push(&text[start..end]));
        found
    }

    #[test]
    fn accounts_in_topics_and_call_data() {
        let account = "d882cfc20f52f2599d84b8e8d58c7fb62cfe344b";
        let word = format!("{}{account}", "0".repeat(24));
        let number = format!("{:0>64}", "de0b6b3a7640000");
        assert_eq!(found(&format!("0x{word}")), [account]);
        assert_eq!(found(&word), [account]);
        // transfer(address,uint256)
        assert_eq!(found(&format!("0xa9059cbb{word}{number}")), [account]);
        assert_eq!(
            found(&format!("0x{number}{word}{word}")),
            [account, account]
        );
        assert!(found(&format!("0x{number}")).is_empty());
        assert!(found(&format!("0x{}", "ab".repeat(32))).is_empty());
        assert!(found(&format!("0x12{word}")).is_empty());
        assert!(found("").is_empty() && found("0x").is_empty());
    }
}
