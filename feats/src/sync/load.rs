//! Reading all that a store has, and comparing it with what was known.

use std::time::Duration;

use tokio::time::timeout;

use super::replica::Replica;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Cursor, Store, StoreHealth};

/// How long the check of a store may take. What it says stops nothing, so nothing waits long for it.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Reads the whole store; gives the cursor to watch from.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn load(store: &dyn Store, replica: &Replica) -> Result<Cursor> {
    // In this order: whatever is known before the store is asked, it must have.
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

/// Whether watching has missed nothing: the safety net under it.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn is_in_step(store: &dyn Store, replica: &Replica) -> Result<bool> {
    let seen = replica.seen();
    let epoch = store.epoch().await?;
    let versions = store.versions().await?;
    check(store, &replica.health).await;
    Ok(replica.health.epoch() == Some(epoch) && replica.agrees(seen, &versions))
}

/// Asks what is wrong with the store although it answers. Without an answer, what is known stays.
pub(super) async fn check(store: &dyn Store, health: &StoreHealth) {
    match timeout(CHECK_TIMEOUT, store.check()).await {
        Ok(Ok(warnings)) => health.set_warnings(warnings),
        Ok(Err(error)) => tracing::debug!(error = %error.report(), "the store cannot be checked"),
        Err(_) => tracing::debug!("the check of the store gave no answer within {CHECK_TIMEOUT:?}"),
    }
}
