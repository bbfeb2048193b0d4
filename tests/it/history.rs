//! Joining a compiled history with a publisher's snapshot.

use interdict::list::{
    Authority, Entity, Interval, List, ListBuilder, NewListing, PastListing, Snapshot, Source,
};
use jiff::civil::date;

/// A source that nobody publishes, for tests.
pub(crate) fn source(id: &str) -> Source {
    Source {
        id: id.into(),
        title: format!("Test list {id}").into(),
        publisher: "Test publisher".into(),
        authority: Authority::Government,
        licence: "none".into(),
        homepage: "".into(),
        urls: Vec::new(),
        max_age: None,
        at_least: 0,
        max_shrink: None,
        max_growth: None,
        shape: "test".into(),
        labels: Vec::new(),
        columns: Default::default(),
        options: Default::default(),
        superseded_by: None,
        alternative_to: None,
        parts: Default::default(),
    }
}

/// A list of `(entity id, label, address, intervals)`.
pub(crate) fn list(id: &str, rows: &[(&str, &str, &str, &[Interval])]) -> List {
    let snapshot = Snapshot {
        sha256: "00".repeat(32).into(),
        bytes: 1,
        url: "test".into(),
        published_on: Some(date(2025, 11, 19)),
        ..Snapshot::default()
    };
    let mut builder = ListBuilder::new(source(id), snapshot);
    for (entity, label, text, intervals) in rows {
        let entity = builder.entity(Entity {
            id: (*entity).into(),
            name: format!("Example entity {entity}").into(),
            ..Entity::default()
        });
        let new = NewListing {
            text,
            label,
            intervals,
            locator: "line 1",
            ..Default::default()
        };
        builder.listing(entity, new);
    }
    builder.finish().unwrap()
}

const GENESIS: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
const BIP173: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
const EIP55: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

#[test]
fn a_snapshot_takes_its_dates_from_the_history() {
    let since = Interval {
        from: Some(date(2025, 11, 4)),
        not_before: Some(date(2025, 10, 30)),
        ..Interval::UNDATED
    };
    let gone = Interval {
        until: Some(date(2025, 3, 21)),
        ..since
    };
    let mut newer = list(
        "newer",
        &[
            ("1", "XBT", GENESIS, &[]),
            ("2", "ETH", &EIP55.to_lowercase(), &[]),
        ],
    );
    let mut history = list(
        "history",
        &[
            ("1", "XBT", GENESIS, &[since]),
            ("2", "ETH", EIP55, &[since]),
            ("3", "XBT", BIP173, &[gone]),
        ],
    );
    assert_eq!(newer.join_history(&mut history), 2);
    let dates: Vec<_> = newer.listings().map(|l| l.intervals.to_vec()).collect();
    assert_eq!(
        dates,
        [vec![since], vec![since]],
        "matched by identity, not by spelling"
    );
    let left: Vec<_> = history.listings().map(|l| l.text).collect();
    assert_eq!(left, [BIP173], "what only the history knows stays in it");
}

#[test]
fn a_history_of_several_snapshots_stays_whole() {
    let gone = Interval {
        from: Some(date(2024, 1, 2)),
        until: Some(date(2025, 3, 21)),
        ..Interval::UNDATED
    };
    let past = |text: &str, url: &str| PastListing {
        snapshot: Snapshot {
            url: url.into(),
            ..Snapshot::default()
        },
        entity: Entity {
            id: "2".into(),
            ..Entity::default()
        },
        text: text.into(),
        raw: text.into(),
        label: "ETH".into(),
        locator: "line 1".into(),
        note: "".into(),
        url: "".into(),
        intervals: vec![gone],
    };
    let mut newer = list("newer", &[("1", "XBT", GENESIS, &[])]);
    let history = list(
        "history",
        &[("1", "XBT", GENESIS, &[]), ("1", "XBT", BIP173, &[])],
    );
    let other = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";
    let mut history = history.add_past(&[past(EIP55, "first"), past(other, "second")]);
    assert_eq!(newer.join_history(&mut history), 1);
    assert_eq!((history.len(), history.len_with_past()), (1, 3));
    let now: Vec<_> = history.listings().map(|l| l.text).collect();
    assert_eq!(now, [BIP173]);
    let gone: Vec<_> = history
        .past_listings()
        .map(|l| (l.text, &*l.snapshot.url))
        .collect();
    assert_eq!(gone, [(EIP55, "first"), (other, "second")]);
}

#[test]
fn another_entity_or_label_is_another_listing() {
    let since = Interval {
        from: Some(date(2025, 11, 4)),
        ..Interval::UNDATED
    };
    let mut newer = list("newer", &[("1", "XBT", GENESIS, &[])]);
    let mut history = list(
        "history",
        &[
            ("9", "XBT", GENESIS, &[since]),
            ("1", "BCH", GENESIS, &[since]),
        ],
    );
    assert_eq!(newer.join_history(&mut history), 0);
    assert_eq!(history.len(), 2);
}
