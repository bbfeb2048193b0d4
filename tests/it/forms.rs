//! Text forms, by the examples of the specifications that define them.

use interdict::address::forms::{Form, Status, is_plain, read, read_all};
use proptest::prelude::*;

const BTC: &str = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH";
const BTC2: &str = "1EHNa6Q4Jz2uvNExL497mE43ikXhwF6kZm";
const SEGWIT: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

/// Status, address, asset, chain.
type Row<'t> = (
    &'t str,
    Status,
    Option<&'t str>,
    Option<&'t str>,
    Option<&'t str>,
);

fn check(rows: &[Row<'_>]) {
    for (raw, status, address, asset, chain) in rows {
        let form = read(raw);
        let got = (
            form.status,
            form.address(),
            form.asset,
            form.chain.as_deref(),
        );
        assert_eq!(
            got,
            (*status, *address, *asset, *chain),
            "{raw:?}: {form:?}"
        );
    }
}

/// BIP-21 and BIP-321. The address of BIP-21's own examples fails its checksum on purpose: it is
/// read all the same, and refused by the parser.
#[test]
fn bitcoin_uris() {
    use Status::{Flagged, None as Nothing, NotOnChain, Ok};
    let bip21 = Some("175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W");
    let btc = Some("BTC");
    check(&[
        (
            "bitcoin:175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W",
            Ok,
            bip21,
            btc,
            None,
        ),
        (
            "bitcoin:175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W?label=Luke-Jr",
            Ok,
            bip21,
            btc,
            None,
        ),
        (
            "bitcoin:175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W?amount=50&label=Luke-Jr&message=Donation%20for%20project%20xyz",
            Ok,
            bip21,
            btc,
            None,
        ),
        (
            "bitcoin:175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W?req-somethingyoudontunderstand=50&req-somethingelseyoudontget=999",
            Ok,
            bip21,
            btc,
            None,
        ),
        (&format!("BitCoin://{BTC}"), Ok, Some(BTC), btc, None),
        (
            &format!("bitcoin:?bc={SEGWIT}&bc={BTC}"),
            Ok,
            Some(SEGWIT),
            btc,
            None,
        ),
        (
            &format!("bitcoin:?BC={}", SEGWIT.to_uppercase()),
            Ok,
            Some(SEGWIT),
            btc,
            None,
        ),
        (
            &format!("bitcoin:{BTC}?lightning=LNBC420BOGUSINVOICE"),
            Ok,
            Some(BTC),
            btc,
            None,
        ),
        (
            "bitcoin:?lightning=LNBC420BOGUSINVOICE",
            Nothing,
            None,
            btc,
            None,
        ),
        (
            "bitcoin:?lno=lno1bogusoffer&sp=sp1qsilentpayment",
            NotOnChain,
            Some("sp1qsilentpayment"),
            btc,
            None,
        ),
        ("bitcoin:", Nothing, None, btc, None),
        (
            &format!("bitcoin:{BTC}?label=Luke Jr"),
            Ok,
            Some(BTC),
            btc,
            None,
        ),
        (
            &format!("bitcoin:{BTC}?amount=1, please"),
            Ok,
            Some(BTC),
            btc,
            None,
        ),
        (
            &format!("pay bitcoin:{BTC}?amount=1"),
            Flagged,
            Some(BTC),
            btc,
            None,
        ),
    ]);
    let all = read_all(&format!(
        "bitcoin:{BTC}?bc={SEGWIT}&tb=tb1qghfhmd4zh7ncpmxl3qzhmq566jk8ckq4gafnmg"
    ));
    let texts: Vec<_> = all.iter().filter_map(Form::address).collect();
    assert_eq!(
        texts,
        [BTC, SEGWIT, "tb1qghfhmd4zh7ncpmxl3qzhmq566jk8ckq4gafnmg"]
    );
}

/// EIP-681: the address of the native payment, the payee of a token transfer and its contract.
#[test]
fn ethereum_uris() {
    use Status::{Name, Ok};
    let eth = Some("ETH");
    check(&[
        (
            "ethereum:0xfb6916095ca1df60bb79Ce92ce3ea74c37c5d359?value=2.014e18",
            Ok,
            Some("0xfb6916095ca1df60bb79Ce92ce3ea74c37c5d359"),
            eth,
            None,
        ),
        (
            &format!("ethereum:pay-{EVM}@100"),
            Ok,
            Some(EVM),
            eth,
            Some("eip155:100"),
        ),
        (
            "ethereum:vitalik.eth@1?value=1e18",
            Name,
            Some("vitalik.eth"),
            eth,
            Some("eip155:1"),
        ),
        (
            &format!("ETHEREUM:0X{}", EVM[2..].to_uppercase()),
            Ok,
            Some("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"),
            eth,
            None,
        ),
    ]);
    let form = read(
        "ethereum:0x89205a3a3b2a69de6dbf7f01ed13b2108b2c43e7/transfer?address=0x8e23ee67d1332ad560396262c48ffbb01f93d052&uint256=1",
    );
    assert_eq!(
        form.address(),
        Some("0x8e23ee67d1332ad560396262c48ffbb01f93d052")
    );
    assert_eq!(
        form.contract.as_deref(),
        Some("0x89205a3a3b2a69de6dbf7f01ed13b2108b2c43e7")
    );
    // A transfer on behalf of somebody else: payee first, then the payer.
    let all = read_all(&format!(
        "ethereum:0x89205a3a3b2a69de6dbf7f01ed13b2108b2c43e7@137/transferFrom?address={EVM}&address=0x8e23ee67d1332ad560396262c48ffbb01f93d052&uint256=1",
    ));
    let texts: Vec<_> = all.iter().filter_map(Form::address).collect();
    assert_eq!(texts, ["0x8e23ee67d1332ad560396262c48ffbb01f93d052", EVM]);
    assert!(all.iter().all(|f| f.chain.as_deref() == Some("eip155:137")));
}

/// CAIP-10's test cases (its Kusama example is lower-cased base58 and does not decode), its old
/// order, `did:pkh`, and ERC-3770.
#[test]
fn qualified_ids() {
    use Status::Ok;
    let ab = "0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb";
    let genesis = "000000000019d6689c085ae165831e93";
    let caip = "128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6";
    let dummy = "6d9b0b4b9994e8a6afbd3dc3ed983cd51c755afb27cd1dc7825ef59c134a39f7";
    check(&[
        (
            &format!("eip155:1:{ab}"),
            Ok,
            Some(ab),
            Some("ETH"),
            Some("eip155:1"),
        ),
        (
            &format!("bip122:{genesis}:{caip}"),
            Ok,
            Some(caip),
            Some("BTC"),
            Some(&format!("bip122:{genesis}")),
        ),
        (
            "cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0",
            Ok,
            Some("cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0"),
            Some("ATOM"),
            Some("cosmos:cosmoshub-3"),
        ),
        (
            "polkadot:b0a8d493285c2df73290dfb7e61f870f:5hmuyxw9xdgbpptgypokw4thfyoe3ryenebr381z9iaegmfy",
            Ok,
            Some("5hmuyxw9xdgbpptgypokw4thfyoe3ryenebr381z9iaegmfy"),
            Some("KSM"),
            Some("polkadot:b0a8d493285c2df73290dfb7e61f870f"),
        ),
        (
            &format!("chainstd:8c3444cf8970a9e41a706fab93e7a6c4:{dummy}"),
            Ok,
            Some(dummy),
            None,
            Some("chainstd:8c3444cf8970a9e41a706fab93e7a6c4"),
        ),
        (
            &format!("{ab}@eip155:1"),
            Ok,
            Some(ab),
            Some("ETH"),
            Some("eip155:1"),
        ),
        (
            &format!("{caip}@bip122:{genesis}"),
            Ok,
            Some(caip),
            Some("BTC"),
            Some(&format!("bip122:{genesis}")),
        ),
        (
            &format!("did:pkh:eip155:137:{EVM}"),
            Ok,
            Some(EVM),
            Some("ETH"),
            Some("eip155:137"),
        ),
        (
            &format!("eth:{EVM}"),
            Ok,
            Some(EVM),
            Some("ETH"),
            Some("eip155:1"),
        ),
        (
            &format!("arb1:{EVM}"),
            Ok,
            Some(EVM),
            Some("ETH"),
            Some("eip155:42161"),
        ),
        (
            &format!("bnb:{EVM}"),
            Ok,
            Some(EVM),
            Some("ETH"),
            Some("eip155:56"),
        ),
        (
            &format!("matic:{EVM}"),
            Ok,
            Some(EVM),
            Some("ETH"),
            Some("eip155:137"),
        ),
        (
            &format!("base:{EVM}"),
            Ok,
            Some(EVM),
            Some("ETH"),
            Some("eip155:8453"),
        ),
        (
            &format!("{EVM}@arb1"),
            Ok,
            Some(EVM),
            Some("ETH"),
            Some("eip155:42161"),
        ),
        (&format!("from:{EVM}"), Ok, Some(EVM), None, None),
        (
            "eip155:1:0x1234…abcd",
            Status::Truncated,
            None,
            Some("ETH"),
            Some("eip155:1"),
        ),
    ]);
}

/// CIP-13, SEP-7, Solana Pay, TON, polkadot-js, and plain schemes.
#[test]
fn other_schemes() {
    use Status::{Name, None as Nothing, Ok};
    let g = "GCALNQQBXAPZ2WIRSDDBMSTAKCUH5SG6U76YBFLQLIXJTF7FE5AX7AOO";
    let byron = "Ae2tdPwUPEZ76BjmWDTS7poTekAvNqBjgfthF92pSLSDVpRVnLP7meaFhVd";
    let sol = "mvines9iiHiQTysrwkJjGf2gb9Ex9jXJX8ns3qwf2kN";
    let ton = "EQCvD46AlxdLvai4N3Pg7r6WtAOcTd9TZ-Qx0EBlK-C6oy9l";
    let dot = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5";
    check(&[
        (
            &format!("web+cardano:{byron}"),
            Ok,
            Some(byron),
            Some("ADA"),
            None,
        ),
        (
            "web+cardano://stake?c94e6fe1123bf111b77b57994bcd836af8ba2b3aa72cfcefbec2d3d4",
            Nothing,
            None,
            Some("ADA"),
            None,
        ),
        (
            &format!(
                "web+stellar:pay?destination={g}&amount=120.123&asset_code=USD&memo=hasysda987fs"
            ),
            Ok,
            Some(g),
            Some("XLM"),
            None,
        ),
        (
            "web+stellar:pay?destination=bob*stellar.org",
            Name,
            Some("bob*stellar.org"),
            Some("XLM"),
            None,
        ),
        (
            "web+stellar:tx?xdr=AAAAAP%2Byw%2BZEuNg5",
            Nothing,
            None,
            Some("XLM"),
            None,
        ),
        (
            &format!("solana:{sol}?amount=1&label=Michael&message=Thanks%20for%20all%20the%20fish"),
            Ok,
            Some(sol),
            Some("SOL"),
            None,
        ),
        (
            "solana:https%3A%2F%2Fexample.com%2Fsolana-pay",
            Nothing,
            None,
            Some("SOL"),
            None,
        ),
        (
            &format!("ton://transfer/{ton}?amount=1000000000&text=data"),
            Ok,
            Some(ton),
            Some("TON"),
            None,
        ),
        (
            &format!(
                "substrate:{dot}:0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d:0x91b171bb158e2d3848fa23a9f1c251820000000000000000000000000000000000"
            ),
            Ok,
            Some(dot),
            Some("SUBSTRATE"),
            Some("polkadot:91b171bb158e2d3848fa23a9f1c25182"),
        ),
        (
            "iban:XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS",
            Ok,
            Some("XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS"),
            Some("ETH"),
            None,
        ),
        (
            "XE81ETHXREGGAVOFYORK",
            Name,
            Some("XE81ETHXREGGAVOFYORK"),
            Some("ETH"),
            None,
        ),
    ]);
    let form = read(&format!(
        "solana:{sol}?amount=0.01&spl-token=EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v&memo=OrderId1234"
    ));
    assert_eq!(
        form.contract.as_deref(),
        Some("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")
    );
    assert_eq!(form.tag.as_deref(), Some("OrderId1234"));
}

/// BOLT 11's examples: an invoice is no address, but can carry one to fall back on.
#[test]
fn lightning_invoices() {
    let head = "pp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypq";
    let hash = "hp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2ahrqs";
    let p2pkh = format!(
        "lnbc20m1pvjluez{head}{hash}fpp3qjmp7lwpagxun9pygexvgpjdc4jdj85fr9yq20q82gphp2nflc7jtzrcazrra7wwgzxqc8u7754cdlpfrmccae92qgzqvzq2ps8pqqqqqqpqqqqq9qqqvpeuqafqxu92d8lr6fvg0r5gv0heeeqgcrqlnm6jhphu9y00rrhy4grqszsvpcgpy9qqqqqqgqqqqq7qqzqj9n4evl6mr5aj9f58zp6fyjzup6ywn3x6sk8akg5v4tgn2q8g4fhx05wf6juaxu9760yp46454gpg5mtzgerlzezqcqvjnhjh8z3g2qqdhhwkj"
    );
    let rest = "lnbc20m1pvjluez";
    let p2sh = format!(
        "{rest}{hash}{head}fppj3a24vwu6r8ejrss3axul8rxldph2q7z9kmrgvr7xlaqm47apw3d48zm203kzcq357a4ls9al2ea73r8jcceyjtya6fu5wzzpe50zrge6ulk4nvjcpxlekvmxl6qcs9j3tz0469gq5g658y"
    );
    let p2wpkh = format!(
        "{rest}{hash}{head}fppqw508d6qejxtdg4y5r3zarvary0c5xw7kepvrhrm9s57hejg0p662ur5j5cr03890fa7k2pypgttmh4897d3raaq85a293e9jpuqwl0rnfuwzam7yr8e690nd2ypcq9hlkdwdvycqa0qza8"
    );
    let p2wsh = format!(
        "{rest}{hash}{head}fp4qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q28j0v3rwgy9pvjnd48ee2pl8xrpxysd5g44td63g6xcjcu003j3qe8878hluqlvl3km8rm92f5stamd3jw763n3hck0ct7p8wwj463cql26ava"
    );
    let testnet = format!(
        "lntb20m1pvjluez{hash}{head}fpp3x9et2e20v6pu37c5d9vax37wxq72un98kmzzhznpurw9sgl2v0nklu2g4d0keph5t7tj9tcqd8rexnd07ux4uv2cjvcqwaxgj7v4uwn5wmypjd5n69z2xm3xgksg28nwht7f6zspwp3f9t"
    );
    let none = format!(
        "lnbc20m1pvjluez{head}{hash}cc6gd6ql3jrc5yzme8v4ntcewwz5cnw92tz0pc8qcuufvq7khhr8wpald05e92xw006sq94mg8v2ndf4sefvf9sygkshp5zfem29trqq2yxxz7"
    );
    for (invoice, address) in [
        (&p2pkh, Some("1RustyRX2oai4EYYDpQGWvEL62BBGqN9T")),
        (&p2sh, Some("3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX")),
        (&p2wpkh, Some(SEGWIT)),
        (
            &p2wsh,
            Some("bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"),
        ),
        (&testnet, Some("mk2QpYatsKicvFVuTAQLBryyccRXMUaGHP")),
        (&none, None),
    ] {
        for text in [
            invoice.clone(),
            invoice.to_uppercase(),
            format!("lightning:{invoice}"),
        ] {
            let form = read(&text);
            assert_eq!(
                (form.address(), form.asset),
                (address, Some("BTC")),
                "{text}"
            );
        }
    }
    // With a wrong checksum nothing is taken out of it.
    assert_eq!(read(&p2sh.replace("5g658y", "5g658x")).address(), None);
}

/// CashAddr: the prefix is checksum input.
#[test]
fn cashaddr_keeps_its_prefix() {
    let address = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
    let bare = &address["bitcoincash:".len()..];
    let bch = Some("BCH");
    check(&[
        (address, Status::Ok, Some(address), bch, None),
        (
            &format!("{address}?amount=1"),
            Status::Ok,
            Some(address),
            bch,
            None,
        ),
        (
            &address.to_uppercase(),
            Status::Ok,
            Some(address),
            bch,
            None,
        ),
        (
            &format!("bitcoincash:{address}"),
            Status::Ok,
            Some(address),
            bch,
            None,
        ),
        (
            &format!("bitcoincash:{BTC}"),
            Status::Ok,
            Some(BTC),
            bch,
            None,
        ),
        (bare, Status::Ok, Some(bare), None, None),
        (&bare.to_uppercase(), Status::Ok, Some(bare), None, None),
    ]);
    // Once a panic: a character across the end of a doubled prefix.
    assert_eq!(
        read("bitcoincash:qqqqq5qqqq…qqqqq").status,
        Status::Truncated
    );
    // Mixed case is refused by the specification and left as it is for the parser to refuse.
    let mixed = format!("BitcoinCash:{bare}");
    assert_eq!(read(&mixed).address(), Some(&*mixed));
}

#[test]
fn wrapping_white_space_and_escapes() {
    for raw in [
        format!("=\"{BTC}\""),
        format!("\u{a0}{BTC}\u{3000}"),
        format!("<({BTC})>;"),
        format!("“{BTC}”."),
        format!("\"'{BTC}'\","),
        format!("&quot;{BTC}&quot;"),
        format!("\\\"{BTC}\\\""),
        format!("%20{BTC}%0A"),
        format!("1\\u0042{}", &BTC[2..]),
        format!("&#49;{}", &BTC[1..]),
        format!("&#x31;&#8203;{}", &BTC[1..]),
        format!("bitcoin%3A{BTC}"),
    ] {
        let form = read(&raw);
        assert_eq!(
            (form.status, form.address()),
            (Status::Ok, Some(BTC)),
            "{raw}"
        );
        assert!(!form.notes.is_empty(), "{raw}: nothing said");
    }
    // Escapes are decoded once.
    assert_ne!(read(&format!("bitcoin%253A{BTC}")).address(), Some(BTC));
}

/// The range always says where the text stands in the raw text.
#[test]
fn ranges_point_into_the_raw_text() {
    for (raw, stands) in [
        (format!(" \"{BTC}\" "), BTC.to_owned()),
        (format!("bitcoin:{BTC}?amount=1"), BTC.to_owned()),
        (
            format!("1Bg\u{200b}{} ", &BTC[3..]),
            format!("1Bg\u{200b}{}", &BTC[3..]),
        ),
        (
            format!("https://etherscan.io/address/{EVM}"),
            EVM.to_owned(),
        ),
        (format!("paid {EVM} today"), EVM.to_owned()),
        ("２Ａ % b".to_owned(), "２Ａ % b".to_owned()),
    ] {
        let form = read(&raw);
        assert_eq!(&raw[form.range.clone()], stands, "{raw}: {form:?}");
    }
}

#[test]
fn tags_are_split_off() {
    let r = "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf";
    let g = "GCALNQQBXAPZ2WIRSDDBMSTAKCUH5SG6U76YBFLQLIXJTF7FE5AX7AOO";
    for (raw, address, tag, asset) in [
        (format!("{r}:276"), r, "276", Some("XRP")),
        (format!("{r}?dt=276"), r, "276", Some("XRP")),
        (format!("ripple:{r}?dt=276&amount=1"), r, "276", Some("XRP")),
        (format!("xrpl:{r}:276"), r, "276", Some("XRP")),
        (format!("{g}:memo5"), g, "memo5", Some("XLM")),
        (format!("{g} (memo 5)"), g, "5", Some("XLM")),
        (format!("{r}, destination tag: 276"), r, "276", Some("XRP")),
        (format!("{BTC} (Memo: 5)"), BTC, "5", None),
        (
            format!("web+stellar:pay?destination={g}&memo=skdjfasf"),
            g,
            "skdjfasf",
            Some("XLM"),
        ),
    ] {
        let form = read(&raw);
        let got = (form.status, form.address(), form.tag.as_deref(), form.asset);
        assert_eq!(got, (Status::Ok, Some(address), Some(tag), asset), "{raw}");
    }
}

#[test]
fn cells_with_several_addresses_are_split() {
    let both = [BTC, BTC2];
    for raw in [
        format!("{BTC};{BTC2}"),
        format!("{BTC}, {BTC2}"),
        format!("{BTC}|{BTC2}"),
        format!("{BTC}\n{BTC2}\n"),
        format!("{BTC} and {BTC2}"),
        format!("[\"{BTC}\",\"{BTC2}\"]"),
        format!("{{\"from\":\"{BTC}\",\"to\":\"{BTC2}\"}}"),
        format!("from={BTC} to={BTC2}"),
        format!("bitcoin:{BTC},bitcoin:{BTC2}"),
        format!("bitcoin:{BTC}?amount=1,bitcoin:{BTC2}?amount=2"),
    ] {
        let all = read_all(&raw);
        let texts: Vec<_> = all.iter().filter_map(Form::address).collect();
        assert_eq!(texts, both, "{raw}");
        assert!(all.iter().all(|f| f.status == Status::Flagged), "{raw}");
        assert_eq!(read(&raw).status, Status::Flagged, "{raw}");
    }
    // OFAC's way of writing remarks; a label that is not a set of rules stays a note.
    let all = read_all(&format!(
        "Digital Currency Address - XBT {BTC}; alt. Digital Currency Address - ETH {EVM}; alt. Digital Currency Address - USDT {BTC2};"
    ));
    let got: Vec<_> = all.iter().map(|f| (&*f.text, f.asset)).collect();
    assert_eq!(got, [(BTC, Some("BTC")), (EVM, Some("ETH")), (BTC2, None)]);
    assert!(all[2].notes.iter().any(|n| n.contains("USDT")));
}

#[test]
fn sentences_give_only_what_decodes() {
    assert!(read_all("payment for invoice 42, thank you").is_empty());
    assert!(read_all("contact satoshi@example.com or example.org").is_empty());
    assert!(read_all("Überweisung an Jürgen").is_empty());
    assert!(read_all("").is_empty());
    assert_eq!(read("payment for invoice 42").status, Status::None);
    let all = read_all(&format!("payment to {EVM} for invoice 42"));
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0].status, all[0].address()),
        (Status::Flagged, Some(EVM))
    );
    // A mistyped address beside a good one is not lost: parsing it says what is wrong.
    let typo = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMh";
    let texts: Vec<_> = read_all(&format!("{typo} {BTC2}"))
        .into_iter()
        .map(|f| f.text)
        .collect();
    assert_eq!(texts, [typo.into(), BTC2.into()]);
}

#[test]
fn broken_lines_are_joined_only_by_a_checksum() {
    // The CashAddr specification's example in capitals, broken: its own text reads as itself.
    let upper = "BITCOINCASH:QPM2QSZNHKS23Z7629MMS6S4CWEF74VCWVY22GDX6A";
    let form = read(&format!("{} {}", &upper[..20], &upper[20..]));
    assert_eq!(form.address(), Some(&*upper.to_ascii_lowercase()));
    assert_eq!(read(&form.text).address(), form.address());
    let wrapped = format!("{}\n{}", &BTC[..18], &BTC[18..]);
    let form = read(&wrapped);
    assert_eq!((form.status, form.address()), (Status::Flagged, Some(BTC)));
    let spaced = format!("{} {}", &EVM[..20], &EVM[20..]);
    assert_eq!(
        read(&spaced).address(),
        Some(EVM),
        "mixed case carries a checksum"
    );
    assert_eq!(
        read(&spaced.to_lowercase()).address(),
        None,
        "one case carries none"
    );
    let wrong = wrapped.replace("SAMH", "SAMJ");
    assert_eq!(read(&wrong).address(), None);
}

#[test]
fn links_give_their_last_address() {
    use Status::{Flagged, None as Nothing};
    check(&[
        (
            &format!("https://www.blockchain.com/explorer/addresses/btc/{BTC}"),
            Flagged,
            Some(BTC),
            None,
            None,
        ),
        (
            &format!("etherscan.io/address/{EVM}#tokentxns"),
            Flagged,
            Some(EVM),
            None,
            None,
        ),
        (
            &format!("https://app.safe.global/home?safe=arb1:{EVM}"),
            Flagged,
            Some(EVM),
            Some("ETH"),
            Some("eip155:42161"),
        ),
        (
            "https://etherscan.io/tx/0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
            Nothing,
            None,
            None,
            None,
        ),
        ("https://example.com/", Nothing, None, None, None),
    ]);
    let token = "0x89205a3a3b2a69de6dbf7f01ed13b2108b2c43e7";
    let form = read(&format!("https://etherscan.io/token/{token}?a={EVM}"));
    assert_eq!(
        (form.address(), form.contract.as_deref()),
        (Some(EVM), Some(token))
    );
}

#[test]
fn look_alikes_are_never_folded_silently() {
    for (raw, skeleton) in [
        ("b\u{441}1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", SEGWIT),
        ("1\u{412}gGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", BTC),
        ("bitcoin:1\u{412}gGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", BTC),
        ("1\u{1d401}gGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", BTC),
    ] {
        let form = read(raw);
        assert_eq!(
            (form.status, form.address()),
            (Status::Suspicious, None),
            "{raw}"
        );
        assert_eq!(form.skeleton.as_deref(), Some(skeleton), "{raw}");
        assert_eq!(read_all(raw), [form]);
    }
    // A superscript, a ligature or a circled digit is not a letter in disguise.
    assert_eq!(
        read("\u{2460}BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH").skeleton,
        None
    );
}

/// Secrets: the Bitcoin wiki's WIF example, SEP-5's test account 0.
#[test]
fn secrets_are_withheld() {
    let wif = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
    let seed = "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN";
    for raw in [
        wif.to_owned(),
        seed.to_owned(),
        format!("\"{wif}\""),
        format!("bitcoin:{wif}"),
        format!("key {wif}"),
        format!("{BTC} {wif}"),
        format!("https://example.com/?key={wif}"),
        format!("key={wif}"),
        format!("eip155:1:{wif}"),
        format!("{wif}?dt=5"),
        format!("{wif}:5"),
    ] {
        let form = read(&raw);
        assert_eq!((form.status, &*form.text), (Status::Secret, ""), "{raw}");
        for form in read_all(&raw).into_iter().chain([form]) {
            let shown = format!("{form:?}");
            assert!(
                !shown.contains(wif) && !shown.contains(seed),
                "{raw}: {shown}"
            );
        }
    }
}

#[test]
fn spreadsheet_damage_is_named() {
    let form = read("1.23457E+45");
    assert_eq!(form.status, Status::None);
    assert!(form.notes.iter().any(|n| n.contains("scientific")));
    let cut = format!("{BTC} {}", "x".repeat(255 - 35));
    assert!(read_all(&cut)[0].notes.iter().any(|n| n.contains("cut")));
}

#[test]
fn plain_texts_need_no_reading() {
    for plain in [
        BTC,
        SEGWIT,
        EVM,
        "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
    ] {
        assert!(is_plain(plain.as_bytes()), "{plain}");
        assert_eq!(read(plain).address(), Some(plain));
    }
    for other in [" 1a", "eth:0x1", "1a…b", "a.eth", "rabc:5"] {
        assert!(!is_plain(other.as_bytes()), "{other}");
    }
}

fn sane(raw: &str) -> Result<(), TestCaseError> {
    for form in read_all(raw).into_iter().chain([read(raw)]) {
        prop_assert!(
            raw.get(form.range.clone()).is_some(),
            "{:?} in {raw:?}",
            form.range
        );
        if form.status == Status::Secret {
            prop_assert_eq!(&*form.text, "");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn arbitrary_text_is_read(raw in any::<String>()) {
        sane(&raw)?;
    }

    #[test]
    fn address_like_text_is_read(raw in r#"[ -~…\u{200b}а０\n]{0,80}"#) {
        sane(&raw)?;
    }

    /// What it is made of comes back, however it is wrapped.
    #[test]
    fn pieces_of_uris_are_read(parts in proptest::collection::vec(proptest::sample::select(vec![
        "bitcoin:", "ethereum:", "pay-", "eip155:1:", "did:pkh:", "eth:", "https://", "a.io/", BTC, EVM, SEGWIT,
        "@", "/", "?", "&", "=", "#", ":", "%3A", "%", "&#58;", "\\u003a", "…", "...", "(", ")", "\"", "'", " ",
        "\n", ",", ";", "\u{200b}", "а", "address", "transfer", "memo 5", "XE73", "lnbc1", "5H", "bitcoincash:",
        "q", "\u{ff11}", "web+stellar:pay?destination=", "ton://transfer/", "substrate:", "solana:", "=\"", "dt=5",
    ]), 0..12)) {
        sane(&parts.concat())?;
    }

    #[test]
    fn wrapping_never_loses_an_address(
        before in r#"[ "'(<\[\u{200b}\u{a0}]{0,6}"#,
        after in r#"[ "')>\],;\u{200b}\u{a0}]{0,6}"#,
    ) {
        let all = read_all(&format!("{before}{EVM}{after}"));
        prop_assert_eq!(all.len(), 1);
        prop_assert_eq!(all[0].address(), Some(EVM));
    }
}
