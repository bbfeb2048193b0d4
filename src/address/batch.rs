//! Many tokens at once: what [`decode`] would say of each, for less where that is certain.
//!
//! An answer never differs from [`decode`]'s: it is the same address, or no address and nothing to
//! say about it, or a question that only [`decode`] can answer. It knows nothing of lists.

use super::{Decoded, Reason, decode};

/// What a token is.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// The address that [`decode`] takes it for.
    Address(Decoded),
    /// [`decode`] refuses it, and not for being secret, damaged or cased wrongly.
    Nothing,
    /// Ask [`decode`].
    Ask,
}

/// Judges tokens, and keeps its buffers from one call to the next. One for each worker.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    answers: Vec<Answer>,
}

impl Batch {
    /// Judges the `tokens` of `text`, each a start and an end, and answers in their order. A few
    /// hundred at a time are best: they share what is computed in lanes and stay in the cache.
    ///
    /// # Panics
    /// When a token is no range of `text`.
    pub fn judge(&mut self, text: &[u8], tokens: &[(u32, u32)]) -> &[Answer] {
        self.answers.clear();
        self.answers.extend(tokens.iter().map(|&(start, end)| {
            match decode(&text[start as usize..end as usize]) {
                Ok(decoded) => Answer::Address(decoded),
                Err(error) if is_nothing(error.reason) && error.lead.is_none() => Answer::Nothing,
                Err(_) => Answer::Ask,
            }
        }));
        &self.answers
    }
}

/// Whether a refusal says that a token is no address rather than a damaged one.
const fn is_nothing(reason: Reason) -> bool {
    !matches!(
        reason,
        Reason::Secret | Reason::Padding | Reason::MixedCase | Reason::Checksum
    )
}
