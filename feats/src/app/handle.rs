//! One feature of an app: reading its state, history and decisions, and beginning a change.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use feats_core::__private::closest;

use super::decision::{Decision, choice_name, rule_name};
use super::running::App;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Attributes, Declaration, Entry, Hash, Revision, State};
#[cfg(feature = "web")]
use crate::registry::registry;
use crate::registry::{Dynamic, Feature, FeatureKey};
use crate::runtime::FeatureRevision;
#[cfg(feature = "web")]
use crate::scope::Counted;
use crate::scope::Purpose;
use crate::store::Page;
use crate::text::quoted;

/// One feature of an app.
pub struct FeatureHandle<T> {
    app: App,
    position: usize,
    declaration: Arc<Declaration>,
    target: PhantomData<fn() -> T>,
}

impl App {
    /// A feature by its type.
    pub fn feature<F: Feature>(&self) -> FeatureHandle<F> {
        // Every app has the features of the code, so this finds it.
        let position = F::entry().cell.position();
        let declaration = self.0.replica.declaration(position);
        let declaration = declaration.unwrap_or_else(|| Arc::new(Declaration::new(F::NAME, [])));
        FeatureHandle::new(self.clone(), position, declaration)
    }

    /// A feature by its name: one that code declares, that was [declared](crate::AppBuilder::declare) by hand, or that another
    /// program with the same store declares.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], with the name that was probably meant.
    pub fn feature_named(&self, name: &str) -> Result<FeatureHandle<Dynamic>> {
        self.find_feature(name).ok_or_else(|| {
            let known = self.declarations();
            let meant = closest(name, known.iter().map(|feature| &*feature.name));
            let meant = meant.map(|name| format!("; did you mean {}?", quoted(name)));
            let message = format!("no feature named {}{}", quoted(name), meant.unwrap_or_default());
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// Like [`feature_named`](Self::feature_named), for callers that need no error.
    pub fn find_feature(&self, name: &str) -> Option<FeatureHandle<Dynamic>> {
        let found = self.0.replica.features(|features| {
            let position = features.position(name)?;
            Some((position, features.get(position)?.clone()))
        });
        found.map(|(position, declaration)| FeatureHandle::new(self.clone(), position, declaration))
    }

    /// Waits until a version of a feature, or a later one, has arrived.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] if it has not within the time.
    pub async fn wait_for<F: Feature>(&self, version: u64, time: Duration) -> Result<()> {
        self.feature::<F>().wait_for(version, time).await
    }
}

impl<T: FeatureKey> FeatureHandle<T> {
    pub(super) fn new(app: App, position: usize, declaration: Arc<Declaration>) -> Self {
        Self { app, position, declaration, target: PhantomData }
    }

    /// The feature's name.
    pub fn name(&self) -> &str {
        &self.declaration.name
    }

    /// What code says of the feature.
    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// The newest state; an empty one if there is none or it was removed.
    pub fn state(&self) -> State {
        let revision = self.revision();
        revision.map_or_else(State::default, |revision| revision.state())
    }

    /// The newest revision that has arrived.
    pub fn revision(&self) -> Option<Revision> {
        self.entry()?.decode().ok()
    }

    /// The newest revision that has arrived, as it is stored: to copy it, or to parse only a part of its JSON.
    pub fn entry(&self) -> Option<Entry> {
        self.current_revision()?.to_entry()
    }

    /// The hash of the newest revision that has arrived. It changes with every revision, so it tells whether a value that was
    /// computed from one is out of date; it costs nothing to ask.
    pub fn hash(&self) -> Option<Hash> {
        self.current_revision().map(|standing| standing.hash)
    }

    /// The version of the newest revision that has arrived; 0 if there is none.
    pub fn version(&self) -> u64 {
        self.current_revision().map_or(0, |standing| standing.version)
    }

    /// Chooses for a subject, and says why. Records nothing.
    pub fn explain(&self, attributes: &Attributes<'_>) -> Decision<T::Choice> {
        let declaration = self.declaration();
        self.app.observe(self.position, declaration, attributes, &Purpose::Explain, |outcome, standing| {
            let choice = T::choice(outcome.choice, || choice_name(declaration, standing.map(Arc::as_ref), outcome));
            Decision::new(choice, outcome, rule_name(outcome, standing))
        })
    }

    /// Chooses for a subject. Records nothing.
    pub fn find_implementation(&self, attributes: &Attributes<'_>) -> T::Choice {
        let declaration = self.declaration();
        self.app.observe(self.position, declaration, attributes, &Purpose::Find, |outcome, standing| {
            T::choice(outcome.choice, || choice_name(declaration, standing.map(Arc::as_ref), outcome))
        })
    }

    /// Chooses for a subject like `create`, and records the use.
    #[cfg(feature = "web")]
    pub(crate) fn use_implementation(&self, attributes: &Attributes<'_>) -> T::Choice {
        let declaration = self.declaration();
        let code = registry().features.get(self.position).map(|feature| Counted(feature.entry.cell.counters()));
        let purpose = Purpose::Create(code.unwrap_or(Counted::BY_REVISION));
        self.app.observe(self.position, declaration, attributes, &purpose, |outcome, standing| {
            T::choice(outcome.choice, || choice_name(declaration, standing.map(Arc::as_ref), outcome))
        })
    }

    /// All revisions, newest first.
    ///
    /// # Errors
    /// The store cannot be read, or a revision is damaged.
    pub async fn history(&self) -> Result<Vec<Revision>> {
        let mut history: Vec<Revision> = Vec::new();
        loop {
            let page = Page { before: history.last().map(Revision::version), limit: 1_000 };
            let read = self.history_page(page).await?;
            let end = read.is_empty() || read.last().is_some_and(|oldest| oldest.version() <= 1);
            history.extend(read);
            if end {
                return Ok(history);
            }
        }
    }

    /// Some revisions, newest first.
    ///
    /// # Errors
    /// The store cannot be read, or a revision is damaged.
    pub async fn history_page(&self, page: Page) -> Result<Vec<Revision>> {
        self.entries(page).await?.iter().map(Entry::decode).collect()
    }

    /// Some revisions as they are stored, newest first. Nothing is verified, so a damaged revision does not hide the others:
    /// [`Entry::read`] tells which are.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn entries(&self, page: Page) -> Result<Vec<Entry>> {
        let (store, name) = (self.app.0.stores.revisions.store.clone(), self.declaration.name.clone());
        self.app.call(async move { store.history(&name, page).await }).await
    }

    /// Some states with their versions, newest first, and the oldest version that was looked at. What is damaged has no
    /// state, and is left out.
    pub(super) async fn states(&self, before: Option<u64>) -> Result<(Vec<(u64, State)>, Option<u64>)> {
        let entries = self.entries(Page { before, ..Page::default() }).await?;
        let revisions = entries.iter().filter_map(|entry| entry.decode().ok());
        let states = revisions.map(|revision| (revision.version(), revision.state()));
        Ok((states.collect(), entries.last().map(|oldest| oldest.version)))
    }

    /// One revision.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none of this version; the store cannot be read; the revision is damaged.
    pub async fn revision_at(&self, version: u64) -> Result<Revision> {
        let found = self.history_page(Page { before: version.checked_add(1), limit: 1 }).await?;
        let found = found.into_iter().find(|revision| revision.version() == version);
        found.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("there is no version {version}")).with_feature(self.name())
        })
    }

    /// Waits until a version, or a later one, has arrived.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] if it has not within the time.
    pub async fn wait_for(&self, version: u64, time: Duration) -> Result<()> {
        let mut changes = self.app.0.replica.changes();
        let (replica, position) = (self.app.0.replica.clone(), self.position);
        let arrived = async move {
            loop {
                let standing = replica.cell.load_full().revision(position).cloned();
                if standing.is_some_and(|standing| standing.version >= version) {
                    return Ok(());
                }
                if changes.changed().await.is_err() {
                    return Err(Error::new(ErrorKind::Stopped, "the app was shut down"));
                }
            }
        };
        let waited = self.app.0.worker.call_within(time, arrived).await;
        waited.map_err(|error| match error.kind() {
            ErrorKind::Timeout => {
                let message = format!("version {version} of {} has not arrived within {time:?}", quoted(self.name()));
                Error::new(ErrorKind::Timeout, message)
            }
            _ => error,
        })
    }

    /// The same feature, known by name only.
    pub(super) fn untyped(&self) -> FeatureHandle<Dynamic> {
        FeatureHandle::new(self.app.clone(), self.position, self.declaration.clone())
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn current_revision(&self) -> Option<Arc<FeatureRevision>> {
        self.app.live().load_full().revision(self.position).cloned()
    }
}

impl<T> Clone for FeatureHandle<T> {
    fn clone(&self) -> Self {
        Self {
            app: self.app.clone(),
            position: self.position,
            declaration: self.declaration.clone(),
            target: PhantomData,
        }
    }
}

impl<T> fmt::Debug for FeatureHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FeatureHandle").field(&self.declaration.name).finish()
    }
}
