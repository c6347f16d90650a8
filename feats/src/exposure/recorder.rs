//! Recording of exposures on the caller's thread: no lock, no wait, no clock, and no allocation for short units.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arrayvec::ArrayString;
use crossbeam_queue::ArrayQueue;
use feats_core::__private::Experiment;
use tokio::sync::Notify;

use super::recent::{Salt, is_recent, remember};
use super::unit::Key;

/// The capacity of the queue. While it is full, exposures are dropped and counted.
pub(super) const QUEUE_CAPACITY: usize = 1 << 16;

/// The length of the queue from which callers check whether a unit was recorded before.
const BUSY_LENGTH: usize = QUEUE_CAPACITY / 4;

/// The number of units that are remembered as recorded. A power of two.
const SEEN_CELLS: usize = 1 << 17;

/// The maximum size of a unit that a record stores inline, in bytes. Fits a UUID, a 64-bit number and most other ids.
const MAX_INLINE_BYTES: usize = 40;

/// The queue of exposures from callers to the background thread. Allocates nothing until the first exposure.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    buffer: OnceLock<Buffer>,
    salt: Salt,
    dropped: AtomicU64,
    /// Set while the background thread waits for a record.
    asleep: AtomicBool,
    wake: Notify,
}

#[derive(Debug)]
struct Buffer {
    queue: ArrayQueue<Record>,
    /// The recorded units, each in a cell that its key selects. A unit whose cell was overwritten is recorded again, and the
    /// store assigns it once.
    ///
    /// The table is larger than a CPU cache, so a check costs the caller of a new unit more than all the rest. Therefore only the
    /// background thread checks it, unless the queue is long: then most units are repeated, and callers check it too.
    seen: Box<[AtomicU64]>,
}

/// An exposure in the queue.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) experiment: Arc<Experiment>,
    pub(super) choice: u16,
    unit: Unit,
}

#[derive(Debug)]
enum Unit {
    Short(ArrayString<MAX_INLINE_BYTES>),
    Long(Box<str>),
}

impl Recorder {
    /// Records an exposure, unless this thread has recorded it recently. That check is first because everything after it is shared
    /// between threads, and would slow them down.
    #[inline]
    pub(super) fn record(&self, experiment: &Arc<Experiment>, unit: &str, choice: u16) {
        let fingerprint = self.salt.fingerprint(experiment.hash(unit));
        if !is_recent(fingerprint) && self.push(experiment, unit, choice) {
            remember(fingerprint);
        }
    }

    /// Adds an exposure to the queue, unless it is known to be recorded. Returns `false` if the queue is full.
    fn push(&self, experiment: &Arc<Experiment>, unit: &str, choice: u16) -> bool {
        let buffer = self.buffer.get_or_init(Buffer::default);
        if buffer.queue.len() >= BUSY_LENGTH && buffer.has_seen(Key::new(experiment, unit)) {
            return true;
        }
        let record = Record { experiment: experiment.clone(), choice, unit: Unit::new(unit) };
        if buffer.queue.push(record).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        // Sequentially consistent with `wait_for`: either the background thread sees the record, or this sees it asleep.
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.wake.notify_one();
        }
        true
    }

    /// Removes the oldest record of a unit that was not recorded before.
    pub(super) fn next(&self) -> Option<(Key, Record)> {
        let buffer = self.buffer.get()?;
        std::iter::from_fn(|| buffer.queue.pop())
            .map(|record| (Key::new(&record.experiment, record.unit()), record))
            .find(|(key, _)| buffer.mark_seen(*key))
    }

    /// Forgets which units were recorded.
    pub(super) fn forget(&self) {
        self.salt.renew();
        let seen = self.buffer.get().into_iter().flat_map(|buffer| &buffer.seen);
        seen.for_each(|cell| cell.store(0, Ordering::Relaxed));
    }

    /// Returns the number of records in the queue.
    pub(super) fn len(&self) -> usize {
        self.buffer.get().map_or(0, |buffer| buffer.queue.len())
    }

    /// Returns the number of dropped exposures.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until there is work. Checks again after each new record.
    pub(super) async fn wait_for(&self, has_work: impl Fn() -> bool) {
        loop {
            self.asleep.store(true, Ordering::SeqCst);
            if has_work() {
                self.asleep.store(false, Ordering::SeqCst);
                return;
            }
            self.wake.notified().await;
        }
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Self { queue: ArrayQueue::new(QUEUE_CAPACITY), seen: (0..SEEN_CELLS).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Buffer {
    fn has_seen(&self, key: Key) -> bool {
        self.cell(key).is_some_and(|seen| seen.load(Ordering::Relaxed) == key.low())
    }

    /// Remembers a unit. Returns `true` if it is new.
    fn mark_seen(&self, key: Key) -> bool {
        let is_new = !self.has_seen(key);
        if let (true, Some(seen)) = (is_new, self.cell(key)) {
            seen.store(key.low(), Ordering::Relaxed);
        }
        is_new
    }

    fn cell(&self, key: Key) -> Option<&AtomicU64> {
        #[allow(clippy::cast_possible_truncation, reason = "the mask keeps the low bits only")]
        self.seen.get(key.high() as usize & (SEEN_CELLS - 1))
    }
}

impl Record {
    pub(super) fn unit(&self) -> &str {
        match &self.unit {
            Unit::Short(text) => text,
            Unit::Long(text) => text,
        }
    }
}

impl Unit {
    fn new(text: &str) -> Self {
        ArrayString::from(text).map_or_else(|_| Self::Long(text.into()), Self::Short)
    }
}
