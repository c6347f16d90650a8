//! Taking exposures down on the caller's thread: no lock, no wait, and for short units no allocation.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arrayvec::ArrayString;
use crossbeam_queue::ArrayQueue;
use tokio::sync::Notify;

use super::unit::Key;
use crate::engine::Experiment;
use crate::model::Timestamp;

/// How many exposures wait to be gathered, at most. What comes while the queue is full is dropped, and counted.
pub(super) const QUEUE: usize = 1 << 16;

/// How many units are remembered as taken down already.
const SEEN: usize = 1 << 17;

/// The longest unit that a record has room for, in bytes: a UUID, a 64-bit number, most other ids.
const SHORT: usize = 40;

/// The exposures of an app on their way to the background thread. Costs nothing until the first one.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    room: OnceLock<Room>,
    dropped: AtomicU64,
    /// Set while the background thread sleeps until there is something to gather.
    asleep: AtomicBool,
    wake: Notify,
}

#[derive(Debug)]
struct Room {
    seen: Box<[AtomicU64]>,
    queue: ArrayQueue<Record>,
}

/// An exposure as a caller leaves it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) experiment: Arc<Experiment>,
    pub(super) choice: u16,
    pub(super) time: Timestamp,
    unit: Unit,
}

#[derive(Debug)]
enum Unit {
    Short(ArrayString<SHORT>),
    Long(Box<str>),
}

impl Recorder {
    /// Takes an exposure down, unless that of the same unit is taken down already.
    pub(super) fn record(
        &self,
        key: Key,
        experiment: &Arc<Experiment>,
        unit: &str,
        choice: u16,
        now: impl FnOnce() -> Timestamp,
    ) {
        let room = self.room.get_or_init(Room::default);
        let Some(seen) = room.place(key) else { return };
        // A place that another unit has taken means only that this one is offered again; the store takes it once.
        if seen.load(Ordering::Relaxed) == key.low() {
            return;
        }
        let record = Record { experiment: experiment.clone(), choice, time: now(), unit: Unit::new(unit) };
        if room.queue.push(record).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        seen.store(key.low(), Ordering::Relaxed);
        // In one order with the sleeper's: it sees the record, or this sees it sleep.
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.wake.notify_one();
        }
    }

    /// The oldest record.
    pub(super) fn next(&self) -> Option<Record> {
        self.room.get()?.queue.pop()
    }

    /// How many records wait.
    pub(super) fn len(&self) -> usize {
        self.room.get().map_or(0, |room| room.queue.len())
    }

    /// How many exposures did not fit.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until there is a record.
    pub(super) async fn filled(&self) {
        loop {
            self.asleep.store(true, Ordering::SeqCst);
            if self.len() > 0 {
                self.asleep.store(false, Ordering::SeqCst);
                return;
            }
            self.wake.notified().await;
        }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self { seen: (0..SEEN).map(|_| AtomicU64::new(0)).collect(), queue: ArrayQueue::new(QUEUE) }
    }
}

impl Room {
    fn place(&self, key: Key) -> Option<&AtomicU64> {
        #[allow(clippy::cast_possible_truncation, reason = "SEEN is a power of two, and these are its bits")]
        self.seen.get(key.high() as usize & (SEEN - 1))
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
