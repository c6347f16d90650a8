//! What has to be true in the end: nothing acknowledged is lost, nothing is there twice, no hole, one chain.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use feats::App;
use feats::model::{Entry, Hash};
use feats::store::{Page, Redis, Store};
use feats_servers::until;

use super::evaluators::Seen;
use super::features::{FEATURES, version};
use super::ledger::{Answer, Ledger};

/// What an audit has to know.
pub struct Audit {
    url: String,
    damaged: BTreeSet<(&'static str, u64)>,
    emptied: Option<Instant>,
}

/// What a trial showed.
#[derive(Debug)]
pub struct Measured {
    pub acknowledged: usize,
    pub lost: usize,
    pub doubled: usize,
    pub evaluations: u64,
    pub slowest: Duration,
    pub recovery: Duration,
    pub reconnects: u64,
    /// What was not as promised.
    pub problems: Vec<String>,
}

/// An evaluation never waits. This is what a busy machine may take to come back to a thread.
const SLOWEST: Duration = Duration::from_secs(2);

impl Audit {
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), damaged: BTreeSet::new(), emptied: None }
    }

    /// This version is damaged on purpose.
    pub fn damaged(&mut self, feature: &'static str, version: u64) {
        self.damaged.insert((feature, version));
    }

    /// What was begun before now was destroyed on purpose.
    pub fn emptied(&mut self) {
        self.emptied = Some(Instant::now());
    }

    /// Compares what the store has with what writers were told and what programs gave.
    pub fn conclude(
        &self,
        apps: &[App],
        ledger: &Ledger,
        seen: &Seen,
        recovery: Duration,
        reconnects: u64,
    ) -> Measured {
        let (evaluations, slowest) = (seen.evaluations, seen.slowest);
        let (problems, lost, doubled, acknowledged) = (Vec::new(), 0, 0, 0);
        let mut measured =
            Measured { acknowledged, lost, doubled, evaluations, slowest, recovery, reconnects, problems };
        for feature in FEATURES {
            let history = self.history(feature);
            measured.check_chain(feature, &history, &self.damaged);
            measured.check_attempts(feature, &history, ledger, self.emptied);
            self.check_heads(feature, &history, apps, &mut measured);
        }
        measured.check_values(ledger, seen);
        if slowest > SLOWEST {
            measured.problems.push(format!("an evaluation took {slowest:?}"));
        }
        measured
    }

    /// All entries of a feature, oldest first.
    fn history(&self, feature: &str) -> Vec<Entry> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = Redis::open(&self.url).expect("a URL");
        let page = Page { before: None, limit: usize::MAX };
        let mut history = runtime.block_on(store.history(feature, page)).expect("a history");
        history.reverse();
        history
    }

    /// Every program ends with the newest revision, as does what new programs load.
    fn check_heads(&self, feature: &str, history: &[Entry], apps: &[App], measured: &mut Measured) {
        let newest = history.last().map_or(0, |entry| entry.version);
        if self.emptied.is_none() {
            until("every program has the newest revision", || apps.iter().all(|app| version(app, feature) == newest));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = Redis::open(&self.url).expect("a URL");
        let loaded = runtime.block_on(store.load()).expect("a load").entries;
        let loaded = loaded.iter().find(|entry| entry.feature == feature);
        if loaded != history.last() {
            measured.problems.push(format!("{feature}: the newest revision is not the last one of the history"));
        }
    }
}

impl Measured {
    /// Versions count from 1 without a hole, each chained to the one before.
    fn check_chain(&mut self, feature: &'static str, history: &[Entry], damaged: &BTreeSet<(&'static str, u64)>) {
        let (mut before, mut ids) = (Hash::default(), BTreeSet::new());
        for (entry, expected) in history.iter().zip(1..) {
            let place = format!("{feature} {}", entry.version);
            if entry.version != expected {
                self.problems.push(format!("{place}: version {expected} should stand here"));
            }
            match entry.decode() {
                Ok(revision) if revision.previous() != before => {
                    self.problems.push(format!("{place}: it is not chained to the revision before"));
                }
                Ok(revision) if !ids.insert(revision.id().to_owned()) => {
                    self.problems.push(format!("{place}: its id is there twice"));
                }
                Err(_) if damaged.contains(&(feature, entry.version)) => {}
                Err(error) => self.problems.push(format!("{place}: {error}")),
                Ok(_) => {}
            }
            before = entry.hash;
        }
    }

    /// What was acknowledged is there once, as the version that was told; what was refused is not there.
    fn check_attempts(&mut self, feature: &str, history: &[Entry], ledger: &Ledger, emptied: Option<Instant>) {
        let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for revision in history.iter().filter_map(|entry| entry.decode().ok()) {
            versions.entry(revision.comment().to_owned()).or_default().push(revision.version());
        }
        let attempts = ledger.all().into_iter().filter(|attempt| attempt.feature == feature);
        for attempt in attempts.filter(|attempt| emptied.is_none_or(|emptied| attempt.begun > emptied)) {
            let found = versions.remove(&attempt.comment).unwrap_or_default();
            self.doubled += found.len().saturating_sub(1);
            match &attempt.answer {
                Answer::Acknowledged(version) => {
                    self.acknowledged += 1;
                    if !found.contains(version) {
                        self.lost += 1;
                        self.problems.push(format!("{feature} {version} was acknowledged and is lost"));
                    }
                }
                Answer::Conflict | Answer::Refused(_) if !found.is_empty() => {
                    self.problems.push(format!("{feature} {found:?} is there, after {:?}", attempt.answer));
                }
                Answer::Conflict | Answer::Refused(_) | Answer::Unknown(_) => {}
            }
            if found.len() > 1 {
                self.problems.push(format!("{feature}: {} is there as {found:?}", attempt.comment));
            }
        }
    }

    /// Every value that a program gave is the default, or was published as the version that it said; and no program went
    /// back to an older one.
    fn check_values(&mut self, ledger: &Ledger, seen: &Seen) {
        for (feature, before, after) in &seen.backwards {
            self.problems.push(format!("{feature} went back from version {before:?} to {after:?}"));
        }
        for (feature, version, value) in &seen.values {
            if !ledger.choices(feature, *version).contains(value) {
                self.problems.push(format!("{feature} gave {value:?} by version {version:?}, which is not that"));
            }
        }
    }
}
