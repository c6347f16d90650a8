//! Uses: how often each implementation was used, counted by every thread for itself.
//!
//! One counter that all threads share costs more than the decision whose use it counts, and two threads are then slower than
//! one. So every thread has counters of its own, which nobody else writes: a use is a load, an addition and a store. Whoever
//! wants to know adds them up.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How many counters share a line. Threads whose lines are apart by as much do not slow each other down: processors fetch
/// lines of 64 bytes in pairs.
const LINE: usize = 128 / size_of::<AtomicU64>();

/// The counters of one thread.
#[derive(Debug)]
pub(crate) struct Counters(Box<[Line]>);

#[derive(Debug, Default)]
#[repr(align(128))]
struct Line([AtomicU64; LINE]);

/// The counters of all threads that use an app, each at a place that is the same for all threads.
#[derive(Debug)]
pub(crate) struct Uses {
    counters: usize,
    threads: Mutex<Threads>,
}

#[derive(Debug, Default)]
struct Threads {
    running: Vec<Arc<Counters>>,
    /// What threads counted that have ended.
    ended: Vec<u64>,
}

impl Counters {
    /// Counts a use; `false` if there is no such counter. Called by the counters' own thread alone, so that none is lost.
    #[inline]
    pub(crate) fn count(&self, place: usize) -> bool {
        let counter = self.0.get(place / LINE).and_then(|line| line.0.get(place % LINE));
        if let Some(counter) = counter {
            counter.store(counter.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        }
        counter.is_some()
    }

    fn add_to(&self, sums: &mut [u64]) {
        for (sum, counter) in sums.iter_mut().zip(self.0.iter().flat_map(|line| &line.0)) {
            *sum = sum.wrapping_add(counter.load(Ordering::Relaxed));
        }
    }
}

impl Uses {
    /// So many counters, all at 0.
    pub(crate) fn new(counters: usize) -> Self {
        let threads = Threads { running: Vec::new(), ended: vec![0; counters] };
        Self { counters, threads: Mutex::new(threads) }
    }

    /// The counters for one more thread, which has them until it ends.
    pub(crate) fn begin(&self) -> Arc<Counters> {
        let lines = self.counters.div_ceil(LINE);
        let counters = Arc::new(Counters((0..lines).map(|_| Line::default()).collect()));
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).running.push(counters.clone());
        counters
    }

    /// What was counted since the beginning, by place.
    pub(crate) fn totals(&self) -> Vec<u64> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let Threads { running, ended } = &mut *threads;
        // Who has its counters alone sees all that the thread did before it let go of them.
        running.retain_mut(|counters| Arc::get_mut(counters).map(|counters| counters.add_to(ended)).is_none());
        let mut totals = ended.clone();
        running.iter().for_each(|counters| counters.add_to(&mut totals));
        totals
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn nothing_is_lost_of_threads_that_run_and_of_threads_that_ended() {
        const PLACES: usize = 40;
        let uses = Uses::new(PLACES);
        let mine = uses.begin();
        thread::scope(|scope| {
            for thread in 1..=4 {
                let uses = &uses;
                scope.spawn(move || {
                    let own = uses.begin();
                    for _ in 0..thread * 1_000 {
                        assert!((0..PLACES).all(|place| own.count(place)));
                    }
                });
            }
            for _ in 0..100 {
                assert!(mine.count(7));
                assert!(uses.totals().into_iter().all(|total| total <= 10_100));
            }
        });
        for _ in 0..2 {
            let totals = uses.totals();
            let expected = (0..PLACES).map(|place| if place == 7 { 10_100 } else { 10_000 });
            assert!(totals.iter().copied().eq(expected), "{totals:?}");
        }
        assert_eq!(uses.threads.lock().expect("sound").running.len(), 1);
    }

    #[test]
    fn there_is_no_counter_where_none_was_asked_for() {
        let uses = Uses::new(0);
        assert!(!uses.begin().count(0));
        assert!(uses.totals().is_empty());
    }
}
