//! Writers that publish continuously, each to both features.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use feats::{App, Error, State};
use serde_json::json;

use super::attempts::{Answer, Attempt, AttemptLog};
use super::features::{CHOICES, FEATURES};

/// The running threads.
pub struct Writers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(2);

/// The number of attempts in this process, for unique comments.
static ATTEMPTS: AtomicU64 = AtomicU64::new(1);

impl Writers {
    /// Starts a number of writers, each on the next app, with a log of their attempts.
    pub fn start(number: usize, apps: &[App], attempts: &Arc<AttemptLog>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = apps.iter().cycle().take(number).map(|app| {
            let (app, attempts, stop) = (app.clone(), attempts.clone(), stop.clone());
            thread::spawn(move || write(&app, &attempts, &stop))
        });
        let threads = threads.collect();
        Self { stop, threads }
    }

    /// Stops the writers after their current attempts.
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

fn write(app: &App, attempts: &AttemptLog, stop: &AtomicBool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let turns = FEATURES.iter().cycle().zip(CHOICES.iter().cycle());
    for (feature, choice) in turns.take_while(|_| !stop.load(Ordering::Relaxed)) {
        let comment = format!("attempt {}", ATTEMPTS.fetch_add(1, Ordering::Relaxed));
        let begun = Instant::now();
        let answer = runtime.block_on(publish(app, feature, choice, &comment));
        let answer = answer.map_or_else(Answer::from, Answer::Acknowledged);
        attempts.write(Attempt { feature, comment, choice, answer, begun, ended: Instant::now() });
        thread::sleep(PAUSE);
    }
}

/// Replaces the whole state, which is possible even if the current state is quarantined.
async fn publish(app: &App, feature: &str, choice: &str, comment: &str) -> Result<u64, Error> {
    let state = State::from_json(&json!({ "otherwise": { "static": choice } }));
    let change = app.feature_named(feature)?.edit().replace(state).author("a writer").comment(comment);
    change.publish().await.map(|published| published.version())
}
