//! Stores in SQL databases: one code, three dialects. `server` and `sqlite` have what differs: connections, schemas, errors.

mod assignments;
mod counters;
mod dialect;
mod error;
mod notify;
mod position;
mod records;
mod revisions;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod server;
mod session;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tables;
mod value;

#[cfg(feature = "mysql")]
pub use server::MySql;
#[cfg(feature = "postgres")]
pub use server::Postgres;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;
