//! A bounded cache of values that never change within an epoch of the store.

use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::flight::Flights;
use super::generations::{Generations, Kept};
use crate::error::Result;

/// The maximum time between two reads of the epoch while the cache is in use.
const VERIFY_INTERVAL: Duration = Duration::from_secs(5);

/// The time limit of such a read.
const VERIFY_TIMEOUT: Duration = Duration::from_secs(1);

/// The number of bytes that a value takes besides its texts, about.
pub(super) const OVERHEAD_BYTES: usize = 128;

/// A cache of what a store returned.
pub(super) struct Cache<K, V> {
    state: Mutex<State<K, V>>,
    flights: Flights<K>,
    /// Has a permit while no epoch is being read.
    verifying: Semaphore,
}

/// The state of a cache.
struct State<K, V> {
    values: Generations<K, V>,
    /// The epoch of the values; `None` until it is first read.
    epoch: Option<String>,
    /// The time when the epoch was last read; `None` if it is to be read before the next use.
    verified: Option<Instant>,
}

/// The result of a read through the cache.
pub(super) enum Read<T, V> {
    Cached(V),
    Fresh(T),
}

/// The number of times that a cache was emptied before a read started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Start(u64);

impl<K: Clone + Eq + Hash, V: Clone> Cache<K, V> {
    /// Creates an empty cache with a maximum number of entries, and of their bytes.
    pub(super) fn new(max_entries: usize, max_bytes: usize) -> Self {
        let state = State { values: Generations::new(max_entries, max_bytes), epoch: None, verified: None };
        Self { state: Mutex::new(state), flights: Flights::new(), verifying: Semaphore::new(1) }
    }

    /// Returns the value of a key, or the result of `read`, which `keep` may keep. Concurrent calls for one key wait for the first one,
    /// and read by themselves only if its result was not kept.
    pub(super) async fn get_or_read<T>(
        &self,
        key: &K,
        read: impl Future<Output = Result<T>>,
        keep: impl FnOnce(&T) -> Option<Kept<V>>,
    ) -> Result<Read<T, V>> {
        if let Some(value) = self.get(key) {
            return Ok(Read::Cached(value));
        }
        let flight = self.flights.join(key);
        let lead = flight.lead().await;
        // An earlier leader may have kept it.
        if let Some(value) = self.get(key) {
            return Ok(Read::Cached(value));
        }
        let start = self.start();
        let result = read.await;
        let kept = result.as_ref().ok().and_then(keep).is_some_and(|kept| self.insert(key, kept, start));
        if lead.is_some() && !kept {
            flight.give_up();
        }
        result.map(Read::Fresh)
    }

    /// Returns the value of a key.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.lock().values.get(key, Instant::now())
    }

    /// Returns the token that [`insert`](Self::insert) needs. Call it before a read.
    pub(super) fn start(&self) -> Start {
        Start(self.lock().values.emptied())
    }

    /// Keeps a value, unless the cache was emptied since `start`, or the value is too large. Returns `true` if the key has a value
    /// now. A value that can change does not replace one that cannot.
    pub(super) fn insert(&self, key: &K, kept: Kept<V>, start: Start) -> bool {
        let mut state = self.lock();
        Start(state.values.emptied()) == start && state.values.insert(key, kept, Instant::now())
    }

    /// Removes the value of a key.
    pub(super) fn remove(&self, key: &K) {
        self.lock().values.remove(key);
    }

    /// Reads the epoch if it was not read recently. If that fails, the values stay: they are all that is known in an outage.
    pub(super) async fn verify(&self, epoch: impl Future<Output = Result<String>>) {
        if self.lock().verified.is_some_and(|verified| verified.elapsed() < VERIFY_INTERVAL) {
            return;
        }
        let Ok(_alone) = self.verifying.try_acquire() else { return };
        let epoch = timeout(VERIFY_TIMEOUT, epoch).await;
        self.lock().verified = Some(Instant::now());
        if let Ok(Ok(epoch)) = epoch {
            self.observe(&epoch);
        }
    }

    /// Empties the cache if the epoch is another one.
    pub(super) fn observe(&self, epoch: &str) {
        let mut state = self.lock();
        if state.epoch.as_deref() != Some(epoch) {
            state.epoch = Some(epoch.to_owned());
            state.values.clear();
        }
        state.verified = Some(Instant::now());
    }

    /// Requires that the epoch is read before the next use.
    pub(super) fn expire(&self) {
        self.lock().verified = None;
    }

    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
