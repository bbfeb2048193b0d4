//! The little of secp256k1 that an address decoder needs: whether a compressed public key is a
//! point of the curve, and the EVM account of one. Not constant time, so for public data only.
//! Specification: SEC 1 § 2.3.4 and SEC 2 § 2.4.1 (y² = x³ + 7 modulo p = 2^256 − 2^32 − 977).

use sha3::{Digest, Keccak256};

/// A number below p, least significant limb first.
type Field = [u64; 4];

const P: Field = [0xffff_fffe_ffff_fc2f, u64::MAX, u64::MAX, u64::MAX];
/// 2^256 − p.
const FOLD: u64 = 0x1_0000_03d1;

/// Whether this compressed key (2 or 3, then x) is a point of the curve.
pub(super) fn on_curve(key: &[u8; 33]) -> bool {
    y(key).is_some()
}

/// The EVM account of a compressed key: the last 20 bytes of Keccak-256(x ‖ y).
pub(super) fn evm_account(key: &[u8; 33]) -> Option<[u8; 20]> {
    let y = y(key)?;
    let hash = Keccak256::new()
        .chain_update(&key[1..])
        .chain_update(to_bytes(&y))
        .finalize();
    let mut account = [0; 20];
    account.copy_from_slice(&hash[12..]);
    Some(account)
}

fn y(key: &[u8; 33]) -> Option<Field> {
    let [parity @ (2 | 3), x @ ..] = key else {
        return None;
    };
    let x = from_bytes(x);
    if !less(&x, &P) {
        return None;
    }
    let square = add(&mul(&mul(&x, &x), &x), &[7, 0, 0, 0]);
    // p ≡ 3 (mod 4): a root, if there is one, is the power (p + 1) / 4 = 2^254 − 2^30 − 244.
    let exponent = [
        0xffff_ffff_bfff_ff0c,
        u64::MAX,
        u64::MAX,
        0x3fff_ffff_ffff_ffff,
    ];
    let mut root = [1, 0, 0, 0];
    for bit in (0..256).rev() {
        root = mul(&root, &root);
        if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
            root = mul(&root, &square);
        }
    }
    if mul(&root, &root) != square {
        return None;
    }
    Some(if root[0] & 1 == u64::from(parity & 1) {
        root
    } else {
        sub(&P, &root).0
    })
}

fn add(a: &Field, b: &Field) -> Field {
    let mut sum = [0; 4];
    let mut carry = 0u128;
    for i in 0..4 {
        carry += u128::from(a[i]) + u128::from(b[i]);
        sum[i] = carry as u64;
        carry >>= 64;
    }
    if carry != 0 || !less(&sum, &P) {
        sub(&sum, &P).0
    } else {
        sum
    }
}

fn sub(a: &Field, b: &Field) -> (Field, bool) {
    let mut difference = [0; 4];
    let mut borrow = false;
    for i in 0..4 {
        let (d, first) = a[i].overflowing_sub(b[i]);
        let (d, second) = d.overflowing_sub(u64::from(borrow));
        difference[i] = d;
        borrow = first || second;
    }
    (difference, borrow)
}

fn mul(a: &Field, b: &Field) -> Field {
    let mut wide = [0u64; 8];
    for i in 0..4 {
        let mut carry = 0u128;
        for j in 0..4 {
            carry += u128::from(wide[i + j]) + u128::from(a[i]) * u128::from(b[j]);
            wide[i + j] = carry as u64;
            carry >>= 64;
        }
        wide[i + 4] = carry as u64;
    }
    // 2^256 ≡ FOLD (mod p): the upper half comes down once, then its carry.
    let mut low = [wide[0], wide[1], wide[2], wide[3]];
    let mut high = [wide[4], wide[5], wide[6], wide[7]];
    while high != [0; 4] {
        let mut carry = 0u128;
        for i in 0..4 {
            carry += u128::from(low[i]) + u128::from(high[i]) * u128::from(FOLD);
            low[i] = carry as u64;
            carry >>= 64;
        }
        high = [carry as u64, 0, 0, 0];
    }
    if less(&low, &P) { low } else { sub(&low, &P).0 }
}

fn less(a: &Field, b: &Field) -> bool {
    sub(a, b).1
}

fn from_bytes(bytes: &[u8; 32]) -> Field {
    let mut limbs = [0; 4];
    for (limb, eight) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = eight.iter().fold(0, |n, &b| n << 8 | u64::from(b));
    }
    limbs
}

fn to_bytes(limbs: &Field) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (eight, limb) in bytes.chunks_exact_mut(8).zip(limbs.iter().rev()) {
        eight.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> [u8; 33] {
        data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .unwrap()
            .try_into()
            .unwrap()
    }

    #[test]
    fn generator() {
        // SEC 2 § 2.4.1: G, and its EVM account, the one of private key 1.
        let g = key("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        let y = y(&g).unwrap();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&to_bytes(&y)),
            "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
        );
        assert_eq!(
            data_encoding::HEXLOWER.encode(&evm_account(&g).unwrap()),
            "7e5f4552091a69125d5dfcb7b8c2659029395bdf"
        );
    }

    #[test]
    fn not_points() {
        // BIP-340, test vector 5: x is not on the curve; vector 14: x is p.
        for x in [
            "eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34",
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30",
        ] {
            assert!(!on_curve(&key(&format!("02{x}"))), "{x}");
        }
        let g = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
        assert!(!on_curve(&key(&format!("04{g}"))));
        assert!(on_curve(&key(&format!("03{g}"))));
    }
}
