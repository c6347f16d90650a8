//! Uses of features, and which features are stale.

use super::handle::FeatureHandle;
use super::running::App;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::FeatureKey;
use crate::store::StoreUse;
use crate::usage::{Grain, KEPT_DAYS, LastHour, Series, Stale, staleness};

impl App {
    /// Uses of every feature in the last hour, by the minute.
    ///
    /// This is what the store was told: programs do so [at an interval](crate::AppBuilder::usage_interval), and
    /// [`flush`](Self::flush) does it now. A minute that is over is read once, so it is cheap to ask often.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn last_hour(&self) -> Result<LastHour> {
        let (usage, declarations) = (self.0.usage.clone(), self.declarations());
        self.call_store(StoreUse::Counters, async move { usage.last_hour(&declarations).await }).await
    }

    /// Features that can be taken out of the code, or should be looked at; sorted by name.
    ///
    /// A feature is stale when the day on which it expires is over, when it was not used for so many days, or when all its
    /// uses in so many days were of one implementation and its state did not change meanwhile. If it has expired, too, it
    /// is there twice. What is meant to last ([`Ops`](crate::model::FeatureKind::Ops) and
    /// [`Permission`](crate::model::FeatureKind::Permission)) may give one answer for as long as it likes.
    ///
    /// Days count only if they are whole and uses of the feature were counted on them: a feature is not unused because it
    /// is new, because the store is, or because no program ran. What was counted is read again after 20 s, so that this can be
    /// asked for every page.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the days are none or more than 90, for which uses are kept; the store cannot be read.
    pub async fn stale(&self, days: u32) -> Result<Vec<Stale>> {
        if !(1..=KEPT_DAYS).contains(&days) {
            let message =
                format!("uses are kept for {KEPT_DAYS} days, so a feature is stale after 1 to {KEPT_DAYS} days");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let usage = self.0.usage.clone();
        let counted = self.call_store(StoreUse::Counters, async move { usage.days().await }).await?;
        let now = self.now();
        let mut stale = Vec::new();
        for declaration in self.declarations() {
            let handle = self.feature_named(&declaration.name)?;
            let changed = || Some(handle.revision()?.time());
            let why = staleness(&declaration, changed, &counted, now, days);
            stale.extend(why.into_iter().map(|why| Stale { feature: declaration.name.to_string(), why }));
        }
        Ok(stale)
    }
}

impl<T: FeatureKey> FeatureHandle<T> {
    /// Uses by the minute, for the last 24 hours: of the implementations that are declared, as far as the store was told.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn uses_by_minute(&self) -> Result<Series> {
        self.uses(Grain::Minute).await
    }

    /// The same by the hour, for the last 90 days.
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
