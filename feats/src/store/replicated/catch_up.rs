//! Catching up: what a replica lacks is copied from the histories of the primary.

use std::collections::HashMap;

use super::member::Member;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Hash};
use crate::store::{AppendOutcome, LoadedStates, Page, RevisionStamp, Store};

/// The number of revisions that are copied at a time.
const PAGE: u64 = 50;

impl Member {
    /// Compares the replica with the primary, and writes what it lacks.
    ///
    /// # Errors
    /// The primary cannot be read. A failure of the replica is part of its status.
    pub(super) async fn catch_up(&self, primary: &dyn Store) -> Result<()> {
        primary.epoch().await?;
        self.set_overflow();
        let caught_up = self.catch_up_noted(primary).await;
        self.report(caught_up.as_ref().err());
        Ok(())
    }

    /// Writes the revisions of the features that are noted as behind.
    ///
    /// # Errors
    /// The primary cannot be read, or the replica cannot be written. Features that were not reached stay noted.
    pub(super) async fn catch_up_noted(&self, primary: &dyn Store) -> Result<()> {
        if self.take_overflow()
            && let Err(error) = self.compare(primary).await
        {
            self.set_overflow();
            return Err(error);
        }
        let mut previous = None;
        let mut outcome = Ok(());
        while let Some(feature) = self.next_behind(previous.as_deref()) {
            match self.catch_up_feature(primary, &feature).await {
                Ok(()) => {}
                Err(error) if error.is_unavailable() => return Err(error),
                // Other features may work.
                Err(error) => outcome = outcome.and(Err(error)),
            }
            previous = Some(feature);
        }
        outcome
    }

    /// Notes each feature whose newest revisions differ. Compares their hashes once, and again when one of the stores has another epoch;
    /// their versions, which are less to read, every time.
    async fn compare(&self, primary: &dyn Store) -> Result<()> {
        let epochs = (primary.epoch().await?, Self::within_timeout(self.store().epoch()).await?);
        if self.has_compared(&epochs) {
            let (wanted, copied) = (primary.versions(), self.store().versions());
            self.note_differences(wanted.await?, Self::within_timeout(copied).await?);
        } else {
            let hashes = |states: LoadedStates| states.entries.into_iter().map(|entry| (entry.feature, entry.hash));
            let (wanted, copied) = (primary.load(), self.store().load());
            self.note_differences(hashes(wanted.await?), hashes(Self::within_timeout(copied).await?));
            self.set_compared(epochs);
        }
        Ok(())
    }

    fn note_differences<T: PartialEq>(
        &self,
        wanted: impl IntoIterator<Item = (String, T)>,
        copied: impl IntoIterator<Item = (String, T)>,
    ) {
        let copied: HashMap<String, T> = copied.into_iter().collect();
        for (feature, newest) in wanted {
            if copied.get(&feature) != Some(&newest) {
                self.note(&feature);
            }
        }
    }

    /// Writes the revisions of a feature that the replica lacks.
    ///
    /// # Errors
    /// The primary cannot be read, or the replica cannot be written.
    pub(super) async fn catch_up_feature(&self, primary: &dyn Store, feature: &str) -> Result<()> {
        let _writing = self.writing.lock().await;
        let newest_page = Page { before: None, limit: 1 };
        let newest = Self::within_timeout(self.store().history(feature, newest_page)).await?.pop();
        let mut stamp = newest.as_ref().map(RevisionStamp::after).unwrap_or_default();
        let mut is_first = true;
        loop {
            let before = Some(stamp.version.saturating_add(PAGE));
            let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
            let mut page = primary.history(feature, Page { before, limit }).await?;
            page.retain(|entry| entry.version >= stamp.version);
            page.reverse();
            if is_first && !follows(stamp, &page) {
                self.set_diverged(feature, true);
                self.forget(feature);
                return Ok(());
            }
            is_first = false;
            let mut has_written = false;
            // The first one is the newest of the replica, if it has any.
            let lacking = page.partition_point(|entry| entry.version <= stamp.version);
            for entry in page.iter().skip(lacking) {
                self.copy(&mut stamp, entry).await?;
                has_written = true;
            }
            if !has_written {
                self.set_diverged(feature, false);
                self.forget(feature);
                return Ok(());
            }
        }
    }

    /// Writes a revision to the replica, unless another program was faster.
    async fn copy(&self, stamp: &mut RevisionStamp, entry: &Entry) -> Result<()> {
        if entry.is_missing() {
            let message = format!("the primary has lost version {}, so later ones cannot be copied", entry.version);
            return Err(Error::new(ErrorKind::Corrupt, message).with_feature(&entry.feature));
        }
        match Self::within_timeout(self.store().append(*stamp, entry)).await? {
            AppendOutcome::Done => {}
            AppendOutcome::Conflict(Some(newest)) if newest.hash == entry.hash => {}
            AppendOutcome::Conflict(_) => {
                let message = "another program writes to this replica; it is compared again";
                return Err(Error::new(ErrorKind::Conflict, message).with_feature(&entry.feature));
            }
        }
        *stamp = RevisionStamp::after(entry);
        Ok(())
    }
}

/// Returns `true` if the history of the primary, from the newest version of the replica on, continues that of the replica.
fn follows(stamp: RevisionStamp, page: &[Entry]) -> bool {
    if stamp == RevisionStamp::default() {
        return true;
    }
    // A revision that the replica has lost has no hash.
    let known = |hash: Hash| hash == stamp.hash && hash != Hash::default();
    page.first().is_some_and(|entry| entry.version == stamp.version && known(entry.hash))
}
