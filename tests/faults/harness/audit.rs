//! The checks after a trial: no acknowledged revision is lost, none occurs twice, versions have no gaps, and hashes form a chain.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use feats::App;
use feats::model::{Entry, Hash};
use feats::store::Page;
use feats_servers::until;

use super::attempts::{Answer, AttemptLog};
use super::evaluators::Seen;
use super::features::{FEATURES, version};
use super::server::open;

/// The facts that an audit depends on.
pub struct Audit {
    url: String,
    damaged: BTreeSet<(&'static str, u64)>,
    emptied: Option<Instant>,
}

/// The results of a trial.
#[derive(Debug)]
pub struct Measured {
    pub acknowledged: usize,
    pub lost: usize,
    pub doubled: usize,
    pub evaluations: u64,
    pub slowest: Duration,
    pub recovery: Duration,
    pub reconnects: u64,
    /// The violated promises.
    pub problems: Vec<String>,
}

/// The longest accepted evaluation. An evaluation never waits, but a busy machine may suspend its thread.
const MAX_EVALUATION_TIME: Duration = Duration::from_secs(2);

impl Audit {
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), damaged: BTreeSet::new(), emptied: None }
    }

    /// Marks a version as deliberately damaged.
    pub fn damaged(&mut self, feature: &'static str, version: u64) {
        self.damaged.insert((feature, version));
    }

    /// Marks every earlier attempt as deliberately destroyed.
    pub fn emptied(&mut self) {
        self.emptied = Some(Instant::now());
    }

    /// Compares the store with the answers to writers and the values that programs returned.
    pub fn conclude(
        &self,
        apps: &[App],
        attempts: &AttemptLog,
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
            measured.check_attempts(feature, &history, attempts, self.emptied);
            self.check_heads(feature, &history, apps, &mut measured);
        }
        measured.check_values(attempts, seen);
        if slowest > MAX_EVALUATION_TIME {
            measured.problems.push(format!("an evaluation took {slowest:?}"));
        }
        measured
    }

    /// Returns all entries of a feature, oldest first.
    fn history(&self, feature: &str) -> Vec<Entry> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = open(&self.url);
        let page = Page { before: None, limit: usize::MAX };
        let mut history = runtime.block_on(store.history(feature, page)).expect("a history");
        history.reverse();
        history
    }

    /// Checks that every program has the newest revision, and that a new program loads it.
    fn check_heads(&self, feature: &str, history: &[Entry], apps: &[App], measured: &mut Measured) {
        let newest = history.last().map_or(0, |entry| entry.version);
        if self.emptied.is_none() {
            until("every program has the newest revision", || apps.iter().all(|app| version(app, feature) == newest));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = open(&self.url);
        let loaded = runtime.block_on(store.load()).expect("a load").entries;
        let loaded = loaded.iter().find(|entry| entry.feature == feature);
        if loaded != history.last() {
            measured.problems.push(format!("{feature}: the newest revision is not the last one of the history"));
        }
    }
}

impl Measured {
    /// Checks that versions count from 1 without gaps, each chained to the previous one.
    fn check_chain(&mut self, feature: &'static str, history: &[Entry], damaged: &BTreeSet<(&'static str, u64)>) {
        let (mut before, mut ids) = (Hash::default(), BTreeSet::new());
        for (entry, expected) in history.iter().zip(1..) {
            let place = format!("{feature} {}", entry.version);
            if entry.version != expected {
                self.problems.push(format!("{place}: expected version {expected}"));
            }
            match entry.decode() {
                Ok(revision) if revision.previous() != before => {
                    self.problems.push(format!("{place}: not chained to the previous revision"));
                }
                Ok(revision) if !ids.insert(revision.id().to_owned()) => {
                    self.problems.push(format!("{place}: duplicate id"));
                }
                Err(_) if damaged.contains(&(feature, entry.version)) => {}
                Err(error) => self.problems.push(format!("{place}: {error}")),
                Ok(_) => {}
            }
            before = entry.hash;
        }
    }

    /// Checks that acknowledged revisions occur once, as the acknowledged version, and refused ones do not occur.
    fn check_attempts(&mut self, feature: &str, history: &[Entry], attempts: &AttemptLog, emptied: Option<Instant>) {
        let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for revision in history.iter().filter_map(|entry| entry.decode().ok()) {
            versions.entry(revision.comment().to_owned()).or_default().push(revision.version());
        }
        let attempts = attempts.all().into_iter().filter(|attempt| attempt.feature == feature);
        for attempt in attempts.filter(|attempt| emptied.is_none_or(|emptied| attempt.begun > emptied)) {
            let found = versions.remove(&attempt.comment).unwrap_or_default();
            self.doubled += found.len().saturating_sub(1);
            match &attempt.answer {
                Answer::Acknowledged(version) => {
                    self.acknowledged += 1;
                    if !found.contains(version) {
                        self.lost += 1;
                        self.problems.push(format!("{feature} {version} was acknowledged but is lost"));
                    }
                }
                Answer::Conflict | Answer::Refused(_) if !found.is_empty() => {
                    self.problems.push(format!("{feature} {found:?} exists after {:?}", attempt.answer));
                }
                Answer::Conflict | Answer::Refused(_) | Answer::Unknown(_) => {}
            }
            if found.len() > 1 {
                self.problems.push(format!("{feature}: {} exists as {found:?}", attempt.comment));
            }
        }
    }

    /// Checks that every value that a program returned is the default or was published as the reported version, and that no
    /// program returned to an older version.
    fn check_values(&mut self, attempts: &AttemptLog, seen: &Seen) {
        for (feature, before, after) in &seen.backwards {
            self.problems.push(format!("{feature} returned from version {before:?} to {after:?}"));
        }
        for (feature, version, value) in &seen.values {
            if !attempts.choices(feature, *version).contains(value) {
                self.problems.push(format!("{feature} returned {value:?} for version {version:?}, which is wrong"));
            }
        }
    }
}
