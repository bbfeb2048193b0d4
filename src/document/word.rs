//! What a single word of a document is: an address, something that only looks like one, or neither.
//!
//! It knows the words beside it, not how broken ones are put together.

use super::extract::Extractor;
use super::proof::{self, LONGEST, Proof};
use super::tokens::{Held, Token, is_hyphen};
use super::{around, examples};
use crate::address::{self, Address, AddressError, Reason, network};

/// The kind of what is counted and never shown.
pub(super) const SECRET: &str = "secret-material";

/// What a word is.
pub(super) enum What {
    /// Nothing known.
    Word,
    /// An address, from here to there in the clean text.
    Address(Box<Address>, u32, u32),
    /// Something else that looks like one.
    Not(&'static str),
    /// No address, but near one.
    Refused(AddressError),
    /// An identifier that is named as an address of an asset whose addresses look otherwise.
    Mislabelled,
}

impl Extractor {
    /// What a long word is by itself.
    pub(super) fn what(&self, token: Token) -> What {
        let held = &self.window[token.line as usize];
        let line = held.text();
        let (start, end) = (token.start as usize, token.end as usize);
        let word = &line[start..end];
        if word.len() > LONGEST + 60 {
            return match address::not_address(word) {
                Some(kind) => What::Not(kind.id()),
                None => What::Word,
            };
        }
        if let Some((from, to)) = wider(line, start, end)
            && let Ok(address) = Address::parse(&line[from..to])
        {
            return self.judged(address, token.line, from, to);
        }
        // `ETH0x…`: where hex begins is where the address begins.
        if let Some(at) = word
            .find("0x")
            .filter(|at| *at > 0 && word.len() - at == 42)
            && let Ok(address) = Address::parse(&word[at..])
        {
            return self.judged(address, token.line, start + at, end);
        }
        match Address::parse(word) {
            Ok(address) => self.judged(address, token.line, start, end),
            Err(error) if error.reason == Reason::Secret => What::Not(SECRET),
            Err(error) => {
                if let Some(kind) = address::not_address(word) {
                    if kind == address::NotAddress::TransactionHash && word.len() <= 66 {
                        return self.sixty_four(held, start, end);
                    }
                    return What::Not(kind.id());
                }
                What::Refused(error)
            }
        }
    }

    /// A text that decodes: whether it is an address here.
    fn judged(&self, address: Address, line: u32, from: usize, to: usize) -> What {
        let (number, held) = (line as usize, &self.window[line as usize]);
        let line = held.text();
        let text = &line[from..to];
        let found = |a: Address| What::Address(Box::new(a), from as u32, to as u32);
        if examples::is_example(address.canonical())
            && !self.listed_examples.contains(address.canonical())
        {
            return What::Not("example-address");
        }
        let Ok(decoded) = address::decode(text.as_bytes()) else {
            return What::Word;
        };
        if proof::proof(&decoded, text) > Proof::None {
            return found(address);
        }
        let label = around::label_before(line, from);
        let fits = label
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| network::label_fits(word, address.format()) == Some(true));
        if decoded.format.check == address::formats::Check::Casing {
            if !text.starts_with("0x") && !text.starts_with("0X") {
                return if fits {
                    found(address)
                } else {
                    What::Not("hex-40")
                };
            }
            // The first line of a transaction hash can be just as long as an address.
            if self.goes_on_in_hex(number, to, text.len() - 2) {
                return What::Word;
            }
            return found(address);
        }
        if fits || around::speaks_of(held, from, address.networks()) {
            return found(address);
        }
        What::Not("unlabelled-identifier")
    }

    /// Whether hex digits follow on the next line that make 64 of them in all.
    fn goes_on_in_hex(&self, line: usize, to: usize, digits: usize) -> bool {
        if !self.window[line].text()[to..]
            .trim_matches(|c: char| c.is_whitespace() || is_hyphen(c))
            .is_empty()
        {
            return false;
        }
        let mut below = self.window[line + 1..].iter();
        let Some(next) = below.find(|h| !h.line.hidden && !h.is_blank()) else {
            return false;
        };
        let next = next.text().trim_start();
        let more = next.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends = !next[more..].starts_with(|c: char| c.is_ascii_alphanumeric());
        ends && digits + more == 64
    }

    /// 64 hex digits: a transaction unless they are called an address.
    fn sixty_four(&self, held: &Held, start: usize, end: usize) -> What {
        let line = held.text();
        let label = around::label_before(line, start);
        let before = around::tail(&line[..start], 60).to_ascii_lowercase();
        let transaction = ["transaction", "txid", "tx", "hash", "block"];
        let said = before
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|w| transaction.contains(&w));
        if label.is_empty() || said {
            return What::Not("transaction-hash");
        }
        let called = before.contains("address") || before.contains("wallet");
        for word in label.split(|c: char| !c.is_ascii_alphanumeric()) {
            // A token of many networks is named beside its transactions as well as its accounts.
            let single = network::asset(word).is_some_and(|asset| asset.networks.len() == 1);
            if !single && !called {
                continue;
            }
            if let Ok(address) = Address::parse_as(&line[start..end], word, false) {
                return What::Address(Box::new(address), start as u32, end as u32);
            }
        }
        if called {
            What::Mislabelled
        } else {
            What::Not("transaction-hash")
        }
    }
}

/// The address text around a word that has more than letters and digits in it: a CashAddr prefix,
/// `nano_`, TON's base64 and raw forms.
pub(super) fn wider(line: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let bytes = line.as_bytes();
    let before = start.checked_sub(1).map(|at| bytes[at]);
    let after = bytes.get(end).copied();
    if let Some(mark @ (b':' | b'_')) = before {
        let name = bytes[..start - 1]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
            .count();
        let from = start - 1 - name;
        let known: &[&str] = if mark == b':' {
            &[
                "bitcoincash",
                "bchtest",
                "bchreg",
                "ecash",
                "ectest",
                "0",
                "-1",
                "ronin",
                "xdc",
                "kaspa",
            ]
        } else {
            &["nano", "xrb", "ban"]
        };
        let word = line[from..start - 1].to_ascii_lowercase();
        if known.contains(&&*word) {
            return Some((from, end));
        }
    }
    let inner = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/');
    if before.is_some_and(|b| inner(&b)) || after.is_some_and(|b| inner(&b)) {
        let from = start - bytes[..start].iter().rev().take_while(|b| inner(b)).count();
        let to = end + bytes[end..].iter().take_while(|b| inner(b)).count();
        if to - from == 48 {
            return Some((from, to));
        }
    }
    None
}
