//! The health of a store: its connection, since when, and its epoch. An app keeps one for each store that it uses.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Serialize;
use tokio::sync::watch;

use crate::error::Error;
use crate::model::Timestamp;

/// The maximum number of warnings that are kept for one store.
const MAX_WARNINGS: usize = 20;

/// The state of the connection to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreConnection {
    /// The first attempt to connect is in progress.
    Starting,
    /// The store is reachable, and its changes are applied.
    Live,
    /// The store is unreachable. Decisions use the last valid routes.
    Stale,
    /// The app does not use the store any more: it was shut down, or this process was forked after the app was started.
    Stopped,
}

/// A purpose for which an app uses a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreUse {
    /// The states of features, and their histories.
    Revisions,
    /// The catalogs and heartbeats of running instances.
    Records,
    /// Counts of uses and of exposures.
    Counters,
    /// The sticky assignments of units in experiments.
    Assignments,
}

/// The status of one of the stores that an app uses.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StoreStatus {
    /// The name of the store, without secrets.
    pub name: String,
    /// The purposes for which the app uses the store.
    pub uses: Vec<StoreUse>,
    /// The state of the connection. A store of revisions is watched continuously; any other is probed every few seconds.
    pub connection: StoreConnection,
    /// The time of the last change of `connection`.
    pub since: Timestamp,
    /// The time of the last successful contact.
    pub last_contact: Option<Timestamp>,
    /// The error of the last attempt, if it failed.
    pub error: Option<String>,
    /// The epoch of the store when it was last read.
    pub epoch: Option<String>,
}

/// The part of the status that tasks wait for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Health {
    /// `true` if the store is reachable.
    pub(crate) live: bool,
    /// `true` if the first attempt to connect is over.
    known: bool,
    /// The epoch of the store; `None` until it is first read.
    pub(crate) epoch: Option<String>,
}

/// The health of one store.
pub(crate) struct StoreHealth {
    status: Mutex<StoreStatus>,
    /// The warnings of the last check.
    warnings: Mutex<Vec<String>>,
    health: watch::Sender<Health>,
}

impl StoreHealth {
    /// Creates the health of a store that was not contacted yet.
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

    /// Adds a purpose for which the app uses the store.
    pub(crate) fn add_use(&self, store_use: StoreUse) {
        locked(&self.status).uses.push(store_use);
    }

    pub(crate) fn status(&self) -> StoreStatus {
        locked(&self.status).clone()
    }

    /// Returns the status in a forked process. Does not wait for a lock, whose holder may not exist in this process; returns
    /// `None` if it is taken.
    pub(crate) fn status_after_fork(&self, error: &Error) -> Option<StoreStatus> {
        let mut status = self.status.try_lock().ok()?.clone();
        status.set_connection(StoreConnection::Stopped, Some(error.to_string()));
        Some(status)
    }

    /// Returns a receiver of changes to the health.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    pub(crate) fn is_live(&self) -> bool {
        self.health.borrow().live
    }

    pub(crate) fn is_stopped(&self) -> bool {
        locked(&self.status).connection == StoreConnection::Stopped
    }

    /// Returns the epoch that was last read.
    pub(crate) fn epoch(&self) -> Option<String> {
        self.health.borrow().epoch.clone()
    }

    /// Waits until the store is reachable.
    pub(crate) async fn wait_until_live(&self) {
        // `self` owns the sender, so this cannot fail.
        let _ = self.health.subscribe().wait_for(|health| health.live).await;
    }

    /// Waits until the first attempt to connect is over.
    pub(crate) async fn wait_until_known(&self) {
        let _ = self.health.subscribe().wait_for(|health| health.known).await;
    }

    /// Sets the epoch. Returns the previous one.
    pub(crate) fn set_epoch(&self, epoch: String) -> Option<String> {
        self.set(|status| status.epoch.replace(epoch))
    }

    /// Marks the store as reachable.
    pub(crate) fn mark_contact(&self) {
        if let Some((StoreConnection::Stale, since)) = self.set_connection(StoreConnection::Live, None) {
            let outage = Timestamp::from(SystemTime::now()).since(since).as_secs();
            tracing::info!(store = self.status().name, "the store is reachable again after {outage} s");
        }
    }

    /// Marks the store as unreachable. Returns `true` if it was not before.
    pub(crate) fn mark_unreachable(&self, error: &Error) -> bool {
        self.set_connection(StoreConnection::Stale, Some(error.report().to_string())).is_some()
    }

    /// Marks the connection as stopped, because the app does not use the store any more. Returns `true` if it was not before.
    pub(crate) fn mark_stopped(&self) -> bool {
        self.set_connection(StoreConnection::Stopped, None).is_some()
    }

    /// Replaces the warnings of the last check, and logs the new ones.
    pub(crate) fn set_warnings(&self, mut warnings: Vec<String>) {
        warnings.truncate(MAX_WARNINGS);
        let mut known = locked(&self.warnings);
        for warning in warnings.iter().filter(|warning| !known.contains(warning)) {
            tracing::warn!(warning);
        }
        *known = warnings;
    }

    /// Returns the warnings of the last check.
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
    /// Creates the status of a store in a forked process in which the real status cannot be read.
    pub(crate) fn stopped(error: &Error) -> Self {
        let mut status = StoreHealth::new(String::new()).status();
        status.set_connection(StoreConnection::Stopped, Some(error.to_string()));
        status
    }

    /// Returns `true` if the store is reachable.
    pub fn is_live(&self) -> bool {
        self.connection == StoreConnection::Live
    }

    /// Sets the connection. If it changes, returns the previous connection and the time since when it applied.
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

/// Locks a mutex, poisoned or not: a panic here cannot leave a value half-written.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
