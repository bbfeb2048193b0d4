//! The possible tier: what is near a listed address is found, what is not is not.

use interdict::address::Address;
use interdict::screen::{PossibleHit, PossibleIndex, PossibleKind};
use proptest::prelude::*;

/// Addresses that specifications and documentation print: Bitcoin, segwit, CashAddr, Ethereum
/// (EIP-55), Tron, XRP, Stellar, Solana, Cosmos, Sui.
const LISTED: &[&str] = &[
    "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
    "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
    "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "TJCnKsPa7y5okkXvQAidZBzqx3QyQ6sxMW",
    "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
    "GCALNQQBXAPZ2WIRSDDBMSTAKCUH5SG6U76YBFLQLIXJTF7FE5AX7AOO",
    "mvines9iiHiQTysrwkJjGf2gb9Ex9jXJX8ns3qwf2kN",
    "cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0",
    "0x0000000000000000000000000000000000000000000000000000000000000002",
    "0.0.123",
];

fn index() -> PossibleIndex<'static> {
    PossibleIndex::build(LISTED.iter().zip(0..).map(|(t, id)| (*t, id)))
}

fn kinds(text: &str) -> Vec<(u32, &'static str)> {
    index()
        .find(text)
        .into_iter()
        .map(|h| (h.id, h.kind.id()))
        .collect()
}

#[test]
fn display_forms_lead_to_their_address() {
    for (text, id) in [
        ("0x5aAe…eAed", 5),
        ("0X5AAE...EAED", 5),
        ("bc1qw5...8f3t4", 2),
        ("1BgG***SAMH", 0),
        ("qpm2q…gdx6a", 4),
        ("0x5aAeb6053F...", 5),
        ("bitcoin:1BgG…SAMH", 0),
    ] {
        assert_eq!(kinds(text), [(id, "truncated")], "{text}");
    }
    for text in ["0x5aAe…eAee", "1bgg…SAMH", "0x5…d", "bc1q…", "wait..."] {
        assert_eq!(kinds(text), [], "{text}");
    }
    let hit = index().find("0x5aAe…eAed")[0];
    assert_eq!(
        hit,
        PossibleHit {
            kind: PossibleKind::Truncated,
            distance: 32,
            id: 5
        }
    );
}

#[test]
fn look_alike_letters_lead_to_their_address() {
    for (text, id, distance) in [
        ("1\u{412}gGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", 0, 1),
        (
            "0x5\u{430}Aeb6053F3E94C9b9A09f33669435E7Ef1Be\u{410}ed",
            5,
            2,
        ),
        // The letter case is lost: every cased letter that was upper differs.
        ("1bggz9tcn4rm9kbzdn7kprqz87sz26samh", 0, 15),
        // Letter O for zero, twice.
        ("bc1qw5o8d6qejxtdg4y5r3zarvaryOc5xw7kv8f3t4", 2, 2),
    ] {
        let hits = index().find(text);
        assert_eq!(
            hits,
            [PossibleHit {
                kind: PossibleKind::Homoglyph,
                distance,
                id
            }],
            "{text}"
        );
    }
}

#[test]
fn poisoned_addresses_lead_to_what_they_imitate() {
    // Four characters at each end, after the prefix, are what wallets show.
    let poison = "0x5aae000000000000000000000000000000000aed".replace("0aed", "eaed");
    let hits = index().find_like(&poison);
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].id, hits[0].kind), (5, PossibleKind::LookAlike));
    assert_eq!(kinds(&poison), [(5, "look-alike")]);
    // Three are not enough, nor is the prefix that every such address has.
    assert_eq!(kinds(&poison.replace("0x5aae", "0x5aaf")), []);
    assert_eq!(kinds("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"), []);
}

#[test]
fn short_and_padded_texts_are_near_nothing() {
    // 0.0.123 and 0.0.124 are two customers, 0x2 and 0x3 two system objects.
    assert_eq!(kinds("0.0.124"), []);
    assert_eq!(kinds(&format!("0x{:064}", 3)), []);
    assert_eq!(kinds(""), []);
    assert!(PossibleIndex::build([]).find(LISTED[0]).is_empty());
}

#[test]
fn the_address_itself_is_no_near_miss() {
    for text in LISTED {
        assert_eq!(kinds(text), [], "{text}");
    }
    assert_eq!(
        kinds(&LISTED[5].to_lowercase()),
        [],
        "hex has no letter case"
    );
}

#[test]
fn every_listing_of_an_address_is_answered() {
    let index = PossibleIndex::build([(LISTED[0], 7), (LISTED[0], 3)]);
    let ids: Vec<_> = index
        .find("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMJ")
        .iter()
        .map(|h| h.id)
        .collect();
    assert_eq!(ids, [3, 7]);
}

/// Listed texts that are long enough to be near anything.
fn listed() -> impl Strategy<Value = usize> {
    0..12_usize
}

fn edited(text: &str, at: usize, edit: u8, with: char) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let at = at % chars.len();
    match edit {
        0 => chars[at] = with,
        1 => chars.insert(at, with),
        2 => {
            chars.remove(at);
        }
        _ => {
            let next = (at + 1) % chars.len();
            chars.swap(at.min(next), at.max(next));
            if next == 0 {
                return text.to_owned();
            }
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_single_edit_is_found(
        id in listed(),
        at in any::<usize>(),
        edit in 0..4_u8,
        with in proptest::char::ranges(vec!['0'..='9', 'A'..='Z', 'a'..='z'].into()),
    ) {
        let text = edited(LISTED[id], at, edit, with);
        let same = text == LISTED[id]
            || LISTED[id].starts_with("0x") && text.eq_ignore_ascii_case(LISTED[id]);
        let hit = PossibleHit { kind: PossibleKind::OneEdit, distance: 1, id: id as u32 };
        let found = index().find(&text);
        prop_assert_eq!(found.contains(&hit), !same, "{}: {:?}", text, found);
        prop_assert_eq!(index().find_like(&text), found);
    }

    #[test]
    fn other_addresses_are_near_nothing(hash in any::<[u8; 20]>()) {
        let hex = hash.iter().fold("0x".to_owned(), |t, b| format!("{t}{b:02x}"));
        let evm = Address::parse(&hex).expect("20 bytes are an address");
        prop_assert_eq!(index().find(evm.canonical()), []);
        prop_assert_eq!(index().find_like(evm.canonical()), []);
    }

    #[test]
    fn any_text_is_answered_in_order(text in any::<String>(), id in listed(), cut in 0..34_usize) {
        for text in [text.clone(), format!("{}{text}", &LISTED[id][..cut])] {
            let hits = index().find(&text);
            prop_assert!(hits.is_sorted());
            prop_assert_eq!(index().find(&text), hits);
        }
    }
}

/// A list of a hundred thousand: chance neighbours stay away, planted ones are found.
#[test]
fn long_lists_raise_no_false_alarms() {
    let mut state = 7_u64;
    let mut next = || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    };
    let mut address = || format!("0x{:016x}{:016x}{:08x}", next(), next(), next() >> 32);
    let listed: Vec<String> = (0..100_000).map(|_| address()).collect();
    let index = PossibleIndex::build(listed.iter().map(String::as_str).zip(0..));
    let alarms = (0..20_000)
        .filter(|_| !index.find_like(&address()).is_empty())
        .count();
    assert_eq!(alarms, 0);
    for (id, text) in listed.iter().enumerate().step_by(997) {
        let (start, end) = text.split_at(21);
        let hits = index.find_like(&format!("{start}{}", end.replacen(&end[..1], "g", 1)));
        assert!(
            hits.iter()
                .any(|h| h.id == id as u32 && h.kind == PossibleKind::OneEdit)
        );
        let imitation = format!("{}{}{}", &text[..8], "0".repeat(28), &text[36..]);
        let hits = index.find_like(&imitation);
        assert!(
            hits.iter()
                .any(|h| h.id == id as u32 && h.kind == PossibleKind::LookAlike),
            "{text}"
        );
    }
}

/// What the index holds for each address, text not counted: 28 bytes of orders and the filter. One
/// more than a power of two is the filter's worst case, and a million is not.
#[test]
fn memory_is_bounded() {
    let listed: Vec<String> = (0..=1_u64 << 15)
        .map(|n| {
            format!(
                "0x{:016x}{:024x}",
                n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63,
                n
            )
        })
        .collect();
    let index = PossibleIndex::build(listed.iter().map(String::as_str).zip(0..));
    assert_eq!(index.len(), listed.len());
    assert!(
        index.memory() <= 40 * index.len(),
        "{} bytes",
        index.memory()
    );
}
