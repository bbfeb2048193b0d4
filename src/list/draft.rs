//! Addresses made ready apart from their list, so that several threads can do it: their texts as the
//! list will keep them, and what they answer to.
//!
//! It knows no entities: [`ListBuilder::add`](super::ListBuilder::add) gives them one.

use super::model::push_texts;
use super::reach::Reach;
use crate::address::{Decoded, FORMATS, Format};
use std::ptr;

/// Listings that are nothing but an address: without label, note or date of their own.
#[derive(Debug, Default)]
pub struct Draft {
    pub(super) arena: String,
    pub(super) listings: Vec<Drafted>,
    pub(super) reach: Reach,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Drafted {
    /// Where its texts start.
    pub(super) texts: u32,
    /// Its place in [`FORMATS`].
    pub(super) format: u16,
}

impl Draft {
    /// Empties it; its buffers stay.
    pub fn clear(&mut self) {
        self.arena.clear();
        self.listings.clear();
        self.reach.clear();
    }

    /// Adds an address, which [`decode`](crate::address::decode) has read.
    pub fn push(&mut self, text: &str, locator: &str, decoded: &Decoded) {
        let ix = self.listings.len() as u32;
        self.listings.push(Drafted {
            texts: self.arena.len() as u32,
            format: format_ix(decoded.format),
        });
        push_texts(&mut self.arena, [text, "", locator, "", ""]);
        self.reach.add(ix, text, Some(decoded));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.listings.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.listings.is_empty()
    }
}

/// The place of a format in the table, where it lies.
pub(super) fn format_ix(format: &'static Format) -> u16 {
    let before = ptr::from_ref(format)
        .addr()
        .wrapping_sub(FORMATS.as_ptr().addr());
    let ix = before / size_of::<Format>();
    let is_it = FORMATS.get(ix).is_some_and(|f| ptr::eq(f, format));
    if is_it { ix as u16 } else { u16::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_place() {
        for (ix, format) in FORMATS.iter().enumerate() {
            assert_eq!(usize::from(format_ix(format)), ix, "{}", format.id);
        }
    }
}
