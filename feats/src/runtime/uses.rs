//! Counters of uses: the number of uses of each choice, counted separately by every thread.
//!
//! A counter that all threads share would cost more than the decision whose use it counts, and two threads would be slower than
//! one. Therefore every thread has its own counters, which no other thread writes: a use is a load, an addition and a store.
//!
//! The features of the code have counters from the start. Other features get counters when their revisions arrive; a thread
//! allocates these when it first uses them.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// The number of counters in a line of 128 bytes. Lines of different threads do not share a cache line: processors fetch cache
/// lines of 64 bytes in pairs.
const COUNTERS_PER_LINE: usize = 128 / size_of::<AtomicU64>();

/// The number of lines in the first added block. Each further block has twice as many as the previous one.
const FIRST_BLOCK_LINES: usize = 4;

/// The maximum number of blocks that can be added to the counters of a thread.
const MAX_BLOCKS: usize = 16;

/// The maximum number of counters that can be added to those of the code: 4 194 240.
pub(crate) const MAX_ADDED: usize = FIRST_BLOCK_LINES * ((1 << MAX_BLOCKS) - 1) * COUNTERS_PER_LINE;

/// The counters of one thread.
#[derive(Debug)]
pub(crate) struct Counters {
    /// The counters of the features of the code.
    first: Box<[Line]>,
    /// The counters that were added later. Only the thread that owns the counters fills a block.
    added: [OnceLock<Box<[Line]>>; MAX_BLOCKS],
}

#[derive(Debug, Default)]
#[repr(align(128))]
struct Line([AtomicU64; COUNTERS_PER_LINE]);

/// The registry of the counters of all threads.
pub(crate) trait Uses: Send + Sync + fmt::Debug {
    /// Creates the counters of another thread, which keeps them until it ends.
    fn begin(&self) -> Arc<Counters>;

    /// Returns the indexes of the counters of a feature's choices, which are the same for every thread until the program ends.
    /// Missing counters are added; choices beyond [`MAX_ADDED`] counters get none.
    fn places(&self, feature: &Arc<str>, choices: &mut dyn Iterator<Item = &Arc<str>>) -> Box<[u32]>;
}

impl Counters {
    /// Creates the given number of counters, all at 0. More can be added later.
    pub(crate) fn new(counters: usize) -> Self {
        Self { first: lines(counters.div_ceil(COUNTERS_PER_LINE)), added: [const { OnceLock::new() }; MAX_BLOCKS] }
    }

    /// Counts a use; returns `false` if the counter does not exist. Only the thread that owns the counters may call it; otherwise
    /// uses would be lost.
    #[inline]
    pub(crate) fn count(&self, index: usize) -> bool {
        match self.first.get(index / COUNTERS_PER_LINE) {
            Some(line) => line.count(index % COUNTERS_PER_LINE),
            None => self.count_added(index),
        }
    }

    #[cold]
    fn count_added(&self, index: usize) -> bool {
        let line = index / COUNTERS_PER_LINE - self.first.len();
        // Blocks of 4, 8, 16 .. lines: block `n` begins at line 4 × (2ⁿ - 1).
        let block = (line / FIRST_BLOCK_LINES + 1).ilog2() as usize;
        let begin = FIRST_BLOCK_LINES * ((1 << block) - 1);
        let added = self.added.get(block).map(|added| added.get_or_init(|| lines(FIRST_BLOCK_LINES << block)));
        added.and_then(|added| added.get(line - begin)).is_some_and(|line| line.count(index % COUNTERS_PER_LINE))
    }

    /// Adds the counts to `sums`, index by index. If there are more counters than sums, `sums` grows.
    pub(crate) fn add_to(&self, sums: &mut Vec<u64>) {
        let added = self.added.iter().enumerate().filter_map(|(block, added)| Some((block, added.get()?)));
        let added = added.map(|(block, lines)| (self.first.len() + FIRST_BLOCK_LINES * ((1 << block) - 1), &**lines));
        for (begin, lines) in std::iter::once((0, &*self.first)).chain(added) {
            let (begin, end) = (begin * COUNTERS_PER_LINE, (begin + lines.len()) * COUNTERS_PER_LINE);
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
    fn count(&self, index: usize) -> bool {
        let counter = self.0.get(index);
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
            for index in 0..2_000 {
                (0..=index % 7).for_each(|_| assert!(counters.count(index)));
            }
            let mut sums = Vec::new();
            counters.add_to(&mut sums);
            assert!(sums.iter().take(2_000).enumerate().all(|(index, sum)| *sum == index as u64 % 7 + 1), "{declared}");
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
