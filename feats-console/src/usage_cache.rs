//! Caches of usage: how often features are used, and which are stale. Both take thousands of counts to compute, so results
//! are cached for a while, including the result that counts were unavailable.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use feats::usage::{RETENTION_DAYS, Series, Staleness};
use feats::{App, Dynamic, FeatureHandle};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::time::timeout;

use super::cache::{Cache, READ_TIMEOUT, best_effort, is_reachable};

/// The lifetime of cached usage.
const USAGE_TTL: Duration = Duration::from_secs(20);
/// The most features in the usage cache.
const MAX_FEATURES: usize = 100;

/// The lifetime of cached staleness, which changes at midnight or with a new version.
const STALENESS_TTL: Duration = Duration::from_secs(600);
/// The lifetime of the result that staleness was unavailable.
const NEGATIVE_TTL: Duration = Duration::from_secs(20);

/// The usage of one feature.
pub(super) struct FeatureUsage {
    pub(super) day: Series,
    /// The last ninety days.
    pub(super) quarter: Series,
}

/// Usage by feature, with its expiry. `None` means that it was unavailable.
pub(super) struct UsageCache(Cache<String, Instant, Option<Arc<FeatureUsage>>>);

/// The reasons why features are stale, by name. A feature without an entry is not stale.
pub(super) type Stale = HashMap<String, Vec<Staleness>>;

/// Stale features by the threshold in days, with their expiry.
#[derive(Clone)]
pub(super) struct StalenessCache {
    cached: Cache<u32, Instant, Arc<Stale>>,
    /// Held by the task that reads.
    reading: Arc<Mutex<()>>,
}

impl UsageCache {
    /// Returns the usage of a feature, or `None` while the store is unreachable.
    pub(super) async fn get(&self, app: &App, feature: &FeatureHandle<Dynamic>) -> Option<Arc<FeatureUsage>> {
        let cached = self.0.get(feature.name()).filter(|(until, _)| Instant::now() < *until);
        if let Some((_, usage)) = cached {
            return usage.filter(|_| is_reachable(app));
        }
        let both = async { tokio::try_join!(feature.uses_by_minute(), feature.uses_by_hour()) };
        let usage = best_effort(app, both).await.map(|(day, quarter)| Arc::new(FeatureUsage { day, quarter }));
        self.0.insert(feature.name().to_owned(), Instant::now() + USAGE_TTL, usage.clone());
        usage
    }

    /// Returns the cached usage without reading the store, for a page that is refreshed.
    pub(super) fn last(&self, app: &App, feature: &FeatureHandle<Dynamic>) -> Option<Arc<FeatureUsage>> {
        self.0.get(feature.name())?.1.filter(|_| is_reachable(app))
    }
}

impl Default for UsageCache {
    fn default() -> Self {
        Self(Cache::new(MAX_FEATURES))
    }
}

impl StalenessCache {
    /// Returns the features that are stale after `days`. Returns the cached result while the store is unreachable, and none while
    /// the first read takes too long.
    pub(super) async fn get(&self, app: &App, days: u32) -> Arc<Stale> {
        if let Some((until, stale)) = self.cached.get(&days) {
            // An expired result is served while a task refreshes it.
            if until <= Instant::now()
                && is_reachable(app)
                && let Ok(reading) = Arc::clone(&self.reading).try_lock_owned()
            {
                self.begin(reading, app, days, Arc::clone(&stale));
            }
            return stale;
        }
        if !is_reachable(app) {
            return Arc::default();
        }
        // Concurrent requests wait for the first result, with the same timeout.
        let Ok(reading) = timeout(READ_TIMEOUT, Arc::clone(&self.reading).lock_owned()).await else {
            return Arc::default();
        };
        if let Some((_, stale)) = self.cached.get(&days) {
            return stale;
        }
        let read = self.begin(reading, app, days, Arc::default());
        timeout(READ_TIMEOUT, read).await.ok().and_then(Result::ok).unwrap_or_default()
    }

    /// Reads in a separate task, so that it completes even if the page stops waiting. Keeps `before` if the read fails.
    fn begin(
        &self,
        reading: OwnedMutexGuard<()>,
        app: &App,
        days: u32,
        before: Arc<Stale>,
    ) -> oneshot::Receiver<Arc<Stale>> {
        let (cached, app) = (self.cached.clone(), app.clone());
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let (stale, ttl) = match read(&app, days).await {
                Some(stale) => (Arc::new(stale), STALENESS_TTL),
                None => (before, NEGATIVE_TTL),
            };
            cached.insert(days, Instant::now() + ttl, Arc::clone(&stale));
            drop(reading);
            // The receiver may have timed out.
            let _ = sender.send(stale);
        });
        receiver
    }
}

impl Default for StalenessCache {
    fn default() -> Self {
        Self { cached: Cache::new(1), reading: Arc::default() }
    }
}

async fn read(app: &App, days: u32) -> Option<Stale> {
    let mut stale = Stale::new();
    for found in app.stale(days.clamp(1, RETENTION_DAYS)).await.ok()? {
        stale.entry(found.feature).or_default().push(found.reason);
    }
    Some(stale)
}
