//! The cell with the current snapshot of an app, and the other parts of the app that decisions need.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};

use super::history::History;
use super::snapshot::Snapshot;
use super::uses::Uses;
use crate::clock::Clock;
use crate::model::Timestamp;

/// The cell with the current snapshot of an app. Readers never wait.
pub(crate) struct SnapshotCell {
    snapshot: ArcSwap<Snapshot>,
    /// Incremented whenever the snapshot is replaced.
    generation: AtomicU64,
    clock: Arc<dyn Clock>,
    history: Arc<dyn History>,
    uses: Arc<dyn Uses>,
    process_wide: AtomicBool,
}

impl SnapshotCell {
    /// Creates a cell with an empty snapshot.
    pub(crate) fn new(clock: Arc<dyn Clock>, history: Arc<dyn History>, uses: Arc<dyn Uses>) -> Self {
        let (snapshot, generation) = (ArcSwap::default(), AtomicU64::new(1));
        Self { snapshot, generation, clock, history, uses, process_wide: AtomicBool::new(false) }
    }

    /// Returns `true` if this is the cell of the process-wide app.
    #[inline]
    pub(crate) fn is_process_wide(&self) -> bool {
        self.process_wide.load(Ordering::Relaxed)
    }

    /// Sets whether this is the cell of the process-wide app.
    pub(crate) fn set_process_wide(&self, process_wide: bool) {
        self.process_wide.store(process_wide, Ordering::Relaxed);
    }

    /// Returns the current snapshot, for a short time.
    #[inline]
    pub(crate) fn load(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Returns the current snapshot, to keep.
    pub(crate) fn load_full(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Replaces the snapshot.
    pub(crate) fn store(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Returns a number that changes whenever the snapshot is replaced.
    #[inline]
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Returns the history of the units of experiments.
    #[inline]
    pub(crate) fn history(&self) -> &Arc<dyn History> {
        &self.history
    }

    /// Returns the counters of uses.
    pub(crate) fn uses(&self) -> &dyn Uses {
        &*self.uses
    }

    /// Returns the current time of the app's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl std::fmt::Debug for SnapshotCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SnapshotCell").finish_non_exhaustive()
    }
}
