//! The stores: each keeps its contract, the contract finds stores that do not, and the hardships of SQLite and Redis.

mod broken;
mod capabilities;
mod experiments;
#[cfg(feature = "redis")]
mod redis;
mod sqlite;
mod suite;
mod writing;
