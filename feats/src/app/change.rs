//! Changes: one write, built on the revision that its author saw.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::handle::FeatureHandle;
use super::publish::{self, Apply, ChangeKind, ChangeRequest, EditStep, PreparedWrite, Preview, Published};
use crate::edit::{IntoCondition, IntoSelector};
use crate::error::{Problems, Result};
use crate::model::{Override, Rule, State, Value};
use crate::registry::{FeatureKey, Segment};

/// One write to one feature, built on the revision that its author saw.
///
/// A change has no effect until [`publish`](Change::publish). If another author has published in the meantime, `publish`
/// fails with a conflict and writes nothing.
///
/// ```standalone_crate
/// use feats::{App, attributes, model::Declaration};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// let app = App::builder().declare(Declaration::new("Fee", ["acme", "premium"])).detached().start().await?;
/// let fee = app.feature_named("Fee")?;
///
/// let change = fee.edit().otherwise("premium").author("ada").comment("premium is cheaper");
/// assert_eq!(change.preview().await?.version, 1);
/// assert_eq!(change.publish().await?.version(), 1);
/// assert_eq!(fee.find_implementation(&attributes! {}), "premium");
/// # Ok(()) }
/// ```
#[must_use = "a change does nothing until it is published"]
pub struct Change<T> {
    pub(super) request: Arc<ChangeRequest>,
    target: PhantomData<fn() -> T>,
}

impl<T: FeatureKey> Change<T> {
    fn new(feature: &FeatureHandle<T>, kind: ChangeKind) -> Self {
        let request = Arc::new(ChangeRequest::new(feature.untyped(), kind, feature.current_revision()));
        Self { request, target: PhantomData }
    }

    /// Returns the request for modification.
    fn request(&mut self) -> &mut ChangeRequest {
        Arc::make_mut(&mut self.request)
    }

    /// Adds a permission check to every preview and publish of this change. It runs once the base revision is known; publishing
    /// then appends to exactly that revision or fails.
    ///
    /// ```standalone_crate
    /// # use feats::{App, Error, ErrorKind, model::Declaration};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// let app = App::builder().declare(Declaration::new("Fee", ["acme", "premium"])).detached().start().await?;
    /// let may_not_pin = app.feature_named("Fee")?.pin("premium").authorize(|write| {
    ///     let pins = write.result.is_some_and(|result| result.pinned != write.base.pinned);
    ///     if pins { Err(Error::new(ErrorKind::Denied, "no pins")) } else { Ok(()) }
    /// });
    /// assert_eq!(may_not_pin.publish().await.unwrap_err().kind(), ErrorKind::Denied);
    /// # Ok(()) }
    /// ```
    pub fn authorize(mut self, authorize: impl Fn(&PreparedWrite<'_>) -> Result<()> + Send + Sync + 'static) -> Self {
        self.request().authorize = Some(Arc::new(authorize));
        self
    }

    /// Like [`replace`](Self::replace), for a state from an untrusted source: its seeds, slots and reassigned ranges are
    /// discarded unless the base revision has the same ones, and the creation of a flag is that of the base revision.
    pub fn replace_untrusted(self, state: State) -> Self {
        let mut change = self.replace(state);
        change.request().is_untrusted = true;
        change
    }

    /// Adds a rule at the end, or replaces the rule of this name in place.
    pub fn rule<Index, By>(
        self,
        name: impl Into<String>,
        when: impl IntoCondition<T, Index>,
        select: impl IntoSelector<T, By>,
    ) -> Self {
        let rule = Rule::new(name, when.into_condition(), select.into_selector());
        self.step(EditStep::Rule(Box::new(rule)))
    }

    /// Removes a rule.
    pub fn remove_rule(self, rule: impl Into<String>) -> Self {
        self.step(EditStep::RemoveRule(rule.into()))
    }

    /// Moves a rule in front of another one.
    pub fn move_before(self, rule: impl Into<String>, other: impl Into<String>) -> Self {
        self.step(EditStep::MoveBefore(rule.into(), Some(other.into())))
    }

    /// Moves a rule to the end.
    pub fn move_last(self, rule: impl Into<String>) -> Self {
        self.step(EditStep::MoveBefore(rule.into(), None))
    }

    /// Sets the selector for subjects that no rule matches.
    pub fn otherwise<By>(self, select: impl IntoSelector<T, By>) -> Self {
        self.step(EditStep::Otherwise(Some(select.into_selector())))
    }

    /// Serves the default to subjects that no rule matches.
    pub fn otherwise_default(self) -> Self {
        self.step(EditStep::Otherwise(None))
    }

    /// Serves a fixed implementation to the given units of a segment.
    pub fn override_for<S: Segment, V: Into<Value<'static>>>(
        self,
        segment: S,
        values: impl IntoIterator<Item = V>,
        choice: impl Into<T::Choice>,
    ) -> Self {
        let _ = segment;
        let values = values.into_iter().map(Into::into);
        self.add_override(Override::new(S::NAME, values, choice.into().as_ref()))
    }

    /// Like [`override_for`](Self::override_for), but takes the segment and the implementation by name.
    pub fn add_override(self, unit_override: Override) -> Self {
        self.step(EditStep::OverrideFor(unit_override))
    }

    /// Removes the overrides of the given units.
    pub fn remove_override<V: Into<Value<'static>>>(
        self,
        segment: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.step(EditStep::RemoveOverride { segment: segment.into(), values })
    }

    /// Removes all overrides, all rules and the `otherwise` selector. The pin is unchanged.
    pub fn clear(self) -> Self {
        self.step(EditStep::Clear)
    }

    /// Replaces the whole state, including the pin. This also works on a quarantined state.
    pub fn replace(self, state: State) -> Self {
        self.step(EditStep::Replace(Box::new(state)))
    }

    /// Also removes the pin in a [rollback](FeatureHandle::rollback_to), which keeps it by default. Only valid for rollbacks.
    ///
    /// ```standalone_crate
    /// use feats::{App, model::Declaration, store::Memory};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// let app = App::builder().store(Memory::new()).declare(Declaration::new("Fee", ["acme", "premium"]));
    /// let app = app.detached().start().await?;
    /// let fee = app.feature_named("Fee")?;
    /// fee.pin("premium").publish().await?;
    /// fee.rollback_to(0).with_unpin().publish().await?;
    /// assert_eq!(fee.state().pinned, None);
    /// # Ok(()) }
    /// ```
    pub fn with_unpin(mut self) -> Self {
        let kind = &mut self.request().kind;
        *kind = match kind {
            ChangeKind::RollbackTo { version, .. } => ChangeKind::RollbackTo { version: *version, unpins: true },
            _ => ChangeKind::Mixed,
        };
        self
    }

    /// Adds a step that a function applies.
    pub(crate) fn apply(self, apply: impl Fn(&mut State, &mut Problems) + Send + Sync + 'static) -> Self {
        self.step(EditStep::Apply(Apply(Arc::new(apply))))
    }

    /// Names the write for the hook of the app.
    pub(crate) fn tag(mut self, tag: &'static str) -> Self {
        self.request().tag = Some(tag);
        self
    }

    fn step(mut self, step: EditStep) -> Self {
        match &mut self.request().kind {
            ChangeKind::Edit(steps) => steps.push(step),
            kind => *kind = ChangeKind::Mixed,
        }
        self
    }

    /// Sets the author; the name of the program by default.
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.request().author = Some(author.into());
        self
    }

    /// Sets the comment: why the change is made.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.request().comment = comment.into();
        self
    }

    /// Publishes only if this version is the newest; 0 means that the feature has no version yet. The default is the newest
    /// version that had arrived when the change was created.
    pub fn expect_version(mut self, version: u64) -> Self {
        self.request().expected_version = Some(version);
        self
    }

    /// Confirms a change that reassigns every unit: a rollout with another seed or another segment.
    pub fn allow_reshuffle(mut self) -> Self {
        self.request().confirmation.allows_reshuffle = true;
        self
    }

    /// Confirms a change that names implementations which a running instance does not know. That instance quarantines the
    /// state.
    pub fn allow_incompatible(mut self) -> Self {
        self.request().confirmation.allows_incompatible = true;
        self
    }

    /// Previews the change: the version and state that would be published, the units that would move, and the running
    /// instances that would quarantine it. Writes nothing and needs no confirmation. All previews of one change have the
    /// same seeds.
    ///
    /// # Errors
    /// The errors of [`publish`](Self::publish), except for missing confirmations.
    pub async fn preview(&self) -> Result<Preview> {
        publish::preview(&self.request).await
    }

    /// Publishes the change as a new version, and returns once this app decides by it.
    ///
    /// # Errors
    /// Nothing was written if the error is one of these:
    /// - [`Invalid`](crate::ErrorKind::Invalid): the state or the request has problems; all of them are listed with their
    ///   paths.
    /// - [`Conflict`](crate::ErrorKind::Conflict): another version is the newest; the error has both sides.
    /// - [`NeedsConfirmation`](crate::ErrorKind::NeedsConfirmation): see [`allow_reshuffle`](Self::allow_reshuffle) and
    ///   [`allow_incompatible`](Self::allow_incompatible).
    /// - [`NotFound`](crate::ErrorKind::NotFound): a rollback to a version that does not exist.
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the state exceeds the size limit.
    ///
    /// [`Unavailable`](crate::ErrorKind::Unavailable) and [`Timeout`](crate::ErrorKind::Timeout) mean that the store did not
    /// answer, even after several attempts. The change may have been written; check the
    /// [history](FeatureHandle::history).
    pub async fn publish(self) -> Result<Published> {
        publish::publish(&self.request).await
    }
}

impl<T: FeatureKey> FeatureHandle<T> {
    /// Starts an edit of the newest state that has arrived.
    pub fn edit(&self) -> Change<T> {
        Change::new(self, ChangeKind::Edit(Vec::new()))
    }

    /// Pins the feature: serves this implementation to everyone, regardless of rules and overrides, until it is unpinned.
    pub fn pin(&self, choice: impl Into<T::Choice>) -> Change<T> {
        Change::new(self, ChangeKind::Pin(Some(choice.into().as_ref().to_owned())))
    }

    /// Removes the pin, so that overrides and rules decide again.
    pub fn unpin(&self) -> Change<T> {
        Change::new(self, ChangeKind::Pin(None))
    }

    /// Restores the rules, overrides, seeds and slots of an earlier version, verbatim; version 0 is the empty state. The pin
    /// is unchanged.
    pub fn rollback_to(&self, version: u64) -> Change<T> {
        Change::new(self, ChangeKind::RollbackTo { version, unpins: false })
    }

    /// Removes the state: appends a tombstone, so that the default decides. The history is kept.
    pub fn remove_state(&self) -> Change<T> {
        Change::new(self, ChangeKind::Remove)
    }
}

impl<T> Clone for Change<T> {
    fn clone(&self) -> Self {
        Self { request: self.request.clone(), target: PhantomData }
    }
}

impl<T> fmt::Debug for Change<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChangeRequest { feature, kind, .. } = &*self.request;
        f.debug_struct("Change").field("feature", feature).field("kind", kind).finish_non_exhaustive()
    }
}
