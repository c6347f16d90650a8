//! The context of decisions on this thread: the app, the snapshot, and the choices of tests.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::scope_override::ScopeOverride;
use crate::model::Timestamp;
use crate::runtime::{Snapshot, SnapshotCell, WaitBudget};

thread_local! {
    /// The effect of the current context. It is stored separately, because every decision reads it.
    pub(super) static EFFECT: Cell<ScopeEffect> = const { Cell::new(ScopeEffect::Nothing) };
    static CURRENT: RefCell<Option<Rc<ScopeContext>>> = const { RefCell::new(None) };
}

/// The context of decisions within a scope. Parts that are not set are inherited from the enclosing scope.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScopeContext {
    pub(super) app: Option<Arc<PinnedApp>>,
    /// The choices of tests, by the position of the feature.
    tests: Vec<(usize, u16)>,
    pub(super) scope_override: Option<Arc<ScopeOverride>>,
    /// A value that another module attaches to a scope, such as the request.
    pub(super) carried: Option<Arc<dyn Any + Send + Sync>>,
}

/// The decisions that the current context can affect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeEffect {
    /// No decision: no scope is entered.
    Nothing,
    /// Decisions of features that the process-wide app has, or had, a state of: it selects a snapshot of that app.
    Snapshot,
    /// Every decision.
    Everything,
}

/// The app of a scope, with its pinned snapshot if it has one.
#[derive(Debug)]
pub(super) struct PinnedApp {
    pub(super) cell: Arc<SnapshotCell>,
    pub(super) pinned: Option<(Arc<Snapshot>, Timestamp)>,
    pub(super) budget: WaitBudget,
}

/// A future that enters a scope on every poll.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is polled"]
pub struct ScopeFuture<F> {
    context: ScopeContext,
    future: Pin<Box<F>>,
}

/// A guard that restores the previous context when it is dropped, including by a panic.
struct EnteredGuard {
    previous: Option<Rc<ScopeContext>>,
}

/// Wraps a future, such as a task to spawn, so that it runs in the current scope wherever it is polled.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let task = tokio::spawn(feats::in_current_scope(async { /* decides in the scope of the spawner */ }));
/// # task.await.unwrap() }
/// ```
pub fn in_current_scope<F: Future>(future: F) -> ScopeFuture<F> {
    current().map_or_else(ScopeContext::default, |context| (*context).clone()).enter_async(future)
}

impl ScopeContext {
    /// Creates a context in which an app decides by its newest snapshot at each decision.
    pub(crate) fn following(cell: Arc<SnapshotCell>) -> Self {
        Self { app: Some(Arc::new(PinnedApp { cell, pinned: None, budget: WaitBudget::default() })), ..Self::default() }
    }

    /// Creates a context in which an app decides by its current snapshot and instant.
    pub(super) fn pinned(cell: Arc<SnapshotCell>) -> Self {
        let pinned = Some((cell.load_full(), cell.now()));
        Self { app: Some(Arc::new(PinnedApp { cell, pinned, budget: WaitBudget::default() })), ..Self::default() }
    }

    /// Creates a context with the choice of a test for one feature.
    pub(crate) fn test(position: usize, choice: u16) -> Self {
        Self { tests: vec![(position, choice)], ..Self::default() }
    }

    pub(crate) fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        let _guard = self.clone().push();
        run()
    }

    pub(crate) fn enter_async<F: Future>(self, future: F) -> ScopeFuture<F> {
        ScopeFuture { context: self, future: Box::pin(future) }
    }

    /// Returns the choice of a test for the feature at a position.
    pub(super) fn test_choice(&self, position: usize) -> Option<u16> {
        self.tests.iter().find(|(feature, _)| *feature == position).map(|(_, choice)| *choice)
    }

    fn effect(&self) -> ScopeEffect {
        let is_process_wide = |pinned_app: &PinnedApp| pinned_app.cell.is_process_wide();
        match self.tests.is_empty() && self.scope_override.is_none() && self.app.as_deref().is_none_or(is_process_wide)
        {
            true => ScopeEffect::Snapshot,
            false => ScopeEffect::Everything,
        }
    }

    fn push(mut self) -> EnteredGuard {
        let previous = current();
        if let Some(outer) = &previous {
            self.app = self.app.or_else(|| outer.app.clone());
            self.tests.extend_from_slice(&outer.tests);
            self.scope_override = self.scope_override.or_else(|| outer.scope_override.clone());
            self.carried = self.carried.or_else(|| outer.carried.clone());
        }
        set_current(Some(Rc::new(self)));
        EnteredGuard { previous }
    }
}

impl Drop for EnteredGuard {
    fn drop(&mut self) {
        set_current(self.previous.take());
    }
}

/// Returns the context that is entered on this thread. A thread that is ending has none.
pub(super) fn current() -> Option<Rc<ScopeContext>> {
    CURRENT.try_with(|context| context.try_borrow().ok().and_then(|context| context.clone())).ok().flatten()
}

fn set_current(new: Option<Rc<ScopeContext>>) {
    let effect = new.as_deref().map_or(ScopeEffect::Nothing, ScopeContext::effect);
    let old = CURRENT.try_with(|context| match context.try_borrow_mut() {
        Ok(mut context) => std::mem::replace(&mut *context, new),
        Err(_) => None,
    });
    EFFECT.set(effect);
    drop(old);
}

impl<F: Future> Future for ScopeFuture<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task_context: &mut Context<'_>) -> Poll<F::Output> {
        let _guard = self.context.clone().push();
        self.future.as_mut().poll(task_context)
    }
}

/// Returns `true` if a scope on this thread can affect features without a state.
#[inline]
pub(crate) fn affects_every_feature() -> bool {
    EFFECT.get() == ScopeEffect::Everything
}
