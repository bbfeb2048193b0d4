//! Texts that were looked at before and are plain addresses, so that checksums are not computed again.
//!
//! Bounded, one place for each text: a newer text takes an older one's place. The whole text is kept
//! and compared, so nothing is taken for what it is not.

/// Places for texts of up to 63 bytes.
const SHORT: usize = 1 << 14;
/// Places for texts of up to 127 bytes (Monero's addresses).
const LONG: usize = 1 << 12;

#[derive(Clone, Debug)]
struct Places<const N: usize>(Box<[[u8; N]]>);

impl<const N: usize> Places<N> {
    fn new(places: usize) -> Self {
        Self(vec![[0; N]; places].into())
    }

    #[inline]
    fn place(&mut self, text: &[u8]) -> &mut [u8; N] {
        let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) else {
            return &mut self.0[0];
        };
        let first = u64::from_le_bytes(*first).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let x =
            (first.rotate_left(29) ^ u64::from_le_bytes(*last)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let at = (x >> 32) as usize & (self.0.len() - 1);
        &mut self.0[at]
    }

    #[inline]
    fn has(&mut self, text: &[u8]) -> bool {
        let place = self.place(text);
        usize::from(place[0]) == text.len() && place[1..=text.len()] == *text
    }

    #[inline]
    fn keep(&mut self, text: &[u8]) {
        let place = self.place(text);
        place[0] = text.len() as u8;
        place[1..=text.len()].copy_from_slice(text);
    }
}

/// One worker's memory of plain addresses.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    short: Places<64>,
    long: Places<128>,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            short: Places::new(SHORT),
            long: Places::new(LONG),
        }
    }
}

impl Cache {
    /// Whether `text` was kept.
    #[inline]
    pub(super) fn has(&mut self, text: &[u8]) -> bool {
        match text.len() {
            ..=63 => self.short.has(text),
            64..=127 => self.long.has(text),
            _ => false,
        }
    }

    /// Keeps `text`.
    #[inline]
    pub(super) fn keep(&mut self, text: &[u8]) {
        match text.len() {
            ..=63 => self.short.keep(text),
            64..=127 => self.long.keep(text),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_whole_texts() {
        let mut cache = Cache::default();
        for len in [25, 34, 63, 64, 95, 127] {
            let text = "a".repeat(len);
            assert!(!cache.has(text.as_bytes()));
            cache.keep(text.as_bytes());
            assert!(cache.has(text.as_bytes()));
            // The same ends, another middle.
            let mut other = text.clone().into_bytes();
            other[len / 2] = b'b';
            assert!(!cache.has(&other));
        }
        let long = [b'a'; 128];
        cache.keep(&long);
        assert!(!cache.has(&long));
    }
}
