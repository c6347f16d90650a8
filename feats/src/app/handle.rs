//! One feature of an app: its state, history, decisions and changes.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use feats_core::__private::closest;

use super::decision::{Decision, choice_name, rule_name};
use super::running::App;
use crate::compile::Choices;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Attributes, Declaration, Entry, Hash, Revision, State};
#[cfg(feature = "web")]
use crate::registry::registry;
use crate::registry::{Dynamic, Feature, FeatureKey, ImplementationName};
use crate::runtime::{FeatureRevision, FlagStatus};
#[cfg(feature = "web")]
use crate::scope::CounterLocation;
use crate::scope::Purpose;
use crate::store::Page;
use crate::text::quoted;

/// A handle to one feature of an app: reads its state and history, decides, and starts changes.
///
/// `T` is the type of the feature, or [`Dynamic`] if the feature is known only by name. Cloning is cheap.
///
/// ```standalone_crate
/// use feats::{App, Reason, attributes};
///
/// # #[feats::boolean] pub fn Search() -> bool { true }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
/// let search = app.feature::<Search>();
/// assert_eq!(search.explain(&attributes! {}).reason(), Reason::NoState);
///
/// search.pin(Search::Disabled).author("ada").comment("the index is corrupt").publish().await?;
/// let decision = search.explain(&attributes! {});
/// assert_eq!((decision.value(), decision.reason()), (Search::Disabled, Reason::Pinned));
/// assert_eq!(search.history().await?[0].comment(), "the index is corrupt");
/// # Ok(()) }
/// ```
pub struct FeatureHandle<T> {
    app: App,
    position: usize,
    declaration: Arc<Declaration>,
    target: PhantomData<fn() -> T>,
}

impl App {
    /// Returns the handle of a feature by its type.
    pub fn feature<F: Feature>(&self) -> FeatureHandle<F> {
        // Every app has all features of the code, so the declaration exists.
        let position = F::entry().cell.position();
        let declaration = self.0.replica.declaration(position);
        let declaration = declaration.unwrap_or_else(|| Arc::new(Declaration::new(F::NAME, [])));
        FeatureHandle::new(self.clone(), position, declaration)
    }

    /// Returns the handle of a feature by its name. The feature is declared in code, [by hand](crate::AppBuilder::declare), or by
    /// another program with the same store, or it is a [flag](crate::flags).
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such feature; the message suggests a similar name.
    pub fn feature_named(&self, name: &str) -> Result<FeatureHandle<Dynamic>> {
        self.find_feature(name).ok_or_else(|| {
            let known = self.declarations();
            let similar = closest(name, known.iter().map(|feature| &*feature.name));
            let suggestion = similar.map(|name| format!("; did you mean {}?", quoted(name)));
            let message = format!("no feature named {}{}", quoted(name), suggestion.unwrap_or_default());
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// Like [`feature_named`](Self::feature_named), but returns `None` if there is no such feature.
    pub fn find_feature(&self, name: &str) -> Option<FeatureHandle<Dynamic>> {
        self.handle_of(name).filter(|handle| !handle.declaration.flag || handle.flag_status().is_flag())
    }

    /// Waits until the given version of a feature, or a later one, has arrived.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] if the version has not arrived within `timeout`; [`ErrorKind::Stopped`] if the app was shut down.
    pub async fn wait_for<F: Feature>(&self, version: u64, timeout: Duration) -> Result<()> {
        self.feature::<F>().wait_for(version, timeout).await
    }
}

impl<T: FeatureKey> FeatureHandle<T> {
    pub(super) fn new(app: App, position: usize, declaration: Arc<Declaration>) -> Self {
        Self { app, position, declaration, target: PhantomData }
    }

    /// Returns the name of the feature.
    pub fn name(&self) -> &str {
        &self.declaration.name
    }

    /// Returns the declaration of the feature.
    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// Returns the names of all choices that a rule, a pin or an override can make: the implementations, and the values of the newest
    /// revision. Those of a [flag](crate::flags) are `disabled`, and `enabled` or the variants.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// use serde_json::json;
    ///
    /// app.flags().create_variants("THEME", [("light", json!("#fff")), ("dark", json!("#000"))]).await?;
    /// let choices = app.feature_named("THEME")?.choices();
    /// assert_eq!(choices.iter().map(|name| &**name).collect::<Vec<_>>(), ["disabled", "dark", "light"]);
    /// # Ok(()) }
    /// ```
    pub fn choices(&self) -> Vec<ImplementationName> {
        self.current_choices().names().map(ImplementationName::from).collect()
    }

    /// Returns the choices of the route that decides; the implementations if there is none.
    pub(super) fn current_choices(&self) -> Choices {
        let compiled = || Some(self.current_revision()?.route.as_ref()?.choices().clone());
        compiled().unwrap_or_else(|| Choices::new(&self.declaration, &State::default()))
    }

    /// Returns the newest state; the empty state if there is none or it was removed. Of the state of a flag that the code declares
    /// by now, it is the part that the feature can use.
    pub fn state(&self) -> State {
        let revision = self.revision();
        revision.map_or_else(State::default, |revision| revision.state()).adopted_by(&self.declaration)
    }

    /// Returns the newest revision that has arrived.
    pub fn revision(&self) -> Option<Revision> {
        self.entry()?.decode().ok()
    }

    /// Returns the newest revision that has arrived in its stored form: to copy it, or to parse only a part of its JSON.
    pub fn entry(&self) -> Option<Entry> {
        self.current_revision()?.to_entry()
    }

    /// Returns the hash of the newest revision that has arrived. The hash changes with every revision, so it can serve as a
    /// cache key for values that are computed from the revision. The call is cheap.
    pub fn hash(&self) -> Option<Hash> {
        self.current_revision().map(|revision| revision.hash)
    }

    /// Returns the version of the newest revision that has arrived; 0 if there is none.
    pub fn version(&self) -> u64 {
        self.current_revision().map_or(0, |revision| revision.version)
    }

    /// Decides for a subject, with the reason. Records nothing.
    pub fn explain(&self, attributes: &Attributes<'_>) -> Decision<T::Choice> {
        let declaration = self.declaration();
        self.app.observe(self.position, declaration, attributes, &Purpose::Explain, |outcome, revision| {
            let choice = T::choice(outcome.choice, || choice_name(declaration, revision.map(Arc::as_ref), outcome));
            Decision::new(choice, outcome, rule_name(outcome, revision))
        })
    }

    /// Decides for a subject. Records nothing.
    pub fn find_implementation(&self, attributes: &Attributes<'_>) -> T::Choice {
        let declaration = self.declaration();
        self.app.observe(self.position, declaration, attributes, &Purpose::Find, |outcome, revision| {
            T::choice(outcome.choice, || choice_name(declaration, revision.map(Arc::as_ref), outcome))
        })
    }

    /// Decides for a subject as `create` does, and records the use.
    #[cfg(feature = "web")]
    pub(crate) fn use_implementation(&self, attributes: &Attributes<'_>) -> T::Choice {
        let declaration = self.declaration();
        let code = registry().features.get(self.position).map(|feature| CounterLocation(feature.entry.cell.counters()));
        let purpose = Purpose::Create(code.unwrap_or(CounterLocation::BY_REVISION));
        self.app.observe(self.position, declaration, attributes, &purpose, |outcome, revision| {
            T::choice(outcome.choice, || choice_name(declaration, revision.map(Arc::as_ref), outcome))
        })
    }

    /// Returns all revisions, newest first.
    ///
    /// # Errors
    /// The store cannot be read, or a revision is damaged.
    pub async fn history(&self) -> Result<Vec<Revision>> {
        let mut history: Vec<Revision> = Vec::new();
        loop {
            let page = Page { before: history.last().map(Revision::version), limit: 1_000 };
            let revisions = self.history_page(page).await?;
            let is_last_page = revisions.last().is_none_or(|oldest| oldest.version() <= 1);
            history.extend(revisions);
            if is_last_page {
                return Ok(history);
            }
        }
    }

    /// Returns one page of revisions, newest first.
    ///
    /// # Errors
    /// The store cannot be read, or a revision is damaged.
    pub async fn history_page(&self, page: Page) -> Result<Vec<Revision>> {
        self.entries(page).await?.iter().map(Entry::decode).collect()
    }

    /// Returns one page of revisions in their stored form, newest first. They are not verified, so a damaged revision does not
    /// hide the others; [`Entry::decode`] verifies each.
    ///
    /// # Errors
    /// The store cannot be read. [`ErrorKind::Unsupported`] for a flag of a source that keeps no history.
    pub async fn entries(&self, page: Page) -> Result<Vec<Entry>> {
        self.app.check_history(self.name())?;
        let (store, name) = (self.app.0.stores.revisions.store.clone(), self.declaration.name.clone());
        self.app.call(async move { store.history(&name, page).await }).await
    }

    /// Returns one page of states with their versions, newest first, and the oldest version of the page. Damaged revisions are
    /// skipped.
    pub(super) async fn states(&self, before: Option<u64>) -> Result<(Vec<(u64, State)>, Option<u64>)> {
        let entries = self.entries(Page { before, ..Page::default() }).await?;
        let revisions = entries.iter().filter_map(|entry| entry.decode().ok());
        let states = revisions.map(|revision| (revision.version(), revision.state()));
        Ok((states.collect(), entries.last().map(|oldest| oldest.version)))
    }

    /// Returns the revision of the given version.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the version does not exist; the store cannot be read; the revision is damaged.
    pub async fn revision_at(&self, version: u64) -> Result<Revision> {
        let found = self.history_page(Page { before: version.checked_add(1), limit: 1 }).await?;
        let found = found.into_iter().find(|revision| revision.version() == version);
        found.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("there is no version {version}")).with_feature(self.name())
        })
    }

    /// Waits until the given version, or a later one, has arrived.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] if the version has not arrived within `timeout`; [`ErrorKind::Stopped`] if the app was shut down.
    pub async fn wait_for(&self, version: u64, timeout: Duration) -> Result<()> {
        let mut changes = self.app.0.replica.changes();
        let (replica, position) = (self.app.0.replica.clone(), self.position);
        let arrived = async move {
            loop {
                let revision = replica.cell.load_full().revision(position).cloned();
                if revision.is_some_and(|revision| revision.version >= version) {
                    return Ok(());
                }
                if changes.changed().await.is_err() {
                    return Err(Error::new(ErrorKind::Stopped, "the app was shut down"));
                }
            }
        };
        let waited = self.app.0.worker.call_within(timeout, arrived).await;
        waited.map_err(|error| match error.kind() {
            ErrorKind::Timeout => {
                let message =
                    format!("version {version} of {} has not arrived within {timeout:?}", quoted(self.name()));
                Error::new(ErrorKind::Timeout, message)
            }
            _ => error,
        })
    }

    /// Returns a handle of the same feature by name.
    pub(super) fn untyped(&self) -> FeatureHandle<Dynamic> {
        FeatureHandle::new(self.app.clone(), self.position, self.declaration.clone())
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// Returns whether the newest revision is that of a flag.
    pub(crate) fn flag_status(&self) -> FlagStatus {
        let snapshot = self.app.snapshot_cell().load();
        snapshot.revision(self.position).map_or(FlagStatus::NotAFlag, |revision| revision.flag)
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn current_revision(&self) -> Option<Arc<FeatureRevision>> {
        self.app.snapshot_cell().load_full().revision(self.position).cloned()
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
