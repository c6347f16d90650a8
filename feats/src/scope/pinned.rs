//! Scopes: one snapshot and one instant of an app.

#[cfg(feature = "web")]
use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use super::context::{PinnedApp, ScopeContext, ScopeFuture, current};
use super::scope_override::{ScopeChoice, ScopeOverride};
use crate::runtime::SnapshotCell;

/// A pinned snapshot and instant of an app, so that all decisions within the scope are consistent.
///
/// On the threads of a runtime, all decisions of a scope together block for at most the
/// [time of one look-up](crate::AppBuilder::lookup_timeout). Later decisions in the scope that need a look-up follow the slot
/// instead, with the reason [`Provisional`](crate::Reason::Provisional). `create_async` does not block a thread and has no
/// such limit.
///
/// See [`App::scope`](crate::App::scope).
///
/// ```standalone_crate
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
/// let scope = app.scope();
/// scope.enter(|| { /* decides by the pinned snapshot */ });
/// scope.enter_async(async { /* also decides by it, even after an await on another thread */ }).await;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Scope(ScopeContext);

impl Scope {
    pub(crate) fn pinned(cell: Arc<SnapshotCell>) -> Self {
        Self(ScopeContext::pinned(cell))
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
    /// Returns the scope without overrides, neither its own nor those of the enclosing scope: decisions are those for a user
    /// without overrides.
    #[must_use]
    pub fn without_overrides(mut self) -> Self {
        let cell = self.0.app.as_deref().map(|pinned_app| pinned_app.cell.clone());
        self.0.scope_override = cell.map(|cell| Arc::new(ScopeOverride::none(cell)));
        self
    }

    /// Returns the scope with an override for the feature at a position; `None` if it is a scope of another app.
    pub(crate) fn with_choice(
        mut self,
        cell: &Arc<SnapshotCell>,
        position: usize,
        choice: ScopeChoice,
    ) -> Option<Self> {
        self.0.app.as_deref().filter(|pinned_app: &&PinnedApp| Arc::ptr_eq(&pinned_app.cell, cell))?;
        let none = || ScopeOverride::none(cell.clone());
        let mut scope_override = self.0.scope_override.take().map_or_else(none, Arc::unwrap_or_clone);
        scope_override.set(position, choice);
        self.0.scope_override = Some(Arc::new(scope_override));
        Some(self)
    }

    /// Returns the scope with an attached value.
    #[cfg(feature = "web")]
    pub(crate) fn carrying(mut self, carried: Arc<dyn Any + Send + Sync>) -> Self {
        self.0.carried = Some(carried);
        self
    }

    /// Returns the value that is attached to the current scope, if it has this type.
    #[cfg(feature = "minijinja")]
    pub(crate) fn carried<T: Any + Send + Sync>() -> Option<Arc<T>> {
        current()?.carried.clone()?.downcast().ok()
    }
}

/// Runs a closure in which all decisions of an app read one snapshot: that of the entered scope of the app, or else the newest.
pub(crate) fn in_one_snapshot<R>(app: &Arc<SnapshotCell>, run: impl FnOnce() -> R) -> R {
    let is_pinned = |pinned_app: &PinnedApp| Arc::ptr_eq(app, &pinned_app.cell) && pinned_app.pinned.is_some();
    match current().and_then(|context| context.app.clone()) {
        Some(pinned_app) if is_pinned(&pinned_app) => run(),
        _ => Scope::pinned(app.clone()).enter(run),
    }
}
