//! Following a store: connect, load, watch; on failure back off and try again, for ever.

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

/// How long one watch waits for a change.
const WAIT: Duration = Duration::from_secs(5);
/// How long a start waits for compiling what a file had, if its store gave no answer within the whole time.
const COMPILE_TIME: Duration = Duration::from_secs(1);

/// Keeps a replica in step with its store.
pub(crate) struct Follower {
    pub(super) replica: Arc<Replica>,
    pub(super) store: Arc<dyn Store>,
    pub(super) fallback_file: Option<FallbackFile>,
    pub(super) programs: InstanceRegistration,
    /// How long the first connection may take.
    start_timeout: Duration,
    /// How long an answer may be late.
    store_timeout: Duration,
    /// Where watching failed.
    place: Mutex<Option<Cursor>>,
    /// Sent to once the routes are the best that can be had at the start.
    ready: Mutex<Option<oneshot::Sender<()>>>,
    backoff: Backoff,
}

impl Follower {
    /// A follower, and what it sends to once the routes are the best that can be had at the start.
    pub(crate) fn new(
        replica: Arc<Replica>,
        store: Arc<dyn Store>,
        fallback_file: Option<FallbackFile>,
        programs: InstanceRegistration,
        start_timeout: Duration,
        store_timeout: Duration,
    ) -> (Self, oneshot::Receiver<()>) {
        let (ready, started) = oneshot::channel();
        let (place, ready) = (Mutex::default(), Mutex::new(Some(ready)));
        let backoff = Backoff::default();
        let follower =
            Self { replica, store, fallback_file, programs, start_timeout, store_timeout, place, ready, backoff };
        (follower, started)
    }

    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let failed = |error: &Error| {
            self.replica.mark_unreachable(error);
            self.send_ready();
        };
        // A panic of this one is a warning as well; what else fails in it is one already.
        let unannounced = |error: &Error| self.replica.warnings.set(Source::Heartbeat, error.report());
        let other = Backoff::default();
        tokio::join!(
            supervise("following the store", &self.backoff, || self.follow(), failed),
            supervise("announcing the program", &other, || self.announce(), unannounced),
        );
    }

    /// Reports that the program runs when that is due, and repeats what has failed of its introduction.
    async fn announce(&self) -> Result<Round> {
        let (replica, programs) = (&*self.replica, &self.programs);
        if programs.is_registered() && programs.is_heartbeat_stored() {
            sleep(jittered(HEARTBEAT_INTERVAL)).await;
        }
        programs.wait_until_live().await;
        // Each is tried, and is a warning of its own.
        let introduced = if programs.is_registered() { Ok(()) } else { programs.register(replica).await };
        let beaten = programs.heartbeat(replica).await;
        Ok(if introduced.and(beaten).is_ok() { Round::Done } else { Round::Paused })
    }

    /// Connects and watches, until everything has to be loaded from scratch.
    async fn follow(&self) -> Result<Round> {
        let time = if locked(&self.ready).is_some() { self.start_timeout } else { 2 * self.store_timeout };
        let cursor = self.connect(time).await?;
        self.send_ready();
        self.watch(cursor).await?;
        // Where a store was emptied, all its programs load everything at once.
        Ok(Round::Paused)
    }

    /// Takes over what the store has, and at the start what the fallback file has beyond that.
    async fn connect(&self, time: Duration) -> Result<Cursor> {
        let deadline = Instant::now() + time;
        self.replica.count_connect();
        // A store that was set back while it was away can see it by this cursor, and begins another life then. It is shown
        // until somebody has looked at it: who comes back may not be there yet at the first attempt.
        let place = locked(&self.place).clone();
        if let Some(cursor) = place
            && let Ok(Ok(_)) = timeout_at(deadline, self.store.watch(&cursor, Duration::ZERO)).await
        {
            *locked(&self.place) = None;
        }
        let loading = timeout_at(deadline, load(&*self.store, &self.replica));
        let (loaded, remembered) = tokio::join!(loading, self.remembered());
        let loaded = loaded.unwrap_or_else(|_| Err(timeout_error(time)));
        if let Some(remembered) = remembered {
            self.replica.set_origin(ConfigSource::FallbackFile);
            if loaded.is_err() {
                tracing::info!("using the fallback file, with {} revisions", remembered.entries.len());
            }
            self.replica.apply_fallback(remembered, loaded.is_ok());
        }
        if loaded.is_err() {
            self.wait_for_routes(deadline).await;
        }
        let cursor = loaded?;
        self.replica.set_origin(ConfigSource::Store);
        self.replica.health.mark_contact();
        // Records of another store are not waited for: revisions arrive without them.
        if self.programs.are_records_of(&self.replica.health) && timeout_at(deadline, self.register()).await.is_err() {
            self.replica.warnings.set(Source::Catalog, timeout_error(time));
        }
        self.wait_for_routes(deadline).await;
        Ok(cursor)
    }

    /// Waits at the start until what has arrived decides, and what decided before where it cannot be used. What needs longer
    /// decides later.
    async fn wait_for_routes(&self, deadline: Instant) {
        if locked(&self.ready).is_none() {
            return;
        }
        let deadline = deadline.max(Instant::now() + COMPILE_TIME);
        let _ = timeout_at(deadline, self.replica.installed(None)).await;
        if let Ok(found) = timeout_at(deadline, find_last_valid(&*self.store, &self.replica)).await {
            self.replica.warnings.report(Source::History, found.as_ref().err());
        }
    }

    /// The fallback file, at the start.
    async fn remembered(&self) -> Option<FallbackStates> {
        let file = self.fallback_file.clone().filter(|_| locked(&self.ready).is_some())?;
        let warnings = &self.replica.warnings;
        match run_blocking(move || file.read()).await {
            Ok(remembered) => {
                if remembered.damaged > 0 {
                    let damaged = remembered.damaged;
                    warnings.set(Source::FallbackFile, format!("{damaged} lines of the fallback file are damaged"));
                }
                Some(remembered)
            }
            // Before the first change there is no such file.
            Err(error) if error.is_not_found() => None,
            Err(error) => {
                warnings.set(Source::FallbackFile, error.report());
                None
            }
        }
    }

    /// Publishes what this program is, and reads what others are. None of it stops anything.
    async fn register(&self) {
        // What fails is a warning, and is repeated later.
        let _ = self.programs.register(&self.replica).await;
        let _ = self.programs.heartbeat(&self.replica).await;
    }

    fn send_ready(&self) {
        if let Some(ready) = locked(&self.ready).take() {
            let _ = ready.send(());
        }
    }

    /// Takes over changes as they come, until everything has to be loaded from scratch.
    async fn watch(&self, mut cursor: Cursor) -> Result<()> {
        let mut periodic = PeriodicTasks::new(&*self.store, &self.replica, self.fallback_file.as_ref());
        loop {
            let wait = periodic.next().saturating_duration_since(Instant::now()).min(WAIT);
            // Where a store was set back while it is away, it is seen by this cursor; also where watching panics.
            *locked(&self.place) = Some(cursor.clone());
            match self.store.watch(&cursor, wait).await? {
                WatchEvent::Gap => {
                    *locked(&self.place) = None;
                    return Ok(());
                }
                WatchEvent::Changes { entries, cursor: next } => {
                    self.backoff.reset();
                    cursor = next;
                    *locked(&self.place) = Some(cursor.clone());
                    self.replica.health.mark_contact();
                    if !entries.is_empty() {
                        self.replica.apply(entries);
                        periodic.save_soon();
                    }
                }
            }
            if !periodic.run_due().await? {
                *locked(&self.place) = None;
                return Ok(());
            }
        }
    }
}
