//! The context of decisions on this thread: which app decides, by which snapshot, and what tests say instead.

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
    /// What a frame can change: a flag of its own, because it is read by every decision.
    pub(super) static EFFECT: Cell<ScopeEffect> = const { Cell::new(ScopeEffect::Nothing) };
    static CURRENT: RefCell<Option<Rc<ScopeContext>>> = const { RefCell::new(None) };
}

/// What decides within a scope. Parts that a scope leaves open are taken from the one around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScopeContext {
    pub(super) app: Option<Arc<PinnedApp>>,
    /// Choices of tests, by the feature's position.
    tests: Vec<(usize, u16)>,
    pub(super) scope_override: Option<Arc<ScopeOverride>>,
    /// What a room above carries with a scope, such as the request that it is for.
    pub(super) carried: Option<Arc<dyn Any + Send + Sync>>,
}

/// What the current frame can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeEffect {
    /// No frame is entered.
    Nothing,
    /// The snapshot of the process-wide app: nothing for a feature that it never had a state of.
    Snapshot,
    /// Anything.
    Everything,
}

/// An app as a scope sees it.
#[derive(Debug)]
pub(super) struct PinnedApp {
    pub(super) cell: Arc<SnapshotCell>,
    pub(super) pinned: Option<(Arc<Snapshot>, Timestamp)>,
    pub(super) budget: WaitBudget,
}

/// A future that enters a scope whenever it is polled.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is polled"]
pub struct ScopeFuture<F> {
    context: ScopeContext,
    future: Pin<Box<F>>,
}

/// Restores the frame around when dropped, also by a panic.
struct Entered {
    before: Option<Rc<ScopeContext>>,
}

/// Carries the current scope into a future that is polled elsewhere, such as a spawned task.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let task = tokio::spawn(feats::in_current_scope(async { /* decides as its spawner does */ }));
/// # task.await.unwrap() }
/// ```
pub fn in_current_scope<F: Future>(future: F) -> ScopeFuture<F> {
    current().map_or_else(ScopeContext::default, |frame| (*frame).clone()).enter_async(future)
}

impl ScopeContext {
    /// Decides by what an app knows at the moment of each decision.
    pub(crate) fn live(live: Arc<SnapshotCell>) -> Self {
        Self {
            app: Some(Arc::new(PinnedApp { cell: live, pinned: None, budget: WaitBudget::default() })),
            ..Self::default()
        }
    }

    /// Decides by what an app knows now.
    pub(super) fn pinned(live: Arc<SnapshotCell>) -> Self {
        let pinned = Some((live.load_full(), live.now()));
        Self { app: Some(Arc::new(PinnedApp { cell: live, pinned, budget: WaitBudget::default() })), ..Self::default() }
    }

    /// Decides for one feature what a test says.
    pub(crate) fn test(position: usize, choice: u16) -> Self {
        Self { tests: vec![(position, choice)], ..Self::default() }
    }

    pub(crate) fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        let _entered = self.clone().push();
        run()
    }

    pub(crate) fn enter_async<F: Future>(self, future: F) -> ScopeFuture<F> {
        ScopeFuture { context: self, future: Box::pin(future) }
    }

    /// What a test says of the feature at a position.
    pub(super) fn tested(&self, position: usize) -> Option<u16> {
        self.tests.iter().find(|(tested, _)| *tested == position).map(|(_, choice)| *choice)
    }

    fn effect(&self) -> ScopeEffect {
        let of_process = |view: &PinnedApp| view.cell.is_process_wide();
        match self.tests.is_empty() && self.scope_override.is_none() && self.app.as_deref().is_none_or(of_process) {
            true => ScopeEffect::Snapshot,
            false => ScopeEffect::Everything,
        }
    }

    fn push(mut self) -> Entered {
        let before = current();
        if let Some(around) = &before {
            self.app = self.app.or_else(|| around.app.clone());
            self.tests.extend_from_slice(&around.tests);
            self.scope_override = self.scope_override.or_else(|| around.scope_override.clone());
            self.carried = self.carried.or_else(|| around.carried.clone());
        }
        set(Some(Rc::new(self)));
        Entered { before }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        set(self.before.take());
    }
}

/// A thread that is ending has no frame.
pub(super) fn current() -> Option<Rc<ScopeContext>> {
    CURRENT.try_with(|frame| frame.try_borrow().ok().and_then(|frame| frame.clone())).ok().flatten()
}

fn set(new: Option<Rc<ScopeContext>>) {
    let reach = new.as_deref().map_or(ScopeEffect::Nothing, ScopeContext::effect);
    let old = CURRENT.try_with(|frame| match frame.try_borrow_mut() {
        Ok(mut frame) => std::mem::replace(&mut *frame, new),
        Err(_) => None,
    });
    EFFECT.set(reach);
    drop(old);
}

impl<F: Future> Future for ScopeFuture<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.context.clone().push();
        self.future.as_mut().poll(context)
    }
}

/// Whether a scope on this thread can change what a feature without a state gives.
#[inline]
pub(crate) fn affects_every_feature() -> bool {
    EFFECT.get() == ScopeEffect::Everything
}
