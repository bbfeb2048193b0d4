//! Addresses that documents quote from specifications: nobody is named by them, unless a list does.

use crate::address::{Address, Identity};
use std::collections::BTreeSet;

/// Canonical texts, each with where it stands.
const EXAMPLES: &[&str] = &[
    // BIP-173 and BIP-350, examples and test vectors.
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
    "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
    "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
    "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
    // EIP-55, test cases.
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    // BIP-21's example.
    "175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W",
    // The Bitcoin Wiki's examples of P2PKH and P2SH.
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    // CashAddr, the specification's table of the same three hashes.
    "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
    "bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy",
    "bitcoincash:qqq3728yw0y47sqn6l2na30mcw6zm78dzqre909m2r",
    "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq",
    "bitcoincash:pr95sy3j9xwd2ap32xkykttr4cvcu7as4yc93ky28e",
    "bitcoincash:pqq3728yw0y47sqn6l2na30mcw6zm78dzq5ucqzc37",
    "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
    "1KXrWXciRDZUpQwQmuM1DbwsKDLYAYsVLR",
    "16w1D5WRVKJuZUsSRzdLp9w3YGcgoxDXb",
    "3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC",
    "3LDsS579y7sruadqu11beEJoTjdFiFCdX4",
    "31nwvkZwyPdgzjBJZXfDmSWsC4ZLKpYyUw",
];

/// Whether a canonical text is an example of a specification.
pub(super) fn is_example(canonical: &str) -> bool {
    EXAMPLES.contains(&canonical)
}

/// The examples whose identity is listed.
pub(super) fn listed(is_listed: impl Fn(&Identity) -> bool) -> BTreeSet<&'static str> {
    let listed =
        |text: &&&str| Address::parse(text).is_ok_and(|address| is_listed(address.identity()));
    EXAMPLES.iter().filter(listed).copied().collect()
}
