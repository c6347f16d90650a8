//! The replica: the newest known revision of each feature, compiled for decisions.

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
use crate::model::{Attributes, Declaration, Entry, Quarantine, State};
use crate::registry::Interner;
use crate::runtime::{CounterIndexes, FeatureRevision, Snapshot, SnapshotCell};
use crate::store::{RevisionStamp, StoreHealth, StoreStatus};
use crate::tasks::{Source, Warnings, forked_error};
use crate::text::quoted;

/// The state of an app that follows its store. Decisions read only the [`SnapshotCell`]; the rest is for writers, which are rare.
pub(crate) struct Replica {
    pub(crate) cell: Arc<SnapshotCell>,
    pub(crate) attributes: Attributes<'static>,
    pub(super) features: RwLock<Features>,
    /// The names that the routes share.
    pub(super) names: Mutex<Interner>,
    /// The lock serializes writers of the snapshot.
    pub(super) writer_state: Mutex<WriterState>,
    /// The source of the routes in use.
    config_source: Mutex<ConfigSource>,
    /// The number of attempts to connect.
    connects: AtomicU64,
    pub(crate) warnings: Arc<Warnings>,
    pub(super) changes: watch::Sender<u64>,
    pub(super) feed: ChangeFeed,
    /// The health of the followed store.
    pub(crate) health: Arc<StoreHealth>,
    /// Notifies the code's feature at a position that it has a route.
    pub(super) routed: Box<dyn Fn(usize) + Send + Sync>,
    /// Notified when there is something to compile.
    pub(super) queued: Notify,
    /// Notified when there is a feature whose last valid route must be searched for.
    pub(super) unresolved: Notify,
}

/// The state that writers of the snapshot need besides the snapshot.
#[derive(Default)]
pub(super) struct WriterState {
    /// The newest revisions of features without a declaration.
    pub(super) undeclared: HashMap<String, Entry>,
    /// The flags whose revisions come from a source other than the store, in which they count as unknown.
    pub(super) sourced: BTreeSet<String>,
    /// The features whose revisions the store has lost.
    pub(super) retained: RetainedRevisions,
    /// The positions of features with an invalid newest revision and no known valid one. Their history may have one.
    pub(super) unresolved: BTreeSet<usize>,
    /// The revisions that are not compiled yet.
    pub(super) queue: CompileQueue,
    /// The revisions that are compiled, but not installed yet.
    pub(super) built: Vec<Built>,
    /// The time when the last snapshot was installed, and how long that took.
    pub(super) installed: Option<(Instant, Duration)>,
}

/// The maximum number of flags that a status lists because the code declares their names.
const MAX_ADOPTED: usize = 50;

/// The known revision of every feature at one moment.
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
            names: Mutex::default(),
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

    /// Reads the features.
    pub(crate) fn features<R>(&self, read: impl FnOnce(&Features) -> R) -> R {
        read(&self.features.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn declaration(&self, position: usize) -> Option<Arc<Declaration>> {
        self.features(|features| features.get(position))
    }

    /// Adds a flag, unless its name is that of another feature, which may not be declared yet. Returns `true` if the name can be that
    /// of the flag.
    pub(crate) fn declare_flag(&self, flag: Declaration) -> bool {
        let is_taken = {
            let state = locked(&self.writer_state);
            state.undeclared.get(&*flag.name).is_some_and(|entry| !entry.removed)
        };
        if !is_taken {
            self.add_features([flag]);
        }
        !is_taken
    }

    /// Adds a flag of which only the history is left: a feature that was removed and that no program declares.
    pub(crate) fn declare_removed(&self, flag: Declaration) {
        let is_removed = locked(&self.writer_state).undeclared.get(&*flag.name).is_some_and(|entry| entry.removed);
        if is_removed {
            self.add_features([flag]);
        }
    }

    /// Adds a flag, unless its name is known. Returns its position.
    pub(super) fn add_flag(&self, name: &str) -> Option<usize> {
        let mut features = self.features.write().unwrap_or_else(PoisonError::into_inner);
        features.add(Declaration::flag(name)).or_else(|| features.position(name))
    }

    /// Changes a feature between a flag and a feature that another program declares.
    pub(super) fn change_kind(&self, position: usize) {
        self.features.write().unwrap_or_else(PoisonError::into_inner).change_kind(position);
    }

    /// Returns the indexes of the counters of a revision's choices, if its feature is declared by hand or a flag. Features of the code
    /// have fixed counters, and uses of other programs' features are not counted.
    pub(super) fn counter_indexes(&self, position: usize, route: Option<&Route>) -> CounterIndexes {
        let by_revision = self
            .features(|features| features.is_counted_by_revision(position).then(|| features.get(position)).flatten());
        let Some(declaration) = by_revision else { return CounterIndexes::None };
        let names: Vec<&Arc<str>> = match route {
            Some(route) => route.choices().shared_names().collect(),
            None => declaration.implementations.iter().map(|known| &known.name).collect(),
        };
        let indexes = self.cell.uses().places(&declaration.name, &mut names.iter().copied());
        CounterIndexes::new(indexes, names.len())
    }

    /// Returns a receiver that is notified of each update.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Subscribes to changes from now on.
    pub(crate) fn subscribe(&self) -> Subscription {
        self.feed.subscribe()
    }

    /// Remembers a revision as this program's own. Must be called before it is written, because the follower may see it first.
    pub(crate) fn begin_write(&self, entry: &Entry) {
        self.feed.remember_own(entry.hash);
    }

    /// Returns the status, except the exposures and the stores, which the replica does not have.
    pub(crate) fn status(&self) -> Status {
        let retained = self.retained();
        let snapshot = self.cell.load_full();
        self.warnings.clear_histories(|position| {
            snapshot.revision(position).is_some_and(|revision| revision.quarantine.is_some())
        });
        if retained.is_empty() {
            self.warnings.clear(Source::Loss);
        }
        Status {
            config_source: self.origin(),
            retained,
            quarantined: self.quarantined(),
            compiling: locked(&self.writer_state).queue.len(),
            warnings: self.warnings.texts().into_iter().chain(self.adopted(&snapshot)).collect(),
            ..self.status_of_store(self.health.status())
        }
    }

    /// Describes the flags whose names this program declares as features, with the parts of their states that the features cannot use.
    fn adopted(&self, snapshot: &Snapshot) -> Vec<String> {
        let adopted = snapshot.revisions().filter(|(_, revision)| revision.flag.is_flag());
        let described = adopted.filter_map(|(position, revision)| {
            let declaration = self.declaration(position).filter(|declaration| !declaration.flag)?;
            let state = State::from_json(revision.to_entry()?.decode().ok()?.state_json());
            let (_, left_out) = state.adopted(&declaration);
            let left_out: Vec<String> = left_out.iter().map(ToString::to_string).collect();
            let name = quoted(&declaration.name);
            let used = format!("{name} was created as a flag and is now declared in code, which uses the state of the flag");
            Some(match left_out.is_empty() {
                true => format!("{used}; publish a state for the feature to end this"),
                false => {
                    let left_out = left_out.join("; ");
                    format!("{used} except for the following parts, which need a decision: {left_out}; publish a state for the feature")
                }
            })
        });
        described.take(MAX_ADOPTED).collect()
    }

    /// Returns the status in a forked process. Does not wait for a lock, whose holder may not exist in this process.
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

    /// Returns the source of the routes in use.
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

    /// Marks the store as unreachable.
    pub(super) fn mark_unreachable(&self, error: &Error) {
        let is_news = self.health.mark_unreachable(error);
        let (store, error) = (self.health.status().name, error.report());
        match is_news {
            true => tracing::warn!(store, %error, "the store is unreachable; {}", fallback_description(self.origin())),
            false => tracing::debug!(store, %error, "the store is still unreachable"),
        }
    }

    /// Marks the app as stopped, because it does not follow the store any more.
    pub(crate) fn mark_stopped(&self) {
        self.feed.close();
        if self.health.mark_stopped() {
            tracing::info!(store = self.health.status().name, "stopped; the last snapshot decides");
        }
    }

    /// Returns the known revisions. If the store is read afterwards and has less, it has lost revisions.
    pub(super) fn seen(&self) -> Seen {
        let state = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let undeclared =
            state.undeclared.iter().map(|(name, entry)| (name.as_str().into(), RevisionStamp::after(entry)));
        let declared = snapshot
            .revisions()
            .filter_map(|(position, revision)| Some((self.declaration(position)?.name.clone(), stamp(revision))))
            .filter(|(name, _)| !state.sourced.contains(&**name));
        let queued = state.queue.iter().map(|(_, entry)| (entry.feature.as_str().into(), RevisionStamp::after(entry)));
        undeclared.chain(declared).chain(queued).collect()
    }

    /// Returns `true` if the versions of a store match the replica. `seen` are the known revisions before the store was read. The
    /// store must not have newer revisions than are known by now, and no older ones than were seen, except for known losses.
    pub(super) fn agrees(&self, mut seen: Seen, versions: &[(String, u64)]) -> bool {
        let state = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let none_missed = versions.iter().all(|(name, version)| {
            let before = seen.remove(name.as_str()).unwrap_or_default();
            let known = self.known(&state, &snapshot, name);
            *version <= known.version && (*version >= before.version || state.retained.expects(name, *version))
        });
        none_missed && seen.keys().all(|name| state.retained.expects(name, 0))
    }

    /// Returns the newest known revision of every feature.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let state = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let is_newest = |(position, _): &(usize, &Arc<FeatureRevision>)| state.queue.get(*position).is_none();
        let installed = snapshot.revisions().filter(is_newest).filter_map(|(_, revision)| revision.to_entry());
        let installed = installed.filter(|entry| !state.sourced.contains(&entry.feature));
        let queued = state.queue.iter().map(|(_, entry)| Entry::clone(entry));
        installed.chain(queued).chain(state.undeclared.values().cloned()).collect()
    }

    /// Returns the retained revisions.
    pub(crate) fn retained_entries(&self) -> Vec<Entry> {
        let state = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        state.retained.iter().filter_map(|(feature, _)| self.known_entry(&state, &snapshot, feature)).collect()
    }

    /// Returns the number of retained features.
    pub(super) fn retained_count(&self) -> usize {
        locked(&self.writer_state).retained.len()
    }

    /// Returns the stamp of the known revision of a feature.
    pub(super) fn known(&self, state: &WriterState, snapshot: &Snapshot, feature: &str) -> RevisionStamp {
        if state.sourced.contains(feature) {
            return RevisionStamp::default();
        }
        let known = match self.features(|features| features.position(feature)) {
            Some(position) => match state.queue.get(position) {
                Some(entry) => Some(RevisionStamp::after(entry)),
                None => snapshot.revision(position).map(stamp),
            },
            None => state.undeclared.get(feature).map(RevisionStamp::after),
        };
        known.unwrap_or_default()
    }

    /// Returns the known revision of a feature.
    pub(super) fn known_entry(&self, state: &WriterState, snapshot: &Snapshot, feature: &str) -> Option<Entry> {
        if state.sourced.contains(feature) {
            return None;
        }
        match self.features(|features| features.position(feature)) {
            Some(position) => match state.queue.get(position) {
                Some(entry) => Some(Entry::clone(entry)),
                None => snapshot.revision(position)?.to_entry(),
            },
            None => state.undeclared.get(feature).cloned(),
        }
    }

    fn retained(&self) -> Vec<Retained> {
        let state = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let retained = state.retained.iter().map(|(feature, retention)| Retained {
            feature: feature.to_owned(),
            version: self.known(&state, &snapshot, feature).version,
            stored: retention.stored.version,
            since: retention.since,
        });
        retained.collect()
    }

    fn quarantined(&self) -> Vec<Quarantine> {
        let snapshot = self.cell.load_full();
        let described = snapshot.revisions().filter_map(|(position, revision)| {
            Some(Quarantine {
                feature: self.declaration(position)?.name.to_string(),
                version: revision.version,
                serving: revision.route.as_ref().map(|route| route.version()),
                problems: revision.quarantine.as_ref()?.problems.clone(),
            })
        });
        described.collect()
    }
}

impl WriterState {
    /// Returns `true` if enough time has passed since the last installation that the cost of the next one is small in comparison.
    pub(super) fn is_install_due(&self) -> bool {
        self.installed.is_none_or(|(at, cost)| at.elapsed() >= 20 * cost)
    }
}

/// Returns the stamp of a revision.
pub(super) fn stamp(revision: &Arc<FeatureRevision>) -> RevisionStamp {
    RevisionStamp { version: revision.version, hash: revision.hash }
}

/// Locks a mutex, poisoned or not: a panic here cannot leave a value half-written.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Describes what decides while the store is unreachable.
fn fallback_description(origin: ConfigSource) -> &'static str {
    match origin {
        ConfigSource::Defaults => "the defaults in code decide",
        ConfigSource::FallbackFile => "the fallback file decides",
        ConfigSource::Store => "the last snapshot decides",
    }
}

/// Returns the error for an app that was shut down.
pub(super) fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "the app was shut down")
}
