//! Private keys and seeds of the odd schemes: texts that must never be echoed, logged or listed.
//! It knows prefixes and shapes only; a mistyped secret is still one. Those in base58check
//! are in [`secret`](super::secret).

use super::{eos, hrp, stellar, tezos};

/// Human-readable parts of secrets in bech32.
const HRPS: [&str; 21] = [
    "secret-extended-key-main",
    "secret-extended-key-test",
    "secret-extended-key-regtest",
    "secret-spending-key-main",
    "secret-spending-key-test",
    "suiprivkey",
    "nsec",
    "ed25519_sk",
    "ed25519e_sk",
    "root_sk",
    "root_xsk",
    "acct_sk",
    "acct_xsk",
    "addr_sk",
    "addr_xsk",
    "stake_sk",
    "stake_xsk",
    "drep_sk",
    "pool_sk",
    "policy_sk",
    "xprv",
];

/// Literal prefixes of secrets in other notations.
const PREFIXES: [&[u8]; 3] = [b"ed25519-priv-0x", b"secp256k1-priv-0x", b"ed25519:"];

/// Whether `text` is a private key or seed of a scheme that marks its secrets.
pub fn is_secret(text: &[u8]) -> bool {
    if text.len() < 50 {
        return false;
    }
    if !b"SsnerdapxPB".contains(&text[0]) {
        return false;
    }
    stellar::is_seed(text)
        || tezos::is_secret(text)
        || eos::is_secret(text)
        || HRPS.iter().any(|h| hrp::has(text, h))
        || PREFIXES
            .iter()
            .any(|p| text.starts_with(p) && text.len() - p.len() >= 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let body = "q".repeat(60);
        for secret in [
            format!("suiprivkey1{body}"),
            format!("addr_xsk1{body}"),
            format!("secret-extended-key-main1{body}"),
            format!("ed25519-priv-0x{}", "0".repeat(64)),
            format!("ed25519:{}", "2".repeat(88)),
            format!("SA{}", "A".repeat(54)),
            format!("PVT_K1_{}", "2".repeat(50)),
            format!("edsk{}", "2".repeat(50)),
        ] {
            assert!(is_secret(secret.as_bytes()), "{secret}");
        }
        // A NEAR public key has 32 bytes, 44 symbols; the others are addresses.
        for public in [
            "ed25519:6E8sCci9badyRkXb3JoRpBj5p8C6Tw41ELDZoiihKEtp",
            "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
            "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw",
        ] {
            assert!(!is_secret(public.as_bytes()), "{public}");
        }
    }
}
