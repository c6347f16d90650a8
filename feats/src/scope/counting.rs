//! Counting of uses: the counters of this thread, for the process-wide app and for other apps.

use std::cell::{OnceCell, RefCell};
use std::sync::{Arc, Weak};

use super::counter_location::CounterLocation;
use super::process::process_wide;
use crate::runtime::{Counters, SnapshotCell};

thread_local! {
    /// The counters of this thread for the process-wide app. They are created once, because all process-wide apps that are started
    /// one after the other share them.
    static PROCESS_COUNTERS: OnceCell<Arc<Counters>> = const { OnceCell::new() };
    /// The counters of this thread for other apps. Most threads use at most two of them.
    static OTHER_COUNTERS: RefCell<Vec<(Weak<SnapshotCell>, Arc<Counters>)>> = const { RefCell::new(Vec::new()) };
}

/// Counts a use for the app that decided.
#[inline]
pub(super) fn count(app: &Arc<SnapshotCell>, index: usize) {
    if app.is_process_wide() {
        count_for_process(index);
    } else {
        count_for_other(app, index);
    }
}

/// Counts a use of the default of a feature of the code, made without a decision, for the process-wide app if there is one.
#[inline]
pub(crate) fn count_default(location: CounterLocation, choice: u16) {
    count_for_process(location.index(choice));
}

/// Counts a use for the process-wide app, if there is one.
#[inline]
pub(super) fn count_for_process(index: usize) {
    // A thread that is ending does not count.
    let counted = PROCESS_COUNTERS.try_with(|counters| counters.get().is_some_and(|counters| counters.count(index)));
    if let Ok(false) = counted {
        register_for_process(index);
    }
}

#[cold]
fn register_for_process(index: usize) {
    let process = process_wide();
    let Some(app) = process.as_ref() else { return };
    let _ = PROCESS_COUNTERS.try_with(|counters| counters.get_or_init(|| app.uses().begin()).count(index));
}

fn count_for_other(app: &Arc<SnapshotCell>, index: usize) {
    let _ = OTHER_COUNTERS.try_with(|others| {
        let Ok(mut others) = others.try_borrow_mut() else { return };
        let existing = others.iter().find(|(other, _)| std::ptr::eq(other.as_ptr(), Arc::as_ptr(app)));
        if let Some((_, counters)) = existing {
            counters.count(index);
            return;
        }
        others.retain(|(other, _)| other.strong_count() > 0);
        let counters = app.uses().begin();
        counters.count(index);
        others.push((Arc::downgrade(app), counters));
    });
}
