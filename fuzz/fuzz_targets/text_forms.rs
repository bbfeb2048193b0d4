//! Any text is read as forms: without panic, with ranges inside the text, without echoing secrets,
//! and with the same answer twice.
#![no_main]

use interdict::address::Address;
use interdict::address::forms::{Status, is_plain, read, read_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &str| {
    let one = read(raw);
    let all = read_all(raw);
    assert_eq!(read(raw), one);
    for form in all.iter().chain([&one]) {
        assert!(
            raw.get(form.range.clone()).is_some(),
            "{:?} is no range of the text",
            form.range
        );
        if form.status == Status::Secret {
            assert!(form.text.is_empty(), "a secret is echoed");
        }
        // An address that was taken out reads as itself.
        if is_plain(form.text.as_bytes()) && Address::parse(&form.text).is_ok() {
            assert_eq!(read(&form.text).address(), Some(&*form.text));
        }
    }
});
