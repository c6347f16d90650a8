//! Eight threads that evaluate continuously and record every value.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use feats::{App, Feature};

use super::features::{Checkout, Payments, User};

/// The running threads.
pub struct Evaluators {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Seen>>,
}

/// The observations of the threads.
#[derive(Default)]
pub struct Seen {
    /// The time of the slowest evaluation, including time for which the system suspended the thread.
    pub slowest: Duration,
    /// The number of evaluations.
    pub evaluations: u64,
    /// Every value, with its feature and the reported version.
    pub values: BTreeSet<(&'static str, Option<u64>, &'static str)>,
    /// Features that decided by an older version, or by none, after a newer one.
    pub backwards: BTreeSet<(&'static str, Option<u64>, Option<u64>)>,
    newest: BTreeMap<&'static str, Option<u64>>,
}

const THREADS: usize = 8;

/// The number of evaluations between two pauses. Without pauses, the threads would starve the servers on a machine with few
/// cores.
const BURST: u64 = 64;
const PAUSE: Duration = Duration::from_millis(1);

impl Evaluators {
    /// Starts the threads, on each of the apps in turn.
    pub fn start(apps: &[App]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = apps.iter().cycle().take(THREADS).zip(0..).map(|(app, id)| {
            let (app, stop) = (app.clone(), stop.clone());
            thread::spawn(move || {
                let mut seen = Seen::default();
                while !stop.load(Ordering::Relaxed) {
                    seen.burst(&app, id);
                    thread::sleep(PAUSE);
                }
                seen
            })
        });
        let threads = threads.collect();
        Self { stop, threads }
    }

    /// Stops the threads and returns their observations.
    ///
    /// # Panics
    /// Panics if a thread panicked.
    pub fn end(mut self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Seen::default();
        for thread in self.threads.drain(..) {
            let seen = thread.join().expect("no evaluation panics");
            all.slowest = all.slowest.max(seen.slowest);
            all.evaluations += seen.evaluations;
            all.values.extend(seen.values);
            all.backwards.extend(seen.backwards);
        }
        all
    }
}

impl Drop for Evaluators {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Seen {
    fn burst(&mut self, app: &App, id: u64) {
        app.enter(|| {
            for n in 0..BURST {
                let user = User { id: id << 32 | n };
                let begun = Instant::now();
                let _ = Payments::create(&user);
                self.slowest = self.slowest.max(begun.elapsed());
                let begun = Instant::now();
                let _ = Checkout::create(&user);
                self.slowest = self.slowest.max(begun.elapsed());
            }
        });
        self.evaluations += 2 * BURST;
        // A scope has one snapshot, so that the version is that of the value.
        app.scope().enter(|| {
            let user = User { id };
            self.note(Payments::NAME, Payments::explain(&user).version(), Payments::create(&user));
            self.note(Checkout::NAME, Checkout::explain(&user).version(), Checkout::create(&user));
        });
    }

    fn note(&mut self, feature: &'static str, version: Option<u64>, value: &'static str) {
        self.values.insert((feature, version, value));
        let before = self.newest.insert(feature, version).flatten();
        if version < before {
            self.backwards.insert((feature, before, version));
        }
    }
}
