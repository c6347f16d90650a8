//! The counters of all threads that use an app, added up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use crate::model::Declaration;
use crate::runtime::{Counters, MAX_ADDED, Uses};
use crate::tasks::Process;

/// The counters of the process-wide app: threads keep theirs when another one is started after its end.
static OF_PROCESS: OnceLock<Arc<Threads>> = OnceLock::new();

/// What is counted at a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Counted {
    pub(crate) feature: Arc<str>,
    pub(crate) choice: Arc<str>,
}

/// The counters of all threads that use an app, each at a place that is the same for all of them.
#[derive(Debug)]
pub(crate) struct Threads {
    /// How many choices the program's code declares: these have the first places.
    declared: usize,
    parts: Mutex<Parts>,
    process: Process,
}

#[derive(Debug)]
struct Parts {
    running: Vec<Arc<Counters>>,
    /// What threads counted that have ended.
    ended: Vec<u64>,
    /// What is counted at each place.
    counted: Vec<Counted>,
    places: HashMap<Counted, u32>,
}

impl Threads {
    /// Counters for the implementations of the code's features, in the order of their positions.
    pub(crate) fn new(features: &[Arc<Declaration>]) -> Self {
        let mut parts =
            Parts { running: Vec::new(), ended: Vec::new(), counted: Vec::new(), places: HashMap::default() };
        let declared = features.iter().flat_map(|feature| feature.names().map(|name| (&feature.name, name)));
        for (feature, choice) in declared {
            parts.add(Counted { feature: feature.clone(), choice: choice.into() });
        }
        Self { declared: parts.counted.len(), parts: Mutex::new(parts), process: Process::current() }
    }

    /// The counters of the process-wide app, whose code has these features.
    pub(crate) fn of_process(features: &[Arc<Declaration>]) -> Arc<Self> {
        OF_PROCESS.get_or_init(|| Arc::new(Self::new(features))).clone()
    }

    /// What is counted at the places from this one on.
    pub(super) fn counted_from(&self, place: usize) -> Vec<Counted> {
        let Some(parts) = self.parts() else { return Vec::new() };
        parts.counted.get(place..).unwrap_or_default().to_vec()
    }

    /// What was counted since the beginning, by place. Behind the last place that is counted at are zeros.
    pub(super) fn totals(&self) -> Vec<u64> {
        let Some(mut parts) = self.parts() else { return Vec::new() };
        let Parts { running, ended, .. } = &mut *parts;
        // Whoever has counters alone sees all that their thread counted before it let go of them.
        running.retain_mut(|counters| Arc::get_mut(counters).map(|counters| counters.add_to(ended)).is_none());
        let mut totals = ended.clone();
        running.iter().for_each(|counters| counters.add_to(&mut totals));
        totals
    }

    /// Nothing, where the process was forked while another thread held the lock: nobody gives it back.
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

impl Parts {
    fn add(&mut self, counted: Counted) -> u32 {
        let place = u32::try_from(self.counted.len()).unwrap_or(u32::MAX);
        self.counted.push(counted.clone());
        self.places.insert(counted, place);
        place
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

    fn places(&self, feature: &Arc<str>, choices: &mut dyn Iterator<Item = &str>) -> Box<[u32]> {
        let Some(mut parts) = self.parts() else { return Box::default() };
        let most = self.declared + MAX_ADDED;
        let mut place = |choice: &str| {
            let counted = Counted { feature: feature.clone(), choice: choice.into() };
            match parts.places.get(&counted) {
                Some(place) => Some(*place),
                None => (parts.counted.len() < most).then(|| parts.add(counted)),
            }
        };
        choices.map_while(&mut place).collect()
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
    fn nothing_is_lost_of_threads_that_run_and_of_threads_that_ended() {
        const PLACES: usize = 40;
        let choices: Vec<String> = (0..PLACES).map(|place| format!("choice {place}")).collect();
        let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
        let threads = threads(&[("F", &choices)]);
        let mine = threads.begin();
        thread::scope(|scope| {
            for thread in 1..=4 {
                let threads = &threads;
                scope.spawn(move || {
                    let own = threads.begin();
                    for _ in 0..thread * 1_000 {
                        assert!((0..PLACES).all(|place| own.count(place)));
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
            let expected = (0..PLACES).map(|place| if place == 7 { 10_100 } else { 10_000 });
            assert!(totals.iter().copied().take(PLACES).eq(expected), "{totals:?}");
            assert!(totals.iter().skip(PLACES).all(|total| *total == 0));
        }
        assert_eq!(threads.parts.lock().expect("sound").running.len(), 1);
    }

    #[test]
    fn a_choice_keeps_its_place_through_all_revisions() {
        let threads = threads(&[("F", &["a", "b"])]);
        let (f, g): (Arc<str>, Arc<str>) = ("F".into(), "G".into());
        let places = |feature, choices: &[&str]| threads.places(feature, &mut choices.iter().copied()).to_vec();
        assert_eq!(places(&g, &["light", "dark"]), [2, 3]);
        assert_eq!(places(&g, &["dim", "dark"]), [4, 3]);
        assert_eq!(places(&f, &["a", "b", "dark"]), [0, 1, 5]);
        let own = threads.begin();
        assert!((0..=5).all(|place| own.count(place)));
        let named = |counted: &Counted| format!("{} {}", counted.feature, counted.choice);
        assert_eq!(threads.counted_from(3).iter().map(named).collect::<Vec<_>>(), ["G dark", "G dim", "F dark"]);
        assert_eq!(threads.totals()[..6], [1; 6]);
    }
}
