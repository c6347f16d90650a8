//! Cases about reading: pages of histories, the newest revisions, checks, epochs.

use std::time::Duration;

use super::case::{Case, case};
use super::fixture::{CheckResult, TestPlace, append, ensure, loaded, newest, publish, publish_many, revision, state};
use crate::store::{Cursor, Page, WatchEvent};

const FEATURE: &str = "Feature";

pub(super) const CASES: &[Case] = &[
    case!(
        pages,
        "a page of a history is newest first, has at most `limit` revisions, and only revisions older than `before`"
    ),
    case!(newest_of_each, "`load` and `versions` return the newest revision of every feature exactly once"),
    case!(checks, "a check of a store with complete histories warns of none of them, and changes nothing"),
    case!(
        epochs,
        "the epoch is the same for all handles on the same data, does not change by their calls, and differs for other data"
    ),
];

async fn pages(place: TestPlace) -> CheckResult {
    let store = place.open();
    ensure!(newest(&*store, FEATURE).await?.is_none(), "a feature without revisions has a history");
    publish_many(&*store, FEATURE, 10).await?;
    publish_many(&*store, "Other", 3).await?;
    let cases: &[(Option<u64>, usize, &[u64])] = &[
        (None, 100, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (None, 3, &[10, 9, 8]),
        (Some(8), 3, &[7, 6, 5]),
        (Some(3), 3, &[2, 1]),
        (Some(11), 2, &[10, 9]),
        (Some(u64::MAX), 1, &[10]),
        (Some(1), 3, &[]),
        (Some(0), 3, &[]),
        (None, 0, &[]),
        (Some(2), usize::MAX, &[1]),
    ];
    for &(before, limit, versions) in cases {
        let page = store.history(FEATURE, Page { before, limit }).await?;
        let given: Vec<u64> = page.iter().map(|entry| entry.version).collect();
        ensure!(given == versions, "the page of {limit} revisions before {before:?} has the versions {given:?}");
    }
    Ok(())
}

async fn newest_of_each(place: TestPlace) -> CheckResult {
    let store = place.open();
    let mut written = Vec::new();
    for n in 1..=12 {
        written.extend(publish_many(&*store, &format!("Feature{n:02}"), n % 4 + 1).await?.pop());
    }
    let removed = revision("Feature05", written.get(4), None)?;
    append(&*store, written.get(4), &removed).await?;
    written.splice(4..5, [removed]);

    let read = loaded(&*place.open()).await?;
    ensure!(read == written, "`load` returned {read:?}");
    let mut versions = store.versions().await?;
    versions.sort();
    let expected: Vec<_> = written.into_iter().map(|entry| (entry.feature, entry.version)).collect();
    ensure!(versions == expected, "the versions are {versions:?}");
    Ok(())
}

async fn checks(place: TestPlace) -> CheckResult {
    let store = place.open();
    store.check().await?;
    publish_many(&*store, FEATURE, 3).await?;
    let (cursor, epoch) = (store.load().await?.cursor, store.epoch().await?);
    for store in [store, place.open()] {
        let warnings = store.check().await?;
        ensure!(!warnings.iter().any(|warning| warning.contains(FEATURE)), "the warnings are {warnings:?}");
        ensure!(store.check().await? == warnings, "a second check returned other warnings than {warnings:?}");
        let watched = store.watch(&cursor, Duration::ZERO).await?;
        let nothing = matches!(&watched, WatchEvent::Changes { entries, .. } if entries.is_empty());
        ensure!(nothing && store.epoch().await? == epoch, "after a check a watcher saw {watched:?}");
    }
    Ok(())
}

async fn epochs(place: TestPlace) -> CheckResult {
    let store = place.open();
    let epoch = store.epoch().await?;
    ensure!(!epoch.is_empty(), "the epoch is empty");
    let start = store.load().await?.cursor;
    publish(&*store, FEATURE, &state(1)).await?;
    let elsewhere = place.elsewhere().open();
    publish_many(&*elsewhere, FEATURE, 2).await?;
    let foreign = elsewhere.load().await?.cursor;
    for cursor in [start, store.load().await?.cursor, foreign, Cursor::default()] {
        store.watch(&cursor, Duration::ZERO).await?;
    }
    drop(store);
    for _ in 0..2 {
        let again = place.open().epoch().await?;
        ensure!(again == epoch, "the epoch changed from {epoch:?} to {again:?}");
    }
    let other = elsewhere.epoch().await?;
    ensure!(other != epoch, "two stores have the epoch {epoch:?}");
    Ok(())
}
