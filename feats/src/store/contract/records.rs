//! The part about records: kept verbatim, listed in order, ended in time.

use std::time::Duration;

use super::abandoned::{DEPTH, abandon};
use super::case::{Case, case};
use super::material::{Breach, TestPlace, Verdict, ensure};
use super::names::{JOINTS, odd_names};
use crate::store::{Record, Records, Store};

pub(super) const CASES: &[Case] = &[
    case!(put_and_list, "records are kept verbatim, replaced by key, and listed in order of their keys"),
    case!(expiry, "a record ends with its time, and without one does not"),
    case!(names_of_records, "kinds and keys of records are any text, and different text is another record"),
    case!(abandoned_puts, "a put may be dropped half-way, and the handle goes on to work"),
];

fn records(store: &dyn Store) -> Verdict<&dyn Records> {
    store.records().ok_or_else(|| Breach("this handle hands out no records".to_owned()))
}

async fn put_and_list(place: TestPlace) -> Verdict {
    let (store, other) = (place.open(), place.open());
    let (records, other) = (records(&*store)?, self::records(&*other)?);
    ensure!(records.list("kind").await?.is_empty(), "a new place has records");
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let large = vec![b'x'; 1 << 20];
    for (key, bytes) in [("b", b"old".as_slice()), ("c", &every_byte), ("a", &large), ("B", b""), ("b", b"new")] {
        records.put("kind", key, bytes, None).await?;
    }
    records.put("other", "b", b"other", None).await?;
    for records in [records, other] {
        let there = records.list("kind").await?;
        let expected = [record("B", b""), record("a", &large), record("b", b"new"), record("c", &every_byte)];
        ensure!(there == expected, "the records were {there:?}");
        let other = records.list("other").await?;
        ensure!(other == [record("b", b"other")], "of another kind there was {other:?}");
    }
    Ok(())
}

async fn expiry(place: TestPlace) -> Verdict {
    let (store, other) = (place.open(), place.open());
    let (records, other) = (records(&*store)?, self::records(&*other)?);
    let (short, long) = (Duration::from_secs(1), Duration::from_secs(3600));
    for (key, ttl) in [("at once", Some(Duration::ZERO)), ("ever", None), ("far", Some(Duration::MAX))] {
        records.put("kind", key, b"1", ttl).await?;
    }
    for (key, first, second) in [
        ("extended", Some(short), Some(long)),
        ("kept", Some(short), None),
        ("limited", None, Some(short)),
        ("short", Some(short), Some(short)),
    ] {
        records.put("kind", key, b"1", first).await?;
        records.put("kind", key, b"2", second).await?;
    }
    let there = keys(records).await?;
    ensure!(there == ["ever", "extended", "far", "kept", "limited", "short"], "before any time had passed: {there:?}");
    tokio::time::sleep(short + Duration::from_millis(100)).await;
    for records in [records, other] {
        let there = keys(records).await?;
        ensure!(there == ["ever", "extended", "far", "kept"], "after a second: {there:?}");
        records.put("kind", "another", b"", Some(Duration::ZERO)).await?;
    }
    Ok(())
}

async fn names_of_records(place: TestPlace) -> Verdict {
    let store = place.open();
    let records = records(&*store)?;
    let names = odd_names();
    for name in names.iter().map(String::as_str) {
        records.put("kind", name, name.as_bytes(), None).await?;
        records.put(name, "key", name.as_bytes(), None).await?;
    }
    let there = keys(records).await?;
    ensure!(there == names, "sorted by bytes, the keys were {there:?}");
    for name in names.iter().map(String::as_str) {
        let there = records.list(name).await?;
        let bytes: Vec<&[u8]> = there.iter().map(|record| record.bytes.as_slice()).collect();
        ensure!(bytes == [name.as_bytes()], "the records of kind {name:?} were {there:?}");
    }
    for joint in JOINTS {
        let pairs = [(format!("a{joint}b"), "c".to_owned()), ("a".to_owned(), format!("b{joint}c"))];
        for (n, (kind, key)) in (1..).zip(&pairs) {
            records.put(kind, key, &[n], None).await?;
        }
        for (n, (kind, key)) in (1..).zip(&pairs) {
            let there = records.list(kind).await?;
            let kept = there.iter().any(|record| record.key == *key && record.bytes == [n]);
            ensure!(kept, "after the records of {pairs:?} were put, those of {kind:?} were {there:?}");
        }
    }
    Ok(())
}

async fn abandoned_puts(place: TestPlace) -> Verdict {
    let store = place.open();
    let records = records(&*store)?;
    for polls in 1..=DEPTH {
        abandon(records.put("kind", "dropped", b"1", None), polls).await;
        abandon(records.list("kind"), polls).await;
        records.put("kind", "key", b"1", None).await?;
        let there = keys(records).await?;
        ensure!(there.iter().any(|key| key == "key"), "a record that was put is not among {there:?}");
    }
    Ok(())
}

async fn keys(records: &dyn Records) -> Verdict<Vec<String>> {
    Ok(records.list("kind").await?.into_iter().map(|record| record.key).collect())
}

fn record(key: &str, bytes: &[u8]) -> Record {
    Record { key: key.to_owned(), bytes: bytes.to_vec() }
}
