//! Stores in SQL databases.

#[cfg(any(feature = "mysql", feature = "postgres"))]
mod server;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "mysql")]
pub use server::MySql;
#[cfg(feature = "postgres")]
pub use server::Postgres;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;
