//! The use counters of all threads of an app.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use indexmap::IndexSet;

use crate::model::Declaration;
use crate::runtime::{Counters, MAX_ADDED, Uses};
use crate::tasks::Process;

/// The counters of process-wide apps. Threads keep theirs when another such app is started after the first has ended.
static PROCESS_WIDE: OnceLock<Arc<Threads>> = OnceLock::new();

/// A choice of a feature, which has one counter in each thread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CounterKey {
    pub(crate) feature: Arc<str>,
    pub(crate) choice: Arc<str>,
}

/// The counters of all threads that use an app. The counter of a choice has the same index in all threads.
#[derive(Debug)]
pub(crate) struct Threads {
    /// The number of choices that the program's code declares. They have the first indexes.
    declared: usize,
    parts: Mutex<Parts>,
    process: Process,
}

#[derive(Debug)]
struct Parts {
    running: Vec<Arc<Counters>>,
    /// The sums of threads that have ended.
    ended: Vec<u64>,
    /// The choice that is counted at each index.
    keys: IndexSet<CounterKey>,
}

impl Threads {
    /// Creates counters for the implementations of the code's features, in the order of their positions.
    pub(crate) fn new(features: &[Arc<Declaration>]) -> Self {
        let mut parts = Parts { running: Vec::new(), ended: Vec::new(), keys: IndexSet::new() };
        let declared = features.iter().flat_map(|feature| feature.names().map(|name| (&feature.name, name)));
        for (feature, choice) in declared {
            parts.keys.insert(CounterKey { feature: feature.clone(), choice: choice.into() });
        }
        Self { declared: parts.keys.len(), parts: Mutex::new(parts), process: Process::current() }
    }

    /// Returns the counters of the process-wide app, whose code has these features.
    pub(crate) fn process_wide(features: &[Arc<Declaration>]) -> Arc<Self> {
        PROCESS_WIDE.get_or_init(|| Arc::new(Self::new(features))).clone()
    }

    /// Returns the choices that are counted from an index on.
    pub(super) fn keys_from(&self, index: usize) -> Vec<CounterKey> {
        let Some(parts) = self.parts() else { return Vec::new() };
        parts.keys.iter().skip(index).cloned().collect()
    }

    /// Returns the uses since the start, by index. Unused indexes at the end have zeros.
    pub(super) fn totals(&self) -> Vec<u64> {
        let Some(mut parts) = self.parts() else { return Vec::new() };
        let Parts { running, ended, .. } = &mut *parts;
        // The only owner of counters sees everything that their thread counted before it ended.
        running.retain_mut(|counters| Arc::get_mut(counters).map(|counters| counters.add_to(ended)).is_none());
        let mut totals = ended.clone();
        running.iter().for_each(|counters| counters.add_to(&mut totals));
        totals
    }

    /// Locks the parts. Returns `None` if the process was forked while another thread held the lock, which is then never released.
    fn parts(&self) -> Option<MutexGuard<'_, Parts>> {
        if !self.process.is_forked() {
            return Some(self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        }
        match self.parts.try_lock() {
            Ok(parts) => Some(parts),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl Uses for Threads {
    fn begin(&self) -> Arc<Counters> {
        let counters = Arc::new(Counters::new(self.declared));
        if let Some(mut parts) = self.parts() {
            parts.running.push(counters.clone());
        }
        counters
    }

    fn places(&self, feature: &Arc<str>, choices: &mut dyn Iterator<Item = &Arc<str>>) -> Box<[u32]> {
        let Some(mut parts) = self.parts() else { return Box::default() };
        let max = self.declared + MAX_ADDED;
        let mut index = |choice: &Arc<str>| {
            let key = CounterKey { feature: feature.clone(), choice: choice.clone() };
            let known = parts.keys.get_index_of(&key);
            let index = known.or_else(|| (parts.keys.len() < max).then(|| parts.keys.insert_full(key).0))?;
            u32::try_from(index).ok()
        };
        choices.map_while(&mut index).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn threads(features: &[(&str, &[&str])]) -> Threads {
        let declare = |(name, choices): &(&str, &[&str])| Arc::new(Declaration::new(name, choices.to_vec()));
        Threads::new(&features.iter().map(declare).collect::<Vec<_>>())
    }

    #[test]
    fn no_use_of_running_and_ended_threads_is_lost() {
        const CHOICES: usize = 40;
        let choices: Vec<String> = (0..CHOICES).map(|index| format!("choice {index}")).collect();
        let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
        let threads = threads(&[("F", &choices)]);
        let mine = threads.begin();
        thread::scope(|scope| {
            for thread in 1..=4 {
                let threads = &threads;
                scope.spawn(move || {
                    let own = threads.begin();
                    for _ in 0..thread * 1_000 {
                        assert!((0..CHOICES).all(|index| own.count(index)));
                    }
                });
            }
            for _ in 0..100 {
                assert!(mine.count(7));
                assert!(threads.totals().into_iter().all(|total| total <= 10_100));
            }
        });
        for _ in 0..2 {
            let totals = threads.totals();
            let expected = (0..CHOICES).map(|index| if index == 7 { 10_100 } else { 10_000 });
            assert!(totals.iter().copied().take(CHOICES).eq(expected), "{totals:?}");
            assert!(totals.iter().skip(CHOICES).all(|total| *total == 0));
        }
        assert_eq!(threads.parts.lock().expect("sound").running.len(), 1);
    }

    #[test]
    fn a_choice_keeps_its_index_through_all_revisions() {
        let threads = threads(&[("F", &["a", "b"])]);
        let (f, g): (Arc<str>, Arc<str>) = ("F".into(), "G".into());
        let places = |feature, choices: &[&str]| {
            let choices: Vec<Arc<str>> = choices.iter().map(|choice| (*choice).into()).collect();
            threads.places(feature, &mut choices.iter()).to_vec()
        };
        assert_eq!(places(&g, &["light", "dark"]), [2, 3]);
        assert_eq!(places(&g, &["dim", "dark"]), [4, 3]);
        assert_eq!(places(&f, &["a", "b", "dark"]), [0, 1, 5]);
        let own = threads.begin();
        assert!((0..=5).all(|index| own.count(index)));
        let named = |key: &CounterKey| format!("{} {}", key.feature, key.choice);
        assert_eq!(threads.keys_from(3).iter().map(named).collect::<Vec<_>>(), ["G dark", "G dim", "F dark"]);
        assert_eq!(threads.totals()[..6], [1; 6]);
    }
}
