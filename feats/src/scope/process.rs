//! The process-wide app as every thread sees it.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwapOption, Guard};

use super::counting::count_for_process;
use super::witness::{Deciding, Purpose};
use crate::model::Subject;
use crate::runtime::{Live, Snapshot};

/// The process-wide app that was started last.
static PROCESS: ArcSwapOption<Live> = ArcSwapOption::const_empty();

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
    decides: Option<(Arc<Live>, Arc<Snapshot>)>,
}

/// Makes an app the process-wide one, in place of one that was stopped.
pub(crate) fn set_process(live: Arc<Live>) {
    live.set_process_wide(true);
    if let Some(before) = PROCESS.swap(Some(live)) {
        before.set_process_wide(false);
    }
    STARTS.fetch_add(1, Ordering::Release);
}

/// The process-wide app, once one is started.
pub(super) fn process() -> Guard<Option<Arc<Live>>> {
    PROCESS.load()
}

/// Chooses by the process-wide app. Only the choice leaves: to carry a whole outcome out of the thread's snapshot costs as
/// much as making it.
#[inline]
pub(super) fn decide<S: Subject + ?Sized>(position: usize, default: u16, subject: &S, purpose: Purpose<'_>) -> u16 {
    let start = STARTS.load(Ordering::Acquire);
    if start == 0 {
        return default;
    }
    let decided = SEEN.try_with(|seen| {
        // Held while segments run, which may themselves decide: they only read it too.
        let seen = seen.try_borrow().ok()?;
        let (live, snapshot) = seen.decides.as_ref().filter(|_| seen.start == start)?;
        if seen.generation != live.generation() {
            return None;
        }
        let witness = Deciding::new(live, purpose);
        Some(snapshot.decide(position, default, subject, || live.now(), super::draw, &witness).choice)
    });
    let choice = match decided {
        Ok(Some(choice)) => choice,
        _ => see_and_decide(start, position, default, subject, purpose),
    };
    if let Some(place) = purpose.counter(choice) {
        count_for_process(place);
    }
    choice
}

#[cold]
fn see_and_decide<S: Subject + ?Sized>(
    start: u64,
    position: usize,
    default: u16,
    subject: &S,
    purpose: Purpose<'_>,
) -> u16 {
    // Where another app is started meanwhile, this thread looks again at its next decision.
    let Some(live) = PROCESS.load_full() else { return default };
    let generation = live.generation();
    let snapshot = live.load_full();
    let decides = Some((live.clone(), snapshot.clone()));
    let old = SEEN.try_with(|seen| {
        let mut seen = seen.try_borrow_mut().ok()?;
        std::mem::replace(&mut *seen, Seen { start, generation, decides }).decides
    });
    drop(old);
    snapshot.decide(position, default, subject, || live.now(), super::draw, &Deciding::new(&live, purpose)).choice
}
