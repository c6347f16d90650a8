//! The stores: each keeps its contract, the contract finds stores that do not, and SQLite's own hardships.

mod broken;
mod sqlite;
mod suite;
