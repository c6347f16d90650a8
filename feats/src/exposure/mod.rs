//! Exposures: which unit used which implementation of an experiment, so that it keeps it, and so that it is counted.
//!
//! A decision of an experiment is its slot's owner, computed like any other. Two things need a memory beyond that: a unit
//! whose slot changed hands keeps what it used before, and an experiment has to be counted. Both come from *exposures*:
//! `create`, `is_enabled` and `used_implementation` say that a unit used what an experiment chose for it.
//!
//! - **Recording** happens on the caller's thread, into a bounded queue: no lock, no wait, no allocation for units of up
//!   to 40 bytes. What does not fit is dropped and counted: [`Tally::dropped`].
//! - **Storing** happens on the app's background thread, each unit once, in batches, once in an
//!   [interval](crate::AppBuilder::exposure_interval). The first writer of a unit wins, over all programs with the same
//!   store, and it is the one who counts the unit, by implementation and day, and tells it to
//!   [sinks](Sink). While the store is away, exposures wait.
//! - **Asking** is for units whose slot changed hands, and for no others: what this program saw is known, the rest takes
//!   one call of the store for each unit, for which `create` waits [a bounded time](crate::AppBuilder::lookup_timeout), and all
//!   decisions of a [scope](crate::Scope) on the threads of a runtime together no longer. `create_async` blocks no thread.
//!   What a unit used is remembered (of 100 000 units); that it used nothing is believed for 5 s.
//!
//! An experiment is a feature and a seed: what units of one feature used, and how many did, is not mixed up with those of
//! another feature that was given the same seed.
//!
//! A store that was emptied or restored is told again of every unit that goes on using the experiment.
//!
//! Between two programs there is a window: what one of them saw is known to the other after the interval, and what was
//! answered before within 5 s. A unit that uses both programs within that window, while its slot changes hands, can see
//! two implementations; from then on it sees the one that was stored first.

mod cache;
mod layout;
mod lookup;
mod pending;
mod recent;
mod recorder;
mod report;
mod sample_ratio;
mod sink;
mod storing;
#[cfg(test)]
mod tests;
mod unit;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use feats_core::__private::{Experiment, Recollection};
pub(crate) use layout::{COUNTS, Counter};
pub(crate) use report::Standing;
pub use report::{Arm, Day, Division, ExperimentReport};
pub use sample_ratio::SampleRatio;
pub use sink::{Exposure, Sink, Tracing};

use self::cache::Cache;
use self::lookup::{Answer, Asker, Question, Questions};
use self::pending::Pending;
use self::recorder::Recorder;
use self::sink::Sinks;
use self::unit::{Key, stored, with_text};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::model::Value;
use crate::runtime::{History, Patience, WaitBudget};
use crate::store::{Assignments, Counters, Provided};
use crate::tasks::{Backoff, Process, Round, Source, Warnings, supervise};

/// What became of the exposures of an app since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tally {
    /// How many were taken down. A unit is taken down once for each experiment; among very many units, seldom twice.
    pub recorded: u64,
    /// How many units the store has, or had from another program or an earlier run.
    pub stored: u64,
    /// How many wait to be stored.
    pub waiting: u64,
    /// How many were not taken down, because too many waited. A unit is offered again with its next use.
    pub dropped: u64,
}

/// How an app treats exposures.
#[derive(Clone)]
pub(crate) struct Settings {
    /// How often they are stored.
    pub(crate) interval: Duration,
    /// How long a decision waits for a unit's past.
    pub(crate) patience: Duration,
    pub(crate) sinks: Vec<Arc<dyn Sink>>,
}

/// The exposures of an app, and what it remembers of units.
pub(crate) struct Exposures {
    settings: Settings,
    sinks: Sinks,
    /// Where units are assigned; without, exposures go to sinks alone.
    assignments: Option<Provided<dyn Assignments>>,
    /// Where they are counted.
    counters: Option<Provided<dyn Counters>>,
    warnings: Arc<Warnings>,
    /// The process whose background thread stores and answers.
    process: Process,
    clock: Arc<dyn Clock>,
    /// The epoch of the assignments that have what was recorded.
    epoch: Mutex<Option<String>>,
    recorder: Recorder,
    cache: Cache,
    /// Locked on the background thread, and by who wants a tally; never across an await.
    pending: Mutex<Pending>,
    /// Held while exposures are stored: one batch at a time.
    storing: tokio::sync::Mutex<()>,
    questions: mpsc::UnboundedSender<Question>,
    /// The background thread, where nobody may wait for it.
    background: OnceLock<ThreadId>,
    gathered: AtomicU64,
    stored: AtomicU64,
    lookups: AtomicU64,
}

/// What the background thread does for exposures.
pub(crate) struct Background {
    exposures: Arc<Exposures>,
    questions: tokio::sync::Mutex<Questions>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { interval: Duration::from_secs(1), patience: Duration::from_millis(20), sinks: Vec::new() }
    }
}

impl Exposures {
    pub(crate) fn new(
        settings: Settings,
        assignments: Option<Provided<dyn Assignments>>,
        counters: Option<Provided<dyn Counters>>,
        clock: Arc<dyn Clock>,
        warnings: Arc<Warnings>,
    ) -> (Arc<Self>, Background) {
        let (asking, questions) = mpsc::unbounded_channel();
        let exposures = Arc::new(Self {
            sinks: Sinks::new(settings.sinks.clone(), warnings.clone()),
            settings,
            assignments,
            counters,
            warnings,
            process: Process::current(),
            clock,
            epoch: Mutex::default(),
            recorder: Recorder::default(),
            cache: Cache::default(),
            pending: Mutex::default(),
            storing: tokio::sync::Mutex::default(),
            questions: asking,
            background: OnceLock::new(),
            gathered: AtomicU64::new(0),
            stored: AtomicU64::new(0),
            lookups: AtomicU64::new(0),
        });
        (exposures.clone(), Background { exposures, questions: tokio::sync::Mutex::new(questions) })
    }

    /// What became of the exposures so far.
    pub(crate) fn tally(&self) -> Tally {
        if self.process.is_forked() {
            // Nobody stores anything here, and a lock may be held for ever by a thread that was not forked.
            return Tally { dropped: self.recorder.dropped(), ..Tally::default() };
        }
        self.gather();
        // More than none only while there is no room for what waits.
        let queued = self.recorder.len() as u64;
        Tally {
            recorded: self.gathered.load(Ordering::Relaxed) + queued,
            stored: self.stored.load(Ordering::Relaxed),
            waiting: self.pending().len() as u64 + queued,
            dropped: self.recorder.dropped(),
        }
    }

    /// How many times the store was asked for a unit's past.
    pub(crate) fn lookups(&self) -> u64 {
        self.lookups.load(Ordering::Relaxed)
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a store had in another epoch, it may have lost: everything is to be taken down again.
    fn on_epoch_change(&self) {
        let Some(assignments) = &self.assignments else { return };
        let now = assignments.health.epoch();
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        if now.is_some() && *epoch != now && std::mem::replace(&mut *epoch, now).is_some() {
            self.recorder.forget();
        }
    }

    /// Watches for another epoch of the assignments until the app ends.
    async fn watch_epoch(&self) -> Result<Round> {
        let Some(assignments) = &self.assignments else { return std::future::pending().await };
        let mut health = assignments.health.subscribe();
        self.on_epoch_change();
        while health.changed().await.is_ok() {
            self.on_epoch_change();
        }
        Ok(Round::Paused)
    }

    /// Whether a unit's past can be asked for, by this process: where it was forked, nobody answers. Where nothing is
    /// assigned, the answer is known.
    fn is_live(&self) -> bool {
        !self.process.is_forked() && self.assignments.as_ref().is_none_or(Provided::is_live)
    }

    /// Waits for an answer at most so long, if somebody can give it.
    fn wait(&self, bound: Duration, key: Key, experiment: &Arc<str>, unit: &str) -> Answer {
        let on_background = self.background.get() == Some(&thread::current().id());
        if on_background || bound.is_zero() || !self.is_live() {
            return Answer::Unknown;
        }
        let (asker, answer) = std::sync::mpsc::sync_channel(1);
        self.ask(key, experiment, unit, Asker::Blocked(asker));
        answer.recv_timeout(bound).unwrap_or(Answer::Unknown)
    }

    /// Waits for an answer as long as a scope still may; once it may not, the store is not asked either. That is for threads of a
    /// runtime, where other tasks wait meanwhile: any other thread waits the whole bound for each answer.
    fn wait_within(&self, budget: &WaitBudget, wait: impl FnOnce(Duration) -> Answer) -> Answer {
        if Handle::try_current().is_err() {
            return wait(self.settings.patience);
        }
        let Some(left) = budget.left_of(self.settings.patience) else { return Answer::Unknown };
        let begun = Instant::now();
        let answer = wait(left);
        budget.spend(begun.elapsed());
        answer
    }

    fn ask(&self, key: Key, experiment: &Arc<str>, unit: &str, asker: Asker) {
        let question = Question { key, experiment: experiment.clone(), unit: stored(unit).into_owned(), asker };
        // After a shutdown nobody answers, and the asker is told so by its end of the channel.
        let _ = self.questions.send(question);
    }
}

impl History for Exposures {
    fn used(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, patience: Patience<'_>) -> Recollection {
        let answer = with_text(unit, |unit| {
            let key = Key::new(experiment, unit);
            match (self.cache.get(key), patience) {
                (Some(known), _) => known.into(),
                (None, Patience::Wait) => self.wait(self.settings.patience, key, &experiment.key, unit),
                (None, Patience::WaitWithin(budget)) => {
                    self.wait_within(budget, |bound| self.wait(bound, key, &experiment.key, unit))
                }
                (None, Patience::None) => Answer::Unknown,
            }
        });
        recollection(experiment, answer.unwrap_or(Answer::Unknown))
    }

    fn used_async(
        &self,
        experiment: &Arc<Experiment>,
        unit: &Value<'_>,
    ) -> Pin<Box<dyn Future<Output = Recollection> + Send>> {
        let (asker, answer) = oneshot::channel();
        let known = with_text(unit, |unit| {
            let key = Key::new(experiment, unit);
            let known = self.cache.get(key).map(Answer::from).or_else(|| (!self.is_live()).then_some(Answer::Unknown));
            if known.is_none() {
                self.ask(key, &experiment.key, unit, Asker::Suspended(asker));
            }
            known
        });
        let experiment = experiment.clone();
        Box::pin(async move {
            let answer = match known {
                Some(Some(known)) => known,
                _ => answer.await.unwrap_or(Answer::Unknown),
            };
            recollection(&experiment, answer)
        })
    }

    fn expose(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, touched: bool) {
        with_text(unit, |unit| {
            if let (true, Some(name)) = (touched, experiment.name(choice)) {
                self.cache.used_first(Key::new(experiment, unit), name);
            }
            self.recorder.record(experiment, unit, choice);
        });
    }
}

/// What an answer means to an experiment. An implementation that it no longer has is given to nobody.
fn recollection(experiment: &Experiment, answer: Answer) -> Recollection {
    match answer {
        Answer::Unknown => Recollection::Unknown,
        Answer::Unused => Recollection::Unused,
        Answer::Used(name) => experiment.position(&name).map_or(Recollection::Unused, Recollection::Used),
    }
}

impl Background {
    /// Stores exposures and answers questions until it is dropped.
    pub(crate) async fn run(self) {
        let Self { exposures, questions } = &self;
        let _ = exposures.background.set(thread::current().id());
        let warn = |source: Source| move |error: &Error| exposures.warnings.set(source, error.report());
        let (patient, backoff, other) = (Backoff::patient(), Backoff::default(), Backoff::default());
        tokio::join!(
            supervise("storing exposures", &patient, || exposures.store_when_due(), warn(Source::Exposures)),
            supervise("looking up units", &backoff, || lookup::answer(exposures, questions), warn(Source::Lookups)),
            supervise("noticing epochs", &other, || exposures.watch_epoch(), warn(Source::Exposures)),
        );
    }
}

impl fmt::Debug for Exposures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exposures").field("tally", &self.tally()).finish_non_exhaustive()
    }
}
