//! The stores that an app uses: the one of its revisions, and those of its records, counters and assignments, which may be
//! the same one or others.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::guarded::GuardedStore;
use super::load::check;
use super::periodic::VERIFY;
use super::replica::locked;
use crate::error::{Error, Problem, Result};
use crate::store::{Assignments, CapabilityHandle, Counters, Records, Store, StoreHealth, StoreStatus, StoreUse};
use crate::tasks::{Backoff, Round, Source, Warnings, forked_error, jittered, supervise};
use crate::text::quoted;

/// How often a store that is not followed is asked whether it answers, on average.
const PROBE: Duration = Duration::from_secs(2);

/// The handles that an app is given. Those that are absent are the one of the revisions.
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
    /// One for each store, that of the revisions first.
    healths: Vec<Arc<StoreHealth>>,
}

/// Asks a store that is not followed whether it answers, and in which epoch it is.
pub(crate) struct Monitor {
    store: Arc<GuardedStore>,
    /// The capability that the store is asked by.
    store_use: StoreUse,
    health: Arc<StoreHealth>,
    /// When it is to be checked what is wrong with the store although it answers.
    check_due: Mutex<Instant>,
}

/// The stores known so far, by what tells them apart.
struct Builder<'a> {
    timeout: Duration,
    warnings: &'a Warnings,
    known: Vec<((String, String), Arc<StoreHealth>)>,
    monitors: Vec<Monitor>,
    problems: Vec<Problem>,
}

impl Stores {
    /// Takes what is needed from the handles. Stores that are given twice have one health and are asked once.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) if a store was given for something that it does not keep.
    pub(crate) fn new(handles: Handles, timeout: Duration, warnings: &Warnings) -> Result<(Self, Vec<Monitor>)> {
        let mut builder = Builder { timeout, warnings, known: Vec::new(), monitors: Vec::new(), problems: Vec::new() };
        let own = builder.guard(handles.revisions);
        let health = builder.health(&own, StoreUse::Revisions);
        let revisions = CapabilityHandle { store: own.clone() as Arc<dyn Store>, health };
        let records = builder.provided(&own, handles.records, StoreUse::Records);
        let counters = builder.provided(&own, handles.counters, StoreUse::Counters);
        let assignments = builder.provided(&own, handles.assignments, StoreUse::Assignments);
        if !builder.problems.is_empty() {
            return Err(Error::invalid(builder.problems));
        }
        let stores = Self {
            revisions,
            records: records.map(|(store, health)| CapabilityHandle { store: store as Arc<dyn Records>, health }),
            counters: counters.map(|(store, health)| CapabilityHandle { store: store as Arc<dyn Counters>, health }),
            assignments: assignments
                .map(|(store, health)| CapabilityHandle { store: store as Arc<dyn Assignments>, health }),
            healths: builder.known.into_iter().map(|(_, health)| health).collect(),
        };
        stores.warn_of_what_is_missing(warnings);
        Ok((stores, builder.monitors))
    }

    /// Waits until the first attempt to reach each of them is over.
    pub(crate) async fn wait_until_known(&self) {
        for health in &self.healths {
            health.wait_until_known().await;
        }
    }

    /// The name of the store that is used for this; that of the revisions if none is.
    pub(crate) fn name_of(&self, store_use: StoreUse) -> String {
        let name = match store_use {
            StoreUse::Revisions => None,
            StoreUse::Records => self.records.as_ref().map(|records| records.store.name()),
            StoreUse::Counters => self.counters.as_ref().map(|counters| counters.store.name()),
            StoreUse::Assignments => self.assignments.as_ref().map(|assignments| assignments.store.name()),
        };
        name.unwrap_or_else(|| self.revisions.store.name())
    }

    /// What is known of each of them.
    pub(crate) fn statuses(&self) -> Vec<StoreStatus> {
        self.healths.iter().map(|health| health.status()).collect()
    }

    /// The same in a process that was forked. A store whose status was being written then is left out.
    pub(crate) fn statuses_after_fork(&self) -> Vec<StoreStatus> {
        self.healths.iter().filter_map(|health| health.status_after_fork(&forked_error())).collect()
    }

    /// What the last check of each of them found.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.healths.iter().flat_map(|health| health.warnings()).collect()
    }

    /// Marks the app as stopped: none of them is asked any more.
    pub(crate) fn mark_stopped(&self) {
        self.healths.iter().for_each(|health| _ = health.mark_stopped());
    }

    fn warn_of_what_is_missing(&self, warnings: &Warnings) {
        let missing = [
            (self.records.is_none(), "records (no program sees what others declare, or that they run)"),
            (self.counters.is_none(), "counters (neither uses nor exposures are counted)"),
            (self.assignments.is_none(), "assignments (no experiment can be published)"),
        ];
        let missing: Vec<&str> = missing.iter().filter(|(missing, _)| *missing).map(|(_, what)| *what).collect();
        if !missing.is_empty() {
            warnings.set(Source::Capabilities, format!("no store of this app keeps {}", missing.join(", nor ")));
        }
    }
}

impl Builder<'_> {
    fn guard(&self, store: Arc<dyn Store>) -> Arc<GuardedStore> {
        Arc::new(GuardedStore::new(store, self.timeout, self.warnings))
    }

    /// The store of a capability and its health, if there is one: the given store, or else that of the revisions.
    fn provided(
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
                    "the store {} keeps no {store_use}; give the app one that does, such as feats::store::Redis",
                    quoted(&Store::name(&*store))
                );
                self.problems.push(Problem::new(store_use.to_string(), message));
            }
            return None;
        }
        let health = self.health(&store, store_use);
        Some((store, health))
    }

    /// The health of the store that keeps this, which has a monitor unless it is the followed one.
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
    /// Runs all of them until it is dropped.
    pub(crate) async fn run_all(monitors: Vec<Self>) {
        let mut running: JoinSet<()> = monitors.into_iter().map(Self::run).collect();
        while running.join_next().await.is_some() {}
    }

    async fn run(self) {
        let name = self.store.name_of(self.store_use).unwrap_or_default();
        let failed = |error: &Error| {
            if self.health.mark_unreachable(error) {
                tracing::warn!(store = name, error = %error.report(), "the store is away; decisions do not need it");
            }
        };
        let backoff = Backoff::default();
        supervise("asking a store whether it answers", &backoff, || self.probe(), failed).await;
    }

    async fn probe(&self) -> Result<Round> {
        if self.health.is_live() {
            sleep(jittered(PROBE)).await;
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
            *due = Instant::now() + jittered(VERIFY);
        }
        is_due
    }
}
