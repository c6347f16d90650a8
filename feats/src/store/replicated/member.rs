//! A replica, what it lacks, and the writes to it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use super::ReplicaStatus;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Timestamp};
use crate::store::{AppendOutcome, RevisionStamp, Store};

/// The time limit of one call of a replica.
const REPLICA_TIMEOUT: Duration = Duration::from_secs(2);

/// The maximum number of features that are noted as behind. Beyond that, all features are compared.
const MAX_NOTED: usize = 10_000;

/// The maximum number of calls whose assignments are being written in the background. Those beyond it are missed.
const MAX_MIRRORING: usize = 64;

/// A replica.
pub(super) struct Member {
    store: Arc<dyn Store>,
    state: Mutex<State>,
    /// Held during a write of a revision, so that the revisions of a feature stay in order.
    pub(super) writing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// The features of which the replica may lack revisions.
    behind: BTreeSet<String>,
    /// `true` if more than those may be behind.
    has_overflowed: bool,
    diverged: BTreeSet<String>,
    missed_assignments: u64,
    last_error: Option<String>,
    last_success: Option<Timestamp>,
    /// `true` while a task writes what the replica lacks.
    is_catching_up: bool,
    /// The epochs of the primary and of the replica when their newest revisions were compared by their hashes.
    compared: Option<(String, String)>,
    /// The number of calls whose assignments are being written in the background.
    mirroring: usize,
}

impl Member {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, state: Mutex::default(), writing: tokio::sync::Mutex::default() }
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.store
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn status(&self) -> ReplicaStatus {
        let state = self.state();
        ReplicaStatus {
            name: self.store.name(),
            behind: state.behind.len(),
            diverged: state.diverged.iter().cloned().collect(),
            missed_assignments: state.missed_assignments,
            last_error: state.last_error.clone(),
            last_success: state.last_success,
        }
    }

    /// Notes that the replica may lack revisions of a feature. Returns `true` if that was not noted before.
    pub(super) fn note(&self, feature: &str) -> bool {
        let mut state = self.state();
        if state.behind.len() >= MAX_NOTED {
            state.has_overflowed = true;
            return false;
        }
        state.behind.insert(feature.to_owned())
    }

    /// Forgets that the replica may lack revisions of a feature.
    pub(super) fn forget(&self, feature: &str) {
        self.state().behind.remove(feature);
    }

    /// Returns a feature that may be behind, after `previous` in their order.
    pub(super) fn next_behind(&self, previous: Option<&str>) -> Option<String> {
        let state = self.state();
        state.behind.iter().find(|feature| previous.is_none_or(|previous| feature.as_str() > previous)).cloned()
    }

    /// Returns `true` if features may be behind that are not noted, and clears that.
    pub(super) fn take_overflow(&self) -> bool {
        std::mem::take(&mut self.state().has_overflowed)
    }

    pub(super) fn set_overflow(&self) {
        self.state().has_overflowed = true;
    }

    /// Notes whether the histories of a feature differ.
    pub(super) fn set_diverged(&self, feature: &str, has_diverged: bool) {
        let mut state = self.state();
        if !has_diverged {
            state.diverged.remove(feature);
        } else if state.diverged.len() < MAX_NOTED && state.diverged.insert(feature.to_owned()) {
            let replica = self.store.name();
            tracing::warn!(replica, feature, "a replica has another history of a feature, and keeps it");
        }
    }

    /// Notes the outcome of a call, with the time of a success.
    pub(super) fn report(&self, failure: Option<&Error>) {
        let mut state = self.state();
        state.last_error = failure.map(ToString::to_string);
        if failure.is_none() {
            state.last_success = Some(Timestamp::from(SystemTime::now()));
        }
    }

    /// Returns `true` if the newest revisions were compared by their hashes since the stores have these epochs.
    pub(super) fn has_compared(&self, epochs: &(String, String)) -> bool {
        self.state().compared.as_ref() == Some(epochs)
    }

    pub(super) fn set_compared(&self, epochs: (String, String)) {
        self.state().compared = Some(epochs);
    }

    /// Starts to write assignments in the background. Returns `false` if too many are being written.
    pub(super) fn start_mirroring(&self) -> bool {
        let mut state = self.state();
        let may_start = state.mirroring < MAX_MIRRORING;
        state.mirroring += usize::from(may_start);
        may_start
    }

    pub(super) fn end_mirroring(&self) {
        let mut state = self.state();
        state.mirroring = state.mirroring.saturating_sub(1);
    }

    pub(super) fn count_missed_assignments(&self, count: usize) {
        let mut state = self.state();
        state.missed_assignments = state.missed_assignments.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Makes a call of the replica with a time limit.
    pub(super) async fn within_timeout<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
        let message = || format!("the replica did not respond within {REPLICA_TIMEOUT:?}");
        timeout(REPLICA_TIMEOUT, call).await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout, message())))
    }

    /// Writes a revision that the primary has. What the replica lacks besides is written in the background.
    pub(super) async fn replicate(self: Arc<Self>, primary: Arc<dyn Store>, expected: RevisionStamp, entry: &Entry) {
        let write = async {
            let _writing = self.writing.lock().await;
            self.store.append(expected, entry).await
        };
        match Self::within_timeout(write).await {
            Ok(AppendOutcome::Done) => {
                self.forget(&entry.feature);
                self.report(None);
            }
            Ok(AppendOutcome::Conflict(newest)) if newest.as_ref() == Some(entry) => self.forget(&entry.feature),
            Ok(AppendOutcome::Conflict(_)) => {
                let caught_up = Self::within_timeout(self.catch_up_feature(&*primary, &entry.feature)).await;
                self.report(caught_up.as_ref().err());
            }
            Err(error) => {
                self.report(Some(&error));
                return;
            }
        }
        self.wake(&primary);
    }

    /// Starts a task that writes what the replica lacks, unless there is one or nothing is lacking.
    pub(super) fn wake(self: &Arc<Self>, primary: &Arc<dyn Store>) {
        {
            let mut state = self.state();
            if state.is_catching_up || (state.behind.is_empty() && !state.has_overflowed) {
                return;
            }
            state.is_catching_up = true;
        }
        let task = Task(Arc::clone(self));
        let primary = Arc::clone(primary);
        tokio::spawn(async move {
            let member = &task.0;
            let mut is_done = false;
            while !is_done {
                let caught_up = member.catch_up_noted(&*primary).await;
                member.report(caught_up.as_ref().err());
                let mut state = member.state();
                is_done = caught_up.is_err() || (state.behind.is_empty() && !state.has_overflowed);
                // Under the same lock, so that a revision that is noted from now on starts another task.
                state.is_catching_up = !is_done;
            }
        });
    }
}

/// The task that writes what a replica lacks. If its runtime ends, another task can start.
struct Task(Arc<Member>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.state().is_catching_up = false;
    }
}
