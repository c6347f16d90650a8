//! Hooks: code of the program that observes its own writes, and may refuse them.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

use crate::error::Result;
use crate::model::State;

/// A write, as a hook sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObservedWrite<'a> {
    pub(crate) feature: &'a str,
    /// `true` if the feature is, or was, a flag.
    pub(crate) is_flag: bool,
    /// The name that the caller gave the write, if any.
    pub(crate) tag: Option<&'static str>,
    pub(crate) author: &'a str,
    pub(crate) comment: &'a str,
    /// The version of the new revision.
    pub(crate) version: u64,
    /// The state that the write is based on.
    pub(crate) before: &'a State,
    /// The state that is written; `None` for a tombstone.
    pub(crate) after: Option<&'a State>,
}

/// Observes the writes of this program, whichever API makes them, and the changes that other programs make.
pub(crate) trait WriteHook: Any + Send + Sync {
    /// Called once the write is complete and confirmed, before it is appended.
    ///
    /// # Errors
    /// The hook refuses the write. Nothing is written.
    fn before(&self, write: &ObservedWrite<'_>) -> Result<()>;

    /// Called once this program decides by a write of its own, or of another program.
    fn after(self: Arc<Self>, write: &ObservedWrite<'_>) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The hook of an app, set at most once.
#[derive(Default)]
pub(crate) struct WriteHookSlot {
    hook: OnceLock<Arc<dyn WriteHook>>,
    set: Notify,
}

impl WriteHookSlot {
    /// Returns the hook, if it is set.
    pub(crate) fn get(&self) -> Option<&Arc<dyn WriteHook>> {
        self.hook.get()
    }

    /// Waits until the hook is set. Only one task may wait.
    pub(crate) async fn wait(&self) -> &Arc<dyn WriteHook> {
        loop {
            match self.hook.get() {
                Some(hook) => return hook,
                None => self.set.notified().await,
            }
        }
    }

    /// Returns the hook; `create` creates it if there is none.
    pub(crate) fn get_or_set(&self, create: impl FnOnce() -> Arc<dyn WriteHook>) -> &Arc<dyn WriteHook> {
        let hook = self.hook.get_or_init(create);
        self.set.notify_one();
        hook
    }
}

impl fmt::Debug for WriteHookSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WriteHookSlot").field(&self.hook.get().is_some()).finish()
    }
}
