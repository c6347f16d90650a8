//! Asking what a unit has used: one question to the store for all who want to know, answered on the background thread.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::timeout;

use super::exposures::Exposures;
use super::question::{Answer, Asker, Questions};
use super::unit::Key;
use crate::error::Result;
use crate::tasks::{Round, Source};

/// How long the store may take for an answer. Those who cannot wait so long are long gone then, but the next one who
/// asks is not.
const LATE: Duration = Duration::from_secs(2);

/// Answers questions until the app ends. Where it panics, those who wait get no answer, and the next ones do.
pub(super) async fn answer(exposures: &Arc<Exposures>, questions: &tokio::sync::Mutex<Questions>) -> Result<Round> {
    let mut questions = questions.lock().await;
    let mut waiting: HashMap<Key, Vec<Asker>> = HashMap::new();
    let mut asked: HashMap<Id, Key> = HashMap::new();
    let mut answers = JoinSet::new();
    loop {
        tokio::select! {
            Some(question) = questions.recv() => {
                if let Some(answer) = exposures.cached_answer(&question.experiment, question.key) {
                    question.asker.tell(answer);
                    continue;
                }
                let askers = waiting.entry(question.key).or_default();
                askers.push(question.asker);
                if askers.len() == 1 {
                    let exposures = exposures.clone();
                    let task = answers.spawn(async move {
                        exposures.look_up(&question.experiment, question.key, &question.unit).await
                    });
                    asked.insert(task.id(), question.key);
                }
            }
            Some(answered) = answers.join_next_with_id() => {
                let (id, answer) = match answered {
                    Ok(answered) => answered,
                    Err(panicked) => {
                        exposures.warnings.set(Source::Lookups, &panicked);
                        (panicked.id(), Answer::Unknown)
                    }
                };
                let askers = asked.remove(&id).and_then(|key| waiting.remove(&key)).unwrap_or_default();
                askers.into_iter().for_each(|asker| asker.tell(answer.clone()));
            }
            else => return Ok(Round::Paused),
        }
    }
}

impl Exposures {
    /// What this program knows by itself, what it has not stored yet included.
    fn cached_answer(&self, experiment: &str, key: Key) -> Option<Answer> {
        self.gather();
        if let Some(name) = self.pending().used(experiment, key) {
            self.cache.used_first(key, &name);
        }
        self.cache.get(key).map(Answer::from)
    }

    /// Asks the store, unless it goes away meanwhile.
    async fn look_up(&self, experiment: &str, key: Key, unit: &str) -> Answer {
        self.lookups.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let Some(assignments) = &self.assignments else {
            self.cache.unused(key);
            return Answer::Unused;
        };
        let mut health = assignments.health.subscribe();
        let assigned = tokio::select! {
            assigned = timeout(LATE, assignments.store.assigned(experiment, unit)) => assigned,
            _ = health.wait_for(|health| !health.live) => return Answer::Unknown,
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
                self.warnings.set(Source::Lookups, format!("the past of units is unknown: {}", error.report()))
            }
            Err(_) => self.warnings.set(Source::Lookups, "the past of units is unknown: the store gives no answer"),
        }
        self.cache.trim();
        self.cached_answer(experiment, key).unwrap_or(Answer::Unknown)
    }
}
