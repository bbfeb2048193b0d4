//! Detached Ed25519 signatures (RFC 8032) over a whole file, with keys as OpenSSL writes them.
//!
//! The signature is 64 raw bytes in a file of its own, so that OpenSSL alone can check it.

use super::EvidenceError;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::path::{Path, PathBuf};

/// The SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes (RFC 8410).
const SPKI: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// Where the signature of `file` lies.
pub fn signature_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// A key that signs: PKCS#8 in PEM, not encrypted.
#[derive(Debug)]
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Reads the key at `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is no such key.
    pub fn read(path: &Path) -> Result<Self, EvidenceError> {
        let what = "unencrypted Ed25519 private key in PEM";
        let der = pem(path, "PRIVATE KEY", what)?;
        // OpenSSL writes version 1, which does not hold the public key.
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map(Self)
            .map_err(|_| EvidenceError::Key {
                path: path.to_owned(),
                what,
            })
    }

    /// The signature of `bytes`.
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).as_ref().to_vec()
    }

    /// The public key, lower-case hex.
    pub fn public(&self) -> String {
        data_encoding::HEXLOWER.encode(self.0.public_key().as_ref())
    }
}

/// Whether `signature` is that of `bytes` by the public key in the PEM file `key`.
///
/// # Errors
///
/// When the key cannot be read or is none.
pub fn verify(key: &Path, bytes: &[u8], signature: &[u8]) -> Result<bool, EvidenceError> {
    let what = "Ed25519 public key in PEM";
    let der = pem(key, "PUBLIC KEY", what)?;
    let key = der
        .strip_prefix(SPKI)
        .filter(|k| k.len() == 32)
        .ok_or_else(|| EvidenceError::Key {
            path: key.to_owned(),
            what,
        })?;
    let key = UnparsedPublicKey::new(&ED25519, key);
    Ok(key.verify(bytes, signature).is_ok())
}

/// The bytes between `BEGIN label` and `END label` (RFC 7468).
fn pem(path: &Path, label: &str, what: &'static str) -> Result<Vec<u8>, EvidenceError> {
    let text = std::fs::read(path).map_err(EvidenceError::io("read", path))?;
    let text = String::from_utf8_lossy(&text);
    let (begin, end) = (
        format!("-----BEGIN {label}-----"),
        format!("-----END {label}-----"),
    );
    let inner = text
        .split_once(&begin)
        .and_then(|(_, rest)| rest.split_once(&end))
        .map(|(inner, _)| inner.split_whitespace().collect::<String>());
    inner
        .and_then(|inner| data_encoding::BASE64.decode(inner.as_bytes()).ok())
        .ok_or_else(|| EvidenceError::Key {
            path: path.to_owned(),
            what,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 2: one byte is signed. The PEM wraps its keys as RFC 8410 says.
    #[test]
    fn signs_and_verifies_as_rfc_8032_says() {
        let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
        let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
        let pem = |label: &str, der: &[u8]| {
            let body = data_encoding::BASE64.encode(der);
            format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
        };
        let folder = tempfile::tempdir().unwrap();
        let (private, open) = (folder.path().join("key.pem"), folder.path().join("pub.pem"));
        let pkcs8 = [&hex("302e020100300506032b657004220420")[..], &hex(seed)].concat();
        std::fs::write(&private, pem("PRIVATE KEY", &pkcs8)).unwrap();
        let spki = [SPKI, &hex(public)].concat();
        std::fs::write(&open, pem("PUBLIC KEY", &spki)).unwrap();
        let key = SigningKey::read(&private).unwrap();
        assert_eq!(key.public(), public);
        assert_eq!(key.sign(&[0x72]), hex(signature));
        assert!(verify(&open, &[0x72], &hex(signature)).unwrap());
        assert!(!verify(&open, &[0x73], &hex(signature)).unwrap());
        assert!(SigningKey::read(&open).is_err());
    }
}
