//! The history of the units of experiments, and the time that a decision may wait for it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use feats_core::__private::{Experiment, PriorAssignment};

use crate::model::Value;

/// The time that a look-up may wait for the store.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WaitPolicy<'a> {
    /// Does not wait: only memory is searched.
    None,
    /// Waits up to the configured timeout.
    Wait,
    /// Waits up to the rest of the configured timeout, which all decisions of a scope share.
    WaitWithin(&'a WaitBudget),
}

/// The total time that the decisions of one scope have waited for the store so far.
#[derive(Debug, Default)]
pub(crate) struct WaitBudget {
    waited_nanos: AtomicU64,
}

impl WaitBudget {
    /// Returns the rest of a timeout; `None` if it is used up.
    pub(crate) fn left_of(&self, timeout: Duration) -> Option<Duration> {
        let waited = Duration::from_nanos(self.waited_nanos.load(Ordering::Relaxed));
        timeout.checked_sub(waited).filter(|rest| !rest.is_zero())
    }

    /// Adds a time that a decision has waited.
    pub(crate) fn spend(&self, waited: Duration) {
        let nanos = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        let add = |before: u64| Some(before.saturating_add(nanos));
        let _ = self.waited_nanos.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

/// The history of the units of experiments, as far as a program knows it.
pub(crate) trait History: Send + Sync + fmt::Debug {
    /// Returns the sticky assignment of a unit. Called only for units whose slot was reassigned.
    fn prior_assignment(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
        wait_policy: WaitPolicy<'_>,
    ) -> PriorAssignment;

    /// Returns the sticky assignment of a unit like [`prior_assignment`](Self::prior_assignment), without blocking a thread.
    fn prior_assignment_async(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
    ) -> Pin<Box<dyn Future<Output = PriorAssignment> + Send>>;

    /// Records that a unit uses an implementation. `reassigned` is `true` if decisions look up the history of this unit, so that
    /// the history must remember the use.
    fn expose(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, reassigned: bool);
}
