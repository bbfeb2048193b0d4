//! Whether 32 bytes are a point of the ed25519 curve in its compressed form (RFC 8032, 5.1.3).
//!
//! Only the question is answered, the point is not computed: Monero refuses keys that are none.

/// A number modulo 2^255 - 19, five limbs of 51 bits.
pub(crate) type Field = [u64; 5];

pub(crate) const MASK: u64 = (1 << 51) - 1;
/// -121665/121666.
const D: Field = [
    929_955_233_495_203,
    466_365_720_129_213,
    1_662_059_464_998_953,
    2_033_849_074_728_123,
    1_442_794_654_840_575,
];
const ONE: Field = [1, 0, 0, 0, 0];

fn load(bytes: &[u8; 32]) -> Field {
    let word = |i: usize| {
        let chunk = bytes[i..]
            .first_chunk::<8>()
            .expect("eight bytes from there");
        u64::from_le_bytes(*chunk)
    };
    [
        word(0) & MASK,
        word(6) >> 3 & MASK,
        word(12) >> 6 & MASK,
        word(19) >> 1 & MASK,
        word(24) >> 12 & MASK,
    ]
}

fn carry(wide: [u128; 5]) -> Field {
    let mut out = [0; 5];
    let mut c = 0_u128;
    for (limb, w) in out.iter_mut().zip(wide) {
        let t = w + c;
        *limb = t as u64 & MASK;
        c = t >> 51;
    }
    let t = u128::from(out[0]) + c * 19;
    out[0] = t as u64 & MASK;
    out[1] += (t >> 51) as u64;
    out
}

fn mul(a: &Field, b: &Field) -> Field {
    let m = |x: u64, y: u64| u128::from(x) * u128::from(y);
    let r = [0, b[1] * 19, b[2] * 19, b[3] * 19, b[4] * 19];
    carry([
        m(a[0], b[0]) + m(a[1], r[4]) + m(a[2], r[3]) + m(a[3], r[2]) + m(a[4], r[1]),
        m(a[0], b[1]) + m(a[1], b[0]) + m(a[2], r[4]) + m(a[3], r[3]) + m(a[4], r[2]),
        m(a[0], b[2]) + m(a[1], b[1]) + m(a[2], b[0]) + m(a[3], r[4]) + m(a[4], r[3]),
        m(a[0], b[3]) + m(a[1], b[2]) + m(a[2], b[1]) + m(a[3], b[0]) + m(a[4], r[4]),
        m(a[0], b[4]) + m(a[1], b[3]) + m(a[2], b[2]) + m(a[3], b[1]) + m(a[4], b[0]),
    ])
}

fn square(a: &Field) -> Field {
    let m = |x: u64, y: u64| u128::from(x) * u128::from(y);
    let [a0, a1, a2, a3, a4] = *a;
    carry([
        m(a0, a0) + m(38 * a1, a4) + m(38 * a2, a3),
        m(2 * a0, a1) + m(38 * a2, a4) + m(19 * a3, a3),
        m(2 * a0, a2) + m(a1, a1) + m(38 * a3, a4),
        m(2 * a0, a3) + m(2 * a1, a2) + m(19 * a4, a4),
        m(2 * a0, a4) + m(2 * a1, a3) + m(a2, a2),
    ])
}

/// `a`, squared `n` times.
fn squared(mut a: Field, n: usize) -> Field {
    for _ in 0..n {
        a = square(&a);
    }
    a
}

/// Euler's criterion: `a` to the power of (p - 1) / 2 = 2^254 - 10.
fn euler(a: &Field) -> Field {
    // Each name is how many ones the exponent has in binary.
    let more = |of: Field, n: usize, by: &Field| mul(&squared(of, n), by);
    let two = more(*a, 1, a);
    let four = more(two, 2, &two);
    let five = more(four, 1, a);
    let ten = more(five, 5, &five);
    let twenty = more(ten, 10, &ten);
    let forty = more(twenty, 20, &twenty);
    let fifty = more(forty, 10, &ten);
    let hundred = more(fifty, 50, &fifty);
    let two_hundred = more(hundred, 100, &hundred);
    let all = more(two_hundred, 50, &fifty);
    // 16 (2^250 - 1) + 6
    more(all, 4, &square(&two))
}

/// Fully reduced.
fn canonical(a: &Field) -> Field {
    let mut a = carry(a.map(u128::from));
    a = carry(a.map(u128::from));
    let mut q = (a[0] + 19) >> 51;
    for limb in &a[1..] {
        q = (limb + q) >> 51;
    }
    a[0] += 19 * q;
    let mut c = 0;
    for limb in &mut a {
        *limb += c;
        c = *limb >> 51;
        *limb &= MASK;
    }
    a
}

/// Whether `bytes` decode to a point, as Monero's reference implementation decides it: canonical
/// y, and no sign on x = 0.
pub fn on_curve(bytes: &[u8; 32]) -> bool {
    match must_be_square(bytes) {
        Ok(number) => is_one(&euler(&number)),
        Err(answer) => answer,
    }
}

/// The number that must be a square for `bytes` to be a point, or the answer.
#[inline]
pub(crate) fn must_be_square(bytes: &[u8; 32]) -> Result<Field, bool> {
    let y = load(bytes);
    if canonical(&y) != y {
        return Err(false);
    }
    let yy = square(&y);
    // x² = u / v, which is a square when u · v is.
    let u = carry(std::array::from_fn(|i| {
        // y² + 2p - 1, to stay positive
        u128::from(yy[i])
            + if i == 0 {
                (2 << 51) - 39
            } else {
                (2 << 51) - 2
            }
    }));
    let dyy = mul(&D, &yy);
    let v = carry(std::array::from_fn(|i| {
        u128::from(dyy[i]) + u128::from(ONE[i])
    }));
    match canonical(&mul(&u, &v)) {
        [0, 0, 0, 0, 0] => Err(bytes[31] & 0x80 == 0),
        uv => Ok(uv),
    }
}

/// Whether `a`, of limbs below 2^52, is one.
#[inline]
pub(crate) fn is_one(a: &Field) -> bool {
    canonical(a) == ONE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(hex: &str) -> bool {
        on_curve(&crate::address::codec::evm::hex::<32>(hex.as_bytes()).expect("64 digits"))
    }

    /// RFC 8032, 7.1: public keys of the test vectors, and the base point.
    #[test]
    fn rfc_8032_keys_are_points() {
        for key in [
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "5866666666666666666666666666666666666666666666666666666666666666",
        ] {
            assert!(point(key), "{key}");
        }
    }

    /// The power as the bits of its exponent say.
    #[test]
    fn the_chain_is_the_power() {
        for seed in 0..50_u64 {
            let a = canonical(&std::array::from_fn(|i| {
                (seed + 3).wrapping_mul(0x9E37_79B9_7F4A_7C15 + i as u64) & MASK
            }));
            assert_eq!(canonical(&square(&a)), canonical(&mul(&a, &a)));
            let mut power = ONE;
            for bit in (0..254).rev() {
                power = mul(&power, &power);
                // 2^254 - 10 in binary: 250 ones, then 0110
                if bit >= 4 || bit == 2 || bit == 1 {
                    power = mul(&power, &a);
                }
            }
            assert_eq!(canonical(&euler(&a)), canonical(&power));
        }
    }

    #[test]
    fn special_values() {
        let with = |first: &str, last: &str| format!("{first}{}{last}", "0".repeat(60));
        assert!(point(&with("01", "00")), "the neutral element");
        assert!(!point(&with("01", "80")), "no sign on x = 0");
        assert!(!point(&with("02", "00")), "y = 2 has no x");
        assert!(
            point(&with("00", "00")) && point(&with("00", "80")),
            "y = 0 has two"
        );
        assert!(
            !point(&format!("ed{}7f", "f".repeat(60))),
            "y = p is not canonical"
        );
    }
}
