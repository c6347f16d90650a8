//! Cases about contention: eight concurrent writers on eight handles.

use std::collections::HashSet;

use tokio::task::{JoinSet, yield_now};

use super::case::{Case, case};
use super::fixture::{
    CheckResult, Finding, TestPlace, ensure, expected, follow, newest, revision, state, whole_history,
};
use crate::model::Entry;
use crate::store::{AppendOutcome, Store};

pub(super) const CASES: &[Case] = &[
    case!(contended_feature, "eight writers of one feature lose no revision and duplicate none"),
    case!(contended_order, "while eight writers append, a watcher misses no change"),
];

pub(super) const WRITERS: usize = 8;

async fn contended_feature(place: TestPlace) -> CheckResult {
    const WRITES_EACH: usize = 12;
    let written = run_writers(&place, |store, writer| async move {
        let mut ids = Vec::new();
        for n in 0..WRITES_EACH {
            ids.push(append_with_retry(&*store, "Feature", writer * WRITES_EACH + n).await?.id);
        }
        Ok(ids)
    })
    .await?;
    let history = whole_history(&*place.open(), "Feature").await?;
    ensure!(
        history.len() == WRITERS * WRITES_EACH,
        "{} appends left {} revisions",
        WRITERS * WRITES_EACH,
        history.len()
    );
    let actual: HashSet<&str> = history.iter().map(|entry| entry.id.as_str()).collect();
    let lost = written.iter().flatten().filter(|id| !actual.contains(id.as_str())).count();
    ensure!(lost == 0, "{lost} appended revisions are missing");
    Ok(())
}

async fn contended_order(place: TestPlace) -> CheckResult {
    const WRITES_EACH: usize = 12;
    let watcher = place.open();
    let cursor = watcher.load().await?.cursor;
    let writing = run_writers(&place, |store, writer| async move {
        for n in 0..WRITES_EACH {
            append_with_retry(&*store, &format!("Feature{writer}"), n).await?;
        }
        Ok(())
    });
    let finished = |seen: &[Entry]| seen.iter().filter(|entry| entry.version == WRITES_EACH as u64).count() == WRITERS;
    let (written, seen) = tokio::join!(writing, follow(&*watcher, &cursor, finished));
    written?;
    let (seen, _) = seen?;
    for writer in 0..WRITERS {
        let name = format!("Feature{writer}");
        let versions: Vec<u64> = seen.iter().filter(|e| e.feature == name).map(|entry| entry.version).collect();
        ensure!(versions.is_sorted_by(|a, b| a < b), "a watcher saw the versions of {name} in the order {versions:?}");
    }
    Ok(())
}

/// Runs all writers concurrently, each with its own handle.
pub(super) async fn run_writers<T, W>(
    place: &TestPlace,
    write: impl Fn(std::sync::Arc<dyn Store>, usize) -> W,
) -> CheckResult<Vec<T>>
where
    T: Send + 'static,
    W: Future<Output = CheckResult<T>> + Send + 'static,
{
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(place.open(), writer));
    }
    let mut results = Vec::new();
    while let Some(ended) = writers.join_next().await {
        results.push(ended.map_err(|error| Finding(format!("a writer failed: {error}")))??);
    }
    Ok(results)
}

/// Appends a state, and retries after each conflict.
async fn append_with_retry(store: &dyn Store, feature: &str, n: usize) -> CheckResult<Entry> {
    let mut current = newest(store, feature).await?;
    loop {
        let entry = revision(feature, current.as_ref(), Some(&state(n)))?;
        // Lets other writers run even if the store's calls never yield.
        yield_now().await;
        match store.append(expected(current.as_ref()), &entry).await? {
            AppendOutcome::Done => return Ok(entry),
            AppendOutcome::Conflict(other) => {
                ensure!(other != current, "a conflict carried the revision that the writer expected");
                current = other;
            }
        }
    }
}
