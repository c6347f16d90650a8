//! Counts of uses, and stale features.

use super::handle::FeatureHandle;
use super::running::App;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::FeatureKey;
use crate::store::StoreUse;
use crate::usage::{Grain, LastHour, RETENTION_DAYS, Series, Stale, staleness};

impl App {
    /// Returns the uses of every feature in the last hour, by the minute.
    ///
    /// The counts are those in the store. Programs store theirs [at an interval](crate::AppBuilder::usage_interval);
    /// [`flush`](Self::flush) stores them immediately. Completed minutes are cached, so frequent calls are cheap.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn last_hour(&self) -> Result<LastHour> {
        let (usage, declarations) = (self.0.usage.clone(), self.declarations());
        self.call_store(StoreUse::Counters, async move { usage.last_hour(&declarations).await }).await
    }

    /// Returns the features that should be reviewed or removed from the code, sorted by name.
    ///
    /// A feature is stale if its expiry date has passed, if it was not used for `days` days, or if all uses in `days` days
    /// were of one implementation and its state did not change in that time. A feature that is stale for two reasons is
    /// listed twice. Long-lived kinds ([`Ops`](crate::model::FeatureKind::Ops) and
    /// [`Permission`](crate::model::FeatureKind::Permission)) are not stale for serving a single implementation.
    ///
    /// Only whole days on which uses were counted are considered: a feature is not unused because it or the store is new, or
    /// because no program ran. The counts are cached for 20 s.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if `days` is 0 or more than 90, which is how long uses are kept; the store cannot be read.
    pub async fn stale(&self, days: u32) -> Result<Vec<Stale>> {
        if !(1..=RETENTION_DAYS).contains(&days) {
            let message = format!(
                "uses are kept for {RETENTION_DAYS} days, so a feature is stale after 1 to {RETENTION_DAYS} days"
            );
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let usage = self.0.usage.clone();
        let counted = self.call_store(StoreUse::Counters, async move { usage.days().await }).await?;
        let now = self.now();
        let mut stale = Vec::new();
        for declaration in self.declarations() {
            let handle = self.feature_named(&declaration.name)?;
            let changed = || Some(handle.revision()?.time());
            let reasons = staleness(&declaration, changed, &counted, now, days);
            stale.extend(reasons.into_iter().map(|reason| Stale { feature: declaration.name.to_string(), reason }));
        }
        Ok(stale)
    }
}

impl<T: FeatureKey> FeatureHandle<T> {
    /// Returns the uses of the declared implementations by the minute, for the last 24 hours, as counted in the store.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn uses_by_minute(&self) -> Result<Series> {
        self.uses(Grain::Minute).await
    }

    /// Returns the uses of the declared implementations by the hour, for the last 90 days, as counted in the store.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn uses_by_hour(&self) -> Result<Series> {
        self.uses(Grain::Hour).await
    }

    async fn uses(&self, grain: Grain) -> Result<Series> {
        let (usage, declaration) = (self.app().0.usage.clone(), self.declaration().clone());
        self.app().call_store(StoreUse::Counters, async move { usage.series(&declaration, grain).await }).await
    }
}
