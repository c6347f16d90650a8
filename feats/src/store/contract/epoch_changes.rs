//! Epochs of a store that was emptied or restored from an older copy. The backend's test causes these faults.

use std::time::Duration;

use super::fixture::{CheckResult, Finding, ensure, follow, publish, publish_many, state};
use crate::store::{Store, WatchEvent};

const FEATURE: &str = "Feature";

/// Checks the [epoch](Store::epoch) and the cursors of a store that loses data.
///
/// `open` returns handles on one store, which is empty at first. `copy` is called when the store has some data, and `lose` when it
/// has more: it restores that copy, or empties the store. No handle is used while it runs.
///
/// # Panics
/// Panics if the store violates a guarantee.
#[expect(clippy::panic, reason = "this is how a test fails")]
pub async fn run_epoch_changes<S: Store>(open: impl Fn() -> S, copy: impl AsyncFnOnce(), lose: impl AsyncFnOnce()) {
    if let Err(Finding(found)) = check(open, copy, lose).await {
        panic!("a store that lost data rejects old cursors and changes its epoch. Found: {found}");
    }
}

async fn check<S: Store>(open: impl Fn() -> S, copy: impl AsyncFnOnce(), lose: impl AsyncFnOnce()) -> CheckResult {
    let (store, other) = (open(), open());
    publish_many(&store, FEATURE, 2).await?;
    copy().await;
    publish_many(&other, FEATURE, 2).await?;
    publish(&other, "Other", &state(1)).await?;
    let (cursor, epoch) = (store.load().await?.cursor, store.epoch().await?);
    lose().await;
    ensure!(store.watch(&cursor, Duration::ZERO).await? == WatchEvent::Gap, "an old cursor was not a gap");
    let another = store.epoch().await?;
    ensure!(another != epoch, "the epoch is still {epoch:?}");
    for n in 0..3 {
        for handle in [&other, &open()] {
            ensure!(
                handle.watch(&cursor, Duration::ZERO).await? == WatchEvent::Gap,
                "after {n} more writes it was not a gap"
            );
            let reported = handle.epoch().await?;
            ensure!(reported == another, "handles disagree on the epoch: {another:?} and {reported:?}");
        }
        let start = other.load().await?.cursor;
        let written = publish(&store, FEATURE, &state(n)).await?;
        let (seen, _) = follow(&other, &start, |seen| !seen.is_empty()).await?;
        ensure!(seen == [written], "in the new epoch a watcher saw {seen:?}");
    }
    Ok(())
}
