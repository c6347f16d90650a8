//! Histories, read from the oldest revision to the newest.

use feats::model::Entry;
use feats::store::{Page, RevisionStamp, Store};
use feats::{Error, ErrorKind, Result};

/// The maximum number of revisions in memory. A revision has at most 4 MiB.
pub(super) const PAGE_SIZE: u64 = 32;

/// Reads a part of a history, oldest first: at most [`PAGE_SIZE`] revisions after the version `after`, up to `last`.
pub(super) async fn read(store: &dyn Store, feature: &str, after: u64, last: u64) -> Result<Vec<Entry>> {
    let end = last.min(after.saturating_add(PAGE_SIZE));
    let limit = usize::try_from(end.saturating_sub(after)).unwrap_or_default();
    let page = Page { before: Some(end.saturating_add(1)), limit };
    let mut entries = store.history(feature, page).await?;
    entries.reverse();
    let is_complete = entries.len() == limit && entries.iter().zip(after + 1..).all(|(entry, n)| entry.version == n);
    if is_complete {
        return Ok(entries);
    }
    let message = format!("the store did not return the versions {} to {end}", after + 1);
    Err(Error::new(ErrorKind::Corrupt, message).with_feature(feature).with_store(store.name()))
}

/// Verifies that an entry continues a chain, and moves to it.
///
/// # Errors
/// The reason why it does not: the entry is missing or damaged, or follows another revision.
pub(super) fn follow(chain: &mut RevisionStamp, entry: &Entry) -> std::result::Result<(), String> {
    let revision = entry.decode().map_err(|error| error.message().to_owned())?;
    if chain.version.checked_add(1) != Some(entry.version) || revision.previous() != chain.hash {
        return Err(format!("version {} does not follow version {} of this history", entry.version, chain.version));
    }
    *chain = RevisionStamp::after(entry);
    Ok(())
}
