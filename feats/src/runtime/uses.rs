//! Uses: how often each choice was used, counted by every thread for itself.
//!
//! One counter that all threads share costs more than the decision whose use it counts, and two threads are then slower than
//! one. So every thread has counters of its own, which nobody else writes: a use is a load, an addition and a store.
//!
//! The features of the program's code have their counters from the beginning. Others get places when their revisions arrive, and
//! a thread makes room for those when it first counts there.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// How many counters share a line. Threads whose lines are apart by as much do not slow each other down: processors fetch
/// lines of 64 bytes in pairs.
const LINE: usize = 128 / size_of::<AtomicU64>();

/// How many lines the first of the later blocks has; each block after it has twice as many.
const FIRST_BLOCK: usize = 4;

/// How many blocks can be added to the counters of a thread.
const BLOCKS: usize = 16;

/// The most counters that can be added to those of the program's code: 4 194 240.
pub(crate) const MAX_ADDED: usize = FIRST_BLOCK * ((1 << BLOCKS) - 1) * LINE;

/// The counters of one thread.
#[derive(Debug)]
pub(crate) struct Counters {
    /// Those of the program's code.
    first: Box<[Line]>,
    /// Those that came later. Only the counters' own thread fills a block.
    added: [OnceLock<Box<[Line]>>; BLOCKS],
}

#[derive(Debug, Default)]
#[repr(align(128))]
struct Line([AtomicU64; LINE]);

/// Who gives counters to threads, and adds them up.
pub(crate) trait Uses: Send + Sync + fmt::Debug {
    /// The counters for one more thread, which has them until it ends.
    fn begin(&self) -> Arc<Counters>;

    /// The places of the counters of a feature's choices, the same for every thread and for the life of the program. A place that
    /// does not exist yet is added; choices beyond [`MAX_ADDED`] get none.
    fn places(&self, feature: &Arc<str>, choices: &mut dyn Iterator<Item = &str>) -> Box<[u32]>;
}

impl Counters {
    /// So many counters, all at 0, and room for more behind them.
    pub(crate) fn new(counters: usize) -> Self {
        Self { first: lines(counters.div_ceil(LINE)), added: [const { OnceLock::new() }; BLOCKS] }
    }

    /// Counts a use; `false` if there is no such counter. Called by the counters' own thread alone, so that none is lost.
    #[inline]
    pub(crate) fn count(&self, place: usize) -> bool {
        match self.first.get(place / LINE) {
            Some(line) => line.count(place % LINE),
            None => self.count_added(place),
        }
    }

    #[cold]
    fn count_added(&self, place: usize) -> bool {
        let line = place / LINE - self.first.len();
        // Blocks of 4, 8, 16 .. lines: block `n` begins at line 4 × (2ⁿ - 1).
        let block = (line / FIRST_BLOCK + 1).ilog2() as usize;
        let begin = FIRST_BLOCK * ((1 << block) - 1);
        let added = self.added.get(block).map(|added| added.get_or_init(|| lines(FIRST_BLOCK << block)));
        added.and_then(|added| added.get(line - begin)).is_some_and(|line| line.count(place % LINE))
    }

    /// Adds what was counted to sums, place by place; where there are more counters than sums, sums are added.
    pub(crate) fn add_to(&self, sums: &mut Vec<u64>) {
        let added = self.added.iter().enumerate().filter_map(|(block, added)| Some((block, added.get()?)));
        let added = added.map(|(block, lines)| (self.first.len() + FIRST_BLOCK * ((1 << block) - 1), &**lines));
        for (begin, lines) in std::iter::once((0, &*self.first)).chain(added) {
            let (begin, end) = (begin * LINE, (begin + lines.len()) * LINE);
            if sums.len() < end {
                sums.resize(end, 0);
            }
            let counters = lines.iter().flat_map(|line| &line.0);
            for (sum, counter) in sums.iter_mut().skip(begin).zip(counters) {
                *sum = sum.wrapping_add(counter.load(Ordering::Relaxed));
            }
        }
    }
}

impl Line {
    #[inline]
    fn count(&self, at: usize) -> bool {
        let counter = self.0.get(at);
        if let Some(counter) = counter {
            counter.store(counter.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        }
        counter.is_some()
    }
}

fn lines(count: usize) -> Box<[Line]> {
    (0..count).map(|_| Line::default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_grow_and_none_is_lost_or_shared() {
        for declared in [0, 1, 15, 16, 17, 100] {
            let counters = Counters::new(declared);
            for place in 0..2_000 {
                (0..=place % 7).for_each(|_| assert!(counters.count(place)));
            }
            let mut sums = Vec::new();
            counters.add_to(&mut sums);
            assert!(sums.iter().take(2_000).enumerate().all(|(place, sum)| *sum == place as u64 % 7 + 1), "{declared}");
            assert!(sums.iter().skip(2_000).all(|sum| *sum == 0));
        }
    }

    #[test]
    fn beyond_the_last_block_there_is_no_counter() {
        let counters = Counters::new(16);
        assert!(!counters.count(16 + MAX_ADDED) && !counters.count(u32::MAX as usize));
        assert!(counters.added.iter().all(|block| block.get().is_none()));
    }
}
