//! The cache of lookups: the implementations that units used, and for a short time that a unit used none.

use std::sync::Arc;
use std::time::Duration;

use dashmap::{DashMap, Entry};
use rustc_hash::FxBuildHasher;
use tokio::time::Instant;

use super::unit::Key;

/// The maximum number of units in the cache.
const MAX_UNITS: usize = 100_000;

/// The time for which it is cached that a unit has used no implementation, or that it is unknown whether it has.
const NEGATIVE_TTL: Duration = Duration::from_secs(5);

/// The cached results of lookups.
#[derive(Debug, Default)]
pub(super) struct Cache(DashMap<Key, KnownUnit, FxBuildHasher>);

/// A cached result for one unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum KnownUnit {
    /// The unit has used this implementation, and keeps it.
    Used(Arc<str>),
    /// The unit uses this implementation, and at that time it was not known whether it has used another one before. It is looked up
    /// later.
    Provisional(Arc<str>, Instant),
    /// The unit had used no implementation at that time.
    Unused(Instant),
}

impl Cache {
    /// Returns what is known of a unit; `None` if it is to be looked up.
    pub(super) fn get(&self, key: Key) -> Option<KnownUnit> {
        self.0.get(&key).filter(|known| known.is_fresh(Instant::now())).map(|known| known.clone())
    }

    /// Returns the implementation that a unit uses while it cannot be looked up, if it has used one since the start of an outage.
    pub(super) fn provisional(&self, key: Key) -> Option<Arc<str>> {
        match self.0.get(&key).as_deref() {
            Some(KnownUnit::Provisional(name, _)) => Some(name.clone()),
            _ => None,
        }
    }

    /// Postpones the next lookup of a unit whose lookup has failed, if it uses an implementation meanwhile.
    pub(super) fn postpone_lookup(&self, key: Key) {
        if let Some(KnownUnit::Provisional(_, since)) = self.0.get_mut(&key).as_deref_mut() {
            *since = Instant::now();
        }
    }

    /// Records that the unit used an implementation first, unless it is known to have used another one before.
    pub(super) fn used_first(&self, key: Key, name: &Arc<str>) {
        if let Some(KnownUnit::Used(_)) = self.0.get(&key).as_deref() {
            return;
        }
        let first = || KnownUnit::Used(name.clone());
        self.0.entry(key).and_modify(|known| known.become_used(first())).or_insert_with(first);
    }

    /// Records that the unit uses an implementation now. It is the first one if a lookup has found none, and provisional without a
    /// lookup.
    pub(super) fn used_now(&self, key: Key, name: &Arc<str>) {
        if let Some(KnownUnit::Used(_) | KnownUnit::Provisional(..)) = self.0.get(&key).as_deref() {
            return;
        }
        match self.0.entry(key) {
            Entry::Occupied(mut known) if matches!(known.get(), KnownUnit::Unused(_)) => {
                known.insert(KnownUnit::Used(name.clone()));
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(vacant) => drop(vacant.insert(KnownUnit::Provisional(name.clone(), Instant::now()))),
        }
    }

    /// Records the implementation that the store has for the unit.
    pub(super) fn used(&self, key: Key, name: Arc<str>) {
        self.0.insert(key, KnownUnit::Used(name));
    }

    /// Records that the store has no implementation for the unit. If this program saw a use in the meantime, that was the first one.
    pub(super) fn unused(&self, key: Key) {
        let unused = KnownUnit::Unused(Instant::now());
        match self.0.entry(key) {
            Entry::Vacant(vacant) => drop(vacant.insert(unused)),
            Entry::Occupied(mut known) => match known.get() {
                KnownUnit::Unused(_) => *known.get_mut() = unused,
                KnownUnit::Provisional(name, _) => *known.get_mut() = KnownUnit::Used(name.clone()),
                KnownUnit::Used(_) => {}
            },
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
            KnownUnit::Provisional(_, since) | KnownUnit::Unused(since) => {
                now.saturating_duration_since(*since) < NEGATIVE_TTL
            }
        }
    }

    fn is_use_of(&self, name: &str) -> bool {
        matches!(self, KnownUnit::Used(known) if **known == *name)
    }

    fn become_used(&mut self, used: KnownUnit) {
        if !matches!(self, KnownUnit::Used(_)) {
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

    #[tokio::test(start_paused = true)]
    async fn a_use_without_a_lookup_is_provisional_until_the_first_use_is_known() {
        let (acme, premium) = ("acme".into(), "premium".into());
        let cache = Cache::default();
        for unit in 1..=4 {
            cache.used_now(key(unit), &acme);
            cache.used_now(key(unit), &premium);
            assert!(matches!(cache.get(key(unit)), Some(KnownUnit::Provisional(name, _)) if &*name == "acme"));
        }
        tokio::time::advance(NEGATIVE_TTL).await;
        assert_eq!((cache.get(key(1)), cache.provisional(key(1))), (None, Some("acme".into())));
        cache.postpone_lookup(key(1));
        assert!(cache.get(key(1)).is_some());
        cache.used(key(1), "premium".into());
        cache.used_first(key(2), &premium);
        cache.set_winner(key(3), "premium");
        cache.unused(key(4));
        let known = [1, 2, 3, 4].map(|unit| cache.get(key(unit)));
        assert_eq!(known, [used("premium"), used("premium"), used("premium"), used("acme")]);
        cache.unused(key(5));
        cache.used_now(key(5), &acme);
        assert_eq!(cache.get(key(5)), used("acme"));
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
