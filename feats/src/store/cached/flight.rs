//! Reads of one key at the same time, of which the first one reads for all.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// The maximum time for which a read waits for another one.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// The keys that are being read, each with a gate.
///
/// A gate has one permit, for the caller that reads. If it is cancelled, the permit returns, and the next caller reads.
pub(super) struct Flights<K> {
    gates: Mutex<HashMap<K, Arc<Semaphore>>>,
}

/// The part of one caller in the reads of a key.
pub(super) struct Flight<'a, K: Eq + Hash> {
    flights: &'a Flights<K>,
    key: &'a K,
    gate: Arc<Semaphore>,
}

impl<K: Clone + Eq + Hash> Flights<K> {
    pub(super) fn new() -> Self {
        Self { gates: Mutex::default() }
    }

    /// Joins the reads of a key in progress, or starts one.
    pub(super) fn join<'a>(&'a self, key: &'a K) -> Flight<'a, K> {
        let mut gates = self.lock();
        let gate = gates.entry(key.clone()).or_insert_with(|| Arc::new(Semaphore::new(1)));
        Flight { flights: self, key, gate: Arc::clone(gate) }
    }
}

impl<K> Flights<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<Semaphore>>> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Flight<'_, K> {
    /// Waits for the other callers. Returns the permit to read for all, or `None` if this caller is to read for itself.
    pub(super) async fn lead(&self) -> Option<SemaphorePermit<'_>> {
        timeout(MAX_WAIT, self.gate.acquire()).await.ok()?.ok()
    }

    /// Lets all callers read for themselves, at the same time, because the result cannot be shared. Later callers start with another
    /// gate.
    pub(super) fn give_up(&self) {
        self.remove_if(|_| true);
        self.gate.close();
    }

    /// Removes the gate if it is still that of the key, and a condition on its references holds.
    fn remove_if(&self, condition: impl FnOnce(usize) -> bool) {
        // Callers join while they hold the lock, so none joins between the check and the removal.
        let mut gates = self.flights.lock();
        let is_listed = gates.get(self.key).is_some_and(|gate| Arc::ptr_eq(gate, &self.gate));
        if is_listed && condition(Arc::strong_count(&self.gate)) {
            gates.remove(self.key);
        }
    }
}

impl<K: Eq + Hash> Drop for Flight<'_, K> {
    /// Removes the gate after the last caller.
    fn drop(&mut self) {
        const OWN_AND_LISTED: usize = 2;
        self.remove_if(|references| references <= OWN_AND_LISTED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_gate_is_left_after_the_last_caller() {
        let flights = Flights::new();
        let (first, second) = (flights.join(&1), flights.join(&1));
        let lead = first.lead().await;
        assert!(lead.is_some() && flights.lock().len() == 1);
        drop(lead);
        drop(first);
        assert!(second.lead().await.is_some(), "the permit returns");
        assert_eq!(flights.lock().len(), 1);
        drop(second);
        assert_eq!(flights.lock().len(), 0);
    }

    #[tokio::test]
    async fn after_a_leader_has_given_up_all_read_for_themselves_and_later_callers_share_again() {
        let flights = Flights::new();
        let (first, second) = (flights.join(&1), flights.join(&1));
        let lead = first.lead().await;
        first.give_up();
        assert!(second.lead().await.is_none());
        let third = flights.join(&1);
        assert!(third.lead().await.is_some());
        drop(lead);
        drop((first, second));
        assert_eq!(flights.lock().len(), 1);
        drop(third);
        assert_eq!(flights.lock().len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_waits_for_a_limited_time() {
        let flights = Flights::new();
        let (first, second) = (flights.join(&1), flights.join(&1));
        let _lead = first.lead().await;
        assert!(second.lead().await.is_none());
    }
}
