//! One token after the other: by its length and letters to its family, and from there to a
//! checksum, at once or in lanes with others.
//!
//! Whatever is not certain here goes to [`decode`](crate::address::decode): the families are few,
//! their accepted texts are most of what exports hold.

use super::base58::{self, BITCOIN, RIPPLE};
use super::lanes::{bytes_of, of_bytes};
use super::{Answer, bech32, curve, keccak, sha256};
use crate::address::codec::bech32::Variant;
use crate::address::codec::curve::{Field, must_be_square};
use crate::address::codec::monero::{halves, keys};
use crate::address::detect::{INDEX, Index, NONE, Use, found, is_nothing, shaped};
use crate::address::formats::{Codec, FORMATS, Format, Program, by_id};
use crate::address::{Decoded, Identity, Namespace};
use std::arch::x86_64::*;
use std::sync::LazyLock;

/// A token in a vector, its last byte in the last place.
#[derive(Clone, Copy)]
struct Token<'t> {
    text: &'t [u8],
    vector: __m512i,
    /// Which bytes are its own; all when there is no room for more.
    own: u64,
    lower: u64,
    upper: u64,
}

/// Answers for the `tokens` of `text`.
#[target_feature(enable = "avx512ifma,avx512vbmi,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn judge(text: &[u8], tokens: &[[u32; 2]], answers: &mut Vec<Answer>) {
    let index = &*INDEX;
    let mut casings = Casings::default();
    let mut sums = Sums::default();
    let mut points = Points::default();
    for (nth, &[start, end]) in tokens.iter().enumerate() {
        let token = &text[start as usize..end as usize];
        let answer = match token.len() {
            25..=66 => {
                let token = vector(text, token, end as usize);
                look(index, &token, nth as u32, &mut casings, &mut sums)
            }
            95 | 106 => monero(token, nth as u32, &mut points),
            // Most of them are transactions' hashes in base58.
            67..=94 if !token.contains(&b':') && is_nothing(token) => Some(Answer::Nothing),
            _ => None,
        };
        answers.push(answer.unwrap_or_else(|| Answer::of(token)));
        if casings.count == 8 {
            casings.settle(text, tokens, answers);
        }
        if sums.count == 16 {
            sums.settle(text, tokens, answers);
        }
        if points.count == 8 {
            points.settle(text, tokens, answers);
        }
    }
    casings.settle(text, tokens, answers);
    sums.settle(text, tokens, answers);
    points.settle(text, tokens, answers);
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn vector<'t>(text: &[u8], token: &'t [u8], end: usize) -> Token<'t> {
    let vector = match text[..end].last_chunk::<64>() {
        Some(bytes) => of_bytes(*bytes),
        None => {
            let mut bytes = [0; 64];
            bytes[64 - end..].copy_from_slice(&text[..end]);
            of_bytes(bytes)
        }
    };
    let own = !0 << 64_usize.saturating_sub(token.len());
    let letters = |first: u8| {
        let from_first = _mm512_sub_epi8(vector, _mm512_set1_epi8(first as i8));
        _mm512_mask_cmplt_epu8_mask(own, from_first, _mm512_set1_epi8(26))
    };
    Token {
        text: token,
        vector,
        own,
        lower: letters(b'a'),
        upper: letters(b'A'),
    }
}

impl Token<'_> {
    /// Which bytes are hex digits.
    #[inline]
    #[target_feature(enable = "avx512bw")]
    fn hex(&self) -> u64 {
        let below = |from: u8, vector: __m512i, n: i8| {
            let from_first = _mm512_sub_epi8(vector, _mm512_set1_epi8(from as i8));
            _mm512_cmplt_epu8_mask(from_first, _mm512_set1_epi8(n))
        };
        let lowered = _mm512_or_si512(self.vector, _mm512_set1_epi8(0x20));
        below(b'0', self.vector, 10) | below(b'a', lowered, 6)
    }

    #[inline]
    #[target_feature(enable = "avx512bw")]
    fn is(&self, byte: u8) -> u64 {
        _mm512_mask_cmpeq_epi8_mask(self.own, self.vector, _mm512_set1_epi8(byte as i8))
    }

    /// The values of its characters, or `None` when one has none.
    #[inline]
    #[target_feature(enable = "avx512bw,avx512vbmi")]
    fn values(&self, table: &base58::Table, of: u64) -> Option<__m512i> {
        let values = _mm512_permutex2var_epi8(table[0], self.vector, table[1]);
        let bad = _mm512_movepi8_mask(_mm512_or_si512(values, self.vector)) & of;
        (bad == 0).then(|| _mm512_maskz_mov_epi8(of, values))
    }
}

#[inline]
#[target_feature(enable = "avx512vbmi,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn look(
    index: &Index,
    token: &Token<'_>,
    nth: u32,
    casings: &mut Casings,
    sums: &mut Sums,
) -> Option<Answer> {
    let len = token.text.len();
    let prefixed = matches!(token.text, [b'0', b'x' | b'X', ..]);
    if len == 40 || len == 42 && prefixed {
        const DIGITS: u64 = !0 << 24;
        if token.hex() & DIGITS == DIGITS {
            return Some(evm(index, token, nth, casings));
        }
        if prefixed {
            return None;
        }
    }
    if len >= 64 {
        return is_hash(index, token, prefixed).then_some(Answer::Nothing);
    }
    // No text of mixed case is bech32 or CashAddr, and hardly one of base58 is of one case.
    if token.lower == 0 || token.upper == 0 {
        return segwit(index, token).or_else(|| cash(index, token));
    }
    match len {
        25..=36 => base58check(index, token, nth, sums),
        43 | 44 => plain58(index, token),
        _ => None,
    }
}

/// An account of 40 hex digits.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi,bmi2")]
fn evm(index: &Index, token: &Token<'_>, nth: u32, casings: &mut Casings) -> Answer {
    // The low four bits, and nine more for a letter.
    let letter = _mm512_set1_epi8(0x40);
    let is_letter = _mm512_test_epi8_mask(token.vector, letter);
    let low = _mm512_and_si512(token.vector, _mm512_set1_epi8(15));
    let nibbles = _mm512_mask_add_epi8(low, is_letter, low, _mm512_set1_epi8(9));
    let pairs = _mm512_maddubs_epi16(nibbles, _mm512_set1_epi16(0x0110));
    let bytes = bytes_of(_mm512_zextsi256_si512(_mm512_cvtepi16_epi8(pairs)));
    let identity = Identity::new(Namespace::Evm, &bytes[12..32]);
    const DIGITS: u64 = !0 << 24;
    let (lower, upper) = (token.lower & DIGITS, token.upper & DIGITS);
    if lower != 0 && upper != 0 {
        let lowered = bytes_of(_mm512_or_si512(token.vector, _mm512_set1_epi8(0x20)));
        casings.add(nth, &lowered, lower | upper, upper);
    }
    Answer::Address(found(index.evm[0], identity))
}

/// Accounts whose mixed case is yet to be checked.
#[derive(Default)]
struct Casings {
    messages: keccak::Messages,
    /// Letters and upper-case letters, the first digit in the lowest bit.
    letters: [u64; 8],
    upper: [u64; 8],
    nth: [u32; 8],
    count: usize,
}

impl Casings {
    #[inline]
    fn add(&mut self, nth: u32, lowered: &[u8; 64], letters: u64, upper: u64) {
        let at = self.count % 8;
        let (words, _) = lowered[24..].as_chunks::<8>();
        for (lanes, word) in self.messages.iter_mut().zip(words) {
            lanes[at] = u64::from_le_bytes(*word);
        }
        self.letters[at] = letters >> 24;
        self.upper[at] = upper >> 24;
        self.nth[at] = nth;
        self.count += 1;
    }

    #[inline]
    #[target_feature(enable = "avx512f,bmi2")]
    fn settle(&mut self, text: &[u8], tokens: &[[u32; 2]], answers: &mut [Answer]) {
        if self.count == 0 {
            return;
        }
        // A digit is upper case where the highest bit of its half byte is set.
        const HIGH: u64 = 0x8888_8888_8888_8888;
        let [first, second, third] = keccak::digests(&self.messages);
        for at in 0..self.count {
            let raised = _pext_u64(first[at], HIGH)
                | _pext_u64(second[at], HIGH) << 16
                | _pext_u64(third[at] & 0xffff_ffff, HIGH) << 32;
            // The first digit of a byte is its upper half.
            let raised = raised >> 1 & 0x5555_5555_5555 | (raised & 0x5555_5555_5555) << 1;
            if raised & self.letters[at] != self.upper[at] {
                again(text, tokens, answers, self.nth[at]);
            }
        }
        self.count = 0;
    }
}

#[cold]
fn again(text: &[u8], tokens: &[[u32; 2]], answers: &mut [Answer], nth: u32) {
    let [start, end] = tokens[nth as usize];
    answers[nth as usize] = Answer::of(&text[start as usize..end as usize]);
}

/// 64 hex digits that no scheme reads: base58 and base32 have no zero, and of the human-readable
/// parts only Bitcoin's is hex.
#[inline]
#[target_feature(enable = "avx512bw")]
fn is_hash(index: &Index, token: &Token<'_>, prefixed: bool) -> bool {
    let len = token.text.len();
    if len != 64 && !(len == 66 && prefixed) || token.hex() != !0 {
        return false;
    }
    match token.text[0] {
        b'b' | b'B' | b'f' | b'F' => false,
        first => !index.hashlike[usize::from(first)] || token.is(b'0') >> 32 != 0,
    }
}

/// bech32 of 20 or 32 bytes with a known human-readable part.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vpopcntdq,lzcnt")]
fn segwit(index: &Index, token: &Token<'_>) -> Option<Answer> {
    let len = token.text.len();
    let ones = token.is(b'1') >> (64 - len) & 0x7_ffff;
    let at = 63_usize.checked_sub(ones.leading_zeros() as usize)?;
    let symbols = len - at - 1;
    let (slot, from, count) = match symbols {
        38 => (0, 26, 32),
        39 => (1, 26, 32),
        58 => (2, 6, 52),
        59 => (3, 6, 52),
        _ => return None,
    };
    let part = index.part(&token.text[..at])?;
    let values = token.values(&bech32::VALUE, !0 << (64 - symbols))?;
    let residue = bech32::polymod(values) ^ part.ends[slot];
    let bytes = bech32::packed(values, from, count);
    let size = count * 5 / 8;
    // What is left of the last symbol.
    if bytes[32] != 0 {
        return None;
    }
    let (row, namespace) = match &part.use_ {
        Use::Segwit(rows) => {
            let (program, variant) = match (symbols, token.text[at + 1] | 0x20) {
                (39, b'q') => (Program::Key, Variant::Bech32),
                (59, b'q') => (Program::Script, Variant::Bech32),
                (59, b'p') => (Program::Taproot, Variant::Bech32m),
                _ => return None,
            };
            let row = rows[program as usize];
            if row == NONE || residue != variant.residue() {
                return None;
            }
            (row, FORMATS[usize::from(row)].namespace)
        }
        Use::Plain(row) => {
            let Codec::Bech32 {
                variant, payload, ..
            } = FORMATS[usize::from(*row)].codec
            else {
                return None;
            };
            if !matches!(symbols, 38 | 58) || residue != variant.residue() {
                return None;
            }
            (*row, payload.iter().find(|(len, _)| *len == size)?.1)
        }
    };
    let identity = Identity::new(namespace, &bytes[..size]);
    Some(Answer::Address(found(row, identity)))
}

/// A CashAddr of 20 bytes without its prefix, as Bitcoin Cash writes it.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vpopcntdq")]
fn cash(index: &Index, token: &Token<'_>) -> Option<Answer> {
    if token.text.len() != 42 || !b"qpzr".contains(&(token.text[0] | 0x20)) {
        return None;
    }
    let (_, _, rows) = index.cash.first()?;
    let values = token.values(&bech32::VALUE, token.own)?;
    if bech32::cash_polymod(values) ^ index.cash_end != 1 {
        return None;
    }
    let bytes = bech32::packed(values, 22, 34);
    let kind = bytes[0] >> 3;
    if bytes[0] & 7 != 0 || kind > 3 || bytes[21] != 0 {
        return None;
    }
    let script = kind & 1 == 1;
    let row = rows[usize::from(script)];
    let namespace = match script {
        false => Namespace::H160Key,
        true => Namespace::H160Script,
    };
    let identity = Identity::new(namespace, &bytes[1..21]);
    (row != NONE).then(|| Answer::Address(found(row, identity)))
}

/// base58 of 20 bytes with a version before and a checksum behind.
#[inline]
#[target_feature(enable = "avx512vbmi,bmi1,lzcnt")]
fn base58check(index: &Index, token: &Token<'_>, nth: u32, sums: &mut Sums) -> Option<Answer> {
    let len = token.text.len();
    let first = token.text[0];
    let ripple = first == b'r' && len <= 35;
    if !(ripple || index.lead[usize::from(first)] || len >= 32) {
        return None;
    }
    let digits = token.values(if ripple { &RIPPLE } else { &BITCOIN }, token.own)?;
    let n = base58::number(digits)?;
    let some = _mm512_test_epi8_mask(digits, digits);
    let zeros = (some >> (64 - len)).trailing_zeros();
    let (bytes, row, version) = match zeros + base58::bytes(&n) {
        25 => {
            let bytes = base58::moved::<56>(&n);
            let row = match ripple {
                true if bytes[0] == 0 => index.ripple,
                true => NONE,
                false => index.one[usize::from(bytes[0])],
            };
            (bytes, row, 1)
        }
        26 if !ripple => {
            let bytes = base58::moved::<48>(&n);
            let two = index.two.iter().find(|(v, _)| *v == bytes[..2])?;
            (bytes, two.1, 2)
        }
        _ => return None,
    };
    if row == NONE {
        return None;
    }
    sums.add(nth, &bytes, version);
    let namespace = FORMATS[usize::from(row)].namespace;
    let identity = match version {
        1 => Identity::new(namespace, &bytes[1..21]),
        _ => Identity::new(namespace, &bytes[2..22]),
    };
    Some(Answer::Address(found(row, identity)))
}

/// Texts whose double SHA-256 is yet to be checked.
#[derive(Default)]
struct Sums {
    messages: sha256::Messages,
    bits: [u32; 16],
    wanted: [u32; 16],
    nth: [u32; 16],
    count: usize,
}

impl Sums {
    /// `bytes`: version, payload and checksum.
    #[inline]
    fn add(&mut self, nth: u32, bytes: &[u8; 32], version: u32) {
        let at = self.count % 16;
        let (words, _) = bytes.as_chunks::<4>();
        for (lanes, word) in self.messages.iter_mut().zip(words) {
            lanes[at] = u32::from_be_bytes(*word);
        }
        let rest = 8 * version;
        let both =
            u64::from(u32::from_be_bytes(words[5])) << 32 | u64::from(u32::from_be_bytes(words[6]));
        self.wanted[at] = (both >> (32 - rest)) as u32;
        self.messages[5][at] = (both >> 32) as u32 & !(!0 >> rest) | 0x8000_0000 >> rest;
        self.bits[at] = 160 + rest;
        self.nth[at] = nth;
        self.count += 1;
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn settle(&mut self, text: &[u8], tokens: &[[u32; 2]], answers: &mut [Answer]) {
        if self.count == 0 {
            return;
        }
        let sums = sha256::double(&self.messages, &self.bits);
        for (at, sum) in sums.iter().enumerate().take(self.count) {
            if *sum != self.wanted[at] {
                again(text, tokens, answers, self.nth[at]);
            }
        }
        self.count = 0;
    }
}

/// base58 of 32 bytes without a checksum, where no odd scheme takes it first.
#[inline]
#[target_feature(enable = "avx512vbmi,bmi1,lzcnt")]
fn plain58(index: &Index, token: &Token<'_>) -> Option<Answer> {
    let digits = token.values(&BITCOIN, token.own)?;
    let n = base58::number(digits)?;
    let some = _mm512_test_epi8_mask(digits, digits);
    let zeros = (some >> (64 - token.text.len())).trailing_zeros();
    if zeros + base58::bytes(&n) != 32 {
        return None;
    }
    let (_, row) = index.plain.iter().find(|(payload, _)| *payload == 32)?;
    if shaped(index, token.text, |_, _, _| {}).is_some() {
        return None;
    }
    let namespace = FORMATS[usize::from(*row)].namespace;
    let identity = Identity::new(namespace, &base58::moved::<0>(&n));
    Some(Answer::Address(found(*row, identity)))
}

/// The rows of Monero's main network: account, subaddress, integrated.
static MONERO: LazyLock<[&'static Format; 3]> = LazyLock::new(|| {
    ["xmr", "xmr-subaddress", "xmr-integrated"].map(|id| by_id(id).expect("a row of the table"))
});

/// An address of Monero's main network, whose keys are yet to be found on the curve. No row before
/// Monero's takes texts of its lengths, unless they are of one case.
fn monero(token: &[u8], nth: u32, points: &mut Points) -> Option<Answer> {
    let (row, keys) = match (token[0], token.len()) {
        (b'4', 95) => (0, keys::<18, false>(token)),
        (b'8', 95) => (1, keys::<42, false>(token)),
        (b'4', 106) => (2, keys::<19, true>(token)),
        _ => return None,
    };
    let keys = keys.ok()?;
    let mut numbers = [[0; 5]; 2];
    for (number, key) in numbers.iter_mut().zip(halves(&keys)) {
        // Keys that need no question are the rarest.
        *number = must_be_square(key).ok()?;
    }
    points.add(nth, numbers);
    Some(Answer::Address(Decoded {
        format: MONERO[row],
        identity: Identity::new(Namespace::Monero, &keys),
    }))
}

/// Numbers that are yet to be found squares, two for an address.
#[derive(Default)]
struct Points {
    numbers: [Field; 8],
    nth: [u32; 4],
    count: usize,
}

impl Points {
    fn add(&mut self, nth: u32, numbers: [Field; 2]) {
        self.nth[self.count / 2] = nth;
        self.numbers[self.count..][..2].copy_from_slice(&numbers);
        self.count += 2;
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn settle(&mut self, text: &[u8], tokens: &[[u32; 2]], answers: &mut [Answer]) {
        if self.count == 0 {
            return;
        }
        let squares = curve::squares(&self.numbers);
        for (pair, nth) in squares.chunks(2).zip(self.nth).take(self.count / 2) {
            if pair != [true; 2] {
                again(text, tokens, answers, nth);
            }
        }
        self.count = 0;
    }
}
