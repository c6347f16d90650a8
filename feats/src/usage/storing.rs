//! Storing of use counts by minute, hour and day.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::Usage;
use super::layout::Grain;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{CapabilityHandle, Counters};
use crate::tasks::{Backoff, Round, Source, jittered, supervise};

/// The maximum interval at which uses are gathered, so that they count for the right minute.
const GATHER_INTERVAL: Duration = Duration::from_secs(15);

/// The interval at which the store is checked while counts are due and it is unreachable.
const RECHECK_INTERVAL: Duration = Duration::from_millis(250);

/// The time limit of one call of the store.
const STORE_TIMEOUT: Duration = Duration::from_secs(5);

impl Usage {
    /// Stores uses at an interval, until it is dropped.
    pub(crate) async fn run(self: Arc<Self>) {
        let warn = |error: &Error| {
            self.warnings.set(Source::Usage, format!("use counts cannot be stored: {}", error.report()))
        };
        supervise("storing uses", &Backoff::background(), || self.store_when_due(), warn).await;
    }

    /// Gathers uses for an interval, longer while the store is unreachable, and stores them.
    async fn store_when_due(&self) -> Result<Round> {
        let due = Instant::now() + jittered(self.interval);
        while Instant::now() < due || !self.counters.as_ref().is_none_or(CapabilityHandle::is_live) {
            let pause = due.saturating_duration_since(Instant::now());
            sleep(if pause.is_zero() { RECHECK_INTERVAL } else { pause.min(GATHER_INTERVAL) }).await;
            self.gather();
        }
        self.flush().await?;
        self.warnings.clear(Source::Usage);
        Ok(Round::Done)
    }

    /// Stores the uses up to now.
    ///
    /// # Errors
    /// Some of them could not be stored; they stay pending.
    pub(crate) async fn flush(&self) -> Result<()> {
        let _alone = self.storing.lock().await;
        self.gather();
        let Some(counters) = &self.counters else {
            self.pending().clear();
            return Ok(());
        };
        let waiting = self.pending().buckets();
        for (grain, bucket) in waiting {
            if let Err(error) = self.store_bucket(&*counters.store, grain, bucket).await {
                // Presence counters alone can wait until there are uses.
                return if self.pending().has_uses() { Err(error) } else { Ok(()) };
            }
        }
        Ok(())
    }

    /// Stores the last uses, if there are any. Without any, it does not wait for an unreachable store.
    ///
    /// # Errors
    /// Some of them could not be stored.
    pub(crate) async fn finish(&self) -> Result<()> {
        self.gather();
        if self.is_waiting() { self.flush().await } else { Ok(()) }
    }

    /// Returns `true` if uses wait to be stored.
    pub(crate) fn is_waiting(&self) -> bool {
        self.pending().has_uses()
    }

    fn gather(&self) {
        let mut pending = self.pending();
        // Totals first: every index that they contain has its name by then.
        let totals = self.threads.totals();
        let unnamed = self.threads.keys_from(pending.named_count());
        pending.add_names(unnamed);
        pending.add_features(self.new_flags());
        pending.gather(totals, self.cell.now());
    }

    /// Returns the flags that were added since the last call.
    fn new_flags(&self) -> Vec<Arc<str>> {
        let snapshot = self.cell.load();
        let positions = snapshot.positions();
        let count = u32::try_from(positions.len()).unwrap_or(u32::MAX);
        let seen = self.seen_positions.swap(count, Ordering::Relaxed);
        if seen >= count {
            return Vec::new();
        }
        let new = positions.iter().filter(|(_, position)| position.is_flag && position.index >= seen);
        new.map(|(name, _)| name.clone()).collect()
    }

    async fn store_bucket(&self, counters: &dyn Counters, grain: Grain, bucket: i64) -> Result<()> {
        let (counts, deltas) = {
            let mut pending = self.pending();
            let counts = pending.take(grain, bucket);
            let deltas = pending.deltas(&counts);
            (counts, deltas)
        };
        let ttl = grain.ttl(bucket, self.cell.now());
        if ttl.is_zero() {
            return Ok(());
        }
        let key = grain.key(bucket);
        let added = timeout(STORE_TIMEOUT, counters.add(grain.kind(), &key, &deltas, Some(ttl))).await;
        let timed_out =
            |_| Err(Error::new(ErrorKind::Timeout, format!("the store did not respond within {STORE_TIMEOUT:?}")));
        match added.unwrap_or_else(timed_out) {
            Ok(()) => {
                if grain == Grain::Minute {
                    self.recent().forget(bucket);
                }
                Ok(())
            }
            // It is unknown whether they were added. Missing counts are better than double ones.
            Err(error) if error.kind() == ErrorKind::Timeout => {
                tracing::warn!(error = %error.report(), %key, "uses may be uncounted");
                Err(error)
            }
            Err(error) => {
                self.pending().add(grain, bucket, counts);
                Err(error)
            }
        }
    }
}
