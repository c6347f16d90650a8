//! The stores that an app uses: that of its revisions, and those of its records, counters and assignments, which may be the same one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::guarded::GuardedStore;
use super::load::check;
use super::periodic::VERIFY_INTERVAL;
use super::replica::locked;
use crate::error::{Error, Problem, Result};
use crate::store::{Assignments, CapabilityHandle, Counters, Records, Store, StoreHealth, StoreStatus, StoreUse};
use crate::tasks::{Backoff, Round, Source, Warnings, forked_error, jittered, supervise};
use crate::text::quoted;

/// The average interval at which a store that is not watched is probed.
const PROBE_INTERVAL: Duration = Duration::from_secs(2);

/// The store handles of an app. Where one is absent, that of the revisions is used.
pub(crate) struct Handles {
    pub(crate) revisions: Arc<dyn Store>,
    pub(crate) records: Option<Arc<dyn Store>>,
    pub(crate) counters: Option<Arc<dyn Store>>,
    pub(crate) assignments: Option<Arc<dyn Store>>,
}

/// The stores that an app uses.
#[derive(Clone)]
pub(crate) struct Stores {
    pub(crate) revisions: CapabilityHandle<dyn Store>,
    pub(crate) records: Option<CapabilityHandle<dyn Records>>,
    pub(crate) counters: Option<CapabilityHandle<dyn Counters>>,
    pub(crate) assignments: Option<CapabilityHandle<dyn Assignments>>,
    /// `true` if units can be assigned: there is a store of assignments, and it can be written.
    pub(crate) can_assign: bool,
    /// The health of each store, that of the revisions first.
    healths: Vec<Arc<StoreHealth>>,
}

/// The task that probes a store that is not watched, by reading its epoch.
pub(crate) struct Monitor {
    store: Arc<GuardedStore>,
    /// The capability through which the epoch is read.
    store_use: StoreUse,
    health: Arc<StoreHealth>,
    /// The time of the next check for warnings.
    check_due: Mutex<Instant>,
}

/// Collects the stores of an app, each once.
struct Builder<'a> {
    timeout: Duration,
    warnings: &'a Warnings,
    known: Vec<((String, String), Arc<StoreHealth>)>,
    monitors: Vec<Monitor>,
    problems: Vec<Problem>,
}

impl Stores {
    /// Takes the capabilities from the handles. A store that is given twice has one health, and is probed once.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) if a store was given for a capability that it does not support.
    pub(crate) fn new(handles: Handles, timeout: Duration, warnings: &Warnings) -> Result<(Self, Vec<Monitor>)> {
        let mut builder = Builder { timeout, warnings, known: Vec::new(), monitors: Vec::new(), problems: Vec::new() };
        let own = builder.guard(handles.revisions);
        let health = builder.health(&own, StoreUse::Revisions);
        let revisions = CapabilityHandle { store: own.clone() as Arc<dyn Store>, health };
        let records = builder.capability(&own, handles.records, StoreUse::Records);
        let counters = builder.capability(&own, handles.counters, StoreUse::Counters);
        let assignments = builder.capability(&own, handles.assignments, StoreUse::Assignments);
        if !builder.problems.is_empty() {
            return Err(Error::invalid(builder.problems));
        }
        let can_assign = assignments.as_ref().is_some_and(|(store, _)| !store.is_read_only());
        let stores = Self {
            can_assign,
            revisions,
            records: records.map(|(store, health)| CapabilityHandle { store: store as Arc<dyn Records>, health }),
            counters: counters.map(|(store, health)| CapabilityHandle { store: store as Arc<dyn Counters>, health }),
            assignments: assignments
                .map(|(store, health)| CapabilityHandle { store: store as Arc<dyn Assignments>, health }),
            healths: builder.known.into_iter().map(|(_, health)| health).collect(),
        };
        stores.warn_of_missing_capabilities(warnings);
        Ok((stores, builder.monitors))
    }

    /// Waits until the first attempt to connect to each store is over.
    pub(crate) async fn wait_until_known(&self) {
        for health in &self.healths {
            health.wait_until_known().await;
        }
    }

    /// Returns the name of the store for a purpose; that of the revisions if there is none.
    pub(crate) fn name_of(&self, store_use: StoreUse) -> String {
        let name = match store_use {
            StoreUse::Revisions => None,
            StoreUse::Records => self.records.as_ref().map(|records| records.store.name()),
            StoreUse::Counters => self.counters.as_ref().map(|counters| counters.store.name()),
            StoreUse::Assignments => self.assignments.as_ref().map(|assignments| assignments.store.name()),
        };
        name.unwrap_or_else(|| self.revisions.store.name())
    }

    /// Returns the status of each store.
    pub(crate) fn statuses(&self) -> Vec<StoreStatus> {
        self.healths.iter().map(|health| health.status()).collect()
    }

    /// Returns the status of each store in a forked process. Omits a store whose status was being written at the time of the fork.
    pub(crate) fn statuses_after_fork(&self) -> Vec<StoreStatus> {
        self.healths.iter().filter_map(|health| health.status_after_fork(&forked_error())).collect()
    }

    /// Returns the warnings of the last check of each store.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.healths.iter().flat_map(|health| health.warnings()).collect()
    }

    /// Marks all connections as stopped.
    pub(crate) fn mark_stopped(&self) {
        self.healths.iter().for_each(|health| _ = health.mark_stopped());
    }

    fn warn_of_missing_capabilities(&self, warnings: &Warnings) {
        let missing = [
            (self.records.is_none(), "records (programs do not know each other's features and instances)"),
            (self.counters.is_none(), "counters (uses and exposures are not counted)"),
            (self.assignments.is_none(), "assignments (experiments cannot be published)"),
        ];
        let missing: Vec<&str> = missing.iter().filter(|(missing, _)| *missing).map(|(_, what)| *what).collect();
        if !missing.is_empty() {
            warnings.set(Source::Capabilities, format!("no store of this app supports {}", missing.join(", or ")));
        }
    }
}

impl Builder<'_> {
    fn guard(&self, store: Arc<dyn Store>) -> Arc<GuardedStore> {
        Arc::new(GuardedStore::new(store, self.timeout, self.warnings))
    }

    /// Returns the store of a capability and its health, if there is one: the given store, or else that of the revisions.
    fn capability(
        &mut self,
        own: &Arc<GuardedStore>,
        given: Option<Arc<dyn Store>>,
        store_use: StoreUse,
    ) -> Option<(Arc<GuardedStore>, Arc<StoreHealth>)> {
        let is_given = given.is_some();
        let store = given.map_or_else(|| own.clone(), |given| self.guard(given));
        if store.name_of(store_use).is_none() {
            if is_given {
                let message = format!(
                    "the store {} does not support {store_use}; use a store that does, such as feats::store::Redis",
                    quoted(&Store::name(&*store))
                );
                self.problems.push(Problem::new(store_use.to_string(), message));
            }
            return None;
        }
        let health = self.health(&store, store_use);
        Some((store, health))
    }

    /// Returns the health of the store for a purpose. Adds a monitor, unless the store is watched.
    fn health(&mut self, store: &Arc<GuardedStore>, store_use: StoreUse) -> Arc<StoreHealth> {
        let name = store.name_of(store_use).unwrap_or_default();
        let key = (store.data_id().to_owned(), name.to_owned());
        let known = self.known.iter().find(|(known, _)| *known == key).map(|(_, health)| health.clone());
        let health = known.unwrap_or_else(|| {
            let health = Arc::new(StoreHealth::new(name.to_owned()));
            if store_use != StoreUse::Revisions {
                self.monitors.push(Monitor {
                    store: store.clone(),
                    store_use,
                    health: health.clone(),
                    check_due: Mutex::new(Instant::now()),
                });
            }
            self.known.push((key, health.clone()));
            health
        });
        health.add_use(store_use);
        health
    }
}

impl Monitor {
    /// Runs all monitors until it is dropped.
    pub(crate) async fn run_all(monitors: Vec<Self>) {
        let mut running: JoinSet<()> = monitors.into_iter().map(Self::run).collect();
        while running.join_next().await.is_some() {}
    }

    async fn run(self) {
        let name = self.store.name_of(self.store_use).unwrap_or_default();
        let failed = |error: &Error| {
            if self.health.mark_unreachable(error) {
                tracing::warn!(store = name, error = %error.report(), "the store is unreachable; decisions do not need it");
            }
        };
        let backoff = Backoff::default();
        supervise("probing a store", &backoff, || self.probe(), failed).await;
    }

    async fn probe(&self) -> Result<Round> {
        if self.health.is_live() {
            sleep(jittered(PROBE_INTERVAL)).await;
        }
        let epoch = self.store.epoch_of(self.store_use).await?;
        self.health.set_epoch(epoch);
        self.health.mark_contact();
        if self.is_check_due() {
            check(&*self.store, &self.health).await;
        }
        Ok(Round::Done)
    }

    fn is_check_due(&self) -> bool {
        let mut due = locked(&self.check_due);
        let is_due = *due <= Instant::now();
        if is_due {
            *due = Instant::now() + jittered(VERIFY_INTERVAL);
        }
        is_due
    }
}
