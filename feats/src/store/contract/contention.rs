//! Contention: eight writers on eight handles at once.

use std::collections::HashSet;

use tokio::task::{JoinSet, yield_now};

use super::case::{Case, case};
use super::material::{Breach, TestPlace, Verdict, ensure, expected, follow, newest, revision, state, whole_history};
use crate::model::Entry;
use crate::store::{AppendOutcome, Store};

pub(super) const CASES: &[Case] = &[
    case!(contended_feature, "eight writers of one feature lose no revision and make none twice"),
    case!(contended_order, "while eight writers write, no change passes a watcher unseen"),
];

pub(super) const WRITERS: usize = 8;

async fn contended_feature(place: TestPlace) -> Verdict {
    const EACH: usize = 12;
    let written = all(&place, |store, writer| async move {
        let mut ids = Vec::new();
        for n in 0..EACH {
            ids.push(insist(&*store, "Feature", writer * EACH + n).await?.id);
        }
        Ok(ids)
    })
    .await?;
    let history = whole_history(&*place.open(), "Feature").await?;
    ensure!(history.len() == WRITERS * EACH, "{} writes left {} revisions", WRITERS * EACH, history.len());
    let there: HashSet<&str> = history.iter().map(|entry| entry.id.as_str()).collect();
    let lost = written.iter().flatten().filter(|id| !there.contains(id.as_str())).count();
    ensure!(lost == 0, "{lost} revisions that were appended are not there");
    Ok(())
}

async fn contended_order(place: TestPlace) -> Verdict {
    const EACH: usize = 12;
    let watcher = place.open();
    let cursor = watcher.load().await?.cursor;
    let writing = all(&place, |store, writer| async move {
        for n in 0..EACH {
            insist(&*store, &format!("Feature{writer}"), n).await?;
        }
        Ok(())
    });
    let finished = |seen: &[Entry]| seen.iter().filter(|entry| entry.version == EACH as u64).count() == WRITERS;
    let (written, seen) = tokio::join!(writing, follow(&*watcher, &cursor, finished));
    written?;
    let (seen, _) = seen?;
    for writer in 0..WRITERS {
        let name = format!("Feature{writer}");
        let versions: Vec<u64> = seen.iter().filter(|e| e.feature == name).map(|entry| entry.version).collect();
        ensure!(versions.is_sorted_by(|a, b| a < b), "the versions of {name} were seen in the order {versions:?}");
    }
    Ok(())
}

/// Runs all writers at once, each with a handle of its own.
pub(super) async fn all<T, W>(
    place: &TestPlace,
    write: impl Fn(std::sync::Arc<dyn Store>, usize) -> W,
) -> Verdict<Vec<T>>
where
    T: Send + 'static,
    W: Future<Output = Verdict<T>> + Send + 'static,
{
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(place.open(), writer));
    }
    let mut results = Vec::new();
    while let Some(ended) = writers.join_next().await {
        results.push(ended.map_err(|error| Breach(format!("a writer failed: {error}")))??);
    }
    Ok(results)
}

/// Appends a state, however often others come first.
async fn insist(store: &dyn Store, feature: &str, n: usize) -> Verdict<Entry> {
    let mut current = newest(store, feature).await?;
    loop {
        let entry = revision(feature, current.as_ref(), Some(&state(n)))?;
        // Lets others in between even where no call ever waits.
        yield_now().await;
        match store.append(expected(current.as_ref()), &entry).await? {
            AppendOutcome::Done => return Ok(entry),
            AppendOutcome::Conflict(other) => {
                ensure!(other != current, "a conflict carried what the writer had seen");
                current = other;
            }
        }
    }
}
