//! Four screening reports by hand: no match, matches, incomplete, hostile.
//!
//! They are literal, so that a change in how addresses are judged does not change what reports look
//! like. Addresses are the examples of BIP-13, BIP-173 and EIP-55; everybody in them is invented.

use interdict::address::Basis;
use interdict::finding::{Code, Finding, Place};
use interdict::list::{
    Authority, Entity, EntityKind, Interval, List, ListBuilder, ListSet, NewListing, Snapshot,
    Source, Timing,
};
use interdict::screen::{
    Column, ColumnCoverage, Contact, Counting, Coverage, Dealing, Decimal, EntityKey, Hops,
    InputSummary, Match, NotAddress, NotScreened, Possible, Quantity, Role, ScreeningReport,
};
use jiff::civil::date;

pub(crate) const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
pub(crate) const P2PKH: &str = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2";
pub(crate) const SEGWIT: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";

/// Names of the samples.
pub(crate) const SAMPLES: &[&str] = &["no-match", "matches", "incomplete", "hostile"];

/// Texts that would do harm where they are not made harmless, one for each kind of place.
pub(crate) const HOSTILE: &[&str] = &[
    "\u{1b}]0;owned\u{7}\u{1b}[2J",
    "=cmd|'/C calc'!A0",
    "<script>alert(1)</script>",
    "first\nsecond\r\nthird",
    "abc\u{202e}gpj.exe\u{2066}",
    "\"><img src=x onerror=alert(1)>",
    "@SUM(A1:A9)",
    "nul\0bell\u{7}csi\u{9b}31m",
    "a,b;c\t\"d\"",
    "]]><!--&amp;--><![CDATA[",
    "|pipe|`tick`[link](javascript:alert(1))",
    "javascript:alert(1)",
];

fn source(id: &str, title: &str, publisher: &str, authority: Authority) -> Source {
    Source {
        id: id.into(),
        title: title.into(),
        publisher: publisher.into(),
        authority,
        licence: "public domain".into(),
        homepage: format!("https://example.org/{id}").into(),
        urls: vec![format!("https://example.org/{id}.xml").into()],
        max_age: None,
        at_least: 1,
        max_shrink: None,
        max_growth: None,
        shape: "table".into(),
        labels: Vec::new(),
        columns: Default::default(),
        options: Default::default(),
        superseded_by: None,
        alternative_to: None,
        parts: Default::default(),
    }
}

fn snapshot(id: &str, digit: char, url: &str) -> Snapshot {
    Snapshot {
        sha256: digit.to_string().repeat(64).into(),
        bytes: 123_456,
        url: url.into(),
        retrieved_at: (id != "court-test").then(|| "2026-08-21T06:30:00Z".parse().unwrap()),
        published_on: Some(date(2026, 8, 20)),
        bundled: id == "court-test",
    }
}

/// A sanctions list with a company and a person, and a court's list with a cluster.
pub(crate) fn lists(hostile: bool) -> ListSet {
    let text = |at: usize, friendly: &str| -> Box<str> {
        if hostile {
            HOSTILE[at].into()
        } else {
            friendly.into()
        }
    };
    let id = "state-test";
    let mut state = ListBuilder::new(
        source(
            id,
            &text(2, "State Test List"),
            &text(0, "Ministry of Tests"),
            Authority::Government,
        ),
        snapshot(id, 'a', "https://example.org/state-test.xml"),
    );
    let company = state.entity(Entity {
        id: text(3, "1001"),
        kind: EntityKind::Organisation,
        name: text(1, "EXAMPLE TRADING GMBH"),
        programs: vec![text(5, "TEST-1"), "TEST-2".into()],
        listed_on: Some(date(2022, 8, 8)),
        source_url: Some(text(11, "https://example.org/entity/1001")),
        ..Entity::default()
    });
    state.listing(
        company,
        NewListing {
            text: EVM,
            raw: &text(
                8,
                "Digital Currency Address - ETH 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            ),
            label: &text(4, "ETH"),
            locator: &text(
                7,
                "/Sanctions/DistinctParty[@FixedRef='1001']/Feature[@ID='88']",
            ),
            note: &text(9, "also used as a deposit address"),
            url: "",
            intervals: &[
                Interval {
                    from: Some(date(2022, 8, 8)),
                    not_before: Some(date(2022, 8, 7)),
                    until: Some(date(2025, 3, 21)),
                    last_seen: Some(date(2025, 3, 20)),
                },
                Interval {
                    from: Some(date(2026, 8, 7)),
                    not_before: Some(date(2026, 8, 6)),
                    until: None,
                    last_seen: None,
                },
            ],
        },
    );
    let person = state.entity(Entity {
        id: "1002".into(),
        kind: EntityKind::Person,
        name: text(10, "Example, Erika"),
        ..Entity::default()
    });
    state.listing(
        person,
        NewListing {
            text: P2PKH,
            label: "XBT",
            locator: "/Sanctions/DistinctParty[@FixedRef='1002']/Feature[@ID='90']",
            intervals: &[Interval::on_or_before(date(2021, 2, 15))],
            ..NewListing::default()
        },
    );
    let id = "court-test";
    let mut court = ListBuilder::new(
        source(
            id,
            "State v. 2 Test Assets",
            "Court of Tests",
            Authority::Court,
        ),
        snapshot(id, 'b', "https://example.org/complaint.pdf"),
    );
    let cluster = court.entity(Entity {
        id: "asset-2".into(),
        kind: EntityKind::Cluster,
        name: "Test Asset 2".into(),
        ..Entity::default()
    });
    court.listing(
        cluster,
        NewListing {
            text: SEGWIT,
            locator: "page 14, row 2",
            ..NewListing::default()
        },
    );
    ListSet::new(vec![state.finish().unwrap(), court.finish().unwrap()])
}

fn list<'l>(lists: &'l ListSet, id: &str) -> &'l List {
    lists.lists().iter().find(|l| &*l.source.id == id).unwrap()
}

fn column(index: usize, name: &str, role: Role) -> Column {
    Column {
        index,
        name: name.into(),
        role,
    }
}

fn base(lists: &ListSet) -> ScreeningReport<'_> {
    let columns = [
        ("Date", Role::Time, 120, 0),
        ("From", Role::From, 120, 118),
        ("To", Role::To, 119, 119),
        ("Value", Role::Amount, 120, 0),
        ("Txhash", Role::Txid, 120, 0),
    ];
    let columns = columns
        .iter()
        .enumerate()
        .map(|(at, &(name, role, cells, recognised))| ColumnCoverage {
            input: 0,
            column: column(at, name, role),
            cells,
            recognised,
        });
    ScreeningReport {
        as_of: "2026-11-24T12:00:00Z".parse().unwrap(),
        inputs: vec![InputSummary {
            path: "march.csv".into(),
            sha256: "c".repeat(64).into(),
            bytes: 23_456,
            rows: 120,
            profile: "etherscan".into(),
            encoding: "utf-8".into(),
            delimiter: ",".into(),
            header_line: 1,
            compression: "".into(),
        }],
        lists,
        coverage: Coverage {
            rows: 120,
            cells: 599,
            tokens: 1357,
            recognised: 237,
            unique: 61,
            unique_exact: true,
            not_screened: Vec::new(),
            not_addresses: vec![NotAddress {
                kind: "transaction-hash",
                count: 120,
            }],
            columns: columns.collect(),
            validated: true,
        },
        matches: Vec::new(),
        possible: Vec::new(),
        findings: vec![Finding::new(
            Code::ListBundledAge,
            Place::whole("court-test"),
            "compiled into this build, facts as of 2026-08-20",
        )],
        hops: None,
        counting: Counting::default(),
    }
}

fn a_match<'l>(lists: &'l ListSet, from: &str, listing: u32, n: u64) -> Match<'l> {
    let list = list(lists, from);
    let listing = list.listing(listing);
    let labels = if listing.label.is_empty() {
        Vec::new()
    } else {
        vec![listing.label]
    };
    Match {
        id: format!("{n:016x}").into(),
        input: 0,
        row: n,
        line: n + 1,
        byte: 200 * n,
        column: column(2, "To", Role::To),
        text: listing.text.into(),
        address: listing.text.into(),
        format: "evm",
        networks: &["ethereum"],
        basis: Basis::Exact,
        basis_note: "the same address".into(),
        timing: Timing::ListedThen,
        timing_note: "row of 2026-09-01; listed from 2026-08-07".into(),
        interval: *listing.intervals.last().unwrap(),
        row_time: "2026-09-01 10:00:00".into(),
        row_day: Some(date(2026, 9, 1)),
        row_date: Some(date(2026, 9, 1)),
        amount: "12.5".into(),
        asset: "ETH".into(),
        quantity: quantity("125", 1, "ETH"),
        reading: "".into(),
        list,
        listing,
        labels,
        disposition: None,
    }
}

fn quantity(digits: &str, scale: u32, asset: &str) -> Option<Quantity> {
    Some(Quantity {
        value: Decimal::new(digits, scale),
        asset: asset.into(),
        column: "Amount".into(),
    })
}

fn matches(lists: &ListSet) -> Vec<Match<'_>> {
    let first = a_match(lists, "state-test", 0, 3);
    let delisted = Match {
        timing: Timing::DelistedSince,
        timing_note: "row of 2023-05-01; listed from 2022-08-08, removed 2025-03-21".into(),
        interval: first.listing.intervals[0],
        row_time: "2023-05-01 12:00:00".into(),
        row_day: Some(date(2023, 5, 1)),
        row_date: Some(date(2023, 5, 1)),
        text: EVM.to_lowercase().into(),
        amount: "-0.25".into(),
        quantity: quantity("25", 2, "ETH"),
        basis: Basis::SameAccount,
        basis_note: "the same account in another notation".into(),
        ..a_match(lists, "state-test", 0, 7)
    };
    let unknown = Match {
        format: "btc-p2pkh",
        networks: &["bitcoin"],
        timing: Timing::DateUnknown,
        timing_note: "the row has no readable time; listed on or before 2021-02-15".into(),
        row_time: "".into(),
        row_day: None,
        row_date: None,
        amount: "".into(),
        asset: "".into(),
        quantity: None,
        reading: "taken out of a payment URI".into(),
        column: column(5, "", Role::Memo),
        ..a_match(lists, "state-test", 1, 9)
    };
    let court = Match {
        id: "000000000000000a".into(),
        format: "btc-p2wpkh",
        networks: &["bitcoin"],
        timing: Timing::ListedLater,
        timing_note:
            "row of 2026-08-01, 19 days before the listing; listed on or before 2026-08-20".into(),
        row_time: "2026-08-01".into(),
        row_day: Some(date(2026, 8, 1)),
        row_date: Some(date(2026, 8, 1)),
        amount: "1,204.5".into(),
        asset: "BTC".into(),
        quantity: quantity("12045", 1, "BTC"),
        ..a_match(lists, "court-test", 0, 9)
    };
    vec![first, delisted, unknown, court]
}

fn possible(lists: &ListSet) -> Vec<Possible<'_>> {
    let found = Match {
        basis: Basis::Verbatim,
        basis_note: "the shortened text fits this listed address; many others fit it too".into(),
        text: "0x5aAe…eAed".into(),
        address: "0x5aAe…eAed".into(),
        format: "",
        networks: &[],
        ..a_match(lists, "state-test", 0, 11)
    };
    vec![Possible {
        found,
        kind: "truncated",
        distance: 0,
    }]
}

/// One address two dealings away from a listed one.
fn hops(of: &dyn Fn(usize) -> Box<str>) -> Hops {
    let dealing = |from: usize, to: usize, row: u64| Dealing {
        from: of(from),
        to: of(to),
        input: 0,
        row,
    };
    Hops {
        asked: 2,
        addresses: 3,
        pairs: 2,
        dropped: 1,
        contacts: vec![Contact {
            address: of(0),
            listed: of(2),
            entities: vec![EntityKey {
                list: "state-test".into(),
                id: of(3),
                name: of(4),
            }],
            path: vec![dealing(0, 1, 7), dealing(2, 1, 3)],
        }],
        more: 1_000,
    }
}

fn not_screened(reason: &'static str, examples: &[&str]) -> NotScreened {
    NotScreened {
        reason,
        count: examples.len() as u64,
        examples: examples.iter().map(|e| (*e).into()).collect(),
    }
}

/// Everything that comes from outside is hostile.
fn hostile(lists: &ListSet) -> ScreeningReport<'_> {
    let mut report = base(lists);
    let of = |at: usize| -> Box<str> { HOSTILE[at % HOSTILE.len()].into() };
    report.inputs[0].path = of(2);
    report.inputs[0].delimiter = "\t".into();
    for (at, c) in report.coverage.columns.iter_mut().enumerate() {
        c.column.name = of(at);
    }
    report.coverage.not_screened = ["bad-checksum", "suspicious", "truncated", "unreadable-row"]
        .into_iter()
        .zip(HOSTILE.chunks(3))
        .map(|(reason, examples)| not_screened(reason, examples))
        .collect();
    report.matches = matches(lists);
    report.matches[0].row_time = "x".repeat(1_000_000).into();
    for (at, m) in report.matches.iter_mut().enumerate() {
        m.text = of(at);
        m.address = of(at + 1);
        m.amount = of(at + 2);
        m.asset = of(at + 3);
        m.quantity = Some(Quantity {
            value: Decimal::new("5", 0).filter(|_| at % 2 == 0),
            asset: of(at + 3),
            column: of(at + 4),
        });
        m.column.name = of(at + 4);
        m.reading = of(at + 5);
        m.timing_note = of(at + 6);
        m.basis_note = of(at + 7);
        m.basis = Basis::Verbatim;
    }
    report.hops = Some(hops(&of));
    report.possible = possible(lists);
    report.possible[0].found.text = of(0);
    report.possible[0].found.basis_note = of(1);
    for (at, text) in HOSTILE.iter().enumerate() {
        let place = Place::Cell {
            of: of(at + 1),
            row: 1,
            line: 2,
            column: of(at + 2),
        };
        report
            .findings
            .push(Finding::new(Code::AddressSuspicious, place, *text));
    }
    report
}

/// Many entities over several years: to look at.
fn busy() -> ListSet {
    let id = "state-test";
    let mut list = ListBuilder::new(
        source(
            id,
            "State Test List",
            "Ministry of Tests",
            Authority::Government,
        ),
        snapshot(id, 'a', "https://example.org/state-test.xml"),
    );
    let names = [
        "NORTHERN LIGHTS EXCHANGE LLC",
        "Иван Пример",
        "شركة المثال للصرافة",
        "例示混合器",
        "Blue Heron Mixer",
        "Example, Erika",
        "Third Bank of Examples with a name that is much too long for any chart",
        "Delta Wallet",
        "Echo OTC Desk",
    ];
    for (at, name) in names.iter().enumerate() {
        let entity = list.entity(Entity {
            id: (1001 + at).to_string().into(),
            kind: EntityKind::Organisation,
            name: (*name).into(),
            programs: vec!["TEST-1".into()],
            listed_on: Some(date(2021, 3, 4)),
            ..Entity::default()
        });
        let year = 2019 + at as i16 % 6;
        for nth in 0..=(at % 3) {
            let from = date(year, 1 + nth as i8 * 3, 11);
            let interval = Interval {
                from: Some(from),
                not_before: (at % 4 != 1).then_some(from),
                until: (at % 3 == 2).then_some(date(2025, 3, 21)),
                last_seen: None,
            };
            list.listing(
                entity,
                NewListing {
                    text: &format!("0x{:040x}", (at + 1) * 7_919_000_017 + nth),
                    label: "ETH",
                    locator: "/Sanctions/DistinctParty/Feature",
                    intervals: &[interval],
                    ..NewListing::default()
                },
            );
        }
    }
    ListSet::new(vec![list.finish().unwrap()])
}

fn busy_report(lists: &ListSet) -> ScreeningReport<'_> {
    let mut report = base(lists);
    let n = lists.lists()[0].len() as u64;
    for at in 0..160u64 {
        let listing = (at * at + at / 3) % n;
        let mut m = a_match(lists, "state-test", listing as u32, at + 1);
        let day = date(
            2022 + (at % 5) as i16,
            1 + (at * 7 % 12) as i8,
            1 + (at * 11 % 28) as i8,
        );
        let day = day.min(date(2026, 11, 20));
        let interval = m.listing.intervals[0];
        m.timing = match (interval.from, interval.until) {
            _ if at % 29 == 0 => Timing::DateUnknown,
            (Some(from), _) if day < from => Timing::ListedLater,
            (_, Some(until)) if day >= until => Timing::DelistedBefore,
            (_, Some(_)) => Timing::DelistedSince,
            _ => Timing::ListedThen,
        };
        m.row_day = (at % 29 != 0).then_some(day);
        m.row_time = day.to_string().into();
        m.amount = format!("{}.{:02}", at * at, at % 100).into();
        report.matches.push(m);
    }
    report.possible = possible(lists);
    report.coverage.not_screened = vec![not_screened("bad-checksum", &[P2PKH, SEGWIT])];
    report
}

/// Calls `look` with the sample called `name`.
pub(crate) fn with_sample<T>(name: &str, look: impl FnOnce(&ScreeningReport<'_>) -> T) -> T {
    if name == "busy" {
        let lists = busy();
        return look(&busy_report(&lists));
    }
    let lists = lists(name == "hostile");
    let mut report = base(&lists);
    match name {
        "no-match" => {}
        "matches" => {
            report.matches = matches(&lists);
            report.possible = possible(&lists);
        }
        "incomplete" => {
            report.coverage.not_screened = vec![
                not_screened(
                    "bad-checksum",
                    &[
                        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
                        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
                    ],
                ),
                not_screened(
                    "unreadable-row",
                    &["line 40: a quoted cell is never closed"],
                ),
            ];
            report.coverage.unique_exact = false;
            report.findings.push(Finding::new(
                Code::AddressChecksum,
                Place::Cell {
                    of: "march.csv".into(),
                    row: 17,
                    line: 18,
                    column: "To".into(),
                },
                "`1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3`: looks like Bitcoin P2PKH, but the checksum is wrong",
            ));
        }
        "hostile" => report = hostile(&lists),
        other => panic!("no sample is called {other}"),
    }
    look(&report)
}
