//! Configuring and starting an app.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot};

use super::block_on::block_on;
use super::clock::GuardedClock;
use super::process;
use super::publish::WriteHookSlot;
use super::remote_changes::RemoteChanges;
use super::running::{App, Inner, MAX_PREPARATIONS};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::exposure::{self, Background, Sink};
use crate::model::{Attributes, Declaration, Value};
use crate::registry::registry;
use crate::runtime::SnapshotCell;
use crate::scope;
use crate::store::{Memory, Store};
use crate::sync::{
    Compiler, FallbackFile, Features, Follower, Handles, Identity, InstanceRegistration, Monitor, Replica, Stores,
    Worker,
};
#[cfg(feature = "thrift")]
use crate::sync::{FlagSource, SourcedFlags};
use crate::tasks::Warnings;
use crate::text::check_name;
use crate::text::quoted;
use crate::usage::{Threads, Usage};

/// Configures an app: its stores, attributes, clock and time limits. [`start`](Self::start) starts it.
///
/// ```standalone_crate
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// let app = feats::App::builder()
///     .store(feats::store::Memory::new())
///     .attribute("Environment", "dev")
///     .detached()
///     .start()
///     .await?;
/// assert!(app.status().is_live());
/// # Ok(()) }
/// ```
#[must_use = "an app does nothing until it is started"]
pub struct AppBuilder {
    store: Option<Arc<dyn Store>>,
    records: Option<Arc<dyn Store>>,
    counters: Option<Arc<dyn Store>>,
    assignments: Option<Arc<dyn Store>>,
    attributes: Attributes<'static>,
    declarations: Vec<Declaration>,
    clock: Option<Arc<dyn Clock>>,
    fallback_file: Option<PathBuf>,
    environment: Option<String>,
    start_timeout: Duration,
    store_timeout: Duration,
    program: (String, String),
    exposures: exposure::Settings,
    usage_interval: Duration,
    detached: bool,
    #[cfg(feature = "thrift")]
    flag_source: Option<Arc<dyn FlagSource>>,
}

impl App {
    /// Returns a builder with the default configuration.
    pub fn builder() -> AppBuilder {
        AppBuilder::new()
    }
}

impl AppBuilder {
    pub(super) fn new() -> Self {
        let executable = std::env::current_exe().ok();
        let program = executable.as_deref().and_then(|path| path.file_stem()).map(|name| name.to_string_lossy());
        let program = program.map(Cow::into_owned).filter(|name| check_name(name).is_ok());
        Self {
            store: None,
            records: None,
            counters: None,
            assignments: None,
            attributes: Attributes::new(),
            declarations: Vec::new(),
            clock: None,
            fallback_file: None,
            environment: None,
            start_timeout: Duration::from_secs(5),
            store_timeout: Duration::from_secs(5),
            program: (program.unwrap_or_else(|| "program".to_owned()), String::new()),
            exposures: exposure::Settings::default(),
            usage_interval: Duration::from_secs(10),
            detached: false,
            #[cfg(feature = "thrift")]
            flag_source: None,
        }
    }

    /// Sets the source of flags beside the store.
    #[cfg(feature = "thrift")]
    pub(crate) fn with_flag_source(mut self, source: Arc<dyn FlagSource>) -> Self {
        self.flag_source = Some(source);
        self
    }

    /// Sets the store of the states. The default is a store in memory, which ends with the app.
    ///
    /// The app also keeps its other data in this store, unless another store is set for it: [`records`](Self::records),
    /// [`counters`](Self::counters), [`assignments`](Self::assignments). While one of those is unreachable, states still arrive
    /// and decisions are still made; its writes are queued.
    ///
    /// ```
    /// # use feats::App;
    /// use feats::store::{Memory, Sqlite};
    ///
    /// # fn main() -> feats::Result<()> {
    /// let fast = Memory::new();
    /// let app = App::builder().store(Sqlite::open("feats.db")?).counters(fast.clone()).assignments(fast);
    /// # Ok(()) }
    /// ```
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Sets the store of the catalogs and instances that programs share with each other; the [store](Self::store) of the
    /// states by default. All programs of an environment must use the same one.
    pub fn records(mut self, store: impl Store) -> Self {
        self.records = Some(Arc::new(store));
        self
    }

    /// Sets the store of the counts of [uses](mod@crate::usage) and [exposures](mod@crate::exposure); the
    /// [store](Self::store) of the states by default.
    pub fn counters(mut self, store: impl Store) -> Self {
        self.counters = Some(Arc::new(store));
        self
    }

    /// Sets the store of the sticky assignments of experiments; the [store](Self::store) of the states by default. Without a
    /// store that keeps assignments, the app cannot publish experiments.
    ///
    /// Prefer a store that also keeps the counters, so that both are emptied together. If only the assignments are lost,
    /// active units are assigned and counted again.
    pub fn assignments(mut self, store: impl Store) -> Self {
        self.assignments = Some(Arc::new(store));
        self
    }

    /// Adds an attribute of this program, which every feature can use in conditions:
    /// `{"attribute": "Environment", "eq": "dev"}`.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Value<'static>>) -> Self {
        self.attributes.insert(name.into(), value);
        self
    }

    /// Declares a feature by hand, without code.
    pub fn declare(mut self, declaration: Declaration) -> Self {
        self.declarations.push(declaration);
        self
    }

    /// Sets the clock, which drives ramps; the system's clock by default. Decisions read the clock on their own thread. While
    /// it panics, they use the last time that it returned, and the [status](App::status) has a warning.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Sets the fallback file, which keeps the newest revisions. The app starts from it while the store is unreachable. If the
    /// store was emptied or restored from a backup, the lost revisions in the file are [retained](crate::Retained) and can be
    /// [restored](App::restore).
    ///
    /// The file belongs to the [environment](Self::environment), or to the store (its address, database and prefix) if no
    /// environment is set. A file of another environment or store is neither used nor overwritten, and the
    /// [status](App::status) has a warning. Files of feats 0.1.0 and earlier do not say to what they belong, and are used. A new
    /// file is readable only by the user who runs the program.
    pub fn fallback_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.fallback_file = Some(path.into());
        self
    }

    /// Sets the environment of this program, for example `prod`. The fallback file and the cookies of overrides belong to it:
    /// they remain valid after the store has moved to another host, and are not valid in another environment on the same
    /// store.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// Sets how long [`start`](Self::start) waits for the store before it continues without it; 5 s by default.
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = timeout;
        self
    }

    /// Sets the timeout for calls of the store, in addition to the time that a call asks the store to wait; 5 s by default.
    /// Loading all states, and operations of several calls, may take twice as long.
    pub fn store_timeout(mut self, timeout: Duration) -> Self {
        self.store_timeout = timeout;
        self
    }

    /// Sets the name and version under which this program publishes its catalog; the name of the executable and no version by
    /// default. [`start`](Self::start) fails if [`check_name`](crate::text::check_name) rejects the name, for example an empty
    /// one.
    pub fn program(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.program = (name.into(), version.into());
        self
    }

    /// Sets the interval at which [exposures](mod@crate::exposure) are stored; 1 s by default. They are stored earlier if the
    /// queue gets long. Other programs see the exposures once they are stored.
    pub fn exposure_interval(mut self, interval: Duration) -> Self {
        self.exposures.interval = interval;
        self
    }

    /// Adds a sink that also receives the [exposures](mod@crate::exposure). There may be several.
    pub fn exposure_sink(mut self, sink: impl Sink) -> Self {
        self.exposures.sinks.push(Arc::new(sink));
        self
    }

    /// Sets the interval at which counts of [uses](mod@crate::usage) are stored; 10 s by default.
    pub fn usage_interval(mut self, interval: Duration) -> Self {
        self.usage_interval = interval;
        self
    }

    /// Sets how long a decision of an experiment may wait for the sticky assignment of a unit; 20 ms by default, and zero to
    /// never wait. Only decisions for units whose slot was reassigned wait, and none waits while the store is unreachable. On
    /// the threads of a runtime, this is the limit for all decisions of one [scope](crate::Scope) together.
    pub fn lookup_timeout(mut self, timeout: Duration) -> Self {
        self.exposures.lookup_timeout = timeout;
        self
    }

    /// Makes the app detached: it is not the process-wide app and decides only where it is [entered](App::enter). A process can
    /// have any number of detached apps.
    pub fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Starts the app. Returns once it decides by the states in the store, or, if the store is unreachable, by the fallback
    /// file or the defaults in code. An unreachable store is not an error; see [`App::status`].
    ///
    /// # Errors
    /// - [`ErrorKind::Duplicate`]: two declarations have the same name.
    /// - [`ErrorKind::AlreadyStarted`]: another process-wide app runs or is being started.
    /// - [`ErrorKind::Invalid`]: names are not valid (of the program, its version, environment, attributes or features), or a
    ///   store cannot keep the data that it was set for. All problems are listed.
    pub async fn start(self) -> Result<App> {
        registry().check()?;
        self.check()?;
        let reservation = if self.detached { None } else { Some(process::reserve()?) };
        let (start_timeout, begun) = (self.start_timeout, Instant::now());
        let (app, ready) = self.launch()?;
        // The follower answers within the start timeout, or drops the sender if its thread has ended.
        let _ = ready.await;
        app.wait_for_other_stores(start_timeout.saturating_sub(begun.elapsed())).await;
        #[cfg(feature = "thrift")]
        app.wait_for_flag_source(start_timeout.saturating_sub(begun.elapsed())).await;
        app.log_start();
        if let Some(reservation) = reservation {
            scope::set_process(app.snapshot_cell().clone());
            app.0.replica.announce_routes();
            reservation.complete(app.clone());
        }
        Ok(app)
    }

    /// Starts the app as [`start`](Self::start) does, for programs without an asynchronous runtime.
    ///
    /// # Errors
    /// The errors of [`start`](Self::start).
    pub fn start_blocking(self) -> Result<App> {
        block_on(self.start())
    }

    /// Checks the names of the program, its environment, its attributes and its features, and reports all problems.
    fn check_names(&self) -> Result<()> {
        let mut problems = Vec::new();
        let mut check = |path: &str, kind: &str, name: &str| {
            let error = check_name(name).err();
            problems.extend(error.map(|message| Problem::new(path, format!("{kind} {}: {message}", quoted(name)))));
        };
        let (program, version) = &self.program;
        check("program", "the program's name", program);
        if !version.is_empty() {
            check("version", "the program's version", version);
        }
        if let Some(environment) = &self.environment {
            check("environment", "the environment", environment);
        }
        self.attributes.iter().for_each(|(name, _)| check("attributes", "the attribute", name));
        let in_code = registry().features.iter().map(|feature| &*feature.declaration);
        for declaration in in_code.chain(&self.declarations) {
            let path = format!("features.{}", quoted(&declaration.name));
            check(&path, "the name", &declaration.name);
            declaration.names().for_each(|name| check(&format!("{path}.implementations"), "the name", name));
            for applicable in declaration.segments.iter() {
                let path = format!("{path}.segments");
                check(&path, "the name", &applicable.segment);
                applicable.options.iter().for_each(|option| check(&path, "the option", option));
            }
        }
        let empty = self.declarations.iter().filter(|declaration| declaration.implementations.is_empty());
        let path = |declaration: &Declaration| format!("features.{}", quoted(&declaration.name));
        let message = "a feature needs at least one implementation";
        problems.extend(empty.map(|declaration| Problem::new(path(declaration), message)));
        if problems.is_empty() { Ok(()) } else { Err(Error::invalid(problems)) }
    }

    /// Checks all names, and that no declaration by hand has the name of another feature.
    fn check(&self) -> Result<()> {
        self.check_names()?;
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        for feature in &registry().features {
            names.insert(feature.entry.name, "code");
        }
        for declaration in &self.declarations {
            let name = &*declaration.name;
            if let Some(location) = names.insert(name, "another declaration") {
                let message = format!(
                    "two features are named {}: the other one is in {location}; rename one of them",
                    quoted(name)
                );
                return Err(Error::new(ErrorKind::Duplicate, message));
            }
        }
        Ok(())
    }

    fn launch(self) -> Result<(App, oneshot::Receiver<()>)> {
        let warnings = Arc::new(Warnings::default());
        let store = self.store.unwrap_or_else(|| Arc::new(Memory::new()));
        let (records, counters, assignments) = (self.records, self.counters, self.assignments);
        let handles = Handles { revisions: store, records, counters, assignments };
        let (stores, monitors) = Stores::new(handles, self.store_timeout, &warnings)?;
        let store = stores.revisions.store.clone();
        let clock: Arc<dyn Clock> = match self.clock {
            Some(clock) => Arc::new(GuardedClock::new(clock, warnings.clone())),
            None => Arc::new(SystemClock),
        };
        let (assignments, counters) = (stores.assignments.clone(), stores.counters.clone());
        let (exposures, background) =
            Background::new(self.exposures, assignments, counters.clone(), clock.clone(), warnings.clone());
        let in_code: Vec<_> = registry().features.iter().map(|feature| feature.declaration.clone()).collect();
        let threads = if self.detached { Arc::new(Threads::new(&in_code)) } else { Threads::process_wide(&in_code) };
        let snapshot_cell = Arc::new(SnapshotCell::new(clock, exposures.clone(), threads.clone()));
        let usage_interval = self.usage_interval;
        let usage = Usage::new(usage_interval, counters, snapshot_cell.clone(), threads, warnings.clone(), &in_code);
        let usage = Arc::new(usage);
        let features = Features::new(in_code, self.declarations);
        let (program, version) = self.program;
        let (records, segments) = (stores.records.clone(), registry().segments.clone());
        let registration = InstanceRegistration::new(records, program.clone(), version, features.len(), segments);
        let detached = self.detached;
        let mark_routed = move |position: usize| {
            if let (false, Some(feature)) = (detached, registry().features.get(position)) {
                feature.entry.cell.set_routed();
            }
        };
        let health = stores.revisions.health.clone();
        let replica = Replica::new(snapshot_cell, features, self.attributes, Box::new(mark_routed), health, warnings);
        let replica = Arc::new(replica);
        let identity = Identity { environment: self.environment, store: store.identity() };
        #[cfg(feature = "web")]
        let signed_identity = format!("{}\n{program}", identity.signed_text());
        let fallback_file = self.fallback_file.map(|path| FallbackFile::owned(path, identity));
        let (start_timeout, store_timeout) = (self.start_timeout, self.store_timeout);
        let (follower, started) = Follower::new(
            replica.clone(),
            store.clone(),
            fallback_file,
            registration.clone(),
            start_timeout,
            store_timeout,
        );
        let compiler = Compiler::new(replica.clone(), store.clone());
        let usage_task = usage.clone();
        let write_hook = Arc::new(WriteHookSlot::default());
        let remote_changes = RemoteChanges { replica: replica.clone(), hook: write_hook.clone() };
        #[cfg(feature = "thrift")]
        let flag_source = self.flag_source.map(|source| SourcedFlags::new(source, replica.clone()));
        #[cfg(feature = "thrift")]
        let followed_source = flag_source.clone();
        let follow_source = async move {
            #[cfg(feature = "thrift")]
            if let Some(source) = followed_source {
                source.run().await;
            }
        };
        let tasks = async move {
            let monitors = Monitor::run_all(monitors);
            let remote_changes = remote_changes.run();
            let stores = async { tokio::join!(follower.run(), compiler.run(), monitors, follow_source) };
            tokio::join!(stores, background.run(), usage_task.run(), remote_changes);
        };
        let (ended_replica, ended_stores) = (replica.clone(), stores.clone());
        let on_end = move || {
            ended_replica.mark_stopped();
            ended_stores.mark_stopped();
        };
        let worker = Worker::start(tasks, on_end)?;
        let new_seeds = Default::default();
        let preparations = Arc::new(Semaphore::new(MAX_PREPARATIONS));
        let inner = Inner {
            replica,
            stores,
            worker,
            exposures,
            usage,
            registration,
            program,
            #[cfg(feature = "web")]
            identity: signed_identity,
            new_seeds,
            write_hook,
            preparations,
            #[cfg(feature = "thrift")]
            flag_source,
        };
        Ok((App(Arc::new(inner)), started))
    }
}

impl fmt::Debug for AppBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let store = self.store.as_ref().map(|store| store.name());
        f.debug_struct("AppBuilder").field("store", &store).field("detached", &self.detached).finish_non_exhaustive()
    }
}
