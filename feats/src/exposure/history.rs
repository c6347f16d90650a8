//! The past of units, for decisions: from memory at once, from the store within a bounded time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use feats_core::__private::{Experiment, PriorAssignment};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::exposures::Exposures;
use super::question::{Answer, Asker, Question};
use super::unit::{Key, stored, with_text};
use crate::model::Value;
use crate::runtime::{History, WaitBudget, WaitPolicy};

impl Exposures {
    /// Waits for an answer at most so long, if somebody can give it.
    fn wait(&self, bound: Duration, key: Key, experiment: &Arc<str>, unit: &str) -> Answer {
        let on_background = self.background.get() == Some(&thread::current().id());
        if on_background || bound.is_zero() || !self.is_live() {
            return Answer::Unknown;
        }
        let (asker, answer) = std::sync::mpsc::sync_channel(1);
        self.ask(key, experiment, unit, Asker::Blocked(asker));
        answer.recv_timeout(bound).unwrap_or(Answer::Unknown)
    }

    /// Waits for an answer as long as a scope still may; once it may not, the store is not asked either. That is for threads of a
    /// runtime, where other tasks wait meanwhile: any other thread waits the whole bound for each answer.
    fn wait_within(&self, budget: &WaitBudget, wait: impl FnOnce(Duration) -> Answer) -> Answer {
        if Handle::try_current().is_err() {
            return wait(self.settings.patience);
        }
        let Some(left) = budget.left_of(self.settings.patience) else { return Answer::Unknown };
        let begun = Instant::now();
        let answer = wait(left);
        budget.spend(begun.elapsed());
        answer
    }

    fn ask(&self, key: Key, experiment: &Arc<str>, unit: &str, asker: Asker) {
        let question = Question { key, experiment: experiment.clone(), unit: stored(unit).into_owned(), asker };
        // After a shutdown nobody answers, and the asker is told so by its end of the channel.
        let _ = self.questions.send(question);
    }
}

impl History for Exposures {
    fn prior_assignment(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
        patience: WaitPolicy<'_>,
    ) -> PriorAssignment {
        let answer = with_text(unit, |unit| {
            let key = Key::new(experiment, unit);
            match (self.cache.get(key), patience) {
                (Some(known), _) => known.into(),
                (None, WaitPolicy::Wait) => self.wait(self.settings.patience, key, &experiment.key, unit),
                (None, WaitPolicy::WaitWithin(budget)) => {
                    self.wait_within(budget, |bound| self.wait(bound, key, &experiment.key, unit))
                }
                (None, WaitPolicy::None) => Answer::Unknown,
            }
        });
        recollection(experiment, answer.unwrap_or(Answer::Unknown))
    }

    fn prior_assignment_async(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
    ) -> Pin<Box<dyn Future<Output = PriorAssignment> + Send>> {
        let (asker, answer) = oneshot::channel();
        let known = with_text(unit, |unit| {
            let key = Key::new(experiment, unit);
            let known = self.cache.get(key).map(Answer::from).or_else(|| (!self.is_live()).then_some(Answer::Unknown));
            if known.is_none() {
                self.ask(key, &experiment.key, unit, Asker::Suspended(asker));
            }
            known
        });
        let experiment = experiment.clone();
        Box::pin(async move {
            let answer = match known {
                Some(Some(known)) => known,
                _ => answer.await.unwrap_or(Answer::Unknown),
            };
            recollection(&experiment, answer)
        })
    }

    fn expose(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, reassigned: bool) {
        with_text(unit, |unit| {
            if let (true, Some(name)) = (reassigned, experiment.name(choice)) {
                self.cache.used_first(Key::new(experiment, unit), name);
            }
            self.recorder.record(experiment, unit, choice);
        });
    }
}

/// What an answer means to an experiment. An implementation that it no longer has is given to nobody.
fn recollection(experiment: &Experiment, answer: Answer) -> PriorAssignment {
    match answer {
        Answer::Unknown => PriorAssignment::Unknown,
        Answer::Unused => PriorAssignment::Unused,
        Answer::Used(name) => experiment.position(&name).map_or(PriorAssignment::Unused, PriorAssignment::Used),
    }
}
