//! The process-wide app, cached by each thread.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwapOption, Guard};

use crate::runtime::{Snapshot, SnapshotCell};

/// The process-wide app that was started last.
static PROCESS: ArcSwapOption<SnapshotCell> = ArcSwapOption::const_empty();

/// The number of starts of a process-wide app.
static STARTS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The app and the snapshot that this thread last decided by. Checking that they are still current costs two uncontended
    /// loads, which is less than a reference count on the current ones.
    static CACHED: RefCell<CachedApp> = const { RefCell::new(CachedApp { start: 0, generation: 0, app: None }) };
}

struct CachedApp {
    start: u64,
    generation: u64,
    app: Option<(Arc<SnapshotCell>, Arc<Snapshot>)>,
}

/// Makes an app the process-wide one. It replaces an app that was stopped.
pub(crate) fn set_process(cell: Arc<SnapshotCell>) {
    cell.set_process_wide(true);
    if let Some(previous) = PROCESS.swap(Some(cell)) {
        previous.set_process_wide(false);
    }
    STARTS.fetch_add(1, Ordering::Release);
}

/// Returns the process-wide app, if one was started.
pub(super) fn process_wide() -> Guard<Option<Arc<SnapshotCell>>> {
    PROCESS.load()
}

/// Decides with the app and the snapshot in the cache of this thread. Returns `None` if the cache was not current (it is refreshed
/// for the next decision), if no app was started, or if the thread is ending.
#[inline]
pub(super) fn with_current<R>(decide: impl FnOnce(&Arc<SnapshotCell>, &Snapshot) -> R) -> Option<R> {
    let start = STARTS.load(Ordering::Acquire);
    let decided = CACHED.try_with(|cache| {
        // Borrowed while segments run, which may decide too: nested decisions also only read it.
        let cached = cache.try_borrow().ok()?;
        match &cached.app {
            Some((app, snapshot)) if cached.start == start && cached.generation == app.generation() => {
                Some(decide(app, snapshot))
            }
            _ => {
                drop(cached);
                refresh(cache, start);
                None
            }
        }
    });
    decided.ok().flatten()
}

/// Caches the current app and snapshot. If another app is started in the meantime, the next decision of this thread refreshes the
/// cache again.
#[cold]
fn refresh(cache: &RefCell<CachedApp>, start: u64) {
    let Some(app) = PROCESS.load_full() else { return };
    let generation = app.generation();
    let current = Some((app.clone(), app.load_full()));
    let old = match cache.try_borrow_mut() {
        Ok(mut cached) => std::mem::replace(&mut *cached, CachedApp { start, generation, app: current }),
        Err(_) => return,
    };
    // Dropped after the borrow has ended, because dropping a snapshot may run other code.
    drop(old);
}
