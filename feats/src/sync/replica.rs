//! The replica: the newest revision of each feature that an app knows, as it decides.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::{Notify, watch};

use super::compile::Built;
use super::features::Features;
use super::hold::Holds;
use super::queue::CompileQueue;
use super::status::{Connection, Held, Origin, Status};
use crate::error::{Error, ErrorKind};
use crate::exposure::Health;
use crate::model::{Attributes, Declaration, Entry, Quarantine, Timestamp};
use crate::runtime::{Live, Snapshot, Standing};
use crate::store::Expected;
use crate::tasks::{Source, Warnings, forked};

/// How many warnings of the store itself are shown.
const MAX_STORE_WARNINGS: usize = 20;

/// The state of an app that follows its store. Everything here is written by few and slow; readers use [`Live`] alone.
pub(crate) struct Replica {
    pub(crate) live: Arc<Live>,
    pub(crate) attributes: Attributes,
    pub(super) features: RwLock<Features>,
    /// Its lock serialises writers of the snapshot.
    pub(super) ledger: Mutex<Ledger>,
    /// The store's name, without secrets.
    store: String,
    status: Mutex<Status>,
    /// What the store's last check found.
    store_warnings: Mutex<Vec<String>>,
    pub(crate) warnings: Arc<Warnings>,
    pub(super) changes: watch::Sender<u64>,
    /// How the store is, for those who wait for it.
    health: watch::Sender<Health>,
    /// Tells the code's feature at a position that there is something to decide.
    pub(super) routed: Box<dyn Fn(usize) + Send + Sync>,
    /// Notified when there is something to compile.
    pub(super) queued: Notify,
    /// Notified when there is a feature to look for a last good route for.
    pub(super) orphaned: Notify,
}

/// What writers of the snapshot know beside it.
#[derive(Default)]
pub(super) struct Ledger {
    /// Newest revisions of features that nobody declared yet.
    pub(super) undeclared: HashMap<String, Entry>,
    /// What the store has lost.
    pub(super) holds: Holds,
    /// Positions of features whose newest revision cannot be used, and that had none before it: history may have one.
    pub(super) orphans: BTreeSet<usize>,
    /// What has arrived and is not compiled yet.
    pub(super) queue: CompileQueue,
    /// What is compiled and not installed yet.
    pub(super) built: Vec<Built>,
    /// When a snapshot was installed, and how long that took.
    pub(super) installed: Option<(Instant, Duration)>,
}

/// What was known of every feature at one moment.
pub(crate) type Seen = HashMap<Arc<str>, Expected>;

impl Replica {
    pub(crate) fn new(
        live: Arc<Live>,
        features: Features,
        attributes: Attributes,
        store: String,
        routed: Box<dyn Fn(usize) + Send + Sync>,
        health: watch::Sender<Health>,
        warnings: Arc<Warnings>,
    ) -> Self {
        let status = Mutex::new(Status::new(store.clone(), live.now()));
        let (changes, _) = watch::channel(0);
        let features = RwLock::new(features);
        Self {
            live,
            attributes,
            features,
            ledger: Mutex::default(),
            store,
            status,
            store_warnings: Mutex::default(),
            warnings,
            changes,
            health,
            routed,
            queued: Notify::new(),
            orphaned: Notify::new(),
        }
    }

    /// Looks into the features.
    pub(crate) fn features<R>(&self, look: impl FnOnce(&Features) -> R) -> R {
        look(&self.features.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn declaration(&self, position: usize) -> Option<Arc<Declaration>> {
        self.features(|features| features.get(position).cloned())
    }

    /// Counts up whenever a revision arrives.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn status(&self) -> Status {
        let mut status = locked(&self.status).clone();
        status.quarantined = self.quarantined();
        status.held = self.held();
        status.compiling = locked(&self.ledger).queue.len();
        let snapshot = self.live.load_full();
        self.warnings.clear_histories(|position| {
            snapshot.standing(position).is_some_and(|standing| standing.quarantine.is_some())
        });
        if status.held.is_empty() {
            self.warnings.clear(Source::Loss);
        }
        status.warnings = self.warnings.texts();
        status.warnings.extend(locked(&self.store_warnings).iter().cloned());
        status
    }

    /// The status in a process that was forked. It waits for no lock: who held it may not exist here.
    pub(crate) fn status_after_fork(&self) -> Status {
        let known = self.status.try_lock().ok().map(|status| status.clone());
        let mut status = known.unwrap_or_else(|| Status::new(self.store.clone(), Timestamp::from(SystemTime::now())));
        status.set_connection(Connection::Stopped, Some(forked().to_string()));
        status
    }

    /// Whether the app was stopped.
    pub(crate) fn is_stopped(&self) -> bool {
        locked(&self.status).connection == Connection::Stopped
    }

    pub(super) fn set_status<R>(&self, set: impl FnOnce(&mut Status) -> R) -> R {
        let mut status = locked(&self.status);
        let result = set(&mut status);
        let health = Health { live: status.is_live(), epoch: status.epoch.clone() };
        self.health.send_if_modified(|known| {
            let changed = *known != health;
            *known = health;
            changed
        });
        result
    }

    /// Marks the store as answering.
    pub(super) fn heard(&self) {
        let before = self.set_status(|status| status.set_connection(Connection::Live, None));
        if let Some((Connection::Stale, since)) = before {
            tracing::info!(store = self.store, "the store is back after {}", in_words(since));
        }
    }

    /// Marks the store as away.
    pub(super) fn lost_contact(&self, error: &Error) {
        let before = self.set_status(|status| {
            let before = status.set_connection(Connection::Stale, Some(error.report().to_string()));
            before.map(|_| status.origin)
        });
        let Some(origin) = before else {
            tracing::debug!(store = self.store, error = %error.report(), "the store is still away");
            return;
        };
        tracing::warn!(store = self.store, error = %error.report(), "the store is away; {}", decides_meanwhile(origin));
    }

    /// Whether the store is followed.
    pub(crate) fn is_live(&self) -> bool {
        locked(&self.status).is_live()
    }

    /// Waits until the store is followed.
    pub(super) async fn wait_until_live(&self) {
        // The sender is here, so this ends only with that.
        let _ = self.health.subscribe().wait_for(|health| health.live).await;
    }

    /// The life of the store that was last read.
    pub(super) fn epoch(&self) -> Option<String> {
        locked(&self.status).epoch.clone()
    }

    /// Replaces what the store's last check found; what is new is logged.
    pub(super) fn set_store_warnings(&self, mut warnings: Vec<String>) {
        warnings.truncate(MAX_STORE_WARNINGS);
        let mut known = locked(&self.store_warnings);
        for warning in warnings.iter().filter(|warning| !known.contains(warning)) {
            tracing::warn!(warning);
        }
        *known = warnings;
    }

    /// Marks the app as stopped: nothing follows the store any more.
    pub(crate) fn mark_stopped(&self) {
        if self.set_status(|status| status.set_connection(Connection::Stopped, None)).is_some() {
            tracing::info!(store = self.store, "stopped; the last snapshot decides");
        }
    }

    /// What is known now. Whoever asks the store afterwards and finds less has found a loss.
    pub(super) fn seen(&self) -> Seen {
        let ledger = locked(&self.ledger);
        let snapshot = self.live.load_full();
        let undeclared = ledger.undeclared.iter().map(|(name, entry)| (name.as_str().into(), Expected::after(entry)));
        let declared = snapshot
            .standings()
            .filter_map(|(position, standing)| Some((self.declaration(position)?.name.clone(), mark(standing))));
        let queued = ledger.queue.iter().map(|(_, entry)| (entry.feature.as_str().into(), Expected::after(entry)));
        undeclared.chain(declared).chain(queued).collect()
    }

    /// Whether these are the newest versions of a store that was asked after it was known to have what was seen: it has
    /// nothing more than what is known by now, and nothing less than what was seen, but for losses that are known.
    pub(super) fn agrees(&self, mut seen: Seen, versions: &[(String, u64)]) -> bool {
        let ledger = locked(&self.ledger);
        let snapshot = self.live.load_full();
        let none_missed = versions.iter().all(|(name, version)| {
            let before = seen.remove(name.as_str()).unwrap_or_default();
            let known = self.known(&ledger, &snapshot, name);
            *version <= known.version && (*version >= before.version || ledger.holds.expects(name, *version))
        });
        none_missed && seen.keys().all(|name| ledger.holds.expects(name, 0))
    }

    /// The newest revision of every feature, as a store would give it.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let ledger = locked(&self.ledger);
        let snapshot = self.live.load_full();
        let is_newest = |(position, _): &(usize, &Arc<Standing>)| ledger.queue.get(*position).is_none();
        let standings = snapshot.standings().filter(is_newest).filter_map(|(_, standing)| standing.to_entry());
        let queued = ledger.queue.iter().map(|(_, entry)| Entry::clone(entry));
        standings.chain(queued).chain(ledger.undeclared.values().cloned()).collect()
    }

    /// The revisions that are held over.
    pub(crate) fn held_entries(&self) -> Vec<Entry> {
        let ledger = locked(&self.ledger);
        let snapshot = self.live.load_full();
        ledger.holds.iter().filter_map(|(feature, _)| self.known_entry(&ledger, &snapshot, feature)).collect()
    }

    /// How many features are held over.
    pub(super) fn holds(&self) -> usize {
        locked(&self.ledger).holds.len()
    }

    /// Which revision of a feature is known.
    pub(super) fn known(&self, ledger: &Ledger, snapshot: &Snapshot, feature: &str) -> Expected {
        let known = match self.features(|features| features.position(feature)) {
            Some(position) => match ledger.queue.get(position) {
                Some(entry) => Some(Expected::after(entry)),
                None => snapshot.standing(position).map(mark),
            },
            None => ledger.undeclared.get(feature).map(Expected::after),
        };
        known.unwrap_or_default()
    }

    /// The revision of a feature that is known.
    pub(super) fn known_entry(&self, ledger: &Ledger, snapshot: &Snapshot, feature: &str) -> Option<Entry> {
        match self.features(|features| features.position(feature)) {
            Some(position) => match ledger.queue.get(position) {
                Some(entry) => Some(Entry::clone(entry)),
                None => snapshot.standing(position)?.to_entry(),
            },
            None => ledger.undeclared.get(feature).cloned(),
        }
    }

    fn held(&self) -> Vec<Held> {
        let ledger = locked(&self.ledger);
        let snapshot = self.live.load_full();
        let held = ledger.holds.iter().map(|(feature, hold)| Held {
            feature: feature.to_owned(),
            version: self.known(&ledger, &snapshot, feature).version,
            stored: hold.stored.version,
            since: hold.since,
        });
        held.collect()
    }

    fn quarantined(&self) -> Vec<Quarantine> {
        let snapshot = self.live.load_full();
        let described = snapshot.standings().filter_map(|(position, standing)| {
            Some(Quarantine {
                feature: self.declaration(position)?.name.to_string(),
                version: standing.version,
                serving: standing.route.as_ref().map(|route| route.version()),
                problems: standing.quarantine.as_ref()?.problems.clone(),
            })
        });
        described.collect()
    }
}

impl Ledger {
    /// Whether so much time has passed since a snapshot was installed that installing the next one costs little beside it.
    pub(super) fn is_install_due(&self) -> bool {
        self.installed.is_none_or(|(at, cost)| at.elapsed() >= 20 * cost)
    }
}

/// Which revision stands.
pub(super) fn mark(standing: &Arc<Standing>) -> Expected {
    Expected { version: standing.version, hash: standing.hash }
}

/// Nothing is left half-written by a panic here, so a poisoned lock is as good as any.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What decides while the store is away, by where the routes come from.
fn decides_meanwhile(origin: Origin) -> &'static str {
    match origin {
        Origin::Defaults => "the defaults in code decide",
        Origin::LastKnownGood => "the fallback file decides",
        Origin::Store => "the last snapshot decides",
    }
}

/// How long ago an instant was, in whole seconds.
fn in_words(since: Timestamp) -> String {
    format!("{} s", Timestamp::from(SystemTime::now()).since(since).as_secs())
}

/// The error after the app was shut down.
pub(super) fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "the app was shut down")
}
