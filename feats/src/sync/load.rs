//! Reading all that a store has, and comparing it with what was known.

use super::replica::Replica;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Cursor, Store};

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
    Ok(replica.epoch() == Some(epoch) && replica.agrees(seen, &versions))
}
