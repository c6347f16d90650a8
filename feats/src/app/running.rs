//! A running app: what it consists of, and what it does by itself.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::new_seeds::NewSeeds;

use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::Outcome;
use crate::exposure::Exposures;
use crate::model::{self, Attributes, Catalog, Declaration, Timestamp};
use crate::runtime::{FeatureRevision, SnapshotCell};
use crate::scope::{Purpose, Request, Scope, ScopeContext, ScopeFuture};
use crate::store::StoreUse;
use crate::sync::{
    ConfigSource, Instance, InstanceRegistration, Replica, Status, Stores, Subscription, Worker, find_last_valid, load,
    newest_first, read_catalogs, read_instances,
};
use crate::tasks::run_blocking;
use crate::text::quoted;
use crate::usage::Usage;

/// A running app: one store, followed on a background thread, and the routes that it gives to the program's features.
///
/// Cloning is cheap; all clones are the same app. The process-wide app runs until it is
/// [shut down](App::shutdown), a [detached](crate::AppBuilder::detached) one also until its last clone is dropped. After a shutdown,
/// [`start`](crate::AppBuilder::start) starts another one; until then the last snapshot decides.
///
/// # Forks
/// A process that is forked after the app was started, such as a worker of a pre-forking server, has no background thread.
/// There the last snapshot goes on deciding, [`status`](App::status) is [`Stopped`](crate::Connection::Stopped) with an error
/// that says why, and whatever needs the store fails at once with [`ErrorKind::Stopped`]. Start the app in the child, with a
/// store that was opened there: that replaces the parent's one.
#[derive(Clone)]
pub struct App(pub(super) Arc<Inner>);

pub(crate) struct Inner {
    pub(super) replica: Arc<Replica>,
    pub(super) stores: Stores,
    pub(super) worker: Arc<Worker>,
    pub(super) exposures: Arc<Exposures>,
    pub(super) usage: Arc<Usage>,
    pub(super) programs: InstanceRegistration,
    pub(super) program: String,
    #[cfg(feature = "web")]
    pub(super) identity: String,
    pub(super) new_seeds: NewSeeds,
    /// One for each change that may be prepared at the same time.
    pub(super) preparations: Arc<Semaphore>,
}

/// How long the last exposures and counts may take.
const LAST_FLUSH: Duration = Duration::from_secs(5);

/// How many changes are prepared at the same time: each may have a state that takes long to compile.
pub(super) const PREPARATIONS: usize = 2;

impl App {
    /// The name of this program, as it stands in its catalog and as the author of what it publishes by itself.
    pub fn program(&self) -> &str {
        &self.0.program
    }

    /// What a cookie of this app is signed for: its environment, or without one its store, and the program, since two programs
    /// of one environment may have features of the same name. It stays the same over restarts and over the epochs of the
    /// store.
    #[cfg(feature = "web")]
    pub(crate) fn identity(&self) -> &str {
        &self.0.identity
    }

    /// The [attributes](crate::AppBuilder::attribute) of the program, on which every feature can decide.
    pub fn program_attributes(&self) -> &Attributes<'static> {
        &self.0.replica.attributes
    }

    /// Everything that may vary, sorted by name.
    pub fn declarations(&self) -> Vec<Arc<Declaration>> {
        let mut all: Vec<_> = self.0.replica.features(|features| features.iter().cloned().collect());
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// Runs a closure in which this app decides.
    pub fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        ScopeContext::live(self.live().clone()).enter(run)
    }

    /// Runs a future in which this app decides.
    pub fn enter_async<F: Future>(&self, future: F) -> ScopeFuture<F> {
        ScopeContext::live(self.live().clone()).enter_async(future)
    }

    /// Pins this moment's snapshot and instant.
    pub fn scope(&self) -> Scope {
        Scope::pinned(self.live().clone())
    }

    /// What changes from now on: which feature decides by another revision, and who published it. For caches, metrics and
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
    ///     Some(ChangeEvent::Missed(_)) => { /* too slow: look at everything again */ }
    ///     None => { /* the app was shut down */ }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn subscribe(&self) -> Subscription {
        self.0.replica.subscribe()
    }

    /// Reads the store now. Changes arrive without this; it is for those who cannot wait.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn refresh(&self) -> Result<()> {
        let (stores, replica) = (self.0.stores.clone(), self.0.replica.clone());
        self.call(async move {
            let catalogs = read_catalogs(stores.records.as_ref()).await;
            let catalogs = catalogs.map(|catalogs| replica.add_features(newest_first(catalogs)));
            let store = &*stores.revisions.store;
            load(store, &replica).await?;
            replica.installed(None).await;
            find_last_valid(store, &replica).await?;
            // What another store does not tell stops no revision.
            catalogs.map_err(|error| error.with_store(stores.name_of(StoreUse::Records)))
        })
        .await
    }

    /// What this app knows of its store.
    pub fn status(&self) -> Status {
        let exposures = self.0.exposures.tally();
        if self.0.worker.is_forked() {
            let stores = self.0.stores.statuses_after_fork();
            return Status { exposures, stores, ..self.0.replica.status_after_fork() };
        }
        let mut status = self.0.replica.status();
        status.warnings.extend(self.0.stores.warnings());
        Status { exposures, stores: self.0.stores.statuses(), ..status }
    }

    /// Stores the exposures that are queued now, and the uses that were counted. They are stored without this too; it is for
    /// those who cannot wait.
    ///
    /// # Errors
    /// Some of them cannot be stored. They go on waiting.
    pub async fn flush(&self) -> Result<()> {
        let (exposures, usage) = (self.0.exposures.clone(), self.0.usage.clone());
        self.call(async move {
            let (exposed, counted) = tokio::join!(exposures.flush(), usage.flush());
            exposed.and(counted)
        })
        .await
    }

    /// Stores what is queued, for which it takes 5 s at most, removes this process from the running
    /// [instances](Self::instances), and ends the background thread. Decisions go on by the last snapshot; writes fail.
    ///
    /// # Errors
    /// What is queued cannot be stored. The background thread has ended all the same.
    pub async fn shutdown(&self) -> Result<()> {
        self.0.worker.check_process()?;
        let (exposures, usage) = (self.0.exposures.clone(), self.0.usage.clone());
        let ending = self.0.ending();
        let (flushed, counted, _) = tokio::join!(
            self.0.worker.call_within(LAST_FLUSH, async move { exposures.flush().await }),
            self.0.worker.call_within(LAST_FLUSH, async move { usage.finish().await }),
            // Where this fails, the record expires by itself.
            self.0.worker.call_within(LAST_FLUSH, ending),
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

    /// How many times this app asked its store what a unit used before. Only experiments ask, and only about units whose
    /// slot changed hands: a steady program asks nothing.
    pub fn store_lookups(&self) -> u64 {
        self.0.exposures.lookups()
    }

    /// The catalogs of all programs that use the store, by program and version.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn catalogs(&self) -> Result<BTreeMap<String, Catalog>> {
        let stores = self.0.stores.clone();
        self.call_store(StoreUse::Records, async move { read_catalogs(stores.records.as_ref()).await }).await
    }

    /// The processes that run with this store now, as far as they declare features: each says so several times a minute.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn instances(&self) -> Result<Vec<Instance>> {
        let stores = self.0.stores.clone();
        self.call_store(StoreUse::Records, async move { read_instances(stores.records.as_ref()).await }).await
    }

    /// Looks at what this app gives for a feature, and at what stood for it.
    pub(super) fn observe<R>(
        &self,
        position: usize,
        declaration: &Declaration,
        attributes: &Attributes<'_>,
        purpose: &Purpose<'_>,
        see: impl FnOnce(Outcome, Option<&Arc<FeatureRevision>>) -> R,
    ) -> R {
        let subject = &model::Named { attributes, segments: &declaration.segments };
        Request { position, default: declaration.default, subject, purpose }.observe(Some(self.live()), see)
    }

    /// Whether the background thread runs, in this process.
    pub(super) fn is_running(&self) -> bool {
        !self.0.worker.is_forked() && !self.0.replica.health.is_stopped()
    }

    /// One line for the start: the program, its store, and what decides.
    pub(super) fn log_start(&self) {
        let Status { store, connection, config_source: origin, .. } = self.0.replica.status();
        let program = quoted(&self.0.program);
        let decides = match origin {
            ConfigSource::Store => "its revisions decide",
            ConfigSource::FallbackFile => "the fallback file decides",
            ConfigSource::Defaults => "the defaults in code decide",
        };
        tracing::info!(?connection, "started {program} with the store {}; {decides}", quoted(&store));
    }

    pub(super) fn live(&self) -> &Arc<SnapshotCell> {
        &self.0.replica.cell
    }

    /// The time of the app's [clock](crate::AppBuilder::clock), by which ramps proceed.
    pub fn now(&self) -> Timestamp {
        self.live().now()
    }

    /// Computes something on a thread that nothing else waits for. What is limited waits while [`PREPARATIONS`] others run.
    pub(super) async fn compute<T: Send + 'static>(
        &self,
        is_limited: bool,
        compute: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permits = is_limited.then(|| self.0.preparations.clone());
        let computed = self.0.worker.call(async move {
            // The thread gives the permit back, also where its caller has gone away.
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
                let message =
                    "preparing the change took too long: its state is too expensive, or others are prepared too";
                Error::new(ErrorKind::Timeout, message).with_source(error)
            }
            _ => error,
        })
    }

    /// Waits until what has arrived decides: of one feature, or of all. What takes very long to compile decides later.
    pub(super) async fn wait_for_routes(&self, position: Option<usize>) {
        let replica = self.0.replica.clone();
        let installed = self.0.worker.call(async move {
            replica.installed(position).await;
            Ok(())
        });
        let _ = installed.await;
    }

    /// Runs store I/O on the background thread.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.call_store(StoreUse::Revisions, job).await
    }

    /// Runs I/O of the store that is used for this on the background thread.
    pub(super) async fn call_store<T: Send + 'static>(
        &self,
        store_use: StoreUse,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.0.worker.call(job).await.map_err(|error| error.with_store(self.0.stores.name_of(store_use)))
    }

    /// Waits at the start until the stores beside that of the revisions were asked once, at most for a time, and takes over
    /// what other programs have told there.
    pub(super) async fn wait_for_other_stores(&self, time: Duration) {
        let (stores, programs, replica) = (self.0.stores.clone(), self.0.programs.clone(), self.0.replica.clone());
        let asked = self.0.worker.call_within(time, async move {
            stores.wait_until_known().await;
            if programs.are_elsewhere(&replica) { programs.register(&replica).await } else { Ok(()) }
        });
        // What fails is a warning, and is repeated later.
        let _ = asked.await;
    }
}

impl Inner {
    /// Removes the record of this instance.
    pub(super) fn ending(&self) -> impl Future<Output = Result<()>> + Send + 'static {
        let programs = self.programs.clone();
        async move { programs.end().await }
    }
}

/// Whoever drops the last handle cannot wait for exposures and counts; the background thread stores them before it ends.
impl Drop for Inner {
    fn drop(&mut self) {
        let (exposures, usage, ending) = (self.exposures.clone(), self.usage.clone(), self.ending());
        self.worker.begin(async move {
            let _ = tokio::join!(exposures.flush(), usage.finish(), ending);
        });
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("store", &self.0.stores.name_of(StoreUse::Revisions)).finish_non_exhaustive()
    }
}
