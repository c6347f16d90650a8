//! The guard around a store: a panic or a hang becomes an error of the call.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, timeout};

use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;
use crate::store::{
    AppendOutcome, Assignment, AssignmentOutcome, Assignments, CounterGroup, Counters, Cursor, LoadedStates, Page,
    Record, Records, RevisionStamp, Scan, ServerReport, Store, StoreUse, WatchEvent,
};
use crate::tasks::{Source, Warnings, catch_panic, catch_panic_async};

/// The time for which a store that cannot be written looks up the units of a batch, one after the other: less than the time limit of
/// the batch.
const LOOKUP_TIME: Duration = Duration::from_secs(2);

/// A store with a time limit and a panic guard for every call. It forwards every method of [`Store`], including those with a default, so
/// that the store's own implementations are used.
pub(crate) struct GuardedStore {
    store: Arc<dyn Store>,
    /// Read once.
    name: String,
    /// Read once.
    identity: String,
    /// Read once.
    data_id: String,
    /// The name of each capability that the store supports; read once.
    records: Option<String>,
    counters: Option<String>,
    assignments: Option<String>,
    /// `true` if the store refuses every write; read once. Writes of records, counts and assignments are then skipped: they would
    /// fail at every interval.
    is_read_only: bool,
    /// The time limit of a call, beyond the time for which it is asked to wait.
    timeout: Duration,
}

/// Returns the error for a call that exceeded its time limit.
pub(super) fn timeout_error(time: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the store did not respond within {time:?}"))
}

/// Calls a method of the guarded store with a time limit.
macro_rules! call {
    ($self:ident . $capability:ident . $method:ident ( $($argument:expr),* )) => {{
        let what = concat!("the store, in `", stringify!($capability), ".", stringify!($method), "`,");
        let called = catch_panic_async(what, async {
            let capability = $self.store.$capability().ok_or_else(|| capability_removed(stringify!($capability)))?;
            capability.$method($($argument),*).await
        });
        timeout($self.timeout, called).await.unwrap_or_else(|_| Err(timeout_error($self.timeout)))
    }};
    ($self:ident . $method:ident ( $($argument:expr),* )) => {
        call!($self.$method($($argument),*) within $self.timeout)
    };
    ($self:ident . $method:ident ( $($argument:expr),* ) within $time:expr) => {{
        let what = concat!("the store, in `", stringify!($method), "`,");
        let time: Duration = $time;
        // The async block also guards against a panic before the method returns its future.
        let called = catch_panic_async(what, async { $self.store.$method($($argument),*).await });
        timeout(time, called).await.unwrap_or_else(|_| Err(timeout_error(time)))
    }};
}

impl GuardedStore {
    pub(crate) fn new(store: Arc<dyn Store>, timeout: Duration, warnings: &Warnings) -> Self {
        let name = catch_panic("the store, in `name`,", || Ok(store.name())).unwrap_or_else(|panicked| {
            warnings.set(Source::StoreName, panicked);
            "a store without a name".to_owned()
        });
        let identity = catch_panic("the store, in `identity`,", || Ok(store.identity())).unwrap_or_else(|panicked| {
            warnings.set(Source::StoreName, panicked);
            name.clone()
        });
        let data_id = catch_panic("the store, in `data_id`,", || Ok(store.data_id())).unwrap_or_else(|panicked| {
            warnings.set(Source::StoreName, panicked);
            identity.clone()
        });
        let name_of = |what: &str, look: fn(&dyn Store) -> Option<String>| {
            catch_panic(&format!("the store, in `{what}`,"), || Ok(look(&*store))).unwrap_or_else(|panicked| {
                warnings.set(Source::StoreName, panicked);
                None
            })
        };
        let records = name_of("records", |store| store.records().map(Records::name));
        let counters = name_of("counters", |store| store.counters().map(Counters::name));
        let assignments = name_of("assignments", |store| store.assignments().map(Assignments::name));
        let is_read_only = catch_panic("the store, in `is_read_only`,", || Ok(store.is_read_only()));
        let is_read_only = is_read_only.unwrap_or_else(|panicked| {
            warnings.set(Source::StoreName, panicked);
            false
        });
        Self { store, name, identity, data_id, records, counters, assignments, is_read_only, timeout }
    }

    /// Returns the name of the store for a purpose; `None` if it does not support it.
    pub(super) fn name_of(&self, store_use: StoreUse) -> Option<&str> {
        match store_use {
            StoreUse::Revisions => Some(&self.name),
            StoreUse::Records => self.records.as_deref(),
            StoreUse::Counters => self.counters.as_deref(),
            StoreUse::Assignments => self.assignments.as_deref(),
        }
    }

    /// Returns the epoch of the store for a purpose.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) async fn epoch_of(&self, store_use: StoreUse) -> Result<String> {
        match store_use {
            StoreUse::Revisions => Store::epoch(self).await,
            StoreUse::Records => Records::epoch(self).await,
            StoreUse::Counters => Counters::epoch(self).await,
            StoreUse::Assignments => Assignments::epoch(self).await,
        }
    }

    /// Returns the choice that a unit of a store that cannot be written has, or else the given one.
    async fn assigned_or(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let assigned = call!(self.assignments.assigned(experiment, unit))?;
        Ok(assigned.unwrap_or_else(|| choice.to_owned()))
    }

    /// Returns the outcomes of assignments that are not written. Units that cannot be looked up in time have the given choice.
    async fn outcomes_without_writing(
        &self,
        experiment: &str,
        units: &[(String, String)],
    ) -> Result<Vec<AssignmentOutcome>> {
        let deadline = Instant::now() + LOOKUP_TIME;
        let mut outcomes = Vec::with_capacity(units.len());
        for (unit, choice) in units {
            let is_late = Instant::now() >= deadline;
            let choice = if is_late { choice.clone() } else { self.assigned_or(experiment, unit, choice).await? };
            outcomes.push(AssignmentOutcome { choice, first: false });
        }
        Ok(outcomes)
    }
}

#[async_trait]
impl Store for GuardedStore {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn identity(&self) -> String {
        self.identity.clone()
    }

    fn data_id(&self) -> String {
        self.data_id.clone()
    }

    fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    async fn load(&self) -> Result<LoadedStates> {
        // A large store can take long to load, so the caller sets the time limit.
        catch_panic_async("the store, in `load`,", async { self.store.load().await }).await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        call!(self.append(expected, entry))
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        call!(self.history(feature, page))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        call!(self.watch(after, wait) within wait.saturating_add(self.timeout))
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        call!(self.versions())
    }

    async fn epoch(&self) -> Result<String> {
        call!(self.epoch())
    }

    async fn check(&self) -> Result<Vec<String>> {
        call!(self.check())
    }

    async fn server(&self) -> Result<ServerReport> {
        call!(self.server())
    }

    fn records(&self) -> Option<&dyn Records> {
        self.records.is_some().then_some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        self.counters.is_some().then_some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        self.assignments.is_some().then_some(self)
    }
}

#[async_trait]
impl Records for GuardedStore {
    fn name(&self) -> String {
        self.records.clone().unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        call!(self.records.epoch())
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        if self.is_read_only {
            return Ok(());
        }
        call!(self.records.put(kind, key, bytes, ttl))
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        call!(self.records.list(kind))
    }
}

#[async_trait]
impl Counters for GuardedStore {
    fn name(&self) -> String {
        self.counters.clone().unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        call!(self.counters.epoch())
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        if self.is_read_only {
            return Ok(());
        }
        call!(self.counters.add(kind, key, deltas, ttl))
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        call!(self.counters.read(kind, key))
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        call!(self.counters.read_many(kind, keys, names))
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        call!(self.counters.scan(after, limit))
    }
}

#[async_trait]
impl Assignments for GuardedStore {
    fn name(&self) -> String {
        self.assignments.clone().unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        call!(self.assignments.epoch())
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        if self.is_read_only {
            return self.assigned_or(experiment, unit, choice).await;
        }
        call!(self.assignments.assign(experiment, unit, choice))
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        if self.is_read_only {
            return self.outcomes_without_writing(experiment, units).await;
        }
        call!(self.assignments.assign_many(experiment, units))
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        call!(self.assignments.assigned(experiment, unit))
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        call!(self.assignments.scan(after, limit))
    }
}

/// Returns the error for a store that does not provide a capability any more.
fn capability_removed(capability: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("the store does not support {capability} any more"))
}
