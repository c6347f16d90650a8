//! The exposures of an app: settings, state, and totals since the start.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;

use super::cache::Cache;
use super::pending::Pending;
use super::question::Question;
use super::recorder::Recorder;
use super::sink::{Sink, Sinks};
use crate::clock::Clock;
use crate::error::Result;
use crate::store::{Assignments, CapabilityHandle, Counters};
use crate::tasks::{Process, Round, Warnings};

/// What became of the exposures of an app since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExposureStats {
    /// How many were taken down. A unit is taken down once for each experiment; among very many units, seldom twice.
    pub recorded: u64,
    /// How many units the store has, or had from another program or an earlier run.
    pub stored: u64,
    /// How many wait to be stored.
    pub waiting: u64,
    /// How many were not taken down, because too many waited. A unit is offered again with its next use.
    pub dropped: u64,
}

/// How an app treats exposures.
#[derive(Clone)]
pub(crate) struct Settings {
    /// How often they are stored.
    pub(crate) interval: Duration,
    /// How long a decision waits for a unit's past.
    pub(crate) patience: Duration,
    pub(crate) sinks: Vec<Arc<dyn Sink>>,
}

/// The exposures of an app, and what it remembers of units.
pub(crate) struct Exposures {
    pub(super) settings: Settings,
    pub(super) sinks: Sinks,
    /// Where units are assigned; without, exposures go to sinks alone.
    pub(super) assignments: Option<CapabilityHandle<dyn Assignments>>,
    /// Where they are counted.
    pub(super) counters: Option<CapabilityHandle<dyn Counters>>,
    pub(super) warnings: Arc<Warnings>,
    /// The process whose background thread stores and answers.
    process: Process,
    pub(super) clock: Arc<dyn Clock>,
    /// The epoch of the assignments that have what was recorded.
    epoch: Mutex<Option<String>>,
    pub(super) recorder: Recorder,
    pub(super) cache: Cache,
    /// Locked on the background thread, and by who wants a tally; never across an await.
    pub(super) pending: Mutex<Pending>,
    /// Held while exposures are stored: one batch at a time.
    pub(super) storing: tokio::sync::Mutex<()>,
    pub(super) questions: mpsc::UnboundedSender<Question>,
    /// The background thread, where nobody may wait for it.
    pub(super) background: OnceLock<ThreadId>,
    pub(super) gathered: AtomicU64,
    pub(super) stored: AtomicU64,
    pub(super) lookups: AtomicU64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { interval: Duration::from_secs(1), patience: Duration::from_millis(20), sinks: Vec::new() }
    }
}

impl Exposures {
    /// Creates the exposures of an app, which send what they ask to `questions`.
    pub(super) fn new(
        settings: Settings,
        assignments: Option<CapabilityHandle<dyn Assignments>>,
        counters: Option<CapabilityHandle<dyn Counters>>,
        clock: Arc<dyn Clock>,
        warnings: Arc<Warnings>,
        questions: mpsc::UnboundedSender<Question>,
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
            questions,
            background: OnceLock::new(),
            gathered: AtomicU64::new(0),
            stored: AtomicU64::new(0),
            lookups: AtomicU64::new(0),
        }
    }

    /// What became of the exposures so far.
    pub(crate) fn tally(&self) -> ExposureStats {
        if self.process.is_forked() {
            // Nobody stores anything here, and a lock may be held for ever by a thread that was not forked.
            return ExposureStats { dropped: self.recorder.dropped(), ..ExposureStats::default() };
        }
        self.gather();
        // More than none only while there is no room for what waits.
        let queued = self.recorder.len() as u64;
        ExposureStats {
            recorded: self.gathered.load(Ordering::Relaxed) + queued,
            stored: self.stored.load(Ordering::Relaxed),
            waiting: self.pending().len() as u64 + queued,
            dropped: self.recorder.dropped(),
        }
    }

    /// How many times the store was asked for a unit's past.
    pub(crate) fn lookups(&self) -> u64 {
        self.lookups.load(Ordering::Relaxed)
    }

    pub(super) fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a store had in another epoch, it may have lost: everything is to be taken down again.
    pub(super) fn on_epoch_change(&self) {
        let Some(assignments) = &self.assignments else { return };
        let now = assignments.health.epoch();
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        if now.is_some() && *epoch != now && std::mem::replace(&mut *epoch, now).is_some() {
            self.recorder.forget();
        }
    }

    /// Watches for another epoch of the assignments until the app ends.
    pub(super) async fn watch_epoch(&self) -> Result<Round> {
        let Some(assignments) = &self.assignments else { return std::future::pending().await };
        let mut health = assignments.health.subscribe();
        self.on_epoch_change();
        while health.changed().await.is_ok() {
            self.on_epoch_change();
        }
        Ok(Round::Paused)
    }

    /// Whether a unit's past can be asked for, by this process: where it was forked, nobody answers. Where nothing is
    /// assigned, the answer is known.
    pub(super) fn is_live(&self) -> bool {
        !self.process.is_forked() && self.assignments.as_ref().is_none_or(CapabilityHandle::is_live)
    }
}

impl fmt::Debug for Exposures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exposures").field("tally", &self.tally()).finish_non_exhaustive()
    }
}
