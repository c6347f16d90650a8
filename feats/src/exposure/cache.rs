//! The cache of lookups: the implementations that units used, and for a short time that a unit used none.

use std::sync::Arc;
use std::time::Duration;

use dashmap::{DashMap, Entry};
use rustc_hash::FxBuildHasher;
use tokio::time::Instant;

use super::unit::Key;

/// The maximum number of units in the cache.
const MAX_UNITS: usize = 100_000;

/// The time for which it is cached that a unit has used no implementation.
const NEGATIVE_TTL: Duration = Duration::from_secs(5);

/// The cached results of lookups.
#[derive(Debug, Default)]
pub(super) struct Cache(DashMap<Key, KnownUnit, FxBuildHasher>);

/// A cached result for one unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum KnownUnit {
    /// The unit has used this implementation, and keeps it.
    Used(Arc<str>),
    /// The unit had used no implementation at that time.
    Unused(Instant),
}

impl Cache {
    pub(super) fn get(&self, key: Key) -> Option<KnownUnit> {
        self.0.get(&key).filter(|known| known.is_fresh(Instant::now())).map(|known| known.clone())
    }

    /// Records that the unit used an implementation, unless it is known to have used one before.
    pub(super) fn used_first(&self, key: Key, name: &Arc<str>) {
        if let Some(KnownUnit::Used(_)) = self.0.get(&key).as_deref() {
            return;
        }
        let first = || KnownUnit::Used(name.clone());
        self.0.entry(key).and_modify(|known| known.become_used(first())).or_insert_with(first);
    }

    /// Records the implementation that the store has for the unit.
    pub(super) fn used(&self, key: Key, name: Arc<str>) {
        self.0.insert(key, KnownUnit::Used(name));
    }

    /// Records that the store has no implementation for the unit, unless this program saw a use in the meantime.
    pub(super) fn unused(&self, key: Key) {
        let unused = KnownUnit::Unused(Instant::now());
        match self.0.entry(key) {
            Entry::Occupied(mut known) if matches!(known.get(), KnownUnit::Unused(_)) => *known.get_mut() = unused,
            Entry::Occupied(_) => {}
            Entry::Vacant(vacant) => drop(vacant.insert(unused)),
        }
    }

    /// Replaces the cached implementation of a unit by the one that the store has. Adds no unit to the cache.
    pub(super) fn set_winner(&self, key: Key, winner: &str) {
        if let Some(mut known) = self.0.get_mut(&key)
            && !known.is_use_of(winner)
        {
            *known = KnownUnit::Used(winner.into());
        }
    }

    /// Removes expired entries if the cache is too large, and if that is not enough, random entries.
    pub(super) fn trim(&self) {
        if self.0.len() <= MAX_UNITS {
            return;
        }
        let now = Instant::now();
        self.0.retain(|_, known| known.is_fresh(now));
        while self.0.len() > MAX_UNITS {
            self.0.retain(|_, _| fastrand::u8(..8) > 0);
        }
    }
}

impl KnownUnit {
    fn is_fresh(&self, now: Instant) -> bool {
        match self {
            KnownUnit::Used(_) => true,
            KnownUnit::Unused(since) => now.saturating_duration_since(*since) < NEGATIVE_TTL,
        }
    }

    fn is_use_of(&self, name: &str) -> bool {
        matches!(self, KnownUnit::Used(known) if **known == *name)
    }

    fn become_used(&mut self, used: KnownUnit) {
        if let KnownUnit::Unused(_) = self {
            *self = used;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, LazyLock};

    use feats_core::__private::Experiment;

    use super::*;
    use crate::exposure::tests::compiled::experiment;

    fn key(unit: usize) -> Key {
        static EXPERIMENT: LazyLock<Arc<Experiment>> = LazyLock::new(|| experiment("Payments", "seed", 1, &["acme"]));
        Key::new(&EXPERIMENT, &unit.to_string())
    }

    fn used(name: &str) -> Option<KnownUnit> {
        Some(KnownUnit::Used(name.into()))
    }

    #[tokio::test(start_paused = true)]
    async fn an_unused_unit_is_cached_for_five_seconds_and_a_used_one_without_expiry() {
        let cache = Cache::default();
        cache.unused(key(1));
        cache.used(key(2), "acme".into());
        tokio::time::advance(Duration::from_millis(4_999)).await;
        assert!(matches!(cache.get(key(1)), Some(KnownUnit::Unused(_))));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(cache.get(key(1)), None);
        tokio::time::advance(Duration::from_secs(1_000_000)).await;
        assert_eq!(cache.get(key(2)), used("acme"));
    }

    #[test]
    fn the_first_use_is_kept_until_the_store_has_another() {
        let cache = Cache::default();
        cache.unused(key(1));
        cache.used_first(key(1), &"acme".into());
        cache.used_first(key(1), &"premium".into());
        cache.unused(key(1));
        assert_eq!(cache.get(key(1)), used("acme"));
        cache.set_winner(key(1), "premium");
        assert_eq!(cache.get(key(1)), used("premium"));
        cache.set_winner(key(2), "premium");
        assert_eq!(cache.get(key(2)), None);
    }

    #[test]
    fn the_number_of_cached_units_is_limited() {
        let cache = Cache::default();
        for unit in 0..MAX_UNITS + 1 {
            cache.used(key(unit), "acme".into());
        }
        cache.trim();
        assert!((MAX_UNITS / 2..=MAX_UNITS).contains(&cache.0.len()), "{} units", cache.0.len());
    }
}
