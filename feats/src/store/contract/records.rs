//! Cases about records: content, order, expiry, names.

use std::time::Duration;

use super::cancellation::{MAX_POLLS, cancel_after};
use super::case::{Case, case};
use super::fixture::{CheckResult, Finding, TestPlace, ensure};
use super::names::{SEPARATORS, odd_names};
use crate::store::{Record, Records, Store};

pub(super) const CASES: &[Case] = &[
    case!(put_and_list, "records are stored verbatim, replaced by key, and listed in the order of their keys"),
    case!(expiry, "a record expires after its time, and never without one"),
    case!(names_of_records, "kinds and keys of records are any text, and different text is a different record"),
    case!(cancelled_puts, "a handle still works after a cancelled put"),
];

fn records(store: &dyn Store) -> CheckResult<&dyn Records> {
    store.records().ok_or_else(|| Finding("this handle has no records".to_owned()))
}

async fn put_and_list(place: TestPlace) -> CheckResult {
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
        let actual = records.list("kind").await?;
        let expected = [record("B", b""), record("a", &large), record("b", b"new"), record("c", &every_byte)];
        ensure!(actual == expected, "the records are {actual:?}");
        let other = records.list("other").await?;
        ensure!(other == [record("b", b"other")], "the records of another kind are {other:?}");
    }
    Ok(())
}

async fn expiry(place: TestPlace) -> CheckResult {
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
    let actual = keys(records).await?;
    ensure!(
        actual == ["ever", "extended", "far", "kept", "limited", "short"],
        "before the expiry the keys are {actual:?}"
    );
    tokio::time::sleep(short + Duration::from_millis(100)).await;
    for records in [records, other] {
        let actual = keys(records).await?;
        ensure!(actual == ["ever", "extended", "far", "kept"], "after the expiry the keys are {actual:?}");
        records.put("kind", "another", b"", Some(Duration::ZERO)).await?;
    }
    Ok(())
}

async fn names_of_records(place: TestPlace) -> CheckResult {
    let store = place.open();
    let records = records(&*store)?;
    let names = odd_names();
    for name in names.iter().map(String::as_str) {
        records.put("kind", name, name.as_bytes(), None).await?;
        records.put(name, "key", name.as_bytes(), None).await?;
    }
    let actual = keys(records).await?;
    ensure!(actual == names, "the keys, to be sorted by bytes, are {actual:?}");
    for name in names.iter().map(String::as_str) {
        let actual = records.list(name).await?;
        let bytes: Vec<&[u8]> = actual.iter().map(|record| record.bytes.as_slice()).collect();
        ensure!(bytes == [name.as_bytes()], "the records of kind {name:?} are {actual:?}");
    }
    for separator in SEPARATORS {
        let pairs = [(format!("a{separator}b"), "c".to_owned()), ("a".to_owned(), format!("b{separator}c"))];
        for (n, (kind, key)) in (1..).zip(&pairs) {
            records.put(kind, key, &[n], None).await?;
        }
        for (n, (kind, key)) in (1..).zip(&pairs) {
            let actual = records.list(kind).await?;
            let kept = actual.iter().any(|record| record.key == *key && record.bytes == [n]);
            ensure!(kept, "after puts of {pairs:?}, the records of {kind:?} are {actual:?}");
        }
    }
    Ok(())
}

async fn cancelled_puts(place: TestPlace) -> CheckResult {
    let store = place.open();
    let records = records(&*store)?;
    for polls in 1..=MAX_POLLS {
        cancel_after(records.put("kind", "dropped", b"1", None), polls).await;
        cancel_after(records.list("kind"), polls).await;
        records.put("kind", "key", b"1", None).await?;
        let actual = keys(records).await?;
        ensure!(actual.iter().any(|key| key == "key"), "a record is missing after its put; the keys are {actual:?}");
    }
    Ok(())
}

async fn keys(records: &dyn Records) -> CheckResult<Vec<String>> {
    Ok(records.list("kind").await?.into_iter().map(|record| record.key).collect())
}

fn record(key: &str, bytes: &[u8]) -> Record {
    Record { key: key.to_owned(), bytes: bytes.to_vec() }
}
