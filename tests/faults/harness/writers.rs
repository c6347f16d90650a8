//! Two writers that publish all the time, both to both features.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use feats::{App, Error, State};
use serde_json::json;

use super::features::{CHOICES, FEATURES};
use super::ledger::{Answer, Attempt, Ledger};

/// The threads.
pub struct Writers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

const WRITERS: usize = 2;

/// Between two attempts.
const REST: Duration = Duration::from_millis(2);

/// Attempts of all writers of this process, for comments that no other attempt has.
static ATTEMPTS: AtomicU64 = AtomicU64::new(1);

impl Writers {
    /// Starts them, each on another app, with a ledger for what they were told.
    pub fn start(apps: &[App], ledger: &Arc<Ledger>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = apps.iter().cycle().take(WRITERS).map(|app| {
            let (app, ledger, stop) = (app.clone(), ledger.clone(), stop.clone());
            thread::spawn(move || write(&app, &ledger, &stop))
        });
        let threads = threads.collect();
        Self { stop, threads }
    }

    /// Ends them after what they are at.
    pub fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().expect("no writer panics");
        }
    }
}

impl Drop for Writers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn write(app: &App, ledger: &Ledger, stop: &AtomicBool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let turns = FEATURES.iter().cycle().zip(CHOICES.iter().cycle());
    for (feature, choice) in turns.take_while(|_| !stop.load(Ordering::Relaxed)) {
        let comment = format!("attempt {}", ATTEMPTS.fetch_add(1, Ordering::Relaxed));
        let begun = Instant::now();
        let answer = runtime.block_on(publish(app, feature, choice, &comment));
        let answer = answer.map_or_else(Answer::from, Answer::Acknowledged);
        ledger.write(Attempt { feature, comment, choice, answer, begun, ended: Instant::now() });
        thread::sleep(REST);
    }
}

/// Replaces the whole state, which also works where the one that stands cannot be used.
async fn publish(app: &App, feature: &str, choice: &str, comment: &str) -> Result<u64, Error> {
    let state = State::from_json(&json!({ "otherwise": { "static": choice } }));
    let change = app.feature_named(feature)?.edit().replace(state).author("a writer").comment(comment);
    change.publish().await.map(|published| published.version())
}
