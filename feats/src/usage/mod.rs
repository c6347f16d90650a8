//! Usage: counts of the uses of each implementation, and stale features.
//!
//! `create`, `is_enabled`, their asynchronous forms and `used_implementation` count as uses. `find_implementation` and `explain`
//! do not, and neither do choices of a test or of a browser's override.
//!
//! - **Counting** runs on the caller's thread, in counters that no other thread writes. It starts with the app, and covers the
//!   features of the program's code, and the flags.
//! - **Storing** runs on the app's background thread, once per [interval](crate::AppBuilder::usage_interval): by minute, kept
//!   for a day; by hour, kept for 90 days; and by day. A use counts for the minute in UTC in which it was gathered. While the
//!   store is unreachable, counts wait: those of the last hour by minute, and those of the last two days by hour.
//! - **Queries** take few round trips: [`App::last_hour`](crate::App::last_hour),
//!   [`FeatureHandle::uses_by_minute`](crate::FeatureHandle::uses_by_minute),
//!   [`FeatureHandle::uses_by_hour`](crate::FeatureHandle::uses_by_hour), [`App::stale`](crate::App::stale).
//!
//! Counts are statistics. All programs with the same store add to the same counters. If a reply is lost, it is unknown whether
//! the counts of that minute, hour or day were added, and they are not added again.

mod layout;
mod pending;
mod recent;
mod series;
mod stale;
mod storing;
mod threads;

use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use layout::Grain;
pub use layout::RETENTION_DAYS;
pub use series::{LastHour, Series};
pub(crate) use stale::{Days, staleness};
pub use stale::{Stale, Staleness};
pub(crate) use threads::Threads;

use self::layout::{Counts, Names, counter_name};
use self::pending::Pending;
use self::recent::Recent;
use crate::error::Result;
use crate::model::{Declaration, Timestamp};
use crate::runtime::SnapshotCell;
use crate::store::{CapabilityHandle, Counters};
use crate::tasks::Warnings;

/// The time for which counts by day are cached.
const DAYS_TTL: Duration = Duration::from_secs(20);

/// The uses of an app's features.
pub(crate) struct Usage {
    interval: Duration,
    /// The store of counters. Without one, uses are not stored.
    counters: Option<CapabilityHandle<dyn Counters>>,
    cell: Arc<SnapshotCell>,
    threads: Arc<Threads>,
    warnings: Arc<Warnings>,
    pending: Mutex<Pending>,
    /// Locked while counts are stored, so that calls do not overlap.
    storing: tokio::sync::Mutex<()>,
    recent: Mutex<Recent>,
    /// The cached counts by day, and the time when they were read.
    days: Mutex<Option<(Timestamp, Arc<Days>)>>,
    /// The number of features whose positions were known when the flags among them got presence counters.
    seen_positions: AtomicU32,
}

impl Usage {
    /// Creates the usage of an app. `features` are those of the code, in the order of their positions.
    pub(crate) fn new(
        interval: Duration,
        counters: Option<CapabilityHandle<dyn Counters>>,
        live: Arc<SnapshotCell>,
        threads: Arc<Threads>,
        warnings: Arc<Warnings>,
        features: &[Arc<Declaration>],
    ) -> Self {
        let (pending, recent) = (Mutex::new(Pending::new(features, threads.totals())), Mutex::default());
        Self {
            interval,
            counters,
            cell: live,
            threads,
            warnings,
            pending,
            storing: tokio::sync::Mutex::default(),
            recent,
            days: Mutex::default(),
            seen_positions: AtomicU32::new(0),
        }
    }

    /// Returns the uses in the last hour, by minute.
    pub(crate) async fn last_hour(&self, declarations: &[Arc<Declaration>]) -> Result<LastHour> {
        let now = Grain::Minute.bucket(self.cell.now());
        let missing = self.recent().missing(now);
        let keys: Vec<String> = missing.iter().map(|minute| Grain::Minute.key(*minute)).collect();
        let read = self.read(Grain::Minute, &keys, None).await?;
        let mut recent = self.recent();
        for (minute, counts) in missing.into_iter().zip(read) {
            recent.insert(minute, now, counts);
        }
        Ok(LastHour::new(recent::start(now), recent.counts(now), &Names::new(declarations)))
    }

    /// Returns the uses of a feature up to now.
    pub(crate) async fn series(&self, declaration: &Declaration, grain: Grain) -> Result<Series> {
        let buckets: Vec<i64> = grain.queryable(self.cell.now()).collect();
        let keys: Vec<String> = buckets.iter().map(|bucket| grain.key(*bucket)).collect();
        let names: Vec<String> = declaration.names().map(|name| counter_name(&declaration.name, name)).collect();
        let read = self.read(grain, &keys, Some(&names)).await?;
        let uses = |name: &String| {
            let count = |counts: &Counts| counts.iter().find(|(counted, _)| counted == name).map_or(0, |(_, n)| *n);
            read.iter().map(|counts| u64::try_from(count(counts)).unwrap_or(0)).collect()
        };
        let implementations = declaration.names().map(str::to_owned).zip(names.iter().map(uses)).collect();
        let start = grain.start(buckets.first().copied().unwrap_or_default());
        Ok(Series::new(start, grain.step(), implementations))
    }

    /// Returns the counts of each day that is kept. They are cached, because days change slowly.
    pub(crate) async fn days(&self) -> Result<Arc<Days>> {
        let now = self.cell.now();
        if let Some((read, days)) = &*self.days.lock().unwrap_or_else(PoisonError::into_inner)
            && *read <= now
            && now.since(*read) < DAYS_TTL
        {
            return Ok(days.clone());
        }
        let buckets: Vec<i64> = Grain::Day.queryable(now).rev().collect();
        let keys: Vec<String> = buckets.iter().map(|bucket| Grain::Day.key(*bucket)).collect();
        let days = Arc::new(stale::by_feature(self.read(Grain::Day, &keys, None).await?));
        *self.days.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, days.clone()));
        Ok(days)
    }

    /// Reads counters. Without a store of counters, the result is empty.
    async fn read(&self, grain: Grain, keys: &[String], names: Option<&[String]>) -> Result<Vec<Counts>> {
        match &self.counters {
            Some(counters) => counters.store.read_many(grain.kind(), keys, names).await,
            None => Ok(vec![Vec::new(); keys.len()]),
        }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
