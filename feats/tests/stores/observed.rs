//! A store in memory that counts its calls, and can delay reads, be unreachable and be emptied.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use feats::model::Entry;
use feats::store::{
    AppendOutcome, AssignmentOutcome, Assignments, Cursor, LoadedStates, Memory, Page, RevisionStamp, Store,
    WatchEvent, async_trait,
};
use feats::{Error, ErrorKind, Result};
use tokio::sync::Semaphore;

#[derive(Clone)]
pub struct Observed {
    name: &'static str,
    memory: Arc<Mutex<Memory>>,
    calls: Arc<Mutex<Vec<&'static str>>>,
    /// Each read takes a permit.
    gate: Arc<Semaphore>,
    is_unreachable: Arc<AtomicBool>,
}

impl Default for Observed {
    fn default() -> Self {
        Self {
            name: "observed",
            memory: Arc::default(),
            calls: Arc::default(),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            is_unreachable: Arc::default(),
        }
    }
}

impl Observed {
    /// Creates a store with a name, because an app distinguishes stores by their names.
    pub fn named(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Returns the number of calls of a method.
    pub fn calls(&self, method: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| **call == method).count()
    }

    /// Returns the data.
    pub fn memory(&self) -> Memory {
        self.memory.lock().unwrap().clone()
    }

    /// Empties the store, which changes its epoch.
    pub fn empty(&self) {
        *self.memory.lock().unwrap() = Memory::new();
    }

    pub fn set_unreachable(&self, is_unreachable: bool) {
        self.is_unreachable.store(is_unreachable, Ordering::Relaxed);
    }

    /// Makes all reads wait for permits from now on.
    pub fn close_gate(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets waiting reads continue.
    pub fn permit(&self, reads: usize) {
        self.gate.add_permits(reads);
    }

    fn call(&self, method: &'static str) -> Result<Memory> {
        self.calls.lock().unwrap().push(method);
        match self.is_unreachable.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Unavailable, "unreachable")),
            false => Ok(self.memory()),
        }
    }

    async fn pass_gate(&self) {
        self.gate.acquire().await.unwrap().forget();
    }
}

#[async_trait]
impl Store for Observed {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.call("load")?.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.call("append")?.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let history = self.call("history")?.history(feature, page).await;
        self.pass_gate().await;
        history
    }

    /// Waits only for a short time, so that an outage is noticed soon.
    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.call("watch")?.watch(after, wait.min(Duration::from_millis(5))).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.call("versions")?.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(&self.call("epoch")?).await
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(self)
    }
}

#[async_trait]
impl Assignments for Observed {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        self.call("assign")?.assign(experiment, unit, choice).await
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        self.call("assign_many")?.assign_many(experiment, units).await
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let assigned = self.call("assigned")?.assigned(experiment, unit).await;
        self.pass_gate().await;
        assigned
    }
}
