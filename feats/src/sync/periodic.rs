//! What is due from time to time beside watching: the fallback file, and the comparison of all versions.

use std::time::Duration;

use tokio::time::Instant;

use super::follow::{Follower, run_blocking};
use super::last_good::find_last_good;
use super::load::is_in_step;
use crate::error::Result;
use crate::tasks::{Backoff, Source, jittered};

/// How often all versions are compared, on average: the safety net under watching.
pub(super) const VERIFY: Duration = Duration::from_secs(30);
/// How long changes are gathered before the last-known-good file is written.
const SETTLE: Duration = Duration::from_millis(200);

/// What is due from time to time, and when.
pub(super) struct PeriodicTasks<'a> {
    follower: &'a Follower,
    verify: Instant,
    /// When the fallback file is to be written.
    save: Option<Instant>,
    save_backoff: Backoff,
}

impl<'a> PeriodicTasks<'a> {
    /// The tasks of a follower that has just connected.
    pub(super) fn new(follower: &'a Follower) -> Self {
        let verify = Instant::now() + jittered(VERIFY);
        let mut tasks = Self { follower, verify, save: None, save_backoff: Backoff::default() };
        tasks.save_soon();
        tasks
    }

    /// When the next one is due.
    pub(super) fn next(&self) -> Instant {
        self.save.map_or(self.verify, |save| save.min(self.verify))
    }

    /// The newest revisions have changed.
    pub(super) fn save_soon(&mut self) {
        if self.follower.last_known_good.is_some() {
            self.save.get_or_insert(Instant::now() + SETTLE);
        }
    }

    /// Does what is due; `false` if the watch missed something, or the store has begun another life.
    pub(super) async fn run_due(&mut self) -> Result<bool> {
        let follower = self.follower;
        let (store, replica) = (&*follower.store, &follower.replica);
        let now = Instant::now();
        let found = find_last_good(store, replica).await;
        replica.warnings.report(Source::History, found.as_ref().err());
        if self.save.is_some_and(|save| save <= now) {
            let saved = save(follower).await;
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
async fn save(follower: &Follower) -> Result<()> {
    let Some(file) = follower.last_known_good.clone() else { return Ok(()) };
    let replica = &follower.replica;
    let (epoch, entries) = (replica.health.epoch(), replica.entries());
    let written = run_blocking(move || file.write(epoch.as_deref(), &entries)).await;
    replica.warnings.report(Source::FallbackFile, written.as_ref().err());
    written
}
