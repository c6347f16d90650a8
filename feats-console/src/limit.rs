//! Limits of concurrency: what costs much is done for few at a time, and the others are told to try again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::Failure;

/// How many drafts are worked on at a time: each is read, compiled, compared and drawn.
const MAX_CONCURRENT_DRAFTS: usize = 4;
/// How many drafts wait for that.
const MAX_WAITING_DRAFTS: usize = 32;
/// How long a draft waits.
const DRAFT_TIMEOUT: Duration = Duration::from_secs(8);

/// How many exports are written at a time for users who are logged in, and how many for all others.
const MAX_CONCURRENT_EXPORTS: usize = 2;

/// The right to work on a draft.
pub(super) struct Drafts {
    working: Arc<Semaphore>,
    waiting: Semaphore,
}

/// The right to write an export: each user who is logged in has one at a time, the others share theirs.
#[derive(Clone)]
pub(super) struct Exports(Arc<Exporting>);

struct Exporting {
    named: Arc<Semaphore>,
    anonymous: Arc<Semaphore>,
    /// The users who have one.
    names: Mutex<HashSet<String>>,
}

/// An export that is written now. It ends with this value.
pub(super) struct ExportPermit {
    exports: Exports,
    name: Option<String>,
    _permit: OwnedSemaphorePermit,
}

impl Drafts {
    pub(super) async fn begin(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Failure::Busy)?;
        let permit = Arc::clone(&self.working).acquire_owned();
        let permit = tokio::time::timeout(DRAFT_TIMEOUT, permit).await;
        permit.map_err(|_| Failure::Busy)?.map_err(|_| Failure::Busy)
    }
}

impl Default for Drafts {
    fn default() -> Self {
        Self { working: Arc::new(Semaphore::new(MAX_CONCURRENT_DRAFTS)), waiting: Semaphore::new(MAX_WAITING_DRAFTS) }
    }
}

impl Exports {
    pub(super) fn begin(&self, name: Option<&str>) -> Result<ExportPermit, Failure> {
        let semaphore = if name.is_some() { &self.0.named } else { &self.0.anonymous };
        let permit = Arc::clone(semaphore).try_acquire_owned().map_err(|_| Failure::Busy)?;
        if let Some(name) = name
            && !self.names().insert(name.to_owned())
        {
            return Err(Failure::Busy);
        }
        Ok(ExportPermit { exports: self.clone(), name: name.map(str::to_owned), _permit: permit })
    }

    fn names(&self) -> impl std::ops::DerefMut<Target = HashSet<String>> {
        // A set of names is whole whatever happened to its last user.
        self.0.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Exports {
    fn default() -> Self {
        let [named, anonymous] = [(); 2].map(|()| Arc::new(Semaphore::new(MAX_CONCURRENT_EXPORTS)));
        Self(Arc::new(Exporting { named, anonymous, names: Mutex::default() }))
    }
}

impl Drop for ExportPermit {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            self.exports.names().remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_one_export_at_a_time_and_nobody_has_those_of_others() {
        let exports = Exports::default();
        let ada = exports.begin(Some("ada"));
        assert!(ada.is_ok() && exports.begin(Some("ada")).is_err());
        let anonymous = (exports.begin(None), exports.begin(None));
        assert!(anonymous.0.is_ok() && anonymous.1.is_ok() && exports.begin(None).is_err());
        let grace = exports.begin(Some("grace"));
        assert!(grace.is_ok(), "the anonymous take nothing from her");
        assert!(exports.begin(Some("eve")).is_err(), "two are written");
        drop(ada);
        assert!(exports.begin(Some("ada")).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_draft_waits_its_turn_and_is_told_when_that_takes_too_long() {
        let drafts = Drafts::default();
        let mut working = Vec::new();
        for _ in 0..MAX_CONCURRENT_DRAFTS {
            working.push(drafts.begin().await.expect("there is room"));
        }
        assert!(matches!(drafts.begin().await, Err(Failure::Busy)));
        working.pop();
        assert!(drafts.begin().await.is_ok());
    }
}
