//! A running app: its parts, and its operations beyond those of single features.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::new_seeds::NewSeeds;
use super::publish::WriteHookSlot;
use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::Outcome;
use crate::exposure::Exposures;
use crate::model::{Attributes, Catalog, Declaration, Timestamp};
use crate::runtime::{FeatureRevision, NamedAttributes, SnapshotCell};
use crate::scope::{Purpose, Request, Scope, ScopeContext, ScopeFuture};
use crate::store::StoreUse;
#[cfg(feature = "thrift")]
use crate::sync::SourcedFlags;
use crate::sync::{
    ConfigSource, Instance, InstanceRegistration, Replica, Status, Stores, Subscription, Worker, find_last_valid, load,
    newest_first, read_catalogs, read_instances,
};
use crate::tasks::run_blocking;
use crate::text::quoted;
use crate::usage::Usage;

/// A running app: follows a store on a background thread and decides for the features of the program.
///
/// Cloning is cheap; all clones are the same app. The process-wide app runs until it is [shut down](App::shutdown); a
/// [detached](crate::AppBuilder::detached) app also stops when its last clone is dropped. After a shutdown,
/// [`start`](crate::AppBuilder::start) can start another process-wide app; until then the last snapshot decides.
///
/// # Forks
/// A process that is forked after the app was started, such as a worker of a pre-forking server, has no background thread.
/// In that process, the last snapshot continues to decide, the connection in [`status`](App::status) is
/// [`Stopped`](crate::StoreConnection::Stopped) with an error that gives the reason, and operations that need the store fail
/// immediately with [`ErrorKind::Stopped`]. Start the app in the child, with a store that was opened there; it replaces the
/// app of the parent.
#[derive(Clone)]
pub struct App(pub(super) Arc<Inner>);

pub(crate) struct Inner {
    pub(super) replica: Arc<Replica>,
    pub(super) stores: Stores,
    pub(super) worker: Arc<Worker>,
    pub(super) exposures: Arc<Exposures>,
    pub(super) usage: Arc<Usage>,
    pub(super) registration: InstanceRegistration,
    pub(super) program: String,
    #[cfg(feature = "web")]
    pub(super) identity: String,
    pub(super) new_seeds: NewSeeds,
    pub(super) write_hook: Arc<WriteHookSlot>,
    /// One permit for each change that may be prepared at the same time.
    pub(super) preparations: Arc<Semaphore>,
    /// The source of flags beside the store.
    #[cfg(feature = "thrift")]
    pub(super) flag_source: Option<Arc<SourcedFlags>>,
}

/// The time limit for each of the last writes at shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum number of changes that are prepared at the same time, since each may have a state that takes long to compile.
pub(super) const MAX_PREPARATIONS: usize = 2;

impl App {
    /// Returns the name of this program. It is the name of its catalog and the default author of its changes.
    pub fn program(&self) -> &str {
        &self.0.program
    }

    /// Returns the identity that cookies of this app are signed for: the environment, or the store if there is none, and the
    /// program, since two programs of one environment may have features of the same name. Restarts and new epochs of the
    /// store do not change it.
    #[cfg(feature = "web")]
    pub(crate) fn identity(&self) -> &str {
        &self.0.identity
    }

    /// Returns the [attributes](crate::AppBuilder::attribute) of the program, which every feature can use in conditions.
    pub fn program_attributes(&self) -> &Attributes<'static> {
        &self.0.replica.attributes
    }

    /// Returns the declarations of all features, sorted by name: those of this program and of other programs with the same
    /// store, and the [flags](crate::flags).
    pub fn declarations(&self) -> Vec<Arc<Declaration>> {
        self.positioned_declarations().into_iter().map(|(_, declaration)| declaration).collect()
    }

    /// Returns the declarations of all features with their positions, sorted by name.
    pub(super) fn positioned_declarations(&self) -> Vec<(usize, Arc<Declaration>)> {
        let snapshot = self.snapshot_cell().load_full();
        let is_flag = |position| snapshot.revision(position).is_some_and(|revision| revision.flag.is_flag());
        let mut all: Vec<_> = self.0.replica.features(|features| {
            let known = features.iter().enumerate();
            known.filter(|(position, known)| !known.flag || is_flag(*position)).collect()
        });
        all.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        all
    }

    /// Runs a closure in which this app decides, by its newest snapshot at each decision.
    pub fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        ScopeContext::following(self.snapshot_cell().clone()).enter(run)
    }

    /// Runs a future in which this app decides, by its newest snapshot at each decision.
    pub fn enter_async<F: Future>(&self, future: F) -> ScopeFuture<F> {
        ScopeContext::following(self.snapshot_cell().clone()).enter_async(future)
    }

    /// Creates a scope that pins the current snapshot and instant.
    pub fn scope(&self) -> Scope {
        Scope::pinned(self.snapshot_cell().clone())
    }

    /// Subscribes to changes from now on: each event names a feature that decides by another revision. For caches, metrics and
    /// OpenFeature's events.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// use feats::{ChangeEvent, ChangeSource};
    ///
    /// # #[feats::boolean] pub fn Search() -> bool { true }
    /// let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// let mut changes = app.subscribe();
    /// app.feature::<Search>().pin(Search::Disabled).publish().await?;
    ///
    /// match changes.recv().await {
    ///     Some(ChangeEvent::Changed(change)) => {
    ///         assert_eq!((&*change.feature, change.new_version), ("Search", 1));
    ///         assert_eq!(change.source, ChangeSource::ThisProgram);
    ///     }
    ///     Some(ChangeEvent::Missed(_)) => { /* too slow: reload everything */ }
    ///     None => { /* the app was shut down */ }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn subscribe(&self) -> Subscription {
        self.0.replica.subscribe()
    }

    /// Reads the store immediately. Changes also arrive without this call; use it if the next step needs the newest ones.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn refresh(&self) -> Result<()> {
        let (stores, replica) = (self.0.stores.clone(), self.0.replica.clone());
        #[cfg(feature = "thrift")]
        let flags_read = self.refresh_flag_source().await;
        let refreshed = self.call(async move {
            let catalogs = read_catalogs(stores.records.as_ref()).await;
            let catalogs = catalogs.map(|catalogs| replica.add_features(newest_first(catalogs)));
            let store = &*stores.revisions.store;
            load(store, &replica).await?;
            replica.installed(None).await;
            find_last_valid(store, &replica).await?;
            // Revisions are loaded even if the store of the records fails.
            catalogs.map_err(|error| error.with_store(stores.name_of(StoreUse::Records)))
        });
        refreshed.await?;
        #[cfg(feature = "thrift")]
        flags_read?;
        Ok(())
    }

    /// Returns the status of this app and its stores.
    pub fn status(&self) -> Status {
        let exposures = self.0.exposures.stats();
        if self.0.worker.is_forked() {
            let stores = self.0.stores.statuses_after_fork();
            return Status { exposures, stores, ..self.0.replica.status_after_fork() };
        }
        let mut status = self.0.replica.status();
        status.warnings.extend(self.0.stores.warnings());
        Status { exposures, stores: self.0.stores.statuses(), ..status }
    }

    /// Stores the queued exposures and the counted uses immediately. They are also stored at an interval without this call.
    ///
    /// # Errors
    /// Some of them cannot be stored. They stay queued.
    pub async fn flush(&self) -> Result<()> {
        let (exposures, usage) = (self.0.exposures.clone(), self.0.usage.clone());
        self.call(async move {
            let (exposed, counted) = tokio::join!(exposures.flush(), usage.flush());
            exposed.and(counted)
        })
        .await
    }

    /// Shuts the app down: stores queued exposures and counts within at most 5 s, removes this process from the running
    /// [instances](Self::instances), and stops the background thread. Afterwards the last snapshot decides, and writes fail.
    ///
    /// # Errors
    /// The queued exposures or counts cannot be stored. The background thread has stopped nevertheless.
    pub async fn shutdown(&self) -> Result<()> {
        self.0.worker.check_process()?;
        let (exposures, usage) = (self.0.exposures.clone(), self.0.usage.clone());
        let unregister = self.0.unregister();
        let (flushed, counted, _) = tokio::join!(
            self.0.worker.call_within(SHUTDOWN_TIMEOUT, async move { exposures.flush().await }),
            self.0.worker.call_within(SHUTDOWN_TIMEOUT, async move { usage.finish().await }),
            // If this fails, the record expires by itself.
            self.0.worker.call_within(SHUTDOWN_TIMEOUT, unregister),
        );
        self.0.worker.stop().await;
        self.0.replica.mark_stopped();
        self.0.stores.mark_stopped();
        match self.status().exposures.waiting {
            0 if self.0.usage.is_waiting() => {
                counted.map_err(|error| error.with_store(self.0.stores.name_of(StoreUse::Counters)))
            }
            0 => Ok(()),
            waiting => {
                let message = format!("{waiting} exposures were not stored");
                let kind = flushed.as_ref().err().map_or(ErrorKind::Unavailable, Error::kind);
                let error = Error::new(kind, message).with_store(self.0.stores.name_of(StoreUse::Assignments));
                Err(flushed.err().into_iter().fold(error, Error::with_source))
            }
        }
    }

    /// Returns the number of times this app has looked up the sticky assignment of a unit in its store. Only experiments look
    /// up assignments, and only for units whose slot was reassigned; while allocations do not change, the number stays the
    /// same.
    pub fn store_lookups(&self) -> u64 {
        self.0.exposures.lookups()
    }

    /// Returns the catalogs of all programs that use the store, by program and version.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn catalogs(&self) -> Result<BTreeMap<String, Catalog>> {
        let stores = self.0.stores.clone();
        self.call_store(StoreUse::Records, async move { read_catalogs(stores.records.as_ref()).await }).await
    }

    /// Returns the processes that currently run with this store and declare features. Each sends a heartbeat several times a
    /// minute.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn instances(&self) -> Result<Vec<Instance>> {
        let stores = self.0.stores.clone();
        self.call_store(StoreUse::Records, async move { read_instances(stores.records.as_ref()).await }).await
    }

    /// Decides for a feature with this app, and passes the outcome and the deciding revision to `inspect`.
    pub(super) fn observe<R>(
        &self,
        position: usize,
        declaration: &Declaration,
        attributes: &Attributes<'_>,
        purpose: &Purpose<'_>,
        inspect: impl FnOnce(Outcome, Option<&Arc<FeatureRevision>>) -> R,
    ) -> R {
        let subject = &NamedAttributes { attributes, shared: None, segments: &declaration.segments };
        Request { position, default: declaration.default, subject, purpose }
            .observe(Some(self.snapshot_cell()), inspect)
    }

    /// Returns `true` if the background thread runs in this process.
    pub(super) fn is_running(&self) -> bool {
        !self.0.worker.is_forked() && !self.0.replica.health.is_stopped()
    }

    /// Logs one line at the start: the program, its store, and the source of the configuration.
    pub(super) fn log_start(&self) {
        let Status { store, connection, config_source, .. } = self.0.replica.status();
        let program = quoted(&self.0.program);
        let decides = match config_source {
            ConfigSource::Store => "its revisions decide",
            ConfigSource::FallbackFile => "the fallback file decides",
            ConfigSource::Defaults => "the defaults in code decide",
        };
        tracing::info!(?connection, "started {program} with the store {}; {decides}", quoted(&store));
    }

    pub(crate) fn snapshot_cell(&self) -> &Arc<SnapshotCell> {
        &self.0.replica.cell
    }

    /// Returns the current time of the app's [clock](crate::AppBuilder::clock), which drives ramps.
    pub fn now(&self) -> Timestamp {
        self.snapshot_cell().now()
    }

    /// Runs a computation on a separate thread. A limited one waits while [`MAX_PREPARATIONS`] others run.
    pub(super) async fn compute<T: Send + 'static>(
        &self,
        is_limited: bool,
        compute: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permits = is_limited.then(|| self.0.preparations.clone());
        let computed = self.0.worker.call(async move {
            // The thread owns the permit, so it is released even if the caller is dropped.
            let permit = match permits {
                Some(permits) => permits.acquire_owned().await.ok(),
                None => None,
            };
            run_blocking(move || {
                let _permit = permit;
                compute()
            })
            .await
        });
        computed.await.map_err(|error| match error.kind() {
            ErrorKind::Timeout => {
                let message = "preparing the change took too long: its state is expensive to compile, or other changes \
                               are being prepared; simplify the state or try again";
                Error::new(ErrorKind::Timeout, message).with_source(error)
            }
            _ => error,
        })
    }

    /// Waits until the revisions that have arrived decide, for one feature or for all. The wait is limited: a revision that
    /// takes very long to compile decides later.
    pub(super) async fn wait_for_routes(&self, position: Option<usize>) {
        let replica = self.0.replica.clone();
        let installed = self.0.worker.call(async move {
            replica.installed(position).await;
            Ok(())
        });
        let _ = installed.await;
    }

    /// Runs I/O with the store of the revisions on the background thread.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.call_store(StoreUse::Revisions, job).await
    }

    /// Runs I/O with the store of the given use on the background thread.
    pub(super) async fn call_store<T: Send + 'static>(
        &self,
        store_use: StoreUse,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.0.worker.call(job).await.map_err(|error| error.with_store(self.0.stores.name_of(store_use)))
    }

    /// Waits at the start, for at most `timeout`, until the stores other than that of the revisions have been checked once. If
    /// the records are in one of them, publishes the catalog there and reads the catalogs of other programs.
    pub(super) async fn wait_for_other_stores(&self, timeout: Duration) {
        let (stores, registration, replica) =
            (self.0.stores.clone(), self.0.registration.clone(), self.0.replica.clone());
        let checked = self.0.worker.call_within(timeout, async move {
            stores.wait_until_known().await;
            if registration.are_elsewhere(&replica) { registration.register(&replica).await } else { Ok(()) }
        });
        // A failure becomes a warning and is retried later.
        let _ = checked.await;
    }
}

impl Inner {
    /// Removes the record of this instance.
    pub(super) fn unregister(&self) -> impl Future<Output = Result<()>> + Send + 'static {
        let registration = self.registration.clone();
        async move { registration.end().await }
    }
}

/// Dropping the last handle cannot wait for exposures and counts; the background thread stores them before it stops.
impl Drop for Inner {
    fn drop(&mut self) {
        let (exposures, usage, unregister) = (self.exposures.clone(), self.usage.clone(), self.unregister());
        self.worker.begin(async move {
            let _ = tokio::join!(exposures.flush(), usage.finish(), unregister);
        });
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("store", &self.0.stores.name_of(StoreUse::Revisions)).finish_non_exhaustive()
    }
}
