//! Storing of exposures in batches: the first writer of a unit wins, and only the first use is counted.
//!
//! The program that was the first to store a unit counts it, in a separate call. Assignments are guaranteed, counts are
//! statistics: if the reply to an assignment is lost, the unit stays uncounted, and if a connection breaks after counters were
//! written, a batch can be counted twice. A unit is counted on the day of its use, however late it is stored.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::exposures::Exposures;
use super::layout::COUNTS;
use super::pending::{self, Counts, PendingUnit};
use super::sink::Exposure;
use super::unit::Key;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{AssignmentOutcome, CapabilityHandle};
use crate::tasks::{Round, Source};

/// The maximum number of units in one call.
const MAX_BATCH_UNITS: usize = 1_000;
/// The number of pending units from which they are stored before the interval has passed.
const EARLY_FLUSH_UNITS: usize = 10_000;
/// The interval at which the queue is emptied while it is not empty.
const GATHER_INTERVAL: Duration = Duration::from_millis(50);
/// The time limit of one call of the store.
const STORE_TIMEOUT: Duration = Duration::from_secs(5);

impl Exposures {
    /// Waits for exposures and stores them when they are due.
    ///
    /// # Errors
    /// Some exposures could not be stored; they stay pending.
    pub(super) async fn store_when_due(&self) -> Result<Round> {
        self.recorder.wait_for(|| self.stats().waiting > 0 || self.pending().has_counts()).await;
        self.gather_until_due().await;
        let (units, counts) = self.can_store();
        self.store(units, counts).await?;
        self.warnings.clear(Source::Exposures);
        Ok(Round::Done)
    }

    /// Gathers records for an interval, or until there are many. Waits while the store is unreachable.
    async fn gather_until_due(&self) {
        let due = Instant::now() + self.settings.interval;
        loop {
            let pause = due.saturating_duration_since(Instant::now());
            sleep(if pause.is_zero() { GATHER_INTERVAL } else { pause.min(GATHER_INTERVAL) }).await;
            self.gather();
            let (units, counts) = self.can_store();
            let many = self.pending().len() >= EARLY_FLUSH_UNITS;
            if (many || Instant::now() >= due) && (units || counts) {
                return;
            }
        }
    }

    /// Returns whether there are units that can be stored now, and whether there are such counts.
    fn can_store(&self) -> (bool, bool) {
        let (units, counts) = (self.stats().waiting > 0, self.pending().has_counts());
        (units && self.is_live(), counts && self.counters.as_ref().is_none_or(CapabilityHandle::is_live))
    }

    /// Moves records from the queue to the pending units, up to their maximum number.
    pub(super) fn gather(&self) {
        self.on_epoch_change();
        if self.recorder.len() == 0 {
            return;
        }
        let now = self.clock.now();
        let mut pending = self.pending();
        let mut gathered = 0;
        while pending.len() < pending::MAX_UNITS
            && let Some((key, record)) = self.recorder.next()
        {
            pending.insert(key, record, now);
            gathered += 1;
        }
        drop(pending);
        self.gathered.fetch_add(gathered, Ordering::Relaxed);
        self.cache.trim();
    }

    /// Stores all pending units and counts.
    ///
    /// # Errors
    /// Some of them could not be stored; they stay pending.
    pub(crate) async fn flush(&self) -> Result<()> {
        self.store(true, true).await
    }

    /// Stores units and counts. Units are assigned even while the store of the counters is unreachable.
    async fn store(&self, units: bool, counts: bool) -> Result<()> {
        let _alone = self.storing.lock().await;
        self.gather();
        let stored = if units { self.store_units().await } else { Ok(()) };
        let counted = match &stored {
            // The counts are in the same store, so they would fail too.
            Err(_) if self.is_one_store() => Ok(()),
            // Counts the units that were just stored.
            _ if counts || (units && self.counters.as_ref().is_none_or(CapabilityHandle::is_live)) => {
                self.store_counts().await
            }
            _ => Ok(()),
        };
        match stored.and(counted) {
            Ok(()) => Ok(()),
            Err(error) => {
                let message = format!("{} exposures are not stored", self.stats().waiting);
                Err(Error::new(error.kind(), message).with_source(error))
            }
        }
    }

    /// Returns `true` if one store has both the assignments and the counters.
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
                let batch = self.pending().batch(&experiment, MAX_BATCH_UNITS);
                left = left.saturating_sub(batch.len().max(1));
                if let Err(error) = self.store_batch(&experiment, batch).await {
                    failure.get_or_insert(error);
                    left = 0;
                }
                // A store in memory never yields, which would block other tasks and let the queue fill up.
                tokio::task::yield_now().await;
                self.gather();
            }
        }
        failure.map_or(Ok(()), Err)
    }

    async fn store_batch(&self, experiment: &Arc<str>, batch: Vec<(Key, PendingUnit)>) -> Result<()> {
        let units: Vec<_> =
            batch.iter().map(|(_, unit)| (unit.unit.to_string(), unit.implementation.to_string())).collect();
        let (outcomes, counted) = match &self.assignments {
            Some(assignments) => (within_timeout(assignments.store.assign_many(experiment, &units)).await?, true),
            // Without assignments it is unknown which units are new, so they are not counted.
            None => {
                let first = |(_, choice)| AssignmentOutcome { choice, first: true };
                (units.into_iter().map(first).collect(), false)
            }
        };
        if outcomes.len() != batch.len() {
            let message = format!("the store returned {} outcomes for {} units", outcomes.len(), batch.len());
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        let exposures = self.apply_outcomes(experiment, &batch, &outcomes, counted);
        self.stored.fetch_add(batch.len() as u64, Ordering::Relaxed);
        self.sinks.pass(exposures).await;
        Ok(())
    }

    /// Applies the outcomes of a batch. Returns the exposures of the units that were new.
    fn apply_outcomes(
        &self,
        experiment: &Arc<str>,
        batch: &[(Key, PendingUnit)],
        outcomes: &[AssignmentOutcome],
        counted: bool,
    ) -> Vec<Exposure> {
        let mut counts = Counts::new();
        let mut exposures = Vec::new();
        let mut pending = self.pending();
        for ((key, unit), AssignmentOutcome { choice, first }) in batch.iter().zip(outcomes) {
            self.cache.set_winner(*key, choice);
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
        let experiments = self.pending().experiments_with_counts();
        let mut failure = None;
        for experiment in experiments {
            let counts = self.pending().take_counts(&experiment);
            let deltas: Vec<_> = counts.iter().map(|(counter, count)| (counter.clone(), *count)).collect();
            let Some(counters) = &self.counters else { continue };
            match within_timeout(counters.store.add(COUNTS, &experiment, &deltas, None)).await {
                // It is unknown whether they were added. Missing counts are better than double ones.
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

async fn within_timeout<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    let timed_out =
        |_| Err(Error::new(ErrorKind::Timeout, format!("the store did not respond within {STORE_TIMEOUT:?}")));
    timeout(STORE_TIMEOUT, call).await.unwrap_or_else(timed_out)
}
