//! The replica: the newest revision of each feature that an app knows, as it decides.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::features::Features;
use super::queue::{Built, CompileQueue};
use super::retained::RetainedRevisions;
use super::status::{ConfigSource, Retained, Status};
use super::subscription::{ChangeFeed, Subscription};
use crate::compile::Route;
use crate::error::{Error, ErrorKind};
use crate::exposure::ExposureStats;
use crate::model::{Attributes, Declaration, Entry, Quarantine};
use crate::runtime::{FeatureRevision, Snapshot, SnapshotCell};
use crate::store::{RevisionStamp, StoreHealth, StoreStatus};
use crate::tasks::{Source, Warnings, forked_error};

/// The state of an app that follows its store. Everything here is written by few and slow; readers use [`Live`] alone.
pub(crate) struct Replica {
    pub(crate) cell: Arc<SnapshotCell>,
    pub(crate) attributes: Attributes<'static>,
    pub(super) features: RwLock<Features>,
    /// Its lock serialises writers of the snapshot.
    pub(super) writer_state: Mutex<WriterState>,
    /// Where the routes in use come from.
    config_source: Mutex<ConfigSource>,
    /// How many attempts to connect there were.
    connects: AtomicU64,
    pub(crate) warnings: Arc<Warnings>,
    pub(super) changes: watch::Sender<u64>,
    pub(super) feed: ChangeFeed,
    /// The health of the followed store.
    pub(crate) health: Arc<StoreHealth>,
    /// Tells the code's feature at a position that there is something to decide.
    pub(super) routed: Box<dyn Fn(usize) + Send + Sync>,
    /// Notified when there is something to compile.
    pub(super) queued: Notify,
    /// Notified when there is a feature to look for a last good route for.
    pub(super) unresolved: Notify,
}

/// What writers of the snapshot know beside it.
#[derive(Default)]
pub(super) struct WriterState {
    /// Newest revisions of features that nobody declared yet.
    pub(super) undeclared: HashMap<String, Entry>,
    /// What the store has lost.
    pub(super) retained: RetainedRevisions,
    /// Positions of features whose newest revision cannot be used, and that had none before it: history may have one.
    pub(super) unresolved: BTreeSet<usize>,
    /// What has arrived and is not compiled yet.
    pub(super) queue: CompileQueue,
    /// What is compiled and not installed yet.
    pub(super) built: Vec<Built>,
    /// When a snapshot was installed, and how long that took.
    pub(super) installed: Option<(Instant, Duration)>,
}

/// What was known of every feature at one moment.
pub(crate) type Seen = HashMap<Arc<str>, RevisionStamp>;

impl Replica {
    pub(crate) fn new(
        live: Arc<SnapshotCell>,
        features: Features,
        attributes: Attributes<'static>,
        routed: Box<dyn Fn(usize) + Send + Sync>,
        health: Arc<StoreHealth>,
        warnings: Arc<Warnings>,
    ) -> Self {
        let (changes, _) = watch::channel(0);
        let features = RwLock::new(features);
        Self {
            cell: live,
            attributes,
            features,
            writer_state: Mutex::default(),
            config_source: Mutex::new(ConfigSource::Defaults),
            connects: AtomicU64::new(0),
            warnings,
            changes,
            feed: ChangeFeed::default(),
            health,
            routed,
            queued: Notify::new(),
            unresolved: Notify::new(),
        }
    }

    /// Looks into the features.
    pub(crate) fn features<R>(&self, look: impl FnOnce(&Features) -> R) -> R {
        look(&self.features.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn declaration(&self, position: usize) -> Option<Arc<Declaration>> {
        self.features(|features| features.get(position).cloned())
    }

    /// The places of the counters of a revision's choices, if its feature is declared by hand. Those of the code have their counters
    /// from the beginning, and uses of other programs' features are not counted here.
    pub(super) fn counter_places(&self, position: usize, route: Option<&Route>) -> Box<[u32]> {
        let by_hand = self.features(|features| {
            features.is_declared_by_hand(position).then(|| features.get(position).cloned()).flatten()
        });
        let Some(declaration) = by_hand else { return Box::default() };
        let uses = self.cell.uses();
        match route {
            Some(route) => uses.places(&declaration.name, &mut route.choices().names()),
            None => uses.places(&declaration.name, &mut declaration.names()),
        }
    }

    /// Counts up whenever a revision arrives.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// What changes from now on.
    pub(crate) fn subscribe(&self) -> Subscription {
        self.feed.subscribe()
    }

    /// Recognises a revision as the program's own, whoever sees it first. To be called before it is written.
    pub(crate) fn begin_write(&self, entry: &Entry) {
        self.feed.remember_own(entry.hash);
    }

    /// The status, but for what is not the replica's: the exposures, and the stores.
    pub(crate) fn status(&self) -> Status {
        let held = self.retained();
        let snapshot = self.cell.load_full();
        self.warnings.clear_histories(|position| {
            snapshot.revision(position).is_some_and(|standing| standing.quarantine.is_some())
        });
        if held.is_empty() {
            self.warnings.clear(Source::Loss);
        }
        Status {
            config_source: self.origin(),
            retained: held,
            quarantined: self.quarantined(),
            compiling: locked(&self.writer_state).queue.len(),
            warnings: self.warnings.texts(),
            ..self.status_of_store(self.health.status())
        }
    }

    /// The status in a process that was forked. It waits for no lock: its holder may not exist here.
    pub(crate) fn status_after_fork(&self) -> Status {
        let unknown = || StoreStatus::stopped(&forked_error());
        let store = self.health.status_after_fork(&forked_error()).unwrap_or_else(unknown);
        let origin = self.config_source.try_lock().map_or(ConfigSource::Defaults, |origin| *origin);
        Status { config_source: origin, ..self.status_of_store(store) }
    }

    fn status_of_store(&self, store: StoreStatus) -> Status {
        Status {
            store: store.name,
            connection: store.connection,
            since: store.since,
            last_contact: store.last_contact,
            error: store.error,
            config_source: ConfigSource::Defaults,
            epoch: store.epoch,
            retained: Vec::new(),
            quarantined: Vec::new(),
            compiling: 0,
            warnings: Vec::new(),
            connects: self.connects.load(Ordering::Relaxed),
            exposures: ExposureStats::default(),
            stores: Vec::new(),
        }
    }

    /// Where the routes in use come from.
    pub(crate) fn origin(&self) -> ConfigSource {
        *locked(&self.config_source)
    }

    pub(super) fn set_origin(&self, origin: ConfigSource) {
        *locked(&self.config_source) = origin;
    }

    /// Counts an attempt to connect.
    pub(super) fn count_connect(&self) {
        self.connects.fetch_add(1, Ordering::Relaxed);
    }

    /// Marks the store as away.
    pub(super) fn mark_unreachable(&self, error: &Error) {
        let is_news = self.health.mark_unreachable(error);
        let (store, error) = (self.health.status().name, error.report());
        match is_news {
            true => tracing::warn!(store, %error, "the store is away; {}", decides_meanwhile(self.origin())),
            false => tracing::debug!(store, %error, "the store is still away"),
        }
    }

    /// Marks the app as stopped: nothing follows the store any more.
    pub(crate) fn mark_stopped(&self) {
        self.feed.close();
        if self.health.mark_stopped() {
            tracing::info!(store = self.health.status().name, "stopped; the last snapshot decides");
        }
    }

    /// What is known now. Whoever asks the store afterwards and finds less has found a loss.
    pub(super) fn seen(&self) -> Seen {
        let ledger = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let undeclared =
            ledger.undeclared.iter().map(|(name, entry)| (name.as_str().into(), RevisionStamp::after(entry)));
        let declared = snapshot
            .revisions()
            .filter_map(|(position, standing)| Some((self.declaration(position)?.name.clone(), mark(standing))));
        let queued = ledger.queue.iter().map(|(_, entry)| (entry.feature.as_str().into(), RevisionStamp::after(entry)));
        undeclared.chain(declared).chain(queued).collect()
    }

    /// Whether these are the newest versions of a store that was asked after it was known to have what was seen: it has
    /// nothing more than what is known by now, and nothing less than what was seen, but for losses that are known.
    pub(super) fn agrees(&self, mut seen: Seen, versions: &[(String, u64)]) -> bool {
        let ledger = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let none_missed = versions.iter().all(|(name, version)| {
            let before = seen.remove(name.as_str()).unwrap_or_default();
            let known = self.known(&ledger, &snapshot, name);
            *version <= known.version && (*version >= before.version || ledger.retained.expects(name, *version))
        });
        none_missed && seen.keys().all(|name| ledger.retained.expects(name, 0))
    }

    /// The newest revision of every feature, as a store would give it.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let ledger = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let is_newest = |(position, _): &(usize, &Arc<FeatureRevision>)| ledger.queue.get(*position).is_none();
        let standings = snapshot.revisions().filter(is_newest).filter_map(|(_, standing)| standing.to_entry());
        let queued = ledger.queue.iter().map(|(_, entry)| Entry::clone(entry));
        standings.chain(queued).chain(ledger.undeclared.values().cloned()).collect()
    }

    /// The revisions that are held over.
    pub(crate) fn retained_entries(&self) -> Vec<Entry> {
        let ledger = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        ledger.retained.iter().filter_map(|(feature, _)| self.known_entry(&ledger, &snapshot, feature)).collect()
    }

    /// How many features are held over.
    pub(super) fn retained_count(&self) -> usize {
        locked(&self.writer_state).retained.len()
    }

    /// Which revision of a feature is known.
    pub(super) fn known(&self, ledger: &WriterState, snapshot: &Snapshot, feature: &str) -> RevisionStamp {
        let known = match self.features(|features| features.position(feature)) {
            Some(position) => match ledger.queue.get(position) {
                Some(entry) => Some(RevisionStamp::after(entry)),
                None => snapshot.revision(position).map(mark),
            },
            None => ledger.undeclared.get(feature).map(RevisionStamp::after),
        };
        known.unwrap_or_default()
    }

    /// The revision of a feature that is known.
    pub(super) fn known_entry(&self, ledger: &WriterState, snapshot: &Snapshot, feature: &str) -> Option<Entry> {
        match self.features(|features| features.position(feature)) {
            Some(position) => match ledger.queue.get(position) {
                Some(entry) => Some(Entry::clone(entry)),
                None => snapshot.revision(position)?.to_entry(),
            },
            None => ledger.undeclared.get(feature).cloned(),
        }
    }

    fn retained(&self) -> Vec<Retained> {
        let ledger = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let held = ledger.retained.iter().map(|(feature, hold)| Retained {
            feature: feature.to_owned(),
            version: self.known(&ledger, &snapshot, feature).version,
            stored: hold.stored.version,
            since: hold.since,
        });
        held.collect()
    }

    fn quarantined(&self) -> Vec<Quarantine> {
        let snapshot = self.cell.load_full();
        let described = snapshot.revisions().filter_map(|(position, standing)| {
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

impl WriterState {
    /// Whether so much time has passed since a snapshot was installed that installing the next one costs little beside it.
    pub(super) fn is_install_due(&self) -> bool {
        self.installed.is_none_or(|(at, cost)| at.elapsed() >= 20 * cost)
    }
}

/// Which revision stands.
pub(super) fn mark(standing: &Arc<FeatureRevision>) -> RevisionStamp {
    RevisionStamp { version: standing.version, hash: standing.hash }
}

/// Nothing is left half-written by a panic here, so a poisoned lock is as good as any.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What decides while the store is away, by where the routes come from.
fn decides_meanwhile(origin: ConfigSource) -> &'static str {
    match origin {
        ConfigSource::Defaults => "the defaults in code decide",
        ConfigSource::FallbackFile => "the fallback file decides",
        ConfigSource::Store => "the last snapshot decides",
    }
}

/// The error after the app was shut down.
pub(super) fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "the app was shut down")
}
