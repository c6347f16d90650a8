//! Prior assignments of units for decisions: from the cache, or from the store within a time limit.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use feats_core::__private::{Experiment, PriorAssignment};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::exposures::Exposures;
use super::request::{LookupAnswer, LookupRequest, Waiter};
use super::unit::{Key, stored, with_text};
use crate::model::Value;
use crate::runtime::{History, WaitBudget, WaitPolicy};

impl Exposures {
    /// Waits for an answer for at most `limit`. Does not wait if there cannot be an answer.
    fn wait(&self, limit: Duration, key: Key, experiment: &Arc<str>, unit: &str) -> LookupAnswer {
        let on_background = self.background.get() == Some(&thread::current().id());
        if on_background || limit.is_zero() || !self.is_live() {
            return LookupAnswer::Unknown;
        }
        let (waiter, answer) = std::sync::mpsc::sync_channel(1);
        self.request_lookup(key, experiment, unit, Waiter::Thread(waiter));
        answer.recv_timeout(limit).unwrap_or(LookupAnswer::Unknown)
    }

    /// Waits for an answer within the rest of a scope's budget. Without a rest, does not ask the store either. The budget applies to
    /// threads of a runtime, where other tasks are blocked too; any other thread waits up to the whole limit for each answer.
    fn wait_within(&self, budget: &WaitBudget, wait: impl FnOnce(Duration) -> LookupAnswer) -> LookupAnswer {
        if Handle::try_current().is_err() {
            return wait(self.settings.lookup_timeout);
        }
        let Some(left) = budget.left_of(self.settings.lookup_timeout) else { return LookupAnswer::Unknown };
        let start = Instant::now();
        let answer = wait(left);
        budget.spend(start.elapsed());
        answer
    }

    fn request_lookup(&self, key: Key, experiment: &Arc<str>, unit: &str, waiter: Waiter) {
        let question = LookupRequest { key, experiment: experiment.clone(), unit: stored(unit).into_owned(), waiter };
        // After a shutdown the request is dropped, which closes the waiter's channel.
        let _ = self.requests.send(question);
    }
}

impl History for Exposures {
    fn prior_assignment(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
        policy: WaitPolicy<'_>,
    ) -> PriorAssignment {
        let answer = with_text(unit, |unit| {
            let key = Key::new(experiment, unit);
            let answer = match (self.cache.get(key), policy) {
                (Some(known), _) => known.into(),
                (None, WaitPolicy::Wait) => self.wait(self.settings.lookup_timeout, key, &experiment.key, unit),
                (None, WaitPolicy::WaitWithin(budget)) => {
                    self.wait_within(budget, |limit| self.wait(limit, key, &experiment.key, unit))
                }
                // The caller looks the unit up by itself.
                (None, WaitPolicy::None) if self.is_live() => return LookupAnswer::Unknown,
                (None, WaitPolicy::None) => LookupAnswer::Unknown,
            };
            answer.or_provisional(|| self.cache.provisional(key))
        });
        prior_assignment_of(experiment, answer.unwrap_or(LookupAnswer::Unknown))
    }

    fn prior_assignment_async(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
    ) -> Pin<Box<dyn Future<Output = PriorAssignment> + Send>> {
        let (waiter, answer) = oneshot::channel();
        let (known, provisional) = with_text(unit, |unit| {
            let key = Key::new(experiment, unit);
            let known = self
                .cache
                .get(key)
                .map(LookupAnswer::from)
                .or_else(|| (!self.is_live()).then_some(LookupAnswer::Unknown));
            if known.is_none() {
                self.request_lookup(key, &experiment.key, unit, Waiter::Task(waiter));
            }
            (known, self.cache.provisional(key))
        })
        .unwrap_or_default();
        let experiment = experiment.clone();
        Box::pin(async move {
            let answer = match known {
                Some(known) => known,
                None => answer.await.unwrap_or(LookupAnswer::Unknown),
            };
            prior_assignment_of(&experiment, answer.or_provisional(|| provisional))
        })
    }

    fn expose(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, reassigned: bool) {
        with_text(unit, |unit| {
            if let (true, Some(name)) = (reassigned, experiment.name(choice)) {
                self.cache.used_now(Key::new(experiment, unit), name);
            }
            self.recorder.record(experiment, unit, choice);
        });
    }
}

/// Maps an answer to the implementations of an experiment. An implementation that the experiment does not have any more counts as
/// unused.
fn prior_assignment_of(experiment: &Experiment, answer: LookupAnswer) -> PriorAssignment {
    match answer {
        LookupAnswer::Unknown => PriorAssignment::Unknown,
        LookupAnswer::Unused => PriorAssignment::Unused,
        LookupAnswer::Used(name) => experiment.position(&name).map_or(PriorAssignment::Unused, PriorAssignment::Used),
    }
}
