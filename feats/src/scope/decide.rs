//! Deciding: the one way from a feature and a subject to a choice, whichever app and snapshot decide.

use std::sync::Arc;

use super::context::{EFFECT, PinnedApp, ScopeEffect, current};
use super::counted::Counted;
use super::counting::{count, count_for_process};
use super::observer::{DecisionObserver, Purpose};
use super::process::{process_wide, with_current};
use super::scope_override::ScopeOverride;
use crate::evaluate::{Outcome, Reason};
use crate::model::{Subject, Timestamp};
use crate::runtime::{FeatureRevision, Snapshot, SnapshotCell, WaitBudget};

/// A decision to make: of which feature, about whom, and what for.
#[derive(Debug)]
pub(crate) struct Request<'a, S: ?Sized> {
    /// The position of the feature in every snapshot of the app.
    pub(crate) position: usize,
    /// What is chosen without a usable state.
    pub(crate) default: u16,
    pub(crate) subject: &'a S,
    pub(crate) purpose: &'a Purpose<'a>,
}

/// What a decision is made by.
struct DecisionContext<'a> {
    app: &'a Arc<SnapshotCell>,
    snapshot: &'a Snapshot,
    /// The instant of a scope; without it, the app's clock is read where the time matters.
    instant: Option<Timestamp>,
    /// What the decisions of a scope may wait, all together.
    budget: Option<&'a WaitBudget>,
    overriding: Option<&'a ScopeOverride>,
}

impl<S: ?Sized> Clone for Request<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for Request<'_, S> {}

impl<S: Subject + ?Sized> Request<'_, S> {
    /// Chooses.
    #[inline]
    pub(crate) fn decide(self) -> u16 {
        if EFFECT.get() == ScopeEffect::Nothing {
            // Only the choice leaves: to carry a whole outcome out of the thread's snapshot costs as much as making it.
            let decided = with_current(|app, snapshot| {
                let context = DecisionContext { app, snapshot, instant: None, budget: None, overriding: None };
                self.outcome(&context).choice
            });
            if let Some(choice) = decided {
                if let Some((counted, choice)) = self.purpose.use_of(choice) {
                    count_for_process(counted.place(choice));
                }
                return choice;
            }
        }
        // Made here, so that the decisions above need no request in memory.
        let Self { position, default, subject, purpose } = self;
        Self { position, default, subject, purpose }.decide_in_scope()
    }

    #[inline(never)]
    fn decide_in_scope(&self) -> u16 {
        self.observe(None, |outcome, _| outcome.choice)
    }

    /// Chooses, and shows the revision that decided. `app` decides where no scope of it is entered; without it, the scope's app
    /// or the process-wide one.
    pub(crate) fn observe<R>(
        &self,
        app: Option<&Arc<SnapshotCell>>,
        see: impl FnOnce(Outcome, Option<&Arc<FeatureRevision>>) -> R,
    ) -> R {
        let frame = current();
        let mut app = app;
        let mut overriding = None;
        if let Some(frame) = frame.as_deref() {
            if let Some(choice) = frame.tested(self.position) {
                return see(Outcome::without_state(choice, Reason::Test), None);
            }
            overriding = frame.scope_override.as_deref();
            if let Some(PinnedApp { cell: live, pinned, budget }) =
                frame.app.as_deref().filter(|view| is(app, &view.cell))
            {
                if let Some((snapshot, instant)) = pinned {
                    let (instant, budget) = (Some(*instant), Some(budget));
                    return self.decide_by(&DecisionContext { app: live, snapshot, instant, budget, overriding }, see);
                }
                app = Some(live);
            }
        }
        let process = if app.is_none() { Some(process_wide()) } else { None };
        let Some(app) = app.or_else(|| process.as_ref()?.as_ref()) else {
            return see(Outcome::without_state(self.default, Reason::NotStarted), None);
        };
        let snapshot = &*app.load();
        self.decide_by(&DecisionContext { app, snapshot, instant: None, budget: None, overriding }, see)
    }

    /// Chooses, counts the use if it is one, and shows the revision that decided.
    #[inline(always)]
    fn decide_by<R>(
        &self,
        context: &DecisionContext<'_>,
        see: impl FnOnce(Outcome, Option<&Arc<FeatureRevision>>) -> R,
    ) -> R {
        let DecisionContext { app, snapshot, overriding, .. } = *context;
        let revision = || snapshot.revision(self.position);
        // No state made this choice, so its use counts for none.
        if let Some(outcome) = overriding.and_then(|overriding| overriding.outcome(app, snapshot, self.position)) {
            return see(outcome, revision());
        }
        let outcome = self.outcome(context);
        if let Some((counted, choice)) = self.purpose.use_of(outcome.choice) {
            let place = match counted {
                Counted::BY_REVISION => revision().and_then(|revision| revision.counter(choice)),
                of_code => Some(of_code.place(choice)),
            };
            place.into_iter().for_each(|place| count(app, place));
        }
        see(outcome, revision())
    }

    /// What the snapshot makes of the feature and the subject: every decision of an app ends here.
    // Always: a call of its own costs a decision more than a tenth.
    #[inline(always)]
    fn outcome(&self, context: &DecisionContext<'_>) -> Outcome {
        let DecisionContext { app, snapshot, instant, budget, .. } = *context;
        let observer = DecisionObserver::new(app, self.purpose, budget);
        let now = || instant.unwrap_or_else(|| app.now());
        snapshot.decide(self.position, self.default, self.subject, now, || fastrand::u64(..), &observer)
    }
}

/// Whether an app is the one that is asked for, if one is.
fn is(wanted: Option<&Arc<SnapshotCell>>, app: &Arc<SnapshotCell>) -> bool {
    wanted.is_none_or(|wanted| Arc::ptr_eq(wanted, app))
}
