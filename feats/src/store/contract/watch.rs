//! Cases about watching: no change is missed, from any cursor.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::case::{Case, case};
use super::fixture::{CheckResult, Finding, TestPlace, ensure, follow, publish, publish_many, state};
use crate::model::Entry;
use crate::store::{Cursor, WatchEvent};

const FEATURE: &str = "Feature";

pub(super) const CASES: &[Case] = &[
    case!(changes_arrive, "a waiting watcher receives a change by another handle"),
    case!(old_cursors, "a watcher with an old cursor receives all changes since"),
    case!(nothing_changed, "without a change, a watch waits for the given time, and returns a cursor to continue from"),
    case!(no_wait, "a watch without a wait returns the changes so far"),
    case!(several_changes, "of several changes the newest of each feature arrives, in commit order, exactly once"),
    case!(foreign_cursors, "a cursor of another store is a gap, not an error"),
    case!(
        damaged_cursors,
        "a damaged cursor skips no change: the result is a gap, or every change that it may have missed"
    ),
];

async fn changes_arrive(place: TestPlace) -> CheckResult {
    let (store, other) = (place.open(), place.open());
    let mut cursor = store.load().await?.cursor;
    for n in 0..3 {
        let writing = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            publish(&*other, FEATURE, &state(n)).await
        };
        let (written, seen) = tokio::join!(writing, follow(&*store, &cursor, |seen| !seen.is_empty()));
        let (written, (seen, next)) = (written?, seen?);
        ensure!(seen == [written], "the watcher saw {seen:?}");
        cursor = next;
    }
    Ok(())
}

async fn old_cursors(place: TestPlace) -> CheckResult {
    let start = place.open().load().await?.cursor;
    let first = publish(&*place.open(), FEATURE, &state(1)).await?;
    let (seen, middle) = follow(&*place.open(), &start, |seen| !seen.is_empty()).await?;
    ensure!(seen == [first], "from the first cursor a watcher saw {seen:?}");
    let end = publish_many(&*place.open(), FEATURE, 3).await?.pop();
    let other = publish(&*place.open(), "Other", &state(5)).await?;
    let all: Vec<Entry> = end.into_iter().chain([other]).collect();
    for cursor in [start, middle] {
        let arrived = |seen: &[Entry]| all.iter().all(|entry| seen.contains(entry));
        follow(&*place.open(), &cursor, arrived).await?;
    }
    let end = place.open().load().await?.cursor;
    ensure!(changes(&place, &end, Duration::ZERO).await?.is_empty(), "a watcher saw changes from before `load`");
    Ok(())
}

async fn nothing_changed(place: TestPlace) -> CheckResult {
    let store = place.open();
    publish(&*store, FEATURE, &state(1)).await?;
    let mut cursor = store.load().await?.cursor;
    let wait = Duration::from_millis(300);
    for _ in 0..2 {
        let start = Instant::now();
        let WatchEvent::Changes { entries, cursor: next } = store.watch(&cursor, wait).await? else {
            return Err(Finding("a valid cursor was a gap".to_owned()));
        };
        let waited = start.elapsed();
        ensure!(entries.is_empty(), "a watcher saw {entries:?}");
        ensure!(waited >= wait * 9 / 10, "it returned after {waited:?} of {wait:?}");
        ensure!(waited <= wait * 10, "it waited {waited:?} instead of {wait:?}");
        cursor = next;
    }
    let second = publish(&*store, FEATURE, &state(2)).await?;
    let (seen, _) = follow(&*store, &cursor, |seen| !seen.is_empty()).await?;
    ensure!(seen == [second], "afterwards a watcher saw {seen:?}");
    Ok(())
}

async fn no_wait(place: TestPlace) -> CheckResult {
    let store = place.open();
    let cursor = store.load().await?.cursor;
    let start = Instant::now();
    ensure!(changes(&place, &cursor, Duration::ZERO).await?.is_empty(), "a watcher saw changes before there were any");
    let waited = start.elapsed();
    ensure!(waited < Duration::from_secs(5), "it waited {waited:?}");
    let written = publish(&*store, FEATURE, &state(1)).await?;
    let seen = changes(&place, &cursor, Duration::ZERO).await?;
    ensure!(seen == [written], "a watcher saw {seen:?}");
    Ok(())
}

async fn several_changes(place: TestPlace) -> CheckResult {
    let store = place.open();
    let cursor = store.load().await?.cursor;
    let mut order = Vec::new();
    for n in 0..20 {
        order.push(publish(&*store, &format!("Feature{}", n * 7 % 5), &state(n)).await?);
    }
    let newest: BTreeMap<&str, &Entry> = order.iter().map(|entry| (entry.feature.as_str(), entry)).collect();
    let arrived = |seen: &[Entry]| newest.values().all(|entry| seen.contains(entry));
    let (seen, end) = follow(&*store, &cursor, arrived).await?;
    let positions: Vec<_> = seen.iter().map(|entry| order.iter().position(|written| written == entry)).collect();
    ensure!(positions.iter().all(Option::is_some), "a watcher saw revisions that were never appended: {seen:?}");
    ensure!(positions.is_sorted_by(|a, b| a < b), "a watcher saw changes in the order {positions:?}");
    ensure!(changes(&place, &end, Duration::ZERO).await?.is_empty(), "a watcher saw a change twice");
    Ok(())
}

async fn foreign_cursors(place: TestPlace) -> CheckResult {
    let store = place.open();
    publish(&*store, FEATURE, &state(1)).await?;
    let other = place.elsewhere().open();
    publish_many(&*other, FEATURE, 2).await?;
    let other = other.load().await?.cursor.0;
    for text in ["", "0", "nonsense", "a:b:c", "::", "18446744073709551616-0", "\u{0}🦀", &other] {
        let watched = store.watch(&Cursor(text.to_owned()), Duration::ZERO).await?;
        ensure!(watched == WatchEvent::Gap, "the watch after the cursor {text:?} returned {watched:?}");
    }
    Ok(())
}

async fn damaged_cursors(place: TestPlace) -> CheckResult {
    let store = place.open();
    let start = store.load().await?.cursor;
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let (_, middle) = follow(&*store, &start, |seen| !seen.is_empty()).await?;
    let second = publish(&*store, "Other", &state(2)).await?;
    for cursor in [start, middle] {
        let text = cursor.0;
        let mut damaged: Vec<String> = text.char_indices().map(|(end, _)| text[..end].to_owned()).collect();
        damaged.extend([
            format!("{text} "),
            format!(" {text}"),
            format!("{text}x"),
            text.to_uppercase(),
            text.repeat(2),
        ]);
        for damaged in damaged.into_iter().filter(|damaged| *damaged != text) {
            match place.open().watch(&Cursor(damaged.clone()), Duration::ZERO).await? {
                WatchEvent::Gap => {}
                WatchEvent::Changes { entries, .. } => {
                    let complete = entries.contains(&second) && (entries.contains(&first) || damaged.contains(&text));
                    ensure!(complete, "the watch after {damaged:?} in place of {text:?} returned only {entries:?}");
                }
            }
        }
    }
    Ok(())
}

/// Returns the entries of one call through a new handle.
async fn changes(place: &TestPlace, after: &Cursor, wait: Duration) -> CheckResult<Vec<Entry>> {
    match place.open().watch(after, wait).await? {
        WatchEvent::Changes { entries, .. } => Ok(entries),
        WatchEvent::Gap => Err(Finding("a valid cursor was a gap".to_owned())),
    }
}
