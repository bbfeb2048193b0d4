#!/usr/bin/env python3
"""Writes src/address/forms/seed_words.rs: what is needed to recognise the words of BIP-39's English
list, and not the words. The list is the specification's `english.txt`, which is not kept here:

    python3 scripts/make_seed_words.py english.txt
"""

import hashlib
import pathlib
import sys

# The digest that implementations of BIP-39 pin.
LIST = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
OUT = pathlib.Path(__file__).parent.parent / "src/address/forms/seed_words.rs"


def fold(word: bytes) -> int:
    """32-bit FNV-1a, both halves put together; `seed::fold` does the same."""
    state = 0x811C9DC5
    for byte in word:
        state = (state ^ byte) * 0x01000193 & 0xFFFFFFFF
    return (state >> 16 ^ state) & 0xFFFF


text = pathlib.Path(sys.argv[1]).read_bytes()
if hashlib.sha256(text).hexdigest() != LIST:
    sys.exit(f"{sys.argv[1]} is not the list of the specification")
folds = sorted({fold(word) for word in text.split()})
lines = [", ".join(f"0x{n:04x}" for n in folds[at : at + 12]) for at in range(0, len(folds), 12)]
OUT.write_text(
    "//! Made by `scripts/make_seed_words.py` from the English list of BIP-39: its words as `seed` folds\n"
    "//! them. It does not know the words themselves.\n\n"
    f"/// In order.\n#[rustfmt::skip]\npub(super) const FOLDED: [u16; {len(folds)}] = [\n"
    + "".join(f"    {line},\n" for line in lines)
    + "];\n"
)
