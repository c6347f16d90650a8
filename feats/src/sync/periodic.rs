//! What is due from time to time beside watching: the fallback file, and the comparison of all versions.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::fallback_file::FallbackFile;
use super::last_valid_revision::find_last_valid;
use super::load::is_in_step;
use super::replica::Replica;
use crate::error::Result;
use crate::store::Store;
use crate::tasks::{Backoff, Source, jittered, run_blocking};

/// How often all versions are compared, on average: the safety net under watching.
pub(super) const VERIFY: Duration = Duration::from_secs(30);
/// How long changes are gathered before the fallback file is written.
const SETTLE: Duration = Duration::from_millis(200);

/// What is due from time to time, and when.
pub(super) struct PeriodicTasks<'a> {
    store: &'a dyn Store,
    replica: &'a Arc<Replica>,
    file: Option<&'a FallbackFile>,
    verify: Instant,
    /// When the fallback file is to be written.
    save: Option<Instant>,
    save_backoff: Backoff,
}

impl<'a> PeriodicTasks<'a> {
    /// The tasks of a follower that has just connected. `file` is the fallback file.
    pub(super) fn new(store: &'a dyn Store, replica: &'a Arc<Replica>, file: Option<&'a FallbackFile>) -> Self {
        let verify = Instant::now() + jittered(VERIFY);
        let mut tasks = Self { store, replica, file, verify, save: None, save_backoff: Backoff::default() };
        tasks.save_soon();
        tasks
    }

    /// When the next one is due.
    pub(super) fn next(&self) -> Instant {
        self.save.map_or(self.verify, |save| save.min(self.verify))
    }

    /// The newest revisions have changed.
    pub(super) fn save_soon(&mut self) {
        if self.file.is_some() {
            self.save.get_or_insert(Instant::now() + SETTLE);
        }
    }

    /// Does what is due; `false` if the watch missed something, or the store has begun another life.
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
            self.verify = now + jittered(VERIFY);
            return is_in_step(store, replica).await;
        }
        Ok(true)
    }
}

/// Writes the fallback file; what prevents that is a warning until it succeeds.
async fn save(replica: &Replica, file: Option<&FallbackFile>) -> Result<()> {
    let Some(file) = file.cloned() else { return Ok(()) };
    let (epoch, entries) = (replica.health.epoch(), replica.entries());
    let written = run_blocking(move || file.write(epoch.as_deref(), &entries)).await;
    replica.warnings.report(Source::FallbackFile, written.as_ref().err());
    written
}
