//! Storing what was counted: by the minute, hour and day, each added once.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::Usage;
use super::layout::Grain;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{CapabilityHandle, Counters};
use crate::tasks::{Backoff, Round, Source, jittered, supervise};

/// How often what was counted is taken over at least, so that it is told to its minute.
const GATHER: Duration = Duration::from_secs(15);

/// How often it is looked whether the store is back, when counts are due.
const LOOK: Duration = Duration::from_millis(250);

/// How long the store may take for a call.
const PATIENCE: Duration = Duration::from_secs(5);

impl Usage {
    /// Stores uses at an interval, until it is dropped.
    pub(crate) async fn run(self: Arc<Self>) {
        let warn = |error: &Error| self.warnings.set(Source::Usage, format!("counts of uses wait: {}", error.report()));
        supervise("storing uses", &Backoff::background(), || self.store_when_due(), warn).await;
    }

    /// Counts for an interval, and longer while the store is away, and stores what was counted.
    async fn store_when_due(&self) -> Result<Round> {
        let due = Instant::now() + jittered(self.interval);
        while Instant::now() < due || !self.counters.as_ref().is_none_or(CapabilityHandle::is_live) {
            let pause = due.saturating_duration_since(Instant::now());
            sleep(if pause.is_zero() { LOOK } else { pause.min(GATHER) }).await;
            self.gather();
        }
        self.flush().await?;
        self.warnings.clear(Source::Usage);
        Ok(Round::Done)
    }

    /// Stores what was counted until now.
    ///
    /// # Errors
    /// Some of it could not be stored; it goes on waiting.
    pub(crate) async fn flush(&self) -> Result<()> {
        let _alone = self.storing.lock().await;
        self.gather();
        let Some(counters) = &self.counters else {
            self.pending().clear();
            return Ok(());
        };
        let waiting = self.pending().waiting();
        for (grain, bucket) in waiting {
            if let Err(error) = self.store_bucket(&*counters.store, grain, bucket).await {
                // That uses are being counted can wait until there are some.
                return if self.pending().has_uses() { Err(error) } else { Ok(()) };
            }
        }
        Ok(())
    }

    /// Stores the last uses, if there are any: nobody waits for a store that is away for less than that.
    ///
    /// # Errors
    /// Some of them could not be stored.
    pub(crate) async fn finish(&self) -> Result<()> {
        self.gather();
        if self.is_waiting() { self.flush().await } else { Ok(()) }
    }

    /// Whether uses wait to be stored.
    pub(crate) fn is_waiting(&self) -> bool {
        self.pending().has_uses()
    }

    fn gather(&self) {
        let mut pending = self.pending();
        // Totals first: a place that is counted at has its name by then.
        let totals = self.threads.totals();
        let unknown = self.threads.counted_from(pending.known());
        pending.learn(unknown);
        pending.gather(totals, self.cell.now());
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
        let added = timeout(PATIENCE, counters.add(grain.kind(), &key, &deltas, Some(ttl))).await;
        let late = |_| Err(Error::new(ErrorKind::Timeout, format!("the store gave no answer within {PATIENCE:?}")));
        match added.unwrap_or_else(late) {
            Ok(()) => {
                if grain == Grain::Minute {
                    self.recent().forget(bucket);
                }
                Ok(())
            }
            // Whether they were added is unknown; rather not at all than twice.
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
