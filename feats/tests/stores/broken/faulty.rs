//! A store in memory with one fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use feats::model::{Entry, Hash};
use feats::store::{
    AppendOutcome, Assignment, AssignmentOutcome, Assignments, CounterGroup, Counters, Cursor, LoadedStates, Memory,
    Page, Record, Records, RevisionStamp, Scan, Store, WatchEvent, async_trait,
};
use feats::{Error, ErrorKind, Result};
use tokio::task::yield_now;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    NoRecords,
    SharesNothing,
    IgnoresExpected,
    ComparesVersionsOnly,
    HidesTheWinner,
    AcceptsGaps,
    ForgetsIds,
    AlwaysDone,
    Reserializes,
    CutsStates,
    ForgetsHashes,
    LosesTombstones,
    RestartsAfterTombstones,
    OldestFirst,
    IgnoresBefore,
    IncludesBefore,
    IgnoresLimit,
    LoadsTheFirst,
    StaleVersions,
    WarnsOfCompleteHistories,
    FixedEpoch,
    NewEpochs,
    NewEpochByCursor,
    CapabilitiesOfOtherEpochs,
    FoldsCase,
    Normalizes,
    Trims,
    CutsNames,
    JoinsNames,
    WatchesFromNow,
    WatchesNothing,
    WatchesWithoutEnd,
    WatchesNewestFirst,
    WatchesOneOfMany,
    ReturnsEarly,
    WaitsTooLong,
    FailsOnForeignCursors,
    HalfTheRecords,
    KeepsTheFirstRecord,
    Unsorted,
    MixesKinds,
    NeverExpires,
    ExpiresAtOnce,
    KeepsCounters,
    EndsWithTheFirstTime,
    CountsOnAfterTheEnd,
    CountsUpOnly,
    FailsOnOverflow,
    ReadsThenWrites,
    CountsInParts,
    AnswersInOrderOfKeys,
    IgnoresNames,
    LastWriterWins,
    AnswersOwnChoice,
    AnswersInOrderOfUnits,
    CallsAllFirst,
    HoldsLocks,
    ListsNothing,
}

#[derive(Clone)]
pub(crate) struct Faulty {
    fault: Fault,
    good: Memory,
    locked: Arc<AtomicBool>,
    has_new_epoch: Arc<AtomicBool>,
}

impl Faulty {
    pub(crate) fn new(fault: Fault) -> Self {
        Self { fault, good: Memory::new(), locked: Arc::default(), has_new_epoch: Arc::default() }
    }

    /// Returns the data, without the fault.
    pub(crate) fn good(&self) -> Memory {
        self.good.clone()
    }

    /// Returns a name as this store stores it.
    fn name(&self, name: &str) -> String {
        match self.fault {
            Fault::FoldsCase => name.to_lowercase(),
            Fault::Normalizes => name.replace("e\u{301}", "é"),
            Fault::Trims => name.trim().to_owned(),
            Fault::CutsNames => name.chars().take(199).collect(),
            _ => name.to_owned(),
        }
    }

    /// Returns two names as this store stores them.
    fn names(&self, first: &str, second: &str) -> (String, String) {
        match self.fault {
            Fault::JoinsNames => (String::new(), format!("{first}:{second}")),
            Fault::MixesKinds => (String::new(), second.to_owned()),
            _ => (self.name(first), self.name(second)),
        }
    }

    /// Takes a lock for a moment. A cancelled call never releases it.
    async fn lock(&self) -> Result<()> {
        if self.fault == Fault::HoldsLocks {
            if self.locked.swap(true, Ordering::Relaxed) {
                return Err(Error::new(ErrorKind::Timeout, "the lock is taken"));
            }
            yield_now().await;
            self.locked.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn newest(&self, feature: &str) -> Result<Option<Entry>> {
        Ok(self.good.history(feature, Page { before: None, limit: 1 }).await?.pop())
    }
}

#[async_trait]
impl Store for Faulty {
    fn name(&self) -> String {
        format!("{:?}", self.fault)
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.lock().await?;
        let mut loaded = self.good.load().await?;
        match self.fault {
            Fault::LosesTombstones => loaded.entries.retain(|entry| !entry.removed),
            Fault::LoadsTheFirst => {
                for entry in &mut loaded.entries {
                    let first = self.good.history(&entry.feature, Page { before: Some(2), limit: 1 }).await?;
                    *entry = first.into_iter().next().unwrap();
                }
            }
            _ => {}
        }
        Ok(loaded)
    }

    async fn append(&self, mut expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        let mut entry = Entry { feature: self.name(&entry.feature), ..entry.clone() };
        let current = self.newest(&entry.feature).await?;
        let standing = current.as_ref().map(RevisionStamp::after).unwrap_or_default();
        match self.fault {
            Fault::IgnoresExpected => {
                expected = standing;
                entry.version = expected.version + 1;
            }
            Fault::ComparesVersionsOnly if standing.version == expected.version => expected = standing,
            Fault::AcceptsGaps => entry.version = expected.version + 1,
            Fault::Reserializes => {
                let json: serde_json::Value = serde_json::from_slice(&entry.bytes).unwrap();
                entry.bytes = serde_json::to_vec(&json).unwrap();
            }
            Fault::CutsStates => entry.bytes.truncate(1 << 16),
            Fault::ForgetsHashes => entry.hash = Hash::default(),
            Fault::RestartsAfterTombstones if current.is_some_and(|entry| entry.removed) => {
                return Ok(AppendOutcome::Conflict(None));
            }
            _ => {}
        }
        self.lock().await?;
        let appended = self.good.append(expected, &entry).await?;
        Ok(match (self.fault, appended) {
            (Fault::AlwaysDone, _) => AppendOutcome::Done,
            (Fault::HidesTheWinner, AppendOutcome::Conflict(_)) => AppendOutcome::Conflict(None),
            (Fault::ForgetsIds, AppendOutcome::Conflict(Some(entry))) => {
                AppendOutcome::Conflict(Some(Entry { id: String::new(), ..entry }))
            }
            (_, appended) => appended,
        })
    }

    async fn history(&self, feature: &str, mut page: Page) -> Result<Vec<Entry>> {
        match self.fault {
            Fault::IgnoresBefore => page.before = None,
            Fault::IncludesBefore => page.before = page.before.map(|before| before.saturating_add(1)),
            Fault::IgnoresLimit => page.limit = usize::MAX,
            _ => {}
        }
        let mut history = self.good.history(&self.name(feature), page).await?;
        if self.fault == Fault::OldestFirst {
            history.reverse();
        }
        Ok(history)
    }

    async fn watch(&self, after: &Cursor, mut wait: Duration) -> Result<WatchEvent> {
        let mut from = after.clone();
        match self.fault {
            Fault::WatchesFromNow => from = self.good.load().await?.cursor,
            Fault::WatchesNothing => {
                tokio::time::sleep(wait).await;
                return Ok(WatchEvent::Changes { entries: Vec::new(), cursor: from });
            }
            Fault::ReturnsEarly => wait = Duration::ZERO,
            Fault::WaitsTooLong => wait += Duration::from_secs(10),
            _ => {}
        }
        let mut watched = self.good.watch(&from, wait).await?;
        match (self.fault, &mut watched) {
            (Fault::FailsOnForeignCursors, WatchEvent::Gap) => {
                return Err(Error::new(ErrorKind::Invalid, "this is not a cursor"));
            }
            (Fault::NewEpochByCursor, WatchEvent::Gap) => self.has_new_epoch.store(true, Ordering::Relaxed),
            (Fault::WatchesWithoutEnd, WatchEvent::Changes { cursor, .. }) => *cursor = from,
            (Fault::WatchesNewestFirst, WatchEvent::Changes { entries, .. }) => entries.reverse(),
            (Fault::WatchesOneOfMany, WatchEvent::Changes { entries, .. }) => entries.truncate(1),
            _ => {}
        }
        Ok(watched)
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let stale = u64::from(self.fault == Fault::StaleVersions);
        let versions = self.good.versions().await?;
        Ok(versions.into_iter().map(|(feature, version)| (feature, version - stale)).collect())
    }

    async fn epoch(&self) -> Result<String> {
        match self.fault {
            Fault::FixedEpoch => Ok("1".to_owned()),
            Fault::NewEpochs => Ok(format!("{:x}", fastrand::u64(..))),
            Fault::NewEpochByCursor if self.has_new_epoch.load(Ordering::Relaxed) => Ok("another".to_owned()),
            _ => Store::epoch(&self.good).await,
        }
    }

    async fn check(&self) -> Result<Vec<String>> {
        match self.fault {
            Fault::WarnsOfCompleteHistories => Ok(vec!["the history of \"Feature\" is not whole".to_owned()]),
            _ => self.good.check().await,
        }
    }

    fn records(&self) -> Option<&dyn Records> {
        (self.fault != Fault::NoRecords).then_some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        (self.fault != Fault::NoRecords).then_some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        match self.fault {
            Fault::NoRecords => None,
            // Returns them only every second time.
            Fault::HalfTheRecords if self.locked.fetch_not(Ordering::Relaxed) => None,
            _ => Some(self),
        }
    }
}

#[async_trait]
impl Records for Faulty {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        match self.fault {
            Fault::CapabilitiesOfOtherEpochs => Ok("another".to_owned()),
            _ => Store::epoch(self).await,
        }
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        self.lock().await?;
        let (kind, key) = self.names(kind, key);
        let ttl = match self.fault {
            Fault::NeverExpires => None,
            Fault::ExpiresAtOnce => ttl.map(|_| Duration::ZERO),
            Fault::KeepsTheFirstRecord if self.good.list(&kind).await?.iter().any(|record| record.key == key) => {
                return Ok(());
            }
            _ => ttl,
        };
        self.good.put(&kind, &key, bytes, ttl).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let mut records = self.good.list(&self.names(kind, "").0).await?;
        if self.fault == Fault::Unsorted {
            records.reverse();
        }
        Ok(records)
    }
}

#[async_trait]
impl Counters for Faulty {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        match self.fault {
            Fault::ListsNothing => Ok(Scan { entries: Vec::new(), next: None }),
            _ => Counters::scan(&self.good, after, limit).await,
        }
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], mut ttl: Option<Duration>) -> Result<()> {
        let (kind, key) = self.names(kind, key);
        let mut deltas = deltas.to_vec();
        let before = self.good.read(&kind, &key).await?;
        match self.fault {
            Fault::KeepsCounters => ttl = None,
            Fault::EndsWithTheFirstTime if !before.is_empty() => ttl = Some(Duration::from_secs(1)),
            Fault::CountsOnAfterTheEnd if before.is_empty() => {
                deltas.extend(self.good.read("ended", &key).await?);
                self.good.add("ended", &key, &deltas, None).await?;
            }
            Fault::CountsUpOnly => deltas.retain(|(_, delta)| *delta >= 0),
            Fault::FailsOnOverflow => {
                for (name, delta) in &deltas {
                    let n = before.iter().find(|(other, _)| other == name).map_or(0, |(_, n)| *n);
                    n.checked_add(*delta).ok_or_else(|| Error::new(ErrorKind::Invalid, "it overflows"))?;
                }
            }
            Fault::ReadsThenWrites => {
                yield_now().await;
                for (name, n) in self.good.read(&kind, &key).await? {
                    let read = before.iter().find(|(other, _)| *other == name).map_or(0, |(_, n)| *n);
                    deltas.push((name, read - n));
                }
            }
            Fault::CountsInParts => {
                for delta in deltas {
                    self.good.add(&kind, &key, &[delta], ttl).await?;
                    yield_now().await;
                }
                return Ok(());
            }
            _ => {}
        }
        self.good.add(&kind, &key, &deltas, ttl).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let (kind, key) = self.names(kind, key);
        self.good.read(&kind, &key).await
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let names = names.filter(|_| self.fault != Fault::IgnoresNames);
        let mut places: Vec<_> = keys.iter().map(|key| self.names(kind, key)).collect();
        if self.fault == Fault::AnswersInOrderOfKeys {
            places.sort();
        }
        let mut all = Vec::new();
        for (kind, key) in places {
            all.extend(self.good.read_many(&kind, &[key], names).await?);
        }
        Ok(all)
    }
}

#[async_trait]
impl Assignments for Faulty {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        match self.fault {
            Fault::ListsNothing => Ok(Scan { entries: Vec::new(), next: None }),
            _ => Assignments::scan(&self.good, after, limit).await,
        }
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let (experiment, unit) = self.names(experiment, unit);
        match self.fault {
            Fault::LastWriterWins => {
                self.good.put(&experiment, &unit, choice.as_bytes(), None).await?;
                Ok(choice.to_owned())
            }
            Fault::AnswersOwnChoice => self.good.assign(&experiment, &unit, choice).await.map(|_| choice.to_owned()),
            _ => self.good.assign(&experiment, &unit, choice).await,
        }
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let mut units = units.to_vec();
        if self.fault == Fault::AnswersInOrderOfUnits {
            units.sort();
        }
        let mut all = Vec::new();
        for (unit, choice) in units {
            let first = self.fault == Fault::CallsAllFirst || self.assigned(experiment, &unit).await?.is_none();
            all.push(AssignmentOutcome { choice: self.assign(experiment, &unit, &choice).await?, first });
        }
        Ok(all)
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let (experiment, unit) = self.names(experiment, unit);
        if self.fault != Fault::LastWriterWins {
            return self.good.assigned(&experiment, &unit).await;
        }
        let record = self.good.list(&experiment).await?.into_iter().find(|record| record.key == unit);
        Ok(record.map(|record| String::from_utf8(record.bytes).unwrap()))
    }
}
