//! Taking exposures down on the caller's thread: no lock, no wait, no clock, and for short units no allocation.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arrayvec::ArrayString;
use crossbeam_queue::ArrayQueue;
use feats_core::__private::Experiment;
use tokio::sync::Notify;

use super::recent::{Salt, is_recent, remember};
use super::unit::Key;

/// How many exposures wait to be gathered, at most. What comes while the queue is full is dropped, and counted.
pub(super) const QUEUE: usize = 1 << 16;

/// From so many on, callers look for themselves whether a unit was taken down before.
const BUSY: usize = QUEUE / 4;

/// How many units are remembered as taken down before.
const SEEN: usize = 1 << 17;

/// The longest unit that a record has room for, in bytes: a UUID, a 64-bit number, most other ids.
const SHORT: usize = 40;

/// The exposures of an app on their way to the background thread. Costs nothing until the first one.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    room: OnceLock<Room>,
    salt: Salt,
    dropped: AtomicU64,
    /// Set while the background thread sleeps until there is something to gather.
    asleep: AtomicBool,
    wake: Notify,
}

#[derive(Debug)]
struct Room {
    queue: ArrayQueue<Record>,
    /// Who was gathered, each in the place that its key says. A unit whose place another one took is gathered again,
    /// and the store takes it once.
    ///
    /// Too large for a cache: for a new unit, looking here costs its caller more than all the rest. So in quiet times the
    /// background thread does, and only when there is much to do, most of it units that come again and again, callers do.
    seen: Box<[AtomicU64]>,
}

/// An exposure as a caller leaves it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) experiment: Arc<Experiment>,
    pub(super) choice: u16,
    unit: Unit,
}

#[derive(Debug)]
enum Unit {
    Short(ArrayString<SHORT>),
    Long(Box<str>),
}

impl Recorder {
    /// Takes an exposure down, unless this thread has just done so. Everything after that look is shared with other
    /// threads, and slows them down.
    #[inline]
    pub(super) fn record(&self, experiment: &Arc<Experiment>, unit: &str, choice: u16) {
        let fingerprint = self.salt.fingerprint(experiment.hash(unit));
        if !is_recent(fingerprint) && self.push(experiment, unit, choice) {
            remember(fingerprint);
        }
    }

    /// Puts an exposure into the queue, if it is not known to be in the store; `false` if there is no room.
    fn push(&self, experiment: &Arc<Experiment>, unit: &str, choice: u16) -> bool {
        let room = self.room.get_or_init(Room::default);
        if room.queue.len() >= BUSY && room.has_seen(Key::new(experiment, unit)) {
            return true;
        }
        let record = Record { experiment: experiment.clone(), choice, unit: Unit::new(unit) };
        if room.queue.push(record).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        // In one order with the sleeper's: it sees the record, or this sees it sleep.
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.wake.notify_one();
        }
        true
    }

    /// The oldest record of a unit that was not taken down before.
    pub(super) fn next(&self) -> Option<(Key, Record)> {
        let room = self.room.get()?;
        std::iter::from_fn(|| room.queue.pop())
            .map(|record| (Key::new(&record.experiment, record.unit()), record))
            .find(|(key, _)| room.see(*key))
    }

    /// Forgets who was taken down.
    pub(super) fn forget(&self) {
        self.salt.renew();
        let seen = self.room.get().into_iter().flat_map(|room| &room.seen);
        seen.for_each(|place| place.store(0, Ordering::Relaxed));
    }

    /// How many records wait.
    pub(super) fn len(&self) -> usize {
        self.room.get().map_or(0, |room| room.queue.len())
    }

    /// How many exposures did not fit.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until there is work, which a new record may be.
    pub(super) async fn wait_for(&self, work: impl Fn() -> bool) {
        loop {
            self.asleep.store(true, Ordering::SeqCst);
            if work() {
                self.asleep.store(false, Ordering::SeqCst);
                return;
            }
            self.wake.notified().await;
        }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self { queue: ArrayQueue::new(QUEUE), seen: (0..SEEN).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Room {
    fn has_seen(&self, key: Key) -> bool {
        self.place(key).is_some_and(|seen| seen.load(Ordering::Relaxed) == key.low())
    }

    /// Remembers a unit, and says whether it is new.
    fn see(&self, key: Key) -> bool {
        let is_new = !self.has_seen(key);
        if let (true, Some(seen)) = (is_new, self.place(key)) {
            seen.store(key.low(), Ordering::Relaxed);
        }
        is_new
    }

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
