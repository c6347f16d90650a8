//! The process-wide app as every thread sees it.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwapOption, Guard};

use crate::runtime::{Snapshot, SnapshotCell};

/// The process-wide app that was started last.
static PROCESS: ArcSwapOption<SnapshotCell> = ArcSwapOption::const_empty();

/// How often the process-wide app was started: none yet while 0.
static STARTS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The app and the snapshot that this thread last decided by. Asking whether they are still the current ones costs two
    /// loads that nobody contends for, less than counting one more reader of the current ones.
    static SEEN: RefCell<Seen> = const { RefCell::new(Seen { start: 0, generation: 0, decides: None }) };
}

struct Seen {
    start: u64,
    generation: u64,
    decides: Option<(Arc<SnapshotCell>, Arc<Snapshot>)>,
}

/// Makes an app the process-wide one, in place of one that was stopped.
pub(crate) fn set_process(live: Arc<SnapshotCell>) {
    live.set_process_wide(true);
    if let Some(before) = PROCESS.swap(Some(live)) {
        before.set_process_wide(false);
    }
    STARTS.fetch_add(1, Ordering::Release);
}

/// The process-wide app, once one is started.
pub(super) fn process_wide() -> Guard<Option<Arc<SnapshotCell>>> {
    PROCESS.load()
}

/// Uses the process-wide app and the snapshot that this thread last decided by; `None` where they are not the current ones, which
/// the next decision then uses, or where none is started, or the thread is ending.
#[inline]
pub(super) fn with_current<R>(decide: impl FnOnce(&Arc<SnapshotCell>, &Snapshot) -> R) -> Option<R> {
    let start = STARTS.load(Ordering::Acquire);
    let decided = SEEN.try_with(|seen| {
        // Held while segments run, which may themselves decide: they only read it too.
        let held = seen.try_borrow().ok()?;
        match &held.decides {
            Some((app, snapshot)) if held.start == start && held.generation == app.generation() => {
                Some(decide(app, snapshot))
            }
            _ => {
                drop(held);
                look_again(seen, start);
                None
            }
        }
    });
    decided.ok().flatten()
}

/// Looks which app and snapshot are the current ones. Where another app is started meanwhile, this thread looks again at its next
/// decision.
#[cold]
fn look_again(seen: &RefCell<Seen>, start: u64) {
    let Some(app) = PROCESS.load_full() else { return };
    let generation = app.generation();
    let decides = Some((app.clone(), app.load_full()));
    let old = match seen.try_borrow_mut() {
        Ok(mut seen) => std::mem::replace(&mut *seen, Seen { start, generation, decides }),
        Err(_) => return,
    };
    // Dropped once the cell can be borrowed again: what a snapshot holds is dropped with it.
    drop(old);
}
