//! An experiment, the exposures of an app, and a store with scripted failures.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use feats_core::__private::{Experiment, PriorAssignment};
use tokio::task::JoinHandle;

use super::compiled;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::exposure::{Background, COUNTS, Exposure, Exposures, Settings, Sink};
use crate::model::{Entry, Timestamp, Value};
use crate::runtime::{History, WaitPolicy};
use crate::store::{
    AppendOutcome, AssignmentOutcome, Assignments, CapabilityHandle, Counters, Cursor, LoadedStates, Memory, Page,
    RevisionStamp, Store, StoreHealth, WatchEvent,
};

/// The positions of the implementations of [`experiment`].
pub(super) const ACME: u16 = 0;
pub(super) const PREMIUM: u16 = 1;

pub(super) const SEED: &str = "seed";
/// The name of the experiment in stores.
pub(super) const STORED_NAME: &str = "Payments\u{1f}seed";

pub(super) fn experiment(version: u64) -> Arc<Experiment> {
    compiled::experiment("Payments", SEED, version, &["acme", "premium"])
}

/// A clock that changes only when it is set. It starts one millisecond after the start of 1970.
#[derive(Clone)]
pub(super) struct StoppedClock(Arc<AtomicI64>);

impl StoppedClock {
    pub(super) fn set(&self, time: &str) {
        let time: Timestamp = time.parse().expect("a time");
        self.0.store(time.as_millis(), SeqCst);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(SeqCst))
    }
}

/// The exposures of an app, the task of its background thread, and its store.
pub(super) struct App {
    pub(super) exposures: Arc<Exposures>,
    pub(super) health: Arc<StoreHealth>,
    pub(super) clock: StoppedClock,
    pub(super) store: ScriptedStore,
    pub(super) background: JoinHandle<()>,
}

impl App {
    /// Starts on the current runtime.
    pub(super) fn start(store: ScriptedStore, settings: Settings) -> Self {
        let health = Arc::new(StoreHealth::new("scripted".to_owned()));
        health.set_epoch("first".to_owned());
        health.mark_contact();
        let assignments =
            CapabilityHandle { store: Arc::new(store.clone()) as Arc<dyn Assignments>, health: health.clone() };
        let counters = CapabilityHandle { store: Arc::new(store.clone()) as Arc<dyn Counters>, health: health.clone() };
        let clock = StoppedClock(Arc::new(AtomicI64::new(1)));
        let (exposures, background) =
            Background::new(settings, Some(assignments), Some(counters), Arc::new(clock.clone()), Arc::default());
        Self { exposures, health, clock, store, background: tokio::spawn(background.run()) }
    }

    pub(super) fn on(store: &ScriptedStore) -> Self {
        Self::start(store.clone(), Settings::default())
    }

    pub(super) fn set_live(&self, live: bool) {
        match live {
            true => self.health.mark_contact(),
            false => _ = self.health.mark_unreachable(&Error::new(ErrorKind::Unavailable, "it is unreachable")),
        }
    }

    /// Exposes a unit whose slot was never reassigned.
    pub(super) fn expose<'a>(&self, unit: impl Into<Value<'a>>, choice: u16) {
        self.exposures.expose(&experiment(1), &unit.into(), choice, false);
    }

    /// Exposes a unit whose slot was reassigned.
    pub(super) fn expose_reassigned<'a>(&self, unit: impl Into<Value<'a>>, choice: u16) {
        self.exposures.expose(&experiment(2), &unit.into(), choice, true);
    }

    /// Returns the prior assignment from memory alone.
    pub(super) fn known<'a>(&self, unit: impl Into<Value<'a>>) -> PriorAssignment {
        self.exposures.prior_assignment(&experiment(2), &unit.into(), WaitPolicy::None)
    }

    pub(super) async fn used<'a>(&self, unit: impl Into<Value<'a>>) -> PriorAssignment {
        self.exposures.prior_assignment_async(&experiment(2), &unit.into()).await
    }

    /// Returns the counters of the store, with `␟` in place of the separator.
    pub(super) async fn counts(&self) -> Vec<(String, i64)> {
        let counts = self.store.memory.counters().unwrap().read(COUNTS, STORED_NAME).await.expect("counts");
        counts.into_iter().map(|(counter, count)| (counter.replace('\u{1f}', "␟"), count)).collect()
    }
}

/// A store in memory with scripted failures and delays.
#[derive(Clone, Debug, Default)]
pub(super) struct ScriptedStore {
    pub(super) memory: Memory,
    pub(super) script: Arc<Script>,
}

/// The script of a store.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// The number of next calls of each method that fail.
    pub(super) failing_assigns: AtomicUsize,
    pub(super) failing_counts: AtomicUsize,
    pub(super) failing_lookups: AtomicUsize,
    /// The delay of a lookup.
    pub(super) delay: Mutex<Duration>,
    /// The sizes of batches so far.
    pub(super) batches: Mutex<Vec<usize>>,
    pub(super) lookups: AtomicUsize,
}

impl Script {
    fn play(failing: &AtomicUsize) -> Result<()> {
        match failing.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => Err(Error::new(ErrorKind::Unavailable, "a scripted failure")),
            Err(_) => Ok(()),
        }
    }
}

#[async_trait]
impl Store for ScriptedStore {
    fn name(&self) -> String {
        "scripted".to_owned()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.memory.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.memory.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.memory.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.memory.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.memory.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(&self.memory).await
    }

    fn counters(&self) -> Option<&dyn Counters> {
        Some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(self)
    }
}

#[async_trait]
impl Counters for ScriptedStore {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        Script::play(&self.script.failing_counts)?;
        self.memory.add(kind, key, deltas, ttl).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        self.memory.read(kind, key).await
    }
}

#[async_trait]
impl Assignments for ScriptedStore {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        self.script.batches.lock().expect("not poisoned").push(units.len());
        Script::play(&self.script.failing_assigns)?;
        self.memory.assign_many(experiment, units).await
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        self.script.lookups.fetch_add(1, SeqCst);
        let delay = *self.script.delay.lock().expect("not poisoned");
        tokio::time::sleep(delay).await;
        Script::play(&self.script.failing_lookups)?;
        self.memory.assigned(experiment, unit).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        self.memory.assign(experiment, unit, choice).await
    }
}

/// A sink that collects exposures.
#[derive(Clone, Default)]
pub(super) struct CollectingSink(pub(super) Arc<Mutex<Vec<Exposure>>>);

impl Sink for CollectingSink {
    fn record(&self, exposures: &[Exposure]) {
        self.0.lock().expect("not poisoned").extend_from_slice(exposures);
    }
}
