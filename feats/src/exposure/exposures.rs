//! The exposures of an app: settings, state and totals.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;

use super::cache::Cache;
use super::pending::Pending;
use super::recorder::Recorder;
use super::request::LookupRequest;
use super::sink::{Sink, Sinks};
use crate::clock::Clock;
use crate::error::Result;
use crate::store::{Assignments, CapabilityHandle, Counters};
use crate::tasks::{Process, Round, Warnings};

/// The number of exposures of an app since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExposureStats {
    /// The number of recorded exposures. A unit is recorded once for each experiment; with very many units, occasionally more than
    /// once.
    pub recorded: u64,
    /// The number of stored exposures, including those of units that were stored before by another program or an earlier run.
    pub stored: u64,
    /// The number of exposures that wait to be stored.
    pub waiting: u64,
    /// The number of exposures that were dropped because the queue was full. The next use of the unit records it again.
    pub dropped: u64,
}

/// The settings of an app for exposures.
#[derive(Clone)]
pub(crate) struct Settings {
    /// The interval at which exposures are stored.
    pub(crate) interval: Duration,
    /// The maximum time for which a decision waits for the prior assignment of a unit.
    pub(crate) lookup_timeout: Duration,
    pub(crate) sinks: Vec<Arc<dyn Sink>>,
}

/// The exposures of an app, and its cache of prior assignments.
pub(crate) struct Exposures {
    pub(super) settings: Settings,
    pub(super) sinks: Sinks,
    /// The store of assignments. Without one, exposures are only passed to sinks.
    pub(super) assignments: Option<CapabilityHandle<dyn Assignments>>,
    /// The store of counts.
    pub(super) counters: Option<CapabilityHandle<dyn Counters>>,
    pub(super) warnings: Arc<Warnings>,
    /// The process that has the background thread.
    process: Process,
    pub(super) clock: Arc<dyn Clock>,
    /// The epoch of the store of assignments in which the exposures were recorded.
    epoch: Mutex<Option<String>>,
    pub(super) recorder: Recorder,
    pub(super) cache: Cache,
    /// Locked on the background thread, and by callers of `stats`; never across an await.
    pub(super) pending: Mutex<Pending>,
    /// Locked while exposures are stored, so that calls do not overlap.
    pub(super) storing: tokio::sync::Mutex<()>,
    pub(super) requests: mpsc::UnboundedSender<LookupRequest>,
    /// The background thread, which must not wait for itself.
    pub(super) background: OnceLock<ThreadId>,
    pub(super) gathered: AtomicU64,
    pub(super) stored: AtomicU64,
    pub(super) lookups: AtomicU64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { interval: Duration::from_secs(1), lookup_timeout: Duration::from_millis(20), sinks: Vec::new() }
    }
}

impl Exposures {
    /// Creates the exposures of an app, which send their lookups to `requests`.
    pub(super) fn new(
        settings: Settings,
        assignments: Option<CapabilityHandle<dyn Assignments>>,
        counters: Option<CapabilityHandle<dyn Counters>>,
        clock: Arc<dyn Clock>,
        warnings: Arc<Warnings>,
        requests: mpsc::UnboundedSender<LookupRequest>,
    ) -> Self {
        Self {
            sinks: Sinks::new(settings.sinks.clone(), warnings.clone()),
            settings,
            assignments,
            counters,
            warnings,
            process: Process::current(),
            clock,
            epoch: Mutex::default(),
            recorder: Recorder::default(),
            cache: Cache::default(),
            pending: Mutex::default(),
            storing: tokio::sync::Mutex::default(),
            requests,
            background: OnceLock::new(),
            gathered: AtomicU64::new(0),
            stored: AtomicU64::new(0),
            lookups: AtomicU64::new(0),
        }
    }

    /// Returns the numbers of exposures so far.
    pub(crate) fn stats(&self) -> ExposureStats {
        if self.process.is_forked() {
            // A forked process has no background thread, and a thread that was not forked may hold the lock for ever.
            return ExposureStats { dropped: self.recorder.dropped(), ..ExposureStats::default() };
        }
        self.gather();
        // Not zero only if the pending units have reached their maximum.
        let queued = self.recorder.len() as u64;
        ExposureStats {
            recorded: self.gathered.load(Ordering::Relaxed) + queued,
            stored: self.stored.load(Ordering::Relaxed),
            waiting: self.pending().len() as u64 + queued,
            dropped: self.recorder.dropped(),
        }
    }

    /// Returns the number of lookups in the store.
    pub(crate) fn lookups(&self) -> u64 {
        self.lookups.load(Ordering::Relaxed)
    }

    pub(super) fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets which units were recorded if the epoch has changed, because the store may have lost them.
    pub(super) fn on_epoch_change(&self) {
        let Some(assignments) = &self.assignments else { return };
        let now = assignments.health.epoch();
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        if now.is_some() && *epoch != now && std::mem::replace(&mut *epoch, now).is_some() {
            self.recorder.forget();
        }
    }

    /// Watches the epoch of the store of assignments until the app ends.
    pub(super) async fn watch_epoch(&self) -> Result<Round> {
        let Some(assignments) = &self.assignments else { return std::future::pending().await };
        let mut health = assignments.health.subscribe();
        self.on_epoch_change();
        while health.changed().await.is_ok() {
            self.on_epoch_change();
        }
        Ok(Round::Paused)
    }

    /// Returns `true` if this process can look up units: it has the background thread, and the store is reachable or not needed.
    pub(super) fn is_live(&self) -> bool {
        !self.process.is_forked() && self.assignments.as_ref().is_none_or(CapabilityHandle::is_live)
    }
}

impl fmt::Debug for Exposures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exposures").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
