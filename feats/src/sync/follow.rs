//! Following a store: connect, load, watch; on failure back off and try again, for ever.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::backoff::Backoff;
use super::last_good::find_last_good;
use super::last_known_good::{LastKnownGood, Remembered};
use super::load::{is_in_step, load};
use super::programs::{BEAT, Programs, newest_first};
use super::replica::Replica;
use super::status::{Connection, Origin};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Cursor, Store, Watched};

/// How long one watch waits for a change.
const WAIT: Duration = Duration::from_secs(5);
/// How long an answer may be late.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often all versions are compared, on average: the safety net under watching.
const VERIFY: Duration = Duration::from_secs(30);
/// How long changes are gathered before the last-known-good file is written.
const SETTLE: Duration = Duration::from_millis(200);

/// Keeps a replica in step with its store.
pub(crate) struct Follower {
    pub(crate) replica: Arc<Replica>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) last_known_good: Option<LastKnownGood>,
    pub(crate) programs: Programs,
    /// How long the first connection may take.
    pub(crate) start_timeout: Duration,
    /// Where watching failed.
    pub(crate) place: Option<Cursor>,
    /// Told once the routes are the best that can be had at the start.
    pub(crate) ready: Option<oneshot::Sender<()>>,
}

/// What has to be done beside watching, and when.
struct Chores {
    verify: Instant,
    beat: Instant,
    save: Option<Instant>,
}

/// Why watching ended.
enum Ended {
    /// Everything has to be loaded anew.
    Reload,
    Failed(Error),
}

impl Follower {
    /// Runs until it is dropped.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            let time = if self.ready.is_some() { self.start_timeout } else { 2 * PATIENCE };
            let ended = match self.connect(time).await {
                Ok(cursor) => {
                    self.tell_ready();
                    self.watch(cursor, &mut backoff).await
                }
                Err(error) => Ended::Failed(error),
            };
            if let Ended::Failed(error) = ended {
                tracing::warn!(%error, "the store is away");
                self.replica.set_status(|status| status.set_connection(Connection::Stale, Some(error.to_string())));
                self.tell_ready();
            }
            // Also before everything is loaded anew: where a store was emptied, all its programs do that at once.
            sleep(backoff.next()).await;
        }
    }

    /// Takes over what the store has, and at the start what the last-known-good file has beyond that.
    async fn connect(&mut self, time: Duration) -> Result<Cursor> {
        let deadline = Instant::now() + time;
        self.replica.set_status(|status| {
            status.connects += 1;
            status.warnings.clear();
        });
        // A store that was set back while it was away can see it by this cursor, and begins another life then. It is shown
        // until somebody has looked at it: who comes back may not be there yet at the first attempt.
        if let Some(cursor) = &self.place
            && let Ok(Ok(_)) = timeout_at(deadline, self.store.watch(cursor, Duration::ZERO)).await
        {
            self.place = None;
        }
        let loading = timeout_at(deadline, load(&*self.store, &self.replica));
        let (loaded, remembered) = tokio::join!(loading, self.remembered());
        let loaded = loaded.unwrap_or_else(|_| Err(late(time)));
        if let Some(remembered) = remembered {
            self.replica.set_status(|status| status.origin = Origin::LastKnownGood);
            self.replica.recall(remembered, loaded.is_ok());
        }
        let cursor = loaded?;
        self.replica.set_status(|status| status.origin = Origin::Store);
        self.replica.heard();
        timeout_at(deadline, self.introduce()).await.map_err(|_| late(time))?;
        Ok(cursor)
    }

    /// The last-known-good file, at the start.
    async fn remembered(&self) -> Option<Remembered> {
        let file = self.last_known_good.clone().filter(|_| self.ready.is_some())?;
        match run_blocking(move || file.read()).await {
            Ok(remembered) => {
                if remembered.damaged > 0 {
                    let damaged = remembered.damaged;
                    self.replica.warn(format!("{damaged} lines of the last-known-good file are damaged"));
                }
                Some(remembered)
            }
            // Before the first change there is no such file.
            Err(error) if error.is_not_found() => None,
            Err(error) => {
                self.replica.warn(error.to_string());
                None
            }
        }
    }

    /// Tells other programs of this one, and learns of them. None of it stops anything.
    async fn introduce(&self) {
        let (store, replica) = (&*self.store, &*self.replica);
        let mut failures = Vec::new();
        failures.extend(self.programs.publish(store, replica).await.err());
        failures.extend(self.programs.beat(store, replica).await.err());
        match self.programs.read_others(store).await {
            Ok(catalogs) => replica.add_features(newest_first(catalogs)),
            Err(error) => failures.push(error),
        }
        failures.extend(find_last_good(store, replica).await.err());
        failures.iter().for_each(|error| replica.warn(error.to_string()));
    }

    fn tell_ready(&mut self) {
        if let Some(ready) = self.ready.take() {
            let _ = ready.send(());
        }
    }

    /// Takes over changes as they come, until that fails or cannot go on.
    async fn watch(&mut self, mut cursor: Cursor, backoff: &mut Backoff) -> Ended {
        let now = Instant::now();
        let save = self.last_known_good.as_ref().map(|_| now + SETTLE);
        let mut chores = Chores { verify: now + jittered(VERIFY), beat: now + jittered(BEAT), save };
        loop {
            let wait = chores.next().saturating_duration_since(Instant::now()).min(WAIT);
            let watched = timeout(wait + PATIENCE, self.store.watch(&cursor, wait)).await;
            match watched.unwrap_or_else(|_| Err(late(wait + PATIENCE))) {
                Err(error) => {
                    self.place = Some(cursor);
                    return Ended::Failed(error);
                }
                Ok(Watched::Gap) => return Ended::Reload,
                Ok(Watched::Changes { entries, cursor: next }) => {
                    backoff.reset();
                    cursor = next;
                    self.replica.heard();
                    if !entries.is_empty() {
                        self.replica.apply(entries);
                        if self.last_known_good.is_some() {
                            chores.save.get_or_insert(Instant::now() + SETTLE);
                        }
                    }
                }
            }
            match timeout(2 * PATIENCE, self.do_chores(&mut chores)).await.unwrap_or_else(|_| Err(late(2 * PATIENCE))) {
                Ok(true) => {}
                Ok(false) => return Ended::Reload,
                Err(error) => {
                    self.place = Some(cursor);
                    return Ended::Failed(error);
                }
            }
        }
    }

    /// Does what is due; `false` if the watch missed something, or the store has begun another life.
    async fn do_chores(&self, chores: &mut Chores) -> Result<bool> {
        let (store, replica) = (&*self.store, &*self.replica);
        let now = Instant::now();
        if let Err(error) = find_last_good(store, replica).await {
            replica.warn(error.to_string());
        }
        if let (Some(file), true) = (&self.last_known_good, chores.save.is_some_and(|save| save <= now)) {
            chores.save = None;
            let (file, epoch, entries) = (file.clone(), replica.epoch(), replica.entries());
            if let Err(error) = run_blocking(move || file.write(epoch.as_deref(), &entries)).await {
                replica.warn(error.to_string());
            }
        }
        if chores.beat <= now {
            chores.beat = now + jittered(BEAT);
            if let Err(error) = self.programs.beat(store, replica).await {
                replica.warn(error.to_string());
            }
        }
        if chores.verify <= now {
            chores.verify = now + jittered(VERIFY);
            return is_in_step(store, replica).await;
        }
        Ok(true)
    }
}

impl Chores {
    fn next(&self) -> Instant {
        let next = self.verify.min(self.beat);
        self.save.map_or(next, |save| save.min(next))
    }
}

/// Between three and five quarters of a time, so that programs that started together do not stay together.
fn jittered(time: Duration) -> Duration {
    time.mul_f64(0.75 + fastrand::f64() / 2.0)
}

fn late(time: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the store gave no answer within {time:?}"))
}

/// Runs what blocks on a thread for that.
pub(crate) async fn run_blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let failed = |error| Error::new(ErrorKind::Unavailable, "a background task ended").with_source(error);
    tokio::task::spawn_blocking(run).await.map_err(failed)?
}
