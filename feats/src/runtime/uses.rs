//! Uses: how often each implementation was used, counted by every thread for itself.
//!
//! One counter that all threads share costs more than the decision whose use it counts, and two threads are then slower than
//! one. So every thread has counters of its own, which nobody else writes: a use is a load, an addition and a store.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many counters share a line. Threads whose lines are apart by as much do not slow each other down: processors fetch
/// lines of 64 bytes in pairs.
const LINE: usize = 128 / size_of::<AtomicU64>();

/// The counters of one thread.
#[derive(Debug)]
pub(crate) struct Counters(Box<[Line]>);

#[derive(Debug, Default)]
#[repr(align(128))]
struct Line([AtomicU64; LINE]);

/// Who gives counters to threads, and adds them up.
pub(crate) trait Uses: Send + Sync + fmt::Debug {
    /// The counters for one more thread, which has them until it ends.
    fn begin(&self) -> Arc<Counters>;
}

impl Counters {
    /// So many counters, all at 0.
    pub(crate) fn new(counters: usize) -> Self {
        Self((0..counters.div_ceil(LINE)).map(|_| Line::default()).collect())
    }

    /// Counts a use; `false` if there is no such counter. Called by the counters' own thread alone, so that none is lost.
    #[inline]
    pub(crate) fn count(&self, place: usize) -> bool {
        let counter = self.0.get(place / LINE).and_then(|line| line.0.get(place % LINE));
        if let Some(counter) = counter {
            counter.store(counter.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        }
        counter.is_some()
    }

    /// Adds what was counted to sums, place by place.
    pub(crate) fn add_to(&self, sums: &mut [u64]) {
        for (sum, counter) in sums.iter_mut().zip(self.0.iter().flat_map(|line| &line.0)) {
            *sum = sum.wrapping_add(counter.load(Ordering::Relaxed));
        }
    }
}
