//! What a program knows of the units of its experiments, and how long a decision may wait to know more.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use feats_core::__private::{Experiment, PriorAssignment};

use crate::model::Value;

/// How long a question may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WaitPolicy<'a> {
    /// Not at all: what is in memory answers.
    None,
    /// Up to the configured bound.
    Wait,
    /// Up to what is left of the configured bound, which a scope has once.
    WaitWithin(&'a WaitBudget),
}

/// The time that the decisions of one scope have waited for the store so far, all together.
#[derive(Debug, Default)]
pub(crate) struct WaitBudget {
    waited_nanos: AtomicU64,
}

impl WaitBudget {
    /// What is left of a bound; `None` once it is spent.
    pub(crate) fn left_of(&self, bound: Duration) -> Option<Duration> {
        let waited = Duration::from_nanos(self.waited_nanos.load(Ordering::Relaxed));
        bound.checked_sub(waited).filter(|left| !left.is_zero())
    }

    /// Takes off what was waited.
    pub(crate) fn spend(&self, waited: Duration) {
        let nanos = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        let add = |before: u64| Some(before.saturating_add(nanos));
        let _ = self.waited_nanos.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

/// What a program knows of the units of its experiments.
pub(crate) trait History: Send + Sync + fmt::Debug {
    /// What a unit used. Asked only for units whose history may differ from their slot.
    fn prior_assignment(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
        patience: WaitPolicy<'_>,
    ) -> PriorAssignment;

    /// The same, for callers that can await.
    fn prior_assignment_async(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
    ) -> Pin<Box<dyn Future<Output = PriorAssignment> + Send>>;

    /// A unit uses an implementation. `reassigned` says whether the history is asked for this unit, and so has to know it
    /// from now on.
    fn expose(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, reassigned: bool);
}
