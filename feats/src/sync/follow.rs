//! Following a store: connect, load and watch, with retries and back-off.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout_at};

use super::fallback_file::{FallbackFile, FallbackStates};
use super::guarded::timeout_error;
use super::instances::{HEARTBEAT_INTERVAL, InstanceRegistration};
use super::last_valid_revision::find_last_valid;
use super::load::load;
use super::periodic::PeriodicTasks;
use super::replica::{Replica, locked};
use super::status::ConfigSource;
use crate::error::{Error, Result};
use crate::store::{Cursor, Store, WatchEvent};
use crate::tasks::{Backoff, Round, Source, jittered, run_blocking, supervise};
use crate::text::counted;

/// The time for which one watch waits for a change.
const WATCH_WAIT: Duration = Duration::from_secs(5);
/// The minimum time for compiling the states of the fallback file at the start, if the store took the whole start timeout.
const COMPILE_TIMEOUT: Duration = Duration::from_secs(1);

/// The task that keeps a replica up to date with its store.
pub(crate) struct Follower {
    pub(super) replica: Arc<Replica>,
    pub(super) store: Arc<dyn Store>,
    pub(super) fallback_file: Option<FallbackFile>,
    pub(super) registration: InstanceRegistration,
    /// The time limit of the first connection.
    start_timeout: Duration,
    /// The time limit of one call of the store.
    store_timeout: Duration,
    /// The cursor at which watching failed.
    last_cursor: Mutex<Option<Cursor>>,
    /// Notified when the routes are as good as they can be at the start.
    ready: Mutex<Option<oneshot::Sender<()>>>,
    backoff: Backoff,
}

impl Follower {
    /// Creates a follower, and a receiver that is notified when the routes are as good as they can be at the start.
    pub(crate) fn new(
        replica: Arc<Replica>,
        store: Arc<dyn Store>,
        fallback_file: Option<FallbackFile>,
        registration: InstanceRegistration,
        start_timeout: Duration,
        store_timeout: Duration,
    ) -> (Self, oneshot::Receiver<()>) {
        let (ready, started) = oneshot::channel();
        let (last_cursor, ready) = (Mutex::default(), Mutex::new(Some(ready)));
        let backoff = Backoff::default();
        let follower = Self {
            replica,
            store,
            fallback_file,
            registration,
            start_timeout,
            store_timeout,
            last_cursor,
            ready,
            backoff,
        };
        (follower, started)
    }

    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let failed = |error: &Error| {
            self.replica.mark_unreachable(error);
            self.send_ready();
        };
        // A panic in it becomes a warning. Its other failures set their own warnings.
        let unannounced = |error: &Error| self.replica.warnings.set(Source::Heartbeat, error.report());
        let other = Backoff::default();
        tokio::join!(
            supervise("following the store", &self.backoff, || self.follow(), failed),
            supervise("registering the instance", &other, || self.announce(), unannounced),
        );
    }

    /// Sends a heartbeat when it is due, and repeats a registration that has failed.
    async fn announce(&self) -> Result<Round> {
        let (replica, registration) = (&*self.replica, &self.registration);
        if registration.is_registered() && registration.is_heartbeat_stored() {
            sleep(jittered(HEARTBEAT_INTERVAL)).await;
        }
        registration.wait_until_live().await;
        // Both are tried, and each has its own warning.
        let registered = if registration.is_registered() { Ok(()) } else { registration.register(replica).await };
        let heartbeat = registration.heartbeat(replica).await;
        Ok(if registered.and(heartbeat).is_ok() { Round::Done } else { Round::Paused })
    }

    /// Connects and watches until everything must be loaded again.
    async fn follow(&self) -> Result<Round> {
        let time = if locked(&self.ready).is_some() { self.start_timeout } else { 2 * self.store_timeout };
        let cursor = self.connect(time).await?;
        self.send_ready();
        self.watch(cursor).await?;
        // After a store was emptied, all its programs reload at the same time; the pause spreads them.
        Ok(Round::Paused)
    }

    /// Loads the store, and at the start also the fallback file.
    async fn connect(&self, time: Duration) -> Result<Cursor> {
        let deadline = Instant::now() + time;
        self.replica.count_connect();
        // A store that was restored from an older copy while it was unreachable detects this from the cursor, and begins a new
        // epoch. The cursor is presented until the store has answered, which may take several attempts.
        let last_cursor = locked(&self.last_cursor).clone();
        if let Some(cursor) = last_cursor
            && let Ok(Ok(_)) = timeout_at(deadline, self.store.watch(&cursor, Duration::ZERO)).await
        {
            *locked(&self.last_cursor) = None;
        }
        let loading = timeout_at(deadline, load(&*self.store, &self.replica));
        let (loaded, fallback) = tokio::join!(loading, self.read_fallback_file());
        let loaded = loaded.unwrap_or_else(|_| Err(timeout_error(time)));
        if let Some(fallback) = fallback {
            self.replica.set_origin(ConfigSource::FallbackFile);
            if loaded.is_err() {
                tracing::info!("using the fallback file, with {}", counted(fallback.entries.len(), "revision"));
            }
            self.replica.apply_fallback(fallback, loaded.is_ok());
        }
        if loaded.is_err() {
            self.wait_for_routes(deadline).await;
        }
        let cursor = loaded?;
        self.replica.set_origin(ConfigSource::Store);
        self.replica.health.mark_contact();
        // Records in another store are not waited for, because revisions do not need them.
        if self.registration.are_records_of(&self.replica.health)
            && timeout_at(deadline, self.register()).await.is_err()
        {
            self.replica.warnings.set(Source::Catalog, timeout_error(time));
        }
        self.wait_for_routes(deadline).await;
        Ok(cursor)
    }

    /// Waits at the start until the loaded revisions are in effect, or the last valid ones in place of invalid ones. Those that take
    /// longer than the deadline take effect later.
    async fn wait_for_routes(&self, deadline: Instant) {
        if locked(&self.ready).is_none() {
            return;
        }
        let deadline = deadline.max(Instant::now() + COMPILE_TIMEOUT);
        let _ = timeout_at(deadline, self.replica.installed(None)).await;
        if let Ok(found) = timeout_at(deadline, find_last_valid(&*self.store, &self.replica)).await {
            self.replica.warnings.report(Source::History, found.as_ref().err());
        }
    }

    /// Reads the fallback file, at the start only.
    async fn read_fallback_file(&self) -> Option<FallbackStates> {
        let file = self.fallback_file.clone().filter(|_| locked(&self.ready).is_some())?;
        let warnings = &self.replica.warnings;
        match run_blocking(move || file.read()).await {
            Ok(fallback) => {
                if fallback.damaged > 0 {
                    let damaged = fallback.damaged;
                    warnings.set(
                        Source::FallbackFile,
                        format!("the fallback file has {}", counted(damaged, "damaged line")),
                    );
                }
                Some(fallback)
            }
            // Before the first change there is no such file.
            Err(error) if error.is_not_found() => None,
            Err(error) => {
                warnings.set(Source::FallbackFile, error.report());
                None
            }
        }
    }

    /// Registers this instance. A failure does not stop anything.
    async fn register(&self) {
        // Each failure is a warning, and is retried later.
        let _ = self.registration.register(&self.replica).await;
        let _ = self.registration.heartbeat(&self.replica).await;
    }

    fn send_ready(&self) {
        if let Some(ready) = locked(&self.ready).take() {
            let _ = ready.send(());
        }
    }

    /// Applies changes until everything must be loaded again.
    async fn watch(&self, mut cursor: Cursor) -> Result<()> {
        let mut periodic = PeriodicTasks::new(&*self.store, &self.replica, self.fallback_file.as_ref());
        loop {
            let wait = periodic.next().saturating_duration_since(Instant::now()).min(WATCH_WAIT);
            // Kept in case the watch fails or panics, so that the store can detect a restore from an older copy.
            *locked(&self.last_cursor) = Some(cursor.clone());
            match self.store.watch(&cursor, wait).await? {
                WatchEvent::Gap => {
                    *locked(&self.last_cursor) = None;
                    return Ok(());
                }
                WatchEvent::Changes { entries, cursor: next } => {
                    self.backoff.reset();
                    cursor = next;
                    *locked(&self.last_cursor) = Some(cursor.clone());
                    self.replica.health.mark_contact();
                    if !entries.is_empty() {
                        self.replica.apply(entries);
                        periodic.save_soon();
                    }
                }
            }
            if !periodic.run_due().await? {
                *locked(&self.last_cursor) = None;
                return Ok(());
            }
        }
    }
}
