//! A store whose calls succeed, fail, hang or panic, as a test sets.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use feats::model::Entry;
use feats::store::{
    AppendOutcome, AssignmentOutcome, Assignments, Counters, Cursor, LoadedStates, Memory, Page, Record, Records,
    RevisionStamp, Store, WatchEvent, async_trait,
};
use feats::{Error, ErrorKind, Result};

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Succeeds,
    Fails,
    /// The call takes effect, but returns an error.
    LosesTheAnswer,
    Hangs,
    Panics,
}

/// A store in memory with faults. Clones share the data and the faults.
#[derive(Clone, Default)]
pub struct Unruly {
    pub memory: Memory,
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    /// The outcomes of the next calls of each method.
    planned: HashMap<&'static str, Vec<Call>>,
    /// The outcome of all other calls of each method.
    forever: HashMap<&'static str, Call>,
    /// The outcomes of the next calls of any method, in reverse order.
    any: Vec<Call>,
    calls: HashMap<&'static str, usize>,
}

impl Unruly {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the outcomes of the next calls of a method.
    pub fn next(&self, method: &'static str, calls: impl IntoIterator<Item = Call>) {
        self.script.lock().unwrap().planned.entry(method).or_default().extend(calls);
    }

    /// Sets the outcome of every call of a method, until it is changed.
    pub fn always(&self, method: &'static str, call: Call) {
        self.script.lock().unwrap().forever.insert(method, call);
    }

    /// Sets the outcomes of the next calls of any method.
    pub fn any(&self, calls: impl IntoIterator<Item = Call>) {
        let mut script = self.script.lock().unwrap();
        script.any = calls.into_iter().collect();
        script.any.reverse();
    }

    /// Undoes [`always`](Self::always) for a method.
    pub fn relent(&self, method: &'static str) {
        self.script.lock().unwrap().forever.remove(method);
    }

    /// Returns the number of calls of a method.
    pub fn calls(&self, method: &str) -> usize {
        self.script.lock().unwrap().calls.get(method).copied().unwrap_or_default()
    }

    fn call(&self, method: &'static str) -> Call {
        let mut script = self.script.lock().unwrap();
        *script.calls.entry(method).or_default() += 1;
        if let Some(planned) = script.planned.get_mut(method).filter(|planned| !planned.is_empty()) {
            return planned.remove(0);
        }
        if let Some(call) = script.forever.get(method) {
            return *call;
        }
        script.any.pop().unwrap_or(Call::Succeeds)
    }

    async fn play<T>(&self, method: &'static str, real: impl Future<Output = Result<T>>) -> Result<T> {
        let call = self.call(method);
        let failed = || Err(Error::new(ErrorKind::Unavailable, format!("{method} fails")));
        match call {
            Call::Succeeds => real.await,
            Call::Fails => failed(),
            Call::LosesTheAnswer => {
                real.await?;
                failed()
            }
            Call::Hangs => pending().await,
            Call::Panics => panic!("{method} panics"),
        }
    }
}

#[async_trait]
impl Store for Unruly {
    fn name(&self) -> String {
        // It is read only once, so outcomes of any method do not apply to it.
        let planned = self.script.lock().unwrap().forever.get("name").copied();
        assert_ne!(planned, Some(Call::Panics), "name panics");
        "unruly".to_owned()
    }

    fn data_id(&self) -> String {
        self.memory.data_id()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.play("load", self.memory.load()).await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.play("append", self.memory.append(expected, entry)).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.play("history", self.memory.history(feature, page)).await
    }

    /// Waits in short steps, so that a new fault applies soon.
    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.play("watch", self.memory.watch(after, wait.min(Duration::from_millis(20)))).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.play("versions", self.memory.versions()).await
    }

    async fn epoch(&self) -> Result<String> {
        self.play("epoch", Store::epoch(&self.memory)).await
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        Some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(self)
    }
}

#[async_trait]
impl Records for Unruly {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        self.play("put", self.memory.put(kind, key, bytes, ttl)).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        self.play("list", self.memory.list(kind)).await
    }
}

#[async_trait]
impl Counters for Unruly {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        self.play("add", self.memory.add(kind, key, deltas, ttl)).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        self.play("read", self.memory.read(kind, key)).await
    }
}

#[async_trait]
impl Assignments for Unruly {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        self.play("assign", self.memory.assign(experiment, unit, choice)).await
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        self.play("assign_many", self.memory.assign_many(experiment, units)).await
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        self.play("assigned", self.memory.assigned(experiment, unit)).await
    }
}
