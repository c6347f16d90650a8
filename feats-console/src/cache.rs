//! Caches for optional page content, which is read if the store answers quickly and kept for a while.
//!
//! A page waits a moment for such a value, and not at all while the store is unreachable: the page must load, because the
//! operator may need its kill switch.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use feats::{App, StoreConnection};

/// The longest time that a page waits for the store.
pub(super) const READ_TIMEOUT: Duration = Duration::from_secs(1);

/// A cache of values by key. Each value has a stamp, such as an expiry time or a hash of its source, by which the caller
/// decides whether the value is still valid. Clones share their entries.
#[derive(Debug)]
pub(super) struct Cache<K, S, V>(Arc<Mutex<Entries<K, S, V>>>);

#[derive(Debug)]
struct Entries<K, S, V> {
    by_key: HashMap<K, Entry<S, V>>,
    capacity: usize,
    /// The number of values inserted so far.
    inserted: u64,
}

#[derive(Debug)]
struct Entry<S, V> {
    stamp: S,
    value: V,
    /// The number of values inserted before this one.
    age: u64,
}

/// Returns `true` unless the store is known to be unreachable.
pub(super) fn is_reachable(app: &App) -> bool {
    matches!(app.status().connection, StoreConnection::Starting | StoreConnection::Live)
}

/// Reads from the store, or returns `None` if it does not answer within [`READ_TIMEOUT`].
pub(super) async fn best_effort<T, E>(app: &App, read: impl Future<Output = Result<T, E>>) -> Option<T> {
    match is_reachable(app) {
        true => tokio::time::timeout(READ_TIMEOUT, read).await.ok()?.ok(),
        false => None,
    }
}

impl<K: Eq + Hash + Clone, S: Clone, V: Clone> Cache<K, S, V> {
    /// Creates an empty cache. When it exceeds its capacity, it drops the oldest value.
    pub(super) fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Entries { by_key: HashMap::new(), capacity, inserted: 0 })))
    }

    /// Returns the value of a key with its stamp, even if the stamp is no longer valid.
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<(S, V)>
    where
        K: Borrow<Q>,
    {
        self.entries().by_key.get(key).map(|entry| (entry.stamp.clone(), entry.value.clone()))
    }

    /// Inserts or replaces a value.
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

    /// Returns all values in any order.
    #[cfg(test)]
    pub(super) fn values(&self) -> Vec<V> {
        self.entries().by_key.values().map(|entry| entry.value.clone()).collect()
    }

    fn entries(&self) -> MutexGuard<'_, Entries<K, S, V>> {
        // No code panics while it holds the lock, and the map is consistent between calls.
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
    fn a_full_cache_drops_the_oldest_value() {
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
