//! What a scope carries for the room that made it, such as the request that it is for.

use std::any::Any;
use std::sync::Arc;

use super::Scope;

impl Scope {
    /// The same scope, which carries this.
    pub(crate) fn carrying(mut self, carried: Arc<dyn Any + Send + Sync>) -> Self {
        self.0.carried = Some(carried);
        self
    }

    /// What the current scope carries, if it is of this type.
    #[cfg(feature = "minijinja")]
    pub(crate) fn carried<T: Any + Send + Sync>() -> Option<Arc<T>> {
        super::current()?.carried.clone()?.downcast().ok()
    }
}
