//! No bytes panic the address layer, what it accepts it accepts again in its canonical spelling, and
//! a batch answers as decoding does.
#![no_main]

use interdict::address::batch::{Answer, Batch};
use interdict::address::{
    Address, FORMATS, Reason, decode, diagnose, explain, not_address, relate, relation,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    in_a_batch(bytes);
    let decoded = decode(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = not_address(text);
    match Address::parse(text) {
        Ok(address) => {
            assert_eq!(decoded.expect("parse decodes").identity, *address.identity());
            let again = Address::parse(address.canonical()).expect("canonical is valid");
            assert_eq!(again, address);
            assert!(relate(&again, &address).is_some());
            assert!(address.reach().iter().any(|(i, _)| i == address.identity()));
            assert_ne!(relation(text, address.canonical()).relation, "none");
        }
        Err(error) => {
            // Repairing tries thousands of texts; short ones keep the fuzzer quick.
            if text.len() <= 64 {
                let _ = explain(text, &error);
                assert!(diagnose(text).is_none_or(|d| decode(d.address.canonical().as_bytes()).is_ok()));
            }
        }
    }
    for format in FORMATS {
        if let Ok(address) = format.parse(text) {
            assert_eq!(format.parse(address.canonical()).expect("a fixed point"), address);
        }
    }
});

/// The whole and its parts.
fn in_a_batch(bytes: &[u8]) {
    let mut tokens = vec![(0, bytes.len() as u32)];
    let mut start = 0;
    for part in bytes.split(|b| !b.is_ascii_alphanumeric()) {
        tokens.push([start, start + part.len() as u32]);
        start += part.len() as u32 + 1;
    }
    let mut batch = Batch::default();
    for (answer, [start, end]) in batch.judge(bytes, &tokens).iter().zip(tokens) {
        match (answer, decode(&bytes[start as usize..end as usize])) {
            (Answer::Address(own), Ok(decoded)) => {
                assert_eq!(own.format, decoded.format);
                assert_eq!(own.identity, decoded.identity);
            }
            (Answer::Nothing, Err(error)) => {
                assert!(error.lead.is_none());
                let said = [Reason::Secret, Reason::Padding, Reason::MixedCase, Reason::Checksum];
                assert!(!said.contains(&error.reason), "{error}");
            }
            (Answer::Ask, Err(_)) => {}
            (answer, decoded) => panic!("{answer:?}, but decoded: {decoded:?}"),
        }
    }
}
