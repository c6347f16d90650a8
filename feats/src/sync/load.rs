//! Loading a store, and comparing it with the known revisions.

use std::time::Duration;

use tokio::time::timeout;

use super::replica::Replica;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Cursor, Store, StoreHealth};

/// The time limit of a store's check. It is short, because following does not depend on the result.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Loads the whole store. Returns the cursor to watch from.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn load(store: &dyn Store, replica: &Replica) -> Result<Cursor> {
    // In this order: the store must have everything that was known before it is read.
    let seen = replica.seen();
    let epoch = store.epoch().await?;
    let loaded = store.load().await?;
    if store.epoch().await? != epoch {
        return Err(Error::new(ErrorKind::Unavailable, "the store was emptied or restored while it was read"));
    }
    replica.reconcile(seen, loaded.entries, epoch);
    check(store, &replica.health).await;
    Ok(loaded.cursor)
}

/// Returns `true` if the replica has the newest versions of the store. A safeguard in case watching has missed a change.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn is_up_to_date(store: &dyn Store, replica: &Replica) -> Result<bool> {
    let seen = replica.seen();
    let epoch = store.epoch().await?;
    let versions = store.versions().await?;
    check(store, &replica.health).await;
    Ok(replica.health.epoch() == Some(epoch) && replica.agrees(seen, &versions))
}

/// Updates the warnings of a reachable store. If the check fails, the last warnings stay.
pub(super) async fn check(store: &dyn Store, health: &StoreHealth) {
    match timeout(CHECK_TIMEOUT, store.check()).await {
        Ok(Ok(warnings)) => health.set_warnings(warnings),
        Ok(Err(error)) => tracing::debug!(error = %error.report(), "the store cannot be checked"),
        Err(_) => tracing::debug!("the check of the store did not finish within {CHECK_TIMEOUT:?}"),
    }
}
