//! The context of decisions on this thread: which app decides, by which snapshot, and what tests say instead.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::overriding::Overriding;
use crate::model::Timestamp;
use crate::runtime::{Live, Snapshot, WaitBudget};

thread_local! {
    /// What a frame can change: a flag of its own, because it is read by every decision.
    pub(super) static REACH: Cell<Reach> = const { Cell::new(Reach::Nothing) };
    static FRAME: RefCell<Option<Rc<Frame>>> = const { RefCell::new(None) };
}

/// What decides within a scope. Parts that a scope leaves open are taken from the one around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    pub(super) view: Option<Arc<View>>,
    /// Choices of tests, by the feature's position.
    tests: Vec<(usize, u16)>,
    pub(super) overriding: Option<Arc<Overriding>>,
    /// What a room above carries with a scope, such as the request that it is for.
    pub(super) carried: Option<Arc<dyn Any + Send + Sync>>,
}

/// What the current frame can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// No frame is entered.
    Nothing,
    /// The snapshot of the process-wide app: nothing for a feature that it never had a state of.
    Snapshot,
    /// Anything.
    Everything,
}

/// An app as a scope sees it.
#[derive(Debug)]
pub(super) struct View {
    pub(super) live: Arc<Live>,
    pub(super) pinned: Option<(Arc<Snapshot>, Timestamp)>,
    pub(super) budget: WaitBudget,
}

/// A future that enters a scope whenever it is polled.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is polled"]
pub struct Scoped<F> {
    frame: Frame,
    future: Pin<Box<F>>,
}

/// Restores the frame around when dropped, also by a panic.
struct Entered {
    before: Option<Rc<Frame>>,
}

/// Carries the current scope into a future that is polled elsewhere, such as a spawned task.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let task = tokio::spawn(feats::in_current_scope(async { /* decides as its spawner does */ }));
/// # task.await.unwrap() }
/// ```
pub fn in_current_scope<F: Future>(future: F) -> Scoped<F> {
    current().map_or_else(Frame::default, |frame| (*frame).clone()).run(future)
}

impl Frame {
    /// Decides by what an app knows at the moment of each decision.
    pub(crate) fn live(live: Arc<Live>) -> Self {
        Self { view: Some(Arc::new(View { live, pinned: None, budget: WaitBudget::default() })), ..Self::default() }
    }

    /// Decides by what an app knows now.
    pub(super) fn pinned(live: Arc<Live>) -> Self {
        let pinned = Some((live.load_full(), live.now()));
        Self { view: Some(Arc::new(View { live, pinned, budget: WaitBudget::default() })), ..Self::default() }
    }

    /// Decides for one feature what a test says.
    pub(crate) fn test(position: usize, choice: u16) -> Self {
        Self { tests: vec![(position, choice)], ..Self::default() }
    }

    pub(crate) fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        let _entered = self.clone().push();
        run()
    }

    pub(crate) fn run<F: Future>(self, future: F) -> Scoped<F> {
        Scoped { frame: self, future: Box::pin(future) }
    }

    /// What a test says of the feature at a position.
    pub(super) fn tested(&self, position: usize) -> Option<u16> {
        self.tests.iter().find(|(tested, _)| *tested == position).map(|(_, choice)| *choice)
    }

    fn reach(&self) -> Reach {
        let of_process = |view: &View| view.live.is_process_wide();
        match self.tests.is_empty() && self.overriding.is_none() && self.view.as_deref().is_none_or(of_process) {
            true => Reach::Snapshot,
            false => Reach::Everything,
        }
    }

    fn push(mut self) -> Entered {
        let before = current();
        if let Some(around) = &before {
            self.view = self.view.or_else(|| around.view.clone());
            self.tests.extend_from_slice(&around.tests);
            self.overriding = self.overriding.or_else(|| around.overriding.clone());
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
pub(super) fn current() -> Option<Rc<Frame>> {
    FRAME.try_with(|frame| frame.try_borrow().ok().and_then(|frame| frame.clone())).ok().flatten()
}

fn set(new: Option<Rc<Frame>>) {
    let reach = new.as_deref().map_or(Reach::Nothing, Frame::reach);
    let old = FRAME.try_with(|frame| match frame.try_borrow_mut() {
        Ok(mut frame) => std::mem::replace(&mut *frame, new),
        Err(_) => None,
    });
    REACH.set(reach);
    drop(old);
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.frame.clone().push();
        self.future.as_mut().poll(context)
    }
}

/// Whether a scope on this thread can change what a feature without a state gives.
#[inline]
pub(crate) fn reaches_everything() -> bool {
    REACH.get() == Reach::Everything
}
