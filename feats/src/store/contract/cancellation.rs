//! Cancelled calls: a future that is dropped before it completes must not block other calls.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::case::{Case, case};
use super::fixture::{CheckResult, TestPlace, ensure, expected, newest, revision, state, whole_history};
use crate::store::AppendOutcome;

const FEATURE: &str = "Feature";

pub(super) const CASES: &[Case] = &[
    case!(cancelled_appends, "a cancelled append is atomic, and blocks no other call"),
    case!(cancelled_calls, "a handle still works after a cancelled call"),
];

/// The maximum number of polls after which a call is cancelled.
pub(super) const MAX_POLLS: usize = 16;

async fn cancelled_appends(place: TestPlace) -> CheckResult {
    let (store, other) = (place.open(), place.open());
    let mut finished = Vec::new();
    for polls in 1..=MAX_POLLS {
        let current = newest(&*store, FEATURE).await?;
        let dropped = revision(FEATURE, current.as_ref(), Some(&state(polls)))?;
        cancel_after(store.append(expected(current.as_ref()), &dropped), polls).await;
        for handle in [&store, &other] {
            let mut current = current.clone();
            loop {
                let entry = revision(FEATURE, current.as_ref(), Some(&state(polls)))?;
                match handle.append(expected(current.as_ref()), &entry).await? {
                    AppendOutcome::Done => break finished.push(entry),
                    AppendOutcome::Conflict(other) => {
                        ensure!(other != current, "a conflict carried the revision that the writer expected");
                        current = other;
                    }
                }
            }
        }
    }
    let history = whole_history(&*place.open(), FEATURE).await?;
    for entry in finished {
        ensure!(history.contains(&entry), "version {} was appended and is missing", entry.version);
    }
    Ok(())
}

async fn cancelled_calls(place: TestPlace) -> CheckResult {
    let store = place.open();
    let cursor = store.load().await?.cursor;
    for polls in 1..=MAX_POLLS {
        cancel_after(store.load(), polls).await;
        cancel_after(store.watch(&cursor, Duration::from_millis(20)), polls).await;
        store.load().await?;
        store.watch(&cursor, Duration::ZERO).await?;
    }
    Ok(())
}

/// Polls a future at most `polls` times, then drops it.
pub(super) async fn cancel_after<T>(future: impl Future<Output = T>, polls: usize) {
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
