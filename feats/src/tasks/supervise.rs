//! The supervisor: runs a task in rounds until it is dropped, even if rounds fail or panic.

use std::future::Future;

use super::backoff::Backoff;
use super::catch_panic::{catch_panic, catch_panic_async};
use crate::error::{Error, Result};

/// The result of a round of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Round {
    /// The round succeeded. The next one starts immediately.
    Done,
    /// The round did not fail, but the next one starts after a pause.
    Paused,
}

/// Runs rounds of a task until the future is dropped. A round that fails or panics is reported to `failed`, and the next one
/// starts after a pause of the back-off. A successful round resets the back-off.
pub(crate) async fn supervise<F: Future<Output = Result<Round>>>(
    task: &str,
    backoff: &Backoff,
    mut round: impl FnMut() -> F,
    mut failed: impl FnMut(&Error),
) {
    loop {
        match catch_panic_async(task, async { round().await }).await {
            Ok(Round::Done) => {
                backoff.reset();
                // A round that never waits must not block other tasks.
                tokio::task::yield_now().await;
                continue;
            }
            Ok(Round::Paused) => {}
            Err(error) => {
                // Subscribers of tracing are user code too.
                let _ = catch_panic(task, || {
                    failed(&error);
                    Ok(())
                });
            }
        }
        backoff.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::time::Duration;

    use tokio::time::{Instant, timeout};

    use super::*;
    use crate::error::ErrorKind;

    #[tokio::test(start_paused = true)]
    async fn rounds_continue_after_errors_and_panics_and_after_a_panic_of_the_report() {
        let (rounds, reports) = (Cell::new(0), RefCell::new(Vec::new()));
        let backoff = Backoff::default();
        let round = || async {
            rounds.set(rounds.get() + 1);
            match rounds.get() % 3 {
                0 => Err(Error::new(ErrorKind::Timeout, "late")),
                1 => panic!("round {}", rounds.get()),
                _ => Ok(Round::Paused),
            }
        };
        let failed = |error: &Error| {
            reports.borrow_mut().push(error.to_string());
            assert_ne!(reports.borrow().len(), 1, "the first report panics");
        };
        let _ = timeout(Duration::from_secs(60), supervise("the task", &backoff, round, failed)).await;
        assert_eq!(reports.borrow()[..2], ["the task panicked: \"round 1\"", "late"]);
        assert!((20..200).contains(&rounds.get()), "{} rounds in a minute", rounds.get());
    }

    #[tokio::test(start_paused = true)]
    async fn a_successful_round_is_followed_immediately_by_the_next_and_resets_the_pause() {
        let (rounds, backoff) = (Cell::new(0), Backoff::default());
        (0..20).for_each(|_| _ = backoff.next());
        let started = Instant::now();
        let round = || async {
            rounds.set(rounds.get() + 1);
            if rounds.get() == 1_000 { std::future::pending().await } else { Ok(Round::Done) }
        };
        let _ = timeout(Duration::from_secs(1), supervise("the task", &backoff, round, |_| ())).await;
        assert_eq!((rounds.get(), started.elapsed()), (1_000, Duration::from_secs(1)));
        assert!(backoff.next() <= Duration::from_millis(110));
    }
}
