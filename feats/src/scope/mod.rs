//! Scopes: the app and the snapshot that decide on this thread, and the choices of tests.

mod context;
mod counter_location;
mod counting;
mod decide;
mod deferred;
mod observer;
mod pinned;
mod process;
mod scope_override;

pub(crate) use context::{ScopeContext, affects_every_feature};
pub use context::{ScopeFuture, in_current_scope};
pub(crate) use counter_location::CounterLocation;
pub(crate) use counting::count_default;
pub(crate) use decide::{DecidingRevision, PinnedSnapshot, Request, use_flag, with_deciding_app};
pub(crate) use deferred::DeferredDecision;
pub(crate) use observer::Purpose;
pub use pinned::Scope;
pub(crate) use pinned::in_one_snapshot;
pub(crate) use process::set_process;
pub(crate) use scope_override::ScopeChoice;
