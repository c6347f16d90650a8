//! The cell that holds the current snapshot of an app, with what a decision needs besides.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};

use super::history::History;
use super::snapshot::Snapshot;
use super::uses::Uses;
use crate::clock::Clock;
use crate::model::Timestamp;

/// The current snapshot of an app. Readers never wait.
pub(crate) struct SnapshotCell {
    snapshot: ArcSwap<Snapshot>,
    /// Counts up after every swap.
    generation: AtomicU64,
    clock: Arc<dyn Clock>,
    history: Arc<dyn History>,
    uses: Arc<dyn Uses>,
    process_wide: AtomicBool,
}

impl SnapshotCell {
    /// An empty snapshot.
    pub(crate) fn new(clock: Arc<dyn Clock>, history: Arc<dyn History>, uses: Arc<dyn Uses>) -> Self {
        let (snapshot, generation) = (ArcSwap::default(), AtomicU64::new(1));
        Self { snapshot, generation, clock, history, uses, process_wide: AtomicBool::new(false) }
    }

    /// Whether this is the process-wide app.
    #[inline]
    pub(crate) fn is_process_wide(&self) -> bool {
        self.process_wide.load(Ordering::Relaxed)
    }

    /// Makes this the process-wide app, or another one of many.
    pub(crate) fn set_process_wide(&self, process_wide: bool) {
        self.process_wide.store(process_wide, Ordering::Relaxed);
    }

    /// The current snapshot.
    #[inline]
    pub(crate) fn load(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// The current snapshot, to keep.
    pub(crate) fn load_full(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Replaces the snapshot.
    pub(crate) fn store(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// A number that is another one once the snapshot is another one.
    #[inline]
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// What the app knows of its experiments' units.
    #[inline]
    pub(crate) fn history(&self) -> &Arc<dyn History> {
        &self.history
    }

    /// Who counts how often what was used.
    pub(crate) fn uses(&self) -> &dyn Uses {
        &*self.uses
    }

    /// The current time of the app's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl std::fmt::Debug for SnapshotCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}
