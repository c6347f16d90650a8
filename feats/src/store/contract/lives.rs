//! Lives of a store: what it promises once it was emptied or set back to a copy. How that is done, only its tests know.

use std::time::Duration;

use super::material::{Breach, Verdict, ensure, follow, publish, publish_many, state};
use crate::store::{Store, WatchEvent};

const FEATURE: &str = "Feature";

/// Holds a store to what it promises about its [epoch](Store::epoch) and its cursors when it loses what it had.
///
/// `open` gives handles on one store, empty at first. `copy` is called once something is in it; `lose`, when more is: it
/// sets the store back to that copy, or empties it, with no handle asked meanwhile.
///
/// # Panics
/// The store breaks a promise.
#[expect(clippy::panic, reason = "this is how a test fails")]
pub async fn run_lives<S: Store>(open: impl Fn() -> S, copy: impl AsyncFnOnce(), lose: impl AsyncFnOnce()) {
    if let Err(Breach(found)) = check(open, copy, lose).await {
        panic!("a store that has lost something tells by its cursors and its epoch — but {found}");
    }
}

async fn check<S: Store>(open: impl Fn() -> S, copy: impl AsyncFnOnce(), lose: impl AsyncFnOnce()) -> Verdict {
    let (store, other) = (open(), open());
    publish_many(&store, FEATURE, 2).await?;
    copy().await;
    publish_many(&other, FEATURE, 2).await?;
    publish(&other, "Other", &state(1)).await?;
    let (cursor, epoch) = (store.load().await?.cursor, store.epoch().await?);
    lose().await;
    ensure!(store.watch(&cursor, Duration::ZERO).await? == WatchEvent::Gap, "an old cursor was no gap");
    let another = store.epoch().await?;
    ensure!(another != epoch, "the epoch was still {epoch:?}");
    for n in 0..3 {
        for handle in [&other, &open()] {
            ensure!(handle.watch(&cursor, Duration::ZERO).await? == WatchEvent::Gap, "{n} writes later it was no gap");
            let told = handle.epoch().await?;
            ensure!(told == another, "handles disagreed: {another:?} and {told:?}");
        }
        let start = other.load().await?.cursor;
        let written = publish(&store, FEATURE, &state(n)).await?;
        let (seen, _) = follow(&other, &start, |seen| !seen.is_empty()).await?;
        ensure!(seen == [written], "in the new life a watcher saw {seen:?}");
    }
    Ok(())
}
