//! Eight threads that evaluate all the time, and remember everything they were given.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use feats::{App, Feature};

use super::features::{Checkout, Payments, User};

/// The threads.
pub struct Evaluators {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Seen>>,
}

/// What they saw.
#[derive(Default)]
pub struct Seen {
    /// The slowest evaluation; time in which the system ran something else counts too.
    pub slowest: Duration,
    /// How many evaluations there were.
    pub evaluations: u64,
    /// Each value, with the feature that gave it and the version that it said it gave it by.
    pub values: BTreeSet<(&'static str, Option<u64>, &'static str)>,
    /// A feature that decided by an older version, or by none, after it had decided by a newer one.
    pub backwards: BTreeSet<(&'static str, Option<u64>, Option<u64>)>,
    newest: BTreeMap<&'static str, Option<u64>>,
}

const THREADS: usize = 8;

/// How many evaluations there are between two short rests. Without rests the threads would keep the servers from
/// running on a machine with few cores, which is another fault.
const BURST: u64 = 64;
const REST: Duration = Duration::from_millis(1);

impl Evaluators {
    /// Starts them, on each of the apps in turn.
    pub fn start(apps: &[App]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = apps.iter().cycle().take(THREADS).zip(0..).map(|(app, id)| {
            let (app, stop) = (app.clone(), stop.clone());
            thread::spawn(move || {
                let mut seen = Seen::default();
                while !stop.load(Ordering::Relaxed) {
                    seen.burst(&app, id);
                    thread::sleep(REST);
                }
                seen
            })
        });
        let threads = threads.collect();
        Self { stop, threads }
    }

    /// Ends them.
    ///
    /// # Panics
    /// If one of them panicked.
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
        // One snapshot, so that the version is that of the value.
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
