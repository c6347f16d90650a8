//! What is known of units that were asked about: the choices they used, and for a moment that they used none.

use std::sync::Arc;
use std::time::Duration;

use dashmap::{DashMap, Entry};
use rustc_hash::FxBuildHasher;
use tokio::time::Instant;

use super::unit::Key;

/// How many units are known, at most.
const UNITS: usize = 100_000;

/// For how long it is believed that a unit has used nothing.
const BELIEVED: Duration = Duration::from_secs(5);

/// What is known of units that were asked about.
#[derive(Debug, Default)]
pub(super) struct Cache(DashMap<Key, KnownUnit, FxBuildHasher>);

/// What is known of a unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum KnownUnit {
    /// It has used this implementation, and keeps it.
    Used(Arc<str>),
    /// At that moment it had used none.
    Unused(Instant),
}

impl Cache {
    pub(super) fn get(&self, key: Key) -> Option<KnownUnit> {
        self.0.get(&key).filter(|known| known.is_believed(Instant::now())).map(|known| known.clone())
    }

    /// This program was the first to see the unit use an implementation, as far as it knows.
    pub(super) fn used_first(&self, key: Key, name: &Arc<str>) {
        if let Some(KnownUnit::Used(_)) = self.0.get(&key).as_deref() {
            return;
        }
        let first = || KnownUnit::Used(name.clone());
        self.0.entry(key).and_modify(|known| known.become_used(first())).or_insert_with(first);
    }

    /// The store says which implementation the unit has used.
    pub(super) fn used(&self, key: Key, name: Arc<str>) {
        self.0.insert(key, KnownUnit::Used(name));
    }

    /// The store knows of none. What this program saw in the meantime counts more.
    pub(super) fn unused(&self, key: Key) {
        let unused = KnownUnit::Unused(Instant::now());
        match self.0.entry(key) {
            Entry::Occupied(mut known) if matches!(known.get(), KnownUnit::Unused(_)) => *known.get_mut() = unused,
            Entry::Occupied(_) => {}
            Entry::Vacant(place) => drop(place.insert(unused)),
        }
    }

    /// The store says who was the first: it replaces what is known. A unit that nobody asked about is not learnt of.
    pub(super) fn settle(&self, key: Key, winner: &str) {
        if let Some(mut known) = self.0.get_mut(&key)
            && !known.is_use_of(winner)
        {
            *known = KnownUnit::Used(winner.into());
        }
    }

    /// Makes room: forgets what is no longer believed, and if that is not enough, every eighth unit, whichever they are.
    pub(super) fn trim(&self) {
        if self.0.len() <= UNITS {
            return;
        }
        let now = Instant::now();
        self.0.retain(|_, known| known.is_believed(now));
        while self.0.len() > UNITS {
            self.0.retain(|_, _| fastrand::u8(..8) > 0);
        }
    }
}

impl KnownUnit {
    fn is_believed(&self, now: Instant) -> bool {
        match self {
            KnownUnit::Used(_) => true,
            KnownUnit::Unused(since) => now.saturating_duration_since(*since) < BELIEVED,
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
    async fn that_a_unit_used_nothing_is_believed_for_five_seconds_and_what_it_used_for_ever() {
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
    fn the_first_use_stands_until_the_store_says_otherwise() {
        let cache = Cache::default();
        cache.unused(key(1));
        cache.used_first(key(1), &"acme".into());
        cache.used_first(key(1), &"premium".into());
        cache.unused(key(1));
        assert_eq!(cache.get(key(1)), used("acme"));
        cache.settle(key(1), "premium");
        assert_eq!(cache.get(key(1)), used("premium"));
        cache.settle(key(2), "premium");
        assert_eq!(cache.get(key(2)), None);
    }

    #[test]
    fn it_knows_no_more_units_than_it_may() {
        let cache = Cache::default();
        for unit in 0..UNITS + 1 {
            cache.used(key(unit), "acme".into());
        }
        cache.trim();
        assert!((UNITS / 2..=UNITS).contains(&cache.0.len()), "{} units", cache.0.len());
    }
}
