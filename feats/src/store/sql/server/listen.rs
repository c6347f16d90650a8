//! Notifications of PostgreSQL about appends.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::address::Address;
use super::connect::{CONNECT_TIMEOUT, postgres_options};
use super::error::connect_timeout;
use crate::store::sql::error::Failure;
use crate::store::sql::notify::channel;
use crate::store::sql::tables::Tables;

/// A connection that receives notifications.
pub(super) struct Listener {
    /// `None` only while it is dropped.
    listener: Option<PgListener>,
    /// The runtime on which the connection was opened.
    runtime: Handle,
}

impl Listener {
    /// Connects, and listens before it returns.
    pub(super) async fn connect(address: &Address, tables: &Tables) -> Result<Self, Failure> {
        let options = postgres_options(address).await?;
        // The driver listens on a connection of a pool; this pool has no other.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(CONNECT_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options);
        let listen = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.eager_reconnect(false);
            let listener = Self { listener: Some(listener), runtime: Handle::current() };
            listener.listen(&channel(tables)).await
        };
        let listening = timeout(CONNECT_TIMEOUT, listen).await;
        listening.unwrap_or_else(|_| Err(connect_timeout(address, CONNECT_TIMEOUT)))
    }

    async fn listen(mut self, channel: &str) -> Result<Self, Failure> {
        if let Some(listener) = &mut self.listener {
            listener.listen(channel).await?;
        }
        Ok(self)
    }

    /// Returns `true` if the connection belongs to the current runtime.
    pub(super) fn is_usable(&self) -> bool {
        self.runtime.id() == Handle::current().id()
    }

    /// Waits for a notification. Returns `false` if the connection was lost.
    pub(super) async fn wait(&mut self, time: Duration) -> bool {
        let Some(listener) = &mut self.listener else { return false };
        match timeout(time, listener.try_recv()).await {
            Err(_) | Ok(Ok(Some(_))) => true,
            Ok(Ok(None) | Err(_)) => false,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // The driver starts a task that ends the connection, for which it needs the runtime.
        let _runtime = self.runtime.enter();
        drop(self.listener.take());
    }
}
