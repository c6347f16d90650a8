//! Stores with replicas.

mod failover;
mod suite;
mod switched;
mod writes;
