//! Decisions: from a feature and a subject to a choice, by the app and the snapshot of the current scope.

use std::sync::Arc;

use super::context::{EFFECT, PinnedApp, ScopeEffect, current};
use super::counter_location::CounterLocation;
use super::counting::{count, count_for_process};
use super::observer::{DecisionObserver, Purpose};
use super::process::{process_wide, with_current};
use super::scope_override::ScopeOverride;
use crate::evaluate::{Outcome, Reason};
use crate::model::Timestamp;
use crate::runtime::{FeatureRevision, Position, Snapshot, SnapshotCell, SubjectSource, WaitBudget};

/// A request for a decision: the feature, the subject and the purpose.
#[derive(Debug)]
pub(crate) struct Request<'a, S> {
    /// The position of the feature in every snapshot of the app.
    pub(crate) position: usize,
    /// The choice if there is no valid state.
    pub(crate) default: u16,
    pub(crate) subject: &'a S,
    pub(crate) purpose: &'a Purpose<'a>,
}

/// The app, the snapshot and the limits of a decision.
struct DecisionContext<'a> {
    app: &'a Arc<SnapshotCell>,
    snapshot: &'a Snapshot,
    /// The pinned instant of a scope. Without it, the clock of the app is read if the decision depends on the time.
    instant: Option<Timestamp>,
    /// The time that all decisions of a scope may wait in total.
    budget: Option<&'a WaitBudget>,
    scope_override: Option<&'a ScopeOverride>,
}

impl<S> Clone for Request<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Request<'_, S> {}

/// The revision that decided, looked up only if it is needed.
pub(crate) type DecidingRevision<'l, 'r> = &'l dyn Fn() -> Option<&'r Arc<FeatureRevision>>;

/// Decides for a flag with an app, counts the use, and passes the outcome and the deciding revision to `read`. `find` finds the
/// feature in the snapshot that decides: the pinned one if it is given, else that of the scope of the app, else the newest. Returns
/// `None` if it finds none.
#[inline]
pub(crate) fn use_flag<S: SubjectSource, R>(
    app: &Arc<SnapshotCell>,
    pinned: Option<&PinnedSnapshot>,
    find: impl Fn(&Snapshot) -> Option<Position>,
    subject: &S,
    read: impl for<'r> Fn(Position, Outcome, DecidingRevision<'_, 'r>) -> R,
) -> Option<R> {
    if pinned.is_some() || EFFECT.get() != ScopeEffect::Nothing {
        return use_flag_in_scope(app, pinned, find, subject, read);
    }
    if app.is_process_wide() {
        let decided = with_current(|current, snapshot| {
            Arc::ptr_eq(current, app).then(|| use_flag_by(app, snapshot, &find, subject, &read))
        });
        if let Some(decided) = decided.flatten() {
            return decided;
        }
    }
    use_flag_by_newest(app, find, subject, read)
}

/// Decides for a flag by the newest snapshot of an app that this thread has not cached.
// Not inlined, so that the decision is inlined in the common case, the process-wide app.
#[inline(never)]
fn use_flag_by_newest<S: SubjectSource, R>(
    app: &Arc<SnapshotCell>,
    find: impl Fn(&Snapshot) -> Option<Position>,
    subject: &S,
    read: impl for<'r> Fn(Position, Outcome, DecidingRevision<'_, 'r>) -> R,
) -> Option<R> {
    use_flag_by(app, &app.load(), &find, subject, &read)
}

#[inline(always)]
fn use_flag_by<S: SubjectSource, R>(
    app: &Arc<SnapshotCell>,
    snapshot: &Snapshot,
    find: &impl Fn(&Snapshot) -> Option<Position>,
    subject: &S,
    read: &impl for<'r> Fn(Position, Outcome, DecidingRevision<'_, 'r>) -> R,
) -> Option<R> {
    let position = find(snapshot)?;
    let context = DecisionContext { app, snapshot, instant: None, budget: None, scope_override: None };
    let outcome = Request::for_flag(position, subject).decide_and_count(&context);
    Some(read(position, outcome, &|| snapshot.revision(position.index as usize)))
}

#[inline(never)]
fn use_flag_in_scope<S: SubjectSource, R>(
    app: &Arc<SnapshotCell>,
    pinned: Option<&PinnedSnapshot>,
    find: impl Fn(&Snapshot) -> Option<Position>,
    subject: &S,
    read: impl for<'r> Fn(Position, Outcome, DecidingRevision<'_, 'r>) -> R,
) -> Option<R> {
    let Some(PinnedSnapshot { snapshot, instant }) = pinned else {
        let position = find(&app.load())?;
        let request = Request::for_flag(position, subject);
        return Some(request.observe(Some(app), |outcome, revision| read(position, outcome, &|| revision)));
    };
    let (position, scope) = (find(snapshot)?, current());
    if let Some(choice) = scope.as_deref().and_then(|scope| scope.test_choice(position.index as usize)) {
        return Some(read(position, Outcome::without_state(choice, Reason::Test), &|| None));
    }
    let scope_override = scope.as_deref().and_then(|scope| scope.scope_override.as_deref());
    let context = DecisionContext { app, snapshot, instant: Some(*instant), budget: None, scope_override };
    let request = Request::for_flag(position, subject);
    Some(request.decide_by(&context, |outcome, revision| read(position, outcome, &|| revision)))
}

/// A snapshot and an instant by which several decisions are made.
pub(crate) struct PinnedSnapshot {
    snapshot: Arc<Snapshot>,
    instant: Timestamp,
}

impl PinnedSnapshot {
    /// Pins what an app decides by now on this thread.
    pub(crate) fn new(app: &Arc<SnapshotCell>) -> Self {
        let scope = current().and_then(|scope| scope.app.clone());
        let of_scope = scope.filter(|pinned_app| Arc::ptr_eq(app, &pinned_app.cell));
        let (snapshot, instant) =
            of_scope.and_then(|pinned_app| pinned_app.pinned.clone()).unwrap_or_else(|| (app.load_full(), app.now()));
        Self { snapshot, instant }
    }
}

/// Calls a function with the app that decides on this thread: that of the current scope, else the process-wide one, if there is one.
pub(crate) fn with_deciding_app<R>(call: impl FnOnce(&Arc<SnapshotCell>) -> R) -> Option<R> {
    match current().and_then(|scope| scope.app.clone()) {
        Some(pinned_app) => Some(call(&pinned_app.cell)),
        None => process_wide().as_ref().map(call),
    }
}

impl<'a, S: SubjectSource> Request<'a, S> {
    /// Creates a request to use a flag. Its first choice is the default.
    #[inline]
    fn for_flag(position: Position, subject: &'a S) -> Self {
        const PURPOSE: &Purpose<'static> = &Purpose::Create(CounterLocation::BY_REVISION);
        Self { position: position.index as usize, default: 0, subject, purpose: PURPOSE }
    }
}

impl<S: SubjectSource> Request<'_, S> {
    /// Decides, and returns the choice.
    #[inline]
    pub(crate) fn decide(self) -> u16 {
        if EFFECT.get() == ScopeEffect::Nothing {
            // The closure returns only the choice: returning the whole outcome costs as much as the decision.
            let decided = with_current(|app, snapshot| {
                let context = DecisionContext { app, snapshot, instant: None, budget: None, scope_override: None };
                self.outcome(&context).choice
            });
            if let Some(choice) = decided {
                if let Some((location, choice)) = self.purpose.counted_use(choice) {
                    count_for_process(location.index(choice));
                }
                return choice;
            }
        }
        let Self { position, default, subject, purpose } = self;
        Self::decide_in_scope(position, default, subject, purpose)
    }

    // Takes the parts of the request, so that the fast path above does not need the request in memory.
    #[inline(never)]
    fn decide_in_scope(position: usize, default: u16, subject: &S, purpose: &Purpose<'_>) -> u16 {
        Request { position, default, subject, purpose }.observe(None, |outcome, _| outcome.choice)
    }

    /// Decides, and passes the outcome and the deciding revision to `inspect`. If `app` is given, it decides, by the snapshot of
    /// its scope if one is entered. Otherwise the app of the scope decides, or the process-wide one.
    pub(crate) fn observe<R>(
        &self,
        app: Option<&Arc<SnapshotCell>>,
        inspect: impl FnOnce(Outcome, Option<&Arc<FeatureRevision>>) -> R,
    ) -> R {
        let scope = current();
        let mut app = app;
        let mut scope_override = None;
        if let Some(scope) = scope.as_deref() {
            if let Some(choice) = scope.test_choice(self.position) {
                return inspect(Outcome::without_state(choice, Reason::Test), None);
            }
            scope_override = scope.scope_override.as_deref();
            let is_requested = |pinned_app: &&PinnedApp| app.is_none_or(|app| Arc::ptr_eq(app, &pinned_app.cell));
            if let Some(PinnedApp { cell, pinned, budget }) = scope.app.as_deref().filter(is_requested) {
                if let Some((snapshot, instant)) = pinned {
                    let (instant, budget) = (Some(*instant), Some(budget));
                    let context = DecisionContext { app: cell, snapshot, instant, budget, scope_override };
                    return self.decide_by(&context, inspect);
                }
                app = Some(cell);
            }
        }
        let process = if app.is_none() { Some(process_wide()) } else { None };
        let Some(app) = app.or_else(|| process.as_ref()?.as_ref()) else {
            return inspect(Outcome::without_state(self.default, Reason::NotStarted), None);
        };
        let snapshot = &*app.load();
        self.decide_by(&DecisionContext { app, snapshot, instant: None, budget: None, scope_override }, inspect)
    }

    /// Decides, counts the use if the choice is used, and passes the outcome and the deciding revision to `inspect`.
    #[inline(always)]
    fn decide_by<R>(
        &self,
        context: &DecisionContext<'_>,
        inspect: impl FnOnce(Outcome, Option<&Arc<FeatureRevision>>) -> R,
    ) -> R {
        let DecisionContext { app, snapshot, scope_override, .. } = *context;
        let revision = || snapshot.revision(self.position);
        // The use of an override is not counted, because no state decided.
        if let Some(outcome) = scope_override.and_then(|it| it.outcome(app, snapshot, self.position)) {
            return inspect(outcome, revision());
        }
        inspect(self.decide_and_count(context), revision())
    }

    /// Decides by the state, and counts the use if the choice is used.
    #[inline(always)]
    fn decide_and_count(&self, context: &DecisionContext<'_>) -> Outcome {
        let outcome = self.outcome(context);
        if let Some((location, choice)) = self.purpose.counted_use(outcome.choice) {
            let index = match location {
                CounterLocation::BY_REVISION => context.snapshot.counter(self.position, choice),
                in_code => Some(in_code.index(choice)),
            };
            index.into_iter().for_each(|index| count(context.app, index));
        }
        outcome
    }

    /// Evaluates the feature for the subject by the snapshot. Every decision of an app ends here.
    // Always inlined: a function call would add more than 10% to the cost of a decision.
    #[inline(always)]
    fn outcome(&self, context: &DecisionContext<'_>) -> Outcome {
        let DecisionContext { app, snapshot, instant, budget, .. } = *context;
        let observer = DecisionObserver::new(app, self.purpose, budget);
        let now = || instant.unwrap_or_else(|| app.now());
        snapshot.decide(self.position, self.default, self.subject, now, || fastrand::u64(..), &observer)
    }
}
