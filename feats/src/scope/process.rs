//! The process-wide app as every thread sees it.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use super::counting::count_for_process;
use super::witness::{Deciding, Purpose};
use crate::engine::{Live, Snapshot};
use crate::model::Subject;

/// The process-wide app, once it is started.
static PROCESS: OnceLock<Arc<Live>> = OnceLock::new();

thread_local! {
    /// The snapshot that this thread last decided by. Asking whether it is still the current one costs a load that
    /// nobody contends for, less than counting one more reader of the current one.
    static SEEN: RefCell<Seen> = const { RefCell::new(Seen { generation: 0, snapshot: None }) };
}

struct Seen {
    generation: u64,
    snapshot: Option<Arc<Snapshot>>,
}

/// Makes an app the process-wide one; `false` if there is one already.
pub(crate) fn set_process(live: Arc<Live>) -> bool {
    PROCESS.set(live).is_ok()
}

#[inline]
pub(super) fn process() -> Option<&'static Arc<Live>> {
    PROCESS.get()
}

/// Chooses by the process-wide app. Only the choice leaves: to carry a whole outcome out of the thread's snapshot costs as
/// much as making it.
#[inline]
pub(super) fn decide<S: Subject + ?Sized>(position: usize, default: u16, subject: &S, purpose: Purpose<'_>) -> u16 {
    let Some(live) = PROCESS.get() else { return default };
    let decided = SEEN.try_with(|seen| {
        // Held while segments run, which may themselves decide: they only read it too.
        let seen = seen.try_borrow().ok()?;
        let snapshot = seen.snapshot.as_ref().filter(|_| seen.generation == live.generation())?;
        let witness = Deciding::new(live, purpose);
        Some(snapshot.decide(position, default, subject, || live.now(), super::draw, &witness).choice)
    });
    let choice = match decided {
        Ok(Some(choice)) => choice,
        _ => see_and_decide(live, position, default, subject, purpose),
    };
    if let Some(place) = purpose.counter(choice) {
        count_for_process(place);
    }
    choice
}

#[cold]
fn see_and_decide<S: Subject + ?Sized>(
    live: &Arc<Live>,
    position: usize,
    default: u16,
    subject: &S,
    purpose: Purpose<'_>,
) -> u16 {
    let generation = live.generation();
    let snapshot = live.load_full();
    let kept = snapshot.clone();
    let old = SEEN.try_with(|seen| {
        let mut seen = seen.try_borrow_mut().ok()?;
        std::mem::replace(&mut *seen, Seen { generation, snapshot: Some(kept) }).snapshot
    });
    drop(old);
    snapshot.decide(position, default, subject, || live.now(), super::draw, &Deciding::new(live, purpose)).choice
}
