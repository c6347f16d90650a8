//! Notifications of watchers by an append.

use super::dialect::Dialect;
use super::error::Failure;
use super::session::Session;
#[cfg(feature = "postgres")]
use super::tables::Tables;

/// Notifies watchers of an append when its transaction commits.
pub(super) async fn notify(session: &mut Session) -> Result<(), Failure> {
    match session.tables.dialect {
        #[cfg(feature = "postgres")]
        Dialect::Postgres => {
            let channel = channel(&session.tables);
            session.fetch("SELECT 1 FROM (SELECT pg_notify($1, '')) AS notified", &[(&channel).into()]).await.map(drop)
        }
        #[cfg(feature = "mysql")]
        Dialect::MySql => Ok(()),
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => Ok(()),
    }
}

/// Returns the channel of the store in its database.
#[cfg(feature = "postgres")]
pub(super) fn channel(tables: &Tables) -> String {
    format!("feats_{:016x}", tables.id())
}
