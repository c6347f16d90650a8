//! A trial: programs on a store, what happens to them, and how they come out of it.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use feats::clock::Clock;
use feats::store::Redis;
use feats::{App, AppBuilder, Status, StoreConnection};
use feats_servers::{PATIENCE, holds_within};

use super::audit::{Audit, Measured};
use super::evaluators::Evaluators;
use super::features::{FEATURES, version};
use super::ledger::{Answer, Ledger};
use super::writers::Writers;

/// Programs that evaluate and publish.
pub struct Trial {
    apps: Vec<App>,
    evaluators: Evaluators,
    writers: Option<Writers>,
    ledger: Arc<Ledger>,
    audit: Audit,
    /// Attempts to connect before anything happened.
    connects: u64,
    recovery: Option<Duration>,
}

/// Describes a trial.
pub struct Setup {
    url: String,
    direct: String,
    apps: usize,
    customize: Box<dyn Fn(usize, AppBuilder) -> AppBuilder>,
    ledger: Arc<Ledger>,
}

/// How often each feature is published before anything happens.
const WARM: usize = 20;

impl Setup {
    /// The store's URL for the audit, where the programs reach it another way.
    pub fn direct(mut self, url: impl Into<String>) -> Self {
        self.direct = url.into();
        self
    }

    /// How many programs there are; 3 if not set.
    pub fn apps(mut self, number: usize) -> Self {
        self.apps = number;
        self
    }

    /// Says more of each program, by its number.
    pub fn customize(mut self, customize: impl Fn(usize, AppBuilder) -> AppBuilder + 'static) -> Self {
        self.customize = Box::new(customize);
        self
    }

    /// Goes on with what was published before.
    pub fn ledger(mut self, ledger: Arc<Ledger>) -> Self {
        self.ledger = ledger;
        self
    }

    /// Starts everything, and waits until all is well and every feature was published a few times.
    pub fn start(self) -> Trial {
        let mut trial = self.boot();
        let begun = Instant::now();
        trial.until("all programs are live", || trial.apps.iter().all(|app| app.status().is_live()));
        trial.until("publishing goes well", || {
            let acknowledged = |name| trial.ledger.answers(name, begun).iter().filter_map(Answer::version).count();
            FEATURES.iter().all(|name| acknowledged(name) >= WARM)
        });
        trial.connects = trial.connects_so_far();
        trial
    }

    /// Starts everything, whatever state the store is in.
    pub fn boot(self) -> Trial {
        let app = |number| {
            let store = Redis::open(&self.url).expect("a URL");
            let app = App::builder().store(store).detached().start_timeout(Duration::from_secs(2));
            (self.customize)(number, app).start_blocking().expect("an app starts, whatever its store does")
        };
        let apps: Vec<App> = (0..self.apps).map(app).collect();
        let evaluators = Evaluators::start(&apps);
        let writers = Some(Writers::start(&apps, &self.ledger));
        let audit = Audit::new(&self.direct);
        Trial { apps, evaluators, writers, ledger: self.ledger, audit, connects: 0, recovery: None }
    }
}

impl Trial {
    /// Describes programs on the store at a URL.
    pub fn at(url: impl Into<String>) -> Setup {
        let url = url.into();
        Setup { direct: url.clone(), url, apps: 3, customize: Box::new(|_, app| app), ledger: Arc::default() }
    }

    /// Starts programs on the store at a URL.
    pub fn start(url: impl Into<String>) -> Self {
        Self::at(url).start()
    }

    /// The programs.
    pub fn apps(&self) -> &[App] {
        &self.apps
    }

    /// What was published.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Lets it go on for a while.
    pub fn go_on(&self, time: Duration) {
        thread::sleep(time);
    }

    /// Every program says that its store is away, why, and what decides instead; and the news get older.
    pub fn expect_stale(&self) {
        self.until("every program says that its store is away", || {
            self.apps.iter().all(|app| app.status().connection == StoreConnection::Stale)
        });
        for status in self.statuses() {
            assert!(status.error.is_some(), "it says why: {status:?}");
        }
        self.expect_older_news();
    }

    /// Nothing is heard of the store, and every program that ever heard of it can tell for how long.
    pub fn expect_older_news(&self) {
        let ages = || self.apps.iter().map(|app| app.status().age());
        self.until("the news of every program get older", || {
            let before: Vec<_> = ages().collect();
            thread::sleep(Duration::from_millis(50));
            before.into_iter().zip(ages()).all(|(before, now)| now > before || now.is_none())
        });
    }

    /// The store can be read, whatever it does with writers.
    pub fn expect_live(&self) {
        self.until("every program is live", || self.statuses().iter().all(Status::is_live));
    }

    /// Publishing goes on.
    pub fn expect_publishing(&self) {
        let begun = Instant::now();
        self.until("both features are published", || {
            let published = |name| self.ledger.answers(name, begun).iter().any(|answer| answer.version().is_some());
            FEATURES.iter().all(|name| published(name))
        });
    }

    /// Publishing fails, and says so.
    pub fn expect_no_publishing(&self) {
        let begun = Instant::now();
        self.until("both features could not be published", || {
            let failed = |name| self.ledger.answers(name, begun).iter().any(Answer::is_failure);
            FEATURES.iter().all(|name| failed(name))
        });
    }

    /// A feature is quarantined everywhere: what was last good decides.
    pub fn expect_quarantine(&self, feature: &str) {
        self.until("the feature is quarantined everywhere", || {
            let knows =
                |status: &Status| status.quarantined.iter().any(|it| it.feature == feature && it.serving.is_some());
            self.statuses().iter().all(knows)
        });
    }

    /// Ends the writers for a while.
    pub fn pause_writers(&mut self) {
        self.writers.take().into_iter().for_each(Writers::end);
    }

    /// Lets them write again.
    pub fn resume_writers(&mut self) {
        self.writers = Some(Writers::start(&self.apps, &self.ledger));
    }

    /// From now on this version of a feature is known to be damaged.
    pub fn damaged(&mut self, feature: &'static str, version: u64) {
        self.audit.damaged(feature, version);
    }

    /// The store has just lost everything.
    pub fn emptied(&mut self) {
        self.audit.emptied();
    }

    /// The store is well again: from now on it is measured how long it takes until every program is live and has a
    /// revision of each feature that was published since.
    pub fn healed(&mut self) {
        let (healed, contact) = (Instant::now(), feats::clock::SystemClock.now());
        self.until("the newest revision is everywhere", || FEATURES.iter().all(|name| self.has_news_of(name, healed)));
        self.recovery = Some(healed.elapsed());
        self.until("every program has heard of its store", || {
            self.statuses().iter().all(|it| it.is_live() && it.last_contact.is_some_and(|last| last >= contact))
        });
    }

    /// The same for a store that lost everything: publishing on what the programs remember is a conflict. They are live,
    /// and nobody waits in vain.
    pub fn healed_but_empty(&mut self) {
        let healed = Instant::now();
        self.until("every program is live and its publishing is answered", || {
            let answered = |name| self.ledger.answers(name, healed).iter().any(|answer| !answer.is_failure());
            self.statuses().iter().all(Status::is_live) && FEATURES.iter().all(|name| answered(name))
        });
        self.recovery = Some(healed.elapsed());
    }

    /// Ends everything, and looks whether it was as promised.
    pub fn end(mut self) -> Measured {
        self.pause_writers();
        let reconnects = self.connects_so_far() - self.connects;
        let seen = self.evaluators.end();
        let recovery = self.recovery.expect("a trial ends healed");
        self.audit.conclude(&self.apps, &self.ledger, &seen, recovery, reconnects)
    }

    /// Waits until something holds; if it does not, this says what everyone knows.
    #[track_caller]
    fn until(&self, what: &str, holds: impl FnMut() -> bool) {
        if !holds_within(PATIENCE, holds) {
            let answers = FEATURES.map(|name| (name, self.ledger.last_answer(name)));
            panic!("not within {PATIENCE:?}: {what}\nlast answers: {answers:#?}\n{:#?}", self.statuses());
        }
    }

    fn has_news_of(&self, feature: &str, since: Instant) -> bool {
        let newest = self.ledger.answers(feature, since).iter().filter_map(Answer::version).max();
        newest.is_some_and(|newest| self.apps.iter().all(|app| version(app, feature) >= newest))
    }

    fn statuses(&self) -> Vec<Status> {
        self.apps.iter().map(App::status).collect()
    }

    fn connects_so_far(&self) -> u64 {
        self.apps.iter().map(|app| app.status().connects).sum()
    }
}
