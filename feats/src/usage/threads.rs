//! The counters of all threads that use an app, added up.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use crate::runtime::{Counters, Uses};
use crate::tasks::Process;

/// The counters of the process-wide app: threads keep theirs when another one is started after its end.
static OF_PROCESS: OnceLock<Arc<Threads>> = OnceLock::new();

/// The counters of all threads that use an app, each at a place that is the same for all of them.
#[derive(Debug)]
pub(crate) struct Threads {
    counters: usize,
    parts: Mutex<Parts>,
    process: Process,
}

#[derive(Debug)]
struct Parts {
    running: Vec<Arc<Counters>>,
    /// What threads counted that have ended.
    ended: Vec<u64>,
}

impl Threads {
    /// So many counters for each thread.
    pub(crate) fn new(counters: usize) -> Self {
        let parts = Mutex::new(Parts { running: Vec::new(), ended: vec![0; counters] });
        Self { counters, parts, process: Process::current() }
    }

    /// The counters of the process-wide app, of which there are so many for each thread.
    pub(crate) fn of_process(counters: usize) -> Arc<Self> {
        OF_PROCESS.get_or_init(|| Arc::new(Self::new(counters))).clone()
    }

    /// What was counted since the beginning, by place.
    pub(super) fn totals(&self) -> Vec<u64> {
        let Some(mut parts) = self.parts() else { return vec![0; self.counters] };
        let Parts { running, ended } = &mut *parts;
        // Whoever has counters alone sees all that their thread counted before it let go of them.
        running.retain_mut(|counters| Arc::get_mut(counters).map(|counters| counters.add_to(ended)).is_none());
        let mut totals = ended.clone();
        running.iter().for_each(|counters| counters.add_to(&mut totals));
        totals
    }

    /// Nothing, where the process was forked while another thread held the lock: nobody gives it back.
    fn parts(&self) -> Option<MutexGuard<'_, Parts>> {
        if !self.process.is_forked() {
            return Some(self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        }
        match self.parts.try_lock() {
            Ok(parts) => Some(parts),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl Uses for Threads {
    fn begin(&self) -> Arc<Counters> {
        let counters = Arc::new(Counters::new(self.counters));
        if let Some(mut parts) = self.parts() {
            parts.running.push(counters.clone());
        }
        counters
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn nothing_is_lost_of_threads_that_run_and_of_threads_that_ended() {
        const PLACES: usize = 40;
        let threads = Threads::new(PLACES);
        let mine = threads.begin();
        thread::scope(|scope| {
            for thread in 1..=4 {
                let threads = &threads;
                scope.spawn(move || {
                    let own = threads.begin();
                    for _ in 0..thread * 1_000 {
                        assert!((0..PLACES).all(|place| own.count(place)));
                    }
                });
            }
            for _ in 0..100 {
                assert!(mine.count(7));
                assert!(threads.totals().into_iter().all(|total| total <= 10_100));
            }
        });
        for _ in 0..2 {
            let totals = threads.totals();
            let expected = (0..PLACES).map(|place| if place == 7 { 10_100 } else { 10_000 });
            assert!(totals.iter().copied().eq(expected), "{totals:?}");
        }
        assert_eq!(threads.parts.lock().expect("sound").running.len(), 1);
    }

    #[test]
    fn there_is_no_counter_where_none_was_asked_for() {
        let threads = Threads::new(0);
        assert!(!threads.begin().count(0));
        assert!(threads.totals().is_empty());
    }
}
