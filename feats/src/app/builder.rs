//! Describing and starting an app.

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
use super::running::{App, Inner, PREPARATIONS};
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
use crate::tasks::Warnings;
use crate::text::check_name;
use crate::text::quoted;
use crate::usage::{Threads, Usage};

/// Describes an app: its store, its attributes, its clock.
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
}

impl App {
    /// Begins to describe an app.
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
        }
    }

    /// Where states live. Without one, they live in memory and end with the app.
    ///
    /// The app takes from this store all that it keeps beside states, unless another store is given for that:
    /// [`records`](Self::records), [`counters`](Self::counters), [`assignments`](Self::assignments). While one of these is
    /// away, states arrive and decisions are made all the same, and what is to be written there waits.
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

    /// Where programs tell each other what they declare and that they run, if not in the [store](Self::store) of the states.
    /// All programs of an environment use the same one.
    pub fn records(mut self, store: impl Store) -> Self {
        self.records = Some(Arc::new(store));
        self
    }

    /// Where [uses](mod@crate::usage) and [exposures](mod@crate::exposure) are counted, if not in the [store](Self::store) of
    /// the states.
    pub fn counters(mut self, store: impl Store) -> Self {
        self.counters = Some(Arc::new(store));
        self
    }

    /// Where the units of experiments are assigned to what they used first, if not in the [store](Self::store) of the states.
    /// Without a store of assignments, the app publishes no experiment.
    ///
    /// Best is a store that keeps the counters too: if it is emptied, both are. Where only the assignments are lost, units
    /// that go on using an experiment are assigned again, and counted again.
    pub fn assignments(mut self, store: impl Store) -> Self {
        self.assignments = Some(Arc::new(store));
        self
    }

    /// Gives every feature of this program an attribute to decide on: `{"attribute": "Environment", "eq": "dev"}`.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Value<'static>>) -> Self {
        self.attributes.insert(name.into(), value);
        self
    }

    /// Adds a feature that no code declares.
    pub fn declare(mut self, declaration: Declaration) -> Self {
        self.declarations.push(declaration);
        self
    }

    /// Where the time comes from, for ramps. The default is the system's clock. Decisions ask it on their own thread; while
    /// it panics, they go on by the last time that it gave, and the [status](App::status) has a warning.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// A file that remembers the newest revisions: for a start while the store is away, and for what the store has lost when
    /// it was emptied or restored, which then is [held over](crate::Held) and can be [put back](App::restore).
    ///
    /// The file names what it was written for: the [environment](Self::environment), or without one the store, by its
    /// address, database and prefix. The file of another one is neither used nor overwritten, which is a
    /// [warning](App::status). A file of feats 0.1.0 or earlier does not name it, and is used. A new file can be read by its
    /// owner alone.
    pub fn fallback_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.fallback_file = Some(path.into());
        self
    }

    /// The environment that this program runs in, for example `prod`. The fallback file and the cookies of
    /// overrides belong to it, wherever the store is: they are used also after the store has moved to another host, and not
    /// in an environment of another name on the same store.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// How long `start` waits for the store before it goes on without; 5 s if not set.
    pub fn start_timeout(mut self, time: Duration) -> Self {
        self.start_timeout = time;
        self
    }

    /// How long the store may take for an answer, beyond what it is asked to wait, until the call counts as failed; 5 s if
    /// not set. Reading everything, and what takes several calls, may take twice as long.
    pub fn store_timeout(mut self, time: Duration) -> Self {
        self.store_timeout = time;
        self
    }

    /// The name and version under which this program publishes its catalog; the executable's name if not set. `start`
    /// refuses a name that [`check_name`](crate::text::check_name) refuses, such as an empty one.
    pub fn program(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.program = (name.into(), version.into());
        self
    }

    /// How often [exposures](mod@crate::exposure) are stored; every second if not set, and at once where very many wait.
    /// What one program saw in an experiment is known to the others after that.
    pub fn exposure_interval(mut self, interval: Duration) -> Self {
        self.exposures.interval = interval;
        self
    }

    /// Tells a sink of [exposures](mod@crate::exposure) too. There may be several.
    pub fn exposure_sink(mut self, sink: impl Sink) -> Self {
        self.exposures.sinks.push(Arc::new(sink));
        self
    }

    /// How often counts of [uses](mod@crate::usage) are stored; every 10 s if not set.
    pub fn usage_interval(mut self, interval: Duration) -> Self {
        self.usage_interval = interval;
        self
    }

    /// How long a decision may wait for what a unit used before, where an experiment has to know; 20 ms if not set, and
    /// zero to never wait. Only decisions about units whose slot changed hands wait, and not while the store is away. The decisions
    /// of one [scope](crate::Scope) on the threads of a runtime wait so long all together.
    pub fn lookup_timeout(mut self, time: Duration) -> Self {
        self.exposures.patience = time;
        self
    }

    /// Not the process-wide app: it decides only where it is [entered](App::enter), and there may be any number.
    pub fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Starts the app, and returns once its routes are the best that can be had: those of the store, or if that is away
    /// those of the fallback file, or the defaults in code. An unreachable store is no error; see
    /// [`App::status`].
    ///
    /// # Errors
    /// [`ErrorKind::Duplicate`] if two declarations use one name, [`ErrorKind::AlreadyStarted`] for a second process-wide
    /// app beside one that runs or is being started, [`ErrorKind::Invalid`] with every name that cannot be used: of the program,
    /// its version and environment, attributes, and features; and with each store that does not keep what it was given for.
    pub async fn start(self) -> Result<App> {
        registry().check()?;
        self.check()?;
        let reservation = if self.detached { None } else { Some(process::reserve()?) };
        let (start_timeout, begun) = (self.start_timeout, Instant::now());
        let (app, ready) = self.launch()?;
        // The follower answers within the start timeout; if its thread has died, there is nothing to wait for.
        let _ = ready.await;
        app.wait_for_other_stores(start_timeout.saturating_sub(begun.elapsed())).await;
        app.log_start();
        if let Some(reservation) = reservation {
            scope::set_process(app.live().clone());
            app.0.replica.announce_routes();
            reservation.fill(app.clone());
        }
        Ok(app)
    }

    /// As [`start`](Self::start), for programs without an asynchronous runtime.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_blocking(self) -> Result<App> {
        block_on(self.start())
    }

    /// What the program, its environment, its attributes and its features are called: every problem at once.
    fn check_names(&self) -> Result<()> {
        let mut problems = Vec::new();
        let mut check = |path: &str, kind: &str, name: &str| {
            let wrong = check_name(name).err();
            problems.extend(wrong.map(|message| Problem::new(path, format!("{kind} {}: {message}", quoted(name)))));
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
        let of_code = registry().features.iter().map(|feature| &feature.declaration);
        for declaration in of_code.map(|declaration| &**declaration).chain(&self.declarations) {
            let path = format!("features.{}", quoted(&declaration.name));
            check(&path, "the name", &declaration.name);
            declaration.names().for_each(|name| check(&format!("{path}.implementations"), "the name", name));
            for fitting in declaration.segments.iter() {
                let path = format!("{path}.segments");
                check(&path, "the name", &fitting.segment);
                fitting.options.iter().for_each(|option| check(&path, "the option", option));
            }
        }
        let empty = self.declarations.iter().filter(|declaration| declaration.implementations.is_empty());
        let path = |declaration: &Declaration| format!("features.{}", quoted(&declaration.name));
        problems.extend(empty.map(|declaration| Problem::new(path(declaration), "a feature has an implementation")));
        if problems.is_empty() { Ok(()) } else { Err(Error::invalid(problems)) }
    }

    /// Declarations by hand may not use a name twice, nor one of the code's.
    fn check(&self) -> Result<()> {
        self.check_names()?;
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        for feature in &registry().features {
            names.insert(feature.entry.name, "code");
        }
        for declaration in &self.declarations {
            let name = &*declaration.name;
            if let Some(place) = names.insert(name, "another declaration") {
                let message = format!("two features are named {}: the other one is in {place}", quoted(name));
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
        let of_code: Vec<_> = registry().features.iter().map(|feature| feature.declaration.clone()).collect();
        let threads = if self.detached { Arc::new(Threads::new(&of_code)) } else { Threads::of_process(&of_code) };
        let live = Arc::new(SnapshotCell::new(clock, exposures.clone(), threads.clone()));
        let (interval, of_usage) = (self.usage_interval, warnings.clone());
        let usage = Usage::new(interval, counters, live.clone(), threads, of_usage, &of_code);
        let usage = Arc::new(usage);
        let features = Features::new(of_code, self.declarations);
        let (program, version) = self.program;
        let (records, segments) = (stores.records.clone(), registry().segments.clone());
        let programs = InstanceRegistration::new(records, program.clone(), version, features.len(), segments);
        let detached = self.detached;
        let routed = move |position: usize| {
            if let (false, Some(feature)) = (detached, registry().features.get(position)) {
                feature.entry.cell.set_routed();
            }
        };
        let health = stores.revisions.health.clone();
        let replica = Arc::new(Replica::new(live, features, self.attributes, Box::new(routed), health, warnings));
        let identity = Identity { environment: self.environment, store: store.identity() };
        #[cfg(feature = "web")]
        let signed_identity = format!("{}\n{program}", identity.signed_text());
        let fallback_file = self.fallback_file.map(|path| FallbackFile::owned(path, identity));
        let (start_timeout, store_timeout) = (self.start_timeout, self.store_timeout);
        let (follower, started) = Follower::new(
            replica.clone(),
            store.clone(),
            fallback_file,
            programs.clone(),
            start_timeout,
            store_timeout,
        );
        let compiler = Compiler::new(replica.clone(), store.clone());
        let (counting, ending, ending_stores) = (usage.clone(), replica.clone(), stores.clone());
        let tasks = async move {
            let monitors = Monitor::run_all(monitors);
            tokio::join!(follower.run(), compiler.run(), background.run(), counting.run(), monitors);
        };
        let ended = move || {
            ending.mark_stopped();
            ending_stores.mark_stopped();
        };
        let worker = Worker::start(tasks, ended)?;
        let new_seeds = Default::default();
        let preparations = Arc::new(Semaphore::new(PREPARATIONS));
        let inner = Inner {
            replica,
            stores,
            worker,
            exposures,
            usage,
            programs,
            program,
            #[cfg(feature = "web")]
            identity: signed_identity,
            new_seeds,
            preparations,
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
