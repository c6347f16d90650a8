//! The stores: the contract suite, violations that the suite finds, and faults of SQLite and Redis.

mod broken;
mod cached;
mod capabilities;
mod certificates;
#[cfg(feature = "consul")]
mod consul;
mod experiments;
#[cfg(feature = "mysql")]
mod mysql;
mod observed;
mod outages;
#[cfg(feature = "postgres")]
mod postgres;
mod read_only;
mod recording;
#[cfg(feature = "redis")]
mod redis;
mod replicated;
#[cfg(feature = "s3")]
mod s3;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod sql;
mod sqlite;
mod suite;
mod urls;
mod writing;
