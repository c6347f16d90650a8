//! The replica: the features that an app knows, and the newest revision of each as it decides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::watch;

use super::status::{Connection, Origin, Quarantine, Status};
use crate::engine::{Compiled, Context, Live, Quarantine as Quarantined, Snapshot, Stage, Standing, compile};
use crate::error::{Error, ErrorKind, Problem};
use crate::model::{Attributes, Declaration, Entry, Interner, Packed, State};

/// The features that an app knows: those of its code, then those declared by hand, then those of other programs'
/// catalogs. Positions never change.
#[derive(Debug, Default)]
pub(crate) struct Features {
    declarations: Vec<Arc<Declaration>>,
    positions: HashMap<Arc<str>, usize>,
    interner: Interner,
}

/// The state of an app that follows its store. Everything here is written by few and slow; readers use [`Live`] alone.
pub(crate) struct Replica {
    pub(crate) live: Arc<Live>,
    pub(crate) attributes: Attributes,
    features: RwLock<Features>,
    /// Newest revisions of features that nobody declared yet.
    undeclared: Mutex<HashMap<String, Entry>>,
    status: Mutex<Status>,
    /// Serialises writers of the snapshot.
    writing: Mutex<()>,
    changes: watch::Sender<u64>,
    /// Whether the store is being followed.
    health: watch::Sender<bool>,
    /// Tells the code's feature at a position that there is something to decide.
    routed: Box<dyn Fn(usize) + Send + Sync>,
}

impl Features {
    /// The features of the code, in the order of the registry, and those declared by hand.
    pub(crate) fn new(of_code: Vec<Arc<Declaration>>, by_hand: Vec<Declaration>) -> Self {
        let positions = of_code.iter().zip(0..).map(|(feature, position)| (feature.name.clone(), position)).collect();
        let mut features = Self { declarations: of_code, positions, interner: Interner::default() };
        for declaration in by_hand {
            features.add(declaration);
        }
        features.interner = Interner::default();
        features
    }

    pub(crate) fn len(&self) -> usize {
        self.declarations.len()
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    pub(crate) fn get(&self, position: usize) -> Option<&Arc<Declaration>> {
        self.declarations.get(position)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Declaration>> {
        self.declarations.iter()
    }

    fn add(&mut self, mut declaration: Declaration) -> Option<usize> {
        if self.positions.contains_key(&declaration.name) {
            return None;
        }
        self.interner.share(&mut declaration);
        let position = self.declarations.len();
        self.positions.insert(declaration.name.clone(), position);
        self.declarations.push(Arc::new(declaration));
        Some(position)
    }
}

impl Replica {
    pub(crate) fn new(
        live: Arc<Live>,
        features: Features,
        attributes: Attributes,
        store: String,
        routed: Box<dyn Fn(usize) + Send + Sync>,
        health: watch::Sender<bool>,
    ) -> Self {
        let status = Mutex::new(Status::new(store, live.now()));
        let (features, undeclared) = (RwLock::new(features), Mutex::default());
        let (changes, _) = watch::channel(0);
        Self { live, attributes, features, undeclared, status, writing: Mutex::default(), changes, health, routed }
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
        status
    }

    pub(super) fn set_status(&self, set: impl FnOnce(&mut Status)) {
        let mut status = locked(&self.status);
        set(&mut status);
        let live = status.is_live();
        self.health.send_if_modified(|known| std::mem::replace(known, live) != live);
    }

    /// Marks the store as answering.
    pub(super) fn heard(&self) {
        self.set_status(|status| status.set_connection(Connection::Live, None));
    }

    /// Adds features of other programs that this one has no declaration of.
    pub(crate) fn add_features(&self, declarations: impl IntoIterator<Item = Declaration>) {
        let mut waiting = Vec::new();
        {
            let mut features = self.features.write().unwrap_or_else(PoisonError::into_inner);
            let mut undeclared = locked(&self.undeclared);
            for declaration in declarations {
                let name = declaration.name.clone();
                if features.add(declaration).is_some() {
                    waiting.extend(undeclared.remove(&*name));
                }
            }
        }
        self.apply(waiting, None);
    }

    /// Takes revisions over, each if it is newer than what stands.
    pub(crate) fn apply(&self, entries: Vec<Entry>, origin: Option<Origin>) {
        let _writing = locked(&self.writing);
        let before = self.live.load_full();
        let mut after: Option<Snapshot> = None;
        let mut routed = Vec::new();
        for entry in entries {
            let Some(position) = self.features(|features| features.position(&entry.feature)) else {
                self.keep_undeclared(entry);
                continue;
            };
            let snapshot = after.as_ref().unwrap_or(&before);
            let standing = snapshot.standing(position);
            if standing.is_some_and(|standing| standing.version >= entry.version) {
                continue;
            }
            let Some(declaration) = self.declaration(position) else { continue };
            let standing = self.stand(&declaration, standing, entry);
            routed.push(position);
            let snapshot = after.get_or_insert_with(|| Snapshot::clone(&before));
            snapshot.set(position, standing);
        }
        if let Some(snapshot) = after {
            self.live.store(snapshot);
            routed.into_iter().for_each(|position| (self.routed)(position));
            self.changes.send_modify(|count| *count += 1);
        }
        if let Some(origin) = origin {
            self.set_status(|status| status.origin = origin);
        }
    }

    fn keep_undeclared(&self, entry: Entry) {
        let mut undeclared = locked(&self.undeclared);
        if undeclared.get(&entry.feature).is_none_or(|known| known.version < entry.version) {
            undeclared.insert(entry.feature.clone(), entry);
        }
    }

    /// Compiles a revision. One that cannot be used hurts its own feature only, which keeps its last good route.
    fn stand(&self, declaration: &Declaration, before: Option<&Arc<Standing>>, entry: Entry) -> Standing {
        let context =
            Context { declaration, attributes: &self.attributes, stage: Stage::Stored, version: entry.version };
        let compiled = match entry.read() {
            Ok(revision) if revision.is_removed() => Compiled { route: None, problems: Vec::new() },
            Ok(revision) => compile(&State::from_json(revision.state_json()), context),
            Err(error) => Compiled { route: None, problems: vec![Problem::new("", error.message())] },
        };
        for problem in &compiled.problems {
            tracing::warn!(feature = %declaration.name, version = entry.version, %problem, "revision quarantined");
        }
        let quarantine = (!compiled.problems.is_empty()).then(|| {
            let last_good = before.and_then(|before| before.last_good().cloned());
            Box::new(Quarantined { problems: compiled.problems, last_good })
        });
        let last_good = quarantine.as_ref().and_then(|quarantine| quarantine.last_good.clone());
        Standing {
            version: entry.version,
            hash: entry.hash,
            bytes: Packed::new(&entry.bytes),
            route: compiled.route.map(Arc::new).or(last_good),
            quarantine,
            removed: entry.removed,
        }
    }

    /// Tells all features of the code what the current snapshot has for them.
    pub(crate) fn announce_routes(&self) {
        let _writing = locked(&self.writing);
        let snapshot = self.live.load_full();
        snapshot.standings().for_each(|(position, _)| (self.routed)(position));
    }

    pub(crate) fn mark_stopped(&self) {
        self.set_status(|status| status.set_connection(Connection::Stopped, None));
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

    /// The newest revision of every feature, as a store would give it.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let snapshot = self.live.load_full();
        let mut entries: Vec<Entry> = snapshot.standings().filter_map(|(_, standing)| standing.to_entry()).collect();
        entries.extend(locked(&self.undeclared).values().cloned());
        entries
    }

    /// The features whose newest version in the store is another one than here.
    pub(super) fn behind(&self, versions: &[(String, u64)]) -> bool {
        let snapshot = self.live.load_full();
        let undeclared = locked(&self.undeclared);
        versions.iter().any(|(name, version)| {
            let position = self.features(|features| features.position(name));
            let known = match position {
                Some(position) => snapshot.standing(position).map(|standing| standing.version),
                None => undeclared.get(name).map(|entry| entry.version),
            };
            known.is_none_or(|known| known < *version)
        })
    }
}

/// Nothing is left half-written by a panic here, so a poisoned lock is as good as any.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The error after the app was shut down.
pub(super) fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "the app was shut down")
}
