//! Many tokens at once: what [`decode`] would say of each, for less where that is certain.
//!
//! An answer never differs from [`decode`]'s: it is the same address, or no address and nothing to
//! say about it, or a question that only [`decode`] can answer. On processors with AVX-512 the
//! common formats are read by vector instructions, and their checksums computed in lanes; elsewhere
//! every token goes to [`decode`]. It knows nothing of lists.

#[cfg(target_arch = "x86_64")]
mod base58;
#[cfg(target_arch = "x86_64")]
mod bech32;
#[cfg(target_arch = "x86_64")]
mod curve;
#[cfg(target_arch = "x86_64")]
mod judge;
#[cfg(target_arch = "x86_64")]
mod keccak;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod sha256;

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

impl Answer {
    /// The answer that decoding gives.
    fn of(token: &[u8]) -> Self {
        match decode(token) {
            Ok(decoded) => Self::Address(decoded),
            Err(error) if is_nothing(error.reason) && error.lead.is_none() => Self::Nothing,
            Err(_) => Self::Ask,
        }
    }
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
    pub fn judge(&mut self, text: &[u8], tokens: &[[u32; 2]]) -> &[Answer] {
        self.answers.clear();
        self.answers.reserve(tokens.len());
        #[cfg(target_arch = "x86_64")]
        if lanes::judge(text, tokens, &mut self.answers) {
            return &self.answers;
        }
        let token = |&[start, end]: &[u32; 2]| &text[start as usize..end as usize];
        self.answers
            .extend(tokens.iter().map(|at| Answer::of(token(at))));
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

#[cfg(test)]
mod tests;
