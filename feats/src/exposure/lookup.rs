//! Lookups of prior assignments on the background thread: concurrent requests for one unit share one call of the store.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::timeout;

use super::exposures::Exposures;
use super::request::{LookupAnswer, LookupRequests, Waiter};
use super::unit::Key;
use crate::error::Result;
use crate::tasks::{Round, Source};

/// The time limit of one call of the store. Longer than callers wait, because the result is cached for the next request.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// Answers requests until the app ends. After a panic, current requests get no answer, and later ones do.
pub(super) async fn answer_requests(
    exposures: &Arc<Exposures>,
    requests: &tokio::sync::Mutex<LookupRequests>,
) -> Result<Round> {
    let mut requests = requests.lock().await;
    let mut waiting: HashMap<Key, Vec<Waiter>> = HashMap::new();
    let mut started: HashMap<Id, Key> = HashMap::new();
    let mut answers = JoinSet::new();
    loop {
        tokio::select! {
            Some(request) = requests.recv() => {
                if let Some(answer) = exposures.cached_answer(&request.experiment, request.key) {
                    request.waiter.notify(answer);
                    continue;
                }
                let waiters = waiting.entry(request.key).or_default();
                waiters.push(request.waiter);
                if waiters.len() == 1 {
                    let exposures = exposures.clone();
                    let task = answers.spawn(async move {
                        exposures.look_up(&request.experiment, request.key, &request.unit).await
                    });
                    started.insert(task.id(), request.key);
                }
            }
            Some(answered) = answers.join_next_with_id() => {
                let (id, answer) = match answered {
                    Ok(answered) => answered,
                    Err(panicked) => {
                        exposures.warnings.set(Source::Lookups, &panicked);
                        (panicked.id(), LookupAnswer::Unknown)
                    }
                };
                let waiters = started.remove(&id).and_then(|key| waiting.remove(&key)).unwrap_or_default();
                waiters.into_iter().for_each(|waiter| waiter.notify(answer.clone()));
            }
            else => return Ok(Round::Paused),
        }
    }
}

impl Exposures {
    /// Returns what this program knows without the store, including exposures that are not stored yet.
    fn cached_answer(&self, experiment: &str, key: Key) -> Option<LookupAnswer> {
        self.gather();
        if let Some(name) = self.pending().used(experiment, key) {
            self.cache.used_first(key, &name);
        }
        self.cache.get(key).map(LookupAnswer::from)
    }

    /// Asks the store. Returns early if the store becomes unreachable.
    async fn look_up(&self, experiment: &str, key: Key, unit: &str) -> LookupAnswer {
        self.lookups.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let Some(assignments) = &self.assignments else {
            self.cache.unused(key);
            return LookupAnswer::Unused;
        };
        let mut health = assignments.health.subscribe();
        let assigned = tokio::select! {
            assigned = timeout(LOOKUP_TIMEOUT, assignments.store.assigned(experiment, unit)) => assigned,
            _ = health.wait_for(|health| !health.live) => return LookupAnswer::Unknown,
        };
        match assigned {
            Ok(Ok(Some(name))) => {
                self.warnings.clear(Source::Lookups);
                self.cache.used(key, name.into());
            }
            Ok(Ok(None)) => {
                self.warnings.clear(Source::Lookups);
                self.cache.unused(key);
            }
            Ok(Err(error)) => {
                self.warnings.set(Source::Lookups, format!("prior assignments are unknown: {}", error.report()));
                self.cache.postpone_lookup(key);
            }
            Err(_) => {
                self.warnings.set(Source::Lookups, "prior assignments are unknown: the store does not respond");
                self.cache.postpone_lookup(key);
            }
        }
        self.cache.trim();
        self.cached_answer(experiment, key).unwrap_or(LookupAnswer::Unknown)
    }
}
