//! Addresses in 32-byte words: log topics and call data pad an account with zeros on the left.
//!
//! It says where such words are; whether one is listed is the scan's to say. Most of them are no
//! addresses at all, so they count as nothing else.

/// Hexadecimal digits of a word.
const WORD: usize = 64;
/// Of these, an account.
const ACCOUNT: usize = 40;
/// Shortest run that holds an account: `0x41…`.
const SHORTEST: usize = 4 + ACCOUNT;
/// Of these, zeros before an account.
const PAD: usize = 24;
/// An account that begins with so many zeros is a number.
const SMALL: usize = 8;

/// Hands over what may be padded accounts in `run`, a run of letters and digits: where the account starts
/// and ends. A word may start at any byte, for call data has selectors and packed arguments. Tron's
/// words have its version byte `41` before the account, `0x41…` is such an account without zeros.
#[inline]
pub(crate) fn padded(run: &[u8], mut each: impl FnMut(usize, usize)) {
    let lead = match run {
        [b'0', b'x' | b'X', ..] => 2,
        // `\\x…`: bytes as databases write them.
        [b'x' | b'X', ..] => 1,
        _ => 0,
    };
    let digits = run.len() - lead;
    let hex = |from: usize| {
        let account = run.get(from..from + ACCOUNT);
        account.is_some_and(|a| a.iter().all(u8::is_ascii_hexdigit))
    };
    if digits == ACCOUNT + 2 && lead > 0 && &run[lead..lead + 2] == b"41" && hex(lead + 2) {
        return each(lead + 2, run.len());
    }
    // Monero's lengths are none of words.
    if digits < WORD || lead == 0 && matches!(digits, 95 | 106) {
        return;
    }
    let mut at = lead;
    while at + WORD <= run.len() {
        let zeros = run[at..].iter().take_while(|b| **b == b'0').count();
        let end = at + zeros;
        let even = |place: usize| (place - lead).is_multiple_of(2);
        if zeros >= PAD {
            // The zeros may be the account's first ones.
            let first = (at + PAD).max((end + 1).saturating_sub(SMALL));
            for start in (first..=end).filter(|s| even(*s) && hex(*s)) {
                each(start, start + ACCOUNT);
            }
        }
        let version = run.get(end..end + 2) == Some(b"41") && even(end);
        if zeros + 2 >= PAD && version && hex(end + 2) {
            each(end + 2, end + 2 + ACCOUNT);
        }
        at = end + 1;
    }
}

/// Hands over every run of letters and digits in `cell` that is long enough for [`padded`].
pub(crate) fn long_runs(cell: &[u8], mut each: impl FnMut(usize, usize)) {
    let mut start = 0;
    while start + SHORTEST <= cell.len() {
        let rest = &cell[start..];
        let len = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        if len >= SHORTEST {
            each(start, start + len);
        }
        start += len + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "d882cfc20f52f2599d84b8e8d58c7fb62cfe344b";

    fn found(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        // Where zeros precede it, some bytes before the account are handed over, too.
        padded(text.as_bytes(), |start, end| {
            let account = &text[start..end];
            found.extend(account.eq_ignore_ascii_case(LISTED).then_some(account));
        });
        found
    }

    #[test]
    fn accounts_in_topics_and_call_data() {
        let account = LISTED;
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
        // Off the grid, by whole bytes.
        assert_eq!(found(&format!("0x12{word}")), [account]);
        assert!(found(&format!("0x1{word}")).is_empty());
        assert_eq!(found(&format!("0xA9059CBB00{word}{number}")), [account]);
        assert_eq!(found(&format!("0X{word}")), [account]);
        assert_eq!(found(&format!("x{word}")), [account]);
        // Tron's virtual machine and its API.
        let tron = format!("{}41{account}", "0".repeat(22));
        assert_eq!(found(&tron), [account]);
        assert_eq!(found(&format!("0xa9059cbb{tron}{number}")), [account]);
        assert_eq!(found(&format!("0x41{account}")), [account]);
        assert!(found("").is_empty() && found("0x").is_empty());
    }
}
