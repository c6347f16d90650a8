//! Concurrency limits of expensive requests. Requests beyond them fail with a hint to try again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::Failure;

/// The most drafts that are processed at the same time; each is parsed, compiled, compared and rendered.
const MAX_CONCURRENT_DRAFTS: usize = 4;
/// The most drafts that wait for a permit.
const MAX_WAITING_DRAFTS: usize = 32;
/// The longest time that a draft waits.
const DRAFT_TIMEOUT: Duration = Duration::from_secs(8);

/// The most exports at the same time for logged-in users; the same number applies to all anonymous users together.
const MAX_CONCURRENT_EXPORTS: usize = 2;

/// Permits to process drafts.
pub(super) struct Drafts {
    working: Arc<Semaphore>,
    waiting: Semaphore,
}

/// Permits to write exports. Each logged-in user has at most one at a time; anonymous users share theirs.
#[derive(Clone)]
pub(super) struct Exports(Arc<Exporting>);

struct Exporting {
    named: Arc<Semaphore>,
    anonymous: Arc<Semaphore>,
    /// The users who have a permit.
    names: Mutex<HashSet<String>>,
}

/// The permit of one export. Dropping it releases the permit.
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
        // A panic cannot leave the set inconsistent.
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
    fn each_user_has_one_export_at_a_time() {
        let exports = Exports::default();
        let ada = exports.begin(Some("ada"));
        assert!(ada.is_ok() && exports.begin(Some("ada")).is_err());
        let anonymous = (exports.begin(None), exports.begin(None));
        assert!(anonymous.0.is_ok() && anonymous.1.is_ok() && exports.begin(None).is_err());
        let grace = exports.begin(Some("grace"));
        assert!(grace.is_ok(), "anonymous users have their own permits");
        assert!(exports.begin(Some("eve")).is_err(), "two exports are running");
        drop(ada);
        assert!(exports.begin(Some("ada")).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_draft_waits_for_a_permit_and_fails_after_the_timeout() {
        let drafts = Drafts::default();
        let mut working = Vec::new();
        for _ in 0..MAX_CONCURRENT_DRAFTS {
            working.push(drafts.begin().await.expect("a permit is free"));
        }
        assert!(matches!(drafts.begin().await, Err(Failure::Busy)));
        working.pop();
        assert!(drafts.begin().await.is_ok());
    }
}
