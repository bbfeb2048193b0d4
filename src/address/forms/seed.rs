//! Seed phrases of the English list of BIP-39, so that they are never echoed.
//!
//! It knows the words by 16 bits each, not the words: one in thirty-two other words passes for one,
//! twelve in a row do not. It looks at no checksum, since a mistyped phrase is still one, and knows no
//! list of another language.

use super::seed_words::FOLDED;

/// Words of the shortest phrase.
const LEAST: usize = 12;

/// Whether at least twelve words of the list follow each other.
pub(super) fn is_phrase(text: &str) -> bool {
    let mut row = 0;
    text.split(|c: char| !c.is_alphanumeric())
        // `1. abandon 2. ability`
        .filter(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()))
        .any(|word| {
            row = if is_word(word) { row + 1 } else { 0 };
            row == LEAST
        })
}

fn is_word(word: &str) -> bool {
    (3..=8).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_alphabetic())
        && FOLDED.binary_search(&fold(word)).is_ok()
}

/// 32-bit FNV-1a of the word in lower case, both halves put together.
fn fold(word: &str) -> u16 {
    let state = word.bytes().fold(0x811c_9dc5_u32, |state, byte| {
        (state ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    });
    (state >> 16 ^ state) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The English test vectors that BIP-39 refers to; all of them are public.
    const VECTORS: [&str; 24] = [
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
        "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon agent",
        "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal will",
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter always",
        "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo when",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art",
        "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title",
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless",
        "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote",
        "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
        "gravity machine north sort system female filter attitude volume fold club stay feature office ecology stable narrow fog",
        "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
        "scheme spot photo card baby mountain device kick cradle pact join borrow",
        "horn tenant knee talent sponsor spell gate clip pulse soap slush warm silver nephew swap uncle crack brave",
        "panda eyebrow bullet gorilla call smoke muffin taste mesh discover soft ostrich alcohol speed nation flash devote level hobby quick inner drive ghost inside",
        "cat swing flag economy stadium alone churn speed unique patch report train",
        "light rule cinnamon wrap drastic word pride squirrel upgrade then income fatal apart sustain crack supply proud access",
        "all hour make first leader extend hole alien behind guard gospel lava path output census museum junior mass reopen famous sing advance salt reform",
        "vessel ladder alter error federal sibling chat ability sun glass valve picture",
        "scissors invite lock maple supreme raw rapid void congress muscle digital elegant little brisk hair mango congress clump",
        "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold",
    ];

    #[test]
    fn published_phrases_are_phrases() {
        for phrase in VECTORS {
            assert!(phrase.split(' ').all(is_word), "{phrase}");
            for text in [
                phrase.to_owned(),
                phrase.to_uppercase(),
                phrase.replace(' ', ", "),
                format!("my seed is: {phrase}."),
                (1..)
                    .zip(phrase.split(' '))
                    .map(|(n, word)| format!("{n}. {word} "))
                    .collect(),
            ] {
                assert!(is_phrase(&text), "{text}");
            }
        }
        // The last word mistyped for another of the list.
        assert!(is_phrase(&VECTORS[0].replace("about", "zoo")));
    }

    /// Other words pass now and then, a row of them does not.
    #[test]
    fn prose_is_no_phrase() {
        for text in [
            "abandon ".repeat(11).as_str(),
            "payment for the second half of the order, please confirm when it has arrived",
            "The property of the above persons is blocked; transactions by United States persons \
             that involve blocked property are generally prohibited unless licensed, and reports \
             must be filed within ten business days after property becomes blocked.",
        ] {
            assert!(!is_phrase(text), "{text}");
        }
        for text in ["überall", "ab1cde", "of", "mistaken", "wallets"] {
            assert!(!is_word(text), "{text}");
        }
    }

    #[test]
    fn words_are_few_and_in_order() {
        assert!(FOLDED.is_sorted_by(|a, b| a < b));
        assert!((2000..=2048).contains(&FOLDED.len()));
    }
}
