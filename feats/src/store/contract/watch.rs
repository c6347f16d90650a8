//! Watching: nothing is missed, from whatever cursor.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::case::{Case, case};
use super::material::{Breach, TestPlace, Verdict, ensure, follow, publish, publish_many, state};
use crate::model::Entry;
use crate::store::{Cursor, WatchEvent};

const FEATURE: &str = "Feature";

pub(super) const CASES: &[Case] = &[
    case!(changes_arrive, "a waiting watcher is given a change that another handle makes"),
    case!(old_cursors, "a watcher that comes back with its last cursor is given all that changed since"),
    case!(nothing_changed, "without a change, a watcher waits as long as it was told to, and can go on"),
    case!(no_wait, "a watcher that waits for no time is given what there is"),
    case!(several_changes, "of several changes the newest of each feature arrives, in commit order, none twice"),
    case!(foreign_cursors, "a cursor that is not of this store is a gap, not an error"),
    case!(
        damaged_cursors,
        "a cursor that is cut or changed skips nothing: it is a gap, or all that it may have missed"
    ),
];

async fn changes_arrive(place: TestPlace) -> Verdict {
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

async fn old_cursors(place: TestPlace) -> Verdict {
    let start = place.open().load().await?.cursor;
    let first = publish(&*place.open(), FEATURE, &state(1)).await?;
    let (seen, middle) = follow(&*place.open(), &start, |seen| !seen.is_empty()).await?;
    ensure!(seen == [first], "from the first cursor {seen:?} was seen");
    let end = publish_many(&*place.open(), FEATURE, 3).await?.pop();
    let other = publish(&*place.open(), "Other", &state(5)).await?;
    let all: Vec<Entry> = end.into_iter().chain([other]).collect();
    for cursor in [start, middle] {
        let arrived = |seen: &[Entry]| all.iter().all(|entry| seen.contains(entry));
        follow(&*place.open(), &cursor, arrived).await?;
    }
    let end = place.open().load().await?.cursor;
    ensure!(changes(&place, &end, Duration::ZERO).await?.is_empty(), "after `load` it was seen again");
    Ok(())
}

async fn nothing_changed(place: TestPlace) -> Verdict {
    let store = place.open();
    publish(&*store, FEATURE, &state(1)).await?;
    let mut cursor = store.load().await?.cursor;
    let wait = Duration::from_millis(300);
    for _ in 0..2 {
        let start = Instant::now();
        let WatchEvent::Changes { entries, cursor: next } = store.watch(&cursor, wait).await? else {
            return Err(Breach("there was a gap".to_owned()));
        };
        let waited = start.elapsed();
        ensure!(entries.is_empty(), "{entries:?} was seen");
        ensure!(waited >= wait * 9 / 10, "it ended after {waited:?} of {wait:?}");
        ensure!(waited <= wait * 10, "it waited {waited:?} instead of {wait:?}");
        cursor = next;
    }
    let second = publish(&*store, FEATURE, &state(2)).await?;
    let (seen, _) = follow(&*store, &cursor, |seen| !seen.is_empty()).await?;
    ensure!(seen == [second], "afterwards {seen:?} was seen");
    Ok(())
}

async fn no_wait(place: TestPlace) -> Verdict {
    let store = place.open();
    let cursor = store.load().await?.cursor;
    let start = Instant::now();
    ensure!(changes(&place, &cursor, Duration::ZERO).await?.is_empty(), "something was seen before anything changed");
    let waited = start.elapsed();
    ensure!(waited < Duration::from_secs(5), "it waited {waited:?}");
    let written = publish(&*store, FEATURE, &state(1)).await?;
    let seen = changes(&place, &cursor, Duration::ZERO).await?;
    ensure!(seen == [written], "{seen:?} was seen");
    Ok(())
}

async fn several_changes(place: TestPlace) -> Verdict {
    let store = place.open();
    let cursor = store.load().await?.cursor;
    let mut order = Vec::new();
    for n in 0..20 {
        order.push(publish(&*store, &format!("Feature{}", n * 7 % 5), &state(n)).await?);
    }
    let newest: BTreeMap<&str, &Entry> = order.iter().map(|entry| (entry.feature.as_str(), entry)).collect();
    let arrived = |seen: &[Entry]| newest.values().all(|entry| seen.contains(entry));
    let (seen, end) = follow(&*store, &cursor, arrived).await?;
    let places: Vec<_> = seen.iter().map(|entry| order.iter().position(|written| written == entry)).collect();
    ensure!(places.iter().all(Option::is_some), "what was seen was never written: {seen:?}");
    ensure!(places.is_sorted_by(|a, b| a < b), "changes were seen in the order {places:?}");
    ensure!(changes(&place, &end, Duration::ZERO).await?.is_empty(), "something was seen twice");
    Ok(())
}

async fn foreign_cursors(place: TestPlace) -> Verdict {
    let store = place.open();
    publish(&*store, FEATURE, &state(1)).await?;
    let other = place.elsewhere().open();
    publish_many(&*other, FEATURE, 2).await?;
    let other = other.load().await?.cursor.0;
    for text in ["", "0", "nonsense", "a:b:c", "::", "18446744073709551616-0", "\u{0}🦀", &other] {
        let watched = store.watch(&Cursor(text.to_owned()), Duration::ZERO).await?;
        ensure!(watched == WatchEvent::Gap, "after the cursor {text:?} it saw {watched:?}");
    }
    Ok(())
}

async fn damaged_cursors(place: TestPlace) -> Verdict {
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
                    ensure!(complete, "after {damaged:?} in place of {text:?} it saw only {entries:?}");
                }
            }
        }
    }
    Ok(())
}

/// The entries of one call, through a handle of its own.
async fn changes(place: &TestPlace, after: &Cursor, wait: Duration) -> Verdict<Vec<Entry>> {
    match place.open().watch(after, wait).await? {
        WatchEvent::Changes { entries, .. } => Ok(entries),
        WatchEvent::Gap => Err(Breach("there was a gap after a cursor of this store".to_owned())),
    }
}
