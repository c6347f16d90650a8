//! A capability together with the health of the store that provides it.

use std::sync::Arc;

use super::health::StoreHealth;

/// A capability, and the health of the store that provides it.
pub(crate) struct CapabilityHandle<C: ?Sized> {
    pub(crate) store: Arc<C>,
    pub(crate) health: Arc<StoreHealth>,
}

impl<C: ?Sized> CapabilityHandle<C> {
    /// Returns `true` if the store of this capability is reachable.
    pub(crate) fn is_live(&self) -> bool {
        self.health.is_live()
    }

    /// Returns `true` if both capabilities are of one store, so that an outage affects both.
    pub(crate) fn is_of_same_store<D: ?Sized>(&self, other: &CapabilityHandle<D>) -> bool {
        Arc::ptr_eq(&self.health, &other.health)
    }
}

impl<C: ?Sized> Clone for CapabilityHandle<C> {
    fn clone(&self) -> Self {
        Self { store: self.store.clone(), health: self.health.clone() }
    }
}
