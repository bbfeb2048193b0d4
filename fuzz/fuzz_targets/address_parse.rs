//! No bytes panic the address layer, and what it accepts it accepts again in its canonical spelling.
#![no_main]

use interdict::address::{
    Address, FORMATS, decode, diagnose, explain, not_address, relate, relation,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
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
