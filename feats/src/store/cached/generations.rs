//! Values in two generations, so that those not used recently can be dropped together.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

/// A value to keep.
pub(super) struct Kept<V> {
    pub(super) value: V,
    /// The size of the value and its key.
    pub(super) bytes: usize,
    /// The time after which the value is read again; `None` if it never changes.
    pub(super) ttl: Option<Duration>,
}

/// Values, of which about the least recently used half is dropped when there are too many.
pub(super) struct Generations<K, V> {
    young: Generation<K, V>,
    /// The values that were not used since the young ones were started.
    old: Generation<K, V>,
    max_entries: usize,
    max_bytes: usize,
    emptied: u64,
}

struct Generation<K, V> {
    values: HashMap<K, Value<V>>,
    bytes: usize,
}

struct Value<V> {
    value: V,
    bytes: usize,
    expires: Option<Instant>,
}

impl<K: Clone + Eq + Hash, V: Clone> Generations<K, V> {
    pub(super) fn new(max_entries: usize, max_bytes: usize) -> Self {
        let (young, old) = (Generation::default(), Generation::default());
        Self { young, old, max_entries: max_entries / 2, max_bytes: max_bytes / 2, emptied: 0 }
    }

    /// Returns the number of times that this was emptied.
    pub(super) fn emptied(&self) -> u64 {
        self.emptied
    }

    pub(super) fn clear(&mut self) {
        (self.young, self.old) = (Generation::default(), Generation::default());
        self.emptied += 1;
    }

    /// Returns the value of a key, unless it has expired.
    pub(super) fn get(&mut self, key: &K, now: Instant) -> Option<V> {
        if let Some(value) = self.young.values.get(key) {
            return (!value.has_expired(now)).then(|| value.value.clone());
        }
        let used = self.old.remove(key).filter(|used| !used.has_expired(now))?;
        let value = used.value.clone();
        self.put(key, used);
        Some(value)
    }

    /// Adds a value, unless it is too large. Returns `true` if the key has a value now. A value that expires does not replace one that
    /// does not.
    pub(super) fn insert(&mut self, key: &K, kept: Kept<V>, now: Instant) -> bool {
        let Kept { value, bytes, ttl } = kept;
        if ttl.is_some() && self.get(key, now).is_some() {
            return true;
        }
        self.remove(key);
        let fits = bytes <= self.max_bytes && self.max_entries > 0;
        if fits {
            self.put(key, Value { value, bytes, expires: ttl.and_then(|ttl| now.checked_add(ttl)) });
        }
        fits
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }

    fn put(&mut self, key: &K, value: Value<V>) {
        let is_full = self.young.values.len() >= self.max_entries
            || self.young.bytes.saturating_add(value.bytes) > self.max_bytes;
        if is_full {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.bytes += value.bytes;
        self.young.values.insert(key.clone(), value);
    }
}

impl<K: Eq + Hash, V> Generation<K, V> {
    fn remove(&mut self, key: &K) -> Option<Value<V>> {
        let removed = self.values.remove(key)?;
        self.bytes -= removed.bytes;
        Some(removed)
    }
}

impl<K, V> Default for Generation<K, V> {
    fn default() -> Self {
        Self { values: HashMap::new(), bytes: 0 }
    }
}

impl<V> Value<V> {
    fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| now >= expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: usize) -> Kept<usize> {
        Kept { value: bytes, bytes, ttl: None }
    }

    fn size(values: &Generations<u32, usize>) -> (usize, usize) {
        let (young, old) = (&values.young, &values.old);
        (young.values.len() + old.values.len(), young.bytes + old.bytes)
    }

    #[test]
    fn there_are_never_more_entries_or_bytes_than_the_maximum() {
        let now = Instant::now();
        for bytes in [1, 7, 50] {
            let mut values = Generations::new(10, 100);
            for key in 0..1_000 {
                assert!(values.insert(&key, kept(bytes), now));
                assert_eq!(values.get(&key, now), Some(bytes));
                values.get(&(key / 2), now);
                let (entries, total) = size(&values);
                assert!(
                    entries <= 10 && total <= 100 && total == entries * bytes,
                    "{entries} entries of {bytes} bytes"
                );
            }
        }
    }

    #[test]
    fn a_value_in_use_stays() {
        let now = Instant::now();
        let mut values = Generations::new(10, 100);
        values.insert(&0, kept(1), now);
        for key in 1..1_000 {
            values.insert(&key, kept(1), now);
            assert_eq!(values.get(&0, now), Some(1));
        }
        assert_eq!(values.get(&500, now), None);
    }

    #[test]
    fn a_value_larger_than_half_of_the_maximum_is_not_kept_and_replaces_the_previous_one() {
        let now = Instant::now();
        let mut values = Generations::new(10, 100);
        values.insert(&0, kept(1), now);
        assert!(!values.insert(&0, kept(51), now));
        assert_eq!((values.get(&0, now), size(&values)), (None, (0, 0)));
    }

    #[test]
    fn a_value_that_expires_is_not_returned_after_that_and_does_not_replace_one_that_does_not() {
        let now = Instant::now();
        let mut values = Generations::new(10, 100);
        let expiring = || Kept { ttl: Some(Duration::from_secs(1)), ..kept(2) };
        assert!(values.insert(&0, expiring(), now));
        assert_eq!(values.get(&0, now), Some(2));
        assert_eq!(values.get(&0, now + Duration::from_secs(1)), None);
        assert!(values.insert(&0, kept(1), now) && values.insert(&0, expiring(), now));
        assert_eq!(values.get(&0, now), Some(1));
    }
}
