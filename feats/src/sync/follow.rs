//! Following a store: connect, load, watch; on failure back off and try again, for ever.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use super::last_known_good::LastKnownGood;
use super::programs::{BEAT, Programs, newest_first, read_catalogs};
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
            self.replica.set_status(|status| status.connects += 1);
            match timeout(time, self.connect()).await.unwrap_or_else(|_| Err(late(time))) {
                Ok(cursor) => {
                    backoff.reset();
                    self.tell_ready();
                    if let Ended::Failed(error) = self.watch(cursor).await {
                        self.lost(&error).await;
                        sleep(backoff.next()).await;
                    }
                }
                Err(error) => {
                    self.lost(&error).await;
                    self.tell_ready();
                    sleep(backoff.next()).await;
                }
            }
        }
    }

    async fn connect(&self) -> Result<Cursor> {
        let loaded = self.store.load().await?;
        self.replica.apply(loaded.entries, Some(Origin::Store));
        self.replica.heard();
        let mut warnings = Vec::new();
        warnings.extend(self.programs.publish(&*self.store, &self.replica).await.err());
        warnings.extend(self.programs.beat(&*self.store).await.err());
        match read_catalogs(&*self.store).await {
            Ok(catalogs) => self.replica.add_features(newest_first(catalogs)),
            Err(error) => warnings.push(error),
        }
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        self.replica.set_status(|status| status.warnings = warnings);
        Ok(loaded.cursor)
    }

    fn tell_ready(&mut self) {
        if let Some(ready) = self.ready.take() {
            let _ = ready.send(());
        }
    }

    /// The store is away: what was last known goes on deciding.
    async fn lost(&self, error: &Error) {
        tracing::warn!(%error, "the store is away");
        let mut first = false;
        self.replica.set_status(|status| {
            first = status.connection == Connection::Starting;
            status.set_connection(Connection::Stale, Some(error.to_string()));
        });
        if let (true, Some(file)) = (first, self.last_known_good.clone()) {
            match run_blocking(move || file.read()).await {
                Ok((entries, damaged)) => {
                    self.replica.apply(entries, Some(Origin::LastKnownGood));
                    if damaged > 0 {
                        self.warn(format!("{damaged} lines of the last-known-good file are damaged"));
                    }
                }
                // Before the first change there is no such file.
                Err(error) if error.is_not_found() => {}
                Err(error) => self.warn(error.to_string()),
            }
        }
    }

    async fn watch(&self, mut cursor: Cursor) -> Ended {
        let now = Instant::now();
        let save = self.last_known_good.as_ref().map(|_| now + SETTLE);
        let mut chores = Chores { verify: now + jittered(VERIFY), beat: now + jittered(BEAT), save };
        loop {
            let wait = chores.next().saturating_duration_since(Instant::now()).min(WAIT);
            let watched = timeout(wait + PATIENCE, self.store.watch(&cursor, wait)).await;
            match watched.unwrap_or_else(|_| Err(late(wait + PATIENCE))) {
                Err(error) => return Ended::Failed(error),
                Ok(Watched::Gap) => return Ended::Reload,
                Ok(Watched::Changes { entries, cursor: next }) => {
                    cursor = next;
                    self.replica.heard();
                    if !entries.is_empty() {
                        self.replica.apply(entries, Some(Origin::Store));
                        if self.last_known_good.is_some() {
                            chores.save.get_or_insert(Instant::now() + SETTLE);
                        }
                    }
                }
            }
            match timeout(2 * PATIENCE, self.do_chores(&mut chores)).await.unwrap_or_else(|_| Err(late(2 * PATIENCE))) {
                Ok(true) => {}
                Ok(false) => return Ended::Reload,
                Err(error) => return Ended::Failed(error),
            }
        }
    }

    /// Does what is due; `false` if the watch missed something.
    async fn do_chores(&self, chores: &mut Chores) -> Result<bool> {
        let now = Instant::now();
        if let (Some(file), true) = (&self.last_known_good, chores.save.is_some_and(|save| save <= now)) {
            chores.save = None;
            let (file, entries) = (file.clone(), self.replica.entries());
            if let Err(error) = run_blocking(move || file.write(&entries)).await {
                self.warn(error.to_string());
            }
        }
        if chores.beat <= now {
            chores.beat = now + jittered(BEAT);
            if let Err(error) = self.programs.beat(&*self.store).await {
                self.warn(error.to_string());
            }
        }
        if chores.verify <= now {
            chores.verify = now + jittered(VERIFY);
            return Ok(!self.replica.behind(&self.store.versions().await?));
        }
        Ok(true)
    }

    fn warn(&self, warning: String) {
        tracing::warn!(warning);
        self.replica.set_status(|status| {
            if !status.warnings.contains(&warning) && status.warnings.len() < 20 {
                status.warnings.push(warning);
            }
        });
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

async fn run_blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let failed = |error| Error::new(ErrorKind::Unavailable, "a background task ended").with_source(error);
    tokio::task::spawn_blocking(run).await.map_err(failed)?
}
