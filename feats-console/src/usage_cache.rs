//! What the store counted of uses: how often a feature is used, and which features are stale. To know either takes thousands
//! of counts, so it is kept for a while; and so is that it was not to be had.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use feats::usage::{KEPT_DAYS, Series, Staleness};
use feats::{App, Dynamic, FeatureHandle};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::time::timeout;

use super::cache::{Cache, READ_TIMEOUT, best_effort, is_reachable};

/// For how long uses are kept.
const USAGE_TTL: Duration = Duration::from_secs(20);
/// Of how many features they are.
const MAX_FEATURES: usize = 100;

/// For how long it is kept which features are stale: that changes at midnight, or when somebody publishes.
const STALENESS_TTL: Duration = Duration::from_secs(600);
/// For how long it is kept that this was not to be had.
const NEGATIVE_TTL: Duration = Duration::from_secs(20);

/// Uses of one feature.
pub(super) struct FeatureUsage {
    pub(super) day: Series,
    /// Ninety days.
    pub(super) quarter: Series,
}

/// Uses by feature, and until when they are valid. `None` is kept where they were not to be had.
pub(super) struct UsageCache(Cache<String, Instant, Option<Arc<FeatureUsage>>>);

/// Why features are stale, by name. A feature that is not there is not stale.
pub(super) type Stale = HashMap<String, Vec<Staleness>>;

/// Which features are stale, by the days after which they are, and until when that is valid.
#[derive(Clone)]
pub(super) struct StalenessCache {
    known: Cache<u32, Instant, Arc<Stale>>,
    /// Who reads it holds this.
    reading: Arc<Mutex<()>>,
}

impl UsageCache {
    /// Uses of a feature. While the store is away nothing is told.
    pub(super) async fn get(&self, app: &App, feature: &FeatureHandle<Dynamic>) -> Option<Arc<FeatureUsage>> {
        let known = self.0.get(feature.name()).filter(|(until, _)| Instant::now() < *until);
        if let Some((_, usage)) = known {
            return usage.filter(|_| is_reachable(app));
        }
        let both = async { tokio::try_join!(feature.uses_by_minute(), feature.uses_by_hour()) };
        let usage = best_effort(app, both).await.map(|(day, quarter)| Arc::new(FeatureUsage { day, quarter }));
        self.0.insert(feature.name().to_owned(), Instant::now() + USAGE_TTL, usage.clone());
        usage
    }

    /// What was known last, for a page that is shown again: the store is not asked.
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
    /// Why features are stale after so many days. While the store is away nothing new is known, and where it takes long,
    /// nothing yet.
    pub(super) async fn get(&self, app: &App, days: u32) -> Arc<Stale> {
        if let Some((until, stale)) = self.known.get(&days) {
            // Nobody waits for a newer one: whoever asks meanwhile is told what was known.
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
        // Whoever else asks for the first one waits here, and no longer than the one who reads it.
        let Ok(reading) = timeout(READ_TIMEOUT, Arc::clone(&self.reading).lock_owned()).await else {
            return Arc::default();
        };
        if let Some((_, stale)) = self.known.get(&days) {
            return stale;
        }
        let read = self.begin(reading, app, days, Arc::default());
        timeout(READ_TIMEOUT, read).await.ok().and_then(Result::ok).unwrap_or_default()
    }

    /// Reads it in a task of its own, so that it is read to the end although a page goes on without it. `before` stays where
    /// it is not to be had.
    fn begin(
        &self,
        reading: OwnedMutexGuard<()>,
        app: &App,
        days: u32,
        before: Arc<Stale>,
    ) -> oneshot::Receiver<Arc<Stale>> {
        let (known, app) = (self.known.clone(), app.clone());
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let (stale, ttl) = match read(&app, days).await {
                Some(stale) => (Arc::new(stale), STALENESS_TTL),
                None => (before, NEGATIVE_TTL),
            };
            known.insert(days, Instant::now() + ttl, Arc::clone(&stale));
            drop(reading);
            // Whoever asked may have gone on without it.
            let _ = sender.send(stale);
        });
        receiver
    }
}

impl Default for StalenessCache {
    fn default() -> Self {
        Self { known: Cache::new(1), reading: Arc::default() }
    }
}

async fn read(app: &App, days: u32) -> Option<Stale> {
    let mut stale = Stale::new();
    for found in app.stale(days.clamp(1, KEPT_DAYS)).await.ok()? {
        stale.entry(found.feature).or_default().push(found.why);
    }
    Some(stale)
}
