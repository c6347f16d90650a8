//! A capability as an app uses it: of one store or another, with the health of that store.

use std::sync::Arc;

use super::health::StoreHealth;

/// A capability, and the health of the store that has it.
pub(crate) struct Provided<C: ?Sized> {
    pub(crate) store: Arc<C>,
    pub(crate) health: Arc<StoreHealth>,
}

impl<C: ?Sized> Provided<C> {
    /// Whether the store of this capability answers.
    pub(crate) fn is_live(&self) -> bool {
        self.health.is_live()
    }

    /// Whether both are of one store, so that an outage is one of both.
    pub(crate) fn is_of_same_store<D: ?Sized>(&self, other: &Provided<D>) -> bool {
        Arc::ptr_eq(&self.health, &other.health)
    }
}

impl<C: ?Sized> Clone for Provided<C> {
    fn clone(&self) -> Self {
        Self { store: self.store.clone(), health: self.health.clone() }
    }
}
