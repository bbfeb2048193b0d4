//! No bytes panic the readers of documents, and every address found is one, at its place.
#![no_main]

use interdict::address::Address;
use interdict::document::{Extracted, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let names = ["a.txt", "a.html", "a.md", "a.yaml", "a.json", "a.eml", "a"];
    let name = names[usize::from(*kind) % names.len()];
    let limits = Limits {
        inflated: 1 << 20,
        ..Limits::default()
    };
    let mut extracted = Extracted::default();
    if let Err(error) = extracted.document(name, bytes.to_vec(), limits, &mut |_, _| {}) {
        // A panic of a reader is caught and reported in these words.
        assert!(!error.to_string().contains("the parser failed"), "{error}");
    }
    for a in &extracted.addresses {
        match Address::parse(a.address.canonical()) {
            Ok(again) => assert_eq!(again.identity(), a.address.identity()),
            // Formats that a text does not show are known by the label beside it.
            Err(error) => assert!(!a.label.is_empty() && !a.checked, "{error}"),
        }
        assert!(!a.raw.is_empty());
    }
});
