//! Periodic tasks besides watching: saving the fallback file, and comparing all versions.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::fallback_file::FallbackFile;
use super::last_valid_revision::find_last_valid;
use super::load::is_up_to_date;
use super::replica::Replica;
use crate::error::Result;
use crate::store::Store;
use crate::tasks::{Backoff, Source, jittered, run_blocking};

/// The average interval at which all versions are compared, in case watching has missed a change.
pub(super) const VERIFY_INTERVAL: Duration = Duration::from_secs(30);
/// The delay between a change and the saving of the fallback file, so that several changes are saved together.
const SAVE_DELAY: Duration = Duration::from_millis(200);

/// The periodic tasks, and when they are due.
pub(super) struct PeriodicTasks<'a> {
    store: &'a dyn Store,
    replica: &'a Arc<Replica>,
    file: Option<&'a FallbackFile>,
    verify: Instant,
    /// The time at which the fallback file is saved.
    save: Option<Instant>,
    save_backoff: Backoff,
}

impl<'a> PeriodicTasks<'a> {
    /// Creates the tasks of a follower that has just connected. `file` is the fallback file.
    pub(super) fn new(store: &'a dyn Store, replica: &'a Arc<Replica>, file: Option<&'a FallbackFile>) -> Self {
        let verify = Instant::now() + jittered(VERIFY_INTERVAL);
        let mut tasks = Self { store, replica, file, verify, save: None, save_backoff: Backoff::default() };
        tasks.save_soon();
        tasks
    }

    /// Returns the time at which the next task is due.
    pub(super) fn next(&self) -> Instant {
        self.save.map_or(self.verify, |save| save.min(self.verify))
    }

    /// Schedules the saving of the fallback file.
    pub(super) fn save_soon(&mut self) {
        if self.file.is_some() {
            self.save.get_or_insert(Instant::now() + SAVE_DELAY);
        }
    }

    /// Runs the tasks that are due. Returns `false` if watching has missed a change, or the epoch of the store has changed.
    pub(super) async fn run_due(&mut self) -> Result<bool> {
        let (store, replica) = (self.store, self.replica);
        let now = Instant::now();
        let found = find_last_valid(store, replica).await;
        replica.warnings.report(Source::History, found.as_ref().err());
        if self.save.is_some_and(|save| save <= now) {
            let saved = save(replica, self.file).await;
            self.save = saved.is_err().then(|| Instant::now() + self.save_backoff.next());
            if saved.is_ok() {
                self.save_backoff.reset();
            }
        }
        if self.verify <= now {
            self.verify = now + jittered(VERIFY_INTERVAL);
            return is_up_to_date(store, replica).await;
        }
        Ok(true)
    }
}

/// Saves the fallback file. A failure is a warning until it succeeds.
async fn save(replica: &Replica, file: Option<&FallbackFile>) -> Result<()> {
    let Some(file) = file.cloned() else { return Ok(()) };
    let (epoch, entries) = (replica.health.epoch(), replica.entries());
    let written = run_blocking(move || file.write(epoch.as_deref(), &entries)).await;
    replica.warnings.report(Source::FallbackFile, written.as_ref().err());
    written
}
