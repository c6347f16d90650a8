//! Changes: one write, built on the revision that its author saw.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::handle::FeatureHandle;
use super::publish::{self, ChangeKind, ChangeRequest, EditStep, PreparedWrite, Preview, Published};
use crate::edit::{IntoCondition, IntoSelector};
use crate::error::Result;
use crate::model::{Override, Rule, State, Value};
use crate::registry::{FeatureKey, Segment};

/// One write to one feature, built on the revision that its author saw.
///
/// Nothing happens until [`publish`](Change::publish). If somebody else published in between, that is a conflict and
/// nothing is written.
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

    /// The request, to be completed.
    fn request(&mut self) -> &mut ChangeRequest {
        Arc::make_mut(&mut self.request)
    }

    /// Has every preview and publish of this change decided by a permission. It is asked when the revision that is written on
    /// is known, and publishing writes on that revision or on none.
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

    /// As [`replace`](Self::replace), with a state that a stranger could have written: its seeds, slots and reassigned ranges
    /// count only where they are those of the revision that it is written on.
    pub fn replace_untrusted(self, state: State) -> Self {
        let mut change = self.replace(state);
        change.request().is_untrusted = true;
        change
    }

    /// Adds a rule at the end, or replaces the one of this name where it stands.
    pub fn rule<At, By>(
        self,
        name: impl Into<String>,
        when: impl IntoCondition<T, At>,
        select: impl IntoSelector<T, By>,
    ) -> Self {
        let rule = Rule::new(name, when.into_condition(), select.into_selector());
        self.step(EditStep::Rule(Box::new(rule)))
    }

    /// Removes a rule.
    pub fn remove_rule(self, rule: impl Into<String>) -> Self {
        self.step(EditStep::RemoveRule(rule.into()))
    }

    /// Moves a rule before another one.
    pub fn move_before(self, rule: impl Into<String>, other: impl Into<String>) -> Self {
        self.step(EditStep::MoveBefore(rule.into(), Some(other.into())))
    }

    /// Moves a rule behind all others.
    pub fn move_last(self, rule: impl Into<String>) -> Self {
        self.step(EditStep::MoveBefore(rule.into(), None))
    }

    /// Says how to choose where no rule applies.
    pub fn otherwise<By>(self, select: impl IntoSelector<T, By>) -> Self {
        self.step(EditStep::Otherwise(Some(select.into_selector())))
    }

    /// Lets the default decide where no rule applies.
    pub fn otherwise_default(self) -> Self {
        self.step(EditStep::Otherwise(None))
    }

    /// Gives some units of a segment a certain implementation.
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

    /// As [`override_for`](Self::override_for), by names.
    pub fn add_override(self, unit_override: Override) -> Self {
        self.step(EditStep::OverrideFor(unit_override))
    }

    /// Removes the overrides of some units.
    pub fn remove_override<V: Into<Value<'static>>>(
        self,
        segment: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.step(EditStep::RemoveOverride { segment: segment.into(), values })
    }

    /// Removes all overrides and rules, and what happens otherwise. The pin stays as it is.
    pub fn clear(self) -> Self {
        self.step(EditStep::Clear)
    }

    /// Replaces the whole state, pin included. This also replaces a quarantined one.
    pub fn replace(self, state: State) -> Self {
        self.step(EditStep::Replace(Box::new(state)))
    }

    /// Unpins together with a [rollback](FeatureHandle::rollback_to), which leaves the pin in place otherwise. Only a rollback
    /// takes this.
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

    fn step(mut self, step: EditStep) -> Self {
        match &mut self.request().kind {
            ChangeKind::Edit(steps) => steps.push(step),
            kind => *kind = ChangeKind::Mixed,
        }
        self
    }

    /// Says who publishes; the program itself if not set.
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.request().author = Some(author.into());
        self
    }

    /// Says why.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.request().comment = comment.into();
        self
    }

    /// Publishes only if this version is the newest one; 0 means none. By default that is the version which had arrived
    /// when the change was begun.
    pub fn expect_version(mut self, version: u64) -> Self {
        self.request().expected_version = Some(version);
        self
    }

    /// Agrees that a rollout by another seed or another segment deals everyone anew.
    pub fn allow_reshuffle(mut self) -> Self {
        self.request().confirmation.reshuffle = true;
        self
    }

    /// Agrees to choices that some running program does not know; it quarantines the state.
    pub fn allow_incompatible(mut self) -> Self {
        self.request().confirmation.unknown = true;
        self
    }

    /// Previews the change: the version and state that would be published, the units that would move, and the running
    /// instances that would quarantine it. Writes nothing and needs no confirmation. Each preview of one change has the same
    /// seeds.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), except for confirmations.
    pub async fn preview(&self) -> Result<Preview> {
        publish::preview(&self.request).await
    }

    /// Publishes.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem and its path;
    /// [`Conflict`](crate::ErrorKind::Conflict) with both sides, if another version is the newest;
    /// [`NeedsConfirmation`](crate::ErrorKind::NeedsConfirmation); [`NotFound`](crate::ErrorKind::NotFound) for a rollback to a
    /// version that is not there; [`TooLarge`](crate::ErrorKind::TooLarge). With all of these, nothing was written.
    /// [`Unavailable`](crate::ErrorKind::Unavailable) and [`Timeout`](crate::ErrorKind::Timeout) if the store gave no
    /// answer even after several tries: then it is unknown, and the history tells.
    pub async fn publish(self) -> Result<Published> {
        publish::publish(&self.request).await
    }
}

impl<T: FeatureKey> FeatureHandle<T> {
    /// Begins an edit of the newest state that has arrived.
    pub fn edit(&self) -> Change<T> {
        Change::new(self, ChangeKind::Edit(Vec::new()))
    }

    /// Gives everyone this implementation, whatever the rules say, until it is unpinned.
    pub fn pin(&self, choice: impl Into<T::Choice>) -> Change<T> {
        Change::new(self, ChangeKind::Pin(Some(choice.into().as_ref().to_owned())))
    }

    /// Lets the rules decide again.
    pub fn unpin(&self) -> Change<T> {
        Change::new(self, ChangeKind::Pin(None))
    }

    /// Restores the rules, overrides, seeds and slots of an earlier version, verbatim; 0 is before any. The pin stays as
    /// it is.
    pub fn rollback_to(&self, version: u64) -> Change<T> {
        Change::new(self, ChangeKind::RollbackTo { version, unpins: false })
    }

    /// Removes the state: a tombstone is appended, the default decides, the history stays.
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
