//! A trial: programs on a store, a fault, and the expected recovery.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use feats::clock::Clock;
use feats::{App, AppBuilder, Status, StoreConnection};
use feats_servers::{TIMEOUT, holds_within};

use super::attempts::{Answer, AttemptLog};
use super::audit::{Audit, Measured};
use super::evaluators::Evaluators;
use super::features::{FEATURES, version};
use super::server::open;
use super::writers::Writers;

/// Programs that evaluate and publish.
pub struct Trial {
    apps: Vec<App>,
    evaluators: Evaluators,
    writers: Option<Writers>,
    number_of_writers: usize,
    attempts: Arc<AttemptLog>,
    audit: Audit,
    /// The number of connection attempts before the fault.
    connects: u64,
    recovery: Option<Duration>,
}

/// The configuration of a trial.
pub struct Setup {
    url: String,
    direct: String,
    apps: usize,
    writers: usize,
    customize: Box<dyn Fn(usize, AppBuilder) -> AppBuilder>,
    attempts: Arc<AttemptLog>,
}

/// The number of publishes of each feature before the fault.
const WARM_UP_PUBLISHES: usize = 20;

impl Setup {
    /// Sets the store's URL for the audit, if the programs use another one.
    pub fn direct(mut self, url: impl Into<String>) -> Self {
        self.direct = url.into();
        self
    }

    /// Sets the number of programs; 3 if not set.
    pub fn apps(mut self, number: usize) -> Self {
        self.apps = number;
        self
    }

    /// Sets the number of writers; 2 if not set.
    pub fn writers(mut self, number: usize) -> Self {
        self.writers = number;
        self
    }

    /// Configures each program, by its number.
    pub fn customize(mut self, customize: impl Fn(usize, AppBuilder) -> AppBuilder + 'static) -> Self {
        self.customize = Box::new(customize);
        self
    }

    /// Continues with the attempts of an earlier trial.
    pub fn attempts(mut self, attempts: Arc<AttemptLog>) -> Self {
        self.attempts = attempts;
        self
    }

    /// Starts everything, and waits until all programs are live and every feature was published several times.
    pub fn start(self) -> Trial {
        let mut trial = self.boot();
        let begun = Instant::now();
        trial.until("all programs are live", || trial.apps.iter().all(|app| app.status().is_live()));
        trial.until("publishing succeeds", || {
            let acknowledged = |name| trial.attempts.answers(name, begun).iter().filter_map(Answer::version).count();
            FEATURES.iter().all(|name| acknowledged(name) >= WARM_UP_PUBLISHES)
        });
        trial.connects = trial.connects_so_far();
        trial
    }

    /// Starts everything, even if the store is unreachable.
    pub fn boot(self) -> Trial {
        let app = |number| {
            let store = open(&self.url);
            let app = App::builder().store(store).detached().start_timeout(Duration::from_secs(2));
            (self.customize)(number, app).start_blocking().expect("an app starts without its store")
        };
        let apps: Vec<App> = (0..self.apps).map(app).collect();
        let evaluators = Evaluators::start(&apps);
        let number_of_writers = self.writers;
        let writers = Some(Writers::start(number_of_writers, &apps, &self.attempts));
        let (audit, attempts) = (Audit::new(&self.direct), self.attempts);
        Trial { apps, evaluators, writers, number_of_writers, attempts, audit, connects: 0, recovery: None }
    }
}

impl Trial {
    /// Returns the configuration of a trial on the store at a URL.
    pub fn setup(url: impl Into<String>) -> Setup {
        let url = url.into();
        let customize = Box::new(|_, app| app);
        Setup { direct: url.clone(), url, apps: 3, writers: 2, customize, attempts: Arc::default() }
    }

    /// Starts a trial on the store at a URL.
    pub fn start(url: impl Into<String>) -> Self {
        Self::setup(url).start()
    }

    /// Returns the programs.
    pub fn apps(&self) -> &[App] {
        &self.apps
    }

    /// Returns the attempts to publish.
    pub fn attempts(&self) -> &Arc<AttemptLog> {
        &self.attempts
    }

    /// Waits while the programs continue.
    pub fn run_for(&self, time: Duration) {
        thread::sleep(time);
    }

    /// Expects that every program reports an unreachable store with the reason, and that the last contact gets older.
    pub fn expect_stale(&self) {
        self.until("every program reports an unreachable store", || {
            self.apps.iter().all(|app| app.status().connection == StoreConnection::Stale)
        });
        for status in self.statuses() {
            assert!(status.error.is_some(), "the status has no error: {status:?}");
        }
        self.expect_no_contact();
    }

    /// Expects that the last contact of every program gets older.
    pub fn expect_no_contact(&self) {
        let ages = || self.apps.iter().map(|app| app.status().age());
        self.until("the last contact of every program gets older", || {
            let before: Vec<_> = ages().collect();
            thread::sleep(Duration::from_millis(50));
            before.into_iter().zip(ages()).all(|(before, now)| now > before || now.is_none())
        });
    }

    /// Expects that every program can read the store.
    pub fn expect_live(&self) {
        self.until("every program is live", || self.statuses().iter().all(Status::is_live));
    }

    /// Expects that publishing succeeds.
    pub fn expect_publishing(&self) {
        let begun = Instant::now();
        self.until("both features are published", || {
            let published = |name| self.attempts.answers(name, begun).iter().any(|answer| answer.version().is_some());
            FEATURES.iter().all(|name| published(name))
        });
    }

    /// Expects that publishing fails with an error.
    pub fn expect_no_publishing(&self) {
        self.expect_failures("");
    }

    /// Expects that publishing fails with an error that contains this text.
    pub fn expect_failures(&self, text: &str) {
        let begun = Instant::now();
        self.until("both features could not be published", || {
            let has_text = |answer: &Answer| answer.failure().is_some_and(|reason| reason.contains(text));
            FEATURES.iter().all(|name| self.attempts.answers(name, begun).iter().any(has_text))
        });
    }

    /// Expects that a feature is quarantined in every program.
    pub fn expect_quarantine(&self, feature: &str) {
        self.until("the feature is quarantined everywhere", || {
            let knows =
                |status: &Status| status.quarantined.iter().any(|it| it.feature == feature && it.serving.is_some());
            self.statuses().iter().all(knows)
        });
    }

    /// Stops the writers.
    pub fn pause_writers(&mut self) {
        self.writers.take().into_iter().for_each(Writers::end);
    }

    /// Starts the writers again.
    pub fn resume_writers(&mut self) {
        self.writers = Some(Writers::start(self.number_of_writers, &self.apps, &self.attempts));
    }

    /// Marks a version of a feature as damaged.
    pub fn damaged(&mut self, feature: &'static str, version: u64) {
        self.audit.damaged(feature, version);
    }

    /// Marks the store as emptied at this instant.
    pub fn emptied(&mut self) {
        self.audit.emptied();
    }

    /// Measures the recovery: the time from now until every program is live and has a revision of each feature that was
    /// published since.
    pub fn healed(&mut self) {
        let (healed, contact) = (Instant::now(), feats::clock::SystemClock.now());
        self.until("a revision published since is everywhere", || {
            FEATURES.iter().all(|name| self.has_news_of(name, healed))
        });
        self.recovery = Some(healed.elapsed());
        self.until("every program has contact with its store", || {
            self.statuses().iter().all(|it| it.is_live() && it.last_contact.is_some_and(|last| last >= contact))
        });
    }

    /// Measures the recovery of an emptied store: the time from now until every program is live and every publish is answered,
    /// although with a conflict.
    pub fn healed_but_empty(&mut self) {
        let healed = Instant::now();
        self.until("every program is live and its publishing is answered", || {
            let answered = |name| self.attempts.answers(name, healed).iter().any(|answer| answer.failure().is_none());
            self.statuses().iter().all(Status::is_live) && FEATURES.iter().all(|name| answered(name))
        });
        self.recovery = Some(healed.elapsed());
    }

    /// Stops everything and audits the results.
    pub fn end(mut self) -> Measured {
        self.pause_writers();
        let reconnects = self.connects_so_far() - self.connects;
        let seen = self.evaluators.end();
        let recovery = self.recovery.expect("the recovery was measured");
        self.audit.conclude(&self.apps, &self.attempts, &seen, recovery, reconnects)
    }

    /// Waits until a condition holds. If it does not, panics with the state of all programs.
    #[track_caller]
    fn until(&self, what: &str, holds: impl FnMut() -> bool) {
        if !holds_within(TIMEOUT, holds) {
            let answers = FEATURES.map(|name| (name, self.attempts.last_answer(name)));
            panic!("not within {TIMEOUT:?}: {what}\nlast answers: {answers:#?}\n{:#?}", self.statuses());
        }
    }

    fn has_news_of(&self, feature: &str, since: Instant) -> bool {
        // Not the newest: where programs poll, they are always some revisions behind the writers.
        let first = self.attempts.answers(feature, since).iter().filter_map(Answer::version).min();
        first.is_some_and(|first| self.apps.iter().all(|app| version(app, feature) >= first))
    }

    fn statuses(&self) -> Vec<Status> {
        self.apps.iter().map(App::status).collect()
    }

    fn connects_so_far(&self) -> u64 {
        self.apps.iter().map(|app| app.status().connects).sum()
    }
}
