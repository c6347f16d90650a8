//! Scopes: one snapshot and one instant of an app.

#[cfg(feature = "web")]
use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use super::context::{PinnedApp, ScopeContext, ScopeFuture, current};
use super::scope_override::ScopeOverride;
use crate::runtime::SnapshotCell;

/// One snapshot and one instant of an app: every decision within it agrees with every other.
///
/// On the threads of a runtime, all decisions of a scope together block no longer than
/// [one look-up may](crate::AppBuilder::lookup_timeout); those after it are by the owner of the slot, with the reason
/// [`Provisional`](crate::Reason::Provisional). `create_async` blocks no thread, and has no such limit.
///
/// ```standalone_crate
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
/// let scope = app.scope();
/// scope.enter(|| { /* decisions by the snapshot of this moment */ });
/// scope.run(async { /* these too, also after an await on another thread */ }).await;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Scope(ScopeContext);

impl Scope {
    pub(crate) fn pinned(live: Arc<SnapshotCell>) -> Self {
        Self(ScopeContext::pinned(live))
    }

    /// Runs a closure in this scope.
    pub fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        self.0.enter(run)
    }

    /// Runs a future in this scope, on whichever threads it is polled.
    pub fn enter_async<F: Future>(&self, future: F) -> ScopeFuture<F> {
        self.0.clone().enter_async(future)
    }
}

impl Scope {
    /// The same scope without overrides, also those of the scope around it: what everybody else is given.
    #[must_use]
    pub fn without_overrides(mut self) -> Self {
        let live = self.0.app.as_deref().map(|view| view.cell.clone());
        self.0.scope_override = live.map(|live| Arc::new(ScopeOverride::none(live)));
        self
    }

    /// The same scope, with a choice for the feature at a position; `None` if it is a scope of another app.
    pub(crate) fn with_choice(mut self, live: &Arc<SnapshotCell>, position: usize, choice: u16) -> Option<Self> {
        self.0.app.as_deref().filter(|view: &&PinnedApp| Arc::ptr_eq(&view.cell, live))?;
        let none = || ScopeOverride::none(live.clone());
        let mut overriding = self.0.scope_override.take().map_or_else(none, Arc::unwrap_or_clone);
        overriding.set(position, choice);
        self.0.scope_override = Some(Arc::new(overriding));
        Some(self)
    }

    /// The same scope, which carries this.
    #[cfg(feature = "web")]
    pub(crate) fn carrying(mut self, carried: Arc<dyn Any + Send + Sync>) -> Self {
        self.0.carried = Some(carried);
        self
    }

    /// What the current scope carries, if it is of this type.
    #[cfg(feature = "minijinja")]
    pub(crate) fn carried<T: Any + Send + Sync>() -> Option<Arc<T>> {
        current()?.carried.clone()?.downcast().ok()
    }
}

/// Runs a closure whose decisions by an app all read one snapshot: that of the scope of the app that is entered, or else the newest.
pub(crate) fn in_one_snapshot<R>(app: &Arc<SnapshotCell>, run: impl FnOnce() -> R) -> R {
    let is_pinned = |view: &PinnedApp| Arc::ptr_eq(app, &view.cell) && view.pinned.is_some();
    match current().and_then(|frame| frame.app.clone()) {
        Some(view) if is_pinned(&view) => run(),
        _ => Scope::pinned(app.clone()).enter(run),
    }
}
