//! What only decorates a page: it is read if the store answers at once, and kept for a while.
//!
//! A page waits a moment for such a value, and not at all while the store is known to be away. It is for the page to come, as
//! the switch that an operator needs may stand on it.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use feats::{App, StoreConnection};

/// How long a page waits.
pub(super) const READ_TIMEOUT: Duration = Duration::from_secs(1);

/// Values by key, each with a stamp that tells whether it is still valid: until when, or what it was made from. Clones are one
/// cache.
#[derive(Debug)]
pub(super) struct Cache<K, S, V>(Arc<Mutex<Entries<K, S, V>>>);

#[derive(Debug)]
struct Entries<K, S, V> {
    by_key: HashMap<K, Entry<S, V>>,
    capacity: usize,
    /// How many values were ever inserted.
    inserted: u64,
}

#[derive(Debug)]
struct Entry<S, V> {
    stamp: S,
    value: V,
    /// The number of values that were inserted before.
    age: u64,
}

/// Whether reading the store has a chance.
pub(super) fn is_reachable(app: &App) -> bool {
    matches!(app.status().connection, StoreConnection::Starting | StoreConnection::Live)
}

/// What the store says within [`READ_TIMEOUT`].
pub(super) async fn best_effort<T, E>(app: &App, read: impl Future<Output = Result<T, E>>) -> Option<T> {
    match is_reachable(app) {
        true => tokio::time::timeout(READ_TIMEOUT, read).await.ok()?.ok(),
        false => None,
    }
}

impl<K: Eq + Hash + Clone, S: Clone, V: Clone> Cache<K, S, V> {
    /// An empty one. Beyond its capacity, the value that was inserted first is dropped.
    pub(super) fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Entries { by_key: HashMap::new(), capacity, inserted: 0 })))
    }

    /// The value of a key, and its stamp, whether that is valid or not.
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<(S, V)>
    where
        K: Borrow<Q>,
    {
        self.entries().by_key.get(key).map(|entry| (entry.stamp.clone(), entry.value.clone()))
    }

    /// Keeps a value in place of the one before.
    pub(super) fn insert(&self, key: K, stamp: S, value: V) {
        let mut entries = self.entries();
        let age = entries.inserted;
        entries.inserted += 1;
        entries.by_key.insert(key, Entry { stamp, value, age });
        if entries.by_key.len() > entries.capacity {
            let first = entries.by_key.iter().min_by_key(|(_, entry)| entry.age).map(|(key, _)| key.clone());
            first.and_then(|first| entries.by_key.remove(&first));
        }
    }

    /// All values, in any order.
    #[cfg(test)]
    pub(super) fn values(&self) -> Vec<V> {
        self.entries().by_key.values().map(|entry| entry.value.clone()).collect()
    }

    fn entries(&self) -> MutexGuard<'_, Entries<K, S, V>> {
        // Nothing in here panics, and a map is whole between two calls.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, S, V> Clone for Cache<K, S, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_that_was_inserted_first_makes_room() {
        let cache = Cache::new(2);
        for (key, stamp) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            cache.insert(key, stamp, key.to_uppercase());
        }
        assert_eq!(cache.get("a"), Some((3, "A".to_owned())));
        assert_eq!(cache.get("b"), None, "a was inserted again, and b was not");
        assert_eq!(cache.clone().get("c"), Some((4, "C".to_owned())));
        assert_eq!(cache.values().len(), 2);
    }
}
