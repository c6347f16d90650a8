//! Storing exposures: in batches, the first writer of a unit wins, and only what was first is counted.
//!
//! A unit is counted by the program that the store called the first, and counters are a step of their own: assignments are
//! the promise, counts are statistics. What is lost with a reply stays uncounted; only where a connection is cut behind the
//! write of counters can a batch be counted twice. A unit is of the day on which it used the experiment, however long it
//! waits for the store after that.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::exposures::Exposures;
use super::layout::COUNTS;
use super::pending::{self, Counts, Waiting};
use super::sink::Exposure;
use super::unit::Key;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{AssignmentOutcome, CapabilityHandle};
use crate::tasks::{Round, Source};

/// How many units are stored with one call.
const BATCH: usize = 1_000;
/// How many units do not wait for the interval to pass.
const MANY: usize = 10_000;
/// How often the queue is emptied while there is something in it.
const GATHER: Duration = Duration::from_millis(50);
/// How long the store may take for a call.
const PATIENCE: Duration = Duration::from_secs(5);
impl Exposures {
    /// Waits for exposures and stores them when they are due.
    ///
    /// # Errors
    /// Some of them could not be stored; they go on waiting.
    pub(super) async fn store_when_due(&self) -> Result<Round> {
        self.recorder.wait_for(|| self.tally().waiting > 0 || self.pending().has_counts()).await;
        self.gather_until_due().await;
        let (units, counts) = self.can_store();
        self.store(units, counts).await?;
        self.warnings.clear(Source::Exposures);
        Ok(Round::Done)
    }

    /// Gathers for an interval, or until there are many. Nothing is due while its store is away.
    async fn gather_until_due(&self) {
        let due = Instant::now() + self.settings.interval;
        loop {
            let pause = due.saturating_duration_since(Instant::now());
            sleep(if pause.is_zero() { GATHER } else { pause.min(GATHER) }).await;
            self.gather();
            let (units, counts) = self.can_store();
            let many = self.pending().len() >= MANY;
            if (many || Instant::now() >= due) && (units || counts) {
                return;
            }
        }
    }

    /// Whether there are units that can be stored now, and whether there are counts.
    fn can_store(&self) -> (bool, bool) {
        let (units, counts) = (self.tally().waiting > 0, self.pending().has_counts());
        (units && self.is_live(), counts && self.counters.as_ref().is_none_or(CapabilityHandle::is_live))
    }

    /// Takes over what callers left in the queue, as far as there is room.
    pub(super) fn gather(&self) {
        self.on_epoch_change();
        if self.recorder.len() == 0 {
            return;
        }
        let now = self.clock.now();
        let mut pending = self.pending();
        let mut gathered = 0;
        while pending.len() < pending::UNITS
            && let Some((key, record)) = self.recorder.next()
        {
            pending.insert(key, record, now);
            gathered += 1;
        }
        drop(pending);
        self.gathered.fetch_add(gathered, Ordering::Relaxed);
        self.cache.trim();
    }

    /// Stores what waits now.
    ///
    /// # Errors
    /// Some of it could not be stored; it goes on waiting.
    pub(crate) async fn flush(&self) -> Result<()> {
        self.store(true, true).await
    }

    /// Stores units, and counts. An outage of the counters' store stops no unit from being assigned.
    async fn store(&self, units: bool, counts: bool) -> Result<()> {
        let _alone = self.storing.lock().await;
        self.gather();
        let stored = if units { self.store_units().await } else { Ok(()) };
        let counted = match &stored {
            // The same store would not take counts either.
            Err(_) if self.is_one_store() => Ok(()),
            // Units that were stored now are counted at once.
            _ if counts || (units && self.counters.as_ref().is_none_or(CapabilityHandle::is_live)) => {
                self.store_counts().await
            }
            _ => Ok(()),
        };
        match stored.and(counted) {
            Ok(()) => Ok(()),
            Err(error) => {
                let message = format!("{} exposures are not stored", self.tally().waiting);
                Err(Error::new(error.kind(), message).with_source(error))
            }
        }
    }

    /// Whether units are assigned and counted by one store.
    fn is_one_store(&self) -> bool {
        match (&self.assignments, &self.counters) {
            (Some(assignments), Some(counters)) => assignments.is_of_same_store(counters),
            _ => false,
        }
    }

    async fn store_units(&self) -> Result<()> {
        let mut failure = None;
        let experiments = self.pending().experiments();
        for (experiment, mut left) in experiments {
            while left > 0 && failure.as_ref().is_none_or(|error: &Error| !error.is_unavailable()) {
                let batch = self.pending().batch(&experiment, BATCH);
                left = left.saturating_sub(batch.len().max(1));
                if let Err(error) = self.store_batch(&experiment, batch).await {
                    failure.get_or_insert(error);
                    left = 0;
                }
                // A store in memory never waits, but others on this thread do; and the queue fills meanwhile.
                tokio::task::yield_now().await;
                self.gather();
            }
        }
        failure.map_or(Ok(()), Err)
    }

    async fn store_batch(&self, experiment: &Arc<str>, batch: Vec<(Key, Waiting)>) -> Result<()> {
        let units: Vec<_> =
            batch.iter().map(|(_, unit)| (unit.unit.to_string(), unit.implementation.to_string())).collect();
        let (answers, counted) = match &self.assignments {
            Some(assignments) => (in_time(assignments.store.assign_many(experiment, &units)).await?, true),
            // Which unit is new is unknown, so none is counted.
            None => {
                let first = |(_, choice)| AssignmentOutcome { choice, first: true };
                (units.into_iter().map(first).collect(), false)
            }
        };
        if answers.len() != batch.len() {
            let message = format!("{} answers for {} units", answers.len(), batch.len());
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        let exposures = self.settle(experiment, &batch, &answers, counted);
        self.stored.fetch_add(batch.len() as u64, Ordering::Relaxed);
        self.sinks.pass(exposures).await;
        Ok(())
    }

    /// Takes over what the store answered for a batch; gives the units that it did not know before.
    fn settle(
        &self,
        experiment: &Arc<str>,
        batch: &[(Key, Waiting)],
        answers: &[AssignmentOutcome],
        counted: bool,
    ) -> Vec<Exposure> {
        let mut counts = Counts::new();
        let mut exposures = Vec::new();
        let mut pending = self.pending();
        for ((key, unit), AssignmentOutcome { choice, first }) in batch.iter().zip(answers) {
            self.cache.settle(*key, choice);
            pending.remove(experiment, *key);
            if *first {
                exposures.push(unit.exposure());
                *counts.entry(unit.counter()).or_default() += 1;
            }
        }
        if counted && self.counters.is_some() && !counts.is_empty() {
            pending.add_counts(experiment, counts);
        }
        exposures
    }

    async fn store_counts(&self) -> Result<()> {
        let experiments = self.pending().counted();
        let mut failure = None;
        for experiment in experiments {
            let counts = self.pending().take_counts(&experiment);
            let deltas: Vec<_> = counts.iter().map(|(counter, count)| (counter.clone(), *count)).collect();
            let Some(counters) = &self.counters else { continue };
            match in_time(counters.store.add(COUNTS, &experiment, &deltas, None)).await {
                // Whether they were added is unknown; rather not at all than twice.
                Err(error) if error.kind() == ErrorKind::Timeout => {
                    tracing::warn!(error = %error.report(), %experiment, "exposures are stored, but may be uncounted");
                }
                Err(error) => {
                    self.pending().add_counts(&experiment, counts);
                    failure.get_or_insert(error);
                }
                Ok(()) => {}
            }
        }
        failure.map_or(Ok(()), Err)
    }
}

async fn in_time<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    let late = |_| Err(Error::new(ErrorKind::Timeout, format!("the store gave no answer within {PATIENCE:?}")));
    timeout(PATIENCE, call).await.unwrap_or_else(late)
}
