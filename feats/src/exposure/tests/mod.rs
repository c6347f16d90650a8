//! Recording, storing and lookups, on a store with scripted failures and delays.

pub(super) mod compiled;
mod fixture;
mod lookups;
mod recording;
mod storing;
