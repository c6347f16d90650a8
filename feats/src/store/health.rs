//! The health of a store: whether it answers, since when, and in which epoch. An app has one for each store that it uses.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Serialize;
use tokio::sync::watch;

use crate::error::Error;
use crate::model::Timestamp;

/// The most warnings of one store that are kept.
const MAX_WARNINGS: usize = 20;

/// Whether a store is being followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreConnection {
    /// Not yet; the first attempt is under way.
    Starting,
    /// Changes arrive.
    Live,
    /// Not now; the last good routes decide.
    Stale,
    /// Never again: the app was shut down, or this process was forked after the app was started.
    Stopped,
}

/// What an app uses a store for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreUse {
    /// The states of features, and their histories.
    Revisions,
    /// What programs tell each other: their catalogs, and that they run.
    Records,
    /// Counts of uses and of exposures.
    Counters,
    /// What the units of experiments use.
    Assignments,
}

/// What an app knows of one of the stores that it uses.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StoreStatus {
    /// The store, without secrets.
    pub name: String,
    /// What the app uses it for.
    pub uses: Vec<StoreUse>,
    /// Whether it answers. A store of revisions is followed; any other one is asked every few seconds.
    pub connection: StoreConnection,
    /// Since when that is so.
    pub since: Timestamp,
    /// When it last answered.
    pub last_contact: Option<Timestamp>,
    /// Why it does not answer.
    pub error: Option<String>,
    /// Its epoch as it was last read.
    pub epoch: Option<String>,
}

/// What others wait for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Health {
    /// Whether the store answers.
    pub(crate) live: bool,
    /// Whether the first attempt to reach it is over.
    known: bool,
    /// Its epoch; unknown before it was first read.
    pub(crate) epoch: Option<String>,
}

/// The health of one store.
pub(crate) struct StoreHealth {
    status: Mutex<StoreStatus>,
    /// What the store's last check found.
    warnings: Mutex<Vec<String>>,
    health: watch::Sender<Health>,
}

impl StoreHealth {
    /// The health of a store that was not asked yet.
    pub(crate) fn new(name: String) -> Self {
        let status = StoreStatus {
            name,
            uses: Vec::new(),
            connection: StoreConnection::Starting,
            since: SystemTime::now().into(),
            last_contact: None,
            error: None,
            epoch: None,
        };
        Self { status: Mutex::new(status), warnings: Mutex::default(), health: watch::Sender::default() }
    }

    /// The app uses the store for this too.
    pub(crate) fn add_use(&self, store_use: StoreUse) {
        locked(&self.status).uses.push(store_use);
    }

    pub(crate) fn status(&self) -> StoreStatus {
        locked(&self.status).clone()
    }

    /// The status in a process that was forked. It waits for no lock: its holder may not exist here.
    pub(crate) fn status_after_fork(&self, error: &Error) -> Option<StoreStatus> {
        let mut status = self.status.try_lock().ok()?.clone();
        status.set_connection(StoreConnection::Stopped, Some(error.to_string()));
        Some(status)
    }

    /// Follows the health.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    pub(crate) fn is_live(&self) -> bool {
        self.health.borrow().live
    }

    pub(crate) fn is_stopped(&self) -> bool {
        locked(&self.status).connection == StoreConnection::Stopped
    }

    /// The epoch that was last read.
    pub(crate) fn epoch(&self) -> Option<String> {
        self.health.borrow().epoch.clone()
    }

    /// Waits until the store answers.
    pub(crate) async fn wait_until_live(&self) {
        // The sender is here, so this ends only with that.
        let _ = self.health.subscribe().wait_for(|health| health.live).await;
    }

    /// Waits until the first attempt to reach the store is over.
    pub(crate) async fn wait_until_known(&self) {
        let _ = self.health.subscribe().wait_for(|health| health.known).await;
    }

    /// Sets the epoch. Returns the one before.
    pub(crate) fn set_epoch(&self, epoch: String) -> Option<String> {
        self.set(|status| status.epoch.replace(epoch))
    }

    /// Marks the store as answering.
    pub(crate) fn mark_contact(&self) {
        if let Some((StoreConnection::Stale, since)) = self.set_connection(StoreConnection::Live, None) {
            let away = Timestamp::from(SystemTime::now()).since(since).as_secs();
            tracing::info!(store = self.status().name, "the store is back after {away} s");
        }
    }

    /// Marks the store as away. Returns whether it was not before.
    pub(crate) fn mark_away(&self, error: &Error) -> bool {
        self.set_connection(StoreConnection::Stale, Some(error.report().to_string())).is_some()
    }

    /// Marks the app as stopped: the store is asked no more. Returns whether it was not before.
    pub(crate) fn mark_stopped(&self) -> bool {
        self.set_connection(StoreConnection::Stopped, None).is_some()
    }

    /// Replaces what the store's last check found; what is new is logged.
    pub(crate) fn set_warnings(&self, mut warnings: Vec<String>) {
        warnings.truncate(MAX_WARNINGS);
        let mut known = locked(&self.warnings);
        for warning in warnings.iter().filter(|warning| !known.contains(warning)) {
            tracing::warn!(warning);
        }
        *known = warnings;
    }

    /// What the store's last check found.
    pub(crate) fn warnings(&self) -> Vec<String> {
        locked(&self.warnings).clone()
    }

    fn set_connection(
        &self,
        connection: StoreConnection,
        error: Option<String>,
    ) -> Option<(StoreConnection, Timestamp)> {
        self.set(|status| status.set_connection(connection, error))
    }

    fn set<R>(&self, set: impl FnOnce(&mut StoreStatus) -> R) -> R {
        let mut status = locked(&self.status);
        let result = set(&mut status);
        let live = status.connection == StoreConnection::Live;
        let known = status.connection != StoreConnection::Starting;
        let health = Health { live, known, epoch: status.epoch.clone() };
        self.health.send_if_modified(|before| {
            let is_changed = *before != health;
            *before = health;
            is_changed
        });
        result
    }
}

impl StoreStatus {
    /// The status in a process that was forked, where that of the store cannot be read.
    pub(crate) fn stopped(error: &Error) -> Self {
        let mut status = StoreHealth::new(String::new()).status();
        status.set_connection(StoreConnection::Stopped, Some(error.to_string()));
        status
    }

    /// Whether the store answers.
    pub fn is_live(&self) -> bool {
        self.connection == StoreConnection::Live
    }

    /// Sets the connection. Returns the one before and since when it was so, if it was another one.
    fn set_connection(
        &mut self,
        connection: StoreConnection,
        error: Option<String>,
    ) -> Option<(StoreConnection, Timestamp)> {
        let now = SystemTime::now().into();
        let before = (self.connection != connection).then_some((self.connection, self.since));
        if before.is_some() {
            self.connection = connection;
            self.since = now;
        }
        if connection == StoreConnection::Live {
            self.last_contact = Some(now);
        }
        self.error = error;
        before
    }
}

impl fmt::Display for StoreUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Revisions => "revisions",
            Self::Records => "records",
            Self::Counters => "counters",
            Self::Assignments => "assignments",
        })
    }
}

/// Nothing is left half-written by a panic here, so a poisoned lock is as good as any.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
