//! NEO accounts: base58check with one version byte, 23 for the legacy network and 53 for N3.
//! Specifications: NEO documentation, "Wallets: Address" (legacy); Neo N3 documentation, "Encryption:
//! address version".
//!
//! The 20 bytes are the hash of a verification script, which changed from legacy to N3: one key has
//! different bytes on either. Legacy texts begin with `A`, as Bitcoin Gold's script addresses with
//! the same version byte do; a legacy account is therefore also looked up as that script hash.

use super::{Canonical, Decoding, base58, exact58};
use crate::address::{Basis, Identity, Namespace, Reason};

/// A legacy account.
pub fn legacy(text: &[u8]) -> Result<Decoding, Reason> {
    let hash = decode(text, b'A', 23)?;
    let mut decoding = Decoding::new(
        Identity::new(Namespace::NeoLegacy, &hash),
        Canonical::AsGiven,
    );
    decoding.also.push((
        Identity::new(Namespace::H160Script, &hash),
        Basis::SameScript,
    ));
    Ok(decoding)
}

/// An N3 account.
pub fn n3(text: &[u8]) -> Result<Decoding, Reason> {
    let hash = decode(text, b'N', 53)?;
    Ok(Decoding::new(
        Identity::new(Namespace::NeoN3, &hash),
        Canonical::AsGiven,
    ))
}

fn decode(text: &[u8], first: u8, version: u8) -> Result<[u8; 20], Reason> {
    if text.len() != 34 || text[0] != first {
        return Err(Reason::UnknownFormat);
    }
    let bytes = exact58::decode::<25>(text)?;
    if bytes[0] != version {
        return Err(Reason::Version);
    }
    if !base58::checks(&bytes) {
        return Err(Reason::Checksum);
    }
    let mut hash = [0; 20];
    hash.copy_from_slice(&bytes[1..21]);
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_addresses() {
        // NEO documentation, examples of both networks.
        let old = legacy(b"AQVh2pG732YvtNaxEGkQUei3YA4cvo7d2i").unwrap();
        let script = Identity::new(Namespace::H160Script, old.identity.payload());
        assert_eq!(old.also, [(script, Basis::SameScript)]);
        let new = n3(b"NNLi44dJNXtDNSBkofB48aTVYtb1zZrNEs").unwrap();
        assert_eq!(new.identity.namespace(), Namespace::NeoN3);
    }

    #[test]
    fn refusals() {
        assert_eq!(
            legacy(b"AQVh2pG732YvtNaxEGkQUei3YA4cvo7d2j").unwrap_err(),
            Reason::Checksum
        );
        assert_eq!(
            legacy(b"A5CqiijKBC8WCQ7yiE2hP4XDGXgyLCe7hR").unwrap_err(),
            Reason::Version
        );
        assert_eq!(
            legacy(b"AQVh2pG732YvtNaxEGkQUei3YA4cvo7d2").unwrap_err(),
            Reason::UnknownFormat
        );
        assert_eq!(
            n3(b"AQVh2pG732YvtNaxEGkQUei3YA4cvo7d2i").unwrap_err(),
            Reason::UnknownFormat
        );
    }
}
