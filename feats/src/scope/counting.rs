//! Counting uses: the counters of this thread, for the process-wide app and for others.

use std::cell::{OnceCell, RefCell};
use std::sync::{Arc, Weak};

use super::counted::Counted;
use super::process::process_wide;
use crate::runtime::{Counters, SnapshotCell};

thread_local! {
    /// This thread's counters for the process-wide app. They are the same for all that are started one after the other, so
    /// they are made once.
    static OF_PROCESS: OnceCell<Arc<Counters>> = const { OnceCell::new() };
    /// Those for other apps; few threads use more than one or two of them.
    static OF_OTHERS: RefCell<Vec<(Weak<SnapshotCell>, Arc<Counters>)>> = const { RefCell::new(Vec::new()) };
}

/// Counts a use for the app that decided.
#[inline]
pub(super) fn count(live: &Arc<SnapshotCell>, place: usize) {
    if live.is_process_wide() {
        count_for_process(place);
    } else {
        count_for_other(live, place);
    }
}

/// Counts a use of a feature of the code where nothing was decided: it is one of the process-wide app, if there is one.
#[inline]
pub(crate) fn count_default(counted: Counted, choice: u16) {
    count_for_process(counted.place(choice));
}

/// Counts a use for the process-wide app, if there is one.
#[inline]
pub(super) fn count_for_process(place: usize) {
    // A thread that is ending counts no more.
    let counted = OF_PROCESS.try_with(|counters| counters.get().is_some_and(|counters| counters.count(place)));
    if let Ok(false) = counted {
        begin_for_process(place);
    }
}

#[cold]
fn begin_for_process(place: usize) {
    let process = process_wide();
    let Some(live) = process.as_ref() else { return };
    let _ = OF_PROCESS.try_with(|counters| counters.get_or_init(|| live.uses().begin()).count(place));
}

fn count_for_other(live: &Arc<SnapshotCell>, place: usize) {
    let _ = OF_OTHERS.try_with(|others| {
        let Ok(mut others) = others.try_borrow_mut() else { return };
        let own = others.iter().find(|(other, _)| std::ptr::eq(other.as_ptr(), Arc::as_ptr(live)));
        if let Some((_, counters)) = own {
            counters.count(place);
            return;
        }
        others.retain(|(other, _)| other.strong_count() > 0);
        let counters = live.uses().begin();
        counters.count(place);
        others.push((Arc::downgrade(live), counters));
    });
}
