//! Stores in the servers PostgreSQL and MySQL.

mod address;
mod capabilities;
mod check;
mod connect;
mod connection;
mod error;
#[cfg(feature = "postgres")]
mod listen;
mod macros;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod product;
mod schema;
mod watch;

use std::time::Duration;

use async_trait::async_trait;

use self::connection::Server;
use self::macros::with_session;
#[cfg(feature = "mysql")]
pub use self::mysql::MySql;
#[cfg(feature = "postgres")]
pub use self::postgres::Postgres;
use crate::error::Result;
use crate::model::Entry;
use crate::store::sql::{position, revisions};
use crate::store::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, ServerReport, Store,
    WatchEvent,
};

#[async_trait]
impl Store for Server {
    fn name(&self) -> String {
        self.options.address.to_string()
    }

    async fn load(&self) -> Result<LoadedStates> {
        with_session!(self, |session| revisions::load(session))
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(Store::name(self)))?;
        let appended = with_session!(self, |session| revisions::append(session, expected, entry));
        match appended.map_err(|error| error.with_feature(&entry.feature))? {
            Ok(position) => {
                self.set_appended(Some(position));
                Ok(AppendOutcome::Done)
            }
            Err(current) => Ok(AppendOutcome::Conflict(current)),
        }
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let history = with_session!(self, |session| revisions::history(session, feature, page));
        history.map_err(|error| error.with_feature(feature))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        watch::watch(self, after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        with_session!(self, |session| revisions::versions(session))
    }

    async fn epoch(&self) -> Result<String> {
        with_session!(self, |session| position::epoch(session))
    }

    async fn check(&self) -> Result<Vec<String>> {
        check::check(self).await
    }

    async fn server(&self) -> Result<ServerReport> {
        check::report(self).await
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        Some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(self)
    }
}

#[cfg(feature = "postgres")]
impl Server {
    /// Returns the connection that listens, and opens it if necessary; `None` if the server cannot notify.
    async fn listening<'a>(&self, slot: &'a mut Option<listen::Listener>) -> Result<Option<&'a mut listen::Listener>> {
        if !slot.as_ref().is_some_and(listen::Listener::is_usable) {
            *slot = match listen::Listener::connect(&self.options.address, &self.options.address.tables()).await {
                Ok(listener) => Some(listener),
                Err(failure) if error::is_read_only(&failure) => None,
                Err(failure) => return Err(self.explain(failure)),
            };
        }
        Ok(slot.as_mut())
    }
}
