//! Calls that are dropped before they end: they leave nothing behind that stands in another's way.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::case::{Case, case};
use super::material::{TestPlace, Verdict, ensure, expected, newest, revision, state, whole_history};
use crate::store::AppendOutcome;

const FEATURE: &str = "Feature";

pub(super) const CASES: &[Case] = &[
    case!(abandoned_appends, "an append that is dropped half-way happens whole or not at all, and blocks nobody"),
    case!(abandoned_calls, "any call may be dropped half-way, and the handle goes on to work"),
];

/// In how many places calls are dropped.
pub(super) const DEPTH: usize = 16;

async fn abandoned_appends(place: TestPlace) -> Verdict {
    let (store, other) = (place.open(), place.open());
    let mut finished = Vec::new();
    for polls in 1..=DEPTH {
        let current = newest(&*store, FEATURE).await?;
        let dropped = revision(FEATURE, current.as_ref(), Some(&state(polls)))?;
        abandon(store.append(expected(current.as_ref()), &dropped), polls).await;
        for handle in [&store, &other] {
            let mut current = current.clone();
            loop {
                let entry = revision(FEATURE, current.as_ref(), Some(&state(polls)))?;
                match handle.append(expected(current.as_ref()), &entry).await? {
                    AppendOutcome::Done => break finished.push(entry),
                    AppendOutcome::Conflict(other) => {
                        ensure!(other != current, "a conflict carried what the writer had seen");
                        current = other;
                    }
                }
            }
        }
    }
    let history = whole_history(&*place.open(), FEATURE).await?;
    for entry in finished {
        ensure!(history.contains(&entry), "version {} was appended and is not there", entry.version);
    }
    Ok(())
}

async fn abandoned_calls(place: TestPlace) -> Verdict {
    let store = place.open();
    let cursor = store.load().await?.cursor;
    for polls in 1..=DEPTH {
        abandon(store.load(), polls).await;
        abandon(store.watch(&cursor, Duration::from_millis(20)), polls).await;
        store.load().await?;
        store.watch(&cursor, Duration::ZERO).await?;
    }
    Ok(())
}

/// Drops a future after so many polls, unless it is ready before.
pub(super) async fn abandon<T>(future: impl Future<Output = T>, polls: usize) {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        left = left.saturating_sub(1);
        match future.as_mut().poll(context) {
            Poll::Pending if left > 0 => Poll::Pending,
            _ => Poll::Ready(()),
        }
    })
    .await;
}
